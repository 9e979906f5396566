# SPDX-License-Identifier: Apache-2.0
"""None, bool, int, float, str, bytes, and Any inside a record."""

import datetime as dt
import enum
import math
import pickle
import struct as struct_of_bytes
from dataclasses import dataclass
from typing import Any, Optional, Union

import pytest

import shimlite
from shimlite import ConversionTypeError, ConversionValueError, UnsupportedTypeError

from ..support import (
    Literal,
    collection,
    map_of,
    packed,
    primitive,
    raw,
    refusal,
    round_trip,
    scalar,
    schema_of,
    shape,
    simple,
    struct,
    union,
    unpacked,
)


class Level(enum.IntEnum):
    LOW = 1


class Word(str, enum.Enum):
    RED = "red"


class MyInt(int):
    pass


class Double(float):
    """Stands for ``numpy.float64``, which is a float too."""


class MyStr(str):
    def __str__(self) -> str:
        return "something else"


class MyBytes(bytes):
    pass


TYPES = {None: "NONE", bool: "BOOLEAN", int: "INTEGER", float: "FLOAT", str: "STRING", bytes: "BINARY"}


@pytest.mark.parametrize(("python_type", "name"), TYPES.items())
def test_the_literal_type_and_back(python_type, name):
    assert shimlite.to_literal_type(python_type) == simple(name)
    assert shimlite.guess_python_type(simple(name)) is (python_type or type(None))


def test_none_may_be_written_either_way():
    assert shimlite.to_literal_type(type(None)) == simple("NONE")


LITERALS = [
    (None, None, scalar(none_type={})),
    (True, bool, primitive(boolean=True)),
    (False, bool, primitive(boolean=False)),
    (0, int, primitive(integer=0)),
    (2**53 + 1, int, primitive(integer=2**53 + 1)),
    (2**63 - 1, int, primitive(integer=2**63 - 1)),
    (-(2**63), int, primitive(integer=-(2**63))),
    (0.0, float, primitive(float_value=0.0)),
    (-0.0, float, primitive(float_value=-0.0)),
    (1.5, float, primitive(float_value=1.5)),
    (5e-324, float, primitive(float_value=5e-324)),
    (math.inf, float, primitive(float_value=math.inf)),
    (-math.inf, float, primitive(float_value=-math.inf)),
    (math.nan, float, primitive(float_value=math.nan)),
    ("", str, primitive(string_value="")),
    ("a\x00\u2603\U0001f600", str, primitive(string_value="a\x00\u2603\U0001f600")),
    (b"", bytes, raw(b"", "bytes")),
    (b"\x00\xff", bytes, raw(b"\x00\xff", "bytes")),
]


@pytest.mark.parametrize(("value", "python_type", "literal"), LITERALS)
def test_the_literal_and_back(value, python_type, literal):
    written = shimlite.to_literal(value, python_type)
    assert written.SerializeToString() == literal.SerializeToString()
    assert shape(shimlite.to_python_value(literal, python_type)) == shape(value)


TAKEN = [
    (Level.LOW, int, 1),
    (MyInt(5), int, 5),
    (3, float, 3.0),
    (Level.LOW, float, 1.0),
    (2**53, float, float(2**53)),
    (2**53 + 2, float, float(2**53 + 2)),
    (-(10**22), float, -1e22),
    (Double(1.5), float, 1.5),
    (Double(-0.0), float, -0.0),
    (MyStr("x"), str, "x"),
    (MyStr("\u2603"), str, "\u2603"),
    (Word.RED, str, "red"),
    (MyBytes(b"x"), bytes, b"x"),
]


@pytest.mark.parametrize(("value", "python_type", "plain"), TAKEN)
def test_of_a_subclass_the_value_is_taken(value, python_type, plain):
    assert shape(round_trip(value, python_type)) == shape(plain)
    assert shape(round_trip({"k": value}, dict[str, python_type])) == shape({"k": plain})
    assert shape(round_trip({0: value}, dict[int, python_type])) == shape({0: plain})


