"""Settings of the site in Django's order: environment variables with safe defaults (docs/configuration.md).

An invalid value stops the start with a message: `manage.py` shows ImproperlyConfigured without a traceback.
"""

import os
import socket
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from environs import Env, EnvError, validate

from config import environment
from ops.toml_files import toml_beside

BASE_DIR = Path(__file__).resolve().parent.parent

# At least two, so that a slow request does not block all others; use more than four only after measuring.
A_WORKER_PER_PROCESSOR = min(max(os.cpu_count() or 1, 2), 4)

env = Env()
try:
    DEBUG = env.bool("DEBUG", False)
    HOST = env.str("HOST", "127.0.0.1")
    PORT = env.int("PORT", 8000, validate=validate.Range(1, 65535))
    PAGE_CACHE_BYTES = env.int("PAGE_CACHE_BYTES", 64 * 1024 * 1024, validate=validate.Range(0, 2**40))
    WORKERS = env.int("WORKERS", A_WORKER_PER_PROCESSOR, validate=validate.Range(1, 64))
    DATABASE_URL = env.str("DATABASE_URL", "")
    CACHE_URL = environment.cache_url(env.str("CACHE_URL", ""))
    EXTRA_HOSTS = env.list("EXTRA_HOSTS", [])
    TRUSTED_PROXIES = environment.networks("TRUSTED_PROXIES", env.list("TRUSTED_PROXIES", []))
    TIME_ZONE = environment.time_zone(env.str("TIME_ZONE", "UTC"))
    SITE_URL = environment.site_url(env.str("SITE_URL", ""), HOST, PORT)
    EMAIL_URL = env.str("EMAIL_URL", "")
    MAIL_FROM = env.str("MAIL_FROM", "")
    ENQUIRY_DAYS = env.int("ENQUIRY_DAYS", 730, validate=validate.Range(1, 36_500))
    TRASH_DAYS = env.int("TRASH_DAYS", 30, validate=validate.Range(1, 36_500))
    REQUIRE_TOTP = env.bool("REQUIRE_TOTP", False)
    SPAM_DAYS = env.int("SPAM_DAYS", 30, validate=validate.Range(1, 36_500))
    VOTE_REASON_DAYS = env.int("VOTE_REASON_DAYS", 365, validate=validate.Range(1, 36_500))
    API_QUOTA_ADDRESS = env.int("API_QUOTA_ADDRESS", 600, validate=validate.Range(0, 2**31))
    API_QUOTA_KEY = env.int("API_QUOTA_KEY", 6000, validate=validate.Range(0, 2**31))
    API_QUOTA_SECONDS = env.int("API_QUOTA_SECONDS", 3600, validate=validate.Range(1, 86_400))
    CATALOG_IMPORT_URLS = environment.https_addresses("CATALOG_IMPORT_URLS", env.list("CATALOG_IMPORT_URLS", []))
    CATALOG_IMPORT_HOLD = env.bool("CATALOG_IMPORT_HOLD", False)
    CATALOG_LOWEST_PRICE_KINDS = env.list(
        "CATALOG_LOWEST_PRICE_KINDS",
        ["vendor", "cloud", "host"],
        validate=validate.ContainsOnly(["vendor", "cloud", "host", "reseller"]),
    )
    CATALOG_SNAPSHOT = env.str("CATALOG_SNAPSHOT", str(BASE_DIR / "catalog" / "starter" / "models_dev.json"))
    LOG_FORMAT = env.str("LOG_FORMAT", "text", validate=validate.OneOf(["text", "json"]))
    HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_INCLUDE_SUBDOMAINS", False)
    SLOW_REQUEST_SECONDS = env.float("SLOW_REQUEST_SECONDS", 1.0, validate=validate.Range(0, 3_600))
    METRICS_TOKEN = environment.metrics_token(env.str("METRICS_TOKEN", ""))
    BACKUP_KEEP = env.int("BACKUP_KEEP", 7, validate=validate.Range(0, 10_000))
    BACKUP_HOURS = env.int("BACKUP_HOURS", 24, validate=validate.Range(1, 8_760))
    DATA_DIR = environment.data_dir(env.str("DATA_DIR", ""), BASE_DIR / "var")
    if METRICS_TOKEN:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(DATA_DIR / "metrics")  # prometheus_client reads it on import
        (DATA_DIR / "metrics").mkdir(exist_ok=True)
    BACKUP_DIR = environment.backup_dir(env.str("BACKUP_DIR", ""), DATA_DIR)
    SECRET_KEY = environment.secret_key(env.str("SECRET_KEY", ""), DATA_DIR)
