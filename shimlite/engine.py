# SPDX-License-Identifier: Apache-2.0
"""The public conversion functions, and the cache of compiled converters.

``_types`` compiles a (Python type, ``LiteralType``) pair into two closures, which are kept here. An unsupported or
ambiguous type is refused when it is compiled, before any data is looked at. Next: ``fidelity``; or ``shim``, which
converts for an executor.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from ._idl import DecodeError, Literal, LiteralMap, LiteralType, Variable, VariableMap
from ._types.arrow_tables import may_hold_tables
from ._types.budget import renew_budget
from ._types.completion import completed
from ._types.literal_codec import Codecs
from ._types.literal_types import literal_type_of, node_of
from ._types.msgpack_codec import Packings
from ._types.nodes import Node, python_type_of, unannotated, unworded
from ._types.parse import parse, shape
from ._types.plain_data import text
from ._types.rows import Codec, Convert, Encode, Packed
from ._types.stripped import stripped
from .context import writing_once
from .errors import ConversionValueError, ShimliteError, UnsupportedTypeError, no_message, shown_scalar, wordless

__all__ = [
    "dict_to_literal_map",
    "guess_python_type",
    "literal_map_to_kwargs",
    "to_literal",
    "to_literal_type",
    "to_python_value",
]

MOST_CONVERTERS = 3072
"""Keys of the cache, up to three for a compiled pair. An executor's own types are a few dozen; a test suite that
generates types must not fill the memory."""

Variables: TypeAlias = VariableMap | Mapping[str, Variable]


def to_literal_type(python_type: Any) -> LiteralType:
    """The ``LiteralType`` that stands for a Python type, as flytekit 1.16 gives it.

    Raises UnsupportedTypeError for a type outside the fixed set, naming the nearest type inside it.
    """
    with bounded_type():
        return literal_type_of(parse(python_type))


def guess_python_type(literal_type: LiteralType) -> Any:
    """The Python type that a ``LiteralType`` alone tells. Total: every type that flyteidl can say has an answer.

    A STRUCT is a dict, whatever its JSON Schema says, since a pod gets no schema; an enum is a generated Enum. Nothing
    that the message names is imported. Raises UnsupportedTypeError only for what a newer flyteidl may add.
    """
    if not isinstance(literal_type, LiteralType):
        error = no_message(LiteralType, literal_type)
        raise UnsupportedTypeError(expected=error.expected, got=error.got, hint=error.hint)
    with bounded_type():
        return python_type_of(node_of(literal_type))


def to_literal(value: Any, as_type: Any) -> Literal:
    """``value`` as a ``Literal``; ``as_type`` is its Python type, or the ``LiteralType`` it is declared as.

    Raises ConversionError (a TypeError or a ValueError) where the value is not of that type, and UnsupportedTypeError
    for a type outside the fixed set.
    """
    literal = Literal()
    _encode(_codec_for(as_type).encode, value, literal)
    return literal


def to_python_value(literal: Literal, as_type: Any) -> Any:
    """What a ``Literal`` holds, as ``as_type``: a Python type, or the ``LiteralType`` whose guess is wanted.

    Takes every form that real writers send for the type. Raises ConversionError for any other, and UnsupportedTypeError
    for a type outside the fixed set.
    """
    if not isinstance(literal, Literal):
        raise no_message(Literal, literal)
    return _bounded(_codec_for(as_type).decode, literal)


def literal_map_to_kwargs(
    literal_map: LiteralMap, variables: Variables, python_types: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The values of a ``LiteralMap`` by name, each variable's there and no other's.

    ``variables`` is one side of an interface; ``python_types`` refines what its types alone tell. Raises
    ConversionError for a missing, extra or mistyped literal, its path starting with the variable, and
    UnsupportedTypeError where a Python type does not fit the declared one.
    """
    if not isinstance(literal_map, LiteralMap):
        raise no_message(LiteralMap, literal_map)
    declared = _declared(variables)
    _same_names(declared, literal_map.literals)
    codecs = _codecs(declared, python_types or {})
    values = {}
    for name, codec in codecs.items():
        try:
            values[name] = _bounded(codec.decode, literal_map.literals[name])
        except ShimliteError as error:
            raise error.at_variable(name)
    return values


