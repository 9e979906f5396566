# SPDX-License-Identifier: Apache-2.0
"""``shimlite demo``: what it prints, whole, and what it leaves."""

from __future__ import annotations

import re
import shutil

from shimlite.cli import executed, main
from shimlite.commands.demo import SOURCE
from shimlite.container.entrypoint import Ending
from shimlite.container.process import Process

WARM = [
    "    day         city   celsius",
    "    ----------  -----  -------",
    "    2026-01-02  Perth     33.5",
    "    2026-01-02  Lagos     31.0",
    "    2026-01-02  Lima      24.5",
]


def test_the_demo_shows_the_source_the_template_the_command_the_rows_and_the_files(tmp_path, capfd, monkeypatch):
    folder = tmp_path / "d"
    assert main(["demo", str(folder)]) == 0
    out, err = capfd.readouterr()
    assert err == ""
    parts = out.split("\n\n$ ")
    assert (
        parts[0]
        == f"$ cd {folder}\n$ cat weather.py\n" + "\n".join(f"    {line}".rstrip() for line in SOURCE.split("\n"))[:-1]
    )
    assert parts[1].splitlines()[:3] == [
        "shimlite package weather.py -o tasks.tgz", "    tasks.tgz: 1 task", "      demo.warmest",
    ]  # fmt: skip
    assert parts[2].splitlines()[:2] == [
        "shimlite inspect task.pb inputs.pb", "    task.pb:",
    ]  # fmt: skip
    command, rows, files, last = parts[3].split("\n\n")
    assert rows.splitlines() == ["The output o0, a list of records:", *WARM]
    assert files.splitlines() == ["The files:"] + [
        f"    {(folder / name).stat().st_size:6,} bytes  {name}"
        for name in ("inputs.pb", "task.pb", "tasks.tgz", "weather.csv", "weather.py", "out/outputs.pb")
    ]
    assert last == "Try there: shimlite run weather.py:warmest --input weather=weather.csv --input at_least=30\n"
    monkeypatch.chdir(folder)
    assert executed(command.split()[1:], Process()) == Ending(0)


def test_the_demo_makes_a_folder_of_its_own(capfd):
    assert main(["demo"]) == 0
    assert re.match(r"\$ cd .*shimlite-demo-\S+\n", capfd.readouterr().out)


def test_the_demo_says_where_it_cannot_write(tmp_path, capsys):
    (tmp_path / "f").write_text("")
    assert main(["demo", str(tmp_path / "f")]) == 1
    assert capsys.readouterr().err == f"shimlite demo: cannot make '{tmp_path}/f': File exists\n"


def test_the_demo_replaces_no_files_of_others(tmp_path, capsys):
    for name in ("weather.csv", "weather.py"):
        (tmp_path / name).write_text("mine")
        assert main(["demo", str(tmp_path)]) == 1
        assert capsys.readouterr() == ("", f"shimlite demo: '{tmp_path}' has files already; give a new folder\n")
    assert (tmp_path / "weather.csv").read_text() == "mine"


def test_the_demo_says_when_a_command_failed(tmp_path, capfd):
    assert main(["demo", str(tmp_path)]) == 0
    shutil.rmtree(tmp_path / "out")
    (tmp_path / "out").write_text("")
    assert main(["demo", str(tmp_path)]) == 1
    assert capfd.readouterr().err.splitlines()[-1] == (
        "shimlite demo: shimlite-execute ended with exit code 1; see its message above"
    )
