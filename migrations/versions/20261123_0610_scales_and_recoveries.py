"""scales beside the stars, words of one's own, recoveries of low answers

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "5ca1e5a7d0e5"
down_revision = "ca11e4ded042"
branch_labels = None
depends_on = None

SCALES = ("CSAT", "NPS", "CES")
WAYS = ("EMAIL", "TEXT", "PHONE", "PORTAL")
OUTCOMES = ("SOLVED", "COMPENSATED", "EXPLAINED", "UNRESOLVED", "NOT_REACHED")
BLAMES = ("AGENT", "PRODUCT", "PROCESS", "NONE")
PASSED_OVER = ("TAG", "NO_PERSON", "RATED", "CONSENT", "LATELY", "SAMPLE", "ADDRESS")
SETTINGS = ("nps_low", "ces_low", "recovery_minutes", "recovery_calendar_id", "ces_channels", "nps_channels", "nps_days",
            "sampling")  # fmt: skip


def upgrade() -> None:
    _survey()
    _question()
    _recovery()
    _notice()
    _settings()
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")  # they hold nobody up, and must not be given up half way
        for constraint in ("team_id", "product_id", "after_recovery_of"):
            op.execute(f"ALTER TABLE survey VALIDATE CONSTRAINT fk_survey_{constraint}")
        op.execute("ALTER TABLE survey VALIDATE CONSTRAINT ck_survey_score")
        op.create_index(
            "uq_survey_after_recovery_of", "survey", ["after_recovery_of"], unique=True, if_not_exists=True,
            postgresql_where=sa.text("after_recovery_of IS NOT NULL"), postgresql_concurrently=True,
        )  # fmt: skip


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("uq_survey_after_recovery_of", table_name="survey", postgresql_concurrently=True, if_exists=True)
    for column in SETTINGS:
        op.drop_column("survey_settings", column)
    for table in ("recovery_notice", "recovery", "survey_question"):
        op.drop_table(table)
    op.execute("DELETE FROM survey WHERE scale <> 'CSAT' OR after_recovery_of IS NOT NULL")
    op.drop_constraint(op.f("ck_survey_score"), "survey")
    op.create_check_constraint(op.f("ck_survey_score"), "survey", "score BETWEEN 1 AND 5")
    for column in ("after_recovery_of", "passed_over", "scale", "product_id", "team_id"):
        op.drop_column("survey", column)


def _survey() -> None:
    op.add_column("survey", sa.Column("team_id", sa.BigInteger(), nullable=True))
    op.add_column("survey", sa.Column("product_id", sa.BigInteger(), nullable=True))
    op.add_column("survey", sa.Column("after_recovery_of", sa.BigInteger(), nullable=True))
    op.add_column("survey", sa.Column("scale", _word(SCALES, "scale"), server_default="CSAT", nullable=False))
    op.add_column("survey", sa.Column("passed_over", _word(PASSED_OVER, "passedover"), nullable=True))
    for column, there, then in (
        ("team_id", "team", "SET NULL"), ("product_id", "product", "SET NULL"), ("after_recovery_of", "survey", "CASCADE")
    ):  # fmt: skip
        op.execute(
            f"ALTER TABLE survey ADD CONSTRAINT fk_survey_{column} FOREIGN KEY ({column}) REFERENCES {there} (id) "
            f"ON DELETE {then} NOT VALID"
        )
    op.drop_constraint(op.f("ck_survey_score"), "survey")
    op.execute(
        "ALTER TABLE survey ADD CONSTRAINT ck_survey_score CHECK (score BETWEEN CASE scale WHEN 'NPS' THEN 0 ELSE 1 END"
        " AND CASE scale WHEN 'CSAT' THEN 5 WHEN 'NPS' THEN 10 ELSE 7 END) NOT VALID"
    )


def _question() -> None:
    op.create_table(
        "survey_question",
        sa.Column("scale", _word(SCALES, "scale"), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("asked_by", _word(WAYS, "askedby"), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.BigInteger(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["agent.id"], name=op.f("fk_survey_question_changed_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("scale", "language", "asked_by", name=op.f("pk_survey_question")),
    )


def _recovery() -> None:
    op.create_table(
        "recovery",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("survey_id", sa.BigInteger(), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=True),
        sa.Column("tier", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("calendar_id", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", _word(("OPEN", "DONE"), "recoverystate"), server_default="OPEN", nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("warned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", _word(OUTCOMES, "outcome"), nullable=True),
        sa.Column("blame", _word(BLAMES, "blame"), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("done_by", sa.BigInteger(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_again_survey_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(state = 'DONE') = (done_at IS NOT NULL)", name=op.f("ck_recovery_done_at")),
        sa.CheckConstraint(
            "(state = 'DONE') = (outcome IS NOT NULL AND blame IS NOT NULL)", name=op.f("ck_recovery_said")
        ),
        _key("recovery", "survey_id", "survey", "CASCADE"),
        _key("recovery", "task_id", "task", "SET NULL"),
        _key("recovery", "calendar_id", "calendar", "SET NULL"),
        _key("recovery", "owner_id", "agent", "SET NULL"),
        _key("recovery", "done_by", "agent", "SET NULL"),
        _key("recovery", "asked_again_survey_id", "survey", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery")),
        sa.UniqueConstraint("survey_id", name=op.f("uq_recovery_survey_id")),
    )
    is_open = sa.text("state = 'OPEN'")
    op.create_index("ix_recovery_due", "recovery", ["due_at", "id"], postgresql_where=is_open)
    op.create_index("ix_recovery_opened", "recovery", [sa.text("opened_at DESC"), sa.text("id DESC")])
    op.create_index("ix_recovery_owner", "recovery", ["owner_id"], postgresql_where=is_open)
    op.create_index(op.f("ix_recovery_task_id"), "recovery", ["task_id"])
    op.create_index(op.f("ix_recovery_asked_again_survey_id"), "recovery", ["asked_again_survey_id"])
    op.execute(  # what was to be followed up stays on the list
        """INSERT INTO recovery (survey_id, task_id, tier, opened_at, minutes, due_at, owner_id)
           SELECT s.id, t.id, s.tier, s.answered_at, (extract(epoch FROM t.due_at - s.answered_at) / 60)::bigint,
                  t.due_at, t.owner_id
           FROM survey s JOIN task t ON t.id = s.task_id
           WHERE t.state = 'OPEN' AND t.due_at IS NOT NULL AND s.answered_at IS NOT NULL"""
    )


def _notice() -> None:
    op.create_table(
        "recovery_notice",
        sa.Column("recovery_id", sa.BigInteger(), nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        _key("recovery_notice", "recovery_id", "recovery", "CASCADE"),
        _key("recovery_notice", "agent_id", "agent", "CASCADE"),
        sa.PrimaryKeyConstraint("recovery_id", "agent_id", name=op.f("pk_recovery_notice")),
    )
    unseen = sa.text("seen_at IS NULL")
    op.create_index("ix_recovery_notice_unseen", "recovery_notice", ["agent_id"], postgresql_where=unseen)


def _settings() -> None:
    terms = sa.text("""'{"A": 60, "B": 240, "C": 960, "D": 1920}'""")
    for column in (
        sa.Column("nps_low", sa.BigInteger(), server_default=sa.text("6"), nullable=False),
        sa.Column("ces_low", sa.BigInteger(), server_default=sa.text("3"), nullable=False),
        sa.Column("recovery_minutes", postgresql.JSONB(), server_default=terms, nullable=False),
        sa.Column("recovery_calendar_id", sa.BigInteger(), nullable=True),
        sa.Column("ces_channels", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("nps_channels", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("nps_days", sa.BigInteger(), server_default=sa.text("180"), nullable=False),
        sa.Column("sampling", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
    ):
        op.add_column("survey_settings", column)
    op.create_foreign_key(
        op.f("fk_survey_settings_recovery_calendar_id"), "survey_settings", "calendar", ["recovery_calendar_id"], ["id"],
        ondelete="RESTRICT",
    )  # fmt: skip
    for name, holds in (
        ("nps_low", "nps_low BETWEEN 0 AND 8"), ("ces_low", "ces_low BETWEEN 1 AND 4"),
        ("nps_days", "nps_days BETWEEN 1 AND 3650"),
    ):  # fmt: skip
        op.create_check_constraint(op.f(f"ck_survey_settings_{name}"), "survey_settings", holds)


def _word(words: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=24)


def _key(table: str, column: str, there: str, then: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{there}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=then)
