# SPDX-License-Identifier: Apache-2.0
"""What should come back, computed from types and a value alone: an independent reading of DESIGN.md's table.

``comes_back`` says it of a value that is written as one type and read as another. ``through_literal`` says it in short
of one type and values that are literals of their own, ``through_record`` of what msgpack holds. All raise Refused where
the table says so; ``comes_back`` raises Misfit for two types of which no value can make sense.

The model shares no code and no table with the package. What msgpack holds is plain Python here (``written``, ``read``),
and what a literal holds has words of its own (``One``, ``Many``, ``ByKey``, ``Packed``, ``Chosen``).
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import datetime as dt
import enum
import functools
import json
import math
import operator
import re
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Literal

import attrs

from shimlite import FlyteDirectory, FlyteError, FlyteFile, FlyteSchema, StructuredDataset
from shimlite._idl import LiteralType, SimpleType
from shimlite.equality import same
from shimlite.values import Columns, Format

TEN_THOUSAND_YEARS = dt.timedelta(seconds=315_576_000_000)
ISO_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
ISO_TIME = ISO_DATE + "[T ][0-9:]{8}([.,][0-9]+)?(|Z|z|[+-][0-9:.]+)"
REFERENCES = (FlyteFile, FlyteDirectory, StructuredDataset, FlyteSchema, FlyteError)


class Refused(Exception):
    """The value is outside what the type can hold, or is not of the type, or is ambiguous."""


class Ambiguous(Refused):
    """Several members of a union read it, each as another value."""


class Unread(Refused):
    """It can be written, and the reader's type takes no such value."""


class Misfit(Exception):
    """No literal of the declared type is a value of the reader's. To be refused before there is any data."""


# ----------------------------------------------------------------------------------------------- questions about types


def bare(python_type: Any) -> tuple[Any, tuple[Any, ...]]:
    """A type without ``Annotated``, and the words that this held."""
    if python_type is None:
        return type(None), ()
    if typing.get_origin(python_type) is typing.Annotated:
        inner, words = bare(python_type.__origin__)
        return inner, (*words, *python_type.__metadata__)
    return python_type, ()


def kind_of(python_type: Any) -> Any:
    """``list``, ``dict``, ``Union``, ``Literal``, ``Enum``, ``record``, or the class itself."""
    inner, _ = bare(python_type)
    origin = typing.get_origin(inner)
    if origin in (typing.Union, types.UnionType) or inner is typing.NoReturn:
        return "Union"
    if origin is Literal:
        return "Literal"
    if origin is not None:
        return origin
    if isinstance(inner, type) and issubclass(inner, enum.Enum):
        return "Enum"
    if inner in REFERENCES or not (dataclasses.is_dataclass(inner) or attrs.has(inner)):
        return inner
    return "record"


def members(python_type: Any) -> tuple[Any, ...]:
    return typing.get_args(bare(python_type)[0])


def choices_of(python_type: Any) -> tuple[Any, ...]:
    """The members of a union; of any other type, that type."""
    return members(python_type) if kind_of(python_type) == "Union" else (python_type,)


def values_of(python_type: Any) -> list[Any]:
    """The values of an Enum or a Literal, in order, as plain data."""
    inner = bare(python_type)[0]
    return [plain(one.value) for one in inner] if kind_of(inner) == "Enum" else list(map(plain, members(inner)))


def plain(value: Any) -> Any:
    """A scalar as the built-in class that it is one of."""
    if isinstance(value, enum.Enum):
        return plain(value.value)
    for cls, convert in ((bool, bool), (int, int.__int__), (float, float.__float__), (str, str.__str__)):
        if isinstance(value, cls):
            return convert(value)
    return bytes(value) if isinstance(value, bytes) else value


def classes(python_type: Any) -> tuple[type, ...]:
    """The exact classes of a type's values."""
    kind = kind_of(python_type)
    if kind == "Literal":
        return tuple(dict.fromkeys(type(value) for value in members(python_type)))
    if kind in ("Enum", "record"):
        return (bare(python_type)[0],)
    return () if kind in ("Union", Any) else (kind,)


class Field(typing.NamedTuple):
    name: str
    type: Any
    """As it is written and read: where None is the default, None is a value."""
    parameter: str
    """Empty where none sets it."""
    required: bool


