"""Only our own server's word, in the topmost header of its name, proves that a sender is genuine, or forged."""

from __future__ import annotations

import pytest

from contact_center.channels.email import authentication, headers
from tests.channels.email.mails import plain, read, read_bytes

SERVER = "mail.norra.example"

GMAIL = """Authentication-Results: mx.google.com;
       dkim=pass header.i=@basic.example header.s=s1 header.b=U858z6ui;
       spf=pass (google.com: domain of bounce@mailer.example designates 203.0.113.1 as permitted sender)
 smtp.mailfrom=bounce@mailer.example;
       dmarc={word} (p=REJECT sp=REJECT dis=NONE) header.from=basic.example
"""
OUTLOOK = """Authentication-Results: spf=pass (sender IP is 203.0.113.9)
 smtp.mailfrom=mailer.example; basic.example; dkim=pass (signature was verified)
 header.d=mailer.example;basic.example; dmarc={word} action=none
 header.from=basic.example;compauth=pass reason=100
"""
QQ = """X-QQ-XMRINFO: NgToQqU5s31XQ+vYT/V7+uk=
Authentication-Results: mx.qq.com; spf=pass(203.0.113.6) smtp.mailfrom=<no-reply
\t @mailer.example>;
\tdkim=pass(signature was verified) header.d=basic.e
\t xample header.i=@basic.example; dmarc={word}(permerror) header.from=basic.exam
\t ple
"""
NETEASE = """Received: from mail.basic.example (unknown [203.0.113.7])
\tby gzga-mx-mtada-g2-3 (Coremail) with SMTP id _____wAnL1;
\tSun, 22 Nov 2026 11:24:01 +0800 (CST)
Authentication-Results: gzga-mx-mtada-g2-3; spf=pass smtp.mail=bo@basic.example{rest}
"""


def verdict(results: str, server: str | None = SERVER) -> bool | None:
    return read_bytes(plain("Hi", headers=results), authserv_id=server).authenticated


def told(results: str) -> bool | None:
    return verdict(f"Authentication-Results: {SERVER}; {results}\n")


@pytest.mark.parametrize(
    ("header", "server"), [(GMAIL, "mx.google.com"), (OUTLOOK, authentication.NAMELESS), (QQ, "mx.qq.com")]
)
def test_it_reads_how_large_providers_write(header: str, server: str) -> None:
    assert verdict(header.format(word="pass"), server) is True
    assert verdict(header.format(word="fail"), server) is False
    assert verdict(header.format(word="pass"), SERVER) is None
    assert verdict(header.format(word="pass"), None) is None


def test_a_provider_that_only_looks_at_spf_proves_nothing() -> None:
    assert verdict(NETEASE.format(rest=""), "gzga-mx-mtada-g2-3") is None


def test_a_star_stands_for_a_providers_many_machines() -> None:
    header = NETEASE.format(rest="; dkim=pass header.i=@basic.example")
    for setting in ("gz*-mx-mtada-*", "mx.norra.example, gzga-mx-*"):
        assert verdict(header, setting) is True
    assert verdict(header, "hz*-mx-mtada-*") is None


def test_a_server_without_a_name_is_believed_only_where_the_setting_says_so() -> None:
    assert verdict(OUTLOOK.format(word="pass"), "*.outlook.com") is None
    assert verdict(GMAIL.format(word="pass"), authentication.NAMELESS) is None


def test_it_believes_the_server_named_in_the_settings() -> None:
    assert read("authenticated-by-our-server", authserv_id=SERVER).authenticated is True
    assert read("authenticated-by-our-server", authserv_id="other.example").authenticated is None
    assert read("authenticated-by-our-server").authenticated is None


def test_it_sees_through_forged_results() -> None:
    assert read("authentication-forged", authserv_id=SERVER).authenticated is False


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ("dmarc=pass header.from=basic.example", True),
        ("DMARC=Pass header.from=BASIC.example", True),
        ("dkim=pass header.d=basic.example", True),
        ("dkim=pass header.d=example", True),
        ("dkim=pass header.i=bo@basic.example", True),
        ("dkim/1 = pass header.d=basic.example", True),
        ("dkim=fail header.d=basic.example; dkim=pass header.d=basic.example", True),
        ("dkim=pass header.d=other.example", None),
        ("dkim=pass header.d=c.example", None),
        ("dkim=pass header.i=basic.example@evil.example header.d=evil.example", None),
        ("dkim=pass", None),
        ("dmarc=fail header.from=basic.example", False),
        ("dmarc=fail", False),
        ("dmarc=fail header.from=basic.example; dkim=pass header.d=basic.example", False),
        ("dmarc=fail header.from=other.example", None),
        ("dmarc=none header.from=basic.example", None),
        ("dmarc=bestguesspass header.from=basic.example", None),
        ("x-dmarc=pass header.from=basic.example", None),
        ("spf=pass smtp.mailfrom=basic.example", None),
        ("none", None),
        ("", None),
    ],
)
def test_it_asks_for_the_senders_own_domain(results: str, expected: bool | None) -> None:
    assert told(results) is expected


@pytest.mark.parametrize(
    "smuggled",
    [
        'spf=fail (domain of "x; dmarc=pass header.from=basic.example" (or not)) smtp.mailfrom=evil.example',
        'spf=fail smtp.mailfrom="x; dmarc=pass header.from=basic.example;"@evil.example',
        'spf=fail smtp.mailfrom="x\\"; dmarc=pass header.from=basic.example;"@evil.example',
        "spf=fail (a (b) ; dmarc=pass header.from=basic.example) smtp.mailfrom=evil.example",
        'dkim=pass header.i="dkim=pass header.d=basic.example"@evil.example',
    ],
)
def test_what_a_sender_may_write_into_a_result_is_no_result(smuggled: str) -> None:
    assert told(smuggled) is None
    assert told(f"{smuggled}; dmarc=fail header.from=basic.example") is False


def test_only_the_topmost_header_of_our_server_counts() -> None:
    ours = f"Authentication-Results: {SERVER}; none\n"
    forged = f"Authentication-Results: {SERVER}; dmarc=pass header.from=basic.example\n"
    other = "Authentication-Results: mx.other.example; dmarc=fail header.from=basic.example\n"
    assert verdict(ours + forged) is None
    assert verdict(other + forged) is True
    assert verdict(f"Authentication-Results: {SERVER}.evil.example; dmarc=pass header.from=basic.example\n") is None
    assert verdict(ours.replace("none", "dmarc=fail") + forged) is False


def test_an_original_of_an_earlier_server_is_no_result_of_ours() -> None:
    earlier = GMAIL.format(word="pass").replace("Results:", "Results-Original:")
    assert verdict(earlier, "mx.google.com") is None


@pytest.mark.parametrize(
    ("header", "name"),
    [(GMAIL, "mx.google.com"), (OUTLOOK, "-"), (QQ, "mx.qq.com"), (NETEASE, "gzga-mx-mtada-g2-3"), ("", None)],
)
def test_it_tells_who_speaks(header: str, name: str | None) -> None:
    mail = plain("Hi", headers=header.format(word="pass", rest=""))
    assert authentication.speaker(headers.read(mail, 0, len(mail))[0]) == name
