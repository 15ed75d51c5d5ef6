"""Texts: what people write, what is sent to them, and who wants no more."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from carrier import Attachment, Beliefs, Carrier, WebhookAnswer, faults, texting
from carrier.conformance import parameters
from carrier.faults import Fault, Rule, When
from carrier.texts import encoding, segments
from tests.carrier.api import ROOT, Api
from tests.carrier.office import BASE, OURS, THEIRS, Office


@pytest.fixture
def office() -> Office:
    return Office({"/texts": WebhookAnswer(204), "/sent": ""})


def send(api: Api, body: str = "Your order is on its way.", **more: object) -> str:
    made = api.post("Messages", To=THEIRS, **({"From": OURS} | more), Body=body, StatusCallback=f"{BASE}/sent")
    return str(made["sid"])


def told(office: Office) -> list[str]:
    return [form["MessageStatus"] for form in office.at("/sent")]


def test_a_text_reaches_the_application(carrier: Carrier, office: Office) -> None:
    text = carrier.send_text(THEIRS, OURS, "Where is my order?")
    carrier.run_out()
    (got,) = office.at("/texts")
    assert parameters.TEXT.problems(got) == []
    assert (got["MessageSid"], got["From"], got["Body"], got["NumMedia"]) == (
        text.sid,
        THEIRS,
        "Where is my order?",
        "0",
    )


def test_pictures_come_with_a_text_and_can_be_fetched_and_deleted(carrier: Carrier, office: Office, api: Api) -> None:
    carrier.send_text(THEIRS, OURS, "See", [Attachment("image/png", b"\x89PNG")])
    carrier.run_out()
    (got,) = office.at("/texts")
    assert got["MessageSid"].startswith("MM")
    assert got["MediaContentType0"] == "image/png"
    path = got["MediaUrl0"].removeprefix("https://api.twilio.com")
    assert api.raw("GET", path, [], []).content == b"\x89PNG"
    (media,) = api.get(f"Messages/{got['MessageSid']}/Media")["media_list"]
    assert api.call("DELETE", f"Messages/{got['MessageSid']}/Media/{media['sid']}").status == 204
    assert api.raw("GET", path, [], []).status == 404
    assert path.startswith(ROOT)


def test_a_text_that_is_sent_is_told_of_until_it_is_delivered(carrier: Carrier, office: Office, api: Api) -> None:
    sid = send(api)
    assert api.get(f"Messages/{sid}")["status"] == "queued"
    carrier.run_out()
    assert told(office) == ["sent", "delivered"]
    assert all(parameters.TEXT_STATUS.problems(form) == [] for form in office.at("/sent"))
    assert api.get(f"Messages/{sid}")["num_segments"] == "1"


def test_files_of_a_text_are_fetched_where_the_application_has_them(carrier: Carrier, office: Office, api: Api) -> None:
    office.on("/dial.png", WebhookAnswer(200, content_type="image/png", content=b"\x89PNG"))
    sid = send(api, MediaUrl=[f"{BASE}/dial.png", f"{BASE}/gone.png"])
    carrier.run_out()
    there, gone = carrier.messages[sid].media.values()
    assert (sid[:2], there.content_type, there.content, gone.content) == ("MM", "image/png", b"\x89PNG", b"")
    assert [(alert.code, alert.sid) for alert in carrier.alerts] == [(11200, sid)]


def test_a_messaging_service_chooses_the_sender_later(carrier: Carrier, api: Api) -> None:
    made = api.post("Messages", To=THEIRS, MessagingServiceSid="MG" + "0" * 32, Body="Hello")
    assert (made["status"], made["from"], made["num_segments"]) == ("accepted", None, "0")
    carrier.run_out()
    assert api.get(f"Messages/{made['sid']}")["from"] == OURS


@pytest.mark.parametrize(
    ("fault", "statuses"),
    [
        (faults.Fail(30007), ["sent", "undelivered"]),
        (faults.Fail(30003, late=True), ["sent", "delivered", "undelivered"]),
        (faults.Lose(), ["sent"]),
    ],
)
def test_a_text_may_not_arrive(carrier: Carrier, office: Office, api: Api, fault: Fault, statuses: list[str]) -> None:
    carrier.faults.add(Rule(When("message"), fault))
    sid = send(api)
    carrier.run_out()
    assert told(office) == statuses
    if isinstance(fault, faults.Fail):
        assert api.get(f"Messages/{sid}")["error_code"] == fault.code
        assert office.at("/sent")[-1]["ErrorCode"] == str(fault.code)


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"From": OURS, "Body": "x"}, 21604),
        ({"To": THEIRS, "Body": "x"}, 21603),
        ({"To": THEIRS, "From": OURS}, 21602),
        ({"To": THEIRS, "From": OURS, "Body": "x" * 1601}, 21617),
        ({"To": "12", "From": OURS, "Body": "x"}, 21211),
        ({"To": THEIRS, "From": "+4930999999", "Body": "x"}, 21606),
    ],
)
def test_texts_that_cannot_be_sent(carrier: Carrier, form: dict[str, str], code: int) -> None:
    answer = carrier.rest(
        "POST", f"{ROOT}/Messages.json", form=list(form.items()), auth=(ROOT[-34:], "a token for tests")
    )
    assert answer.body is not None
    assert (answer.status, answer.body["code"]) == (400, code)


@pytest.mark.parametrize("word", ["STOP", " stop ", "Unsubscribe", "CANCEL"])
def test_stop_blocks_until_start(carrier: Carrier, api: Api, word: str) -> None:
    carrier.send_text(THEIRS, OURS, word)
    carrier.run_out()
    assert api.refused("POST", "Messages", To=THEIRS, From=OURS, Body="Hello") == (400, 21610)
    assert [text.direction for text in carrier.messages.values()] == ["inbound", "outbound-reply"]
    carrier.send_text(THEIRS, OURS, "start")
    send(api)


def test_stop_in_a_sentence_is_not_stop(carrier: Carrier, api: Api) -> None:
    carrier.send_text(THEIRS, OURS, "please stop by tomorrow")
    send(api)


@pytest.mark.parametrize("delivered", [True, False])
def test_whether_stop_is_told_is_a_belief(
    office: Office, make_carrier: Callable[..., Carrier], delivered: bool
) -> None:
    carrier = make_carrier(beliefs=Beliefs(stop_is_delivered=delivered, opt_out_type_sent=True))
    carrier.send_text(THEIRS, OURS, "STOP")
    carrier.run_out()
    assert [form["OptOutType"] for form in office.at("/texts")] == (["STOP"] if delivered else [])


def test_german_words_stop_nothing_unless_configured(make_carrier: Callable[..., Carrier]) -> None:
    for beliefs, blocked in ((Beliefs(), False), (Beliefs(german_opt_out=True), True)):
        carrier = make_carrier(beliefs=beliefs)
        carrier.send_text(THEIRS, OURS, "Stopp")
        answer = Api(carrier).call("POST", "Messages", To=THEIRS, From=OURS, Body="x")
        assert (answer.status == 400) == blocked


def test_a_number_sends_one_part_a_second(carrier: Carrier, office: Office, api: Api) -> None:
    for _ in range(3):
        send(api, "x" * 300)
    carrier.run_out()
    sent_at = [text.sent_at for text in carrier.messages.values()]
    assert [round((at - sent_at[0]).total_seconds()) for at in sent_at if at and sent_at[0]] == [0, 2, 4]


def test_a_text_is_told_again_when_it_did_not_connect(carrier: Carrier, office: Office) -> None:
    carrier.faults.add(Rule(When("request", path="/texts", limit=1), faults.LoseAnswer()))
    carrier.send_text(THEIRS, OURS, "Hello")
    carrier.run_out()
    first, second = office.at("/texts")
    assert first == second


def test_whatsapp_outside_its_window_fails(carrier: Carrier, office: Office, api: Api) -> None:
    ours, theirs = f"whatsapp:{OURS}", f"whatsapp:{THEIRS}"

    def write() -> None:
        api.post("Messages", To=theirs, From=ours, Body="Hello", StatusCallback=f"{BASE}/sent")
        carrier.run_out()

    write()
    assert office.at("/sent")[-1]["ErrorCode"] == "63016"
    carrier.send_text(theirs, ours, "Hi", ProfileName="Greta")
    write()
    assert told(office)[-1] == "delivered"
    assert (office.at("/texts")[0]["ProfileName"], office.at("/texts")[0]["WaId"]) == ("Greta", THEIRS[1:])
    texting.read(carrier.exchange, list(carrier.messages.values())[-1])
    carrier.run_out()
    assert told(office)[-1] == "read"


@pytest.mark.parametrize(
    ("body", "kind", "parts"),
    [
        ("a" * 160, "GSM-7", 1),
        ("a" * 161, "GSM-7", 2),
        ("€" * 80, "GSM-7", 1),
        ("€" * 81, "GSM-7", 2),
        ("中" * 70, "UCS-2", 1),
        ("中" * 71, "UCS-2", 2),
        ("😀" * 35, "UCS-2", 1),
        ("😀" * 36, "UCS-2", 2),
        ("", "GSM-7", 1),
    ],
)
def test_segments_are_counted_as_carriers_count_them(body: str, kind: str, parts: int) -> None:
    assert (encoding(body), segments(body)) == (kind, parts)
