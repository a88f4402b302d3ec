"""The one settings file. What differs between machines is read from the environment by typed readers.

Three modes: `production` (the default), `demo` (one machine, invented people, `make demo`) and `test`.
Where the environment names no mode and the demo has been started here, the demo's own settings apply, so that
`manage.py` in another terminal talks to the running demo.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from povertyops.env import BadSetting, Env, read_env_file

BASE_DIR = Path(__file__).resolve().parent.parent
DEMO_ENV_FILE = BASE_DIR / "var" / "demo.env"

env = Env(os.environ if os.environ.get("MODE") else {**read_env_file(DEMO_ENV_FILE), **os.environ})

MODE = env.choice("MODE", ("production", "demo", "test"), "production")
PRODUCTION = MODE == "production"
DEMO = MODE == "demo"
TESTING = MODE == "test"

DEBUG = False
# Names this deployment: phones fetch the field pages anew when it changes, as they do for changed files.
RELEASE = env.text("RELEASE", "")
SECRET_KEY = env.text("SECRET_KEY", min_length=50)
LOOPBACK = ["localhost", "127.0.0.1"]
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS", None if PRODUCTION else [*LOOPBACK, "testserver"])
if DEMO and set(ALLOWED_HOSTS) - {*LOOPBACK, "testserver"}:
    raise BadSetting(
        "ALLOWED_HOSTS", "may name only this machine in demo mode; for others set MODE=production"
    )

# Keys for national ids: kept outside the database and its backups.
NID_KEYS = env.keyring("NID_KEYS")
NID_INDEX_KEY = env.key("NID_INDEX_KEY")
# Private keys for what phones seal; their public halves are handed out.
SEAL_KEYS = env.keyring("SEAL_KEYS")

# --------------------------------------------------------------------------------------------- applications

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "csp",
    "axes",
    "rest_framework",
    "knox",
    "django_filters",
    "drf_spectacular",
    "povertyops",
    "povertyops.common",
    "povertyops.areas",
    "povertyops.accounts",
    "dimensions",
    "households",
    "casework",
    "reports",
]
if not PRODUCTION:
    INSTALLED_APPS.append("povertyops.demo")

MIDDLEWARE = [
    "povertyops.middleware.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "povertyops.middleware.NoStoreMiddleware",
    "povertyops.middleware.PresenceMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "povertyops.accounts.middleware.ActorMiddleware",
    "povertyops.common.languages.LanguageMiddleware",
    "povertyops.common.middleware.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "povertyops.urls"
WSGI_APPLICATION = "povertyops.wsgi.application"
FORM_RENDERER = "povertyops.common.forms.InputRenderer"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "povertyops.accounts.context_processors.frame",
                "casework.context_processors.waiting",
                *(["povertyops.demo.context_processors.story"] if DEMO else []),
            ],
        },
    }
]

# ------------------------------------------------------------------------------------------ database, cache

DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **env.database("DATABASE_URL"),
        "CONN_MAX_AGE": 0 if TESTING else 60,
        "CONN_HEALTH_CHECKS": True,
        # Two test runs beside each other must never meet in one database.
        "TEST": {"NAME": f"test_povertyops_{env.text('TEST_DB_SUFFIX', str(os.getpid()))}"},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.redis("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        # Nothing rests on the cache: a page waits no longer for one that does not answer.
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
}

# ------------------------------------------------------------------------------------- signing in, sessions

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "povertyops.accounts.backends.NameOrPhoneBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
# The personas of the demo on the sign-in page, and the one password of all.
SIGN_IN_PANEL = "povertyops.demo.personas.sign_in_panel" if DEMO else ""
SIGN_IN_PASSWORD = "povertyops.demo.personas.PASSWORD" if DEMO else ""

# Sessions live in the database: not on disk, and not lost with Redis.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = False
CSRF_COOKIE_SAMESITE = "Lax"

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "povertyops.common.addresses.counted_address"
AXES_LOCKOUT_CALLABLE = "povertyops.accounts.views.sign_in.locked_out"
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "password"]

# The servers in front that say truly in X-Forwarded-For whom they were reached by: how many stand in a row,
# or their networks. None: the header says nothing, whoever is connected is the sender.
TRUSTED_PROXIES = env.proxies("TRUSTED_PROXIES")

# --------------------------------------------------------------------------------------------------- safety

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
if PRODUCTION:
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    LANGUAGE_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
    SECURE_HSTS_SECONDS = env.integer("HSTS_SECONDS", 31_536_000, minimum=3600, maximum=63_072_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]
    # Only behind a proxy that sets this header itself and drops it when it comes from outside.
    if env.flag("BEHIND_TLS_PROXY", False):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# ------------------------------------------------------------------------------------------- language, time

LANGUAGE_CODE = "th"
LANGUAGES = [("th", _("ไทย")), ("en", _("อังกฤษ"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_AGE = int(timedelta(days=365).total_seconds())
LANGUAGE_COOKIE_HTTPONLY = True
TIME_ZONE = "Asia/Bangkok"
USE_I18N = True
USE_TZ = True

# ---------------------------------------------------------------------------------------------------- files

STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", BASE_DIR / "staticfiles")
STATICFILES_DIRS: list[Path | tuple[str, Path]] = [
    BASE_DIR / "static",
    ("vendor/sarabun", BASE_DIR / "node_modules" / "@fontsource" / "sarabun" / "files"),
    ("vendor/idb", BASE_DIR / "node_modules" / "idb" / "build"),
]
# Of these packages only the named files are served.
VENDOR_FILES: dict[str, tuple[Path, tuple[str, ...]]] = {
    "vendor/echarts": (BASE_DIR / "node_modules" / "echarts" / "dist", ("echarts.common.min.js",)),
    "vendor/leaflet": (
        BASE_DIR / "node_modules" / "leaflet" / "dist",
        ("leaflet.js", "leaflet.js.map", "leaflet.css"),
    ),
    "vendor/leaflet/images": (
        BASE_DIR / "node_modules" / "leaflet" / "dist" / "images",
        ("layers.png", "layers-2x.png", "marker-icon.png"),
    ),
}
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "povertyops.common.static_finder.VendorFinder",
]
MEDIA_ROOT = env.path("MEDIA_ROOT", BASE_DIR / "media")
STATIC_STORAGE = {
    "production": "povertyops.common.static_storage.HashedStaticFilesStorage",
    "demo": "povertyops.common.static_storage.HashedStaticFilesStorage",
    "test": "django.contrib.staticfiles.storage.StaticFilesStorage",
}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": STATIC_STORAGE[MODE]},
}
FILE_UPLOAD_PERMISSIONS = 0o600
UPLOAD_MAX_BYTES = 256 * 1024 * 1024
IMPORT_MAX_WORKBOOK_BYTES = 64 * 1024 * 1024
IMPORT_MAX_ROWS = 600_000
# Households of one step when a rule of sources has changed.
DERIVE_AT_ONCE = 500
# A workbook with more rows is made by a worker; CSV of any size is answered at once.
EXPORT_MAX_XLSX_ROWS = 100_000
# What a sheet of Excel holds below its heads; more rows go on on further sheets.
EXPORT_SHEET_ROWS = 1_048_575
# Rows that one account takes within 24 hours before the secretary is told, and its exports within that time.
EXPORT_ALERT_ROWS = 300_000
EXPORT_MAX_JOBS_A_DAY = 40
EXPORT_KEEP_DAYS = 7
# How long a worker may be silent before another takes an export over, and how long a failed try rests.
EXPORT_LEASE_SECONDS = 60
EXPORT_RETRY_SECONDS = 60
# A verification sheet that was taken out can come back so long; one that came back can be confirmed so long.
# After that a night takes away what they held.
VERIFICATION_SHEET_DAYS = 180
SHEET_RETURN_DAYS = 30
# Of each district's households at *survive*, how many are looked at before a meeting's figures are frozen.
SPOT_CHECK_SHARE = 0.05
SPOT_CHECK_LEAST = 3
SPOT_CHECK_MOST = 20
# A worker that dies over a pack is given up after this; the next look, within 30 seconds, takes over.
PACK_LEASE_SECONDS = 60
# A file of boundaries, one of its features, and the points of one area's outline.
BOUNDARY_MAX_BYTES = 200 * 1024 * 1024
BOUNDARY_MAX_FEATURE_BYTES = 16 * 1024 * 1024
BOUNDARY_MAX_POINTS = 20_000
# From which score two persons or households are shown as perhaps the same, of 1000; what they are worth
# stands in households.duplicates.grounds. A nomination is shown more: from NEAR on.
DUPLICATE_THRESHOLD = 600
DUPLICATE_NEAR_THRESHOLD = 300
DUPLICATE_LEASE_SECONDS = 300
# What one phone takes along.
FIELD_MAX_HOUSEHOLDS = 500
# Reports of families by the public: from one address within an hour, for one province a day, look-ups of one
# address within an hour, and how long a person needs at least to fill in the form.
PUBLIC_NOMINATIONS = {
    "per_address_hour": 6,
    "per_province_day": 200,
    "looks_per_address_hour": 30,
    "least_seconds": 5,
}
# On which days digests go out to those who said nothing; Monday is the lowest bit.
DIGEST_WORKDAYS = 0b0011111
FILE_UPLOAD_HANDLERS = [
    "povertyops.common.uploads.BoundedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# ------------------------------------------------------------------------------------------------------ API

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "povertyops.accounts.authentication.ActorTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["povertyops.common.api.ApiPolicy"],
    "EXCEPTION_HANDLER": "povertyops.common.api_errors.exception_handler",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["povertyops.common.parsers.ShallowJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
REST_KNOX = {"TOKEN_TTL": None, "AUTH_HEADER_PREFIX": "Token"}
SPECTACULAR_SETTINGS = {
    "TITLE": "povertyops",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {"DimensionEnum": "dimensions.enums.Dimension"},
}

# ------------------------------------------------------------------------------------------------- messages

# Where links in messages lead; people sign in there.
SITE_URL = env.text(
    "SITE_URL",
    f"https://{ALLOWED_HOSTS[0]}" if PRODUCTION else f"http://127.0.0.1:{env.text('PORT', '8000')}",
).rstrip("/")
# A channel that is not configured is not offered; the demo only writes to its own output.
DIGEST_CHANNELS = ["console"] if DEMO else ["email", "line"]
EMAIL_HOST = env.text("EMAIL_HOST", "localhost" if TESTING else "")
EMAIL_PORT = env.integer("EMAIL_PORT", 587, minimum=1, maximum=65535)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", True)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "povertyops@localhost")
LINE_CHANNEL_ACCESS_TOKEN = env.text("LINE_CHANNEL_ACCESS_TOKEN", "")

# ---------------------------------------------------------------------------------------------------- tasks

CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
# A write must not wait for a broker that is away: what it would have started is found again in the database.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 2, "socket_timeout": 30}
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    # Expires before the next one, so that nothing piles up while no worker runs.
    "drain-marks": {"task": "reports.drain_marks", "schedule": 2.0, "options": {"expires": 2}},
    # Twice, so that a midnight without a worker is made good before the morning.
    "turn-day": {"task": "casework.turn_day", "schedule": crontab(hour="0,6", minute=10)},
    # After the turn of the day, whose changes belong to the new day.
    "close-days": {"task": "reports.close_days", "schedule": crontab(hour="0,6", minute=20)},
    # Every morning: the first of a month brings a new release, a page switched on late gets its own.
    "public-releases": {"task": "reports.publish", "schedule": crontab(hour="0,6", minute=40)},
    # Hourly: a missed deadline is told once.
    "escalate-referrals": {"task": "casework.escalate_referrals", "schedule": crontab(minute=5)},
    # On 1 October what was finished long ago leaves the sight of offices.
    "office-reach": {"task": "casework.refresh_office_reach", "schedule": crontab(hour="0,6", minute=20)},
    "make-packs": {"task": "reports.make_packs", "schedule": 30.0, "options": {"expires": 30}},
    "resume-imports": {"task": "casework.resume_imports", "schedule": 30.0, "options": {"expires": 30}},
    "derive-again": {"task": "casework.derive_again", "schedule": 60.0, "options": {"expires": 60}},
    "carry-over": {"task": "casework.resume_carry_overs", "schedule": 30.0, "options": {"expires": 30}},
    "judge-again": {"task": "casework.judge_again", "schedule": 60.0, "options": {"expires": 60}},
    # Each later look sends only what the one before could not.
    "send-digests": {
        "task": "casework.send_digests",
        "schedule": crontab(hour=7, minute="30,45", day_of_week="mon-fri"),
    },
    "retry-digests": {
        "task": "casework.send_digests",
        "schedule": crontab(hour="8,9", minute="0,30", day_of_week="mon-fri"),
    },
    "make-exports": {"task": "reports.make_exports", "schedule": 30.0, "options": {"expires": 30}},
    "purge-exports": {"task": "reports.purge_exports", "schedule": crontab(minute=35)},
    "purge-imports": {"task": "casework.purge_imports", "schedule": crontab(hour="2", minute=40)},
    "forget-nominators": {"task": "casework.forget_nominators", "schedule": crontab(hour="2", minute=55)},
    # After the turn of the day; only who is new or changed is compared.
    "find-duplicates": {"task": "households.find_duplicates", "schedule": crontab(hour="3", minute=10)},
    "forget-sheets": {"task": "casework.forget_sheets", "schedule": crontab(hour="2", minute=45)},
    "purge-photos": {"task": "casework.purge_photos", "schedule": crontab(hour="2", minute=50)},
}

# ----------------------------------------------------------------------------------------------------- logs

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "povertyops.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {
        "handlers": ["stderr"],
        "level": env.choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO"),
    },
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        # The request log below says the same, without query strings and ids.
        "django.request": {"level": "ERROR"},
        "django.server": {"handlers": [], "propagate": False},
        # A line for each task and beat would bury the rest; failures stay.
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
    },
}
LOGGING_CONFIG = "logging.config.dictConfig"
