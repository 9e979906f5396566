# SPDX-License-Identifier: Apache-2.0
"""The fold for literals: a type and a ``LiteralType``, compiled into the two closures between values and ``Literal``.

All questions about types are asked while compiling, parts before the whole. An unsupported or ambiguous pair is refused
then, before any data is looked at. Unions have files of their own. Next: ``arrow_tables``.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import attrs

from .._idl import BlobType, Literal, LiteralType, literal_kind, type_kind
from ..errors import ConversionTypeError, ShimliteError, UnsupportedTypeError, mismatch, unlike
from .arrow_tables import TABLES, frame_codec, readable, referring, table_of
from .atoms import STR
from .budget import reads_many_times, spend, tried
from .bulk import FEWEST
from .choices import enum_codec, literal_choice_codec, scalar_of
from .classes import is_record_class, remembered
from .frames import Frame
from .literal_types import refuse_too_many_members
from .msgpack_codec import Packings, each_item, refuse_bytes_in_json
from .nodes import Choice, Dict, Hashed, List, Map, Node, Record, Reference, Union, classes_of, members, unworded
from .own_code import hash_by, items_of_list
from .parse import misfit, parse, spell
from .plain_data import lone_surrogate, read_packed, text, write_binary
from .readings import bare_codec, decoder
from .references import REFERENCES, let_through
from .rows import Atom, Codec, Convert, Encode
from .stripped import MOST_LEVELS, levels_of
from .variants import Members, arms_of, encoder, members_of_union

LEVELS_AROUND = 3
"""``LiteralMap``, its entry, and the ``Literal`` itself: how the values of an interface travel."""
_LEVELS = {"DATETIME": 3, "DURATION": 3, "blob": 4, "schema": 4}
"""Levels of messages in the literal of a type; all other types have two."""


class Codecs:
    """The codecs of one compilation."""

    def __init__(self) -> None:
        self.packings = Packings()
        self._levels = LEVELS_AROUND
        self._members: dict[Node, Members] = {}

    def codec(self, node: Node, literal_type: LiteralType) -> Codec:
        """The codec of a pair. Raises UnsupportedTypeError where no literal of the one is a value of the other."""
        kind = type_kind(literal_type)
        if isinstance(node, Hashed):
            return _hashed_codec(node, self.codec(node.node, literal_type), self.packings)
        if kind == "union_type":
            return self._union(node, literal_type)
        match node:
            case List(item) if kind == "collection_type":
                with self._inside(2):
                    element = self.codec(item, literal_type.collection_type)
                return _list_codec(node, element, self.packings)
            case Map(item) if kind == "map_value_type":
                with self._inside(3):
                    element = self.codec(item, literal_type.map_value_type)
                return _map_codec(node, element, self.packings)
            case Union():
                return bare_codec(node, literal_type, self.codec)
        with self._inside(_levels_in(kind, literal_type)):
            return self._leaf(node, literal_type, kind)

    def _leaf(self, node: Node, literal_type: LiteralType, kind: str) -> Codec:
        match node:
            case Atom(simple=simple) if kind == simple:
                return _atom_codec(node)
            case Map() | Dict() | Record() if kind == "STRUCT":
                return self._struct(node)
            case Choice(enum):
                if enum is not None or kind == "enum_type":
                    return enum_codec(node, literal_type)
                return literal_choice_codec(node, self.codec(scalar_of(node), literal_type))
            case Reference(frame=Frame() as frame) if kind in TABLES:
                reference = attrs.evolve(node, row=TABLES[kind], frame=None)
                return frame_codec(node, frame, literal_type, _reference_codec(reference, literal_type, self.packings))
            case Reference(row) if kind == row.kind and _fits(node, literal_type):
                return _reference_codec(node, literal_type, self.packings)
        raise misfit(node, literal_type)

    def _struct(self, node: Node) -> Codec:
        refuse_bytes_in_json(node)
        packed, expected = self.packings[node], spell(node)

        def encode(value: Any, literal: Literal) -> None:
            write_binary(packed.pack(value), literal)

        def decode(literal: Literal) -> Any:
            return packed.unpack(read_packed(literal, expected))

        any_record = isinstance(node, Dict) and node.any_record
        return Codec(_of_any_record(encode) if any_record else encode, decode)

    def _union(self, node: Node, literal_type: LiteralType) -> Codec:
        refuse_too_many_members(literal_type)
        if node not in self._members:
            self._members[node] = members_of_union(node)
        with self._inside(3):
            room = MOST_LEVELS - self._levels + 1
            arms = arms_of(node, literal_type.union_type.variants, self.codec, self._members[node], room)
            for taker in (taker for arm in arms for taker in arm.takers):
                self._refuse_deeper(levels_of(taker.stored) - 1)
        codec = Codec(encoder(arms, node), decoder(arms, node, self.packings[node].unpack))
        return _with_hash_outside(codec) if any(isinstance(one, Reference) for one in members(node)) else codec

    @contextlib.contextmanager
    def _inside(self, levels: int) -> Iterator[None]:
        """Count so many more messages around what is compiled inside the block."""
        self._refuse_deeper(levels)
        self._levels += levels
        try:
            yield
        finally:
            self._levels -= levels

    def _refuse_deeper(self, levels: int) -> None:
        if self._levels + levels > MOST_LEVELS:
            raise UnsupportedTypeError(f"nested too deeply: its literals need more than {MOST_LEVELS - 1} messages")


def _levels_in(kind: str, literal_type: LiteralType) -> int:
    if kind == "structured_dataset_type":
        return 3 + levels_of(literal_type.structured_dataset_type)
    return _LEVELS.get(kind, 2)


# ------------------------------------------------------------------------------------------------------------ atoms


def _atom_codec(atom: Atom) -> Codec:
    """A literal of any atom is read as it is written, else as what others send, else as msgpack."""
    own, also, read = atom.own, atom.also, atom.read
    expected = atom.schema.get("title") or atom.simple
    from_msgpack = atom.bare or atom.unpack

    def slow(literal: Literal) -> Any:
        primitive = literal.scalar.primitive
        kind = primitive.WhichOneof("value")
        if kind == own:
            return read(primitive)
        if kind in also:
            return also[kind](getattr(primitive, kind))
        if literal_kind(literal) == own:
            return read(literal.scalar)
        return from_msgpack(read_packed(literal, expected))

    return Codec(atom.write, atom.fast(slow), atom.bulk)


# ------------------------------------------------------------------------------------------------- lists and dicts


def _list_codec(node: Node, element: Codec, packings: Packings) -> Codec:
    encode_one, decode_one, bulk = element
    expected, unpack = spell(node), packings[node].unpack

    def encode(values: Any, literal: Literal) -> None:
        if not issubclass(type(values), list):
            raise unlike(expected, values)
        values = items_of_list(values)
        collection = literal.collection
        collection.SetInParent()
        if bulk is not None and len(values) >= FEWEST:
            values = values[bulk.write(values, collection) :]
        add = collection.literals.add
        try:
            for value in values:
                encode_one(value, add())
        except ShimliteError as error:  # in the literal that was added last
            raise error.at(f"[{len(collection.literals) - 1}]")

    def decode(literal: Literal) -> Any:
        literals = literal.collection.literals
        if not literals and not literal.HasField("collection"):
            return unpack(read_packed(literal, expected))
        spend(len(literals))
        values: list[Any] = []
        try:
            if bulk is not None and len(literals) >= FEWEST and not reads_many_times():
                decode_one(literals[0])  # fails for most lists of others, whose bytes need not be written for that
                at_once = bulk.read(literal.collection)
                if at_once is not None:
                    return at_once
            values.extend(map(decode_one, literals))
        except ShimliteError as error:  # extend keeps what it got, so its length is the place that failed
            raise _let_through(error).at(f"[{len(values)}]")
        return values

    return Codec(encode, decode)


def _map_codec(node: Node, element: Codec, packings: Packings) -> Codec:
    encode_one, decode_one, _ = element
    expected, unpack = spell(node), packings[node].unpack
    with_checked_keys = each_item(_key, lambda value: value, expected)

    def encode(values: Any, literal: Literal) -> None:
        if type(values) is not dict or any(type(key) is not str for key in values):
            values = with_checked_keys(values)
        literal.map.SetInParent()
        literals = literal.map.literals
        key = ""
        try:
            for key, value in values.items():
                encode_one(value, literals[key])
        except ShimliteError as error:
            raise error.at_key(key)
        except ValueError:  # protobuf raised it, for the key
            raise lone_surrogate().at_key(key)

    def decode(literal: Literal) -> Any:
        literals = literal.map.literals
        if not literals and not literal.HasField("map"):
            return unpack(read_packed(literal, expected))
        spend(len(literals))
        values = {}
        key = ""
        try:
            for key, value in literals.items():
                values[key] = decode_one(value)
        except ShimliteError as error:
            raise _let_through(error).at_key(key)
        return values

    return Codec(encode, decode)


def _key(key: Any) -> str:
    if not issubclass(type(key), str):
        raise unlike("a key of str", key)
    return text(key)


def _let_through(error: ShimliteError) -> ShimliteError:
    """Add a hint to the error of an element: the platform takes a list or dict of None for one of any type."""
    if error.got == "none_type" and not (error.path or error.hint):
        error.hint = let_through("None in a list or dict")
    return error


# ---------------------------------------------------------------------------------------------------------- structs


def _of_any_record(encode_dict: Encode) -> Encode:
    """Writes a dict, or a record of any class as that class says: the template does not tell which one it is."""
    pack_of = remembered(_pack_of_record)

    def encode(value: Any, literal: Literal) -> None:
        cls = type(value)
        if cls is dict or not is_record_class(cls):
            encode_dict(value, literal)
        else:
            write_binary(pack_of(cls)(value), literal)

    return encode


def _pack_of_record(record: type) -> Convert:
    """Raises ConversionError for a class with a field outside the set: a value, not a type, brought the class."""
    try:
        return Packings()[parse(record)].pack
    except UnsupportedTypeError as error:
        where = f"{error.path}: " if error.path else ""
        reason = f"a {spell(record)} cannot be written: {where}{error.reason}"
        raise ConversionTypeError(reason, hint=error.hint) from None


# ----------------------------------------------------------------------------------------------------------- hashes


def _hashed_codec(node: Hashed, codec: Codec, packings: Packings) -> Codec:
    method_for = _method_chooser(node, packings)

    def encode(value: Any, literal: Literal) -> None:
        codec.encode(value, literal)
        method = method_for(value)
        if method is not None:
            literal.hash = STR.pack(hash_by(method, readable(value)))

    return Codec(encode, codec.decode)


def _method_chooser(node: Hashed, packings: Packings) -> Convert:
    """Finds the HashMethod for a value: that of the whole type, or of the member that the value is of."""
    methods = {one.member: one.method for one in reversed(node.functions)}
    only = methods.get(unworded(node.node))
    if only is not None:
        return lambda value: only
    choices = members(node.node)

    def method_for(value: Any) -> Any:
        exactly = [member for member in choices if type(value) in classes_of(member)]
        able = exactly or [one for one in choices if issubclass(type(value), classes_of(one))] or list(choices)
        if len(able) > 1:
            able = [member for member, _ in tried(able, lambda member: packings[member].pack(value))]
        return methods.get(able[0])

    return method_for


def _with_hash_outside(codec: Codec) -> Codec:
    """The hash of a reference in a union stands on the union's literal too, the only one that Propeller looks at."""

    def encode(value: Any, literal: Literal) -> None:
        codec.encode(value, literal)
        literal.hash = literal.scalar.union.value.hash

    def decode(literal: Literal) -> Any:
        value = codec.decode(literal)
        is_reference = literal.hash and any(type(value) is row.cls for row in REFERENCES)
        return attrs.evolve(value, hash=literal.hash) if is_reference else value

    return Codec(encode, decode)


