# SPDX-License-Identifier: Apache-2.0
"""list[T], dict[str, T] and every other dict: LiteralCollection, LiteralMap and STRUCT."""
# ruff: noqa: UP006 - the old spellings are types that users write

import collections
import datetime as dt
import enum
import math
import typing
from dataclasses import dataclass
from typing import Any

import pytest

import shimlite
from shimlite import ConversionTypeError, ConversionValueError, UnsupportedTypeError
from shimlite._types.rows import MAX_DEPTH

from ..support import (
    Literal,
    LiteralType,
    SimpleType,
    collection,
    map_of,
    packed,
    primitive,
    refusal,
    round_trip,
    scalar,
    schema_of,
    shape,
    simple,
    struct,
    unpacked,
)

AS_TEXT = "write text; if a model's model_dump() gave it, return the model"


class Color(enum.Enum):
    RED = "red"


class MyList(list):
    pass


def struct_type() -> LiteralType:
    literal_type = LiteralType(simple=SimpleType.STRUCT)
    literal_type.annotation.annotations.update({"cache-key-metadata": {"serialization-format": "msgpack"}})
    return literal_type


ONE, TWO = primitive(integer=1), primitive(integer=2)

TYPES = [
    (list[int], LiteralType(collection_type=simple("INTEGER"))),
    (list[list[str]], LiteralType(collection_type=LiteralType(collection_type=simple("STRING")))),
    (dict[str, int], LiteralType(map_value_type=simple("INTEGER"))),
    (dict[str, list[int]], LiteralType(map_value_type=LiteralType(collection_type=simple("INTEGER")))),
    (dict, struct_type()),
]


@pytest.mark.parametrize(("python_type", "literal_type"), TYPES)
def test_the_literal_type_and_back(python_type, literal_type):
    assert shimlite.to_literal_type(python_type) == literal_type
    assert shimlite.guess_python_type(literal_type) == python_type


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (typing.List[int], list[int]),
        (typing.Dict[str, int], dict[str, int]),
        (typing.Dict, dict),
        (typing.Dict[Any, Any], dict),
        (dict[Any, Any], dict),  # as strict checkers have it
    ],
)
def test_other_names_of_the_same_types(old, new):
    assert shimlite.to_literal_type(old) == shimlite.to_literal_type(new)
    assert shape(round_trip(new(), old)) == shape(new())


@pytest.mark.parametrize("python_type", [dict[int, str], dict[bytes, int], dict[None, int], dict[Color, int]])
def test_a_dict_with_other_keys_is_a_struct(python_type):
    assert shimlite.to_literal_type(python_type) == struct_type()


@pytest.mark.parametrize(
    ("python_type", "message"),
    [
        (list, "list says nothing of its elements; write list[T]"),
        (typing.List, "list says nothing of its elements; write list[T]"),
        (list[list], "list says nothing of its elements; write list[T]"),
        (dict[str, Any], "Any has no LiteralType; use dict for JSON-like values"),
        (list[set], "set is not supported; use list[T]"),
        (dict[str, set], "set is not supported; use list[T]"),
        (dict[int, set], "set is not supported; use list[T]"),
        (dict[Any, int], "Any cannot be a key; use scalars as keys"),
        (dict[list[int], int], "list[int] cannot be a key; use scalars as keys"),
        (dict[dict[int, int], int], "dict[int, int] cannot be a key; use scalars as keys"),
    ],
)
def test_what_is_refused_before_any_data(python_type, message):
    assert refusal(UnsupportedTypeError, shimlite.to_literal_type, python_type) == message
    assert refusal(UnsupportedTypeError, shimlite.to_literal, None, python_type) == message


@pytest.mark.parametrize("python_type", [dict[str], dict[int], list[int, str], dict[str, int, float]])
def test_the_wrong_number_of_arguments_is_refused(python_type):
    """Python itself lets them pass."""
    with pytest.raises(UnsupportedTypeError):
        shimlite.to_literal_type(python_type)


