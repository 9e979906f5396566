# SPDX-License-Identifier: Apache-2.0
"""``datetime``, ``date`` and ``timedelta``: ``Timestamp`` and ``Duration``, in UTC and microseconds.

Inside a record flytekit writes ISO 8601 text, and seconds as a double for a ``timedelta``; attribute access by
Propeller hands those to inputs of type DATETIME and DURATION as they are.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from .._idl import Duration, Literal, LiteralType, Timestamp
from ..errors import ConversionValueError
from .packing import read_packed
from .row import described, mismatch
from .scalars import ScalarRow

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)
MICROSECOND = dt.timedelta(microseconds=1)
YEARS_1_TO_9999 = range(-62_135_596_800, 253_402_300_800)
"""The seconds since 1970 that ``Timestamp`` allows (timestamp.proto), which are those that ``datetime`` has."""
# Stricter than newer Pythons, which take week dates too, and laxer than 3.10, which takes no "Z" and no ".5".
ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
ISO_TIME = re.compile(r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:[.,](\d+))?([Zz]|[+-]\d\d:\d\d(?::\d\d)?)?", re.ASCII)
TEN_THOUSAND_YEARS = 315_576_000_000
"""The most seconds that ``Duration`` allows either way (duration.proto)."""


class DatetimeRow(ScalarRow):
    python, literal, tag = "datetime", "DATETIME", "datetime"
    returns = "an aware datetime in UTC"
    lost = "the zone (a naive one counts as UTC), fold"
    cls = dt.datetime
    schema = {"type": "string", "format": "date-time"}
    wire = (str,)
    literal_types = ("DATETIME",)
    literals = ("datetime", "string_value")

    def guesses(self, literal_type: LiteralType) -> bool:
        return bool(literal_type.structure.tag != DateRow.tag)

    @staticmethod
    def encode(value: Any, literal: Literal) -> None:
        if not isinstance(value, dt.datetime):
            # What a template calls DATETIME may have been declared as a date.
            DateRow.encode(value, literal)
        else:
            _write_timestamp(value, literal.scalar.primitive.datetime)

    @staticmethod
    def decode(literal: Literal) -> dt.datetime:
        primitive = literal.scalar.primitive
        if primitive.HasField("datetime"):
            return _read_timestamp(primitive.datetime)
        return _utc(DatetimeRow.unpack(_read_text(literal, "DATETIME")))

    @staticmethod
    def pack(value: Any) -> str:
        if not isinstance(value, dt.datetime):
            return DateRow.pack(value) + "T00:00:00+00:00"
        if (value.utcoffset() or dt.timedelta(0)) % dt.timedelta(seconds=1):  # some Pythons misread it
            raise ConversionValueError(expected="DATETIME", got="a zone whose offset is no whole second")
        return str(dt.datetime.isoformat(value))

    @staticmethod
    def unpack(value: Any) -> dt.datetime:
        """The zone stands in the text, so a field keeps what a ``Timestamp`` loses; a naive text stays naive."""
        if type(value) is not str:
            raise mismatch("DATETIME", described(value))
        match = ISO_TIME.fullmatch(value)
        try:
            if match is None:
                raise ValueError
            moment, fraction, zone = match.groups(default="")
            zone = "+00:00" if zone in ("Z", "z") else zone
            return dt.datetime.fromisoformat(f"{moment}.{fraction:0<6.6}{zone}")
        except ValueError:
            raise ConversionValueError(expected="DATETIME", got="str that is no ISO 8601 time") from None


class DateRow(ScalarRow):
    python, literal, tag = "date", "DATETIME", "date"
    returns = "an aware datetime at midnight UTC; a date in a union, whose tag says so"
    lost = "that it was a date"
    cls = dt.date
    schema = {"type": "string", "format": "date"}
    wire = (str,)
    literal_types = ("DATETIME",)
    literals = ("datetime", "string_value")

    def guesses(self, literal_type: LiteralType) -> bool:
        return bool(literal_type.structure.tag == self.tag)

    @staticmethod
    def encode(value: Any, literal: Literal) -> None:
        if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
            raise mismatch("DATETIME", described(value))
        days = value.toordinal() - EPOCH.toordinal()
        literal.scalar.primitive.datetime.SetInParent()
        literal.scalar.primitive.datetime.seconds = days * 86_400

    @staticmethod
    def decode(literal: Literal) -> dt.date:
        """The day in UTC on which the literal's moment lies."""
        primitive = literal.scalar.primitive
        if primitive.HasField("datetime"):
            return _read_timestamp(primitive.datetime).date()
        return DateRow.unpack(_read_text(literal, "DATETIME"))

    @staticmethod
    def pack(value: Any) -> str:
        if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
            raise mismatch("date", described(value))
        return str(dt.date.isoformat(value))

    @staticmethod
    def unpack(value: Any) -> dt.date:
        if type(value) is not str:
            raise mismatch("date", described(value))
        try:
            if not ISO_DATE.fullmatch(value):
                raise ValueError
            return dt.date.fromisoformat(value)
        except ValueError:
            raise ConversionValueError(expected="date", got="str that is no ISO 8601 date") from None


