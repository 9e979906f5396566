# SPDX-License-Identifier: Apache-2.0
"""Values and types as text that says all of them and is the same on every Python: ``repr`` is neither."""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import enum
import hashlib
import types
import typing
from typing import Any

import attrs
from google.protobuf.message import Message

LONGEST = 80
"""Characters of a message's bytes in base64 that are kept; of more, a digest."""


def show(value: Any) -> str:
    """A value with its class, to the last bit. An Enum's member is told by its value: generated ones have no names."""
    kind = type(value)
    if isinstance(value, enum.Enum):
        return f"{kind.__name__}({show(value.value)})"
    if isinstance(value, type) or typing.get_origin(value) is not None or value is Any:
        return spell(value)
    if isinstance(value, Message):
        return show_bytes(value.SerializeToString(deterministic=True))
    if dataclasses.is_dataclass(value):
        return _fields(value, [field.name for field in dataclasses.fields(value)])
    if attrs.has(kind):
        return _fields(value, [field.name for field in attrs.fields(kind)])
    if isinstance(value, dict):
        return "{" + ", ".join(sorted(f"{show(key)}: {show(one)}" for key, one in value.items())) + "}"
    if isinstance(value, (list, tuple)):
        return f"{'' if kind is list else kind.__name__}[{', '.join(map(show, value))}]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    kind = type(value)
    if kind in (type(None), bool, float, bytes, bytearray):
        return repr(value)
    if kind is int:
        return str(value) if abs(value) < 2**64 else hex(value)[:20] + f" of {value.bit_length()} bits"
    if kind is str:
        return ascii(value) if len(value) < LONGEST else f"{value[:20]!a} of {len(value)} characters"
    if kind is dt.datetime:
        return f"datetime({value.isoformat()}{' fold' if value.fold else ''})"
    if kind is dt.date:
        return f"date({value.isoformat()})"
    if kind is dt.timedelta:
        return f"timedelta({value.days}, {value.seconds}, {value.microseconds})"
    for base in (int, float, str, bytes):
        if isinstance(value, base):
            return f"{kind.__name__}({show(base.__new__(base, base.__repr__(value)) if base is int else base(value))})"
    return f"{kind.__name__}(…)"


def _fields(value: Any, names: list[str]) -> str:
    return f"{type(value).__name__}({', '.join(f'{name}={show(getattr(value, name, ...))}' for name in names)})"


def spell(python_type: Any) -> str:
    """A type as one writes it, a union's members in their order; a generated Enum by its values."""
    if python_type is None or python_type is type(None):
        return "None"
    origin, arguments = typing.get_origin(python_type), typing.get_args(python_type)
    if origin is typing.Annotated:
        return f"Annotated[{spell(arguments[0])}, {', '.join(map(show, arguments[1:]))}]"
    if origin is typing.Literal:
        return f"Literal[{', '.join(map(show, arguments))}]"
    if origin in (typing.Union, types.UnionType):
        return " | ".join(map(spell, arguments))
    if origin is not None:
        return f"{origin.__name__}[{', '.join(map(spell, arguments))}]"
    if isinstance(python_type, type) and issubclass(python_type, enum.Enum):
        return f"{python_type.__name__}[{', '.join(show(one.value) for one in python_type)}]"
    return "Any" if python_type is Any else getattr(python_type, "__name__", f"{type(python_type).__name__}(…)")


def show_bytes(data: bytes) -> str:
    text = base64.b64encode(data).decode()
    return text if len(text) <= LONGEST else f"sha256 {hashlib.sha256(data).hexdigest()[:16]} of {len(data)} bytes"
