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
from shimlite.cli import executed, main
from shimlite.container.entrypoint import Ending
from shimlite.container.process import Process

ROOT = pathlib.Path(__file__).parents[2]


def shell(*arguments: str, **more) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "shimlite", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60, **more,
    )  # fmt: skip


def test_the_demo_makes_runs_and_shows(tmp_path):
    ended = shell("demo", str(tmp_path / "d"))
    assert (ended.returncode, ended.stderr) == (0, "")
    (folder,) = (tmp_path / "d" / "raw").iterdir()
    sizes = [(tmp_path / "d" / "out" / "outputs.pb").stat().st_size, (folder / "00000").stat().st_size]
    assert ended.stdout.splitlines()[0] == (
        f"In {tmp_path}/d: weather.db, task.pb (as flytekit registers a SQLite3Task) and inputs.pb"
    )
    assert ended.stdout.splitlines()[4:] == [
        "  city   day         celsius",
        "  -----  ----------  -------",
        "  Perth  2026-01-02     33.5",
        "  Lagos  2026-01-02     31.0",
        "  Pune   2026-01-02     27.0",
        "",
        "It wrote:",
        f"  {sizes[0]:6,} bytes  {tmp_path}/d/out/outputs.pb",
        f"  {sizes[1]:6,} bytes  {folder}/00000",
        "",
        f"Try: shimlite inspect {tmp_path}/d/out/outputs.pb",
    ]
    again = shell("demo", str(tmp_path / "d"))
    assert again.returncode == 0
    printed = re.search(r"^\$ shimlite-execute (.*)$", again.stdout, re.MULTILINE)
    assert printed is not None
    assert executed(printed[1].split(), Process()) == Ending(0)


def test_the_demo_makes_a_folder_of_its_own(capfd):
    assert main(["demo"]) == 0
    folder = re.match(r"In (.*shimlite-demo-\S+):", capfd.readouterr().out)
    assert folder is not None
    assert sorted(os.listdir(folder[1])) == ["inputs.pb", "out", "raw", "task.pb", "weather.db"]


def test_the_demo_says_where_it_cannot_write(tmp_path, capsys):
    (tmp_path / "f").write_text("")
    assert main(["demo", str(tmp_path / "f")]) == 1
    assert capsys.readouterr().err == (
        f"shimlite demo: cannot make {tmp_path}/f/weather.db: [Errno 17] File exists: '{tmp_path}/f'\n"
    )


def test_the_demo_says_when_its_run_failed(tmp_path, capfd):
    (tmp_path / "out").write_text("in the way")
    assert main(["demo", str(tmp_path)]) == 1
    assert capfd.readouterr().err.splitlines()[-1] == (
        f"shimlite demo: the run left no {tmp_path}/out/outputs.pb; see its message above"
    )


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
