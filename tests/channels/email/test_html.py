"""Nothing in a mail's HTML loads, runs or leaves its frame."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.channels.email import html
from tests.channels.email.mails import all_names, cpu_budget, page, read, read_bytes

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href=' jAvAsCrIpT:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='vbscript:x'>x</a>",
    "<iframe src='https://evil.example'></iframe>",
    "<object data='https://evil.example'></object><embed src='https://evil.example'>",
    "<form action='https://evil.example'><input><button formaction='https://evil.example'>x</button></form>",
    "<base href='https://evil.example/'>",
    "<link rel=stylesheet href='https://evil.example/x.css'>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<style>@import 'https://evil.example/x.css';</style>",
    "<p style='background:url(https://evil.example/x)'>x</p>",
    "<p style='background:\\75rl(https://evil.example/x)'>x</p>",
    "<p style='background:u/**/rl(https://evil.example/x)'>x</p>",
    "<p style='background-image:image-set(\"https://evil.example/x\" 1x)'>x</p>",
    "<p style='background:src(\"https://evil.example/x\")'>x</p>",
    "<p style='width:expression(alert(1))'>x</p>",
    "<p style='position:fixed;top:0'>x</p>",
    "<img src='https://evil.example/pixel.gif'>",
    "<img src='//evil.example/pixel.gif'>",
    "<img src='http:evil.example/pixel.gif'>",
    "<img srcset='https://evil.example/2x.png 2x'>",
    "<img lowsrc='https://evil.example/x' dynsrc='https://evil.example/x'>",
    "<picture><source srcset='https://evil.example/x.webp'><img></picture>",
    "<video poster='https://evil.example/x'><source src='https://evil.example/x'></video>",
    "<audio src='https://evil.example/x' autoplay></audio>",
    "<table background='https://evil.example/x'><tr><td background='https://evil.example/x'>x</td></tr></table>",
    "<body background='https://evil.example/x' onload=alert(1)>",
    "<input type=image src='https://evil.example/x'>",
    "<bgsound src='https://evil.example/x'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><img src=x onerror=alert(1)></template>",
    "<title><img src=x onerror=alert(1)></title>",
    "<textarea><img src=x onerror=alert(1)></textarea>",
    "<xmp><img src=x onerror=alert(1)></xmp>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<p id=location name=document class=btn-close>x</p>",
    "<a href='https://evil.example' target=_top rel=opener ping='https://evil.example'>x</a>",
    "<img src='cid:a\" onerror=\"alert(1)'>",
    "<img src='cid:a%22%20onerror=%22alert(1)'>",
    "<img data-remote='javascript:alert(1)'>",
    "<details open ontoggle=alert(1)>x</details>",
    "<b <script>alert(1)</script>x</b>",
    '<p title="<img src=x onerror=alert(1)>">x</p>',
]
_LOADING = {
    "src",
    "srcset",
    "background",
    "poster",
    "data",
    "action",
    "formaction",
    "lowsrc",
    "dynsrc",
    "ping",
    "xlink:href",
}
_FORBIDDEN = set(
    "script style iframe object embed form input button base link meta svg math video audio source template textarea"
    " select frame frameset applet noscript title body html".split()
)


class Inspector(HTMLParser):
    """Looks at every tag and attribute the way a browser would."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in _FORBIDDEN, tag
        for name, value in attrs:
            self._check(tag, name, value or "")

    def _check(self, tag: str, name: str, value: str) -> None:
        assert not name.startswith("on"), name
        if name in _LOADING:
            assert (tag, name, value[:4]) == ("img", "src", "cid:"), (tag, name, value)
        if name == "href":
            assert re.match(r"(https?://|mailto:|tel:)", value, re.IGNORECASE), value
        if name == "style":
            assert not re.search(r"url|expression|position|\\|import|image-set|src\(", value, re.IGNORECASE), value
        if name == "target":
            assert value == "_blank"
        if name == "id":
            assert value in html.KNOWN_IDS
        if name == "class":
            assert set(value.split()) <= html.KNOWN_CLASSES | {"cc-quote", "cc-signature"}
        if name == "data-remote":
            assert value.lower().startswith(("http", "//")), value


def inspect(markup: str) -> None:
    Inspector(convert_charrefs=True).feed(markup)


@pytest.mark.parametrize("attack", ATTACKS)
def test_it_makes_an_attack_harmless(attack: str) -> None:
    clean = html.sanitised(f"before {attack} after")
    assert clean is not None
    inspect(clean)
    assert "before" in clean


