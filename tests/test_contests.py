"""Rounds and attempts: opened once, frozen, handed in, closed, ranked, published, checked again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

from bot.contest_ranks import Entry, counted, points_of, ranked
from bot.contests import (
    UNANSWERED,
    Attempt,
    Frozen,
    Round,
    commitment_of,
    drawn_for,
    end_of,
    options_for,
)
from bot.library import ContentError, Library, load_library
from bot.model import Address, Event, Person
from bot.rounds import Rounds
from bot.store import Overtaken, Seal, Store, Work, contest_ranking, contest_records, new_code
from tests.conftest import loaded
from tests.contesting import bank, opened, rules

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def _entry(number: int, points: int, guess: int | None, minute: int) -> Entry:
    return Entry(number, points, guess, NOW + timedelta(minutes=minute))


def test_points_then_the_guess_then_who_was_earlier() -> None:
    entries = [
        _entry(1, 4, 10, 9), _entry(2, 5, 90, 5), _entry(3, 5, 12, 7), _entry(4, 5, 12, 6),
        _entry(5, 5, None, 1), _entry(6, 5, 8, 6),
    ]  # fmt: skip
    found = ranked(entries, perfect=10)
    assert [(one.attempt_id, one.rank) for one in found] == [
        (4, 1), (6, 1), (3, 3), (2, 4), (5, 5), (1, 6),
    ]  # fmt: skip
    assert [one.gap for one in found] == [2, 2, 2, 80, None, 0]


def test_the_best_attempt_counts_or_the_last() -> None:
    tries = [
        _entry(1, 3, None, 1),
        _entry(2, 5, None, 2),
        _entry(3, 5, None, 3),
        _entry(4, 1, None, 9),
    ]
    assert counted(tries, "best").attempt_id == 2
    assert counted(tries, "last").attempt_id == 4


def test_a_void_question_counts_as_right_for_all_who_drew_it() -> None:
    questions = bank()
    assert points_of((0, 1, 2), "0.0", questions, ()) == 1
    assert points_of((0, 1, 2), "0.0", questions, (questions[1].id,)) == 2


def test_an_attempt_is_drawn_by_its_quotas_and_its_options_are_shuffled() -> None:
    frozen = Frozen(rules(), bank(), "5e" * 32, "a1" * 32)
    draws = {code: drawn_for(code, frozen) for code in (new_code() for _ in range(50))}
    for drawn in draws.values():
        topics = [bank()[index].topic for index in drawn]
        assert (topics.count("union"), topics.count("award")) == (3, 2)
        assert len(set(drawn)) == 5
    assert len(set(draws.values())) > 40
    orders = {tuple(options_for(code, frozen, bank()[0])) for code in draws}
    assert len(orders) > 10
    assert all(sorted(order) == [0, 1, 2, 3] for order in orders)
    changed = Frozen(rules(), (replace(bank()[0], answer=3), *bank()[1:]), "5e" * 32, "a1" * 32)
    assert commitment_of(changed) != commitment_of(frozen)


# --- in the store ---------------------------------------------------------------------------


async def _person(store: Store, number: int) -> Person:
    event = Event(f"hello-{number}", Address("telegram", str(number)))
    stored = await store.write_down(event, NOW)
    assert stored is not None
    person, session, _ = await loaded(store, stored)
    await store.finish(stored, Work(), session, (), NOW)
    return person


async def _work(store: Store, person: Person, change: Callable[[Work], None]) -> None:
    """As a handler's changes are: committed with its answer."""
    event = Event(new_code(), Address("telegram", "1"))
    stored = await store.write_down(event, NOW)
    assert stored is not None
    _, session, _ = await loaded(store, stored)
    work = Work()
    change(work)
    await store.finish(stored, work, session, (), NOW)


async def _begun(store: Store, person: Person, one: Round, at: datetime | None = None) -> Attempt:
    code, at = new_code(), at or datetime.now(UTC)
    drawn = drawn_for(code, one.frozen)
    ends_at = end_of(at, one.frozen.rules, one.closes_at)
    new = Attempt(0, one.id, 1, code, "vn", drawn, UNANSWERED * 5, None, at, ends_at, at)
    await _work(
        store, person, lambda work: work.begin_attempt(person, new, one.frozen.rules.attempts)
    )
    return (await store.contests.attempts(person, one))[-1]


