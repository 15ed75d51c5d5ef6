"""What a receiving server's answer means to the agent who wrote the mail: the words, and whether trying again may help.

Pure. Only the numbers of the answer are shown, never its text, which anybody may have written.
"""

from __future__ import annotations

import re
import smtplib
from dataclasses import dataclass

from contact_center.channels.email.connecting import Server
from contact_center.text import addresses
from contact_center.text.sayings import Saying, gettext

_ENHANCED = re.compile(rb"\s*([245]\.\d{1,3}\.\d{1,3})\b")
_FULL = {"2.2", "3.1"}
_RELAY = re.compile(rb"relay", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply code, its enhanced code where given ("5.1.1"), and whether it speaks of relaying."""

    code: int
    enhanced: str = ""
    is_relaying: bool = False

    @property
    def is_permanent(self) -> bool:
        # 530, 535 and 538 are about our own sign-in: an administrator can mend that, the mail should wait for it.
        return 500 <= self.code < 600 and self.code not in (530, 535, 538)

    @property
    def number(self) -> str:
        return f"{self.code} {self.enhanced}".strip()

    @property
    def subject(self) -> str:
        """The enhanced code without its class: "1.1" is an unknown mailbox, whether for now or for good."""
        return self.enhanced.partition(".")[2]


def answer(code: int, text: bytes | str) -> Answer:
    """Read a reply."""
    raw = text.encode(errors="replace") if isinstance(text, str) else text
    found = _ENHANCED.match(raw)
    return Answer(code, found[1].decode() if found else "", bool(_RELAY.search(raw)))


def about_recipient(reply: Answer, recipient: str) -> Saying:
    """Why *recipient* was not taken."""
    domain = addresses.email_display(recipient).rpartition("@")[2]
    values = {"address": addresses.email_display(recipient), "domain": domain, "number": reply.number}
    if reply.is_relaying:
        return gettext(
            "Our sending server does not pass on mail to %(address)s (%(number)s). Tell an administrator.", **values
        )
    if reply.subject in _FULL or reply.code in (452, 552):
        return gettext("The mailbox of %(address)s is full (%(number)s).", **values)
    if reply.subject == "2.1":
        return gettext("The mailbox of %(address)s is disabled (%(number)s).", **values)
    if reply.subject in ("1.2", "1.10", "4.4"):
        return gettext("%(domain)s takes no mail (%(number)s): check the part after the @.", **values)
    if reply.subject.startswith("7."):
        return gettext("The server of %(domain)s refuses our mail as a matter of policy (%(number)s).", **values)
    if reply.is_permanent and (reply.subject.startswith("1.") or reply.code in (550, 551, 553)):
        return gettext("The server of %(domain)s says the address %(address)s does not exist (%(number)s).", **values)
    if reply.is_permanent:
        return gettext("The server of %(domain)s refuses mail for %(address)s (%(number)s).", **values)
    return gettext("The server of %(domain)s does not take mail for %(address)s right now (%(number)s).", **values)


def about_message(reply: Answer, server: Server) -> Saying:
    """Why the message as a whole was not taken."""
    values = {"host": server.host, "number": reply.number}
    if reply.subject == "3.4" or reply.code == 552:
        return gettext("The message is too large for %(host)s (%(number)s). Send fewer or smaller files.", **values)
    if reply.code in (530, 535, 538):
        return gettext("%(host)s wants us to sign in differently (%(number)s). Tell an administrator.", **values)
    if reply.is_permanent:
        return gettext("%(host)s refused the message (%(number)s).", **values)
    return gettext("%(host)s does not take the message right now (%(number)s).", **values)


def about_sender(error: smtplib.SMTPSenderRefused, server: Server) -> tuple[str, bool]:
    """Why our own address was not taken, and whether that is for good."""
    reply = answer(error.smtp_code, error.smtp_error)
    if reply.is_permanent and reply.subject != "3.4" and reply.code != 552:
        sentence = gettext(
            "%(host)s does not let us send as %(address)s (%(number)s). Tell an administrator.",
            host=server.host, address=error.sender, number=reply.number,
        )  # fmt: skip
        return sentence, True
    return about_message(reply, server), reply.is_permanent
