# SPDX-License-Identifier: Apache-2.0
"""The layers of the package: imports are relative and go down only, and no two files import each other."""

import ast
import pathlib
import sys
from collections.abc import Collection, Iterable, Mapping

import pytest

import shimlite

PACKAGE = pathlib.Path(shimlite.__file__).parent
ROOT = pathlib.Path(__file__).parents[1]
LICENCE = "# SPDX-License-Identifier: Apache-2.0\n"

AMBIENT = {"arrow", "checkpoint", "context", "drafts", "files", "parquet_files", "secrets", "streams", "trees"}
LAYERS: tuple[set[str], ...] = (
    {"__main__"},
    {"cli"},
    {"commands"},
    {"flyte2"},
    {"container"},
    {"executors"},
    {"testing"},
    {"strategies"},
    {"tables", "parquet"},
    {"columns"},
    {""},
    {"authoring"},
    {"schemas"},
    {"shim"},
    {"awaiting", "returned", "signatures", "templates"},
    {"fidelity", "normal"},
    {"engine"},
    {"_types"},
    {"values"},
    {"model_fields"},
    AMBIENT,
    {"idl"},
    {"equality", "errors", "_idl", "_version"},
    {"_idl_copy"},
    {"_idl_files"},
)
"""From the top: a file imports from its own layer and from those below. ``""`` is the package itself."""

ANOTHERS_WORLD = {"flyte": {"flyte2"}, "flytekit": set(), "mashumaro": set(), "marshmallow": set(), "pydantic": set()}
"""What is known by its names alone, and the layers that may import it."""


def module_of(path: pathlib.Path) -> str:
    """``_types.nodes``; the package itself is ``""``, a folder its ``__init__``'s name."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


PATHS = {module_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}
SOURCES = {module: path.read_text() for module, path in PATHS.items()}
FOLDERS = {module for module, path in PATHS.items() if path.name == "__init__.py"}


def imports(module: str, source: str, folders: Collection[str], modules: Collection[str]) -> tuple[set[str], set[str]]:
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


def graph(sources: Mapping[str, str], folders: Collection[str]) -> dict[str, set[str]]:
    """Which of our modules each one imports."""
    return {module: imports(module, source, folders, sources)[0] for module, source in sources.items()}


def cycles(edges: Mapping[str, Iterable[str]]) -> list[tuple[str, ...]]:
    """The shortest way from each module back to itself, each way once, from its first module in the alphabet."""
    ways = set()
    for start in edges:
        way = way_back(start, edges)
        if way:
            first = way.index(min(way))
            ways.add((*way[first:], *way[:first]))
    return sorted(ways)


def way_back(start: str, edges: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """The modules of the shortest cycle through ``start``, which comes first; none where there is no cycle."""
    ways, seen = [(start,)], set()
    for way in ways:  # it grows while the loop runs
        for module in sorted(edges.get(way[-1], ())):
            if module == start:
                return way
            if module not in seen:
                seen.add(module)
                ways.append((*way, module))
    return ()


IMPORTS = {module: imports(module, source, FOLDERS, SOURCES) for module, source in SOURCES.items()}


def layer(module: str) -> str:
    return module.split(".")[0]


def place(module: str) -> int:
    """How far down a module's layer is; one without a layer, which another test names, is above all."""
    return next((place for place, names in enumerate(LAYERS) if layer(module) in names), -1)


def strangers(module: str, allowed: Collection[str]) -> set[str]:
    """What a module imports of ours that is not in the ``allowed`` layers."""
    return {one for one in IMPORTS[module][0] if layer(one) not in allowed}


def importers(name: str) -> set[str]:
    """The layers whose files import one of ours, or somebody else's package."""
    return {
        layer(module)
        for module, (ours, others) in IMPORTS.items()
        if any(layer(one) == name for one in (*ours, *others)) and layer(module) != name
    }


# ---------------------------------------------------------------------------------------------- the finders themselves


