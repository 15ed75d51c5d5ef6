"""the second answers after a recovery are no figures

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

from pathlib import Path

from alembic import op

revision = "5ec0a2da4579"
down_revision = "0c7da7ed0810"
branch_labels = None
depends_on = None

FOLDER = Path(__file__).parents[1] / "bi"


def upgrade() -> None:
    op.get_bind().exec_driver_sql((FOLDER / "survey_2.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    op.get_bind().exec_driver_sql((FOLDER / "survey_1.sql").read_text(encoding="utf-8"))
