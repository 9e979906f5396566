# SPDX-License-Identifier: Apache-2.0
"""The laws over pydantic models drawn by hypothesis. What comes back is what pydantic itself makes of its own JSON."""

from __future__ import annotations

import dataclasses
import datetime as dt
import decimal
import enum
import json
import uuid
from typing import Annotated, Any, Literal, Optional, Union

import msgpack
import pydantic
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field

from shimlite import (
    ConversionError,
    FlyteFile,
    UnsupportedTypeError,
    fidelity,
    guess_python_type,
    to_literal,
    to_literal_type,
    to_python_value,
)
from shimlite._idl import Literal as Literal_
from shimlite._types.stripped import stripped
from shimlite.equality import same
from shimlite.strategies import typed_near_values, typed_values
from shimlite.strategies.hostile import mutated
from shimlite.strategies.kinds import KINDS as ALL_KINDS
from shimlite.strategies.kinds import Model
from shimlite.testing import check_distinct, check_equal_bytes, check_round_trip

from ..refusals import decodes_or_is_refused, parsed, wire
from ..support import packed, unpacked
from .model.enum_names import named, valued

slow = settings(suppress_health_check=[HealthCheck.too_slow])
"""Each draw makes classes, some ms each."""


class Color(enum.Enum):
    RED = "red"
    ONE = 1


class Shade(enum.Enum):
    """A value is the name of another member, and a member has an alias."""

    DARK = "LIGHT"
    LIGHT = "light"
    PALE = "light"


class Rank(enum.IntEnum):
    LOW = 1
    HIGH = 2


@dataclasses.dataclass
class Point:
    x: int = 1


NAMES = st.sampled_from(("RED", "ONE", "LIGHT", "PALE", "HIGH", "red"))
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False)
    | st.text(max_size=3)
    | NAMES,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
    max_leaves=4,
)
INTS = st.integers() | st.sampled_from((2**63, -(2**63), 2**64))
TEXTS = st.text(max_size=4) | st.sampled_from(("\ud800", "2024-02-29", "P1D", "1", "true", ""))
ZONES = st.none() | st.sampled_from((dt.timezone.utc, dt.timezone(dt.timedelta(hours=-5, minutes=30))))
ATOMS: dict[Any, st.SearchStrategy[Any]] = {
    int: INTS,
    float: st.floats(),
    str: TEXTS,
    bool: st.booleans(),
    bytes: st.binary(max_size=3),
    dt.datetime: st.datetimes(timezones=ZONES),
    dt.date: st.dates(),
    dt.timedelta: st.timedeltas(),
    dt.time: st.times(),
    uuid.UUID: st.uuids(),
    decimal.Decimal: st.decimals(allow_nan=False),
    Color: st.sampled_from(Color),
    Shade: st.sampled_from(Shade),
    Rank: st.sampled_from(Rank),
    Literal["a", 1]: st.sampled_from(("a", 1)),
    Any: JSON,
    dict: st.dictionaries(st.text(max_size=2), JSON, max_size=2),
    Point: st.builds(Point, st.integers(-9, 9)),
    FlyteFile: st.builds(FlyteFile, st.just("s3://b"), metadata=st.none() | st.just({"k": "v"})),
    type(None): st.none(),
}
KEYS = (str, int, uuid.UUID, dt.date, bool, Shade)

Typed = tuple[Any, st.SearchStrategy[Any]]


@st.composite
def types(draw: st.DrawFn, depth: int) -> Typed:
    """A type of a model's field, and its values."""
    kind = draw(st.sampled_from(("atom", "atom", "list", "dict", "optional", "union", "tuple", "set", "model")))
    if kind == "atom" or depth == 0:
        python_type = draw(st.sampled_from(list(ATOMS)))
        return python_type, ATOMS[python_type]
    if kind == "set":
        key = draw(st.sampled_from(KEYS))
        return set[key], st.sets(ATOMS[key], max_size=2)  # type: ignore[valid-type]
    if kind == "model":
        return draw(models(depth - 1))
    inner, values = draw(types(depth - 1))
    if kind == "list":
        return list[inner], st.lists(values, max_size=2)
    if kind == "dict":
        key = draw(st.sampled_from(KEYS))
        return dict[key, inner], st.dictionaries(ATOMS[key], values, max_size=2)  # type: ignore[valid-type]
    if kind == "optional":
        return Optional[inner], st.none() | values
    other, others = draw(types(depth - 1))
    return (
        (Union[inner, other], values | others) if kind == "union" else (tuple[inner, other], st.tuples(values, others))
    )


