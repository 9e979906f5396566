# SPDX-License-Identifier: Apache-2.0
"""Dataclasses and attrs classes, with and without defaults, frozen and slotted or not; pydantic models, with aliases
and settings."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
import sys
import typing
import warnings
from collections.abc import Callable
from typing import Any, Literal

import attr  # attrs.field has no type before 23.1
import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from .awkward import CLASS_NAMES, FIELD_NAMES
from .classes import Chain, Counted, Empty, Tree
from .kinds import ALL, Chosen, Model
from .scalars import EXACT_DELTAS, MOST_ITEMS, SCALARS
from .shapes import bare, flat, is_enum

_FIXED = (Empty, Counted, Chain, Tree)


def records(
    field_types: SearchStrategy[Any], chosen: Chosen = ALL, of_models: SearchStrategy[Any] | None = None
) -> SearchStrategy[Any]:
    """``of_models`` are the types of the fields of models, where not all that other fields have."""
    fixed, fields = [one for one in _FIXED if chosen.allows(one)], _fields(field_types)
    fields_of = {Model: fields if of_models is None else _fields(of_models)}
    made = [MAKERS[kind](fields_of.get(kind, fields)) for kind in chosen.of(MAKERS)]
    return st.one_of(*([st.sampled_from(fixed)] if fixed else []), *made)


@st.composite
def _dataclasses(draw: st.DrawFn, some_fields: SearchStrategy[Any]) -> Any:
    fields = []
    for name, field_type, given in draw(some_fields):
        renamed = {"default_factory" if word == "factory" else word: value for word, value in given.items()}
        fields.append((name, field_type, dataclasses.field(**renamed)))
    frozen, slots = draw(st.booleans()), draw(st.booleans())
    name = draw(st.sampled_from(CLASS_NAMES))
    return dataclasses.make_dataclass(name, fields, frozen=frozen, slots=slots, kw_only=True)


@st.composite
def _attrs_classes(draw: st.DrawFn, some_fields: SearchStrategy[Any]) -> Any:
    drawn = [field for field in draw(some_fields) if field[0] != "self"]  # which attrs cannot have
    fields = {name: attr.ib(type=field_type, **given) for name, field_type, given in drawn}
    frozen, slots = draw(st.booleans()), draw(st.booleans())
    return attrs.make_class(draw(st.sampled_from(CLASS_NAMES)), fields, frozen=frozen, slots=slots, kw_only=True)


_CONFIGS: tuple[dict[str, Any], ...] = (
    *({}, {}, {"extra": "allow"}, {"extra": "forbid"}, {"frozen": True}, {"populate_by_name": True}),
    *({"serialize_by_alias": True}, {"ser_json_inf_nan": "constants"}, {"ser_json_timedelta": "float"}),
)
_ALIASES = ("", "", "", "alias", "validation_alias", "serialization_alias")


def _models(some_fields: SearchStrategy[Any]) -> SearchStrategy[Any]:
    return _some_models(some_fields).filter(lambda model: model is not None)


@st.composite
def _some_models(draw: st.DrawFn, some_fields: SearchStrategy[Any]) -> Any:
    """None where pydantic cannot make it, or has no JSON Schema of it without a warning."""
    pydantic = sys.modules["pydantic"]  # whoever names this kind has imported it
    title, config = draw(st.sampled_from(CLASS_NAMES)), draw(st.sampled_from(_CONFIGS))
    by_alias, fields = config.get("serialize_by_alias"), {}
    for name, field_type, given in draw(some_fields):
        renamed = {"default_factory" if word == "factory" else word: value for word, value in given.items()}
        alias = draw(st.sampled_from(_ALIASES[:-1] if by_alias else _ALIASES))  # the last is never read
        told = {**renamed, **({alias: f"{name}-{name}"} if alias else {})}
        fields[name.lstrip("_")] = (field_type, pydantic.Field(**told))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            model = pydantic.create_model(title, __config__=config, **fields)
            model.model_json_schema()
    except Exception:
        return None
    return model


MAKERS: dict[Any, Callable[[SearchStrategy[Any]], SearchStrategy[Any]]] = {
    dataclasses.dataclass: _dataclasses,
    attrs.define: _attrs_classes,
    Model: _models,
}
"""Of each kind of record, what makes classes of drawn fields."""


@st.composite
def _fields(draw: st.DrawFn, field_types: SearchStrategy[Any]) -> list[tuple[str, Any, dict[str, Any]]]:
    """Names, types, and what else to call a field's maker with."""
    most = 0 if field_types.is_empty else MOST_ITEMS
    names = draw(st.lists(st.sampled_from(FIELD_NAMES), max_size=most, unique=True))
    fields = []
    for name in names:
        field_type = draw(field_types)
        fields.append((name, field_type, draw(_default(field_type)) if draw(st.booleans()) else {}))
    return fields


def _default(field_type: Any) -> SearchStrategy[dict[str, Any]]:
    """What gives a field its default: an immutable value of its type, or a factory. Of some types there is none."""
    part = bare(field_type)
    origin = typing.get_origin(part) or part
    if origin in (list, dict):
        return st.just({"factory": origin})
    if type(None) in map(bare, flat(part)):
        return st.just({"default": None})
    if is_enum(part):
        return _given(st.sampled_from(list(part)))
    if origin is Literal:
        return _given(st.sampled_from(typing.get_args(part)))
    return _given(_SCALARS[part]) if part in SCALARS else st.just({})


def _given(values: SearchStrategy[Any]) -> SearchStrategy[dict[str, Any]]:
    return values.map(lambda value: {"default": value})


_SCALARS = {
    **SCALARS,
    float: SCALARS[float].filter(math.isfinite),  # a schema has no NaN
    dt.timedelta: EXACT_DELTAS,
}
"""Defaults of the scalars, such as a schema can hold."""
