# SPDX-License-Identifier: Apache-2.0

"""DESIGN.md's table "Where flytekit's own shim is wrong": both pairs run one template, and each does as it says."""

from __future__ import annotations

import dataclasses
import datetime as dt
import logging
import os
import typing
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import cloudpickle
import pytest
from flytekit import FlyteContextManager
from flytekit.core import shim_task
from flytekit.models.literals import LiteralMap as LiteralMapModel
from flytekit.models.task import TaskTemplate as TaskTemplateModel

from shimlite import (
    FlyteFile,
    InputsError,
    OutputsError,
    TemplateError,
    to_literal,
)
from shimlite._idl import Literal, LiteralMap, LiteralType, TaskTemplate

from ..build import dispatched, executor, template
from ..support import shape
from .translate import TheirFile, their_literal, their_literal_type

# The older spellings are other objects than int | None and list, and people still write them.
Maybe = typing.Optional


def run_theirs(work: Callable[..., Any], proto: TaskTemplate, inputs: Mapping[str, Literal] | None = None) -> Any:
    model = TaskTemplateModel.from_flyte_idl(TaskTemplate.FromString(proto.SerializeToString()))
    task = shim_task.ExecutableTemplateShimTask(model, executor(work))
    literals = LiteralMapModel.from_flyte_idl(LiteralMap(literals=inputs or {}))
    return task.dispatch_execute(FlyteContextManager.current_context(), literals)


def run_ours(work: Callable[..., Any], proto: TaskTemplate, inputs: Mapping[str, Literal] | None = None) -> LiteralMap:
    """For the template as a pod gets it, which gives the same as the registered one."""
    return dispatched(executor(work), proto, LiteralMap(literals=inputs or {}))


def returns(value: Any) -> Callable[..., Any]:
    return lambda tt, **inputs: value


def their_output(value: Any, declared: Any) -> Literal:
    return run_theirs(returns(value), template(outputs={"o0": declared})).literals["o0"].to_flyte_idl()


def our_output(value: Any, declared: Any) -> Literal:
    return run_ours(returns(value), template(outputs={"o0": declared})).literals["o0"]


def received(run: Any, proto: TaskTemplate, inputs: Mapping[str, Literal]) -> dict[str, Any]:
    """The inputs that the executor gets."""
    got: dict[str, Any] = {}
    run(lambda tt, **inputs: got.update(inputs), proto, inputs)
    return got


@pytest.mark.parametrize(
    ("value", "declared"), [([1, 2], list[int]), ([], list[int]), ({"a": 1}, dict[str, int])], ids=str
)
def test_containers_as_outputs(value, declared):
    with pytest.raises(AssertionError, match="failed to convert return value for var o0"):
        their_output(value, declared)
    assert our_output(value, declared) == to_literal(value, declared)


@pytest.mark.parametrize(
    ("value", "written", "got"),
    [("x", "string_value", "str"), (True, "boolean", "bool"), (None, None, "None")],
)
def test_another_type_for_an_int(value, written, got):
    literal = their_output(value, int)
    assert literal.scalar.primitive.WhichOneof("value") == written
    assert literal.scalar.HasField("none_type") == (value is None)
    with pytest.raises(OutputsError) as caught:
        our_output(value, int)
    assert str(caught.value) == f"outputs.o0: expected INTEGER, got {got}"


def test_an_int_for_a_float():
    assert their_output(3, float).scalar.primitive.WhichOneof("value") == "integer"
    assert our_output(3, float) == to_literal(3.0, float)
    with pytest.raises(OutputsError, match="no float holds exactly"):
        our_output(2**53 + 1, float)


def named(**types: Any) -> TaskTemplate:
    return template(outputs=types)


def texts(literals: Mapping[str, Any]) -> dict[str, str]:
    return {name: literal.scalar.primitive.string_value for name, literal in literals.items()}


def test_several_outputs_as_a_tuple():
    """Whatever order the message's map has in this process is the order that flytekit assigns by."""
    proto = named(first=str, second=str, third=str)
    in_the_maps_order = list(TaskTemplate.FromString(proto.SerializeToString()).interface.outputs.variables)
    given = ("first", "second", "third")
    assert texts(run_theirs(returns(given), proto).literals) == dict(zip(in_the_maps_order, given, strict=True))
    with pytest.raises(OutputsError, match="an interface has no order, so return names"):
        run_ours(returns(given), proto)
    by_name = {name: name for name in given}
    assert texts(run_ours(returns(by_name), proto).literals) == by_name
    result = NamedTuple("Result", [(name, str) for name in given])
    assert texts(run_ours(returns(result(*given)), proto).literals) == by_name
    numbered = named(o0=str, o1=str, o2=str)
    assert texts(run_ours(returns(given), numbered).literals) == dict(zip(("o0", "o1", "o2"), given, strict=True))


