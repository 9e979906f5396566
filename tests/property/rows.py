# SPDX-License-Identifier: Apache-2.0
"""The types of each row, and what else the values of a type may be read as."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import typing
from typing import Any

import pytest
from hypothesis import strategies as st

from shimlite._mappings import ROWS, choices, containers, records, references, row_for, unions
from shimlite._mappings.row import Row
from shimlite._mappings.scalars import AnyRow
from shimlite.strategies import field_types, python_types, types
from shimlite.strategies.classes import Chain, Color, Shade, Tree
from shimlite.strategies.records import records as record_types
from shimlite.strategies.shapes import bare, columns_of, flat, is_enum, is_record, is_union
from shimlite.strategies.unions import unions as union_types


def holder(field_type: Any) -> Any:
    return dataclasses.make_dataclass("Holder", [("held", field_type)])


Either = typing.Union
_BELOW, _FIELDS = python_types(2), field_types(2)
_ROOTS: dict[type[Row], st.SearchStrategy[Any]] = {
    AnyRow: st.one_of(st.just(dict), st.just(holder(Any))),
    choices.EnumRow: st.one_of(st.sampled_from((Color, Shade)), types._enums()),
    choices.LiteralRow: types._literals(),
    records.RecordRow: record_types(_FIELDS),
    unions.UnionRow: union_types(_BELOW),
    containers.ListRow: _BELOW.map(lambda one: list[one]),
    containers.MapRow: _BELOW.map(lambda one: dict[str, one]),
    containers.StructRow: st.one_of(
        st.just(dict), st.builds(lambda key, one: dict[key, one], st.sampled_from(types._KEYS), _FIELDS)
    ),
}


@st.composite
def types_of(draw: st.DrawFn, row: Row) -> Any:
    """Types whose root is this row's, as they are and in whatever may hold them."""
    for forget in typing._cleanups:  # type: ignore[attr-defined]
        forget()  # typing takes list[int | str] for the list[str | int] that it made before
    within = (lambda one: one, lambda one: list[one], lambda one: dict[str, one], holder, _optional)
    return draw(st.sampled_from(within))(draw(_roots(row)))


def _roots(row: Row) -> st.SearchStrategy[Any]:
    if isinstance(row, references.ReferenceRow):
        return types._references().filter(lambda one: row_for(one) is row or bare(one) is row.cls)
    return _ROOTS.get(type(row), st.just(row.example_type))


def _optional(python_type: Any) -> Any:
    if type(None) in map(bare, flat(python_type)):
        return python_type
    return _union((python_type, None), python_type)


def _union(members: Any, otherwise: Any) -> Any:
    try:
        return Either[members]
    except TypeError:  # columns are a dict, which Python's Union cannot hash
        return otherwise


each_row = [pytest.param(row, id=type(row).__name__.removesuffix("Row")) for row in ROWS]


@st.composite
def readers_of(draw: st.DrawFn, python_type: Any) -> Any:
    """A type that values of another may be read as: its twin, a poorer or a wider one. Some do not fit."""
    part = bare(python_type)
    if draw(st.integers(0, 5)) == 0:
        return draw(st.sampled_from((python_type, dict, Any, _optional(part))))
    arguments = typing.get_args(part)
    if typing.get_origin(part) in (list, dict):
        return typing.get_origin(part)[tuple(draw(readers_of(one)) for one in arguments)]
    if is_union(part):
        readers = [draw(readers_of(one)) for one in draw(st.one_of(st.just(arguments), st.permutations(arguments)))]
        return _union((*readers, *draw(st.sampled_from(((), (None,), (str,))))), python_type)
    if is_enum(part):
        return enum.Enum("Twin", {member.name: member.value for member in part})
    if is_record(part) and part not in (Tree, Chain):
        return draw(_twins(part))
    return draw(st.sampled_from((dt.date, dt.datetime))) if part in (dt.date, dt.datetime) else python_type


@st.composite
def _twins(draw: st.DrawFn, record: Any) -> Any:
    kept = [(name, held) for name, held in columns_of(record).items() if draw(st.integers(0, 5))]
    fields = [(name, draw(readers_of(held))) for name, held in kept]
    more = [("more", int, dataclasses.field(default=1))] if draw(st.booleans()) else []
    return dataclasses.make_dataclass("Twin", [*fields, *more], kw_only=True)
