# SPDX-License-Identifier: Apache-2.0
"""Values of a type that differ but little, as those that a careless cache key takes for one.

Of a value, ``neighbours`` are all that differ from it in one place: by the last bit, by what Python calls equal, by
what text cannot tell. ``is_of`` leaves out those that are of another type.
"""

from __future__ import annotations

import contextlib
import copy
import datetime as dt
import enum
import math
import sys
import typing
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any, Literal

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ..engine import to_literal_type
from ..equality import same
from .kinds import Kinds
from .models import changed
from .shapes import REFERENCES, bare, columns_of, fields_of, is_model, is_record, is_union
from .types import MAX_DEPTH, python_types
from .values import is_taken, values

UTC, KATHMANDU = dt.timezone.utc, dt.timezone(dt.timedelta(hours=5, minutes=45))
TICK = dt.timedelta(microseconds=1)

MOST_NEAR = 60
"""Values of a case. Of more, which are deep in a large value, every second or third is taken."""

_NEAR: dict[type, tuple[Callable[[Any], Any], ...]] = {
    type(None): (lambda none: 0, lambda none: "", lambda none: "None", lambda none: False, lambda none: []),
    bool: (lambda one: not one, int, float, str),
    int: (
        lambda one: one + 1,
        lambda one: -one,
        lambda one: one + 2**32,
        lambda one: one + sys.hash_info.modulus,
        float,
        str,
        bool,
    ),
    float: (lambda one: -one, lambda one: math.nextafter(one, math.inf), lambda one: math.nan, int, str, bool),
    str: (
        *(lambda text: text + " ", lambda text: text + "\0", lambda text: text[1:], str.swapcase, int, str.encode),
        *(lambda text: unicodedata.normalize("NFC", text), lambda text: unicodedata.normalize("NFD", text)),
        *(lambda text: None, dt.datetime.fromisoformat),
    ),
    bytes: (lambda data: data + b"\0", lambda data: data[1:], lambda data: data[::-1], bytes.decode),
    dt.datetime: (
        *(lambda time: time + TICK, lambda time: time.replace(fold=1 - time.fold), dt.datetime.isoformat),
        *(lambda time: time.replace(tzinfo=None if time.tzinfo else UTC), dt.datetime.date),
        lambda time: time.astimezone(KATHMANDU if time.utcoffset() == UTC.utcoffset(None) else UTC),
    ),
    dt.date: (lambda day: day + dt.timedelta(1), lambda day: dt.datetime(day.year, day.month, day.day), str),
    dt.timedelta: (lambda delta: delta + TICK, lambda delta: -delta, dt.timedelta.total_seconds),
    list: (tuple, lambda items: [items], lambda items: [*items, *items[-1:]], lambda items: items or {}),
    tuple: (list,),
    dict: (lambda items: items or None, lambda items: [items]),
}
"""Of each class, what makes a near value of one: of the same class, or of another that looks alike."""


def typed_near_values(
    max_depth: int = MAX_DEPTH, *, only: Kinds | None = None, without: Kinds = ()
) -> SearchStrategy[tuple[Any, list[Any]]]:
    """A type of the fixed set together with several values of it, as ``near_values`` draws them.

    ``only`` and ``without`` are kinds of types, as in ``python_types``.
    """
    return _typed_near_values(python_types(max_depth, only=only, without=without))


def near_values(python_type: Any) -> SearchStrategy[list[Any]]:
    """A value and others of the type that differ from it in one place: True and 1, two zones' spellings of an instant.

    ``to_literal`` takes each. Where there is none so near it is any other, and of a type of a single value nothing is
    drawn. Raises UnsupportedTypeError for a type outside the fixed set.
    """
    to_literal_type(python_type)
    return _near_values(python_type)


@st.composite
def _typed_near_values(draw: st.DrawFn, types: SearchStrategy[Any]) -> tuple[Any, list[Any]]:
    python_type = draw(types)
    return python_type, draw(_near_values(python_type))


