# SPDX-License-Identifier: Apache-2.0
"""``shimlite inspect TEMPLATE --executor E``: where an annotated record and the template's schema disagree."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import json
import sys
import typing
from typing import Any

import pytest

from shimlite import FlyteFile, to_literal_type
from shimlite._idl import LiteralType
from shimlite.cli import main

from ..build import template
from ..stripping import stripped


@dataclasses.dataclass
class Inner:
    n: int


@dataclasses.dataclass
class Outer:
    inner: Inner
    either: typing.Union[int, str]
    tags: list[str] = dataclasses.field(default_factory=list)
    old: int = 0


def other(name: str, **fields: Any) -> type:
    """A dataclass; a field's default stands behind its type."""
    parts = [(field, *said) if isinstance(said, tuple) else (field, said) for field, said in fields.items()]
    return dataclasses.make_dataclass(name, parts)


Other = other("Outer", inner=other("Inner", n=str, m=int), either=typing.Union[str, int], tags=list[int])
Color = enum.Enum("Color", {"RED": "red"})
Paint = enum.Enum("Paint", {"BLUE": "blue"})


OtherInner = other("Inner", n=str)


class Returns(typing.NamedTuple):
    a: OtherInner
    b: list[Inner]


def executor(python_type: Any, side: str = "x") -> Any:
    class Executor:
        def execute_from_model(self, tt, **inputs):
            raise AssertionError

    Executor.execute_from_model.__annotations__["inputs" if side == "x" else "return"] = python_type
    return Executor


def found(declared: Any, executor_class: Any, monkeypatch, tmp_path, capsys) -> dict[str, list[str]]:
    """The warnings by variable."""
    monkeypatch.setattr(sys.modules[__name__], "Disagreeing", executor_class, raising=False)
    (tmp_path / "task.pb").write_bytes(declared.SerializeToString())
    options = ["--executor", f"{__name__}.Disagreeing"]
    assert main(["inspect", str(tmp_path / "task.pb"), "--json", *options]) == 0
    read = json.loads(capsys.readouterr().out)
    assert main(["inspect", str(tmp_path / "task.pb"), *options]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if "warning" in line]
    told = {one["name"]: one["warnings"] for side in ("inputs", "outputs") for one in read[side]}
    assert lines == [f"    warning: {line}" for warnings in told.values() for line in warnings]
    return told


def warnings(declared: Any, python_type: Any, *fixtures: Any) -> list[str]:
    return found(declared, executor(python_type), *fixtures)["x"]


DISAGREEING = [
    (Outer, Outer, []),
    (Outer, dict, []),
    (Outer, dict[str, Any], []),
    (dict, Outer, []),
    (Outer, Other, [
        ".inner.n is declared int, annotated str",
        ".inner.m is not declared, and Inner needs it",
        ".old is declared, and Outer has no such field",
        ".tags[i] is declared str, annotated int",
        ".tags is declared with a default, annotated needed",
    ]),
    (list[Inner], list[other("Inner", n=str)], [".n is declared int, annotated str"]),
    (dict[str, list[Inner]], dict[str, list[other("Inner", n=str)]], [".n is declared int, annotated str"]),
    (typing.Union[Inner, Outer], typing.Union[Outer, Inner], []),
    (typing.Union[Inner, Outer], Outer, []),
    (typing.Optional[Inner], typing.Union[Outer, Inner, None], []),
    (typing.Optional[Inner], typing.Optional[other("Inner", n=float)], [".n is declared int, annotated float"]),
    (typing.Union[Inner, Outer], typing.Union[Outer, other("Inner", x=int)], [
        ".n is declared, and Inner has no such field",
        ".x is not declared, and Inner needs it",
    ]),
    (typing.Union[Inner, Outer], typing.Union[Outer, other("Another", n=str)], [".n is declared int, annotated str"]),
    (Inner, other("Inner", n=(int, 3)), [".n is declared needed, annotated with a default"]),
    (other("Inner", n=(int, 3)), Inner, [".n is declared with a default, annotated needed"]),
    (Inner, other("Inner", n=(typing.Optional[int], None)), [
        ".n is declared int, annotated int | None",
        ".n is declared needed, annotated with a default",
    ]),
    (other("R", d=dict[int, str]), other("R", d=dict[str, int]), [
        ".d(key) is declared int, annotated str",
        ".d[key] is declared str, annotated int",
    ]),
    (other("R", d=list[dict[str, Inner]]), other("R", d=list[dict[str, other("Inner", n=bool)]]), [
        ".d[i][key].n is declared int, annotated bool",
    ]),
    (other("R", d=dt.date), other("R", d=dt.datetime), [".d is declared date, annotated datetime"]),
    (other("R", c=Color), other("R", c=Paint), [".c is declared one of 'red', annotated one of 'blue'"]),
    (other("R", c=Color), other("R", c=typing.Literal["red"]), []),
    (other("R", f=FlyteFile), other("R", f=str), [".f is declared FlyteFile, annotated str"]),
    (other("R", p=Inner), other("R", p=dict), [".p is declared Inner, annotated dict"]),
]  # fmt: skip


