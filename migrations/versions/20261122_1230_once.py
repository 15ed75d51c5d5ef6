"""forms that were sent, and visitors' files that were not

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

import sqlalchemy as sa
from alembic import op
revision = 'd07b9e3c51fa'
down_revision = 'c4d1a7e0b352'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('form_use',
    sa.Column('agent_id', sa.BigInteger(), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('row_id', sa.BigInteger(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['agent_id'], ['agent.id'], name=op.f('fk_form_use_agent_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('agent_id', 'value', name=op.f('pk_form_use'))
    )
    op.create_index(op.f('ix_form_use_at'), 'form_use', ['at'], unique=False)
    op.alter_column('upload', 'agent_id', existing_type=sa.BigInteger(), nullable=True)
    op.create_index(op.f('ix_upload_file_id'), 'upload', ['file_id'], unique=False)
    op.create_index(op.f('ix_upload_at'), 'upload', ['at'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_upload_at'), table_name='upload')
    op.drop_index(op.f('ix_upload_file_id'), table_name='upload')
    op.execute('DELETE FROM upload WHERE agent_id IS NULL')
    op.alter_column('upload', 'agent_id', existing_type=sa.BigInteger(), nullable=False)
    op.drop_index(op.f('ix_form_use_at'), table_name='form_use')
    op.drop_table('form_use')
