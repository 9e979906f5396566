# SPDX-License-Identifier: Apache-2.0
"""``shimlite run``: a template on this machine, with inputs from a file or the command line, in the context of a pod.

Stdout holds the outputs and nothing else (``output``). ``targets`` finds the code, ``forms`` reads the inputs.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import datetime as dt
import functools
import json
import os
import shlex
import sys
import tempfile
from collections.abc import Iterator, Mapping
from typing import IO, Any

from .._idl import Literal, LiteralMap, LiteralType, TaskTemplate, Variable
from ..authoring.executors import executor_path
from ..container.arguments import absolute
from ..container.failures import ignores_outputs
from ..container.loading import parsed
from ..container.logs import executors_logger
from ..container.outgoing import dispatch
from ..container.storage import Files
from ..context import Context, of_process
from ..engine import dict_to_literal_map, literal_map_to_kwargs, to_plain
from ..errors import ConversionError, ExecutorError, InputsError, NotFoundError, SecretError, printable
from ..parquet import read_rows
from ..secrets import Secrets
from ..values import FlyteSchema, StructuredDataset
from .causes import add_option, of_own_code
from .forms import doubt, form_lines, form_of, value_of
from .messages import exact
from .output import kept_for_result
from .reading import read_file, read_template
from .show import as_json, json_text, shortened, table
from .targets import executor_at, executor_of, is_target, task_of, template_at

STDIN = "-"
LONGEST_FORMS = 1000
"""Characters of what is said of inputs that are missing."""
_LINES = "\n".join(form_lines())
NOTES = f"""\
what VALUE is:
{_LINES}

secrets: as in a pod, the variable _FSEC_GROUP_KEY or the file GROUP/KEY below $FLYTE_SECRETS_DEFAULT_DIR
(/etc/secrets); here the variable GROUP_KEY too. --secret group/key=<(command) takes one from a command

checkpoints: to go on where another run stopped, --checkpoint-path FOLDER --prev-checkpoint FOLDER each time

