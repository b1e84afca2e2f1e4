"""A contest: rounds with a frozen bank, attempts against the clock, points and ranks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal

from bot.campaigns import Origin
from bot.contests_draw import commitment, draw, option_order
from bot.contests_published import BankQuestion
from bot.contests_published import key_of as published_key

# In between no answer is taken any more, and ranks are not there yet: some seconds.
OPEN, RANKING, CLOSED = "open", "ranking", "closed"
UNANSWERED = "."
Counts = Literal["best", "last"]


@dataclass(frozen=True, slots=True)
class Wording:
    """A question in one language; the options stand in the order in which they were written."""

    question: str
    options: tuple[str, ...]
    explanation: str


@dataclass(frozen=True, slots=True)
class Question:
    """`answer` is the index of the right option as written."""

    id: str
    topic: str
    difficulty: int
    answer: int
    text: Mapping[str, Wording]
    sources: tuple[Origin, ...]


@dataclass(frozen=True, slots=True)
class Quota:
    """So many questions of a topic, of one difficulty (1 to 3) or of any (0)."""

    topic: str
    count: int
    difficulty: int = 0

    @property
    def name(self) -> str:
        return f"{self.topic}/{self.difficulty or 'any'}"

    def takes(self, question: Question) -> bool:
        return question.topic == self.topic and self.difficulty in {0, question.difficulty}


@dataclass(frozen=True, slots=True)
class Prize:
    """So many of a prize, for the best or by lot; of one league, or of all (an empty word)."""

    title: Mapping[str, str]
    count: int
    by: Literal["rank", "lot"]
    league: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a round is played by; texts by language, leagues by the word that is kept for them.

    `label` is the round's own title, perhaps none; `essay` says that who has handed in may add a
    short text, which officers read.
    """

    title: Mapping[str, str]
    about: Mapping[str, str]
    attempts: int
    counts: Counts
    minutes: int
    quotas: tuple[Quota, ...]
    predicts: bool
    leagues: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    sources: tuple[Origin, ...] = ()
    essay: bool = False
    prizes: tuple[Prize, ...] = ()
    label: Mapping[str, str] = field(default_factory=dict)

    @property
    def length(self) -> int:
        return sum(quota.count for quota in self.quotas)


@dataclass(frozen=True, slots=True)
class Frozen:
    """What cannot change any more once a round is open. `seed` and `salt` are hexadecimal."""

    rules: Rules
    questions: tuple[Question, ...]
    seed: str
    salt: str


@dataclass(frozen=True, slots=True)
class Round:
    """`name` is the round's own within its `contest`; `perfect`: how many had all right, once it
    is closed; `voided`: questions that count as right for all who drew them."""

    id: int
    contest: str
    name: str
    state: str
    opens_at: datetime
    closes_at: datetime
    commitment: str
    frozen: Frozen
    voided: tuple[str, ...] = ()
    perfect: int | None = None
    closed_at: datetime | None = None

    @property
    def titles(self) -> Mapping[str, str]:
        """What the round is called, by language; without a title by its word."""
        return self.frozen.rules.label or {"vi": self.name}

    def takes_answers(self, now: datetime) -> bool:
        return self.state == OPEN and self.opens_at <= now < self.closes_at


def is_running(
    handed_at: datetime | None, last_at: datetime, ends_at: datetime, now: datetime
) -> bool:
    """Whether an attempt with these moments takes an answer now."""
    return handed_at is None and max(now, last_at) < ends_at


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of one person. `drawn` are indexes into the frozen bank; `answers` has a letter for
    each of them: the index of the chosen option as written, or a dot."""

    id: int
    round_id: int
    number: int
    code: str
    league: str
    drawn: tuple[int, ...]
    answers: str
    prediction: int | None
    started_at: datetime
    ends_at: datetime
    last_at: datetime
    handed_at: datetime | None = None
    points: int | None = None
    gap: int | None = None
    rank: int | None = None
    counts: bool = False

    def is_running(self, now: datetime) -> bool:
        """Whether an answer is taken. A clock that was set back does not give time again."""
        return is_running(self.handed_at, self.last_at, self.ends_at, now)

    @property
    def unanswered(self) -> tuple[int, ...]:
        return tuple(at for at, one in enumerate(self.answers) if one == UNANSWERED)


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate that somebody has: `points` of `whole`. `holder` is the name as it was typed
    and tidied; empty: it was withdrawn, and the name is not kept any more."""

    code: str
    round_id: int
    holder: str
    points: int
    whole: int
    issued_on: date
    withdrawn_on: date | None = None


@dataclass(frozen=True, slots=True)
class Played:
    """What statistics look at: an entry without whose it is. `seconds` holds for each drawn
    question how many whole ones went by since the answer before, 255 at most."""

    code: str
    drawn: tuple[int, ...]
    answers: str
    seconds: bytes

    @property
    def paces(self) -> list[int]:
        """The seconds of the questions that were answered."""
        cells = zip(self.answers, self.seconds, strict=True)
        return [spent for given, spent in cells if given != UNANSWERED]


def quotas_of(questions: Iterable[Question], rules: Rules) -> Mapping[str, str]:
    """The quota that each question can be drawn for: the first that takes it."""
    return {
        one.id: quota.name
        for one in questions
        if (quota := next((each for each in rules.quotas if each.takes(one)), None))
    }


def quota_sizes(rules: Rules) -> Mapping[str, int]:
    counts: dict[str, int] = {}
    for quota in rules.quotas:
        counts[quota.name] = counts.get(quota.name, 0) + quota.count
    return counts


def key_of(questions: Iterable[Question], rules: Rules) -> dict[str, Any]:
    """What is promised at opening and published afterwards: answers, quotas, sizes, prizes."""
    names = quotas_of(questions, rules)
    bank = [
        BankQuestion(one.id, names[one.id], len(_options(one)), one.answer)
        for one in questions
        if one.id in names
    ]
    prizes = [
        {"title": dict(one.title), "count": one.count, "by": one.by, "league": one.league}
        for one in rules.prizes
    ]
    return published_key(bank, quota_sizes(rules)) | ({"prizes": prizes} if prizes else {})


def commitment_of(frozen: Frozen) -> str:
    key = key_of(frozen.questions, frozen.rules)
    return commitment(key, bytes.fromhex(frozen.seed), bytes.fromhex(frozen.salt))


def drawn_for(code: str, frozen: Frozen) -> tuple[int, ...]:
    """The questions of an attempt, as indexes into the bank. Raises ShortBank."""
    index = {one.id: at for at, one in enumerate(frozen.questions)}
    names, sizes = quotas_of(frozen.questions, frozen.rules), quota_sizes(frozen.rules)
    return tuple(index[one] for one in draw(bytes.fromhex(frozen.seed), code, names, sizes))


def options_for(code: str, frozen: Frozen, question: Question) -> list[int]:
    """In which order the options of a question stand in an attempt."""
    seed = bytes.fromhex(frozen.seed)
    return option_order(seed, code, question.id, len(_options(question)))


def _options(question: Question) -> tuple[str, ...]:
    return next(iter(question.text.values())).options


def end_of(started: datetime, rules: Rules, closes_at: datetime) -> datetime:
    """The time is up after the minutes of the rules, or when the round closes."""
    return min(started + timedelta(minutes=rules.minutes), closes_at)
