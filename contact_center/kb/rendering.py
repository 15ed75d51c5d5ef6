"""An article's markup made harmless, when it is written and again whenever it is shown; pictures only of our own.

Called by `articles` and by the pages. A picture is `<img src="/help/images/…">`, or it is gone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from html import escape, unescape
from urllib.parse import urljoin

import nh3
from markupsafe import Markup

from contact_center.kb import addresses

LONGEST = 300_000
_TAGS = frozenset(
    "a abbr b blockquote br caption code dd del details div dl dt em figcaption figure h2 h3 h4 hr i img ins kbd li"
    " mark ol p pre q s samp small span strong sub summary sup table tbody td tfoot th thead tr u ul var".split()
)
_GONE = frozenset(
    "script style title iframe object embed applet template svg math audio video canvas noembed noframes form button"
    " select textarea".split()
)
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "ol": {"start"},
    "details": {"open"},
    "abbr": {"title"},
    "div": {"class"},
}
NOTES = frozenset(("note", "warning", "tip"))  # the boxes that an article may have
_OWN_IMAGE = re.compile(re.escape(addresses.image("")) + r"([a-z0-9]{6,40})")
_OWN_PATH = re.compile(r"(?:/(?![/\\])[^\s\\]*|#[\w-]+)")
_SCHEME = re.compile(r"(?:https?://|mailto:|tel:)", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,4}")
_HEADING = re.compile(r"<h([23])>(.*?)</h\1>", re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_ANY_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_ENDING = frozenset("br col dd dt hr img input li link meta option p source tbody td tfoot th thead tr wbr".split())
_DEEPEST = 100


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of an article, for its table of contents."""

    level: int
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """An article as it is shown: headings have anchors."""

    markup: Markup
    headings: tuple[Heading, ...]


def _kept(tag: str, attribute: str, value: str) -> str | None:
    value = value.strip()
    if attribute == "src":
        return value if _OWN_IMAGE.fullmatch(value) else None
    if attribute == "href":
        return value if _SCHEME.match(value) or _OWN_PATH.fullmatch(value) else None
    if attribute in ("width", "height", "colspan", "rowspan", "start"):
        return value if _NUMBER.fullmatch(value) else None
    if attribute == "class":
        return value if tag == "div" and value in NOTES else None
    return value


_CLEANER = nh3.Cleaner(
    tags=set(_TAGS),
    clean_content_tags=set(_GONE),
    attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
    attribute_filter=_kept,
    url_schemes={"http", "https", "mailto", "tel"},
    url_relative="pass_through",
    link_rel="noopener noreferrer",
)
# Blanks around blocks mean nothing; without them the same article is the same text, whoever wrote it.
_BETWEEN = re.compile(
    r"(?<!\s)\s*(</?(?:blockquote|br|dd|details|div|dl|dt|figure|h[2-4]|hr|li|ol|p|summary|table|tbody|td|tfoot|th|thead|tr|ul)"
    r"(?:\s[^<>]*)?>)\s*"
)
_AROUND = re.compile(r"(?<!\s)\s*(<pre>)|(</pre>)\s*")
_NO_SOURCE = re.compile(r"<img(?![^<>]*\ssrc=)[^<>]*>")


def clean(html: str) -> str:
    """The harmless form of *html*; of what is built to exhaust its reader only the words."""
    html = html[:LONGEST]
    if _depth(html) > _DEEPEST:
        html = " ".join(_TAG.sub(" ", html).split())
    # Headings of whoever wrote it begin below the title, which is the page's first.
    html = re.sub(r"(</?)h1(?=[\s>])", r"\1h2", html, flags=re.IGNORECASE)
    cleaned = _AROUND.sub(r"\1\2", _NO_SOURCE.sub("", _CLEANER.clean(html)).replace("\x00", ""))
    cleaned = _BETWEEN.sub(r"\1", cleaned).strip()
    return cleaned if len(cleaned) <= 2 * LONGEST else escape(_TAG.sub(" ", html))


@lru_cache(maxsize=64)
def shown(html: str) -> Rendered:
    """What readers get: cleaned once more, with an anchor for each heading."""
    headings: list[Heading] = []

    def anchored(found: re.Match[str]) -> str:
        words = " ".join(unescape(_TAG.sub("", found[2])).split())
        anchor = f"s{len(headings) + 1}"
        headings.append(Heading(int(found[1]), anchor, words))
        return f'<h{found[1]} id="{anchor}">{found[2]}</h{found[1]}>'

    markup = _HEADING.sub(anchored, clean(html))
    return Rendered(Markup(markup), tuple(headings))  # noqa: S704 (nh3 has made it)


def absolute(html: str, public_url: str) -> str:
    """The same for somewhere else than our own pages: every address begins with ours."""
    return re.sub(
        r'(\s(?:src|href)=")(/[^"]*)', lambda found: found[1] + urljoin(public_url, found[2]), clean(html)
    )  # fmt: skip


def image_keys(html: str) -> list[str]:
    """Which pictures are in it."""
    return list(dict.fromkeys(_OWN_IMAGE.findall(html)))


def _depth(html: str) -> int:
    """No less than how deep the tags are nested that do not end by themselves."""
    opened = deepest = 0
    for slash, tag in _ANY_TAG.findall(html):
        if tag.lower() not in _ENDING:
            opened = max(0, opened - 1) if slash else opened + 1
            deepest = max(deepest, opened)
    return deepest
