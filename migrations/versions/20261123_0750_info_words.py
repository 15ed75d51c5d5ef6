"""info words

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables.
"""

import sqlalchemy as sa
from alembic import op

revision = "1f0b70bd5750"
down_revision = "b1f1e1d50003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    empty = sa.text("'{}'")
    op.add_column("text_settings", sa.Column("info_words", sa.ARRAY(sa.Text()), server_default=empty, nullable=False))
    # A word that somebody has given another meaning keeps it; one that asks for help may have a question behind it.
    op.execute("""
        UPDATE text_settings SET info_words = ARRAY(
            SELECT word FROM unnest(ARRAY['info', 'faq', '咨询', '知识库']) WITH ORDINALITY AS w (word, place)
            WHERE word <> ALL (stop_words || start_words || order_words || status_words) ORDER BY place)
    """)


def downgrade() -> None:
    op.drop_column("text_settings", "info_words")
