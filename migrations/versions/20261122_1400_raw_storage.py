"""store what arrived as it is: most of it is base64, on which compression spends its time for nothing

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

from alembic import op
revision = 'f1b6d3a92e08'
down_revision = 'e5a2c8d94b17'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute('ALTER TABLE raw_message ALTER COLUMN payload SET STORAGE EXTERNAL')


def downgrade() -> None:
    op.execute('ALTER TABLE raw_message ALTER COLUMN payload SET STORAGE EXTENDED')
