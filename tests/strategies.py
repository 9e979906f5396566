# SPDX-License-Identifier: Apache-2.0
"""Hypothesis strategies over the fixed set: its types, the values of a type, both together; and strict equality.

Built upwards: pools of awkward values, then atoms, then what holds atoms. Nothing here looks at how shimlite converts;
a type is left out only where two members of a union say the same, as ``dict`` and ``dict[int, str]`` do.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import functools
import math
import operator
import types
import typing
import zoneinfo
from collections.abc import Iterable
from typing import Annotated, Any, Literal

import attr  # attrs.field has no type before 23.1
import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from shimlite import FlyteDirectory, FlyteError, FlyteFile, FlyteSchema, StructuredDataset, to_literal_type
from shimlite._idl import LiteralType, SimpleType
from shimlite.equality import same
from shimlite.values import Format

__all__ = [
    "field_types",
    "json_schemas",
    "json_values",
    "literal_types",
    "parts",
    "python_types",
    "same",
    "typed_values",
    "values",
]

# The older spellings are other objects than int | None and list, and people still write them.
Either, OldList = typing.Union, vars(typing)["List"]

MAX_DEPTH = 4
"""Levels of types in types. Every pair of rows meets at two; four has a record in a union in a list in a map."""
MOST_ITEMS = 3
"""Elements of a container: an error in the handling of many shows with three."""

# ---------------------------------------------------------------------------------------------------- awkward values

INTS = (0, 1, -1, 2**31, 2**53 - 1, 2**53, 2**53 + 1, -(2**53) - 1, 2**63 - 1, -(2**63))
FLOATS = (0.0, -0.0, 1.0, -1.5, 0.1, 5e-324, 1.7976931348623157e308, 2.0**53, math.inf, -math.inf, math.nan)
TEXTS = ("", "\x00", " ", "a", "5", "True", "null", "é", "e\u0301", "\u2028", "\ud7ff", "\U0001f600", "\U0010ffff")
DATE_TEXTS = ("2024-02-29", "2024-02-29T00:00:00", "2024-02-29T01:02:03.000004+05:45", "0001-01-01T00:00:00Z")
BYTES = (b"", b"\x00", b"\xff\xfe", b"YQ==", b"\xc1")
DATES = (dt.date(1, 1, 1), dt.date(1969, 12, 31), dt.date(1970, 1, 1), dt.date(2024, 2, 29), dt.date(9999, 12, 31))
ZONES = (
    dt.timezone.utc,
    dt.timezone(dt.timedelta(hours=5, minutes=45)),
    dt.timezone(dt.timedelta(hours=14)),
    dt.timezone(-dt.timedelta(hours=11, minutes=59, seconds=59)),
    dt.timezone(dt.timedelta(seconds=1), "a second"),
    dt.timezone(-dt.timedelta(seconds=1)),
)
NAMED_ZONES = ("Europe/Berlin", "America/St_Johns", "Asia/Kathmandu")
TIMES = (
    dt.datetime(1, 1, 1),
    dt.datetime(1, 1, 1, tzinfo=dt.timezone.utc),
    dt.datetime(1, 1, 1, tzinfo=ZONES[2]),  # before the year 1 in UTC
    dt.datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=dt.timezone.utc),
    dt.datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=ZONES[3]),  # after the year 9999 in UTC
    dt.datetime(1969, 12, 31, 23, 59, 59, 999_999),
    dt.datetime(2024, 2, 29, 1, 2, 3, 4, tzinfo=ZONES[1]),
    dt.datetime(2021, 10, 31, 2, 30, fold=1),
)
TEN_THOUSAND_YEARS = dt.timedelta(seconds=315_576_000_000)
DELTAS = (
    dt.timedelta(0),
    dt.timedelta(microseconds=1),
    dt.timedelta(microseconds=-1),
    dt.timedelta(days=-1, microseconds=1),
    dt.timedelta(seconds=1.5),
    TEN_THOUSAND_YEARS,
    -TEN_THOUSAND_YEARS,
    TEN_THOUSAND_YEARS - dt.timedelta(microseconds=1),
    TEN_THOUSAND_YEARS + dt.timedelta(microseconds=1),  # beyond what Duration may hold
)
URIS = ("s3://bucket/key", "gs://b/a b/ü.csv", "s3://b/[a]*?", "s3://b/dir/", "abfs://c@a/x#y")
FORMATS = ("csv", "parquet", "tar.gz")
ENUM_VALUES = ("", "a", "b", "red", "mro", "name", "_x_", "__y__", "value_0", "a b", "1", "é", "None")
FIELD_NAMES = ("x", "y", "id", "name", "value", "values", "title", "type", "items", "self", "path", "_private", "É")
CLASS_NAMES = ("Point", "Order", "Record", "Größe", "FlyteFile_", "Model")


def _from(pool: Iterable[Any], strategy: SearchStrategy[Any]) -> SearchStrategy[Any]:
    """Awkward values about as often as arbitrary ones."""
    return st.one_of(st.sampled_from(list(pool)), strategy)


# --------------------------------------------------------------------------------------------------- values of atoms

ints = _from(INTS, st.integers(-(2**63), 2**63 - 1))
floats = _from(FLOATS, st.floats())
texts = _from((*TEXTS, *DATE_TEXTS), st.text(max_size=5))
blobs = _from(BYTES, st.binary(max_size=5))
dates = _from(DATES, st.dates())
deltas = _from(DELTAS, st.timedeltas())


@st.composite
def _datetimes(draw: st.DrawFn) -> dt.datetime:
    """Naive ones, and aware ones in fixed and named zones, with both folds."""
    moment = draw(_from(TIMES, st.datetimes()))
    zone = draw(st.sampled_from((None, None, *ZONES, *NAMED_ZONES)))
    if zone is None:
        return moment
    tzinfo = zoneinfo.ZoneInfo(zone) if isinstance(zone, str) else zone
    return moment.replace(tzinfo=tzinfo, fold=draw(st.integers(0, 1)))


datetimes = _datetimes()
_keys = st.one_of(texts, st.integers(-(2**63), 2**64 - 1), blobs, st.booleans(), st.none(), st.floats(allow_nan=False))


def json_values(max_depth: int = MAX_DEPTH) -> SearchStrategy[Any]:
    """JSON-like values as msgpack holds them: with bytes, keys of any scalar, and ints up to 2**64 - 1."""
    atoms = st.one_of(st.none(), st.booleans(), ints, st.sampled_from((2**63, 2**64 - 1)), floats, texts, blobs)
    return _json_values(max_depth, atoms)


def _json_values(depth: int, atoms: SearchStrategy[Any]) -> SearchStrategy[Any]:
    if depth <= 1:
        return atoms
    below = _json_values(depth - 1, atoms)
    lists = st.lists(below, max_size=MOST_ITEMS)
    return st.one_of(atoms, lists, lists.map(tuple), st.dictionaries(_keys, below, max_size=MOST_ITEMS))


def _json_dicts(depth: int) -> SearchStrategy[dict[Any, Any]]:
    return st.dictionaries(_keys, json_values(max(depth - 1, 1)), max_size=MOST_ITEMS)


# -------------------------------------------------------------------------------------------------------------- types


class Color(enum.Enum):
    RED = "red"
    GREEN = "green"
    CRIMSON = "red"  # an alias


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


SCALARS = (type(None), bool, int, float, str, bytes, dt.datetime, dt.date, dt.timedelta)
COLUMNS = {"id": int, "name": str, "at": dt.datetime, "share": float, "ok": bool, "took": dt.timedelta}


@st.composite
def _enums(draw: st.DrawFn) -> type[enum.Enum]:
    given = draw(st.lists(st.sampled_from(ENUM_VALUES), min_size=1, max_size=4, unique=True))
    return enum.Enum("Generated", {f"MEMBER_{place}": value for place, value in enumerate(given)})


@st.composite
def _literals(draw: st.DrawFn) -> Any:
    atoms = draw(st.sampled_from((texts, st.sampled_from(INTS[:-2]), st.booleans())))
    return Literal[tuple(draw(st.lists(atoms, min_size=1, max_size=3, unique=True)))]


@st.composite
def _columns(draw: st.DrawFn) -> dict[str, type]:
    return {name: COLUMNS[name] for name in draw(st.lists(st.sampled_from(sorted(COLUMNS)), max_size=3, unique=True))}


@st.composite
def _references(draw: st.DrawFn) -> Any:
    cls = draw(st.sampled_from((FlyteFile, FlyteDirectory, StructuredDataset, FlyteSchema, FlyteError)))
    if cls is FlyteError or draw(st.booleans()):
        return cls
    if cls is StructuredDataset:
        return Annotated[(cls, *draw(st.sampled_from((("csv",), (COLUMNS,), ({"id": int}, "parquet")))))]
    return cls[draw(_columns().filter(bool) if cls is FlyteSchema else st.sampled_from(FORMATS))]


_KEYS = (int, int, int, float, bool, bytes, dt.date, dt.datetime, Color, Rank, Literal[1, 2], str | None)
_ONLY_IN_RECORDS = (Any, list, Level, Rank, Literal["a", 1, True], Literal[None, "x"], list[Any], dict[str, Any])


def python_types(max_depth: int = MAX_DEPTH) -> SearchStrategy[Any]:
    """Every type that has a ``LiteralType`` of its own, up to ``max_depth`` levels of types in types."""
    return _whole_types(max_depth, False)


def field_types(max_depth: int = MAX_DEPTH) -> SearchStrategy[Any]:
    """Every type that a record's field may have: also those that msgpack holds but no ``LiteralType`` says."""
    return _whole_types(max_depth, True)


