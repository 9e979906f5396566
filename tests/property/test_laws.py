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
from shimlite._mappings import ROWS, row_for
from shimlite.equality import same
from shimlite.strategies import values
from shimlite.strategies.hostile import mutated
from shimlite.strategies.shapes import parts

from .rows import each_row, readers_of, types_of
from .test_hostile import decodes_or_is_refused, parsed, wire

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
def test_the_laws(row, data):
    """One example each for all of them: what takes time is to draw it."""
    held = data.draw(kept(row))
    value = data.draw(values(held.python_type))
    literal = to_literal(value, held.python_type)
    law_1_what_comes_back_is_what_fidelity_says(held, value, literal)
    law_2_what_has_come_back_comes_back_as_itself(held, value)
    law_3_what_is_exact_comes_back_and_what_is_lost_has_a_witness(held, value)
    law_4_a_literal_read_and_written_again_is_normal(held, literal)
    law_5_equal_values_are_equal_bytes_whatever_the_order_of_their_keys(held, value, literal, data.draw)
    law_7_damaged_bytes_decode_or_are_refused(held, parsed(data.draw(mutated(wire(literal)))))


def law_1_what_comes_back_is_what_fidelity_says(held, value, literal):
    back = outcome(read, literal, held)
    assert same(back, outcome(held.project, value))
    assert back is not ConversionError or held.decoded_as is not held.python_type


def law_2_what_has_come_back_comes_back_as_itself(held, value):
    once = outcome(held.project, value)
    if once is ConversionError:
        return
    try:
        as_read = fidelity(held.decoded_as, held.decoded_as)
    except UnsupportedTypeError:  # a union with Any, which reads what another has written
        return
    again = outcome(as_read.project, once)
    # Of what came back less is known, so that two members of a union may take it; then it is refused, never changed.
    assert same(again, once) or (again is ConversionError and outcome(to_literal, once, held.decoded_as) is again)


def law_3_what_is_exact_comes_back_and_what_is_lost_has_a_witness(held, value):
    for loss in held.losses:
        assert loss.witness is None or not same(held.project(loss.witness), loss.witness)
    assert held.losses or same(outcome(held.project, value), value)


def law_4_a_literal_read_and_written_again_is_normal(held, literal):
    again = outcome(normal, literal, held.python_type)
    if again is ConversionError:  # ambiguous, as above
        return
    assert wire(again) == wire(literal)
    dressed = Literal.FromString(wire(literal))
    dressed.hash = "abc"
    assert wire(normal(dressed, held.python_type)) == wire(literal)


def law_5_equal_values_are_equal_bytes_whatever_the_order_of_their_keys(held, value, literal, draw):
    other = reordered(value, draw)
    assert same(other, value)
    assert wire(to_literal(other, held.python_type)) == wire(literal)


def reordered(value: Any, draw: Any) -> Any:
    """An equal value, its dicts filled in another order, at every level."""
    if isinstance(value, dict):
        items = draw(st.permutations(list(value.items())))
        return {key: reordered(item, draw) for key, item in items}
    return [reordered(item, draw) for item in value] if type(value) is list else value


def law_7_damaged_bytes_decode_or_are_refused(held, damaged):
    if damaged is not None:
        decodes_or_is_refused(damaged, held.python_type)
        decodes_or_is_refused(damaged, to_literal_type(held.python_type))


@every_row
def test_every_row_is_under_the_laws(row):
    def holds(python_type: Any) -> bool:
        return any(row_for(part) is row for part in parts(python_type))

    find(types_of(row), holds, settings=settings(database=None))


def test_every_row_is_listed():
    assert [param.values[0] for param in each_row] == list(ROWS)
