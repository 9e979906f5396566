# SPDX-License-Identifier: Apache-2.0
"""What a row of the fixed set is: all about one class, as data without methods.

``atoms`` and ``times`` hold the rows of atoms, ``references`` those of references. A row says how its own values
travel, and nothing of lists, records or unions: ``nodes`` combines rows into types. Next: ``atoms``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import attrs

from .._idl import Literal, LiteralCollection, LiteralType

MAX_DEPTH = 256
"""Levels of nesting in one value. msgpack itself packs 511; Python's own stack allows 1000 frames, ours take two a
level. Types nest no deeper than a protobuf message may (100), so only JSON-like values and recursive classes reach it.
"""

Encode = Callable[[Any, Literal], None]
"""Fills an empty ``Literal`` in place, so that nested messages are never copied."""
Decode = Callable[[Literal], Any]
Convert = Callable[[Any], Any]
JsonSchema = dict[str, Any]


class Bulk(NamedTuple):
    """A quick way for long lists of an atom. It does as the closures of the atom do, or leaves it to them."""

    write: Callable[[Sequence[Any], LiteralCollection], int]
    """Adds the first of the values to a collection, and says how many it added."""
    read: Callable[[LiteralCollection], list[Any] | None]
    """All values of a collection, or None."""


class Codec(NamedTuple):
    """A pair of a Python type and a ``LiteralType``, compiled."""

    encode: Encode
    decode: Decode
    bulk: Bulk | None = None
    """For a list of such elements."""


class Packed(NamedTuple):
    """A Python type as msgpack holds it, compiled."""

    pack: Convert
    unpack: Convert
    wire: tuple[type, ...]
    """The classes that ``unpack`` may accept, first the one that it takes as it is."""


def _itself(value: Any) -> Any:
    return value


class Observation(NamedTuple):
    """Something of a value that a reader may not get back: what it is, why, a value that has it, and where to look."""

    what: str
    why: str
    witness: Any
    look: Convert = _itself


@attrs.frozen(eq=False, repr=False)
class Atom:
    """One row of the table: a class whose values hold no others. A row equals itself alone."""

    cls: Any
    """The Python type."""
    simple: str
    """The ``SimpleType`` that it is declared as; empty where it has no literal of its own."""
    tag: str
    """``TypeStructure.tag`` of a union's variant: the name of flytekit's transformer."""
    own: str
    """The innermost oneof field that its literals fill."""
    write: Encode
    read: Convert
    """Takes the message in which ``own`` is set: a ``Primitive``, or a ``Scalar``."""
    pack: Convert
    unpack: Convert
    wire: tuple[type, ...]
    """The classes that msgpack has for it, its own one first."""
    schema: Mapping[str, Any]
    fast: Callable[[Decode], Decode] = _itself
    """Puts a quick reader of literals before the slow one: a value other than a field's default proves that the field
    is set, so the oneof need not be asked."""
    also: Mapping[str, Convert] = {}
    """The other primitives that real writers send for it, and how each is read."""
    bare: Convert | None = None
    """Reads msgpack that stands for a whole literal; None: ``unpack`` does."""
    losses: tuple[Observation, ...] = ()
    bulk: Bulk | None = None
    examples: tuple[Any, ...] = ()
    """Values of every form, the plainest first."""
    record_type: LiteralType | None = None
    """What flytekit declares for a field of a record, where that differs."""


@attrs.frozen(eq=False, repr=False)
class ReferenceRow:
    """One row of the table: a class of ours that names data which lies elsewhere."""

    cls: Any
    kind: str
    """The oneof field of its ``LiteralType``."""
    tag: str
    readers: Mapping[str, Callable[[Literal], Any]]
    """By the kind of literal; msgpack and ``Struct`` aside."""
    write: Callable[[Any, Literal, LiteralType], None]
    """Fills a literal with a value of the declared type."""
    keys: Mapping[str, str]
    """In a record: the key of each attribute, in flytekit's spelling. The first is always there."""
    beside: Mapping[str, str]
    """Likewise, in the spelling of Flyte 2's SDK: written where a value says what its type does not."""
    properties: Mapping[str, JsonSchema]
    says: Mapping[str, Any]
    """What a value may say besides where its data lies, each with an example."""
    hints: Mapping[str, str] = {}
    """For literals of another kind."""
    of_text: str = ""
    """The hint for a value that is a mere text."""
    directory: bool = False
    """Whether a blob is a directory."""
