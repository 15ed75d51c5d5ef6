"""A mail is taken apart as mail programs do it, and better than its sender put it together."""

from __future__ import annotations

import email
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.channels.email import base64, mime
from tests.channels.email.mails import all_names, payload, read

# The standard library gives up or invents something where we can do better: see the tests below.
OURS_IS_BETTER = {
    "attachment-after-the-closing-boundary",
    "bare-carriage-returns",
    "base64-padded-in-chunks",
    "boundary-not-stated",
    "damaged-header-line",
    "mbox-line-and-blank-lines",
    "nested-multiparts-with-same-boundary",
    "parts-without-names",
    "transfer-encoding-with-comment",
    "truncated-multipart",
    "whole-multipart-in-base64",
}


def _ours(raw: bytes) -> list[tuple[str, bytes]]:
    leaves = [part for part in mime.parse(raw).walk() if not part.children]
    return [(part.kind, b"" if part.kind.startswith("message/") else part.body) for part in leaves]


def _leaves_of(raw: bytes) -> list[tuple[str, bytes]]:
    """What the standard library sees, nested mails left whole."""
    found: list[tuple[str, bytes]] = []
    waiting = [email.message_from_bytes(raw)]
    while waiting:
        part = waiting.pop(0)
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting[:0] = part.get_payload()
        elif part.get_content_maintype() == "message":
            found.append((part.get_content_type(), b""))
        else:
            found.append((part.get_content_type(), part.get_payload(decode=True)))
    return found


@pytest.mark.parametrize("name", sorted(OURS_IS_BETTER))
def test_it_finds_more_than_the_standard_library_here(name: str) -> None:
    assert _ours(payload(name)) != _leaves_of(payload(name))


@pytest.mark.parametrize("name", [name for name in all_names() if name not in OURS_IS_BETTER])
def test_it_finds_the_parts_the_standard_library_finds(name: str) -> None:
    assert _ours(payload(name)) == _leaves_of(payload(name))


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=60)
leaves = st.one_of(words, st.binary(max_size=200))
trees = st.recursive(leaves, lambda inner: st.lists(inner, min_size=1, max_size=4), max_leaves=12)


def _built(tree: str | bytes | list[object]) -> EmailMessage:
    message = EmailMessage()
    if isinstance(tree, str):
        message.set_content(tree)
    elif isinstance(tree, bytes):
        message.set_content(tree, maintype="image", subtype="png", filename="a.png")
    else:
        message.make_mixed()
        for inner in tree:
            message.attach(_built(inner))  # type: ignore[arg-type]
    return message


@given(trees)
def test_it_gets_every_byte_back_out_of_any_tree(tree: str | bytes | list[object]) -> None:
    raw = _built(tree).as_bytes()
    for data in (raw, raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")):
        ours = [(part.kind, part.body.replace(b"\r\n", b"\n")) for part in mime.parse(data).walk() if not part.children]
        assert ours == [(kind, body.replace(b"\r\n", b"\n")) for kind, body in _leaves_of(data)]


def test_it_keeps_what_stands_behind_the_closing_boundary() -> None:
    assert [file.name for file in read("attachment-after-the-closing-boundary").attachments] == ["late.pdf"]


def test_it_finds_the_boundary_where_none_is_stated() -> None:
    message = read("boundary-not-stated")
    assert message.text == "See attached."
    assert [file.name for file in message.attachments] == ["a.pdf"]


def test_it_shows_the_text_of_a_multipart_without_parts() -> None:
    assert read("boundary-never-appears").text == "The text is here all the same."


def test_it_takes_apart_a_multipart_that_came_in_base64() -> None:
    message = read("whole-multipart-in-base64")
    assert message.text == "Inside."
    assert message.attachments[0].data.startswith(b"%PDF-1.4")


def test_it_tells_boundaries_apart_that_begin_alike() -> None:
    raw = (
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=bb\n\n"
        b"--bb\n\none\n--bb--\n--b\n\n--bc is no boundary\n--b--\n"
    )
    assert [part.body for part in mime.parse(raw).walk() if not part.children] == [b"one", b"--bc is no boundary"]


def test_it_says_that_a_mail_is_cut_off_and_keeps_what_came() -> None:
    message = read("truncated-multipart")
    assert message.text == "The words are here."
    assert message.attachments[0].data.startswith(b"\xff\xd8\xff")
    assert "cut off" in message.notes[0]


@pytest.mark.parametrize(
    ("transferred", "data"),
    [
        (b"aGVsbG8gd29ybGQ=", b"hello world"),
        (b"aGVsbG8gd29ybGQ", b"hello world"),
        (b"aGVsbG8gd29y\nbGQ=\n", b"hello world"),
        (b"aGVsbG8=\nd29ybGQ=\n", b"helloworld"),
        (b"aGVsbG8gd29yb", b"hello wor"),
        (b"aGVs!!bG8=", b"hello"),
        (b"aGVsbG8=\n_____\nA footer of the list\n", b"hello"),
        (b"", b""),
        (b"====", b""),
    ],
)
def test_it_decodes_base64_that_others_refuse(transferred: bytes, data: bytes) -> None:
    assert base64.decoded(transferred) == data


def test_it_decodes_uuencoded_parts() -> None:
    assert read("uuencoded").attachments[0].data.endswith(b"%%EOF\n")


@given(st.binary(max_size=600))
def test_it_takes_any_bytes_apart(data: bytes) -> None:
    for part in mime.parse(data).walk():
        assert 0 <= part.start <= part.end <= len(part.data)
        assert isinstance(part.body, bytes)
        base64.decoded(data)
        base64.uudecoded(data)


@given(
    st.lists(
        st.sampled_from(
            [b"--b", b"--b--", b"--bb", b"\n", b"\r\n", b"Content-Type: multipart/mixed; boundary=b", b"x: y", b" "]
        )
    )
)
def test_it_takes_apart_any_heap_of_boundaries(pieces: list[bytes]) -> None:
    data = b"Content-Type: multipart/mixed; boundary=b\n\n" + b"".join(pieces)
    parts = list(mime.parse(data).walk())
    assert all(part.start <= part.end for part in parts)
    assert all(isinstance(part.body, bytes) for part in parts)
