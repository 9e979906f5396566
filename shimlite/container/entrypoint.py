# SPDX-License-Identifier: Apache-2.0
"""The program that a pod runs: reads template and inputs, runs the pair, leaves ``outputs.pb`` or ``error.pb``.

Propeller looks at the files only of a pod that ended with 0, so an error document is a success of this program; another
exit code means that nothing could be written.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from typing import Any

from .._idl import LiteralMap, TaskTemplate
from ..context import Context, ExecutionId, TaskId
from ..errors import ExecutorError, IgnoreOutputs, ShimliteError, StorageError, TemplateError
from ..mappings.row import spell
from ..shim import ExecutableTemplateShimTask
from .arguments import RESOLVERS, Arguments
from .failures import error_document
from .loading import load_executor, read_inputs, read_template
from .storage import storage_for


def execute(arguments: Arguments, report: Callable[[str], None]) -> int:
    """Run the task that ``arguments`` name and leave its files; ``report`` is given what failed, for the log.

    Returns the exit code: 0, or 1 where no file could be left.
    """
    if arguments.test:
        return 0
    try:
        _write(arguments, "outputs.pb", run(arguments).SerializeToString(deterministic=True))
    except IgnoreOutputs:
        return 0
    except BaseException as error:  # sys.exit in an executor too: without a file, the platform would only see silence
        return _fail(arguments, error, report)
    return 0


def run(arguments: Arguments) -> LiteralMap:
    """The outputs of the task that ``arguments`` name."""
    if arguments.resolver not in RESOLVERS:
        raise TemplateError("this resolver is not supported", path="resolver", hint=f"only {RESOLVERS[-1]} is")
    template = read_template(arguments.template)
    executor = load_executor(arguments.executor)
    inputs = read_inputs(arguments.inputs)
    with tempfile.TemporaryDirectory(prefix="shimlite-", ignore_cleanup_errors=True) as folder:
        context = Context(
            **_identity(os.environ),
            working_directory=folder,
            raw_output_prefix=(arguments.raw_output_prefix or f"{arguments.output_prefix}/raw").rstrip("/"),
            file_access=storage_for(arguments.raw_output_prefix),
        )
        return _task(template, executor).dispatch_execute(context, inputs)


def _task(template: TaskTemplate, executor: Any) -> ExecutableTemplateShimTask:
    try:
        return ExecutableTemplateShimTask(template, executor)
    except ShimliteError:
        raise
    except Exception as error:
        raise ExecutorError(f"making {spell(executor)} raised {type(error).__name__}", path="executor") from error


def _identity(environment: Mapping[str, str]) -> dict[str, Any]:
    """Which execution and task this is, from the variables that Propeller sets or their short forms."""

    def given(name: str, short: str) -> str:
        return environment.get(f"FLYTE_INTERNAL_{name}", environment.get(f"_F_{short}", ""))

    execution = ExecutionId(
        given("EXECUTION_PROJECT", "PRJ"), given("EXECUTION_DOMAIN", "DM"), given("EXECUTION_ID", "NM")
    )
    task = TaskId(
        given("TASK_PROJECT", "TK_PRJ"),
        given("TASK_DOMAIN", "TK_DM"),
        given("TASK_NAME", "TK_NM"),
        given("TASK_VERSION", "TK_V"),
    )
    return {"execution_id": execution, "task_id": task}


def _write(arguments: Arguments, name: str, content: bytes) -> None:
    uri = f"{arguments.output_prefix.rstrip('/')}/{name}"
    storage_for(uri).write(uri, content)


def _fail(arguments: Arguments, error: BaseException, report: Callable[[str], None]) -> int:
    document = error_document(error)
    report(document.error.message)
    try:
        _write(arguments, "error.pb", document.SerializeToString(deterministic=True))
    except StorageError as unwritten:
        report(str(unwritten))
        return 1
    return 0
