# SPDX-License-Identifier: Apache-2.0
"""What a pod's process costs on Flyte 2 whose task adds one: shimlite's beside the SDK's own.

Each runs the arguments that the SDK registers of it, on local files. Not measured: what the platform itself takes, and
the SDK's code bundle, which an image without the task's module downloads first.
"""

from __future__ import annotations

import importlib
import os
import pathlib
import sys
import tempfile
from typing import Any

from benchmarks import start_up, tell

OURS, THEIRS = "shimlite-execute", "a0"
EXECUTOR = """
class Plus:
    def execute_from_model(self, tt, x: int) -> int:
        return x + 1
"""
TASK = """
import flyte

env = flyte.TaskEnvironment("own", image="plus:1")


@env.task
async def plus(x: int) -> int:
    return x + 1
"""
ENVIRONMENT = """
ACTION_NAME=a0 RUN_NAME=run FLYTE_INTERNAL_EXECUTION_PROJECT=p FLYTE_INTERNAL_EXECUTION_DOMAIN=d _U_ORG_NAME=o
_U_EP_OVERRIDE=dns:///127.0.0.1:1 _U_INSECURE=true DO_NOT_TRACK=1 LOG_LEVEL=40
"""
"""What the platform sets; of the service, which nobody calls here, the address alone."""
FOUR = b"\n\x0b\n\x01x\x12\x06\n\x04\n\x02\x08\x04"
"""A ``LiteralMap`` of the INTEGER x, which is 4."""


def measure(quick: bool) -> dict[str, Any]:
    """Seconds and MB of each run of each program."""
    with tempfile.TemporaryDirectory() as folder:
        return _measure(folder, 2 if quick else 25)


def _measure(folder: str, runs: int) -> dict[str, Any]:
    for name, content in (("added.py", EXECUTOR), ("own.py", TASK)):
        pathlib.Path(folder, name).write_text(content)
    pathlib.Path(folder, "inputs.pb").write_bytes(FOUR)
    environment = dict(one.split("=") for one in [*ENVIRONMENT.split(), f"_U_RUN_BASE={folder}"])
    commands = {name: _command(args, folder) for name, args in _arguments(folder).items()}
    found = start_up.measured(commands, runs, folder, environment)
    if pathlib.Path(folder, "error.pb").exists():
        sys.exit("a task failed: error.pb is there")
    return found


def _arguments(folder: str) -> dict[str, list[str]]:
    """What the SDK registers for each program."""
    from flyte.models import SerializationContext

    from shimlite.flyte2 import ShimTask

    sys.path.insert(0, folder)
    executor, own = importlib.import_module("added").Plus, importlib.import_module("own").plus
    context = SerializationContext(version="v1", project="p", domain="d", root_dir=pathlib.Path(folder))
    tasks = {OURS: ShimTask(executor, name="plus", image="plus:1"), THEIRS: own}
    return {name: task.container_args(context) for name, task in tasks.items()}


def _command(args: list[str], folder: str) -> list[str]:
    """As the platform fills the arguments in."""
    values = {
        "{{.input}}": f"{folder}/inputs.pb",
        "{{.outputPrefix}}": folder,
        "{{.rawOutputDataPrefix}}": folder,
        "{{.checkpointOutputPrefix}}": f"{folder}/checkpoint",
        "{{.prevCheckpointPrefix}}": "",
        "{{.runName}}": "run",
        "{{.actionName}}": "a0",
        "{{.runStartTime}}": "2026-01-01T00:00:00Z",
    }
    program, *others = (values.get(one, one) for one in args)
    return [os.path.join(os.path.dirname(sys.executable), program), *others]


if __name__ == "__main__":
    tell(measure)
