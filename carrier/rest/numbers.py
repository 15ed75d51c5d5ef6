"""The account's telephone numbers and applications over REST: where their webhooks go is set here.

Source: "IncomingPhoneNumber resource", "Application resource".
"""

from __future__ import annotations

from functools import partial

from carrier.account import Application, Hooks, PhoneNumber
from carrier.errors import Refused
from carrier.parameters import VERSION, rfc2822
from carrier.rest.answers import Body, RestAnswer, created, found, page, uri
from carrier.rest.requests import Request, missing

URLS = {
    "VoiceUrl": "voice_url",
    "VoiceFallbackUrl": "voice_fallback_url",
    "StatusCallback": "status_callback",
    "SmsUrl": "sms_url",
    "SmsFallbackUrl": "sms_fallback_url",
    "SmsStatusCallback": "sms_status_callback",
}
METHODS = {
    "VoiceMethod": "voice_method",
    "VoiceFallbackMethod": "voice_fallback_method",
    "StatusCallbackMethod": "status_callback_method",
    "SmsMethod": "sms_method",
    "SmsFallbackMethod": "sms_fallback_method",
}


def create_number(request: Request) -> RestAnswer:
    """Get a telephone number."""
    exchange = request.exchange
    digits = request.get("PhoneNumber")
    if not digits:
        raise Refused(400, 21404, "PhoneNumber or AreaCode is required; AreaCode is not emulated")
    if exchange.number_of(digits) is not None:
        raise Refused(400, 21422, f"{digits} is not available")
    number = PhoneNumber(exchange.chances.sid("PN"), digits, digits, exchange.now, exchange.now)
    exchange.numbers[number.sid] = number
    _change_number(request, number)
    return created(_number(request, number))


def list_numbers(request: Request) -> RestAnswer:
    """The account's numbers."""
    wanted = [
        number
        for number in request.exchange.numbers.values()
        if request.get("PhoneNumber", number.number).strip("*") in number.number
        and request.get("FriendlyName", number.name) == number.name
    ]
    return page(request, "incoming_phone_numbers", wanted, partial(_number, request))


def fetch_number(request: Request) -> RestAnswer:
    """One number."""
    return found(_number(request, _the_number(request)))


def update_number(request: Request) -> RestAnswer:
    """Set where a number's webhooks go."""
    number = _the_number(request)
    _change_number(request, number)
    return found(_number(request, number))


def create_application(request: Request) -> RestAnswer:
    """A new application."""
    exchange = request.exchange
    sid = exchange.chances.sid("AP")
    application = Application(sid, request.get("FriendlyName", sid), exchange.now, exchange.now)
    exchange.applications[sid] = application
    _change_application(request, application)
    return created(_application(request, application))


def list_applications(request: Request) -> RestAnswer:
    """The account's applications."""
    wanted = [
        application
        for application in request.exchange.applications.values()
        if request.get("FriendlyName", application.name) == application.name
    ]
    return page(request, "applications", wanted, partial(_application, request))


def fetch_application(request: Request) -> RestAnswer:
    """One application."""
    return found(_application(request, _the_application(request)))


def update_application(request: Request) -> RestAnswer:
    """Set where an application's webhooks go."""
    application = _the_application(request)
    _change_application(request, application)
    return found(_application(request, application))


def _change_hooks(request: Request, hooks: Hooks) -> None:
    for name, attribute in URLS.items():
        if request.has(name):
            setattr(hooks, attribute, request.get(name))
    for name, attribute in METHODS.items():
        if request.has(name):
            setattr(hooks, attribute, request.way(name))


def _change_number(request: Request, number: PhoneNumber) -> None:
    _change_hooks(request, number.hooks)
    number.name = request.get("FriendlyName", number.name)
    number.voice_application_sid = request.get("VoiceApplicationSid", number.voice_application_sid)
    number.sms_application_sid = request.get("SmsApplicationSid", number.sms_application_sid)
    number.updated_at = request.exchange.now


def _change_application(request: Request, application: Application) -> None:
    _change_hooks(request, application.hooks)
    application.name = request.get("FriendlyName", application.name)
    application.message_status_callback = request.get("MessageStatusCallback", application.message_status_callback)
    application.updated_at = request.exchange.now


def _the_number(request: Request) -> PhoneNumber:
    number = request.exchange.numbers.get(request.keys[0])
    if number is None:
        raise missing(request)
    return number


def _the_application(request: Request) -> Application:
    application = request.exchange.applications.get(request.keys[0])
    if application is None:
        raise missing(request)
    return application


def _common(request: Request, owner: PhoneNumber | Application) -> Body:
    hooks = owner.hooks
    return {
        "account_sid": request.exchange.account.sid,
        "api_version": VERSION,
        "date_created": rfc2822(owner.created_at),
        "date_updated": rfc2822(owner.updated_at),
        "friendly_name": owner.name,
        "sid": owner.sid,
        "sms_fallback_method": hooks.sms_fallback_method,
        "sms_fallback_url": hooks.sms_fallback_url or None,
        "sms_method": hooks.sms_method,
        "sms_url": hooks.sms_url or None,
        "status_callback": hooks.status_callback or None,
        "status_callback_method": hooks.status_callback_method,
        "voice_caller_id_lookup": False,
        "voice_fallback_method": hooks.voice_fallback_method,
        "voice_fallback_url": hooks.voice_fallback_url or None,
        "voice_method": hooks.voice_method,
        "voice_url": hooks.voice_url or None,
    }


def _number(request: Request, number: PhoneNumber) -> Body:
    return _common(request, number) | {
        "address_sid": None,
        "address_requirements": "none",
        "beta": False,
        "capabilities": {"mms": True, "sms": True, "voice": True, "fax": False},
        "identity_sid": None,
        "phone_number": number.number,
        "origin": "twilio",
        "sms_application_sid": number.sms_application_sid or None,
        "trunk_sid": None,
        "uri": uri(request, "IncomingPhoneNumbers", number.sid),
        "voice_receive_mode": "voice",
        "voice_application_sid": number.voice_application_sid or None,
        "emergency_status": "Inactive",
        "emergency_address_sid": None,
        "emergency_address_status": "unregistered",
        "bundle_sid": None,
        "status": "in-use",
        "type": "local",
    }


def _application(request: Request, application: Application) -> Body:
    return _common(request, application) | {
        "message_status_callback": application.message_status_callback or None,
        "sms_status_callback": application.hooks.sms_status_callback or None,
        "uri": uri(request, "Applications", application.sid),
        "public_application_connect_enabled": False,
    }
