"""the newest ratings of a customer by an index; what a move's tier was beneath an override

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

import sqlalchemy as sa
from alembic import op

revision = "c46e2f7d9a13"
down_revision = "c41d7e90ab47"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tier_move", sa.Column("was", sa.Text(), nullable=True))
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")  # it holds nobody up, and must not be given up half way
        newest_first = [sa.literal_column("answered_at DESC"), sa.literal_column("id DESC")]
        op.create_index(
            "ix_survey_rated", "survey", ["customer_id", *newest_first], if_not_exists=True,
            postgresql_where=sa.text("score IS NOT NULL"), postgresql_concurrently=True,
        )  # fmt: skip


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_survey_rated", table_name="survey", postgresql_concurrently=True, if_exists=True)
    op.drop_column("tier_move", "was")
