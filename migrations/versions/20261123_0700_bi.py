"""the views of bi

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

from pathlib import Path

from alembic import op

revision = "b1f1e1d50001"
down_revision = "5ca1e5a7d0e5"
branch_labels = None
depends_on = None

VIEWS = ("contact_1", "ticket_1", "offer_1", "survey_1", "call_1")
FOLDER = Path(__file__).parents[1] / "bi"


def upgrade() -> None:
    op.execute("CREATE SCHEMA IF NOT EXISTS bi")
    for view in VIEWS:
        op.execute((FOLDER / f"{view}.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    op.execute("DROP SCHEMA bi CASCADE")
