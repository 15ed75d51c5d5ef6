"""Texts over REST: sent, listed, fetched, canceled, deleted, with their files.

Source: "Message resource", "Media subresource".
"""

from __future__ import annotations

from functools import partial

from carrier import texting
from carrier.errors import Refused
from carrier.legs import Subscription
from carrier.parameters import VERSION, rfc2822
from carrier.rest.answers import Body, RestAnswer, created, deleted, found, page, uri
from carrier.rest.requests import Request, missing
from carrier.texting import Letter
from carrier.texts import Media, Text

EVERY_STATUS = frozenset("queued sending sent delivered undelivered failed read canceled".split())


def create(request: Request) -> RestAnswer:
    """Send a text."""
    request.refuse("ScheduleType", "SendAt", "ApplicationSid", "PersistentAction", "ShortenUrls", "SendAsMms")
    wanted = None
    if request.get("StatusCallback"):
        wanted = Subscription(request.get("StatusCallback"), "POST", EVERY_STATUS)
    letter = Letter(
        to=request.get("To"),
        from_=request.get("From"),
        body=request.get("Body"),
        media_urls=tuple(request.all("MediaUrl")),
        service_sid=request.get("MessagingServiceSid"),
        content_sid=request.get("ContentSid"),
        subscription=wanted,
    )
    return created(shown(request, texting.send(request.exchange, letter)))


def listing(request: Request) -> RestAnswer:
    """Texts, the latest first."""
    texts = [text for text in reversed(request.exchange.texts.values()) if _asked(request, text)]
    return page(request, "messages", texts, partial(shown, request))


def _asked(request: Request, text: Text) -> bool:
    if any(request.has(name) and request.get(name) != value for name, value in (("To", text.to), ("From", text.from_))):
        return False
    day = (text.sent_at or text.created_at).strftime("%Y-%m-%d")
    asked = request.get("DateSent")[:10]
    return (not asked or asked == day) and request.get("DateSent<", day)[:10] >= day >= request.get("DateSent>", day)[
        :10
    ]


def fetch(request: Request) -> RestAnswer:
    """One text."""
    return found(shown(request, _the(request)))


def update(request: Request) -> RestAnswer:
    """Take a body back (an empty Body), as the law may demand."""
    text = _the(request)
    if request.get("Status"):
        raise Refused(400, 30409, "Message is not in a state that can be canceled")
    if request.get("Body"):
        raise Refused(400, 20001, "Body may only be emptied")
    text.body, text.updated_at = "", request.exchange.now
    return found(shown(request, text))


def delete(request: Request) -> RestAnswer:
    """Delete a text."""
    text = _the(request)
    del request.exchange.texts[text.sid]
    return deleted()


def media(request: Request) -> RestAnswer:
    """A text's files."""
    text = _the(request)
    return page(request, "media_list", list(text.media.values()), partial(_shown_media, request, text))


def fetch_media(request: Request) -> RestAnswer:
    """One of a text's files."""
    text = _the(request)
    return found(_shown_media(request, text, _file(request, text)))


def media_file(request: Request) -> RestAnswer:
    """The file itself."""
    file = _file(request, _the(request))
    return RestAnswer(200, content=file.content, content_type=file.content_type)


def delete_media(request: Request) -> RestAnswer:
    """Delete one of a text's files."""
    text = _the(request)
    del text.media[_file(request, text).sid]
    return deleted()


def _the(request: Request) -> Text:
    text = request.exchange.texts.get(request.keys[0])
    if text is None:
        raise missing(request)
    return text


def _file(request: Request, text: Text) -> Media:
    file = text.media.get(request.keys[1])
    if file is None:
        raise missing(request)
    return file


def shown(request: Request, text: Text) -> Body:
    """A text as REST shows it."""
    own = uri(request, "Messages", text.sid)
    return {
        "body": text.body,
        "num_segments": str(text.segments),
        "direction": text.direction,
        "from": text.from_ or None,
        "to": text.to,
        "date_updated": rfc2822(text.updated_at),
        "price": None,
        "error_message": text.error_message or None,
        "uri": own,
        "account_sid": request.exchange.account.sid,
        "num_media": str(len(text.media)),
        "status": text.status,
        "messaging_service_sid": text.service_sid or None,
        "sid": text.sid,
        "date_sent": rfc2822(text.sent_at) if text.sent_at else None,
        "date_created": rfc2822(text.created_at),
        "error_code": text.error_code,
        "price_unit": "USD",
        "api_version": VERSION,
        "subresource_uris": {"media": own.removesuffix(".json") + "/Media.json"},
    }


def _shown_media(request: Request, text: Text, file: Media) -> Body:
    return {
        "account_sid": request.exchange.account.sid,
        "content_type": file.content_type,
        "date_created": rfc2822(file.created_at),
        "date_updated": rfc2822(file.created_at),
        "parent_sid": text.sid,
        "sid": file.sid,
        "uri": uri(request, "Messages", text.sid, "Media", file.sid),
    }
