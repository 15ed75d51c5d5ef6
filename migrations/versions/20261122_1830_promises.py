"""alarms of promises, notes for the next shift, letters about waiting

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

import sqlalchemy as sa
from alembic import op

revision = "c41d7e90ab47"
down_revision = "c41d7e90ab35"
branch_labels = None
depends_on = None

PURPOSES = ("REPLY", "ACKNOWLEDGEMENT", "STATUS_LINK", "ACCOUNT", "ALARM", "SURVEY", "VISIT")


def upgrade() -> None:
    op.create_table(
        "promise_reader",
        sa.Column("promise_id", sa.BigInteger(), nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["promise_id"], ["promise.id"], name=op.f("fk_promise_reader_promise_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent.id"], name=op.f("fk_promise_reader_agent_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("promise_id", "agent_id", name=op.f("pk_promise_reader")),
    )
    op.create_index(
        "ix_promise_reader_unseen", "promise_reader", ["agent_id"], postgresql_where=sa.text("seen_at IS NULL")
    )
    op.create_table(
        "shift_note",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("queue_id", sa.BigInteger(), nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["queue_id"], ["queue.id"], name=op.f("fk_shift_note_queue_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_shift_note_agent_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["agent.id"], name=op.f("fk_shift_note_settled_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_note")),
    )
    op.create_index(op.f("ix_shift_note_queue_id_at"), "shift_note", ["queue_id", "at"])
    op.add_column(
        "routing_setting",
        sa.Column("promise_minutes", sa.BigInteger(), server_default=sa.text("10"), nullable=False),
    )
    _purposes(*PURPOSES, "DELAY")


def downgrade() -> None:
    op.execute("DELETE FROM outgoing WHERE purpose = 'DELAY'")
    _purposes(*PURPOSES)
    op.drop_column("routing_setting", "promise_minutes")
    op.drop_table("shift_note")
    op.drop_table("promise_reader")


def _purposes(*names: str) -> None:
    """Checked for new rows at once, for the old ones without holding anybody up."""
    op.drop_constraint(op.f("ck_outgoing_purpose"), "outgoing")
    listed = ", ".join(f"'{name}'" for name in names)
    op.execute(f"ALTER TABLE outgoing ADD CONSTRAINT ck_outgoing_purpose CHECK (purpose IN ({listed})) NOT VALID")
    op.execute("ALTER TABLE outgoing VALIDATE CONSTRAINT ck_outgoing_purpose")
