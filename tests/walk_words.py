"""What somebody who walks through the bot at random says: fitting, unfitting and odd."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta
from random import Random

from bot.consents import CONTEST

# What fits a state in which something is asked for; a word in ten is said in a wrong one.
FITTING: dict[str, tuple[str, ...]] = {
    "search": ("luong toi thieu", "hợp đồng", "zzqqx", "an toàn lao động khi trời nóng"),
    "practice": ("1", "7", "vì sao"),
    "report.parts": (
        "Nghe nói từ tháng sau căng tin thu thêm phí gửi xe",
        "https://example.org/posts/4711?u=9",
        "Tin này có đúng không? 0912 345 678 anh Nguyễn Văn An nói vậy",
    ),
    "report.words": ("Người ta nói lương hưu bị cắt một nửa từ tháng sau.", "x"),
    "case.answer": ("Tôi thấy tin này ở nhà trọ.", "không"),
    "desk.claim": ("Từ tháng sau khu công nghiệp thu thêm phí gửi xe.", "a " * 200),
    "desk.summary": ("Ban quản lý không thu thêm phí. Mức phí vẫn như năm trước.", "b " * 900),
    "desk.source": ("Thông báo; Ban quản lý; 12/TB; https://example.org/tb12", "một dòng"),
    "desk.question": ("Bạn thấy tin này ở đâu?",),
    "planreport.period": ("2026Q3", "quý 3/2026", "01/07/2026-30/09/2026", "hôm qua"),
    "activity.unit": ("BN-01", "XX-99"),
    "activity.title": ("Sinh hoạt chuyên đề về an toàn lao động", "Gặp anh Nguyễn Văn An"),
    "activity.place": ("Hội trường", "x" * 300),
    "activity.people": ("40", "bốn mươi", "99999999"),
    "activity.source": ("https://example.org/bai-1", "Báo Lao Động"),
    "activity.sure": ("được", "Sinh hoạt khác"),
    "settings.time": ("18:00", "25:99", "sáu giờ"),
    "settings.quiet": ("22:00-06:00", "không"),
    "settings.zone": ("Asia/Tokyo", "Hà Nội", "Mars/Base"),
    "unit.code": ("BN-01", "TN", "khong-co"),
    "draft.text": ("Lịch nghỉ\nVăn phòng nghỉ thứ bảy.", "Chỉ tiêu đề", "Dài\n" + "chữ " * 1200),
    "draft.source": ("Thông báo; Công đoàn; 12/TB; https://example.org", "thiếu"),
    "draft.audience": ("everyone", "role:reader", "unit:BN -unit:BN-02", "unit:BN-01", "sai:gì"),
    "draft.alt": ("Một tấm áp phích", ""),
    "try.guess": ("12", "không", "99999999999", "0"),
    "prize.holder": ("Nguyễn Thị Hoa", "<b>x</b>"),
    "essay.text": ("Tôi thích hỏi đáp này vì học được nhiều.", "chữ " * 900),
    "certificate.holder": ("Nguyễn Thị Hoa", "ស្រី សុខា", "😀", "a" * 200),
    "certificate.sure": ("Nguyễn Thị Hoa",),
    "poster.unit": ("BN-01 vi", "BN", "XX"),
    "award.title": ("Công nhân và biển đảo", "t " * 300),
    "award.link": ("https://example.org/bai", "không có"),
    "award.contact": ("hoa@example.org", "0912345678", "?"),
    "award.consent": ("đồng ý",),
    "award.change": ("Tên mới", "https://example.org/khac", "an@example.org"),
    "invite.role": ("reader", "unit-officer", "vua"),
    "invite.unit": ("BN-01", "XX"),
    "invite.topic": ("union", "khong"),
    "invite.label": ("phó chủ tịch", "x" * 200),
    "remind.label": ("Gia hạn visa", "y" * 300),
    "start.language": ("Tiếng Việt", "English"),
}  # fmt: skip
# What lies deep, and the kinds of buttons that lead on from there (N: one of the first rows).
_CONTEST, _DRAFT, _WORK = "try round essay result prize certificate", "draft picture", "enter work"
OWN_ERRANDS = {
    "round:N": _CONTEST, "round:1": _CONTEST, f"round:1:{CONTEST}:vn": _CONTEST,
    "result:N": _CONTEST,
    "prize:2:claim": _CONTEST, "certificate:2:name": _CONTEST, "essay:N": _CONTEST,
    "certificate:mine": _CONTEST,
    "/quiz": "practice answer round", "enter:new": _WORK, "enter:radio:ko": _WORK,
    "work:mine": _WORK, "remind:add": "remind", "remind:other": "remind", "/report": "report",
    "/case": "case", "set:time": "set", "set:quiet": "set", "set:zone": "set", "/settings": "set",
    "/link": "prefer", "/unlink": "unlink", "prefer:": "prefer", "/unit": "unit",
    "/subscribe": "consent", "/inbox": "inbox",
}  # fmt: skip
OFFICE_ERRANDS = {
    "desk:N": "desk", "desk:N:take": "desk", "desk:N:verdict:incorrect": "desk", "/desk": "desk",
    "desk:N:ask": "desk", "desk:N:answer": "desk", "desk:N:merge": "desk", "desk:N:agree": "desk",
    "/broadcast": _DRAFT, "draft:text": _DRAFT, "draft:at": _DRAFT, "draft:send": _DRAFT,
    "picture:ask": _DRAFT, "draft:preview": _DRAFT, "campaign:N": "campaign", "ask:N": "ask",
    "/campaigns": "campaign", "campaign:1:approve": "campaign", "begin:again:2": _DRAFT,
    "begin:correct:2": _DRAFT, "campaigns:BN": "campaign", "officers:8": "office",
    "/activity": "activity", "activity:list": "activity", "works:all": "dossier", "/office": "",
    "sheet:award": "sheet", "/officers": "office", "office:N": "office", "/deputy": "deputy",
    "/invite": "invite", "/poster": "poster", "/planreport": "plan", "rounds:N": "rounds",
    "rounds:2:prizes": "rounds", "/contest": "rounds", "/stats": "stats", "/units": "units",
    "/audit": "audit", "/pack": "pack",
}  # fmt: skip
PLAIN = (
    "menu", "giup", "giúp", "dung", "dừng", "đúng", "thoi", "bao tin sai", "gui tin", "trang chủ",
    "tim", "do vui", "lich", "cài đặt", "hộp thư", "thống kê", "cuộc thi", "read 34", "read 2 en",
    "đọc 12 km", "poster BN-01", "0", "help", "quiz", "desk", "bàn kiểm chứng", "subscribe",
)  # fmt: skip
_PAYLOADS = (
    "", " u_BN-01", " u_XX", " a_minimum-wage", " i_nosuchcode", " l_nosuchcode", " BN-01", " TN",
    " reader BN-01 a post", " 2026Q3", " why 2026Q3-7", " union", " en km", " " + "x" * 70, " 🤷",
)  # fmt: skip
_ODD = (
    "", "   ", "\n", "?", "...", "😀", "😀" * 90, "/", "//", "/nosuch", "/menu@caunoi_bot",
    "#", "#/menu", "#rounds:1:close:yes", "#nosuch:1", "#desk:1", "# a", "1", "9", "10", "00", "99",
    "٣", "１", "²", "①", "i_", "u_BN-01", "l_abcd", "i_ABCD EFGH", "\u202eignore", "\x00\x01",
    "a\u0301" * 60,
    "ก็" * 100, "ស្រី", "中文搜索", "'; DROP TABLE person; --", '" OR "" NEAR(x)', "AND OR NOT *",
    "{number}", "%s%n", "<b>x</b>", "x" * 9000, "nguyễn " * 600, "\ud83d", "-1", "1.5", "0x1",
    "true", "null", "read 0", "read 999999", "case AAAA-BBBB-CCCC", "unit BN-01", "poster TN-01",
)  # fmt: skip
# Values that no choice holds, or holds no more: each action with what it cannot mean.
_ARGUMENTS = (
    "", ":", "0", "1", "-1", "999", "99999999999999999999", "x", "1:2:3:4", "1:yes", "²", "1:²",
    "٣", "all", "0:0:0", "1:tally", "1:again", "open:a:b:yes", "1:prizes:draw", "union", "vi",
    "\ud800",
)  # fmt: skip


def words_for(state: str, dice: Random, day: date) -> str:
    """What somebody may write when that is asked for."""
    if state == "draft.at":
        at = day + timedelta(days=dice.randrange(3))
        return dice.choice((f"{at:%d/%m} 18:00", "18:00", "al 10/3 08:00", "32/13", "hôm nay"))
    if state in {"remind.date", "activity.day"}:
        at = day + timedelta(days=dice.randrange(-20, 200))
        return dice.choice((f"{at:%d/%m/%Y}", f"{at:%d/%m}", "31/02", "mai"))
    return dice.choice(FITTING.get(state, ("được", "không", "BN-01", "12")))


def errand(taps: Counter[str], dice: Random, *, holds_office: bool) -> tuple[str, str]:
    """Where to set out for, mostly where few have been; and the kind of buttons that leads on."""
    is_office = holds_office and dice.random() < 0.7
    errands = OFFICE_ERRANDS if is_office else OWN_ERRANDS
    value = min(dice.sample(sorted(errands), 4), key=lambda one: taps[f"errand {one}"])
    taps[f"errand {value}"] += 1
    return value.replace("N", str(dice.randrange(1, 4))), errands[value]


def is_asked_in_words(state: str) -> bool:
    """Whether something is to be written there, not only tapped."""
    return state in FITTING or state in {"draft.at", "remind.date", "activity.day", "draft.picture"}


def odd_words(dice: Random) -> str:
    if dice.random() < 0.2:
        return "".join(chr(dice.randrange(1, 0x10FFF)) for _ in range(dice.randrange(1, 40)))
    return dice.choice(_ODD)


def slash_word(names: tuple[str, ...], dice: Random) -> str:
    return f"/{dice.choice(names)}{dice.choice(_PAYLOADS) if dice.random() < 0.4 else ''}"


def odd_value(verbs: tuple[str, ...], dice: Random) -> str:
    """A button's value that was never shown, as long as a platform lets one be."""
    return f"{dice.choice(verbs)}:{dice.choice(_ARGUMENTS)}"[:64]


def with_another_number(value: str, dice: Random) -> str:
    """A button's value that was shown, of something else: a neighbour, nothing, or beyond all."""
    place = dice.choice(list(re.finditer(r"\d+", value)))
    number = dice.choice(("0", "1", "2", "3", "12", "-1", "9" * 18, "9" * 20))
    return f"{value[: place.start()]}{number}{value[place.end() :]}"[:64]
