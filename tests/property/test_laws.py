# SPDX-License-Identifier: Apache-2.0
"""DESIGN.md's laws, each over every row: 100 examples a law and row, 10,000 in the profile ``thorough``.

With e = encode as T, d = decode as U, p = ``fidelity(T, U).project``, equal as ``shimlite.equality.same``. Law 6, that
flytekit reads and writes alike, is ``tests/interop``'s.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from shimlite import (
    ConversionError,
    Fidelity,
    UnsupportedTypeError,
    fidelity,
    literal_map_to_kwargs,
    normal,
    to_literal,
    to_literal_type,
)
from shimlite._idl import Literal, LiteralMap, Variable
from shimlite.equality import same
from shimlite.mappings import ROWS, row_for
from shimlite.strategies import values
from shimlite.strategies.shapes import parts

from .rows import each_row, readers_of, types_of
from .test_hostile import decodes_or_is_refused, mutated, parsed, wire

every_row = pytest.mark.parametrize("row", each_row)


def read(literal: Literal, kept: Fidelity) -> Any:
    """What comes back where the interface declares the one type and the reader wants the other."""
    declared = {"x": Variable(type=to_literal_type(kept.python_type))}
    return literal_map_to_kwargs(LiteralMap(literals={"x": literal}), declared, {"x": kept.decoded_as})["x"]


def outcome(call: Any, *arguments: Any) -> Any:
    """The result, or ConversionError where that is raised."""
    try:
        return call(*arguments)
    except ConversionError:
        return ConversionError


@st.composite
def kept(draw: st.DrawFn, row: Any) -> Fidelity:
    """A type of a row, read as itself, as the template alone tells it, or as another that it fits."""
    python_type = draw(types_of(row))
    how = draw(st.sampled_from(("itself", "template", "another")))
    if how == "another":
        try:
            return fidelity(python_type, draw(readers_of(python_type)))
        except UnsupportedTypeError:
            pass
    return fidelity(python_type, None if how == "template" else python_type)


@every_row
@given(data=st.data())
def test_1_what_comes_back_is_what_fidelity_says(row, data):
    held = data.draw(kept(row))
    value = data.draw(values(held.python_type))
    expected = outcome(held.project, value)
    back = outcome(read, to_literal(value, held.python_type), held)
    assert same(back, expected)
    if held.decoded_as is held.python_type:
        assert back is not ConversionError


@every_row
@given(data=st.data())
def test_2_what_has_come_back_comes_back_as_itself(row, data):
    held = data.draw(kept(row))
    once = outcome(held.project, data.draw(values(held.python_type)))
    if once is ConversionError:
        return
    try:
        as_read = fidelity(held.decoded_as, held.decoded_as)
    except UnsupportedTypeError:  # a union with Any, which reads what another has written
        return
    again = outcome(as_read.project, once)
    # Of what came back less is known, so that two members of a union may take it; then it is refused, never changed.
    assert same(again, once) or (again is ConversionError and outcome(to_literal, once, held.decoded_as) is again)


@every_row
@given(data=st.data())
def test_3_what_is_exact_comes_back_and_what_is_lost_has_a_witness(row, data):
    held = data.draw(kept(row))
    for loss in held.losses:
        assert loss.witness is None or not same(held.project(loss.witness), loss.witness)
    value = data.draw(values(held.python_type))
    assert same(outcome(held.project, value), value) or held.losses


@every_row
@given(data=st.data())
def test_4_a_literal_read_and_written_again_is_normal(row, data):
    python_type = data.draw(types_of(row))
    literal = to_literal(data.draw(values(python_type)), python_type)
    again = outcome(normal, literal, python_type)
    assert again is ConversionError or wire(again) == wire(literal)
    decorated = Literal.FromString(wire(literal))
    decorated.hash, decorated.metadata["key"] = "abc", "value"
    if again is not ConversionError and not literal.scalar.HasField("blob"):
        assert wire(normal(decorated, python_type)) == wire(literal)


@every_row
@given(data=st.data())
def test_5_equal_values_are_equal_bytes_whatever_the_order_of_their_keys(row, data):
    python_type = data.draw(types_of(row))
    value = data.draw(values(python_type))
    other = reordered(value, data.draw)
    assert same(other, value)
    assert wire(to_literal(other, python_type)) == wire(to_literal(value, python_type))


def reordered(value: Any, draw: Any) -> Any:
    """An equal value, its dicts filled in another order, at every level."""
    if isinstance(value, dict):
        items = draw(st.permutations(list(value.items())))
        return {key: reordered(item, draw) for key, item in items}
    return [reordered(item, draw) for item in value] if type(value) is list else value


@every_row
@given(data=st.data())
def test_7_damaged_bytes_decode_or_are_refused(row, data):
    python_type = data.draw(types_of(row))
    literal = to_literal(data.draw(values(python_type)), python_type)
    damaged = parsed(data.draw(mutated(wire(literal))))
    if damaged is not None:
        decodes_or_is_refused(damaged, python_type)
        decodes_or_is_refused(damaged, to_literal_type(python_type))


@every_row
def test_every_row_is_under_the_laws(row):
    def holds(python_type: Any) -> bool:
        return any(row_for(part) is row for part in parts(python_type))

    find(types_of(row), holds, settings=settings(database=None))


def test_every_row_is_listed():
    assert [param.values[0] for param in each_row] == list(ROWS)
