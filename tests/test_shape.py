# SPDX-License-Identifier: Apache-2.0
"""The shape of the core: files and functions that can be read at once, types taken apart in one file, one cache."""

from __future__ import annotations

import ast
import pathlib
from collections.abc import Iterator

import pytest

import shimlite

PACKAGE = pathlib.Path(shimlite.__file__).parent
LONGEST_FILE = 400
LONGEST_FUNCTION = 40
FILES_OF_THE_CORE = ("engine", "fidelity", "normal", "values", "errors", "equality", "_idl")

TAKES_TYPES_APART = {"get_args", "get_origin", "__args__", "__origin__"}
REMEMBERS = {"lru_cache", "cache"}
WEAK = {"WeakValueDictionary", "WeakKeyDictionary", "WeakSet"}
TABLES = {"dict", "list", "set", "defaultdict", "deque", "OrderedDict", *WEAK}

SOURCES = {path.relative_to(PACKAGE).as_posix(): path.read_text() for path in sorted(PACKAGE.rglob("*.py"))}
TYPES = {name: source for name, source in SOURCES.items() if name.startswith("_types/")}
CORE = {**TYPES, **{f"{name}.py": SOURCES[f"{name}.py"] for name in FILES_OF_THE_CORE}}


def functions(source: str) -> Iterator[tuple[str, int]]:
    """The name of each function, methods and inner ones too, and its lines from ``def`` to its last."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, (node.end_lineno or 0) - node.lineno + 1


def names(source: str) -> set[str]:
    """Every name, attribute and import of a file, and every text that may be an attribute's name for ``getattr``."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
    return found


def last_name(node: ast.expr) -> str:
    """``lru_cache`` of ``lru_cache``, ``functools.lru_cache``, ``functools.lru_cache(maxsize=8)``."""
    if isinstance(node, ast.Call):
        return last_name(node.func)
    return getattr(node, "attr", getattr(node, "id", ""))


def caches(source: str) -> dict[str, str]:
    """What a module remembers for as long as the process runs, and how: functions by ``functools``, tables that are
    empty at first, tables of weak references. What a call or an object of its own remembers goes with it.
    """
    kinds: dict[str, str] = {}
    body = ast.parse(source).body
    methods = [method for node in body if isinstance(node, ast.ClassDef) for method in node.body]
    for node in (*body, *methods):
        if isinstance(node, ast.FunctionDef) and REMEMBERS & set(map(last_name, node.decorator_list)):
            kinds[node.name] = "functools"
    for node in body:
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            words = ast.unparse(node.annotation) if isinstance(node, ast.AnnAssign) else ""
            kind = kind_of_table(node.value, words)
            if kind:
                kinds[ast.unparse(target)] = kind
    return kinds


def kind_of_table(value: ast.expr, annotation: str) -> str:
    """Empty where a value is none. ``annotation`` may say that the table's values are weak references."""
    name = last_name(value)
    if REMEMBERS & {name, last_name(value.func) if isinstance(value, ast.Call) else ""}:
        return "functools"
    is_display = isinstance(value, (ast.Dict, ast.List, ast.Set))
    inside = [*ast.iter_child_nodes(value)] if is_display else []
    is_empty = is_display and not [one for one in inside if isinstance(one, ast.expr)]
    is_call = isinstance(value, ast.Call) and name in TABLES and not value.args and not value.keywords
    if not is_empty and not is_call:
        return ""
    return "weak" if name in WEAK or "weakref." in annotation else "table"


# ---------------------------------------------------------------------------------------------- the finders themselves


def test_the_finder_of_functions_measures_them():
    source = (
        "@decorator(\n  1\n)\ndef f():\n    def g(): pass\n    return g\nclass C:\n    async def h(self):\n        pass"
    )
    assert sorted(functions(source)) == [("f", 3), ("g", 1), ("h", 2)]


@pytest.mark.parametrize(
    "source",
    [
        "import typing\ntyping.get_args(x)",
        "from typing import get_origin as origin_of",
        "x.__args__",
        "getattr(x, '__origin__', None)",
    ],
)
def test_the_finder_of_names_finds_what_takes_a_type_apart(source):
    assert names(source) & TAKES_TYPES_APART


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("@functools.cache\ndef f(): pass", {"f": "functools"}),
        ("class C:\n    @lru_cache(maxsize=8)\n    def f(self): pass", {"f": "functools"}),
        ("f = functools.lru_cache(maxsize=8)(g)", {"f": "functools"}),
        ("f = functools.cache(g)", {"f": "functools"}),
        ("A: dict[int, str] = {}\nB = dict()\nC = []", {"A": "table", "B": "table", "C": "table"}),
        ("A = weakref.WeakValueDictionary()\nB: dict[int, weakref.ref[type]] = {}", {"A": "weak", "B": "weak"}),
        ("class C:\n    default: dict[str, int] = {}\nA = {1: 2}\nB = (1,)\nC = dict(pairs)\nD = [1]\nE: int", {}),
        ("def f():\n    seen = {}\n    @functools.cache\n    def g(): pass", {}),
    ],
)
def test_the_finder_of_caches_finds_them(source, expected):
    assert caches(source) == expected


# ------------------------------------------------------------------------------------------------------------ the rules


def test_there_is_a_core():
    assert len(TYPES) > 5
    assert len(CORE) == len(TYPES) + len(FILES_OF_THE_CORE)


def test_no_file_is_longer_than_can_be_read_at_once():
    lengths = {name: len(source.splitlines()) for name, source in CORE.items()}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_function_is_longer_than_a_screen():
    lengths = {f"{name}: {one}": length for name, source in CORE.items() for one, length in functions(source)}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}


def test_one_file_takes_types_apart():
    """All else asks its exports. The strategies make types, and keep their own view of them."""
    files = [name for name, source in SOURCES.items() if names(source) & TAKES_TYPES_APART]
    assert len([name for name in files if not name.startswith("strategies/")]) == 1, files


def test_the_fixed_set_remembers_nothing():
    """Compiled codecs are the engine's to keep. A generated Enum is found by its values, while anyone holds it."""
    kinds = {f"{name}: {one}": kind for name, source in TYPES.items() for one, kind in caches(source).items()}
    assert {name: kind for name, kind in kinds.items() if kind != "weak"} == {}
    assert len(kinds) <= 1


def test_the_engine_has_one_cache():
    """The compiled codecs by node and bytes, and beside them at most one way to find a type that was seen."""
    kinds = caches(SOURCES["engine.py"])
    assert 1 <= len(kinds) <= 2, kinds
    assert len(set(kinds.values())) == len(kinds), kinds
    others = {name: caches(source) for name, source in CORE.items() if name != "engine.py" and name not in TYPES}
    assert {name: kinds for name, kinds in others.items() if kinds} == {}
