# SPDX-License-Identifier: Apache-2.0
"""``shimlite run``: inputs from files and from the command line, outputs as JSON or as a table."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import inspect
import io
import json
import logging
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import typing
from argparse import Namespace
from typing import Any

import pytest

from shimlite import (
    ExecutorError,
    FlyteDirectory,
    FlyteFile,
    FlyteSchema,
    IgnoreOutputs,
    StructuredDataset,
    current_context,
    dict_to_literal_map,
    to_literal,
)
from shimlite._idl import LiteralMap, TaskTemplate, task_spec_type
from shimlite.cli import main
from shimlite.commands.causes import explained
from shimlite.commands.output import kept_for_result
from shimlite.commands.show import json_text, table

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


class RaisesInALibrary:
    def execute_from_model(self, tt: Any, **kwargs: Any) -> Any:
        json.loads("{")


class Exits:
    def execute_from_model(self, tt: Any, **kwargs: Any) -> Any:
        sys.exit(3)


class Interrupted:
    def execute_from_model(self, tt: Any, **kwargs: Any) -> Any:
        raise KeyboardInterrupt


class Needs:
    def __init__(self, argument: Any) -> None: ...

    def execute_from_model(self, tt: Any) -> None: ...


class Converts:
    def execute_from_model(self, tt: Any) -> Any:
        return to_literal("text", int)


class AsksForASecret:
    def execute_from_model(self, tt: Any) -> Any:
        return current_context().secrets.get("no", "secret")


class ExitsAtOnce:
    def __init__(self) -> None:
        sys.exit()


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
    (tmp_path / "in").write_bytes((tmp_path / "in.json").read_bytes())  # as of a <(command), which has no ending
    assert run(tmp_path, made, "--inputs", str(tmp_path / "in")) == 0
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


HERE = os.path.relpath(__file__)


def line_of(cls: type) -> str:
    """``FILE:LINE`` of the last line of an executor, where it ends."""
    lines, first = inspect.getsourcelines(cls)
    return f"{HERE}:{first + len(lines) - 1}"


def test_failures_are_one_line(tmp_path, capsys):
    made = template({"x": int}, {"x": int})

    def say(*options: str, **more: str) -> str:
        return failed(tmp_path, capsys, made, *options, **more)

    form = "write a whole number, as in 5"
    assert say() == f"inputs.x: missing; {form}"
    assert say("--input", "y=1") == "inputs.y: not in the interface; its inputs are 'x'"
    assert say("--input", "=1") == "inputs['']: not in the interface; its inputs are 'x'"
    assert say("--input", "x=five") == f"inputs.x: expected INTEGER, got str; {form}"
    assert say("--input", "x=[1]") == f"inputs.x: expected INTEGER, got list of 1; {form}"
    assert say("--input", "x=1", executor="Wrong") == "outputs.x: expected INTEGER, got str"
    assert say("--input", "x=1", executor="None") == f"executor: {__name__} has no 'None'"
    assert say("--input", "x=1", "--secret", "a/b/c=x") == "secrets: a group, version or key cannot be a path"
    assert say("--input", "x=1", "--secret", "a/b=none") == "cannot read 'none': No such file or directory"
    assert say("--input", "x=1", "--output", "s3:x") == "arguments: 's3:x' is neither a path nor a URI"
    broken = tmp_path / "in.json"
    broken.write_text("{")
    assert say("--inputs", str(broken)) == f"{broken}: is no JSON"
    broken.write_text("[" * 100_000)
    assert say("--inputs", str(broken)) == f"{broken}: is no JSON"
    broken.write_text("[]")
    assert say("--inputs", str(broken)) == f"{broken}: expected a JSON object, got list"
    broken.write_text('{"x": 1.5}')
    assert say("--inputs", str(broken)) == f"inputs.x: expected INTEGER, got a float that is not integral; {form}"
    broken.write_text('{"y": 1}')
    assert say("--inputs", str(broken)) == "inputs.y: not in the interface; its inputs are 'x'"
    broken.write_bytes(b"\xff")
    assert say("--inputs", str(broken)) == f"{broken}: is no JSON"
    assert say("--input", "x=1", "--secret", f"a/b={broken}") == f"secrets.a/b: {broken}: no UTF-8 text"
    broken.write_text("[]")
    broken.rename(tmp_path / "in.pb")
    assert (
        say("--inputs", str(tmp_path / "in.pb"))
        == f"inputs: '{tmp_path}/in.pb' holds 2 bytes that are no flyteidl.core.LiteralMap"
    )
    assert say("--inputs", "none.json") == "cannot read 'none.json': No such file or directory"
    assert failed(tmp_path, capsys, template({}, {}), "--input", "x=1") == (
        "inputs.x: not in the interface; its inputs are none"
    )


def test_what_an_executor_raises_is_one_line_with_its_place(tmp_path, capsys):
    def say(executor: str, *options: str) -> str:
        return failed(tmp_path, capsys, template({}, {"x": int}), *options, executor=executor)

    more = "; --traceback shows more"
    assert say("Raises") == f"the executor raised ValueError: it broke ({line_of(Raises)}){more}"
    assert say("RaisesInALibrary") == (
        "the executor raised JSONDecodeError: Expecting property name enclosed in double quotes: line 1 column 2 "
        f"(char 1) ({line_of(RaisesInALibrary)}){more}"
    )
    assert say("Converts") == (
        f"the executor raised ConversionTypeError: expected INTEGER, got str ({line_of(Converts)}){more}"
    )
    assert say("AsksForASecret") == (
        "secrets.no.secret: neither the variable _FSEC_NO_SECRET nor the file /etc/secrets/no/secret is there; "
        "does the task ask for it?"
    )
    assert say("Exits") == f"the executor called sys.exit: 3 ({line_of(Exits)}){more}"
    assert say("ExitsAtOnce") == f"making ExitsAtOnce called sys.exit ({line_of(ExitsAtOnce)}){more}"
    needs = "Needs.__init__() missing 1 required positional argument: 'argument'"
    assert say("Needs") == f"executor: making Needs raised TypeError: {needs}{more}"


def test_an_interruption_is_one_line_and_130(tmp_path, capsys):
    assert run(tmp_path, template(), executor="Interrupted") == 130
    assert capsys.readouterr() == ("", "shimlite: interrupted\n")


def test_several_missing_inputs_are_one_error(tmp_path, capsys):
    made = template({"x": int, "on": bool, "z": str}, {})
    assert failed(tmp_path, capsys, made, "--input", "z=") == (
        "inputs: 2 are missing: on (true or false), x (a whole number, as in 5)"
    )


def test_a_traceback_is_shown_on_demand(tmp_path, capsys):
    assert run(tmp_path, template(), "--traceback", executor="Raises") == 1
    *trace, last = capsys.readouterr().err.splitlines()
    assert trace[0] == "Traceback (most recent call last):"
    assert trace[1].startswith(f'  File "{__file__}", line ')  # and none of ours
    assert trace[-2:] == ["ValueError: it", "broke"]
    assert last == f"shimlite run: the executor raised ValueError: it broke ({line_of(Raises)})"
    assert run(tmp_path, template({"x": int}), "--traceback") == 1
    assert capsys.readouterr().err.count("\n") == 1


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
    for options, said in (
        (("--input", "x=1", "--input", "x=2"), "--input has two values for x; a list is JSON: x=[…, …]"),
        (("--secret", "a/b"), "--secret takes GROUP/KEY=FILE"),
        (("--secret", "a/b=c", "--secret", "a/b=c"), "--secret has two values for a/b"),
    ):
        with pytest.raises(SystemExit) as caught:
            run(tmp_path, template(), *options)
        assert caught.value.code == 2
        assert capsys.readouterr().err.splitlines()[-1] == f"shimlite run: error: {said}"
    for arguments in (["-", "m.E", "--inputs", "-"], ["m:t", "--inputs", "-", "--secret", "a/b=-"]):
        with pytest.raises(SystemExit):
            main(["run", *arguments])
        assert capsys.readouterr().err.splitlines()[-1] == "shimlite run: error: standard input can be read once"


@pytest.fixture
def recorded(tmp_path, monkeypatch):
    monkeypatch.chdir(GOLDEN)
    return ["--inputs", "inputs.pb", "--input", "limit=2", "--output", str(tmp_path / "made")]


@pytest.mark.parametrize("name", ["task_template.pb", "task_spec.pb"])
def test_the_recorded_task_as_json(recorded, tmp_path, capsys, name):
    assert task_spec_type().FromString((GOLDEN / "task_spec.pb").read_bytes()).template.id.name == "golden.tracks"
    assert main(["run", name, SQLITE, *recorded]) == 0
    (folder,) = (tmp_path / "made").glob("*/table")
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
    (folder,) = (tmp_path / "made").glob("*/table")
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


# -------------------------------------------------------------------------------------------------------------- targets


class Later:
    def execute_from_model(self, tt: Any, days: int) -> int:
        print("days:", days)
        return days + 1


later = template({"days": int}, {"o0": int})
later.container.args.extend(["{{.taskTemplatePath}}", f"{__name__}.Later"])
nameless = template({"days": int}, {"o0": int})


class Sooner:
    def execute_from_model(self, tt: Any, days: int) -> int:
        return days - 1


def test_a_target_runs_its_own_executor(capsys):
    assert main(["run", f"{__name__}:later", "--input", "days=2"]) == 0
    assert capsys.readouterr() == ('{\n  "o0": 3\n}\n', "days: 2\n")
    assert main(["run", f"{__name__}:later", f"{__name__}:Sooner", "--input", "days=2"]) == 0
    assert json.loads(capsys.readouterr().out) == {"o0": 1}
    assert main(["run", f"{__name__}:nameless", f"{__name__}.Sooner", "--input", "days=2"]) == 0
    assert json.loads(capsys.readouterr().out) == {"o0": 1}
    assert main(["run", f"{__name__}:nameless", "--input", "days=2"]) == 1
    assert capsys.readouterr() == (
        "",
        "shimlite run: executor: the template names no executor; give one: package.module.Class\n",
    )


def test_a_template_in_a_file_suggests_its_executor(tmp_path, capsys):
    for made, name in ((later, f"{__name__}.Later"), (nameless, "package.module.Class")):
        path = tmp_path / "a task.pb"
        path.write_bytes(made.SerializeToString())
        assert main(["run", str(path)]) == 1
        assert capsys.readouterr().err == (
            f"shimlite run: executor: a template in a file needs one after it; write shimlite run '{path}' {name}\n"
        )


def test_what_is_neither_a_file_nor_a_target(capsys):
    assert main(["run", "later"]) == 1
    assert capsys.readouterr().err == (
        "shimlite run: cannot read 'later': No such file or directory; code is named FILE.py:NAME or MODULE:NAME\n"
    )


def test_code_that_cannot_be_imported(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.chdir(tmp_path)
    for name, text, said in (
        ("raises_p", "import json\n\njson.loads('{')\n", "JSONDecodeError: Expecting property name enclosed in double "
         "quotes: line 1 column 2 (char 1) (raises_p.py:3)"),
        ("syntax_p", "\nx = = 1\n", "SyntaxError: invalid syntax (syntax_p.py:2)"),
        ("above_p", "import syntax_p\n", "SyntaxError: invalid syntax (syntax_p.py:2)"),
        ("empty_p", "raise ValueError\n", "ValueError (empty_p.py:1)"),
        ("own_p", "raise SyntaxError('own')\n", "SyntaxError: own (own_p.py:1)"),
    ):  # fmt: skip
        (tmp_path / f"{name}.py").write_text(text)
        assert main(["run", f"{name}.py:later"]) == 1
        said = f"shimlite run: importing {name} raised {said}; --traceback shows more\n"
        assert capsys.readouterr() == ("", said)
    (tmp_path / "needs_p.py").write_text("\nimport no_such_package\n")
    assert main(["run", "needs_p.py"]) == 1
    assert capsys.readouterr().err == (
        "shimlite run: needs_p needs the package 'no_such_package' (needs_p.py:2); --traceback shows more\n"
    )
    (tmp_path / "exits_p.py").write_text("import sys\nsys.exit('no\\nway')\n")
    (tmp_path / "task.pb").write_bytes(later.SerializeToString())
    assert main(["run", "task.pb", "exits_p.E", "--input", "days=1"]) == 1
    assert capsys.readouterr().err == (
        "shimlite run: importing exits_p.E called sys.exit: no way (exits_p.py:2); --traceback shows more\n"
    )
    folder = tmp_path / "site-packages"
    folder.mkdir()
    (folder / "installed_p.py").write_text("\n1/0")
    monkeypatch.setattr(sys, "path", [str(folder), *sys.path])
    assert main(["run", "installed_p:x"]) == 1
    assert capsys.readouterr().err == (
        "shimlite run: importing installed_p raised ZeroDivisionError: division by zero "
        "(site-packages/installed_p.py:2); --traceback shows more\n"
    )
    monkeypatch.chdir(folder)
    (tmp_path / "raises_p.py").write_text("1/0\n")
    assert main(["run", "../raises_p.py", "--traceback"]) == 1
    assert capsys.readouterr().err.splitlines()[-1] == (
        f"shimlite run: importing raises_p raised ZeroDivisionError: division by zero ({tmp_path}/raises_p.py:1)"
    )


def test_a_place_where_there_is_no_working_directory(tmp_path, monkeypatch):
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    try:
        raise ValueError("x")
    except ValueError as cause:
        error = ExecutorError("it failed")
        error.__cause__ = cause
    assert re.fullmatch(rf"it failed: x \({re.escape(__file__)}:\d+\)", explained(error, Namespace(traceback=True)))


# ------------------------------------------------------------------------------------------------------- standard input


def test_standard_input(tmp_path, capsys, monkeypatch):
    def run_on(content: bytes, *arguments: str) -> int:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
        return main(["run", *arguments])

    target, as_json = f"{__name__}:later", b'\n {"days": 2}\n'
    literals = dict_to_literal_map({"days": 2}, later.interface.inputs).SerializeToString()
    for content in (as_json, literals):
        assert run_on(content, target, "--inputs", "-") == 0
        assert json.loads(capsys.readouterr().out) == {"o0": 3}
    assert run_on(as_json, target, "--inputs", "-", "--input", "days=5") == 0
    assert json.loads(capsys.readouterr().out) == {"o0": 6}
    assert run_on(later.SerializeToString(), "-", f"{__name__}:Later", "--input", "days=2") == 0
    assert json.loads(capsys.readouterr().out) == {"o0": 3}
    for content, said in (
        (b"", "inputs.days: missing; write a whole number, as in 5"),
        (b"5", "standard input: expected a JSON object, got int"),
        (b"nonsense", "standard input: is no JSON"),
    ):
        assert run_on(content, target, "--inputs", "-") == 1
        assert capsys.readouterr().err == f"shimlite run: {said}\n"


def test_none_as_text_is_doubted(tmp_path, capsys):
    made = template({"x": typing.Optional[str]}, {"x": typing.Optional[str]})
    assert run(tmp_path, made, "--input", "x=None") == 0
    assert capsys.readouterr() == (
        '{\n  "x": "None"\n}\n',
        "shimlite run: warning: inputs.x: 'None' is taken as text; for None write null\n",
    )
    assert echoed(tmp_path, capsys, typing.Optional[str], "--input", "x=null") is None


def test_what_a_terminal_obeys_is_escaped():
    shown = json_text({"a\x9b": "\x1b[31m\u202eé\u3000"}, io.StringIO())
    assert shown == '{\n  "a\\u009b": "\\u001b[31m\\u202eé\u3000"\n}'
    assert json.loads(shown) == {"a\x9b": "\x1b[31m\u202eé\u3000"}
    assert list(table([{"a\x9b": 1, "b": "\x1b[31m\né"}])) == [
        "a\\x9b  b", "-----  ----------", "    1  \\x1b[31m é",
    ]  # fmt: skip


def test_keys_that_are_one_text_in_json(tmp_path, capsys):
    made = template({"x": dict}, {"x": dict})
    inputs = LiteralMap(literals={"x": to_literal({1: {"c": 1.5}, "1": "b"}, dict)})
    (tmp_path / "in.pb").write_bytes(inputs.SerializeToString())
    assert run(tmp_path, made, "--inputs", str(tmp_path / "in.pb")) == 0
    assert json.loads(capsys.readouterr().out) == {"x": [["1", "b"], [1, {"c": 1.5}]]}


def test_a_module_that_goes_elsewhere(tmp_path, capsys, monkeypatch):
    """What the command line names lies where it was typed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "run_goes.py").write_text(
        "import shimlite\nimport os\nos.chdir('/')\n"
        "class Ex:\n def execute_from_model(self, tt, x: int) -> shimlite.FlyteFile:\n"
        "  with open(__file__) as file: return shimlite.FlyteFile(file.name)\n"
        "ex = shimlite.task_template(Ex, name='ex', container_image='a')\n"
    )
    (tmp_path / "in.json").write_text('{"x": 1}')
    assert main(["run", "run_goes.py:ex", "--inputs", "in.json", "--output", "out"]) == 0
    assert json.loads(capsys.readouterr().out)["o0"]["path"].startswith(f"{tmp_path}/out/")


