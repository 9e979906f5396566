# SPDX-License-Identifier: Apache-2.0
"""``normal``: what a literal loses on its way through Python, each loss with the literal that is left."""

import datetime as dt
from typing import Annotated, Any, Optional, Union

import pytest

import shimlite
from shimlite import (
    ConversionTypeError,
    FlyteFile,
    FlyteSchema,
    StructuredDataset,
    UnsupportedTypeError,
    normal,
    to_literal_type,
)
from shimlite._idl import Literal, LiteralType
from shimlite.normal import LITERAL_LOSSES, LiteralLoss

from .support import collection, map_of, packed, primitive, raw, refusal, scalar, simple, struct, union

ONE = primitive(integer=1)
INT = simple("INTEGER", "int")
SECONDS = int(dt.datetime(2024, 2, 29, 12, tzinfo=dt.timezone.utc).timestamp())
TEXT = "text of a time or a date for a DATETIME, seconds for a DURATION"
SCHEMA = "a schema for a structured dataset, and the reverse"
NANOS = "nanoseconds of a `Timestamp` or `Duration`"


def tagged(schema: dict[str, Any]) -> LiteralType:
    """The type that a union stores of a record."""
    literal_type = simple("STRUCT", "Object-Dataclass-Transformer")
    if schema:
        literal_type.metadata.update(schema)
    return literal_type


# By what is lost: the literal that is read, and the one that is written.
WITNESSES: dict[str, tuple[Literal, Literal]] = {
    "`hash`, save a reference's": (Literal(scalar=ONE.scalar, hash="abc"), ONE),
    "`metadata`, save a file's": (Literal(scalar=ONE.scalar, metadata={"a": "b"}), ONE),
    "fields that this flyteidl does not know": (
        Literal.FromString(ONE.SerializeToString() + b"\xa2\x06\x01x"),
        ONE,
    ),
    NANOS: (primitive(datetime={"seconds": 1, "nanos": 1999}), primitive(datetime={"seconds": 1, "nanos": 1000})),
    "a whole FLOAT for an INTEGER": (primitive(float_value=1), ONE),
    "an INTEGER for a FLOAT": (ONE, primitive(float_value=1.0)),
    TEXT: (primitive(string_value="2024-02-29T12:00:00Z"), primitive(datetime={"seconds": SECONDS})),
    "msgpack where the type has a literal of its own": (packed(1), ONE),
    "a `Struct` for a dict or record": (struct({"x": 1}), packed({"x": 1})),
    "the order of keys in msgpack, its longer spellings": (packed({"b": 1, "a": 2}), packed({"a": 2, "b": 1})),
    "bytes in msgpack, or under no tag": (raw(b"a", ""), raw(b"a", "bytes")),
    "a value without its union": (ONE, union(ONE, INT)),
    "the stored type of a union": (union(ONE, simple("INTEGER")), union(ONE, INT)),
    "the schema in it, by the template alone": (
        union(struct({"x": 1}), tagged({"title": "Record"})),
        union(packed({"x": 1}), tagged({})),
    ),
    "nil for an optional record or dict": (
        union(packed(None), simple("STRUCT", "Typed Dict")),
        union(scalar(none_type={}), simple("NONE", "none")),
    ),
    "a stored Enum for a str, and the reverse": (
        union(
            primitive(string_value="a"),
            LiteralType(enum_type={"values": ["a"]}, structure={"tag": "DefaultEnumTransformer"}),
        ),
        union(primitive(string_value="a"), simple("STRING", "str")),
    ),
    "keys that a record has no field for, fields left out": (packed({"y": 2}), packed({"x": 1})),
    "Flyte 2's map of a file or table in a record": (
        packed({"f": {"path": "a", "name": "b"}}),
        packed({"f": {"path": "a"}}),
    ),
    "what a reference leaves open and the interface says": (
        scalar(blob={"uri": "s3://bucket/key"}),
        scalar(blob={"uri": "s3://bucket/key", "metadata": {"type": {"format": "csv"}}}),
    ),
    SCHEMA: (
        scalar(structured_dataset={"uri": "s3://bucket/key"}),
        scalar(schema={"uri": "s3://bucket/key", "type": {}}),
    ),
}


def test_every_loss_has_its_literals_here():
    assert [loss.what for loss in LITERAL_LOSSES] == list(WITNESSES)


@pytest.mark.parametrize("loss", LITERAL_LOSSES, ids=lambda loss: loss.what)
def test_a_witness_comes_back_as_the_normal_form(loss):
    literal, as_type = loss.witness
    before, after = WITNESSES[loss.what]
    assert literal.SerializeToString(deterministic=True) == before.SerializeToString(deterministic=True)
    assert literal.SerializeToString(deterministic=True) != after.SerializeToString(deterministic=True)
    for _ in range(2):
        literal = normal(literal, as_type)
        assert literal.SerializeToString(deterministic=True) == after.SerializeToString(deterministic=True)