@st.composite
def _whole_types(draw: st.DrawFn, depth: int, in_record: bool) -> Any:
    """typing keeps what it has made and takes ``list[int | str]`` for ``list[str | int]``, so what a draw gives would
    depend on those before it."""
    for forget in typing._cleanups:  # type: ignore[attr-defined]
        forget()
    return draw(_types(depth, in_record))


@st.composite
def _types(draw: st.DrawFn, depth: int, in_record: bool) -> Any:
    # One draw names the kind, so that a failing type shrinks to the first of them.
    kinds = ["scalar", "choice", "reference", "struct"] + ["only in records"] * in_record
    if depth > 1:
        kinds += ["list", "map", "keyed", "record", "annotated"] + ["union"] * 3
    kind = draw(st.sampled_from(kinds))
    below = _types(depth - 1, in_record)
    if kind == "scalar":
        return draw(st.sampled_from(SCALARS))
    if kind == "choice":
        return draw(st.one_of(st.sampled_from((Color, Shade)), _enums(), _literals()))
    if kind == "reference":
        return draw(_references())
    if kind == "struct":
        return dict
    if kind == "only in records":
        return draw(st.sampled_from(_ONLY_IN_RECORDS))
    if kind == "list":
        return draw(st.sampled_from((list, OldList)))[draw(below)]
    if kind == "map":
        return dict[str, draw(below)]
    if kind == "keyed":
        return dict[draw(st.sampled_from(_KEYS)), draw(_types(depth - 1, True))]
    if kind == "record":
        return draw(records(depth - 1))
    if kind == "annotated":  # with a word of someone else's, which means nothing but to a StructuredDataset
        inner = draw(below)
        return inner if _bare(inner) is StructuredDataset else Annotated[inner, "words"]
    return draw(_unions(below))


