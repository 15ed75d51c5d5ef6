"""All steps of the flow: whoever asks for one by name asks here, so that every module has added its own."""

from __future__ import annotations

from contact_center.channels.phone import (
    articles,
    callbacks,
    closed,
    consenting,
    flow,
    rating,
    selfhelp,
    trials,
    voicemail,
)

MODULES = (articles, callbacks, closed, consenting, flow, rating, selfhelp, trials, voicemail)
KNOWN = flow.STEPS
step = flow.step
