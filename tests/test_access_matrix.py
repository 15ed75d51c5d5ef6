"""Every route × who asks × whose it is, generated from the URL map; and every socket event.

A new route without a rule of `access` fails here; so does a route with a new kind of id until `subjects` knows one.
A route that names a ticket answers 404 to whoever may not see that ticket, as it does for one that is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from contact_center import access, clock
from contact_center.access import Rule as Needed
from contact_center.agents import away_reasons
from contact_center.agents.models import Agent
from contact_center.calendars import settings as calendars
from contact_center.card.models import Answer, PromptRule
from contact_center.card.prompts import answering
from contact_center.channels import inbox
from contact_center.channels.email.adapter import Parcel
from contact_center.channels.models import RawMessageRow, RawState
from contact_center.customers import blocked, custom, documents, merging, notes
from contact_center.entitlements import contracts, policies
from contact_center.extensions import db, limiter, socketio
from contact_center.orders import products
from contact_center.putting.rows import Known
from contact_center.realtime import sockets
from contact_center.routing import hand_over, promises
from contact_center.sla import policies as levels
from contact_center.tickets import canned, tasks
from contact_center.tickets.messages import Message
from tests import browsers, factories
from tests.channels.web.articles import article

MISSING = 987_654_321
# A verb may refuse whom the rule lets in, where a thing is one person's own.
OWN = {"note_id", "article_id"}  # whoever wrote a note changes it; whoever wrote an article does not approve it
# Forms that act without a session: what a visitor types, and the private link, are their whole authority.
SESSIONLESS = {
    "POST /request", "POST /r/<portal_token>", "POST /my/code", "POST /s/<token>",
    "POST /help/<any(en, zh):lang>/answers", "POST /help/<any(en, zh):lang>/<space>/<slug>/vote",
    "POST /help/<any(en, zh):lang>/<space>/<slug>/read", "POST /help/<any(en, zh):lang>/<space>/<slug>/solved",
}  # fmt: skip
RANK = {None: 0, "agent": 1, "supervisor": 2, "administrator": 3}
WANTS = {Needed.PUBLIC: 0, Needed.AGENT: 1, Needed.SUPERVISOR: 2, Needed.ADMINISTRATOR: 3}
# What a customer's page may name: another customer's is as if it were missing.
THEIRS = {"ref", "attachment_id", "asset_id", "order_number", "invoice_number"}


@pytest.fixture
def cast(app: Flask) -> dict[str, Agent | None]:
    """Who asks. Ada serves the queue, Lee leads its team; Nils and Mo, a supervisor elsewhere, have no part in it."""
    ada, lee, mo = factories.ada(), factories.lee(), factories.agent("Mo Other", factories.RoleName.SUPERVISOR)
    team = factories.team("Service", ada, lee)
    factories.team("Elsewhere", mo)
    factories.queue("Service e-mail", ada, team_id=team.id, takes_web_requests=True)
    return {"nobody": None, "nils": factories.nils(), "ada": ada, "mo": mo, "lee": lee, "root": factories.root()}


@pytest.fixture
def subjects(cast: dict[str, Agent | None]) -> dict[str, Any]:
    """A value for every kind of id that a route may name."""
    ada = cast["ada"]
    assert ada is not None
    queue = db.session.scalars(db.select(factories.Queue)).one()
    rule = db.session.scalars(db.select(PromptRule).limit(1)).one()
    customer, mailbox = factories.greta(), factories.mailbox(queue)
    inbox.accept("email", Parcel("smtp", mailbox.id, _mail_with_a_picture()))
    ticket = db.session.scalars(db.select(factories.Ticket)).one()
    other = factories.ticket(queue, subject="The freezer, too", text="It is 4 degrees in there.")
    message = db.session.scalars(db.select(Message).where(Message.ticket_id == ticket.id)).one()
    note = notes.add(customer, ada, "Prefers e-mail")
    answer = answering.answer(rule, customer, "", Answer.DONE, ada)
    raw = RawMessageRow(
        channel="email", external_id="x", payload=b"From: x\r\n\r\nx", size=13, received_at=clock.now(),
        state=RawState.QUARANTINED,
    )  # fmt: skip
    db.session.add(raw)
    reply = canned.add(ada, name="Hours", language="en", body="We open at nine.")
    task = tasks.add(ticket, ada, "Order a relay")
    product = products.put("P-1", name="Fridge").row
    policy = policies.add(ada, kind="REPAIR", needs="PAID")
    level = levels.create({"name": "All", "first_response_minutes": 60}, ada)
    contract = contracts.put(
        "K-1", customer=Known(customer.id), name="Comfort", valid_from="2026-01-01", valid_until="2040-01-01"
    ).row
    promise = promises.make(ticket, ada, "Call Greta", clock.now() + timedelta(hours=1), ada)
    shift_note = hand_over.note(ada, queue, "The printer is out")
    document = documents.add(customer, ada, "plan.pdf", "application/pdf", b"%PDF-1.4")
    field = custom.define(ada, key="size", label="Size", kind="NUMBER")
    twin, gone = factories.customer("Greta Lindquist"), factories.customer("Greta L.")
    merge = merging.merge(customer.id, gone.id, ada)
    db.session.commit()
    return {
        "rule_id": rule.id, "answer_id": answer.id,
        "ref": ticket.ref, "other": other.ref, "ticket_id": ticket.id, "message_id": message.id,
        "attachment_id": message.attachments[0].id, "task_id": task.id,
        "customer_id": customer.id, "point_id": customer.points[0].id, "note_id": note.id, "person_id": customer.id,
        "agent_id": ada.id, "skill_id": MISSING, "team_id": db.session.scalar(db.select(func.min(factories.Team.id))),
        "queue_id": queue.id, "reason_id": away_reasons.listed()[0].id, "row_id": reply.id, "mailbox_id": mailbox.id,
        "raw_id": raw.id, "upload_id": MISSING, "override_id": MISSING, "outgoing_id": MISSING,
        "order_number": factories.order(customer).external_id, "asset_id": factories.asset(customer).id,
        "invoice_number": factories.invoice(customer).external_id, "version": 0, "on": "2026-12-24",
        "order_id": factories.order(customer, "SO-1").id, "product_id": product.id, "contract_id": contract.id,
        "policy_id": policy.id, "calendar_id": calendars.default().id, "sla_id": level.id,
        "promise_id": promise.id, "shift_note_id": shift_note.id,
        "offer_id": MISSING, "call_id": MISSING, "interaction_id": MISSING, "notice_id": MISSING, "window_id": MISSING,
        "recovery_id": MISSING,
        "document_id": document.id, "external_id": "unknown",
        "merge_id": merge.id, "field_id": field.id, "other_id": twin.id, "run_id": MISSING, "token_id": MISSING,
        "screen_id": MISSING,
        "number_id": factories.number(queue).id, "blocked_id": blocked.block("x@spam.example", "Rude", 0, "DE", ada).id,
        "portal_token": ticket.portal_token, "token": "made-up", "sound_key": "made-up", "saved_report_id": MISSING,
        "sound_id": MISSING, "key": "1", "filename": "no.css", "name": "name", "what": "leg",
        "space": "help", "slug": "nothing", "article_id": article().id, "part": MISSING, "revision": 1,
        "space_id": MISSING, "category_id": MISSING,
    }  # fmt: skip


def _mail_with_a_picture() -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "greta@lindqvist.example", "support@norra.example", "Fridge not cooling"
    mail["Message-ID"] = "<1@lindqvist.example>"
    mail.set_content("It is 11 degrees in there.")
    mail.add_alternative("<p>It is 11 degrees in there.</p>", subtype="html")
    mail.add_attachment(b"\x89PNG\r\n\x1a\n" + bytes(24), maintype="image", subtype="png", filename="dial.png")
    return mail.as_bytes()


def rules(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Every route with each method that does something."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method


def path_of(rule: Rule, subjects: dict[str, Any]) -> str:
    values: dict[str, Any] = {}
    for name in rule.arguments:
        choices = getattr(rule._converters[name], "items", None)  # <any(pin, unpin):act>
        assert choices or name in subjects, f"{rule.rule}: say in `subjects` what <{name}> is"
        values[name] = min(choices) if choices else subjects[name]
    built = rule.build(values, append_unknown=False)
    assert built is not None, rule.rule
    return built[1]


@contextmanager
def undone() -> Iterator[None]:
    """Whatever the request writes is gone afterwards."""
    db.session.commit()
    savepoint = db.engine.begin_nested()  # the tests' one connection stands in for the engine
    try:
        yield
    finally:
        db.session.rollback()
        savepoint.rollback()


def ask(client: FlaskClient, method: str, path: str, subjects: dict[str, Any]) -> TestResponse:
    """Ask with a copy of the browser's cookies, and fill a form with whatever it may want."""
    return browsers.twin(client).open(path, method=method, data=subjects if method == "POST" else None, buffered=True)


