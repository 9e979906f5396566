# SPDX-License-Identifier: Apache-2.0
"""What test_parity.py needs: a row of its table, both programs run as a pod runs them, and what they leave.

A row says what flytekit's program gives, whole, and how shimlite's differs, field by field, each with a reason.
"""

from __future__ import annotations

import os
import pathlib
import re
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Mapping
from typing import Any

import attrs
from google.protobuf import text_format

from shimlite import to_literal
from shimlite._idl import ContainerError, ErrorDocument, ExecutionError, Literal, LiteralMap

from ..build import template

RESOLVER = "flytekit.core.python_customized_container_task.default_task_template_resolver"
FILES = ("--inputs", "inputs.pb", "--output-prefix", "out")
OPTIONS = (*FILES, "--raw-output-data-prefix", "raw", "--resolver", RESOLVER)
EXECUTOR = ("task.pb", "executors.Executor")
USER, SYSTEM = ExecutionError.USER, ExecutionError.SYSTEM
RECOVERABLE, NON_RECOVERABLE = ContainerError.RECOVERABLE, ContainerError.NON_RECOVERABLE

FLYTEKIT, SHIMLITE = "flytekit", "shimlite"
ROOT = pathlib.Path(__file__).parents[2]
COMMANDS = {
    FLYTEKIT: [str(pathlib.Path(sys.executable).with_name("pyflyte-execute"))],
    SHIMLITE: [sys.executable, "-m", "shimlite", "execute"],
}

POD = {
    "FLYTE_INTERNAL_EXECUTION_PROJECT": "p",
    "FLYTE_INTERNAL_EXECUTION_DOMAIN": "d",
    "FLYTE_INTERNAL_EXECUTION_ID": "x",
    "FLYTE_INTERNAL_TASK_PROJECT": "tp",
    "FLYTE_INTERNAL_TASK_DOMAIN": "td",
    "FLYTE_INTERNAL_TASK_NAME": "tn",
    "FLYTE_INTERNAL_TASK_VERSION": "tv",
}

PROGRAM = '''
"""What an executor imports, from the program that runs it."""
import os
if os.environ["PROGRAM"] == "flytekit":
    from flytekit import FlyteContextManager, FlyteDirectory, FlyteFile, StructuredDataset, current_context
    from flytekit.core.base_task import IgnoreOutputs
    from flytekit.exceptions.user import FlyteRecoverableException, FlyteUserRuntimeException
    from flytekit.models.literals import LiteralMap

    def file_access():
        return FlyteContextManager.current_context().file_access

    def literal_map(proto):
        return LiteralMap.from_flyte_idl(proto)

    def fail(error):
        """As flytekit's other tasks do with what their functions raise."""
        raise FlyteUserRuntimeException(error) from error
else:
    from shimlite import (
        FlyteDirectory, FlyteFile, FlyteRecoverableException, IgnoreOutputs, StructuredDataset, current_context,
    )

    def file_access():
        return current_context().file_access

    def literal_map(proto):
        return proto

    def fail(error):
        raise error
'''


@attrs.frozen(kw_only=True)
class Outcome:
    """What one run left. The fields of an error are None where there is none."""

    exit: int = 0
    stdout: str = ""
    files: tuple[str, ...] = ()
    outputs: Mapping[str, Literal] | None = None
    offloaded: Mapping[str, Literal] = attrs.field(factory=dict)
    code: str | None = None
    kind: int | None = None
    origin: int | None = None
    message: str | None = None
    """What stands under ``Message:``. In a table, ``…`` at its end is whatever follows."""
    worker: str | None = None
    stamped: bool | None = None
    """Whether the timestamp lies between the run's start and its end."""
    megabytes: int | None = None
    """Of the error document."""
    uploads: Mapping[str, str] = attrs.field(factory=dict)
    """The files below the other prefixes, and what they hold."""


@attrs.frozen
class Difference:
    reason: str
    fields: Mapping[str, Any] = {}
    outcome: Outcome | None = None
    """Another one altogether: all of its fields that are not flytekit's."""


