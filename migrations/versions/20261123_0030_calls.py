"""calls: their legs, stages, commands, replies; how numbers are answered; who has a telephone open

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "e4b7c1d92f08"
down_revision = "d10f3a6c7b52"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('call_reply',
        sa.Column('key', sa.Text(), nullable=False),
        sa.Column('body', sa.Text(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('key', name=op.f('pk_call_reply'))
    )
    op.create_index(op.f('ix_call_reply_at'), 'call_reply', ['at'], unique=False)
    op.create_table('open_phone',
        sa.Column('agent_id', sa.BigInteger(), nullable=False),
        sa.Column('key', sa.Text(), nullable=False),
        sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['agent_id'], ['agent.id'], name=op.f('fk_open_phone_agent_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('agent_id', name=op.f('pk_open_phone'))
    )
    op.create_table('call_line',
        sa.Column('number_id', sa.BigInteger(), nullable=False),
        sa.Column('languages', sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column('greetings', JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column('closed', JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column('choices', JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column('version', sa.BigInteger(), server_default=sa.text('1'), nullable=False),
        sa.ForeignKeyConstraint(['number_id'], ['phone_number.id'], name=op.f('fk_call_line_number_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('number_id', name=op.f('pk_call_line'))
    )
    op.create_table('call',
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column('key', sa.Text(), nullable=False),
        sa.Column('provider', sa.Text(), nullable=False),
        sa.Column('ref', sa.Text(), nullable=True),
        sa.Column('direction', sa.Enum('IN', 'OUT', name='direction', native_enum=False, create_constraint=True, length=24), nullable=False),
        sa.Column('number_id', sa.BigInteger(), nullable=True),
        sa.Column('caller', sa.Text(), nullable=True),
        sa.Column('language', sa.Text(), server_default='en', nullable=False),
        sa.Column('customer_id', sa.BigInteger(), nullable=True),
        sa.Column('candidate_ids', sa.ARRAY(sa.BigInteger()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column('ticket_id', sa.BigInteger(), nullable=True),
        sa.Column('interaction_id', sa.BigInteger(), nullable=True),
        sa.Column('agent_id', sa.BigInteger(), nullable=True),
        sa.Column('state', sa.Enum('NEW', 'MENU', 'SELF_SERVICE', 'QUEUED', 'CONNECTING', 'TALKING', 'HELD', 'CONSULTING', 'TRANSFERRING', 'RECOVERING', 'DIALLING', 'VOICEMAIL', 'SURVEY', 'ENDED', 'ABANDONED', 'REJECTED', name='callstate', native_enum=False, create_constraint=True, length=24), server_default='NEW', nullable=False),
        sa.Column('since', sa.DateTime(timezone=True), nullable=False),
        sa.Column('round', sa.BigInteger(), server_default=sa.text('1'), nullable=False),
        sa.Column('room_ref', sa.Text(), nullable=True),
        sa.Column('line_ref', sa.Text(), nullable=True),
        sa.Column('is_verified', sa.Boolean(), server_default=sa.text('false'), nullable=False),
        sa.Column('ending_by', sa.Text(), server_default='', nullable=False),
        sa.Column('flow', JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column('outcome', sa.Enum('HANDLED', 'CONTAINED', 'ABANDONED', 'CALLBACK', 'VOICEMAIL', 'CLOSED', 'HUNG_UP', 'REJECTED', 'UNREACHED', name='outcome', native_enum=False, create_constraint=True, length=24), nullable=True),
        sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('queued_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(ended_at IS NOT NULL) = (state IN ('ENDED', 'ABANDONED', 'REJECTED'))", name=op.f('ck_call_over')),
        sa.CheckConstraint("state NOT IN ('CONNECTING', 'TALKING', 'HELD', 'CONSULTING') OR agent_id IS NOT NULL", name=op.f('ck_call_answered_by')),
        sa.CheckConstraint('(ended_at IS NULL) = (outcome IS NULL)', name=op.f('ck_call_finished')),
        sa.ForeignKeyConstraint(['agent_id'], ['agent.id'], name=op.f('fk_call_agent_id'), ondelete='SET NULL'),
        sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_call_customer_id'), ondelete='RESTRICT'),
        sa.ForeignKeyConstraint(['interaction_id'], ['interaction.id'], name=op.f('fk_call_interaction_id'), ondelete='SET NULL'),
        sa.ForeignKeyConstraint(['number_id'], ['phone_number.id'], name=op.f('fk_call_number_id'), ondelete='SET NULL'),
        sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_call_ticket_id'), ondelete='SET NULL'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_call')),
        sa.UniqueConstraint('key', name=op.f('uq_call_key')),
        sa.UniqueConstraint('provider', 'ref', name=op.f('uq_call_provider_ref'))
    )
    op.create_index('ix_call_caller', 'call', ['caller', sa.literal_column('started_at DESC')], unique=False)
    op.create_index('ix_call_customer', 'call', ['customer_id', sa.literal_column('started_at DESC')], unique=False)
    op.create_index(op.f('ix_call_interaction_id'), 'call', ['interaction_id'], unique=False)
    op.create_index('ix_call_live', 'call', ['state', 'since'], unique=False, postgresql_where=sa.text('ended_at IS NULL'))
    op.create_index(op.f('ix_call_ticket_id'), 'call', ['ticket_id'], unique=False)
    op.create_index('uq_call_of_interaction', 'call', ['interaction_id'], unique=True, postgresql_where=sa.text('ended_at IS NULL'))
    op.create_table('call_leg',
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column('call_id', sa.BigInteger(), nullable=False),
        sa.Column('role', sa.Enum('CUSTOMER', 'AGENT', 'COLLEAGUE', name='role', native_enum=False, create_constraint=True, length=24), nullable=False),
        sa.Column('agent_id', sa.BigInteger(), nullable=True),
        sa.Column('ref', sa.Text(), nullable=True),
        sa.Column('nonce', sa.Text(), nullable=True),
        sa.Column('round', sa.BigInteger(), server_default=sa.text('1'), nullable=False),
        sa.Column('state', sa.Enum('EXPECTED', 'LIVE', 'ROOM', 'ENDED', name='legstate', native_enum=False, create_constraint=True, length=24), nullable=False),
        sa.Column('is_held', sa.Boolean(), server_default=sa.text('false'), nullable=False),
        sa.Column('sequence', sa.BigInteger(), server_default=sa.text('-1'), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('joined_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('cause', sa.Text(), server_default='', nullable=False),
        sa.CheckConstraint("(role = 'CUSTOMER') = (agent_id IS NULL) OR ended_at IS NOT NULL", name=op.f('ck_call_leg_whose')),
        sa.CheckConstraint("(state = 'ENDED') = (ended_at IS NOT NULL)", name=op.f('ck_call_leg_ended')),
        sa.ForeignKeyConstraint(['agent_id'], ['agent.id'], name=op.f('fk_call_leg_agent_id'), ondelete='SET NULL'),
        sa.ForeignKeyConstraint(['call_id'], ['call.id'], name=op.f('fk_call_leg_call_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_call_leg')),
        sa.UniqueConstraint('nonce', name=op.f('uq_call_leg_nonce')),
        sa.UniqueConstraint('ref', name=op.f('uq_call_leg_ref'))
    )
    op.create_index(op.f('ix_call_leg_call_id'), 'call_leg', ['call_id'], unique=False)
    op.create_index('uq_call_leg_answering', 'call_leg', ['call_id'], unique=True, postgresql_where=sa.text("role = 'AGENT' AND ended_at IS NULL"))
    op.create_index('uq_call_leg_of_agent', 'call_leg', ['agent_id'], unique=True, postgresql_where=sa.text('ended_at IS NULL'))
    op.create_index('uq_call_leg_of_customer', 'call_leg', ['call_id'], unique=True, postgresql_where=sa.text("role = 'CUSTOMER' AND ended_at IS NULL"))
    op.create_table('call_stage',
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column('call_id', sa.BigInteger(), nullable=False),
        sa.Column('state', sa.Enum('NEW', 'MENU', 'SELF_SERVICE', 'QUEUED', 'CONNECTING', 'TALKING', 'HELD', 'CONSULTING', 'TRANSFERRING', 'RECOVERING', 'DIALLING', 'VOICEMAIL', 'SURVEY', 'ENDED', 'ABANDONED', 'REJECTED', name='callstate', native_enum=False, create_constraint=True, length=24), nullable=False),
        sa.Column('agent_id', sa.BigInteger(), nullable=True),
        sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint('ended_at >= started_at', name=op.f('ck_call_stage_order')),
        sa.ForeignKeyConstraint(['agent_id'], ['agent.id'], name=op.f('fk_call_stage_agent_id'), ondelete='SET NULL'),
        sa.ForeignKeyConstraint(['call_id'], ['call.id'], name=op.f('fk_call_stage_call_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_call_stage'))
    )
    op.create_index(op.f('ix_call_stage_call_id'), 'call_stage', ['call_id'], unique=False)
    op.create_index('uq_call_stage_open', 'call_stage', ['call_id'], unique=True, postgresql_where=sa.text('ended_at IS NULL'))
    op.create_table('call_command',
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column('call_id', sa.BigInteger(), nullable=False),
        sa.Column('leg_id', sa.BigInteger(), nullable=True),
        sa.Column('verb', sa.Enum('FETCH', 'SEND', 'HANG_UP', 'HOLD', 'TAKE_BACK', 'ENDS_ROOM', 'REMOVE', 'END_ROOM', 'DIAL', 'RECORD', 'PAUSE', 'RESUME', 'DELETE', name='verb', native_enum=False, create_constraint=True, length=24), nullable=False),
        sa.Column('details', JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column('state', sa.Enum('PENDING', 'SENDING', 'DONE', 'GONE', 'FAILED', name='state', native_enum=False, create_constraint=True, length=24), server_default='PENDING', nullable=False),
        sa.Column('attempts', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
        sa.Column('wanted_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('error', sa.Text(), server_default='', nullable=False),
        sa.ForeignKeyConstraint(['call_id'], ['call.id'], name=op.f('fk_call_command_call_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['leg_id'], ['call_leg.id'], name=op.f('fk_call_command_leg_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_call_command'))
    )
    op.create_index('ix_call_command_due', 'call_command', ['due_at'], unique=False, postgresql_where=sa.text("state IN ('PENDING', 'SENDING')"))
    op.create_index('ix_call_command_open', 'call_command', ['call_id', 'id'], unique=False, postgresql_where=sa.text("state IN ('PENDING', 'SENDING')"))


def downgrade() -> None:
    for table in ("call_command", "call_stage", "call_leg", "call", "call_line", "open_phone", "call_reply"):
        op.drop_table(table)
