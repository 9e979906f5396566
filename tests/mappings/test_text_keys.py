# SPDX-License-Identifier: Apache-2.0
"""Keys of a dict: text that spells another type's key is read, and two keys that become one are refused."""

import datetime as dt
import enum
import math
import typing
from dataclasses import make_dataclass
from typing import Any, Literal, Optional

import attr
import attrs
import msgpack
import pytest

import shimlite
from shimlite import ConversionError, ConversionTypeError, ConversionValueError
from shimlite._idl import LiteralMap, SimpleType, Variable
from shimlite.engine import from_plain, to_plain
from shimlite.equality import same

from ..support import LiteralType, collection, map_of, packed, raw, refusal, shape, struct, union, unpacked


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Half(enum.Enum):
    ONE = 1.0
    HALF = 0.5


class Mixed(enum.Enum):
    ONE = 1
    TWO = "two"


class Data(enum.Enum):
    X = b"x"


class Apart(str):
    """Two of one text are two keys."""

    __hash__ = object.__hash__
    __eq__ = object.__eq__


class ApartInt(int):
    __hash__ = object.__hash__
    __eq__ = object.__eq__


class ApartBytes(bytes):
    __hash__ = object.__hash__
    __eq__ = object.__eq__


SPELLED = [
    (int, "1", 1),
    (int, "-20", -20),
    (int, "0", 0),
    (int, "9223372036854775807", 2**63 - 1),
    (float, "1.5", 1.5),
    (float, "1", 1.0),
    (float, "-2", -2.0),
    (float, "-0.0", -0.0),
    (float, "1e3", 1000.0),
    (float, "1E-2", 0.01),
    (float, "2.5e+1", 25.0),
    (float, "NaN", math.nan),
    (float, "nan", math.nan),
    (float, "Infinity", math.inf),
    (float, "-Infinity", -math.inf),
    (float, "inf", math.inf),
    (float, "-inf", -math.inf),
    (bool, "true", True),
    (bool, "False", False),
    (bool, "True", True),
    (bool, "false", False),
    (None, "null", None),
    (None, "None", None),
    (dt.timedelta, "90.5", dt.timedelta(seconds=90.5)),
    (dt.timedelta, "-1", dt.timedelta(seconds=-1)),
    (Level, "1", Level.LOW),
    (Half, "0.5", Half.HALF),
    (Half, "1.0", Half.ONE),
    (Literal[1, 2], "2", 2),
    (Literal[True], "true", True),
    (Literal[1.5], "1.5", 1.5),
    (Literal[1, None], "null", None),
    (Optional[int], "7", 7),
    (Optional[int], "null", None),
    (Optional[Level], "2", Level.HIGH),
    (Optional[dt.timedelta], "2", dt.timedelta(seconds=2)),
    (typing.Union[int, bool], "1", 1),
    (typing.Union[int, bool], "true", True),
    (typing.Union[int, float], "1", 1),
    (typing.Union[int, float], "1.5", 1.5),
    (typing.Union[bool, None, float], "Infinity", math.inf),
    (Literal["a", 2], "2", 2),  # a member of each of these reads text by itself, and not this one
    (Mixed, "1", Mixed.ONE),
    (typing.Union[dt.date, int], "1", 1),
    (typing.Union[dt.date, None], "null", None),
    (typing.Union[bytes, float], "0.5", 0.5),
    (typing.Union[Mixed, int], "3", 3),
]
THE_SAME = {  # what reads text by itself, and what it makes of it
    str: ("1", "1"),
    dt.date: ("2024-02-29", dt.date(2024, 2, 29)),
    typing.Union[str, int]: ("1", "1"),
    typing.Union[int, str]: ("1", "1"),
    Literal["1", 2]: ("1", "1"),
    Mixed: ("two", Mixed.TWO),
    typing.Union[int, Literal["1"]]: ("1", "1"),
}


def record_of(field_type: Any, make: Any = make_dataclass) -> Any:
    fields = [("x", field_type)] if make is make_dataclass else {"x": attr.ib(type=field_type)}
    return make("Record", fields)


