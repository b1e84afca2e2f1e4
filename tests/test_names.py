"""A hint about names of private people: found where they look private, silent elsewhere."""

from __future__ import annotations

import pytest

from bot.names import private_names

ASKED = {
    "Chị Nguyễn Thị Lan bị tai nạn ở xưởng 2.": ("Nguyễn Thị Lan",),
    "Công đoàn thăm hỏi công nhân Trần Văn Bình.": ("Trần Văn Bình",),
    "hỗ trợ nữ công nhân Lê Thị Hoa, 2 triệu đồng": ("Lê Thị Hoa",),
    "Liên hệ anh Phạm Hùng (ca 3).": ("Phạm Hùng",),
    "Trao quà cho bà Sok Dara và ông Kim Min Soo": ("Sok Dara", "Kim Min Soo"),
    "đoàn viên Giàng A Páo được khen thưởng": ("Giàng A Páo",),
    "chị Lan Anh và chị Lan Anh": ("Lan Anh",),
    "Gia đình Võ Thị Mười": ("Võ Thị Mười",),
}
SILENT = (
    "Công đoàn Việt Nam",
    "Công nhân Việt Nam đón Tết",
    "công nhân Thái Nguyên, công nhân Hà Nội và công nhân Cao Bằng",
    "công nhân Khu Công nghiệp Quế Võ",
    "công nhân Samsung Electronics",
    "đoàn viên Công Đoàn Việt Nam",
    "Anh em Công Đoàn Bắc Ninh",
    "chị em Công Đoàn Việt Nam",
    "Bác Hồ với công nhân",
    "Chủ tịch Hồ Chí Minh",
    "Thành phố Hồ Chí Minh",
    "học tập bác Hồ Chí Minh",
    "Tổng Bí thư Nguyễn Văn Linh",
    "ông Nguyễn Văn An, Chủ tịch Liên đoàn Lao động tỉnh",
    "bà Trần Thị Bình - Phó Chủ tịch",
    "Giám đốc ông Lê Văn Cường",
    "đồng chí Nguyễn Đình Khang",
    "Bà Rịa – Vũng Tàu",
    "tiếng Anh Trung Quốc dạy",
    "Luật Lao động Việt Nam",
    "người lao động Thái Lan",
    "ANH NGUYỄN VĂN AN",
    "anh hùng liệt sĩ Nguyễn Văn Trỗi",
    "Sáng thứ bảy. Anh, chị đến văn phòng.",
    "đường Lê Hồng Phong, phường Trần Phú",
    "Ông. Nguyễn Trãi, Hà Nội",
    "",
)


@pytest.mark.parametrize("text", ASKED)
def test_a_name_that_looks_private_is_asked_about(text: str) -> None:
    assert private_names(text) == ASKED[text]


@pytest.mark.parametrize("text", SILENT)
def test_places_bodies_and_people_in_office_are_not(text: str) -> None:
    assert private_names(text) == ()
