# SPDX-License-Identifier: Apache-2.0
"""What a trivial task costs as a process, beside flytekit's and beside the mere import of what shimlite needs.

``python benchmarks/start_up.py`` in an environment with flytekit (``pip install '.[interop]'``). Medians of 15 runs
each, taken in turn; memory is the peak that the kernel counted for the child. Not measured: downloading, other
executors, anything on a second core.
"""

from __future__ import annotations

import importlib.metadata
import os
import pathlib
import platform
import shutil
import statistics
import sys
import tempfile
import time

RUNS = 15
RESOLVER = "flytekit.core.python_customized_container_task.default_task_template_resolver"
NEEDED = "import attrs, msgpack, google.protobuf, flyteidl.core.tasks_pb2"


def once(command: list[str], folder: str) -> tuple[float, float]:
    """Seconds and MB of one run, which must succeed."""
    start = time.perf_counter()
    process = os.posix_spawn(
        command[0],
        command,
        {**os.environ, "PYTHONPATH": folder},
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
    )
    _, status, usage = os.wait4(process, 0)
    assert status == 0, command
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def main() -> None:
    folder = tempfile.mkdtemp()
    pathlib.Path(folder, "trivial.py").write_text(
        "class Trivial:\n    def execute_from_model(self, tt):\n        pass\n"
    )
    # This process imports nothing of it all: a child's peak counts what its parent held when it was made.
    pathlib.Path(folder, "task.pb").write_bytes(b"\x12\x07trivial")  # TaskTemplate(type="trivial")
    pathlib.Path(folder, "inputs.pb").write_bytes(b"")
    arguments = ["--inputs", f"{folder}/inputs.pb", "--output-prefix", f"{folder}/out", "--raw-output-data-prefix"]
    arguments += [f"{folder}/raw", "--resolver", RESOLVER, "--", f"{folder}/task.pb", "trivial.Trivial"]
    scripts = os.path.dirname(sys.executable)
    commands = {
        "python, nothing": [sys.executable, "-c", "pass"],
        "its four dependencies imported": [sys.executable, "-c", NEEDED],
        "shimlite-execute": [f"{scripts}/shimlite-execute", *arguments],
        "pyflyte-execute": [f"{scripts}/pyflyte-execute", *arguments],
    }
    measured: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for _ in range(RUNS):
        for name, command in commands.items():
            measured[name].append(once(command, folder))
    shutil.rmtree(folder)
    versions = ("shimlite", "flytekit", "flyteidl", "protobuf", "msgpack", "attrs")
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores; ", end="")
    print(", ".join(f"{name} {importlib.metadata.version(name)}" for name in versions), end="\n\n")
    print("| a trivial task | ms | MB | against pyflyte-execute |\n|---|---|---|---|")
    slowest = [statistics.median(values) for values in zip(*measured["pyflyte-execute"])]
    for name, runs in measured.items():
        seconds, memory = (statistics.median(values) for values in zip(*runs))
        ratio = f"{slowest[0] / seconds:.1f} times faster, {slowest[1] / memory:.1f} times less memory"
        print(f"| {name} | {seconds * 1000:.0f} | {memory:.0f} | {ratio} |")


if __name__ == "__main__":
    main()
