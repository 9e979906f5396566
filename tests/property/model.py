# SPDX-License-Identifier: Apache-2.0
"""What should come back, computed from a type and a value alone: an independent reading of DESIGN.md's table.

``through_literal`` is for values that are literals of their own, ``through_record`` for what msgpack holds. Both raise
Refused where the table says so. Only for a union in a record is msgpack's form itself needed (``written``, ``read``).
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import datetime as dt
import enum
import re
import types
import typing
from typing import Any, Literal

import attrs

from shimlite import FlyteDirectory, FlyteError, FlyteFile, FlyteSchema, StructuredDataset, to_literal_type
from shimlite.equality import same
from shimlite.strategies.shapes import columns_of
from shimlite.values import Columns, Format

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)
TEN_THOUSAND_YEARS = dt.timedelta(seconds=315_576_000_000)
ISO_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
ISO_TIME = ISO_DATE + "[T ][0-9:]{8}([.,][0-9]+)?(|Z|z|[+-][0-9:.]+)"
REFERENCES = (FlyteFile, FlyteDirectory, StructuredDataset, FlyteSchema, FlyteError)


class Refused(Exception):
    """The value is outside what the type can hold, or is not of the type, or is ambiguous."""


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
    if origin in (typing.Union, types.UnionType):
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


def classes(python_type: Any) -> tuple[type, ...]:
    """The exact classes of a type's values."""
    kind = kind_of(python_type)
    if kind == "Literal":
        return tuple({type(value) for value in members(python_type)})
    if kind in ("Enum", "record"):
        return (bare(python_type)[0],)
    return () if kind in ("Union", Any) else (kind,)


# ------------------------------------------------------------------------------------------- literals of their own


def through_literal(python_type: Any, value: Any) -> Any:
    """What comes back of a value written and read as ``python_type``."""
    kind, arguments = kind_of(python_type), members(python_type)
    if kind == "Union":
        return _one_member(arguments, value, through_literal)[1]
    if kind is list and arguments:
        return [through_literal(arguments[0], one) for one in _of(list, value)]
    if kind is dict and arguments[:1] == (str,):
        return {through_literal(str, key): through_literal(arguments[1], one) for key, one in _of(dict, value).items()}
    if kind is dt.datetime:
        return _utc(value)
    if kind is dt.timedelta:
        if abs(_of(dt.timedelta, value)) > TEN_THOUSAND_YEARS:
            raise Refused
        return value
    if kind in REFERENCES:
        return _reference(python_type, _of(kind, value))
    return through_record(python_type, value)


def _one_member(choices: tuple[Any, ...], value: Any, through: Any) -> tuple[Any, Any]:
    """The only member that takes a value, and what it gives back: by the value's exact class, else by trying.

    A dict is the union's dict before it is its map.
    """
    named = [member for member in choices if type(value) in classes(member)]
    dicts = [member for member in named if type(value) is dict and said(member) == "STRUCT"]
    rest = [member for member in named if not any(member is one for one in dicts)]
    for turn in [one for one in (dicts, rest) if one] or [choices]:
        found = []
        for member in turn:
            try:
                found.append((member, through(member, value)))
            except Refused:
                continue
        if found:
            break
    if not found or not all(said(one) == said(found[0][0]) and same(back, found[0][1]) for one, back in found[1:]):
        raise Refused
    return found[0]


def said(python_type: Any) -> Any:
    """What a pod's template says of a type whose parts are lists, maps and STRUCTs; else the type itself."""
    kind, arguments = kind_of(python_type), members(python_type)
    if kind is list and arguments:
        return list, said(arguments[0])
    if kind is dict and arguments[:1] == (str,):
        return dict, said(arguments[1])
    if kind == "Literal":
        return tuple(sorted({type(value).__name__ for value in arguments}))
    if kind == "Union":
        return frozenset(map(said, arguments))
    return "STRUCT" if kind in ("record", dict) else python_type


def _of(cls: type, value: Any) -> Any:
    if not isinstance(value, cls):
        raise Refused
    return value


