# SPDX-License-Identifier: Apache-2.0
"""The executor that a template names: its import path, and its class where that is imported already.

A template is data, so nothing that it names is imported, and no attribute is asked for in a way that runs code.
"""

from __future__ import annotations

import inspect
import sys
from typing import Any

from .._idl import TaskTemplate

TEMPLATE_PATH = "{{.taskTemplatePath}}"
"""The argument of a container that stands before the executor's path."""


def executor_path(template: TaskTemplate) -> str:
    """``package.module.Class``, as the arguments of the container end; empty where they name no executor."""
    args = ["", *template.container.args]
    names_one = TEMPLATE_PATH in args or "--" in args
    return args[-1] if names_one and is_import_path(args[-1]) else ""


def is_import_path(text: str) -> bool:
    """Whether it names something in a module, as ``package.module.Class`` does."""
    names = text.split(".")
    return len(names) > 1 and all(name.isidentifier() for name in names)


def imported_executor(path: str) -> tuple[Any, bool]:
    """The class of that path, None where it is none; and whether the module that should have it is imported."""
    names = path.split(".")
    for split in range(len(names) - 1, 0, -1):
        module: Any = sys.modules.get(".".join(names[:split]))
        if module is None:
            continue
        value = module
        for name in names[split:]:
            value = inspect.getattr_static(value, name, None)
        may_be_module = split < len(names) - 1 and inspect.getattr_static(module, names[split], None) is None
        return (value if is_executor(value) else None), not may_be_module
    return None, False


def is_executor(value: Any) -> bool:
    return isinstance(value, type) and callable(getattr(value, "execute_from_model", None))
