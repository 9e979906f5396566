# SPDX-License-Identifier: Apache-2.0
"""A pod's program for many tasks in one process: ``python -m tests.interop.sql_worker flytekit``, or ``shimlite``.

A line of stdin is JSON: the arguments of one task, and its environment. The answer is a line: the exit code. The
program's own code runs; importing flytekit, pandas and SQLAlchemy once saves most of the time.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Callable


def of_flytekit() -> Callable[[list[str]], int]:
    from flytekit.bin.entrypoint import execute_task_cmd
    from flytekit.core.type_engine import TypeEngine

    def run(arguments: list[str]) -> int:
        TypeEngine._LITERAL_CACHE.clear()  # else the file of an equal frame is the last task's, which is gone
        try:
            execute_task_cmd.main(arguments, standalone_mode=False)
        except BaseException as error:
            return error.code if isinstance(error, SystemExit) and isinstance(error.code, int) else 1
        return 0

    return run


def of_shimlite() -> Callable[[list[str]], int]:
    from shimlite.cli import executed
    from shimlite.container.process import Process

    return lambda arguments: executed(arguments, Process()).code


def answer(run: Callable[[list[str]], int], arguments: list[str], environment: dict[str, str]) -> int:
    before = dict(os.environ)
    os.environ.update(environment)
    tempfile.tempdir = None  # it is asked of the environment once
    try:
        return run(arguments)
    finally:
        os.environ.clear()
        os.environ.update(before)


if __name__ == "__main__":
    answers = sys.stdout
    with contextlib.redirect_stdout(sys.stderr):
        program = of_flytekit() if sys.argv[1] == "flytekit" else of_shimlite()
        for line in sys.stdin:
            print(answer(program, **json.loads(line)), file=answers, flush=True)
