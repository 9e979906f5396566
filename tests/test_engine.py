# SPDX-License-Identifier: Apache-2.0
"""shimlite/engine.py: the public functions, error paths, the cache, and that no value is ever shown."""

import dataclasses
import datetime as dt
import enum
import gc
import typing
from typing import Annotated, Any, Optional, Union

import pytest

import shimlite
from shimlite import (
    ConversionTypeError,
    ConversionValueError,
    FlyteDirectory,
    FlyteError,
    FlyteFile,
    FlyteSchema,
    StructuredDataset,
    UnsupportedTypeError,
    engine,
)
from shimlite.idl import LiteralMap, Variable, VariableMap
from shimlite.values import Format

from .stripping import stripped_type
from .support import (
    LiteralType,
    collection,
    map_of,
    packed,
    primitive,
    record_type,
    refusal,
    scalar,
    shape,
    simple,
    struct,
    union,
)


@dataclasses.dataclass
class Point:
    x: int


class Color(enum.Enum):
    RED = "red"


def interface(**types: LiteralType) -> dict[str, Variable]:
    return {name: Variable(type=literal_type) for name, literal_type in types.items()}


def literals(**held: Any) -> LiteralMap:
    return LiteralMap(literals=held)


ROWS = LiteralType(collection_type=LiteralType(map_value_type=simple("FLOAT")))
TYPES = interface(n=simple("INTEGER"), when=simple("DATETIME"), rows=ROWS)
VALUES = {"n": 1, "when": dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc), "rows": [{"price": 1.5}, {}]}
LITERALS = literals(
    n=primitive(integer=1),
    when=primitive(datetime={}),
    rows=collection(map_of(price=primitive(float_value=1.5)), map_of()),
)


@pytest.mark.parametrize("variables", [TYPES, VariableMap(variables=TYPES)], ids=["mapping", "VariableMap"])
def test_a_map_and_back(variables):
    assert shape(shimlite.literal_map_to_kwargs(LITERALS, variables)) == shape(VALUES)
    assert shimlite.dict_to_literal_map(VALUES, variables) == LITERALS


def test_an_interface_without_variables():
    for variables in ({}, VariableMap()):
        assert shimlite.literal_map_to_kwargs(LiteralMap(), variables) == {}
        assert shimlite.dict_to_literal_map({}, variables) == LiteralMap()


def test_python_types_refine_the_guess():
    types = {"when": dt.date, "rows": list[dict[str, float]]}
    assert shape(shimlite.literal_map_to_kwargs(LITERALS, TYPES, types)["when"]) == shape(dt.date(1970, 1, 1))
    given = {**VALUES, "when": dt.date(1970, 1, 1)}
    assert shimlite.dict_to_literal_map(given, TYPES, types) == LITERALS
    record = interface(p=shimlite.to_literal_type(Point))
    assert type(shimlite.literal_map_to_kwargs(literals(p=packed({"x": 1})), record, {"p": Point})["p"]) is Point


def test_python_types_of_no_variable_are_not_looked_at():
    assert shimlite.literal_map_to_kwargs(LiteralMap(), {}, {"other": set}) == {}


NAMES = [
    ({}, "n: missing; and 2 more"),
    ({"n": 1, "rows": []}, "when: missing"),
    ({"n": 1}, "rows: missing; and 1 more"),
    ({**VALUES, "z": 1}, "z: not in the interface"),
    ({**VALUES, "z": 1, "a": 2}, "a: not in the interface; and 1 more"),
    ({"z": 1}, "n: missing; and 2 more"),
]


@pytest.mark.parametrize(("given", "message"), NAMES)
def test_missing_and_extra_names_are_refused(given, message):
    assert refusal(ConversionValueError, shimlite.dict_to_literal_map, given, TYPES) == message
    held = literals(**dict.fromkeys(given, primitive(integer=1)))
    assert refusal(ConversionValueError, shimlite.literal_map_to_kwargs, held, TYPES) == message


def test_what_is_no_literal_map_is_refused():
    assert refusal(ConversionTypeError, shimlite.literal_map_to_kwargs, {"a": 1}, {}) == (
        "expected a LiteralMap, got dict of 1"
    )


def test_a_name_that_is_no_text_is_refused():
    assert refusal(ConversionValueError, shimlite.dict_to_literal_map, {5: 1}, {}) == "['5']: not in the interface"


