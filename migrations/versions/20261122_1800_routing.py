"""routing

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "7b1f0a94c2d8"
down_revision = "5d0c81b7e6a2"
branch_labels = None
depends_on = None


PRESENCE = ("AVAILABLE", "AWAY", "OFFLINE")
NEW_PRESENCE = ("FINISHING", "NOT_RESPONDING")
KINDS = ("CALL", "TEXT", "MAIL", "FORM", "VOICEMAIL")
CHECKS = (
    ("agent", "capacity", "capacity BETWEEN 1 AND 100"),
    ("queue", "head_start", "head_start_minutes BETWEEN -1440 AND 1440"),
    ("queue", "prefer", "prefer_seconds BETWEEN 0 AND 3600"),
    ("queue", "wrap_up_seconds", "wrap_up_seconds BETWEEN 5 AND 3600"),
    ("queue", "target", "target_percent BETWEEN 1 AND 100 AND target_seconds > 0"),
    ("queue", "max_size", "max_size > 0"),
    ("queue_member", "level", "level BETWEEN 1 AND 5"),
)
INDEXES = (
    ("ix_interaction_lane", "queue_id, channel, asks, held_for, not_for, order_at, id", "state = 'WAITING' AND order_at IS NOT NULL"),
    ("ix_interaction_unplaced", "id", "state = 'WAITING' AND order_at IS NULL"),
    ("ix_interaction_eases", "eases_at", "state = 'WAITING' AND eases_at IS NOT NULL"),
    ("ix_interaction_busy", "agent_id", "state IN ('HANDLING', 'WRAPPING')"),
)
OPEN = """
    CREATE UNIQUE INDEX CONCURRENTLY {name} ON interaction (ticket_id, channel)
    WHERE direction = 'IN' AND state IN ({states})
