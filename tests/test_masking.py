"""Masking: what tells who is meant is hidden, what a claim says stays."""

from __future__ import annotations

import time
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.masking import Masked, mask
from tests.conftest import LIBRARY, ROOT

# What is written, what is kept of it, and the kinds that were hidden.
HIDDEN = {
    # Names with titles.
    "chị Lan ở tổ 3 nói công ty nợ lương": ("chị […] nói công ty nợ lương", "name"),
    "anh Tuấn HR thu 2 triệu tiền cọc": ("anh […] thu 2 triệu tiền cọc", "name"),
    "Anh Tuấn bên phòng nhân sự nói vậy": ("Anh […] nói vậy", "name"),
    "Nghe cô Hoa bảo là bỏ bảo hiểm": ("Nghe cô […] bảo là bỏ bảo hiểm", "name"),
    "ông Nguyễn Văn An lừa 5 triệu": ("ông […] lừa 5 triệu", "name"),
    "Bà Trần Thị Bình, chủ trọ, tăng giá điện": ("Bà […], chủ trọ, tăng giá điện", "name"),
    "chú Ba xe ôm kể": ("chú […] xe ôm kể", "name"),
    "em Giàng A Páo bị trừ lương": ("em […] bị trừ lương", "name"),
    "thằng Cường quỵt tiền": ("thằng […] quỵt tiền", "name"),
    "con Thảo đăng bài này": ("con […] đăng bài này", "name"),
    "sếp Park không cho nghỉ lễ": ("sếp […] không cho nghỉ lễ", "name"),
    "giám đốc Hùng nói không thưởng Tết": ("giám đốc […] nói không thưởng Tết", "name"),
    "tổ trưởng Lan Anh thu căn cước": ("tổ trưởng […] thu căn cước", "name"),
    "Quản đốc Đinh Công Minh phạt tiền": ("Quản đốc […] phạt tiền", "name"),
    "chủ tịch công đoàn Hoa giữ quỹ": ("chủ tịch công đoàn […] giữ quỹ", "name"),
    "bác sĩ Hạnh bán giấy nghỉ ốm": ("bác sĩ […] bán giấy nghỉ ốm", "name"),
    "công nhân Lê Thị Mười bị đuổi": ("công nhân […] bị đuổi", "name"),
    "công nhân Tuấn bị đuổi": ("công nhân […] bị đuổi", "name"),
    "anh T. kế toán bảo thế": ("anh […] kế toán bảo thế", "name"),
    "chị N.T.L. bị nợ lương": ("chị […] bị nợ lương", "name"),
    "anh Nam với chị Hà tổ 5": ("anh […] với chị […]", "name"),
    "anh Phạm Hùng tổ cắt": ("anh […] tổ cắt", "name"),
    "chị LAN nói": ("chị […] nói", "name"),
    "Gửi Anh Tuấn, chị Yến Nhi": ("Gửi Anh […], chị […]", "name"),
    "luật sư Hoàng Diệu Linh tư vấn": ("luật sư […] tư vấn", "name"),
    "thiếu tá Nguyễn Quốc Khánh gọi điện": ("thiếu tá […] gọi điện", "name"),
    "A. Tuấn quản lý thu 500k": ("A. […] quản lý thu 500k", "name"),
    "c Hương bên nhân sự bảo bỏ": ("c […] bên nhân sự bảo bỏ", "name"),
    "ông chủ tịch xã Phạm Văn Đông nói": ("ông chủ tịch xã […] nói", "name"),
    "Trưởng công an phường Lê Minh Tâm gọi": ("Trưởng công an phường […] gọi", "name"),
    "Sếp tổng Wang Wei không thưởng": ("Sếp tổng […] không thưởng", "name"),
    "chị Khánh Hòa tổ 2 bị lừa": ("chị […] bị lừa", "name"),
    "PGS.TS. Lê Thị Hương khẳng định": ("PGS.TS. […] khẳng định", "name"),
    # Names without titles, without marks, without capitals.
    "Nguyễn Văn A bị công ty đuổi": ("[…] bị công ty đuổi", "name"),
    "Trần Thị Bích Ngọc, 32 tuổi, mất việc": ("[…], 32 tuổi, mất việc", "name"),
    "Lương Thị Hồng viết": ("[…] viết", "name"),
    "Theo Đỗ Mạnh Cường thì luật cho phép": ("Theo […] thì luật cho phép", "name"),
    "Nguyen Van Tuan noi vay": ("[…] noi vay", "name"),
    "Le Thi Hong Nhung bi duoi": ("[…] bi duoi", "name"),
    "anh Tuan ke toan giu tien": ("anh […] ke toan giu tien", "name"),
    "chi Lan to truong bao": ("chi […] to truong bao", "name"),
    "chuyển cho NGUYEN VAN AN nhé": ("chuyển cho […] nhé", "name"),
    "CTK: TRAN HONG HANH": ("CTK: […]", "name"),
    "Chủ tài khoản: Phạm Quang Huy": ("Chủ tài khoản: […]", "name"),
    "Họ tên: Sok Dara": ("Họ tên: […]", "name"),
    "anh tuấn hr bảo khỏi đóng": ("anh […] bảo khỏi đóng", "name"),
    "chi lan noi khong co thuong": ("chi […] noi khong co thuong", "name"),
    "chị hằng kế toán cắt lương": ("chị […] kế toán cắt lương", "name"),
    "chị lan ở tổ 3 lừa mọi người": ("chị […] lừa mọi người", "name"),
    "Ngu\u200byễn Văn A viết": ("[…] viết", "name"),
    "Tra\u0302\u0300n Va\u0306n Bi\u0300nh vie\u0302\u0301t": ("[…] viết", "name"),
    # Names in other languages.
    "Mr. Kim Min Soo keeps passports": ("Mr. […] keeps passports", "name"),
    "Mrs Smith told us so": ("Mrs […] told us so", "name"),
    "Ms. Tanaka from HR said": ("Ms. […] from HR said", "name"),
    "Pak Budi bilang gaji dipotong": ("Pak […] bilang gaji dipotong", "name"),
    "田中さんが言いました": ("[…]さんが言いました", "name"),
    "スミスさんによると": ("[…]さんによると", "name"),
    "Lan様へ": ("[…]様へ", "name"),
    "김철수 씨가 말했어요": ("[…] 씨가 말했어요", "name"),
    "김 사장님이 월급을 안 줘요": ("[…] 사장님이 월급을 안 줘요", "name"),
    "部長の佐藤さんが預かっている": ("部長の[…]さんが預かっている", "name"),
    "chi Nguyen Thi Hoa o Bac Giang bi lua": ("chi […] o Bac Giang bi lua", "name"),
    "박과장님이 여권을 가져갔어요": ("[…]과장님이 여권을 가져갔어요", "name"),
    "王经理说没有加班费": ("[…]经理说没有加班费", "name"),
    "陳小明先生說的": ("[…]先生說的", "name"),
    "我叫李明华": ("我叫[…]", "name"),
    "คุณสมชาย บอกว่าไม่มีโบนัส": ("คุณ[…] บอกว่าไม่มีโบนัส", "name"),
    "คุณมาลี บอกว่าไม่มีโบนัส": ("คุณ[…] บอกว่าไม่มีโบนัส", "name"),
    "លោក ពេញ និយាយ": ("លោក […]", "name"),
    "លោក សុខ ដារ៉ា និយាយ": ("លោក […] និយាយ", "name"),
    # Phone numbers.
    "gọi 0912 345 678 nhé": ("gọi […] nhé", "phone"),
    "0912.345.678": ("[…]", "phone"),
    "0912-345-678": ("[…]", "phone"),
    "09 12 34 56 78 nhận việc": ("[…] nhận việc", "phone"),
    "0 9 1 2 3 4 5 6 7 8": ("[…]", "phone"),
    "sđt0912345678": ("sđt[…]", "phone"),
    "+84 912.345.678": ("[…]", "phone"),
    "+84(0)912345678": ("[…]", "phone"),
    "84912345678 zalo": ("[…] zalo", "phone"),
    "o912 345 678": ("[…]", "phone"),
    "O9I2 hay 09O2 345 678": ("O9I2 hay […]", "phone"),
    "0️⃣9️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣": ("[…]", "phone"),
    "0912🔥345🔥678 ib": ("[…] ib", "phone"),
    "không chín một hai ba bốn năm sáu bảy tám": ("[…]", "phone"),
    "khong chin mot hai 3 4 5 6 7 8": ("[…]", "phone"),
    "024 3826 4455 gặp phòng nhân sự": ("[…] gặp phòng nhân sự", "phone"),
    "(028) 38221234": ("([…]", "phone"),
    "đt: 3826 4455": ("đt: […]", "phone"),
    "0912345678 - 10 triệu một tháng": ("[…] - 10 triệu một tháng", "phone"),
    "0912345678 0987654321": ("[…]", "phone"),
    "gọi 0912345678, lương 5.000.000đ": ("gọi […], lương 5.000.000đ", "phone"),
    "call +1 (415) 555-2671 now": ("call […] now", "phone"),
    "010-1234-5678 로 전화": ("[…] 로 전화", "phone"),
    "โทร 081-234-5678": ("โทร […]", "phone"),
    "ទូរស័ព្ទ 012 345 678": ("ទូរស័ព្ទ […]", "phone"),
    "电话 138 1234 5678": ("电话 […]", "phone"),
    "０９１２３４５６７８": ("[…]", "phone"),
    # Accounts, cards, papers, plates.
    "STK 19034567890123 Techcombank": ("STK […] Techcombank", "account"),
    "stk 123456 MB": ("stk […] MB", "account"),
    "số tài khoản: 0011 0012 34567": ("số tài khoản: […]", "account"),
    "chuyển vào 1903 4567 8901 23": ("chuyển vào […]", "account"),
    "GB29 NWBK 6016 1331 9268 19": ("[…]", "account"),
    "thẻ 9704 1234 5678 9012": ("thẻ […]", "card"),
    "4111111111111111": ("[…]", "card"),
    "CCCD 001099012345": ("CCCD […]", "identity"),
    "001099012345": ("[…]", "identity"),
    "cmnd số 123456789": ("cmnd số […]", "identity"),
    "hộ chiếu C1234567 bị giữ": ("hộ chiếu […] bị giữ", "identity"),
    "xe 51F-123.45 tông người": ("xe […] tông người", "plate"),
    "59-X1 123.45": ("[…]", "plate"),
    "biển số 29h1 234.56": ("biển số […]", "plate"),
    # Addresses on the net.
    "gửi hồ sơ tới lan.nguyen@gmail.com": ("gửi hồ sơ tới […]", "email"),
    "lan.nguyen (at) gmail (dot) com": ("[…]", "email"),
    "theo @tuan_hr99 thì": ("theo […] thì", "profile"),
    "@Nguyễn Văn A xem này": ("[…] xem này", "name profile"),
    "FB Nguyễn Văn A đăng tin này": ("FB […] đăng tin này", "name profile"),
    "facebook: Lan Xinh Đẹp": ("facebook: […]", "profile"),
    "tài khoản Facebook Tuấn Trần viết": ("tài khoản Facebook […] viết", "profile"),
    "nick hoa_hong95 chia sẻ": ("nick […] chia sẻ", "profile"),
    "Zalo tên Lan Anh": ("Zalo tên […]", "name profile"),
    "kênh TikTok Cô Ba Công Nhân nói": ("kênh TikTok […] nói", "name profile"),
    "line id: lan_95": ("line id: […]", "profile"),
    "fanpage Tin Nóng Bắc Ninh đưa": ("fanpage […] đưa", "profile"),
    # Homes.
    "số 12 ngõ 3 đường Láng, Hà Nội": ("[…], Hà Nội", "address"),
    "nhà số 5/7 hẻm 45 phố Huế": ("[…]", "address"),
    "hẻm 45/2 Lê Lợi có người đi thu tiền": ("[…] có người đi thu tiền", "address"),
    "địa chỉ: 82 Trần Hưng Đạo, Hà Nội": ("địa chỉ: […], Hà Nội", "address"),
    "so 12 ngo 3 duong Lang": ("[…]", "address"),
    "123 Nguyen Trai Street": ("[…]", "address"),
    # Insults and threats.
    "đm công ty quỵt lương": ("[…] công ty quỵt lương", "insult"),
    "Đồ chó, trả lương đi": ("[…], trả lương đi", "insult"),
    "thang khon nan no khong tra luong": ("[…] nan no khong tra luong", "insult"),
    "cty vcl, nợ lương 3 tháng": ("cty […], nợ lương 3 tháng", "insult"),
    "tao giết cả nhà mày, trả lương đi. Nợ 3 tháng": ("[…]. Nợ 3 tháng", "insult"),
    "you stupid bitch, pay us": ("you stupid […], pay us", "insult"),
    "I'll kill you if you report": ("[…]", "insult"),
    "老板是混蛋，不给加班费": ("老板是[…]，不给加班费", "insult"),
    "死ね、給料を払え": ("[…]、給料を払え", "insult"),
    "개새끼 사장이 월급을 안 줘요": ("[…] 사장이 월급을 안 줘요", "insult"),
    "ไอ้เหี้ย ไม่จ่ายค่าจ้าง": ("[…] ไม่จ่ายค่าจ้าง", "insult"),
    "bangsat, gaji belum dibayar": ("[…], gaji belum dibayar", "insult"),
}
KEPT = (
    "Lương tối thiểu vùng I là 5.310.000 đồng một tháng",
    "thưởng 10 triệu, 20tr, 500k, 1.500.000đ, 5tr310",
    "5 000 000 VND và 2,000,000 won",
    "1000000000 đồng tiền phạt",
    "sinh ngày 28/7/1929, 28-7-1929, 28.7.1929, 2026-11-29",
    "từ năm 2024 2025 2026 2027",
    "Bộ luật Lao động 45/2019/QH14, Nghị định 12/2022/NĐ-CP, 293/2025/NĐ-CP",
    "Hướng dẫn số 111-HD/BTGTW",
    "tăng 7,2% từ 1/1/2026, làm thêm 150%, 200%, 300%",
    "ca 1 từ 06:00 đến 14:00, ca 3 22h00-6h00",
    "Gọi 113, 114, 115, 111 hoặc 1900 1234, 18001567",
    "Câu 1 2 3 4 5 6 7 8 9 10",
    "100 200 300 400 500",
    "193 nước thành viên Liên hợp quốc",
    "VNeID mức 2, VssID, BHXH, CCCD",
    "Chủ tịch Hồ Chí Minh đọc Tuyên ngôn Độc lập tại Ba Đình",
    "Bác Hồ và Bác Tôn",
    "bác Hồ sinh ngày 19/5/1890",
    "Nguyễn Tất Thành ra đi tìm đường cứu nước năm 1911",
    "Nguyễn Ái Quốc viết Đường Kách mệnh",
    "Chủ tịch nước Tôn Đức Thắng",
    "Đại tướng Võ Nguyên Giáp",
    "Lý Thường Kiệt, Trần Hưng Đạo, Lê Lợi, Quang Trung",
    "đường Nguyễn Văn Linh ngập nước",
    "kẹt xe ở đường Lê Hồng Phong, phường Trần Phú",
    "Trường THPT Nguyễn Thị Minh Khai thi lại",
    "Bệnh viện Phạm Ngọc Thạch phát thuốc",
    "Tổng Bí thư Tô Lâm",
    "Giám đốc Công ty TNHH Hoàng Long nợ lương",
    "công nhân Khánh Hòa, công an Bắc Giang, lao động Thái Bình",
    "Thủ tướng Phạm Minh Chính ký nghị định",
    "Bộ trưởng Nguyễn Văn An trả lời chất vấn",
    "Tổng Liên đoàn Lao động Việt Nam",
    "Công đoàn Khu công nghiệp Quế Võ",
    "công nhân Việt Nam, lao động Hàn Quốc, bạn Campuchia",
    "đi xuất khẩu lao động Nhật",
    "Công an Hà Nội, công an Đồng Nai gọi điện",
    "ANH EM CÔNG NHÂN ĐỌC KỸ",
    "CHÚ Ý: CÔNG TY SAMSUNG TUYỂN 500 CÔNG NHÂN",
    "Anh chị em công nhân chú ý, Lưu Ý, Hồ Sơ",
    "Lương Tối Thiểu Vùng Năm 2026",
    "Vi Phạm Nội Quy Lao Động",
    "Hoàng Sa, Trường Sa là của Việt Nam",
    "Hà Nội, Thái Nguyên, Cao Bằng, Bà Rịa – Vũng Tàu, Cô Tô",
    "Tết Đinh Mùi 2027 nghỉ 9 ngày",
    "tiếng Anh Trung Quốc",
    "Quan hệ Việt Nam - Hoa Kỳ, ông Trump đánh thuế 20%",
    "Ngày Quốc tế Lao động 1/5, Giỗ Tổ Hùng Vương 10/3",
    "Trung thu, Giáng sinh, Quốc khánh 2/9",
    "fanpage Công đoàn Việt Nam đăng",
    "nhóm Zalo của xưởng, Facebook Messenger, TikTok Shop",
    "không có quyền nói không, năm ba người, bảy tám ngày",
    "@all mọi người vào đọc",
    "chó dại cắn phải tiêm phòng ngay",
    "công nhân bị đánh chết ở cổng công ty",
    "công ty lừa đảo, bóc lột, vô lý",
    "đeo khẩu trang khi làm việc",
    "Ho Chi Minh City raised the minimum wage",
    "President Ho Chi Minh read the Declaration in Ba Dinh",
    "Do workers get 12 paid holidays? Le Monde says so.",
    "お客さん、皆さん、運転手さんへ",
    "우리 회사는 오늘 날씨 때문에 쉽니다. 아저씨, 사장님",
    "老师说下周放假，主管先生",
    "คุณต้องโอนเงินเพื่อตรวจสอบคุณภาพ",
    "លោកអ្នកត្រូវបង់ប្រាក់",
    "",
    "   \n\t",
    "🙏🙏🙏",
)


