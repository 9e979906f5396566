# SPDX-License-Identifier: Apache-2.0
"""Where an executor's annotations and the records that a template declares disagree.

What the conversions refuse is an error, before this is asked. What is left are fields: a class may have other ones than
the template's schema, and a value may fit all the same. ``schemas`` compares two schemas; this file finds which two
belong together. Next: ``template_descriptions``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .._idl import LiteralType, TaskTemplate
from .._types.stripped import stripped, structs, titles
from ..engine import to_literal_type
from ..errors import UnsupportedTypeError
from ..schemas import DictOf, Field, ListOf, OneOf, Record, Schema, differences, read_schema
from ..signatures import input_types, output_types
from .targets import task_of

Annotated = Mapping[str, Any]
"""Python types by variable: ``inputs.day``."""


def annotated_types(template: TaskTemplate, executor: Any) -> Annotated:
    """What the executor's annotations say. Raises ExecutorError where it cannot be made, and ExecutorError or
    TemplateError, which names the variable, for those that the conversions refuse."""
    task = task_of(template, executor)
    interface = task.task_template.interface
    inputs = input_types(task.executor, interface.inputs)
    outputs = output_types(task.executor, interface.outputs)
    told = {f"inputs.{name}": said for name, said in inputs.items()}
    return {**told, **{f"outputs.{name}": said for name, said in outputs.items()}}


def disagreements(literal_type: LiteralType, python_type: Any) -> Iterator[str]:
    """Where a class has not the fields that the template declares, a line each, without the variable's name."""
    try:
        own = to_literal_type(python_type)
    except UnsupportedTypeError:  # such as dict[str, Any]
        return
    for declared, annotated in _pairs(list(structs(literal_type)), list(structs(own))):
        told, said = read_schema(declared), read_schema(annotated)
        if said is not None and not declared.metadata.fields:
            bare = read_schema(stripped(annotated))
            said = Schema(_needed(bare.root, said.root, said)) if bare is not None else None
        if told is not None and said is not None:
            yield from differences(told, said)


def _needed(bare: Any, whole: Any, schema: Schema) -> Any:
    """What ``dataclass_type`` tells of a class, with what its schema says of the fields that it needs."""
    whole = schema.record(whole)
    if isinstance(bare, ListOf) and isinstance(whole, ListOf):
        return ListOf(_needed(bare.item, whole.item, schema))
    if isinstance(bare, DictOf) and isinstance(whole, DictOf):
        return DictOf(bare.key, _needed(bare.value, whole.value, schema))
    if isinstance(bare, OneOf) and isinstance(whole, OneOf):
        return OneOf(tuple(_needed(one, other, schema) for one, other in zip(bare.members, whole.members)))
    if isinstance(bare, Record) and isinstance(whole, Record):
        fields = {one.name: one for one in whole.fields}
        told = [(one, fields.get(one.name, one)) for one in bare.fields]
        return Record(
            "", tuple(Field(one.name, _needed(one.type, other.type, schema), other.required) for one, other in told)
        )
    return bare


def _pairs(declared: list[LiteralType], annotated: list[LiteralType]) -> Iterator[tuple[LiteralType, LiteralType]]:
    """The records of one title, then those that are left alone: of a union's members the order says nothing."""
    left = [list(declared), list(annotated)]
    for one in annotated:
        namesakes = [[other for other in side if titles(other) == titles(one)] for side in (declared, annotated)]
        if any(titles(one)) and [len(side) for side in namesakes] == [1, 1]:
            yield namesakes[0][0], one
            for side, (paired,) in zip(left, namesakes):
                side.remove(paired)
    if len(left[0]) == len(left[1]) == 1:
        yield left[0][0], left[1][0]
