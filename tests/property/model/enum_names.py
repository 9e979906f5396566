# SPDX-License-Identifier: Apache-2.0
"""Enums by their members' names: for an interface that lists names, and in models as Flyte 2's SDK writes them."""

from __future__ import annotations

import enum
import types
import typing
from collections.abc import Sequence
from typing import Any

from .questions import Misfit


def member_of(enum_type: Any, texts: Sequence[str], text: str) -> Any:
    """The member that a text means where an interface lists ``texts``. Raises Misfit where they mean nothing.

    Values count where all of them can travel.
    """
    can_travel = not any(isinstance(one.value, tuple) for one in enum_type)
    by_value = {one.value: one for one in enum_type if can_travel and isinstance(one.value, str)}
    if all(one in by_value for one in texts):
        return by_value[text]
    if all(one in enum_type.__members__ for one in texts):
        return enum_type[text]
    raise Misfit


def text_of(enum_type: Any, texts: Sequence[str], member: Any) -> str | None:
    """The text that is written for a member: of several its name, else the first alias. None where there is none."""
    own = [one for one in (member.name, *enum_type.__members__, *texts) if one in texts]
    return next((one for one in own if member_of(enum_type, texts, one) is member), None)


def named(python_type: Any, plain: Any) -> Any:
    """JSON of a model's value, or of a field's, with names where the SDK has them."""
    return _walked(python_type, plain, _name_of)


def valued(python_type: Any, plain: Any) -> Any:
    """The same, with values for texts that are names and no values."""
    return _walked(python_type, plain, _value_for)


def _name_of(enum_type: Any, plain: Any) -> Any:
    found = [one for one in enum_type if type(one.value) is type(plain) and one.value == plain]
    return found[0].name if found else plain


def _value_for(enum_type: Any, plain: Any) -> Any:
    is_value = any(str(one.value) == plain for one in enum_type)
    is_name = isinstance(plain, str) and plain in enum_type.__members__
    return enum_type[plain].value if is_name and not is_value else plain


def _walked(python_type: Any, plain: Any, change: Any) -> Any:
    origin, arguments = typing.get_origin(python_type), typing.get_args(python_type)
    if origin is typing.Annotated:
        return _walked(arguments[0], plain, change)
    if origin in (typing.Union, types.UnionType):
        others = [one for one in arguments if one is not type(None)]
        return _walked(others[0], plain, change) if len(others) == 1 else plain
    if origin is list and isinstance(plain, list):
        return [_walked(arguments[0], one, change) for one in plain]
    if origin is dict and isinstance(plain, dict):
        pairs = [(_walked(arguments[0], key, change), _walked(arguments[1], one, change)) for key, one in plain.items()]
        return plain if len(dict(pairs)) < len(plain) else dict(pairs)
    if isinstance(python_type, type) and issubclass(python_type, enum.Enum):
        return change(python_type, plain)
    fields = getattr(python_type, "model_fields", None)
    if fields is not None and isinstance(plain, dict):
        by_key = {key: field for name, field in fields.items() for key in (name, field.alias)}
        by_key |= fields
        return {
            key: _walked(by_key[key].annotation, one, change) if key in by_key else one for key, one in plain.items()
        }
    return plain
