"""What people read under /factchecks: the list, one check, and that there is none at an address."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from bot.channels.text import cut
from bot.citing import cited
from bot.factcheck_feed import claim_review, in_script
from bot.factcheck_views import View, correction
from bot.language import SOURCE_LANGUAGE, Languages, Voice
from bot.public_page import LOOK, document
from bot.verdicts import MEANINGS, VERDICTS

STYLE = (
    LOOK
    + """\
a { color: var(--brand) } h2 { font-size: 1.1rem; margin: 1.25rem 0 .25rem }
h1 .verdict { display: block; margin-bottom: .5rem }
p { margin: .75rem 0 } .text { white-space: pre-line } .quiet, time { color: var(--quiet) }
ul { margin: 0; padding-left: 1.2rem } li { margin: .4rem 0 }
.checks { list-style: none; padding: 0 }
.checks li { border-top: 1px solid var(--line); padding: .75rem 0; margin: 0 }
.checks a { display: block; min-height: 3rem }
"""
)
_PREVIEW = 200
_MARKS = {"incorrect": "bad", "misleading": "bad", "correct": "good"}


def check_page(languages: Languages, tag: str, view: View, sender: str, chosen: str) -> str:
    """One check, with its ClaimReview; `chosen` is the query that keeps a chosen language."""
    say = languages.voice(tag)
    sources, ask = say("Sources"), say("Have you seen something doubtful? Ask in the chat.")
    body = f"""<h1>{_verdict(say, view)}
<q lang="{view.claim_language}">{escape(view.claim)}</q></h1>
<p>{escape(say(MEANINGS[view.verdict]))}</p>
{_quiet(_language_notes(languages, say, view))}
<div lang="{view.language}">{_paragraphs(view.summary)}</div>
<h2>{escape(sources)}</h2>
<ul>{"".join(_sources(say, view))}</ul>
{_quiet(_origin_notes(say, view, sender))}
<p><a href="/">{escape(ask)}</a></p>
{_all_link(say, chosen)}"""
    title = f"{say(VERDICTS[view.verdict])}: {view.claim}"
    path = f"/factchecks/{view.slug}"
    head = _head(languages, view, title, sender)
    return document(languages, tag, title, body, style=STYLE, path=path, head=head)


def list_page(
    languages: Languages, tag: str, views: Sequence[View], links: Sequence[str], chosen: str
) -> str:
    """Checks, newest first; `links` are markup that leads to newer and older ones."""
    say = languages.voice(tag)
    items = "\n".join(_item(say, view, chosen) for view in views)
    if not items:
        nothing = say("No fact-check has been published yet.")
        items = f"<li>{escape(nothing)}</li>"
    title, about = say("Fact-checks"), say("Claims that go around, checked against sources.")
    follow = say("Follow as a feed (Atom)")
    body = f"""<h1>{escape(title)}</h1>
<p>{escape(about)}</p>
<ul class="checks">
{items}
</ul>
<p>{" ".join(links)}</p>
<p><a href="/factchecks.atom{chosen}">{escape(follow)}</a></p>"""
    head = (
        f'<link rel="alternate" type="application/atom+xml" title="{escape(title)}"'
        f' href="/factchecks.atom{chosen}">\n'
    )
    return document(languages, tag, title, body, style=STYLE, path="/factchecks", head=head)


def unknown_page(languages: Languages, tag: str, chosen: str) -> str:
    """For an address at which there is nothing."""
    say = languages.voice(tag)
    title = say("There is no fact-check at this address.")
    body = f"""<h1>{escape(title)}</h1>
{_all_link(say, chosen)}"""
    return document(languages, tag, title, body, style=STYLE, path="/factchecks")


def page_link(say: Voice, page: int, chosen: str, *, is_newer: bool) -> str:
    """Leads to another page of the list."""
    words, relation = (say("Newer"), "prev") if is_newer else (say("Older"), "next")
    query = f"{chosen}&amp;page={page}" if chosen else f"?page={page}"
    return f'<a rel="{relation}" href="/factchecks{query}">{escape(words)}</a>'


def _all_link(say: Voice, chosen: str) -> str:
    words = say("All fact-checks")
    return f'<p><a href="/factchecks{chosen}">{escape(words)}</a></p>'


def _verdict(say: Voice, view: View) -> str:
    mark = _MARKS.get(view.verdict, "")
    return f'<span class="verdict {mark}">{escape(say(VERDICTS[view.verdict]))}</span>'


def _paragraphs(text: str) -> str:
    parts = (part.strip() for part in text.split("\n\n"))
    return "".join(f'<p class="text">{escape(part)}</p>' for part in parts if part)


def _sources(say: Voice, view: View) -> list[str]:
    lines = [(escape(cited(source, say)), source.url) for source in view.sources]
    return [
        f'<li><a href="{escape(url)}">{line}</a></li>' if url else f"<li>{line}</li>"
        for line, url in lines
    ]


def _language_notes(languages: Languages, say: Voice, view: View) -> list[str]:
    """That the text is not in the viewer's language, and that nobody has read it over yet."""
    lines = []
    if view.language != say.tag:
        own, other = languages.name(say.tag), languages.name(view.language)
        lines.append(say("Not available in {own} yet. Shown in: {other}.", own=own, other=other))
    if not view.is_checked and view.language == SOURCE_LANGUAGE:
        lines.append(say("This text has not been checked by an editor yet."))
    elif not view.is_checked:
        lines.append(say("No speaker of the language has checked this translation yet."))
    return lines


def _origin_notes(say: Voice, view: View, sender: str) -> list[str]:
    """Who checked it and when, and what was corrected."""
    published = say("Published on {date}", date=say.date(view.published))
    changed = correction(view, say)
    return [say("Checked by: {sender}", sender=sender), published, *([changed] if changed else [])]


def _quiet(lines: Sequence[str]) -> str:
    return "".join(f'<p class="quiet">{escape(line)}</p>\n' for line in lines)


def _item(say: Voice, view: View, chosen: str) -> str:
    claim = f'<span lang="{view.claim_language}">{escape(view.claim)}</span>'
    return (
        f'<li><a href="/factchecks/{view.slug}{chosen}">{_verdict(say, view)} {claim}</a>'
        f'<time datetime="{view.published}">{escape(say.date(view.published))}</time></li>'
    )


def _head(languages: Languages, view: View, title: str, sender: str) -> str:
    """For machines: a preview where the link is shared, its other languages, its ClaimReview."""
    markup = claim_review(view, languages.voice(view.language), sender)
    others = "".join(
        f'<link rel="alternate" hreflang="{tag}" href="{escape(view.url)}?lang={tag}">\n'
        for tag in view.languages
    )
    preview = escape(cut(view.summary, _PREVIEW)[0])
    return f"""<meta name="description" content="{preview}">
<meta property="og:title" content="{escape(title)}">
<meta property="og:description" content="{preview}">
<link rel="canonical" href="{escape(view.url)}">
{others}<script type="application/ld+json">{in_script(markup)}</script>
"""
