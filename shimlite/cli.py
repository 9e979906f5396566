# SPDX-License-Identifier: Apache-2.0
"""The programs ``shimlite`` and ``shimlite-execute``. Exit codes: 0, 1 for a failure, 2 for wrong usage.

A failure is one line on stderr. Nothing but this file and ``commands`` prints, and nothing else exits.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from .container.arguments import Parser, output_prefix_in, parse
from .container.entrypoint import execute, fail
from .container.process import TRIES, Ending, Process
from .errors import ArgumentsError, ShimliteError


def execute_main(argv: Sequence[str] | None = None) -> NoReturn:
    """``shimlite-execute``: what a pod runs, with the arguments of ``pyflyte-execute``. Ends the process."""
    process = Process(owned=True)
    gc.freeze()  # what was imported stays until the end, so that no collection need look through it, nor the last one
    process.end(*executed(sys.argv[1:] if argv is None else argv, process))


def executed(argv: Sequence[str], process: Process) -> Ending:
    """What ``shimlite-execute`` does before it ends its process."""
    parser, error = Parser(prog="shimlite-execute", description=_EXECUTE), None
    for _ in range(TRIES):
        try:
            return _failed(parser, argv, error, process) if error else execute(parse(parser, argv), process)
        except SystemExit:  # of --help
            raise
        except BaseException as raised:  # before the run, or by a handler of the executor's after it
            error = error or raised
    return process.ending(1, "")


def _failed(parser: Parser, argv: Sequence[str], error: BaseException, process: Process) -> Ending:
    process.settle()
    usage = parser.format_usage() if isinstance(error, ArgumentsError) else ""
    output_prefix = output_prefix_in(argv)
    if not output_prefix:
        return process.ending(2, f"{usage}{parser.prog}: {error}")
    ending = fail(output_prefix, error, process)
    return ending._replace(words=usage + ending.words)


def main(argv: Sequence[str] | None = None) -> int:
    """``shimlite`` and ``python -m shimlite``."""
    argv = list(sys.argv[1:] if argv is None else argv)
    if argv[:1] == ["execute"]:  # its options may follow its arguments, which a subcommand's cannot
        execute_main(argv[1:])
    parser, subparsers = _parser()
    options = parser.parse_args(argv)
    try:
        code = int(options.main(options, subparsers[options.command]))
        sys.stdout.flush()
        return code
    except ShimliteError as error:
        print(f"shimlite {options.command}: {_one_line(str(error))}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python flushes it once more at its end
        return 1


def _one_line(text: str) -> str:
    return " ".join(text.split())


_EXECUTE = "Run a Flyte template task from its files, as a pod does: leaves outputs.pb or error.pb."
_ABOUT = "Flyte's template tasks without flytekit."


def _parser() -> tuple[argparse.ArgumentParser, dict[str, argparse.ArgumentParser]]:
    from . import __version__
    from .commands import demo, inspect, package, run, stub, types

    parser = argparse.ArgumentParser(prog="shimlite", description=_ABOUT)
    parser.add_argument("--version", action="version", version=f"shimlite {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("execute", help="run a task from its files, as a pod does", add_help=False)
    made = {}
    for name, module, text in (
        ("run", run, "run a template here and print its outputs"),
        ("package", package, "write the templates of modules into an archive that flytectl registers"),
        ("inspect", inspect, "say what a template, literal map, literal or error document holds"),
        ("stub", stub, "print the executor that a template asks for, to be filled in"),
        ("types", types, "list the types that are converted, and what each of them loses"),
        ("demo", demo, "make a task, run it as a pod does, and show each step"),
    ):
        made[name] = commands.add_parser(
            name, help=text, description=f"{text[0].upper()}{text[1:]}.", epilog=_EXAMPLES[name]
        )
        module.add_options(made[name])
        made[name].set_defaults(main=module.main)
    return parser, made


_EXAMPLES = {
    "run": "shimlite run task.pb package.module.Executor --inputs inputs.json --input limit=5",
    "package": "shimlite package later.py -o later.tgz",
    "inspect": "shimlite inspect outputs.pb",
    "stub": "shimlite stub task.pb > executor.py",
    "types": "shimlite types --format markdown",
    "demo": "shimlite demo /tmp/demo",
}
