# SPDX-License-Identifier: Apache-2.0
"""Every variant that flyteidl knows is converted, or a reason is written here: a new flyteidl's new one fails this."""

import datetime as dt
from typing import Any

import pytest

from shimlite import FlyteError, FlyteFile, FlyteSchema, StructuredDataset, guess_python_type, idl, to_python_value

from .kinds import KINDS, literal_kind, of_literal_type, of_type, type_kind
from .support import collection, map_of, packed, primitive, scalar, simple, struct, union

NO_TYPE: dict[str, str] = {}
NO_LITERAL = {
    "offloaded_metadata": "names a file that holds the literal; the container puts that in its place before decoding",
}
READ: dict[str, tuple[Any, idl.Literal]] = {
    "none_type": (None, scalar(none_type={})),
    "boolean": (bool, primitive(boolean=True)),
    "integer": (int, primitive(integer=1)),
    "float_value": (float, primitive(float_value=1.5)),
    "string_value": (str, primitive(string_value="a")),
    "datetime": (dt.datetime, primitive(datetime={"seconds": 1})),
    "duration": (dt.timedelta, primitive(duration={"seconds": 1})),
    "binary": (dict, packed({})),
    "generic": (dict, struct({})),
    "blob": (FlyteFile, scalar(blob={"uri": "a"})),
    "structured_dataset": (StructuredDataset, scalar(structured_dataset={"uri": "a"})),
    "schema": (FlyteSchema, scalar(schema={"uri": "a"})),
    "error": (FlyteError, scalar(error={"message": "a"})),
    "union": (int | None, union(primitive(integer=1), simple("INTEGER", "int"))),
    "collection": (list[int], collection(primitive(integer=1))),
    "map": (dict[str, int], map_of(a=primitive(integer=1))),
}
"""A literal of each kind, and a type that reads it."""


def oneof(message, name: str) -> set[str]:
    return {field.name for field in message.DESCRIPTOR.oneofs_by_name[name].fields}


def kinds_of_type() -> set[str]:
    simple = {value.name for value in idl.SimpleType.DESCRIPTOR.values}
    return (oneof(idl.LiteralType, "type") - {"simple"}) | simple


def kinds_of_literal() -> set[str]:
    """The innermost fields: what ``scalar`` and ``primitive`` hold instead of these two."""
    literal = oneof(idl.Literal, "value") - {"scalar"}
    scalar = oneof(idl.Scalar, "value") - {"primitive"}
    return literal | scalar | oneof(idl.Primitive, "value")


def uncovered(known: set[str], listed: set[str], excused: dict[str, str]) -> set[str]:
    return known - listed - set(excused)


def guessed() -> set[str]:
    return {name for kind in KINDS for name in kind.declared}


def converted() -> set[str]:
    return {name for kind in KINDS for name in kind.literals}


def test_every_kind_of_type_is_that_of_a_python_type():
    assert uncovered(kinds_of_type(), guessed(), NO_TYPE) == set()


@pytest.mark.parametrize("kind", sorted(kinds_of_type() - set(NO_TYPE)))
def test_every_kind_of_type_is_guessed(kind):
    literal_type = idl.LiteralType()
    if kind in oneof(literal_type, "type"):
        getattr(literal_type, kind).SetInParent()
    else:
        literal_type.simple = idl.SimpleType.Value(kind)
    assert type_kind(literal_type) == kind
    assert of_type(guess_python_type(literal_type)) is of_literal_type(literal_type)


def test_every_kind_of_literal_is_that_of_a_python_type():
    assert uncovered(kinds_of_literal(), converted(), NO_LITERAL) == set()


@pytest.mark.parametrize("kind", sorted(kinds_of_literal() - set(NO_LITERAL)))
def test_every_kind_of_literal_is_read(kind):
    python_type, literal = READ[kind]
    assert literal_kind(literal) == kind
    to_python_value(literal, python_type)


def test_what_flyteidl_has_today():
    """The walk finds what the descriptors hold: it is no empty set that is covered."""
    assert kinds_of_type() >= {"NONE", "STRUCT", "union_type", "collection_type", "blob"}
    assert len(kinds_of_type()) >= 17
    assert kinds_of_literal() >= {"integer", "duration", "blob", "generic", "map", "offloaded_metadata"}
    assert len(kinds_of_literal()) >= 17
    assert not kinds_of_literal() & {"scalar", "primitive"}


@pytest.mark.parametrize(
    ("known", "listed", "excused"),
    [(kinds_of_type(), guessed(), NO_TYPE), (kinds_of_literal(), converted(), NO_LITERAL)],
)
def test_a_variant_that_flyteidl_gains_is_found(known, listed, excused):
    assert uncovered(known | {"tuple_type"}, listed, excused) == {"tuple_type"}


def test_nothing_is_listed_or_excused_that_flyteidl_has_not():
    assert guessed() <= kinds_of_type()
    assert converted() | set(NO_LITERAL) <= kinds_of_literal()
    assert set(NO_TYPE) <= kinds_of_type()


def test_no_excuse_is_out_of_date():
    assert not set(NO_LITERAL) & converted()
