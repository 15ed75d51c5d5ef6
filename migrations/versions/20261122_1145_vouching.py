"""whose word about senders is believed, and what it was

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

import sqlalchemy as sa
from alembic import op
revision = 'c4d1a7e0b352'
down_revision = '61e1341461e4'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('mailbox', sa.Column('authserv_id', sa.Text(), nullable=True))
    op.add_column('message', sa.Column('authenticated', sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column('message', 'authenticated')
    op.drop_column('mailbox', 'authserv_id')
