# SPDX-License-Identifier: Apache-2.0
"""datetime, date and timedelta: Timestamp and Duration, ISO 8601 text and seconds inside a record."""

import datetime as dt
import enum
import math
import typing
from dataclasses import dataclass, make_dataclass
from typing import Optional, Union

import pytest

import shimlite
from shimlite import ConversionTypeError, ConversionValueError
from shimlite.idl import Duration, Timestamp

from ..support import (
    Literal,
    collection,
    map_of,
    packed,
    primitive,
    refusal,
    round_trip,
    schema_of,
    shape,
    simple,
    union,
    unpacked,
)

UTC = dt.timezone.utc
FIRST, LAST = -62_135_596_800, 253_402_300_799
TEN_THOUSAND_YEARS = dt.timedelta(seconds=315_576_000_000)


def zone(hours: float) -> dt.timezone:
    return dt.timezone(dt.timedelta(hours=hours))


def moment(seconds: int, nanos: int = 0) -> Literal:
    return primitive(datetime=Timestamp(seconds=seconds, nanos=nanos))


def lasting(seconds: int, nanos: int = 0) -> Literal:
    return primitive(duration=Duration(seconds=seconds, nanos=nanos))


@dataclass
class At:
    at: dt.datetime


@dataclass
class On:
    on: dt.date


@dataclass
class Took:
    took: dt.timedelta


def test_the_literal_types():
    assert shimlite.to_literal_type(dt.datetime) == simple("DATETIME")
    assert shimlite.to_literal_type(dt.date) == simple("DATETIME")
    assert shimlite.to_literal_type(dt.timedelta) == simple("DURATION")
    assert shimlite.guess_python_type(simple("DATETIME")) is dt.datetime
    assert shimlite.guess_python_type(simple("DURATION")) is dt.timedelta


DATETIMES = [
    (dt.datetime(1970, 1, 1, tzinfo=UTC), moment(0)),
    (dt.datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), moment(-1, 999_999_000)),
    (dt.datetime(1, 1, 1, tzinfo=UTC), moment(FIRST)),
    (dt.datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), moment(LAST, 999_999_000)),
]


@pytest.mark.parametrize(("value", "literal"), DATETIMES)
def test_a_datetime_in_utc(value, literal):
    assert shimlite.to_literal(value, dt.datetime) == literal
    assert shape(shimlite.to_python_value(literal, dt.datetime)) == shape(value)


@pytest.mark.parametrize(
    ("value", "comes_back"),
    [
        (dt.datetime(2026, 1, 2, 3), dt.datetime(2026, 1, 2, 3, tzinfo=UTC)),
        (dt.datetime(2026, 1, 2, 3, fold=1), dt.datetime(2026, 1, 2, 3, tzinfo=UTC)),
        (dt.datetime(2026, 1, 2, 3, tzinfo=zone(5.5)), dt.datetime(2026, 1, 1, 21, 30, tzinfo=UTC)),
        (dt.datetime(2026, 1, 2, 3, tzinfo=zone(-8)), dt.datetime(2026, 1, 2, 11, tzinfo=UTC)),
        (dt.datetime(1, 1, 1, 5, tzinfo=zone(5)), dt.datetime(1, 1, 1, tzinfo=UTC)),
        (dt.datetime(9999, 12, 31, 18, tzinfo=zone(-5)), dt.datetime(9999, 12, 31, 23, tzinfo=UTC)),
        (dt.datetime.min, dt.datetime.min.replace(tzinfo=UTC)),
        (dt.datetime.max, dt.datetime.max.replace(tzinfo=UTC)),
        (dt.date(2026, 1, 2), dt.datetime(2026, 1, 2, tzinfo=UTC)),
    ],
)
def test_what_a_datetime_loses(value, comes_back):
    assert shape(round_trip(value, dt.datetime)) == shape(comes_back)
    assert round_trip(value, dt.datetime).fold == 0


