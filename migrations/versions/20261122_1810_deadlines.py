"""deadlines

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

import sqlalchemy as sa
from alembic import op

revision = "c41e7a90d3b5"
down_revision = "7b1f0a94c2d8"
branch_labels = None
depends_on = None

UNSETTLED = "state IN ('NEW', 'OPEN', 'WAITING')"
INDEXES = (
    ("ix_ticket_due", "queue_id, coalesce(due_at, 'infinity'), id", UNSETTLED),
    ("ix_ticket_assignee_due", "assignee_id, coalesce(due_at, 'infinity'), id", UNSETTLED),
)


def upgrade() -> None:
    op.add_column("deadline", sa.Column("stamp", sa.Text(), server_default="", nullable=False))
    op.add_column("ticket", sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "deadline_notice",
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=False),
        sa.Column("deadline_id", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_deadline_notice_ticket_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_deadline_notice_agent_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["deadline_id"], ["deadline.id"], name=op.f("fk_deadline_notice_deadline_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("ticket_id", "agent_id", name=op.f("pk_deadline_notice")),
    )
    op.create_index(op.f("ix_deadline_notice_deadline_id"), "deadline_notice", ["deadline_id"])
    op.create_index("ix_deadline_notice_unseen", "deadline_notice", ["agent_id"], postgresql_where=sa.text("seen_at IS NULL"))
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")  # it holds nobody up, and must not be given up half way
        for name, columns, condition in INDEXES:
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON ticket ({columns}) WHERE {condition}")


def downgrade() -> None:
    for name, _columns, _condition in INDEXES:
        op.drop_index(name)
    op.drop_table("deadline_notice")
    op.drop_column("ticket", "due_at")
    op.drop_column("deadline", "stamp")
