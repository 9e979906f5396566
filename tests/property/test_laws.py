# SPDX-License-Identifier: Apache-2.0
"""DESIGN.md's laws, each over every kind of the set: 20 examples a law and kind, 10,000 in the profile ``thorough``.

Two values are equal as ``shimlite.equality.same`` says. What comes back is compared with the model in model.py, which
shares nothing with the package. Law 6, that flytekit reads and writes alike, is ``tests/interop``'s.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from shimlite import (
    ConversionError,
    Fidelity,
    FlyteError,
    UnsupportedTypeError,
    dict_to_literal_map,
    fidelity,
    guess_python_type,
    literal_map_to_kwargs,
    normal,
    to_literal,
    to_literal_type,
    to_python_value,
)
from shimlite._idl import Literal, LiteralMap, LiteralType, Variable
from shimlite.equality import same
from shimlite.strategies import any_values, values
from shimlite.strategies.hostile import mutated

from ..kinds import KINDS, in_type
from ..refusals import decodes_or_is_refused, parsed, wire
from .comparing import assert_comes_back, outcome
from .drawn_types import each_kind, readers_of, types_of
from .model import (
    REFERENCES,
    Refused,
    Unread,
    alone,
    comes_back,
    fits,
    is_same_type,
    kind_of,
    members,
    surely_fits,
)
from .pool import pool

HASHED = [one for one in REFERENCES if one is not FlyteError]
"""References that have a hash of their own."""
every_kind = pytest.mark.parametrize("kind", each_kind)


class Pair(NamedTuple):
    """A type that values are written as, and declared as, and one that a reader wants."""

    written_as: Any
    reader: Any
    is_alone: bool = False
    """Whether the reader's type is the one that the template alone tells."""

    def fidelity(self) -> Fidelity:
        return fidelity(self.written_as, None if self.is_alone else self.reader)

    def read(self, literal: Literal) -> Any:
        variables = {"x": Variable(type=to_literal_type(self.written_as))}
        return literal_map_to_kwargs(LiteralMap(literals={"x": literal}), variables, {"x": self.reader})["x"]

    def write(self, value: Any) -> Any:
        """As the reader's type, where the other is declared."""
        variables = {"x": Variable(type=to_literal_type(self.written_as))}
        return dict_to_literal_map({"x": value}, variables, {"x": self.reader})


def generated(enum_values: tuple[str, ...]) -> Any:
    """The package's own Enum, which no other is equal to; that it has these values is asked where it is used."""
    cls = guess_python_type(LiteralType(enum_type={"values": enum_values}))
    assert tuple(member.value for member in cls) == tuple(dict.fromkeys(enum_values))
    return cls


@st.composite
def pairs(draw: st.DrawFn, kind: Any) -> Pair:
    """A type of a kind, read as itself, as what the template alone tells, or as another that may fit."""
    python_type = draw(types_of(kind))
    how = draw(st.sampled_from(("itself", "template", "another", "another")))
    if how == "template":
        return Pair(python_type, alone(python_type, generated), is_alone=True)
    return Pair(python_type, draw(readers_of(python_type)) if how == "another" else python_type)


@every_kind
@given(data=st.data())
def test_the_laws(kind, data):
    """One example each for all of them: what takes time is to draw it."""
    pair = data.draw(pairs(kind))
    value = data.draw(values(pair.written_as))
    literal = to_literal(value, pair.written_as)
    law_1_what_comes_back_is_what_the_model_says(pair, value, literal)
    law_2_what_has_come_back_comes_back_as_itself(pair, value)
    law_4_a_literal_read_and_written_again_is_normal(pair, literal)
    law_5_equal_values_are_equal_bytes_whatever_the_order_of_their_keys(pair, value, literal, data.draw)
    law_7_damaged_bytes_decode_or_are_refused(pair, parsed(Literal, data.draw(mutated(wire(literal)))))


@every_kind
@given(data=st.data())
def test_law_1_of_values_that_may_have_to_be_refused(kind, data):
    python_type = data.draw(types_of(kind))
    assert_comes_back(python_type, data.draw(any_values(python_type)))


def law_1_what_comes_back_is_what_the_model_says(pair, value, literal):
    if not fits(pair.written_as, pair.reader):
        assert_refused_before_any_data(pair)
        return
    expected = outcome(comes_back, pair.written_as, value, pair.reader)
    assert expected is not ConversionError or pair.reader is not pair.written_as
    assert same(outcome(pair.read, literal), expected)
    try:
        project = pair.fidelity().project
    except UnsupportedTypeError:  # not every value of the one type can be read as the other
        assert not surely_fits(pair.written_as, pair.reader)
        return
    assert same(outcome(project, value), expected)


def assert_refused_before_any_data(pair: Pair) -> None:
    """Nothing, and a value of no type at all, are each data that would be another error."""
    for call in (pair.fidelity, lambda: pair.read(Literal()), lambda: pair.write(object())):
        with pytest.raises(UnsupportedTypeError):
            call()