except EnvError as error:
    raise ImproperlyConfigured(f"A setting in the environment is wrong: {error}") from error

# Addresses ---------------------------------------------------------------------------------------

SITE_IS_PUBLIC = environment.is_public(SITE_URL)
IS_HTTPS = SITE_URL.startswith("https://")
ALLOWED_HOSTS = sorted({urlsplit(SITE_URL).hostname or "", "localhost", "127.0.0.1", "[::1]", *EXTRA_HOSTS})
if HOST in environment.PLACEHOLDER_HOSTS:
    ALLOWED_HOSTS.append(socket.gethostname().lower())
elif HOST not in ALLOWED_HOSTS:
    ALLOWED_HOSTS.append(HOST)
CSRF_TRUSTED_ORIGINS = [SITE_URL]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ADMIN_PATH = "admin/"
_menus = toml_beside(__file__, "menus.toml")
MENUS, ADMIN_MENU = _menus["site"], _menus["admin"]

# Applications ------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "publishing",
    "ops",
    "publishing.apps.AdminSiteConfig",
    "enquiries",
    "publishing.apps.UsersConfig",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "taggit",
    "rest_framework",
    "rest_framework_api_key",
    "drf_spectacular",
    "django_tasks_db",
    "django_prose_editor",
    "js_asset",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "import_export",
    # In the order in which load_starter fills them: articles refer to models and place questions.
    "catalog",
    "faq",
    "articles",
]

MIDDLEWARE = [
    "ops.http.middleware.RequestIDMiddleware",
    "ops.http.slow_requests.SlowRequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "ops.http.cross_origin.CrossOriginMiddleware",
    "publishing.api.access.ApiAccessMiddleware",
    "ops.http.middleware.CompressionMiddleware",
    "ops.http.middleware.ConditionalMiddleware",
    "ops.http.middleware.CachePolicyMiddleware",
    "ops.http.middleware.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "ops.http.request_body.RequestBodyMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "publishing.accounts.preferences.TimeZoneMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "publishing.pages.redirect_middleware.RedirectMiddleware",
    "publishing.accounts.two_factor.SecondFactorMiddleware",
    "axes.middleware.AxesMiddleware",
]

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
                "django.template.context_processors.csp",
                "publishing.site.current.context_processor",
            ]
        },
    }
]
FORM_RENDERER = "publishing.admin.form_renderer.FormRenderer"

# Data --------------------------------------------------------------------------------------------

SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000;",
}
try:
    DATABASES = {
        "default": dj_database_url.parse(
            DATABASE_URL or f"sqlite:///{DATA_DIR / 'vitrine.sqlite3'}", conn_max_age=60, conn_health_checks=True
        )
    }
except ValueError as error:
    # The value is not repeated, because it may contain a password.
    raise ImproperlyConfigured("DATABASE_URL is not a database address such as postgres://user@host/name.") from error
if not environment.is_database(DATABASES["default"]):
    raise ImproperlyConfigured("DATABASE_URL names no PostgreSQL database and no SQLite file.")
if DATABASES["default"].get("ENGINE") == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = False  # a connection to a file is not lost
    # A file, because the tests' live server runs in another thread with its own connection.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
else:
    # Detects a lost server within seconds instead of the operating system's default.
    timeouts = {"connect_timeout": 5, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
    DATABASES["default"]["OPTIONS"] = timeouts | DATABASES["default"].get("OPTIONS", {})
    # JIT compilation takes longer than these queries: with it, lists of models took three times as long.
    DATABASES["default"]["OPTIONS"].setdefault("options", "-c jit=off")
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}

MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/media/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "ops.http.static_files.BundledStaticFilesStorage"
    },
}
WHITENOISE_MAX_AGE = 0 if DEBUG else 60
IMAGE_MAX_BYTES = 15 * 1024 * 1024
IMAGE_MAX_PIXELS = 50_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000  # an offering with all its prices
DATA_UPLOAD_MAX_MEMORY_SIZE = 21 * 1024 * 1024  # of staff: the largest file and its form, as nginx lets through

