# SPDX-License-Identifier: Apache-2.0
"""What type checkers make of the installed package: ``python -m tests.public_types`` with mypy and pyright at hand.

mypy finds what ``wrong_uses.py`` says and nothing else; pyright knows the type of all that is public, so that nobody's
checker has to guess.
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

WRONG_USES = pathlib.Path(__file__).with_name("wrong_uses.py")


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
    assert len(expected) > 25 and found == expected, f"{sorted(found ^ expected)}\n{printed}"


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
        check_complete(temporary)
