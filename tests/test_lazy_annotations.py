# SPDX-License-Identifier: Apache-2.0
"""Annotations that Python 3.14 evaluates when they are asked for: names of later, of a function's, and of nowhere.

Without ``from __future__ import annotations``, which leaves text: ``test_signatures`` is about that.
"""

import dataclasses
import datetime as dt
import sys
from typing import Annotated, NamedTuple

import attrs
import pytest

import shimlite
from shimlite import (
    ExecutorError,
    StructuredDataset,
    UnsupportedTypeError,
    dict_to_literal_map,
    literal_map_to_kwargs,
    to_literal_type,
)

from .build import template
from .support import refusal

if sys.version_info < (3, 14):
    pytest.skip("annotations are evaluated where they stand", allow_module_level=True)

# What is not there, as a name that only a type checker imports:
# ruff: noqa: F821


def run(executor, inputs, outputs, **values):
    made = template(inputs, outputs)
    literals = shimlite.ExecutableTemplateShimTask(made, executor).dispatch_execute(
        None, dict_to_literal_map(values, made.interface.inputs)
    )
    return literal_map_to_kwargs(literals, made.interface.outputs)


class Some:
    def execute_from_model(self, tt, day: dt.date, other: Absent = None, more: list[Absent] = ()) -> str:
        return type(day).__name__


def test_a_name_that_is_not_there_does_not_matter_to_other_inputs():
    assert run(Some, {"day": dt.date}, {"o0": str}, day=dt.date(2026, 1, 2)) == {"o0": "date"}


@pytest.mark.parametrize(("name", "kind"), [("other", int), ("more", list[int])])
def test_an_input_that_is_annotated_with_one_is_the_executors_fault(name, kind):
    message = refusal(ExecutorError, lambda: run(Some, {name: kind}, {"o0": str}, **{name: kind()}))
    assert message == f"inputs.{name}: its annotation cannot be resolved (NameError)"


class Returns:
    def execute_from_model(self, tt) -> Absent | None:
        return 1


class Named(NamedTuple):
    a: int
    b: Absent


class ReturnsNamed:
    def execute_from_model(self, tt) -> Named:
        return Named(1, 2)


@pytest.mark.parametrize(("executor", "outputs"), [(Returns, {"o0": int}), (ReturnsNamed, {"a": int, "b": int})])
def test_so_is_an_output(executor, outputs):
    message = refusal(ExecutorError, lambda: run(executor, {}, outputs))
    assert message == "outputs: its annotation cannot be resolved (NameError)"


@dataclasses.dataclass
class Later:
    day: dt.date
    at: Defined | None = None
    next: Later | None = None
    shared: dataclasses.InitVar[Absent] = None


@attrs.define
class LaterAttrs:
    day: dt.date
    at: Defined | None = None
    next: LaterAttrs | None = None


@dataclasses.dataclass
class Defined:
    n: int


@pytest.mark.parametrize("record", [Later, LaterAttrs])
def test_a_record_names_itself_and_what_is_defined_later(record):
    value = record(dt.date(2026, 1, 2), Defined(1), record(dt.date(2026, 1, 3)))
    assert shimlite.to_python_value(shimlite.to_literal(value, record), record) == value


@pytest.mark.parametrize("decorate", [dataclasses.dataclass, attrs.define])
def test_a_record_of_a_function_names_what_the_function_defines(decorate):
    @decorate
    class Outer:
        inner: Inner
        others: list[Outer]

    @decorate
    class Inner:
        n: int

    value = Outer(Inner(1), [Outer(Inner(2), [])])
    assert shimlite.to_python_value(shimlite.to_literal(value, Outer), Outer) == value


@pytest.mark.parametrize("decorate", [dataclasses.dataclass, attrs.define])
def test_a_field_of_a_name_that_is_not_there_is_named(decorate):
    @decorate
    class Record:
        day: dt.date
        other: dict[str, Absent]

    message = refusal(UnsupportedTypeError, to_literal_type, Record)
    assert message == "Record.other: its annotation cannot be resolved (NameError)"


class Raises:
    def execute_from_model(self, tt, n: int, day: dt.date, text: int | "Absent" = None) -> str:
        return type(day).__name__


def test_an_annotation_that_raises_something_else_fails_alone():
    assert run(Raises, {"n": int, "day": dt.date}, {"o0": str}, n=1, day=dt.date(2026, 1, 2)) == {"o0": "date"}
    message = refusal(ExecutorError, lambda: run(Raises, {"text": int}, {"o0": str}, text=1))
    assert message == "inputs.text: its annotation cannot be resolved (TypeError)"


def test_one_that_nobody_can_evaluate_is_the_executors_fault():
    class Divides:
        def execute_from_model(self, tt, n: 1 / 0): ...

    message = refusal(ExecutorError, lambda: run(Divides, {"n": int}, {}, n=1))
    assert message == "its signature cannot be read (ZeroDivisionError)"


def test_an_object_with_such_annotations_is_no_set_of_columns():
    class Marker:
        x: Absent

    message = refusal(UnsupportedTypeError, to_literal_type, Annotated[StructuredDataset, Marker()])
    assert message == "StructuredDataset has columns that are a Marker; write a dict"
