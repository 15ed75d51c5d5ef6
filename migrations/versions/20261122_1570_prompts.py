"""prompts, and an index for every branch of the timeline

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

import json

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "e10d3e3c3604"
down_revision = "20b697970360"
branch_labels = None
depends_on = None

OPEN_ORDER = sa.text("state IN ('PLACED', 'CONFIRMED', 'SHIPPED')")
UNSETTLED = sa.text("state IN ('NEW', 'OPEN', 'WAITING')")
BOUGHT = sa.text('coalesce(bought_on, installed_on) IS NOT NULL')


def newest(column):
    return ['customer_id', sa.literal_column(f'{column} DESC'), sa.literal_column('id DESC')]


INDEXES = (
    ('ix_order_delivered', 'order', newest('delivered_at'), sa.text('delivered_at IS NOT NULL')),
    ('ix_order_customer_open', 'order', ['customer_id', 'promised_on'], OPEN_ORDER),
    ('ix_shipment_shipped', 'shipment', newest('shipped_at'), sa.text('shipped_at IS NOT NULL')),
    ('ix_shipment_delivered', 'shipment', newest('delivered_at'), sa.text('delivered_at IS NOT NULL')),
    ('ix_asset_bought', 'asset', newest('coalesce(bought_on, installed_on)'), BOUGHT),
    ('ix_service_contract_begun', 'service_contract', newest('valid_from'), None),
    ('ix_ticket_customer_unsettled', 'ticket', ['customer_id'], UNSETTLED),
    ('ix_ticket_customer_complaints', 'ticket', ['customer_id', 'opened_at'], sa.text("kind = 'COMPLAINT'")),
)


def _is(field, op_, value=None, of=''):
    return {'field': field, 'op': op_, 'value': value, 'of': of}


def _when(*groups):
    return {'all': [{'any': list(group) if isinstance(group, tuple) else [group]} for group in groups]}


# What a firm like those of the screens begins with; every one of them can be changed or removed in Settings.
RULES = (
    ('Part has arrived', 'GOOD', _when(_is('part_days', 'le', '14')),
     'The part for “{task}” has arrived', '“{task}”等待的配件已到货',
     {'kind': 'MAIL', 'label': 'Tell them', 'label_zh': '通知客户'}, 14),
    ('Second complaint in 90 days', 'BAD', _when(_is('complaints', 'ge', '2', '90')),
     '{complaints} complaints in 90 days: apologise first', '90 天内 {complaints} 次投诉：先致歉',
     {'kind': 'PAGE', 'page': 'complaints', 'label': 'Read', 'label_zh': '查看'}, 30),
    ('Overdue for two weeks', 'BAD', _when(_is('arrears_days', 'ge', '14')),
     '{arrears} overdue for {arrears_days}: agree a date', '欠款 {arrears} 已逾期 {arrears_days}：约定付款日',
     {'kind': 'TASK', 'label': 'Note a date', 'label_zh': '记下日期', 'title': 'Agree a date for what is overdue',
      'title_zh': '与客户约定欠款付款日', 'days': 2}, 7),
    ('Order is late', 'WARN', _when(_is('late_days', 'ge', '2')),
     'Order {late_order} is {late_days} late', '订单 {late_order} 已延迟 {late_days}',
     {'kind': 'PAGE', 'page': 'orders', 'label': 'Look', 'label_zh': '查看'}, 3),
    ('Low satisfaction', 'WARN', _when(_is('last_score', 'le', '2'), _is('score_days', 'le', '60')),
     'Rated us {last_score} of 5 the last time', '最近一次评分 {last_score} 分（满分 5 分）',
     {'kind': 'PAGE', 'page': 'ratings', 'label': 'Read', 'label_zh': '查看'}, 30),
    ('Contract ends in 10 days', 'OFFER', _when(_is('contract_days', 'le', '10')),
     '{contract} ends in {contract_days}: offer the renewal', '{contract} 还有 {contract_days}到期：建议续约',
     {'kind': 'MAIL', 'label': 'Offer', 'label_zh': '推荐'}, 30),
    ('Warranty ends in 30 days', 'OFFER', _when(_is('warranty_days', 'le', '30')),
     'Warranty of {asset} ends in {warranty_days}: offer the extension',
     '{asset} 的保修还有 {warranty_days}到期：建议延保',
     {'kind': 'MAIL', 'label': 'Offer', 'label_zh': '推荐'}, 60),
    ('Birthday this week', 'GOOD', _when(_is('birthday_days', 'le', '7')),
     'Birthday on {birthday}', '{birthday}生日',
     {'kind': 'MAIL', 'label': 'Write', 'label_zh': '祝贺'}, 180),
    ('Rising star', 'OFFER', _when(_is('is_rising', 'is', 'yes'), _is('tier', 'in', ['C', 'D'])),
     'A rising star: ask what else they need', '明日之星：了解还有哪些需求',
     {'kind': 'MAIL', 'label': 'Write', 'label_zh': '联系'}, 90),
    ('Data older than a year', 'OFFER', _when(_is('data_days', 'ge', '365'), _is('status', 'in', ['ACTIVE'])),
     'Details are {data_days} old: check them', '客户资料 {data_days}未更新：请核对',
     {'kind': 'PAGE', 'page': 'customer', 'label': 'Check', 'label_zh': '核对'}, 180),
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        'prompt_rule',
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('is_active', sa.Boolean(), server_default=sa.text('true'), nullable=False),
        sa.Column('position', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
        sa.Column('condition', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column('sentence', sa.Text(), nullable=False),
        sa.Column('sentence_zh', sa.Text(), server_default='', nullable=False),
        sa.Column('tone', sa.Enum('OFFER', 'GOOD', 'WARN', 'BAD', name='prompt_tone', native_enum=False, create_constraint=True, length=24), server_default='OFFER', nullable=False),
        sa.Column('action', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column('quiet_days', sa.BigInteger(), server_default=sa.text('30'), nullable=False),
        sa.Column('version', sa.BigInteger(), server_default=sa.text('1'), nullable=False),
        sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("name <> '' AND sentence <> ''", name=op.f('ck_prompt_rule_words')),
        sa.CheckConstraint('quiet_days BETWEEN 1 AND 3650', name=op.f('ck_prompt_rule_quiet_days')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_prompt_rule')),
        sa.UniqueConstraint('name', name=op.f('uq_prompt_rule_name')),
    )
    op.create_table(
        'prompt_answer',
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column('rule_id', sa.BigInteger(), nullable=False),
        sa.Column('customer_id', sa.BigInteger(), nullable=False),
        sa.Column('about', sa.Text(), server_default='', nullable=False),
        sa.Column('answer', sa.Enum('DONE', 'REFUSED', name='prompt_answer', native_enum=False, create_constraint=True, length=24), nullable=False),
        sa.Column('agent_id', sa.BigInteger(), nullable=True),
        sa.Column('until', sa.DateTime(timezone=True), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['agent_id'], ['agent.id'], name=op.f('fk_prompt_answer_agent_id'), ondelete='SET NULL'),
        sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_prompt_answer_customer_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['rule_id'], ['prompt_rule.id'], name=op.f('fk_prompt_answer_rule_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_prompt_answer')),
    )
    op.create_index(op.f('ix_prompt_answer_customer_id_until'), 'prompt_answer', ['customer_id', 'until'])
    op.create_index(op.f('ix_prompt_answer_rule_id_at'), 'prompt_answer', ['rule_id', 'at'])
    op.create_table(
        'prompt_showing',
        sa.Column('rule_id', sa.BigInteger(), nullable=False),
        sa.Column('on', sa.Date(), nullable=False),
        sa.Column('customer_id', sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_prompt_showing_customer_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['rule_id'], ['prompt_rule.id'], name=op.f('fk_prompt_showing_rule_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('rule_id', 'on', 'customer_id', name=op.f('pk_prompt_showing')),
    )
    op.create_index(op.f('ix_prompt_showing_customer_id'), 'prompt_showing', ['customer_id'])
    op.create_index(op.f('ix_prompt_showing_on'), 'prompt_showing', ['on'])
    _rules()
    op.add_column('shipment', sa.Column('customer_id', sa.BigInteger(), nullable=True))
    op.execute('UPDATE shipment s SET customer_id = o.customer_id FROM "order" o WHERE o.id = s.order_id')
    op.alter_column('shipment', 'customer_id', nullable=False)
    op.create_index(op.f('ix_shipment_customer_id'), 'shipment', ['customer_id'])
    op.create_foreign_key(op.f('fk_shipment_customer_id'), 'shipment', 'customer', ['customer_id'], ['id'], ondelete='RESTRICT')
    with op.get_context().autocommit_block():
        op.execute('SET lock_timeout = 0')  # it holds nobody up, and must not be given up half way
        for name, table, columns, where in INDEXES:
            op.create_index(name, table, columns, postgresql_where=where, postgresql_concurrently=True, if_not_exists=True)


def _rules() -> None:
    columns = 'name, position, tone, condition, sentence, sentence_zh, action, quiet_days, changed_at'
    values = ':name, :position, :tone, CAST(:condition AS jsonb), :sentence, :sentence_zh, CAST(:action AS jsonb), :days, now()'
    insert = sa.text(f'INSERT INTO prompt_rule ({columns}) VALUES ({values})')
    for position, (name, tone, condition, sentence, sentence_zh, action, days) in enumerate(RULES):
        op.execute(insert.bindparams(
            name=name, position=position, tone=tone, condition=json.dumps(condition), sentence=sentence,
            sentence_zh=sentence_zh, action=json.dumps(action, ensure_ascii=False), days=days,
        ))  # fmt: skip


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute('SET lock_timeout = 0')
        for name, table, _columns, _where in INDEXES:
            op.drop_index(name, table_name=table, postgresql_concurrently=True, if_exists=True)
    op.drop_index(op.f('ix_shipment_customer_id'), 'shipment')
    op.drop_column('shipment', 'customer_id')
    op.drop_table('prompt_showing')
    op.drop_table('prompt_answer')
    op.drop_table('prompt_rule')
