"""Links in what people wrote."""

from __future__ import annotations

import pytest
from flask import Flask

from contact_center.desk.linking import linked


def _hrefs(text: str) -> list[str]:
    return [part.split('"')[0] for part in str(linked(text)).split('href="')[1:]]


@pytest.mark.parametrize(
    ("text", "hrefs"),
    [
        ("See https://norra.example/a?b=1&c=2.", ["https://norra.example/a?b=1&amp;c=2"]),
        ("(https://norra.example/x_(y)) and http://a.example!", ["https://norra.example/x_(y)", "http://a.example"]),
        ("请看https://norra.example/说明。谢谢", ["https://norra.example/说明"]),
        ("as in CC-1042, not ACC-1 or CC-1x", ["/desk/tickets/CC-1042"]),
        ("javascript:alert(1) data:text/html,x file:///etc/passwd //x.example", []),
        ('https://x.example/"onmouseover="alert(1)', ["https://x.example/"]),
        ("https://x.example/<script>alert(1)</script>", ["https://x.example/"]),
    ],
)
def test_only_pages_and_our_own_numbers_are_links(app: Flask, text: str, hrefs: list[str]) -> None:
    with app.test_request_context():
        assert _hrefs(text) == hrefs


@pytest.mark.parametrize("text", ["<b>bold</b> & 'more'", "https://x.example/<img src=x onerror=alert(1)>", ""])
def test_the_rest_stays_text(app: Flask, text: str) -> None:
    with app.test_request_context():
        shown = str(linked(text))
    assert "<b>" not in shown
    assert "<img" not in shown
