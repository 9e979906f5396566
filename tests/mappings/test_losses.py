# SPDX-License-Identifier: Apache-2.0
"""The words that rows share for what is lost, and a row's own answer to a reader of another kind.

Codecs refuse most such readers before a row is asked; a row refuses them by itself nevertheless.
"""

import datetime as dt
import enum
from typing import Any

import pytest

from shimlite import ConversionValueError, FlyteFile, Loss, UnsupportedTypeError, to_literal_type
from shimlite._idl import LiteralType
from shimlite._mappings import row_for
from shimlite._mappings.atoms import takes_all
from shimlite._mappings.losses import NoExampleError, cannot_read, inside, is_lost, shown
from shimlite.engine import Compiler

from ..support import refusal


class Color(enum.Enum):
    RED = "red"


def refusing(value: Any) -> Any:
    raise ConversionValueError("no")


REFUSED: list[tuple[Any, Any, str]] = [
    (Color, str, "not every Color can be read as str"),
    (list[int], dict, "not every list[int] can be read as dict"),
    (dict[str, int], list[int], "not every dict[str, int] can be read as list[int]"),
    (FlyteFile, dict, "not every FlyteFile can be read as dict"),
    (int, str, "not every int can be read as str"),
    (dt.datetime, str, "not every datetime can be read as str"),
    (Any, int, "not every Any can be read as int"),
]


class Asked:
    """As much of an Accountant as a row asks of it before it refuses."""

    compiler = Compiler()


@pytest.mark.parametrize(("written", "read", "message"), REFUSED)
def test_a_row_refuses_a_reader_of_another_kind(written, read, message):
    literal_type = LiteralType() if written is Any else to_literal_type(written)
    row = row_for(written)
    assert refusal(UnsupportedTypeError, row.account, written, literal_type, read, Asked()) == message


def test_the_refusal_names_both_types():
    error = cannot_read(list[int], dict)
    assert str(error) == "not every list[int] can be read as dict"
    assert (error.expected, error.got) == ("list[int]", "dict")


def test_a_witness_is_lost_where_another_value_comes_back():
    assert is_lost(1, float)
    assert is_lost(0.0, lambda value: -value)
    assert not is_lost(1, int)
    assert not is_lost(float("nan"), float)
    assert not is_lost(1, refusing)
    first, second = Loss("", "a", "", 1), Loss("", "b", "", 1.0)
    assert shown([first, second], float) == (first,)
    assert shown([first, second], refusing) == ()


def test_the_losses_of_a_part_are_those_of_the_whole():
    def only_one(witness: Any) -> Any:
        if witness != 1:
            raise NoExampleError
        return [witness]

    losses = [Loss("", "a", "b", 1), Loss(".x", "c", "d", 2), Loss("", "e", "f", None)]
    assert inside("[i]", losses, only_one) == (
        Loss("[i]", "a", "b", [1]),
        Loss("[i].x", "c", "d", None),
        Loss("[i]", "e", "f", None),
    )


def test_all_values_of_a_few_are_tried():
    assert takes_all([1, 2], float)
    assert takes_all([], refusing)
    assert not takes_all([1], refusing)
