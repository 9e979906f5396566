# SPDX-License-Identifier: Apache-2.0
"""What the tables of SQL tasks need: a case, the task that flytekit registers of it, both programs, and what is seen.

A case says how what shimlite's program leaves differs from what flytekit's leaves, field by field, each with a row of
``tests/differences.py``. A field is a column of the frame that is read, its type and all its values as text, or how
the task ended.
"""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import attrs
import pandas
import pytest
import sqlalchemy
from flytekit import FlyteContextManager, StructuredDataset
from flytekit.configuration import Image, ImageConfig, SerializationSettings
from flytekit.core.type_engine import TypeEngine
from flytekit.extras.sqlite3.task import SQLite3Config, SQLite3Task
from flytekit.models.literals import Literal as TheirLiteral
from flytekit.tools.translator import get_serializable
from flytekit.types.schema import FlyteSchema
from flytekitplugins.sqlalchemy import SQLAlchemyConfig, SQLAlchemyTask

from shimlite import to_literal
from shimlite._idl import ContainerError, ErrorDocument, Literal, LiteralMap, TaskTemplate

from ..differences import QUERY_FAILS, Difference
from ..stripping import stripped
from .parity import POD, ROOT

SQLITE3 = "SQLite3Task"
"""What a case runs on, else a URI of SQLAlchemy's, in which ``FOLDER`` stands for the case's own."""
SQLITE = "sqlite:///FOLDER/db"
FLYTEKIT, SHIMLITE = "flytekit", "shimlite"

VALUE = "USER:RuntimeError, NON_RECOVERABLE: ValueError: "
TEMPLATE = "USER:TemplateError, NON_RECOVERABLE: template.custom."
QUERY = "USER:DatabaseError, NON_RECOVERABLE: the query failed: "
CONNECTION = "USER:DatabaseError, NON_RECOVERABLE: no connection to the database: "
"""How shimlite's errors begin."""


@attrs.frozen
class Differs:
    """Fields that differ for one reason: what flytekit's side shows, and what shimlite's does."""

    reason: Difference
    fields: Mapping[str, tuple[str, str]]


@attrs.frozen(eq=False)
class Case:
    what: str
    query: str
    on: str = SQLITE
    output: Any = FlyteSchema
    """The ``output_schema_type``."""
    differences: tuple[Differs, ...] = ()
    rows: int = 1
    """How many flytekit's frame has, where there is one."""
    takes: Mapping[str, type] = {}
    given: Mapping[str, Any] = {}
    tables: str = ""
    """Statements that run before, separated by ``;`` and the end of a line."""
    after: str = ""
    """A query that tells afterwards what the task did."""
    config: Mapping[str, Any] = {}
    """More of the task's configuration."""
    environment: Mapping[str, str] = {}
    files: Mapping[str, Any] = {}
    """Written into the case's folder: bytes, or a function of the database's bytes that gives them."""

    def __str__(self) -> str:
        return f"{self.on.partition(':')[0]}: {self.what}"

    @property
    def listed(self) -> dict[str, tuple[str, str]]:
        return {name: sides for one in self.differences for name, sides in one.fields.items()}


def case(what: str, query: str, *differences: Differs, **more: Any) -> Case:
    return Case(what, query, differences=differences, **more)


def differs(reason: Difference, **fields: tuple[str, str]) -> Differs:
    return Differs(reason, fields)


def fails(theirs: str, ours: str) -> Differs:
    """Both fail: with the class of flytekit's error, and with shimlite's code, kind and message."""
    return differs(QUERY_FAILS, ends=(f"SYSTEM, RECOVERABLE: {theirs}: …", ours))


def refused(reason: Difference, error: str) -> Differs:
    """Only shimlite fails."""
    return differs(reason, ends=("outputs", f"{VALUE}{error}"))


