# SPDX-License-Identifier: Apache-2.0
"""``shimlite inspect``: every kind of file, in words."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import pathlib
import typing
from typing import Annotated, Any

import pytest

from shimlite import FlyteDirectory, FlyteError, FlyteFile, FlyteSchema, StructuredDataset, to_literal, to_literal_type
from shimlite._idl import ErrorDocument, Literal, LiteralMap, LiteralType
from shimlite.cli import main
from shimlite.commands.inspect import describe
from shimlite.commands.show import shortened, table, type_in_words

from ..build import template

GOLDEN = pathlib.Path(__file__).parents[1] / "golden" / "sqlite3"
SQLITE = """\
TaskTemplate of 'golden.tracks', a task of type 'sqlite'
  project 'p', domain 'd', version 'v1'
  registered by python 1.16.31
inputs:
  at_least: FLOAT, in Python float
  limit: INTEGER, in Python int
outputs:
  results: schema of TrackId int, Name str, Seconds float, in Python FlyteSchema
custom:
  compressed: false
  query_template: "select TrackId, Name, Seconds from tracks where Seconds >= {{ .inputs.at_least }} \
order by TrackId limit {{ .inputs.limit }}"
  uri: "tracks.db"
container:
  image 'example.invalid/slim:1'
  args pyflyte-execute --inputs {{.input}} --output-prefix {{.outputPrefix}} \
--raw-output-data-prefix {{.rawOutputDataPrefix}} \
--resolver flytekit.core.python_customized_container_task.default_task_template_resolver -- \
{{.taskTemplatePath}} flytekit.extras.sqlite3.task.SQLite3TaskExecutor
  env E=1
