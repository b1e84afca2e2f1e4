"""A report is about a claim: nothing leads to who wrote a post, and little to who doubted it."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.claims import KEPT, Deadlines, Finding, Statement
from bot.model import Address
from bot.store import Seal, Store, Work, schema
from bot.store.reporters import Reporters
from bot.store.seal import Unsealable
from tests.desking import BY, NOW, READER, answer, do, hand_in, newcomer, open_store
from tests.people import TelegramPerson

MARKER = "zqMARKERqz"


def test_there_is_no_place_for_who_wrote_a_post() -> None:
    """The schema names every column of the desk: one more is a decision, taken here."""
    tables = (schema.claim, schema.report, schema.claim_mark, schema.report_message)
    columns = {table.name: {column.name for column in table.c} for table in tables}
    assert columns == {
        "claim": {
            "id", "state", "harm", "language", "opened_at", "shown_from", "due_at", "warned_at",
            "looked_at", "closed_at", "office", "verdict", "revision", "sealed", "draft",
            "draft_by", "slug", "was", "goes_to_id",
        },
        "report": {
            "id", "claim_id", "code_key", "person_key", "channel", "language", "under", "wrapped",
            "sealed", "statement", "opened_at", "expires_at", "warned_at", "told",
        },
        "claim_mark": {"id", "claim_id", "report_id", "kind", "value"},
        "report_message": {
            "id", "report_id", "kind", "sealed", "state", "not_before", "tries", "held_by",
            "lease_until",
        },
    }  # fmt: skip
    suspicious = re.compile(r"author|account|profile|poster|origin|creator|owner|sender|username")
    named = [f"{table.name}.{column.name}" for table in schema.metadata.sorted_tables
             for column in table.c if suspicious.search(column.name)]  # fmt: skip
    assert named == []


def test_nothing_of_what_is_kept_sealed_has_such_a_field() -> None:
    from dataclasses import fields

    from bot.claims import Claim, Intake
    from bot.store import Told

    names = {one.name for kind in (Statement, Intake, Finding, Claim, Told)
             for one in fields(kind)}  # fmt: skip
    assert names == {
        "text", "domains", "parts", "links", "pictures", "is_counter", "verdict", "claim",
        "summary", "sources", "is_public", "check", "id", "state", "harm", "language",
        "opened_at", "due_at", "reports", "office", "finding", "draft", "draft_by", "revision",
        "slug", "looked_at", "closed_at", "was",
    }  # fmt: skip


async def test_forwarded_from_whom_is_nowhere_in_the_database(
    bot: object, chatter: TelegramPerson, tmp_path: Path
) -> None:
    """On Telegram a forward tells who wrote it; the parser leaves that where it is."""
    update = chatter._fake.text(501, "Từ tháng sau thu thêm phí gửi xe.", "vi")
    update["message"]["forward_origin"] = {
        "type": "user", "date": 1,
        "sender_user": {"id": 4242424242, "is_bot": False, "first_name": MARKER},
    }  # fmt: skip
    update["message"]["forward_sender_name"] = MARKER
    heard = await chatter._does(update)
    assert heard.buttons
    for path in tmp_path.glob("test.db*"):
        content = path.read_bytes()
        assert MARKER.encode() not in content
        assert b"4242424242" not in content


async def test_the_reporters_address_lies_under_a_key_outside_the_database(
    database_url: str, tmp_path: Path
) -> None:
    store = await open_store(database_url, tmp_path)
    lan, _ = await newcomer(store, MARKER)
    await hand_in(store, lan, MARKER, text="Tin về phí gửi xe")
    row = (await store._reads.run(lambda c: c.execute(select(schema.report)).all()))[0]
    assert MARKER.encode() not in bytes(row.sealed) + bytes(row.wrapped)
    assert row.person_key not in {str(lan.id).encode(), lan.id.to_bytes(16, "big")}
    # With the key of the bot but without the folder nobody can be found.
    elsewhere = Store(database_url, Seal("secret"), tmp_path / "empty")
    assert await elsewhere.claims.messages.claim("x", NOW, 9) == ()
    (key,) = (tmp_path / "reporters").glob("*/secret.key")
    assert key.stat().st_mode & 0o077 == 0
    await elsewhere.close()
    await store.close()


async def test_what_a_case_was_about_and_whose_it_is_is_gone_with_its_time(
    database_url: str, tmp_path: Path
) -> None:
    store = await open_store(database_url, tmp_path)
    lan, _ = await newcomer(store, MARKER)
    code = await hand_in(store, lan, MARKER, text="Tin về phí gửi xe")
    await answer(store, 1, public=False)
    row = (await store._reads.run(lambda c: c.execute(select(schema.report)).all()))[0]
    kept = [bytes(row.sealed), bytes(row.wrapped), bytes(row.statement), bytes(row.person_key)]
    ((message, to),) = await store.claims.messages.claim("x", NOW, 9)
    assert to == Address("test", MARKER)
    await store.claims.messages.settle(message.id, "sent", 1)
    # Three days before, its holder is told; once.
    soon = NOW + KEPT - timedelta(hours=70)
    for _ in range(2):
        await store.claims.keep_promises(Deadlines(), soon)
    warned = await store.claims.messages.claim("x", soon, 9)
    assert [one.kind for one, _ in warned] == ["expiry"]
    assert await store.claims.case(code) is not None
    await store.claims.keep_promises(Deadlines(), NOW + KEPT + timedelta(minutes=1))
    assert await store.claims.case(code) is None
    assert await store.claims.own_cases(lan) == ()
    claim = await store.claims.get(1)
    assert claim is not None
    assert (claim.finding, claim.revision) == (None, 1)
    if database_url.startswith("sqlite"):  # down to the bytes of the file and its log
        files = list(tmp_path.glob("test.db*"))
        assert any(path.name == "test.db" for path in files)
        for path in files:
            assert not any(part in path.read_bytes() for part in kept)
    await store.close()


async def test_an_old_backup_cannot_be_opened_once_the_month_is_over(tmp_path: Path) -> None:
    """A backup holds the sealed address and its wrapped key; what opens them is destroyed."""
    reporters = Reporters(tmp_path)
    kept = reporters.close(Address("test", MARKER), NOW)
    assert reporters.open(kept).address == MARKER
    reporters.destroy_but({"2026-11"}, NOW + timedelta(days=120))  # a report of that month lives
    assert Reporters(tmp_path).open(kept).address == MARKER
    reporters.destroy_but(set(), NOW)  # the current month stays, whoever uses it
    assert reporters.open(kept).address == MARKER
    reporters.destroy_but(set(), NOW + timedelta(days=120))
    for again in (reporters, Reporters(tmp_path)):
        with pytest.raises(Unsealable):
            again.open(kept)
    assert list(tmp_path.glob("**/secret.key")) == []


async def test_an_opinion_loses_text_link_and_picture_and_is_told_nowhere(
    database_url: str, tmp_path: Path
) -> None:
    store = await open_store(database_url, tmp_path)
    lan, _ = await newcomer(store, "lan")
    code = await hand_in(store, lan, "lan", text="Lãnh đạo làm việc quá kém")
    claim = await store.claims.get(1)
    assert claim is not None
    work = Work()
    work.close_as_opinion(claim, BY, NOW)
    await do(store, work)
    case = await store.claims.case(code)
    assert case is not None
    assert case.statement is None
    assert case.claim.finding == Finding("opinion")
    rows = await store._reads.run(lambda c: c.execute(select(schema.claim_mark)).all())
    assert rows == []
    assert await store.claims.statements(1) == ()
    assert await store.claims.published() == ()
    assert await store.claims.closed(9) == ()
    assert await store.claims.marked("link", [store.claims.link_key("example.org/x")]) == 0
    # It stays as a count.
    assert len(await store.claims.times(NOW.date().replace(day=1), NOW.date())) == 1
    await store.close()


async def test_who_erases_everything_is_told_nothing_more_and_the_others_are(
    database_url: str, tmp_path: Path
) -> None:
    store = await open_store(database_url, tmp_path)
    (lan, _), (hoa, _) = await newcomer(store, "lan"), await newcomer(store, "hoa")
    gone = await hand_in(store, lan, "lan")
    stays = await hand_in(store, hoa, "hoa", claim_id=1)
    alone = await hand_in(store, lan, "lan", text="Một tin khác.")
    erasing = Work()
    erasing.erase(lan)
    await do(store, erasing, "lan")
    assert await store.claims.case(gone) is None
    assert await store.claims.case(alone) is None
    assert await store.claims.get(2) is None  # nobody else reported it, and nobody has begun
    assert await store.claims.case(stays) is not None
    await answer(store, 1)
    found = await store.claims.messages.claim("x", NOW, 9)
    assert [to.address for _, to in found] == ["hoa"]
    await store.close()


async def test_a_correction_goes_to_exactly_those_who_had_the_old_answer(
    database_url: str, tmp_path: Path
) -> None:
    store = await open_store(database_url, tmp_path)
    people: dict[str, str] = {}
    for name in ("had", "uncertain", "failed", "waits", "old"):
        person, _ = await newcomer(store, name)
        people[name] = await hand_in(store, person, name, claim_id=1 if people else 0)
    await answer(store, 1)
    for message, to in await store.claims.messages.claim("x", NOW, 9):
        state = {"had": "sent", "uncertain": "uncertain", "failed": "failed",
                 "waits": "waiting", "old": "sent"}[to.address]  # fmt: skip
        told = 1 if state in {"sent", "uncertain"} else 0
        await store.claims.messages.settle(message.id, state, told)
    later = NOW + timedelta(days=1)
    report = schema.report.c
    old = (await store.claims.case(people["old"])).id  # type: ignore[union-attr]
    claim = await store.claims.get(1)
    assert claim is not None
    # Somebody reports it while the change waits for its second reader.
    writing = Work()
    writing.draft_finding(claim, Finding("correct", {"vi": "Tin này."}, {"vi": "Đúng."}), BY)
    writing.hand_in_finding(claim, [], BY, later, later.date())
    await do(store, writing)
    fresh, _ = await newcomer(store, "fresh")
    await hand_in(store, fresh, "fresh", claim_id=1)
    await store._writes.run(
        lambda c: c.execute(schema.report.update().where(report.id == old).values(expires_at=later))
    )
    reading = await store.claims.get(1)
    assert reading is not None
    agreeing = Work()
    agreeing.agree_finding(reading, "", READER, later + timedelta(hours=1))
    await do(store, agreeing)
    found = await store.claims.messages.claim("x", later + timedelta(hours=2), 9)
    assert {to.address: one.kind for one, to in found} == {
        "had": "correction", "uncertain": "correction", "fresh": "verdict",
    }  # fmt: skip
    assert all(one.claim.finding.verdict == "correct" for one, _ in found if one.claim.finding)
    # Who still waits for the old one is told the new one.
    await store._writes.run(
        lambda c: c.execute(
            schema.report_message.update()
            .where(schema.report_message.c.state == "waiting")
            .values(state="queued")
        )
    )
    ((message, to),) = await store.claims.messages.claim("x", later + timedelta(hours=2), 9)
    assert to.address == "waits"
    assert message.claim.finding is not None
    assert message.claim.finding.verdict == "correct"
    (out,) = await store.claims.published()
    assert out.was == "incorrect"
    await store.close()
