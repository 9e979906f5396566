# SPDX-License-Identifier: Apache-2.0
"""``shimlite.testing`` over the engines of flytekit and Flyte 2, with the very lines of its docstring.

Of the kinds of types that each converts, the laws hold. What breaks them is listed as its smallest case. Each must
fail, or the build does: then flytekit or flyte has changed, and the list is wrong.
"""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
import enum
import os
import re
import textwrap
import typing
from collections.abc import Callable
from typing import Any

import attrs
import flytekit
import pytest
from flytekit.core import type_engine as flytekit_engine
from flytekit.models import literals as flytekit_literals
from hypothesis import settings
from hypothesis import strategies as st

from shimlite import testing, to_literal
from shimlite._idl import Literal
from shimlite.strategies import hostile_literals, typed_near_values, typed_values
from shimlite.testing import check_agrees, check_distinct, check_equal_bytes, check_hostile, check_round_trip

if "CI" not in os.environ:
    pytest.importorskip("flyte", reason="LEFT OUT, flyte is not installed")

from flyte import types as flyte_types
from flyteidl2.core import literals_pb2 as flyte_literals

pytestmark = pytest.mark.filterwarnings("ignore:Support for class-based:DeprecationWarning")
"""flyte's own, of pydantic."""
# As a value of its own, which typing's special forms are not to a type checker.
OPTIONAL: Any = typing.Optional
SETTINGS = settings(max_examples=100, deadline=None)


def block(begins: str) -> str:
    """The lines of the docstring's example."""
    found = re.search(rf"{re.escape(begins)}::\n\n((?:    .*\n)+)", testing.__doc__)
    return textwrap.dedent(found.group(1))


@attrs.frozen
class Engine:
    encode: Callable[[Any, Any], Any]
    decode: Callable[[Any, Any], Any]
    refusal: type[Exception]
    program: str = attrs.field(repr=False)
    names: dict[str, Any] = attrs.field(repr=False)


def engine(begins: str, **names: Any) -> Engine:
    program = block(begins)
    assert len(program.split("\n")) == 6
    names |= {"Any": Any, "typed_values": typed_values, "check_round_trip": lambda *given, **more: None}
    exec(program, names)
    return Engine(names["encode"], names["decode"], names["TypeTransformerFailedError"], program, names)


ENGINES = {
    "flytekit": engine(
        "All of flytekit is",
        FlyteContext=flytekit.FlyteContext,
        TypeEngine=flytekit_engine.TypeEngine,
        TypeTransformerFailedError=flytekit_engine.TypeTransformerFailedError,
        Literal=flytekit_literals.Literal,
    ),
    "flyte": engine(
        "and Flyte 2's engine, whose messages are of another package",
        asyncio=asyncio,
        TypeEngine=flyte_types.TypeEngine,
        TypeTransformerFailedError=flyte_types.TypeTransformerFailedError,
        Literal=flyte_literals.Literal,
    ),
}
every_engine = pytest.mark.parametrize("name", ENGINES)


def itself(value: Any, python_type: Any) -> Any:
    return value


# --------------------------------------------------------------------------------------------------- what both keep

KINDS = (int, bool, str, float, None, bytes, dt.date, dt.timedelta, list, dict[str, Any], OPTIONAL, typing.Literal)


@every_engine
def test_the_lines_of_the_docstring_run(name):
    found = ENGINES[name]
    exec(found.program, {**found.names, "check_round_trip": check_round_trip})


@every_engine
def test_what_comes_back(name):
    found = ENGINES[name]
    check_round_trip(found.encode, found.decode, typed_values(3, only=KINDS), itself, refusals=(), settings=SETTINGS)


@every_engine
def test_values_that_are_not_equal_give_other_bytes(name):
    kinds = [kind for kind in KINDS if kind is not bytes]  # which are pickles: a file of a new name each time
    check_distinct(ENGINES[name].encode, typed_near_values(3, only=kinds), itself, refusals=(), settings=SETTINGS)


@every_engine
def test_equal_values_give_equal_bytes(name):
    kinds = [kind for kind in KINDS if kind is not bytes]
    check_equal_bytes(ENGINES[name].encode, typed_values(3, only=kinds), refusals=(), settings=SETTINGS)


@every_engine
def test_shimlite_writes_the_same(name):
    """So that what either writes of these kinds is one to Flyte's cache."""
    kinds = [kind for kind in KINDS if kind not in (bytes, typing.Literal)]
    check_agrees(to_literal, their_literal(name), typed_values(2, only=kinds), refusals=(), settings=SETTINGS)


def their_literal(name: str) -> Callable[[Any, Any], Any]:
    """What an engine writes, as our message."""
    encode = ENGINES[name].encode
    return lambda value, python_type: Literal.FromString(encode(value, python_type).SerializeToString())


