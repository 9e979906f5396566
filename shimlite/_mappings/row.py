# SPDX-License-Identifier: Apache-2.0
"""What a row of the table is, and the few words that every row shares.

A row tells one type's whole story. It answers a few questions, none of which looks at a value:

* ``literal_type``: which ``LiteralType`` stands for this Python type;
* ``guess``: which Python type stands for this ``LiteralType``;
* ``codec``: the two closures between values and ``Literal`` messages;
* ``packed``: the two closures between values and what msgpack holds, for fields of a record and for ``Binary``;
* ``json_schema``: what flytekit's JSON Schema says of a field of this type;
* ``account`` and ``packed_losses``: what is lost where a literal, or what msgpack holds, is read as another type.
"""

from __future__ import annotations

import types
import typing
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from .._idl import Literal, LiteralType, TypeAnnotation
from ..errors import ConversionTypeError, UnsupportedTypeError

if TYPE_CHECKING:
    from .losses import Accountant, Loss

MAX_DEPTH = 256
"""Levels of nesting in one value. msgpack itself packs 511; Python's own stack allows 1000 frames, ours take two a
level. Types nest no deeper than a protobuf message may (100), so only JSON-like values and recursive classes reach it.
"""

LONGEST_TYPE = 100
"""Characters of a type shown in a message: a Literal or an Enum may list thousands of values."""

Encode = Callable[[Any, Literal], None]
"""Fills an empty ``Literal`` in place, so that nested messages are never copied."""
Decode = Callable[[Literal], Any]
Convert = Callable[[Any], Any]
JsonSchema = dict[str, Any]


class Codec(typing.NamedTuple):
    """A (Python type, ``LiteralType``) pair, compiled."""

    encode: Encode
    decode: Decode


class Packed(typing.NamedTuple):
    """A Python type as msgpack holds it, compiled: ``wire`` are the classes that ``unpack`` may accept."""

    pack: Convert
    unpack: Convert
    wire: tuple[type, ...]


class Compiler(Protocol):
    """What a row may ask about its children. The engine is the one that answers."""

    within: tuple[type, ...]
    """The records whose fields are being described, outermost first."""
    guessed: bool
    """Whether only a ``LiteralType`` tells the type: then a STRUCT is written from a record of any class."""
    beside_text: bool
    """Whether another member of a union may be text: then the text of a date is no datetime."""

    def apart(self, beside_text: bool) -> Compiler: ...
    def inside(self, record: type) -> Compiler: ...
    def literal_type(self, python_type: Any) -> LiteralType: ...
    def variant(self, python_type: Any) -> LiteralType: ...
    def guess(self, literal_type: LiteralType) -> Any: ...
    def codec(self, python_type: Any, literal_type: LiteralType) -> Codec: ...
    def packed(self, python_type: Any) -> Packed: ...
    def row(self, python_type: Any) -> tuple[Row, Any]: ...
    def record_schema(self, record: type) -> JsonSchema: ...
    def record(self, record: type) -> Packed:
        """Of a class that only a value tells, so that it is compiled while values are converted."""

    def record_types(self, record: type) -> tuple[LiteralType, LiteralType]:
        """Of such a class: its type, and its type as a union's variant."""


class SchemaWriter(Protocol):
    """What a row may ask while a record's JSON Schema is written."""

    def schema(self, python_type: Any) -> JsonSchema: ...
    def record(self, record: type) -> JsonSchema: ...


