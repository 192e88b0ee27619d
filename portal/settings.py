"""Every setting of the portal, each from the environment with a default that works with none set."""

import secrets
import sys
import zoneinfo
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _, gettext_noop as N_

from portal.sqlite_driver import wal_is_safe

env = environ.Env()
ROOT = Path(__file__).resolve().parent.parent
VAR = Path(env.str("AGORA_VAR", str(ROOT / "var")))
VAR.mkdir(parents=True, exist_ok=True)
PRODUCTION = env.bool("AGORA_PRODUCTION", False)
DEBUG = env.bool("AGORA_DEBUG", False)
TESTING = "pytest" in sys.modules


def secret_key() -> str:
    """The key from the environment; the embedded mode makes one at its first start and keeps it."""
    given = env.str("AGORA_SECRET_KEY", "")
    if given:
        if len(given) < 50 or len(set(given)) < 5:
            raise ImproperlyConfigured("AGORA_SECRET_KEY is too weak: use 50 random characters or more.")
        return given
    if PRODUCTION:
        raise ImproperlyConfigured("Set AGORA_SECRET_KEY: in production the portal makes none itself.")
    path = VAR / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(64))
    return path.read_text()


if PRODUCTION and DEBUG:
    raise ImproperlyConfigured("AGORA_DEBUG must be off in production.")
SECRET_KEY = secret_key()
ALLOWED_HOSTS = env.list("AGORA_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("AGORA_ORIGINS", default=[])
BASE_URL = env.str("AGORA_BASE_URL", "http://127.0.0.1:8000")

INSTALLED_APPS = [
    "portal.core",
    "projects",
    "training",
    "governance",
    "portal.demo",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_cotton",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "axes",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "portal.core.middleware.RequestGuard",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.core.middleware.PersonalSettings",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.core.context.page",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["django_cotton.cotton_loader.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton", "django.templatetags.i18n"],
        },
    }
]
COTTON_DIR = "cotton"
FORM_RENDERER = "portal.core.form_rendering.TablerRenderer"

# --- database ---------------------------------------------------------------------------------
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": env.db_url("DATABASE_URL", f"sqlite:///{VAR / 'agora.sqlite3'}")}
SQLITE = DATABASES["default"]["ENGINE"].endswith("sqlite3")
if SQLITE:
    DATABASES["default"]["CONN_MAX_AGE"] = None
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": (
            f"PRAGMA journal_mode={'WAL' if wal_is_safe() else 'TRUNCATE'};"
            "PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON;"
            "PRAGMA temp_store=MEMORY; PRAGMA journal_size_limit=67108864;"
        ),
    }
    DATABASES["default"]["TEST"] = {"NAME": str(VAR / "test.sqlite3")}
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # Compiling a query of the library took 20 s, running it 0.1 s.
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = (
        "-c lock_timeout=10000 -c statement_timeout=30000 -c idle_in_transaction_session_timeout=60000 -c jit=off"
    )

# Counts of the public pages. Memory of one process by default; with several web processes name a shared one.
CACHES = {"default": env.cache_url("AGORA_CACHE_URL", "locmemcache://")}

# --- background work ----------------------------------------------------------------------------
BROKER_URL = env.str("BROKER_URL", "durablefs://")
CELERY_BROKER_URL = BROKER_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "quick"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_TIMEOUT = 2
# One try: kombu's own retries held a request for 7 s. The timetable rings again anyway.
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 2, "socket_connect_timeout": 2, "max_retries": 0}
if BROKER_URL.startswith("durablefs"):
    QUEUE_ROOT = VAR / "queue"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(QUEUE_ROOT / "waiting"),
        "data_folder_out": str(QUEUE_ROOT / "waiting"),
        "control_folder": str(QUEUE_ROOT / "control"),
        "processed_folder": str(QUEUE_ROOT / "held"),
        "polling_interval": 0.2,
    }
