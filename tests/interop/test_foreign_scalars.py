# SPDX-License-Identifier: Apache-2.0
"""Values of the real pandas and numpy: exact or refused, and named in messages."""

import datetime as dt
import enum
from dataclasses import make_dataclass

import numpy
import pandas
import pytest

import shimlite
from shimlite import ConversionTypeError, ConversionValueError

from ..support import refusal, round_trip, shape

UTC = dt.timezone.utc


@pytest.mark.parametrize(
    ("value", "kind"),
    [(pandas.Timedelta(1, "ns"), dt.timedelta), (pandas.Timedelta(-1, "ns"), dt.timedelta),
     (pandas.Timedelta("1D 1.000000001s"), dt.timedelta),
     (pandas.Timestamp("2026-01-02T03:04:05.000000001Z"), dt.datetime),
     (pandas.Timestamp("2026-01-02T03:04:05.000000999"), dt.datetime)],
)  # fmt: skip
def test_nanoseconds_of_pandas_are_refused(value, kind):
    record = make_dataclass("R", [("x", kind)])
    for whole, as_type, path in (
        (value, kind, ""), ([value], list[kind], "[0]: "), (record(value), record, ".x: "), (value, kind | None, ""),
        (value, shimlite.to_literal_type(kind), ""), ({1: value}, dict[int, kind], "[1]: "),
    ):  # fmt: skip
        assert refusal(ConversionValueError, shimlite.to_literal, whole, as_type).startswith(f"{path}expected ")


@pytest.mark.parametrize(
    ("value", "kind", "exact"),
    [(pandas.Timedelta(1, "us"), dt.timedelta, dt.timedelta(microseconds=1)),
     (pandas.Timedelta(-1, "D"), dt.timedelta, dt.timedelta(days=-1)),
     (pandas.Timestamp("2026-01-02T03:04:05.000006Z"), dt.datetime, dt.datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)),
     (numpy.float64(1.5), float, 1.5), (numpy.str_("a"), str, "a"), (numpy.bytes_(b"a"), bytes, b"a")],
)  # fmt: skip
def test_what_is_exact_is_its_built_in_value(value, kind, exact):
    record = make_dataclass("R", [("x", kind)])
    assert shape(round_trip(value, kind)) == shape(exact)
    assert shape(round_trip(record(value), record)) == shape(record(exact))
    assert shape(round_trip({value: 1}, dict[kind, int])) == shape({exact: 1})


@pytest.mark.parametrize("make", [numpy.bool_, numpy.int64, numpy.float32, lambda one: numpy.array([one])])
def test_numpys_scalars_and_arrays_are_named(make):
    value = make(1)
    got = f"got numpy.{type(value).__name__}"
    hint = {"int64": "int(x)", "float32": "float(x)"}.get(type(value).__name__, "bool(x)")
    kind = {"int64": int, "float32": float}.get(type(value).__name__, bool)
    said = refusal(ConversionTypeError, shimlite.to_literal, value, kind)
    assert f", {got}" in said and (isinstance(value, numpy.ndarray) or said.endswith(f"{got}; write {hint}"))
    assert got in refusal(ConversionTypeError, shimlite.to_literal, {"a": value}, dict)
    assert refusal(ConversionTypeError, shimlite.to_literal, numpy.array([1.5]), list[float]).startswith(
        "expected list[float], got numpy.ndarray; "
    )


def test_an_enum_of_numpys_values_is_one_of_plain_ones():
    cls = enum.Enum("Of", {"A": numpy.str_("a"), "B": numpy.str_("b")})
    half = enum.Enum("Half", {"A": numpy.float64(0.5), "B": numpy.float64(1)})
    record = make_dataclass("R", [("x", cls), ("y", half)])
    value = record(cls.B, half.B)
    assert round_trip(value, record) == value and round_trip(cls.A, cls) is cls.A
    assert shape(shimlite.to_python_value(shimlite.to_literal(value, record), dict)) == shape({"x": "b", "y": 1.0})
