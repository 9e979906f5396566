# SPDX-License-Identifier: Apache-2.0
"""The laws of DESIGN.md over the whole fixed set, nested four deep: what comes back is what the table says."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import typing
from typing import Any, Literal

import attr
import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shimlite import (
    ConversionError,
    FlyteFile,
    FlyteSchema,
    UnsupportedTypeError,
    _idl,
    dict_to_literal_map,
    guess_python_type,
    literal_map_to_kwargs,
    to_literal,
    to_literal_type,
    to_python_value,
)
from shimlite._idl import LiteralType, Variable
from shimlite._mappings import row_for
from shimlite.equality import same
from shimlite.strategies import any_typed_values, any_values, field_types, python_types, typed_values
from shimlite.strategies.awkward import AWKWARD
from shimlite.strategies.classes import Counted
from shimlite.strategies.shapes import parts
from shimlite.strategies.types import MAX_DEPTH

from ..support import packed
from .model import Refused, kind_of, members, through_literal
from .pods import without_stored_schemas

Maybe, Either = typing.Optional, typing.Union


def encoded(literal: Any) -> bytes:
    return bytes(literal.SerializeToString(deterministic=True))


def written(python_type: Any, value: Any) -> _idl.Literal:
    """A literal of a value that the type can hold; those that it cannot are another test's."""
    try:
        through_literal(python_type, value)
    except Refused:
        assume(False)
    return to_literal(value, python_type)


@given(python_types())
def test_every_type_of_the_set_has_a_literal_type_and_compiles(python_type):
    literal_type = to_literal_type(python_type)
    assert LiteralType.FromString(encoded(literal_type)) == literal_type
    for given_as in (python_type, literal_type):
        with pytest.raises(ConversionError):
            to_literal(object(), given_as)


@given(any_typed_values())
def test_what_comes_back_is_what_the_table_says(typed):
    python_type, value = typed
    try:
        expected = through_literal(python_type, value)
    except Refused:
        with pytest.raises(ConversionError):
            to_literal(value, python_type)
        return
    literal = to_literal(value, python_type)
    assert same(to_python_value(literal, python_type), expected)
    assert same(to_python_value(_idl.Literal.FromString(encoded(literal)), python_type), expected)


@st.composite
def held_values(draw: st.DrawFn) -> tuple[Any, Any]:
    field_type = draw(field_types(MAX_DEPTH - 1))
    make = draw(st.sampled_from((dataclasses.make_dataclass, attrs.make_class)))
    fields = [("held", field_type)] if make is dataclasses.make_dataclass else {"held": attr.ib(type=field_type)}
    record = make("Holder", fields)
    return record, record(draw(any_values(field_type)))


@given(held_values())
def test_what_comes_back_of_a_field_is_what_the_table_says(typed):
    test_what_comes_back_is_what_the_table_says.hypothesis.inner_test(typed)


def holding(field_type: Any, value: Any) -> tuple[Any, Any]:
    record = dataclasses.make_dataclass("Holder", [("held", field_type)])
    return record, record(value)


KEPT = [
    holding(FlyteFile["csv"], FlyteFile("s3://b")),
    holding(FlyteSchema[{"id": int}], FlyteSchema("s3://b")),
    holding(Literal[2**53 + 1], 2**53 + 1),
    holding(FlyteFile, FlyteFile("s3://b", metadata={})),
    (Counted, Counted(1)),
    (dt.date | dt.datetime, dt.date(2024, 2, 29)),
    (dt.date | dt.datetime, dt.datetime(2024, 2, 29, tzinfo=dt.timezone.utc)),
]
REFUSED = [
    holding(list[float] | list[int], [1]),  # read back as [1.0]
    holding(list[int] | list[float], [1.0]),  # read back as [1]
    holding(list[int] | list[float], [-0.0]),
    holding(dict[str, int] | dict[str, float], {"x": 2.0}),
]


@pytest.mark.parametrize("typed", KEPT, ids=str)
def test_what_these_laws_once_missed_is_kept(typed):
    test_what_comes_back_is_what_the_table_says.hypothesis.inner_test(typed)
    test_a_literal_decoded_and_encoded_has_the_same_bytes.hypothesis.inner_test(typed)
    test_the_template_alone_gives_the_same_literal_back.hypothesis.inner_test(typed)


@pytest.mark.parametrize("typed", REFUSED, ids=str)
def test_what_these_laws_once_missed_is_refused(typed):
    with pytest.raises(Refused):
        through_literal(*typed)
    with pytest.raises(ConversionError, match="ambiguous"):
        to_literal(typed[1], typed[0])


@pytest.mark.parametrize("held_by", [None, list, "record"], ids=str)
@pytest.mark.parametrize("python_type", AWKWARD, ids=lambda one: one.__name__)
def test_every_awkward_value_is_taken_or_refused_as_the_table_says(python_type, held_by):
    """Of every scalar, so also of the wrong one."""
    for value in (value for pool in AWKWARD.values() for value in pool):
        typed = python_type, value
        if held_by is list:
            typed = list[python_type], [value]
        elif held_by == "record":
            typed = holding(python_type, value)
        test_what_comes_back_is_what_the_table_says.hypothesis.inner_test(typed)


