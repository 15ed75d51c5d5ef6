"""tiers

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "5c63633fbc5c"
down_revision = "24a3b25f9a9b"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('tier_policy',
        sa.Column('tier', sa.Text(), nullable=False),
        sa.Column('response_minutes', sa.BigInteger(), nullable=False),
        sa.Column('resolution_minutes', sa.BigInteger(), nullable=False),
        sa.Column('bonus_minutes', sa.BigInteger(), nullable=False),
        sa.Column('needs_owner', sa.Boolean(), nullable=False),
        sa.Column('is_sticky', sa.Boolean(), nullable=False),
        sa.Column('offers_callback', sa.Boolean(), nullable=False),
        sa.Column('self_service_first', sa.Boolean(), nullable=False),
        sa.Column('complaints_first', sa.Boolean(), nullable=False),
        sa.Column('told', sa.ARRAY(sa.Text()), nullable=False),
        sa.Column('addresses', sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column('version', sa.BigInteger(), server_default=sa.text('1'), nullable=False),
        sa.CheckConstraint("tier IN ('A', 'B', 'C', 'D')", name=op.f('ck_tier_policy_tier')),
        sa.CheckConstraint('bonus_minutes BETWEEN 0 AND 10080', name=op.f('ck_tier_policy_bonus')),
        sa.CheckConstraint('response_minutes > 0 AND resolution_minutes >= response_minutes', name=op.f('ck_tier_policy_targets')),
        sa.PrimaryKeyConstraint('tier', name=op.f('pk_tier_policy'))
    )
    op.create_table('tier_settings',
        sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column('said', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column('version', sa.BigInteger(), server_default=sa.text('1'), nullable=False),
        sa.Column('changed_at', sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint('id = 1', name=op.f('ck_tier_settings_one_row')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_tier_settings'))
    )
    op.create_table('tier_run',
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column('state', sa.Enum('PENDING', 'PREVIEW', 'APPLIED', 'DISCARDED', 'UNDONE', name='runstate', native_enum=False, create_constraint=True, length=24), server_default='PENDING', nullable=False),
        sa.Column('origin', sa.Enum('SCREEN', 'SCHEDULE', 'COMMAND', name='origin', native_enum=False, create_constraint=True, length=24), nullable=False),
        sa.Column('applies', sa.Boolean(), server_default=sa.text('false'), nullable=False),
        sa.Column('settings', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column('figures', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column('agent_id', sa.BigInteger(), nullable=True),
        sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('counted_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('seconds', sa.Double(), nullable=True),
        sa.Column('applied_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('applied_by', sa.BigInteger(), nullable=True),
        sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(applied_at IS NOT NULL) = (state IN ('APPLIED', 'UNDONE'))", name=op.f('ck_tier_run_applied_at')),
        sa.ForeignKeyConstraint(['agent_id'], ['agent.id'], name=op.f('fk_tier_run_agent_id'), ondelete='SET NULL'),
        sa.ForeignKeyConstraint(['applied_by'], ['agent.id'], name=op.f('fk_tier_run_applied_by'), ondelete='SET NULL'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_tier_run'))
    )
    op.create_index('ix_tier_run_applied', 'tier_run', ['applied_at'], unique=False, postgresql_where=sa.text('applied_at IS NOT NULL'))
    op.create_index('ix_tier_run_pending', 'tier_run', ['id'], unique=False, postgresql_where=sa.text("state = 'PENDING'"))
    op.create_table('tier_change',
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column('customer_id', sa.BigInteger(), nullable=False),
        sa.Column('old', sa.Text(), nullable=True),
        sa.Column('new', sa.Text(), nullable=True),
        sa.Column('rule', sa.Enum('FIRST', 'RANK', 'TWO_RUNS', 'PUNCTUAL', 'ORDERS', 'NOTHING', 'HELD', 'ARREARS', 'OVERRIDE', 'OVERRIDE_ENDED', 'RISING', 'UNDONE', name='tier_rule', native_enum=False, create_constraint=True, length=24), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('place', sa.BigInteger(), nullable=True),
        sa.Column('of', sa.BigInteger(), nullable=True),
        sa.Column('value', sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column('before', sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column('currency', sa.Text(), nullable=True),
        sa.Column('run_id', sa.BigInteger(), nullable=True),
        sa.Column('agent_id', sa.BigInteger(), nullable=True),
        sa.Column('reason', sa.Text(), server_default='', nullable=False),
        sa.ForeignKeyConstraint(['agent_id'], ['agent.id'], name=op.f('fk_tier_change_agent_id'), ondelete='SET NULL'),
        sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_tier_change_customer_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['run_id'], ['tier_run.id'], name=op.f('fk_tier_change_run_id'), ondelete='SET NULL'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_tier_change'))
    )
    op.create_index(op.f('ix_tier_change_customer_id'), 'tier_change', ['customer_id', sa.literal_column('id DESC')], unique=False)
    op.create_index(op.f('ix_tier_change_run_id'), 'tier_change', ['run_id'], unique=False)
    op.create_table('tier_move',
        sa.Column('run_id', sa.BigInteger(), nullable=False),
        sa.Column('customer_id', sa.BigInteger(), nullable=False),
        sa.Column('old', sa.Text(), nullable=True),
        sa.Column('new', sa.Text(), nullable=False),
        sa.Column('earned', sa.Text(), nullable=False),
        sa.Column('target', sa.Text(), nullable=False),
        sa.Column('rule', sa.Enum('FIRST', 'RANK', 'TWO_RUNS', 'PUNCTUAL', 'ORDERS', 'NOTHING', 'HELD', 'ARREARS', 'OVERRIDE', 'OVERRIDE_ENDED', 'RISING', 'UNDONE', name='tier_rule', native_enum=False, create_constraint=True, length=24), nullable=False),
        sa.Column('place', sa.BigInteger(), nullable=True),
        sa.Column('value', sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column('before', sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column('orders', sa.BigInteger(), nullable=False),
        sa.Column('is_rising', sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_tier_move_customer_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['run_id'], ['tier_run.id'], name=op.f('fk_tier_move_run_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('run_id', 'customer_id', name=op.f('pk_tier_move'))
    )
    op.create_index(op.f('ix_tier_move_customer_id'), 'tier_move', ['customer_id'], unique=False)
    op.create_index('ix_tier_move_value', 'tier_move', ['run_id', sa.literal_column('value DESC'), sa.literal_column('customer_id DESC')], unique=False)
    op.create_table('tier_override',
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column('customer_id', sa.BigInteger(), nullable=False),
        sa.Column('tier', sa.Text(), nullable=False),
        sa.Column('earned', sa.Text(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('until', sa.DateTime(timezone=True), nullable=False),
        sa.Column('agent_id', sa.BigInteger(), nullable=True),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('lifted_at', sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f('ck_tier_override_reason')),
        sa.CheckConstraint("tier IN ('A', 'B', 'C', 'D') AND earned IN ('A', 'B', 'C', 'D')", name=op.f('ck_tier_override_tiers')),
        sa.ForeignKeyConstraint(['agent_id'], ['agent.id'], name=op.f('fk_tier_override_agent_id'), ondelete='SET NULL'),
        sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_tier_override_customer_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_tier_override'))
    )
    op.create_index(op.f('ix_tier_override_customer_id'), 'tier_override', ['customer_id'], unique=False)
    op.create_index('ix_tier_override_until', 'tier_override', ['until'], unique=False, postgresql_where=sa.text('lifted_at IS NULL'))
    op.create_index('uq_tier_override_standing', 'tier_override', ['customer_id'], unique=True, postgresql_where=sa.text('lifted_at IS NULL'))
    op.create_table('tier_pending',
        sa.Column('customer_id', sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column('tier', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_tier_pending_customer_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('customer_id', name=op.f('pk_tier_pending'))
    )
    op.create_table('complaint_notice',
        sa.Column('ticket_id', sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column('tier', sa.Text(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_complaint_notice_ticket_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('ticket_id', name=op.f('pk_complaint_notice'))
    )
    op.create_table('complaint_reader',
        sa.Column('ticket_id', sa.BigInteger(), nullable=False),
        sa.Column('agent_id', sa.BigInteger(), nullable=False),
        sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['agent_id'], ['agent.id'], name=op.f('fk_complaint_reader_agent_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['ticket_id'], ['complaint_notice.ticket_id'], name=op.f('fk_complaint_reader_ticket_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('ticket_id', 'agent_id', name=op.f('pk_complaint_reader'))
    )
    op.create_index('ix_complaint_reader_unseen', 'complaint_reader', ['agent_id'], unique=False, postgresql_where=sa.text('seen_at IS NULL'))
    op.execute("""
        INSERT INTO tier_policy (tier, response_minutes, resolution_minutes, bonus_minutes, needs_owner, is_sticky,
                                 offers_callback, self_service_first, complaints_first, told)
        VALUES ('A', 30, 480, 60, true, true, true, false, true, '{OWNER,SUPERVISORS}'),
               ('B', 120, 960, 30, true, true, true, false, false, '{OWNER}'),
               ('C', 480, 2400, 10, false, false, true, false, false, '{}'),
               ('D', 1440, 4800, 0, false, false, false, true, false, '{}')
    """)
    with op.get_context().autocommit_block():
        op.execute('SET lock_timeout = 0')  # it holds nobody up, and must not be given up half way
        op.create_index('ix_ticket_complaints', 'ticket', ['state', 'opened_at'], postgresql_where=sa.text("kind = 'COMPLAINT'"), postgresql_concurrently=True, if_not_exists=True)


def downgrade() -> None:
    op.drop_index('ix_ticket_complaints', table_name='ticket')
    op.drop_index('ix_complaint_reader_unseen', table_name='complaint_reader', postgresql_where=sa.text('seen_at IS NULL'))
    op.drop_table('complaint_reader')
    op.drop_table('complaint_notice')
    op.drop_table('tier_pending')
    op.drop_index('uq_tier_override_standing', table_name='tier_override', postgresql_where=sa.text('lifted_at IS NULL'))
    op.drop_index('ix_tier_override_until', table_name='tier_override', postgresql_where=sa.text('lifted_at IS NULL'))
    op.drop_index(op.f('ix_tier_override_customer_id'), table_name='tier_override')
    op.drop_table('tier_override')
    op.drop_index('ix_tier_move_value', table_name='tier_move')
    op.drop_index(op.f('ix_tier_move_customer_id'), table_name='tier_move')
    op.drop_table('tier_move')
    op.drop_index(op.f('ix_tier_change_run_id'), table_name='tier_change')
    op.drop_index(op.f('ix_tier_change_customer_id'), table_name='tier_change')
    op.drop_table('tier_change')
    op.drop_index('ix_tier_run_pending', table_name='tier_run', postgresql_where=sa.text("state = 'PENDING'"))
    op.drop_index('ix_tier_run_applied', table_name='tier_run', postgresql_where=sa.text('applied_at IS NOT NULL'))
    op.drop_table('tier_run')
    op.drop_table('tier_settings')
    op.drop_table('tier_policy')
