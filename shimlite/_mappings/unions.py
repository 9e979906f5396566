# SPDX-License-Identifier: Apache-2.0
"""``Optional``, ``Union`` and ``X | Y``: a value with the type of its variant stored beside it (``Union``).

Nothing is guessed. Writing, the exact class of a value names its variant; where it does not, exactly one variant must
take the value. Reading, the stored tag names the variant, and among several records the title of the stored schema does;
without a title the keys must fit the fields of one record alone. The same rules hold for a literal that arrives bare.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import itertools
import operator
import threading
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import msgpack

from .._idl import Literal, LiteralType
from ..equality import same
from ..errors import ConversionError, ConversionValueError, UnsupportedTypeError
from .by_fields import EXACTLY, Fit, fit_of, is_own_record, plain_of
from .losses import Account, Accountant, Loss, NoExampleError, Project, cannot_read, inside, is_lost
from .packing import TAG, read_packed
from .row import (
    Codec,
    Compiler,
    Convert,
    Decode,
    JsonSchema,
    Packed,
    Row,
    SchemaWriter,
    described,
    literal_kind,
    misfit,
    mismatch,
    spell,
    type_kind,
)
from .stripped import essence, is_title_of, structs, titles, without_fields


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


class UnionRow(Row):
    python, literal = "Optional[T], Union[T, U], T | U", "union"
    returns, lost = "what its member gives", "what its member loses"
    unsaid = "what its member loses then; echoed, a record of `dict | Cat` is a dict for good"
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
            return _bare_codec(python_type, literal_type, compiler)
        arms = _arms(python_type, literal_type.union_type.variants, compiler)
        return Codec(_encoder(arms, python_type, compiler), _decoder(arms, python_type, compiler))

    def packed(self, python_type: Any, compiler: Compiler) -> Packed:
        apart = _apart(python_type, compiler)
        arms = [(apart(member).packed(member), _classes(member, compiler), member) for member in members(python_type)]
        everyone = [packed for packed, _, _ in arms]
        fits = {id(packed): fit_of(member, members) for packed, _, member in arms}
        expected = spell(python_type)
        by_class = _by_class((classes, packed) for packed, classes, _ in arms)
        by_wire = _by_class((packed.wire, packed) for packed in everyone)
        for cls, readers in by_wire.items():
            # msgpack tells an int from a float: who takes this class as it is, is asked before who converts it.
            readers.sort(key=lambda packed: packed.wire[0] is not cls)
        readings = {cls: _reading(readers, fits, expected) for cls, readers in by_wire.items()}

        def pack(value: Any) -> Any:
            candidates = by_class.get(type(value), everyone)
            if len(candidates) == 1:
                found, made = candidates[0], candidates[0].pack(value)
            else:
                tried = list(_tried(candidates, lambda packed: packed.pack(value)))
                alike = len({msgpack.packb(other) for _, other in tried}) == 1
                found, made = tried[0] if alike else _only_one(tried, expected, described(value))
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

    def account(self, python_type: Any, literal_type: LiteralType, decoded_as: Any, accountant: Accountant) -> Account:
        compiler, variants = accountant.compiler, literal_type.union_type.variants
        project = accountant.project(python_type, literal_type, decoded_as)
        writers, losses = [], []
        for written, read in zip(_arms(python_type, variants, compiler), _arms(decoded_as, variants, compiler)):
            for writer in written.takers:
                reader = _reader_of(writer, read, python_type, decoded_as)
                writers.append(writer.member)
                losses.append(accountant.account(writer.member, writer.variant, reader.member).losses)
        return Account(project, _of_members(writers, losses, project))

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
    found = [taker for taker in arm.takers if taker.member == writer.member] or _named(arm.takers, writer.stored)
    if len(found or arm.takers) != 1:
        raise cannot_read(python_type, decoded_as)
    return (found or arm.takers)[0]


# ------------------------------------------------------------------------------------------- which member takes a variant


def _arms(python_type: Any, variants: Iterable[LiteralType], compiler: Compiler) -> list[Arm]:
    alike: dict[tuple[str, bytes], list[LiteralType]] = {}
    for variant in variants:
        alike.setdefault((variant.structure.tag, essence(variant)), []).append(variant)
    members_of, apart = _own_members(python_type, compiler), _apart(python_type, compiler)
    arms = []
    for (tag, essential), group in alike.items():
        told_alike = all(variant == group[0] for variant in group)
        variant = group[0] if told_alike else without_fields(group[0])
        own = members_of.get((tag, essential), [])
        choices = own or _members_for(python_type, variant, compiler)
        takers = [_taker(member, variant, essential, apart(member)) for member in choices]
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
    choices = members(python_type)
    fitting = [member for member in choices if fits(member, variant, compiler)]
    if type_kind(variant) == "STRUCT":
        is_dict = variant.structure.tag == TAG_OF_DICTS
        fitting = [member for member in fitting if is_own_record(member) != is_dict] or fitting
    if len(fitting) > 1:
        guessed = compiler.guess(variant)
        fitting = [guessed] if guessed in fitting else fitting
    if not fitting or (len(fitting) > 1 and not _may_be_several(fitting, variant)):
        raise misfit(python_type, variant)
    return fitting


def _may_be_several(fitting: Sequence[Any], literal_type: LiteralType) -> bool:
    """Whether values tell the members apart that fit one type: records do by their fields, Literals by their values."""
    return any(structs(literal_type)) or all(typing.get_origin(member) is typing.Literal for member in fitting)


def _apart(python_type: Any, compiler: Compiler) -> Callable[[Any], Compiler]:
    """What compiles a member of a union. The text of a date is no datetime where it may be a date of another member."""
    dates = set(_places_of(dt.date, python_type))
    return lambda member: compiler.apart(not dates.isdisjoint(_places_of(dt.datetime, member)))


def _places_of(cls: type, python_type: Any) -> Iterator[tuple[Any, ...]]:
    """Where values of a class stand in a value of a type: in a list, in a dict, itself."""
    origin, arguments = typing.get_origin(python_type), typing.get_args(python_type)
    if origin is typing.Annotated:
        yield from _places_of(cls, arguments[0])
    elif origin in (list, dict):
        yield from ((origin, *place) for argument in arguments for place in _places_of(cls, argument))
    elif origin in (typing.Union, types.UnionType):
        yield from (place for argument in arguments for place in _places_of(cls, argument))
    elif python_type is cls:
        yield ()


def _taker(member: Any, variant: LiteralType, essential: bytes, compiler: Compiler) -> Taker:
    row, bare = compiler.row(member)
    codec = compiler.codec(member, variant)
    own = row.tag == variant.structure.tag
    stored, stored_of = variant, None
    if compiler.guessed:
        stored_of = _stored_by_class(variant, compiler) if any(structs(variant)) else None
    elif own and any(structs(variant)):
        full = compiler.variant(member)
        stored = full if essence(full) == essential else variant
    fit = fit_of(bare, members)
    names = () if fit is None else titles(compiler.variant(member))
    return Taker(member, variant, codec, stored, stored_of, row.classes(bare), row.literals, names, own, fit)


def _stored_by_class(variant: LiteralType, compiler: Compiler) -> Callable[[Any], LiteralType]:
    """The type to store where only values say of which class the records are: with its schema, if they agree on one."""

    @functools.lru_cache(MOST_CLASSES)
    def with_schema(record: type) -> LiteralType:
        told = LiteralType()
        told.CopyFrom(variant)
        own = compiler.variant(record)
        for struct in structs(told):
            if struct.structure.tag == own.structure.tag:
                struct.CopyFrom(own)
            elif struct is not told and not struct.structure.tag:
                struct.CopyFrom(compiler.literal_type(record))
        return told

    def stored_of(value: Any) -> LiteralType:
        classes = set(_classes_inside(value, variant))
        record = classes.pop() if len(classes) == 1 else None
        return with_schema(record) if is_own_record(record) else variant

    return stored_of


def _classes_inside(value: Any, literal_type: LiteralType) -> Iterator[type]:
    """The classes of the values that are STRUCTs."""
    kind = type_kind(literal_type)
    if kind == "STRUCT":
        yield type(value)
    elif kind == "collection_type" and isinstance(value, list):
        for one in value:
            yield from _classes_inside(one, literal_type.collection_type)
    elif kind == "map_value_type" and isinstance(value, dict):
        for one in value.values():
            yield from _classes_inside(one, literal_type.map_value_type)
    elif kind == "union_type" and (isinstance(value, dict) or is_own_record(type(value))):
        yield type(value)


# ----------------------------------------------------------------------------------------------------------- writing


def _encoder(arms: Sequence[Arm], python_type: Any, compiler: Compiler) -> Callable[[Any, Literal], None]:
    takers = [taker for arm in arms for taker in arm.takers]
    expected = spell(python_type)
    by_class = {cls: _in_turn(cls, found) for cls, found in _by_class((one.classes, one) for one in takers).items()}
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
    own_structs = [taker for taker in own if taker.is_struct]
    if own_structs:
        return [own_structs]
    structs = [taker for taker in found if taker.is_struct]
    return [turn for turn in ([taker for taker in found if not taker.is_struct], structs) if turn]


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
            return _only_one(found, expected, described(value))
    if len(turns[-1]) == 1:
        turns[-1][0].codec.encode(value, Literal())  # whose own error says where it is wrong
    return _only_one((), expected, described(value))


def _are_alike(found: Sequence[tuple[Taker, Literal]]) -> bool:
    """Whether several members of one variant write a value alike, as they do an empty list."""
    first = found[0] if found else None
    return len(found) > 1 and all((one.variant, literal) == (first[0].variant, first[1]) for one, literal in found)


# ----------------------------------------------------------------------------------------------------------- reading

MOST_STORED_TYPES = 256
"""Stored types whose reader is remembered, each of at most LONGEST_STORED_TYPE bytes."""
LONGEST_STORED_TYPE = 16 * 1024
NIL = msgpack.packb(None)


def _decoder(arms: Sequence[Arm], python_type: Any, compiler: Compiler) -> Decode:
    expected = spell(python_type)
    has_none = any(taker.member is type(None) for arm in arms for taker in arm.takers)
    by_tag = _told_by_tag(arms, has_none)
    decided: dict[bytes, Decode] = {}
    bare = _bare_decoder(arms, expected, compiler.packed(python_type).unpack)

    def reader_of(stored: LiteralType) -> Decode:
        key = stored.SerializeToString(deterministic=True)
        reader = decided.get(key)
        if reader is None:
            reader = _decide(stored, arms, expected, has_none)
            if len(decided) >= MOST_STORED_TYPES:
                decided.clear()
            if len(key) <= LONGEST_STORED_TYPE:
                decided[key] = reader
        return reader

    def decode(literal: Literal) -> Any:
        if literal.scalar.WhichOneof("value") != "union":
            return bare(literal)
        union = literal.scalar.union
        reader = by_tag.get(union.type.structure.tag) or reader_of(union.type)
        return reader(union.value)

    return decode


def _told_by_tag(arms: Sequence[Arm], has_none: bool) -> dict[str, Decode]:
    """The readers of the variants that their tag alone tells."""
    by_tag = _by_class(((arm.variant.structure.tag,), arm) for arm in arms)
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
    named = _named(takers, stored)
    if len(named) == 1 or not several:
        return _or_none(found, (named or takers)[0].codec.decode, has_none)
    has_title = any(titles(stored))
    if not any(taker.fit for taker in takers):
        return _or_none(found, lambda literal: _only_member(takers, literal, expected), has_none)
    pool, only_exactly = (named, False) if named else (takers, has_title)
    return _or_none(found, lambda literal: _by_fields(pool, literal, expected, only_exactly), has_none)


def _named(takers: Sequence[Taker], stored: LiteralType) -> list[Taker]:
    """Those whose records the stored schemas name."""
    told = titles(stored)

    def is_named(taker: Taker) -> bool:
        return len(taker.names) == len(told) and all(map(is_title_of, told, taker.names))

    return [taker for taker in takers if is_named(taker)] if any(told) else []


def _stored_arms(stored: LiteralType, arms: Sequence[Arm]) -> list[Arm]:
    """The variants that a stored type may mean: those of its tag, and of these the same type if there is one.

    A type without a tag, which other SDKs write, means the variants that are equal but for the tag. An Enum is text, and
    Flyte connects the one to the other.
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
    """What a literal holds whose keys must tell the record."""
    plain = plain_of(literal)
    dicts = [taker for taker in takers if taker.fit is None and any(structs(taker.variant))]
    others = [taker for taker in takers if taker.fit is None and taker not in dicts]
    fitting = [(taker, taker.fit(plain)) for taker in takers if taker.fit is not None]
    exactly = [taker for taker, fit in fitting if fit == EXACTLY]
    in_part = [] if only_exactly or dicts else [taker for taker, fit in fitting if fit]
    if dicts and not only_exactly:
        exactly = []
    pool = [*(exactly or in_part or dicts), *others]
    if len(pool) == 1:
        return pool[0].codec.decode(literal)  # whose own error says where it is wrong
    if not pool:
        raise ConversionValueError(f"expected {expected}, got a record whose fields are those of no member")
    return _only_reading(_decoded(pool, literal), expected, literal_kind(literal))