SOME_COLUMNS = scalar(schema={"uri": "u", "type": {"columns": [{"name": "id", "type": 0}]}})
MORE: list[tuple[Any, Literal, Literal]] = [
    # the other half of what a row names
    (
        dt.timedelta,
        primitive(duration={"seconds": -1, "nanos": -1999}),
        primitive(duration={"seconds": -1, "nanos": -1000}),
    ),
    (dt.timedelta, primitive(float_value=1.5), primitive(duration={"seconds": 1, "nanos": 500_000_000})),
    (dt.date, primitive(string_value="2024-02-29"), primitive(datetime={"seconds": SECONDS - 12 * 3600})),
    (dt.datetime, primitive(string_value="2024-02-29"), primitive(datetime={"seconds": SECONDS - 12 * 3600})),
    (dt.datetime, packed("2024-02-29"), primitive(datetime={"seconds": SECONDS - 12 * 3600})),
    (bytes, packed(b"a"), raw(b"a", "bytes")),
    (Optional[bytes], packed(b"a"), union(raw(b"a", "bytes"), simple("BINARY", "bytes"))),
    (dt.date, primitive(datetime={"seconds": SECONDS}), primitive(datetime={"seconds": SECONDS - 12 * 3600})),
    (StructuredDataset, SOME_COLUMNS, scalar(structured_dataset={
        "uri": "u",
        "metadata": {"structured_dataset_type": {"columns": [{"name": "id", "literal_type": simple("INTEGER")}]}},
    })),
    (Annotated[StructuredDataset, "csv"], scalar(structured_dataset={"uri": "u"}), scalar(structured_dataset={
        "uri": "u", "metadata": {"structured_dataset_type": {"format": "csv"}},
    })),
    (FlyteSchema[{"id": int}], scalar(schema={"uri": "u"}), SOME_COLUMNS),
    (dict, struct({"n": 2.0**53 + 2, "m": 2.0**53}), packed({"m": 2**53, "n": 2.0**53 + 2})),
    (dict, raw(b"\x81\xd9\x01a\xcd\x00\x01"), packed({"a": 1})),
    # and inside of others
    (list[int], collection(primitive(float_value=2.0), ONE), collection(primitive(integer=2), ONE)),
    (list[int], packed([1]), collection(ONE)),
    (dict[str, float], map_of(a=ONE), map_of(a=primitive(float_value=1.0))),
    (Optional[list[int]], collection(ONE), union(collection(ONE), shimlite.to_literal([1], list[int] | None)
     .scalar.union.type)),
    # what stays
    (FlyteFile, Literal(scalar={"blob": {"uri": "u", "metadata": {"type": {}}}}, metadata={"a": "b"}),
     Literal(scalar={"blob": {"uri": "u", "metadata": {"type": {}}}}, metadata={"a": "b"})),
    (float, primitive(float_value=-0.0), primitive(float_value=-0.0)),
    (int, primitive(integer=0), primitive(integer=0)),
    (dict, packed({"a": [1, None, b"\x00"]}), packed({"a": [1, None, b"\x00"]})),
]  # fmt: skip


@pytest.mark.parametrize(("as_type", "before", "after"), MORE)
def test_the_normal_form(as_type, before, after):
    wanted = after.SerializeToString(deterministic=True)
    assert normal(before, as_type).SerializeToString(deterministic=True) == wanted
    assert normal(after, as_type).SerializeToString(deterministic=True) == wanted
    if as_type is not dt.date:  # which no LiteralType says
        assert normal(before, to_literal_type(as_type)).SerializeToString(deterministic=True) == wanted


def test_what_cannot_be_read_is_refused():
    assert refusal(ConversionTypeError, normal, ONE, str) == "expected STRING, got integer"
    assert refusal(ConversionTypeError, normal, 1, int) == "expected a Literal, got int"
    assert refusal(ConversionTypeError, normal, ONE, Union[str, bytes]) == "expected str | bytes, got integer"
    assert refusal(UnsupportedTypeError, normal, ONE, tuple) == "tuple is not supported; use list[T]"
    assert refusal(UnsupportedTypeError, normal, ONE, LiteralType(simple=42)) == (
        "the LiteralType simple 42 is not known to this shimlite"
    )


def test_a_loss_may_be_of_a_type_that_python_does_not_say():
    loss = LiteralLoss("a", "b", "simple: INTEGER", "scalar { primitive { integer: 1 } }")
    assert loss.witness == (ONE, simple("INTEGER"))
    loss = LiteralLoss("a", "b", int, "", ONE.SerializeToString())
    assert loss.witness == (ONE, int)