stdout holds the outputs alone; what the executor prints and logs goes to stderr"""


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "template",
        metavar="TARGET|TEMPLATE",
        help="FILE.py:NAME or MODULE:NAME, which run the executor that they import; or a file with the template (-: "
        "standard input), which needs EXECUTOR",
    )
    parser.add_argument(
        "executor",
        nargs="?",
        metavar="EXECUTOR",
        help="package.module.Class or FILE.py:CLASS; after a target, in place of its own",
    )
    parser.add_argument(
        "--inputs",
        metavar="FILE",
        help="all inputs: a JSON object (.json), a LiteralMap (.pb), or either; -: standard input",
    )
    parser.add_argument(
        "--input",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="one input, over that of --inputs; see below",
    )
    parser.add_argument("--output", metavar="FOLDER", help="where outputs that are files go (default: a new folder)")
    parser.add_argument("--checkpoint-path", metavar="FOLDER", help="where to leave a checkpoint")
    parser.add_argument("--prev-checkpoint", metavar="FOLDER", default="", help="one that another run left")
    parser.add_argument(
        "--secret",
        metavar="GROUP/KEY=FILE",
        action="append",
        default=[],
        help="a secret, which is what FILE holds (-: standard input): others can read a command line",
    )
    add_option(parser)


def main(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    typed = _pairs(options.input, "--input", "NAME=VALUE", parser)
    secrets = _pairs(options.secret, "--secret", "GROUP/KEY=FILE", parser)
    if [options.template, options.inputs, *secrets.values()].count(STDIN) > 1:
        parser.error("standard input can be read once")
    variables = dict(_secret(name, path) for name, path in secrets.items())
    content = read_file(options.inputs) if options.inputs else None
    for name in ("output", "checkpoint_path", "prev_checkpoint"):  # modules and executors may go elsewhere
        setattr(options, name, absolute(getattr(options, name) or ""))
    with kept_for_result(for_good=options.for_good) as result:
        template, executor = _pair(options)
        inputs = _inputs(options.inputs, content, typed, template.interface.inputs.variables)
        with _folder(options.output) as folder:
            outputs = _outputs(template, executor, inputs, _context(options, variables, folder))
        if outputs is None:
            print("shimlite run: the executor raised IgnoreOutputs: there are no outputs", file=sys.stderr)
            return 0
        for line in _shown(outputs, template, result):
            print(line, file=result)
    return 0


def _pairs(texts: list[str], option: str, form: str, parser: argparse.ArgumentParser) -> dict[str, str]:
    """What stands before and after the first ``=`` of each."""
    pairs: dict[str, str] = {}
    for text in texts:
        name, separator, value = text.partition("=")
        if not separator:
            parser.error(f"{option} takes {form}")
        if name in pairs:
            hint = f"; a list is JSON: {name}=[…, …]" if option == "--input" else ""
            parser.error(f"{option} has two values for {name}{hint}")
        pairs[name] = value
    return pairs


# ------------------------------------------------------------------------------------------------------------- the pair


def _pair(options: argparse.Namespace) -> tuple[TaskTemplate, Any]:
    """The template and the executor: of a target its own, unless argv names another."""
    named = options.executor
    if is_target(options.template):
        template = template_at(options.template)
        return template, executor_at(named) if named else executor_of(template)
    template = _template_in(options.template)
    if not named:
        name = executor_path(template) or "package.module.Class"
        command = shlex.join(["shimlite", "run", options.template, name])
        raise ExecutorError("a template in a file needs one after it", path="executor", hint=f"write {command}")
    return template, executor_at(named)


def _template_in(path: str) -> TaskTemplate:
    try:
        return read_template(path)
    except NotFoundError as error:
        error.hint = error.hint or "code is named FILE.py:NAME or MODULE:NAME"
        raise


# ----------------------------------------------------------------------------------------------------------- the inputs


def _inputs(
    path: str, content: bytes | None, typed: Mapping[str, str], variables: Mapping[str, Variable]
) -> LiteralMap:
    inputs = LiteralMap() if content is None else _from_file(path, content, variables)
    for name, text in typed.items():
        warning = doubt(text, _type_of(name, variables))
        if warning:
            print(f"shimlite run: warning: inputs.{name}: {warning}", file=sys.stderr)
        inputs.literals[name].CopyFrom(_literal(text, name, variables, typed=True))
    missing = {name: form_of(variables[name].type) for name in sorted(variables) if name not in inputs.literals}
    if len(missing) > 1:
        forms = ", ".join(f"{name} ({form})" for name, form in missing.items())
        raise InputsError(f"{len(missing)} are missing: {shortened(forms, LONGEST_FORMS)}", path="inputs")
    for name, form in missing.items():
        raise InputsError("missing", path=f"inputs.{name}", hint=f"write {form}")
    return inputs


def _from_file(path: str, content: bytes, variables: Mapping[str, Variable]) -> LiteralMap:
    """A ``LiteralMap`` as it is, since a pod gets it so: to read and write it would lose what unions store."""
    if path.endswith(".pb"):
        return parsed(path, content, LiteralMap, InputsError, "inputs")
    if not path.endswith(".json"):
        literal_map: LiteralMap | None = exact(content, LiteralMap)  # which no JSON object is
        if literal_map is not None:
            return literal_map
    file_name = "standard input" if path == STDIN else path
    try:
        plain = json.loads(content)
    except (ValueError, RecursionError):
        raise InputsError("is no JSON", path=file_name) from None
    if not isinstance(plain, dict):
        raise InputsError(f"expected a JSON object, got {type(plain).__name__}", path=file_name)
    return LiteralMap(literals={name: _literal(one, name, variables) for name, one in plain.items()})


def _literal(given: Any, name: str, variables: Mapping[str, Variable], *, typed: bool = False) -> Literal:
    literal_type = _type_of(name, variables)
    try:
        try:
            value = value_of(given, literal_type, typed=typed)
        except ConversionError as error:
            raise error.at_variable(name)
        return dict_to_literal_map({name: value}, {name: variables[name]}).literals[name]
    except ConversionError as error:
        error.blame(InputsError, "inputs")


def _type_of(name: str, variables: Mapping[str, Variable]) -> LiteralType:
    if name not in variables:
        names = shortened(", ".join(map(repr, sorted(variables))))
        error = InputsError("not in the interface", hint=f"its inputs are {names or 'none'}")
        error.at_variable(name).blame(InputsError, "inputs")
    return variables[name].type


# -------------------------------------------------------------------------------------------------------------- the run


@contextlib.contextmanager
def _folder(output: str) -> Iterator[str]:
    """Where outputs that are files go; a new folder is removed where none is left in it."""
    if output:
        yield output
        return
    folder = tempfile.mkdtemp(prefix="shimlite-run-")
    try:
        yield folder
    finally:
        with contextlib.suppress(OSError):
            os.rmdir(folder)


def _context(options: argparse.Namespace, variables: dict[str, str], folder: str) -> Context:
    """What a pod's run has: places for files and checkpoints, secrets, the logger."""
    context = Context(
        raw_output_prefix=folder,
        file_access=Files(),
        checkpoint_path=options.checkpoint_path or None,
        prev_checkpoint=options.prev_checkpoint,
        logger=functools.partial(executors_logger, os.environ),
    )
    if variables:
        context.secrets = Secrets(collections.ChainMap(variables, os.environ))
    return context


