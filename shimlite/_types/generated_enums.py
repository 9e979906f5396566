# SPDX-License-Identifier: Apache-2.0
"""The Enum that stands for a list of strings, where only a ``LiteralType`` tells them.

There is one class for the same strings as long as anything holds it, so that the class of a guess, of decoded values
and in a compiled union are one and the same. No lock guards it, since a process that is forked would inherit it.
Next: ``stripped``.
"""

from __future__ import annotations

import enum
import weakref
from collections.abc import Callable
from typing import Any

_ENUMS: dict[tuple[str, ...], weakref.ref[type[enum.Enum]]] = {}


class _Generated(enum.Enum):
    """An Enum whose members pickle by its values, since no module has its class."""

    def __reduce_ex__(self, protocol: Any) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return _member, (type(self).all_values_, self.value)  # type: ignore[attr-defined]


def _member(values: tuple[str, ...], value: str) -> enum.Enum:
    return dynamic_enum(values)(value)


def dynamic_enum(values: tuple[str, ...]) -> type[enum.Enum]:
    """The Enum of the values, in their order. flytekit's name for it is ``DynamicEnum`` as well.

    Each member is named like its value where Python allows it. Python reserves some names (``mro``, ``_x_``), skips
    others (``__x__``) and has no empty one: those members are called ``value_0``, ``value_1``, by their place.
    """
    values = tuple(dict.fromkeys(values))
    new: type[enum.Enum] | None = None
    while True:
        reference = _ENUMS.get(values)
        enum_type = reference() if reference is not None else None
        if enum_type is not None:
            return enum_type
        if reference is not None:
            _forget(values, reference)
        new = new or _make(values)
        _ENUMS.setdefault(values, weakref.ref(new, lambda dead: _forget(values, dead)))  # the first of two threads wins


def _forget(values: tuple[str, ...], dead: weakref.ref[type[enum.Enum]]) -> None:
    if _ENUMS.get(values) is dead:
        _ENUMS.pop(values, None)


def _make(values: tuple[str, ...]) -> type[enum.Enum]:
    names: dict[str, str] = {}
    for place, value in enumerate(values):
        name = value
        while name in names or not _can_name_a_member(name):
            name = f"value_{place}" if name == value else name + "_"
        names[name] = value
    base: Any = _Generated
    enum_type: Any = base("DynamicEnum", names, module=__name__)
    enum_type.all_values_ = values  # one object, which pickle writes once
    return enum_type  # type: ignore[no-any-return]


def _can_name_a_member(name: str) -> bool:
    return name not in ("", "mro", "name", "value") and not name.startswith("_")