@st.composite
def _unions(draw: st.DrawFn, below: SearchStrategy[Any]) -> Any:
    """Members in any order and either spelling, no two of them told apart by nothing."""
    drawn = [type(None)] if draw(st.booleans()) else []
    alike = draw(st.sampled_from((None, None, None, lambda one: list[one], lambda one: dict[str, one])))
    drawn += [alike(one) if alike else one for one in draw(st.lists(below, min_size=1, max_size=MOST_ITEMS))]
    distinct: dict[Any, Any] = {}
    for member in (inner for one in drawn for inner in _flat(one)):
        # Any takes everything and leaves nothing for the others; columns are a dict, which Python's Union cannot hash.
        if _bare(member) is not Any and _is_hashable(member):
            distinct.setdefault((_tag(member), _said(member)), member)
    chosen = draw(st.permutations(list(distinct.values()))) or [type(None)]
    if draw(st.booleans()) and not any(one is None or one is type(None) for one in chosen[:1]):
        return functools.reduce(operator.or_, chosen)
    return Either[tuple(chosen)]


def _is_hashable(python_type: Any) -> bool:
    try:
        hash(python_type)
    except TypeError:
        return False
    return True


def _flat(python_type: Any) -> Iterable[Any]:
    bare = _bare(python_type)
    if typing.get_origin(bare) in (typing.Union, types.UnionType):
        return [inner for member in typing.get_args(bare) for inner in _flat(member)]
    return [python_type]


