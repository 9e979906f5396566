# SPDX-License-Identifier: Apache-2.0
"""What flytekit 1.16.31 wrote (golden/literals.jsonl): our types and literals are its bytes, our values its values."""

import base64
import dataclasses
import datetime as dt
import enum
import json
import math
import pathlib
import re
import typing
from typing import Any

import pytest

import shimlite
from shimlite import FlyteDirectory, FlyteError, FlyteFile, FlyteSchema, StructuredDataset
from shimlite._idl import LiteralMap, Variable

from .golden import golden_types
from .golden.golden_types import Color
from .stripping import stripped_type
from .support import Literal, LiteralType, raw, refusal, shape, unpacked

GOLDEN = pathlib.Path(__file__).parent / "golden" / "literals.jsonl"


def read_cases(text: str) -> list[dict[str, str]]:
    """Each line's record; a file without any is no test of anything."""
    cases = [json.loads(line) for line in text.splitlines() if line.strip()]
    if not cases:
        raise ValueError("no golden case")
    return cases


CASES = read_cases(GOLDEN.read_text())
WRITTEN = [case for case in CASES if "literal" in case]
DECODED = [case for case in WRITTEN if "decoded" in case]
GUESSED = [case for case in WRITTEN if "decoded_as_guessed" in case]


def named(case: dict[str, str]) -> str:
    return f"{case['python_type']}={case['value']}"[:60]


def each(cases):
    return pytest.mark.parametrize("case", cases, ids=map(named, cases))


# What the recorded texts name: flytekit's values as they were typed, and Python's own repr of what it decoded.
WRITTEN_NAMES = {
    **vars(typing),
    **vars(golden_types),
    "date": dt.date,
    "datetime": dt.datetime,
    "timedelta": dt.timedelta,
    "timezone": dt.timezone,
    "UTC": dt.timezone.utc,
    "math": math,
    "FlyteFile": FlyteFile,
    "FlyteDirectory": FlyteDirectory,
    "FlyteError": FlyteError,
    "FlyteSchema": FlyteSchema,
    "StructuredDataset": StructuredDataset,
}
COLORS = ("red", "green", "blue")
SHOWN_NAMES = {
    **vars(golden_types),
    "datetime": dt,
    "nan": math.nan,
    "inf": math.inf,
    "DynamicEnum": enum.Enum("DynamicEnum", {value: value for value in COLORS}),
}


def type_of(case: dict[str, str]) -> Any:
    # typing keeps List[…] by equality, so it may answer List[Optional[int]] with a List[Union[None, int]] made before.
    for clear in typing._cleanups:  # type: ignore[attr-defined]
        clear()
    return eval(case["python_type"], dict(WRITTEN_NAMES))


def value_of(case: dict[str, str]) -> Any:
    text = case["value"].replace("file_format=", "format=")  # flytekit's word, where ours is the message's
    return eval(text, dict(WRITTEN_NAMES))


def shown(text: str) -> Any:
    """The value that was printed as ``text``; an Enum's member prints as ``<Color.RED: 'red'>``."""
    return eval(re.sub(r"<(\w+\.\w+): [^>]*>", r"\1", text), dict(SHOWN_NAMES))


def literal_type_of(case: dict[str, str]) -> LiteralType:
    return LiteralType.FromString(base64.b64decode(case["literal_type"]))


def literal_of(case: dict[str, str]) -> Literal:
    return Literal.FromString(base64.b64decode(case["literal"]))


def test_an_empty_file_is_no_test():
    assert refusal(ValueError, read_cases, "") == "no golden case"
    assert refusal(ValueError, read_cases, "\n\n") == "no golden case"


def test_every_line_is_tested():
    assert len(CASES) == 78
    assert (len(WRITTEN), len(DECODED), len(GUESSED)) == (74, 69, 68)
    unwritten = {named(case) for case in CASES if case not in WRITTEN}
    assert unwritten == {"int=2**63", 'str="\\ud800"', "set={1}", 'bytes=b"\\x00\\xff"'}


