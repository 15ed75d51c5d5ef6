"""What sign-in, reset and password pages say, in our words: Flask-Security's messages that a person can meet."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

MESSAGES: dict[str, tuple[Any, str]] = {
    "SECURITY_MSG_GENERIC_AUTHN_FAILED": (_("The e-mail address or the password is wrong."), "error"),
    "SECURITY_MSG_EMAIL_NOT_PROVIDED": (_("Please write your address."), "error"),
    "SECURITY_MSG_INVALID_EMAIL_ADDRESS": (_("This is not an e-mail address."), "error"),
    "SECURITY_MSG_PASSWORD_NOT_PROVIDED": (_("Please write your password."), "error"),
    "SECURITY_MSG_INVALID_PASSWORD": (_("This is not your current password."), "error"),
    "SECURITY_MSG_PASSWORD_INVALID_LENGTH": (_("Use at least %(length)s characters."), "error"),
    "SECURITY_MSG_PASSWORD_IS_THE_SAME": (_("This is the password you have now. Choose another one."), "error"),
    "SECURITY_MSG_RETYPE_PASSWORD_MISMATCH": (_("The two passwords differ."), "error"),
    "SECURITY_MSG_PASSWORD_RESET_REQUEST": (
        _("If %(email)s belongs to an account, a link to choose a new password is on its way."),
        "info",
    ),
    "SECURITY_MSG_PASSWORD_RESET_EXPIRED": (
        _("This link worked for two hours and has expired. Ask for a new one."),
        "error",
    ),
    "SECURITY_MSG_INVALID_RESET_PASSWORD_TOKEN": (
        _("This link has been used or replaced. Ask for a new one."),
        "error",
    ),
    "SECURITY_MSG_PASSWORD_RESET_NO_LOGIN": (_("Your new password is set. Please sign in with it."), "success"),
    "SECURITY_MSG_PASSWORD_CHANGE": (_("Your password is changed. Other browsers have been signed out."), "success"),
    "SECURITY_MSG_REAUTHENTICATION_SUCCESSFUL": (_("Thank you."), "info"),
    "SECURITY_MSG_INVALID_REDIRECT": (_("That address does not belong to this site."), "error"),
    "SECURITY_MSG_API_ERROR": (_("This cannot be read."), "error"),
}
