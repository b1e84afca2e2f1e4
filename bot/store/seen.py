"""Which addresses have been noted as seen today, so that it is written once a day."""

from __future__ import annotations

from datetime import date


class SeenToday:
    """Forgotten every day and at every start; it only saves work."""

    def __init__(self) -> None:
        self._day: date | None = None
        self._seen: set[int] = set()

    def is_first(self, address_id: int, day: date) -> bool:
        if day != self._day:
            self._day, self._seen = day, set()
        return address_id not in self._seen

    def add(self, address_id: int) -> None:
        self._seen.add(address_id)
