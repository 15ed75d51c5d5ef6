"""Reports about mail we sent: what they are about, whom they did not reach, and whether that will last.

Called by `automatic`. RFC 3464 reports are read here; the many that follow no standard are left to flufl.bounce, the
one reader that needs the standard library's message class.
"""

from __future__ import annotations

import email
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from flufl.bounce import all_failures

from contact_center.channels.email import charsets, correspondents, mime, threads
from contact_center.channels.email.headers import Headers, one_line
from contact_center.channels.email.mime import Part
from contact_center.text.addresses import email_normal

_STATUS_KINDS = ("message/delivery-status", "message/global-delivery-status")
_HEADER_KINDS = ("text/rfc822-headers", "message/rfc822-headers", "message/global-headers")
_LARGEST_READ = 200_000
_LONGEST_REASON = 300

_SUBJECT = re.compile(
    r"undeliver|non[- ]?deliver|not deliver|delivery (?:status notification|failure|has failed|incomplete"
    r"|delayed|problem)|failure notice"
    r"|returned (?:mail|to sender)|mail (?:delivery|system) (?:failed|failure|error)|message (?:delayed"
    r"|not delivered|rejected)"
    r"|could not be delivered|unzustellbar|nicht zugestellt|unzustell|non remis|échec de (?:la )?(?:remise"
    r"|distribution)|no se pu(?:do|ede) entregar"
    r"|no entregado|entrega fallida|não entregue|falha na entrega|mancat[oa] (?:recapito|consegna)"
    r"|non recapitabile|onbestelbaar|недоставлен"
    r"|не доставлен|退信|投递失败|无法投递|未送达|退回的邮件|傳遞失敗|无法送达|配信不能|未配信|配信エラー|반송"
    r"|배달되지|전송 ?실패",
    re.IGNORECASE,
)
_DELAYED = re.compile(
    r"delay|warning: (?:could not send|message)|verzögert|retardé|retras|attesa|задерж|延迟|延遲|遅延|지연",
    re.IGNORECASE,
)
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_CODE = re.compile(r"(?<![\d.])([45])\d\d[ \-#]")
_RETURNED_ID = re.compile(rb"^[> \t]*message-id:[ \t\r\n]*(<[^<>\s]{3,900}>)", re.IGNORECASE | re.MULTILINE)
_NAMED_FAILED = re.compile(
    r"(?:无法(?:发送|投递|送达)[到至给]?|退信地址|收件人(?:邮件地址|地址)?[（(:：]|recipient:"
    r"|konnte nicht zugestellt werden an|could not be delivered to)"
    r"[^@\n]{0,40}?([^\s<>\"'（(:：,;]{1,64}@[a-z0-9.-]{3,255})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Bounce:
    about: str | None = None
    failed_address: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)


def read(mail: Part, *, subject: str, is_suspect: bool) -> Bounce | None:
    """The report that *mail* is, or None. *is_suspect*: a daemon or nobody sent it; then free text is believed."""
    status = next((part for part in mail.walk() if part.kind in _STATUS_KINDS), None)
    if status is not None and (is_suspect or mail.kind == "multipart/report"):
        return _standard(mail, status)
    return _free(mail, subject) if is_suspect else None


def receipt_about(mail: Part) -> str | None:
    """Which of our mails a read receipt is about."""
    for part in mail.walk():
        if part.kind == "message/disposition-notification":
            value = Headers(part.body[:_LARGEST_READ]).raw("original-message-id")
            if value:
                return next(iter(threads.ids_in(value)), None)
    return _about(mail)


def _standard(mail: Part, status: Part) -> Bounce:
    groups = [Headers(group) for group in re.split(rb"\r?\n[ \t]*\r?\n", status.body[:_LARGEST_READ])]
    failed = [group for group in groups if group.word("action") == "failed"]
    if not failed:  # delayed, relayed, delivered: nothing has failed
        delayed = next((group for group in groups if group.word("action") == "delayed"), None)
        fields = {"bounce_permanent": "0"} | (
            {"bounce_delayed": "1", "bounce_reason": _reason(delayed)} if delayed else {}
        )
        return Bounce(_about(mail), None, fields)
    first = failed[0]
    reason = _reason(first)
    state = _STATUS.search(first.text("status")) or _STATUS.search(reason)
    fields = {"bounce_permanent": _permanence(state, reason), "bounce_reason": reason}
    return Bounce(_about(mail), _failed_address(mail, first), fields)