def _tag(python_type: Any) -> Any:
    """What a union's variant adds to the ``LiteralType``: the name of flytekit's transformer, one for each class."""
    bare = _bare(python_type)
    if typing.get_origin(bare) is Literal:
        return "Literal"
    if isinstance(bare, type) and issubclass(bare, enum.Enum):
        return "Enum"
    return typing.get_origin(bare) or ("record" if _is_record(bare) else bare)


def _is_record(bare: Any) -> bool:
    return bare not in _REFERENCE_VALUES and (dataclasses.is_dataclass(bare) or attrs.has(bare))


def _said(python_type: Any) -> Any:
    """What a ``LiteralType`` says of a type, and no more: two types of which it says the same are one to a union."""
    bare = _bare(python_type)
    origin, arguments = typing.get_origin(bare), typing.get_args(bare)
    if bare in (dt.date, dt.datetime):
        return "DATETIME"
    if not arguments and (bare in SCALARS or bare is Any):
        return bare
    if isinstance(bare, type) and issubclass(bare, enum.Enum):
        return ("enum", *(member.value for member in bare))
    if origin is Literal:
        return ("Literal", *{type(value) for value in arguments})
    if origin is list:
        return "list", _said(arguments[0])
    if origin is dict and arguments[0] is str:
        return "map", _said(arguments[1])
    if bare is dict or origin is dict:
        return "STRUCT"
    if origin in (typing.Union, types.UnionType):
        return ("union", *((_tag(member), _said(member)) for member in arguments))
    if dataclasses.is_dataclass(bare) or attrs.has(bare):
        return (bare.__name__, *(str(word) for word in _words(python_type) if word != "words"))
    return bare


def _bare(python_type: Any) -> Any:
    """The type without ``Annotated``."""
    return _bare(python_type.__origin__) if typing.get_origin(python_type) is Annotated else python_type


def _words(python_type: Any) -> tuple[Any, ...]:
    """What ``Annotated`` says: the formats and columns of our references, and anything else."""
    return getattr(python_type, "__metadata__", ())


# ------------------------------------------------------------------------------------------------------------ records


_FIXED_RECORDS = (Tree, Chain, Empty, Counted)


@st.composite
def records(draw: st.DrawFn, max_depth: int = MAX_DEPTH - 1) -> Any:
    """Dataclasses and attrs classes whose fields nest to ``max_depth``, with and without defaults."""
    kind = draw(st.sampled_from(("dataclass", "attrs", "fixed")))
    if kind == "fixed":
        return draw(st.sampled_from(_FIXED_RECORDS))
    return draw(_dataclasses(max_depth) if kind == "dataclass" else _attrs_classes(max_depth))


@st.composite
def _fields(draw: st.DrawFn, depth: int) -> list[tuple[str, Any, dict[str, Any]]]:
    """Names, types, and what else to call a field's maker with."""
    names = draw(st.lists(st.sampled_from(FIELD_NAMES), max_size=MOST_ITEMS, unique=True))
    return [(name, *draw(_field(depth))) for name in names]


@st.composite
def _field(draw: st.DrawFn, depth: int) -> tuple[Any, dict[str, Any]]:
    field_type = draw(_types(depth, True))
    bare = _bare(field_type)
    if not draw(st.booleans()):
        return field_type, {}
    if bare is list or typing.get_origin(bare) is list:
        return field_type, {"factory": list}
    if bare is dict or typing.get_origin(bare) is dict:
        return field_type, {"factory": dict}
    if type(None) in _flat(bare):
        return field_type, {"default": None}
    if _can_default(bare):
        return field_type, {"default": draw(values(bare).filter(_survives_a_record))}
    return field_type, {}


def _can_default(bare: Any) -> bool:
    """Whether every value may be a default: an immutable one, which no other type could be read for."""
    is_enum = isinstance(bare, type) and issubclass(bare, enum.Enum)
    return is_enum or typing.get_origin(bare) is Literal or any(bare is scalar for scalar in SCALARS)


