# SPDX-License-Identifier: Apache-2.0
"""The rows of ``None``, ``bool``, ``int``, ``float``, ``str``, ``bytes``, ``Any`` and ``FlyteError``.

Each row stands below the functions that it names. A quick reader asks for the innermost field first: a value other than
the default proves that the field is set. All else goes the slow way, which ``literal_codec`` has. Next: ``bulk``.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Sequence
from typing import Any

from .._idl import Literal, LiteralType
from ..errors import ConversionValueError, described, mismatch, unlike
from ..values import FlyteError
from .bulk import BULK_OF_BOOLS, BULK_OF_FLOATS, BULK_OF_INTS
from .plain_data import TAG, WIRE, checked, in_order, one_nan, plain, read_binary, refuse_pickle, text
from .rows import Atom, Observation

BYTES_TAG = "bytes"
BASE64 = re.compile("[A-Za-z0-9+/]*={0,2}", re.ASCII)
INT64 = range(-(2**63), 2**63)


def pickled_type(python_type: Any) -> LiteralType:
    """What flytekit declares for a field that it has no transformer for. Only ever declared, never written or read."""
    literal_type = LiteralType()
    literal_type.blob.format = "PythonPickle"
    literal_type.metadata.update({"python_class_name": str(python_type)})
    return literal_type


# ------------------------------------------------------------------------------------------------------------- None


def _none(value: Any) -> None:
    if value is not None:
        raise unlike("NONE", value)


def _write_none(value: Any, literal: Literal) -> None:
    _none(value)
    literal.scalar.none_type.SetInParent()


NONE = Atom(
    cls=type(None), simple="NONE", tag="none", own="none_type",
    write=_write_none, read=lambda scalar: None,
    fast=lambda slow: lambda literal: None if literal.scalar.HasField("none_type") else slow(literal),
    pack=_none, unpack=_none, wire=(type(None),), schema={"type": "null"}, examples=(None,),
)  # fmt: skip


# ------------------------------------------------------------------------------------------------------------- bool


def _bool(value: Any) -> bool:
    if value is not True and value is not False:
        raise unlike("BOOLEAN", value)
    return value


def _write_bool(value: Any, literal: Literal) -> None:
    literal.scalar.primitive.boolean = _bool(value)


BOOL = Atom(
    cls=bool, simple="BOOLEAN", tag="bool", own="boolean",
    write=_write_bool, read=lambda primitive: primitive.boolean,
    fast=lambda slow: lambda literal: (it := literal.scalar.primitive).boolean or (
        it.WhichOneof("value") != "boolean" and slow(literal)
    ),
    pack=_bool, unpack=_bool, wire=(bool,), schema={"type": "boolean"}, bulk=BULK_OF_BOOLS, examples=(True, False),
)  # fmt: skip


# -------------------------------------------------------------------------------------------------------------- int


def _as_int(value: Any) -> int:
    if issubclass(type(value), int) and not issubclass(type(value), bool):
        return int.__int__(value)  # int() would ask a subclass
    raise unlike("INTEGER", value)


def _write_int(value: Any, literal: Literal) -> None:
    if type(value) is not int:
        value = _as_int(value)
    try:
        literal.scalar.primitive.integer = value
    except ValueError:
        raise _out_of_int64() from None


def _pack_int(value: Any) -> int:
    number = _as_int(value)
    if number not in INT64:
        raise _out_of_int64()
    return number


def _unpack_int(value: Any) -> int:
    return _integral(value) if type(value) is float else _pack_int(value)


def _integral(value: float) -> int:
    if not value.is_integer():  # False for NaN and the infinities too
        raise ConversionValueError(expected="INTEGER", got="a float that is not integral")
    if int(value) not in INT64:
        raise _out_of_int64()
    return int(value)


def _out_of_int64() -> ConversionValueError:
    return ConversionValueError(expected="INTEGER", got="int beyond int64")


INT = Atom(
    cls=int, simple="INTEGER", tag="int", own="integer",
    write=_write_int, read=lambda primitive: primitive.integer,
    fast=lambda slow: lambda literal: literal.scalar.primitive.integer or slow(literal),
    also={"float_value": _integral},  # the console sends numbers as doubles
    pack=_pack_int, unpack=_unpack_int, wire=(int, float), schema={"type": "integer"},
    bulk=BULK_OF_INTS, examples=(1, 0, -(2**63), 2**53 + 1),
)  # fmt: skip


# ------------------------------------------------------------------------------------------------------------ float


def _float(value: Any) -> float:
    if issubclass(type(value), float):
        return one_nan(value)
    if issubclass(type(value), int) and not issubclass(type(value), bool):
        number = int.__int__(value)
        try:
            if int(float(number)) == number:
                return float(number)
        except OverflowError:
            pass
        raise ConversionValueError(expected="FLOAT", got="int that no float holds exactly")
    raise unlike("FLOAT", value)


def _write_float(value: Any, literal: Literal) -> None:
    if type(value) is not float or value != value:
        value = _float(value)
    literal.scalar.primitive.float_value = value


FLOAT = Atom(
    cls=float, simple="FLOAT", tag="float", own="float_value",
    write=_write_float,
    read=lambda primitive: primitive.float_value,  # -0.0 is false, and stays -0.0
    fast=lambda slow: lambda literal: literal.scalar.primitive.float_value or slow(literal), also={"integer": _float},
    pack=_float, unpack=_float, wire=(float, int), schema={"type": "number"},
    bulk=BULK_OF_FLOATS, examples=(1.5, 1.0, float("nan"), -0.0),
    losses=(Observation("NaN and infinity", "JSON has no such numbers", float("nan")),),
)  # fmt: skip


# -------------------------------------------------------------------------------------------------------------- str


def _str(value: Any) -> str:
    if not issubclass(type(value), str):
        raise unlike("STRING", value)
    return text(value)


def _write_str(value: Any, literal: Literal) -> None:
    if type(value) is not str:
        value = _str(value)
    try:
        literal.scalar.primitive.string_value = value
    except ValueError:  # protobuf found a lone surrogate
        literal.scalar.primitive.string_value = _str(value)


STR = Atom(
    cls=str, simple="STRING", tag="str", own="string_value",
    write=_write_str, read=lambda primitive: primitive.string_value,
    fast=lambda slow: lambda literal: literal.scalar.primitive.string_value or slow(literal),
    pack=_str, unpack=_str, wire=(str,), schema={"type": "string"}, examples=("a", ""),
)  # fmt: skip


# ------------------------------------------------------------------------------------------------------------ bytes


def _write_bytes(value: Any, literal: Literal) -> None:
    binary = literal.scalar.binary
    binary.value, binary.tag = _bytes(value), BYTES_TAG


def _read_bytes(scalar: Any) -> bytes:
    """Read a ``Binary`` of our own tag or of none, unless it is a pickle, and msgpack's ``bin``, which Propeller's
    attribute access gives for a field."""
    binary = scalar.binary
    if binary.tag in (BYTES_TAG, ""):
        refuse_pickle(binary, "BINARY")
        return bytes(binary.value)
    if binary.tag != TAG:
        raise ConversionValueError(f"expected a Binary tagged {BYTES_TAG!r} or {TAG!r}, got another tag")
    return _exact_bytes(read_binary(binary))


def _exact_bytes(value: Any) -> bytes:
    if type(value) is not bytes:
        raise mismatch("BINARY", f"msgpack {described(value)}")
    return value


def _no_struct(value: Any) -> bytes:
    raise mismatch("BINARY", "generic")


def _bytes(value: Any) -> bytes:
    if not issubclass(type(value), bytes):
        raise unlike("BINARY", value)
    exact: bytes = b"".join((value,))  # bytes() would ask a subclass
    return exact


def _unpack_bytes(value: Any) -> bytes:
    if type(value) is not str:
        return _exact_bytes(value)
    encoded = value.replace("\n", "")  # a Struct, which has no bytes, holds what the JSON Schema says: base64
    if len(encoded) % 4 or not BASE64.fullmatch(encoded):  # Pythons differ in the padding that they take
        raise ConversionValueError(expected="BINARY", got="str that is not base64")
    return binascii.a2b_base64(encoded)


BYTES = Atom(
    cls=bytes, simple="BINARY",
    tag=BYTES_TAG,  # Flyte takes the tag msgpack for a STRUCT, and does not cache such a value as BINARY
    own="binary",
    write=_write_bytes, read=_read_bytes,
    fast=lambda slow: lambda literal: (
        it.value if (it := literal.scalar.binary).tag == BYTES_TAG else slow(literal)
    ),
    pack=_bytes, unpack=_unpack_bytes, bare=_no_struct, wire=(bytes, str),
    schema={"type": "string", "format": "base64"}, examples=(b"a", b""), record_type=pickled_type(bytes),
)  # fmt: skip


# -------------------------------------------------------------------------- Any: only in a record or an untyped dict


def _no_literal(value: Any, literal: Literal | None = None) -> Any:
    raise unlike("a value with a literal of its own", value)  # pragma: no cover - no LiteralType is of Any


ANY = Atom(
    cls=Any, simple="", tag="", own="",
    write=_no_literal, read=_no_literal,
    pack=plain, unpack=checked, wire=WIRE, schema={},
    losses=(
        Observation("that it was a tuple", "msgpack has lists alone", (1,)),
        Observation("that it was a bytearray", "msgpack has bytes alone", bytearray(b"a")),
    ),
    examples=("a",), record_type=pickled_type(Any),
)  # fmt: skip


# ------------------------------------------------------------------------------------------------------- FlyteError


def _error_fields(value: Any) -> tuple[str, str]:
    if not issubclass(type(value), FlyteError):
        raise unlike(FlyteError, value)
    return _str(value.message), _str(value.failed_node_id)


def _write_error(value: Any, literal: Literal) -> None:
    message, node = _error_fields(value)
    literal.scalar.error.SetInParent()
    literal.scalar.error.message, literal.scalar.error.failed_node_id = message, node


def _pack_error(value: Any) -> dict[str, str]:
    message, node = _error_fields(value)
    return in_order({"message": message, "failed_node_id": node})


def _unpack_error(value: Any) -> FlyteError:
    keys = (("message", "message"), ("failed_node_id", "failed_node_id"))
    return FlyteError(**unpack_texts(value, keys, FlyteError))


def unpack_texts(value: Any, keys: Sequence[tuple[str, str]], cls: type) -> dict[str, str]:
    """The attributes of a reference or FlyteError that a record holds under other keys, all of them texts.

    Of two keys for one attribute the first that says something counts.
    """
    if type(value) is not dict:
        raise unlike(cls, value)
    attributes: dict[str, str] = {}
    for name, key in keys:
        if value.get(key) is not None:
            attributes[name] = attributes.get(name) or _str(value[key])
    name, key = keys[0]
    if name not in attributes:
        raise mismatch(cls.__name__, f"dict without {key!r}")
    return attributes


ERROR = Atom(
    cls=FlyteError, simple="ERROR", tag="FlyteError", own="error",
    write=_write_error,
    read=lambda scalar: FlyteError(scalar.error.message, scalar.error.failed_node_id),
    pack=_pack_error, unpack=_unpack_error, wire=(dict,),
    schema={
        "type": "object",
        "title": "FlyteError",
        "properties": {"message": {"type": "string"}, "failed_node_id": {"type": "string"}},
        "additionalProperties": False,
        "required": ["message", "failed_node_id"],
    },
    examples=(FlyteError("s3://bucket/key"), FlyteError("a", "n0")),
)  # fmt: skip

ATOMS = (NONE, BOOL, INT, FLOAT, STR, BYTES, ANY, ERROR)
