"""No part of a mail is lost: it is shown, or it is a file with a safe name, or both."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.channels.email import filenames
from contact_center.text import sayings
from tests.channels.email.mails import payload, read, read_bytes


def names(name: str) -> list[str]:
    return [file.name for file in read(name).attachments]


@pytest.mark.parametrize(
    ("claimed", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\bo\\invoice.pdf", "invoice.pdf"),
        ("\\\\server\\share\\a.txt", "a.txt"),
        (".htaccess", "htaccess"),
        (".\u200bhtaccess", "htaccess"),
        ("...", ""),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\r\nb.txt", "a b.txt"),
        ("a\x00b\x7f.txt", "a_b_.txt"),
        ("con.txt", "_con.txt"),
        ("LPT1", "_LPT1"),
        ('<a href="x">.html', "_a href=_x__.html"),
        ("  ", ""),
        ("/", ""),
        ("发票 2025.pdf", "发票 2025.pdf"),
        ("50% off.pdf", "50% off.pdf"),
        ("trailing. . ", "trailing"),
    ],
)
def test_it_makes_a_safe_name_of_what_the_sender_wrote(claimed: str, safe: str) -> None:
    assert filenames.safe(claimed) == safe


def test_it_shortens_a_long_name_and_keeps_its_ending() -> None:
    assert filenames.safe("x" * 300 + ".pdf") == "x" * 116 + ".pdf"
    assert len(filenames.safe("x" * 300)) == 120


@given(st.text(max_size=200))
def test_it_makes_a_safe_name_of_anything(claimed: str) -> None:
    name = filenames.safe(claimed)
    assert len(name) <= 120
    assert not name.startswith((".", " "))
    assert not set(name) & set('/\\:*?"<>|\r\n\x00\u202e\u200b\ufeff')


def test_it_tells_fifty_files_of_one_name_apart() -> None:
    assert len(set(names("same-name-fifty-times"))) == 50
    assert names("same-name-fifty-times")[:3] == ["photo.jpg", "photo (2).jpg", "photo (3).jpg"]


def test_it_tells_names_apart_that_differ_in_case_only() -> None:
    distinct = filenames.Distinct()
    assert [distinct.name(name) for name in ("a.jpg", "A.JPG", "a (2).jpg")] == ["a.jpg", "A (2).JPG", "a (2) (2).jpg"]


def test_it_names_parts_that_came_without_a_name() -> None:
    expected = ["image-1.png", "part-2.pdf", "part-3.bin", "audio-4.amr", "part-5.bin"]
    assert names("parts-without-names") == expected


def test_it_survives_file_names_from_hell() -> None:
    files = read("file-names-from-hell").attachments
    assert [file.data for file in files] == [b"%d" % number for number in range(14)]
    assert len({file.name for file in files}) == 14
    for file in files:
        assert filenames.safe(file.name) == file.name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("rfc2231-continued-name", ["发票 2025-117.pdf"]),
        ("encoded-word-in-quoted-name", ["发票.pdf"]),
        ("encoded-word-cut-by-continuations", ["保修卡照片.jpg"]),
        ("raw-gbk-file-name", ["发票.pdf"]),
        ("percent-rubbish-in-name", ["100% sure.pdf"]),
        ("calendar-invitation", ["invite.ics"]),
        ("smime-signed", ["smime.p7s"]),
        ("smime-opaque", ["smime.p7m"]),
        ("pgp-encrypted", ["pgp-version.txt", "encrypted.asc"]),
        ("pgp-signed", ["signature.asc"]),
        ("winmail-dat", ["winmail.dat"]),
        ("html-page-attached", ["statement.html"]),
        ("apple-mail-alternative-with-pdf", ["invoice.pdf"]),
        ("apple-mail-photos-between-texts", ["IMG_0417.jpeg", "IMG_0418.jpeg"]),
        ("digest", ["Pump noise.eml", "Door seal.eml"]),
        ("bounce-postfix", ["delivery-status.txt", "message.eml"]),
        ("base64-padded-in-chunks", ["a.csv"]),
        ("truncated-base64", ["a.pdf"]),
    ],
)
def test_it_keeps_every_file_under_its_name(name: str, expected: list[str]) -> None:
    assert names(name) == expected


def test_it_says_what_is_encrypted_and_what_outlook_packed() -> None:
    assert "encrypted" in read("pgp-encrypted").notes[0]
    assert "winmail.dat" in read("winmail-dat").notes[0]


def test_it_shows_all_text_parts_in_order() -> None:
    message = read("several-text-parts")
    assert message.text == "First part.\n\nSecond part.\n\nThird part."
    assert message.html.index("First part.") < message.html.index("Third <b>part</b>.")


def test_it_shows_the_texts_between_the_photos_of_apple_mail() -> None:
    assert read("apple-mail-photos-between-texts").text == "This is the left side:\n\nAnd this the right one:\n\nGreta"
    assert read("apple-mail-alternative-with-pdf").text == "Here is the invoice:\n\n\nPlease check it."


def test_it_shows_one_of_two_alternatives_not_both() -> None:
    message = read("calendar-invitation")
    assert message.text == "Can you come on Thursday at 8?"
    assert message.html == "<p>Can you come on Thursday at 8?</p>"


def test_it_keeps_a_mail_in_the_mail_as_a_file_and_shows_it() -> None:
    message = read("forwarded-as-attachment")
    inner = message.attachments[0]
    assert (inner.name, inner.content_type) == ("Ihre Bestellung 4711_ verspätet.eml", "message/rfc822")
    assert inner.data in payload("forwarded-as-attachment")
    assert b"terms.pdf" in inner.data
    assert "Subject: Ihre Bestellung 4711: verspätet" in message.text
    assert "Ihre Bestellung kommt zwei Wochen später." in message.text


def test_it_does_not_show_the_returned_mail_of_a_report() -> None:
    assert "Dear Bo" not in read("bounce-postfix").full_text


def test_it_marks_pictures_that_the_text_shows_and_lists_the_others() -> None:
    message = read("outlook-inline-image")
    shown, listed = message.attachments
    assert (shown.content_id, shown.inline) == ("image001.png@01DB8C2A.5F0E", True)
    assert (listed.content_id, listed.inline) == ("image002.png@01DB8C2A.5F0E", False)
    assert f'src="cid:{shown.content_id}"' in message.html


def test_it_never_takes_an_attached_page_for_the_text() -> None:
    message = read("html-page-attached")
    assert (message.text, message.html) == ("See attached.", "")


def test_it_shows_a_body_that_has_a_file_name_and_keeps_the_file() -> None:
    message = read("body-with-a-name")
    assert message.text == "One filter for NF-400, please."
    assert [file.name for file in message.attachments] == ["message.txt"]


def test_it_joins_flowed_lines() -> None:
    expected = "您好，我的订单已经付款三天了，但是物流信息一直没有更新，请帮我查询一下。\n\n谢谢！"
    assert read("flowed-delsp-chinese").text == expected


def test_it_keeps_two_hundred_files_and_the_whole_mail_if_there_are_more() -> None:
    part = b"--b\nContent-Type: text/plain; name=a.txt\n\nx\n"
    raw = b"From: bo@basic.example\nContent-Type: multipart/mixed; boundary=b\n\n" + part * 250 + b"--b--\n"
    message = read_bytes(raw)
    assert len(message.attachments) == 201
    assert message.attachments[-1].name == "whole-message.eml"
    assert message.attachments[-1].data == raw
    assert sayings.say(message.notes[0]).endswith("the attached whole message: 50.")


def test_it_shows_the_beginning_of_an_endless_text_and_attaches_all_of_it() -> None:
    message = read_bytes(b"From: bo@basic.example\n\n" + b"0123456789" * 110_000)
    assert len(message.text) == 1_000_000
    assert len(message.attachments[0].data) == 1_100_000


def test_it_hashes_what_was_said_not_how_it_travelled() -> None:
    body = b"Content-Type: text/plain; charset=utf-8\n"
    one = read_bytes(b"From: a@b.example\nMessage-ID: <1@b>\n" + body + b"\nGr\xc3\xbc\xc3\x9fe\n")
    two = read_bytes(b"To: x@y.example\n" + body + b"Content-Transfer-Encoding: quoted-printable\n\nGr=C3=BC=C3=9Fe\n")
    other = read_bytes(b"From: a@b.example\nMessage-ID: <1@b>\n" + body + b"\nGruesse\n")
    assert one.content_hash == two.content_hash != other.content_hash
    assert len(one.content_hash) == 32


def test_it_hashes_attachments_too() -> None:
    raw = payload("winmail-dat")
    assert read_bytes(raw).content_hash != read_bytes(raw.replace(b"eJ8+IgA=", b"eJ8+IgE=")).content_hash
