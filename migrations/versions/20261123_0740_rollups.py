"""roll-ups of reports, and what tells them of changes; knowledge in bi

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

from pathlib import Path

from alembic import op

revision = "b1f1e1d50003"
down_revision = "a27def1ec710"
branch_labels = None
depends_on = None

FOLDER = Path(__file__).parents[1] / "bi"
ROLLED = ("contact", "ticket", "ticket_state", "offer", "survey", "call")
NOTED = {
    "interaction": ("report_come", "report_come_otherwise", "report_moved"),
    "handling": ("report_handled",),
    "ticket": ("report_opened", "report_moved", "report_turned"),
    "deadline": ("report_decided", "report_owed"),
    "kb_use": ("report_used", "report_unused"),
    "entitlement_check": ("report_covered", "report_covered_otherwise"),
    "offer": ("report_offered", "report_offer_gone"),
    "survey": ("report_asked",),
    "call": ("report_rung", "report_call_gone"),
    "queue": ("report_meant",),
    "customer": ("report_lives",),
    "tier_change": ("report_ranked",),
    "asset": ("report_made",),
}


def upgrade() -> None:
    for name in ("rollups_1", "search_1", "article_use_1", "ticket_2", "deflection_2", "call_2", "notes_1"):
        op.get_bind().exec_driver_sql((FOLDER / f"{name}.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    for table, triggers in NOTED.items():
        for trigger in triggers:
            op.execute(f"DROP TRIGGER {trigger} ON {table}")
    for function in ("report_note", "report_note_of_ticket", "report_note_of_contact", "report_note_of_customer"):
        op.execute(f"DROP FUNCTION {function}()")
    for view in ("search", "article_use", "ticket", "deflection", "call"):
        op.execute(f"DROP VIEW bi.{view}")
    for name in ("ticket_1", "deflection_1", "call_1"):
        op.get_bind().exec_driver_sql((FOLDER / f"{name}.sql").read_text(encoding="utf-8"))
    for view in ROLLED:
        op.drop_table(f"report_{view}_sum")
        op.drop_table(f"report_{view}")
    op.drop_table("report_rollup")
    op.drop_table("report_change")
