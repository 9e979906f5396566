# SPDX-License-Identifier: Apache-2.0
"""The model of the platform's types says what Flyte's own code did (golden/platform.jsonl), and what follows from it.

All examples by hand were put to Flyte's code too. It answers alike, save that it crashes at a union without a type, and
that its type for a table that does not say its own is an empty one.
"""

from __future__ import annotations

import math
from typing import Any

import pytest

from shimlite._idl import Literal, LiteralMap, LiteralType, SimpleType

from .casting import accepted, castable, inferred
from .golden.recorded import message, rows
from .support import collection, map_of, packed, primitive, raw, record_type, scalar, simple, struct, union

INFERRED = rows("platform.jsonl", "inferred")
SENT = rows("platform.jsonl", "sent")
(TYPES,) = rows("platform.jsonl", "types")
(CASTABLE,) = rows("platform.jsonl", "castable")


def name_of(row: dict[str, Any]) -> str:
    return f"{row.get('by', '')}{row['type']}={row['python']}"[:60]


def literal_of(row: dict[str, Any]) -> Literal:
    return message(Literal, row["literal"])


def literal_type_of(row: dict[str, Any]) -> LiteralType:
    return message(LiteralType, row["literal_type"])


# ------------------------------------------------------------------------------------------------ what Flyte 1.16.8 did


def test_every_line_is_tested():
    assert (len(INFERRED), len(SENT), len(TYPES["types"])) == (28, 105, 44)
    assert len(CASTABLE["pairs"]) == 128


@pytest.mark.parametrize("row", INFERRED, ids=name_of)
def test_the_type_that_the_platform_inferred(row: dict[str, Any]):
    assert inferred(literal_of(row)) == message(LiteralType, row["inferred"])


@pytest.mark.parametrize("row", INFERRED, ids=name_of)
def test_what_the_platform_accepted(row: dict[str, Any]):
    assert accepted(literal_of(row), literal_type_of(row)) is row["accepted"]


@pytest.mark.parametrize("row", SENT, ids=name_of)
def test_flyteadmin_accepted_all_that_was_sent(row: dict[str, Any]):
    assert accepted(literal_of(row), literal_type_of(row))


@pytest.mark.parametrize("upstream", TYPES["types"])
def test_what_the_platform_connected(upstream: str):
    types = [message(LiteralType, text) for text in TYPES["literal_types"]]
    place = TYPES["types"].index(upstream)
    model = [[place, other] for other, downstream in enumerate(types) if castable(types[place], downstream)]
    assert model == [pair for pair in CASTABLE["pairs"] if pair[0] == place]


# ---------------------------------------------------------------------------------------------------- by hand: literals

INTEGER, STRING, NONE = simple("INTEGER"), simple("STRING"), simple("NONE")
STRUCT, BINARY = simple("STRUCT"), simple("BINARY")
ONE, TEXT, NOTHING = primitive(integer=1), primitive(string_value="a"), scalar(none_type={})


def list_of(literal_type: LiteralType) -> LiteralType:
    return LiteralType(collection_type=literal_type)


def dict_of(literal_type: LiteralType) -> LiteralType:
    return LiteralType(map_value_type=literal_type)


def either(*variants: LiteralType, tag: str = "") -> LiteralType:
    literal_type = LiteralType(union_type={"variants": variants})
    if tag:
        literal_type.structure.tag = tag
    return literal_type


def blob(format: str = "", dimensionality: str = "SINGLE") -> LiteralType:  # noqa: A002
    return LiteralType(blob={"format": format, "dimensionality": dimensionality})


def file(format: str = "") -> Literal:  # noqa: A002
    return scalar(blob={"metadata": {"type": {"format": format}}, "uri": "s3://b/f"})


def enum(*values: str, tag: str = "") -> LiteralType:
    literal_type = LiteralType(enum_type={"values": values})
    if tag:
        literal_type.structure.tag = tag
    return literal_type


INT, STR, VOID = simple("INTEGER", "int"), simple("STRING", "str"), simple("NONE", "none")
MAYBE = either(INT, VOID)
SOME, NONE_OF_IT = union(ONE, INT), union(NOTHING, VOID)