def dict_to_literal_map(
    values: Mapping[str, Any], variables: Variables, python_types: Mapping[str, Any] | None = None
) -> LiteralMap:
    """Values by name as a ``LiteralMap``, each encoded as its variable declares. Errors as literal_map_to_kwargs."""
    declared = _declared(variables)
    _same_names(declared, values)
    codecs = _codecs(declared, python_types or {})
    literal_map = LiteralMap()
    for name, codec in codecs.items():
        try:
            _encode(codec.encode, values[name], literal_map.literals[text(name)])
        except ShimliteError as error:
            raise error.at_variable(name)
    return literal_map


def to_plain(value: Any, as_type: Any) -> Any:
    """``value`` as JSON-like data, the way a record's field holds it: what commands print. Errors as to_literal."""
    return _bounded(_packed_for(as_type).pack, value)


def from_plain(plain: Any, as_type: Any) -> Any:
    """The value that JSON-like data stands for, as a record's field reads it. Errors as to_python_value."""
    return _bounded(_packed_for(as_type).unpack, plain)


def projection(written: Node, literal_type: LiteralType, read: Node) -> Convert:
    """What comes back of a value that is written as one type, declared as ``literal_type`` and read as another.

    Raises UnsupportedTypeError for types that do not fit.
    """
    codecs = Codecs()
    encode, decode = codecs.codec(written, literal_type).encode, codecs.codec(read, literal_type).decode

    def project(value: Any) -> Any:
        literal = Literal()
        _encode(encode, value, literal)
        return _bounded(decode, literal)

    return project


def input_type(literal_type: LiteralType, python_type: Any) -> Any:
    """``python_type``, if literals of ``literal_type`` can be read as it; else UnsupportedTypeError.

    A STRUCT may be read as any record or dict: whether a value is one is found when it is read.
    """
    with bounded_type():
        Codecs().codec(unworded(parse(python_type)), stripped(literal_type))
    return python_type


def output_type(literal_type: LiteralType, python_type: Any) -> Any:
    """The type to write values of ``python_type`` with, so that they are literals of ``literal_type``.

    It is ``Optional[date]`` for a date that is declared as an ``Optional[date]``. Raises UnsupportedTypeError where
    some values of ``python_type`` are none of ``literal_type``.
    """
    with bounded_type():
        codecs, declared = Codecs(), stripped(literal_type)
        written = completed(unannotated(parse(python_type)), declared, codecs)
        codecs.codec(written, declared)
    return python_type_of(written)


def _packed_for(as_type: Any) -> Packed:
    with bounded_type():
        return Packings()[node_of(as_type) if isinstance(as_type, LiteralType) else unworded(parse(as_type))]


def _declared(variables: Variables) -> Mapping[str, Variable]:
    declared = variables.variables if isinstance(variables, VariableMap) else variables
    if not isinstance(declared, Mapping):
        raise no_message(VariableMap, declared)
    for name, variable in declared.items():
        if not isinstance(variable, Variable):
            raise no_message(Variable, variable).at_variable(name)
    return declared


def _codecs(declared: Mapping[str, Variable], python_types: Mapping[str, Any]) -> dict[str, Codec]:
    codecs = {}
    for name in sorted(declared):
        try:
            codecs[name] = _codec_for_pair(python_types.get(name, _GUESS), declared[name].type)
        except ShimliteError as error:
            raise error.at_variable(name)
    return codecs


