# SPDX-License-Identifier: Apache-2.0
"""Values of the scalars, and JSON-like values made of them.

Two scalars have values that a literal, or a field of a record, cannot hold. ``UTC_DATETIMES`` are those that UTC can
say, ``PROTO_DELTAS`` those that fit a ``Duration``, ``EXACT_DELTAS`` those that a double of seconds holds too.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from .awkward import (
    BYTES,
    DATE_TEXTS,
    DATES,
    DELTAS,
    FLOATS,
    INTS,
    NAMED_ZONES,
    TEN_THOUSAND_YEARS,
    TEXTS,
    TIMES,
    ZONES,
    from_pool,
    text,
)

MOST_ITEMS = 3
"""Elements of a container: an error in the handling of many shows with three."""

INTEGERS = from_pool(INTS, st.integers(-(2**63), 2**63 - 1))
NUMBERS = from_pool(FLOATS, st.floats())
WORDS = from_pool((*TEXTS, *DATE_TEXTS), text(5))
BLOBS = from_pool(BYTES, st.binary(max_size=5))
DAYS = from_pool(DATES, st.dates())
ANY_DELTAS = from_pool(DELTAS, st.timedeltas())
PROTO_DELTAS = from_pool(DELTAS[:-1], st.timedeltas(-TEN_THOUSAND_YEARS, TEN_THOUSAND_YEARS))


@st.composite
def _datetimes(draw: st.DrawFn) -> dt.datetime:
    """Naive ones, and aware ones in fixed and named zones, with both folds."""
    moment: dt.datetime = draw(from_pool(TIMES, st.datetimes()))
    zone = draw(st.sampled_from((None, None, *ZONES, *NAMED_ZONES)))
    if zone is None:
        return moment
    tzinfo = zoneinfo.ZoneInfo(zone) if isinstance(zone, str) else zone
    return moment.replace(tzinfo=tzinfo, fold=draw(st.integers(0, 1)))


def _within_utc(moment: dt.datetime) -> dt.datetime:
    """The same, or the same reading of the clock in UTC where the moment lies outside the years 1 to 9999 there."""
    try:
        moment.astimezone(dt.timezone.utc) if moment.tzinfo else moment
    except OverflowError:
        return moment.replace(tzinfo=dt.timezone.utc)
    return moment


def _exact(delta: dt.timedelta) -> dt.timedelta:
    """The nearest that a double of seconds holds."""
    return dt.timedelta(seconds=delta.total_seconds())


ANY_DATETIMES = _datetimes()
UTC_DATETIMES = ANY_DATETIMES.map(_within_utc)
EXACT_DELTAS = PROTO_DELTAS.map(_exact)

SCALARS: dict[Any, SearchStrategy[Any]] = {
    type(None): st.none(),
    bool: st.booleans(),
    int: INTEGERS,
    float: NUMBERS,
    str: WORDS,
    bytes: BLOBS,
    dt.datetime: ANY_DATETIMES,
    dt.date: DAYS,
    dt.timedelta: ANY_DELTAS,
}
"""All values of each scalar, as Python sees them."""

_KEYS = st.one_of(WORDS, st.integers(-(2**63), 2**64 - 1), BLOBS, st.booleans(), st.none(), st.floats(allow_nan=False))
_WIDE = st.sampled_from((2**63, 2**64 - 1))
"""What msgpack holds beyond int64."""
_ATOMS = st.one_of(st.none(), st.booleans(), INTEGERS, _WIDE, NUMBERS, WORDS, BLOBS)


def json_values(max_depth: int) -> SearchStrategy[Any]:
    """JSON-like values as msgpack holds them: with bytes, keys of any scalar, and ints up to 2**64 - 1."""
    if max_depth <= 1:
        return _ATOMS
    lists = st.lists(json_values(max_depth - 1), max_size=MOST_ITEMS)
    return st.one_of(_ATOMS, lists, lists.map(tuple), json_dicts(max_depth))


def json_dicts(max_depth: int) -> SearchStrategy[dict[Any, Any]]:
    return st.dictionaries(_KEYS, json_values(max_depth - 1), max_size=MOST_ITEMS)