def test_every_route_says_who_may_call_it(app: Flask) -> None:
    silent = {rule.rule for rule, _method in rules(app) if access.rule_of(app, rule.endpoint) is None}
    assert silent == set()


def test_every_rule_of_a_library_view_is_still_needed(app: Flask) -> None:
    assert set(access._LIBRARY) <= set(app.view_functions)


@pytest.mark.parametrize("who", ["nobody", "nils", "mo", "root", "greta"])
def test_each_person_gets_the_answer_that_the_rule_says(
    app: Flask, cast: dict[str, Agent | None], subjects: dict[str, Any], who: str
) -> None:
    limiter.reset()
    agent = cast.get(who)
    greta = db.session.get_one(factories.Customer, subjects["customer_id"]) if who == "greta" else None
    client, rank = _browser(app, agent, greta), RANK[agent.role if agent else None]
    wrong = []
    for rule, method in rules(app):
        needed = access.rule_of(app, rule.endpoint)
        with undone():
            answer = ask(client, method, path_of(rule, subjects), subjects)
        problem = _problem(answer, needed, rank, is_customer=greta is not None)
        if problem and not (answer.status_code == 403 and OWN & set(rule.arguments)):
            wrong.append(f"{method} {rule.rule}: {answer.status_code} {answer.location or ''} ({problem})")
    assert wrong == []


