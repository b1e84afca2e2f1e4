"""Whether a text is written as its language is: its own characters, and politely to the reader."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

_HAN = re.compile(r"[\u3400-\u9fff]")
_DOCUMENT = re.compile(r"[0-9]+(?:/[0-9]+)?[/-][A-ZĐƯ][\w/&.-]*|\b[A-ZĐ]{2,}-[A-ZĐ]{2,}\b")
# French has à, é and ê too: only what no other language here writes.
_MARKED = "ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉĩịọỏốồổỗộớờởỡợụủũứừửữựỳỵỷỹ"
_ONE_MARKED = re.compile(f"[{_MARKED}{_MARKED.upper()}]")
_VIETNAMESE = re.compile(rf"[\w-]*[{_MARKED}][\w-]*", re.IGNORECASE)
_OWN_LETTERS = {
    "zh-Hans": _HAN,
    "zh-Hant": _HAN,
    "ko": re.compile(r"[가-힣]"),
    "ja": re.compile(r"[\u3040-\u30ff\u3400-\u9fff]"),
    "km": re.compile(r"[\u1780-\u17ff]"),
    "th": re.compile(r"[\u0e00-\u0e7f]"),
}
# What a text names in its own language: (kết luận), “Nhật ký trong tù”.
_GLOSS = re.compile(r"[(（][^()（）]*[)）]|\"[^\"]*\"|“[^”]*”|[「『][^」』]*[」』]|‘[^’]*’")
_LIST_ITEM = re.compile(r"^- .*$", re.MULTILINE)
_LETTERS = re.compile(r"[^\W\d_]")
# Ends of sentences that are not 니다, 십시오 or 요; names of things may end one.
_PLAIN_KOREAN = re.compile(
    r"[가-힣]*(?:(?<!니)다|하라|해라|말라|마라|는가|은가|인가|느냐|하자)(?=[\"”’')]?[.!?](?:\s|$))"
)
# Ends that are not です or ます: the plain forms of verbs and adjectives.
_PLAIN_JAPANESE = re.compile(
    r"[^。！？\s]{0,6}(?:だ|である|(?<!くださ)ない|(?<!まし)(?<!でし)た|せよ|しろ"
    r"|(?<!で)(?<!ま)す|(?<!しょ)(?<!とう)(?<!ござ)[うくつぬむるぐぶ])(?=[」』）)]?[。！？])"
)


def script_faults(tag: str, text: str, names: Sequence[str] = ()) -> Iterator[str]:
    """What does not belong into that language; `names` keep their letters everywhere."""
    if tag == "vi":
        return
    for name in names:
        text = text.replace(name, " ")
    if tag in {"zh-Hans", "zh-Hant"}:
        yield from _other_characters(tag, text)
    left = _ONE_MARKED.search(text) and _VIETNAMESE.findall(
        _GLOSS.sub(" ", _DOCUMENT.sub(" ", text))
    )
    if left:
        yield f"Vietnamese is left over, and no name of the glossary: {', '.join(left[:5])}"
    own = _OWN_LETTERS.get(tag)
    if own and not own.search(text) and len(_LETTERS.findall(text)) >= 30:
        yield "not written in the script of its language"
    text = _LIST_ITEM.sub("", text)  # what is only listed may be a bare verb or name
    if tag == "ko" and (plain := _PLAIN_KOREAN.findall(text)):
        yield f"a sentence does not end formally (니다, 십시오): {', '.join(plain[:3])}"
    if tag == "ja" and (plain := _PLAIN_JAPANESE.findall(text)):
        yield f"a sentence does not end in です or ます: {', '.join(plain[:3])}"


def _other_characters(tag: str, text: str) -> Iterator[str]:
    found = [one for one in dict.fromkeys(_HAN.findall(text)) if _only_in(one) not in {"", tag}]
    if found:
        other = "Traditional" if tag == "zh-Hans" else "Simplified"
        yield f"{other} characters: {''.join(found)}"


@cache
def _only_in(character: str) -> str:
    """The script to which a character belongs alone by CC-CEDICT, or nothing."""
    import hanzidentifier  # noqa: PLC0415  # its tables are read only by who checks texts

    kind = hanzidentifier.identify(character)
    names = {hanzidentifier.SIMPLIFIED: "zh-Hans", hanzidentifier.TRADITIONAL: "zh-Hant"}
    return names.get(kind, "")
