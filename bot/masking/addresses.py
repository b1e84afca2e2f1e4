"""Finds home addresses: a house number with its lane or street. Wards and towns may stay."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from bot.masking.reading import Reading, Span, found

_NUMBER = r"\d{1,4}[A-Za-z]?(?:[/\-]\d{1,4}[A-Za-z]?){0,4}"
_LARGER = r"(?!(?:Phường|Quận|Huyện|Tỉnh|TP)(?!\p{L}))"
_CAPITALS = rf"\p{{Lu}}[\p{{L}}\p{{M}}]*(?: {_LARGER}\p{{Lu}}[\p{{L}}\p{{M}}]*){{0,4}}"
_LANE = r"(?i:ngách|ngõ|hẻm|kiệt|số nhà|nhà số|ngach|ngo|hem|kiet|so nha|nha so)"
_ROAD = (
    r"(?i:đường|phố|khu phố|tổ dân phố|tổ|ấp|thôn|xóm|khóm|đội|"
    r"duong|pho|khu pho|ap|thon|xom|khom)"
)
_STEP = rf"(?:{_LANE} {_NUMBER}|{_ROAD} (?:số )?(?:{_NUMBER}|{_CAPITALS}))"
_HOUSE = rf"(?:(?i:nhà số|số nhà|nhà|nha so|so nha|số|so) )?{_NUMBER}[,]? "
_ADDRESS = regex.compile(
    # "số 12 ngõ 3 đường Láng", "hẻm 45/2 Lê Lợi", "12/3 đường số 8"
    rf"(?<![\p{{L}}\d/.,\-])(?:{_HOUSE}(?={_STEP})|(?={_LANE} \d)){_STEP}"
    rf"(?:[, ]{{1,2}}{_STEP}){{0,4}}"
    rf"(?:[, ]{{1,2}}(?<={_LANE} {_NUMBER}[, ]{{1,2}}){_CAPITALS})?(?![\p{{L}}\d])"
    # as in "địa chỉ: 82 Trần Hưng Đạo" and "ở số 5 Hàng Bài"
    rf"|(?i:địa chỉ|đ/c|dia chi|nhà ở|nhà tôi ở|ở số|tại số|trọ ở|address)[ :]{{1,3}}(?i:số |so )?"
    rf"(?P<who>{_NUMBER} {_CAPITALS})(?![\p{{L}}\d])"
    # "123 Nguyen Trai street"
    rf"|(?<![\p{{L}}\d/.,\-]){_NUMBER} {_CAPITALS} (?i:street|road|lane)(?![\p{{L}}])"
)


def find(reading: Reading) -> Iterator[Span]:
    """Addresses of houses."""
    yield from found(_ADDRESS, reading.text, "address")
