# SPDX-License-Identifier: Apache-2.0
"""Values to literals and back, beside a loop written by hand and beside flytekit's TypeEngine.

Timed by pytest-benchmark, what is compared right after each other; in five passes with compiled protobuf and two with
pure Python's, each a process. flytekit's models are made of and from protobuf's messages as in its own process,
which reads and writes those. Not measured: the first conversion of a type, which compiles it; threads.
"""

from __future__ import annotations

import gc
import json
import os
import pathlib
import subprocess
import sys
import tempfile
from collections.abc import Callable
from typing import Any

import pytest
from flytekit import FlyteContextManager
from flytekit.core.type_engine import TypeEngine
from flytekit.models.literals import Literal as Model
from flytekit.models.literals import LiteralMap as MapModel
from google.protobuf.internal import api_implementation

from benchmarks import ROOT, tell, with_protobuf
from benchmarks.cases import MANY, SINGLE
from benchmarks.report import MAP
from shimlite import (
    dict_to_literal_map,
    literal_map_to_kwargs,
    to_literal,
    to_literal_type,
    to_python_value,
)
from shimlite._idl import LiteralMap, Variable

ELEMENTS = int(os.environ.get("BENCHMARKS_ELEMENTS", 10_000))
OURS, HAND, THEIRS = "shimlite", "by hand", "flytekit"
Converters = dict[str, Callable[[Any], Any]]
"""By way."""


def ours(python_type: Any) -> Converters:
    variables, types = {"x": Variable(type=to_literal_type(python_type))}, {"x": python_type}
    return {
        "encode": lambda value: to_literal(value, python_type),
        "decode": lambda literal: to_python_value(literal, python_type),
        f"encode{MAP}": lambda values: dict_to_literal_map(values, variables, types),
        f"decode{MAP}": lambda literals: literal_map_to_kwargs(literals, variables, types),
    }


def theirs(python_type: Any) -> Converters:
    context = FlyteContextManager.current_context()
    declared, types = TypeEngine.to_literal_type(python_type), {"x": python_type}
    return {
        "encode": lambda value: TypeEngine.to_literal(context, value, python_type, declared).to_flyte_idl(),
        "decode": lambda literal: TypeEngine.to_python_value(context, Model.from_flyte_idl(literal), python_type),
        f"encode{MAP}": lambda values: TypeEngine.dict_to_literal_map(context, values, types).to_flyte_idl(),
        f"decode{MAP}": lambda literals: TypeEngine.literal_map_to_kwargs(
            context, MapModel.from_flyte_idl(literals), types
        ),
    }


def _sides() -> dict[str, tuple[Any, dict[str, Converters]]]:
    """A value, and who converts it, by case."""
    found: dict[str, tuple[Any, dict[str, Converters]]] = {}
    for name, (python_type, make, encode, decode) in MANY.items():
        by_hand = {"encode": encode, "decode": decode}
        found[name] = make(ELEMENTS), {OURS: ours(python_type), HAND: by_hand, THEIRS: theirs(python_type)}
    for name, (python_type, value) in SINGLE.items():
        found[name] = value, {OURS: ours(python_type), THEIRS: theirs(python_type)}
    return found


SIDES = _sides()


@pytest.mark.parametrize(
    ("case", "way", "side"),
    [
        (case, way, side)
        for case, (_, sides) in SIDES.items()
        for way in sides[OURS]
        for side in sides
        if case in SINGLE or MAP not in way
    ],
)
def test_conversion(benchmark, case, way, side):
    value, sides = SIDES[case]
    literal = sides[side]["encode"](value)
    assert sides[side]["decode"](literal) == sides[OURS]["decode"](literal) == value  # what one writes the other reads
    given = value if way.startswith("encode") else literal
    if MAP in way:
        given = {"x": value} if given is value else LiteralMap(literals={"x": literal})
    benchmark(sides[side][way], given)


def measure(quick: bool) -> dict[str, Any]:
    """The median seconds of each pass, by kind of protobuf, case, way and side."""
    found: dict[str, Any] = {}
    for number in range(1 if quick else 5):
        for kind, passes in (("compiled", 5), ("python", 2)):
            if number < passes:
                for case, way, side, seconds in _one_pass(kind, quick):
                    times = found.setdefault(kind, {}).setdefault(case, {}).setdefault(way, {})
                    times.setdefault(side, []).append(float(f"{seconds:.5g}"))
    return {"elements": 100 if quick else ELEMENTS, "seconds": found}


def _one_pass(kind: str, quick: bool) -> list[tuple[str, str, str, float]]:
    environment = with_protobuf(kind)
    if quick:
        environment["BENCHMARKS_ELEMENTS"] = "100"
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "pass.json")
        least, most = (1, 0.001) if quick else (2 if kind == "python" else 3, 0.08)
        options = [f"--benchmark-json={file}", f"--benchmark-min-rounds={least}", f"--benchmark-max-time={most}"]
        options += ["--benchmark-min-time=0.0005", "-o", "addopts=", "-p", "no:cacheprovider", "-q"]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *options, "benchmarks/conversions.py"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        if done.returncode:
            sys.exit(done.stdout)
        ran = json.loads(file.read_text())["benchmarks"]
    assert all(one["extra_info"]["protobuf"] == {"compiled": "upb"}.get(kind, kind) for one in ran)
    return [(*(one["params"][name] for name in ("case", "way", "side")), one["stats"]["median"]) for one in ran]


@pytest.fixture(autouse=True)
def _alike(benchmark):
    benchmark.extra_info["protobuf"] = api_implementation.Type()
    gc.collect()
    gc.freeze()  # else collections during one side's rounds look through what was made for others, and when differs
    yield
    gc.unfreeze()


if __name__ == "__main__":
    tell(measure)
