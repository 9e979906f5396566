# SPDX-License-Identifier: Apache-2.0
"""The kit of ``shimlite.testing`` at work: it finds converters that are broken on purpose, each by the right law, and
lets pass those that are right but take little; what a failure prints names no line of ours; an empty folder is enough.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import json
import os
import pathlib
import re
import subprocess
import sys
import textwrap
import typing
import unicodedata
from collections.abc import Callable
from typing import Any

import hypothesis
import msgpack
import pytest
from hypothesis import strategies as st

import shimlite
from shimlite import to_literal, to_python_value
from shimlite.strategies import near_values, typed_near_values, typed_values
from shimlite.testing import check_agrees, check_distinct, check_equal_bytes, check_hostile, check_round_trip

# As values of their own, which typing's special forms are not to a type checker.
UNION: Any = typing.Union
OPTIONAL: Any = typing.Optional
DEFAULT = hypothesis.settings(max_examples=100, deadline=None, database=None, derandomize=True)
"""As many examples as hypothesis runs by default."""
FEWER = hypothesis.settings(DEFAULT, max_examples=30)
"""Where nothing is to be found, each example costs and none is needed."""
ROOT = pathlib.Path(shimlite.__file__).parents[1]


def message(check: Any, *converters: Any, **given: Any) -> str:
    with pytest.raises(AssertionError) as caught:
        check(*converters, **{"settings": DEFAULT, **given})
    return str(caught.value)


def lines(text: str) -> str:
    return textwrap.dedent(text).strip("\n")


# ---------------------------------------------------------------------------------------- converters that are not whole


class NotMineError(Exception):
    pass


def partial_encode(value: Any, as_type: Any) -> bytes:
    """Takes ints, texts, and lists of these, as JSON."""
    if type(value) not in (int, str, list):
        raise NotMineError(f"a {type(value).__name__}")
    return json.dumps([partial_encode(one, None).decode() for one in value] if type(value) is list else value).encode()


def partial_decode(data: bytes, as_type: Any) -> Any:
    value = json.loads(data)
    return [partial_decode(one, None) for one in value] if type(value) is list else value


def test_a_partial_converter_passes_over_its_own_types():
    given = {"refusals": (), "settings": FEWER}
    cases = typed_values(only=(int, str, list))
    check_round_trip(partial_encode, partial_decode, cases, lambda value, as_type: value, **given)
    check_equal_bytes(partial_encode, cases, **given)
    check_distinct(partial_encode, typed_near_values(only=(int, str, list)), lambda value, as_type: value, **given)


def test_over_all_types_it_may_refuse():
    """Not one case of ten is its own, but some are."""
    given = {"refusals": (NotMineError,), "settings": hypothesis.settings(FEWER, max_examples=200)}
    check_round_trip(partial_encode, partial_decode, **given)
    check_equal_bytes(partial_encode, **given)
    check_distinct(partial_encode, **given)
    check_agrees(partial_encode, partial_encode, **given)


NEVER = "every case is refused, so the law was never tried; this is one\n  type: float\n  value: 0.0\n"


@pytest.mark.parametrize(
    ("check", "converters", "step"),
    [
        (check_round_trip, (partial_encode, partial_decode), "encode"),
        (check_agrees, (partial_encode, partial_encode), "ours"),
        (check_equal_bytes, (partial_encode,), "encode"),
    ],
)
def test_a_law_that_was_never_tried_fails(check, converters, step):
    found = message(check, *converters, cases=typed_values(only=(float,)), refusals=(NotMineError,))
    assert found == f"{NEVER}  {step}: refused, NotMineError: a float"


def test_of_near_values_none_was_tried():
    found = message(check_distinct, partial_encode, cases=typed_near_values(only=(float,)), refusals=(NotMineError,))
    assert found.startswith("every case is refused, so the law was never tried; this is one\n  type: float\n")
    assert found.endswith("\n  encode: refused, NotMineError: a float")


@pytest.mark.parametrize(
    ("steps", "refused"),
    [
        ({"encode": lambda value, as_type: b"", "decode": partial_encode}, "decode"),
        ({"expected": partial_encode}, "expected"),
    ],
)
def test_any_step_may_refuse(steps, refused):
    given = {"encode": lambda value, as_type: value, "decode": lambda value, as_type: value, **steps}
    found = message(check_round_trip, **given, cases=st.just((float, 0.0)), refusals=(NotMineError,))
    assert f"\n  {refused}: refused, NotMineError: a " in found


def test_a_hostile_literal_may_always_be_refused():
    def refuses(literal: Any, as_type: Any) -> Any:
        raise NotMineError

    check_hostile(refuses, refusals=(NotMineError,), settings=FEWER)


def test_values_that_may_be_taken_for_each_other_try_nothing():
    found = message(check_distinct, lambda value, as_type: b"", st.just((int, (1, 2))), lambda value, as_type: None)
    assert found == "no two values are told apart, so the law was never tried\n  type: int\n  value: 2"


def test_where_there_is_no_case_nothing_is_tried():
    expected = "no case could be drawn, so the law was never tried"
    assert message(check_distinct, to_literal, typed_near_values(only=(None,))) == expected


def test_the_error_of_a_refusal_is_the_cause():
    with pytest.raises(AssertionError) as caught:
        check_equal_bytes(partial_encode, typed_values(only=(float,)), refusals=(NotMineError,), settings=DEFAULT)
    assert isinstance(caught.value.__cause__, NotMineError)


def test_a_converter_that_remembers_is_found():
    seen: list[Any] = []

    def only_once(value: Any, as_type: Any) -> Any:
        seen.append(value)
        return value if len(seen) > 1 else None

    assert message(check_round_trip, only_once, lambda value, as_type: value, st.just((int, 0))) == lines("""
        what comes back is not what is expected
          type: int
          value: 0
          expected: 0
          got: None
          again: the same case keeps the law, so the converter remembers what it did before
    """)


def test_a_flaky_strategy_is_not_a_converters_failure():
    numbers = iter(range(10**6))
    cases = st.builds(lambda: None).flatmap(
        lambda none: st.just((int, 0)) if next(numbers) % 2 else st.tuples(st.just(int), st.integers(0, 9))
    )
    with pytest.raises(hypothesis.errors.Flaky):
        check_round_trip(lambda value, as_type: value, lambda value, as_type: value, cases, settings=DEFAULT)


def test_an_error_of_the_equality_surfaces():
    found = message(check_agrees, lambda v, t: v, lambda v, t: v, st.just((int, 0)), equal=lambda a, b: 1 / 0)
    assert found == "equal raised ZeroDivisionError: division by zero\n  type: int\n  value: 0\n  one: 0\n  other: 0"


def test_what_is_no_bytes_and_no_message_is_named():
    found = message(check_equal_bytes, lambda value, as_type: Held(), st.just((int, 0)))
    expected = f"encode gave no bytes and no message of protobuf's, but {__name__}.Held\n  type: int\n  value: 0"
    assert found == expected


def test_dicts_that_are_refused_in_one_order_are_found():
    def in_order(value: Any, as_type: Any) -> bytes:
        if list(value) != sorted(value):
            raise NotMineError("not sorted")
        return b""

    cases = st.just((dict[str, int], {"a": 1, "b": 2}))
    assert message(check_equal_bytes, in_order, cases, refusals=(NotMineError,)).endswith(
        "\n  one: b''\n  other: refused, NotMineError: not sorted"
    )


# -------------------------------------------------------------------------------------------- values that are not equal


class Held:
    pass


def test_two_values_of_one_key_are_shown():
    found = message(check_distinct, lambda value, as_type: repr(float(value)).encode(), typed_near_values(only=(int,)))
    assert found.split("\n")[:2] == ["values that are not equal give the same bytes", "  type: int"]
    value, other, both = (line.split(": ")[1] for line in found.split("\n")[2:])
    assert (float(value), int(value) != int(other)) == (float(other), True)
    assert both == repr(f"{float(value)!r}".encode())


def test_an_error_of_one_of_two_names_the_value():
    def encode(value: Any, as_type: Any) -> bytes:
        return {1: b"1"}[value]

    assert message(check_distinct, encode, st.just((int, (1, 2)))) == lines("""
        encode raised KeyError: 2
          type: int
          value: 2
    """)


# ---------------------------------------------------------------------------------------------------- broken on purpose


def as_json(value: Any, python_type: Any) -> bytes:
    return json.dumps(plain(value), sort_keys=True).encode()


def plain(value: Any) -> Any:
    """As many a cache key is made: JSON, with what it has no word for as text."""
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return list(map(plain, value))
    if dataclasses.is_dataclass(value):
        return plain(vars(value))
    if isinstance(value, enum.Enum):
        return value.value
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)


def key(change: Callable[[Any], Any]) -> Callable[[Any, Any], bytes]:
    """The bytes of shimlite's literal, of a value changed at every depth."""
    return lambda value, python_type: repr(shown(value, change)).encode()


