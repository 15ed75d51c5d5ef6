"""What could exhaust the mail room is read by a child that may die of it."""

from __future__ import annotations

import base64
import subprocess
import sys
from collections.abc import Callable

import pytest

from contact_center.channels.base import RawMessage
from contact_center.channels.email import reading, sandbox, sandboxed
from contact_center.channels.email.normalise import needs_sandbox, normalise
from contact_center.errors import Unreadable
from contact_center.tickets.inbound import InboundMessage
from tests.channels.email.mails import RECEIVED, all_names, payload, read_bytes

HEAD = b"From: Bo Basic <bo@basic.example>\nTo: support@norra.example\nSubject: Big\nMessage-ID: <big@basic.example>\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n"


def raw(data: bytes) -> RawMessage:
    return RawMessage("email", "imap:1:2:3", data, RECEIVED, 7, {"envelope_to": ["support@norra.example"]})


@pytest.mark.parametrize("name", all_names())
def test_it_carries_a_message_over_the_border_unchanged(name: str) -> None:
    message = reading.read(raw(payload(name)), default_language="de")
    assert sandbox.message_from(b"".join(sandboxed.answer_for(message))) == message


def test_it_reads_in_the_child_what_it_would_read_here() -> None:
    for name in ("file-names-from-hell", "bounce-postfix", "qq-reply"):
        here = reading.read(raw(payload(name)), default_language="de")
        assert sandbox.read(raw(payload(name)), default_language="de") == here


@pytest.mark.parametrize(
    "answer", [b"", b"{}\n", b"nonsense", b'{"files": [["a", "b", null, false, 5]]}\nabc', b"[]\n", b"\xff\n"]
)
def test_it_believes_no_answer_that_makes_no_sense(answer: bytes) -> None:
    with pytest.raises(Unreadable):
        sandbox.message_from(answer)


@pytest.mark.parametrize("limit", ["_MEMORY", "_CPU_SECONDS"])
def test_it_survives_a_child_that_needs_too_much(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The child itself, with a limit it cannot keep: it dies, we get a sentence."""
    code = (
        "import sys; from contact_center.channels.email import sandboxed;"
        f"sandboxed.{limit} = {200_000_000 if limit == '_MEMORY' else 1};"
        "sandboxed.answer(sys.stdin.buffer, sys.stdout.buffer)"
    )
    monkeypatch.setattr(sandbox, "_COMMAND", (sys.executable, "-I", "-c", code))
    hungry = MIXED + b"--b\n\n" + b"word " * 40_000_000 if limit == "_MEMORY" else MIXED + b"--b\nA: b\n\n" * 5_000_000
    with pytest.raises(Unreadable) as refused:
        sandbox.read(raw(hungry), default_language=None)
    assert "more memory or computing time" in refused.value.sentence


def test_it_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "_COMMAND", (sys.executable, "-I", "-c", "import time; time.sleep(600)"))
    monkeypatch.setattr(sandbox, "_WALL_SECONDS", 0.01)
    with pytest.raises(Unreadable) as refused:
        sandbox.read(raw(HEAD + b"\nhello"), default_language=None)
    assert "within" in refused.value.sentence


def test_it_gives_the_child_no_environment_and_no_application() -> None:
    code = (
        "import os, sys; import contact_center.channels.email.sandboxed;"
        "heavy = {'flask', 'flask_babel', 'sqlalchemy', 'celery'} & set(sys.modules);"
        "print(sorted(set(os.environ) - {'LC_CTYPE'}), sorted(heavy))"
    )
    told = subprocess.run([sys.executable, "-I", "-c", code], env={}, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[] []"


@pytest.mark.parametrize(
    ("data", "needed"),
    [
        (HEAD + b"\nhello", False),
        (HEAD + b"\n" + b"x" * 1_000_001, True),
        (MIXED + b"--b\nContent-Type: text/plain; name=a\n\nx\n" * 60, True),
        (MIXED + b"--b\ncontent-type: text/plain; name=a\n\nx\n" * 60, True),
        (MIXED + b"--b\n\nx\n" * 500, True),
    ],
)
def test_it_decides_by_counting_not_by_parsing(data: bytes, needed: bool) -> None:
    assert needs_sandbox(data) is needed


def nested(depth: int) -> bytes:
    opened = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(depth))
    closed = b"".join(b"--b%d--\n" % n for n in reversed(range(depth)))
    return HEAD + opened + b"\ndeep words\n" + closed


def mails_in_mails(depth: int) -> bytes:
    data = HEAD + b"\ninnermost"
    for _ in range(depth):
        data = HEAD + b"Content-Type: message/rfc822\n\n" + data
    return data


def content_of(message: InboundMessage) -> bytes:
    return message.full_text.encode() + b"".join(file.data for file in message.attachments)


def packed() -> bytes:
    """37 MB in base64: a whole line is 57 bytes."""
    return base64.encodebytes(b"PK\x03\x04" + bytes(53)) + (b"A" * 76 + b"\n") * 649_000 + base64.encodebytes(b"last")


MONSTERS: dict[str, tuple[Callable[[], bytes], bytes]] = {  # made when they are needed; what must not be lost
    "2,000 levels": (lambda: nested(2_000), b"deep words"),
    "300 mails": (lambda: mails_in_mails(300), b"innermost"),
    "20,000 files": (
        lambda: MIXED + b"--b\nContent-Type: text/plain; name=a.txt\n\nx\n" * 20_000 + b"--b\nX: y\n\nlast\n--b--\n",
        b"last",
    ),
    "20,000 texts": (lambda: MIXED + b"--b\n\nx\n" * 20_000 + b"--b\n\nlast\n--b--\n", b"last"),
    "50 MB of text": (lambda: HEAD + b"\n" + b"a line of text\n" * 3_500_000 + b"last", b"last"),
    "13 MB of HTML": (lambda: HEAD + b"Content-Type: text/html\n\n" + b"<p>words</p> " * 1_000_000 + b"last", b"last"),
    "50 MB zip": (
        lambda: (
            MIXED + b"--b\n\nhi\n--b\nContent-Type: application/zip; name=x\nContent-Transfer-Encoding: base64\n\n"
            + packed() + b"--b--\n"
        ),
        b"last",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MONSTERS)
def test_it_loses_nothing_of_a_monster(name: str) -> None:
    make, kept = MONSTERS[name]
    data = make()
    message = normalise(raw(data))
    assert kept in content_of(message)
    assert len(message.attachments) <= 201
    assert len(message.text) <= 1_100_000
    assert message.sender is not None
    assert message.subject == "Big"


def test_it_never_unpacks_an_archive() -> None:
    packed = b"PK\x03\x04" + b"\x00" * 1_000
    part = b"Content-Type: application/zip; name=bomb.zip\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(
        packed
    )
    message = read_bytes(MIXED + b"--b\n" + part + b"--b--\n")
    assert [(file.name, file.data) for file in message.attachments] == [("bomb.zip", packed)]
