"""What a message that follows a campaign says now, for who reads it."""

from __future__ import annotations

from datetime import datetime

from bot.model import Session
from bot.routing import Context, Services
from bot.statuses import Shown
from bot.store import Status, Store
from handlers.campaign_page import STATES, figures_of, page, sees


async def followed(services: Services, store: Store, status: Status, now: datetime) -> Shown | None:
    """None when that officer may not see it (any more)."""
    say = services.languages.voice(status.person.language)
    context = Context(status.person, Session(), "", say, services, store, now, now)
    offices = await store.officers.offices(status.person, context.today)
    found = await store.campaigns.get(status.campaign_id)
    if found is None or found.state not in STATES or not sees(context, offices, found):
        return None
    figures = await figures_of(context, found)
    measure = (status.measured_at, status.measured) if status.measured is not None else None
    return Shown(page(context, offices, found, figures, measure), figures.over)
