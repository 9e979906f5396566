# SPDX-License-Identifier: Apache-2.0
"""``None``, ``bool``, ``int``, ``float``, ``str`` and ``bytes``: ``Void``, ``Primitive`` and ``Binary``.

A decoder reads the innermost field first: a value that is not the field's default proves its own oneof, so only
defaults need asking. What is left, another kind of literal, goes the slow way.
"""

from __future__ import annotations

import binascii
from typing import Any, ClassVar

from .._idl import Literal, LiteralType, SimpleType
from ..errors import ConversionValueError, UnsupportedTypeError
from .atoms import AtomRow
from .losses import Accountant, Loss, cannot_read, shown
from .packing import TAG, WIRE, checked, one_nan, plain, read_binary, read_packed, refuse_pickle, text
from .row import (
    Codec,
    Compiler,
    JsonSchema,
    Packed,
    Row,
    SchemaWriter,
    described,
    literal_kind,
    misfit,
    mismatch,
    type_kind,
)

INT64 = range(-(2**63), 2**63)


class ScalarRow(AtomRow):
    """A class that one ``SimpleType`` stands for."""

    cls: ClassVar[type]
    schema: ClassVar[JsonSchema]
    one: ClassVar[Any]
    """A value as plain as can be."""

    def takes(self, python_type: Any) -> bool:
        return python_type is self.cls

    def literal_type(self, python_type: Any, compiler: Compiler) -> LiteralType:
        return LiteralType(simple=SimpleType.Value(self.literal))

    def guess(self, literal_type: LiteralType, compiler: Compiler) -> Any:
        return self.cls

    def codec(self, python_type: Any, literal_type: LiteralType, compiler: Compiler) -> Codec:
        if type_kind(literal_type) != self.literal:
            raise misfit(python_type, literal_type)
        return Codec(type(self).encode, type(self).decode)

    def packed(self, python_type: Any, compiler: Compiler) -> Packed:
        return Packed(type(self).pack, type(self).unpack, self.wire)

    def json_schema(self, python_type: Any, writer: SchemaWriter) -> JsonSchema:
        return dict(self.schema)

    def classes(self, python_type: Any) -> tuple[type, ...]:
        return (self.cls,)

    def reads_literal(self, python_type: Any, decoded_as: Any) -> bool:
        return decoded_as is self.cls

    def reads(self, python_type: Any, decoded_as: Any, accountant: Accountant) -> bool:
        return decoded_as is self.cls

    def example(self, python_type: Any, accountant: Accountant) -> Any:
        return self.one

    wire: ClassVar[tuple[type, ...]]

    # The closures of a scalar need no arguments, so they are plain functions of the class.
    @staticmethod
    def encode(value: Any, literal: Literal) -> None:
        raise NotImplementedError  # pragma: no cover

    @staticmethod
    def decode(literal: Literal) -> Any:
        raise NotImplementedError  # pragma: no cover

    @staticmethod
    def pack(value: Any) -> Any:
        raise NotImplementedError  # pragma: no cover

    @staticmethod
    def unpack(value: Any) -> Any:
        raise NotImplementedError  # pragma: no cover


class NoneRow(ScalarRow):
    python, literal, tag = "None", "NONE", "none"
    cls, one = type(None), None
    example_type = None
    schema = {"type": "null"}
    wire = (type(None),)
    literal_types = ("NONE",)
    literals = ("none_type",)

    @staticmethod
    def encode(value: Any, literal: Literal) -> None:
        NoneRow.pack(value)
        literal.scalar.none_type.SetInParent()

    @staticmethod
    def decode(literal: Literal) -> None:
        if not literal.scalar.HasField("none_type"):
            NoneRow.unpack(read_packed(literal, "NONE"))

    @staticmethod
    def pack(value: Any) -> None:
        if value is not None:
            raise mismatch("NONE", described(value))

    unpack = pack


class BoolRow(ScalarRow):
    python, literal, tag = "bool", "BOOLEAN", "bool"
    cls, one = bool, True
    example_type = bool
    schema = {"type": "boolean"}
    wire = (bool,)
    literal_types = ("BOOLEAN",)
    literals = ("boolean",)

    @staticmethod
    def encode(value: Any, literal: Literal) -> None:
        literal.scalar.primitive.boolean = BoolRow.pack(value)

    @staticmethod
    def decode(literal: Literal) -> Any:
        primitive = literal.scalar.primitive
        if primitive.boolean or primitive.WhichOneof("value") == "boolean":
            return primitive.boolean
        return BoolRow.pack(read_packed(literal, "BOOLEAN"))

    @staticmethod
    def pack(value: Any) -> bool:
        if value is not True and value is not False:
            raise mismatch("BOOLEAN", described(value))
        return value

    unpack = pack


