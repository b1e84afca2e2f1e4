"""/certificates/CODE: tells anyone whether a certificate is genuine; and a certificate's words."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from html import escape
from math import ceil
from urllib.parse import quote

from aiohttp import web

from bot.certificate import Words
from bot.language import Languages, Voice

_LONGEST_CODE = 40
# Letters that many phones lack come from the chat page's own fonts.
_STYLE = """
@font-face { font-family: "Noto Sans Khmer"; font-weight: 100 900; font-display: swap;
  src: url(/page/fonts/noto-sans-khmer-khmer-wght-normal.woff2) format("woff2");
  unicode-range: U+1780-17FF, U+19E0-19FF, U+200C-200D, U+25CC }
@font-face { font-family: "Noto Sans Thai"; font-weight: 100 900; font-display: swap;
  src: url(/page/fonts/noto-sans-thai-thai-wght-normal.woff2) format("woff2");
  unicode-range: U+0E01-0E5B, U+200C-200D, U+25CC }
:root { --page: #eef2f6; --surface: #fff; --ink: #14212e; --quiet: #4a5a69; --line: #c3ced8;
  --brand: #0b5cad; --on-brand: #fff; --good: #14612f; --bad: #8a1c1c; color-scheme: light dark }
@media (prefers-color-scheme: dark) { :root { --page: #0d141b; --surface: #18232e; --ink: #eaf1f7;
  --quiet: #a9b8c6; --line: #38495a; --brand: #7db9f5; --on-brand: #06233f; --good: #8fdda6;
  --bad: #ffb0a8 } }
* { box-sizing: border-box }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 1.0625rem/1.6 "Noto Sans", "Noto Sans Khmer", "Noto Sans Thai", system-ui, sans-serif }
:lang(km), :lang(th) { line-height: 1.9 }
:lang(ko) { word-break: keep-all }
main { max-width: 38rem; margin: 1.5rem auto; padding: 1.25rem; background: var(--surface);
  border: 1px solid var(--line); border-radius: .8rem; overflow-wrap: anywhere }
h1 { font-size: 1.35rem; line-height: 1.4; margin: 0 0 .75rem }
.verdict { font-weight: 700; border-left: .3rem solid; padding-left: .75rem }
.good { color: var(--good) } .bad { color: var(--bad) }
dt { color: var(--quiet); margin-top: .6rem } dd { margin: 0 }
.code { font-family: ui-monospace, monospace; letter-spacing: .03em }
form { margin-top: 1.5rem; border-top: 1px solid var(--line); padding-top: 1rem }
label { display: block } input, button { font: inherit; min-height: 3rem; max-width: 100%;
  border-radius: .5rem; border: 1px solid var(--quiet); padding: .3rem .8rem }
input { width: 22rem; background: var(--page); color: var(--ink) }
button { background: var(--brand); color: var(--on-brand); cursor: pointer }
:focus-visible { outline: 3px solid var(--brand); outline-offset: 2px }
nav { max-width: 38rem; margin: 0 auto 2rem; padding: 0 1.25rem; line-height: 2.6 }
nav a { color: var(--brand); display: inline-block; margin-right: 1rem }
"""
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_HASH}'; font-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Vary": "Accept-Language",
}


@dataclass(frozen=True, slots=True)
class Record:
    """What is told of a certificate that was issued, in the viewer's language.

    `holder` is empty when the name is not to be shown.
    """

    code: str
    contest_title: str
    round_title: str
    result_text: str
    issued_on: date
    issuer: str
    holder: str = ""
    withdrawn_on: date | None = None


# For a code as somebody typed it and a language that the bot speaks; None: there is no such one.
Find = Callable[[str, str], Awaitable[Record | None]]
# How many seconds this client must wait before it may ask; 0: it may.
Wait = Callable[[web.Request], float]


def words_of(say: Voice, issued_on: date) -> Words:
    """What stands on a certificate around its facts."""
    return Words(
        heading=say("Certificate"),
        given_to=say("Given to"),
        reason=say("for taking part in the contest"),
        issued=say("Issued on {date}", date=say.date(issued_on)),
        code=say("Code"),
        check=say("Anyone can check this certificate with the QR code or at:"),
    )


class Certificates:
    """Answers who scans a certificate's QR code or types its code."""

    def __init__(self, languages: Languages, find: Find, wait: Wait) -> None:
        self._languages = languages
        self._find = find
        self._wait = wait

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/certificates", self._ask),
            web.get("/certificates/{code}", self._show),
        ]

    async def _ask(self, request: web.Request) -> web.Response:
        """The empty form; with a code in it the way to that code's page."""
        code, tag = request.query.get("code", "").strip(), self._language(request)
        if code:
            chosen = f"?lang={tag}" if "lang" in request.query else ""
            raise web.HTTPSeeOther(f"/certificates/{quote(code[:_LONGEST_CODE], safe='')}{chosen}")
        return self._response(form_page(self._languages, tag), 200)

    async def _show(self, request: web.Request) -> web.Response:
        """200 for one that was issued, withdrawn ones too; 404 for a code that none has."""
        code, tag = request.match_info["code"], self._language(request)
        if seconds := self._wait(request):
            response = self._response(busy_page(self._languages, tag), 429)
            response.headers["Retry-After"] = str(ceil(seconds))
            return response
        record = await self._find(code, tag) if len(code) <= _LONGEST_CODE else None
        return self._response(record_page(self._languages, tag, record), 200 if record else 404)

    def _response(self, html: str, status: int) -> web.Response:
        return web.Response(text=html, status=status, content_type="text/html", headers=HEADERS)

    def _language(self, request: web.Request) -> str:
        """The language chosen on the page, else the first of the browser's that the bot speaks."""
        listed = request.headers.get("Accept-Language", "")[:200].split(",")
        wished = [request.query.get("lang", ""), *(each.partition(";")[0] for each in listed)]
        spoken = (self._languages.lookup(each.strip()[:35]) for each in wished)
        return next(filter(None, spoken), self._languages.nearest(listed[0].strip()[:35]))


def record_page(languages: Languages, tag: str, record: Record | None) -> str:
    """The page about a code: genuine, withdrawn, or that there is no such certificate."""
    say = languages.voice(tag)
    if record is None:
        unknown = say("No certificate has this code. Please compare it letter by letter.")
        return _page(languages, tag, f'<p class="verdict bad">{escape(unknown)}</p>')
    if record.withdrawn_on:
        verdict = say(
            "This certificate was withdrawn on {date}. It does not count any more.",
            date=say.date(record.withdrawn_on),
        )
    else:
        verdict = say("This certificate is genuine.")
    mark = "bad" if record.withdrawn_on else "good"
    return _page(
        languages,
        tag,
        f'<p class="verdict {mark}">{escape(verdict)}</p>\n<dl>{_facts(say, record)}</dl>',
        record.code,
    )


def form_page(languages: Languages, tag: str) -> str:
    """The page where a code is typed."""
    return _page(languages, tag, "")


def busy_page(languages: Languages, tag: str) -> str:
    """For who asks too often."""
    say = languages.voice(tag)
    text = say("That was a little fast. Please try again in a minute.")
    return _page(languages, tag, f"<p>{escape(text)}</p>")


def _facts(say: Voice, record: Record) -> str:
    facts = (
        (say("Given to"), record.holder),
        (say("Contest"), " · ".join(filter(None, (record.contest_title, record.round_title)))),
        (say("Result"), record.result_text),
        (say("Issued by"), f"{record.issuer} · {say.date(record.issued_on)}"),
    )
    told = "".join(
        f"<dt>{escape(name)}</dt><dd><bdi>{escape(value)}</bdi></dd>"
        for name, value in facts
        if value
    )
    name = escape(say("Code"))
    return f'{told}<dt>{name}</dt><dd class="code">{escape(record.code)}</dd>'


def _page(languages: Languages, tag: str, body: str, code: str = "") -> str:
    say = languages.voice(tag)
    title = escape(say("Checking a certificate"))
    code_label, check = escape(say("Code")), escape(say("Check"))
    choice = escape(say("Language"))
    path = f"/certificates/{quote(code, safe='')}" if code else "/certificates"
    others = "\n".join(
        f'<a href="{path}?lang={other}" lang="{other}" hreflang="{other}">'
        f"{escape(languages.name(other))}</a>"
        for other in languages.tags
        if other != say.tag
    )
    return f"""<!DOCTYPE html>
<html lang="{say.tag}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<title>{title}</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
<h1>{title}</h1>
{body}
<form action="/certificates" method="get">
<input type="hidden" name="lang" value="{say.tag}">
<label for="code">{code_label}</label>
<input id="code" name="code" required maxlength="{_LONGEST_CODE}" autocomplete="off"
 autocapitalize="none" spellcheck="false" class="code">
<button>{check}</button>
</form>
</main>
<nav aria-label="{choice}">
{others}
</nav>
</body>
</html>
"""
