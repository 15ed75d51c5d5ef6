"""Files in: rows per second from a CSV on disk to committed payments and orders, everything done (columns by their
headers, every cell read, customers and invoices found, compared, written, told as events).

The floor is COPY of the same rows into a bare table on the same server, one transaction. The last rows say how much the
process grows while it reads, which should be nothing, and what bringing in the same file again costs.
"""

from __future__ import annotations

import csv
import os
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import psycopg
from _ground import figure, start_app
from flask import Flask
from sqlalchemy import text

from contact_center.events import bus
from contact_center.extensions import db
from contact_center.importing import claims, runs, work
from contact_center.importing.kinds import KINDS
from contact_center.importing.models import ImportRun

ROWS = int(os.environ.get("BENCH_ROWS", "100000"))
CUSTOMERS = 5000
TABLES = {"payments": "payment", "orders": '"order"', "customers": "customer"}


def main() -> None:
    app = start_app(empty=True)
    with TemporaryDirectory() as folder:
        files = {
            kind: write(Path(folder) / f"{kind}.csv")
            for kind, write in (("customers", _customers), ("payments", _payments), ("orders", _orders))
        }
        with app.app_context():
            db.session.execute(
                text('TRUNCATE import_run, import_bad_row, import_mapping, payment, invoice, "order", product CASCADE')
            )
            db.session.commit()
        bring_in(app, "customers", files["customers"])
        for kind in ("payments", "orders"):
            floor = ROWS / _copied(files[kind])
            before, (seconds, grown) = _count(app, kind), bring_in(app, kind, files[kind])
            assert _count(app, kind) > before, "nothing came in"
            figure(f"import of {kind}", ROWS / seconds, "rows/s", floor)
            figure(f"import of {kind}: process grows by", grown, "MB")
            seconds, _grown = bring_in(app, kind, files[kind])
            figure(f"import of {kind} again, all the same", ROWS / seconds, "rows/s", floor)


def bring_in(app: Flask, kind: str, path: Path) -> tuple[float, float]:
    """Seconds, and the megabytes by which the process grew after its first fifth."""
    process, sizes = psutil.Process(), []
    started = time.perf_counter()
    with app.app_context(), bus.muted():
        run = runs.open_run(KINDS[kind], runs.source_at(path), None)
        runs.start(run, None)
        db.session.commit()
        run_id = run.id
        with claims.worker_of(run_id) as claim:
            assert claim
            for _rows in work.steps(run_id, claim, path):
                db.session.commit()
                sizes.append(process.memory_info().rss)
        seconds = time.perf_counter() - started
        done = db.session.get_one(ImportRun, run_id, populate_existing=True)
        assert (done.bad, done.error) == (0, None), (done.bad, done.error)
        db.session.remove()
    return seconds, (sizes[-1] - sizes[len(sizes) // 5]) / 1e6


def _count(app: Flask, kind: str) -> int:
    with app.app_context():
        found = db.session.execute(text(f"SELECT count(*) FROM {TABLES[kind]}")).scalar_one()
        db.session.remove()
        return int(found)


def _copied(path: Path) -> float:
    """Seconds that COPY takes for the same rows as texts."""
    with path.open(newline="", encoding="utf-8") as file, psycopg.connect(os.environ["BENCH_DSN"]) as connection:
        reader = csv.reader(file)
        columns = [f"c{place} text" for place, _name in enumerate(next(reader))]
        connection.execute("DROP TABLE IF EXISTS rows_in")
        connection.execute(f"CREATE TABLE rows_in ({', '.join(columns)})")
        started = time.perf_counter()
        with connection.cursor().copy("COPY rows_in FROM STDIN") as copy:
            for row in reader:
                copy.write_row(row)
        connection.commit()
        return time.perf_counter() - started


def _written(path: Path, header: str, rows: object) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(header.split(","))
        out.writerows(rows)  # type: ignore[arg-type]
    return path


def _customers(path: Path) -> Path:
    rows = ((f"C-{n}", f"Customer {n}", f"c{n}@mail.example", "Hamburg", "DE") for n in range(CUSTOMERS))
    return _written(path, "Customer no,Name,E-mail,City,Country", rows)


def _payments(path: Path) -> Path:
    rows = (
        (
            f"P-{n}",
            f"C-{n % CUSTOMERS}",
            "EUR",
            f"{n % 9000 + 1}.{n % 100:02}",
            "SEPA",
            f"{n % 28 + 1:02}.0{n % 9 + 1}.2026",
        )
        for n in range(ROWS)
    )
    return _written(path, "Payment no,Customer,Currency,Amount,Method,Received", rows)


def _orders(path: Path) -> Path:
    rows = (
        (
            f"SO-{n // 2}",
            f"C-{n // 2 % CUSTOMERS}",
            f"2026-0{n // 2 % 9 + 1}-{n // 2 % 28 + 1:02}",
            "EUR",
            "DELIVERED",
            f"Filter {n % 2}",
            n % 5 + 1,
            "19.90",
        )
        for n in range(ROWS)
    )
    return _written(path, "Order no,Customer,Ordered,Currency,Status,Item,Quantity,Unit price", rows)


if __name__ == "__main__":
    main()