def fields_of(record: Any) -> list[Field]:
    cls = bare(record)[0]
    declared = dataclasses.fields(cls) if dataclasses.is_dataclass(cls) else attrs.fields(cls)
    hints = (
        typing.get_type_hints(cls, include_extras=True) if any(isinstance(one.type, str) for one in declared) else {}
    )
    fields = []
    for one in declared:
        told = hints.get(one.name, Any if one.type is None and attrs.has(cls) else one.type)
        if one.default is None and type(None) not in map(kind_of, choices_of(told)) and kind_of(told) is not Any:
            told = typing.Union[told, None] if _is_hashable(told) else told
        parameter = (getattr(one, "alias", None) or one.name) if one.init else ""
        fields.append(Field(one.name, told, parameter, one.init and not has_default(one)))
    return fields


def _is_hashable(python_type: Any) -> bool:
    """Columns are a dict, which Python's Union cannot hash."""
    try:
        hash(python_type)
    except TypeError:
        return False
    return True


def has_default(field: Any) -> bool:
    missing = (dataclasses.MISSING, attrs.NOTHING)
    return not all(one in missing for one in (field.default, getattr(field, "default_factory", attrs.NOTHING)))


def declared_words(python_type: Any) -> tuple[str, list[tuple[str, Any]]]:
    """The format and the columns that a type's ``Annotated`` gives."""
    inner, words = bare(python_type)
    formats = [word.name for word in words if isinstance(word, Format)]
    columns = [pair for word in words if isinstance(word, Columns) for pair in word.pairs]
    if inner is StructuredDataset:  # flytekit's spelling
        formats += [word for word in words if isinstance(word, str)]
        columns += [pair for word in words if isinstance(word, dict) for pair in word.items()]
    return next(iter(formats), ""), columns


# ------------------------------------------------------------------------------------------- what a pod sees of a type


def tag(python_type: Any) -> Any:
    """What tells two variants of a union apart that are one type else."""
    return kind_of(python_type)


def said(python_type: Any) -> Any:
    """What a pod's template says of a type, its own tag aside. Two types of which it says the same are one there."""
    kind, arguments = kind_of(python_type), members(python_type)
    if kind is list:
        return list, *map(said, arguments)
    if is_map(python_type):
        return dict, said(arguments[1])
    if kind in ("record", dict):
        return "STRUCT"
    if kind == "Union":
        return "Union", *dict.fromkeys((tag(one), said(one)) for one in arguments)
    if kind == "Literal":
        return type(values_of(python_type)[0])
    if kind == "Enum":
        return "Enum", *values_of(python_type)
    if kind in (dt.date, dt.datetime):
        return "DATETIME"
    if kind in REFERENCES:
        file_format, columns = declared_words(python_type)
        return kind, file_format, *((name, SimpleType.Name(_SIMPLE[column])) for name, column in columns)
    return kind


def is_map(python_type: Any) -> bool:
    return kind_of(python_type) is dict and members(python_type)[:1] == (str,)


def holds_structs(python_type: Any) -> bool:
    """Whether literals of a type are made of STRUCTs."""
    kind, arguments = kind_of(python_type), members(python_type)
    if kind in (list, "Union") or is_map(python_type):
        return any(map(holds_structs, arguments))
    return kind in ("record", dict)


def titles(python_type: Any) -> list[str]:
    """The names of the records that literals of a type are made of, in order; of a dict it is empty."""
    kind, arguments = kind_of(python_type), members(python_type)
    if kind in (list, "Union") or is_map(python_type):
        return [title for one in arguments for title in titles(one)]
    if kind is dict:
        return [""]
    return [bare(python_type)[0].__name__] if kind == "record" else []


def variants(union: Any) -> list[list[Any]]:
    """The members of a union, those together that a pod cannot tell apart."""
    alike: dict[Any, list[Any]] = {}
    for member in members(union):
        alike.setdefault((tag(member), said(member)), []).append(member)
    return list(alike.values())


def alone(python_type: Any, generated: Callable[[tuple[str, ...]], Any], is_member: bool = False) -> Any:
    """The type that the template alone tells. ``generated`` gives the Enum that stands for some values."""
    kind, arguments = kind_of(python_type), members(python_type)
    if kind == "Union":
        told = [alone(one, generated, True) for one in arguments]
        return functools.reduce(operator.or_, told) if told else typing.NoReturn
    if kind is list:
        return list[alone(arguments[0], generated)] if arguments else list
    if is_map(python_type):
        return dict[str, alone(arguments[1], generated)]
    if kind in ("record", dict):
        return dict
    if kind == "Enum":
        return generated(tuple(values_of(python_type)))
    if kind == "Literal":
        return type(values_of(python_type)[0])
    return dt.datetime if kind is dt.date and not is_member else python_type if kind in REFERENCES else kind


