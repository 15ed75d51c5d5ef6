"""addresses that we take nothing from

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

import sqlalchemy as sa
from alembic import op

revision = "b10c4ed0add5"
down_revision = "b3d91f5e7a24"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "blocked_address",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("scheme", sa.String(24), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("met", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("met_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("scheme IN ('EMAIL', 'PHONE')", name=op.f("ck_blocked_address_scheme")),
        sa.ForeignKeyConstraint(
            ["by_id"], ["agent.id"], name=op.f("fk_blocked_address_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blocked_address")),
        sa.UniqueConstraint("scheme", "value", name=op.f("uq_blocked_address_scheme_value")),
    )


def downgrade() -> None:
    op.drop_table("blocked_address")
