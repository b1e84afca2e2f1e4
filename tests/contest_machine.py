"""A round of a contest under anything that players, officers, clocks and two processes may do."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from bot.contests import UNANSWERED, Attempt, drawn_for, end_of
from bot.model import Session
from bot.store import Work
from tests.contest_model import MOST, PLAYERS, ContestModel, Try


class ContestMachine(ContestModel):
    """Each step is one thing that somebody does, at either of the two processes."""

    # Players --------------------------------------------------------------------------------------

    @rule(at=st.integers(0, PLAYERS - 1), by=st.integers(0, 1))
    def somebody_begins(self, at: int, by: int) -> None:
        one = self._round()
        if not one.takes_answers(self.now):  # as the handler looks first
            return
        person = self.people[at]
        mine = [each for each in self.tries.values() if each.whose == person]
        code = f"c-{next(self.numbers)}"
        drawn = drawn_for(code, one.frozen)
        ends = end_of(self.now, one.frozen.rules, one.closes_at)
        new = Attempt(0, one.id, len(mine) + 1, code, "vn", drawn, UNANSWERED * len(drawn), None,
                      self.now, ends, self.now)  # fmt: skip
        taken = self._works(by, at, lambda work, me: work.begin_attempt(me, new, MOST))
        assert taken is (len(mine) < MOST and all(each.is_handed for each in mine))
        if taken:
            row = self._row(code)
            self.tries[code] = Try(row.id, person)

    @rule(
        which=st.integers(0, 30), place=st.integers(0, 4), option=st.integers(0, 3),
        by=st.integers(0, 1), twice=st.booleans(), late=st.sampled_from([0, 0, 0, 30, 2000, 9000]),
    )  # fmt: skip
    def an_answer_comes(
        self, which: int, place: int, option: int, by: int, twice: bool, late: int
    ) -> None:
        """`late`: it was heard so many seconds ahead, as if the clock had gone on."""
        if (code := self._code(which)) is None:
            return
        heard_at = self.now + timedelta(seconds=late)
        mine = self._attempt(code)
        for store in (by, 1 - by)[: 1 + twice]:
            taken = self._says(
                store, code,
                lambda work, me: work.answer(me, mine, place, option, heard_at),
                heard_at,
            )  # fmt: skip
            if taken:
                self.tries[code].answers[place] = option

    @rule(which=st.integers(0, 30), number=st.integers(0, 9), by=st.integers(0, 1))
    def somebody_guesses(self, which: int, number: int, by: int) -> None:
        if (code := self._code(which)) is None:
            return
        mine = self._attempt(code)
        if self._says(by, code, lambda work, me: work.guess(me, mine, number, self.now), self.now):
            self.tries[code].guess = number

    @rule(which=st.integers(0, 30), by=st.integers(0, 1))
    def somebody_hands_in(self, which: int, by: int) -> None:
        if (code := self._code(which)) is None:
            return
        mine = self._attempt(code)
        if self._says(by, code, lambda work, me: work.hand_in(me, mine, self.now), self.now):
            self.tries[code].is_handed = True

    @rule(which=st.integers(0, 30), other=st.integers(0, PLAYERS - 1), by=st.integers(0, 1))
    def somebody_forges_anothers(self, which: int, other: int, by: int) -> None:
        code = self._code(which)
        if code is None or self.tries[code].whose == self.people[other]:
            return
        mine = self._attempt(code)
        assert not self._works(by, other, lambda work, me: work.answer(me, mine, 0, 1, self.now))

    @rule(at=st.integers(0, PLAYERS - 1), by=st.integers(0, 1))
    def somebody_erases_all(self, at: int, by: int) -> None:
        person = self.people[at]
        assert self._works(by, at, lambda work, me: work.erase(me))
        for each in self.tries.values():
            if each.whose == person:
                each.whose = None
        for player, whose in self.people.items():  # who writes again begins anew
            if whose == person:
                stored = self._wrote(self.stores[by], player)
                self.do(self.stores[by].finish(stored, Work(), Session(), (), self.now))
                self.people[player] = stored.person_id

    @rule(at=st.integers(0, PLAYERS - 1), other=st.integers(0, PLAYERS - 1), by=st.integers(0, 1))
    def two_chats_become_one(self, at: int, other: int, by: int) -> None:
        kept, gone = self.people[at], self.people[other]
        if kept == gone:
            return
        began = {
            person: min((row.started_at for row in self._rows() if row.person_id == person),
                        default=None)
            for person in (kept, gone)
        }  # fmt: skip
        assert self._works(by, other, lambda work, me: work.join(kept, me, "telegram", self.now))
        if None not in began.values() and began[kept] != began[gone]:
            lost = max(began, key=lambda person: str(began[person]))
            if self._round().state == "open":
                self.tries = {c: each for c, each in self.tries.items() if each.whose != lost}
            for each in self.tries.values():  # what was ranked stays where it is
                each.whose = None if each.whose == lost else each.whose
        elif None not in began.values():
            left = {row.code: row.person_id for row in self._rows()}
            self.tries = {code: each for code, each in self.tries.items() if code in left}
            for code, each in self.tries.items():
                each.whose = each.whose if left[code] is not None else None
        for each in self.tries.values():
            each.whose = kept if each.whose == gone else each.whose
        self.people = {p: kept if whose == gone else whose for p, whose in self.people.items()}

    # Officers, clocks, processes ------------------------------------------------------------------

    @rule(seconds=st.sampled_from([1, 60, 300, 1201, 3100, -60, -2000]))
    def the_clock_moves(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(by=st.integers(0, 1), both=st.booleans())
    def rounds_are_looked_at(self, by: int, both: bool) -> None:
        """By one process, or by both at the same moment."""
        looks = [self.stores[by].contests.advance(self.now)]
        if both:
            looks.append(self.stores[1 - by].contests.advance(self.now))

        async def look() -> list[int]:
            return await asyncio.gather(*looks)

        assert sum(self.do(look())) <= 1
        for code, row in {row.code: row for row in self._rows()}.items():
            self.tries[code].is_handed = row.handed_at is not None

    @rule(index=st.integers(0, 15), by=st.integers(0, 1))
    def a_question_is_void(self, index: int, by: int) -> None:
        one = self._round()
        question = one.frozen.questions[index].id
        is_new = self.do(self.stores[by].contests.void(one, question, self.now))
        assert is_new is (question not in self.void)
        self.void.add(question)

    @rule(minutes=st.sampled_from([-10, 0, 30]), by=st.integers(0, 1))
    def an_officer_moves_the_end(self, minutes: int, by: int) -> None:
        one = self._round()
        until = self.now + timedelta(minutes=minutes)
        moved = self.do(self.stores[by].contests.move_end(one, until))
        assert moved is (one.state == "open")
