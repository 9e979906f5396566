# SPDX-License-Identifier: Apache-2.0
"""The names of Enum members in pydantic models: Flyte 2's SDK writes names there, flytekit and shimlite values.

Nothing in a model's data says which it is. So a text is read as a value first, and as a name where no member has that
value. Only those places are looked at where the SDK writes names; shimlite writes values there, which the SDK reads
too. Where a ``LiteralType`` lists an Enum, ``choices`` decides. Next: ``json_schema``.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Mapping
from typing import Any

from ..errors import ConversionError, UnsupportedTypeError
from .atoms import NONE, STR
from .nodes import Choice, Dict, List, Map, Node, Record, Union, holds, members, value_of_member
from .plain_data import plain_scalar
from .pydantic_models import key_in_json, keys_of_model

Walk = Callable[[Any, int], Any]
"""Takes JSON-like data and its depth. Returns the very same object where there is nothing to put in place of a name."""
DEEPEST = 200
"""Levels of data that are looked at. pydantic reads no more."""


def values_for_names(model: Record) -> Callable[[Any], Any] | None:
    """Puts values in place of the names of Enum members in a model's data; None where it has no Enums.

    It looks at fields that are Enums or models, also optional ones, and lists and dicts of these.
    """
    walk = _Walks().of_model(model)
    return None if walk is None else lambda plain: walk(plain, 0)


class _Walks:
    """The walks of one model and of the models in it, which may hold one another."""

    def __init__(self) -> None:
        self._of_models: dict[Record, Walk] = {}

    def of_model(self, model: Record) -> Walk | None:
        if not holds(model, _is_enum):
            return None
        if model not in self._of_models:
            walks: dict[str, Walk] = {}
            self._of_models[model] = functools.partial(_in_model, walks)
            with contextlib.suppress(UnsupportedTypeError):  # of a model in a model, which pydantic alone asks
                walks.update(self._by_key(model))
        return self._of_models[model]

    def _by_key(self, model: Record) -> dict[str, Walk]:
        """The walk of each field that has one, by all keys that it may have in the data."""
        keys = keys_of_model(model.cls)
        if keys is None:
            return {}
        walks = {field.name: walk for field in model.fields if (walk := self._of(field.node)) is not None}
        written = {keys.names[name]: walk for name, walk in walks.items()}
        aliases = {key: written[to] for key, to in keys.names.items() if to in written}
        return {**aliases, **walks}

    def _of(self, node: Node) -> Walk | None:
        match node:
            case Choice() if _is_enum(node):
                values = _values_by_name(node.enum)
                return functools.partial(_of_enum, values) if values else None
            case List(item):
                walk = self._of(item)
                return None if walk is None else functools.partial(_in_list, walk)
            case Map(item):
                return self._of(Dict(STR, item))
            case Dict(key, item):
                of_key, of_item = self._of(key), self._of(item)
                has_names = of_key is not None or of_item is not None
                return functools.partial(_in_dict, of_key or _unchanged, of_item or _unchanged) if has_names else None
            case Union():
                others = [member for member in members(node) if member is not NONE]
                return self._of(others[0]) if len(others) == 1 else None
            case Record() if node.is_model:
                return self.of_model(node)
        return None


def _is_enum(node: Node) -> bool:
    return isinstance(node, Choice) and node.enum is not None


def _values_by_name(enum_type: Any) -> dict[str, Any]:
    """The value, as JSON holds it, that each name stands for, save names that are the text of a value."""
    values = {}
    for name, member in enum_type.__members__.items():
        with contextlib.suppress(UnsupportedTypeError, ConversionError):  # the SDK writes no names of such members
            values[name] = plain_scalar(value_of_member(member))
    texts = {key_in_json(value) for value in values.values()}
    return {name: value for name, value in values.items() if name not in texts}


# --------------------------------------------------------------------------------------------------------- the walks


def _unchanged(plain: Any, depth: int) -> Any:
    return plain


def _of_enum(values: Mapping[str, Any], plain: Any, depth: int) -> Any:
    return values.get(plain, plain) if type(plain) is str else plain


def _in_list(walk: Walk, plain: Any, depth: int) -> Any:
    if type(plain) is not list or depth > DEEPEST:
        return plain
    items = [walk(item, depth + 1) for item in plain]
    return plain if all(map(_is, items, plain)) else items


def _in_dict(of_key: Walk, of_item: Walk, plain: Any, depth: int) -> Any:
    if type(plain) is not dict or depth > DEEPEST:
        return plain
    pairs = [(of_key(key, depth + 1), of_item(item, depth + 1)) for key, item in plain.items()]
    is_same = all(_is(key, own) and _is(item, plain[own]) for (key, item), own in zip(pairs, plain))
    items = dict(pairs)
    return plain if is_same or len(items) < len(pairs) else items  # two keys of one member: the reader refuses


def _in_model(walks: Mapping[str, Walk], plain: Any, depth: int) -> Any:
    if type(plain) is not dict or depth > DEEPEST:
        return plain
    present = {key: walk(plain[key], depth + 1) for key, walk in walks.items() if key in plain}
    return plain if all(_is(item, plain[key]) for key, item in present.items()) else {**plain, **present}


def _is(one: Any, other: Any) -> bool:
    return one is other
