"""recordings of talks by consent, in one table with what callers leave

This migration must work while the previous release is still running: add before you use, stop using before you drop,
never rename, build indexes CONCURRENTLY on large tables. (`voicemail` goes at once: no release has had it.)
"""

import sqlalchemy as sa
from alembic import op

revision = "b3d91f5e7a24"
down_revision = "c7e14a2b9f60"
branch_labels = None
depends_on = None

VERBS = ("FETCH", "SEND", "HANG_UP", "HOLD", "TAKE_BACK", "ENDS_ROOM", "REMOVE", "END_ROOM", "DIAL", "RECORD", "PAUSE",
         "RESUME")  # fmt: skip
POLICIES = ("NEVER", "ANNOUNCE", "ASK")
CONSENTS = ("NONE", "GIVEN", "REFUSED", "WITHDRAWN")
STATES = ("STARTING", "RUNNING", "PAUSED", "WAITING", "KEPT", "LOST", "DISCARDED")
BECAUSE = ("AGENT", "HOLD", "COLLEAGUE", "WAIT")
LIVE = "state IN ('STARTING', 'RUNNING', 'PAUSED')"


def upgrade() -> None:
    op.add_column("call_line", _word("records", POLICIES, "policy", "NEVER"))
    op.add_column("call", _word("records", POLICIES, "policy", "NEVER"))
    op.add_column("call", _word("consent", CONSENTS, "consent", "NONE"))
    op.add_column("call", sa.Column("consented_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("ALTER TABLE call ADD CONSTRAINT ck_call_agreed"
               " CHECK (consent <> 'GIVEN' OR consented_at IS NOT NULL) NOT VALID")  # fmt: skip
    op.execute("ALTER TABLE call VALIDATE CONSTRAINT ck_call_agreed")
    _check("call_command", "verb", "ck_call_command_verb", (*VERBS, "STOP"))
    _recording()
    _gap()
    op.execute("""
        INSERT INTO recording (call_id, of, ref, state, changed_at, attempts, due_at, seconds, is_removed, attachment_id)
        SELECT v.call_id, 'VOICEMAIL', v.ref, v.state, v.due_at, v.attempts, v.due_at, v.seconds, v.is_removed,
               (SELECT min(a.id) FROM attachment a JOIN message m ON m.id = a.message_id
                WHERE m.external_id = 'voicemail:' || c.key)
        FROM voicemail v JOIN call c ON c.id = v.call_id
    """)
    op.drop_table("voicemail")


def downgrade() -> None:
    op.create_table(
        "voicemail",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("state", sa.String(24), server_default="WAITING", nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_removed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("state IN ('WAITING', 'KEPT', 'LOST')", name=op.f("ck_voicemail_fetching")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_voicemail_call_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voicemail")),
        sa.UniqueConstraint("call_id", name=op.f("uq_voicemail_call_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_voicemail_ref")),
    )
    op.create_index("ix_voicemail_due", "voicemail", ["due_at"], postgresql_where=sa.text("state = 'WAITING'"))
    op.execute("""
        INSERT INTO voicemail (call_id, ref, seconds, state, attempts, due_at, is_removed)
        SELECT call_id, ref, seconds, state, attempts, due_at, is_removed FROM recording WHERE of = 'VOICEMAIL'
    """)
    op.drop_table("recording_gap")
    op.drop_table("recording")
    op.execute("DELETE FROM call_command WHERE verb IN ('RECORD', 'PAUSE', 'RESUME', 'STOP')")
    _check("call_command", "verb", "ck_call_command_verb", (*VERBS, "DELETE"))
    op.drop_constraint("ck_call_agreed", "call")
    for column in ("consented_at", "consent", "records"):
        op.drop_column("call", column)
    op.drop_column("call_line", "records")


def _recording() -> None:
    at = sa.DateTime(timezone=True)
    op.create_table(
        "recording",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("call_id", sa.BigInteger(), nullable=False),
        _word("of", ("VOICEMAIL", "TALK"), "of"),
        sa.Column("ref", sa.Text(), nullable=True),
        _word("state", STATES, "recordingstate"),
        _word("asked", (*VERBS, "STOP"), "asked", nullable=True),
        sa.Column("changed_at", at, nullable=False),
        sa.Column("failed", sa.Text(), server_default="", nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("due_at", at, nullable=False),
        sa.Column("paused_until", at, nullable=True),
        sa.Column("is_unwanted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("consented_at", at, nullable=True),
        sa.Column("started_at", at, nullable=True),
        sa.Column("ended_at", at, nullable=True),
        sa.Column("seconds", sa.Float(), server_default=sa.text("0"), nullable=False),
        sa.Column("attachment_id", sa.BigInteger(), nullable=True),
        sa.Column("is_removed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("of = 'VOICEMAIL' OR state = 'DISCARDED' OR (consented_at IS NOT NULL AND (started_at IS NULL"
                           " OR started_at >= consented_at))", name=op.f("ck_recording_consented")),
        sa.CheckConstraint(f"of = 'TALK' OR state NOT {LIVE.removeprefix('state ')}", name=op.f("ck_recording_made")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_recording_call_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["attachment_id"], ["attachment.id"], name=op.f("fk_recording_attachment_id"),
                                ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording")),
        sa.UniqueConstraint("ref", name=op.f("uq_recording_ref")),
    )  # fmt: skip
    op.create_index("ix_recording_call_id", "recording", ["call_id"])
    op.create_index("ix_recording_attachment_id", "recording", ["attachment_id"])
    op.create_index("uq_recording_live", "recording", ["call_id"], unique=True, postgresql_where=sa.text(LIVE))
    op.create_index("uq_recording_voicemail", "recording", ["call_id"], unique=True,
                    postgresql_where=sa.text("of = 'VOICEMAIL'"))  # fmt: skip
    op.create_index("ix_recording_due", "recording", ["due_at"], postgresql_where=sa.text("state = 'WAITING'"))
    op.create_index("ix_recording_unremoved", "recording", ["id"], postgresql_where=sa.text(
        "NOT is_removed AND state IN ('KEPT', 'LOST', 'DISCARDED')"))  # fmt: skip


def _gap() -> None:
    op.create_table(
        "recording_gap",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("recording_id", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        _word("because", BECAUSE, "because"),
        sa.CheckConstraint("ended_at >= started_at", name=op.f("ck_recording_gap_order")),
        sa.ForeignKeyConstraint(["recording_id"], ["recording.id"], name=op.f("fk_recording_gap_recording_id"),
                                ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording_gap")),
    )  # fmt: skip
    op.create_index("ix_recording_gap_recording_id", "recording_gap", ["recording_id"])
    op.create_index("uq_recording_gap_open", "recording_gap", ["recording_id"], unique=True,
                    postgresql_where=sa.text("ended_at IS NULL"))  # fmt: skip


def _word(
    column: str, words: tuple[str, ...], name: str, default: str | None = None, *, nullable: bool = False
) -> sa.Column:
    kind = sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=24)
    return sa.Column(column, kind, server_default=default, nullable=nullable)


def _check(table: str, column: str, name: str, words: tuple[str, ...]) -> None:
    """Checked for new rows at once, for the old ones without holding anybody up."""
    op.drop_constraint(op.f(name), table)
    listed = ", ".join(f"'{word}'" for word in words)
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({column} IN ({listed})) NOT VALID")
    op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")