def shown(value: Any, change: Callable[[Any], Any]) -> Any:
    value = change(value)
    if isinstance(value, dict):
        return sorted((repr(shown(one, change)), repr(shown(held, change))) for one, held in value.items())
    if isinstance(value, (list, tuple)):
        return type(value)(shown(one, change) for one in value)
    return value


COLLIDING: dict[str, tuple[Any, Callable[[Any, Any], bytes]]] = {
    "True is 1": (typed_near_values(only=(int, bool, UNION)), key(lambda one: int(one) if type(one) is bool else one)),
    "1.0 is 1": (typed_near_values(only=(int, float, UNION)), key(lambda one: float(one) if type(one) is int else one)),
    "1 is its text": (
        typed_near_values(only=(int, str, UNION)),
        key(lambda one: str(one) if type(one) is int else one),
    ),
    "-0.0 is 0.0": (typed_near_values(only=(float,)), key(lambda one: one + 0.0 if type(one) is float else one)),
    "a float of 32 bits": (typed_near_values(only=(float,)), lambda value, python_type: f"{value:.6g}".encode()),
    "an int is a float": (typed_near_values(only=(int,)), key(float)),
    "NaN is None": (typed_near_values(only=(float, OPTIONAL)), key(lambda one: None if one != one else one)),
    "seconds": (typed_near_values(only=(dt.datetime,)), key(lambda one: one.replace(microsecond=0))),
    "of no zone": (typed_near_values(only=(dt.datetime,)), key(lambda one: one.replace(tzinfo=None))),
    "whole days": (typed_near_values(only=(dt.timedelta,)), key(lambda one: one.days)),
    "a time is its text": (typed_near_values(only=(dt.datetime, str, UNION)), as_json),
    "one form of text": (typed_near_values(only=(str,)), key(lambda one: unicodedata.normalize("NFC", one))),
    "stripped text": (typed_near_values(only=(str,)), key(str.strip)),
    "None is empty": (typed_near_values(only=(str, OPTIONAL)), key(lambda one: one or "")),
    "joined": (typed_near_values(only=(str, list)), lambda value, python_type: "".join(map(str, value)).encode()),
    "sorted": (
        typed_near_values(2, only=(int, list)),
        key(lambda one: sorted(one, key=repr) if type(one) is list else one),
    ),
    "keys of JSON": (typed_near_values(only=(dict, Any)), as_json),
    "lists are tuples": (
        typed_near_values(only=(dict, Any)),
        key(lambda one: list(one) if type(one) is tuple else one),
    ),
    "Enums are values": (typed_near_values(only=(enum.Enum, str, UNION)), as_json),
    "one Enum": (typed_near_values(only=(enum.Enum,)), lambda value, python_type: type(value).__name__.encode()),
    "a Literal": (st.tuples(st.just(typing.Literal[1, True]), near_values(typing.Literal["a", "b"])), lambda v, t: b""),
    "the first field": (typed_near_values(only=(dataclasses.dataclass, int)), lambda v, t: type(v).__name__.encode()),
    "hash": (typed_near_values(only=(int,)), lambda value, python_type: str(hash(value)).encode()),
}
"""Of each careless cache key, pairs of values, and the key."""


