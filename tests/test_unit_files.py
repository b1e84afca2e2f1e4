"""Lists of units as officers have them: all of a spreadsheet or CSV is read, or each fault told."""

from __future__ import annotations

import contextlib
import io
import re
from base64 import b85decode
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from unicodedata import normalize
from zlib import decompress

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.unit_files import UnitFile, UnitFileError, UnitRow, read_unit_file

HEAD = ["code", "name", "parent", "kind"]
TOP = ["LD", "Liên đoàn Lao động", "", "federation"]
LOCAL = ["CD-1", "Công đoàn cơ sở Đường sắt", "LD", "local"]
UNITS = (
    UnitRow(2, "LD", "Liên đoàn Lao động", None, "federation", {}),
    UnitRow(3, "CD-1", "Công đoàn cơ sở Đường sắt", "LD", "local", {}),
)
# Three rows each; of the XLS from row 3 and column B on, behind an empty sheet.
XLS = (
    "c-rk)O=uHA6#iy+^H-8Isj1KkB^0b$dl4^QnpCm&QcKl?KM0y8D}<z*5OS~{v|4i%1W$^WLN8vbUi?81dh;Mu^dJaAqB"
    "lJW3Le_5Z{F@|8gpo%mR9x)^X9!bGjIOhyv*#IrD%2jVQ&phNI*s148Yr<6O;mu5CN5&revMmPswz#r4aDbMtVJX7JBW"
    "Idnot21_ckamqdY2l+L1viGrcWHxP$-3@IVUFf26kJq33uh0(*~>SCH^x{c|5uKS$n2y1RI9j3ZfaRy7tiNOQ5AD>eCx"
    "hzan;4!!Pz?yyN#w+Q^S8fWct_KH8*;IaW7W8RBEP!@yOgHpWDqls6wr~MI%sBAfIjb+?u6|?n0;K=BTJLM2zolrvEX?"
    "ylI${MO1T|UW!RU0cJX4`~JL0i+{KPU&qr(otR4HA^=#&|$X`K#jF;&uyGRe8Dks(JOKOBG<M;2dTP@hpzK$SRZe?iZX"
    "r<Ah=gIwt%8P6BesXQCzSP)qi3qpKCf<!auWIoF0Btp@C`QEp;N2ex}=U6k#@!!HuIW3sDDqB$FaMQobAh+1d^cq{;!F"
    "(^%7)_t@fyr*0IWos}u5;-C^|PPxF1f3L-%Whw>#-+&mCwmN#4nE3F2xq#C+E>mOO~Pb@;8SeF(mHXmUx<Ua$(1lk4$_"
    "1iY*DH3y&m2k>wB8Z_Px@HB;CTtkb^r*37R&>=~H$^`R3hv}V?NNLZ3WlK3sD_F7qzMv`jVQd`(k*_LM4SJ@V?nBpZ#+"
    "OqW0j@P!MHQBkWbU<S}31QjM*p3g5q&D=Su`R#j6KLfVE?l^9;lhOr7n>RK<|Xf2s`aSg+mpO0`RwmHE0pT)XOjOG$5E"
    "hPnVyKF^gJx1gqgPdXFEK?u_e~n#`#_-agus3A%`g*N3L!Er8kIZoX?sYM%M2LwcCHaopJu-{(k{%Y5|M"
)
ODS = (
    "c-qBPu};G<5KSpi5Np{(CYB^H0Z~&x0wh#Gl_(!zk}Fs^b`-m%Y%DBn`~fo~13v&?gT%(jfSshJiQ1~5NH{vjcfNamK3"
    "l$KqdZ&HlD4AVk*#}6j+87&32*@7CIl3Q1baweM(r;3ErvMe77Ky;%<BX|g~h`Nkk2mxL^FfA__Epv6qb}_DaZS*UGwn"
    "dzzz__ZQ#P{1*EnuJG~1LmrJ<Dy0vC(*K2(br$5l87v%%hH98S>Vloaz0dPln&M+${>+dLByPoCuwewMVpVKrYOVZ*oD"
    "%6HXv(kZj%*XV?HO^WG=BA>_+HLHC(_hp~5mK_r?6g!<taz!!BG5URIy`pHL_=@tG%4RWcCe*$=HCpIp%bpxl7-@4PsR"
    "$_HBODpoEfp}tic09^c1m+NC!-H!CZrjNM=<<D;8m0W*KUBs>neO;%}geW8t77iewH8hrPnop9pGC%=4cUf3#QlR*vxN"
    "6V=}y*y|%L9K3MAHuw<5Z{2^Se`Blg4fTpY(Bkh1VICsCO!%-xYNOsMJM)s+W1ebR5=t}G^7um7Z?`3Fs4V8A@}=%4sx"
    "_|g<stIb=m+96Tbr7Vxp_5Fmfy4dS1L;T26I`Nb^"
)
Read = Callable[[bytes | str], UnitFile]
Faults = Callable[[bytes | str], tuple[str, ...]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Writes what an officer sends into a real file, of a name that tells nothing, and reads it."""

    def written(content: bytes | str) -> UnitFile:
        path = tmp_path / "units"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_unit_file(path)

    return written


@pytest.fixture
def faults(read: Read) -> Faults:
    def told(content: bytes | str) -> tuple[str, ...]:
        with pytest.raises(UnitFileError) as caught:
            read(content)
        assert str(caught.value) == "\n".join(caught.value.faults)
        return caught.value.faults

    return told


def _csv(*rows: Sequence[str], delimiter: str = ",") -> str:
    return "".join(delimiter.join(row) + "\r\n" for row in rows or (HEAD, TOP, LOCAL))


def _xlsx(cells: dict[str, object], *rows: Sequence[object]) -> bytes:
    """Some cells, and rows below them, on the second sheet."""
    book, file = openpyxl.Workbook(), io.BytesIO()
    sheet = book.create_sheet()
    for place, cell in cells.items():
        sheet[place] = cell
    for row in rows:
        sheet.append(row)
    book.save(file)
    return file.getvalue()


def _windows_1258(text: str) -> bytes:
    """As Windows writes Vietnamese: the letter with its hat or horn, then the tone."""
    out = ""
    for letter in normalize("NFC", text):
        bare, *tones = re.split("([\u0300\u0301\u0303\u0309\u0323])", normalize("NFD", letter))
        out += normalize("NFC", bare + "".join(tones[1::2])) + "".join(tones[::2])
    return out.encode("cp1258")


ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "UTF-8": str.encode,
    "UTF-8 with BOM": lambda text: text.encode("utf-8-sig"),
    "UTF-8 decomposed": lambda text: normalize("NFD", text).encode(),
    "UTF-16": lambda text: text.encode("utf-16"),
    "UTF-16 big-endian": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    "Windows-1258": _windows_1258,
}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_encoding_and_delimiter_is_read(read: Read, encoding: str, delimiter: str) -> None:
    assert read(ENCODINGS[encoding](_csv(delimiter=delimiter))) == UnitFile(UNITS, ())


@pytest.mark.parametrize("headings", ["Mã,Tên,Cấp trên,Loại", "MA CDCS,don vi,TRUC THUOC,cap"])
def test_required_columns_are_known_in_both_languages(read: Read, headings: str) -> None:
    assert read(_csv([headings], TOP, LOCAL)).rows == UNITS


@pytest.mark.parametrize(
    ("heading", "cell", "field", "value"),
    [
        ("FDI", "x", "is_foreign_invested", True),
        ("Vốn nước ngoài", "CÓ", "is_foreign_invested", True),
        ("CO VON DAU TU NUOC NGOAI", "không", "is_foreign_invested", False),
        ("is_foreign_invested", "", "is_foreign_invested", None),
        ("Ngành nghề", " May   mặc\u200b ", "sector", "May mặc"),
        ("sector", "-", "sector", None),
        ("Số lao động", "1.200", "headcount", 1200),
        ("Số người", "1 234 567", "headcount", 1234567),
        ("SỐ ĐOÀN VIÊN (*)", "10000000", "headcount", 10_000_000),
        ("Địa chỉ:", "7 Lê Lợi", "office_address", "7 Lê Lợi"),
        ("Giờ làm việc", "8:00-17:00", "office_hours", "8:00-17:00"),
        ("Số  điện\xa0thoại", "0901 234 567", "office_line", "0901 234 567"),
    ],
)
def test_optional_columns_are_known_by_their_headings(
    read: Read, heading: str, cell: str, field: str, value: object
) -> None:
    found = read(_csv([*HEAD, heading], [*TOP, cell]))
    assert (found.rows[0].more, found.ignored) == ({field: value}, ())


def test_columns_stand_in_any_order_with_others_between_and_titles_above(read: Read) -> None:
    found = read(
        "DANH SÁCH, NĂM 2026\n;;;\nKind;TT;Parent;Ghi  chú;;Name;Code\n"
        f"federation;1;–;x;;{TOP[1]};LD\n\n;2\nlocal;3;LD;;y;{LOCAL[1]};CD-1\n"
    )
    assert found.ignored == ("TT", "Ghi chú")
    assert [(one.row, one.code, one.title, one.parent) for one in found.rows] == [
        (4, "LD", TOP[1], None),
        (7, "CD-1", LOCAL[1], "LD"),
    ]


def test_quoted_cells_hold_delimiters_newlines_and_quotes(read: Read) -> None:
    text = 'code,"name",parent,kind\nA,"Union of\n""Dawn"", Ltd",,local\n\nB,Next,A,local\n'
    names = [(one.row, one.title) for one in read(text).rows]
    assert names == [(2, 'Union of "Dawn", Ltd'), (5, "Next")]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("LD 1,x,,local", 'code "LD 1" is not a code'),
        ("LD__1,x,,local", 'code "LD__1" is not a code'),
        (f"{'A' * 33},x,,local", 'code "AAA'),
        ("-A,x,,local", 'code "-A" is not a code'),
        ("Đ1,x,,local", 'code "Đ1" is not a code'),
        (",x,,local", "code is missing"),
        ("A,,,local", "name is missing"),
        (f"A,{'x' * 301},,local", 'name "xxx'),
        ("A,C?ng ?o?n,,local", 'name "C?ng ?o?n" is not a name'),
        ("A,x,,", "kind is missing"),
        (f"A,x,,{'x' * 41}", 'kind "xxx'),
        ("A,x,Liên đoàn,local", 'parent "Liên đoàn" is not a code'),
        ("A,x,a,local", "A is its own parent"),
        ("ld,x,,local", "code ld stands in row 2 already"),
        ("A,x,,local,maybe", 'is_foreign_invested "maybe" is not yes or no'),
        (f"A,x,,local,,{'x' * 81}", 'sector "xxx'),
        ("A,x,,local,,,12.5", 'headcount "12.5" is not a whole number'),
        ("A,x,,local,,,10000001", 'headcount "10000001"'),
        ("A,x,,local,,,1.200 300", 'headcount "1.200 300"'),
        (f"A,x,,local,,,{'9' * 5000}", 'headcount "999'),
        ("A,x,,local,,,,surplus", "more cells than headings"),
        ('A,"x,,local', "the quotes do not match"),
        ('A,"x" y,,local', "the quotes do not match"),
        ("A,x\0,,k", "damaged text"),
    ],
)
def test_a_fault_is_told_with_its_row(faults: Faults, row: str, said: str) -> None:
    (fault,) = faults(_csv([*HEAD, "fdi", "sector", "headcount"], TOP) + row)
    assert fault.startswith(f"row 3: {said}")


def test_all_faults_of_all_rows_are_told_at_once_but_no_more_than_200(faults: Faults) -> None:
    told = faults(_csv(HEAD, ["a b", "", "x y", ""], *[["A", "x", "", "k"]] * 201))
    fields = [fault.split()[2] for fault in told[:4]]
    assert fields == HEAD
    assert told[4] == "row 4: code A stands in row 3 already"
    assert (len(told), told[-1]) == (201, "and 4 more")


def test_missing_and_doubled_columns_are_told_together(faults: Faults) -> None:
    assert [fault.partition(" (")[0] for fault in faults("code,name,Tên\nA,x,y")] == [
        'row 1: "name" and "Tên" all mean name; keep one',
        "row 1: no column for parent",
        "row 1: no column for kind",
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "looked for code (mã, mã đơn vị, mã CĐCS) and name (tên, "),
        (b"\xef\xbb\xbf \r\n\t", "found an empty file"),
        ("TT,Họ tên\n1,A", 'đơn vị, tên CĐCS); found "TT", "Họ tên"'),
        ("title\n" * 20 + _csv(), "no headings in the first 20 rows"),
        (_csv(HEAD), "row 1: no unit below the headings"),
        (_csv(["STT", *HEAD], ["1"], ["2"]), "row 1: no unit below the headings"),
        (_csv().encode() + "A,Đường".encode()[:-3], "row 4: damaged text"),
        (b"A,x\n\x8a\x8d,y", "row 2: damaged text"),
        (_csv().encode("utf-16")[:-1], "row 3: damaged text"),
        (_csv().encode("utf-16-le"), "row 1: damaged text"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "neither a spreadsheet nor a CSV"),
        ("x" * 200_000, "field larger than field limit"),
        (_csv(HEAD, *(["A", "x", "", "k"] for _ in range(50_001))), "more than 50,000 rows"),
        (b" " * (20 * 1024 * 1024 + 1), "larger than 20 MB"),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_what_is_no_list_is_one_fault(faults: Faults, content: bytes | str, said: str) -> None:
    (fault,) = faults(content)
    assert said in fault


def test_a_file_that_cannot_be_opened_is_an_os_error(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere.csv"):
        with pytest.raises(OSError, match=str(path)):
            read_unit_file(path)


def test_a_large_workbook_with_holes_is_read_with_its_own_row_numbers(read: Read) -> None:
    head = [None, "Mã", "Tên", None, "Cấp trên", "Loại", "Số lao động"]
    rows = [[None, f"U{one}", "Tổ", None, "U0", "team", 1200.0] for one in range(1, 10_001)]
    found = read(_xlsx({"A3": " "}, head, *rows[:5_000], [], [None, " "], *rows[5_000:])).rows
    assert found[0] == UnitRow(5, "U1", "Tổ", "U0", "team", {"headcount": 1200})
    assert (found[4_999].row, found[5_000].row, found[-1].row) == (5_004, 5_007, 10_006)
    assert len(found) == 10_000


def test_numbers_of_a_spreadsheet_are_what_people_see(read: Read, faults: Faults) -> None:
    head = [*HEAD, "headcount", "fdi"]
    first, second = read(_xlsx({}, head, [79.0, 7, None, "k", 3, 1], [1.5, "x", 79, "k"])).rows
    assert first == UnitRow(2, "79", "7", None, "k", {"headcount": 3, "is_foreign_invested": True})
    assert (second.code, second.parent) == ("1.5", "79")
    told = faults(_xlsx({}, head, [date(2026, 3, 1), "x", "", "k", 1.234]))
    assert [fault.split()[3] for fault in told] == ['"01/03/2026"', '"1.234"']


@pytest.mark.parametrize(("blob", "row"), [(XLS, 4), (ODS, 2)], ids=["XLS", "ODS"])
def test_xls_and_ods_are_read_too(read: Read, blob: str, row: int) -> None:
    found = read(decompress(b85decode(blob))).rows
    assert [(one.row, one.title) for one in found] == [(row, "Liên đoàn"), (row + 1, "x")]


WORKBOOK = _xlsx({}, HEAD, TOP)
DAMAGED = {
    "cut": WORKBOOK[: len(WORKBOOK) // 2],
    "docx": WORKBOOK.replace(b"xl/workbook.xml", b"word/document.x"),
    "no cells": _xlsx({}),
    "two cells so far apart that calamine aborts": _xlsx({"A1": "x", "XFD1048576": "x"}),
    "cut where calamine panics": decompress(b85decode(XLS))[:4104],
    "password": decompress(b85decode(XLS))[:512] + "EncryptedPackage".encode("utf-16-le"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_spreadsheet_that_cannot_be_read_is_one_fault(
    faults: Faults, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    (fault,) = faults(DAMAGED[name])
    assert ("protected by a password" if name == "password" else "damaged") in fault
    assert capfd.readouterr().err == ""


@given(st.binary() | st.text(alphabet='\r\n",;\0Aax-_?1.ệ\ufeff').map(lambda end: _csv() + end))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_read_or_refused(read: Read, content: bytes | str) -> None:
    with contextlib.suppress(UnitFileError):
        assert read(content).rows
