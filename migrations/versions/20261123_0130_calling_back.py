"""what callers do for themselves, what they leave, and calling them back

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

import sqlalchemy as sa
from alembic import op

revision = "a6e20b94d713"
down_revision = "f1c8a2e50b37"
branch_labels = None
depends_on = None

FLAGS = ("takes_voicemail", "calls_back", "asks_rating")
KINDS = ("CALL", "TEXT", "MAIL", "FORM", "VOICEMAIL", "PROMISE")
DEFLECTIONS = ("LOOKUP", "ORDER", "STATEMENT", "TEXT_ORDER", "TEXT_STATUS")
ASKED_BY = ("EMAIL", "TEXT", "PORTAL")


def upgrade() -> None:
    for flag in FLAGS:
        op.add_column("call_line", sa.Column(flag, sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("promise", sa.Column("call_number", sa.Text(), nullable=True))
    op.create_table(
        "voicemail",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("state", sa.String(24), server_default="WAITING", nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_removed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("state IN ('WAITING', 'KEPT', 'LOST')", name=op.f("ck_voicemail_fetching")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_voicemail_call_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voicemail")),
        sa.UniqueConstraint("call_id", name=op.f("uq_voicemail_call_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_voicemail_ref")),
    )
    op.create_index("ix_voicemail_due", "voicemail", ["due_at"], postgresql_where=sa.text("state = 'WAITING'"))
    for table in ("interaction", "message"):
        _check(table, "kind", f"ck_{table}_kind", (*KINDS, "CALLBACK"))
    _check("deflection", "kind", "ck_deflection_deflectionkind", (*DEFLECTIONS, "PHONE_ORDER", "PHONE_STATUS"))
    _check("survey", "asked_by", "ck_survey_askedby", (*ASKED_BY, "PHONE"))
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")  # it holds nobody up, and must not be given up half way
        op.create_index(
            "ix_order_digits", "order", [sa.text(r"regexp_replace(external_id, '\D', '', 'g')")], if_not_exists=True,
            postgresql_concurrently=True,
        )  # fmt: skip


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_order_digits", table_name="order", postgresql_concurrently=True, if_exists=True)
    op.execute("DELETE FROM survey WHERE asked_by = 'PHONE'")
    op.execute("DELETE FROM deflection WHERE kind IN ('PHONE_ORDER', 'PHONE_STATUS')")
    op.execute("UPDATE interaction SET kind = 'CALL' WHERE kind = 'CALLBACK'")
    _check("survey", "asked_by", "ck_survey_askedby", ASKED_BY)
    _check("deflection", "kind", "ck_deflection_deflectionkind", DEFLECTIONS)
    for table in ("interaction", "message"):
        _check(table, "kind", f"ck_{table}_kind", KINDS)
    op.drop_table("voicemail")
    op.drop_column("promise", "call_number")
    for flag in FLAGS:
        op.drop_column("call_line", flag)


def _check(table: str, column: str, name: str, words: tuple[str, ...]) -> None:
    """Checked for new rows at once, for the old ones without holding anybody up."""
    op.drop_constraint(op.f(name), table)
    listed = ", ".join(f"'{word}'" for word in words)
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({column} IN ({listed})) NOT VALID")
    op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")