def _failed_address(mail: Part, group: Headers) -> str | None:
    """Whom we wrote to. The final recipient may be where somebody forwards to, which we do not know."""
    original = _address(group.text("original-recipient"))
    returned = _returned(mail)
    written = {entry.address for entry in correspondents.mentioned(returned, "to")} if returned else set()
    final = _address(group.text("final-recipient"))
    if original:
        return original
    return written.pop() if len(written) == 1 and final not in written else final


def _address(value: str) -> str | None:
    return email_normal(value.rpartition(";")[2].strip(" <>\"'"))


def _reason(group: Headers) -> str:
    text = group.text("diagnostic-code")
    if re.match(r"\s*[\w-]{1,20}\s*;", text):
        text = text.partition(";")[2]
    return one_line(text or group.text("status"), _LONGEST_REASON)


def _permanence(status: re.Match[str] | None, text: str) -> str:
    """ "1" if the address itself is bad. A full mailbox, refused content or a time-out says nothing of tomorrow."""
    if status is not None:
        group, subject, detail = status.groups()
        return "1" if group == "5" and subject not in ("3", "6", "7") and (subject, detail) != ("2", "2") else "0"
    code = _CODE.search(text)
    return "1" if code and code[1] == "5" else "0"


def _free(mail: Part, subject: str) -> Bounce | None:
    """A notice in prose."""
    notice = _notice(mail)
    named = [entry.address for entry in correspondents.mentioned(mail.headers, "x-failed-recipients")]
    temporary, permanent = _by_flufl(mail.data)
    failed = next(iter(named + permanent), None) or _named_failed(notice)
    if failed is None and not temporary and not _SUBJECT.search(subject):
        return None
    if failed is None or _DELAYED.search(subject):
        return Bounce(_about(mail), None, {"bounce_permanent": "0", "bounce_delayed": "1" if temporary else "0"})
    reason = _sentence(notice, failed)
    state = _STATUS.search(reason) or _STATUS.search(notice)
    return Bounce(_about(mail), failed, {"bounce_permanent": _permanence(state, notice), "bounce_reason": reason})


def _notice(mail: Part) -> str:
    for part in mail.walk():
        if part.kind in ("text/plain", "text/html") and not part.children:
            text = charsets.decode(part.body[:20_000], part.parameters.get("charset"))[0]
            return re.sub(r"<[^<>]*>", " ", text) if part.kind == "text/html" else text
    return ""


def _sentence(notice: str, failed: str) -> str:
    """The line that says why: the one with a code, else the one that names the address."""
    lines = [line.strip() for line in notice.splitlines() if line.strip()]
    for wanted in (_STATUS.search, _CODE.search, lambda line: failed in line.lower()):
        found = next((line for line in lines if wanted(line)), None)
        if found:
            return one_line(found, _LONGEST_REASON)
    return one_line(lines[0], _LONGEST_REASON) if lines else ""


def _named_failed(notice: str) -> str | None:
    match = _NAMED_FAILED.search(notice)
    return email_normal(match[1].rstrip(".")) if match else None


def _by_flufl(raw: bytes) -> tuple[list[str], list[str]]:
    """Its patterns look at lines, many times over: give it few and short ones."""
    lines = [line[:500] for line in raw[:_LARGEST_READ].split(b"\n")[:1_500]]
    try:
        found = all_failures(email.message_from_bytes(b"\n".join(lines)))
    except (LookupError, ValueError, TypeError, AttributeError, AssertionError):  # it was written for well-formed mail
        return [], []
    temporary, permanent = (
        sorted(filter(None, (email_normal(one.decode("ascii", "ignore")) for one in some))) for some in found
    )
    return temporary, permanent


def _about(mail: Part) -> str | None:
    """The id of the mail reported on: from the returned copy, else from what the report answers."""
    returned = _returned(mail)
    if returned is not None and (known := next(iter(threads.ids_in(returned.raw("message-id"))), None)):
        return known
    pasted = _RETURNED_ID.search(mail.data[mail.start : mail.start + _LARGEST_READ])
    if pasted:
        return threads.normal_id(pasted[1])
    answered = threads.ids_in(mail.headers.raw("in-reply-to")) or threads.ids_in(
        mail.headers.raw("references")[-5_000:]
    )
    return answered[-1] if answered else None


def _returned(mail: Part) -> Headers | None:
    for part in mail.walk():
        if part.is_mail:
            return mime.parse(part.body[:_LARGEST_READ]).headers
        if part.kind in _HEADER_KINDS:
            return Headers(part.body[:_LARGEST_READ])
    return None