def _utc(value: Any) -> dt.datetime:
    """Aware, in UTC, a naive one taken as UTC. A date is its midnight, since a template calls both DATETIME."""
    if type(value) is dt.date:
        return dt.datetime(value.year, value.month, value.day, tzinfo=dt.timezone.utc)
    offset = _of(dt.datetime, value).utcoffset() or dt.timedelta(0)
    try:
        return (value.replace(tzinfo=None, fold=0) - offset).replace(tzinfo=dt.timezone.utc)
    except OverflowError:
        raise Refused from None


def _reference(python_type: Any, value: Any) -> Any:
    """The value itself, with what the type says and the value leaves open; empty metadata is none."""
    if isinstance(value, FlyteError):
        return value
    file_format, columns = declared(python_type)
    if isinstance(value, FlyteSchema):
        return attrs.evolve(value, columns=value.columns or tuple(columns))
    given = attrs.evolve(value, format=_either(value.format, file_format))
    if isinstance(value, StructuredDataset):
        typed = tuple((name, to_literal_type(one)) for name, one in columns)
        return attrs.evolve(given, columns=value.columns or typed)
    return attrs.evolve(given, metadata=given.metadata or None) if isinstance(given, FlyteFile) else given


def declared(python_type: Any) -> tuple[str, list[tuple[str, Any]]]:
    """The format and the columns that a type's ``Annotated`` gives."""
    inner, words = bare(python_type)
    formats = [word.name for word in words if isinstance(word, Format)]
    columns = [pair for word in words if isinstance(word, Columns) for pair in word.pairs]
    if inner is StructuredDataset:  # flytekit's spelling
        formats += [word for word in words if isinstance(word, str)]
        columns += [pair for word in words if isinstance(word, dict) for pair in word.items()]
    return next(iter(formats), ""), columns


def _either(given: str, declared: str) -> str:
    if given and declared and given != declared:
        raise Refused
    return given or declared


# ------------------------------------------------------------------------------------------------- what msgpack holds


def through_record(python_type: Any, value: Any) -> Any:
    """What comes back of a field of a record, an item of an untyped dict or of a dict with other keys."""
    kind, arguments = kind_of(python_type), members(python_type)
    if kind == "Union":
        return _from_record(arguments, value)
    if kind == "Enum":
        return _member(bare(python_type)[0], value)
    if kind == "Literal":
        if not any(type(value) is type(one) and value == one for one in arguments):
            raise Refused
        return value
    if kind == "record":
        return _record(bare(python_type)[0], value)
    if kind is list:
        element = arguments[0] if arguments else Any
        return [through_record(element, one) for one in _of(list, value)]
    if kind is dict:
        key_type, item_type = arguments or (Any, Any)
        return {through_record(key_type, key): through_record(item_type, one) for key, one in _of(dict, value).items()}
    if kind is Any:
        return _json(value)
    if kind in REFERENCES:
        return _reference_in_record(python_type, _of(kind, value))
    return _SCALARS[kind](value)


def _int(value: Any) -> int:
    if isinstance(value, bool) or not -(2**63) <= _of(int, value) < 2**63:
        raise Refused
    return int(value)


def _float(value: Any) -> float:
    if isinstance(value, float):
        return float(value)
    if isinstance(value, bool) or _of(int, value) != int(float(value)):
        raise Refused
    return float(value)


def _text(value: Any) -> str:
    return str.__str__(_of(str, value))


def _zoned(value: Any) -> dt.datetime:
    """ISO 8601 text holds the offset, not the zone's name, and no fold."""
    if type(value) is dt.date:
        return _utc(value)
    offset = _of(dt.datetime, value).utcoffset()
    return value.replace(fold=0, tzinfo=offset if offset is None else dt.timezone(offset))


def _day(value: Any) -> dt.date:
    if type(value) is not dt.date:
        raise Refused
    return value


def _seconds(value: Any) -> dt.timedelta:
    """A double of seconds."""
    _of(dt.timedelta, value)
    if abs(value) > TEN_THOUSAND_YEARS or dt.timedelta(seconds=value.total_seconds()) != value:
        raise Refused
    return value


