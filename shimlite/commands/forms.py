# SPDX-License-Identifier: Apache-2.0
"""How people write the value of an input: the text after ``--input NAME=``, and JSON.

One table holds the forms of each type and what reads them, so help and errors say what is read. Texts that JSON has no
type for (times, durations, locations, values of an Enum) are the same inside JSON. The engine checks what is read here.
Next: ``run``.
"""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any, NamedTuple

from .._idl import LiteralType, type_kind
from ..engine import from_plain
from ..errors import ConversionError, ConversionTypeError, described
from .show import shortened, type_in_words

_JSON_OBJECT = '{"key": 1}'
_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d(?:[.,]\d+)?)?(?:([+-]\d\d):?(\d\d)?|([Zz]))?)?", re.ASCII
)
_AMOUNT = r"(\d{1,12}(?:[.,]\d{1,12})?)"
_ISO_DURATION = re.compile(
    rf"([+-]?)P(?=.)(?:{_AMOUNT}W)?(?:{_AMOUNT}D)?(?:T(?=.)(?:{_AMOUNT}H)?(?:{_AMOUNT}M)?(?:{_AMOUNT}S)?)?", re.ASCII
)
_DURATION = re.compile(
    rf"([+-]?)(?=\d)(?:{_AMOUNT}w)? ?(?:{_AMOUNT}d)? ?(?:{_AMOUNT}h)? ?(?:{_AMOUNT}m)? ?(?:{_AMOUNT}s)?", re.ASCII
)
_MICROSECONDS = [unit * 1_000_000 for unit in (604_800, 86_400, 3600, 60, 1)]
"""Of a week, a day, an hour, a minute and a second."""


class Form(NamedTuple):
    """How values of one kind of ``LiteralType`` are written. The two functions give JSON-like data of the engine's, or
    the text itself where it is of no such form."""

    python: str
    """The Python types."""
    words: str
    """What to write on the command line."""
    example: str
    """One value, in JSON."""
    read: Callable[[str], Any]
    """Reads the text of a command line."""
    read_json: Callable[[str], Any] = str
    """Reads a string of JSON."""


def form_of(literal_type: LiteralType) -> str:
    """What to write for an input of this type: ``true or false``, or ``["2026-01-02T10:00", …]``."""
    kind = type_kind(literal_type)
    if kind == "union_type":
        return " or ".join(dict.fromkeys(map(form_of, _in_order(literal_type)))) or "nothing"
    if kind == "enum_type":
        return shortened(f"one of {', '.join(literal_type.enum_type.values)}")
    if kind in ("collection_type", "map_value_type"):
        return _example(literal_type)
    return _form(literal_type).words


def value_of(given: Any, literal_type: LiteralType, *, typed: bool = False) -> Any:
    """The value that JSON stands for, or ``typed`` text of a command line.

    Raises ConversionError, whose hint says the form, and UnsupportedTypeError.
    """
    kind = type_kind(literal_type)
    if kind == "union_type":
        return _of_union(given, literal_type, typed)
    form = _form(literal_type)
    plain = (form.read if typed else form.read_json)(given) if type(given) is str else given
    if kind == "collection_type" and type(plain) is list:
        inner = literal_type.collection_type
        return [_inside(item, inner, f"[{place}]") for place, item in enumerate(plain)]
    if kind == "map_value_type" and type(plain) is dict:
        inner = literal_type.map_value_type
        return {key: _inside(item, inner, key) for key, item in plain.items()}
    try:
        return from_plain(plain, literal_type)
    except ConversionError as error:
        error.hint = error.hint or f"write {form_of(literal_type)}"
        raise


def doubt(text: str, literal_type: LiteralType) -> str:
    """A warning where ``None`` was typed and taken as text, though the input may be None; else nothing."""
    kinds = set(map(type_kind, literal_type.union_type.variants))
    return "'None' is taken as text; for None write null" if text == "None" and {"NONE", "STRING"} <= kinds else ""


def form_lines() -> Iterator[str]:
    """The table, for a terminal."""
    rows = [(form.python, form.words) for form in FORMS.values()]
    width = max(len(python) for python, _ in rows)
    for python, words in rows:
        yield f"  {python:<{width}}  {words}"


# ------------------------------------------------------------------------------------------------------------ structure


def _inside(given: Any, literal_type: LiteralType, segment: str) -> Any:
    try:
        return value_of(given, literal_type)
    except ConversionError as error:
        raise error.at(segment) if segment.startswith("[") else error.at_key(segment)


def _of_union(given: Any, literal_type: LiteralType, typed: bool) -> Any:
    """The first of the variants that takes it. Of a string in JSON that may be a ``str`` the engine decides."""
    variants = _in_order(literal_type, of_float=type(FORMS["FLOAT"].read(given) if typed else given) is float)
    kinds = list(map(type_kind, variants))
    if type(given) is str and not typed and "STRING" in kinds:
        return from_plain(given, literal_type)
    refusals = []
    for kind, variant in zip(kinds, variants):
        if kind == "NONE" and given == "None" and "STRING" in kinds:
            continue
        try:
            return value_of(given, variant, typed=typed)
        except ConversionError as error:
            refusals += [error] if kind != "NONE" else []
    hint = f"write {form_of(literal_type)}"
    if len(refusals) == 1:
        refusals[0].hint = hint
        raise refusals[0]
    raise ConversionTypeError(expected=type_in_words(literal_type), got=described(given), hint=hint)


