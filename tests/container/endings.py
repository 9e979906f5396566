# SPDX-License-Identifier: Apache-2.0
"""Runs ``shimlite-execute`` as a process of its own and records how it ended, for the tables of ``test_endings``.

Where it matters how a process starts, it is a new one. The other rows are forked from one that has imported shimlite
and done nothing else, since that takes a tenth of the time; with Hypothesis's profile ``thorough`` they are new too.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pathlib
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, NamedTuple

from shimlite import dict_to_literal_map
from shimlite._idl import ContainerError, ErrorDocument, ExecutionError, LiteralMap

from ..build import template

ROOT = pathlib.Path(__file__).parents[2]
FILES = ("outputs.pb", "error.pb")
RECOVERABLE, NON_RECOVERABLE = ContainerError.RECOVERABLE, ContainerError.NON_RECOVERABLE
USER, SYSTEM = ExecutionError.USER, ExecutionError.SYSTEM

LONGEST = 20
"""Seconds until a process that does not end is killed; its code is -1 then."""
ANY = "anything"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
"""Of now: pytest changes its own while threads start processes."""
IS_THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"

PRELUDE = "import atexit, os, signal, sys, threading, time\nkeep = []\n"
BREAKS = 'raise ValueError("it broke")'


class Row(NamedTuple):
    """One situation: what the executor does, what surrounds its process, and what must come of it."""

    does: str = "return 1"
    """Statements of ``execute_from_model``, the last of which ends it."""
    module: str = ""
    """Statements of its module."""
    beside: dict[str, str] = {}
    """Other modules that it can import."""
    is_async: bool = False
    stdout: str = "file"
    stderr: str = "file"
    """``file``, ``full``, ``gone`` (a pipe without a reader), ``stuck`` (a full pipe that nobody reads), ``closed``."""
    environment: dict[str, str | bytes] = {}
    options: dict[str, str] = {}
    """Of the command line, and ``template``."""
    is_forked: bool = False
    sends: int = 0
    """The signal that the process gets once its file is there."""

    files: tuple[str, ...] | None = ("error.pb",)
    """None where either of the two may be there."""
    exits: int = 0
    code: str = "USER:RuntimeError"
    kind: int = NON_RECOVERABLE
    origin: int = USER
    message: str | None = None
    """The whole message; None where only its end counts."""
    end: str = ""
    printed: str | None = None
    told: str | None = None
    """What stdout and stderr got, where they are files. None is anything for stdout, what the program itself says for
    stderr."""
    wrote: dict[str, str] = {}
    """Files that the executor must have left, and their text."""
    at_least: float = 0.0
    within: float = 10.0
    """Seconds from the file to the end of the process: twice what it may take where nothing else runs."""


class Outcome(NamedTuple):
    folder: pathlib.Path
    code: int
    seconds: float
    """From the file's time, or from the signal, to the end of the process."""
    stdout: str
    stderr: str

    @property
    def files(self) -> tuple[str, ...]:
        out = self.folder / "out"
        return tuple(sorted(path.name for path in out.iterdir())) if out.exists() else ()

    @property
    def error(self) -> Any:
        (name,) = self.files
        return ErrorDocument.FromString((self.folder / "out" / name).read_bytes()).error

    @property
    def outputs(self) -> LiteralMap:
        return LiteralMap.FromString((self.folder / "out" / "outputs.pb").read_bytes())


def source(row: Row) -> str:
    begin = "async def" if row.is_async else "def"
    body = textwrap.indent(textwrap.dedent(row.does).strip(), " " * 8)
    module = textwrap.dedent(row.module).strip()
    return f"{PRELUDE}{module}\nclass E:\n    {begin} execute_from_model(self, tt, n):\n{body}\n"


class Runner:
    """Runs rows in a few threads, all with more variables. Each has a process of its own that forks those that may be
    forked."""

    def __init__(self, at_once: int, environment: dict[str, str] | None = None) -> None:
        self._pool = ThreadPoolExecutor(at_once)
        self._environment = environment or {}
        self._forks = threading.local()
        self._all: list[Forks] = []

    def __enter__(self) -> Runner:
        return self

    def __exit__(self, *error: object) -> None:
        self._pool.shutdown()
        for forks in self._all:
            forks.close()

    def submit(self, row: Row, folder: pathlib.Path) -> Future[Outcome]:
        return self._pool.submit(self._run, row, folder)

    def _run(self, row: Row, folder: pathlib.Path) -> Outcome:
        prepare(row, folder)
        if not row.is_forked or IS_THOROUGH:
            return run(row._replace(environment={**self._environment, **row.environment}), folder)
        if not hasattr(self._forks, "one"):
            self._forks.one = Forks(self._environment)
            self._all.append(self._forks.one)
        code, ended = self._forks.one.run(row, folder)
        return _outcome(folder, code, ended - (_appeared(folder / "out") or ended))