@pytest.mark.parametrize(
    ("source", "ours", "others"),
    [
        ("from ..errors import X", {"errors"}, set()),
        ("from .rows import Row", {"_types.rows"}, set()),
        ("from . import rows", {"_types.rows"}, set()),
        ("from . import ROWS", {"_types"}, set()),
        ("from .. import __version__", {""}, set()),
        ("def f():\n    from ..container import pod", {"container"}, set()),
        ("if TYPE_CHECKING:\n    from ..container import pod", {"container"}, set()),
        ("import flyteidl.core", set(), {"flyteidl.core"}),
        ("from package import engine", set(), {"package", "package.engine"}),
    ],
)
def test_the_reader_of_imports_finds_them(source, ours, others):
    modules = {"", "_types", "_types.rows", "container", "errors"}
    assert imports("_types.choices", source, {"", "_types"}, modules) == (ours, others)


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        ({"a": "from .b import x", "b": "from .c import x", "c": ""}, []),
        ({"a": "from .b import x", "b": "from . import a"}, [("a", "b")]),
        ({"a": "from .b import x", "b": "if TYPE_CHECKING:\n    from .a import X"}, [("a", "b")]),
        ({"a": "from .b import x", "b": "def f():\n    from .a import x"}, [("a", "b")]),
        ({"c": "from .a import x", "a": "from .b import x", "b": "from .c import x"}, [("a", "b", "c")]),
        (
            {"a": "from .b import x", "b": "from .a import x\nfrom .c import x", "c": "from .b import x"},
            [("a", "b"), ("b", "c")],
        ),
        ({"p": "from .one import x", "p.one": "from . import THE_TABLE"}, [("p", "p.one")]),
        ({"p": "from .one import x", "p.one": "from ..q import x", "q": "from .p import x"}, [("p", "p.one", "q")]),
        ({"": "from .a import x", "a": "from . import __version__"}, [("", "a")]),
        ({"a": "from .a import x"}, [("a",)]),
    ],
)
def test_the_finder_of_cycles_finds_them(sources, expected):
    assert cycles(graph({"": "", **sources}, {"", "p"})) == expected


# ----------------------------------------------------------------------------------------------------------- every file


def test_every_file_is_in_a_layer():
    assert {module for module in SOURCES if not any(layer(module) in names for names in LAYERS)} == set()
    assert {"", "_idl", "errors", "values", "engine", "shim", "_types", "commands.run"} <= set(SOURCES)


def test_no_two_files_import_each_other_directly_or_by_others():
    assert cycles({module: ours for module, (ours, _) in IMPORTS.items()}) == []


def test_imports_go_down():
    up = {module: {one for one in ours if place(one) < place(module)} for module, (ours, _) in IMPORTS.items()}
    assert {module: wrong for module, wrong in up.items() if wrong} == {}


def test_imports_of_ours_are_relative():
    absolute = {module for module, (_, others) in IMPORTS.items() if "shimlite" in map(layer, others)}
    assert absolute == set()


def test_every_file_starts_with_its_licence():
    """An empty ``__init__.py`` of the tests holds nothing to license."""
    tests = [path for name in ("tests", "benchmarks") for path in (ROOT / name).rglob("*.py")]
    assert pathlib.Path(__file__) in tests
    texts = {path: path.read_text() for path in (*PATHS.values(), *tests)}
    needed = {path: text for path, text in texts.items() if text or path in PATHS.values()}
    assert {str(path) for path, text in needed.items() if not text.startswith(LICENCE)} == set()


# ------------------------------------------------------------------------------------------- what is stricter than that


def importing(prefix: str) -> set[str]:
    return {module for module, (_, others) in IMPORTS.items() if any(one.startswith(prefix) for one in others)}


def test_the_protos_are_imported_in_one_place():
    assert importing("flyteidl") == {"_idl"}
    assert importing("google.protobuf") == {"_idl", "_idl_copy"}
    assert (importers("_idl_copy"), importers("_idl_files"), importers("idl")) == ({"_idl"}, {"_idl_copy"}, set())


def test_what_is_known_by_its_names_alone_is_not_imported():
    wrong = {name: importers(name) - allowed for name, allowed in ANOTHERS_WORLD.items()}
    assert {name: layers for name, layers in wrong.items() if layers} == {}


