"""How a report is taken in: masked at once, links as keyed hashes, pictures as prints."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import islice

from bot.claims import LONGEST, MOST_PARTS, Intake
from bot.links import links_in, without_links
from bot.masking import mask
from bot.matching import Matcher, Wording
from bot.search import likeness

# So many texts of what is open and of what is out make up what a new report is compared with.
_COMPARED = 500
_SAME_WORDS, _SAME_PAIRS = 0.88, 0.65


def with_text(intake: Intake, text: str, key_of: Callable[[str], bytes]) -> Intake:
    """One part more. Of a link its domain is kept, and a keyed hash by which it is recognised."""
    links = links_in(text)
    said = _masked(text)
    room = LONGEST - len(intake.text)
    parts = (*intake.parts, said[:room]) if said and room > 0 else intake.parts
    keys = (*intake.links, *(key_of(link.canonical).hex() for link in links))
    domains = (*intake.domains, *(link.domain for link in links if link.domain))
    return replace(
        intake,
        parts=parts[:MOST_PARTS],
        links=_once(keys),
        domains=_once(domains),
    )


def with_picture(intake: Intake, fingerprint: bytes) -> Intake:
    return replace(intake, pictures=_once((*intake.pictures, fingerprint.hex())))


def with_words(intake: Intake, text: str) -> Intake:
    """The reporter's own wording instead of what came in."""
    return replace(intake, parts=(_masked(text)[:LONGEST],))


def masked_part(text: str) -> str:
    """What somebody adds, as it is kept."""
    return _masked(text)[:LONGEST]


def marks_of(intake: Intake) -> tuple[tuple[str, bytes], ...]:
    links = [("link", bytes.fromhex(one)) for one in intake.links]
    return (*links, *(("picture", bytes.fromhex(one)) for one in intake.pictures))


def same_claim(
    text: str, open_texts: Sequence[tuple[int, str, str]], others: Iterable[Wording]
) -> int:
    """The open claim that this text surely is another report of, or 0.

    `others` are wordings of what is out: beside them words weigh as much as they do there.
    """
    recent = sorted(open_texts[-_COMPARED:])
    alike = [(number, *likeness(text, there)) for number, _, there in recent]
    same = max(alike, key=lambda one: one[1], default=(0, 0.0, 0.0))
    if same[1] >= _SAME_WORDS:
        return same[0]
    asked = [Wording(f"#{number}", tag, there) for number, tag, there in recent]
    found = Matcher([*asked, *islice(others, _COMPARED)]).match(text).sure if asked else None
    if found is None or not found.startswith("#"):
        return 0
    # A matcher knows little of a few short texts: where it errs, two claims would become one.
    near = max(pairs for number, _, pairs in alike if f"#{number}" == found)
    return int(found[1:]) if near >= _SAME_PAIRS else 0


def _masked(text: str) -> str:
    """Without links: their domains are told apart from the words."""
    return mask(without_links(text, "").strip()).text.strip()


def _once(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))[:MOST_PARTS]
