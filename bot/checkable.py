"""Tells whether anything in a text can be checked, or only an opinion, a feeling or a greeting.

Only which verdict the desk is offered first hangs on it: when in doubt a text can be checked.
"""

from __future__ import annotations

import regex

from bot.masking.reading import folded


def _any(*phrases: str) -> regex.Pattern[str]:
    """One of the phrases as whole words, in small letters without marks."""
    return regex.compile(rf"(?<!\w)(?:{'|'.join(phrases)})(?!\w)")


# Who says these says what is so: rules and rights, dates, what a body does, what to do by when.
# An opinion in the same sentence does not matter: "đúng luật hả, lâu quá" has a rule to look up.
_FACTS = _any(
    r"(?:theo|dung|trai|sai|pham|vi pham|hop|lach|luat moi) (?:luat|phap|phap luat|quy dinh)",
    r"luat (?:\w+ ){0,4}?(?:quy dinh|cho|cam|bat|ghi|noi|bo|tang|giam|buoc|siet|xoa|ro)",
    r"(?:quy dinh|nghi dinh|thong tu|cong van) (?:ro|moi|la|nay|so|ghi|\d+|vay|nhu)",
    r"bat buoc|hop phap|phi phap|mien thue|cam (?:rut|nghi|lay)|(?:duoc|co) (?:quyen|phep)",
    r"bi (?:phat|cam|khoa|duoi|sa thai|ky luat|bat|cat|tru)|khong con (?:duoc|ai)",
    r"(?:nha nuoc|chinh phu|quoc hoi|cong an|unesco|asean|unclos|lien hop quoc|bhxh|vneid|vssid) "
    r"(?:da|se|vua|cho|goi|yeu cau|thong bao|cong nhan|tang|bo|cat|ra|co|phat|chot|siet|quyet|moi)",
    r"(?:tu|ngay|den|truoc|sau) (?:ngay )?\d{1,2}[/.\-]\d{1,4}|(?:tu|nam|thang) (?:19|20)\d\d",
    r"\d{1,2}/\d{1,2}/\d{4}|\d{1,4}/\d{4}/[a-z]+\S{0,12}",
    r"otp|stk|so tai khoan|dat coc|coc (?:truoc|giu)|(?:bam|vao|qua|tai) (?:\w+ )?link|https?",
    r"law(?:s|ful|fully)?|(?:il)?legal(?:ly)?|mandatory|statutory|entitled|abolished|compulsory",
    r"regulations?|decree|allowed|required|obliged|ban(?:s|ned)?|treaty",
    r"since (?:\w+ )?(?:19|20)\d\d|(?:in|on|from) (?:\d{1,2} \w+ )?(?:19|20)\d\d",
)
_FEELINGS = (
    r"(?:kem|kem coi|quan lieu|toi te|te hai|buon|met|met moi|chan|te|man|nhat|beo|it|nhieu|lau|"
    r"cham|kho|kho tinh|kho chiu|kho khan|"
    r"khat khe|cao|thap|dat|re|keo|keo kiet|bat cong|vo ly|nan|ghet|thuong|vui|tuyet|ngon|nong|"
    r"xau|tot|gioi|nghiem|xot|dau long|hach dich|vo tam|nhanh|de thuong|dep)"
)
_MUCH = r"(?:qua|qua troi|qua xa|qua vay|wa|ghe|lam|het suc|vai|kinh khung|that su)"
_OPINIONS = _any(
    rf"{_FEELINGS} {_MUCH}|(?:qua|rat) {_FEELINGS}|(?:hay|do|so|tham|dai) {_MUCH}",
    r"(?:theo|voi) (?:toi|minh|mk|em|y kien|ca nhan|t)(?! (?:luat|biet))",
    r"(?:toi|minh|mk|em|t) (?:thay|nghi|cam thay) (?:\w+ ){0,3}?(?:nen|qua|wa|rat|that|bat|vo)",
    r"(?:khong|chua) (?:hop ly|cong bang|thoa dang|hai long|ua|thich|chiu noi|dang)",
    r"bat cong|vo ly|that vong|buc minh|buc xuc|ghet|thich|hach dich|khat khe|keo kiet|vo tam",
    r"chang (?:thay|lo|quan tam|ai)|khong (?:thay ai|ai lo|ai quan tam)",
    r"(?:song|thi|la) (?:\w+ ){0,3}?khong du|khong du (?:song|an|tieu)|(?:hoai|mai) (?:met|chan)",
    r"uoc gi|gia ma|mong (?:cap|cong|lanh|sep|moi|sao|duoc|co)|sao (?:khong cho|cu|lai|khong tang)",
    r"nen (?:tang|giam|cho|tuyen|tra|them|doi|bo|co|de|quan tam|thuong|xem lai|lang nghe)",
    r"i (?:think|feel|believe|hate|love|wish|hope|guess)|in my (?:opinion|view)|imo",
    r"too (?:low|little|long|short|much|high|expensive|hard|strict|slow|salty|tired|small|few)",
    r"so (?:sad|tired|angry|unfair|boring|bad|rude|strict|happy|hard)|unfair|terrible|awful",
    r"horrible|disappoint(?:ed|ing)|ridiculous|rude|boring|(?:worst|best) (?:\w+ )?ever",
    r"should (?:be|pay|raise|give|hire|listen|care|do|get|have)",
)
# What is said to people, not about anything.
_COURTESY = _any(
    r"xin|chao|hello|hi|hey|alo|ad|admin|cam on|thanks?|you|chuc|mung|vui ve|binh an|suc khoe",
    r"manh khoe|may man|hanh phuc|moi nguoi|mn|ca nha|anh chi em|anh chi|ae|cac ban|ban|bac|ngay",
    r"buoi|sang|trua|chieu|toi|lanh|tot dep|nhieu|nhe|nha|a|oi|em|co|chi|anh|minh|gui|loi|yeu quy",
    r"nhat|va|luon|ok|ngu ngon|ngon mieng|cuoi tuan|nam moi|thang moi|moi|mot|gap|da|vang|haha",
    r"good|morning|evening|everyone|all|have|nice|day|happy|new year|dear|friends",
)
_SENTENCE = regex.compile(r"[.!?。！？…]+(?:\s|$)|\n+")
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Khmer}]{4}")


def looks_checkable(text: str) -> bool:
    """Whether any sentence states something that is so or not.

    Vietnamese with and without marks, and English; other languages are taken to state something.
    """
    return any(_states(" ".join(part.split())) for part in _SENTENCE.split(folded(text)))


def _states(sentence: str) -> bool:
    if _FACTS.search(sentence):
        return True
    if _OPINIONS.search(sentence):
        return False
    left = _WORD.findall(_COURTESY.sub(" ", sentence))
    return len(left) >= 3 or _UNSPACED.search(sentence) is not None
