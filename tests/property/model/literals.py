# SPDX-License-Identifier: Apache-2.0
"""What a literal holds of a value, and what a reader's type makes of it."""

from __future__ import annotations

import datetime as dt
import typing
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import attrs

from shimlite import FlyteError, FlyteFile, FlyteSchema, StructuredDataset
from shimlite._idl import LiteralType
from shimlite.equality import same

from .msgpacked import (
    delta_of,
    dict_of,
    either_format,
    fit,
    of_class,
    pairs_of,
    read,
    records_of,
    says_moment,
    says_text,
    spots,
    through_record,
    utc,
    written,
)
from .questions import (
    REFERENCES,
    SIMPLE,
    Ambiguous,
    Misfit,
    Refused,
    choices_of,
    classes,
    declared_words,
    fits,
    holds_structs,
    is_map,
    kind_of,
    members,
    plain,
    said,
    tag,
    takers,
    titles,
    variants,
)


class Unread(Refused):
    """It can be written, and the reader's type takes no such value."""


class One(typing.NamedTuple):
    """A literal that is one value: a scalar as its declared kind has it, or a reference."""

    value: Any


class Many(typing.NamedTuple):
    items: list[Any]


class ByKey(typing.NamedTuple):
    items: dict[str, Any]


class Packed(typing.NamedTuple):
    """A STRUCT: what msgpack holds of it."""

    wire: Any


class Chosen(typing.NamedTuple):
    """A union's value, beside it what the stored type tells: the members that it may be, and the names of classes."""

    alike: Sequence[Any]
    titles: Sequence[str]
    form: Any


def comes_back(written_as: Any, value: Any, reader: Any) -> Any:
    """What comes back of a value, written as one type, declared as that, and read as another.

    Raises Misfit where no literal of the one is a value of the other, Refused where the value is not written, and of
    this Unread or Ambiguous where it is written and not read.
    """
    if not fits(written_as, reader):
        raise Misfit
    through_literal(written_as, value)
    form = form_of(written_as, value)
    try:
        return received(reader, written_as, form)
    except Ambiguous:
        raise
    except Refused:
        raise Unread from None


def form_of(python_type: Any, value: Any) -> Any:
    """What is written of a value that ``through_literal`` has taken."""
    kind, arguments = kind_of(python_type), members(python_type)
    if kind == "Union":
        found = _takers_of_value(arguments, value)
        alike = next(alike for alike in variants(python_type) if any(one is found[0][0] for one in alike))
        return Chosen(alike, titles(found[0][0]) if len(found) == 1 else (), form_of(found[0][0], value))
    if kind is list:
        return Many([form_of(arguments[0], one) for one in value])
    if is_map(python_type):
        return ByKey({through_record(str, key): form_of(arguments[1], one) for key, one in value.items()})
    if kind in ("record", dict):
        return Packed(written(python_type, value))
    if kind is dt.date:
        return One(utc(value))
    back = through_literal(python_type, value)
    return One(plain(back) if kind == "Enum" else back)


def received(reader: Any, declared: Any, form: Any, strict: bool = False) -> Any:
    """What a reader's type makes of what was written as the declared one. ``strict`` as in ``read``."""
    if kind_of(declared) == "Union":
        return _of_union(reader, form, strict)
    fitting = [one for one in choices_of(reader) if fits(declared, one)]
    if len(fitting) > 1:
        return _told_by_fields(fitting, declared, form, strict)
    reader, arguments = fitting[0], members(fitting[0])
    if isinstance(form, Many):
        return [received(arguments[0], members(declared)[0], one, strict) for one in form.items]
    if isinstance(form, ByKey):
        return {key: received(arguments[1], members(declared)[1], one, strict) for key, one in form.items.items()}
    if isinstance(form, Packed):
        return read(reader, form.wire, strict)
    if kind_of(reader) is dt.date:
        return form.value.date()
    if kind_of(reader) in ("Enum", "Literal"):
        return through_record(reader, form.value)
    return form.value


def _of_union(reader: Any, chosen: Chosen, strict: bool) -> Any:
    """First the stored type's tag tells, then the names of its classes, then the fields."""
    found, variant = takers(reader, chosen.alike), chosen.alike[0]
    texts = set().union(*(spots(one, says_text) for one in choices_of(reader)))

    def receive(taker: Any) -> Any:
        return received(taker, variant, chosen.form, strict or bool(texts & spots(taker, says_moment)))

    named = _named(found, [title for title in chosen.titles if title])
    is_alone = len(found) == 1 and (len(chosen.alike) == 1 or not records_of(found[0]))
    if len(named) == 1 or is_alone or (len(found) == len(chosen.alike) == 1):
        return receive((named or found)[0])
    if not any(map(records_of, found)):
        return _only_reading(found, receive)
    only_exactly = any(chosen.titles) and not named
    return _by_fields(named or found, variant, chosen.form, receive, only_exactly)


