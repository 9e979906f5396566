# SPDX-License-Identifier: Apache-2.0
"""The layers of the package: imports are relative and go down only."""

import ast
import pathlib
import sys

import pytest

import shimlite

PACKAGE = pathlib.Path(shimlite.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
AMBIENT = {"checkpoint", "context", "files", "secrets"}
CORE = {"equality", "errors", "values", "_idl", *AMBIENT}
FLYTEIDL_ONLY_IN = "_idl"
LICENCE = "# SPDX-License-Identifier: Apache-2.0\n"


def module_of(path: pathlib.Path) -> str:
    """``_mappings.row``; the package itself is ``""``, a folder its ``__init__``'s name."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES = {module_of(path): path.read_text() for path in FILES}
FOLDERS = {module_of(path) for path in FILES if path.name == "__init__.py"}


def imports(module: str, source: str, folders: set[str], modules: set[str]) -> tuple[set[str], set[str]]:
    """Ours, by their name inside the package, and everybody else's, wherever in the file they are imported."""
    ours, others = set(), set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            others |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            others |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            parts = module.split(".") if module else []
            up = node.level - 1 if module in folders else node.level
            base = parts[: len(parts) - up] + (node.module.split(".") if node.module else [])
            for alias in node.names:
                inside = ".".join([*base, alias.name])
                ours.add(inside if inside in modules else ".".join(base))
    return ours, others


IMPORTS = {module: imports(module, source, FOLDERS, set(SOURCES)) for module, source in SOURCES.items()}


def layer(module: str) -> str:
    return module.split(".")[0]


def above(module: str, allowed: set[str]) -> set[str]:
    """What ``module`` imports of ours that is not in the ``allowed`` layers."""
    return {one for one in IMPORTS[module][0] if layer(one) not in allowed}


def modules_in(*layers: str) -> list[str]:
    return [module for module in SOURCES if layer(module) in layers]


def test_there_are_files():
    assert {"", "_idl", "errors", "values", "engine", "shim", "_mappings", "_mappings.row"} <= set(SOURCES)


@pytest.mark.parametrize(
    ("source", "ours", "others"),
    [
        ("from ..errors import X", {"errors"}, set()),
        ("from .row import Row", {"_mappings.row"}, set()),
        ("from . import row", {"_mappings.row"}, set()),
        ("def f():\n    from ..container import pod", {"container"}, set()),
        ("import flyteidl.core", set(), {"flyteidl.core"}),
        ("from package import engine", set(), {"package", "package.engine"}),
    ],
)
def test_the_reader_of_imports_finds_them(source, ours, others):
    assert imports("_mappings.choices", source, {"", "_mappings"}, {"errors", "_mappings.row", "container"}) == (
        ours,
        others,
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_file_starts_with_its_licence(path):
    assert path.read_text().startswith(LICENCE)


def test_so_does_every_test_and_benchmark():
    """An empty ``__init__.py`` holds nothing to license."""
    root = pathlib.Path(__file__).parents[1]
    texts = {path: path.read_text() for name in ("tests", "benchmarks") for path in (root / name).rglob("*.py")}
    assert pathlib.Path(__file__) in texts
    assert {path for path, text in texts.items() if not text.startswith(LICENCE) and text} == set()


@pytest.mark.parametrize("module", SOURCES)
def test_imports_of_ours_are_relative(module):
    assert {name for name in IMPORTS[module][1] if layer(name) == "shimlite"} == set()


@pytest.mark.parametrize("module", SOURCES)
def test_the_protos_are_imported_in_one_place(module):
    protos = {name for name in IMPORTS[module][1] if name.startswith(("flyteidl", "google.protobuf"))}
    assert bool(protos) == (module == FLYTEIDL_ONLY_IN)


@pytest.mark.parametrize("module", ["_idl", "equality", "errors"])
def test_the_leaves_import_nothing_of_ours(module):
    assert IMPORTS[module][0] == set()


@pytest.mark.parametrize("module", sorted(AMBIENT))
def test_what_executors_take_from_the_air_knows_only_itself_and_the_errors(module):
    assert above(module, {*AMBIENT, "errors"}) == set()


def test_values_imports_a_message_for_its_annotation_only():
    assert above("values", {*AMBIENT, "_idl", "errors"}) == set()


@pytest.mark.parametrize("module", modules_in("_mappings"))
def test_mappings_know_only_the_leaves_and_each_other(module):
    assert above(module, {*CORE, "_mappings"}) == set()


@pytest.mark.parametrize("module", ["engine", "fidelity", "normal"])
def test_the_engine_knows_nothing_above_it(module):
    assert above(module, {*CORE, "_mappings", "engine"}) == set()


@pytest.mark.parametrize("module", ["", "signatures", "templates", "shim"])
def test_the_pair_knows_nothing_above_it(module):
    engine = {"engine", "fidelity", "normal"}
    allowed = {*CORE, *engine, "_mappings", "signatures", "templates", "shim"}
    assert above(module, allowed) == set()


@pytest.mark.parametrize("module", [m for m in SOURCES if layer(m) not in ("strategies", "testing", "cli")])
def test_nothing_imports_the_strategies(module):
    assert {one for one in IMPORTS[module][0] if layer(one) in ("strategies", "testing")} == set()
    assert {name for name in IMPORTS[module][1] if layer(name) == "hypothesis"} == set()


STRATEGIES = {*CORE, "_mappings", "engine", "schemas", "strategies"}


def test_schemas_are_read_beside_the_engine_for_people_alone():
    assert above("schemas", {*CORE, "_mappings", "engine", "schemas"}) == set()
    readers = {layer(module) for module in SOURCES if "schemas" in map(layer, IMPORTS[module][0])}
    assert readers == {"commands", "strategies"}


@pytest.mark.parametrize("module", modules_in("strategies"))
def test_the_strategies_know_the_engine_and_each_other(module):
    assert above(module, STRATEGIES) == set()


def test_the_laws_know_the_strategies_and_what_is_below():
    assert above("testing", {*STRATEGIES, "fidelity", "normal"}) == set()


@pytest.mark.parametrize("module", modules_in("strategies", "testing"))
def test_the_strategies_import_nobody_but_hypothesis_and_msgpack(module):
    others = {layer(name) for name in IMPORTS[module][1]}
    assert others - set(sys.stdlib_module_names) <= {"attr", "attrs", "hypothesis", "msgpack"}
