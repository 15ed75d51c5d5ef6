"""How the archive comes in: first as files through the importer, then every few days what the shop's systems have new.

Called by `installing`. A row that is refused is an error here: the demo's data are right.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.demo import ledger
from contact_center.demo.ledger import Row
from contact_center.demo.plans import Contracts
from contact_center.demo.sales import Book
from contact_center.demo.steps import Play
from contact_center.entitlements import assets, contracts
from contact_center.extensions import db
from contact_center.importing import bad_rows, claims, runs, work
from contact_center.importing.kinds import KINDS
from contact_center.importing.models import ImportRun
from contact_center.orders import invoices, orders, payments, settlements, shipments

EVERY = timedelta(days=4)
_PUT: dict[str, Callable[[Sequence[Row]], Sequence[Any]]] = {
    "orders": orders.put_many, "shipments": shipments.put_many, "invoices": invoices.put_many,
    "payments": payments.put_many, "settlements": settlements.put_many, "assets": assets.put_many,
    "contracts": contracts.put_many,
}  # fmt: skip
_Change = tuple[datetime, str, str, Callable[[datetime], Row | None]]  # when, of which kind, which, how it stands


class Refused(Exception):
    """The product did not take a row of the demo; the text has its reason."""


def bring_in(kind: str, rows: Iterable[Row], agent: Agent) -> None:
    """Import a file of a kind, as somebody would on the first day; commits."""
    text = ledger.as_csv(kind, rows)
    if not text.strip():
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{kind}.csv"
        path.write_text(text, encoding="utf-8")
        run = runs.open_run(KINDS[kind], runs.source_at(path), agent)
        runs.start(run, agent)
        db.session.commit()
        with claims.worker_of(run.id) as claim:
            for _rows in work.steps(run.id, claim or "", path):
                db.session.commit()
    _check(run)


def _check(run: ImportRun) -> None:
    db.session.refresh(run)
    if run.state != "DONE" or run.bad:
        reasons = [f"{row.line} {row.column}: {row.reason}" for row in bad_rows.page(run, limit=5)]
        raise Refused(f"{run.kind}: {run.state} {run.error or ''} {reasons}")


class Feed:
    """What the book and the contracts come to be, change by change, in order of time."""

    def __init__(self, book: Book, signed: Contracts) -> None:
        self._changes = sorted([*_changes(book), *_signings(signed)], key=lambda change: (change[0], change[1:3]))
        self._next = 0
        self._book = book

    def until(self, at: datetime) -> dict[str, list[Row]]:
        """The rows of every kind that came or changed since the last call, as they stand at *at*."""
        wanted: dict[str, dict[str, Callable[[datetime], Row | None]]] = {kind: {} for kind in _PUT}
        while self._next < len(self._changes) and self._changes[self._next][0] <= at:
            _when, kind, number, row = self._changes[self._next]
            wanted[kind][number] = row
            self._next += 1
        rows = {kind: [row(at) for row in each.values()] for kind, each in wanted.items()}
        return {kind: [row for row in each if row is not None] for kind, each in rows.items()}

    def play(self) -> Play:
        """Hand over what is new every few days, and once more at the very end."""
        at = clock.now()
        while at < self._book.now:
            at = min(at + EVERY, self._book.now)
            yield at
            self.hand_over()

    def hand_over(self) -> None:
        """Put what is new by the rooms' own verbs."""
        for kind, rows in self.until(clock.now()).items():
            results = _PUT[kind](rows) if rows else ()
            if wrong := [result for result in results if result.wrong]:
                raise Refused(f"{kind}: {wrong[:3]}")


def _changes(book: Book) -> Iterator[_Change]:
    for sale in book.sales:
        moments = (sale.placed, *(step.at for step in sale.way), sale.cancelled)
        for at in filter(None, moments):
            yield at, "orders", sale.number, lambda at, sale=sale: ledger.order(sale, at)  # type: ignore[misc]
        for step in sale.way:
            yield step.at, "shipments", sale.parcel, lambda at, sale=sale: ledger.shipment(sale, at)  # type: ignore[misc]
        for owned in sale.owned if sale.delivered else ():
            row = ledger.asset(sale, owned)
            yield sale.delivered, "assets", owned.number, lambda _at, row=row: row  # type: ignore[misc]
    yield from _money(book)


def _money(book: Book) -> Iterator[_Change]:
    for bill in book.bills:
        row = ledger.invoice(bill)
        yield bill.issued, "invoices", bill.number, lambda _at, row=row: row  # type: ignore[misc]
        for paid in bill.paid:
            row = ledger.payment(bill, paid)
            yield max(paid.at, bill.issued), "payments", paid.number, lambda _at, row=row: row  # type: ignore[misc]
    for given in book.given:
        row = ledger.settlement(given)
        yield given.at, "settlements", given.number, lambda _at, row=row: row  # type: ignore[misc]


def _signings(signed: Contracts) -> Iterator[_Change]:
    for contract in signed.all:
        row = contract.row()
        yield contract.signed, "contracts", contract.number, lambda _at, row=row: row  # type: ignore[misc]
