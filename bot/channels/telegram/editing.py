"""Changes and deletes what was said on Telegram; both may be tried as often as one likes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from telegram import Bot, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import BadRequest, TelegramError

from bot.channels import Unchangeable
from bot.channels.pace import Pace
from bot.channels.telegram.errors import meaning
from bot.channels.telegram.writing import MAX_CAPTION, Message, messages
from bot.channels.text import utf16_length
from bot.model import Reply

_SAME = "message is not modified"
_DELETED = ("message to delete not found", "message to edit not found", "message_id_invalid")
_FIXED = (*_DELETED, "message can't be edited", "message can't be deleted", "no caption")
_IS_PICTURE = "there is no text in the message to edit"
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class Editor:
    """Texts may be changed at any time, messages deleted for 48 hours."""

    def __init__(self, bot: Bot, pace: Pace) -> None:
        self._bot = bot
        self._pace = pace

    async def change(self, chat: int, number: int, reply: Reply, *, in_bulk: bool) -> None:
        """Raises SendError, Unchangeable, ChannelDown."""
        made = messages(reply)
        if len(made) > 1 or made[0].picture or made[0].chart:
            raise Unchangeable("one text cannot become several messages, nor a picture")
        await self._paced(lambda: self._change(chat, number, made[0]), in_bulk=in_bulk)

    async def delete(self, chat: int, number: int) -> None:
        """Raises SendError, Unchangeable, ChannelDown."""
        await self._paced(lambda: self._delete(chat, number), in_bulk=True)

    async def _paced(self, call: Callable[[], Awaitable[None]], *, in_bulk: bool) -> None:
        async def once() -> None:
            try:
                await call()
            except BadRequest as error:
                if any(text in error.message.lower() for text in _FIXED):
                    raise Unchangeable(error.message) from None
                raise meaning(error) from None
            except TelegramError as error:
                raise meaning(error) from None

        await self._pace.say_all([once], in_bulk=in_bulk)

    async def _change(self, chat: int, number: int, message: Message) -> None:
        try:
            await self._bot.edit_message_text(
                message.html,
                chat_id=chat,
                message_id=number,
                parse_mode=ParseMode.HTML,
                link_preview_options=_NO_PREVIEW,
                reply_markup=message.keyboard,
            )
        except BadRequest as error:
            said = error.message.lower()
            if _IS_PICTURE in said and utf16_length(message.html) <= MAX_CAPTION:
                await self._change_caption(chat, number, message)
            elif _IS_PICTURE in said:
                raise Unchangeable("too long for the text of a picture") from None
            elif _SAME not in said:
                raise

    async def _change_caption(self, chat: int, number: int, message: Message) -> None:
        try:
            await self._bot.edit_message_caption(
                chat_id=chat,
                message_id=number,
                caption=message.html,
                parse_mode=ParseMode.HTML,
                reply_markup=message.keyboard,
            )
        except BadRequest as error:
            if _SAME not in error.message.lower():
                raise

    async def _delete(self, chat: int, number: int) -> None:
        try:
            await self._bot.delete_message(chat, number)
        except BadRequest as error:
            if not any(text in error.message.lower() for text in _DELETED):
                raise
