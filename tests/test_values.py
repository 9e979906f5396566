# SPDX-License-Identifier: Apache-2.0
"""shimlite/values.py: references are frozen, compare by value, and read nothing."""

import copy
import pickle
import typing

import attrs
import pytest

from shimlite import FlyteDirectory, FlyteError, FlyteFile, FlyteSchema, StructuredDataset, to_literal_type

FILE = FlyteFile("s3://b/f", format="csv", metadata={"k": "v"})
DIRECTORY = FlyteDirectory("s3://b/d", format="csv")
DATASET = StructuredDataset("s3://b/t", format="parquet", external_schema_type="arrow", external_schema_bytes=b"\x01")
SCHEMA = FlyteSchema("s3://b/s", columns=(("id", int), ("name", str)))
ERROR = FlyteError("it broke", failed_node_id="n0")
ALL = [FILE, DIRECTORY, DATASET, SCHEMA, ERROR]


@pytest.mark.parametrize("value", ALL)
def test_frozen(value):
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        value.uri = "other"


@pytest.mark.parametrize("value", ALL)
def test_equal_by_value_hashable_and_pickled(value):
    for again in (pickle.loads(pickle.dumps(value)), copy.deepcopy(value)):
        assert again == value and type(again) is type(value)
        assert hash(again) == hash(value)


@pytest.mark.parametrize(
    ("value", "other"),
    [
        (FILE, attrs.evolve(FILE, uri="x")),
        (FILE, attrs.evolve(FILE, format="")),
        (FILE, attrs.evolve(FILE, metadata=None)),
        (FlyteFile("x"), FlyteDirectory("x")),
        (DATASET, attrs.evolve(DATASET, external_schema_bytes=b"")),
        (SCHEMA, attrs.evolve(SCHEMA, columns=())),
        (ERROR, attrs.evolve(ERROR, failed_node_id="")),
    ],
)
def test_unequal_where_any_part_differs(value, other):
    assert value != other


def test_defaults():
    assert FlyteFile("u") == FlyteFile(uri="u", format="", metadata=None)
    assert FlyteDirectory("u") == FlyteDirectory(uri="u", format="")
    assert StructuredDataset("u") == StructuredDataset(
        uri="u", format="", columns=(), external_schema_type="", external_schema_bytes=b""
    )
    assert FlyteSchema("u") == FlyteSchema(uri="u", columns=())
    assert FlyteError("m") == FlyteError(message="m", failed_node_id="")


@pytest.mark.parametrize("cls", [FlyteFile, FlyteDirectory, StructuredDataset, FlyteSchema, FlyteError])
@pytest.mark.parametrize("location", [None, 5, b"s3://b/f"])
def test_a_location_or_message_must_be_text(cls, location):
    with pytest.raises(TypeError):
        cls(location)


def test_a_node_id_must_be_text():
    with pytest.raises(TypeError):
        FlyteError("m", failed_node_id=5)


@pytest.mark.parametrize("cls", [FlyteFile, FlyteDirectory, StructuredDataset, FlyteSchema])
def test_all_but_the_location_are_given_by_name(cls):
    with pytest.raises(TypeError):
        cls("u", "csv")


@pytest.mark.parametrize(
    ("made", "cls"), [(FlyteFile["csv"], FlyteFile), (FlyteDirectory["csv"], FlyteDirectory),
                      (FlyteSchema[{"id": int}], FlyteSchema)]
)  # fmt: skip
def test_subscripted_classes_make_values_and_survive_as_annotations(made, cls):
    def holder(x: made, y: list[made]): ...

    hints = typing.get_type_hints(holder, include_extras=True)
    assert made("u") == cls("u") and type(made("u")) is cls
    assert hints == {"x": made, "y": list[made]}
    assert typing.get_type_hints(holder) == {"x": cls, "y": list[cls]}


@pytest.mark.parametrize("cls", [FlyteFile, FlyteDirectory])
@pytest.mark.parametrize(
    ("name", "same"),
    [(".csv", "csv"), (" csv ", "csv"), ("~csv", "csv"), ("~.csv", "csv"), ("..tar.gz", "tar.gz"), (".", "")],
)
def test_a_format_may_be_spelled_as_an_extension_as_in_flytekit(cls, name, same):
    assert cls[name] == cls[same]
    assert to_literal_type(cls[name]).blob.format == same


def test_subscripted_alike_are_equal_and_else_not():
    assert FlyteFile["csv"] == FlyteFile["csv"] and hash(FlyteFile["csv"]) == hash(FlyteFile["csv"])
    assert FlyteFile["csv"] != FlyteFile["txt"]


def test_bytes_of_an_external_schema_are_not_shown():
    assert repr(DATASET) == (
        "StructuredDataset(uri='s3://b/t', format='parquet', columns=(), external_schema_type='arrow', hash='')"
    )