@pytest.mark.parametrize("attack", ATTACKS)
def test_it_makes_an_attack_harmless_in_a_mail_that_is_folded(attack: str) -> None:
    quote = f'<blockquote type="cite">{attack}</blockquote>'
    raw = page(
        f"<p>Hello {attack}</p><div>On 3 Mar 2025 at 10:12, A &lt;a@b.c&gt; wrote:</div>{quote}",
        headers="Subject: Re: x\n",
    )
    inspect(read_bytes(raw).html)


@pytest.mark.parametrize("name", all_names())
def test_it_shows_no_recorded_mail_dangerously(name: str) -> None:
    inspect(read(name).html)


@given(st.lists(st.one_of(st.sampled_from(ATTACKS), st.text("<>\"'=&;/ abconsrc\n", max_size=12)), max_size=8))
def test_it_makes_any_mixture_of_attacks_harmless(pieces: list[str]) -> None:
    clean = html.sanitised("".join(pieces))
    assert clean is not None
    inspect(clean)


@given(st.text("<>\"'=&;/ abconsrcimgtyle:x\n\x00", max_size=60))
def test_it_changes_nothing_of_what_is_clean_already(markup: str) -> None:
    once = html.sanitised(markup)
    assert once is not None
    assert html.sanitised(once) == once


def test_it_keeps_what_makes_a_mail_readable() -> None:
    markup = (
        '<h1>Order</h1><p style="color:#ff0000;margin:0 0 8px">late</p><ul><li>one</li></ul>'
        '<table border="1" cellpadding="2"><tbody><tr><td colspan="2" bgcolor="#eee">x</td></tr></tbody></table>'
    )
    assert html.sanitised(markup) == markup


def test_it_keeps_the_other_styles_beside_a_bad_one() -> None:
    assert html.sanitised("<p style='color:red;background:url(x);font-weight:bold'>x</p>") == (
        '<p style="color:red;font-weight:bold">x</p>'
    )


def test_it_opens_links_elsewhere_and_tells_them_nothing() -> None:
    assert html.sanitised("<a href='https://shop.example/?a=1&b=2'>x</a>") == (
        '<a href="https://shop.example/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer nofollow">x</a>'
    )


def test_it_keeps_the_address_of_a_remote_picture_without_loading_it() -> None:
    clean = html.sanitised('<img alt="logo" src="https://shop.example/l.png"><img src="cid:a%20b">')
    assert clean == '<img alt="logo" data-remote="https://shop.example/l.png"><img src="cid:a b">'


def test_it_forgets_the_classes_we_fold_with_if_a_stranger_sends_them() -> None:
    assert html.sanitised('<blockquote class="cc-quote gmail_quote">x</blockquote>') == (
        '<blockquote class="gmail_quote">x</blockquote>'
    )


def test_it_reads_a_dangerous_mail_whole() -> None:
    message = read("script-and-tracking")
    assert "evil.example/pixel.gif" in message.html
    assert 'src="' not in message.html
    assert message.subject == "<img src=x onerror=alert(1)>"


BOMBS = {
    "reopened tags": "<p>" + "".join(f"<b id={number}>" for number in range(2_000)) + "</p>" + "<p>x</p>" * 4_000,
    "depth": "<div>" * 150_000,
    "many attributes": "<p " + " ".join(f"a{number}" for number in range(120_000)) + ">",
    "many attributes, open": "<p " + " ".join(f"a{number}" for number in range(120_000)),
    "ampersands": "&" * 1_000_000,
    "less-than": "<" * 1_000_000,
    "closing tags": "</p>" * 250_000,
    "comments": "<!--" * 200_000,
    "pictures": "<img src=" * 100_000,
    "spaces in a picture": "<img " + " " * 900_000,
    "tables": "<table>x" * 100_000,
    "lists": "<ul><li>" * 50_000,
}


@pytest.mark.parametrize("markup", BOMBS.values(), ids=BOMBS)
def test_it_defuses_markup_built_to_exhaust_its_reader(markup: str) -> None:
    with cpu_budget(2):
        message = read_bytes(page(f"<p>words</p>{markup}"))
    assert "words" in message.text
    assert len(message.html) < 10_000_000


def test_it_shows_the_words_of_markup_too_complex_to_show() -> None:
    message = read_bytes(page(f"<p>Caf&eacute;</p>{BOMBS['depth']}"))
    assert message.text == "Café"
    assert "too complex" in message.notes[0]