# ----------------------------------------------------------------------------------------------- what is read as what


def fits(declared: Any, reader: Any) -> bool:
    """Whether some literals of a declared type can be read as another type, as far as a pod's template tells."""
    kind, wanted = kind_of(declared), kind_of(reader)
    try:
        if kind == "Union":
            return all(takers(reader, alike) for alike in variants(declared))
        if wanted == "Union":
            return bool(_told_apart([one for one in members(reader) if fits(declared, one)], declared))
    except Misfit:
        return False
    if kind is list:
        return wanted is list and bool(members(reader)) and fits(members(declared)[0], members(reader)[0])
    if is_map(declared):
        return is_map(reader) and fits(members(declared)[1], members(reader)[1])
    if kind in ("record", dict):
        return wanted in ("record", dict)
    if kind in (dt.date, dt.datetime):
        return wanted in (dt.date, dt.datetime)
    if kind == "Enum":
        return wanted == "Enum" and set(values_of(declared)) <= set(values_of(reader))
    if kind in REFERENCES:
        formats = {declared_words(one)[0] for one in (declared, reader)} - {""}
        return wanted is kind and (len(formats) <= 1 or kind not in (FlyteFile, FlyteDirectory))
    scalar = said(declared)
    return {type(one) for one in values_of(reader)} == {scalar} if wanted == "Literal" else wanted is scalar


def takers(reader: Any, alike: Sequence[Any]) -> list[Any]:
    """The members of the reader's type that take a variant, which the declared members ``alike`` share."""
    choices, variant = choices_of(reader), alike[0]
    own = [one for one in choices if (tag(one), said(one)) == (tag(variant), said(variant))]
    if own:
        return own
    if kind_of(variant) == "Literal" and said(variant) in choices:
        return [said(variant)]
    fitting = [one for one in choices if fits(variant, one)]
    if said(variant) == "STRUCT":
        of_tag = [one for one in fitting if (kind_of(one) == "record") == (tag(variant) == "record")]
        fitting = [dict] if dict in (of_tag or fitting) else of_tag or fitting
    return _told_apart(fitting, variant)


def _told_apart(fitting: list[Any], variant: Any) -> list[Any]:
    """Records are told apart by their fields, Literals by their values; others must be one."""
    if not fitting:
        raise Misfit
    if len(fitting) > 1 and not holds_structs(variant) and any(kind_of(one) != "Literal" for one in fitting):
        raise Misfit
    return fitting


def surely_fits(written_as: Any, reader: Any) -> bool:
    """Whether every literal of the one type can be read as the other, as plainly as nobody can doubt it."""
    kind = kind_of(written_as)
    if not fits(written_as, reader):
        return False
    if kind == "Union":
        pairs = [(alike, takers(reader, alike)) for alike in variants(written_as)]
        return all(len(alike) == len(found) == 1 and surely_fits(alike[0], found[0]) for alike, found in pairs)
    fitting = [one for one in choices_of(reader) if fits(written_as, one)]
    if len(fitting) != 1:
        return False
    if kind is list or is_map(written_as):
        return surely_fits(members(written_as)[-1], members(fitting[0])[-1])
    if kind in ("record", dict):
        return surely_fits_in_record(written_as, fitting[0])
    if kind_of(fitting[0]) == "Literal":
        return kind == "Literal" and _are_among(values_of(written_as), values_of(fitting[0]))
    return True


def surely_fits_in_record(written_as: Any, reader: Any) -> bool:
    kind, wanted = kind_of(written_as), kind_of(reader)
    if is_same_type(written_as, reader) or wanted is Any:
        return True
    if "Union" in (kind, wanted):
        pairs = list(zip(choices_of(written_as), choices_of(reader)))
        is_one_to_one = len(choices_of(written_as)) == len(choices_of(reader))
        return is_one_to_one and all(surely_fits_in_record(*pair) for pair in pairs)
    if kind is list and wanted is list:
        return surely_fits_in_record(*(next(iter(members(one)), Any) for one in (written_as, reader)))
    if kind is dict and wanted is dict:
        (key, value), (read_key, read_value) = (members(one) or (Any, Any) for one in (written_as, reader))
        is_key = read_key is not Any or key is Any  # which is no type of a key, save in an untyped dict
        return is_key and surely_fits_in_record(key, read_key) and surely_fits_in_record(value, read_value)
    if kind == "record" and wanted is dict:
        key, value = members(reader) or (str, Any)
        return key is str and all(surely_fits_in_record(field.type, value) for field in fields_of(written_as))
    if kind == "record" and wanted == "record":
        told = {field.name: field.type for field in fields_of(written_as)}
        read_fields = [field for field in fields_of(reader) if field.parameter]
        return all(
            surely_fits_in_record(told[field.name], field.type) if field.name in told else not field.required
            for field in read_fields
        )
    if kind == wanted == "Enum":
        return _are_among(values_of(written_as), values_of(reader))
    return (kind, wanted) == (dt.date, dt.datetime)