def _only_reading(made: Iterable[tuple[Any, Any]], expected: str, got: str) -> Any:
    """As ``_only_one``, but readings that are equal are one: an empty list is of no class."""
    found = list(made)
    if len(found) > 1 and all(same(found[0][1], other) for _, other in found[1:]):
        return found[0][1]
    return _only_one(found, expected, got)[1]


# -------------------------------------------------------------------------------------------- literals without a union


def _bare_codec(python_type: Any, literal_type: LiteralType, compiler: Compiler) -> Codec:
    """Of a union of Python types for a type that is none. One member must fit it, or values must tell the members."""
    fitting = [member for member in members(python_type) if fits(member, literal_type, compiler)]
    if not fitting or (len(fitting) > 1 and not _may_be_several(fitting, literal_type)):
        raise misfit(python_type, literal_type)
    if len(fitting) == 1:
        return compiler.codec(fitting[0], literal_type)
    takers = [_taker(member, literal_type, b"", compiler) for member in fitting]
    expected = spell(python_type)
    by_class = _by_class((taker.classes, taker) for taker in takers)

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
    of_dicts = [taker for taker in takers if taker.is_struct and taker.fit is None]

    def decode(literal: Literal) -> Any:
        kind = literal_kind(literal)
        if kind == "binary":
            if of_bytes and literal.scalar.binary.tag != TAG:
                return of_bytes[0].codec.decode(literal)
            plain = read_packed(literal, expected)
            return _by_fields(of_dicts, literal, expected) if of_dicts and type(plain) is dict else unpack(plain)
        readers = [taker for taker in takers if kind in taker.literals]
        if kind == "generic" and of_dicts:
            readers = of_dicts
        if len(readers) == 1:
            return readers[0].codec.decode(literal)  # whose own error says where it is wrong
        native = [taker for taker in readers if type_kind(taker.variant) in _NATIVE.get(kind, ())]
        found = list(_decoded(native, literal))
        if found:
            return _only_one(found, expected, kind)[1]
        return _not_native([taker for taker in readers if taker not in native], literal, expected)

    return decode


