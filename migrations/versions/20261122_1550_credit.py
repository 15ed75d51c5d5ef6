"""credit

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

import json

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "15979d6c671f"
down_revision = "b15ebafee617"
branch_labels = None
depends_on = None


_WEIGHTS = {
    "5C": {"character": 30, "capacity": 25, "capital": 20, "collateral": 15, "conditions": 10},
    "5P": {"person": 25, "payment": 30, "purpose": 15, "protection": 20, "prospect": 10},
    "6A": {"economic": 15, "technical": 10, "managerial": 20, "organisational": 10, "commercial": 20, "financial": 25},
}
_GRADES = {"AAA": 90, "AA": 80, "A": 70, "B": 55, "C": 40}


def upgrade() -> None:
    op.create_table(
        "credit_settings",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("weights", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("grades", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_credit_settings_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_settings")),
    )
    op.create_table(
        "credit_limit",
        sa.Column("customer_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("amount", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("exceeded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_credit_limit_amount")),
        sa.CheckConstraint("char_length(currency) = 3", name=op.f("ck_credit_limit_currency")),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_credit_limit_agent_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_credit_limit_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_credit_limit")),
    )
    op.create_table(
        "credit_sheet",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "template",
            sa.Enum("5C", "5P", "6A", name="template", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("scores", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("weights", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("total", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), server_default="", nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("total BETWEEN 0 AND 100", name=op.f("ck_credit_sheet_total")),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_credit_sheet_agent_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_credit_sheet_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_sheet")),
    )
    op.create_index(
        "ix_credit_sheet_customer", "credit_sheet", ["customer_id", sa.literal_column("id DESC")], unique=False
    )
    op.create_table(
        "financial_statement",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("current_assets", sa.Numeric(precision=16, scale=2), nullable=True),
        sa.Column("cash", sa.Numeric(precision=16, scale=2), nullable=True),
        sa.Column("inventory", sa.Numeric(precision=16, scale=2), nullable=True),
        sa.Column("current_liabilities", sa.Numeric(precision=16, scale=2), nullable=True),
        sa.Column("total_assets", sa.Numeric(precision=16, scale=2), nullable=True),
        sa.Column("total_liabilities", sa.Numeric(precision=16, scale=2), nullable=True),
        sa.Column("revenue", sa.Numeric(precision=16, scale=2), nullable=True),
        sa.Column("profit", sa.Numeric(precision=16, scale=2), nullable=True),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("char_length(currency) = 3", name=op.f("ck_financial_statement_currency")),
        sa.CheckConstraint(
            "coalesce(current_assets, 0) >= 0 AND coalesce(cash, 0) >= 0 AND coalesce(inventory, 0) >= 0 "
            "AND coalesce(current_liabilities, 0) >= 0 AND coalesce(total_assets, 0) >= 0 "
            "AND coalesce(total_liabilities, 0) >= 0",
            name=op.f("ck_financial_statement_amounts"),
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent.id"], name=op.f("fk_financial_statement_agent_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_financial_statement_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_financial_statement")),
        sa.UniqueConstraint("customer_id", "period_end", name=op.f("uq_financial_statement_customer_id_period_end")),
    )
    values = {"weights": json.dumps(_WEIGHTS), "grades": json.dumps(_GRADES)}
    row = sa.text(
        "INSERT INTO credit_settings (id, weights, grades) VALUES (1, CAST(:weights AS jsonb), CAST(:grades AS jsonb))"
    )
    op.get_bind().execute(row, values)


def downgrade() -> None:
    for table in ("credit_settings", "credit_limit", "credit_sheet", "financial_statement"):
        op.drop_table(table)
