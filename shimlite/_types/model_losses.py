# SPDX-License-Identifier: Apache-2.0
"""The losses where pydantic writes or reads a record: its own code tells, so each part of a value is run through it.

``witnesses`` makes the values. What a model writes is no matter of its fields' rows, so the parts of a value are found
again in what comes back. Next: ``losses``.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import operator
from collections.abc import Iterator
from typing import Any, NamedTuple, TypeVar

from .atoms import ANY, BYTES, INT, NONE, STR
from .nodes import Dict, Field, Foreign, List, Map, Node, Record, Reference, Union
from .parse import spell
from .pydantic_models import keys_of_model
from .rows import Atom, Convert
from .times import DATETIME
from .witnesses import (
    MOST_LOSSES,
    NO_SUCH_CLASS,
    NO_SUCH_TYPE,
    Examples,
    Loss,
    Losses,
    NoExampleError,
    is_lost,
    items_of,
    observations,
    plainest,
)

UNSHOWN: Any = object()
"""In place of a witness: a loss that is sure, and of which no example is made."""
KEPT_BY_JSON = "what its JSON does not keep"
NO_EXAMPLE = "no example of it could be made"
WITH_SECONDS = dt.datetime(2024, 2, 29, 12, tzinfo=dt.timezone(dt.timedelta(seconds=3661)))
TEXTS = ("2024-02-29", "2024-02-29T12:00:00Z", "12:00:00", "P1D", "00000000-0000-0000-0000-000000000000", "1")
"""What pydantic may read as another type than str."""


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
        whole = self.witness if self.witness is UNSHOWN else inner.whole(self.witness)
        return self._replace(path=inner.segment + self.path, witness=whole, look=lambda value: look(inner.look(value)))


class _Inner(NamedTuple):
    """A type inside another: where it stands, how a value with one is made, and how that is found in it again."""

    segment: str
    node: Node
    whole: Convert
    look: Convert


class Parts:
    """The parts of values, each with a whole value that has it."""

    def __init__(self, examples: Examples) -> None:
        self._examples = examples
        self._walked: list[Node] = []

    def own_losses(self, record: Record) -> Losses:
        """What a model loses besides its fields."""
        losses = tuple(Loss(*part[:3]) for part in _settings(record))
        with contextlib.suppress(NoExampleError):
            self._examples.record(record)
            return losses
        return (*losses, Loss("", KEPT_BY_JSON, NO_EXAMPLE))

    def losses(self, record: Record, field: Field, way: Convert) -> Losses:
        """What a record loses of a field. Where the type of a part is lost, all else of that part is too."""
        losses: dict[str, list[Loss]] = {}
        for part in itertools.islice(self._lifted(self._of_field(record, field)), MOST_LOSSES):
            lost = losses.setdefault(part.path, [])
            is_listed = any(one.why == NO_SUCH_TYPE or one.what == part.what for one in lost)
            if not is_listed and _is_part_lost(part, way):
                lost.append(Loss(part.path, part.what, part.why, None if part.witness is UNSHOWN else part.witness))
        return tuple(itertools.chain.from_iterable(losses.values()))

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
                yield from _settings(node)
                yield Part("", f"its class {spell(node)}", NO_SUCH_CLASS, self._examples.record(node), type)
            case _ if takes_anything(node):
                yield Part("", "types that JSON has not", NO_SUCH_TYPE, WITH_SECONDS)
            case Atom() | Reference():
                yield Part("", f"that it was a {spell(node)}", NO_SUCH_TYPE, plainest(node))
            case Foreign():
                yield self._of_foreign(node)
        for text in TEXTS if node is STR else ():
            yield Part("", "that it was a str", "such text is read as another member of its union", text)
        if node is DATETIME:
            yield Part("", "the seconds of its offset", "JSON has hours and minutes", WITH_SECONDS)
        for one in observations(node):
            yield Part("", *one)

    def _of_foreign(self, node: Foreign) -> Part:
        try:
            return Part("", KEPT_BY_JSON, f"a {spell(node)} writes it so", self._examples.of(node))
        except NoExampleError:
            return Part("", KEPT_BY_JSON, NO_EXAMPLE, UNSHOWN)

    def _inside(self, node: Node) -> Iterator[_Inner]:
        match node:
            case List(item):
                yield _Inner("[i]", item, lambda value: [value], operator.itemgetter(0))
            case Map() | Dict():
                key, item = items_of(node)
                key = INT if key is ANY else key  # JSON has only texts for keys
                yield _Inner("(key)", key, lambda value: {value: self._examples.of(item)}, _first_key)
                yield _Inner("[key]", item, lambda value: {self._examples.of(key): value}, _first_value)
            case Union(choices):
                several = len([member for member in choices if member is not NONE]) > 1
                for member in choices:
                    yield _Inner(f"<{spell(member)}>" if several else "", member, _itself, _itself)
            case Record():
                for field in node.fields:
                    yield self._of_field(node, field)

    def _of_field(self, record: Record, field: Field) -> _Inner:
        keys = keys_of_model(record.cls) if record.is_model else None
        key = field.name if keys is None else keys.names[field.name]

        def look(value: Any) -> Any:
            return value[key] if type(value) is dict else getattr(value, field.name)

        return _Inner(f".{field.name}", field.node, lambda value: self._examples.record(record, field, value), look)


def is_bytes(node: Node) -> bool:
    return node is BYTES


def is_foreign(node: Node) -> bool:
    return isinstance(node, Foreign)


def takes_anything(node: Node) -> bool:
    return node is ANY or (isinstance(node, Foreign) and (node.type is object or isinstance(node.type, TypeVar)))


def _settings(record: Record) -> Iterator[Part]:
    """What a model may hold besides its fields."""
    if record.is_model and record.cls.__private_attributes__:
        yield Part("", "its private attributes", "its JSON has none of them", UNSHOWN)
    if record.is_model and record.cls.model_config.get("extra") == "allow":
        yield Part("", "the types of fields that it does not declare", NO_SUCH_TYPE, UNSHOWN)


def unwritten_fields(record: Record) -> list[str]:
    """The fields that a model leaves out of its JSON, always or for some values."""
    fields = record.cls.model_fields if record.is_model else {}
    return [name for name, field in fields.items() if field.exclude or getattr(field, "exclude_if", None)]


def _is_part_lost(part: Part, way: Convert) -> bool:
    if part.witness is UNSHOWN:
        return True
    try:
        return is_lost(part.witness, way, part.look)
    except (LookupError, AttributeError, TypeError, StopIteration):  # it is not there any more
        return True
