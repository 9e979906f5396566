# SPDX-License-Identifier: Apache-2.0
"""Python types: parsed into nodes, and spelled for messages. No other file takes Python types apart.

The next files say what a class declares and what the words of ``Annotated`` mean. Next: ``classes``.
"""

from __future__ import annotations

import enum
import types
import typing
from collections.abc import Callable, Iterator
from typing import Annotated, Any

import attrs

from .._idl import LiteralType, type_kind
from ..errors import ConversionError, UnsupportedTypeError, class_name, cut, described, shown_scalar
from ..values import Columns, ExternalSchema, Format
from .atoms import ANY, ATOMS, NONE, STR
from .classes import ClassField, fields_of_class, is_record_class
from .frames import frame_of
from .nodes import (
    UNTYPED,
    Choice,
    Dict,
    Field,
    Foreign,
    Hashed,
    HashFunction,
    List,
    Map,
    Node,
    Record,
    Reference,
    Union,
    Worded,
    is_frame,
    mapped,
    plain_value,
    python_type_of,
    unhashed,
    union_of,
    unworded,
)
from .pydantic_models import is_model
from .references import DATASET, REFERENCES
from .rows import Atom
from .settings import mashumaro_word
from .times import TIMES
from .unsupported import nearest
from .words import annotation_of, column_type, dataset_words, hash_method_of

LONGEST_TYPE = 100
"""Characters of a type shown in a message: a Literal or an Enum may list thousands of values."""
DEEPEST_ALIAS = 50
"""Aliases of aliases that are followed: one may be of itself."""

_BY_ID: dict[int, Node] = {
    **{id(atom.cls): atom for atom in (*ATOMS, *TIMES)},
    **{id(row.cls): Reference(row) for row in REFERENCES},
}
"""By the id of a class, since a metaclass may forbid a hash."""
_NODES = (Atom, List, Map, Dict, Record, Union, Choice, Reference, Worded, Hashed, Foreign)


def parts(python_type: Any) -> tuple[Any, tuple[Any, ...]]:
    """The origin of a type, or the type itself, and its arguments."""
    return typing.get_origin(python_type) or python_type, typing.get_args(python_type)


def parse(python_type: Any, otherwise: Callable[[Any], Node] | None = None) -> Node:
    """The node of a Python type; ``otherwise`` makes that of one outside the set.

    Without it such a type raises UnsupportedTypeError, which names the nearest supported one.
    """
    words: tuple[Any, ...] = ()
    for _ in range(DEEPEST_ALIAS):
        origin, arguments = parts(python_type)
        if origin is Annotated and arguments:
            python_type, words = arguments[0], (*arguments[1:], *words)
        elif (target := _named_type(python_type)) is not None:
            python_type = target
        else:
            return _worded(python_type, words, otherwise)
    raise UnsupportedTypeError(f"{spell(python_type)} is an alias of itself")


def _named_type(python_type: Any) -> Any:
    """The type that a NewType or a ``type X = …`` names; None for any other."""
    if isinstance(python_type, typing.NewType):
        return python_type.__supertype__
    alias, arguments = parts(python_type)
    if type(alias).__name__ != "TypeAliasType":
        return None
    try:
        value = alias.__value__
    except Exception as error:
        raise UnsupportedTypeError(
            f"the alias {cut(str(alias.__name__))} cannot be resolved ({type(error).__name__})"
        ) from error
    by_parameter = dict(zip(alias.__type_params__, arguments))
    if not by_parameter:
        return value
    parameters = getattr(value, "__parameters__", ())
    return value[tuple(by_parameter[one] for one in parameters)] if parameters else by_parameter.get(value, value)


def _worded(python_type: Any, words: tuple[Any, ...], otherwise: Callable[[Any], Node] | None) -> Node:
    node, annotation = _bare(python_type, otherwise), annotation_of(words, spell(python_type))
    if isinstance(node, Reference):
        node = _reference(node, words, python_type)
    method = hash_method_of(words)
    if method is not None:
        inner = node.node if isinstance(node, Hashed) else node
        node = Hashed(inner, (HashFunction(unworded(inner), method),))
    return Worded(node, annotation) if annotation else node


