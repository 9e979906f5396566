# SPDX-License-Identifier: Apache-2.0
"""The pages say what the code does: their fences run, their commands print what is shown, their links lead somewhere, and
their tables are those of the rows, of the list of differences, and of what was measured last.

``python -m tests.test_readme`` writes the generated parts of all pages anew.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import types
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import pytest

import shimlite
from benchmarks import report
from shimlite import ExecutableTemplateShimTask, dict_to_literal_map, to_literal
from shimlite.cli import main

from .build import template
from .differences import ENGINE, PARITY, SHIM, Difference

ROOT = pathlib.Path(__file__).parents[1]
PACKAGE = pathlib.Path(shimlite.__file__).parent
INTEROP = ROOT / "tests" / "interop"
README = ROOT / "README.md"
OF_THE_PACKAGE, CONTAINER = PACKAGE / "README.md", PACKAGE / "container" / "README.md"
BENCHMARKS, DIFFERENCES = ROOT / "benchmarks" / "README.md", INTEROP / "README.md"
PAGES = {
    "README": README,
    "package": OF_THE_PACKAGE,
    "container": CONTAINER,
    "benchmarks": BENCHMARKS,
    "tests": ROOT / "tests" / "README.md",
    "interop": DIFFERENCES,
}
REPOSITORY = "https://github.com/shimlite/shimlite"
RAW = "https://raw.githubusercontent.com/shimlite/shimlite/main/"
LONGEST = 220

# ---------------------------------------------------------------------------------------------------- generated parts


def types_tables() -> str:
    return printed("types", "--format", "markdown")


def printed(*arguments: str) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as output:
        assert main(arguments) == 0
    return output.getvalue()


def losses_table() -> str:
    """Of the rows of all types those that lose something of their own: a list loses what its elements lose."""
    lines: list[Sequence[str]] = [("Python", "lost always", "lost too without an annotation")]
    for row in json.loads(printed("types", "--format", "json"))["types"]:
        if (row["lost"], row["lost_then"]) != ("nothing", "nothing") and not PASSED_ON.match(row["lost"]):
            lines.append((f"`{row['python']}`", row["lost"], row["lost_then"]))
    return markdown(lines)


PASSED_ON = re.compile("what (T|its member) loses$")


def differences_tables() -> str:
    return f"{differences_table('the shim', SHIM)}\n{differences_table('the type engine', ENGINE)}"


def eight_differences() -> str:
    of_case = {one.case: one for one in (*SHIM, *ENGINE)}
    return differences_table("", [of_case[case] for case in EIGHT])


EIGHT = (
    "returns `[1, 2]` for `list[int]`, a dict for `dict[str, int]`",
    'returns `"x"`, `True` or `None` for INTEGER',
    "an executor that raises",
    "`sys.exit` in an executor",
    "SIGTERM",
    "inputs",
    "a pickle in the input",
    "a dataclass, from the template alone",
)
"""Those that a person meets first."""


def differences_table(title: str, differences: Iterable[Difference]) -> str:
    return markdown([(title, "flytekit", "shimlite"), *((one.case, one.flytekit, one.shimlite) for one in differences)])


def markdown(rows: Sequence[Sequence[str]]) -> str:
    first, *others = rows
    lines = [first, ["---"] * len(first), *others]
    return "".join(f"| {' | '.join(cell.replace('|', BAR) for cell in cells)} |\n" for cells in lines)


BAR = "\\|"
"""How a cell of a table holds the sign that ends cells."""


class Generated(NamedTuple):
    page: pathlib.Path
    name: str
    make: Callable[[], str]


GENERATED = (
    Generated(README, "losses", losses_table),
    Generated(README, "eight differences", eight_differences),
    Generated(README, "numbers", lambda: report.numbers(report.results_of_last_time())),
    Generated(OF_THE_PACKAGE, "types", types_tables),
    Generated(BENCHMARKS, "benchmarks", lambda: report.render(report.results_of_last_time())),
    Generated(DIFFERENCES, "differences", differences_tables),
)


@pytest.mark.parametrize(("page", "name", "make"), GENERATED, ids=[one.name for one in GENERATED])
def test_a_generated_part_is_up_to_date(page, name, make):
    assert report.part(page, name) == make()


def test_a_part_is_written_anew_where_it_stands(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- x -->\nold\n<!-- /x -->\nb\n<!-- y -->\n<!-- /y -->\n")
    report.put(page, "x", "new\n")
    assert page.read_text() == "a\n<!-- x -->\nnew\n<!-- /x -->\nb\n<!-- y -->\n<!-- /y -->\n"


def test_all_generated_parts_are_made_here():
    names = {(page, name) for page in PAGES.values() for name in re.findall(r"^<!-- /(.*) -->$", page.read_text(), re.M)}
    assert names == {(one.page, one.name) for one in GENERATED}


def test_each_difference_is_tested():
    names = set(re.findall(r"^def (test_\w+)", "".join(file.read_text() for file in INTEROP.glob("test_*.py")), re.M))
    assert {one.test for one in SHIM if one.test not in names} == {PARITY}
    assert all(one.shown and one.test in {"", *names} for one in ENGINE)


def test_each_difference_is_listed_once():
    cases = [one.case for one in (*SHIM, *ENGINE)]
    assert len(set(cases)) == len(cases)


# -------------------------------------------------------------------------------------------------------------- fences


def fences(language: str, page: pathlib.Path = README) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(), re.DOTALL | re.MULTILINE)


PYTHON = [(name, fence) for name, page in PAGES.items() for fence in fences("python", page)]


@pytest.mark.parametrize(("name", "fence"), PYTHON, ids=[f"{name}-{place}" for place, (name, _) in enumerate(PYTHON)])
def test_python_fences_run(name, fence, monkeypatch):
    module = types.ModuleType("fence")  # where dataclasses look for the types that fields name
    monkeypatch.setitem(sys.modules, "fence", module)
    exec(compile(fence, str(PAGES[name]), "exec"), vars(module))


def test_pages_have_fences_that_run():
    assert {name for name, _ in PYTHON} == {"README", "package", "container"}


def test_an_executor_of_the_containers_page_picks_its_element(monkeypatch):
    """As a pod of an ArrayNode sees it: the whole list, an output declared by the element, and an index."""
    names: dict[str, Any] = {}
    (fence,) = [one for one in fences("python", CONTAINER) if "class Doubled" in one]
    exec(compile(fence, str(CONTAINER), "exec"), names)
    of_pod = template({"numbers": list[int]}, {"o0": int})
    monkeypatch.setenv("BATCH_JOB_ARRAY_INDEX_VAR_NAME", "FLYTE_K8S_ARRAY_INDEX")
    monkeypatch.setenv("FLYTE_K8S_ARRAY_INDEX", "1")
    inputs = dict_to_literal_map({"numbers": [3, 5, 7]}, of_pod.interface.inputs)
    outputs = ExecutableTemplateShimTask(of_pod, names["Doubled"]).dispatch_execute(None, inputs)
    assert dict(outputs.literals) == {"o0": to_literal(10, int)}


def test_the_containers_command_runs(tmp_path):
    (fence,) = fences("console", CONTAINER)
    program, *arguments = shlex.split(fence.removeprefix("$ ").replace("\\\n", ""))
    assert program == "shimlite-execute"
    moved = {"out": str(tmp_path / "out"), "raw": str(tmp_path / "raw")}
    ended = subprocess.run(
        [sys.executable, "-m", "shimlite", "execute", *(moved.get(word, word) for word in arguments)],
        cwd=ROOT / "tests" / "golden" / "sqlite3",
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
    )
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["outputs.pb"]
    assert (ended.stdout, ended.stderr) == (b"", b"")


class Shown(NamedTuple):
    """A command that a page shows, and what it prints there."""

    words: list[str]
    output: str


def shown(page: pathlib.Path) -> list[Shown]:
    commands = re.split(r"^\$ ", "".join(fences("console", page)), flags=re.MULTILINE)[1:]
    parts = [re.fullmatch(r"((?:.*\\\n)*.*\n)(.*)", one, re.DOTALL) for one in commands]
    return [Shown(shlex.split(one[1].replace("\\\n", "")), one[2]) for one in parts if one]


def write_files(page: pathlib.Path, folder: pathlib.Path) -> None:
    """Every fence that begins with its file's name, as a reader would save it."""
    for fence in fences("python", page):
        found = re.match(r"# (\w+\.py)\n", fence)
        if found:
            (folder / found[1]).write_text(fence)


