"""What watches one process: the pulse of its jobs, its health, and who is told of troubles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol, runtime_checkable
from zoneinfo import ZoneInfo

from bot.channels import Outbound
from bot.delivery import Render
from bot.health import Health, Troubles, places_of
from bot.incidents import Incidents
from bot.pulse import Pulse
from bot.settings import Settings
from bot.store import Store


@runtime_checkable
class _Hearing(Protocol):
    """A channel that listens; `trouble` comes and goes with the network."""

    trouble: str

    async def listen(self) -> None: ...


class Watch:
    """`lasting` tells the troubles that do not go away by themselves, by part."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        channels: Mapping[str, Outbound],
        make: Render,
        lasting: Troubles,
        clock: Callable[[], datetime],
    ) -> None:
        def passing() -> Mapping[str, str]:
            hearing = {n: c.trouble for n, c in channels.items() if isinstance(c, _Hearing)}
            return {name: told for name, told in hearing.items() if told and name not in lasting()}

        self.pulse = Pulse()
        places = places_of(settings.database_url, settings.var_dir)
        self.health = Health(store, self.pulse, places, lasting, passing, clock)
        zone = ZoneInfo(settings.timezone)
        self.incidents = Incidents(self.health, store.incidents, channels, make, zone, clock)
