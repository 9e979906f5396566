# SPDX-License-Identifier: Apache-2.0
"""What holds for any bytes at all, as one function. It needs no fuzzer, so a finding stays a test for good.

An input's first byte chooses a check, the second a Python type for it, the rest is what the check reads.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
from collections.abc import Callable
from typing import Any, Literal, TypeAlias

import attrs

from shimlite import (
    ExecutableTemplateShimTask,
    FlyteDirectory,
    FlyteError,
    FlyteFile,
    FlyteSchema,
    StructuredDataset,
    dict_to_literal_map,
    guess_python_type,
    literal_map_to_kwargs,
    to_literal,
    to_literal_type,
    to_python_value,
)
from shimlite._idl import Literal as LiteralMessage
from shimlite._idl import LiteralCollection, LiteralMap, LiteralType, SimpleType, Struct, TaskTemplate, Variable
from shimlite.commands.descriptions import KINDS, describe
from shimlite.commands.prose import Prose
from shimlite.commands.show import as_json
from shimlite.engine import to_plain
from shimlite.idl import Union as TypedLiteral
from shimlite.templates import TaskTemplate as View

from ..both_ways import BULKS, both_ways
from ..golden.golden_types import Color, Order, Painted, Times
from ..property.corpus import Outer
from ..refusals import REFUSED, decodes_or_is_refused, only_our_errors, parsed, wire


@attrs.define
class Node:
    """Holds itself, in a union with what a record may be mistaken for."""

    next: Node | dict[str, int] | None
    items: list[Node]
    note: Any = None


TYPES: tuple[Any, ...] = (
    *(None, bool, int, float, str, bytes, dt.datetime, dt.date, dt.timedelta),
    *(Color, Literal["a", "b"], Literal[1, 2], Literal[True]),
    *(
        FlyteFile,
        FlyteFile["csv"],
        FlyteDirectory,
        StructuredDataset,
        FlyteSchema,
        FlyteSchema[{"id": int}],
        FlyteError,
    ),
    *(Order, Times, Painted, Outer, Node),
    *(list[int], list[list[str]], dict[str, float], dict[str, list[Color]], dict, dict[int, str], dict[dt.date, bytes]),
    *(
        int | None,
        int | str,
        str | Color | None,
        dt.date | dt.datetime,
        Order | Outer | dict,
        list[int] | dict[str, str],
    ),
    *(list[FlyteFile | None], dict[str, Times | int], dict[bool, dict[int, Node]]),
)
"""At least one of every kind."""


Check: TypeAlias = Callable[[bytes, Any], None]


def holds(data: bytes) -> None:
    """Raises whatever breaks the invariant for this input, an AssertionError where nothing else is raised."""
    if len(data) > 2:
        CHECKS[data[0] % len(CHECKS)](data[2:], TYPES[data[1] % len(TYPES)])


def an_input(check: Check, data: bytes, python_type: Any = None) -> bytes:
    """The input by which ``holds`` hands this to ``check``."""
    return bytes([CHECKS.index(check), TYPES.index(python_type)]) + data


def _as(literal: LiteralMessage, as_type: Any) -> None:
    decodes_or_is_refused(literal, lambda one: to_python_value(one, as_type), lambda one: to_literal(one, as_type))
    only_our_errors(lambda: json.dumps(as_json(to_plain(to_python_value(literal, as_type), as_type))))


def _as_both(literal: LiteralMessage, python_type: Any) -> None:
    _as(literal, python_type)
    _as(literal, to_literal_type(python_type))


def any_literal(data: bytes, python_type: Any) -> None:
    literal = parsed(LiteralMessage, data)
    if literal is not None:
        _as_both(literal, python_type)


def any_msgpack(data: bytes, python_type: Any) -> None:
    literal = LiteralMessage()
    literal.scalar.binary.value, literal.scalar.binary.tag = data, "msgpack"
    _as_both(literal, python_type)


def any_struct(data: bytes, python_type: Any) -> None:
    struct = parsed(Struct, data)
    if struct is not None:
        _as_both(_of_struct(struct), python_type)


def _of_struct(struct: Struct) -> LiteralMessage:
    literal = LiteralMessage()
    literal.scalar.generic.CopyFrom(struct)
    return literal


def any_type(data: bytes, python_type: Any) -> None:
    """flyteidl's own pair of a type and a literal is the message ``Union``."""
    pair = parsed(TypedLiteral, data)
    if pair is None:
        return
    _guessed(pair.type)
    _as(pair.value, pair.type)
    refined = {"variables": {"x": Variable(type=pair.type)}, "python_types": {"x": python_type}}
    decodes_or_is_refused(
        LiteralMap(literals={"x": pair.value}),
        functools.partial(literal_map_to_kwargs, **refined),
        functools.partial(dict_to_literal_map, **refined),
    )


def any_schema(data: bytes, _: Any) -> None:
    """``[schema, value]`` in JSON, whose words a fuzzer finds sooner than a Struct's."""
    try:
        schema, value = json.loads(data)
        literal_type, held = LiteralType(simple=SimpleType.STRUCT), Struct()
        literal_type.metadata.update(schema)
        held.update({"value": value})
    except (ValueError, TypeError, AttributeError, RecursionError):
        return
    literal_type = parsed(LiteralType, wire(literal_type))  # None where it nests deeper than what arrives can
    if literal_type is None:
        return
    _guessed(literal_type)
    _as(_of_struct(held.fields["value"].struct_value), literal_type)


def _guessed(literal_type: LiteralType) -> None:
    """A guess is made or refused, is the same for the same bytes, and can be described again or is refused."""
    literal_type.DiscardUnknownFields()  # which upb keeps in another order each time it parses them
    guess = only_our_errors(guess_python_type, literal_type)
    if guess is not REFUSED:
        assert guess == guess_python_type(LiteralType.FromString(wire(literal_type))), "two guesses of one type"
        only_our_errors(to_literal_type, guess)


class Echo:
    """An executor that returns its inputs."""

    def execute_from_model(self, tt: View, **inputs: Any) -> Any:
        return inputs


def any_template(data: bytes, _: Any) -> None:
    template = parsed(TaskTemplate, data)
    if template is None:
        return
    view = View(template)
    for name in dir(View):
        if not name.startswith("_"):
            only_our_errors(getattr, view, name)
    repr(view)
    names = view.interface.inputs
    given = LiteralMap(literals={name: LiteralMessage() for name in names})
    only_our_errors(ExecutableTemplateShimTask(template, Echo).dispatch_execute, None, given)


def any_file(data: bytes, _: Any) -> None:
    for kind in (None, *KINDS):
        described = only_our_errors(lambda kind=kind: describe(data, kind))
        if described is not REFUSED:
            json.dumps(described, allow_nan=False)
            assert all(line.isprintable() for line in Prose().lines(described))


def any_numbers(data: bytes, _: Any) -> None:
    """A list of numbers is read in bulk as it is element by element, and so is what was read written."""
    numbers = parsed(LiteralCollection, data)
    if numbers is None:
        return
    literal = LiteralMessage(collection=numbers)
    for python_type in BULKS:
        both_ways(to_python_value, literal, python_type, bytes_at_once=64)
        values = only_our_errors(to_python_value, literal, python_type)
        if values is not REFUSED:
            both_ways(to_literal, values, python_type, values_at_once=4)


CHECKS: tuple[Check, ...] = (
    *(any_literal, any_msgpack, any_struct, any_type, any_schema, any_template, any_file, any_numbers),
)
