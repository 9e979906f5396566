# SPDX-License-Identifier: Apache-2.0
"""The programs: help, versions, exit codes, and the demo."""

from __future__ import annotations

import os
import pathlib
import re
import subprocess
import sys

import pytest

import shimlite
from shimlite.cli import main

ROOT = pathlib.Path(__file__).parents[2]


def shell(*arguments: str, **more) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "shimlite", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60, **more,
    )  # fmt: skip


def test_help_names_every_command(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    shown = capsys.readouterr().out
    assert re.findall(r"^    (\w+)  ", shown, re.MULTILINE) == ["execute", "run", "inspect", "types", "demo"]
    for command in ("execute", "run", "inspect", "demo"):
        with pytest.raises(SystemExit) as caught:
            main([command, "--help"])
        assert caught.value.code == 0
        assert capsys.readouterr().out.startswith(f"usage: shimlite{'-' if command == 'execute' else ' '}{command} ")


def test_the_version(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"shimlite {shimlite.__version__}\n"


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["run"], ["inspect", "--as", "x", "y"]])
def test_wrong_usage_ends_with_2(capsys, arguments):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert capsys.readouterr().err.startswith("usage: shimlite")


def test_a_wrong_command_line_of_execute_ends_with_2_where_it_says_no_place_for_an_error():
    ended = shell("execute")
    assert (ended.returncode, ended.stdout) == (2, "")
    *usage, said = ended.stderr.splitlines()
    assert usage[0].startswith("usage: shimlite-execute ")
    assert said == ("shimlite-execute: arguments: the following arguments are required: --inputs, --output-prefix")


def test_a_failure_is_one_line_and_1():
    ended = shell("inspect", "no\nsuch")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == "shimlite inspect: cannot read 'no\\nsuch': No such file or directory\n"


def test_a_reader_that_leaves_is_no_failure_of_ours(tmp_path):
    golden = ROOT / "tests" / "golden" / "sqlite3" / "task_template.pb"
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "shimlite", "inspect", str(golden)]
    ended = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=write, stderr=subprocess.PIPE, timeout=60
    )
    os.close(write)
    assert (ended.returncode, ended.stderr) == (1, b"")