@pytest.mark.parametrize("text", HIDDEN)
def test_what_tells_who_is_meant_is_hidden(text: str) -> None:
    shown, kinds = HIDDEN[text]
    assert mask(text) == Masked(shown, tuple(kinds.split()))


@pytest.mark.parametrize("text", KEPT)
def test_what_a_claim_says_stays(text: str) -> None:
    assert mask(text) == Masked(text, ())


def test_the_tables_are_long() -> None:
    assert len(HIDDEN) + len(KEPT) >= 180


# --- what people forward -------------------------------------------------------------------------

LABELLED: list[dict[str, Any]] = yaml.load(
    (ROOT / "tests/claims/labelled.yaml").read_text("utf-8"), yaml.CSafeLoader
)
# Those of the labelled texts in which there is somebody to hide, by a piece of each.
WITH_SOMEBODY = {
    "Inbox Zalo 0900 000 000": "phone",
    "Nhắn 0900 000 000": "phone",
    "ib zalo 0900 000 000": "phone",
    "Chuyển tiếp từ Cô Tư": "name",
    "suất 5tr, tuần sau bay. Zalo 0900 000 000": "phone",
    "Cuộc gọi đến: 0900 000 000": "phone",
}


def test_the_labelled_texts_name_nobody_but_those_listed() -> None:
    masked = {one["text"]: mask(one["text"]) for one in LABELLED}
    changed = {text: result for text, result in masked.items() if result != Masked(text, ())}
    assert len(changed) == len(WITH_SOMEBODY)
    for piece, kind in WITH_SOMEBODY.items():
        assert [result.hidden for text, result in changed.items() if piece in text] == [(kind,)]


