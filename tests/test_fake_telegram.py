"""The fake Bot API is kept honest by a client that is not ours: aiogram."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT
from tests.fakes.faults import Fault
from tests.fakes.telegram import TOKEN, FakeTelegram

if TYPE_CHECKING:  # aiogram takes seconds to load, of which each worker would spend its own
    from aiogram import Bot

CHAT = 77


@pytest.fixture
async def client(telegram: FakeTelegram) -> AsyncIterator[Bot]:
    from aiogram import Bot
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer

    telegram.chats.add(CHAT)
    server = TelegramAPIServer.from_base(telegram.base)
    async with Bot(TOKEN, session=AiohttpSession(api=server)) as bot:
        yield bot


async def test_messages_pictures_and_updates_pass(client: Bot, telegram: FakeTelegram) -> None:
    from aiogram.types import BufferedInputFile, InlineKeyboardButton, InlineKeyboardMarkup

    assert (await client.get_me()).is_bot
    keyboard = InlineKeyboardMarkup(
        inline_keyboard=[[InlineKeyboardButton(text="Menu", callback_data="/menu")]]
    )
    sent = await client.send_message(CHAT, "<b>Chào</b>", parse_mode="HTML", reply_markup=keyboard)
    assert sent.chat.id == CHAT
    picture = BufferedInputFile((ROOT / "content/media/union.png").read_bytes(), "union.png")
    first = await client.send_photo(CHAT, picture, caption="Ba người")
    assert first.photo
    await client.send_photo(CHAT, first.photo[-1].file_id)
    assert [message.text for message in telegram.sent] == ["Chào", "Ba người", ""]
    assert telegram.uploads == 1
    await telegram.queue(telegram.text(CHAT, "xin chào"), telegram.tap(CHAT, "/menu"))
    said, tapped = await client.get_updates()
    assert said.message is not None
    assert said.message.text == "xin chào"
    assert tapped.callback_query is not None
    assert await client.answer_callback_query(tapped.callback_query.id)
    assert await client.get_updates(offset=tapped.update_id + 1) == []


async def test_what_the_platform_refuses_is_refused(client: Bot, telegram: FakeTelegram) -> None:
    from aiogram.exceptions import TelegramBadRequest
    from aiogram.types import (
        BotCommand,
        BufferedInputFile,
        InlineKeyboardButton,
        InlineKeyboardMarkup,
    )

    long_value = InlineKeyboardMarkup(
        inline_keyboard=[[InlineKeyboardButton(text="x", callback_data="đ" * 33)]]
    )
    for attempt, reason in (
        (lambda: client.send_message(CHAT, "x" * 4097), "message is too long"),
        (lambda: client.send_message(CHAT, "   "), "text is empty"),
        (lambda: client.send_message(CHAT, "<b>x", parse_mode="HTML"), "can't parse entities"),
        (lambda: client.send_message(CHAT, "<x>y</x>", parse_mode="HTML"), "Unsupported start tag"),
        (lambda: client.send_message(78, "x"), "chat not found"),
        (lambda: client.send_message(CHAT, "x", reply_markup=long_value), "BUTTON_DATA_INVALID"),
        (lambda: client.send_photo(CHAT, "no-such-file"), "wrong file identifier"),
        (lambda: client.send_photo(CHAT, BufferedInputFile(b"text", "x.png")), "IMAGE_PROCESS"),
        (lambda: client.set_my_commands([BotCommand(command="Ü", description="x")]), "COMMAND"),
        (lambda: client.set_my_description("x" * 513), "description is too long"),
    ):
        with pytest.raises(TelegramBadRequest, match=reason):
            await attempt()
    picture = BufferedInputFile((ROOT / "content/media/union.png").read_bytes(), "union.png")
    with pytest.raises(TelegramBadRequest, match="caption is too long"):
        await client.send_photo(CHAT, picture, caption="x" * 1025)
    assert telegram.sent == []


async def test_faults_arrive_as_the_client_knows_them(client: Bot, telegram: FakeTelegram) -> None:
    from aiogram.exceptions import (
        TelegramForbiddenError,
        TelegramRetryAfter,
        TelegramServerError,
        TelegramUnauthorizedError,
    )

    telegram.faults["sendMessage"].extend(
        [Fault(retry_after=3), Fault(500, "Internal Server Error: restart")]
    )
    with pytest.raises(TelegramRetryAfter) as caught:
        await client.send_message(CHAT, "x")
    assert caught.value.retry_after == 3
    with pytest.raises(TelegramServerError):
        await client.send_message(CHAT, "x")
    telegram.blocked.add(CHAT)
    with pytest.raises(TelegramForbiddenError):
        await client.send_message(CHAT, "x")
    telegram.is_token_valid = False
    with pytest.raises(TelegramUnauthorizedError):
        await client.get_me()
