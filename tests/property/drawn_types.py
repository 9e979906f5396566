# SPDX-License-Identifier: Apache-2.0
"""Types of each kind, and other types that their values may be read as."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import typing
from typing import Any

import pytest
from hypothesis import strategies as st

from shimlite.strategies import field_types, python_types, types
from shimlite.strategies.classes import Chain, Color, Shade, Tree
from shimlite.strategies.records import records as record_types
from shimlite.strategies.unions import unions as union_types

from ..kinds import KINDS, Kind
from .model import REFERENCES, alone, bare, choices_of, fields_of, kind_of, members


def holder(field_type: Any) -> Any:
    return dataclasses.make_dataclass("Holder", [("held", field_type)])


Either = typing.Union
_SCALARS = (int, float, str, bool, dt.date, dt.datetime, dt.timedelta, bytes, type(None))


@st.composite
def _small_records(draw: st.DrawFn) -> Any:
    """Of few names and fields, so that two of them are easily taken for each other."""
    fields = draw(st.dictionaries(st.sampled_from("xyz"), st.sampled_from((int, int, dt.date, int | None)), max_size=2))
    defaults = draw(st.lists(st.sampled_from(("default_factory", None)), min_size=2, max_size=2))
    told = [
        (name, field_type, dataclasses.field(**({default: field_type} if default and field_type is int else {})))
        for (name, field_type), default in zip(fields.items(), defaults)
    ]
    return dataclasses.make_dataclass(draw(st.sampled_from("AB")), told, kw_only=True)


@st.composite
def _unions_of_records(draw: st.DrawFn) -> Any:
    """No two of one name and the same fields, which nothing tells apart."""
    records = draw(
        st.lists(
            _small_records(),
            min_size=2,
            max_size=3,
            unique_by=lambda one: (one.__name__, frozenset(field.name for field in fields_of(one))),
        )
    )
    within = draw(
        st.sampled_from((lambda one: one, lambda one: one, lambda one: list[one], lambda one: dict[str, one]))
    )
    more = draw(st.sampled_from(((), (), (None,), (int, None), (dict,))))
    return Either[(*map(within, records), *more)]


_BELOW, _FIELDS = python_types(2), field_types(2)
_ROOTS: dict[str, st.SearchStrategy[Any]] = {
    "Any": st.one_of(st.just(dict), st.just(holder(Any))),
    "Enum": st.one_of(st.sampled_from((Color, Shade)), types._enums()),
    "Literal": types._literals(),
    "Record": record_types(_FIELDS),
    "Union": st.one_of(union_types(_BELOW), _unions_of_records()),
    "List": _BELOW.map(lambda one: list[one]),
    "Map": _BELOW.map(lambda one: dict[str, one]),
    "Struct": st.one_of(
        st.just(dict), st.builds(lambda key, one: dict[key, one], st.sampled_from(types._KEYS), _FIELDS)
    ),
    **{cls.__name__: types._references().filter(lambda one, cls=cls: bare(one)[0] is cls) for cls in REFERENCES},
}


@st.composite
def types_of(draw: st.DrawFn, kind: Kind) -> Any:
    """Types whose root is of a kind, as they are and in whatever may hold them."""
    _forget_types()
    within = (lambda one: one, lambda one: list[one], lambda one: dict[str, one], holder, optional)
    return draw(st.sampled_from(within))(draw(_ROOTS.get(kind.name, st.just(kind.example))))


def _forget_types() -> None:
    """typing takes ``list[int | str]`` for the ``list[str | int]`` that it made before."""
    for forget in typing._cleanups:  # type: ignore[attr-defined]
        forget()


def optional(python_type: Any) -> Any:
    if type(None) in map(kind_of, choices_of(python_type)):
        return python_type
    return _union((python_type, None), python_type)


def _union(choices: Any, otherwise: Any) -> Any:
    try:
        return Either[choices]
    except TypeError:  # columns are a dict, which Python's Union cannot hash
        return otherwise


each_kind = [pytest.param(kind, id=kind.name) for kind in KINDS]


# ------------------------------------------------------------------------------------------------- what a reader wants


@st.composite
def readers_of(draw: st.DrawFn, python_type: Any) -> Any:
    """A type that values of another may be read as: a twin of it, a poorer or a wider one. Some do not fit."""
    part, kind, arguments = bare(python_type)[0], kind_of(python_type), members(python_type)
    how = draw(st.integers(0, 7))
    if how == 0:
        return draw(st.sampled_from((python_type, dict, Any, optional(part), alone(python_type, _enum_of))))
    if how == 1:
        return optional(draw(readers_of(python_type)))
    if kind in (list, dict) and arguments:
        readers = tuple(draw(readers_of(one)) if one is not str else one for one in arguments)
        if kind is dict and any(kind_of(one) in (Any, list, dict, "record") for one in choices_of(readers[0])):
            readers = (arguments[0], readers[1])  # the others are no keys
        return draw(st.sampled_from((kind[readers], kind[readers], kind[readers], dict)))
    if kind == "Union":
        return draw(_unions_for(python_type))
    if kind == "Enum":
        return draw(_enums_for(part))
    if kind == "Literal":
        return draw(_literals_for(arguments))
    if kind == "record":
        is_endless = part in (Tree, Chain)
        told = [st.just(part)] if is_endless else [twins_of(part), twins_of(part), twins_of(part)]
        return draw(st.one_of(*told, st.sampled_from((dict, dict[str, Any], part))))
    if kind in (dt.date, dt.datetime):
        return draw(st.sampled_from((dt.date, dt.datetime, dt.date | dt.datetime)))
    if part is dict:
        return draw(st.sampled_from((dict, dict[str, int], dict[str, Any])))
    return draw(st.sampled_from((python_type, python_type, python_type, *_SCALARS)))


@st.composite
def _unions_for(draw: st.DrawFn, union: Any) -> Any:
    """With its members in another order, and with some more or less."""
    choices = [draw(readers_of(one)) if draw(st.booleans()) else one for one in members(union)]
    if draw(st.booleans()):
        choices = draw(st.permutations(choices))
    more = draw(st.sampled_from(((), (), (), (None,), (str,), (int,), (dict,))))
    if len(choices) > 1 and draw(st.integers(0, 5)) == 0:
        choices = choices[1:]
    return _union((*choices, *more), union)


@st.composite
def _enums_for(draw: st.DrawFn, cls: Any) -> Any:
    """Of the same values, in another order, of one more or one less."""
    names = {member.name: member.value for member in cls}
    some = draw(st.permutations(list(names.items())))
    some = draw(st.sampled_from((some, some, [*some, ("ONE_MORE", "one more")], some[1:])))
    return enum.Enum("Twin", dict(some)) if some else cls


@st.composite
def _literals_for(draw: st.DrawFn, values: tuple[Any, ...]) -> Any:
    order = tuple(draw(st.permutations(values)))
    narrow = order[1:] or order
    return draw(st.sampled_from((type(values[0]), typing.Literal[order], typing.Literal[narrow], str)))


@st.composite
def twins_of(draw: st.DrawFn, record: Any) -> Any:
    """Another class with most of the fields of a record, perhaps one more with or without a default."""
    kept = [(field.name, field.type) for field in fields_of(record) if draw(st.integers(0, 5))]
    is_plain = draw(st.booleans())
    fields = [(name, told if is_plain else draw(readers_of(told))) for name, told in kept]
    defaults = draw(st.sampled_from(((), (), ({"default": 1},), ({},))))
    more = [("more", int, dataclasses.field(**one)) for one in defaults]
    name = draw(st.sampled_from((record.__name__, "Twin")))
    return dataclasses.make_dataclass(name, [*fields, *more], kw_only=True)


def _enum_of(values: tuple[str, ...]) -> Any:
    return enum.Enum("Generated", {f"MEMBER_{place}": value for place, value in enumerate(values)})
