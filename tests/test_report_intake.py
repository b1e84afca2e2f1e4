"""How reports come in: bundled, abandoned, hidden names, links unopened, floods, guesses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import select

from bot.app import App
from bot.settings import Settings
from bot.store import schema
from tests.conftest import LANGUAGES, LIBRARY
from tests.desking import DOUBTED, answer, reported
from tests.fakes.telegram import FakeTelegram
from tests.fakes.zalo_oa import FakeZaloOA
from tests.people import Talker, TelegramPerson, Visitor, ZaloOAPerson

FORWARD = {"type": "hidden_user", "date": 1, "sender_user_name": "Nguyễn Văn Bí Danh"}


async def _english(person: Talker) -> None:
    await person.says("/start")
    await person.taps("English")


def _forwarded(telegram: FakeTelegram, text: str) -> dict[str, object]:
    update = telegram.text(501, text, "vi")
    update["message"]["forward_origin"] = FORWARD
    return update


async def test_twenty_forwarded_posts_get_one_question(
    bot: App, chatter: TelegramPerson, telegram: FakeTelegram
) -> None:
    await _english(chatter)
    before = len(telegram.to(501))
    for number in range(20):
        await telegram.queue(_forwarded(telegram, f"Tin số {number}: thu thêm phí gửi xe."))
    await telegram.taken()
    await chatter._settled()
    said = telegram.to(501)[before:]
    assert len(said) <= 4  # more than one where the machine was slow to hear the next
    assert "20 parts are here." in said[-1].text
    await chatter.taps_value("report:done")
    shown = await chatter.taps_value("report:desk")
    assert "Tin số 0" in shown
    assert "Tin số 19" in shown


async def test_a_forwarded_post_without_a_command_is_taken_for_a_doubt(
    bot: App, chatter: TelegramPerson, telegram: FakeTelegram
) -> None:
    await _english(chatter)
    heard = await chatter._does(_forwarded(telegram, "Thử việc thì công ty không phải trả lương."))
    assert "Is that all?" in heard
    assert "What was found: Incorrect." in await chatter.taps("That is all")


async def test_what_nobody_goes_on_with_ends_without_a_word(
    settings: Settings, telegram: FakeTelegram
) -> None:
    now = [datetime.now(UTC)]
    bot = App(settings, LIBRARY, LANGUAGES, lambda: now[0])
    await bot.start()

    async def settled() -> None:
        await bot.conversation.drain(10)
        await bot.outbox.drain(10)

    lan = TelegramPerson(telegram, settled)
    await _english(lan)
    await lan.says("/report")
    await lan.says("Một tin lạ về phí gửi xe")
    now[0] += timedelta(minutes=16)
    # It is a question like any other again.
    assert "Is that all?" not in await lan.says("tien luong")
    assert "nothing was kept" in await lan.taps_value("report:done")
    await bot.answering.keep_promises()
    rows = await bot.store._reads.run(lambda c: c.execute(select(schema.intake)).all())
    assert rows == []
    await bot.stop()


async def test_names_and_numbers_are_hidden_and_the_reporter_sees_how(
    person: Talker, bot: App
) -> None:
    await _english(person)
    await person.says("/report")
    await person.says(
        "Anh Trần Văn Hùng bảo ai muốn nhận quà của công đoàn thì gọi 0912 345 678 và chuyển "
        "50.000 đồng vào tài khoản 0123456789 ngân hàng Sông Hồng"
    )
    await person.taps("That is all")
    shown = await person.taps_value("report:desk")
    for hidden in ("Hùng", "0912", "345 678", "0123456789"):
        assert hidden not in shown
    for kept in ("nhận quà của công đoàn", "50.000 đồng"):
        assert kept in shown
    await person.taps("Money")
    ((_, said),) = await bot.store.claims.statements(1)
    assert "Hùng" not in said.text


async def test_of_a_link_the_domain_is_kept_and_never_its_address(
    bot: App, visitor: Visitor, tmp_path: Path
) -> None:
    await _english(visitor)
    await visitor.says("/report")
    await visitor.says("https://www.facebook.com/zqNAMEqz/posts/9988776655?fbclid=abc")
    # Nothing is claimed in words yet, and no link is opened.
    assert "Write in a few words what the post or picture claims" in await visitor.taps(
        "That is all"
    )
    shown = await visitor.says("Bài nói từ tháng sau căng tin tăng giá suất ăn gấp ba")
    if "report:desk" in shown.buttons.values():
        shown = await visitor.taps_value("report:desk")
    assert "Links to: facebook.com" in shown
    await visitor.taps("Something else")
    await bot.store._database.scrub()
    for path in tmp_path.glob("test.db*"):
        content = path.read_bytes()
        assert b"zqNAMEqz" not in content
        assert b"9988776655" not in content
    # Whoever shares the same post from a phone reports the same claim.
    second = bot.store.claims.link_key("facebook.com/zqNAMEqz/posts/9988776655")
    rows = await bot.store._reads.run(lambda c: c.execute(select(schema.claim_mark)).all())
    assert [(row.kind, len(row.value)) for row in rows] == [("link", len(second))]


async def test_the_same_link_in_other_words_is_the_same_claim(
    bot: App, visitor: Visitor, chatter: TelegramPerson
) -> None:
    link = "https://m.facebook.com/groups/123/posts/456/?mibextid=xyz"
    await reported(visitor, f"Phí gửi xe sẽ tăng từ tháng sau {link}")
    await reported(chatter, "Bài này nói gì vậy, căng tin đóng cửa? " + link.replace("m.", "www."))
    claim = await bot.store.claims.get(1)
    assert claim is not None
    assert claim.reports == 2


async def test_one_who_reports_the_same_twice_is_told_so(bot: App, visitor: Visitor) -> None:
    await _english(visitor)
    assert await reported(visitor)
    await visitor.says("/report")
    await visitor.says(DOUBTED)
    await visitor.taps_value("report:done")
    assert "You have reported this before." in await visitor.taps_value("report:send:money")
    claim = await bot.store.claims.get(1)
    assert claim is not None
    assert claim.reports == 1


async def test_a_flood_by_one_person_comes_to_the_desk_slowly_and_unmarked(
    bot: App, visitor: Visitor
) -> None:
    await _english(visitor)
    subjects = ("căng tin", "ký túc xá", "xe đưa đón", "áo đồng phục", "phòng khám", "sân bóng",
                "nhà trẻ", "thư viện")  # fmt: skip
    for number, subject in enumerate(subjects):
        code = await reported(
            visitor, f"Khu công nghiệp sắp đóng cửa {subject} từ ngày {number + 2}/3"
        )
        assert len(code) == 14
    now = bot._clock()
    assert await bot.store.claims.count_open(now) == 5
    assert await bot.store.claims.count_open(now + timedelta(hours=4)) == 8
    for claim in await bot.store.claims.queue(now + timedelta(hours=4), 20):
        # Promised from when it can be seen, not from when it came.
        assert claim.due_at - claim.opened_at >= timedelta(days=2)


async def test_codes_cannot_be_guessed(person: Talker) -> None:
    await _english(person)
    for number in range(5):
        assert "There is no report with this code" in await person.says(
            f"/case AAAA-BBBB-CC{number}D"
        )
    assert "too many" in (await person.says("/case AAAA-BBBB-CCDD")).text.lower()


async def test_an_insult_is_not_said_back(bot: App, visitor: Visitor) -> None:
    await _english(visitor)
    await visitor.says("/report")
    await visitor.says("Thằng khốn nạn đó nói công ty sắp cắt tiền chuyên cần, đ.m nó")
    await visitor.taps("That is all")
    shown = await visitor.taps_value("report:desk")
    assert "khốn nạn" not in shown
    assert "tiền chuyên cần" in shown


async def test_nothing_and_a_single_word_are_asked_about(person: Talker) -> None:
    await _english(person)
    await person.says("/report")
    assert "Send what you doubt" in await person.taps_value("report:done")
    await person.says("vay")
    assert "What harm do you fear" in await person.taps_value("report:done")


async def test_at_the_counter_only_a_code_is_kept(
    bot: App, chatter: TelegramPerson, visitor: Visitor
) -> None:
    from bot.model import Address
    from tests.organisation import appoint, prepare

    await prepare(bot)
    await _english(chatter)
    await appoint(bot, Address("telegram", "501"), "federation-officer", "LD")
    await chatter.says("/desk")
    assert "Nothing of them is kept" in await chatter.taps("Take down a report")
    await chatter.says(DOUBTED)
    await chatter.taps_value("report:done")
    heard = await chatter.taps_value("report:send:health")
    code = heard.text.partition("Its code: ")[2][:14]
    rows = await bot.store._reads.run(lambda c: c.execute(select(schema.report)).all())
    assert [(row.person_key, row.sealed, row.wrapped, row.channel) for row in rows] == [
        (None, None, None, "desk")
    ]
    # Anybody who holds the code can follow it, on any channel.
    await _english(visitor)
    assert "It waits for an officer." in await visitor.says(f"/case {code}")
    assert "Write the code" in await chatter.says("/case")


async def test_what_zalo_does_not_take_now_comes_at_the_next_contact(
    settings: Settings, zalo_oa: FakeZaloOA, telegram: FakeTelegram
) -> None:
    start = datetime.now(UTC).replace(hour=4, minute=0)
    now = [start]
    zalo_oa.now = lambda: now[0]
    bot = App(settings, LIBRARY, LANGUAGES, lambda: now[0])
    await bot.start()

    async def settled() -> None:
        await bot.conversation.drain(10)
        await bot.outbox.drain(10)

    async with aiohttp.ClientSession() as session:
        url = f"http://127.0.0.1:{bot.port}"
        lan = ZaloOAPerson(zalo_oa, url, session, settled)
        await _english(lan)
        await reported(lan)
        await answer(bot.store, 1, at=start, public=False)
        now[0] = start + timedelta(days=8)  # nobody may write to her now
        await bot.answering.send_ripe()
        assert dict(await bot.store.claims.message_states(1)) == {"waiting": 1}
        before = len(zalo_oa.to(lan.user))
        await lan.says("menu")
        await bot.answering.send_ripe()
        await settled()
        texts = "\n".join(one.text for one in zalo_oa.to(lan.user)[before:])
        assert "Your report was answered" in texts
        assert dict(await bot.store.claims.message_states(1)) == {"sent": 1}
    await bot.stop()


@pytest.mark.parametrize("word", ["báo tin sai", "bao tin sai", "kiem tra tin"])
async def test_plain_words_lead_there(person: Talker, word: str) -> None:
    await _english(person)
    assert "Send what you doubt" in await person.says(word)


def test_the_code_of_a_case_is_long_enough() -> None:
    from bot.store import new_case_code
    from bot.store.codes import ALPHABET

    code = new_case_code().replace("-", "").lower()
    assert set(code) <= set(ALPHABET)
    assert len(ALPHABET) ** len(code) > 2**50