def _survives_a_record(value: Any) -> bool:
    """A duration is a double of seconds there, which may be too short for its microseconds; a schema has no NaN."""
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, dt.timedelta):
        seconds = value.total_seconds()
        return abs(value) <= TEN_THOUSAND_YEARS and dt.timedelta(seconds=seconds) == value
    return True


@st.composite
def _dataclasses(draw: st.DrawFn, depth: int) -> type:
    fields = []
    for name, field_type, given in draw(_fields(depth)):
        renamed = {"default_factory" if word == "factory" else word: value for word, value in given.items()}
        fields.append((name, field_type, dataclasses.field(**renamed)))
    frozen, slots = draw(st.booleans()), draw(st.booleans())
    name = draw(st.sampled_from(CLASS_NAMES))
    return dataclasses.make_dataclass(name, fields, frozen=frozen, slots=slots, kw_only=True)


@st.composite
def _attrs_classes(draw: st.DrawFn, depth: int) -> type:
    drawn = [field for field in draw(_fields(depth)) if field[0] != "self"]  # which attrs cannot have
    fields = {name: attr.ib(type=field_type, **given) for name, field_type, given in drawn}
    frozen, slots = draw(st.booleans()), draw(st.booleans())
    return attrs.make_class(draw(st.sampled_from(CLASS_NAMES)), fields, frozen=frozen, slots=slots, kw_only=True)


def columns_of(record: Any) -> dict[str, Any]:
    """Names and types of a record's fields, formats and columns included."""
    fields = dataclasses.fields(record) if dataclasses.is_dataclass(record) else attrs.fields(record)
    if all(not isinstance(field.type, str) for field in fields):
        return {field.name: field.type for field in fields}
    hints = typing.get_type_hints(record, include_extras=True)
    return {field.name: hints[field.name] for field in fields}


# ------------------------------------------------------------------------------------------------------------- values

AWKWARD: dict[type, tuple[Any, ...]] = {
    type(None): (None,),
    bool: (True, False),
    int: INTS,
    float: FLOATS,
    str: (*TEXTS, *DATE_TEXTS),
    bytes: BYTES,
    dt.datetime: TIMES,
    dt.date: DATES,
    dt.timedelta: DELTAS,
}
"""The awkward values of each scalar."""

_ATOMS: dict[Any, SearchStrategy[Any]] = {
    type(None): st.none(),
    bool: st.booleans(),
    int: ints,
    float: floats,
    str: texts,
    bytes: blobs,
    dt.datetime: datetimes,
    dt.date: dates,
    dt.timedelta: deltas,
}


def values(python_type: Any, max_depth: int = MAX_DEPTH + 2) -> SearchStrategy[Any]:
    """Values of a type of the fixed set. ``max_depth`` bounds those of a class that holds itself.

    They are of the type as Python sees it: a few of them shimlite must refuse, such as a moment before the year 1 in
    UTC, or a value of a union that two members take.
    """
    bare = _bare(python_type)
    origin, arguments = typing.get_origin(bare), typing.get_args(bare)
    below = max_depth - 1
    if bare is None:
        return st.none()
    if not arguments and bare in _ATOMS:
        return _ATOMS[bare]
    if bare is Any:
        return json_values(3)
    if origin is Literal:
        return st.sampled_from(arguments)
    if isinstance(bare, type) and issubclass(bare, enum.Enum):
        return st.sampled_from(list(bare))
    if origin in (typing.Union, types.UnionType):
        return _union_values(arguments, max_depth)
    if bare is list or origin is list:
        element = arguments[0] if arguments else Any
        return st.lists(values(element, below), max_size=MOST_ITEMS if below > 0 else 0)
    if bare is dict:
        return _json_dicts(3)
    if origin is dict:
        keys = values(arguments[0]).filter(lambda key: key == key)  # NaN is equal to no key, so it could stand twice
        return st.dictionaries(keys, values(arguments[1], below), max_size=MOST_ITEMS if below > 0 else 0)
    if bare in _REFERENCE_VALUES:
        return _REFERENCE_VALUES[bare](_words(python_type))
    return _record_values(bare, max_depth)


def _union_values(members: tuple[Any, ...], max_depth: int) -> SearchStrategy[Any]:
    if max_depth <= 0 and type(None) in members:
        return st.none()
    return st.one_of(*(values(member, max_depth) for member in members))