def _bare(python_type: Any, otherwise: Callable[[Any], Node] | None) -> Node:
    origin, arguments = parts(python_type)
    if python_type is None:
        return NONE
    if id(python_type) in _BY_ID:
        return _BY_ID[id(python_type)]
    if origin is list and len(arguments) <= 1:
        return List(parse(arguments[0], otherwise)) if arguments else List(ANY, bare=True)
    if origin is dict and len(arguments) in (0, 2):
        return _dict(*(parse(argument, otherwise) for argument in arguments)) if arguments else UNTYPED
    if python_type is typing.NoReturn or (_is_union(origin) and arguments):
        return union_of(parse(argument, otherwise) for argument in arguments)
    if origin is typing.Literal:
        return Choice(None, tuple(_literal_value(value, python_type) for value in arguments))
    if isinstance(python_type, type) and issubclass(python_type, enum.Enum):
        return Choice(python_type)
    if is_record_class(python_type):
        return Record(python_type, _fields_of if otherwise is None else _fields_in_model)
    frame = frame_of(python_type)
    if frame is not None:
        return Reference(DATASET, frame=frame)
    if otherwise is not None:
        return otherwise(python_type)
    raise _unsupported(python_type)


def _is_union(origin: Any) -> bool:
    return origin is typing.Union or origin is types.UnionType


def _dict(key: Node, value: Node) -> Node:
    if key is ANY and value is ANY:  # what strict checkers want in place of dict
        return UNTYPED
    if key is ANY:
        raise UnsupportedTypeError("Any cannot be a key", hint="use scalars as keys")
    return Map(value) if key is STR else Dict(unhashed(key), _without_frames(unhashed(value)))


def _without_frames(node: Node) -> Node:
    """The node itself. Raises UnsupportedTypeError where msgpack would hold a dataframe: flytekit writes none there."""

    def refuse(part: Node) -> Node:
        if is_frame(part):
            reason = f"{spell(part)} is not supported in a record, or in a dict whose keys are no str"
            raise UnsupportedTypeError(reason, hint="use StructuredDataset")
        return part

    mapped(node, refuse)
    return node


def _literal_value(value: Any, python_type: Any) -> tuple[type, Any]:
    plain = plain_value(value, spell(python_type))
    if type(value) is not type(plain):
        raise UnsupportedTypeError(f"{spell(python_type)} has a value that is a {class_name(type(value))}")
    return type(plain), plain


def _reference(node: Reference, words: tuple[Any, ...], python_type: Any) -> Reference:
    """The node of a reference's class with what the words say. Those that mean nothing for it are dropped."""
    details: dict[str, Any] = {}
    for word in dataset_words(words, spell(python_type)) if node.row is DATASET else words:
        if type(word) is Format:
            details.setdefault("format", _text(word.name, "a format"))
        elif type(word) is Columns:
            details.setdefault("columns", tuple(_column(*pair) for pair in word.pairs))
        elif type(word) is ExternalSchema:
            details.setdefault("external", word)
    return attrs.evolve(node, **details)


def _text(name: Any, what: str) -> str:
    """A name in a type, if protobuf can hold it."""
    try:
        return STR.pack(name)  # type: ignore[no-any-return]
    except ConversionError as error:
        raise UnsupportedTypeError(f"{what} is no text: {error.reason}") from None


def _column(name: Any, column: Any) -> tuple[str, Node]:
    text = _text(name, "the name of a column")
    try:
        return text, _type_of_column(column)
    except UnsupportedTypeError as error:
        raise UnsupportedTypeError(f"column {cut(text)!r}: {error.reason}", hint=error.hint) from None


def _type_of_column(column: Any) -> Node:
    """The node of a column, as flytekit has it: a dict is a map whatever its keys are, numpy's types are Python's."""
    origin, arguments = parts(column)
    if origin is list and len(arguments) == 1:
        return List(_type_of_column(arguments[0]))
    if origin is dict and len(arguments) == 2:
        return Map(_type_of_column(arguments[1]))
    return parse(column_type(column))


def _fields_of(record: Any) -> tuple[Field, ...]:
    if is_model(record):
        return _fields_in_model(record)
    return tuple(_field(record, field) for field in fields_of_class(record))


def _fields_in_model(record: Any) -> tuple[Field, ...]:
    """The fields of a model, or of a dataclass in one: pydantic knows more types than the set has."""
    return tuple(_field_of_model(record, field) for field in fields_of_class(record))


def _field_of_model(record: type, field: ClassField) -> Field:
    try:
        node = _without_frames(parse(field.annotation, _foreign))
    except UnsupportedTypeError:  # a Literal of what is no scalar, say
        node = Foreign(field.annotation)
    return Field(field.name, node, *field[2:])


