# SPDX-License-Identifier: Apache-2.0
"""Trying the members of a union, in bounded time. Each thread has a budget for one conversion.

A union of unions has as many readings as there are ways to choose a member of each. The callers say which members are
tried, in which order, and which of them is right. Next: ``nodes``.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from ..errors import ConversionError, ConversionValueError

_T = TypeVar("_T")

MOST_TRIES = 20_000
"""Members tried while another is being tried; each takes some 10 us, besides the values in it."""
MOST_VALUES = 1_000_000
"""Values, or bytes of msgpack, that are converted in a try inside a try."""


class _Budget(threading.local):
    tries = MOST_TRIES
    values = MOST_VALUES
    depth = 0


_BUDGET = _Budget()


def renew_budget() -> None:
    """Start a new budget. The engine calls this before each conversion."""
    _BUDGET.tries, _BUDGET.values = MOST_TRIES, MOST_VALUES


def tried(items: Iterable[_T], convert: Callable[[_T], Any]) -> Iterator[tuple[_T, Any]]:
    """Each item that converts, with its result. Raises ConversionValueError once the tries are spent."""
    for item in items:
        _BUDGET.tries -= _BUDGET.depth > 0
        _refuse_if_spent()
        _BUDGET.depth += 1
        try:
            result = convert(item)
        except ConversionError:
            _refuse_if_spent()
            continue
        finally:
            _BUDGET.depth -= 1
        yield item, result


def spend(count: int) -> None:
    """Count values. Raises ConversionValueError where tries inside tries convert too many."""
    if _BUDGET.depth > 1:
        _BUDGET.values -= count
        _refuse_if_spent()


def reads_many_times() -> bool:
    """Whether a try is inside a try. What takes time for each byte is not to be done then: values alone are counted."""
    return _BUDGET.depth > 1


def _refuse_if_spent() -> None:
    if _BUDGET.tries < 0:
        raise ConversionValueError(f"its unions have more than {MOST_TRIES} readings")
    if _BUDGET.values < 0:
        raise ConversionValueError(f"the readings of its unions have more than {MOST_VALUES} values")
