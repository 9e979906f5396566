# SPDX-License-Identifier: Apache-2.0
"""One compiled converter, and the caches behind it, from many threads at once."""

from __future__ import annotations

import dataclasses
import enum
import sys
import threading
from collections.abc import Callable
from typing import Any, Optional

import pytest

from shimlite import guess_python_type, to_literal, to_literal_type, to_python_value

THREADS = 16


@pytest.fixture(autouse=True)
def many_switches():
    """Between nearly all steps of Python, so that a race has its chance."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def at_once(work: Callable[[int], Any]) -> list[Any]:
    """What ``work`` gives for each thread's number, all of them let go together."""
    gate = threading.Barrier(THREADS)
    results: list[Any] = [None] * THREADS

    def run(number: int) -> None:
        gate.wait()
        results[number] = work(number)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_a_converter_that_is_compiled():
    python_type = dict[str, list[Optional[int]]]
    to_literal({}, python_type)

    def work(number: int) -> bool:
        value = {f"{number}": [number, None] * 50}
        return all(to_python_value(to_literal(value, python_type), python_type) == value for _ in range(20))

    assert at_once(work) == [True] * THREADS


def test_a_converter_that_is_compiled_meanwhile():
    """A class that no cache has seen, in each of several rounds."""
    for _ in range(10):
        record = dataclasses.make_dataclass("Record", [("x", int), ("y", Optional[str])])

        def work(number: int, record: Any = record) -> Any:
            return to_python_value(to_literal(record(number, str(number)), record), record)

        assert at_once(work) == [record(number, str(number)) for number in range(THREADS)]


def test_a_class_generated_from_a_schema_is_the_same_for_all():
    for number in range(10):
        literal_type = to_literal_type(dataclasses.make_dataclass(f"Record{number}", [("x", int)]))
        classes = at_once(lambda _, literal_type=literal_type: guess_python_type(literal_type))
        assert set(classes) == {classes[0]}
        literals = [to_literal(cls(x=1), literal_type) for cls in classes]
        assert literals == literals[:1] * THREADS


def test_an_enum_generated_from_its_values_is_the_same_for_all():
    for number in range(10):
        literal_type = to_literal_type(enum.Enum("Choice", {"A": f"a{number}", "B": "b"}))
        classes = at_once(lambda _, literal_type=literal_type: guess_python_type(literal_type))
        assert set(classes) == {classes[0]}