def differs(reason: str, **fields: Any) -> Difference:
    return Difference(reason, fields)


def instead(reason: str, outcome: Outcome) -> Difference:
    return Difference(reason, outcome=outcome)


@attrs.frozen(eq=False)
class Row:
    what: str
    gives: Outcome
    """What flytekit's program leaves."""
    differences: tuple[Difference, ...] = ()
    """How shimlite's differs; each field in them must."""
    work: str = "return inputs['n'] * 2"
    """The body of ``execute_from_model(self, tt, **inputs)``."""
    module: str = ""
    """The module ``executors`` whole, in the place of a class with ``work``."""
    argv: tuple[str, ...] = (*OPTIONS, "--", *EXECUTOR)
    again: tuple[str, ...] = ()
    """The arguments of a second run in the same folder, whose outcome counts."""
    takes: Mapping[str, Any] = {"n": int}
    given: Mapping[str, Any] = {"n": 21}
    """Inputs: literals, or values of the types that ``takes`` says."""
    returns: Mapping[str, Any] = {"o0": int}
    files: Mapping[str, bytes | None] = {}
    """Beside those made of the fields above, or in their place; None for one that is missing."""
    env: Mapping[str, str] = {}
    send: int = 0
    """A signal for the process, once it has printed ``ready``."""
    bug: str = ""
    """What is wrong with shimlite, while the row fails."""

    def __str__(self) -> str:
        return self.what

    @property
    def changes(self) -> dict[str, Any]:
        """The fields in which shimlite's outcome differs."""
        made: dict[str, Any] = {}
        for one in self.differences:
            other = one.outcome and attrs.asdict(one.outcome, recurse=False)
            made.update({name: value for name, value in (other or {}).items() if value != getattr(self.gives, name)})
            made.update(one.fields)
        return made


def row(what: str, gives: Outcome, *differences: Difference, **given: Any) -> Row:
    return Row(what, gives, differences, **given)


def options(*more: str, executor: tuple[str, ...] = EXECUTOR) -> tuple[str, ...]:
    return (*OPTIONS, *more, "--", *executor)


def literal(value: Any, python_type: Any = None) -> Literal:
    return value if isinstance(value, Literal) else to_literal(value, python_type or type(value))


def wrote(**outputs: Any) -> Outcome:
    literals = {name: literal(value) for name, value in outputs.items()}
    return Outcome(files=("outputs.pb",), outputs=literals)


def died(code: int, **more: Any) -> Outcome:
    """No file at all."""
    return Outcome(exit=code, **more)


def failed(code: str, kind: int, origin: int, message: str, **more: Any) -> Outcome:
    held = {"files": ("error.pb",), "worker": "", "stamped": True, "megabytes": 0, **more}
    return Outcome(code=code, kind=kind, origin=origin, message=message, **held)


def system(message: str, **more: Any) -> Outcome:
    """What flytekit makes of nearly everything."""
    return failed("SYSTEM", RECOVERABLE, SYSTEM, message, **more)


def users(code: str, message: str, **more: Any) -> Outcome:
    return failed(f"USER:{code}", NON_RECOVERABLE, USER, message, **more)


def storage(message: str) -> Outcome:
    return failed("SYSTEM:StorageError", RECOVERABLE, SYSTEM, message)


# -------------------------------------------------------------------------------------------------------- the programs


def prepare(row: Row, folder: pathlib.Path) -> None:
    made = template(row.takes, row.returns)
    body = textwrap.indent(textwrap.dedent(row.work).strip(), " " * 8)
    module = row.module or f"class Executor:\n    def execute_from_model(self, tt, **inputs):\n{body}\n"
    inputs = {name: literal(value, row.takes.get(name)) for name, value in row.given.items()}
    files: dict[str, bytes | None] = {
        "task.pb": made.SerializeToString(),
        "inputs.pb": LiteralMap(literals=inputs).SerializeToString(),
        "executors.py": textwrap.dedent(module).encode(),
        "program.py": PROGRAM.encode(),
        "tmp/.keep": b"",
        **row.files,
    }
    for name, content in files.items():
        if content is not None:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def run(program: str, row: Row, folder: pathlib.Path) -> Outcome:
    prepare(row, folder)
    outcome = _run(program, row, row.argv, folder)
    return _run(program, row, row.again, folder) if row.again else outcome


