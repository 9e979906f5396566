# SPDX-License-Identifier: Apache-2.0
"""What is outside the fixed set is refused before any data, and the message names the nearest type inside it."""

import collections
import datetime as dt
import decimal
import fractions
import ipaddress
import pathlib
import typing
import uuid
from collections import abc

import pytest

import shimlite
from shimlite import UnsupportedTypeError

from ..support import primitive, refusal


class Plain:
    pass


class MyStr(str):
    pass


class MyList(list):
    pass


class MyDict(dict):
    pass


class Row(typing.NamedTuple):
    x: int


class Table:
    """By its name, as pyarrow's."""


class DataFrame:
    pass


class ndarray:  # noqa: N801 - numpy's name
    pass


class Typed(typing.TypedDict):
    x: int


UserId = typing.NewType("UserId", int)
T = typing.TypeVar("T")
A_DATACLASS, TABLE = "a dataclass or attrs class", "a type of the table in the README"

CASES = [
    (object, "object", "dict for JSON-like values, or a dataclass"),
    (bytearray, "bytearray", "bytes"),
    (memoryview, "memoryview", "bytes"),
    (decimal.Decimal, "Decimal", "float, or str to keep every digit"),
    (fractions.Fraction, "Fraction", "float, or str to keep every digit"),
    (uuid.UUID, "UUID", "str"),
    (pathlib.Path, "Path", "FlyteFile, or str for a mere path"),
    (pathlib.PurePosixPath, "PurePosixPath", "FlyteFile, or str for a mere path"),
    (complex, "complex", "list[float]"),
    (dt.time, "time", "timedelta, or str"),
    (dt.timezone, "timezone", "timedelta, or str"),
    (tuple, "tuple", "list[T]"),
    (tuple[int, str], "tuple[int, str]", "list[T]"),
    (set, "set", "list[T]"),
    (frozenset[int], "frozenset[int]", "list[T]"),
    (collections.deque, "deque", "list[T]"),
    (range, "range", "list[T]"),
    (abc.Sequence, "Sequence", "list[T]"),
    (abc.Iterator, "Iterator", "list[T]"),
    (collections.OrderedDict, "OrderedDict", "dict[K, T]"),
    (collections.Counter, "Counter", "dict[K, T]"),
    (abc.Mapping, "Mapping", "dict[K, T]"),
    (MyStr, "MyStr", "str"),
    *(
        (type("Mine", (cls,), {}), "Mine", cls.__name__)
        for cls in (int, float, bytes, dt.datetime, dt.date, dt.timedelta)
    ),
    (type("Mine", (decimal.Decimal,), {}), "Mine", "float, or str to keep every digit"),
    (MyList, "MyList", "list[T]"),
    (MyDict, "MyDict", "dict[K, T]"),
    (Row, "Row", "a dataclass"),
    (Typed, "Typed", "a dataclass"),
    (Table, "Table", "StructuredDataset"),
    (DataFrame, "DataFrame", "StructuredDataset"),
    (ndarray, "ndarray", "list[float]"),
    (Plain, "Plain", A_DATACLASS),
    (ipaddress.IPv4Address, "IPv4Address", A_DATACLASS),
    ("int", "a str", "the class itself, not its name"),
    (type, "type", TABLE),
    (type[int], "type[int]", TABLE),
    (T, "T", TABLE),
    (typing.ClassVar[int], "ClassVar[int]", TABLE),
]


@pytest.mark.parametrize(("python_type", "name", "instead"), CASES)
def test_the_refusal_names_the_nearest_type(python_type, name, instead):
    message = f"{name} is not supported; use {instead}"
    assert refusal(UnsupportedTypeError, shimlite.to_literal_type, python_type) == message
    assert refusal(UnsupportedTypeError, shimlite.to_literal, None, python_type) == message
    assert refusal(UnsupportedTypeError, shimlite.to_python_value, primitive(integer=1), python_type) == message


@pytest.mark.parametrize("python_type", [list["int"], dict[str, "int"], typing.Optional["int"]])
def test_a_name_in_place_of_a_class_is_refused(python_type):
    with pytest.raises(UnsupportedTypeError) as caught:
        shimlite.to_literal_type(python_type)
    assert caught.value.hint == "use the class itself, not its name"


def test_the_error_carries_the_type():
    with pytest.raises(UnsupportedTypeError) as caught:
        shimlite.to_literal_type(tuple[int, str])
    assert (caught.value.path, caught.value.got, caught.value.hint) == ("", "tuple[int, str]", "use list[T]")
