"""Articles out into files and in again: the same articles."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from contact_center.extensions import db
from contact_center.kb import articles, documents, images, markdown, publishing, reading, tables
from contact_center.kb.articles import Words
from contact_center.kb.models import Article, ArticleState, Audience, Image, Revision
from contact_center.kb.reading import Reader
from tests import factories
from tests.kb import ground

pytestmark = pytest.mark.usefixtures("session")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
RICH = (
    "<h2>Before you begin</h2><p>Read <strong>all</strong> of <em>this</em>, <a href=\"/help/en/\" "
    "rel=\"noopener noreferrer\">please</a>.<br>Then *start*.</p><ul><li>First</li><li>Second<ol><li>a</li><li>b</li>"
    "</ol></li></ul><p>1. not a list</p><blockquote><p>Quoted</p></blockquote><pre><code>x  =\n  1\n</code></pre>"
    "<table><thead><tr><th>A</th><th>B</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>"
)  # fmt: skip
ODD = '<div class="warning"><p>Hot <kbd>*</kbd>!</p></div><details open=""><summary>More</summary><p>x</p></details>'
PAGE = """---
title: "Care: the kettle"
summary: How to keep it clean
audience: tier
tiers: [A, B]
review_by: 2027-03-01
---
# Not the title

Boil *vinegar*.