WRONG_CLASS = [
    (0, None, "expected NONE, got int"),
    (False, None, "expected NONE, got bool"),
    (1, bool, "expected BOOLEAN, got int"),
    (None, bool, "expected BOOLEAN, got None"),
    ("true", bool, "expected BOOLEAN, got str"),
    (True, int, "expected INTEGER, got bool"),
    (1.0, int, "expected INTEGER, got float"),
    ("5", int, "expected INTEGER, got str"),
    (None, int, "expected INTEGER, got None"),
    ([1, 2], int, "expected INTEGER, got list of 2"),
    (True, float, "expected FLOAT, got bool"),
    ("1.5", float, "expected FLOAT, got str"),
    ({"a": 1}, float, "expected FLOAT, got dict of 1"),
    (b"x", str, "expected STRING, got bytes"),
    (None, str, "expected STRING, got None"),
    ((), str, "expected STRING, got tuple of 0"),
    ("x", bytes, "expected BINARY, got str"),
    (bytearray(b"x"), bytes, "expected BINARY, got bytearray"),
]


@pytest.mark.parametrize(("value", "python_type", "message"), WRONG_CLASS)
def test_another_class_is_refused(value, python_type, message):
    assert refusal(ConversionTypeError, shimlite.to_literal, value, python_type) == message
    assert refusal(ConversionTypeError, shimlite.to_literal, {0: value}, dict[int, python_type]) == f"[0]: {message}"


OUT_OF_RANGE = [
    (2**63, int, "expected INTEGER, got int beyond int64"),
    (-(2**63) - 1, int, "expected INTEGER, got int beyond int64"),
    (10**400, int, "expected INTEGER, got int beyond int64"),
    (2**53 + 1, float, "expected FLOAT, got int that no float holds exactly"),
    (-(2**53) - 1, float, "expected FLOAT, got int that no float holds exactly"),
    (10**400, float, "expected FLOAT, got int that no float holds exactly"),
    ("a\ud800", str, "expected STRING, got str with a lone surrogate"),
    (MyStr("\udfff"), str, "expected STRING, got str with a lone surrogate"),
]


@pytest.mark.parametrize(("value", "python_type", "message"), OUT_OF_RANGE)
def test_out_of_range_is_refused(value, python_type, message):
    assert refusal(ConversionValueError, shimlite.to_literal, value, python_type) == message
    assert refusal(ConversionValueError, shimlite.to_literal, {0: value}, dict[int, python_type]) == f"[0]: {message}"


ACCEPTED = [
    (primitive(float_value=5.0), int, 5),  # the console
    (primitive(float_value=-0.0), int, 0),
    (primitive(float_value=-(2.0**63)), int, -(2**63)),
    (primitive(integer=5), float, 5.0),
    (primitive(integer=0), float, 0.0),
    (packed(None), None, None),  # Propeller's attribute access
    (packed(True), bool, True),
    (packed(False), bool, False),
    (packed(0), int, 0),
    (packed(7), int, 7),
    (packed(7.0), int, 7),
    (packed(1.5), float, 1.5),
    (packed(7), float, 7.0),
    (packed(0), float, 0.0),
    (packed(""), str, ""),
    (packed("x"), str, "x"),
    (packed(b"x"), bytes, b"x"),
    (raw(b"anything", tag=""), bytes, b"anything"),
    (raw(b"", tag=""), bytes, b""),
    (raw(b"\xa1x", tag=""), bytes, b"\xa1x"),  # msgpack of a text, but nothing says so
]


@pytest.mark.parametrize(("literal", "python_type", "value"), ACCEPTED)
def test_what_real_writers_send_is_accepted(literal, python_type, value):
    assert shape(shimlite.to_python_value(literal, python_type)) == shape(value)


