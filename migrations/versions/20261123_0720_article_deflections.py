"""article deflections

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

import sqlalchemy as sa
from alembic import op

revision = "a27def1ec710"
down_revision = "b1f1e1d50002"
branch_labels = None
depends_on = None

_KINDS = ("LOOKUP", "ORDER", "STATEMENT", "PHONE_ORDER", "PHONE_STATUS", "TEXT_ORDER", "TEXT_STATUS")


def upgrade() -> None:
    op.add_column("deflection", sa.Column("visitor", sa.Text(), nullable=True))
    op.alter_column("deflection", "customer_id", existing_type=sa.BigInteger(), nullable=True)
    _kinds(*_KINDS, "ARTICLE")
    op.create_check_constraint(op.f("ck_deflection_somebody"), "deflection", "num_nonnulls(customer_id, visitor) > 0")
    op.create_index(
        "uq_deflection_open_visitor", "deflection", ["visitor", "kind"], unique=True,
        postgresql_where=sa.text("state = 'OPEN' AND visitor IS NOT NULL"),
    )  # fmt: skip


def downgrade() -> None:
    op.execute("DELETE FROM deflection WHERE kind = 'ARTICLE'")
    op.drop_index("uq_deflection_open_visitor", table_name="deflection")
    op.drop_constraint(op.f("ck_deflection_somebody"), "deflection")
    _kinds(*_KINDS)
    op.alter_column("deflection", "customer_id", existing_type=sa.BigInteger(), nullable=False)
    op.drop_column("deflection", "visitor")


def _kinds(*names: str) -> None:
    op.drop_constraint(op.f("ck_deflection_deflectionkind"), "deflection")
    listed = ", ".join(f"'{name}'" for name in names)
    op.create_check_constraint(op.f("ck_deflection_deflectionkind"), "deflection", f"kind IN ({listed})")