LITERALS: dict[str, tuple[Literal, LiteralType, LiteralType, bool]] = {
    # Of each: the literal, the type that is inferred, the one that is declared, and whether that is accepted.
    "a pickle, or bytes of Flyte 2": (raw(b"a", ""), BINARY, BINARY, True),
    "any other tag": (raw(b"a", "json"), BINARY, BINARY, True),
    "msgpack is a STRUCT": (packed(1), STRUCT, STRUCT, True),
    "msgpack for a number": (packed(1), STRUCT, INTEGER, False),
    "a Struct": (struct({}), STRUCT, STRUCT, True),
    "an Enum's value is a text": (TEXT, STRING, enum("b"), True),
    "a date": (primitive(datetime={}), simple("DATETIME"), simple("DATETIME", "date"), True),
    "an unset primitive": (primitive(), NONE, NONE, True),
    "a bare value for one variant": (ONE, INTEGER, MAYBE, True),
    "a bare value for two variants": (ONE, INTEGER, either(INT, INTEGER), False),
    "a union says its variant": (SOME, either(INT), MAYBE, True),
    "a union for its variant": (SOME, either(INT), INT, True),
    "a union of another variant": (union(TEXT, STR), either(STR), MAYBE, False),
    "a union's tag": (union(ONE, simple("INTEGER", "other")), either(simple("INTEGER", "other")), MAYBE, False),
    "a union without a tag": (union(ONE, INTEGER), either(INTEGER), MAYBE, True),
    "a union without a type": (scalar(union={"value": ONE}), either(LiteralType()), either(INT), False),
    "an empty list": (collection(), list_of(NONE), list_of(dict_of(INTEGER)), True),
    "an empty dict": (map_of(), dict_of(NONE), dict_of(list_of(INTEGER)), True),
    "an empty list is no dict": (collection(), list_of(NONE), dict_of(INTEGER), False),
    "lists, one empty": (
        collection(collection(), collection(ONE)),
        list_of(list_of(INTEGER)),
        list_of(list_of(INT)),
        True,
    ),
    "lists, all empty": (collection(collection(), collection()), list_of(list_of(NONE)), list_of(list_of(INT)), True),
    "dicts, one empty": (
        collection(map_of(), map_of(a=ONE)),
        list_of(either(dict_of(INTEGER), dict_of(NONE))),
        list_of(dict_of(INTEGER)),
        False,
    ),
    "dicts, all empty": (collection(map_of(), map_of()), list_of(dict_of(NONE)), list_of(dict_of(INTEGER)), True),
    "a list of unions": (
        collection(SOME, NONE_OF_IT),
        list_of(either(either(INT), either(VOID))),
        list_of(MAYBE),
        True,
    ),
    "a list of one union": (collection(SOME), list_of(either(INT)), list_of(MAYBE), True),
    "a list of one union for a list": (collection(SOME), list_of(either(INT)), list_of(INT), False),
    "lists of unions": (
        collection(collection(SOME), collection(NONE_OF_IT)),
        list_of(list_of(either(INT, VOID))),
        list_of(list_of(MAYBE)),
        True,
    ),
    "lists of lists of unions": (
        collection(collection(collection(SOME)), collection(collection(NONE_OF_IT))),
        list_of(either(list_of(list_of(either(INT))), list_of(list_of(either(VOID))))),
        list_of(list_of(list_of(MAYBE))),
        False,
    ),
    "dicts of unions": (
        collection(map_of(a=SOME), map_of(a=NONE_OF_IT)),
        list_of(either(dict_of(either(INT)), dict_of(either(VOID)))),
        list_of(dict_of(MAYBE)),
        False,
    ),
    "a dict of lists of unions": (
        map_of(a=collection(SOME), b=collection(NONE_OF_IT)),
        dict_of(list_of(either(INT, VOID))),
        dict_of(list_of(MAYBE)),
        True,
    ),
    "a list of files": (collection(file(), file()), list_of(blob()), list_of(blob("csv")), True),
    "a list of files of two formats": (
        collection(file("csv"), file("txt")),
        list_of(either(blob("csv"), blob("txt"))),
        list_of(blob()),
        False,
    ),
    "a blob that does not say its type": (scalar(blob={"uri": "s3://b/f"}), LiteralType(), blob(), False),
    "a schema that does not": (scalar(schema={"uri": "s3://b/f"}), LiteralType(), LiteralType(schema={}), False),
    "a dataset that does not": (
        scalar(structured_dataset={"uri": "s3://b/f"}),
        LiteralType(),
        LiteralType(structured_dataset_type={}),
        False,
    ),
    "nothing": (Literal(), LiteralType(), NONE, False),
    "nothing for nothing": (Literal(), LiteralType(), LiteralType(), False),
    "a list of nothing": (collection(Literal()), list_of(LiteralType()), list_of(LiteralType()), False),
    "a dict of nothing": (map_of(a=Literal()), dict_of(LiteralType()), dict_of(LiteralType()), False),
    "an offloaded literal says its type": (
        Literal(offloaded_metadata={"uri": "s3://b/f", "inferred_type": list_of(INTEGER)}),
        list_of(INTEGER),
        list_of(INT),
        True,
    ),
    "an offloaded literal that does not": (Literal(offloaded_metadata={"uri": "s3://b/f"}), LiteralType(), INT, False),
}


