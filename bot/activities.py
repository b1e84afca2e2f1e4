"""What a unit says of its own work: a meeting, a post, a leaflet; never of incidents or people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

# Days back on which something may have been held.
OLDEST = 120
MOST_PEOPLE = 100_000
LONGEST_TITLE, LONGEST_PLACE, LONGEST_SOURCE = 200, 120, 300
# So many days after the one on which it was recorded it may be taken back: figures of a day are
# closed 48 hours after its end.
OPEN_DAYS = 2


@dataclass(frozen=True, slots=True)
class Told:
    """What was typed, masked; kept sealed. The source is a link, a site, a document or nothing."""

    title: str
    place: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Activity:
    """One activity of a unit; `id` is 0 until it is kept. `people`: how many took part, if known.

    It counts on the day on which it was `recorded_on`, in the house's zone: reports of days that
    are over stay as they are.
    """

    id: int
    unit_id: int
    kind: str
    topic: str
    held_on: date
    people: int | None
    title: str
    place: str
    source: str
    recorded_on: date

    def is_open(self, today: date) -> bool:
        """Whether it may still be taken back."""
        return (today - self.recorded_on).days <= OPEN_DAYS
