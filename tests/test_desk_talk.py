"""The desk on a phone: queue, one claim or two, questions relayed, opinions let go."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.app import App
from bot.model import Address
from bot.settings import Settings
from tests.desking import CLAIM, DOUBTED, SUMMARY, answered, do, reported
from tests.fakes.faults import Fault
from tests.fakes.telegram import FakeTelegram
from tests.organisation import appoint, prepare
from tests.people import TelegramPerson, Visitor

OTHER = "Nghe nói phòng khám của khu công nghiệp đóng cửa từ tuần sau, có thật không?"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"quiet_hours": "03:00-03:01"})


def _person(bot: App, telegram: FakeTelegram, chat: int) -> TelegramPerson:
    async def settled() -> None:
        await bot.conversation.drain(10)
        await bot.outbox.drain(10)

    telegram.chats.add(chat)
    return TelegramPerson(telegram, settled, chat)


async def _english(person: TelegramPerson) -> TelegramPerson:
    await person.says("/start")
    await person.taps("English")
    return person


@pytest.fixture
async def mai(bot: App, telegram: FakeTelegram) -> TelegramPerson:
    await prepare(bot)
    officer = await _english(_person(bot, telegram, 901))
    await appoint(bot, Address("telegram", "901"), "federation-officer", "LD")
    return officer


@pytest.fixture
async def tu(bot: App, mai: TelegramPerson, telegram: FakeTelegram) -> TelegramPerson:
    officer = await _english(_person(bot, telegram, 902))
    await appoint(bot, Address("telegram", "902"), "administrator", "LD")
    return officer


@pytest.fixture
async def lan(bot: App, mai: TelegramPerson, telegram: FakeTelegram) -> TelegramPerson:
    return await _english(_person(bot, telegram, 601))


@pytest.fixture
async def hoa(bot: App, mai: TelegramPerson, telegram: FakeTelegram) -> TelegramPerson:
    return await _english(_person(bot, telegram, 602))


def _told(telegram: FakeTelegram, chat: int, words: str) -> int:
    return len([sent for sent in telegram.to(chat) if words in sent.text])


async def test_the_first_that_waits_is_told_to_the_desk_and_the_queue_goes_by_due_date(
    bot: App, mai: TelegramPerson, lan: TelegramPerson, telegram: FakeTelegram
) -> None:
    await reported(lan, DOUBTED, "other")
    await reported(lan, OTHER, "health")
    await bot.senders.send_ripe(bot._clock)
    assert _told(telegram, 901, "Claim № 1 was reported.") == 1
    assert _told(telegram, 901, "Claim № 2") == 0
    shown = await mai.says("/desk")
    assert "2 claims wait." in shown
    labels = [label for label in shown.buttons if label.startswith("№")]
    assert ["№ 2" in labels[0], "№ 1" in labels[1]] == [True, True]
    assert "Health or safety, 1 report" in labels[0]
    assert "At the desk 2 claims wait." in await mai.says("/office")


async def test_a_claim_is_taken_handed_over_and_shown_by_office_only(
    bot: App, mai: TelegramPerson, tu: TelegramPerson, lan: TelegramPerson
) -> None:
    await reported(lan)
    await mai.taps_value("desk:1:take")
    page = await tu.taps_value("desk:1")
    assert "Taken by № 1" in page
    assert "“" + DOUBTED in page
    await mai.taps_value("desk:1:give")
    await mai.taps_value("desk:1:give:2")
    assert "Taken by № 2" in await mai.taps_value("desk:1")
    claim = await bot.store.claims.get(1)
    assert claim is not None
    assert claim.looked_at is not None


async def test_two_claims_become_one_and_one_becomes_two(
    bot: App, mai: TelegramPerson, lan: TelegramPerson, hoa: TelegramPerson
) -> None:
    await reported(lan, DOUBTED, "other")
    code = await reported(hoa, OTHER, "health")
    await mai.taps_value("desk:2:merge")
    assert "It is part of claim № 1 now." in await mai.taps_value("desk:2:merge:1")
    one = await bot.store.claims.get(1)
    assert one is not None
    # The graver harm and the earlier day hold for both.
    assert (one.reports, one.harm, (one.due_at - one.opened_at).days) == (2, "health", 2)
    assert "It waits for an officer." in await hoa.says(f"/case {code}")
    page = await mai.taps_value("desk:2")  # an old button leads to where it went
    assert "Claim № 1" in page
    await mai.taps_value("desk:1:split")
    assert "It is a claim of its own now." in await mai.taps_value("desk:1:split:2")
    assert [(c.id, c.reports) for c in await bot.store.claims.queue(bot._clock(), 9)] == [
        (1, 1),
        (3, 1),
    ]
    # What is not there, or alone, is not torn apart.
    await mai.taps_value("desk:1:split:1")
    await mai.taps_value("desk:1:split:99")
    assert await bot.store.claims.get(4) is None


async def test_a_question_is_relayed_and_the_answer_joins_the_claim_masked(
    bot: App, mai: TelegramPerson, lan: TelegramPerson, hoa: TelegramPerson, telegram: FakeTelegram
) -> None:
    await reported(lan)
    await mai.taps_value("desk:1:ask")
    assert "It was asked." in await mai.says("Bài đó ở đâu và từ ngày nào?")
    await bot.answering.send_ripe()
    assert _told(telegram, 601, "Bài đó ở đâu và từ ngày nào?") == 1
    assert _told(telegram, 602, "Bài đó") == 0
    await lan.taps_value("case:1:answer")
    said = await lan.says("Chị Nguyễn Thị Hạnh 0912345678 gửi trong nhóm xưởng từ thứ hai")
    assert "0912345678" not in said
    page = await mai.taps_value("desk:1")
    assert "từ thứ hai" in page
    assert "Hạnh" not in page
    # Nobody answers in somebody else's place.
    assert "Write what you know" not in await hoa.taps_value("case:1:answer")


async def test_an_opinion_is_let_go_with_a_reminder(
    bot: App, mai: TelegramPerson, tu: TelegramPerson, lan: TelegramPerson, telegram: FakeTelegram
) -> None:
    code = await reported(lan, "Tôi thấy lãnh đạo công đoàn ở đây làm việc kém quá, chán", "other")
    asked = await mai.taps_value("desk:1:verdict")
    assert next(label for label in asked.buttons) == "Opinion"
    assert "Criticism is not false information." in await mai.taps("Opinion")
    assert "0 claims wait." in await mai.taps("Yes, an opinion")
    await bot.answering.send_ripe()
    assert _told(telegram, 601, "Criticism is not false information") == 1
    assert "Criticism is not false information" in await lan.says(f"/case {code}")
    for officer in (mai, tu):
        page = await officer.taps_value("desk:1")
        assert "kém quá" not in page
        assert "Change the answer" not in page.buttons
    assert "№ 1" not in str((await mai.taps_value("desk:closed")).buttons)


async def test_a_check_that_is_out_answers_without_a_second_reader(
    bot: App, mai: TelegramPerson, lan: TelegramPerson, telegram: FakeTelegram
) -> None:
    await lan.says("/report")
    await lan.says("Thử việc thì công ty không phải trả lương.")
    await lan.taps("That is all")
    await lan.taps("Not what I meant")
    await lan.taps("Work or pay")
    asked = await mai.taps_value("desk:1:verdict")
    assert "desk:1:answer:check:probation-unpaid" in asked.buttons.values()
    await mai.taps_value("desk:1:answer:check:probation-unpaid")
    await bot.answering.send_ripe()
    assert _told(telegram, 601, "Your report was answered") == 1
    assert (await bot.store.claims.get(1)).slug == ""  # type: ignore[union-attr]


async def test_what_is_published_answers_the_next_one_at_once_and_is_found(
    bot: App, mai: TelegramPerson, tu: TelegramPerson, lan: TelegramPerson, hoa: TelegramPerson,
    visitor: Visitor,
) -> None:  # fmt: skip
    await reported(lan)
    await answered(mai, tu)
    await bot.upkeep._follow_checks()
    await hoa.says("/report")
    await hoa.says(CLAIM)
    heard = await hoa.taps("That is all")
    assert SUMMARY in heard
    assert "Is this what you meant?" in heard
    found = await hoa.says("phí gửi xe khu công nghiệp Sông Hồng")
    assert "check:tu-thang-sau-khu-cong-nghiep-song-hong-1" in found.buttons.values()
    listed = list((await hoa.taps_value("check::0")).buttons.values())
    assert listed[0] == "check:tu-thang-sau-khu-cong-nghiep-song-hong-1"


async def test_a_changed_verdict_corrects_who_had_the_old_one_and_the_public_page(
    bot: App, mai: TelegramPerson, tu: TelegramPerson, lan: TelegramPerson, telegram: FakeTelegram
) -> None:
    await reported(lan)
    await answered(mai, tu)
    await bot.answering.send_ripe()
    await tu.taps_value("desk:1:verdict:missing-context")
    await tu.taps_value("desk:1:answer:summary:vi")
    await tu.says("Chỉ xe ô tô phải trả thêm phí; xe máy vẫn như cũ.")
    await tu.taps_value("desk:1:answer:publish")
    # While it waits for a second reader the old answer stands.
    assert SUMMARY in await lan.says("/case") or SUMMARY in await lan.taps_value("case:1")
    await tu.taps_value("desk:1:agree")  # not by who wrote it
    await mai.taps_value("desk:1:agree")
    await bot.answering.send_ripe()
    assert _told(telegram, 601, "Corrected answer") == 1
    assert _told(telegram, 601, "xe máy vẫn như cũ") == 1
    await bot.upkeep._follow_checks()
    (slug,) = [one.check.id for one in bot._services.factchecks.newest(bot._services.today())
               if one.was]  # fmt: skip
    page = await lan.taps_value(f"check:{slug}")
    assert "The verdict was before: Incorrect" in page
    assert slug == "tu-thang-sau-khu-cong-nghiep-song-hong-1"


async def test_who_was_promised_an_answer_is_told_when_it_will_be_late_and_once(
    bot: App, lan: TelegramPerson, telegram: FakeTelegram
) -> None:
    await reported(lan)
    before = (await bot.store.claims.get(1)).due_at  # type: ignore[union-attr]
    await bot.store.claims.keep_promises(bot._services.deadlines, before - timedelta(hours=7))
    await bot.answering.send_ripe()
    assert _told(telegram, 601, "takes longer than promised") == 0
    for _ in range(2):
        await bot.store.claims.keep_promises(bot._services.deadlines, before - timedelta(hours=5))
    bot.answering._clock = lambda: before
    await bot.answering.send_ripe()
    assert _told(telegram, 601, "takes longer than promised") == 1
    assert (await bot.store.claims.get(1)).due_at == before + timedelta(days=2)  # type: ignore[union-attr]


async def test_what_may_have_arrived_is_sent_again_at_an_officers_word_only(
    bot: App, mai: TelegramPerson, tu: TelegramPerson, lan: TelegramPerson, telegram: FakeTelegram
) -> None:
    await reported(lan)
    await answered(mai, tu)
    telegram.faults["sendMessage"].append(Fault(cuts=True, delivers=True))
    for _ in range(3):
        await bot.answering.send_ripe()
    assert dict(await bot.store.claims.message_states(1)) == {"uncertain": 1}
    assert _told(telegram, 601, SUMMARY) == 1
    page = await mai.taps_value("desk:1")
    assert "0 arrived, 0 to come, 1 not arrived" in page
    await mai.taps("Send again what did not arrive")
    await bot.answering.send_ripe()
    assert _told(telegram, 601, SUMMARY) == 2
    assert dict(await bot.store.claims.message_states(1)) == {"sent": 1}


async def test_who_blocked_the_bot_is_not_tried_again_and_the_code_still_answers(
    bot: App, mai: TelegramPerson, tu: TelegramPerson, lan: TelegramPerson, telegram: FakeTelegram,
    visitor: Visitor,
) -> None:  # fmt: skip
    code = await reported(lan)
    await answered(mai, tu)
    telegram.blocked.add(601)
    await bot.answering.send_ripe()
    assert dict(await bot.store.claims.message_states(1)) == {"unreachable": 1}
    await visitor.says("/start")
    await visitor.taps("English")
    assert SUMMARY in await visitor.says(f"/case {code}")


async def test_the_drafts_of_the_desk_are_asked_for_piece_by_piece(
    bot: App, mai: TelegramPerson, tu: TelegramPerson, lan: TelegramPerson
) -> None:
    await reported(lan)
    await mai.taps_value("desk:1:verdict:misleading")
    assert "At most 300 letters" in await mai.says("x" * 301)
    assert "What is so, and why?" in await mai.says(CLAIM)
    assert "At most 1,500 letters" in await mai.says("x" * 1501)
    assert "On what source?" in await mai.says(SUMMARY)
    assert "parted by a semicolon" in await mai.says("chỉ có tên")
    shown = await mai.says("Thông báo; Ban quản lý; 12/TB; https://example.org/12")
    assert "A second officer reads it" in shown
    await mai.taps("Other languages")
    await mai.taps("English")
    shown = await mai.says("There is no new fee.")
    assert "English: There is no new fee." in shown
    await mai.taps("Publish it and tell the reporters")
    assert (await bot.store.claims.get(1)).state == "reading"  # type: ignore[union-attr]
    await bot.senders.send_ripe(bot._clock)
    await tu.taps_value("desk:1:back")
    claim = await bot.store.claims.get(1)
    assert claim is not None
    assert (claim.state, claim.revision) == ("taken", 0)
    await mai.taps_value("desk:1:answer")
    await mai.taps("Delete the draft")
    assert (await bot.store.claims.get(1)).draft is None  # type: ignore[union-attr]


async def test_the_figures_are_true_medians_and_hide_small_groups(
    bot: App, mai: TelegramPerson, lan: TelegramPerson
) -> None:
    from sqlalchemy import insert

    from bot.store import Work, schema

    month = bot._services.today().replace(day=1)
    same = {"month": month, "channel": "telegram", "is_correction": False}
    rows = [{**same, "looked": 60 * n, "verdict": 120 * n} for n in (1, 2, 3, 4, 100)]
    await bot.store._writes.run(lambda c: c.execute(insert(schema.report_time), rows).rowcount)
    work = Work()
    for _ in range(6):
        work.count_report("none", "telegram", month)
    for _ in range(3):
        work.count_report("answered", "telegram", month)
    await do(bot.store, work)
    shown = await mai.taps_value("desk:figures")
    assert "6 asked, 50% answered at once" in shown
    assert "First look: half within 3 hours" in shown
    assert "Telegram" in shown
    few = Work()
    few.count_report("none", "zalo-oa", month)
    await do(bot.store, few)
    shown = await mai.taps_value("desk:figures")
    # One on Zalo: neither is shown, or it could be computed from the whole.
    assert "7 asked" in shown
    assert "Telegram" not in shown
    assert "Zalo" not in shown


async def test_who_has_left_is_not_written_to_and_the_code_still_answers(
    bot: App, mai: TelegramPerson, tu: TelegramPerson, lan: TelegramPerson, telegram: FakeTelegram
) -> None:
    code = await reported(lan)
    await lan.says("/stop")
    await answered(mai, tu)
    await bot.answering.send_ripe()
    assert _told(telegram, 601, SUMMARY) == 0
    assert SUMMARY in await lan.says(f"/case {code}")


async def test_what_was_taken_down_at_a_counter_can_be_asked_about_without_harm(
    bot: App, mai: TelegramPerson, tu: TelegramPerson
) -> None:
    await mai.taps_value("desk:counter")
    await mai.says(DOUBTED)
    await mai.taps_value("report:done")
    await mai.taps_value("report:send:work")
    await tu.taps_value("desk:1:ask")
    assert "It was asked." in await tu.says("Từ ngày nào?")
    assert dict(await bot.store.claims.message_states(1)) == {}
    for _ in range(2):  # a button of long ago
        assert "Desk" in await tu.taps_value("desk:1:again")


async def test_a_deputy_reads_in_place_of_who_is_on_leave_but_never_for_the_author(
    bot: App, mai: TelegramPerson, tu: TelegramPerson, lan: TelegramPerson, telegram: FakeTelegram
) -> None:
    from bot.store.offices import name_deputy

    third = await _english(_person(bot, telegram, 903))
    await appoint(bot, Address("telegram", "903"), "administrator", "BN-01")
    people = {one.id: one for one in await bot.store.officers.all()}
    assert set(people) == {1, 2, 3}
    today = bot._services.today()
    # The third stands in for the author and for the second reader alike.
    for office in (1, 2):
        await bot.store._writes.run(lambda c, o=office: name_deputy(c, o, 3, today, today))  # type: ignore[misc]
    await reported(lan)
    await mai.taps_value("desk:1:verdict:incorrect")
    for said in (CLAIM, SUMMARY, "Thông báo; Ban quản lý; 12/TB"):
        await mai.says(said)
    await mai.taps_value("desk:1:answer:private")
    await bot.senders.send_ripe(bot._clock)
    assert _told(telegram, 903, "The answer to claim № 1 waits for a second officer.") >= 1
    await third.taps_value("desk:1:agree")
    assert (await bot.store.claims.get(1)).state == "reading"  # type: ignore[union-attr]
    await tu.taps_value("desk:1:agree")
    assert (await bot.store.claims.get(1)).state == "closed"  # type: ignore[union-attr]
