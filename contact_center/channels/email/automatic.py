"""Who wrote: a person or a machine, and whether an acknowledgement may go back.

Called by `reading`. Loops begin where a machine answers a machine, so every sign counts; RFC 3834 is only the first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from contact_center.channels.email import bounces
from contact_center.channels.email.headers import Headers
from contact_center.channels.email.mime import Part
from contact_center.tickets.inbound import Automatic


@dataclass(frozen=True, slots=True)
class Verdict:
    automatic: Automatic = Automatic.NONE
    may_acknowledge: bool = True
    about: str | None = None
    failed_address: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)


_DAEMONS = frozenset(("mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon", "maildaemon", "mailadmin"))
_NO_REPLY = re.compile(
    r"(?:^|[-_.+])(?:do[-_.]?)?(?:no|not|keine|ne|non)[-_.]?(?:reply|replay|response|answer|antwort|pas-repondre)(?:$|[-_.+\d])"
    r"|(?:^|[-_.+])bounces?$|^auto-?(?:reply|confirm)"
)
_REPLY_HEADERS = (
    "x-autoreply",
    "x-autorespond",
    "x-autoresponder",
    "x-auto-reply",
    "x-mail-autoreply",
    "x-autoreply-from",
    "x-vacation",
    "x-fc-machinegenerated",
)
_LIST_HEADERS = ("list-id", "list-unsubscribe", "list-post", "x-mailing-list")
_VACATION = re.compile(
    r"(?:auto(?:matic(?:ally generated)?|mated)?[- ]?(?:reply|response|answer|e?-?mail reply)|autoreply|autoresponder"
    r"|out[- ]of[- ](?:the[- ])?office(?: (?:auto[- ]?)?(?:reply|message))?|vacation (?:notice|reply|message)"
    r"|abwesenheits?(?:notiz|meldung|benachrichtigung|nachricht)|(?:automatische|autom\.) (?:rück)?antwort"
    r"|urlaubs(?:benachrichtigung|meldung)|eingangsbestätigung"
    r"|réponse automatique|absence du bureau|message d'absence|respuesta automática|fuera de (?:la )?oficina"
    r"|resposta automática|fora do escritório|ausente do escritório|risposta automatica|fuori (?:sede|ufficio)"
    r"|assente dall'ufficio"
    r"|automatisch antwoord|afwezigheids(?:bericht|melding|assistent)|automati(?:skt|sk) svar|autosvar"
    r"|frånvaro(?:meddelande|besked)|fraværs(?:besked|melding)|automaattinen vastaus|poissaoloilmoitus"
    r"|automatyczna odpowiedź|autoodpowiedź|automatická odpověď|automatikus válasz|otomatik (?:yanıt|cevap)"
    r"|αυτόματη απάντηση"
    r"|автоматический ответ|автоответ(?:чик)?|автоматична відповідь"
    r"|自动回复|自動回覆|自动答复|自動回復|自動回信|外出自动(?:回复|答复)|休假通知|自動返信|自動応答"
    r"|不在(?:通知|のお知らせ)"
    r"|자동 ?회신|자동 ?응답|자동 ?답장|부재 ?알림)\s*(?:$|[:：\-–—|,，(（\[【<«»\])）】>!！.。]|re:|aw:|回复|antw:)",
    re.IGNORECASE,
)
# Words that are also the beginning of a customer's sentence: only when they are all there is.
_ABSENT = re.compile(
    r"(?:ooo|away|vacation|on (?:vacation|holiday|leave)|away from (?:the |my )?office|abwesend|abwesenheit"
    r"|urlaub|absente? du bureau"
    r"|ausente|ausência(?: temporária)?|afwezig|niet aanwezig|frånvaro|poissa|отсутствую|вне офиса|不在办公室"
    r"|不在です|부재중)"
    r"\s*[!！.。]?\s*(?:$|[:：(\[]?\s*(?:re|aw|sv|antw|回复|答复)\s*[:：])",
    re.IGNORECASE,
)
_LEADING = re.compile(
    r"^[\s\[(【（<«*\"“]*(?:(?:re|aw|sv|antw|回复|答复)\s*[:：]\s*)?[\s\[(【（<«*\"“]*", re.IGNORECASE
)


def classify(mail: Part, *, subject: str, sender: str | None, envelope_from: str | None = None) -> Verdict:
    """The verdict on *mail*. *envelope_from* is the SMTP sender where known; empty means the null sender."""
    headers = mail.headers
    report = mail.parameters.get("report-type", "").lower() if mail.kind == "multipart/report" else ""
    if report == "disposition-notification" or _has(mail, "message/disposition-notification"):
        return Verdict(Automatic.REPLY, may_acknowledge=False, about=bounces.receipt_about(mail))
    local = (sender or _written_sender(headers)).partition("@")[0]
    is_null = _is_null_sender(headers, envelope_from)
    found = bounces.read(mail, subject=subject, is_suspect=local in _DAEMONS or is_null)
    if found is not None:
        return Verdict(Automatic.BOUNCE, False, found.about, found.failed_address, found.fields)
    automatic = _by_headers(headers, subject) or _by_sender(headers, local) or _by_parts(mail)
    if automatic is not None:
        return Verdict(automatic, may_acknowledge=False)
    is_welcome = not (is_null or _NO_REPLY.search(local) or "x-auto-response-suppress" in headers or sender is None)
    return Verdict(may_acknowledge=is_welcome)


def _is_null_sender(headers: Headers, envelope_from: str | None) -> bool:
    if envelope_from is not None:
        return envelope_from.strip("<> ") == ""
    return "return-path" in headers and headers.raw("return-path").strip(b"<> ") == b""


def _written_sender(headers: Headers) -> str:
    """`MAILER-DAEMON (Mail Delivery System)` has no domain and is no address, but says enough."""
    return headers.text("from").strip('<" ').partition(" ")[0].strip('<>"').lower()


def _by_headers(headers: Headers, subject: str) -> Automatic | None:
    """X-Auto-Response-Suppress is no sign of a machine: Exchange puts it on what people write."""
    submitted = headers.word("auto-submitted")
    if submitted and submitted != "no":
        return Automatic.REPLY
    precedence = headers.word("precedence").replace("-", "_")
    if precedence == "auto_reply" or any(name in headers for name in _REPLY_HEADERS):
        return Automatic.REPLY
    if "autoresponder" in headers.word("delivered-to") or headers.word("x-post-messageclass").startswith("9"):
        return Automatic.REPLY
    words = _LEADING.sub("", subject[:200], count=1)
    if _VACATION.match(words) or _ABSENT.match(words):
        return Automatic.REPLY
    if precedence in ("bulk", "junk", "list") or any(name in headers for name in _LIST_HEADERS):
        return Automatic.LIST
    return None


def _by_sender(headers: Headers, local: str) -> Automatic | None:
    """Daemons are machines; so are no-reply addresses, unless a web form wrote for somebody and says whom to answer."""
    if local in _DAEMONS:
        return Automatic.REPLY
    return Automatic.REPLY if _NO_REPLY.search(local) and "reply-to" not in headers else None


def _by_parts(mail: Part) -> Automatic | None:
    """An accepted or declined invitation is sent by the calendar; an invitation by a person."""
    for part in mail.walk():
        if part.kind == "text/calendar" and part.parameters.get("method", "").upper() == "REPLY":
            return Automatic.REPLY
    return None


def _has(mail: Part, kind: str) -> bool:
    return mail.kind == "multipart/report" and any(part.kind == kind for part in mail.children)
