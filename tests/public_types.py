# SPDX-License-Identifier: Apache-2.0
"""What type checkers make of the installed package: ``python -m tests.public_types`` with mypy and pyright at hand.

mypy finds what ``wrong_uses.py`` says and nothing else, and pyright finds something in the same lines. Neither finds
anything in ``right_uses.py``, nor in the stubs of all kinds of templates. pyright knows the type of all that is public,
so that nobody's checker has to guess.
"""

from __future__ import annotations

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
from typing import Any

from shimlite.authoring.stubs import stub_of

from .authoring.stubbed import all_of_them

WRONG_USES = pathlib.Path(__file__).with_name("wrong_uses.py")
RIGHT_USES = WRONG_USES.with_name("right_uses.py")
NO_SUCH_KEY = "Names within a TypedDict cannot be empty"
"""pyright's word for an output without a name, which Flyte refuses."""


def run(folder: str, *command: str) -> str:
    """What it prints there, where only the installed package can be found, whatever it exits with."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "MYPYPATH")}
    environment["PATH"] = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])  # of pyright
    command = (sys.executable, "-m", *command)
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def check_wrong_uses(folder: str) -> None:
    lines = WRONG_USES.read_text().splitlines()
    marked = ((number, re.search(r"  # ([a-z-]+)$", line)) for number, line in enumerate(lines, 1))
    expected = {(number, mark[1]) for number, mark in marked if mark}
    printed = run(folder, "mypy", "--strict", "--no-error-summary", shutil.copy(WRONG_USES, folder))
    found = {
        (int(number), code) for number, code in re.findall(r":(\d+): error: .*\[([a-z-]+)\]$", printed, re.MULTILINE)
    }
    assert len(expected) > 35 and found == expected, f"{sorted(found ^ expected)}\n{printed}"
    lines_of_pyright = {number for number, _ in errors_of_pyright(folder, WRONG_USES.name)}
    assert lines_of_pyright == {number for number, _ in expected}


def check_right_uses(folder: str) -> None:
    shutil.copy(RIGHT_USES, folder)
    printed = run(folder, "mypy", "--strict", RIGHT_USES.name)
    assert printed.startswith("Success"), printed
    assert errors_of_pyright(folder, RIGHT_USES.name) == []


def check_stubs(folder: str) -> None:
    (pathlib.Path(folder) / "stubs").mkdir()
    for place, template in enumerate(all_of_them()):
        (pathlib.Path(folder) / "stubs" / f"stub_{place}.py").write_text(stub_of(template), "utf-8")
    printed = run(folder, "mypy", "--strict", "stubs")
    assert printed.startswith("Success"), printed
    errors = [error for _, error in errors_of_pyright(folder, "stubs") if error != NO_SUCH_KEY]
    assert errors == [], errors
    print(printed.strip())


def errors_of_pyright(folder: str, path: str) -> list[tuple[int, str]]:
    """Its errors, each with its line, counted from 1."""
    report = json.loads(run(folder, "pyright", "--outputjson", path))
    assert report["summary"]["filesAnalyzed"] > 0
    errors = (one for one in report["generalDiagnostics"] if one["severity"] == "error")
    return [(one["range"]["start"]["line"] + 1, one["message"]) for one in errors]


def is_known(symbol: dict[str, Any]) -> bool:
    return bool(symbol["isTypeKnown"] and not symbol["isTypeAmbiguous"])


def check_complete(folder: str) -> None:
    report = json.loads(run(folder, "pyright", "--verifytypes", "shimlite", "--ignoreexternal", "--outputjson"))[
        "typeCompleteness"
    ]
    symbols = [one for one in report["symbols"] if one["isExported"]]
    assert {"shimlite.to_literal", "shimlite.testing.check_round_trip"} <= {one["name"] for one in symbols}
    unknown = {one["name"] for one in symbols if not is_known(one)}
    assert unknown == set(), unknown
    assert report["completenessScore"] == 1
    print(f"{len(symbols)} public symbols of known type")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        check_wrong_uses(temporary)
        check_right_uses(temporary)
        check_stubs(temporary)
        check_complete(temporary)
