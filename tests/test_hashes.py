# SPDX-License-Identifier: Apache-2.0
"""``Literal.hash``, by which Flyte's cache knows a value: who says it, where it stands, and which of two wins."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any, Optional, Union

import pytest

from shimlite import (
    ConversionTypeError,
    ConversionValueError,
    FlyteAnnotation,
    FlyteDirectory,
    FlyteFile,
    FlyteSchema,
    HashMethod,
    StructuredDataset,
    fidelity,
    guess_python_type,
    to_literal,
    to_literal_type,
    to_python_value,
)
from shimlite._idl import Literal, LiteralMap, Variable
from shimlite._types.nodes import python_type_of, unannotated
from shimlite._types.parse import parse

from .build import dispatched, template
from .support import refusal

one = HashMethod(lambda value: f"one {value!r}")
other = HashMethod(lambda value: f"other {value!r}")
Point: Any = dataclasses.make_dataclass("Point", [("x", int)])


def hashes(literal: Literal) -> Any:
    """The hash of a literal, and those inside a list or map."""
    inside: Any = None
    if literal.HasField("collection"):
        inside = list(map(hashes, literal.collection.literals))
    elif literal.HasField("map"):
        inside = {key: hashes(part) for key, part in literal.map.literals.items()}
    return literal.hash if inside is None else (literal.hash, inside)


@pytest.mark.parametrize(
    ("python_type", "value", "expected"),
    [
        (Annotated[int, one], 3, "one 3"),
        (Annotated[int, "a word", one, other], 3, "one 3"),
        (Annotated[Annotated[int, one], other], 3, "one 3"),
        (Annotated[int, FlyteAnnotation({"a": 1}), one], 3, "one 3"),
        (Annotated[None, one], None, "one None"),
        (Annotated[Point, one], Point(1), "one Point(x=1)"),
        (Annotated[dict, one], {"a": 1}, "one {'a': 1}"),
        (list[Annotated[int, one]], [3, 4], ("", ["one 3", "one 4"])),
        (Annotated[list[int], one], [3], ("one [3]", [""])),
        (Annotated[list[Annotated[int, one]], other], [3], ("other [3]", ["one 3"])),
        (dict[str, Annotated[int, one]], {"a": 3}, ("", {"a": "one 3"})),
        (dict[int, Annotated[int, one]], {1: 3}, ""),
        (Annotated[FlyteFile, one], FlyteFile("a", hash="own"), None),
        (Annotated[StructuredDataset, one, {"a": int}, "parquet"], StructuredDataset("a"), None),
    ],
)  # fmt: skip
def test_a_hash_method_says_the_hash_of_what_it_annotates(python_type, value, expected):
    literal = to_literal(value, python_type)
    assert hashes(literal) == (f"one {value!r}" if expected is None else expected)
    assert to_python_value(literal, python_type) == to_python_value(to_literal(value, python_type), python_type)


UNION = Union[Annotated[int, one], bool, Annotated[str, other], None, list[int], Annotated[list[str], one]]


@pytest.mark.parametrize(
    ("python_type", "value", "expected"),
    [
        (Optional[Annotated[int, one]], 3, "one 3"),
        (Optional[Annotated[int, one]], None, ""),
        (Annotated[Optional[int], one], 3, "one 3"),
        (Annotated[Optional[int], one], None, "one None"),
        (Annotated[Optional[Annotated[int, one]], other], 3, "other 3"),
        (Optional[Annotated[Union[int, str], one]], "a", "one 'a'"),
        (Optional[Annotated[Union[int, str], one]], None, ""),
        (UNION, 3, "one 3"),
        (UNION, True, ""),
        (UNION, "a", "other 'a'"),
        (UNION, None, ""),
        (UNION, [1], ""),
        (UNION, ["a"], "one ['a']"),
        (UNION, type("Sub", (int,), {})(5), "one 5"),
        (Optional[list[Annotated[int, one]]], [3], ""),
    ],
)  # fmt: skip
def test_it_stands_outside_a_union_since_the_platform_looks_at_none_inside(python_type, value, expected):
    literal = to_literal(value, python_type)
    assert (literal.hash, literal.scalar.union.value.hash) == (expected, "")


def test_no_type_and_no_value_depends_on_it():
    for python_type, plain in ((Annotated[int, one], int), (UNION, Union[int, bool, str, None, list[int], list[str]])):
        assert to_literal_type(python_type) == to_literal_type(plain)
        assert fidelity(python_type).losses == fidelity(plain).losses
    literal = to_literal(3, Annotated[int, one])
    assert (to_python_value(literal, int), to_python_value(literal, Annotated[int, other])) == (3, 3)


@pytest.mark.parametrize(
    "python_type",
    [
        Annotated[list[Annotated[int, one]], other],
        Optional[Annotated[int, one]],
        Annotated[Optional[Annotated[int, one]], other],
        Union[Annotated[Union[int, str], one], None],
        dict[str, Annotated[FlyteFile, one]],
        Annotated[int, FlyteAnnotation({"a": 1}), one],
        UNION,
    ],
)
def test_a_node_with_one_is_a_python_type_again(python_type):
    node = parse(python_type)
    assert parse(python_type_of(node)) == node
    assert parse(python_type_of(unannotated(node))) == unannotated(node)
    assert hash(node) == hash(parse(python_type))


def test_each_method_has_a_codec_of_its_own():
    for method in (one, other, HashMethod(lambda value: "third")):
        assert to_literal(3, Annotated[int, method]).hash == method.calculate(3)


class Foreign:
    """flytekit's class, by protocol."""

    class HashMethod:
        __hash__ = None  # type: ignore[assignment]
        label: str = "its class has annotations"

        def __eq__(self, other: object) -> bool:
            raise RuntimeError

        def calculate(self, obj: Any) -> str:
            return "foreign"


