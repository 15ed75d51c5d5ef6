"""stretches of tickets in a state, agents' time, cost and deflections in bi

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "b1f1e1d50002"
down_revision = "6b0071ed9e01"
branch_labels = None
depends_on = None

FOLDER = Path(__file__).parents[1] / "bi"
STATES = ("NEW", "OPEN", "WAITING", "RESOLVED", "CLOSED")
# What is known of tickets that are older than this ledger: when they were opened, resolved and closed.
BEFORE = """
    INSERT INTO ticket_stretch (ticket_id, state, started_at, ended_at)
    SELECT t.id, x.state, x.started_at, CASE WHEN x.state <> t.state THEN x.ended_at END
    FROM ticket t CROSS JOIN LATERAL (VALUES
        (CASE WHEN t.resolved_at IS NULL THEN t.state ELSE 'OPEN' END, t.opened_at, greatest(t.opened_at, t.resolved_at)),
        (CASE WHEN t.resolved_at IS NOT NULL THEN 'RESOLVED' END, greatest(t.opened_at, t.resolved_at),
         greatest(t.opened_at, t.resolved_at, t.closed_at)),
        (CASE WHEN t.closed_at IS NOT NULL THEN 'CLOSED' END, greatest(t.opened_at, t.resolved_at, t.closed_at), NULL)
    ) AS x (state, started_at, ended_at)
    WHERE x.state IS NOT NULL AND NOT EXISTS (SELECT FROM ticket_stretch s WHERE s.ticket_id = t.id)
"""


def upgrade() -> None:
    op.create_table(
        "ticket_stretch",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(*STATES, name="ticketstate", native_enum=False, length=24, create_constraint=True),
            nullable=False,
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("ended_at >= started_at", name=op.f("ck_ticket_stretch_order")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_stretch_ticket_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_stretch")),
    )
    _run("stretches_1")
    op.execute(BEFORE)
    for column in ("ticket_id", "started_at", "ended_at"):
        op.create_index(op.f(f"ix_ticket_stretch_{column}"), "ticket_stretch", [column])
    op.create_index(
        "uq_ticket_stretch_open", "ticket_stretch", ["ticket_id"], unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )  # fmt: skip
    # Who had something in hand for longer than a day is looked for by this; all others by when it began.
    op.create_index(
        "ix_handling_long", "handling", ["agent_id"],
        postgresql_where=sa.text("ended_at IS NULL OR ended_at - started_at > interval '1 day'"),
    )  # fmt: skip
    for view in ("ticket_state_1", "agent_time_1", "cost_1", "deflection_1"):
        _run(view)


def downgrade() -> None:
    for view in ("ticket_state", "agent_time", "cost", "serving", "currency", "deflection"):
        op.execute(f"DROP VIEW bi.{view}")
    op.drop_index("ix_handling_long", table_name="handling")
    op.execute("DROP TRIGGER ticket_stretch_begun ON ticket")
    op.execute("DROP TRIGGER ticket_stretch_changed ON ticket")
    op.execute("DROP FUNCTION ticket_stretches()")
    op.drop_table("ticket_stretch")


def _run(name: str) -> None:
    op.get_bind().exec_driver_sql((FOLDER / f"{name}.sql").read_text(encoding="utf-8"))