class IntRow(ScalarRow):
    python, literal, tag = "int", "INTEGER", "int"
    note = "beyond int64: refused; `True` is no int; of a subclass the value is kept"
    cls, one = int, 1
    example_type = int
    schema = {"type": "integer"}
    wire = (int, float)
    literal_types = ("INTEGER",)
    literals = ("integer", "float_value")

    @staticmethod
    def encode(value: Any, literal: Literal) -> None:
        if type(value) is not int:
            value = IntRow._value(value)
        try:
            literal.scalar.primitive.integer = value
        except ValueError:
            raise _out_of_int64() from None

    @staticmethod
    def decode(literal: Literal) -> Any:
        return literal.scalar.primitive.integer or IntRow._decode_default(literal)

    @staticmethod
    def _decode_default(literal: Literal) -> Any:
        primitive = literal.scalar.primitive
        kind = primitive.WhichOneof("value")
        if kind == "integer":
            return 0
        if kind == "float_value":  # the console sends numbers as doubles
            return _integral(primitive.float_value)
        return IntRow.unpack(read_packed(literal, "INTEGER"))

    @staticmethod
    def _value(value: Any) -> int:
        if isinstance(value, int) and not isinstance(value, bool):
            return int(value)
        raise mismatch("INTEGER", described(value))

    @staticmethod
    def pack(value: Any) -> int:
        number = IntRow._value(value)
        if number not in INT64:
            raise _out_of_int64()
        return number

    @staticmethod
    def unpack(value: Any) -> int:
        return _integral(value) if type(value) is float else IntRow.pack(value)


def _integral(value: float) -> int:
    if not value.is_integer():  # False for NaN and the infinities too
        raise ConversionValueError(expected="INTEGER", got="a float that is not integral")
    if int(value) not in INT64:
        raise _out_of_int64()
    return int(value)


def _out_of_int64() -> ConversionValueError:
    return ConversionValueError(expected="INTEGER", got="int beyond int64")


class FloatRow(ScalarRow):
    python, literal, tag = "float", "FLOAT", "float"
    note = "an int is taken while a float holds it exactly; of a subclass the value is kept; every NaN is one"
    cls, one = float, 1.5
    example_type = float
    schema = {"type": "number"}
    wire = (float, int)
    literal_types = ("FLOAT",)
    literals = ("float_value", "integer")

    @staticmethod
    def encode(value: Any, literal: Literal) -> None:
        if type(value) is not float or value != value:
            value = FloatRow.pack(value)
        literal.scalar.primitive.float_value = value

    @staticmethod
    def decode(literal: Literal) -> Any:
        return literal.scalar.primitive.float_value or FloatRow._decode_default(literal)

    @staticmethod
    def _decode_default(literal: Literal) -> Any:
        primitive = literal.scalar.primitive
        kind = primitive.WhichOneof("value")
        if kind == "float_value":
            return primitive.float_value  # -0.0 is false, and stays -0.0
        if kind == "integer":
            return FloatRow.pack(primitive.integer)
        return FloatRow.pack(read_packed(literal, "FLOAT"))

    @staticmethod
    def pack(value: Any) -> float:
        if isinstance(value, float):
            return one_nan(value)
        if isinstance(value, int) and not isinstance(value, bool):
            try:
                if int(number := float(value)) == value:
                    return number
            except OverflowError:
                pass
            raise ConversionValueError(expected="FLOAT", got="int that no float holds exactly")
        raise mismatch("FLOAT", described(value))

    unpack = pack


class StrRow(ScalarRow):
    python, literal, tag = "str", "STRING", "str"
    note = "a lone surrogate: refused; of a subclass the value is kept"
    cls, one = str, "a"
    example_type = str
    schema = {"type": "string"}
    wire = (str,)
    literal_types = ("STRING",)
    literals = ("string_value",)

    @staticmethod
    def encode(value: Any, literal: Literal) -> None:
        if type(value) is not str:
            value = StrRow.pack(value)
        try:
            literal.scalar.primitive.string_value = value
        except ValueError:  # a lone surrogate, which protobuf finds by itself
            literal.scalar.primitive.string_value = StrRow.pack(value)

    @staticmethod
    def decode(literal: Literal) -> Any:
        return literal.scalar.primitive.string_value or StrRow._decode_default(literal)

    @staticmethod
    def _decode_default(literal: Literal) -> str:
        if literal.scalar.primitive.WhichOneof("value") == "string_value":
            return ""
        return StrRow.unpack(read_packed(literal, "STRING"))

    @staticmethod
    def pack(value: Any) -> str:
        if not isinstance(value, str):
            raise mismatch("STRING", described(value))
        return text(value)

    unpack = pack


