"""The desk in a real browser, against the real processes: what arrives, what is typed, and what the keyboard does."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.kb import uses
from contact_center.routing import offers
from contact_center.tickets import changes, replies
from contact_center.tickets.messages import Interaction, Message
from contact_center.tickets.models import Ticket
from tests import factories
from tests.channels.web.articles import article
from tests.e2e.conftest import Site

pytestmark = pytest.mark.browser


def _open(desk: Page, ticket: Ticket) -> None:
    """Show a ticket, its socket connected."""
    desk.goto(f"/desk/tickets/{ticket.ref}")
    _is_live(desk)


def _is_live(desk: Page) -> None:
    """The scripts run and the socket is connected: nudges arrive from now on."""
    desk.locator("[data-live=on]").wait_for()


def _composer(desk: Page) -> Locator:
    return desk.get_by_role("textbox", name="Reply")


def _answers(ticket: Ticket, first: Message, text: str) -> None:
    """The customer writes again, in answer to their own first mail."""
    sent = factories.mail(ticket_sender(first), f"Re: {ticket.subject}", text=text, thread_keys=(first.external_id,))
    filed = factories.filed(ticket.queue, sent)
    assert filed.ticket_id == ticket.id
    db.session.commit()


def ticket_sender(message: Message) -> str:
    assert message.sender is not None
    return message.sender


def _first(ticket: Ticket) -> Message:
    return db.session.query(Message).filter_by(ticket_id=ticket.id).order_by(Message.id).first()  # type: ignore[return-value]


def _now(ticket: Ticket) -> Ticket:
    """The ticket as the processes have left it."""
    db.session.rollback()
    return db.session.get_one(Ticket, ticket.id, populate_existing=True)


def test_what_arrives_appears_and_leaves_alone_what_is_being_typed(site: Site, desk: Page) -> None:
    ticket = site.ticket("Fridge not cooling", owner=site.ada)
    _open(desk, ticket)
    desk.keyboard.press("r")
    desk.keyboard.type("Half a sentence, and")
    desk.keyboard.press("Shift+Home")
    other = site.ticket("A second fridge")
    desk.locator(".take-next").wait_for()
    _answers(ticket, _first(ticket), "It is 14 degrees now.")
    expect(desk.locator(".conversation")).to_contain_text("It is 14 degrees now.")
    expect(desk.locator(".conversation")).to_contain_text("joined because it follows their e-mail")
    chosen = "(field) => field.value.slice(field.selectionStart, field.selectionEnd)"
    assert desk.locator("textarea:focus").evaluate(chosen) == "Half a sentence, and"
    desk.get_by_role("button", name="Take the next one").click()
    expect(desk).to_have_url(re.compile(other.ref))
    assert _now(other).assignee_id == site.ada_id


def test_a_list_waits_with_what_is_new_until_it_is_asked(site: Site, desk: Page) -> None:
    first, second = site.ticket("The first to come"), site.ticket("The second to come")
    desk.goto("/desk/tickets")
    _is_live(desk)
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    assert desk.locator(".list-row.current").get_attribute("id") == f"ticket-{first.id}"
    before = desk.locator(f"#ticket-{first.id}").bounding_box()
    third = site.ticket("The third to come")
    newer = desk.get_by_role("link", name="1 newer")
    newer.wait_for()
    assert desk.locator(f"#ticket-{third.id}").count() == 0
    assert desk.locator(".list-row.current").get_attribute("id") == f"ticket-{first.id}"
    assert desk.locator(f"#ticket-{first.id}").bounding_box() == before
    newer.click()
    desk.locator(f"#ticket-{third.id}").wait_for()
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    desk.keyboard.press("Enter")
    expect(desk).to_have_url(re.compile(second.ref))
    desk.go_back()
    expect(desk.locator(".list-row.current")).to_have_id(f"ticket-{second.id}")


def test_an_answer_survives_a_reload_and_reaches_the_customer(site: Site, desk: Page) -> None:
    ticket = site.ticket("Where is my order?", owner=site.ada, sender="bo@andersen.example")
    _open(desk, ticket)
    desk.keyboard.press("r")
    desk.keyboard.type("It left the depot this morning.")
    desk.get_by_text("Draft saved").wait_for()
    desk.reload()
    expect(_composer(desk)).to_have_value("It left the depot this morning.")
    desk.keyboard.press("r")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".item-out")).to_contain_text("It left the depot this morning.")
    expect(desk.locator(".item-out .end")).to_contain_text("Sent")
    expect(_composer(desk)).to_have_value("")
    mail = next(got.mail for got in site.smtp.got if got.recipients == ["bo@andersen.example"])
    assert f"[{ticket.ref}]" in mail["Subject"]
    assert "It left the depot this morning." in mail.get_body(("plain",)).get_content()
    assert _now(ticket).state == "WAITING"
    desk.reload()
    expect(_composer(desk)).to_have_value("")


def test_an_answer_whose_receipt_got_lost_is_sent_again_as_the_same(site: Site, desk: Page) -> None:
    ticket = site.ticket("Is anybody there?", owner=site.ada)
    _open(desk, ticket)
    desk.route("**/answer", _lose_the_receipt, times=1)
    _composer(desk).fill("Yes, I am.")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".composer-state[data-state]")).to_contain_text("Not sent")
    expect(desk.locator(".item-out")).to_have_count(1)
    desk.keyboard.press("Control+Enter")
    expect(_composer(desk)).to_have_value("")
    _composer(desk).fill("Yes, I am.")  # once more, on purpose
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".item-out")).to_have_count(2)
    assert len([got for got in site.smtp.got if "Is anybody there?" in got.mail["Subject"]]) == 2


def _lose_the_receipt(route: Route) -> None:
    """The server gets the request, the browser never its answer."""
    route.fetch()
    route.abort()


def test_a_new_ticket_takes_files_along(site: Site, desk: Page) -> None:
    desk.goto("/desk/tickets/new")
    _is_live(desk)
    with desk.expect_file_chooser() as chooser:
        desk.get_by_role("button", name="Attach files").click()
    chooser.value.set_files({"name": "plan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF plan"})
    desk.get_by_role("textbox", name="To").fill("sam@stranger.example")
    desk.get_by_text("Write to sam@stranger.example").click()
    desk.get_by_role("textbox", name="Subject").fill("Your kitchen")
    desk.get_by_role("textbox", name="Text").fill("Here is the plan.")
    _drop(desk, "photo.txt", "a photo, really")
    expect(desk.locator(".file input[name=upload]")).to_have_count(2)
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".item-out")).to_contain_text("Here is the plan.")
    expect(desk.locator(".item-out .end")).to_contain_text("Sent")
    mail = next(got.mail for got in site.smtp.got if got.recipients == ["sam@stranger.example"])
    files = {part.get_filename(): part.get_content() for part in mail.iter_attachments()}
    assert files == {"plan.pdf": b"%PDF plan", "photo.txt": b"a photo, really"}


def _drop(desk: Page, name: str, content: str) -> None:
    """Drop a file onto the form, as from a folder's window."""
    dragged = "([name, content]) => { const d = new DataTransfer(); d.items.add(new File([content], name)); return d }"
    data = desk.evaluate_handle(dragged, [name, content])
    desk.dispatch_event("form.form", "drop", {"dataTransfer": data})


