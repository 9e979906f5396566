# SPDX-License-Identifier: Apache-2.0
"""Unions inside msgpack, where nothing is stored beside a value.

The members are asked in order, records by their fields, and a value is refused that would be read back as another
member. The next files have the literals of unions, which store a type. Next: ``variants``.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgpack

from ..equality import same
from ..errors import ConversionError, ConversionTypeError, ConversionValueError, described, unlike
from .arrow_tables import exports_table, is_table, unlike_all
from .budget import tried
from .by_fields import EXACTLY, Fit, fit_of
from .members import grouped, only_one, only_reading, read_apart
from .nodes import Node, Union, classes_of, members
from .parse import spell
from .rows import Convert, Packed


class _Member(NamedTuple):
    classes: tuple[type, ...]
    """The exact classes of its values."""
    packed: Packed
    fit: Fit | None
    """For records: see ``by_fields``."""


def pack_union(node: Union, packed_of: Callable[[Node], Packed]) -> Packed:
    everyone = [_Member(classes_of(member), packed_of(read_as), fit_of(member)) for member, read_as in read_apart(node)]
    expected, by_class = spell(node), grouped((map(id, member.classes), member) for member in everyone)
    by_wire = readers_by_class(everyone)
    readings = {id(cls): _reading(readers, expected) for cls, readers in by_wire.items()}
    tables = [member for one, member in zip(members(node), everyone) if is_table(one)]

    def pack(value: Any) -> Any:
        candidates = by_class.get(id(type(value))) or (tables if tables and exports_table(value) else everyone)
        if len(candidates) == 1:
            writer, plain = candidates[0], candidates[0].packed.pack(value)
        else:
            results = list(tried(candidates, lambda member: member.packed.pack(value)))
            of_class = [member for member in everyone if issubclass(type(value), member.classes)]
            if not results and len(of_class) == 1:
                with contextlib.suppress(ConversionTypeError):
                    of_class[0].packed.pack(value)  # whose own error says what is wrong
            if not results:
                raise unlike_all(expected, value, members(node))
            alike = len({msgpack.packb(other) for _, other in results}) == 1
            writer, plain = results[0] if alike else only_one(results, expected, described(value))
        reader, unpack_any = readings[id(type(plain))]
        if reader is writer:
            return plain
        with contextlib.suppress(ConversionError):
            if same(unpack_any(plain), writer.packed.unpack(plain)):
                return plain
        raise ConversionValueError(f"ambiguous: a record would read it back as another member of {expected}")

    def unpack(value: Any) -> Any:
        if id(type(value)) not in readings:
            raise unlike(expected, value)
        return readings[id(type(value))][1](value)

    return Packed(pack, unpack, tuple(by_wire))


def readers_by_class(everyone: Sequence[_Member]) -> dict[type, list[_Member]]:
    """The readers of msgpack of each class, in turn: those that take the class as it is, then those that convert it."""
    readers = grouped((member.packed.wire, member) for member in everyone)
    for cls, candidates in readers.items():
        candidates.sort(key=lambda member: cls is not member.packed.wire[0])
    return readers


def _reading(readers: Sequence[_Member], expected: str) -> tuple[_Member | None, Convert]:
    """The reader of msgpack of one class, and the member that surely reads it; None where that depends on the data.

    The members are asked in order, save that records are told apart by their fields, all of them at the place of the
    first.
    """
    if len(readers) == 1:
        return readers[0], readers[0].packed.unpack
    records = [member for member in readers if member.fit is not None]
    turns: list[Convert] = []
    for member in readers:
        if member.fit is None:
            turns.append(member.packed.unpack)
        elif member is records[0]:
            turns.append(_record_reader(records, expected))

    def unpack(value: Any) -> Any:
        for _, result in tried(turns, lambda turn: turn(value)):
            return result
        raise unlike(expected, value)

    first = None if len(records) > 1 and records[0] is readers[0] else readers[0]
    return first, turns[0] if len(turns) == 1 else unpack  # its own error says where the value is wrong


def _record_reader(records: Sequence[_Member], expected: str) -> Convert:
    def unpack(value: Any) -> Any:
        fits = [(member.packed, member.fit(value)) for member in records if member.fit is not None]
        chosen = [one for one, fit in fits if fit == EXACTLY] or [one for one, fit in fits if fit]
        if len(chosen) == 1:
            return chosen[0].unpack(value)
        return only_reading(tried(chosen, lambda packed: packed.unpack(value)), expected, described(value))

    return unpack


# --------------------------------------------------------------------------------------- which member reads which one


def readers_in_record(
    written: Node, read: Node, packed_of: Callable[[Node], Packed], reads: Callable[[Node, Node], bool]
) -> list[Node] | None:
    """The member of ``read`` that reads each member of ``written``; None where some values would be read as another.

    A type that is no union counts as a union of one. Writing refuses a value that the union's own reader would take for
    another member. So that this reader does not take it for another either, the counterparts of the members must stand
    in the same order, and no other member may be asked before them.
    """
    choices, readers = members(written), members(read)
    if len(readers) == len(choices) and all(map(reads, choices, readers)):
        return list(readers)
    places = [_place(choice, readers, reads) for choice in choices]
    if None in places:
        return None
    wires = [set(packed_of(choice).wire) for choice in choices]
    counterparts = [(place, wires[index]) for index, place in enumerate(places) if place not in places[:index]]
    crossed = any(
        first > second and wire & other  # type: ignore[operator]
        for (first, wire), (second, other) in itertools.combinations(counterparts, 2)
    )
    if crossed or _asked_before(places, wires, [packed_of(reader) for reader in readers]):
        return None
    return [readers[place] for place in places]  # type: ignore[index]


def _place(choice: Node, readers: Sequence[Node], reads: Callable[[Node, Node], bool]) -> int | None:
    """The place of a member's counterpart: the same type, else the first reader that reads it."""
    able = [place for place, reader in enumerate(readers) if reads(choice, reader)]
    return next((place for place in able if readers[place] == choice), next(iter(able), None))


def _asked_before(places: Sequence[int | None], wires: Sequence[set[type]], readers: Sequence[Packed]) -> bool:
    """Whether ``unpack`` would ask a reader that is no counterpart before one that is."""

    def turn(place: int, cls: type) -> tuple[bool, int]:
        return cls is not readers[place].wire[0], place

    others = [place for place in range(len(readers)) if place not in places]
    return any(
        cls in readers[other].wire and place is not None and turn(other, cls) < turn(place, cls)
        for place, wire in zip(places, wires)
        for cls in wire
        for other in others
    )
