"""Finds insults and threats: they are no claim, and nobody has to read them again.

Kept modest. Hard words about a matter ("lừa đảo", "bóc lột", "vô lý") are criticism and stay.
Vietnamese entries are written with marks; a second list holds what is as clear without.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import regex

from bot.masking.reading import Reading, Span, found

# fmt: off
_MARKED = (
    "đụ má", "đụ mẹ", "đù má", "đụ", "địt mẹ", "địt", "đéo", "đờ mờ", "đậu má", "lồn", "cặc",
    "buồi", "óc chó", "óc lợn", "óc heo", "não chó", "đồ chó", "chó má", "chó chết", "chó đẻ",
    "thằng chó", "lũ chó", "bọn chó", "mẹ mày", "mẹ m[àa]y", "má mày", "bố mày", "cha mày",
    "bà mày", "mẹ kiếp", "con mẹ nó", "đồ khốn", "khốn nạn", "khốn kiếp", "thằng khốn", "mất dạy",
    "vô học", "đồ ngu", "thằng ngu", "con ngu", "ngu như (?:chó|bò|lợn|heo)", "ngu vãi", "vãi lồn",
    "súc vật", "súc sinh", "đồ điên", "thằng điên", "con điên", "con đĩ", "đĩ điếm", "đĩ chó",
    "con điếm", "đồ rác rưởi", "đồ hèn", "thằng hèn", "đồ mặt dày", "mặt l[oồ]n", "bố láo",
    "láo toét", "cút xéo", "thằng ranh", "đồ vô liêm sỉ", "mọi rợ",
)
# As people type them without marks or in teencode. "deo" (đeo), "do cho", "con di", "cc" and "vl"
# (việc làm) mean other things as often and are not here.
_UNMARKED = (
    "du ma", "du me", "dit me", "dm", "dmm", "dcm", "dkm", "dkmm", "dcmm", "clmm", "cmm", "cmn",
    "cmnr", "vcl", "vkl", "clgt", "vloz", "lol me", "loz", "oc cho", "oc lon", "cho de", "me kiep",
    "khon nan", "khon kiep", "thang khon", "do ngu", "thang ngu", "ngu vcl", "ngu vl", "suc vat",
    "suc sinh", "thang dien", "d[.*]m", "d[*.]t", "l[*.]n", "c[*.]c",
)
_ENGLISH = (
    "motherfuck(?:er|ers|ing)?", "fuck(?:s|ed|er|ers|ing)?", "fck", "wtf", "stfu", "bitch(?:es)?",
    "son of a bitch", "bastards?", "assholes?", "dickheads?", "cunts?", "bullshit", "shit",
    "idiots?", "morons?", "retards?", "scumbags?", "piece of (?:shit|trash)", "whores?", "sluts?",
)
_INDONESIAN = ("anjing", "bangsat", "bajingan", "kontol", "memek", "goblok", "tolol", "kampret")
# Scripts without spaces or with endings glued on: found wherever they stand. Thai "สัตว์" alone is
# an animal, Khmer "ឆ្កែ" a dog: only the insulting forms are here.
_ANYWHERE = (
    "傻逼", "傻屄", "煞笔", "操你妈", "操你", "肏你", "草泥马", "他妈的", "他媽的", "去你妈",
    "幹你娘", "干你娘", "混蛋", "王八蛋", "狗娘养", "狗东西", "狗雜種", "贱人", "賤人", "白痴",
    "白癡", "去死", "杀了你", "殺了你", "弄死你", "打死你", "死ね", "殺すぞ", "殺してやる",
    "ぶっ殺す", "ばか野郎", "バカ野郎", "馬鹿野郎", "くそ野郎", "クソ野郎", "きちがい", "씨발",
    "시발놈", "씨팔", "ㅅㅂ", "ㅆㅂ", "병신", "개새끼", "개새", "새끼야", "지랄", "좆", "미친놈",
    "미친년", "죽여버", "죽여 버", "죽인다", "ไอ้สัตว์", "ไอ้สัส", "ไอ้เหี้ย", "อีเหี้ย", "เหี้ย",
    "ควย", "อีดอก", "ไอ้ควาย", "อีควาย", "เย็ดแม่", "ฆ่ามึง", "ចុយម៉ែ", "ចុយម្រាយ", "អាឆ្កែ",
    "អាចង្រៃ", "មេឆ្កែ", "សម្លាប់មឹង",
)
# fmt: on
# A threat is hidden to the end of its sentence: what comes after is what will be done to whom.
# "công nhân bị đánh chết" is a piece of news; only a speaker or somebody spoken to makes a threat.
_THREATS = (
    r"\b(?:tao|tau|bố mày|ông đây|bọn tao|tụi tao|chúng tao) (?:sẽ |se |cho người |thề )?"
    r"(?:giết|giet|chém|chem|đâm|đập|đánh|xử|xu|đốt|thịt|cắt cổ)\b[^.!?\n\[\]]{0,80}",
    r"\b(?:giết|giet|chém|chem|đâm|đánh|đập|đốt)(?: chết| chet)? (?:cả nhà |ca nha )?"
    r"(?:mày|may|chúng mày|tụi bay|bọn mày|con mày)\b[^.!?\n\[\]]{0,80}",
    r"\b(?:liệu hồn|lieu hon|coi chừng tao|cho mày chết|mày chết (?:chắc|với tao)|xử đẹp mày)\b"
    r"[^.!?\n\[\]]{0,80}",
    r"\b(?:i(?:'ll| will| am going to|'m going to)|we(?:'ll| will)) "
    r"(?:kill|stab|shoot|beat|burn) (?:you|him|her|them)\b[^.!?\n\[\]]{0,80}",
    r"\b(?:kubunuh|kubacok) (?:kau|kamu|dia)\b",
)


def _any_word(words: Iterable[str]) -> regex.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    return regex.compile(rf"(?<![\p{{L}}\p{{M}}])(?:{'|'.join(longest_first)})(?![\p{{L}}\p{{M}}])")


_IN_WORDS = _any_word(_MARKED + _ENGLISH + _INDONESIAN)
_IN_FOLDED = _any_word(_UNMARKED)
_IN_ANY = regex.compile("|".join(map(regex.escape, sorted(_ANYWHERE, key=len, reverse=True))))
_IN_THREATS = regex.compile("|".join(_THREATS))


def find(reading: Reading) -> Iterator[Span]:
    """Insults and threats, in the text as it is read without capitals."""
    yield from found(_IN_THREATS, reading.lower, "insult")
    yield from found(_IN_WORDS, reading.lower, "insult")
    yield from found(_IN_ANY, reading.lower, "insult")
    for span in found(_IN_FOLDED, reading.folded, "insult"):
        if _is_meant(reading.lower[span.start : span.end]):
            yield span


def _is_meant(written: str) -> bool:
    """Typed without marks, but for the đ: "đm" and "dm", while "đồ ngủ" is nightwear."""
    return all(letter.isascii() or letter == "đ" for letter in written)
