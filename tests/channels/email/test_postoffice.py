"""The demo's post office: a real server, a folder of mails."""

from __future__ import annotations

import smtplib
from pathlib import Path

from contact_center.channels.email import postoffice
from contact_center.channels.email.listener import Listener
from tests.channels.email.conftest import eml


def test_it_stores_every_mail_as_it_came(tmp_path: Path) -> None:
    listener = Listener(postoffice.PostOffice(tmp_path), "127.0.0.1", 0)
    listener.start()
    try:
        with smtplib.SMTP("127.0.0.1", listener.port, local_hostname="test") as line:
            for number in range(3):
                line.sendmail("support@norra.example", ["greta@lindqvist.example", "bo@andersen.example"], eml(number))
    finally:
        listener.stop()
    found = postoffice.stored(tmp_path)
    assert [each.subject for each in found] == ["Fridge 0", "Fridge 1", "Fridge 2"]
    assert found[0].recipients == ["greta@lindqvist.example", "bo@andersen.example"]
    assert found[0].message_id == "<0@mail.example>"
    assert Path(found[0].file).read_bytes().endswith(eml(0))
    assert list((tmp_path / "tmp").iterdir()) == []


def test_an_empty_post_office_lists_nothing(tmp_path: Path) -> None:
    assert postoffice.listing(tmp_path) == []
