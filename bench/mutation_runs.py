"""Runs tests on a module with a fault in it, in a process of its own."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import coverage
import pytest

from bench.mutants import Mutant

_OURS = ("bot", "handlers", "tests", "conftest")
# Its counters are known by name to their library.
_STAY = "bot.metrics"
_ARGUMENTS = ("-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--hypothesis-seed=0")
# What was read already is not rewritten by pytest, and need not be.
_QUIET = ("-W", "ignore::pytest.PytestAssertRewriteWarning")
_LIMIT, _LEAST_LIMIT = 6.0, 20.0  # times as long as it took, and seconds


def collect(files: Sequence[str]) -> None:
    """Reads these files of tests and all that they need: what is split off later has it."""
    with Path(os.devnull).open("w") as silent, contextlib.redirect_stdout(silent):
        pytest.main([*_ARGUMENTS, "--collect-only", *files])


@dataclass(frozen=True)
class Measured:
    """Which tests ran which line of which module, and how long each took."""

    tests: dict[str, dict[int, set[str]]]
    seconds: dict[str, float]

    def tests_of(self, mutant: Mutant) -> set[str]:
        """Those that ran its lines; of what is run at reading, those that ran any line."""
        lines = self.tests.get(mutant.path, {})
        if not mutant.function:
            return set(self.seconds)
        wanted = range(mutant.first, mutant.last + 1)
        return {test for line in wanted for test in lines.get(line, ())}


class _Watch:
    """Notes for each test its lines and its time."""

    def __init__(self, counted: coverage.Coverage) -> None:
        self.seconds: dict[str, float] = {}
        self.failed: list[str] = []
        self._counted = counted

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [one for one in items if "postgresql" not in one.nodeid]

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._counted.switch_context(nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0.0) + report.duration
        if report.failed:
            self.failed.append(report.nodeid)


def measure(files: Sequence[str], modules: Collection[str], kept: Path) -> Measured:
    """Runs those files of tests as they are, unless the file `kept` knows how they went. Whoever
    fails judges nothing."""
    known = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
    keys = {file: _key(file, modules) for file in files}
    if new := [file for file, key in keys.items() if key not in known]:
        known |= _split_off(new, modules, keys)
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(json.dumps(known), "utf-8")
    tests: dict[str, dict[int, set[str]]] = {path: {} for path in modules}
    seconds: dict[str, float] = {}
    for one in (known[key] for key in keys.values()):
        seconds |= one["seconds"]
        for path, lines in one["tests"].items():
            for line, ran in lines.items():
                tests[path].setdefault(int(line), set()).update(ran)
    return Measured(tests, seconds)


def _key(file: str, modules: Collection[str]) -> str:
    """Of what the lines depend on: the tests and the modules, as they are now."""
    whole = b"".join(Path(path).read_bytes() for path in (file, *modules))
    return hashlib.sha256(whole).hexdigest()


def _split_off(
    files: Sequence[str], modules: Collection[str], keys: Mapping[str, str]
) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "measured.json"
        if not (child := os.fork()):
            _leave(lambda: _measure(files, modules, told, Path(folder)))
        os.waitpid(child, 0)
        found = json.loads(told.read_text("utf-8"))
    return {keys[file]: one for file, one in found.items()}


def _measure(files: Sequence[str], modules: Collection[str], kept: Path, folder: Path) -> int:
    counted = coverage.Coverage(
        data_file=None,
        config_file=False,
        include=list(modules),
        concurrency=["thread", "greenlet"],
    )
    watch = _Watch(counted)
    counted.start()
    arguments = [one for one in _ARGUMENTS if one != "-x"]
    pytest.main([*arguments, *_QUIET, f"--basetemp={folder}/tests", *files], plugins=[watch])
    counted.stop()
    for test in watch.failed:
        print(f"fails as it is, and judges nothing: {test}", flush=True)
        watch.seconds.pop(test, None)
    found = {file: _of_file(file, modules, counted.get_data(), watch) for file in files}
    kept.write_text(json.dumps(found), "utf-8")
    return 0


def _of_file(
    file: str, modules: Collection[str], data: coverage.CoverageData, watch: _Watch
) -> dict[str, Any]:
    seconds = {one: took for one, took in watch.seconds.items() if one.startswith(f"{file}::")}
    tests = {}
    for path in modules:
        lines = data.contexts_by_lineno(str(Path(path).resolve()))
        ran = {line: [one for one in tests if one in seconds] for line, tests in lines.items()}
        tests[path] = {line: found for line, found in ran.items() if found}
    return {"tests": tests, "seconds": seconds}


class _Judges:
    """Runs the named tests in their order; the first that fails ends the process."""

    def __init__(self, order: Sequence[str], seconds: dict[str, float], told: int) -> None:
        self._place = {test: place for place, test in enumerate(order)}
        self._seconds = seconds
        self._told = told

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        wanted = [one for one in items if one.nodeid in self._place]
        items[:] = sorted(wanted, key=lambda one: self._place[one.nodeid])

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        os.write(self._told, f"{nodeid}\n".encode())
        signal.alarm(int(max(_LEAST_LIMIT, _LIMIT * self._seconds[nodeid])))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            os._exit(1)


def _put_in(mutant: Mutant) -> None:
    """A fault in a function replaces its code; with any other all of ours is read anew."""
    code = compile(mutant.code, str(Path(mutant.path).resolve()), "exec", dont_inherit=True)
    name = mutant.path.removesuffix(".py").replace("/", ".")
    if mutant.function:
        _function(sys.modules[name], mutant.function).__code__ = _part(code, mutant.function)
        return
    for one in [one for one in sys.modules if one.split(".")[0] in _OURS and one != _STAY]:
        del sys.modules[one]
    sys.meta_path.insert(0, _Faulty(name, code))


def _function(module: ModuleType, name: str) -> FunctionType:
    found: Any = module
    for part in name.split("."):
        found = vars(found)[part]
    found = getattr(found, "fget", None) or getattr(found, "__func__", found)
    assert isinstance(found, FunctionType)
    return found


def _part(code: CodeType, name: str) -> CodeType:
    """The code of a function as it stands in that of its module."""
    for part in name.split("."):
        code = next(
            one for one in code.co_consts if isinstance(one, CodeType) and one.co_name == part
        )
    return code


class _Faulty(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Finds one module with its fault in it."""

    def __init__(self, name: str, code: CodeType) -> None:
        self._name = name
        self._code = code

    def find_spec(
        self,
        fullname: str,
        path: object,
        target: object = None,  # noqa: ARG002
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._name:
            return None
        path = self._code.co_filename
        return importlib.util.spec_from_file_location(fullname, path, loader=self)

    def get_source(self, fullname: str) -> str:  # noqa: ARG002
        return Path(self._code.co_filename).read_text("utf-8")

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002
        return self._code


def judge(mutant: Mutant, order: Sequence[str], seconds: dict[str, float]) -> str:
    """The first test that notices it, "time: " before one that took too long; or nothing."""
    folder = Path(tempfile.mkdtemp(dir=os.environ.get("PYTEST_DEBUG_TEMPROOT")))
    read, told = os.pipe()
    child = os.fork()
    if not child:
        os.close(read)
        _leave(lambda: _judge(mutant, order, seconds, told, folder))
    os.close(told)
    with os.fdopen(read, encoding="utf-8") as lines:
        began = [line.rstrip("\n") for line in lines]
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    _end_group(child)
    shutil.rmtree(folder, ignore_errors=True)
    last = began[-1] if began else "reading it"
    return "" if status == 0 else f"time: {last}" if status == -signal.SIGALRM else last


def _judge(
    mutant: Mutant, order: Sequence[str], seconds: dict[str, float], told: int, folder: Path
) -> int:
    os.setsid()
    os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = str(folder / "hypothesis")
    silent = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(silent, number)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    _put_in(mutant)
    files = list(dict.fromkeys(test.split("::")[0] for test in order))
    arguments = [*_ARGUMENTS, *_QUIET, f"--basetemp={folder}/tests", *files]
    return int(pytest.main(arguments, plugins=[_Judges(order, seconds, told)]))


def _leave(work: Callable[[], int]) -> None:
    """The end of a process that was split off, whatever happens in it."""
    code = 1
    try:
        code = work()
    finally:
        os._exit(code)


def _end_group(leader: int) -> None:
    """What a test had started goes with it."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)
