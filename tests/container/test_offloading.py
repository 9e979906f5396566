# SPDX-License-Identifier: Apache-2.0
"""Literals in files of their own, read at any depth and written where the platform asks for it."""

from __future__ import annotations

import os
import types

import pytest

from shimlite import (
    Context,
    ExecutableTemplateShimTask,
    InputsError,
    OutputsError,
    StorageError,
    normal,
    to_literal,
    to_literal_type,
)
from shimlite._idl import Literal, LiteralMap, Variable
from shimlite.container import offloading
from shimlite.container.offloading import Offloaded, offload

from ..build import template


@pytest.fixture
def elsewhere(tmp_path):
    """Writes a literal to a file, and gives the literal that refers to it."""

    def write(literal: Literal | bytes, name: str = "l") -> Literal:
        content = literal if isinstance(literal, bytes) else literal.SerializeToString()
        (tmp_path / name).write_bytes(content)
        return Literal(offloaded_metadata={"uri": f"{tmp_path}/{name}", "size_bytes": 1})

    return write


def put_together(inputs: LiteralMap) -> bool:
    offloaded = Offloaded()
    found = [offloaded(inputs)]
    while found[-1]:
        found.append(offloaded(inputs))
    return any(found)


def together(literal: Literal) -> Literal:
    inputs = LiteralMap(literals={"x": literal})
    put_together(inputs)
    return inputs.literals["x"]


def refusal(literal: Literal) -> str:
    with pytest.raises((InputsError, StorageError)) as caught:
        together(literal)
    return str(caught.value)


def test_at_any_depth(elsewhere):
    one = elsewhere(to_literal(1, int))
    assert together(one) == to_literal(1, int)
    assert together(elsewhere(one, "again")) == to_literal(1, int)
    assert together(Literal(collection={"literals": [to_literal(0, int), one]})) == to_literal([0, 1], list[int])
    nested = Literal(map={"literals": {"k": Literal(collection={"literals": [one]})}})
    assert together(nested) == to_literal({"k": [1]}, dict[str, list[int]])
    union = to_literal(5, int | str)
    union.scalar.union.value.CopyFrom(one)
    assert together(union) == to_literal(1, int | str)
    inside = elsewhere(Literal(collection={"literals": [one, one]}), "outer")
    assert together(inside) == to_literal([1, 1], list[int])


@pytest.mark.parametrize("literal", [Literal(), to_literal({"a": 1}, dict), to_literal(None, None)])
def test_what_is_here_stays_as_it_is(literal):
    assert together(Literal.FromString(literal.SerializeToString())) == literal


def test_what_cannot_be_read_is_named(elsewhere, tmp_path):
    assert refusal(Literal(offloaded_metadata={})) == "inputs.x: offloaded to nowhere"
    broken = Literal(collection={"literals": [Literal(), elsewhere(b"\xff")]})
    assert refusal(broken) == (
        f"inputs.x[1]: '{tmp_path}/l', to which it is offloaded, holds 1 bytes that are no Literal"
    )
    missing = Literal(map={"literals": {"k": Literal(offloaded_metadata={"uri": f"{tmp_path}/none"})}})
    assert refusal(missing) == f"inputs.x['k']: cannot read '{tmp_path}/none': No such file or directory"
    inputs = LiteralMap(literals={"no name": Literal(offloaded_metadata={})})
    with pytest.raises(InputsError) as caught:
        put_together(inputs)
    assert str(caught.value) == "inputs['no name']: offloaded to nowhere"