NOT_A_LITERAL_OF_IT = [
    (Literal(), None, "expected NONE, got nothing"),
    (scalar(), bool, "expected BOOLEAN, got nothing"),
    (scalar(primitive={}), int, "expected INTEGER, got nothing"),
    (Literal(), float, "expected FLOAT, got nothing"),
    (Literal(), str, "expected STRING, got nothing"),
    (Literal(), bytes, "expected BINARY, got nothing"),
    (primitive(integer=1), bool, "expected BOOLEAN, got integer"),
    (primitive(integer=0), bool, "expected BOOLEAN, got integer"),
    (primitive(boolean=True), int, "expected INTEGER, got boolean"),
    (primitive(boolean=False), int, "expected INTEGER, got boolean"),
    (primitive(string_value="5"), int, "expected INTEGER, got string_value"),
    (primitive(string_value="1.5"), float, "expected FLOAT, got string_value"),
    (primitive(integer=5), str, "expected STRING, got integer"),
    (scalar(none_type={}), str, "expected STRING, got none_type"),
    (primitive(boolean=False), None, "expected NONE, got boolean"),
    (primitive(string_value="x"), bytes, "expected BINARY, got string_value"),
    (collection(), int, "expected INTEGER, got collection"),
    (Literal(offloaded_metadata={"uri": "s3://b/x"}), int, "expected INTEGER, got offloaded_metadata"),
    (packed(1), None, "expected NONE, got int"),
    (packed(1), bool, "expected BOOLEAN, got int"),
    (packed("5"), int, "expected INTEGER, got str"),
    (packed(True), int, "expected INTEGER, got bool"),
    (packed(True), float, "expected FLOAT, got bool"),
    (packed(None), str, "expected STRING, got None"),
    (packed(b"x"), str, "expected STRING, got bytes"),
    (packed("x"), bytes, "expected BINARY, got msgpack str"),
    (packed([1]), bytes, "expected BINARY, got msgpack list of 1"),
    (struct({"a": 1}), bytes, "expected BINARY, got generic"),
    (struct({"a": 1}), int, "expected INTEGER, got dict of 1"),
]


@pytest.mark.parametrize(("literal", "python_type", "message"), NOT_A_LITERAL_OF_IT)
def test_another_literal_is_refused(literal, python_type, message):
    assert refusal(ConversionTypeError, shimlite.to_python_value, literal, python_type) == message


NOT_EXACT = [
    (primitive(float_value=1.5), int, "expected INTEGER, got a float that is not integral"),
    (primitive(float_value=math.nan), int, "expected INTEGER, got a float that is not integral"),
    (primitive(float_value=math.inf), int, "expected INTEGER, got a float that is not integral"),
    (primitive(float_value=2.0**63), int, "expected INTEGER, got int beyond int64"),
    (primitive(float_value=1e300), int, "expected INTEGER, got int beyond int64"),
    (packed(2**63), int, "expected INTEGER, got int beyond int64"),
    (packed(1.5), int, "expected INTEGER, got a float that is not integral"),
    (primitive(integer=2**53 + 1), float, "expected FLOAT, got int that no float holds exactly"),
    (packed(2**53 + 1), float, "expected FLOAT, got int that no float holds exactly"),
]


@pytest.mark.parametrize(("literal", "python_type", "message"), NOT_EXACT)
def test_a_number_that_would_change_is_refused(literal, python_type, message):
    assert refusal(ConversionValueError, shimlite.to_python_value, literal, python_type) == message


@pytest.mark.parametrize("python_type", list(TYPES))
def test_a_type_that_does_not_fit_is_refused(python_type):
    other = "STRING" if python_type is not str else "INTEGER"
    name = "None" if python_type is None else python_type.__name__
    with pytest.raises(UnsupportedTypeError) as caught:
        shimlite.dict_to_literal_map({"x": None}, {"x": _variable(other)}, {"x": python_type})
    assert str(caught.value) == f"x: {name} does not fit {other}"
    assert (caught.value.path, caught.value.expected, caught.value.got) == ("x", other, name)


def _variable(name):
    from shimlite.idl import Variable

    return Variable(type=simple(name))


@pytest.mark.parametrize(
    ("text", "value"), [("", b""), ("AP8=", b"\x00\xff"), ("AP8=\n", b"\x00\xff"), ("YW\nJj\n", b"abc")]
)
def test_bytes_in_a_struct_are_base64(text, value):
    assert shimlite.to_python_value(struct({"k": text}), dict[str, bytes]) == {"k": value}


@pytest.mark.parametrize("text", ["a", "a===", "AP8", "AP 8=", "\u2603\u2603\u2603\u2603"])
def test_text_that_is_not_base64_is_refused(text):
    message = refusal(ConversionValueError, shimlite.to_python_value, struct({"k": text}), dict[str, bytes])
    assert message == "['k']: expected BINARY, got str that is not base64"


def test_any_has_no_literal_type():
    assert refusal(UnsupportedTypeError, shimlite.to_literal_type, Any) == (
        "Any has no LiteralType; use dict for JSON-like values"
    )
    for python_type in (list[Any], list):
        assert refusal(UnsupportedTypeError, shimlite.to_literal_type, python_type) == (
            "list says nothing of its elements; write list[T]"
        )


