# SPDX-License-Identifier: Apache-2.0
"""Where flytekit 1.16.31 and shimlite differ: the one list that the pages' tables and the interop tests are made of.

It needs no flytekit. A difference of the shim names the test in ``tests/interop/test_shim.py`` that asserts both
sides; one of the type engine holds the smallest types and values that show it, which
``tests/interop/test_disagreements.py`` runs. Types are ours; that test translates them.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import struct
import typing
from collections.abc import Callable
from typing import Annotated, Any

import attrs
import msgpack

from shimlite import FlyteFile, FlyteSchema, StructuredDataset, to_literal, to_literal_type
from shimlite._idl import Literal
from shimlite.strategies.classes import Chain, Color, Empty, Shade

from .interop import predicates

WRITTEN, READ, BACK = "what is written", "what is read", "what comes back"
ALONE, DESCRIBED = "what the template alone gives", "how the type is described"
PARITY = "test_parity.py"


@attrs.frozen
class Shown:
    """A case at its smallest: a type, and a value of it, or for READ the literal that is read."""

    comparison: str
    python_type: Any
    given: Any = None
    refused_by: str = ""
    """``flytekit`` or ``shimlite``; neither where both answer, and differently."""


@attrs.frozen
class Difference:
    case: str
    flytekit: str
    shimlite: str
    test: str = ""
    """The test of the whole shim that asserts both sides, or PARITY for the one of what both programs leave."""
    shown: tuple[Shown, ...] = ()
    covers: tuple[Callable[[Any, Any], bool], ...] = ()
    """Which generated types and values may differ for this reason."""


# -------------------------------------------------------------------------------------------------- what the cases use

DAY = dt.date(2024, 2, 29)
BEYOND = dt.timedelta(days=4_000_000)
(ODD_NAN,) = struct.unpack(">d", bytes.fromhex("7ff8000000000001"))


@dataclasses.dataclass
class Whole:
    x: int


@dataclasses.dataclass
class Share:
    x: float


@dataclasses.dataclass
class Tabled:
    x: StructuredDataset


@dataclasses.dataclass
class Text:
    x: str


@dataclasses.dataclass
class Blob:
    x: bytes


@dataclasses.dataclass
class Moment:
    x: dt.datetime


@dataclasses.dataclass
class Took:
    x: dt.timedelta


@dataclasses.dataclass
class Painted:
    x: Color


@dataclasses.dataclass
class Attached:
    x: FlyteFile


@dataclasses.dataclass
class Untyped:
    x: Any


# The older spelling is another object than dict, and people still write it.
Bare = dataclasses.make_dataclass("Bare", [("x", vars(typing)["Dict"])])


class Name(str):
    """What numpy's and others' scalars are: a subclass."""


class Odd(enum.Enum):
    NOTHING = ""


def packed(value: Any) -> Literal:
    """As Propeller sends an attribute, and flytekit a dataclass."""
    made = Literal()
    made.scalar.binary.tag, made.scalar.binary.value = "msgpack", msgpack.packb(value)
    return made


def struct(**items: Any) -> Literal:
    """As the console and older flytekits send a dict."""
    made = Literal()
    made.scalar.generic.update(items)
    return made


def untagged(value: Any, union: Any) -> Literal:
    """As a writer that knows nothing of flytekit's tags sends a union."""
    made = to_literal(value, union)
    made.scalar.union.type.ClearField("structure")
    return made


# ----------------------------------------------------------------------------------------------------------- the lists

