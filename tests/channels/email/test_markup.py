"""Quoted history in HTML is folded where mail programs put it, and the customer's words stay outside."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.channels.email import html, markup
from tests.channels.email.mails import page, read, read_bytes


def split(source: str, *, is_reply: bool = True) -> tuple[str, str]:
    """(what stays visible, what is folded) of some markup, as text."""
    clean = html.sanitised(source)
    assert clean is not None
    lines = markup.lines_of(clean)
    folded = markup.folded(lines, markup.marked(lines, is_reply=is_reply))
    reader = Folds()
    reader.feed(folded)
    assert not reader.open, "every wrapper is closed"
    return " ".join(" ".join(reader.visible).split()), " ".join(" ".join(reader.hidden).split())


class Folds(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.visible: list[str] = []
        self.hidden: list[str] = []
        self.open: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("br", "hr", "img", "col", "wbr"):
            self.open.append(any(name == "class" and (value or "").startswith("cc-") for name, value in attrs))

    def handle_endtag(self, tag: str) -> None:
        self.open.pop()

    def handle_data(self, data: str) -> None:
        (self.hidden if any(self.open) else self.visible).append(data)


OURS = "On Mon, 3 Mar 2025 at 10:12, Norra Care &lt;support@norra.example&gt; wrote:"
HEAD = "<b>From:</b> Norra Care &lt;s@norra.example&gt;<br><b>Sent:</b> Monday<br><b>To:</b> Bo<br><b>Subject:</b> x"
PROGRAMS = {
    "gmail": (
        f'<div>mine</div><div class="gmail_quote"><div class="gmail_attr">{OURS}</div><blockquote '
        'class="gmail_quote">old</blockquote></div>'
    ),
    "gmail, 2012": (
        f'mine<br><div class="gmail_quote">{OURS}<br><blockquote class="gmail_quote">old</blockquote></div><br>'
    ),
    "apple mail": f'mine<br><div><blockquote type="cite"><div>{OURS}</div><div>old</div></blockquote></div>',
    "thunderbird": (
        '<p>mine</p><div class="moz-cite-prefix">Στις 3/3/25 έγραψε:</div><blockquote type="cite">old</blockquote>'
    ),
    "yahoo": f'<div>mine</div><div id="yahoo_quoted_1" class="yahoo_quoted"><div>{OURS}</div><div>old</div></div>',
    "outlook desktop": (
        '<div class="WordSection1"><p class="MsoNormal">mine</p><div style="border-top:solid"><p '
        f'class="MsoNormal">{HEAD}</p></div><p>old</p></div>'
    ),
    "outlook desktop, old": (
        '<div class="Section1"><p>mine</p><p>-----Original Message-----<br>From: Norra Care<br>Sent: '
        "Monday<br>Subject: x</p><p>old</p></div>"
    ),
    "outlook web": (
        f'<div>mine</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg">{HEAD}</div><div>old</div>'
    ),
    "outlook web, unknown words": (
        '<div>mine</div><hr><div id="divRplyFwdMsg"><b>Xx:</b> Norra Care</div><div>old</div>'
    ),
    "outlook for mac": f'<div>mine</div><span id="OLK_SRC_BODY_SECTION"><div>{HEAD}</div><div>old</div></span>',
    "outlook, new": (
        f'<div>mine</div><div id="mail-editor-reference-message-container"><div>{HEAD}</div><div>old</div></div>'
    ),
    "hotmail": (
        '<div>mine<div><hr id="stopSpelling">Date: Mon, 3 Mar 2025<br>Subject: x<br>From: '
        "s@norra.example<br><div>old</div></div></div>"
    ),
    "zimbra": f'<div>mine</div><hr id="zwchr"><div>{HEAD}</div><div>old</div>',
    "proton": (
        f'<div>mine</div><div class="protonmail_quote">{OURS}<blockquote class="protonmail_quote" '
        'type="cite">old</blockquote></div>'
    ),
    "tutanota": f'<div>mine</div>{OURS}<br><blockquote class="tutanota_quote">old</blockquote>',
    "zoho": (
        f'<div>mine</div><div class="zmail_extra"><div>---- {OURS[:-1]} ----</div><blockquote>old</blockquote></div>'
    ),
    "gmx": (
        '<div>mine</div><div name="quote"><div><b>Sent:</b> Monday<br><b>From:</b> Norra</div><div '
        'name="quoted-content">old</div></div>'
    ),
    "yandex": (
        '<div>mine</div><div>03.03.2025, 10:12, "Norra" &lt;s@norra.example&gt;:</div><blockquote>old</blockquote>'
    ),
    "mail.ru": (
        "<p>mine</p><br>Понедельник, 3 марта 2025, 9:58 +03:00 от Norra &lt;s@norra.example&gt;:<br>"
        "<blockquote>old</blockquote>"
    ),
    "qq": (
        "<div>mine</div><div>------------------&nbsp;原始邮件&nbsp;------------------</div><div "
        'style="background:#efefef"><div><b>发件人:</b> 客服;</div></div><div>old</div>'
    ),
    "163": (
        '<div>mine<br>At 2025-03-03 09:58:11, "客服" &lt;s@norra.example&gt; wrote:<br><blockquote '
        'id="isReplyContent">old</blockquote></div><br>'
    ),
    "foxmail": (
        "<div>mine</div><div>发件人：&nbsp;客服</div><div>发送时间：&nbsp;2025-03-03</div>"
        "<div>收件人：&nbsp;王芳</div><div>主题：&nbsp;x</div><div>old</div>"
    ),
    "aliyun": (
        "<div>mine</div><div>------------------------------</div><div>发件人：客服<br>"
        "发送时间：2025年3月3日<br>主　题：x</div><div>old</div>"
    ),
    "sina": 'mine<br><div id="origbody"><div>----- 原始邮件 -----<br>发件人：客服</div><div>old</div></div>',
    "139": '<div>mine</div><div id="reply139content">old</div>',
    "lotus notes": (
        '<font>mine</font><br><font>-----"Norra" &lt;s@norra.example&gt; wrote: -----</font><div>To: bo<br>old</div>'
    ),
    "plain in pre": (
        "<pre>mine\n\nOn Mon, 3 Mar 2025 at 10:12, Norra &lt;s@norra.example&gt; wrote:\n&gt; old\n&gt; older\n</pre>"
    ),
    "in a table": f"<table><tr><td>mine</td></tr><tr><td>{HEAD}</td></tr><tr><td>old</td></tr></table>",
}


@pytest.mark.parametrize("source", PROGRAMS.values(), ids=PROGRAMS)
def test_it_folds_the_history_of_each_mail_program(source: str) -> None:
    visible, hidden = split(source)
    assert visible == "mine"
    assert "old" in hidden


@pytest.mark.parametrize("source", PROGRAMS.values(), ids=PROGRAMS)
def test_it_takes_the_text_of_a_mail_without_plain_words_from_the_same_lines(source: str) -> None:
    message = read_bytes(page(source, headers="Subject: Re: x\n"))
    assert message.text == "mine"
    assert "old" in message.full_text


@pytest.mark.parametrize(
    ("source", "visible"),
    [
        ('<blockquote type="cite">q1</blockquote>a1<blockquote type="cite">q2</blockquote>a2', "q1 a1 q2 a2"),
        (
            (
                f'Hi<div class="gmail_quote">{OURS}<blockquote class="gmail_quote">q</blockquote>a<blockquote '
                'class="gmail_quote">r</blockquote>b</div>'
            ),
            None,
        ),
        ('<div>Begin forwarded message:</div><blockquote type="cite">content</blockquote>', None),
        (
            (
                'look<div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message '
                "---------</div>content</div>"
            ),
            None,
        ),
        ('<div class="yahoo_quoted"><div>----- Forwarded Message -----</div>content</div>', None),
        (
            '<p>Indented:</p><blockquote style="margin-left:40px">three filters</blockquote><p>please</p>',
            "Indented: three filters please",
        ),
        (f"<p>see my answers in red</p><p>{HEAD}</p><p>Which? <span style='color:red'>NF-400</span></p>", None),
        (f"<p>{HEAD}</p><p>only history</p>", None),
        ("<p>Set to</p><p>&gt; 5 degrees</p>", "Set to > 5 degrees"),
        ("<p>From: Shanghai<br>To: Hamburg<br>Date: Friday</p>", "From: Shanghai To: Hamburg Date: Friday"),
    ],
)
def test_it_folds_nothing_where_the_customer_may_be_speaking(source: str, visible: str | None) -> None:
    shown, hidden = split(source)
    assert hidden == ""
    assert visible in (None, shown)


def test_it_folds_no_copied_mail_that_is_no_answer() -> None:
    assert split(PROGRAMS["outlook desktop"], is_reply=False)[1] == ""
    assert split(PROGRAMS["gmail"], is_reply=False)[0] == "mine"


def test_it_folds_the_quotation_above_an_answer() -> None:
    source = f'<div>{OURS}</div><blockquote type="cite"><p>old</p></blockquote><p>mine</p>'
    assert split(source) == ("mine", "On Mon, 3 Mar 2025 at 10:12, Norra Care <support@norra.example> wrote: old")


@pytest.mark.parametrize(
    "source",
    [
        '<div>mine</div><div class="gmail_signature">Bo<br>Basic Ltd</div>',
        '<div>mine</div><div id="Signature">Bo<br>Basic Ltd</div>',
        '<p>mine</p><pre class="moz-signature">-- \nBo\nBasic Ltd</pre>',
        "<div>mine</div><div>Sent from my iPhone</div>",
        "<div>mine<br>--<br>Bo<br>Basic Ltd</div>",
    ],
)
def test_it_folds_signatures(source: str) -> None:
    visible, hidden = split(source, is_reply=False)
    assert visible == "mine"
    assert hidden


def test_it_shows_a_signature_that_is_all_there_is() -> None:
    assert split('<div class="gmail_signature">Bo</div>', is_reply=False) == ("Bo", "")


def test_it_wraps_in_the_classes_the_desk_knows() -> None:
    message = read("proton-reply")
    assert message.html.count('<blockquote class="cc-quote">') == 1
    assert message.html.count('<div class="cc-signature">') == 1


def test_it_writes_tables_lists_and_paragraphs_as_lines() -> None:
    source = (
        "<h1>Order</h1><p>Two&nbsp;things:</p><ul><li>a filter</li><li>a <b>hose</b></li></ul>"
        "<table><tr><td>Price</td><td>499 &euro;</td></tr><tr><td>VAT</td><td>19 %</td></tr></table><pre>x\n  y</pre>"
    )
    expected = "Order\n\nTwo things:\n\n- a filter\n- a hose\n\nPrice  499 €\nVAT  19 %\n\nx\n  y"
    assert read_bytes(page(source)).text == expected


def test_it_writes_the_empty_lines_of_outlook_and_gmail_once() -> None:
    assert read_bytes(page("<div>one</div><div><br></div><div>two</div>")).text == "one\n\ntwo"
    assert read_bytes(page('<p class="MsoNormal">one</p><p class="MsoNormal">two</p>')).text == "one\ntwo"


pieces = st.sampled_from(
    [
        *PROGRAMS.values(),
        "<div>",
        "</div>",
        "<p>words</p>",
        "<blockquote type=cite>",
        "</blockquote>",
        "<td>x",
        "<br>",
        "<b>y",
    ]
)


@given(st.lists(pieces, max_size=6), st.booleans())
def test_it_loses_no_letter_and_leaves_the_markup_whole(parts: list[str], is_reply: bool) -> None:
    clean = html.sanitised("".join(parts))
    assert clean is not None
    lines = markup.lines_of(clean)
    folded = markup.folded(lines, markup.marked(lines, is_reply=is_reply))
    assert re.sub(r'<blockquote class="cc-quote">|<div class="cc-signature">', "", folded).replace(
        "</div>", ""
    ).replace("</blockquote>", "") == clean.replace("</div>", "").replace("</blockquote>", "")
    reader = Folds()
    reader.feed(folded)
    assert not reader.open
    if "".join(lines.texts).strip("> "):
        assert "".join(reader.visible).strip()