def _browser(app: Flask, agent: Agent | None, customer: Any) -> FlaskClient:
    if customer is not None:
        return browsers.customer(app, customer)
    return browsers.signed_in(app, agent) if agent else browsers.visitor(app)


def _problem(answer: TestResponse, needed: Needed | None, rank: int, *, is_customer: bool = False) -> str:
    """What is wrong with *answer* for somebody of that *rank*; empty if nothing is."""
    assert needed is not None
    if answer.status_code >= 500:
        return "broken"
    if needed is Needed.CARRIER:  # its signature, and nothing else
        return "" if answer.status_code == 403 else "let in unsigned"
    if needed is Needed.TOKEN:  # no cookie counts
        return "" if answer.status_code == 401 else "let in without a token"
    if needed is Needed.CUSTOMER:
        led_to_code = answer.status_code == 302 and (answer.location or "").startswith("/my/sign-in")
        return "" if led_to_code is not is_customer else "led to the code" if led_to_code else "let in"
    if rank >= WANTS[needed]:
        asked_to_sign_in = answer.status_code == 302 and "sign-in?next" in (answer.location or "")
        return "refused" if answer.status_code in (401, 403) or asked_to_sign_in else ""
    if rank == 0:
        led_to_sign_in = answer.status_code == 302 and (answer.location or "").startswith("/sign-in")
        return "" if led_to_sign_in else "not led to sign-in"
    return "" if answer.status_code == 403 else "not refused"


@pytest.mark.parametrize(
    ("who", "sees"), [("nils", False), ("mo", False), ("ada", True), ("lee", True), ("root", True)]
)
def test_a_ticket_of_others_is_as_if_it_were_missing(
    app: Flask, cast: dict[str, Agent | None], subjects: dict[str, Any], who: str, sees: bool
) -> None:
    agent = cast[who]
    assert agent is not None
    client, wrong = browsers.signed_in(app, agent), []
    for rule, method in rules(app):
        if not {"ref", "ticket_id", "task_id", "message_id"} & set(rule.arguments) or _is_portal(app, rule):
            continue
        paths = [path_of(rule, values) for values in (subjects, dict.fromkeys(subjects, MISSING))]
        answers = []
        for path in paths:
            with undone():
                answers.append(ask(client, method, path, subjects))
        theirs, missing = answers
        if missing.status_code != 404 or (theirs.status_code == 404) is sees:
            wrong.append(f"{method} {rule.rule}: {theirs.status_code}, missing: {missing.status_code}")
        if not sees and _bare(theirs) != _bare(missing):
            wrong.append(f"{method} {rule.rule}: another's looks different from a missing one")
    assert wrong == []


