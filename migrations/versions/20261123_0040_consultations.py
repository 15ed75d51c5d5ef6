"""a colleague is asked for a word; a telephone that is in a call

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

import sqlalchemy as sa
from alembic import op

revision = "f1c8a2e50b37"
down_revision = "e4b7c1d92f08"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("offer", sa.Column("asked_by_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key("fk_offer_asked_by_id", "offer", "agent", ["asked_by_id"], ["id"], ondelete="CASCADE")
    op.add_column("open_phone", sa.Column("is_busy", sa.Boolean(), server_default=sa.text("false"), nullable=False))


def downgrade() -> None:
    op.drop_column("open_phone", "is_busy")
    op.drop_column("offer", "asked_by_id")
