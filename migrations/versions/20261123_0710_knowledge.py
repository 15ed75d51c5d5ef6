"""knowledge

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "6b0071ed9e01"
down_revision = "3a11b0a7d001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")  # who owns the database may, without being its superuser
    _articles()
    _what_articles_have()
    _traces()


def downgrade() -> None:
    for name in (
        "article_text", "vote", "use", "search", "revision", "image", "former_slug", "article", "category", "word",
        "space",
    ):  # fmt: skip
        op.drop_table(f"kb_{name}")


def _articles() -> None:
    op.create_table(
        "kb_space",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("names", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("position", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kb_space")),
        sa.UniqueConstraint("slug", name=op.f("uq_kb_space_slug")),
    )
    op.create_table(
        "kb_word",
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=True),
        sa.Column("spelt", sa.Text(), nullable=True),
        sa.Column("texts", sa.BigInteger(), nullable=False),
        sa.Column("public_texts", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("texts >= 0 AND public_texts BETWEEN 0 AND texts", name=op.f("ck_kb_word_texts")),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_kb_word")),
    )
    op.create_index(
        "ix_kb_word_beginning", "kb_word", ["word"], unique=False, postgresql_ops={"word": "text_pattern_ops"}
    )
    op.create_index(
        "ix_kb_word_spelt",
        "kb_word",
        ["spelt"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"spelt": "gin_trgm_ops"},
        postgresql_where=sa.text("texts > 0"),
    )
    op.create_index(op.f("ix_kb_word_token"), "kb_word", ["token"], unique=False)
    op.create_table(
        "kb_category",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("space_id", sa.BigInteger(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("names", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("position", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["kb_category.id"], name=op.f("fk_kb_category_parent_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["space_id"], ["kb_space.id"], name=op.f("fk_kb_category_space_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kb_category")),
        sa.UniqueConstraint("space_id", "slug", name=op.f("uq_kb_category_space_id_slug")),
    )
    op.create_index(op.f("ix_kb_category_parent_id"), "kb_category", ["parent_id"], unique=False)
    op.create_table(
        "kb_article",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("space_id", sa.BigInteger(), nullable=False),
        sa.Column("category_id", sa.BigInteger(), nullable=True),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column(
            "audience",
            sa.Enum("PUBLIC", "TIER", "AGENTS", name="audience", native_enum=False, create_constraint=True, length=24),
            server_default="PUBLIC",
            nullable=False,
        ),
        sa.Column("tiers", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("product_ids", sa.ARRAY(sa.BigInteger()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("source_language", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "DRAFT",
                "REVIEW",
                "SCHEDULED",
                "PUBLISHED",
                "EXPIRED",
                "WITHDRAWN",
                name="articlestate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            server_default="DRAFT",
            nullable=False,
        ),
        sa.Column("publish_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_by", sa.Date(), nullable=True),
        sa.Column("remark", sa.Text(), server_default="", nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("(audience = 'TIER') = (cardinality(tiers) > 0)", name=op.f("ck_kb_article_tiers")),
        sa.CheckConstraint("state <> 'PUBLISHED' OR published_at IS NOT NULL", name=op.f("ck_kb_article_published_at")),
        sa.CheckConstraint("state <> 'SCHEDULED' OR publish_at IS NOT NULL", name=op.f("ck_kb_article_publish_at")),
        sa.CheckConstraint(
            "state NOT IN ('EXPIRED', 'WITHDRAWN') OR published_at IS NULL", name=op.f("ck_kb_article_gone")
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["kb_category.id"], name=op.f("fk_kb_article_category_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["agent.id"], name=op.f("fk_kb_article_owner_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["space_id"], ["kb_space.id"], name=op.f("fk_kb_article_space_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_kb_article_ticket_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kb_article")),
        sa.UniqueConstraint("space_id", "slug", name=op.f("uq_kb_article_space_id_slug")),
    )
    op.create_index(op.f("ix_kb_article_category_id"), "kb_article", ["category_id"], unique=False)
    op.create_index(
        "ix_kb_article_changed",
        "kb_article",
        [sa.literal_column("changed_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(op.f("ix_kb_article_owner_id"), "kb_article", ["owner_id"], unique=False)
    op.create_index("ix_kb_article_products", "kb_article", ["product_ids"], unique=False, postgresql_using="gin")
    op.create_index(
        "ix_kb_article_read",
        "kb_article",
        ["space_id", "category_id", "id"],
        unique=False,
        postgresql_where=sa.text("published_at IS NOT NULL"),
    )
    op.create_index(
        "ix_kb_article_review_by",
        "kb_article",
        ["review_by"],
        unique=False,
        postgresql_where=sa.text("published_at IS NOT NULL"),
    )
    op.create_index(
        "ix_kb_article_state", "kb_article", ["state", sa.literal_column("changed_at DESC"), "id"], unique=False
    )
    op.create_index(op.f("ix_kb_article_ticket_id"), "kb_article", ["ticket_id"], unique=False)
    op.create_index(
        "ix_kb_article_to_expire",
        "kb_article",
        ["expires_at"],
        unique=False,
        postgresql_where=sa.text("published_at IS NOT NULL"),
    )
    op.create_index(
        "ix_kb_article_to_publish",
        "kb_article",
        ["publish_at"],
        unique=False,
        postgresql_where=sa.text("state = 'SCHEDULED'"),
    )


def _what_articles_have() -> None:
    op.create_table(
        "kb_former_slug",
        sa.Column("space_id", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["kb_article.id"], name=op.f("fk_kb_former_slug_article_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["space_id"], ["kb_space.id"], name=op.f("fk_kb_former_slug_space_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("space_id", "slug", name=op.f("pk_kb_former_slug")),
    )
    op.create_index(op.f("ix_kb_former_slug_article_id"), "kb_former_slug", ["article_id"], unique=False)
    op.create_table(
        "kb_image",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["kb_article.id"], name=op.f("fk_kb_image_article_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["file_id"], ["file.id"], name=op.f("fk_kb_image_file_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kb_image")),
        sa.UniqueConstraint("article_id", "file_id", name=op.f("uq_kb_image_article_id_file_id")),
        sa.UniqueConstraint("key", name=op.f("uq_kb_image_key")),
    )
    op.create_index(op.f("ix_kb_image_file_id"), "kb_image", ["file_id"], unique=False)
    op.create_table(
        "kb_revision",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), server_default="", nullable=False),
        sa.Column("html", sa.Text(), server_default="", nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("restored_from", sa.BigInteger(), nullable=True),
        sa.Column("made_from", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_kb_revision_agent_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["article_id"], ["kb_article.id"], name=op.f("fk_kb_revision_article_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["made_from"], ["kb_revision.id"], name=op.f("fk_kb_revision_made_from"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["restored_from"], ["kb_revision.id"], name=op.f("fk_kb_revision_restored_from"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kb_revision")),
        sa.UniqueConstraint("article_id", "language", "number", name=op.f("uq_kb_revision_article_id_language_number")),
    )
    op.create_index(op.f("ix_kb_revision_agent_id"), "kb_revision", ["agent_id"], unique=False)
    op.create_index(op.f("ix_kb_revision_made_from"), "kb_revision", ["made_from"], unique=False)
    op.create_index(op.f("ix_kb_revision_restored_from"), "kb_revision", ["restored_from"], unique=False)


def _traces() -> None:
    op.create_table(
        "kb_search",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column(
            "place",
            sa.Enum(
                "PORTAL",
                "DESK",
                "FORM",
                "SMS",
                "PHONE",
                name="where",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("found", sa.BigInteger(), nullable=False),
        sa.Column("chosen_article_id", sa.BigInteger(), nullable=True),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("agent_id", sa.BigInteger(), nullable=True),
        sa.Column("ticket_id", sa.BigInteger(), nullable=True),
        sa.Column("typing", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_kb_search_agent_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["chosen_article_id"], ["kb_article.id"], name=op.f("fk_kb_search_chosen_article_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_kb_search_customer_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_kb_search_ticket_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kb_search")),
        sa.UniqueConstraint("typing", name=op.f("uq_kb_search_typing")),
    )
    op.create_index(op.f("ix_kb_search_agent_id"), "kb_search", ["agent_id"], unique=False)
    op.create_index("ix_kb_search_at", "kb_search", ["at"], unique=False)
    op.create_index(op.f("ix_kb_search_chosen_article_id"), "kb_search", ["chosen_article_id"], unique=False)
    op.create_index(op.f("ix_kb_search_customer_id"), "kb_search", ["customer_id"], unique=False)
    op.create_index(op.f("ix_kb_search_ticket_id"), "kb_search", ["ticket_id"], unique=False)
    op.create_index("ix_kb_search_without", "kb_search", ["at"], unique=False, postgresql_where=sa.text("found = 0"))
    op.create_table(
        "kb_use",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "what",
            sa.Enum(
                "READ",
                "INSERTED",
                "LINKED",
                "SENT",
                "SOLVED_WITH",
                "DEFLECTED",
                name="use",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=True),
        sa.Column("interaction_id", sa.BigInteger(), nullable=True),
        sa.Column("agent_id", sa.BigInteger(), nullable=True),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "what <> 'SOLVED_WITH' OR ticket_id IS NOT NULL", name=op.f("ck_kb_use_solved_with_a_ticket")
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_kb_use_agent_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["article_id"], ["kb_article.id"], name=op.f("fk_kb_use_article_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_kb_use_customer_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["interaction_id"], ["interaction.id"], name=op.f("fk_kb_use_interaction_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_kb_use_ticket_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kb_use")),
    )
    op.create_index(op.f("ix_kb_use_agent_id"), "kb_use", ["agent_id"], unique=False)
    op.create_index("ix_kb_use_article", "kb_use", ["article_id", "what", "at"], unique=False)
    op.create_index(op.f("ix_kb_use_at"), "kb_use", ["at"], unique=False)
    op.create_index(op.f("ix_kb_use_customer_id"), "kb_use", ["customer_id"], unique=False)
    op.create_index(op.f("ix_kb_use_interaction_id"), "kb_use", ["interaction_id"], unique=False)
    op.create_index(
        "ix_kb_use_ticket", "kb_use", ["ticket_id"], unique=False, postgresql_where=sa.text("ticket_id IS NOT NULL")
    )
    op.create_index(
        "uq_kb_use_solved_with",
        "kb_use",
        ["ticket_id", "article_id"],
        unique=True,
        postgresql_where=sa.text("what = 'SOLVED_WITH'"),
    )
    op.create_table(
        "kb_vote",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("voter", sa.Text(), nullable=False),
        sa.Column("is_helpful", sa.Boolean(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "OUTDATED",
                "UNCLEAR",
                "WRONG",
                "NOT_MY_QUESTION",
                "OTHER",
                name="reason",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("comment", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("NOT is_helpful OR reason IS NULL", name=op.f("ck_kb_vote_helpful_has_no_reason")),
        sa.ForeignKeyConstraint(
            ["article_id"], ["kb_article.id"], name=op.f("fk_kb_vote_article_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kb_vote")),
        sa.UniqueConstraint("article_id", "voter", name=op.f("uq_kb_vote_article_id_voter")),
    )
    op.create_index(op.f("ix_kb_vote_at"), "kb_vote", ["at"], unique=False)
    op.create_table(
        "kb_article_text",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), server_default="", nullable=False),
        sa.Column("html", sa.Text(), server_default="", nullable=False),
        sa.Column("plain", sa.Text(), server_default="", nullable=False),
        sa.Column("head", postgresql.TSVECTOR(), server_default=sa.text("''"), nullable=False),
        sa.Column("search", postgresql.TSVECTOR(), server_default=sa.text("''"), nullable=False),
        sa.Column("revision_id", sa.BigInteger(), nullable=False),
        sa.Column("is_outdated", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["kb_article.id"], name=op.f("fk_kb_article_text_article_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["kb_revision.id"], name=op.f("fk_kb_article_text_revision_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kb_article_text")),
        sa.UniqueConstraint("article_id", "language", name=op.f("uq_kb_article_text_article_id_language")),
    )
    op.create_index("ix_kb_article_text_head", "kb_article_text", ["head"], unique=False, postgresql_using="gin")
    op.create_index(op.f("ix_kb_article_text_revision_id"), "kb_article_text", ["revision_id"], unique=False)
    op.create_index("ix_kb_article_text_search", "kb_article_text", ["search"], unique=False, postgresql_using="gin")