async def _given(store: Store, person: Person, mine: Attempt, right: int) -> None:
    for at, index in enumerate(mine.drawn):
        answer = bank()[index].answer if at < right else (bank()[index].answer + 1) % 4
        await _work(
            store,
            person,
            lambda work, at=at, answer=answer: work.answer(
                person, mine, at, answer, mine.started_at
            ),  # type: ignore[misc]
        )


async def test_a_round_is_ranked_when_it_closes_and_again_when_a_question_is_void(
    store: Store,
) -> None:
    one = await opened(store)
    people = [await _person(store, number) for number in (1, 2, 3)]
    for person, right in zip(people, (5, 3, 3), strict=True):
        mine = await _begun(store, person, one)
        await _given(store, person, mine, right)
    assert await store.contests.advance(one.closes_at + HOUR) == 1
    assert await store.contests.advance(one.closes_at + HOUR) == 0
    closed = await store.contests.round(one.id)
    assert closed is not None
    assert (closed.state, closed.perfect) == ("closed", 1)
    assert [(r.points, r.rank) for r in await store.contests.results(one)] == [
        (5, 1),
        (3, 2),
        (3, 3),
    ]
    wrong = bank()[(await store.contests.attempts(people[1], one))[0].drawn[4]].id
    assert await store.contests.void(one, wrong, NOW)
    assert not await store.contests.void(one, wrong, NOW)
    mended = (await store.contests.attempts(people[1], one))[0]
    assert (mended.points, mended.rank) == (4, 2)
    await store.close()


async def test_a_ranking_that_was_cut_off_begins_again_and_a_void_question_is_not_overlooked(
    store: Store,
) -> None:
    one, lan = await opened(store), await _person(store, 1)
    mine = await _begun(store, lan, one)
    await _given(store, lan, mine, 3)
    over = one.closes_at + HOUR
    await store._writes.run(lambda c: contest_records.end_due(c, over))  # here a crash comes
    stopped = await store.contests.round(one.id)
    assert stopped is not None
    assert stopped.state == "ranking"
    with pytest.raises(Overtaken):
        await _work(store, lan, lambda work: work.answer(lan, mine, 4, 1, mine.started_at))
    begun = await store._reads.run(
        lambda c: contest_ranking.begin(c, store.contests._codecs, one.id)
    )
    assert await store.contests.void(one, bank()[mine.drawn[4]].id, NOW)
    begun.place()
    codecs = store._codecs
    ends = await store._writes.run(lambda c: contest_ranking.end(c, codecs, begun, NOW))
    assert not ends  # it was counted before the question was void
    assert await store.contests.advance(over) == 1
    (result,) = await store.contests.results(one)
    assert (result.points, result.rank, result.answers) == (4, 1, (await _answers(store, lan, one)))
    assert await store.contests.advance(over) == 0
    await store.close()


async def _answers(store: Store, person: Person, one: Round) -> str:
    (mine,) = await store.contests.attempts(person, one)
    return mine.answers


async def test_late_answers_other_peoples_attempts_and_closed_rounds_are_refused(
    store: Store,
) -> None:
    one = await opened(store)
    lan, hoa = await _person(store, 1), await _person(store, 2)
    mine = await _begun(store, lan, one)
    late = mine.ends_at + timedelta(seconds=1)
    wrong: list[Callable[[Work], None]] = [
        lambda work: work.answer(hoa, mine, 0, 1, mine.started_at),
        lambda work: work.answer(lan, mine, 0, 1, late),
        lambda work: work.guess(lan, mine, 5, late),
        lambda work: work.hand_in(hoa, mine, mine.started_at),
        lambda work: work.begin_attempt(lan, replace(mine, code=new_code()), 9),  # one is running
    ]
    for change in wrong:
        with pytest.raises(Overtaken):
            await _work(store, lan, change)
    await store.contests.advance(one.closes_at + HOUR)
    with pytest.raises(Overtaken):
        await _begun(store, hoa, one)
    (kept,) = await store.contests.attempts(lan, one)
    assert (kept.answers, kept.handed_at) == (".....", mine.ends_at)
    await store.close()


async def test_a_clock_that_is_set_back_gives_no_time_again(store: Store) -> None:
    one, lan = await opened(store), await _person(store, 1)
    mine = await _begun(store, lan, one)
    almost = mine.ends_at - timedelta(seconds=5)
    await _work(store, lan, lambda work: work.answer(lan, mine, 0, 1, almost))
    earlier = almost - HOUR
    await _work(store, lan, lambda work: work.answer(lan, mine, 1, 2, earlier))
    await _work(store, lan, lambda work: work.hand_in(lan, mine, earlier))
    (kept,) = await store.contests.attempts(lan, one)
    assert kept.answers == "12..."
    assert kept.handed_at == kept.last_at == almost
    await store.close()


