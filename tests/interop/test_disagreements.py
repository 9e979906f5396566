# SPDX-License-Identifier: Apache-2.0
"""``shimlite.testing`` on flytekit's TypeEngine: both agree, save as ``tests/differences.py`` lists.

Each listed case must disagree, or the build fails: then flytekit has changed, or shimlite, and the list is wrong.
"""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import datetime as dt
import enum
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st

from shimlite import FlyteFile, FlyteSchema, ShimliteError, to_literal, to_literal_type, to_python_value
from shimlite.strategies import typed_values
from shimlite.strategies.classes import Chain, Color, Empty, Tree
from shimlite.strategies.shapes import parts
from shimlite.testing import check_agrees

from ..differences import (
    ALONE,
    BACK,
    DESCRIBED,
    ENGINE,
    READ,
    WRITTEN,
    Attached,
    Blob,
    Difference,
    Moment,
    Painted,
    Shown,
    Took,
    Untyped,
    Whole,
)
from ..stripping import stripped_type
from .predicates import bytes_of_its_own, references
from .translate import (
    SchemaOpenMode,
    TheirFile,
    TheirSchema,
    agree,
    in_order,
    their_guess,
    their_literal,
    their_literal_type,
    their_reading,
    their_type,
    theirs,
)

PAIRS = 2_000
MUST_AGREE = {WRITTEN: 0.95, READ: 0.97, BACK: 0.97}
"""The share of generated pairs that no listed difference may leave out."""

# ----------------------------------------------------------------------------------------------------- the comparisons

Engine = Callable[[Any, Any], Any]
"""Of a value or a literal, and its type."""


def their_writing(value: Any, python_type: Any) -> Any:
    return their_literal(their_type(python_type), theirs(python_type, value))


def our_reading(literal: Any, python_type: Any) -> Any:
    return theirs(python_type, to_python_value(literal, python_type))


def reading_of_theirs(literal: Any, python_type: Any) -> Any:
    return their_reading(literal, their_type(python_type))


