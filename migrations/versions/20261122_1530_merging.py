"""merging customers, possible duplicates; indexes for the list of customers

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "24a3b25f9a9b"
down_revision = "bae9e6c2ef13"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        for column in ("value_colour", "industry", "region"):
            op.create_index(
                f"ix_customer_{column.removeprefix('value_')}",
                "customer",
                [column, sa.literal_column("changed_at DESC"), sa.literal_column("id DESC")],
                postgresql_where=sa.text(f"{column} IS NOT NULL"),
                postgresql_concurrently=True,
                if_not_exists=True,
            )
        op.create_index(
            "ix_customer_custom",
            "customer",
            ["custom"],
            postgresql_using="gin",
            postgresql_ops={"custom": "jsonb_path_ops"},
            postgresql_concurrently=True,
            if_not_exists=True,
        )
        op.create_index(
            "ix_outgoing_customer",
            "outgoing",
            ["customer_id"],
            postgresql_where=sa.text("customer_id IS NOT NULL"),
            postgresql_concurrently=True,
            if_not_exists=True,
        )
    op.create_table(
        "duplicate_sweep",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_sweep")),
    )
    op.create_table(
        "customer_duplicate",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("left_id", sa.BigInteger(), nullable=False),
        sa.Column("right_id", sa.BigInteger(), nullable=False),
        sa.Column("score", sa.BigInteger(), nullable=False),
        sa.Column(
            "reasons",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dismissed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dismissed_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("left_id < right_id", name=op.f("ck_customer_duplicate_in_order")),
        sa.ForeignKeyConstraint(
            ["dismissed_by"], ["agent.id"], name=op.f("fk_customer_duplicate_dismissed_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["left_id"], ["customer.id"], name=op.f("fk_customer_duplicate_left_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["right_id"], ["customer.id"], name=op.f("fk_customer_duplicate_right_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_duplicate")),
        sa.UniqueConstraint("left_id", "right_id", name=op.f("uq_customer_duplicate_left_id_right_id")),
    )
    op.create_index(
        "ix_customer_duplicate_open",
        "customer_duplicate",
        [sa.literal_column("score DESC"), sa.literal_column("id DESC")],
        postgresql_where=sa.text("dismissed_at IS NULL"),
    )
    op.create_index(op.f("ix_customer_duplicate_right_id"), "customer_duplicate", ["right_id"])
    op.create_table(
        "customer_merge",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("survivor_id", sa.BigInteger(), nullable=False),
        sa.Column("merged_id", sa.BigInteger(), nullable=False),
        sa.Column("merged_name", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("agent_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undo", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent.id"], name=op.f("fk_customer_merge_agent_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["survivor_id"], ["customer.id"], name=op.f("fk_customer_merge_survivor_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_merge")),
    )
    op.create_index(op.f("ix_customer_merge_at"), "customer_merge", ["at"])
    op.create_index(op.f("ix_customer_merge_survivor_id"), "customer_merge", ["survivor_id"])
    op.create_index(
        "uq_customer_merge_external",
        "customer_merge",
        ["external_id"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL AND external_id IS NOT NULL"),
    )
    op.create_index(
        "uq_customer_merge_merged",
        "customer_merge",
        ["merged_id"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL"),
    )

def downgrade() -> None:
    op.drop_index("ix_outgoing_customer", "outgoing")
    for column in ("custom", "region", "industry", "colour"):
        op.drop_index(f"ix_customer_{column}", "customer")
    op.drop_table("customer_merge")
    op.drop_table("customer_duplicate")
    op.drop_table("duplicate_sweep")
