# SPDX-License-Identifier: Apache-2.0
"""``shimlite run``: inputs from files and from the command line, outputs as JSON or as a table."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import json
import pathlib
import sys
import typing
from typing import Any

import pytest

from shimlite import FlyteDirectory, FlyteFile, FlyteSchema, StructuredDataset, dict_to_literal_map, to_literal
from shimlite._idl import LiteralMap, TaskTemplate, task_spec_type
from shimlite.cli import main

from ..build import template
from ..stripping import stripped

GOLDEN = pathlib.Path(__file__).parents[1] / "golden" / "sqlite3"
SQLITE = "flytekit.extras.sqlite3.task.SQLite3TaskExecutor"


class Color(enum.Enum):
    RED = "red"


@dataclasses.dataclass
class Point:
    x: int
    y: float = 0.5


class Echo:
    def execute_from_model(self, tt: Any, **kwargs: Any) -> Any:
        return next(iter(kwargs.values())) if len(tt.interface.outputs) == 1 else kwargs


class Wrong:
    def execute_from_model(self, tt: Any, **kwargs: Any) -> Any:
        return "s3cr3t"


class Raises:
    def execute_from_model(self, tt: Any, **kwargs: Any) -> Any:
        raise ValueError("it\nbroke")


def run(tmp_path, made: TaskTemplate, *options: str, executor: str = "Echo") -> int:
    (tmp_path / "task.pb").write_bytes(made.SerializeToString())
    return main(["run", str(tmp_path / "task.pb"), f"{__name__}.{executor}", *options])


def echoed(tmp_path, capsys, kind: Any, *options: str) -> Any:
    """The output ``x``, which is the input ``x``, as the command prints it."""
    assert run(tmp_path, template({"x": kind}, {"x": kind}), *options) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    return json.loads(printed.out)["x"]


KINDS = [
    (int, "5", 5),
    (float, "5", 5.0),
    (float, "NaN", "NaN"),
    (float, "-Infinity", "-Infinity"),
    (bool, "true", True),
    (str, "5", "5"),
    (str, "", ""),
    (str, "a=b", "a=b"),
    (type(None), "null", None),
    (dt.datetime, "2026-01-02T03:04:05Z", "2026-01-02T03:04:05+00:00"),
    (dt.timedelta, "1.5", 1.5),
    (dt.timedelta, "9223372037", 9223372037.0),
    (bytes, '"AP8="', "AP8="),
    (Color, "red", "red"),
    (list[int], "[1, 2]", [1, 2]),
    (dict[str, list[str]], '{"a": ["b"]}', {"a": ["b"]}),
    (dict, '{"a": {"b": [null, 1.5]}}', {"a": {"b": [None, 1.5]}}),
    (typing.Optional[int], "null", None),
    (typing.Optional[int], "5", 5),
    (typing.Optional[str], "five", "five"),
    (typing.Union[int, str], "5", 5),
    (typing.Union[int, str], "five", "five"),
    (Point, '{"x": 1}', {"x": 1}),
    (FlyteFile, "s3://b/a", {"path": "s3://b/a"}),
    (FlyteDirectory, "s3://b/d", {"path": "s3://b/d"}),
    (StructuredDataset, "s3://b/t", {"uri": "s3://b/t", "file_format": ""}),
    (FlyteSchema, "s3://b/t", {"remote_path": "s3://b/t"}),
]


@pytest.mark.parametrize(("kind", "text", "shown"), KINDS)
def test_an_input_given_as_text(tmp_path, capsys, kind, text, shown):
    assert echoed(tmp_path, capsys, kind, "--input", f"x={text}") == shown
    assert type(echoed(tmp_path, capsys, kind, "--input", f"x={text}")) is type(shown)


def test_inputs_from_json_and_from_a_literal_map(tmp_path, capsys):
    made = template({"n": int, "at": dt.datetime}, {"n": int, "at": dt.datetime})
    (tmp_path / "in.json").write_text('{"n": 1, "at": "2026-01-02T00:00:00"}')
    given = {"n": 2, "at": dt.datetime(2026, 1, 3)}
    (tmp_path / "in.pb").write_bytes(dict_to_literal_map(given, made.interface.inputs).SerializeToString())
    assert run(tmp_path, made, "--inputs", str(tmp_path / "in.json")) == 0
    assert json.loads(capsys.readouterr().out) == {"at": "2026-01-02T00:00:00+00:00", "n": 1}
    assert run(tmp_path, made, "--inputs", str(tmp_path / "in.pb"), "--input", "n=7") == 0
    assert json.loads(capsys.readouterr().out) == {"at": "2026-01-03T00:00:00+00:00", "n": 7}


@dataclasses.dataclass
class Cat:
    name: str


@dataclasses.dataclass
class Dog:
    name: str


class Named:
    def execute_from_model(self, tt, x: typing.Union[Cat, Dog]) -> str:
        return type(x).__name__


def test_a_literal_map_is_given_as_it_is_as_in_a_pod(tmp_path, capsys):
    """Only the type that the union stores tells the class."""
    made = template({"x": typing.Union[Cat, Dog]}, {"x": str})
    inputs = LiteralMap(literals={"x": to_literal(Dog("rex"), typing.Union[Cat, Dog])})
    (tmp_path / "in.pb").write_bytes(inputs.SerializeToString())
    for one in (made, stripped(made)):
        assert run(tmp_path, one, "--inputs", str(tmp_path / "in.pb"), executor="Named") == 0
        assert json.loads(capsys.readouterr().out) == {"x": "Dog"}


def failed(tmp_path, capsys, made: TaskTemplate, *options: str, executor: str = "Echo") -> str:
    assert run(tmp_path, made, *options, executor=executor) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    return printed.err.removeprefix("shimlite run: ").rstrip("\n")


def test_failures_are_one_line(tmp_path, capsys):
    made = template({"x": int}, {"x": int})

    def say(*options: str, **more: str) -> str:
        return failed(tmp_path, capsys, made, *options, **more)

    assert say() == "inputs.x: missing"
    assert say("--input", "y=1") == "inputs.y: not in the interface"
    assert say("--input", "x=five") == "inputs.x: expected INTEGER, got str"
    assert say("--input", "x=[1]") == "inputs.x: expected INTEGER, got list of 1"
    assert say("--input", "x=1", executor="Raises") == "the executor raised ValueError: it broke"
    assert say("--input", "x=1", executor="Wrong") == "outputs.x: expected INTEGER, got str"
    assert say("--input", "x=1", executor="None") == f"executor: {__name__} has no 'None'"
    broken = tmp_path / "in.json"
    broken.write_text("{")
    assert say("--inputs", str(broken)) == f"{broken}: is no JSON"
    broken.write_text("[" * 100_000)
    assert say("--inputs", str(broken)) == f"{broken}: is no JSON"
    broken.write_text("[]")
    assert say("--inputs", str(broken)) == f"{broken}: expected a JSON object, got list"
    broken.write_text('{"x": 1.5}')
    assert say("--inputs", str(broken)) == "inputs.x: expected INTEGER, got a float that is not integral"
    broken.rename(tmp_path / "in.pb")
    assert (
        say("--inputs", str(tmp_path / "in.pb"))
        == f"inputs: '{tmp_path}/in.pb' holds 10 bytes that are no flyteidl.core.LiteralMap"
    )
    assert say("--inputs", "none.json") == "cannot read 'none.json': No such file or directory"


def test_a_traceback_is_shown_on_demand(tmp_path, capsys):
    assert run(tmp_path, template(), "--traceback", executor="Raises") == 1
    assert "in execute_from_model\n    raise ValueError" in capsys.readouterr().err


def test_a_file_that_is_no_template(tmp_path, capsys):
    for content in (b"", b"\xff\xff"):
        (tmp_path / "task.pb").write_bytes(content)
        assert main(["run", str(tmp_path / "task.pb"), "m.E"]) == 1
        assert capsys.readouterr().err.startswith(
            f"shimlite run: {tmp_path}/task.pb: {len(content)} bytes that are no "
        )


def test_wrong_usage_ends_with_2(tmp_path, capsys):
    (tmp_path / "task.pb").write_bytes(template().SerializeToString())
    with pytest.raises(SystemExit) as caught:
        run(tmp_path, template(), "--input", "x")
    assert caught.value.code == 2
    assert capsys.readouterr().err.splitlines()[-1] == "shimlite run: error: --input takes NAME=VALUE"


@pytest.fixture
def recorded(tmp_path, monkeypatch):
    monkeypatch.chdir(GOLDEN)
    return ["--inputs", "inputs.pb", "--input", "limit=2", "--output", str(tmp_path / "made")]


@pytest.mark.parametrize("name", ["task_template.pb", "task_spec.pb"])
def test_the_recorded_task_as_json(recorded, tmp_path, capsys, name):
    assert task_spec_type().FromString((GOLDEN / "task_spec.pb").read_bytes()).template.id.name == "golden.tracks"
    assert main(["run", name, SQLITE, *recorded]) == 0
    (folder,) = (tmp_path / "made").iterdir()
    assert json.loads(capsys.readouterr().out) == {
        "results": {
            "remote_path": str(folder),
            "rows": [
                {"TrackId": 27, "Name": "track 027", "Seconds": 100.5},
                {"TrackId": 28, "Name": "track 028", "Seconds": 102.0},
            ],
        }
    }


def test_the_recorded_task_as_a_table(recorded, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert main(["run", "task_template.pb", SQLITE, *recorded]) == 0
    (folder,) = (tmp_path / "made").iterdir()
    assert capsys.readouterr().out == (
        f"results: 2 rows in {folder}\n"
        "TrackId  Name       Seconds\n"
        "-------  ---------  -------\n"
        "     27  track 027    100.5\n"
        "     28  track 028    102.0\n"
    )


def test_a_table_that_cannot_be_read_is_shown_by_its_location(tmp_path, capsys):
    (tmp_path / "t").write_text("no parquet")
    printed = echoed(tmp_path, capsys, FlyteSchema, "--input", f"x={tmp_path}/t", "--output", f"{tmp_path}/out")
    (copy,) = (tmp_path / "out").glob("*/t")
    assert printed == {"remote_path": str(copy)}
    assert copy.read_text() == "no parquet"


class Nil:
    """Returns what flytectl sends for null: a nil of the record's STRUCT."""

    def execute_from_model(self, tt: Any) -> LiteralMap:
        literal = to_literal(Cat("tom"), typing.Optional[Cat])
        literal.scalar.union.value.scalar.binary.value = b"\xc0"
        return LiteralMap(literals={"x": literal})


def test_an_output_is_shown_as_the_engine_reads_it(tmp_path, capsys):
    assert run(tmp_path, template({}, {"x": typing.Optional[Cat]}), executor="Nil") == 0
    assert json.loads(capsys.readouterr().out) == {"x": None}


def test_what_a_record_could_not_tell_apart_is_shown(tmp_path, capsys):
    assert echoed(tmp_path, capsys, typing.Union[Color, str, None], "--input", "x=red") == "red"


class Long:
    def execute_from_model(self, tt: Any) -> dt.timedelta:
        return dt.timedelta(days=3_652_499, microseconds=1)


def test_a_timedelta_that_no_double_holds_is_shown(tmp_path, capsys):
    assert run(tmp_path, template({}, {"x": dt.timedelta}), executor="Long") == 0
    assert json.loads(capsys.readouterr().out) == {"x": 315_575_913_600.0}
