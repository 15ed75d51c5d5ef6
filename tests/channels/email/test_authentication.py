"""Only our own server's word proves that a sender is genuine."""

from __future__ import annotations

import pytest

from tests.channels.email.mails import plain, read, read_bytes

SERVER = "mail.norra.example"


def proven(results: str, server: str | None = SERVER) -> bool:
    return read_bytes(plain("Hi", headers=f"Authentication-Results: {results}\n"), authserv_id=server).authenticated


def test_it_believes_the_server_named_in_the_settings() -> None:
    assert read("authenticated-by-our-server", authserv_id=SERVER).authenticated
    assert not read("authenticated-by-our-server", authserv_id="other.example").authenticated
    assert not read("authenticated-by-our-server").authenticated


def test_it_sees_through_forged_results() -> None:
    assert not read("authentication-forged", authserv_id=SERVER).authenticated


@pytest.mark.parametrize(
    ("results", "is_proven"),
    [
        ("mail.norra.example; dmarc=pass header.from=basic.example", True),
        ("mail.norra.example; dkim=pass header.d=basic.example", True),
        ("mail.norra.example; dkim=pass header.d=example", True),
        ("mail.norra.example; dkim=pass header.d=other.example", False),
        ("mail.norra.example; dkim=pass header.d=c.example", False),
        ("mail.norra.example; dmarc=fail header.from=basic.example", False),
        ("mail.norra.example; spf=pass smtp.mailfrom=basic.example", False),
        ("mail.norra.example; none", False),
        ("mail.norra.example.evil.example; dmarc=pass header.from=basic.example", False),
        ("", False),
    ],
)
def test_it_asks_for_the_senders_own_domain(results: str, is_proven: bool) -> None:
    assert proven(results) is is_proven


def test_it_reads_the_first_result_of_our_server_only() -> None:
    older = f"Authentication-Results: {SERVER}; dmarc=pass header.from=basic.example\n"
    raw = plain("Hi", headers=f"Authentication-Results: {SERVER}; none\n{older}")
    assert not read_bytes(raw, authserv_id=SERVER).authenticated
