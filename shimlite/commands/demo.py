# SPDX-License-Identifier: Apache-2.0
"""``shimlite demo``: a task from nothing. Its files are made, the pod's program runs on them, what it left is shown."""

from __future__ import annotations

import argparse
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

from .._idl import LiteralMap, TaskTemplate
from ..container.arguments import absolute
from ..container.storage import storage_for
from ..engine import dict_to_literal_map, literal_map_to_kwargs
from ..errors import ExecutorError, LocalFileError
from ..values import FlyteFile
from .reading import read_template
from .show import table

PACKAGE = __name__.rpartition(".commands")[0]
"""Ours, since a copy has another name."""
_ROOT = pathlib.Path(__file__).parents[PACKAGE.count(".") + 2]
"""Where it is imported from, which may be a folder that the demo leaves."""
WEATHER = """city,day,celsius
Oslo,2026-01-02,-7.5
Lagos,2026-01-02,31.0
Lima,2026-01-02,24.5
Perth,2026-01-02,33.5
Quito,2026-01-02,17.0
"""
SOURCE = f"""import csv
import dataclasses
import datetime

from {PACKAGE} import FlyteFile, ShimTaskExecutor, task_template


@dataclasses.dataclass
class Reading:
    city: str
    day: datetime.date
    celsius: float


class Warmest(ShimTaskExecutor):
    def execute_from_model(self, tt, weather: FlyteFile, at_least: float) -> list[Reading]:
        with open(weather) as file:
            rows = [row for row in csv.DictReader(file) if float(row["celsius"]) >= at_least]
        rows.sort(key=lambda row: float(row["celsius"]), reverse=True)
        return [Reading(row["city"], datetime.date.fromisoformat(row["day"]), float(row["celsius"])) for row in rows]


warmest = task_template(Warmest, name="demo.warmest", container_image="ghcr.io/acme/weather:1")
"""
PLACES = {
    "{{.input}}": "inputs.pb",
    "{{.outputPrefix}}": "out",
    "{{.rawOutputDataPrefix}}": "raw",
    "{{.taskTemplatePath}}": "task.pb",
}
"""What Flyte fills in when it makes a pod."""
INPUTS: dict[str, Any] = {"weather": FlyteFile("weather.csv"), "at_least": 20.0}


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", nargs="?", metavar="FOLDER", help="where to make the files (default: a new folder)")


def main(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    folder = absolute(options.folder or tempfile.mkdtemp(prefix="shimlite-demo-"))
    _check_free(folder)
    _write(folder, "weather.csv", WEATHER.encode())
    _write(folder, "weather.py", SOURCE.encode())
    print(f"$ cd {shlex.quote(folder)}\n$ cat weather.py")
    for line in SOURCE.splitlines():
        print(f"    {line}".rstrip())
    _run(folder, "shimlite", "package", "weather.py", "-o", "tasks.tgz")
    print("\nFlyte gives a pod the template and its inputs, here at_least 20 and the file weather.csv:")
    template = _as_flyte_does(folder)
    _run(folder, "shimlite", "inspect", "task.pb", "inputs.pb")
    _run(folder, *(PLACES.get(argument, argument) for argument in template.container.args))
    print("\nThe output o0, a list of records:")
    for line in table(_rows(folder, template)):
        print(f"    {line}")
    print("\nThe files:")
    for path in _files(folder):
        print(f"    {os.path.getsize(path):6,} bytes  {os.path.relpath(path, folder)}")
    print("\nTry there: shimlite run weather.py:warmest --input weather=weather.csv --input at_least=30")
    return 0


def _check_free(folder: str) -> None:
    """Raises LocalFileError where the folder has files that are not those of an earlier demo."""
    source = os.path.join(folder, "weather.py")
    is_ours = os.path.isfile(source) and storage_for(folder).read(source) == SOURCE.encode()
    if os.path.isdir(folder) and os.listdir(folder) and not is_ours:
        raise LocalFileError(f"{folder!r} has files already", hint="give a new folder")


def _write(folder: str, name: str, content: bytes) -> None:
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise LocalFileError(f"cannot make {folder!r}: {error.strerror}") from None
    storage_for(folder).write(os.path.join(folder, name), content)


def _run(folder: str, *command: str) -> None:
    """A command of ours in the folder, its output under it."""
    print(f"\n$ {shlex.join(command)}", flush=True)
    program, *arguments = command
    if program == "shimlite-execute":
        arguments.insert(0, "execute")
    searched = filter(None, (str(_ROOT), os.environ.get("PYTHONPATH")))
    ended = subprocess.run(
        [sys.executable, "-B", "-m", PACKAGE, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(searched)},
        stdout=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    for line in ended.stdout.splitlines():
        print(f"    {line}".rstrip())
    if ended.returncode:
        raise ExecutorError(f"{program} ended with exit code {ended.returncode}", hint="see its message above")


def _as_flyte_does(folder: str) -> TaskTemplate:
    """The template and the inputs of an execution, as files that a pod gets; returns the template."""
    template = read_template(os.path.join(folder, "tasks.tgz"))
    literals = dict_to_literal_map(INPUTS, template.interface.inputs)
    _write(folder, "task.pb", template.SerializeToString(deterministic=True))
    _write(folder, "inputs.pb", literals.SerializeToString(deterministic=True))
    return template


def _rows(folder: str, template: TaskTemplate) -> list[dict[str, Any]]:
    content = storage_for(folder).read(os.path.join(folder, "out", "outputs.pb"))
    values = literal_map_to_kwargs(LiteralMap.FromString(content), template.interface.outputs)
    rows: list[dict[str, Any]] = values["o0"]
    return rows


def _files(folder: str) -> Iterator[str]:
    for base, _, names in sorted(os.walk(folder)):
        yield from (os.path.join(base, name) for name in sorted(names))
