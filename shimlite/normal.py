# SPDX-License-Identifier: Apache-2.0
"""The other direction: what a ``Literal`` loses when it is read into Python and written again.

Many spellings mean one value, and Python has no place for some of what a message can hold. The literal that is left is
the normal form, the one that shimlite writes. ``fidelity`` says what values lose. The core ends here.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, NamedTuple

import attrs

from ._idl import Literal, LiteralType, from_text
from .engine import to_literal, to_python_value
from .values import FlyteFile, FlyteSchema, Format

__all__ = ["LITERAL_LOSSES", "LiteralLoss", "normal"]


def normal(literal: Literal, as_type: Any) -> Literal:
    """The literal that comes back of one that is read as ``as_type`` (a type or a ``LiteralType``) and written again.

    A normal literal comes back as it is. Raises what to_python_value and to_literal raise.
    """
    return to_literal(to_python_value(literal, as_type), as_type)


class LiteralLoss(NamedTuple):
    """Something in a ``Literal`` that its normal form does not have, or has in another form."""

    what: str
    becomes: str
    as_type: Any
    """The type to read the witness as; a ``LiteralType`` in protobuf's text format where no Python type says it."""
    text: str
    """The witness, in protobuf's text format."""
    more: bytes = b""
    """What that format cannot say."""

    @property
    def witness(self) -> tuple[Literal, Any]:
        """A literal that shows the loss, and the type to read it as."""
        literal = from_text(self.text, Literal)
        literal.MergeFromString(self.more)
        return literal, from_text(self.as_type, LiteralType) if isinstance(self.as_type, str) else self.as_type


@attrs.frozen
class _Record:
    x: int = 1


@attrs.frozen
class _Filed:
    f: FlyteFile


_ONE = "scalar { primitive { integer: 1 } }"
_TIME = "scalar { primitive { datetime { seconds: 1 nanos: 1999 } } }"
_SWAPPED = r'scalar { binary { value: "\202\241b\001\241a\002" tag: "msgpack" } }'
_STRUCT = 'scalar { generic { fields { key: "x" value { number_value: 1 } } } }'
_UNTAGGED = f"scalar {{ union {{ value {{ {_ONE} }} type {{ simple: INTEGER }} }} }}"
_VARIANT = 'simple: STRUCT structure { tag: "Object-Dataclass-Transformer" }'
_DATASET = 'scalar { structured_dataset { uri: "s3://bucket/key" } }'

LITERAL_LOSSES = (
    LiteralLoss("`hash`, save a reference's", "gone", int, f'{_ONE} hash: "abc"'),
    LiteralLoss("`metadata`, save a file's", "gone", int, f'{_ONE} metadata {{ key: "a" value: "b" }}'),
    LiteralLoss("fields that this flyteidl does not know", "gone", int, _ONE, b"\xa2\x06\x01x"),
    LiteralLoss("nanoseconds of a `Timestamp` or `Duration`", "cut to microseconds, towards zero", dt.datetime, _TIME),
    LiteralLoss("a whole FLOAT for an INTEGER", "INTEGER", int, "scalar { primitive { float_value: 1 } }"),
    LiteralLoss("an INTEGER for a FLOAT", "FLOAT, while that is exact", float, _ONE),
    LiteralLoss(
        "text of a time or a date for a DATETIME, seconds for a DURATION",
        "`Timestamp`, `Duration`",
        dt.datetime,
        'scalar { primitive { string_value: "2024-02-29T12:00:00Z" } }',
    ),
    LiteralLoss(
        "msgpack where the type has a literal of its own",
        "that literal",
        int,
        r'scalar { binary { value: "\001" tag: "msgpack" } }',
    ),
    LiteralLoss("a `Struct` for a dict or record", "msgpack; whole numbers up to 2**53 as ints", dict, _STRUCT),
    LiteralLoss("the order of keys in msgpack, its longer spellings", "sorted, the shortest", dict, _SWAPPED),
    LiteralLoss(
        "bytes in msgpack, or under no tag",
        "under the tag `bytes`, which Flyte's cache takes for BINARY",
        bytes,
        'scalar { binary { value: "a" } }',
    ),
    LiteralLoss("a value without its union", "the union", int | None, _ONE),
    LiteralLoss("the stored type of a union", "the member's own", int | None, _UNTAGGED),
    LiteralLoss(
        "the schema in it, by the template alone",
        "gone, since a dict is of no class",
        f"union_type {{ variants {{ {_VARIANT} }} }}",
        f"""scalar {{ union {{ value {{ {_STRUCT} }} type {{ {_VARIANT}
  metadata {{ fields {{ key: "title" value {{ string_value: "Record" }} }} }} }} }} }}""",
    ),
    LiteralLoss(
        "nil for an optional record or dict",
        "None",
        dict | None,
        r'scalar { union { value { scalar { binary { value: "\300" tag: "msgpack" } } } '
        r'type { simple: STRUCT structure { tag: "Typed Dict" } } } }',
    ),
    LiteralLoss(
        "a stored Enum for a str, and the reverse",
        "the declared one",
        str | None,
        'scalar { union { value { scalar { primitive { string_value: "a" } } } type { enum_type { values: "a" } '
        'structure { tag: "DefaultEnumTransformer" } } } }',
    ),
    LiteralLoss(
        "keys that a record has no field for, fields left out",
        "gone, their defaults",
        _Record,
        r'scalar { binary { value: "\201\241y\002" tag: "msgpack" } }',
    ),
    LiteralLoss(
        "Flyte 2's map of a file or table in a record",
        "flytekit's keys, and `format` and `hash` where they say something; `name` is gone",
        _Filed,
        r'scalar { binary { value: "\201\241f\202\244path\241a\244name\241b" tag: "msgpack" } }',
    ),
    LiteralLoss(
        "what a reference leaves open and the interface says",
        "said",
        Annotated[FlyteFile, Format("csv")],
        'scalar { blob { uri: "s3://bucket/key" } }',
    ),
    LiteralLoss("a schema for a structured dataset, and the reverse", "the declared one", FlyteSchema, _DATASET),
)
