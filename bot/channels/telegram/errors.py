"""What each of Telegram's errors means for the message that met it."""

from __future__ import annotations

from datetime import timedelta

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from bot.channels import ChannelDown, Refused, SendError, Throttled, Unknown, Unreachable, Unsent
from bot.channels.telegram.request import NotSent

# A ban of more than a day would be news; `Infinity` would be for ever.
_LONGEST_WAIT, _UNTOLD_WAIT = 7 * 24 * 3600.0, 60.0
_GONE = ("chat not found", "private chat not found", "user not found", "peer_id_invalid")


def meaning(error: TelegramError) -> SendError | ChannelDown:
    """The decision that an error stands for. PTB's BadRequest is a NetworkError: it goes first."""
    if isinstance(error, RetryAfter):
        return Throttled(seconds(error.retry_after))
    if isinstance(error, Forbidden):
        return Unreachable("the person has blocked the bot or is gone")
    if isinstance(error, ChatMigrated):
        return Unreachable("the chat has another number now")
    if isinstance(error, BadRequest):
        return _refusal(error)
    if isinstance(error, InvalidToken):
        return ChannelDown("Telegram does not accept TELEGRAM_BOT_TOKEN")
    if isinstance(error, NotSent):
        return Unsent(error.message)
    if isinstance(error, Conflict | EndPointNotFound):
        return Refused(type(error).__name__)
    return Unknown(type(error).__name__)


def _refusal(error: BadRequest) -> SendError:
    if any(gone in error.message.lower() for gone in _GONE):
        return Unreachable("there is no such chat")
    return Refused(error.message)


def seconds(wait: int | timedelta) -> float:
    """How long to wait; a minute where the answer does not say it as a number of seconds."""
    told = wait.total_seconds() if isinstance(wait, timedelta) else wait
    is_told = isinstance(told, int | float) and 0 <= told <= _LONGEST_WAIT
    return float(told) if is_told else _UNTOLD_WAIT