def works(reason: Difference, theirs: str) -> Differs:
    """Only flytekit fails."""
    return differs(reason, ends=(f"SYSTEM, RECOVERABLE: {theirs}: …", "outputs"))


# ------------------------------------------------------------------------------------------------------------ the task

SETTINGS = SerializationSettings(
    image_config=ImageConfig(default_image=Image("default", "image", "1")), project="p", domain="d", version="v1"
)


def registered(case: Case, folder: pathlib.Path) -> TaskTemplate:
    """The template of the task, as a pod gets it."""
    task: Any
    config = {name: _placed(value, folder) for name, value in case.config.items()}
    more = {"inputs": dict(case.takes), "output_schema_type": case.output, "container_image": "image:1"}
    if case.on == SQLITE3:
        settings = SQLite3Config(**{"uri": f"{folder}/db", **config})
        task = SQLite3Task("sql", case.query, task_config=settings, **more)
    else:
        settings = SQLAlchemyConfig(**{"uri": _placed(case.on, folder), **config})
        task = SQLAlchemyTask("sql", case.query, settings, **more)
    serialized = get_serializable(OrderedDict(), SETTINGS, task)
    return stripped(TaskTemplate.FromString(serialized.template.to_flyte_idl().SerializeToString()))


def _placed(value: Any, folder: pathlib.Path) -> Any:
    return value.replace("FOLDER", str(folder)) if isinstance(value, str) else value


def prepare(case: Case, folder: pathlib.Path) -> list[str]:
    """Everything that the task needs, in a new folder. Returns the arguments of its container."""
    _fill(case, folder)
    for name, content in case.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content(folder / "db") if callable(content) else content)
    template = registered(case, folder)
    (folder / "task.pb").write_bytes(template.SerializeToString())
    literals = {name: to_literal(value, case.takes[name]) for name, value in case.given.items()}
    (folder / "inputs.pb").write_bytes(LiteralMap(literals=literals).SerializeToString())
    values = {
        "{{.input}}": folder / "inputs.pb",
        "{{.outputPrefix}}": folder / "out",
        "{{.rawOutputDataPrefix}}": folder / "raw",
        "{{.taskTemplatePath}}": folder / "task.pb",
    }
    _, *arguments = template.container.args
    return [str(values.get(one, one)) for one in arguments]


def _fill(case: Case, folder: pathlib.Path) -> None:
    with contextlib.closing(_connection(case, folder)) as connection:
        for statement in filter(str.strip, re.split(r";\n", case.tables)):
            connection.execute(sqlalchemy.text(statement))
        connection.commit()


def _connection(case: Case, folder: pathlib.Path) -> Any:
    uri = SQLITE if case.on == SQLITE3 else case.on
    return sqlalchemy.create_engine(_placed(uri, folder), poolclass=sqlalchemy.pool.NullPool).connect()


# -------------------------------------------------------------------------------------------------------- the programs


def environment(case: Case, folder: pathlib.Path) -> dict[str, str]:
    return {**POD, "TMPDIR": str(folder), **{name: _placed(value, folder) for name, value in case.environment.items()}}


def inherited() -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith(("FLYTE", "_F"))}
    return {**own, "PYTHONPATH": str(ROOT), "FLYTE_SDK_LOGGING_LEVEL": "50"}


