# SPDX-License-Identifier: Apache-2.0
"""The README says what the code does: its fences run, its tables are the rows', the list of
differences', and what was measured last. The container's own page has a fence too.

``python -m tests.test_readme`` writes the tables anew.
"""

from __future__ import annotations

import contextlib
import io
import os
import pathlib
import re
import shlex
import subprocess
import sys
import types
from collections.abc import Callable
from typing import Any

import pytest

import shimlite
from benchmarks.report import rendered
from shimlite import ExecutableTemplateShimTask, dict_to_literal_map, to_literal
from shimlite.cli import main

from .build import template
from .differences import ENGINE, PARITY, SHIM, Difference

README = pathlib.Path(__file__).parents[1] / "README.md"
PACKAGE = pathlib.Path(shimlite.__file__).parent
CONTAINER = PACKAGE / "container" / "README.md"
INTEROP = pathlib.Path(__file__).parent / "interop"


def types_table() -> str:
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        assert main(["types", "--format", "markdown"]) == 0
    return printed.getvalue()


def differences_tables() -> str:
    return f"{differences_table('the shim', SHIM)}\n{differences_table('the type engine', ENGINE)}"


def differences_table(title: str, differences: tuple[Difference, ...]) -> str:
    rows = [(title, "flytekit", "shimlite"), ("---",) * 3]
    rows += [(one.case, one.flytekit, one.shimlite) for one in differences]
    return "".join(f"| {' | '.join(cell.replace('|', BAR) for cell in row)} |\n" for row in rows)


BAR = "\\|"
"""How a cell of a table holds the sign that ends cells."""
GENERATED: dict[str, tuple[str, Callable[[], str]]] = {
    "types": ("<!-- shimlite types --format markdown -->\n", types_table),
    "differences": ("<!-- tests/differences.py -->\n", differences_tables),
    "benchmarks": ("<!-- benchmarks -->\n", rendered),
}
"""Each part that is not written by hand: what stands before it, and what makes it. A ``<!-- /name -->`` ends it."""


def part(name: str) -> re.Pattern[str]:
    return re.compile(f"(?<={GENERATED[name][0]}).*?(?=<!-- /{name} -->)", re.DOTALL)


def fences(language: str, page: pathlib.Path = README) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(), re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("name", GENERATED)
def test_a_generated_part_is_up_to_date(name):
    (found,) = part(name).findall(README.read_text())
    assert found == GENERATED[name][1]()


def test_each_difference_is_tested():
    names = set(re.findall(r"^def (test_\w+)", "".join(file.read_text() for file in INTEROP.glob("test_*.py")), re.M))
    assert {one.test for one in SHIM if one.test not in names} == {PARITY}
    assert all(one.shown and one.test in {"", *names} for one in ENGINE)


def test_each_difference_is_listed_once():
    cases = [one.case for one in (*SHIM, *ENGINE)]
    assert len(set(cases)) == len(cases)


@pytest.mark.parametrize("fence", fences("python"))
def test_python_fences_run(fence, monkeypatch):
    module = types.ModuleType("readme")  # where dataclasses look for the types that fields name
    monkeypatch.setitem(sys.modules, "readme", module)
    exec(compile(fence, str(README), "exec"), vars(module))


def test_an_executor_of_the_containers_page_picks_its_element(monkeypatch):
    """As a pod of an ArrayNode sees it: the whole list, an output declared by the element, and an index."""
    names: dict[str, Any] = {}
    (fence,) = fences("python", CONTAINER)
    exec(compile(fence, str(CONTAINER), "exec"), names)
    of_pod = template({"numbers": list[int]}, {"o0": int})
    monkeypatch.setenv("BATCH_JOB_ARRAY_INDEX_VAR_NAME", "FLYTE_K8S_ARRAY_INDEX")
    monkeypatch.setenv("FLYTE_K8S_ARRAY_INDEX", "1")
    inputs = dict_to_literal_map({"numbers": [3, 5, 7]}, of_pod.interface.inputs)
    outputs = ExecutableTemplateShimTask(of_pod, names["Doubled"]).dispatch_execute(None, inputs)
    assert dict(outputs.literals) == {"o0": to_literal(10, int)}


@pytest.mark.parametrize("page", [README, CONTAINER], ids=["README", "container"])
def test_its_links_lead_somewhere(page):
    """The package may lie elsewhere, as a copy does. A heading is spelled in a link as GitHub spells it."""
    links = re.findall(r"\]\((?!https?:)([^)#]+)(?:#([^)]+))?\)", page.read_text())
    assert links
    for link, heading in links:
        (target, *_) = [path for path in (page.parent / link, PACKAGE.parent / link, README) if path.exists()]
        assert target.name == link.rpartition("/")[2]
        titles = re.findall(r"^#+ (.*)$", target.read_text(), re.MULTILINE) if heading else []
        assert not heading or heading in {title.lower().replace(" ", "-") for title in titles}


def test_the_quick_start_begins_with_two_commands_of_one_line():
    quick_start = README.read_text().split("## Quick start\n")[1]
    first, second = re.findall(r"^```sh\n(.*?)^```$", quick_start, re.DOTALL | re.MULTILINE)
    assert quick_start.startswith("\n```sh\n" + first)
    assert (first.count("\n"), second.count("\n")) == (1, 1)
    assert first.endswith(" && python3 -m shimlite demo\n")
    assert second.endswith(" && python3 -m pytest -n auto\n")
    assert fences("sh") == [first, second]


def test_console_fences_run(tmp_path):
    (fence,) = fences("console")
    program, *arguments = shlex.split(fence.removeprefix("$ ").replace("\\\n", ""))
    assert program == "shimlite-execute"
    moved = {"out": str(tmp_path / "out"), "raw": str(tmp_path / "raw")}
    ended = subprocess.run(
        [sys.executable, "-m", "shimlite", "execute", *(moved.get(word, word) for word in arguments)],
        cwd=README.parent / "tests" / "golden" / "sqlite3",
        env={**os.environ, "PYTHONPATH": str(README.parent)},
        capture_output=True,
        check=True,
    )
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["outputs.pb"]
    assert (ended.stdout, ended.stderr) == (b"", b"")


@pytest.mark.parametrize("command", re.findall(r"^\| `shimlite (\w+)", README.read_text(), re.MULTILINE))
def test_the_commands_it_names_exist(command, capsys):
    with pytest.raises(SystemExit) as caught:
        main([command, "--help"])
    assert caught.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: shimlite {command} ")


if __name__ == "__main__":
    for name, (_, make) in GENERATED.items():
        before, after = part(name).split(README.read_text())
        README.write_text(before + make() + after)
