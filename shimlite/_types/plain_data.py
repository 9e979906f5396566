# SPDX-License-Identifier: Apache-2.0
"""msgpack and ``Struct``: how untyped, JSON-like values travel.

flytekit writes dicts and dataclasses as ``Binary`` with the tag ``msgpack``; older writers and the console use
``google.protobuf.Struct``. Both are read into plain Python values here, and into no other objects: msgpack's extension
types, and so its timestamps, are refused. No type is known here. Next: ``own_code``.
"""

from __future__ import annotations

import dataclasses
import enum
import math
from typing import Any

import attrs
import msgpack

from .._idl import Binary, ListValue, Literal, Struct, Value, literal_kind
from ..errors import ConversionTypeError, ConversionValueError, ShimliteError, class_name, described, mismatch, unlike
from .budget import spend
from .own_code import items_of_dict, items_of_list
from .pydantic_models import is_model
from .rows import MAX_DEPTH

TAG = "msgpack"
EXACT = 2**53
"""Beyond this a double no longer holds every integer, so an integral number read from a ``Struct`` stays a float."""

WIRE = (type(None), bool, int, float, str, bytes, list, dict)
"""The classes of JSON-like data."""
_TEXTS_IN_JSON = ("datetime", "decimal", "ipaddress", "pathlib", "uuid")
"""Modules whose values JSON has as text."""
KEYS = (str, int, float, bool, bytes, type(None))


def write_binary(packed: Any, literal: Literal) -> None:
    """Fill ``literal`` with ``packed`` as msgpack. The caller has checked the value."""
    binary = literal.scalar.binary
    try:
        binary.value = msgpack.packb(packed)
    except ValueError:  # msgpack nests 511 levels
        raise ConversionValueError("nested too deeply") from None
    binary.tag = TAG


def read_binary(binary: Binary, expected: str = "msgpack") -> Any:
    """What a ``Binary`` holds: None, bool, int, float, str, bytes, and lists and dicts of these.

    Raises ConversionValueError for another tag, for bytes that are not one whole msgpack value, for extension types
    and for maps in which a key stands twice.
    """
    if binary.tag != TAG:
        refuse_pickle(binary, expected)
        raise ConversionValueError(f"expected a Binary tagged {TAG!r}, got another tag")
    spend(len(binary.value))
    try:
        return msgpack.unpackb(
            binary.value, strict_map_key=False, object_pairs_hook=_as_dict, ext_hook=_refuse_extension
        )
    except ShimliteError:
        raise
    except Exception as error:  # msgpack raises many kinds, TypeError for a list as a key among them
        raise ConversionValueError(f"the Binary is not valid msgpack ({type(error).__name__})") from None