SHIM = (
    Difference(
        "returns `[1, 2]` for `list[int]`, a dict for `dict[str, int]`",
        "fails: encodes by `type(value)`",
        "encodes as declared",
        test="test_containers_as_outputs",
    ),
    Difference(
        'returns `"x"`, `True` or `None` for INTEGER',
        "written as it is; the next task breaks",
        "refused, naming the output",
        test="test_another_type_for_an_int",
    ),
    Difference(
        "returns `3` for FLOAT",
        "written as an integer",
        "written as 3.0, while that is exact",
        test="test_an_int_for_a_float",
    ),
    Difference(
        "several outputs returned as a tuple",
        "names assigned in the map's hash order",
        "by name; by position only for `o0`, `o1`, …",
        test="test_several_outputs_as_a_tuple",
    ),
    Difference(
        "a tuple shorter than the outputs",
        "the missing ones vanish",
        "refused",
        test="test_a_tuple_shorter_than_the_outputs",
    ),
    Difference(
        "a value for an Optional or Union output",
        "written without its union",
        "written as a union, with its type",
        test="test_a_union_as_an_output",
    ),
    Difference(
        "an executor that raises",
        "SYSTEM, RECOVERABLE: up to four attempts",
        "USER, NON_RECOVERABLE; RECOVERABLE for `FlyteRecoverableException`",
        test=PARITY,
    ),
    Difference("`sys.exit` in an executor", "no file at all", "an error document", test=PARITY),
    Difference(
        "SIGTERM",
        "no file; as a container's first process it is ignored",
        "raised in the executor, whose clean-up runs; an error document",
        test=PARITY,
    ),
    Difference("arguments that are wrong", "exit 1 or 2, no file", "an error document, if they say where", test=PARITY),
    Difference("an exception with 3 MB of text", "an error.pb of 6 MB", "its head and tail", test=PARITY),
    Difference("large outputs where `_F_L_MIN_SIZE_MB` is set", "always an error", "offloaded", test=PARITY),
    Difference(
        "no raw output prefix, as by hand", "exit 1, no file", "only files among the outputs need one", test=PARITY
    ),
    Difference("inputs", "logged whole", "never logged", test="test_inputs_in_the_log"),
    Difference(
        "a pickle in the input",
        "loaded, which runs whatever it says",
        "a `FlyteFile`; nothing is unpickled",
        test="test_a_pickle_in_the_input_is_loaded",
    ),
    Difference(
        "returns an int beyond int64, a lone surrogate",
        "found too late: exit 1, no file",
        "an error document, USER",
        test="test_what_flytekit_finds_too_late",
    ),
    Difference(
        "a missing input, an extra one",
        "silently absent; found only by count",
        "refused, named",
        test="test_a_missing_input",
    ),
    Difference(
        "numbers in `tt.custom`", "all floats (`LIMIT 10.0`)", "integral ones are `int`", test="test_numbers_in_custom"
    ),
    Difference(
        "an input named `tt` or `self`",
        "TypeError inside the call",
        "refused, with that reason",
        test="test_an_input_of_a_name_that_is_taken",
    ),
)

SCHEMA = Difference("an output declared as a `FlyteSchema`", "a `StructuredDataset`", "a `FlyteSchema`")
QUERY_FAILS = Difference(
    "a query or a connection that fails",
    "SYSTEM, RECOVERABLE: up to four attempts, whatever it was; the query and its inputs in the message",
    "USER; RECOVERABLE where the database cannot be reached; neither in the message",
)
DECLARED = Difference(
    "declared columns",
    "not looked at: the table has the query's, and no type where there is no value",
    "of the declared type, where each value is exactly that; else refused, naming column and row",
)
LATE = Difference(
    "ints, and a float thousands of rows later", "floats", "refused, naming column and row: declare or cast it"
)
DECIMALS = Difference(
    "`numeric`, `decimal`, and `sum` and `avg` of them",
    "rounded to floats",
    "decimals: cast or declare them for floats; NaN is refused, since no decimal is one",
)
ZONED_TIME = Difference("`time with time zone`", "without its zone", "refused: cast it")
JSON = Difference(
    "`json`, and arrays in arrays",
    "Parquet's structs, whose values another row can change: `[1, null]` is `[1., nan]`; refused where kinds are mixed "
    "or there is no key; numbers that are no 64-bit floats are rounded, and JSON's null is NULL",
    "JSON as text, PostgreSQL's as the server writes it",
)
AS_TEXT = Difference(
    "`uuid`; `inet`, `cidr` with psycopg", "an extension type, which pandas alone reads; refused", "text"
)
COLONS = Difference("a word behind a colon inside quotes, as in `'a :b'`, through SQLAlchemy", "refused", "as it is")
PLACES = Difference("an input whose text looks like the place of another", "replaced once more", "as it is")
WHOLE = Difference("whole numbers in `connect_args`", "floats, which many drivers refuse", "ints")

