"""Where the parts meet: the only importer of handlers and of concrete channels."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from aiohttp import web

from bot import wiring
from bot.answering import Answering
from bot.approvals import run as remind_approvers
from bot.broadcast import Bulk
from bot.certificate_page import Certificates
from bot.channels import ChannelDown, Outbound
from bot.channels.introduction import Introduction
from bot.channels.pictures import Pictures
from bot.channels.web import Web
from bot.channels.web.page import Page
from bot.claims import Deadlines
from bot.conversation import Conversation, utc_now
from bot.delivery import House, Scheduler, Senders
from bot.delivery import run as run_schedule
from bot.factchecks import FactChecks
from bot.files import Files
from bot.language import Languages, keep_languages
from bot.launching import Launching
from bot.library import Library, keep_library
from bot.model import Address
from bot.ocr import read_text
from bot.organisation import Structure, Tree, Unit
from bot.outbox import Outbox
from bot.paces import Paces
from bot.pictures import PictureFault
from bot.poster import draw_poster
from bot.presence import Presence
from bot.reminding import jobs_without, reminders
from bot.rounds import Rounds
from bot.routing import Services, command_list
from bot.search import Search
from bot.server import make_application
from bot.settings import Settings
from bot.statuses import Follower
from bot.store import Seal, Store, keep_secret
from bot.upkeep import Upkeep
from bot.watching import Watch
from handlers import (
    ABOUT,
    ROUTES,
    case_reply,
    find_certificate,
    followed,
    make_file,
    poster_of,
    render,
)

_log = logging.getLogger(__name__)
DRAIN_SECONDS = 6.0  # for all that is under way together
SHUTDOWN_SECONDS = 4.0  # of these for who is being answered over HTTP
# So many may knock at the same moment, as when a contest opens; the usual 128 cut some off.
_BACKLOG = 4096


class App:
    """One process of the bot. `start`, then `stop`; `port` is where it serves."""

    def __init__(
        self,
        settings: Settings,
        library: Library,
        languages: Languages,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self.library = library
        self._introduction = Introduction(languages, command_list(ROUTES), ABOUT)
        seal = Seal(keep_secret(settings.secret_key.get_secret_value(), settings.var_dir))
        var = settings.var_dir
        kept = (var / "reporters", clock, var / "erasures")
        self.store = Store(settings.database_url, seal, *kept)
        self.presence = Presence(self.store.processes, var / "processes")
        self._web = Web(wiring.web_options(settings), self.store, seal, Page(languages))
        self._telegram = wiring.make_telegram(settings, self.store, library)
        self._zalo_bot = wiring.make_zalo_bot(settings, self.store, languages, clock)
        planner = wiring.make_planner(settings, self.store)
        self._zalo_oa = wiring.make_zalo_oa(settings, self.store, planner, languages, clock)
        channels: list[Outbound] = [
            channel
            for channel in (self._web, self._telegram, self._zalo_bot, self._zalo_oa)
            if channel is not None
        ]
        self.outbox = Outbox(self.store, {channel.name: channel for channel in channels}, clock)
        self.paces = Paces(self.store.allowances, channels, clock)
        zone = ZoneInfo(settings.timezone)
        self.structure = Structure()
        known = FactChecks(library.factchecks.values(), zone)
        self._checks = wiring.make_checks(settings, known, languages, self.structure, clock)
        self.rounds = Rounds(self.store.contests, library, settings.content_dir, zone)
        self._services = Services(
            library,
            languages,
            Search(library, settings.search_file),
            zone,
            settings.quiet_hours,
            planner,
            self.structure,
            broadcasts_per_day=settings.broadcasts_per_day,
            fetch=self._fetch,
            open_round=self.rounds.open_now,
            read_text=read_text if settings.ocr == "tesseract" else None,
            factchecks=known,
            deadlines=Deadlines(
                settings.desk_days_high, settings.desk_days_medium, settings.desk_days_low
            ),
        )
        self.upkeep = Upkeep(
            self.store, library, self._services, self.paces, clock, self.presence.leads
        )
        self._house = house = House(settings.timezone, settings.quiet_hours)
        queue = self.store.queue
        self.scheduler = Scheduler(queue, library, house, lambda day: bool(library.marked(day)))
        make = partial(render, self._services)
        self.senders = Senders(queue, self.outbox.channels, house, make, self.presence.leads)
        campaigns = self._services.campaigns
        self.bulk = Bulk(
            self.store.campaigns,
            self.outbox.channels,
            house,
            make,
            campaigns,
            clock,
            settings.broadcast_error_share,
            launch=Launching(self.store, house).launch,
            is_busy=lambda: self.conversation.is_busy,
            leads=self.presence.leads,
        )
        self.answering = Answering(
            self.store.claims,
            self.outbox.channels,
            house,
            partial(case_reply, self._services),
            self._services.deadlines,
            clock,
            leads=self.presence.leads,
        )
        self.follower = Follower(
            self.store.statuses,
            self.outbox.channels,
            partial(followed, self._services, self.store),
            clock,
        )
        self.conversation = Conversation(
            self.store, ROUTES, self._services, self.outbox, make, clock
        )
        self._files = Files(self.store, partial(make_file, self._services, self.store), clock)
        self._problems: dict[str, str] = {}
        self.watch = Watch(settings, self.store, self.outbox.channels, make, self._troubles, clock)
        self._runner: web.AppRunner | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self.port = settings.http_port

    async def start(self) -> None:
        """Upgrades the database, serves, and takes up what the last process left."""
        await self.store.upgrade()
        await self.presence.begin()
        await self.upkeep.begin()
        await self.store.links.keep_only(self.outbox.channels)
        await self.store.links.keep(self._web.name, self._settings.public_url)
        pictures = Pictures(self._settings.content_dir, self.store)
        routes = [*self._web.routes(self.conversation.converse), *self._files.routes()]
        find = partial(find_certificate, self._services, self.store)
        pages = Certificates(self._services.languages, find, self._web.seconds_to_wait)
        routes += [*pictures.routes(), *pages.routes(), *self._checks.routes()]
        for channel in (self._telegram, self._zalo_bot, self._zalo_oa):
            if channel is not None:
                routes += channel.routes(self.conversation.receive)
        for zalo in (self._zalo_bot, self._zalo_oa):
            if zalo is not None:
                await zalo.open()
        media = self._settings.content_dir / "media"
        token = self._settings.metrics_token.get_secret_value()
        application = make_application(routes, self.watch.health, media, token)
        application.on_shutdown.append(self._end_streams)
        self._runner = web.AppRunner(
            application, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS
        )
        await self._runner.setup()
        # Before anybody is heard: else what somebody says now could overtake what they said then.
        await self.conversation.recover()
        host, port = self._settings.http_host, self._settings.http_port
        await web.TCPSite(self._runner, host, port, backlog=_BACKLOG).start()
        self.port = self._runner.addresses[0][1]
        self.watch.pulse.begin(jobs_without(self.library))
        self._tasks = [
            asyncio.create_task(
                self.presence.run(self.conversation.retry, self.conversation.recover)
            ),
            asyncio.create_task(self._web.follow(self.presence.is_alone)),
            asyncio.create_task(self.upkeep.run()),
            asyncio.create_task(self.watch.incidents.run()),
            asyncio.create_task(self.answering.run()),
            asyncio.create_task(self.bulk.run()),
            asyncio.create_task(self.follower.run()),
            asyncio.create_task(self.rounds.run(self._clock)),
            asyncio.create_task(remind_approvers(self.store.approvals, self._house, self._clock)),
            asyncio.create_task(run_schedule(self.scheduler, self.senders, self._clock)),
        ]
        for reminding in reminders(self.store, self.library, self._settings.timezone, self._clock):
            self._tasks.append(asyncio.create_task(reminding))
        if self._telegram:
            self._listen(
                "telegram", partial(self._telegram.listen, self._introduction, self.presence.leads)
            )
        if self._zalo_bot:
            self._listen("zalo-bot", partial(self._zalo_bot.listen, self.presence.leads))
        if self._zalo_oa:
            self._listen("zalo-oa", self._zalo_oa.listen)

    async def stop(self) -> None:
        """Hears no more, finishes what is under way for a while, and closes: within ten seconds,
        after which systems kill."""
        await self.presence.leave()
        ends = time.monotonic() + DRAIN_SECONDS
        await asyncio.gather(
            self.bulk.stop(DRAIN_SECONDS),
            self.answering.stop(DRAIN_SECONDS),
            self._runner.cleanup() if self._runner else asyncio.sleep(0),
        )
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for part in (self.conversation, self.outbox):
            await part.drain(max(ends - time.monotonic(), 0.1))
        for channel in (self._telegram, self._zalo_bot, self._zalo_oa):
            if channel is not None:
                await channel.close()
        await self.presence.part()
        await self.store.close()

    async def health(self) -> Mapping[str, str]:
        """What is wrong, by part."""
        return await self.watch.health.problems()

    def _troubles(self) -> Mapping[str, str]:
        """What does not go away by itself."""
        named = {"content": self.rounds, "zalo-oa": self._zalo_oa}
        troubles = {part: one.trouble for part, one in named.items() if one and one.trouble}
        return {**troubles, **self._problems}

    async def _fetch(self, address: Address, handle: str) -> bytes:
        """A picture that somebody sent, from the channel on which they did. Raises PictureFault."""
        for channel in (self._web, self._telegram, self._zalo_bot, self._zalo_oa):
            if channel is not None and channel.name == address.channel:
                return await channel.fetch(handle)
        raise PictureFault("gone")

    def _listen(self, name: str, listen: Callable[[], Awaitable[None]]) -> None:
        self._tasks.append(asyncio.create_task(self._hear(name, listen)))

    async def _hear(self, name: str, listen: Callable[[], Awaitable[None]]) -> None:
        """A channel that cannot work is told of, and the others go on."""
        try:
            await listen()
            self._problems[name] = "stopped listening"
        except ChannelDown as error:
            self._problems[name] = str(error)
            _log.error("%s; that channel is off, the others go on", error)

    async def _end_streams(self, _application: web.Application) -> None:
        self._web.close_streams()


def make_app(settings: Settings, clock: Callable[[], datetime] = utc_now) -> App:
    """An App from its settings. Raises ContentError, CatalogueError."""
    library = keep_library(settings.content_dir, settings.library_file)
    languages = keep_languages(settings.locales_dir, settings.catalogues_dir)
    return App(settings, library, languages, clock)


def draw_unit_poster(
    languages: Languages, tree: Tree, links: Mapping[str, str], unit: Unit, tags: Sequence[str]
) -> bytes:
    """The PDF for a unit's wall. Raises PosterError."""
    return draw_poster(poster_of(languages, tree, links, unit, tags))
