"""How nine languages write numbers in words: one to twelve, months, thousands and millions."""

from __future__ import annotations

from collections.abc import Mapping

# By language, what stands for 1 to 12; several words for one are parted by a slash.
_ONE_TO_TWELVE = {
    "vi": "một/nhất hai/nhì/đôi/kép ba bốn/tư năm/lăm sáu bảy/bẩy tám chín mười/chục "
    "mười_một mười_hai",
    "en": "one/first/once/single two/second/twice/double/both/pair three/third/triple four/fourth "
    "five/fifth six/sixth seven/seventh eight/eighth nine/ninth ten/tenth eleven/eleventh "
    "twelve/twelfth",
    "zh-Hans": "一/首 二/两/双 三 四 五 六/半年 七 八 九 十 十一 十二",
    "zh-Hant": "一/首 二/兩/雙 三 四 五 六/半年 七 八 九 十 十一 十二",
    "ko": "일/하나/한/첫 이/둘/두 삼/셋/세 사/넷/네 오/다섯 육/여섯/반년 칠/일곱 팔/여덟 구/아홉 "
    "십/열 십일/열하나/열한 십이/열둘/열두",
    "ja": "一/ひと/最初 二/ふた/両 三/みっ 四/よっ 五/いつつ 六/むっ/半年 七/ななつ 八/やっ "
    "九/ここのつ 十 十一 十二",
    "km": "មួយ/ដំបូង ពីរ/ទាំងពីរ បី បួន ប្រាំ ប្រាំមួយ ប្រាំពីរ ប្រាំបី ប្រាំបួន ដប់ ដប់មួយ ដប់ពីរ",
    "th": "หนึ่ง/แรก/เดียว/เอก สอง/คู่ สาม สี่ ห้า หก เจ็ด แปด เก้า สิบ สิบเอ็ด สิบสอง",
    "id": "satu/pertama/sekali/seorang/sebuah/sebulan/setahun/sehari/seminggu/sejam "
    "dua/kedua tiga/ketiga empat/keempat lima/kelima enam/keenam "
    "tujuh/ketujuh delapan/kedelapan sembilan/kesembilan sepuluh/kesepuluh sebelas/kesebelas "
    "dua_belas",
}
# Higher ones, and words that hold a number.
_MORE = {
    "vi": "mỗi:1 hằng:1 từng:1 hai_mươi:20 ba_mươi:30 năm_mươi:50 chín_mươi:90 một_trăm:100",
    "en": "new_year's_day:1 twenty:20 thirty:30 forty:40 fifty:50 sixty:60 seventy:70 eighty:80 "
    "ninety:90 hundred:100 centenary:100 hundredth:100",
    "zh-Hans": "元旦:1 二十:20 三十:30 五十:50 九十:90 百:100",
    "zh-Hant": "元旦:1 二十:20 三十:30 五十:50 九十:90 百:100",
    "ko": "하루:1 이틀:2 사흘:3 나흘:4 닷새:5 열흘:10 "
    "이십:20 스무:20 삼십:30 오십:50 구십:90 백:100",
    "ja": "元日:1 二十:20 三十:30 五十:50 九十:90 百:100",
    "km": "ម្ភៃ:20 សាមសិប:30 ហាសិប:50 កៅសិប:90 មួយរយ:100",
    "th": "ยี่สิบ:20 สามสิบ:30 ห้าสิบ:50 เก้าสิบ:90 หนึ่งร้อย:100 ร้อยปี:100",
    "id": "dua_puluh:20 tiga_puluh:30 lima_puluh:50 sembilan_puluh:90 seratus:100",
}
_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "id": "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember",
    "km": "មករា កុម្ភៈ/កុម្ភះ មីនា មេសា ឧសភា មិថុនា កក្កដា សីហា កញ្ញា តុលា វិច្ឆិកា ធ្នូ",
    "th": "มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม",
}
_UNITS = {
    "vi": "nghìn:3 ngàn:3 triệu:6 tỷ:9 tỉ:9",
    "en": "thousand:3 million:6 billion:9 trillion:12",
    "zh-Hans": "百:2 千:3 万:4 亿:8",
    "zh-Hant": "百:2 千:3 萬:4 億:8",
    "ko": "백:2 천:3 만:4 억:8 조:12",
    "ja": "百:2 千:3 万:4 億:8 兆:12",
    "km": "ពាន់:3 ម៉ឺន:4 សែន:5 លាន:6 ប៊ីលាន:9 កោដិ:7",
    "th": "พัน:3 หมื่น:4 แสน:5 ล้าน:6",
    "id": "ribu:3 juta:6 miliar:9 triliun:12",
}


def _numbered(words: str) -> Mapping[str, int]:
    """Each word with its place, counted from 1; `_` is a space within a word."""
    return {
        form.replace("_", " "): place
        for place, forms in enumerate(words.split(), start=1)
        for form in forms.split("/")
    }


def _paired(pairs: str) -> Mapping[str, int]:
    """From `word:number` pairs."""
    parted = (pair.split(":") for pair in pairs.split())
    return {word.replace("_", " "): int(number) for word, number in parted}


WORDS: Mapping[str, Mapping[str, int]] = {
    tag: {**_numbered(words), **_paired(_MORE[tag])} for tag, words in _ONE_TO_TWELVE.items()
}
MONTHS: Mapping[str, Mapping[str, int]] = {tag: _numbered(words) for tag, words in _MONTHS.items()}
# The power of ten that each word multiplies a number by.
UNITS: Mapping[str, Mapping[str, int]] = {tag: _paired(pairs) for tag, pairs in _UNITS.items()}
