# SPDX-License-Identifier: Apache-2.0
"""The programs ``shimlite`` and ``shimlite-execute``.

Exit codes: 0, 1 for a failure, 2 for wrong usage, 130 after Ctrl-C. A failure is one line on stderr. Nothing but this
file and ``commands`` prints, and nothing else exits.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import os
import signal
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from .container.arguments import Parser, output_prefix_in, parse
from .container.entrypoint import execute, fail
from .container.process import TRIES, Ending, Process
from .errors import ArgumentsError, ShimliteError

INTERRUPTED = 130
"""What a shell says of a program that SIGINT ended."""


def execute_main(argv: Sequence[str] | None = None) -> NoReturn:
    """``shimlite-execute``: what a pod runs, with the arguments of ``pyflyte-execute``. Ends the process."""
    process = Process(owned=True)
    gc.freeze()  # what was imported stays until the end, so that no collection need look through it, nor the last one
    process.end(*executed(sys.argv[1:] if argv is None else argv, process))


def executed(argv: Sequence[str], process: Process) -> Ending:
    """What ``shimlite-execute`` does before it ends its process."""
    parser: Parser | None = None
    error: BaseException | None = None
    for _ in range(TRIES):
        try:
            parser = parser or _execute_parser()  # SIGTERM may come while it is made, too
            return _failed(parser, argv, error, process) if error else execute(parse(parser, argv), process)
        except SystemExit:  # of --help and --version
            raise
        except BaseException as raised:  # before the run, or by a handler of the executor's after it
            error = error or raised
    return process.ending(1, "")


def _execute_parser() -> Parser:
    parser = Parser(prog="shimlite-execute", description=_EXECUTE, epilog=_OF_EXECUTE)
    _add_version(parser)
    return parser


def _failed(parser: Parser, argv: Sequence[str], error: BaseException, process: Process) -> Ending:
    process.settle()
    usage = parser.format_usage() if isinstance(error, ArgumentsError) else ""
    output_prefix = output_prefix_in(argv)
    if not output_prefix:
        return process.ending(2, f"{usage}{parser.prog}: {error}")
    ending = fail(output_prefix, error, process)
    return ending._replace(words=usage + ending.words)


def main(argv: Sequence[str] | None = None) -> int:
    """``shimlite`` and ``python -m shimlite``. ``argv`` None stands for the program's own, which ends afterwards."""
    is_program = argv is None
    argv = list(sys.argv[1:] if argv is None else argv)
    if argv[:1] == ["execute"]:  # its options may follow its arguments, which a subcommand's cannot
        execute_main(argv[1:])
    stdout = sys.stdout
    try:
        for stream in (sys.stdout, sys.stderr):  # what an encoding lacks is escaped
            with contextlib.suppress(AttributeError, OSError, ValueError):
                stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
        return _main(argv, is_program)
    except KeyboardInterrupt:
        _say("shimlite: interrupted")
        return INTERRUPTED
    except OSError as error:  # of our output, since commands have errors of their own for all else
        with contextlib.suppress(AttributeError, OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stdout.fileno())  # Python flushes it once more at its end
        if not isinstance(error, BrokenPipeError):  # whose reader has seen enough
            _say(
                f"shimlite: {'cannot write the output' if _has_folder() else 'no working directory'}: {error.strerror}"
            )
        return 1
    finally:
        if is_program and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # else Ctrl-C shows where Python waits for threads


def _main(argv: Sequence[str], is_program: bool) -> int:
    parser, subparsers = _parser()
    if "_ARGCOMPLETE" in os.environ:  # a shell asks what may follow, through argcomplete, which then ends the process
        with contextlib.suppress(ImportError):
            import argcomplete

            argcomplete.autocomplete(parser)
    options = parser.parse_args(argv)
    if options.command is None:
        parser.exit(2, parser.format_help())
    options.for_good = is_program
    try:
        code = int(options.main(options, subparsers[options.command]))
        with contextlib.suppress(AttributeError, ValueError):  # it is closed
            sys.stdout.flush()
        return code
    except ShimliteError as error:
        from .commands.causes import explained, traceback_lines

        for line in traceback_lines(error) if getattr(options, "traceback", False) else ():
            _say(line)
        _say(f"shimlite {options.command}: {explained(error, options)}")
        return 1


