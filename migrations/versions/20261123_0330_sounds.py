"""prompts in other words or recorded, music of one's own, help while closed, and test calls

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "c7e14a2b9f60"
down_revision = "c41d7e5a9b20"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "call_line", sa.Column("helps_when_closed", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("call_line", sa.Column("prompts", JSONB(), server_default=sa.text("'{}'"), nullable=False))
    op.create_table(
        "call_sound",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("number_id", sa.BigInteger(), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), server_default="", nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(prompt = 'music') = (language = '')", name=op.f("ck_call_sound_music_has_no_language")),
        sa.CheckConstraint("seconds > 0", name=op.f("ck_call_sound_seconds")),
        sa.ForeignKeyConstraint(["file_id"], ["file.id"], name=op.f("fk_call_sound_file_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["number_id"], ["phone_number.id"], name=op.f("fk_call_sound_number_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_sound")),
        sa.UniqueConstraint("key", name=op.f("uq_call_sound_key")),
    )
    op.create_index(op.f("ix_call_sound_file_id"), "call_sound", ["file_id"])
    op.create_index("ix_call_sound_number", "call_sound", ["number_id"])
    op.create_index(
        "uq_call_sound_prompt", "call_sound", ["number_id", "prompt", "language"], unique=True,
        postgresql_where=sa.text("removed_at IS NULL AND prompt <> 'music'"),
    )  # fmt: skip
    op.create_table(
        "call_trial",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=False),
        sa.Column("number_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=True),
        sa.Column("knows", JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("heard", JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_call_trial_agent_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["number_id"], ["phone_number.id"], name=op.f("fk_call_trial_number_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_trial")),
        sa.UniqueConstraint("agent_id", name=op.f("uq_call_trial_agent_id")),
        sa.UniqueConstraint("key", name=op.f("uq_call_trial_key")),
        sa.UniqueConstraint("nonce", name=op.f("uq_call_trial_nonce")),
        sa.UniqueConstraint("ref", name=op.f("uq_call_trial_ref")),
    )
    op.create_index(op.f("ix_call_trial_number_id"), "call_trial", ["number_id"])


def downgrade() -> None:
    op.drop_table("call_trial")
    op.drop_table("call_sound")
    op.drop_column("call_line", "prompts")
    op.drop_column("call_line", "helps_when_closed")
