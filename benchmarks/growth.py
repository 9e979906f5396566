# SPDX-License-Identifier: Apache-2.0
"""Time an element while there are more and more of them, beside the loop written by hand.

What leaves the processor's caches is slower, whoever reads it: the loop shows how much of the growth is that. All sizes
and sides in turn, the median of the rounds. Freeing what was made counts. Not measured: more than a million.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from typing import Any

from benchmarks import tell
from benchmarks.cases import MANY
from shimlite import to_literal, to_python_value

SIZES = (1_000, 10_000, 100_000, 1_000_000)


def measure(quick: bool) -> dict[str, Any]:
    """Nanoseconds an element, one a size, by case, way and side."""
    sizes = SIZES[:2] if quick else SIZES
    return {"sizes": sizes, "nanoseconds": {case: _of(case, sizes, 1 if quick else 7) for case in MANY}}


def _of(case: str, sizes: tuple[int, ...], rounds: int) -> dict[str, Any]:
    python_type, make, encode, decode = MANY[case]
    values = [make(size) for size in sizes]
    literals = [encode(value) for value in values]
    ways = {
        "encode": (values, {"shimlite": lambda value: to_literal(value, python_type), "by hand": encode}),
        "decode": (literals, {"shimlite": lambda literal: to_python_value(literal, python_type), "by hand": decode}),
    }
    found: dict[str, Any] = {}
    for way, (given, sides) in ways.items():
        taken: dict[str, list[list[float]]] = {side: [[] for _ in sizes] for side in sides}
        for _ in range(rounds):
            for place, size in enumerate(sizes):
                for side, convert in sides.items():
                    taken[side][place].append(_timed(convert, given[place], max(1, sizes[-1] // 10 // size)) / size)
        found[way] = {side: [round(statistics.median(of) * 1e9, 1) for of in taken[side]] for side in sides}
    return found


def _timed(convert: Callable[[Any], Any], given: Any, repetitions: int) -> float:
    gc.collect()
    start = time.perf_counter()
    for _ in range(repetitions):
        convert(given)
    return (time.perf_counter() - start) / repetitions


if __name__ == "__main__":
    tell(measure)
