# SPDX-License-Identifier: Apache-2.0
"""Copies of shimlite under another name, as a tool that vendors it has them, and our own tests run on such a copy.

    python -m tests.vendored [--stripped] [PYTEST'S ARGUMENTS]

copies ``shimlite/`` into a new folder as ``holder/_vendor/shimlite/`` and ``tests/`` beside it, in which every name of
the package is replaced, and runs them there. shimlite itself must not be installed: nothing can fall back on it.
``--stripped`` leaves out all that is optional, and runs the tests that need none of it.
"""

from __future__ import annotations

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import shimlite

PACKAGE = pathlib.Path(shimlite.__file__).parent
ROOT = pathlib.Path(__file__).parents[1]
OPTIONAL = (
    *("__main__.py", "authoring", "cli.py", "commands", "container", "executors"),
    *("columns.py", "flyte2.py", "parquet.py", "schemas.py", "strategies", "tables.py", "testing.py"),
)

NEED_MORE = (
    *(
        f"tests/{folder}"
        for folder in ("authoring", "commands", "container", "executors", "flyte2", "fuzz", "strategies")
    ),
    *(f"tests/mappings/test_{name}.py" for name in ("row", "words")),
    *(
        f"tests/property/test_{name}.py"
        for name in (
            "budget",
            "bulk",
            "data_uris",
            "disagreements",
            "enum_names",
            "fields_and_keys",
            "frames",
            "hostile",
            "laws",
            "model",
        )
    ),
    *(
        f"tests/property/test_{name}.py"
        for name in (
            "models",
            "nesting",
            "platform",
            "places",
            "pods",
            "round_trips",
            "rows",
            "schemas",
            "secrets_in_errors",
            "streams",
            "stubs",
            "tables",
            "trees",
        )
    ),
    *(
        f"tests/test_{name}.py"
        for name in (
            "arrow",
            "flyte2",
            "imports",
            "kit",
            "layers",
            "parquet",
            "reading_tables",
            "recorded_tables",
            "readme",
            "schemas",
            "secrets_in_errors",
            "tables",
            "testing",
        )
    ),
    *("tests/test_models_and_hashes.py", "tests/test_pydantic_models.py", "tests/test_enum_names_in_models.py"),
    "tests/test_flyte2_literals.py",
)
"""The tests of what is optional, those that draw with the strategies, and those that need pydantic."""

_RULES = [
    (r"\bimport shimlite\b(?!\.)", r"from {holder} import shimlite"),
    (r"\bfrom shimlite\b", r"from {holder}.shimlite"),
    (r"""(["'])shimlite\.(?!executor["'])(?=[a-z{])(?!\w+ )""", r"\1{holder}.shimlite."),  # that is a logger's name
    (r'"-m", "shimlite"', r'"-m", "{holder}.shimlite"'),
]


def vendor(into: pathlib.Path, holder: str = "holder._vendor", leave_out: tuple[str, ...] = ()) -> pathlib.Path:
    """Makes ``into/holder/_vendor/shimlite``, as it is; returns it."""
    folder = into
    for part in holder.split("."):
        folder /= part
        folder.mkdir(exist_ok=True)
        (folder / "__init__.py").touch()
    ignored = shutil.ignore_patterns("__pycache__", *leave_out)
    return pathlib.Path(shutil.copytree(PACKAGE, folder / "shimlite", ignore=ignored))


def renamed(text: str, holder: str = "holder._vendor") -> str:
    """A test's source that means the copy wherever it meant shimlite."""
    for pattern, replacement in _RULES:
        text = re.sub(pattern, replacement.format(holder=holder), text)
    return text


def copy_tests(into: pathlib.Path, leave_out: tuple[str, ...] = ()) -> None:
    """``tests/`` and what it reads beside itself, meaning the copy, as the copy's own pages then do. What tests
    vendoring itself stays here.
    """
    ignored = shutil.ignore_patterns("__pycache__", ".hypothesis", "*vendor*.py")
    for name in ("benchmarks", "tests"):
        shutil.copytree(ROOT / name, into / name, ignore=ignored)
    for path in leave_out:
        (shutil.rmtree if (into / path).is_dir() else os.remove)(into / path)
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, into)
    for path in [*into.rglob("README.md"), *(into / "tests").rglob("*.py")]:
        path.write_text(renamed(path.read_text()))


def main(arguments: list[str]) -> int:
    stripped = "--stripped" in arguments
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        vendor(folder, leave_out=OPTIONAL if stripped else ())
        copy_tests(folder, leave_out=NEED_MORE if stripped else ())
        environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        found = "import sys, importlib.util; sys.exit(importlib.util.find_spec('shimlite') is not None)"
        if subprocess.run([sys.executable, "-c", found], cwd=folder, env=environment).returncode:
            raise SystemExit("shimlite is installed here, so the copy's tests would show nothing")
        others = [argument for argument in arguments if argument != "--stripped"]
        return subprocess.run([sys.executable, "-m", "pytest", *others], cwd=folder, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
