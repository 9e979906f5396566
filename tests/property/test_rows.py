# SPDX-License-Identifier: Apache-2.0
"""Rows of any values are written and read as a model says that knows no Arrow, whatever the size of a batch."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import re
import tempfile
import uuid
from collections.abc import Iterator
from decimal import Context, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shimlite import parquet
from shimlite.parquet import read_rows, write_rows

UTC = dt.timezone.utc
PRECISE = Context(prec=1000)
MESSAGE = re.compile(r"column '(c\d)'(?: mixes [\w, ]+|, row (\d+): [\w ,.]+); cast it in the query")
ZONES = st.sampled_from([UTC, dt.timezone(dt.timedelta(hours=14)), dt.timezone(dt.timedelta(hours=-12, minutes=-30))])
TEXTS = st.text(max_size=5)
MANY_TEXTS = TEXTS | st.sampled_from(["", "\0", "é\U0001f600"])
BYTES = st.binary(max_size=5)
INTS = st.integers(-(2**63), 2**63 - 1)
CENTS = st.integers(-(10**20), 10**20).map(lambda cents: Decimal(cents).scaleb(-2))
UNIFORM: dict[str, st.SearchStrategy[Any]] = {
    "bool": st.booleans(),
    "int": INTS,
    "float": st.floats(),
    "str": MANY_TEXTS,
    "bytes": BYTES,
    "Decimal": CENTS,
    "date": st.dates(),
    "time": st.times(),
    "naive": st.datetimes(),
    "aware": st.datetimes(dt.datetime(2, 1, 1), dt.datetime(9998, 1, 1), timezones=ZONES),
    "timedelta": st.timedeltas(dt.timedelta(-(10**8)), dt.timedelta(10**8)),
    "UUID": st.uuids(),
    "ints": st.lists(st.none() | INTS, max_size=3).map(lambda ints: [0, *ints]),
    "texts": st.lists(st.none() | MANY_TEXTS, max_size=3).map(lambda texts: ["", *texts]),
    "dict": st.dictionaries(MANY_TEXTS, st.none() | INTS | st.lists(TEXTS, max_size=2), max_size=2),
}
"""Values that have one type wherever a batch ends."""
AWKWARD = st.one_of(
    st.sampled_from([2**63, 2**64 - 1, 2**64, -(2**63) - 1, 2**53 + 1, 1, 1.0, True, "\ud800", set(), 1j, object()]),
    st.sampled_from(
        [Decimal(text) for text in ("NaN", "sNaN", "-Infinity", "1E+38", "1E+37", "1E-38", "1E-39", "0.10")]
    ),
    st.sampled_from(
        [[], [None], [[]], [1, "a"], [1, 0.5], [1, 2**63], [{}], [b""], [Decimal("0.1"), 1], ["\ud800"], (1,)]
    ),
    st.sampled_from([{}, {"a": [b""]}, {"a": float("nan")}, bytearray(b"a"), memoryview(b"a"), dt.timedelta.max]),
    st.sampled_from([dt.time(1, tzinfo=UTC), dt.datetime.min.replace(tzinfo=dt.timezone(dt.timedelta(hours=1)))]),
    *UNIFORM.values(),
)


@st.composite
def tables(draw, values):
    """Columns of one length."""
    length = draw(st.integers(0, 6))
    kinds = draw(st.lists(values, min_size=1, max_size=4))
    return [draw(st.lists(st.none() | kind, min_size=length, max_size=length)) for kind in kinds]


UNIFORM_TABLES = tables(st.sampled_from([*UNIFORM.values()]))
ANY_TABLES = tables(st.sampled_from([*UNIFORM.values(), AWKWARD, st.sampled_from([1, 0.5, Decimal("0.1"), None, []])]))


# ------------------------------------------------------------------------------------------------------------ the model


class Refused(Exception):
    """The rows of which one is named, from 0; empty where the message names the column alone."""

    def __init__(self, *rows: int) -> None:
        self.rows = rows


def word(value: Any) -> str:
    """What SQL would call a value."""
    for classes, name in (
        ((bool,), "bool"), ((int,), "int"), ((float,), "float"), ((str,), "str"),
        ((bytes, bytearray, memoryview), "bytes"), ((Decimal,), "Decimal"), ((dt.datetime,), "datetime"),
        ((dt.date,), "date"), ((dt.time,), "time"), ((dt.timedelta,), "timedelta"), ((uuid.UUID,), "UUID"),
        ((list, tuple), "list"), ((dict,), "dict"),
    ):  # fmt: skip
        if isinstance(value, classes):
            return name
    return "nothing"


def type_of(values: list[Any]) -> tuple[Any, ...] | None:
    """What the values make of their column."""
    values = [value for value in values if value is not None]
    words = {word(value) for value in values}
    if not words:
        return None
    if "nothing" in words:
        raise Refused(*(row for row, value in enumerate(values) if word(value) == "nothing"))
    if words <= {"list", "dict"}:
        return ("json",) if "dict" in words else type_of_lists(values)
    if words == {"int"}:
        return ("int", 0, 2**64) if max(values) >= 2**63 and min(values) >= 0 else ("int", -(2**63), 2**63)
    if words in ({"Decimal"}, {"int", "Decimal"}):
        scales = [-value.as_tuple().exponent for value in values if word(value) == "Decimal" and value.is_finite()]
        return "Decimal", min(38, max([0, *scales]))
    if words == {"datetime"}:
        return "aware" if values[0].tzinfo else "naive", None
    words -= {"int"} if words == {"int", "float"} else set()
    if len(words) > 1:
        raise Refused
    return (*words, None)


def type_of_lists(lists: list[Any]) -> tuple[Any, ...] | None:
    elements = [element for one in lists for element in one]
    if {word(element) for element in elements} & {"list", "dict"}:
        return ("json",)
    try:
        element = type_of(elements)
    except Refused:
        return ("json",)
    return element and ("list", element)


def as_read(kind: tuple[Any, ...], value: Any) -> Any:
    """A value as it comes back from a column. Raises ValueError where it cannot be in one."""
    name, is_fit = kind[0], word(value) == kind[0]
    if value is None:
        return None
    if name == "int":
        is_fit = is_fit and kind[1] <= value < kind[2]
    elif name == "float":
        is_fit = is_fit or (word(value) == "int" and int(float(value)) == value)
        value = float(value) if is_fit else value
    elif name == "str":
        is_fit = is_fit and "\ud800" not in value
    elif name == "bytes":
        value = bytes(value) if is_fit else value
    elif name == "Decimal":
        is_fit = word(value) in ("int", "Decimal") and fits(Decimal(value), kind[1])
        value = PRECISE.quantize(PRECISE.add(Decimal(value), 0), Decimal((0, (1,), -kind[1]))) if is_fit else value
    elif name == "naive":
        is_fit = word(value) == "datetime" and value.tzinfo is None
        value = value.replace(fold=0) if is_fit else value
    elif name == "aware":
        is_fit = word(value) == "datetime" and value.tzinfo is not None
        value = value.replace(fold=0).astimezone(UTC) if is_fit else value  # may raise OverflowError
    elif name == "time":
        is_fit = is_fit and value.tzinfo is None
        value = value.replace(fold=0) if is_fit else value
    elif name == "timedelta":
        is_fit = is_fit and abs(value) < dt.timedelta(microseconds=2**63 - 1)
    elif name == "UUID":
        value = str(value)
    elif name == "list":
        value = [as_read(kind[1], element) for element in value] if is_fit else value
    elif name == "json":
        is_fit = word(value) in ("list", "dict")
        value = json.dumps(value, allow_nan=False, ensure_ascii=False)  # raises TypeError and ValueError
        value.encode()
    if not is_fit:
        raise ValueError
    return value


def fits(value: Decimal, scale: int) -> bool:
    """Whether 38 digits hold it, so many of them after the point."""
    if not value.is_finite():
        return False
    _, digits, exponent = value.as_tuple()
    while digits and digits[-1] == 0 and exponent < 0:
        digits, exponent = digits[:-1], exponent + 1
    return exponent >= -scale and (not any(digits) or len(digits) + exponent + scale <= 38)


def column_as_read(values: list[Any], size: int) -> list[Any]:
    """A column that was written in batches of this size. Raises Refused."""
    kind, start = None, 0
    for start in range(0, len(values), size):
        batch = values[start : start + size]
        try:
            kind = type_of(batch)
        except Refused as refused:
            present = [row for row, value in enumerate(batch) if value is not None]
            raise Refused(*(start + present[row] for row in refused.rows)) from None
        if kind is not None:
            break
    kind = kind or (("list", ("str", None)) if any(value is not None for value in values) else ("str", None))
    back: list[Any] = []
    wrong = []
    for row, value in enumerate(values):
        try:
            back.append(as_read(kind, value))
        except (ArithmeticError, TypeError, ValueError):
            wrong.append(row)
    if wrong:
        raise Refused(*wrong)
    return back


# ------------------------------------------------------------------------------------------------------- what is tested


@contextlib.contextmanager
def batches_of(size: int) -> Iterator[str]:
    """A folder to write to in batches of so many rows."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        patch.setattr(parquet, "ROWS_OF_A_BATCH", size)
        yield f"{folder}/table"


