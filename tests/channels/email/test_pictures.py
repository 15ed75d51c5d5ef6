"""A picture written into the HTML is a file of the message, as if it had come beside it; nothing else gets in."""

from __future__ import annotations

import base64
import re

import pytest

from contact_center.channels.email import pictures
from contact_center.tickets.inbound import InboundFile, InboundMessage
from tests.channels.email.mails import cpu_budget, page, read_bytes

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(60))
JPEG = b"\xff\xd8\xff\xe0" + bytes(range(60))
GIF = b"GIF89a" + bytes(range(60))
WEBP = b"RIFF\x40\x00\x00\x00WEBPVP8 " + bytes(range(60))
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'></svg>"


def address(data: bytes, kind: str = "png", parameters: str = "") -> str:
    return f"data:image/{kind}{parameters};base64,{base64.b64encode(data).decode()}"


def shown(message: InboundMessage) -> list[InboundFile]:
    """The files that the HTML points to, in its order."""
    by_id = {file.content_id: file for file in message.attachments}
    return [by_id[content_id] for content_id in re.findall(r'src="cid:([^"]+)"', message.html)]


@pytest.mark.parametrize(
    ("data", "kind", "name"),
    [
        (PNG, "image/png", "picture-1.png"),
        (JPEG, "image/jpeg", "picture-1.jpg"),
        (GIF, "image/gif", "picture-1.gif"),
        (WEBP, "image/webp", "picture-1.webp"),
    ],
)
def test_a_picture_becomes_a_file_of_the_message(data: bytes, kind: str, name: str) -> None:
    message = read_bytes(page(f'<p>Look: <img alt="it" src="{address(data, kind.partition("/")[2])}"></p>'))
    assert [(f.name, f.content_type, f.data, f.inline) for f in shown(message)] == [(name, kind, data, True)]
    assert message.text.startswith("Look:")
    assert "data:" not in message.html


@pytest.mark.parametrize(
    "tag",
    [
        "<img src='{}'>",
        '<IMG width=20 SRC = "{}" alt=x>',
        "<img src={}>",
        "<img src={} width=20>",
        '<img\n class="x"\n src="{}">',
    ],
)
def test_it_is_found_however_the_tag_is_written(tag: str) -> None:
    assert [file.data for file in shown(read_bytes(page(tag.format(address(PNG)))))] == [PNG]


def test_an_address_may_have_line_breaks_and_parameters() -> None:
    broken = re.sub("(.{20})", "\\1\n ", address(PNG, parameters=";name=screen.png;charset=utf-8").partition(",")[2])
    markup = f'<img src="data:image/png;name=screen.png;charset=utf-8;base64,{broken}">'
    assert [file.data for file in shown(read_bytes(page(markup)))] == [PNG]


def test_the_type_is_what_the_bytes_say() -> None:
    [file] = shown(read_bytes(page(f'<img src="{address(GIF, "png")}">')))
    assert (file.content_type, file.name) == ("image/gif", "picture-1.gif")


@pytest.mark.parametrize(
    "source",
    [
        address(SVG, "svg+xml"),
        address(SVG, "png"),
        "data:image/svg+xml,<svg onload=alert(1)>",
        "data:image/png,%89PNG",
        "data:text/html;base64," + base64.b64encode(b"<script>alert(1)</script>").decode(),
        "data:image/png;base64,",
        address(PNG + bytes(pictures.LARGEST)),
    ],
)
def test_what_is_no_raster_image_or_too_large_is_not_shown(source: str) -> None:
    message = read_bytes(page(f'<p>Look</p><img src="{source}">'))
    assert message.text.strip() == "Look"
    assert "src=" not in message.html
    assert not [file for file in message.attachments if file.content_type.startswith("image/")]


def test_only_pictures_may_have_such_addresses() -> None:
    message = read_bytes(page(f'<a href="{address(PNG)}">x</a><p style="background:url({address(PNG)})">y</p>'))
    assert "data:" not in message.html
    assert message.attachments == ()


def test_the_same_picture_twice_is_one_file() -> None:
    message = read_bytes(page(f'<img src="{address(PNG)}"><img src="{address(GIF)}"><img src="{address(PNG)}">'))
    assert [file.data for file in shown(message)] == [PNG, GIF, PNG]
    assert [file.name for file in message.attachments] == ["picture-1.png", "picture-2.gif"]


def test_there_is_an_end_to_how_many_are_taken() -> None:
    tags = "".join(f'<img src="{address(PNG + bytes([n]))}">' for n in range(pictures.MOST + 10))
    assert len(read_bytes(page(tags)).attachments) == pictures.MOST


def test_a_large_screenshot_does_not_push_the_words_out() -> None:
    message = read_bytes(page(f'<img src="{address(PNG + bytes(2_000_000))}"><p>What does it mean?</p>'))
    assert "What does it mean?" in message.text
    assert [file.content_type for file in message.attachments] == ["image/png"]
    assert message.notes == ()


def test_a_picture_in_a_forwarded_mail_is_shown_too() -> None:
    inner = page(f'<img src="{address(PNG)}">').decode()
    mail = (
        "From: bo@basic.example\nTo: support@norra.example\nMessage-ID: <2@basic.example>\nMIME-Version: 1.0\n"
        "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nSee below\n"
        f"--b\nContent-Type: message/rfc822\n\n{inner}\n--b--\n"
    )
    message = read_bytes(mail.encode())
    assert [file.data for file in shown(message)] == [PNG]
    assert [file.name for file in message.attachments] == ["message.eml", "picture-1.png"]


def test_html_that_is_talked_about_stays_as_it_was_typed() -> None:
    typed = f'&lt;img src="{address(PNG)}"&gt;'
    message = read_bytes(page(f"<p>How do I write {typed}?</p>"))
    assert address(PNG) in message.text
    assert message.attachments == ()


@pytest.mark.parametrize(
    "markup",
    [
        "<img " * 100_000,
        "<img" + " src=" * 100_000,
        "<img src=" + " " * 400_000,
        '<img src="data:image/png' + ";a=b" * 90_000,
    ],
)
def test_nothing_in_it_takes_long(markup: str) -> None:
    with cpu_budget(1.0):
        assert pictures.taken_out(f"{markup} data:image/png", {}) == f"{markup} data:image/png"
