"""A certificate, the whole way: asked for, its name written, downloaded, checked, withdrawn."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import pypdfium2
import pytest
import segno
from PIL import Image
from sqlalchemy import select, update

from bot.app import App
from bot.certificate import CertificateError
from bot.contests import Issued, Round
from bot.model import Address, Event, Person
from bot.settings import Settings
from bot.store import Overtaken, Seal, Store, Work, joining, new_code, own_data, schema
from handlers import certificate_papers
from tests.conftest import LANGUAGES, LIBRARY, loaded
from tests.contesting import closed, opened, played
from tests.fakes.telegram import FakeTelegram
from tests.organisation import prepare
from tests.people import Heard, Talker, TelegramPerson, Visitor

NAME = "Nguyễn Thị Hồng Ngọc"
NOW = datetime.now(UTC)
TODAY = NOW.date()


# --- the whole way in the chat ------------------------------------------------------------------


async def _agreed(person: Talker) -> None:
    await person.says("/start")
    await person.taps("English")
    await person.taps("I agree")


async def _over(bot: App, person: Talker, *, right: int = 4) -> Round:
    """A round that the person has played, and that is over."""
    await prepare(bot)
    await _agreed(person)
    one = await opened(bot.store)
    await played(bot, person, one, right=right)
    await closed(bot.store, one)
    return one


async def _given(person: Talker, one: Round, name: str = NAME) -> Heard:
    await person.taps_value(f"certificate:{one.id}:name")
    await person.says(name)
    return await person.taps("Yes, that is right")


def _links(bot: App, heard: Heard) -> list[str]:
    """Where the picture and the PDF are, on this machine."""
    found = re.findall(r"/files/[a-z2-9-]+", heard.text)
    assert len(found) == 2, heard.text
    return [f"http://127.0.0.1:{bot.port}{path}" for path in found]


def _code(heard: Heard) -> str:
    found = re.search(r"by its code: ([a-z2-9-]{19})", heard.text)
    assert found, heard.text
    return found[1]


async def _looked_up(
    bot: App, session: aiohttp.ClientSession, code: str, language: str = "en"
) -> tuple[int, str]:
    url = f"http://127.0.0.1:{bot.port}/certificates/{code}"
    async with session.get(url, headers={"Accept-Language": language}) as response:
        return response.status, await response.text()


@pytest.fixture(params=["chatter", "visitor"])
def player(request: pytest.FixtureRequest) -> Talker:
    talker: Talker = request.getfixturevalue(request.param)
    return talker


async def test_from_the_last_question_to_the_paper_and_its_page(
    bot: App, session: aiohttp.ClientSession, player: Talker
) -> None:
    one = await _over(bot, player)
    await player.taps_value(f"result:{one.id}")
    asked = await player.taps("Certificate")
    assert "Write the name" in asked
    assert "shown to whoever has its code" in asked
    shown = await player.says(f"  {NAME.upper()} 🌸 ")
    assert NAME.upper() in shown
    assert "🌸" not in shown
    await player.says(NAME)  # written anew instead of a tap
    given = await player.taps("Yes, that is right")
    code, (picture, pdf) = _code(given), _links(bot, given)
    address = f"http://127.0.0.1:8080/certificates/{code}"
    assert address in given

    async with session.get(picture) as response:
        assert (response.status, response.content_type) == (200, "image/png")
        assert response.headers["Content-Disposition"] == f'attachment; filename="{code}.png"'
        with Image.open(BytesIO(await response.read())) as drawn:
            assert drawn.width == 1600
            _is_code_of(address, drawn)
    async with session.get(pdf) as response:
        assert (response.status, response.content_type) == (200, "application/pdf")
        page = pypdfium2.PdfDocument(await response.read())[0]
    said = " ".join(page.get_textpage().get_text_bounded().split())
    for words in (NAME, "Know your union", "Round week-1", "4 of 5 answers right", "Liên đoàn",
                  code):  # fmt: skip
        assert words in said
    for link in (picture, pdf):  # each served once
        async with session.get(link) as response:
            assert response.status == 404

    status, told = await _looked_up(bot, session, code)
    assert status == 200
    for words in ("This certificate is genuine.", NAME, "4 of 5 answers right", "Liên đoàn"):
        assert words in told
    _, told = await _looked_up(bot, session, code.upper().replace("-", " "), "vi")
    for words in ("Giấy chứng nhận này là thật.", "Tìm hiểu công đoàn", "đúng 4 trên 5 câu"):
        assert words in told

    given = await player.taps_value(f"certificate:{one.id}")
    assert _code(given) == code
    withdrawn = await player.taps("Withdraw the certificate")
    assert "is withdrawn" in withdrawn
    status, told = await _looked_up(bot, session, code)
    assert status == 200
    assert "This certificate was withdrawn on" in told
    assert NAME not in told
    for link in _links(bot, given):  # those that were given before
        async with session.get(link) as response:
            assert response.status == 404
    assert "withdrawn" in await player.taps_value("certificate:mine")

    again = await _given(player, one, "Trần Văn An")
    assert _code(again) == code
    assert "genuine" in (await _looked_up(bot, session, code))[1]
    await player.taps_value("erase:yes")
    assert (await _looked_up(bot, session, code))[0] == 404
    for link in _links(bot, again):
        async with session.get(link) as response:
            assert response.status == 404


def _is_code_of(address: str, drawn: Image.Image) -> None:
    """The QR code's squares are those of the address (where it stands: bot/certificate.py)."""
    expected = segno.make_qr(address, error="m").matrix
    side, left, top, scale = 32.0, 269.0 - 32.0, 155.0, drawn.width / 297.0
    light = drawn.convert("L")
    for down, row in enumerate(expected):
        for across, is_dark in enumerate(row):
            x, y = left + (across + 0.5) * side / len(row), top + (down + 0.5) * side / len(row)
            found = light.getpixel((round(x * scale), round(y * scale)))
            assert isinstance(found, int)
            assert (found < 100) == bool(is_dark)