def _field(record: type, field: ClassField) -> Field:
    try:
        for setting in map(mashumaro_word, _words_in(field.annotation)):
            if setting:
                raise UnsupportedTypeError(f"has {setting} in its annotation, which is not supported")
        return Field(field.name, _without_frames(parse(field.annotation)), *field[2:])
    except UnsupportedTypeError as error:
        raise error if error.path else error.at(f"{class_name(record)}.{field.name}")


def _foreign(python_type: Any) -> Node:
    arguments = [one for one in parts(python_type)[1] if isinstance(one, (type, types.GenericAlias))]
    return Foreign(python_type, tuple(parse(one, _foreign) for one in arguments))


def _words_in(python_type: Any) -> Iterator[Any]:
    """The words of a field's annotation, and the Enums in it."""
    origin, arguments = parts(python_type)
    if origin is Annotated:
        yield from arguments[1:]
    elif isinstance(origin, enum.EnumMeta):
        yield origin
    for argument in arguments if origin is not typing.Literal else ():
        yield from _words_in(argument)


def _unsupported(python_type: Any) -> UnsupportedTypeError:
    is_form = type(python_type).__module__ in ("typing", "types") or isinstance(python_type, types.FunctionType)
    is_form = is_form or parts(python_type)[0] is not python_type
    name = spell(python_type) if isinstance(python_type, type) or is_form else f"a {described(python_type)}"
    return UnsupportedTypeError(
        f"{name} is not supported", got=name, hint=f"use {nearest(python_type, parts(python_type)[0])}"
    )


# ---------------------------------------------------------------------------------------------------------- spelling


def spell(python_type: Any) -> str:
    """A type, or a node, as its author wrote it: ``list[int]``, ``Point``, ``int | None``; cut where it is long."""
    spelled = _spelled(python_type_of(python_type) if isinstance(python_type, _NODES) else python_type)
    return spelled if len(spelled) <= LONGEST_TYPE else f"{spelled[:LONGEST_TYPE]}…"


def _spelled(python_type: Any) -> str:
    origin, arguments = parts(python_type)
    if python_type is type(None):
        return "None"
    if python_type is ...:
        return "..."
    if isinstance(python_type, list):  # the arguments of a Callable
        return f"[{', '.join(map(spell, python_type))}]"
    if _is_union(origin) and arguments:
        return " | ".join(map(spell, arguments))
    if origin is Annotated and arguments:  # a reference with a format or columns, which are not spelled out
        return spell(arguments[0]) + "".join(f"[{word.name!r}]" for word in arguments[1:] if type(word) is Format)
    if origin is typing.Literal:
        return f"Literal[{', '.join(map(_spelled_value, arguments[:LONGEST_TYPE]))}]"
    if arguments:
        return f"{spell(origin)}[{', '.join(map(spell, arguments))}]"
    if isinstance(python_type, type) or hasattr(python_type, "__name__"):
        return str(python_type.__name__)
    return str(python_type) if type(python_type).__module__ == "typing" else described(python_type)


def _spelled_value(value: Any) -> str:
    return f"{type(value).__name__}.{value.name}" if isinstance(value, enum.Enum) else shown_scalar(value)


def spell_apart(one: Any, other: Any) -> tuple[str, str]:
    """Two types, each with its module where they are spelled alike."""
    spelled = spell(one), spell(other)
    if spelled[0] != spelled[1]:
        return spelled
    one, other = (python_type_of(it) if isinstance(it, _NODES) else it for it in (one, other))
    modules = getattr(one, "__module__", ""), getattr(other, "__module__", "")
    return (f"{modules[0]}.{spelled[0]}", f"{modules[1]}.{spelled[1]}") if modules[0] != modules[1] else spelled


def misfit(node: Node, literal_type: LiteralType) -> UnsupportedTypeError:
    """The error for a pair that does not fit: no literal of the ``LiteralType`` is a value of the type."""
    kind, spelled = type_kind(literal_type), spell(node)
    return UnsupportedTypeError(f"{spelled} does not fit {kind}", expected=kind, got=spelled)


def shape(python_type: Any) -> Any:
    """A key that finds a type that was parsed before, at less cost than parsing it; None where only parsing can tell.

    Python takes ``list[int | str]`` for ``list[str | int]``, so the key is made of what is in the type, in order.
    """
    kind: Any = type(python_type)
    if kind is not types.GenericAlias and kind is not types.UnionType:
        return id(python_type) if isinstance(python_type, type) else None
    shapes = [shape(argument) for argument in python_type.__args__]
    if any(one is None for one in shapes):
        return None
    return kind if kind is types.UnionType else id(python_type.__origin__), *shapes