@every_engine
def test_whatever_arrives_as_a_list_of_texts(name):
    """Each raises many classes of errors; here are all of them. What is offloaded would be fetched."""
    refusals = (AttributeError, KeyError, TypeError, ValueError, AssertionError, NotImplementedError)
    cases = st.tuples(st.just(list[str]), hostile_literals().filter(lambda one: "offloaded" not in str(one)))
    check_hostile(ENGINES[name].decode, cases, refusals=refusals, settings=SETTINGS)


# ------------------------------------------------------------------------------------------------- what breaks a law


class Low(enum.Enum):
    LOW = 1


@dataclasses.dataclass
class Measured:
    x: float


NOTHING = Literal()
EMPTY_MSGPACK = Literal(scalar={"binary": {"tag": "msgpack"}})
BOTH = ("flytekit", "flyte")
BROKEN: tuple[tuple[tuple[str, ...], str, Any, Any, str], ...] = (
    (BOTH, "round trip", dt.datetime, dt.datetime(1970, 1, 1), "a datetime without a zone comes back in UTC"),
    (BOTH, "round trip", dict, {"": ()}, "a tuple in a dict comes back as a list"),
    (BOTH, "round trip", Measured, Measured(1), "an int in a record's float comes back as a float"),
    (BOTH, "distinct", dict, [{"": ()}, {"": []}], "a tuple and a list are the same bytes"),
    (BOTH, "distinct", dt.datetime, [dt.datetime(1970, 1, 1), dt.datetime(1970, 1, 1, fold=1)], "the fold is lost"),
    (
        BOTH,
        "distinct",
        dt.datetime,
        [dt.datetime(1970, 1, 1), dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)],
        "a datetime without a zone is one in UTC",
    ),
    (BOTH, "equal bytes", dict, {"": None, "a": None}, "keys are written in the order in which they were filled"),
    (BOTH, "equal bytes", dict[int, int], {0: 0, 1: 0}, "keys are written in the order in which they were filled"),
    (BOTH, "hostile", int, EMPTY_MSGPACK, "msgpack's own error for a Binary that ends early"),
    (BOTH, "hostile", Low, NOTHING, "AttributeError or KeyError for a literal without a value"),
    (BOTH, "hostile", Measured, NOTHING, "AttributeError or mashumaro's error for a literal without a value"),
    (BOTH, "hostile", int | None, NOTHING, "a bare TypeError for a literal without a value"),
    (BOTH, "hostile", dict, Literal(map={}), "a bare TypeError for a map where a dict says no type"),
    (("flyte",), "agrees", typing.Literal[0], 0, "a Literal of ints is written as a pickle"),
    (("flyte",), "round trip", list[bool] | list[int], [0], "a list of ints is refused as one of bools"),
)
"""Whose it is, the law that it breaks, a type, what is given, and a sentence."""
STRICT = (
    ("flytekit", list[int], NOTHING, None),
    ("flyte", list[int], NOTHING, []),
    ("flytekit", bool, to_literal(1, int), None),
    ("flyte", bool, to_literal(1, int), False),
    ("flytekit", int, to_literal(1.5, float), 1),
    ("flyte", int, to_literal(1.5, float), 1),
)
"""What each makes of a literal that is not of the type: a value, or None where it refuses."""


def broken_cases() -> list[Any]:
    cases = []
    for names, law, python_type, given, sentence in BROKEN:
        for name in names:
            strict = pytest.mark.xfail(strict=True, raises=AssertionError, reason=f"{name}: {sentence}")
            cases.append(pytest.param(name, law, python_type, given, marks=strict, id=f"{name}-{law}-{len(cases)}"))
    return cases


@pytest.mark.parametrize(("name", "law", "python_type", "given"), broken_cases())
def test_a_listed_case(name, law, python_type, given):
    found, cases, refusals = ENGINES[name], st.just((python_type, given)), (ENGINES[name].refusal,)
    if law == "round trip":
        check_round_trip(found.encode, found.decode, cases, itself, refusals=refusals)
    elif law == "distinct":
        check_distinct(found.encode, cases, itself, refusals=refusals)
    elif law == "agrees":
        check_agrees(to_literal, their_literal(name), cases, refusals=refusals)
    elif law == "equal bytes":
        check_equal_bytes(found.encode, cases, refusals=refusals)
    else:
        check_hostile(found.decode, cases, refusals=refusals)


@pytest.mark.parametrize(("name", "python_type", "literal", "expected"), STRICT)
def test_a_literal_of_another_type(name, python_type, literal, expected):
    found = ENGINES[name]
    if expected is None:
        with pytest.raises(found.refusal):
            found.decode(literal, python_type)
    else:
        assert found.decode(literal, python_type) == expected


@every_engine
def test_the_listed_are_found_by_drawing(name):
    """The kit finds such a case of itself, among hypothesis's default number of examples."""
    found = ENGINES[name]
    with pytest.raises(AssertionError) as caught:
        check_equal_bytes(found.encode, typed_values(only=(int, dict)), refusals=(found.refusal,), settings=SETTINGS)
    assert str(caught.value).startswith("dicts filled in the opposite order give other bytes\n")
