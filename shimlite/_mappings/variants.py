# SPDX-License-Identifier: Apache-2.0
"""The variants of a union's ``LiteralType``: which member takes each, and how values are written as them.

The exact class of a value names its variant; where it does not, exactly one variant must take the value. Variants that
a pod cannot tell apart count as one. ``readings`` is the other direction.
"""

from __future__ import annotations

import contextlib
import functools
import typing
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from .._idl import Literal, LiteralType
from ..errors import ConversionValueError, UnsupportedTypeError
from .by_fields import Fit, fit_of, is_own_record
from .containers import StructRow
from .members import compilers_of, fits, grouped, members, only_one, tried
from .records import RecordRow
from .row import (
    Codec,
    Compiler,
    described,
    misfit,
    spell,
    type_kind,
)
from .stripped import essence, structs, titles, without_fields

MOST_CLASSES = 64
"""Classes of records whose stored type is remembered, for each variant."""


class Taker(typing.NamedTuple):
    """A member of the Python union, as the one that takes a variant."""

    member: Any
    variant: LiteralType
    codec: Codec
    stored: LiteralType
    """The type that a union stores beside a value of this member."""
    stored_of: Callable[[Any], LiteralType] | None
    """The same, where the value's own class decides it."""
    classes: tuple[type, ...]
    literals: tuple[str, ...]
    names: tuple[str, ...]
    """Of the classes of its records, as a schema's titles would say them."""
    own: bool
    """Whether the variant was written from a type like the member: from str, not from a Literal that reads as one."""
    fit: Fit | None
    """For what is made of records: see ``by_fields``."""

    @property
    def is_struct(self) -> bool:
        return type_kind(self.variant) == "STRUCT"


class Arm(typing.NamedTuple):
    """A variant, or several that a pod cannot tell apart, and the members that take it."""

    variant: LiteralType
    essence: bytes
    takers: list[Taker]
    several: bool
    """Whether it stands for several variants."""


# --------------------------------------------------------------------------------------- which member takes a variant


def arms_of(python_type: Any, variants: Iterable[LiteralType], compiler: Compiler) -> list[Arm]:
    alike: dict[tuple[str, bytes], list[LiteralType]] = {}
    for variant in variants:
        alike.setdefault((variant.structure.tag, essence(variant)), []).append(variant)
    own_members, compiler_of = _own_members(python_type, compiler), compilers_of(python_type, compiler)
    arms = []
    for (tag, essential), group in alike.items():
        told_alike = all(variant == group[0] for variant in group)
        variant = group[0] if told_alike else without_fields(group[0])
        own = own_members.get((tag, essential), [])
        choices = own or _members_for(python_type, variant, compiler)
        takers = [taker_of(member, variant, essential, compiler_of(member)) for member in choices]
        arms.append(Arm(variant, essential, takers, len(group) > 1))
    return arms


def _own_members(python_type: Any, compiler: Compiler) -> dict[tuple[str, bytes], list[Any]]:
    """The members by what their own variants are."""
    own: dict[tuple[str, bytes], list[Any]] = {}
    for member in members(python_type):
        with contextlib.suppress(UnsupportedTypeError):
            variant = compiler.variant(member)
            own.setdefault((variant.structure.tag, essence(variant)), []).append(member)
    return own


def _members_for(python_type: Any, variant: LiteralType, compiler: Compiler) -> list[Any]:
    """The members that take a variant which none of them was written as: the one that is guessed so, or that fits."""
    if type_kind(variant) == "union_type":  # Python flattens a union in a union; Flyte does not
        return [python_type]
    choices, guessed = members(python_type), compiler.guess(variant)
    if guessed in choices and type_kind(variant) != "STRUCT":
        return [guessed]
    fitting = [member for member in choices if fits(member, variant, compiler)]
    if type_kind(variant) == "STRUCT":
        is_dict = variant.structure.tag == StructRow.tag
        fitting = [member for member in fitting if is_own_record(member) != is_dict] or fitting
        fitting = [guessed] if guessed in fitting else fitting
    refuse_unless_told_apart(fitting, python_type, variant)
    return fitting


def refuse_unless_told_apart(fitting: Sequence[Any], python_type: Any, literal_type: LiteralType) -> None:
    """Raises UnsupportedTypeError where no member fits a type, or several that values do not tell apart: records do by
    their fields, Literals by their values."""
    told_apart = any(structs(literal_type)) or all(typing.get_origin(member) is typing.Literal for member in fitting)
    if not fitting or (len(fitting) > 1 and not told_apart):
        raise misfit(python_type, literal_type)


def taker_of(member: Any, variant: LiteralType, essential: bytes, compiler: Compiler) -> Taker:
    row, bare = compiler.row(member)
    codec = compiler.codec(member, variant)
    own = row.tag == variant.structure.tag
    stored, stored_of = variant, None
    if compiler.guessed:
        stored_of = _stored_by_class(variant, compiler) if any(structs(variant)) else None
    elif own:
        full = compiler.variant(member)
        stored = full if essence(full) == essential else variant
    fit = fit_of(bare)
    names = () if fit is None else titles(compiler.variant(member))
    return Taker(member, variant, codec, stored, stored_of, row.classes(bare), row.literals, names, own, fit)