READING_PERCENT = env.int("AGORA_READING_PERCENT", 25)  # of a lesson's minutes, before it counts as read
JOB_LEASE_SECONDS = env.int("AGORA_JOB_LEASE_SECONDS", 60)
JOB_HEARTBEAT_SECONDS = env.float("AGORA_JOB_HEARTBEAT_SECONDS", 15)
JOB_REAP_SECONDS = env.float("AGORA_JOB_REAP_SECONDS", 10)
# What each kind of job does: a function of at most ten lines in the app's tasks.py.
JOB_HANDLERS = {
    "dataset.ingest": "projects.tasks.ingest_dataset",
    "dataset.check": "projects.tasks.check_question",
    "dataset.expect": "projects.tasks.check_expectations",
    "dataset.prepare": "projects.tasks.prepare_dataset",
    "dataset.relate": "projects.tasks.relate_columns",
    "recipe.preview": "projects.tasks.preview_recipe",
    "pair.draw": "projects.tasks.draw_pair",
    "question.advise": "projects.tasks.advise_question",
    "experiment.run": "projects.tasks.run_experiment",
    "experiment.explain": "projects.tasks.explain_candidate",
    "cases.read": "projects.tasks.read_cases",
    "cases.try": "projects.tasks.try_cases",
    "cases.import": "projects.tasks.import_cases",
    "model.export": "projects.tasks.export_model",
    "bundle.export": "projects.tasks.export_bundle",
    "bundle.read": "projects.tasks.read_bundle",
    "bundle.import": "projects.tasks.import_bundle",
    "batch.score": "governance.tasks.score_batch",
    "drift.measure": "governance.tasks.measure_drift",
    "version.rehearse": "governance.tasks.rehearse_version",
    "versions.compare": "governance.tasks.compare_versions",
    "files.forget": "portal.core.tasks.forget_file",
    "demo.probe": "portal.core.tasks.probe",
}
# A Dask scheduler (tcp://host:port) whose workers train; none: each search trains where its worker runs (docs/adr, “One opening in the wall”).
DASK_SCHEDULER = env.str("AGORA_DASK_SCHEDULER", "")
# The function that gives the guardrail limits of a use case, {check: number}; none: the engine's own hold.
GUARDRAIL_LIMITS = "governance.engine_limits.of_use_case"
# What a kind of work is called for those who may not know what it is for.
JOB_NAMES = {
    "dataset.ingest": N_("Reading a table"),
    "dataset.check": N_("Checks of a question"),
    "dataset.expect": N_("Check of what is expected of a table"),
    "dataset.prepare": N_("Preparing a table"),
    "dataset.relate": N_("Columns against a target"),
    "recipe.preview": N_("Preview of a preparation"),
    "pair.draw": N_("Two columns against each other"),
    "question.advise": N_("Advice for a question"),
    "experiment.run": N_("Training of models"),
    "experiment.explain": N_("Explanation of a model"),
    "cases.read": N_("Reading a list of use cases"),
    "cases.try": N_("Trial of an import"),
    "cases.import": N_("Import of use cases"),
    "bundle.export": N_("Zip of a use case"),
    "bundle.read": N_("Check of a project brought from elsewhere"),
    "bundle.import": N_("Import of a project"),
    "batch.score": N_("Scoring of a table"),
    "version.rehearse": N_("Trial of a stored model"),
    "versions.compare": N_("Comparison of model versions"),
    "drift.measure": N_("Measuring of drift"),
    "files.forget": N_("Removal of stored files"),
}

# --- the backlog ------------------------------------------------------------------------------------
TRIAGE_DAYS = env.int("AGORA_TRIAGE_DAYS", 5)  # working days within which a proposal is answered
DAY_RATE = env.int("AGORA_DAY_RATE", 650)  # euros of one person-day, for the money a stop saves

# --- learning ---------------------------------------------------------------------------------------
VERIFY_PER_MINUTE = env.int(
    "AGORA_VERIFY_PER_MINUTE", 100_000 if TESTING else 60
)  # public pages, one address

