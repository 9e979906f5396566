# SPDX-License-Identifier: Apache-2.0
"""The variants of a union's ``LiteralType``: which member takes each, and how values are written and read as them.

Writing, the exact class of a value names its variant; where it does not, exactly one variant must take the value.
Reading, the type stored beside a value names it: first by its tag, then, among records, by the title of its schema,
then by the fields of the record. What a stored type decides is decided once, not for each value.
"""

from __future__ import annotations

import contextlib
import functools
import typing
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import msgpack

from .._idl import Literal, LiteralType
from ..errors import ConversionValueError, UnsupportedTypeError
from .by_fields import EXACTLY, Fit, fit_of, is_own_record, plain_of
from .members import compilers_of, fits, grouped, members, only_one, only_reading, tried
from .packing import TAG, read_packed
from .row import (
    Codec,
    Compiler,
    Convert,
    Decode,
    described,
    literal_kind,
    misfit,
    mismatch,
    spell,
    type_kind,
)
from .stripped import STRUCT, essence, is_title_of, structs, titles, without_fields

MOST_CLASSES = 64
"""Classes of records whose stored type is remembered, for each variant."""
TAG_OF_DICTS = "Typed Dict"
TAG_OF_RECORDS = "Object-Dataclass-Transformer"


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
        takers = [_taker(member, variant, essential, compiler_of(member)) for member in choices]
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
        is_dict = variant.structure.tag == TAG_OF_DICTS
        fitting = [member for member in fitting if is_own_record(member) != is_dict] or fitting
        fitting = [guessed] if guessed in fitting else fitting
    if not fitting or (len(fitting) > 1 and not _may_be_several(fitting, variant)):
        raise misfit(python_type, variant)
    return fitting


def _may_be_several(fitting: Sequence[Any], literal_type: LiteralType) -> bool:
    """Whether values tell the members apart that fit one type: records do by their fields, Literals by their values."""
    return any(structs(literal_type)) or all(typing.get_origin(member) is typing.Literal for member in fitting)


def _taker(member: Any, variant: LiteralType, essential: bytes, compiler: Compiler) -> Taker:
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
            taker, encoded = _taken(turns, value, expected)
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
    return [taker for taker in structs if taker.variant.structure.tag == TAG_OF_RECORDS] or structs


def _taken(turns: Sequence[Sequence[Taker]], value: Any, expected: str) -> tuple[Taker, Literal]:
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
    return len(found) > 1 and all(
        (one.variant, literal) == (found[0][0].variant, found[0][1]) for one, literal in found
    )


# ----------------------------------------------------------------------------------------------------------- reading

MOST_STORED_TYPES = 256
"""Stored types whose reader is remembered, each of at most LONGEST_STORED_TYPE bytes."""
LONGEST_STORED_TYPE = 16 * 1024
NIL = msgpack.packb(None)


def decoder(arms: Sequence[Arm], python_type: Any, compiler: Compiler) -> Decode:
    expected = spell(python_type)
    has_none = any(taker.member is type(None) for arm in arms for taker in arm.takers)
    by_tag = _told_by_tag(arms, has_none)
    decided: dict[tuple[str | bytes, ...], Decode] = {}
    bare = _bare_decoder(arms, expected, compiler.packed(python_type).unpack)

    def reader_of(stored: LiteralType) -> Decode:
        key = _key(stored)
        reader = decided.get(key)
        if reader is None:
            reader = _decide(stored, arms, expected, has_none)
            if len(decided) >= MOST_STORED_TYPES:
                decided.clear()
            if sum(map(len, key)) <= LONGEST_STORED_TYPE:
                decided[key] = reader
        return reader

    def decode(literal: Literal) -> Any:
        if literal.scalar.WhichOneof("value") != "union":
            return bare(literal)
        union = literal.scalar.union
        reader = by_tag.get(union.type.structure.tag) or reader_of(union.type)
        return reader(union.value)

    return decode


def _key(stored: LiteralType) -> tuple[str | bytes, ...]:
    """All that decides how a value is read. Of a STRUCT that is its tag and its title, found without writing it out."""
    if stored.WhichOneof("type") == "simple" and stored.simple == STRUCT:
        return (stored.structure.tag, *titles(stored))
    return (stored.SerializeToString(deterministic=True),)


