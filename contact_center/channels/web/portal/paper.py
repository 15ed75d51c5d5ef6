"""Sheets of paper as PDF: one page head, a table, and what is below it; Chinese and Latin in the same font.

`documents` draws statements and invoices with it. Text is drawn as it is, never read as markup; nothing is fetched.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from contact_center import pages

_LEFT, _RIGHT, _TOP, _BOTTOM = 48.0, A4[0] - 48.0, A4[1] - 56.0, 56.0
_ROW = 20.0
_GREY, _INK = (0.38, 0.42, 0.47), (0.09, 0.1, 0.11)
REGULAR, BOLD = "cc-sans", "cc-sans-bold"
_FILES = {REGULAR: "noto-sans-sc.ttf", BOLD: "noto-sans-sc-bold.ttf"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table: its head, where it begins, and where it ends; numbers end at the right."""

    head: str
    begins: float
    ends: float
    is_number: bool = False


class Sheet:
    """A document that grows downwards over as many pages as it needs."""

    def __init__(self, title: str, firm: str, language: str, page_of: Callable[[int], str]) -> None:
        _load_fonts()
        self._out = io.BytesIO()
        self._canvas = Canvas(self._out, pagesize=A4, invariant=True, lang=language)
        self._canvas.setTitle(title)
        self._canvas.setAuthor(firm)
        self._firm, self._page_of = firm, page_of
        self._y = _TOP
        self._head()

    def heading(self, text: str) -> None:
        """The document's name, large."""
        self._y -= 34
        self._text(_LEFT, text, 20, BOLD)
        self._y -= 10

    def pairs(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Lines of "what: value"."""
        for what, value in pairs:
            self._need(16)
            self._y -= 16
            self._text(_LEFT, what, 9, colour=_GREY)
            self._text(_LEFT + 110, cut(value, REGULAR, 9.5, _RIGHT - _LEFT - 110), 9.5)
        self._y -= 14

    def table(self, columns: Sequence[Column], rows: Sequence[tuple[Sequence[str], bool]]) -> None:
        """The rows, each with whether it is bold; the head is repeated on every page."""
        self._table_head(columns)
        for cells, is_bold in rows:
            if self._need(_ROW):
                self._table_head(columns)
            self._y -= _ROW
            for column, cell in zip(columns, cells, strict=True):
                self._cell(column, cell, BOLD if is_bold else REGULAR, 9)
            self._line(self._y - 6, 0.4, (0.92, 0.93, 0.95))

    def note(self, text: str) -> None:
        """A grey sentence under everything."""
        for line in wrapped(text, REGULAR, 8.5, _RIGHT - _LEFT):
            self._need(14)
            self._y -= 14
            self._text(_LEFT, line, 8.5, colour=_GREY)

    def gap(self, height: float) -> None:
        self._y -= height

    def done(self) -> bytes:
        """The finished PDF."""
        self._foot()
        self._canvas.save()
        return self._out.getvalue()

    def _head(self) -> None:
        self._canvas.setFillColorRGB(*_INK)
        self._canvas.setFont(BOLD, 11)
        self._canvas.drawString(_LEFT, _TOP, cut(self._firm, BOLD, 11, _RIGHT - _LEFT))
        self._line(_TOP - 10, 0.6, (0.81, 0.84, 0.86))
        self._y = _TOP - 10

    def _foot(self) -> None:
        self._canvas.setFillColorRGB(*_GREY)
        self._canvas.setFont(REGULAR, 8)
        self._canvas.drawRightString(_RIGHT, _BOTTOM - 24, self._page_of(self._canvas.getPageNumber()))

    def _need(self, height: float) -> bool:
        """Turn the page if so much does not fit; returns whether it did."""
        if self._y - height > _BOTTOM:
            return False
        self._foot()
        self._canvas.showPage()
        self._head()
        return True

    def _table_head(self, columns: Sequence[Column]) -> None:
        self._need(3 * _ROW)
        self._y -= _ROW
        for column in columns:
            self._cell(column, column.head, REGULAR, 8, _GREY)
        self._line(self._y - 6, 0.6, (0.81, 0.84, 0.86))

    def _cell(self, column: Column, text: str, font: str, size: float, colour: tuple[float, ...] = _INK) -> None:
        begins, ends = _LEFT + column.begins, _LEFT + column.ends
        text = cut(text, font, size, ends - begins)
        self._canvas.setFillColorRGB(*colour)
        self._canvas.setFont(font, size)
        if column.is_number:
            self._canvas.drawRightString(ends, self._y, text)
        else:
            self._canvas.drawString(begins, self._y, text)

    def _text(self, x: float, text: str, size: float, font: str = REGULAR, colour: tuple[float, ...] = _INK) -> None:
        self._canvas.setFillColorRGB(*colour)
        self._canvas.setFont(font, size)
        self._canvas.drawString(x, self._y, text)

    def _line(self, y: float, width: float, colour: tuple[float, float, float]) -> None:
        self._canvas.setStrokeColorRGB(*colour)
        self._canvas.setLineWidth(width)
        self._canvas.line(_LEFT, y, _RIGHT, y)


def cut(text: str, font: str, size: float, width: float) -> str:
    """*text* on one line that is no wider, with … where something is left out."""
    text = " ".join(text.split())
    if pdfmetrics.stringWidth(text, font, size) <= width:
        return text
    while text and pdfmetrics.stringWidth(text + "…", font, size) > width:
        text = text[:-1]
    return text + "…"


def wrapped(text: str, font: str, size: float, width: float) -> list[str]:
    """*text* in lines that are no wider, broken between words, or anywhere in Chinese."""
    lines, line = [], ""
    for piece in _pieces(text):
        if line and pdfmetrics.stringWidth((line + piece).rstrip(), font, size) > width:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    for char in text:
        if pieces and char < "\u2e80" and pieces[-1] and pieces[-1][-1] < "\u2e80" and not pieces[-1].endswith(" "):
            pieces[-1] += char
        else:
            pieces.append(char)
    return pieces


@cache
def _load_fonts() -> None:
    """Read the fonts, once in a process; they come with the pages' other assets."""
    for name, file in _FILES.items():
        pdfmetrics.registerFont(TTFont(name, str(pages.asset_file(file)), subfontIndex=0))
