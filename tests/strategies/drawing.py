# SPDX-License-Identifier: Apache-2.0
"""Draws from a strategy outside of a property: the same ones each time."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import hypothesis
from hypothesis.strategies import SearchStrategy


def drawn(strategy: SearchStrategy[Any], count: int = 100, seed: int = 0) -> list[Any]:
    """What hypothesis draws with its own default settings: no health check is suppressed."""
    found = []

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=count,
        database=None,
        suppress_health_check=(),
        deadline=None,
        phases=[hypothesis.Phase.generate],
    )
    @hypothesis.given(strategy)
    def collect(one: Any) -> None:
        found.append(one)

    collect()
    return found


def smallest(strategy: SearchStrategy[Any], wanted: Callable[[Any], Any] = lambda one: True) -> Any:
    """What a failing test shrinks to."""
    return _found(strategy, wanted, hypothesis.Phase.generate, hypothesis.Phase.shrink)


def some(strategy: SearchStrategy[Any], wanted: Callable[[Any], Any]) -> Any:
    """The first that is wanted, as it was drawn."""
    return _found(strategy, wanted, hypothesis.Phase.generate)


def _found(strategy: SearchStrategy[Any], wanted: Callable[[Any], Any], *phases: hypothesis.Phase) -> Any:
    settings = hypothesis.settings(database=None, max_examples=5000, deadline=None, phases=phases)
    return hypothesis.find(strategy, wanted, settings=settings, random=random.Random(0))
