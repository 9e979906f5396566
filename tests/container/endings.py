# SPDX-License-Identifier: Apache-2.0
"""Runs ``shimlite-execute`` as a process of its own and records how it ended, for the tables of ``test_endings``."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pathlib
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

from shimlite import dict_to_literal_map
from shimlite._idl import ContainerError, ErrorDocument, ExecutionError, LiteralMap

from ..build import template

ROOT = pathlib.Path(__file__).parents[2]
FILES = ("outputs.pb", "error.pb")
RECOVERABLE, NON_RECOVERABLE = ContainerError.RECOVERABLE, ContainerError.NON_RECOVERABLE
USER, SYSTEM = ExecutionError.USER, ExecutionError.SYSTEM

PRELUDE = "import atexit, os, signal, sys, threading, time\nkeep = []\n"
BREAKS = 'raise ValueError("it broke")'


class Row(NamedTuple):
    """One situation: what the executor does, what surrounds its process, and what must come of it."""

    does: str = "return 1"
    """Statements of ``execute_from_model``, the last of which ends it."""
    module: str = ""
    """Statements of its module."""
    is_async: bool = False
    stdout: str = "file"
    stderr: str = "file"
    """``file``, ``full``, ``gone`` (a pipe without a reader), ``stuck`` (a full pipe that nobody reads), ``closed``."""
    environment: dict[str, str | bytes] = {}
    options: dict[str, str] = {}
    """Of the command line, and ``template``."""
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
    """What stdout and stderr got, where they are files; None where it does not matter."""
    wrote: dict[str, str] = {}
    """Files that the executor must have left, and their text."""
    at_least: float = 0.0
    within: float = 5.0
    """Seconds from the file to the end of the process."""


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


def run(row: Row, folder: pathlib.Path) -> Outcome:
    """The outcome of a row in an empty folder. Whatever it leaves running is killed."""
    folder.mkdir()
    made = template({"n": int}, {"x": int})
    (folder / "task.pb").write_bytes(made.SerializeToString())
    inputs = dict_to_literal_map({"n": 21}, made.interface.inputs)
    (folder / "inputs.pb").write_bytes(inputs.SerializeToString())
    (folder / "executors.py").write_text(source(row))
    with _stream(row.stdout, folder / "stdout") as stdout, _stream(row.stderr, folder / "stderr") as stderr:
        process = subprocess.Popen(
            _command(row),
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), **row.environment},
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
        )
        try:
            sent = _send(row, process, folder / "out")
            code = process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            code = -1
        finally:
            ended = time.time()
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    said = [_text(folder / name) for name in ("stdout", "stderr")]
    return Outcome(folder, code, ended - (sent or _appeared(folder / "out") or ended), *said)


def _command(row: Row) -> list[str]:
    options = {"inputs": "inputs.pb", "output-prefix": "out", "template": "task.pb", **row.options}
    named = [f"--{name}={value}" for name, value in options.items() if name != "template"]
    command = [sys.executable, "-m", "shimlite", "execute", *named, "--", options["template"], "executors.E"]
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