def test_the_commands_that_it_shows_print_what_it_shows(tmp_path, monkeypatch, capfd):
    write_files(README, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    files = {path.stem for path in tmp_path.iterdir()}
    ours = [command for command in shown(README) if command.words[0] == "shimlite"]
    assert len(ours) >= 3 and files
    try:
        for (_, *arguments), output in ours:
            main(arguments)
            assert "".join(capfd.readouterr()) == output
    finally:
        for name in files:
            sys.modules.pop(name, None)


def test_all_other_commands_are_those_of_a_platform():
    assert {command.words[0] for command in shown(README)} == {"shimlite", "flytectl"}


def test_the_commands_that_pages_name_exist(capsys):
    pages = "".join(page.read_text() for page in PAGES.values())
    names = {*re.findall(r"[`$] ?shimlite (\w+)", pages)}
    assert len(names) > 4
    for name in names:
        with pytest.raises(SystemExit) as caught:
            main([name, "--help"])
        assert caught.value.code == 0
        assert capsys.readouterr().out.startswith(f"usage: shimlite {name} ")


# --------------------------------------------------------------------------------------------------------------- links


def links(page: pathlib.Path) -> list[str]:
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)
    return [link for pair in re.findall(r"\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)$", text, re.MULTILINE) for link in pair if link]


