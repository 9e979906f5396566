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
from .losses import Accountant, Loss
from .packing import read_packed
from .row import Codec, Compiler, Packed, described, mismatch
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
    lost = "the zone, that it was naive (which counts as UTC), fold; in a record only fold"
    note = "of a zone only its offset is compared; before the year 1 or after 9999 in UTC: refused"
    cls, one = dt.datetime, dt.datetime(2024, 2, 29, 12, tzinfo=dt.timezone.utc)
    example_type = dt.datetime
    schema = {"type": "string", "format": "date-time"}
    wire = (str,)
    literal_types = ("DATETIME",)
    literals = ("datetime", "string_value")

    may_lose = (
        Loss("", "the zone", "a Timestamp is a moment in UTC", one.replace(tzinfo=dt.timezone(dt.timedelta(hours=2)))),
        Loss("", "that it was naive", "it counts as UTC", one.replace(tzinfo=None)),
        Loss("", "fold", "neither a moment in UTC nor an offset has it", one.replace(fold=1)),
        Loss("", "the time of day", "a date has none", one),
    )

    def guesses(self, literal_type: LiteralType) -> bool:
        return bool(literal_type.structure.tag != DateRow.tag)

    def reads_literal(self, python_type: Any, decoded_as: Any) -> bool:
        return decoded_as in (dt.date, dt.datetime)

    def codec(self, python_type: Any, literal_type: LiteralType, compiler: Compiler) -> Codec:
        codec = super().codec(python_type, literal_type, compiler)
        return codec if compiler.beside_text else Codec(codec.encode, DatetimeRow.decode_any)

    def packed(self, python_type: Any, compiler: Compiler) -> Packed:
        packed = super().packed(python_type, compiler)
        return packed if compiler.beside_text else packed._replace(unpack=DatetimeRow.unpack_any)

    @staticmethod
    def encode(value: Any, literal: Literal) -> None:
        _write_timestamp(_since_epoch(value), literal.scalar.primitive.datetime)

    @staticmethod
    def decode(literal: Literal) -> dt.datetime:
        primitive = literal.scalar.primitive
        if primitive.HasField("datetime"):
            return _read_timestamp(primitive.datetime)
        return _utc(DatetimeRow.unpack(_read_text(literal, "DATETIME")))

    @staticmethod
    def decode_any(literal: Literal) -> dt.datetime:
        """As ``decode``; takes a date's text too, which is what Propeller takes out of a record for ``promise.day``."""
        primitive = literal.scalar.primitive
        if primitive.HasField("datetime"):
            return _read_timestamp(primitive.datetime)
        return _utc(DatetimeRow.unpack_any(_read_text(literal, "DATETIME")))

    @staticmethod
    def unpack_any(value: Any) -> dt.datetime:
        if type(value) is str and ISO_DATE.fullmatch(value):
            return _midnight(DateRow.unpack(value))
        return DatetimeRow.unpack(value)

    @staticmethod
    def pack(value: Any) -> str:
        if not isinstance(value, dt.datetime):
            return DateRow.pack(value) + "T00:00:00+00:00"
        offset = _offset(value)
        if offset is not None and offset.microseconds:  # some Pythons misread it
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
    returns = "a datetime at midnight UTC; itself in a union, which says so"
    unsaid = "that it was a date"
    cls, one = dt.date, dt.date(2024, 2, 29)
    example_type = dt.date
    schema = {"type": "string", "format": "date"}
    wire = (str,)
    literal_types = ("DATETIME",)
    literals = ("datetime", "string_value")

    may_lose = (Loss("", "that it was a date", "Flyte has one type for both, DATETIME", one),)

    def guesses(self, literal_type: LiteralType) -> bool:
        return bool(literal_type.structure.tag == self.tag)

    def reads_literal(self, python_type: Any, decoded_as: Any) -> bool:
        return decoded_as in (dt.date, dt.datetime)

    def reads(self, python_type: Any, decoded_as: Any, accountant: Accountant) -> bool:
        return decoded_as in (dt.date, dt.datetime)

    @staticmethod
    def encode(value: Any, literal: Literal) -> None:
        _write_timestamp(_midnight(value) - EPOCH, literal.scalar.primitive.datetime)

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
    note = "beyond protobuf's 10,000 years: refused; in a record, what no double of seconds holds exactly"
    cls, one = dt.timedelta, dt.timedelta(seconds=1)
    example_type = dt.timedelta
    schema = {"type": "number", "format": "time-delta"}
    wire = (float, int)
    literal_types = ("DURATION",)
    literals = ("duration", "float_value")

    @staticmethod
    def encode(value: Any, literal: Literal) -> None:
        total = _microseconds(value)
        duration = literal.scalar.primitive.duration
        duration.SetInParent()
        # Both parts carry the sign (duration.proto), where Python keeps the microseconds positive.
        seconds, microseconds = divmod(abs(total), 1_000_000)
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
        if abs(seconds) > TEN_THOUSAND_YEARS:
            raise _beyond_protobuf("timedelta")
        if dt.timedelta(seconds=seconds) != value:
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


def _since_epoch(value: Any) -> dt.timedelta:
    """Of a datetime, or of a date: what a template calls DATETIME may have been either."""
    if not isinstance(value, dt.datetime):
        return _midnight(value) - EPOCH
    since = (value if _offset(value) is not None else value.replace(tzinfo=dt.timezone.utc)) - EPOCH
    if _seconds(since) not in YEARS_1_TO_9999:
        raise _beyond_years()
    return since


def _offset(value: dt.datetime) -> dt.timedelta | None:
    try:
        return value.utcoffset()
    except Exception as error:  # of a zone's own code, or of pandas' NaT, which is a datetime
        raise ConversionValueError(expected="DATETIME", got="a time whose zone gives no offset") from error


def _midnight(value: Any) -> dt.datetime:
    if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
        raise mismatch("DATETIME", described(value))
    return EPOCH + dt.timedelta(days=value.toordinal() - EPOCH.toordinal())


def _write_timestamp(since: dt.timedelta, timestamp: Timestamp) -> None:
    timestamp.SetInParent()
    timestamp.seconds, timestamp.nanos = _seconds(since), since.microseconds * 1000


def _seconds(since: dt.timedelta) -> int:
    return since.days * 86_400 + since.seconds


def _read_timestamp(timestamp: Timestamp) -> dt.datetime:
    seconds, nanos = timestamp.seconds, timestamp.nanos
    if seconds not in YEARS_1_TO_9999 or not 0 <= nanos < 1_000_000_000:
        raise _beyond_years()
    return EPOCH + dt.timedelta(0, seconds, nanos // 1000)


def _microseconds(value: Any) -> int:
    if not isinstance(value, dt.timedelta):
        raise mismatch("DURATION", described(value))
    total = value // MICROSECOND
    if abs(total) > TEN_THOUSAND_YEARS * 1_000_000:
        raise _beyond_protobuf("DURATION")
    return total


def _beyond_years() -> ConversionValueError:
    return ConversionValueError(expected="DATETIME", got="a time outside the years 1 to 9999 in UTC")


def _beyond_protobuf(expected: str) -> ConversionValueError:
    return ConversionValueError(expected=expected, got="timedelta beyond 10,000 years")


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
