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
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
