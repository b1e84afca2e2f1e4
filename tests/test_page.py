"""The chat page in a real browser: read, tapped, written in, and looked at."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import Browser, Page, async_playwright, expect
from pydantic import SecretStr

from bot.app import App
from bot.channels import Changing
from bot.model import Bar, Chart, Reply, Section
from bot.settings import Settings
from bot.store import Pending
from tests.conftest import LANGUAGES, LIBRARY, ROOT
from tests.organisation import prepare
from tests.prepare import browser as find_browser
from tests.prepare import has_fonts

SHOTS = ROOT / "var" / "screenshots"
PHONE = {"width": 360, "height": 740}  # a cheap phone
# The last ones keep Chromium from looking for hosts outside this machine.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)

pytestmark = pytest.mark.skipif(
    find_browser() is None and os.environ.get("CI") != "true",
    reason="no browser on this machine: tests/prepare.py says so loudly, and CI fails there",
)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"telegram_bot_token": SecretStr("")})


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
async def page(chromium: Browser, bot: App) -> AsyncIterator[Page]:
    async with _Opened(chromium, bot, locale="vi-VN") as page:
        yield page


class _Opened:
    """A page of somebody new; it fails if anything outside is asked for or a script breaks."""

    def __init__(self, browser: Browser, bot: App, **options: Any) -> None:
        self._browser, self._url = browser, f"http://127.0.0.1:{bot.port}/"
        self._options = {
            "viewport": PHONE,
            "has_touch": True,
            "reduced_motion": "reduce",
            **options,
        }
        self.problems: list[str] = []

    async def __aenter__(self) -> Page:
        self._context = await self._browser.new_context(**self._options)
        page = await self._context.new_page()
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("request", lambda request: self._check(request.url))
        await page.goto(self._url)
        return page

    async def __aexit__(self, kind: object, *_rest: object) -> None:
        await self._context.close()
        if kind is None:
            assert self.problems == []

    def _check(self, url: str) -> None:
        if not url.startswith(self._url):
            self.problems.append(f"asked outside: {url}")


async def _tap(page: Page, label: str) -> None:
    await page.get_by_role("button", name=label, exact=True).last.click()


async def _write(page: Page, text: str) -> None:
    await page.get_by_label("Viết tin nhắn").fill(text)
    await page.keyboard.press("Enter")


def _last(page: Page) -> Any:
    return page.locator(".bubble.bot").last


async def test_from_the_first_sight_to_an_article_with_its_sources(page: Page) -> None:
    await expect(_last(page)).to_contain_text("dịch vụ tự động")
    await page.screenshot(path=SHOTS / "1-welcome.png")
    await _tap(page, "Tiếng Việt")
    await _tap(page, "Tôi đồng ý")
    await page.locator("#menu").click()
    await expect(_last(page)).to_contain_text("Hãy bấm một nút")
    await _tap(page, "Chủ đề")
    await _tap(page, "Công đoàn")
    picture = page.locator(".bubble.bot img").last
    await expect(picture).to_have_attribute("alt", "Hình vẽ ba người đứng cạnh nhau")
    await page.wait_for_function("document.querySelector('.bubble.bot img').naturalWidth === 640")
    await page.screenshot(path=SHOTS / "2-topic.png")
    await _write(page, "nguoi nuoc ngoai gia nhap cong doan")
    await _tap(page, "Người lao động nước ngoài gia nhập công đoàn")
    await expect(_last(page).locator(".sources")).to_contain_text("Quốc hội: Luật Công đoàn")
    await expect(_last(page).locator("ul").first).to_contain_text("12 tháng")
    await page.screenshot(path=SHOTS / "3-article.png")


async def test_a_long_answer_is_read_from_its_beginning(page: Page) -> None:
    await _tap(page, "Tiếng Việt")
    await _write(page, "người nước ngoài gia nhập công đoàn")
    await _tap(page, "Người lao động nước ngoài gia nhập công đoàn")
    await expect(page.locator(".mine").last).to_be_in_viewport()
    await expect(_last(page).locator("h2")).to_be_in_viewport()
    assert await page.evaluate("document.documentElement.scrollTop") == 0


async def test_the_page_speaks_the_chosen_language(page: Page) -> None:
    await _tap(page, "English")
    await expect(_last(page)).to_contain_text("Receive messages?")
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await expect(page.get_by_label("Write a message")).to_be_visible()
    await expect(_last(page)).to_have_attribute("lang", "en")


async def test_what_can_be_touched_is_large_enough(page: Page) -> None:
    await _tap(page, "Tiếng Việt")
    await _tap(page, "Tôi chỉ xem thôi")
    await expect(_last(page)).to_contain_text("Menu")
    for button in await page.locator("button, .icon-button").all():
        box = await button.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44, await button.text_content()


async def test_a_screen_reader_finds_a_log_labels_and_who_speaks(page: Page) -> None:
    await expect(page.get_by_role("log", name="Cuộc trò chuyện")).to_be_visible()
    await expect(page.get_by_role("heading", name="Xin chào")).to_be_visible()
    assert await page.locator("#log").get_attribute("aria-live") == "polite"
    await _write(page, "menu")
    await expect(page.locator(".mine .hidden").last).to_have_text("Bạn: ")
    await expect(_last(page).locator(".hidden").first).to_contain_text("dịch vụ tự động")
    for control in await page.locator("button, textarea, input").all():
        assert await control.evaluate(
            "e => (e.labels?.length || e.textContent.trim() || e.title) && 1"
        )


async def test_it_works_by_keyboard_alone(page: Page) -> None:
    await expect(_last(page)).to_contain_text("dịch vụ tự động")
    await page.locator("#log").focus()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(_last(page)).to_contain_text("Bạn muốn nhận tin?")


async def test_a_talk_survives_a_reload_and_comes_only_once(page: Page) -> None:
    await _tap(page, "Tiếng Việt")
    await expect(_last(page)).to_contain_text("Bạn muốn nhận tin?")
    count = await page.locator(".bubble").count()
    await page.reload()
    await expect(page.locator(".bubble")).to_have_count(count)


async def test_who_erases_everything_leaves_nothing_in_the_tab(page: Page) -> None:
    await page.get_by_role("button", name="English").click()
    await page.get_by_role("textbox").fill("a very private word")
    await page.keyboard.press("Enter")
    await page.get_by_role("textbox").fill("/erase")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Yes, erase everything").click()
    await expect(page.get_by_role("log")).to_contain_text("has been erased")
    await expect(page.get_by_role("log")).not_to_contain_text("private word")
    kept = await page.evaluate("JSON.stringify(sessionStorage)")
    assert "private word" not in kept
    await page.reload()
    await expect(page.get_by_role("log")).not_to_contain_text("private word")


async def test_a_later_message_comes_by_itself_and_is_acknowledged(page: Page, bot: App) -> None:
    await _tap(page, "Tiếng Việt")
    await expect(_last(page)).to_contain_text("Bạn muốn nhận tin?")
    pending = await bot.store.replies_to_say()
    later = Pending(999_999, 1, pending[0].address, Reply("Tin đến sau", "Một dòng."))
    await bot.outbox.channels["web"].say(later)
    await expect(_last(page)).to_contain_text("Tin đến sau")
    for _ in range(100):
        if await bot.store.replies_to_say() == ():
            return
        await page.wait_for_timeout(50)
    raise AssertionError("the page has not acknowledged what it shows")


async def test_a_message_that_follows_something_changes_in_place(page: Page, bot: App) -> None:
    await _tap(page, "Tiếng Việt")
    await expect(_last(page)).to_contain_text("Bạn muốn nhận tin?")
    pending = await bot.store.replies_to_say()
    count = await page.locator(".bubble").count()
    web, address = bot.outbox.channels["web"], pending[0].address
    assert isinstance(web, Changing)
    await web.change(address, pending[-1].id, Reply(body="đã đến: 7", follows=1))
    await expect(_last(page)).to_contain_text("đã đến: 7")
    chart = Chart("Kết quả", (Section("", (Bar("Tất cả", (8, 0, 2), "8 / 10"),)),), alt="8 / 10")
    await web.change(address, pending[-1].id, Reply(body="đã đến: 8", chart=chart))
    await expect(_last(page)).to_contain_text("đã đến: 8")
    picture = _last(page).get_by_alt_text("8 / 10")
    await expect(picture).to_have_js_property("naturalWidth", 720)
    await expect(page.locator(".bubble")).to_have_count(count)
    await page.reload()
    await expect(_last(page)).to_contain_text("đã đến: 8")


async def test_without_a_connection_a_message_waits_and_is_sent_once(page: Page) -> None:
    await _tap(page, "Tiếng Việt")
    await expect(_last(page)).to_contain_text("Bạn muốn nhận tin?")
    await page.context.set_offline(True)
    await _write(page, "menu")
    await expect(page.locator("#status")).to_contain_text("Mất kết nối")
    await page.context.set_offline(False)
    await expect(_last(page)).to_contain_text("Menu")
    await expect(page.locator("#status")).to_have_text("")
    assert await page.locator(".bubble.bot h2", has_text="Menu").count() == 1


async def test_a_picture_can_be_sent_and_a_wrong_file_gets_a_clear_word(
    page: Page, tmp_path: Any
) -> None:
    Image.new("RGB", (40, 40)).save(tmp_path / "post.png")
    (tmp_path / "fake.png").write_text("no picture")
    await page.locator("#file").set_input_files(tmp_path / "post.png")
    await expect(page.locator(".bubble.bot", has_text="chỉ đọc được chữ")).to_be_visible()
    await page.locator("#file").set_input_files(tmp_path / "fake.png")
    await expect(page.locator(".bubble.bot", has_text="không phải là ảnh")).to_be_visible()
    (tmp_path / "large.png").write_bytes(b"\x89PNG" * (4 << 20))
    await page.locator("#file").set_input_files(tmp_path / "large.png")
    await expect(page.locator("#status")).to_contain_text("tối đa 10 MB", timeout=20_000)


async def test_a_link_opens_its_article_after_the_language(chromium: Browser, bot: App) -> None:
    async with _Opened(chromium, bot, locale="vi-VN") as page:
        await page.goto(f"http://127.0.0.1:{bot.port}/?start=a_union-founding-day")
        await _tap(page, "Tiếng Việt")
        await expect(_last(page)).to_contain_text("1929")
        assert await page.evaluate("location.search") == ""


async def test_a_poster_leads_into_its_unit(chromium: Browser, bot: App) -> None:
    await prepare(bot)
    async with _Opened(chromium, bot, locale="vi-VN") as page:
        await page.goto(f"http://127.0.0.1:{bot.port}/?u=BN-01")
        await _tap(page, "Tiếng Việt")
        await expect(_last(page)).to_contain_text("Bạn thuộc Công ty May")
        await page.screenshot(path=SHOTS / "unit.png")
        await _tap(page, "Đúng, đơn vị của tôi")
        await expect(_last(page)).to_contain_text("Liên đoàn gửi tin cho bạn")
        assert await page.evaluate("location.search") == ""


async def test_an_officer_sees_their_page_and_a_link_that_can_be_opened(
    chromium: Browser, bot: App
) -> None:
    await prepare(bot)
    async with _Opened(chromium, bot, locale="vi-VN") as page:
        code = await bot.store.officers.invite("administrator", "", "", datetime.now(UTC))
        await page.goto(f"http://127.0.0.1:{bot.port}/?i={code}")
        await _tap(page, "Tiếng Việt")
        await _tap(page, "Nhận lời")
        await _tap(page, "Dành cho cán bộ")
        await expect(_last(page)).to_contain_text("quản trị, LD")
        await page.screenshot(path=SHOTS / "office.png")
        await _tap(page, "Các đơn vị")
        await expect(_last(page)).to_contain_text("Tỉnh Bắc (BN): ít hơn 5 người")
        await page.screenshot(path=SHOTS / "units.png")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_it_can_be_read_in_the_sun_and_in_the_dark(
    chromium: Browser, bot: App, scheme: str
) -> None:
    async with _Opened(chromium, bot, locale="vi-VN", color_scheme=scheme) as page:
        await _tap(page, "Tiếng Việt")
        await _tap(page, "Tôi chỉ xem thôi")
        await expect(_last(page)).to_contain_text("Menu")
        await page.screenshot(path=SHOTS / f"menu-{scheme}.png")
        for place in (".bot p", ".choices button", "header p", "#text"):
            assert await _contrast(page, place) >= 4.5, place


async def _contrast(page: Page, selector: str) -> float:
    """WCAG's contrast of a text with the nearest ground that is not transparent."""
    colours = await page.locator(selector).last.evaluate(
        """element => {
            let ground = element;
            const of = one => getComputedStyle(one).backgroundColor;
            while (of(ground) === 'rgba(0, 0, 0, 0)') ground = ground.parentElement;
            return [getComputedStyle(element).color, of(ground)];
        }"""
    )
    first, second = (_luminance(colour) for colour in colours)
    return (max(first, second) + 0.05) / (min(first, second) + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


async def test_khmer_and_thai_are_shown_in_fonts_that_travel_with_the_page(page: Page) -> None:
    loaded = await page.evaluate(
        """async () => {
            const found = {};
            for (const text of ['សហជីព', 'สหภาพแรงงาน', 'Người', 'union'])
                found[text] = (await document.fonts.load('16px "Noto Sans"', text)).length;
            return found;
        }"""
    )
    assert all(count >= 1 for count in loaded.values()), loaded


GLYPHS_MISSING = """() => {
    // A letter without a glyph is drawn as the font's box: as wide as that of a private letter.
    const pen = document.createElement('canvas').getContext('2d');
    const boxes = [...document.querySelectorAll('.bubble')];
    const text = new Set(boxes.map(box => box.innerText).join('').replace(/\\s/g, ''));
    pen.font = getComputedStyle(document.body).font;
    const draw = letter => {
        pen.clearRect(0, 0, 60, 60); pen.fillText(letter, 10, 40);
        return pen.getImageData(0, 0, 60, 60).data.join();
    };
    const box = draw('\\u{10FFFD}');
    return [...text].filter(letter => /\\p{L}/u.test(letter) && draw(letter) === box);
}"""
CLIPPED = """() => [...document.querySelectorAll('.bubble *, button, header *')].filter(e =>
    e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0 && !e.classList.contains('hidden')
    && getComputedStyle(e).display !== 'inline').map(e => e.outerHTML.slice(0, 120))"""


@pytest.mark.skipif(
    not has_fonts() and os.environ.get("CI") != "true",
    reason="no fonts for all languages here: tests/prepare.py says so loudly, and CI fails there",
)
@pytest.mark.parametrize("tag", LANGUAGES.tags)
async def test_each_language_is_shown_without_a_clipped_or_boxed_glyph(
    chromium: Browser, bot: App, tag: str
) -> None:
    """Menu, an article and the settings; the pictures are left for a person to look at."""
    say = LANGUAGES.voice(tag)
    async with _Opened(chromium, bot, locale=tag) as page:
        await expect(page.locator("html")).to_have_attribute("lang", tag)
        await _tap(page, LANGUAGES.name(tag))
        await _tap(page, say("I agree"))
        await expect(_last(page)).to_contain_text(say("Settings"))
        await page.screenshot(path=SHOTS / f"{tag}-settings.png")
        await page.locator("#menu").click()
        await expect(_last(page)).to_contain_text(say("Calendar"))
        await page.screenshot(path=SHOTS / f"{tag}-menu.png")
        await page.goto(page.url + "?start=a_union-founding-day")
        await expect(_last(page)).to_contain_text("1929")
        # A screen reader must speak an English text as English, also to who reads Khmer.
        shown = tag if tag in LIBRARY.articles["union-founding-day"].text else "en"
        await expect(_last(page).locator(".text")).to_have_attribute("lang", shown)
        await page.screenshot(path=SHOTS / f"{tag}-article.png")
        await page.evaluate("document.fonts.ready")
        assert await page.evaluate(GLYPHS_MISSING) == []
        assert await page.evaluate(CLIPPED) == []
