"""an index of translations that are out of date

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

import sqlalchemy as sa
from alembic import op

revision = "0c7da7ed0810"
down_revision = "d7a4f0c1e852"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")  # it holds nobody up, and must not be given up half way
        op.create_index(
            "ix_kb_article_text_outdated", "kb_article_text", ["article_id"], if_not_exists=True,
            postgresql_concurrently=True, postgresql_where=sa.text("is_outdated"),
        )  # fmt: skip


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index(
            "ix_kb_article_text_outdated", table_name="kb_article_text", postgresql_concurrently=True, if_exists=True
        )
