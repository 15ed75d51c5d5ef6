"""An import: one file, what its columns mean, how far it has come, and the rows that could not be used."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contact_center.agents.models import Agent
from contact_center.extensions import Base, BigId, states
from contact_center.files.models import File


class RunState(StrEnum):
    NEW = "NEW"  # uploaded; nobody has said what the columns mean
    CHECKING = "CHECKING"
    CHECKED = "CHECKED"
    IMPORTING = "IMPORTING"
    DONE = "DONE"
    CANCELLED = "CANCELLED"
    FAILED = "FAILED"


WORKING = (RunState.CHECKING, RunState.IMPORTING)


class ImportRun(Base):
    """One file on its way in. `rows` and the four outcomes count what is committed, so they are where to go on.

    `file_id` is empty for a file that the command read where it lay.
    """

    __tablename__ = "import_run"

    id: Mapped[BigId]
    kind: Mapped[str]
    name: Mapped[str]  # of the file
    digest: Mapped[bytes] = mapped_column(LargeBinary)  # of its content
    size: Mapped[int]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("file.id", ondelete="RESTRICT"))
    agent_id: Mapped[int | None] = mapped_column(
        ForeignKey("agent.id", ondelete="SET NULL")
    )  # None: on the command line
    state: Mapped[RunState] = mapped_column(states(RunState), server_default=RunState.NEW)
    form: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))  # how to read it: encoding, separator …
    headers: Mapped[list[str]]
    columns: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))  # position -> name of a field
    rows: Mapped[int] = mapped_column(server_default=sql("0"))
    created: Mapped[int] = mapped_column(server_default=sql("0"))
    changed: Mapped[int] = mapped_column(server_default=sql("0"))
    same: Mapped[int] = mapped_column(server_default=sql("0"))
    bad: Mapped[int] = mapped_column(server_default=sql("0"))
    read_bytes: Mapped[int] = mapped_column(server_default=sql("0"))
    whole_bytes: Mapped[int] = mapped_column(server_default=sql("0"))
    checked: Mapped[dict[str, Any] | None]  # the four figures of the check, while the import itself runs
    error: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(server_default=sql("0"))  # that broke in a row
    claim: Mapped[str | None]  # of the one process that works on it
    at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    agent: Mapped[Agent | None] = relationship()
    file: Mapped[File | None] = relationship()

    __table_args__ = (
        Index(None, "file_id"),
        Index("ix_import_run_working", "id", postgresql_where=sql("state IN ('CHECKING', 'IMPORTING')")),
        Index(None, "digest"),
    )

    @property
    def is_working(self) -> bool:
        return self.state in WORKING

    @property
    def share(self) -> float:
        """How much of the file has been read, from 0 to 1."""
        return min(self.read_bytes / self.whole_bytes, 1.0) if self.whole_bytes else 0.0


class ImportBadRow(Base):
    """A row that could not be used: where it is, why, and what it says, to be corrected and tried again."""

    __tablename__ = "import_bad_row"

    id: Mapped[BigId]
    run_id: Mapped[int] = mapped_column(ForeignKey("import_run.id", ondelete="CASCADE"))
    line: Mapped[int]
    column: Mapped[str | None]  # its header
    reason: Mapped[str]
    cells: Mapped[list[str]]

    __table_args__ = (Index(None, "run_id", "line", "id"),)


class ImportMapping(Base):
    """What the columns of a kind of file mean: remembered for the next file with the same headers."""

    __tablename__ = "import_mapping"

    id: Mapped[BigId]
    kind: Mapped[str]
    name: Mapped[str]
    headers: Mapped[bytes] = mapped_column(LargeBinary)  # digest of the set
    columns: Mapped[dict[str, Any]] = mapped_column(JSONB)  # header -> name of a field
    form: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=sql("'{}'"))  # decimal mark, order of dates …
    agent_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id", ondelete="SET NULL"))
    used_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("kind", "name"),
        Index(None, "kind", "headers"),
        CheckConstraint("name <> ''", name="name"),
    )
