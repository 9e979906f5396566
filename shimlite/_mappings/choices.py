# SPDX-License-Identifier: Apache-2.0
"""``Enum`` and ``typing.Literal``: a type with a fixed list of values.

Flyte's enum has strings only. flytekit writes a ``Literal`` as its scalar type, its values in an annotation that
nothing on the platform checks, so they are checked here, both ways. Inside a record both are JSON Schema's ``enum``
and may hold any scalar.
"""

from __future__ import annotations

import enum
import typing
from abc import abstractmethod
from collections.abc import Iterable
from typing import Any

from .._idl import Literal, LiteralType
from ..errors import ConversionError, ConversionTypeError, ConversionValueError, UnsupportedTypeError
from .atoms import AtomRow, takes_all
from .losses import Accountant, Loss, NoExampleError, Project, is_lost
from .once import made_once
from .packing import plain_scalar, read_packed
from .row import Codec, Compiler, JsonSchema, Packed, Row, SchemaWriter, described, misfit, mismatch, spell, type_kind


class ChoiceRow(AtomRow):
    """A type with a fixed list of values: what is lost of any of them can be tried."""

    finite = True

    @abstractmethod
    def values(self, python_type: Any) -> tuple[Any, ...]: ...

    def losses(self, python_type: Any, project: Project, accountant: Accountant) -> tuple[Loss, ...]:
        """One at most, shown by the first value that is lost."""
        for value in self.values(python_type):
            if is_lost(value, project):
                return (Loss("", f"its class {type(value).__name__}", "its value travels, its class does not", value),)
        return ()

    def as_plain(self, python_type: Any, accountant: Accountant) -> tuple[Loss, ...]:
        return self.losses(python_type, accountant.through_msgpack(python_type, Any), accountant)

    def reads(self, python_type: Any, decoded_as: Any, accountant: Accountant) -> bool:
        return takes_all(self.values(python_type), accountant.through_msgpack(python_type, decoded_as))

    def example(self, python_type: Any, accountant: Accountant) -> Any:
        for value in self.values(python_type):
            return value
        raise NoExampleError


class _Example(enum.Enum):
    RED = "red"


class EnumRow(ChoiceRow):
    python, literal = "Enum with str values", "enum"
    returns = "a member of a generated Enum with the same values"
    unsaid = "its class, and the member's name"
    note = "in a record its values may be any scalars"
    example_type = _Example
    tag = "DefaultEnumTransformer"
    literal_types = ("enum_type",)
    literals = ("string_value",)

    def takes(self, python_type: Any) -> bool:
        return isinstance(python_type, type) and issubclass(python_type, enum.Enum)

    def literal_type(self, python_type: Any, compiler: Compiler) -> LiteralType:
        values = [member.value for member in python_type]
        if not all(isinstance(value, str) for value in values):
            raise UnsupportedTypeError(
                f"{spell(python_type)} has values that are no str", hint="Flyte's enums hold str only"
            )
        values = [_plain(value, python_type) for value in values]
        literal_type = LiteralType()
        literal_type.enum_type.SetInParent()
        literal_type.enum_type.values.extend(values)
        return literal_type

    def guess(self, literal_type: LiteralType, compiler: Compiler) -> Any:
        return dynamic_enum(tuple(literal_type.enum_type.values))

    def codec(self, python_type: Any, literal_type: LiteralType, compiler: Compiler) -> Codec:
        if type_kind(literal_type) != "enum_type":
            raise misfit(python_type, literal_type)
        members = {member.value: member for member in python_type if isinstance(member.value, str)}
        missing = [value for value in literal_type.enum_type.values if value not in members]
        if missing:
            raise UnsupportedTypeError(f"{spell(python_type)} lacks {len(missing)} of the enum's values")
        members = {value: members[value] for value in literal_type.enum_type.values}
        pack, unpack = _value_of(python_type, members), _member_of(python_type, members)

        def encode(value: Any, literal: Literal) -> None:
            literal.scalar.primitive.string_value = pack(value)

        def decode(literal: Literal) -> Any:
            primitive = literal.scalar.primitive
            if primitive.string_value or primitive.WhichOneof("value") == "string_value":
                return unpack(primitive.string_value)
            return unpack(read_packed(literal, spell(python_type)))

        return Codec(encode, decode)

    def packed(self, python_type: Any, compiler: Compiler) -> Packed:
        members = {_plain(member.value, python_type): member for member in python_type}
        wire = tuple(dict.fromkeys(map(type, members)))
        return Packed(_value_of(python_type, members), _member_of(python_type, members), wire)

    def json_schema(self, python_type: Any, writer: SchemaWriter) -> JsonSchema:
        return _choice_schema([member.value for member in python_type])

    def classes(self, python_type: Any) -> tuple[type, ...]:
        return (python_type,)

    def values(self, python_type: Any) -> tuple[Any, ...]:
        return tuple(python_type)

    def reads_literal(self, python_type: Any, decoded_as: Any) -> bool:
        return self.takes(decoded_as)


def _value_of(python_type: Any, members: dict[Any, Any]) -> Any:
    """Takes a member of any Enum, or a value, as flytekit does: a guessed Enum is nobody's own class."""
    member_of = _member_of(python_type, members)

    def value_of(value: Any) -> Any:
        value = value.value if isinstance(value, enum.Enum) else value
        return plain_scalar(member_of(value).value)

    return value_of


