"""The desk in tests: two officers, somebody who reports, and an answer written by taps."""

from __future__ import annotations

from tests.people import Heard, Talker

DOUBTED = (
    "Nghe nói từ tháng sau căng tin khu công nghiệp Sông Hồng thu thêm phí gửi xe, có đúng không?"
)
SUMMARY = "Ban quản lý khu công nghiệp không thu thêm phí gửi xe. Mức phí vẫn như năm trước."
SOURCE = "Thông báo về phí gửi xe; Ban quản lý khu công nghiệp; 12/TB; https://example.org/tb12"
CLAIM = "Từ tháng sau khu công nghiệp Sông Hồng thu thêm phí gửi xe."


async def reported(person: Talker, text: str = DOUBTED, harm: str = "money") -> str:
    """The code of the case."""
    await person.says("/report")
    await person.says(text)
    await person.taps_value("report:done")
    heard = await person.taps_value(f"report:send:{harm}")
    return code_in(heard)


def code_in(heard: Heard) -> str:
    return heard.text.partition("/case ")[2][:14]


async def answered(
    first: Talker, second: Talker, number: int = 1, *, verdict: str = "incorrect",
    how: str = "publish",
) -> None:  # fmt: skip
    """One officer writes, another agrees."""
    await first.taps_value(f"desk:{number}:take")
    await first.taps_value(f"desk:{number}:verdict:{verdict}")
    await first.says(CLAIM)
    await first.says(SUMMARY)
    await first.says(SOURCE)
    await first.taps_value(f"desk:{number}:answer:{how}")
    await second.taps_value(f"desk:{number}:agree")