def test_a_name_in_a_message_is_in_one_line():
    held = LiteralMap(literals={"a\nb": primitive(integer=1)})
    assert "\n" not in refusal(ConversionValueError, shimlite.literal_map_to_kwargs, held, {})
    variables = interface(**{"a\nb": LiteralType()})
    assert "\n" not in refusal(ConversionValueError, shimlite.dict_to_literal_map, {}, variables)


def test_a_literal_map_is_not_changed_by_reading_it():
    held = literals(n=primitive(integer=1))
    refusal(ConversionValueError, shimlite.literal_map_to_kwargs, held, TYPES)
    assert held == literals(n=primitive(integer=1))


def test_the_path_starts_at_the_variable():
    bad = literals(n=primitive(integer=1), when=primitive(datetime={}))
    bad.literals["rows"].CopyFrom(collection(map_of(), map_of(), map_of(), map_of(price=primitive(string_value="x"))))
    with pytest.raises(ConversionTypeError) as caught:
        shimlite.literal_map_to_kwargs(bad, TYPES)
    assert str(caught.value) == "rows[3]['price']: expected FLOAT, got string_value"
    assert (caught.value.path, caught.value.expected, caught.value.got) == (
        "rows[3]['price']",
        "FLOAT",
        "string_value",
    )
    values = {**VALUES, "rows": [{}, {"price": "x"}]}
    assert refusal(ConversionTypeError, shimlite.dict_to_literal_map, values, TYPES) == (
        "rows[1]['price']: expected FLOAT, got str"
    )


def test_a_type_that_does_not_fit_is_refused_before_any_data():
    for call, given in ((shimlite.literal_map_to_kwargs, LITERALS), (shimlite.dict_to_literal_map, VALUES)):
        assert refusal(UnsupportedTypeError, call, given, TYPES, {"n": str}) == "n: str does not fit INTEGER"
        assert refusal(UnsupportedTypeError, call, given, TYPES, {"rows": list[dict[str, set]]}) == (
            "rows: set is not supported; use list[T]"
        )
        assert refusal(UnsupportedTypeError, call, given, TYPES, {"rows": list[dict[str, int]]}) == (
            "rows: int does not fit FLOAT"
        )


def test_a_name_that_utf8_cannot_write_is_refused():
    variables = {"\ud800": Variable(type=simple("INTEGER"))}
    with pytest.raises(ConversionValueError) as caught:
        shimlite.dict_to_literal_map({"\ud800": 1}, variables)
    assert caught.value.got == "str with a lone surrogate"


@pytest.mark.parametrize("as_type", [int, simple("INTEGER"), Annotated[int, "n"]])
def test_as_type_is_a_python_type_or_a_literal_type(as_type):
    assert shimlite.to_literal(5, as_type) == primitive(integer=5)
    assert shape(shimlite.to_python_value(primitive(integer=5), as_type)) == shape(5)


def test_a_literal_type_that_changes_later_changes_no_converter():
    literal_type = shimlite.to_literal_type(Optional[int])
    assert shimlite.to_literal(1, literal_type) == union(primitive(integer=1), simple("INTEGER", "int"))
    literal_type.union_type.variants[0].simple = simple("STRING").simple
    original = shimlite.to_literal_type(Optional[int])
    assert shimlite.to_literal(2, original) == union(primitive(integer=2), simple("INTEGER", "int"))
    assert shimlite.to_literal("a", literal_type) == union(primitive(string_value="a"), simple("STRING", "int"))


def test_a_written_literal_is_the_callers_own():
    one, other = (shimlite.to_literal(1, Optional[int]) for _ in range(2))
    one.scalar.union.type.simple = simple("STRING").simple
    assert other == shimlite.to_literal(1, Optional[int])


def test_types_are_told_apart_where_python_takes_them_for_equal():
    for one, other in (
        (Union[int, str], Union[str, int]),
        (int | str, str | int),
        (typing.Literal[1], typing.Literal[True]),
        (typing.Literal[1, 0], typing.Literal[True, False]),
        (list[typing.Literal[0]], list[typing.Literal[False]]),
    ):
        assert shimlite.to_literal_type(one) != shimlite.to_literal_type(other)
    assert shape(shimlite.to_literal([0], list[typing.Literal[0]])) != shape(
        shimlite.to_literal([False], list[typing.Literal[False]])
    )