def _are_among(some: Iterable[Any], others: Iterable[Any]) -> bool:
    keys = {(type(one), one) for one in others}
    return all((type(one), one) in keys for one in some)


def is_same_type(one: Any, other: Any) -> bool:
    """Python's own ``==`` forgets the order of a union's members, and takes ``Literal[1]`` for ``Literal[True]``."""
    arguments, others = members(one), members(other)
    if kind_of(one) != kind_of(other) or len(arguments) != len(others):
        return False
    if kind_of(one) == "Literal":
        return all(same(*pair) for pair in zip(arguments, others))
    if kind_of(one) in REFERENCES:
        return declared_words(one) == declared_words(other)
    return all(map(is_same_type, arguments, others)) if arguments else bare(one)[0] == bare(other)[0]


# ------------------------------------------------------------------------------------------------- what a literal holds


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
        return One(_utc(value))
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


# ------------------------------------------------------------------------------------------- literals of their own


def through_literal(python_type: Any, value: Any) -> Any:
    """What comes back of a value written and read as ``python_type``."""
    kind, arguments = kind_of(python_type), members(python_type)
    if kind == "Union":
        return _takers_of_value(arguments, value)[0][1]
    if kind is list and arguments:
        return [through_literal(arguments[0], one) for one in _of(list, value)]
    if is_map(python_type):
        return _items((through_record(str, key), through_literal(arguments[1], one)) for key, one in _pairs(value))
    if kind is dt.datetime:
        return _utc(value)
    if kind is dt.timedelta:
        return _delta(value)
    if kind in REFERENCES:
        return _reference(python_type, _of(kind, value))
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


def _of(cls: type, value: Any) -> Any:
    if not isinstance(value, cls):
        raise Refused
    return value


def _pairs(value: Any) -> Iterable[tuple[Any, Any]]:
    return _of(dict, value).items()


def _items(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, Any]:
    """A dict, if no two of its keys are one: NaN is."""
    found = list(pairs)
    keys = {"NaN" if key != key else (key == key, key) for key, _ in found}
    if len(keys) != len(found):
        raise Refused
    return dict(found)


def _utc(value: Any) -> dt.datetime:
    """Aware, in UTC, a naive one taken as UTC. A date is its midnight, since a template calls both DATETIME."""
    if type(value) is dt.date:
        return dt.datetime(value.year, value.month, value.day, tzinfo=dt.timezone.utc)
    moment = _moment(value)
    offset = moment.utcoffset() or dt.timedelta(0)
    try:
        return (moment.replace(tzinfo=None, fold=0) - offset).replace(tzinfo=dt.timezone.utc)
    except OverflowError:
        raise Refused from None


def _moment(value: Any) -> dt.datetime:
    """As the built-in class, if its fields say all that it is."""
    _of(dt.datetime, value)
    parts = (value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond)
    moment = dt.datetime(*parts, tzinfo=value.tzinfo, fold=value.fold)
    if type(value) is not dt.datetime and value != moment:
        raise Refused
    return moment


def _delta(value: Any) -> dt.timedelta:
    """Likewise, within protobuf's bounds."""
    _of(dt.timedelta, value)
    delta = dt.timedelta(value.days, value.seconds, value.microseconds)
    if (type(value) is not dt.timedelta and value != delta) or abs(delta) > TEN_THOUSAND_YEARS:
        raise Refused
    return delta


def _reference(python_type: Any, value: Any) -> Any:
    """The value itself, with what the type says and the value leaves open; empty metadata is none."""
    if isinstance(value, FlyteError):
        return value
    file_format, columns = declared_words(python_type)
    if isinstance(value, FlyteSchema):
        return attrs.evolve(value, columns=value.columns or tuple(columns))
    completed = attrs.evolve(value, format=_either(value.format, file_format))
    if isinstance(value, StructuredDataset):
        return attrs.evolve(completed, columns=value.columns or _column_types(columns))
    return attrs.evolve(completed, metadata=completed.metadata or None) if isinstance(value, FlyteFile) else completed


