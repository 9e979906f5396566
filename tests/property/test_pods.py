# SPDX-License-Identifier: Apache-2.0
"""What is registered and what a pod sees of it give the same: bytes, values and errors, whatever converts.

Propeller strips schemas and annotations from a template before a pod gets it. ``tests/stripping.py`` is a model of
that, checked against recorded templates. Here each conversion is done twice, with the registered type and with the
stripped one.
"""

from __future__ import annotations

import json
import pathlib
import tempfile
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shimlite import (
    ConversionError,
    ExecutableTemplateShimTask,
    ShimliteError,
    dict_to_literal_map,
    fidelity,
    guess_python_type,
    literal_map_to_kwargs,
    normal,
    to_literal,
    to_literal_type,
    to_python_value,
)
from shimlite._idl import ErrorDocument, Literal, LiteralMap, LiteralType, Message, TaskTemplate, Variable
from shimlite.cli import main
from shimlite.container.arguments import Arguments
from shimlite.container.entrypoint import execute
from shimlite.equality import same
from shimlite.strategies import literal_types, typed_literals, typed_values

from ..build import template
from ..stripping import stripped, stripped_type
from . import pods
from .pods import annotations, without_stored_schemas

ALONE = object()
"""Stands for no annotation."""


@attrs.frozen
class Error:
    kind: type
    message: str


def outcome(call: Any, *arguments: Any) -> Any:
    """The result, or the error of ours; any other error fails the test."""
    try:
        return call(*arguments)
    except ShimliteError as error:
        return Error(type(error), str(error))


def alike(one: Any, other: Any) -> bool:
    if isinstance(one, Message) and isinstance(other, Message):
        return one.SerializeToString(deterministic=True) == other.SerializeToString(deterministic=True)
    return same(one, other)


def assert_same_for_a_pod(call: Any, literal_type: LiteralType) -> Any:
    """``call`` takes a type. What it gives for the registered one."""
    once = outcome(call, literal_type)
    assert alike(once, outcome(call, stripped_type(literal_type)))
    return once


def variables(literal_type: LiteralType) -> dict[str, Variable]:
    return {"x": Variable(type=literal_type)}


def write(value: Any, literal_type: LiteralType, annotation: Any) -> LiteralMap:
    told = {} if annotation is ALONE else {"x": annotation}
    return dict_to_literal_map({"x": value}, variables(literal_type), told)


def read(literal: Literal, literal_type: LiteralType, annotation: Any) -> Any:
    told = {} if annotation is ALONE else {"x": annotation}
    return literal_map_to_kwargs(LiteralMap(literals={"x": literal}), variables(literal_type), told)["x"]


@st.composite
def cases(draw: st.DrawFn) -> tuple[Any, Any, Any]:
    """A type, a value of it, and what an executor's annotation says: the type, another that may fit, or nothing."""
    python_type, value = draw(typed_values())
    return python_type, value, draw(st.one_of(st.just(ALONE), st.just(python_type), annotations(python_type)))


@given(cases())
def test_the_converters(case):
    python_type, value, annotation = case
    registered = to_literal_type(python_type)
    literal = to_literal(value, python_type)
    assert_same_for_a_pod(lambda one: write(value, one, annotation), registered)
    back = assert_same_for_a_pod(lambda one: read(literal, one, annotation), registered)
    if not isinstance(back, Error):
        assert_same_for_a_pod(lambda one: write(back, one, annotation), registered)


@given(cases())
def test_what_is_annotated_as_declared_is_read_and_written_as_by_the_type_itself(case):
    python_type, value, _ = case
    literal, pod_type = to_literal(value, python_type), stripped_type(to_literal_type(python_type))
    assert same(read(literal, pod_type, python_type), to_python_value(literal, python_type))
    assert alike(write(value, pod_type, python_type).literals["x"], literal)


@given(typed_values())
def test_a_record_that_is_returned_without_an_annotation_is_written_as_its_class_says(typed):
    """All but the types that unions store, of values whose class is not one alone."""
    python_type, value = typed
    literal, pod_type = to_literal(value, python_type), stripped_type(to_literal_type(python_type))
    once = outcome(write, value, pod_type, ALONE)
    if not isinstance(once, Error):
        assert alike(
            outcome(read, once.literals["x"], pod_type, python_type), outcome(to_python_value, literal, python_type)
        ) or pods.needs_annotation(python_type)
        return
    assert pods.needs_annotation(python_type), once


@given(typed_literals())
def test_literals_of_every_writer(typed):
    literal_type, literal = typed
    assert_same_for_a_pod(lambda one: to_python_value(literal, one), literal_type)
    assert_same_for_a_pod(lambda one: normal(literal, one), literal_type)


