# SPDX-License-Identifier: Apache-2.0
"""The README says what the code does: its fences run, its tables are the rows'.

``python -m tests.test_readme`` writes the tables anew.
"""

from __future__ import annotations

import contextlib
import io
import pathlib
import re
import shlex

import pytest

from shimlite.cli import main

README = pathlib.Path(__file__).parents[1] / "README.md"
TABLE = re.compile(r"(?<=<!-- shimlite types --format markdown -->\n).*?(?=<!-- /types -->)", re.DOTALL)


def types_table() -> str:
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        assert main(["types", "--format", "markdown"]) == 0
    return printed.getvalue()


def fences(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README.read_text(), re.DOTALL | re.MULTILINE)


def test_the_table_is_the_rows():
    (found,) = TABLE.findall(README.read_text())
    assert found == types_table()


def test_python_fences_run():
    found = fences("python")
    assert len(found) == 1
    for fence in found:
        exec(compile(fence, str(README), "exec"), {"__name__": "readme"})


def test_the_quick_start_begins_with_two_commands_of_one_line():
    quick_start = README.read_text().split("## Quick start\n")[1]
    first, second = re.findall(r"^```sh\n(.*?)^```$", quick_start, re.DOTALL | re.MULTILINE)
    assert quick_start.startswith("\n```sh\n" + first)
    assert (first.count("\n"), second.count("\n")) == (1, 1)
    assert first.endswith(" && python3 -m shimlite demo\n")
    assert second.endswith(" && python3 -m pytest\n")
    assert fences("sh") == [first, second]


def test_console_fences_run(tmp_path, monkeypatch, capsys):
    (fence,) = fences("console")
    program, *arguments = shlex.split(fence.removeprefix("$ ").replace("\\\n", ""))
    assert program == "shimlite-execute"
    monkeypatch.chdir(README.parent / "tests" / "golden" / "sqlite3")
    moved = {"out": str(tmp_path / "out"), "raw": str(tmp_path / "raw")}
    assert main(["execute", *(moved.get(word, word) for word in arguments)]) == 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["outputs.pb"]
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("command", re.findall(r"^\| `shimlite (\w+)", README.read_text(), re.MULTILINE))
def test_the_commands_it_names_exist(command, capsys):
    with pytest.raises(SystemExit) as caught:
        main([command, "--help"])
    assert caught.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: shimlite {command} ")


if __name__ == "__main__":
    README.write_text(TABLE.sub(lambda _: types_table(), README.read_text()))
