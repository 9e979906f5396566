# SPDX-License-Identifier: Apache-2.0
"""Every variant that flyteidl knows has a row, or a reason written here: a new flyteidl's new variant fails this."""

import pytest
from flyteidl.core import literals_pb2, types_pb2

from shimlite._mappings import ROWS

NO_TYPE: dict[str, str] = {}
NO_LITERAL = {
    "offloaded_metadata": "names a file that holds the literal; the container puts that in its place before decoding",
    "binary": "read and written for every type, through _mappings.packing",
    "union": "see _mappings.unions",
}
"""Kinds of literal that a row need not list; ``Row.literals`` leaves the last two out."""


def oneof(message, name: str) -> set[str]:
    return {field.name for field in message.DESCRIPTOR.oneofs_by_name[name].fields}


def kinds_of_type() -> set[str]:
    simple = {value.name for value in types_pb2.SimpleType.DESCRIPTOR.values}
    return (oneof(types_pb2.LiteralType, "type") - {"simple"}) | simple


def kinds_of_literal() -> set[str]:
    """The innermost fields: what ``scalar`` and ``primitive`` hold instead of these two."""
    literal = oneof(literals_pb2.Literal, "value") - {"scalar"}
    scalar = oneof(literals_pb2.Scalar, "value") - {"primitive"}
    return literal | scalar | oneof(literals_pb2.Primitive, "value")


def uncovered(known: set[str], listed: set[str], excused: dict[str, str]) -> set[str]:
    return known - listed - set(excused)


def guessed() -> set[str]:
    return {kind for row in ROWS for kind in row.literal_types}


def converted() -> set[str]:
    return {kind for row in ROWS for kind in row.literals}


def test_every_kind_of_type_is_guessed_by_a_row():
    assert uncovered(kinds_of_type(), guessed(), NO_TYPE) == set()


def test_every_kind_of_literal_is_in_a_row():
    assert uncovered(kinds_of_literal(), converted(), NO_LITERAL) == set()


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


def test_no_row_and_no_excuse_names_what_flyteidl_has_not():
    assert guessed() <= kinds_of_type()
    assert converted() | set(NO_LITERAL) <= kinds_of_literal()
    assert set(NO_TYPE) <= kinds_of_type()


def test_no_excuse_is_out_of_date():
    assert not set(NO_LITERAL) & (converted() - {"binary", "union"})
