# SPDX-License-Identifier: Apache-2.0
"""Values of subclasses: read by the built-in class's own methods, and refused where they hold more than it says."""

import datetime as dt
import math
import typing
from dataclasses import make_dataclass
from typing import Any, Optional

import attr
import attrs
import pytest

import shimlite
from shimlite import ConversionValueError
from shimlite.engine import to_plain
from shimlite.equality import same

from ..support import packed, primitive, raw, refusal, round_trip, shape, unpacked

UTC = dt.timezone.utc
NAIVE = dt.datetime(2026, 1, 2, 3, 4, 5, 6)


class Timestamp(dt.datetime):
    """As pandas': a datetime that also has nanoseconds, which only ``==`` and its text tell."""

    nanosecond = 0

    def __eq__(self, other: object) -> bool:
        return self.nanosecond == getattr(other, "nanosecond", 0) and dt.datetime.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = dt.datetime.__hash__

    def isoformat(self, *arguments: Any, **words: Any) -> str:
        return f"{dt.datetime.isoformat(self, *arguments, **words)}{self.nanosecond:03}"


class Timedelta(dt.timedelta):
    nanoseconds = 0

    def __eq__(self, other: object) -> bool:
        return self.nanoseconds == getattr(other, "nanoseconds", 0) and dt.timedelta.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = dt.timedelta.__hash__

    def total_seconds(self) -> float:
        return dt.timedelta.total_seconds(self) + self.nanoseconds * 1e-9


Timestamp.__module__ = "pandas._libs.tslibs.timestamps"
Timedelta.__module__ = "pandas._libs.tslibs.timedeltas"


def stamp(nanosecond: int, zone: Optional[dt.tzinfo] = UTC) -> Timestamp:
    value = Timestamp(2026, 1, 2, 3, 4, 5, 6, tzinfo=zone)
    value.nanosecond = nanosecond
    return value


def span(nanoseconds: int, **words: float) -> Timedelta:
    value = Timedelta(**words)
    value.nanoseconds = nanoseconds
    return value


def record_of(field_type: Any, make: Any = make_dataclass) -> Any:
    fields = [("x", field_type)] if make is make_dataclass else {"x": attr.ib(type=field_type)}
    return make("Record", fields)


EXACT = {dt.datetime: NAIVE.replace(tzinfo=UTC), dt.timedelta: dt.timedelta(days=-1, microseconds=1)}
INEXACT = [
    (dt.datetime, stamp(1)),
    (dt.datetime, stamp(999, None)),
    (dt.datetime, stamp(500, dt.timezone(dt.timedelta(hours=2)))),
    (dt.timedelta, span(1)),
    (dt.timedelta, span(-1, days=-1)),
    (dt.timedelta, span(999, hours=5)),
]


@pytest.mark.parametrize(("kind", "value"), INEXACT)
def test_what_holds_nanoseconds_is_refused_wherever_it_stands(kind, value):
    record, open_record = record_of(kind), record_of(Optional[list[kind]], attrs.make_class)
    union_record = record_of(typing.Union[str, kind])
    for as_type, whole, path in (
        (kind, value, ""),
        (list[kind], [EXACT[kind], value], "[1]: "),
        (dict[str, kind], {"k": value}, "['k']: "),
        (dict[int, kind], {1: value}, "[1]: "),
        (dict[kind, int], {value: 1}, f"[{type(value).__name__}]: "),
        (record, record(value), ".x: "),
        (open_record, open_record([value]), ".x[0]: "),
        (union_record, union_record(value), ".x: "),
        (Optional[kind], value, ""),
        (typing.Union[int, kind], value, ""),
        (shimlite.to_literal_type(kind), value, ""),
    ):
        assert refusal(ConversionValueError, shimlite.to_literal, whole, as_type).startswith(f"{path}expected "), (
            as_type
        )
    assert refusal(ConversionValueError, to_plain, record(value), record).startswith(".x: expected ")
    project = shimlite.fidelity(kind, kind).project
    assert refusal(ConversionValueError, project, value) == refusal(
        ConversionValueError, shimlite.to_literal, value, kind
    )


@pytest.mark.parametrize(("value", "kind"), [(stamp(0), dt.datetime), (stamp(0, None), dt.datetime),
                                             (span(0, days=-1, microseconds=1), dt.timedelta)])  # fmt: skip
