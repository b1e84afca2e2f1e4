"""A rich report as tests of what is written need it: long names, hidden and missing figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from bot.library import Plan
from bot.model import Bar, Chart, Section
from bot.planreport.names import BY_LANGUAGE, BY_TOPIC, BY_UNIT
from bot.planreport.periods import whole_quarter
from bot.planreport.report import Figure, Lack, OwnActivity, Report, Result, Rows, State, Table
from tests.conftest import LIBRARY

PERIOD = whole_quarter(2026, 3)
LONG_UNIT = (
    "Công đoàn cơ sở Công ty TNHH Một thành viên Sản xuất Thương mại và Dịch vụ May mặc Xuất khẩu "
    "Phương Đông, Khu công nghiệp Trảng Bàng"
)
EVIL = '<Tờ rơi> & "an toàn" \x00\x0b{{ so }} =1+1'
TOPICS = (
    ("Nghị quyết, chính sách", 12450),
    ("Sự kiện và ngày lễ", 8120),
    ("Biển, đảo", 6040),
    ("Quyền con người", 3010),
    ("Công đoàn", 2025),
)
_FIGURES: tuple[tuple[str, str, float | None, str, Lack], ...] = (
    ("tin_da_gui", "Tin đã đến người nhận", 31645, "tin", ""),
    ("bai_dang", "Bài đã đăng", 27, "bài", ""),
    ("dot_gui_tin", "Đợt gửi tin", 14, "đợt", ""),
    ("ngon_ngu", "Ngôn ngữ của tin đã gửi", 6, "ngôn ngữ", ""),
    ("luot_doc", "Lượt đọc", 18204, "lượt", ""),
    ("nguoi_dang_ky", "Người đăng ký nhận tin", 4120, "người", ""),
    ("nguoi_moi", "Người mới đăng ký", 312, "người", ""),
    ("nguoi_roi", "Người ngừng nhận tin", None, "người", "small"),
    ("nguoi_nhan_tin", "Người đã nhận được tin", None, "người", "months"),
    ("dot_thi", "Đợt thi đã kết thúc", 2, "đợt", ""),
    ("luot_du_thi", "Lượt dự thi", 640, "lượt", ""),
    ("tang_hieu_biet", "Mức tăng hiểu biết", 12.5, "điểm phần trăm", ""),
    ("tin_duoc_bao", "Tin bị nghi ngờ được báo", 42, "tin", ""),
    ("tin_da_ket_luan", "Tin đã có kết luận", 40, "tin", ""),
    ("gio_tra_loi", "Thời gian trả lời (trung vị)", 30.5, "giờ", ""),
    ("tin_kiem_chung", "Kết quả kiểm chứng đã công bố", 6, "bài", ""),
    ("tac_pham", "Tác phẩm đăng ký dự Giải thưởng", None, "tác phẩm", "none"),
    ("hoat_dong", "Hoạt động do các đơn vị tổ chức", 4, "hoạt động", ""),
    ("don_vi_hoat_dong", "Đơn vị có hoạt động", 3, "đơn vị", ""),
)
# How the tasks of the sample plan fared, one after the other.
_STATES: tuple[State, ...] = ("done", "late", "done", "missing", "under-way", "done", "no-figure")
_SHORTFALLS = {
    "late": "còn thiếu 2 bài, quá hạn từ ngày 30/9/2026",
    "missing": "còn thiếu cả 3 bài",
    "under-way": "còn thiếu 1 bài, hạn đến ngày 31/10/2026",
}


def sample_plan() -> Plan:
    """The sample of content/plan.yaml, with an office that has everything."""
    plan = LIBRARY.plan
    assert plan is not None
    letterhead = plan.letterhead.model_copy(
        update={
            "superior": "Tổng Liên đoàn Lao động Việt Nam",
            "issuer": "Liên đoàn Lao động tỉnh Tây Ninh",
            "place": "Tây Ninh",
            "addressees": ("Tổng Liên đoàn Lao động Việt Nam", "Ban Tuyên giáo Tỉnh ủy"),
            "posts": ("TM. Ban Thường vụ", "Phó Chủ tịch"),
            "signer": "Nguyễn Thị Hồng Ngọc",
            "recipients": ("Như trên", "Các công đoàn cơ sở"),
            "archive": "VP",
        }
    )
    return plan.model_copy(update={"number": "85/KH-LĐLĐ", "letterhead": letterhead})


def sample_report(*, open_days: int = 2, units: int = 18) -> Report:
    """A quarter's report; its last days still open, `units` rows in the table by unit."""
    plan = sample_plan()
    return Report(
        plan=plan,
        period=PERIOD,
        title="công tác thông tin đối ngoại",
        figures={name: figure for name, *_ in _FIGURES for figure in [_figure(name)]},
        tables=_tables(units),
        results=tuple(_results(plan)),
        activities=_activities(),
        charts=_charts(),
        ahead=(
            "Hoàn thành 2 bài về sự kiện, ngày lễ còn thiếu của quý III",
            "Gửi tin bằng tiếng Khmer và tiếng Trung Quốc về Tuần lễ Biển và Hải đảo Việt Nam",
        ),
        open_days=tuple(PERIOD.last - timedelta(days=one) for one in range(open_days)),
    )


