# SPDX-License-Identifier: Apache-2.0
"""Values of a type.

What a type can hold depends on where it stands: a literal holds moments that UTC can say, a field of a record, being
ISO 8601 text, those of any zone; and of a union each takes the values that only one member is written for. In a
pydantic model stands what pydantic takes and writes. ``models`` has what only models have.
"""

from __future__ import annotations

import datetime as dt
import decimal
import typing
from collections.abc import Callable
from typing import Any, Literal

import attrs
from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from .._types.frames import frame_of
from .._types.parse import spell
from ..engine import to_literal, to_literal_type, to_plain
from ..errors import ConversionError, UnsupportedTypeError
from .kinds import Kinds
from .models import (
    MODEL_SCALARS,
    NO_LIMITS,
    Limits,
    foreign_values,
    limited_bytes,
    limited_decimals,
    limited_texts,
    limits_of,
    made,
)
from .references import reference_values
from .scalars import EXACT_DELTAS, PROTO_DELTAS, SCALARS, UTC_DATETIMES, json_dicts, json_values
from .shapes import (
    REFERENCES,
    annotated,
    bare,
    columns_of,
    fields_of,
    is_enum,
    is_hashable,
    is_model,
    is_record,
    is_union,
    parts,
    words,
)
from .types import MAX_DEPTH, python_types

LEVELS = MAX_DEPTH + 2
"""Of values in values of a class that holds itself: two more than its type may lie deep."""
JSON_LEVELS = 3
_JSON, _JSON_DICTS, _JSON_ATOMS = json_values(JSON_LEVELS), json_dicts(JSON_LEVELS), json_values(1)


@attrs.frozen
class Place:
    """Where values stand: what their scalars are, and which values of a union's members it takes."""

    name: str
    scalars: dict[Any, SearchStrategy[Any]] = attrs.field(repr=False)
    write: Callable[[Any, Any], Any] = attrs.field(repr=False)


def _anything(value: Any, python_type: Any) -> Any:
    return value


ANYWHERE = Place("anywhere", SCALARS, _anything)
IN_LITERAL = Place("in a literal", {**SCALARS, dt.datetime: UTC_DATETIMES, dt.timedelta: PROTO_DELTAS}, to_literal)
IN_RECORD = Place("in a record", {**SCALARS, dt.timedelta: EXACT_DELTAS}, to_plain)
IN_MODEL = Place("in a model", MODEL_SCALARS, _anything)


