"""Questions with one right option, as editors write them: the practice bank, or a private one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from bot.library.checks import MARKUP
from bot.library.models import ContentSource, Slug, State, Strict, Tag
from bot.library.reader import ContentError, Fault, Reader

# A line of a list on Zalo and a button on Telegram; a letter takes one to four bytes.
LONGEST_OPTION = 90
FEWEST_OPTIONS, MOST_OPTIONS = 2, 6
# Where choices are numbered lines, so short a number would be taken for that of a line.
_BARE_NUMBER = re.compile(r"\d{1,2}")

Option = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=LONGEST_OPTION, pattern=r"^[^\r\n]+$"
    ),
]


class QuestionText(Strict):
    """One language of a question; `state` is `draft` until a speaker has checked it."""

    question: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
    options: tuple[Option, ...] = Field(min_length=FEWEST_OPTIONS, max_length=MOST_OPTIONS)
    explanation: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=600)
    ]
    state: State = "draft"


class WrittenQuestion(Strict):
    """A question as it stands in a file; the topic is the file's name unless it says another."""

    id: Slug
    topic: Slug | None = None
    difficulty: Annotated[int, Field(ge=1, le=3)]
    answer: Annotated[int, Field(ge=0, lt=MOST_OPTIONS)]
    text: Mapping[Tag, QuestionText] = Field(min_length=1)
    sources: tuple[ContentSource, ...] = Field(min_length=1)


class Bank(Strict):
    questions: tuple[WrittenQuestion, ...] = Field(min_length=1)


@dataclass(frozen=True)
class Question:
    """A checked question; `answer` is the index of the right option in every language.

    `difficulty` is 1 (everybody should know it), 2, or 3 (a date, a number, an article).
    """

    id: str
    topic: str
    difficulty: int
    answer: int
    text: Mapping[str, QuestionText]
    sources: tuple[ContentSource, ...]

    @property
    def option_count(self) -> int:
        return len(next(iter(self.text.values())).options)

    def in_language(self, languages: Iterable[str]) -> str:
        """The first of `languages` that it speaks, else Vietnamese, else any."""
        return next(tag for tag in (*languages, "vi", *self.text) if tag in self.text)


def load_questions(path: Path, topics: Iterable[str] | None = None) -> tuple[Question, ...]:
    """The questions of one file, also of a private bank. Raises ContentError with all its faults.

    With `topics`, each question's topic must be one of them.
    """
    reader = Reader(path.parent)
    banks = tuple(reader.one(path.name, Bank))
    faults = (*reader.faults, *bank_faults(reader, banks, topics))
    if faults:
        raise ContentError(tuple(sorted(faults, key=lambda fault: (fault.line, fault.message))))
    return read_questions(banks)


def read_questions(banks: Sequence[tuple[Path, Bank]]) -> tuple[Question, ...]:
    """All questions, in the order of the files."""
    return tuple(
        Question(one.id, one.topic or path.stem, one.difficulty, one.answer, one.text, one.sources)
        for path, bank in banks
        for one in bank.questions
    )


def bank_faults(
    reader: Reader, banks: Sequence[tuple[Path, Bank]], topics: Iterable[str] | None = None
) -> Iterator[Fault]:
    """What a single value cannot tell: ids that stand twice, an answer that is no option."""
    known = None if topics is None else frozenset(topics)
    first: dict[str, Path] = {}
    for path, bank in banks:
        for index, one in enumerate(bank.questions):
            place = ("questions", index)
            if one.id in first:
                line = reader.line(path, *place, "id")
                yield Fault(path, line, f"{one.id}: {first[one.id].name} has it already")
            first.setdefault(one.id, path)
            topic = one.topic or path.stem
            if known is not None and topic not in known:
                line = reader.line(path, *place, "topic")
                yield Fault(path, line, f"{one.id}: topics.yaml has no {topic}")
            yield from _own_faults(reader, path, index, one)


def public_faults(reader: Reader, banks: Sequence[tuple[Path, Bank]]) -> Iterator[Fault]:
    """In the public bank a file is a topic, and no two questions have the same answer.

    Who practises would else know the second one by the first.
    """
    yield from _answer_faults(reader, banks)
    for path, bank in banks:
        for index, one in enumerate(bank.questions):
            if one.topic not in {None, path.stem}:
                line = reader.line(path, "questions", index, "topic")
                yield Fault(path, line, f"{one.id}: topic: must be the file's name, {path.stem}")


def _answer_faults(reader: Reader, banks: Sequence[tuple[Path, Bank]]) -> Iterator[Fault]:
    first: dict[tuple[str, str], str] = {}
    for path, bank in banks:
        for index, one in enumerate(bank.questions):
            for tag, text in one.text.items():
                right = "".join(text.options[one.answer : one.answer + 1]).casefold()
                if (other := first.setdefault((tag, right), one.id)) != one.id:
                    line = reader.line(path, "questions", index, "text", tag, "options")
                    yield Fault(path, line, f"{one.id}: text.{tag}: {other} has the same answer")


def _own_faults(reader: Reader, path: Path, index: int, one: WrittenQuestion) -> Iterator[Fault]:
    def fault(message: str, *keys: str | int) -> Fault:
        return Fault(path, reader.line(path, "questions", index, *keys), f"{one.id}: {message}")

    if "vi" not in one.text:
        yield fault("text: has no Vietnamese", "text")
    counts = {tag: len(text.options) for tag, text in one.text.items()}
    usual = counts.get("vi", next(iter(counts.values())))
    if one.answer >= usual:
        yield fault(f"answer: there are {usual} options, counted from 0", "answer")
    for tag, text in one.text.items():
        if counts[tag] != usual:
            told = f"text.{tag}: has {counts[tag]} options, others have {usual}"
            yield fault(told, "text", tag, "options")
        for option, times in Counter(option.casefold() for option in text.options).items():
            if times > 1:
                yield fault(f"text.{tag}: an option stands twice: {option}", "text", tag, "options")
        for option in filter(_BARE_NUMBER.fullmatch, text.options):
            told = f"text.{tag}: {option} could be the number of a line: say of what"
            yield fault(told, "text", tag, "options")
        if MARKUP.search(" ".join((text.question, *text.options, text.explanation))):
            yield fault(f"text.{tag}: plain text only, no markup", "text", tag)