def places(key_type: Any, text: str, key: Any) -> list[tuple[Any, Any, Any]]:
    """The key in every place where a dict can stand: the type, what a writer sends, the value."""
    keyed, plain, value = dict[key_type, str], {text: "a"}, {key: "a"}
    record, open_record = record_of(keyed), record_of(Optional[list[dict[str, keyed]]], attrs.make_class)
    whole = [
        (keyed, plain, value),
        (record, {"x": plain}, record(value)),
        (open_record, {"x": [{"k": plain}]}, open_record([{"k": value}])),
        (dict[int, keyed], {"5": plain}, {5: value}),
        (dict[key_type, keyed], {text: plain}, {key: value}),
        (dict[float, list[keyed]], {"5.5": [plain]}, {5.5: [value]}),
        (Optional[keyed], plain, value),
    ]
    literals = [(as_type, write(sent), held) for as_type, sent, held in whole for write in (packed, struct)]
    for write in (packed, struct):
        literals += [
            (list[keyed], collection(write(plain)), [value]),
            (dict[str, keyed], map_of(k=write(plain)), {"k": value}),
            (Optional[keyed], union(write(plain), shimlite.to_literal_type(keyed)), value),
        ]
    literals.append((list[keyed], packed([plain]), [value]))
    return literals


@pytest.mark.parametrize(("key_type", "text", "key"), SPELLED)
def test_text_that_spells_a_key_is_read_as_the_key(key_type, text, key):
    for as_type, literal, value in places(key_type, text, key):
        assert same(shimlite.to_python_value(literal, as_type), value), as_type
    assert same(from_plain({text: 1}, dict[key_type, int]), {key: 1})


@pytest.mark.parametrize(("key_type", "text", "key"), SPELLED)
def test_so_it_is_where_only_the_annotation_says_so(key_type, text, key):
    """A pod's template calls every such dict a STRUCT; by the template alone the keys are the texts that came."""
    variables = {"x": Variable(type=LiteralType(simple=SimpleType.STRUCT))}
    for literal in (packed({text: 1}), struct({text: 1})):
        literals = LiteralMap(literals={"x": literal})
        back = shimlite.literal_map_to_kwargs(literals, variables, {"x": dict[key_type, int]})
        assert same(back, {"x": {key: 1}})
        assert shape(shimlite.literal_map_to_kwargs(literals, variables)) == shape({"x": {text: 1}})


@pytest.mark.parametrize(("key_type", "text", "key"), SPELLED)
def test_keys_are_written_as_they_were(key_type, text, key):
    plain = key.value if isinstance(key, enum.Enum) else key.total_seconds() if isinstance(key, dt.timedelta) else key
    literal = shimlite.to_literal({key: 1}, dict[key_type, int])
    assert same(unpacked(literal), {plain: 1})
    assert same(shimlite.to_python_value(literal, dict[key_type, int]), {key: 1})
    assert same(to_plain({key: 1}, dict[key_type, int]), {plain: 1})
    with pytest.raises(ConversionError):  # what is written is no text
        shimlite.to_literal({text: 1}, dict[key_type, int])


@pytest.mark.parametrize("key_type", list(THE_SAME), ids=str)
def test_a_type_that_reads_text_by_itself_keeps_it(key_type):
    text, key = THE_SAME[key_type]
    for literal in (packed({text: 1}), struct({text: 1})):
        assert same(shimlite.to_python_value(literal, dict[key_type, int]), {key: 1})


