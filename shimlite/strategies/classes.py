# SPDX-License-Identifier: Apache-2.0
"""Enums and records that cannot be made on the fly: with an alias, of two bases, or holding themselves."""

from __future__ import annotations

import dataclasses
import enum

import attrs


class Color(enum.Enum):
    RED = "red"
    GREEN = "green"
    CRIMSON = "red"  # noqa: PIE796 - an alias is meant


class Shade(str, enum.Enum):
    DARK = "dark"
    RED = "red"


class Level(enum.Enum):
    LOW = 1
    HIGH = 2
    NEITHER = "neither"


class Rank(enum.IntEnum):
    FIRST = 1
    LAST = 2**40


@dataclasses.dataclass
class Tree:
    """Holds itself, as the member of a union and as an element."""

    value: int
    left: Tree | None = None
    children: list[Tree] = dataclasses.field(default_factory=list)


@attrs.define
class Chain:
    next: Chain | None
    name: str = ""


@dataclasses.dataclass
class Empty:
    """A record without fields."""


@dataclasses.dataclass(frozen=True)
class Counted:
    """With a field that no parameter sets."""

    x: int
    version: int = dataclasses.field(default=3, init=False)
