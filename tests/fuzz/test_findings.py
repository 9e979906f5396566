# SPDX-License-Identifier: Apache-2.0
"""What fuzzing found, once each, the inputs that it starts from, and bombs: all without a fuzzer.

Time is counted in calls of functions, and memory in what Python holds, so a bound fails on every machine or none.
"""

from __future__ import annotations

import contextlib
import sys
import tracemalloc
import types
from collections.abc import Iterator
from typing import Any

import google.protobuf
import pytest

from shimlite import FlyteFile

from ..kinds import KINDS, in_type
from .bombs import bombs
from .invariant import CHECKS, TYPES, an_input, any_file, any_literal, any_type, holds
from .seeds import seeds

MOST_CALLS = 1_000_000
"""Of Python's functions and C's: a second at most. What is taken at all of the bombs below needs half of them."""
PROTOBUF = google.protobuf.__path__[0]
"""Not counted, since its pure-Python form makes many more calls than its compiled one."""
MOST_MEGABYTES = 32
"""Three times what the largest of the bombs needs, in pure Python."""

FOUND = {
    "inspect: a Duration that flytekit writes and protobuf forbids": (
        an_input(any_file, b"\n\x0b\n\t2\x07\x08\x81\xbc\xae\xce\x97\t")
    ),
    "inspect: a Timestamp after the year 9999": an_input(any_file, b"\n\x0b\n\t*\x07\x08\x80\x83\xd1\xff\xaf\x07"),
    "inspect: an error at no time": an_input(any_file, b"\n\x0f\n\x04USER*\x07\x08\x80\x83\xd1\xff\xaf\x07"),
    "inspect: an error of an unknown origin": an_input(any_file, b"\n\x08\n\x04USER 0"),
    "inspect: an error of an unknown kind": an_input(any_file, b"\n\x08\n\x04USER\x18\x07"),
    "inspect: msgpack with a timestamp": (
        an_input(any_file, b"\n\x13\x1a\x11\n\x06\xd6\xff\x00\x00\x00\x00\x12\x07msgpack")
    ),
    "inspect: msgpack 1,000 deep": (
        an_input(any_file, b"\n\xf8\x07\x1a\xf5\x07\n\xe9\x07" + b"\x91" * 1000 + b"\xc0" + b"\x12\x07msgpack")
    ),
    "a file of no format for FlyteFile['csv'] is written as one of csv, which normal() says": (
        an_input(any_literal, b"\n\x05\x12\x03\x1a\x01x", FlyteFile["csv"])
    ),
    "a dataset of no format where csv is declared is written as one of csv, likewise": (
        an_input(any_type, b"\n\x07\n\x05B\x03\n\x01x\x12\x07B\x05\x12\x03csv")
    ),
}
"""Whatever was once wrong, and an input that showed it."""

BOMBS = dict(bombs())
STARTS = seeds()
SEEDS = {check.__name__: [data for data in STARTS if CHECKS[data[0]] is check] for check in CHECKS}


class TooMuchError(BaseException):
    """No Exception, which shimlite might take for a schema's fault."""


@contextlib.contextmanager
def bounded() -> Iterator[None]:
    """Ends what takes more calls or memory than it may."""
    calls = 0

    def count(frame: types.FrameType, event: str, argument: object) -> None:
        nonlocal calls
        calls += not frame.f_code.co_filename.startswith(PROTOBUF)
        if calls > MOST_CALLS:
            raise TooMuchError(f"more than {MOST_CALLS:,} calls")

    tracemalloc.start()
    profiler = sys.getprofile()
    sys.setprofile(count)
    try:
        yield
    finally:
        sys.setprofile(profiler)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < MOST_MEGABYTES * 2**20, f"{peak:,} bytes"


def each(inputs: dict[str, Any]) -> Any:
    """A test for each, under its name."""
    return pytest.mark.parametrize("given", [pytest.param(given, id=name) for name, given in inputs.items()])


@each(FOUND)
def test_what_was_found_is_mended(given: bytes) -> None:
    holds(given)


@each(BOMBS)
def test_a_bomb_takes_little_time_depth_and_memory(given: bytes) -> None:
    with bounded():
        holds(given)


@each(SEEDS)
def test_what_the_fuzzer_starts_from_holds(given: list[bytes]) -> None:
    assert given
    for data in given:
        try:
            holds(data)
        except Exception as error:
            raise AssertionError(f"{data!r}") from error


def test_every_kind_is_fuzzed() -> None:
    assert {kind for python_type in TYPES for kind in in_type(python_type)} == set(KINDS)
