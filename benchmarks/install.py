# SPDX-License-Identifier: Apache-2.0
"""What ``pip install`` puts into an empty folder: how many packages, and how large they are.

Not measured: downloading; what a package manager or an image adds to it.
"""

from __future__ import annotations

import importlib.metadata
import pathlib
import subprocess
import sys
import tempfile
from typing import Any

from benchmarks import ROOT, tell


def measure(quick: bool) -> dict[str, Any]:
    """Packages, and bytes without and with their compiled files, by what is installed."""
    wanted = {
        "shimlite": [str(ROOT)],
        "shimlite[remote]": [f"{ROOT}[remote]"],
        "shimlite[remote,parquet]": [f"{ROOT}[remote,parquet]"],
        "shimlite[sql]": [f"{ROOT}[sql]"],
        "shimlite[remote,sql] psycopg[binary]": [f"{ROOT}[remote,sql]", "psycopg[binary]"],
        "flytekit": [_pinned("flytekit")],
        "flytekitplugins-sqlalchemy pandas pyarrow psycopg[binary]": [
            *(_pinned(name) for name in ("flytekit", "flytekitplugins-sqlalchemy", "pandas", "pyarrow")),
            "psycopg[binary]",
        ],
    }
    return {name: _installed(what) for name, what in wanted.items() if not quick or name == "shimlite"}


def _pinned(name: str) -> str:
    return f"{name}=={importlib.metadata.version(name)}"


def _installed(what: list[str]) -> dict[str, int]:
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--target", name, *what],
            stdout=sys.stderr,
            check=True,
        )
        sizes = {file: file.stat().st_size for file in folder.rglob("*") if file.is_file()}
        return {
            "packages": len(list(folder.glob("*.dist-info"))),
            "bytes": sum(size for file, size in sizes.items() if file.suffix != ".pyc"),
            "compiled": sum(sizes.values()),
        }


if __name__ == "__main__":
    tell(measure)
