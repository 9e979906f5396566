# SPDX-License-Identifier: Apache-2.0
"""What msgpack holds of a value, and what comes back of that: fields of records, items of a dict that is a STRUCT.

``through_record`` says what comes back where one type writes and reads. ``written`` and ``read`` say it of two types,
and of a union, of which nothing but msgpack's form tells the member.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import enum
import json
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from shimlite import FlyteDirectory, FlyteError, FlyteFile, FlyteSchema, StructuredDataset
from shimlite.equality import same

from .questions import (
    REFERENCES,
    Ambiguous,
    Refused,
    bare,
    classes,
    declared_words,
    fields_of,
    is_map,
    kind_of,
    members,
    plain,
    values_of,
)

TEN_THOUSAND_YEARS = dt.timedelta(seconds=315_576_000_000)
ISO_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
ISO_TIME = ISO_DATE + "[T ][0-9:]{8}([.,][0-9]+)?(|Z|z|[+-][0-9:.]+)"


def of_class(cls: type, value: Any) -> Any:
    if not isinstance(value, cls):
        raise Refused
    return value


def pairs_of(value: Any) -> Iterable[tuple[Any, Any]]:
    return of_class(dict, value).items()


def dict_of(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, Any]:
    """A dict, if no two of its keys are one: NaN is."""
    found = list(pairs)
    keys = {"NaN" if key != key else (key == key, key) for key, _ in found}
    if len(keys) != len(found):
        raise Refused
    return dict(found)


def utc(value: Any) -> dt.datetime:
    """Aware, in UTC, a naive one taken as UTC. A date is its midnight, since a template calls both DATETIME."""
    if type(value) is dt.date:
        return dt.datetime(value.year, value.month, value.day, tzinfo=dt.timezone.utc)
    moment = moment_of(value)
    offset = moment.utcoffset() or dt.timedelta(0)
    try:
        return (moment.replace(tzinfo=None, fold=0) - offset).replace(tzinfo=dt.timezone.utc)
    except OverflowError:
        raise Refused from None


def moment_of(value: Any) -> dt.datetime:
    """As the built-in class, if its fields say all that it is."""
    of_class(dt.datetime, value)
    parts = (value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond)
    moment = dt.datetime(*parts, tzinfo=value.tzinfo, fold=value.fold)
    if type(value) is not dt.datetime and value != moment:
        raise Refused
    return moment


def delta_of(value: Any) -> dt.timedelta:
    """Likewise, within protobuf's bounds."""
    of_class(dt.timedelta, value)
    delta = dt.timedelta(value.days, value.seconds, value.microseconds)
    if (type(value) is not dt.timedelta and value != delta) or abs(delta) > TEN_THOUSAND_YEARS:
        raise Refused
    return delta


def either_format(own: str, declared: str) -> str:
    if own and declared and own != declared:
        raise Refused
    return own or declared


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
        return [through_record(element, one) for one in of_class(list, value)]
    if kind is dict:
        key_type, item_type = arguments or (Any, Any)
        return dict_of((_key(key_type, key), through_record(item_type, one)) for key, one in pairs_of(value))
    if kind is Any:
        return _json(value)
    if kind in REFERENCES:
        return _reference_in_record(python_type, of_class(kind, value))
    return _SCALARS[kind](value)


def _key(key_type: Any, key: Any) -> Any:
    if key_type is Any and isinstance(key, (list, tuple, dict, bytearray)):
        raise Refused
    return through_record(key_type, key)


def _int(value: Any) -> int:
    if isinstance(value, bool) or not -(2**63) <= of_class(int, value) < 2**63:
        raise Refused
    return int.__int__(value)


def _float(value: Any) -> float:
    if isinstance(value, float):
        return float.__float__(value)
    if isinstance(value, bool):
        raise Refused
    whole = int.__int__(of_class(int, value))
    try:
        if whole != int(float(whole)):
            raise Refused
    except OverflowError:
        raise Refused from None
    return float(whole)


def _text(value: Any) -> str:
    text = str.__str__(of_class(str, value))
    try:
        text.encode()
    except UnicodeEncodeError:  # a lone surrogate
        raise Refused from None
    return text


def _zoned(value: Any) -> dt.datetime:
    """ISO 8601 text holds the offset, not the zone's name, and no fold."""
    if type(value) is dt.date:
        return utc(value)
    moment = moment_of(value)
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
    delta = delta_of(value)
    if dt.timedelta(seconds=delta.total_seconds()) != delta:
        raise Refused
    return delta


