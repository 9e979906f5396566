# SPDX-License-Identifier: Apache-2.0
"""Flyte's template tasks without flytekit: a type engine, the shim pair, and a contract of what each type loses.

Importing this loads the engine and the pair, and does nothing else. ``shimlite.container`` is what runs in a pod,
``shimlite.executors`` holds ready executors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._version import __version__
from .context import Context, ExecutionId, TaskId, current_context
from .engine import (
    dict_to_literal_map,
    guess_python_type,
    literal_map_to_kwargs,
    to_literal,
    to_literal_type,
    to_python_value,
)
from .errors import (
    ArgumentsError,
    ConversionError,
    ConversionTypeError,
    ConversionValueError,
    DatabaseError,
    DatabaseUnreachableError,
    ExecutorError,
    FlyteRecoverableException,
    IgnoreOutputs,
    InputsError,
    LocalFileError,
    MissingExtraError,
    NotFoundError,
    OutputsError,
    SecretError,
    ShimliteError,
    StorageError,
    TableError,
    TemplateError,
    UnsupportedTypeError,
    UriError,
)
from .fidelity import Fidelity, Loss, fidelity
from .files import FileAccess
from .normal import normal
from .shim import ExecutableTemplateShimTask, ShimTaskExecutor
from .templates import TaskTemplate
from .values import FlyteAnnotation, FlyteDirectory, FlyteError, FlyteFile, FlyteSchema, HashMethod, StructuredDataset

if TYPE_CHECKING:
    from .authoring.tasks import task_template
else:

    def __getattr__(name: str) -> Any:
        """``task_template``, which only authors call, when it is asked for."""
        if name != "task_template":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from .authoring.tasks import task_template

        return task_template


__all__ = [
    "ArgumentsError",
    "Context",
    "ConversionError",
    "ConversionTypeError",
    "ConversionValueError",
    "DatabaseError",
    "DatabaseUnreachableError",
    "ExecutableTemplateShimTask",
    "ExecutionId",
    "ExecutorError",
    "Fidelity",
    "FileAccess",
    "FlyteAnnotation",
    "FlyteDirectory",
    "FlyteError",
    "FlyteFile",
    "FlyteRecoverableException",
    "FlyteSchema",
    "HashMethod",
    "IgnoreOutputs",
    "InputsError",
    "LocalFileError",
    "Loss",
    "MissingExtraError",
    "NotFoundError",
    "OutputsError",
    "SecretError",
    "ShimTaskExecutor",
    "ShimliteError",
    "StorageError",
    "StructuredDataset",
    "TableError",
    "TaskId",
    "TaskTemplate",
    "TemplateError",
    "UnsupportedTypeError",
    "UriError",
    "__version__",
    "current_context",
    "dict_to_literal_map",
    "fidelity",
    "guess_python_type",
    "literal_map_to_kwargs",
    "normal",
    "task_template",
    "to_literal",
    "to_literal_type",
    "to_python_value",
]
