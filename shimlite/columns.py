# SPDX-License-Identifier: Apache-2.0
"""The values of a column as Arrow: which type they have, and the arrays of them.

A kind is an Arrow type with the way from Python's values to it. A declared column has the kind of its declaration; any
other has the kind of its first values. Rows are not known here. Next: ``parquet``, which makes columns of them.
"""

from __future__ import annotations

import datetime as dt
import decimal
import io
import ipaddress
import itertools
import json
import math
import uuid
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple, Union

from .arrow import arro3
from .errors import class_name, cut, described

__all__ = ["Kind", "array_of", "kind_of_declared", "kind_of_nothing", "kind_of_values"]

DIGITS = 38
"""All that a ``decimal128`` has: a later value may need more than those that decide the scale."""

CAST = "cast it in the query"

_EPOCH = dt.datetime(1970, 1, 1)
_EPOCH_IN_UTC = _EPOCH.replace(tzinfo=dt.timezone.utc)
_MICROSECOND = dt.timedelta(microseconds=1)
_MIDNIGHT = dt.timedelta(0)
_FROM_YEAR_1, _TO_YEAR_9999 = (
    (moment - _EPOCH) // _MICROSECOND for moment in (dt.datetime.min, dt.datetime.max)
)  # of a time with a zone, which UTC may move out of Python's years
_EXACT = decimal.Context(prec=DIGITS, traps=[decimal.Inexact, decimal.InvalidOperation])
_NULL = type(None)

_BASES: Mapping[type, type] = {
    **{cls: cls for cls in (bool, int, float, str, bytes, list, dict, decimal.Decimal, uuid.UUID)},
    **{cls: cls for cls in (dt.datetime, dt.date, dt.time, dt.timedelta)},
    **dict.fromkeys((bytearray, memoryview), bytes),
    tuple: list,
    **dict.fromkeys((ipaddress.IPv4Address, ipaddress.IPv4Network, ipaddress.IPv4Interface), uuid.UUID),
    **dict.fromkeys((ipaddress.IPv6Address, ipaddress.IPv6Network, ipaddress.IPv6Interface), uuid.UUID),
}
"""The classes of values that a column takes, and their subclasses, by the class whose kind they have."""


class UnfitError(ValueError):
    """What a value is that does not fit a column, in words for a message."""


class Scalars(NamedTuple):
    """Values that are each one of Arrow's.

    Those whose class is in ``plain`` are taken as they are, those whose base is in ``takes`` are converted; None takes
    all that converts. arro3 makes some arrays by a cast alone, from those of the type ``stored``.
    """

    name: str
    arrow: Any
    plain: AbstractSet[type]
    takes: AbstractSet[type] | None
    convert: Callable[[Any], Any]
    stored: Any

    def array(self, values: Sequence[Any], classes: AbstractSet[type]) -> Any:
        """The Arrow array of values of these classes. Raises any Exception for one that does not fit."""
        array = arro3()[0].Array(self._converted(values, classes), self.stored)
        return array if self.stored is self.arrow else array.cast(self.arrow)

    def _converted(self, values: Sequence[Any], classes: AbstractSet[type]) -> Sequence[Any]:
        if classes <= self.plain:
            return values
        if self.takes is not None and not {_base(cls) for cls in classes} <= self.takes:
            raise TypeError
        convert = self.convert
        return [None if value is None else convert(value) for value in values]


class Lists(NamedTuple):
    """Lists whose elements are of one kind."""

    element: Scalars

    @property
    def name(self) -> str:
        return f"list of {self.element.name}"

    @property
    def arrow(self) -> Any:
        return _data_type().list(self.element.arrow)

    def array(self, values: Sequence[Any], classes: AbstractSet[type]) -> Any:
        """As of ``Scalars``."""
        if not {_base(cls) for cls in classes} <= {list, _NULL}:
            raise TypeError
        core, kinds = arro3()[0], _data_type()
        elements = _elements(values)
        try:
            array = self.element.array(elements, set(map(type, elements)))
        except Exception as error:
            raise UnfitError(f"list with {_first_unfit(self.element, elements, error)[1]}") from None
        lengths = (0 if value is None else len(value) for value in values)
        offsets = core.Array(list(itertools.accumulate(lengths, initial=0)), kinds.int32())
        nulls = core.Array([value is None for value in values], kinds.bool())
        return core.list_array(offsets, array, type=self.arrow, mask=nulls)