def _not_native(readers: Sequence[Taker], literal: Literal, expected: str) -> Any:
    if any(taker.fit for taker in readers):
        return _by_fields(readers, literal, expected)
    return _only_member(readers, literal, expected)


def _only_member(takers: Sequence[Taker], literal: Literal, expected: str) -> Any:
    return _only_one(_decoded(takers, literal), expected, literal_kind(literal))[1]


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
        for _, made in _tried(turns, lambda turn: turn(value)):
            return made
        raise mismatch(expected, described(value))

    return None if records and records[0] is readers[0] and len(records) > 1 else readers[0], unpack


def _record_reader(records: Sequence[Packed], fits: dict[int, Fit | None], expected: str) -> Convert:
    def unpack(value: Any) -> Any:
        fitting = [(packed, fit(value)) for packed in records if (fit := fits[id(packed)]) is not None]
        chosen = [one for one, fit in fitting if fit == EXACTLY] or [one for one, fit in fitting if fit]
        if len(chosen) == 1:
            return chosen[0].unpack(value)
        return _only_reading(_tried(chosen, lambda packed: packed.unpack(value)), expected, described(value))

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


def _classes(member: Any, compiler: Compiler) -> tuple[type, ...]:
    row, bare = compiler.row(member)
    return row.classes(bare)


