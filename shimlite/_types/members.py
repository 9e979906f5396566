# SPDX-License-Identifier: Apache-2.0
"""The members of a union, and how one of several is chosen: never by guessing.

``budget`` tries them. Next: ``by_fields``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from ..equality import same
from ..errors import ConversionValueError, mismatch
from .atoms import STR
from .nodes import Choice, Dict, List, Map, Node, mapped, members
from .times import DATE, DATETIME, STRICT_DATETIME

_T = TypeVar("_T")
_K = TypeVar("_K")


def grouped(pairs: Iterable[tuple[Iterable[_K], _T]]) -> dict[_K, list[_T]]:
    table: dict[_K, list[_T]] = {}
    for keys, item in pairs:
        for key in keys:
            table.setdefault(key, []).append(item)
    return table


def read_apart(node: Node) -> list[tuple[Node, Node]]:
    """Each member of a union, and the node that reads it. Where another member may be the text of a date, that text is
    no datetime."""
    texts = set(_places(node, _is_text))

    def read_as(member: Node) -> Node:
        moments = _places(member, lambda part: part is DATETIME)
        return member if texts.isdisjoint(moments) else mapped(member, _strict)

    return [(member, read_as(member)) for member in members(node)]


def _strict(node: Node) -> Node:
    return STRICT_DATETIME if node is DATETIME else node


def _is_text(node: Node) -> bool:
    """Whether a type other than datetime may be the text of a date."""
    return node in (DATE, STR) or (isinstance(node, Choice) and any(cls is str for cls, _ in node.values))


def _places(node: Node, is_it: Callable[[Node], bool]) -> Iterator[tuple[str, ...]]:
    """Where such values stand in a value of a type: in a list, in a dict, or in neither."""
    for member in members(node):
        match member:
            case List(item):
                yield from (("list", *place) for place in _places(item, is_it))
            case Map(item):
                yield from (("value", *place) for place in _places(item, is_it))
                yield from (("key",) for _ in range(is_it(STR)))
            case Dict(key, value):
                yield from (("value", *place) for place in _places(value, is_it))
                yield from (("key", *place) for place in _places(key, is_it))
            case _ if is_it(member):
                yield ()


def only_one(results: Iterable[tuple[_T, Any]], expected: str, got: str) -> tuple[_T, Any]:
    several = list(results)
    if not several:
        raise mismatch(expected, got)
    if len(several) > 1:
        raise ConversionValueError(f"ambiguous: {got} fits {len(several)} members of {expected}")
    return several[0]


def only_reading(results: Iterable[tuple[Any, Any]], expected: str, got: str) -> Any:
    """As ``only_one``, but equal readings count as one: an empty list is the same for all members."""
    several = list(results)
    if len(several) > 1 and all(same(several[0][1], other) for _, other in several[1:]):
        return several[0][1]
    return only_one(several, expected, got)[1]
