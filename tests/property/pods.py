# SPDX-License-Identifier: Apache-2.0
"""What a pod's template leaves of a type, and what an annotation may say of it there."""

from __future__ import annotations

import dataclasses
import datetime as dt
import typing
from typing import Any, Union

from hypothesis import strategies as st

from shimlite._idl import Literal
from shimlite.strategies.classes import Empty
from shimlite.strategies.shapes import columns_of, parts

from ..stripping import stripped_type
from .model import bare, kind_of, members, said


def without_stored_schemas(literal: Literal) -> Literal:
    """The same literal, the types that its unions store as a pod sees them, whatever fields their records have."""
    copy = Literal()
    copy.CopyFrom(literal)
    _strip(copy)
    return copy


def _strip(literal: Literal) -> None:
    for one in literal.collection.literals:
        _strip(one)
    for one in literal.map.literals.values():
        _strip(one)
    if literal.scalar.HasField("union"):
        union = literal.scalar.union
        union.type.CopyFrom(stripped_type(union.type))
        _forget_fields(union.type)
        _strip(union.value)


def _forget_fields(literal_type: Any) -> None:
    kind = literal_type.WhichOneof("type")
    if literal_type.HasField("structure"):
        tag = literal_type.structure.tag
        literal_type.ClearField("structure")
        if tag:
            literal_type.structure.tag = tag
    literal_type.ClearField("annotation")
    if kind in ("collection_type", "map_value_type"):
        _forget_fields(getattr(literal_type, kind))
    if kind == "union_type":
        for variant in literal_type.union_type.variants:
            _forget_fields(variant)


class Echo:
    """Replaced by the tests whose programs import it by its name."""


def needs_annotation(python_type: Any) -> bool:
    """Whether a template alone does not say how to write the values: a dict with other keys, or records in one; two
    members of a union that are guessed alike, or an Enum of str beside text."""
    return any(map(_is_ambiguous, parts(python_type)))


def _is_ambiguous(part: Any) -> bool:
    kind, arguments = kind_of(part), members(part)
    if kind == "Union":
        guesses = [_guessed(member) for member in arguments]
        return len(set(guesses)) < len(guesses)
    return kind is dict and arguments[:1] != (str,)


def _guessed(member: Any) -> Any:
    kind = kind_of(member)
    is_text = kind in ("Enum", str) or (kind == "Literal" and str in map(type, members(member)))
    return "text" if is_text else said(member)


@st.composite
def annotations(draw: st.DrawFn, python_type: Any) -> Any:
    """What an executor may say of a type: as declared here and there, else a dict or a twin of each record. Some do not
    fit, and some do not fit the value."""
    part, arguments = bare(python_type)[0], members(python_type)
    kind = kind_of(python_type)
    if draw(st.integers(0, 3)) == 0:
        return python_type
    if kind == "record":
        return draw(st.one_of(st.sampled_from((dict, dict[str, Any], Other)), _twins(part)))
    if kind == "Literal":
        return draw(st.sampled_from((type(arguments[0]), typing.Literal[arguments[0]])))
    if kind in (list, dict) and arguments:
        return kind[tuple(draw(annotations(one)) for one in arguments)]
    if kind is dict:
        return draw(st.sampled_from((dict, dict[str, int], Other, Union[Other, Empty])))
    if kind == "Union":
        said_of = [draw(annotations(one)) for one in draw(st.permutations(arguments))]
        try:
            return Union[tuple(said_of)]
        except TypeError:  # columns are a dict, which Python's Union cannot hash
            return python_type
    return draw(st.sampled_from((python_type, dt.date, dt.datetime, str | None)))


@dataclasses.dataclass
class Other:
    x: int = 0


def _twins(record: Any) -> st.SearchStrategy[Any]:
    fields = [(name, told, dataclasses.field()) for name, told in columns_of(record).items()]
    more = [("more", int, dataclasses.field(default=1))]
    kinds = st.sampled_from((fields, fields[1:], [*fields, *more]))
    return st.builds(
        lambda name, chosen: dataclasses.make_dataclass(name, chosen, kw_only=True),
        st.sampled_from((record.__name__, "Twin")),
        kinds,
    )