async def test_it_is_drawn_in_the_language_in_which_it_was_asked_for(
    bot: App, chatter: TelegramPerson, session: aiohttp.ClientSession
) -> None:
    one = await _over(bot, chatter)
    given = await _given(chatter, one)
    await chatter.taps_value("language:vi")
    page = await chatter.taps_value(f"certificate:{one.id}")
    assert "Ai cũng có thể kiểm tra bằng mã" in page
    for link, words in (
        (_links(bot, given)[1], "Certificate"),
        (_links(bot, page)[1], "đúng 4 trên 5 câu"),
    ):
        async with session.get(link) as response:
            text = pypdfium2.PdfDocument(await response.read())[0].get_textpage()
        assert words in " ".join(text.get_text_bounded().split())


async def test_all_of_ones_own_are_found_again_and_stand_in_mydata(
    bot: App, visitor: Visitor
) -> None:
    one = await _over(bot, visitor)
    assert "My certificates" not in (await visitor.says("/quiz")).buttons
    assert "You have no certificate." in await visitor.taps_value("certificate:mine")
    code = _code(await _given(visitor, one))
    await visitor.says("/quiz")
    assert f"Know your union, week-1: {NAME}" in await visitor.taps("My certificates")
    assert _code(await visitor.taps("Know your union, week-1")) == code
    kept = (await visitor.says("/mydata")).document
    for line in ("[certificate]", f"code: {code}", f'content: "{NAME}"', "points: 4", "whole: 5"):
        assert line in kept
    assert "Who asks for a certificate" in await visitor.says("/privacy")


async def test_after_the_appeals_a_certificate_that_is_there_stays(
    bot: App, chatter: TelegramPerson, session: aiohttp.ClientSession
) -> None:
    one = await _over(bot, chatter)
    code = _code(await _given(chatter, one))
    await bot.store.tidy(datetime.now(UTC) + timedelta(days=61))
    assert _code(await _given(chatter, one, "Trần Văn An")) == code
    told = (await _looked_up(bot, session, code))[1]
    assert "Trần Văn An" in told
    assert "4 of 5 answers right" in told


async def test_where_no_site_is_known_the_code_alone_is_told(
    bot: App, chatter: TelegramPerson
) -> None:
    one = await _over(bot, chatter)
    await bot.store.links.keep_only(("telegram",))
    given = await _given(chatter, one)
    assert _code(given)
    assert "Here:" not in given
    assert "/certificates/" not in given


# --- what is refused -----------------------------------------------------------------------------


async def _count(bot: App) -> int:
    rows = await bot.store._reads.run(lambda c: c.execute(select(schema.certificate)).all())
    return len(rows)


