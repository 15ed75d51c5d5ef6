"""The settings' pages and the entrance, for `wiring` to register."""

from __future__ import annotations

from contact_center.admin import (
    blocked,
    calendars,
    canned,
    channels,
    credit,
    entitlements,
    fields,
    home,
    imports,
    knowledge,
    notices,
    number_calls,
    number_recording,
    number_sounds,
    number_trials,
    numbers,
    people,
    placement,
    portal,
    prompts,
    queues,
    reasons,
    routing,
    skills,
    sla,
    survey_words,
    surveys,
    teams,
    tier_policies,
    tiers,
    tokens,
    visits,
)
from contact_center.admin.entrance import invitations, preferences

_DOORS = (
    calendars, sla,
    home, people, teams, reasons, queues, canned, fields, surveys, survey_words, imports, tokens, entitlements, portal,
    knowledge, notices, visits, numbers, number_calls, number_recording, number_sounds, number_trials, blocked, tiers,
    tier_policies, placement, skills, channels, routing, prompts, credit,
    invitations, preferences,
)  # fmt: skip
ALL = tuple(door.blueprint for door in _DOORS)