@pytest.mark.parametrize(
    "value",
    [
        dt.datetime(1, 1, 1, 4, 59, 59, tzinfo=zone(5)),
        dt.datetime.min.replace(tzinfo=zone(1)),
        dt.datetime.max.replace(tzinfo=zone(-1)),
    ],
)
def test_a_datetime_whose_zone_takes_it_out_of_the_years_is_refused(value):
    assert refusal(ConversionValueError, shimlite.to_literal, value, dt.datetime) == (
        "expected DATETIME, got a time outside the years 1 to 9999 in UTC"
    )


@pytest.mark.parametrize(
    "literal",
    [moment(FIRST - 1), moment(LAST + 1), moment(2**62), moment(0, -1), moment(0, 10**9)],
)
@pytest.mark.parametrize("python_type", [dt.datetime, dt.date])
def test_a_timestamp_that_protobuf_forbids_is_refused(literal, python_type):
    assert refusal(ConversionValueError, shimlite.to_python_value, literal, python_type) == (
        "expected DATETIME, got a time outside the years 1 to 9999 in UTC"
    )


def test_nanoseconds_are_cut_to_microseconds():
    assert shimlite.to_python_value(moment(0, 1999), dt.datetime) == dt.datetime(1970, 1, 1, 0, 0, 0, 1, tzinfo=UTC)
    assert shimlite.to_python_value(lasting(0, 1999), dt.timedelta) == dt.timedelta(microseconds=1)
    assert shimlite.to_python_value(lasting(0, -1999), dt.timedelta) == dt.timedelta(microseconds=-1)


DATES = [
    (dt.date(1970, 1, 1), moment(0)),
    (dt.date(1, 1, 1), moment(FIRST)),
    (dt.date(9999, 12, 31), moment(LAST + 1 - 86_400)),
    (dt.date(1969, 12, 31), moment(-86_400)),
]


@pytest.mark.parametrize(("value", "literal"), DATES)
def test_a_date_is_midnight_in_utc(value, literal):
    assert shimlite.to_literal(value, dt.date) == literal
    assert shape(shimlite.to_python_value(literal, dt.date)) == shape(value)
    assert shape(shimlite.to_python_value(literal, simple("DATETIME"))) == shape(
        dt.datetime(value.year, value.month, value.day, tzinfo=UTC)
    )


def test_a_date_is_the_day_on_which_the_moment_lies():
    assert shape(shimlite.to_python_value(moment(-1, 999_999_999), dt.date)) == shape(dt.date(1969, 12, 31))


DURATIONS = [
    (dt.timedelta(0), lasting(0)),
    (dt.timedelta(microseconds=1), lasting(0, 1000)),
    (dt.timedelta(microseconds=-1), lasting(0, -1000)),
    (dt.timedelta(days=-1, microseconds=1), lasting(-86_399, -999_999_000)),
    (TEN_THOUSAND_YEARS, lasting(315_576_000_000)),
    (-TEN_THOUSAND_YEARS, lasting(-315_576_000_000)),
]


@pytest.mark.parametrize(("value", "literal"), DURATIONS)
def test_a_timedelta(value, literal):
    assert shimlite.to_literal(value, dt.timedelta) == literal
    assert shape(shimlite.to_python_value(literal, dt.timedelta)) == shape(value)


@pytest.mark.parametrize(
    "value",
    [dt.timedelta.max, dt.timedelta.min, TEN_THOUSAND_YEARS + dt.timedelta.resolution,
     -TEN_THOUSAND_YEARS - dt.timedelta.resolution],
)  # fmt: skip
def test_a_timedelta_beyond_protobufs_range_is_refused(value):
    assert refusal(ConversionValueError, shimlite.to_literal, value, dt.timedelta) == (
        "expected DURATION, got timedelta beyond 10,000 years"
    )


def test_a_duration_beyond_protobufs_range_is_read_while_python_can_hold_it():
    days = dt.timedelta.max.days
    assert shimlite.to_python_value(lasting(days * 86_400), dt.timedelta) == dt.timedelta(days=days)
    # Mixed signs, which flytekit accepts.
    assert shimlite.to_python_value(lasting(1, -1000), dt.timedelta) == dt.timedelta(microseconds=999_999)


