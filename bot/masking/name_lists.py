"""Which words make a Vietnamese name, which stand before one, and which names may stay."""

from __future__ import annotations

from bot.names import FAMILY_NAMES, PLACES, PUBLIC_NAMES


def _set(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


# fmt: off
# These begin a name whatever follows; the other family names are words too ("lương", "hồ sơ",
# "lưu ý"), so that there a given name must follow.
SURE_FAMILIES = _set(
    "nguyễn trần lê phạm hoàng huỳnh phan võ đặng bùi ngô trịnh quách nghiêm doãn giàng thào sùng",
)
FAMILIES = frozenset(FAMILY_NAMES.split()) | _set(
    "đỗ từ ung văn viên lục mạc mã ninh nhâm ông phó sầm sử thân thi tiêu tôn trang ứng vi xa âu",
    "bành bế biện bồ cái cầm cung cù danh đàm điền điêu giang h'",
)
# Family names of those whom workers here call "sếp" and "quản lý", also without a title.
ABROAD = _set(
    "kim park lee choi jung jeong kang cho yoon jang lim han shin seo kwon hwang ahn song ryu",
    "hong wang li zhang chen lin huang wu yang zhao liu zhou tanaka suzuki sato yamada takahashi",
    "ito",
)
MIDDLE = _set("văn thị hữu đức đình ngọc thanh minh xuân quang bá thế duy quốc hoàng công kim a")
GIVEN = _set(
    "an anh ánh ân bách bảo bằng bích bình bông cẩm cảnh châu chi chiến chính chung chương công",
    "cúc cường danh dân diễm diệp diệu dung dũng duy duyên dương đăng đạt điệp định đoan đông đức",
    "em gấm giang giàu hà hải hạ hạnh hân hằng hào hảo hậu hiên hiền hiển hiếu hiệp hoa hòa hoà",
    "hoài hoan hoàn hoàng hoạt hồng hợp huân huấn huệ hùng huy huyền hưng hương hướng hường hữu",
    "kha khang khánh khải khiêm khoa khôi khuê kiên kiều kiệt kim kỳ lam lan lành lâm lâu lệ liên",
    "liễu linh loan lộc long lợi luân luyến lực lương ly lý mai mạnh mến mận mây minh mừng my mỹ",
    "na nam nga ngà ngân ngoan ngọc nguyên nguyệt nghĩa nghị nhã nhàn nhân nhật nhi nhiên nhung",
    "như nhựt ninh nụ oanh phát phong phú phúc phụng phước phương phượng quang quân quốc quế quý",
    "quyên quyền quyết quỳnh sang sáng sen sinh sơn sỹ tài tâm tân tấn thái thanh thành thạch",
    "thảo thăng thắm thắng thi thiên thiện thịnh thoa thoại thơ thơm thu thuận thuần thục thủy",
    "thuỷ thúy thuý thùy thuỳ thư thương thy tiên tiến tín tình tĩnh toàn toản trang trà trâm",
    "trân tri trí triết trinh trọng trúc trung trường trực tú tuân tuấn tuệ tùng tuyên tuyền",
    "tuyến tuyết tươi tường uyên vân văn vi vĩ viên việt vinh vịnh vũ vui vương vượng vy xoan",
    "xuân xuyến ý yên yến",
)
# "Ý" and the like end a common phrase after some family names.
NOT_NAMES = frozenset({
    "lưu ý", "chú ý", "ý kiến", "lương thực", "hồ sơ", "lý do", "cao đẳng", "đào tạo", "đoàn viên",
    "đoàn phí", "tăng ca", "tăng lương", "thái độ", "dương lịch", "vi phạm", "triệu đồng",
    "văn hóa", "văn hoá", "văn phòng", "văn bản", "văn kiện", "lục quân", "cung cấp", "danh sách",
    "trang web", "cao tốc", "công ty", "công đoàn", "lương tháng", "lương tối", "thân nhân",
    "thi đua", "ninh bình", "an giang", "kiên giang", "tiền giang", "đinh mùi", "đinh dậu",
    "đinh hợi", "phạm vi", "phạm luật", "phạm tội", "phạm pháp", "hoàng hôn", "hoàng gia",
    "đặng xá", "ông bà", "ông trời", "ông táo", "lâm thời", "lâm nghiệp", "từ ngày", "công nhân",
    "công an", "việt nam", "thành phố", "trung quốc", "trung ương", "trung tâm", "hợp đồng",
    "quyền lợi", "quyết định", "chính phủ", "chính quyền", "chương trình", "bảo hiểm", "thông báo",
    "đăng ký", "thu nhập", "tài khoản", "tình hình", "em bé", "bác ái", "cô tô", "bình dương",
    "bình định", "bình thuận", "bình phước", "đông nam", "nam định", "tây ninh", "hậu giang",
    "long an", "vĩnh long", "phú thọ", "phú yên", "phú quốc", "hải dương", "hưng yên", "quảng nam",
    "thanh hóa", "thanh hoá", "yên bái", "sơn la", "tuyên quang", "trà vinh", "bạc liêu",
    "khánh hòa", "khánh hoà", "trung thu", "trung cấp", "quốc hội", "quốc khánh", "nhật bản",
    "hương ước", "văn minh", "kim ngạch", "bác sĩ", "bác sỹ", "cô giáo",
})
# Before a name: whoever is spoken of so is a person, whatever the word after it.
PERSONAL = frozenset({
    "anh", "chị", "cô", "chú", "bác", "em", "cậu", "dì", "mợ", "thím", "ông", "bà", "thầy", "sếp",
    "cháu", "bé", "thằng", "nhỏ", "bạn", "đồng chí", "vợ", "chồng", "giám đốc", "phó giám đốc",
    "tổng giám đốc", "quản đốc", "tổ trưởng", "tổ phó", "chuyền trưởng", "trưởng chuyền",
    "trưởng ca", "ca trưởng", "trưởng phòng", "phó phòng", "luật sư", "bác sĩ", "bác sỹ", "cô giáo",
    "thầy giáo", "hiệu trưởng", "chủ trọ", "chủ nhà", "chủ tịch công đoàn", "chủ tịch cđ",
    "chủ tịch xã", "chủ tịch phường", "chủ tịch tỉnh", "chủ tịch huyện", "thiếu tá", "trung tá",
    "đại tá", "thượng tá", "đại úy", "đại uý", "thượng úy", "trung úy", "mr", "mrs", "ms", "miss",
    "sếp tổng", "sếp lớn", "trưởng công an xã", "trưởng công an phường", "mister", "madam", "dr",
    "prof", "pak", "bapak", "bu", "ibu", "mas", "mbak",
})
# What a form or a message writes before a name; a colon or a dash may stand between.
LABELS = frozenset({
    "tên là", "họ tên", "họ và tên", "tên tôi là", "chủ tài khoản", "chủ tk", "ctk", "người nhận",
    "tên chủ thẻ", "người thụ hưởng", "thụ hưởng", "chu tai khoan", "chu tk", "nguoi nhan",
    "ho ten", "ten la", "account name", "account holder", "beneficiary", "my name is",
})
# Whose bearer is no public person, even with the name of one.
PRIVATE = frozenset({"anh", "chị", "em", "cô", "chú", "thằng", "con", "bạn", "sếp", "cậu"})
# Before a name as often as before a place or a body: a name must follow that is known as one.
PERHAPS = frozenset({
    "công nhân", "nữ công nhân", "đoàn viên", "lao động", "nhân viên", "nạn nhân", "gia đình",
    "công an", "con", "bảo vệ", "kế toán", "quản lý", "phiên dịch", "cán bộ", "admin", "ad", "hr",
    "chủ tịch", "phó chủ tịch", "bí thư", "gặp", "liên hệ", "lh", "tên", "chủ", "y tá", "tên thật",
    "mình là", "tôi là", "em là", "mẹ", "bố", "ba mẹ", "chủ tịch hđqt", "thư ký", "trưởng thôn",
    "tổ trưởng công đoàn", "a", "c", "e",
})
# The same typed without marks: "ban" and "co" are other words beside words with marks.
BARE_TITLES = frozenset({
    "chi", "co", "chu", "bac", "ba", "thay", "cau", "gap", "lien he", "to truong", "giam doc",
    "sep", "ong", "ban", "thang", "quan ly", "ke toan", "bao ve", "chu tich", "truong phong",
    "quan doc", "nho", "be", "ten",
})
TITLES = PERSONAL | PERHAPS | BARE_TITLES
# "anh" here is a language or a country, no title.
NOT_TITLES = frozenset({
    "tiếng anh", "nước anh", "quốc anh", "người anh", "bên anh", "chị em", "anh em",
})
# A word that ends a name, or after a title shows that none follows.
BODIES = _set(
    "công liên tổng sở bộ khu nhà trung hàn nhật đảng hội mỹ pháp nga úc anh đức tập trường viện",
    "đài báo phường xã tỉnh thành quận huyện cục vụ phòng ban chi việt campuchia lào đài",
    "philippines indonesia ấn facebook zalo tiktok telegram messenger internet google youtube tết",
    "luật nghị thông điều quyết hiến covid samsung foxconn bắc nam đông tây quảng hà rịa nà đen",
    "vàng lớn nhỏ và thì là có không ở trong khi nếu sẽ đã đang được bị cho của với này đó kia ấy",
    "nào ạ ơi nhé sĩ sỹ em chị ý tôi mình họ ta tao mày mẹ bố cũng nhưng cambodia lao thailand",
    "korea japan china india myanmar malaysia singapore russia quốc tuyên thái president police",
    "university vietnam viet world international the sir đi làm nói bảo hỏi gọi quê về",
)
_ELSEWHERE = (
    "bắc giang", "bắc kạn", "bắc ninh", "bến tre", "cà mau", "đắk lắk", "đắk nông", "điện biên",
    "đồng nai", "đồng tháp", "gia lai", "hòa bình", "hoà bình", "kon tum", "lạng sơn", "nghệ an",
    "sóc trăng", "thừa thiên", "vĩnh phúc", "quảng bình", "quảng ngãi", "quảng ninh", "quảng trị",
    "hàn quốc", "đài loan", "thái lan", "trung hoa", "hồng kông", "triều tiên", "ấn độ", "hà nội",
    "hải phòng", "đà nẵng", "huế", "cần thơ", "sài gòn", "nam định", "ninh bình", "bà rịa", "bà nà",
    "bà đen", "ba đình", "ba vì", "ba lan", "anh quốc", "phần lan", "hoàng hải", "hoàng liên",
    "hoàng gia", "trường sa", "hoàng thành", "lê chân", "ngô quyền", "phan rí", "võ nhai",
    "trần đề", "đặng xá", "phạm ngũ", "hồ tây", "hồ gươm", "hồ hoàn kiếm", "vũng tàu", "kim sơn",
    "lâm thao", "lương tài", "thái thụy", "kiều kỵ", "mai dịch", "la phù", "từ sơn", "từ liêm",
    "văn giang", "văn lâm", "văn miếu", "viên chăn", "kim liên", "nam đàn", "ninh thuận",
    "ninh hòa", "tiên lãng", "mã lai", "an dương", "đông nam á", "châu phi", "châu mỹ", "hà lan",
    "quế võ", "quang minh", "hoàng anh gia lai", "mai linh", "trường hải", "kim đồng", "thái hòa",
)
# Of history and of the highest offices: a claim about what they did names nobody who could mind.
_KNOWN = (
    "hồ chủ tịch", "nguyễn tất thành", "nguyễn sinh cung", "nguyễn sinh sắc", "tô lâm",
    "lương cường", "phạm minh chính", "trần thanh mẫn", "nguyễn phú trọng", "lê hồng phong",
    "trần phú", "nguyễn văn cừ", "hà huy tập", "lê hồng anh", "võ văn kiệt", "lý thường kiệt",
    "trần hưng đạo", "trần quốc tuấn", "lê lợi", "lê lai", "nguyễn trãi", "nguyễn du", "nguyễn huệ",
    "quang trung", "lê thánh tông", "lý thái tổ", "lý công uẩn", "đinh tiên hoàng", "đinh bộ lĩnh",
    "ngô quyền", "phan bội châu", "phan châu trinh", "phan chu trinh", "phan đình phùng",
    "phan đình giót", "nguyễn thái học", "nguyễn đình chiểu", "nguyễn đình thi", "hoàng diệu",
    "hoàng văn thụ", "hoàng hoa thám", "huỳnh thúc kháng", "tôn thất tùng", "lê quý đôn",
    "lý tự trọng", "kim đồng", "nguyễn viết xuân", "nguyễn thị bình", "nguyễn cơ thạch",
    "phạm hùng", "phạm ngọc thạch", "phạm tuân", "trần đại nghĩa", "tô hiến thành",
    "nguyễn bỉnh khiêm", "đinh công tráng", "nguyễn chí thanh", "nguyễn lương bằng",
    "lê thanh nghị", "đặng thai mai", "trịnh công sơn", "nguyễn đình khang", "nguyễn đức cảnh",
    "tập cận bình", "trump", "obama", "biden", "putin", "hun sen", "hun manet", "guterres", "lênin",
    "lenin", "marx", "engels", "hùng vương", "hai bà trưng", "bà trưng", "bà triệu", "thánh gióng",
    "bác hồ", "bác tôn", "cụ hồ", "uncle ho",
)
PLACES_KEPT = frozenset(PLACES + _ELSEWHERE) | NOT_NAMES
KNOWN = frozenset(PUBLIC_NAMES + _KNOWN)
# A name after one of these belongs to a street, a place, a body or a thing called after somebody.
NAMED_AFTER = frozenset({
    "đường", "phố", "phường", "xã", "quận", "huyện", "tỉnh", "thành phố", "tp", "thị trấn",
    "thị xã", "thôn", "ấp", "đại lộ", "ngã tư", "ngã ba", "ngã năm", "cầu", "chợ", "cảng", "đảo",
    "núi", "sông", "vịnh", "quảng trường", "lăng", "bảo tàng", "tượng đài", "công viên", "đền",
    "chùa", "nhà thờ", "nghĩa trang", "trường", "đại học", "học viện", "thpt", "thcs", "tiểu học",
    "bệnh viện", "công ty", "cty", "tnhh", "tập đoàn", "ngân hàng", "nhà máy", "xí nghiệp", "hãng",
    "giải", "giải thưởng", "quỹ", "kcn", "khu công nghiệp", "khu chế xuất", "nhà xuất bản", "nxb",
    "tư tưởng", "đoàn tncs", "thủ tướng", "phó thủ tướng", "tổng bí thư", "chủ tịch nước",
    "chủ tịch quốc hội", "bộ trưởng", "thứ trưởng", "triều", "vua", "anh hùng", "liệt sĩ",
    "nhà thơ", "nhạc sĩ", "street", "road", "duong", "pho", "phuong", "truong", "benh vien",
    "cong ty", "thanh pho", "huyen", "president", "chairman", "giỗ tổ",
})
# fmt: on
