"""Finding articles: in both languages, by what readers may see, with what was meant and what was noted."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from contact_center.extensions import db
from contact_center.kb import articles, searching, suggesting
from contact_center.kb.models import Audience
from contact_center.kb.reading import Reader
from contact_center.kb.searching import Found, Where
from contact_center.kb.traces import KnowledgeSearch
from tests import factories
from tests.kb import ground

pytestmark = pytest.mark.usefixtures("session")
ANYBODY = Reader()
ZH = "zh_Hans_CN"


@pytest.fixture(autouse=True)
def _shelf(session: scoped_session[Session]) -> None:
    lee = factories.lee()
    ground.published(
        lee, "Descale the kettle", "Lime dulls the element. Boil vinegar in it, then rinse twice.",
        zh=("给水壶除垢", "水垢会影响加热。用白醋煮一次，再冲洗两遍。"),
    )  # fmt: skip
    ground.published(
        lee, "Return a purchase", "Send it back within 30 days. We refund the price and the delivery.",
        zh=("如何退货", "收货后三十天内可以退货，货款和运费原路退回。"),
    )  # fmt: skip
    ground.published(
        lee, "Washing machine leaks", "Close the tap. Check the hose and the drain filter of the washing machine.",
        zh=("洗衣机漏水怎么办", "先关闭水龙头，再检查进水管和排水过滤器。"),
    )  # fmt: skip
    ground.published(lee, "Fraud desk: kettle returns", "Ask zanzibar for the codeword.", audience=Audience.AGENTS)
    ground.published(lee, "Gold delivery", "Gold customers get it at noon.", audience=Audience.TIER, tiers=["A"])


def _find(words: str, reader: Reader = ANYBODY, language: str = "en", **more: object) -> Found:
    return searching.search(reader, words, language, Where.PORTAL, **more)


def _titles(words: str, reader: Reader = ANYBODY, language: str = "en") -> list[str]:
    return [hit.title for hit in _find(words, reader, language).hits]


@pytest.mark.parametrize(
    ("words", "language", "first"),
    [
        ("descale kettle", "en", "Descale the kettle"),
        ("How do I return something that I have purchased?", "en", "Return a purchase"),
        ("my washing machines are leaking", "en", "Washing machine leaks"),
        ("vinegar", "en", "Descale the kettle"),
        ("除垢", ZH, "给水壶除垢"),
        ("请问怎么退货", ZH, "如何退货"),
        ("我的洗衣机一直在漏水", ZH, "洗衣机漏水怎么办"),
        ("退货", "en", "如何退货"),  # who types Chinese on an English page finds Chinese
        ("refund", ZH, "Return a purchase"),
    ],
)
def test_a_question_in_either_language_finds_its_answer(words: str, language: str, first: str) -> None:
    assert _titles(words, language=language)[:1] == [first]


def test_an_article_is_found_once_and_in_the_language_that_fits() -> None:
    ids = [hit.article_id for hit in _find("kettle 除垢").hits]
    assert len(ids) == len(set(ids))


def test_what_is_still_being_typed_finds_what_it_may_become() -> None:
    assert "Descale the kettle" in _titles("ket")
    assert _titles("kettle vineg")[:1] == ["Descale the kettle"]


def test_common_words_alone_find_nothing_and_so_does_nothing() -> None:
    assert _titles("zebra crossing") == []
    assert _find("   ").hits == []
    assert _find("   ").search_id is None
    assert _titles("' | ! & (") == []


def test_readers_find_only_what_they_may_read() -> None:
    gold, basic = Reader(customer_id=factories.greta().id, tier="A"), Reader(customer_id=factories.bo().id, tier=None)
    agent = Reader(agent_id=factories.ada().id)
    assert [_titles("gold delivery", who) for who in (ANYBODY, basic)] == [["Return a purchase"]] * 2
    assert _titles("gold delivery", gold)[0] == _titles("gold delivery", agent)[0] == "Gold delivery"
    assert "Fraud desk: kettle returns" not in _titles("kettle") + _titles("kettle", gold)
    assert "Fraud desk: kettle returns" in _titles("kettle", agent)


def test_a_misspelt_word_is_corrected_but_never_by_what_the_reader_may_not_read() -> None:
    assert _find("descale the ketle").did_you_mean == "descale the kettle"
    assert _find("vinegra").did_you_mean == "vinegar"
    assert _find("zanzibra").did_you_mean is None
    assert _find("zanzibra", Reader(agent_id=factories.ada().id)).did_you_mean == "zanzibar"
    assert _find("洗依机漏氺", language=ZH).did_you_mean == "洗衣机漏水"
    assert _find("锥货", language=ZH).did_you_mean == "退货"
    assert _find("洗衣机漏水", language=ZH).did_you_mean is None
    assert _find("descale kettle").did_you_mean is None


def test_what_was_asked_for_is_marked_and_what_was_written_is_escaped() -> None:
    ground.published(None, "Angle <b>brackets</b>", "<p>Never type &lt;script&gt; into the toaster.</p>")
    hit = _find("toaster").hits[0]
    assert "&lt;script&gt; into the <mark>toaster</mark>" in hit.snippet
    assert _find("angle").hits[0].marked_title.startswith("<mark>Angle</mark> &lt;b&gt;")
    assert "<mark>退货</mark>" in _find("退货", language=ZH).hits[0].snippet


def test_words_that_stand_everywhere_find_nothing_beside_one_that_is_in_no_text() -> None:
    ground.published(
        None, "Clean the filter", "Do it every month, once more after a party.", zh=("清洗滤网", "第二周再清洗一次。")
    )
    assert _titles("It beeps at every touch, once more today") == []
    assert _titles("第二天又被扣款一次", language=ZH) == []


def test_words_that_say_nothing_are_not_marked() -> None:
    [hit, *_] = _find("What can I do about the kettle if it is full of lime?").hits
    assert hit.snippet.startswith("<mark>Lime</mark> dulls the element. Boil vinegar in it,")
    [hit, *_] = _find("洗衣机漏水怎么办", language=ZH).hits
    assert hit.marked_title == "<mark>洗衣机漏水</mark>怎么办"


def test_hits_lead_to_the_articles_clean_address() -> None:
    assert _find("descale").hits[0].url_path == "/help/en/help/descale-the-kettle"
    assert _find("除垢", language=ZH).hits[0].url_path == "/help/zh/help/descale-the-kettle"


def test_a_search_is_noted_and_one_typing_is_one_note() -> None:
    agent = Reader(agent_id=factories.ada().id)
    for words in ("k", "ket", "kettle"):
        found = _find(words, agent, typing="abc")
    _find("zebra crossing", agent)
    rows = db.session.execute(
        select(KnowledgeSearch.words, KnowledgeSearch.found, KnowledgeSearch.agent_id).order_by(KnowledgeSearch.id)
    ).all()
    assert [tuple(row) for row in rows] == [("kettle", 2, agent.agent_id), ("zebra crossing", 0, agent.agent_id)]
    assert _find("kettle", ANYBODY, typing="abc").search_id != found.search_id  # somebody else's key


def test_what_was_opened_is_noted_for_ones_own_search_only() -> None:
    agent = Reader(agent_id=factories.ada().id)
    found = _find("kettle", agent)
    article_id = found.hits[0].article_id
    assert not searching.chose(found.search_id, article_id, ANYBODY)
    assert not searching.chose(found.search_id, 999_999, agent)
    assert searching.chose(found.search_id, article_id, agent)
    assert db.session.scalars(select(KnowledgeSearch.chosen_article_id)).one() == article_id


def test_a_ticket_is_answered_by_its_words_and_first_by_articles_about_its_product() -> None:
    lee = factories.agent("Lena Other", factories.RoleName.SUPERVISOR)
    leaks = ground.published(lee, "Dishwasher leaks", "Close the tap and check the hose.")
    articles.change(leaks, lee, product_ids=[7])
    agent = Reader(agent_id=lee.id)
    words = "Hello, since yesterday water runs out of the machine when I open the tap. What can I do about the hose?"
    assert suggesting.for_words(agent, words, [7])[0].title == "Dishwasher leaks"
    assert {hit.title for hit in suggesting.for_words(agent, words)} >= {"Dishwasher leaks", "Washing machine leaks"}
    assert [hit.title for hit in suggesting.for_words(agent, "zebra", [7])] == ["Dishwasher leaks"]
    assert suggesting.for_words(agent, "") == []


def test_what_is_withdrawn_is_found_no_more() -> None:
    lee = factories.agent("Lena Other", factories.RoleName.SUPERVISOR)
    article = ground.published(lee, "Toaster burns", "Turn the knob.")
    assert _titles("toaster") == ["Toaster burns"]
    articles.withdraw(article, lee)
    assert _titles("toaster") == []
    assert _find("toastre").did_you_mean is None
