"""The portal's own rows: codes and signed-in browsers, counted tries, visits, notices, looks and deflections."""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contact_center.extensions import Base, BigId, states


class SignInCode(Base):
    """A code that a browser asked for. The row is the same whether anybody is behind the address or nobody.

    `browser_hash` binds it to that browser. `code_hash` stays empty where nobody is behind the address: then no digits
    fit. `used_at`: the right digits were typed; `chosen_at`: it became a sign-in.
    """

    __tablename__ = "sign_in_code"

    id: Mapped[BigId]
    browser_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    email: Mapped[str] = mapped_column(index=True)
    language: Mapped[str]
    code_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    tries: Mapped[int] = mapped_column(server_default=sql("0"))
    at: Mapped[datetime] = mapped_column(index=True)
    expires_at: Mapped[datetime]
    written_at: Mapped[datetime | None]  # when it was decided whether a letter goes out
    used_at: Mapped[datetime | None]
    chosen_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_sign_in_code_unwritten", "id", postgresql_where=sql("written_at IS NULL")),)


class PortalSignIn(Base):
    """A customer's signed-in browser. The cookie carries the key, the row its hash: ending the row ends the session."""

    __tablename__ = "portal_sign_in"

    id: Mapped[BigId]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"))
    email: Mapped[str]  # the address whose code opened it; when the customer loses the address, the session ends
    key_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    network: Mapped[str | None]
    browser: Mapped[str] = mapped_column(server_default="")
    at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (Index(None, "customer_id", "at"),)


class PortalTry(Base):
    """One try that counts against a limit: of what, and whose (a network, or the hash of an address or a number)."""

    __tablename__ = "portal_try"

    id: Mapped[BigId]
    what: Mapped[str]
    who: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(index=True)

    __table_args__ = (Index(None, "what", "who", "at"),)


class VisitWindow(Base):
    """A weekly window in which a region is visited, and how many visits fit into it. An empty region is everywhere."""

    __tablename__ = "visit_window"

    id: Mapped[BigId]
    region: Mapped[str] = mapped_column(server_default="")
    weekday: Mapped[int]  # 0 is Monday
    begins: Mapped[time]
    ends: Mapped[time]
    capacity: Mapped[int]
    is_active: Mapped[bool] = mapped_column(server_default=sql("true"))

    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("ends > begins", name="hours"),
        CheckConstraint("capacity BETWEEN 1 AND 1000", name="capacity"),
        Index(None, "region", "weekday", "begins", unique=True, postgresql_where=sql("is_active")),
    )


class VisitDay(Base):
    """How many places of a window are taken on one day."""

    __tablename__ = "visit_day"

    window_id: Mapped[int] = mapped_column(ForeignKey("visit_window.id", ondelete="CASCADE"), primary_key=True)
    on: Mapped[date] = mapped_column(primary_key=True)
    booked: Mapped[int] = mapped_column(server_default=sql("0"))

    __table_args__ = (CheckConstraint("booked >= 0", name="booked"),)


class VisitClosure(Base):
    """A day on which nobody goes out."""

    __tablename__ = "visit_closure"

    on: Mapped[date] = mapped_column(primary_key=True)
    why: Mapped[str] = mapped_column(server_default="")


class VisitState(StrEnum):
    BOOKED = "BOOKED"
    CANCELLED = "CANCELLED"


class Visit(Base):
    """A place in a window on a day, for one ticket. The agent sees it as the task it made."""

    __tablename__ = "visit"

    id: Mapped[BigId]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="RESTRICT"), index=True)
    window_id: Mapped[int] = mapped_column(ForeignKey("visit_window.id", ondelete="RESTRICT"), index=True)
    task_id: Mapped[int | None] = mapped_column(ForeignKey("task.id", ondelete="SET NULL"), index=True)
    on: Mapped[date]
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[VisitState] = mapped_column(states(VisitState), server_default=VisitState.BOOKED)
    booked_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]

    window: Mapped[VisitWindow] = relationship()

    __table_args__ = (Index("uq_visit_ticket", "ticket_id", unique=True, postgresql_where=sql("state = 'BOOKED'")),)


