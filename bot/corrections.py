"""Edits and deletes what a campaign has sent, where the channel can; each may be done again."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.campaigns import DELETE, EDIT, Campaign
from bot.channels import (
    Changing,
    ChannelDown,
    Deleting,
    Outbound,
    Refused,
    SendError,
    Throttled,
    Unchangeable,
    Unreachable,
)
from bot.model import Reply
from bot.store import Outcome, Recipient
from bot.store.ledger import INSTEAD

_log = logging.getLogger(__name__)
MAX_TRIES = 3
_RETRY = timedelta(seconds=20)
# Whether somebody can be written to is not learnt from an edit: their address stays as it is.
_ENDS: Mapping[type[Exception], tuple[str, str]] = {
    Unreachable: ("unreachable", "blocked"),
    Refused: ("failed", "refused"),
    ChannelDown: ("failed", "channel-down"),
}


def corrects_in_place(campaign: Campaign, one: Recipient) -> bool:
    """Whether there is a message to edit or delete; else one is sent."""
    return campaign.manner in {EDIT, DELETE} and one.message_number is not None


async def correct(
    channel: Outbound, campaign: Campaign, one: Recipient, reply: Reply | None, now: datetime
) -> Outcome:
    """What became of it. `reply` is what the message says from now on; None: it has expired."""
    if reply is None and campaign.manner == EDIT:
        return Outcome(one.id, "dropped", "expired", changes=True)
    try:
        await _correct(channel, campaign, one, reply)
        return Outcome(one.id, "sent", changes=True)
    except Unchangeable:
        if campaign.manner == DELETE:
            return Outcome(one.id, "dropped", "cannot-delete", changes=True)
        return Outcome(one.id, "queued", INSTEAD, now, changes=True)
    except Throttled as error:  # costs no try
        later = now + timedelta(seconds=error.seconds)
        return Outcome(one.id, "queued", not_before=later, changes=True)
    except tuple(_ENDS) as error:
        return Outcome(one.id, *_end_of(error), changes=True)
    except SendError:  # it may have been done; done twice it is the same
        if one.tries + 1 >= MAX_TRIES:
            return Outcome(one.id, "failed", "no-connection", changes=True)
        return Outcome(one.id, "queued", not_before=now + _RETRY, counts=True, changes=True)
    except Exception:  # a fault of ours
        _log.exception("recipient %d could not be corrected", one.id)
        return Outcome(one.id, "failed", "fault", changes=True)


async def _correct(
    channel: Outbound, campaign: Campaign, one: Recipient, reply: Reply | None
) -> None:
    """Raises SendError, Unchangeable, ChannelDown."""
    assert one.message_number is not None
    if campaign.manner == DELETE and isinstance(channel, Deleting):
        await channel.delete(one.address, one.message_number)
    elif reply is not None and isinstance(channel, Changing):
        await channel.change(one.address, one.message_number, reply, in_bulk=True)
    else:
        raise Unchangeable(channel.name)


def _end_of(error: Exception) -> tuple[str, str]:
    return next(end for kind, end in _ENDS.items() if isinstance(error, kind))
