"""The SQL of rounds and attempts: opened, begun, answered, handed in, closed, ranked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from bot.consents import CONTEST
from bot.contests import (
    CLOSED,
    OPEN,
    RANKING,
    Attempt,
    Frozen,
    commitment_of,
    is_running,
)
from bot.store import (
    certificate_records,
    contest_notices,
    contest_prizes,
    contest_ranking,
    schema,
)
from bot.store.codec import Codecs
from bot.store.contest_prizes import is_drawn
from bot.store.contest_rows import packed
from bot.store.ready import ready
from bot.store.rows import in_utc, upsert, written

_ROUND, _ATTEMPT = schema.contest_round.c, schema.attempt.c
_LONGEST_SECONDS = 255
APPEALS = timedelta(days=60)
_LONGEST_QUEUE = timedelta(minutes=5)


class Overtaken(Exception):
    """What the answer was made of has changed meanwhile: it must be made anew."""


@dataclass(frozen=True, slots=True)
class NewRound:
    """A round that is about to be opened."""

    contest: str
    name: str
    opens_at: datetime
    closes_at: datetime
    frozen: Frozen


def open_round(connection: Connection, codecs: Codecs, new: NewRound) -> bool:
    """Opens it, if nobody has yet: its bank is frozen from here on."""
    row = {
        "contest": new.contest,
        "label": new.name,
        "state": OPEN,
        "opens_at": written(new.opens_at),
        "closes_at": written(new.closes_at),
        "commitment": commitment_of(new.frozen),
        "sealed": codecs.frozen.write(new.frozen),
    }
    added = upsert(connection, schema.contest_round).values(row)
    return bool(connection.execute(added.on_conflict_do_nothing()).rowcount)


def begin(
    connection: Connection, person_id: int, unit_id: int | None, new: Attempt, most: int
) -> None:
    """Raises Overtaken when the round is closed, another attempt runs, or there were enough."""
    mine = (_ATTEMPT.round_id == new.round_id, _ATTEMPT.person_id == person_id)
    query = select(func.count(), func.count(_ATTEMPT.handed_at)).where(*mine)
    made, handed = connection.execute(query).one()
    state = select(_ROUND.state).where(_ROUND.id == new.round_id).with_for_update(read=True)
    if connection.execute(state).scalar_one() != OPEN or made >= most or made != handed:
        raise Overtaken
    row = {
        "round_id": new.round_id,
        "person_id": person_id,
        "number": made + 1,
        "code": new.code,
        "league": new.league,
        "unit_id": unit_id,
        "consent_version": CONTEST,
        "drawn": packed(new.drawn),
        "answers": new.answers,
        "seconds": bytes(len(new.drawn)),
        "started_at": new.started_at,
        "ends_at": new.ends_at,
        "last_at": new.started_at,
    }
    connection.execute(insert(schema.attempt).values(row))


# Built once: to put a statement together costs more than to run it, and each answer runs these.
_RUNNING = ready(
    select(
        _ATTEMPT.answers,
        _ATTEMPT.seconds,
        _ATTEMPT.handed_at,
        _ATTEMPT.last_at,
        _ATTEMPT.ends_at,
        _ROUND.state,
    )
    .join_from(schema.attempt, schema.contest_round)
    .where(_ATTEMPT.id == bindparam("attempt_id"), _ATTEMPT.person_id == bindparam("whose"))
    .with_for_update(of=schema.attempt)
)
_ANSWERED = ready(
    update(schema.attempt)
    .where(_ATTEMPT.id == bindparam("attempt_id"))
    .values(answers=bindparam("given"), seconds=bindparam("taken"), last_at=bindparam("moment"))
)


def _running(
    connection: Connection, attempt_id: int, person_id: int, now: datetime
) -> tuple[Any, datetime]:
    """The row of that person's attempt, if it still takes anything, and when it was last changed.

    Raises Overtaken.
    """
    row = _RUNNING.first(connection, {"attempt_id": attempt_id, "whose": person_id})
    if row is None or row.state != OPEN:
        raise Overtaken
    handed_at, last_at, ends_at = map(in_utc, (row.handed_at, row.last_at, row.ends_at))
    assert last_at is not None
    assert ends_at is not None
    if not is_running(handed_at, last_at, ends_at, now):
        raise Overtaken
    return row, last_at


def answer(
    connection: Connection, attempt_id: int, person_id: int, at: int, option: int, now: datetime
) -> None:
    """Keeps an answer; the same one twice changes nothing. Raises Overtaken when it is too late."""
    row, last_at = _running(connection, attempt_id, person_id, now)
    answers = row.answers[:at] + str(option) + row.answers[at + 1 :]
    if answers == row.answers:
        return
    moment = max(now, last_at)
    seconds = bytearray(row.seconds)
    spent = int((moment - last_at).total_seconds())
    seconds[at] = min(_LONGEST_SECONDS, seconds[at] + spent)
    values = {"given": answers, "taken": bytes(seconds), "moment": moment}
    _ANSWERED.change(connection, {"attempt_id": attempt_id, **values})


def guess(
    connection: Connection, attempt_id: int, person_id: int, number: int, now: datetime
) -> None:
    """Raises Overtaken when it is too late."""
    _running(connection, attempt_id, person_id, now)
    mine = update(schema.attempt).where(_ATTEMPT.id == attempt_id)
    connection.execute(mine.values(prediction=number))


def hand_in(connection: Connection, attempt_id: int, person_id: int, now: datetime) -> None:
    """Raises Overtaken when it was handed in already, or the time was up."""
    _, last_at = _running(connection, attempt_id, person_id, now)
    moment = max(now, last_at)
    mine = update(schema.attempt).where(_ATTEMPT.id == attempt_id)
    connection.execute(mine.values(handed_at=moment, last_at=moment))


def hand_in_late(connection: Connection, now: datetime) -> int:
    """What nobody handed in before the time was up is handed in at that moment; how many."""
    late = (_ATTEMPT.handed_at.is_(None), _ATTEMPT.ends_at <= now)
    statement = update(schema.attempt).where(*late)
    return connection.execute(statement.values(handed_at=_ATTEMPT.ends_at)).rowcount


def move_end(connection: Connection, round_id: int, closes_at: datetime) -> bool:
    """Whether the round is open, and closes at another time now."""
    mine = update(schema.contest_round).where(_ROUND.id == round_id, _ROUND.state == OPEN)
    return connection.execute(mine.values(closes_at=written(closes_at))).rowcount > 0


def end_due(connection: Connection, now: datetime) -> None:
    """Hands in what is late; rounds whose time has come take no answers any more and wait for
    their ranks.

    What was acknowledged in time and stands in the queue counts: all wait until it is handled.
    """
    now = _handled_until(connection, now)
    hand_in_late(connection, now)
    due = select(_ROUND.id).where(_ROUND.state == OPEN, _ROUND.closes_at <= now)
    least = func.min if connection.dialect.name == "sqlite" else func.least
    for round_id in connection.execute(due).scalars().all():
        mine = update(schema.contest_round).where(_ROUND.id == round_id, _ROUND.state == OPEN)
        if connection.execute(mine.values(state=RANKING, closed_at=now)).rowcount:
            running = (_ATTEMPT.round_id == round_id, _ATTEMPT.handed_at.is_(None))
            handed = update(schema.attempt).where(*running)
            connection.execute(handed.values(handed_at=least(now, _ATTEMPT.ends_at)))


def _handled_until(connection: Connection, now: datetime) -> datetime:
    """Everything acknowledged before then is handled; what is stuck is waited for only so long."""
    event = schema.event.c
    first = select(event.received_at).where(event.done_at.is_(None)).order_by(event.id).limit(1)
    heard_at = in_utc(connection.execute(first).scalar_one_or_none())
    return max(min(now, heard_at or now), now - _LONGEST_QUEUE)


def void(
    connection: Connection, codecs: Codecs, round_id: int, question: str, now: datetime
) -> bool:
    """Whether the question counts as right for all who drew it from now on; ranks anew, and all
    who took part are told. Not after the prizes were drawn: the draw must be taken back first.

    Where ranks are being made just now, whoever makes them begins again.
    """
    query = select(schema.contest_round).where(_ROUND.id == round_id).with_for_update()
    row = connection.execute(query).first()
    if row is None or question in row.voided.split() or is_drawn(connection, round_id):
        return False
    voided = f"{row.voided} {question}".strip()
    mine = update(schema.contest_round).where(_ROUND.id == round_id)
    connection.execute(mine.values(voided=voided))
    if row.state == CLOSED:
        contest_ranking.rank_anew(connection, codecs, round_id)
    contest_notices.tell_players(connection, codecs, round_id, "contest-void", now)
    return True


def join(connection: Connection, kept_id: int, other_id: int) -> None:
    """Two persons become one: of a round that both played, the first one's entry stays theirs, and
    a certificate of the other entry goes. While the round is open the other entry goes as well;
    afterwards its points and rank stand in the list, and it is nobody's."""
    started = func.min(_ATTEMPT.started_at)
    query = select(_ATTEMPT.round_id, _ATTEMPT.person_id, started.label("began"))
    query = query.where(_ATTEMPT.person_id.in_((kept_id, other_id)))
    rounds: dict[int, dict[int, Any]] = defaultdict(dict)
    for row in connection.execute(query.group_by(_ATTEMPT.round_id, _ATTEMPT.person_id)):
        rounds[row.round_id][row.person_id] = row.began
    for round_id, began in rounds.items():
        first = min(began, key=lambda person: str(began[person]))
        dropped: Sequence[int] = [person for person in began if person != first]
        _drop(connection, round_id, dropped)
        certificate_records.drop(connection, round_id, dropped)
        mine = (_ATTEMPT.round_id == round_id, _ATTEMPT.person_id == first)
        connection.execute(update(schema.attempt).where(*mine).values(person_id=kept_id))
    contest_prizes.join(connection, kept_id, (other_id,))
    certificate_records.join(connection, kept_id, other_id)


