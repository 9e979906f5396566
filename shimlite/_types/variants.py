# SPDX-License-Identifier: Apache-2.0
"""The variants of a union's ``LiteralType``: which member takes each, and how values are written as them.

The exact class of a value names its variant; where it does not, exactly one variant must take the value. Variants that
a pod cannot tell apart count as one. Next: ``readings``, the other direction.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from .._idl import Literal, LiteralType, type_kind
from ..errors import ConversionTypeError, ConversionValueError, UnsupportedTypeError, described
from .arrow_tables import exports_table, is_table, unlike_all
from .atoms import ERROR
from .budget import tried
from .by_fields import Fit, fit_of
from .classes import is_record_class, remembered
from .literal_types import DICT_TAG, MODEL_TAG, RECORD_TAG, TypeWriter, node_of, tag_of
from .members import grouped, only_one, read_apart
from .nodes import (
    ANY_STRUCT,
    UNTYPED,
    Choice,
    Dict,
    List,
    Map,
    Node,
    Record,
    Reference,
    Union,
    classes_of,
    holds,
    is_frame,
    mapped,
    members,
)
from .parse import misfit, parse, spell
from .rows import Atom, Codec
from .stripped import essence, levels_of, structs, titles, without_fields

CodecOf = Callable[[Node, LiteralType], Codec]
"""The codec of a member for a variant. Raises UnsupportedTypeError where they do not fit."""


class Members(NamedTuple):
    """The members of a Python union, found quickly for each variant."""

    own: dict[tuple[str, bytes], list[Node]]
    """By what their own variants are: tag and essence."""
    guesses: dict[Node, list[Node]]
    """By the type that a ``LiteralType`` alone would tell."""


class Taker(NamedTuple):
    """A member of the Python union that takes a variant."""

    member: Node
    variant: LiteralType
    codec: Codec
    stored: LiteralType
    """The type that a union stores beside a value of this member."""
    stored_of: Callable[[Any], LiteralType] | None
    """The same, where the value's own class decides it."""
    names: tuple[str, ...]
    """The names of its records' classes, as the titles of schemas; none for a dict."""
    fit: Fit | None
    """For a member that is made of records: see ``by_fields``."""

    @property
    def is_struct(self) -> bool:
        return type_kind(self.variant) == "STRUCT"

    @property
    def own(self) -> bool:
        """Whether the variant was written from a type like the member: from str, not from a Literal read as it."""
        return bool(tag_of(self.member) == self.variant.structure.tag)


class Arm(NamedTuple):
    """A variant, or several that a pod cannot tell apart, and the members that take it."""

    variant: LiteralType
    essence: bytes
    takers: list[Taker]
    several: bool
    """Whether it stands for several variants."""


# --------------------------------------------------------------------------------------- which member takes a variant


def arms_of(node: Node, variants: Iterable[LiteralType], codec_of: CodecOf, known: Members, room: int) -> list[Arm]:
    """Each variant, and who takes it. A stored type with its schema may have ``room`` levels of messages."""
    alike: dict[tuple[str, bytes], list[LiteralType]] = {}
    for variant in variants:
        alike.setdefault((variant.structure.tag, essence(variant)), []).append(variant)
    writer, read_as = TypeWriter(), dict(read_apart(node))
    arms = []
    for (tag, essential), group in alike.items():
        variant = group[0] if all(one == group[0] for one in group) else without_fields(group[0])
        choices = known.own.get((tag, essential)) or _members_for(node, variant, codec_of, known)
        takers = [
            taker_of(member, variant, codec_of(read_as.get(member, member), variant), writer, room)
            for member in choices
        ]
        refuse_two_tables(choices, node)
        arms.append(Arm(variant, essential, takers, len(group) > 1))
    return arms


def members_of_union(node: Node) -> Members:
    own: dict[tuple[str, bytes], list[Node]] = {}
    guesses: dict[Node, list[Node]] = {}
    writer = TypeWriter()
    for member in members(node):
        guesses.setdefault(_closed(member), []).append(member)
        with contextlib.suppress(UnsupportedTypeError):
            variant = writer.variant(member)
            own.setdefault((variant.structure.tag, essence(variant)), []).append(member)
    return Members(own, guesses)


