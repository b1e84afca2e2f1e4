"""Finds phone, account, card and identity numbers and plates, and leaves what only counts.

Sums, dates, laws and percentages are walled off first; what is left of long numbers belongs to
somebody. 113 and 1900 1234 are services and no person.
"""

from __future__ import annotations

from collections.abc import Iterator

import regex

from bot.masking.reading import Reading, Span, found

_WALL = "¦"  # stands where a number may stay: no number is read across it
_UNITS = (
    r"(?:%|‰|°|vnd|vnđ|d|dong|tr|trieu|ty|ti|nghin|ngan|ngin|k|cu|lit|usd|\$|eur|euro|won|yen|baht|"
    r"rieng|rieu|rupiah|nhan dan te|dollars?|million|billion|thousand|"
    r"gio|phut|giay|ngay|tuan|thang|nam|tuoi|nguoi|lan|nuoc|quoc gia|dieu|khoan|"
    r"hours?|days?|months?|years?|workers?|people|cong nhan|lao dong|doan vien|"
    r"m2|m|km|kg|ha|hai ly|元|円|원|만원|ดอลลาร์|บาท)(?![a-z])"
)
# What counts, dates or numbers a law. An amount in groups of three is one also without a unit, but
# 912.345.678 after +84 is the rest of a phone number.
_KEPT = regex.compile(
    rf"""
    (?<![\d+]) (?<!\d[ .\-,])
    (?: \d{{1,4}}/\d{{4}}/[a-z][a-z\d\-]*                          # 45/2019/QH14
    | \d{{1,4}}/[a-z]{{2,}}[a-z\d\-]*                              # 12/NQ-CP
    | (?:[12]\d|3[01]|0?[1-9]) [./\-] (?:1[0-2]|0?[1-9]) [./\-] (?:19|20)?\d\d (?![\d.\-]|[ ]\d)
    | (?:19|20)\d\d [./\-] (?:1[0-2]|0[1-9]) [./\-] (?:3[01]|[12]\d|0[1-9]) (?!\d)
    | [1-9]\d{{0,2}} (?:[.,]\d{{3}})+ (?:[.,]\d{{1,2}})? (?![\d.\-,]\d|[ ]\d|\d)
    | [1-9]\d{{0,2}} (?:[ .,]\d{{3}})+ (?=[ ]?{_UNITS})
    | \d{{1,4}} (?:[.,]\d{{1,3}})? (?=[ ]?{_UNITS})
    | [1-9]\d{{0,12}} (?=[ ]?(?:%|d|dong|vnd|vnđ|usd|won|trieu|tr|nghin|元|円|원)(?![a-z])) )
    """,
    regex.VERBOSE,
)
# Between the parts of one number: blanks, signs, and the emoji that are put there to hide it.
_GAP = r"(?:[ \u00a0\u2009.\-–_()·•*|~]|[\p{So}\p{Sk}\ufe0f\u20e3]){0,4}"
_PART = r"(?:(?<![^\W\d_])[oO])?\d[\doO]*"
_RUN = regex.compile(rf"(?:\+[ (]?)?{_PART}(?:{_GAP}{_PART})*[\ufe0f\u20e3]*")
_PARTS = regex.compile(_PART)
_DIGIT_WORDS = (
    "khong|linh|mot|hai|ba|bon|tu|nam|lam|sau|bay|tam|chin|zero|oh|one|two|three|four|five|six|"
    "seven|eight|nine"
)
_SPELLED = regex.compile(
    rf"(?<![a-z\d])(?:{_DIGIT_WORDS}|\d)(?:[ .,\-]{{1,3}}(?:{_DIGIT_WORDS}|\d)(?![a-z\d])){{7,}}"
)
_PHONE_WORD = regex.compile(
    r"(?:sdt|so dt|dt|so dien thoai|dien thoai|goi|alo|zalo|phone|tel|call|lh|lien he|sms|viber|"
    r"whatsapp|hotline|电话|電話|手机|전화|โทร|ទូរស័ព្ទ)(?: so| qua| cho| la)*[ :.\-]*$"
)
_ACCOUNT_WORD = regex.compile(
    r"(?:stk|so tai khoan|so tk|tai khoan|tk|account(?: number| no)?|acc|a/c|so the|the atm|"
    r"momo|chuyen khoan|ck|vietcombank|techcombank|bidv|agribank|vietinbank|mb ?bank|acb|vpbank|"
    r"tpbank|sacombank|账号|账户|帳號|口座|계좌)(?:[ :.\-]|so|la|vao|ngan hang|bank)*$"
)
_IDENTITY_WORD = regex.compile(
    r"(?:cccd|cmnd|cmt|can cuoc|chung minh|ho chieu|passport|ma so thue|mst|so bhxh|ma bhxh|"
    r"ma so bhxh|護照|护照|여권)(?:[ :.\-]|cong dan|nhan dan|so|la|no)*$"
)
_LOOK_BACK = 28  # letters before a number, in which its name would stand
_PASSPORT = regex.compile(r"(?<![\p{L}\d])[A-Z]{1,2}\d{7,8}(?![\p{L}\d])")
_IBAN = regex.compile(r"(?<![\p{L}\d])[A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){3,7}(?![\p{L}\d])")
_PLATE = regex.compile(
    r"(?<![\p{L}\d.,/\-])[1-9]\d[ \-]?[A-ZĐ]{1,2}\d?[ \-.]{0,2}(?:\d{3}\.?\d{2}|\d{4})(?![\p{L}\d])"
)
_PLATE_SAID = regex.compile(
    r"(?:bien so(?: xe)?|bien kiem soat|bks|bsx)[ :]{1,3}"
    r"(?P<who>\d\d[ \-]?[a-z]{1,2}\d?[ \-.]{0,3}\d[\d.]{2,6})"
)


