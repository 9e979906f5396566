# SPDX-License-Identifier: Apache-2.0
"""Tasks that ``shimlite package`` packaged, flytectl registered on Flyte 1.16.8, and pods ran.

A line of ``registered.jsonl`` has the template that was packaged, what
``flytectl get task NAME -p demo -d development --version v1 -o json`` printed, and ``task.pb`` as a pod got it.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal, NamedTuple, Optional, Union

import shimlite
from shimlite import FlyteDirectory, FlyteFile, ShimTaskExecutor, StructuredDataset, TaskTemplate
from shimlite.idl import Secret

IMAGE = "lite:1"


class Color(enum.Enum):
    RED = "red"
    GREEN = "green"


@dataclass
class Point:
    x: int
    y: float = 0.5


@dataclass
class Shape:
    name: str
    points: list[Point]
    color: Color = Color.RED
    when: Optional[datetime] = None
    extra: dict[str, int] = field(default_factory=dict)


class Drawn(NamedTuple):
    total: int
    shape: Shape


class Later(ShimTaskExecutor[Any]):
    def execute_from_model(self, tt: TaskTemplate, at: datetime, days: int) -> list[datetime]:
        return [at + timedelta(days=day) for day in range(days)]


class Draw(ShimTaskExecutor[Any]):
    def execute_from_model(
        self, tt: TaskTemplate, shape: Shape, shapes: list[Shape], by_name: dict[str, Point], maybe: Optional[int],
        either: Union[int, str, None], color: Color, level: Literal["low", "high"], plain: dict, day: date,
        span: timedelta, flag: bool, ratio: float,
    ) -> Drawn:  # fmt: skip
        return Drawn(len(shapes) + (maybe or 0), shape)


class Copy(ShimTaskExecutor[Any]):
    def execute_from_model(
        self,
        tt: TaskTemplate,
        file: FlyteFile["csv"],
        folder: FlyteDirectory,
        table: Annotated[StructuredDataset, {"a": int}],
    ) -> tuple[FlyteFile["csv"], str]:
        return file, table.uri


class Outer:
    class Inner(ShimTaskExecutor[Any]):
        def execute_from_model(self, tt: TaskTemplate, x: int) -> None:
            assert tt.custom["answer"] == 42.0


later = shimlite.task_template(Later, name="later.registered", container_image=IMAGE)
draw = shimlite.task_template(Draw, name="acme.shapes.draw", container_image=IMAGE)
copy = shimlite.task_template(Copy, name="copy", container_image=IMAGE)
everything = shimlite.task_template(
    Outer.Inner, name="Every_Thing", container_image=IMAGE, task_type="acme-sql", task_type_version=3,
    custom={"answer": 42, "deep": {"list": [None, True, 0.5, "text"]}, "placeholder": "{{.input}}"},
    environment={"B": "1", "A": "{{.input}}", "EMPTY": ""}, requests={"cpu": "250m", "mem": "64Mi", "ephemeral_storage": "1Mi"},
    limits={"cpu": 1, "mem": "0.125Gi"}, secret_requests=[Secret(group="db", key="password", mount_requirement=Secret.FILE)],
    cache=True, cache_version="1", cache_serialize=True, cache_ignore_input_vars=["x"], interruptible=True,
    deprecated="use another", retries=2, timeout=90, labels={"acme.com/team": "a-b"}, annotations={"note": "any text, é\\n"},
)  # fmt: skip
