# SPDX-License-Identifier: Apache-2.0
"""Each law holds of shimlite, and fails of a converter that is broken on purpose, saying of which case."""

from __future__ import annotations

import dataclasses
import functools
import re
import textwrap
import time
from typing import Any

import attrs
import hypothesis
import pytest
from hypothesis import strategies as st

from shimlite import FlyteFile, testing, to_literal, to_literal_type, to_python_value
from shimlite._idl import Literal
from shimlite._types.parse import spell
from shimlite.equality import same
from shimlite.strategies import literals, values
from shimlite.testing import (
    check_agrees,
    check_distinct,
    check_equal_bytes,
    check_hostile,
    check_normal,
    check_round_trip,
)

PHASES = [hypothesis.Phase.generate, hypothesis.Phase.shrink]
SETTINGS = hypothesis.settings(max_examples=300, deadline=None, database=None, derandomize=True, phases=PHASES)


def of(*python_types: Any) -> Any:
    """Cases of these types alone."""
    return st.one_of(*(st.tuples(st.just(one), values(one)) for one in python_types))


def literals_of(python_type: Any) -> Any:
    literal_type = to_literal_type(python_type)
    return st.tuples(st.just(literal_type), literals(literal_type))


def failure(check: Any, *converters: Any, **given: Any) -> AssertionError:
    with pytest.raises(AssertionError) as caught:
        check(*converters, **{"settings": SETTINGS, **given})
    return caught.value


def lines(text: str) -> str:
    return textwrap.dedent(text).strip("\n")


def itself(value: Any, as_type: Any) -> Any:
    return value


# ------------------------------------------------------------------------------------------------------- shimlite's own


def test_the_public_names():
    assert testing.same is same
    assert testing.__all__ == [
        *("check_agrees", "check_distinct", "check_equal_bytes", "check_hostile", "check_normal", "check_round_trip"),
        "same",
    ]


