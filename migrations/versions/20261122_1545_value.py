"""value

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "b15ebafee617"
down_revision = "5c63633fbc5c"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('sales_month',
        sa.Column('month', sa.Date(), nullable=False),
        sa.Column('region', sa.Text(), nullable=False),
        sa.Column('product_id', sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column('line', sa.Text(), nullable=False),
        sa.Column('orders', sa.BigInteger(), nullable=False),
        sa.Column('quantity', sa.Numeric(precision=16, scale=3), nullable=False),
        sa.Column('revenue', sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column('goods', sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column('costless', sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint('month', 'region', 'product_id', name=op.f('pk_sales_month'))
    )
    op.create_table('value_settings',
        sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column('said', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column('version', sa.BigInteger(), server_default=sa.text('1'), nullable=False),
        sa.Column('counted_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('figures', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.CheckConstraint('id = 1', name=op.f('ck_value_settings_one_row')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_value_settings'))
    )
    op.create_table('customer_value',
        sa.Column('customer_id', sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column('orders', sa.BigInteger(), nullable=False),
        sa.Column('revenue', sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column('returns', sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column('discounts', sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column('sales', sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column('goods', sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column('compensation', sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column('minutes', sa.Numeric(precision=12, scale=1), nullable=False),
        sa.Column('handling', sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column('messages', sa.BigInteger(), nullable=False),
        sa.Column('charges', sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column('contribution', sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column('colour', sa.Enum('GREEN', 'RED', name='valuecolour', native_enum=False, create_constraint=True, length=24), nullable=True),
        sa.Column('before', sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column('lines', sa.BigInteger(), nullable=False),
        sa.Column('peer_lines', sa.Numeric(precision=6, scale=1), nullable=False),
        sa.Column('top_line', sa.Text(), server_default='', nullable=False),
        sa.Column('costless', sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_customer_value_customer_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('customer_id', name=op.f('pk_customer_value'))
    )
    op.create_index('ix_customer_value_before', 'customer_value', ['before', 'customer_id'], unique=False)
    op.create_index('ix_customer_value_contribution', 'customer_value', ['contribution', 'customer_id'], unique=False)
    op.create_index('ix_customer_value_sales', 'customer_value', ['sales', 'customer_id'], unique=False)
    op.create_table('wanted_customer',
        sa.Column('customer_id', sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column('year', sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column('reason', sa.Text(), server_default='', nullable=False),
        sa.Column('agent_id', sa.BigInteger(), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['agent_id'], ['agent.id'], name=op.f('fk_wanted_customer_agent_id'), ondelete='SET NULL'),
        sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_wanted_customer_customer_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('customer_id', 'year', name=op.f('pk_wanted_customer'))
    )
    op.create_index(op.f('ix_wanted_customer_year'), 'wanted_customer', ['year'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_wanted_customer_year'), table_name='wanted_customer')
    op.drop_table('wanted_customer')
    op.drop_index('ix_customer_value_sales', table_name='customer_value')
    op.drop_index('ix_customer_value_contribution', table_name='customer_value')
    op.drop_index('ix_customer_value_before', table_name='customer_value')
    op.drop_table('customer_value')
    op.drop_table('value_settings')
    op.drop_table('sales_month')