class Worker:
    """A program in one process for many cases. A context manager."""

    def __init__(self, program: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.interop.sql_worker", program],
            cwd=ROOT,
            env=inherited(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._lock = threading.Lock()

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=60)

    def run(self, arguments: list[str], environment: Mapping[str, str]) -> int:
        with self._lock:
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._process.stdin.write(f"{json.dumps({'arguments': arguments, 'environment': environment})}\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        assert answer, "the program's process has ended"
        return int(answer)


COMMANDS = {
    FLYTEKIT: [str(pathlib.Path(sys.executable).with_name("pyflyte-execute"))],
    SHIMLITE: [sys.executable, "-m", "shimlite", "execute"],
}


def as_process(program: str, arguments: list[str], environment: Mapping[str, str], folder: pathlib.Path) -> int:
    with (folder / "stderr").open("wb") as stderr:
        return subprocess.run(
            [*COMMANDS[program], *arguments],
            cwd=folder,
            env={**inherited(), **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            timeout=120,
        ).returncode


def outcome(case: Case, program: str, folder: pathlib.Path, worker: Worker | None = None) -> dict[str, str]:
    """What a program leaves: with a worker in its process, else in one of its own."""
    arguments = prepare(case, folder)
    variables = environment(case, folder)
    code = worker.run(arguments, variables) if worker else as_process(program, arguments, variables, folder)
    if code:
        return {"ends": f"exit {code}"}
    return _settled({**left(folder), **_afterwards(case, folder)}, folder)


# --------------------------------------------------------------------------------------------------- what they leave


def left(folder: pathlib.Path) -> dict[str, str]:
    """How the task ended, and its table as pandas and as flytekit's own reader see it."""
    error = folder / "out" / "error.pb"
    if error.exists():
        return {"ends": _error(error.read_bytes())}
    literals = LiteralMap.FromString((folder / "out" / "outputs.pb").read_bytes()).literals
    if not literals:
        return {"ends": "no outputs"}
    literal = literals["results"]
    return {"ends": "outputs", **_form(literal), **_seen(literal)}


def _error(content: bytes) -> str:
    error = ErrorDocument.FromString(content).error
    message = re.sub(r"\s+", " ", error.message.rpartition("\nMessage:\n\n")[2]).strip()
    kind = ContainerError.Kind.Name(error.kind)
    return f"{error.code}, {kind}: {message}"


def _form(literal: Literal) -> dict[str, str]:
    """The kind of the literal, and the type, format and columns that it says."""
    kind = literal.scalar.WhichOneof("value")
    if kind == "schema":
        columns = ", ".join(f"{one.name} {one.type}" for one in literal.scalar.schema.type.columns)
        return {"form": f"schema ({columns})"}
    metadata = literal.scalar.structured_dataset.metadata.structured_dataset_type
    columns = ", ".join(f"{one.name} {one.literal_type.simple}" for one in metadata.columns)
    return {"form": f"{kind} {metadata.format!r} ({columns})"}


def _seen(literal: Literal) -> dict[str, str]:
    by_pandas, by_flytekit = (
        _told(lambda: pandas.read_parquet(_uri(literal))),
        _told(lambda: _read_by_flytekit(literal)),
    )
    if by_pandas == by_flytekit:
        return by_pandas
    return {**_marked(by_pandas, "pandas"), **_marked(by_flytekit, "flytekit")}


def _marked(told: Mapping[str, str], reader: str) -> dict[str, str]:
    return {f"{name} by {reader}": text for name, text in told.items()}


def _uri(literal: Literal) -> str:
    scalar = literal.scalar
    return scalar.schema.uri if scalar.WhichOneof("value") == "schema" else scalar.structured_dataset.uri


def _read_by_flytekit(literal: Literal) -> pandas.DataFrame:
    context = FlyteContextManager.current_context()
    python_type = FlyteSchema if literal.scalar.WhichOneof("value") == "schema" else StructuredDataset
    table = TypeEngine.to_python_value(context, TheirLiteral.from_flyte_idl(literal), python_type)
    return table.open(pandas.DataFrame).all()


def _told(read: Callable[[], pandas.DataFrame]) -> dict[str, str]:
    """Of a frame, its columns, how many rows it has and, of each column, the type and all values."""
    try:
        frame = read()
    except Exception as error:
        return {"read": f"{type(error).__name__}: {error}"}
    named = {str(name): f"{frame[name].dtype} [{', '.join(map(_value, frame[name]))}]" for name in frame.columns}
    return {"columns": ", ".join(map(str, frame.columns)), "rows": str(len(frame)), **named}


def _value(value: Any) -> str:
    if type(value).__module__ == "numpy":
        return f"{value.tolist()!r}"
    return repr(value)


def _afterwards(case: Case, folder: pathlib.Path) -> dict[str, str]:
    if not case.after:
        return {}
    with contextlib.closing(_connection(case, folder)) as connection:
        return {"after": repr([tuple(row) for row in connection.execute(sqlalchemy.text(case.after))])}


def _settled(fields: Mapping[str, str], folder: pathlib.Path) -> dict[str, str]:
    """Without the names that each run draws."""
    return {name: re.sub(r"[0-9a-f]{32}", "*", text.replace(str(folder), "FOLDER")) for name, text in fields.items()}


# ------------------------------------------------------------------------------------------------------ the comparison

Sides = tuple[dict[str, str], dict[str, str]]


@contextlib.contextmanager
def outcomes(
    request: pytest.FixtureRequest, placed: Callable[[Case], Case] = lambda case: case
) -> Iterator[dict[Case, Future[Sides]]]:
    """What both programs leave of the cases that this session tests in the file, one after the other.

    ``placed`` gives a case the URI of its server.
    """
    items = [item for item in request.session.items if item.path == request.path]
    cases = dict.fromkeys(item.callspec.params["case"] for item in items if hasattr(item, "callspec"))
    with Worker(FLYTEKIT) as theirs, Worker(SHIMLITE) as ours, ThreadPoolExecutor(1) as pool:
        yield {case: pool.submit(_both, placed(case), theirs, ours) for case in cases}
        pool.shutdown(cancel_futures=True)


def _both(case: Case, theirs: Worker, ours: Worker) -> Sides:
    with folders() as (one, other):
        return outcome(case, FLYTEKIT, one, theirs), outcome(case, SHIMLITE, other, ours)


@contextlib.contextmanager
def folders() -> Iterator[tuple[pathlib.Path, pathlib.Path]]:
    with tempfile.TemporaryDirectory() as name:
        theirs, ours = pathlib.Path(name, FLYTEKIT), pathlib.Path(name, SHIMLITE)
        theirs.mkdir()
        ours.mkdir()
        yield theirs, ours


def as_listed(case: Case, theirs: dict[str, str], ours: dict[str, str]) -> None:
    """Asserts that the two sides differ where the case says so, and nowhere else."""
    assert theirs.get("rows", str(case.rows)) == str(case.rows)
    found, listed = compared(theirs, ours), case.listed
    assert list(found) == list(listed)
    for name, sides in found.items():
        assert tuple(shortened(*pair) for pair in zip(sides, listed[name])) == listed[name]
    if "form" in theirs and "form" in ours:
        assert (theirs["form"], ours["form"].partition("(")[0]) == _forms(case, ours["form"])


def _forms(case: Case, form: str) -> tuple[str, str]:
    """Of both sides: flytekit makes a structured dataset of every table (see ``differences.SCHEMA``)."""
    is_schema = isinstance(case.output, type) and issubclass(case.output, FlyteSchema)
    return ("structured_dataset 'parquet' ()", "schema ") if is_schema else (form, form.partition("(")[0])


def compared(theirs: Mapping[str, str], ours: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """The fields in which two sides differ; where one has no table, only how they ended and what they did."""
    both = theirs["ends"] == ours["ends"] == "outputs"
    names = [name for name in dict.fromkeys((*theirs, *ours)) if name != "form" and (both or name in ("ends", "after"))]
    sides = {name: (theirs.get(name, "none"), ours.get(name, "none")) for name in names}
    return {name: (one, other) for name, (one, other) in sides.items() if one != other}


def shortened(text: str, expected: str) -> str:
    """The expected text where ``…`` in it stands for any other."""
    pattern = ".*".join(map(re.escape, expected.split("…")))
    return expected if re.fullmatch(pattern, text, re.DOTALL) else text