def is_pickle(data: bytes) -> bool:
    """Whether bytes are a Python pickle, of a protocol that says its number, 2 to 5."""
    return data[:1] == b"\x80" and data[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05") and data[-1:] == b"."


def refuse_pickle(binary: Binary, expected: str) -> None:
    """Raises ConversionValueError for a pickle, which Flyte 2's SDK writes for types that it has no message for."""
    if not binary.tag and is_pickle(binary.value):
        raise ConversionValueError(expected=expected, got="a Python pickle (Flyte 2's bytes, set, Any, Literal)")


def _as_dict(pairs: list[tuple[Any, Any]]) -> dict[Any, Any]:
    items = dict(pairs)
    if len(items) != len(pairs):
        raise ConversionValueError("a key stands twice in a msgpack map")
    return items


def _refuse_extension(code: int, data: bytes) -> Any:
    raise ConversionValueError(f"msgpack extension type {code} is not supported")


def read_packed(literal: Literal, expected: str) -> Any:
    """The plain value of a literal that holds one, a msgpack ``Binary`` or a ``Struct``, or an error."""
    kind = literal.scalar.WhichOneof("value")
    if kind == "binary":
        return read_binary(literal.scalar.binary, expected)
    if kind == "generic":
        if literal.metadata and literal.metadata.get("format") == "pickle":
            raise ConversionValueError(expected=expected, got="the location of a Python pickle, which flytekit wrote")
        return read_struct(literal.scalar.generic)
    raise mismatch(expected, literal_kind(literal))


def read_struct(struct: Struct, depth: int = 0) -> dict[str, Any]:
    """A ``Struct`` as a dict; its integral numbers up to 2**53 are ``int``, as their writer most likely meant.

    Raises ConversionValueError where a ``Value`` is unset or nests deeper than MAX_DEPTH.
    """
    fields = struct.fields  # their own order may differ from process to process
    return {key: read_value(fields[key], depth + 1) for key in sorted(fields)}


def read_value(value: Value, depth: int = 0) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "number_value":
        return _number(value.number_value)
    if kind == "null_value":
        return None
    if kind in ("string_value", "bool_value"):
        return getattr(value, kind)
    if kind is None:
        raise ConversionValueError("a Value of the Struct is unset")
    if depth > MAX_DEPTH:
        raise ConversionValueError(f"the Struct nests deeper than {MAX_DEPTH} levels")
    if kind == "struct_value":
        return read_struct(value.struct_value, depth)
    return _read_list(value.list_value, depth)


def _read_list(values: ListValue, depth: int) -> list[Any]:
    return [read_value(value, depth + 1) for value in values.values]


def _number(number: float) -> float | int:
    if number.is_integer() and abs(number) <= EXACT and not (number == 0 and math.copysign(1, number) < 0):
        return int(number)
    return number


def plain(value: Any, depth: int = 0) -> Any:
    """A JSON-like value as msgpack will hold it: exact built-in classes, tuples as lists, keys in one order.

    Keys are ordered by their packed bytes, so that equal dicts give equal bytes and hit Flyte's cache.
    """
    if depth > MAX_DEPTH:
        raise ConversionValueError(f"nested deeper than {MAX_DEPTH} levels")
    if issubclass(type(value), (list, tuple)):
        return _plain_list(value, depth)
    if issubclass(type(value), dict):
        return _plain_dict(value, depth)
    return plain_scalar(value)


def _plain_list(values: list[Any] | tuple[Any, ...], depth: int) -> list[Any]:
    results: list[Any] = []
    items = items_of_list(values)
    try:
        for value in items:
            results.append(plain(value, depth + 1))
    except ShimliteError as error:
        raise error.at(f"[{len(results)}]")
    return results


def _plain_dict(values: dict[Any, Any], depth: int) -> dict[Any, Any]:
    results: dict[Any, Any] = {}
    items = items_of_dict(values)
    for key, value in items:
        try:
            results[plain_key(key)] = plain(value, depth + 1)
        except ShimliteError as error:
            raise error.at_key(key)
    if len(results) != len(items):
        raise _one_key("dict")
    return in_order(results)


def _one_key(expected: str) -> ConversionValueError:
    return ConversionValueError(expected=expected, got="dict in which two keys become one")


def plain_key(key: Any) -> Any:
    if not issubclass(type(key), KEYS):
        raise unlike("a key of str, int, float, bool, bytes or None", key)
    return plain_scalar(key)


def in_order(values: dict[Any, Any]) -> dict[Any, Any]:
    """The same dict, its keys in the order of their packed bytes."""
    if len(values) < 2:
        return values
    return {key: values[key] for key in sorted(values, key=msgpack.Packer().pack)}


def plain_scalar(value: Any) -> Any:
    """``value`` as an exact built-in class; the class of a subclass (numpy's ``float64``, an ``IntEnum``) is lost."""
    if value is None or issubclass(type(value), bool):
        return value
    if issubclass(type(value), str):
        return text(value)
    if issubclass(type(value), int):
        number = int.__int__(value)  # int() would ask a subclass
        if not -(2**63) <= number < 2**64:
            raise ConversionValueError(expected="an int that msgpack can hold", got="int out of range")
        return number
    if issubclass(type(value), float):
        return one_nan(value)
    if issubclass(type(value), (bytes, bytearray)):
        return b"".join((value,))  # bytes() would ask a subclass
    raise unlike("a JSON-like value", value, _instead_of(type(value)))


def _instead_of(cls: type) -> str:
    if dataclasses.is_dataclass(cls) or attrs.has(cls) or is_model(cls):  # our references are attrs classes
        return f"annotate the dict, as in dict[str, {class_name(cls)}]"
    is_text_in_json = cls.__module__ in _TEXTS_IN_JSON or issubclass(cls, enum.Enum)
    return "write text; if a model's model_dump() gave it, return the model" if is_text_in_json else ""


def one_nan(value: float) -> float:
    """An exact ``float``. NaN has many bit patterns, which count as equal and must be equal bytes."""
    if type(value) is not float:
        value = float.__float__(value)  # float() would ask a subclass
    return value if value == value else math.nan


def text(value: str) -> str:
    """``value`` as an exact ``str`` that UTF-8 can write, or ConversionValueError."""
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise lone_surrogate() from None
    return value if type(value) is str else str.__str__(value)


def lone_surrogate() -> ConversionValueError:
    return ConversionValueError(expected="STRING", got="str with a lone surrogate")


def checked(value: Any, depth: int = 0) -> Any:
    """``value``, as msgpack or a ``Struct`` gave it, or an error: a Timestamp is no JSON-like value."""
    if type(value) is dict:
        if depth > MAX_DEPTH:
            raise ConversionValueError(f"nested deeper than {MAX_DEPTH} levels")
        nans = 0
        for key, item in value.items():
            if type(key) not in KEYS:
                raise mismatch("a JSON-like key", described(key))
            nans += key != key
            checked(item, depth + 1)
        if nans > 1:
            raise _one_key("dict")
    elif type(value) is list:
        if depth > MAX_DEPTH:
            raise ConversionValueError(f"nested deeper than {MAX_DEPTH} levels")
        for item in value:
            checked(item, depth + 1)
    elif type(value) not in WIRE:
        raise ConversionTypeError(expected="a JSON-like value", got=f"msgpack {type(value).__name__}")
    return value
