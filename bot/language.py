"""What the bot says, in every language of `locales/`: texts, plurals, dates and numbers."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import os
import re
import struct
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import babel
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_timedelta, get_timezone_location
from babel.lists import format_list
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from babel.numbers import format_decimal, format_percent
from babel.support import NullTranslations, Translations

SOURCE_LANGUAGE = "vi"
COMMON_LANGUAGE = "en"
_ORDER = ("vi", "en", "zh-Hans", "zh-Hant", "ko", "ja", "km", "th", "id")
# CLDR calls these by the people's name alone; speakers say "language of".
_NAMES = {"id": "Bahasa Indonesia", "km": "ភាសាខ្មែរ"}
_GAP = re.compile(r"{(\w*)}")
_REGIONS = {"zh-TW": "zh-Hant", "zh-HK": "zh-Hant", "zh-MO": "zh-Hant", "zh": "zh-Hans"}


class CatalogueError(Exception):
    """Catalogues in `locales/` cannot be used; all faults in `faults`, each with its file."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def words(text: str) -> str:
    """Marks a comma-separated list of words for the catalogues; `Languages.words` reads it."""
    return text


def later(text: str) -> str:
    """Marks a text for the catalogues that is said elsewhere."""
    return text


def pick(texts: Mapping[str, str], languages: Iterable[str]) -> str:
    """The text in the first of `languages` that there is, else in Vietnamese, else in any."""
    return next(texts[tag] for tag in (*languages, SOURCE_LANGUAGE, *texts) if tag in texts)


class Voice:
    """Speaks one language: `voice("Hello {name}", name=...)`."""

    def __init__(self, tag: str, locale: Locale, catalogue: NullTranslations) -> None:
        self.tag = tag
        self._locale = locale
        self._catalogue = catalogue

    def __call__(self, text: str, **gaps: object) -> str:
        said: str = self._catalogue.gettext(text)
        return said.format(**gaps) if gaps else said

    def count(self, one: str, many: str, number: int, **gaps: object) -> str:
        """The plural form for `number`, which also fills the gap `{number}` as CLDR writes it."""
        said: str = self._catalogue.ngettext(one, many, number)
        return said.format(number=self.number(number), **gaps)

    def date(self, day: datetime.date) -> str:
        return format_date(day, format="long", locale=self._locale)

    def day(self, day: datetime.date) -> str:
        """A day of the coming weeks, short: weekday, day and month."""
        return format_skeleton("MMMEd", day, locale=self._locale)

    def weekday(self, day: int) -> str:
        """The name of a weekday, Monday being 0."""
        name = str(self._locale.days["stand-alone"]["wide"][day])
        return name[:1].upper() + name[1:]

    def place(self, zone: str) -> str:
        """The city that a time zone is named for, as the language writes it."""
        return get_timezone_location(zone, locale=self._locale, return_city=True)

    def country(self, code: str) -> str:
        """A country's name by its ISO code."""
        return str(self._locale.territories.get(code, code))

    def number(self, value: float) -> str:
        return format_decimal(value, locale=self._locale)

    def percent(self, share: float) -> str:
        return format_percent(share, locale=self._locale)

    def month(self, day: datetime.date) -> str:
        """A month with its year."""
        return format_skeleton("yMMMM", day, locale=self._locale)

    def duration(self, seconds: float) -> str:
        """How long something takes, in its one largest unit: 3 minutes."""
        return _duration(self._locale, int(seconds))

    def list(self, items: tuple[str, ...]) -> str:
        return format_list(items, locale=self._locale)


@lru_cache(maxsize=4096)
def _duration(locale: Locale, seconds: int) -> str:
    """Kept, since thousands who play a contest ask for the same few again and again."""
    return format_timedelta(datetime.timedelta(seconds=seconds), threshold=1.5, locale=locale)