class Notice(Base):
    """What customers are told on the portal from one day to another: a notice, or a promotion for some tiers."""

    __tablename__ = "notice"

    id: Mapped[BigId]
    title: Mapped[str]
    title_zh: Mapped[str] = mapped_column(server_default="")
    text: Mapped[str] = mapped_column(server_default="")
    text_zh: Mapped[str] = mapped_column(server_default="")
    is_promotion: Mapped[bool] = mapped_column(server_default=sql("false"))
    tiers: Mapped[list[str]] = mapped_column(server_default=sql("'{}'"))  # none: everybody, signed in or not
    from_on: Mapped[date]
    until_on: Mapped[date]
    position: Mapped[int] = mapped_column(server_default=sql("0"))

    __table_args__ = (CheckConstraint("until_on >= from_on", name="days"),)


class PortalLook(Base):
    """How the portal looks and what it says of the firm; one row, which appears with the first change."""

    __tablename__ = "portal_look"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(server_default="")
    name_zh: Mapped[str] = mapped_column(server_default="")
    colour: Mapped[str] = mapped_column(server_default="")  # "#2f5bea"; empty: ours
    logo_id: Mapped[int | None] = mapped_column(ForeignKey("file.id", ondelete="RESTRICT"), index=True)
    logo_type: Mapped[str] = mapped_column(server_default="")
    phone: Mapped[str] = mapped_column(server_default="")
    hours: Mapped[str] = mapped_column(server_default="")
    hours_zh: Mapped[str] = mapped_column(server_default="")
    company_roles: Mapped[list[str]] = mapped_column(server_default=sql("'{}'"))
    visit_notice_hours: Mapped[int] = mapped_column(server_default=sql("24"))
    version: Mapped[int] = mapped_column(server_default=sql("1"))

    __table_args__ = (
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint("visit_notice_hours BETWEEN 0 AND 336", name="visit_notice_hours"),
    )


class DeflectionKind(StrEnum):
    """What answered the customer instead of an agent."""

    LOOKUP = "LOOKUP"  # an order, looked up without signing in
    ORDER = "ORDER"
    STATEMENT = "STATEMENT"
    PHONE_ORDER = "PHONE_ORDER"  # an order, asked for on the telephone
    PHONE_STATUS = "PHONE_STATUS"  # how far a request is, likewise
    TEXT_ORDER = "TEXT_ORDER"  # an order, asked for by text
    TEXT_STATUS = "TEXT_STATUS"  # how far a request is, asked for by text
    ARTICLE = "ARTICLE"  # an article, read, texted or spoken


class DeflectionState(StrEnum):
    OPEN = "OPEN"
    CONFIRMED = "CONFIRMED"  # no ticket of that customer followed in a day
    REFUTED = "REFUTED"  # one did


class Deflection(Base):
    """An interaction that needed no agent, once in a day for each customer and thing.

    `visitor` is who read articles, signed in or not: once in a day, however many they read.
    """

    __tablename__ = "deflection"

    id: Mapped[BigId]
    kind: Mapped[DeflectionKind] = mapped_column(states(DeflectionKind))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"))
    visitor: Mapped[str | None]
    subject: Mapped[str] = mapped_column(server_default="")  # the order's number; the article's
    at: Mapped[datetime] = mapped_column(index=True)
    state: Mapped[DeflectionState] = mapped_column(states(DeflectionState), server_default=DeflectionState.OPEN)

    __table_args__ = (
        Index(
            "uq_deflection_open", "customer_id", "kind", "subject", unique=True, postgresql_where=sql("state = 'OPEN'")
        ),
        Index(
            "uq_deflection_open_visitor", "visitor", "kind", unique=True,
            postgresql_where=sql("state = 'OPEN' AND visitor IS NOT NULL"),
        ),
        CheckConstraint("num_nonnulls(customer_id, visitor) > 0", name="somebody"),
        Index(None, "customer_id"),
        Index("ix_deflection_open", "at", postgresql_where=sql("state = 'OPEN'")),
    )  # fmt: skip
