"""What is counted, in the words of an official report, which is Vietnamese."""

from __future__ import annotations

from collections.abc import Mapping

# Each measure of a plan: what it is called, and what follows the number.
MEASURE_WORDS: Mapping[str, tuple[str, str]] = {
    "messages": ("Tin đã đến người nhận", "tin"),
    "articles": ("Bài đã đăng", "bài"),
    "campaigns": ("Đợt gửi tin của cán bộ", "đợt"),
    "languages": ("Ngôn ngữ của tin đã gửi", "ngôn ngữ"),
    "readings": ("Lượt đọc", "lượt"),
    "people": ("Người đăng ký nhận tin (cuối kỳ, làm tròn)", "người"),
    "reached": ("Người đã nhận được tin (làm tròn)", "người"),
    "joined": ("Người mới đăng ký", "người"),
    "left": ("Người ngừng nhận tin", "người"),
    "rounds": ("Vòng thi đã kết thúc", "vòng"),
    "entries": ("Lượt dự thi", "lượt"),
    "gain": ("Mức tăng hiểu biết qua các vòng thi", "điểm phần trăm"),
    "claims": ("Nội dung bị nghi ngờ được báo", "nội dung"),
    "verdicts": ("Nội dung đã có kết luận", "nội dung"),
    "hours": ("Thời gian đến khi có kết luận (trung vị)", "giờ"),
    "checks": ("Kết quả kiểm chứng đã công bố", "bài"),
    "works": ("Tác phẩm đăng ký dự Giải thưởng", "tác phẩm"),
    "activities": ("Hoạt động do các đơn vị tổ chức", "hoạt động"),
    "active-units": ("Đơn vị có hoạt động được báo cáo", "đơn vị"),
    "reports": ("Báo cáo đã lập", "báo cáo"),
}
CHANNEL_WORDS: Mapping[str, str] = {
    "web": "Trang web",
    "telegram": "Telegram",
    "zalo-oa": "Zalo Official Account",
    "zalo-bot": "Zalo Bot",
}
HARM_WORDS: Mapping[str, str] = {
    "money": "Tiền bạc",
    "health": "Sức khỏe",
    "work": "Việc làm",
    "other": "Khác",
}
VERDICT_WORDS: Mapping[str, str] = {
    "incorrect": "Sai sự thật",
    "misleading": "Gây hiểu lầm",
    "missing-context": "Thiếu bối cảnh",
    "correct": "Đúng",
    "satire": "Châm biếm",
    "opinion": "Ý kiến",
    "cannot-verify": "Chưa xác minh được",
}
LANGUAGE_WORDS: Mapping[str, str] = {
    "vi": "Tiếng Việt",
    "en": "Tiếng Anh",
    "zh-Hans": "Tiếng Trung (giản thể)",
    "zh-Hant": "Tiếng Trung (phồn thể)",
    "ko": "Tiếng Hàn",
    "ja": "Tiếng Nhật",
    "km": "Tiếng Khmer",
    "th": "Tiếng Thái",
    "id": "Tiếng Indonesia",
}
OTHERS = "Còn lại"
NO_UNIT = "Không thuộc đơn vị nào"
WITHOUT_TOPIC = "Nhiều chủ đề"


def language_word(tag: str) -> str:
    """A language in Vietnamese; who has chosen none reads Vietnamese."""
    return LANGUAGE_WORDS.get(tag or "vi", tag)
