"""Articles as Markdown files, one for each language, with what else is known of them in front: `space/slug.zh.md`.

A folder or an archive is a mapping of paths to bytes here. What Markdown cannot say is written as HTML, which Markdown
allows: what is handed out and taken in again is the same article.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import yaml
from flask_babel import gettext as _
from markdown_it import MarkdownIt

from contact_center.errors import Invalid
from contact_center.files import pictures
from contact_center.kb import addresses, markdown_writing, rendering
from contact_center.kb.documents import Document
from contact_center.text.languages import locale_of

MOST_BYTES = 1_000_000  # of one file
_FRONT = re.compile(r"\A---\s*\n(.*?)\n---\s*(?:\n|\Z)", re.DOTALL)
_FILE = re.compile(r"(?P<slug>.+?)(?:\.(?P<language>[a-z]{2}(?:[-_][A-Za-z]+)*))?\.(?:md|markdown)", re.IGNORECASE)
_HEADING = re.compile(r"\A\s*#\s+([^\n]+)\n+")
_READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
_KINDS = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}


def read(files: Mapping[str, bytes], space: str = "help") -> tuple[list[Document], list[tuple[str, str]]]:
    """The documents in *files*, and those that are none, with the reason. *space*: of files that say nothing of it."""
    documents, bad = [], []
    for path in sorted(files):
        if not path.lower().endswith((".md", ".markdown")) or posixpath.basename(path).lower() == "readme.md":
            continue
        try:
            documents.append(_document(path, files, space))
        except (Invalid, yaml.YAMLError, UnicodeDecodeError) as error:
            bad.append((path, error.sentence if isinstance(error, Invalid) else _("Nobody can read what is in it.")))
    return documents, bad


def write(documents: Iterable[Document]) -> Iterator[tuple[str, bytes]]:
    """The files of *documents*, their pictures among them, as (path, bytes)."""
    written: set[str] = set()
    for document in documents:
        folder = posixpath.join(document.space, document.category) if document.category else document.space
        body = _body(document.html)
        for key in rendering.image_keys(document.html):
            data = document.picture(addresses.image(key)) if document.picture else None
            if data is None:
                continue
            path = f"images/{key}.{_KINDS[_kind(data)]}"
            body = body.replace(addresses.image(key), posixpath.relpath(path, folder))
            if path not in written:
                written.add(path)
                yield path, data
        language = addresses.language_for(document.language)
        yield posixpath.join(folder, f"{document.slug}.{language}.md"), _file(document, body).encode()


def html_of(text: str) -> str:
    """Markdown as markup; what is harmful in it goes when the article is written."""
    return str(_READER.render(text))


def _document(path: str, files: Mapping[str, bytes], space: str) -> Document:
    if len(files[path]) > MOST_BYTES:
        raise Invalid(_("That is too long: %(longest)d characters at most.", longest=MOST_BYTES))
    text = files[path].decode("utf-8-sig").replace("\r\n", "\n")
    front, text = _front(text)
    name = _FILE.fullmatch(posixpath.basename(path))
    folders = [part for part in posixpath.dirname(path).split("/") if part]
    if not front.get("title") and (heading := _HEADING.match(text)):
        front["title"], text = heading[1], text[heading.end() :]
    language = front.get("language") or (name["language"] if name else "") or "en"
    return Document(
        path,
        space=_slug(front.get("space") or (folders[0] if folders else space)),
        slug=_slug(front.get("slug") or (name["slug"] if name else path)),
        language=locale_of(str(language)),
        title=str(front.get("title") or ""),
        html=html_of(text),
        summary=str(front.get("summary") or ""),
        category=_slug(front.get("category") or (folders[1] if len(folders) > 1 else "")),
        audience=str(front.get("audience") or ""),
        tiers=_several(front.get("tiers")),
        products=_several(front.get("products")),
        state=str(front.get("state") or "").lower(),
        source_language=locale_of(str(front.get("source") or "en")),
        expires=_day(front.get("expires")),
        review_by=_day(front.get("review_by")),
        picture=lambda source: _picture(posixpath.dirname(path), source, files),
    )


def _front(text: str) -> tuple[dict[str, Any], str]:
    found = _FRONT.match(text)
    if not found:
        return {}, text
    said = yaml.safe_load(found[1]) or {}
    if not isinstance(said, dict):
        raise Invalid(_("What stands between the two lines of hyphens has to be names and values."))
    return said, text[found.end() :]


def _file(document: Document, body: str) -> str:
    front = {
        "title": document.title, "summary": document.summary, "audience": str(document.audience),
        "tiers": list(document.tiers), "products": list(document.products), "state": document.state,
        "source": addresses.language_for(document.source_language), "expires": document.expires,
        "review_by": document.review_by,
    }  # fmt: skip
    said = {name: value for name, value in front.items() if value}
    head = yaml.safe_dump(said, allow_unicode=True, sort_keys=False, width=1_000)
    return f"---\n{head}---\n\n{body}\n"


def _body(html: str) -> str:
    """As Markdown where that says the same; else as the markup it is."""
    text = markdown_writing.of(html)
    return text if rendering.clean(html_of(text)) == rendering.clean(html) else html


def _picture(folder: str, source: str, files: Mapping[str, bytes]) -> bytes | None:
    """The bytes of what a file names beside itself; nothing outside is ever looked at."""
    return files.get(posixpath.normpath(posixpath.join(folder, source)))


def _several(said: Any) -> tuple[str, ...]:
    if isinstance(said, str):
        said = said.split(",")
    return tuple(str(one).strip() for one in said or () if str(one).strip())


def _day(said: Any) -> date | None:
    if said in (None, ""):
        return None
    try:
        return said if type(said) is date else date.fromisoformat(str(said)[:10])
    except ValueError:
        raise Invalid(_("“%(word)s” is no day.", word=str(said)[:40])) from None


def _slug(said: Any) -> str:
    return addresses.slug(str(said))


def _kind(data: bytes) -> str:
    return pictures.kind(data[:16]) or "image/png"
