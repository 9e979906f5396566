# SPDX-License-Identifier: Apache-2.0
"""The pages say what the code does: their fences run, their commands print what is shown, their links lead somewhere.

Their tables are those of the rows, of the list of differences, and of what was measured last.

``python -m tests.test_readme`` writes the generated parts of all pages anew.
"""

from __future__ import annotations

import contextlib
import importlib
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
from typing import Any, NamedTuple, Optional

import pytest

from benchmarks import report
from shimlite import ExecutableTemplateShimTask, FlyteFile, InputsError, dict_to_literal_map, to_literal
from shimlite.cli import executed, main
from shimlite.container.process import Process

from .build import template
from .differences import ENGINE, PARITY, SHIM, SQL, Difference
from .pages import (
    BENCHMARKS,
    CONTAINER,
    DIFFERENCES,
    OF_THE_PACKAGE,
    PACKAGE,
    PAGES,
    RAW,
    README,
    REPOSITORY,
    ROOT,
    fences,
    links,
    place_of,
    shown,
    sides,
    titles,
    write_files,
)

INTEROP = ROOT / "tests" / "interop"

LONGEST = 260
"""Lines of the README; 260 once registering on Flyte 2 is in it."""

# ---------------------------------------------------------------------------------------------------- generated parts


def types_tables() -> str:
    return printed("types", "--format", "markdown")


def printed(*arguments: str) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as output:
        assert main(arguments) == 0
    return output.getvalue()


def losses_table() -> str:
    """Of the rows of all types those that lose something of their own: a list loses what its elements lose."""
    names: dict[tuple[str, str], list[str]] = {}
    for row in json.loads(printed("types", "--format", "json"))["types"]:
        losses = row["lost"], row["lost_then"]
        if losses != ("nothing", "nothing") and not PASSED_ON.match(row["lost"]):
            names.setdefault(losses, []).append(f"`{row['python']}`")
    head = ("Python", "lost always", "lost too without an annotation")
    return markdown([head, *((", ".join(types), *losses) for losses, types in names.items())])


PASSED_ON = re.compile("what (T|its member) loses$")


def differences_tables() -> str:
    tables = {"the shim": SHIM, "the SQL tasks": SQL, "the type engine": ENGINE}
    return "\n".join(differences_table(title, differences) for title, differences in tables.items())


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
    names = {
        (page, name) for page in PAGES.values() for name in re.findall(r"^<!-- /(.*) -->$", page.read_text(), re.M)
    }
    assert names == {(one.page, one.name) for one in GENERATED}


def test_each_difference_is_tested():
    names = set(re.findall(r"^def (test_\w+)", "".join(file.read_text() for file in INTEROP.glob("test_*.py")), re.M))
    assert {one.test for one in SHIM if one.test not in names} == {PARITY}
    assert all(one.shown and one.test in {"", *names} for one in ENGINE)


def test_each_difference_is_listed_once():
    cases = [one.case for one in (*SHIM, *SQL, *ENGINE)]
    assert len(set(cases)) == len(cases)


# -------------------------------------------------------------------------------------------------------------- fences


ELSEWHERE = ("import flyte", "import polars", "import adbc", "from adbc")
PYTHON = [
    (name, fence)
    for name, page in PAGES.items()
    for fence in fences("python", page)
    if not any(line in fence for line in ELSEWHERE)
]
"""Flyte 2's SDK is for ``tests/flyte2``, polars for ``tests/interop``, ADBC for ``tests/databases``."""


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


def test_an_executor_of_the_containers_page_goes_on_where_its_last_attempt_ended(tmp_path, monkeypatch, capfd):
    """With the arguments of its template, filled in as Propeller does it."""
    (fence,) = [one for one in fences("python", CONTAINER) if "class Counting" in one]
    (tmp_path / "counting.py").write_text(fence)
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "_dst_cp").write_bytes(b"4")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    counting = importlib.import_module("counting").counting
    pathlib.Path("task.pb").write_bytes(counting.SerializeToString())
    inputs = dict_to_literal_map({"to": 6}, counting.interface.inputs)
    pathlib.Path("inputs.pb").write_bytes(inputs.SerializeToString())
    places = {"input": "inputs.pb", "outputPrefix": "out", "rawOutputDataPrefix": "raw", "taskTemplatePath": "task.pb"}
    places |= {"checkpointOutputPrefix": "new", "prevCheckpointPrefix": "old"}
    arguments = [re.sub(r"{{\.(\w+)}}", lambda found: places[found[1]], one) for one in counting.container.args]
    ending = executed(arguments[1:], Process(owned=False))
    sys.modules.pop("counting")
    assert ending.code == 0, ending.words
    assert pathlib.Path("new", "_dst_cp").read_bytes() == b"6"


def test_an_executor_comes_from_flytekit_by_its_imports_alone(tmp_path, monkeypatch):
    """``tests/interop/test_migration.py`` runs the side before under flytekit."""
    before, after = sides(*fences("diff"))
    assert "flytekit" in before and "flytekit" not in after
    assert [line for line in before.splitlines() if "import" not in line] == [
        line for line in after.splitlines() if "import" not in line
    ]
    (tmp_path / "text").write_text("one two\nthree")
    names: dict[str, Any] = {}
    exec(compile(after, str(README), "exec"), names)
    of_text = template({"text": FlyteFile}, {"o0": int})
    inputs = dict_to_literal_map({"text": FlyteFile(str(tmp_path / "text"))}, of_text.interface.inputs)
    outputs = ExecutableTemplateShimTask(of_text, names["CountWords"]).dispatch_execute(None, inputs)
    assert dict(outputs.literals) == {"o0": to_literal(3, int)}


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
    assert {command.words[0] for command in shown(README)} == {"shimlite", "flytectl", "flyte", "python"}


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


def test_the_readme_names_all_types():
    (sentence,) = re.findall(r"^\[types\]\(.*?inside a record", README.read_text(), re.DOTALL | re.MULTILINE)
    names = [re.split(r"\W", row["python"])[0] for row in json.loads(printed("types", "--format", "json"))["types"]]
    assert [name for name in names if name not in sentence] == []


def test_every_input_must_be_given():
    class Defaults:
        def execute_from_model(self, tt: Any, n: int = 3, text: Optional[str] = "x") -> str:
            return f"{n} {text}"

    task = ExecutableTemplateShimTask(template({"n": int, "text": Optional[str]}, {"o0": str}), Defaults)
    with pytest.raises(InputsError, match=r"^inputs\.n: missing; and 1 more$"):
        task.dispatch_execute(None, dict_to_literal_map({}, {}))
    inputs = dict_to_literal_map({"n": 5, "text": None}, task.task_template.interface.inputs)
    assert task.dispatch_execute(None, inputs).literals["o0"].scalar.primitive.string_value == "5 None"


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
