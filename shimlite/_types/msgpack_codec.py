# SPDX-License-Identifier: Apache-2.0
"""The fold for msgpack: values of a type as plain data in a record, in a STRUCT's dict and in a ``Binary``.

A record is a map of all its fields. Nothing is stored beside a value: the reader's type tells what it is.
``plain_data`` writes and reads the bytes. Next: ``choices``.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Sequence
from typing import Any

import msgpack

from ..errors import (
    ConversionError,
    ConversionTypeError,
    ConversionValueError,
    ShimliteError,
    UnsupportedTypeError,
    described,
    raised,
    unlike,
)
from .arrow_tables import pack_frame, referring, table_of
from .atoms import ANY, BYTES, FLOAT, STR
from .budget import spend
from .choices import pack_choice
from .classes import names_of_class
from .enum_names import values_for_names
from .nodes import (
    Choice,
    Dict,
    Field,
    Foreign,
    Hashed,
    List,
    Map,
    Node,
    Record,
    Reference,
    Union,
    Worded,
    holds,
    members,
)
from .own_code import dict_of, items_of_dict, items_of_list, refusal_of
from .packed_unions import pack_union
from .parse import parts, spell
from .plain_data import WIRE, checked, in_order, plain
from .pydantic_models import has_aliases_that_are_names, has_own_form, json_reader, json_writer, keys_of_model
from .references import pack_reference
from .rows import Atom, Convert, Packed
from .settings import is_json_mixin
from .times import TIMEDELTA

INT_TEXT = re.compile("0|-?[1-9][0-9]{0,18}", re.ASCII)
FLOAT_TEXT = re.compile(r"-?(0|[1-9][0-9]{0,400})(\.[0-9]{1,400})?([eE][+-]?[0-9]{1,3})?", re.ASCII)
OTHER_TEXTS = {
    "true": True,
    "True": True,
    "false": False,
    "False": False,
    "null": None,
    "None": None,
    "NaN": float("nan"),
    "nan": float("nan"),
    "Infinity": float("inf"),
    "inf": float("inf"),
    "-Infinity": float("-inf"),
    "-inf": float("-inf"),
}
"""How JSON and Python spell keys that are neither texts nor finite numbers."""


class Packings(dict[Node, Packed]):
    """The converters of one compilation: ``packings[node]``. A class that holds itself finds its own here."""

    def __missing__(self, node: Node) -> Packed:
        done: list[Packed] = []
        if isinstance(node, Record):  # its own fields may ask for it while it is being compiled
            self[node] = _container(dict, lambda value: done[0].pack(value), lambda value: done[0].unpack(value))
        try:
            done.append(self._compile(node))
        except BaseException:
            self.pop(node, None)
            raise
        self[node] = done[0]
        return done[0]

    def _compile(self, node: Node) -> Packed:
        match node:
            case Atom():
                return Packed(node.pack, node.unpack, node.wire)
            case List(item):
                element, expected = self[item], spell(node)
                return _container(list, _each(element.pack, expected), _each(element.unpack, expected))
            case Map(item):
                return _pack_dict(node, self[STR], self[item])
            case Dict(key, value):
                return _untyped() if key is ANY else _pack_dict(node, self[key], self[value])
            case Record():
                return _pack_model(node) if node.is_model else _pack_record(node, self)
            case Foreign(foreign):
                raise UnsupportedTypeError(f"{spell(foreign)} is not supported")
            case Union():
                return pack_union(node, self.__getitem__)
            case Choice():
                return pack_choice(node)
            case Reference(frame=frame):
                packed = pack_reference(node.row, node.format, self[Map(STR)], referring(node.row, table_of(node)))
                return packed if frame is None else pack_frame(node, frame, packed)
            case Worded(inner) | Hashed(inner):
                return self[inner]


def _container(cls: type, pack: Convert, unpack: Convert) -> Packed:
    return Packed(pack, unpack, (cls,))


# ------------------------------------------------------------------------------------------------------------- list


def _each(convert: Convert, expected: str) -> Convert:
    def each(values: Any) -> list[Any]:
        if not issubclass(type(values), list):
            raise unlike(expected, values)
        values = items_of_list(values)
        spend(len(values))
        results: list[Any] = []
        try:
            results.extend(map(convert, values))
        except ShimliteError as error:  # extend keeps what it got, so its length is the place that failed
            raise error.at(f"[{len(results)}]")
        return results

    return each


# ------------------------------------------------------------------------------------------------------------- dict


def _untyped() -> Packed:
    def only_dict(convert: Convert) -> Convert:
        def converted(value: Any) -> Any:
            if not issubclass(type(value), dict):
                raise unlike("dict", value)
            return convert(value)

        return converted

    return _container(dict, only_dict(plain), only_dict(checked))


def _pack_dict(node: Node, keys: Packed, values: Packed) -> Packed:
    if not set(keys.wire) <= set(WIRE) - {list, dict}:
        key = node.key if isinstance(node, Dict) else STR
        raise UnsupportedTypeError(f"{spell(key)} cannot be a key", hint="use scalars as keys")
    expected = spell(node)
    pack, unpack_key = each_item(keys.pack, values.pack, expected), keys.unpack
    if isinstance(node, Dict) and set(keys.wire) != {str}:
        unpack_key = _from_text(keys, any(map(_holds_floats, members(node.key))))
    return _container(dict, lambda value: in_order(pack(value)), each_item(unpack_key, values.unpack, expected))


def each_item(convert_key: Convert, convert: Convert, expected: str) -> Convert:
    def each(values: Any) -> dict[Any, Any]:
        if not issubclass(type(values), dict):
            raise unlike(expected, values)
        items: list[tuple[Any, Any]] = []
        pairs = items_of_dict(values)
        spend(len(pairs))
        for key, value in pairs:
            try:
                item = convert(value)
                items.append((convert_key(key), item))
            except ShimliteError as error:
                raise error.at_key(key)
        results = dict_of(items, expected)
        if len(results) != len(items):
            raise ConversionValueError(expected=expected, got="dict in which two keys become one")
        return results

    return each


def _holds_floats(node: Node) -> bool:
    is_choice = isinstance(node, Choice) and any(cls is float for cls, _ in node.values)
    return is_choice or node in (FLOAT, TIMEDELTA)


def _from_text(keys: Packed, floats: bool) -> Convert:
    """JSON, and so a ``Struct``, has only texts for keys: any other scalar comes as the text that JSON writes of it.

    A key that may be a str too is first read as the text itself.
    """
    unpack, wire = keys.unpack, keys.wire

    def spelled(text: str) -> Any:
        if text in OTHER_TEXTS and type(OTHER_TEXTS[text]) in wire:
            other = OTHER_TEXTS[text]
            return other if floats or type(other) is not float else text
        if int in wire and INT_TEXT.fullmatch(text):
            return int(text)
        return float(text) if floats and FLOAT_TEXT.fullmatch(text) else text

    def unpack_key(key: Any) -> Any:
        if type(key) is not str:
            return unpack(key)
        if str not in wire:
            return unpack(spelled(key))
        try:
            return unpack(key)
        except ConversionError:
            with contextlib.suppress(ConversionError):
                return unpack(spelled(key))
            raise

    return unpack_key


# ----------------------------------------------------------------------------------------------------------- record


def _pack_record(node: Record, packings: Packings) -> Packed:
    fields = [(field, _pack_field(node, field, packings)) for field in node.fields]
    return _container(dict, _write_record(node.cls, fields), _read_record(node.cls, fields))


def _pack_field(node: Record, field: Field, packings: Packings) -> Packed:
    try:
        return packings[field.node]
    except UnsupportedTypeError as error:
        raise error if error.path else error.at(f"{spell(node)}.{field.name}")


def _write_record(record: type, fields: Sequence[tuple[Field, Packed]]) -> Convert:
    packs = [(field.name, packed.pack) for field, packed in fields]
    order = list(in_order({name: None for name, _ in packs}))
    fields_in = _fields_in(record, [name for name, _ in packs])

    def pack(value: Any) -> dict[str, Any]:
        values = fields_in(value)
        results = {}
        for name, pack_one in packs:
            if name not in values:
                raise _lacks(record, name)
            try:
                results[name] = pack_one(values[name])
            except ShimliteError as error:
                raise error.at(f".{name}")
        return {name: results[name] for name in order}

    return pack


def _refuse_other(record: type) -> Callable[[Any], None]:
    """Refuses a value of another class. One of a subclass with more fields is refused too, since they would be lost."""
    names = set(names_of_class(record))

    def refuse(value: Any) -> None:
        if type(value) is record:
            return
        if not any(base is record for base in type(value).__mro__):
            raise unlike(record, value)
        if not set(names_of_class(type(value))) <= names:
            raise ConversionTypeError(f"expected {spell(record)}, got a {described(value)} with more fields")

    return refuse


def _fields_in(record: type, names: list[str]) -> Callable[[Any], dict[str, Any]]:
    """The fields of a value by name."""

    refuse_other = _refuse_other(record)

    def fields_in(value: Any) -> dict[str, Any]:
        refuse_other(value)
        values = {}
        for name in names:
            try:
                values[name] = getattr(value, name)
            except AttributeError:  # the caller says which one is missing
                continue
            except BaseException as error:
                refusal = raised(error, f"{spell(record)} does not tell it", f".{name}")
                break
        else:
            return values
        raise refusal

    return fields_in


def _read_record(record: type, fields: Sequence[tuple[Field, Packed]]) -> Convert:
    unpacks = [(field.name, field.init, field.required, packed.unpack) for field, packed in fields if field.init]
    refusal_for = refusal_of(record, spell(record), [field.name for field, _ in fields])

    def unpack(value: Any) -> Any:
        if type(value) is not dict:
            raise unlike(record, value)
        arguments = {}
        for name, parameter, required, unpack_one in unpacks:
            if name in value:
                try:
                    arguments[parameter] = unpack_one(value[name])
                except ShimliteError as error:
                    raise error.at(f".{name}")
            elif required:
                raise _lacks(record, name)
        try:
            return record(**arguments)
        except BaseException as error:  # the class's own checks
            refusal = refusal_for(error)
        raise refusal

    return unpack


def _pack_model(node: Record) -> Packed:
    """By pydantic's own JSON, as flytekit's plug-in has it."""
    node.fields  # noqa: B018 - refuses a model that is not fully defined, before any data
    model, spelled = node.cls, spell(node)
    mistakable = holds(node, _is_mistakable)
    write, read, has_all_of = json_writer(model, spelled), json_reader(model, spelled, mistakable), _refuse_other(model)
    has_sets = holds(node, _is_set)

    def pack(value: Any) -> Any:
        has_all_of(value)
        result = plain(write(value))
        return _with_sets_in_order(node, result) if has_sets else result

    wire = WIRE if has_own_form(model) else ()
    return Packed(pack, _reading_names(node, read), tuple(dict.fromkeys((dict, *wire))))


def _reading_names(node: Record, read: Convert) -> Convert:
    """Reads the names of Enum members too. The model's own validators may want the names: they are asked second."""
    with_values = values_for_names(node)
    if with_values is None:
        return read

    def read_either(data: Any) -> Any:
        changed = with_values(data)
        try:
            return read(changed)
        except ConversionError as error:
            refusal = error
        if changed is not data:
            with contextlib.suppress(ConversionError):
                return read(data)
        raise refusal

    return read_either


