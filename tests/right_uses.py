# SPDX-License-Identifier: Apache-2.0
"""Executors as people write them, in which strict mypy and pyright find nothing.

Nobody runs this file; ``python -m tests.public_types`` has it checked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from shimlite import ExecutableTemplateShimTask, FlyteFile, ShimTaskExecutor, TaskTemplate, task_template
from shimlite import idl as messages
from shimlite.executors.sqlite3 import SQLite3TaskExecutor


@dataclass
class Order:
    price: float
    day: dt.date | None = None


class Both(NamedTuple):
    total: float
    report: FlyteFile


class Named(ShimTaskExecutor[Any]):
    def execute_from_model(self, tt: TaskTemplate, orders: list[Order], to: dt.date) -> Both:
        return Both(sum(order.price for order in orders), FlyteFile(str(tt.custom["uri"])))


class Defaulted(ShimTaskExecutor[Any]):
    def execute_from_model(self, tt: TaskTemplate, order: Order, days: int = 1) -> Order | None:
        return order if days else None


class Awaited(ShimTaskExecutor[Any]):
    async def execute_from_model(self, tt: TaskTemplate, order: Order) -> Order:
        return order


class KeywordsOnly(ShimTaskExecutor[Any]):
    def execute_from_model(self, tt: TaskTemplate, /, *, a: int, b: str) -> str:
        return b * a


class AnyInputs(ShimTaskExecutor[Any]):
    def execute_from_model(self, tt: TaskTemplate, **kwargs: Any) -> dict[str, Any]:
        return kwargs


class InputNamedAsTheTemplate(ShimTaskExecutor[Any]):
    def execute_from_model(self, template: TaskTemplate, tt: int) -> None:
        print(template.id.name, tt)


class Untyped(ShimTaskExecutor[Any]):
    def execute_from_model(self, tt: TaskTemplate, anything: dict[Any, Any]) -> dict[Any, Any]:
        return anything


class Further(Named):
    def execute_from_model(self, tt: TaskTemplate, orders: list[Order], to: dt.date, more: int = 0) -> Both:
        return super().execute_from_model(tt, orders[more:], to)


class NotDerived:
    def execute_from_model(self, tt: TaskTemplate, order: Order) -> float:
        return order.price


class NotDerivedAndAwaited:
    async def execute_from_model(self, tt: TaskTemplate, *, order: Order) -> float:
        return order.price


class Static:
    @staticmethod
    def execute_from_model(tt: TaskTemplate, a: int) -> int:
        return a


class Attribute:
    execute_from_model: Callable[..., int]


def loaded() -> type[Any]:
    return Named


def loaded_executor() -> type[ShimTaskExecutor[Any]]:
    return Named


made: messages.TaskTemplate = task_template(Named, name="named", container_image="image:1")
for each in (
    ExecutableTemplateShimTask(made, Named),
    ExecutableTemplateShimTask(made, Defaulted),
    ExecutableTemplateShimTask(made, Awaited),
    ExecutableTemplateShimTask(made, KeywordsOnly),
    ExecutableTemplateShimTask(made, AnyInputs),
    ExecutableTemplateShimTask(made, InputNamedAsTheTemplate),
    ExecutableTemplateShimTask(made, Untyped),
    ExecutableTemplateShimTask(made, Further),
    ExecutableTemplateShimTask(TaskTemplate(made), NotDerived),
    ExecutableTemplateShimTask(made, NotDerivedAndAwaited),
    ExecutableTemplateShimTask(made, Static),
    ExecutableTemplateShimTask(made, Attribute),
    ExecutableTemplateShimTask(made, SQLite3TaskExecutor),
    ExecutableTemplateShimTask(made, loaded()),
    ExecutableTemplateShimTask(made, loaded_executor()),
):
    print(each.name, each.dispatch_execute(None, messages.LiteralMap()))
task_template(NotDerived, name="x", container_image="image:1", inputs={"order": Order}, outputs={"o0": float})
task_template(Awaited, name="x", container_image="image:1")