LITERALS = [
    ([], list[int], collection()),
    ([1, 2], list[int], collection(ONE, TWO)),
    ([[], [1]], list[list[int]], collection(collection(), collection(ONE))),
    ({}, dict[str, int], map_of()),
    ({"a": 1, "": 2}, dict[str, int], map_of(**{"a": ONE, "": TWO})),
    ({"a": {}}, dict[str, dict[str, int]], map_of(a=map_of())),
    ({}, dict, packed({})),
    ({"a": [1, None]}, dict, packed({"a": [1, None]})),
    ({1: "x"}, dict[int, str], packed({1: "x"})),
]


@pytest.mark.parametrize(("value", "python_type", "literal"), LITERALS)
def test_the_literal_and_back(value, python_type, literal):
    written = shimlite.to_literal(value, python_type)
    assert written == literal and written.WhichOneof("value") == literal.WhichOneof("value")
    assert shape(shimlite.to_python_value(literal, python_type)) == shape(value)


@pytest.mark.parametrize(
    ("value", "python_type", "plain"),
    [
        (MyList([1]), list[int], [1]),
        (collections.OrderedDict(a=1), dict[str, int], {"a": 1}),
        (collections.defaultdict(int, a=1), dict, {"a": 1}),
        ({"a": (1, (2,))}, dict, {"a": [1, [2]]}),
        ({"a": MyList()}, dict, {"a": []}),
        ({"a": bytearray(b"x")}, dict, {"a": b"x"}),
    ],
)
def test_of_a_subclass_the_values_are_taken(value, python_type, plain):
    assert shape(round_trip(value, python_type)) == shape(plain)


@pytest.mark.parametrize(
    ("value", "python_type", "message"),
    [
        ((1, 2), list[int], "expected list[int], got tuple of 2"),
        ("ab", list[str], "expected list[str], got str"),
        (None, list[int], "expected list[int], got None"),
        ({"a": 1}, list[int], "expected list[int], got dict of 1"),
        (range(3), list[int], "expected list[int], got range"),
        ([1], dict[str, int], "expected dict[str, int], got list of 1"),
        (None, dict[str, int], "expected dict[str, int], got None"),
        (None, dict, "expected dict, got None"),
        ([("a", 1)], dict, "expected dict, got list of 1"),
        ([], dict[int, int], "expected dict[int, int], got list of 0"),
        ([1, 2, "3"], list[int], "[2]: expected INTEGER, got str"),
        ([[1], [None]], list[list[int]], "[1][0]: expected INTEGER, got None"),
        ({"a": 1, "b": None}, dict[str, int], "['b']: expected INTEGER, got None"),
        ({"a": {"b": [1.5]}}, dict[str, dict[str, list[int]]], "['a']['b'][0]: expected INTEGER, got float"),
        ({1: 1}, dict[str, int], "[1]: expected a key of str, got int"),
        ({None: 1}, dict[str, int], "[None]: expected a key of str, got None"),
        ({"1": 1}, dict[int, int], "['1']: expected INTEGER, got str"),
        ({True: 1}, dict[int, int], "[True]: expected INTEGER, got bool"),
        ({1: {"a": 1}}, dict[int, dict[str, str]], "[1]['a']: expected STRING, got int"),
        ({"a": {1, 2}}, dict, "['a']: expected a JSON-like value, got set"),
        (
            {"a": [1, dt.date(2026, 1, 2)]},
            dict,
            f"['a'][1]: expected a JSON-like value, got date; {AS_TEXT}",
        ),
        (
            {"a": Color.RED},
            dict,
            f"['a']: expected a JSON-like value, got Color; {AS_TEXT}",
        ),
        ({(1,): 1}, dict, "[tuple]: expected a key of str, int, float, bool, bytes or None, got tuple of 1"),
    ],
)
def test_another_class_is_refused(value, python_type, message):
    assert refusal(ConversionTypeError, shimlite.to_literal, value, python_type) == message


