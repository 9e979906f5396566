# SPDX-License-Identifier: Apache-2.0
"""The code that argv names: ``FILE.py:NAME`` and ``MODULE:NAME``, and the templates and executors that are there.

A file is imported under its stem, as a pod imports it. What a *template* names is looked up among the modules that are
imported already, and never imported. ``causes`` says where the imported code failed. Next: ``run``.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import keyword
import os
import sys
from typing import Any

from .._idl import TaskTemplate
from .._types.parse import spell
from ..authoring.executors import executor_path, imported_executor, is_executor
from ..container.loading import import_module, load_executor, make_task
from ..errors import ExecutorError, NotFoundError, TemplateError, no_message
from ..files import is_data
from ..shim import ExecutableTemplateShimTask
from .causes import of_own_code
from .show import shortened

_MISSING: Any = object()
_PACKAGE = __name__.rpartition(".commands")[0]


def is_target(text: str) -> bool:
    """Whether an argument names code, and not a file or a URI of a template."""
    if "://" in text or is_data(text):
        return False
    if text.endswith(".py"):
        return True
    place, colon, _ = text.rpartition(":")
    return bool(colon) and not os.path.exists(text) and (place.endswith(".py") or _is_dotted(place))


def template_at(target: str) -> TaskTemplate:
    """The template that ``FILE.py:NAME`` or ``MODULE:NAME`` names, or the only one of a ``FILE.py``.

    Raises ExecutorError where the code cannot be imported, NotFoundError and TemplateError.
    """
    templates = templates_in(target)
    if len(templates) > 1:
        names = _listed(name for name, _ in templates)
        raise TemplateError(f"{target!r} has the templates {names}", hint=f"write {_place(target)}:NAME")
    if not templates:
        raise TemplateError(f"{target!r} has no template", hint=_make_one("Executor"))
    return templates[0][1]


def templates_in(target: str) -> list[tuple[str, TaskTemplate]]:
    """The templates at the top of a file or module and their names there, in order of definition, each once.

    Where ``target`` names one, that one alone, which may be a ``ShimTask``. Raises what ``template_at`` does.
    """
    module, name = _imported(_place(target)), _name(target)
    every: dict[int, tuple[str, TaskTemplate]] = {}
    for own_name, value in getattr(module, "__dict__", {}).items():  # a module may put anything in its place
        if isinstance(value, TaskTemplate):
            every.setdefault(id(value), (own_name, value))
    templates = list(every.values())
    if not name:
        return templates
    value = _as_template(_attribute(module, name))
    if isinstance(value, TaskTemplate):
        return [(name, value)]
    if value is _MISSING:
        there = _listed(own_name for own_name, _ in templates)
        hint = f"its templates are {there}" if templates else "it has no template"
        raise TemplateError(f"{_place(target)!r} has no {name!r}", hint=hint)
    if is_executor(value):
        raise TemplateError(f"{target!r} is an executor, no template", hint=_make_one(name))
    raise TemplateError(no_message(TaskTemplate, value).reason, path=target)


def _as_template(value: Any) -> Any:
    """The template of a ``ShimTask``; anything else as it is. Who made one has imported its module, and flyte."""
    shim_task: Any = getattr(sys.modules.get(f"{_PACKAGE}.flyte2"), "ShimTask", ())
    return value.as_template() if isinstance(value, shim_task) else value


def executor_of(template: TaskTemplate) -> Any:
    """The class that a template names, out of the modules that are imported already. Raises ExecutorError."""
    path = executor_path(template)
    if not path:
        raise ExecutorError("the template names no executor", path="executor", hint="give one: package.module.Class")
    executor, _ = imported_executor(path)
    if executor is None:
        reason = f"the template names {path}, which is no executor in a module that the target imports"
        raise ExecutorError(reason, path="executor", hint="give the executor after the target")
    return executor


def executor_at(text: str) -> Any:
    """The class that argv names as ``package.module.Class``, ``MODULE:CLASS`` or ``FILE.py:CLASS``.

    Raises ExecutorError and NotFoundError.
    """
    place, name = _place(text), _name(text)
    if text.endswith(".py"):
        raise ExecutorError(f"{text!r} names no class", path="executor", hint=f"write {text}:CLASS")
    if not name:
        return of_own_code(f"importing {text}", lambda: load_executor(text))
    value = _attribute(_imported(place), name)
    if value is _MISSING:
        raise ExecutorError(f"{place!r} has no {name!r}", path="executor")
    if not callable(value):
        raise ExecutorError(f"{text} cannot be called", path="executor")
    return value


def task_of(template: TaskTemplate, executor: Any) -> ExecutableTemplateShimTask:
    """The pair. Raises ExecutorError, what the executor's own code raised as its cause, and TemplateError."""
    return of_own_code(f"making {spell(executor)}", lambda: make_task(template, executor))


