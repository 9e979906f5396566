# SPDX-License-Identifier: Apache-2.0
"""200 tasks at once, each a process, against one S3 server on this machine: none lost, and what one takes.

With obstore and ``moto[server]`` alone. Each task reads its template, its inputs and a
file from the store, waits until all of them are in flight, and uploads a file and its outputs. Memory is the peak that
the kernel counted for a process (VmHWM). Not measured: a store of many machines, large files, executors that do work.
"""

from __future__ import annotations

import pathlib
import statistics
import sys
import tempfile
import threading
import time
from typing import Any

import attrs

from benchmarks import tell
from shimlite import FlyteFile
from tests.build import template
from tests.remote.pods import Pod
from tests.remote.servers import Cloud, s3

TASKS = 200
WAITS = template({"file": FlyteFile, "gate": str}, {"file": FlyteFile})


@attrs.frozen
class Found:
    right: int
    most_in_flight: int
    seconds: float
    """From the first start to the last end."""
    median: float
    """MB of one task at most, as also ``peak``, of all of them."""
    peak: float


def together(cloud: Cloud, folder: pathlib.Path, tasks: int) -> Found:
    """Run so many tasks, which all wait for the last of them."""
    gate = folder / "gate"
    gate.mkdir()
    pods = [Pod(cloud, folder) for _ in range(tasks)]
    for number, pod in enumerate(pods):
        pod.write(WAITS, {"file": FlyteFile(pod.put("in/data", f"text {number}".encode())), "gate": str(gate)})
    ended: list[tuple[int, str, str]] = [(1, "", "")] * tasks

    def run(number: int) -> None:
        with pods[number].start("Gathers") as process:
            out, err = process.communicate(timeout=300)
        ended[number] = (process.returncode, out, err)

    began = time.monotonic()
    threads = [threading.Thread(target=run, args=(number,)) for number in range(tasks)]
    for thread in threads:
        thread.start()
    most = 0
    while most < tasks and any(thread.is_alive() for thread in threads):
        most = max(most, sum(1 for one in gate.iterdir() if one.name != "open"))
        time.sleep(0.05)
    (gate / "open").touch()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - began
    right = 0
    for number, pod in enumerate(pods):
        if ended[number] == (0, "", ""):
            right += cloud.get(pod.values()["file"].uri) == f"text {number}"[::-1].encode()
        else:
            print(number, *ended[number], file=sys.stderr)
    peaks = [float(one.read_text()) for one in gate.iterdir() if one.name != "open"]
    return Found(right, most, round(seconds, 1), statistics.median(peaks), max(peaks))


def measure(quick: bool) -> dict[str, Any]:
    tasks = 4 if quick else TASKS
    with tempfile.TemporaryDirectory() as name, s3(pathlib.Path(name)) as cloud:
        return {"tasks": tasks, **attrs.asdict(together(cloud, pathlib.Path(name), tasks))}


if __name__ == "__main__":
    tell(measure)
