# SPDX-License-Identifier: Apache-2.0
"""Python types of the fixed set, nested in each other: of all kinds, or of those that ``kinds`` has chosen."""

from __future__ import annotations

import datetime as dt
import enum
import typing
from typing import Annotated, Any, Literal

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ..values import FlyteError, FlyteSchema, StructuredDataset
from .awkward import ENUM_VALUES, FORMATS, INTS
from .classes import Color, Level, Rank, Shade
from .kinds import ALL, OPTIONAL, TEXT_DICT, UNION, Chosen, Kinds, chosen, shown
from .records import MAKERS, records
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


def python_types(max_depth: int = MAX_DEPTH, *, only: Kinds | None = None, without: Kinds = ()) -> SearchStrategy[Any]:
    """Every type that has a ``LiteralType`` of its own, up to ``max_depth`` levels of types in types.

    ``only`` are the kinds of types that may stand anywhere in it, ``without`` those that may not::

        python_types(only=(int, str, list, typing.Optional))  # list[int | None], str, list[list[str]]
        python_types(without=(typing.Union, dataclasses.dataclass, attrs.define))

    A kind is what one writes: None, ``bool``, ``int``, ``float``, ``str``, ``bytes``, ``datetime``, ``date``,
    ``timedelta``, ``list``, ``dict``, ``enum.Enum``, ``dataclasses.dataclass``, ``attrs.define``, ``FlyteFile`` and the
    other references, and of typing ``Any``, ``Annotated``, ``Literal``, ``Union`` and ``Optional``. ``Optional`` is
    None as a member of a union, ``Union`` is one of several other members. ``dict[str, Any]`` is a dict of text keys;
    ``dict`` may have any of the other kinds as keys too. A dict or list that does not say of what is one of ``Any``.

    Classes of ``pydantic.BaseModel`` are drawn where ``only`` names it, and not by default.

    Any other type of the fixed set, such as a class of your own, may be among ``only`` and stands for itself. Raises
    ValueError for anything else, and where there is no such type.
    """
    return _chosen_types(max_depth, False, only, without)


def field_types(max_depth: int = MAX_DEPTH, *, only: Kinds | None = None, without: Kinds = ()) -> SearchStrategy[Any]:
    """Every type that a record's field may have: also those that msgpack holds but no ``LiteralType`` says.

    ``only`` and ``without`` as in ``python_types``.
    """
    return _chosen_types(max_depth, True, only, without)


def _chosen_types(max_depth: int, in_record: bool, only: Kinds | None, without: Kinds) -> SearchStrategy[Any]:
    kinds = chosen(only, without)
    roots = _Roots(kinds, _Roots(kinds.of_models()))
    if not roots.at(max_depth, in_record):
        raise ValueError(f"no type of {max_depth} levels is of {shown(only, without)}")
    return _whole_types(max_depth, in_record, roots)


_FLAT = [*SCALARS, dict, dict, *["choice"] * 6, *["reference"] * 6]
_NESTED = ["list", "map", "keyed", "record", "annotated", "union", "union", "union"] * 6
"""By their odds. Two of three types nest while they may."""
_OWN = 6
"""The odds of each type of a user's own."""


@attrs.frozen(eq=False)
class _Roots:
    """What may be at the root of a type of the chosen kinds: a type, or a word for how to make one."""

    chosen: Chosen
    _of_models: _Roots | None = None
    """What may be in a model, where not the same."""
    _known: dict[tuple[int, bool], list[Any]] = attrs.field(init=False, factory=dict, repr=False)

    def at(self, depth: int, in_record: bool) -> list[Any]:
        """None at all where no type of the kinds is that flat."""
        place = depth, in_record
        if place not in self._known:
            self._known[place] = [*self._flat(in_record), *(self._nested(depth, in_record) if depth > 1 else ())]
        return self._known[place]

    def _flat(self, in_record: bool) -> list[Any]:
        words = {"choice": self.chosen.of((enum.Enum, Literal)), "reference": self.chosen.of(REFERENCES)}
        types = [*_FLAT, *(_ONLY_IN_RECORDS if in_record else ())]
        found = [one for one in types if (words[one] if isinstance(one, str) else self.chosen.allows(one))]
        return [*found, *self.chosen.types * _OWN]

    def _nested(self, depth: int, in_record: bool) -> list[str]:
        below, in_field = self.at(depth - 1, in_record), self.at(depth - 1, True)
        of = self.chosen.of
        possible = {
            "list": of([list]) and below,
            "map": of([TEXT_DICT]) and below,
            "keyed": of([dict]) and self.keys() and in_field,
            "record": of(MAKERS),
            "annotated": of([Annotated]) and below,
            "union": of([UNION, OPTIONAL]) and below,
        }
        return [kind for kind in _NESTED if possible[kind]]

    def of_models(self) -> _Roots:
        return self._of_models or self

    def keys(self) -> list[Any]:
        """Of dicts, beside text."""
        return [key for key in _KEYS if self.chosen.allows(key)]


@st.composite
def _whole_types(draw: st.DrawFn, depth: int, in_record: bool, roots: _Roots) -> Any:
    """typing keeps what it has made and takes ``list[int | str]`` for ``list[str | int]``, so what a draw gives would
    depend on those before it."""
    for forget in typing._cleanups:  # type: ignore[attr-defined]
        forget()
    return draw(_types(depth, in_record, roots))


def _types(depth: int, in_record: bool, roots: _Roots) -> SearchStrategy[Any]:
    return _some_types(depth, in_record, roots) if roots.at(depth, in_record) else st.nothing()


@st.composite
def _some_types(draw: st.DrawFn, depth: int, in_record: bool, roots: _Roots) -> Any:
    # One draw names the kind or the type itself, so that a failing type shrinks to the first of them.
    kind = draw(st.sampled_from(roots.at(depth, in_record)))
    if not isinstance(kind, str):
        return kind
    if kind == "choice":
        return draw(_choices(roots.chosen))
    if kind == "reference":
        return draw(_references(roots.chosen))
    below = _types(depth - 1, in_record, roots)
    in_field = _types(depth - 1, True, roots)
    if kind == "list":
        return draw(st.sampled_from((list, OldList)))[draw(below)]
    if kind == "map":
        return dict[str, draw(below)]  # type: ignore[misc]
    if kind == "keyed":
        return dict[draw(st.sampled_from(roots.keys())), draw(in_field)]  # type: ignore[misc]
    if kind == "record":
        return draw(records(in_field, roots.chosen, _types(depth - 1, True, roots.of_models())))
    if kind == "annotated":
        return draw(_annotated(below))
    return draw(unions(below, _types(depth - 2, in_record, roots) if depth > 2 else None, roots.chosen))


def _choices(chosen: Chosen) -> SearchStrategy[Any]:
    enums = (st.sampled_from((Color, Shade)), _enums()) if chosen.of([enum.Enum]) else ()
    return st.one_of(*enums, *([_literals()] if chosen.of([Literal]) else []))


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
def _references(draw: st.DrawFn, chosen: Chosen = ALL) -> Any:
    cls: Any = draw(st.sampled_from(chosen.of(REFERENCES)))
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