_SCALARS: dict[Any, Any] = {
    type(None): lambda value: of_class(type(None), value),
    bool: lambda value: of_class(bool, value),
    int: _int,
    float: _float,
    str: _text,
    bytes: lambda value: bytes(of_class(bytes, value)),
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
        return dict_of((_key(Any, key), _json(one)) for key, one in value.items())
    if value is not None and not isinstance(value, (bool, int, float, str, bytes, bytearray)):
        raise Refused
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        raise Refused
    return bytes(value) if isinstance(value, bytearray) else plain(value)


def _reference_in_record(python_type: Any, value: Any) -> Any:
    """The location, the format and the hash. Columns are lost, and all but the location of the old class of tables."""
    if isinstance(value, FlyteError):
        return value
    if isinstance(value, StructuredDataset):
        return StructuredDataset(value.uri, format=value.format, hash=value.hash)
    if isinstance(value, FlyteSchema):
        return FlyteSchema(value.uri)
    file_format, _ = declared_words(python_type)
    more = {"metadata": value.metadata or None} if isinstance(value, FlyteFile) else {}
    return type(value)(value.uri, format=either_format(value.format, file_format), hash=value.hash, **more)


# --------------------------------------------------------------------------------------------------------------- unions


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
    if kind in (FlyteFile, FlyteDirectory):
        wire = {"path": value.uri, "hash": value.hash, "metadata": dict(getattr(value, "metadata", None) or {})}
        wire["format"] = "" if value.format == declared_words(python_type)[0] else value.format
        return {key: one for key, one in wire.items() if one or key == "path"}
    if kind is StructuredDataset:
        wire = {"uri": value.uri, "file_format": value.format, "format": value.format, "hash": value.hash}
        return {key: one for key, one in wire.items() if one or key in ("uri", "file_format")}
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
        return _read_record(bare(python_type)[0], of_class(dict, wire), strict)
    if kind is list:
        return [read(arguments[0] if arguments else Any, one, strict) for one in of_class(list, wire)]
    if kind is dict:
        key_type, item_type = arguments or (Any, Any)
        return dict_of((_read_key(key_type, key, strict), read(item_type, one, strict)) for key, one in pairs_of(wire))
    if kind in ("Enum", "Literal"):
        return _read_choice(python_type, wire)
    if kind is int:
        return _int(_whole(wire))
    if kind is bytes and type(wire) is str:
        return _from_base64(wire)
    if kind is dt.datetime and not strict and type(wire) is str and re.fullmatch(ISO_DATE, wire):
        return utc(_from_text(wire, dt.date.fromisoformat, ISO_DATE))
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
    if type(key) is str:
        for spelled in (*([key] if str in wire_classes(key_type) else []), *_spelled(key, key_type)):
            try:
                return read(key_type, spelled, strict)
            except Refused:
                continue
        raise Refused
    return read(key_type, key, strict)


_WORDS = {"true": True, "True": True, "false": False, "False": False, "null": None, "None": None}
_NOT_FINITE = dict.fromkeys(("NaN", "nan"), math.nan) | dict.fromkeys(("Infinity", "inf"), math.inf)
_NOT_FINITE |= dict.fromkeys(("-Infinity", "-inf"), -math.inf)


def _spelled(text: str, key_type: Any) -> Iterator[Any]:
    """What a text may spell of the classes that are wanted."""
    wanted = wire_classes(key_type)
    if text in _WORDS and type(_WORDS[text]) in wanted:
        yield _WORDS[text]
    if int in wanted and re.fullmatch("0|-?[1-9][0-9]{0,18}", text):
        yield int(text)
    if _is_of_floats(key_type):
        if text in _NOT_FINITE:
            yield _NOT_FINITE[text]
        elif re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?", text):
            yield float(json.loads(text))


def _is_of_floats(key_type: Any) -> bool:
    kind = kind_of(key_type)
    if kind == "Union":
        return any(map(_is_of_floats, members(key_type)))
    return float in map(type, values_of(key_type)) if kind in ("Enum", "Literal") else kind in (float, dt.timedelta)


def _from_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text.replace("\n", ""), validate=True)
    except (binascii.Error, ValueError):
        raise Refused from None


def _from_text(text: Any, parse: Any, form: str) -> Any:
    if not re.fullmatch(form, of_class(str, text)):
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
    FlyteFile: {"path": "uri", "metadata": "metadata", "format": "format", "hash": "hash"},
    FlyteDirectory: {"path": "uri", "format": "format", "hash": "hash"},
    StructuredDataset: {"uri": "uri", "file_format": "format", "format": "format", "hash": "hash"},
    FlyteSchema: {"remote_path": "uri"},
    FlyteError: {"message": "message", "failed_node_id": "failed_node_id"},
}


def _read_reference(python_type: Any, cls: Any, wire: Any) -> Any:
    said = [(name, wire[key]) for key, name in _KEYS[cls].items() if of_class(dict, wire).get(key) is not None]
    arguments: dict[str, Any] = {}
    for name, value in said:
        arguments[name] = arguments.get(name) or value
    if next(iter(_KEYS[cls].values())) not in arguments:
        raise Refused
    for name, value in said:
        if not isinstance(value, dict if name == "metadata" else str):
            raise Refused
        if name == "metadata" and not all(isinstance(one, str) for pair in value.items() for one in pair):
            raise Refused
    if cls in (FlyteFile, FlyteDirectory):
        arguments["format"] = arguments.get("format") or declared_words(python_type)[0]
    if not arguments.get("metadata", True):
        del arguments["metadata"]
    return cls(**arguments)