WORDS: tuple[dict[str, Any], ...] = ({}, {}, {}, {"alias": "A"}, {"serialization_alias": "_s"}, {"description": "d"})
CONFIGS = (
    *(ConfigDict(), ConfigDict(), ConfigDict(extra="allow"), ConfigDict(extra="forbid")),
    *(ConfigDict(serialize_by_alias=True), ConfigDict(populate_by_name=True), ConfigDict(ser_json_inf_nan="constants")),
)


@st.composite
def models(draw: st.DrawFn, depth: int = 2) -> Typed:
    """A model with aliases and settings of all sorts, and its values."""
    title, config = draw(st.sampled_from(("Model", "Other"))), draw(st.sampled_from(CONFIGS))
    fields: dict[str, Any] = {}
    values: dict[str, st.SearchStrategy[Any]] = {}
    for name in draw(st.lists(st.sampled_from("abcd"), max_size=3, unique=True)):
        python_type, of_type = draw(types(depth))
        words = {key: f"{name}{word}" for key, word in draw(st.sampled_from(WORDS)).items()}
        if config.get("serialize_by_alias"):
            words.pop("serialization_alias", None)  # which is never read
        if draw(st.booleans()):
            fields[name], values[words.get("alias", name)] = (python_type, Field(**words)), of_type
        else:
            fields[name] = (Optional[python_type], Field(None, **words))
            values[words.get("alias", name)] = st.none() | of_type
    model = pydantic.create_model(title, __config__=config, **fields)
    drawn = st.fixed_dictionaries(values).map(lambda one: _made(model, one))
    return model, drawn.filter(lambda one: one is not None)


def _made(model: Any, values: dict[str, Any]) -> Any:
    """None where pydantic refuses the values: the one member of a union may have been made another's."""
    try:
        return model(**values)
    except pydantic.ValidationError:
        return None


@st.composite
def typed_models(draw: st.DrawFn) -> tuple[Any, Any]:
    model, values = draw(models())
    return model, draw(values)


class Refused:
    pass


def by_pydantic(model: Any, value: Any) -> tuple[Any, Any]:
    """Its JSON, and what pydantic reads of that by name; Refused where that is not possible."""
    try:
        plain = json.loads(value.model_dump_json(warnings="error"))
        msgpack.packb(plain)
    except Exception:
        return Refused, Refused
    try:
        return plain, model.model_validate_json(json.dumps(plain), strict=False, by_alias=True, by_name=True)
    except pydantic.ValidationError:
        return plain, Refused


def outcome(work: Any, *arguments: Any) -> Any:
    try:
        return work(*arguments)
    except ConversionError as error:
        assert "\n" not in str(error) and error.__cause__ is None and error.__context__ is None
        return Refused


@slow
@given(typed_models())
def test_what_comes_back_is_what_pydantic_makes_of_its_own_json(typed):
    model, value = typed
    plain, back = by_pydantic(model, value)
    literal = outcome(to_literal, value, model)
    if plain is Refused:
        assert literal is Refused
        return
    assert in_any_order(unpacked(literal)) == in_any_order(plain)
    assert literal == packed(in_order(unpacked(literal)))
    assert same(outcome(to_python_value, literal, model), back)
    assert to_python_value(literal, dict) == unpacked(literal)
    assert same(outcome(fidelity(model, model).project, value), back)


def in_any_order(plain: Any) -> Any:
    """For ``==``: the elements of a set come in any order, NaN is equal to itself, and 1 is not 1.0."""
    if isinstance(plain, dict):
        return sorted((key, in_any_order(value)) for key, value in plain.items())
    return sorted(map(repr, map(in_any_order, plain))) if isinstance(plain, list) else repr(plain)


def in_order(plain: Any) -> Any:
    """Keys in the order of their bytes, all NaN alike."""
    if isinstance(plain, dict):
        return {key: in_order(plain[key]) for key in sorted(plain, key=msgpack.packb)}
    return list(map(in_order, plain)) if isinstance(plain, list) else plain


@slow
@given(typed_models())
def test_a_pods_template_gives_the_same(typed):
    model, value = typed
    for python_type in (model, Optional[model], list[model]):
        whole = [value] if python_type == list[model] else value
        declared = to_literal_type(python_type)
        in_pod = stripped(declared)
        assert guess_python_type(declared) == guess_python_type(in_pod)
        one, other = outcome(to_literal, whole, declared), outcome(to_literal, whole, in_pod)
        assert one is other is Refused or wire(one) == wire(other)
        if python_type is not list[model]:
            as_written = outcome(to_literal, whole, python_type)
            assert as_written is one is Refused or wire(as_written) == wire(one)