@given(literal_types())
def test_guesses_and_what_is_lost(literal_type):
    assert guess_python_type(literal_type) == guess_python_type(stripped_type(literal_type))
    losses = outcome(lambda one: fidelity(one).losses, literal_type)
    assert alike(losses, outcome(lambda one: fidelity(one).losses, stripped_type(literal_type)))


@given(typed_values())
def test_what_comes_back(typed):
    python_type, value = typed
    registered = to_literal_type(python_type)
    assert_same_for_a_pod(lambda one: fidelity(one).project(value), registered)
    literal = to_literal(value, python_type)
    again = assert_same_for_a_pod(lambda one: normal(literal, one), registered)
    if not isinstance(again, Error):
        assert alike(without_stored_schemas(normal(again, registered)), without_stored_schemas(again))


# ----------------------------------------------------------------------------------------------- the pair, the programs


def echo(annotation: Any) -> Any:
    """An executor that returns its input, annotated so on both sides."""

    class Echo:
        def execute_from_model(self, tt: Any, x: Any) -> Any:
            return x

    if annotation is not ALONE:
        Echo.execute_from_model.__annotations__.update({"x": annotation, "return": annotation})
    return Echo


def templates(python_type: Any) -> tuple[TaskTemplate, TaskTemplate]:
    registered = template({"x": python_type}, {"x": python_type})
    return registered, stripped(registered)


@given(cases())
def test_the_pair(case):
    python_type, value, annotation = case
    inputs = LiteralMap(literals={"x": to_literal(value, python_type)})
    once, again = (
        outcome(ExecutableTemplateShimTask(one, echo(annotation)).dispatch_execute, None, inputs)
        for one in templates(python_type)
    )
    assert alike(once, again)


@given(typed_values())
def test_an_executor_that_is_annotated_as_declared_gives_back_what_it_gets(typed):
    python_type, value = typed
    literal = to_literal(value, python_type)
    inputs = LiteralMap(literals={"x": literal})
    _, pod = templates(python_type)
    back = outcome(ExecutableTemplateShimTask(pod, echo(python_type)).dispatch_execute, None, inputs)
    if isinstance(back, Error):  # of what came back less is known, so that two members of a union may take it
        with pytest.raises(ConversionError):
            to_literal(to_python_value(literal, python_type), python_type)
    else:
        assert alike(back.literals["x"], to_literal(to_python_value(literal, python_type), python_type))


def left_by_the_program(made: TaskTemplate, inputs: LiteralMap) -> Any:
    """The outputs, or what the error document says of them."""
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder)
        (place / "task.pb").write_bytes(made.SerializeToString())
        (place / "inputs.pb").write_bytes(inputs.SerializeToString())
        arguments = Arguments(
            inputs=f"{folder}/inputs.pb",
            output_prefix=f"{folder}/0",
            raw_output_prefix=f"{folder}/raw",
            template=f"{folder}/task.pb",
            executor=f"{pods.__name__}.Echo",
        )
        assert execute(arguments).code == 0
        if (place / "0/outputs.pb").exists():
            return LiteralMap.FromString((place / "0/outputs.pb").read_bytes())
        error = ErrorDocument.FromString((place / "0/error.pb").read_bytes()).error
        return error.code, error.kind, error.origin, error.message


@given(cases())
def test_the_program_in_the_pod(case):
    python_type, value, annotation = case
    pods.Echo = echo(annotation)
    inputs = LiteralMap(literals={"x": to_literal(value, python_type)})
    once, again = (left_by_the_program(one, inputs) for one in templates(python_type))
    assert alike(once, again)


def printed_by_run(made: TaskTemplate, inputs: LiteralMap, capsys: Any) -> tuple[int, Any, str]:
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder)
        (place / "task.pb").write_bytes(made.SerializeToString())
        (place / "inputs.pb").write_bytes(inputs.SerializeToString())
        code = main(["run", f"{folder}/task.pb", f"{pods.__name__}.Echo", "--inputs", f"{folder}/inputs.pb"])
    out, err = capsys.readouterr()
    return code, json.loads(out) if out else None, err


def test_shimlite_run(capsys):
    @given(cases())
    def check(case: tuple[Any, Any, Any]) -> None:
        python_type, value, annotation = case
        pods.Echo = echo(annotation)
        inputs = LiteralMap(literals={"x": to_literal(value, python_type)})
        once, again = (printed_by_run(one, inputs, capsys) for one in templates(python_type))
        assert once == again
        code, _, error = once
        pod = left_by_the_program(templates(python_type)[1], inputs)
        assert (code == 0) == isinstance(pod, LiteralMap)
        assert code == 0 or error == f"shimlite run: {pod[3]}\n"

    check()