_SIMPLE: dict[Any, Any] = {
    int: SimpleType.INTEGER,
    float: SimpleType.FLOAT,
    str: SimpleType.STRING,
    bool: SimpleType.BOOLEAN,
    dt.datetime: SimpleType.DATETIME,
    dt.timedelta: SimpleType.DURATION,
}


def _column_types(columns: Iterable[tuple[str, Any]]) -> tuple[tuple[str, LiteralType], ...]:
    return tuple((name, LiteralType(simple=_SIMPLE[column])) for name, column in columns)


def _either(own: str, declared: str) -> str:
    if own and declared and own != declared:
        raise Refused
    return own or declared


# ------------------------------------------------------------------------------------------------- what msgpack holds


def through_record(python_type: Any, value: Any) -> Any:
    """What comes back of a field of a record, an item of an untyped dict or of a dict with other keys."""
    kind, arguments = kind_of(python_type), members(python_type)
    if kind == "Union":
        return _from_record(arguments, value)
    if kind == "Enum":
        return _member(bare(python_type)[0], value)
    if kind == "Literal":
        return _among(python_type, value)
    if kind == "record":
        return _record(bare(python_type)[0], value)
    if kind is list:
        element = arguments[0] if arguments else Any
        return [through_record(element, one) for one in _of(list, value)]
    if kind is dict:
        key_type, item_type = arguments or (Any, Any)
        return _items((_key(key_type, key), through_record(item_type, one)) for key, one in _pairs(value))
    if kind is Any:
        return _json(value)
    if kind in REFERENCES:
        return _reference_in_record(python_type, _of(kind, value))
    return _SCALARS[kind](value)


def _key(key_type: Any, key: Any) -> Any:
    if key_type is Any and isinstance(key, (list, tuple, dict, bytearray)):
        raise Refused
    return through_record(key_type, key)


def _int(value: Any) -> int:
    if isinstance(value, bool) or not -(2**63) <= _of(int, value) < 2**63:
        raise Refused
    return int.__int__(value)


def _float(value: Any) -> float:
    if isinstance(value, float):
        return float.__float__(value)
    if isinstance(value, bool):
        raise Refused
    whole = int.__int__(_of(int, value))
    try:
        if whole != int(float(whole)):
            raise Refused
    except OverflowError:
        raise Refused from None
    return float(whole)


def _text(value: Any) -> str:
    text = str.__str__(_of(str, value))
    try:
        text.encode()
    except UnicodeEncodeError:  # a lone surrogate
        raise Refused from None
    return text


def _zoned(value: Any) -> dt.datetime:
    """ISO 8601 text holds the offset, not the zone's name, and no fold."""
    if type(value) is dt.date:
        return _utc(value)
    moment = _moment(value)
    offset = moment.utcoffset()
    if offset is not None and offset.microseconds:
        raise Refused
    return moment.replace(fold=0, tzinfo=offset if offset is None else dt.timezone(offset))


def _day(value: Any) -> dt.date:
    if type(value) is not dt.date:
        raise Refused
    return value


def _seconds(value: Any) -> dt.timedelta:
    """A double of seconds."""
    delta = _delta(value)
    if dt.timedelta(seconds=delta.total_seconds()) != delta:
        raise Refused
    return delta


_SCALARS: dict[Any, Any] = {
    type(None): lambda value: _of(type(None), value),
    bool: lambda value: _of(bool, value),
    int: _int,
    float: _float,
    str: _text,
    bytes: lambda value: bytes(_of(bytes, value)),
    dt.datetime: _zoned,
    dt.date: _day,
    dt.timedelta: _seconds,
}


def _member(cls: Any, value: Any) -> Any:
    """A member of any Enum, or a value, stands for the member with that value."""
    for member in cls:
        if same(plain(member.value), plain(value)):
            return member
    raise Refused


def _among(python_type: Any, value: Any) -> Any:
    """One of a Literal's values. Where all are of one class, whatever that class takes."""
    (first, *others) = told = list(dict.fromkeys(map(type, values_of(python_type))))
    scalar = plain(value) if others else _SCALARS[first](value)
    if isinstance(value, enum.Enum) and not isinstance(value, tuple(told)):
        raise Refused
    if not any(same(scalar, one) for one in values_of(python_type)):
        raise Refused
    return scalar