def _run(program: str, row: Row, argv: tuple[str, ...], folder: pathlib.Path) -> Outcome:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("FLYTE", "_F"))}
    own = {"PROGRAM": program, "PYTHONPATH": str(ROOT), "TMPDIR": str(folder / "tmp")}
    started, stdout = time.time(), ""
    with (
        (folder / "stderr").open("wb") as stderr,
        subprocess.Popen(
            [*COMMANDS[program], *argv],
            cwd=folder,
            env={**inherited, **own, **POD, **row.env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        ) as process,
    ):
        too_long = threading.Timer(120, process.kill)
        too_long.start()
        for line in process.stdout or ():
            stdout += line
            if row.send and line == "ready\n":
                process.send_signal(row.send)
        process.wait()
        too_long.cancel()
    if program == FLYTEKIT:  # it echoes an empty line at its start
        stdout = stdout.removeprefix("\n")
    return _outcome(process.returncode, stdout, folder, (started, time.time()))


# --------------------------------------------------------------------------------------------------- what they leave


def _outcome(code: int, stdout: str, folder: pathlib.Path, during: tuple[float, float]) -> Outcome:
    written = _below(folder, "out")
    made: dict[str, Any] = {"exit": code, "stdout": stdout, "offloaded": {}}
    for name, content in written.items():
        if name == "outputs.pb":
            literals = LiteralMap.FromString(content).literals
            made["outputs"] = {key: _settled(value, folder) for key, value in literals.items()}
        elif name.startswith("error"):
            made.update(_error(content, folder, during))
        else:
            made["offloaded"][name] = _settled(Literal.FromString(content), folder)
    uploads = {**_below(folder, "raw", "raw/"), **_below(folder, "checkpoints", "checkpoints/")}
    return Outcome(
        **made,
        files=tuple(sorted(map(_unnamed, written))),
        uploads={_unnamed(name): _text(content) for name, content in uploads.items()},
    )


def _below(folder: pathlib.Path, name: str, prefix: str = "") -> dict[str, bytes]:
    top = folder / name
    paths = [path for path in sorted(top.rglob("*")) if path.is_file()]
    return {f"{prefix}{path.relative_to(top)}": path.read_bytes() for path in paths}


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return "no text"


def _unnamed(text: str) -> str:
    """Without the names that each run draws."""
    return re.sub(r"[0-9a-f]{32}", "*", text)


def _settled(given: Literal, folder: pathlib.Path) -> Literal:
    text = _unnamed(text_format.MessageToString(given).replace(str(folder), "."))
    return text_format.Parse(text, Literal())


def _error(content: bytes, folder: pathlib.Path, during: tuple[float, float]) -> dict[str, Any]:
    error = ErrorDocument.FromString(content).error
    at = error.timestamp.seconds + error.timestamp.nanos / 1e9
    return {
        "code": error.code,
        "kind": error.kind,
        "origin": error.origin,
        "message": _unnamed(_said(error.message).replace(str(folder), ".")),
        "worker": error.worker,
        "stamped": during[0] - 0.01 <= at <= during[1] + 0.01,
        "megabytes": len(content) // 2**20,
    }


def _said(message: str) -> str:
    said = textwrap.dedent(message.rpartition("\nMessage:\n\n")[2]).strip()
    return said if len(said) < 1000 else f"{said[:20]} … {said[-20:]}"


def shortened(outcome: Outcome, expected: Outcome) -> Outcome:
    """The outcome with its message cut where the expected one ends in ``…``."""
    start, cut, rest = (expected.message or "").partition("…")
    if cut and not rest and outcome.message and outcome.message.startswith(start):
        return attrs.evolve(outcome, message=expected.message)
    return outcome