@pytest.mark.parametrize(
    ("value", "python_type", "message"),
    [
        ({"a": 2**64}, dict, "['a']: expected an int that msgpack can hold, got int out of range"),
        ({"a": -(2**63) - 1}, dict, "['a']: expected an int that msgpack can hold, got int out of range"),
        ({"a": ["\ud800"]}, dict, "['a'][0]: expected STRING, got str with a lone surrogate"),
        ({"\ud800": 1}, dict, r"['\ud800']: expected STRING, got str with a lone surrogate"),
        ({"\ud800": 1}, dict[str, int], r"['\ud800']: expected STRING, got str with a lone surrogate"),
        ({2**63: 1}, dict[int, int], "[9223372036854775808]: expected INTEGER, got int beyond int64"),
    ],
)
def test_a_value_that_cannot_travel_is_refused(value, python_type, message):
    assert refusal(ConversionValueError, shimlite.to_literal, value, python_type) == message


JSON_LIKE = [
    {},
    {"a": None, "b": True, "c": -(2**63), "d": 2**64 - 1, "e": 1.5, "f": "\x00\u2603", "g": b"\xff", "h": [], "i": {}},
    {"x": math.nan, "y": math.inf, "z": -0.0},
    {1: 1, "1": 2, b"1": 3, 1.5: 4, None: 5, False: 6},
    {"": {"": {"": [[[{}]]]}}},
    {"big": 2**53 + 1},
]


@pytest.mark.parametrize("value", JSON_LIKE)
def test_an_untyped_dict_keeps_every_json_like_value(value):
    assert shape(round_trip(value, dict)) == shape(value)
    assert shape(shimlite.to_python_value(shimlite.to_literal(value, struct_type()), struct_type())) == shape(value)


KEYS = [
    ({1: "a", -2: "b"}, dict[int, str]),
    ({1.5: "a", -0.0: "b"}, dict[float, str]),
    ({True: "a", False: "b"}, dict[bool, str]),
    ({b"x": "a"}, dict[bytes, str]),
    ({None: "a"}, dict[None, str]),
    ({Color.RED: "a"}, dict[Color, str]),
    ({dt.date(2026, 1, 2): "a"}, dict[dt.date, str]),
    ({dt.timedelta(1): "a"}, dict[dt.timedelta, str]),
    ({"a": "a", 1: "b"}, dict[typing.Union[str, int], str]),
    ({1: [Color.RED]}, dict[int, list[Color]]),
    ({1: {"a": dt.timedelta(1)}}, dict[int, dict[str, dt.timedelta]]),
]


@pytest.mark.parametrize(("value", "python_type"), KEYS)
def test_keys_of_other_scalars(value, python_type):
    assert shape(round_trip(value, python_type)) == shape(value)


def test_equal_dicts_give_equal_bytes():
    one = {"b": {"y": 1, "x": 2}, "a": [{"q": 1, "p": 2}], 3: 0, 20: 0, -1: 0}
    other = {-1: 0, 20: 0, 3: 0, "a": [{"p": 2, "q": 1}], "b": {"x": 2, "y": 1}}
    assert shimlite.to_literal(one, dict) == shimlite.to_literal(other, dict)
    assert shimlite.to_literal({"b": 1, "a": 2}, dict[str, int]).SerializeToString(deterministic=True) == (
        shimlite.to_literal({"a": 2, "b": 1}, dict[str, int]).SerializeToString(deterministic=True)
    )
    typed = dict[int, str]
    assert shimlite.to_literal({2: "b", 1: "a"}, typed) == shimlite.to_literal({1: "a", 2: "b"}, typed)


def test_keys_are_in_the_order_of_their_packed_bytes():
    value = unpacked(shimlite.to_literal({"bb": 1, "a": 2, 300: 3, 1: 4, None: 5, True: 6}, dict))
    assert list(value) == [1, "a", "bb", None, 300] and value[1] == 6  # True is 1, as a key