REFUSED_NAMES = {
    "n" * 1000: "This name is too long: at most 80 letters fit.",
    "😀🎉": "There are no letters of a name in this.",
    "\u3164\u2800\u115f": "There are no letters of a name in this.",
    "12345": "There are no letters of a name in this.",
    "ສົມພອນ Somphone": "These letters cannot be drawn: ສົ ມ ພ ອ ນ.",
    "Иван": "These letters cannot be drawn: И в а н.",
}


async def test_a_name_that_cannot_be_drawn_is_refused_in_words(bot: App, visitor: Visitor) -> None:
    one = await _over(bot, visitor)
    await visitor.taps_value(f"certificate:{one.id}")
    for name, answer in REFUSED_NAMES.items():
        refused = await visitor.says(name)
        assert answer in refused, name
        assert "Write the name" in refused
        assert "Yes, that is right" not in refused.buttons
    assert "Menu" in await visitor.says(" \u00a0 \n ")  # nothing was written at all
    assert await _count(bot) == 0


SHOWN_NAMES = {
    "👩‍🏭 Hoa 🌸": "Hoa",
    "Nam\u202e nahK\u2066\u200f": "Nam nahK",
    "<b>Lan</b>\u0000": "Lan",
    "陈镕玥": "陈镕玥",
    "ស្រី\u200bម៉ៅ": "ស្រី\u200bម៉ៅ",
}


async def test_a_name_is_shown_as_it_will_stand(bot: App, visitor: Visitor) -> None:
    one = await _over(bot, visitor)
    await visitor.taps_value(f"certificate:{one.id}")
    for typed, name in SHOWN_NAMES.items():
        shown = await visitor.says(typed)
        assert shown.text.startswith(f"{name}\n\nSo the name will stand"), typed
    await visitor.taps("Yes, that is right")
    (issued,) = await bot.store.certificates.own(await _person_of(bot, visitor))
    assert issued.holder == name
    assert issued.issued_on == datetime.now(bot._services.zone).date()


async def _person_of(bot: App, _talker: Talker) -> Person:
    """The only person that there is."""
    query = select(schema.person.c.id)
    return Person(await bot.store._reads.run(lambda c: c.execute(query).scalar_one()))


async def test_who_has_no_entry_that_counts_gets_none(
    bot: App, chatter: TelegramPerson, telegram: FakeTelegram, session: aiohttp.ClientSession
) -> None:
    one = await _over(bot, chatter)
    code = _code(await _given(chatter, one))
    running = await opened(bot.store, name="week-2")
    await played(bot, chatter, running, right=5)
    assert "no certificate for you" in await chatter.taps_value(f"certificate:{running.id}")
    other = TelegramPerson(telegram, chatter._settled, 502)
    await _agreed(other)
    assert "Certificate" not in (await other.taps_value(f"result:{one.id}")).buttons
    for word in ("", ":name", ":yes", ":withdraw", ":x:y"):
        refused = await other.taps_value(f"certificate:{one.id}{word}")
        assert "no certificate for you" in refused, word
    assert (await other.taps_value(f"certificate:{code}")).buttons.keys() == {"Quiz", "Menu"}
    assert await _count(bot) == 1
    assert "genuine" in (await _looked_up(bot, session, code))[1]


FORGED = (
    "certificate:", "certificate::yes", "certificate:x", "certificate:999", "certificate:-1",
    "certificate:9999999999999999999999", "certificate:%00", "certificate:1e3",
)  # fmt: skip


async def test_forged_values_give_nothing(bot: App, chatter: TelegramPerson) -> None:
    one = await _over(bot, chatter)
    for value in FORGED:
        assert "no certificate for you" in await chatter.taps_value(value), value
    # A yes to no name, to that of another round, and to one that was answered already.
    for word in ("yes", "withdraw", "yes:x", "pdf"):
        assert "Write the name" in await chatter.taps_value(f"certificate:{one.id}:{word}"), word
    assert await _count(bot) == 0
    second = await opened(bot.store, name="week-2")
    await played(bot, chatter, second, right=1)
    await closed(bot.store, second)
    await chatter.taps_value(f"certificate:{one.id}:name")
    await chatter.says(NAME)
    assert "Write the name" in await chatter.taps_value(f"certificate:{second.id}:yes")
    assert await _count(bot) == 0
    await _given(chatter, one)
    await chatter.taps_value(f"certificate:{one.id}:yes")
    assert await _count(bot) == 1


