"""Settings shared by every way to run; each value that a deployment may change comes from the environment."""

from pathlib import Path

import environ
from csp.constants import NONCE, NONE, SELF

from config.logs import logging_settings

BASE_DIR = Path(__file__).resolve().parents[2]
env = environ.FileAwareEnv()

# Everything that changes while the product runs lives here: database, models, exports, logs.
DATA_DIR = env.path("ACTS_VAR", default=str(BASE_DIR / "var"))
DATA_DIR = Path(str(DATA_DIR))
MODEL_STORE = DATA_DIR / "models"
EXPORT_DIR = DATA_DIR / "exports"

DEBUG = False
ALLOWED_HOSTS: list[str] = env.list("ACTS_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("ACTS_ORIGINS", default=[])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_tasks",
    "config",  # before the next: its db_worker gives signs of life
    "django_tasks_db",
    "channels",
    "csp",
    "rest_framework",
    "rest_framework.authtoken",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "simulator",
    "annotation",
]

MIDDLEWARE = [
    "simulator.middleware.RequestIdentity",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simulator.middleware.Audit",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'acts.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # WAL lets pages read while the engine writes; IMMEDIATE takes the write lock at the start of a
    # transaction, so that two writers wait for each other instead of failing half-way.
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
            # The web process's clock checkpoints often, so that nobody's commit has to: simulator/clock.py.
            "PRAGMA wal_autocheckpoint=16000;"
        ),
    }
# Connections of the web's threads stay open; one that broke meanwhile is noticed before it is used.
DATABASES["default"] |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
# So many HTTP requests are answered at the same time by a web process, each with a connection of its own.
ACTS_WEB_THREADS: int = env.int("ACTS_WEB_THREADS", default=16)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL: str = env.str("REDIS_URL", default="")
CHANNEL_LAYERS = {
    "default": (
        {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            # A silent socket asks Redis for five seconds at a time; redis-py gives up after five by default.
            "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": 20}]},
        }
        if REDIS_URL
        else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
    )
}

# Rate limits count here: with Redis for all web processes together. `own` stands in while Redis is away.
OWN_CACHE = {
    "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
    "LOCATION": "own",
    "OPTIONS": {"MAX_ENTRIES": 100_000},  # many names must not push a counter out
}
CACHES = {
    "own": OWN_CACHE,
    "default": (
        {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
        }
        if REDIS_URL
        else OWN_CACHE
    ),
}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}

AUTH_USER_MODEL = "simulator.User"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LANGUAGE_CODE = "en"
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("ACTS_STATIC", default=str(DATA_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "simulator.api.pagination.NewestFirst",
    "PAGE_SIZE": 100,
    "EXCEPTION_HANDLER": "simulator.api.errors.exception_handler",
    "DEFAULT_THROTTLE_CLASSES": ["simulator.api.throttling.ByAccount"],
    "DEFAULT_THROTTLE_RATES": {"user": "1200/min", "token_address": "10/min", "token_account": "10/min"},
    # Proxies whose X-Forwarded-For is believed; none, unless a deployment says so.
    "NUM_PROXIES": env.int("ACTS_PROXIES", default=0),
}
SPECTACULAR_SETTINGS = {
    "TITLE": "ACTS",
    "DESCRIPTION": "Sessions, events, annotation items, labels and model versions.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "simulator.api.documentation.add_error_shape",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SERVE_PERMISSIONS": ["simulator.api.permissions.IsTeam"],
}

# The encoder that carries every model: the packaged MiniLM, or a name on a model hub.
ACTS_BACKBONE: str = env.str("ACTS_BACKBONE", default="packaged")
# The random share of questions that never shows a suggestion; models are scored on nothing else.
ACTS_HOLDOUT_SHARE: float = env.float("ACTS_HOLDOUT_SHARE", default=0.15)
# Whoever sends this as a bearer token may read /metrics/; empty: the address does not exist.
ACTS_METRICS_TOKEN: str = env.str("ACTS_METRICS_TOKEN", default="")
# Whether researchers may write labelling functions in Python; they run confined (docs/annotation.md).
ACTS_PYTHON_RULES: bool = env.bool("ACTS_PYTHON_RULES", default=False)
# With less free space than this a web process says that it is not ready.
ACTS_LEAST_DISK_BYTES: int = env.int("ACTS_LEAST_DISK_BYTES", default=200 * 1024 * 1024)
# The largest file that the import page takes.
ACTS_IMPORT_MOST_MB: int = env.int("ACTS_IMPORT_MOST_MB", default=200)
# The share of confident turns that is audited blindly, in studies that set none of their own.
ACTS_AUDIT_SHARE: float = env.float("ACTS_AUDIT_SHARE", default=0.05)
# Where model replicas answer (docs/deploy.md); empty: the engine carries the models itself.
ACTS_MODEL_SERVER: str = env.str("ACTS_MODEL_SERVER", default="")
# How often the engine looks for work when nobody rings (seconds).
ACTS_ENGINE_TICK_S: float = env.float("ACTS_ENGINE_TICK_S", default=0.05)

# The seeded demo: accounts with known passwords, shown on the sign-in page. Never in production.
ACTS_DEMO: bool = env.bool("ACTS_DEMO", default=False)

ACTS_LOG_JSON: bool = env.bool("ACTS_LOG_JSON", default=False)
LOGGING = logging_settings(level=env.str("ACTS_LOG_LEVEL", default="WARNING"), as_json=ACTS_LOG_JSON)