def test_any_fits_no_literal_type():
    assert refusal(UnsupportedTypeError, _decode_as, primitive(integer=5), simple("INTEGER"), Any) == (
        "x: Any does not fit INTEGER"
    )


def _decode_as(literal, literal_type, python_type):
    from shimlite import idl

    return shimlite.literal_map_to_kwargs(
        idl.LiteralMap(literals={"x": literal}),
        {"x": idl.Variable(type=literal_type)},
        {"x": python_type},
    )


@dataclass
class Open:
    held: Any
    data: bytes = b""


@pytest.mark.parametrize(
    "value", [None, True, 2**64 - 1, -(2**63), 1.5, "x", b"x", [], [1, [None]], {}, {1: {"a": b""}}, [{"a": [True]}]]
)
def test_any_in_a_record_is_json_like(value):
    assert shape(round_trip(Open(value), Open)) == shape(Open(value))


def test_a_tuple_for_any_is_a_list():
    assert shape(round_trip(Open((1, (2,))), Open)) == shape(Open([1, [2]]))


def test_another_class_for_any_is_refused():
    assert refusal(ConversionTypeError, shimlite.to_literal, Open({"k": [{1}]}), Open) == (
        ".held['k'][0]: expected a JSON-like value, got set"
    )


def test_flytekit_calls_bytes_and_any_in_a_record_pickles():
    types = shimlite.to_literal_type(Open).structure.dataclass_type
    for name, python_type in (("held", Any), ("data", bytes)):
        assert types[name].blob.format == "PythonPickle"
        assert dict(types[name].metadata) == {"python_class_name": str(python_type)}


def test_the_json_schema_of_each():
    @dataclass
    class Each:
        n: None
        b: bool
        i: int
        f: float
        s: str
        d: bytes
        a: Any

    assert schema_of(Each)["properties"] == {
        "n": {"type": "null"},
        "b": {"type": "boolean"},
        "i": {"type": "integer"},
        "f": {"type": "number"},
        "s": {"type": "string"},
        "d": {"type": "string", "format": "base64"},
        "a": {},
    }


def test_a_literal_of_bytes_is_the_bytes_themselves_under_a_tag_of_their_own():
    """Propeller takes whatever is tagged msgpack for a STRUCT, so that no cache would keep it."""
    literal = shimlite.to_literal(b"x", bytes)
    assert literal == raw(b"x", "bytes")
    assert literal.SerializeToString() == b"\n\x0c\x1a\n\n\x01x\x12\x05bytes"
    assert shimlite.to_literal([b"x"], list[bytes]) == collection(literal)
    assert shimlite.to_literal({"k": b"x"}, dict[str, bytes]) == map_of(k=literal)
    assert shimlite.to_literal(b"x", Optional[bytes]) == union(literal, simple("BINARY", "bytes"))
    assert unpacked(shimlite.to_literal(Open(1, b"x"), Open)) == {"data": b"x", "held": 1}


BYTES = [b"", b"\x00\xff", b"\xc4\x01x", pickle.dumps(b"x"), b"\x80\x04."]


@pytest.mark.parametrize("value", BYTES)
@pytest.mark.parametrize("python_type", [bytes, Optional[bytes], Union[bytes, str], Union[dict, bytes]])
def test_all_bytes_are_read_as_they_were_written(value, python_type):
    """Those of a pickle and of msgpack too, since the tag says what they are."""
    assert shape(round_trip(value, python_type)) == shape(value)
    assert shape(round_trip({"k": [value]}, dict[str, list[python_type]])) == shape({"k": [value]})
    literal_type = shimlite.to_literal_type(python_type)
    assert shape(shimlite.to_python_value(shimlite.to_literal(value, literal_type), literal_type)) == shape(value)


@pytest.mark.parametrize(
    "python_type", [bytes, Optional[bytes], Union[bytes, str], Union[str, bytes], Union[dict, bytes]]
)
@pytest.mark.parametrize(
    "literal", [raw(b"x", "bytes"), raw(b"x", ""), packed(b"x")], ids=["ours", "without a tag", "msgpack"]
)
def test_bytes_are_read_alike_bare_and_within_a_union(python_type, literal):
    assert shape(shimlite.to_python_value(literal, python_type)) == shape(b"x")
    assert shape(shimlite.to_python_value(collection(literal), list[python_type])) == shape([b"x"])
    if python_type is not bytes:
        within = union(literal, simple("BINARY", "bytes"))
        assert shape(shimlite.to_python_value(within, python_type)) == shape(b"x")


