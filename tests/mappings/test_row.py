# SPDX-License-Identifier: Apache-2.0
"""The table itself: each row tells its whole story, and the words that messages are made of."""
# ruff: noqa: UP006 - the old spellings are types that users write

import enum
import typing
from dataclasses import dataclass
from typing import Annotated, Any, Optional, Union

import pytest

import shimlite
from shimlite import FlyteFile, FlyteSchema, StructuredDataset
from shimlite._idl import literal_kind, type_kind
from shimlite._types.parse import spell
from shimlite.commands.words import EXAMPLES, words_of
from shimlite.errors import described

from ..support import Literal, LiteralType, collection, map_of, packed, primitive, scalar, simple, struct, union


@dataclass
class Point:
    x: int


class Color(enum.Enum):
    RED = "red"


def test_no_two_kinds_of_the_table_share_a_name():
    assert len({words_of(example).python for example in EXAMPLES}) == len(EXAMPLES) == 22


@pytest.mark.parametrize(
    ("python_type", "text"),
    [
        (None, "None"),
        (type(None), "None"),
        (int, "int"),
        (list[int], "list[int]"),
        (typing.List[int], "list[int]"),
        (typing.List, "List"),
        (dict[str, list[Point]], "dict[str, list[Point]]"),
        (Optional[int], "int | None"),
        (Union[int, str, None], "int | str | None"),
        (int | None, "int | None"),
        (typing.Literal["a", 1, None], "Literal['a', 1, None]"),
        (Any, "Any"),
        (Point, "Point"),
        (Color, "Color"),
        (FlyteFile["csv"], "FlyteFile['csv']"),
        (FlyteSchema[{"id": int}], "FlyteSchema"),
        (5, "int"),
    ],
)
def test_a_type_is_spelled_as_its_author_wrote_it(python_type, text):
    assert spell(python_type) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "None"),
        (True, "bool"),
        ("secret", "str"),
        (b"secret", "bytes"),
        ([1, 2], "list of 2"),
        ((1,), "tuple of 1"),
        ({}, "dict of 0"),
        ({1, 2}, "set"),
        (Point(1), "Point"),
        (Color.RED, "Color"),
        (int, "type"),
    ],
)
def test_a_value_is_described_without_showing_it(value, text):
    assert described(value) == text


@pytest.mark.parametrize(
    ("literal", "kind"),
    [
        (Literal(), "nothing"),
        (scalar(), "nothing"),
        (scalar(primitive={}), "nothing"),
        (primitive(integer=0), "integer"),
        (collection(), "collection"),
        (map_of(), "map"),
        (packed(1), "binary"),
        (struct({"a": 1}), "generic"),
        (scalar(none_type={}), "none_type"),
        (union(primitive(integer=1), simple("INTEGER")), "union"),
    ],
)
def test_the_kind_of_a_literal_is_its_innermost_field(literal, kind):
    assert literal_kind(literal) == kind


def test_the_kind_of_a_type():
    assert type_kind(LiteralType()) == type_kind(simple("NONE")) == "NONE"
    assert type_kind(simple("STRUCT")) == "STRUCT"
    assert type_kind(LiteralType(blob={})) == "blob"
    assert type_kind(LiteralType.FromString(b"\x08\x2a")) == "simple 42"


def test_an_unset_literal_type_is_none():
    assert shimlite.guess_python_type(LiteralType()) is type(None)
    assert shimlite.to_python_value(scalar(none_type={}), LiteralType()) is None


def test_what_a_newer_flyteidl_adds_is_refused():
    with pytest.raises(shimlite.UnsupportedTypeError) as caught:
        shimlite.guess_python_type(LiteralType.FromString(b"\x08\x2a"))
    assert str(caught.value) == "the LiteralType simple 42 is not known to this shimlite"
    assert caught.value.got == "simple 42"


@pytest.mark.parametrize("python_type", [Annotated[int, "words"], Annotated[Annotated[int, 1], {"a": 2}]])
def test_the_words_of_annotated_are_not_looked_at(python_type):
    assert shimlite.to_literal_type(python_type) == simple("INTEGER")
    assert shimlite.to_literal_type(list[python_type]) == LiteralType(collection_type=simple("INTEGER"))
    assert shimlite.to_literal(5, python_type) == primitive(integer=5)


def test_but_those_of_a_dataset_are():
    assert shimlite.to_literal_type(Annotated[StructuredDataset, "csv"]).structured_dataset_type.format == "csv"
