"""limits and television links of the wallboard; what is due, and what was handled, by an index

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "3a11b0a7d001"
down_revision = "b1f1e1d50001"
branch_labels = None
depends_on = None

FIGURES = ("WAITING", "LONGEST", "LEVEL", "ABANDONED", "ASA", "AHT", "DUE", "CSAT", "TALK", "WRAP", "AWAY")
DEFAULTS = (  # figure, warn, alarm, slack, sounds
    ("WAITING", 15, 30, 2, False), ("LONGEST", 100, 300, 0, True), ("LEVEL", 0, 10, 1, False),
    ("ABANDONED", 5, 10, 0.5, False), ("ASA", 30, 60, 3, False), ("AHT", 600, 900, 15, False),
    ("DUE", 3, 8, 0, False), ("CSAT", 80, 70, 1, False), ("TALK", 600, 1200, 0, False),
    ("WRAP", 120, 300, 0, False), ("AWAY", 1800, 3600, 0, False),
)  # fmt: skip


def upgrade() -> None:
    limit = op.create_table(
        "wall_limit",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column(
            "figure",
            sa.Enum(*FIGURES, name="figure", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("queue_id", sa.BigInteger(), nullable=True),
        sa.Column("warn", sa.Float(), nullable=False),
        sa.Column("alarm", sa.Float(), nullable=False),
        sa.Column("slack", sa.Float(), server_default=sa.text("0"), nullable=False),
        sa.Column("sounds", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("warn >= 0 AND alarm >= 0 AND slack >= 0", name=op.f("ck_wall_limit_positive")),
        sa.ForeignKeyConstraint(["queue_id"], ["queue.id"], name=op.f("fk_wall_limit_queue_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wall_limit")),
    )
    op.create_index("uq_wall_limit", "wall_limit", ["figure", sa.text("coalesce(queue_id, 0)")], unique=True)
    op.create_index(op.f("ix_wall_limit_queue_id"), "wall_limit", ["queue_id"])
    columns = ("figure", "warn", "alarm", "slack", "sounds")
    op.bulk_insert(limit, [dict(zip(columns, row, strict=True)) for row in DEFAULTS])
    op.create_table(
        "wall_screen",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=False),
        sa.Column("views", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("seconds", sa.BigInteger(), server_default=sa.text("20"), nullable=False),
        sa.Column("language", sa.Text(), server_default="en", nullable=False),
        sa.Column("theme", sa.Text(), server_default="dark", nullable=False),
        sa.Column("names_agents", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("cardinality(views) BETWEEN 1 AND 12", name=op.f("ck_wall_screen_views")),
        sa.CheckConstraint("seconds BETWEEN 5 AND 3600", name=op.f("ck_wall_screen_seconds")),
        sa.CheckConstraint("theme IN ('light', 'dark')", name=op.f("ck_wall_screen_theme")),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_wall_screen_agent_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wall_screen")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_wall_screen_key_hash")),
    )
    op.create_index(op.f("ix_wall_screen_agent_id"), "wall_screen", ["agent_id"])
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_deadline_due", "deadline", ["due_at"], postgresql_where=sa.text("state = 'RUNNING'"),
            postgresql_concurrently=True, if_not_exists=True,
        )  # fmt: skip
        op.create_index(
            "ix_interaction_handled", "interaction", [sa.text("coalesce(wrapped_at, ended_at)")],
            postgresql_where=sa.text("state = 'DONE'"), postgresql_concurrently=True, if_not_exists=True,
        )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_interaction_handled", table_name="interaction")
    op.drop_index("ix_deadline_due", table_name="deadline")
    op.drop_table("wall_screen")
    op.drop_table("wall_limit")
