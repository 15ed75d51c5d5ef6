"""django-helpdesk measured on PEER_DSN, in its own virtualenv; prints one JSON object as its last line.

    python django_helpdesk.py mail_in FOLDER        raw bytes → committed ticket, by its own reader of mails
    python django_helpdesk.py pages TICKETS ROUNDS  p95 of whole requests through the application, one reader, warm

Outgoing mail goes to Django's dummy backend. Nothing of this imports the contact centre.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from pathlib import Path

import django
import psycopg.conninfo
from django.conf import settings

WHERE = psycopg.conninfo.conninfo_to_dict(os.environ["PEER_DSN"])
FOLDER = os.environ["PEER_FOLDER"]
_CONTEXT = (
    "django.contrib.auth.context_processors.auth django.template.context_processors.request "
    "django.template.context_processors.debug django.template.context_processors.static "
    "django.contrib.messages.context_processors.messages"
)
_MIDDLEWARE = (
    "django.middleware.security.SecurityMiddleware django.contrib.sessions.middleware.SessionMiddleware "
    "django.middleware.common.CommonMiddleware django.middleware.csrf.CsrfViewMiddleware "
    "django.contrib.auth.middleware.AuthenticationMiddleware django.contrib.messages.middleware.MessageMiddleware"
)
_APPS = "admin auth contenttypes sessions sites messages staticfiles humanize"

settings.configure(
    SECRET_KEY="bench", DEBUG=False, ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, USE_TZ=True, SITE_ID=1,
    DATABASES={"default": {
        "ENGINE": "django.db.backends.postgresql", "NAME": WHERE["dbname"], "USER": WHERE.get("user", ""),
        "PASSWORD": WHERE.get("password", ""), "HOST": WHERE.get("host", ""), "PORT": WHERE.get("port", ""),
        "CONN_MAX_AGE": 600,
    }},
    INSTALLED_APPS=[*(f"django.contrib.{name}" for name in _APPS.split()), "rest_framework", "helpdesk"],
    MIDDLEWARE=_MIDDLEWARE.split(),
    TEMPLATES=[{
        "BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
        "OPTIONS": {"context_processors": _CONTEXT.split()},
    }],
    EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend", DEFAULT_FROM_EMAIL="support@desk.example",
    MEDIA_ROOT=f"{FOLDER}/media", MEDIA_URL="/media/", STATIC_URL="/static/", LOGIN_URL="/login/",
    DEFAULT_AUTO_FIELD="django.db.models.AutoField", SILENCED_SYSTEM_CHECKS=["*"],
    HELPDESK_TEAMS_MODE_ENABLED=False, HELPDESK_ALWAYS_SAVE_INCOMING_EMAIL_MESSAGE=False,
    LOGGING={
        "version": 1, "disable_existing_loggers": True, "handlers": {"null": {"class": "logging.NullHandler"}},
        "root": {"handlers": ["null"], "level": "ERROR"},
    },
)  # fmt: skip
django.setup()

from django.core.management import call_command  # noqa: E402 (after Django's setting up)
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import include, path  # noqa: E402
from helpdesk.models import Queue, Ticket  # noqa: E402

urlpatterns = [path("", include("helpdesk.urls", namespace="helpdesk"))]


def setup() -> Queue:
    """The schema, one queue, one member of staff."""
    from django.contrib.auth.models import User

    Path(FOLDER, "media").mkdir(exist_ok=True)
    call_command("migrate", verbosity=0)
    call_command("loaddata", "emailtemplate.json", verbosity=0)
    User.objects.create_superuser("agent", "agent@desk.example", "agent")
    return Queue.objects.create(
        slug="support", title="Support", email_address="support@desk.example", allow_email_submission=True
    )


def mail_in(folder: str) -> dict[str, float]:
    from helpdesk.email import extract_email_metadata

    queue, failed = setup(), 0
    log = logging.getLogger("null")
    log.setLevel(logging.CRITICAL + 1)
    mails = [file.read_text(errors="replace") for file in sorted(Path(folder).glob("*.eml"))]
    started = time.perf_counter()
    for mail in mails:
        try:
            extract_email_metadata(message=mail, queue=queue, logger=log)
        except Exception as error:  # noqa: BLE001 (what the peer cannot read is counted, and said)
            failed += 1
            if failed == 1:
                print(f"django-helpdesk cannot read a mail: {type(error).__name__}: {str(error)[:100]}")
    rate = (len(mails) - failed) / (time.perf_counter() - started)
    print(f"django-helpdesk: {Ticket.objects.count()} tickets of {len(mails)} mails, {failed} not read")
    return {"rate": rate, "failed": failed}


def pages(tickets: str, rounds: str) -> dict[str, float]:
    from django.contrib.auth.models import User
    from helpdesk.query import query_to_base64

    queue = setup()
    fill(queue.id, int(tickets))
    reader = Client()
    reader.force_login(User.objects.get(username="agent"))
    newest = Ticket.objects.order_by("-id").values_list("id", flat=True)[0]

    def rows(words: str) -> str:
        asked = {"filtering": {"status__in": [1, 2]}, "filtering_null": {}, "sorting": "created", "sortreverse": False}
        wanted = query_to_base64({**asked, "search_string": words})
        table = "draw=1&start=0&length=50&order[0][column]=0&order[0][dir]=desc&columns[0][data]=id&search[value]="
        return f"/datatables_ticket_list/{wanted}?{table}"

    def p95(*addresses: str) -> float:
        taken = []
        for n in range(int(rounds) + 2):
            started = time.perf_counter()
            for address in addresses:
                answer = reader.get(address)
                assert answer.status_code == 200, (address, answer.status_code)
            if n >= 2:  # warm by then
                taken.append((time.perf_counter() - started) * 1000)
        return sorted(taken)[int(len(taken) * 0.95)]

    return {
        "desk list": p95("/tickets/", rows("")),
        "ticket page": p95(f"/tickets/{newest}/"),
        "search, rare word": p95("/tickets/", rows("sn777")),
        "search, common word": p95("/tickets/", rows("lorem")),
    }


def fill(queue_id: int, tickets: int) -> None:
    """Tickets with four follow-ups each, by SQL: the pages are measured, not this."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO helpdesk_ticket (title, queue_id, created, modified, submitter_email, status, on_hold,
                                            description, priority, secret_key)
               SELECT 'Ticket sn' || i, %s, now() - (i || ' minutes')::interval, now() - (i || ' minutes')::interval,
                      'c' || (i %% 5000) || '@mail.example', 1 + (i %% 5), false, repeat('lorem ipsum ', 20),
                      1 + (i %% 5), md5(i::text) FROM generate_series(1, %s) i""",
            [queue_id, tickets],
        )
        cursor.execute(
            """INSERT INTO helpdesk_followup (date, title, comment, public, ticket_id)
               SELECT now(), 'follow up', repeat('text ', 30), true, t.id
               FROM helpdesk_ticket t, generate_series(1, 4)"""
        )
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    print(json.dumps({"mail_in": mail_in, "pages": pages}[command](*arguments)))
