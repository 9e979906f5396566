# SPDX-License-Identifier: Apache-2.0
"""What a variable of an interface may lose where only its ``LiteralType`` is known.

Whoever declared it had a Python type at hand, which the template does not say. It is made up here, as rich as it may
have been, and its losses are what a reader without it must reckon with. Of a record the schema says what it was.
"""

from __future__ import annotations

import datetime as dt
import enum
import itertools
from collections.abc import Iterable, Iterator
from typing import Any

from .._idl import LiteralType, type_kind
from .._types.parse import spell
from .._types.witnesses import LEFT_OPEN, MOST_LOSSES
from ..engine import guess_python_type
from ..fidelity import Loss, fidelity
from ..schemas import Choice, DictOf, ListOf, OneOf, Record, Schema, as_segment, read_schema, spelled

NO_SUCH_TYPE = "JSON-like data has no such type"
PLAIN = (type(None), bool, int, float, str, bytes, list, dict, Any)
"""The types of JSON-like data."""


def losses_of(literal_type: LiteralType) -> list[Loss]:
    """The losses, each once. Raises UnsupportedTypeError for a type that a newer flyteidl adds."""
    guess_python_type(literal_type)
    found: dict[tuple[str, str], Loss] = {}
    for loss in itertools.islice(_losses(literal_type), MOST_LOSSES):
        found.setdefault((loss.path, loss.what), loss)
    return list(found.values())


def _losses(literal_type: LiteralType, in_union: bool = False) -> Iterator[Loss]:
    kind = type_kind(literal_type)
    if kind == "collection_type":
        return _inside("[i]", _losses(literal_type.collection_type))
    if kind == "map_value_type":
        return _inside("[key]", _losses(literal_type.map_value_type))
    if kind == "union_type":
        return _of_variants(list(literal_type.union_type.variants))
    schema = read_schema(literal_type)
    if schema is not None:
        return _of_record("", schema.root, schema, ())
    guessed = guess_python_type(literal_type)
    losses = (loss for told in _richest(literal_type, guessed, in_union) for loss in fidelity(told, guessed).losses)
    return (loss for loss in losses if loss.what != LEFT_OPEN)  # which comes back said: no reader misses it


def _richest(literal_type: LiteralType, guessed: Any, in_union: bool) -> tuple[Any, ...]:
    """The types that an author may have had. Only a union's variant tells a date from a datetime."""
    if guessed is dt.datetime and not in_union:
        return dt.datetime, dt.date
    if guessed is dict:
        return dict, dict[dt.date, dt.date]
    if type_kind(literal_type) == "enum_type":
        return (enum.Enum("Enum", {member.name: member.value for member in guessed}),)
    return (guessed,)


def _of_variants(variants: list[LiteralType]) -> Iterator[Loss]:
    several = len([variant for variant in variants if type_kind(variant) != "NONE"]) > 1
    for variant in variants:
        yield from _inside(f"<{_name(variant)}>" if several else "", _losses(variant, in_union=True))


def _name(variant: LiteralType) -> str:
    schema = read_schema(variant)
    return spell(guess_python_type(variant)) if schema is None else spelled(schema.record(schema.root))


def _inside(segment: str, losses: Iterable[Loss]) -> Iterator[Loss]:
    return (loss._replace(path=segment + loss.path, witness=None) for loss in losses)


def _of_record(path: str, told: Any, schema: Schema, above: tuple[Any, ...]) -> Iterator[Loss]:
    """What a record loses that is read as a dict, and what the fields in it lose."""
    record = schema.record(told)
    if isinstance(record, Record):
        if told in above:
            return
        name = f" {spelled(record)}" if record.title else ""
        yield Loss(path, f"its class{name}", "JSON-like data has a dict for it")
        for field in record.fields:
            yield from _of_record(f"{path}{as_segment(field.name)}", field.type, schema, (*above, told))
    elif isinstance(told, ListOf):
        yield from _of_record(f"{path}[i]", told.item, schema, above)
    elif isinstance(told, DictOf):
        yield from _of_record(f"{path}(key)", told.key, schema, above)
        yield from _of_record(f"{path}[key]", told.value, schema, above)
    elif isinstance(told, OneOf):
        for member in told.members:
            yield from _of_record(path, member, schema, above)
    elif isinstance(told, Choice):
        yield Loss(path, "the class of its values", "they travel, an Enum does not")
    elif told not in PLAIN:
        yield Loss(path, f"that it was a {spell(told)}", NO_SUCH_TYPE)
