# SPDX-License-Identifier: Apache-2.0
"""What a type is, what a pod sees of it, and which types fit each other: the model's own answers."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import functools
import operator
import types
import typing
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal

import attrs

from shimlite import FlyteDirectory, FlyteError, FlyteFile, FlyteSchema, StructuredDataset
from shimlite._idl import SimpleType
from shimlite.equality import same
from shimlite.values import Columns, Format

REFERENCES = (FlyteFile, FlyteDirectory, StructuredDataset, FlyteSchema, FlyteError)
SIMPLE: dict[Any, Any] = {
    int: SimpleType.INTEGER,
    float: SimpleType.FLOAT,
    str: SimpleType.STRING,
    bool: SimpleType.BOOLEAN,
    dt.datetime: SimpleType.DATETIME,
    dt.timedelta: SimpleType.DURATION,
}
"""What each type of a column is called."""


class Refused(Exception):
    """The value is outside what the type can hold, or is not of the type, or is ambiguous."""


class Ambiguous(Refused):
    """Several members of a union read it, each as another value."""


class Misfit(Exception):
    """No literal of the declared type is a value of the reader's. To be refused before there is any data."""


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


def parts_of(python_type: Any) -> list[Any]:
    """A type and all that it is made of: elements, keys, members, the types of fields. Each class once."""
    found, waiting = [], [python_type]
    while waiting:
        part = bare(waiting.pop())[0]
        if kind_of(part) in (list, dict, "Union"):
            waiting += members(part)
        elif kind_of(part) == "record" and not any(part is one for one in found):
            waiting += [field.type for field in fields_of(part)]
        found.append(part)
    return found


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


# -------------------------------------------------------------------------------------------- what a pod sees of a type


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
        return kind, file_format, *((name, SimpleType.Name(SIMPLE[column])) for name, column in columns)
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


# ------------------------------------------------------------------------------------------------- what is read as what


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
