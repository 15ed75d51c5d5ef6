"""importing and the API

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20b697970360"
down_revision = "15979d6c671f"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('api_token',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('key_hash', sa.LargeBinary(), nullable=False),
    sa.Column('hint', sa.Text(), nullable=False),
    sa.Column('scopes', sa.ARRAY(sa.Text()), nullable=False),
    sa.Column('agent_id', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('used_from', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['agent_id'], ['agent.id'], name=op.f('fk_api_token_agent_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_token')),
    sa.UniqueConstraint('key_hash', name=op.f('uq_api_token_key_hash'))
    )
    op.create_index(op.f('ix_api_token_agent_id'), 'api_token', ['agent_id'], unique=False)
    op.create_table('import_mapping',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('headers', sa.LargeBinary(), nullable=False),
    sa.Column('columns', postgresql.JSONB(), nullable=False),
    sa.Column('form', postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('agent_id', sa.BigInteger(), nullable=True),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("name <> ''", name=op.f('ck_import_mapping_name')),
    sa.ForeignKeyConstraint(['agent_id'], ['agent.id'], name=op.f('fk_import_mapping_agent_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_mapping')),
    sa.UniqueConstraint('kind', 'name', name=op.f('uq_import_mapping_kind_name'))
    )
    op.create_index(op.f('ix_import_mapping_kind_headers'), 'import_mapping', ['kind', 'headers'], unique=False)
    op.create_table('import_run',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('file_id', sa.BigInteger(), nullable=True),
    sa.Column('agent_id', sa.BigInteger(), nullable=True),
    sa.Column('state', sa.Enum('NEW', 'CHECKING', 'CHECKED', 'IMPORTING', 'DONE', 'CANCELLED', 'FAILED', name='runstate', native_enum=False, create_constraint=True, length=24), server_default='NEW', nullable=False),
    sa.Column('form', postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('headers', sa.ARRAY(sa.Text()), nullable=False),
    sa.Column('columns', postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('rows', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('created', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('changed', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('same', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('bad', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('read_bytes', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('whole_bytes', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('checked', postgresql.JSONB(), nullable=True),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('attempts', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
    sa.Column('claim', sa.Text(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['agent_id'], ['agent.id'], name=op.f('fk_import_run_agent_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['file_id'], ['file.id'], name=op.f('fk_import_run_file_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_run'))
    )
    op.create_index(op.f('ix_import_run_digest'), 'import_run', ['digest'], unique=False)
    op.create_index(op.f('ix_import_run_file_id'), 'import_run', ['file_id'], unique=False)
    op.create_index('ix_import_run_working', 'import_run', ['id'], unique=False, postgresql_where=sa.text("state IN ('CHECKING', 'IMPORTING')"))
    op.create_table('import_bad_row',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('run_id', sa.BigInteger(), nullable=False),
    sa.Column('line', sa.BigInteger(), nullable=False),
    sa.Column('column', sa.Text(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('cells', sa.ARRAY(sa.Text()), nullable=False),
    sa.ForeignKeyConstraint(['run_id'], ['import_run.id'], name=op.f('fk_import_bad_row_run_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_bad_row'))
    )
    op.create_index(op.f('ix_import_bad_row_run_id_line_id'), 'import_bad_row', ['run_id', 'line', 'id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_import_bad_row_run_id_line_id'), table_name='import_bad_row')
    op.drop_table('import_bad_row')
    op.drop_index('ix_import_run_working', table_name='import_run', postgresql_where=sa.text("state IN ('CHECKING', 'IMPORTING')"))
    op.drop_index(op.f('ix_import_run_file_id'), table_name='import_run')
    op.drop_index(op.f('ix_import_run_digest'), table_name='import_run')
    op.drop_table('import_run')
    op.drop_index(op.f('ix_import_mapping_kind_headers'), table_name='import_mapping')
    op.drop_table('import_mapping')
    op.drop_index(op.f('ix_api_token_agent_id'), table_name='api_token')
    op.drop_table('api_token')