def test_a_list_of_inputs_is_cut(tmp_path, capsys):
    names = [f"input_{number:04}" for number in range(500)]
    made = template(dict.fromkeys(names, int), {})
    forms = ", ".join(f"{name} (a whole number, as in 5)" for name in names)
    assert failed(tmp_path, capsys, made) == f"inputs: 500 are missing: {forms[:999]}…"
    listed = ", ".join(map(repr, names))
    assert failed(tmp_path, capsys, made, "--input", "x=1") == (
        f"inputs.x: not in the interface; its inputs are {listed[:199]}…"
    )


class Ignores:
    def execute_from_model(self, tt: Any) -> Any:
        raise IgnoreOutputs("not the first of the workers")


def test_outputs_that_the_executor_ignores_are_none_as_in_a_pod(tmp_path, capsys):
    assert run(tmp_path, template({}, {"x": int}), executor="Ignores") == 0
    assert capsys.readouterr() == ("", "shimlite run: the executor raised IgnoreOutputs: there are no outputs\n")


def test_an_input_that_is_typed_without_its_option(capsys):
    for arguments in (["later.py:later", "days=2"], ["later.py:later", "--inputs", "days=2"]):
        with pytest.raises(SystemExit) as ended:
            main(["run", *arguments])
        assert ended.value.code == 2
        assert capsys.readouterr().err.splitlines()[-1] == ("shimlite run: error: one input is written --input days=2")