"""


def inspected(capsys, path: Any, *options: str) -> str:
    assert main(["inspect", str(path), *options]) == 0
    return capsys.readouterr().out


def test_the_recorded_files(capsys):
    assert inspected(capsys, GOLDEN / "task_template.pb") == SQLITE
    assert inspected(capsys, GOLDEN / "task_spec.pb") == "TaskSpec, which holds:\n" + SQLITE
    assert inspected(capsys, GOLDEN / "inputs.pb") == "LiteralMap of 2\n  at_least: float 100.0\n  limit: integer 5\n"


def test_a_bare_template():
    made = template()
    made.interface.inputs.variables["odd"].type.simple = 42
    assert list(describe(made.SerializeToString())) == [
        "TaskTemplate of 'tests.task', a task of type 'test'",
        "  project '', domain '', version ''",
        "  registered by an unnamed SDK",
        "inputs:",
        "  odd: simple 42, in Python unreadable: the LiteralType simple 42 is not known to this shimlite",
        "outputs: none",
    ]


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


@dataclasses.dataclass
class Point:
    x: int


LITERALS: list[tuple[Any, Any, list[str]]] = [
    (int, 5, ["Literal: integer 5"]),
    (float, -0.0, ["Literal: float -0.0"]),
    (str, "a\n", ["Literal: string 'a\\n'"]),
    (str, "x" * 300, ["Literal: string '" + "x" * 198 + "…"]),
    (bool, False, ["Literal: boolean False"]),
    (type(None), None, ["Literal: None"]),
    (dt.datetime, dt.datetime(2026, 1, 2), ["Literal: datetime 2026-01-02T00:00:00Z"]),
    (dt.timedelta, dt.timedelta(seconds=1.5), ["Literal: duration 1.500s"]),
    (Color, Color.RED, ["Literal: string 'red'"]),
    (dict, {"a": [1, b"\x00"], 2: float("nan")}, ['Literal: binary {"2": "NaN", "a": [1, "AA=="]}']),
    (Point, Point(1), ['Literal: binary {"x": 1}']),
    (FlyteFile, FlyteFile("s3://b/a"), ["Literal: blob at s3://b/a"]),
    (StructuredDataset, StructuredDataset("s3://b/t"), ["Literal: structured dataset at s3://b/t"]),
    (FlyteSchema, FlyteSchema("s3://b/t"), ["Literal: schema at s3://b/t"]),
    (FlyteError, FlyteError("m", "n0"), ["Literal: error of node 'n0': m"]),
    (typing.Optional[int], 3, ["Literal: as INTEGER: integer 3"]),
    (list[int], [], ["Literal: list of 0"]),
    (list[list[str]], [["a"], []], [
        "Literal: list of 2", "  [0]: list of 1", "    [0]: string 'a'", "  [1]: list of 0",
    ]),
    (dict[str, int], {"b": 2, "a": 1}, ["Literal: map of 2", "  a: integer 1", "  b: integer 2"]),
    (list[int], list(range(22)), [
        "Literal: list of 22", *(f"  [{place}]: integer {place}" for place in range(20)), "  … 2 more",
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "value", "lines"), LITERALS)
def test_literals(kind, value, lines):
    assert list(describe(to_literal(value, kind).SerializeToString())) == lines


def test_literals_that_no_value_stands_for():
    foreign = Literal(scalar={"binary": {"value": b"abc", "tag": "cbor"}})
    assert list(describe(foreign.SerializeToString())) == ["Literal: binary of 3 bytes tagged 'cbor'"]
    offloaded = Literal(offloaded_metadata={"uri": "s3://b/l", "size_bytes": 9})
    assert list(describe(offloaded.SerializeToString())) == ["Literal: offloaded to s3://b/l, 9 bytes"]
    assert list(describe(b"", "literal")) == ["Literal: nothing is set"]


def test_error_documents():
    document = ErrorDocument()
    document.error.code, document.error.message = "USER:RuntimeError", "Trace:\n\n    x"
    document.error.kind, document.error.origin = 1, 1
    document.error.timestamp.seconds = 0
    document.error.timestamp.SetInParent()
    assert list(describe(document.SerializeToString())) == [
        "ErrorDocument: USER:RuntimeError, RECOVERABLE, origin USER",
        "  at 1970-01-01T00:00:00Z",
        "  Trace:",
        "",
        "      x",
    ]
    assert list(describe(b"", "error")) == ["ErrorDocument: no code, NON_RECOVERABLE, origin UNKNOWN", "  at no time"]


def test_an_empty_file_is_an_empty_map():
    assert list(describe(b"")) == ["LiteralMap of 0"]
    assert list(describe(LiteralMap().SerializeToString())) == ["LiteralMap of 0"]


def test_what_it_is_may_be_said(tmp_path, capsys):
    (tmp_path / "x").write_bytes(to_literal(5, int).SerializeToString())
    assert inspected(capsys, tmp_path / "x", "--as", "literal") == "Literal: integer 5\n"
    assert main(["inspect", str(tmp_path / "x"), "--as", "template"]) == 1
    assert capsys.readouterr().err == "shimlite inspect: 6 bytes that are no template\n"


@pytest.mark.parametrize("content", [b"\xff\xff\xff", b"hello, world", b"\x0a" * 5])
def test_anything_else_is_refused(tmp_path, capsys, content):
    (tmp_path / "x").write_bytes(content)
    assert main(["inspect", str(tmp_path / "x")]) == 1
    assert capsys.readouterr().err == (
        f"shimlite inspect: {len(content)} bytes that are no message of a template task\n"
    )


TYPES: list[tuple[Any, str]] = [
    (int, "INTEGER"),
    (dict, "STRUCT"),
    (Point, "STRUCT, dataclass Point"),
    (list[dict[str, bool]], "list of map of STRING to BOOLEAN"),
    (typing.Optional[int], "INTEGER or NONE"),
    (Color, "enum of 'red', 'blue'"),
    (FlyteFile, "file"),
    (FlyteFile["csv"], "file of format 'csv'"),
    (FlyteDirectory, "directory"),
    (FlyteSchema, "schema"),
    (Annotated[StructuredDataset, {"a": int}], "structured dataset of a int"),
    (LiteralType(union_type={}), "union of nothing"),
    (LiteralType(schema={"columns": [{"name": "a", "type": 42}]}), "schema"),
]


@pytest.mark.parametrize(("kind", "words"), TYPES)
def test_types(kind, words):
    assert type_in_words(kind if isinstance(kind, LiteralType) else to_literal_type(kind)) == words


def test_tables():
    assert list(table([])) == ["(no rows)"]
    rows = [{"n": place, "t": None if place else "a\nb" + "x" * 50} for place in range(22)]
    lines = list(table(rows))
    assert lines[:4] == [" n  t", f"--  {'-' * 40}", " 0  a b" + "x" * 36 + "…", " 1"]
    assert lines[-1] == "… 2 more rows"
    assert shortened("abc", 3) == "abc"
    assert shortened("abcd", 3) == "ab…"