def _secret(name: str, path: str) -> tuple[str, str]:
    """The variable of a pod that would hold it, and what the file holds. Raises SecretError and StorageError."""
    group, _, key = name.rpartition("/")
    try:
        return Secrets().get_secrets_env_var(group, key), read_file(path).decode()
    except UnicodeDecodeError:
        raise SecretError(f"{path}: no UTF-8 text", path=f"secrets.{name}") from None


def _outputs(template: TaskTemplate, executor: Any, inputs: LiteralMap, context: Context) -> LiteralMap | None:
    """None where the executor raised ``IgnoreOutputs``: a pod then leaves no outputs, and ends well."""
    with of_process(context):  # as in a pod, where threads that an executor starts have it too
        task = task_of(template, executor)
        try:
            return of_own_code("the executor", lambda: dispatch(task, context, inputs))
        except ExecutorError as error:
            if error.__cause__ is None or not ignores_outputs(error.__cause__):
                raise
            return None


# ----------------------------------------------------------------------------------------------------------- the result


def _shown(outputs: LiteralMap, template: TaskTemplate, result: IO[str]) -> Iterator[str]:
    variables, at_terminal = template.interface.outputs.variables, result.isatty()
    values = literal_map_to_kwargs(outputs, variables)
    results = {}
    for name, value in values.items():
        rows = _rows(value)
        if rows is not None and at_terminal:
            yield printable(f"{name}: {len(rows)} rows in {value.uri}")
            yield from table(rows)
            continue
        results[name] = as_json(_plain_value(value))
        if rows is not None:
            results[name]["rows"] = rows
    if results or not at_terminal:
        yield json_text(results, result)


def _plain_value(value: Any) -> Any:
    """JSON-like data, by the value's own class: such data does not tell a union's members apart, and need not here."""
    if isinstance(value, list):
        return list(map(_plain_value, value))
    if isinstance(value, dict):
        return {key: _plain_value(value[key]) for key in sorted(value, key=repr)}
    if value is None or isinstance(value, (bool, int, float, str, bytes)):
        return value
    return value.total_seconds() if isinstance(value, dt.timedelta) else to_plain(value, type(value))


def _rows(value: Any) -> list[dict[str, Any]] | None:
    """What a table holds, where it is a local folder of Parquet and the extra to read it is there."""
    if not isinstance(value, (FlyteSchema, StructuredDataset)) or not os.path.exists(value.uri):
        return None
    try:
        return read_rows(value.uri)
    except (OSError, ValueError):  # another format, or no extra: its location is shown instead
        return None
