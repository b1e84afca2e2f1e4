"""Whatever people type: the small parsers that their text goes through give something or their own
fault, in a time that grows no faster than the text."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from unicodedata import category
from zoneinfo import ZoneInfo

import pytest
from hypothesis import strategies as st

from bot.activity_words import masked_source, read_people, read_short_day
from bot.audience import AudienceError, read_audience
from bot.award import read_link
from bot.checkable import looks_checkable
from bot.claimreview import ClaimReviewError, read_claimreviews
from bot.drafting import DraftFault, has_numbers, read_source, read_words
from bot.factchecks import FactChecks
from bot.fonts import cleaned as shown
from bot.holder import is_too_long, tidy_name, undrawable
from bot.links import links_in, without_links
from bot.masking import mask
from bot.names import private_names
from bot.planreport.periods import PeriodFault, read_period
from bot.planreport.workbook import read_number
from bot.repeats import RepeatFault, dates_of, read_repeat
from bot.reporting import masked_part
from bot.schedule import Quiet, read_time, read_zone
from bot.store import Seal
from bot.store.codec import Codecs
from bot.store.codes import key
from bot.timing import read_moment
from tests.conftest import LANGUAGES, LIBRARY, SEARCH
from tests.hostile import mutated, run, written

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 11, 30, 6, 30, tzinfo=UTC)
TODAY = date(2026, 11, 30)
CODECS = Codecs(Seal("a secret for tests"))
CHECKS = FactChecks(LIBRARY.factchecks.values())
LARGEST = 2**63 - 1

TIMES = ["6:45", "18", "18h", "18h30", "18 giờ 30", "06.30", "24:00", "0h"]
MOMENTS = [
    "18:00", "30/11 18:00", "29/2 8:00", "âl 10/3 08:00", "âl 30/12", "al 2/2 nhuận 18h30",
    "calendar:hung-kings -3 08:00", "calendar:tet -60", "lunar 1/1 leap 7:00",
]  # fmt: skip
QUIETS = ["21:30-06:30", "0-24", "12:00-12:00", "23h-5h30"]
ZONES = ["Asia/Ho_Chi_Minh", "UTC", "../../etc/passwd", "Asia", "America/New_York", "posixrules"]
AUDIENCES = [
    "everyone", "everyone -unit:LD", "language:vi topic:rights since:2026-11-01", "got:12",
    "role:unit-officer -channel:web", "unit:A-1 unit:B_2 -language:zh-Hans",
]  # fmt: skip
RULES = [
    "FREQ=WEEKLY;BYDAY=MO,TH", "RRULE:FREQ=MONTHLY;BYMONTHDAY=31;COUNT=12", "FREQ=DAILY;INTERVAL=3",
    "FREQ=YEARLY;RSCALE=VIETNAMESE;BYMONTH=3;BYMONTHDAY=10", "FREQ=MONTHLY;BYDAY=-1FR;BYSETPOS=1",
    "FREQ=YEARLY;UNTIL=20271130T080000Z", "FREQ=YEARLY;BYMONTHDAY=29;BYMONTH=2",
]  # fmt: skip
PERIODS = [
    "2026Q3", "Q3/2026", "2026-07", "2026", "0001", "9999", "2026M12", "20260101-20261031",
    "1/1/2026 - 31/10/2026", "1/1/0001 đến 31/12/9999",
]  # fmt: skip
LINKS = [
    "xem https://www.facebook.com/groups/1/posts/2?fbclid=x nhé",
    "m.facebook.com/story.php?id=1&story_fbid=2",
    "https://youtu.be/abc?t=1", "(tiktok.com/@ai/video/7)", "http://user:pass@192.168.1.1:8080/a",
    "https://bộ-tài-chính.vn/đường?q=a#b", "https://t.me/s/kenh/12", "zalo.me/g/abcdef",
    "https://l.facebook.com/l.php?u=https%3A%2F%2Fa.vn%2F%3Fx%3D1", "http://[::1]/x", "xn--a.vn/b",
]  # fmt: skip
TALK = [
    "chị Lan ở tổ 3 nói công ty nợ lương 0912 345 678, stk 0071000123456 VCB",
    "Nguyễn Văn A bị công ty đuổi, CCCD 079123456789, nick @nva.1990, nva@gmail.com",
    "김민수 씨가 말했다 010-1234-5678", "王小明先生说公司拖欠工资", "นาย สมชาย ใจดี บอกว่า",
    "លោក សុខ ដារ៉ា",
    "Từ 1/7/2026 lương tối thiểu vùng tăng 7,2 % lên 5.310.000 đồng/tháng?",
    "Lương hưu sẽ bị cắt một nửa! Ai đóng BHXH dưới 15 năm mất hết tiền.",
    "toi bi lua chuyen tien", "tinggi upah minimum 2026", "ค่าแรงขั้นต่ำ", "最低工资是多少", "đđđđ",
]  # fmt: skip
NAMES = [
    "Trần Thị Bích Ngọc", "Nguyễn Ái Quốc <b>", "O'Brien-Smith, Jr.", "𝓝𝓰𝓾𝔂𝓮𝓷", "김민수", "王小明",
    "ស៊ុន ដារ៉ា", "สมชาย", "か゛", "Đ" * 80,
]  # fmt: skip
DRAFTS = [
    "Lương tối thiểu tăng\nTừ ngày 1/7…", "Một câu. Hai câu.", "https://a.vn/b xem",
    "javascript:alert(1)",
    "Nghị định 74/2024; Chính phủ; 74/2024/NĐ-CP; https://chinhphu.vn/x", "a；b",
]  # fmt: skip
CODES = ["k7dm-2x9q-w3ht-p6bz", "K7M2-9XQ4-HTPW", "K7M2 9XQ4 HTPW"]
TAGS = ["vi", "zh-Hans-CN", "zh_TW", "en-US-x-twain", "ko-KR", "i-klingon", "zh", "*"]
AMOUNTS = ["40", "1.200", "1 200", "12,5", "25/11", "31/2", "5-1", "999.999.999"]
REVIEW = {
    "@context": "https://schema.org", "@type": "ClaimReview", "claimReviewed": "Lương giảm",
    "url": "https://a.vn/kiem-chung/1", "datePublished": "2026-11-30", "inLanguage": "vi",
    "author": {"@type": "Organization", "name": "Báo A"},
    "itemReviewed": {"@type": "Claim", "author": {"@type": "Person", "name": "Lan",
        "sameAs": ["https://f.com/lan"]}},
    "reviewRating": {"@type": "Rating", "ratingValue": 1, "bestRating": 5, "alternateName": "Sai"},
}  # fmt: skip
REVIEWS = [REVIEW, {"@graph": [REVIEW]}]

Read = Callable[[str], Any]


def _or_fault(read: Read, *faults: type[Exception]) -> Callable[[Any], object]:
    def reads(text: Any) -> None:
        try:
            read(text)
        except faults:
            return

    return reads


def _quiet(text: str) -> None:
    Quiet.read(text).holds(NOW.time())


def _moment(text: str) -> None:
    moment = read_moment(text, NOW, ZONE, LIBRARY.calendar)
    moment.is_clamped(ZONE)
    moment.has_leap_after(ZONE)


def _audience(text: str) -> None:
    audience = read_audience(text)
    for terms in (audience.included, audience.excluded):
        assert all(int(number) <= LARGEST for number in terms.get("got", ()))


def _repeat(text: str) -> None:
    assert len(dates_of(read_repeat(text, NOW, ZONE), NOW, ZONE)) < 400


def _period(text: str) -> None:
    period = read_period(text)
    assert read_period(period.code) == period
    _ = period.title, period.days, period.is_of_months, period.before(), list(period.months())


def _links(text: str) -> None:
    for link in links_in(text):
        link.canonical.encode("utf-8", "replace")
    without_links(text)
    read_link(text)
    masked_source(text)


def _masked(text: str) -> None:
    mask(text)
    masked_part(text)
    private_names(text)
    looks_checkable(text)


def _name(text: str) -> None:
    name = tidy_name(text)
    assert not {category(letter) for letter in name} & {"Cc", "Cf", "Cs"}
    _ = is_too_long(name), undrawable(name), shown(text)


def _draft(text: str) -> None:
    for read in (read_source, read_words):
        _or_fault(read, DraftFault)(text)
    has_numbers(read_words(text))


def _language(text: str) -> None:
    assert LANGUAGES.nearest(text) in LANGUAGES.tags
    assert LANGUAGES.lookup(text) in {None, *LANGUAGES.tags}
    assert LANGUAGES.voice(text).tag in LANGUAGES.tags


def _amount(text: str) -> None:
    assert (read_people(text) or 0) <= LARGEST
    read_short_day(text, TODAY)
    read_number(text)


def _reviews(tree: Any) -> None:
    read_claimreviews(json.dumps(tree))


PARSERS: Mapping[str, tuple[st.SearchStrategy[Any], Callable[[Any], object]]] = {
    "times of day": (written(TIMES), _or_fault(read_time, ValueError)),
    "moments to send": (written(MOMENTS), _or_fault(_moment, DraftFault, ValueError)),
    "quiet hours": (written(QUIETS), _or_fault(_quiet, ValueError)),
    "time zones": (written(ZONES), _or_fault(read_zone, ValueError)),
    "audience expressions": (written(AUDIENCES), _or_fault(_audience, AudienceError)),
    "repeats": (written(RULES), _or_fault(_repeat, RepeatFault)),
    "periods of a report": (written(PERIODS), _or_fault(_period, PeriodFault)),
    "links": (written(LINKS), _links),
    "masking": (written([*TALK, *LINKS]), _masked),
    "names on certificates": (written(NAMES), _name),
    "drafts of messages": (written(DRAFTS), _or_fault(_draft, DraftFault)),
    "searches": (written(TALK), lambda text: SEARCH.find(text, ("vi", "en"), TODAY)),
    "reported claims": (written(TALK), lambda text: CHECKS.match(text, TODAY)),
    "codes": (written(CODES), lambda text: key(CODECS, "invitation", text)),
    "language tags": (written(TAGS), _language),
    "numbers and days typed": (written(AMOUNTS), _amount),
    "others' ClaimReview": (mutated(REVIEWS), _or_fault(_reviews, ClaimReviewError)),
}  # fmt: skip


@pytest.mark.parametrize("parser", PARSERS)
def test_what_people_type_is_read_or_refused(parser: str) -> None:
    run(parser, *PARSERS[parser])


# --- what was found ------------------------------------------------------------------------------

FOUND: Mapping[str, tuple[Callable[[Any], object], str]] = {
    "half a letter in a link": (_links, "m.facebook.com/story.php?id=1&x=2\udcff"),
    "half a letter in the path of a link": (_masked, "0.so/\ud800chị"),
    "a report of the last year there is": (_or_fault(_period, PeriodFault), "9999"),
    "a report of the first year there is": (_or_fault(_period, PeriodFault), "0001"),
    "who got a campaign beyond every number": (
        _or_fault(_audience, AudienceError),
        "got:99999999999999999999",
    ),
}


@pytest.mark.parametrize("what", FOUND)
def test_what_broke_a_small_parser_once(what: str) -> None:
    read, text = FOUND[what]
    read(text)