# ------------------------------------------------------------------------------------------------------- references


def _fits(node: Reference, literal_type: LiteralType) -> bool:
    if node.row.kind != "blob":
        return True
    is_directory = literal_type.blob.dimensionality == BlobType.MULTIPART
    return is_directory == node.row.directory and len({node.format, literal_type.blob.format} - {""}) <= 1


def _reference_codec(node: Reference, literal_type: LiteralType, packings: Packings) -> Codec:
    row, unpack, expected = node.row, packings[node].unpack, node.row.cls.__name__
    refer = referring(row, table_of(node, literal_type))

    def encode(value: Any, literal: Literal) -> None:
        value = refer(value)
        try:
            row.write(value, literal, literal_type)
            if value.hash:
                literal.hash = STR.pack(value.hash)
        except ShimliteError:
            raise
        except (TypeError, ValueError) as error:  # protobuf raised it, for an attribute that is no text
            raise mismatch(expected, f"{type(error).__name__} in an attribute") from None

    def decode(literal: Literal) -> Any:
        kind = literal_kind(literal)
        if kind in row.readers:
            return row.readers[kind](literal)
        if kind in ("binary", "generic"):
            return unpack(read_packed(literal, expected))
        raise mismatch(expected, kind, row.hints.get(kind, ""))

    return Codec(encode, decode)
