"""Finds what looks like a private person's name in a Vietnamese text, so that it can be asked for.

A careful guess, never a refusal: an address such as "chị" or "công nhân" right before two to four
capitalised syllables. Who is named with a public office is not asked about.
"""

from __future__ import annotations

from collections.abc import Iterator

# After these a name may be anybody's, also a foreign one.
_POLITE = frozenset({"ông", "bà", "anh", "chị"})
# After these a place or a body is as likely: only what begins with a family name counts.
_PLAIN = frozenset(
    {
        "em", "cô", "chú", "cháu", "bác", "công nhân", "nữ công nhân", "đoàn viên", "lao động",
        "nhân viên", "nạn nhân", "gia đình",
    }
)  # fmt: skip
FAMILY_NAMES = (
    "nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý đinh đoàn lâm "
    "mai trịnh đào cao hà lương tạ tô tăng thái triệu trương vương quách châu kiều chu la "
    "lưu nông giàng vàng lò thào sùng quàng lường tòng hứa khổng phùng tống doãn nghiêm "
    "thạch kim"
)
_FAMILIES = frozenset(FAMILY_NAMES.split())
# Places and bodies that begin like a name.
PLACES = (
    "hà nội", "hà nam", "hà giang", "hà tĩnh", "hà tây", "hà đông", "hà tiên", "thái nguyên",
    "thái bình", "thái lan", "cao bằng", "cao lãnh", "lâm đồng", "lý sơn", "lương sơn",
    "phan thiết", "phan rang", "đoàn thanh niên", "mai châu", "mai sơn", "kim bảng", "kim thành",
    "châu đốc", "châu âu", "châu á", "tô hiệu", "dương kinh", "trần phú", "lê hồng phong",
    "vũ thư", "hoàng sa", "hoàng mai", "la gi", "triệu sơn", "vương quốc", "đinh vũ", "đào duy",
    "lào cai", "lai châu",
)  # fmt: skip
# What a body, a country or a place begins with after a polite word that means something else.
_BODY_WORDS = (
    "việt công liên tổng sở ban bộ khu nhà trung hàn nhật đảng quốc hội mỹ pháp nga úc "
    "đức tập trường viện đài báo phường xã tỉnh thành quận huyện"
)
_BODIES = frozenset(_BODY_WORDS.split())
# Those of the nation's history: a text about them names nobody who could mind.
PUBLIC_NAMES = (
    "hồ chí minh", "tôn đức thắng", "nguyễn văn trỗi", "nguyễn văn linh", "nguyễn đức cảnh",
    "nguyễn ái quốc", "võ nguyên giáp", "phạm văn đồng", "lê duẩn", "trường chinh",
    "võ thị sáu", "triệu thị trinh", "nguyễn thị minh khai", "nguyễn thị định",
)  # fmt: skip
_OFFICES = (
    "chủ tịch", "phó chủ tịch", "tổng bí thư", "bí thư", "phó bí thư", "thủ tướng", "bộ trưởng",
    "thứ trưởng", "ủy viên", "uỷ viên", "đại biểu", "đại sứ", "tổng lãnh sự", "giám đốc",
    "phó giám đốc", "tổng giám đốc", "trưởng ban", "phó trưởng ban", "trưởng phòng", "phó trưởng",
    "chánh", "nguyên", "cục trưởng", "vụ trưởng", "viện trưởng", "hiệu trưởng", "người phát ngôn",
)  # fmt: skip
_MOST_SYLLABLES = 4
_ENDS, _OPENS = ".,;:!?)]}”\"'…", "([{“\"'"


def private_names(text: str) -> tuple[str, ...]:
    """What looks like names of private people, as they are written, each once."""
    return tuple(dict.fromkeys(_found(text)))


def _found(text: str) -> Iterator[str]:
    for line in text.splitlines():
        words = line.split()
        for place in range(1, len(words)):
            address = _address(words[:place])
            name = _name(words[place:]) if address else []
            if name and _is_private(address, name, words[: place - 1], words[place + len(name) :]):
                yield " ".join(name)


def _address(before: list[str]) -> str:
    """The word of address right before a place, or nothing."""
    plain = [word.lstrip(_OPENS).lower() for word in before[-3:]]
    for count in (3, 2, 1):
        said = " ".join(plain[-count:])
        if len(plain) >= count and said in _POLITE | _PLAIN:
            # "anh em", "chị em", "ông bà": several people, and no name follows.
            is_pair = count == 1 and len(plain) > 1 and plain[-2] in _POLITE
            return "" if is_pair else said
    return ""


def _name(words: list[str]) -> list[str]:
    """Two to four capitalised syllables; a mark ends them."""
    found: list[str] = []
    for word in words[: _MOST_SYLLABLES + 1]:
        bare = word.rstrip(_ENDS)
        if not (bare.isalpha() and bare[0].isupper() and bare[1:] == bare[1:].lower()):
            break
        found.append(bare)
        if bare != word:
            break
    return found if 2 <= len(found) <= _MOST_SYLLABLES else []


def _is_private(address: str, name: list[str], before: list[str], after: list[str]) -> bool:
    said, first = " ".join(name).lower(), name[0].lower()
    if said.startswith((*PLACES, *PUBLIC_NAMES)):
        return False
    if address in _PLAIN and first not in _FAMILIES:
        return False
    if address in _POLITE and first in _BODIES:
        return False
    follows = " ".join(after[:4]).lower().lstrip("–-(, ")
    leads = " ".join(before[-3:]).lower()
    return not follows.startswith(_OFFICES) and not leads.endswith(_OFFICES)
