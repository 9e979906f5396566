# SPDX-License-Identifier: Apache-2.0
"""``list[T]``, ``dict[str, T]`` and every other ``dict``: ``LiteralCollection``, ``LiteralMap`` and STRUCT.

A dict whose keys are all strings is a Flyte map, each value a literal of its own. Any other dict, and one that says
nothing of its values, is a STRUCT: one msgpack ``Binary``, or the ``Struct`` of older writers.
"""

from __future__ import annotations

import datetime as dt
import re
import typing
from collections.abc import Iterable
from typing import Any

from .._idl import Literal, LiteralType, SimpleType
from ..errors import ConversionTypeError, ConversionValueError, ShimliteError, UnsupportedTypeError
from .by_fields import is_own_record
from .losses import Accountant, Loss, NoExampleError, cannot_read, inside
from .packing import WIRE, in_order, lone_surrogate, read_packed, struct_codec, text, write_binary
from .row import (
    Codec,
    Compiler,
    Convert,
    Encode,
    JsonSchema,
    Packed,
    Row,
    SchemaWriter,
    described,
    let_through,
    misfit,
    mismatch,
    msgpack_annotation,
    spell,
    type_kind,
)


class ListRow(Row):
    python, literal, returns = "list[T]", "collection", "list of what T gives"
    lost, unsaid = "what T loses", "what T loses then"
    example_type = list[dt.date]
    tag = "Typed List"
    literal_types = ("collection_type",)
    literals = ("collection",)

    def takes(self, python_type: Any) -> bool:
        is_list = python_type is list or typing.get_origin(python_type) is list
        return is_list and len(typing.get_args(python_type)) <= 1

    def literal_type(self, python_type: Any, compiler: Compiler) -> LiteralType:
        if not typing.get_args(python_type):
            raise UnsupportedTypeError("list says nothing of its elements", hint="write list[T]")
        return LiteralType(collection_type=compiler.literal_type(_element(python_type)))

    def guess(self, literal_type: LiteralType, compiler: Compiler) -> Any:
        return list[compiler.guess(literal_type.collection_type)]  # type: ignore[misc]

    def codec(self, python_type: Any, literal_type: LiteralType, compiler: Compiler) -> Codec:
        if type_kind(literal_type) != "collection_type":
            raise misfit(python_type, literal_type)
        element = compiler.codec(_element(python_type), literal_type.collection_type)
        encode_one, decode_one = element.encode, element.decode
        packed = self.packed(python_type, compiler)

        def encode(values: Any, literal: Literal) -> None:
            if not isinstance(values, list):
                raise mismatch(spell(python_type), described(values))
            collection = literal.collection
            collection.SetInParent()
            add = collection.literals.add
            try:
                for value in values:
                    encode_one(value, add())
            except ShimliteError as error:  # in the literal that was added last
                raise error.at(f"[{len(collection.literals) - 1}]")

        def decode(literal: Literal) -> Any:
            literals = literal.collection.literals
            if not literals and not literal.HasField("collection"):
                return packed.unpack(read_packed(literal, spell(python_type)))
            values: list[Any] = []
            try:
                values.extend(map(decode_one, literals))
            except ShimliteError as error:  # extend keeps what it got, so its length is the place that failed
                raise _let_through(error).at(f"[{len(values)}]")
            return values

        return Codec(encode, decode)

    def packed(self, python_type: Any, compiler: Compiler) -> Packed:
        element = compiler.packed(_element(python_type))
        expected = spell(python_type)
        return Packed(_each(element.pack, expected), _each(element.unpack, expected), (list,))

    def json_schema(self, python_type: Any, writer: SchemaWriter) -> JsonSchema:
        element = writer.schema(_element(python_type))
        return {"type": "array", "items": element} if element else {"type": "array"}

    def classes(self, python_type: Any) -> tuple[type, ...]:
        return (list,)

    def account(
        self, python_type: Any, literal_type: LiteralType, decoded_as: Any, accountant: Accountant
    ) -> tuple[Loss, ...]:
        if not self.takes(decoded_as):
            raise cannot_read(python_type, decoded_as)
        return _in_list(accountant.account(_element(python_type), literal_type.collection_type, _element(decoded_as)))

    def packed_losses(self, python_type: Any, decoded_as: Any, accountant: Accountant) -> tuple[Loss, ...]:
        if decoded_as is not Any and not self.takes(decoded_as):
            raise cannot_read(python_type, decoded_as)
        return _in_list(accountant.packed(_element(python_type), _element(decoded_as)))

    def example(self, python_type: Any, accountant: Accountant) -> Any:
        try:
            return [accountant.example(_element(python_type))]
        except NoExampleError:
            return []


def _let_through(error: ShimliteError) -> ShimliteError:
    """Of an element: a list or dict of None is one of any type to the platform."""
    if error.got == "none_type" and not (error.path or error.hint):
        error.hint = let_through("None in a list or dict")
    return error


def _in_list(losses: Iterable[Loss]) -> tuple[Loss, ...]:
    return inside("[i]", losses, lambda witness: [witness])