@pytest.mark.parametrize(
    ("literal", "message"),
    [
        (lasting(2**62), "expected DURATION, got a Duration beyond timedelta"),
        (lasting(-(2**62)), "expected DURATION, got a Duration beyond timedelta"),
        (lasting(0, 10**9), "expected DURATION, got a Duration of a second or more in nanoseconds"),
        (lasting(0, -(10**9)), "expected DURATION, got a Duration of a second or more in nanoseconds"),
        (primitive(float_value=math.nan), "expected timedelta, got number of seconds out of range"),
        (primitive(float_value=math.inf), "expected timedelta, got number of seconds out of range"),
        (primitive(float_value=1e300), "expected timedelta, got number of seconds out of range"),
        (packed(2**63), "expected timedelta, got number of seconds out of range"),
    ],
)
def test_a_duration_that_python_cannot_hold_is_refused(literal, message):
    assert refusal(ConversionValueError, shimlite.to_python_value, literal, dt.timedelta) == message


@pytest.mark.parametrize(
    ("value", "python_type", "message"),
    [
        ("2026-01-02", dt.datetime, "expected DATETIME, got str"),
        (0, dt.datetime, "expected DATETIME, got int"),
        (None, dt.datetime, "expected DATETIME, got None"),
        (dt.time(3), dt.datetime, "expected DATETIME, got time"),
        (dt.datetime(2026, 1, 2), dt.date, "expected DATETIME, got datetime"),
        ("2026-01-02", dt.date, "expected DATETIME, got str"),
        (60, dt.timedelta, "expected DURATION, got int"),
        (None, dt.timedelta, "expected DURATION, got None"),
    ],
)
def test_another_class_is_refused(value, python_type, message):
    assert refusal(ConversionTypeError, shimlite.to_literal, value, python_type) == message


@pytest.mark.parametrize(
    ("value", "python_type", "message"),
    [
        (At("2026-01-02"), At, ".at: expected date, got str"),
        (On(dt.datetime(2026, 1, 2)), On, ".on: expected date, got datetime"),
        (Took(5), Took, ".took: expected timedelta, got int"),
    ],
)
def test_another_class_in_a_record_is_refused(value, python_type, message):
    assert refusal(ConversionTypeError, shimlite.to_literal, value, python_type) == message


TEXTS = [
    ("2026-01-02T03:04:05.000006+00:00", dt.datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)),
    ("2026-01-02T03:04:05Z", dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),  # pydantic
    ("2026-01-02T03:04:05z", dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
    ("2026-01-02T03:04:05.678Z", dt.datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)),
    ("2026-01-02T03:04:05", dt.datetime(2026, 1, 2, 3, 4, 5)),
    ("2026-01-02 03:04:05", dt.datetime(2026, 1, 2, 3, 4, 5)),
    ("2026-01-02T03:04:05.123456789Z", dt.datetime(2026, 1, 2, 3, 4, 5, 123456, tzinfo=UTC)),
    ("2026-01-02T03:04:05,5", dt.datetime(2026, 1, 2, 3, 4, 5, 500000)),
    ("2026-01-02T03:04:05+05:30", dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=zone(5.5))),
    ("0001-01-01T00:00:00+05:00", dt.datetime(1, 1, 1, tzinfo=zone(5))),
]


@pytest.mark.parametrize(("text", "value"), TEXTS)
def test_text_in_a_record_keeps_its_zone(text, value):
    assert shape(shimlite.to_python_value(packed({"at": text}), At)) == shape(At(value))


@pytest.mark.parametrize(("text", "value"), TEXTS[:-1])
@pytest.mark.parametrize("literal_of", [packed, lambda text: primitive(string_value=text)])
def test_text_by_attribute_access_is_made_utc(text, value, literal_of):
    utc = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    assert shape(shimlite.to_python_value(literal_of(text), dt.datetime)) == shape(utc)


def test_text_by_attribute_access_that_leaves_the_years_is_refused():
    assert refusal(ConversionValueError, shimlite.to_python_value, packed(TEXTS[-1][0]), dt.datetime) == (
        "expected DATETIME, got a time outside the years 1 to 9999 in UTC"
    )