@pytest.mark.parametrize("name", COLLIDING)
def test_a_colliding_key_is_found(name):
    cases, encode = COLLIDING[name]
    found = message(check_distinct, encode, cases, lambda value, as_type: value)
    assert found.startswith("values that are not equal give the same bytes\n")


RIGHT = {
    "repr": (typed_near_values(without=(dict, dict[str, Any])), lambda value, python_type: repr(value).encode()),
    "shimlite": (typed_near_values(), to_literal),
    "JSON": (typed_near_values(only=(int, str, list, dict[str, Any])), as_json),
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_key_that_tells_all_passes(name):
    cases, encode = RIGHT[name]
    check_distinct(encode, cases, settings=FEWER)


# what decodes is changed
def changed(change: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    """Decodes as shimlite does, but with a change to every part."""
    return lambda literal, python_type: deeply(to_python_value(literal, python_type), change)


def deeply(value: Any, change: Callable[[Any], Any]) -> Any:
    if type(value) is list:
        return [deeply(one, change) for one in value]
    if type(value) is dict:
        return {deeply(one, change): deeply(held, change) for one, held in value.items()}
    return change(value)


def only_for(cls: type, change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda one: change(one) if type(one) is cls else one


def refuses(wanted: Callable[[Any], bool]) -> Callable[[Any], Any]:
    def change(one: Any) -> Any:
        if wanted(one):
            raise TypeError("not that one")
        return one

    return change


LOSING: dict[str, tuple[tuple[Any, ...], Callable[[Any], Any]]] = {
    "the sign of zero": ((float,), lambda one: one + 0.0),
    "NaN": ((float,), lambda one: 0.0 if one != one else one),
    "True for 1": ((bool, int), only_for(bool, int)),
    "an int for a float": ((float, int), only_for(float, lambda one: int(one) if one == 1 else one)),
    "microseconds of a datetime": ((dt.datetime,), lambda one: one.replace(microsecond=0)),
    "microseconds of a timedelta": ((dt.timedelta,), lambda one: dt.timedelta(one.days, one.seconds)),
    "the zone": ((dt.datetime,), lambda one: one.replace(tzinfo=None)),
    "beyond 2**53": ((int, str), only_for(int, lambda one: int(float(one)))),
    "NUL in a text": ((str, int), only_for(str, lambda one: one.replace("\0", ""))),
    "the form of a text": ((str,), lambda one: unicodedata.normalize("NFC", one)),
    "NUL in bytes": ((bytes,), lambda one: one.rstrip(b"\0")),
    "None for an empty text": ((str, None), lambda one: one or None),
    "raises for None": ((int, str, None), refuses(lambda one: one is None)),
    "raises for an empty text": ((int, str), refuses(lambda one: one == "")),
    "an Enum's value": ((enum.Enum, int), lambda one: one.value if isinstance(one, enum.Enum) else one),
    "a date for a datetime": ((dt.datetime, dt.date), only_for(dt.datetime, dt.datetime.date)),
}
"""Of each loss, the kinds of types among which it is found, and what it does to a value."""


@pytest.mark.parametrize("loss", LOSING)
def test_a_loss_is_found(loss):
    kinds, change = LOSING[loss]
    found = message(check_round_trip, to_literal, changed(change), typed_values(only=(*kinds, list, UNION)))
    raises = loss.startswith("raises")
    assert found.startswith("decode raised TypeError" if raises else "what comes back is not what is expected")


SHAPES = {
    "reversed lists": lambda one: one[::-1] if type(one) is list else one,
    "lists without doubles": lambda one: list(dict.fromkeys(one)) if type(one) is list and str(one) else one,
    "tuples": lambda one: tuple(one) if type(one) is list else one,
    "keys of text": lambda one: {str(key): held for key, held in one.items()} if type(one) is dict else one,
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_changed_shape_is_found(shape):
    def decode(literal: Any, python_type: Any) -> Any:
        return SHAPES[shape](to_python_value(literal, python_type))

    cases = typed_values(2, only=(int, str, list, dict))
    assert message(check_round_trip, to_literal, decode, cases).startswith("what comes back is not what is expected")


def test_an_order_of_keys_is_found():
    def in_order_of_filling(value: Any, python_type: Any) -> bytes:
        return msgpack.packb(value)

    found = message(check_equal_bytes, in_order_of_filling, typed_values(2, only=(int, str, dict)))
    assert found.startswith("dicts filled in the opposite order give other bytes\n")


# ------------------------------------------------------------------------------------------------ what a failure prints

MINE = """
def encode(value, as_type):
    return inner(value)

def inner(value):
    return {0: b"0"}[value]

def decode(literal, as_type):
    return 0
"""
LAWS = """
from shimlite.strategies import typed_values
from shimlite.testing import check_round_trip
import mine

def test_raises():
    check_round_trip(mine.encode, mine.decode, typed_values(only=(int,)))

def test_wrong():
    check_round_trip(lambda value, as_type: value, mine.decode, typed_values(only=(int,)))

def test_refused():
    check_round_trip(mine.encode, mine.decode, typed_values(only=(str,)), refusals=(KeyError,))
"""
FRAMES = {"test_raises": ["encode", "inner"], "test_wrong": [], "test_refused": ["encode", "inner"]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("mine")
    (made / "mine.py").write_text(MINE)
    (made / "test_mine.py").write_text(LAWS)
    return made


def run(folder: pathlib.Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """In a process that knows no folder but this, as on a desk where nothing was run before."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("HYPOTHESIS", "PYTEST"))}
    environment |= {"HOME": str(folder), "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=300
    )


def test_python_shows_one_frame_of_ours(folder):
    program = f"""
        import traceback, test_mine
        for test in {list(FRAMES)}:
            try:
                getattr(test_mine, test)()
            except AssertionError:
                print(traceback.format_exc(), end="=====")
    """
    *shown, last = run(folder, "-c", textwrap.dedent(program)).stdout.split("=====")
    assert (len(shown), last) == (len(FRAMES), "")
    for test, trace in zip(FRAMES, shown):
        frames = [line.strip() for line in trace.split("\n") if line.startswith("  File ")]
        names = [frame.rpartition(", in ")[2] for frame in frames]
        assert names == [*FRAMES[test], "<module>", test, "check_round_trip"]
        assert "During handling" not in trace
        assert "hypothesis" not in trace.lower()


def test_pytest_shows_none(folder):
    ended = run(folder, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "test_mine.py")
    _, *shown, _ = re.split(r"\n_+ (?:test_\w+) _+\n|\n=+ short test summary", ended.stdout)
    assert len(shown) == len(FRAMES)
    for test, trace in zip(FRAMES, shown):
        assert "testing.py" not in trace
        assert "hypothesis" not in trace.lower()
        assert [name for name in ("def encode(", "def inner(") if name in trace] == [
            f"def {name}(" for name in FRAMES[test]
        ]
        assert trace.count("E       AssertionError: ") == 1


# --------------------------------------------------------------------------------------------------- in an empty folder


@pytest.mark.parametrize("strategy", ["typed_values", "typed_near_values", "typed_literals", "hostile_literals"])
def test_in_an_empty_folder_no_health_check_fails(tmp_path, strategy):
    """hypothesis keeps its table of characters in ``unicode_data``, and takes a second to make it."""
    program = f"""
        from hypothesis import given, settings
        from shimlite.strategies import {strategy}

        @settings(max_examples=20)  # a health check counts those before the tenth
        @given({strategy}())
        def test(drawn):
            pass

        test()
    """
    ended = run(tmp_path, "-c", textwrap.dedent(program))
    assert (ended.returncode, ended.stderr) == (0, "")
    assert not (tmp_path / ".hypothesis" / "unicode_data").exists()
