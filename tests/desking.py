"""The desk in tests: two officers, somebody who reports, and an answer written by taps."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

from bot.campaigns import Origin
from bot.claims import Deadlines, Finding, Statement
from bot.model import Address, Event, Person, Session
from bot.rights import Office
from bot.store import NewReport, Seal, Store, Work, new_case_code
from tests.people import Heard, Talker

NOW = datetime(2026, 11, 30, 3, tzinfo=UTC)
BY = Office(1, "administrator", 1)
READER = Office(2, "administrator", 1)
REASONS = {"vi": "Không đúng."}

DOUBTED = (
    "Nghe nói từ tháng sau căng tin khu công nghiệp Sông Hồng thu thêm phí gửi xe, có đúng không?"
)
SUMMARY = "Ban quản lý khu công nghiệp không thu thêm phí gửi xe. Mức phí vẫn như năm trước."
SOURCE = "Thông báo về phí gửi xe; Ban quản lý khu công nghiệp; 12/TB; https://example.org/tb12"
SOURCES = (Origin("Thông báo về phí gửi xe", "Ban quản lý khu công nghiệp", "12/TB"),)
CLAIM = "Từ tháng sau khu công nghiệp Sông Hồng thu thêm phí gửi xe."


async def reported(person: Talker, text: str = DOUBTED, harm: str = "money") -> str:
    """The code of the case."""
    await person.says("/report")
    await person.says(text)
    await person.taps_value("report:done")
    heard = await person.taps_value(f"report:send:{harm}")
    return code_in(heard)


def code_in(heard: Heard) -> str:
    return heard.text.partition("/case ")[2][:14]


async def answered(
    first: Talker, second: Talker, number: int = 1, *, verdict: str = "incorrect",
    how: str = "publish",
) -> None:  # fmt: skip
    """One officer writes, another agrees."""
    await first.taps_value(f"desk:{number}:take")
    await first.taps_value(f"desk:{number}:verdict:{verdict}")
    await first.says(CLAIM)
    await first.says(SUMMARY)
    await first.says(SOURCE)
    await first.taps_value(f"desk:{number}:answer:{how}")
    await second.taps_value(f"desk:{number}:agree")


# In the store, without a chat -------------------------------------------------------------------


async def open_store(database_url: str, tmp_path: Path) -> Store:
    store = Store(database_url, Seal("secret"), tmp_path / "reporters")
    await store.upgrade()
    return store


def open_copy(new_database: Path, tmp_path: Path) -> Store:
    """On SQLite, as the first start leaves it: the quick way."""
    shutil.copy(new_database, tmp_path / "test.db")
    return Store(f"sqlite:///{tmp_path}/test.db", Seal("secret"), tmp_path / "reporters")


async def newcomer(store: Store, address: str) -> tuple[Person, int]:
    """Who writes for the first time, and the number of the address."""
    stored = await store.write_down(Event(f"e-{address}", Address("test", address)), NOW)
    assert stored is not None
    await store.finish(stored, Work(), Session(), (), NOW)
    return Person(stored.person_id), stored.address_id


async def do(store: Store, work: Work, address: str = "office", channel: str = "test") -> None:
    event = Event(f"w-{new_case_code()}", Address(channel, address))
    stored = await store.write_down(event, NOW)
    assert stored is not None
    await store.finish(stored, work, Session(), (), NOW)


def new_report(
    store: Store,
    person_id: int,
    address: Address,
    text: str = "Một tin.",
    claim_id: int = 0,
    now: datetime = NOW,
) -> NewReport:
    return NewReport(
        new_case_code(),
        Statement(text, ("example.org",)),
        (("link", store.claims.link_key(f"example.org/{text}")),),
        "money",
        "vi",
        address.channel,
        Deadlines().due("money", now),
        now,
        person_id,
        store.reporters.close(address, now) if person_id else None,
        claim_id,
    )


async def hand_in(
    store: Store, person: Person, address: str, text: str = "Một tin.", claim_id: int = 0
) -> str:
    """A report comes to the desk; its code."""
    new, work = new_report(store, person.id, Address("test", address), text, claim_id), Work()
    work.report(new, [], NOW)
    await do(store, work)
    return new.code


async def answer(store: Store, number: int, verdict: str = "incorrect", *, at: datetime = NOW,
                  public: bool = True) -> None:  # fmt: skip
    """Written by one office, agreed to by another."""
    claim = await store.claims.get(number)
    assert claim is not None
    finding = Finding(verdict, {"vi": "Tin này."}, REASONS, (), public)
    writing = Work()
    writing.draft_finding(claim, finding, BY)
    writing.hand_in_finding(claim, [], BY, at, at.date())
    await do(store, writing)
    agreeing = Work()
    agreeing.agree_finding(claim, f"tin-nay-{number}", READER, at)
    await do(store, agreeing)
