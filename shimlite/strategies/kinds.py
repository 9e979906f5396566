# SPDX-License-Identifier: Apache-2.0
"""The kinds of types that ``only=`` and ``without=`` of the strategies name, and those that a type is made of.

``types`` draws types of chosen kinds; ``shapes`` answers every other question about a type.
"""

from __future__ import annotations

import dataclasses
import enum
import types
import typing
from collections.abc import Iterable
from typing import Annotated, Any, Literal

import attrs

from .._types.parse import spell
from ..engine import to_literal_type
from ..errors import UnsupportedTypeError
from ..values import FlyteError
from .scalars import SCALARS
from .shapes import REFERENCES, bare, columns_of, is_base_model, is_enum, is_model, is_record, is_union

Kinds = Iterable[Any]
"""Of types: classes and special forms of Python, and ours of references."""

# As values of their own, which typing's special forms are not to a type checker.
UNION: Any = typing.Union
OPTIONAL: Any = typing.Optional
TEXT_DICT: Any = dict[str, Any]
"""A dict whose keys are text, which is a map to Flyte; ``dict`` is that or one of other keys."""


class Model:
    """The kind that one writes as ``pydantic.BaseModel``, which is not imported here."""


RECORDS: dict[Any, Any] = {
    dataclasses.dataclass: dataclasses.is_dataclass,
    attrs.define: attrs.has,
    Model: is_model,
}
"""Of each kind of record, how one is told."""

KINDS: tuple[Any, ...] = (
    *(*SCALARS, list, dict, TEXT_DICT, UNION, OPTIONAL, Literal, enum.Enum, Any, Annotated),
    *(*RECORDS, *REFERENCES),
)

_NAMES: dict[Any, str] = {
    type(None): "None",
    dataclasses.dataclass: "dataclasses.dataclass",
    attrs.define: "attrs.define",
    Model: "pydantic.BaseModel",
    enum.Enum: "enum.Enum",
    TEXT_DICT: "dict[str, Any]",
    UNION: "typing.Union",
    OPTIONAL: "typing.Optional",
    Literal: "typing.Literal",
    Any: "typing.Any",
    Annotated: "typing.Annotated",
}


@attrs.frozen(eq=False)
class Chosen:
    """Which kinds of types may be drawn, and which ``types`` of a user's own beside them."""

    kinds: frozenset[Any] = attrs.field(repr=False)
    types: tuple[Any, ...] = ()

    def allows(self, python_type: Any) -> bool:
        """Whether a type is made of nothing but the chosen kinds."""
        return kinds_in(python_type) <= self.kinds

    def of(self, kinds: Iterable[Any]) -> list[Any]:
        return [kind for kind in kinds if kind in self.kinds]

    def of_models(self) -> Chosen:
        """Those that a field of a pydantic model may be made of."""
        unknown = {attrs.define, FlyteError}
        return Chosen(self.kinds - unknown, tuple(one for one in self.types if not kinds_in(one) & unknown))


ALL = Chosen(frozenset(KINDS) - {Model})
"""What is drawn by default. Who tests a converter of their own says that it takes models."""


def chosen(only: Kinds | None, without: Kinds) -> Chosen:
    """Raises ValueError for what is no kind: ``only`` may name types of the fixed set too, such as a class."""
    left_out = _with_what_it_implies(_read("without", without))
    unknown = [one for one in left_out if one not in KINDS]
    if unknown:
        raise ValueError(_unknown("without", unknown[0]))
    if only is None:
        return Chosen(ALL.kinds - left_out)
    named = _read("only", only)
    own = tuple(one for one in named if not _is_kind(one))
    for one in own:
        _check_own(one)
    kinds = {one for one in named if _is_kind(one)}
    if dict in kinds:
        kinds.add(TEXT_DICT)
    if {UNION, type(None)} <= kinds:
        kinds.add(OPTIONAL)
    return Chosen(frozenset(kinds - left_out), own)


def _with_what_it_implies(kinds: list[Any]) -> set[Any]:
    """Without any dict there is none of text keys; without None or unions there is no ``Optional``."""
    implied = {TEXT_DICT} if dict in kinds else set()
    return {*kinds, *implied, *([OPTIONAL] if type(None) in kinds or UNION in kinds else [])}


def _read(parameter: str, kinds: Kinds) -> list[Any]:
    if isinstance(kinds, (str, type)) or not isinstance(kinds, Iterable):
        raise ValueError(f"{parameter}: expected a tuple of kinds of types, got {_named(kinds)}; {_LISTED}")
    return [_in_one_spelling(kind) for kind in kinds]


def _in_one_spelling(kind: Any) -> Any:
    if kind is None:
        return type(None)
    if kind is types.UnionType:
        return UNION
    if is_base_model(kind):
        return Model
    return {"List": list, "Dict": dict}.get(getattr(kind, "_name", ""), kind) if not typing.get_args(kind) else kind


def _is_kind(one: Any) -> bool:
    return any(one is kind for kind in KINDS) or one == TEXT_DICT


def _check_own(one: Any) -> None:
    try:
        to_literal_type(one)
    except UnsupportedTypeError:
        raise ValueError(_unknown("only", one)) from None


def _unknown(parameter: str, one: Any) -> str:
    return f"{parameter}: {_named(one)} is no kind of type; {_LISTED}"


def _named(kind: Any) -> str:
    name = next((name for one, name in _NAMES.items() if one == kind), None)
    return name or (repr(kind) if isinstance(kind, str) else spell(kind))


_LISTED = f"kinds are {', '.join(map(_named, KINDS))}"


def shown(only: Kinds | None, without: Kinds) -> str:
    """The arguments as they were written, for a message."""
    told = [("only", only)] if only is not None else []
    told += [("without", without)] if without else []
    return ", ".join(f"{name}=({', '.join(map(_named, kinds))})" for name, kinds in told)


# ----------------------------------------------------------------------------------------------- what a type is made of


def kinds_in(python_type: Any, seen: frozenset[Any] = frozenset()) -> set[Any]:
    """The kinds of a type and of all that it is made of. A bare dict or list is one of ``Any``.

    The text that a dict's keys are does not count, nor the format of a reference, nor None as a member of a union: that
    is ``Optional``.
    """
    own, inside = _kinds_and_parts(python_type)
    if is_record(python_type):
        inside = () if python_type in seen else inside
        seen = seen | {python_type}
    return own.union(*(kinds_in(part, seen) for part in inside))


def _kinds_and_parts(python_type: Any) -> tuple[set[Any], Iterable[Any]]:
    """A type's own kinds, and the types that it is made of."""
    part = bare(python_type)
    origin, arguments = typing.get_origin(part), typing.get_args(part)
    if typing.get_origin(python_type) is Annotated and part not in REFERENCES:
        return {Annotated}, (part,)
    if is_union(part):
        told = [member for member in arguments if member is not type(None)]
        return {*([UNION] if len(told) > 1 else []), *([OPTIONAL] if len(told) < len(arguments) else [])}, told
    if is_record(part):
        return {kind for kind, is_one in RECORDS.items() if is_one(part)}, columns_of(part).values()
    if origin is dict:
        is_map = arguments[0] is str
        return {TEXT_DICT if is_map else dict}, arguments[1:] if is_map else arguments
    if part in (list, dict):
        return {part, Any}, ()
    if origin is Literal or is_enum(part):
        return {origin or enum.Enum}, ()
    return {origin or part}, [one for one in arguments if one is not ...]
