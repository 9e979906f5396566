# SPDX-License-Identifier: Apache-2.0
"""``Enum`` and ``typing.Literal``: a type with a fixed list of values.

Flyte's enum has strings only: flytekit lists the values of an Enum, Flyte 2's SDK the names of its members. flytekit
writes a ``Literal`` as its scalar type, its values in an annotation that nothing on the platform checks, so they are
checked here, both ways. Inside a record both are JSON Schema's ``enum`` and may hold any scalar. Next: ``enum_names``.
"""

from __future__ import annotations

import contextlib
import enum
from collections.abc import Callable, Sequence
from typing import Any

from .._idl import Literal, LiteralType, type_kind
from ..errors import ConversionError, ConversionTypeError, ConversionValueError, UnsupportedTypeError, unlike
from .atoms import BOOL, BYTES, FLOAT, INT, STR
from .nodes import Choice, value_of_member
from .own_code import value_told_by
from .parse import misfit, spell
from .plain_data import plain_scalar, read_packed
from .rows import Atom, Codec, Convert, Packed

Pair = tuple[type, Any]
Other = Callable[[Any, set[type]], Pair]
"""The value that a plain scalar of another class stands for. Raises ConversionError or KeyError for none."""

_SCALARS: dict[type, Atom] = {str: STR, int: INT, bool: BOOL, float: FLOAT}


def scalar_of(node: Choice) -> Atom:
    """The row of a Literal's values. Raises UnsupportedTypeError where no LiteralType says them."""
    classes = {cls for cls, _ in node.values}
    if len(classes) != 1 or not classes <= set(_SCALARS):
        raise UnsupportedTypeError(
            f"{spell(node)} is not of one scalar type", hint="give values that are all str, int or bool"
        )
    return _SCALARS[classes.pop()]


def texts_of(node: Choice) -> list[str]:
    """The values, as Flyte's enum holds them. Raises UnsupportedTypeError where they are no str."""
    values = node.witnesses if node.enum is None else map(value_of_member, node.witnesses)
    if not all(isinstance(value, str) for value in values):
        raise UnsupportedTypeError(f"{spell(node)} has values that are no str", hint="Flyte's enums hold str only")
    return [value for _, value in node.values]


# ------------------------------------------------------------------------------------------------------- converting


def pack_choice(node: Choice) -> Packed:
    """The values as msgpack holds them. In a ``Struct`` all numbers are doubles, and bytes are base64."""
    results = dict(zip(node.values, node.witnesses))
    own = tuple(dict.fromkeys(cls for cls, _ in node.values))
    others = [other for other, needed in ((float, int), (int, float), (str, bytes)) if needed in own]
    wire = tuple(dict.fromkeys((*own, *others)))
    return Packed(_writer(node, results), _reader(node, results, _as_read), wire)


def literal_choice_codec(node: Choice, scalar: Codec) -> Codec:
    """A Literal, by the codec of its scalar."""
    results = dict(zip(node.values, node.witnesses))
    write, check = _writer(node, results), _reader(node, results, _as_written)
    encode_scalar, decode_scalar, _ = scalar

    def encode(value: Any, literal: Literal) -> None:
        encode_scalar(write(value), literal)

    return Codec(encode, lambda literal: check(decode_scalar(literal)))


def enum_codec(node: Choice, literal_type: LiteralType) -> Codec:
    """An Enum that has all texts of the ``LiteralType`` as values, or else as names of its members; a Literal that has
    them, which Flyte 2's SDK declares so."""
    if type_kind(literal_type) != "enum_type":
        raise misfit(node, literal_type)
    results, are_names = listed_members(node, literal_type.enum_type.values)
    write = (_writer_of_names if are_names else _writer)(node, results)
    read, expected = _reader(node, results, _as_written), spell(node)

    def encode(value: Any, literal: Literal) -> None:
        literal.scalar.primitive.string_value = write(value)

    def decode(literal: Literal) -> Any:
        primitive = literal.scalar.primitive
        if primitive.string_value or primitive.WhichOneof("value") == "string_value":
            return read(primitive.string_value)
        return read(read_packed(literal, expected))

    return Codec(encode, decode)