def _members_for(node: Node, variant: LiteralType, codec_of: CodecOf, known: Members) -> list[Node]:
    """The members that take a variant which none of them was written as: the one that is guessed so, or that fits."""
    if type_kind(variant) == "union_type":  # Python flattens a union in a union; Flyte does not
        return [node]
    is_struct = type_kind(variant) == "STRUCT"
    as_guessed = known.guesses.get(_closed(node_of(variant)), [])
    if as_guessed and not is_struct:
        return as_guessed
    fitting = [member for member in members(node) if fits(member, variant, codec_of)]
    if is_struct:
        is_dict = variant.structure.tag == DICT_TAG
        fitting = [member for member in fitting if isinstance(member, Record) != is_dict] or fitting
        fitting = [member for member in fitting if member in as_guessed] or fitting
    refuse_unless_told_apart(fitting, node, variant)
    return fitting


def _closed(node: Node) -> Node:
    return mapped(node, lambda part: UNTYPED if part == ANY_STRUCT else part)


def fits(node: Node, literal_type: LiteralType, codec_of: CodecOf) -> bool:
    try:
        codec_of(node, literal_type)
    except UnsupportedTypeError:
        return False
    return True


def refuse_unless_told_apart(fitting: Sequence[Node], node: Node, literal_type: LiteralType) -> None:
    """Raises UnsupportedTypeError where no member fits a type, or several that values do not tell apart: records do by
    their fields, Literals by their values."""
    refuse_two_tables(fitting, node)
    told_apart = any(structs(literal_type)) or all(isinstance(one, Choice) and one.enum is None for one in fitting)
    if not fitting or (len(fitting) > 1 and not told_apart):
        raise misfit(node, literal_type)


def refuse_two_tables(fitting: Sequence[Node], node: Node) -> None:
    """Raises UnsupportedTypeError where a table may be read as one class or as another."""
    if len(fitting) > 1 and any(holds(member, is_frame) for member in fitting):
        raise UnsupportedTypeError(f"{spell(node)} is ambiguous", hint="a table fits several of its members")


def taker_of(member: Node, variant: LiteralType, codec: Codec, writer: TypeWriter, room: int) -> Taker:
    stored, stored_of, fit = variant, None, fit_of(member)
    names: tuple[str, ...] = ()
    if takes_any_record(member):
        stored_of = _stored_by_class(variant, room) if any(structs(variant)) else None
    elif node_of(variant) != member:
        with contextlib.suppress(UnsupportedTypeError):  # msgpack holds more than a LiteralType says
            full = writer.variant(member)
            names = titles(full) if fit is not None or any(titles(full)) else ()
            is_own = full.structure.tag == variant.structure.tag and essence(full) == essence(variant)
            stored = full if is_own and levels_of(full) <= room else variant
    return Taker(member, variant, codec, stored, stored_of, names, fit)


def takes_any_record(node: Node) -> bool:
    match node:
        case List(item) | Map(item):
            return takes_any_record(item)
        case Union(choices):
            return any(map(takes_any_record, choices))
    return node == ANY_STRUCT


def literal_kinds(node: Node) -> tuple[str, ...]:
    """The kinds of literal that hold values of a type; msgpack, which holds any, stands for STRUCTs alone."""
    match node:
        case Atom(own=own, also=also):
            return own, *also, *(("generic",) if node is ERROR else ())
        case List():
            return ("collection",)
        case Map():
            return "map", "generic"
        case Dict() | Record():
            return "binary", "generic"
        case Choice(enum):
            return ("string_value",) if enum is not None else ("string_value", "integer", "boolean", "float_value")
        case Reference(row):
            return *row.readers, "generic"
    return ("union",)


def _stored_by_class(variant: LiteralType, room: int) -> Callable[[Any], LiteralType]:
    """The type to store by the class of a value's records: with its schema, where all of them are of one class."""

    def with_schema(record: type) -> LiteralType:
        try:
            own, as_variant = TypeWriter().literal_type(parse(record)), TypeWriter().variant(parse(record))
        except UnsupportedTypeError:  # msgpack holds its fields, but no schema says them
            return variant
        full = LiteralType()
        full.CopyFrom(variant)
        for struct in structs(full):
            if struct.structure.tag == as_variant.structure.tag:
                struct.CopyFrom(as_variant)
            elif struct is not full and not struct.structure.tag:
                struct.CopyFrom(own)
        return full if levels_of(full) <= room else variant

    schemas_of = remembered(with_schema)

    def stored_of(value: Any) -> LiteralType:
        classes = {id(cls): cls for cls in _classes_inside(value, [variant])}
        record = next(iter(classes.values())) if len(classes) == 1 else None
        return variant if record is None or not is_record_class(record) else schemas_of(record)

    return stored_of


