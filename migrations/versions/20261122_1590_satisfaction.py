"""satisfaction

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

import sqlalchemy as sa
from alembic import op

revision = "880ff6cc79ab"
down_revision = "40eb85264f13"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "survey_settings",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("is_on", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("delay_minutes", sa.BigInteger(), server_default=sa.text("60"), nullable=False),
        sa.Column("valid_days", sa.BigInteger(), server_default=sa.text("7"), nullable=False),
        sa.Column("cool_down_days", sa.BigInteger(), server_default=sa.text("14"), nullable=False),
        sa.Column("low_score", sa.BigInteger(), server_default=sa.text("2"), nullable=False),
        sa.Column("follow_up_hours", sa.BigInteger(), server_default=sa.text("48"), nullable=False),
        sa.Column("excluded_tags", sa.ARRAY(sa.Text()), server_default=sa.text("'{no_csat}'"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("cool_down_days BETWEEN 0 AND 365", name=op.f("ck_survey_settings_cool_down")),
        sa.CheckConstraint("delay_minutes BETWEEN 0 AND 20160", name=op.f("ck_survey_settings_delay")),
        sa.CheckConstraint("follow_up_hours BETWEEN 1 AND 720", name=op.f("ck_survey_settings_follow_up")),
        sa.CheckConstraint("id = 1", name=op.f("ck_survey_settings_one_row")),
        sa.CheckConstraint("low_score BETWEEN 1 AND 4", name=op.f("ck_survey_settings_low_score")),
        sa.CheckConstraint("valid_days BETWEEN 1 AND 60", name=op.f("ck_survey_settings_valid")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_settings")),
    )
    op.execute("INSERT INTO survey_settings (id) VALUES (1)")
    op.create_table(
        "survey",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("interaction_id", sa.BigInteger(), nullable=True),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("agent_id", sa.BigInteger(), nullable=True),
        sa.Column("queue_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("tier", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column(
            "asked_by",
            sa.Enum("EMAIL", "PORTAL", name="askedby", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "ASKED",
                "ANSWERED",
                "WITHDRAWN",
                "EXPIRED",
                name="surveystate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            server_default="ASKED",
            nullable=False,
        ),
        sa.Column("score", sa.BigInteger(), nullable=True),
        sa.Column("comment", sa.Text(), server_default="", nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("task_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(state = 'ANSWERED') = (score IS NOT NULL)", name=op.f("ck_survey_answer_has_score")),
        sa.CheckConstraint("(score IS NULL) = (answered_at IS NULL)", name=op.f("ck_survey_answered_at")),
        sa.CheckConstraint("score BETWEEN 1 AND 5", name=op.f("ck_survey_score")),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_survey_agent_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_survey_customer_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["interaction_id"], ["interaction.id"], name=op.f("fk_survey_interaction_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["queue_id"], ["queue.id"], name=op.f("fk_survey_queue_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_survey_task_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_survey_ticket_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey")),
        sa.UniqueConstraint("ticket_id", "resolved_at", name=op.f("uq_survey_ticket_id_resolved_at")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_survey_token_hash")),
    )
    op.create_index(op.f("ix_survey_agent_id_asked_at"), "survey", ["agent_id", "asked_at"], unique=False)
    op.create_index(
        "ix_survey_answered",
        "survey",
        [sa.literal_column("answered_at DESC"), sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text("score IS NOT NULL"),
    )
    op.create_index("ix_survey_asked", "survey", ["asked_at", "queue_id"], unique=False)
    op.create_index("ix_survey_customer", "survey", ["customer_id", sa.literal_column("asked_at DESC")], unique=False)
    op.create_index(
        "ix_survey_open", "survey", ["expires_at"], unique=False, postgresql_where=sa.text("state = 'ASKED'")
    )
    op.create_index(op.f("ix_survey_task_id"), "survey", ["task_id"], unique=False)
    _purposes("REPLY", "ACKNOWLEDGEMENT", "STATUS_LINK", "ACCOUNT", "ALARM", "SURVEY")


def downgrade() -> None:
    op.execute("DELETE FROM outgoing WHERE purpose = 'SURVEY'")
    _purposes("REPLY", "ACKNOWLEDGEMENT", "STATUS_LINK", "ACCOUNT", "ALARM")
    op.drop_table("survey")
    op.drop_table("survey_settings")


def _purposes(*names: str) -> None:
    op.drop_constraint(op.f("ck_outgoing_purpose"), "outgoing")
    listed = ", ".join(f"'{name}'" for name in names)
    op.create_check_constraint(op.f("ck_outgoing_purpose"), "outgoing", f"purpose IN ({listed})")