def told(value: Any) -> Any:
    """A value without the very class, which a template alone cannot name: a record is a record, no dict."""
    if isinstance(value, enum.Enum):
        return "Enum", value.value
    if dataclasses.is_dataclass(value):
        return "record", {field.name: told(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, list):
        return list(map(told, value))
    return {key: told(one) for key, one in value.items()} if isinstance(value, dict) else value


def our_alone(value: Any, python_type: Any) -> Any:
    return told(to_python_value(to_literal(value, python_type), to_literal_type(python_type)))


def their_alone(value: Any, python_type: Any) -> Any:
    return told(their_reading(to_literal(value, python_type), their_guess(to_literal_type(python_type))))


COMPARISONS: dict[str, tuple[Engine, Engine]] = {
    WRITTEN: (to_literal, their_writing),
    READ: (our_reading, reading_of_theirs),
    BACK: (
        lambda value, python_type: our_reading(to_literal(value, python_type), python_type),
        lambda value, python_type: reading_of_theirs(their_writing(value, python_type), python_type),
    ),
    ALONE: (our_alone, their_alone),
    DESCRIBED: (
        lambda _, python_type: to_literal_type(python_type),
        lambda _, python_type: their_literal_type(python_type),  # with its words, which the translation drops
    ),
}
"""Of each comparison, what shimlite and flytekit make of a type and what is given with it."""


def compare(engines: tuple[Engine, Engine], cases: Any, settings: Any = None) -> None:
    """flytekit refuses with nearly every kind of error."""
    check_agrees(*engines, cases=cases, equal=agree, refusals=(Exception,), settings=settings)


# ---------------------------------------------------------------------------------------------------- what is listed


def each_case(*marks: Any) -> Any:
    cases = []
    for difference in ENGINE:
        sentence = f"{difference.case}: flytekit: {difference.flytekit}; shimlite: {difference.shimlite}"
        strict = pytest.mark.xfail(strict=True, raises=AssertionError, reason=sentence)
        for place, shown in enumerate(difference.shown):
            marked = (strict,) if "xfail" in marks else ()
            cases.append(pytest.param(shown, marks=marked, id=f"{difference.case}-{place}"))
    return pytest.mark.parametrize("shown", cases)


@each_case("xfail")
def test_a_listed_case(shown: Shown):
    compare(COMPARISONS[shown.comparison], st.just((shown.python_type, shown.given)))


@each_case()
def test_who_refuses_it(shown: Shown):
    ours, others = COMPARISONS[shown.comparison]
    for name, engine, error in (("shimlite", ours, ShimliteError), ("flytekit", others, Exception)):
        with pytest.raises(error) if shown.refused_by == name else contextlib.nullcontext():
            engine(shown.given, shown.python_type)


@pytest.mark.parametrize(
    ("comparison", "python_type", "given"),
    [
        (WRITTEN, Whole, Whole(1)),
        (READ, Whole, to_literal(Whole(1), Whole)),
        (BACK, Whole, Whole(1)),
        (ALONE, Color, Color.RED),
        (ALONE, list[int], [1]),
        (DESCRIBED, Whole, None),
    ],
)
def test_what_is_not_listed_agrees(comparison, python_type, given):
    compare(COMPARISONS[comparison], st.just((python_type, given)))


def test_what_both_refuse_is_no_difference():
    assert not differ(COMPARISONS[READ], (int, to_literal("a", str)))


@pytest.mark.parametrize(
    ("python_type", "value"),
    [
        (Whole, Whole(1)),
        (list[Whole], [Whole(1)]),
        (dict[str, Whole], {"k": Whole(1)}),
        (Moment, Moment(dt.datetime(2024, 2, 29))),
        (Took, Took(dt.timedelta(1))),
        (Blob, Blob(b"x")),
        (Painted, Painted(Color.RED)),
        (Untyped, Untyped(1)),
        (Empty, Empty()),
        (Attached, Attached(FlyteFile("s3://b/k"))),
        (Chain, Chain(None)),
    ],
    ids=lambda one: getattr(one, "__name__", str(one)),
)
def test_in_a_pod_both_give_a_dict_of_plain_data(python_type, value):
    """A pod's template has no schema, so flytekit guesses there what shimlite does everywhere; of a union it fails."""
    literal, literal_type = to_literal(value, python_type), stripped_type(to_literal_type(python_type))
    ours = to_python_value(literal, literal_type)
    assert agree(told(ours), told(their_reading(literal, their_guess(literal_type))))
    assert "record" not in str(told(ours))


@pytest.mark.parametrize(
    ("declared", "value", "written"),
    [
        (TheirFile, TheirFile["csv"]("s3://b/k"), FlyteFile("s3://b/k")),
        (
            TheirSchema,
            TheirSchema[{"id": int}](remote_path="s3://b/k", supported_mode=SchemaOpenMode.READ),
            FlyteSchema("s3://b/k"),
        ),
    ],
)
def test_flytekit_takes_a_format_from_the_type_alone(declared, value, written):
    """Also where its own class of the value says one, which the translation leaves out."""
    assert their_literal(declared, value) == to_literal(written, type(written))


# ------------------------------------------------------------------------------------------------------------- the law


def comparable(case: tuple[Any, Any]) -> bool:
    """What flytekit has no like of is listed: bytes; and a class that holds itself, which it never ends on.

    A local path would be uploaded.
    """
    python_type, value = case
    endless = any(part in (Tree, Chain) for part in parts(python_type))
    local = any(not one.uri.startswith("s3://") for one in references(value))
    return not endless and not local and not bytes_of_its_own(python_type, value)


def covering(case: tuple[Any, Any]) -> list[Difference]:
    return [one for one in ENGINE if any(covers(*case) for covers in one.covers)]


def differ(engines: tuple[Engine, Engine], case: tuple[Any, Any]) -> bool:
    python_type, value = case
    results = []
    for engine in engines:
        try:
            results.append(engine(value, python_type))
        except Exception:  # as above
            results.append(Exception)
    return not agree(*results)


LAWS: dict[str, tuple[Engine, Engine]] = {
    WRITTEN: (to_literal, lambda value, python_type: in_order(their_writing(value, python_type))),
    READ: (
        lambda value, python_type: our_reading(their_writing(value, python_type), python_type),
        lambda value, python_type: reading_of_theirs(to_literal(value, python_type), python_type),
    ),
    BACK: COMPARISONS[BACK],
}
"""What is written but for the order of keys; what each reads of the other's; what comes back."""


@pytest.mark.parametrize("comparison", LAWS)
def test_generated_pairs_agree_or_the_difference_is_listed(comparison, capsys):
    engines = LAWS[comparison]
    counts: collections.Counter[str] = collections.Counter()

    def unlisted(case: tuple[Any, Any]) -> bool:
        """Leaves a pair out where the two differ and an entry of the list says why."""
        listed = covering(case)
        left_out = bool(listed) and differ(engines, case)
        counts.update({"pairs": 1, "left out": int(left_out)})
        counts.update(one.case for one in listed if left_out)
        return not left_out

    cases = typed_values().filter(comparable).filter(unlisted)
    compare(engines, cases, settings(max_examples=PAIRS, deadline=None))
    with capsys.disabled():
        print(f"\n{comparison}: {dict(counts)}")
    assert counts["pairs"] - counts["left out"] >= max(PAIRS, MUST_AGREE[comparison] * counts["pairs"])
