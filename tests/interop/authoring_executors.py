# SPDX-License-Identifier: Apache-2.0
"""Executors of ``test_authoring``, at a module's top as a template names them. Neither library is imported here."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
from typing import Any, NamedTuple, Optional, Union


class Color(enum.Enum):
    RED = "red"


@dataclasses.dataclass
class Order:
    id: int
    due: dt.date


class Pair(NamedTuple):
    total: int
    mean: float


class One(NamedTuple):
    total: int


class Anything:
    def execute_from_model(self, tt: Any, **kwargs: Any) -> Any:
        return kwargs


class Scalars:
    def execute_from_model(self, tt: Any, a: int, b: str, c: float, d: bool) -> str:
        """Join.

        Args:
            a: the first,
                an int
            b: the second

        Returns:
            all of them
        """
        return f"{a}{b}{c}{d}"


class Named:
    def execute_from_model(self, tt: Any, values: list[int]) -> Pair:
        """Add up.

        :param values: to add
        :returns total: the sum
        """
        return Pair(sum(values), sum(values) / len(values))


class NamedAlone:
    def execute_from_model(self, tt: Any, a: int) -> One:
        """
        Parameters
        ----------
        a : int
            the only one

        Returns
        -------
        total : int
            itself
        """
        return One(a)


class Two:
    def execute_from_model(self, tt: Any, a: Optional[int]) -> tuple[int, str]:
        """Two results.

        Returns:
            both
        """
        return a or 0, str(a)


class Records:
    def execute_from_model(self, tt: Any, order: Order, by: dict[str, Color], when: Union[int, dt.datetime]) -> Order:
        return dataclasses.replace(order, id=order.id + len(by))


class Nothing:
    def execute_from_model(self, tt: Any) -> None:
        """Nothing at all."""