@given(python_types(max_depth=2), any_typed_values(max_depth=2))
def test_a_value_of_another_type_is_taken_or_refused_as_the_table_says(python_type, typed):
    test_what_comes_back_is_what_the_table_says.hypothesis.inner_test((python_type, typed[1]))


@given(typed_values())
def test_what_has_come_back_once_comes_back_as_itself(typed):
    python_type, value = typed
    once = to_python_value(written(python_type, value), python_type)
    try:
        assert same(through_literal(python_type, once), once)
    except Refused:  # of what came back less is known, so that two members of a union may take it
        with pytest.raises(ConversionError):
            to_literal(once, python_type)
        return
    assert same(to_python_value(to_literal(once, python_type), python_type), once)


@given(typed_values())
def test_a_literal_decoded_and_encoded_has_the_same_bytes(typed):
    python_type, value = typed
    literal = written(python_type, value)
    once = to_python_value(literal, python_type)
    try:
        through_literal(python_type, once)
    except Refused:
        assume(False)
    assert encoded(to_literal(once, python_type)) == encoded(literal)


@given(typed_values())
def test_the_template_alone_gives_the_same_literal_back(typed):
    """Less the schemas in the types that unions store, since a dict is of no class."""
    python_type, value = typed
    literal, literal_type = written(python_type, value), to_literal_type(python_type)
    once = to_python_value(literal, literal_type)
    try:
        again = to_literal(once, literal_type)
    except ConversionError as error:
        assert guesses_collapse(python_type), error
        return
    if not guesses_collapse(python_type):
        assert encoded(without_stored_schemas(again)) == encoded(without_stored_schemas(literal))


@pytest.mark.parametrize("first", [dt.datetime | str, str | dt.datetime], ids=["as declared", "the other way round"])
def test_a_guess_does_not_depend_on_what_the_process_did_before(first):
    """typing keeps what it has made, and takes ``list[str | datetime]`` for ``list[datetime | str]``."""
    declared = Either[dt.datetime, str]
    literal_type = to_literal_type(Maybe[list[declared]])
    literal_type.union_type.variants[0].structure.tag = f"{typing.get_args(first)[0].__name__}"  # not compiled before
    for forget in typing._cleanups:
        forget()
    kept = Maybe[list[Either[typing.get_args(first)]]]
    assert typing.get_args(typing.get_args(typing.get_args(kept)[0])[0]) == typing.get_args(first)
    back = to_python_value(packed(["2024-02-29T00:00:00+00:00"]), literal_type)
    assert same(back, [dt.datetime(2024, 2, 29, tzinfo=dt.timezone.utc)])


def guesses_collapse(python_type: Any) -> bool:
    """Whether two members of a union are guessed as types that hold the same values, and so cannot be told apart."""
    return any(overlap(part) for part in parts(python_type))


def overlap(python_type: Any) -> bool:
    if kind_of(python_type) != "Union":
        return False
    guessed = collections.Counter(guessed_as(member) for member in members(python_type))
    return any(count > 1 for count in guessed.values())


def guessed_as(member: Any) -> Any:
    """The class of values that a member's guess has; enums are one class, records are dicts."""
    kind = kind_of(member)
    if kind == "Literal":
        return type(members(member)[0])
    return {dt.date: dt.datetime, "record": dict}.get(kind, kind)


@given(st.dictionaries(st.sampled_from(("x", "y", "o0", "tt")), typed_values(max_depth=2), max_size=3))
def test_a_map_of_literals_gives_each_variable_its_own(by_name):
    variables = {name: Variable(type=to_literal_type(python_type)) for name, (python_type, _) in by_name.items()}
    python_types = {name: python_type for name, (python_type, _) in by_name.items()}
    given_values = {name: value for name, (_, value) in by_name.items()}
    for python_type, value in by_name.values():
        written(python_type, value)
    literal_map = dict_to_literal_map(given_values, variables, python_types)
    assert set(literal_map.literals) == set(by_name)
    back = literal_map_to_kwargs(literal_map, variables, python_types)
    assert same(back, {name: through_literal(*pair) for name, pair in by_name.items()})


@given(python_types())
def test_a_guess_has_the_literal_type_it_was_guessed_from_or_a_poorer_one(python_type):
    literal_type = to_literal_type(python_type)
    guessed = guess_python_type(literal_type)
    assert guess_python_type(literal_type) == guessed
    try:
        poorer = to_literal_type(guessed)
    except UnsupportedTypeError as error:  # two members guessed alike
        assert "ambiguous" in str(error) or "NoReturn" in str(error)
        return
    again = guess_python_type(poorer)
    assert row_for(again) is row_for(guessed)