def _element(python_type: Any) -> Any:
    return next(iter(typing.get_args(python_type)), Any)


def _each(convert: Convert, expected: str) -> Convert:
    def each(values: Any) -> list[Any]:
        if not isinstance(values, list):
            raise mismatch(expected, described(values))
        made: list[Any] = []
        try:
            made.extend(map(convert, values))
        except ShimliteError as error:
            raise error.at(f"[{len(made)}]")
        return made

    return each


class DictRow(Row):
    """What both kinds of dict share: in a record they are one."""

    def classes(self, python_type: Any) -> tuple[type, ...]:
        return (dict,)

    def packed_losses(self, python_type: Any, decoded_as: Any, accountant: Accountant) -> tuple[Loss, ...]:
        if decoded_as is not Any and not _is_dict(decoded_as):
            raise cannot_read(python_type, decoded_as)
        (key, value), (read_key, read_value) = _items(python_type), _items(decoded_as)
        lost = () if key is read_key is Any else accountant.packed(key, read_key)  # whose keys are scalars
        keys = inside("(key)", lost, lambda witness: {witness: accountant.example(value)})
        values = inside("[key]", accountant.packed(value, read_value), _in_dict(key, accountant))
        return (*keys, *values)

    def example(self, python_type: Any, accountant: Accountant) -> Any:
        key, value = _items(python_type)
        try:
            return {accountant.example(key): accountant.example(value)}
        except NoExampleError:
            return {}


def _items(python_type: Any) -> tuple[Any, Any]:
    """The types of a dict's keys and values; of an untyped one they may be any that JSON-like data has."""
    key, value = typing.get_args(python_type) or (Any, Any)
    return key, value


def _in_dict(key: Any, accountant: Accountant) -> Convert:
    return lambda witness: {accountant.example(key): witness}


class MapRow(DictRow):
    python, literal, returns = "dict[str, T]", "map", "dict of what T gives"
    lost, unsaid = "what T loses", "what T loses then"
    note = "the order of keys is lost, which `==` does not see"
    example_type = dict[str, dt.date]
    tag = "Typed Dict"
    literal_types = ("map_value_type",)
    literals = ("map", "generic")

    def takes(self, python_type: Any) -> bool:
        return _is_dict(python_type) and typing.get_args(python_type)[:1] == (str,)

    def literal_type(self, python_type: Any, compiler: Compiler) -> LiteralType:
        return LiteralType(map_value_type=compiler.literal_type(typing.get_args(python_type)[1]))

    def guess(self, literal_type: LiteralType, compiler: Compiler) -> Any:
        return dict[str, compiler.guess(literal_type.map_value_type)]  # type: ignore[misc]

    def codec(self, python_type: Any, literal_type: LiteralType, compiler: Compiler) -> Codec:
        if type_kind(literal_type) == "STRUCT":
            return struct_codec(python_type, literal_type, compiler)
        if type_kind(literal_type) != "map_value_type":
            raise misfit(python_type, literal_type)
        element = compiler.codec(typing.get_args(python_type)[1], literal_type.map_value_type)
        encode_one, decode_one = element.encode, element.decode
        packed = self.packed(python_type, compiler)
        with_checked_keys = _each_item(_key, _as_it_is, spell(python_type))

        def encode(values: Any, literal: Literal) -> None:
            if not isinstance(values, dict) or not set(map(type, values)) <= {str}:
                values = with_checked_keys(values)
            literal.map.SetInParent()
            literals = literal.map.literals
            key = ""
            try:
                for key, value in values.items():
                    encode_one(value, literals[key])
            except ShimliteError as error:
                raise error.at_key(key)
            except ValueError:  # protobuf's own, of a key
                raise lone_surrogate().at_key(key)

        def decode(literal: Literal) -> Any:
            literals = literal.map.literals
            if not literals and not literal.HasField("map"):
                return packed.unpack(read_packed(literal, spell(python_type)))
            values = {}
            key = ""
            try:
                for key, value in literals.items():
                    values[key] = decode_one(value)
            except ShimliteError as error:
                raise _let_through(error).at_key(key)
            return values

        return Codec(encode, decode)

    def packed(self, python_type: Any, compiler: Compiler) -> Packed:
        return _packed_dict(python_type, compiler)

    def json_schema(self, python_type: Any, writer: SchemaWriter) -> JsonSchema:
        return _dict_schema(python_type, writer)

    def account(
        self, python_type: Any, literal_type: LiteralType, decoded_as: Any, accountant: Accountant
    ) -> tuple[Loss, ...]:
        if not self.takes(decoded_as):
            raise cannot_read(python_type, decoded_as)
        key, value = _items(python_type)
        items = accountant.account(value, literal_type.map_value_type, _items(decoded_as)[1])
        return inside("[key]", items, _in_dict(key, accountant))