@each([case for case in CASES if "literal_type" in case])
def test_our_literal_type_is_flytekits(case):
    assert shimlite.to_literal_type(type_of(case)) == literal_type_of(case)


@each(DECODED)
def test_flytekits_literal_decodes_to_what_flytekit_decodes(case):
    decoded = shimlite.to_python_value(literal_of(case), type_of(case))
    assert shape(decoded) == shape(shown(case["decoded"]))


REFERENCES = {  # flytekit shows none of these, since each would first be downloaded
    "FlyteFile": FlyteFile("s3://bucket/a.txt"),
    'FlyteFile["csv"]': FlyteFile("s3://bucket/a.csv", format="csv"),
    "FlyteDirectory": FlyteDirectory("s3://bucket/dir"),
    "List[FlyteFile]": [FlyteFile("s3://bucket/a"), FlyteFile("s3://bucket/b")],
    "StructuredDataset": StructuredDataset("s3://bucket/t", format="parquet"),
}


@each([case for case in WRITTEN if case not in DECODED])
def test_flytekits_reference_decodes_to_the_location(case):
    expected = shape(REFERENCES[case["python_type"]])
    assert shape(shimlite.to_python_value(literal_of(case), type_of(case))) == expected
    assert shape(shimlite.to_python_value(literal_of(case), literal_type_of(case))) == expected


def records_in(literal: Literal) -> list[dict[str, Any]]:
    """The msgpack maps of a literal, in order, wherever they are."""
    if literal.scalar.HasField("binary"):
        return [unpacked(literal)]
    if literal.scalar.HasField("union"):
        return records_in(literal.scalar.union.value)
    inside = [*literal.collection.literals, *(literal.map.literals[key] for key in sorted(literal.map.literals))]
    return [record for one in inside for record in records_in(one)]


def without_records(literal: Literal) -> Literal:
    bare = Literal()
    bare.CopyFrom(literal)
    for one in (bare, bare.scalar.union.value, *bare.collection.literals, *bare.map.literals.values()):
        if one.scalar.HasField("binary"):
            one.scalar.binary.value = b""
    return bare


def keys_of(packed: Any) -> list[list[Any]]:
    if isinstance(packed, list):
        return [keys for one in packed for keys in keys_of(one)]
    if isinstance(packed, dict):
        return [list(packed), *(keys for one in packed.values() for keys in keys_of(one))]
    return []


BEYOND_DURATION = "timedelta=timedelta.max"
KEYS_SORTED = {"Order", "Painted"}
"""Records whose fields flytekit writes in the order of declaration, and we by their packed bytes."""


@each([case for case in WRITTEN if named(case) != BEYOND_DURATION])
def test_our_literal_is_flytekits_bytes(case):
    ours, theirs = shimlite.to_literal(value_of(case), type_of(case)), literal_of(case)
    if case["python_type"] in KEYS_SORTED:
        assert without_records(ours) == without_records(theirs)
        assert shape(records_in(ours)) == shape(records_in(theirs))
    else:
        assert ours.SerializeToString(deterministic=True) == theirs.SerializeToString(deterministic=True)


@each([case for case in WRITTEN if case["python_type"] in KEYS_SORTED])
def test_where_our_bytes_differ_it_is_because_our_keys_are_sorted(case):
    ours, theirs = shimlite.to_literal(value_of(case), type_of(case)), literal_of(case)
    assert ours != theirs
    # Sorted by packed bytes: for short names, the shorter first.
    for keys in keys_of(records_in(ours)):
        assert keys == sorted(keys, key=lambda key: (len(key), key))


def test_flytekit_writes_a_duration_that_protobuf_forbids_and_we_read_it_but_do_not_write_it():
    (case,) = [case for case in WRITTEN if named(case) == BEYOND_DURATION]
    assert refusal(shimlite.ConversionValueError, shimlite.to_literal, value_of(case), dt.timedelta) == (
        "expected DURATION, got timedelta beyond 10,000 years"
    )
    assert shimlite.to_python_value(literal_of(case), dt.timedelta) == dt.timedelta.max


