# SPDX-License-Identifier: Apache-2.0
"""The command line of ``pyflyte-execute``, as a registered template holds it and Propeller fills it in.

Propeller replaces ``{{.input}}`` and the like when it makes the pod; a variable that it left alone counts as absent.
The resolver is flytekit's name for how a task is found again. A template task needs none: its two arguments are the
template and the executor. The name is recognised as a string and never imported.
"""

from __future__ import annotations

import argparse
import functools
import os
import re
from collections.abc import Sequence
from typing import Any, NamedTuple, NoReturn

from ..errors import ArgumentsError, UriError
from ..files import is_data, is_local, local_path

RESOLVERS = (
    "",
    "flytekit.core.python_customized_container_task.default_task_template_resolver",
)


class Arguments(NamedTuple):
    """What to run and where its files are, all of them URIs or absolute paths."""

    template: str
    executor: str
    inputs: str
    output_prefix: str
    raw_output_prefix: str = ""
    """Empty where the platform gave none; the run's own folder then takes what is offloaded."""
    checkpoint_path: str = ""
    prev_checkpoint: str = ""
    resolver: str = ""
    test: bool = False


class Parser(argparse.ArgumentParser):
    """Of ``pyflyte-execute``'s command line; raises ArgumentsError where argparse would exit."""

    def __init__(self, **about: Any) -> None:
        # argparse asks for the terminal's width even where it shows no help, and imports all of shutil for that.
        formatter = functools.partial(argparse.RawDescriptionHelpFormatter, width=100)
        usage = "%(prog)s --inputs URI --output-prefix URI [option ...] -- TEMPLATE EXECUTOR"
        super().__init__(allow_abbrev=False, formatter_class=formatter, usage=usage, **about)
        self.add_argument("--inputs", required=True, metavar="URI", help="inputs.pb, a LiteralMap")
        self.add_argument("--output-prefix", required=True, metavar="URI", help="folder for outputs.pb or error.pb")
        self.add_argument("--raw-output-data-prefix", default="", metavar="URI", help="folder for files among outputs")
        self.add_argument("--checkpoint-path", default="", metavar="URI", help="folder for the next attempt")
        self.add_argument("--prev-checkpoint", default="", metavar="URI", help="folder that the attempt before left")
        self.add_argument("--resolver", default="", metavar="NAME", help="flytekit's resolver of templates, or nothing")
        self.add_argument("--test", action="store_true", help="check the arguments and do nothing")
        self.add_argument("--dynamic-addl-distro", default="", help=argparse.SUPPRESS)
        self.add_argument("--dynamic-dest-dir", default="", help=argparse.SUPPRESS)
        self.add_argument(
            "resolver_args", nargs="*", metavar="ARGUMENT", help="the template's URI and the executor's import path"
        )

    def error(self, message: str) -> NoReturn:
        raise ArgumentsError(message, path="arguments")


def output_prefix_in(argv: Sequence[str]) -> str:
    """The output prefix of a command line that may be wrong otherwise; empty where it has none to write to."""
    given, (options, _) = "", _halves(argv)
    for option, following in zip(options, [*options[1:], ""]):
        name, equals, value = option.partition("=")
        if name == "--output-prefix":
            given = value if equals else "" if following.startswith("--") else following
    try:
        return _folder(given)
    except ArgumentsError:
        return ""


def _halves(argv: Sequence[str]) -> tuple[list[str], list[str]]:
    """What stands before ``--``, and what stands after it, which is no option whatever it looks like."""
    end = argv.index("--") if "--" in argv else len(argv)
    return list(argv[:end]), list(argv[end + 1 :])


def parse(parser: Parser, argv: Sequence[str]) -> Arguments:
    """The arguments in ``argv``. Raises ArgumentsError, and exits for ``--help``."""
    options, arguments = _halves(argv)
    given = parser.parse_intermixed_args(options)
    given.resolver_args += arguments
    if len(given.resolver_args) < 2:
        parser.error("give two arguments: the template's URI and the executor's import path")
    return Arguments(
        template=_template(given.resolver_args[0]),
        executor=given.resolver_args[1],
        inputs=_needed("--inputs", given.inputs),
        output_prefix=_folder(given.output_prefix),
        raw_output_prefix=absolute(_filled(given.raw_output_data_prefix)),
        checkpoint_path=absolute(_filled(given.checkpoint_path)),
        prev_checkpoint=absolute(_filled(given.prev_checkpoint)),
        resolver=given.resolver,
        test=given.test,
    )


def _template(uri: str) -> str:
    return uri if is_data(uri) else _needed("TEMPLATE", uri)


def _needed(name: str, uri: str) -> str:
    if not _filled(uri):
        raise ArgumentsError(f"{name} is empty", path="arguments")
    return absolute(uri)


def _filled(value: str) -> str:
    """Nothing for a variable that Propeller did not fill in, and for the ``""`` it writes for an absent checkpoint."""
    if type(value) is not str:  # argparse's own answer for --option=--
        raise ArgumentsError("an option has no value", path="arguments")
    return "" if value == '""' or re.fullmatch(r"\{\{.*\}\}", value) else value


def absolute(uri: str) -> str:
    """The URI; a relative path from the root, since the executor may go elsewhere. Raises ArgumentsError."""
    if not uri or not is_local(uri):
        return uri
    try:
        path = local_path(uri)
        absolute = os.path.abspath(path)
    except UriError as error:
        raise ArgumentsError(error.reason, path="arguments") from None
    except OSError as error:
        raise ArgumentsError(f"there is no working directory: {error.strerror}", path="arguments") from None
    return uri.removesuffix(path) + absolute + "/" * (path.endswith("/") and absolute != "/")


def _folder(uri: str) -> str:
    """The URI of a folder, without a slash at its end. Raises ArgumentsError."""
    scheme, separator, path = _needed("--output-prefix", uri).rpartition("://")
    if not path.strip("/"):
        raise ArgumentsError("--output-prefix is the root of all files", path="arguments")
    return f"{scheme}{separator}{path.rstrip('/')}"
