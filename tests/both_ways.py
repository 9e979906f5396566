# SPDX-License-Identifier: Apache-2.0
"""Lists of numbers element by element and in bulk, on both kinds of protobuf: the two must not differ in anything."""

from __future__ import annotations

import contextlib
import struct
import sys
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

from shimlite import ConversionError
from shimlite._idl import Message
from shimlite._types import bulk, literal_codec
from shimlite._types.rows import Bulk

BULKS: dict[Any, Bulk] = {
    list[bool]: bulk.BULK_OF_BOOLS,
    list[int]: bulk.BULK_OF_INTS,
    list[float]: bulk.BULK_OF_FLOATS,
}
FIELDS = {list[bool]: "boolean", list[int]: "integer", list[float]: "float_value"}
EACH = sys.maxsize
"""No list is that long, so all elements are converted one by one."""


@contextlib.contextmanager
def from_length(fewest: int, values_at_once: int = 1024, bytes_at_once: int = 4096) -> Iterator[None]:
    """Lists of so many elements and more are converted in bulk, so many values or bytes at once."""
    at_once = {"VALUES_AT_ONCE": values_at_once, "BYTES_AT_ONCE": bytes_at_once}
    with mock.patch.object(literal_codec, "FEWEST", fewest), mock.patch.multiple(bulk, **at_once):
        yield


def both_ways(call: Callable[..., Any], *arguments: Any, **at_once: int) -> Any:
    """What ``outcome`` says of a conversion, after all elements and all in bulk are found to give the same."""
    with from_length(EACH):
        by_element = outcome(call, *arguments)
    with from_length(1, **at_once):
        in_bulk = outcome(call, *arguments)
    assert in_bulk == by_element
    return by_element


def outcome(call: Callable[..., Any], *arguments: Any) -> Any:
    """The class and words of the error, or the result, in which -0.0, NaNs, True and ints are told apart."""
    try:
        return exact(call(*arguments))
    except ConversionError as error:
        return type(error), str(error)


def exact(result: Any) -> Any:
    if isinstance(result, Message):
        return result.SerializeToString(deterministic=True)
    if type(result) in (list, tuple):
        return [exact(one) for one in result]
    if type(result) is dict:
        return [[key, exact(one)] for key, one in sorted(result.items())]
    return type(result), struct.pack("<d", result) if type(result) is float else result