DIFFERENCES = {"Painted": {"blob": eval}}
"""In a record flytekit's guess makes text of bytes: their repr."""


def plain(value: Any) -> Any:
    """A value without the classes of its records."""
    if dataclasses.is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, list):
        return list(map(plain, value))
    return {key: plain(one) for key, one in value.items()} if isinstance(value, dict) else value


@each(GUESSED)
def test_decoded_as_guessed_it_is_what_flytekit_gives_save_for_the_classes_of_records(case):
    """flytekit makes a dataclass of the schema, which its own pods, as ours, do not get to see."""
    literal, literal_type = literal_of(case), literal_type_of(case)
    decoded = shimlite.to_python_value(literal, literal_type)
    expected = plain(shown(case["decoded_as_guessed"]))
    for name, better in DIFFERENCES.get(case["python_type"], {}).items():
        expected[name] = better(expected[name])
    assert shape(decoded) == shape(expected)
    assert shape(shimlite.to_python_value(literal, stripped_type(literal_type))) == shape(expected)


@each(DECODED)
def test_flytekits_literal_is_the_same_value_for_the_type_as_a_pod_gets_it(case):
    """An annotation brings back what the template does not tell."""
    literals = LiteralMap(literals={"x": literal_of(case)})
    for literal_type in (literal_type_of(case), stripped_type(literal_type_of(case))):
        variables, types = {"x": Variable(type=literal_type)}, {"x": type_of(case)}
        decoded = shimlite.literal_map_to_kwargs(literals, variables, types)
        assert shape(decoded) == shape({"x": shown(case["decoded"])})


@each([case for case in WRITTEN if named(case) != BEYOND_DURATION])
def test_our_literal_is_the_same_for_the_type_as_a_pod_gets_it(case):
    ours = shimlite.to_literal(value_of(case), type_of(case))
    for literal_type in (literal_type_of(case), stripped_type(literal_type_of(case))):
        variables, types = {"x": Variable(type=literal_type)}, {"x": type_of(case)}
        literal_map = shimlite.dict_to_literal_map({"x": value_of(case)}, variables, types)
        again = literal_map.literals["x"]
        assert again.SerializeToString() == ours.SerializeToString()  # older protobufs take no NaN for another


def test_a_guessed_union_of_date_and_datetime_decodes_where_flytekits_fails():
    (case,) = [case for case in DECODED if case not in GUESSED]
    assert case["python_type"] == "Union[date, datetime]" and "guess_decode_error" in case
    assert shimlite.guess_python_type(literal_type_of(case)) == typing.Union[dt.date, dt.datetime]
    assert shape(shimlite.to_python_value(literal_of(case), literal_type_of(case))) == shape(
        dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc)
    )


def test_no_listed_difference_is_out_of_date():
    assert set(DIFFERENCES) <= {case["python_type"] for case in GUESSED}
    for case in GUESSED:
        if case["python_type"] not in DIFFERENCES:
            continue
        decoded = shape(shimlite.to_python_value(literal_of(case), literal_type_of(case)))
        assert decoded != shape(plain(shown(case["decoded_as_guessed"])))


@pytest.mark.parametrize(
    ("python_type", "value", "kind", "message"),
    [
        (int, 2**63, shimlite.ConversionValueError, "expected INTEGER, got int beyond int64"),
        (str, "\ud800", shimlite.ConversionValueError, "expected STRING, got str with a lone surrogate"),
        (set, {1}, shimlite.UnsupportedTypeError, "set is not supported; use list[T]"),
    ],
)
def test_what_flytekit_cannot_write_or_pickles_is_refused(python_type, value, kind, message):
    assert refusal(kind, shimlite.to_literal, value, python_type) == message


def test_bytes_which_flytekit_pickles_are_binary():
    assert shimlite.to_literal(b"\x00\xff", bytes) == raw(b"\x00\xff", "bytes")


def test_a_member_is_taken_by_value_from_any_enum():
    (case,) = [case for case in GUESSED if case["python_type"] == "Color"]
    assert shimlite.to_literal(Color.RED, literal_type_of(case)) == literal_of(case)
