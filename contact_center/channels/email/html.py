"""A mail's HTML made harmless: an allow-list of tags, attributes and styles; nothing loads, runs or leaves the frame.

Called by `reading`. What comes out is well-formed and canonical, which `markup` relies on. A remote image keeps only
its address, in `data-remote`; pictures inside the mail keep `src="cid:…"`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import unquote

import nh3

LONGEST = 1_000_000

_TAGS = frozenset(
    "a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn"
    " dir div dl dt em"
    " figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark menu nav ol p pre q"
    " rp rt ruby s samp"
    " section small span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr".split()
)
_DROPPED_WHOLE = frozenset(
    "script style title iframe object embed applet template svg math audio video canvas noembed noframes".split()
)
_LAYOUT = frozenset("align valign width height bgcolor border cellpadding cellspacing colspan rowspan".split())
_ATTRIBUTES = {
    "*": {"style", "dir", "lang", "title", "id", "class", "align"},
    "a": {"href", "name"},
    "img": {"src", "alt", "width", "height", "border", "data-remote"},
    "blockquote": {"type"},
    "div": {"name"},
    "font": {"color", "face", "size"},
    "hr": {"size", "width", "color"},
    "li": {"value"},
    "ol": {"start", "type"},
    "ul": {"type"},
    "col": {"span", "width"},
    "colgroup": {"span", "width"},
    **dict.fromkeys(("table", "tbody", "thead", "tfoot", "tr", "td", "th"), _LAYOUT),
}
_STYLES = frozenset(
    "color background background-color font font-family font-size font-style font-weight font-variant"
    " text-align text-decoration"
    " text-transform text-indent line-height letter-spacing white-space word-break word-wrap overflow-wrap"
    " vertical-align direction"
    " margin margin-top margin-right margin-bottom margin-left padding padding-top padding-right"
    " padding-bottom padding-left"
    " border border-top border-right border-bottom border-left border-color border-style border-width"
    " border-collapse border-spacing"
    " border-radius width height max-width min-width max-height min-height display float clear table-layout".split()
)
# Marks of the mail programs, kept for `markup` to see where they quote. Harmless: no style sheet of ours knows them.
KNOWN_CLASSES = frozenset(
    "gmail_quote gmail_attr yahoo_quoted protonmail_quote tutanota_quote zmail_extra moz-cite-prefix iosymail"
    " protonmail_signature_block gmail_signature moz-signature MsoNormal".split()
)
KNOWN_IDS = frozenset(
    "isReplyContent oriMsgHtmlSeperator origbody reply139content OLK_SRC_BODY_SECTION divRplyFwdMsg"
    " stopSpelling zwchr replySplit"
    " mail-editor-reference-message-container Signature ms-outlook-mobile-signature".split()
)
_REMOTE_IMAGE = re.compile(r"(<img\b[^<>]*?\s)src(\s*=\s*[\"']?\s*(?:https?:)?//)", re.IGNORECASE)
# Escapes and comments hide words from us; of the functions only those that make a colour or a length are left.
_BAD_STYLE = re.compile(r"\\|@|/\*|script:|(?<![\w-])(?!(?:rgba?|hsla?|calc)\()[\w-]*\s*\(", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)([^<>]*)")
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
# Browsers' parsers reopen these in every paragraph until they are closed: 52 KB can become 52 MB.
_REOPENED = frozenset("a b big code em font i nobr s small strike strong tt u".split())


def _kept(_tag: str, attribute: str, value: str) -> str | None:
    """The attribute's value if it may stay."""
    check = _CHECKS.get(attribute)
    return value if check is None else check(value)


def _source(value: str) -> str | None:
    """Only pictures that came with the mail; their id in the form `InboundFile.content_id` has."""
    name = value.strip()
    return "cid:" + unquote(name[4:]).strip("<> ") if name[:4].lower() == "cid:" else None


def _link(value: str) -> str | None:
    return None if value.strip()[:4].lower() == "cid:" else value


def _style(value: str) -> str | None:
    return _short_style(value) if len(value) < 300 else _plain_style(value)


def _plain_style(value: str) -> str | None:
    if _BAD_STYLE.search(value) is None:
        return value
    return ";".join(rule for rule in value.split(";") if not _BAD_STYLE.search(rule)) or None


_short_style = lru_cache(maxsize=1024)(_plain_style)  # a mail says the same style a hundred times


def _known_class(value: str) -> str | None:
    return " ".join(KNOWN_CLASSES.intersection(value.split())) or None


_CHECKS: dict[str, Callable[[str], str | None]] = {
    "src": _source,
    "href": _link,
    "class": _known_class,
    "style": _style,
    "id": lambda value: value if value in KNOWN_IDS else None,
    "name": lambda value: value if value == "quote" else None,
    "data-remote": lambda value: value if len(value) < 2_000 and value.lower().startswith(("http", "//")) else None,
}
_CLEANER = nh3.Cleaner(
    tags=set(_TAGS),
    clean_content_tags=set(_DROPPED_WHOLE),
    attributes=_ATTRIBUTES,
    attribute_filter=_kept,
    url_schemes={"http", "https", "mailto", "tel", "cid"},
    url_relative="deny",
    link_rel="noopener noreferrer nofollow",
    set_tag_attribute_values={"a": {"target": "_blank"}},
    filter_style_properties=set(_STYLES),
)


def sanitised(markup: str) -> str | None:
    """The harmless form of *markup*, or None if it is built to exhaust its reader."""
    markup = markup[:LONGEST]
    if _is_exhausting(markup):
        return None
    if "<img" in markup or "<IMG" in markup:
        markup = _REMOTE_IMAGE.sub(r"\1data-remote\2", markup)
    return _CLEANER.clean(markup).replace("\x00", "")


def stripped(markup: str) -> str:
    """The words of a markup nobody should parse: tags cut out, nothing more."""
    return re.sub(r"<[^<>]*>", " ", markup[:LONGEST])


def _is_exhausting(markup: str) -> bool:
    """Whether the parser's quadratic corners would be hit: depth, reopened tags, attributes, ampersands."""
    if markup.count("&") * len(markup) > 40_000_000_000:
        return True
    tags = markup.count("<")
    if tags < 300 and len(markup) < 100_000:
        return False
    depth, reopened = _heights(markup)
    return depth * tags > 50_000_000 or depth > 5_000 or reopened * tags > 500_000 or _most_attributes(markup) > 10_000


def _heights(markup: str) -> tuple[int, int]:
    """An upper bound of the nesting depth, and of how many reopened tags are open at once."""
    now: dict[str, int] = {}
    depth = deepest = reopened = most_reopened = 0
    for slash, written, _ in _TAG.findall(markup):
        name = written.lower()
        if name in _VOID:
            continue
        count = now.get(name, 0)
        step = -1 if slash else 1
        if slash and not count:
            continue
        now[name] = count + step
        depth += step
        deepest = max(deepest, depth)
        if name in _REOPENED:
            reopened += step
            most_reopened = max(most_reopened, reopened)
    return deepest, most_reopened


def _most_attributes(markup: str) -> int:
    longest = max((tail for _, _, tail in _TAG.findall(markup)), key=len, default="")
    return len(re.findall(r"[\s/]", longest)) if len(longest) > 10_000 else 0
