"""STOP, START and HELP: who wants no texts, and what the carrier answers by itself.

Source: "Advanced Opt-Out: default keywords". Only the whole message counts: "please stop by" is not STOP. Who stopped
gets nothing more from that number (or service): error 21610.
"""

from __future__ import annotations

from carrier.exchange import Exchange
from carrier.texts import Text, segments

STOP = frozenset("STOP UNSUBSCRIBE END QUIT STOPALL REVOKE OPTOUT CANCEL".split())
START = frozenset("START UNSTOP YES".split())
HELP = frozenset("HELP INFO".split())
GERMAN = frozenset("STOPP ABMELDEN".split())
ANSWERS = {
    "STOP": "You have successfully been unsubscribed. You will not receive any more messages from this number. "
    "Reply START to resubscribe.",
    "START": "You have successfully been re-subscribed to messages from this number. Reply HELP for help. "
    "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
    "HELP": "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
}


def keyword_of(exchange: Exchange, body: str) -> str:
    """STOP, START, HELP, or nothing."""
    word = body.strip().upper()
    if word in STOP or (exchange.beliefs.german_opt_out and word in GERMAN):
        return "STOP"
    if word in START:
        return "START"
    return "HELP" if word in HELP else ""


def take(exchange: Exchange, text: Text) -> str:
    """Do what a keyword asks for; the keyword."""
    if text.from_.startswith("whatsapp:"):
        return ""
    keyword = keyword_of(exchange, text.body)
    pair = (text.from_, text.to)
    was_out = pair in exchange.opted_out
    if keyword == "STOP":
        exchange.opted_out.add(pair)
    elif keyword == "START":
        exchange.opted_out.discard(pair)
        if not was_out and text.body.strip().upper() == "YES":
            return ""
    if keyword and not (keyword == "STOP" and was_out):
        _answer(exchange, text, ANSWERS[keyword])
    return keyword


def is_out(exchange: Exchange, to: str, from_: str, service_sid: str) -> bool:
    """Whether somebody may not be written to from this number or service."""
    if service_sid and exchange.beliefs.opt_out_by_service:
        return any(person == to for person, _ in exchange.opted_out)
    return (to, from_) in exchange.opted_out


def _answer(exchange: Exchange, text: Text, body: str) -> None:
    sid, now = exchange.chances.sid("SM"), exchange.now
    exchange.texts[sid] = Text(
        sid, "outbound-reply", text.to, text.from_, body, now, now, "delivered", segments(body), sent_at=now
    )