FOREIGN = ["", " 1", "1 ", "+1", "1_0", "0x1", "01", "-01", "1\n", "\u0661", "--1", "one", "1,5", "\uff11"]
NO_SPELLING = [
    *((key_type, text) for key_type in (int, Literal[1], Level, Optional[int]) for text in FOREIGN),
    *((key_type, text) for key_type in (float, dt.timedelta, Half) for text in [*FOREIGN, "1.", ".5", "1.5.2", "1e"]),
    *((int, text) for text in ("-0", "1.0", "1e3", "9223372036854775808", "1" * 5000, "true", "NaN")),
    *((float, text) for text in ("infinity", "NAN", "+inf", "Inf", "1.5\n", "true", "null", "\u0661.5")),
    *((bool, text) for text in ("TRUE", "1", "0", "yes", "", "true ", "t", "null")),
    *((None, text) for text in ("", "NULL", "none", "Null", "0", "nil")),
    *((dt.timedelta, text) for text in ("NaN", "Infinity", "1e300", "P1X", "0:00:01", "1" * 5000)),
    (Level, "3"),
    (Level, "LOW"),
    (Level, "1.5"),
    (Half, "0.75"),
    (Literal[1, 2], "3"),
    (Literal[True], "false"),
    (Literal[True], "1"),
    (Optional[int], "1.5"),
    (typing.Union[int, bool], "yes"),
    (Literal["a", 2], "3"),  # a member of each of these reads text by itself
    (Mixed, "2"),
    (Mixed, "three"),
    (typing.Union[dt.date, int], "1.5"),
    (typing.Union[dt.date, int], "today"),
    (typing.Union[Mixed, bool], "3"),
]


@pytest.mark.parametrize(("key_type", "text"), NO_SPELLING, ids=repr)
def test_other_text_is_refused(key_type, text):
    for literal in (packed({text: "a"}), struct({text: "a"})):
        for as_type, path in ((dict[key_type, str], r"\["), (list[dict[key_type, str]], r"\[0\]\[")):
            one = literal if path == r"\[" else collection(literal)
            with pytest.raises(ConversionError, match=f"^{path}"):
                shimlite.to_python_value(one, as_type)


BECOME_ONE = [
    (int, {1: 0, "1": 1}),
    (float, {"1.5": 0, "1.50": 1}),
    (float, {"1": 0, "1.0": 1}),
    (float, {"1": 0, 1.0: 1}),
    (float, {"NaN": 0, "nan": 1}),
    (float, {"NaN": 0, math.nan: 1}),
    (float, {"Infinity": 0, "inf": 1}),
    (float, {"0": 0, "-0.0": 1}),
    (bool, {"true": 0, "True": 1}),
    (None, {"null": 0, "None": 1}),
    (dt.timedelta, {"60": 0, "6e1": 1}),
    (Level, {"1": 0, 1: 1}),
    (Optional[int], {"null": 0, None: 1}),
    (dt.datetime, {"2026-01-01T00:00:00+00:00": 0, "2026-01-01T01:00:00+01:00": 1}),
]


@pytest.mark.parametrize(("key_type", "plain"), BECOME_ONE)
def test_two_texts_that_become_one_key_are_refused(key_type, plain):
    assert len(plain) == 2
    for write in (packed, struct):
        if write is struct and not set(map(type, plain)) <= {str}:
            continue
        keyed = dict[key_type, int]
        message = refusal(ConversionValueError, shimlite.to_python_value, write(plain), keyed)
        assert message.startswith("expected dict[") and message.endswith("], got dict in which two keys become one")
        record = record_of(keyed)
        assert refusal(ConversionValueError, shimlite.to_python_value, write({"x": plain}), record) == f".x: {message}"
        assert refusal(ConversionValueError, shimlite.to_python_value, collection(write(plain)), list[keyed]) == (
            f"[0]: {message}"
        )


TWINS = [
    {float("nan"): 1, float("nan"): 2},
    {float("nan"): 1, "a": 0, math.nan: 1},
    {Apart("a"): 1, Apart("a"): 2},
    {Apart("a"): 1, "a": 1},
    {ApartInt(1): 1, ApartInt(1): 2},
    {ApartInt(1): 1, 1: 2},
    {ApartBytes(b"a"): 1, b"a": 2},
    {Apart(""): [], "": {}},
]
INSIDE = [
    (lambda twins: twins, dict, ""),
    (lambda twins: {"a": [twins]}, dict, "['a'][0]"),
    (lambda twins: {"a": ({"b": twins},)}, dict, "['a'][0]['b']"),
    (lambda twins: [twins], list[dict], "[0]"),
    (lambda twins: {"k": twins}, dict[str, dict], "['k']"),
    (lambda twins: {1: twins}, dict[int, dict], "[1]"),
    (lambda twins: twins, Optional[dict], ""),
    (lambda twins: record_of(Any)(twins), "record", ".x"),
    (lambda twins: record_of(Any, attrs.make_class)([twins]), "record", ".x[0]"),
    (lambda twins: record_of(dict)(twins), "record", ".x"),
    (lambda twins: record_of(list[Any])([twins]), "record", ".x[0]"),
    (lambda twins: record_of(dict[str, Any])({"k": twins}), "record", ".x['k']"),
]


