"""What a claim, a report and a finding promise, and what the desk reads of them, without a chat."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from bot import claims
from bot.campaigns import Origin
from bot.claims import Case, CaseMessage, Claim, Deadlines, Finding, Intake, Statement
from bot.model import Address, Person
from bot.store import NewReport, Seal, Store, Work, new_case_code, schema
from tests.desking import BY, NOW, answer, do, hand_in, new_report, newcomer, open_copy

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
async def store(new_database: Path, tmp_path: Path) -> AsyncIterator[Store]:
    store = open_copy(new_database, tmp_path)
    yield store
    await store.close()


def test_what_is_promised_and_kept() -> None:
    """The words stand in databases, the times in the privacy page: another one breaks a promise."""
    states = (claims.NEW, claims.TAKEN, claims.READING, claims.CLOSED, claims.MERGED)
    assert states == ("new", "taken", "reading", "closed", "merged")
    assert claims.OPINION == "opinion"
    assert claims.HARMS == ("money", "health", "work", "other")
    assert timedelta(days=90) == claims.KEPT
    assert timedelta(hours=72) == claims.NOTICE
    assert timedelta(minutes=15) == claims.INTAKE_LASTS
    assert (claims.MOST_PARTS, claims.LONGEST) == (20, 4000)


@pytest.mark.parametrize(
    ("harm", "days"), [("money", 2), ("health", 2), ("work", 5), ("other", 15), ("unheard", 15)]
)
def test_the_graver_the_harm_the_sooner_an_answer(harm: str, days: int) -> None:
    assert Deadlines().due(harm, NOW) == NOW + timedelta(days=days)


def test_what_has_come_in_is_something_as_soon_as_one_part_is_there() -> None:
    assert Intake().is_empty is True
    assert not Intake(("Tin",)).is_empty
    assert not Intake(links=("ab",)).is_empty
    assert not Intake(pictures=("ab",)).is_empty
    assert Intake().is_counter is False
    two = Intake(("một", "x" * 5000), ("example.org",))
    assert two.text == "một\n\n" + "x" * 5000
    assert two.statement == Statement(two.text[:4000], ("example.org",))


def test_a_finding_says_what_it_still_needs() -> None:
    whole = Finding("correct", {"vi": "Tin."}, {"vi": "Đúng."}, (Origin("Thông báo", "Sở"),))
    assert whole.missing == ""
    assert replace(whole, sources=()).missing == "source"
    assert replace(whole, sources=(), summary={}).missing == "summary"
    assert Finding().missing == "verdict"
    assert (Finding().claim, Finding().summary) == ({}, {})
    assert (Finding().verdict, Finding().is_public, Finding().check) == ("", False, "")


@pytest.mark.parametrize(
    ("state", "is_open"),
    [("new", True), ("taken", True), ("reading", True), ("closed", False), ("merged", False)],
)
def test_what_is_closed_or_part_of_another_is_not_open(state: str, is_open: bool) -> None:
    claim = Claim(1, state, "money", "vi", NOW, NOW)
    assert claim.is_open is is_open
    assert (claim.reports, claim.revision, claim.slug) == (1, 0, "")
    assert CaseMessage(1, 1, "late", "vi", claim).text == ""


async def test_a_new_claim_is_one_report_without_any_word_of_the_desk(store: Store) -> None:
    lan, _ = await newcomer(store, "lan")
    code = await hand_in(store, lan, "lan", "Tin về phí")
    claim = Claim(1, "new", "money", "vi", NOW, NOW + 2 * DAY)
    assert await store.claims.get(1) == claim
    assert (claim.reports, claim.revision, claim.slug) == (1, 0, "")
    said = Statement("Tin về phí", ("example.org",))
    assert await store.claims.case(code) == Case(1, claim, said, NOW, None)
    assert await store.claims.case(code.lower().replace("-", " ")) is not None
    assert await store.claims.get(2) is None


async def _several(store: Store, person: Person, *due: int, harm: str = "money") -> None:
    """So many claims, due in so many days each."""
    work = Work()
    for at, days in enumerate(due):
        new = new_report(store, person.id, Address("test", "lan"), f"Tin {at + 1}")
        work.report(replace(new, due_at=NOW + days * DAY, harm=harm), [], NOW)
    await do(store, work)


async def test_the_queue_is_what_is_open_and_shown_by_due_date(store: Store) -> None:
    lan, _ = await newcomer(store, "lan")
    await _several(store, lan, 5, 2, 9, 2)
    held = new_report(store, lan.id, Address("test", "lan"), "Tin của một cơn lũ")
    work = Work()
    work.report(replace(held, shown_from=NOW + MINUTE, due_at=NOW), [], NOW)
    await do(store, work)
    await answer(store, 3)

    async def queue(limit: int = 9, skip: int = 0) -> list[int]:
        return [one.id for one in await store.claims.queue(NOW, limit, skip)]

    assert await queue() == [2, 4, 1]
    assert await queue(2) == [2, 4]
    assert await queue(2, 1) == [4, 1]
    assert await store.claims.count_open(NOW) == 3
    assert await store.claims.count_open(NOW + MINUTE) == 4
    assert [one.id for one in await store.claims.queue(NOW + MINUTE, 1)] == [5]


async def test_an_intake_is_its_persons_and_lasts_a_quarter_of_an_hour(store: Store) -> None:
    (lan, _), (hoa, _) = await newcomer(store, "lan"), await newcomer(store, "hoa")
    work = Work()
    work.keep_intake(lan, Intake(("một",)), NOW - MINUTE)
    work.keep_intake(lan, Intake(("một", "hai")), NOW)
    work.keep_intake(hoa, Intake(("ba",)), NOW)
    await do(store, work)
    kept = Intake(("một", "hai"))
    assert await store.claims.intake(lan, NOW + 15 * MINUTE - timedelta(seconds=1)) == kept
    assert await store.claims.intake(lan, NOW + 15 * MINUTE) is None
    ending = Work()
    ending.end_intake(lan)
    await do(store, ending)
    assert await store.claims.intake(lan, NOW) is None
    assert await store.claims.intake(hoa, NOW) == Intake(("ba",))
    await store.claims.keep_promises(Deadlines(), NOW + 16 * MINUTE)
    assert not await store._reads.run(lambda c: c.execute(select(schema.intake)).all())


async def test_a_new_report_finds_what_is_open_and_like_it(store: Store) -> None:
    lan, _ = await newcomer(store, "lan")
    new = new_report(store, lan.id, Address("test", "lan"), "có hình")
    work = Work()
    mark = ("picture", b"picture")
    work.report(replace(new, marks=(*new.marks, mark, mark)), [], NOW)
    await do(store, work)
    await hand_in(store, lan, "lan", "đã xong")
    link = store.claims.link_key("example.org/có hình")
    assert await store.claims.marked("link", [b"?", link]) == 1
    assert await store.claims.marked("picture", [link]) == 0
    assert await store.claims.marked("link", []) == 0
    assert await store.claims.marked("link", [store.claims.link_key("example.org/đã xong")]) == 2
    await answer(store, 2)
    assert await store.claims.marked("link", [store.claims.link_key("example.org/đã xong")]) == 0
    assert await store.claims.open_texts() == ((1, "vi", "có hình"),)
    assert await store.claims.open_pictures() == ((1, b"picture"),)
    await answer(store, 1)
    assert await store.claims.open_texts() == ()
    assert await store.claims.open_pictures() == ()


async def test_one_of_several_with_the_same_mark_is_found(store: Store) -> None:
    """Two that came before either was known: an officer merges them, and the third joins one."""
    lan, _ = await newcomer(store, "lan")
    await hand_in(store, lan, "lan")
    await hand_in(store, lan, "lan")
    link = store.claims.link_key("example.org/Một tin.")
    assert link == Seal("secret").recognise("link", "example.org/Một tin.")  # as in years before
    assert await store.claims.marked("link", [link]) in {1, 2}


async def test_a_statement_that_cannot_be_opened_holds_up_no_other(store: Store) -> None:
    lan, _ = await newcomer(store, "lan")
    code = await hand_in(store, lan, "lan")
    await hand_in(store, lan, "lan", "hai", claim_id=1)
    spoilt = update(schema.report).where(schema.report.c.id == 1).values(statement=b"x" * 40)
    await store._writes.run(lambda c: c.execute(spoilt))
    assert await store.claims.open_texts() == ((1, "vi", "hai"),)
    assert [number for number, _ in await store.claims.statements(1)] == [2]
    case = await store.claims.case(code)
    assert case is not None
    assert case.statement is None


async def test_who_was_promised_an_answer_is_told_once_that_it_is_late(store: Store) -> None:
    lan, _ = await newcomer(store, "lan")
    await hand_in(store, lan, "lan")
    for _ in range(2):
        await store.claims.keep_promises(Deadlines(), NOW + 2 * DAY)
    assert await store.claims.message_states(1) == {"queued": 1}
    claim = await store.claims.get(1)
    assert claim is not None
    assert claim.due_at == NOW + 4 * DAY


async def test_the_key_of_a_month_is_destroyed_with_its_last_report(
    store: Store, tmp_path: Path
) -> None:
    lan, _ = await newcomer(store, "lan")
    await hand_in(store, lan, "lan")
    await answer(store, 1)
    await store.claims.keep_promises(Deadlines(), NOW + claims.KEPT)
    assert len(list((tmp_path / "reporters").glob("*/secret.key"))) == 1
    await store.claims.keep_promises(Deadlines(), NOW + claims.KEPT + MINUTE)
    assert list((tmp_path / "reporters").glob("*/secret.key")) == []


async def test_own_reports_are_found_by_their_person_only(store: Store) -> None:
    (lan, _), (hoa, _) = await newcomer(store, "lan"), await newcomer(store, "hoa")
    await hand_in(store, hoa, "hoa", "của Hoa")
    await _several(store, lan, *range(1, 10))
    own = await store.claims.own_cases(lan)
    assert [one.id for one in own] == [10, 9, 8, 7, 6, 5, 4, 3]
    assert [one.id for one in await store.claims.own_cases(hoa)] == [1]
    assert await store.claims.own_case(lan, 1) is None
    mine = await store.claims.own_case(lan, 2)
    assert mine is not None
    assert (mine.id, mine.claim.id) == (2, 2)
    assert await store.claims.own_since(hoa, NOW - MINUTE) == (1,)
    assert await store.claims.own_since(hoa, NOW) == ()


async def test_the_statements_of_a_claim_are_told_in_their_order(store: Store) -> None:
    lan, _ = await newcomer(store, "lan")
    await hand_in(store, lan, "lan", "một")
    await hand_in(store, lan, "lan", "hai", claim_id=1)
    await hand_in(store, lan, "lan", "khác")
    found = await store.claims.statements(1)
    assert [(number, one.text) for number, one in found] == [(1, "một"), (2, "hai")]
    claim = await store.claims.get(1)
    assert claim is not None
    assert claim.reports == 2


async def test_what_was_merged_is_found_under_its_old_number(store: Store) -> None:
    lan, _ = await newcomer(store, "lan")
    for text in ("một", "hai", "ba"):
        await hand_in(store, lan, "lan", text)
    for number, into in ((1, 2), (2, 3)):
        one, other = await store.claims.get(number), await store.claims.get(into)
        assert one is not None
        assert other is not None
        work = Work()
        work.merge_claim(one, other, BY, NOW)
        await do(store, work)
    found = await store.claims.get(1)
    assert found is not None
    assert (found.id, found.reports) == (3, 3)
    assert await store.claims.count_open(NOW) == 1


async def test_what_is_public_and_what_is_closed_come_newest_first(store: Store) -> None:
    lan, _ = await newcomer(store, "lan")
    assert await store.claims.version() == (0, "None")
    for text in ("một", "hai", "riêng", "mở"):
        await hand_in(store, lan, "lan", text)
    pictured = new_report(store, lan.id, Address("test", "lan"), "hình", claim_id=1)
    work = Work()
    work.report(replace(pictured, marks=(("picture", b"picture"),)), [], NOW)
    await do(store, work)
    await answer(store, 1)
    once = await store.claims.version()
    await answer(store, 2, at=NOW + MINUTE)
    assert await store.claims.version() != once
    await answer(store, 3, at=NOW + 2 * MINUTE, public=False)
    assert (await store.claims.version())[0] == 2
    second, first = await store.claims.published()
    assert (first.claim.slug, second.claim.slug) == ("tin-nay-1", "tin-nay-2")
    assert first.links == (store.claims.link_key("example.org/một"),)
    assert (first.pictures, second.pictures, first.was) == ((b"picture",), (), "")
    assert [one.id for one in await store.claims.closed(9)] == [3, 2, 1]
    assert [one.id for one in await store.claims.closed(2)] == [3, 2]


async def test_answers_are_counted_by_their_state_and_claim(store: Store) -> None:
    for number, name in enumerate(("lan", "hoa", "nam")):
        person, _ = await newcomer(store, name)
        await hand_in(store, person, name, claim_id=1 if number == 1 else 0)
    await answer(store, 1)
    await answer(store, 2)
    ((message, to), *_) = await store.claims.messages.claim("x", NOW, 1)
    await store.claims.messages.settle(message.id, "sent", 1)
    assert to.address == "lan"
    assert await store.claims.message_states(1) == {"sent": 1, "queued": 1}
    assert await store.claims.message_states(2) == {"queued": 1}


async def test_figures_are_of_the_months_that_are_asked_for(store: Store) -> None:
    counts = schema.report_count
    months = [date(2026, month, 1) for month in (9, 10, 11, 12)]
    rows = [{"month": one, "channel": "test", "what": "sent", "count": 1} for one in months]
    times = [
        {"month": one, "channel": "test", "looked": 3, "verdict": 7, "is_correction": False}
        for one in months
    ]
    await store._writes.run(lambda c: c.execute(insert(counts), rows))
    await store._writes.run(lambda c: c.execute(insert(schema.report_time), times))
    work = Work()
    work.count_report("sent", "test", date(2026, 10, 20))
    await do(store, work)
    found = await store.claims.counts(months[1], months[2])
    assert [tuple(row) for row in found] == [
        (months[1], "test", "sent", 2), (months[2], "test", "sent", 1),
    ]  # fmt: skip
    waited = await store.claims.times(months[1], months[2])
    assert [tuple(row) for row in waited] == [(m, "test", 3, 7, False) for m in months[1:3]]


async def test_at_the_counter_nobody_is_kept(store: Store) -> None:
    """Who reported it is not known, so there is nobody to tell."""
    code = new_case_code()
    said = Statement("Tin ở quầy")
    work = Work()
    work.report(NewReport(code, said, (), "other", "vi", "web", NOW, NOW), [], NOW)
    await do(store, work)
    case = await store.claims.case(code)
    assert case is not None
    assert case.statement == said
    await answer(store, 1)
    assert await store.claims.message_states(1) == {}