class TimedeltaRow(ScalarRow):
    python, literal, tag = "timedelta", "DURATION", "timedelta"
    lost = "nothing (beyond protobuf's 10,000 years: refused)"
    cls = dt.timedelta
    schema = {"type": "number", "format": "time-delta"}
    wire = (float, int)
    literal_types = ("DURATION",)
    literals = ("duration", "float_value")

    @staticmethod
    def encode(value: Any, literal: Literal) -> None:
        if not isinstance(value, dt.timedelta):
            raise mismatch("DURATION", described(value))
        duration = literal.scalar.primitive.duration
        duration.SetInParent()
        total = value // MICROSECOND
        # Both parts carry the sign (duration.proto), where Python keeps the microseconds positive.
        seconds, microseconds = divmod(abs(total), 1_000_000)
        if seconds > TEN_THOUSAND_YEARS or (seconds == TEN_THOUSAND_YEARS and microseconds):
            raise ConversionValueError(expected="DURATION", got="timedelta beyond 10,000 years")
        sign = -1 if total < 0 else 1
        duration.seconds, duration.nanos = sign * seconds, sign * microseconds * 1000

    @staticmethod
    def decode(literal: Literal) -> dt.timedelta:
        primitive = literal.scalar.primitive
        kind = primitive.WhichOneof("value")
        if kind == "duration":
            return _read_duration(primitive.duration)
        if kind == "float_value":  # a timedelta field of a record, by attribute access
            return TimedeltaRow.unpack(primitive.float_value)
        return TimedeltaRow.unpack(read_packed(literal, "DURATION"))

    @staticmethod
    def pack(value: Any) -> float:
        if not isinstance(value, dt.timedelta):
            raise mismatch("timedelta", described(value))
        seconds = value.total_seconds()
        if abs(seconds) > TEN_THOUSAND_YEARS or dt.timedelta(seconds=seconds) != value:
            raise ConversionValueError(expected="timedelta", got="timedelta that no double of seconds holds exactly")
        return seconds

    @staticmethod
    def unpack(value: Any) -> dt.timedelta:
        if type(value) not in (float, int):
            raise mismatch("timedelta", described(value))
        try:
            return dt.timedelta(seconds=value)
        except (OverflowError, ValueError):
            raise ConversionValueError(expected="timedelta", got="number of seconds out of range") from None


def _read_text(literal: Literal, expected: str) -> Any:
    primitive = literal.scalar.primitive
    if primitive.WhichOneof("value") == "string_value":  # a field of a record, by attribute access
        return primitive.string_value
    return read_packed(literal, expected)


def _utc(value: dt.datetime) -> dt.datetime:
    offset = value.utcoffset()
    if offset is None:
        return value.replace(tzinfo=dt.timezone.utc)
    try:
        return value.astimezone(dt.timezone.utc)
    except OverflowError:
        raise _beyond_years() from None


def _write_timestamp(value: dt.datetime, timestamp: Timestamp) -> None:
    if value.utcoffset() is None:
        value = value.replace(tzinfo=dt.timezone.utc)
    since = value - EPOCH
    seconds = since.days * 86_400 + since.seconds
    if seconds not in YEARS_1_TO_9999:
        raise _beyond_years()
    timestamp.SetInParent()
    timestamp.seconds, timestamp.nanos = seconds, since.microseconds * 1000


def _read_timestamp(timestamp: Timestamp) -> dt.datetime:
    if timestamp.seconds not in YEARS_1_TO_9999 or not 0 <= timestamp.nanos < 1_000_000_000:
        raise _beyond_years()
    return EPOCH + dt.timedelta(seconds=timestamp.seconds, microseconds=timestamp.nanos // 1000)


def _beyond_years() -> ConversionValueError:
    return ConversionValueError(expected="DATETIME", got="a time outside the years 1 to 9999 in UTC")


def _read_duration(duration: Duration) -> dt.timedelta:
    """Takes more than protobuf's range, since flytekit writes it; nanoseconds are cut towards zero."""
    nanos = duration.nanos
    if abs(nanos) >= 1_000_000_000:
        raise ConversionValueError(expected="DURATION", got="a Duration of a second or more in nanoseconds")
    try:
        return dt.timedelta(seconds=duration.seconds, microseconds=int(nanos / 1000))
    except OverflowError:
        raise ConversionValueError(expected="DURATION", got="a Duration beyond timedelta") from None


ROWS = (DatetimeRow(), DateRow(), TimedeltaRow())