def _figure(name: str) -> Figure:
    at, (_, label, amount, unit, lack) = next(
        (at, one) for at, one in enumerate(_FIGURES, start=1) if one[0] == name
    )
    rows = Rows(
        ("Ngày", "Chủ đề", "Số lượng"),
        (("01/07/2026", "=SUM(A1)", "20"), ("02/07/2026", "Biển, đảo", "7")),
    )
    empty = lack in {"small", "none"}
    return Figure(f"2026Q3-{at}", name, label, amount, unit, lack, Rows() if empty else rows)


def _results(plan: Plan) -> list[Result]:
    results = []
    for at, task in enumerate(plan.tasks):
        state = _STATES[at % len(_STATES)]
        lack: Lack = "none" if state == "no-figure" else ""
        amount = None if lack else float(task.target - (0 if state == "done" else 2))
        figure = Figure(f"2026Q3-{20 + at}", f"task_{at}", task.title["vi"], amount, "bài", lack)
        results.append(
            Result(
                title=task.title["vi"],
                section=task.section,
                who=task.who,
                until="hạn 30/9/2026",
                indicator="Bài đã đăng",
                target=f"{task.target} bài mỗi quý",
                figure=figure if state != "missing" else replace(figure, amount=0),
                state=state,
                shortfall=_SHORTFALLS.get(state, ""),
            )
        )
    return results


def _tables(units: int) -> dict[str, Table]:
    def told(number: int) -> str:
        return f"{number:,}".replace(",", ".")

    by_topic = Table(
        "2026Q3-40",
        BY_TOPIC,
        "Tin đã đến người nhận, theo chủ đề",
        ("Chủ đề", "Số tin", "Lượt đọc"),
        tuple((name, told(count), told(count // 2)) for name, count in TOPICS),
        (False, True, True),
        note="Một tin gửi cho một người được tính một lần.",
    )
    by_language = Table(
        "2026Q3-41",
        BY_LANGUAGE,
        "Tin đã đến người nhận, theo ngôn ngữ",
        ("Ngôn ngữ", "Số tin"),
        (("Tiếng Việt", "29.000"), ("Tiếng Khmer", "2.640"), ("Tiếng Thái", "dưới 5 (không nêu)")),
        (False, True),
    )
    by_unit = Table(
        "2026Q3-42",
        BY_UNIT,
        "Kết quả theo đơn vị / units: [2026]",
        ("Đơn vị", "Số tin", "Lượt đọc", "Người nhận được tin", "Lượt dự thi"),
        tuple(
            (
                LONG_UNIT if at == 0 else f"Công đoàn xã số {at}",
                told(900 + at),
                "12,5",
                "40",
                "0012",
            )
            for at in range(units)
        ),
        (False, True, True, True, True),
    )
    return {one.name: one for one in (by_unit, by_topic, by_language)}


def _activities() -> tuple[OwnActivity, ...]:
    return (
        OwnActivity(LONG_UNIT, "meeting", "Sinh hoạt chuyên đề về quyền và nghĩa vụ của lao động "
                    "nước ngoài", "Hội trường Khu công nghiệp", date(2026, 7, 15), 1250,
                    "Báo Tây Ninh"),
        OwnActivity("Công đoàn xã Phước Đông", "leaflet", EVIL, "", date(2026, 8, 2), None),
        OwnActivity("Công đoàn xã Phước Đông", "other", "Gặp mặt", "Nhà trọ", date(2026, 8, 9), 3),
    )  # fmt: skip


def _charts() -> tuple[Chart, ...]:
    bars = tuple(Bar(name, (count,), f"{count:,}".replace(",", ".")) for name, count in TOPICS)
    return (
        Chart("Tin đã đến người nhận, theo chủ đề", (Section("", bars),), alt="Nghị quyết: 12.450"),
        Chart(
            "Nhiệm vụ của kế hoạch",
            (Section("", (Bar("Nội dung thông tin", (3, 2, 1), "3 / 6"),)),),
            ("Hoàn thành", "Chậm", "Chưa thực hiện"),
            alt="Hoàn thành 3 / 6",
        ),
    )