def test_a_note_is_for_colleagues(site: Site, desk: Page, open_desk: Callable[[Agent], Page]) -> None:
    ticket = site.ticket("Noise after the repair", owner=site.ada)
    _open(desk, ticket)
    lees = open_desk(site.lee)
    _open(lees, ticket)
    expect(desk.locator(".viewers")).to_contain_text("LW")
    desk.keyboard.press("n")
    desk.keyboard.type("Start relay, batch 24-W18.")
    expect(lees.locator(".viewers")).to_contain_text("typing")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".notebox")).to_contain_text("Start relay")
    expect(lees.locator(".notebox")).to_contain_text("Start relay")
    assert not any("Start relay" in str(got.mail) for got in site.smtp.got)


def test_a_ticket_is_taken_and_resolved_with_the_keyboard(site: Site, desk: Page) -> None:
    ticket = site.ticket("Invoice shows VAT twice")
    _open(desk, ticket)
    desk.keyboard.press("t")
    expect(desk.locator(".work-row[aria-current]")).to_contain_text(ticket.ref)
    expect(desk.locator("[popovertarget=owner-menu]")).to_have_text(site.ada.name)
    desk.keyboard.press("l")
    desk.locator("#tag-menu input[name=add]").wait_for()
    desk.keyboard.type("VAT")
    desk.keyboard.press("Enter")
    expect(desk.locator(".ticket-meta .chip")).to_have_text("vat")
    desk.keyboard.press("e")
    expect(desk.locator("[popovertarget=state-menu]")).to_have_text("Resolved")
    expect(desk.locator(".work-row[aria-current]")).to_have_count(0)
    resolved = _now(ticket)
    assert (resolved.state, resolved.assignee_id, resolved.tags) == ("RESOLVED", site.ada_id, ["vat"])