def _stored_by_class(variant: LiteralType, compiler: Compiler) -> Callable[[Any], LiteralType]:
    """The type to store where only values say of which class the records are: with its schema, if they agree on one."""

    @functools.lru_cache(MOST_CLASSES)
    def with_schema(record: type) -> LiteralType:
        try:
            own, as_variant = compiler.record_types(record)
        except UnsupportedTypeError:  # msgpack holds its fields, but no schema says them
            return variant
        told = LiteralType()
        told.CopyFrom(variant)
        for struct in structs(told):
            if struct.structure.tag == as_variant.structure.tag:
                struct.CopyFrom(as_variant)
            elif struct is not told and not struct.structure.tag:
                struct.CopyFrom(own)
        return told

    def stored_of(value: Any) -> LiteralType:
        classes = set(_classes_inside(value, [variant]))
        record = classes.pop() if len(classes) == 1 else None
        return with_schema(record) if is_own_record(record) else variant

    return stored_of


def _classes_inside(value: Any, declared: list[LiteralType]) -> Iterator[type]:
    """The classes of the values that are STRUCTs. ``declared`` are the types that the value may be of."""
    variants = [one for literal_type in declared for one in _flat(literal_type)]
    if is_own_record(type(value)):
        yield type(value)
    elif isinstance(value, list):
        items = [one.collection_type for one in variants if one.HasField("collection_type")]
        for item in value if items else ():
            yield from _classes_inside(item, items)
    elif isinstance(value, dict):
        if any(type_kind(one) == "STRUCT" for one in variants):
            yield dict
        items = [one.map_value_type for one in variants if one.HasField("map_value_type")]
        for item in value.values() if items else ():
            yield from _classes_inside(item, items)


def _flat(literal_type: LiteralType) -> Iterator[LiteralType]:
    if literal_type.HasField("union_type"):
        for variant in literal_type.union_type.variants:
            yield from _flat(variant)
    else:
        yield literal_type


# ----------------------------------------------------------------------------------------------------------- writing


def encoder(arms: Sequence[Arm], python_type: Any, compiler: Compiler) -> Callable[[Any, Literal], None]:
    takers = [taker for arm in arms for taker in arm.takers]
    expected = spell(python_type)
    by_class = {cls: _in_turn(cls, found) for cls, found in grouped((one.classes, one) for one in takers).items()}
    of_records = _for_records(takers) if compiler.guessed else []

    def encode(value: Any, literal: Literal) -> None:
        cls = type(value)
        turns = by_class.get(cls) or ([of_records] if of_records and is_own_record(cls) else [takers])
        union = literal.scalar.union
        if len(turns[0]) == 1 == len(turns):
            taker = turns[0][0]
            taker.codec.encode(value, union.value)
        else:
            taker, encoded = taken(turns, value, expected)
            union.value.CopyFrom(encoded)
        union.type.CopyFrom(taker.stored if taker.stored_of is None else taker.stored_of(value))

    return encode


def _in_turn(cls: type, found: list[Taker]) -> list[list[Taker]]:
    """Those that take values of a class, first those that must be asked first: a dict is the union's dict, or its map
    where the values fit that, else its STRUCT."""
    own = [taker for taker in found if taker.own]
    if cls is not dict:
        return [own or found]
    dicts = [taker for taker in own if taker.is_struct]
    maps = [taker for taker in found if not taker.is_struct]
    others = [] if dicts else [taker for taker in found if taker.is_struct]
    return [turn for turn in (dicts, maps, others) if turn]


def _for_records(takers: Sequence[Taker]) -> list[Taker]:
    """Those that take a record of whatever class: the variants of records, else any other STRUCT."""
    structs = [taker for taker in takers if taker.is_struct]
    return [taker for taker in structs if taker.variant.structure.tag == RecordRow.tag] or structs


def taken(turns: Sequence[Sequence[Taker]], value: Any, expected: str) -> tuple[Taker, Literal]:
    for turn in turns:
        found = list(_encoded(turn, value))
        if len(found) > 1 and all(taker.is_struct and taker.fit is None for taker, _ in found):
            raise ConversionValueError(
                f"ambiguous: {described(value)} fits {len(found)} members of {expected}",
                hint="annotate the return type, or return the class of one of them",
            )
        if _are_alike(found):
            return found[0][0]._replace(stored=found[0][0].variant), found[0][1]
        if found:
            return only_one(found, expected, described(value))
    if len(turns[-1]) == 1:
        turns[-1][0].codec.encode(value, Literal())  # whose own error says where it is wrong
    return only_one((), expected, described(value))


def _are_alike(found: Sequence[tuple[Taker, Literal]]) -> bool:
    """Whether several members of one variant write a value alike, as they do an empty list."""
    if len(found) < 2:
        return False
    first, *others = ((taker.variant, literal.SerializeToString(deterministic=True)) for taker, literal in found)
    return all(other == first for other in others)


def _encoded(takers: Iterable[Taker], value: Any) -> Iterator[tuple[Taker, Literal]]:
    def encode(taker: Taker) -> Literal:
        literal = Literal()
        taker.codec.encode(value, literal)
        return literal

    return tried(takers, encode)