def law_2_what_has_come_back_comes_back_as_itself(pair, value):
    reader = pair.reader if fits(pair.written_as, pair.reader) else pair.written_as
    once = outcome(comes_back, pair.written_as, value, reader)
    if once is ConversionError:
        return
    try:
        project = fidelity(reader, reader).project
    except UnsupportedTypeError:  # a union with Any, which reads what another has written
        return
    again = outcome(project, once)
    assert same(again, outcome(comes_back, reader, once, reader))
    # Of what came back less is known, so that two members of a union may take it; then it is refused, never changed.
    assert same(again, once) or (again is ConversionError and outcome(to_literal, once, reader) is again)


def law_4_a_literal_read_and_written_again_is_normal(pair, literal):
    again = outcome(normal, literal, pair.written_as)
    if again is ConversionError:  # ambiguous, as above
        return
    assert wire(again) == wire(literal)
    dressed = Literal.FromString(wire(literal))
    dressed.hash = "abc"
    again = normal(dressed, pair.written_as)
    if kind_of(pair.written_as) in HASHED:
        assert again.hash == "abc"
    if any(kind_of(member) in HASHED for member in (pair.written_as, *members(pair.written_as))):
        again, literal = without_hash(again), without_hash(literal)  # which a reference keeps
    assert wire(again) == wire(literal)


def without_hash(literal: Literal) -> Literal:
    copy = Literal.FromString(wire(literal))
    copy.ClearField("hash")
    if copy.scalar.HasField("union"):
        copy.scalar.union.value.ClearField("hash")
    return copy


def law_5_equal_values_are_equal_bytes_whatever_the_order_of_their_keys(pair, value, literal, draw):
    other = reordered(value, draw)
    assert same(other, value)
    assert wire(to_literal(other, pair.written_as)) == wire(literal)


def reordered(value: Any, draw: Any) -> Any:
    """An equal value, its dicts filled in another order, at every level."""
    if isinstance(value, dict):
        items = draw(st.permutations(list(value.items())))
        return {key: reordered(item, draw) for key, item in items}
    return [reordered(item, draw) for item in value] if type(value) is list else value


def law_7_damaged_bytes_decode_or_are_refused(pair, damaged):
    if damaged is not None:
        for as_type in (pair.written_as, to_literal_type(pair.written_as)):
            decodes_or_is_refused(
                damaged,
                lambda literal, as_type=as_type: to_python_value(literal, as_type),
                lambda value, as_type=as_type: to_literal(value, as_type),
            )


# -------------------------------------------------------------------------------------------------- law 3: what is lost


@every_kind
@settings(max_examples=max(10, settings().max_examples // 4))
@given(data=st.data())
def test_law_3_losses_are_those_that_the_model_finds(kind, data):
    """Of odd values of the type, some of each part. It says too which types fit: all these values must be read."""
    pair = data.draw(pairs(kind))
    try:
        found = pair.fidelity()
    except UnsupportedTypeError:
        assert not surely_fits(pair.written_as, pair.reader)
        return
    for loss in found.losses:
        assert loss.witness is None or not same(comes_back(pair.written_as, loss.witness, pair.reader), loss.witness)
    for value in pool(pair.written_as):
        try:
            back = comes_back(pair.written_as, value, pair.reader)
        except Refused as error:
            assert type(error) is not Unread, f"it was written, and not read: {value!r}"
            back = ConversionError
        assert same(outcome(found.project, value), back)
        assert same(back, value) or back is ConversionError or not found.exact, f"it was lost: {value!r}"


@every_kind
@given(data=st.data())
def test_types_that_do_not_fit_are_refused_before_any_data(kind, data):
    written_as, other = data.draw(types_of(kind)), data.draw(types_of(data.draw(st.sampled_from(KINDS))))
    for pair in (Pair(written_as, other), Pair(other, written_as)):
        if not fits(pair.written_as, pair.reader):
            assert_refused_before_any_data(pair)
            continue
        for call in (lambda pair=pair: pair.read(Literal()), lambda pair=pair: pair.write(object())):
            with pytest.raises(ConversionError):
                call()


@every_kind
@given(data=st.data())
def test_the_template_alone_tells_what_the_model_says(kind, data):
    python_type = data.draw(types_of(kind))
    assert is_told(guess_python_type(to_literal_type(python_type)), alone(python_type, generated))


def is_told(guess: Any, expected: Any) -> bool:
    """References are alike if a template says the same of them."""
    if kind_of(expected) in REFERENCES:
        return kind_of(guess) is kind_of(expected) and to_literal_type(guess) == to_literal_type(expected)
    pairs = list(zip(members(guess), members(expected)))
    if kind_of(expected) in ("Union", list, dict) and pairs:
        is_alike = kind_of(guess) == kind_of(expected) and len(members(guess)) == len(members(expected))
        return is_alike and all(is_told(*pair) for pair in pairs)
    return is_same_type(guess, expected)


@every_kind
def test_every_kind_is_under_the_laws(kind):
    find(types_of(kind), lambda python_type: kind in in_type(python_type), settings=settings(database=None))
