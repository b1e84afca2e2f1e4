"""By what a template names a figure or a table: Vietnamese without marks, to be guessed."""

from __future__ import annotations

from collections.abc import Mapping

from bot.planreport.report import State

# The whole of each measure of the plan (bot/library/plan.py). A name in this list may stand in a
# template although a report lacks it: it is told as "không có số liệu" then.
FIGURE_NAMES: Mapping[str, str] = {
    "messages": "tin_da_gui",
    "articles": "bai_dang",
    "campaigns": "dot_gui_tin",
    "languages": "ngon_ngu",
    "readings": "luot_doc",
    "people": "nguoi_dang_ky",
    "reached": "nguoi_nhan_tin",
    "joined": "nguoi_moi",
    "left": "nguoi_roi",
    "rounds": "dot_thi",
    "entries": "luot_du_thi",
    "gain": "tang_hieu_biet",
    "claims": "tin_duoc_bao",
    "verdicts": "tin_da_ket_luan",
    "hours": "gio_tra_loi",
    "checks": "tin_kiem_chung",
    "works": "tac_pham",
    "activities": "hoat_dong",
    "active-units": "don_vi_hoat_dong",
    "reports": "bao_cao_da_nop",
}
# In what they are counted.
UNITS: Mapping[str, str] = {
    "tin_da_gui": "tin",
    "bai_dang": "bài",
    "dot_gui_tin": "đợt",
    "ngon_ngu": "ngôn ngữ",
    "luot_doc": "lượt",
    "nguoi_dang_ky": "người",
    "nguoi_nhan_tin": "người",
    "nguoi_moi": "người",
    "nguoi_roi": "người",
    "dot_thi": "đợt",
    "luot_du_thi": "lượt",
    "tang_hieu_biet": "điểm phần trăm",
    "tin_duoc_bao": "tin",
    "tin_da_ket_luan": "tin",
    "gio_tra_loi": "giờ",
    "tin_kiem_chung": "bài",
    "tac_pham": "tác phẩm",
    "hoat_dong": "hoạt động",
    "don_vi_hoat_dong": "đơn vị",
    "bao_cao_da_nop": "báo cáo",
}
# What the tasks came to; where a report has none of these, the tasks are counted without reference.
STATE_NAMES: Mapping[State, str] = {
    "done": "nhiem_vu_hoan_thanh",
    "under-way": "nhiem_vu_dang_lam",
    "late": "nhiem_vu_cham",
    "missing": "nhiem_vu_chua_lam",
    "no-figure": "nhiem_vu_thieu_so_lieu",
}
BY_TOPIC = "tin_theo_chu_de"
BY_LANGUAGE = "tin_theo_ngon_ngu"
BY_CHANNEL = "tin_theo_kenh"
BY_UNIT = "tin_theo_don_vi"
TABLE_NAMES = (BY_TOPIC, BY_LANGUAGE, BY_CHANNEL, BY_UNIT)
# What a unit's own activity is, as it stands on paper.
KIND_WORDS: Mapping[str, str] = {
    "meeting": "Họp, sinh hoạt",
    "post": "Bài đăng",
    "leaflet": "Tờ rơi, tài liệu",
    "loudspeaker": "Phát thanh",
    "visit": "Gặp gỡ, thăm hỏi",
    "contest": "Cuộc thi",
    "other": "Khác",
}