def _named(found: Sequence[Any], names: Sequence[str]) -> list[Any]:
    """The members whose records have all those names, best no others."""
    made_of = [(one, titles(one) if records_of(one) else []) for one in found]
    naming = [(one, own) for one, own in made_of if names and set(names) <= set(own)]
    return [one for one, own in naming if set(own) <= set(names)] or [one for one, _ in naming]


def _told_by_fields(fitting: Sequence[Any], declared: Any, form: Any, strict: bool) -> Any:
    return _by_fields(fitting, declared, form, lambda one: received(one, declared, form, strict), False)


def _by_fields(found: Sequence[Any], variant: Any, form: Any, receive: Callable[[Any], Any], only_exactly: bool) -> Any:
    """A dict takes all fields and is asked first, unless a name says that it was a record."""
    others = [one for one in found if not records_of(one)]
    dicts = others if holds_structs(variant) else []
    if dicts and not only_exactly and (back := _readings(dicts, receive)):
        return _one_reading(back)
    fitting = [(one, fit(one, plain_of(form))) for one in found if records_of(one)]
    exactly = [one for one, place in fitting if place == 2]
    in_part = dicts if only_exactly else [one for one, place in fitting if place]
    pool = [*(exactly or in_part), *(one for one in others if not any(one is other for other in dicts))]
    return receive(pool[0]) if len(pool) == 1 else _only_reading(pool, receive)


def _readings(found: Sequence[Any], receive: Callable[[Any], Any]) -> list[Any]:
    back = []
    for one in found:
        try:
            back.append(receive(one))
        except Refused:
            continue
    return back


def _only_reading(found: Sequence[Any], receive: Callable[[Any], Any]) -> Any:
    return _one_reading(_readings(found, receive))


def _one_reading(back: Sequence[Any]) -> Any:
    if not back:
        raise Refused
    if not all(same(one, back[0]) for one in back):
        raise Ambiguous
    return back[0]


def plain_of(form: Any) -> Any:
    """The data that a form is made of, as far as fields are asked for."""
    if isinstance(form, Many):
        return list(map(plain_of, form.items))
    if isinstance(form, ByKey):
        return {key: plain_of(one) for key, one in form.items.items()}
    if isinstance(form, Chosen):
        return plain_of(form.form)
    return form.wire if isinstance(form, Packed) else None


# --------------------------------------------------------------------------------------------------- one type, in short


def through_literal(python_type: Any, value: Any) -> Any:
    """What comes back of a value written and read as ``python_type``."""
    kind, arguments = kind_of(python_type), members(python_type)
    if kind == "Union":
        return _takers_of_value(arguments, value)[0][1]
    if kind is list and arguments:
        return [through_literal(arguments[0], one) for one in of_class(list, value)]
    if is_map(python_type):
        return dict_of((through_record(str, key), through_literal(arguments[1], one)) for key, one in pairs_of(value))
    if kind is dt.datetime:
        return utc(value)
    if kind is dt.timedelta:
        return delta_of(value)
    if kind in REFERENCES:
        return _reference(python_type, of_class(kind, value))
    return through_record(python_type, value)


def _takers_of_value(choices: tuple[Any, ...], value: Any) -> list[tuple[Any, Any]]:
    """The member that takes a value, and what it gives back: by the value's exact class, else by trying. Several only
    if a pod cannot tell them apart, and they write the value alike.

    A dict is the union's dict before it is its map.
    """
    by_class = [member for member in choices if type(value) in classes(member)]
    dicts = [member for member in by_class if type(value) is dict and said(member) == "STRUCT"]
    rest = [member for member in by_class if not any(member is one for one in dicts)]
    found: list[tuple[Any, Any]] = []
    for turn in [one for one in (dicts, rest) if one] or [choices]:
        for member in turn:
            try:
                found.append((member, through_literal(member, value)))
            except Refused:
                continue
        if found:
            break
    if not found:
        raise Refused
    told = [(tag(member), said(member)) for member, _ in found]
    if any(one != told[0] for one in told) or not all(same(back, found[0][1]) for _, back in found):
        raise Refused
    return found


def _reference(python_type: Any, value: Any) -> Any:
    """The value itself, with what the type says and the value leaves open; empty metadata is none."""
    if isinstance(value, FlyteError):
        return value
    file_format, columns = declared_words(python_type)
    if isinstance(value, FlyteSchema):
        return attrs.evolve(value, columns=value.columns or tuple(columns))
    completed = attrs.evolve(value, format=either_format(value.format, file_format))
    if isinstance(value, StructuredDataset):
        return attrs.evolve(completed, columns=value.columns or _column_types(columns))
    return attrs.evolve(completed, metadata=completed.metadata or None) if isinstance(value, FlyteFile) else completed


def _column_types(columns: Iterable[tuple[str, Any]]) -> tuple[tuple[str, LiteralType], ...]:
    return tuple((name, LiteralType(simple=SIMPLE[column])) for name, column in columns)