def _record(cls: Any, value: Any) -> Any:
    if type(value) is not cls:
        raise Refused
    back = {field.name: through_record(field.type, getattr(value, field.name)) for field in fields_of(cls)}
    return cls(**{field.parameter: back[field.name] for field in fields_of(cls) if field.parameter})


def _json(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_json(one) for one in value]
    if isinstance(value, dict):
        return _items((_key(Any, key), _json(one)) for key, one in value.items())
    if value is not None and not isinstance(value, (bool, int, float, str, bytes, bytearray)):
        raise Refused
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        raise Refused
    return bytes(value) if isinstance(value, bytearray) else plain(value)


def _reference_in_record(python_type: Any, value: Any) -> Any:
    """The location, and what the type says of the format; only a StructuredDataset's own format stands beside it."""
    if isinstance(value, FlyteError):
        return value
    if isinstance(value, StructuredDataset):
        return StructuredDataset(value.uri, format=value.format)
    if isinstance(value, FlyteSchema):
        return FlyteSchema(value.uri)
    file_format, _ = declared_words(python_type)
    _either(value.format, file_format)
    more = {"metadata": value.metadata or None} if isinstance(value, FlyteFile) else {}
    return type(value)(value.uri, format=file_format, **more)


# ------------------------------------------------------------------------------------------------- unions in records


def _from_record(choices: tuple[Any, ...], value: Any) -> Any:
    """msgpack says nothing of the member, so the reader must find the same value again, or the writer refuses."""
    member, expected = _written_member(choices, value)
    if not same(_first_reader(choices, written(member, value), False), expected):
        raise Refused
    return expected


def _written_member(choices: tuple[Any, ...], value: Any) -> tuple[Any, Any]:
    """As for literals; but members that write a value alike, as an empty list, are no two readings of it."""
    by_class = [member for member in choices if type(value) in classes(member)]
    found = []
    for member in by_class or choices:
        try:
            found.append((member, through_record(member, value)))
        except Refused:
            continue
    forms = [written(member, value) for member, _ in found]
    if not found or not all(same(form, forms[0]) for form in forms):
        raise Refused
    return found[0]


def _first_reader(choices: tuple[Any, ...], wire: Any, strict: bool) -> Any:
    """The members in order, those first that read msgpack's class as it is; records together, by their fields."""
    texts = set().union(*(spots(member, says_text) for member in choices))
    readers = [member for member in choices if type(wire) in wire_classes(member)]
    readers.sort(key=lambda one: wire_classes(one)[0] is not type(wire))
    records = [member for member in readers if len(readers) > 1 and records_of(member)]
    turns = [[member] for member in readers if not any(member is one for one in records[1:])]
    error = Refused
    for turn in turns:
        fitting = [(fit(member, wire), member) for member in records] if records[:1] == turn else [(2, turn[0])]
        best = max(place for place, _ in fitting)
        back = []
        for place, member in fitting:
            try:
                if place == best > 0:
                    back.append(read(member, wire, strict or bool(texts & spots(member, says_moment))))
            except Refused:
                continue
        if back and all(same(one, back[0]) for one in back):
            return back[0]
        error = Ambiguous if back else error
    raise error


def spots(python_type: Any, is_it: Any, place: str = "") -> set[str]:
    """Where values of such a kind may stand: ``"l"`` in a list, ``"lv"`` a dict's value in a list, ``"k"`` a key."""
    kind, arguments = kind_of(python_type), members(python_type)
    if kind is dict and arguments:
        return spots(arguments[0], is_it, place + "k") | spots(arguments[1], is_it, place + "v")
    if kind is list or kind == "Union":
        inner = place + "l" * (kind is list)
        return set().union(*(spots(one, is_it, inner) for one in arguments))
    return {place} if is_it(python_type) else set()


def says_text(python_type: Any) -> bool:
    kind = kind_of(python_type)
    return str in map(type, values_of(python_type)) if kind in ("Enum", "Literal") else kind in (str, dt.date)


def says_moment(python_type: Any) -> bool:
    return kind_of(python_type) is dt.datetime


def records_of(python_type: Any) -> bool:
    """Whether a type is a record, or lists, maps and unions of some."""
    kind, arguments = kind_of(python_type), members(python_type)
    if kind is list or is_map(python_type):
        return bool(arguments) and records_of(arguments[-1])
    return any(map(records_of, arguments)) if kind == "Union" else kind == "record"