class StructRow(DictRow):
    python, literal, returns = "dict, dict[K, T] with other keys", "STRUCT", "dict"
    lost, unsaid = "what K and T lose in a record", "that keys and values were more than JSON-like data"
    note = (
        "keys are sorted, so that equal dicts are equal bytes; their order is lost, which `==` does not see; a record "
        "in an untyped dict: refused"
    )
    example_type = dict[dt.date, int]
    tag = "Typed Dict"
    literal_types = ("STRUCT",)
    literals = ("binary", "generic")

    def takes(self, python_type: Any) -> bool:
        return _is_dict(python_type)

    def literal_type(self, python_type: Any, compiler: Compiler) -> LiteralType:
        compiler.packed(python_type)  # refuses what msgpack cannot hold, before any data
        return LiteralType(simple=SimpleType.STRUCT, annotation=msgpack_annotation())

    def guess(self, literal_type: LiteralType, compiler: Compiler) -> Any:
        return dict

    def codec(self, python_type: Any, literal_type: LiteralType, compiler: Compiler) -> Codec:
        codec = struct_codec(python_type, literal_type, compiler)
        return Codec(_of_any_record(codec.encode, compiler), codec.decode) if compiler.guessed else codec

    def packed(self, python_type: Any, compiler: Compiler) -> Packed:
        if not typing.get_args(python_type):
            return _untyped(compiler)
        return _packed_dict(python_type, compiler)

    def json_schema(self, python_type: Any, writer: SchemaWriter) -> JsonSchema:
        return _dict_schema(python_type, writer) if typing.get_args(python_type) else {"type": "object"}

    def account(
        self, python_type: Any, literal_type: LiteralType, decoded_as: Any, accountant: Accountant
    ) -> tuple[Loss, ...]:
        return accountant.packed(python_type, decoded_as)


def _is_dict(python_type: Any) -> bool:
    is_dict = python_type is dict or typing.get_origin(python_type) is dict
    return is_dict and len(typing.get_args(python_type)) in (0, 2)


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise mismatch("a key of str", described(key))
    return text(key)


def _as_it_is(value: Any) -> Any:
    return value


def _of_any_record(encode_dict: Encode, compiler: Compiler) -> Encode:
    """Writes a dict, or a record of any class as that class says: the template does not tell which one it is."""

    def encode(value: Any, literal: Literal) -> None:
        cls = type(value)
        if cls is dict or not is_own_record(cls):
            encode_dict(value, literal)
        else:
            write_binary(_packed_record(cls, compiler).pack(value), literal)

    return encode


def _packed_record(record: type, compiler: Compiler) -> Packed:
    """Raises ConversionError for a class that has a field of another type, which its value brought along."""
    try:
        return compiler.record(record)
    except UnsupportedTypeError as error:
        where = f"{error.path}: " if error.path else ""
        reason = f"a {spell(record)} cannot be written: {where}{error.reason}"
        raise ConversionTypeError(reason, hint=error.hint) from None


def _untyped(compiler: Compiler) -> Packed:
    plain = compiler.packed(Any)

    def only_dict(convert: Convert) -> Convert:
        def converted(value: Any) -> Any:
            if not isinstance(value, dict):
                raise mismatch("dict", described(value))
            return convert(value)

        return converted

    return Packed(only_dict(plain.pack), only_dict(plain.unpack), (dict,))


def _packed_dict(python_type: Any, compiler: Compiler) -> Packed:
    key_type, value_type = typing.get_args(python_type)
    keys = compiler.packed(key_type)
    if not set(keys.wire) <= set(WIRE) - {list, dict}:
        raise UnsupportedTypeError(f"{spell(key_type)} cannot be a key", hint="use scalars as keys")
    values = compiler.packed(value_type)
    unpack_key = _from_text(keys.unpack) if key_type is int else keys.unpack
    pack = _each_item(keys.pack, values.pack, spell(python_type))

    def pack_in_order(value: Any) -> Any:
        return in_order(pack(value))

    return Packed(pack_in_order, _each_item(unpack_key, values.unpack, spell(python_type)), (dict,))


def _from_text(unpack: Convert) -> Convert:
    """A ``Struct`` has only strings for keys, so an int comes as its digits."""

    def unpack_key(key: Any) -> Any:
        return unpack(int(key) if type(key) is str and re.fullmatch("0|-?[1-9][0-9]{0,18}", key) else key)

    return unpack_key


def _each_item(convert_key: Convert, convert: Convert, expected: str) -> Convert:
    def each(values: Any) -> dict[Any, Any]:
        if not isinstance(values, dict):
            raise mismatch(expected, described(values))
        made = {}
        for key, value in values.items():
            try:
                made[convert_key(key)] = convert(value)
            except ShimliteError as error:
                raise error.at_key(key)
        if len(made) != len(values):
            raise ConversionValueError(expected=expected, got="dict in which two keys become one")
        return made

    return each


def _dict_schema(python_type: Any, writer: SchemaWriter) -> JsonSchema:
    keys, values = map(writer.schema, typing.get_args(python_type))
    schema = {"type": "object", "additionalProperties": values, "propertyNames": keys}
    return {word: said for word, said in schema.items() if said}


ROWS: tuple[Row, ...] = (ListRow(), MapRow(), StructRow())
