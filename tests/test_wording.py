"""The same numbers in every language, however it writes them; a planted difference is told."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.editing import LANGUAGES, catalogue_faults, read_catalogues, wording_faults
from bot.library import read_pack, shape_faults
from bot.wording import number_difference, script_faults
from tests.conftest import ROOT
from tests.small_pack import small_pack

VIETNAMESE = (
    "Theo Nghị định 219/2025/NĐ-CP ngày 7/8/2025, lương tối thiểu là 5,31 triệu đồng, tăng 12,5%. "
    "Có 1.234 người, nộp trong ba ngày. Gọi 1900 9095."
)
SAME = {
    "en": (
        "Under Decree 219/2025/NĐ-CP of 7 August 2025 the minimum wage is 5.31 "
        "million dong, up 12.5 %. There were 1,234 people; pay within 3 days. Call "
        "1900 9095."
    ),
    "zh-Hans": (
        "根据2025年8月7日第219/2025/NĐ-CP号议定，最低工资为531万越盾，上涨12.5%。"
        "共1234人，请在三天内缴纳。电话19009095。"
    ),
    "zh-Hant": (
        "依2025年8月7日第219/2025/NĐ-CP號議定，最低工資為531萬越盾，調漲12.5%。"
        "共1,234人，請於3天內繳納。電話1900-9095。"
    ),
    "ko": (
        "2025년 8월 7일 시행령 219/2025/NĐ-CP에 따라 최저임금은 531만 동으로 12.5% "
        "올랐습니다. 1,234명입니다. 3일 안에 내십시오. 전화 1900 9095."
    ),
    "ja": (
        "2025年8月7日の政令219/2025/NĐ-CPにより、最低賃金は531万ドン、12.5%の引き上げです。"
        "1,234人です。三日以内に払います。電話1900 9095。"
    ),
    "km": (
        "តាមអនុក្រឹត្យ 219/2025/NĐ-CP ថ្ងៃទី៧ ខែសីហា ឆ្នាំ២០២៥ ប្រាក់ឈ្នួលអប្បបរមាគឺ "
        "៥.៣១ លានដុង កើនឡើង ១២.៥%។ មាន ១,២៣៤ នាក់។ បង់ក្នុងបីថ្ងៃ។ ទូរសព្ទ 1900 "
        "9095"
    ),
    "th": (
        "ตามกฤษฎีกา 219/2025/NĐ-CP ลงวันที่ 7 สิงหาคม พ.ศ. 2568 ค่าจ้างขั้นต่ำคือ "
        "5.31 ล้านดอง เพิ่ม 12.5% มี 1,234 คน จ่ายภายในสามวัน โทร 1900 9095"
    ),
    "id": (
        "Menurut Peraturan 219/2025/NĐ-CP tanggal 7 Agustus 2025, upah minimum "
        "5,31 juta dong, naik 12,5%. Ada 1.234 orang; bayar dalam tiga hari. Telepon "
        "1900 9095."
    ),
}


@pytest.mark.parametrize("tag", SAME)
def test_a_number_is_the_same_however_a_language_writes_it(tag: str) -> None:
    assert number_difference("vi", VIETNAMESE, tag, SAME[tag]) == ""


PLANTED = [
    ("5,31", "5,13", "5310000"),
    ("1.234", "1.243", "1234"),
    ("7/8/2025", "8/7/2025", "day and month"),
    ("219/2025/NĐ-CP", "129/2025/NĐ-CP", "219/2025/NĐ-CP"),
    ("1900 9095", "1900 9059", "19009095"),
    ("12,5%", "12%", "12.5"),
]


@pytest.mark.parametrize("tag", SAME)
@pytest.mark.parametrize(("here", "there", "told"), PLANTED)
def test_a_planted_difference_is_told(tag: str, here: str, there: str, told: str) -> None:
    """The Vietnamese is changed, so that one change does for every language."""
    changed = VIETNAMESE.replace(here, there)
    difference = number_difference("vi", changed, tag, SAME[tag])
    assert told in difference or (told == "day and month" and "other way round" in difference)


OTHERS = [
    ("24/7", "en", "24 hours a day", ""),
    ("khoản 2 Điều 112", "en", "Article 112.2", ""),
    ("Điều 112", "ko", "제112조", ""),
    ("2 nghìn tỷ đồng", "ko", "2조 동", ""),
    ("120 triệu đồng", "ko", "1억 2000만 동", ""),
    ("từ 3 đến 5 triệu", "zh-Hans", "300万至500万", ""),
    ("lần thứ XI", "en", "the 11th edition", ""),
    ("lúc 20 giờ", "en", "at 8 p.m.", ""),
    ("23.800 đồng/giờ", "ja", "1時間2万3800ドン", ""),
    ("23.800 đồng năm 2025", "ko", "2만 3800동, 2025년", ""),
    ("ngày 25-27/11/2024", "ja", "2024年11月25～27日", ""),
    ("lúc 17 giờ 30", "ko", "오후 5시 30분에", ""),
    ("lúc 17 giờ 30", "id", "pukul 17.30", ""),
    ("lúc 8 giờ", "th", "เวลา 8.00 น.", ""),
    ("2/9 và 1 ngày liền kề", "ko", "9월 2일과 앞뒤 하루", ""),
    ("5 nước", "th", "5 พันธมิตร", ""),
    ("Xem https://example.vn/2025", "en", "See https://example.vn/2026", ""),
    ("Có 4 bước", "en", "There are five steps", "lacks 4"),
    ("Có bốn bước", "en", "There are 5 steps", "adds 5"),
    ("Có 4 bước, 4 ngày", "en", "There are 4 steps", "lacks 4"),
]


@pytest.mark.parametrize(("source", "tag", "text", "told"), OTHERS)
def test_what_a_language_says_in_its_own_way(source: str, tag: str, text: str, told: str) -> None:
    assert number_difference("vi", source, tag, text) == told


def test_the_pack_that_ships_gives_the_same_numbers_in_every_language() -> None:
    assert wording_faults(read_pack(ROOT / "content")) == ()


def planted(folder: Path, name: str, old: str, new: str) -> list[str]:
    """The faults of a small pack with one text of one file changed."""
    small_pack(folder, Path(name).stem)
    text = (folder / name).read_text("utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    pack = read_pack(folder)
    faults = (*shape_faults(pack), *wording_faults(pack))
    return [str(one).removeprefix(f"{folder}/") for one in faults]


IN_FILES = [
    ("articles/award/award-2025-results.yaml", "reported 2,412", "reported 2,421",
     "award-2025-results.yaml:37: award-2025-results: body: en: numbers are not those"),
    ("factchecks/lump-sum-abolished.yaml", "Since 1 July", "Since 2 July",
     "lump-sum-abolished.yaml:4: lump-sum-abolished: claim: en: numbers"),
    ("questions/union.yaml", '"28 July"', '"29 July"', "union.yaml:19: union-001: options.1: en:"),
    ("calendar.yaml", "胜利日(4月30日)", "胜利日(4月3日)",
     "calendar.yaml:86: victory-day: name: zh-Hans:"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "told"), IN_FILES)
def test_a_difference_in_a_file_is_told_with_its_line(
    tmp_path: Path, name: str, old: str, new: str, told: str
) -> None:
    found = planted(tmp_path, name, old, new)
    assert len(found) == 1
    assert told in found[0]


WELL_WRITTEN = {
    "zh-Hans": "劳动者可以加入工会。2025年8月7日第219/2025/NĐ-CP号议定。",
    "zh-Hant": "勞工可以加入工會。他說：「後來著手處理台灣的群組。」",
    "ko": "근로자는 노동조합에 가입할 수 있습니다. 문의하십시오. 알고 싶으세요?\n- 서류를 낸다.",
    "ja": "組合に加入できます。ご相談ください。はい、そうです。必要ではありません。"
    "確認しましょう。加入しました。届きませんでした。ありがとうございます。"
    "どうしますか。次のとおり。\n- ページを開く。",
    "en": "Tết and the Party's conclusion (kết luận), “Nhật ký”, café, Decree 1/NĐ-CP.",
    "id": "Pekerja boleh bergabung dengan serikat pekerja.",
    "km": "កម្មករនិយោជិតអាចចូលរួមសហជីព។",
    "th": "ลูกจ้างเข้าร่วมสหภาพแรงงานได้",
}
BADLY_WRITTEN = [
    ("zh-Hans", "劳动者可以加入工會。", "Traditional characters: 會"),
    ("zh-Hant", "勞工可以加入工会。", "Simplified characters: 会"),
    ("ko", "근로자는 노동조합에 가입할 수 있다. 좋습니다.", "formally (니다, 십시오): 있다"),
    ("ko", "지금 확인하라.", "formally (니다, 십시오): 확인하라"),
    ("ja", "労働者は組合に加入できる。", "です or ます"),
    ("ja", "これは正しいものである。", "です or ます"),
    ("ja", "昨日、決まった。", "です or ます"),
    ("ja", "それは必要ない。", "です or ます"),
    ("ja", "窓口で聞く。", "です or ます"),
    ("en", "Ask the công đoàn at work.", "no name of the glossary: đoàn"),
    ("th", "ติดต่อ Liên đoàn Lao động", "Vietnamese is left over"),
    ("km", "Workers may join the trade union here.", "not written in the script of its language"),
    ("ko", "組合に加入できます。" * 4, "not written"),
]  # fmt: skip


@pytest.mark.parametrize("tag", WELL_WRITTEN)
def test_a_text_in_its_own_script_and_form_is_in_order(tag: str) -> None:
    assert list(script_faults(tag, WELL_WRITTEN[tag], ["Tết"])) == []


@pytest.mark.parametrize(("tag", "text", "told"), BADLY_WRITTEN)
def test_what_does_not_belong_into_a_language_is_told(tag: str, text: str, told: str) -> None:
    assert any(told in fault for fault in script_faults(tag, text)), list(script_faults(tag, text))


SCRIPTS_IN_FILES = [
    ("topics.yaml", 'zh-Hans: "人权"', 'zh-Hans: "人權"',
     "human-rights: name: zh-Hans: Traditional characters: 權"),
    ("calendar.yaml", "Hari pertama Tết", "Hari pertama Nguyên đán",
     "calendar.yaml:40: lunar-new-year: name: id: Vietnamese is left over"),
    ("factchecks/lump-sum-abolished.yaml", "The new law abolished", "Luật mới đã abolished",
     "lump-sum-abolished.yaml:19: lump-sum-abolished: variants.0: en: Vietnamese is left over"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "told"), SCRIPTS_IN_FILES)
def test_another_script_in_a_file_is_told_with_its_line(
    tmp_path: Path, name: str, old: str, new: str, told: str
) -> None:
    found = planted(tmp_path, name, old, new)
    assert len(found) == 1
    assert told in found[0]


def test_the_interface_is_looked_through_too(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "locales", tmp_path / "locales")
    path = tmp_path / "locales/zh_Hans/LC_MESSAGES/messages.po"
    text = path.read_text("utf-8")
    path.write_text(text.replace('msgstr "Cầu Nối"', 'msgstr "工會 Cầu Nối"', 1), encoding="utf-8")
    line = text[: text.index('msgstr "Cầu Nối"')].count("\n")
    pack, said = read_pack(ROOT / "content"), read_catalogues(tmp_path / "locales", LANGUAGES)
    assert [str(fault) for fault in catalogue_faults(pack, said)] == [
        f"{path}:{line}: Traditional characters: 會"
    ]
