"""Names of files from strangers."""

from __future__ import annotations

import pytest

from contact_center.files import names


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("label.jpg", "label.jpg"),
        ("发票 2026.pdf", "发票 2026.pdf"),
        ("C:\\Users\\sam\\photo.png", "photo.png"),
        ("../../etc/passwd", "passwd"),
        (".htaccess", "htaccess"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("zero\u200bwidth.txt", "zerowidth.txt"),
        ('a<b>:"c|?*.txt', "a_b___c___.txt"),
        ("line\r\nbreak.txt", "line break.txt"),
        ("nul\x00byte.txt", "nulbyte.txt"),
        ("half\ud800.txt", "half.txt"),
        ("con.txt", "_con.txt"),
        ("NUL", "_NUL"),
        ("end. . .", "end"),
        ("e\u0301.txt", "é.txt"),
        ("", "file"),
        ("///", "file"),
        ("\u200b", "file"),
    ],
)
def test_it_makes_a_name_safe_and_keeps_what_people_read(given: str, kept: str) -> None:
    assert names.safe(given) == kept


def test_it_cuts_a_long_name_but_keeps_its_ending() -> None:
    cut = names.safe("n" * 300 + ".jpeg")
    assert len(cut) == names.LONGEST
    assert cut.endswith(".jpeg")


def test_a_safe_name_stays_as_it_is() -> None:
    for name in ("label.jpg", "发票 2026.pdf", "_con.txt"):
        assert names.safe(names.safe(name)) == names.safe(name)


@pytest.mark.parametrize(
    ("name", "ending"), [("a.JPG", "jpg"), ("a.tar.gz", "gz"), ("noending", ""), ("htaccess", ""), ("a.", "")]
)
def test_the_ending_is_what_follows_the_last_dot(name: str, ending: str) -> None:
    assert names.ending(name) == ending