def _told_by_tag(arms: Sequence[Arm], has_none: bool) -> dict[str, Decode]:
    """The readers of the variants that their tag alone tells."""
    by_tag = grouped(((arm.variant.structure.tag,), arm) for arm in arms)
    readers = {}
    for tag, found in by_tag.items():
        takers = [taker for arm in found for taker in arm.takers]
        if tag and len(takers) == 1 and not (found[0].several and takers[0].fit):
            readers[tag] = _or_none(found, takers[0].codec.decode, has_none)
    return readers


def _decide(stored: LiteralType, arms: Sequence[Arm], expected: str, has_none: bool) -> Decode:
    """What reads a value, by the type stored beside it."""
    found = _stored_arms(stored, arms)
    takers = [taker for arm in found for taker in arm.takers]
    if not takers:
        raise mismatch(expected, f"a union of another variant, {type_kind(stored)}")
    several = len(takers) > 1 or any(arm.several for arm in found)
    of_title = named(takers, stored)
    if len(of_title) == 1 or not several:
        return _or_none(found, (of_title or takers)[0].codec.decode, has_none)
    has_title = any(titles(stored))
    if not any(taker.fit for taker in takers):
        choose = _only_member if len(found) > 1 else _equal_readings
        return _or_none(found, lambda literal: choose(takers, literal, expected), has_none)
    pool, only_exactly = (of_title, False) if of_title else (takers, has_title)
    return _or_none(found, lambda literal: _by_fields(pool, literal, expected, only_exactly), has_none)


def named(takers: Sequence[Taker], stored: LiteralType) -> list[Taker]:
    """Those whose records the stored schemas name."""
    told = titles(stored)

    def is_named(taker: Taker) -> bool:
        return len(taker.names) == len(told) and all(map(is_title_of, told, taker.names))

    return [taker for taker in takers if is_named(taker)] if any(told) else []


def _stored_arms(stored: LiteralType, arms: Sequence[Arm]) -> list[Arm]:
    """The variants that a stored type may mean: those of its tag, and of these the same type if there is one.

    A type without a tag, which other SDKs write, means the variants that are equal but for the tag. An Enum is text,
    and Flyte connects the one to the other.
    """
    tag, essential = stored.structure.tag, essence(stored)
    same_type = [arm for arm in arms if arm.essence == essential]
    found = [arm for arm in arms if arm.variant.structure.tag == tag] if tag else same_type
    if len(found) > 1:
        found = [arm for arm in found if arm in same_type] or found
    other = _TEXTS.get(type_kind(stored))
    return found or [arm for arm in arms if type_kind(arm.variant) == other]


_TEXTS = {"STRING": "enum_type", "enum_type": "STRING"}


def _or_none(arms: Sequence[Arm], reader: Decode, has_none: bool) -> Decode:
    """flytectl sends null for an optional record or dict as a nil of its STRUCT."""
    if not has_none or not any(type_kind(arm.variant) == "STRUCT" for arm in arms):
        return reader

    def read(literal: Literal) -> Any:
        binary = literal.scalar.binary
        return None if binary.value == NIL and binary.tag == TAG else reader(literal)

    return read


def _by_fields(takers: Sequence[Taker], literal: Literal, expected: str, only_exactly: bool = False) -> Any:
    """What a literal is, of which only the keys tell the record. A dict takes them all, so it is asked first, unless a
    title says that a record was written."""
    dicts = [taker for taker in takers if taker.fit is None and any(structs(taker.variant))]
    others = [taker for taker in takers if taker.fit is None and taker not in dicts]
    if dicts and not only_exactly:
        found = list(_decoded([*dicts, *others], literal))
        if found:
            return only_reading(found, expected, literal_kind(literal))
    plain = plain_of(literal)
    fitting = [(taker, taker.fit(plain)) for taker in takers if taker.fit is not None]
    exactly = [taker for taker, fit in fitting if fit == EXACTLY]
    in_part = dicts if only_exactly else [taker for taker, fit in fitting if fit]
    pool = [*(exactly or in_part), *others]
    if len(pool) == 1:
        return pool[0].codec.decode(literal)  # whose own error says where it is wrong
    if not pool:
        raise ConversionValueError(f"expected {expected}, got a record whose fields are those of no member")
    return only_reading(_decoded(pool, literal), expected, literal_kind(literal))