NO_TIME = [
    "", "Z", "now", "2026-01-02T", "2026-1-2", "20260102", " 2026-01-02", "2026-01-02\n",
    "2026-01-02Tnoon", "2026-13-02T00:00:00", "2026-01-02T25:00:00", "x" * 40,
    "2026-01-02T03:04", "20260102T030405", "2026-W01-1T00:00:00", "\uff12026-01-02T03:04:05",
    "2026-01-02T03:04:05+25:00", "2026-01-02T03:04:05\n",
]  # fmt: skip


@pytest.mark.parametrize("text", NO_TIME)
def test_text_that_is_no_time_is_refused(text):
    message = "expected DATETIME, got str that is no ISO 8601 time"
    assert refusal(ConversionValueError, shimlite.to_python_value, packed(text), dt.datetime) == message
    assert refusal(ConversionValueError, shimlite.to_python_value, packed({"at": text}), At) == f".at: {message}"


DAY, MIDNIGHT = dt.date(2024, 2, 29), dt.datetime(2024, 2, 29, tzinfo=UTC)
LEAP = "2024-02-29"
PROPELLER = [packed, lambda text: primitive(string_value=text)]
"""How the field of a record arrives: what writes it, and what once did."""


@pytest.mark.parametrize("literal_of", PROPELLER)
def test_a_date_taken_out_of_a_record_is_midnight_utc(literal_of):
    """As ``promise.day`` gives it for an input of DATETIME."""
    for python_type in (dt.datetime, simple("DATETIME"), Optional[dt.datetime]):
        assert shape(shimlite.to_python_value(literal_of(LEAP), python_type)) == shape(MIDNIGHT)
    for text, year in (("0001-01-01", 1), ("9999-01-01", 9999)):
        value = shimlite.to_python_value(literal_of(text), dt.datetime)
        assert shape(value) == shape(dt.datetime(year, 1, 1, tzinfo=UTC))


def test_a_date_taken_out_of_a_record_is_midnight_utc_inside_lists_and_dicts():
    days, named = list[dt.datetime], dict[str, dt.datetime]
    for literal in (packed([LEAP]), collection(packed(LEAP)), collection(primitive(string_value=LEAP))):
        assert shape(shimlite.to_python_value(literal, days)) == shape([MIDNIGHT])
        assert shape(shimlite.to_python_value(literal, Optional[days])) == shape([MIDNIGHT])
    for literal in (packed({"a": LEAP}), map_of(a=packed(LEAP))):
        assert shape(shimlite.to_python_value(literal, named)) == shape({"a": MIDNIGHT})
    assert shape(shimlite.to_python_value(packed({LEAP: 1}), dict[dt.datetime, int])) == shape({MIDNIGHT: 1})
    assert shape(shimlite.to_python_value(packed({"at": LEAP}), At)) == shape(At(MIDNIGHT))


def test_a_record_of_dates_is_read_as_one_of_datetimes():
    @dataclass
    class Dates:
        at: dt.date

    assert shape(shimlite.to_python_value(shimlite.to_literal(Dates(DAY), Dates), At)) == shape(At(MIDNIGHT))


@pytest.mark.parametrize("text", ["2024-02-30", "2023-02-29", "2024-13-01", "0000-01-01"])
def test_text_of_a_day_that_never_was_is_refused(text):
    message = "expected date, got str that is no ISO 8601 date"
    for python_type in (dt.datetime, dt.date):
        assert refusal(ConversionValueError, shimlite.to_python_value, packed(text), python_type) == message
    assert refusal(ConversionValueError, shimlite.to_python_value, packed({"at": text}), At) == f".at: {message}"


@pytest.mark.parametrize("literal_of", PROPELLER)
@pytest.mark.parametrize(
    "python_type",
    [
        Union[dt.datetime, dt.date],
        Union[dt.date, dt.datetime],
        Union[None, dt.datetime, dt.date],
        Union[list[dt.datetime], dt.date],
    ],
)
def test_the_text_of_a_date_is_the_date_where_a_union_has_dates(python_type, literal_of):
    assert shape(shimlite.to_python_value(literal_of(LEAP), python_type)) == shape(DAY)
    record = make_dataclass("Record", [("held", python_type)])
    assert shape(shimlite.to_python_value(packed({"held": LEAP}), record).held) == shape(DAY)