def test_send_and_resolve_lets_one_key_say_what_solved_it(site: Site, desk: Page) -> None:
    row = article()
    ticket = factories.ticket(site.queue, factories.mail("greta@lindqvist.example", "Fridge", text="My fridge hums."))
    db.session.commit()
    _open(desk, ticket)
    _composer(desk).fill("Pull it from the wall.")
    desk.get_by_role("button", name="Send and").click()
    desk.get_by_role("menuitem", name="Send and resolve").click()
    line = desk.get_by_role("group", name="Which article solved it?")
    expect(line).to_contain_text("My fridge hums")
    desk.keyboard.press("1")
    expect(line).to_have_count(0)
    db.session.rollback()
    assert uses.solved_with(ticket.id) == [row.id]
    desk.keyboard.press("z")
    expect(line).to_be_visible()
    desk.keyboard.press("0")
    expect(line).to_have_count(0)
    db.session.rollback()
    assert uses.solved_with(ticket.id) == []


def test_the_palette_jumps_to_a_ticket_by_its_words_or_its_number(site: Site, desk: Page) -> None:
    ticket = site.ticket("门封条老化了 gasket")
    desk.goto("/desk/tickets")
    for typed in ("封条", ticket.ref, "gask"):
        desk.keyboard.press("Control+k")
        desk.keyboard.type(typed)
        expect(desk.get_by_role("option").first).to_contain_text(ticket.ref)
        desk.keyboard.press("Enter")
        expect(desk).to_have_url(re.compile(ticket.ref))
        desk.goto("/desk/tickets")


def test_a_stale_save_is_kept_compared_and_saved_all_the_same(site: Site, desk: Page) -> None:
    ticket = site.ticket("Oven door", owner=site.ada)
    _open(desk, ticket)
    subject = desk.locator(f"#subject-{ticket.id}")
    subject.click()
    desk.keyboard.type("Oven door hinge")
    changes.change(ticket, site.lee, ticket.version, subject="Oven door glass")
    db.session.commit()
    desk.keyboard.press("Enter")
    line = desk.get_by_role("alert")
    expect(line).to_contain_text(f"{site.lee.name} has changed this meanwhile. What you typed is kept.")
    assert desk.locator(".inline-input").input_value() == "Oven door hinge"
    desk.get_by_role("button", name="Compare").press("Enter")
    expect(desk.get_by_role("dialog")).to_contain_text("Oven door glass")
    desk.get_by_role("button", name="Save mine").press("Enter")
    expect(subject).to_have_text("Oven door hinge")
    expect(line).to_have_count(0)
    assert _now(ticket).subject == "Oven door hinge"


