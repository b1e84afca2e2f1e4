"""50,000 plausible checks, and how long a text takes among them: `python -m bench.matching_load`.

It runs in a process of its own, whose memory is measured, and prints one JSON object.
"""

from __future__ import annotations

import json
import random
import statistics
import time
from collections.abc import Iterator

from bench.labelled import figures, labels, published
from bench.machine import SERVER_CORE, peak_kb, pin
from bot.matching import Matcher, Wording

CHECKS, SEED, TEXTS = 50_000, 7, 400
_WHO = (
    "công nhân may", "lao động nữ", "lao động thời vụ", "người lao động nước ngoài", "thợ hàn",
    "tài xế", "bảo vệ", "giáo viên mầm non", "nhân viên kho", "lao động cao tuổi", "công nhân giày",
    "công nhân điện tử", "người khuyết tật", "công nhân vệ sinh", "nhân viên bếp",
)  # fmt: skip
_WHERE = (
    "Bình Dương", "Đồng Nai", "Bắc Ninh", "Hải Phòng", "Long An", "Hà Nội", "Cần Thơ", "Đà Nẵng",
    "Hưng Yên", "Quảng Ninh", "Nghệ An", "Thanh Hóa", "Tây Ninh", "Vĩnh Long", "Gia Lai",
)  # fmt: skip
# Two Vietnamese wordings and an English one.
_WHAT = (
    ("phải thử việc {n} tháng", "{n} tháng đầu không có lương", "serve {n} months of probation"),
    ("bị trừ {m} đồng khi đi trễ", "đi muộn là mất {m} đồng", "lose {m} dong for being late"),
    ("được nghỉ thêm {n} ngày lễ có lương", "nghỉ lễ thêm {n} ngày", "get {n} more holidays"),
    ("được hỗ trợ {m} đồng qua đường link", "bấm link nhận {m} đồng", "get {m} dong by a link"),
    ("phải đặt cọc {m} đồng", "nộp cọc {m} đồng mới ký hợp đồng", "pay a deposit of {m} dong"),
    ("chỉ được trả {p}% khi tăng ca", "tăng ca tính {p}%", "are paid {p}% for overtime"),
    ("bị trừ {p}% lương đóng công đoàn", "mất {p}% lương cho công đoàn", "pay the union {p}%"),
    ("được rút bảo hiểm sau {n} tháng", "lãnh bảo hiểm sau {n} tháng", "withdraw after {n} months"),
    ("bị sa thải khi ốm {n} ngày", "nghỉ bệnh {n} ngày là bị đuổi", "are fired if {n} days sick"),
    ("không được khám bệnh từ {n}/9", "mất thẻ bảo hiểm y tế ngày {n}/9", "lose the card on {n}/9"),
)  # fmt: skip
_ANSWER = (
    "Luật không quy định như vậy. Mức đúng là {q}, áp dụng cho {who} tại {where} theo Nghị định số "
    "{n}/2025/NĐ-CP. Nếu bị áp dụng sai, hãy ghi lại ngày giờ và hỏi công đoàn tại nơi làm việc."
)


def synthetic(count: int, seed: int = SEED) -> Iterator[Wording]:
    """Claims of many trades and places; no two are the same, many are alike."""
    chance = random.Random(seed)
    for number in range(count):
        gaps = {
            "n": chance.randint(2, 28),
            "m": f"{chance.randint(5, 900)}0.000",
            "p": chance.randint(1, 400),
            "q": chance.randint(2, 90),
            "who": chance.choice(_WHO),
            "where": f"{chance.choice(_WHERE)}, khu công nghiệp {chance.randint(1, 90)}",
        }
        first, second, english = (part.format(**gaps) for part in chance.choice(_WHAT))
        answer = _ANSWER.format(**gaps)
        name = f"made-{number}"
        yield Wording(name, "vi", f"Từ năm 2026 {gaps['who']} ở {gaps['where']} {first}.", answer)
        yield Wording(name, "vi", f"Nghe nói {gaps['who']} {gaps['where']}: {second}", answer)
        yield Wording(name, "en", f"Workers in {gaps['where']} {english}.")


def texts(seed: int = SEED) -> list[str]:
    """Short ones as people ask, and chains of 4,000 characters that end in a claim."""
    chance = random.Random(seed)
    asked = [label.text for label in labels()]
    made = [wording.text for wording in synthetic(200, seed + 1)]
    short = [chance.choice(asked + made) for _ in range(TEXTS * 3 // 4)]
    chains = []
    for _ in range(TEXTS - len(short)):
        parts = "\n".join(chance.sample(asked + made, 60))
        chains.append(parts[:3900] + "\n" + chance.choice(made))
    return short + chains


def _main() -> None:
    pin(SERVER_CORE)
    began = time.process_time()
    matcher = Matcher([*published(), *synthetic(CHECKS)])
    built = time.process_time() - began
    took = []
    for text in texts():
        began = time.process_time()
        matcher.match(text)
        took.append((time.process_time() - began) * 1000)
    found = figures([(label, matcher.match(label.text)) for label in labels()])
    shares = statistics.quantiles(took, n=20)
    answer = {"p50": shares[9], "p95": shares[18], "most": max(took), "built": built}
    print(json.dumps({**answer, "memory": peak_kb() / 1024, "labelled": str(found)}))


if __name__ == "__main__":
    _main()
