"""Finds articles by words, with or without Vietnamese marks and with small typing errors."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

import regex
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from bot.library import Article, Library
from bot.search_index import mark_of, open_index

MAX_QUERY_WORDS = 16
_WORD = regex.compile(r"[\p{L}\p{N}\p{M}]+")
# Scripts that put no space between words: FTS5 would take a whole sentence for one word.
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Khmer}]+")
# "ký" and "kí", "quy" and "qui" are the same word, written either way.
_FINAL_Y = regex.compile(r"(?<=[^aeiouy]|qu)y\b")
_MARKS = re.compile("[\u0300-\u036f]+")
_SENTENCE = regex.compile(r"(?<=[.!?។。！？])\s*|\n+")


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found: `score` is larger for a better hit, `snippet` shows why."""

    article: Article
    language: str
    score: float
    snippet: str


def fold(text: str) -> str:
    """Lower case without marks, `đ` as `d`: so that "Công đoàn" and "cong doan" are the same.

    FTS5's own `remove_diacritics` never folds `đ` and misses decomposed input, so both the
    index and the question are folded here. Thai and Khmer keep their marks: they are letters.
    """
    plain = text.casefold()
    if plain.isascii():
        return plain
    marks = unicodedata.normalize("NFD", plain.replace("đ", "d"))
    return unicodedata.normalize("NFC", _MARKS.sub("", marks))


def likeness(one: str, other: str) -> tuple[float, float]:
    """How alike two texts are, from 0 to 1: in all their words; and how much of the shorter's
    pairs of words the longer has."""
    plain, there = words(one), words(other)
    whole = fuzz.token_sort_ratio(" ".join(plain), " ".join(there)) / 100
    pairs, others = set(pairwise(plain)), set(pairwise(there))
    fewer = min(len(pairs), len(others))
    return whole, len(pairs & others) / fewer if fewer else 0.0


def words(text: str) -> tuple[str, ...]:
    """Folded words; scripts without spaces are given as overlapping pairs of characters."""
    folded = _FINAL_Y.sub("i", fold(text))
    found = _WORD.findall(folded)
    if _UNSPACED.search(folded) is None:
        return tuple(found)
    return tuple(part for word in found for part in parts_of(word))


class Search:
    """Over every language of every article; the index is kept in `place`, if that is given."""

    def __init__(self, library: Library, place: Path | None = None) -> None:
        self._library = library
        mark = mark_of(_texts(library), Path(__file__))
        self._database = open_index(place, mark, _rows(library))
        self._words = tuple(row[0] for row in self._database.execute("SELECT term FROM word"))

    def find(
        self, question: str, languages: Iterable[str], today: date, limit: int = 5
    ) -> tuple[Hit, ...]:
        """The best articles for `question`, at most one language of each.

        `languages` are those the person reads, best first: of one article in several languages
        the first is shown. Any text may be asked; one without a word finds nothing.
        """
        asked = tuple(dict.fromkeys(words(question)))[:MAX_QUERY_WORDS]
        if not asked:
            return ()
        spelt = {word: self._spellings(word) for word in asked}
        scores = self._scores(asked, spelt)
        out = {k: s for k, s in scores.items() if self._library.articles[k].is_out(today)}
        best = sorted(out, key=lambda identifier: (-out[identifier], identifier))[:limit]
        wanted = frozenset(word for close in spelt.values() for word in close)
        return tuple(self._hit(key, out[key], tuple(languages), wanted) for key in best)

    def _scores(
        self, asked: tuple[str, ...], spelt: Mapping[str, tuple[str, ...]]
    ) -> dict[str, float]:
        """Score by article: BM25, times the share of the asked words that it holds."""
        phrases = [f'"{word}"' for close in spelt.values() for word in close]
        if not phrases:
            return {}
        rows = self._database.execute(
            "SELECT text.article, -bm25(text_fts, 4.0, 1.0), text.title || ' ' || text.body "
            "FROM text_fts JOIN text ON text.rowid = text_fts.rowid "
            "WHERE text_fts MATCH ? ORDER BY bm25(text_fts, 4.0, 1.0) LIMIT 60",
            [" OR ".join(phrases)],
        )
        scores: dict[str, float] = {}
        for article, score, text in rows:
            held = frozenset(text.split())
            share = sum(1 for word in asked if not held.isdisjoint(spelt[word])) / len(asked)
            if share >= 0.5:
                scores[article] = max(scores.get(article, 0.0), score * share * share)
        return scores

    def _spellings(self, word: str) -> tuple[str, ...]:
        """The word if the index knows it, else the known words nearest to it."""
        known = self._database.execute("SELECT 1 FROM word WHERE term = ?", (word,)).fetchone()
        if known:
            return (word,)
        allowed = 0 if len(word) < 3 or word.isdigit() else 1 if len(word) < 7 else 2
        if not allowed:
            return ()
        close = process.extract(
            word, self._words, scorer=OSA.distance, score_cutoff=allowed, limit=24
        )
        # Syllables are short: only those that begin alike are likely to be meant.
        alike = [found for found, _, _ in close if len(word) > 4 or found[0] == word[0]]
        return tuple(alike[:4])

    def _hit(
        self, identifier: str, score: float, languages: tuple[str, ...], wanted: frozenset[str]
    ) -> Hit:
        article = self._library.articles[identifier]
        language = article.in_language(languages)
        return Hit(article, language, score, _snippet(article.text[language].body, wanted))


def parts_of(word: str, unspaced: regex.Pattern[str] = _UNSPACED) -> Iterator[str]:
    """The word itself, or its pairs of characters where the script has no spaces."""
    end = 0
    for run in unspaced.finditer(word):
        if run.start() > end:
            yield word[end : run.start()]
        text = run.group()
        yield from (text[i : i + 2] for i in range(max(1, len(text) - 1)))
        end = run.end()
    if end < len(word):
        yield word[end:]


def _texts(library: Library) -> Iterator[str]:
    for article in library.articles.values():
        for language, text in article.text.items():
            yield from (article.id, language, text.title, text.body)


def _rows(library: Library) -> Iterator[tuple[str, str, str, str]]:
    """Article, language, and the words of title and body."""
    for article in library.articles.values():
        for language, text in article.text.items():
            yield article.id, language, " ".join(words(text.title)), " ".join(words(text.body))


def _snippet(body: str, wanted: frozenset[str], width: int = 140) -> str:
    """The sentence of the body with most of the wanted words, cut at a word."""
    sentences = [part.strip("- ").strip() for part in _SENTENCE.split(body) if part.strip("- \n")]
    best = max(sentences, key=lambda sentence: len(wanted.intersection(words(sentence))))
    if len(best) <= width:
        return best
    # A grapheme is never cut: \X holds a letter together with its marks.
    graphemes = regex.findall(r"\X", best)[:width]
    return "".join(graphemes).rsplit(" ", 1)[0].rstrip(",;: ") + "…"