def fit(python_type: Any, wire: Any) -> int:
    """2 where the keys are a record's very fields, 1 where what is missing has a default, 0 else."""
    kind, arguments = kind_of(python_type), members(python_type)
    if kind == "Union":
        others = [kind_of(one) for one in arguments if not records_of(one)]
        container = type(wire) if isinstance(wire, (list, dict)) else None
        is_taken = any(one is container if container else one not in (list, dict) for one in others)
        return 2 if is_taken else max(fit(one, wire) for one in arguments if records_of(one))
    if kind is list or kind is dict:
        if type(wire) is not kind:
            return 0
        return min((fit(arguments[-1], one) for one in (wire if kind is list else wire.values())), default=2)
    names = {field.name for field in fields_of(python_type)}
    if type(wire) is not dict or not set(wire) <= names:
        return 0
    needed = {field.name for field in fields_of(python_type) if field.required}
    return 2 if set(wire) == names else int(needed <= set(wire))


_WIRE: dict[Any, tuple[type, ...]] = {
    Any: (type(None), bool, int, float, str, bytes, list, dict),
    int: (int, float),
    float: (float, int),
    bytes: (bytes, str),
    dt.datetime: (str,),
    dt.date: (str,),
    dt.timedelta: (float, int),
}


def wire_classes(python_type: Any) -> tuple[type, ...]:
    """The classes of msgpack that a type is read from, its own first, in the order in which they are declared."""
    kind = kind_of(python_type)
    if kind == "Union":
        return tuple(dict.fromkeys(cls for member in members(python_type) for cls in wire_classes(member)))
    if kind in ("Enum", "Literal"):
        own = tuple(dict.fromkeys(map(type, values_of(python_type))))
        return tuple(dict.fromkeys((*own, *(_WIRE.get(own[0], own) if len(own) == 1 else _other_number(own)))))
    if kind == "record" or kind in REFERENCES:
        return (dict,)
    return _WIRE.get(kind, (kind,))


def _other_number(own: Sequence[type]) -> tuple[type, ...]:
    """Where ints are among the values and no floats, a whole float is one, as a Struct has it; and the reverse."""
    return tuple(other for cls, other in ((int, float), (float, int)) if cls in own and other not in own)


def written(python_type: Any, value: Any) -> Any:
    """The form in msgpack of a value that ``through_record`` has taken."""
    kind, arguments = kind_of(python_type), members(python_type)
    if kind == "Union":
        return written(_written_member(arguments, value)[0], value)
    if kind == "Enum":
        return plain(_member(bare(python_type)[0], value))
    if kind == "record":
        return {field.name: written(field.type, getattr(value, field.name)) for field in fields_of(python_type)}
    if kind is list:
        return [written(arguments[0] if arguments else Any, one) for one in value]
    if kind is dict and arguments:
        return {written(arguments[0], key): written(arguments[1], one) for key, one in value.items()}
    if kind is dt.timedelta:
        return _seconds(value).total_seconds()
    if kind is dt.date or kind is dt.datetime:
        return _zoned(value).isoformat() if kind is dt.datetime else value.isoformat()
    if kind is FlyteFile:
        return {"path": value.uri, "metadata": dict(value.metadata)} if value.metadata else {"path": value.uri}
    if kind is FlyteDirectory:
        return {"path": value.uri}
    if kind is StructuredDataset:
        return {"uri": value.uri, "file_format": value.format}
    if kind is FlyteSchema:
        return {"remote_path": value.uri}
    if kind is FlyteError:
        return {"message": value.message, "failed_node_id": value.failed_node_id}
    return through_record(python_type, value)


def read(python_type: Any, wire: Any, strict: bool = False) -> Any:
    """What a type makes of msgpack's form, or Refused. ``strict``: the text of a date is no datetime."""
    kind, arguments = kind_of(python_type), members(python_type)
    if kind == "Union":
        return _first_reader(arguments, wire, strict)
    if kind == "record":
        return _read_record(bare(python_type)[0], _of(dict, wire), strict)
    if kind is list:
        return [read(arguments[0] if arguments else Any, one, strict) for one in _of(list, wire)]
    if kind is dict:
        key_type, item_type = arguments or (Any, Any)
        return _items((_read_key(key_type, key, strict), read(item_type, one, strict)) for key, one in _pairs(wire))
    if kind in ("Enum", "Literal"):
        return _read_choice(python_type, wire)
    if kind is int:
        return _int(_whole(wire))
    if kind is bytes and type(wire) is str:
        return _from_base64(wire)
    if kind is dt.datetime and not strict and type(wire) is str and re.fullmatch(ISO_DATE, wire):
        return _utc(_from_text(wire, dt.date.fromisoformat, ISO_DATE))
    if kind is dt.datetime:
        return _from_text(wire, dt.datetime.fromisoformat, ISO_TIME)
    if kind is dt.date:
        return _from_text(wire, dt.date.fromisoformat, ISO_DATE)
    if kind is dt.timedelta:
        return _from_seconds(wire)
    if kind in REFERENCES:
        return _read_reference(python_type, kind, wire)
    return through_record(python_type, wire)


