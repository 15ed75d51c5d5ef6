"""article drafts

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

import sqlalchemy as sa
from alembic import op

revision = "d7a4f0c1e852"
down_revision = "5a7edbe90175"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kb_draft",
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["kb_article.id"], name=op.f("fk_kb_draft_article_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_kb_draft_agent_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("article_id", "language", "agent_id", name=op.f("pk_kb_draft")),
    )
    op.create_index(op.f("ix_kb_draft_agent_id"), "kb_draft", ["agent_id"])


def downgrade() -> None:
    op.drop_table("kb_draft")