def _drop(connection: Connection, round_id: int, people: Sequence[int]) -> None:
    """The entries that do not stay theirs."""
    theirs = (_ATTEMPT.round_id == round_id, _ATTEMPT.person_id.in_(people))
    state = select(_ROUND.state).where(_ROUND.id == round_id)
    if connection.execute(state).scalar_one() == OPEN:
        connection.execute(schema.attempt.delete().where(*theirs))
        return
    ids = select(_ATTEMPT.id).where(*theirs)
    connection.execute(schema.essay.delete().where(schema.essay.c.attempt_id.in_(ids)))
    connection.execute(update(schema.attempt).where(*theirs).values(person_id=None))


def tidy(connection: Connection, now: datetime) -> None:
    """When the time for appeals is over, points and ranks stay; whose they were, and the answers,
    are forgotten."""
    over = select(_ROUND.id).where(_ROUND.closed_at < now - APPEALS)
    known = (_ATTEMPT.round_id.in_(over), _ATTEMPT.answers != "")
    gone: dict[str, Any] = {"person_id": None, "unit_id": None, "consent_version": None}
    gone |= {"answers": "", "drawn": b"", "seconds": b""}
    theirs = select(_ATTEMPT.id).where(*known)
    connection.execute(schema.essay.delete().where(schema.essay.c.attempt_id.in_(theirs)))
    connection.execute(update(schema.attempt).where(*known).values(gone))
    contest_prizes.tidy(connection, now)