@pytest.mark.parametrize(("inside", "python_type", "path"), INSIDE)
@pytest.mark.parametrize("twins", TWINS, ids=range(len(TWINS)))
def test_two_keys_that_become_one_are_refused_wherever_a_dict_is_written(twins, inside, python_type, path):
    assert len(twins) >= 2
    value = inside(twins)
    python_type = type(value) if python_type == "record" else python_type
    for call in (shimlite.to_literal, to_plain):
        message = refusal(ConversionValueError, call, value, python_type)
        assert message.startswith(f"{path}: " if path else "expected ") and "two keys become one" in message
    if python_type is dict:
        literal_type = shimlite.to_literal_type(dict)
        assert "two keys become one" in refusal(ConversionValueError, shimlite.to_literal, value, literal_type)


@pytest.mark.parametrize(
    ("key_type", "twins"),
    [(float, TWINS[0]), (int, TWINS[4]), (int, TWINS[5]), (bytes, TWINS[6]), (typing.Union[str, float], TWINS[1]),
     (Optional[float], TWINS[0]), (str, TWINS[2]), (Literal["a"], TWINS[3])],
)  # fmt: skip
def test_so_they_are_where_the_keys_have_a_type(key_type, twins):
    keyed = dict[key_type, int]
    for value, python_type in ((twins, keyed), ([twins], list[keyed]), (record_of(keyed)(twins), None)):
        message = refusal(ConversionValueError, shimlite.to_literal, value, python_type or type(value))
        assert message.endswith("got dict in which two keys become one")


def two_keys(one: bytes, other: bytes) -> bytes:
    return b"\x82" + one + b"\x01" + other + b"\x02"


NAN, OTHER_NAN = msgpack.packb(math.nan), b"\xcb\xff\xf8\x00\x00\x00\x00\x00\x01"
TWINS_ON_THE_WIRE = [
    (NAN, NAN), (NAN, OTHER_NAN), (NAN, b"\xca\x7f\xc0\x00\x00"), (b"\x01", msgpack.packb(1.0)), (b"\x01", b"\xc3"),
    (msgpack.packb(0.0), msgpack.packb(-0.0)), (b"\x00", b"\xc2"), (b"\x01", b"\xd0\x01"), (b"\xa1a", b"\xd9\x01a"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), TWINS_ON_THE_WIRE)
def test_two_such_keys_in_msgpack_are_refused_by_every_reader(one, other):
    twins = two_keys(one, other)
    inner = b"\x81\xa1x" + twins
    record, typed = record_of(Any), record_of(dict[float, int])
    readers = [dict, dict[float, int], dict[typing.Union[float, str], int], Optional[dict]]
    for as_type, data in [(one, twins) for one in readers] + [(dict, inner), (record, inner), (typed, inner)]:
        for call in (shimlite.to_python_value, shimlite.normal):
            with pytest.raises(ConversionValueError, match="key"):
                call(raw(data), as_type)
    with pytest.raises(ConversionValueError, match="key"):
        shimlite.to_python_value(raw(twins), shimlite.to_literal_type(dict))


def test_one_nan_is_a_key_like_any_other():
    for as_type in (dict, dict[float, int], dict[Optional[float], int]):
        for nan in (math.nan, float("-nan")):
            literal = shimlite.to_literal({nan: 1, 1.5: 2}, as_type)
            assert literal == raw(b"\x82" + msgpack.packb(1.5) + b"\x02" + NAN + b"\x01")
            assert same(shimlite.to_python_value(literal, as_type), {math.nan: 1, 1.5: 2})
            assert shimlite.normal(literal, as_type) == literal


def test_a_text_that_is_no_key_names_what_was_expected():
    for literal in (packed({"x": "a"}), struct({"x": "a"})):
        assert refusal(ConversionTypeError, shimlite.to_python_value, literal, dict[float, str]) == (
            "['x']: expected FLOAT, got str"
        )