async def test_two_chats_that_become_one_person_keep_the_first_entry(store: Store) -> None:
    one = await opened(store)
    lan, hoa = await _person(store, 1), await _person(store, 2)
    first = await _begun(store, hoa, one, NOW - timedelta(minutes=9))
    await _begun(store, lan, one, NOW)
    from bot.store import joining

    await store._writes.run(lambda c: joining.join(c, store._codecs, lan.id, hoa.id))
    assert [each.code for each in await store.contests.attempts(lan, one)] == [first.code]
    await store.close()


async def _handed_in(store: Store, person: Person, mine: Attempt) -> None:
    await _work(store, person, lambda work: work.hand_in(person, mine, mine.last_at))


async def test_a_list_that_is_told_does_not_move_when_two_of_its_entries_become_one_persons(
    store: Store,
) -> None:
    one = await opened(store)
    lan, hoa, mai = await _person(store, 1), await _person(store, 2), await _person(store, 3)
    for at, (person, right) in enumerate(((lan, 3), (hoa, 5), (hoa, 2), (mai, 4))):
        mine = await _begun(store, person, one, NOW + timedelta(minutes=at))
        await _given(store, person, mine, right)
        await _handed_in(store, person, mine)
    await store.contests.advance(one.closes_at + HOUR)
    told = await store.contests.results(one)
    assert [each.rank for each in told] == [1, 2, 3]
    from bot.store import joining

    await store._writes.run(lambda c: joining.join(c, store._codecs, lan.id, hoa.id))
    assert await store.contests.results(one) == told
    (first,) = await store.contests.attempts(lan, one)
    assert first.rank == 3  # Lan's: she began before
    # Nor does a second entry come in when a question becomes void.
    question = one.frozen.questions[0].id
    assert await store.contests.void(one, question, one.closes_at + HOUR)
    assert sorted(each.code for each in await store.contests.results(one)) == sorted(
        each.code for each in told
    )
    await store.close()


async def test_who_erases_everything_leaves_a_row_that_is_nobodys(store: Store) -> None:
    one, lan = await opened(store), await _person(store, 1)
    mine = await _begun(store, lan, one)
    await _given(store, lan, mine, 5)
    from bot.store import own_data

    await store._writes.run(lambda c: own_data.erase(c, store._codecs, lan.id))
    await store.contests.advance(one.closes_at + HOUR)
    (result,) = await store.contests.results(one)
    assert (result.code, result.points) == (mine.code, 5)
    assert (await store.contests.turnout(one)).people == 0
    await store.close()


async def test_when_appeals_are_over_answers_are_nobodys(store: Store) -> None:
    one, lan = await opened(store), await _person(store, 1)
    await _work(store, lan, lambda work: work.consent(lan, "v", NOW))
    await _given(store, lan, await _begun(store, lan, one), 4)
    closes = one.closes_at + HOUR
    await store.contests.advance(closes)
    await store.tidy(closes + timedelta(days=59))
    assert len(await store.contests.attempts(lan, one)) == 1
    await store.tidy(closes + timedelta(days=61))
    assert await store.contests.attempts(lan, one) == ()
    (result,) = await store.contests.results(one)
    assert (result.points, result.rank, result.answers, result.drawn) == (4, 1, "", ())
    await store.close()


async def test_of_three_processes_one_opens_a_round(database_url: str) -> None:
    stores = [Store(database_url, Seal("a secret")) for _ in range(3)]
    await stores[0].upgrade()
    frozen = [Frozen(rules(), bank(), f"{n}e" * 32, "a1" * 32) for n in range(3)]
    new = [contest_records.NewRound("spring", "one", NOW, NOW + HOUR, each) for each in frozen]
    did = await asyncio.gather(*(s.contests.open(n) for s, n in zip(stores, new, strict=True)))
    assert sorted(did) == [False, False, True]
    seeds = {one.frozen.seed for s in stores for one in await s.contests.rounds()}
    assert len(seeds) == 1
    for each in stores:
        await each.close()


# --- from the content -----------------------------------------------------------------------

CONTEST = """
title: {vi: Tìm hiểu công đoàn}
about: {vi: Dành cho mọi người.}
sources: [{title: Thể lệ, issuer: Liên đoàn Lao động}]
rounds:
- id: week-1
  opens: 2026-12-07 08:00
  closes: 2026-12-13 20:00
  bank: week-1.yaml
  attempts: 3
  questions: [{topic: union, count: 2}, {topic: award, count: 1, difficulty: 2}]
"""
OPENS = datetime(2026, 12, 7, 8, 0, tzinfo=VIETNAM)