@pytest.mark.parametrize(
    "code", ["x", "2345-6789-abcd-efgh", "%00", "😀", "a" * 500, "0000-1111-iiii-llll", "' OR 1=1"]
)
async def test_a_guessed_code_is_unknown(
    bot: App, session: aiohttp.ClientSession, code: str
) -> None:
    status, told = await _looked_up(bot, session, code)
    assert status == 404
    assert "No certificate has this code." in told


@pytest.fixture
async def strict(settings: Settings) -> AsyncIterator[App]:
    """A bot that lets five strangers in at once from an address."""
    few = settings.model_copy(update={"web_new_visitors_per_minute": 1})
    app = App(few, LIBRARY, LANGUAGES)
    await app.start()
    yield app
    await app.stop()


async def test_who_tries_many_codes_waits(strict: App, session: aiohttp.ClientSession) -> None:
    for _ in range(5):
        assert (await _looked_up(strict, session, new_code()))[0] == 404
    status, told = await _looked_up(strict, session, new_code())
    assert status == 429
    assert "Please try again in a minute." in told


async def test_no_letter_of_a_name_is_logged_when_drawing_fails(
    bot: App,
    chatter: TelegramPerson,
    session: aiohttp.ClientSession,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def fail(*_: Any) -> bytes:
        raise CertificateError(f"no font has {NAME}")

    monkeypatch.setattr(certificate_papers, "print_certificate", fail)
    given = await _given(chatter, await _over(bot, chatter))
    async with session.get(_links(bot, given)[0]) as response:
        assert response.status == 503
    assert "a certificate was not drawn" in caplog.text
    assert NAME not in caplog.text


# --- in the store --------------------------------------------------------------------------------


async def _stored(store: Store, number: int) -> Person:
    event = Event(f"hello-{number}", Address("telegram", str(number)))
    stored = await store.write_down(event, NOW)
    assert stored is not None
    person, session, _ = await loaded(store, stored)
    await store.finish(stored, Work(), session, (), NOW)
    return person


async def _work(store: Store, change: Callable[[Work], None]) -> None:
    """As a handler's changes are: committed with its answer."""
    stored = await store.write_down(Event(new_code(), Address("telegram", "1")), NOW)
    assert stored is not None
    _, session, _ = await loaded(store, stored)
    work = Work()
    change(work)
    await store.finish(stored, work, session, (), NOW)


async def _issued(
    store: Store, person: Person, one: Round, holder: str = NAME, on: date = TODAY
) -> Issued:
    new = Issued(new_code(), one.id, holder, 4, 5, on)
    await _work(store, lambda work: work.issue(person, new))
    return new


async def test_one_person_has_one_certificate_of_a_round(store: Store) -> None:
    one, other = await opened(store), await opened(store, name="week-2")
    lan, hoa = await _stored(store, 1), await _stored(store, 2)
    first = await _issued(store, lan, one)
    assert await store.certificates.own(lan) == (first,)
    with pytest.raises(Overtaken):  # made beside the first, which has another code
        await _issued(store, lan, one, "Trần Văn An")
    assert await store.certificates.own(lan) == (first,)
    changed = Issued(first.code, one.id, "Trần Văn An", 5, 5, first.issued_on)
    await _work(store, lambda work: work.issue(lan, changed))
    assert await store.certificates.find(first.code) == changed
    second, theirs = await _issued(store, lan, other), await _issued(store, hoa, one)
    assert await store.certificates.own(lan) == (second, changed)
    assert await store.certificates.of_round(hoa, one) == theirs
    assert await store.certificates.of_round(hoa, other) is None


async def test_a_name_is_kept_sealed_and_only_while_the_certificate_counts(
    store: Store, database_url: str, tmp_path: Path
) -> None:
    one, lan, hoa = await opened(store), await _stored(store, 1), await _stored(store, 2)
    first = await _issued(store, lan, one)
    theirs = await _issued(store, hoa, one)
    sealed = select(schema.certificate.c.sealed)
    rows = await store._reads.run(lambda c: c.execute(sealed).scalars().all())
    assert all(NAME.encode() not in row for row in rows)
    await _work(store, lambda work: work.withdraw_certificate(lan, one, TODAY))
    later = TODAY + timedelta(days=3)
    await _work(store, lambda work: work.withdraw_certificate(lan, one, later))
    found = await store.certificates.find(first.code)
    assert found == Issued(first.code, one.id, "", 4, 5, TODAY, TODAY)
    assert await store.certificates.find(theirs.code) == theirs
    await _work(store, lambda work: work.issue(lan, first))
    assert await store.certificates.find(first.code) == first


async def test_a_code_is_found_however_it_is_typed(store: Store) -> None:
    one, lan = await opened(store), await _stored(store, 1)
    issued = await _issued(store, lan, one)
    code = issued.code
    for typed in (
        code,
        code.upper(),
        f"  {code}\n",
        code.replace("-", ""),
        code.replace("-", " \u2013 "),
        code.replace("-", "\u00a0"),
    ):
        assert await store.certificates.find(typed) == issued, typed
    for wrong in (
        "",
        code[:-1],
        f"{code}2",
        f"{code}!",
        f"{code}\x00",
        code.replace("-", "_"),
        "%",
    ):
        assert await store.certificates.find(wrong) is None, wrong


async def test_who_erases_everything_leaves_no_certificate(store: Store) -> None:
    one, lan, hoa = await opened(store), await _stored(store, 1), await _stored(store, 2)
    issued, theirs = await _issued(store, lan, one), await _issued(store, hoa, one)
    await store._writes.run(lambda c: own_data.erase(c, store._codecs, lan.id))
    assert await store.certificates.find(issued.code) is None
    assert await store.certificates.find(theirs.code) == theirs


async def _attempt(store: Store, person: Person, one: Round, started: datetime) -> None:
    row = {"round_id": one.id, "person_id": person.id, "number": 1, "code": new_code(),
           "drawn": b"", "answers": "", "seconds": b"", "started_at": started,
           "ends_at": started, "last_at": started}  # fmt: skip
    await store._writes.run(lambda c: c.execute(schema.attempt.insert().values(row)).rowcount)


async def test_certificates_follow_when_two_chats_become_one_person(store: Store) -> None:
    both, mine, theirs, old = [await opened(store, name=f"week-{n}") for n in range(4)]
    lan, hoa = await _stored(store, 1), await _stored(store, 2)
    await _attempt(store, hoa, both, NOW - timedelta(minutes=9))
    await _attempt(store, lan, both, NOW)
    gone, stays = await _issued(store, lan, both), await _issued(store, hoa, both, "Hoa")
    kept, follows = await _issued(store, lan, mine), await _issued(store, hoa, theirs, "Hoa")
    # Of this round nobody knows any more whose the entries were.
    first, second = await _issued(store, hoa, old, "Hoa"), await _issued(store, lan, old)
    await store._writes.run(lambda c: joining.join(c, store._codecs, lan.id, hoa.id))
    assert set(await store.certificates.own(lan)) == {stays, kept, follows, first}
    for code in (gone.code, second.code):
        assert await store.certificates.find(code) is None


async def test_after_three_years_it_is_forgotten(store: Store) -> None:
    one, lan = await opened(store), await _stored(store, 1)
    issued = await _issued(store, lan, one)
    await store.tidy(NOW + timedelta(days=3 * 365))
    assert await store.certificates.find(issued.code) == issued
    await store.tidy(NOW + timedelta(days=3 * 365 + 1))
    assert await store.certificates.find(issued.code) is None


async def test_who_left_keeps_the_certificate_until_it_is_withdrawn(store: Store) -> None:
    one = await opened(store)
    lan, hoa = await _stored(store, 1), await _stored(store, 2)
    issued, withdrawn = await _issued(store, lan, one), await _issued(store, hoa, one)
    await _work(store, lambda work: work.withdraw_certificate(hoa, one, TODAY))
    long_ago = update(schema.person).values(seen_on=TODAY - timedelta(days=90))
    await store._writes.run(lambda c: c.execute(long_ago).rowcount)
    await store.tidy(NOW)
    assert await store.certificates.find(issued.code) == issued
    assert await store.certificates.find(withdrawn.code) is None


async def test_a_name_under_another_secret_is_not_told(store: Store, database_url: str) -> None:
    one, lan = await opened(store), await _stored(store, 1)
    issued = await _issued(store, lan, one)
    other = Store(database_url, Seal("another secret"))
    found = await other.certificates.find(issued.code)
    assert found is not None
    assert (found.code, found.holder, found.points) == (issued.code, "", 4)
    await other.close()
