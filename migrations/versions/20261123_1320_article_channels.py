"""articles that were spoken or texted count for their channel

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

from pathlib import Path

from alembic import op

revision = "a7c1e0de1320"
down_revision = "c0a7e5ab1310"
branch_labels = None
depends_on = None

FOLDER = Path(__file__).parents[1] / "bi"


def upgrade() -> None:
    op.get_bind().exec_driver_sql((FOLDER / "deflection_3.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    op.get_bind().exec_driver_sql((FOLDER / "deflection_2.sql").read_text(encoding="utf-8"))