@pytest.mark.parametrize("python_type", [Union[list[dt.datetime], dt.date], Union[dt.date, list[dt.datetime]]])
def test_a_date_elsewhere_in_the_union_does_not_count(python_type):
    for literal in (packed([LEAP]), collection(packed(LEAP))):
        assert shape(shimlite.to_python_value(literal, python_type)) == shape([MIDNIGHT])
    record = make_dataclass("Record", [("held", python_type)])
    assert shape(shimlite.to_python_value(packed({"held": [LEAP]}), record).held) == shape([MIDNIGHT])


def test_the_text_of_a_date_is_the_date_where_the_dates_are_in_lists_too():
    record = make_dataclass("Record", [("held", Union[list[dt.datetime], list[dt.date]])])
    assert shape(shimlite.to_python_value(packed({"held": [LEAP]}), record)) == shape(record([DAY]))
    assert shape(round_trip(record([MIDNIGHT]), record)) == shape(record([MIDNIGHT]))


@pytest.mark.parametrize("python_type", [Union[dt.datetime, dt.date], Union[dt.date, dt.datetime]])
@pytest.mark.parametrize("value", [DAY, MIDNIGHT, dt.datetime(2024, 2, 29)])
def test_dates_and_midnights_of_one_union_stay_apart(python_type, value):
    record = make_dataclass("Record", [("held", python_type)])
    assert shape(round_trip(record(value), record)) == shape(record(value))
    kept = value.replace(tzinfo=UTC) if type(value) is dt.datetime else value
    assert shape(round_trip(value, python_type)) == shape(kept)


def test_a_stored_date_or_datetime_is_what_its_type_says():
    python_type = Union[dt.datetime, dt.date]
    moment_of, day_of = simple("DATETIME", "datetime"), simple("DATETIME", "date")
    midnight = moment(1709164800)
    assert shape(shimlite.to_python_value(union(midnight, moment_of), python_type)) == shape(MIDNIGHT)
    assert shape(shimlite.to_python_value(union(midnight, day_of), python_type)) == shape(DAY)
    assert shape(shimlite.to_python_value(union(packed(LEAP), day_of), python_type)) == shape(DAY)


NO_DATE = [
    "", "now", "20260102", "2026-1-2", "2026-13-02", "2026-W01-1", "2026-01-02T00:00", "xxxx-xx-xx",
    "2026-01-0\u0662",
]  # fmt: skip


@pytest.mark.parametrize("text", NO_DATE)
def test_text_that_is_no_date_is_refused(text):
    """The same in every Python: newer ones take week dates and the short form."""
    message = "expected date, got str that is no ISO 8601 date"
    assert refusal(ConversionValueError, shimlite.to_python_value, packed(text), dt.date) == message
    assert refusal(ConversionValueError, shimlite.to_python_value, packed({"on": text}), On) == f".on: {message}"


def test_a_date_by_attribute_access():
    for literal in (packed("2026-01-02"), primitive(string_value="2026-01-02")):
        assert shape(shimlite.to_python_value(literal, dt.date)) == shape(dt.date(2026, 1, 2))


def test_a_timedelta_by_attribute_access():
    for literal in (packed(1.5), primitive(float_value=1.5)):
        assert shape(shimlite.to_python_value(literal, dt.timedelta)) == shape(dt.timedelta(seconds=1.5))
    assert shape(shimlite.to_python_value(packed(-5), dt.timedelta)) == shape(dt.timedelta(seconds=-5))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("PT0S", dt.timedelta(0)),
        ("PT1H30M0.000005S", dt.timedelta(minutes=90, microseconds=5)),
        ("P7D", dt.timedelta(days=7)),
        ("P1Y35DT2H", dt.timedelta(days=400, hours=2)),
        ("-PT23H59M59.999999S", dt.timedelta(days=-1, microseconds=1)),
        ("PT1M30.5S", dt.timedelta(seconds=90.5)),
        ("P2739726Y9DT23H59M59.999999S", dt.timedelta.max),
        ("-P2739726Y9D", dt.timedelta.min),
        ("PT36H", dt.timedelta(hours=36)),
        ("PT0.1234567S", dt.timedelta(microseconds=123_456)),
    ],
)
def test_a_timedelta_of_a_pydantic_model_by_attribute_access(text, value):
    for literal in (packed(text), primitive(string_value=text)):
        assert shape(shimlite.to_python_value(literal, dt.timedelta)) == shape(value)
        assert shape(shimlite.to_python_value(literal, Optional[dt.timedelta])) == shape(value)
        assert shape(shimlite.to_python_value(literal, Union[dt.timedelta, str])) == shape(text)
        in_list = shimlite.to_python_value(collection(literal, literal), list[Optional[dt.timedelta]])
        assert shape(in_list) == shape([value, value])


