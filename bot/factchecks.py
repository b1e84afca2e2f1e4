"""What has been checked and is out: those that editors wrote and those of the desk, as one."""

from __future__ import annotations

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


class FactChecks:
    """All that is out. What the desk makes is taken up while the process runs."""

    def __init__(self, own: Iterable[FactCheck], zone: tzinfo = UTC) -> None:
        """`zone` is the house's: in it a finding has its day."""
        self._zone = zone
        self._own = tuple(own)
        self._of_desk: tuple[Told, ...] = ()
        self._known: Mapping[str, Published] = {}
        self._links: Mapping[bytes, str] = {}
        self._pictures: Sequence[tuple[Fingerprint, str]] = ()
        self._newest: tuple[Published, ...] = ()
        self._day: date | None = None
        self._matcher = Matcher(())

    def take(self, told: Sequence[Told]) -> None:
        """From now on these of the desk are out, and no others."""
        self._of_desk = tuple(told)
        self._day = None

    def get(self, slug: str, today: date) -> Published | None:
        return self._all(today).get(slug)

    def newest(self, today: date) -> tuple[Published, ...]:
        """Of one day those of the desk first, the last one of them first."""
        self._all(today)
        return self._newest

    def match(self, text: str, today: date) -> Match:
        """Which check answers the text: surely, perhaps, or none."""
        self._all(today)
        return self._matcher.match(text)

    def wordings(self, today: date) -> tuple[Wording, ...]:
        return tuple(_wordings(self._all(today).values()))

    def linked(self, links: Iterable[bytes], today: date) -> Published | None:
        """The check of the desk whose posts had one of these links."""
        known = self._all(today)
        slug = next((self._links[one] for one in links if one in self._links), "")
        return known.get(slug)

    def pictured(self, prints: Iterable[bytes], today: date) -> tuple[Published, ...]:
        """Those with such a picture. One changed figure in it is not seen: never a sure answer."""
        known, given = self._all(today), [Fingerprint(one) for one in prints]
        slugs = (slug for mark, slug in self._pictures if any(mark.is_near(one) for one in given))
        return tuple(known[slug] for slug in dict.fromkeys(slugs) if slug in known)

    def _all(self, today: date) -> Mapping[str, Published]:
        """Made once a day, and after each change: checks come out on a day."""
        if self._day != today:
            of_desk = [one for told in self._of_desk if (one := published_of(told, self._zone))]
            own = [Published(one) for one in self._own if one.is_out(today)]
            made = {one.check.id: one for one in (*own, *of_desk)}
            last = [*of_desk, *sorted(own, key=lambda one: one.check.id)]
            last = [one for one in last if made[one.check.id] is one]
            self._newest = tuple(sorted(last, key=_out_on, reverse=True))
            self._known, self._day = made, today
            self._matcher = Matcher(_wordings(made.values()))
            by_slug = [(told, told.claim.slug) for told in self._of_desk]
            self._links = {mark: slug for told, slug in by_slug for mark in told.links}
            self._pictures = [
                (Fingerprint(mark), slug) for told, slug in by_slug for mark in told.pictures
            ]
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


def _wordings(checks: Iterable[Published]) -> Iterator[Wording]:
    for one in checks:
        yield from wordings_of(one.check)


def _out_on(one: Published) -> date:
    return one.corrected or one.check.published or date.min
