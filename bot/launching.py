"""The moment at which a campaign goes out; what is repeated must still be what was approved."""

from __future__ import annotations

from datetime import datetime

from bot.audience import read_audience
from bot.campaigns import Campaign, reaching
from bot.delivery import House
from bot.repeats import planned, turn_of
from bot.store import Store
from bot.store.launching import Allowed


class Launching:
    """Opens ledgers. Any number of processes may: each time is launched by one of them."""

    def __init__(self, store: Store, house: House) -> None:
        self._store = store
        self._house = house

    async def launch(self, campaign: Campaign, now: datetime, allowed: Allowed) -> int:
        """How many recipients there are; 0 if it does not go out now, or another opened it."""
        if not campaign.repeat or campaign.at is None:
            return await self._store.campaigns.launch(campaign, now, allowed)
        if campaign.at > now:  # the clock was set back
            return 0
        dates = planned(campaign, self._house.zone_of(None))
        since = campaign.changed_at or campaign.at
        at, coming = turn_of(dates, campaign.at, since, now)
        if at is None:
            await self._store.series.skip(campaign, coming, now)
            return 0
        if not await self._is_still_approved(campaign):
            await self._store.series.hold(campaign, "office", now)
            return 0
        return await self._store.series.launch(campaign, at, coming, now, allowed)

    async def _is_still_approved(self, campaign: Campaign) -> bool:
        """Whether both offices exist, and reach all of the audience. 0 is the command line."""
        offices = {one.id: one for one in await self._store.officers.all()}
        tree = await self._store.organisation.tree()
        audience, topic = read_audience(campaign.audience), campaign.message.topic
        words = {"broadcast": campaign.author, "approve": campaign.approver}
        return all(
            number in offices and reaching((offices[number],), verb, tree, audience, topic)
            for verb, number in words.items()
            if number
        )
