# SPDX-License-Identifier: Apache-2.0
"""Unions of types, in any order and either spelling, no two members told apart by nothing.

shimlite refuses a union of which two members have the same ``LiteralType``, as ``dict`` and ``dict[int, str]`` do.
"""

from __future__ import annotations

import datetime as dt
import functools
import operator
import typing
from typing import Any, Literal

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from .kinds import ALL, OPTIONAL, TEXT_DICT, UNION, Chosen
from .scalars import MOST_ITEMS, SCALARS
from .shapes import bare, flat, is_enum, is_hashable, is_record, is_union, words

# The older spelling makes other objects than int | None, and people still write it.
Either = typing.Union


@st.composite
def unions(
    draw: st.DrawFn, members: SearchStrategy[Any], elements: SearchStrategy[Any] | None = None, chosen: Chosen = ALL
) -> Any:
    """``elements``, where there is room for them, are of members that are all lists or all maps."""
    if elements is not None and not elements.is_empty:
        members = draw(st.sampled_from((members, members, members, *_alike(elements, chosen))))
    has_none, has_others = bool(chosen.of([OPTIONAL])), bool(chosen.of([UNION]))
    drawn = [type(None)] if has_none and draw(st.booleans()) else []
    drawn += draw(st.lists(members, min_size=1, max_size=MOST_ITEMS if has_others else 1))
    distinct = [one for one in _distinct(drawn) if has_none or bare(one) is not type(None)]
    if not distinct:
        return type(None) if has_none else drawn[0]
    union = draw(st.permutations(distinct))
    if draw(st.booleans()) and union[0] is not type(None):
        return functools.reduce(operator.or_, union)
    return Either[tuple(union)]


def _alike(elements: SearchStrategy[Any], chosen: Chosen) -> list[SearchStrategy[Any]]:
    lists = elements.map(lambda one: list[one])  # type: ignore[valid-type]
    maps = elements.map(lambda one: dict[str, one])  # type: ignore[valid-type]
    return [*([lists] if chosen.of([list]) else []), *([maps] if chosen.of([TEXT_DICT]) else [])]


def _distinct(drawn: list[Any]) -> list[Any]:
    found: dict[Any, Any] = {}
    for member in (inner for one in drawn for inner in flat(one)):
        # Any takes everything and leaves nothing for the others; columns are a dict, which Python's Union cannot hash.
        if bare(member) is not Any and is_hashable(member):
            found.setdefault((_tag(member), _said(member)), member)
    return list(found.values())


def _tag(python_type: Any) -> Any:
    """What a union's variant adds to the ``LiteralType``: the name of flytekit's transformer, one for each class."""
    part = bare(python_type)
    origin = typing.get_origin(part)
    if origin is Literal:
        return bool if _is_every_bool(part) else Literal
    if is_enum(part):
        return "Enum"
    return origin or ("record" if is_record(part) else part)


def _said(python_type: Any) -> Any:
    """What a ``LiteralType`` says of a type, and no more: two types of which it says the same are one to a union."""
    part = bare(python_type)
    origin, arguments = typing.get_origin(part), typing.get_args(part)
    if part in (dt.date, dt.datetime):
        return "DATETIME"
    if not arguments and (part in SCALARS or part is Any):
        return part
    if is_enum(part):
        return ("enum", *(member.value for member in part))
    if origin is Literal:
        return bool if _is_every_bool(part) else ("Literal", frozenset(map(type, arguments)))
    if origin is list:
        return "list", _said(arguments[0])
    if origin is dict and arguments[0] is str:
        return "map", _said(arguments[1])
    if part is dict or origin is dict:
        return "STRUCT"
    if is_union(part):
        return ("union", *((_tag(member), _said(member)) for member in arguments))
    return (part.__name__, *(str(word) for word in words(python_type) if word != "words"))


def _is_every_bool(python_type: Any) -> bool:
    """Whether no value tells this ``Literal`` from bool."""
    return {(type(value), value) for value in typing.get_args(python_type)} == {(bool, True), (bool, False)}
