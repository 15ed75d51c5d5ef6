"""who set somebody's presence

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

import sqlalchemy as sa
from alembic import op

revision = "c41d7e90ab35"
down_revision = "c41e7a90d3b5"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("presence", sa.Column("by_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_presence_by_id"), "presence", "agent", ["by_id"], ["id"], ondelete="SET NULL")


def downgrade() -> None:
    op.drop_column("presence", "by_id")