# ---------------------------------------------------------------------------------------------------------- the context


class Attempts:
    def execute_from_model(self, tt: Any) -> int:
        checkpoint = current_context().checkpoint
        os.chdir("/")
        number = int(checkpoint.read() or b"0") + 1
        checkpoint.write(str(number).encode())
        return number


class Tells:
    def execute_from_model(self, tt: Any, **kwargs: Any) -> str:
        logged = threading.Thread(target=lambda: current_context().logging.info("it works"))
        logged.start()
        logged.join()
        return str(current_context().secrets.get("db", "pass"))


@pytest.fixture
def _logger():
    logger = logging.getLogger("shimlite.executor")
    before = (logger.handlers, logger.propagate, logger.level)
    yield
    logger.handlers, logger.propagate, level = before
    logger.setLevel(level)


def test_a_checkpoint(tmp_path, capsys, monkeypatch):
    made = template({}, {"n": int})
    for number in (1, 2, 3):
        monkeypatch.chdir(tmp_path)
        assert run(tmp_path, made, "--checkpoint-path", "left", "--prev-checkpoint", "left", executor="Attempts") == 0
        assert json.loads(capsys.readouterr().out) == {"n": number}
    assert run(tmp_path, made, executor="Attempts") == 0
    assert json.loads(capsys.readouterr().out) == {"n": 1}


