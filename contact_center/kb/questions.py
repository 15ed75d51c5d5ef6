"""What somebody looks for, as the tokens the search works with: without the words that say nothing, the rarest first.

Called by `searching` and `suggesting`. How rare a word is, and how one that is still being typed ends, the counted
words know (`indexing`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from contact_center.kb import indexing
from contact_center.statement import Statement, array
from contact_center.text import tokens

MOST_TOKENS = 24  # of a question; a letter has more
# What asks, and says nothing of what is asked for.
_EMPTY = tokens.FILLERS.difference(
    "after before don't got him i'm it's no not off one out over she three two up".split()  # it may be asked for
).union(
    "always both each else ever every few hello help hi however like many may maybe most must need never often"
    " once other ours own please really same since something soon such thank thanks these through want while yet"
    " yours".split()
)
_EMPTY_STEMS = frozenset(token for word in _EMPTY for token, _ in tokens.words(word))
_EMPTY_GRAMS = frozenset(
    "怎么 么办 怎样 如何 什么 为什 请问 我的 我们 你们 你好 您好 可以 能不 不能 是否 一下 这个"
    " 那个 有没 没有 哪里 多少 么样 需要 想要 应该 的我 了吗 我想 想问 问一 一次 两次 第一 第二"
    " 二次 一个 一直 这样 那样 已经 因为 所以 但是 还是 现在 谢谢 麻烦".split()
)
_EMPTY_CHINESE = re.compile("|".join(_EMPTY_GRAMS))

_COUNTS = Statement("""
    SELECT token, sum(CASE WHEN CAST(:public AS boolean) THEN public_texts ELSE texts END)::bigint AS texts FROM kb_word
    WHERE token = ANY(CAST(:tokens AS text[])) GROUP BY token
""")
_ENDED = Statement("""
    SELECT token FROM (
        SELECT token, texts FROM kb_word
        WHERE word LIKE CAST(:beginning AS text) || '%' AND texts > 0 AND token IS NOT NULL
        LIMIT 300) few
    GROUP BY token ORDER BY sum(texts) DESC, token LIMIT 8
""")


@dataclass(frozen=True, slots=True)
class Token:
    """A token of the question; `texts` have it, or one of what it may become while it is being typed (`others`)."""

    token: str
    texts: int
    others: tuple[str, ...] = ()

    @property
    def alternatives(self) -> tuple[str, ...]:
        return (self.token, *self.others)


@dataclass(frozen=True, slots=True)
class Question:
    """`known` tokens are in some text, the rarest first; `unknown` words are in none, as they were typed."""

    known: tuple[Token, ...]
    unknown: tuple[str, ...]


def read(asked: str, *, is_public: bool, is_typing: bool = True, most: int = MOST_TOKENS) -> Question:
    """Read what was *asked*; *is_public*: by somebody who must not learn words that only agents may read."""
    runs = tokens.runs(asked)[:most]
    wanted = _tokens(runs)[:most]
    counted = _COUNTS.rows({"tokens": array(wanted), "public": is_public}) if wanted else []
    found = [Token(row.token, row.texts) for row in counted if row.texts]
    if is_typing and runs and not indexing.is_chinese(runs[-1]) and len(runs[-1]) > 1:
        found = _ended(found, runs[-1])
    known = tuple(sorted(found, key=lambda one: one.texts))
    return Question(known, _unknown(runs, {one.token for one in known}))


def telling_words(asked: str) -> str:
    """The words of *asked* that say something, in its order: what is marked where it is found."""
    return " ".join(part for run in tokens.runs(asked)[:MOST_TOKENS] for part in _telling(run))


def _telling(run: str) -> list[str]:
    """The run, if it says something; of a Chinese one what stands between the words that do not."""
    if indexing.is_chinese(run):
        return [part for part in _EMPTY_CHINESE.split(run) if len(part) > 1 or part == run]
    return [] if {token for token, _ in tokens.words(run)} <= _EMPTY_STEMS else [run]


def _tokens(runs: list[str]) -> list[str]:
    """The tokens that say something; all of them if none does."""
    every = [token for run in runs for token, _ in tokens.words(run)]
    telling = [token for token in every if token not in _EMPTY_STEMS and token not in _EMPTY_GRAMS]
    return list(dict.fromkeys(telling or every))


def _ended(found: list[Token], typed: str) -> list[Token]:
    """The last word may go on: then it stands for what it may become, too."""
    stem = next(token for token, _ in tokens.words(typed))
    if stem in _EMPTY_STEMS:
        return found
    plain = typed.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    others = tuple(row.token for row in _ENDED.rows({"beginning": plain}) if row.token != stem)
    if not others:
        return found
    rest = [one for one in found if one.token != stem]
    mine = next((one for one in found if one.token == stem), Token(stem, 0))
    return [*rest, Token(stem, mine.texts + len(others), others)]


def _unknown(runs: list[str], known: set[str]) -> tuple[str, ...]:
    """Words of which no token is known; of a run of Chinese it is enough that most are not."""
    missing = []
    for run in runs:
        mine = [token for token, _ in tokens.words(run)]
        telling = [token for token in mine if token not in _EMPTY_STEMS and token not in _EMPTY_GRAMS]
        if telling and sum(token not in known for token in telling) * 2 >= len(telling) and len(run) > 1:
            missing.append(run)
    return tuple(missing)
