"""Makes each channel from its settings, None for one without a token; and the public pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.channels.web import WebOptions
from bot.channels.zalo_bot import ZaloBot, ZaloBotOptions
from bot.channels.zalo_oa import ZaloOA, ZaloOAOptions
from bot.channels.zalo_oa.tokens import Credentials
from bot.factcheck_page import FactCheckPages
from bot.factchecks import FactChecks
from bot.language import Languages
from bot.library import Library
from bot.organisation import Structure
from bot.planner import Planner, Terms
from bot.settings import Settings
from bot.store import Store

if TYPE_CHECKING:
    from bot.channels.telegram import Telegram


def make_planner(settings: Settings, store: Store) -> Planner:
    terms = Terms(settings.zalo_oa_paid, settings.zalo_oa_price, settings.zalo_oa_monthly_budget)
    return Planner(store.allowances, terms, ZoneInfo(settings.timezone))


def web_options(settings: Settings) -> WebOptions:
    return WebOptions(
        settings.public_url, settings.web_per_minute, settings.web_new_visitors_per_minute
    )


def make_telegram(settings: Settings, store: Store, library: Library) -> Telegram | None:
    token = settings.telegram_bot_token.get_secret_value()
    if not token:
        return None
    # Its library weighs 11 MB and a third of a second, which a house without Telegram is spared.
    from bot.channels.telegram import Telegram, TelegramOptions  # noqa: PLC0415

    options = TelegramOptions(
        token=token,
        base=settings.telegram_api_base,
        secret=settings.telegram_webhook_secret.get_secret_value(),
        per_second=settings.telegram_per_second,
        public_url=settings.public_url,
    )
    return Telegram(options, store, library.folder)


def make_zalo_bot(
    settings: Settings, store: Store, languages: Languages, clock: Callable[[], datetime]
) -> ZaloBot | None:
    token = settings.zalo_bot_token.get_secret_value()
    if not token:
        return None
    options = ZaloBotOptions(
        token=token,
        base=settings.zalo_bot_api_base,
        secret=settings.zalo_bot_webhook_secret.get_secret_value(),
        public_url=settings.public_url,
        zone=ZoneInfo(settings.timezone),
    )
    return ZaloBot(options, store, languages, clock)


def _list_site(settings: Settings) -> str:
    """Zalo opens nothing but https."""
    is_open = settings.zalo_oa_lists and settings.public_url.startswith("https:")
    return settings.public_url if is_open else ""


def make_zalo_oa(
    settings: Settings,
    store: Store,
    planner: Planner,
    languages: Languages,
    clock: Callable[[], datetime],
) -> ZaloOA | None:
    if not settings.zalo_oa_app_id:
        return None
    credentials = Credentials(
        settings.zalo_oa_app_id,
        settings.zalo_app_secret_key.get_secret_value(),
        settings.zalo_oa_refresh_token.get_secret_value(),
        settings.zalo_oauth_base,
    )
    options = ZaloOAOptions(
        credentials=credentials,
        secret=settings.zalo_oa_secret_key.get_secret_value(),
        base=settings.zalo_oa_api_base,
        has_buttons=settings.zalo_oa_buttons,
        list_site=_list_site(settings),
        per_minute=settings.zalo_oa_per_minute,
    )
    return ZaloOA(options, store, planner, languages, settings.content_dir, clock)


def make_checks(
    settings: Settings,
    factchecks: FactChecks,
    languages: Languages,
    structure: Structure,
    clock: Callable[[], datetime],
) -> FactCheckPages:
    """The pages of all checks, each from its day on."""
    zone = ZoneInfo(settings.timezone)

    def today() -> date:
        return clock().astimezone(zone).date()

    return FactCheckPages(
        languages,
        lambda slug: factchecks.get(slug, today()),
        lambda: factchecks.newest(today()),
        lambda: structure.sender,
        settings.public_url,
        zone,
        clock,
    )
