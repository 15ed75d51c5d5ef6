"""What Flask and its extensions are told, derived from our one Config."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy.pool import NullPool

from contact_center import clock
from contact_center.config import Config
from contact_center.text.addresses import email_normal

SIGN_IN_LIMIT = "10 per minute; 100 per hour"  # per account
SIGN_IN_NETWORK_LIMIT = "30 per minute; 300 per hour"  # failures from one network
RESET_LIMIT = "5 per minute; 20 per hour"
RESET_NETWORK_LIMIT = "20 per minute; 100 per hour"


def flask_settings(config: Config) -> dict[str, Any]:
    """The mapping for `app.config`; our own Config is under "CC"."""
    return {
        "CC": config,
        "SECRET_KEY": config.secret_key,
        "TESTING": config.testing,
        "MAX_CONTENT_LENGTH": config.max_upload_bytes + 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "MAX_FORM_PARTS": 200,
        "PREFERRED_URL_SCHEME": config.public_url.partition(":")[0],
        **_database(config),
        **_cookies(config),
        **_security(config),
        "BABEL_DEFAULT_LOCALE": config.default_language,
        "BABEL_DEFAULT_TIMEZONE": config.time_zone,
        "RATELIMIT_STORAGE_URI": _limiter_storage(config),
        "RATELIMIT_KEY_PREFIX": "limit",
        "RATELIMIT_SWALLOW_ERRORS": False,
    }


def _database(config: Config) -> dict[str, Any]:
    options: dict[str, Any] = {"pool_size": 10, "max_overflow": 40, "pool_recycle": 1800}
    if config.testing:
        options = {"poolclass": NullPool}
    # The driver would prepare what it sees often, and throw all that is prepared away with every rollback: ours, too.
    options["connect_args"] = {"prepare_threshold": None}
    return {"SQLALCHEMY_DATABASE_URI": config.database_url, "SQLALCHEMY_ENGINE_OPTIONS": options}


def _cookies(config: Config) -> dict[str, Any]:
    # The __Host- prefix binds a cookie to this very host, but browsers take it over https only.
    prefix = "__Host-" if config.secure_cookies else ""
    return {
        "SESSION_COOKIE_NAME": f"{prefix}cc",
        "SESSION_COOKIE_SECURE": config.secure_cookies,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(days=14),  # the row of the sign-in may end it sooner
        "SESSION_REFRESH_EACH_REQUEST": False,
    }


def _security(config: Config) -> dict[str, Any]:
    return {
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SALT": config.secret_key,
        "SECURITY_PASSWORD_LENGTH_MIN": 10,
        "SECURITY_LOGIN_URL": "/sign-in",
        "SECURITY_LOGOUT_URL": "/sign-out",
        "SECURITY_RESET_URL": "/reset",
        "SECURITY_POST_LOGIN_VIEW": "/desk",
        "SECURITY_POST_LOGOUT_VIEW": "/sign-in",
        "SECURITY_POST_RESET_VIEW": "/sign-in",
        "SECURITY_POST_CHANGE_VIEW": "/desk/profile",
        "SECURITY_REGISTERABLE": False,
        "SECURITY_RECOVERABLE": True,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_CHANGE_URL": "/password",
        "SECURITY_TRACKABLE": True,
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_RESET_PASSWORD_WITHIN": timedelta(hours=2),
        "SECURITY_EMAIL_PLAINTEXT": False,  # letters are written by admin.entrance.letters
        "SECURITY_EMAIL_HTML": False,
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_HASHING_SCHEMES": ["hex_sha256"],  # only marks a reset link; the account's uniquifier makes it void
        "SECURITY_DEPRECATED_HASHING_SCHEMES": [],
        "SECURITY_DATETIME_FACTORY": clock.now,
        "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": True,
        "SECURITY_SEND_PASSWORD_RESET_NOTICE_EMAIL": True,
        "SECURITY_USER_IDENTITY_ATTRIBUTES": [{"email": {"mapper": email_normal, "case_insensitive": False}}],
        "SECURITY_I18N_DIRNAME": ["builtin", "translations"],
        "WTF_CSRF_TIME_LIMIT": None,
        **(
            {"SECURITY_PASSWORD_HASH": "plaintext", "SECURITY_PASSWORD_SCHEMES": ["plaintext"]}
            if config.testing
            else {}
        ),
    }


def _limiter_storage(config: Config) -> str:
    url = config.redis_url
    return f"redis+unix://{url.removeprefix('unix://')}" if url.startswith("unix://") else url