@pytest.mark.parametrize("case", LITERALS)
def test_a_literal(case: str):
    literal, literal_type, declared, answer = LITERALS[case]
    assert inferred(literal) == literal_type
    assert accepted(literal, declared) is answer


def test_a_hash_does_not_count():
    assert inferred(Literal(hash="h", scalar=ONE.scalar)) == INTEGER


def test_the_order_of_a_dict_does_not_count():
    one, other = (Literal(map=LiteralMap(literals=items)) for items in ({"a": ONE, "b": TEXT}, {"a": TEXT, "b": ONE}))
    assert inferred(one) == inferred(other) == dict_of(either(INTEGER, STRING))


# ------------------------------------------------------------------------------------------------------ by hand: types


def schema(**columns: str) -> LiteralType:
    return LiteralType(schema={"columns": [{"name": name, "type": kind} for name, kind in columns.items()]})


def dataset(format: str = "", **columns: LiteralType) -> LiteralType:  # noqa: A002
    pairs = [{"name": name, "literal_type": kind} for name, kind in columns.items()]
    return LiteralType(structured_dataset_type={"format": format, "columns": pairs})


def record(*required: str, **properties: Any) -> LiteralType:
    """A dataclass as flytekit describes it, whose fields are ``properties``."""
    words = {"title": "R", "type": "object", "properties": properties, "additionalProperties": False}
    return record_type({**words, "required": list(required)} if required else words)


WHOLE, NUMBER, WORD = {"type": "integer"}, {"type": "number"}, {"type": "string"}
NULL = {"type": "null"}
A = record("a", a=WHOLE)
AB = record("a", a=WHOLE, b={**WHOLE, "default": 0})


def optional(field: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [field, NULL], "default": None}


def items(field: dict[str, Any], **words: Any) -> dict[str, Any]:
    return {"type": "array", "items": field, **words}