_T = typing.TypeVar("_T")
_K = typing.TypeVar("_K")


def _by_class(pairs: Iterable[tuple[tuple[_K, ...], _T]]) -> dict[_K, list[_T]]:
    table: dict[_K, list[_T]] = {}
    for classes, item in pairs:
        for cls in classes:
            table.setdefault(cls, []).append(item)
    return table


MOST_MEMBERS = 256
"""Members of a union that a message tells: ``|`` compares each with all before it. Nobody writes as many by hand."""
MOST_CLASSES = 64
"""Classes of records whose stored type is remembered, for each variant."""
TAG_OF_DICTS = "Typed Dict"
TAG_OF_RECORDS = "Object-Dataclass-Transformer"
MOST_TRIES = 20_000
"""Members tried while another is being tried, in one conversion. Unions that hold unions have as many readings as there
are ways through them all; each takes some 10 us."""


class _Tries(threading.local):
    left = MOST_TRIES
    depth = 0


_TRIES = _Tries()


def allow_tries() -> None:
    """To be called before each conversion."""
    _TRIES.left = MOST_TRIES


def _tried(items: Iterable[_T], convert: Callable[[_T], Any]) -> Iterator[tuple[_T, Any]]:
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


def _encoded(takers: Iterable[Taker], value: Any) -> Iterator[tuple[Taker, Literal]]:
    def encode(taker: Taker) -> Literal:
        literal = Literal()
        taker.codec.encode(value, literal)
        return literal

    return _tried(takers, encode)


def _decoded(takers: Iterable[Taker], literal: Literal) -> Iterator[tuple[Taker, Any]]:
    return _tried(takers, lambda taker: taker.codec.decode(literal))


def _only_one(made: Iterable[tuple[_T, Any]], expected: str, got: str) -> tuple[_T, Any]:
    found = list(made)
    if not found:
        raise mismatch(expected, got)
    if len(found) > 1:
        raise ConversionValueError(f"ambiguous: {got} fits {len(found)} members of {expected}")
    return found[0]


_NATIVE = {
    "integer": ("INTEGER",),
    "float_value": ("FLOAT",),
    "string_value": ("STRING", "enum_type"),
    "boolean": ("BOOLEAN",),
    "datetime": ("DATETIME",),
    "duration": ("DURATION",),
    "none_type": ("NONE",),
}


ROWS: tuple[Row, ...] = (UnionRow(),)