def _is_set(node: Node) -> bool:
    return isinstance(node, Foreign) and parts(node.type)[0] in (set, frozenset)


def _with_sets_in_order(node: Node, value: Any) -> Any:
    """The JSON of a model in which the elements of sets are in one order, so that equal models are equal bytes."""
    match node, value:
        case Foreign(), list() if _is_set(node):
            return sorted(value, key=msgpack.packb)
        case List(item), list():
            return [_with_sets_in_order(item, one) for one in value]
        case ((Map(item) | Dict(_, item)), dict()):
            return {key: _with_sets_in_order(item, one) for key, one in value.items()}
        case Union(choices), _ if not any(isinstance(one, List) for one in choices):
            for choice in choices:
                value = _with_sets_in_order(choice, value)
        case Record(), dict():
            keys = keys_of_model(node.cls) if node.is_model else None
            nodes = {field.name if keys is None else keys.names[field.name]: field.node for field in node.fields}
            return {key: _with_sets_in_order(nodes[key], one) if key in nodes else one for key, one in value.items()}
    return value


def _is_mistakable(node: Node) -> bool:
    return isinstance(node, Record) and has_aliases_that_are_names(node.cls)


def _lacks(record: type, name: str) -> ConversionValueError:
    return ConversionValueError(f"expected {spell(record)}, got a map without {name!r}")


def refuse_bytes_in_json(node: Node) -> None:
    """flytekit writes and reads the bytes of such a class as base64, unless the class is a field of another."""
    if isinstance(node, Record) and is_json_mixin(node.cls) and holds(node, lambda part: part is BYTES):
        raise UnsupportedTypeError(f"{spell(node)} has DataClassJSONMixin and holds bytes", hint="leave the mixin out")
