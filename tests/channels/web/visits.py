"""A person on the portal: opens a form, takes a minute to fill it in, sends it; without scripts, as pages must work."""

from __future__ import annotations

import html
import io
import re
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart

from contact_center import clock
from contact_center.extensions import db
from contact_center.tickets.messages import Message
from contact_center.tickets.models import Ticket

File = tuple[str, bytes]
PHOTO: File = ("label.jpg", b"\xff\xd8\xff\xe0" + b"photo" * 200)
GOOD = {
    "kind": "REPAIR",
    "text": "My fridge hums.\nAll night long.",
    "order_number": "",
    "name": "Sam Stranger",
    "email": "sam@stranger.example",
    "phone": "",
}


class Visitor:
    """One browser with its cookies."""

    def __init__(self, app: Flask, language: str = "en", network: str = "203.0.113.7") -> None:
        self.browser = app.test_client()
        self.browser.environ_base.update(REMOTE_ADDR=network, HTTP_ACCEPT_LANGUAGE=language)

    def get(self, path: str) -> TestResponse:
        return self.browser.get(path, buffered=True)

    def token(self, page: str = "/request", *, ago: timedelta = timedelta(minutes=1)) -> str:
        """The token of a form that was opened *ago*."""
        with clock.standing_at(clock.now() - ago):
            return value_of("token", self.get(page).text)

    def ask(self, *files: File, **typed: str) -> TestResponse:
        """Fill in the request form well, but for what *typed* says otherwise, and send it."""
        token = typed.pop("token", None) or self.token()
        return self.post("/request", *files, token=token, **(GOOD | typed))

    def reply(self, page: str, *files: File, **typed: str) -> TestResponse:
        """Write *text* into the box of a private page."""
        token = typed.pop("token", None) or self.token(page)
        return self.post(page, *files, token=token, **typed)

    def post(self, path: str, *files: File, **typed: Any) -> TestResponse:
        """Send exactly this."""
        chosen = [FileStorage(io.BytesIO(content), filename=name) for name, content in files]
        boundary, body = encode_multipart(MultiDict([*typed.items(), *(("files", file) for file in chosen)]))
        return self.browser.post(path, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def value_of(name: str, page: str) -> str:
    """The value of a page's first field called *name*."""
    found = re.search(rf'name="{name}"[^>]* value="([^"]*)"', page)
    assert found, f"there is no {name} on the page"
    return html.unescape(found[1])


def words_of(page: str) -> str:
    """What a page says, without markup and the scripts' words."""
    body = re.sub(r"(?s)<script.*?</script>", " ", page)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def errors_of(page: str) -> dict[str, str]:
    """The sentence beside each field."""
    found = re.findall(r'(?s)<p class="error" id="(\w+)-error".*?<span>(.*?)</span>', page)
    return {name: html.unescape(sentence) for name, sentence in found}


def newest() -> Ticket:
    """The ticket that was opened last."""
    return db.session.scalars(select(Ticket).order_by(Ticket.id.desc()).limit(1)).one()


def tickets() -> list[Ticket]:
    return list(db.session.scalars(select(Ticket).order_by(Ticket.id)))


def messages(ticket: Ticket) -> list[Message]:
    return list(db.session.scalars(select(Message).where(Message.ticket_id == ticket.id).order_by(Message.id)))


def page_of(ticket: Ticket) -> str:
    """Where the ticket's private page is."""
    return f"/r/{ticket.portal_token}"
