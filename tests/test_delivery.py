"""Messages that come by themselves: due once, in a person's hours, never twice, whatever fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.channels import Refused, Said, SendError, Throttled, Unknown, Unreachable, Unsent
from bot.delivery import House, Scheduler, Senders
from bot.library import Library
from bot.model import Address, Event, Parcel, Person, Reminder, Reply, Session, Subscription
from bot.schedule import Quiet, next_due, next_time, read_zone
from bot.store import Pending, Seal, Store, Work, schema
from tests.conftest import LIBRARY

PACK = LIBRARY
HOUSE = House("Asia/Ho_Chi_Minh", "21:30-06:30")
ZONE = read_zone(HOUSE.zone)
MORNING = datetime(2026, 11, 23, 8, tzinfo=ZONE).astimezone(UTC)
UNION = frozenset({"union"})
DAILY = Subscription(UNION, date(2026, 11, 23), "daily", time(18))


def _library(*articles: tuple[str, str]) -> Library:
    """The pack's first union article under other ids and days."""
    pattern = next(a for a in PACK.articles.values() if a.topic == "union")
    made = [
        pattern.model_copy(
            update={"id": name, "published": date.fromisoformat(day), "expires": None}
        )
        for name, day in articles
    ]
    return replace(PACK, articles={article.id: article for article in made})


FOUR = (("a1", "2026-11-20"), ("a2", "2026-11-21"), ("a3", "2026-11-22"), ("a4", "2026-11-25"))


class Channel:
    """Notes what it is given and when; fails as it is told."""

    name = "test"
    waits_for_receipt = False
    per_second = 1000.0

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []
        self.failures: list[SendError] = []

    async def say(self, pending: Pending, *, in_bulk: bool = False) -> Said:
        assert in_bulk
        if self.failures:
            raise self.failures.pop(0)
        self.said.append((pending.address.address, pending.reply.title))
        return Said()


def _render(parcel: Parcel, language: str | None, today: date) -> Reply | None:
    """Names the parcel; an article `gone` is one that was withdrawn meanwhile."""
    if parcel.articles == ("gone",):
        return None
    return Reply(title=":".join((parcel.kind, *parcel.articles, parcel.label)).strip(":"))


class Service:
    """A store with a scheduler and senders, and a clock that is set by hand."""

    def __init__(self, url: str, library: Library) -> None:
        self.store = Store(url, Seal("secret"))
        self.channel = Channel()
        self.library = library
        self.now = MORNING
        self.new_process()

    def new_process(self) -> None:
        queue = self.store.queue
        self.scheduler = Scheduler(queue, self.library, HOUSE, lambda day: day.day == 24)
        self.senders = Senders(queue, {"test": self.channel}, HOUSE, _render)

    async def member(self, name: str, wish: Subscription | None, **own: str) -> Person:
        event = Event(f"hello-{self.now}", Address("test", name))
        stored = await self.store.write_down(event, self.now)
        assert stored is not None
        person, work = Person(stored.person_id, **own), Work()  # type: ignore[arg-type]
        work.consent(person, "v1", self.now)
        if person.zone:
            work.choose_zone(person, person.zone)
        if person.quiet:
            work.choose_quiet_hours(person, person.quiet)
        if wish is not None:
            self.subscribe(work, person, wish)
        await self.store.finish(stored, work, Session(), (), self.now)
        return person

    def subscribe(self, work: Work, person: Person, wish: Subscription) -> None:
        zone, quiet = HOUSE.zone_of(person.zone), HOUSE.quiet_of(person.quiet)
        calendar = next_time(wish, zone, quiet, self.now) if wish.wants_calendar else None
        work.subscribe(person, wish, next_due(wish, zone, quiet, self.now), calendar)

    async def does(self, work: Work, name: str) -> None:
        event = Event(f"does-{id(work)}", Address("test", name))
        stored = await self.store.write_down(event, self.now)
        assert stored is not None
        await self.store.finish(stored, work, Session(), (), self.now)

    async def at(self, moment: datetime) -> list[tuple[str, str]]:
        """Sets the clock, looks once, and returns what was said by that."""
        self.now = moment.astimezone(UTC)
        before = len(self.channel.said)
        await self.scheduler.tick(self.now)
        await self.senders.send_ripe(lambda: self.now)
        return self.channel.said[before:]

    async def through(self, days: int, every: timedelta = timedelta(hours=1)) -> list[str]:
        """Lets that many days pass; what was said, with the local time."""
        told, end = [], self.now + timedelta(days=days)
        while self.now < end:
            said = await self.at(self.now + every)
            told += [f"{self.now.astimezone(ZONE):%d %H:%M} {who} {what}" for who, what in said]
        return told


