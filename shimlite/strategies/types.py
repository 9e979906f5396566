# SPDX-License-Identifier: Apache-2.0
"""Python types of the fixed set, nested in each other."""

from __future__ import annotations

import datetime as dt
import enum
import typing
from typing import Annotated, Any, Literal

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ..values import FlyteError, FlyteSchema, StructuredDataset
from .awkward import ENUM_VALUES, FORMATS, INTS
from .classes import Color, Level, Rank, Shade
from .records import records
from .scalars import SCALARS, WORDS
from .shapes import REFERENCES, bare
from .unions import unions

MAX_DEPTH = 4
"""Levels of types in types. Every pair of rows meets at two; four has a record in a union in a list in a map."""

# The older spelling is another object than list, and people still write it.
OldList: Any = vars(typing)["List"]

COLUMNS: dict[str, type] = {"id": int, "name": str, "at": dt.datetime, "share": float, "ok": bool, "took": dt.timedelta}
_KEYS = (int, int, int, float, bool, bytes, dt.date, dt.datetime, Color, Rank, Literal[1, 2], str | None)
_ONLY_IN_RECORDS = (Any, list, Level, Rank, Literal["a", 1, True], Literal[None, "x"])


def python_types(max_depth: int = MAX_DEPTH) -> SearchStrategy[Any]:
    """Every type that has a ``LiteralType`` of its own, up to ``max_depth`` levels of types in types."""
    return _whole_types(max_depth, False)


def field_types(max_depth: int = MAX_DEPTH) -> SearchStrategy[Any]:
    """Every type that a record's field may have: also those that msgpack holds but no ``LiteralType`` says."""
    return _whole_types(max_depth, True)


@st.composite
def _whole_types(draw: st.DrawFn, depth: int, in_record: bool) -> Any:
    """typing keeps what it has made and takes ``list[int | str]`` for ``list[str | int]``, so what a draw gives would
    depend on those before it."""
    for forget in typing._cleanups:  # type: ignore[attr-defined]
        forget()
    return draw(_types(depth, in_record))


_FLAT = [*SCALARS, dict, dict, *["choice"] * 6, *["reference"] * 6]
_NESTED = ["list", "map", "keyed", "record", "annotated", "union", "union", "union"] * 6
"""By their odds. Two of three types nest while they may."""


@st.composite
def _types(draw: st.DrawFn, depth: int, in_record: bool) -> Any:
    # One draw names the kind or the type itself, so that a failing type shrinks to the first of them.
    kinds = [*_FLAT, *(_ONLY_IN_RECORDS if in_record else ()), *(_NESTED if depth > 1 else ())]
    kind = draw(st.sampled_from(kinds))
    if not isinstance(kind, str):
        return kind
    below = _types(depth - 1, in_record)
    in_field = _types(depth - 1, True)
    if kind == "choice":
        return draw(st.one_of(st.sampled_from((Color, Shade)), _enums(), _literals()))
    if kind == "reference":
        return draw(_references())
    if kind == "list":
        return draw(st.sampled_from((list, OldList)))[draw(below)]
    if kind == "map":
        return dict[str, draw(below)]  # type: ignore[misc]
    if kind == "keyed":
        return dict[draw(st.sampled_from(_KEYS)), draw(in_field)]  # type: ignore[misc]
    if kind == "record":
        return draw(records(in_field))
    if kind == "annotated":
        return draw(_annotated(below))
    return draw(unions(below, _types(depth - 2, in_record) if depth > 2 else None))


@st.composite
def _enums(draw: st.DrawFn) -> Any:
    given = draw(st.lists(st.sampled_from(ENUM_VALUES), min_size=1, max_size=4, unique=True))
    return enum.Enum("Generated", {f"MEMBER_{place}": value for place, value in enumerate(given)})


@st.composite
def _literals(draw: st.DrawFn) -> Any:
    atoms = draw(st.sampled_from((WORDS, st.sampled_from(INTS[:-2]), st.booleans())))
    return Literal[tuple(draw(st.lists(atoms, min_size=1, max_size=3, unique=True)))]


@st.composite
def columns(draw: st.DrawFn) -> dict[str, type]:
    return {name: COLUMNS[name] for name in draw(st.lists(st.sampled_from(sorted(COLUMNS)), max_size=3, unique=True))}


@st.composite
def _references(draw: st.DrawFn) -> Any:
    cls: Any = draw(st.sampled_from(REFERENCES))
    if cls is FlyteError or not draw(st.booleans()):
        return cls
    if cls is StructuredDataset:
        said: Any = draw(st.sampled_from((("csv",), (COLUMNS,), ({"id": int}, "parquet"))))
        arguments, subscript = (cls, *said), vars(typing)["Annotated"]
        return subscript[arguments]
    return cls[draw(columns().filter(bool) if cls is FlyteSchema else st.sampled_from(FORMATS))]


@st.composite
def _annotated(draw: st.DrawFn, inner_types: SearchStrategy[Any]) -> Any:
    """With a word of someone else's, which means nothing but to a StructuredDataset."""
    inner = draw(inner_types)
    return inner if bare(inner) is StructuredDataset else Annotated[inner, "words"]
