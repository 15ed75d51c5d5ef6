"""What all pages share."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import delete, event

from contact_center import pages
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.routing.models import PlacementRule
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


@pytest.mark.parametrize("what", ["the rule itself", "the queue it leads to", "the row as it is written"])
def test_what_somebody_removes_while_another_saves_it_is_said_in_a_sentence(app: Flask, what: str) -> None:
    root, first, second = factories.root(), factories.queue("Seniors"), factories.queue("Juniors")
    rule = PlacementRule(name="Refunds", queue_id=first.id, position=1)
    db.session.add(rule)
    db.session.commit()
    row: Any = second if what == "the queue it leads to" else rule
    gone = delete(type(row)).where(type(row).id == row.id)
    path, form = f"/admin/placement/{rule.id}", {"name": "Other", "queue_id": str(second.id), "version": "1"}
    browser = browsers.signed_in(app, root)

    def meanwhile(told: Any, *_given: object) -> None:
        if what != "the rule itself":
            told.connection().execute(gone)
        elif told.is_column_load and told.bind_mapper.class_ is PlacementRule:
            told.session.connection().execute(gone)

    moment = "do_orm_execute" if what == "the rule itself" else "before_flush"
    event.listen(db.session, moment, meanwhile)
    try:
        answer = browser.post(path, data=form)
    finally:
        event.remove(db.session, moment, meanwhile)
    assert answer.status_code == 409
    assert "Somebody else has removed" in answer.text