class Nulls(NamedTuple):
    """Nothing but nulls, of Arrow's own type for them, of which pandas makes what it makes of a column of None."""

    name: str
    arrow: Any

    def array(self, values: Sequence[Any], classes: AbstractSet[type]) -> Any:
        """As of ``Scalars``. arro3 makes such an array from JSON alone."""
        core, read_json = arro3()[0], arro3()[1].read_json
        lines = io.BytesIO(b'{"null":null}\n' * (len(values) + 1))
        table = read_json(lines, core.Schema([core.Field("null", self.arrow)])).read_all()
        return table.column(0).combine_chunks().slice(0, len(values))


Kind = Union[Scalars, Lists, Nulls]


def array_of(name: str, kind: Kind, values: Sequence[Any], classes: AbstractSet[type], before: int, hint: str) -> Any:
    """The Arrow array of a column's ``values``, which have these classes and so many rows ``before`` them.

    Raises ValueError, naming the column and the row (they count from 1), for a value that does not fit.
    """
    try:
        return kind.array(values, classes)
    except MemoryError:
        raise
    except Exception as error:  # a value's own code raises what it likes
        place, reason = _first_unfit(kind, values, error)
    raise _refusal(name, before + place, f"expected {kind.name}, got {reason}{hint}")


def _first_unfit(kind: Kind, values: Sequence[Any], error: Exception) -> tuple[int, str]:
    for place, value in enumerate(values):
        try:
            kind.array([value], {type(value)})
        except MemoryError:
            raise
        except Exception as own:
            return place, _reason(value, own)
    return 0, f"values that raise {class_name(type(error))}"


def _reason(value: Any, error: Exception) -> str:
    if isinstance(error, UnfitError):
        return str(error)
    if isinstance(error, OverflowError):
        return f"{described(value)} out of range"
    return f"{described(value)} that is no UTF-8" if isinstance(error, UnicodeEncodeError) else described(value)


def _refusal(name: str, place: int, reason: str) -> ValueError:
    return ValueError(f"column {cut(name)!r}, row {place + 1}: {reason}")


def _base(cls: type) -> type:
    """The class whose kind the values of ``cls`` have; itself where they have none."""
    return _BASES.get(cls) or next((_BASES[one] for one in cls.__mro__ if one in _BASES), cls)


def _elements(lists: Sequence[Any]) -> list[Any]:
    return list(itertools.chain.from_iterable(value for value in lists if value is not None))


def _data_type() -> Any:
    return arro3()[0].DataType


# ----------------------------------------------------------------------------------------------- the kind of the values


def kind_of_values(name: str, values: Sequence[Any], classes: AbstractSet[type], before: int) -> Kind | None:
    """The kind of a column's first values; None where all are null, or lists of nothing else, which tells no kind.

    Raises ValueError, naming the column, where they are of several kinds, and its row too for a value of none.
    """
    bases = {_base(cls) for cls in classes} - {_NULL}
    for cls in bases - _OF_CLASS.keys():
        place = next(place for place, value in enumerate(values) if _base(type(value)) is cls)
        raise _refusal(name, place + before, f"Parquet has no type for {class_name(cls)}; {CAST}")
    if bases in ({int, float}, {int, decimal.Decimal}):
        bases -= {int}
    if bases == {list, dict}:
        return _json(values)
    if len(bases) > 1:
        mixed = ", ".join(sorted(map(class_name, classes - {_NULL})))
        raise ValueError(f"column {cut(name)!r} mixes {mixed}; {CAST}")
    return _OF_CLASS[bases.pop()](values) if bases else None


def kind_of_nothing(of_lists: bool) -> Kind:
    """The kind of a column whose values tell none up to their end."""
    kinds = _data_type()
    return Lists(_scalars(str, kinds.utf8(), {str})) if of_lists else Nulls("null", kinds.null())


def _scalars(
    cls: type,
    arrow: Any,
    plain: AbstractSet[type] = frozenset(),
    convert: Callable[[Any], Any] = lambda value: value,
    stored: Any = None,
    *,
    also: AbstractSet[type] = frozenset(),
    name: str = "",
) -> Scalars:
    takes = {cls, *also, _NULL}
    return Scalars(name or cls.__name__, arrow, {*plain, _NULL}, takes, convert, arrow if stored is None else stored)


