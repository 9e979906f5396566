# SPDX-License-Identifier: Apache-2.0
"""The rows of ``datetime``, ``date`` and ``timedelta``: ``Timestamp`` and ``Duration``, in UTC and microseconds.

Inside a record flytekit writes ISO 8601 text, and seconds as a double for a ``timedelta``, of which pydantic's models
make ISO 8601 text too; attribute access by Propeller hands those to inputs of type DATETIME and DURATION as they are.
Next: ``references``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import attrs

from .._idl import Duration, Literal, Timestamp
from ..errors import ConversionValueError, described, mismatch, raised, unlike
from .rows import Atom, Convert, Decode, Observation

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)
MICROSECOND = dt.timedelta(microseconds=1)
YEARS_1_TO_9999 = range(-62_135_596_800, 253_402_300_800)
"""The seconds since 1970 that ``Timestamp`` allows (timestamp.proto), which are those that ``datetime`` has."""
# Stricter than newer Pythons, which take week dates too, and laxer than 3.10, which takes no "Z" and no ".5".
ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
ISO_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d[T ](?:[01]\d|2[0-3]):\d\d:\d\d)(?:[.,](\d+))?([Zz]|[+-]\d\d:\d\d(?::\d\d)?)?", re.ASCII
)
ISO_DURATION = re.compile(
    r"(-?)P(?=.)(?:(\d{1,9})Y)?(?:(\d{1,9})D)?(?:T(?=.)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:\.(\d+))?S)?)?",
    re.ASCII,
)
"""What pydantic writes. Its years are of 365 days; months, which are of no length, it never writes."""
TEN_THOUSAND_YEARS = 315_576_000_000
"""The most seconds that ``Duration`` allows either way (duration.proto)."""
NO_OFFSET = "expected DATETIME, got a time whose zone gives no offset"
NOON = dt.datetime(2024, 2, 29, 12, tzinfo=dt.timezone.utc)


# --------------------------------------------------------------------------------------------------------- datetime


def _write_datetime(value: Any, literal: Literal) -> None:
    """Takes a date too: a template's DATETIME may stand for either."""
    since = _since_epoch(value) if issubclass(type(value), dt.datetime) else _midnight(value) - EPOCH
    _write_timestamp(since, literal.scalar.primitive.datetime)


def _since_epoch(value: dt.datetime) -> dt.timedelta:
    offset = _offset(value)
    if type(value) is not dt.datetime:
        value = _exact(value)
    since = value.replace(tzinfo=dt.timezone.utc) - EPOCH
    if offset is not None:
        since -= offset
    if _seconds(since) not in YEARS_1_TO_9999:
        raise _beyond_years()
    return since


def _offset(value: dt.datetime) -> dt.timedelta | None:
    try:
        return value.utcoffset()
    except BaseException as error:  # a zone's own code raised it, or pandas' NaT, which is a datetime
        refusal = raised(error, NO_OFFSET)
    raise refusal


