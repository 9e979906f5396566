# SPDX-License-Identifier: Apache-2.0
"""What a trivial task costs as a process, beside flytekit's and beside the mere import of what shimlite needs.

The programs are the installed ones with their compiled files. Not measured: a first start, which compiles or reads from
a cold disk; downloading; other executors; anything on a second core.
"""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from typing import Any

from benchmarks import FOLDER, tell

RESOLVER = "flytekit.core.python_customized_container_task.default_task_template_resolver"
IMPORTS = "import attrs, msgpack, google.protobuf, flyteidl.core.tasks_pb2"
NOTHING, NEEDED, OURS, THEIRS = (
    "python, nothing",
    "its four dependencies imported",
    "shimlite-execute",
    "pyflyte-execute",
)


def measure(quick: bool) -> dict[str, Any]:
    """Seconds and MB of each run of each command."""
    with tempfile.TemporaryDirectory() as folder:
        return _measure(folder, 2 if quick else 25)


def _measure(folder: str, runs: int) -> dict[str, Any]:
    pathlib.Path(folder, "trivial.py").write_text(
        "class Trivial:\n    def execute_from_model(self, tt):\n        pass\n"
    )
    pathlib.Path(folder, "task.pb").write_bytes(b"\x12\x07trivial")  # TaskTemplate(type="trivial")
    pathlib.Path(folder, "inputs.pb").write_bytes(b"")
    arguments = ["--inputs", f"{folder}/inputs.pb", "--output-prefix", f"{folder}/out", "--raw-output-data-prefix"]
    arguments += [f"{folder}/raw", "--resolver", RESOLVER, "--", f"{folder}/task.pb", "trivial.Trivial"]
    scripts = os.path.dirname(sys.executable)
    commands = {
        NOTHING: [sys.executable, "-c", "pass"],
        NEEDED: [sys.executable, "-c", IMPORTS],
        OURS: [f"{scripts}/{OURS}", *arguments],
        THEIRS: [f"{scripts}/{THEIRS}", *arguments],
    }
    return measured(commands, runs, folder, {})


def measured(
    commands: Mapping[str, list[str]], runs: int, folder: str, environment: Mapping[str, str]
) -> dict[str, Any]:
    """Seconds and MB of each run of commands that run in turn, and find their modules in ``folder``."""
    found: dict[str, Any] = {name: {"seconds": [], "megabytes": []} for name in commands}
    whole = {**os.environ, **environment, "PYTHONPATH": folder}
    for line in _in_turn(list(commands.values()), runs, whole).splitlines():
        number, seconds, megabytes = line.split()
        one = found[list(commands)[int(number)]]
        one["seconds"].append(round(float(seconds), 5))
        one["megabytes"].append(round(float(megabytes), 2))
    return found


def _in_turn(commands: list[list[str]], runs: int, environment: dict[str, str]) -> str:
    return subprocess.run(
        [sys.executable, "-S", str(FOLDER / "in_turn.py"), str(runs)],
        input="\n".join("\0".join(command) for command in commands),
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout


if __name__ == "__main__":
    tell(measure)