def written(columns: list[list[Any]], size: int) -> list[list[Any]]:
    names = [f"c{place}" for place in range(len(columns))]
    with batches_of(size) as folder:
        write_rows(names, zip(*columns), folder)
        rows = read_rows(folder)
    assert all([*row] == names for row in rows)
    return [[row[name] for row in rows] for name in names]


def spelled(value: Any) -> str:
    """A value with its types, and a zone by what it means."""
    return re.sub(r"zoneinfo.ZoneInfo\(key='UTC'\)", repr(UTC), repr(value))


@given(UNIFORM_TABLES, st.integers(1, 7))
def test_the_size_of_a_batch_changes_nothing_in_columns_of_one_type(columns, size):
    expected = [column_as_read(column, 100) for column in columns]
    assert spelled(written(columns, size)) == spelled(expected)


@given(ANY_TABLES, st.integers(1, 7))
def test_any_rows_come_back_as_the_model_says_or_name_a_value_that_it_refuses(columns, size):
    expected, refused = [], {}
    for place, column in enumerate(columns):
        try:
            expected.append(column_as_read(column, size))
        except Refused as error:
            refused[f"c{place}"] = error.rows
    if not refused:
        assert spelled(written(columns, size)) == spelled(expected)
        return
    with pytest.raises(ValueError, match=".") as caught:
        written(columns, size)
    match = re.fullmatch(
        r"column '(c\d)'(?: mixes [\w, ]+|, row (\d+): (?:[\w ,.]+))(; cast it in the query)", str(caught.value)
    )
    assert match is not None, str(caught.value)
    rows = refused[match[1]]
    assert (int(match[2]) - 1 in rows) if match[2] else rows == ()
