"""Hostile and honest markup of articles."""

from __future__ import annotations

import time

import pytest

from contact_center.kb import plain, rendering

OWN = "/help/images/abcdef234567"


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ("<script>alert(1)</script>Hi", "Hi"),
        ('<p onclick="x()">Hi</p>', "<p>Hi</p>"),
        ('<a href="javascript:x()">Hi</a>', '<a rel="noopener noreferrer">Hi</a>'),
        ('<a href=" jAvAscript:x()">Hi</a>', '<a rel="noopener noreferrer">Hi</a>'),
        ('<a href="//evil.example">Hi</a>', '<a rel="noopener noreferrer">Hi</a>'),
        ('<a href="/\\evil.example">Hi</a>', '<a rel="noopener noreferrer">Hi</a>'),
        ('<a href="data:text/html,x">Hi</a>', '<a rel="noopener noreferrer">Hi</a>'),
        ('<a href="/help/en/">Hi</a>', '<a href="/help/en/" rel="noopener noreferrer">Hi</a>'),
        ('<img src="https://evil.example/pixel.png">', ""),
        ('<img src="data:image/png;base64,xx">', ""),
        ('<img src="/desk/tickets">', ""),
        (f'<img src="{OWN}" onerror="x()">', f'<img src="{OWN}">'),
        (f'<img src="{OWN}/../../../desk">', ""),
        ('<p style="position:fixed">Hi</p>', "<p>Hi</p>"),
        ('<form action="/x"><input name="a"></form>Hi', "Hi"),
        ("<svg><script>x</script></svg>Hi", "Hi"),
        ('<div class="note">Hi</div>', '<div class="note">Hi</div>'),
        ('<div class="modal">Hi</div>', "<div>Hi</div>"),
        ("<h1>Hi</h1>", "<h2>Hi</h2>"),
        ("<math><mtext><style><img src=x onerror=x()></style></mtext></math>Hi", "Hi"),
        ("Hi\x00", "Hi"),
    ],
)
def test_only_what_is_harmless_is_left(html: str, kept: str) -> None:
    assert rendering.clean(html).replace("\ufffd", "") == kept


def test_cleaning_twice_changes_nothing() -> None:
    html = rendering.clean(f'<h2>A</h2><ul><li>b<li>c</ul><img src="{OWN}" alt="x"><table><tr><td>1</table>')
    assert rendering.clean(html) == html


def test_what_is_built_to_exhaust_its_reader_loses_its_tags() -> None:
    for bomb in ("<b>" * 50_000 + "<p>x" * 20_000, "<div>" * 90_000, "<a href=x>" * 30_000):
        started = time.process_time()
        rendering.clean(bomb)
        assert time.process_time() - started < 5


def test_headings_have_anchors_for_a_table_of_contents() -> None:
    shown = rendering.shown("<h2>First &amp; last</h2><p>x</p><h3>Then <b>this</b></h3>")
    assert [(h.level, h.anchor, h.text) for h in shown.headings] == [(2, "s1", "First & last"), (3, "s2", "Then this")]
    assert '<h2 id="s1">First' in shown.markup


def test_addresses_are_whole_where_somebody_else_shows_them() -> None:
    html = rendering.absolute(f'<a href="/help/en/">x</a><img src="{OWN}">', "https://help.norra.example")
    assert 'href="https://help.norra.example/help/en/"' in html
    assert f'src="https://help.norra.example{OWN}"' in html


def test_text_keeps_lists_and_lines() -> None:
    html = "<h2>Do</h2><ol><li>Open</li><li>Shut<br>twice</li></ol><p>a &lt; b</p><ul><li>c</li></ul><pre>x\n  y</pre>"
    assert plain.lines(html) == ["Do", "1. Open", "2. Shut", "twice", "a < b", "- c", "x", "  y"]
    assert plain.text("<table><tr><th>A</th><td>1</td></tr></table>") == "A  1"