def _say(line: str) -> None:
    """Write a line to stderr, which the user's code may have closed."""
    with contextlib.suppress(AttributeError, OSError, ValueError):
        print(line, file=sys.stderr, flush=True)


def _has_folder() -> bool:
    """Whether the working directory is there: every path of a command's is looked up from it."""
    try:
        return bool(os.getcwd())
    except OSError:
        return False


def _add_version(parser: argparse.ArgumentParser) -> None:
    from . import __version__

    parser.add_argument("--version", action="version", version=f"{parser.prog} {__version__}")


_EXECUTE = "Run a Flyte template task from its files, as a pod does: leaves outputs.pb or error.pb."
_ABOUT = "Flyte's template tasks without flytekit."
_OF_EXECUTE = """\
example:
  shimlite-execute --inputs s3://bucket/inputs.pb --output-prefix s3://bucket/out -- task.pb package.module.Executor

exit codes: 0 where outputs.pb or error.pb is left, 1 where neither could be (or FLYTE_FAIL_ON_ERROR is set and
error.pb is left), 2 for wrong usage that names no output prefix; on Flyte 2 always 0"""
_EXIT_CODES = "exit codes: 0, 1 for a failure, 2 for wrong usage, 130 after Ctrl-C"


_COMMANDS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "run",
        "run a task here and print its outputs",
        (
            "shimlite run later.py:later --input days=2 --input at=2026-01-02T10:00",
            "shimlite run task.pb package.module.Executor --inputs inputs.json",
            "shimlite run later.py:later --inputs - < inputs.json | jq .o0",
        ),
    ),
    (
        "package",
        "write the templates of modules into an archive that flytectl registers",
        ("shimlite package later.py -o later.tgz --image ghcr.io/acme/later:1",),
    ),
    (
        "inspect",
        "say what templates, literal maps, literals and error documents hold",
        (
            "shimlite inspect outputs.pb",
            "shimlite inspect task.pb --executor package.module.Executor",
            "flytectl get task later -p demo -d development -o json | shimlite inspect - --json",
        ),
    ),
    (
        "stub",
        "print the executor that a template asks for, to be filled in",
        ("shimlite stub task.pb > executor.py",),
    ),
    (
        "types",
        "list the types that are converted, and what each of them loses",
        ("shimlite types --format markdown",),
    ),
    (
        "demo",
        "make a task, run it as a pod does, and show each step",
        ("shimlite demo /tmp/demo",),
    ),
)
"""The name of each command, which is its module's, what it does, and examples."""


def _parser() -> tuple[argparse.ArgumentParser, dict[str, argparse.ArgumentParser]]:
    from .commands import demo, inspect, package, run, stub, types

    modules: dict[str, Any] = {
        "run": run,
        "package": package,
        "inspect": inspect,
        "stub": stub,
        "types": types,
        "demo": demo,
    }
    parser = _add_help(argparse.ArgumentParser(prog="shimlite", description=_ABOUT), ("shimlite run --help",))
    _add_version(parser)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    commands.add_parser("execute", help="run a task from its files, as a pod does", add_help=False)
    made = {}
    for name, text, examples in _COMMANDS:
        command = commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        made[name] = _add_help(command, examples, getattr(modules[name], "NOTES", ""))
        modules[name].add_options(command)
        command.set_defaults(main=modules[name].main)
    return parser, made


def _add_help(parser: argparse.ArgumentParser, examples: Sequence[str], notes: str = "") -> argparse.ArgumentParser:
    """What stands below the options: examples, notes and the exit codes."""
    title = "examples:" if len(examples) > 1 else "example:"
    shown = "\n".join([title, *(f"  {example}" for example in examples)])
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = "\n\n".join(filter(None, (shown, notes, _EXIT_CODES)))
    return parser
