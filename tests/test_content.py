"""The pack that ships: enough of it, in both languages, sourced, saying the same in each."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

import pytest

from bot.channels.lists import text_parts
from bot.channels.telegram.writing import messages
from bot.channels.zalo_oa.writing import MAX_TEXT
from bot.library import Article
from bot.model import Reply
from tests.conftest import LIBRARY

ARTICLES = sorted(LIBRARY.articles.values(), key=lambda article: article.id)
DAY = date(2026, 11, 30)

_SLOGANS = re.compile(r"(?i)!|thế lực thù địch|phản động|hostile force|reactionary|muôn năm")


def test_every_topic_has_five_articles_that_are_out_in_both_languages() -> None:
    out = [article for article in LIBRARY.newest(DAY) if {"vi", "en"} <= set(article.text)]
    count = Counter(article.topic for article in out)
    assert set(count) == set(LIBRARY.topics)
    assert min(count.values()) >= 5, count


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.id)
def test_an_article_is_short_plain_and_names_its_facts(article: Article) -> None:
    assert article.facts
    for text in article.text.values():
        assert len(text.title) < 60
        assert not _SLOGANS.search(text.title + text.body)
    assert 60 <= len(article.text["en"].body.split()) <= 140


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.id)
def test_an_article_is_one_message_on_telegram_and_on_zalo(article: Article) -> None:
    """In every language that it speaks."""
    for text in article.text.values():
        reply = Reply(title=text.title, body=text.body)
        assert len(messages(reply)) == 1
        assert len(text_parts(reply, MAX_TEXT)) == 1


def test_sources_never_point_to_a_mirror() -> None:
    mirrors = re.compile(r"thuvienphapluat|luatvietnam|vietnam\.vn/|wikipedia|einpresswire|beta")
    urls = [s.url for article in ARTICLES for s in article.sources if s.url]
    assert not [url for url in urls if mirrors.search(url)]