def _written(folder: Path, questions: int = 3, contest: str = CONTEST) -> Library:
    from tests.conftest import ROOT

    for name in ("topics.yaml", "units.yaml", "calendar.yaml", "contacts.yaml", "award.yaml"):
        (folder / name).write_bytes((ROOT / "content" / name).read_bytes())
    (folder / "media").mkdir(exist_ok=True)
    for picture in (ROOT / "content/media").glob("*.png"):
        (folder / "media" / picture.name).write_bytes(picture.read_bytes())
    (folder / "contests").mkdir(exist_ok=True)
    (folder / "contests/spring.yaml").write_text(contest, encoding="utf-8")
    (folder / "private").mkdir(exist_ok=True)
    listed = [
        {
            "id": f"{topic}-{n}", "topic": topic, "difficulty": 2, "answer": n % 3,
            "text": {"vi": {"question": f"Câu {n}?", "options": ["Một câu", "Hai câu", "Ba câu"],
                            "explanation": "Vì thế."}},
            "sources": [{"title": "Luật", "issuer": "Quốc hội"}],
        }
        for topic in ("union", "award") for n in range(questions)
    ]  # fmt: skip
    bank_file = folder / "private/week-1.yaml"
    bank_file.write_text(yaml.safe_dump({"questions": listed}, allow_unicode=True), "utf-8")
    return load_library(folder)


async def test_a_round_opens_at_its_time_with_its_private_bank_and_is_frozen(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    library = _written(tmp_path)
    rounds = Rounds(store.contests, library, tmp_path, VIETNAM)
    await rounds.look(OPENS - timedelta(minutes=1))
    assert await store.contests.rounds() == ()
    await rounds.look(OPENS)
    (one,) = await store.contests.rounds("open")
    assert len(one.frozen.questions) == 6
    assert one.commitment == commitment_of(one.frozen)
    assert one.closes_at == datetime(2026, 12, 13, 20, 0, tzinfo=VIETNAM)
    # Edited while it runs: nothing changes, and the log says so.
    edited = _written(tmp_path, contest=CONTEST.replace("attempts: 3", "attempts: 9"))
    with caplog.at_level(logging.ERROR):
        await Rounds(store.contests, edited, tmp_path, VIETNAM).look(OPENS + HOUR)
    assert "its file was changed since" in caplog.text
    (same,) = await store.contests.rounds("open")
    assert same.frozen.rules.attempts == 3
    await rounds.look(datetime(2026, 12, 13, 20, 0, tzinfo=VIETNAM))
    (closed,) = await store.contests.rounds()
    assert closed.state == "closed"
    await store.close()


async def test_a_bank_that_is_too_small_or_missing_opens_nothing_and_is_told(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    library = _written(tmp_path, questions=1)
    rounds = Rounds(store.contests, library, tmp_path, VIETNAM)
    for fault in ("1 questions of union/any are missing", "week-1.yaml"):
        with caplog.at_level(logging.ERROR):
            await rounds.look(OPENS)
        assert fault in caplog.text
        assert await store.contests.rounds() == ()
        (tmp_path / "private/week-1.yaml").unlink(missing_ok=True)
    await store.close()


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("closes: 2026-12-13 20:00", "closes: 2026-12-01 20:00", "closes before it opens"),
        ("opens: 2026-12-07 08:00", "opens: next week", "must be a time of the house"),
        ("topic: award", "topic: nothing", "topics.yaml has no nothing"),
        ("bank: week-1.yaml", "bank: ../secret.yaml", "bank"),
        ("attempts: 3", "attempts: 0", "attempts"),
        ("count: 2", "count: 50, extra: 1", "unknown field"),
        ("id: week-1", f"id: week-{'1' * 35}", "too long for a button"),
        (
            "attempts: 3",
            "prizes: [{title: {vi: Nhất}, count: 1, league: none}]",
            "there is no none",
        ),
    ],
)
def test_a_contest_that_cannot_be_played_is_told_with_file_and_line(
    tmp_path: Path, old: str, new: str, fault: str
) -> None:
    with pytest.raises(ContentError) as caught:
        _written(tmp_path, contest=CONTEST.replace(old, new))
    assert "contests/spring.yaml:" in str(caught.value)
    assert fault in str(caught.value)