@pytest.mark.parametrize("not_a_type", [[int], {"a": int}, {1, 2}, list[[1, 2]]])  # type: ignore[misc]
def test_what_is_no_type_is_refused(not_a_type):
    for call, arguments in ((shimlite.to_literal_type, [not_a_type]), (shimlite.to_literal, [1, not_a_type])):
        with pytest.raises(UnsupportedTypeError):
            call(*arguments)


def test_what_cannot_be_hashed_is_described_by_its_class():
    assert (
        refusal(UnsupportedTypeError, shimlite.to_literal, 1, [int])
        == "a list of 1 is not supported; use a type of the table in the README"
    )
    assert (
        refusal(UnsupportedTypeError, shimlite.to_literal, 1, {"a": int})
        == "a dict of 1 is not supported; use a type of the table in the README"
    )


@pytest.mark.parametrize("python_type", [int, None, "x"])
def test_what_is_no_message_is_refused_in_words(python_type):
    """The arguments may have been swapped."""
    with pytest.raises(TypeError):
        shimlite.guess_python_type(python_type)
    with pytest.raises(TypeError):
        shimlite.to_python_value(python_type, int)


def deep_type(levels: int) -> Any:
    made: Any = int
    for _ in range(levels):
        made = list[made]
    return made


def test_a_type_nested_beyond_pythons_stack_is_refused():
    message = "nested too deeply"
    for levels in (99, 120, 5_000):  # counted, refused by protobuf, beyond the stack
        assert refusal(UnsupportedTypeError, shimlite.to_literal_type, deep_type(levels)) == message
    assert refusal(UnsupportedTypeError, shimlite.to_literal, [], deep_type(5_000)) == message
    literal_type = LiteralType()
    inner = literal_type
    for _ in range(5_000):
        inner.collection_type.SetInParent()  # from outside in, or pure Python's protobuf recurses
        inner = inner.collection_type
    inner.simple = simple("INTEGER").simple
    assert refusal(UnsupportedTypeError, shimlite.guess_python_type, literal_type) == message


def test_what_is_generated_is_not_kept_for_ever():
    def compiled() -> int:
        return sum(type(one).__name__ == "Codec" for one in gc.get_objects())

    for number in range(engine.MOST_CONVERTERS + 50):
        literal_type = LiteralType(simple=1)
        literal_type.metadata.update({str(number): None})
        shimlite.to_literal(1, literal_type)
    gc.collect()
    assert compiled() <= engine.MOST_CONVERTERS + 100


def test_types_made_anew_for_each_call_are_told_apart_and_not_kept_for_ever():
    """The next may be made at the address of the last, which only a type that is kept still has."""
    shimlite.to_literal([], list[int])
    before = len(engine._CODECS)
    for _ in range(500):
        assert shimlite.to_literal([1], list[int]) == collection(primitive(integer=1))
        assert shimlite.to_literal(["a"], list[str]) == collection(primitive(string_value="a"))
        assert shimlite.to_python_value(shimlite.to_literal(1, int | None), int | None) == 1
    assert len(engine._CODECS) <= before + 9


def test_what_json_like_data_stands_for():
    assert shape(engine.to_plain([dt.timedelta(seconds=1.5)], list[dt.timedelta])) == shape([1.5])
    assert shape(engine.from_plain([1.5], list[dt.timedelta])) == shape([dt.timedelta(seconds=1.5)])
    literal_type = shimlite.to_literal_type(Point)
    for declared in (literal_type, stripped_type(literal_type)):
        assert shape(engine.to_plain({"x": 1}, declared)) == shape({"x": 1})
        assert shape(engine.from_plain({"x": 1}, declared)) == shape({"x": 1})
    assert shape(engine.to_plain(Point(1), Point)) == shape({"x": 1})
    assert shape(engine.from_plain({"x": 1}, Point)) == shape(Point(1))
    assert refusal(ConversionTypeError, engine.to_plain, "5", int) == "expected INTEGER, got str"
    for value, python_type in ((Point(1), Point), (FlyteFile("a"), FlyteFile), (FlyteError("a"), FlyteError)):
        name = python_type.__name__
        assert refusal(ConversionTypeError, engine.from_plain, value, python_type) == (
            f"expected the fields of {name}, got {name}"
        )
    assert refusal(UnsupportedTypeError, engine.from_plain, [], set) == "set is not supported; use list[T]"