@st.composite
def _record_values(draw: st.DrawFn, record: Any, max_depth: int) -> Any:
    given = {}
    fields = dataclasses.fields(record) if dataclasses.is_dataclass(record) else attrs.fields(record)
    hints = columns_of(record)
    for field in fields:
        if field.init:
            given[getattr(field, "alias", None) or field.name] = draw(values(hints[field.name], max_depth - 1))
    return record(**given)


_uris = _from((*URIS, ""), st.text(max_size=4).map(lambda text: f"s3://b/{text}"))
_metadata = st.one_of(st.none(), st.dictionaries(texts, texts, max_size=2))


def _formats(words: tuple[Any, ...]) -> SearchStrategy[str]:
    """The declared format or none; any where the type declares none."""
    declared = [word if isinstance(word, str) else word.name for word in words if isinstance(word, (str, Format))]
    return st.sampled_from(("", *declared[:1]) if declared else ("", *FORMATS))


def _files(words: tuple[Any, ...]) -> SearchStrategy[FlyteFile]:
    return st.builds(FlyteFile, _uris, format=_formats(_ours(words)), metadata=_metadata)


def _directories(words: tuple[Any, ...]) -> SearchStrategy[FlyteDirectory]:
    return st.builds(FlyteDirectory, _uris, format=_formats(_ours(words)))