def test_no_wording_of_a_published_check_is_touched() -> None:
    for check in LIBRARY.factchecks.values():
        for language in check.claim:
            for wording in (*check.wordings(language), check.summary.get(language, "")):
                assert mask(wording) == Masked(wording, ())


def test_no_article_loses_a_word() -> None:
    """They speak of bodies, places, laws and history, and of nobody else."""
    for article in LIBRARY.articles.values():
        for text in article.text.values():
            assert mask(text.body).hidden == (), article.id


# --- whatever comes ------------------------------------------------------------------------------

_PIECES = st.sampled_from([*HIDDEN, *KEPT, "0", "9", " ", ".", "chị ", "Lan", "[…]", "[", "…", "]"])


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=200), st.lists(_PIECES, max_size=8).map("".join)))
def test_masking_again_changes_nothing(text: str) -> None:
    once = mask(text)
    assert mask(once.text) == Masked(once.text, ())


HOSTILE = (
    "0 ", "9", "a", "A ", "Nguyễn ", "chị ", "chị Lan ", "Lan Anh ", "@", "a@", "a.", "[…]", "[…] ",
    "0912345678 ", "đm ", "tao giết ", "số 1 ngõ 2 ", "+", "o", "không ", "1.", "1/", "fb ",
    "fb Lan", "nick a1", "田", "さん", "김", "씨", "คุณ", "លោក ", "\u200b", "\u0301", "(", "STK ",
    "STK 1", "A.", "anh A.", "ở tổ 3 ", "địa chỉ: 1 A ", "NGUYEN VAN ", "i'll kill you", "\n", "王",
    "🔥", "0🔥",
)  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_texts_end(piece: str) -> None:
    mask((piece * 5_000)[:5_000])


@pytest.mark.parametrize(
    "piece", ["0 ", "A ", "Nguyễn ", "chị Lan ", "fb Lan", "[…] ", "số 1 ngõ 2 "]
)
def test_the_time_grows_with_the_length_only(piece: str) -> None:
    """50,000 letters take about a second; if it grew with the square they would take minutes."""
    text = (piece * 50_000)[:50_000]
    began = time.process_time()
    mask(text)
    assert time.process_time() - began < 15
