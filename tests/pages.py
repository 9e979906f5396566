# SPDX-License-Identifier: Apache-2.0
"""The project's pages: where they are, and their fences, commands, links and headings."""

from __future__ import annotations

import pathlib
import re
import shlex
from typing import NamedTuple

import shimlite

ROOT = pathlib.Path(__file__).parents[1]
PACKAGE = pathlib.Path(shimlite.__file__).parent
README = ROOT / "README.md"
OF_THE_PACKAGE, CONTAINER = PACKAGE / "README.md", PACKAGE / "container" / "README.md"
BENCHMARKS, DIFFERENCES = ROOT / "benchmarks" / "README.md", ROOT / "tests" / "interop" / "README.md"
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


def fences(language: str, page: pathlib.Path = README) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(), re.DOTALL | re.MULTILINE)


def sides(diff: str) -> tuple[str, str]:
    """What a fence that shows a change has before it and after it."""
    lines = diff.splitlines(keepends=True)
    before, after = ("".join(line[1:] or line for line in lines if line[0] in kept) for kept in (" -\n", " +\n"))
    return before, after


class Shown(NamedTuple):
    """A command that a page shows, and what it prints there."""

    words: list[str]
    output: str


def shown(page: pathlib.Path) -> list[Shown]:
    commands = re.split(r"^\$ ", "".join(fences("console", page)), flags=re.MULTILINE)[1:]
    parts = [re.fullmatch(r"((?:[^\n]*\\\n)*[^\n]*\n)(.*)", one, re.DOTALL) for one in commands]
    return [Shown(shlex.split(one[1].replace("\\\n", "")), one[2]) for one in parts if one]


def write_files(page: pathlib.Path, folder: pathlib.Path) -> None:
    """Every fence that begins with its file's name, as a reader would save it."""
    for fence in fences("python", page):
        found = re.match(r"# (\w+\.py)\n", fence)
        if found:
            (folder / found[1]).write_text(fence)


def links(page: pathlib.Path) -> list[str]:
    """Those of the text and its images, without what fences hold."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)
    return re.findall(r"\]\(([^)\s]+)\)", text)


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
