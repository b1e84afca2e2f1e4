"""Links: every way of sharing a post has one form, and in words only the domain is left."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.links import Link, links_in, without_links

NAME, POST = "nguyen.van.lan.95", "pfbid0AbCd123456789"

# What people share, and its one form.
CANONICAL = {
    f"https://www.facebook.com/{NAME}/posts/{POST}": f"facebook.com/posts/{POST}",
    f"http://m.facebook.com/{NAME}/posts/{POST}/?mibextid=Nif5oz": f"facebook.com/posts/{POST}",
    f"facebook.com/{NAME}/posts/{POST}": f"facebook.com/posts/{POST}",
    f"FB.com/{NAME}/posts/{POST}?fbclid=IwAR0#comments": f"facebook.com/posts/{POST}",
    f"https://m.facebook.com/story.php?story_fbid={POST}&id=100001&sfnsn=mo": (
        f"facebook.com/posts/{POST}"
    ),
    f"https://facebook.com/permalink.php?id=100001&story_fbid={POST}": f"facebook.com/posts/{POST}",
    f"https://mbasic.facebook.com/{NAME}/posts/a-title/{POST}/": f"facebook.com/posts/{POST}",
    "https://www.facebook.com/groups/123/permalink/456/?rdid=x": "facebook.com/posts/456",
    "https://m.facebook.com/groups/123/posts/456": "facebook.com/posts/456",
    "https://www.facebook.com/groups/123/?multi_permalinks=456&ref=share": "facebook.com/posts/456",
    "https://www.facebook.com/photo/?fbid=789&set=a.1": "facebook.com/photo/789",
    "https://www.facebook.com/photo.php?fbid=789&set=a.1&type=3": "facebook.com/photo/789",
    f"https://facebook.com/{NAME}/photos/a.1/789/?type=3": "facebook.com/photo/789",
    "https://www.facebook.com/watch/?v=321&ref=sharing": "facebook.com/videos/321",
    f"https://www.facebook.com/{NAME}/videos/a-title/321/": "facebook.com/videos/321",
    "https://facebook.com/reel/321?s=yWDuG2&fs=e": "facebook.com/videos/321",
    "https://www.facebook.com/share/p/1AbC/?mibextid=wwXIfr": "facebook.com/share/1AbC",
    "https://www.facebook.com/share/1AbC/": "facebook.com/share/1AbC",
    "https://www.facebook.com/profile.php?id=100001&sk=about": "facebook.com/100001",
    "https://www.facebook.com/people/Lan-Nguyen/100001/": "facebook.com/100001",
    "https://vi-vn.facebook.com/CongDoan": "facebook.com/congdoan",
    "https://l.facebook.com/l.php?u=https%3A%2F%2Fvnexpress.net%2Fa-1.html%3Ffbclid%3DIw&h=AT1": (
        "vnexpress.net/a-1.html"
    ),
    "https://lm.facebook.com/l.php?u=https%3A%2F%2Fyoutu.be%2FdQw4w9WgXcQ%3Fsi%3Dx&h=A": (
        "youtube.com/watch?v=dQw4w9WgXcQ"
    ),
    "https://fb.watch/AbC12/": "fb.watch/AbC12",
    "https://youtu.be/dQw4w9WgXcQ?si=abc&t=10": "youtube.com/watch?v=dQw4w9WgXcQ",
    "https://www.youtube.com/watch?v=dQw4w9WgXcQ&feature=share&ab_channel=X": (
        "youtube.com/watch?v=dQw4w9WgXcQ"
    ),
    "m.youtube.com/shorts/dQw4w9WgXcQ": "youtube.com/watch?v=dQw4w9WgXcQ",
    "https://youtube.com/live/dQw4w9WgXcQ": "youtube.com/watch?v=dQw4w9WgXcQ",
    "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ": "youtube.com/watch?v=dQw4w9WgXcQ",
    "https://www.youtube.com/redirect?q=https%3A%2F%2Fexample.com%2Fa": "example.com/a",
    "https://www.youtube.com/playlist?list=PL1&si=2": "youtube.com/playlist?list=PL1",
    "https://www.tiktok.com/@lan.95/video/7123?is_from_webapp=1&_t=8x": "tiktok.com/video/7123",
    "https://m.tiktok.com/v/7123.html": "tiktok.com/video/7123",
    "https://vt.tiktok.com/ZSxYz/": "vt.tiktok.com/ZSxYz",
    "vm.tiktok.com/ZSxYz": "vm.tiktok.com/ZSxYz",
    "https://www.instagram.com/lan_95/reel/CaBc/?igsh=x": "instagram.com/p/CaBc",
    "https://instagram.com/p/CaBc/?utm_source=ig_web_copy_link": "instagram.com/p/CaBc",
    "https://twitter.com/lan/status/99?s=20&t=abc": "x.com/status/99",
    "https://x.com/lan/status/99/photo/1": "x.com/status/99",
    "https://www.threads.net/@lan/post/Cx1": "threads.com/post/Cx1",
    "https://t.me/s/TinNong/55": "t.me/tinnong/55",
    "http://telegram.me/tinnong/55?single": "t.me/tinnong/55",
    "https://zalo.me/84912345678": "zalo.me/0912345678",
    "http://zalo.me/0912345678/?src=qr": "zalo.me/0912345678",
    "https://zalo.me/g/abcXYZ123": "zalo.me/g/abcXYZ123",
    "https://docs.google.com/forms/d/e/1FAIp/viewform?usp=sf_link": (
        "docs.google.com/forms/d/e/1FAIp"
    ),
    "https://docs.google.com/forms/u/0/d/e/1FAIp/viewform?pli=1": "docs.google.com/forms/d/e/1FAIp",
    "https://forms.gle/AbC": "forms.gle/AbC",
    "bit.ly/AbC": "bit.ly/AbC",
    "https://www.google.com/url?sa=t&q=https://vnexpress.net/a-1.html&usg=x": (
        "vnexpress.net/a-1.html"
    ),
    "https://www.google.com/amp/s/amp.vnexpress.net/a-1.html": "vnexpress.net/a-1.html",
    "https://vnexpress-net.cdn.ampproject.org/c/s/vnexpress.net/a-1.html": "vnexpress.net/a-1.html",
    "https://example.com/news/a/amp/": "example.com/news/a",
    "HTTPS://WWW.VnExpress.NET:443/a-1.html#box": "vnexpress.net/a-1.html",
    "http://vnexpress.net:80/a-1.html?utm_source=zalo&utm_campaign=x": "vnexpress.net/a-1.html",
    "https://example.com:8443/a": "example.com:8443/a",
    "https://user:secret@example.com/a": "example.com/a",
    "https://example.com/a//b/./": "example.com/a/b",
    "https://example.com/?b=2&a=1&fbclid=3": "example.com?a=1&b=2",
    "https://example.com/vi%E1%BB%87t?q=%c3%a1": "example.com/vi%E1%BB%87t?q=%C3%A1",
    "https://example.com/việt?q=á": "example.com/vi%E1%BB%87t?q=%C3%A1",
    "https://example.com/a%2Fb": "example.com/a%2Fb",
    "https://example.com/%7Elan": "example.com/~lan",
    "https://tênmiền.vn/a": "xn--tnmin-hsa0954c.vn/a",
    "https://xn--tnmin-hsa0954c.vn/a/": "xn--tnmin-hsa0954c.vn/a",
    "https://congdoan.vn.": "congdoan.vn",
    "tro-cap-cd.example": "tro-cap-cd.example",
    "http://127.0.0.1:8080/health": "127.0.0.1:8080/health",
    "127.0.0.1:8080/a": "127.0.0.1:8080/a",
    "http://localhost/a": "localhost/a",
    "http://[::1]/a": "::1/a",
}
DOMAINS = {
    f"https://m.facebook.com/{NAME}": "facebook.com",
    "https://fb.com/x": "facebook.com",
    "https://vnexpress.net/a": "vnexpress.net",
    "https://laodong.vn/a": "laodong.vn",
    "https://dichvucong.moit.gov.vn/a": "moit.gov.vn",
    "www.shop.com.vn": "shop.com.vn",
    "https://a.b.hust.edu.vn": "hust.edu.vn",
    "https://bbc.co.uk/news": "bbc.co.uk",
    "https://www.moel.go.kr": "moel.go.kr",
    "https://www.mhlw.go.jp/x": "mhlw.go.jp",
    "https://lan95.blogspot.com/2026": "blogspot.com",
    "https://vt.tiktok.com/x": "tiktok.com",
    "https://youtu.be/x": "youtube.com",
    "https://chat.zalo.me/?g=1": "zalo.me",
    "http://127.0.0.1/a": "",
    "http://[::1]:80/": "",
    "http://localhost:8080/a": "",
    "http://0x7f000001/a": "",
    "https://qua-congdoan.example/nhan": "qua-congdoan.example",
}
NO_LINKS = (
    "lương 12.5 triệu, 1.500.000đ, 5.310.000",
    "v.v. và v.v...",
    "Co.op Mart, siêu thị Co.opmart",
    "TP.HCM, Q.1, P.5, TP.HCM/Hà Nội",
    "ngày 28.7.1929, điều 3.2.1",
    "đi nha.me oi",
    "và/hoặc, anh/chị, 12/2022/NĐ-CP",
    "lan.nguyen@gmail.com",
    "file app.apk, thongbao.docx",
    "1.2.3.4",
    "...com",
    "http://",
    "https:// ",
    "",
)
WITHOUT = {
    f"Xem https://facebook.com/{NAME}/posts/{POST} ngay!": "Xem (facebook.com) ngay!",
    f"(https://facebook.com/{NAME})": "((facebook.com))",
    "Bấm vào link http://qua-congdoan.example/nhan và điền": (
        "Bấm vào link (qua-congdoan.example) và điền"
    ),
    "tại vnexpress.net, bit.ly/abc.": "tại vnexpress.net, (bit.ly).",
    "“https://example.com/a(b)”…": "“(example.com)”…",
    "【https://example.com/a】。": "【(example.com)】。",
    "xem:https://example.com/a;https://example.org/b": "xem:(example.com)",
    "vàohttps://example.com/a": "vào(example.com)",
    "http://127.0.0.1:9/a và localhost:8080": "(link) và (link)",
    "https://lan95.blogspot.com": "(blogspot.com)",
    "không có gì": "không có gì",
}


@pytest.mark.parametrize("written", CANONICAL)
def test_every_spelling_has_one_form(written: str) -> None:
    assert [link.canonical for link in links_in(written)] == [CANONICAL[written]]


@pytest.mark.parametrize("written", DOMAINS)
def test_the_domain_is_what_its_owner_registered(written: str) -> None:
    assert [link.domain for link in links_in(written)] == [DOMAINS[written]]


@pytest.mark.parametrize("text", NO_LINKS)
def test_what_only_has_a_dot_is_no_link(text: str) -> None:
    assert links_in(text) == ()
    assert without_links(text) == text


@pytest.mark.parametrize("text", WITHOUT)
def test_in_words_only_the_domain_is_left(text: str) -> None:
    assert without_links(text) == WITHOUT[text]


def test_of_a_post_neither_its_author_nor_its_number_is_left() -> None:
    written = f"nè: facebook.com/{NAME}/posts/{POST}?comment_id=1"
    (link,) = links_in(written)
    assert NAME not in link.canonical
    for shown in (repr(link), link.domain, without_links(written)):
        assert NAME not in shown
        assert POST not in shown


def test_the_same_post_twice_is_one_link() -> None:
    text = f"facebook.com/{NAME}/posts/1 https://m.facebook.com/other/posts/1/?fbclid=2 t.me/x"
    assert links_in(text) == (Link("facebook.com/posts/1", "facebook.com"), Link("t.me/x", "t.me"))


def test_a_redirect_in_a_circle_ends() -> None:
    inner = "https://l.facebook.com/l.php?u=https://l.facebook.com/l.php"
    assert [link.domain for link in links_in(inner)] == ["facebook.com"]


_PIECES = st.sampled_from(
    [*CANONICAL, *DOMAINS, *NO_LINKS, " ", ".", "/", "(", ")", "@", "://", "com", "xn--", "[", "%"]
)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=100), st.lists(_PIECES, max_size=6).map("".join)))
def test_any_text_may_come_and_doing_it_again_changes_nothing(text: str) -> None:
    links_in(text)
    once = without_links(text)
    assert without_links(once) == once


HOSTILE = (
    "a.", "http://", "https://a.vn/ ", "www.", "a.com/", "(", "https://a.vn/(", "%", "1.", "a-",
    "facebook.com/a/posts/1 ", "http://l.facebook.com/l.php?u=", "@", ".", "a.a.com ",
)  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_the_time_grows_with_the_length_only(piece: str) -> None:
    text = (piece * 50_000)[:50_000]
    began = time.process_time()
    without_links(text)
    assert time.process_time() - began < 15