SQL = (*(SCHEMA, QUERY_FAILS, DECLARED, LATE, DECIMALS, ZONED_TIME, JSON, AS_TEXT, COLONS, PLACES, WHOLE),)
"""Of flytekit's SQL tasks: each is the reason of a case in ``tests/interop/sql_table.py`` or
``tests/databases/sql_table.py``."""

ENGINE = (
    Difference(
        "`bytes`; `set` and unknown types",
        "pickled to a file",
        "`bytes` are BINARY, the rest refused",
        test="test_bytes_and_sets_are_pickled",
        shown=(
            Shown(WRITTEN, bytes, b"x"),
            Shown(DESCRIBED, bytes),
            Shown(READ, bytes, to_literal(b"x", bytes), "flytekit"),
            Shown(WRITTEN, set, {1}, "shimlite"),
        ),
        covers=(predicates.bytes_of_its_own,),
    ),
    Difference(
        "the same dict in another order of keys",
        "other bytes",
        "the same bytes",
        test="test_the_same_dict_in_another_order",
        shown=(Shown(WRITTEN, dict, {"b": 1, "a": 2}),),
    ),
    Difference(
        "a NaN of other bits than the usual one, in a record or a dict",
        "written as it is",
        "written as the usual one, which it is equal to",
        shown=(Shown(WRITTEN, dict, {"x": ODD_NAN}),),
        covers=(predicates.odd_nan,),
    ),
    Difference(
        "an int for a float, a date for a datetime, a subclass (numpy's `float64`)",
        "refused; in a field written as an int",
        "taken, while exact",
        shown=(
            Shown(WRITTEN, float, 3, "flytekit"),
            Shown(WRITTEN, Share, Share(3)),
            Shown(WRITTEN, dt.datetime, DAY, "flytekit"),
            Shown(WRITTEN, str, Name("a"), "flytekit"),
            Shown(WRITTEN, Painted, Painted("red"), "flytekit"),
        ),
    ),
    Difference(
        "a value of another type in a dataclass or a dict, as `Order(id=None)`",
        "written as it is",
        "refused, naming the field",
        shown=(
            Shown(WRITTEN, Whole, Whole("a"), "shimlite"),
            Shown(WRITTEN, Whole, Whole(True), "shimlite"),
            Shown(WRITTEN, Text, Text(None), "shimlite"),
            Shown(WRITTEN, Blob, Blob("a"), "shimlite"),
            Shown(WRITTEN, dict[int, int], {"a": 1}, "shimlite"),
            Shown(WRITTEN, dict, {(1,): 2}, "shimlite"),
        ),
    ),
    Difference(
        "a tuple for a list, a dict for a dataclass, text for a `FlyteFile`",
        "taken",
        "refused; an executor without annotations may return a dict for a dataclass",
        shown=(
            Shown(WRITTEN, list[int], (1,), "shimlite"),
            Shown(WRITTEN, Whole, {"x": 1}, "shimlite"),
            Shown(WRITTEN, FlyteFile, "s3://b/k", "shimlite"),
        ),
    ),
    Difference(
        "a value that is none of a `Literal[...]`",
        "written, and read",
        "refused",
        shown=(
            Shown(WRITTEN, typing.Literal["a"], "b", "shimlite"),
            Shown(READ, typing.Literal["a"], to_literal("b", str), "shimlite"),
        ),
    ),
    Difference(
        "a FLOAT 1.5 or 1e300 for an int, an INTEGER 2**53 + 1 for a float",
        "1, an int beyond int64, 2.0**53",
        "refused",
        test="test_a_float_for_an_int",
        shown=(
            Shown(READ, int, to_literal(1.5, float), "shimlite"),
            Shown(READ, int, to_literal(1e300, float), "shimlite"),
            Shown(READ, float, to_literal(2**53 + 1, int), "shimlite"),
        ),
    ),
    Difference(
        'msgpack of another type: `"5"` for an int, 5 or nil for a str',
        'converted: 5, `"5"`, `"None"`',
        "refused",
        shown=(
            Shown(READ, Whole, packed({"x": "5"}), "shimlite"),
            Shown(READ, Whole, packed({"x": 1.5}), "shimlite"),
            Shown(READ, Text, packed({"x": None}), "shimlite"),
            Shown(READ, Text, struct(x=5), "shimlite"),
            Shown(READ, list[int], packed(["5"]), "shimlite"),
            Shown(READ, dict[str, int], packed({1: 1}), "shimlite"),
            Shown(READ, dt.timedelta, packed(True), "shimlite"),
        ),
    ),
    Difference(
        "msgpack text, bytes or a map for a list; anything for a dataclass without fields",
        'taken apart: `"ab"` is `["a", "b"]`; taken',
        "refused",
        shown=(
            Shown(READ, list[str], packed("ab"), "shimlite"),
            Shown(READ, list[int], packed(b"x"), "shimlite"),
            Shown(READ, list[str], packed({"a": 1}), "shimlite"),
            Shown(READ, Empty, packed(5), "shimlite"),
        ),
    ),
    Difference(
        "an attribute of an output (`o0.x`): 5 for a float, text for a time, seconds or ISO 8601 text for a timedelta",
        "refused",
        "read",
        shown=(
            Shown(READ, float, packed(5), "flytekit"),
            Shown(READ, int, packed(5.0), "flytekit"),
            Shown(READ, dt.datetime, to_literal("2024-02-29T00:00:00Z", str), "flytekit"),
            Shown(READ, dt.date, to_literal("2024-02-29", str), "flytekit"),
            Shown(READ, dt.timedelta, to_literal(1.5, float), "flytekit"),
        ),
    ),
    Difference(
        "a time without a zone in msgpack; a date there for a datetime",
        "naive; midnight",
        "UTC; midnight UTC",
        shown=(
            Shown(READ, dt.datetime, packed("2024-02-29T01:02:03")),
            Shown(READ, dt.datetime, packed("2024-02-29")),
        ),
    ),
    Difference("whole numbers in a `Struct`", "floats", "ints", shown=(Shown(READ, dict, struct(x=1)),)),
    Difference(
        "a union of two dataclasses, Enums or lists that both take the value",
        "refused: ambiguous",
        "by the value's class, and the stored type",
        shown=(
            Shown(BACK, Whole | Share, Whole(1), "flytekit"),
            Shown(BACK, Color | Shade, Shade.RED, "flytekit"),
            Shown(BACK, dict | Empty, {}, "flytekit"),
            Shown(BACK, typing.Union[bool, typing.Literal[True]], False, "flytekit"),
            Shown(BACK, dict[str, str] | dict[str, Color], {"a": Color.RED}, "flytekit"),
        ),
        covers=(predicates.alike_in_a_union,),
    ),
    Difference(
        "a value sent without its union, or without the union's tag",
        "refused, or ambiguous: 5 for `int | float`",
        "by what the literal is",
        shown=(
            Shown(READ, int | float, to_literal(5, int), "flytekit"),
            Shown(READ, str | Color, packed("red"), "flytekit"),
            Shown(READ, list[int] | list[str], packed([1]), "flytekit"),
            Shown(READ, int | str, untagged(5, int | str), "flytekit"),
        ),
    ),
    Difference(
        "a union, or a `Literal` of several types, inside a dataclass or `dict[int, …]`",
        "the first that converts: a dict is a list of keys, True is 1",
        "the one it was; refused where msgpack cannot tell",
        shown=(
            Shown(BACK, dict[int, list | dict], {0: {1: 2}}),
            Shown(BACK, dict[int, typing.Literal["a", 1, True]], {0: True}),
        ),
        covers=(predicates.union_in_msgpack, predicates.literal_of_several_classes),
    ),
    Difference(
        "a `hash` that a `FlyteFile` and its kind says; a `HashMethod` in a union",
        "dropped; asked for nothing",
        "written; written on the literal around the union",
        shown=(
            Shown(WRITTEN, FlyteFile, FlyteFile("s3://b/k", hash="abc")),
            Shown(WRITTEN, FlyteSchema, FlyteSchema("s3://b/k", hash="abc")),
        ),
        covers=(predicates.has_a_hash,),
    ),
    Difference(
        "a format or columns that the value says, and its type does not",
        "dropped; the type's stand where they differ",
        "written; refused where they differ",
        test="test_flytekit_takes_a_format_from_the_type_alone",
        shown=(
            Shown(WRITTEN, FlyteFile, FlyteFile("s3://b/k", format="csv")),
            Shown(WRITTEN, FlyteFile["parquet"], FlyteFile("s3://b/k", format="csv"), "shimlite"),
            Shown(WRITTEN, FlyteSchema, FlyteSchema("s3://b/k", columns=(("id", int),))),
            Shown(
                WRITTEN,
                StructuredDataset,
                StructuredDataset("s3://b/k", columns=(("id", to_literal_type(int)),)),
            ),
        ),
        covers=(predicates.says_more_than_its_type,),
    ),
    Difference(
        "the format of a `StructuredDataset` in a record",
        "under `file_format`",
        "under `format` too, where Flyte 2's SDK looks for it",
        shown=(Shown(WRITTEN, Tabled, Tabled(StructuredDataset("s3://b/k", format="csv"))),),
        covers=(predicates.table_of_a_format_in_msgpack,),
    ),
    Difference(
        "a `FlyteFile` of a local path",
        "uploaded by the conversion",
        "written as it is; the entry point uploads it",
        shown=(Shown(WRITTEN, FlyteFile, FlyteFile(__file__)),),
    ),
    Difference(
        "a timedelta beyond protobuf's 10,000 years",
        "written",
        "refused",
        shown=(Shown(WRITTEN, dt.timedelta, BEYOND, "shimlite"), Shown(WRITTEN, Took, Took(BEYOND), "shimlite")),
    ),
    Difference(
        "words of `Annotated` on an Enum, or columns inside `dict[int, …]`; `typing.Dict` as a field",
        "refused; described without a schema",
        "as without the words; as `dict`",
        shown=(
            Shown(DESCRIBED, Annotated[Color, "a word"], None, "flytekit"),
            Shown(BACK, dict[int, Annotated[StructuredDataset, {"id": int}]], {}, "flytekit"),
            Shown(DESCRIBED, Bare),
        ),
        covers=(predicates.columns_in_msgpack,),
    ),
    Difference(
        '`date | None`; dataclasses with `Any`, no fields, recursion or files; an Enum with `""`',
        "the template alone gives no type",
        "decoded",
        test="test_inputs_that_flytekit_cannot_read",
        shown=(
            Shown(ALONE, dt.date | None, DAY, "flytekit"),
            Shown(ALONE, dt.date | dt.datetime, DAY, "flytekit"),
            Shown(ALONE, Untyped, Untyped(1), "flytekit"),
            Shown(ALONE, Empty, Empty(), "flytekit"),
            Shown(ALONE, Attached, Attached(FlyteFile("s3://b/k")), "flytekit"),
            Shown(ALONE, Chain, Chain(None), "flytekit"),
            Shown(ALONE, Odd, Odd.NOTHING, "flytekit"),
            Shown(ALONE, typing.Literal["a"] | None, "a", "flytekit"),
        ),
    ),
    Difference(
        "a dataclass, from the template alone",
        "a dataclass made from its schema, bytes in it `\"b'…'\"`; in a pod, which gets no schema, a `dict`",
        "a `dict`, everywhere",
        shown=(
            Shown(ALONE, Whole, Whole(1)),
            Shown(ALONE, Whole | None, Whole(1)),
            Shown(ALONE, list[Whole], [Whole(1)]),
            Shown(ALONE, dict[str, Whole], {"k": Whole(1)}),
            Shown(ALONE, Moment, Moment(dt.datetime(2024, 2, 29))),
            Shown(ALONE, Took, Took(dt.timedelta(1))),
            Shown(ALONE, Blob, Blob(b"x")),
            Shown(ALONE, Painted, Painted(Color.RED)),
        ),
    ),
)
