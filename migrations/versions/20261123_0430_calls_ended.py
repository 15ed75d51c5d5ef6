"""calls by their end

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

import sqlalchemy as sa
from alembic import op

revision = "ca11e4ded042"
down_revision = "b10c4ed0add5"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")  # it holds nobody up, and must not be given up half way
        op.create_index(
            "ix_call_ended", "call", ["ended_at"], if_not_exists=True, postgresql_concurrently=True,
            postgresql_where=sa.text("ended_at IS NOT NULL"),
        )  # fmt: skip


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_call_ended", table_name="call", postgresql_concurrently=True, if_exists=True)
