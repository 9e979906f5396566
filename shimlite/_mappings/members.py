# SPDX-License-Identifier: Apache-2.0
"""The members of a union, and how one of several is found: by trying, in bounded time, and never by guessing."""

from __future__ import annotations

import datetime as dt
import enum
import functools
import operator
import threading
import types
import typing
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from .._idl import LiteralType
from ..equality import same
from ..errors import ConversionError, ConversionValueError, UnsupportedTypeError
from .row import Compiler, mismatch

_T = typing.TypeVar("_T")
_K = typing.TypeVar("_K")


def grouped(pairs: Iterable[tuple[tuple[_K, ...], _T]]) -> dict[_K, list[_T]]:
    table: dict[_K, list[_T]] = {}
    for classes, item in pairs:
        for cls in classes:
            table.setdefault(cls, []).append(item)
    return table


MOST_MEMBERS = 256
"""Members of a union that a message tells: ``|`` compares each with all before it. Nobody writes as many by hand."""
MOST_TRIES = 20_000
"""Members tried while another is being tried, in one conversion. Unions that hold unions have as many readings as there
are ways through them all; each takes some 10 us."""


def union_of(types: Iterable[Any]) -> Any:
    """The union of one type or more, by ``|``: what ``typing.Union`` makes it keeps, and takes ``list[int | str]`` for
    the ``list[str | int]`` that somebody asked for before."""
    return functools.reduce(operator.or_, types)


def members(python_type: Any) -> tuple[Any, ...]:
    """A union's members; of any other type, the type itself; of ``NoReturn`` none."""
    if python_type is typing.NoReturn:
        return ()
    if typing.get_origin(python_type) in (typing.Union, types.UnionType):
        return typing.get_args(python_type)
    return (python_type,)


def fits(python_type: Any, literal_type: LiteralType, compiler: Compiler) -> bool:
    try:
        compiler.codec(python_type, literal_type)
    except UnsupportedTypeError:
        return False
    return True


def compilers_of(python_type: Any, compiler: Compiler) -> Callable[[Any], Compiler]:
    """What compiles a member of a union. The text of a date is no datetime where it may be what another member says."""
    texts = set(_places_of(_is_text, python_type))
    return lambda member: compiler.apart(not texts.isdisjoint(_places_of(_is_datetime, member)))


def _is_datetime(python_type: Any) -> bool:
    return python_type is dt.datetime


def _is_text(python_type: Any) -> bool:
    """Whether the text of a date may be of this type, which is no datetime."""
    if typing.get_origin(python_type) is typing.Literal:
        return any(isinstance(value, str) for value in typing.get_args(python_type))
    if isinstance(python_type, type) and issubclass(python_type, enum.Enum):
        return any(isinstance(member.value, str) for member in python_type)
    return python_type in (dt.date, str)


def _places_of(is_it: Callable[[Any], bool], python_type: Any) -> Iterator[tuple[Any, ...]]:
    """Where values of such types stand in a value of a type: in a list, in a dict, itself."""
    origin, arguments = typing.get_origin(python_type), typing.get_args(python_type)
    if origin is typing.Annotated:
        yield from _places_of(is_it, arguments[0])
    elif origin is list:
        yield from ((list, *place) for argument in arguments for place in _places_of(is_it, argument))
    elif origin is dict:
        for part, argument in zip(("key", "value"), arguments):
            yield from ((part, *place) for place in _places_of(is_it, argument))
    elif origin in (typing.Union, types.UnionType):
        yield from (place for argument in arguments for place in _places_of(is_it, argument))
    elif is_it(python_type):
        yield ()


class _Tries(threading.local):
    left = MOST_TRIES
    depth = 0


_TRIES = _Tries()


def allow_tries() -> None:
    """To be called before each conversion."""
    _TRIES.left = MOST_TRIES


def tried(items: Iterable[_T], convert: Callable[[_T], Any]) -> Iterator[tuple[_T, Any]]:
    """Each item that converts, with what it made. Once there were too many tries there are no more."""
    for item in items:
        _TRIES.left -= _TRIES.depth > 0
        if _TRIES.left < 0:
            raise ConversionValueError(f"its unions have more than {MOST_TRIES} readings")
        _TRIES.depth += 1
        try:
            made = convert(item)
        except ConversionError:
            continue
        finally:
            _TRIES.depth -= 1
        yield item, made


def only_one(made: Iterable[tuple[_T, Any]], expected: str, got: str) -> tuple[_T, Any]:
    found = list(made)
    if not found:
        raise mismatch(expected, got)
    if len(found) > 1:
        raise ConversionValueError(f"ambiguous: {got} fits {len(found)} members of {expected}")
    return found[0]


def only_reading(made: Iterable[tuple[Any, Any]], expected: str, got: str) -> Any:
    """As ``only_one``, but readings that are equal are one: an empty list is of no class."""
    found = list(made)
    if len(found) > 1 and all(same(found[0][1], other) for _, other in found[1:]):
        return found[0][1]
    return only_one(found, expected, got)[1]
