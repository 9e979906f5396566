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

from shimlite import (
    FlyteDirectory,
    FlyteError,
    FlyteFile,
    FlyteSchema,
    StructuredDataset,
    dict_to_literal_map,
    to_literal,
    to_literal_type,
)
from shimlite._idl import ErrorDocument, Literal, LiteralMap, LiteralType, task_spec_type
from shimlite.cli import main
from shimlite.commands.descriptions import describe
from shimlite.commands.prose import Prose
from shimlite.commands.show import MOST_ITEMS, shortened, table, type_in_words

from ..build import template

GOLDEN = pathlib.Path(__file__).parents[1] / "golden" / "sqlite3"
SQLITE = """\
TaskTemplate of 'golden.tracks', a task of type 'sqlite'
  project 'p', domain 'd', version 'v1'
  registered by python 1.16.31
inputs:
  at_least: FLOAT, in Python float
    --input takes a number, as in 1.5, 1e-3, nan or inf
  limit: INTEGER, in Python int
    --input takes a whole number, as in 5
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


def in_words(content: bytes, kind: str | None = None, executor: Any = None) -> list[str]:
    """What is printed of a file's content."""
    return list(Prose().lines(describe(content, kind, executor, MOST_ITEMS)))


def inspected(capsys, path: Any, *options: str) -> str:
    assert main(["inspect", str(path), *options]) == 0
    return capsys.readouterr().out


def test_the_recorded_files(capsys):
    assert inspected(capsys, GOLDEN / "task_template.pb") == SQLITE
    assert inspected(capsys, GOLDEN / "task_spec.pb") == "TaskSpec with the " + SQLITE
    assert inspected(capsys, GOLDEN / "inputs.pb") == "LiteralMap of 2\n  at_least: float 100.0\n  limit: integer 5\n"


