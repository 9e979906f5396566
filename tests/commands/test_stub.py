# SPDX-License-Identifier: Apache-2.0
"""``shimlite stub``: the text of ``authoring.stubs``, of templates in whatever file."""

from __future__ import annotations

import io
import pathlib
import sys
from typing import Any

import pytest
from google.protobuf.json_format import MessageToJson

from shimlite._idl import TaskTemplate, task_spec_type
from shimlite.authoring.stubs import stub_of
from shimlite.cli import main

from ..build import template

GOLDEN = pathlib.Path(__file__).parents[1] / "golden" / "sqlite3" / "task_template.pb"


def printed(capsys: Any, path: Any) -> tuple[int, str, str]:
    code = main(["stub", str(path)])
    return (code, *capsys.readouterr())


def test_the_executor_of_a_recorded_template(capsys):
    code, out, err = printed(capsys, GOLDEN)
    assert (code, err) == (0, "")
    assert out.partition("\n\n\n")[2] == (
        """class SQLite3TaskExecutor(ShimTaskExecutor[Any]):
    def execute_from_model(self, tt: TaskTemplate, at_least: float, limit: int) -> FlyteSchema:
        # "results" has the columns "TrackId", "Name", "Seconds".
        # tt.custom["compressed"] is bool
        # tt.custom["query_template"] is str
        # tt.custom["uri"] is str
        raise NotImplementedError
"""
    )


@pytest.mark.parametrize(
    "spelled",
    [
        lambda made: made.SerializeToString(),
        lambda made: task_spec_type()(template=made).SerializeToString(),
        lambda made: MessageToJson(made).encode(),
        lambda made: MessageToJson(made, preserving_proto_field_name=True).encode(),
    ],
)
def test_templates_in_files_of_all_kinds(capsys, tmp_path, spelled):
    made = template({"x": int}, {"o0": str})
    (tmp_path / "task").write_bytes(spelled(made))
    assert printed(capsys, tmp_path / "task") == (0, stub_of(made), "")


def test_a_template_in_code(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", list(sys.path))
    named = tmp_path / "a_module_with_a_task.py"
    named.write_text("from shimlite.idl import TaskTemplate\nprint('imported')\nt = TaskTemplate(type='x')\n")
    code, out, err = printed(capsys, f"{named}:t")
    assert (code, out, err) == (0, stub_of(TaskTemplate(type="x")), "imported\n")


def test_what_is_no_template(capsys, tmp_path):
    (tmp_path / "x").write_bytes(b"\xff\xff")
    expected = f"shimlite stub: {tmp_path}/x: 2 bytes that are no TaskTemplate\n"
    assert printed(capsys, tmp_path / "x") == (1, "", expected)


def test_a_type_that_is_not_known(capsys, tmp_path):
    made = TaskTemplate(type="x")
    made.interface.inputs.variables["odd"].type.simple = 42
    (tmp_path / "x").write_bytes(made.SerializeToString())
    expected = "shimlite stub: inputs.odd: the LiteralType simple 42 is not known to this shimlite\n"
    assert printed(capsys, tmp_path / "x") == (1, "", expected)


@pytest.mark.parametrize(("is_terminal", "expected"), [(False, "é".encode()), (True, b"\\xe9")])
def test_a_file_is_in_the_encoding_of_pythons_source(monkeypatch, tmp_path, is_terminal, expected):
    (tmp_path / "x").write_bytes(template({"é": int}).SerializeToString())
    written = io.BytesIO()
    stdout = io.TextIOWrapper(written, encoding="ascii", errors="backslashreplace")
    monkeypatch.setattr(stdout, "isatty", lambda: is_terminal)
    monkeypatch.setattr(sys, "stdout", stdout)
    assert main(["stub", str(tmp_path / "x")]) == 0
    assert b"TaskTemplate, %b: int" % expected in written.getvalue()


def test_an_output_that_is_no_file(monkeypatch, tmp_path):
    (tmp_path / "x").write_bytes(template({"x": int}).SerializeToString())
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert main(["stub", str(tmp_path / "x")]) == 0
    assert sys.stdout.getvalue() == stub_of(template({"x": int}))
