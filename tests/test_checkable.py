"""Whether a text states anything: what can be checked, and what only feels, wishes or greets."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from bot.checkable import looks_checkable
from tests.conftest import LIBRARY, ROOT

STATES = (
    "Từ 1/1/2027 tuổi nghỉ hưu của nữ là 60.",
    "luong toi thieu vung 1 la 5.310.000d",
    "Công ty không ký hợp đồng thì công nhân được nghỉ ngay.",
    "Nghị định 293/2025/NĐ-CP tăng lương tối thiểu.",
    "Theo quy định mới phải đóng 12% phí.",
    "Đăng nhập link này để nhận 2 triệu.",
    "cong an goi dien bao chuyen tien de dieu tra",
    "Uống nước chanh chữa được bệnh dạ dày.",
    "Ngày mai cúp nước cả khu trọ.",
    "nghe noi nha may sap doi di tinh khac",
    "Việt Nam gia nhập ASEAN năm 1995.",
    "Bác Hồ đọc Tuyên ngôn Độc lập ngày 2/9/1945.",
    "Tết này nghỉ 9 ngày đúng không mọi người?",
    "Mệt quá mọi người ơi. Từ 1/7 công ty cắt phụ cấp xăng xe.",
    "sếp ác ghê, theo luật thì phải trả 200% chủ nhật",
    "Tổ trưởng nói không tăng ca sẽ bị đuổi, chán quá",
    "đm, công ty nợ lương 3 tháng rồi không trả",
    "[…] giữ căn cước gốc của công nhân",
    "Pregnant workers may be dismissed.",
    "The dormitory will be closed next week.",
    "I think the law says 12 holidays a year.",
    "You get 7 months of leave since 2026.",
    "Police called and asked for my OTP.",
    "mang thai bi cho nghi viec",
    "sinh con thứ hai được nghỉ 7 tháng",
    "Cây cầu mới thông xe cuối tháng này.",
    "Sữa ở căn tin hết hạn từ tháng trước.",
    "Ai không tiêm vắc xin không được vào xưởng.",
    "bệnh viện phát thuốc giả cho công nhân",
    "Ăn cua với hồng là ngộ độc.",
    "听说从2026年起越南取消了失业补助，是真的吗？",
    "残業代は全部非課税になったと同僚が言っています。",
)
ONLY_FEELS = (
    "Công ty này keo kiệt quá.",
    "cong ty nay te qua troi",
    "Theo tôi nên tăng lương cho công nhân.",
    "theo minh thi nen cho nghi thu bay",
    "Mình thấy lãnh đạo công đoàn rất chậm chạp, nên thay người trẻ.",
    "Buồn ghê, năm nào cũng vậy.",
    "Sao không cho công nhân nghỉ dài hơn?",
    "Cơm căn tin dở quá.",
    "com can tin do qua, an khong noi",
    "Tổ trưởng hách dịch lắm.",
    "Ước gì lương đủ nuôi con.",
    "Mong cấp trên quan tâm công nhân hơn.",
    "Quá bất công!",
    "vo ly het suc",
    "Làm hoài mệt quá mà chẳng ai quan tâm.",
    "Tôi thất vọng về cách giải quyết này.",
    "Xe đưa đón chậm quá.",
    "Lương thấp quá sao sống nổi.",
    "Nóng kinh khủng, chịu không nổi.",
    "em ghet cai xuong nay",
    "Nhà trọ đắt quá trời.",
    "I think the manager is rude.",
    "The food is too salty.",
    "This factory is the worst place ever.",
    "So unfair!",
    "They should listen to workers.",
    "In my opinion wages are too low.",
    "Chào mọi người",
    "xin chao ca nha, chuc ngay moi vui ve",
    "Chúc anh chị em cuối tuần vui vẻ nhé!",
    "Cảm ơn ad nhiều nha",
    "Good morning everyone, have a nice day!",
    "hello",
    "ok",
    "[…]",
    "đồ […]",
    "😡😡😡",
    "",
    "   ",
)


@pytest.mark.parametrize("text", STATES)
def test_what_states_something_can_be_checked(text: str) -> None:
    assert looks_checkable(text)


@pytest.mark.parametrize("text", ONLY_FEELS)
def test_opinions_feelings_and_greetings_cannot(text: str) -> None:
    assert not looks_checkable(text)


LABELLED: list[dict[str, Any]] = yaml.load(
    (ROOT / "tests/claims/labelled.yaml").read_text("utf-8"), yaml.CSafeLoader
)


def test_of_the_labelled_texts_opinions_are_known_and_claims_are_not_taken_for_them() -> None:
    opinions = [one["text"] for one in LABELLED if "opinion" in one["kind"]]
    claims = [one["text"] for one in LABELLED if one["match"]]
    assert [text for text in opinions if looks_checkable(text)] == []
    assert [text for text in claims if not looks_checkable(text)] == []


def test_every_published_wording_can_be_checked() -> None:
    for check in LIBRARY.factchecks.values():
        for language in check.claim:
            assert all(map(looks_checkable, check.wordings(language))), check.id


@pytest.mark.parametrize(
    "text", ["a " * 25_000, "luat " * 10_000, "." * 50_000, "toi thay " * 6_000]
)
def test_long_texts_end(text: str) -> None:
    looks_checkable(text)
