# SPDX-License-Identifier: Apache-2.0
"""How to test a flytekit ``TypeTransformer`` of your own: the five lines of ``check``."""

from __future__ import annotations

import re

import attrs
import pytest
from flytekit.core.type_engine import TypeEngine, TypeTransformer
from flytekit.models.literals import Literal, Primitive, Scalar
from flytekit.models.types import LiteralType, SimpleType
from hypothesis import strategies as st

from shimlite.testing import check_round_trip

from .translate import context


@attrs.frozen
class Version:
    major: int
    minor: int


@attrs.frozen
class Release(Version):
    """Whose transformer is broken. A class of its own, since flytekit keeps what it has written of a value."""


class VersionTransformer(TypeTransformer[Version]):
    """``1.10`` as text."""

    def __init__(self, cls):
        super().__init__(cls.__name__, cls)

    def get_literal_type(self, t):
        return LiteralType(simple=SimpleType.STRING)

    def to_literal(self, ctx, python_val, python_type, expected):
        return Literal(scalar=Scalar(primitive=Primitive(string_value=self.text(python_val))))

    def to_python_value(self, ctx, lv, expected_python_type):
        return expected_python_type(*map(int, lv.scalar.primitive.string_value.split(".")))

    def text(self, version):
        return f"{version.major}.{version.minor}"


class BrokenTransformer(VersionTransformer):
    """Takes the text for a number, so that 0.10 is 0.1."""

    def text(self, version):
        return str(float(super().text(version)))


TypeEngine.register(VersionTransformer(Version))
TypeEngine.register(BrokenTransformer(Release))


def check(cls):
    check_round_trip(
        encode=lambda value, t: TypeEngine.to_literal(context(), value, t, TypeEngine.to_literal_type(t)),
        decode=lambda literal, t: TypeEngine.to_python_value(context(), literal, t),
        cases=st.tuples(st.just(cls), st.builds(cls, st.integers(0, 99), st.integers(0, 99))),
        expected=lambda value, t: value,
    )


def test_a_transformer_that_works():
    check(Version)


def test_a_broken_one_is_found_and_the_smallest_case_shown():
    with pytest.raises(AssertionError) as caught:
        check(Release)
    what, of_type, *shown = str(caught.value).splitlines()
    assert (what, of_type) == ("what comes back is not what is expected", "  type: Release")
    tens = re.fullmatch(r"  value: Release\(major=0, minor=([1-9])0\)", shown[0]).group(1)  # mostly 1
    assert shown[1:] == [f"  expected: Release(major=0, minor={tens}0)", f"  got: Release(major=0, minor={tens})"]