@st.composite
def _near_values(draw: st.DrawFn, python_type: Any) -> list[Any]:
    value = draw(values(python_type))
    others = near_to(value, python_type)
    return [value, *(others or [draw(values(python_type).filter(lambda one: not same(one, value)))])]


def near_to(value: Any, python_type: Any) -> list[Any]:
    """At most MOST_NEAR values of a type that differ from one in a single place."""
    possible = [one for one in (*_choices(python_type), *neighbours(value)) if is_of(python_type, one)]
    step = 1 + len(possible) // MOST_NEAR
    return [one for one in possible[::step] if not same(one, value) and is_taken(one, python_type)]


def _choices(python_type: Any) -> tuple[Any, ...]:
    return typing.get_args(bare(python_type)) if typing.get_origin(bare(python_type)) is Literal else ()


def is_of(python_type: Any, value: Any) -> bool:
    """Whether a value is of a type as Python sees it: 1 is neither a float nor a bool, and a member of no Enum."""
    part = bare(python_type)
    origin, arguments = typing.get_origin(part), typing.get_args(part)
    if part is Any:
        return True
    if is_union(part):
        return any(is_of(member, value) for member in arguments)
    if origin is Literal:
        return any(same(value, one) for one in arguments)
    if type(value) is not (origin or part):
        return False
    if origin is list:
        return all(is_of(arguments[0], one) for one in value)
    if origin is dict:
        return all(is_of(arguments[0], key) and is_of(arguments[1], one) for key, one in value.items())
    if is_model(part) or not is_record(part):
        return True  # of the fields of a model pydantic tells
    return all(is_of(hint, getattr(value, name)) for name, hint in columns_of(part).items())


def neighbours(value: Any) -> Iterator[Any]:
    """All values that differ from one in a single place, at any depth."""
    for make in _NEAR.get(type(value), ()):
        with contextlib.suppress(ValueError, OverflowError, TypeError):
            yield make(value)
    if isinstance(value, enum.Enum):
        yield from (*type(value), value.value, value.name)
    if type(value) in (list, tuple):
        yield from map(type(value), _lists_near(list(value)))
    if type(value) is dict:
        yield from map(dict, _items_near(list(value.items())))
    if is_model(type(value)):
        yield from _models_near(value)
    elif is_record(type(value)) or type(value) in REFERENCES:
        yield from _records_near(value)


def _lists_near(items: list[Any]) -> Iterator[list[Any]]:
    for place, item in enumerate(items):
        before, after = items[:place], items[place + 1 :]
        yield [*before, *after]
        yield [*before, *after[:1], item, *after[1:]]
        if after and type(item) is type(after[0]) is str:
            yield [*before, item + after[0], *after[1:]]
        yield from ([*before, near, *after] for near in neighbours(item))


def _items_near(items: list[tuple[Any, Any]]) -> Iterator[list[tuple[Any, Any]]]:
    for place, (key, held) in enumerate(items):
        before, after = items[:place], items[place + 1 :]
        yield [*before, *after]
        if after:
            yield [*before, (key, after[0][1]), (after[0][0], held), *after[1:]]
        yield from ([*before, (near, held), *after] for near in neighbours(key) if near.__hash__)
        yield from ([*before, (key, near), *after] for near in neighbours(held))


def _records_near(record: Any) -> Iterator[Any]:
    for field in fields_of(type(record)):
        held = getattr(record, field.name)
        for near in neighbours(held) if type(record) not in REFERENCES else _texts_near(held):
            made = copy.copy(record)
            object.__setattr__(made, field.name, near)  # frozen or not
            yield made


def _models_near(model: Any) -> Iterator[Any]:
    for name in type(model).model_fields:
        made = (changed(model, name, near) for near in neighbours(getattr(model, name)))
        yield from (one for one in made if one is not None)


def _texts_near(held: Any) -> Iterator[str]:
    """Of a reference's attributes the texts alone, as no annotation says of what the others are."""
    return (near for near in neighbours(held) if type(held) is type(near) is str)
