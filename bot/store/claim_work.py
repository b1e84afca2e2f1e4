"""What handlers change about claims and reports, as parts of one unit of work.

What has changed since the answer was made raises Overtaken: the event is answered anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime

from sqlalchemy import Connection, delete, select, update

from bot.claims import Claim, Finding, Intake, Statement
from bot.model import Parcel, Person
from bot.rights import Office
from bot.store import audit, claim_records, findings, notices, schema
from bot.store.approvals import people_of
from bot.store.award_work import AwardWork
from bot.store.claim_records import NewReport
from bot.store.codec import Codecs
from bot.store.contest_records import Overtaken
from bot.store.rows import upsert

_REPORT = schema.report.c


class ClaimWork(AwardWork):
    """The part of Work that changes claims and reports."""

    # Whether what is deleted must leave the files at once.
    scrubs: bool

    def keep_intake(self, person: Person, intake: Intake, now: datetime) -> None:
        def change(connection: Connection, codecs: Codecs) -> None:
            values = {"sealed": codecs.intake.write(intake), "changed_at": now}
            added = upsert(connection, schema.intake).values(person_id=person.id, **values)
            connection.execute(
                added.on_conflict_do_update(index_elements=["person_id"], set_=values)
            )

        self._changes.append(change)

    def end_intake(self, person: Person) -> None:
        mine = delete(schema.intake).where(schema.intake.c.person_id == person.id)

        def change(connection: Connection, _: Codecs) -> None:
            connection.execute(mine)

        self._changes.append(change)

    def report(self, new: NewReport, tell: Sequence[int], now: datetime) -> None:
        """Hands it to the desk; `tell` are the offices that learn that something waits."""

        def change(connection: Connection, codecs: Codecs) -> None:
            claim_id = claim_records.add(connection, codecs, new, now)
            told = Parcel("notice", label=f"desk-waits:{claim_id}")
            for person in _people(connection, tell, now.date()):
                notices.tell(connection, codecs, person, told, now)

        self._changes.append(change)

    def count_report(self, what: str, channel: str, today: date) -> None:
        """One more of that, by nobody in particular."""
        self._changes.append(lambda c, _: claim_records.count(c, today, channel, what))

    def look_at_claim(self, claim: Claim, now: datetime) -> None:
        self._changes.append(lambda c, _: claim_records.look(c, claim.id, now))

    def take_claim(self, claim: Claim, by: Office, now: datetime) -> None:
        self._move(claim, "take", by, now, lambda c, _: claim_records.take(c, claim.id, by.id, now))

    def merge_claim(self, claim: Claim, into: Claim, by: Office, now: datetime) -> None:
        self._move(claim, "merge", by, now, lambda c, _: claim_records.merge(c, claim.id, into.id))

    def split_claim(self, claim: Claim, report_id: int, by: Office, now: datetime) -> None:
        self._move(
            claim,
            "split",
            by,
            now,
            lambda c, _: claim_records.split(c, claim.id, report_id, now) > 0,
        )

    def draft_finding(self, claim: Claim, finding: Finding | None, by: Office) -> None:
        def change(connection: Connection, codecs: Codecs) -> None:
            if not findings.draft(connection, codecs, claim.id, finding, by.id):
                raise Overtaken

        self._changes.append(change)

    def hand_in_finding(
        self, claim: Claim, readers: Sequence[int], by: Office, now: datetime, today: date
    ) -> None:
        """It waits for a second officer; those people are told, on their chats."""

        def change(connection: Connection, codecs: Codecs) -> bool:
            if not findings.hand_in(connection, claim.id, by.id):
                return False
            told = Parcel("notice", label=f"desk-reads:{claim.id}")
            for person in _people(connection, readers, today):
                notices.tell(connection, codecs, person, told, now)
            return True

        self._move(claim, "hand-in", by, now, change)

    def send_back_finding(self, claim: Claim, by: Office, now: datetime) -> None:
        def change(connection: Connection, codecs: Codecs) -> bool:
            if not findings.send_back(connection, claim.id):
                return False
            if claim.draft_by and claim.draft_by != by.id:
                told = Parcel("notice", label=f"desk-back:{claim.id}")
                for person in _people(connection, [claim.draft_by], now.date()):
                    notices.tell(connection, codecs, person, told, now)
            return True

        self._move(claim, "send-back", by, now, change)

    def agree_finding(self, claim: Claim, slug: str, by: Office, now: datetime) -> None:
        """The second officer agrees: everybody who asked is told."""
        self._move(
            claim,
            "agree",
            by,
            now,
            lambda c, k: findings.close(c, k, claim.id, by.id, slug, now),
        )

    def answer_claim_with(self, claim: Claim, finding: Finding, by: Office, now: datetime) -> None:
        """By a check that is out already."""
        self._move(
            claim,
            "answer",
            by,
            now,
            lambda c, k: findings.answer_with(c, k, claim.id, finding, now),
        )

    def close_as_opinion(self, claim: Claim, by: Office, now: datetime) -> None:
        """What was said leaves the files too."""
        self.scrubs = True
        self._move(
            claim, "opinion", by, now, lambda c, _: findings.close_as_opinion(c, claim.id, now)
        )

    def ask_reporters(self, claim: Claim, question: str, by: Office, now: datetime) -> None:
        """The question is relayed to all who reported it; nobody learns who they are."""

        def change(connection: Connection, codecs: Codecs) -> bool:
            mine = (_REPORT.claim_id == claim.id, _REPORT.sealed.is_not(None))
            ids = connection.execute(select(_REPORT.id).where(*mine)).scalars().all()
            sealed = codecs.question.write(question)
            findings.queue(connection, ids, "question", now, sealed)
            return True

        self._move(claim, "ask", by, now, change)

    def add_to_report(self, report_id: int, said: Statement) -> None:
        """What a reporter says to a question of the desk joins their report."""

        def change(connection: Connection, codecs: Codecs) -> None:
            values = {"statement": codecs.statement.write(said)}
            mine = (_REPORT.id == report_id, _REPORT.statement.is_not(None))
            connection.execute(update(schema.report).where(*mine).values(values))

        self._changes.append(change)

    def answer_again(self, claim: Claim, by: Office, now: datetime) -> None:
        """Sends once more what may not have arrived."""
        message = schema.report_message.c
        theirs = select(_REPORT.id).where(_REPORT.claim_id == claim.id)
        lost = (message.report_id.in_(theirs), message.state.in_(("uncertain", "failed")))
        again = {"state": "queued", "not_before": now, "tries": 0}
        statement = update(schema.report_message).where(*lost).values(again)
        self._move(claim, "again", by, now, lambda c, _: c.execute(statement).rowcount >= 0)

    def _move(
        self,
        claim: Claim,
        word: str,
        by: Office,
        now: datetime,
        change: Callable[[Connection, Codecs], bool],
    ) -> None:
        def moved(connection: Connection, codecs: Codecs) -> None:
            if not change(connection, codecs):
                raise Overtaken
            audit.note(connection, f"desk.{word}", f"claim:{claim.id}", by.id, now)

        self._changes.append(moved)


def _people(connection: Connection, offices: Sequence[int], today: date) -> list[int]:
    """Who holds these offices or stands in for them, each once."""
    found = [person for one in offices for person in people_of(connection, one, today)]
    return list(dict.fromkeys(found))