def _whole(wire: Any) -> Any:
    return int(wire) if type(wire) is float and wire.is_integer() else wire


def _read_choice(python_type: Any, wire: Any) -> Any:
    own = set(map(type, values_of(python_type)))
    if float in _other_number(list(own)):
        wire = _whole(wire)
    elif int in _other_number(list(own)) and type(wire) is int:
        wire = _float(wire)
    if type(wire) not in own:
        raise Refused
    return through_record(python_type, wire)


def _read_key(key_type: Any, key: Any, strict: bool) -> Any:
    """A Struct has only texts for keys, so that they spell whatever else the type of the keys is."""
    if type(key) is str and str not in wire_classes(key_type):
        for spelled in _spelled(key, wire_classes(key_type)):
            try:
                return read(key_type, spelled, strict)
            except Refused:
                continue
        raise Refused
    return read(key_type, key, strict)


_WORDS = {"true": True, "True": True, "false": False, "False": False, "null": None, "None": None}
_NOT_FINITE = dict.fromkeys(("NaN", "nan"), math.nan) | dict.fromkeys(("Infinity", "inf"), math.inf)
_NOT_FINITE |= dict.fromkeys(("-Infinity", "-inf"), -math.inf)


def _spelled(text: str, wanted: Sequence[type]) -> Iterator[Any]:
    """What a text may spell of the classes that are wanted."""
    if text in _WORDS and type(_WORDS[text]) in wanted:
        yield _WORDS[text]
    if int in wanted and re.fullmatch("0|-?[1-9][0-9]{0,18}", text):
        yield int(text)
    if float in wanted[:1] or (float in wanted and int not in wanted[:1]):
        if text in _NOT_FINITE:
            yield _NOT_FINITE[text]
        elif re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?", text):
            yield float(json.loads(text))


def _from_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text.replace("\n", ""), validate=True)
    except (binascii.Error, ValueError):
        raise Refused from None


def _from_text(text: Any, parse: Any, form: str) -> Any:
    if not re.fullmatch(form, _of(str, text)):
        raise Refused
    try:
        return parse(text[:-1] + "+00:00" if text[-1] in "Zz" else text)
    except ValueError:
        raise Refused from None


def _from_seconds(seconds: Any) -> dt.timedelta:
    if type(seconds) not in (int, float):
        raise Refused
    try:
        return dt.timedelta(seconds=seconds)
    except (OverflowError, ValueError):
        raise Refused from None


def _read_record(cls: Any, wire: dict[Any, Any], strict: bool) -> Any:
    arguments = {
        field.parameter: read(field.type, wire[field.name], strict)
        for field in fields_of(cls)
        if field.parameter and field.name in wire
    }
    try:
        return cls(**arguments)
    except TypeError:  # a field without a default is missing
        raise Refused from None


_KEYS: dict[Any, dict[str, str]] = {
    FlyteFile: {"path": "uri", "metadata": "metadata"},
    FlyteDirectory: {"path": "uri"},
    StructuredDataset: {"uri": "uri", "file_format": "format"},
    FlyteSchema: {"remote_path": "uri"},
    FlyteError: {"message": "message", "failed_node_id": "failed_node_id"},
}


def _read_reference(python_type: Any, cls: Any, wire: Any) -> Any:
    arguments = {name: wire[key] for key, name in _KEYS[cls].items() if _of(dict, wire).get(key) is not None}
    if next(iter(_KEYS[cls].values())) not in arguments:
        raise Refused
    for name, value in arguments.items():
        if not isinstance(value, dict if name == "metadata" else str):
            raise Refused
        if name == "metadata" and not all(isinstance(one, str) for pair in value.items() for one in pair):
            raise Refused
    if cls in (FlyteFile, FlyteDirectory):
        arguments["format"] = declared_words(python_type)[0]
    if not arguments.get("metadata", True):
        del arguments["metadata"]
    return cls(**arguments)
