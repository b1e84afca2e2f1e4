"""A paragraph to paste into the office's general quarterly report."""

from __future__ import annotations

from collections.abc import Iterator

from bot.planreport.fields import told_days
from bot.planreport.names import BY_TOPIC
from bot.planreport.report import STATES, Report, State
from bot.planreport.workbook import read_number

MOST_WORDS = 200
# How a sentence begins, and what it tells of which figure; {} is the number.
_SENTENCES = (
    ("Trong kỳ", (
        ("đã đăng {} bài", "bài đã đăng", "bai_dang"),
        ("tổ chức {} đợt gửi tin", "đợt gửi tin", "dot_gui_tin"),
        ("đưa {} tin đến người nhận", "tin đã gửi", "tin_da_gui"),
        ("bằng {} ngôn ngữ", "ngôn ngữ", "ngon_ngu"),
        ("với {} lượt đọc", "lượt đọc", "luot_doc"),
    )),
    ("Đến cuối kỳ", (
        ("có {} người đăng ký nhận tin", "người đăng ký nhận tin", "nguoi_dang_ky"),
        ("trong đó {} người đăng ký mới", "người mới đăng ký", "nguoi_moi"),
        ("{} người đã nhận được tin trong kỳ", "người đã nhận được tin", "nguoi_nhan_tin"),
    )),
    ("Về thông tin sai sự thật", (
        ("người lao động báo {} tin bị nghi ngờ", "tin bị nghi ngờ được báo", "tin_duoc_bao"),
        ("đã kết luận {} tin", "tin đã kết luận", "tin_da_ket_luan"),
        ("công bố {} bài kiểm chứng", "bài kiểm chứng", "tin_kiem_chung"),
        ("thời gian trả lời (trung vị) là {} giờ", "thời gian trả lời", "gio_tra_loi"),
    )),
    ("Về cuộc thi, Giải thưởng và hoạt động của các đơn vị", (
        ("có {} lượt dự thi", "lượt dự thi", "luot_du_thi"),
        ("mức hiểu biết tăng {} điểm phần trăm", "mức tăng hiểu biết", "tang_hieu_biet"),
        ("có {} tác phẩm đăng ký dự Giải thưởng", "tác phẩm đăng ký dự Giải thưởng", "tac_pham"),
        ("các đơn vị báo cáo {} hoạt động", "hoạt động của các đơn vị", "hoat_dong"),
    )),
)  # fmt: skip
_ORDER: tuple[State, ...] = ("done", "under-way", "late", "missing", "no-figure")


def paragraph(report: Report) -> str:
    """120 to 200 words of plain Vietnamese: the main numbers, what is done, late and missing.

    What there is no figure for is named as such. The last sentence leads back to the figures;
    where it would be too long, what weighs least is left out.
    """
    end = f"(Nguồn: số liệu Cầu Nối, mã {report.period.code}.)"
    said: list[str] = []
    for sentence in _sentences(report):
        if len(" ".join([*said, sentence, end]).split()) <= MOST_WORDS:
            said.append(sentence)
    return " ".join([*said, end])


def _sentences(report: Report) -> Iterator[str]:
    """The weightiest first."""
    missing: list[str] = []
    about = [
        sentence
        for start, parts in _SENTENCES
        if (sentence := _sentence(report, start, parts, missing))
    ]
    opening = (
        f"Thực hiện {report.plan.title}, kết quả {report.title} {report.period.title} như sau."
    )
    yield opening
    yield from about[:2]
    if report.results:
        yield _tasks(report)
    yield from about[2:]
    if missing:
        yield f"Không có số liệu hoặc không nêu do số lượng nhỏ: {', '.join(missing)}."
    yield from _if_there_is_room(report)


def _sentence(
    report: Report, start: str, parts: tuple[tuple[str, str, str], ...], missing: list[str]
) -> str:
    said = []
    for words, label, name in parts:
        figure = report.figures.get(name)
        if figure is None or figure.amount is None:
            missing.append(label)
        else:
            said.append(words.format(figure.told))
    return f"{start}, {', '.join(said)}." if said else ""


def _tasks(report: Report) -> str:
    states = [one.state for one in report.results]
    counted = ", ".join(
        f"{states.count(state)} {STATES[state][:1].lower()}{STATES[state][1:]}"
        for state in _ORDER
        if state in states or state == "done"
    )
    return f"Trong {len(states)} nhiệm vụ của kế hoạch có: {counted}."


def _if_there_is_room(report: Report) -> Iterator[str]:
    if days := told_days(report.open_days):
        yield f"Số liệu {days} chưa chốt, còn có thể thay đổi."
    lacking = [one for one in report.results if one.state in {"late", "missing"}]
    for count in (3, 2, 1):
        named = "; ".join(f"{one.title} ({one.shortfall})" for one in lacking[:count])
        if named:
            yield f"Nhiệm vụ còn chậm hoặc chưa thực hiện: {named}."
            break
    table = report.tables.get(BY_TOPIC)
    rows = [one for one in table.rows if not isinstance(read_number(one[1]), str)] if table else []
    if rows:
        yield f"Chủ đề có nhiều tin nhất: {', '.join(f'{r[0]} ({r[1]})' for r in rows[:3])}."