def listed_members(node: Choice, texts: Sequence[str]) -> tuple[dict[Pair, Any], bool]:
    """The members of an Enum that an interface lists, each by its text, and whether the texts are names.

    They are values if each is the value of a member. Raises UnsupportedTypeError where they are neither.
    """
    listed = {(str, text) for text in texts}
    try:
        members: dict[Pair, Any] = dict(zip(node.values, node.witnesses))
        missing = len(listed - members.keys())
        if missing:
            raise UnsupportedTypeError(f"{spell(node)} lacks {missing} of the enum's values")
    except UnsupportedTypeError:  # or a value is no scalar
        by_name = {} if node.enum is None else node.enum.__members__
        members = {(str, name): member for name, member in by_name.items()}
        if not listed or not listed <= members.keys():
            raise
        return {pair: member for pair, member in members.items() if pair in listed}, True
    return {pair: members[pair] for pair in listed}, False


def _writer_of_names(node: Choice, results: dict[Pair, Any]) -> Convert:
    """Takes a member by what it is, whatever its value: another member may have that for its name."""
    texts: dict[int, Any] = {}
    for (_, name), member in results.items():
        texts.setdefault(id(member), name)  # a member's own name stands before its aliases
    write_other, expected = _writer(node, results), spell(node)

    def write(value: Any) -> Any:
        if id(value) in texts:
            return texts[id(value)]
        if type(value) is node.enum:
            raise ConversionValueError(expected=expected, got="a member whose name the interface does not list")
        return write_other(value)

    return write


def _writer(node: Choice, results: dict[Pair, Any]) -> Convert:
    """Takes a member of any Enum, or a value, as flytekit does: nobody else has the class of a generated Enum."""
    plain_of = _reader(node, {pair: pair[1] for pair in results}, _as_written)
    if node.enum is None:
        return plain_of
    expected = spell(node)

    def write(value: Any) -> Any:
        if not issubclass(type(value), enum.Enum):
            return plain_of(value)
        plain = value_told_by(value, expected)
        try:
            return plain_of(plain)
        except ConversionTypeError:
            raise unlike(expected, value) from None

    return write


def _reader(node: Choice, results: dict[Pair, Any], as_other: Other) -> Convert:
    """A look-up by class and value."""
    classes, expected = {cls for cls, _ in results}, spell(node)
    kind = scalar_of(node).simple if node.enum is None and len(classes) == 1 and classes <= set(_SCALARS) else expected

    def look_up(value: Any) -> Any:
        try:
            return results[type(value), value]
        except Exception:  # it is none of them, or cannot be hashed
            pass
        try:
            plain = plain_scalar(value)
        except ConversionError:
            raise unlike(kind, value) from None
        pair = type(plain), plain
        if pair not in results:
            with contextlib.suppress(KeyError, *(() if kind != expected else (ConversionError,))):
                pair = as_other(plain, classes)
        if pair in results:
            return results[pair]
        if pair[0] in classes:
            raise ConversionValueError(expected=expected, got=f"{pair[0].__name__} that is not one of its values")
        raise unlike(kind, value)

    return look_up


def _as_written(plain: Any, classes: set[type]) -> Pair:
    """An int is a float while that is exact, as everywhere."""
    if type(plain) is int and float in classes and int not in classes:
        return float, FLOAT.pack(plain)
    raise KeyError


def _as_read(plain: Any, classes: set[type]) -> Pair:
    """Of msgpack and ``Struct``: a whole float is an int, an int a float while that is exact, base64 text bytes."""
    if type(plain) is float and int in classes:
        return int, INT.unpack(plain)
    if type(plain) is int and float in classes:
        return float, FLOAT.unpack(plain)
    if type(plain) is str and bytes in classes:
        return bytes, BYTES.unpack(plain)
    raise KeyError
