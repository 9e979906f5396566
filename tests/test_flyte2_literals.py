# SPDX-License-Identifier: Apache-2.0
"""What Flyte 2's SDK writes (golden/flyte2_literals.jsonl, recorded from flyte 2.12.1), read and written by us.

interop/test_flyte2_types.py says that the SDK still writes it, and reads what we write.
"""

from __future__ import annotations

from typing import Any, Optional

import pytest

from shimlite import (
    ConversionError,
    UnsupportedTypeError,
    dict_to_literal_map,
    literal_map_to_kwargs,
    to_literal_type,
    to_python_value,
)
from shimlite.equality import same
from shimlite.idl import LiteralMap, Variable

from .golden.flyte2_types import PICKLES, TYPES, Crossed, Mistaken
from .golden.recorded import message, rows
from .support import Literal, LiteralType, refusal

FILE = "flyte2_literals.jsonl"
WRITTEN = {line["name"]: line for line in rows(FILE, "written")}
PICKLED = {line["name"]: line for line in rows(FILE, "pickled")}
READ_AS_OTHERS = {
    "model of a crossed enum": [Mistaken(crossed=one) for one in (Crossed.RED, Crossed.RED, Crossed.GREEN)]
}
"""A text that is the value of one member and the name of another is read as the value."""
CASES = [
    pytest.param(name, place, id=f"{name}-{place}")
    for name, line in WRITTEN.items()
    for place in range(len(line["ours"]))
]
each = pytest.mark.parametrize(("name", "place"), CASES)


def declared(name: str) -> dict[str, Variable]:
    return {"v": Variable(type=message(LiteralType, WRITTEN[name]["type"]))}


def theirs(name: str, place: int) -> Literal:
    return message(Literal, WRITTEN[name]["literals"][place])


def expected(name: str, place: int) -> Any:
    return READ_AS_OTHERS.get(name, TYPES[name][1])[place]


def test_each_type_is_recorded():
    assert list(WRITTEN) == list(TYPES) and list(PICKLED) == list(PICKLES)
    for name, (_, values) in TYPES.items():
        assert len(WRITTEN[name]["literals"]) == len(WRITTEN[name]["ours"]) == len(values)


@each
def test_an_executors_annotation_reads_it(name, place):
    kwargs = literal_map_to_kwargs(
        LiteralMap(literals={"v": theirs(name, place)}), declared(name), {"v": TYPES[name][0]}
    )
    assert same(kwargs["v"], expected(name, place))


@each
def test_what_is_written_for_their_interface(name, place):
    python_type, values = TYPES[name]
    written = dict_to_literal_map({"v": values[place]}, declared(name), {"v": python_type}).literals["v"]
    expected = message(Literal, WRITTEN[name]["ours"][place])
    assert written.SerializeToString(deterministic=True) == expected.SerializeToString(deterministic=True)  # NaN too
    kwargs = literal_map_to_kwargs(LiteralMap(literals={"v": written}), declared(name), {"v": python_type})
    assert same(kwargs["v"], values[place])


NAMES = (
    "enum",
    "str enum",
    "int enum",
    "crossed enum",
    "optional enum",
    "union of enums",
    "list of enums",
    "map of enums",
)
"""An interface of ours lists the values of these Enums, or none where they are ints."""


@each
def test_an_interface_of_ours_reads_it_too(name, place):
    """The types that the SDK stores in unions have tags of its own, and tags where ours have none."""
    python_type = TYPES[name][0]
    if name not in NAMES:
        assert same(to_python_value(theirs(name, place), python_type), expected(name, place))
    elif place == 0:
        with pytest.raises((ConversionError, UnsupportedTypeError)):
            to_python_value(theirs(name, place), python_type)


@pytest.mark.parametrize("name", ["enum", "crossed enum", "str enum", "int enum"])
def test_without_an_annotation_an_enum_has_the_texts_of_the_interface(name):
    for place, value in enumerate(TYPES[name][1]):
        kwargs = literal_map_to_kwargs(LiteralMap(literals={"v": theirs(name, place)}), declared(name))
        assert (kwargs["v"].name, kwargs["v"].value) == (value.name, value.name)
        assert dict_to_literal_map(kwargs, declared(name)).literals["v"] == theirs(name, place)


READ_PICKLES = {"optional bytes": (), "list of sets": (list[bytes], list[str])}


@pytest.mark.parametrize("name", PICKLES)
def test_a_pickle_is_refused_and_never_loaded(name):
    message_of = "a Python pickle (Flyte 2's bytes, set, Any, Literal)"
    declared_type = message(LiteralType, PICKLED[name]["type"])
    for text in PICKLED[name]["literals"]:
        literal = message(Literal, text)
        for python_type in (declared_type, *READ_PICKLES.get(name, (bytes, dict, str, Optional[bytes]))):
            with pytest.raises(ConversionError, match="got a Python pickle") as caught:
                to_python_value(literal, python_type)
            assert message_of in str(caught.value)


def test_their_types_are_not_ours():
    """So that the tests above are of something: names in enums, tags outside unions, other tags inside."""
    assert list(declared("enum")["v"].type.enum_type.values) == ["RED", "BLUE"]
    assert list(to_literal_type(TYPES["enum"][0]).enum_type.values) == ["red", "blue"]
    assert declared("dataclasses")["v"].type.collection_type.structure.tag == "Object-Dataclass-Transformer"
    assert to_literal_type(TYPES["dataclasses"][0]).collection_type.structure.tag == ""
    assert theirs("optional file", 0).scalar.union.type.structure.tag == "File"
    assert refusal(UnsupportedTypeError, to_literal_type, TYPES["int enum"][0]).startswith(
        "Rank has values that are no str"
    )