def test_outputs_by_name_are_no_outputs_to_flytekit():
    with pytest.raises(KeyError):
        run_theirs(returns({"o0": "a", "o1": "b"}), named(o0=str, o1=str))


def test_a_tuple_shorter_than_the_outputs():
    proto = named(o0=str, o1=str, o2=str)
    assert len(run_theirs(returns(("a", "b")), proto).literals) == 2
    with pytest.raises(OutputsError) as caught:
        run_ours(returns(("a", "b")), proto)
    assert str(caught.value) == "outputs.o2: missing"


@pytest.mark.parametrize(("value", "tag"), [(3, "int"), (None, "none")])
def test_a_union_as_an_output(value, tag):
    assert not their_output(value, Maybe[int]).scalar.HasField("union")
    literal = our_output(value, Maybe[int])
    assert literal.scalar.union.type.structure.tag == tag
    assert literal == to_literal(value, Maybe[int])


def test_a_float_for_an_int():
    proto, inputs = template(inputs={"n": int}), {"n": to_literal(1.5, float)}
    assert received(run_theirs, proto, inputs) == {"n": 1}
    with pytest.raises(InputsError) as caught:
        received(run_ours, proto, inputs)
    assert str(caught.value) == "inputs.n: expected INTEGER, got a float that is not integral"
    assert received(run_ours, proto, {"n": to_literal(2.0, float)}) == {"n": 2}


def test_the_same_dict_in_another_order():
    one, other = {"a": 1, "b": 2}, {"b": 2, "a": 1}
    assert their_output(one, dict) != their_output(other, dict)
    assert our_output(one, dict) == our_output(other, dict)


def test_bytes_and_sets_are_pickled():
    for value in (b"x", {1}):
        assert their_output(value, LiteralType(simple="BINARY")).scalar.blob.metadata.type.format == "PythonPickle"
    assert our_output(b"x", bytes) == Literal(scalar={"binary": {"value": b"x", "tag": "bytes"}})
    with pytest.raises(OutputsError, match="expected BINARY, got set"):
        our_output({1}, bytes)


class Harm:
    """Its pickle makes a directory when it is loaded."""

    def __init__(self, path: Any) -> None:
        self.path = str(path)

    def __reduce__(self) -> Any:
        return os.mkdir, (self.path,)


def test_a_pickle_in_the_input_is_loaded(tmp_path):
    path, harm = tmp_path / "pickle", tmp_path / "harm"
    path.write_bytes(cloudpickle.dumps(Harm(harm)))
    declared = LiteralType()
    declared.blob.format = "PythonPickle"
    declared.metadata.update({"python_class_name": "Harm"})
    literal = Literal()
    literal.scalar.blob.uri = str(path)
    literal.scalar.blob.metadata.type.format = "PythonPickle"
    proto = template(inputs={"x": declared})
    assert received(run_ours, proto, {"x": literal}) == {"x": FlyteFile(str(path), format="PythonPickle")}
    assert not harm.exists()
    received(run_theirs, proto, {"x": literal})
    assert harm.exists()


def test_inputs_in_the_log(monkeypatch, caplog):
    said: list[str] = []
    monkeypatch.setattr(shim_task.logger, "info", said.append)
    proto, inputs = template(inputs={"password": str}), {"password": to_literal("hunter2", str)}
    received(run_theirs, proto, inputs)
    assert any("hunter2" in line for line in said)
    logging.disable(logging.NOTSET)
    try:
        with caplog.at_level(0):
            received(run_ours, proto, inputs)
    finally:
        logging.disable(logging.CRITICAL)
    assert caplog.records == []


@pytest.mark.parametrize(("value", "declared"), [(2**63, int), ("\ud800", str)], ids=["int64", "surrogate"])
def test_what_flytekit_finds_too_late(value, declared):
    accepted = run_theirs(returns(value), template(outputs={"o0": declared}))
    with pytest.raises(ValueError, match="range|surrogate"):
        accepted.to_flyte_idl()
    with pytest.raises(OutputsError, match="^outputs.o0: expected "):
        our_output(value, declared)


@dataclasses.dataclass
class Untyped:
    x: Any


@dataclasses.dataclass
class Empty:
    pass


@dataclasses.dataclass
class Chain:
    name: str
    next: Maybe[Chain] = None


@dataclasses.dataclass
class WithFile:
    file: FlyteFile


@dataclasses.dataclass
class TheirWithFile:
    file: TheirFile


