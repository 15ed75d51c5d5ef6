"""entitlements: who owns a product

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

import sqlalchemy as sa
from alembic import op

revision = "bae9e6c2ef13"
down_revision = "e6dbf6bbca8e"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_asset_product",
        "asset",
        ["product_id", sa.text("id DESC")],
        postgresql_where=sa.text("retired_on IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_asset_product", table_name="asset")
