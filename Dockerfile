# The product for those who run containers: one image for web, worker and beat.

FROM node:22-slim AS front
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts

FROM python:3.11-slim-bookworm AS build
WORKDIR /app
COPY requirements requirements
RUN python -m venv --without-pip /opt/product && \
    pip --python /opt/product/bin/python install --no-cache-dir --require-hashes -r requirements/base.lock && \
    python -m venv --without-pip /opt/tools && \
    pip --python /opt/tools/bin/python install --no-cache-dir --require-hashes -r requirements/demo.lock
COPY . .
COPY --from=front /app/node_modules node_modules
RUN /opt/tools/bin/python -m ops compile-messages && \
    env $(cat ops/placeholder.env) MODE=production ALLOWED_HOSTS=localhost \
    /opt/product/bin/python manage.py collectstatic --noinput

FROM python:3.11-slim-bookworm
RUN useradd --system --create-home povertyops && install -d -o povertyops /srv/media
COPY --from=build /opt/product /opt/product
COPY --from=build /app /app
WORKDIR /app
USER povertyops
ENV PATH=/opt/product/bin:$PATH PYTHONUNBUFFERED=1 MODE=production MEDIA_ROOT=/srv/media
EXPOSE 8000
HEALTHCHECK NONE
CMD ["gunicorn", "povertyops.wsgi"]