def place_of(link: str, page: pathlib.Path) -> pathlib.Path | None:
    """The file or folder of ours that it leads to; None for another site's. The package may lie elsewhere."""
    inside = re.match(f"{REPOSITORY}/(?:blob|tree)/main/|{RAW}", link)
    if inside:
        path = link[inside.end() :]
        return PACKAGE / path.removeprefix("shimlite/") if path.startswith("shimlite/") else ROOT / path
    if link.startswith(f"{REPOSITORY}/issues"):
        return None
    if link == REPOSITORY:
        return README
    return None if re.match("https?:", link) else page.parent / link


def titles(page: pathlib.Path) -> set[str]:
    """The names by which links reach headings, as GitHub spells them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in headings} | {"readme"}


@pytest.mark.parametrize("name", PAGES)
def test_its_links_lead_somewhere(name):
    page = PAGES[name]
    assert links(page)
    for link in links(page):
        address, _, heading = link.partition("#")
        place = place_of(address, page) if address else page
        assert place is None or place.exists(), link
        assert not heading or place is None or heading in titles(place), link


def test_a_package_index_can_follow_the_readmes_links():
    """It shows the README beside no other file, and knows no headings."""
    assert [link for link in links(README) if not link.startswith("https://")] == []
    assert [link for link in links(README) if link.endswith(".svg") and not link.startswith(RAW)] == []


def test_a_copys_pages_link_into_the_copy_or_to_the_repository():
    for page in (OF_THE_PACKAGE, CONTAINER):
        for link in links(page):
            inside = (page.parent / link.partition("#")[0]).resolve()
            assert link.startswith("https://") or inside.is_relative_to(PACKAGE.resolve()), link


def test_the_projects_addresses_are_the_repositorys():
    said = (ROOT / "pyproject.toml").read_text().split("[project.urls]\n")[1].split("\n\n")[0]
    addresses = dict(re.findall(r'^(\w+) = "(.*)"$', said, re.MULTILINE))
    assert set(addresses) == {"Homepage", "Documentation", "Repository", "Changelog", "Issues"}
    assert all(address.startswith(REPOSITORY) for address in addresses.values())


# ----------------------------------------------------------------------------------------------------------- the README


def test_the_readme_is_read_in_one_go():
    assert len(README.read_text().splitlines()) <= LONGEST


def test_the_quick_start_begins_with_two_commands_of_one_line():
    quick_start = README.read_text().split("## Quick start\n")[1]
    first, second = re.findall(r"^```sh\n(.*?)^```$", quick_start, re.DOTALL | re.MULTILINE)
    assert quick_start.startswith("\n```sh\n" + first)
    assert (first.count("\n"), second.count("\n")) == (1, 1)
    assert first.endswith(" && python3 -m shimlite demo\n")
    assert second.endswith(" && python3 -m pytest -n auto\n")
    assert fences("sh") == [first, second]


if __name__ == "__main__":
    for one in GENERATED:
        report.put(one.page, one.name, one.make())