def find(reading: Reading) -> Iterator[Span]:
    """Numbers that belong to somebody."""
    yield from found(_PASSPORT, reading.text, "identity")
    yield from found(_IBAN, reading.text, "account")
    yield from found(_PLATE, reading.text, "plate")
    yield from found(_PLATE_SAID, reading.folded, "plate")
    for span in found(_SPELLED, reading.folded, "phone"):
        if regex.search("[a-z]", reading.folded[span.start : span.end]):  # "1 2 3 4…" only counts
            yield span
    walled = _KEPT.sub(lambda match: _WALL * len(match.group()), reading.folded)
    for run in _RUN.finditer(walled):
        before = reading.folded[max(0, run.start() - _LOOK_BACK) : run.start()]
        yield from _judged(run, before)


def _judged(run: regex.Match[str], before: str) -> Iterator[Span]:
    """The numbers of a run: two of them may stand side by side, or one before a count."""
    parts = list(_PARTS.finditer(run.group()))
    while parts:
        count = _parts_of_one(parts)
        digits = [part.group().replace("o", "0") for part in parts[:count]]
        kind = _kind(digits, before, is_abroad=run.group().startswith("+"))
        if kind:
            first = run.start() if parts[0].start() <= 2 else run.start() + parts[0].start()
            last = run.end() if count == len(parts) else run.start() + parts[count - 1].end()
            yield Span(first, last, kind)
        parts = parts[count:]


def _parts_of_one(parts: list[regex.Match[str]]) -> int:
    """How many parts make one number: a phone number ends where it is full."""
    if not parts[0].group().startswith(("0", "o")):
        return len(parts)
    full = 11 if parts[0].group().startswith(("02", "o2")) else 10
    total = 0
    for count, part in enumerate(parts, 1):
        total += len(part.group())
        if total >= full:
            return count
    return len(parts)


def _kind(parts: list[str], before: str, *, is_abroad: bool) -> str:
    """What kind of number it is, or nothing where it may stay."""
    digits = "".join(parts)
    length = len(digits)
    if digits.startswith(("1900", "1800")) and length in (8, 10):
        return ""
    if length >= 6 and _ACCOUNT_WORD.search(before):
        return "account"
    if length >= 6 and _IDENTITY_WORD.search(before):
        return "identity"
    if length >= 7 and (is_abroad or _PHONE_WORD.search(before)):
        return "phone"
    if length < 9 or _is_count(parts):
        return ""
    return _by_length(digits)


def _by_length(digits: str) -> str:
    """What a long number without a word before it most likely is."""
    length = len(digits)
    if length == 12 and digits.startswith("0"):
        return "identity"
    if digits.startswith("0") or (digits.startswith("84") and length in (11, 12)):
        return "phone" if length <= 12 else "account"
    if length == 16:
        return "card"
    if length in (9, 10) and not digits.startswith("1"):
        return "identity"
    return "phone" if length == 11 and digits.startswith("1") else "account"


def _is_count(parts: list[str]) -> bool:
    """Years side by side, a row of small or round numbers, a sum with many zeros."""
    if parts[0].startswith("0"):
        return False
    if len(parts) == 1:
        return parts[0].endswith("00000")
    is_years = all(len(part) == 4 and part[:2] in {"19", "20"} for part in parts)
    is_round = all(part.endswith("0") for part in parts)
    return is_years or is_round or max(map(len, parts)) <= 2