class Languages:
    """All catalogues; tags are BCP 47 (`zh-Hans`), folders as Babel spells them (`zh_Hans`)."""

    def __init__(self, voices: Mapping[str, Voice]) -> None:
        self._voices = dict(voices)

    @property
    def tags(self) -> tuple[str, ...]:
        """Vietnamese, English, then the others by how many of their readers are expected."""
        known = tuple(tag for tag in _ORDER if tag in self._voices)
        return (*known, *sorted(set(self._voices) - set(known)))

    def voice(self, tag: str | None) -> Voice:
        """The voice for `tag`, or for the nearest language that there is."""
        return self._voices[self.nearest(tag)]

    def nearest(self, tag: str | None) -> str:
        """RFC 4647 lookup; what nobody speaks here falls back to English, no tag to Vietnamese."""
        if not tag:
            return SOURCE_LANGUAGE
        if tag in self._voices:
            return tag
        return self.lookup(tag) or COMMON_LANGUAGE

    def lookup(self, tag: str) -> str | None:
        """The tag itself or the longest beginning of it that has a catalogue, else None."""
        wanted = tag.replace("_", "-")
        while wanted:
            wanted = next((k for k in self._voices if k.lower() == wanted.lower()), wanted)
            wanted = _REGIONS.get(wanted, wanted)
            if wanted in self._voices:
                return wanted
            wanted = wanted.rpartition("-")[0]
        return None

    def fallbacks(self, tag: str) -> tuple[str, ...]:
        """The languages in which a text is looked for, in order: own, English, Vietnamese."""
        return tuple(dict.fromkeys((self.nearest(tag), COMMON_LANGUAGE, SOURCE_LANGUAGE)))

    def name(self, tag: str) -> str:
        """A language's name in its own script, as speakers write it."""
        if tag in _NAMES:
            return _NAMES[tag]
        name = Locale.parse(tag.replace("-", "_")).display_name or tag
        return name[:1].upper() + name[1:]

    def words(self, text: str) -> tuple[str, ...]:
        """Every language's translation of a comma-separated list of words, in one list."""
        said = (text, *(voice(text) for voice in self._voices.values()))
        return tuple(dict.fromkeys(word.strip() for line in said for word in line.split(",")))


def load_languages(folder: Path) -> Languages:
    """Every `LANGUAGE/LC_MESSAGES/messages.po` below `folder`. Raises CatalogueError."""
    return keep_languages(folder, None)


def keep_languages(folder: Path, kept: Path | None) -> Languages:
    """As `load_languages`; a catalogue is checked once and its binary form kept in `kept`."""
    voices: dict[str, Voice] = {}
    faults: list[str] = []
    for path in sorted(folder.glob("*/LC_MESSAGES/messages.po")):
        tag = path.parts[-3].replace("_", "-")
        try:
            voices[tag] = _read_voice(tag, path, kept)
        except CatalogueError as error:
            faults += error.faults
    missing = {SOURCE_LANGUAGE, COMMON_LANGUAGE} - set(voices)
    if missing and not faults:
        faults.append(f"{folder}: no catalogue for {', '.join(sorted(missing))}")
    if faults:
        raise CatalogueError(tuple(faults))
    return Languages(voices)


def _read_voice(tag: str, path: Path, kept: Path | None) -> Voice:
    try:
        locale, told = Locale.parse(tag.replace("-", "_")), path.read_bytes()
    except (UnknownLocaleError, ValueError) as error:
        raise CatalogueError((f"{path}: {error}",)) from error
    place = kept / f"{tag}-{_mark(told)}.mo" if kept else None
    if place:
        # One that cannot be read is made again: a cut one fails at whatever came last.
        with contextlib.suppress(OSError, ValueError, struct.error):
            return Voice(tag, locale, Translations(BytesIO(place.read_bytes())))
    compiled = _compiled(path, told, locale)
    if place:
        _keep(place, compiled, f"{tag}-*.mo")
    return Voice(tag, locale, Translations(BytesIO(compiled)))


def _mark(told: bytes) -> str:
    """Another one for each other text, and version of what reads it."""
    code = Path(__file__).read_bytes()
    return hashlib.sha256(code + babel.__version__.encode() + told).hexdigest()[:32]


def _compiled(path: Path, told: bytes, locale: Locale) -> bytes:
    """The catalogue in its binary form. Raises CatalogueError."""
    try:
        catalogue = read_po(BytesIO(told), locale=locale, abort_invalid=True)
    except (PoFileError, UnicodeDecodeError, ValueError) as error:
        raise CatalogueError((f"{path}: {error}",)) from error
    if faults := tuple(_gap_faults(path, catalogue)):
        raise CatalogueError(faults)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    return compiled.getvalue()


def _keep(place: Path, compiled: bytes, older: str) -> None:
    """Instead of all older ones. A file that cannot be written only costs time."""
    with contextlib.suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        beside = place.with_name(f".{place.name}.{os.getpid()}")
        beside.write_bytes(compiled)
        for one in place.parent.glob(older):
            one.unlink(missing_ok=True)
        beside.replace(place)


def _gap_faults(path: Path, catalogue: Catalog) -> Iterator[str]:
    """Translations whose gaps are not those of the original: saying them would fail."""
    for message in catalogue:
        original = message.id if isinstance(message.id, str) else message.id[0]
        forms = [message.string] if isinstance(message.string, str) else message.string or ()
        for form in forms:
            if original and form and set(_GAP.findall(form)) != set(_GAP.findall(original)):
                yield f"{path}:{message.lineno}: other gaps than in the original: {form}"