def _place(target: str) -> str:
    return target if target.endswith(".py") else target.rpartition(":")[0] or target


def _name(target: str) -> str:
    return target[len(_place(target)) + 1 :]


def _is_dotted(text: str) -> bool:
    return all(part.isidentifier() for part in text.split("."))


def _listed(names: Any) -> str:
    return shortened(", ".join(map(repr, names)))


def _make_one(executor: str) -> str:
    return f"make one: NAME = task_template({executor}, name=…, container_image=…)"


def _attribute(module: Any, name: str) -> Any:
    """What a dotted name is in a module; _MISSING where it is nothing."""
    value = module
    for part in name.split("."):
        value = of_own_code(f"asking for {name}", functools.partial(getattr, value, part, _MISSING))
    return value


# ---------------------------------------------------------------------------------------------------- files and modules


def _imported(place: str) -> Any:
    """The module that a file or a dotted name is."""
    if place.endswith(".py"):
        return _imported_file(place)
    module = _imported_module(place) if _is_dotted(place) else None
    if module is None:
        raise ExecutorError(f"there is no module {place!r}", hint="a file is named with its .py")
    return module


def _imported_module(name: str) -> Any:
    try:
        return of_own_code(f"importing {name}", lambda: import_module(name))
    except ExecutorError as error:
        error.path = ""  # it is not the executor yet
        raise


def _imported_file(place: str) -> Any:
    if not os.path.isfile(place):
        raise NotFoundError(f"there is no file {place!r}")
    path = os.path.abspath(place)
    folder, stem = os.path.dirname(path), os.path.basename(path)[: -len(".py")]
    if stem == "__init__":
        raise ExecutorError(f"{place!r} is a package", hint=f"write {_dotted_name(path)[0]}:NAME")
    if not stem.isidentifier() or keyword.iskeyword(stem):
        raise ExecutorError(f"{place!r} cannot be imported: {stem!r} is no name of a module", hint="rename the file")
    importlib.invalidate_caches()
    other = _other_module(stem, path)
    if other:
        raise ExecutorError(f"in a pod, `import {stem}` finds {other} and not {place!r}", hint="rename the file")
    if sys.path[:1] != [folder]:
        sys.path.insert(0, folder)
    try:
        return _imported_module(stem)
    except ExecutorError as error:
        name, above = _dotted_name(path)
        if isinstance(error.__cause__, ImportError) and name != stem:
            error.hint = f"the file is in a package: write {name}:NAME in {above}"
        raise


def _dotted_name(path: str) -> tuple[str, str]:
    """What a file's module is called inside its packages, and the folder that holds the outermost."""
    folder, name = os.path.dirname(path), os.path.basename(path)[: -len(".py")]
    parts = [] if name == "__init__" else [name]
    while os.path.exists(os.path.join(folder, "__init__.py")):
        folder, name = os.path.split(folder)
        parts.insert(0, name)
    return ".".join(parts), folder


def _other_module(stem: str, path: str) -> str:
    """What ``import stem`` finds instead of the file at ``path``; empty where it finds that file.

    In a pod the file may lie behind all that is installed, so its folder is looked through last too.
    """
    module = sys.modules.get(stem)
    if module is not None:
        origins = [str(getattr(module, "__file__", None))]
    else:
        folder = os.path.dirname(path)
        own = (os.path.realpath(folder), os.path.realpath("."))
        installed = [entry for entry in sys.path if os.path.realpath(entry) not in own]
        origins = [_origin(stem, [folder, *installed]), _origin(stem, [*installed, folder])]
    for origin in origins:
        if os.path.realpath(origin) != os.path.realpath(path):
            return repr(origin) if os.path.isabs(origin) else "another module"
    return ""


def _origin(stem: str, places: list[str]) -> str:
    """The file of the module that ``import stem`` finds in these places."""
    before = sys.path
    sys.path = places
    try:
        return str(getattr(importlib.util.find_spec(stem), "origin", None))
    finally:
        sys.path = before