@pytest.fixture
async def service(database_url: str) -> AsyncIterator[Service]:
    service = Service(database_url, _library(*FOUR))
    await service.store.upgrade()
    yield service
    await service.store.close()


def _at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


async def test_daily_brings_one_article_a_day_newest_first_until_all_are_read(
    service: Service,
) -> None:
    await service.member("lan", DAILY)
    assert await service.through(6, timedelta(hours=2)) == [
        "23 18:00 lan article:a3",
        "24 18:00 lan article:a2",
        "25 18:00 lan article:a4",
        "26 18:00 lan article:a1",
    ]


async def test_weekly_brings_a_digest_on_its_day(service: Service) -> None:
    await service.member("lan", replace(DAILY, frequency="weekly", weekday=3))
    assert await service.through(12, timedelta(hours=2)) == ["26 18:00 lan digest:a4:a3:a2:a1"]


async def test_every_brings_what_is_published_after_one_subscribed_each_by_itself(
    service: Service,
) -> None:
    await service.member("lan", replace(DAILY, frequency="every"))
    assert await service.through(4) == ["25 07:00 lan article:a4"]


async def test_marked_days_come_on_the_day_to_who_asked_for_them(service: Service) -> None:
    await service.member("lan", replace(DAILY, topics=frozenset(), wants_calendar=True))
    await service.member("hoa", replace(DAILY, topics=frozenset()))
    assert await service.through(4) == ["24 18:00 lan calendar"]


async def test_own_zone_and_own_quiet_hours_are_kept(service: Service) -> None:
    seoul = await service.member("min", DAILY, zone="Asia/Seoul")
    night = await service.member("nga", replace(DAILY, at=time(8)), quiet="07:00-15:00")
    assert seoul.id != night.id
    told = await service.through(1)
    assert told == ["23 15:00 nga article:a3", "23 16:00 min article:a3"]


async def test_what_was_queued_before_a_change_of_hours_waits_for_the_new_ones(
    service: Service,
) -> None:
    lan = await service.member("lan", DAILY)
    service.now = _at(23, 18).astimezone(UTC)
    await service.scheduler.tick(service.now)
    work = Work()
    work.choose_quiet_hours(lan, "17:00-20:00")
    await service.does(work, "lan")
    assert await service.at(_at(23, 18, 5)) == []
    assert await service.at(_at(23, 20, 1)) == [("lan", "article:a3")]


async def test_a_topic_that_was_withdrawn_sends_nothing(service: Service) -> None:
    await service.member("lan", replace(DAILY, topics=frozenset({"gone"})))
    await service.member("hoa", replace(DAILY, topics=frozenset({"gone", "union"})))
    assert await service.at(_at(23, 18)) == [("hoa", "article:a3")]


async def test_a_long_sending_stops_at_the_night(service: Service) -> None:
    """Those who come after it has begun wait for their morning."""
    for number in range(40):
        await service.member(f"p{number}", replace(DAILY, at=time(21, 29)))
    service.now = _at(23, 21, 29).astimezone(UTC)
    await service.scheduler.tick(service.now)
    readings = iter([_at(23, 21, 29)] * 18)
    clock = lambda: next(readings, _at(23, 21, 31)).astimezone(UTC)  # noqa: E731  # read in turn
    await service.senders.send_ripe(clock)
    assert len(service.channel.said) == 16
    assert len(await service.at(_at(24, 6, 30))) == 24


async def test_a_restart_and_many_processes_send_nothing_twice(
    service: Service, database_url: str
) -> None:
    for name in ("lan", "hoa", "nga"):
        await service.member(name, DAILY)
    others = [Service(database_url, service.library) for _ in range(3)]
    for other in others:
        other.channel = service.channel
        other.new_process()
    evening = _at(23, 18, 1)
    await asyncio.gather(*(other.at(evening) for other in (service, *others)))
    assert sorted(service.channel.said) == [(name, "article:a3") for name in ("hoa", "lan", "nga")]
    for other in others:
        await other.store.close()


