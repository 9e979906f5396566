# SPDX-License-Identifier: Apache-2.0
"""The story of the README's table: what a type is, and what it loses, in words for people."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Annotated, Any, Literal, NamedTuple

import attrs

from .._types.atoms import ANY, BYTES, FLOAT, INT, STR
from .._types.nodes import (
    Choice,
    Dict,
    Foreign,
    Hashed,
    List,
    Map,
    Record,
    Reference,
    Union,
    Worded,
    is_frame,
    python_type_of,
)
from .._types.parse import parse, spell
from .._types.references import DATASET, FILE, SCHEMA
from .._types.rows import Atom, ReferenceRow
from .._types.times import DATE, DATETIME, TIMEDELTA
from ..values import Columns, FlyteDirectory, FlyteError, FlyteFile, FlyteSchema, Format, StructuredDataset


class Words(NamedTuple):
    python: str
    """The type, as a person writes it."""
    literal: str
    """Its ``LiteralType``, as a person reads it."""
    lost: str = "nothing"
    """What does not survive even where the type is at hand, in one line."""
    returns: str = "itself"
    """What comes back when only the template tells the type."""
    unsaid: str = "nothing"
    """What is lost then too, since no template says it."""
    note: str = ""
    """What is refused, and what ``==`` does not see."""


@attrs.frozen
class _Record:
    x: int


class _Enum(enum.Enum):
    RED = "red"


EXAMPLES: tuple[Any, ...] = (
    None,
    bool,
    int,
    float,
    str,
    bytes,
    dict,
    dt.datetime,
    dt.date,
    dt.timedelta,
    _Enum,
    Literal["a", "b"],
    Annotated[FlyteFile, Format("csv")],
    Annotated[FlyteDirectory, Format("csv")],
    Annotated[StructuredDataset, Format("parquet")],
    Annotated[FlyteSchema, Columns((("id", int),))],
    FlyteError,
    _Record,
    dt.datetime | None,
    list[dt.date],
    dict[str, dt.date],
    dict[dt.date, int],
)
"""A type of each kind, in the order of the table, that shows all its losses."""


def words_of(python_type: Any) -> Words:
    node = parse(python_type)
    match node:
        case Atom():
            return _ATOMS.get(node) or Words(spell(node), node.simple)
        case List():
            return Words("list[T]", "collection", "what T loses", "list of what T gives", "what T loses then")
        case Map():
            note = "the order of keys is lost, which `==` does not see"
            return Words("dict[str, T]", "map", "what T loses", "dict of what T gives", "what T loses then", note)
        case Dict(key):
            return _ANY if key is ANY else _STRUCT
        case Record():
            return MODEL if node.is_model else _RECORD
        case Union():
            return _UNION
        case Choice(cls):
            return _LITERAL if cls is None else _ENUM
        case Reference(row):
            return FRAME if is_frame(node) else _of_reference(row)
        case Worded(inner) | Hashed(inner):  # pragma: no cover - no example has an annotation
            return words_of(python_type_of(inner))
        case Foreign():  # pragma: no cover - no example is one
            return _ANY


_KEPT = "of a subclass the value is kept"
_ATOMS: dict[Atom, Words] = {
    INT: Words("int", "INTEGER", note=f"beyond int64: refused; `True` is no int; {_KEPT}"),
    FLOAT: Words("float", "FLOAT", note=f"an int is taken while a float holds it exactly; {_KEPT}; every NaN is one"),
    STR: Words("str", "STRING", note=f"a lone surrogate: refused; {_KEPT}"),
    BYTES: Words(
        "bytes",
        "BINARY",
        note="a `Binary` of the tag `bytes`; msgpack's `bin` and an untagged `Binary` are read, save a pickle",
    ),
    DATETIME: Words(
        "datetime",
        "DATETIME",
        "the zone, that it was naive (which counts as UTC), fold; in a record only fold",
        note="of a zone only its offset is compared; before the year 1 or after 9999 in UTC: refused; of a subclass, "
        "what is finer than microseconds too",
    ),
    DATE: Words(
        "date",
        "DATETIME",
        returns="a datetime at midnight UTC; itself in a union, which says so",
        unsaid="that it was a date",
    ),
    TIMEDELTA: Words(
        "timedelta",
        "DURATION",
        note="beyond protobuf's 10,000 years: refused; beyond 292 years: kept, but once an execution has it as an "
        "input, Flyte 1 starts no other (README, Limits); in a record, refused where no double of seconds holds it "
        "exactly",
    ),
}
_ANY = Words(
    "Any (in a record or a dict)",
    "none",
    "that a list was a tuple, and bytes a bytearray",
    note=f"JSON-like values, bytes among them; {_KEPT}",
)
_ENUM = Words(
    "Enum with str values",
    "enum",
    returns="a member of a generated Enum with the same values",
    unsaid="its class, and the member's name",
    note="read and written by its members' names where the interface lists these, as Flyte 2's SDK does: then an alias "
    "is its member; in a record its values may be any scalars",
)
_LITERAL = Words(
    "Literal[...] of one scalar type",
    "that type, annotated",
    returns="the scalar",
    note="that it is one of these is checked only where the type is at hand; fits an enum of its texts, as Flyte 2's "
    "SDK declares it; in a record of several scalar types",
)
_RECORD = Words(
    "dataclass, attrs class",
    "STRUCT with a JSON Schema",
    "what its fields lose in a record; what was set on a field that `__init__` does not take",
    "a dict of plain data",
    "its class; that its fields were more than JSON-like data; defaults of fields left out",
    "the order of fields is lost; keys of a literal that it has no field for are not read; a field whose default is "
    "None is Optional",
)
MODEL = Words(
    "pydantic model",
    "STRUCT with pydantic's JSON Schema",
    "what its own JSON does not keep: NaN, secrets, excluded fields, fields that a nested model's subclass adds",
    "a dict of plain data",
    "its class; that its fields were more than JSON-like data",
    "of pydantic 2.11 and later; written by name and read by name or alias; what it computes is written and not read; "
    "the name of an Enum's member, which Flyte 2's SDK writes, is read where no member has that value; "
    "a RootModel of something else than a dict is read by its class alone",
)
FRAME = Words(
    "pandas.DataFrame, polars.DataFrame, polars.LazyFrame, pyarrow.Table",
    "structured dataset",
    "what Parquet does not keep",
    "a StructuredDataset",
    "its class",
    "its own library reads it, and is imported by whoever names the class; where the type, or else the literal, names "
    "columns it has those alone; fits a schema too; in a record, in a dict with other keys, as another format: refused",
)
_UNION = Words(
    "Optional[T], Union[T, U], T | U",
    "union",
    "what its member loses",
    "what its member gives",
    "what its member loses then; echoed, a record is for good a dict or map beside it that takes its fields",
    "records: told apart by the stored schema's title, else by their fields; a value that fits several members, or "
    "would be read back as another (in a record, a str that spells a date of `date | str`): refused",
)
_STRUCT = Words(
    "dict, dict[K, T] with other keys",
    "STRUCT",
    "what K and T lose in a record",
    "dict",
    "that keys and values were more than JSON-like data",
    "keys are sorted, so that equal dicts are equal bytes; their order is lost, which `==` does not see; a record in "
    "an untyped dict, and two keys that become one: refused",
)


def _of_reference(row: ReferenceRow) -> Words:
    if row is DATASET:
        lost = "that it named no format or columns where its type does; in a record: its columns and external schema"
        return Words("StructuredDataset", "structured dataset", lost)
    if row is SCHEMA:
        lost = "that it named no columns where its type does; in a record: its columns and hash"
        return Words("FlyteSchema", "schema", lost)
    lost = "that it named no format where its type names one"
    return Words(row.cls.__name__, "blob, single" if row is FILE else "blob, multipart", lost)
