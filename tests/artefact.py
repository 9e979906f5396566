# SPDX-License-Identifier: Apache-2.0
"""The wheel and the sdist: built twice under other circumstances they are the same bytes, and hold what they should.

    python -m tests.artefact [FOLDER]

builds what is committed with ``build``, which must be installed, and leaves them in ``FOLDER/one/dist``.
"""

from __future__ import annotations

import hashlib
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from typing import Any

ROOT = pathlib.Path(__file__).parents[1]
CIRCUMSTANCES: dict[str, dict[str, Any]] = {
    "one": {"umask": 0o022, "mtime": 1_600_000_000, "TZ": "UTC", "PYTHONHASHSEED": "1", "LC_ALL": "C"},
    "other": {
        "umask": 0o077,
        "mtime": 1_700_000_001,
        "TZ": "Asia/Kathmandu",
        "PYTHONHASHSEED": "2",
        "LC_ALL": "C.UTF-8",
    },
}
AT_THE_TOP = {"CHANGELOG.md", "LICENSE", "README.md", "benchmarks", "noxfile.py", "pyproject.toml", "shimlite", "tests"}
NEVER = {"__pycache__", ".hypothesis", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".coverage", ".git"}


def build(commit: str, into: pathlib.Path, umask: int, mtime: int, **environment: str) -> dict[str, pathlib.Path]:
    """The files by their names, built from a clean clone whose files have this mode and time."""
    checkout = into / "checkout"
    previous = os.umask(umask)
    try:
        subprocess.run(["git", "clone", "-q", "--no-checkout", str(ROOT), str(checkout)], check=True)
        subprocess.run(["git", "checkout", "-q", "--detach", commit], cwd=checkout, check=True)
        for path in checkout.rglob("*"):
            if ".git" not in path.parts:
                os.utime(path, (mtime, mtime))
        others = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "SOURCE_DATE_EPOCH")}
        command = [sys.executable, "-m", "build", "--outdir", str(into / "dist"), str(checkout)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**others, **environment})
    finally:
        os.umask(previous)
    return {path.name: path for path in (into / "dist").iterdir()}


def digests(files: dict[str, pathlib.Path]) -> dict[str, str]:
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}


def git(*arguments: str) -> list[str]:
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()


def tracked(commit: str, *folders: str) -> set[str]:
    return set(git("ls-tree", "-r", "--name-only", commit, "--", *folders))


def check_wheel(path: pathlib.Path, commit: str) -> None:
    with zipfile.ZipFile(path) as held:
        names = {name for name in held.namelist() if not name.endswith("/")}
        metadata = held.read(next(name for name in names if name.endswith("/METADATA"))).decode()
    info = path.name.removesuffix("-py3-none-any.whl") + ".dist-info"
    of_info = {f"{info}/{name}" for name in ("METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE")}
    assert names == tracked(commit, "shimlite") | of_info
    assert "shimlite/py.typed" in names
    assert "\nLicense-Expression: Apache-2.0\nLicense-File: LICENSE\n" in metadata


def check_sdist(path: pathlib.Path, commit: str) -> None:
    with tarfile.open(path) as held:
        base = path.name.removesuffix(".tar.gz")
        names = {name.removeprefix(f"{base}/") for name in held.getnames()}
    assert {name.split("/")[0] for name in names} == {*AT_THE_TOP, ".gitignore", "PKG-INFO"}
    assert {part for name in names for part in name.split("/")} & NEVER == set()
    folders = ("benchmarks", "shimlite", "tests")
    assert {name for name in names if name.split("/")[0] in folders} == tracked(commit, *folders)


def main(folder: pathlib.Path) -> None:
    (commit,) = git("rev-parse", "HEAD")
    one, other = (build(commit, folder / name, **how) for name, how in CIRCUMSTANCES.items())
    assert digests(one) == digests(other), f"{digests(one)} and {digests(other)}"
    for name, path in sorted(one.items()):
        (check_wheel if name.endswith(".whl") else check_sdist)(path, commit)
        print(hashlib.sha256(path.read_bytes()).hexdigest(), path)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        main(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else temporary))
