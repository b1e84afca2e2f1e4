"""A ledger under anything that officers, platforms, people, clocks and kills may do to it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from bot.campaigns import MOVES, SCHEDULED, Campaign
from bot.model import Address, Event, Person, Reply, Session
from bot.store import Outcome, Recipient, Work
from tests.campaigning import MESSAGE
from tests.ledger_model import CHANNELS, HOLDERS, LedgerModel, Sender


class LedgerMachine(LedgerModel):
    """Each step is one thing that happens."""

    # Officers -------------------------------------------------------------------------------------

    @rule(is_urgent=st.booleans())
    def an_officer_sends(self, is_urgent: bool) -> None:
        if len(self.audience) >= 3:
            return
        campaign = Campaign(0, SCHEDULED, MESSAGE, "everyone", is_urgent=is_urgent)
        number = self.do(self.store.campaigns.keep(campaign, self.now))
        kept = self.do(self.store.campaigns.get(number))
        launch = self.store.campaigns.launch
        self.audience[number] = self.do(launch(kept, self.now, lambda *_: self.now))
        assert self.do(launch(kept, self.now, lambda *_: self.now)) == 0  # another process
        theirs = [row.person_id for row in self._read().values() if row.campaign_id == number]
        assert len(theirs) == len(set(theirs)) == self.audience[number]

    @rule(which=st.integers(0, 2), word=st.sampled_from(sorted(MOVES)))
    def an_officer_says_a_word(self, which: int, word: str) -> None:
        if word in {"again", "launch"} or not (number := self._campaign(which)):
            return
        before = self.do(self.store.campaigns.get(number)).state
        moved = self.do(self.store.campaigns.move(number, word, self.now, by=1))
        after = self.do(self.store.campaigns.get(number)).state
        assert (before in MOVES[word][0] and after == MOVES[word][1]) or not moved
        assert moved or before == after

    @rule(which=st.integers(0, 2), state=st.sampled_from(["failed", "uncertain"]))
    def an_officer_sends_again(self, which: int, state: str) -> None:
        if not (number := self._campaign(which)):
            return
        before = self._read()
        self.do(self.store.campaigns.put_again(number, state, self.now))
        after = self._read()
        for key, row in before.items():
            if row.state == state and after[key].state == "queued":
                self.by_officer.add(key)
                self.put_again.add(key)
                if state == "uncertain":
                    self.resent[row.campaign_id, key] += 1

    @rule(which=st.integers(0, 2))
    def it_is_looked_whether_it_is_over(self, which: int) -> None:
        if number := self._campaign(which):
            is_over = self.do(self.store.campaigns.finish(number, self.now))
            counts = self.do(self.store.campaigns.tally(number))
            assert not is_over or counts["queued"] + counts["sending"] == 0

    def _campaign(self, which: int) -> int:
        known = list(self.audience)
        return known[which % len(known)] if known else 0

    # Senders --------------------------------------------------------------------------------------

    @rule(name=st.sampled_from(HOLDERS), channel=st.sampled_from(CHANNELS))
    def a_sender_looks(self, name: str, channel: str) -> None:
        if self.senders[name].is_idle(channel):
            self.do(self.store.campaigns.hold(channel, name, self.now, is_idle=True))

    @rule(
        name=st.sampled_from(HOLDERS), channel=st.sampled_from(CHANNELS),
        which=st.integers(0, 2), limit=st.integers(0, 4),
    )  # fmt: skip
    def a_sender_exchanges(self, name: str, channel: str, which: int, limit: int) -> None:
        if not (number := self._campaign(which)):
            return
        sender = self.senders[name]
        over = sender.over.pop((channel, number), [])
        claimed, looked = self.do(
            self.store.campaigns.exchange(number, channel, name, self.now, over, limit)
        )
        assert len(claimed) <= looked <= max(limit, 0)
        rows = self._read()
        for one in claimed:
            assert rows[one.id].state == "sending"
            assert rows[one.id].campaign_id == number
            assert one.address.channel == channel
            self._is_first_copy(rows, one.id)
            sender.claimed.append((one, number))

    @rule(
        name=st.sampled_from(HOLDERS),
        what=st.sampled_from(
            ["sent", "sent", "throttled", "unsent", "refused", "unreachable", "unknown", "not-now"]
        ),
    )
    def a_message_is_said(self, name: str, what: str) -> None:
        sender = self.senders[name]
        if not sender.claimed:
            return
        one, number = sender.claimed.pop(0)
        if what in {"sent", "unknown"}:
            self.on_wire[number, one.id] += 1
        if what == "not-now":
            self.do(self.store.campaigns.let_wait(one, number, self.now))
            return
        if what == "unreachable":
            self.do(self.store.campaigns.mark_unreachable(one.address))
        outcome = self._outcome(one, what)
        sender.over.setdefault((one.address.channel, number), []).append(outcome)

    def _is_first_copy(self, rows: dict[int, Any], key: int) -> None:
        """Of two chats that became one, one gets what was not on its way to either."""
        one = rows[key]
        if key in self.put_again:
            return
        for other in rows.values():
            if other.id != key and (other.campaign_id, other.person_id) == (
                one.campaign_id, one.person_id,
            ):  # fmt: skip
                assert other.state not in {"sending", "sent", "waiting", "uncertain"}, (one, other)

    def _outcome(self, one: Recipient, what: str) -> Outcome:
        later = self.now + timedelta(seconds=3)
        if what == "unsent" and one.tries >= 2:
            what = "refused"
        return {
            "sent": Outcome(one.id, "sent", number=next(self.numbers)),
            "throttled": Outcome(one.id, "queued", not_before=later),
            "unsent": Outcome(one.id, "queued", not_before=later, counts=True),
            "refused": Outcome(one.id, "failed", "refused"),
            "unreachable": Outcome(one.id, "unreachable", "blocked"),
            "unknown": Outcome(one.id, "uncertain", "no-answer"),
        }[what]

    @rule(name=st.sampled_from(HOLDERS))
    def a_sender_is_killed(self, name: str) -> None:
        """What it was saying may have arrived, and nobody knows."""
        for one, number in self.senders[name].claimed:
            self.on_wire[number, one.id] += 1
        self.senders[name] = Sender()

    @rule(name=st.sampled_from(HOLDERS))
    def a_sender_stops(self, name: str) -> None:
        if all(self.senders[name].is_idle(channel) for channel in CHANNELS):
            self.do(self.store.campaigns.release(name, self.now))

    @rule(seconds=st.sampled_from([1, 5, 16, 20, 90, -3, -120, 86400]))
    def the_clock_moves(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    # People ---------------------------------------------------------------------------------------

    @rule(which=st.integers(0, 9))
    def somebody_writes(self, which: int) -> None:
        """What waited for them is handed over, once."""
        person = self._person(which)
        if person is None:
            return
        stored = self._wrote(person)
        me = Person(stored.person_id)
        waits = self.do(self.store.waiting(me, stored.address_id))
        waited = tuple((number, Reply(body="…")) for number, _ in waits)
        pending = self.do(self.store.finish(stored, Work(), Session(), (), self.now, waited))
        for one in pending:
            if self.do(self.store.begin_saying(one, self.now)):
                self._handed(one.delivery_id)
                self.do(self.store.forget_replies(one.id))
        assert self.do(self.store.waiting(me, stored.address_id)) == ()

    def _handed(self, delivery_id: int) -> None:
        for key, row in self._read().items():
            if row.delivery_id == delivery_id:
                self.on_wire[row.campaign_id, key] += 1

    @rule(which=st.integers(0, 9))
    def somebody_leaves(self, which: int) -> None:
        self._changes(which, lambda work, person: work.stop(person))

    @rule(which=st.integers(0, 9))
    def somebody_comes_back(self, which: int) -> None:
        self._changes(which, lambda work, person: work.consent(person, "v", self.now))

    @rule(which=st.integers(0, 9))
    def somebody_erases_all(self, which: int) -> None:
        if len(self.people) > 3 and (person := self._person(which)):
            self._changes(which, lambda work, person: work.erase(person))
            self.people.remove(person)

    @rule(which=st.integers(0, 9), other=st.integers(0, 9))
    def two_chats_become_one(self, which: int, other: int) -> None:
        kept, gone = self._person(which), self._person(other)
        if kept is None or gone is None or kept == gone or len(self.people) < 4:
            return
        channel = self.places[gone][0]
        self._changes(other, lambda work, person: work.join(kept, person, channel, self.now))
        self.people.remove(gone)

    def _person(self, which: int) -> int | None:
        return self.people[which % len(self.people)] if self.people else None

    def _wrote(self, person: int) -> Any:
        event = Event(f"e-{next(self.numbers)}", Address(*self.places[person]))
        stored = self.do(self.store.write_down(event, self.now))
        assert stored is not None
        return stored

    def _changes(self, which: int, change: Any) -> None:
        person = self._person(which)
        if person is not None:
            stored, work = self._wrote(person), Work()
            change(work, Person(stored.person_id))
            self.do(self.store.finish(stored, work, Session(), (), self.now))
