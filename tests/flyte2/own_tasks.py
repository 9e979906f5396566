# SPDX-License-Identifier: Apache-2.0
"""Tasks of the SDK's before and after a ShimTask, as their own pods run them."""

import datetime as dt
import pathlib

import flyte
from flyte.io import File

from shimlite.flyte2 import ShimTask

from .executors import Color, Middle, Point

IMAGE = "ghcr.io/acme/later:1"

middle = ShimTask(Middle, name="middle", image=IMAGE)
shims = flyte.TaskEnvironment.from_task("shims", middle)
own = flyte.TaskEnvironment("own", image=IMAGE, depends_on=[shims])


@own.task
async def begin(n: int) -> tuple[Point, list[Color], File]:
    path = pathlib.Path("begun.txt")
    path.write_text("begun")
    return Point(n, dt.date(2026, 1, 2), Color.BLUE), [Color.RED], await File.from_local(str(path))


@own.task
async def end(point: Point, colors: list[Color], file: File) -> str:
    async with file.open("rb") as source:
        return f"{point} {colors} {bytes(await source.read()).decode()}"
