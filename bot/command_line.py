"""What can be typed behind `caunoi`: the verbs of bot/commands with their arguments."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable
from datetime import date
from typing import Any

from bot.rights import ROLES
from bot.settings import Settings

_CONTEST_WORDS = (
    "list", "open", "close", "extend", "void", "draw", "undo", "rank", "items", "publish", "sample",
)  # fmt: skip
_LANGUAGES = ("vi", "en", "zh-Hans", "zh-Hant", "ko", "ja", "km", "th", "id")


def add_verbs(verbs: Any) -> None:
    """Adds all that read or change the database; each is loaded when it is said."""
    _add_search(verbs)
    _add_match(verbs)
    _add_officers(verbs)
    _add_units(verbs)
    _add_poster(verbs)
    _add_broadcast(verbs)
    _add_award(verbs)
    _add_factchecks(verbs)
    _add_report(verbs)
    _add_export(verbs)
    _add_backups(verbs)
    _add_content(verbs)


def _add_search(verbs: Any) -> None:
    search = verbs.add_parser("search", help="search the articles")
    search.add_argument("text")
    search.add_argument("--language", default="vi")
    search.add_argument("--json", action="store_true")
    search.set_defaults(verb=_said("search"))


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


def _add_report(verbs: Any) -> None:
    report = verbs.add_parser("report", help="the plan's report of some days")
    day = {"type": date.fromisoformat, "required": True, "metavar": "DATE"}
    report.add_argument("--from", dest="first", **day)
    report.add_argument("--to", dest="last", **day)
    report.add_argument("--out", required=True, metavar="FILE.docx", help=".xlsx, .png, .txt too")
    report.add_argument("--json", action="store_true")
    report.set_defaults(verb=_said("report"))


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


def _add_backups(verbs: Any) -> None:
    backup = verbs.add_parser("backup", help="one file with the database, while the bot serves")
    backup.add_argument("file", metavar="FILE")
    backup.add_argument("--force", action="store_true", help="replace a file that is there")
    backup.add_argument("--json", action="store_true")
    backup.set_defaults(verb=_said("backup"))
    restore = verbs.add_parser("restore", help="put a backup into an empty database; no bot runs")
    restore.add_argument("file", metavar="FILE")
    restore.add_argument("--force", action="store_true", help="replace all that is there")
    moved = "the bot has not run since the backup: a move; what waits goes on"
    restore.add_argument("--moved", action="store_true", help=moved)
    restore.add_argument("--json", action="store_true")
    restore.set_defaults(verb=_said("restore"))


def _add_content(verbs: Any) -> None:
    content = verbs.add_parser("content", help="for editors: how far the translations are, as CSV")
    does = content.add_subparsers(required=True, metavar="VERB", dest="does")
    status = does.add_parser("status", help="done, draft, missing, expired by topic and language")
    status.add_argument("--json", action="store_true")
    export = does.add_parser("export", help="all texts as a CSV for translators: one row a text")
    export.add_argument("file", metavar="FILE.csv")
    export.add_argument("--language", choices=_LANGUAGES, help="only these rows")
    taken = does.add_parser("import", help="take the translator's CSV back: all of it, or nothing")
    taken.add_argument("file", metavar="FILE.csv")
    content.set_defaults(verb=_said("content"))


def _said(word: str) -> Callable[[Settings, argparse.Namespace], int]:
    """The verb of that name in bot/commands, which is loaded only when it is said."""

    def verb(settings: Settings, asked: argparse.Namespace) -> int:
        module = importlib.import_module(f"bot.commands.{word}")
        code: int = getattr(module, word)(settings, asked)
        return code

    return verb