_SCALARS: dict[Any, Any] = {
    type(None): lambda value: _of(type(None), value),
    bool: lambda value: _of(bool, value),
    int: _int,
    float: _float,
    str: _text,
    bytes: lambda value: _of(bytes, value),
    dt.datetime: _zoned,
    dt.date: _day,
    dt.timedelta: _seconds,
}


def _member(cls: Any, value: Any) -> Any:
    """A member of any Enum, or a value, stands for the member with that value."""
    value = value.value if isinstance(value, enum.Enum) else value
    for member in cls:
        if type(member.value) is type(value) and member.value == value:
            return member
    raise Refused


def _record(cls: Any, value: Any) -> Any:
    if type(value) is not cls:
        raise Refused
    fields = dataclasses.fields(cls) if dataclasses.is_dataclass(cls) else attrs.fields(cls)
    hints = columns_of(cls)
    back = {field.name: through_record(hints[field.name], getattr(value, field.name)) for field in fields}
    return cls(**{getattr(one, "alias", None) or one.name: back[one.name] for one in fields if one.init})


def _json(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_json(one) for one in value]
    if isinstance(value, dict):
        return {_json(key): _json(one) for key, one in value.items()}
    if value is not None and not isinstance(value, (bool, int, float, str, bytes)):
        raise Refused
    if isinstance(value, enum.Enum):
        return value.value
    return value


def _reference_in_record(python_type: Any, value: Any) -> Any:
    """The location, and what the type says of the format; only a StructuredDataset's own format stands beside it."""
    if isinstance(value, FlyteError):
        return value
    if isinstance(value, StructuredDataset):
        return StructuredDataset(value.uri, format=value.format)
    if isinstance(value, FlyteSchema):
        return FlyteSchema(value.uri)
    file_format, _ = declared(python_type)
    _either(value.format, file_format)
    held = {"metadata": value.metadata or None} if isinstance(value, FlyteFile) else {}
    return type(value)(value.uri, format=file_format, **held)


# ------------------------------------------------------------------------------------------------- unions in records


def _from_record(choices: tuple[Any, ...], value: Any) -> Any:
    """msgpack says nothing of the member, so the reader must find the same value again, or the writer refuses."""
    member, expected = _written_member(choices, value)
    if not same(_first_reader(choices, written(member, value), False), expected):
        raise Refused
    return expected


def _written_member(choices: tuple[Any, ...], value: Any) -> tuple[Any, Any]:
    """As for literals; but members that write a value alike, as an empty list, are no two readings of it."""
    named = [member for member in choices if type(value) in classes(member)]
    found = []
    for member in named or choices:
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
    for turn in turns:
        fits = [(fit(member, wire), member) for member in records] if records[:1] == turn else [(2, turn[0])]
        best = max(place for place, _ in fits)
        back = []
        for place, member in fits:
            try:
                if place == best > 0:
                    back.append(read(member, wire, strict or bool(texts & spots(member, says_moment))))
            except Refused:
                if len([one for one, _ in fits if one == best]) == 1:
                    break
        if back and all(same(one, back[0]) for one in back):
            return back[0]
    raise Refused


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
    if kind == "Enum":
        return any(isinstance(member.value, str) for member in bare(python_type)[0])
    return str in map(type, members(python_type)) if kind == "Literal" else kind in (str, dt.date)


def says_moment(python_type: Any) -> bool:
    return kind_of(python_type) is dt.datetime


def records_of(python_type: Any) -> bool:
    """Whether a type is a record, or lists, maps and unions of some."""
    kind, arguments = kind_of(python_type), members(python_type)
    if kind is list or (kind is dict and arguments[:1] == (str,)):
        return bool(arguments) and records_of(arguments[-1])
    return any(map(records_of, arguments)) if kind == "Union" else kind == "record"


