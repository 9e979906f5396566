# SPDX-License-Identifier: Apache-2.0
"""Executors as an image has them: Python's and shimlite's types, and nothing of the SDK's."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
import enum
from typing import Any, Literal, NamedTuple

from shimlite import (
    FlyteDirectory,
    FlyteFile,
    FlyteSchema,
    IgnoreOutputs,
    ShimTaskExecutor,
    StructuredDataset,
    TaskTemplate,
    current_context,
)


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


@dataclasses.dataclass
class Point:
    x: int
    day: dt.date
    color: Color = Color.RED


@dataclasses.dataclass
class Holder:
    file: FlyteFile
    n: int = 1


@dataclasses.dataclass
class Nested:
    holders: list[Holder]


class Later(ShimTaskExecutor[list[dt.datetime]]):
    """The days from one on.

    Nobody else counts them.
    """

    def execute_from_model(self, tt: TaskTemplate, at: dt.datetime, days: int = 3) -> list[dt.datetime]:
        """The days from one on.

        Nobody else counts them.

        Args:
            at: the first of them
            days: how many
        """
        return [at + dt.timedelta(days=day) for day in range(days)]


class Levels:
    def execute_from_model(
        self, tt: TaskTemplate, level: Level, maybe: Level | None = Level.LOW
    ) -> tuple[list[Level], dict[str, Level | int]]:
        assert type(level) is Level
        return [level, Level.LOW], {"maybe": maybe or 7, "number": 1}


class Two(NamedTuple):
    z: int
    a: str


class Pair(ShimTaskExecutor[Two]):
    async def execute_from_model(self, tt: TaskTemplate, x: int, word: str = "w") -> Two:
        await asyncio.sleep(0)
        return Two(x + 1, word)


class Nothing:
    def execute_from_model(self, tt: TaskTemplate) -> None:
        """It has no inputs and no outputs."""


class Raises:
    def execute_from_model(self, tt: TaskTemplate, x: int) -> int:
        raise ValueError(f"of {x}")


class Leaves:
    """It ends in a way that is no error of its own."""

    def execute_from_model(self, tt: TaskTemplate, silently: bool) -> int:
        if silently:
            raise IgnoreOutputs
        raise SystemExit(3)


class Wrong:
    calls = 0

    def execute_from_model(self, tt: TaskTemplate, x: int) -> int:
        Wrong.calls += 1
        return "no int"  # type: ignore[return-value]


class Says:
    """What it sees of the template."""

    def execute_from_model(self, tt: TaskTemplate) -> dict[str, Any]:
        id_ = tt.id
        return {"id": [id_.project, id_.domain, id_.name, id_.version], "type": tt.type, "custom": tt.custom}


class Copies:
    def execute_from_model(self, tt: TaskTemplate, file: FlyteFile) -> FlyteFile:
        with open(file) as source, open(f"{current_context().working_directory}/copy.txt", "w") as target:
            target.write(f"a copy of {source.read()}")
        return FlyteFile(target.name)


class Held:
    def execute_from_model(self, tt: TaskTemplate, x: Holder) -> Holder:
        return x


class SdkHeld:
    def execute_from_model(self, tt: TaskTemplate, x: Holder) -> str:
        with open(x.file) as source:
            return f"{source.read()} {x.n}"


class NestedHeld:
    def execute_from_model(self, tt: TaskTemplate, x: dict[str, Nested]) -> None: ...


class Anything:
    def execute_from_model(self, tt: TaskTemplate, **inputs: Any) -> Any:
        return next(iter(inputs.values()), None)


class Literals:
    def execute_from_model(
        self, tt: TaskTemplate, word: Literal["a", "b"], numbers: list[Literal[1, 2]]
    ) -> Literal["c"]:
        return "c"


class Files:
    def execute_from_model(
        self,
        tt: TaskTemplate,
        file: FlyteFile,
        csv: FlyteFile["csv"],  # noqa: F821, UP037 - a format
        folder: FlyteDirectory,
        table: StructuredDataset,
        files: list[FlyteFile],
        by_name: dict[str, FlyteFile | None],
    ) -> None: ...


class Bytes:
    def execute_from_model(self, tt: TaskTemplate, x: bytes) -> None: ...


class Schema:
    def execute_from_model(self, tt: TaskTemplate, x: FlyteSchema) -> None: ...


class Tuple:
    def execute_from_model(self, tt: TaskTemplate, x: int) -> set[int]:
        return {x}


class Kinds:
    """Every scalar type, what is made of them, and records."""

    def execute_from_model(
        self,
        tt: TaskTemplate,
        integer: int,
        number: float,
        text: str,
        flag: bool,
        time: dt.datetime,
        day: dt.date,
        span: dt.timedelta,
        nothing: None,
        numbers: list[int],
        by_name: dict[str, float],
        plain: dict,
        either: int | str | None,
        point: Point,
        points: list[Point],
        maybe: Point | None,
    ) -> tuple[list[Point], str | int]:
        return [point, *points], either or 0


class Passed(NamedTuple):
    point: Point
    colors: list[Color]
    file: FlyteFile


class Middle:
    """Between two tasks of the SDK's."""

    def execute_from_model(self, tt: TaskTemplate, point: Point, colors: list[Color], file: FlyteFile) -> Passed:
        with open(file) as source, open("passed.txt", "w") as target:
            target.write(f"{source.read()}, passed")
        return Passed(dataclasses.replace(point, x=point.x + 1), [*colors, Color.BLUE], FlyteFile("passed.txt"))