async def test_clocks_set_back_or_forward_by_a_day_send_nothing_twice(service: Service) -> None:
    await service.member("lan", DAILY)
    said = await service.at(_at(23, 18))
    for moment in (_at(22, 18), _at(22, 19), _at(23, 18), _at(25, 18), _at(24, 18), _at(25, 18)):
        said += await service.at(moment)
    articles = [what for _, what in said]
    assert len(articles) == len(set(articles))
    assert articles[0] == "article:a3"


async def test_after_days_without_a_process_one_article_comes_not_five(service: Service) -> None:
    await service.member("lan", DAILY)
    assert await service.at(_at(29, 12)) == [("lan", "article:a4")]
    assert await service.at(_at(29, 13)) == []


async def test_who_stops_or_is_erased_gets_nothing_more_not_even_what_was_queued(
    service: Service,
) -> None:
    lan = await service.member("lan", DAILY)
    hoa = await service.member("hoa", DAILY)
    service.now = _at(23, 18).astimezone(UTC)
    await service.scheduler.tick(service.now)
    stopping, erasing = Work(), Work()
    stopping.stop(lan)
    erasing.erase(hoa)
    await service.does(stopping, "lan")
    await service.does(erasing, "hoa")
    assert await service.through(3) == []
    assert set(await service.store.queue.count_states()) == {"dropped"}


async def test_who_changes_the_wishes_is_not_sent_old_articles_again(service: Service) -> None:
    lan = await service.member("lan", DAILY)
    assert await service.at(_at(23, 18)) == [("lan", "article:a3")]
    work = Work()
    service.subscribe(work, lan, replace(DAILY, at=time(19)))
    await service.does(work, "lan")
    assert await service.at(_at(23, 19)) == [("lan", "article:a2")]


async def test_who_leaves_and_comes_back_is_not_sent_old_articles_again(
    service: Service,
) -> None:
    lan = await service.member("lan", DAILY)
    assert await service.at(_at(23, 18)) == [("lan", "article:a3")]
    leaving, returning = Work(), Work()
    leaving.stop(lan)
    await service.does(leaving, "lan")
    assert await service.store.subscription(lan) is None
    assert await service.at(_at(24, 18)) == []
    returning.consent(lan, "v1", service.now)
    service.subscribe(returning, lan, DAILY)
    await service.does(returning, "lan")
    assert await service.at(_at(24, 18, 1)) == []
    assert await service.at(_at(25, 18)) == [("lan", "article:a4")]
    assert await service.at(_at(26, 18)) == [("lan", "article:a2")]


async def test_who_turns_to_every_message_is_not_flooded_with_older_ones(
    service: Service,
) -> None:
    lan = await service.member("lan", replace(DAILY, since=date(2026, 1, 1)))
    service.now = _at(24, 9).astimezone(UTC)
    work = Work()
    service.subscribe(work, lan, replace(DAILY, frequency="every", since=date(2026, 11, 24)))
    await service.does(work, "lan")
    assert await service.through(3) == ["25 07:00 lan article:a4"]


async def test_an_article_withdrawn_between_queue_and_sending_is_dropped(
    service: Service,
) -> None:
    service.library = _library(("gone", "2026-11-22"))
    service.new_process()
    await service.member("lan", DAILY)
    assert await service.at(_at(23, 18)) == []
    assert await service.store.queue.count_states() == {"dropped": 1}


FAILURES: dict[str, tuple[list[SendError], int, str]] = {
    "throttled again and again": ([Throttled(20)] * 5, 1, "sent"),
    "never on the wire": ([Unsent()] * 2, 1, "sent"),
    "never on the wire, three times": ([Unsent()] * 3, 0, "failed"),
    "perhaps arrived": ([Unknown()], 0, "uncertain"),
    "refused": ([Refused()], 0, "failed"),
    "gone": ([Unreachable()], 0, "unreachable"),
}


@pytest.mark.parametrize("what", FAILURES)
async def test_a_failure_is_settled_as_it_deserves(service: Service, what: str) -> None:
    failures, said, state = FAILURES[what]
    await service.member("lan", DAILY)
    service.channel.failures = list(failures)
    for minute in range(20):
        await service.at(_at(23, 18, minute))
    assert len(service.channel.said) == said
    assert await service.store.queue.count_states() == {state: 1}


async def test_the_unreachable_are_not_tried_until_they_write(service: Service) -> None:
    await service.member("lan", DAILY)
    service.channel.failures = [Unreachable()]
    assert await service.through(3) == []
    assert await service.store.queue.count_states() == {"unreachable": 3}
    await service.does(Work(), "lan")
    assert len(await service.through(1)) == 1


