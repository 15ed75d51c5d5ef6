"""an index for every order that a list is narrowed in

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

import sqlalchemy as sa
from alembic import op
revision = 'f3b86d2ac915'
down_revision = '880ff6cc79ab'
branch_labels = None
depends_on = None

UNSETTLED = sa.text("state IN ('NEW', 'OPEN', 'WAITING')")
SETTLED = sa.text("state IN ('RESOLVED', 'CLOSED')")
NOBODYS = sa.text('(owner_id IS NULL)')
CHANGED = [sa.literal_column('changed_at DESC'), sa.literal_column('id DESC')]
OPENED = [sa.literal_column('opened_at DESC'), sa.literal_column('id DESC')]
CUSTOMERS = sa.text('customer_id IS NOT NULL')


def create(name, table, columns, where=None) -> None:
    op.create_index(name, table, columns, postgresql_where=where, postgresql_concurrently=True, if_not_exists=True)


def drop(name, table) -> None:
    op.drop_index(name, table_name=table, postgresql_concurrently=True, if_exists=True)


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute('SET lock_timeout = 0')  # it holds nobody up, and must not be given up half way
        create('ix_ticket_unsettled_changed', 'ticket', ['changed_at', 'id'], UNSETTLED)
        create('ix_ticket_unsettled_opened', 'ticket', ['queue_id', 'opened_at', 'id'], UNSETTLED)
        create('ix_ticket_settled', 'ticket', ['queue_id', 'state', *CHANGED], SETTLED)
        create('ix_ticket_settled_opened', 'ticket', ['queue_id', 'state', *OPENED], SETTLED)
        create('ix_customer_narrowed', 'customer', ['kind', 'status', NOBODYS, *CHANGED])
        create('ix_customer_narrowed_name', 'customer', ['kind', 'status', NOBODYS, sa.text('lower(name)'), 'id'])
        create('ix_event_customer', 'event', ['customer_id', 'name', sa.literal_column('id DESC')], CUSTOMERS)
        drop('ix_customer_status', 'customer')
        drop('ix_customer_companies', 'customer')
        drop('ix_event_customer_id', 'event')


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute('SET lock_timeout = 0')
        create('ix_event_customer_id', 'event', ['customer_id', sa.literal_column('id DESC')], CUSTOMERS)
        create('ix_customer_companies', 'customer', CHANGED, sa.text("kind = 'COMPANY'"))
        create('ix_customer_status', 'customer', ['status', *CHANGED])
        drop('ix_event_customer', 'event')
        drop('ix_customer_narrowed_name', 'customer')
        drop('ix_customer_narrowed', 'customer')
        drop('ix_ticket_settled_opened', 'ticket')
        drop('ix_ticket_settled', 'ticket')
        drop('ix_ticket_unsettled_opened', 'ticket')
        drop('ix_ticket_unsettled_changed', 'ticket')