def fit(python_type: Any, wire: Any) -> int:
    """2 where the keys are a record's very fields, 1 where what is missing has a default, 0 else."""
    kind, arguments = kind_of(python_type), members(python_type)
    if kind == "Union":
        others = [kind_of(one) for one in arguments if not records_of(one)]
        container = type(wire) if isinstance(wire, (list, dict)) else None
        taken = any(one is container if container else one not in (list, dict) for one in others)
        return 2 if taken else max(fit(one, wire) for one in arguments if records_of(one))
    if kind is list or kind is dict:
        if type(wire) is not kind:
            return 0
        return min((fit(arguments[-1], one) for one in (wire if kind is list else wire.values())), default=2)
    cls = bare(python_type)[0]
    fields = dataclasses.fields(cls) if dataclasses.is_dataclass(cls) else attrs.fields(cls)
    names = {field.name for field in fields}
    if type(wire) is not dict or not set(wire) <= names:
        return 0
    needed = {field.name for field in fields if field.init and not has_default(field)}
    return 2 if set(wire) == names else int(needed <= set(wire))


def has_default(field: Any) -> bool:
    missing = (dataclasses.MISSING, attrs.NOTHING)
    return not all(one in missing for one in (field.default, getattr(field, "default_factory", attrs.NOTHING)))


_WIRE: dict[Any, tuple[type, ...]] = {
    int: (int, float),
    float: (float, int),
    bytes: (bytes, str),
    dt.datetime: (str,),
    dt.date: (str,),
    dt.timedelta: (float, int),
}


def wire_classes(python_type: Any) -> tuple[type, ...]:
    """The classes of msgpack that a type is read from, its own first."""
    kind = kind_of(python_type)
    if kind == "Union":
        return tuple(cls for member in members(python_type) for cls in wire_classes(member))
    if kind == "Enum":
        return tuple(dict.fromkeys(type(plain(member.value)) for member in bare(python_type)[0]))
    if kind == "Literal":
        own = tuple({type(value) for value in members(python_type)})
        return _WIRE.get(own[0], own) if len(own) == 1 else own
    if kind == "record" or kind in REFERENCES:
        return (dict,)
    return _WIRE.get(kind, (kind,))


def plain(value: Any) -> Any:
    return int(value) if isinstance(value, enum.IntEnum) else value


def written(python_type: Any, value: Any) -> Any:
    """The form in msgpack of a value that ``through_record`` has taken."""
    kind, arguments = kind_of(python_type), members(python_type)
    if kind == "Union":
        return written(_written_member(arguments, value)[0], value)
    if kind == "Enum":
        return plain(_member(bare(python_type)[0], value).value)
    if kind == "record":
        return {name: written(one, getattr(value, name)) for name, one in columns_of(bare(python_type)[0]).items()}
    if kind is list:
        return [written(arguments[0] if arguments else Any, one) for one in value]
    if kind is dict and arguments:
        return {written(arguments[0], key): written(arguments[1], one) for key, one in value.items()}
    if kind is dt.timedelta:
        return value.total_seconds()
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
        made = {_read_key(key_type, key, strict): read(item_type, one, strict) for key, one in _of(dict, wire).items()}
        if len(made) != len(wire):
            raise Refused
        return made
    if kind is int or (kind == "Literal" and type(wire) is float and {type(one) for one in arguments} == {int}):
        value = int(wire) if type(wire) is float and wire.is_integer() else wire
        return through_record(python_type, value)
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


def _read_key(key_type: Any, key: Any, strict: bool) -> Any:
    if bare(key_type)[0] is int and type(key) is str and re.fullmatch("0|-?[1-9][0-9]{0,18}", key):
        return read(int, int(key))
    return read(key_type, key, strict)


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
    fields = dataclasses.fields(cls) if dataclasses.is_dataclass(cls) else attrs.fields(cls)
    hints, given = columns_of(cls), {}
    for field in fields:
        if field.init and field.name in wire:
            given[getattr(field, "alias", None) or field.name] = read(hints[field.name], wire[field.name], strict)
    try:
        return cls(**given)
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
    given = {name: wire[key] for key, name in _KEYS[cls].items() if _of(dict, wire).get(key) is not None}
    if next(iter(_KEYS[cls].values())) not in given:
        raise Refused
    for name, held in given.items():
        if not isinstance(held, dict if name == "metadata" else str):
            raise Refused
        if name == "metadata" and not all(isinstance(one, str) for pair in held.items() for one in pair):
            raise Refused
    if cls in (FlyteFile, FlyteDirectory):
        given["format"] = declared(python_type)[0]
    if not given.get("metadata", True):
        del given["metadata"]
    return cls(**given)