TAGGIT_CASE_INSENSITIVE = True

# Mail --------------------------------------------------------------------------------------------

# Without a mail server no mail is sent, and the admin says so.
MAILERS = {"default": {"OPTIONS": environment.mail_server(EMAIL_URL)}} if EMAIL_URL else {}
DEFAULT_FROM_EMAIL = SERVER_EMAIL = environment.mail_from(MAIL_FROM, EMAIL_URL)

# People ------------------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
# The name of this site in authenticator apps.
OTP_TOTP_ISSUER = urlsplit(SITE_URL).hostname
CSRF_FAILURE_VIEW = "ops.http.errors.csrf_failure"
# By account and by address, to slow down both guessing one password from many addresses and many names from one.
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
# Otherwise an attacker with an account could reset the counter by signing in between guesses for another account.
AXES_RESET_ON_SUCCESS = False
# A locked account opens again after the pause even if guessing continues.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "ops.http.client_ip.client_address"
AXES_LOCKOUT_CALLABLE = "ops.http.errors.locked_out"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# Trust -------------------------------------------------------------------------------------------

SESSION_COOKIE_NAME = "__Host-session" if IS_HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if IS_HTTPS else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
# This server speaks plain HTTP, so an https SITE_URL implies a proxy. A forged header could only avoid a redirect.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HSTS_INCLUDE_SUBDOMAINS
# W005 and W021: HSTS for subdomains and preloading are decisions of the domain's owner.
# W001: running without a mail server is supported; the admin says so where it matters.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021", "mail.W001"]
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"

# The hosts of the frames that readers may open in texts: those of publishing/richtext/embeds.toml.
EMBED_HOSTS = ["www.youtube-nocookie.com", "player.vimeo.com", "www.loom.com", "embed.figma.com", "docs.google.com"]
KINDS_OF_FILE = ("script", "style", "img", "font", "connect", "media", "manifest")
SECURE_CSP = {
    **{name: [CSP.NONE] for name in ("default-src", "base-uri", "frame-ancestors")},
    **{name: [CSP.SELF] for name in ("form-action", *(f"{kind}-src" for kind in KINDS_OF_FILE))},
    "frame-src": [f"https://{host}" for host in EMBED_HOSTS],
}
# The admin's templates have a nonce on each script. A nonce in style-src would disable the 'unsafe-inline' that the
# editor needs for the style element that it creates.
ADMIN_CSP = SECURE_CSP | {
    "script-src": [CSP.NONCE, CSP.STRICT_DYNAMIC],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "frame-ancestors": [CSP.SELF],
    "frame-src": [CSP.NONE],
}

# API ---------------------------------------------------------------------------------------------

# The licence of our own texts and assessments in the catalogue. For other values and texts see /api/#licence.
DATA_LICENCE = {"name": "Creative Commons Attribution 4.0", "url": "https://creativecommons.org/licenses/by/4.0/"}
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_RENDERER_CLASSES": ["publishing.api.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "publishing.api.renderers.ContentNegotiation",
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_PAGINATION_CLASS": "publishing.api.pagination.KeysetPagination",
    "URL_FORMAT_OVERRIDE": None,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "ops.http.errors.api_exception_handler",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Vitrine API",
    "VERSION": "1",
    "TOS": f"{SITE_URL}/api/#licence",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SORT_OPERATIONS": False,
    "SORT_OPERATION_PARAMETERS": False,
    "POSTPROCESSING_HOOKS": [
        "publishing.api.document.complete",
        "catalog.documents.sync.openapi.describe_catalogue",
        "catalog.check.api.describe",
    ],
}

# CSV in the admin --------------------------------------------------------------------------------

IMPORT_EXPORT_EXPORT_PERMISSION_CODE = "view"

# Language and time -------------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"

# Logs --------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "ops.logging.formatters.formatter"}},
    "filters": {"outages": {"()": "ops.http.outage.OutageFilter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["outages"]}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
        # 4xx responses are client errors; server errors are still logged at ERROR.
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "CRITICAL"},
        "axes": {"level": "WARNING"},
    },
}
