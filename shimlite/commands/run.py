# SPDX-License-Identifier: Apache-2.0
"""``shimlite run``: a template on this machine, with inputs from a file or the command line."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import json
import os
import sys
import tempfile
import traceback
from collections.abc import Iterator, Mapping
from typing import Any

from .._idl import Literal, LiteralMap, LiteralType, TaskTemplate, Variable, type_kind
from ..container.loading import load_executor, parsed
from ..container.outgoing import dispatch
from ..container.storage import Files, storage_for
from ..context import Context
from ..engine import dict_to_literal_map, from_plain, literal_map_to_kwargs, to_plain
from ..errors import ConversionError, ExecutorError, InputsError, ShimliteError, TemplateError
from ..parquet import read_rows
from ..shim import ExecutableTemplateShimTask
from ..values import FlyteSchema, StructuredDataset
from .messages import template_in
from .show import as_json, table

_LOCATION = {"blob": "path", "structured_dataset_type": "uri", "schema": "remote_path"}


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("template", metavar="TEMPLATE", help="a file with the TaskTemplate, or the TaskSpec around it")
    parser.add_argument("executor", metavar="EXECUTOR", help="import path of the executor: package.module.Class")
    parser.add_argument("--inputs", metavar="FILE", help="all inputs: a JSON object (.json), or a LiteralMap (.pb)")
    parser.add_argument(
        "--input",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="one input, over those of the file: text for strings, times, enums and locations, else JSON",
    )
    parser.add_argument("--output", metavar="FOLDER", help="where outputs that are files go (default: a new folder)")
    parser.add_argument("--traceback", action="store_true", help="show where the executor failed")


def main(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    given = [text.partition("=") for text in options.input]
    if not all(separator for _, separator, _ in given):
        parser.error("--input takes NAME=VALUE")
    template = read_template(options.template)
    variables = template.interface.inputs.variables
    inputs = _from_file(options.inputs, variables) if options.inputs else LiteralMap()
    for name, _, text in given:
        inputs.literals[name].CopyFrom(_literal(from_text(text, name, variables), name, variables))
    task = ExecutableTemplateShimTask(template, load_executor(options.executor))
    folder = os.path.abspath(options.output or tempfile.mkdtemp(prefix="shimlite-run-"))
    try:
        outputs = dispatch(task, Context(raw_output_prefix=folder, file_access=Files()), inputs)
    except ShimliteError:
        raise
    except Exception as error:
        if options.traceback:
            traceback.print_exc()
        raise ExecutorError(f"the executor raised {type(error).__name__}: {error}") from error
    finally:
        _remove_if_empty(folder)
    for line in _shown(outputs, template, sys.stdout.isatty()):
        print(line)
    return 0


def _remove_if_empty(folder: str) -> None:
    with contextlib.suppress(OSError):
        os.rmdir(folder)


def read_template(path: str) -> TaskTemplate:
    """The template in a file, also out of a TaskSpec. Raises StorageError and TemplateError."""
    content = storage_for(path).read(path)
    template = template_in(content)
    if template is None:
        raise TemplateError(f"{len(content)} bytes that are no TaskTemplate", path=path)
    return template


def _from_file(path: str, variables: Mapping[str, Variable]) -> LiteralMap:
    """A ``LiteralMap`` as it is, since a pod gets it so: to read and write it would lose what unions store."""
    content = storage_for(path).read(path)
    if not path.endswith(".json"):
        return parsed(path, content, LiteralMap, InputsError, "inputs")
    try:
        plain = json.loads(content)
    except (ValueError, RecursionError):
        raise InputsError("is no JSON", path=path) from None
    if not isinstance(plain, dict):
        raise InputsError(f"expected a JSON object, got {type(plain).__name__}", path=path)
    with _blamed_on_inputs():
        values = {name: _value(one, name, variables) for name, one in plain.items()}
    return LiteralMap(literals={name: _literal(value, name, variables) for name, value in values.items()})


def _literal(value: Any, name: str, variables: Mapping[str, Variable]) -> Literal:
    with _blamed_on_inputs():
        return dict_to_literal_map({name: value}, {name: variables[name]}).literals[name]


@contextlib.contextmanager
def _blamed_on_inputs() -> Iterator[None]:
    try:
        yield
    except ConversionError as error:
        error.blame(InputsError, "inputs")


def _type_of(name: str, variables: Mapping[str, Variable]) -> LiteralType:
    if name not in variables:
        raise InputsError("not in the interface", path=f"inputs.{name}")
    return variables[name].type


def _value(plain: Any, name: str, variables: Mapping[str, Variable]) -> Any:
    try:
        return from_plain(plain, _type_of(name, variables))
    except ConversionError as error:
        raise error.at_variable(name)


def from_text(text: str, name: str, variables: Mapping[str, Variable]) -> Any:
    """The value of one input that stands as text on the command line."""
    literal_type = _type_of(name, variables)
    tried = [_plain(text, kind) for kind in _kinds(literal_type)]
    with _blamed_on_inputs():
        for plain in tried[:-1]:
            with contextlib.suppress(ShimliteError):
                return _value(plain, name, variables)
        return _value(tried[-1], name, variables)


def _kinds(literal_type: LiteralType) -> list[str]:
    """A union's variants, those that are written as plain text last: everything is text."""
    if type_kind(literal_type) != "union_type":
        return [type_kind(literal_type)]
    kinds = [type_kind(variant) for variant in literal_type.union_type.variants] or ["STRING"]
    return sorted(kinds, key=lambda kind: kind in ("STRING", "enum_type"))


def _plain(text: str, kind: str) -> Any:
    if kind in _LOCATION:
        return {_LOCATION[kind]: text}
    if kind in ("STRING", "DATETIME", "enum_type"):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _shown(outputs: LiteralMap, template: TaskTemplate, at_terminal: bool) -> Iterator[str]:
    variables = template.interface.outputs.variables
    values = literal_map_to_kwargs(outputs, variables)
    shown = {}
    for name, value in values.items():
        rows = _rows(value)
        if rows is not None and at_terminal:
            yield f"{name}: {len(rows)} rows in {value.uri}"
            yield from table(rows)
            continue
        shown[name] = as_json(_plain_value(value))
        if rows is not None:
            shown[name]["rows"] = rows
    if shown or not at_terminal:
        yield json.dumps(shown, indent=2, ensure_ascii=False, default=str)


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