def test_flytekits_class_is_taken_by_its_name_and_method():
    python_type: Any = Annotated[StructuredDataset, Foreign.HashMethod(), {"a": int}]
    assert to_literal(StructuredDataset("a"), python_type).hash == "foreign"

    class HashMethod:
        """Flyte 2's protocol of that name has no ``calculate``."""

    assert to_literal(3, Annotated[int, HashMethod()]).hash == ""


@pytest.mark.parametrize(
    ("function", "kind", "message"),
    [
        (lambda value: 3, ConversionTypeError, "['a']: expected a hash of str, got int"),
        (lambda value: None, ConversionTypeError, "['a']: expected a hash of str, got None"),
        (lambda value: {}[value], ConversionValueError, "['a']: its HashMethod refused it (KeyError)"),
        (lambda value: "\ud800", ConversionValueError, "['a']: expected STRING, got str with a lone surrogate"),
    ],
)
def test_what_a_method_may_not_say(function, kind, message):
    assert refusal(kind, to_literal, {"a": 3}, dict[str, Annotated[int, HashMethod(function)]]) == message


def test_the_value_is_refused_before_it_is_hashed():
    def never(value: Any) -> str:
        raise AssertionError

    with pytest.raises(ConversionTypeError, match="^expected INTEGER, got str$"):
        to_literal("a", Annotated[int, HashMethod(never)])


# -------------------------------------------------------------------------------------------------------- references

REFERENCES = (
    FlyteFile("s3://b/a", hash="abc"),
    FlyteDirectory("s3://b/a", hash="abc"),
    StructuredDataset("s3://b/a", hash="abc"),
    FlyteSchema("s3://b/a", hash="abc"),
)
each_reference = pytest.mark.parametrize("value", REFERENCES, ids=lambda value: type(value).__name__)


@each_reference
def test_a_reference_keeps_its_hash(value):
    literal = to_literal(value, type(value))
    assert literal.hash == "abc"
    for as_type in (type(value), to_literal_type(type(value))):
        assert to_python_value(literal, as_type) == value


@each_reference
def test_in_a_union_it_stands_outside_and_inside(value):
    literal = to_literal(value, Optional[type(value)])
    assert (literal.hash, literal.scalar.union.value.hash) == ("abc", "abc")
    assert to_python_value(literal, Optional[type(value)]) == value
    literal.scalar.union.value.hash = ""  # as a HashMethod's is
    assert to_python_value(literal, Optional[type(value)]) == value
    literal.hash, literal.scalar.union.value.hash = "outer", "inner"
    assert to_python_value(literal, Optional[type(value)]).hash == "outer"  # which the platform looks at
    nothing = Literal(hash="abc", scalar=to_literal(None, Optional[type(value)]).scalar)
    assert to_python_value(nothing, Optional[type(value)]) is None


def test_a_table_keeps_it_when_it_is_cast():
    literal = to_literal(FlyteSchema("a", hash="abc"), FlyteSchema)
    assert to_python_value(literal, StructuredDataset) == StructuredDataset("a", hash="abc")
    literal = to_literal(StructuredDataset("a", hash="abc"), StructuredDataset)
    assert to_python_value(literal, FlyteSchema) == FlyteSchema("a", hash="abc")


def test_the_hash_of_any_other_literal_is_not_kept():
    literal = Literal(hash="abc", scalar=to_literal(1, int).scalar)
    assert to_literal(to_python_value(literal, int), int).hash == ""


def test_a_hash_is_text():
    with pytest.raises(ConversionTypeError, match="^FlyteFile.hash: expected str, got int$"):
        FlyteFile("a", hash=3)  # type: ignore[arg-type]
    assert FlyteFile("a") != FlyteFile("a", hash="b")


# ---------------------------------------------------------------------------------------------------------- the pair


Numbers = Annotated[list[Annotated[int, one]], other]
File = Optional[FlyteFile]


class Hashing:
    def execute_from_model(
        self, tt: Any, file: File
    ) -> tuple[Annotated[int, one], Numbers, Optional[Annotated[FlyteFile, one]], File]:
        return 3, [4], FlyteFile("s3://b/new"), file


def test_a_return_annotation_says_it_and_an_input_passes_through():
    outputs = {"o0": int, "o1": list[int], "o2": Optional[FlyteFile], "o3": Optional[FlyteFile]}
    inputs = LiteralMap(literals={"file": to_literal(FlyteFile("s3://b/old", hash="kept"), Optional[FlyteFile])})
    written = dispatched(Hashing, template({"file": Optional[FlyteFile]}, outputs), inputs).literals
    assert {name: hashes(written[name]) for name in sorted(written)} == {
        "o0": "one 3",
        "o1": ("other [4]", ["one 4"]),
        "o2": "one FlyteFile(uri='s3://b/new', format='', metadata=None, hash='')",
        "o3": "kept",
    }


def test_a_variable_is_guessed_without_it():
    variable = Variable(type=to_literal_type(Annotated[int, one]))
    assert guess_python_type(variable.type) is int