def _member_of(python_type: Any, members: dict[Any, Any]) -> Any:
    def member_of(value: Any) -> Any:
        try:
            member = members[value]
        except (KeyError, TypeError):
            raise _not_among(python_type, value, map(type, members)) from None
        if not isinstance(value, type(member.value)) or isinstance(value, bool) != isinstance(member.value, bool):
            raise _not_among(python_type, value, map(type, members))  # 1 == 1.0 == True
        return member

    return member_of


def _not_among(python_type: Any, value: Any, classes: Iterable[type]) -> ConversionTypeError | ConversionValueError:
    expected = spell(python_type)
    if type(value) in set(classes):
        return ConversionValueError(expected=expected, got=f"{type(value).__name__} that is not one of its values")
    return mismatch(expected, described(value))


@made_once(256)
def dynamic_enum(values: tuple[str, ...]) -> type[enum.Enum]:
    """The Enum that stands for a list of strings, each member named like its value where Python allows it.

    flytekit's name for it is ``DynamicEnum`` as well. Python reserves some names (``mro``, ``_x_``), skips others
    (``__x__``) and has no empty one: those members are called ``value_0``, ``value_1``, by their place.
    """
    names: dict[str, str] = {}
    for place, value in enumerate(dict.fromkeys(values)):
        name = value
        while name in names or not _can_name_a_member(name):
            name = f"value_{place}" if name == value else name + "_"
        names[name] = value
    return enum.Enum("DynamicEnum", names)  # type: ignore[return-value]


def _can_name_a_member(name: str) -> bool:
    return name not in ("", "mro", "name", "value") and not name.startswith("_")


def _whole(value: Any) -> Any:
    return int(value) if type(value) is float and value.is_integer() else value


def _plain(value: Any, python_type: Any) -> Any:
    try:
        return plain_scalar(value)
    except ConversionError as error:
        raise UnsupportedTypeError(f"{spell(python_type)} has a value that cannot travel: {error.reason}") from None


def _choice_schema(values: list[Any]) -> JsonSchema:
    """JSON has no bytes, so a schema says nothing of a choice among them."""
    return {} if any(isinstance(value, bytes) for value in values) else {"enum": values}


class LiteralRow(ChoiceRow):
    python, literal = "Literal[...] of one scalar type", "that type, annotated"
    returns = "the scalar"
    note = "that it is one of these is checked only where the type is at hand; in a record of several scalar types"
    example_type = typing.Literal["a", "b"]
    tag = "LiteralTypeTransformer"
    literals = ("string_value", "integer", "boolean", "float_value")

    def takes(self, python_type: Any) -> bool:
        return typing.get_origin(python_type) is typing.Literal

    def literal_type(self, python_type: Any, compiler: Compiler) -> LiteralType:
        values = [_plain(value, python_type) for value in typing.get_args(python_type)]
        literal_type = compiler.literal_type(self._scalar(python_type))
        annotation = literal_type.annotation.annotations
        annotation.update({"literal_values": [float(v) if type(v) is int else v for v in values]})
        return literal_type

    def _scalar(self, python_type: Any) -> type:
        classes = {type(value) for value in typing.get_args(python_type)}
        if len(classes) != 1 or not classes <= {str, int, bool, float}:
            raise UnsupportedTypeError(
                f"{spell(python_type)} is not of one scalar type", hint="give values that are all str, int or bool"
            )
        return classes.pop()

    def codec(self, python_type: Any, literal_type: LiteralType, compiler: Compiler) -> Codec:
        scalar = self._scalar(python_type)
        base = compiler.codec(scalar, literal_type)
        check = self._check(python_type, compiler.packed(scalar).pack)

        def encode(value: Any, literal: Literal) -> None:
            base.encode(check(value), literal)

        def decode(literal: Literal) -> Any:
            return check(base.decode(literal))

        return Codec(encode, decode)

    def _check(self, python_type: Any, normal: Any) -> Any:
        # 1 == True and 1 == 1.0, so the class belongs to the key.
        allowed = {(type(value), value) for value in typing.get_args(python_type)}

        def check(value: Any) -> Any:
            value = normal(value)
            if (type(value), value) not in allowed:
                raise _not_among(python_type, value, (cls for cls, _ in allowed))
            return value

        return check

    def packed(self, python_type: Any, compiler: Compiler) -> Packed:
        classes = {type(_plain(value, python_type)) for value in typing.get_args(python_type)}
        if len(classes) > 1:
            check = self._check(python_type, plain_scalar)
            if int not in classes or float in classes:
                return Packed(check, check, tuple(classes))
            # A schema's numbers are doubles, so who has it alone takes the 1.0 that was written for 1.
            return Packed(check, lambda value: check(_whole(value)), (*classes, float))
        scalar = compiler.packed(classes.pop())
        return Packed(self._check(python_type, scalar.pack), self._check(python_type, scalar.unpack), scalar.wire)

    def json_schema(self, python_type: Any, writer: SchemaWriter) -> JsonSchema:
        values = list(typing.get_args(python_type))
        return {"const": values[0]} if len(values) == 1 and type(values[0]) is not bytes else _choice_schema(values)

    def classes(self, python_type: Any) -> tuple[type, ...]:
        return tuple({type(value): None for value in typing.get_args(python_type)})

    def values(self, python_type: Any) -> tuple[Any, ...]:
        return typing.get_args(python_type)

    def reads_literal(self, python_type: Any, decoded_as: Any) -> bool:
        if not self.takes(decoded_as):
            return decoded_as is self._scalar(python_type)
        allowed = [(type(value), value) for value in typing.get_args(decoded_as)]
        return all((type(value), value) in allowed for value in typing.get_args(python_type))


ROWS: tuple[Row, ...] = (EnumRow(), LiteralRow())
