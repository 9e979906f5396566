# SPDX-License-Identifier: Apache-2.0
"""How well the keys of a map fit the fields of a record: what tells several records apart where no title does.

flytekit and shimlite write all fields of a record, so the right one has exactly the keys as its fields. A person who
writes by hand may leave out fields with a default. The files of unions choose by the fits. Next: ``packed_unions``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._idl import Literal, literal_kind
from .nodes import Dict, List, Map, Node, Record, Union
from .plain_data import TAG, read_packed
from .pydantic_models import keys_of_model

NO, IN_PART, EXACTLY = range(3)
Fit = Callable[[Any], int]
"""Takes JSON-like data. NO: a key is no field, or a required field is missing; IN_PART: one with a default is."""


def fit_of(node: Node) -> Fit | None:
    """The fit of a type that is a record, or whose literals are made of literals that are; None for any other."""
    match node:
        case Record():
            return _fit_of_model(node) if node.is_model else _fit_of_record(node)
        case List(item) | Map(item):
            inner = fit_of(item)
            return inner and _fit_of_all(inner, _container(node))
        case Union(choices):
            fits = list(map(fit_of, choices))
            others = {_container(one) for one, fit in zip(choices, fits) if fit is None}
            return _best([fit for fit in fits if fit is not None], others) if any(fits) else None
    return None


def _fit_of_model(record: Record) -> Fit | None:
    keys = keys_of_model(record.cls)
    if keys is None:
        return None
    written, required, names, takes_others = keys

    def fit(plain: Any) -> int:
        if type(plain) is not dict:
            return NO
        if plain.keys() == written:
            return EXACTLY
        present = {names.get(key, key) for key in plain}
        return IN_PART if required <= present and (takes_others or present <= set(names.values())) else NO

    return fit


def _fit_of_record(record: Record) -> Fit:
    names = frozenset(field.name for field in record.fields)
    required = frozenset(field.name for field in record.fields if field.init and field.required)

    def fit(plain: Any) -> int:
        if type(plain) is not dict:
            return NO
        keys = plain.keys()
        if keys == names:
            return EXACTLY
        return IN_PART if required <= keys <= names else NO

    return fit


def _fit_of_all(inner: Fit, container: type | None) -> Fit:
    def fit(plain: Any) -> int:
        if type(plain) is not container:
            return NO
        items: Any = plain.values() if isinstance(plain, dict) else plain
        return min(map(inner, items), default=EXACTLY)

    return fit


def _container(node: Node) -> type | None:
    """The class of a type's values in JSON-like data, if that is ``list`` or ``dict``."""
    return list if isinstance(node, List) else dict if isinstance(node, (Map, Dict)) else None


def _best(fits: list[Fit], others: set[type | None]) -> Fit:
    """The best fit of a union's members. ``others`` are the containers of those without records: they take any keys."""

    def fit(plain: Any) -> int:
        container = type(plain) if type(plain) in (list, dict) else None
        return EXACTLY if container in others else max(one(plain) for one in fits)

    return fit


def plain_of(literal: Literal) -> Any:
    """The data that a literal is made of, as far as a Fit asks: a primitive is None, and so are bytes."""
    kind = literal_kind(literal)
    if kind == "collection":
        return list(map(plain_of, literal.collection.literals))
    if kind == "map":
        return {key: plain_of(value) for key, value in literal.map.literals.items()}
    if kind == "union":
        return plain_of(literal.scalar.union.value)
    is_packed = kind == "generic" or (kind == "binary" and literal.scalar.binary.tag == TAG)
    return read_packed(literal, "a record") if is_packed else None
