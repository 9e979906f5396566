# SPDX-License-Identifier: Apache-2.0
"""The program that a pod runs: reads template and inputs, runs the pair, leaves ``outputs.pb`` or ``error.pb``.

Propeller looks at the files only of a pod that ended with 0, so an error document is a success of this program; another
exit code means that nothing could be written, or that the environment asks for one (``FLYTE_FAIL_ON_ERROR``).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from .._idl import EncodeError, LiteralMap, Message, TaskTemplate
from .._types.parse import spell
from ..context import Context, ExecutionId, TaskId, of_process
from ..errors import ExecutorError, IgnoreOutputs, OutputsError, ShimliteError, StorageError, TemplateError
from ..shim import ExecutableTemplateShimTask
from . import signals
from .arguments import RESOLVERS, Arguments
from .failures import error_document, file_name, one_of
from .loading import load_executor, read_inputs, read_template
from .offloading import offload
from .outgoing import dispatch
from .storage import Files, storage_for

if TYPE_CHECKING:
    import logging

Report = Callable[[str], None]
OUTPUTS = "outputs.pb"


def execute(arguments: Arguments, report: Report) -> int:
    """Run the task that ``arguments`` name and leave its files; ``report`` is given what failed, for the log.

    Returns the exit code: 0, or 1 where no file could be left.
    """
    if arguments.test:
        return 0
    try:
        outputs = run(arguments)
        signals.ignore_from_now_on()
        _leave(arguments.output_prefix, OUTPUTS, outputs, instead_of=file_name(os.environ))
    except IgnoreOutputs:
        return 0
    except BaseException as error:  # sys.exit too: without a file, the platform would only see silence
        signals.ignore_from_now_on()
        return fail(arguments.output_prefix, error, report)
    return 0


def fail(output_prefix: str, error: BaseException, report: Report) -> int:
    """Leave the error document for what ended a run. Returns the exit code."""
    document = error_document(error, os.environ)
    report(document.error.message)
    try:
        _leave(output_prefix, file_name(os.environ), document, instead_of=OUTPUTS)
    except ShimliteError as unwritten:
        report(str(unwritten))
        return 1
    return int(os.environ.get("FLYTE_FAIL_ON_ERROR", "").lower() in ("true", "t", "1"))


def _leave(output_prefix: str, name: str, message: Message, instead_of: str) -> None:
    """Write one of the two files that a run may end with, and make sure that the other is not there.

    It could be there from a run by hand in the same place, or from a write that was reported as failed and was not. Who
    may not remove files, or ask for them, may still write.
    """
    folder = output_prefix.rstrip("/")
    try:
        content = message.SerializeToString(deterministic=True)
    except (EncodeError, ValueError):
        raise OutputsError("together they are larger than 2 GiB, protobuf's limit", path="outputs") from None
    storage = storage_for(folder)
    with suppress(StorageError):
        storage.delete(f"{folder}/{instead_of}")
    storage.write(f"{folder}/{name}", content)


def run(arguments: Arguments) -> LiteralMap:
    """The outputs of the task that ``arguments`` name, the files among them uploaded and the large ones offloaded."""
    if arguments.resolver not in RESOLVERS:
        raise TemplateError("this resolver is not supported", path="resolver", hint=f"only {RESOLVERS[-1]} is")
    template = read_template(arguments.template)
    executor = load_executor(arguments.executor)
    inputs = read_inputs(arguments.inputs)
    with of_process(_surroundings(arguments)) as context:
        outputs = dispatch(_task(template, executor), context, inputs)
        offload(outputs, template.interface.outputs.variables, arguments.output_prefix, os.environ)
    return outputs


def _surroundings(arguments: Arguments) -> Context:
    return Context(
        **_identity(os.environ),
        raw_output_prefix=(arguments.raw_output_prefix or f"{arguments.output_prefix}/raw").rstrip("/"),
        file_access=Files(),
        checkpoint_path=arguments.checkpoint_path,
        prev_checkpoint=arguments.prev_checkpoint,
        logger=_logger,
    )


def _logger() -> logging.Logger:
    from .logs import executors_logger

    return executors_logger(os.environ)


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
        return one_of(environment, f"FLYTE_INTERNAL_{name}", f"_F_{short}")

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
