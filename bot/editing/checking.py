"""What `caunoi check` tells of the pack's languages, each with its file and line."""

from __future__ import annotations

from collections.abc import Iterator

from bot.editing.catalogues import Catalogues
from bot.editing.items import demand_faults
from bot.editing.passages import Passage, passages, variants
from bot.library import Fault, Pack, in_order
from bot.wording import AgreedWords, long_sentences, number_difference, script_faults


def wording_faults(pack: Pack) -> tuple[Fault, ...]:
    """All that keeps the texts from being told as they are; none stops a bot that runs."""
    return in_order(_faults(pack))


def wording_hints(pack: Pack) -> Iterator[Fault]:
    """Where a translation lacks the agreed word: perhaps only another form of it."""
    words = _agreed_words(pack)
    for passage in passages(pack):
        source = passage.texts.get("vi", "")
        for tag, text in passage.texts.items():
            for term, agreed in words.lacking_in(source, tag, text) if tag != "vi" else ():
                yield _fault(pack, passage, tag, f"{term}: the agreed word is {agreed}")


def catalogue_faults(pack: Pack, catalogues: Catalogues) -> tuple[Fault, ...]:
    """The same for what the interface says: forbidden words, and scripts."""
    words, names = _agreed_words(pack), _names(pack)
    return in_order(
        Fault(catalogues.path(tag), said.line, message)
        for tag, texts in catalogues.texts.items()
        for said in texts
        for message in _told(words, names, tag, said.target)
    )


def _faults(pack: Pack) -> Iterator[Fault]:
    yield from demand_faults(pack)
    words, names = _agreed_words(pack), _names(pack)
    # Without the names of a glossary that cannot be read, every one of them would be a fault.
    is_readable = bool(pack.glossaries) or pack.folder / "glossary.yaml" not in pack.reader.seen
    for passage in (*passages(pack), *variants(pack)):
        for tag, message in (*_number_faults(passage), *_plainness_faults(passage)):
            yield _fault(pack, passage, tag, message)
        for tag, text in passage.texts.items() if is_readable else ():
            for message in _told(words, names, tag, text):
                yield _fault(pack, passage, tag, message)


def _told(words: AgreedWords, names: tuple[str, ...], tag: str, text: str) -> Iterator[str]:
    """What is wrong with one text by itself."""
    for found, agreed in words.forbidden_in(tag, text):
        yield f"{found} is not to be said, but {agreed}"
    yield from script_faults(tag, text, names)


def _number_faults(passage: Passage) -> Iterator[tuple[str, str]]:
    """By language: its numbers are those of the Vietnamese."""
    source = passage.texts.get("vi")
    if source is None:
        return
    for tag, text in passage.texts.items():
        if tag != "vi" and (differs := number_difference("vi", source, tag, text)):
            yield tag, f"numbers are not those of the Vietnamese: {differs}"


def _plainness_faults(passage: Passage) -> Iterator[tuple[str, str]]:
    """By language: what somebody is asked, and told after it, is in sentences that can be read."""
    if passage.field in {"question", "explanation"}:
        for tag, text in passage.texts.items():
            yield from ((tag, message) for message in long_sentences(tag, text))


def _agreed_words(pack: Pack) -> AgreedWords:
    return AgreedWords([term for _, glossary in pack.glossaries for term in glossary.terms])


def _names(pack: Pack) -> tuple[str, ...]:
    """Longest first, since one name may stand within another."""
    names = {name for _, glossary in pack.glossaries for name in glossary.names}
    return tuple(sorted(names, key=len, reverse=True))


def _fault(pack: Pack, passage: Passage, tag: str, message: str) -> Fault:
    line = pack.reader.line(passage.path, *passage.where(tag))
    return Fault(passage.path, line, f"{passage.item}: {passage.field}: {tag}: {message}")