ACCEPTED = [
    (packed([1, 2]), list[int], [1, 2]),
    (packed([]), list[int], []),
    (packed([1.0]), list[int], [1]),
    (packed([1]), list[float], [1.0]),
    (collection(packed(1), packed(2.0)), list[float], [1.0, 2.0]),  # Propeller, of a list in a record
    (packed({"a": 1}), dict[str, int], {"a": 1}),
    (packed({}), dict[str, int], {}),
    (struct({"a": 1}), dict[str, int], {"a": 1}),
    (struct({"a": [1, {"b": 2.5}], "n": None, "t": True}), dict, {"a": [1, {"b": 2.5}], "n": None, "t": True}),
    (struct({"1": "a", "-20": "b", "0": "c"}), dict[int, str], {1: "a", -20: "b", 0: "c"}),
    (struct({"big": 2.0**53, "bigger": 2.0**53 + 2}), dict, {"big": 2**53, "bigger": 2.0**53 + 2}),
    (struct({"a": -0.0, "b": math.nan, "c": -math.inf}), dict, {"a": -0.0, "b": math.nan, "c": -math.inf}),
]


@pytest.mark.parametrize(("literal", "python_type", "value"), ACCEPTED)
def test_what_real_writers_send_is_accepted(literal, python_type, value):
    assert shape(shimlite.to_python_value(literal, python_type)) == shape(value)


@pytest.mark.parametrize(
    ("literal", "python_type", "message"),
    [
        (Literal(), list[int], "expected list[int], got nothing"),
        (Literal(), dict[str, int], "expected dict[str, int], got nothing"),
        (Literal(), dict, "expected dict, got nothing"),
        (map_of(a=ONE), list[int], "expected list[int], got map"),
        (map_of(), list[int], "expected list[int], got map"),
        (collection(), dict[str, int], "expected dict[str, int], got collection"),
        (map_of(a=ONE), dict, "expected dict, got map"),
        (scalar(none_type={}), dict, "expected dict, got none_type"),
        (packed({"a": 1}), list[int], "expected list[int], got dict of 1"),
        (packed([1]), dict[str, int], "expected dict[str, int], got list of 1"),
        (packed([1]), dict, "expected dict, got list of 1"),
        (packed(None), dict, "expected dict, got None"),
        (collection(ONE, Literal()), list[int], "[1]: expected INTEGER, got nothing"),
        (map_of(a=primitive(string_value="x")), dict[str, int], "['a']: expected INTEGER, got string_value"),
        (
            collection(*[map_of(price=primitive(float_value=1))] * 3, map_of(price=primitive(string_value="x"))),
            list[dict[str, float]],
            "[3]['price']: expected FLOAT, got string_value",
        ),
        (packed([1, "2"]), list[int], "[1]: expected INTEGER, got str"),
        (packed({1: 1}), dict[str, int], "[1]: expected STRING, got int"),
        (packed({"a": [1, "x"]}), dict[str, list[int]], "['a'][1]: expected INTEGER, got str"),
        (struct({"x": "a"}), dict[int, str], "['x']: expected INTEGER, got str"),
        (struct({"01": "a"}), dict[int, str], "['01']: expected INTEGER, got str"),
        (struct({"-0": "a"}), dict[int, str], "['-0']: expected INTEGER, got str"),
        (struct({"1\n": "a"}), dict[int, str], r"['1\n']: expected INTEGER, got str"),
        (struct({"\u0661": "a"}), dict[int, str], "['\u0661']: expected INTEGER, got str"),
    ],
)
def test_another_literal_is_refused(literal, python_type, message):
    assert refusal(ConversionTypeError, shimlite.to_python_value, literal, python_type) == message


def test_two_keys_that_become_one_are_refused():
    message = "expected dict[int, str], got dict in which two keys become one"
    held = packed({1: "a", "1": "b"})
    assert refusal(ConversionValueError, shimlite.to_python_value, held, dict[int, str]) == message
    assert refusal(ConversionValueError, shimlite.to_literal, {Color.RED: 1, "red": 2}, dict[Color, int]) == (
        "expected dict[Color, int], got dict in which two keys become one"
    )