def test_a_bare_template():
    made = template()
    made.interface.inputs.variables["odd"].type.simple = 42
    assert in_words(made.SerializeToString()) == [
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
    assert in_words(to_literal(value, kind).SerializeToString()) == lines


def test_literals_that_no_value_stands_for():
    foreign = Literal(scalar={"binary": {"value": b"abc", "tag": "cbor"}})
    assert in_words(foreign.SerializeToString()) == ["Literal: binary of 3 bytes tagged 'cbor'"]
    offloaded = Literal(offloaded_metadata={"uri": "s3://b/l", "size_bytes": 9})
    assert in_words(offloaded.SerializeToString()) == ["Literal: offloaded to s3://b/l, 9 bytes"]
    assert in_words(b"", "literal") == ["Literal: nothing is set"]


# --- durations beyond Go's -------------------------------------------------------------------------------------------

BEYOND = "is beyond 292 years: once an execution has it as an input, Flyte 1 starts no other"
LONG = dt.timedelta(seconds=9_223_372_037)


def duration(seconds: int, nanos: int) -> Literal:
    return Literal(scalar={"primitive": {"duration": {"seconds": seconds, "nanos": nanos}}})


@pytest.mark.parametrize("sign", [1, -1])
def test_the_last_duration_that_go_holds(sign):
    (line,) = in_words(duration(sign * 9_223_372_036, sign * 854_775_807).SerializeToString())
    assert line == f"Literal: duration {'-' * (sign < 0)}9223372036.854775807s"


def test_go_holds_one_nanosecond_more_below_zero():
    first, last = duration(9_223_372_036, 854_775_808), duration(-9_223_372_036, -854_775_808)
    assert in_words(first.SerializeToString()) == [
        "Literal: duration 9223372036.854775808s",
        f"  warning: Literal {BEYOND}",
    ]
    assert in_words(last.SerializeToString()) == ["Literal: duration -9223372036.854775808s"]
    assert in_words(duration(-9_223_372_036, -854_775_809).SerializeToString()) == [
        "Literal: duration -9223372036.854775809s",
        f"  warning: Literal {BEYOND}",
    ]


def test_durations_beyond_gos_are_found_at_any_depth(tmp_path, capsys):
    kinds = {"a": dict[str, list[dt.timedelta]], "b": typing.Optional[dt.timedelta], "c": dt.timedelta, "d": dict}
    values = {"a": {"it's": [dt.timedelta(1), -LONG]}, "b": LONG, "c": dt.timedelta(1), "d": {"span": 9_223_372_037}}
    made = dict_to_literal_map(values, template(kinds).interface.inputs)
    (tmp_path / "inputs.pb").write_bytes(made.SerializeToString())
    assert inspected(capsys, tmp_path / "inputs.pb") == (
        "LiteralMap of 4\n"
        "  a: map of 1\n"
        "    it's: list of 2\n"
        "      [0]: duration 86400s\n"
        "      [1]: duration -9223372037s\n"
        "  b: as DURATION: duration 9223372037s\n"
        "  c: duration 86400s\n"
        '  d: binary {"span": 9223372037}\n'
        f"""  warning: a["it's"][1] {BEYOND}\n"""
        f"  warning: b {BEYOND}\n"
    )


def test_a_duration_beyond_gos_is_told_where_its_line_is_not_shown():
    lines = in_words(to_literal([dt.timedelta(0)] * 25 + [LONG], list[dt.timedelta]).SerializeToString())
    assert lines[-2:] == ["  … 6 more", f"  warning: Literal[25] {BEYOND}"]


def test_error_documents():
    document = ErrorDocument()
    document.error.code, document.error.message = "USER:RuntimeError", "Trace:\n\n    x"
    document.error.kind, document.error.origin = 1, 1
    document.error.timestamp.seconds = 0
    document.error.timestamp.SetInParent()
    assert in_words(document.SerializeToString()) == [
        "ErrorDocument: USER:RuntimeError, RECOVERABLE, origin USER",
        "  at 1970-01-01T00:00:00Z",
        "  Trace:",
        "",
        "      x",
    ]
    assert in_words(b"", "error") == ["ErrorDocument: no code, NON_RECOVERABLE, origin UNKNOWN", "  at no time"]


def test_an_empty_file_is_an_empty_map():
    assert in_words(b"") == ["LiteralMap of 0"]
    assert in_words(LiteralMap().SerializeToString()) == ["LiteralMap of 0"]


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


# --- what a template may lose, and an executor that says more --------------------------------------------------------


class Plain:
    def execute_from_model(self, tt, **inputs):
        raise AssertionError


class Dated:
    def execute_from_model(self, tt, day: dt.date, **others) -> Point:
        raise AssertionError


class Whole:
    def execute_from_model(self, tt, day: dt.date, color: Color, point: Point, n: int) -> Point:
        raise AssertionError


class Misfit:
    def execute_from_model(self, tt, day: int, **others):
        raise AssertionError


class Wider:
    def execute_from_model(self, tt, **others) -> typing.Optional[Point]:
        raise AssertionError


INPUTS = {"day": dt.date, "color": Color, "point": Point, "n": int}
HEAD = """\
TaskTemplate of 'tests.task', a task of type 'test'
  project '', domain '', version ''
  registered by an unnamed SDK
inputs:
"""
COLOR = """\
  color: enum of 'red', 'blue', in Python DynamicEnum
    may lose its class Enum: its value travels, its class does not
"""
DAY = """\
  day: DATETIME, in Python datetime
    may lose the zone: a Timestamp is a moment in UTC
    may lose that it was naive: it counts as UTC
    may lose fold: neither a moment in UTC nor an offset has it
    may lose that it was a date: Flyte has one type for both, DATETIME
"""
NUMBER = "  n: INTEGER, in Python int\n"
POINT = """\
  point: STRUCT, dataclass Point, in Python dict
    may lose its class Point: JSON-like data has a dict for it
"""
MADE = POINT.replace("point:", "made:")


@pytest.fixture
def dated(tmp_path):
    """A template on disk: a date, an Enum, a record and an int, and a record as its output."""
    path = tmp_path / "task.pb"
    path.write_bytes(template(INPUTS, {"made": Point}).SerializeToString())
    return str(path)


def test_what_a_template_may_lose(dated, capsys):
    wanted = f"{HEAD}{COLOR}{DAY}{NUMBER}{POINT}outputs:\n{MADE}"
    assert inspected(capsys, dated) == wanted
    assert inspected(capsys, dated, "--executor", f"{__name__}.Plain") == wanted


def test_a_path_stands_before_what_is_lost(tmp_path, capsys):
    made = template({"days": dict[str, list[typing.Optional[dt.datetime]]]})
    (tmp_path / "task.pb").write_bytes(made.SerializeToString())
    assert inspected(capsys, tmp_path / "task.pb") == (
        f"{HEAD}  days: map of STRING to list of DATETIME or NONE, in Python dict[str, list[datetime | None]]\n"
        "    [key][i] may lose the zone: a Timestamp is a moment in UTC\n"
        "    [key][i] may lose that it was naive: it counts as UTC\n"
        "    [key][i] may lose fold: neither a moment in UTC nor an offset has it\n"
        "outputs: none\n"
    )


def test_an_executors_annotations_count(dated, capsys):
    assert inspected(capsys, dated, "--executor", f"{__name__}.Dated") == (
        f"{HEAD}{COLOR}  day: DATETIME, annotated date\n{NUMBER}{POINT}"
        "outputs:\n  made: STRUCT, dataclass Point, annotated Point\n"
    )
    assert inspected(capsys, dated, "--executor", f"{__name__}.Whole", "--strict") == (
        f"{HEAD}"
        "  color: enum of 'red', 'blue', annotated Color\n"
        "  day: DATETIME, annotated date\n"
        "  n: INTEGER, annotated int\n"
        "  point: STRUCT, dataclass Point, annotated Point\n"
        "outputs:\n"
        "  made: STRUCT, dataclass Point, annotated Point\n"
    )


def failed(capsys, *options: str) -> tuple[str, str]:
    """What is printed, and the one line of the error."""
    assert main(["inspect", *options]) == 1
    out, err = capsys.readouterr()
    assert err.endswith("\n")
    assert err.count("\n") == 1
    return out, err[:-1]


def test_strict_fails_where_anything_may_be_lost(dated, capsys):
    whole = inspected(capsys, dated)
    assert failed(capsys, dated, "--strict") == (
        whole,
        "shimlite inspect: may lose something in inputs.color, inputs.day, inputs.point, outputs.made",
    )
    _, error = failed(capsys, dated, "--executor", f"{__name__}.Dated", "--strict")
    assert error == "shimlite inspect: may lose something in inputs.color, inputs.point"
    _, error = failed(capsys, dated, "--strict", "--as", "template")
    assert error.endswith("in inputs.color, inputs.day, inputs.point, outputs.made")


def test_strict_passes_where_nothing_is(tmp_path, capsys):
    (tmp_path / "task.pb").write_bytes(template({"n": int}, {"xs": list[str]}).SerializeToString())
    assert inspected(capsys, tmp_path / "task.pb", "--strict") == (
        f"{HEAD}{NUMBER}outputs:\n  xs: list of STRING, in Python list[str]\n"
    )


def test_a_misfit_is_an_error_and_nothing_is_printed(dated, capsys):
    assert failed(capsys, dated, "--executor", f"{__name__}.Misfit") == (
        "",
        "shimlite inspect: inputs.day: annotated int, but declared datetime; int does not fit DATETIME",
    )
    assert failed(capsys, dated, "--executor", f"{__name__}.Wider") == (
        "",
        "shimlite inspect: outputs.made: annotated Point | None, but declared dict; None does not fit STRUCT",
    )


def test_a_spec_has_a_template_too(tmp_path, capsys):
    spec = task_spec_type()()
    spec.template.CopyFrom(template({"day": dt.date}))
    (tmp_path / "spec.pb").write_bytes(spec.SerializeToString())
    wanted = f"TaskSpec, which holds:\n{HEAD}  day: DATETIME, annotated date\noutputs: none\n"

    path = str(tmp_path / "spec.pb")
    assert inspected(capsys, path, "--executor", f"{__name__}.Day", "--strict") == wanted
    assert inspected(capsys, path, "--executor", f"{__name__}.Day", "--as", "spec") == wanted
    assert failed(capsys, path, "--strict")[1] == "shimlite inspect: may lose something in inputs.day"


class Day:
    def execute_from_model(self, tt, day: dt.date):
        raise AssertionError


def test_an_executor_that_cannot_be_loaded(dated, capsys):
    assert failed(capsys, dated, "no_such_module.Executor") == (
        "",
        "shimlite inspect: executor: there is no module 'no_such_module'; wanted for no_such_module.Executor",
    )
    assert failed(capsys, dated, "--executor", f"{__name__}.Nobody") == (
        "",
        f"shimlite inspect: executor: {__name__} has no 'Nobody'",
    )


@pytest.mark.parametrize(
    "options", [("--executor", f"{__name__}.Plain"), ("--strict",), ("--strict", "--as", "literal")]
)
def test_executor_and_strict_are_for_templates(tmp_path, capsys, options):
    path = str(tmp_path / "x")
    (tmp_path / "x").write_bytes(to_literal(5, int).SerializeToString())
    assert failed(capsys, path, *options) == (
        "",
        f"shimlite inspect: {path}: EXECUTOR and --strict are for templates",
    )


def test_unreadable_types_lose_nothing_more():
    made = template()
    made.interface.inputs.variables["odd"].type.collection_type.simple = 42
    assert in_words(made.SerializeToString())[3:] == [
        "inputs:",
        "  odd: list of simple 42, in Python unreadable: the LiteralType simple 42 is not known to this shimlite",
        "outputs: none",
    ]


def test_strict_names_the_variable_whose_type_is_unknown(tmp_path, capsys):
    made = template({"odd": int})
    made.interface.inputs.variables["odd"].type.simple = 42
    (tmp_path / "x").write_bytes(made.SerializeToString())
    assert main(["inspect", str(tmp_path / "x"), "--strict"]) == 1
    assert capsys.readouterr().err == (
        "shimlite inspect: inputs.odd: the LiteralType simple 42 is not known to this shimlite\n"
    )
