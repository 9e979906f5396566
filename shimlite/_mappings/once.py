# SPDX-License-Identifier: Apache-2.0
"""A cache of what must not be made twice."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import Any, TypeVar

_T = TypeVar("_T")


def made_once(maxsize: int) -> Callable[[Callable[..., _T]], Callable[..., _T]]:
    """As ``functools.lru_cache``, which lets two threads that ask at once make one each.

    Of two classes for one type, the values of the one would be refused as the other.
    """

    def decorated(make: Callable[..., _T]) -> Callable[..., _T]:
        cached = functools.lru_cache(maxsize)(make)
        lock = threading.RLock()

        @functools.wraps(make)
        def get(*arguments: Any) -> _T:
            with lock:
                return cached(*arguments)

        return get

    return decorated
