"""What has been checked and is out: those that editors wrote and those of the desk, as one."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, tzinfo

from pydantic import ValidationError

from bot.campaigns import Origin
from bot.fingerprints import Fingerprint
from bot.library import ContentSource, FactCheck
from bot.matching import Match, Matcher, Wording, wordings_of
from bot.store import Told


@dataclass(frozen=True, slots=True)
class Published:
    """A check that anybody may read.

    `corrected` is the day on which its verdict was changed last, from `was`.
    """

    check: FactCheck
    corrected: date | None = None
    was: str = ""


@dataclass(frozen=True)
class _Known:
    """All that is out on a day, made at once and never changed."""

    day: date
    by_slug: Mapping[str, Published]
    newest: tuple[Published, ...]
    links: Mapping[bytes, str]
    pictures: tuple[tuple[Fingerprint, str], ...]
    matcher: Matcher


class FactChecks:
    """All that is out. What the desk makes, and what comes out on a new day, is taken up by
    `prepare` while the process runs."""

    def __init__(self, own: Iterable[FactCheck], zone: tzinfo = UTC) -> None:
        """`zone` is the house's: in it a finding has its day."""
        self._own = tuple(own)
        self._zone = zone
        self._known: _Known | None = None
        self._lock = threading.Lock()

    def is_of(self, today: date) -> bool:
        return self._known is not None and self._known.day == today

    def prepare(self, told: Sequence[Told], today: date) -> None:
        """From now on these of the desk are out, and those of the editors whose day has come.

        Takes a minute for 50,000: call it in a thread. Until it is done all stays as it was.
        """
        made = self._made_of(told, today)
        with self._lock:
            self._known = made

    def _made_of(self, told: Sequence[Told], today: date) -> _Known:
        of_desk = [one for each in told if (one := published_of(each, self._zone))]
        own = [Published(one) for one in self._own if one.is_out(today)]
        made = {one.check.id: one for one in (*own, *of_desk)}
        last = [*of_desk, *sorted(own, key=lambda one: one.check.id)]
        last = [one for one in last if made[one.check.id] is one]
        by_slug = [(each, each.claim.slug) for each in told]
        return _Known(
            today,
            made,
            tuple(sorted(last, key=_out_on, reverse=True)),
            {mark: slug for each, slug in by_slug for mark in each.links},
            tuple((Fingerprint(mark), slug) for each, slug in by_slug for mark in each.pictures),
            self._matcher_of(made),
        )

    def _matcher_of(self, made: Mapping[str, Published]) -> Matcher:
        """A new day alone changes nothing in it."""
        if self._known is not None and self._known.by_slug == made:
            return self._known.matcher
        return Matcher(wording for one in made.values() for wording in wordings_of(one.check))

    def get(self, slug: str, today: date) -> Published | None:
        return self._all(today).by_slug.get(slug)

    def newest(self, today: date) -> tuple[Published, ...]:
        """Of one day those of the desk first, the last one of them first."""
        return self._all(today).newest

    def match(self, text: str, today: date) -> Match:
        """Which check answers the text: surely, perhaps, or none."""
        return self._all(today).matcher.match(text)

    def wordings(self, today: date) -> Iterator[Wording]:
        for one in self._all(today).by_slug.values():
            yield from wordings_of(one.check)

    def linked(self, links: Iterable[bytes], today: date) -> Published | None:
        """The check of the desk whose posts had one of these links."""
        known = self._all(today)
        slug = next((known.links[one] for one in links if one in known.links), "")
        return known.by_slug.get(slug)

    def pictured(self, prints: Iterable[bytes], today: date) -> tuple[Published, ...]:
        """Those with such a picture. One changed figure in it is not seen: never a sure answer."""
        known, given = self._all(today), [Fingerprint(one) for one in prints]
        slugs = (slug for mark, slug in known.pictures if any(mark.is_near(one) for one in given))
        found = (known.by_slug.get(slug) for slug in dict.fromkeys(slugs))
        return tuple(one for one in found if one is not None)

    def _all(self, today: date) -> _Known:
        """Asked before the first `prepare` is done: what editors wrote, at once."""
        if self._known is None:
            made = self._made_of((), today)
            with self._lock:  # by now a thread may have made the whole, which must stand
                self._known = self._known or made
        return self._known


def published_of(told: Told, zone: tzinfo = UTC) -> Published | None:
    """A finding of the desk in the shape of those that editors write."""
    claim, found = told.claim, told.claim.finding
    if found is None or claim.closed_at is None:
        return None
    day = claim.closed_at.astimezone(zone).date()
    try:
        check = FactCheck.model_validate(
            {
                "id": claim.slug,
                "claim": {**found.claim},
                "verdict": found.verdict,
                "summary": {**found.summary},
                "sources": tuple(as_source(one) for one in found.sources),
                "published": day,
                # Two officers have read it in Vietnamese.
                "state": {tag: "checked" if tag == "vi" else "draft" for tag in found.summary},
            }
        )
    except ValidationError:  # written by an older version: better not shown than half shown
        return None
    return Published(check, day if claim.revision > 1 else None, told.was)


def as_source(one: Origin) -> ContentSource:
    """A source that an officer named, in the shape of those of editors."""
    return ContentSource(
        title=one.title,
        issuer=one.issuer,
        number=one.number or None,
        date=one.day,
        url=one.url or None,
    )


def _out_on(one: Published) -> date:
    return one.corrected or one.check.published or date.min
