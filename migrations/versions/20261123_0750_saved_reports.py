"""saved reports, their letters, and files taken

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

import sqlalchemy as sa
from alembic import op

revision = "5a7edbe90175"
down_revision = "1f0b70bd5750"
branch_labels = None
depends_on = None

PURPOSES = ("REPLY", "ACKNOWLEDGEMENT", "STATUS_LINK", "ACCOUNT", "ALARM", "SURVEY", "VISIT", "DELAY", "ANSWER")
AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _saved()
    _schedules()
    _exports()
    _purposes(*PURPOSES, "REPORT")


def downgrade() -> None:
    op.execute("DELETE FROM outgoing WHERE purpose = 'REPORT'")
    _purposes(*PURPOSES)
    for table in ("report_export", "report_sending", "report_schedule", "report_saved"):
        op.drop_table(table)


def _saved() -> None:
    op.create_table(
        "report_saved",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("saved_at", AT, nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["agent.id"], name=op.f("fk_report_saved_owner_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_saved")),
    )
    op.create_index("uq_report_saved_name", "report_saved", ["owner_id", sa.text("lower(name)")], unique=True)
    op.create_index("ix_report_saved_shared", "report_saved", ["name"], postgresql_where=sa.text("is_shared"))


def _schedules() -> None:
    op.create_table(
        "report_schedule",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("report_id", sa.BigInteger(), nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=False),
        sa.Column("every", sa.String(24), nullable=False),
        sa.Column("day", sa.BigInteger(), nullable=False),
        sa.Column("hour", sa.BigInteger(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("next_at", AT, nullable=False),
        sa.Column("sent_at", AT, nullable=True),
        sa.Column("pause", sa.String(24), nullable=True),
        sa.CheckConstraint("every IN ('DAY', 'WEEK', 'MONTH')", name=op.f("ck_report_schedule_every")),
        sa.CheckConstraint("pause IN ('BY_HAND', 'LEFT', 'WITHDRAWN', 'UNREADABLE')", name=op.f("ck_report_schedule_pause")),
        sa.CheckConstraint("hour BETWEEN 0 AND 23", name=op.f("ck_report_schedule_hour")),
        sa.CheckConstraint("day BETWEEN 0 AND 28", name=op.f("ck_report_schedule_day")),
        sa.ForeignKeyConstraint(["report_id"], ["report_saved.id"], name=op.f("fk_report_schedule_report_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_report_schedule_agent_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_schedule")),
        sa.UniqueConstraint("report_id", "agent_id", name=op.f("uq_report_schedule_report_id_agent_id")),
    )
    op.create_index("ix_report_schedule_agent_id", "report_schedule", ["agent_id"])
    op.create_index("ix_report_schedule_due", "report_schedule", ["next_at"], postgresql_where=sa.text("pause IS NULL"))
    op.create_table(
        "report_sending",
        sa.Column("schedule_id", sa.BigInteger(), nullable=False),
        sa.Column("due_at", AT, nullable=False),
        sa.Column("made_at", AT, nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["schedule_id"], ["report_schedule.id"], name=op.f("fk_report_sending_schedule_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["file_id"], ["file.id"], name=op.f("fk_report_sending_file_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("schedule_id", "due_at", name=op.f("pk_report_sending")),
    )
    op.create_index("ix_report_sending_made_at", "report_sending", ["made_at"])
    op.create_index("ix_report_sending_file_id", "report_sending", ["file_id"])


def _exports() -> None:
    op.create_table(
        "report_export",
        sa.Column("agent_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("written", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("started_at", AT, nullable=False),
        sa.Column("changed_at", AT, nullable=False),
        sa.CheckConstraint("state IN ('RUNNING', 'DONE', 'ENDED')", name=op.f("ck_report_export_exportstate")),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_report_export_agent_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("agent_id", "key", name=op.f("pk_report_export")),
    )
    op.create_index("ix_report_export_started_at", "report_export", ["started_at"])


def _purposes(*names: str) -> None:
    listed = ", ".join(f"'{name}'" for name in names)
    op.drop_constraint(op.f("ck_outgoing_purpose"), "outgoing")
    op.execute(f"ALTER TABLE outgoing ADD CONSTRAINT ck_outgoing_purpose CHECK (purpose IN ({listed})) NOT VALID")
    op.execute("ALTER TABLE outgoing VALIDATE CONSTRAINT ck_outgoing_purpose")