def _in_order(literal_type: LiteralType, *, of_float: bool = False) -> list[LiteralType]:
    """The variants of a union, from those that take little to ``str``, which takes everything."""
    numbers = ("FLOAT", "INTEGER") if of_float else ("INTEGER", "FLOAT")
    order = ("NONE", "BOOLEAN", *numbers, "any other", "enum_type", "STRING")
    variants = literal_type.union_type.variants
    kinds = [kind if kind in order else "any other" for kind in map(type_kind, variants)]
    return [variants[place] for place in sorted(range(len(variants)), key=lambda place: order.index(kinds[place]))]


def _form(literal_type: LiteralType) -> Form:
    kind = type_kind(literal_type)
    if kind == "blob" and literal_type.blob.dimensionality:
        return FORMS["directory"]
    return FORMS.get(kind) or FORMS["STRUCT"]


def _example(literal_type: LiteralType) -> str:
    """A value of the type, in JSON."""
    kind = type_kind(literal_type)
    if kind == "collection_type":
        return f"[{_example(literal_type.collection_type)}, …]"
    if kind == "map_value_type":
        return f'{{"key": {_example(literal_type.map_value_type)}, …}}'
    if kind == "union_type":
        variants = _in_order(literal_type)
        return _example(variants[-1]) if variants else "nothing"
    if kind == "enum_type":
        return json.dumps("".join(literal_type.enum_type.values[:1]))
    return _form(literal_type).example


# ---------------------------------------------------------------------------------------------------------------- texts


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _none(text: str) -> Any:
    return None if text in ("null", "None") else text


def _bool(text: str) -> Any:
    return {"true": True, "false": False}.get(text.lower(), text)


def _int(text: str) -> Any:
    plain = _json(text)
    try:
        return int(text) if plain is text else plain
    except ValueError:
        return text


def _float(text: str) -> Any:
    plain = _json(text)
    try:
        number = float(text) if plain is text else plain
    except ValueError:
        return text
    is_beyond = type(number) is float and math.isinf(number) and any(map(str.isdigit, text))
    return text if is_beyond else number


def _not_finite(text: str) -> Any:
    """NaN and the infinities, which JSON has as strings only."""
    number = _float(text)
    return number if type(number) is float and not math.isfinite(number) else text


def _base64(text: str) -> Any:
    return _json(text) if text.startswith('"') else text


def _time(text: str) -> str:
    """With seconds and with the colon of the zone, which the engine wants."""
    match = _TIME.fullmatch(text)
    if match is None or match[2] is None:
        return text
    day, minute, seconds, hours, minutes, utc = match.groups()
    zone = f"{hours}:{minutes or '00'}" if hours else utc or ""
    return f"{day}T{minute}{seconds or ':00'}{zone}"


def _duration(text: str) -> Any:
    """As the engine's ISO 8601 text of days and seconds; a number is of seconds."""
    match = _DURATION.fullmatch(text) or _ISO_DURATION.fullmatch(text)
    if match is None:
        return _json(text)
    sign, *amounts = match.groups(default="0")
    parts = [Fraction(amount.replace(",", ".")) for amount in amounts]
    total = sum(part * unit for part, unit in zip(parts, _MICROSECONDS))
    if total != int(total):
        return text
    seconds, microseconds = divmod(int(total), 1_000_000)
    days, seconds = divmod(seconds, 86_400)
    return f"{sign.strip('+')}P{days}DT{seconds}.{microseconds:06}S"


def _duration_in_json(text: str) -> Any:
    plain = _duration(text)
    return plain if type(plain) is str else text


def _location(key: str) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        return {key: os.path.expanduser(text)} if text else text  # no shell does it after a =

    return read


def _located(python: str, words: str, example: str, key: str) -> Form:
    return Form(python, words, json.dumps(example), _location(key), _location(key))


FORMS = {
    "NONE": Form("None", "null", "null", _none),
    "BOOLEAN": Form("bool", "true or false", "true", _bool),
    "INTEGER": Form("int", "a whole number, as in 5", "5", _int),
    "FLOAT": Form("float", "a number, as in 1.5, 1e-3, nan or inf", "1.5", _float, _not_finite),
    "STRING": Form("str", "text", '"text"', str),
    "BINARY": Form("bytes", "base64, as in AP8=", '"AP8="', _base64),
    "DATETIME": Form(
        "datetime, date",
        "2026-01-02, 2026-01-02T10:00 (in UTC) or 2026-01-02T10:00:30.5+02:00",
        '"2026-01-02T10:00"',
        _time,
        _time,
    ),
    "DURATION": Form("timedelta", "90s, 1h30m, 2d, P1DT12H or 5400 (seconds)", '"1h30m"', _duration, _duration_in_json),
    "enum_type": Form("Enum", "the text of one of its values", '"value"', str),
    "collection_type": Form("list", 'JSON, as in ["a", "b"] or [1, 2]; its elements as above', "[]", _json),
    "map_value_type": Form("dict[str, …]", f"JSON, as in {_JSON_OBJECT}; its values as above", "{}", _json),
    "STRUCT": Form("dict, a record", f"JSON, as in {_JSON_OBJECT}", _JSON_OBJECT, _json),
    "blob": _located("FlyteFile", "the path or URI of a file", "data.csv", "path"),
    "directory": _located("FlyteDirectory", "the path or URI of a folder", "folder", "path"),
    "structured_dataset_type": _located(
        "StructuredDataset", "the path or URI of a file or folder of Parquet", "table", "uri"
    ),
    "schema": _located("FlyteSchema", "the path or URI of a folder of Parquet", "table", "remote_path"),
    "union_type": Form("Optional, Union", "null or what a member takes; a member that is text comes last", "null", str),
}
"""By what ``type_kind`` says; a directory is a blob of many parts."""