# --- files ----------------------------------------------------------------------------------------
MAX_UPLOAD_BYTES = env.int("AGORA_MAX_UPLOAD_MB", 100) * 1024 * 1024
UPLOAD_QUOTA_BYTES = env.int("AGORA_UPLOAD_QUOTA_MB", 10_240) * 1024 * 1024  # of one person
DISK_RESERVE_BYTES = (
    env.int("AGORA_DISK_RESERVE_MB", 200) * 1024 * 1024
)  # uploads stop before the disk is full
UPLOAD_SCANNER = env.str(
    "AGORA_UPLOAD_SCANNER", ""
)  # dotted name of a function: path -> what it found, or ""
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000
DATA_UPLOAD_MAX_NUMBER_FILES = 1
FILE_UPLOAD_HANDLERS = ["portal.core.uploads.LimitedUploadHandler"]
FILE_UPLOAD_TEMP_DIR = str(VAR / "incoming")
Path(FILE_UPLOAD_TEMP_DIR).mkdir(exist_ok=True)
STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
S3_BUCKET = env.str(
    "AGORA_S3_BUCKET", ""
)  # an object store instead of var/files (docs/adr, “Files in a bucket”)
COPIES_BYTES = (
    env.int("AGORA_COPIES_MB", 5_120) * 1024 * 1024
)  # verified copies of stored files on this machine
STORAGES = {
    "default": {
        "BACKEND": "portal.core.object_store.ObjectStore",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            "endpoint_url": env.str("AGORA_S3_ENDPOINT", "") or None,
            "location": env.str("AGORA_S3_PREFIX", ""),
        },
    }
    if S3_BUCKET
    else {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(VAR / "files")},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage."
        + ("StaticFilesStorage" if TESTING or DEBUG else "ManifestStaticFilesStorage")
    },
}

# --- people -----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "core:login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "core:login"
AXES_FAILURE_LIMIT = 8
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "core/locked_out.html"
AXES_USERNAME_FORM_FIELD = "username"
AXES_VERBOSE = False
# The names of a few choice sets in the API description are chosen by the generator.
SILENCED_SYSTEM_CHECKS = ["drf_spectacular.W001"]
EMAIL_BACKEND = env.str("AGORA_EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend")
EMAIL_FILE_PATH = str(VAR / "mail")
EMAIL_HOST, EMAIL_PORT = env.str("AGORA_EMAIL_HOST", "localhost"), env.int("AGORA_EMAIL_PORT", 25)
DEFAULT_FROM_EMAIL = env.str("AGORA_EMAIL_FROM", "agora@localhost")

# --- security -----------------------------------------------------------------------------------------
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SECURE_SSL_REDIRECT = PRODUCTION and env.bool("AGORA_SSL_REDIRECT", True)
SECURE_HSTS_SECONDS = 31536000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if env.bool("AGORA_BEHIND_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- languages ----------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
USE_I18N = USE_TZ = True
TIME_ZONE = "UTC"
ZONE_OF_NEW_ACCOUNTS = env.str("AGORA_TIME_ZONE", "Europe/Paris")  # each person may choose another one
if ZONE_OF_NEW_ACCOUNTS not in zoneinfo.available_timezones():
    raise ImproperlyConfigured("AGORA_TIME_ZONE is no known zone: write it like Europe/Paris or UTC.")

# --- API ------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "portal.core.api.authentication.TokenAuthentication",
        "portal.core.api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "portal.core.api.parsing.StrictJSONParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_FILTER_BACKENDS": ["portal.core.api.filtering.StrictFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "portal.core.api.pagination.Pages",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "portal.core.api.errors.answer",
    "NUM_PROXIES": env.int("AGORA_PROXIES", 0),
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Agora API",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
}
DJANGO_TABLES2_TEMPLATE = "components/table.html"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("AGORA_LOG_LEVEL", "WARNING")},
    "loggers": {"django.security.DisallowedHost": {"level": "ERROR"}},
}