def _same_names(declared: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    if set(declared) == set(values):
        return
    missing = sorted(name for name in declared if name not in values)
    if missing:
        raise ConversionValueError("missing", hint=_others(missing)).at_variable(missing[0])
    extra = sorted(_shown_name(name) for name in values if name not in declared)
    raise ConversionValueError("not in the interface", hint=_others(extra)).at_variable(extra[0])


def _shown_name(name: Any) -> str:
    return name if isinstance(name, str) else shown_scalar(name)


def _others(names: list[Any]) -> str:
    return f"and {len(names) - 1} more" if len(names) > 1 else ""


TOO_DEEP = (RecursionError, DecodeError)  # Python's stack is used up; protobuf nests 100 deep
"""How a conversion of a hostile type or value ends. We raise an error of ours in its place."""


@contextlib.contextmanager
def bounded_type() -> Iterator[None]:
    """Turn RecursionError and DecodeError inside the block into UnsupportedTypeError."""
    renew_budget()  # since defaults of fields are converted, and witnesses
    try:
        yield
    except TOO_DEEP:
        raise UnsupportedTypeError("nested too deeply") from None


def _bounded(convert: Convert, value: Any) -> Any:
    """Convert a value; turn RecursionError and DecodeError, and what the code of classes raises, into errors of ours.

    ``_encode`` does the same.
    """
    try:
        renew_budget()
        return convert(value)
    except BaseException as error:
        refusal = _refusal(error)
    raise refusal


def _encode(encode: Encode, value: Any, literal: Literal) -> None:
    try:
        renew_budget()
        encode(value, literal)
    except BaseException as error:
        refusal = _refusal(error)
    else:
        return
    raise refusal


def _refusal(error: BaseException) -> BaseException:
    is_too_deep = issubclass(type(error), TOO_DEEP)
    return ConversionValueError("nested too deeply") if is_too_deep else wordless(error)


_GUESS: Any = object()
"""Stands for the Python type that the LiteralType alone tells."""

_CODECS: dict[tuple[Any, bytes | None], tuple[Any, Codec]] = {}
"""The cache, emptied when it is full. The second part of a key is the bytes of the ``LiteralType``, None where the
Python type gives it. The first is a type's node; its shape, where it has one; and the id of the type object that was
seen last for the node, since hashing a type may cost more than converting a scalar. An entry holds its type, so that no
other takes its id."""


def _codec_for(as_type: Any) -> Codec:
    entry = _CODECS.get((id(as_type), None))
    if entry is not None:
        return entry[1]
    return _codec_for_pair(_GUESS, as_type) if isinstance(as_type, LiteralType) else _codec_for_pair(as_type, None)


def _codec_for_pair(python_type: Any, literal_type: LiteralType | None) -> Codec:
    """``literal_type`` None stands for the one that the Python type gives."""
    declared = None if literal_type is None else literal_type.SerializeToString(deterministic=True)
    entry = _CODECS.get((id(python_type), declared)) or _CODECS.get((_shape(python_type), declared))
    if entry is not None:
        return entry[1]
    with bounded_type():
        return _by_node(python_type, literal_type, declared)


def _writing_once(encode: Encode) -> Encode:
    def encode_once(value: Any, literal: Literal) -> None:
        with writing_once():
            encode(value, literal)

    return encode_once


def _shape(python_type: Any) -> Any:
    try:
        return shape(python_type)
    except RecursionError:  # a type nested beyond Python's stack
        return None


def _by_node(python_type: Any, literal_type: LiteralType | None, declared: bytes | None) -> Codec:
    """The codec of a pair, compiled where it is new; the type is found by identity or shape from now on."""
    parsed = node_of(literal_type) if python_type is _GUESS and literal_type is not None else parse(python_type)
    node = unannotated(parsed)
    last_seen, codec = _CODECS.get((node, declared), (None, None))
    if codec is None:
        full = literal_type_of(parsed) if literal_type is None else literal_type
        codec = Codecs().codec(node, stripped(full))  # a copy, since the closures keep it
        if may_hold_tables(node):
            codec = Codec(_writing_once(codec.encode), codec.decode)
        if len(_CODECS) >= MOST_CONVERTERS:
            _CODECS.clear()
    entry, by_shape = (python_type, codec), _shape(python_type)
    _CODECS.pop((id(last_seen), declared), None)
    _CODECS[node, declared] = _CODECS[id(python_type), declared] = entry
    if by_shape is not None:
        _CODECS[by_shape, declared] = entry
    return codec
