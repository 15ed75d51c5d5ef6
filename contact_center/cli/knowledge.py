"""`contact-center knowledge`: take articles in from a folder of Markdown files or a CSV file, and hand them out."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from contact_center import clock
from contact_center.cli.opening import as_json, in_app
from contact_center.errors import ContactCenterError
from contact_center.extensions import db
from contact_center.kb import documents, figures, markdown, spaces, tables
from contact_center.kb.documents import Outcome

SOME_BAD = 1
EX_USAGE, EX_DATAERR = 64, 65  # sysexits.h


@click.group()
def knowledge() -> None:
    """Articles, from files and to files."""


@knowledge.command("import")
@click.argument("source", type=click.Path(exists=True, readable=True, path_type=Path))
@click.option("--space", default="help", show_default=True, metavar="SLUG", help="Of files that do not say which.")
@click.option("--publish", "publishes", is_flag=True, help="Publish at once what does not say that it is a draft.")
@click.option("--dry-run", "is_dry", is_flag=True, help="Change nothing; say what would come of it.")
@click.option("--json", "wants_json", is_flag=True)
@in_app
def take_in(source: Path, space: str, publishes: bool, is_dry: bool, wants_json: bool) -> None:
    """Take in SOURCE: a folder of Markdown files (slug.en.md, slug.zh.md), or a CSV file.

    Exit code 0: everything is in; 1: some of it could not be used; 65: nothing could.
    """
    try:
        found, bad = _read(source, space)
        outcome = documents.take_in(found, None, publishes=publishes)
    except ContactCenterError as error:
        click.echo(f"contact-center knowledge import: {error.sentence}", err=True)
        sys.exit(EX_DATAERR)
    outcome.bad[:0] = bad
    (db.session.rollback if is_dry else db.session.commit)()
    _tell(outcome, wants_json=wants_json)
    sys.exit(SOME_BAD if outcome.bad else 0)


@knowledge.command("export")
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--space", metavar="SLUG", help="Only this one.")
@in_app
def hand_out(target: Path, space: str | None) -> None:
    """Write every article to TARGET: a CSV file if it ends in .csv, else a folder of Markdown files and pictures."""
    only = spaces.by_slug(space) if space else None
    if space and only is None:
        click.echo(f"contact-center knowledge export: there is no space “{space}”", err=True)
        sys.exit(EX_USAGE)
    if target.suffix.lower() == ".csv":
        with target.open("w", encoding="utf-8", newline="") as out:
            out.writelines(tables.write(documents.hand_out(only)))
        return
    for path, data in markdown.write(documents.hand_out(only)):
        file = target / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)


@knowledge.command("figures")
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 3650), help="How far back.")
@click.option("--json", "wants_json", is_flag=True)
@in_app
def tell_figures(days: int, wants_json: bool) -> None:
    """Say what is missing: searches in vain, tickets that no article solved, how articles did, which are stale."""
    now = clock.now()
    since = now - timedelta(days=days)
    told: dict[str, list[Any]] = {
        "searched_in_vain": [asdict(row) for row in figures.searched_in_vain(since, now)],
        "tickets_without_article": figures.without_article(since, now),
        "success": [asdict(row) for row in figures.success(since, now, now)],
        "stale": [asdict(row) for row in figures.stale(now.date())],
    }
    if wants_json:
        as_json(told)
        return
    for name, rows in told.items():
        click.echo(f"{name.replace('_', ' ')}: {len(rows)}")
        for row in rows[:10]:
            values = row.values() if isinstance(row, dict) else [row]
            click.echo("  " + "  ".join(str(value) for value in values))


def _read(source: Path, space: str) -> tuple[list[documents.Document], list[tuple[str, str]]]:
    if source.is_file():
        return tables.read(source.read_text(encoding="utf-8-sig"), space)
    # No link is followed: what lies elsewhere is nobody's article.
    files = {
        path.relative_to(source).as_posix(): path.read_bytes()
        for path in sorted(source.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }
    return markdown.read(files, space)


def _tell(outcome: Outcome, *, wants_json: bool) -> None:
    if wants_json:
        bad = [{"file": name, "reason": reason} for name, reason in outcome.bad]
        as_json({"created": outcome.created, "changed": outcome.changed, "same": outcome.same, "bad": bad})
        return
    click.echo(f"new: {outcome.created}, changed: {outcome.changed}, the same: {outcome.same}, bad: {len(outcome.bad)}")
    for name, reason in outcome.bad:
        click.echo(f"  {name}: {reason}")
