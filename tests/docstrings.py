# SPDX-License-Identifier: Apache-2.0
"""Whether the docstrings are what reStructuredText takes: ``python -m tests.docstrings`` with docutils at hand.

All that a page of the documentation would show has one: the modules, and what is public in those that people import.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import io
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from docutils.core import publish_doctree

import shimlite

FOR_USERS = (
    *("shimlite", "shimlite.testing", "shimlite.strategies", "shimlite.values"),
    *("shimlite.executors.sqlalchemy", "shimlite.executors.sqlite3"),
)

HAVE_FLYTE = importlib.util.find_spec("flyte") is not None
LEFT_OUT = (".__main__",) if HAVE_FLYTE else (".__main__", ".flyte2")
FOR_USERS += ("shimlite.flyte2",) if HAVE_FLYTE else ()


def modules() -> Iterator[ModuleType]:
    yield shimlite
    for found in pkgutil.walk_packages(shimlite.__path__, "shimlite."):
        if not found.name.endswith(LEFT_OUT):
            yield importlib.import_module(found.name)


def documented(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """The module, its own classes and functions, and their methods."""
    yield module.__name__, module
    for name, held in vars(module).items():
        if getattr(held, "__module__", None) == module.__name__ and (inspect.isclass(held) or inspect.isfunction(held)):
            yield f"{module.__name__}.{name}", held
            methods = vars(held).items() if inspect.isclass(held) else ()
            yield from ((f"{module.__name__}.{name}.{of}", one) for of, one in methods if inspect.isfunction(one))


def complaints(docstring: str) -> str:
    stream = io.StringIO()
    publish_doctree(inspect.cleandoc(docstring), settings_overrides={"warning_stream": stream, "report_level": 1})
    return stream.getvalue()


def main() -> None:
    every = {name: one.__doc__ or "" for module in modules() for name, one in documented(module)}
    wrong = {name: found for name, docstring in every.items() if (found := complaints(docstring))}
    assert not wrong, wrong
    public = {
        f"{module}.{name}": getattr(importlib.import_module(module), name)
        for module in FOR_USERS
        for name in importlib.import_module(module).__all__
    }
    without = {name for name, one in public.items() if callable(one) and not inspect.getdoc(one)}
    assert not without, without
    print(f"{sum(map(bool, every.values()))} docstrings, {len(public)} of them of public names")


if __name__ == "__main__":
    main()
