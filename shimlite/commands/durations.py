# SPDX-License-Identifier: Apache-2.0
"""Durations that are right for protobuf and too long for Go, whose programs read the inputs of an execution."""

from __future__ import annotations

from collections.abc import Iterator

from .._idl import Literal, literal_kind

NANOSECONDS_OF_GO = range(-(2**63), 2**63)
"""Of its ``time.Duration``: some 292 years either way."""


def overlong(literal: Literal, name: str) -> Iterator[str]:
    """A warning for each such duration in a literal."""
    for path in _overlong(literal, name):
        yield f"{path} is beyond 292 years: once an execution has it as an input, Flyte 1 starts no other"


def _overlong(literal: Literal, path: str) -> Iterator[str]:
    """Their paths. In msgpack a duration is a number like any other, so what a record or dict holds is not told."""
    kind = literal_kind(literal)
    if kind == "collection":
        for place, item in enumerate(literal.collection.literals):
            yield from _overlong(item, f"{path}[{place}]")
    elif kind == "map":
        for key in sorted(literal.map.literals):
            yield from _overlong(literal.map.literals[key], f"{path}[{key!r}]")
    elif kind == "union":
        yield from _overlong(literal.scalar.union.value, path)
    elif kind == "duration":
        duration = literal.scalar.primitive.duration
        if duration.seconds * 1_000_000_000 + duration.nanos not in NANOSECONDS_OF_GO:
            yield path