async def test_what_a_dead_process_was_sending_is_uncertain_and_not_sent_again(
    service: Service,
) -> None:
    await service.member("lan", DAILY)
    service.now = _at(23, 18).astimezone(UTC)
    await service.scheduler.tick(service.now)
    assert len(await service.store.queue.claim("dead", service.now, 10)) == 1
    assert await service.at(_at(23, 18, 4)) == []
    assert await service.at(_at(23, 18, 6)) == []
    assert await service.store.queue.count_states() == {"uncertain": 1}


async def test_a_channel_that_is_off_delays_and_loses_nothing(service: Service) -> None:
    await service.member("lan", DAILY)
    service.senders = Senders(service.store.queue, {}, HOUSE, _render)
    assert await service.at(_at(23, 18)) == []
    service.new_process()
    assert await service.at(_at(23, 19, 1)) == [("lan", "article:a3")]


async def test_of_two_addresses_the_one_used_last_gets_the_only_copy(service: Service) -> None:
    lan = await service.member("old", DAILY)
    service.now += timedelta(days=1)
    await service.member("new", None)
    joined = schema.address.update().values(person_id=lan.id)  # as /link will do
    await service.store._writes.run(lambda c: c.execute(joined))
    assert await service.at(_at(24, 19)) == [("new", "article:a3")]


async def test_reminders_come_four_months_fourteen_and_seven_days_before(
    service: Service,
) -> None:
    lan = await service.member("lan", None)
    work = Work()
    for label, day in (("permit", date(2027, 4, 2)), ("card", date(2026, 12, 5))):
        work.add_reminder(lan, Reminder(label, day), date(2026, 11, 23))
    await service.does(work, "lan")
    told = await service.through(140, timedelta(hours=12))
    assert [f"{line[:2]} {line.rpartition(':')[2]}" for line in told] == [
        "28 card",  # 5 December less 7 days; the fourteenth had passed
        "02 permit",
        "19 permit",
        "26 permit",
    ]
    assert await service.store.reminders(lan) == ()  # forgotten when the day has passed


async def test_reminders_that_were_missed_come_once_when_a_process_runs_again(
    service: Service,
) -> None:
    lan = await service.member("lan", None)
    work = Work()
    work.add_reminder(lan, Reminder("permit", date(2027, 1, 20)), date(2026, 11, 23))
    await service.does(work, "lan")
    late = datetime(2027, 1, 15, 9, tzinfo=ZONE)
    assert await service.at(late) == [("lan", "reminder:permit")]
    assert await service.at(late + timedelta(hours=1)) == []


async def test_a_personal_date_is_not_readable_in_the_database(service: Service) -> None:
    lan = await service.member("lan", None)
    work = Work()
    work.add_reminder(lan, Reminder("giấy phép", date(2027, 1, 20)), date(2026, 11, 23))
    await service.does(work, "lan")
    rows = await service.store._reads.run(lambda c: str(c.execute(select(schema.reminder)).all()))
    assert "giấy" not in rows
    assert "2027" not in rows


async def test_in_a_simulated_year_nothing_comes_outside_a_persons_hours(
    tmp_path: Path,
) -> None:
    """People in zones whose clocks change; every message is checked against their own clock."""
    people = {
        "berlin": ("Europe/Berlin", "22:00-07:00", time(2, 30)),
        "newyork": ("America/New_York", "00:00-04:00", time(2, 30)),
        "lordhowe": ("Australia/Lord_Howe", "01:30-02:15", time(2, 0)),
        "day": ("Asia/Ho_Chi_Minh", "07:00-15:00", time(12)),
    }
    days = [(f"y{n}", f"{date(2026, 11, 1) + timedelta(days=n)}") for n in range(400)]
    service = Service(f"sqlite:///{tmp_path}/year.db", _library(*days))
    await service.store.upgrade()
    for name, (zone, quiet, at) in people.items():
        await service.member(name, replace(DAILY, at=at), zone=zone, quiet=quiet)
    seen: dict[str, list[str]] = {name: [] for name in people}
    end = service.now + timedelta(days=365)
    while service.now < end:
        for name, what in await service.at(service.now + timedelta(hours=41, minutes=7)):
            zone, quiet, _ = people[name]
            assert not Quiet.read(quiet).holds(service.now.astimezone(read_zone(zone)).time())
            seen[name].append(what)
    for articles in seen.values():
        assert len(articles) == len(set(articles))
        assert len(articles) >= 150
    await service.store.close()