def values(python_type: Any) -> SearchStrategy[Any]:
    """Values that a type can hold: ``to_literal(value, python_type)`` takes each.

    A record that its own class refuses, as a validator may, is not among them. Raises UnsupportedTypeError for a type
    outside the fixed set.
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
    limits = limits_of(python_type) if place is IN_MODEL else NO_LIMITS
    if part is typing.NoReturn:
        return st.nothing()
    if part in REFERENCES:
        return reference_values(part, python_type)
    if frame_of(part) is not None:
        raise UnsupportedTypeError(f"no values of {spell(part)} are drawn", hint="draw rows, and make it of them")
    if is_union(part):
        return _union_values(_each_limited(part, python_type) if limits != NO_LIMITS else part, place, levels)
    if origin is Literal:
        return st.sampled_from(arguments)
    if is_enum(part):
        return st.sampled_from(list(part))
    if is_model(part):
        return _model_values(part, place, levels)
    if is_record(part):
        return _record_values(part, _inside(place), levels).filter(_is_made)
    if list in (part, origin):
        return _list_values(arguments or (Any,), place, levels, limits)
    if part is dict:
        return _JSON_DICTS
    if origin is dict:
        return _dict_values(arguments, place if arguments[0] is str else _inside(place), levels, limits)
    if part is Any:
        return _JSON
    return _values_in_model(part, limits, levels) if place is IN_MODEL else place.scalars[part]


def _values_in_model(part: Any, limits: Limits, levels: int) -> SearchStrategy[Any]:
    """Of a scalar, perhaps limited, or of a type that only a field of a model may have."""
    origin, arguments = typing.get_origin(part), typing.get_args(part)
    if origin is tuple and ... not in arguments:
        return st.tuples(*(_values(one, IN_MODEL, levels - 1) for one in arguments))
    if origin is tuple:
        return _list_values(arguments, IN_MODEL, levels, limits).map(tuple)
    if origin in (set, frozenset):
        lists = _list_values(arguments, IN_MODEL, levels, limits)
        return lists.filter(lambda items: all(map(is_hashable, items))).map(origin)
    if limits == NO_LIMITS and part in MODEL_SCALARS:
        return MODEL_SCALARS[part]
    if part in (str, bytes):
        return limited_texts(limits) if part is str else limited_bytes(limits)
    if part is decimal.Decimal and (limits.digits, limits.places) != (None, None):
        return limited_decimals(limits)
    return foreign_values(part, limits)


def _each_limited(union: Any, python_type: Any) -> Any:
    """The union of a type whose words, such as ``Field(gt=0)``, are meant for each member."""
    members = typing.get_args(union)
    said = words(python_type)
    return typing.Union[tuple(one if one is type(None) else annotated(one, said) for one in members)]


def _inside(place: Place) -> Place:
    """Where the parts of a value stand that is one msgpack map."""
    return IN_RECORD if place is IN_LITERAL else place


def _list_values(arguments: tuple[Any, ...], place: Place, levels: int, limits: Limits) -> SearchStrategy[list[Any]]:
    elements = _values(arguments[0], place, levels - 1)
    return st.lists(elements, min_size=limits.least, max_size=_most(elements, levels, limits))


def _dict_values(
    arguments: tuple[Any, ...], place: Place, levels: int, limits: Limits
) -> SearchStrategy[dict[Any, Any]]:
    keys = _values(arguments[0], place, levels).filter(_equals_itself)
    items = _values(arguments[1], place, levels - 1)
    return st.dictionaries(keys, items, min_size=limits.least, max_size=_most(items, levels, limits))


def _most(items: SearchStrategy[Any], levels: int, limits: Limits) -> int:
    """As few as may be where they would be too deep, or where there are none."""
    return limits.most if levels > 1 and not items.is_empty else limits.least


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
    try:
        return record(**given)
    except Exception:  # its own code refuses them
        return None


def _is_made(record: Any) -> bool:
    return record is not None


def _model_values(model: Any, place: Place, levels: int) -> SearchStrategy[Any]:
    found = _some_models(_Columns(model, levels)).filter(_is_made)
    return found if place is IN_MODEL else found.filter(lambda value: _takes(place, value, model))


@attrs.frozen(eq=False)
class _Columns:
    """The values of a model's fields, which are made when the first is drawn, as it may hold itself."""

    model: Any
    levels: int
    _known: dict[str, SearchStrategy[Any]] = attrs.field(init=False, factory=dict, repr=False)

    def of(self, name: str) -> SearchStrategy[Any]:
        if not self._known:
            hints = columns_of(self.model).items()
            self._known.update((one, _values(hint, IN_MODEL, self.levels - 1)) for one, hint in hints)
        return self._known[name]


@st.composite
def _some_models(draw: st.DrawFn, columns: _Columns) -> Any:
    """None where pydantic refuses the fields."""
    given, model = {}, columns.model
    for name, field in model.model_fields.items():
        if field.is_required() or (columns.levels > 0 and draw(st.booleans())):
            given[name] = draw(columns.of(name))
    if model.model_config.get("extra") == "allow" and draw(st.booleans()):
        given["more"] = draw(_JSON_ATOMS)
    return made(model, given)


@st.composite
def _union_values(draw: st.DrawFn, union: Any, place: Place, levels: int) -> Any:
    """A value of any member; where the union cannot take that, one of the first member whose value it takes."""
    members = list(typing.get_args(union))
    if levels <= 0:
        ends = [one for one in members if not is_record(bare(one))]
        members = ends or [one for one in members if not _holds_itself(one)] or members
    members.sort(key=_holds_itself)  # so that it shrinks to an end
    members.sort(key=lambda one: one is not type(None))
    told = [one for one in members if one is not type(None)]
    chosen = draw(st.sampled_from(members))
    for member in (chosen, *members):
        value = draw(_values(member, place, levels))
        if len(told) <= 1 or _takes(place, value, union):
            return value
    return reject()


def _holds_itself(python_type: Any) -> bool:
    part = bare(python_type)
    return is_record(part) and any(one is part for hint in columns_of(part).values() for one in parts(hint))


def is_taken(value: Any, python_type: Any) -> bool:
    """Whether ``to_literal`` takes it."""
    return _takes(IN_LITERAL, value, python_type)


def _takes(place: Place, value: Any, union: Any) -> bool:
    try:
        place.write(value, union)
    except ConversionError:
        return False
    return True
