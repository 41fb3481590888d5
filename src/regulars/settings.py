"""Settings of the house: from the environment alone. Shop policy lives in tables, not here.

`docs/settings.md` has a paragraph for each variable.
"""

from datetime import timedelta

from django.utils.csp import CSP

from regulars.kit import env
from regulars.messages.reach import mail_way, sms_way
from regulars.messages.webhooks.reach import webhook_reach

IS_PRODUCTION = env.flag("REGULARS_PRODUCTION", default=False)
SECRET_KEY = env.secret("REGULARS_SECRET_KEY", wanted="50 random letters or more, kept secret")
if len(SECRET_KEY) < 50:
    raise env.BadSetting("REGULARS_SECRET_KEY", "50 random letters or more", "too short")
DEBUG = False

# Where people find the house. Without production it answers on this machine only.
ORIGIN, _HOST = env.web_address(
    "REGULARS_ADDRESS", default=None if IS_PRODUCTION else "http://127.0.0.1:8000"
)
IS_ENCRYPTED = ORIGIN.startswith("https://")
if IS_PRODUCTION and not IS_ENCRYPTED:
    raise env.BadSetting("REGULARS_ADDRESS", "an address that begins with https://", ORIGIN)
# This machine too: a watch on /health asks from here.
ALLOWED_HOSTS = [_HOST, "localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [ORIGIN]

_DATABASE = env.database("DATABASE_URL")
DATABASES = {
    "default": {
        **_DATABASE,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **_DATABASE["OPTIONS"],  # type: ignore[dict-item]
            "pool": {"min_size": 1, "max_size": 4, "timeout": 10},
        },
    }
}
# A batch of 10,000 records comes in one request.
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
API_REQUESTS_A_MINUTE = env.number(
    "REGULARS_API_REQUESTS_A_MINUTE", low=1, high=1_000_000, default=1200
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "regulars.board.apps.RareTablesConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "procrastinate.contrib.django",
    "regulars.company",
    "regulars.book",
    "regulars.messages",
    "regulars.readings",
    "regulars.board.apps.BoardConfig",
    "regulars.portal.apps.PortalConfig",
    "regulars.api.apps.ApiConfig",
    "ninja",  # for the files of its Swagger page
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "regulars.api.middleware.ApiMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "regulars.urls"
WSGI_APPLICATION = "regulars.wsgi.application"
CSRF_FAILURE_VIEW = "regulars.board.views.errors.stale_form"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "regulars.board.context.ground",
            ],
            "builtins": ["regulars.board.templatetags.texts"],
        },
    }
]

AUTH_USER_MODEL = "company.Staff"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "board:home"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "regulars.board.signing.SignInAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # of the library; here one joins by invitation
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = False  # counted in company.services.tries, for all workers together
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_REAUTHENTICATION_TIMEOUT = int(timedelta(minutes=10).total_seconds())
MFA_ADAPTER = "regulars.board.signing.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Regulars"
# Shared by all workers: a code of the second factor works once.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "company_cache",
    }
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "中文"), ("sv", "Svenska")]
STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True  # served from the packages they came in; nothing is collected
USE_TZ = True
TIME_ZONE = "UTC"

# Strict: nothing inline, nothing from elsewhere.
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_ENCRYPTED
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = IS_PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^health$"]
SECURE_HSTS_SECONDS = 365 * 86_400 if IS_PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_PRODUCTION
IS_BEHIND_PROXY = env.flag("REGULARS_BEHIND_PROXY", default=IS_PRODUCTION)
if IS_BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if IS_BEHIND_PROXY else 0

# Without a way out messages wait in the outbox.
MAIL_WAY, SMS_WAY = mail_way(), sms_way()
MAILERS = {"default": MAIL_WAY.mailer} if MAIL_WAY else {}
# Nothing is sent but by the outbox, and that waits.
SILENCED_SYSTEM_CHECKS = [] if MAIL_WAY else ["mail.W001"]
WEBHOOK_REACH = webhook_reach(is_production=IS_PRODUCTION)

# What measures the book: duckdb, spark, or spark=URL of a cluster.
MEASURE_ENGINE = env.text(
    "REGULARS_ENGINE", wanted="duckdb, spark, or spark=URL of a cluster", default="duckdb"
)

PROCRASTINATE_IMPORT_PATHS = ["regulars.jobs.tasks"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"but_health": {"()": "regulars.kit.watches.ButHealth"}},
    "loggers": {"django.request": {"filters": ["but_health"]}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {
        "handlers": ["stderr"],
        "level": env.one_of("REGULARS_LOG", ("INFO", "WARNING", "ERROR"), default="WARNING"),
    },
}
