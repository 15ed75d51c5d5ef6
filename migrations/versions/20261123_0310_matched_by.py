"""how a call was matched with its customer

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

import sqlalchemy as sa
from alembic import op

revision = "c41d7e5a9b20"
down_revision = "a6e20b94d713"
branch_labels = None
depends_on = None

WAYS = ("NUMBER", "TICKET", "ORDER", "POST_CODE", "CODE", "AGENT")


def upgrade() -> None:
    op.add_column("call", sa.Column("matched_by", sa.String(24), nullable=True))
    listed = ", ".join(f"'{way}'" for way in WAYS)
    op.execute(f"ALTER TABLE call ADD CONSTRAINT ck_call_matchedby CHECK (matched_by IN ({listed})) NOT VALID")
    op.execute("ALTER TABLE call VALIDATE CONSTRAINT ck_call_matchedby")


def downgrade() -> None:
    op.drop_column("call", "matched_by")
