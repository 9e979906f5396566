# SPDX-License-Identifier: Apache-2.0
"""The model is worth asking: it has no code of the package, and says one thing where it says it twice."""

from __future__ import annotations

import ast
import pathlib

import pytest
from hypothesis import given

from shimlite import fidelity
from shimlite.equality import same
from shimlite.strategies import any_typed_values

from . import model
from .comparing import assert_comes_back
from .model import Misfit, Refused, comes_back, fits, surely_fits, through_literal

SHARED = {"shimlite", "shimlite._idl", "shimlite.equality", "shimlite.values"}
"""The classes of the references, protobuf's messages, and the equality of the laws."""


def test_the_model_has_no_code_of_the_package():
    for path in pathlib.Path(model.__file__).parent.glob("*.py"):
        nodes = list(ast.walk(ast.parse(path.read_text())))
        names = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and node.level == 0}
        names |= {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
        root = fidelity.__module__.rpartition(".")[0]
        assert {name for name in names if name.split(".")[0] == root} <= SHARED


@given(any_typed_values())
def test_the_model_says_the_same_twice(typed):
    """What it says of one type in short, it says of writing and reading."""
    python_type, value = typed
    try:
        expected = through_literal(python_type, value)
    except Refused:
        with pytest.raises(Refused):
            comes_back(python_type, value, python_type)
    else:
        assert same(comes_back(python_type, value, python_type), expected)
    assert_comes_back(python_type, value)


def test_types_that_do_not_fit_are_told_before_values():
    assert not fits(int, str)
    assert not surely_fits(int, str)
    with pytest.raises(Misfit):
        comes_back(int, 1, str)
