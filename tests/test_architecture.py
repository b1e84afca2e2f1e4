"""Who may import whom: one line a room; what is not written here is refused by name."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.conftest import ROOT

# A room is a module, or a folder with all that lies in it. The longest name that fits counts.
# Outside packages are named too: each has one owner, and a second line is a decision.
MAY_IMPORT: Mapping[str, frozenset[str]] = {
    room: frozenset(allowed.split())
    for room, allowed in {
        "bot": "",
        "bot.model": "",
        "bot.consents": "",
        "bot.settings": "pydantic pydantic_settings",
        "bot.metrics": "prometheus_client",
        "bot.logs": "",
        "bot.pulse": "bot.metrics",
        "bot.health": "bot.metrics bot.pulse bot.store",
        "bot.incidents": "bot.channels bot.delivery bot.health bot.model bot.pulse bot.store",
        "bot.watching": (
            "bot.channels bot.delivery bot.health bot.incidents bot.pulse bot.settings bot.store"
        ),
        "bot.language": "babel",
        "bot.lunar": "lunar_vn",
        "bot.library": "bot.campaigns bot.contests bot.lunar yaml pydantic",
        "bot.wording": "hanzidentifier",
        "bot.editing": "bot.language bot.library bot.wording babel ruamel",
        "bot.practice": "bot.library bot.model",
        "bot.search": "bot.library bot.search_index rapidfuzz regex",
        "bot.search_index": "",
        "bot.matching": "bot.library bot.search rapidfuzz regex",
        "bot.audience": "",
        "bot.award": "",
        "bot.activities": "",
        "bot.activity_words": "bot.activities bot.award bot.links bot.masking bot.reporting",
        "bot.award_reminders": "bot.pulse bot.award bot.library bot.store",
        "bot.organisation": "",
        "bot.rights": "bot.organisation",
        "bot.campaigns": "bot.audience bot.organisation bot.rights",
        "bot.claims": "bot.campaigns",
        "bot.claim_slugs": "bot.claims bot.search",
        "bot.desk_figures": "bot.organisation",
        "bot.accounts": (
            "bot.activities bot.figures bot.library bot.organisation bot.planreport bot.store "
            "bot.unit_months"
        ),
        "bot.figures": "",
        "bot.day_reminders": "bot.pulse bot.library bot.model bot.store",
        "bot.plan_reminders": "bot.pulse bot.library bot.model bot.planreport bot.store",
        "bot.reminding": (
            "bot.accounts bot.award_reminders bot.day_reminders bot.library bot.plan_reminders "
            "bot.store"
        ),
        "bot.planreport": (
            "bot.charts bot.figures bot.library bot.model bot.official bot.organisation "
            "bot.printing docx docxtpl jinja2 lxml markupsafe openpyxl pydantic"
        ),
        "bot.catching_up": (
            "bot.award_reminders bot.day_reminders bot.delivery bot.library bot.plan_reminders "
            "bot.store"
        ),
        "bot.unit_months": "bot.figures bot.language bot.organisation bot.planreport bot.store",
        "bot.exporting": (
            "bot.factchecks bot.figures bot.library bot.organisation bot.planreport bot.store "
            "bot.unit_months sqlite_utils"
        ),
        "bot.reporting": "bot.claims bot.links bot.masking bot.matching bot.search",
        "bot.turns": "",
        "bot.row_numbers": "",
        "bot.cleaning": "bot.model",
        "bot.contests": "bot.campaigns bot.contests_draw bot.contests_published",
        "bot.drafting": "bot.campaigns bot.schedule",
        "bot.repeats": "bot.campaigns bot.lunar dateutil",
        "bot.timing": "bot.drafting bot.library bot.lunar bot.schedule",
        "bot.ways": "",
        "bot.loading": "bot.organisation",
        "bot.unit_files": "python_calamine",
        "bot.unit_lists": "bot.library bot.loading bot.organisation bot.unit_files",
        "bot.fonts": "fpdf regex",
        "bot.poster": "bot.fonts pydantic regex segno",
        "bot.contest_prizes": "bot.contests bot.contests_draw",
        "bot.contest_ranks": "bot.contests",
        "bot.contests_draw": "",
        "bot.contest_alike": "bot.contests",
        "bot.contest_items": "bot.contest_alike bot.contests bot.language",
        "bot.contest_units": "bot.organisation",
        "bot.contests_published": "bot.contests_draw bot.organisation",
        "bot.official": "docx",
        "bot.winners": "bot.official openpyxl",
        "bot.charts": "bot.fonts bot.model pydantic regex resvg_py",
        "bot.tallies": "bot.organisation",
        "bot.holder": "regex",
        "bot.certificate": "bot.fonts bot.holder pydantic pypdfium2 regex segno",
        "bot.certificate_page": "bot.certificate bot.language bot.public_page aiohttp",
        "bot.public_page": "bot.language aiohttp",
        "bot.verdicts": "bot.language",
        "bot.citing": "bot.language bot.library",
        "bot.factchecks": (
            "bot.campaigns bot.fingerprints bot.library bot.matching bot.store pydantic"
        ),
        "bot.factcheck_views": "bot.factchecks bot.language bot.library bot.verdicts",
        "bot.factcheck_feed": (
            "bot.citing bot.factcheck_views bot.language bot.library bot.verdicts"
        ),
        "bot.factcheck_html": (
            "bot.channels.text bot.citing bot.factcheck_feed bot.factcheck_views bot.language "
            "bot.public_page bot.verdicts"
        ),
        "bot.factcheck_page": (
            "bot.factcheck_feed bot.factcheck_html bot.factcheck_views bot.factchecks "
            "bot.language bot.public_page aiohttp"
        ),
        "bot.claimreview_verdicts": "bot.search",
        "bot.claimreview_names": "bot.search regex",
        "bot.claimreview": ("bot.channels.text bot.claimreview_names bot.claimreview_verdicts"),
        "bot.leaderboards": "bot.holder bot.language bot.model bot.organisation",
        "bot.printing": "bot.certificate bot.poster bot.sheets pydantic",
        "bot.sheets": "openpyxl pydantic",
        "bot.names": "",
        "bot.masking": "bot.names regex",
        "bot.checkable": "bot.masking regex",
        "bot.link_forms": "",
        "bot.link_sites": "bot.link_forms",
        "bot.links": "bot.link_forms bot.link_sites regex",
        "bot.fingerprints": "PIL",
        "bot.pictures": "bot.fingerprints PIL",
        "bot.intake": "bot.fingerprints bot.pictures",
        "bot.ocr": "bot.intake bot.pictures PIL tesserocr",
        "bot.files": "bot.store aiohttp",
        "bot.planner": "bot.audience bot.model bot.store",
        "bot.store": (
            "bot.activities bot.metrics "
            "bot.audience bot.award bot.campaigns bot.claims bot.consents bot.contest_items "
            "bot.contest_prizes bot.contest_ranks bot.contest_units bot.contests bot.figures "
            "bot.loading bot.model bot.organisation bot.rights "
            "bot.tallies "
            "sqlalchemy alembic cryptography pydantic"
        ),
        "bot.schedule": "bot.model",
        "bot.routing": (
            "bot.campaigns bot.claims bot.contests bot.factchecks bot.model bot.language "
            "bot.library bot.organisation bot.planner "
            "bot.row_numbers bot.schedule "
            "bot.search bot.store"
        ),
        "bot.choosing": "bot.model bot.routing bot.store bot.metrics",
        "bot.conversation": (
            "bot.choosing bot.cleaning bot.logs bot.metrics bot.model bot.routing bot.store "
            "bot.turns"
        ),
        "bot.presence": "bot.store",
        "bot.upkeep": (
            "bot.accounts bot.library bot.paces bot.pulse bot.routing bot.store bot.unit_lists"
        ),
        "bot.channels": "bot.model bot.store",
        "bot.channels.pictures": "bot.store aiohttp",
        "bot.channels.text": "bot.model regex",
        "bot.channels.introduction": "bot.language",
        "bot.channels.lists": "bot.channels.text bot.language bot.model",
        "bot.channels.calls": "bot.channels bot.pictures aiohttp",
        "bot.channels.pace": "bot.channels",
        "bot.channels.web": (
            "bot.channels bot.charts bot.language bot.model bot.pictures bot.store aiohttp PIL"
        ),
        "bot.channels.telegram": (
            "bot.channels bot.channels.calls bot.channels.introduction bot.channels.pace "
            "bot.channels.pictures bot.channels.text bot.charts "
            "bot.language bot.model bot.pictures bot.store aiohttp telegram"
        ),
        "bot.channels.zalo_bot": (
            "bot.channels bot.channels.calls bot.channels.lists bot.channels.pace "
            "bot.channels.text bot.language bot.metrics bot.model bot.store aiohttp"
        ),
        "bot.channels.zalo_oa": (
            "bot.channels bot.channels.calls bot.channels.lists bot.channels.pace "
            "bot.channels.pictures bot.channels.text bot.language bot.metrics bot.model "
            "bot.planner bot.store aiohttp"
        ),
        "bot.paces": "bot.channels.pace bot.store",
        "bot.outbox": "bot.channels bot.store bot.metrics",
        "bot.delivery": (
            "bot.pulse bot.channels bot.library bot.metrics bot.model bot.schedule bot.store"
        ),
        "bot.crew": "bot.store",
        "bot.corrections": "bot.campaigns bot.channels bot.model bot.store",
        "bot.statuses": "bot.pulse bot.channels bot.model bot.store",
        "bot.sending": (
            "bot.campaigns bot.channels bot.corrections bot.delivery bot.metrics bot.model "
            "bot.schedule bot.store"
        ),
        "bot.broadcast": (
            "bot.campaigns bot.channels bot.crew bot.delivery bot.pulse bot.schedule bot.sending "
            "bot.store"
        ),
        "bot.launching": "bot.audience bot.campaigns bot.delivery bot.repeats bot.store",
        "bot.rounds": "bot.pulse bot.contests bot.library bot.store",
        "bot.approvals": "bot.pulse bot.delivery bot.schedule bot.store",
        "bot.answering": (
            "bot.pulse bot.channels bot.claims bot.delivery bot.model bot.schedule bot.store"
        ),
        "bot.server": "bot.health bot.store aiohttp prometheus_client",
        "handlers": (
            "bot.accounts bot.activities bot.activity_words bot.planreport bot.row_numbers "
            "bot.audience bot.award bot.campaigns bot.certificate bot.certificate_page bot.citing "
            "bot.consents bot.checkable bot.claim_slugs bot.claims bot.desk_figures "
            "bot.factcheck_views bot.figures bot.fingerprints "
            "bot.factchecks bot.reporting bot.verdicts "
            "bot.contest_alike bot.contest_items bot.contest_units bot.contests bot.drafting "
            "bot.files bot.holder bot.intake bot.language bot.leaderboards bot.library "
            "bot.sheets bot.lunar bot.model bot.names bot.organisation bot.pictures bot.planner "
            "bot.official bot.poster bot.practice bot.printing bot.repeats bot.rights bot.routing "
            "bot.schedule bot.statuses bot.store bot.tallies bot.timing bot.unit_months bot.ways "
            "bot.winners"
        ),
        "bot.app": (
            "bot.answering bot.claims bot.factchecks bot.ocr bot.upkeep bot.watching "
            "bot.approvals bot.broadcast bot.certificate_page bot.channels "
            "bot.channels.introduction bot.channels.pictures "
            "bot.channels.web bot.conversation bot.delivery bot.files bot.language bot.launching "
            "bot.library bot.model bot.organisation bot.outbox bot.paces "
            "bot.pictures bot.poster bot.presence bot.reminding bot.rounds bot.routing "
            "bot.search bot.server bot.settings bot.statuses bot.store "
            "bot.unit_lists bot.wiring handlers aiohttp"
        ),
        "bot.serving": "bot.app bot.settings",
        "bot.wiring": (
            "bot.channels.telegram bot.channels.web bot.channels.zalo_bot bot.channels.zalo_oa "
            "bot.factcheck_page bot.factchecks bot.language bot.library bot.organisation "
            "bot.planner bot.settings bot.store"
        ),
        "bot.commands": (
            "bot.accounts bot.app bot.audience bot.campaigns bot.catching_up bot.delivery "
            "bot.channels.text bot.charts bot.claimreview bot.contest_items bot.contests "
            "bot.contests_published bot.drafting bot.editing bot.exporting "
            "bot.intake bot.language bot.library bot.loading bot.matching bot.model "
            "bot.organisation "
            "bot.pictures bot.planner bot.planreport bot.poster bot.repeats bot.rights "
            "bot.rounds bot.search bot.settings bot.store bot.tallies "
            "bot.timing bot.unit_files bot.unit_lists bot.ways bot.wiring yaml"
        ),
        "bot.command_line": "bot.commands bot.rights bot.settings",
        "bot.__main__": (
            "bot.command_line bot.editing bot.language bot.library bot.logs bot.serving "
            "bot.settings bot.store uvloop"
        ),
    }.items()
}


def _rooms() -> Iterator[tuple[str, Path]]:
    for folder in ("bot", "handlers"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                parts = path.relative_to(ROOT).with_suffix("").parts
                yield ".".join(part for part in parts if part != "__init__"), path


def _room_of(module: str, rooms: Mapping[str, object]) -> str | None:
    """The longest room that holds the module."""
    parts = module.split(".")
    names = (".".join(parts[:count]) for count in range(len(parts), 0, -1))
    return next(
        (name for name in names if name in rooms and (name != "bot" or parts == ["bot"])), None
    )


def faults(module: str, source: str, rooms: Mapping[str, frozenset[str]]) -> list[str]:
    """What the module imports although its room may not."""
    room = _room_of(module, rooms)
    if room is None:
        return [f"{module}: stands in no room of tests/test_architecture.py"]
    found = []
    for name in _imported(source):
        target = _room_of(name, rooms) or name.partition(".")[0]
        is_free = target in sys.stdlib_module_names or target in {room, "__future__"}
        if not is_free and target not in rooms[room]:
            found.append(f"{module}: may not import {name}")
    return found


def _imported(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written in full"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize(("module", "path"), list(_rooms()), ids=lambda value: str(value)[-40:])
def test_every_import_is_allowed(module: str, path: Path) -> None:
    assert faults(module, path.read_text("utf-8"), MAY_IMPORT) == []


PLANTED = {
    ("bot.model", "import yaml"): ["bot.model: may not import yaml"],
    ("bot.model", "from bot.store import Store"): ["bot.model: may not import bot.store.Store"],
    ("bot.store.events", "from bot.routing import Context"): [
        "bot.store.events: may not import bot.routing.Context"
    ],
    ("handlers.menu", "from bot.channels.web import Web"): [
        "handlers.menu: may not import bot.channels.web.Web"
    ],
    ("handlers.menu", "import sqlalchemy"): ["handlers.menu: may not import sqlalchemy"],
    ("bot.conversation", "def late():\n    import handlers"): [
        "bot.conversation: may not import handlers"
    ],
    ("bot.channels.telegram.errors", "from bot.channels.web import Web"): [
        "bot.channels.telegram.errors: may not import bot.channels.web.Web"
    ],
    ("bot.helpers", "import json"): [
        "bot.helpers: stands in no room of tests/test_architecture.py"
    ],
    ("bot.model", "import json"): [],
}


@pytest.mark.parametrize("planted", PLANTED, ids=str)
def test_a_planted_break_is_refused_by_name(planted: tuple[str, str]) -> None:
    assert faults(*planted, MAY_IMPORT) == PLANTED[planted]


def test_no_room_is_left_over_and_no_import_runs_in_a_circle() -> None:
    lived_in = {_room_of(module, MAY_IMPORT) for module, _ in _rooms()}
    assert lived_in == set(MAY_IMPORT)
    above: dict[str, set[str]] = {room: set() for room in MAY_IMPORT}
    for _ in MAY_IMPORT:  # as many rounds as there are rooms reach everything reachable
        for room, allowed in MAY_IMPORT.items():
            for target in allowed & set(MAY_IMPORT):
                above[room] |= {target} | above[target]
    assert [room for room in above if room in above[room]] == []


def test_no_file_is_called_for_nothing_in_particular() -> None:
    vague = {"utils", "helpers", "common", "manager", "misc"}
    assert [module for module, _ in _rooms() if module.rpartition(".")[2] in vague] == []


@pytest.mark.parametrize(("module", "path"), list(_rooms()), ids=lambda value: str(value)[-40:])
def test_every_file_begins_with_a_sentence(module: str, path: Path) -> None:
    first = (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").partition("\n")[0]
    assert first.endswith((".", "?")), module
    assert path.read_text("utf-8").count("\n") <= 300, module