def test_two_keys_of_one_text_are_refused():
    class Its(str):
        __hash__ = object.__hash__
        __eq__ = object.__eq__

    held = {Its("a"): 1, "a": 2}
    assert len(held) == 2
    assert refusal(ConversionValueError, shimlite.to_literal, held, dict[str, int]) == (
        "expected dict[str, int], got dict in which two keys become one"
    )
    assert shimlite.to_literal({Its("a"): 1, "b": 2}, dict[str, int]) == map_of(a=ONE, b=TWO)


def test_depth_is_bounded():
    def nested(levels: int) -> dict[str, Any]:
        value: Any = 1
        for _ in range(levels):
            value = {"": value}
        return value

    assert shape(round_trip(nested(MAX_DEPTH), dict)) == shape(nested(MAX_DEPTH))
    with pytest.raises(ConversionValueError) as caught:
        shimlite.to_literal(nested(MAX_DEPTH + 1), dict)
    assert str(caught.value).endswith(f": nested deeper than {MAX_DEPTH} levels")
    assert refusal(ConversionValueError, shimlite.to_python_value, packed(nested(MAX_DEPTH + 2)), dict) == (
        f"nested deeper than {MAX_DEPTH} levels"
    )


def test_a_value_that_holds_itself_is_refused():
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(ConversionValueError) as caught:
        shimlite.to_literal({"a": loop}, dict)
    assert str(caught.value).endswith(f": nested deeper than {MAX_DEPTH} levels")


def test_deep_lists():
    python_type: Any = int
    value: Any = 7
    for _ in range(40):
        python_type, value = list[python_type], [value]
    assert shape(round_trip(value, python_type)) == shape(value)
    assert shimlite.guess_python_type(shimlite.to_literal_type(python_type)) == python_type


class Unprintable:
    def __repr__(self) -> str:
        raise RuntimeError("no repr")


class TwoLines:
    def __repr__(self) -> str:
        return "one\ntwo"


@pytest.mark.parametrize("key", [Unprintable(), TwoLines()])
def test_a_key_of_any_class_is_refused_in_one_line(key):
    with pytest.raises(ConversionTypeError) as caught:
        shimlite.to_literal({key: 1}, dict)
    assert str(caught.value).count("\n") == 0
    assert str(caught.value).endswith(
        f": expected a key of str, int, float, bool, bytes or None, got {type(key).__name__}"
    )


def test_the_json_schemas():
    @dataclass
    class Holder:
        numbers: list[int]
        anything: list
        names: dict[str, int]
        places: dict[int, list[str]]
        open: dict
        half: dict[str, Any]

    text, number = {"type": "string"}, {"type": "integer"}
    assert schema_of(Holder)["properties"] == {
        "numbers": {"type": "array", "items": number},
        "anything": {"type": "array"},
        "names": {"type": "object", "additionalProperties": number, "propertyNames": text},
        "places": {"type": "object", "additionalProperties": {"type": "array", "items": text}, "propertyNames": number},
        "open": {"type": "object"},
        "half": {"type": "object", "propertyNames": text},
    }
    value = Holder([1], [1, "a", None], {"a": 1}, {1: ["x"]}, {"k": [1.5]}, {"k": [b"x"]})
    assert shape(round_trip(value, Holder)) == shape(value)


@pytest.mark.parametrize(
    ("python_type", "literal_type", "message"),
    [
        (list[int], simple("INTEGER"), "list[int] does not fit INTEGER"),
        (list[int], LiteralType(collection_type=simple("STRING")), "int does not fit STRING"),
        (list[int], struct_type(), "list[int] does not fit STRUCT"),
        (dict[str, dict], LiteralType(map_value_type=simple("INTEGER")), "dict does not fit INTEGER"),
        (dict[str, int], LiteralType(map_value_type=simple("FLOAT")), "int does not fit FLOAT"),
        (dict, LiteralType(map_value_type=simple("INTEGER")), "dict does not fit map_value_type"),
        (dict[int, str], simple("STRING"), "dict[int, str] does not fit STRING"),
        (dict[str, int], simple("STRING"), "dict[str, int] does not fit STRING"),
    ],
)
def test_a_type_that_does_not_fit_is_refused(python_type, literal_type, message):
    from shimlite.idl import Variable

    variables = {"x": Variable(type=literal_type)}
    assert refusal(UnsupportedTypeError, shimlite.dict_to_literal_map, {"x": None}, variables, {"x": python_type}) == (
        f"x: {message}"
    )


