"""no article solved it

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

import sqlalchemy as sa
from alembic import op

revision = "a0501bed0820"
down_revision = "5ec0a2da4579"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kb_none_solved",
        sa.Column("ticket_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_kb_none_solved_ticket_id_ticket"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent.id"], name=op.f("fk_kb_none_solved_agent_id_agent"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_kb_none_solved")),
    )
    op.create_index(op.f("ix_kb_none_solved_agent_id"), "kb_none_solved", ["agent_id"])


def downgrade() -> None:
    op.drop_table("kb_none_solved")
