"""orders: when another system said what it said

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

import sqlalchemy as sa
from alembic import op

revision = "e6dbf6bbca8e"
down_revision = "e7b174ae3f86"
branch_labels = None
depends_on = None


TABLES = ("product", "order", "shipment", "invoice", "payment", "settlement", "asset", "service_contract")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("as_of", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "as_of")