DAY = dt.date(2024, 2, 29)
MIDNIGHT = dt.datetime(2024, 2, 29, tzinfo=dt.timezone.utc)


def annotated(proto: TaskTemplate, inputs: Mapping[str, Literal], kind: Any) -> Any:
    """The input x, as an executor of ours gets it that annotates it."""
    got: list[Any] = []

    class Annotated:
        def execute_from_model(self, tt: Any, x: Any) -> None:
            got.append(x)

    Annotated.execute_from_model.__annotations__["x"] = kind
    dispatched(Annotated, proto, LiteralMap(literals=inputs))
    return got[-1]


@pytest.mark.parametrize(
    ("declared", "given", "expected"),
    [
        (Maybe[dt.date], DAY, DAY),  # a union's stored tag tells a date from a datetime
        (dt.date | dt.datetime, DAY, DAY),
        (dt.date | dt.datetime, MIDNIGHT, MIDNIGHT),
        (Untyped, Untyped([1, {"a": None}]), {"x": [1, {"a": None}]}),
        (Empty, Empty(), {}),
        (Chain, Chain("a", Chain("b")), {"name": "a", "next": {"name": "b", "next": None}}),
    ],
    ids=lambda one: getattr(one, "__name__", str(one)),
)
def test_inputs_that_flytekit_cannot_read(declared, given, expected):
    """Types and literals are those that flytekit itself wrote."""
    proto = template(inputs={"x": their_literal_type(declared)})
    inputs = {"x": their_literal(declared, given)}
    with pytest.raises(Exception):  # noqa: B017, PT011 - ValueError, TypeError, KeyError: each for a reason of its own
        received(run_theirs, proto, inputs)
    assert shape(received(run_ours, proto, inputs)) == shape({"x": expected})
    assert shape(annotated(proto, inputs, declared)) == shape(given)


def test_a_file_in_a_dataclass():
    proto = template(inputs={"x": their_literal_type(TheirWithFile)})
    inputs = {"x": their_literal(TheirWithFile, TheirWithFile(TheirFile("s3://b/k")))}
    with pytest.raises(Exception, match="FlyteFile"):
        received(run_theirs, proto, inputs)
    assert received(run_ours, proto, inputs) == {"x": {"file": {"path": "s3://b/k"}}}
    assert annotated(proto, inputs, WithFile) == WithFile(FlyteFile("s3://b/k"))


def test_a_missing_input():
    proto, inputs = template(inputs={"a": int, "b": int}), {"a": to_literal(1, int)}
    assert received(run_theirs, proto, inputs) == {"a": 1}
    with pytest.raises(InputsError) as caught:
        received(run_ours, proto, inputs)
    assert str(caught.value) == "inputs.b: missing"


def test_an_extra_input():
    proto, extra = template(inputs={"a": int}), {"a": to_literal(1, int), "z": to_literal(2, int)}
    with pytest.raises(ValueError, match="than allowed by the input spec 1"):
        received(run_theirs, proto, extra)
    none_declared = template()
    assert received(run_theirs, none_declared, extra) == {}
    for declared in (proto, none_declared):
        with pytest.raises(InputsError, match="^inputs.[az]: not in the interface"):
            received(run_ours, declared, extra)


def test_numbers_in_custom():
    proto = template()
    proto.custom.update({"limit": 10, "share": 0.5})
    seen: list[Any] = []

    def work(tt: Any) -> None:
        seen.append({key: repr(value) for key, value in tt.custom.items()})

    run_theirs(work, proto)
    run_ours(work, proto)
    assert seen == [{"limit": "10.0", "share": "0.5"}, *[{"limit": "10", "share": "0.5"}] * 2]


@pytest.mark.parametrize("name", ["tt", "self"])
def test_an_input_of_a_name_that_is_taken(name):
    proto, inputs = template(inputs={name: int}), {name: to_literal(1, int)}
    with pytest.raises(TypeError, match="multiple values for"):
        received(run_theirs, proto, inputs)
    with pytest.raises(TemplateError) as caught:
        received(run_ours, proto, inputs)
    assert str(caught.value).startswith(f"inputs.{name}: {name!r} is already a parameter of execute_from_model")


def test_an_async_executor():
    made: list[Any] = []

    async def three() -> int:
        return 3

    def work(tt: Any) -> Any:
        made.append(three())
        return made[-1]

    proto = template(outputs={"o0": int})
    with pytest.raises(AssertionError, match="failed to convert"):
        run_theirs(work, proto)
    made[0].close()
    assert run_ours(work, proto).literals["o0"] == to_literal(3, int)
