"""Measures of what was said: messages, readings, articles, checks, works for the award."""

from __future__ import annotations

from collections import Counter

from bot.library import Library
from bot.library.plan import FOREIGN
from bot.planreport.counted import Counted, Languages
from bot.planreport.measured import SMALL, Measured, Narrowed, fits, topic_word
from bot.planreport.report import Rows, in_vietnamese
from bot.planreport.words import OTHERS, language_word


def messages(counted: Counted, library: Library, narrowed: Narrowed) -> Measured:
    """Messages that arrived. By a language only with the people who read it in view."""
    if "language" in narrowed:
        return in_language(counted, "sent", narrowed)
    rows = [one for one in counted.rows("sent") if fits(one, narrowed)]
    by = Counter[tuple[str, str]]()
    for one in rows:
        by[_campaign(one.subject), topic_word(library, one.topic)] += one.amount
    cells = tuple((*key, in_vietnamese(count)) for key, count in sorted(by.items()))
    return Measured(sum(by.values()), "", Rows(("Nguồn", "Chủ đề", "Số tin"), cells))


def _campaign(subject: str) -> str:
    kind, _, number = subject.partition(":")
    return f"Đợt gửi tin số {number}" if kind == "campaign" else "Tin theo đăng ký"


def in_language(counted: Counted, kind: str, narrowed: Narrowed) -> Measured:
    """The sum of the languages that may be told, of closed months; `foreign`: of all but
    Vietnamese."""
    wanted, found = narrowed["language"], counted.languages.get(kind, Languages())
    if wanted != FOREIGN:
        if wanted in found.told:
            return Measured(found.told[wanted])
        return SMALL if found.others else Measured(0)
    told = [one for one in found.largest_first if one[0] != "vi"]
    others = found.others if "vi" in found.told else 0
    if not told and not others:
        return SMALL if found.others else Measured(0)
    cells = [(language_word(tag), in_vietnamese(count)) for tag, count in told]
    cells += [(OTHERS, in_vietnamese(others))] if others else []
    amount = sum(count for _, count in told) + others
    return Measured(amount, "", Rows(("Ngôn ngữ", "Số lượng"), tuple(cells)))


def readings(counted: Counted, library: Library, narrowed: Narrowed) -> Measured:
    if "language" in narrowed:
        return in_language(counted, "read", narrowed)
    by = Counter[tuple[str, str]]()
    for one in counted.rows("read"):
        if fits(one, narrowed):
            by[_title(library, one.subject), topic_word(library, one.topic)] += one.amount
    cells = tuple((*key, in_vietnamese(count)) for key, count in sorted(by.items()))
    return Measured(sum(by.values()), "", Rows(("Bài", "Chủ đề", "Lượt đọc"), cells))


def articles(counted: Counted, library: Library, narrowed: Narrowed) -> Measured:
    """Articles that came out."""
    found = [one for one in counted.rows("article") if fits(one, narrowed)]
    cells = sorted((_title(library, one.subject), topic_word(library, one.topic)) for one in found)
    return Measured(len(found), "", Rows(("Bài", "Chủ đề"), tuple(cells)))


def _title(library: Library, subject: str) -> str:
    identifier = subject.partition(":")[2]
    article = library.articles.get(identifier)
    if article is None:
        return identifier
    text = article.text.get("vi") or next(iter(article.text.values()))
    return text.title


def campaigns(counted: Counted, library: Library, narrowed: Narrowed) -> Measured:
    """Broadcasts of officers of which something arrived."""
    by = Counter[tuple[str, str, str]]()
    for one in counted.rows("sent"):
        if one.subject.startswith("campaign:") and fits(one, narrowed):
            by[one.subject, _campaign(one.subject), topic_word(library, one.topic)] += one.amount
    cells = tuple((*key[1:], in_vietnamese(count)) for key, count in sorted(by.items()))
    count = len({subject for subject, *_ in by})
    return Measured(count, "", Rows(("Đợt", "Chủ đề", "Số tin đã đến"), cells))


def languages(counted: Counted, _library: Library, _: Narrowed) -> Measured:
    """In how many languages messages arrived, of those that may be told."""
    told = counted.languages.get("sent", Languages()).largest_first
    cells = tuple((language_word(tag), in_vietnamese(count)) for tag, count in told)
    return Measured(len(told), "", Rows(("Ngôn ngữ", "Số tin"), cells))


def checks(counted: Counted, library: Library, _: Narrowed) -> Measured:
    """Fact-checks that came out, of editors and of the desk."""
    cells = []
    for one in counted.rows("check"):
        slug = one.subject.partition(":")[2]
        known = library.factchecks.get(slug)
        cells.append((known.claim.get("vi", slug) if known else slug,))
    return Measured(len(cells), "", Rows(("Nội dung đã kiểm chứng",), tuple(sorted(cells))))


def works(counted: Counted, library: Library, narrowed: Narrowed) -> Measured:
    """Works registered for the award; a list of them exists, so their number is no secret."""
    wanted = narrowed.get("category")
    by = counted.sums("work", lambda one: one.subject, lambda o: wanted in {None, o.subject})
    award = library.award
    cells = []
    for identifier, count in sorted(by.items()):
        category = award.category(identifier) if award else None
        cells.append((category.name["vi"] if category else identifier, in_vietnamese(count)))
    return Measured(sum(by.values()), "", Rows(("Thể loại", "Số tác phẩm"), tuple(cells)))
