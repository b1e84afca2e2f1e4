"""Finds names in the other scripts of the workers, by the title before or after each.

Without spaces nobody can tell where a name begins or ends, so a little too much is hidden.
"""

from __future__ import annotations

from collections.abc import Iterator

import regex

from bot.masking.reading import Reading, Span, found

# Before さん these are no names: customers, everybody, parents, doctors, dealers.
_JAPANESE = regex.compile(
    r"(?<!\p{Han})(?P<who>(?!(?:客|皆|母|父|兄|姉|医者|業者|子|奥|様|組合員|運転手|店員|会社|担当者|各位|同|神|仕))"
    r"[\p{Han}々]{1,4}|[\p{Katakana}ー]{2,12}|[A-Za-z]{2,20})(?= ?(?:さん|様|氏|君|くん|ちゃん))"
)
_CHINESE_FAMILIES = (
    "王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何高林罗羅郑鄭梁谢謝宋唐许許韩韓冯馮邓鄧曹彭曾肖"
    "田董袁潘于蒋蔣蔡余杜叶葉程苏蘇魏吕呂丁沈姚卢盧姜崔钟鐘谭譚陆陸汪范金石廖贾賈夏韦方白邹孟熊秦邱江尹"
    "薛段雷侯龙龍史陶黎贺顾毛郝龚邵万钱嚴严武戴莫阮裴鄧"
)
_CHINESE = regex.compile(
    rf"(?P<who>[{_CHINESE_FAMILIES}]\p{{Han}}{{0,2}}?)"
    r"(?=先生|女士|小姐|经理|經理|主管|师傅|師傅|老板|老闆|老师|老師|组长|組長|厂长|廠長|主任|律师|律師)"
    rf"|(?<=我叫|他叫|她叫|名叫|名字叫|名字是|姓名：|姓名:|户名：|户名:)(?P<who>\p{{Han}}{{2,3}})"
    rf"|(?<!\p{{Han}})[小老阿](?P<who>[{_CHINESE_FAMILIES}])(?!\p{{Han}})"
)
_KOREAN_FAMILIES = (
    "김이박최정강조윤장임한오서신권황안송류홍고문양손배백허남심노하곽성차주우구민유나진지엄채원천방"
)
_NO_KOREAN = (
    "아저|아가|마음|한국|우리|이번|안전|정부|전체|임시|신임|현장|노동|회사|공장|주임|조장|이사|조선"
)
_KOREAN = regex.compile(
    rf"(?<!\p{{Hangul}})(?P<who>(?!{_NO_KOREAN})[{_KOREAN_FAMILIES}]\p{{Hangul}}{{1,3}}?)"
    r"(?= ?씨(?:\P{Hangul}|$|[가는를은이의도와에한께]))"
    rf"|(?<!\p{{Hangul}})(?P<who>(?!{_NO_KOREAN})[{_KOREAN_FAMILIES}](?:\p{{Hangul}}{{2}} ?)?)"
    r"(?=(?:과장|부장|대리|팀장|사장|반장|차장|이사|주임|조장|실장)(?:님|\P{Hangul}|$|[이가는은을의도]))"
    # Alone only these: 이, 전 and 한 before a title are "this", "former" and "one".
    r"|(?<!\p{Hangul})(?P<who>[김박최정강조윤장임오서권황안송류홍])"
    r"(?= (?:과장|부장|팀장|사장|반장|차장)님)"
)
# "คุณ" is "you" as often, and begins quality, value and teacher.
_THAI = regex.compile(
    r"(?<!\p{Thai})(?:คุณ|นางสาว|นาย|นาง|พี่) ?"
    r"(?P<who>(?!ต้อง|จะ|ได้|มี|เป็น|สามารถ|คือ|ไม่|อยู่|ควร|เคย|กำลัง|ครู|หมอ|พ่อ|แม่|ภาพ|สมบัติ|ค่า|ธรรม|และ|ที่|ก็|ถูก|"
    r"จ้าง|ก(?:$|รัฐ)|หน้า|ทุน|น้อง|แพทย์|พยาบาล|ทำ|ให้|โอน|กด|เชื่อ|คิด|รู้|โทร|เอง|จาก|ของ|น้า|อย่า|รับ|เข้า|แบบ|"
    r"ขอคืน|ถาม|เกิดเดือน|แต่งงาน|อาจพบ)"
    r"[\p{Thai}]{2,16})(?!\p{Thai})"
)
_KHMER = regex.compile(
    r"(?:លោកស្រី|លោក|អ្នកស្រី|កញ្ញា|ឈ្មោះ)[ \u200b]{0,2}"
    r"(?P<who>(?!អ្នក|គ្រូ|ស្រី|ប្រធាន|នាយក|មន្ត្រី|ត្រូវ|មាន|អាច|ជា|ដែល|"
    r"ក្រុមហ៊ុន|រោងចក្រ|ផ្លូវ|ស្រុក|សាក្សី|អន្តរជាតិ|ផ្សេង|ខុស|និងលេខ|ការងារ)"
    r"\p{Khmer}{2,14}(?: \p{Khmer}{2,10})?)(?!\p{Khmer})"
)


def find(reading: Reading) -> Iterator[Span]:
    """Names beside さん, 先生, 씨, คุณ, លោក and their like."""
    for pattern in (_JAPANESE, _CHINESE, _KOREAN, _THAI, _KHMER):
        yield from found(pattern, reading.text, "name")
