# SPDX-License-Identifier: Apache-2.0
"""Pools of awkward values: the ends of ranges, the odd ones out, and what looks like something else.

The plainest come first in each pool, since a failing test shrinks towards them.
"""

from __future__ import annotations

import datetime as dt
import math
import sys
from collections.abc import Iterable
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

INTS = (0, 1, -1, 2, 2**31, 2**53 - 1, 2**53, 2**53 + 1, -(2**53) - 1, 2**63 - 1, -(2**63))
FLOATS = (0.0, -0.0, 1.0, -1.5, 0.1, 5e-324, 1.7976931348623157e308, 2.0**53, math.inf, -math.inf, math.nan)
TEXTS = ("", "a", "b", "5", " ", "\x00", "True", "null", "é", "e\u0301", "\u2028", "\ud7ff", "\U0001f600", "\U0010ffff")
DATE_TEXTS = ("2024-02-29", "2024-02-29T00:00:00", "2024-02-29T01:02:03.000004+05:45", "0001-01-01T00:00:00Z")
ISO_TIMES = (
    "1970-01-01T00:00:00Z",
    "2024-02-29 01:02:03",
    "2024-02-29T01:02:03.5+05:45",
    "2024-02-29T01:02:03,000004-11:59:59",
    "2024-02-29T01:02:03.123456789z",
)
"""As writers of other languages spell them."""
BYTES = (b"", b"\x00", b"\xff\xfe", b"YQ==", b"\xc1")
DATES = (dt.date(1970, 1, 1), dt.date(1969, 12, 31), dt.date(2024, 2, 29), dt.date(1, 1, 1), dt.date(9999, 12, 31))
ZONES = (
    dt.timezone.utc,
    dt.timezone(dt.timedelta(hours=5, minutes=45)),
    dt.timezone(dt.timedelta(hours=14)),
    dt.timezone(-dt.timedelta(hours=11, minutes=59, seconds=59)),
    dt.timezone(dt.timedelta(seconds=1), "a second"),
    dt.timezone(-dt.timedelta(seconds=1)),
)
NAMED_ZONES = ("Europe/Berlin", "America/St_Johns", "Asia/Kathmandu")
TIMES = (
    dt.datetime(1970, 1, 1),
    dt.datetime(1969, 12, 31, 23, 59, 59, 999_999),
    dt.datetime(2021, 10, 31, 2, 30, fold=1),
    dt.datetime(2024, 2, 29, 1, 2, 3, 4, tzinfo=ZONES[1]),
    dt.datetime(1, 1, 1),
    dt.datetime(1, 1, 1, tzinfo=dt.timezone.utc),
    dt.datetime(1, 1, 1, tzinfo=ZONES[2]),  # before the year 1 in UTC
    dt.datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=dt.timezone.utc),
    dt.datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=ZONES[3]),  # after the year 9999 in UTC
)
TEN_THOUSAND_YEARS = dt.timedelta(seconds=315_576_000_000)
"""The longest that protobuf's ``Duration`` may be (duration.proto)."""
DELTAS = (
    dt.timedelta(0),
    dt.timedelta(microseconds=1),
    dt.timedelta(microseconds=-1),
    dt.timedelta(days=-1, microseconds=1),
    dt.timedelta(seconds=1.5),
    TEN_THOUSAND_YEARS,
    -TEN_THOUSAND_YEARS,
    TEN_THOUSAND_YEARS - dt.timedelta(microseconds=1),
    TEN_THOUSAND_YEARS + dt.timedelta(microseconds=1),  # beyond what Duration may hold
)
URIS = ("", "s3://bucket/key", "gs://b/a b/ü.csv", "s3://b/[a]*?", "s3://b/dir/", "abfs://c@a/x#y")
FORMATS = ("csv", "parquet", "tar.gz")
ENUM_VALUES = ("a", "", "b", "red", "mro", "name", "_x_", "__y__", "value_0", "a b", "1", "é", "None")
FIELD_NAMES = ("x", "y", "id", "name", "value", "values", "title", "type", "items", "self", "path", "_private", "É")
CLASS_NAMES = ("Point", "Order", "Record", "Größe", "FlyteFile_", "Model")

AWKWARD: dict[type, tuple[Any, ...]] = {
    type(None): (None,),
    bool: (False, True),
    int: INTS,
    float: FLOATS,
    str: (*TEXTS, *DATE_TEXTS),
    bytes: BYTES,
    dt.datetime: TIMES,
    dt.date: DATES,
    dt.timedelta: DELTAS,
}
"""The awkward values of each scalar."""


def from_pool(pool: Iterable[Any], strategy: SearchStrategy[Any]) -> SearchStrategy[Any]:
    """Awkward values about as often as arbitrary ones."""
    return st.one_of(st.sampled_from(list(pool)), strategy)


def text(max_size: int, min_size: int = 0) -> SearchStrategy[str]:
    """Any text that UTF-8 can say, half of its characters ASCII; it shrinks to ``a``.

    Not hypothesis's own text: where there is no ``.hypothesis`` yet, that looks up the categories of all of Unicode
    while it draws the first, which takes so long that a health check fails.
    """
    return st.lists(st.integers(0, 2 * _CHARACTERS - 1), min_size=min_size, max_size=max_size).map(_spelled)


_ASCII, _FIRST_SURROGATE, _SURROGATES = 0x80, 0xD800, 0x800
_CHARACTERS = sys.maxunicode + 1 - _SURROGATES


def _spelled(codes: list[int]) -> str:
    return "".join(map(_character, codes))


def _character(code: int) -> str:
    if code < _CHARACTERS:
        return chr((ord("a") + code) % _ASCII)
    point = code - _CHARACTERS
    return chr(point if point < _FIRST_SURROGATE else point + _SURROGATES)
