# SPDX-License-Identifier: Apache-2.0
"""``shimlite inspect``: what a file of Flyte's holds, in words."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .._idl import (
    ContainerError,
    ErrorDocument,
    ExecutionError,
    Literal,
    LiteralMap,
    Message,
    TaskTemplate,
    Variable,
    task_spec_type,
)
from ..container.storage import storage_for
from ..engine import guess_python_type
from ..errors import ShimliteError, TemplateError
from ..mappings.row import spell
from ..templates import TaskTemplate as View
from .messages import exact, is_template
from .show import as_json, literal_lines, map_lines, shortened, type_in_words


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="task.pb, inputs.pb, outputs.pb, error.pb or a single literal")
    parser.add_argument("--as", dest="kind", choices=sorted(_KINDS), help="what it is, where the guess is wrong")


def main(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    for line in describe(storage_for(options.file).read(options.file), options.kind):
        print(line)
    return 0


def describe(content: bytes, kind: str | None = None) -> Iterator[str]:
    """The lines about ``content``; ``kind`` is one of _KINDS, or None to find out.

    Raises TemplateError where it is no such message. A message has no name of its own, so one is taken for the first
    kind that leaves none of its bytes unexplained.
    """
    for name in [kind] if kind else _KINDS:
        message_type, plausible, lines = _KINDS[name]
        message = exact(content, message_type)
        if message is not None and (kind or plausible(message)):
            return lines(message)
    raise TemplateError(f"{len(content)} bytes that are no {kind or 'message of a template task'}")


def _template_lines(template: TaskTemplate) -> Iterator[str]:
    view = View(template)
    own = view.id
    yield f"TaskTemplate of {own.name!r}, a task of type {view.type!r}"
    yield f"  project {own.project!r}, domain {own.domain!r}, version {own.version!r}"
    yield f"  registered by {view.metadata.runtime.flavor or 'an unnamed SDK'} {view.metadata.runtime.version}".rstrip()
    yield from _side("inputs", view.interface.inputs)
    yield from _side("outputs", view.interface.outputs)
    if view.custom:
        yield "custom:"
        yield from (f"  {key}: {shortened(json.dumps(as_json(view.custom[key])))}" for key in sorted(view.custom))
    if view.container is not None:
        yield "container:"
        yield f"  image {view.container.image!r}"
        yield f"  args {' '.join(view.container.args)}"
        yield from (f"  env {name}={shortened(value)}" for name, value in sorted(view.container.env.items()))


def _side(title: str, variables: Mapping[str, Variable]) -> Iterator[str]:
    yield f"{title}:" if variables else f"{title}: none"
    for name, variable in variables.items():
        try:
            python_type = spell(guess_python_type(variable.type))
        except ShimliteError as error:
            python_type = f"unreadable: {error}"
        yield f"  {name}: {type_in_words(variable.type)}, in Python {python_type}"


def _spec_lines(spec: Any) -> Iterator[str]:
    yield "TaskSpec, which holds:"
    yield from _template_lines(spec.template)


def _map_lines(literal_map: LiteralMap) -> Iterator[str]:
    yield f"LiteralMap of {len(literal_map.literals)}"
    yield from map_lines(literal_map, "  ")


def _literal_lines(literal: Literal) -> Iterator[str]:
    return literal_lines(literal, "Literal")


def _error_lines(document: ErrorDocument) -> Iterator[str]:
    error = document.error
    kind, origin = ContainerError.Kind.Name(error.kind), ExecutionError.ErrorKind.Name(error.origin)
    yield f"ErrorDocument: {error.code or 'no code'}, {kind}, origin {origin}"
    yield f"  at {error.timestamp.ToJsonString()}" if error.HasField("timestamp") else "  at no time"
    yield from (f"  {line}".rstrip() for line in error.message.splitlines())


def _is_error(document: ErrorDocument) -> bool:
    return bool(document.error.code) and document.error.code.isprintable()


def _is_set(literal: Literal) -> bool:
    return literal.WhichOneof("value") is not None


_KINDS: dict[str, tuple[type[Message], Callable[..., bool], Callable[..., Iterator[str]]]] = {
    "template": (TaskTemplate, is_template, _template_lines),
    "spec": (task_spec_type(), lambda message: is_template(message.template), _spec_lines),
    "literal-map": (LiteralMap, lambda message: all(map(_is_set, message.literals.values())), _map_lines),
    "error": (ErrorDocument, _is_error, _error_lines),
    "literal": (Literal, _is_set, _literal_lines),
}
