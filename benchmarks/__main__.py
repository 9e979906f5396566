# SPDX-License-Identifier: Apache-2.0
"""``python -m benchmarks`` measures everything, keeps it in ``results.json``, and writes the pages' parts and plots.

In an environment with ``pip install '.[benchmarks,servers]'``, on a machine that does nothing else. ``--quick`` only
shows that all of it runs: few repetitions, nothing written but to the terminal and a folder that goes away.
"""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import importlib.util
import json
import os
import pathlib
import platform
import re
import subprocess
import sys
import tempfile
import time
from typing import Any

from benchmarks import FOLDER, ROOT, report

MODULES = ("start_up", "flyte2", "conversions", "growth", "memory", "tables", "install", "wire", "many_tasks")
PACKAGES = (
    *("shimlite", "flytekit", "flyte", "flyteidl", "protobuf", "msgpack", "attrs"),
    *("arro3-core", "sqlalchemy", "psycopg", "pandas"),
)


def about() -> dict[str, Any]:
    return {
        "date": dt.datetime.now(dt.timezone.utc).date().isoformat(),
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "processor": _processor(),
        "system": f"{platform.system()} {platform.release().partition('-')[0]}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "versions": {name: importlib.metadata.version(name) for name in PACKAGES},
    }


def _processor() -> str:
    found = re.search(r"^model name\s*: (.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found[1] if found else "unknown"


def check_installed() -> None:
    """The programs that are started are the installed ones, and must be this checkout's."""
    installed = pathlib.Path(str(importlib.metadata.distribution("shimlite").locate_file("shimlite")))
    for file in (ROOT / "shimlite").rglob("*.py"):
        copy = installed / file.relative_to(ROOT / "shimlite")
        if not copy.exists() or copy.read_bytes() != file.read_bytes():
            sys.exit(f"the installed shimlite is not this one ({copy}): pip install '.[benchmarks,servers]'")


def run(module: str, options: list[str]) -> Any:
    """What a module found, in a process of its own."""
    if module == "many_tasks" and importlib.util.find_spec("moto") is None:
        print("many_tasks: left out, moto is not installed", file=sys.stderr)
        return None
    began = time.monotonic()
    found = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{module}", *options], cwd=ROOT, stdout=subprocess.PIPE, check=True
    ).stdout
    print(f"{module}: {time.monotonic() - began:.0f} s", file=sys.stderr)
    return json.loads(found)


def write(results: dict[str, Any], folder: pathlib.Path) -> None:
    from benchmarks import plots  # whose matplotlib nothing else needs

    (folder / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    plots.draw(results, folder)


def main() -> None:
    quick = sys.argv[1:] == ["--quick"]
    check_installed()
    results = {"about": about(), **{module: run(module, sys.argv[1:]) for module in MODULES}}
    if quick:
        with tempfile.TemporaryDirectory() as name:
            write(results, pathlib.Path(name))
        print(report.render(results))
    else:
        write(results, FOLDER)
        report.put(FOLDER / "README.md", "benchmarks", report.render(results))
        report.put(ROOT / "README.md", "numbers", report.numbers(results))
    print(report.figures(results))


if __name__ == "__main__":
    main()