@dataclass
class Point:
    x: int


PICKLES = [pickle.dumps(b"x", protocol) for protocol in range(2, 6)]
ALL_TYPES = [
    (bytes, "BINARY"), (Optional[bytes], "BINARY"), (Union[str, bytes], "BINARY"), (None, "NONE"), (bool, "BOOLEAN"),
    (int, "INTEGER"), (float, "FLOAT"), (str, "STRING"), (Word, "Word"), (dict, "dict"), (list[int], "list[int]"),
    (dict[str, int], "dict[str, int]"), (dict[int, bytes], "dict[int, bytes]"), (Point, "Point"),
    (Optional[Point], "Point | None"), (Optional[dict], "dict | None"), (shimlite.FlyteFile, "FlyteFile"),
    (dt.datetime, "DATETIME"), (dt.date, "DATETIME"), (dt.timedelta, "DURATION"),
    (shimlite.StructuredDataset, "StructuredDataset"),
]  # fmt: skip


@pytest.mark.parametrize(("python_type", "expected"), ALL_TYPES)
@pytest.mark.parametrize("data", PICKLES, ids=["2", "3", "4", "5"])
def test_a_pickle_of_flyte_2_is_refused_by_name_whatever_it_is_read_as(python_type, expected, data):
    message = f"expected {expected}, got a Python pickle (Flyte 2's bytes, set, Any, Literal)"
    assert refusal(ConversionValueError, shimlite.to_python_value, raw(data, ""), python_type) == message
    within = collection(packed(None), raw(data, ""))
    assert refusal(ConversionValueError, shimlite.to_python_value, within, list[Optional[python_type]]).endswith(
        "got a Python pickle (Flyte 2's bytes, set, Any, Literal)"
    )


def test_a_pickle_that_a_union_stores_is_refused_by_name():
    literal = union(raw(PICKLES[2], ""), simple("BINARY", "bytes"))
    assert refusal(ConversionValueError, shimlite.to_python_value, literal, Optional[bytes]) == (
        "expected BINARY, got a Python pickle (Flyte 2's bytes, set, Any, Literal)"
    )


@pytest.mark.parametrize(
    "data",
    [
        *(pickle.dumps(b"x", protocol) for protocol in (0, 1)),
        b"\x80\x04",
        b"\x80\x01.",
        b"\x80\x06.",
        b"\x80",
        b"\x80.",
        b"x.",
    ],
)
def test_bytes_without_a_tag_that_only_look_like_a_pickle_are_bytes(data):
    assert shape(shimlite.to_python_value(raw(data, ""), bytes)) == shape(data)


@pytest.mark.parametrize(("python_type", "expected"), ALL_TYPES)
@pytest.mark.parametrize("tag", ["cbor", "Msgpack", "msgpack ", "bytes2"])
def test_a_binary_of_another_tag_is_refused(python_type, expected, tag):
    tags = "'bytes' or 'msgpack'" if expected == "BINARY" else "'msgpack'"
    for data in (b"x", PICKLES[2], b"\xc4\x01x"):
        assert refusal(ConversionValueError, shimlite.to_python_value, raw(data, tag), python_type) == (
            f"expected a Binary tagged {tags}, got another tag"
        )


@pytest.mark.parametrize("tag", ["", "bytes"])
def test_bytes_are_nothing_but_bytes(tag):
    """Not even where they are msgpack of the type that is read."""
    for python_type, expected in ALL_TYPES:
        if expected != "BINARY":
            assert refusal(ConversionValueError, shimlite.to_python_value, raw(b"\x01", tag), python_type) == (
                "expected a Binary tagged 'msgpack', got another tag"
            )


NANS = [float("nan"), -float("nan"), struct_of_bytes.unpack("<d", b"\x01\x00\x00\x00\x00\x00\xf8\x7f")[0]]


@pytest.mark.parametrize("nan", NANS)
@pytest.mark.parametrize(
    "within", [lambda nan: (nan, float), lambda nan: ({"x": [nan]}, dict)], ids=["literal", "msgpack"]
)
def test_every_nan_is_written_alike(nan, within):
    written = [shimlite.to_literal(*within(one)).SerializeToString() for one in (nan, NANS[0])]
    assert written[0] == written[1]
