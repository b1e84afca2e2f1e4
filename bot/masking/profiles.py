"""Finds e-mail addresses, @handles and profile names: what leads to the author of a post."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from bot.masking.reading import Reading, Span, found

_MAIL = regex.compile(r"[\w.+\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,4}")
_MAIL_SPELLED = regex.compile(
    r"[\w.+\-]{2,64} ?(?:\(at\)|\[at\]|\(a\)| a cong | at )[ ]?[\w\-]{2,40}"
    r" ?(?:\.|\(dot\)|\[dot\]| cham | dot ) ?(?:com|net|org|vn|edu|info)(?![a-z])"
)
_HANDLE = regex.compile(
    r"(?<![\w.@])@(?!(?:all|everyone|channel|here|moi nguoi|tatca)(?![\w]))[\p{L}\d_.]{2,64}"
    r"(?:(?<=@\p{Lu}[\p{Ll}]{1,20})(?: \p{Lu}[\p{Ll}]{0,6}){1,4})?"
)
# Before the name of a profile. Bodies have pages and groups too, so there a name must not begin
# like a body's.
_PLACE = (
    r"(?:(?:tài khoản|tai khoan|tk|acc|account|trang cá nhân|trang ca nhan|profile|nick|kênh|kenh|"
    r"channel|user|nhóm|nhom|group|trang|page|fanpage) )?"
    r"(?:facebook|fb|face|phây|zalo|tiktok|tik tok|instagram|insta|ig|telegram|tele|youtube|ytb|"
    r"threads|twitter|viber|wechat|kakaotalk|kakao)"
    r"|line id|id line|id zalo|zalo id|nick\s?name|nickname|nick|username|user|"
    r"acc|account|profile|trang cá nhân|trang ca nhan|"
    r"fanpage|page|kênh|kenh|channel|youtuber|tiktoker|facebooker"
)
_SAID = r"(?: (?:là|la|tên|ten|tên là|ten la|của|cua|is|named|by))?"
_LINKED = rf"{_SAID}[ \t]?[:\-–]?[ \t]{{0,2}}[\"“'«]?"
_BODIES = (
    r"Công|Liên|Tổng|Bộ|Sở|Cục|Ban|Báo|Đài|Chính|Trung|Cổng|Thông|Đảng|Đoàn|Hội|Nhà|Viện|Trường|"
    r"Bảo|Ngân|Tập|Việt|Tạp|Truyền|Cảnh|UBND|BHXH|VTV|HTV|VOV|CLB|KCN|LĐLĐ|OA|Cong|Lien|Tong|Bo|"
    r"No|ID|Cán|Messenger|Marketplace|Shop|Pay|Mini|Ads|Live|Watch|Reels?|Lite|Business|Web|Official|Video|"
    r"Viet|Union|Facebook|Zalo|TikTok|Tiktok|Telegram|Youtube|YouTube|Hôm|Nghe|Tôi|Mọi|Ai|Có|Không|Từ|"
    r"Nếu|Theo|Năm|Xin|Cho|The|This|It|They|We|You|He|She|I|If|And|But|True|Is|In|On|At"
)
_OTHER = rf"(?!(?:{_BODIES})(?!\p{{L}}))"
_NAME = rf"{_OTHER}\p{{Lu}}\p{{Ll}}[\p{{L}}\p{{M}}]*(?: {_OTHER}\p{{Lu}}[\p{{L}}\p{{M}}.]*){{0,4}}"
_TYPED = r"[\p{L}][\p{L}\d]{0,30}(?:[_.\d][\p{L}\d_.]{0,30}[\p{L}\d_]|\d{2,8})"
_PROFILE = regex.compile(
    rf"(?<![\p{{L}}\d_])(?i:{_PLACE}){_LINKED}(?P<who>{_NAME}|{_TYPED})(?![\p{{L}}])"
)


def find(reading: Reading) -> Iterator[Span]:
    """Addresses and profiles on the net."""
    yield from found(_MAIL, reading.text, "email")
    yield from found(_MAIL_SPELLED, reading.folded, "email")
    yield from found(_HANDLE, reading.text, "profile")
    yield from found(_PROFILE, reading.text, "profile")