def test_what_is_no_file_is_not_read(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert refusal(Literal(offloaded_metadata={"uri": f"{tmp_path}/pipe"})) == "inputs.x: offloaded to a FIFO"
    assert refusal(Literal(offloaded_metadata={"uri": "/dev/zero"})) == "inputs.x: offloaded to a character device"
    said = "inputs.x: 's3:/b/k' is neither a path nor a URI"
    assert refusal(Literal(offloaded_metadata={"uri": "s3:/b/k"})) == said


def test_a_ring_ends(elsewhere, tmp_path):
    ring = Literal(offloaded_metadata={"uri": f"{tmp_path}/ring"})
    elsewhere(ring, "ring")
    assert refusal(ring) == "inputs.x: offloaded 16 times over"


def test_files_are_counted(elsewhere, monkeypatch):
    monkeypatch.setattr(offloading, "MOST_OFFLOADED", 100)
    one = elsewhere(to_literal(1, int))
    assert together(Literal(collection={"literals": [one] * 100})) == to_literal([1] * 100, list[int])
    assert refusal(Literal(collection={"literals": [one] * 101})) == ("inputs: they are in more than 100 files")


def test_each_file_is_read_once_and_counts_as_often_as_it_is_named(elsewhere, monkeypatch):
    one = elsewhere(to_literal("x" * 100, str))
    size, reads = len(to_literal("x" * 100, str).SerializeToString()), []
    read = offloading.storage_for("").read
    storage = types.SimpleNamespace(read=lambda uri: (reads.append(uri), read(uri))[1])
    monkeypatch.setattr(offloading, "storage_for", lambda uri: storage)
    monkeypatch.setattr(offloading, "LARGEST_TOGETHER", 3 * size)
    assert together(Literal(collection={"literals": [one] * 3})) == to_literal(["x" * 100] * 3, list[str])
    assert len(reads) == 1
    inputs = LiteralMap(literals={"x": Literal(collection={"literals": [one] * 4})})
    before = LiteralMap.FromString(inputs.SerializeToString())
    with pytest.raises(InputsError) as caught:
        put_together(inputs)
    assert str(caught.value) == "inputs.x[3]: what is offloaded is larger than 1 GiB together"
    assert inputs == before


def test_the_limit_counts_what_is_inside_what_was_offloaded(elsewhere, monkeypatch):
    inner = elsewhere(to_literal("x" * 100, str))
    outer = elsewhere(Literal(collection={"literals": [inner]}), "outer")
    monkeypatch.setattr(offloading, "LARGEST_TOGETHER", 150)
    assert refusal(outer) == "inputs.x[0]: what is offloaded is larger than 1 GiB together"


def test_whether_there_was_one_is_said(elsewhere):
    assert offloading.LARGEST_TOGETHER == 2**30
    assert put_together(LiteralMap(literals={"x": elsewhere(to_literal(1, int)), "y": to_literal(1, int)})) is True
    assert put_together(LiteralMap(literals={"y": to_literal([1], list[int])})) is False
    assert put_together(LiteralMap()) is False


def test_it_is_asked_for_only_where_inputs_cannot_be_read(elsewhere):
    class Executor:
        def execute_from_model(self, tt: object, n: object) -> object:
            return n

    task, asked = ExecutableTemplateShimTask(template({"n": int}, {"x": int}), Executor), []
    context = Context()
    offloaded = Offloaded()
    context.incoming = lambda inputs: (asked.append(1), offloaded(inputs))[1]
    whole = LiteralMap(literals={"x": to_literal(5, int)})
    assert task.dispatch_execute(context, LiteralMap(literals={"n": to_literal(5, int)})) == whole
    assert asked == []
    assert task.dispatch_execute(context, LiteralMap(literals={"n": elsewhere(to_literal(5, int))})) == whole
    assert asked == [1]
    with pytest.raises(InputsError, match=r"^inputs\.n: expected INTEGER, got string_value$"):
        task.dispatch_execute(context, LiteralMap(literals={"n": to_literal("5", str)}))
    context.incoming = None
    with pytest.raises(InputsError):
        task.dispatch_execute(context, LiteralMap(literals={"n": elsewhere(to_literal(5, int))}))


TYPES = {"small": int, "large": str}
DECLARED = {name: Variable(type=to_literal_type(python_type)) for name, python_type in TYPES.items()}


def outputs() -> LiteralMap:
    return LiteralMap(literals={"small": to_literal(1, int), "large": to_literal("x" * 2**20, str)})


def test_large_outputs_are_written_beside(tmp_path):
    made = outputs()
    offload(made, DECLARED, f"{tmp_path}/out/", {"_F_L_MIN_SIZE_MB": "1"})
    assert made.literals["small"] == to_literal(1, int)
    path = tmp_path / "out" / "large_offloaded_metadata.pb"
    whole = to_literal("x" * 2**20, str)
    assert Literal.FromString(path.read_bytes()) == whole
    assert made.literals["large"] == Literal(
        offloaded_metadata={"uri": str(path), "size_bytes": whole.ByteSize(), "inferred_type": to_literal_type(str)},
        hash="V3VUs55N0d5xtGH0aPxSbP2GK1NbND5VYBgQjvOfJyo=",
    )
    put_together(made)
    assert normal(made.literals["large"], str) == whole


def test_a_hash_that_is_there_is_kept_and_names_lead_nowhere_else(tmp_path):
    made = LiteralMap(literals={"../a": Literal(hash="h")})
    offload(made, {"../a": Variable()}, str(tmp_path), {"_F_L_MIN_SIZE_MB": "0", "_F_L_MAX_SIZE_MB": "5"})
    assert made.literals["../a"].hash == "h"
    assert made.literals["../a"].offloaded_metadata.uri == f"{tmp_path}/..%2Fa_offloaded_metadata.pb"


@pytest.mark.parametrize("environment", [{}, {"_F_L_MAX_SIZE_MB": "0"}, {"_F_L_MIN_SIZE_MB": ""}])
def test_only_where_it_is_asked_for(tmp_path, environment):
    made = outputs()
    offload(made, DECLARED, str(tmp_path), environment)
    assert made == outputs()
    assert list(tmp_path.iterdir()) == []


def test_what_is_larger_still_is_refused(tmp_path):
    for environment, message in (
        ({"_F_L_MIN_SIZE_MB": "0", "_F_L_MAX_SIZE_MB": "1"}, "outputs.large: 1048588 bytes, and the platform takes "
         "less than 1048576"),
        ({"_F_L_MIN_SIZE_MB": "one"}, "the platform's _F_L_MIN_SIZE_MB is no whole number of megabytes"),
    ):  # fmt: skip
        with pytest.raises(OutputsError) as caught:
            offload(outputs(), DECLARED, str(tmp_path), environment)
        assert str(caught.value) == message
    assert list(tmp_path.iterdir()) == []


def test_what_has_no_hash_is_refused(tmp_path):
    made = LiteralMap(literals={"x": Literal()})
    made.literals["x"].scalar.generic.fields["a"].number_value = float("nan")
    with pytest.raises(OutputsError) as caught:
        offload(made, {"x": Variable()}, str(tmp_path), {"_F_L_MIN_SIZE_MB": "0"})
    assert str(caught.value) == "outputs.x: cannot be offloaded: holds what JSON cannot say"