@pytest.mark.parametrize(("declared", "python_type", "lines"), DISAGREEING)
def test_where_an_annotation_and_a_schema_disagree(monkeypatch, tmp_path, capsys, declared, python_type, lines):
    assert warnings(template({"x": declared}), python_type, monkeypatch, tmp_path, capsys) == lines


def test_a_pods_template_tells_less(monkeypatch, tmp_path, capsys):
    """Not which fields have defaults, nor what the class is called."""
    told = warnings(stripped(template({"x": Outer})), Other, monkeypatch, tmp_path, capsys)
    assert sorted(told) == [
        ".inner.m is not declared, and a record needs it",
        ".inner.n is declared int, annotated str",
        ".old is declared, and a record has no such field",
        ".tags[i] is declared str, annotated int",
    ]
    more = other("Inner", n=int, r=list[dict[str, OtherInner]], u=typing.Union[int, str], m=(int, 0))
    needed = warnings(stripped(template({"x": Inner})), more, monkeypatch, tmp_path, capsys)
    assert needed == [f".{name} is not declared, and a record needs it" for name in ("r", "u")]
    assert warnings(stripped(template({"x": more})), more, monkeypatch, tmp_path, capsys) == []
    assert warnings(stripped(template({"x": Outer})), Outer, monkeypatch, tmp_path, capsys) == []
    fewer = other("Inner", n=(int, 1))
    assert warnings(stripped(template({"x": Inner})), fewer, monkeypatch, tmp_path, capsys) == []
    either = stripped(template({"x": typing.Union[Inner, Outer]}))
    assert warnings(either, typing.Union[Inner, Outer], monkeypatch, tmp_path, capsys) == []


def test_outputs_are_compared_too(monkeypatch, tmp_path, capsys):
    declared = template({"x": int}, {"a": Inner, "b": list[Inner]})
    told = found(declared, executor(Returns, "return"), monkeypatch, tmp_path, capsys)
    assert told == {"x": [], "a": [".n is declared int, annotated str"], "b": []}


def test_marshmallow_does_not_say_which_fields_have_defaults(monkeypatch, tmp_path, capsys):
    old = LiteralType(simple="STRUCT")
    old.metadata.update(
        {
            "$ref": "#/definitions/InnerSchema",
            "definitions": {
                "InnerSchema": {"type": "object", "properties": {"n": {"type": "integer", "title": "n"}}},
            },
        }
    )
    assert warnings(template({"x": old}), Inner, monkeypatch, tmp_path, capsys) == []
    told = warnings(template({"x": old}), other("Inner", n=str), monkeypatch, tmp_path, capsys)
    assert told == [".n is declared int, annotated str"]


def test_a_hostile_schema_is_shown_in_one_line_without_escapes(monkeypatch, tmp_path, capsys):
    hostile = to_literal_type(Inner)
    properties = hostile.metadata["properties"]
    properties.update({"\x1b[2J\n\u202e": {"type": "string"}})
    told = warnings(template({"x": hostile}), Inner, monkeypatch, tmp_path, capsys)
    assert told == ["['\\x1b[2J\\n\\u202e'] is declared, and Inner has no such field"]


def test_pydantic_models_are_compared_as_records_are(monkeypatch, tmp_path, capsys):
    pydantic = pytest.importorskip("pydantic")
    declared = pydantic.create_model("Model", inner=(Inner, ...), n=(int, ...), o=(typing.Optional[str], None))
    same = template({"x": declared})
    assert warnings(same, declared, monkeypatch, tmp_path, capsys) == []
    narrower = pydantic.create_model("Model", inner=(OtherInner, ...), n=(int, 3))
    assert warnings(same, narrower, monkeypatch, tmp_path, capsys) == [
        ".inner.n is declared int, annotated str",
        ".n is declared needed, annotated with a default",
        ".o is declared, and Model has no such field",
    ]
    as_dataclass = other("Model", inner=Inner, n=int, o=(typing.Optional[str], None))
    assert warnings(same, as_dataclass, monkeypatch, tmp_path, capsys) == []