def test_what_holds_none_is_its_built_in_value(value, kind):
    exact = NAIVE.replace(tzinfo=value.tzinfo) if kind is dt.datetime else EXACT[kind]
    assert shimlite.to_literal(value, kind) == shimlite.to_literal(exact, kind)
    record = record_of(kind)
    assert shape(round_trip(record(value), record)) == shape(record(exact))
    assert shape(round_trip({value: 1}, dict[kind, int])) == shape({exact: 1})


class Lies:
    """Every word that a conversion might ask a value for."""

    def __int__(self) -> int:
        return 77

    __index__ = __trunc__ = __round__ = __floor__ = __hash__ = __int__

    def __float__(self) -> float:
        return 77.0

    total_seconds = timestamp = __float__

    def __str__(self) -> str:
        return "2077-01-01"

    __repr__ = strftime = decode = hex = __str__

    def isoformat(self, *_: Any, **__: Any) -> str:
        return "2077-01-01T00:00:00+00:00"

    def __format__(self, _: str) -> str:
        return "77"

    def __bytes__(self) -> bytes:
        return b"77"

    def __bool__(self) -> bool:
        return False

    def __len__(self) -> int:
        return 77

    def is_integer(self) -> bool:
        return False

    def __floordiv__(self, _: object) -> int:
        return 77

    def __divmod__(self, _: object) -> tuple[int, int]:
        return 77, 77

    def toordinal(self) -> int:
        return 770_000

    def encode(self, *_: Any) -> bytes:
        return b"77"


def lying(base: Any, *arguments: Any, **words: Any) -> Any:
    own = {name: word for name, word in vars(Lies).items() if callable(word)}
    return type("Liar", (base,), {**own, "__hash__": base.__hash__})(*arguments, **words)


LIARS = [
    (lying(int, 5), int, 5),
    (lying(int, -(2**63)), int, -(2**63)),
    (lying(int, 5), float, 5.0),
    (lying(float, 1.5), float, 1.5),
    (lying(float, -0.0), float, -0.0),
    (lying(float, "nan"), float, math.nan),
    (lying(str, "a"), str, "a"),
    (lying(str, "\u2603"), str, "\u2603"),
    (lying(bytes, b"a"), bytes, b"a"),
    (lying(dt.datetime, 2026, 1, 2, tzinfo=UTC), dt.datetime, dt.datetime(2026, 1, 2, tzinfo=UTC)),
    (lying(dt.date, 2026, 1, 2), dt.date, dt.date(2026, 1, 2)),
    (lying(dt.timedelta, days=1, microseconds=1), dt.timedelta, dt.timedelta(days=1, microseconds=1)),
]


@pytest.mark.parametrize(("value", "kind", "exact"), LIARS, ids=range(len(LIARS)))
def test_a_subclass_is_read_by_the_built_ins_own_methods(value, kind, exact):
    record, union_record = record_of(kind), record_of(Optional[list[kind]], attrs.make_class)
    for whole, as_type, plain in (
        (value, kind, exact),
        ([value], list[kind], [exact]),
        ({"k": value}, dict[str, kind], {"k": exact}),
        ({value: 1}, dict[kind, int], {exact: 1}),
        (record(value), record, record(exact)),
        (union_record([value]), union_record, union_record([exact])),
    ):
        literal = shimlite.to_literal(whole, as_type)
        assert literal.SerializeToString() == shimlite.to_literal(plain, as_type).SerializeToString()
        assert shape(shimlite.to_python_value(literal, as_type)) == shape(plain)
    if kind in (int, float, str, bytes):
        base, anything = type(value).__base__, record_of(Any)
        own = base(exact)
        assert same(unpacked(shimlite.to_literal({"b": [value], value: 1}, dict)), {"b": [own], own: 1})
        assert shape(round_trip(anything(value), anything)) == shape(anything(own))


def test_the_literals_themselves():
    assert shimlite.to_literal(lying(int, 5), int) == primitive(integer=5)
    assert shimlite.to_literal(lying(float, 1.5), float) == primitive(float_value=1.5)
    assert shimlite.to_literal(lying(str, "a"), str) == primitive(string_value="a")
    assert shimlite.to_literal(lying(bytes, b"a"), bytes) == raw(b"a", "bytes")
    assert shimlite.to_literal({"a": lying(int, 5)}, dict) == packed({"a": 5})
