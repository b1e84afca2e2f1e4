"""What pages for everybody share: their look, what a browser may do, the language asked for."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from html import escape

from aiohttp import web

from bot.language import Languages

# Letters that many phones lack come from the chat page's own fonts.
LOOK = """
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
:focus-visible { outline: 3px solid var(--brand); outline-offset: 2px }
nav { max-width: 38rem; margin: 0 auto 2rem; padding: 0 1.25rem; line-height: 2.6 }
nav a { color: var(--brand); display: inline-block; margin-right: 1rem }
"""


def headers_for(style: str) -> Mapping[str, str]:
    """Nothing runs and nothing is loaded but that one style and our own fonts."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return {
        "Content-Security-Policy": (
            f"default-src 'none'; style-src 'sha256-{digest}'; font-src 'self'; "
            "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Vary": "Accept-Language",
    }


def asked_languages(languages: Languages, request: web.Request) -> tuple[str, ...]:
    """What the viewer reads, best first and never empty: chosen on the page, then the browser's."""
    listed = request.headers.get("Accept-Language", "")[:200].split(",")
    wished = [request.query.get("lang", ""), *(each.partition(";")[0] for each in listed)]
    spoken = (languages.lookup(each.strip()[:35]) for each in wished)
    known = tuple(dict.fromkeys(filter(None, spoken)))
    return known or (languages.nearest(listed[0].strip()[:35]),)


def document(
    languages: Languages, tag: str, title: str, body: str, *, style: str, path: str, head: str = ""
) -> str:
    """The whole page around `body`; `title` is text, `body`, `head` and `path` are markup."""
    say = languages.voice(tag)
    choice = say("Language")  # not within the braces below: Babel does not look there
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
{head}<title>{escape(title)}</title>
<style>{style}</style>
</head>
<body>
<main>
{body}
</main>
<nav aria-label="{escape(choice)}">
{others}
</nav>
</body>
</html>
"""
