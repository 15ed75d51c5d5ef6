"""indexes for what was looked for in the whole of a large table

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

import sqlalchemy as sa
from alembic import op

revision = "0ff3e4ed1330"
down_revision = "a7c1e0de1320"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_interaction_offered", "interaction", ["queue_id"], "state = 'OFFERED'"),
    ("ix_interaction_callback", "interaction", ["queue_id", "ticket_id"],
     "kind = 'CALLBACK' AND state IN ('WAITING', 'OFFERED')"),
    ("ix_interaction_wrapping", "interaction", ["wrap_until"], "state = 'WRAPPING'"),
    ("ix_handling_ended", "handling", ["ended_at"], None),
    ("ix_ticket_solved", "ticket", [sa.text("resolved_at DESC"), sa.text("id DESC")], "state IN ('RESOLVED', 'CLOSED')"),
    ("ix_outgoing_unreceipted", "outgoing", ["sent_at"], "state = 'SENT' AND provider_ref IS NOT NULL"),
    ("ix_blocked_address_until", "blocked_address", ["until"], "until IS NOT NULL"),
    ("ix_kb_article_counted", "kb_article", ["space_id", "category_id", "audience", "published_at"], None),
)  # fmt: skip


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")  # it holds nobody up, and must not be given up half way
        for name, table, columns, where in INDEXES:
            op.create_index(
                name, table, columns, if_not_exists=True, postgresql_concurrently=True,
                postgresql_where=None if where is None else sa.text(where),
            )  # fmt: skip


def downgrade() -> None:
    with op.get_context().autocommit_block():
        for name, table, _columns, _where in INDEXES:
            op.drop_index(name, table_name=table, postgresql_concurrently=True, if_exists=True)
