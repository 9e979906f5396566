# SPDX-License-Identifier: Apache-2.0
"""What every strategy promises: no health check fires, draws depend on the seed alone, each says where it is from."""

from __future__ import annotations

import hashlib
import importlib
import os
import pathlib
import re
import subprocess
import sys

import hypothesis
import pytest

from shimlite import MissingExtraError, strategies, to_literal_type

from .drawing import drawn

OF_A_TYPE = {
    "any_values": strategies.any_values(list[int | str | None]),
    "literals": strategies.literals(to_literal_type(dict[str, int | None])),
    "near_values": strategies.near_values(list[int | str | None]),
    "values": strategies.values(list[int | str | None]),
}
ALL = {name: OF_A_TYPE[name] if name in OF_A_TYPE else getattr(strategies, name)() for name in strategies.__all__}


def test_the_public_names():
    assert strategies.__all__ == [
        "any_typed_values",
        "any_values",
        "field_types",
        "hostile_bytes",
        "hostile_literal_types",
        "hostile_literals",
        "interfaces",
        "literal_types",
        "literals",
        "near_values",
        "python_types",
        "task_templates",
        "typed_literals",
        "typed_near_values",
        "typed_values",
        "values",
    ]


@pytest.mark.parametrize("name", ALL)
def test_each_says_what_it_promises(name):
    assert getattr(strategies, name).__doc__


@pytest.mark.parametrize("name", ALL)
def test_no_health_check_fires(name):
    assert len(drawn(ALL[name], 20)) == 20


def digests() -> list[str]:
    """Of what each strategy draws."""
    made = []
    for name, strategy in ALL.items():
        shown = [
            one.SerializeToString(deterministic=True) if hasattr(one, "HasField") else one for one in drawn(strategy, 5)
        ]
        made.append(f"{name} {hashlib.sha256(spelled(shown).encode()).hexdigest()}")
    return made


def spelled(drawn_ones: object) -> str:
    return re.sub(r"0x[0-9a-f]+", "", repr(drawn_ones))


def test_draws_depend_on_the_seed_alone():
    program = "from tests.strategies.test_surface import digests; print(*digests(), sep='\\n')"
    run = [
        subprocess.Popen(
            [sys.executable, "-c", program],
            cwd=pathlib.Path(__file__).parents[2],
            env={**os.environ, "PYTHONHASHSEED": seed},
            stdout=subprocess.PIPE,
        )
        for seed in ("1", "2")
    ]
    one, other = (process.communicate(timeout=120)[0].decode().split("\n") for process in run)
    assert one == other
    assert len(one) == len(ALL) + 1


@pytest.mark.parametrize("module", ["strategies", "testing"])
def test_without_hypothesis_the_extra_is_named(module, monkeypatch):
    imported = importlib.import_module(f"shimlite.{module}")
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    with pytest.raises(MissingExtraError) as caught:
        importlib.reload(imported)
    what = {"strategies": "strategies need", "testing": "testing needs"}[module]
    assert str(caught.value) == f"{what} hypothesis; pip install 'shimlite[strategies]'"


def test_the_example_of_the_module_runs():
    example = re.search(r"(?<=values\.\n\n)(    .*\n|\n)+", "values.\n\n" + strategies.__doc__.split("both::\n\n")[1])
    program = "\n".join(line[4:] for line in example.group().split("\n"))
    program = program.replace("shimlite", strategies.__name__.rpartition(".")[0])  # a copy has another
    taken = []
    converter = type("Converter", (), {"encode": staticmethod(lambda value, python_type: taken.append(python_type))})
    names = {"my_converter": converter}
    exec(program, names)
    hypothesis.settings(max_examples=20, database=None)(names["test_my_converter_takes_every_value"])()
    assert len(taken) >= 20
