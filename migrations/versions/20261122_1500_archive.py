"""products, orders and the money around them; assets, contracts and entitlements; the rest of a customer's file

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "e7b174ae3f86"
down_revision = "f1b6d3a92e08"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "custom_field",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("label_zh", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "TEXT",
                "NUMBER",
                "DATE",
                "YES_NO",
                "CHOICE",
                name="fieldkind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("choices", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column(
            "customer_kind",
            sa.Enum("PERSON", "COMPANY", name="customerkind", native_enum=False, create_constraint=True, length=24),
            nullable=True,
        ),
        sa.Column("is_searched", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("position", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custom_field")),
        sa.UniqueConstraint("key", name=op.f("uq_custom_field_key")),
    )
    op.create_table(
        "entitlement_policy",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("tiers", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("needs", sa.Text(), nullable=False),
        sa.Column("fee", sa.Numeric(precision=16, scale=2), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("sentence", sa.Text(), server_default="", nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("position", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("needs IN ('PAID', 'DEPOSIT')", name=op.f("ck_entitlement_policy_needs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entitlement_policy")),
    )
    op.create_table(
        "product",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), server_default="", nullable=False),
        sa.Column("line", sa.Text(), server_default="", nullable=False),
        sa.Column("specification", sa.Text(), server_default="", nullable=False),
        sa.Column("defects", sa.Text(), server_default="", nullable=False),
        sa.Column("unit_cost", sa.Numeric(precision=16, scale=2), nullable=True),
        sa.Column("cost_currency", sa.Text(), nullable=True),
        sa.Column("warranty_months", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(unit_cost IS NULL) = (cost_currency IS NULL)", name=op.f("ck_product_cost_currency")),
        sa.CheckConstraint("unit_cost >= 0", name=op.f("ck_product_unit_cost")),
        sa.CheckConstraint("warranty_months BETWEEN 0 AND 1200", name=op.f("ck_product_warranty_months")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
        sa.UniqueConstraint("external_id", name=op.f("uq_product_external_id")),
    )
    op.create_index(op.f("ix_product_line_id"), "product", ["line", "id"], unique=False)
    op.create_index("ix_product_model", "product", [sa.literal_column("lower(model)"), "id"], unique=False)
    op.create_index("ix_product_name", "product", [sa.literal_column("lower(name)"), "id"], unique=False)
    op.create_table(
        "price",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("list_name", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_price_amount")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_price_product_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price")),
        sa.UniqueConstraint(
            "product_id",
            "list_name",
            "currency",
            "valid_from",
            name=op.f("uq_price_product_id_list_name_currency_valid_from"),
        ),
    )
    op.create_table(
        "stock",
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=14, scale=3), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_stock_quantity")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_stock_product_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("product_id", "location", name=op.f("pk_stock")),
    )
    op.create_table(
        "consent",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("is_granted", sa.Boolean(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "MESSAGE",
                "FORM",
                "AGENT",
                "IMPORT",
                name="pointsource",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("agent_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_consent_agent_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_consent_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index(
        op.f("ix_consent_customer_id_channel_purpose_id"),
        "consent",
        ["customer_id", "channel", "purpose", "id"],
        unique=False,
    )
    op.create_table(
        "customer_document",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("about", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agent.id"], name=op.f("fk_customer_document_agent_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_customer_document_customer_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["file.id"], name=op.f("fk_customer_document_file_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_document")),
    )
    op.create_index(
        op.f("ix_customer_document_customer_id_id"), "customer_document", ["customer_id", "id"], unique=False
    )
    op.create_index(op.f("ix_customer_document_file_id"), "customer_document", ["file_id"], unique=False)
    op.create_table(
        "order",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "PLACED",
                "CONFIRMED",
                "SHIPPED",
                "DELIVERED",
                "CANCELLED",
                name="orderstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            server_default="PLACED",
            nullable=False,
        ),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("total", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("delivery", sa.Numeric(precision=16, scale=2), server_default=sa.text("0"), nullable=False),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("char_length(currency) = 3", name=op.f("ck_order_currency")),
        sa.CheckConstraint("total >= 0 AND delivery >= 0", name=op.f("ck_order_amounts")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_order_customer_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order")),
        sa.UniqueConstraint("external_id", name=op.f("uq_order_external_id")),
    )
    op.create_index(
        "ix_order_customer",
        "order",
        ["customer_id", sa.literal_column("placed_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index("ix_order_placed", "order", ["placed_at"], unique=False)
    op.create_index(op.f("ix_order_state_placed_at"), "order", ["state", "placed_at"], unique=False)
    op.create_table(
        "service_contract",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("hours", sa.Text(), server_default="working", nullable=False),
        sa.Column("response_minutes", sa.BigInteger(), nullable=True),
        sa.Column("resolution_minutes", sa.BigInteger(), nullable=True),
        sa.Column("visits_included", sa.BigInteger(), nullable=True),
        sa.Column("visits_used", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("kinds", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("fee", sa.Numeric(precision=16, scale=2), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("cancelled_on", sa.Date(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("hours IN ('24x7', 'working')", name=op.f("ck_service_contract_hours")),
        sa.CheckConstraint("response_minutes > 0 AND resolution_minutes > 0", name=op.f("ck_service_contract_minutes")),
        sa.CheckConstraint("valid_until >= valid_from", name=op.f("ck_service_contract_validity")),
        sa.CheckConstraint(
            "visits_used >= 0 AND (visits_included IS NULL OR visits_used <= visits_included)",
            name=op.f("ck_service_contract_visits"),
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_service_contract_customer_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_contract")),
        sa.UniqueConstraint("external_id", name=op.f("uq_service_contract_external_id")),
    )
    op.create_index(
        "ix_service_contract_customer",
        "service_contract",
        ["customer_id", sa.literal_column("valid_until DESC")],
        unique=False,
    )
    op.create_index(op.f("ix_service_contract_valid_until"), "service_contract", ["valid_until"], unique=False)
    op.create_table(
        "asset",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=True),
        sa.Column("order_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), server_default="", nullable=False),
        sa.Column("serial", sa.Text(), nullable=True),
        sa.Column("bought_on", sa.Date(), nullable=True),
        sa.Column("warranty_until", sa.Date(), nullable=True),
        sa.Column("installed_on", sa.Date(), nullable=True),
        sa.Column("place", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "IMPORT", "AGENT", "CUSTOMER", name="assetsource", native_enum=False, create_constraint=True, length=24
            ),
            server_default="IMPORT",
            nullable=False,
        ),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_on", sa.Date(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_asset_customer_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name=op.f("fk_asset_order_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_asset_product_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset")),
        sa.UniqueConstraint("external_id", name=op.f("uq_asset_external_id")),
    )
    op.create_index("ix_asset_customer", "asset", ["customer_id", sa.literal_column("id DESC")], unique=False)
    op.create_index(
        op.f("ix_asset_serial"), "asset", ["serial"], unique=False, postgresql_where=sa.text("serial IS NOT NULL")
    )
    op.create_index(op.f("ix_asset_warranty_until"), "asset", ["warranty_until"], unique=False)
    op.create_index(
        "uq_asset_serial",
        "asset",
        ["product_id", "serial"],
        unique=True,
        postgresql_where=sa.text("serial IS NOT NULL"),
    )
    op.create_table(
        "invoice",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum("GOODS", "SERVICE", name="invoicekind", native_enum=False, create_constraint=True, length=24),
            server_default="GOODS",
            nullable=False,
        ),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("paid", sa.Numeric(precision=16, scale=2), server_default=sa.text("0"), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount >= 0 AND paid >= 0", name=op.f("ck_invoice_amounts")),
        sa.CheckConstraint("char_length(currency) = 3", name=op.f("ck_invoice_currency")),
        sa.CheckConstraint("due_on >= issued_on", name=op.f("ck_invoice_due_on")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_invoice_customer_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name=op.f("fk_invoice_order_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice")),
        sa.UniqueConstraint("external_id", name=op.f("uq_invoice_external_id")),
    )
    op.create_index(
        "ix_invoice_customer",
        "invoice",
        ["customer_id", sa.literal_column("issued_on DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_invoice_open",
        "invoice",
        ["customer_id", "due_on"],
        unique=False,
        postgresql_where=sa.text("paid < amount AND cancelled_at IS NULL"),
    )
    op.create_index(op.f("ix_invoice_order_id"), "invoice", ["order_id"], unique=False)
    op.create_table(
        "order_line",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=14, scale=3), nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("discount", sa.Numeric(precision=16, scale=2), server_default=sa.text("0"), nullable=False),
        sa.Column("amount", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("unit_cost", sa.Numeric(precision=16, scale=2), nullable=True),
        sa.CheckConstraint(
            "quantity > 0 AND unit_price >= 0 AND discount >= 0 AND amount >= 0", name=op.f("ck_order_line_amounts")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name=op.f("fk_order_line_order_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_order_line_product_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_line")),
        sa.UniqueConstraint("order_id", "position", name=op.f("uq_order_line_order_id_position")),
    )
    op.create_index(op.f("ix_order_line_product_id"), "order_line", ["product_id"], unique=False)
    op.create_table(
        "settlement",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=True),
        sa.Column("product_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "RETURN",
                "COMPENSATION",
                "DISCOUNT",
                name="settlementkind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_settlement_amount")),
        sa.CheckConstraint("char_length(currency) = 3", name=op.f("ck_settlement_currency")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_settlement_customer_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name=op.f("fk_settlement_order_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_settlement_product_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement")),
        sa.UniqueConstraint("external_id", name=op.f("uq_settlement_external_id")),
    )
    op.create_index("ix_settlement_at", "settlement", ["at"], unique=False)
    op.create_index(
        "ix_settlement_customer",
        "settlement",
        ["customer_id", sa.literal_column("at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(op.f("ix_settlement_order_id"), "settlement", ["order_id"], unique=False)
    op.create_table(
        "shipment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("carrier", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "PREPARING",
                "IN_TRANSIT",
                "OUT_FOR_DELIVERY",
                "DELIVERED",
                "FAILED",
                "RETURNED",
                name="shipmentstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            server_default="PREPARING",
            nullable=False,
        ),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name=op.f("fk_shipment_order_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment")),
        sa.UniqueConstraint("external_id", name=op.f("uq_shipment_external_id")),
    )
    op.create_index(op.f("ix_shipment_order_id"), "shipment", ["order_id"], unique=False)
    op.create_table(
        "contract_asset",
        sa.Column("contract_id", sa.BigInteger(), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["asset.id"], name=op.f("fk_contract_asset_asset_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["service_contract.id"], name=op.f("fk_contract_asset_contract_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("contract_id", "asset_id", name=op.f("pk_contract_asset")),
    )
    op.create_index(op.f("ix_contract_asset_asset_id"), "contract_asset", ["asset_id"], unique=False)
    op.create_table(
        "entitlement_check",
        sa.Column("ticket_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("asset_id", sa.BigInteger(), nullable=True),
        sa.Column("contract_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "cover",
            sa.Enum("WARRANTY", "CONTRACT", "NONE", name="cover", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("respond_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolve_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("policy_id", sa.BigInteger(), nullable=True),
        sa.Column("needs", sa.Text(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.BigInteger(), nullable=True),
        sa.Column("settled_how", sa.Text(), nullable=True),
        sa.Column("waiver_reason", sa.Text(), nullable=True),
        sa.Column("why", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "settled_how <> 'WAIVED' OR waiver_reason <> ''", name=op.f("ck_entitlement_check_waiver_has_reason")
        ),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["asset.id"], name=op.f("fk_entitlement_check_asset_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["service_contract.id"], name=op.f("fk_entitlement_check_contract_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["entitlement_policy.id"], name=op.f("fk_entitlement_check_policy_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["agent.id"], name=op.f("fk_entitlement_check_settled_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_entitlement_check_ticket_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_entitlement_check")),
    )
    op.create_index(op.f("ix_entitlement_check_asset_id"), "entitlement_check", ["asset_id"], unique=False)
    op.create_index(op.f("ix_entitlement_check_contract_id"), "entitlement_check", ["contract_id"], unique=False)
    op.create_table(
        "payment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("invoice_id", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("method", sa.Text(), server_default="", nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_amount")),
        sa.CheckConstraint("char_length(currency) = 3", name=op.f("ck_payment_currency")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_payment_customer_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_payment_invoice_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("external_id", name=op.f("uq_payment_external_id")),
    )
    op.create_index(
        "ix_payment_customer",
        "payment",
        ["customer_id", sa.literal_column("received_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(op.f("ix_payment_invoice_id"), "payment", ["invoice_id"], unique=False)
    op.create_index("ix_payment_received", "payment", ["received_at"], unique=False)
    op.create_table(
        "tracking_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("shipment_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "PREPARING",
                "IN_TRANSIT",
                "OUT_FOR_DELIVERY",
                "DELIVERED",
                "FAILED",
                "RETURNED",
                name="shipmentstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("place", sa.Text(), server_default="", nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["shipment.id"], name=op.f("fk_tracking_event_shipment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tracking_event")),
        sa.UniqueConstraint(
            "shipment_id", "at", "state", "text", name=op.f("uq_tracking_event_shipment_id_at_state_text")
        ),
    )
    op.add_column("customer", sa.Column("tier", sa.Text(), nullable=True))
    op.add_column("customer", sa.Column("tier_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("customer", sa.Column("is_rising", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column(
        "customer",
        sa.Column(
            "value_colour",
            sa.Enum("GREEN", "RED", name="valuecolour", native_enum=False, create_constraint=True, length=24),
            nullable=True,
        ),
    )
    op.add_column("customer", sa.Column("region", sa.Text(), nullable=True))
    op.add_column("customer", sa.Column("nature", sa.Text(), nullable=True))
    op.add_column("customer", sa.Column("industry", sa.Text(), nullable=True))
    op.add_column("customer", sa.Column("scale", sa.Text(), nullable=True))
    op.add_column("customer", sa.Column("business", sa.Text(), nullable=True))
    op.add_column("customer", sa.Column("bank_account", sa.Text(), nullable=True))
    op.add_column("customer", sa.Column("birthday", sa.Date(), nullable=True))
    op.add_column("customer", sa.Column("education", sa.Text(), nullable=True))
    op.add_column("customer", sa.Column("family", sa.Text(), nullable=True))
    op.add_column("customer", sa.Column("work", sa.Text(), nullable=True))
    op.add_column("customer", sa.Column("interests", sa.Text(), nullable=True))
    op.add_column("customer", sa.Column("personality", sa.Text(), nullable=True))
    op.add_column(
        "customer",
        sa.Column("custom", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    )
    op.create_index(
        "ix_customer_tier",
        "customer",
        ["tier", sa.literal_column("changed_at DESC"), sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text("tier IN ('A', 'B', 'C')"),
    )
    op.create_check_constraint(op.f("ck_customer_tier"), "customer", "tier IN ('A', 'B', 'C', 'D')")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_customer_tier"), "customer")
    op.drop_index("ix_customer_tier", table_name="customer", postgresql_where=sa.text("tier IN ('A', 'B', 'C')"))
    op.drop_column("customer", "custom")
    op.drop_column("customer", "personality")
    op.drop_column("customer", "interests")
    op.drop_column("customer", "work")
    op.drop_column("customer", "family")
    op.drop_column("customer", "education")
    op.drop_column("customer", "birthday")
    op.drop_column("customer", "bank_account")
    op.drop_column("customer", "business")
    op.drop_column("customer", "scale")
    op.drop_column("customer", "industry")
    op.drop_column("customer", "nature")
    op.drop_column("customer", "region")
    op.drop_column("customer", "value_colour")
    op.drop_column("customer", "is_rising")
    op.drop_column("customer", "tier_since")
    op.drop_column("customer", "tier")
    op.drop_table("tracking_event")
    op.drop_index("ix_payment_received", table_name="payment")
    op.drop_index(op.f("ix_payment_invoice_id"), table_name="payment")
    op.drop_index("ix_payment_customer", table_name="payment")
    op.drop_table("payment")
    op.drop_index(op.f("ix_entitlement_check_contract_id"), table_name="entitlement_check")
    op.drop_index(op.f("ix_entitlement_check_asset_id"), table_name="entitlement_check")
    op.drop_table("entitlement_check")
    op.drop_index(op.f("ix_contract_asset_asset_id"), table_name="contract_asset")
    op.drop_table("contract_asset")
    op.drop_index(op.f("ix_shipment_order_id"), table_name="shipment")
    op.drop_table("shipment")
    op.drop_index(op.f("ix_settlement_order_id"), table_name="settlement")
    op.drop_index("ix_settlement_customer", table_name="settlement")
    op.drop_index("ix_settlement_at", table_name="settlement")
    op.drop_table("settlement")
    op.drop_index(op.f("ix_order_line_product_id"), table_name="order_line")
    op.drop_table("order_line")
    op.drop_index(op.f("ix_invoice_order_id"), table_name="invoice")
    op.drop_index(
        "ix_invoice_open", table_name="invoice", postgresql_where=sa.text("paid < amount AND cancelled_at IS NULL")
    )
    op.drop_index("ix_invoice_customer", table_name="invoice")
    op.drop_table("invoice")
    op.drop_index("uq_asset_serial", table_name="asset", postgresql_where=sa.text("serial IS NOT NULL"))
    op.drop_index(op.f("ix_asset_warranty_until"), table_name="asset")
    op.drop_index(op.f("ix_asset_serial"), table_name="asset", postgresql_where=sa.text("serial IS NOT NULL"))
    op.drop_index("ix_asset_customer", table_name="asset")
    op.drop_table("asset")
    op.drop_index(op.f("ix_service_contract_valid_until"), table_name="service_contract")
    op.drop_index("ix_service_contract_customer", table_name="service_contract")
    op.drop_table("service_contract")
    op.drop_index(op.f("ix_order_state_placed_at"), table_name="order")
    op.drop_index("ix_order_placed", table_name="order")
    op.drop_index("ix_order_customer", table_name="order")
    op.drop_table("order")
    op.drop_index(op.f("ix_customer_document_file_id"), table_name="customer_document")
    op.drop_index(op.f("ix_customer_document_customer_id_id"), table_name="customer_document")
    op.drop_table("customer_document")
    op.drop_index(op.f("ix_consent_customer_id_channel_purpose_id"), table_name="consent")
    op.drop_table("consent")
    op.drop_table("stock")
    op.drop_table("price")
    op.drop_index("ix_product_name", table_name="product")
    op.drop_index("ix_product_model", table_name="product")
    op.drop_index(op.f("ix_product_line_id"), table_name="product")
    op.drop_table("product")
    op.drop_table("entitlement_policy")
    op.drop_table("custom_field")
