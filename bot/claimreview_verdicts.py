"""Which of our verdicts another fact-checker's rating is: only where the words leave no doubt."""

from __future__ import annotations

import re

from bot.search import fold

# By how others word it, in the languages in which checks of interest here are written. What lies
# between two verdicts ("half true", "mostly false", "out of context") is left to the editor.
_KNOWN = {
    "incorrect": (
        "False, Incorrect, Untrue, Not true, Wrong, Fake, Fake news, Hoax, Fabricated, Debunked, "
        "Sai, Sai sự thật, Tin sai sự thật, Thông tin sai sự thật, Tin sai, Thông tin sai, "
        "Tin giả, Thông tin giả, Tin giả mạo, Bịa đặt, Không đúng, Không đúng sự thật, "
        "Không có thật, 错误, 錯誤, 虚假, 虛假, 不实, 不實, 不实信息, 不實資訊, 假消息, 假訊息, "
        "假新闻, 假新聞, 谣言, 謠言, 거짓, 허위, 사실 아님, 사실이 아님, 전혀 사실 아님, "
        "가짜 뉴스, 誤り, 虚偽, デマ, 事実ではない, ខុស, មិនពិត, ព័ត៌មានមិនពិត, ក្លែងក្លាយ, "
        "ព័ត៌មានក្លែងក្លាយ, เท็จ, ไม่จริง, ไม่เป็นความจริง, ข่าวปลอม, ข้อมูลเท็จ, Salah, Hoaks, Palsu, Keliru, "
        "Tidak benar, Falso, Falsa, Bulo, Faux, Infox, Falsch, Ложь, Неправда, Фейк"
    ),
    "misleading": (
        "Misleading, Gây hiểu lầm, Gây hiểu nhầm, Dễ gây hiểu lầm, 误导, 誤導, 具误导性, 具誤導性, "
        "오해의 소지, 오해 소지, ミスリード, ミスリーディング, នាំឱ្យយល់ច្រឡំ, ធ្វើឱ្យយល់ច្រឡំ, "
        "บิดเบือน, ข่าวบิดเบือน, ชวนให้เข้าใจผิด, Menyesatkan, Sesat, Engañoso, Enganoso, Trompeur, "
        "Irreführend, Fuorviante"
    ),
    "missing-context": (
        "Missing context, Lacks context, Needs context, Thiếu bối cảnh, Thiếu ngữ cảnh, "
        "缺乏背景, 缺少背景, 缺乏脈絡, 맥락 부족, 文脈不足, 背景の説明不足, ខ្វះបរិបទ, ขาดบริบท, "
        "Kurang konteks, Konteks kurang, Falta contexto, Sin contexto, Sem contexto, "
        "Manque de contexte, Fehlender Kontext"
    ),
    "correct": (
        "True, Correct, Accurate, Đúng, Đúng sự thật, Tin thật, Chính xác, 正确, 正確, 属实, 屬實, "
        "사실, 사실임, 事実, ពិត, ត្រឹមត្រូវ, จริง, ข่าวจริง, Benar, Fakta, Verdadero, Verdadeiro, "
        "Cierto, Vrai, Richtig, Wahr, Vero, Правда"
    ),
    "satire": (
        "Satire, Satirical, Parody, Châm biếm, Trào phúng, 讽刺, 諷刺, 풍자, 風刺, ល្បើកសើច, "
        "ล้อเลียน, เสียดสี, Satir, Satira, Sátira, Parodie, Сатира"
    ),
    "opinion": (
        "Opinion, Ý kiến, Quan điểm, 观点, 觀點, 意见, 意見, 의견, មតិ, ความเห็น, ความคิดเห็น, Opini, "
        "Opinión, Opinião, Avis, Meinung, Opinione, Мнение"
    ),
    "cannot-verify": (
        "Unverified, Unverifiable, Unproven, Cannot be verified, Chưa kiểm chứng, "
        "Chưa được kiểm chứng, Chưa xác minh, Không thể kiểm chứng, Chưa thể kiểm chứng, 无法证实, "
        "無法證實, 未经证实, 未經證實, 확인 불가, 판단 유보, 根拠不明, 判定留保, មិនអាចផ្ទៀងផ្ទាត់បាន, "
        "ตรวจสอบไม่ได้, ยังไม่ยืนยัน, Belum terbukti, Belum terverifikasi, No verificable, "
        "Inverificable, Invérifiable, Unbelegt, Non verificabile"
    ),
}
_EDGES = re.compile(r"^\W+|\W+$")


def verdict_of(rating: str) -> str:
    """One of our seven verdicts, empty for a rating that is not known here."""
    return _VERDICTS.get(_bare(rating), "")


def _bare(rating: str) -> str:
    return " ".join(_EDGES.sub("", fold(rating)).split())


_VERDICTS = {
    _bare(rating): verdict for verdict, ratings in _KNOWN.items() for rating in ratings.split(",")
}