@slow
@given(typed_models(), typed_models())
def test_a_union_reads_the_model_that_was_written(typed, other):
    model, value = typed
    union = Union[model, other[0], Point, None]
    if to_literal_type(model) == to_literal_type(other[0]):
        return
    literal = outcome(to_literal, value, union)
    alone = outcome(to_literal, value, model)
    if alone is Refused:
        assert literal is Refused
        return
    assert wire(literal.scalar.union.value) == wire(alone)
    told_apart = model.__name__ != other[0].__name__
    back, expected = outcome(to_python_value, literal, union), outcome(to_python_value, alone, model)
    assert same(back, expected) or (not told_apart and (back is Refused or type(back) in (model, other[0])))


@slow
@given(typed_models())
def test_a_model_in_a_dataclass_and_a_dict(typed):
    model, value = typed
    holder = dataclasses.make_dataclass("Holder", [("x", model), ("y", Annotated[dict[int, model], "a word"])])
    alone = outcome(to_literal, value, model)
    whole = outcome(to_literal, holder(value, {1: value}), holder)
    if alone is Refused:
        assert whole is Refused
        return
    one, back = outcome(to_python_value, alone, model), outcome(to_python_value, whole, holder)
    assert one is back is Refused or same(back, holder(one, {1: one}))


@slow
@given(typed_models())
def test_what_is_exact_loses_nothing_and_each_witness_is_lost(typed):
    model, value = typed
    for reader in (model, dict):
        told = fidelity(model, reader)
        for loss in told.losses:
            if loss.witness is not None:
                assert not same(told.project(loss.witness), loss.witness)
    by_itself = fidelity(model, model)
    back = outcome(by_itself.project, value)
    assert not by_itself.exact or back is Refused or same(back, value) or has_values_of_no_type(model)


def has_values_of_no_type(model: Any) -> bool:
    """Whether a default may be None where the type is not, or pydantic made one member's value of another's."""
    return "None" in repr(model.__pydantic_fields__) or "Union" in repr(model.__pydantic_fields__)


@slow
@given(typed_models(), st.data())
def test_damaged_bytes_decode_or_are_refused(typed, data):
    model, value = typed
    literal = outcome(to_literal, value, model)
    if literal is not Refused:
        damaged = parsed(Literal_, data.draw(mutated(wire(literal))))
        if damaged is not None:
            decodes_or_is_refused(
                damaged, lambda one: to_python_value(one, model), lambda back: to_literal(back, model)
            )


@slow
@given(typed_models(), JSON)
def test_any_json_is_read_as_pydantic_reads_it(typed, plain):
    model, _ = typed
    expected = validated(model, valued(model, plain))
    expected = validated(model, plain) if expected is Refused else expected
    assert same(outcome(to_python_value, packed(plain), model), expected)


def validated(model: Any, plain: Any) -> Any:
    try:
        return model.model_validate_json(json.dumps(plain), strict=False, by_alias=True, by_name=True)
    except pydantic.ValidationError:
        return Refused


@slow
@given(typed_models())
def test_names_of_members_are_read_as_the_sdk_of_flyte_2_writes_them(typed):
    """Save a name that is the value of another member."""
    model, value = typed
    plain, back = by_pydantic(model, value)
    if plain is Refused:
        return
    names = named(model, plain)
    literal = outcome(to_python_value, packed(names), model)
    assert same(literal, back) or valued(model, names) != plain


WITH_MODELS = tuple(BaseModel if kind is Model else kind for kind in ALL_KINDS)
MOSTLY_MODELS = (int, float, bytes, str, Any, dict, list, Optional, BaseModel)


@pytest.mark.parametrize("kinds", [WITH_MODELS, MOSTLY_MODELS], ids=["all", "mostly models"])
def test_the_laws_of_the_kit_hold_of_drawn_models(kinds):
    check_round_trip(to_literal, to_python_value, typed_values(only=kinds), settings=slow)
    check_equal_bytes(to_literal, typed_values(only=kinds), settings=slow)
    check_distinct(to_literal, typed_near_values(2, only=kinds), settings=slow)


def test_a_type_outside_the_set_is_refused_where_a_model_is_not():
    class Model(BaseModel):
        key: uuid.UUID

    assert to_literal_type(Model)
    try:
        to_literal_type(uuid.UUID)
    except UnsupportedTypeError as error:
        assert str(error) == "UUID is not supported; use str"