@pytest.mark.parametrize(
    ("check", "converters"),
    [
        (check_round_trip, (to_literal, to_python_value)),
        (check_agrees, (to_literal, to_literal)),
        (check_equal_bytes, (to_literal,)),
        (check_distinct, (to_literal,)),
        (check_normal, (to_literal, to_python_value)),
        (check_hostile, (to_python_value,)),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_shimlite_keeps_every_law(check, converters):
    check(*converters, settings=hypothesis.settings(max_examples=50, deadline=None))


def test_without_settings_there_is_no_deadline():
    def slow(value: Any, as_type: Any) -> Any:
        time.sleep(0.25)
        return value

    check_round_trip(slow, itself, st.just((int, 0)), itself)


def test_settings_are_those_given():
    seen: list[Any] = []
    settings = hypothesis.settings(SETTINGS, max_examples=7)
    check_hostile(lambda literal, as_type: seen.append(literal), settings=settings)
    assert len(seen) == 7


# ----------------------------------------------------------------------------------------------------------- round trip


def test_a_lost_sign_is_found():
    def without_sign(literal: Literal, as_type: Any) -> Any:
        value = to_python_value(literal, as_type)
        return 0.0 if type(value) is float and value == 0 else value

    error = failure(check_round_trip, to_literal, without_sign, of(float))
    assert str(error) == lines("""
        what comes back is not what is expected
          type: float
          value: -0.0
          expected: -0.0
          got: 0.0
    """)


def test_an_int_for_a_bool_is_found():
    def with_ints(literal: Literal, as_type: Any) -> Any:
        value = to_python_value(literal, as_type)
        return [int(one) for one in value] if type(value) is list else value

    error = failure(check_round_trip, to_literal, with_ints, of(list[bool]))
    assert str(error) == lines("""
        what comes back is not what is expected
          type: list[bool]
          value: [False]
          expected: [False]
          got: [0]
    """)


def test_of_all_types_the_simplest_is_shown():
    def with_ints(literal: Literal, as_type: Any) -> Any:
        return 1 if as_type is bool else to_python_value(literal, as_type)

    error = failure(check_round_trip, to_literal, with_ints, settings=hypothesis.settings(SETTINGS, max_examples=2000))
    assert str(error) == lines("""
        what comes back is not what is expected
          type: bool
          value: False
          expected: False
          got: 1
    """)


def test_what_changes_each_time_is_found():
    error = failure(check_round_trip, itself, lambda value, as_type: [*value, 0], of(list[int]), lambda v, t: [*v, 0])
    assert str(error) == lines("""
        what has come back once does not come back as itself
          type: list[int]
          value: []
          once: [0]
          twice: [0, 0]
    """)


def test_what_has_come_back_may_be_refused():
    class Refusal(Exception):
        pass

    def once_only(value: Any, as_type: Any) -> Any:
        if value == "seen":
            raise Refusal
        return value

    given = {"cases": of(int), "expected": lambda value, as_type: "seen"}
    check_round_trip(once_only, lambda value, as_type: "seen", **given, refusals=(Refusal,), settings=SETTINGS)
    error = failure(check_round_trip, once_only, lambda value, as_type: "seen", **given)
    assert str(error) == lines("""
        encode raised Refusal:
          type: int
          value: 0
          given: 'seen'
    """).replace("Refusal:", "Refusal: ")


def test_the_equality_may_be_anothers():
    given = {"cases": of(float), "expected": lambda value, as_type: value + 0.0}
    assert "-0.0" in str(failure(check_round_trip, itself, itself, **given))
    check_round_trip(itself, itself, **given, equal=lambda a, b: a == b or a != a, settings=SETTINGS)


def test_an_error_that_is_no_refusal_surfaces_with_its_case():
    def with_a_bug(value: Any, as_type: Any) -> Literal:
        return {0: to_literal(0, int)}[value]

    error = failure(check_round_trip, with_a_bug, to_python_value, of(int))
    assert str(error) == lines("""
        encode raised KeyError: 1
          type: int
          value: 1
    """)
    assert isinstance(error.__cause__, KeyError)


def test_an_error_of_what_is_expected_surfaces_too():
    error = failure(check_round_trip, itself, itself, st.just((complex, 1j)), refusals=())
    assert str(error).startswith("expected raised UnsupportedTypeError: complex")


def test_two_bugs_are_one_failure():
    def with_bugs(value: Any, as_type: Any) -> Any:
        return {0: 0}[value] if value % 2 else [0][value + 1]

    assert str(failure(check_round_trip, with_bugs, itself, of(int))).startswith("encode raised ")


# ------------------------------------------------------------------------------------------------------- two that agree


def test_two_that_do_not_agree_are_found():
    def theirs(value: Any, as_type: Any) -> Any:
        return to_literal(int(value) if as_type is bool else value, int if as_type is bool else as_type)

    error = failure(check_agrees, to_literal, theirs, of(bool, str))
    assert str(error) == lines("""
        the two do not agree
          type: bool
          value: False
          ours: Literal { scalar { primitive { boolean: false } } }
          theirs: Literal { scalar { primitive { integer: 0 } } }
    """)


class TooBigError(ValueError):
    pass


def small(value: Any, as_type: Any) -> Any:
    if abs(value) > 1:
        raise TooBigError("more than one")
    return value


def test_one_that_refuses_alone_is_found():
    given = {"cases": of(int), "refusals": (TooBigError,)}
    error = failure(check_agrees, small, itself, **given)
    assert str(error) == lines("""
        one refuses what the other takes
          type: int
          value: 2
          ours: refused, TooBigError: more than one
          theirs: 2
    """)
    assert "theirs: refused, TooBigError: more than one" in str(failure(check_agrees, itself, small, **given))
    check_agrees(small, small, **given, settings=SETTINGS)


def test_an_error_of_one_of_two_surfaces():
    assert str(failure(check_agrees, itself, small, of(int))) == lines("""
        theirs raised TooBigError: more than one
          type: int
          value: 2
    """)


# ---------------------------------------------------------------------------------------------------------- equal bytes


@dataclasses.dataclass(frozen=True)
class Held:
    by_name: dict[str, int]


@attrs.frozen
class Slotted:
    held: list[Held]


@pytest.mark.parametrize(
    ("python_type", "value", "backwards"),
    [
        (dict[str, int], {"a": 1, "b": 2}, {"b": 2, "a": 1}),
        (list[dict[str, int]], [{"a": 1, "b": 2}], [{"b": 2, "a": 1}]),
        (Slotted, Slotted([Held({"a": 1, "b": 2})]), Slotted([Held({"b": 2, "a": 1})])),
    ],
    ids=["dict", "list", "record"],
)
def test_bytes_that_depend_on_the_order_of_keys_are_found(python_type, value, backwards):
    cases = st.just((python_type, value))
    error = failure(check_equal_bytes, lambda value, as_type: repr(value).encode(), cases)
    assert str(error).split("\n") == [
        "dicts filled in the opposite order give other bytes",
        f"  type: {spell(python_type)}",
        f"  value: {value!r}",
        f"  one: {repr(value).encode()!r}",
        f"  other: {repr(backwards).encode()!r}",
    ]


def test_messages_are_compared_by_their_bytes():
    check_equal_bytes(to_literal, of(dict[str, int]), settings=SETTINGS)
    cases = st.just((dict[str, bool], {"a": True, "b": False}))
    error = failure(check_equal_bytes, lambda value, as_type: to_literal(" ".join(value), str), cases)
    assert str(error) == lines("""
        dicts filled in the opposite order give other bytes
          type: dict[str, bool]
          value: {'a': True, 'b': False}
          one: Literal { scalar { primitive { string_value: "a b" } } }
          other: Literal { scalar { primitive { string_value: "b a" } } }
    """)


def test_the_order_of_a_tuple_is_its_own():
    check_equal_bytes(lambda value, as_type: repr(value).encode(), st.just((tuple, (1, (2, 3)))), settings=SETTINGS)


# --------------------------------------------------------------------------------------------------------- normal forms


def test_a_form_that_is_not_normal_is_found():
    # Pure-Python protobuf shows the float 0 as 0.0.
    error = failure(check_normal, lambda literal, as_type: literal, itself, literals_of(int))
    assert str(error).replace("0.0 }", "0 }") == lines("""
        what is written is not the normal form
          type: LiteralType { simple: INTEGER }
          value: Literal { scalar { primitive { float_value: 0 } } }
          expected: Literal { scalar { primitive { integer: 0 } } }
          got: Literal { scalar { primitive { float_value: 0 } } }
    """)


def test_a_normal_form_of_another_normal_form_is_found():
    def count(value: int, as_type: Any) -> bytes:
        return b"x" * (value + 1)

    given = {"cases": st.just((int, b"")), "normal": lambda literal, as_type: b"x"}
    error = failure(check_normal, count, lambda literal, as_type: len(literal), **given)
    assert str(error) == lines("""
        the normal form has another normal form
          type: int
          value: b''
          once: b'x'
          twice: b'xx'
    """)


def test_what_cannot_be_written_must_be_refused():
    """A value that two variants take."""
    literal_type = to_literal_type(list[int] | list[str])
    literal = to_literal([1], literal_type)
    literal.scalar.union.value.collection.ClearField("literals")
    cases = st.just((literal_type, literal))
    check_normal(to_literal, to_python_value, cases | literals_of(int), refusals=(), settings=SETTINGS)
    error = failure(check_normal, lambda value, as_type: to_literal(value, list[int]), to_python_value, cases)
    assert str(error).split("\n")[3:] == [
        "  expected: refused, ConversionValueError: ambiguous: list of 0 fits 2 members of list[int] | list[str]",
        "  got: Literal { collection { } }",
    ]


def test_a_valid_literal_must_decode_where_nothing_may_be_refused():
    def refuses_floats(literal: Literal, as_type: Any) -> Any:
        if literal.scalar.primitive.HasField("float_value"):
            raise TooBigError("a float")
        return to_python_value(literal, as_type)

    check_normal(to_literal, refuses_floats, literals_of(int), refusals=(TooBigError,), settings=SETTINGS)
    error = failure(check_normal, to_literal, refuses_floats, literals_of(int), refusals=())
    assert str(error).replace("0.0 }", "0 }") == lines("""
        decode raised TooBigError: a float
          type: LiteralType { simple: INTEGER }
          value: Literal { scalar { primitive { float_value: 0 } } }
    """)


# -------------------------------------------------------------------------------------------------------------- hostile


def test_an_error_of_another_kind_is_found():
    def naive(literal: Literal, as_type: Any) -> Any:
        return {"primitive": 1}[literal.scalar.WhichOneof("value") or "primitive"]

    cases = st.tuples(st.just(int), st.sampled_from([to_literal(1, int), to_literal(b"", bytes)]))
    assert str(failure(check_hostile, naive, cases)) == lines(r"""
        decode raised KeyError: 'binary'
          type: int
          value: Literal { scalar { binary { tag: "bytes" } } }
    """)
    check_hostile(naive, cases, refusals=(KeyError,), settings=SETTINGS)


def test_a_huge_literal_is_not_shown_whole():
    def greedy(literal: Literal, as_type: Any) -> None:
        raise MemoryError

    error = failure(check_hostile, greedy, st.just((int, to_literal("k" * 2**20, str))))
    first, of_type, value = str(error).split("\n")
    assert (first, of_type) == ("decode raised MemoryError: ", "  type: int")
    assert re.fullmatch(r"  value: .{2000}… \(\d+ characters\)", value)
    assert all(len(note) < 5000 for note in getattr(error, "__notes__", ()))


# ------------------------------------------------------------------------------------------------- what a failure shows


def test_the_fields_of_a_record_made_on_the_fly_are_shown():
    record = dataclasses.make_dataclass("Point", [("x", list[int]), ("y", FlyteFile["csv"])])
    error = failure(check_round_trip, itself, lambda value, as_type: None, of(record), itself)
    assert str(error) == lines("""
        what comes back is not what is expected
          type: Point
          fields of Point: x: list[int], y: FlyteFile['csv']
          value: Point(x=[], y=FlyteFile(uri='', format='', metadata=None, hash=''))
          expected: Point(x=[], y=FlyteFile(uri='', format='', metadata=None, hash=''))
          got: None
    """)


def test_those_of_a_class_in_a_file_are_not():
    cases = st.just((Held, Held({})))
    error = failure(check_round_trip, itself, lambda value, as_type: None, cases, itself)
    assert "fields of" not in str(error)


def test_the_example_of_the_module_runs():
    program = textwrap.dedent(testing.__doc__.split("::\n\n")[1].split("\n\nThe other laws")[0])
    assert program.count("\n") == 6

    @dataclasses.dataclass
    class Point:
        x: int

    class PointTransformer:
        def get_literal_type(self, as_type):
            return to_literal_type(as_type)

        def to_literal(self, context, value, as_type, literal_type):
            return to_literal(value, literal_type)

        def to_python_value(self, context, literal, as_type):
            return to_python_value(literal, as_type)

    context = type("FlyteContext", (), {"current_context": staticmethod(lambda: "here")})
    names = {"FlyteContext": context, "mine": PointTransformer(), "Point": Point, "st": st}
    exec(program, {**names, "check_round_trip": functools.partial(check_round_trip, settings=SETTINGS)})
    strict = functools.partial(check_round_trip, settings=SETTINGS, refusals=())
    with pytest.raises(AssertionError, match="int beyond int64"):  # of which st.builds(Point) knows nothing
        exec(program, {**names, "check_round_trip": strict})