@pytest.mark.usefixtures("_logger")
def test_secrets_and_the_log(tmp_path, capsys, monkeypatch):
    made, name = template({}, {"x": str}), "secret"
    (tmp_path / name).write_text("from a file\n")
    monkeypatch.setenv("_FSEC_DB_PASS", "from a variable")
    assert run(tmp_path, made, executor="Tells") == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out) == {"x": "from a variable"}
    assert json.loads(printed.err)["message"] == "it works"
    assert run(tmp_path, made, "--secret", f"db/pass={tmp_path}/{name}", executor="Tells") == 0
    assert json.loads(capsys.readouterr().out) == {"x": "from a file"}
    assert run(tmp_path, made, "--secret", f"pass={tmp_path}/{name}", executor="Tells") == 0
    assert json.loads(capsys.readouterr().out) == {"x": "from a variable"}
    assert "from a file" not in os.environ.values()


def test_a_folder_for_files_that_stays_only_where_it_is_used(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    os.mkdir(tmp_path / "temporary")
    (tmp_path / "a.csv").write_text("1")
    made = template({"x": FlyteFile}, {"x": FlyteFile})
    assert run(tmp_path, made, "--input", f"x={tmp_path}/a.csv") == 0
    path = pathlib.Path(json.loads(capsys.readouterr().out)["x"]["path"])
    assert path.read_text() == "1"
    assert (path.parents[2], path.parents[1].name[:13]) == (tmp_path / "temporary", "shimlite-run-")
    assert run(tmp_path, template({}, {}), "--output", str(tmp_path / "mine"), executor="Nothing") == 0
    assert len(os.listdir(tmp_path / "temporary")) == 1


class Nothing:
    def execute_from_model(self, tt: Any) -> None: ...


# --------------------------------------------------------------------------------------------------------------- stdout


class Says:
    def execute_from_model(self, tt: Any) -> str:
        print("\u20ac")
        return "\u20ac"


def test_json_escapes_what_an_encoding_lacks(tmp_path, monkeypatch):
    stdout, stderr = (io.TextIOWrapper(io.BytesIO(), "ascii") for _ in range(2))
    monkeypatch.setattr(sys, "stdout", stdout)
    monkeypatch.setattr(sys, "stderr", stderr)
    assert run(tmp_path, template({}, {"x": str}), executor="Says") == 0
    stderr.flush()
    assert stdout.buffer.getvalue() == b'{\n  "x": "\\u20ac"\n}\n'
    assert stderr.buffer.getvalue() == b"\\u20ac\n"


def test_a_stdout_without_a_descriptor(tmp_path, capfd, monkeypatch):
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert run(tmp_path, template({}, {"x": str}), executor="Says") == 0
    assert sys.stdout.getvalue() == '{\n  "x": "\u20ac"\n}\n'
    assert capfd.readouterr() == ("", "\u20ac\n")


PROGRAM = """
import atexit, logging, os, subprocess, sys, threading, time
from shimlite import current_context, to_literal_type
from shimlite.idl import TaskTemplate
print("imported")

class Prints:
    def execute_from_model(self, tt, x):
        print("printed")
        sys.__stdout__.write("kept\\n")
        os.write(1, b"written\\n")
        subprocess.run(["echo", "child"])
        current_context().logging.info("logged")
        threading.Thread(target=lambda: (time.sleep(0.2), print("late"), os.write(1, b"later\\n"))).start()
        atexit.register(print, "at exit")
        if x == "close":
            sys.stdout.close()
            os.open(os.devnull, os.O_WRONLY)
        elif x == "replace":
            sys.stdout = None
        return "\u20ac"

prints = TaskTemplate(type="test")
prints.interface.inputs.variables["x"].type.CopyFrom(to_literal_type(str))
prints.interface.outputs.variables["o0"].type.CopyFrom(to_literal_type(str))
prints.container.args.extend(["--", "task.pb", "prints_q.Prints"])
"""


def test_stdout_holds_the_result_alone(tmp_path):
    (tmp_path / "prints_q.py").write_text(PROGRAM)

    def ended(x: str, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "shimlite", "run", "prints_q.py", "--input", f"x={x}"]
        environment = {**os.environ, "PYTHONPATH": str(GOLDEN.parents[2]), **environment}
        return subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60)

    said = "imported printed kept written child logged late later at exit"
    one = ended("", FLYTE_SDK_LOGGING_FORMAT="plain")
    assert (one.returncode, one.stdout) == (0, '{\n  "o0": "\u20ac"\n}\n')
    assert one.stderr.replace("[shimlite.executor] ", "").split() == said.split()
    two = ended("close", PYTHONIOENCODING="ascii")
    assert (two.returncode, two.stdout) == (0, '{\n  "o0": "\\u20ac"\n}\n')
    three = ended("replace")
    assert (three.returncode, three.stdout) == (0, '{\n  "o0": "\u20ac"\n}\n')