def test_what_joined_wrongly_is_taken_out_and_brought_back(site: Site, desk: Page) -> None:
    ticket = site.ticket("Dishwasher leaks", owner=site.ada)
    _answers(ticket, _first(ticket), "By the way, my oven is broken too.")
    _open(desk, ticket)
    desk.get_by_role("button", name="not right?").click()
    desk.get_by_role("menuitem", name=re.compile("Not this ticket")).click()
    expect(desk.locator(".conversation")).not_to_contain_text("my oven is broken")
    desk.get_by_role("button", name="Undo").click()
    expect(desk.locator(".conversation")).to_contain_text("my oven is broken")
    assert db.session.query(Message).filter_by(ticket_id=_now(ticket).id, author="CUSTOMER").count() == 2


def test_who_gets_an_answer_is_said_when_it_changes_while_one_writes(site: Site, desk: Page) -> None:
    ticket = site.ticket("Noise in the kitchen", owner=site.ada, sender="kim@home.example")
    _open(desk, ticket)
    expect(desk.locator("[data-to]")).to_have_text("E-mail to kim@home.example")
    desk.keyboard.press("r")
    desk.keyboard.type("Hello Kim")
    first = _first(ticket)
    sent = factories.mail(
        "kim@home.example", "Re: Noise", thread_keys=(first.external_id,), copies=("jo@home.example",)
    )
    factories.filed(ticket.queue, sent)
    db.session.commit()
    desk.get_by_text("An answer would now go elsewhere: E-mail to kim@home.example").wait_for()
    assert "jo@home.example" not in desk.locator("[data-to]").inner_text()
    desk.get_by_role("button", name="Change it").press("Enter")
    expect(desk.locator("[data-to]")).to_have_text("E-mail to kim@home.example · Cc jo@home.example")
    expect(_composer(desk)).to_have_value("Hello Kim")
    expect(_composer(desk)).to_be_focused()


def test_earlier_pages_stay_through_a_refresh(site: Site, desk: Page) -> None:
    ticket = site.ticket("A long story", owner=site.ada)
    for number in range(210):
        replies.note(ticket, site.ada, f"Note number {number}.")
    db.session.commit()
    _open(desk, ticket)
    desk.get_by_role("button", name="Show earlier").click()
    expect(desk.locator(".conversation")).to_contain_text("It is 11 degrees in there.")
    replies.note(ticket, site.lee, "One more.")
    db.session.commit()
    expect(desk.locator(".conversation")).to_contain_text("One more.")
    expect(desk.locator(".conversation")).to_contain_text("It is 11 degrees in there.")


def test_an_offer_rings_in_every_tab_until_it_is_accepted_in_one(site: Site, desk: Page) -> None:
    ticket = site.ticket("It rings")
    _open(desk, site.ticket("In the middle of something", owner=site.ada))
    desk.keyboard.press("r")
    desk.keyboard.type("Half a sen")
    other_tab = desk.context.new_page()
    other_tab.goto("/desk/tickets")
    _is_live(other_tab)
    item = db.session.query(Interaction).filter_by(ticket_id=ticket.id).one()
    offers.make([offers.Match(item.id, site.ada_id, 60, {"winner": site.ada_id, "ranked": [], "could": 1, "out": {}})])
    db.session.commit()
    for tab in (desk, other_tab):
        expect(tab.locator(".ring")).to_contain_text("It rings")
    desk.keyboard.type("tence")
    other_tab.keyboard.press("Alt+a")
    expect(other_tab).to_have_url(re.compile(ticket.ref))
    for tab in (desk, other_tab):
        expect(tab.locator(".ring")).to_have_count(0)
    expect(_composer(desk)).to_have_value("Half a sentence")
    assert _now(ticket).assignee_id == site.ada_id
