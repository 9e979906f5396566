# SPDX-License-Identifier: Apache-2.0
"""Whether the tests notice: small changes to the core, one at a time, each of which should make some test fail.

``python -m tests.mutation`` prints those that no test noticed. Of the ready tools, mutmut 3 puts frames of its own
between calls, so tests of depth fail without any change, and leaves tables alone, as our rows are; cosmic-ray
drops no statement, argument or result, and half of its changes are to annotations and to what ``is`` compares.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import multiprocessing
import os
import pathlib
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import Any

import attrs
import flyteidl.admin.task_pb2  # noqa: F401
import hypothesis.strategies  # this and flyteidl take a second to import, which no fork pays again
import pytest

ROOT = pathlib.Path(__file__).parents[1]
MUTATED = ("shimlite/engine.py", "shimlite/fidelity.py", "shimlite/_types/*.py")
TESTS = (
    *("tests/mappings", "tests/test_engine.py", "tests/test_golden.py", "tests/test_idl_coverage.py"),
    *("tests/test_fidelity.py", "tests/test_signatures.py", "tests/test_shim.py", "tests/test_normal.py"),
    *("tests/test_stripping.py", "tests/test_reading_order.py", "tests/corpus"),
    *("tests/commands", "tests/test_readme.py", "tests/property"),
)
"""In the order in which they run; the first failure ends a run, so the fast ones come first."""
CHOSEN = "not every_kind_is and not both_kinds_of_protobuf and not a_second_process"
"""All but what tests the strategies rather than the core, and what runs the same tests again in other processes."""
SECONDS = 300
"""For one run, which takes a minute or two if nothing fails; a mutant that loops for ever counts as noticed."""
_PAIRS = (
    *((ast.Eq, ast.NotEq), (ast.Lt, ast.LtE), (ast.Gt, ast.GtE), (ast.Is, ast.IsNot), (ast.In, ast.NotIn)),
    *((ast.And, ast.Or), (ast.Add, ast.Sub), (ast.Mult, ast.FloorDiv), (ast.Div, ast.Mod)),
)
OPPOSITES = {one: other for pair in _PAIRS for one, other in (pair, pair[::-1])} | {ast.Pow: ast.Mult}


@attrs.frozen
class Mutant:
    path: str
    before: str
    after: str

    def __str__(self) -> str:
        lines = (text.splitlines() for text in (self.before, self.after))
        return "\n".join(difflib.unified_diff(*lines, self.path, self.path, lineterm="", n=2))


def mutants_of(path: str) -> Iterator[Mutant]:
    """Every mutant of one file, the text around the change as it was."""
    source = (ROOT / path).read_text()
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line.encode()))
    data = source.encode()
    for node, replacement in _changes(ast.parse(source)):
        begin = starts[node.lineno - 1] + node.col_offset
        end = starts[node.end_lineno - 1] + node.end_col_offset
        text = replacement if isinstance(replacement, str) else ast.unparse(replacement)
        if isinstance(replacement, (ast.BinOp, ast.BoolOp, ast.Compare, ast.IfExp)):
            text = f"({text})"
        yield Mutant(path, source, (data[:begin] + text.encode() + data[end:]).decode())


def _changes(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST | str]]:
    """Each node that may be changed, and what may stand in its place. What no test can tell stays: imports,
    annotations, names of types, docstrings and lists of names."""
    if isinstance(node, (ast.Import, ast.ImportFrom)) or _is_docstring(node) or _is_of_names(node):
        return
    if isinstance(node, ast.expr):
        yield from ((node, changed) for changed in _instead_of(node))
    elif isinstance(node, (ast.Assign, ast.AugAssign, ast.Expr, ast.Raise, ast.Continue, ast.Break)):
        yield node, "pass"
    elif isinstance(node, ast.Return) and node.value and ast.unparse(node.value) != "None":
        yield node.value, "None"
    elif isinstance(node, (ast.If, ast.While)):
        yield node.test, f"(not ({ast.unparse(node.test)}))"
    elif isinstance(node, ast.comprehension):
        yield from ((condition, "True") for condition in node.ifs)
    for name, below in ast.iter_fields(node):
        # What is inside an f-string has no place of its own before Python 3.12.
        if name not in ("annotation", "returns") and not isinstance(node, ast.JoinedStr):
            for child in below if isinstance(below, list) else [below]:
                if isinstance(child, ast.AST):
                    yield from _changes(child)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_of_names(node: ast.AST) -> bool:
    """A list of names, or a name for a type: ``Pair = tuple[type, Any]``."""
    if not isinstance(node, ast.Assign):
        return False
    name = ast.unparse(node.targets[0])
    is_type = isinstance(node.value, ast.Subscript) and name[0].isupper() and not name.isupper()
    return is_type or name in ("__all__", "__slots__")


def _instead_of(node: ast.expr) -> Iterator[ast.expr | str]:
    if isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            ops = [*node.ops[:place], OPPOSITES[type(operator)](), *node.ops[place + 1 :]]
            yield ast.Compare(node.left, ops, node.comparators)
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(OPPOSITES[type(node.op)](), node.values)
    elif isinstance(node, ast.BinOp) and type(node.op) in OPPOSITES:
        yield ast.BinOp(node.left, OPPOSITES[type(node.op)](), node.right)
    elif isinstance(node, ast.UnaryOp):
        yield node.operand
    elif isinstance(node, ast.IfExp):
        yield from (node.body, node.orelse)
    elif isinstance(node, ast.JoinedStr):
        yield "''"
    elif isinstance(node, ast.Constant):
        yield from _instead_of_constant(node.value)
    elif isinstance(node, ast.Call):
        yield from (ast.Call(node.func, args, node.keywords) for args in _each_left_out(node.args))
        yield from (ast.Call(node.func, node.args, keywords) for keywords in _each_left_out(node.keywords))
        if len(node.args) > 1:
            yield ast.Call(node.func, [node.args[1], node.args[0], *node.args[2:]], node.keywords)
    elif isinstance(node, (ast.Tuple, ast.List)) and isinstance(node.ctx, ast.Load):
        yield from (type(node)(elts, node.ctx) for elts in _each_left_out(node.elts))


def _each_left_out(nodes: list[Any]) -> Iterator[list[Any]]:
    return (nodes[:place] + nodes[place + 1 :] for place in range(len(nodes)))


def _instead_of_constant(value: object) -> Iterator[str]:
    if isinstance(value, bool):
        yield repr(not value)
    elif isinstance(value, (int, float)):
        yield repr(value + 1)
    elif isinstance(value, str):
        yield repr("" if value else "x")


def copied(source: pathlib.Path, folder: str) -> pathlib.Path:
    """The package, its tests and what these read, for one worker to change and run."""
    copy_of = pathlib.Path(tempfile.mkdtemp(dir=folder))
    for name in ("benchmarks", "shimlite", "tests"):
        shutil.copytree(source / name, copy_of / name)
    for name in ("pyproject.toml", "README.md"):
        shutil.copy2(source / name, copy_of)
    return copy_of


def work_in(copy_of: pathlib.Path) -> None:
    """Make this process, and those that it forks, import what lies there."""
    os.chdir(copy_of)
    os.environ.update(
        HYPOTHESIS_PROFILE="quick", CI="true", PYTHONPATH=str(copy_of), PYTEST_DISABLE_PLUGIN_AUTOLOAD="1"
    )
    sys.path[:] = [str(copy_of), *(path for path in sys.path if pathlib.Path(path).resolve() != ROOT)]
    for name in [name for name in sys.modules if name.partition(".")[0] in ("shimlite", "tests")]:
        del sys.modules[name]


def find_without_shrinking() -> None:
    """That an example fails is enough; conftest.py's profiles take from this one what they leave open."""
    phases = [hypothesis.Phase.explicit, hypothesis.Phase.generate]
    hypothesis.settings.register_profile("unshrunk", phases=phases)
    hypothesis.settings.load_profile("unshrunk")


