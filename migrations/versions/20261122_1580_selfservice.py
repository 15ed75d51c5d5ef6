"""self-service

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

import sqlalchemy as sa
from alembic import op

revision = "40eb85264f13"
down_revision = "e10d3e3c3604"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_zh", sa.Text(), server_default="", nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("text_zh", sa.Text(), server_default="", nullable=False),
        sa.Column("is_promotion", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("tiers", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("position", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_notice_days")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_table(
        "portal_try",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("who", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_try")),
    )
    op.create_index(op.f("ix_portal_try_at"), "portal_try", ["at"], unique=False)
    op.create_index(op.f("ix_portal_try_what_who_at"), "portal_try", ["what", "who", "at"], unique=False)
    op.create_table(
        "sign_in_code",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("browser_hash", sa.LargeBinary(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=True),
        sa.Column("tries", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_code")),
        sa.UniqueConstraint("browser_hash", name=op.f("uq_sign_in_code_browser_hash")),
    )
    op.create_index(op.f("ix_sign_in_code_at"), "sign_in_code", ["at"], unique=False)
    op.create_index(op.f("ix_sign_in_code_email"), "sign_in_code", ["email"], unique=False)
    op.create_index(
        "ix_sign_in_code_unwritten",
        "sign_in_code",
        ["id"],
        unique=False,
        postgresql_where=sa.text("written_at IS NULL"),
    )
    op.create_table(
        "visit_closure",
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("on", name=op.f("pk_visit_closure")),
    )
    op.create_table(
        "visit_window",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("region", sa.Text(), server_default="", nullable=False),
        sa.Column("weekday", sa.BigInteger(), nullable=False),
        sa.Column("begins", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("capacity", sa.BigInteger(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.CheckConstraint("capacity BETWEEN 1 AND 1000", name=op.f("ck_visit_window_capacity")),
        sa.CheckConstraint("ends > begins", name=op.f("ck_visit_window_hours")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_visit_window_weekday")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_window")),
    )
    op.create_index(
        op.f("ix_visit_window_region_weekday_begins"),
        "visit_window",
        ["region", "weekday", "begins"],
        unique=True,
        postgresql_where=sa.text("is_active"),
    )
    op.create_table(
        "portal_look",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("name_zh", sa.Text(), server_default="", nullable=False),
        sa.Column("colour", sa.Text(), server_default="", nullable=False),
        sa.Column("logo_id", sa.BigInteger(), nullable=True),
        sa.Column("logo_type", sa.Text(), server_default="", nullable=False),
        sa.Column("phone", sa.Text(), server_default="", nullable=False),
        sa.Column("hours", sa.Text(), server_default="", nullable=False),
        sa.Column("hours_zh", sa.Text(), server_default="", nullable=False),
        sa.Column("company_roles", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("visit_notice_hours", sa.BigInteger(), server_default=sa.text("24"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_portal_look_one_row")),
        sa.CheckConstraint("visit_notice_hours BETWEEN 0 AND 336", name=op.f("ck_portal_look_visit_notice_hours")),
        sa.ForeignKeyConstraint(["logo_id"], ["file.id"], name=op.f("fk_portal_look_logo_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_look")),
    )
    op.create_index(op.f("ix_portal_look_logo_id"), "portal_look", ["logo_id"], unique=False)
    op.create_table(
        "visit_day",
        sa.Column("window_id", sa.BigInteger(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("booked", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("booked >= 0", name=op.f("ck_visit_day_booked")),
        sa.ForeignKeyConstraint(
            ["window_id"], ["visit_window.id"], name=op.f("fk_visit_day_window_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("window_id", "on", name=op.f("pk_visit_day")),
    )
    op.create_table(
        "deflection",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "LOOKUP",
                "ORDER",
                "STATEMENT",
                name="deflectionkind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "OPEN",
                "CONFIRMED",
                "REFUTED",
                name="deflectionstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            server_default="OPEN",
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_deflection_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deflection")),
    )
    op.create_index(op.f("ix_deflection_at"), "deflection", ["at"], unique=False)
    op.create_index(op.f("ix_deflection_customer_id"), "deflection", ["customer_id"], unique=False)
    op.create_index(
        "ix_deflection_open", "deflection", ["at"], unique=False, postgresql_where=sa.text("state = 'OPEN'")
    )
    op.create_index(
        "uq_deflection_open",
        "deflection",
        ["customer_id", "kind", "subject"],
        unique=True,
        postgresql_where=sa.text("state = 'OPEN'"),
    )
    op.create_table(
        "portal_sign_in",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("network", sa.Text(), nullable=True),
        sa.Column("browser", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_portal_sign_in_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_sign_in")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_portal_sign_in_key_hash")),
    )
    op.create_index(op.f("ix_portal_sign_in_customer_id_at"), "portal_sign_in", ["customer_id", "at"], unique=False)
    op.create_table(
        "visit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("window_id", sa.BigInteger(), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=True),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum("BOOKED", "CANCELLED", name="visitstate", native_enum=False, create_constraint=True, length=24),
            server_default="BOOKED",
            nullable=False,
        ),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_visit_customer_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_visit_task_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_visit_ticket_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["window_id"], ["visit_window.id"], name=op.f("fk_visit_window_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
    )
    op.create_index(op.f("ix_visit_customer_id"), "visit", ["customer_id"], unique=False)
    op.create_index(op.f("ix_visit_task_id"), "visit", ["task_id"], unique=False)
    op.create_index(op.f("ix_visit_window_id"), "visit", ["window_id"], unique=False)
    op.create_index(
        "uq_visit_ticket", "visit", ["ticket_id"], unique=True, postgresql_where=sa.text("state = 'BOOKED'")
    )


def downgrade() -> None:
    op.drop_index("uq_visit_ticket", table_name="visit", postgresql_where=sa.text("state = 'BOOKED'"))
    op.drop_index(op.f("ix_visit_window_id"), table_name="visit")
    op.drop_index(op.f("ix_visit_task_id"), table_name="visit")
    op.drop_index(op.f("ix_visit_customer_id"), table_name="visit")
    op.drop_table("visit")
    op.drop_index(op.f("ix_portal_sign_in_customer_id_at"), table_name="portal_sign_in")
    op.drop_table("portal_sign_in")
    op.drop_index("uq_deflection_open", table_name="deflection", postgresql_where=sa.text("state = 'OPEN'"))
    op.drop_index("ix_deflection_open", table_name="deflection", postgresql_where=sa.text("state = 'OPEN'"))
    op.drop_index(op.f("ix_deflection_customer_id"), table_name="deflection")
    op.drop_index(op.f("ix_deflection_at"), table_name="deflection")
    op.drop_table("deflection")
    op.drop_table("visit_day")
    op.drop_index(op.f("ix_portal_look_logo_id"), table_name="portal_look")
    op.drop_table("portal_look")
    op.drop_index(
        op.f("ix_visit_window_region_weekday_begins"), table_name="visit_window", postgresql_where=sa.text("is_active")
    )
    op.drop_table("visit_window")
    op.drop_table("visit_closure")
    op.drop_index(
        "ix_sign_in_code_unwritten", table_name="sign_in_code", postgresql_where=sa.text("written_at IS NULL")
    )
    op.drop_index(op.f("ix_sign_in_code_email"), table_name="sign_in_code")
    op.drop_index(op.f("ix_sign_in_code_at"), table_name="sign_in_code")
    op.drop_table("sign_in_code")
    op.drop_index(op.f("ix_portal_try_what_who_at"), table_name="portal_try")
    op.drop_index(op.f("ix_portal_try_at"), table_name="portal_try")
    op.drop_table("portal_try")
    op.drop_table("notice")
