"""The command line: `caunoi VERB`. Exit 0 done, 1 what was asked for failed, 2 wrong usage."""

from __future__ import annotations

import argparse
import gc
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path

from bot import logs
from bot.command_line import add_verbs
from bot.settings import Settings, SettingsError, load_settings

# These would write addresses with tokens, or what people wrote, at DEBUG.
TALKATIVE = ("telegram", "aiohttp", "asyncio", "sqlalchemy", "alembic", "fontTools", "fpdf")


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
    _set_up_logging(settings.log_level, settings.log_format)
    try:
        code = verb(settings, asked)
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # `| head` has seen enough; nothing is left to be said at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="caunoi", description="The bot of a union federation.")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    served = "serve the web chat and every channel with a token"
    verbs.add_parser("serve", help=served).set_defaults(verb=_serve)
    checked = "check settings, content and locales; tell all faults"
    verbs.add_parser("check", help=checked).set_defaults(verb=_check)
    add_verbs(verbs)
    upgraded = "bring the database to the newest schema"
    verbs.add_parser("upgrade", help=upgraded).set_defaults(verb=_upgrade)
    return parser


def _serve(settings: Settings, _asked: argparse.Namespace) -> int:
    # What a start makes stays; to look for cycles in it again and again costs a tenth of the time.
    gc.disable()
    import asyncio

    import uvloop

    from bot.language import CatalogueError
    from bot.library import ContentError
    from bot.serving import serve

    # The threads of the database come to their turn sooner: an answer visits them a few times.
    sys.setswitchinterval(0.0005)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve(settings))
    except (ContentError, CatalogueError):  # read once more, to tell the faults of both
        print(*_faults(settings.content_dir, settings.locales_dir), sep="\n", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"cannot serve: {error.strerror or error}", file=sys.stderr)
        return 1
    finally:
        gc.enable()
    return 0


def _check(settings: Settings, _asked: argparse.Namespace) -> int:
    gc.disable()  # a million small things that all stay: looking for cycles costs a fifth
    try:
        faults, told = _looked_through(settings.content_dir, settings.locales_dir)
    finally:
        gc.enable()
    print(*(faults or ["settings, content and locales are in order", told]), sep="\n")
    return 1 if faults else 0


def _faults(content: Path, locales: Path) -> list[str]:
    """Why the bot cannot speak with that content and those locales, a line each."""
    from bot.library import read_pack, shape_faults

    return [*map(str, shape_faults(read_pack(content))), *_catalogue_faults(locales)]


def _looked_through(content: Path, locales: Path) -> tuple[list[str], str]:
    """What is wrong, also with the wording, a line each, and how much there is to practise with."""
    from bot.editing import LANGUAGES, catalogue_faults, read_catalogues, wording_faults
    from bot.library import in_order, read_pack, shape_faults

    pack = read_pack(content)
    found = in_order((*shape_faults(pack), *wording_faults(pack)))
    if not (faults := [*map(str, found), *_catalogue_faults(locales)]):
        said = read_catalogues(locales, LANGUAGES)  # only catalogues that can be read
        faults = [*map(str, catalogue_faults(pack, said))]
    count = sum(len(bank.questions) for _, bank in pack.banks)
    return faults, f"{count} practice questions in {len(pack.banks)} topics"


def _catalogue_faults(locales: Path) -> tuple[str, ...]:
    from bot.language import CatalogueError, load_languages

    try:
        load_languages(locales)
    except CatalogueError as error:
        return error.faults
    return ()


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


def _set_up_logging(level: str, form: str) -> None:
    logs.set_up(level, form)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))


if __name__ == "__main__":
    sys.exit(main())
