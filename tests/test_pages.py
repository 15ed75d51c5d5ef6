"""What all pages share."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_babel import force_locale

from contact_center import pages
from contact_center.extensions import db
from contact_center.queues.models import Queue
from tests import browsers, factories


@pytest.mark.parametrize(
    ("language", "words", "said"),
    [
        ("en", ["Parts"], "Parts"),
        ("en", ["Parts", "Returns", "Service"], "Parts, Returns, Service"),
        ("zh_Hans_CN", ["配件", "退货"], "配件、退货"),
        ("zh_Hans_CN", ["配件", "{0}", "服务"], "配件、{0}、服务"),
        ("zh_Hans_CN", [], ""),
    ],
)
def test_a_list_has_the_comma_of_its_language(app: Flask, language: str, words: list[str], said: str) -> None:
    with app.test_request_context(), force_locale(language):
        assert pages.listed(words) == said


def test_a_page_in_chinese_lists_in_chinese(app: Flask) -> None:
    root = factories.root()
    root.language = "zh_Hans_CN"
    queues: list[Queue] = [factories.queue(name, root) for name in ("配件", "<退货>")]
    db.session.commit()
    page = browsers.signed_in(app, root).get("/admin/people").text
    assert f"{queues[0].name}、&lt;退货&gt;" in page or f"&lt;退货&gt;、{queues[0].name}" in page
