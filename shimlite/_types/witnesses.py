# SPDX-License-Identifier: Apache-2.0
"""The fold for witnesses: values that show what a type may lose, and plain values to hold them.

A loss is an observation that running the codec does not keep; ``losses`` runs it. Next: ``losses``.
"""

from __future__ import annotations

import contextlib
import operator
from collections.abc import Iterator
from typing import Any, NamedTuple

import attrs

from .._idl import Literal
from ..errors import ConversionError
from .atoms import NONE, STR
from .literal_codec import Codecs
from .literal_types import TypeWriter
from .nodes import Choice, Dict, Field, Foreign, List, Map, Node, Record, Reference, Union
from .parse import spell
from .pydantic_models import example_of
from .rows import Atom, Convert, Observation

NO_SUCH_TYPE = "JSON-like data has no such type"
NO_SUCH_CLASS = "JSON-like data has a dict for it"
LEFT_OPEN = "what it left open"
URI = "s3://bucket/key"


def _itself(value: Any) -> Any:
    return value


def _first_key(values: Any) -> Any:
    return next(iter(values))


def _first_value(values: Any) -> Any:
    return next(iter(values.values()))


class Part(NamedTuple):
    """Something inside a value that a reader may not get back: where it is, what and why, and a whole value with it."""

    path: str
    what: str
    why: str
    witness: Any
    look: Convert = _itself
    """Finds it in a whole value, also in one of JSON-like data."""

    def inside(self, inner: _Inner) -> Part:
        """The same, seen from one level further out. Raises NoExampleError."""
        look = self.look
        whole = inner.whole(self.witness)
        return self._replace(path=inner.segment + self.path, witness=whole, look=lambda value: look(inner.look(value)))


class _Inner(NamedTuple):
    """A type inside another: where it stands, how a value with one is made, and how that is found in it again."""

    segment: str
    node: Node
    whole: Convert
    look: Convert


def items_of(node: Map | Dict) -> tuple[Node, Node]:
    """The types of its keys and values."""
    return (STR, node.item) if isinstance(node, Map) else (node.key, node.value)


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
    return node.examples[0] if isinstance(node, Atom) else node.row.cls(URI)


class Examples:
    """Makes values that are as plain as can be, a bounded number of them."""

    def __init__(self, most: int) -> None:
        self._left = most
        self._open: list[Node] = []
        self._walked: list[Node] = []
        self._codecs = Codecs()

    def of(self, node: Node) -> Any:
        """Raises NoExampleError where there is none, and once there were too many."""
        if self._left <= 0 or node in self._open:
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
                self._codecs.packings[node].pack(example)
                return example
        raise NoExampleError

    def parts_of_field(self, record: Record, field: Field) -> Iterator[Part]:
        """All that a record may lose of one of its fields by the code of another library, pydantic's JSON."""
        yield from self._lifted(self._of_field(record, field))

    def _lifted(self, inner: _Inner) -> Iterator[Part]:
        for part in self._parts(inner.node):
            with contextlib.suppress(NoExampleError):
                yield part.inside(inner)

    def _parts(self, node: Node) -> Iterator[Part]:
        if node in self._walked:
            return
        self._walked.append(node)
        with contextlib.suppress(NoExampleError):
            yield from self._own_parts(node)
        for inner in self._inside(node):
            yield from self._lifted(inner)
        self._walked.pop()

    def _own_parts(self, node: Node) -> Iterator[Part]:
        match node:
            case Record():
                yield Part("", f"its class {spell(node)}", NO_SUCH_CLASS, self.record(node), type)
            case Atom() | Reference():
                yield Part("", f"that it was a {spell(node)}", NO_SUCH_TYPE, plainest(node))
            case Foreign():
                yield Part("", "what JSON does not keep", f"a {spell(node)} writes it so", self.of(node))
        for one in observations(node):
            yield Part("", *one)

    def _inside(self, node: Node) -> Iterator[_Inner]:
        match node:
            case List(item):
                yield _Inner("[i]", item, lambda value: [value], operator.itemgetter(0))
            case Map() | Dict():
                key, item = items_of(node)
                yield _Inner("(key)", key, lambda value: {value: self.of(item)}, _first_key)
                yield _Inner("[key]", item, lambda value: {self.of(key): value}, _first_value)
            case Union(choices):
                several = len([member for member in choices if member is not NONE]) > 1
                for member in choices:
                    yield _Inner(f"<{spell(member)}>" if several else "", member, _itself, _itself)
            case Record():
                for field in node.fields:
                    yield self._of_field(node, field)

    def _of_field(self, record: Record, field: Field) -> _Inner:
        def look(value: Any) -> Any:
            return value[field.name] if type(value) is dict else getattr(value, field.name)

        return _Inner(f".{field.name}", field.node, lambda value: self.record(record, field, value), look)

    def record(self, node: Record, field: Field | None = None, value: Any = None) -> Any:
        """A record, one of its fields set; the others have their defaults, or examples of their types."""
        arguments = {one.init: self.of(one.node) for one in node.fields if one.init and one.required}
        if field is not None and field.init:
            arguments[field.init] = value
        try:
            record = node.cls(**arguments)
            if field is not None and not field.init:
                object.__setattr__(record, field.name, value)
        except Exception:  # the class's own checks
            raise NoExampleError from None
        return record
