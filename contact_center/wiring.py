"""The one file that knows everybody: extensions, doors, and "when this event, then that job"."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import MetaData

from contact_center import clashes, jobs, once, pages
from contact_center.admin import blueprints as admin
from contact_center.admin.entrance import sign_in
from contact_center.agents import models as agents_models
from contact_center.agents import tokens as api_tokens
from contact_center.api import blueprints as api
from contact_center.calendars import models as calendars_models
from contact_center.calls import lines as lines_models
from contact_center.calls import models as calls_models
from contact_center.calls import sounds as call_sounds_models
from contact_center.calls import trials as call_trials_models
from contact_center.card import models as card_models
from contact_center.channels import models as channels_models
from contact_center.channels import originals
from contact_center.channels.email import quarantine
from contact_center.channels.email import screens as mailbox_screens
from contact_center.channels.phone import browsers as telephones
from contact_center.channels.phone import sounds as phone_sounds
from contact_center.channels.phone.twilio import webhooks as twilio_calls
from contact_center.channels.sms import hooks as text_hooks
from contact_center.channels.sms import models as sms_models
from contact_center.channels.web.help import blueprints as help_centre
from contact_center.channels.web.portal import blueprints as portal
from contact_center.credit import models as credit_models
from contact_center.customers import models as customers_models
from contact_center.customers import text_stops as text_stops_models
from contact_center.desk import blueprints as desk
from contact_center.entitlements import models as entitlements_models
from contact_center.events import bus
from contact_center.events import models as events_models
from contact_center.extensions import Base, csrf, db, limiter
from contact_center.files import models as files_models
from contact_center.floor import blueprints as floor
from contact_center.importing import models as importing_models
from contact_center.kb import drafts as kb_drafts
from contact_center.kb import models as kb_models
from contact_center.kb import traces as kb_traces_models
from contact_center.mailboxes import models as mailboxes_models
from contact_center.mailboxes import numbers as numbers_models
from contact_center.mailboxes import texting as texting_models
from contact_center.orders import models as orders_models
from contact_center.outbox import models as outbox_models
from contact_center.queues import models as queues_models
from contact_center.realtime import sockets
from contact_center.reports import exporting as report_exports_models
from contact_center.reports import models as reports_models
from contact_center.reports import saved as saved_reports_models
from contact_center.reports import schedules as report_schedules_models
from contact_center.routing import models as routing_models
from contact_center.routing.bell import bell
from contact_center.satisfaction import models as satisfaction_models
from contact_center.selfservice import models as selfservice_models
from contact_center.sla import models as sla_models
from contact_center.tickets import messages as messages_models
from contact_center.tickets import models as tickets_models
from contact_center.tickets import notices as notices_models
from contact_center.tiers import models as tiers_models
from contact_center.value import models as value_models
from contact_center.wall import models as wall_models

MODELS = (
    agents_models, api_tokens, calendars_models, call_sounds_models, call_trials_models, calls_models, card_models,
    channels_models, credit_models, customers_models, entitlements_models, events_models, files_models,
    importing_models, kb_drafts, kb_models, kb_traces_models, lines_models, mailboxes_models, messages_models,
    notices_models, numbers_models, once, orders_models, outbox_models, queues_models, report_exports_models,
    report_schedules_models, reports_models, routing_models, satisfaction_models, saved_reports_models,
    selfservice_models, sla_models, sms_models, text_stops_models, texting_models, tickets_models, tiers_models,
    value_models, wall_models,
)  # fmt: skip
metadata: MetaData = Base.metadata


def connect(app: Flask) -> None:
    """Bind every extension and door to *app*."""
    app.url_map.converters["int"] = pages.RowId
    clashes.watch(app)
    db.init_app(app)
    csrf.init_app(app)
    limiter.init_app(app)
    sign_in.connect(app)
    jobs.configure(app)
    sockets.start(app)
    bus.subscribe(jobs.nudge)
    bus.subscribe(sockets.nudge)
    if not app.testing:
        bus.subscribe(bell.nudge)
    for blueprint in (*admin.ALL, *desk.ALL, *floor.ALL, *portal.ALL, *help_centre.ALL, *api.ALL):
        app.register_blueprint(blueprint)
    for door in (mailbox_screens, quarantine, originals, text_hooks, telephones, phone_sounds, twilio_calls):
        app.register_blueprint(door.blueprint)
