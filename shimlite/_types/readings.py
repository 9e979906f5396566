# SPDX-License-Identifier: Apache-2.0
"""How the literals of a union are read: which member the type that is stored beside a value means.

Its tag names the variant. Among several records of that tag the title of the stored schema does; without a title, the
keys must be the fields of one record, or fit one alone. What a stored type decides is decided once, not for each value.
The same rules, less tag and title, hold for a literal that arrives without its union. Next: ``completion``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgpack

from .._idl import Literal, LiteralType, literal_kind, type_kind
from ..errors import ConversionValueError, mismatch
from .atoms import BYTES, NONE
from .budget import tried
from .by_fields import EXACTLY, plain_of
from .literal_types import TypeWriter
from .members import grouped, only_one, only_reading
from .nodes import ANY_STRUCT, UNTYPED, Node, Record, classes_of, members
from .parse import spell
from .plain_data import TAG, read_packed
from .pydantic_models import has_own_form, takes_null
from .references import holds_references
from .rows import Codec, Convert, Decode
from .stripped import STRUCT, essence, is_title_of, structs, titles
from .variants import Arm, CodecOf, Taker, fits, literal_kinds, refuse_unless_told_apart, taken, taker_of

MOST_STORED_TYPES = 256
"""Stored types whose reader is remembered, each of at most LONGEST_STORED_TYPE bytes."""
LONGEST_STORED_TYPE = 16 * 1024
NIL = msgpack.packb(None)


def decoder(arms: Sequence[Arm], node: Node, unpack: Convert) -> Decode:
    """The reader of a union. ``unpack`` reads msgpack of the whole union, where a literal has no union around it."""
    expected = spell(node)
    has_none = any(taker.member is NONE for arm in arms for taker in arm.takers)
    by_tag = _told_by_tag(arms, has_none)
    decided: dict[tuple[str | bytes, ...], Decode] = {}
    bare = _bare_decoder(arms, expected, unpack)

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
    """All that decides how a value is read. For a STRUCT these are its tag and title, at less cost than its bytes."""
    if stored.WhichOneof("type") == "simple" and stored.simple == STRUCT:
        return (stored.structure.tag, *titles(stored))
    return (stored.SerializeToString(deterministic=True),)


def _told_by_tag(arms: Sequence[Arm], has_none: bool) -> dict[str, Decode]:
    """The readers of the variants that their tag alone tells."""
    by_tag = grouped(((arm.variant.structure.tag,), arm) for arm in arms)
    readers = {}
    for tag, tagged in by_tag.items():
        takers = [taker for arm in tagged for taker in arm.takers]
        if tag and len(takers) == 1 and not (tagged[0].several and takers[0].fit):
            readers[tag] = _or_none(tagged, takers[0].codec.decode, has_none)
    return readers


def _decide(stored: LiteralType, arms: Sequence[Arm], expected: str, has_none: bool) -> Decode:
    """The reader of a value, by the type that is stored beside it."""
    meant = _stored_arms(stored, arms)
    takers = [taker for arm in meant for taker in arm.takers]
    if not takers:
        raise mismatch(expected, f"a union of another variant, {type_kind(stored)}")
    several = len(takers) > 1 or any(arm.several for arm in meant)
    of_title = named(takers, stored)
    if len(of_title) == 1 or not several:
        return _or_none(meant, (of_title or takers)[0].codec.decode, has_none)
    has_title = any(titles(stored))
    if not any(taker.fit for taker in takers):
        choose = _only_member if len(meant) > 1 else _equal_readings
        return _or_none(meant, lambda literal: choose(takers, literal, expected), has_none)
    pool, only_exactly = (of_title, False) if of_title else (takers, has_title)
    return _or_none(meant, lambda literal: _by_fields(pool, literal, expected, only_exactly), has_none)


def named(takers: Sequence[Taker], stored: LiteralType) -> list[Taker]:
    """The takers whose records are those that the stored schemas name, in any order; else those that have them all."""
    stored_titles = [title for title in titles(stored) if title]

    def has_title(name: str) -> bool:
        return any(is_title_of(title, name) for title in stored_titles)

    def has_all(taker: Taker) -> bool:
        return all(any(is_title_of(title, name) for name in taker.names) for title in stored_titles)

    having = [taker for taker in takers if has_all(taker)] if stored_titles else []
    return [taker for taker in having if all(map(has_title, taker.names))] or having


def _stored_arms(stored: LiteralType, arms: Sequence[Arm]) -> list[Arm]:
    """The variants that a stored type may mean: those of its tag, and of these the same type if there is one.

    A type without a tag, which other SDKs write, means the variants that are equal but for the tag. So does that of a
    reference, for which Flyte 2's SDK has tags of its own. An Enum is text, and Flyte connects the one to the other.
    """
    tag, essential = stored.structure.tag, essence(stored)
    same_type = [arm for arm in arms if arm.essence == essential]
    meant = [arm for arm in arms if arm.variant.structure.tag == tag] if tag else same_type
    if len(meant) > 1:
        meant = [arm for arm in meant if arm in same_type] or meant
    other = _TEXTS.get(type_kind(stored))
    if not meant and holds_references(stored):
        return same_type
    return meant or [arm for arm in arms if type_kind(arm.variant) == other]


_TEXTS = {"STRING": "enum_type", "enum_type": "STRING"}


def _or_none(arms: Sequence[Arm], reader: Decode, has_none: bool) -> Decode:
    """flytectl sends null for an optional record or dict as a nil of its STRUCT."""
    takers = [taker for arm in arms for taker in arm.takers if taker.is_struct]
    if not has_none or not takers or any(map(_may_be_nil, takers)):
        return reader

    def read(literal: Literal) -> Any:
        binary = literal.scalar.binary
        return None if binary.value == NIL and binary.tag == TAG else reader(literal)

    return read


def _may_be_nil(taker: Taker) -> bool:
    """Whether a nil may be a value of it: of a RootModel, say."""
    record = taker.member
    return isinstance(record, Record) and record.is_model and has_own_form(record.cls) and takes_null(record.cls)


def _by_fields(takers: Sequence[Taker], literal: Literal, expected: str, only_exactly: bool = False) -> Any:
    """Read a literal of which only the keys tell the record. A dict takes any keys, so it is asked first, unless a
    title says that a record was written."""
    dicts = [taker for taker in takers if taker.fit is None and any(structs(taker.variant))]
    others = [taker for taker in takers if taker.fit is None and taker not in dicts]
    if dicts and not only_exactly:
        readings = list(_decoded([*dicts, *others], literal))
        if readings:
            return only_reading(readings, expected, literal_kind(literal))
    plain = plain_of(literal)
    fitting = [(taker, taker.fit(plain)) for taker in takers if taker.fit is not None]
    exactly = [taker for taker, fit in fitting if fit == EXACTLY]
    in_part = dicts if only_exactly else [taker for taker, fit in fitting if fit]
    pool = [*(exactly or in_part), *others]
    if len(pool) == 1:
        return pool[0].codec.decode(literal)  # its own error says where the value is wrong
    if not pool:
        raise ConversionValueError(f"expected {expected}, got a record whose fields are those of no member")
    return only_reading(_decoded(pool, literal), expected, literal_kind(literal))


# -------------------------------------------------------------------------------------------- literals without a union


def bare_codec(node: Node, literal_type: LiteralType, codec_of: CodecOf) -> Codec:
    """The codec of a union for a type that is none. One member must fit it, or values must tell the members apart."""
    fitting = [member for member in members(node) if fits(member, literal_type, codec_of)]
    refuse_unless_told_apart(fitting, node, literal_type)
    if len(fitting) == 1:
        return codec_of(fitting[0], literal_type)
    writer = TypeWriter()
    takers = [taker_of(member, literal_type, codec_of(member, literal_type), writer, 0) for member in fitting]
    expected = spell(node)
    by_class = grouped((map(id, classes_of(taker.member)), taker) for taker in takers)

    def encode(value: Any, literal: Literal) -> None:
        candidates = by_class.get(id(type(value)), takers)
        if len(candidates) == 1:
            candidates[0].codec.encode(value, literal)
        else:
            literal.CopyFrom(taken([candidates], value, expected)[1])

    return Codec(encode, lambda literal: _by_fields(takers, literal, expected))


def _bare_decoder(arms: Sequence[Arm], expected: str, unpack: Convert) -> Decode:
    """The reader of a literal that arrives without its union. A bare 5 is an int before it is a float."""
    takers = [taker for arm in arms for taker in arm.takers]
    by_kind = grouped((literal_kinds(taker.member), taker) for taker in takers)
    of_bytes = [taker for taker in takers if taker.member is BYTES]
    of_dicts = [taker for taker in takers if taker.is_struct and taker.member in (UNTYPED, ANY_STRUCT)]
    only_bytes = of_bytes and not (by_kind.keys() & {"string_value", "datetime"})

    def decode(literal: Literal) -> Any:
        kind = literal_kind(literal)
        if kind == "binary":
            if of_bytes and literal.scalar.binary.tag != TAG:
                return of_bytes[0].codec.decode(literal)
            plain = read_packed(literal, expected)
            if only_bytes and type(plain) is str:  # base64 only inside a record
                return of_bytes[0].codec.decode(literal)
            return of_dicts[0].codec.decode(literal) if of_dicts and type(plain) is dict else unpack(plain)
        if kind == "generic" and of_dicts:
            return of_dicts[0].codec.decode(literal)
        readers = by_kind.get(kind, [])
        if len(readers) == 1:
            return readers[0].codec.decode(literal)  # its own error says where the value is wrong
        native = [taker for taker in readers if type_kind(taker.variant) in _NATIVE.get(kind, ())]
        readings = list(_decoded(native, literal))
        if readings:
            return only_one(readings, expected, kind)[1]
        return _not_native([taker for taker in readers if taker not in native], literal, expected)

    return decode


def _not_native(readers: Sequence[Taker], literal: Literal, expected: str) -> Any:
    if any(taker.fit for taker in readers):
        return _by_fields(readers, literal, expected)
    return _only_member(readers, literal, expected)


def _only_member(takers: Sequence[Taker], literal: Literal, expected: str) -> Any:
    return only_one(_decoded(takers, literal), expected, literal_kind(literal))[1]


def _equal_readings(takers: Sequence[Taker], literal: Literal, expected: str) -> Any:
    """For members that a pod cannot tell apart, such as two Literals."""
    return only_reading(_decoded(takers, literal), expected, literal_kind(literal))


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
