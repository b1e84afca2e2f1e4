"""The tables of an export, and what each of their columns means, in Vietnamese and English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# What a language, a verdict or a kind is called that counts what may not be told one by one.
OTHER = "other"
_MONTH = (str, "Tháng, như 2026-09 · Month, such as 2026-09")
_DAY = (str, "Ngày, theo giờ Việt Nam · Day, by the clock of Viet Nam")
_TOPIC = (str, "Chủ đề, xem bảng topics · Topic, see table topics")
_UNIT = (str, "Mã đơn vị, xem bảng units · The unit, see table units")
_MESSAGES = (int, "Số tin đã đến nơi · Messages that arrived")
_LANGUAGE = (
    str,
    f"Mã ngôn ngữ BCP 47; {OTHER}: các ngôn ngữ ít người đọc gộp lại · Language tag (BCP 47); "
    f"{OTHER}: languages of too few readers together",
)


@dataclass(frozen=True, slots=True)
class Table:
    """`columns` are type and meaning by name, in order."""

    name: str
    about: str
    columns: Mapping[str, tuple[type, str]]


TABLES: tuple[Table, ...] = (
    Table(
        "topics",
        "Các chủ đề · The topics",
        {"topic": (str, "Tên ngắn · Short name"), "name": (str, "Tên · Vietnamese name")},
    ),
    Table(
        "articles",
        "Bài đã đăng · Articles that came out",
        {
            "id": (str, "Tên ngắn của bài · Short name of the article"),
            "topic": _TOPIC,
            "title": (str, "Tên bài · Title"),
            "published": (str, "Ngày đăng · Day on which it came out"),
        },
    ),
    Table(
        "factchecks",
        "Kết quả kiểm chứng đã công bố · Fact-checks that came out",
        {
            "id": (str, "Tên ngắn · Short name; its page is /factchecks/ID"),
            "verdict": (str, "Kết luận · Verdict"),
            "claim": (str, "Nội dung được kiểm chứng · The claim that was checked"),
            "published": (str, "Ngày công bố · Day on which it came out"),
        },
    ),
    Table(
        "messages_by_day",
        "Tin đã đến nơi theo ngày · Messages that arrived, by day",
        {
            "day": _DAY,
            "topic": _TOPIC,
            "channel": (str, "Kênh: web, telegram, zalo-oa, zalo-bot · Channel"),
            "messages": _MESSAGES,
        },
    ),
    Table(
        "readings_by_day",
        "Lượt đọc bài theo ngày · Readings of articles, by day",
        {"day": _DAY, "topic": _TOPIC, "readings": (int, "Số lượt đọc · Readings")},
    ),
    Table(
        "languages_by_month",
        "Tin và lượt đọc theo ngôn ngữ; ngôn ngữ có dưới năm người đọc được gộp lại · Messages and "
        "readings by language; those of fewer than five readers stand together",
        {
            "month": _MONTH,
            "kind": (str, "messages hoặc readings · Messages or readings"),
            "language": _LANGUAGE,
            "amount": (int, "Số lượng · How many"),
        },
    ),
    Table(
        "campaigns",
        "Các đợt gửi tin của cán bộ · Messages that officers sent to many",
        {
            "number": (int, "Số của đợt gửi · Number of the campaign"),
            "day": _DAY,
            "topic": _TOPIC,
            "audience": (
                int,
                "Số người nhận; trống: dưới năm hoặc chưa đếm · Recipients; empty: fewer than "
                "five, or not counted yet",
            ),
            "messages": _MESSAGES,
        },
    ),
    Table(
        "contest_rounds",
        "Các vòng thi đã kết thúc · Rounds of contests that ended",
        {
            "contest": (str, "Cuộc thi · Contest"),
            "round": (str, "Vòng thi · Round"),
            "day": _DAY,
            "entries": (int, "Lượt dự thi; trống: dưới năm · Entries; empty: fewer than five"),
            "gain": (
                float,
                "Mức tăng hiểu biết, điểm phần trăm · Gain of knowledge in percentage points, of "
                "five people or more who took part before",
            ),
        },
    ),
    Table(
        "units",
        "Cây tổ chức · The organisation's tree",
        {
            "unit": (str, "Mã đơn vị · The unit's short name"),
            "name": (str, "Tên đơn vị · Name"),
            "kind": (str, "Loại đơn vị · Kind"),
            "parent": (str, "Đơn vị cấp trên · The unit above"),
            "is_open": (int, "1: đang hoạt động, 0: đã kết thúc · 1: open, 0: closed or merged"),
        },
    ),
    Table(
        "units_by_month",
        "Theo đơn vị và tháng, gồm cả các đơn vị bên dưới; nhóm dưới năm người được tính vào đơn "
        "vị cấp trên · By unit and month, with all units below; what concerns fewer than five "
        "people counts in the unit above",
        {
            "month": _MONTH,
            "unit": _UNIT,
            "kind": (str, "messages hoặc readings · Messages or readings"),
            "topic": _TOPIC,
            "amount": (int, "Số lượng · How many"),
        },
    ),
    Table(
        "claims_by_month",
        "Nội dung bị nghi ngờ được báo và đã có kết luận; dưới năm được gộp lại · Doubtful claims "
        "that were brought, and those that were closed; fewer than five stand together",
        {
            "month": _MONTH,
            "kind": (str, "claim: được báo; verdict: đã kết luận · Brought, or closed"),
            "subject": (
                str,
                f"Mối hại hoặc kết luận; {OTHER}: gộp lại · Feared harm, or verdict; {OTHER}: "
                "several together, or another harm",
            ),
            "claims": (int, "Số nội dung · Claims"),
        },
    ),
    Table(
        "people_by_month",
        "Người đăng ký nhận tin vào cuối tháng, làm tròn xuống đến bội của năm · Who receives "
        "messages at the end of the month, rounded down to a multiple of five",
        {
            "month": _MONTH,
            "language": _LANGUAGE,
            "people": (int, "Số người, làm tròn xuống · People, rounded down"),
        },
    ),
    Table(
        "joining_by_month",
        "Người mới đăng ký, ngừng nhận, và đã nhận được tin · Who joined, left, and was reached",
        {
            "month": _MONTH,
            "joined": (int, "Người mới; dưới năm được tính vào tháng sau · Joined; fewer than five "
                            "count in the month after"),
            "leaving": (int, "Người ngừng nhận; cũng vậy · Left; in the same way"),
            "reached": (int, "Người đã nhận được tin trong tháng; trống: dưới năm · Reached in the "
                             "month; empty: fewer than five"),
        },
    ),
)  # fmt: skip


def metadata(database: str, publisher: str, url: str, licence: str) -> dict[str, Any]:
    """What Datasette shows beside the tables; `database` is the file's name without its ending."""
    tables = {
        table.name: {
            "description": table.about,
            "columns": {name: meaning for name, (_, meaning) in table.columns.items()},
        }
        for table in TABLES
    }
    shared = {"license": licence, "source": publisher, "source_url": url}
    about = (
        "Số liệu ẩn danh của các ngày đã chốt; không có thông tin cá nhân · Anonymous figures of "
        "days that are closed; nothing about any single person"
    )
    title = f"Số liệu thông tin đối ngoại – {publisher}"
    own = {"title": title, "description": about, **shared}
    return {**own, "databases": {database: {**own, "tables": tables}}}
