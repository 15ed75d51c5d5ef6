"""telephone numbers, texts, and who wants none

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

import sqlalchemy as sa
from alembic import op

revision = "d10f3a6c7b52"
down_revision = "c52b9d04e6f1"
branch_labels = None
depends_on = None

PURPOSES = ("REPLY", "ACKNOWLEDGEMENT", "STATUS_LINK", "ACCOUNT", "ALARM", "SURVEY", "VISIT", "DELAY")
KINDS = ("LOOKUP", "ORDER", "STATEMENT")
ASKED_BY = ("EMAIL", "PORTAL")
WORDS = {
    "stop": "stop stopall unsubscribe cancel end quit revoke optout stopp abmelden 退订 取消订阅 td t",
    "start": "start unstop anmelden 订阅 恢复",
    "help": "help info hilfe 帮助",
    "order": "order bestellung auftrag 订单 查订单",
    "status": "status ticket 状态 进度",
}


def upgrade() -> None:
    _numbers()
    _stops()
    _settings()
    _media()
    _columns()
    _check("outgoing", "purpose", "ck_outgoing_purpose", (*PURPOSES, "ANSWER"))
    _check("deflection", "kind", "ck_deflection_deflectionkind", (*KINDS, "TEXT_ORDER", "TEXT_STATUS"))
    _check("survey", "asked_by", "ck_survey_askedby", (*ASKED_BY, "TEXT"))
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")  # they hold nobody up, and must not be given up half way
        op.create_index(
            "ix_outgoing_provider_ref", "outgoing", ["provider_ref"], if_not_exists=True, unique=True,
            postgresql_where=sa.text("provider_ref IS NOT NULL"), postgresql_concurrently=True,
        )  # fmt: skip
        op.create_index(
            "ix_outgoing_unsure", "outgoing", ["unsure_since"], if_not_exists=True,
            postgresql_where=sa.text("unsure_since IS NOT NULL"), postgresql_concurrently=True,
        )  # fmt: skip


def downgrade() -> None:
    with op.get_context().autocommit_block():
        for name in ("ix_outgoing_unsure", "ix_outgoing_provider_ref"):
            op.drop_index(name, table_name="outgoing", postgresql_concurrently=True, if_exists=True)
    op.execute("DELETE FROM outgoing WHERE purpose = 'ANSWER'")
    op.execute("DELETE FROM deflection WHERE kind IN ('TEXT_ORDER', 'TEXT_STATUS')")
    op.execute("DELETE FROM survey WHERE asked_by = 'TEXT'")
    _check("outgoing", "purpose", "ck_outgoing_purpose", PURPOSES)
    _check("deflection", "kind", "ck_deflection_deflectionkind", KINDS)
    _check("survey", "asked_by", "ck_survey_askedby", ASKED_BY)
    op.drop_column("ticket", "number_id")
    for column in ("provider_ref", "rank", "segments", "unsure_since"):
        op.drop_column("outgoing", column)
    for table in ("text_media", "text_settings", "text_stop", "phone_number"):
        op.drop_table(table)


def _numbers() -> None:
    op.create_table(
        "phone_number",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("language", sa.Text(), server_default="en", nullable=False),
        sa.Column("queue_id", sa.BigInteger(), nullable=False),
        sa.Column("takes_calls", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("takes_texts", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("acknowledges", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("address ~ '^\\+[1-9][0-9]{4,14}$'", name=op.f("ck_phone_number_normal_form")),
        sa.ForeignKeyConstraint(["queue_id"], ["queue.id"], name=op.f("fk_phone_number_queue_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_number")),
        sa.UniqueConstraint("address", name=op.f("uq_phone_number_address")),
    )


def _stops() -> None:
    op.create_table(
        "text_stop",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("is_stopped", sa.Boolean(), nullable=False),
        sa.Column("said_to", sa.String(24), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("said_to IN ('CUSTOMER', 'CARRIER')", name=op.f("ck_text_stop_said")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_stop")),
    )
    op.create_index(op.f("ix_text_stop_address_id"), "text_stop", ["address", "id"])


def _settings() -> None:
    words = [sa.Column(f"{word}_words", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False)
             for word in WORDS]  # fmt: skip
    op.create_table(
        "text_settings",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("price", sa.Numeric(10, 4), server_default=sa.text("0.08"), nullable=False),
        sa.Column("currency", sa.Text(), server_default="EUR", nullable=False),
        sa.Column("is_quiet", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("quiet_from", sa.Time(), server_default="21:00", nullable=False),
        sa.Column("quiet_until", sa.Time(), server_default="08:00", nullable=False),
        *words,
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_text_settings_one_row")),
        sa.CheckConstraint("price >= 0", name=op.f("ck_text_settings_price")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_settings")),
    )
    listed = ", ".join(f"string_to_array('{words}', ' ')" for words in WORDS.values())
    columns = ", ".join(f"{word}_words" for word in WORDS)
    op.execute(f"INSERT INTO text_settings (id, {columns}) VALUES (1, {listed})")


def _media() -> None:
    op.create_table(
        "text_media",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("raw_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("state", sa.String(24), server_default="WAITING", nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_removed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("state IN ('WAITING', 'STORED', 'REFUSED')", name=op.f("ck_text_media_mediastate")),
        sa.ForeignKeyConstraint(["raw_id"], ["raw_message.id"], name=op.f("fk_text_media_raw_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_media")),
        sa.UniqueConstraint("raw_id", "position", name=op.f("uq_text_media_raw_id_position")),
    )
    op.create_index("ix_text_media_due", "text_media", ["due_at"], postgresql_where=sa.text("state = 'WAITING'"))


def _columns() -> None:
    op.add_column("ticket", sa.Column("number_id", sa.BigInteger(), nullable=True))
    op.execute(
        "ALTER TABLE ticket ADD CONSTRAINT fk_ticket_number_id FOREIGN KEY (number_id) REFERENCES phone_number (id) "
        "ON DELETE SET NULL NOT VALID"
    )
    op.execute("ALTER TABLE ticket VALIDATE CONSTRAINT fk_ticket_number_id")
    op.add_column("outgoing", sa.Column("provider_ref", sa.Text(), nullable=True))
    op.add_column("outgoing", sa.Column("rank", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    op.add_column("outgoing", sa.Column("segments", sa.BigInteger(), nullable=True))
    op.add_column("outgoing", sa.Column("unsure_since", sa.DateTime(timezone=True), nullable=True))


def _check(table: str, column: str, name: str, words: tuple[str, ...]) -> None:
    """Checked for new rows at once, for the old ones without holding anybody up."""
    op.drop_constraint(op.f(name), table)
    listed = ", ".join(f"'{word}'" for word in words)
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({column} IN ({listed})) NOT VALID")
    op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")
