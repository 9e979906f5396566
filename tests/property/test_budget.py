# SPDX-License-Identifier: Apache-2.0
"""Work is bounded, whatever types and data ask for: counted, since clocks differ.

Some counts are of what the user's own classes see, others of Python's calls.
"""

from __future__ import annotations

import os
import sys
import typing
from collections.abc import Callable
from dataclasses import dataclass, field, make_dataclass
from typing import Any, ClassVar, Union

from hypothesis import given, settings
from hypothesis import strategies as st

import shimlite
from shimlite import ConversionTypeError, ConversionValueError, UnsupportedTypeError, to_literal_type, to_python_value
from shimlite.engine import from_plain

from ..refusals import only_our_errors
from ..support import LiteralType, collection, packed, primitive, refusal, union

OURS = os.path.dirname(shimlite.__file__)
MOST_VALUES = 1_000_000
MOST_TRIES = 20_000
MOST_EXAMPLES = 10_000


def calls(function: Callable[..., Any], *arguments: Any) -> int:
    """How many functions of ours are called until there is a result or an error of ours; protobuf's do not count."""
    count = 0

    def on_event(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event == "call" and frame.f_code.co_filename.startswith(OURS)

    before = sys.getprofile()
    sys.setprofile(on_event)
    try:
        only_our_errors(function, *arguments)
    finally:
        sys.setprofile(before)
    return count


# --- readings of unions in unions -------------------------------------------------------------------------------------


@dataclass
class Leaf:
    """Counts what is read."""

    values: list[int]
    made: ClassVar[int] = 0
    read: ClassVar[int] = 0

    def __post_init__(self) -> None:
        Leaf.made += 1
        Leaf.read += len(self.values)


@dataclass
class Left:
    kids: Union[list[Left], list[Right], dict[str, Left], dict[str, Right]]
    leaf: Leaf | None = None


@dataclass
class Right:
    kids: Union[list[Left], list[Right], dict[str, Left], dict[str, Right]]
    leaf: Leaf | None = None


def nested(depth: int, width: int, as_dict: bool = False) -> Any:
    """As many readings as there are ways down to the only leaf: either class may stand at each level."""
    value: Any = {"kids": [], "leaf": {"values": [1] * width}}
    for _ in range(depth):
        value = {"kids": {"k": value} if as_dict else [value]}
    return value


def read_of(value: Any, convert: Callable[..., Any] = from_plain) -> tuple[Any, int, int]:
    """The result or REFUSED, the leaves that were made for it, and the values in them."""
    Leaf.made = Leaf.read = 0
    return only_our_errors(convert, value, Left), Leaf.made, Leaf.read


@settings(max_examples=min(20, settings().max_examples))
@given(st.integers(0, 18), st.sampled_from([0, 1, 50, 3_000]), st.booleans())
def test_values_and_tries_are_bounded_whatever_is_nested(depth, width, as_dict):
    _, made, read = read_of(nested(depth, width, as_dict))
    assert made <= min(2**depth, MOST_TRIES + 1)
    assert read <= MOST_VALUES + 2 * width


def test_many_values_are_too_many_where_few_are_not():
    """A message of 30 kB may not take a minute, nor one of 300 bytes."""
    for depth, width, whole in ((2, 100, 4 * 100), (6, 1_000, 64 * 1_000), (7, 7_500, 128 * 7_500)):
        assert read_of(nested(depth, width))[1:] == (2**depth, whole)
    assert MOST_VALUES - 50_000 < read_of(nested(8, 25_000))[2] <= MOST_VALUES
    assert refusal(ConversionValueError, to_python_value, packed(nested(40, 1)), Left).endswith(
        ": its unions have more than 20000 readings"
    )


def test_each_conversion_has_a_budget_of_its_own():
    for _ in range(3):
        read_of(nested(9, 25_000))
        assert read_of(nested(0, 5)) == (Left([], Leaf([1] * 5)), 1, 5)


def test_values_beside_one_another_are_not_counted():
    """More of them than the budget has, each tried once."""
    record = make_dataclass("Holder", [("held", Union[list[Union[int, str]], dict[str, int]])])
    value = record([1, "a"] * (MOST_VALUES // 2 + 1))
    packed_value = shimlite.to_literal(value, record)
    assert to_python_value(packed_value, record) == value


def test_literals_are_counted_as_values_in_msgpack_are():
    """Lists of lists, each of which may be of either Literal all the way down."""
    either: Any = Union[typing.Literal["a"], typing.Literal["b"]]
    literal = collection(*(primitive(string_value="a") for _ in range(10)))
    for level in range(7):
        either = Union[list[either], dict[str, either]]
        literal = collection(literal) if level < 6 else literal
    for as_type in (either, to_literal_type(either)):
        to_python_value(literal, as_type)
        assert calls(to_python_value, literal, as_type) < 10_000


# --- types that share parts -------------------------------------------------------------------------------------------


def union_of_unions(levels: int) -> Any:
    python_type: Any = int
    for _ in range(levels):
        python_type = Union[list[python_type], dict[str, python_type]]
    return python_type


def classes_of_classes(levels: int, base: Any = int) -> Any:
    for place in range(levels):
        base = make_dataclass(f"R{place}", [("a", base), ("b", base)])
    return base


def test_a_union_that_holds_its_parts_twice_is_refused_at_once():
    """Its members double with every level, and are counted on the way."""
    message = "a union of more than 256 types"
    before = calls(to_literal_type, union_of_unions(9))
    for levels in (9, 11):
        python_type = union_of_unions(levels)
        for call in (to_literal_type, shimlite.fidelity, lambda one: shimlite.to_literal([], one)):
            assert refusal(UnsupportedTypeError, call, python_type) == message
        record = make_dataclass("Holder", [("x", python_type)])
        assert refusal(UnsupportedTypeError, to_literal_type, record) == f"Holder.x: {message}"
        assert calls(to_literal_type, python_type) < before + 50 * levels


def test_classes_that_hold_others_twice_are_described_up_to_a_number():
    message = "holds more than 20000 types"
    assert refusal(UnsupportedTypeError, to_literal_type, classes_of_classes(15)) == message
    assert calls(to_literal_type, classes_of_classes(16)) < 50 * 100_000


@dataclass
class Counted:
    made: ClassVar[int] = 0
    x: int = field(default=0)

    def __post_init__(self) -> None:
        Counted.made += 1


def test_fidelity_makes_a_bounded_number_of_examples():
    """Once they are spent a loss has no witness, which is no error."""
    record = classes_of_classes(8, make_dataclass("Holder", [("held", Counted)]))
    Counted.made = 0
    losses = shimlite.fidelity(record).losses
    assert [loss.witness is None for loss in (losses[0], losses[-1])] == [False, True]
    assert Counted.made < MOST_EXAMPLES
    assert shimlite.fidelity(record, record).exact


# --- unions of one message --------------------------------------------------------------------------------------------


def test_stored_types_are_decided_once_and_not_for_each_value():
    one, other = ([f"{letter}{number}" for number in range(500)] for letter in "ab")
    declared = LiteralType(union_type={"variants": [{"enum_type": {"values": values}} for values in (one, other)]})
    for variant, letter in zip(declared.union_type.variants, "ab"):
        variant.structure.tag = letter
    whole = LiteralType(collection_type=declared)

    def work(count: int) -> int:
        variants = declared.union_type.variants
        values = (union(primitive(string_value=f"b{place}"), variants[1]) for place in range(count))
        return calls(to_python_value, collection(*values), whole)

    to_python_value(collection(), whole)  # compiled
    few, many = work(50), work(500)
    assert many - few < 20 * 450


def test_a_union_is_told_at_once_what_its_values_are_not():
    """256 members, of which a value is none: each is asked once."""
    records = [make_dataclass(f"K{place}", [(f"f{place}", int)]) for place in range(64)]
    either = Union[tuple(records)]
    shimlite.to_literal(records[0](1), either)
    assert calls(refusal, ConversionTypeError, shimlite.to_literal, 5, either) < 64 * 60