# -------------------------------------------------------------------------------------------- literals without a union


def bare_codec(python_type: Any, literal_type: LiteralType, compiler: Compiler) -> Codec:
    """Of a union of Python types for a type that is none. One member must fit it, or values must tell the members."""
    fitting = [member for member in members(python_type) if fits(member, literal_type, compiler)]
    if not fitting or (len(fitting) > 1 and not _may_be_several(fitting, literal_type)):
        raise misfit(python_type, literal_type)
    if len(fitting) == 1:
        return compiler.codec(fitting[0], literal_type)
    takers = [_taker(member, literal_type, b"", compiler) for member in fitting]
    expected = spell(python_type)
    by_class = grouped((taker.classes, taker) for taker in takers)

    def encode(value: Any, literal: Literal) -> None:
        candidates = by_class.get(type(value), takers)
        if len(candidates) == 1:
            candidates[0].codec.encode(value, literal)
        else:
            literal.CopyFrom(_taken([candidates], value, expected)[1])

    return Codec(encode, lambda literal: _by_fields(takers, literal, expected))


def _bare_decoder(arms: Sequence[Arm], expected: str, unpack: Convert) -> Decode:
    """Of a literal that arrives without its union. A bare 5 is an int before it is a float."""
    takers = [taker for arm in arms for taker in arm.takers]
    of_bytes = [taker for taker in takers if taker.member is bytes]
    of_dicts = [taker for taker in takers if taker.is_struct and taker.member is dict]

    def decode(literal: Literal) -> Any:
        kind = literal_kind(literal)
        if kind == "binary":
            if of_bytes and literal.scalar.binary.tag != TAG:
                return of_bytes[0].codec.decode(literal)
            plain = read_packed(literal, expected)
            return of_dicts[0].codec.decode(literal) if of_dicts and type(plain) is dict else unpack(plain)
        if kind == "generic" and of_dicts:
            return of_dicts[0].codec.decode(literal)
        readers = [taker for taker in takers if kind in taker.literals]
        if len(readers) == 1:
            return readers[0].codec.decode(literal)  # whose own error says where it is wrong
        native = [taker for taker in readers if type_kind(taker.variant) in _NATIVE.get(kind, ())]
        found = list(_decoded(native, literal))
        if found:
            return only_one(found, expected, kind)[1]
        return _not_native([taker for taker in readers if taker not in native], literal, expected)

    return decode


def _not_native(readers: Sequence[Taker], literal: Literal, expected: str) -> Any:
    if any(taker.fit for taker in readers):
        return _by_fields(readers, literal, expected)
    return _only_member(readers, literal, expected)


def _only_member(takers: Sequence[Taker], literal: Literal, expected: str) -> Any:
    return only_one(_decoded(takers, literal), expected, literal_kind(literal))[1]


def _equal_readings(takers: Sequence[Taker], literal: Literal, expected: str) -> Any:
    """Of members that a pod cannot tell apart, such as two Literals."""
    return only_reading(_decoded(takers, literal), expected, literal_kind(literal))


def _encoded(takers: Iterable[Taker], value: Any) -> Iterator[tuple[Taker, Literal]]:
    def encode(taker: Taker) -> Literal:
        literal = Literal()
        taker.codec.encode(value, literal)
        return literal

    return tried(takers, encode)


def _decoded(takers: Iterable[Taker], literal: Literal) -> Iterator[tuple[Taker, Any]]:
    return tried(takers, lambda taker: taker.codec.decode(literal))


_NATIVE = {
    "integer": ("INTEGER",),
    "float_value": ("FLOAT",),
    "string_value": ("STRING", "enum_type"),
    "boolean": ("BOOLEAN",),
    "datetime": ("DATETIME",),
    "duration": ("DURATION",),
    "none_type": ("NONE",),
}
