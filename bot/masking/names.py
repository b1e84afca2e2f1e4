"""Finds names of persons in Vietnamese, Indonesian and English texts, with and without titles.

Capitals make a name: after a title any word ("chị Lan"), after a family name a given one ("Trần Văn
Bình"). In texts without capitals only a common given name after a title, before what such a person
does or belongs to ("anh tuấn hr", "chi lan noi").
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

import regex

from bot.masking import name_lists as lists
from bot.masking.reading import Reading, Span, Word, folded, found

_MOST_WORDS = 5
_LONGEST_TITLE = 4
_BLANKS = frozenset({" ", "\t", "\u00a0", "  "})
_DOTTED = frozenset({"a", "c", "mr", "mrs", "ms", "dr", "prof"})
_INITIALS = regex.compile(
    r"(?<![\p{L}\d.])(?i:anh|chị|ông|bà|em|cô|chú) (?P<who>(?:\p{Lu}\. ?){1,4})(?![\p{L}\d])"
)
# What leads to a person as surely as the name does: "chị Lan ở tổ 3", "anh Tuấn HR".
_WHERE = regex.compile(
    r"[ ,]{1,2}(?:\(? ?(?:(?:ở|bên|thuộc|làm ở|o|ben) )?"
    r"(?:tổ|chuyền|xưởng|phòng|line|dãy|bộ phận|to|chuyen|xuong|phong|day) "
    r"(?:\d{1,3}[A-Za-z]?|[A-Z]\d{0,2}|HR|IT|QC|QA|KCS|kế toán|nhân sự|kỹ thuật)"
    r"|(?:HR|hr|IT|QC|QA|KCS))(?![\p{L}\d])"
)
# Given names that after a title are no other word ("em sinh con", "chị như mẹ").
_OTHER_WORDS = "em như an công nam sáng tình việt lâu tươi chung vui sinh thương mến hợp chi anh ý"
_QUIET_GIVEN = lists.GIVEN - frozenset(_OTHER_WORDS.split())
_QUIET_AFTER = (
    r"hr|kế toán|ke toan|(?:ở |o |bên |ben )?(?:tổ|to|chuyền|chuyen|xưởng|xuong|phòng|phong) ?\d|"
    r"tổ trưởng|to truong|quản lý|quan ly|nói|noi|bảo|bao|kêu|keu|đăng|gửi|gui|hứa|hua|lừa|"
    r"lấy tiền|thu tiền|nhân sự|nhan su|trưởng phòng|sđt|sdt"
)
_QUIET_NAMES = "|".join(sorted(_QUIET_GIVEN | frozenset(map(folded, _QUIET_GIVEN))))
_QUIET = regex.compile(
    r"(?<![\p{L}\d])(?:anh|chị|cô|chú|bác|ông|bà|thầy|sếp|em|thằng|con|nhỏ|chi|ong|sep) "
    rf"(?P<who>{_QUIET_NAMES})(?= (?:{_QUIET_AFTER})(?!\p{{L}}))"
)


def find(reading: Reading) -> Iterator[Span]:
    """Names, with the place of work that tells which Lan is meant."""
    yield from found(_INITIALS, reading.text, "name")
    for span in found(_QUIET, reading.lower, "name"):
        yield _with_place(reading, span)
    words, place = reading.words, 0
    while place < len(words):
        count, is_private = _name_at(reading, place)
        if is_private:
            start, end = words[place].start, words[place + count - 1].end
            yield _with_place(reading, Span(start, end, "name"))
        place += count


def _with_place(reading: Reading, span: Span) -> Span:
    where = _WHERE.match(reading.text, span.end)
    return span._replace(end=where.end()) if where else span


def _name_at(reading: Reading, place: int) -> tuple[int, bool]:
    """How many words from here belong together, and whether they name a private person."""
    if not reading.words[place].text[0].isupper():
        return _kept(reading, place, is_private=False) or 1, False
    title = _title_before(reading, place)
    kept = _kept(reading, place, is_private=title in lists.PRIVATE)
    if kept:
        return kept, False
    name = _capitals(reading, place)
    if not name:
        return 1, False
    if not title and _named_after(reading, place):
        return len(name), False
    texts = [word.text for word in name]
    # "ANH EM CÔNG NHÂN": beside a title in capitals a word in capitals tells nothing.
    is_shouted = title and _is_loud(texts[0]) and reading.words[place - 1].text.isupper()
    is_titled = _fits(texts, title) and (title in lists.LABELS or not is_shouted)
    is_name = is_titled or _is_full_name(texts)
    return (_length(texts) if is_name else 1), is_name


# --- the words around ----------------------------------------------------------------------------


def _before(reading: Reading, place: int, count: int) -> str:
    """The `count` words right before a place, in small letters, if only blanks part them."""
    words = reading.words[max(0, place - count) : place]
    if len(words) < count or not _is_joined(reading, words):
        return ""
    return " ".join(word.text.lower() for word in words)


def _is_joined(reading: Reading, words: Iterable[Word]) -> bool:
    return all(
        reading.text[one.end : other.start] in _BLANKS for one, other in itertools.pairwise(words)
    )


def _title_before(reading: Reading, place: int) -> str:
    """The longest title or label right before a word, or nothing."""
    if not place:
        return ""
    gap = reading.text[reading.words[place - 1].end : reading.words[place].start]
    if len(gap) > 4:
        return ""
    for count in range(_LONGEST_TITLE, 0, -1):
        said = _before(reading, place, count)
        if said in lists.LABELS and not gap.strip(" :.-–\"'“"):
            return said
        if said in lists.TITLES and (gap in _BLANKS or (said in _DOTTED and gap.strip() == ".")):
            return "" if _before(reading, place, count + 1) in lists.NOT_TITLES else said
    return ""


def _named_after(reading: Reading, place: int) -> bool:
    """A street, a school or a company is called so, or a minister is named."""
    gap = reading.text[reading.words[place - 1].end : reading.words[place].start] if place else ""
    if gap not in _BLANKS and gap != ". ":
        return False
    return any(_before(reading, place, count) in lists.NAMED_AFTER for count in (1, 2, 3))


def _kept(reading: Reading, place: int, *, is_private: bool) -> int:
    """How many words from here are a place, a common phrase or somebody of history."""
    for kept in _KEPT.get(reading.words[place].text.lower(), ()):
        words = reading.words[place : place + len(kept)]
        if tuple(word.text.lower() for word in words) != kept or not _is_joined(reading, words):
            continue
        is_place = kept in _PLACES and not (is_private and _could_be_called(words))
        if is_place or not (is_private or _goes_on(reading, place + len(kept))):
            return len(kept)
    return 0


def _could_be_called(words: Iterable[Word]) -> bool:
    """Whether a place is a name too: "chị Khánh Hòa" is nobody from Khánh Hòa."""
    return all(word.text[0].isupper() and word.text.lower() in lists.GIVEN for word in words)


def _goes_on(reading: Reading, place: int) -> bool:
    """Whether a given name follows: "Hoàng Diệu Linh" is not Hoàng Diệu."""
    words = reading.words[place - 1 : place + 1]
    if len(words) < 2 or not _is_joined(reading, words):
        return False
    return words[1].text[0].isupper() and words[1].text.lower() in lists.GIVEN


# --- the words of a name -------------------------------------------------------------------------


def _capitals(reading: Reading, place: int) -> list[Word]:
    """Words that begin with a capital, or are all capitals, up to one that ends a name."""
    found_here: list[Word] = []
    is_loud = _is_loud(reading.words[place].text)
    for word in reading.words[place : place + _MOST_WORDS]:
        joined = not found_here or _is_joined(reading, (found_here[-1], word))
        if not joined or not _is_capital(word.text, is_loud) or word.text.lower() in _ENDS:
            break
        found_here.append(word)
    return found_here


def _is_loud(word: str) -> bool:
    return len(word) > 1 and word.isupper()


def _is_capital(word: str, is_loud: bool) -> bool:
    rest = word[1:]
    return word[0].isupper() and (rest.isupper() if is_loud else rest == rest.lower() or not rest)


def _fits(name: list[str], title: str) -> bool:
    """Whether what follows a title is a name."""
    if title in lists.LABELS:
        return True
    first = name[0].lower()
    is_known = first in _GIVEN_OR_FAMILY or (name[0].isascii() and first in _BARE_GIVEN_OR_FAMILY)
    if title in lists.PERSONAL:
        return is_known or not _is_loud(name[0])
    if title in lists.BARE_TITLES and not name[0].isascii():
        return False
    return bool(title) and is_known and not _is_loud(name[0]) and first not in lists.BODIES


def _is_full_name(name: list[str]) -> bool:
    """A family name and a given one."""
    if len(name) < 2:
        return False
    first, second = name[0].lower(), name[1].lower()
    if _is_loud(name[0]):
        return len(name) > 2 and folded(second) in _MIDDLE_LOUD and folded(first) in _BARE_FAMILIES
    if first in lists.FAMILIES:
        is_middle = second in lists.MIDDLE and len(name) > 2
        return first in lists.SURE_FAMILIES or second in lists.GIVEN or is_middle
    if not first.isascii() or not second.isascii():
        return False
    if first in _BARE_SURE:
        return second in _BARE_GIVEN
    return first in _BARE_FAMILIES and second in _MIDDLE_LOUD and len(name) > 2


def _length(name: list[str]) -> int:
    """All capitals go on into the next words: there three syllables are a name."""
    return min(3, len(name)) if _is_loud(name[0]) else len(name)


def _with_bare(names: frozenset[str]) -> frozenset[str]:
    return names | frozenset(map(folded, names))


def _by_first_word(names: frozenset[str]) -> dict[str, tuple[tuple[str, ...], ...]]:
    """The names as words, those with more words first."""
    split = sorted((tuple(name.split()) for name in names), key=len, reverse=True)
    firsts = {words[0] for words in split}
    return {first: tuple(words for words in split if words[0] == first) for first in firsts}


_ENDS = lists.BODIES - lists.GIVEN
_PLACES = frozenset(tuple(name.split()) for name in _with_bare(lists.PLACES_KEPT))
_KEPT: dict[str, tuple[tuple[str, ...], ...]] = _by_first_word(
    _with_bare(lists.KNOWN) | _with_bare(lists.PLACES_KEPT)
)
_BARE_GIVEN = frozenset(map(folded, lists.GIVEN | lists.MIDDLE))
_BARE_SURE = frozenset(map(folded, lists.SURE_FAMILIES)) - {"le", "vo"}
_BARE_FAMILIES = frozenset(map(folded, lists.FAMILIES))
_GIVEN_OR_FAMILY = lists.GIVEN | lists.FAMILIES | lists.ABROAD
_BARE_GIVEN_OR_FAMILY = _BARE_GIVEN | _BARE_FAMILIES
# In a line of capitals only these are sure to stand inside a name.
_MIDDLE_LOUD = frozenset({"van", "thi", "huu", "duc", "dinh", "ngoc"})
