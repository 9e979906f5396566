# SPDX-License-Identifier: Apache-2.0
"""The program that a pod runs: reads template and inputs, runs the pair, leaves ``outputs.pb`` or ``error.pb``.

Propeller looks at the files only of a pod that ended with 0, so an error document is a success of this program; another
exit code means that nothing could be written, or that the environment asks for one (``FLYTE_FAIL_ON_ERROR``). Flyte 2
gets no other code. What can fail comes after the file: the log is written when the file is there.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from .._idl import EncodeError, ErrorDocument, LiteralMap, Message
from ..context import Context, ExecutionId, TaskId, of_process
from ..errors import OutputsError, ShimliteError, StorageError, TemplateError
from ..files import is_local
from .arguments import RESOLVERS, Arguments
from .failures import documents, file_name, forget_locals, ignores_outputs, one_of, unchain
from .loading import load_executor, make_task, read_inputs, read_template
from .offloading import offload
from .outgoing import dispatch
from .process import Alone, Ending, Process
from .storage import Files, storage_for

if TYPE_CHECKING:
    import logging

OUTPUTS = "outputs.pb"
FOR_A_DOCUMENT = 5.0
"""Seconds that an exception may take to say what it is."""


def execute(arguments: Arguments, process: Process | None = None) -> Ending:
    """Run the task that ``arguments`` name and leave one of its two files. Never raises.

    The code is 0, or 1 where no file could be left, unless the platform may not know. ``process`` None stands for one
    that belongs to somebody else.
    """
    if arguments.test:
        return Ending(0)
    process, before = process or Process(), sys.exc_info()[1]
    try:  # an executor may run for hours, and then have nowhere to leave its files
        _ready(arguments.output_prefix, process.environment)
    except ShimliteError as error:
        return process.ending(1, str(error))
    try:
        try:
            outputs = run(arguments, process.environment)
        finally:
            process.settle()
        _leave(arguments.output_prefix, OUTPUTS, outputs, process.environment)
    except BaseException as error:  # sys.exit too: without a file, the platform would only see silence
        process.settle()
        unchain(error, before)
        if ignores_outputs(error):
            refused = process.platform.refused_silence()
            if refused is None:
                return Ending(0)
            error = refused
        return fail(arguments.output_prefix, error, process)
    return Ending(0)


def fail(output_prefix: str, error: BaseException, process: Process) -> Ending:
    """Leave the error document for what ended a run, the fullest that can be made and written."""
    makers = documents(error, process.environment, process.platform)
    process.escape = lambda: process.end(*_left(output_prefix, makers[-1:], process))
    if process.owned:  # else their frames may be of others too
        process.within(FOR_A_DOCUMENT, lambda: forget_locals(error))
    return _left(output_prefix, makers, process)


def _left(output_prefix: str, makers: Sequence[Callable[[], ErrorDocument]], process: Process) -> Ending:
    """Leave the first document that can be made and written."""
    environment, words = process.environment, ""
    for make in makers:
        with Alone():
            document = process.within(FOR_A_DOCUMENT, make)
        if document is None:
            continue
        try:
            _leave(output_prefix, file_name(environment), document, environment)
        except ShimliteError as unwritten:
            words = words or f"{document.error.message}\n{unwritten}"
            if not is_local(output_prefix):  # a store was asked often enough
                break
        except BaseException:  # no memory, most likely, and the next document takes less
            continue
        else:
            fails = environment.get("FLYTE_FAIL_ON_ERROR", "").lower() in ("true", "t", "1")
            return process.ending(int(fails), document.error.message)
    return process.ending(1, words or "no error document could be written")


def _ready(uri: str, environment: Mapping[str, str]) -> None:
    storage_for(uri, environment).ready(uri)


def _leave(output_prefix: str, name: str, message: Message, environment: Mapping[str, str]) -> None:
    """Write one of the two files that a run may end with, and make sure that the other is not there.

    It could be there from a run by hand in the same place, or from a write that was reported as failed and was not. Who
    may not remove files, or ask for them, may still write.
    """
    try:
        content = message.SerializeToString(deterministic=True)
    except (EncodeError, ValueError):
        raise OutputsError("together they are larger than 2 GiB, protobuf's limit", path="outputs") from None
    storage = storage_for(output_prefix, environment)
    with suppress(StorageError):
        storage.delete(f"{output_prefix}/{file_name(environment) if name == OUTPUTS else OUTPUTS}")
    storage.write(f"{output_prefix}/{name}", content)


def run(arguments: Arguments, environment: Mapping[str, str]) -> LiteralMap:
    """The outputs of the task that ``arguments`` name, the files among them uploaded and the large ones offloaded."""
    if arguments.resolver not in RESOLVERS:
        raise TemplateError("this resolver is not supported", path="resolver", hint=f"only {RESOLVERS[-1]} is")
    template = read_template(arguments.template, environment)
    with Alone():
        executor = load_executor(arguments.executor)
    inputs = read_inputs(arguments.inputs)
    with of_process(_surroundings(arguments, environment)) as context:
        with suppress(ShimliteError):  # which matters only to outputs that are files
            _ready(context.raw_output_prefix, environment)
        with Alone():
            task = make_task(template, executor)
        outputs = dispatch(task, context, inputs)
        offload(outputs, template.interface.outputs.variables, arguments.output_prefix, environment)
    return outputs


def _surroundings(arguments: Arguments, environment: Mapping[str, str]) -> Context:
    return Context(
        **_identity(environment),
        raw_output_prefix=(arguments.raw_output_prefix or f"{arguments.output_prefix}/raw").rstrip("/"),
        file_access=Files(environment),
        checkpoint_path=arguments.checkpoint_path,
        prev_checkpoint=arguments.prev_checkpoint,
        logger=functools.partial(_logger, environment),
    )


def _logger(environment: Mapping[str, str]) -> logging.Logger:
    from .logs import executors_logger

    return executors_logger(environment)


def _identity(environment: Mapping[str, str]) -> dict[str, Any]:
    """Which execution and task this is, from the variables that Propeller sets or their short forms."""

    def told(name: str, short: str) -> str:
        return one_of(environment, f"FLYTE_INTERNAL_{name}", f"_F_{short}")

    execution = ExecutionId(
        told("EXECUTION_PROJECT", "PRJ"), told("EXECUTION_DOMAIN", "DM"), told("EXECUTION_ID", "NM")
    )
    task = TaskId(
        told("TASK_PROJECT", "TK_PRJ"),
        told("TASK_DOMAIN", "TK_DM"),
        told("TASK_NAME", "TK_NM"),
        told("TASK_VERSION", "TK_V"),
    )
    return {"execution_id": execution, "task_id": task}
