"""a survey's delay by channel

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "b1c7d90e1250"
down_revision = "a0501bed0820"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "survey_settings",
        sa.Column("delays", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
    )


def downgrade() -> None:
    op.drop_column("survey_settings", "delays")