def test_stdout_is_given_back_in_a_process_that_goes_on(capfd):
    before = sys.stdout
    with open(1, "w", closefd=False) as stdout, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdout", stdout)
        with kept_for_result(for_good=False) as result:
            print("aside")
            os.write(1, b"aside too\n")
            print("result", file=result)
        assert sys.stdout is stdout
        print("after")
    assert sys.stdout is before
    os.write(1, b"after all\n")
    assert capfd.readouterr() == ("result\nafter\nafter all\n", "aside\naside too\n")


def test_a_stream_that_the_block_deletes(capfd, monkeypatch):
    with kept_for_result(for_good=True) as result:
        monkeypatch.delattr(sys, "stdout")
        print("the result", file=result)
    assert capfd.readouterr().out == "the result\n"


def test_streams_that_are_closed(capfd):
    kept = [os.dup(number) for number in (1, 2)]
    before = sys.stdout, sys.stderr
    try:
        os.close(2)
        sys.stderr = None  # as Python has it where the descriptor is closed
        with open(1, "w", closefd=False) as sys.stdout, kept_for_result(for_good=False) as result:
            os.write(1, b"lost")
            result.write("result")
        os.close(1)
        sys.stdout = None
        with kept_for_result(for_good=False) as result:
            result.write("lost")
            print("lost")
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.write(1, b"")
    finally:
        sys.stdout, sys.stderr = before
        for number, descriptor in zip((1, 2), kept):
            os.dup2(descriptor, number)
            os.close(descriptor)
    assert capfd.readouterr() == ("result", "")


def test_a_result_that_nobody_reads(monkeypatch):
    reader, writer = os.pipe()
    kept = os.dup(1)
    try:
        os.dup2(writer, 1)
        os.close(writer)
        os.close(reader)
        with open(1, "w", closefd=False) as stdout, pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "stdout", stdout)
            assert main(["run", f"{__name__}:later", "--input", "days=2"]) == 1
    finally:
        os.dup2(kept, 1)
        os.close(kept)
