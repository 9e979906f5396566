# SPDX-License-Identifier: Apache-2.0
"""Where flytekit and we differ about models that both were run with on the platform, and the keys of Flyte 2's cache.

golden/models_and_hashes.jsonl is what happened there.
"""

from __future__ import annotations

import dataclasses
import os
from typing import Any

import pytest
from mashumaro.exceptions import UnserializableField

from shimlite import ConversionValueError, to_literal, to_python_value
from shimlite._idl import Literal

from ..golden.models import WHOLE, Either, Inner, Other
from ..golden.recorded import message, rows
from ..support import primitive, refusal
from ..test_models_and_hashes import CACHED, FILE, TAKEN, inputs_of
from .test_pydantic import read_by_flytekit, theirs

if "CI" not in os.environ:
    pytest.importorskip("flyte", reason="LEFT OUT, flyte is not installed")

from flyte._internal.runtime.convert import generate_inputs_hash_for_named_literals
from flyteidl2.core import literals_pb2 as flyte_literals
from flyteidl2.task import common_pb2


@dataclasses.dataclass
class Holder:
    model: Inner


def test_flytekit_writes_and_reads_no_dataclass_with_a_model_in_it():
    value = Holder(Inner(a=1))
    ours = to_literal(value, Holder)
    assert to_python_value(ours, Holder) == value
    with pytest.raises(UnserializableField):
        theirs(value, Holder)
    with pytest.raises(Exception, match="is not serializable"):
        read_by_flytekit(ours, Holder)


def test_flytekit_writes_into_no_union_of_two_models_and_reads_what_we_write():
    value = Other(b=4)
    with pytest.raises(TypeError, match="Ambiguous choice of variant"):
        theirs(value, Either)
    assert read_by_flytekit(to_literal(value, Either), Either) == value


@pytest.mark.parametrize("name", ["when", "day", "span"])
def test_flytekit_takes_no_time_that_propeller_takes_out_of_a_model(name: str):
    taken = message(Literal, TAKEN["results"][name])
    value = getattr(WHOLE, name)
    assert to_python_value(taken, type(value)) == value
    assert taken == primitive(string_value=taken.scalar.primitive.string_value)
    with pytest.raises(Exception, match="Cannot convert literal"):
        read_by_flytekit(taken, type(value))


def test_flytekit_tries_each_model_of_a_union_where_we_take_the_stored_one():
    """flytectl says the first of the union's records, whatever a person wrote."""
    (row,) = [row for row in rows(FILE, "sent") if row["name"] == "either"]
    literal = message(Literal, row["literal"])
    assert read_by_flytekit(literal, Either) == Other(b=4)
    assert refusal(ConversionValueError, to_python_value, literal, Either) == "expected Inner, got a map without 'a'"


# ------------------------------------------------------------------------------------------------- the cache of Flyte 2


def key_of(literal: Any) -> str:
    """The key that Flyte 2's SDK makes of a task's only input."""
    value = flyte_literals.Literal.FromString(literal.SerializeToString())
    return generate_inputs_hash_for_named_literals([common_pb2.NamedLiteral(name="v", value=value)])


@pytest.mark.parametrize("name", CACHED)
def test_flyte_2_hits_where_flyte_1_does(name: str):
    first, again, other = map(key_of, inputs_of(name))
    assert (first == again, first == other) == (name != "unhashed", False)


@pytest.mark.parametrize(
    ("python_type", "value"), [(Inner, Inner(a=3)), (list[Inner], [Inner(a=3)])], ids=["one", "list"]
)
def test_for_flyte_2_a_model_of_flytekits_and_ours_are_one(python_type: Any, value: Any):
    """It sorts the keys of msgpack before it looks; Flyte 1 does not, and has a key for each."""
    assert theirs(value, python_type) != to_literal(value, python_type)
    assert key_of(theirs(value, python_type)) == key_of(to_literal(value, python_type))
    assert key_of(to_literal(Inner(a=3), Inner)) != key_of(to_literal(Inner(a=4), Inner))
