# SPDX-License-Identifier: Apache-2.0
"""An annotation is never said to disagree with the template that was made of it, registered or as a pod gets it."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings

from shimlite import ShimliteError, to_literal_type
from shimlite.commands.disagreements import disagreements
from shimlite.strategies import python_types

from ..stripping import stripped_type
from .drawn_types import each_kind, types_of


def check(python_type):
    try:
        declared = to_literal_type(python_type)
    except ShimliteError:
        assume(False)
    assert list(disagreements(declared, python_type)) == []
    assert list(disagreements(stripped_type(declared), python_type)) == []


@given(python_types())
def test_a_type_agrees_with_its_own_template(python_type):
    check(python_type)


@pytest.mark.parametrize("kind", each_kind)
def test_the_types_of_every_kind_do(kind):
    @given(types_of(kind))
    @settings(max_examples=max(1, settings.default.max_examples // 6))
    def each(python_type):
        check(python_type)

    each()
