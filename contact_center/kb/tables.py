"""Articles as a table: one row for each language of each, for spreadsheets. Read and written like every other list."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date

from flask_babel import gettext as _

from contact_center.errors import Unreadable
from contact_center.kb import addresses
from contact_center.kb.documents import Document
from contact_center.text import spreadsheets
from contact_center.text.languages import locale_of

COLUMNS = (
    "space", "category", "slug", "language", "title", "summary", "html", "audience", "tiers", "products", "state",
    "source", "expires", "review_by",
)  # fmt: skip
_NEEDED = ("title", "language")


def read(text: str, space: str = "help") -> tuple[list[Document], list[tuple[str, str]]]:
    """The documents in a CSV file, and the rows that are none, with the reason. Raises Unreadable."""
    csv.field_size_limit(2_000_000)
    sample = text.removeprefix(spreadsheets.BOM)
    head = sample.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(sample), delimiter=max(",;\t", key=head.count))
    missing = [name for name in _NEEDED if name not in (reader.fieldnames or ())]
    if missing:
        raise Unreadable(_("The file needs a column “%(name)s”.", name=missing[0]))
    documents, bad = [], []
    for number, row in enumerate(reader, 2):
        try:
            documents.append(_document(number, row, space))
        except ValueError:
            bad.append((_("Row %(number)d", number=number), _("Days are written as 2027-01-31.")))
    return documents, bad


def write(documents: Iterable[Document]) -> Iterator[str]:
    """The lines of a CSV file."""
    yield spreadsheets.BOM + spreadsheets.line(COLUMNS)
    for one in documents:
        yield spreadsheets.line((
            one.space, one.category, one.slug, addresses.language_for(one.language), one.title, one.summary, one.html,
            str(one.audience), ",".join(one.tiers), ",".join(one.products), one.state,
            addresses.language_for(one.source_language), one.expires or "", one.review_by or "",
        ))  # fmt: skip


def _document(number: int, row: dict[str, str], space: str) -> Document:
    cells = {name: spreadsheets.unsafe((row.get(name) or "").strip()) for name in COLUMNS}
    return Document(
        _("Row %(number)d", number=number),
        space=addresses.slug(cells["space"]) or space,
        slug=addresses.slug(cells["slug"] or cells["title"]),
        language=locale_of(cells["language"]),
        title=cells["title"],
        html=cells["html"],
        summary=cells["summary"],
        category=addresses.slug(cells["category"]),
        audience=cells["audience"],
        tiers=_several(cells["tiers"]),
        products=_several(cells["products"]),
        state=cells["state"].lower(),
        source_language=locale_of(cells["source"] or "en"),
        expires=_day(cells["expires"]),
        review_by=_day(cells["review_by"]),
    )


def _several(cell: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in cell.split(",") if one.strip())


def _day(cell: str) -> date | None:
    return date.fromisoformat(cell[:10]) if cell else None
