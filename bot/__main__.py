"""The command line: `caunoi VERB`. Exit 0 done, 1 what was asked for failed, 2 wrong usage."""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from bot.rights import ROLES
from bot.settings import Settings, SettingsError, load_settings

_CONTEST_WORDS = (
    "list", "open", "close", "extend", "void", "draw", "undo", "rank", "items", "publish", "sample",
)  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    """Runs one verb and returns the exit code."""
    asked = _parser().parse_args(arguments)
    verb: Callable[[Settings, argparse.Namespace], int] = asked.verb
    try:
        settings = load_settings()
    except SettingsError as error:
        faults = [f"settings: {fault}" for fault in error.faults]
        if verb is _check:  # tells all at once, as far as the folders can be known
            faults += _faults(_folder("CONTENT_DIR"), _folder("LOCALES_DIR"))
        print(*faults, sep="\n", file=sys.stderr)
        return 1
    _set_up_logging(settings.log_level)
    return verb(settings, asked)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="caunoi", description="The bot of a union federation.")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    served = "serve the web chat and every channel with a token"
    verbs.add_parser("serve", help=served).set_defaults(verb=_serve)
    checked = "check settings, content and locales; tell all faults"
    verbs.add_parser("check", help=checked).set_defaults(verb=_check)
    search = verbs.add_parser("search", help="search the articles")
    search.add_argument("text")
    search.add_argument("--language", default="vi")
    search.add_argument("--json", action="store_true")
    search.set_defaults(verb=_said("search"))
    _add_match(verbs)
    _add_officers(verbs)
    _add_units(verbs)
    _add_poster(verbs)
    _add_broadcast(verbs)
    _add_award(verbs)
    _add_factchecks(verbs)
    _add_export(verbs)
    upgraded = "bring the database to the newest schema"
    verbs.add_parser("upgrade", help=upgraded).set_defaults(verb=_upgrade)
    return parser


def _add_match(verbs: Any) -> None:
    match = verbs.add_parser("match", help="which published fact-checks answer a text")
    asked = match.add_mutually_exclusive_group(required=True)
    asked.add_argument("text", nargs="?", metavar="TEXT")
    asked.add_argument("--file", metavar="LINES.txt", help="each line is a text")
    match.add_argument("--json", action="store_true", help="as it is anyway")
    match.set_defaults(verb=_said("match"))


def _add_officers(verbs: Any) -> None:
    officers = verbs.add_parser("officers", help="who holds which role: add, list, remove")
    does = officers.add_subparsers(required=True, metavar="VERB", dest="does")
    add = does.add_parser("add", help="give a role to who has written to the bot")
    add.add_argument("who", metavar="CHANNEL:ADDRESS")
    add.add_argument("--role", required=True, choices=ROLES)
    add.add_argument("--unit", default="")
    add.add_argument("--topic", default="", help="for this topic only")
    shown = does.add_parser("list", help="the officers")
    shown.add_argument("--json", action="store_true")
    remove = does.add_parser("remove", help="take all roles from somebody")
    remove.add_argument("who", metavar="CHANNEL:ADDRESS")
    invite = does.add_parser("invite", help="print a one-time link and code to an office")
    invite.add_argument("--role", required=True, choices=ROLES)
    invite.add_argument("--unit", default="")
    invite.add_argument("--topic", default="", help="for this topic only")
    invite.add_argument("--json", action="store_true")
    officers.set_defaults(verb=_said("officers"))


def _add_units(verbs: Any) -> None:
    units = verbs.add_parser("units", help="the organisation's tree: load, show, change")
    does = units.add_subparsers(required=True, metavar="VERB", dest="does")
    load = does.add_parser("load", help="load a list: CSV, XLSX, XLS, ODS, or content/units.yaml")
    load.add_argument("file", metavar="FILE")
    load.add_argument("--dry-run", action="store_true", help="show what would change")
    load.add_argument("--json", action="store_true")
    tree = does.add_parser("tree", help="the tree, and how many people each unit reaches")
    tree.add_argument("--on", type=date.fromisoformat, metavar="DATE", help="as it was then")
    tree.add_argument("--json", action="store_true")
    merge = does.add_parser("merge", help="one unit takes over all that another has")
    merge.add_argument("source", metavar="FROM")
    merge.add_argument("into", metavar="INTO")
    move = does.add_parser("move", help="put a unit under another")
    move.add_argument("code", metavar="UNIT")
    move.add_argument("under", metavar="PARENT")
    rename = does.add_parser("rename", help="give a unit another name")
    rename.add_argument("code", metavar="UNIT")
    rename.add_argument("name", metavar="NAME")
    close = does.add_parser("close", help="end a unit; the one above it takes over its people")
    close.add_argument("code", metavar="UNIT")
    units.set_defaults(verb=_said("units"))


def _add_poster(verbs: Any) -> None:
    poster = verbs.add_parser("poster", help="an A4 sheet with codes that lead to a unit's chat")
    poster.add_argument("unit", metavar="UNIT")
    poster.add_argument("--out", required=True, metavar="FILE.pdf")
    poster.add_argument("--languages", default="en,km", help="two beside Vietnamese: en,km")
    poster.set_defaults(verb=_said("poster"))