"""
TABLES = (
    "promise", "offer", "handling", "deadline", "placement_rule", "sla_policy", "open_desk", "channel_pause", "agent_skill",
    "skill", "routing_setting", "channel_setting",
)  # fmt: skip
COLUMNS = {
    "queue_member": ("level",),
    "queue": (
        "max_size", "overflow", "target_seconds", "target_percent", "wrap_up_seconds", "wrap_up", "prefer_seconds",
        "easing", "asks", "head_start_minutes", "calendar_id",
    ),
    "presence": ("because",),
    "interaction": (
        "placed_by", "overflowed", "eases_at", "not_for", "held_for", "asks", "asked", "bonus", "order_at", "set_aside_at",
        "wrap_until",
    ),
    "agent": ("capacity",),
}  # fmt: skip


def upgrade() -> None:
    op.create_table('calendar',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('time_zone', sa.Text(), nullable=False),
    sa.Column('country', sa.Text(), nullable=True),
    sa.Column('subdivision', sa.Text(), nullable=True),
    sa.Column('is_default', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('version', sa.BigInteger(), server_default=sa.text('1'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calendar')),
    sa.UniqueConstraint('name', name=op.f('uq_calendar_name'))
    )
    op.create_index('uq_calendar_default', 'calendar', ['is_default'], unique=True, postgresql_where=sa.text('is_default'))
    op.create_table('channel_setting',
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('weight', sa.BigInteger(), nullable=True),
    sa.Column('ring_seconds', sa.BigInteger(), nullable=False),
    sa.Column('is_interruptible', sa.Boolean(), nullable=False),
    sa.Column('version', sa.BigInteger(), server_default=sa.text('1'), nullable=False),
    sa.CheckConstraint('ring_seconds BETWEEN 5 AND 600', name=op.f('ck_channel_setting_ring_seconds')),
    sa.CheckConstraint('weight BETWEEN 0 AND 100', name=op.f('ck_channel_setting_weight')),
    sa.CheckConstraint('weight IS NOT NULL OR NOT is_interruptible', name=op.f('ck_channel_setting_never_the_reverse')),
    sa.PrimaryKeyConstraint('channel', name=op.f('pk_channel_setting'))
    )
    op.create_table('routing_setting',
    sa.Column('id', sa.BigInteger(), server_default=sa.text('1'), autoincrement=False, nullable=False),
    sa.Column('complaint_minutes', sa.BigInteger(), server_default=sa.text('30'), nullable=False),
    sa.Column('reopened_minutes', sa.BigInteger(), server_default=sa.text('20'), nullable=False),
    sa.Column('recovered_minutes', sa.BigInteger(), server_default=sa.text('30'), nullable=False),
    sa.Column('urgent_minutes', sa.BigInteger(), server_default=sa.text('60'), nullable=False),
    sa.Column('high_minutes', sa.BigInteger(), server_default=sa.text('20'), nullable=False),
    sa.Column('low_minutes', sa.BigInteger(), server_default=sa.text('-20'), nullable=False),
    sa.Column('risk_75_minutes', sa.BigInteger(), server_default=sa.text('15'), nullable=False),
    sa.Column('risk_90_minutes', sa.BigInteger(), server_default=sa.text('30'), nullable=False),
    sa.Column('agents_may_pick', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('agents_may_pull', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('version', sa.BigInteger(), server_default=sa.text('1'), nullable=False),
    sa.CheckConstraint('id = 1', name=op.f('ck_routing_setting_one')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_routing_setting'))
    )
    op.create_table('skill',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_skill')),
    sa.UniqueConstraint('name', name=op.f('uq_skill_name'))
    )
    op.create_table('agent_skill',
    sa.Column('agent_id', sa.BigInteger(), nullable=False),
    sa.Column('skill_id', sa.BigInteger(), nullable=False),
    sa.Column('level', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('level BETWEEN 1 AND 5', name=op.f('ck_agent_skill_level')),
    sa.ForeignKeyConstraint(['agent_id'], ['agent.id'], name=op.f('fk_agent_skill_agent_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['skill_id'], ['skill.id'], name=op.f('fk_agent_skill_skill_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('agent_id', 'skill_id', name=op.f('pk_agent_skill'))
    )
    op.create_index(op.f('ix_agent_skill_skill_id'), 'agent_skill', ['skill_id'], unique=False)
    op.create_table('calendar_day',
    sa.Column('calendar_id', sa.BigInteger(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('name', sa.Text(), server_default='', nullable=False),
    sa.Column('works_as', sa.BigInteger(), nullable=True),
    sa.CheckConstraint('works_as BETWEEN 0 AND 6', name=op.f('ck_calendar_day_works_as')),
    sa.ForeignKeyConstraint(['calendar_id'], ['calendar.id'], name=op.f('fk_calendar_day_calendar_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('calendar_id', 'day', name=op.f('pk_calendar_day'))
    )
    op.create_table('calendar_slot',
    sa.Column('calendar_id', sa.BigInteger(), nullable=False),
    sa.Column('weekday', sa.BigInteger(), nullable=False),
    sa.Column('begins', sa.BigInteger(), nullable=False),
    sa.Column('ends', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('begins >= 0 AND begins < ends AND ends <= 1440', name=op.f('ck_calendar_slot_minutes')),
    sa.CheckConstraint('weekday BETWEEN 0 AND 6', name=op.f('ck_calendar_slot_weekday')),
    sa.ForeignKeyConstraint(['calendar_id'], ['calendar.id'], name=op.f('fk_calendar_slot_calendar_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('calendar_id', 'weekday', 'begins', name=op.f('pk_calendar_slot'))
    )
    op.create_table('channel_pause',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('agent_id', sa.BigInteger(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['agent_id'], ['agent.id'], name=op.f('fk_channel_pause_agent_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_channel_pause'))
    )
    op.create_index(op.f('ix_channel_pause_agent_id_started_at'), 'channel_pause', ['agent_id', 'started_at'], unique=False)
    op.create_index('uq_channel_pause_open', 'channel_pause', ['agent_id', 'channel'], unique=True, postgresql_where=sa.text('ended_at IS NULL'))
    op.create_table('open_desk',
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('agent_id', sa.BigInteger(), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['agent_id'], ['agent.id'], name=op.f('fk_open_desk_agent_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_open_desk'))
    )
    op.create_index(op.f('ix_open_desk_agent_id_seen_at'), 'open_desk', ['agent_id', 'seen_at'], unique=False)
    op.create_table('sla_policy',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('position', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('is_active', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('tiers', sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('kinds', sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('channels', sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('with_contract', sa.Boolean(), nullable=True),
    sa.Column('calendar_id', sa.BigInteger(), nullable=True),
    sa.Column('first_response_minutes', sa.BigInteger(), nullable=True),
    sa.Column('next_response_minutes', sa.BigInteger(), nullable=True),
    sa.Column('resolution_minutes', sa.BigInteger(), nullable=True),
    sa.Column('pauses', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('on_breach', sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('version', sa.BigInteger(), server_default=sa.text('1'), nullable=False),
    sa.CheckConstraint('first_response_minutes > 0 AND next_response_minutes > 0 AND resolution_minutes > 0', name=op.f('ck_sla_policy_minutes')),
    sa.ForeignKeyConstraint(['calendar_id'], ['calendar.id'], name=op.f('fk_sla_policy_calendar_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sla_policy')),
    sa.UniqueConstraint('name', name=op.f('uq_sla_policy_name'))
    )
    op.create_index(op.f('ix_sla_policy_calendar_id'), 'sla_policy', ['calendar_id'], unique=False)
    op.create_table('placement_rule',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('position', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('is_active', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('conditions', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('queue_id', sa.BigInteger(), nullable=True),
    sa.Column('asks', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('priority', sa.Enum('LOW', 'NORMAL', 'HIGH', 'URGENT', name='priority', native_enum=False, create_constraint=True, length=24), nullable=True),
    sa.Column('version', sa.BigInteger(), server_default=sa.text('1'), nullable=False),
    sa.ForeignKeyConstraint(['queue_id'], ['queue.id'], name=op.f('fk_placement_rule_queue_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_placement_rule')),
    sa.UniqueConstraint('name', name=op.f('uq_placement_rule_name'))
    )
    op.create_index(op.f('ix_placement_rule_queue_id'), 'placement_rule', ['queue_id'], unique=False)
    op.create_table('deadline',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('target', sa.Enum('FIRST_RESPONSE', 'NEXT_RESPONSE', 'RESOLUTION', name='target', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('state', sa.Enum('RUNNING', 'PAUSED', 'MET', 'MISSED', 'CANCELLED', name='deadlinestate', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('calendar_id', sa.BigInteger(), nullable=True),
    sa.Column('minutes', sa.BigInteger(), nullable=False),
    sa.Column('because', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('next_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('stage', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('pauses', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('paused_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('left_seconds', sa.BigInteger(), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(ended_at IS NULL) = (state IN ('RUNNING', 'PAUSED'))", name=op.f('ck_deadline_ended')),
    sa.CheckConstraint("(state = 'PAUSED') = (paused_at IS NOT NULL AND left_seconds IS NOT NULL)", name=op.f('ck_deadline_paused')),
    sa.CheckConstraint('stage IN (0, 75, 90, 100)', name=op.f('ck_deadline_stage')),
    sa.ForeignKeyConstraint(['calendar_id'], ['calendar.id'], name=op.f('fk_deadline_calendar_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_deadline_ticket_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deadline'))
    )
    op.create_index(op.f('ix_deadline_calendar_id'), 'deadline', ['calendar_id'], unique=False)
    op.create_index('ix_deadline_next', 'deadline', ['next_at'], unique=False, postgresql_where=sa.text("state = 'RUNNING' AND next_at IS NOT NULL"))
    op.create_index(op.f('ix_deadline_ticket_id'), 'deadline', ['ticket_id'], unique=False)
    op.create_index('uq_deadline_open', 'deadline', ['ticket_id', 'target'], unique=True, postgresql_where=sa.text("state IN ('RUNNING', 'PAUSED')"))
    op.create_table('handling',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('interaction_id', sa.BigInteger(), nullable=False),
    sa.Column('agent_id', sa.BigInteger(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['agent_id'], ['agent.id'], name=op.f('fk_handling_agent_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['interaction_id'], ['interaction.id'], name=op.f('fk_handling_interaction_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handling'))
    )
    op.create_index(op.f('ix_handling_agent_id_started_at'), 'handling', ['agent_id', 'started_at'], unique=False)
    op.create_index(op.f('ix_handling_interaction_id'), 'handling', ['interaction_id'], unique=False)
    op.create_index('uq_handling_open', 'handling', ['interaction_id'], unique=True, postgresql_where=sa.text('ended_at IS NULL'))
    op.create_table('offer',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('interaction_id', sa.BigInteger(), nullable=False),
    sa.Column('agent_id', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Enum('PENDING', 'ACCEPTED', 'DECLINED', 'TIMED_OUT', 'REVOKED', name='offerstate', native_enum=False, create_constraint=True, length=24), server_default='PENDING', nullable=False),
    sa.Column('offered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.Text(), server_default='', nullable=False),
    sa.Column('decision', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.CheckConstraint("(state = 'PENDING') = (ended_at IS NULL)", name=op.f('ck_offer_ended')),
    sa.ForeignKeyConstraint(['agent_id'], ['agent.id'], name=op.f('fk_offer_agent_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['interaction_id'], ['interaction.id'], name=op.f('fk_offer_interaction_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_offer'))
    )
    op.create_index(op.f('ix_offer_agent_id_offered_at'), 'offer', ['agent_id', 'offered_at'], unique=False)
    op.create_index('ix_offer_expires', 'offer', ['expires_at'], unique=False, postgresql_where=sa.text("state = 'PENDING'"))
    op.create_index(op.f('ix_offer_interaction_id_id'), 'offer', ['interaction_id', 'id'], unique=False)
    op.create_index('uq_offer_of_agent', 'offer', ['agent_id'], unique=True, postgresql_where=sa.text("state = 'PENDING'"))
    op.create_index('uq_offer_of_interaction', 'offer', ['interaction_id'], unique=True, postgresql_where=sa.text("state = 'PENDING'"))
    op.create_table('promise',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('owner_id', sa.BigInteger(), nullable=True),
    sa.Column('made_by_id', sa.BigInteger(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.Enum('OPEN', 'KEPT', 'BROKEN', 'CANCELLED', name='promisestate', native_enum=False, create_constraint=True, length=24), server_default='OPEN', nullable=False),
    sa.Column('interaction_id', sa.BigInteger(), nullable=True),
    sa.Column('alarmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(state = 'OPEN') = (settled_at IS NULL)", name=op.f('ck_promise_settled')),
    sa.ForeignKeyConstraint(['interaction_id'], ['interaction.id'], name=op.f('fk_promise_interaction_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['made_by_id'], ['agent.id'], name=op.f('fk_promise_made_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['owner_id'], ['agent.id'], name=op.f('fk_promise_owner_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_promise_ticket_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_promise'))
    )
    op.create_index('ix_promise_due', 'promise', ['due_at'], unique=False, postgresql_where=sa.text("state = 'OPEN'"))
    op.create_index(op.f('ix_promise_interaction_id'), 'promise', ['interaction_id'], unique=False)
    op.create_index('ix_promise_owner', 'promise', ['owner_id', 'due_at'], unique=False, postgresql_where=sa.text("state = 'OPEN'"))
    op.create_index(op.f('ix_promise_ticket_id'), 'promise', ['ticket_id'], unique=False)
    op.add_column('agent', sa.Column('capacity', sa.BigInteger(), server_default=sa.text('6'), nullable=False))
    op.add_column('interaction', sa.Column('wrap_until', sa.DateTime(timezone=True), nullable=True))
    op.add_column('interaction', sa.Column('set_aside_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('interaction', sa.Column('order_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('interaction', sa.Column('bonus', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False))
    op.add_column('interaction', sa.Column('asked', sa.Text(), server_default='', nullable=False))
    op.add_column('interaction', sa.Column('asks', sa.Text(), server_default='', nullable=False))
    op.add_column('interaction', sa.Column('held_for', sa.ARRAY(sa.BigInteger()), server_default=sa.text("'{}'"), nullable=False))
    op.add_column('interaction', sa.Column('not_for', sa.ARRAY(sa.BigInteger()), server_default=sa.text("'{}'"), nullable=False))
    op.add_column('interaction', sa.Column('eases_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('interaction', sa.Column('overflowed', sa.BigInteger(), server_default=sa.text('0'), nullable=False))
    op.add_column('interaction', sa.Column('placed_by', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False))
    op.add_column('presence', sa.Column('because', sa.Text(), server_default='', nullable=False))
    op.add_column('queue', sa.Column('calendar_id', sa.BigInteger(), nullable=True))
    op.add_column('queue', sa.Column('head_start_minutes', sa.BigInteger(), server_default=sa.text('0'), nullable=False))
    op.add_column('queue', sa.Column('asks', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False))
    op.add_column('queue', sa.Column('easing', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False))
    op.add_column('queue', sa.Column('prefer_seconds', sa.BigInteger(), server_default=sa.text('30'), nullable=False))
    op.add_column('queue', sa.Column('wrap_up', sa.Enum('NONE', 'OPTIONAL', 'MANDATORY', 'TIMEOUT', 'FORCED', name='wrap_up', native_enum=False, create_constraint=True, length=24), server_default='NONE', nullable=False))
    op.add_column('queue', sa.Column('wrap_up_seconds', sa.BigInteger(), server_default=sa.text('60'), nullable=False))
    op.add_column('queue', sa.Column('target_percent', sa.BigInteger(), server_default=sa.text('80'), nullable=False))
    op.add_column('queue', sa.Column('target_seconds', sa.BigInteger(), server_default=sa.text('3600'), nullable=False))
    op.add_column('queue', sa.Column('overflow', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False))
    op.add_column('queue', sa.Column('max_size', sa.BigInteger(), nullable=True))
    op.create_index(op.f('ix_queue_calendar_id'), 'queue', ['calendar_id'], unique=False)
    op.create_foreign_key(op.f('fk_queue_calendar_id'), 'queue', 'calendar', ['calendar_id'], ['id'], ondelete='RESTRICT')
    op.add_column('queue_member', sa.Column('level', sa.BigInteger(), server_default=sa.text('3'), nullable=False))
    for table, name, condition in CHECKS:
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)
    _words("presence", "presencestate", "state", *PRESENCE, *NEW_PRESENCE)
    for table in ("interaction", "message"):
        _words(table, "kind", "kind", *KINDS, "PROMISE")
    op.execute("INSERT INTO routing_setting DEFAULT VALUES")
    op.execute("""
        INSERT INTO channel_setting (channel, weight, ring_seconds, is_interruptible) VALUES
        ('phone', NULL, 20, false), ('sms', 2, 60, true), ('email', 2, 60, true), ('web', 2, 60, true),
        ('promise', 2, 60, true)
    """)
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")  # it holds nobody up, and must not be given up half way
        op.execute(OPEN.format(name="uq_interaction_open_now", states="'WAITING', 'OFFERED', 'HANDLING'"))
        op.execute("DROP INDEX CONCURRENTLY uq_interaction_open_inbound")
        op.execute("ALTER INDEX uq_interaction_open_now RENAME TO uq_interaction_open_inbound")
        for name, columns, condition in INDEXES:
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON interaction ({columns}) WHERE {condition}")


def downgrade() -> None:
    op.execute("UPDATE interaction SET state = 'DONE', wrapped_at = now() WHERE state = 'WRAPPING'")
    op.drop_index("uq_interaction_open_inbound")
    states = "'WAITING', 'OFFERED', 'HANDLING', 'WRAPPING'"
    op.execute(OPEN.replace("CONCURRENTLY ", "").format(name="uq_interaction_open_inbound", states=states))
    for name, _columns, _condition in INDEXES:
        op.drop_index(name)
    for table in TABLES:
        op.drop_table(table)
    for table, names in COLUMNS.items():
        for name in names:
            op.drop_column(table, name)
    for table in ("calendar_day", "calendar_slot", "calendar"):
        op.drop_table(table)
    op.execute("UPDATE presence SET state = 'AWAY' WHERE state IN ('FINISHING', 'NOT_RESPONDING')")
    op.execute("DELETE FROM interaction WHERE kind = 'PROMISE'")
    _words("presence", "presencestate", "state", *PRESENCE)
    for table in ("interaction", "message"):
        _words(table, "kind", "kind", *KINDS)


def _words(table: str, constraint: str, column: str, *words: str) -> None:
    """Checked for new rows at once, for the old ones without holding anybody up."""
    name, listed = f"ck_{table}_{constraint}", ", ".join(f"'{word}'" for word in words)
    op.drop_constraint(op.f(name), table)
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({column} IN ({listed})) NOT VALID")
    op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")
