# SPDX-License-Identifier: Apache-2.0
"""Values of a type.

What a type can hold depends on where it stands: a literal holds moments that UTC can say, a field of a record, being
ISO 8601 text, those of any zone; and of a union each takes the values that only one member is written for.
"""

from __future__ import annotations

import datetime as dt
import typing
from collections.abc import Callable
from typing import Any, Literal

import attrs
from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ..engine import to_literal, to_literal_type, to_plain
from ..errors import ConversionError
from .kinds import Kinds
from .references import reference_values
from .scalars import EXACT_DELTAS, MOST_ITEMS, PROTO_DELTAS, SCALARS, UTC_DATETIMES, json_dicts, json_values
from .shapes import REFERENCES, bare, columns_of, fields_of, is_enum, is_record, is_union
from .types import MAX_DEPTH, python_types

LEVELS = MAX_DEPTH + 2
"""Of values in values of a class that holds itself: two more than its type may lie deep."""
JSON_LEVELS = 3


@attrs.frozen
class Place:
    """Where values stand: what their scalars are, and which values of a union's members it takes."""

    name: str
    scalars: dict[Any, SearchStrategy[Any]] = attrs.field(repr=False)
    write: Callable[[Any, Any], Any] = attrs.field(repr=False)


ANYWHERE = Place("anywhere", SCALARS, lambda value, python_type: value)
IN_LITERAL = Place("in a literal", {**SCALARS, dt.datetime: UTC_DATETIMES, dt.timedelta: PROTO_DELTAS}, to_literal)
IN_RECORD = Place("in a record", {**SCALARS, dt.timedelta: EXACT_DELTAS}, to_plain)


def values(python_type: Any) -> SearchStrategy[Any]:
    """Values that a type can hold: ``to_literal(value, python_type)`` takes each.

    Raises UnsupportedTypeError for a type outside the fixed set.
    """
    to_literal_type(python_type)
    return _values(python_type, IN_LITERAL, LEVELS)


def field_values(python_type: Any) -> SearchStrategy[Any]:
    """Values that a record's field of this type can hold."""
    return _values(python_type, IN_RECORD, LEVELS)


def any_values(python_type: Any) -> SearchStrategy[Any]:
    """Values of a type as Python sees it, of which shimlite must refuse a few.

    They are moments outside the years 1 to 9999 in UTC, durations beyond protobuf's or too fine for a double of
    seconds, and values of a union that two members take.
    """
    return _values(python_type, ANYWHERE, LEVELS)


def typed_values(
    max_depth: int = MAX_DEPTH, *, only: Kinds | None = None, without: Kinds = ()
) -> SearchStrategy[tuple[Any, Any]]:
    """A type of the fixed set together with a value that it can hold.

    ``only`` and ``without`` are kinds of types, as in ``python_types``.
    """
    return _typed(python_types(max_depth, only=only, without=without), values)


def any_typed_values(
    max_depth: int = MAX_DEPTH, *, only: Kinds | None = None, without: Kinds = ()
) -> SearchStrategy[tuple[Any, Any]]:
    """A type of the fixed set together with one of its values, which shimlite may have to refuse.

    ``only`` and ``without`` are kinds of types, as in ``python_types``.
    """
    return _typed(python_types(max_depth, only=only, without=without), any_values)


@st.composite
def _typed(
    draw: st.DrawFn, types: SearchStrategy[Any], values_of: Callable[[Any], SearchStrategy[Any]]
) -> tuple[Any, Any]:
    python_type = draw(types)
    return python_type, draw(values_of(python_type))


def _values(python_type: Any, place: Place, levels: int) -> SearchStrategy[Any]:
    """``levels`` bounds the values of a class that holds itself."""
    part = bare(python_type)
    origin, arguments = typing.get_origin(part), typing.get_args(part)
    if part is typing.NoReturn:
        return st.nothing()
    if part in REFERENCES:
        return reference_values(part, python_type)
    if is_union(part):
        return _union_values(part, place, levels)
    if origin is Literal:
        return st.sampled_from(arguments)
    if is_enum(part):
        return st.sampled_from(list(part))
    if is_record(part):
        return _record_values(part, _inside(place), levels)
    if list in (part, origin):
        return _list_values(arguments, place, levels)
    if part is dict:
        return json_dicts(JSON_LEVELS)
    if origin is dict:
        return _dict_values(arguments, place if arguments[0] is str else _inside(place), levels)
    return json_values(JSON_LEVELS) if part is Any else place.scalars[part]


def _inside(place: Place) -> Place:
    """Where the parts of a value stand that is one msgpack map."""
    return ANYWHERE if place is ANYWHERE else IN_RECORD


def _list_values(arguments: tuple[Any, ...], place: Place, levels: int) -> SearchStrategy[list[Any]]:
    elements = _values(arguments[0] if arguments else Any, place, levels - 1)
    return st.lists(elements, max_size=_most(elements, levels))


def _dict_values(arguments: tuple[Any, ...], place: Place, levels: int) -> SearchStrategy[dict[Any, Any]]:
    keys = _values(arguments[0], place, levels).filter(_equals_itself)
    items = _values(arguments[1], place, levels - 1)
    return st.dictionaries(keys, items, max_size=_most(items, levels))


def _most(items: SearchStrategy[Any], levels: int) -> int:
    """None where they would be too deep, or where there are none."""
    return MOST_ITEMS if levels > 1 and not items.is_empty else 0


def _equals_itself(key: Any) -> bool:
    """NaN does not, so it could stand twice."""
    return bool(key == key)


@st.composite
def _record_values(draw: st.DrawFn, record: Any, place: Place, levels: int) -> Any:
    given = {}
    hints = columns_of(record)
    for field in fields_of(record):
        if field.init:
            given[getattr(field, "alias", None) or field.name] = draw(_values(hints[field.name], place, levels - 1))
    return record(**given)


@st.composite
def _union_values(draw: st.DrawFn, union: Any, place: Place, levels: int) -> Any:
    """A value of any member; where the union cannot take that, one of the first member whose value it takes."""
    members = [one for one in typing.get_args(union) if levels > 0 or not is_record(bare(one))]
    members.sort(key=lambda one: one is not type(None))  # so that a class that holds itself shrinks to an end
    told = [one for one in members if one is not type(None)]
    chosen = draw(st.sampled_from(members))
    for member in (chosen, *members):
        value = draw(_values(member, place, levels))
        if len(told) <= 1 or _takes(place, value, union):
            return value
    return reject()


def is_taken(value: Any, python_type: Any) -> bool:
    """Whether ``to_literal`` takes it."""
    return _takes(IN_LITERAL, value, python_type)


def _takes(place: Place, value: Any, union: Any) -> bool:
    try:
        place.write(value, union)
    except ConversionError:
        return False
    return True