@pytest.mark.parametrize("module", ["_idl_files", "equality", "errors"])
def test_the_leaves_import_nothing_of_ours(module):
    assert IMPORTS[module][0] == set()


@pytest.mark.parametrize("module", sorted(AMBIENT))
def test_what_executors_take_from_the_air_knows_only_itself_and_the_errors(module):
    assert strangers(module, {*AMBIENT, "errors"}) == set()


def test_an_executor_stands_alone_with_what_all_of_sql_share():
    executors = [module for module in SOURCES if module.startswith("executors.")]
    shared = {one for module in executors for one in IMPORTS[module][0] if one.startswith("executors")}
    assert shared == {
        f"executors.{one}" for one in ("drivers", "grammars", "queries", "sqlite3")
    }  # SQLAlchemy has SQLite too
    assert importers("executors") <= {"commands"}


def test_nothing_imports_the_strategies():
    assert importers("strategies") == {"testing"}
    assert importers("testing") == set()
    assert importers("hypothesis") == {"strategies", "testing"}


def test_the_strategies_import_nobody_but_hypothesis_and_msgpack():
    files = [module for module in SOURCES if layer(module) in ("strategies", "testing")]
    others = {layer(name) for module in files for name in IMPORTS[module][1]}
    assert others - set(sys.stdlib_module_names) <= {"attr", "attrs", "hypothesis", "msgpack"}


def test_the_strategies_know_the_engine_and_not_what_is_made_of_it():
    files = [module for module in SOURCES if layer(module) == "strategies"]
    allowed = {"_idl", "_types", "engine", "equality", "errors", "schemas", "strategies", "values"}
    assert {module: wrong for module in files if (wrong := strangers(module, allowed))} == {}
    assert strangers("testing", {*allowed, "fidelity", "normal"}) == set()


def test_schemas_are_read_beside_the_engine_for_people_alone():
    assert strangers("schemas", {"_idl", "_types", "engine", "equality", "errors", "values"}) == set()
    assert importers("schemas") <= {"authoring", "commands", "strategies"}


# -------------------------------------------------------------------------------------------------------------- Flyte 2

OF_FLYTE_2 = ("ACTION_NAME", "RUN_NAME", "_U_", "_UNION_", "flyteidl2", "flyte.errors", "RunService")
"""What nothing but Flyte 2 has."""


def words_of_flyte_2(module: str) -> set[str]:
    """Those that its code has, comments and documentation aside."""
    texts = [node.value for node in ast.walk(ast.parse(SOURCES[module])) if isinstance(node, ast.Constant)]
    documentation = {
        id(node.value.value)
        for node in ast.walk(ast.parse(SOURCES[module]))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    said = [text for text in texts if isinstance(text, str) and id(text) not in documentation]
    return {word for word in OF_FLYTE_2 for text in said if word in text}


def test_one_file_of_the_container_knows_flyte_2_and_another_when_to_ask_it():
    container = [module for module in SOURCES if layer(module) == "container"]
    knowing = {module: words for module in container if (words := words_of_flyte_2(module))}
    assert knowing.keys() == {"container.on_flyte2", "container.platforms"}
    assert knowing["container.platforms"] == {"ACTION_NAME"}
    assert knowing["container.on_flyte2"] == {*OF_FLYTE_2} - {"_UNION_"}
    importing_it = {module for module, (ours, _) in IMPORTS.items() if "container.on_flyte2" in ours}
    assert importing_it == {"container.loading", "container.platforms"}


def test_what_a_pod_knows_of_flyte_2_needs_the_standard_library_alone():
    ours, others = IMPORTS["container.on_flyte2"]
    assert ours == {"_idl", "errors", "container.threads"}
    assert {layer(name) for name in others} <= {*sys.stdlib_module_names}
    assert IMPORTS["container.platforms"][0] == {"_idl", "errors", "container.on_flyte2"}
    assert IMPORTS["container.data_uris"][0] == {"_idl", "errors", "files"}
