"""Calls that come in: asked about, answered, ended, and told of."""

from __future__ import annotations

from datetime import UTC, datetime

from carrier import Account, Carrier, VirtualClock, WebhookAnswer, scripts
from tests.carrier.office import ACCOUNT_SID, BASE, OURS, THEIRS, TOKEN, Office


def test_it_asks_what_to_do_with_a_call_and_does_it(carrier: Carrier, office: Office) -> None:
    office.on("/in", "<Say>Welcome.</Say><Hangup/>")
    leg = carrier.place_call(THEIRS, OURS)
    carrier.run_out()
    first = office.at("/in")[0]
    assert first["CallSid"] == leg.sid
    assert (first["From"], first["To"], first["CallStatus"], first["Direction"]) == (THEIRS, OURS, "ringing", "inbound")
    assert leg.heard_text() == "Welcome."
    assert leg.status == "completed"


def test_it_tells_the_number_s_address_when_a_call_is_over(carrier: Carrier, office: Office) -> None:
    office.on("/in", "<Pause length='10'/>")
    leg = carrier.place_call(THEIRS, OURS)
    carrier.run_out()
    (told,) = office.at("/status")
    assert told["CallStatus"] == "completed"
    assert told["SequenceNumber"] == "0"
    assert told["CallDuration"] == str(leg.seconds) == "10"


def test_it_ends_a_call_whose_document_ends(carrier: Carrier, office: Office) -> None:
    office.on("/in", "")
    leg = carrier.place_call(THEIRS, OURS)
    carrier.run_out()
    assert leg.status == "completed"


def test_it_never_answers_a_call_that_is_rejected(carrier: Carrier, office: Office) -> None:
    office.on("/in", "<Reject reason='busy'/>")
    leg = carrier.place_call(THEIRS, OURS)
    carrier.run_out()
    assert leg.status == "busy"
    assert leg.started_at is None


def test_it_asks_the_fallback_address_when_the_application_fails(carrier: Carrier, office: Office) -> None:
    office.on("/in", WebhookAnswer(500))
    office.on("/fallback", "<Say>Sorry.</Say>")
    leg = carrier.place_call(THEIRS, OURS)
    carrier.run_out()
    (asked,) = office.at("/fallback")
    assert (asked["ErrorCode"], asked["ErrorUrl"]) == ("11200", f"{BASE}/in")
    assert leg.heard_text() == "Sorry."


def test_it_apologises_when_there_is_no_document_at_all(carrier: Carrier, office: Office) -> None:
    office.on("/in", WebhookAnswer(500))
    office.on("/fallback", WebhookAnswer(500))
    leg = carrier.place_call(THEIRS, OURS)
    carrier.run_out()
    assert "application error" in leg.heard_text()
    assert leg.status == "completed"


def test_it_follows_a_redirect_with_get_and_without_the_form(carrier: Carrier, office: Office) -> None:
    office.on("/in", WebhookAnswer(302, headers={"Location": "/elsewhere"}))
    office.on("/elsewhere", "<Say>Here.</Say>")
    leg = carrier.place_call(THEIRS, OURS)
    carrier.run_out()
    assert office.got[1].method == "GET"
    assert office.at("/elsewhere") == [{}]
    assert leg.heard_text() == "Here."


def test_it_reads_addresses_relative_to_the_document(carrier: Carrier, office: Office) -> None:
    office.on("/in", "<Redirect>deep/next?step=2</Redirect>")
    office.on("/deep/next", "<Redirect>../last</Redirect>")
    office.on("/last", "<Say>Done.</Say>")
    leg = carrier.place_call(THEIRS, OURS)
    carrier.run_out()
    assert leg.heard_text() == "Done."


def test_a_caller_may_hang_up_before_the_call_is_answered(carrier: Carrier, office: Office) -> None:
    office.on("/in", "<Say>Welcome.</Say>")
    leg = carrier.place_call(THEIRS, OURS, scripts.caller([scripts.hang_up()]))
    carrier.run_out()
    assert leg.status == "canceled"
    assert not leg.heard


def test_a_call_to_a_number_nobody_has_fails(carrier: Carrier) -> None:
    assert carrier.place_call(THEIRS, "+4930999999").status == "failed"


def test_a_browser_s_own_parameters_come_with_its_first_request(carrier: Carrier, office: Office) -> None:
    office.on("/client", "<Say>Hello agent.</Say><Redirect>/next</Redirect>")
    office.on("/next", "")
    leg = carrier.connect_client("agent_7", "AP" + "0123456789abcdef" * 2, {"offer": "12", "nonce": "n"})
    carrier.run_out()
    (asked,) = office.at("/client")
    assert (asked["From"], asked["To"], asked["offer"], asked["nonce"]) == ("client:agent_7", "", "12", "n")
    assert "offer" not in office.at("/next")[0]
    assert leg.is_client


def test_the_same_seed_gives_the_same_call(office: Office, make_carrier: object) -> None:
    def timeline(seed: int) -> list[tuple[str, str]]:
        carrier = make_carrier(seed)  # type: ignore[operator]
        carrier.place_call(THEIRS, OURS)
        carrier.run_out()
        return [(event.at.isoformat(), event.kind) for event in carrier.timeline]

    office.on("/in", "<Say>Welcome.</Say><Pause/><Say>Goodbye.</Say>")
    assert timeline(5) == timeline(5)
    assert timeline(5) != timeline(6)


def test_another_day_has_other_names_for_its_calls(office: Office) -> None:
    def sid(day: int) -> str:
        clock = VirtualClock(datetime(2026, 3, day, tzinfo=UTC))
        carrier = Carrier(Account(ACCOUNT_SID, TOKEN), deliver=office.deliver, clock=clock)
        return carrier.place_call(THEIRS, OURS).sid

    assert sid(2) == sid(2)
    assert sid(2) != sid(3)
