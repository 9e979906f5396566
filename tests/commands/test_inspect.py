# SPDX-License-Identifier: Apache-2.0
"""``shimlite inspect``: every kind of file, in words."""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import enum
import io
import json
import pathlib
import re
import sys
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
from shimlite.commands import reading
from shimlite.commands.descriptions import describe
from shimlite.commands.prose import Prose
from shimlite.commands.show import MOST_ITEMS, shortened, table, type_in_words

from ..build import template
from ..golden.recorded import rows

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
    assert capsys.readouterr().err == f"shimlite inspect: {tmp_path}/x: 6 bytes that are no template\n"


@pytest.mark.parametrize("content", [b"\xff\xff\xff", b"hello, world", b"\x0a" * 5])
def test_anything_else_is_refused(tmp_path, capsys, content):
    (tmp_path / "x").write_bytes(content)
    assert main(["inspect", str(tmp_path / "x")]) == 1
    assert capsys.readouterr().err == (
        f"shimlite inspect: {tmp_path}/x: {len(content)} bytes that are no message of a template task\n"
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
    assert list(table([{"n": 1}])) == ["n", "-", "1"]
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


class Picky:
    def __init__(self, wanted):
        raise AssertionError

    def execute_from_model(self, tt, **others):
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
    --input takes one of red, blue
    may lose its class Enum: its value travels, its class does not
"""
TIME = "    --input takes 2026-01-02, 2026-01-02T10:00 (in UTC) or 2026-01-02T10:00:30.5+02:00\n"
DAY = f"""\
  day: DATETIME, in Python datetime
{TIME}\
    may lose the zone: a Timestamp is a moment in UTC
    may lose that it was naive: it counts as UTC
    may lose fold: neither a moment in UTC nor an offset has it
    may lose that it was a date: Flyte has one type for both, DATETIME
"""
FORM_OF_INT = "    --input takes a whole number, as in 5\n"
NUMBER = f"  n: INTEGER, in Python int\n{FORM_OF_INT}"
FORM_OF_POINT = '    --input takes JSON, as in {"key": 1}\n'
POINT = f"""\
  point: STRUCT, dataclass Point, in Python dict
{FORM_OF_POINT}\
    may lose its class Point: JSON-like data has a dict for it
"""
MADE = POINT.replace("point:", "made:").replace(FORM_OF_POINT, "")


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
        '    --input takes {"key": ["2026-01-02T10:00", …], …}\n'
        "    [key][i] may lose the zone: a Timestamp is a moment in UTC\n"
        "    [key][i] may lose that it was naive: it counts as UTC\n"
        "    [key][i] may lose fold: neither a moment in UTC nor an offset has it\n"
        "outputs: none\n"
    )


def test_an_executors_annotations_count(dated, capsys):
    assert inspected(capsys, dated, "--executor", f"{__name__}.Dated") == (
        f"{HEAD}{COLOR}  day: DATETIME, annotated date\n{TIME}{NUMBER}{POINT}"
        "outputs:\n  made: STRUCT, dataclass Point, annotated Point\n"
    )
    assert inspected(capsys, dated, "--executor", f"{__name__}.Whole", "--strict") == (
        f"{HEAD}"
        "  color: enum of 'red', 'blue', annotated Color\n"
        "    --input takes one of red, blue\n"
        f"  day: DATETIME, annotated date\n{TIME}"
        f"  n: INTEGER, annotated int\n{FORM_OF_INT}"
        f"  point: STRUCT, dataclass Point, annotated Point\n{FORM_OF_POINT}"
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
        f"shimlite inspect: {dated}: tests.task may lose something in "
        "inputs.color, inputs.day, inputs.point, outputs.made",
    )
    _, error = failed(capsys, dated, "--executor", f"{__name__}.Dated", "--strict")
    assert error == f"shimlite inspect: {dated}: tests.task may lose something in inputs.color, inputs.point"
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
        f"shimlite inspect: {dated}: inputs.day: annotated int, but declared datetime; int does not fit DATETIME",
    )
    assert failed(capsys, dated, "--executor", f"{__name__}.Wider") == (
        "",
        f"shimlite inspect: {dated}: outputs.made: annotated Point | None, but declared dict; None does not fit STRUCT",
    )


def test_a_spec_has_a_template_too(tmp_path, capsys):
    spec = task_spec_type()()
    spec.template.CopyFrom(template({"day": dt.date}))
    (tmp_path / "spec.pb").write_bytes(spec.SerializeToString())
    wanted = f"TaskSpec with the {HEAD}  day: DATETIME, annotated date\n{TIME}outputs: none\n"

    path = str(tmp_path / "spec.pb")
    assert inspected(capsys, path, "--executor", f"{__name__}.Day", "--strict") == wanted
    assert inspected(capsys, path, "--executor", f"{__name__}.Day", "--as", "spec") == wanted
    assert (
        failed(capsys, path, "--strict")[1] == f"shimlite inspect: {path}: tests.task may lose something in inputs.day"
    )


class Day:
    def execute_from_model(self, tt, day: dt.date):
        raise AssertionError


def test_an_executor_that_cannot_be_loaded(dated, capsys):
    assert failed(capsys, dated, "--executor", "no_such_module.Executor") == (
        "",
        "shimlite inspect: executor: there is no module 'no_such_module'; wanted for no_such_module.Executor",
    )
    assert failed(capsys, dated, "--executor", "") == (
        "",
        "shimlite inspect: executor: '' is no import path; give package.module.Class",
    )
    _, error = failed(capsys, dated, "--executor", f"{__name__}.Picky")
    assert error == (
        f"shimlite inspect: {dated}: executor: making Picky raised TypeError: Picky.__init__() missing 1 required "
        "positional argument: 'wanted'; --traceback shows more"
    )
    assert failed(capsys, dated, "--executor", f"{__name__}.Nobody") == (
        "",
        f"shimlite inspect: executor: {__name__} has no 'Nobody'",
    )


def test_executor_and_strict_are_for_templates(tmp_path, capsys):
    path = str(tmp_path / "x")
    (tmp_path / "x").write_bytes(to_literal(5, int).SerializeToString())
    named = f"shimlite inspect: {path}: "
    assert failed(capsys, path, "--executor", f"{__name__}.Plain") == ("", f"{named}--executor is for templates")
    assert failed(capsys, path, "--strict") == ("", f"{named}--strict is for templates")
    assert failed(capsys, path, "--strict", "--as", "literal") == ("", f"{named}--strict is for templates")


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
        f"shimlite inspect: {tmp_path}/x: inputs.odd: the LiteralType simple 42 is not known to this shimlite\n"
    )


# --- descriptions of variables, metadata, containers -----------------------------------------------------------------


@pytest.fixture
def full(tmp_path):
    """A template that says all that is shown."""
    made = template({"n": int, "m": int}, {"o0": str})
    variables = made.interface.inputs.variables
    variables["n"].description, variables["m"].description = "how\n  many \x1b[2J" + "x" * 300, "m"
    made.metadata.discoverable, made.metadata.discovery_version, made.metadata.cache_serializable = True, "1", True
    made.metadata.cache_ignore_input_vars.append("n")
    made.metadata.retries.retries, made.metadata.timeout.seconds = 3, 90
    made.metadata.interruptible, made.metadata.deprecated_error_message = False, "old"
    made.metadata.pod_template_name = "pod"
    made.config["k"] = "v\u202e"
    container = made.container
    container.image = "i:1"
    container.command.extend(["sh", "-c"])
    container.args.extend(["a", "b\n"])
    container.env.add(key="E", value="1")
    container.resources.requests.add(name="CPU", value="500m")
    container.resources.requests.add(name="EPHEMERAL_STORAGE", value="1Gi")
    container.resources.limits.add(name=77, value="2")
    made.security_context.secrets.add(group="g", key="k")
    made.security_context.secrets.add(group="h", key="l", env_var="V")
    made.security_context.secrets.add(group="all")
    made.extended_resources.gpu_accelerator.device = "nvidia-l4"
    (tmp_path / "task.pb").write_bytes(made.SerializeToString())
    return tmp_path / "task.pb"


def test_all_that_a_template_says(full, capsys):
    shown = "how many \\x1b[2J" + "x" * 300
    wanted = """\
TaskTemplate of 'tests.task', a task of type 'test'
  project '', domain '', version ''
  registered by an unnamed SDK
  cache true, cache_version "1", cache_serialize true, cache_ignore_input_vars ["n"], retries 3, timeout "90s", \
interruptible false, deprecated "old", pod_template_name "pod"
inputs:
  m: INTEGER, in Python int
    --input takes a whole number, as in 5
  n: INTEGER, in Python int
    {description}
    --input takes a whole number, as in 5
outputs:
  o0: STRING, in Python str
config:
  k: "v\\u202e"
container:
  image 'i:1'
  command sh -c
  args a b\\n
  requests cpu 500m, ephemeral_storage 1Gi
  limits number 77 2
  env E=1
secrets:
  g/k
  h/l as V
  all
also set: extended_resources
"""
    assert inspected(capsys, full, "--full") == wanted.format(description=shown)
    assert inspected(capsys, full) == wanted.format(description=shown[:202] + "…")


def test_all_that_a_template_says_in_json(full, capsys):
    read = json.loads(inspected(capsys, full, "--json"))
    inputs = read.pop("inputs")
    assert read == {
        "file": str(full),
        "source": "TaskTemplate",
        "kind": "template",
        "name": "tests.task",
        "project": "",
        "domain": "",
        "version": "",
        "type": "test",
        "registered_by": "an unnamed SDK",
        "metadata": {
            "cache": True,
            "cache_version": "1",
            "cache_serialize": True,
            "cache_ignore_input_vars": ["n"],
            "retries": 3,
            "timeout": "90s",
            "interruptible": False,
            "deprecated": "old",
            "pod_template_name": "pod",
        },
        "outputs": [
            {
                "name": "o0",
                "type": "STRING",
                "python": "str",
                "annotated": False,
                "description": "",
                "losses": [],
                "warnings": [],
            }
        ],
        "custom": {},
        "config": {"k": "v\u202e"},
        "container": {
            "image": "i:1",
            "command": ["sh", "-c"],
            "args": ["a", "b\n"],
            "env": {"E": "1"},
            "requests": {"cpu": "500m", "ephemeral_storage": "1Gi"},
            "limits": {"number 77": "2"},
        },
        "secrets": [
            {"group": "g", "key": "k", "env_var": ""},
            {"group": "h", "key": "l", "env_var": "V"},
            {"group": "all", "key": "", "env_var": ""},
        ],
        "others": ["extended_resources"],
    }
    assert [one["name"] for one in inputs] == ["m", "n"]
    assert inputs[1]["description"] == "how\n  many \x1b[2J" + "x" * 300
    assert inputs[1]["form"] == "a whole number, as in 5"


def test_a_task_that_is_a_pod_or_a_query():
    made = template()
    made.k8s_pod.SetInParent()
    assert in_words(made.SerializeToString())[-1] == "also set: k8s_pod"
    made.sql.statement = "select 1"
    assert in_words(made.SerializeToString())[-1] == "also set: sql"


def test_losses_annotations_and_unreadable_types_in_json(tmp_path, capsys):
    made = template({"day": dt.date, "odd": LiteralType(simple=42)})
    (tmp_path / "x").write_bytes(made.SerializeToString())
    day, odd = json.loads(inspected(capsys, tmp_path / "x", "--json"))["inputs"]
    assert (day["python"], day["annotated"], day["losses"][3]) == (
        "datetime",
        False,
        {"path": "", "what": "that it was a date", "why": "Flyte has one type for both, DATETIME"},
    )
    assert odd == {
        "name": "odd",
        "type": "simple 42",
        "python": None,
        "annotated": False,
        "description": "",
        "losses": [],
        "warnings": [],
        "form": None,
        "unreadable": "the LiteralType simple 42 is not known to this shimlite",
    }
    made = template({"day": dt.date})
    (tmp_path / "x").write_bytes(made.SerializeToString())
    (day,) = json.loads(inspected(capsys, tmp_path / "x", "--json", "--executor", f"{__name__}.Day"))["inputs"]
    assert (day["python"], day["annotated"], day["losses"], day["warnings"]) == ("date", True, [], [])


# --- JSON of literals and errors; nothing cut ------------------------------------------------------------------------


def test_literals_in_json(tmp_path, capsys):
    union = typing.Union[int, str]
    types = {"a": list[int], "b": dict[str, dt.timedelta], "c": union, "d": float, "e": dict, "f": FlyteFile}
    values = {
        "a": [*range(25)],
        "b": {"k\n": LONG},
        "c": 1,
        "d": float("inf"),
        "e": {"x": b"\x00"},
        "f": FlyteFile("s3://b/a"),
    }
    made = dict_to_literal_map(
        {**values, "g": None, "h": True}, template({**types, "g": None, "h": bool}).interface.inputs
    )
    (tmp_path / "x").write_bytes(made.SerializeToString())
    read = json.loads(inspected(capsys, tmp_path / "x", "--json"))
    assert read == {
        "file": f"{tmp_path}/x",
        "kind": "literal-map",
        "length": 8,
        "elements": {
            "a": {
                "kind": "list",
                "length": 25,
                "elements": [{"kind": "integer", "value": place} for place in range(25)],
            },
            "b": {"kind": "map", "length": 1, "elements": {"k\n": {"kind": "duration", "value": "9223372037s"}}},
            "c": {"kind": "union", "as": "INTEGER", "value": {"kind": "integer", "value": 1}},
            "d": {"kind": "float", "value": "Infinity"},
            "e": {"kind": "binary", "value": {"x": "AA=="}},
            "f": {"kind": "blob", "uri": "s3://b/a"},
            "g": {"kind": "none"},
            "h": {"kind": "boolean", "value": True},
        },
        "warnings": [f"b['k\\n'] {BEYOND}"],
    }
    assert inspected(capsys, tmp_path / "x").splitlines()[-1] == f"  warning: b['k\\n'] {BEYOND}"


def test_an_error_document_in_json(tmp_path, capsys):
    document = ErrorDocument(error={"code": "USER:E", "message": "a\nb", "kind": "RECOVERABLE", "origin": "SYSTEM"})
    (tmp_path / "x").write_bytes(document.SerializeToString())
    assert json.loads(inspected(capsys, tmp_path / "x", "--json")) == {
        "file": f"{tmp_path}/x",
        "kind": "error",
        "code": "USER:E",
        "recoverable": "RECOVERABLE",
        "origin": "SYSTEM",
        "at": None,
        "message": "a\nb",
    }


def test_full_cuts_nothing(tmp_path, capsys):
    made = to_literal(["x" * 300] * 21, list[str])
    (tmp_path / "x").write_bytes(made.SerializeToString())
    long = "x" * 300
    assert inspected(capsys, tmp_path / "x", "--full").splitlines() == [
        "Literal: list of 21",
        *(f"  [{place}]: string '{long}'" for place in range(21)),
    ]
    assert inspected(capsys, tmp_path / "x").splitlines() == [
        "Literal: list of 21",
        *(f"  [{place}]: string '{long[:198]}…" for place in range(20)),
        "  … 1 more",
    ]


def test_a_time_that_is_none():
    literal = Literal()
    literal.scalar.primitive.datetime.seconds, literal.scalar.primitive.datetime.nanos = 2**40, 1
    assert in_words(literal.SerializeToString()) == ["Literal: datetime out of range: 1099511627776 s, 1 ns"]


def test_a_struct_that_cannot_be_read():
    unset = Literal()
    unset.scalar.generic.fields["a"].SetInParent()
    assert in_words(unset.SerializeToString()) == ["Literal: generic, unreadable: a Value of the Struct is unset"]


HOSTILE = "a\x1b[31m\n\u202eb\x9b"
SHOWN = "a\\x1b[31m\\n\\u202eb\\x9b"


def test_nothing_of_a_file_reaches_the_terminal_as_it_is():
    """Names, keys, URIs, descriptions, codes: escape sequences, line breaks and marks that reorder text."""
    literals = LiteralMap()
    literals.literals[HOSTILE].scalar.blob.uri = HOSTILE
    literals.literals["b"].map.literals[HOSTILE].scalar.error.failed_node_id = HOSTILE
    literals.literals["b"].map.literals[HOSTILE].scalar.error.message = HOSTILE
    literals.literals["c"].offloaded_metadata.uri = HOSTILE
    literals.literals["d"].scalar.binary.tag = HOSTILE
    assert in_words(literals.SerializeToString()) == [
        "LiteralMap of 4",
        f"  {SHOWN}: blob at {SHOWN}",
        "  b: map of 1",
        f"    {SHOWN}: error of node '{SHOWN}': {SHOWN}",
        f"  c: offloaded to {SHOWN}, 0 bytes",
        f"  d: binary of 0 bytes tagged '{SHOWN}'",
    ]
    document = ErrorDocument(error={"code": "E", "message": "a\tb\n\x1b[2J\n\n"})
    assert in_words(document.SerializeToString()) == [
        "ErrorDocument: E, NON_RECOVERABLE, origin UNKNOWN",
        "  at no time",
        "  a   b",
        "  \\x1b[2J",
    ]
    made = template({"n": int})
    made.type, made.container.image = "t", HOSTILE
    made.container.args.append(HOSTILE)
    made.container.env.add(key=HOSTILE, value=HOSTILE)
    made.custom[HOSTILE] = HOSTILE
    made.interface.inputs.variables[HOSTILE].type.enum_type.values.append(HOSTILE)
    lines = in_words(made.SerializeToString())
    assert all(map(str.isprintable, lines))
    assert f"  image '{SHOWN}'" in lines
    assert f"  args {SHOWN}" in lines
    assert f"  env {SHOWN}={SHOWN}" in lines
    assert f"  {SHOWN}: enum of '{SHOWN}', in Python DynamicEnum" in lines


# --- several files, standard input, code -----------------------------------------------------------------------------


@pytest.fixture
def three(tmp_path):
    """A literal, a file that is none, and a map."""
    contents = (to_literal(5, int).SerializeToString(), b"hello, world", b"")
    paths = [tmp_path / name for name in ("a\n.pb", "b.pb", "c.pb")]
    for path, content in zip(paths, contents):
        path.write_bytes(content)
    return [str(path) for path in paths]


def test_one_bad_file_does_not_hide_the_others(three, tmp_path, capsys):
    gone = str(tmp_path / "gone.pb")
    assert main(["inspect", *three, gone, str(tmp_path)]) == 1
    out, err = capsys.readouterr()
    assert out == f"{tmp_path}/a\\n.pb:\n  Literal: integer 5\n{tmp_path}/c.pb:\n  LiteralMap of 0\n"
    assert err == (
        f"shimlite inspect: {tmp_path}/b.pb: 12 bytes that are no message of a template task\n"
        f"shimlite inspect: cannot read '{gone}': No such file or directory\n"
        f"shimlite inspect: cannot read '{tmp_path}': Is a directory\n"
    )


def test_several_files_in_json(three, tmp_path, capsys):
    assert main(["inspect", "--json", *three]) == 1
    out, err = capsys.readouterr()
    assert err == f"shimlite inspect: {tmp_path}/b.pb: 12 bytes that are no message of a template task\n"
    assert out.isascii()
    assert json.loads(out) == [
        {
            "file": f"{tmp_path}/a\n.pb",
            "kind": "literal",
            "value": {"kind": "integer", "value": 5},
            "warnings": [],
        },
        {"file": f"{tmp_path}/b.pb", "error": "12 bytes that are no message of a template task"},
        {"file": f"{tmp_path}/c.pb", "kind": "literal-map", "length": 0, "elements": {}, "warnings": []},
    ]
    assert main(["inspect", "--json", three[1]]) == 1
    assert json.loads(capsys.readouterr().out)["error"] == "12 bytes that are no message of a template task"


def given(monkeypatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


def test_standard_input(monkeypatch, tmp_path, capsys):
    given(monkeypatch, b"")
    assert inspected(capsys, "-") == "LiteralMap of 0\n"
    given(monkeypatch, to_literal(5, int).SerializeToString())
    (tmp_path / "a").write_bytes(b"")
    assert inspected(capsys, tmp_path / "a", "-", "--full") == (
        f"{tmp_path}/a:\n  LiteralMap of 0\n-:\n  Literal: integer 5\n"
    )
    given(monkeypatch, b"hello, world")
    assert failed(capsys, "-") == ("", "shimlite inspect: -: 12 bytes that are no message of a template task")


def test_standard_input_that_cannot_be_read(monkeypatch, capsys):
    with pytest.raises(SystemExit) as caught:
        main(["inspect", "-", "-"])
    assert caught.value.code == 2
    assert capsys.readouterr().err.endswith("error: standard input can be read once\n")
    monkeypatch.setattr(sys, "stdin", None)
    assert failed(capsys, "-") == ("", "shimlite inspect: cannot read standard input")
    given(monkeypatch, b"")
    sys.stdin.close()
    assert failed(capsys, "-") == ("", "shimlite inspect: cannot read standard input")
    monkeypatch.setattr(reading, "LARGEST_INPUT", 3)
    given(monkeypatch, b"1234")
    assert failed(capsys, "-") == ("", "shimlite inspect: more than 3 bytes on standard input")


CODE = """\
import sys
from shimlite.idl import TaskTemplate
print("noise")
task = TaskTemplate(type="t", id={"name": "later"})
task.interface.inputs.variables["n"].type.simple = 1
class Executor:
    def execute_from_model(self, tt, n: str): ...
"""
OF_CODE = """\
TaskTemplate of 'later', a task of type 't'
  project '', domain '', version ''
  registered by an unnamed SDK
inputs:
  n: INTEGER, in Python int
    --input takes a whole number, as in 5
outputs: none
"""


def test_a_template_in_code(tmp_path, capsys, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    path = tmp_path / "inspected_code.py"
    path.write_text(CODE)
    assert main(["inspect", f"{path}:task"]) == 0
    assert capsys.readouterr() == (OF_CODE, "noise\n")
    assert inspected(capsys, path) == inspected(capsys, "inspected_code:task") == OF_CODE
    misfit = "inputs.n: annotated str, but declared int; str does not fit INTEGER"
    for executor in (f"{path}:Executor", "inspected_code:Executor", "inspected_code.Executor"):
        assert failed(capsys, str(path), "--executor", executor) == ("", f"shimlite inspect: {path}: {misfit}")
    out, error = failed(capsys, f"{path}:nothing")
    assert out == ""
    assert error.startswith(f"shimlite inspect: {path}:nothing: ")


def test_code_that_fails_is_explained(tmp_path, capsys):
    path = tmp_path / "inspected_failure.py"
    path.write_text("def work():\n    raise KeyError('k')\nwork()\n")
    _, error = failed(capsys, f"{path}:task")
    assert error.startswith(f"shimlite inspect: {path}:task: ")
    assert "KeyError" in error
    assert error.endswith("; --traceback shows more")
    assert main(["inspect", f"{path}:task", "--traceback"]) == 1
    *trace, error = capsys.readouterr().err.splitlines()
    assert trace[-1] == "KeyError: 'k'"
    assert "traceback" not in error


def test_json_templates(capsys, tmp_path):
    for name in ("flytectl everything", "flyte2 details"):
        (row,) = [row for row in rows("templates.jsonl") if row["name"] == name]
        (tmp_path / "x").write_bytes(base64.b64decode(row["content"]))
        read = json.loads(inspected(capsys, tmp_path / "x", "--json"))
        assert (read["source"], read["kind"]) == (row["source"], "template")
    (tmp_path / "x").write_bytes(b'{"n": 1}')
    assert failed(capsys, str(tmp_path / "x")) == (
        "",
        f"shimlite inspect: {tmp_path}/x: JSON that is no template: an object of 'n'",
    )


@pytest.mark.parametrize("kind", ["template", "spec"])
def test_what_is_said_to_be_a_template_need_not_look_like_one(tmp_path, capsys, kind):
    (tmp_path / "x").write_bytes(b"")
    shown = inspected(capsys, tmp_path / "x", "--as", kind).splitlines()
    holder = "TaskSpec with the " if kind == "spec" else ""
    assert shown[0] == f"{holder}TaskTemplate of '', a task of type ''"
    (tmp_path / "x").write_bytes(b"hello, world")
    assert failed(capsys, str(tmp_path / "x"), "--as", kind) == (
        "",
        f"shimlite inspect: {tmp_path}/x: 12 bytes that are no {kind}",
    )


def test_what_is_said_to_be_another_message(tmp_path, capsys):
    (tmp_path / "x").write_bytes(b"")
    for kind, first in (("literal", "Literal: nothing is set"), ("literal-map", "LiteralMap of 0")):
        assert inspected(capsys, tmp_path / "x", "--as", kind).splitlines()[0] == first
    (tmp_path / "x").write_bytes(template({"n": int}).SerializeToString())
    assert failed(capsys, str(tmp_path / "x"), "--as", "error")[1].endswith("bytes that are no error")


def keys_of(plain: Any, told_by_data: bool = False) -> set[str]:
    """The keys in a description that are no names out of the file."""
    if isinstance(plain, list):
        return set().union(*map(keys_of, plain))
    if not isinstance(plain, dict):
        return set()
    own = {"custom", "config", "env", "requests", "limits", "metadata", "elements"}
    inner = [keys_of(value, key in own) for key, value in plain.items() if key != "value" or "kind" in plain]
    return set().union(*inner) | (set() if told_by_data else set(plain))


def test_the_help_names_every_key_of_the_json(full, tmp_path, capsys):
    with pytest.raises(SystemExit):
        main(["inspect", "--help"])
    told = set(re.findall(r"\w+", capsys.readouterr().out.partition("Keys:")[2]))
    literals = LiteralMap()
    literals.literals["a"].scalar.error.message = "m"
    literals.literals["b"].scalar.blob.uri = "u"
    literals.literals["c"].offloaded_metadata.uri = "u"
    literals.literals["d"].scalar.binary.tag = "t"
    literals.literals["e"].scalar.union.value.collection.SetInParent()
    literals.literals["f"].scalar.generic.fields["x"].SetInParent()
    odd = template({"odd": LiteralType(simple=42), "day": dt.date})
    files = {
        "map": literals,
        "literal": literals.literals["a"],
        "odd": odd,
        "error": ErrorDocument(error={"code": "c"}),
    }
    for name, message in files.items():
        (tmp_path / name).write_bytes(message.SerializeToString())
    assert (
        main(["inspect", "--json", str(full), str(tmp_path / "gone"), *(str(tmp_path / name) for name in files)]) == 1
    )
    keys = keys_of(json.loads(capsys.readouterr().out))
    assert {"error", "unreadable", "why", "registered_by", "env_var", "recoverable", "tag", "bytes", "as"} <= keys
    assert keys - told == set()


def test_long_texts_of_a_template_are_cut_wherever_they_stand(tmp_path, capsys):
    """As in the arguments of Flyte 2, where one may be a whole template."""
    long = "x" * 1000
    made = template({long: int})
    made.custom.update({long: 1})
    made.config[long] = long
    made.container.args.extend(["a", long])
    made.container.command.append(long)
    made.container.env.add(key=long, value=long)
    (tmp_path / "x").write_bytes(made.SerializeToString())
    cut = "x" * 199 + "…"
    lines = inspected(capsys, tmp_path / "x").splitlines()
    assert [line for line in lines if "x" * 300 in line] == []
    assert f"  {cut}: INTEGER, in Python int" in lines and f"  args a {cut}" in lines and f"  env {cut}={cut}" in lines
    assert "  args a " + long in inspected(capsys, tmp_path / "x", "--full").splitlines()
    (tmp_path / "x").write_bytes(to_literal(FlyteFile(f"s3://{long}"), FlyteFile).SerializeToString())
    assert inspected(capsys, tmp_path / "x") == f"Literal: blob at s3://{'x' * 194}…\n"
