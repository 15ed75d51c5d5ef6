"""orders: when another system said what it said; finding products, listing orders

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "e6dbf6bbca8e"
down_revision = "e7b174ae3f86"
branch_labels = None
depends_on = None


TABLES = ("product", "order", "shipment", "invoice", "payment", "settlement", "asset", "service_contract")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("as_of", sa.DateTime(timezone=True), nullable=True))
    op.add_column("product", sa.Column("search", postgresql.TSVECTOR(), server_default=sa.text("''"), nullable=False))
    op.create_index("ix_product_search", "product", ["search"], postgresql_using="gin")
    op.drop_index("ix_order_line_product_id", table_name="order_line")
    op.create_index("ix_order_line_product_id", "order_line", ["product_id", sa.text("id DESC")])
    op.drop_index("ix_order_placed", table_name="order")
    newest = [sa.text("placed_at DESC"), sa.text("id DESC")]
    op.create_index("ix_order_placed", "order", newest)
    op.create_index(
        "ix_order_region",
        "order",
        ["region", sa.text("placed_at DESC")],
        postgresql_where=sa.text("region IS NOT NULL"),
    )
    op.create_index(
        "ix_order_open",
        "order",
        newest,
        postgresql_include=["promised_on"],
        postgresql_where=sa.text("state IN ('PLACED', 'CONFIRMED', 'SHIPPED')"),
    )


def downgrade() -> None:
    op.drop_index("ix_order_line_product_id", table_name="order_line")
    op.create_index("ix_order_line_product_id", "order_line", ["product_id"])
    op.drop_index("ix_order_open", table_name="order")
    op.drop_index("ix_order_region", table_name="order")
    op.drop_index("ix_order_placed", table_name="order")
    op.create_index("ix_order_placed", "order", ["placed_at"])
    op.drop_index("ix_product_search", table_name="product")
    op.drop_column("product", "search")
    for table in TABLES:
        op.drop_column(table, "as_of")
