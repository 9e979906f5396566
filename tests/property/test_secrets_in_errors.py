# SPDX-License-Identifier: Apache-2.0
"""Wherever a class stands in a type: the words with which it refuses a value are in no error."""

import dataclasses
import traceback
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import shimlite
from shimlite import ExecutableTemplateShimTask, InputsError
from shimlite._idl import LiteralMap

from ..build import template

SECRET = "hunter2"
secret_is_refused = True


@attrs.define
class Refuses:
    password: str = attrs.field()

    @password.validator
    def _check(self, attribute: Any, value: str) -> None:
        if secret_is_refused:
            raise ValueError(f"{value} is no password")


def around(inner: st.SearchStrategy[tuple[Any, Any]]) -> st.SearchStrategy[tuple[Any, Any]]:
    """A type that holds another, and a value of it."""
    return st.one_of(
        inner.map(lambda pair: (list[pair[0]], [pair[1]])),  # type: ignore[name-defined]
        inner.map(lambda pair: (dict[str, pair[0]], {"k": pair[1]})),  # type: ignore[name-defined]
        inner.map(lambda pair: (dict[int, pair[0]], {1: pair[1]})),  # type: ignore[name-defined]
        inner.map(lambda pair: (pair[0] | None, pair[1])),
        inner.map(lambda pair: (bool | pair[0], pair[1])),
        inner.map(lambda pair: (dataclasses.make_dataclass("Holds", [("x", pair[0])]), pair[1])).map(
            lambda pair: (pair[0], pair[0](pair[1]))
        ),
    )


@given(st.recursive(st.just((Refuses, None)), around, max_leaves=4))
def test_no_error_shows_what_a_validator_says(drawn):
    global secret_is_refused
    kind, value = drawn
    secret_is_refused = False
    made = template({"x": kind})
    literal = shimlite.to_literal(filled(value), kind)
    secret_is_refused = True

    class Executor:
        def execute_from_model(self, tt: Any, x: kind) -> None:
            raise AssertionError("the executor ran")

    with pytest.raises(InputsError) as caught:
        ExecutableTemplateShimTask(made, Executor).dispatch_execute(None, LiteralMap(literals={"x": literal}))
    error = caught.value
    assert (error.__cause__, error.__context__) == (None, None)
    assert SECRET not in "".join(traceback.format_exception(error)) + repr(vars(error)) + repr(error.args)


def filled(value: Any) -> Any:
    """The value with a record in the place of None."""
    if value is None:
        return Refuses(SECRET)
    if isinstance(value, list):
        return [filled(one) for one in value]
    if isinstance(value, dict):
        return {key: filled(one) for key, one in value.items()}
    return type(value)(filled(value.x))