def _ints(values: Sequence[Any]) -> Scalars:
    """Without a sign where they fit no ``int64`` and none is below 0."""
    numbers = [value for value in values if value is not None]
    if max(numbers) >= 2**63 and min(numbers) >= 0:
        return _scalars(int, _data_type().uint64(), {int}, name="int without a sign")
    return _scalars(int, _data_type().int64(), {int})


def _floats(values: Sequence[Any]) -> Scalars:
    return _scalars(float, _data_type().float64(), {float}, _number, also={int})


def _decimals(values: Sequence[Any]) -> Scalars:
    """As many digits after the point as the longest of the first values has."""
    exponents = (value.as_tuple().exponent for value in values if isinstance(value, decimal.Decimal))
    longest = max((-exponent for exponent in exponents if isinstance(exponent, int)), default=0)
    scale = min(max(longest, 0), DIGITS)
    unit = decimal.Decimal((0, (1,), -scale))  # whatever the context of this thread

    def convert(value: Any) -> str:
        number = decimal.Decimal(value)
        if not number.is_finite():
            raise UnfitError("Decimal that is no number")
        try:
            return format(number.quantize(unit, context=_EXACT), "f")
        except decimal.DecimalException:
            raise UnfitError(f"{described(value)} that does not fit") from None

    name = f"Decimal of {DIGITS} digits, {scale} of them after the point"
    kinds = _data_type()
    return _scalars(
        decimal.Decimal, kinds.decimal128(DIGITS, scale), convert=convert, stored=kinds.utf8(), also={int}, name=name
    )


def _datetimes(values: Sequence[Any]) -> Scalars:
    first, kinds = next(value for value in values if value is not None), _data_type()
    if first.tzinfo is None:
        arrow, convert, name = kinds.timestamp("us"), _naive, "datetime without a zone"
    else:
        arrow, convert, name = kinds.timestamp("us", tz="UTC"), _aware, "datetime with a zone"
    return _scalars(dt.datetime, arrow, convert=convert, stored=kinds.int64(), name=name)


def _lists(values: Sequence[Any]) -> Kind | None:
    """JSON where the elements are lists and dicts, or of several kinds."""
    elements = _elements(values)
    classes = set(map(type, elements))
    bases = {_base(cls) for cls in classes} - {_NULL}
    if not bases:
        return None
    try:
        element = None if bases & {list, dict} else kind_of_values("", elements, classes, 0)
    except ValueError:
        return _json(values)
    return Lists(element) if isinstance(element, Scalars) else _json(values)


def _json(values: Sequence[Any]) -> Scalars:
    return _scalars(dict, _data_type().utf8(), convert=_json_text, also={list}, name="list or dict")


_OF_CLASS: Mapping[type, Callable[[Sequence[Any]], Kind | None]] = {
    bool: lambda _: _scalars(bool, _data_type().bool(), {bool}),
    int: _ints,
    float: _floats,
    str: lambda _: _scalars(str, _data_type().utf8(), {str}),
    bytes: lambda _: _scalars(bytes, _data_type().binary(), {bytes}, bytes),
    uuid.UUID: lambda _: _scalars(uuid.UUID, _data_type().utf8(), convert=str),
    decimal.Decimal: _decimals,
    dt.datetime: _datetimes,
    dt.date: lambda _: _scalars(dt.date, _data_type().date32(), convert=_day, stored=_data_type().int32()),
    dt.time: lambda _: _scalars(dt.time, _data_type().time64("us"), convert=_time, stored=_data_type().int64()),
    dt.timedelta: lambda _: _scalars(
        dt.timedelta, _data_type().duration("us"), convert=_span, stored=_data_type().int64()
    ),
    list: _lists,
    dict: _json,
}


# ------------------------------------------------------------------------------------------- the kind of a declaration


def kind_of_declared(name: str, declared: type) -> Scalars:
    """The kind of a declared column, which also takes what drivers give for it.

    A whole number is an int, 0 and 1 are bools, a Decimal is the nearest float, ISO 8601 text and a date are datetimes,
    seconds a timedelta; UUIDs, addresses, lists and dicts are text. Raises ValueError, naming the column, for a class
    that no column is declared as.
    """
    if declared not in _DECLARED:
        raise ValueError(f"column {cut(name)!r} is declared as {class_name(declared)}, which no column is")
    arrow, plain, convert = _DECLARED[declared](_data_type())
    moves = declared in (dt.datetime, dt.timedelta)
    stored = _data_type().int64() if moves else arrow
    return Scalars(class_name(declared), arrow, {*plain, _NULL}, None, convert, stored)