def _is_portal(app: Flask, rule: Rule) -> bool:
    return access.rule_of(app, rule.endpoint) is Needed.CUSTOMER


@pytest.mark.parametrize(("who", "sees"), [("greta", True), ("bo", False)])
def test_what_another_customer_has_is_as_if_it_were_missing(
    app: Flask, subjects: dict[str, Any], who: str, sees: bool
) -> None:
    customers = {"greta": db.session.get_one(factories.Customer, subjects["customer_id"]), "bo": factories.bo()}
    missing_ones = {name: MISSING if isinstance(value, int) else "CC-987654321" for name, value in subjects.items()}
    client, wrong, seen = browsers.customer(app, customers[who]), [], 0
    for rule, method in rules(app):
        if not _is_portal(app, rule) or not THEIRS & set(rule.arguments):
            continue
        answers = []
        for values in (subjects, missing_ones):
            limiter.reset()
            with undone():
                answers.append(ask(client, method, path_of(rule, values), subjects))
        theirs, missing = answers
        seen += theirs.status_code != 404
        if missing.status_code != 404 or (theirs.status_code != 404 and not sees):
            wrong.append(f"{method} {rule.rule}: {theirs.status_code}, missing: {missing.status_code}")
        if not sees and _bare(theirs) != _bare(missing):
            wrong.append(f"{method} {rule.rule}: another's looks different from a missing one")
    assert wrong == []
    assert bool(seen) is sees


def _bare(answer: TestResponse) -> str:
    """The body without what every rendering makes anew."""
    lines = answer.text.splitlines()
    return "\n".join(line for line in lines if "csrf" not in line and "nonce" not in line)


@pytest.mark.parametrize("headers", [{"HX-Request": "true"}, {"Accept": "application/json"}])
def test_scripts_are_told_to_sign_in_not_led_there(visitor: FlaskClient, headers: dict[str, str]) -> None:
    assert visitor.get("/desk/profile", headers=headers).status_code == 401


def test_no_route_changes_anything_without_a_token(
    app: Flask, cast: dict[str, Agent | None], subjects: dict[str, Any]
) -> None:
    root, greta = cast["root"], db.session.get_one(factories.Customer, subjects["customer_id"])
    client, customers, unguarded = _browser(app, root, None), _browser(app, root, greta), []
    for forged in (client, customers):
        del forged.environ_base["HTTP_X_CSRFTOKEN"]
    for rule, method in rules(app):
        if method == "GET" or access.rule_of(app, rule.endpoint) in (Needed.TOKEN, Needed.CARRIER):
            continue
        limiter.reset()
        if (
            ask(customers if _is_portal(app, rule) else client, method, path_of(rule, subjects), subjects).status_code
            != 400
        ):
            unguarded.append(f"{method} {rule.rule}")
    assert set(unguarded) == SESSIONLESS


def test_a_number_too_large_for_a_row_is_a_missing_one(
    app: Flask, cast: dict[str, Agent | None], subjects: dict[str, Any]
) -> None:
    root = cast["root"]
    assert root is not None
    client, broken = browsers.signed_in(app, root), []
    for rule, method in rules(app):
        if access.rule_of(app, rule.endpoint) is Needed.PUBLIC or not rule.arguments:
            continue
        huge = {name: 10**30 if isinstance(value, int) else value for name, value in subjects.items()}
        with undone():
            answer = ask(client, method, path_of(rule, huge), huge)
        if answer.status_code >= 500:
            broken.append(f"{method} {rule.rule}: {answer.status_code}")
    assert broken == []


def test_every_socket_event_says_who_may_send_it(app: Flask) -> None:
    handled = {event for event, _handler, namespace in _handlers() if namespace == "/"}
    assert handled - {"connect", "disconnect"} == set(sockets.EVENTS)
    assert Needed.PUBLIC not in sockets.EVENTS.values()


def _handlers() -> list[tuple[str, Callable[..., Any], str]]:
    server = socketio.server
    assert server is not None
    return [(event, handler, space) for space, events in server.handlers.items() for event, handler in events.items()]
