# SPDX-License-Identifier: Apache-2.0
"""``shimlite inspect TEMPLATE --executor E``: where an annotated record and the template's schema disagree."""

from __future__ import annotations

import dataclasses
import sys
import typing
from typing import Any

import pytest

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
    return dataclasses.make_dataclass(name, list(fields.items()))


Other = other("Outer", inner=other("Inner", n=str, m=int), either=typing.Union[str, int], tags=list[int])


def annotated(python_type: Any) -> Any:
    class Executor:
        def execute_from_model(self, tt, x):
            raise AssertionError

    Executor.execute_from_model.__annotations__["x"] = python_type
    return Executor


def warnings(declared: Any, python_type: Any, monkeypatch, tmp_path, capsys) -> list[str]:
    """Of the registered template; of the pod's they are the same, as far as it tells the fields."""
    monkeypatch.setattr(sys.modules[__name__], "Disagreeing", annotated(python_type), raising=False)
    (tmp_path / "task.pb").write_bytes(declared.SerializeToString())
    lines = inspected(capsys, tmp_path / "task.pb", f"{__name__}.Disagreeing").splitlines()
    return [line.removeprefix("    warning: ") for line in lines if "warning" in line]


DISAGREEING = [
    (Outer, Outer, []),
    (Outer, dict, []),
    (Outer, dict[str, Any], []),
    (
        Outer,
        Other,
        [
            ".inner.n is declared int, annotated str",
            ".inner.m is not declared, and Inner needs it",
            ".old is declared, and Outer has no such field",
            ".tags[i] is declared str, annotated int",
        ],
    ),
    (list[Inner], list[other("Inner", n=str)], [".n is declared int, annotated str"]),
    (typing.Union[Inner, Outer], typing.Union[Outer, Inner], []),
    (typing.Union[Inner, Outer], Outer, []),
    (typing.Optional[Inner], typing.Union[Outer, Inner, None], []),
    (typing.Union[Inner, Outer], typing.Union[Outer, other("Inner", x=int)], [
        ".n is declared, and Inner has no such field",
        ".x is not declared, and Inner needs it",
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("declared", "python_type", "lines"), DISAGREEING)
def test_where_an_annotation_and_a_schema_disagree(monkeypatch, tmp_path, capsys, declared, python_type, lines):
    assert warnings(template({"x": declared}), python_type, monkeypatch, tmp_path, capsys) == lines


def test_a_pods_template_tells_less(monkeypatch, tmp_path, capsys):
    """Not which fields have defaults, nor what the class is called."""
    told = warnings(stripped(template({"x": Outer})), Other, monkeypatch, tmp_path, capsys)
    assert sorted(told) == [
        ".inner.n is declared int, annotated str",
        ".old is declared, and a record has no such field",
        ".tags[i] is declared str, annotated int",
    ]
    assert warnings(stripped(template({"x": Outer})), Outer, monkeypatch, tmp_path, capsys) == []