def _exact_int(value: Any) -> int:
    number = int(value)
    if isinstance(value, (str, bytes)):
        raise TypeError
    if number != value:
        raise UnfitError(f"{described(value)} that is no whole number")
    return number


def _number(value: Any) -> float:
    number = float(value)
    is_exact = isinstance(value, int) or math.isinf(number)  # a Decimal may lie between two floats
    if isinstance(value, (str, bytes)):
        raise TypeError
    if is_exact and number != value:
        raise UnfitError(f"{described(value)} that is no float")
    return number


def _flag(value: Any) -> bool:
    if value not in (0, 1):
        raise ValueError
    return bool(value)


def _text(value: Any) -> str:
    base = _base(type(value))
    if base is uuid.UUID:
        return str(value)
    if base in (list, dict):
        return _json_text(value)
    if base is not str:
        raise TypeError
    return value  # type: ignore[no-any-return]


def _binary(value: Any) -> bytes:
    if _base(type(value)) is not bytes:
        raise TypeError
    return bytes(value)


def _moment(value: Any) -> int:
    """One without a zone counts as UTC."""
    if not isinstance(value, dt.date):
        moment = dt.datetime.fromisoformat(value)
    else:
        moment = value if isinstance(value, dt.datetime) else dt.datetime(value.year, value.month, value.day)
    return _naive(moment) if moment.tzinfo is None else _aware(moment)


def _seconds(value: Any) -> int:
    if isinstance(value, dt.timedelta):
        return _span(value)
    if isinstance(value, (str, bytes)):
        raise TypeError
    return dt.timedelta(seconds=float(value)) // _MICROSECOND


_DECLARED: Mapping[type, Callable[[Any], tuple[Any, AbstractSet[type], Callable[[Any], Any]]]] = {
    int: lambda kinds: (kinds.int64(), {int}, _exact_int),
    float: lambda kinds: (kinds.float64(), {float}, _number),
    str: lambda kinds: (kinds.utf8(), {str}, _text),
    bytes: lambda kinds: (kinds.binary(), {bytes}, _binary),
    bool: lambda kinds: (kinds.bool(), {bool}, _flag),
    dt.datetime: lambda kinds: (kinds.timestamp("us", tz="UTC"), set(), _moment),
    dt.timedelta: lambda kinds: (kinds.duration("us"), set(), _seconds),
}


# ------------------------------------------------------------------------------------------------------------ one value


def _naive(value: dt.datetime) -> int:
    if value.tzinfo is not None:
        raise UnfitError("datetime with a zone")
    return _microseconds(value, value - _EPOCH)


def _aware(value: dt.datetime) -> int:
    if value.tzinfo is None:
        raise UnfitError("datetime without a zone")
    since = _microseconds(value, value - _EPOCH_IN_UTC)
    if not _FROM_YEAR_1 <= since <= _TO_YEAR_9999:
        raise OverflowError
    return since


def _microseconds(value: dt.datetime, since: dt.timedelta) -> int:
    if type(value) is not dt.datetime and since % _MICROSECOND != _MIDNIGHT:
        raise UnfitError(f"{described(value)} that is finer than a microsecond")
    return since // _MICROSECOND


def _span(value: dt.timedelta) -> int:
    return value // _MICROSECOND


def _day(value: dt.date) -> int:
    return value.toordinal() - _EPOCH.toordinal()


def _time(value: dt.time) -> int:
    if value.tzinfo is not None:
        raise UnfitError("time with a zone")
    return ((value.hour * 60 + value.minute) * 60 + value.second) * 1_000_000 + value.microsecond


def _json_text(value: Any) -> str:
    """Keys that are no text would become text, of which another one may be the same."""
    try:
        if not _has_text_keys(value):
            raise TypeError
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        raise UnfitError(f"{described(value)} that is no JSON") from None


def _has_text_keys(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) for key in value) and all(map(_has_text_keys, value.values()))
    return not isinstance(value, (list, tuple)) or all(map(_has_text_keys, value))
