"""A worker's talk with the bot, the same on every channel: start, read, search, leave."""

from __future__ import annotations

import sys
from dataclasses import replace

import aiohttp
import pytest

from bot.app import App
from bot.settings import Settings
from tests.conftest import LANGUAGES, LIBRARY
from tests.people import Talker, TelegramPerson, Visitor

ARTICLE = "union-foreign-workers"
TITLE = "Người lao động nước ngoài gia nhập công đoàn"


async def test_a_newcomer_chooses_a_language_and_agrees(person: Talker) -> None:
    greeting = await person.says("/start")
    assert "dịch vụ tự động" in greeting
    assert "Liên đoàn Lao động" in greeting
    assert list(greeting.buttons)[:2] == ["Tiếng Việt", "English"]
    asked = await person.taps("English")
    assert "Receive messages?" in asked
    assert "Version 2026-11-30" in asked
    agreed = await person.taps("I agree")
    assert "Thank you." in agreed
    assert "How often: One article a day" in agreed
    assert "Receive messages" not in (await person.says("menu")).buttons


async def test_who_only_looks_around_reads_as_a_guest(person: Talker) -> None:
    await person.says("/start")
    await person.taps("Tiếng Việt")
    menu = await person.taps("Tôi chỉ xem thôi")
    assert "với tư cách khách" in menu
    assert "Nhận tin" in menu.buttons


async def test_who_comes_back_is_known(person: Talker) -> None:
    await person.says("/start")
    await person.taps("Tiếng Việt")
    await person.taps("Tôi đồng ý")
    assert "Chào bạn đã quay lại" in await person.says("xin chao")


async def test_from_the_topics_to_an_article_with_its_sources(person: Talker) -> None:
    topics = await person.says("chu de")
    assert len(topics.buttons) == 10  # nine topics and the menu
    topic = await person.taps("Công đoàn")
    assert topic.pictures == (1 if person.sees_pictures else 0)
    assert "bài viết" in topic
    article = await person.taps(TITLE)
    assert "Điều 5 Luật Công đoàn số 50/2024/QH15" in article
    assert "- Quốc hội: Luật Công đoàn, 50/2024/QH15, Điều 5, 27 tháng 11, 2024" in article
    assert "Người gửi: Liên đoàn Lao động" in article
    assert "Văn bản này chưa được biên tập viên kiểm tra." in article
    english = await person.taps("English")
    assert "Foreign workers can join the trade union" in english
    assert "Chưa có bản" not in english


async def test_a_long_topic_comes_in_pages(person: Talker) -> None:
    await person.says("topics")
    first = await person.taps("Công đoàn")
    second = await person.taps("Xem thêm")
    assert len(first.buttons) > 9
    shared = set(first.buttons) & set(second.buttons)
    assert shared <= {"Chủ đề", "Menu", "Xem thêm", "Các lựa chọn khác"}


async def test_the_newest_articles(person: Talker) -> None:
    newest = await person.says("tin moi")
    assert "Những bài mới nhất" in newest
    assert len(newest.buttons) == 8


async def test_free_text_is_a_search_and_one_tap_leads_to_the_article(person: Talker) -> None:
    found = await person.says("nguoi nuoc ngoai gia nhap cong doan")
    assert "Kết quả cho" in found
    assert TITLE in found
    assert len(found.buttons) <= 7
    assert "Điều 5" in await person.taps(TITLE)


async def test_a_search_asked_for_takes_the_next_text(person: Talker) -> None:
    assert "Bạn muốn tìm gì" in await person.says("/search")
    assert "Kết quả cho “12”" in await person.says("12")


async def test_a_search_without_a_hit_says_so_and_offers_topics(person: Talker) -> None:
    nothing = await person.says("qxzvkwpj")
    assert "Không tìm thấy gì" in nothing
    assert "Chủ đề" in nothing.buttons


async def test_a_number_picks_from_the_last_list(person: Talker) -> None:
    await person.says("chủ đề")
    assert "Hợp đồng, lương" in await person.says("1")
    assert "không có số này" in await person.says("44")


async def test_leaving_is_one_word_and_coming_back_another(person: Talker) -> None:
    await person.says("/start")
    await person.taps("Tiếng Việt")
    await person.taps("Tôi đồng ý")
    assert "Bạn đã ngừng nhận tin" in await person.says("dung")
    assert "với tư cách khách" in await person.says("menu")
    assert "Bạn muốn nhận tin?" in await person.says("nhan tin")
    assert "Cảm ơn bạn." in await person.taps("Tôi đồng ý")


async def test_another_language_at_any_time(person: Talker) -> None:
    await person.says("/start")
    await person.taps("Tiếng Việt")
    await person.says("ngon ngu")
    assert "From now on I write in: English." in await person.taps("English")
    assert "guest" in await person.says("menu")


