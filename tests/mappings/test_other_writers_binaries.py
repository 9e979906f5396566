# SPDX-License-Identifier: Apache-2.0
"""What passes for data and is none: a Struct that names a pickle, and text where bytes are wanted."""

import datetime as dt
import typing
from dataclasses import dataclass
from typing import Any, Optional

import attrs
import pytest

import shimlite
from shimlite import (
    ConversionError,
    ConversionTypeError,
    ConversionValueError,
    FlyteDirectory,
    FlyteFile,
    FlyteSchema,
    StructuredDataset,
)
from shimlite._idl import LiteralMap, SimpleType, Variable

from ..support import Literal, LiteralType, collection, map_of, packed, raw, refusal, shape, struct, union


@dataclass
class Record:
    pickle_file: str = ""


@attrs.define
class Open:
    pickle_file: Optional[str] = None


def pickled(plain: dict[str, Any], what: str = "pickle") -> Literal:
    literal = struct(plain)
    literal.metadata["format"] = what
    return literal


READERS = [
    dict, dict[str, str], dict[str, typing.Union[str, int]], dict[int, str], Record, Open, dict[bytes, str],
    dict[typing.Union[str, int], str], FlyteFile, FlyteDirectory, StructuredDataset, FlyteSchema,
]  # fmt: skip
PLAIN = {"pickle_file": "s3://a", "path": "s3://a", "uri": "s3://a", "remote_path": "s3://a"}


@pytest.mark.parametrize("python_type", READERS, ids=str)
def test_a_struct_that_is_a_pickle_is_refused_by_every_reader(python_type):
    literal, variant = pickled(PLAIN), shimlite.to_literal_type(python_type)
    for one, as_type, path in (
        (literal, python_type, ""),
        (literal, variant, ""),
        (collection(literal), list[python_type], "[0]: "),
        (map_of(k=literal), dict[str, python_type], "['k']: "),
        (literal, Optional[python_type], ""),
        (union(literal, variant), Optional[python_type], ""),
        (union(literal, variant), typing.Union[python_type, int], ""),
        (map_of(k=collection(union(literal, variant))), dict[str, list[Optional[python_type]]], "['k'][0]: "),
    ):
        message = refusal(ConversionValueError, shimlite.to_python_value, one, as_type)
        assert message.startswith(path) and "pickle" in message and "s3" not in message and "\n" not in message


def test_so_it_is_in_an_interface():
    variables = {"x": Variable(type=LiteralType(simple=SimpleType.STRUCT))}
    literals = LiteralMap(literals={"x": pickled({"pickle_file": "s3://a"})})
    for types in (None, {"x": Record}, {"x": dict[str, str]}, {"x": Optional[Open]}, {"x": typing.Union[Record, Open]}):
        message = refusal(ConversionValueError, shimlite.literal_map_to_kwargs, literals, variables, types)
        assert message.startswith("x: ") and "pickle" in message
    assert "pickle" in refusal(ConversionValueError, shimlite.normal, literals.literals["x"], dict)


@pytest.mark.parametrize("what", ["json", "", "Pickle", "pickle2"])
def test_another_word_or_a_key_of_that_name_says_nothing(what):
    plain = {"pickle_file": "s3://a"}
    for literal in (pickled(plain, what), struct(plain)):
        assert shape(shimlite.to_python_value(literal, dict)) == shape(plain)
        assert shimlite.to_python_value(literal, Record) == Record("s3://a")
    assert shimlite.to_python_value(struct({"format": "pickle"}), dict) == {"format": "pickle"}


MAYBE_BYTES = [bytes, Optional[bytes], typing.Union[bytes, int], typing.Union[int, None, bytes]]
A_PICKLE = b"\x80\x04\x8c\x01a\x94."


@pytest.mark.parametrize("python_type", MAYBE_BYTES, ids=str)
def test_bytes_are_read_alike_with_and_without_a_union(python_type):
    for data in (b"", b"abc", b"\x80", b"\x80\x04", b"YQ=="):
        for literal in (raw(data, ""), raw(data, "bytes"), packed(data)):
            for one, as_type, value in (
                (literal, python_type, data),
                (collection(literal), list[python_type], [data]),
                (map_of(k=literal), dict[str, python_type], {"k": data}),
            ):
                assert shimlite.to_python_value(one, as_type) == value
    for literal in (raw(A_PICKLE, ""), collection(raw(A_PICKLE, ""))):
        as_type = list[python_type] if literal.HasField("collection") else python_type
        assert "pickle" in refusal(ConversionValueError, shimlite.to_python_value, literal, as_type)


@pytest.mark.parametrize("python_type", MAYBE_BYTES, ids=str)
def test_text_in_msgpack_is_no_bytes(python_type):
    for text in ("YQ==", "", "a"):
        for one, as_type, path in (
            (packed(text), python_type, ""),
            (collection(packed(text)), list[python_type], r"\[0\]: "),
            (map_of(k=packed(text)), dict[str, python_type], r"\['k'\]: "),
        ):
            with pytest.raises(ConversionError, match=f"^{path}expected .*str"):
                shimlite.to_python_value(one, as_type)
    variant = shimlite.to_literal_type(bytes)
    with pytest.raises(ConversionError):
        shimlite.to_python_value(union(packed("YQ=="), variant), Optional[bytes])
    assert refusal(ConversionTypeError, shimlite.to_python_value, packed("YQ=="), bytes) == (
        "expected BINARY, got msgpack str"
    )


def test_beside_a_str_it_is_the_str_and_in_a_struct_it_is_base64():
    for either in (typing.Union[bytes, str], typing.Union[str, bytes], typing.Union[dt.date, bytes, str]):
        assert shape(shimlite.to_python_value(packed("YQ=="), either)) == shape("YQ==")
        assert shape(shimlite.to_python_value(packed(b"YQ=="), either)) == shape(b"YQ==")

    @dataclass
    class Holder:
        x: Optional[bytes]

    for literal in (struct({"x": "YQ=="}), packed({"x": b"a"})):
        assert shimlite.to_python_value(literal, Holder) == Holder(b"a")
