"""The practice bank that ships, and the checker of questions: every fault with file and line."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bot.channels.telegram.writing import messages
from bot.library import ContentError, Question, load_questions
from bot.model import MAX_CHOICE_BYTES, Choice, Reply
from tests.conftest import LIBRARY
from tests.test_library import _faults, _write

QUESTIONS = sorted(LIBRARY.questions.values(), key=lambda question: question.id)


def test_there_are_200_questions_with_sources_in_both_languages() -> None:
    assert len(QUESTIONS) >= 200
    assert {question.topic for question in QUESTIONS} == set(LIBRARY.topics)
    assert min(Counter(question.topic for question in QUESTIONS).values()) >= 10
    for question in QUESTIONS:
        assert question.sources
        assert {"vi", "en"} <= set(question.text), question.id


def test_no_question_stands_in_the_bank_twice() -> None:
    assert len({question.id for question in QUESTIONS}) == len(QUESTIONS)
    for tag in ("vi", "en"):
        asked = Counter(question.text[tag].question.casefold() for question in QUESTIONS)
        assert asked.most_common(1)[0][1] == 1


def test_the_right_option_is_not_known_by_its_place_or_its_length() -> None:
    places = Counter(question.answer for question in QUESTIONS)
    assert max(places.values()) < len(QUESTIONS) * 0.35
    longest = sum(_is_longest(question) for question in QUESTIONS)
    assert longest < len(QUESTIONS) * 0.4


def _is_longest(question: Question) -> bool:
    options = question.text["vi"].options
    right = len(options[question.answer])
    return all(len(one) < right for at, one in enumerate(options) if at != question.answer)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_a_question_is_plain_and_fits_every_channel(question: Question) -> None:
    for text in question.text.values():
        assert "!" not in text.question + text.explanation
        assert len(text.question) <= 200
        assert len(text.explanation) <= 350
        assert question.option_count == 4
        choices = tuple(Choice(one, f"answer:{question.id}:3") for one in text.options)
        assert max(len(choice.value.encode()) for choice in choices) <= MAX_CHOICE_BYTES
        (sent,) = messages(Reply(body=text.question, choices=choices, spelled=4))
        assert all(option in sent.html or len(option) <= 34 for option in text.options)


QUESTION = """\
questions:
- id: union-001
  difficulty: 1
  answer: 1
  text:
    vi:
      question: Ngày nào?
      options: [Ngày 01/5, Ngày 28/7]
      explanation: Ngày thành lập.
    en:
      question: Which day?
      options: [1 May, 28 July]
      explanation: The founding day.
      state: checked
  sources:
  - {title: Lịch sử, issuer: Tổng Liên đoàn}
"""
UNION = "questions/union.yaml"
BROKEN: dict[tuple[str, str], str] = {
    ("answer: 1", "answer: 2"): f"{UNION}:4: union-001: answer: there are 2 options",
    ("answer: 1", "answer: -1"): f"{UNION}:4: questions.0.answer: Input should be greater",
    ("difficulty: 1", "difficulty: 4"): f"{UNION}:3: questions.0.difficulty: Input should be less",
    ("[1 May, 28 July]", "[1 May, 28 July, 2 June]"): (
        f"{UNION}:12: union-001: text.en: has 3 options, others have 2"
    ),
    ("[1 May, 28 July]", "[1 May, 1 MAY]"): f"{UNION}:12: union-001: text.en: an option",
    ("[1 May, 28 July]", "['5', 28 July]"): (
        f"{UNION}:12: union-001: text.en: 5 could be the number of a line"
    ),
    ("1 May", "x" * 91): f"{UNION}:12: questions.0.text.en.options.0: String should",
    ("[Ngày 01/5, Ngày 28/7]", "[Ngày 01/5]"): f"{UNION}:8: questions.0.text.vi.options: Tuple",
    ("    vi:\n", "    km:\n"): f"{UNION}:5: union-001: text: has no Vietnamese",
    ("      explanation: Ngày thành lập.\n", ""): (
        f"{UNION}:6: questions.0.text.vi.explanation: missing"
    ),
    ("Ngày thành lập.", "<b>Ngày</b> thành lập."): f"{UNION}:6: union-001: text.vi: plain",
    ("state: checked", "state: good"): f"{UNION}:14: questions.0.text.en.state",
    ("sources:\n  - {title: Lịch sử, issuer: Tổng Liên đoàn}", "sources: []"): (
        f"{UNION}:15: questions.0.sources: Tuple should have at least 1"
    ),
    ("difficulty: 1", "difficulty: 1\n  author: x"): f"{UNION}:4: questions.0.author: unknown",
    ("difficulty: 1", "difficulty: 1\n  topic: other"): f"{UNION}:4: union-001: topics.yaml has no",
}  # fmt: skip


@pytest.mark.parametrize("change", BROKEN, ids=lambda change: change[1][:30])
def test_what_is_wrong_with_a_question_is_told_with_its_line(
    tmp_path: Path, change: tuple[str, str]
) -> None:
    assert change[0] in QUESTION
    faults = _faults(_write(tmp_path, questions__union=QUESTION.replace(*change)))
    assert any(fault.startswith(BROKEN[change]) for fault in faults), faults


def test_a_bank_without_a_topic_and_an_id_that_stands_twice_are_told_at_once(
    tmp_path: Path,
) -> None:
    folder = _write(tmp_path, questions__union=QUESTION, questions__unknown=QUESTION)
    assert _faults(folder) == [
        "questions/unknown.yaml:2: union-001: topics.yaml has no unknown",
        "questions/unknown.yaml:2: union-001: union.yaml has it already",
    ]


def test_two_questions_with_the_same_answer_are_told(tmp_path: Path) -> None:
    both = QUESTION + QUESTION.replace("questions:\n", "").replace("union-001", "union-002")
    both = both.replace("[Ngày 01/5, Ngày 28/7]", "[Ngày 01/5, Ngày 28/8]", 1)
    assert _faults(_write(tmp_path, questions__union=both)) == [
        "questions/union.yaml:27: union-002: text.en: union-001 has the same answer"
    ]


def test_a_private_bank_is_read_by_itself_and_may_hold_several_topics(tmp_path: Path) -> None:
    other = (
        QUESTION.partition("\n")[2]
        .replace("union-001", "x-1")
        .replace("difficulty: 1", "difficulty: 3\n  topic: award")
    )
    path = tmp_path / "union.yaml"
    path.write_text(QUESTION + other, encoding="utf-8")
    first, second = load_questions(path, {"union", "award"})
    assert (first.id, first.topic, first.difficulty, first.answer) == ("union-001", "union", 1, 1)
    assert (second.id, second.topic, second.difficulty) == ("x-1", "award", 3)
    assert first.text["en"].state == "checked"
    assert first.text["vi"].state == "draft"
    assert first.sources[0].issuer == "Tổng Liên đoàn"
    assert load_questions(path) == (first, second)
    with pytest.raises(ContentError, match=r"union.yaml:19: x-1: topics.yaml has no award"):
        load_questions(path, {"union"})
    with pytest.raises(ContentError, match="this file is missing"):
        load_questions(tmp_path / "gone.yaml")
