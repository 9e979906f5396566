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
    LiteralType,
    Message,
    TaskTemplate,
    Variable,
    task_spec_type,
)
from .._types.parse import spell
from .._types.stripped import stripped, structs, titles
from ..container.storage import storage_for
from ..engine import guess_python_type, to_literal_type
from ..errors import ShimliteError, TemplateError, UnsupportedTypeError
from ..schemas import differences, read_schema
from ..signatures import input_types, output_types
from ..templates import TaskTemplate as View
from .causes import add_option
from .durations import overlong_lines
from .losses import losses_of
from .messages import exact, is_template, template_in
from .output import kept_for_result
from .show import as_json, literal_lines, map_lines, moment_in_words, shortened, type_in_words
from .targets import executor_at, task_of


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="task.pb, inputs.pb, outputs.pb, error.pb or a single literal")
    parser.add_argument("executor", nargs="?", metavar="EXECUTOR", help="whose annotations count")
    parser.add_argument("--as", dest="kind", choices=sorted(_KINDS), help="what it is, where the guess is wrong")
    parser.add_argument("--strict", action="store_true", help="fail where an input or output may lose something")
    add_option(parser)


def main(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    content = storage_for(options.file).read(options.file)
    template = template_in(content) if options.kind in (None, "template", "spec") else None
    if template is None and (options.executor or options.strict):
        raise TemplateError("EXECUTOR and --strict are for templates", path=options.file)
    annotated = _annotated(template, options.executor) if template is not None and options.executor else {}
    for line in describe(content, options.kind, annotated):
        print(line)
    losing = list(_losing(template, annotated)) if template is not None and options.strict else []
    if losing:
        raise TemplateError(f"may lose something in {', '.join(losing)}")
    return 0


Annotated = Mapping[str, Any]
"""Types by variable: ``inputs.day``."""


def _annotated(template: TaskTemplate, executor: str) -> Annotated:
    with kept_for_result(for_good=False):
        task = task_of(template, executor_at(executor))
    interface = task.task_template.interface
    inputs = input_types(task.executor, interface.inputs)
    outputs = output_types(task.executor, interface.outputs)
    told = {f"inputs.{name}": said for name, said in inputs.items()}
    return {**told, **{f"outputs.{name}": said for name, said in outputs.items()}}


def _losing(template: TaskTemplate, annotated: Annotated) -> Iterator[str]:
    interface = View(template).interface
    for side, variables in (("inputs", interface.inputs), ("outputs", interface.outputs)):
        for name, variable in variables.items():
            path = f"{side}.{name}"
            try:
                loses = path not in annotated and losses_of(variable.type)
            except ShimliteError as error:
                error.blame(TemplateError, path)
            if loses:
                yield path


def describe(content: bytes, kind: str | None = None, annotated: Annotated | None = None) -> Iterator[str]:
    """The lines about ``content``; ``kind`` is one of _KINDS, or None to find out.

    Raises TemplateError where it is no such message. A message has no name of its own, so one is taken for the first
    kind that leaves none of its bytes unexplained. ``annotated`` is what an executor says of a template's variables.
    """
    for name in [kind] if kind else _KINDS:
        message_type, plausible, lines = _KINDS[name]
        message = exact(content, message_type)
        if message is not None and (kind or plausible(message)):
            return lines(message, annotated or {}) if name in ("template", "spec") else lines(message)
    raise TemplateError(f"{len(content)} bytes that are no {kind or 'message of a template task'}")


def _template_lines(template: TaskTemplate, annotated: Annotated) -> Iterator[str]:
    view = View(template)
    own = view.id
    yield f"TaskTemplate of {own.name!r}, a task of type {view.type!r}"
    yield f"  project {own.project!r}, domain {own.domain!r}, version {own.version!r}"
    yield f"  registered by {view.metadata.runtime.flavor or 'an unnamed SDK'} {view.metadata.runtime.version}".rstrip()
    yield from _side("inputs", view.interface.inputs, annotated)
    yield from _side("outputs", view.interface.outputs, annotated)
    if view.custom:
        yield "custom:"
        yield from (f"  {key}: {shortened(json.dumps(as_json(view.custom[key])))}" for key in sorted(view.custom))
    if view.container is not None:
        yield "container:"
        yield f"  image {view.container.image!r}"
        yield f"  args {' '.join(view.container.args)}"
        yield from (f"  env {name}={shortened(value)}" for name, value in sorted(view.container.env.items()))


def _side(title: str, variables: Mapping[str, Variable], annotated: Annotated) -> Iterator[str]:
    yield f"{title}:" if variables else f"{title}: none"
    for name, variable in variables.items():
        declared = type_in_words(variable.type)
        if f"{title}.{name}" in annotated:
            python_type = annotated[f"{title}.{name}"]
            yield f"  {name}: {declared}, annotated {spell(python_type)}"
            yield from (f"    warning: {line}" for line in _disagreements(variable.type, python_type))
            continue
        try:
            python_type, losses = spell(guess_python_type(variable.type)), losses_of(variable.type)
        except ShimliteError as error:
            python_type, losses = f"unreadable: {error}", []
        yield f"  {name}: {declared}, in Python {python_type}"
        for loss in losses:
            where = f"{loss.path} " if loss.path else ""
            yield f"    {where}may lose {loss.what}: {loss.why}"


def _disagreements(literal_type: LiteralType, python_type: Any) -> Iterator[str]:
    """Where a class has not the fields that the template declares. Nobody is stopped: a value may fit all the same."""
    try:
        own = to_literal_type(python_type)
    except UnsupportedTypeError:  # such as dict[str, Any]
        return
    for declared, annotated in _pairs(list(structs(literal_type)), list(structs(own))):
        has_schema = bool(declared.metadata.fields)
        told, said = read_schema(declared), read_schema(annotated if has_schema else stripped(annotated))
        if told is not None and said is not None:
            yield from differences(told, said)


def _pairs(declared: list[LiteralType], annotated: list[LiteralType]) -> Iterator[tuple[LiteralType, LiteralType]]:
    """The records of one title, and those that are alone: of a union's members the order says nothing."""
    if len(declared) == len(annotated) == 1:
        yield declared[0], annotated[0]
        return
    for one in annotated:
        namesakes = [[other for other in side if titles(other) == titles(one)] for side in (declared, annotated)]
        if any(titles(one)) and [len(side) for side in namesakes] == [1, 1]:
            yield namesakes[0][0], one


def _spec_lines(spec: Any, annotated: Annotated) -> Iterator[str]:
    yield "TaskSpec, which holds:"
    yield from _template_lines(spec.template, annotated)


def _map_lines(literal_map: LiteralMap) -> Iterator[str]:
    yield f"LiteralMap of {len(literal_map.literals)}"
    yield from map_lines(literal_map, "  ")
    for name in sorted(literal_map.literals):
        yield from (f"  {line}" for line in overlong_lines(literal_map.literals[name], name))


def _literal_lines(literal: Literal) -> Iterator[str]:
    yield from literal_lines(literal, "Literal")
    yield from (f"  {line}" for line in overlong_lines(literal, "Literal"))


def _error_lines(document: ErrorDocument) -> Iterator[str]:
    error = document.error
    kind, origin = _name(ContainerError.Kind, error.kind), _name(ExecutionError.ErrorKind, error.origin)
    yield f"ErrorDocument: {error.code or 'no code'}, {kind}, origin {origin}"
    yield f"  at {moment_in_words(error.timestamp)}" if error.HasField("timestamp") else "  at no time"
    yield from (f"  {line}".rstrip() for line in error.message.splitlines())


def _name(kinds: Any, number: int) -> str:
    return str(kinds.Name(number)) if number in kinds.values() else f"number {number}"


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