def _classes_inside(value: Any, declared: list[LiteralType]) -> Iterator[type]:
    """The classes of the values that are STRUCTs. ``declared`` are the types that the value may be of."""
    variants = [one for literal_type in declared for one in _flat(literal_type)]
    if is_record_class(type(value)):
        yield type(value)
    elif issubclass(type(value), list):
        items = [one.collection_type for one in variants if one.HasField("collection_type")]
        for item in value if items else ():
            yield from _classes_inside(item, items)
    elif issubclass(type(value), dict):
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


def encoder(arms: Sequence[Arm], node: Node) -> Callable[[Any, Literal], None]:
    takers = [taker for arm in arms for taker in arm.takers]
    expected = spell(node)
    by_id = grouped((map(id, classes_of(taker.member)), taker) for taker in takers)
    by_class = {cls: _in_turn(cls, candidates) for cls, candidates in by_id.items()}
    structs = [taker for taker in takers if taker.member == ANY_STRUCT]
    tables = [taker for taker in takers if is_table(taker.member)]

    def of_no_class(value: Any) -> list[Taker]:
        if structs and is_record_class(type(value)):
            return _for_records(type(value), structs)
        return tables if tables and exports_table(value) else takers

    def encode(value: Any, literal: Literal) -> None:
        turns = by_class.get(id(type(value))) or [of_no_class(value)]
        union = literal.scalar.union
        if len(turns[0]) == 1 == len(turns):
            taker = turns[0][0]
            taker.codec.encode(value, union.value)
        else:
            taker, encoded = taken(turns, value, expected)
            union.value.CopyFrom(encoded)
        union.type.CopyFrom(taker.stored if taker.stored_of is None else taker.stored_of(value))

    return encode


def _in_turn(cls: int, takers: list[Taker]) -> list[list[Taker]]:
    """The takers of values of a class, in the groups that are asked in turn: a dict is the union's dict, or its map
    where the values fit that, else its STRUCT."""
    own = [taker for taker in takers if taker.own]
    if cls != id(dict):
        return [own or takers]
    dicts = [taker for taker in own if taker.is_struct]
    maps = [taker for taker in takers if not taker.is_struct]
    others = [] if dicts else [taker for taker in takers if taker.is_struct]
    return [turn for turn in (dicts, maps, others) if turn]


def _for_records(record: type, structs: list[Taker]) -> list[Taker]:
    """The takers of a record of any class: the variants of its kind, else those of records, else any other STRUCT."""
    tags = [taker.variant.structure.tag for taker in structs]
    wanted = next((tag for tag in (tag_of(parse(record)), RECORD_TAG, MODEL_TAG) if tag in tags), None)
    return [taker for taker in structs if taker.variant.structure.tag == wanted] if wanted else structs


def taken(turns: Sequence[Sequence[Taker]], value: Any, expected: str) -> tuple[Taker, Literal]:
    """The one taker that takes a value, of the first group in which any does, and the literal."""
    for turn in turns:
        encoded = list(_encoded(turn, value))
        if len(encoded) > 1 and all(taker.is_struct and taker.fit is None for taker, _ in encoded):
            raise ConversionValueError(
                f"ambiguous: {described(value)} fits {len(encoded)} members of {expected}",
                hint="annotate the return type, or return the class of one of them",
            )
        if _are_alike(encoded):
            return encoded[0][0]._replace(stored=encoded[0][0].variant), encoded[0][1]
        if encoded:
            return only_one(encoded, expected, described(value))
    if len(turns[-1]) == 1:
        turns[-1][0].codec.encode(value, Literal())  # its own error says where the value is wrong
    of_class = [taker for taker in turns[-1] if issubclass(type(value), classes_of(taker.member))]
    if len(of_class) == 1:
        with contextlib.suppress(ConversionTypeError):
            of_class[0].codec.encode(value, Literal())
    raise unlike_all(expected, value, (taker.member for taker in turns[-1]))


def _are_alike(encoded: Sequence[tuple[Taker, Literal]]) -> bool:
    """Whether several members of one variant write a value alike, as they do an empty list."""
    if len(encoded) < 2:
        return False
    first, *others = ((taker.variant, literal.SerializeToString(deterministic=True)) for taker, literal in encoded)
    return all(other == first for other in others)


def _encoded(takers: Iterable[Taker], value: Any) -> Iterator[tuple[Taker, Literal]]:
    def encode(taker: Taker) -> Literal:
        literal = Literal()
        taker.codec.encode(value, literal)
        return literal

    return tried(takers, encode)
