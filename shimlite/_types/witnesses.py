# SPDX-License-Identifier: Apache-2.0
"""The fold for witnesses: values that show what a type may lose, and plain values to hold them.

A loss is an observation that running the codec does not keep; ``losses`` runs it. Next: ``model_losses``.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import attrs

from .._idl import Literal
from ..equality import same
from ..errors import ConversionError, UnsupportedTypeError
from .atoms import STR
from .literal_codec import Codecs
from .literal_types import TypeWriter
from .nodes import Choice, Dict, Field, Foreign, List, Map, Node, Record, Reference, Union, is_frame
from .pydantic_models import example_of
from .rows import Atom, Convert, Observation

NO_SUCH_TYPE = "JSON-like data has no such type"
NO_SUCH_CLASS = "JSON-like data has a dict for it"
MOST_LOSSES = 1000
"""Losses listed of one type. Records that hold one another twice have more paths than there is time for."""
MOST_AGAIN = 1_000_000
"""Values that stand in examples once more: each is written and read again."""
LEFT_OPEN = "what it left open"
URI = "s3://bucket/key"


def items_of(node: Map | Dict) -> tuple[Node, Node]:
    """The types of its keys and values."""
    return (STR, node.item) if isinstance(node, Map) else (node.key, node.value)


class Loss(NamedTuple):
    """One thing that does not come back.

    ``path`` says where inside the type it is, as Python would subscript a value: ``[i]`` an element, ``[key]`` a dict's
    value, ``(key)`` its key, ``.name`` a field, ``<T>`` a member of a union of several; empty for the type itself.
    """

    path: str
    what: str
    why: str
    witness: Any = None
    """A value of the whole type that shows it. None, which is never lost itself, where no example could be made: a
    class of yours refuses it, or the union that holds it does."""


Losses = tuple[Loss, ...]


def is_lost(witness: Any, project: Convert, look: Convert = lambda value: value) -> bool:
    try:
        return not same(look(project(witness)), look(witness))
    except ConversionError:  # refused, so not lost
        return False


class NoExampleError(Exception):
    """A type has no value to show: an Enum without members, a class that refuses what its fields' types allow."""


def observations(node: Node) -> Iterator[Observation]:
    """What a value that holds no others may lose, however it is read."""
    match node:
        case Atom(losses=losses):
            yield from losses
        case Choice():
            for value in node.witnesses:
                what = f"its class {type(value).__name__}"
                yield Observation(what, "its value travels, its class does not", value)
        case Reference(row):
            bare = row.cls(URI)
            yield Observation(LEFT_OPEN, "what its type says is written for it", bare)
            declared = _as_declared(node, bare)
            full = attrs.evolve(declared, **{name: getattr(declared, name) or one for name, one in row.says.items()})
            for name in row.says:
                why = "a record holds little but the location"
                yield Observation(f"its {name}", why, full, lambda value, name=name: getattr(value, name))  # type: ignore[misc]


def _as_declared(node: Reference, value: Any) -> Any:
    """A reference that says all that its type says."""
    literal, codec = Literal(), Codecs().codec(node, TypeWriter().literal_type(node))
    codec.encode(value, literal)
    return codec.decode(literal)


def plainest(node: Atom | Reference) -> Any:
    """Raises NoExampleError for a dataframe, which takes a library and a file."""
    if is_frame(node):
        raise NoExampleError
    return node.examples[0] if isinstance(node, Atom) else node.row.cls(URI)


class Examples:
    """Makes values that are as plain as can be, a bounded number of them."""

    def __init__(self, most: int) -> None:
        self._left = most
        self._open: list[Node] = []
        self._left_again = MOST_AGAIN
        self._arguments: dict[Node, tuple[dict[str, Any], int]] = {}
        self._codecs = Codecs()

    @property
    def are_spent(self) -> bool:
        """Whether there were too many."""
        return self._left <= 0 or self._left_again <= 0

    def of(self, node: Node) -> Any:
        """Raises NoExampleError where there is none, and once there were too many."""
        if self.are_spent or node in self._open:
            raise NoExampleError
        self._left -= 1
        self._open.append(node)
        try:
            return self._of(node)
        finally:
            self._open.pop()

    def _of(self, node: Node) -> Any:
        match node:
            case Atom() | Reference():
                return plainest(node)
            case List(item):
                with contextlib.suppress(NoExampleError):
                    return [self.of(item)]
                return []
            case Map(item):
                with contextlib.suppress(NoExampleError):
                    return {"a": self.of(item)}
                return {}
            case Dict(key, value):
                with contextlib.suppress(NoExampleError):
                    return {self.of(key): self.of(value)}
                return {}
            case Record():
                return self.record(node)
            case Union():
                return self._of_union(node)
            case Choice():
                if not node.witnesses:
                    raise NoExampleError
                return node.witnesses[0]
            case Foreign(foreign):
                with contextlib.suppress(LookupError):
                    return example_of(foreign)
                raise NoExampleError

    def _of_union(self, node: Union) -> Any:
        for member in node.members:
            with contextlib.suppress(NoExampleError, ConversionError):
                example = self.of(member)
                with contextlib.suppress(UnsupportedTypeError):  # a member that pydantic alone writes
                    self._codecs.packings[node].pack(example)
                return example
        raise NoExampleError

    def _arguments_of(self, node: Record) -> dict[str, Any]:
        """What a record is made of: made once, and counted each time."""
        if node not in self._arguments:
            before = self._left + self._left_again
            arguments = {one.init: self.of(one.node) for one in node.fields if one.init and one.required}
            self._arguments[node] = arguments, before - self._left - self._left_again + 1
        arguments, count = self._arguments[node]
        self._left_again -= count
        if self.are_spent:
            raise NoExampleError
        return dict(arguments)

    def record(self, node: Record, field: Field | None = None, value: Any = None) -> Any:
        """A record, one of its fields set; the others have their defaults, or examples of their types."""
        arguments = self._arguments_of(node)
        if field is not None and field.init:
            arguments[field.init] = value
        try:
            record = node.cls(**arguments)
            if field is not None and not field.init:
                object.__setattr__(record, field.name, value)
        except KeyboardInterrupt:
            raise
        except BaseException:  # the class's own checks
            raise NoExampleError from None
        return record
