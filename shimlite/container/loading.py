# SPDX-License-Identifier: Apache-2.0
"""From the URIs and names in argv to a template, a literal map and an executor class.

Only argv names code: nothing that a template or a literal says is ever imported.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Mapping
from typing import Any, TypeVar

from .._idl import DecodeError, LiteralMap, Message, TaskTemplate
from .._types.parse import spell
from ..errors import ExecutorError, InputsError, ShimliteError, TemplateError
from ..files import scheme_of, shown
from ..shim import ExecutableTemplateShimTask
from .storage import storage_for

ALIASES = {
    "flytekit.extras.sqlite3.task.SQLite3TaskExecutor": "executors.sqlite3.SQLite3TaskExecutor",
    "flytekitplugins.sqlalchemy.task.SQLAlchemyTaskExecutor": "executors.sqlalchemy.SQLAlchemyTaskExecutor",
}
"""Executors that flytekit and its plug-ins ship, by the path they register, and ours for them, inside this package."""

_PACKAGE = __name__.rpartition(".container")[0]
_M = TypeVar("_M", bound=Message)


def read_template(uri: str, environment: Mapping[str, str] = os.environ) -> TaskTemplate:
    """The ``TaskTemplate`` at ``uri``; one that is ``inline://`` is asked for, as ``environment`` says.

    Raises StorageError, and TemplateError for anything else than a template.
    """
    content = _asked_for(environment) if scheme_of(uri) == "inline" else storage_for(uri).read(uri)
    if not content:
        raise TemplateError(f"{shown(uri)!r} is empty", path="template")
    return parsed(uri, content, TaskTemplate, TemplateError, "template")


def _asked_for(environment: Mapping[str, str]) -> bytes:
    from .on_flyte2 import ask_for_template

    return ask_for_template(environment)


def read_inputs(uri: str) -> LiteralMap:
    """The ``LiteralMap`` at ``uri``; an empty file is an empty map. Raises StorageError and InputsError."""
    return parsed(uri, storage_for(uri).read(uri), LiteralMap, InputsError, "inputs")


def parsed(uri: str, content: bytes, message_class: type[_M], error: type[ShimliteError], path: str) -> _M:
    """The message that the content of a file is. Raises ``error``, at ``path``, for any other content."""
    message = message_class()
    try:
        message.ParseFromString(content)
    except (DecodeError, RecursionError, ValueError):
        what = f"{len(content)} bytes that are no {message.DESCRIPTOR.full_name}"
        raise error(f"{shown(uri)!r} holds {what}", path=path) from None
    return message


def load_executor(name: str) -> Any:
    """The class that a dotted path names, ``package.module.Class`` or a nested ``….Outer.Inner``.

    Raises ExecutorError where it cannot be imported, the reason as its cause where that lies in the executor's own
    code.
    """
    name = f"{_PACKAGE}.{ALIASES[name]}" if name in ALIASES else name
    parts = name.split(".")
    if len(parts) < 2 or not all(parts):
        raise ExecutorError(f"{name!r} is no import path", path="executor", hint="give package.module.Class")
    for split in range(len(parts) - 1, 0, -1):
        module = import_module(".".join(parts[:split]))
        if module is not None:
            return _attribute(module, parts[split:], name)
    raise ExecutorError(f"there is no module {parts[0]!r}", path="executor", hint=f"wanted for {name}")


def make_task(template: TaskTemplate, executor: Any) -> ExecutableTemplateShimTask:
    """The pair. Raises ExecutorError, what the executor's own code raised as its cause."""
    try:
        return ExecutableTemplateShimTask(template, executor)
    except ShimliteError:
        raise
    except Exception as error:
        raise ExecutorError(f"making {spell(executor)} raised {type(error).__name__}", path="executor") from error


def import_module(module: str) -> Any:
    """The module; None where there is none of that name, which may still be a class in the one above.

    The working directory is the last place where modules are looked for. Raises ExecutorError as ``load_executor``.
    """
    with contextlib.suppress(OSError):  # it was removed
        if os.getcwd() not in sys.path:
            sys.path.append(os.getcwd())
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is not None and (module == error.name or module.startswith(f"{error.name}.")):
            return None
        raise ExecutorError(f"{module} needs the package {error.name!r}", path="executor") from error
    except Exception as error:
        raise ExecutorError(f"importing {module} raised {type(error).__name__}", path="executor") from error


def _attribute(module: Any, names: list[str], whole: str) -> Any:
    found = module
    for name in names:
        if not hasattr(found, name):
            raise ExecutorError(f"{module.__name__} has no {'.'.join(names)!r}", path="executor")
        found = getattr(found, name)
    if not callable(found):
        raise ExecutorError(f"{whole} cannot be called", path="executor")
    return found