def values(field: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": field, "propertyNames": WORD}


TREE = {"title": "Tree", "type": "object", "properties": {"left": optional({"$ref": "#/$defs/Tree"})}}
LEAF = {"title": "Leaf", "type": "object", "properties": {"x": WHOLE}}
MORE = {"title": "More", "type": "object", "properties": {"x": WHOLE, "y": WORD}}
DURATION = {"type": "number", "format": "time-delta"}
DAY = {"type": "string", "format": "date"}
INFINITE = {"type": "number", "default": math.inf}


def several(least: int, most: int) -> dict[str, Any]:
    """A tuple, whose members' types are a keyword of which the platform knows nothing."""
    return {"type": "array", "prefixItems": [], "minItems": least, "maxItems": most}


def self_containing() -> LiteralType:
    return record_type({"$ref": "#/$defs/Tree", "$defs": {"Tree": TREE}})


UNSPOKEN = LiteralType(simple="STRUCT", metadata={})


PAIRS: dict[str, tuple[LiteralType, LiteralType, bool]] = {
    # Of each: the type of the output, the one of the input, and whether the platform connects them.
    "itself": (INT, INT, True),
    "another": (INT, STR, False),
    "an int is no float": (INTEGER, simple("FLOAT"), False),
    "a date is a datetime": (simple("DATETIME"), simple("DATETIME", "date"), True),
    "a tag for none": (INT, INTEGER, False),
    "none for a tag": (INTEGER, INT, True),
    "a tag of a list": (
        LiteralType(collection_type=INTEGER, structure={"tag": "a"}),
        LiteralType(collection_type=INTEGER, structure={"tag": "b"}),
        True,
    ),
    "a tag of a blob": (
        LiteralType(blob={}, structure={"tag": "a"}),
        LiteralType(blob={}, structure={"tag": "b"}),
        True,
    ),
    "a tag in a list": (list_of(INT), list_of(STR), False),
    "an Enum for a text": (enum("a", tag="t"), STR, True),
    "a text for an Enum": (STR, enum("a", tag="t"), True),
    "an Enum in a list for a text": (list_of(enum("a")), list_of(STRING), True),
    "an Enum for another": (enum("a"), enum("a", "b"), False),
    "an Enum in another order": (enum("a", "b"), enum("b", "a"), False),
    "a number for an Enum without values": (INTEGER, enum(), False),
    "a number for nothing": (INTEGER, LiteralType(), False),
    "nothing for nothing": (LiteralType(), LiteralType(), True),
    "an Enum for itself": (enum("a", "b"), enum("a", "b"), True),
    "None for None": (VOID, NONE, True),
    "None for another": (NONE, INTEGER, False),
    "None for a record": (NONE, STRUCT, False),
    "None for a dataset": (NONE, dataset("csv", a=INTEGER), True),
    "None for a schema": (NONE, schema(), False),
    "a list of None": (list_of(NONE), list_of(list_of(INTEGER)), True),
    "a list for a list of None": (list_of(INTEGER), list_of(NONE), False),
    "a dict of None": (dict_of(NONE), dict_of(list_of(INTEGER)), True),
    "a list for a dict": (list_of(NONE), dict_of(INTEGER), False),
    "a dict for a record": (dict_of(INTEGER), STRUCT, False),
    "a value for a union": (INTEGER, either(INT, STR), True),
    "a value for two variants": (STR, either(STR, enum("a")), False),
    "a value for no variant": (simple("FLOAT"), either(INT, STR), False),
    "a union for more variants": (either(INT, STR), either(STR, VOID, INT), True),
    "a union for fewer": (MAYBE, either(INT, STR), False),
    "a union of one for its variant": (either(INT), INT, True),
    "a union of two for its variant": (either(INT, INT), INT, False),
    "a union of one in a list": (list_of(either(INT)), list_of(INT), False),
    "a union of none": (either(), either(INT), True),
    "a union of unions": (either(either(INT), either(VOID)), MAYBE, True),
    "a union for a union of unions": (MAYBE, either(MAYBE, STR), True),
    "a file for a directory": (blob(), blob("", "MULTIPART"), True),
    "a file with a format for any": (blob("csv"), blob(), True),
    "any file for one with a format": (blob(), blob("csv"), True),
    "a file of another format": (blob("csv"), blob("txt"), False),
    "a file for a text": (blob(), STRING, False),
    "a schema for a part of it": (schema(a="INTEGER", b="STRING"), schema(a="INTEGER"), True),
    "a schema for more than it": (schema(a="INTEGER"), schema(a="INTEGER", b="STRING"), False),
    "a schema without columns": (schema(), schema(a="INTEGER"), True),
    "a column of another type": (schema(a="INTEGER"), schema(a="FLOAT"), False),
    "a schema for a dataset": (schema(a="INTEGER"), dataset("PARQUET", a=INTEGER), True),
    "a schema for a dataset of CSV": (schema(a="INTEGER"), dataset("csv"), False),
    "a dataset of CSV for a schema": (dataset("csv"), schema(), False),
    "a dataset for a schema": (dataset("", a=simple("DURATION")), schema(a="DURATION"), True),
    "a dataset's list for a schema": (dataset("", a=list_of(INTEGER)), schema(a="INTEGER"), False),
    "a dataset for a part of it": (dataset("", a=list_of(NONE), b=INTEGER), dataset("csv", a=list_of(INTEGER)), True),
    "a dataset of another format": (dataset("csv"), dataset("parquet"), False),
    "a dataset without columns": (dataset("csv"), dataset("CSV", a=INTEGER), True),
    "a record for a dict": (A, STRUCT, True),
    "a dict for a record": (STRUCT, A, True),
    "a record for itself": (A, record("a", a=WHOLE), True),
    "a record for one with fewer fields": (AB, A, True),
    "a record for one with more fields": (A, AB, False),
    "another title": (A, record_type({"type": "object", "title": "S", "properties": {"a": WHOLE}}), True),
    "a field of another type": (record(a=WHOLE), record(a=NUMBER), False),
    "another default": (record(a={**WHOLE, "default": 1}), record(a={**WHOLE, "default": 2}), True),
    "a field that is required upstream": (record("a", a=WHOLE), record(a=WHOLE), True),
    "a field that is required downstream": (record(a=WHOLE), record("a", a=WHOLE), False),
    "a record without fields takes every one": (A, record(), True),
    "an infinite default": (record(a=INFINITE), record(a=INFINITE), False),
    "an infinite default for a dict": (record(a=INFINITE), STRUCT, True),
    "a schema without words": (record_type({"a": 1}), UNSPOKEN, False),
    "two schemas without words": (UNSPOKEN, LiteralType(simple="STRUCT", metadata={}), True),
    "a list of fewer fields": (record(a=items(MORE)), record(a=items(LEAF)), True),
    "a list of more fields": (record(a=items(LEAF)), record(a=items(MORE)), False),
    "a list for an untyped one": (record(a=items(WHOLE), b=WORD), record(a={"type": "array"}), True),
    "an untyped list for a typed one": (record(a={"type": "array"}, b=WORD), record(a=items(WHOLE)), False),
    "a tuple of fewer items": (record(a=several(2, 2)), record(a=several(3, 3)), False),
    "a tuple of as many": (record(a=several(2, 2), b=WORD), record(a=several(2, 2)), True),
    "a tuple of more": (record(a=several(3, 3)), record(a=several(2, 2)), False),
    "a set for a list": (record(a=items(WHOLE, uniqueItems=True)), record(a=items(WHOLE)), True),
    "a list for a set": (record(a=items(WHOLE)), record(a=items(WHOLE, uniqueItems=True)), False),
    "a dict's values do not count": (record(a=values(WHOLE)), record(a=values(WORD)), True),
    "an optional field": (record(a=optional(WHOLE), b=WORD), record(a=optional(WHOLE)), True),
    "an optional field for a bare one": (record(a=optional(WHOLE)), record(a=WHOLE), False),
    "a bare field for an optional one": (record(a=WHOLE), record(a=optional(WHOLE)), False),
    "an optional dict, and a field more": (
        record(a=optional(values(WHOLE)), b=WORD),
        record(a=optional(values(WHOLE))),
        False,
    ),
    "an Enum without a type": (record(a={"enum": ["x"]}, b=WORD), record(a={"enum": ["y"]}), True),
    "an Enum with one": (record(a={**WORD, "enum": ["x"]}, b=WORD), record(a={**WORD, "enum": ["y"]}), False),
    "an Enum of fewer": (record(a={**WORD, "enum": ["x"]}, b=WORD), record(a={**WORD, "enum": ["y", "x"]}), True),
    "an Enum with an empty text": (record(a={**WORD, "enum": ["", "x"]}), record(a={**WORD, "enum": ["x"]}), True),
    "a constant": (record(a={"const": "x"}), record(a={"const": "y"}), False),
    "another format": (record(a=DAY), record(a=WORD), False),
    "a date, and a field more": (record(a=DAY, b=WORD), record(a=DAY), True),
    "a duration for itself": (record(a=DURATION), record(a=DURATION), True),
    "a duration, and a field more": (record(a=DURATION, b=WORD), record(a=DURATION), False),
    "a number for a duration": (record(a=NUMBER), record(a=DURATION), False),
    "a duration more": (record(a=WHOLE, b=DURATION), record(a=WHOLE), False),
    "two types for one of them": (record(a={"type": ["integer", "null"]}), record(a=WHOLE), False),
    "one type for two": (record(a=WHOLE), record(a={"type": ["integer", "null"]}), False),
    "a dict for Any": (record(a=values(WHOLE)), record(a={}), True),
    "an int for Any": (record(a=WHOLE), record(a={}), False),
    "Any for an int": (record(a={}), record(a=WHOLE), False),
    "Any for an optional field": (record(a={}), record(a=optional(WHOLE)), False),
    "an optional field for Any": (record(a=optional(WHOLE)), record(a={}), False),
    "an optional dict for a typed one": (
        record(a=optional({"type": "object"})),
        record(a=optional(values(WHOLE))),
        False,
    ),
    "fields without a type": (
        record_type({"properties": {"a": WHOLE}}),
        record_type({"properties": {"a": WORD}}),
        False,
    ),
    "a record in itself": (self_containing(), self_containing(), True),
    "a reference": (record_type({"$ref": "#/$defs/Leaf", "$defs": {"Leaf": LEAF}}), record(x=WHOLE), True),
}


@pytest.mark.parametrize("case", PAIRS)
def test_a_pair_of_types(case: str):
    upstream, downstream, answer = PAIRS[case]
    assert castable(upstream, downstream) is answer


def test_what_the_model_does_not_know_is_an_error():
    with pytest.raises(NotImplementedError, match=r"no model of \['pattern'\]"):
        castable(record(a={**WORD, "pattern": "a"}), record(a=WORD, b=WORD))


def test_no_number_of_a_simple_type_is_left_out():
    known = set(map(SimpleType.Value, ("NONE", "INTEGER", "FLOAT", "STRING", "BOOLEAN", "DATETIME", "DURATION")))
    assert known | {SimpleType.BINARY, SimpleType.ERROR, SimpleType.STRUCT} == set(SimpleType.values())
