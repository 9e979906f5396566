# SPDX-License-Identifier: Apache-2.0
"""Over generated types: defaults of None, keys that text spells, and Enums of any scalars."""

from __future__ import annotations

import dataclasses
import enum
import json
import typing
from typing import Any, Optional

import attr
import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import shimlite
from shimlite import ConversionError, UnsupportedTypeError
from shimlite.equality import same
from shimlite.strategies import any_values, field_types

from ..support import packed, struct

SCALARS = st.one_of(
    st.text(max_size=3), st.integers(-(2**63), 2**63 - 1), st.floats(), st.binary(max_size=3), st.booleans(), st.none()
)


@given(field_types(2), st.booleans(), st.data())
def test_a_default_of_none_is_as_if_the_field_were_optional(field_type, use_attrs, data):
    try:
        hash(field_type)
    except TypeError:  # typing makes no union of columns, which are a dict
        assume(False)
    if use_attrs:
        record: Any = attrs.make_class("R", {"x": attr.ib(type=field_type, default=None)})
        optional: Any = attrs.make_class("R", {"x": attr.ib(type=Optional[field_type], default=None)})
    else:
        record = dataclasses.make_dataclass("R", [("x", field_type, None)])
        optional = dataclasses.make_dataclass("R", [("x", Optional[field_type], None)])
    for sent in (packed({}), packed({"x": None}), struct({"x": None}), shimlite.to_literal(record(), record)):
        assert same(shimlite.to_python_value(sent, record), record())
    value = data.draw(any_values(field_type))
    try:
        literal = shimlite.to_literal(optional(value), optional)
        back = shimlite.to_python_value(literal, optional)
    except ConversionError:
        with pytest.raises(ConversionError):
            shimlite.to_literal(record(value), record)
        return
    assert shimlite.to_literal(record(value), record) == literal
    assert same(shimlite.to_python_value(literal, record).x, back.x)


KEYS = {
    int: st.integers(-(2**63), 2**63 - 1),
    float: st.floats(),
    bool: st.booleans(),
    Optional[int]: st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1)),
    typing.Union[bool, float, None]: st.one_of(st.booleans(), st.none(), st.floats()),
}


@given(st.sampled_from(list(KEYS)), st.data())
def test_a_dict_through_json_is_the_dict(key_type, data):
    """JSON makes text of every key, as the console and flytekit's JSON dataclasses do."""
    value = data.draw(st.dictionaries(KEYS[key_type], st.text(max_size=3), max_size=4))
    text = json.loads(json.dumps(value))
    assume(len(text) == len(value))
    inner = dict[key_type, str]  # type: ignore[valid-type]
    for write in (packed, struct):
        assert same(shimlite.to_python_value(write(text), inner), value)
        assert same(shimlite.to_python_value(write({"k": text}), dict[str, inner]), {"k": value})
        record = dataclasses.make_dataclass("R", [("x", Optional[list[inner]])])
        assert same(shimlite.to_python_value(write({"x": [text]}), record), record([value]))


@given(st.sampled_from([int, float, bool, None, Optional[int]]), st.text(max_size=6))
def test_any_text_is_a_key_or_refused(key_type, text):
    keyed = dict[key_type, int]  # type: ignore[valid-type]
    for literal in (packed({text: 1}), struct({text: 1})):
        try:
            (key,) = shimlite.to_python_value(literal, keyed)
        except ConversionError:
            continue
        assert text == text.strip() and text.isascii() and "_" not in text
        assert str(key).lower() == text.lower() or float(text) == key or text in ("null", "Infinity", "-Infinity")


class Apart(str):
    __hash__ = object.__hash__
    __eq__ = object.__eq__


APART = st.text(max_size=2).map(lambda text: Apart(text))


@given(st.lists(st.one_of(SCALARS, APART), min_size=1, max_size=5))
def test_an_enum_of_any_scalars_travels_or_is_refused(scalars):
    cls = enum.Enum("Any", {f"M{place}": value for place, value in enumerate(scalars)})
    record = dataclasses.make_dataclass("R", [("x", list[cls])])
    try:
        literal = shimlite.to_literal(record(list(cls)), record)
    except UnsupportedTypeError:
        assert any(isinstance(one, Apart) or one != one for one in scalars)
        return
    plain = [str.__str__(one.value) if isinstance(one.value, str) else one.value for one in cls]
    assert same(shimlite.to_python_value(literal, record), record(list(cls)))
    assert same(shimlite.to_python_value(literal, dict), {"x": plain})
    assert shimlite.fidelity(record, record).exact
    if all(isinstance(one, str) for one in plain):
        assert list(shimlite.to_literal_type(cls).enum_type.values) == plain
        assert [shimlite.to_python_value(shimlite.to_literal(one, cls), cls) for one in cls] == list(cls)


@given(st.lists(st.one_of(SCALARS, st.just(float("nan")), APART), max_size=5))
def test_no_key_of_an_untyped_dict_is_lost(keys):
    value = {Apart(key) if isinstance(key, Apart) else float(key) if key != key else key: 0 for key in keys}
    value = {key: place for place, key in enumerate(value)}
    record = dataclasses.make_dataclass("R", [("x", Any)])
    for whole, as_type in ((value, dict), ([value], list[dict]), (record([value]), record)):
        try:
            back = shimlite.to_python_value(shimlite.to_literal(whole, as_type), as_type)
        except ConversionError as error:
            assert "two keys become one" in str(error)
            continue
        inner = back if as_type is dict else back[0] if as_type == list[dict] else back.x[0]
        assert len(inner) == len(value) and sorted(inner.values()) == sorted(value.values())


def test_two_nans_made_apart_are_two_keys():
    with pytest.raises(ConversionError, match="two keys become one"):
        shimlite.to_literal({float("nan"): 1, float("nan"): 2}, dict)
