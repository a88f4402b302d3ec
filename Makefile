# The commands of the project; `make help` lists them.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
PIP := $(PYTHON) -m pip --python $(RUN) --disable-pip-version-check --quiet --no-input

export PORT

.PHONY: help demo demo-reset db test lint accept bench screens messages lock

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/:/'

demo: $(VENV)/.demo node_modules/.package-lock.json ## the whole product with invented people, on this machine
	@exec env END_WITH_PARENT=1 $(RUN) -m ops demo

demo-reset: $(VENV)/.demo ## forget the demo's data; the next `make demo` starts from nothing
	@$(RUN) -m ops reset

db: $(VENV)/.demo ## only the demo's database and broker, for work on the code
	@exec env END_WITH_PARENT=1 $(RUN) -m ops db

test: lint node_modules/.package-lock.json ## everything: lint, types, contracts, migrations, all tests with a real browser
	$(RUN) -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder

lint: $(VENV)/.dev ## style, types, import contracts, missing migrations
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	env $$(cat ops/placeholder.env) $(VENV)/bin/mypy
	$(VENV)/bin/lint-imports --no-logo
	env $$(cat ops/placeholder.env) $(RUN) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run

accept: $(VENV)/.dev node_modules/.package-lock.json ## the acceptance run on the sample lists in ../shared/samples
	$(RUN) -m pytest -q tests/accept

bench: $(VENV)/.dev ## speed, as ratios against bare floors measured in the same run
	$(RUN) -m bench

screens: $(VENV)/.dev ## take the pictures of docs/screens from the running demo (PORT=...)
	$(RUN) -m docs.take_screens http://127.0.0.1:$${PORT:-8000}

messages: $(VENV)/.demo ## collect the texts for translation and compile the catalogues
	$(RUN) -m ops messages

lock: ## renew the lock files of Python packages (needs uv)
	@for set in base demo dev node; do \
	  uv pip compile --quiet --python-version 3.11 --universal --generate-hashes --no-emit-index-url \
	    --no-emit-find-links --custom-compile-command "make lock" \
	    --output-file requirements/$$set.lock requirements/$$set.in || exit 1; \
	done

# A bare Debian has no ensurepip, so the system's pip fills the environment from outside.
$(RUN):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed.")'
	@$(PYTHON) -m pip --version >/dev/null
	$(PYTHON) -m venv --without-pip $(VENV)

$(VENV)/.demo: requirements/demo.lock | $(RUN)
	@echo "Installing Python packages"
	@$(PIP) install --no-compile --require-hashes -r requirements/demo.lock
	@touch $@

$(VENV)/.dev: requirements/dev.lock $(VENV)/.demo
	@echo "Installing packages for the tests"
	@$(PIP) install --require-hashes -r requirements/dev.lock
	@touch $@

# Node is only needed to fetch the fonts; where there is none it comes as a Python package.
node_modules/.package-lock.json: package.json package-lock.json $(VENV)/.demo
	@echo "Installing front-end packages"
	@command -v npm >/dev/null || $(PIP) install --require-hashes -r requirements/node.lock
	@PATH="$(CURDIR)/$(VENV)/bin:$$PATH" npm ci --ignore-scripts --silent
	@touch $@
