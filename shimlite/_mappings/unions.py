# SPDX-License-Identifier: Apache-2.0
"""``Optional``, ``Union`` and ``X | Y``: a value with the type of its variant stored beside it (``Union``).

Nothing is guessed: see ``variants`` and ``readings`` for literals. In a record nothing is stored beside a value, so
the members are asked in order, records by their fields, and a value is refused that would be read back as another
member.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import types
import typing
from collections.abc import Sequence
from typing import Any

import msgpack

from .._idl import LiteralType
from ..equality import same
from ..errors import ConversionError, ConversionValueError, UnsupportedTypeError
from .by_fields import EXACTLY, Fit, fit_of
from .losses import Accountant, Loss, NoExampleError, Project, cannot_read, inside, is_lost
from .members import MOST_MEMBERS, compilers_of, grouped, members, only_one, only_reading, tried, union_of
from .readings import bare_codec, decoder, named
from .row import (
    Codec,
    Compiler,
    Convert,
    JsonSchema,
    Packed,
    Row,
    SchemaWriter,
    described,
    mismatch,
    spell,
    type_kind,
)
from .variants import Arm, Taker, arms_of, encoder


class UnionRow(Row):
    python, literal = "Optional[T], Union[T, U], T | U", "union"
    returns, lost = "what its member gives", "what its member loses"
    unsaid = "what its member loses then; echoed, a record is for good a dict or map beside it that takes its fields"
    note = (
        "records: told apart by the stored schema's title, else by their fields; a value that fits several members, or "
        "would be read back as another: refused"
    )
    example_type = dt.datetime | None
    tag = "Typed Union"
    literal_types = ("union_type",)
    literals = ("union",)

    def takes(self, python_type: Any) -> bool:
        return typing.get_origin(python_type) in (typing.Union, types.UnionType) or python_type is typing.NoReturn

    def literal_type(self, python_type: Any, compiler: Compiler) -> LiteralType:
        literal_type = LiteralType()
        literal_type.union_type.SetInParent()
        variants = [compiler.variant(member) for member in members(python_type)]
        for place, variant in enumerate(variants):
            if variant in variants[:place]:
                raise UnsupportedTypeError(
                    f"{spell(python_type)} is ambiguous", hint="two members have the same LiteralType"
                )
        literal_type.union_type.variants.extend(variants)
        return literal_type

    def guess(self, literal_type: LiteralType, compiler: Compiler) -> Any:
        if len(literal_type.union_type.variants) > MOST_MEMBERS:
            raise UnsupportedTypeError(f"a union of more than {MOST_MEMBERS} types")
        guessed = [compiler.guess(variant) for variant in literal_type.union_type.variants]
        if not guessed:
            return typing.NoReturn  # no variant, so no value
        return union_of(guessed)

    def codec(self, python_type: Any, literal_type: LiteralType, compiler: Compiler) -> Codec:
        if type_kind(literal_type) != "union_type":
            return bare_codec(python_type, literal_type, compiler)
        arms = arms_of(python_type, literal_type.union_type.variants, compiler)
        return Codec(encoder(arms, python_type, compiler), decoder(arms, python_type, compiler))

    def packed(self, python_type: Any, compiler: Compiler) -> Packed:
        compiler_of, choices = compilers_of(python_type, compiler), members(python_type)
        everyone = [compiler_of(member).packed(member) for member in choices]
        fits = {id(packed): fit_of(member) for packed, member in zip(everyone, choices)}
        expected = spell(python_type)
        by_class = grouped((_classes(member, compiler), packed) for member, packed in zip(choices, everyone))
        by_wire = grouped((packed.wire, packed) for packed in everyone)
        for cls, readers in by_wire.items():
            # msgpack tells an int from a float: who takes this class as it is, is asked before who converts it.
            readers.sort(key=lambda packed: packed.wire[0] is not cls)
        readings = {cls: _reading(readers, fits, expected) for cls, readers in by_wire.items()}

        def pack(value: Any) -> Any:
            candidates = by_class.get(type(value), everyone)
            if len(candidates) == 1:
                found, made = candidates[0], candidates[0].pack(value)
            else:
                taken = list(tried(candidates, lambda packed: packed.pack(value)))
                alike = len({msgpack.packb(other) for _, other in taken}) == 1
                found, made = taken[0] if alike else only_one(taken, expected, described(value))
            first, unpack_any = readings[type(made)]
            if first is found:
                return made
            with contextlib.suppress(ConversionError):
                if same(unpack_any(made), found.unpack(made)):
                    return made
            raise ConversionValueError(f"ambiguous: a record would read it back as another member of {expected}")

        def unpack(value: Any) -> Any:
            if type(value) not in readings:
                raise mismatch(expected, described(value))
            return readings[type(value)][1](value)

        return Packed(pack, unpack, tuple(by_wire))

    def json_schema(self, python_type: Any, writer: SchemaWriter) -> JsonSchema:
        return {"anyOf": [writer.schema(member) for member in members(python_type)]}

    def classes(self, python_type: Any) -> tuple[type, ...]:
        return ()

    def account(
        self, python_type: Any, literal_type: LiteralType, decoded_as: Any, accountant: Accountant
    ) -> tuple[Loss, ...]:
        compiler, variants = accountant.compiler, literal_type.union_type.variants
        project = accountant.project(python_type, literal_type, decoded_as)
        writers, losses = [], []
        for written, read in zip(arms_of(python_type, variants, compiler), arms_of(decoded_as, variants, compiler)):
            if len(read.takers) > len(written.takers) and not any(taker.fit for taker in read.takers):
                raise cannot_read(python_type, decoded_as)  # two Enums of one list of values, say
            for writer in written.takers:
                reader = _reader_of(writer, read, python_type, decoded_as)
                writers.append(writer.member)
                losses.append(accountant.account(writer.member, writer.variant, reader.member))
        return _of_members(writers, losses, project)

    def packed_losses(self, python_type: Any, decoded_as: Any, accountant: Accountant) -> tuple[Loss, ...]:
        readers = readers_in_record(python_type, decoded_as, accountant)
        losses = [accountant.packed(*pair) for pair in zip(members(python_type), readers)]
        return _of_members(members(python_type), losses, accountant.through_msgpack(python_type, decoded_as))

    def example(self, python_type: Any, accountant: Accountant) -> Any:
        pack = accountant.compiler.packed(python_type).pack
        for member in members(python_type):
            with contextlib.suppress(NoExampleError, ConversionError):
                example = accountant.example(member)
                pack(example)
                return example
        raise NoExampleError


def _reader_of(writer: Taker, arm: Arm, python_type: Any, decoded_as: Any) -> Taker:
    """Which member reads the values of another."""
    found = [taker for taker in arm.takers if taker.member == writer.member] or named(arm.takers, writer.stored)
    if not found and not (arm.several and arm.takers[0].fit):
        found = arm.takers
    if len(found) != 1:
        raise cannot_read(python_type, decoded_as)
    return found[0]


# ---------------------------------------------------------------------------------------------------------- in records


def _reading(readers: Sequence[Packed], fits: dict[int, Fit | None], expected: str) -> tuple[Packed | None, Convert]:
    """What reads msgpack of one class, and which member that surely is; None where that depends on the data.

    The members are asked in order, save that records are told apart by their fields, all of them at the place of the
    first.
    """
    if len(readers) == 1:
        return readers[0], readers[0].unpack
    records = [packed for packed in readers if fits[id(packed)] is not None]
    turns: list[Convert] = []
    for packed in readers:
        if packed not in records:
            turns.append(packed.unpack)
        elif packed is records[0]:
            turns.append(_record_reader(records, fits, expected))

    def unpack(value: Any) -> Any:
        for _, made in tried(turns, lambda turn: turn(value)):
            return made
        raise mismatch(expected, described(value))

    first = None if records and records[0] is readers[0] and len(records) > 1 else readers[0]
    return first, turns[0] if len(turns) == 1 else unpack  # whose own error says where it is wrong


def _record_reader(records: Sequence[Packed], fits: dict[int, Fit | None], expected: str) -> Convert:
    def unpack(value: Any) -> Any:
        fitting = [(packed, fit(value)) for packed in records if (fit := fits[id(packed)]) is not None]
        chosen = [one for one, fit in fitting if fit == EXACTLY] or [one for one, fit in fitting if fit]
        if len(chosen) == 1:
            return chosen[0].unpack(value)
        return only_reading(tried(chosen, lambda packed: packed.unpack(value)), expected, described(value))

    return unpack


# -------------------------------------------------------------------------------------------------------- what is lost


def _of_members(choices: Sequence[Any], losses: list[tuple[Loss, ...]], project: Project) -> tuple[Loss, ...]:
    """Each member's losses as the union's, whose witness the union may refuse, or keep as another member."""

    def whole(witness: Any) -> Any:
        try:
            project(witness)
        except ConversionError:
            raise NoExampleError from None
        return witness

    several = len([member for member in choices if member is not type(None)]) > 1
    lifted = (inside(f"<{spell(member)}>" if several else "", lost, whole) for member, lost in zip(choices, losses))
    every = (loss for each in lifted for loss in each)
    return tuple(loss for loss in every if loss.witness is None or is_lost(loss.witness, project))


def readers_in_record(python_type: Any, decoded_as: Any, accountant: Accountant) -> list[Any]:
    """What each member of a union in a record is read as; a type that is no union counts as one of one member.

    Writing, a value is refused that the union's own reader would take for another member. So that this reader cannot
    either, the members' counterparts stand in the same order, and no other member is asked before them.
    """
    choices, readers = members(python_type), members(decoded_as)
    if len(readers) == len(choices) and all(_reads(accountant, *pair) for pair in zip(choices, readers)):
        return list(readers)
    places = [_place(choice, decoded_as, accountant) for choice in choices]
    wires = [set(accountant.compiler.packed(choice).wire) for choice in choices]
    asked = [(place, wires[index]) for index, place in enumerate(places) if place not in places[:index]]
    crossed = any(
        first > second and wire & other for (first, wire), (second, other) in itertools.combinations(asked, 2)
    )
    if crossed or _asked_before(places, wires, [accountant.compiler.packed(reader).wire for reader in readers]):
        raise cannot_read(python_type, decoded_as)
    return [readers[place] for place in places]


def _asked_before(places: list[int], wires: list[set[type]], taken: list[tuple[type, ...]]) -> bool:
    """Whether a reader that is nobody's counterpart is asked before one that is, in the order of ``unpack``."""

    def turn(place: int, cls: type) -> tuple[bool, int]:
        return taken[place][0] is not cls, place

    others = [place for place in range(len(taken)) if place not in places]
    return any(
        cls in taken[other] and turn(other, cls) < turn(place, cls)
        for place, wire in zip(places, wires)
        for cls in wire
        for other in others
    )


def _place(python_type: Any, decoded_as: Any, accountant: Accountant) -> int:
    """Which of the readers stands for a member: the same type, else the first that reads it."""
    readers = members(decoded_as)
    found = [place for place, reader in enumerate(readers) if _reads(accountant, python_type, reader)]
    if not found:
        raise cannot_read(python_type, decoded_as)
    return next((place for place in found if readers[place] == python_type), found[0])


def _reads(accountant: Accountant, python_type: Any, decoded_as: Any) -> bool:
    try:
        accountant.packed(python_type, decoded_as)
    except UnsupportedTypeError:
        return False
    return True


def _classes(member: Any, compiler: Compiler) -> tuple[type, ...]:
    row, bare = compiler.row(member)
    return row.classes(bare)


ROWS: tuple[Row, ...] = (UnionRow(),)