@pytest.mark.parametrize(
    "text",
    ["", "P", "-P", "PT", "P1DT", "P1M", "P1W", "1D", "p1d", "+P1D", "--P1D", "P1D\n", "P1.5D", "PT1.S", "PT1,5S",
     "PT1S1M", "P\u0663D", "P1234567890D", "1.5"],
)  # fmt: skip
def test_a_text_that_is_no_duration_is_refused(text):
    for literal in (packed(text), primitive(string_value=text)):
        assert refusal(ConversionValueError, shimlite.to_python_value, literal, dt.timedelta) == (
            "expected timedelta, got str that is no ISO 8601 duration"
        )


@pytest.mark.parametrize("text", ["P2739726Y10D", "P999999999Y", "-P2739726Y9DT0.000001S"])
def test_a_text_beyond_timedelta_is_refused(text):
    assert refusal(ConversionValueError, shimlite.to_python_value, packed(text), dt.timedelta) == (
        "expected timedelta, got ISO 8601 duration beyond timedelta"
    )


def test_a_timedelta_in_a_record_is_read_as_pydantic_writes_it_too():
    """So that a dataclass takes the place of a model, and a text stays a text."""
    assert shape(shimlite.to_python_value(packed({"took": "P1D"}), Took)) == shape(Took(dt.timedelta(days=1)))
    keyed = shimlite.to_python_value(packed({"P1D": 1}), dict[dt.timedelta, int])
    assert shape(keyed) == shape({dt.timedelta(days=1): 1})
    for python_type in (dict[int, Union[dt.timedelta, str]], dict[int, Union[str, dt.timedelta]]):
        value = {1: "P1D", 2: dt.timedelta(days=1)}
        assert shape(round_trip(value, python_type)) == shape(value)


@pytest.mark.parametrize(
    ("literal", "python_type", "message"),
    [
        (Literal(), dt.datetime, "expected DATETIME, got nothing"),
        (primitive(integer=0), dt.datetime, "expected DATETIME, got integer"),
        (packed(0), dt.datetime, "expected DATETIME, got int"),
        (lasting(0), dt.date, "expected DATETIME, got duration"),
        (packed(None), dt.date, "expected date, got None"),
        (moment(0), dt.timedelta, "expected DURATION, got datetime"),
        (primitive(integer=5), dt.timedelta, "expected DURATION, got integer"),
        (packed(True), dt.timedelta, "expected timedelta, got bool"),
    ],
)
def test_another_literal_is_refused(literal, python_type, message):
    assert refusal(ConversionTypeError, shimlite.to_python_value, literal, python_type) == message


@pytest.mark.parametrize(
    ("value", "python_type", "held"),
    [
        (At(dt.datetime(2026, 1, 2, 3, tzinfo=zone(1))), At, {"at": "2026-01-02T03:00:00+01:00"}),
        (At(dt.datetime(2026, 1, 2, 3)), At, {"at": "2026-01-02T03:00:00"}),
        (On(dt.date(2026, 1, 2)), On, {"on": "2026-01-02"}),
        (Took(dt.timedelta(seconds=-1.5)), Took, {"took": -1.5}),
        (Took(TEN_THOUSAND_YEARS), Took, {"took": 315_576_000_000.0}),
    ],
)
def test_in_a_record_the_zone_is_kept(value, python_type, held):
    assert shape(unpacked(shimlite.to_literal(value, python_type))) == shape(held)
    assert shape(round_trip(value, python_type)) == shape(value)


