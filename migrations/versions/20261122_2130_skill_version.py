"""which version of a skill's name was edited

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

import sqlalchemy as sa
from alembic import op

revision = "c52b9d04e6f1"
down_revision = "c46e2f7d9a13"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("skill", sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False))


def downgrade() -> None:
    op.drop_column("skill", "version")
