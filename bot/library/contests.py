"""Contests as editors write them: rounds with their times, quotas and private banks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from bot.campaigns import Origin
from bot.contests import Frozen, Prize, Question, Quota, Rules, Wording, quotas_of
from bot.library.models import ContentSource, Line, Slug, Strict, Tag
from bot.library.questions import load_questions
from bot.library.reader import ContentError, Fault, Reader

_TIME = "%Y-%m-%d %H:%M"
# A button carries 64 bytes; both names stand in one.
_NAMES_AT_MOST = 44


def _moment(value: object) -> object:
    """House time to the minute. YAML would read it with seconds only, so it is text here."""
    try:
        return datetime.strptime(str(value), _TIME)  # noqa: DTZ007  # the house's zone comes later
    except ValueError:
        raise ValueError("must be a time of the house such as 2026-12-07 08:00") from None


Moment = Annotated[datetime, BeforeValidator(_moment)]


class QuotaText(Strict):
    """So many questions of a topic, of one difficulty or of any."""

    topic: Slug
    count: Annotated[int, Field(ge=1, le=50)]
    difficulty: Annotated[int, Field(ge=1, le=3)] | None = None


class League(Strict):
    """A group that is ranked by itself; people choose their own."""

    id: Slug
    title: Mapping[Tag, Line] = Field(min_length=1)


class PrizeText(Strict):
    """So many of a prize, for the best or by lot; of one league, or of all."""

    title: Mapping[Tag, Line] = Field(min_length=1)
    count: Annotated[int, Field(ge=1, le=1000)]
    by: Literal["rank", "lot"] = "rank"
    league: Slug | None = None


class RoundText(Strict):
    """One round. `bank` is a file below content/private, which is in no repository."""

    id: Slug
    opens: Moment
    closes: Moment
    bank: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+\.yaml$", max_length=80)]
    attempts: Annotated[int, Field(ge=1, le=10)] = 1
    counts: Literal["best", "last"] = "best"
    minutes: Annotated[int, Field(ge=1, le=180)] = 20
    questions: tuple[QuotaText, ...] = Field(min_length=1)
    title: Mapping[Tag, Line] = Field(default={})
    predicts: bool = True
    essay: bool = False
    prizes: tuple[PrizeText, ...] = Field(default=(), max_length=20)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.closes <= self.opens:
            raise ValueError("closes before it opens")
        if sum(quota.count for quota in self.questions) > 60:
            raise ValueError("more than 60 questions at once")
        return self


class Contest(Strict):
    """A contest; its file's name is what it is called by in commands."""

    title: Mapping[Tag, Line] = Field(min_length=1)
    about: Mapping[Tag, Annotated[str, StringConstraints(max_length=2000)]] = Field(min_length=1)
    sources: tuple[ContentSource, ...] = Field(min_length=1)
    leagues: tuple[League, ...] = ()
    rounds: tuple[RoundText, ...] = Field(min_length=1)

    def rules(self, one: RoundText) -> Rules:
        quotas = tuple(
            Quota(each.topic, each.count, each.difficulty or 0) for each in one.questions
        )
        leagues = {league.id: dict(league.title) for league in self.leagues}
        return Rules(
            dict(self.title),
            dict(self.about),
            one.attempts,
            one.counts,
            one.minutes,
            quotas,
            one.predicts,
            leagues,
            _origins(self.sources),
            one.essay,
            tuple(
                Prize(dict(each.title), each.count, each.by, each.league or "")
                for each in one.prizes
            ),
            dict(one.title),
        )


def contest_faults(
    reader: Reader, contests: Iterable[tuple[Path, Contest]], topics: Iterable[str]
) -> Iterator[Fault]:
    """Names that are there twice, and topics that are not."""
    known = frozenset(topics)
    for path, contest in contests:
        ids = [one.id for one in contest.rounds]
        for index, one in enumerate(contest.rounds):
            if len(path.stem) + len(one.id) > _NAMES_AT_MOST:
                line = reader.line(path, "rounds", index, "id")
                yield Fault(path, line, f"round {one.id}: with the file name too long for a button")
            if one.id in ids[:index]:
                line = reader.line(path, "rounds", index, "id")
                yield Fault(path, line, f"round {one.id}: stands here twice")
            leagues = {league.id for league in contest.leagues}
            for at, prize in enumerate(one.prizes):
                if prize.league and prize.league not in leagues:
                    line = reader.line(path, "rounds", index, "prizes", at, "league")
                    yield Fault(path, line, f"leagues: there is no {prize.league}")
            for at, quota in enumerate(one.questions):
                if known and quota.topic not in known:
                    line = reader.line(path, "rounds", index, "questions", at, "topic")
                    yield Fault(path, line, f"topics.yaml has no {quota.topic}")


def load_bank(folder: Path, one: RoundText, rules: Rules) -> tuple[Question, ...]:
    """The private bank of a round. Raises ContentError, also when it is too small."""
    path = folder / "private" / one.bank
    questions = tuple(
        Question(
            each.id,
            each.topic,
            each.difficulty,
            each.answer,
            {
                tag: Wording(text.question, text.options, text.explanation)
                for tag, text in each.text.items()
            },
            _origins(each.sources),
        )
        for each in load_questions(path)
    )
    names = list(quotas_of(questions, rules).values())
    wanted: dict[str, int] = {}
    for quota in rules.quotas:
        wanted[quota.name] = wanted.get(quota.name, 0) + quota.count
    short = {name: count - names.count(name) for name, count in wanted.items()}
    faults = tuple(
        Fault(path, 1, f"round {one.id}: {lacks} questions of {name} are missing")
        for name, lacks in short.items()
        if lacks > 0
    )
    if faults:
        raise ContentError(faults)
    return questions


def frozen(folder: Path, contest: Contest, one: RoundText, seed: str, salt: str) -> Frozen:
    """All that is fixed when the round opens. Raises ContentError."""
    rules = contest.rules(one)
    return Frozen(rules, load_bank(folder, one, rules), seed, salt)


def in_house(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.replace(tzinfo=zone)


def _origins(sources: Iterable[ContentSource]) -> tuple[Origin, ...]:
    return tuple(
        Origin(one.title, one.issuer, one.number or "", one.date, one.url or "") for one in sources
    )