def test_a_date_for_a_datetime_field_is_midnight_utc():
    assert unpacked(shimlite.to_literal(At(dt.date(2026, 1, 2)), At)) == {"at": "2026-01-02T00:00:00+00:00"}


@pytest.mark.parametrize(
    ("value", "got"),
    [
        (TEN_THOUSAND_YEARS + dt.timedelta(seconds=1), "timedelta beyond 10,000 years"),
        (dt.timedelta(days=3_000_000, microseconds=1), "timedelta that no double of seconds holds exactly"),
    ],
    ids=str,
)
def test_a_timedelta_that_no_record_can_hold_is_refused(value, got):
    assert refusal(ConversionValueError, shimlite.to_literal, Took(value), Took) == (
        f".took: expected timedelta, got {got}"
    )


def test_the_json_schemas():
    assert schema_of(At)["properties"] == {"at": {"type": "string", "format": "date-time"}}
    assert schema_of(On)["properties"] == {"on": {"type": "string", "format": "date"}}
    assert schema_of(Took)["properties"] == {"took": {"type": "number", "format": "time-delta"}}


def test_a_zone_that_gives_no_offset_is_refused():
    class Nowhere(dt.tzinfo):
        def utcoffset(self, at: dt.datetime | None) -> dt.timedelta:
            raise ValueError("secret")

    @dataclass
    class Holder:
        at: dt.datetime

    value = dt.datetime(2026, 1, 2, tzinfo=Nowhere())
    message = "expected DATETIME, got a time whose zone gives no offset (ValueError)"
    assert refusal(ConversionValueError, shimlite.to_literal, value, dt.datetime) == message
    assert refusal(ConversionValueError, shimlite.to_literal, Holder(value), Holder) == f".at: {message}"


@pytest.mark.parametrize("offset", [dt.timedelta(microseconds=-1), dt.timedelta(hours=1, microseconds=1)])
def test_a_field_refuses_a_zone_of_a_fraction_of_a_second(offset):
    @dataclass
    class Holder:
        at: dt.datetime

    value = Holder(dt.datetime(2026, 1, 2, tzinfo=dt.timezone(offset)))
    assert refusal(ConversionValueError, shimlite.to_literal, value, Holder) == (
        ".at: expected DATETIME, got a zone whose offset is no whole second"
    )
    whole = Holder(dt.datetime(2026, 1, 2, tzinfo=dt.timezone(dt.timedelta(hours=-1, seconds=-1))))
    assert shimlite.to_python_value(shimlite.to_literal(whole, Holder), Holder) == whole


@pytest.mark.parametrize("value", ["٢٠٢٤-٠٢-٢٩", "2024-02-29\n", "2024-2-29", "20240229"])
def test_text_for_a_date_is_of_ascii_digits(value):
    with pytest.raises(ConversionValueError):
        shimlite.to_python_value(packed(value), dt.date)


class Leap(enum.Enum):
    DAY = "2024-02-29"


@pytest.mark.parametrize("other", [str, typing.Literal["2024-02-29", "x"], Leap], ids=str)
def test_the_text_of_a_date_is_a_text_beside_one(other):
    """A datetime takes it only where no other member of the union may be that text."""
    record = make_dataclass("Record", [("x", Union[dt.datetime, other])])
    back = shimlite.to_python_value(packed({"x": "2024-02-29"}), record)
    assert back.x == (Leap.DAY if other is Leap else "2024-02-29")
    assert shape(round_trip(back, record)) == shape(back)
    assert shimlite.to_python_value(packed("2024-02-29"), Union[dt.datetime, other]) == back.x
    in_keys = dict[Union[dt.datetime, other], int]
    assert list(shimlite.to_python_value(packed({"2024-02-29": 1}), in_keys)) == [back.x]
    beside = Union[dt.datetime, list[other]]
    assert shimlite.to_python_value(packed("2024-02-29"), beside) == dt.datetime(2024, 2, 29, tzinfo=dt.timezone.utc)
