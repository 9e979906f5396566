# SPDX-License-Identifier: Apache-2.0
"""Templates, literal maps and executors for tests, in a line each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from shimlite import (
    ExecutableTemplateShimTask,
    FlyteRecoverableException,
    ShimliteError,
    dict_to_literal_map,
    to_literal_type,
)
from shimlite._idl import LiteralMap, LiteralType, TaskTemplate

from .stripping import stripped


def template(inputs: Mapping[str, Any] | None = None, outputs: Mapping[str, Any] | None = None) -> TaskTemplate:
    """A TaskTemplate whose variables have these types, Python types or LiteralTypes."""
    made = TaskTemplate(type="test")
    made.id.name = "tests.task"
    for given, side in ((inputs, made.interface.inputs), (outputs, made.interface.outputs)):
        side.SetInParent()
        for name, kind in (given or {}).items():
            side.variables[name].type.CopyFrom(kind if isinstance(kind, LiteralType) else to_literal_type(kind))
    return made


def executor(work: Callable[..., Any]) -> type:
    """An executor class whose work is ``work(tt, **inputs)``."""

    class Executor:
        def execute_from_model(self, tt: Any, **kwargs: Any) -> Any:
            return work(tt, **kwargs)

    return Executor


def run(
    work: Callable[..., Any], made: TaskTemplate, inputs: LiteralMap | Mapping[str, Any] | None = None
) -> LiteralMap:
    """What the pair gives for inputs that are literals, or values of the declared types."""
    return dispatched(executor(work), made, inputs)


def dispatched(kind: Any, made: TaskTemplate, inputs: LiteralMap | Mapping[str, Any] | None = None) -> LiteralMap:
    """What an executor class gives for the template as a pod gets it: the same, or the same error, as registered.

    It runs twice, first for the registered template.
    """
    if not isinstance(inputs, LiteralMap):
        inputs = dict_to_literal_map(inputs or {}, made.interface.inputs)
    registered, in_pod = (_ended(kind, template, inputs) for template in (made, stripped(made)))
    if isinstance(in_pod, Exception):
        assert (type(in_pod), str(in_pod)) == (type(registered), str(registered))
        raise in_pod
    assert in_pod == registered
    assert in_pod.SerializeToString(deterministic=True) == registered.SerializeToString(deterministic=True)
    return in_pod


def _ended(kind: Any, made: TaskTemplate, inputs: LiteralMap) -> Any:
    try:
        return ExecutableTemplateShimTask(made, kind).dispatch_execute(None, inputs)
    except (ShimliteError, FlyteRecoverableException) as error:
        return error