class BytesRow(ScalarRow):
    """A ``Binary`` of the tag ``bytes``: of the tag ``msgpack`` it would be a STRUCT to Flyte, which no cache keeps.

    Read too: msgpack's ``bin``, which Propeller's attribute access gives for a field, and bytes without a tag that are
    no pickle.
    """

    python, literal, tag = "bytes", "BINARY", "bytes"
    note = "a `Binary` of the tag `bytes`; msgpack's `bin` and an untagged `Binary` are read, save a pickle"
    cls, one = bytes, b"a"
    example_type = bytes
    schema = {"type": "string", "format": "base64"}
    wire = (bytes, str)
    literal_types = ("BINARY",)
    literals = ("binary",)

    def literal_type(self, python_type: Any, compiler: Compiler) -> LiteralType:
        return _pickle_type(bytes) if compiler.within else super().literal_type(python_type, compiler)

    @staticmethod
    def encode(value: Any, literal: Literal) -> None:
        binary = literal.scalar.binary
        binary.value, binary.tag = BytesRow.pack(value), BytesRow.tag

    @staticmethod
    def decode(literal: Literal) -> Any:
        binary = literal.scalar.binary
        if binary.tag == BytesRow.tag or (not binary.tag and literal.scalar.HasField("binary")):
            refuse_pickle(binary, "BINARY")
            return binary.value
        if not literal.scalar.HasField("binary"):
            raise mismatch("BINARY", literal_kind(literal))
        if binary.tag != TAG:
            raise ConversionValueError(f"expected a Binary tagged {BytesRow.tag!r} or {TAG!r}, got another tag")
        return BytesRow._exact(read_binary(binary))

    @staticmethod
    def _exact(value: Any) -> bytes:
        if type(value) is not bytes:
            raise mismatch("BINARY", f"msgpack {described(value)}")
        return value

    @staticmethod
    def pack(value: Any) -> bytes:
        if not isinstance(value, bytes):
            raise mismatch("BINARY", described(value))
        return bytes(value)

    @staticmethod
    def unpack(value: Any) -> bytes:
        if type(value) is not str:
            return BytesRow._exact(value)
        import base64

        try:  # a Struct, which has no bytes, holds what the JSON Schema says: base64
            return base64.b64decode(value.replace("\n", ""), validate=True)
        except (binascii.Error, ValueError):
            raise ConversionValueError(expected="BINARY", got="str that is not base64") from None


class AnyRow(Row):
    """``Any``, only as a field of a record or inside an untyped ``dict``: a JSON-like value."""

    python, literal = "Any (in a record or a dict)", "none"
    lost = "that a list was a tuple, and bytes a bytearray"
    note = "JSON-like values, bytes among them; of a subclass the value is kept"
    example_type = dict

    def takes(self, python_type: Any) -> bool:
        return python_type is Any

    def literal_type(self, python_type: Any, compiler: Compiler) -> LiteralType:
        if compiler.within:
            return _pickle_type(Any)
        raise UnsupportedTypeError("Any has no LiteralType", hint="use dict for JSON-like values")

    def codec(self, python_type: Any, literal_type: LiteralType, compiler: Compiler) -> Codec:
        raise misfit(python_type, literal_type)

    def packed(self, python_type: Any, compiler: Compiler) -> Packed:
        return Packed(plain, checked, WIRE)

    def json_schema(self, python_type: Any, writer: SchemaWriter) -> JsonSchema:
        return {}

    def classes(self, python_type: Any) -> tuple[type, ...]:
        return ()

    def account(
        self, python_type: Any, literal_type: LiteralType, decoded_as: Any, accountant: Accountant
    ) -> tuple[Loss, ...]:
        raise cannot_read(python_type, decoded_as)

    def packed_losses(self, python_type: Any, decoded_as: Any, accountant: Accountant) -> tuple[Loss, ...]:
        if decoded_as is not Any:
            raise cannot_read(python_type, decoded_as)
        return shown(_OTHER_CLASSES, accountant.through_msgpack(Any, Any))

    def example(self, python_type: Any, accountant: Accountant) -> Any:
        return "a"


_OTHER_CLASSES = (
    Loss("", "that it was a tuple", "msgpack has lists alone", (1,)),
    Loss("", "that it was a bytearray", "msgpack has bytes alone", bytearray(b"a")),
)


def _pickle_type(python_type: Any) -> LiteralType:
    """What flytekit records for a field it has no transformer for. Only ever described, never written or read."""
    literal_type = LiteralType()
    literal_type.blob.format = "PythonPickle"
    literal_type.metadata.update({"python_class_name": str(python_type)})
    return literal_type


ROWS: tuple[Row, ...] = (NoneRow(), BoolRow(), IntRow(), FloatRow(), StrRow(), BytesRow(), AnyRow())
