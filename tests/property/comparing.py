# SPDX-License-Identifier: Apache-2.0
"""Compares what comes back with what the model says of it."""

from __future__ import annotations

from typing import Any

from shimlite import ConversionError, fidelity, to_literal, to_python_value
from shimlite._idl import Literal
from shimlite.equality import same

from ..refusals import wire
from .model import Refused, comes_back


def outcome(call: Any, *arguments: Any) -> Any:
    """The result, or ConversionError where that is raised, or the model's Refused."""
    try:
        return call(*arguments)
    except (ConversionError, Refused):
        return ConversionError


def assert_comes_back(python_type: Any, value: Any) -> None:
    """As the model says, by all ways of one type, also from bytes; or all of them refuse it."""
    expected = outcome(comes_back, python_type, value, python_type)
    literal = outcome(to_literal, value, python_type)
    if literal is not ConversionError:
        assert same(outcome(to_python_value, literal, python_type), expected)
        assert same(outcome(to_python_value, Literal.FromString(wire(literal)), python_type), expected)
    assert same(outcome(fidelity(python_type, python_type).project, value), expected)
