# SPDX-License-Identifier: Apache-2.0
"""The core is read from ``errors`` to ``normal``: each file names the next, and none is left out."""

from __future__ import annotations

import ast
import pathlib
import re

import shimlite

PACKAGE = pathlib.Path(shimlite.__file__).parent
OUTSIDE = ("errors", "values", "engine", "fidelity", "normal")
CORE = [path for path in (PACKAGE / "_types").glob("*.py") if path.stem != "__init__"]
CORE += [PACKAGE / f"{name}.py" for name in OUTSIDE]
DOCSTRINGS = {path.stem: ast.get_docstring(ast.parse(path.read_text())) or "" for path in CORE}


def next_of(docstring: str) -> list[str]:
    """``rows`` of ``Next: ``_types.rows``.``; what follows in the same sentence is for another reader."""
    return [name.rpartition(".")[2] for name in re.findall(r"Next:\s+``([\w.]+)``", docstring)]


def test_each_file_names_the_next_and_none_is_left_out():
    way = ["errors"]
    while following := next_of(DOCSTRINGS[way[-1]]):
        (name,) = following
        assert name in DOCSTRINGS and name not in way, f"{way[-1]} is followed by {name}"
        way.append(name)
    assert way[-1] == "normal"
    assert set(way) == set(DOCSTRINGS)