def _ours(words: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(word for word in words if isinstance(word, Format))


@st.composite
def _dataset_values(draw: st.DrawFn, words: tuple[Any, ...]) -> StructuredDataset:
    return StructuredDataset(
        draw(_uris),
        format=draw(_formats(words)),
        columns=tuple((name, to_literal_type(column)) for name, column in draw(_columns()).items()),
        external_schema_type=draw(st.sampled_from(("", "arrow"))),
        external_schema_bytes=draw(st.sampled_from((b"", b"\x00\xff"))),
    )


def _schema_values(words: tuple[Any, ...]) -> SearchStrategy[FlyteSchema]:
    return st.builds(FlyteSchema, _uris, columns=_columns().map(lambda columns: tuple(columns.items())))


def _errors(words: tuple[Any, ...]) -> SearchStrategy[FlyteError]:
    return st.builds(FlyteError, texts, failed_node_id=texts)


_REFERENCE_VALUES: dict[Any, Any] = {
    FlyteFile: _files,
    FlyteDirectory: _directories,
    StructuredDataset: _dataset_values,
    FlyteSchema: _schema_values,
    FlyteError: _errors,
}


def typed_values(max_depth: int = MAX_DEPTH) -> SearchStrategy[tuple[Any, Any]]:
    """A type of the fixed set together with one of its values."""
    return _typed_values(max_depth)


@st.composite
def _typed_values(draw: st.DrawFn, max_depth: int) -> tuple[Any, Any]:
    python_type = draw(python_types(max_depth))
    return python_type, draw(values(python_type))


# ------------------------------------------------------------------------------------------- any LiteralType message

_WORDS = ("", "int", "str", "date", "Typed List", "Object-Dataclass-Transformer", "FlytePickle", "nobody's")
_SCHEMA_KEYS = ("type", "title", "properties", "required", "items", "anyOf", "enum", "default", "format", "$ref", "x")
_SCHEMA_KEYS += ("$defs", "definitions", "additionalProperties", "propertyNames", "prefixItems", "pb_type")
_SCHEMA_TEXTS = ("object", "array", "string", "integer", "number", "boolean", "null", "x", "FlyteFile", "os.system", "")
_SCHEMA_TEXTS += ("date-time", "date", "base64", "time-delta", "#/$defs/x", "#/definitions/x", "#/$defs/", "class")


def json_schemas(max_depth: int = MAX_DEPTH) -> SearchStrategy[dict[str, Any]]:
    """What might stand where a JSON Schema should: mostly its words, each with whatever value."""
    return _json_schemas(max_depth)


@st.composite
def _json_schemas(draw: st.DrawFn, depth: int) -> dict[str, Any]:
    keys = draw(st.lists(st.sampled_from(_SCHEMA_KEYS), max_size=5, unique=True))
    return {key: draw(_schema_words(depth, key)) for key in keys}


@st.composite
def _schema_words(draw: st.DrawFn, depth: int, key: str) -> Any:
    """The kind of value that the word should have, and now and then any other."""
    odd = draw(st.integers(0, 9)) == 0
    word = st.sampled_from(_SCHEMA_TEXTS)
    if odd or depth <= 1:
        numbers = st.sampled_from((0, 1, -1, 2**53, 0.5, math.inf, math.nan))
        return draw(st.one_of(word, st.none(), st.booleans(), numbers, st.lists(word, max_size=2)))
    if key in ("properties", "$defs", "definitions"):
        return draw(st.dictionaries(word, _json_schemas(depth - 1), max_size=3))
    if key in ("items", "additionalProperties", "propertyNames"):
        return draw(_json_schemas(depth - 1))
    if key in ("anyOf", "prefixItems"):
        return draw(st.lists(_json_schemas(depth - 1), max_size=3))
    if key in ("required", "enum"):
        return draw(st.lists(word, max_size=3))
    if key == "default":
        return draw(st.one_of(word, st.none(), st.booleans(), st.integers(-1, 1), st.just([]), st.just({"x": 1})))
    return draw(word)


def literal_types(max_depth: int = MAX_DEPTH) -> SearchStrategy[LiteralType]:
    """Any message of flyteidl's ``LiteralType``, sensible or not, its unset and unknown kinds among them."""
    return _literal_types(max_depth)


@st.composite
def _literal_types(draw: st.DrawFn, depth: int) -> LiteralType:
    made = LiteralType()
    kinds = ("simple", "simple", "STRUCT", "STRUCT", "unset", "schema", "blob", "enum", "dataset")
    if depth > 1:
        kinds += ("collection", "map", "union", "union")
    kind = draw(st.sampled_from(kinds))
    below = _literal_types(depth - 1)
    if kind == "simple":
        made.simple = draw(st.sampled_from((*range(10), 42)))
    elif kind == "STRUCT":
        made.simple = SimpleType.STRUCT
    elif kind == "schema":
        made.schema.SetInParent()
        for name in draw(st.lists(texts, max_size=2)):
            made.schema.columns.add(name=name, type=draw(st.integers(0, 6)))
    elif kind == "blob":
        made.blob.format = draw(st.sampled_from(("", "csv", "PythonPickle", "NumpyArray", "\x00")))
        made.blob.dimensionality = draw(st.sampled_from((0, 1, 7)))
    elif kind == "enum":
        made.enum_type.SetInParent()
        made.enum_type.values.extend(draw(st.lists(st.one_of(st.sampled_from(ENUM_VALUES), texts), max_size=4)))
    elif kind == "dataset":
        made.structured_dataset_type.SetInParent()
        made.structured_dataset_type.format = draw(st.sampled_from(("", "parquet")))
        for name in draw(st.lists(texts, max_size=2)):
            made.structured_dataset_type.columns.add(name=name, literal_type=draw(_literal_types(1)))
    elif kind == "collection":
        made.collection_type.CopyFrom(draw(below))
    elif kind == "map":
        made.map_value_type.CopyFrom(draw(below))
    elif kind == "union":
        made.union_type.SetInParent()
        made.union_type.variants.extend(draw(st.lists(below, max_size=3)))
    if kind == "STRUCT" or draw(st.integers(0, 9)) == 0:
        made.metadata.update(draw(json_schemas()))
    if draw(st.integers(0, 9)) == 0:
        made.annotation.annotations.update(draw(json_schemas(2)))
    if draw(st.booleans()):
        made.structure.tag = draw(st.sampled_from(_WORDS))
        if depth > 1:
            for name in draw(st.lists(st.sampled_from(("x", "y", "class")), max_size=2, unique=True)):
                made.structure.dataclass_type[name].CopyFrom(draw(below))
    return made


def parts(python_type: Any) -> list[Any]:
    """A type and all that it is made of: elements, keys, members, the types of fields. Each class once."""
    found: list[Any] = []
    waiting = [python_type]
    seen: set[int] = set()
    while waiting:
        bare = _bare(waiting.pop())
        found.append(bare)
        origin = typing.get_origin(bare)
        if origin in (list, dict, typing.Union, types.UnionType):
            waiting += typing.get_args(bare)
        elif origin is None and bare is not Any and _is_record(bare) and id(bare) not in seen:
            seen.add(id(bare))
            waiting += columns_of(bare).values()
    return found
