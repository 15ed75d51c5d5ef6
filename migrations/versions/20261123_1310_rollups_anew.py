"""half-built roll-ups begin anew

What was built so far had rows without their sums. Both are counted slice by slice now.

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

from alembic import op

revision = "c0a7e5ab1310"
down_revision = "b1c7d90e1250"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE report_rollup SET built_to = NULL WHERE NOT is_complete")


def downgrade() -> None:
    op.execute("UPDATE report_rollup SET built_to = NULL WHERE NOT is_complete")