def _read_timestamp(timestamp: Timestamp) -> dt.datetime:
    seconds, nanos = timestamp.seconds, timestamp.nanos
    if seconds not in YEARS_1_TO_9999 or not 0 <= nanos < 1_000_000_000:
        raise _beyond_years()
    return EPOCH + dt.timedelta(0, seconds, nanos // 1000)


def _read_datetime(primitive: Any) -> dt.datetime:
    return _read_timestamp(primitive.datetime)


def _pack_datetime(value: Any) -> str:
    if not issubclass(type(value), dt.datetime):
        return _pack_date(value) + "T00:00:00+00:00"
    offset = _offset(value)
    if offset is not None and offset.microseconds:  # some Pythons misread it
        raise ConversionValueError(expected="DATETIME", got="a zone whose offset is no whole second")
    exact = _exact(value)
    try:
        return str(exact.isoformat())
    except BaseException as error:  # of a zone that gives an offset once
        refusal = raised(error, NO_OFFSET)
    raise refusal


def _fast(field: str, read: Convert) -> Callable[[Decode], Decode]:
    def fast(slow: Decode) -> Decode:
        def decode(literal: Literal) -> Any:
            primitive = literal.scalar.primitive
            return read(primitive) if primitive.HasField(field) else slow(literal)

        return decode

    return fast


def _unpack_time(value: Any) -> dt.datetime:
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


def _unpack_datetime(value: Any) -> dt.datetime:
    """Takes a date's text too, which Propeller takes out of a record for ``promise.day``."""
    is_date = type(value) is str and ISO_DATE.fullmatch(value)
    return _midnight(_unpack_date(value)) if is_date else _unpack_time(value)


def _utc(value: dt.datetime) -> dt.datetime:
    if value.utcoffset() is None:
        return value.replace(tzinfo=dt.timezone.utc)
    try:
        return value.astimezone(dt.timezone.utc)
    except OverflowError:
        raise _beyond_years() from None


def _datetime_in_utc(value: Any) -> dt.datetime:
    return _utc(_unpack_datetime(value))


def _time_in_utc(value: Any) -> dt.datetime:
    return _utc(_unpack_time(value))


DATETIME = Atom(
    cls=dt.datetime, simple="DATETIME", tag="datetime", own="datetime",
    write=_write_datetime, fast=_fast("datetime", _read_datetime), read=_read_datetime,
    also={"string_value": _datetime_in_utc}, bare=_datetime_in_utc,
    pack=_pack_datetime, unpack=_unpack_datetime, wire=(str,), schema={"type": "string", "format": "date-time"},
    losses=(
        Observation(
            "the zone", "a Timestamp is a moment in UTC", NOON.replace(tzinfo=dt.timezone(dt.timedelta(hours=2)))
        ),
        Observation("that it was naive", "it counts as UTC", NOON.replace(tzinfo=None)),
        Observation("fold", "neither a moment in UTC nor an offset has it", NOON.replace(fold=1)),
        Observation("the time of day", "a date has none", NOON),
    ),
    examples=(NOON,),
)  # fmt: skip

STRICT_DATETIME = attrs.evolve(DATETIME, also={"string_value": _time_in_utc}, bare=_time_in_utc, unpack=_unpack_time)
"""The row of a datetime in a union with text: the text of a date is no datetime there."""


# ------------------------------------------------------------------------------------------------------------- date


def _write_date(value: Any, literal: Literal) -> None:
    _write_timestamp(_midnight(value) - EPOCH, literal.scalar.primitive.datetime)


def _midnight(value: Any) -> dt.datetime:
    if not issubclass(type(value), dt.date) or issubclass(type(value), dt.datetime):
        raise unlike("DATETIME", value)
    return EPOCH + dt.timedelta(days=dt.date.toordinal(value) - EPOCH.toordinal())


def _pack_date(value: Any) -> str:
    if not issubclass(type(value), dt.date) or issubclass(type(value), dt.datetime):
        raise unlike("date", value)
    return str(dt.date.isoformat(value))


def _unpack_date(value: Any) -> dt.date:
    if type(value) is not str:
        raise mismatch("date", described(value))
    try:
        if not ISO_DATE.fullmatch(value):
            raise ValueError
        return dt.date.fromisoformat(value)
    except ValueError:
        raise ConversionValueError(expected="date", got="str that is no ISO 8601 date") from None


DATE = Atom(
    cls=dt.date, simple="DATETIME", tag="date", own="datetime",
    write=_write_date,
    read=lambda primitive: _read_datetime(primitive).date(),  # the day in UTC on which the moment lies
    also={"string_value": _unpack_date},
    pack=_pack_date, unpack=_unpack_date, wire=(str,), schema={"type": "string", "format": "date"},
    losses=(Observation("that it was a date", "Flyte has one type for both, DATETIME", dt.date(2024, 2, 29)),),
    examples=(dt.date(2024, 2, 29),),
)  # fmt: skip


# -------------------------------------------------------------------------------------------------------- timedelta


def _write_timedelta(value: Any, literal: Literal) -> None:
    total = _microseconds(value)
    duration = literal.scalar.primitive.duration
    duration.SetInParent()
    # Both parts carry the sign (duration.proto), where Python keeps the microseconds positive.
    seconds, microseconds = divmod(abs(total), 1_000_000)
    sign = -1 if total < 0 else 1
    duration.seconds, duration.nanos = sign * seconds, sign * microseconds * 1000


def _microseconds(value: Any) -> int:
    if not issubclass(type(value), dt.timedelta):
        raise unlike("DURATION", value)
    total: int = _exact(value) // MICROSECOND
    if abs(total) > TEN_THOUSAND_YEARS * 1_000_000:
        raise _beyond_protobuf("DURATION")
    return total


def read_duration(duration: Duration) -> dt.timedelta:
    """Takes more than protobuf's range, since flytekit writes it; nanoseconds are cut towards zero."""
    nanos = duration.nanos
    if abs(nanos) >= 1_000_000_000:
        raise ConversionValueError(expected="DURATION", got="a Duration of a second or more in nanoseconds")
    try:
        return dt.timedelta(seconds=duration.seconds, microseconds=int(nanos / 1000))
    except OverflowError:
        raise ConversionValueError(expected="DURATION", got="a Duration beyond timedelta") from None


def _read_timedelta(primitive: Any) -> dt.timedelta:
    return read_duration(primitive.duration)


def _pack_timedelta(value: Any) -> float:
    if not issubclass(type(value), dt.timedelta):
        raise unlike("timedelta", value)
    value = _exact(value)
    seconds: float = value.total_seconds()
    if abs(seconds) > TEN_THOUSAND_YEARS:
        raise _beyond_protobuf("timedelta")
    if dt.timedelta(seconds=seconds) != value:
        raise ConversionValueError(expected="timedelta", got="timedelta that no double of seconds holds exactly")
    return seconds


def _unpack_timedelta(value: Any) -> dt.timedelta:
    if type(value) is str:
        return _duration_of_text(value)
    if type(value) not in (float, int):
        raise mismatch("timedelta", described(value))
    try:
        return dt.timedelta(seconds=value)
    except (OverflowError, ValueError):
        raise ConversionValueError(expected="timedelta", got="number of seconds out of range") from None


def _duration_of_text(value: str) -> dt.timedelta:
    match = ISO_DURATION.fullmatch(value)
    if match is None:
        raise ConversionValueError(expected="timedelta", got="str that is no ISO 8601 duration")
    sign, *parts = match.groups(default="0")
    years, days, hours, minutes, seconds = map(int, parts[:5])
    microseconds = int(f"{parts[5]:0<6.6}")
    try:
        length = dt.timedelta(365 * years + days, seconds, microseconds, 0, minutes, hours)
        return -length if sign == "-" else length
    except OverflowError:
        raise ConversionValueError(expected="timedelta", got="ISO 8601 duration beyond timedelta") from None


TIMEDELTA = Atom(
    cls=dt.timedelta, simple="DURATION", tag="timedelta", own="duration",
    write=_write_timedelta, fast=_fast("duration", _read_timedelta), read=_read_timedelta,
    # A timedelta field of a record, by attribute access: of a dataclass, and of a pydantic model.
    also={"float_value": _unpack_timedelta, "string_value": _duration_of_text},
    pack=_pack_timedelta, unpack=_unpack_timedelta, wire=(float, int, str),
    schema={"type": "number", "format": "time-delta"},
    examples=(dt.timedelta(seconds=1), dt.timedelta(days=-1, microseconds=1)),
)  # fmt: skip


# ------------------------------------------------------------------------------------------------------ of all three


def _exact(value: Any) -> Any:
    """A value of a subclass, such as pandas', as the built-in class; refused where that would lose something."""
    cls: Any = dt.datetime if issubclass(type(value), dt.datetime) else dt.timedelta
    if type(value) is cls:
        return value
    if cls is dt.datetime:
        exact: Any = dt.datetime.combine(dt.datetime.date(value), dt.datetime.timetz(value))
    else:
        days, seconds, microseconds = dt.timedelta.days, dt.timedelta.seconds, dt.timedelta.microseconds
        exact = dt.timedelta(days.__get__(value), seconds.__get__(value), microseconds.__get__(value))
    try:
        is_whole = bool(exact == value)
    except Exception:  # the subclass's own code raised it
        is_whole = False
    if not is_whole:
        got = f"{described(value)} that microseconds do not hold exactly"
        raise ConversionValueError(expected=cls.__name__, got=got)
    return exact


def _write_timestamp(since: dt.timedelta, timestamp: Timestamp) -> None:
    timestamp.SetInParent()
    timestamp.seconds, timestamp.nanos = _seconds(since), since.microseconds * 1000


def _seconds(since: dt.timedelta) -> int:
    return since.days * 86_400 + since.seconds


def _beyond_years() -> ConversionValueError:
    return ConversionValueError(expected="DATETIME", got="a time outside the years 1 to 9999 in UTC")


def _beyond_protobuf(expected: str) -> ConversionValueError:
    return ConversionValueError(expected=expected, got="timedelta beyond 10,000 years")


TIMES = (DATETIME, DATE, TIMEDELTA)
