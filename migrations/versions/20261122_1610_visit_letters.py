"""letters about visits

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

from alembic import op

revision = "5d0c81b7e6a2"
down_revision = "f3b86d2ac915"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _purposes("REPLY", "ACKNOWLEDGEMENT", "STATUS_LINK", "ACCOUNT", "ALARM", "SURVEY", "VISIT")


def downgrade() -> None:
    op.execute("DELETE FROM outgoing WHERE purpose = 'VISIT'")
    _purposes("REPLY", "ACKNOWLEDGEMENT", "STATUS_LINK", "ACCOUNT", "ALARM", "SURVEY")


def _purposes(*names: str) -> None:
    """Checked for new rows at once, for the old ones without holding anybody up."""
    op.drop_constraint(op.f("ck_outgoing_purpose"), "outgoing")
    listed = ", ".join(f"'{name}'" for name in names)
    op.execute(f"ALTER TABLE outgoing ADD CONSTRAINT ck_outgoing_purpose CHECK (purpose IN ({listed})) NOT VALID")
    op.execute("ALTER TABLE outgoing VALIDATE CONSTRAINT ck_outgoing_purpose")
