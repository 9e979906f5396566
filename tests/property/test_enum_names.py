# SPDX-License-Identifier: Apache-2.0
"""Enums for interfaces that list texts of all sorts: values, names, aliases, and what is none of these."""

from __future__ import annotations

import enum
from typing import Any, Optional

from hypothesis import given
from hypothesis import strategies as st

from shimlite import ConversionError, UnsupportedTypeError, dict_to_literal_map, literal_map_to_kwargs
from shimlite._idl import Literal, LiteralMap, LiteralType, Variable

from ..support import primitive
from .model import Misfit
from .model.enum_names import member_of, text_of

WORDS = ("RED", "BLUE", "red", "blue", "LOW")
VALUES = st.sampled_from((*WORDS, "", 1, 2.5, (1, 2)))


@st.composite
def enums(draw: st.DrawFn) -> Any:
    """Members whose values may be the names of others, aliases among them, since a value may stand twice."""
    members = draw(st.dictionaries(st.sampled_from(WORDS), VALUES, min_size=1, max_size=4))
    return enum.Enum("Drawn", members)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Any, list[str]]:
    enum_type = draw(enums())
    own = [*enum_type.__members__, *(one.value for one in enum_type if isinstance(one.value, str))]
    return enum_type, draw(st.lists(st.sampled_from((*own, *own, *WORDS)), min_size=1, max_size=4, unique=True))


def read(literal: Literal, declared: LiteralType, python_type: Any) -> Any:
    variables = {"v": Variable(type=declared)}
    return literal_map_to_kwargs(LiteralMap(literals={"v": literal}), variables, {"v": python_type})["v"]


def written(value: Any, declared: LiteralType, python_type: Any) -> Literal:
    variables = {"v": Variable(type=declared)}
    return dict_to_literal_map({"v": value}, variables, {"v": python_type}).literals["v"]


@given(cases())
def test_what_a_text_means(case):
    enum_type, texts = case
    declared = LiteralType(enum_type={"values": texts})
    for text in texts:
        literal = primitive(string_value=text)
        try:
            expected = member_of(enum_type, texts, text)
        except Misfit:
            try:
                read(literal, declared, enum_type)
            except UnsupportedTypeError:
                continue
            raise AssertionError("it fits") from None
        assert read(literal, declared, enum_type) is expected


@given(cases())
def test_what_is_written_of_a_member(case):
    enum_type, texts = case
    declared = LiteralType(enum_type={"values": texts})
    for member in enum_type:
        try:
            expected = text_of(enum_type, texts, member)
        except Misfit:
            expected = None
        try:
            literal = written(member, declared, enum_type)
        except (ConversionError, UnsupportedTypeError):
            literal = None
        assert literal == (None if expected is None else primitive(string_value=expected))
        if literal is not None:
            assert read(literal, declared, enum_type) is member


@given(cases(), st.data())
def test_inside_other_types_it_is_the_same(case, data):
    """Of Enums whose values can travel: msgpack may stand for a whole list."""
    enum_type, texts = case
    declared = LiteralType(enum_type={"values": texts}, structure={"tag": "DefaultEnumTransformer"})
    nothing = LiteralType(simple="NONE", structure={"tag": "none"})
    members = list(enum_type)
    try:
        able = [one for one in members if text_of(enum_type, texts, one) is not None]
    except Misfit:
        able = []
    if not able or any(isinstance(one.value, tuple) for one in members):
        return
    value = data.draw(st.lists(st.sampled_from([*able, None]), max_size=3))
    optional = LiteralType(union_type={"variants": [declared, nothing]})
    for whole, outer, python_type in (
        (value, LiteralType(collection_type=optional), list[Optional[enum_type]]),  # type: ignore[valid-type]
        ({"k": value}, LiteralType(map_value_type={"collection_type": optional}), dict[str, list[Optional[enum_type]]]),  # type: ignore[valid-type]
    ):
        literal = written(whole, outer, python_type)
        assert read(literal, outer, python_type) == whole
        (inner,) = [literal] if isinstance(whole, list) else literal.map.literals.values()
        texts_written = [one.scalar.union.value.scalar.primitive.string_value for one in inner.collection.literals]
        assert texts_written == [text_of(enum_type, texts, one) if one is not None else "" for one in value]
