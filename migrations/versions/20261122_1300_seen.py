"""when an agent's desk was last known to be open

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

import sqlalchemy as sa
from alembic import op
revision = 'e5a2c8d94b17'
down_revision = 'd07b9e3c51fa'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('presence', sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column('presence', 'seen_at')