FORKER = f"""
import json, os, signal, sys, time
from shimlite import cli

def become(folder, argv):
    os.setsid()
    os.chdir(folder)
    for number, name in ((1, "stdout"), (2, "stderr")):
        os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT), number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.closerange(3, 100)
    sys.path[0] = folder
    cli.execute_main(argv)

for line in sys.stdin:
    folder, argv = json.loads(line)
    child = os.fork()
    if child == 0:
        become(folder, argv)
    began, ended = time.time(), (0, 0)
    while ended[0] == 0 and time.time() < began + {LONGEST}:
        ended = os.waitpid(child, os.WNOHANG)
        time.sleep(0.002)
    now = time.time()
    try:
        os.killpg(child, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    code = os.waitstatus_to_exitcode(ended[1]) if ended[0] else os.waitpid(child, 0) and -1
    print(json.dumps([code, now]), flush=True)
"""


class Forks:
    """A process that has imported shimlite, and forks."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", FORKER], env={**ENVIRONMENT, **environment}, stdin=-1, stdout=-1, text=True, cwd=ROOT
        )

    def run(self, row: Row, folder: pathlib.Path) -> tuple[int, float]:
        """The exit code, and when that was."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([str(folder), _arguments(row)]) + "\n")
        self._process.stdin.flush()
        code, ended = json.loads(self._process.stdout.readline())
        return code, ended

    def close(self) -> None:
        self._process.communicate()


def prepare(row: Row, folder: pathlib.Path) -> None:
    """Make the folder, and in it the task, its inputs and the executor."""
    folder.mkdir()
    made = template({"n": int}, {"x": int})
    (folder / "task.pb").write_bytes(made.SerializeToString())
    inputs = dict_to_literal_map({"n": 21}, made.interface.inputs)
    (folder / "inputs.pb").write_bytes(inputs.SerializeToString())
    for name, text in {"executors.py": source(row), **row.beside}.items():
        (folder / name).write_text(text)


def run(row: Row, folder: pathlib.Path) -> Outcome:
    """The outcome of a row in a new process. Whatever it leaves running is killed."""
    with _stream(row.stdout, folder / "stdout") as stdout, _stream(row.stderr, folder / "stderr") as stderr:
        process = subprocess.Popen(
            _command(row),
            cwd=folder,
            env={**ENVIRONMENT, **row.environment},
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
        )
        sent = 0.0
        try:
            sent = _send(row, process, folder / "out")
            code = process.wait(timeout=LONGEST)
        except subprocess.TimeoutExpired:
            code = -1
        finally:
            ended = time.time()
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    return _outcome(folder, code, ended - (sent or _appeared(folder / "out") or ended))


def _outcome(folder: pathlib.Path, code: int, seconds: float) -> Outcome:
    return Outcome(folder, code, seconds, *(_text(folder / name) for name in ("stdout", "stderr")))


def _arguments(row: Row) -> list[str]:
    options = {"inputs": "inputs.pb", "output-prefix": "out", "template": "task.pb", **row.options}
    named = [f"--{name}={value}" for name, value in options.items() if name != "template"]
    return [*named, "--", options["template"], "executors.E"]


def _command(row: Row) -> list[str]:
    command = [sys.executable, "-m", "shimlite", "execute", *_arguments(row)]
    closed = "".join(f" {number}>&-" for number, kind in ((1, row.stdout), (2, row.stderr)) if kind == "closed")
    return ["sh", "-c", f'exec "$@"{closed}', "sh", *command] if closed else command


@contextlib.contextmanager
def _stream(kind: str, path: pathlib.Path) -> Iterator[int]:
    reader = None
    if kind == "full":
        writer = os.open("/dev/full", os.O_WRONLY)
    elif kind in ("gone", "stuck"):
        reader, writer = os.pipe()
        if kind == "gone":
            os.close(reader)
            reader = None
        else:
            _fill(writer)
    else:
        writer = os.open(path, os.O_WRONLY | os.O_CREAT)
    try:
        yield writer
    finally:
        os.close(writer)
        if reader is not None:
            os.close(reader)


def _fill(pipe: int) -> None:
    """Write to a pipe until it takes no more; whoever writes then waits."""
    flags = fcntl.fcntl(pipe, fcntl.F_GETFL)
    os.set_blocking(pipe, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(pipe, b"x" * 65536)
    fcntl.fcntl(pipe, fcntl.F_SETFL, flags)


def _send(row: Row, process: subprocess.Popen[bytes], out: pathlib.Path) -> float:
    """When the signal was sent; 0 where none is to be, or the process ended before."""
    while row.sends and process.poll() is None:
        if _appeared(out):
            time.sleep(0.3)
            process.send_signal(row.sends)
            return time.time()
        time.sleep(0.02)
    return 0.0


def _appeared(out: pathlib.Path) -> float:
    paths = [path for path in (*(out / name for name in FILES), *out.glob("error-*.pb")) if path.exists()]
    return max((path.stat().st_mtime for path in paths), default=0.0)


def _text(path: pathlib.Path) -> str:
    return path.read_text(errors="backslashreplace") if path.exists() else ""