async def test_a_link_leads_to_its_article_after_the_language(person: Talker) -> None:
    assert "Tiếng Việt" in (await person.says(f"/start a_{ARTICLE}")).buttons
    assert TITLE in await person.taps("Tiếng Việt")
    assert TITLE in await person.says(f"/start a_{ARTICLE}")


async def test_a_link_to_nothing_is_a_plain_start(person: Talker) -> None:
    await person.says("/start a_no-such-article")
    assert "Bạn muốn nhận tin?" in await person.taps("Tiếng Việt")


async def test_help_and_privacy_are_plain(person: Talker) -> None:
    assert "không tư vấn pháp luật" in await person.says("/help")
    privacy = await person.says("quyen rieng tu")
    assert "Những gì không được giữ: tên bạn" in privacy
    # Who carries the messages, what the page leaves behind, and the rights of Law 91/2025.
    for told in ("máy chủ của Telegram đặt ở nước ngoài", "một cookie", "khiếu nại, khởi kiện"):
        assert told in privacy
    assert "Phiên bản 2026-11-30" in privacy


OLD_BUTTONS = {
    "quiz:2025:3": "thuộc một tin cũ",
    "article:gone": "Bài này không còn nữa",
    "article:hr-minimum-wage-2026": "Bài này không còn nữa",
    "topic:gone": "Bạn muốn đọc về chủ đề nào",
    "topic:union:99999999": "bài viết",
    "language:xx": "Bạn đọc ngôn ngữ nào",
    "consent:2024-01-01": "Phiên bản 2026-11-30",
    "article:union-founding-day:ko": "Nguồn",
}


async def test_buttons_of_long_ago_get_a_clear_answer(person: Talker) -> None:
    for value, answer in OLD_BUTTONS.items():
        assert answer in await person.taps_value(value), value
    assert "Tôi không biết lệnh này" in await person.says("/nothing")


async def test_strange_text_gets_a_clear_answer(person: Talker) -> None:
    for text in ("\u202e\u200f", "\x00\x01", "x" * 3999, '" OR 1=1; --', "<script>", "𝕳𝖊𝖑𝖕"):
        assert (await person.says(text)).text


async def test_a_privacy_page_of_a_member_offers_to_leave(person: Talker) -> None:
    await person.says("/start")
    await person.taps("English")
    await person.taps("I agree")
    assert "Leave" in (await person.says("/privacy")).buttons


async def test_who_agreed_to_an_earlier_text_is_asked_again(
    person: Talker, monkeypatch: pytest.MonkeyPatch
) -> None:
    await person.says("/start")
    await person.taps("English")
    await person.taps("I agree")
    for module in ("handlers.consent", "handlers.start"):
        monkeypatch.setattr(sys.modules[module], "CONSENT_VERSION", "2027-01-01")
    assert "Version 2027-01-01" in await person.says("/start")
    assert "Thank you." in await person.taps("I agree")
    assert "Welcome back." in await person.says("/start")


async def test_an_article_that_lacks_the_language_says_so(
    settings: Settings, session: aiohttp.ClientSession
) -> None:
    """The nearest language is shown, and that it is another is said first."""
    article = LIBRARY.articles[ARTICLE]
    only = {tag: text for tag, text in article.text.items() if tag == "vi"}
    article = article.model_copy(update={"text": only})
    library = replace(LIBRARY, articles={**LIBRARY.articles, ARTICLE: article})
    bot = App(settings, library, LANGUAGES)
    await bot.start()
    visitor = Visitor(f"http://127.0.0.1:{bot.port}", session)
    await visitor.says("/start")
    await visitor.taps("English")
    shown = await visitor.taps_value(f"article:{ARTICLE}")
    assert "Not available in English yet. Shown in: Tiếng Việt." in shown
    assert TITLE in shown
    await bot.stop()


async def test_a_picture_is_uploaded_to_telegram_once(chatter: TelegramPerson) -> None:
    for _ in range(3):
        assert (await chatter.taps_value("topic:union")).pictures == 1
    assert chatter.uploads == 1


async def test_an_article_offers_few_languages_and_the_others_behind_one(visitor: Visitor) -> None:
    await visitor.says("/start")
    await visitor.taps("한국어")
    article = await visitor.taps_value("article:rights-contract-in-writing")
    assert list(article.buttons.values())[1:4] == [
        f"article:rights-contract-in-writing:{tag}" for tag in ("vi", "en", "more")
    ]
    assert len(article.buttons) == 5  # as many as Zalo shows
    listed = await visitor.taps_value("article:rights-contract-in-writing:more")
    assert len(listed.buttons) == 10
    thai = await visitor.taps("ไทย")
    assert "มาตรา 14" in thai.text