def start_worker(source: pathlib.Path, folder: str) -> None:
    work_in(copied(source, folder))
    sys.dont_write_bytecode = True  # Python would take it for that of the next mutant, if of the same size and second
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"


def try_out(mutant: Mutant) -> tuple[Mutant, bool]:
    """The mutant, and whether any test noticed it."""
    path = pathlib.Path(mutant.path)
    path.write_text(mutant.after)
    try:
        return mutant, not passes()
    finally:
        path.write_text(mutant.before)


def passes() -> bool:
    """Whether all tests pass, in a process of their own and in time."""
    child = os.fork()
    if not child:
        os.setpgid(0, 0)
        code = 1
        try:
            code = _run_tests()
        finally:
            os._exit(code)
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status == 0
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


def _run_tests() -> int:
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    tests = [path for path in TESTS if os.path.exists(path)]
    return int(pytest.main(["-x", "-p", "no:cacheprovider", "-k", CHOSEN, *tests]))


def main() -> int:
    parser = argparse.ArgumentParser(description="Which small changes to the core no test notices.")
    parser.add_argument("--sample", type=int, default=400, help="how many changes to try (default: 400)")
    parser.add_argument("--seed", type=int, default=1, help="which ones (default: 1)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="how many at a time (default: one a core)")
    options = parser.parse_args()
    paths = sorted(str(path.relative_to(ROOT)) for pattern in MUTATED for path in ROOT.glob(pattern))
    everything = [mutant for path in paths for mutant in mutants_of(path)]
    sample = random.Random(options.seed).sample(everything, min(options.sample, len(everything)))
    with tempfile.TemporaryDirectory() as folder:
        base = copied(ROOT, folder)
        work_in(base)
        find_without_shrinking()
        if not passes() or not try_out(attrs.evolve(sample[0], after="raise ImportError"))[1]:
            sys.exit("The tests fail without any change, or test something other than the copy.")
        began, survived = time.monotonic(), 0
        with multiprocessing.get_context("fork").Pool(options.jobs, start_worker, (base, folder)) as pool:
            for mutant, noticed in pool.imap_unordered(try_out, sample):
                survived += not noticed
                print(".", end="", flush=True) if noticed else print(f"\n{mutant}", flush=True)
    took = time.monotonic() - began
    print(f"\n{len(sample)} of {len(everything)} changes tried in {took:.0f} s, {survived} noticed by no test")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
