# SPDX-License-Identifier: Apache-2.0
"""Literals that an executor returns: one ``LiteralMap`` of all outputs.

An executor returns literals to keep their hash and metadata, so they are checked and stay as they are. Local files in
them are uploaded like those of values.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ._idl import Literal, LiteralMap, LiteralType, Message, Variable, literal_kind, type_kind
from ._types.nodes import holds, is_frame
from ._types.parse import parse
from ._types.references import holds_references, relocate_blob
from .engine import dict_to_literal_map, literal_map_to_kwargs, to_literal, to_python_value
from .errors import ConversionTypeError, ShimliteError, described, is_foreign, no_message, unlike
from .values import relocating

__all__ = ["checked_literals", "refuse_literals"]


def checked_literals(
    returned: LiteralMap, variables: Mapping[str, Variable], python_types: Mapping[str, Any]
) -> LiteralMap:
    """A copy, in which references name the places where their data will be. All else is the same to the last byte.

    Only an annotation tells which fields of a record are references, so an annotated output is decoded too, and written
    again where such a field names a local file. Not so a dataframe, whose table would be read and written. Raises
    ConversionError where the literals are not those of the variables.
    """
    python_types = {name: one for name, one in python_types.items() if not holds(parse(one), is_frame)}
    _values(returned, variables, python_types)
    result = LiteralMap()
    result.CopyFrom(returned)
    for name, literal in result.literals.items():
        try:
            _relocate(literal, variables[name].type)
        except ShimliteError as error:
            raise error.at_variable(name)
    annotated = {name: variables[name] for name in python_types}
    values = {name: value for name, value in _values(result, variables, python_types).items() if name in annotated}
    with relocating(None):
        plain = dict_to_literal_map(values, annotated, python_types)
    relocated = dict_to_literal_map(values, annotated, python_types)
    for name in annotated:  # which alone say what is a reference in a record
        _take_over(result.literals[name], plain.literals[name], relocated.literals[name])
    return result


def _values(returned: LiteralMap, variables: Mapping[str, Variable], python_types: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return literal_map_to_kwargs(returned, variables, python_types)
    except ShimliteError as error:
        if error.got == "offloaded_metadata":
            error.hint = "return the literal itself, which is offloaded where it is large"
        raise


def _relocate(literal: Literal, declared: LiteralType) -> None:
    """Relocate the references in a literal that has been checked."""
    match literal_kind(literal), type_kind(declared):
        case "collection", "collection_type":
            for place, item in enumerate(literal.collection.literals):
                try:
                    _relocate(item, declared.collection_type)
                except ShimliteError as error:
                    raise error.at(f"[{place}]")
        case "map", "map_value_type":
            for key, item in literal.map.literals.items():
                try:
                    _relocate(item, declared.map_value_type)
                except ShimliteError as error:
                    raise error.at_key(key)
        case "union", "union_type":
            _relocate(literal.scalar.union.value, literal.scalar.union.type)
        case _:
            if not relocate_blob(literal) and holds_references(declared):
                _write_again(literal, declared)


def _write_again(literal: Literal, declared: LiteralType) -> None:
    """Relocate the references in a literal of another form than its type's own, such as msgpack."""
    value = to_python_value(literal, declared)
    with relocating(None):
        plain = to_literal(value, declared)
    _take_over(literal, plain, to_literal(value, declared))


def _take_over(literal: Literal, plain: Literal, relocated: Literal) -> None:
    """Write the relocated value in a literal, where it differs. Hash and metadata stay."""
    if _bytes(plain) != _bytes(relocated):
        own = Literal(hash=literal.hash, metadata=literal.metadata)
        literal.CopyFrom(relocated)
        literal.MergeFrom(own)


def _bytes(literal: Literal) -> bytes:
    return bytes(literal.SerializeToString(deterministic=True))


def refuse_literals(returned: Any) -> None:
    """Say that literals are returned in one LiteralMap alone, where a value was refused since it holds some.

    Raises ConversionTypeError for literals in a list, tuple or dict, and for other classes of that name: flytekit's,
    and the message of another flyteidl.
    """
    if is_foreign(type(returned), "flytekit", "LiteralMap"):
        raise unlike(LiteralMap, returned, "write x.to_flyte_idl()")
    if issubclass(type(returned), Message) and type(returned).__name__ == LiteralMap.__name__:
        raise no_message(LiteralMap, returned)
    for value in _values_inside(returned):
        if issubclass(type(value), (Literal, LiteralMap)):
            got = f"{described(returned)} with a {described(value)} in it"
            raise ConversionTypeError(expected="values, or one LiteralMap alone", got=got)


def _values_inside(container: Any) -> Iterable[Any]:
    """Read by the built-in class: a subclass may raise."""
    if issubclass(type(container), dict):
        return dict.values(container)
    for cls in (list, tuple):
        if issubclass(type(container), cls):
            return cls.__getitem__(container, slice(None))
    return ()
