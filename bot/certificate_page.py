"""/certificates/CODE: tells anyone whether a certificate is genuine; and a certificate's words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from html import escape
from math import ceil
from urllib.parse import quote

from aiohttp import web

from bot.certificate import Words
from bot.language import Languages, Voice
from bot.public_page import LOOK, asked_languages, document, headers_for

_LONGEST_CODE = 40
_STYLE = (
    LOOK
    + """\
dt { color: var(--quiet); margin-top: .6rem } dd { margin: 0 }
.code { font-family: ui-monospace, monospace; letter-spacing: .03em }
form { margin-top: 1.5rem; border-top: 1px solid var(--line); padding-top: 1rem }
label { display: block } input, button { font: inherit; min-height: 3rem; max-width: 100%;
  border-radius: .5rem; border: 1px solid var(--quiet); padding: .3rem .8rem }
input { width: 22rem; background: var(--page); color: var(--ink) }
button { background: var(--brand); color: var(--on-brand); cursor: pointer }
"""
)
HEADERS = {
    **headers_for(_STYLE),
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
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
        return asked_languages(self._languages, request)[0]


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
    title, label, check = say("Checking a certificate"), say("Code"), say("Check")
    form = f"""<h1>{escape(title)}</h1>
{body}
<form action="/certificates" method="get">
<input type="hidden" name="lang" value="{say.tag}">
<label for="code">{escape(label)}</label>
<input id="code" name="code" required maxlength="{_LONGEST_CODE}" autocomplete="off"
 autocapitalize="none" spellcheck="false" class="code">
<button>{escape(check)}</button>
</form>"""
    path = f"/certificates/{quote(code, safe='')}" if code else "/certificates"
    head = '<meta name="robots" content="noindex, nofollow">\n'
    return document(languages, tag, title, form, style=_STYLE, path=path, head=head)
