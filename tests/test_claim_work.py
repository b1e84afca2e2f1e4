"""What officers change about claims: once, noted by office, told to whom it concerns."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from bot.claims import Claim, Finding, Statement
from bot.model import Address, Event, Session
from bot.rights import Office
from bot.store import Overtaken, Store, Work, new_case_code, schema
from tests.desking import (
    BY,
    NOW,
    READER,
    REASONS,
    answer,
    do,
    hand_in,
    new_report,
    newcomer,
    open_copy,
)


@pytest.fixture
async def store(new_database: Path, tmp_path: Path) -> AsyncIterator[Store]:
    store = open_copy(new_database, tmp_path)
    yield store
    await store.close()


FOUND = Finding("incorrect", {"vi": "Tin này."}, REASONS)


async def _claim(store: Store, number: int = 1) -> Claim:
    found = await store.claims.get(number)
    assert found is not None
    return found


async def _offices(store: Store) -> tuple[Office, Office, int]:
    """Two officers, and the number of who stands in for the first today."""
    people = [(await newcomer(store, name))[0].id for name in ("first", "second", "deputy")]
    rows = [{"person_id": one, "role": "administrator", "unit_id": 1} for one in people[:2]]
    await store._writes.run(lambda c: c.execute(insert(schema.officer), rows))
    days = {"from_on": NOW.date(), "until_on": NOW.date()}
    stands_in = {"officer_id": 1, "person_id": people[2], **days}
    await store._writes.run(lambda c: c.execute(insert(schema.deputy).values(stands_in)))
    return Office(1, "administrator", 1), Office(2, "administrator", 1), people[2]


async def _does(store: Store, change: Callable[[Work], None]) -> None:
    work = Work()
    change(work)
    await do(store, work)


async def _is_overtaken(store: Store, change: Callable[[Work], None]) -> bool:
    event = Event(f"o-{new_case_code()}", Address("test", "office"))
    stored = await store.write_down(event, NOW)
    assert stored is not None
    work = Work()
    change(work)
    try:
        await store.finish(stored, work, Session(), (), NOW)
    except Overtaken:
        return True
    return False


async def _told(store: Store) -> list[tuple[int, str]]:
    """Which notices are on their way to whom."""
    rows = await store._reads.run(lambda c: c.execute(select(schema.delivery)).all())
    found = [(row.person_id, store.claims._codecs.parcel.read(row.sealed)) for row in rows]
    assert {parcel.kind for _, parcel in found} <= {"notice"}
    return sorted((person, parcel.label) for person, parcel in found)


async def _trail(store: Store) -> list[tuple[str, str, int]]:
    one = schema.audit_entry.c
    query = select(one.verb, one.object, one.officer).order_by(one.id)
    return [tuple(row) for row in await store._reads.run(lambda c: c.execute(query).all())]


async def _messages(store: Store) -> list[tuple[int, str, str, int]]:
    one = schema.report_message.c
    query = select(one.report_id, one.kind, one.state, one.tries).order_by(one.id)
    return [tuple(row) for row in await store._reads.run(lambda c: c.execute(query).all())]


async def test_the_desk_learns_once_a_person_that_something_waits(store: Store) -> None:
    first, second, deputy = await _offices(store)
    lan, _ = await newcomer(store, "lan")
    new = new_report(store, lan.id, Address("test", "lan"))
    await _does(store, lambda work: work.report(new, [first.id, second.id, first.id], NOW))
    assert await _told(store) == [
        (1, "desk-waits:1"),
        (2, "desk-waits:1"),
        (deputy, "desk-waits:1"),
    ]
    tomorrow = NOW + timedelta(days=1)
    again = new_report(store, lan.id, Address("test", "lan"), "khác")
    await _does(store, lambda work: work.report(again, [first.id], tomorrow))
    assert (deputy, "desk-waits:2") not in await _told(store)  # stands in for one day only


async def test_each_step_is_noted_by_office_and_cannot_be_done_twice(store: Store) -> None:
    lan, _ = await newcomer(store, "lan")
    for number in range(4):
        await hand_in(store, lan, "lan", f"Tin {number}", claim_id=1 if number == 1 else 0)
    one, two = await _claim(store), await _claim(store, 2)
    await _does(store, lambda work: work.take_claim(one, BY, NOW))
    taken = await _claim(store)
    assert (taken.state, taken.office, taken.looked_at) == ("taken", BY.id, NOW)
    await _does(store, lambda work: work.split_claim(one, 2, BY, NOW))
    assert await _is_overtaken(store, lambda work: work.split_claim(one, 1, BY, NOW))  # alone now
    await _does(store, lambda work: work.merge_claim(two, one, BY, NOW))
    assert await _is_overtaken(store, lambda work: work.merge_claim(two, one, BY, NOW))
    assert await _is_overtaken(store, lambda work: work.take_claim(two, BY, NOW))
    await _does(store, lambda work: work.draft_finding(one, FOUND, BY))
    await _does(store, lambda work: work.hand_in_finding(one, [], BY, NOW, NOW.date()))
    assert (await _claim(store)).state == "reading"
    assert await _is_overtaken(store, lambda work: work.draft_finding(one, FOUND, BY))
    again = lambda work: work.hand_in_finding(one, [], BY, NOW, NOW.date())  # noqa: E731
    assert await _is_overtaken(store, again)
    # Who wrote it does not agree to it, nor does anybody twice.
    assert await _is_overtaken(store, lambda work: work.agree_finding(one, "tin", BY, NOW))
    await _does(store, lambda work: work.agree_finding(one, "tin", READER, NOW))
    assert await _is_overtaken(store, lambda work: work.agree_finding(one, "tin", READER, NOW))
    assert await _is_overtaken(store, lambda work: work.send_back_finding(one, BY, NOW))
    assert await _is_overtaken(store, lambda work: work.answer_claim_with(one, FOUND, BY, NOW))
    assert await _is_overtaken(store, lambda work: work.close_as_opinion(one, BY, NOW))
    assert await _trail(store) == [
        ("desk.take", "claim:1", 1), ("desk.split", "claim:1", 1), ("desk.merge", "claim:2", 1),
        ("desk.hand-in", "claim:1", 1), ("desk.agree", "claim:1", 2),
    ]  # fmt: skip
    assert await _messages(store) == [(1, "verdict", "queued", 0), (3, "verdict", "queued", 0)]


async def test_the_first_look_is_noted_and_no_later_one(store: Store) -> None:
    lan, _ = await newcomer(store, "lan")
    await hand_in(store, lan, "lan")
    claim = await _claim(store)
    await _does(store, lambda work: work.look_at_claim(claim, NOW))
    await _does(store, lambda work: work.look_at_claim(claim, NOW + timedelta(hours=1)))
    assert (await _claim(store)).looked_at == NOW


async def test_readers_are_asked_and_the_author_learns_what_came_back(store: Store) -> None:
    first, second, deputy = await _offices(store)
    lan, _ = await newcomer(store, "lan")
    await hand_in(store, lan, "lan")
    one = await _claim(store)
    await _does(store, lambda work: work.draft_finding(one, FOUND, first))
    drafted = await _claim(store)
    assert (drafted.draft, drafted.draft_by) == (FOUND, first.id)
    today = NOW.date()
    await _does(store, lambda work: work.hand_in_finding(one, [second.id], first, NOW, today))
    assert await _told(store) == [(2, "desk-reads:1")]
    reading = await _claim(store)
    await _does(store, lambda work: work.send_back_finding(reading, second, NOW))
    back = await _claim(store)
    assert (back.state, back.draft) == ("taken", FOUND)
    assert await _told(store) == [(1, "desk-back:1"), (2, "desk-reads:1"), (deputy, "desk-back:1")]
    # Who takes back an own draft knows it.
    await _does(store, lambda work: work.hand_in_finding(one, [], first, NOW, today))
    reading = await _claim(store)
    await _does(store, lambda work: work.send_back_finding(reading, first, NOW))
    assert len(await _told(store)) == 3
    await _does(store, lambda work: work.draft_finding(one, None, first))
    assert (await _claim(store)).draft is None
    verbs = [verb for verb, _, _ in await _trail(store)]
    assert verbs == ["desk.hand-in", "desk.send-back", "desk.hand-in", "desk.send-back"]


async def test_a_question_goes_to_the_reporters_of_that_claim_who_can_be_reached(
    store: Store,
) -> None:
    lan, _ = await newcomer(store, "lan")
    await hand_in(store, lan, "lan")
    counter = new_report(store, 0, Address("test", "lan"), claim_id=1)
    await _does(store, lambda work: work.report(counter, [], NOW))
    await hand_in(store, lan, "lan", "khác")
    one = await _claim(store)
    await _does(store, lambda work: work.ask_reporters(one, "Ở đâu?", BY, NOW))
    assert await _messages(store) == [(1, "question", "queued", 0)]
    ((message, to),) = await store.claims.messages.claim("x", NOW, 9)
    assert (message.text, to.address) == ("Ở đâu?", "lan")
    said = Statement("Một tin. Ở cổng.", ("example.org",))
    await _does(store, lambda work: work.add_to_report(1, said))
    assert await store.claims.statements(1) == ((1, said), (2, Statement("Một tin.", said.domains)))
    assert await _trail(store) == [("desk.ask", "claim:1", 1)]


async def test_what_an_opinion_said_does_not_come_back(store: Store, tmp_path: Path) -> None:
    lan, _ = await newcomer(store, "lan")
    await hand_in(store, lan, "lan", "Lãnh đạo kém")
    report = schema.report
    sealed = (await store._reads.run(lambda c: c.execute(select(report)).one())).statement
    one = await _claim(store)
    await _does(store, lambda work: work.close_as_opinion(one, BY, NOW))
    for path in tmp_path.glob("test.db*"):
        assert sealed not in path.read_bytes()
    await _does(store, lambda work: work.add_to_report(1, Statement("Lãnh đạo kém")))
    assert await store.claims.statements(1) == ()
    assert await _trail(store) == [("desk.opinion", "claim:1", 1)]


async def test_a_check_that_is_out_answers_at_once(store: Store) -> None:
    lan, _ = await newcomer(store, "lan")
    await hand_in(store, lan, "lan")
    one = await _claim(store)
    await _does(store, lambda work: work.answer_claim_with(one, FOUND, BY, NOW))
    closed = await _claim(store)
    assert (closed.state, closed.finding, closed.revision) == ("closed", FOUND, 1)
    assert await _messages(store) == [(1, "verdict", "queued", 0)]
    assert await _trail(store) == [("desk.answer", "claim:1", 1)]


async def test_only_what_may_not_have_arrived_is_sent_again_and_of_that_claim(
    store: Store,
) -> None:
    states = ("uncertain", "failed", "sent", "waiting")
    for number, name in enumerate((*states, "other")):
        person, _ = await newcomer(store, name)
        await hand_in(store, person, name, claim_id=1 if 0 < number < 4 else 0)
    await answer(store, 1)
    await answer(store, 2)
    message = schema.report_message

    def had(connection: Any) -> None:
        for number, state in enumerate((*states, "uncertain"), start=1):
            mine = update(message).where(message.c.report_id == number)
            connection.execute(mine.values(state=state, tries=2))

    await store._writes.run(had)
    one = await _claim(store)
    later = NOW + timedelta(hours=1)
    await _does(store, lambda work: work.answer_again(one, BY, later))
    assert await _messages(store) == [
        (1, "verdict", "queued", 0), (2, "verdict", "queued", 0), (3, "verdict", "sent", 2),
        (4, "verdict", "waiting", 2), (5, "verdict", "uncertain", 2),
    ]  # fmt: skip
    assert await store.claims.messages.claim("x", NOW, 9) == ()
    assert len(await store.claims.messages.claim("x", later, 9)) == 2
    assert (await _trail(store))[-1] == ("desk.again", "claim:1", 1)
    assert not await _is_overtaken(store, lambda work: work.answer_again(one, BY, later))
