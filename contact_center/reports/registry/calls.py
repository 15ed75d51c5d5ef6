"""Calls and self-service on the telephone, and what became of calling back."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from contact_center.reports.metrics import Better, Metric, Spread, Unit

_SOURCE = _("bi.call, by the first ring (at)")
_BACK = _("bi.contact, by the instant at which they first joined the queue (at)")
_OVER = _("Calls that have ended. Queue is that of the contact, else that of the number that was called.")
_CALLBACK = _(
    "Who asked to be called back, who gave up waiting and is called back, and calls at a promised time. Reached: somebody "
    "talked with them. Those who still wait for our call are requested and not reached."
)

_ALONE = _("bi.deflection, by the instant of the answer (at)")
_DEFLECTED = _(
    "Orders looked up, answers on the telephone, by text and in the portal, once in a day for each customer and thing. "
    "Whether it was enough is known after a day; until then it is in neither."
)

METRICS = (
    Metric("calls", _("Calls in"), Unit.COUNT, _("calls that came in"), _SOURCE, _OVER, "call", "at", ("calls_in",),
           topic="calls"),
    Metric(
        "containment", _("Containment"), Unit.SHARE,
        _("calls answered in self-service whose caller has not called again within 24 hours ÷ calls that were taken"),
        _SOURCE,
        _("Taken are all calls that came in but refused ones. Who calls with a withheld number cannot be recognised when "
          "they call again."),
        "call", "at", ("contained",), ("sessions",), Spread.WILSON, better=Better.UP, settles_in=1, topic="calls",
    ),
    Metric("hung_up", _("Hung up in the menu"), Unit.SHARE, _("calls that ended before anything was chosen ÷ calls taken"),
           _SOURCE, _OVER, "call", "at", ("hung_up",), ("sessions",), Spread.WILSON, better=Better.DOWN, topic="calls"),
    Metric("voicemails", _("Voicemails"), Unit.COUNT, _("calls that ended with a message left"), _SOURCE, _OVER, "call",
           "at", ("voicemails",), topic="calls"),
    Metric("callbacks", _("Callbacks requested"), Unit.COUNT, _("calls back that were asked for or are owed"), _BACK,
           _CALLBACK, "contact", "at", ("callback",), topic="calls"),
    Metric("callback_success", _("Callback success"), Unit.SHARE, _("calls back that reached somebody ÷ requested"), _BACK,
           _CALLBACK, "contact", "at", ("callback_reached",), ("callback",), Spread.WILSON, better=Better.UP,
           topic="calls"),
    Metric("callback_wait", _("Wait for a callback"), Unit.SECONDS,
           _("from first joining the queue to talking, of those reached ÷ reached"), _BACK, _CALLBACK, "contact", "at",
           ("callback_wait",), ("callback_reached",), better=Better.DOWN, topic="calls"),
    Metric("self_service", _("Answered without an agent"), Unit.COUNT, _("answers that customers found by themselves"),
           _ALONE, _DEFLECTED, "deflection", "at", ("shown",), better=Better.UP, topic="calls"),
    Metric("deflection", _("Deflection"), Unit.SHARE,
           _("answers after which no ticket of that customer followed in a day ÷ answers whose day is over"), _ALONE,
           _DEFLECTED, "deflection", "at", ("confirmed",), ("confirmed", "refuted"), Spread.WILSON, better=Better.UP,
           settles_in=1, topic="calls"),
)  # fmt: skip