![A kettle](pictures/kettle.png)
"""


def _rows() -> list[tuple[object, ...]]:
    asked = select(
        Article.slug, Article.audience, Article.tiers, Article.state, Revision.language, Revision.title,
        Revision.summary, Revision.html,
    )  # fmt: skip
    asked = asked.join(Revision, Revision.article_id == Article.id).order_by(
        Article.slug, Revision.language, Revision.id
    )
    return [tuple(row) for row in db.session.execute(asked)]


def _shelf() -> None:
    lee = factories.lee()
    rich = ground.published(lee, "Rich", RICH, zh=("丰富", "正文 *星号* 与 <b>粗体</b>"))
    picture = images.add(rich, PNG, "kettle.png")
    articles.save(
        rich, lee, Words("en", "Rich", "About it: all", f'{RICH}<p><img src="/help/images/{picture.key}" alt="A"></p>')
    )
    articles.approve(rich, lee)
    ground.published(lee, "Odd", ODD, audience=Audience.TIER, tiers=["A"])
    ground.draft(lee, "=Not a formula, only a draft")


def test_markdown_files_say_the_same_article_again() -> None:
    _shelf()
    before, files = _rows(), dict(markdown.write(documents.hand_out()))
    found, bad = markdown.read(files)
    assert bad == []
    outcome = documents.take_in(found, factories.agent("Lena Other", factories.RoleName.SUPERVISOR))
    assert (outcome.created, outcome.changed, outcome.same, outcome.bad) == (0, 0, 4, [])
    assert _rows() == before


def test_markdown_files_make_the_same_articles_elsewhere() -> None:
    _shelf()
    files = dict(markdown.write(documents.hand_out()))
    first = db.session.scalars(select(Article.id).order_by(Article.id)).first()
    newest = {name: row.html for name, row in publishing.newest(first).items()}
    found, _bad = markdown.read({path.replace("help/", "other/"): data for path, data in files.items()})
    outcome = documents.take_in(found, None, publishes=True)
    assert (outcome.created, outcome.changed, outcome.bad) == (3, 1, [])  # the translation changes what is there
    rich = reading.article(Reader(), "other", "rich").article
    again = {name: row.html for name, row in publishing.newest(rich.id).items()}
    assert set(again) == {"en", "zh_Hans_CN"}
    assert again["zh_Hans_CN"] == newest["zh_Hans_CN"]
    assert again["en"].split("/help/images/")[0] == newest["en"].split("/help/images/")[0]
    assert articles.outdated_translations(rich) == []
    assert db.session.scalar(select(func.count()).select_from(Image)) == 2
    assert reading.article(Reader(), "other", "not-a-formula-only-a-draft") is None


def test_what_markdown_can_say_is_markdown() -> None:
    _shelf()
    text = dict(markdown.write(documents.hand_out()))["help/rich.en.md"].decode()
    assert "\n## Before you begin\n\nRead **all** of *this*, [please](/help/en/).\\\nThen \\*start\\*." in text
    assert "\n- First\n- Second\n  1. a\n  2. b\n" in text
    assert "](../images/" in text


def test_a_file_that_somebody_wrote_becomes_an_article_with_its_picture() -> None:
    files = {
        "help/care/kettle.zh-CN.md": "# 水壶\n\n除垢".encode(), "help/care/kettle.en.md": PAGE.encode(),
        "help/care/pictures/kettle.png": PNG, "README.md": b"# Not an article",
    }  # fmt: skip
    found, bad = markdown.read(files)
    outcome = documents.take_in(found, None, publishes=True)
    assert (outcome.created, outcome.changed, outcome.bad, bad) == (1, 1, [], [])
    shown = reading.article(Reader(customer_id=1, tier="B"), "help", "kettle")
    assert shown is not None
    assert (shown.text.title, shown.text.summary) == ("Care: the kettle", "How to keep it clean")
    assert (shown.article.category.slug, shown.article.tiers, str(shown.article.review_by)) == (
        "care",
        ["A", "B"],
        "2027-03-01",
    )
    assert "<em>vinegar</em>" in shown.rendered.markup
    assert "/help/images/" in shown.rendered.markup
    assert set(shown.languages) == {"en", "zh_Hans_CN"}
    assert not reading.article(
        Reader(customer_id=1, tier="B", language="zh_Hans_CN"), "help", "kettle"
    ).text.is_outdated


@pytest.mark.parametrize(
    ("name", "data", "word"),
    [
        ("help/a.en.md", b"---\naudience: everybody\ntitle: A\n---\nx", "everybody"),
        ("help/a.en.md", b"---\ntitle: A\nproducts: [X-1]\n---\nx", "X-1"),
        ("help/a.en.md", b"no title", "title"),
        ("help/a.en.md", b"# A\n\n![x](../../../etc/passwd)", "passwd"),
        ("help/a.en.md", b"---\ntitle: A\nexpires: soon\n---\nx", "soon"),
        ("help/a.en.md", b"---\n- 1\n---\nx", "names"),
        ("help/a.en.md", b"---\n: : {\n---\nx", "read"),
        ("help/a.en.md", b"\xff\xfe\xff", "read"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_the_reason_and_holds_up_no_other(
    name: str, data: bytes, word: str
) -> None:
    found, bad = markdown.read({name: data, "help/good.en.md": b"# Good\n\nx"})
    outcome = documents.take_in(found, None)
    told = [*bad, *outcome.bad]
    assert [place for place, _reason in told] == [name]
    assert word in told[0][1]
    assert outcome.created == 1


def test_a_table_says_the_same_article_again() -> None:
    _shelf()
    text = "".join(tables.write(documents.hand_out()))
    assert ",'=Not a formula" not in text.split("\n")[0]
    found, bad = tables.read(text)
    outcome = documents.take_in(found, None)
    assert (bad, outcome.created, outcome.changed, outcome.same, outcome.bad) == ([], 0, 0, 4, [])


def test_a_table_needs_titles_and_languages_and_separates_as_it_likes() -> None:
    with pytest.raises(documents.ContactCenterError, match="title"):
        tables.read("name,language\nx,en\n")
    found, bad = tables.read("title;language;html;expires\nKettle;zh;<p>x</p>;2027-01-31\nToaster;en;x;soon\n")
    assert [(one.slug, one.language, str(one.expires)) for one in found] == [("kettle", "zh_Hans_CN", "2027-01-31")]
    assert len(bad) == 1


def test_what_is_taken_in_is_a_draft_unless_it_is_to_be_published() -> None:
    found, _bad = markdown.read({"help/good.en.md": b"# Good\n\ny <script>x</script>"})
    documents.take_in(found, None)
    article = db.session.scalars(select(Article)).one()
    assert article.state is ArticleState.DRAFT
    documents.take_in(found, None, publishes=True)
    assert reading.by_id(Reader(), article.id).rendered.markup == "<p>y</p>"


def test_what_a_file_does_not_say_stays_and_a_translation_says_nothing_of_readers() -> None:
    first, _bad = markdown.read({"help/a.en.md": b"---\ntitle: A\naudience: agents\n---\nx"})
    documents.take_in(first, None, publishes=True)
    again, _bad = markdown.read(
        {"help/a.en.md": b"# A\n\ny", "help/a.zh.md": b"---\ntitle: A\naudience: public\n---\nz"}
    )
    outcome = documents.take_in(again, None, publishes=True)
    article = db.session.scalars(select(Article)).one()
    assert (outcome.changed, article.audience, article.is_read) == (2, Audience.AGENTS, True)
    said, _bad = markdown.read({"help/a.en.md": b"---\ntitle: A\naudience: public\n---\ny"})
    documents.take_in(said, None)
    assert reading.by_id(Reader(), article.id) is not None


def test_what_was_withdrawn_or_is_unfinished_in_one_language_is_not_published() -> None:
    lee = factories.lee()
    found, _bad = markdown.read({"help/a.en.md": b"# A\n\nx", "help/b.en.md": b"---\ntitle: B\nstate: draft\n---\nx",
                                 "help/b.zh.md": b"# B\n\nx"})  # fmt: skip
    documents.take_in(found, lee, publishes=True)
    a, b = db.session.scalars(select(Article).order_by(Article.slug))
    assert (a.is_read, b.is_read) == (True, False)
    articles.withdraw(a, lee)
    assert documents.take_in(found, lee, publishes=True).same == 3
    assert a.state is ArticleState.WITHDRAWN