def _add_broadcast(verbs: Any) -> None:
    broadcast = verbs.add_parser("broadcast", help="send a message from a file, or forecast it")
    broadcast.add_argument("--text", required=True, metavar="FILE.yaml")
    broadcast.add_argument("--audience", required=True, metavar="EXPR")
    broadcast.add_argument("--urgent", action="store_true")
    broadcast.add_argument("--dry-run", action="store_true")
    times = "2026-11-30T18:00+07:00, 'calendar:hung-kings 08:00' or 'âl 10/3 08:00'"
    broadcast.add_argument("--at", metavar="TIME", help=f"such as {times}")
    broadcast.add_argument("--repeat", metavar="RRULE", help="such as FREQ=WEEKLY;BYDAY=MO")
    broadcast.add_argument("--author", metavar="CHANNEL:ADDRESS")
    broadcast.add_argument("--approver", metavar="CHANNEL:ADDRESS")
    broadcast.add_argument("--json", action="store_true")
    broadcast.set_defaults(verb=_said("broadcast"))
    campaign = verbs.add_parser("campaign", help="how far a campaign is, and a word to it")
    campaign.add_argument("id", type=int, metavar="ID")
    campaign.add_argument(
        "word",
        nargs="?",
        default="",
        choices=("", "pause", "resume", "cancel", "retry", "resend-uncertain", "tally"),
        metavar="pause|resume|cancel|retry|resend-uncertain|tally",
    )
    campaign.add_argument("--json", action="store_true", help="as it is anyway")
    campaign.set_defaults(verb=_said("campaign"))
    contest = verbs.add_parser("contest", help="rounds: open, end, void a question, rank, publish")
    contest.add_argument("word", choices=_CONTEST_WORDS)
    contest.add_argument("round", nargs="?", metavar="ID", help="a number, or CONTEST/ROUND")
    contest.add_argument("value", nargs="?", help="of extend: a time; of void: a question")
    contest.add_argument("--out", metavar="FOLDER")
    contest.add_argument("--json", action="store_true")
    contest.set_defaults(verb=_said("contest"))


def _add_award(verbs: Any) -> None:
    award = verbs.add_parser("award", help="the national award")
    works = award.add_subparsers(required=True, metavar="VERB", dest="does").add_parser(
        "works", help="the works that members registered"
    )
    works.add_argument("--json", action="store_true")
    award.set_defaults(verb=_said("award"))


def _add_factchecks(verbs: Any) -> None:
    factchecks = verbs.add_parser("factchecks", help="what others have checked, as drafts")
    taken = factchecks.add_subparsers(required=True, metavar="VERB", dest="does").add_parser(
        "import", help="write a draft for each ClaimReview of a JSON-LD file; overwrites nothing"
    )
    taken.add_argument("file", metavar="FILE")
    taken.add_argument("--out", required=True, metavar="FOLDER")
    taken.add_argument("--language", default="", help="of those that do not tell theirs: vi")
    taken.add_argument("--json", action="store_true")
    factchecks.set_defaults(verb=_said("factchecks"))


def _add_export(verbs: Any) -> None:
    export = verbs.add_parser("export", help="anonymous figures as a SQLite file, for Datasette")
    export.add_argument("file", metavar="FILE.db")
    export.add_argument("--licence", default="no licence chosen yet", help="such as 'CC BY 4.0'")
    for name, told in (("--force", "replace what is there"), ("--json", "counts as JSON")):
        export.add_argument(name, action="store_true", help=told)
    export.set_defaults(verb=_said("export"))


def _said(word: str) -> Callable[[Settings, argparse.Namespace], int]:
    """The verb of that name in bot/commands, which is loaded only when it is said."""

    def verb(settings: Settings, asked: argparse.Namespace) -> int:
        module = importlib.import_module(f"bot.commands.{word}")
        code: int = getattr(module, word)(settings, asked)
        return code

    return verb


def _serve(settings: Settings, _asked: argparse.Namespace) -> int:
    import asyncio

    import uvloop

    from bot.app import serve

    if problems := _faults(settings.content_dir, settings.locales_dir):
        print(*problems, sep="\n", file=sys.stderr)
        return 1
    # The threads of the database come to their turn sooner: an answer visits them a few times.
    sys.setswitchinterval(0.0005)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve(settings))
    except OSError as error:
        print(f"cannot serve: {error.strerror or error}", file=sys.stderr)
        return 1
    return 0


def _check(settings: Settings, _asked: argparse.Namespace) -> int:
    faults, told = _looked_through(settings.content_dir, settings.locales_dir)
    print(*(faults or ["settings, content and locales are in order", told]), sep="\n")
    return 1 if faults else 0


def _faults(content: Path, locales: Path) -> list[str]:
    """Everything wrong with content and locales, a line each."""
    return _looked_through(content, locales)[0]


def _looked_through(content: Path, locales: Path) -> tuple[list[str], str]:
    """What is wrong, a line each, and how much there is to practise with."""
    from bot.language import CatalogueError, load_languages
    from bot.library import ContentError, load_library

    faults: list[str] = []
    told = ""
    try:
        questions = load_library(content).questions.values()
        told = f"{len(questions)} practice questions in {len({q.topic for q in questions})} topics"
    except ContentError as error:
        faults += [str(fault) for fault in error.faults]
    try:
        load_languages(locales)
    except CatalogueError as error:
        faults += error.faults
    return faults, told


def _upgrade(settings: Settings, _asked: argparse.Namespace) -> int:
    import asyncio

    from bot.store import Seal, Store

    async def run() -> str:
        store = Store(settings.database_url, Seal("not needed for this"))
        try:
            return await store.upgrade()
        finally:
            await store.close()

    print(f"schema {asyncio.run(run())}")
    return 0


def _folder(name: str) -> Path:
    """A folder's setting as it stands in the environment, when the settings cannot be read."""
    default: Path = Settings.model_fields[name.lower()].default
    return Path(os.environ.get(name) or default)


def _set_up_logging(level: str) -> None:
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    # These would write addresses with tokens, or what people wrote, at DEBUG.
    for name in ("telegram", "aiohttp", "asyncio", "sqlalchemy", "alembic", "fontTools", "fpdf"):
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))


if __name__ == "__main__":
    sys.exit(main())