@pytest.mark.parametrize(
    ("value", "python_type", "plain"),
    [
        ({"a": 1}, dict[str, int], {"a": 1}),
        ({}, dict[str, int], {}),
        ({"b": [1], "a": []}, dict[str, list[int]], {"a": [], "b": [1]}),
        ({"a": None, "b": 2.0}, dict[str, typing.Optional[float]], {"a": None, "b": 2.0}),
        ({"a": {"b": b"x"}}, dict[str, dict[str, bytes]], {"a": {"b": b"x"}}),
        ({1: "x"}, dict[int, str], {1: "x"}),
        ({"a": [None, 1.5]}, dict, {"a": [None, 1.5]}),
    ],
)
def test_any_dict_fits_a_struct(value, python_type, plain):
    """A pod is not told of which class a STRUCT is, so an annotation may call it any dict."""
    from shimlite.idl import Variable

    variables, types = {"x": Variable(type=struct_type())}, {"x": python_type}
    literals = shimlite.dict_to_literal_map({"x": value}, variables, types)
    assert shape(unpacked(literals.literals["x"])) == shape(plain)
    assert literals.literals["x"] == shimlite.to_literal(plain, dict)
    assert shape(shimlite.literal_map_to_kwargs(literals, variables, types)) == shape({"x": value})
    assert shape(shimlite.literal_map_to_kwargs(literals, variables)) == shape({"x": plain})


@pytest.mark.parametrize(
    ("literal", "python_type", "message"),
    [
        (packed({"a": "1"}), dict[str, int], "x['a']: expected INTEGER, got str"),
        (packed({"a": [1, None]}), dict[str, list[int]], "x['a'][1]: expected INTEGER, got None"),
        (packed({1: 1}), dict[str, int], "x[1]: expected STRING, got int"),
        (packed([1]), dict[str, int], "x: expected dict[str, int], got list of 1"),
    ],
)
def test_of_a_struct_what_the_annotated_dict_does_not_take_is_refused(literal, python_type, message):
    from shimlite.idl import LiteralMap, Variable

    literals, variables = LiteralMap(literals={"x": literal}), {"x": Variable(type=struct_type())}
    assert (
        refusal(ConversionTypeError, shimlite.literal_map_to_kwargs, literals, variables, {"x": python_type}) == message
    )


def test_a_union_of_what_cannot_be_a_key_cannot_either():
    key = typing.Union[list[int], None]
    message = refusal(UnsupportedTypeError, shimlite.to_literal_type, dict[key, int])
    assert message == "list[int] | None cannot be a key; use scalars as keys"


@pytest.mark.parametrize(
    ("python_type", "expected"), [(int, "INTEGER"), (str, "STRING"), (dict, "dict"), (dict[str, int], "dict[str, int]")]
)
def test_a_list_or_dict_of_none_which_the_platform_connects_to_any_is_refused_with_a_hint(python_type, expected):
    nil = scalar(none_type={})
    message = f"expected {expected}, got none_type; Flyte lets None in a list or dict through"
    for literal, whole, path in (
        (collection(nil), list[python_type], "[0]"),
        (map_of(k=nil), dict[str, python_type], "['k']"),
        (collection(collection(nil)), list[list[python_type]], "[0][0]"),
    ):
        assert refusal(ConversionTypeError, shimlite.to_python_value, literal, whole) == f"{path}: {message}"
    assert (
        refusal(ConversionTypeError, shimlite.to_python_value, nil, python_type)
        == f"expected {expected}, got none_type"
    )


def test_an_optional_map_arrives_as_a_struct_too():
    maybe = typing.Optional[dict[str, int]]
    assert shape(shimlite.to_python_value(struct({"a": 1}), maybe)) == shape({"a": 1})