def test_a_dataset_with_columns_is_a_type_of_its_own():
    one = Annotated[StructuredDataset, {"id": int}, "csv"]
    assert shimlite.to_literal_type(list[one]).collection_type == shimlite.to_literal_type(one)
    assert shimlite.to_literal_type(one) != shimlite.to_literal_type(StructuredDataset)
    written = shimlite.to_literal(StructuredDataset("u"), one).scalar.structured_dataset.metadata
    assert written.structured_dataset_type == shimlite.to_literal_type(one).structured_dataset_type


def test_two_classes_of_one_name_are_two_types():
    def make(field_type: type) -> type:
        return dataclasses.make_dataclass("Same", [("x", field_type)])

    texts, numbers = make(str), make(int)
    assert shimlite.to_literal_type(texts) != shimlite.to_literal_type(numbers)
    assert type(shimlite.to_python_value(packed({"x": 1}), numbers)) is numbers
    assert refusal(ConversionTypeError, shimlite.to_python_value, packed({"x": 1}), texts) == (
        ".x: expected STRING, got int"
    )


def test_a_class_that_holds_itself_which_is_refused_is_refused_again():
    """The first refusal leaves no half-compiled class behind."""

    @dataclasses.dataclass
    class Bad:
        rest: Any
        wrong: Any

    Bad.__annotations__.update(rest=Optional[Bad], wrong=set)
    for _ in range(2):
        assert refusal(UnsupportedTypeError, shimlite.to_literal, None, Bad) == (
            "Bad.wrong: set is not supported; use list[T]"
        )


# No message shows a value.

SECRET = "hunter2"
NUMBER = 8151623
SECRETS = [
    SECRET, NUMBER, float(NUMBER) + 0.5, SECRET.encode(), [SECRET], (SECRET,), {"k": SECRET}, {SECRET},
    {"k": [NUMBER]}, FlyteFile(SECRET), FlyteFile("u", metadata={"k": SECRET}), FlyteDirectory(SECRET),
    StructuredDataset(SECRET), StructuredDataset("u", columns=((SECRET, NUMBER),)),
    FlyteSchema(SECRET), FlyteSchema("u", columns=(("a", SECRET),)), FlyteError(SECRET), SECRET + "\ud800",
    dt.timedelta(microseconds=NUMBER), dt.date(8151, 6, 23), dt.datetime.max.replace(tzinfo=dt.timezone.min),
    enum.Enum("Other", {"A": SECRET}).A, ValueError(SECRET), type("Odd", (str,), {})(SECRET), NUMBER * 10**20,
]  # fmt: skip


@dataclasses.dataclass
class Holder:
    x: int
    s: Optional[str] = None
    a: Any = None


AS_TYPES = [
    None, bool, int, float, str, bytes, dt.datetime, dt.date, dt.timedelta, Color, typing.Literal["a"],
    typing.Literal[1], list[int], list[Color], dict[str, int], dict[int, Color], dict, Optional[int],
    Union[int, list[str]], Union[Color, dt.date], Point, Holder, FlyteFile, FlyteFile["csv"], FlyteDirectory,
    StructuredDataset, FlyteSchema, FlyteError, typing.NoReturn, shimlite.to_literal_type(Point),
]  # fmt: skip


def shown_by(error: BaseException) -> str:
    return f"{error} {error!r} {error.args} {vars(error)}"


def assert_hidden(error: BaseException) -> None:
    assert isinstance(error, shimlite.ShimliteError), repr(error)
    shown = shown_by(error)
    assert SECRET not in shown and str(NUMBER) not in shown and "8151" not in shown
    assert "\n" not in str(error)


def named(as_type: Any) -> str:
    return "guessed" if isinstance(as_type, LiteralType) else shimlite._types.parse.spell(as_type)


def wrapped(value: Any) -> list[Any]:
    return [value, [value], {"k": value}, {5: [value]}, Point(value), Holder(1, value), Holder(1, None, value)]