class Row(ABC):
    """One type of the fixed set."""

    python: ClassVar[str]
    """The type, as a person writes it."""
    literal: ClassVar[str]
    """Its ``LiteralType``, as a person reads it."""
    lost: ClassVar[str] = "nothing"
    """What does not survive even where the type is at hand, in one line."""
    returns: ClassVar[str] = "itself"
    """What comes back when only the template tells the type."""
    unsaid: ClassVar[str] = "nothing"
    """What is lost then too, since no template says it."""
    note: ClassVar[str] = ""
    """What is refused, and what ``==`` does not see."""
    finite: ClassVar[bool] = False
    """Whether the values of a type are so few that each can be tried."""
    example_type: ClassVar[Any]
    """A type of this row that shows all its losses."""
    tag: ClassVar[str] = ""
    """``TypeStructure.tag`` of a union's variant: the name of flytekit's transformer."""
    literal_types: ClassVar[tuple[str, ...]] = ()
    """The kinds of ``LiteralType`` that this row guesses (see ``type_kind``)."""
    literals: ClassVar[tuple[str, ...]] = ()
    """The kinds of ``Literal`` that this row writes or reads (see ``literal_kind``), ``binary`` and ``union`` aside."""

    @abstractmethod
    def takes(self, python_type: Any) -> bool:
        """Whether ``python_type`` (without ``Annotated``) belongs to this row."""

    @abstractmethod
    def literal_type(self, python_type: Any, compiler: Compiler) -> LiteralType: ...

    def guesses(self, literal_type: LiteralType) -> bool:
        """Whether this row answers for ``literal_type``, of whose kind it already is."""
        return True

    def guess(self, literal_type: LiteralType, compiler: Compiler) -> Any:
        raise NotImplementedError(f"{type(self).__name__} guesses nothing")  # pragma: no cover - no literal_types

    @abstractmethod
    def codec(self, python_type: Any, literal_type: LiteralType, compiler: Compiler) -> Codec: ...

    @abstractmethod
    def packed(self, python_type: Any, compiler: Compiler) -> Packed: ...

    @abstractmethod
    def json_schema(self, python_type: Any, writer: SchemaWriter) -> JsonSchema: ...

    @abstractmethod
    def classes(self, python_type: Any) -> tuple[type, ...]:
        """The exact classes of the values, by which a union finds the variant of a value."""

    @abstractmethod
    def account(
        self, python_type: Any, literal_type: LiteralType, decoded_as: Any, accountant: Accountant
    ) -> tuple[Loss, ...]:
        """What comes back of values that are literals of their own, and what is lost."""

    @abstractmethod
    def packed_losses(self, python_type: Any, decoded_as: Any, accountant: Accountant) -> tuple[Loss, ...]:
        """What is lost of values that msgpack holds."""

    @abstractmethod
    def example(self, python_type: Any, accountant: Accountant) -> Any:
        """A value as plain as can be, to show the losses of what it is in or holds."""


def type_kind(literal_type: LiteralType) -> str:
    """``INTEGER`` and the like for a simple type, else the name of the oneof's field.

    An unset ``LiteralType`` counts as ``NONE``: that is what every reader that asks only for ``simple`` takes it for,
    Propeller among them. A number that this flyteidl does not name is spelled ``simple 42``.
    """
    kind = literal_type.WhichOneof("type")
    if kind is None:
        return "NONE"
    if kind != "simple":
        return str(kind)
    value = literal_type.DESCRIPTOR.fields_by_name["simple"].enum_type.values_by_number.get(literal_type.simple)
    return str(value.name) if value is not None else f"simple {literal_type.simple}"


def literal_kind(literal: Literal) -> str:
    """The innermost oneof field that is set: ``integer``, ``collection``, ``binary``; ``nothing`` where none is."""
    kind = literal.WhichOneof("value")
    if kind == "scalar":
        kind = literal.scalar.WhichOneof("value")
        if kind == "primitive":
            kind = literal.scalar.primitive.WhichOneof("value")
    return kind or "nothing"


def spell(python_type: Any) -> str:
    """A type as its author wrote it: ``list[int]``, ``Point``, ``int | None``; cut where it is very long."""
    spelled = _spelled(python_type)
    return spelled if len(spelled) <= LONGEST_TYPE else f"{spelled[:LONGEST_TYPE]}…"


def _spelled(python_type: Any) -> str:
    arguments = typing.get_args(python_type)
    origin = typing.get_origin(python_type)
    if python_type is type(None):
        return "None"
    if origin in (typing.Union, types.UnionType):
        return " | ".join(map(spell, arguments))
    if origin is typing.Annotated:  # a reference with a format or columns, which are not spelled out
        return spell(arguments[0]) + "".join(f"[{word.name!r}]" for word in arguments[1:] if hasattr(word, "name"))
    if origin is typing.Literal:
        return f"Literal[{', '.join(map(repr, arguments))}]"
    if arguments:
        return f"{spell(origin)}[{', '.join(map(spell, arguments))}]"
    return str(getattr(python_type, "__name__", python_type))


def described(value: Any) -> str:
    """What a value is, without showing it: its type, and its length where it is a container."""
    kind = type(value).__name__
    if value is None:
        return "None"
    return f"{kind} of {len(value)}" if isinstance(value, (list, tuple, dict)) else kind


def mismatch(expected: str, got: str, hint: str = "") -> ConversionTypeError:
    if got == expected:  # such as a FlyteFile of a vendored copy
        hint = "another class of that name"
    return ConversionTypeError(expected=expected, got=got, hint=hint)


def let_through(what: str) -> str:
    """A hint: the platform connects an output to an input that cannot read it, so the workflow was registered."""
    return f"Flyte lets {what} through"


def misfit(python_type: Any, literal_type: LiteralType) -> UnsupportedTypeError:
    """The pair makes no sense: no literal of this type is a value of that one."""
    kind = type_kind(literal_type)
    return UnsupportedTypeError(f"{spell(python_type)} does not fit {kind}", expected=kind, got=spell(python_type))


def msgpack_annotation() -> TypeAnnotation:
    """How flytekit marks a type whose literals are msgpack, so that cache keys are computed alike."""
    annotation = TypeAnnotation()
    annotation.annotations.update({"cache-key-metadata": {"serialization-format": "msgpack"}})
    return annotation