@pytest.mark.parametrize("as_type", AS_TYPES, ids=named)
def test_no_error_of_writing_shows_a_value(as_type):
    refused = 0
    for secret in SECRETS:
        for value in wrapped(secret):
            try:
                shimlite.to_literal(value, as_type)
            except Exception as error:
                assert_hidden(error)
                refused += 1
    assert refused > 20


LITERAL_SECRETS = [
    primitive(string_value=SECRET), primitive(integer=NUMBER), primitive(float_value=NUMBER + 0.5),
    primitive(datetime={"seconds": NUMBER * 10**9}), primitive(duration={"seconds": NUMBER * 10**9}),
    packed(SECRET), packed(NUMBER), packed(NUMBER + 0.5), packed(SECRET.encode()), packed([SECRET]),
    packed({"x": SECRET}), packed({"path": [SECRET], "uri": NUMBER, "message": {"k": SECRET}, "remote_path": NUMBER}),
    packed({"path": {"k": SECRET}, "uri": {"k": SECRET}, "message": {"k": SECRET}, "remote_path": {"k": SECRET}}),
    struct({"x": SECRET}), struct({"x": NUMBER + 0.5}), scalar(binary={"value": SECRET.encode(), "tag": SECRET}),
    scalar(binary={"value": b"\xa7" + SECRET[:-1].encode() + b"\xff", "tag": "msgpack"}),
    scalar(blob={"uri": SECRET}), scalar(error={"message": SECRET}), scalar(schema={"uri": SECRET}),
    scalar(structured_dataset={"uri": SECRET}), collection(primitive(string_value=SECRET)),
    map_of(k=primitive(integer=NUMBER)), union(primitive(string_value=SECRET), simple("STRING", "str")),
    union(primitive(integer=NUMBER), simple("INTEGER", "int")),
]  # fmt: skip


@pytest.mark.parametrize("as_type", AS_TYPES, ids=named)
def test_no_error_of_reading_shows_a_value(as_type):
    refused = 0
    for secret in LITERAL_SECRETS:
        for literal in (secret, collection(secret), map_of(k=secret)):
            try:
                shimlite.to_python_value(literal, as_type)
            except Exception as error:
                assert_hidden(error)
                refused += 1
    assert refused > 20


def test_no_error_about_a_default_shows_it():
    wrong = dataclasses.make_dataclass("Wrong", [("x", int, dataclasses.field(default=SECRET))])
    with pytest.raises(UnsupportedTypeError) as caught:
        shimlite.to_literal_type(wrong)
    assert_hidden(caught.value)
    literal_type = record_type(
        {"type": "object", "title": "R", "properties": {"x": {"type": "integer", "default": SECRET}}}
    )
    assert shimlite.to_python_value(packed({}), literal_type) == {}  # a default that stands in a template is not read


@pytest.mark.parametrize("value", [SECRET, NUMBER, NUMBER + 0.5])
def test_a_value_in_the_place_of_a_type_is_not_shown(value):
    """``to_literal(int, secret)``: the arguments swapped."""
    with pytest.raises(UnsupportedTypeError) as caught:
        shimlite.to_literal(int, value)
    assert_hidden(caught.value)


def test_what_is_no_literal_type_is_named():
    with pytest.raises(UnsupportedTypeError) as caught:
        shimlite.guess_python_type(LiteralMap())
    assert str(caught.value) == "expected a LiteralType, got LiteralMap"
    assert (caught.value.expected, caught.value.got) == ("a LiteralType", "LiteralMap")


def test_words_that_mean_something_for_another_type_mean_nothing():
    assert shimlite.to_literal_type(typing.Annotated[int, Format("csv")]) == shimlite.to_literal_type(int)
    assert shimlite.to_literal_type(list[typing.Annotated[int, Format("csv")]]) == shimlite.to_literal_type(list[int])


def test_names_that_are_no_text_are_refused_like_any_other():
    message = refusal(ConversionValueError, shimlite.dict_to_literal_map, {"x": 1, 1: 2, None: 3}, {})
    assert message == "['1']: not in the interface; and 2 more"


def test_classes_that_hold_one_another_many_times_over_are_refused():
    record: Any = int
    for place in range(16):
        record = dataclasses.make_dataclass(f"C{place}", [("a", record), ("b", record)])
    message = "holds more than 20000 types"
    assert refusal(UnsupportedTypeError, shimlite.to_literal_type, record) == message
