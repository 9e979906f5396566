# SPDX-License-Identifier: Apache-2.0
"""What messages call a foreign value, what is a type and what is none, and numbers too long for Python to print."""

import datetime as dt
import enum
import sys
import types
import typing
from dataclasses import dataclass, make_dataclass
from typing import Annotated, Any, Optional

import attr
import attrs
import pytest

import shimlite
from shimlite import ConversionTypeError, ConversionValueError, FlyteFile, ShimliteError, UnsupportedTypeError
from shimlite._idl import LiteralMap
from shimlite.engine import from_plain, to_plain

from ..support import Literal, packed, primitive, refusal, round_trip, shape, struct


def foreign(name: str, module: str, bases: tuple[type, ...] = (), **members: Any) -> Any:
    return type(name, bases, {"__module__": module, **members})


def numpy_scalar(name: str) -> Any:
    words = {"item": lambda self: 1, "__index__": lambda self: 1, "__float__": lambda self: 1.0, "dtype": name}
    return foreign(name, "numpy", **words)()


ARRAY = foreign("ndarray", "numpy", tolist=lambda self: [1.0], __len__=lambda self: 1, __array__=lambda self: self)()
NUMPY = [
    (numpy_scalar("bool"), bool, "expected BOOLEAN, got numpy.bool; write bool(x)"),
    (numpy_scalar("bool_"), bool, "expected BOOLEAN, got numpy.bool_; write bool(x)"),
    (numpy_scalar("int64"), int, "expected INTEGER, got numpy.int64; write int(x)"),
    (numpy_scalar("uint8"), int, "expected INTEGER, got numpy.uint8; write int(x)"),
    (numpy_scalar("float32"), float, "expected FLOAT, got numpy.float32; write float(x)"),
]
ANY_WORDS = [
    (numpy_scalar("int64"), str, "expected STRING, got numpy.int64"),
    (numpy_scalar("datetime64"), dt.datetime, "expected DATETIME, got numpy.datetime64"),
    (numpy_scalar("timedelta64"), dt.timedelta, "expected DURATION, got numpy.timedelta64"),
    (ARRAY, list[float], "expected list[float], got numpy.ndarray"),
    (ARRAY, float, "expected FLOAT, got numpy.ndarray"),
]


@pytest.mark.parametrize(("value", "kind", "message"), NUMPY + ANY_WORDS, ids=range(len(NUMPY + ANY_WORDS)))
def test_numpys_scalars_and_arrays_are_named_with_their_module(value, kind, message):
    exact, got = (value, kind, message) in NUMPY, message.split(", got ")[1]
    record, attrs_record = make_dataclass("R", [("x", kind)]), attrs.make_class("R", {"x": attr.ib(type=kind)})
    for whole, as_type, path in (
        (value, kind, ""),
        ([value], list[kind], "[0]: "),
        ({"k": value}, dict[str, kind], "['k']: "),
        (record(value), record, ".x: "),
        (attrs_record(value), attrs_record, ".x: "),
        (value, shimlite.to_literal_type(kind), ""),
    ):
        said = refusal(ConversionTypeError, shimlite.to_literal, whole, as_type)
        assert said.startswith(path) and f", got {got}" in said
        if kind not in (dt.datetime, dt.timedelta):  # in a field they have names of their own
            assert said == path + message if exact else said.startswith(path + message)
    assert got.split(";")[0] in refusal(ConversionTypeError, shimlite.to_literal, value, Optional[kind])


def test_so_they_are_where_nothing_says_a_type():
    anything = make_dataclass("R", [("x", Any)])
    for value in (numpy_scalar("int64"), ARRAY):
        name = f"got numpy.{type(value).__name__}"
        for whole, as_type, path in (({"a": [value]}, dict, "['a'][0]"), (anything(value), anything, ".x")):
            said = refusal(ConversionTypeError, shimlite.to_literal, whole, as_type)
            assert said.startswith(f"{path}: expected a JSON-like value, {name}")
    assert refusal(ConversionTypeError, shimlite.to_literal, ARRAY, list[float]).endswith("tolist()")
    key = numpy_scalar("int64")
    assert "got numpy.int64; write int(x)" in refusal(
        ConversionTypeError, shimlite.to_literal, {key: 1}, dict[int, int]
    )


def point_of(module: str, field_name: str = "x") -> Any:
    cls = make_dataclass("Point", [(field_name, int)])
    cls.__module__ = module  # Python 3.12 sets its own
    return cls


def test_two_classes_of_one_name_are_told_apart_by_their_modules():
    mine, theirs = point_of("mod_a"), point_of("mod_b")
    for whole, as_type, path in (
        (theirs(1), mine, ""),
        ([theirs(1)], list[mine], "[0]: "),
        ({1: theirs(1)}, dict[int, mine], "[1]: "),
        (make_dataclass("R", [("x", mine)])(theirs(1)), None, ".x: "),
    ):
        said = refusal(ConversionTypeError, shimlite.to_literal, whole, as_type or type(whole))
        assert said.startswith(path + "expected ") and "mod_a.Point" in said and "mod_b.Point" in said
    file = foreign("FlyteFile", "flytekit.types.file.file")()
    said = refusal(ConversionTypeError, shimlite.to_literal, file, FlyteFile)
    assert f"{FlyteFile.__module__.partition('.')[0]}." in said and "flytekit.types.file.file.FlyteFile" in said
    for name, kind in (
        ("bool", bool),
        ("int", int),
        ("str", str),
        ("date", dt.date),
        ("Color", enum.Enum("Color", "A")),
    ):
        record = make_dataclass("R", [("x", kind)])
        said = refusal(ConversionTypeError, shimlite.to_literal, record(foreign(name, "other")()), record)
        assert f"got other.{name}" in said


def test_so_they_are_where_one_cannot_be_read_as_the_other():
    mine, theirs = point_of("mod_a"), point_of("mod_b", "y")
    message = "not every mod_a.Point can be read as mod_b.Point"
    assert refusal(UnsupportedTypeError, shimlite.fidelity, mine, theirs) == message


BASE_MODEL = foreign(
    "BaseModel", "pydantic.main", __iter__=lambda self: iter(()), model_fields={}, __pydantic_fields__={}
)


def test_a_model_of_another_pydantic_is_told_to_be_one_of_pydantic_2():
    model = foreign("Config", "app.models", (BASE_MODEL,))
    for python_type in (model, list[model], dict[str, model], Optional[model], make_dataclass("R", [("x", model)])):
        said = refusal(UnsupportedTypeError, shimlite.to_literal_type, python_type)
        assert said.endswith("Config is not supported; use a model of pydantic 2, or a dataclass")
    said = refusal(UnsupportedTypeError, shimlite.to_literal_type, BASE_MODEL)
    assert said == "BaseModel is not supported; use a model of your own"
    said = refusal(ConversionTypeError, shimlite.to_literal, {"a": model()}, dict)
    assert said.startswith("['a']: expected a JSON-like value, got ") and "Config" in said


def test_an_ellipsis_is_spelled_as_it_is_written():
    message = "tuple[int, ...] is not supported; use list[T]"
    for python_type in (tuple[int, ...], list[tuple[int, ...]], typing.Tuple[int, ...]):  # noqa: UP006
        assert refusal(UnsupportedTypeError, shimlite.to_literal_type, python_type) == message
    for python_type in (Optional[tuple[int, ...]], typing.Callable[..., int]):
        said = refusal(UnsupportedTypeError, shimlite.to_literal_type, python_type)
        assert "..." in said and "Ellipsis" not in said
    said = refusal(UnsupportedTypeError, shimlite.to_literal_type, make_dataclass("R", [("x", tuple[str, ...])]))
    assert said == "R.x: tuple[str, ...] is not supported; use list[T]"


@dataclass
class Point:
    x: int


UserId = typing.NewType("UserId", int)
ManagerId = typing.NewType("ManagerId", UserId)
Name = typing.NewType("Name", str)
Ids = typing.NewType("Ids", list[int])
Where = typing.NewType("Where", Point)
ALIASES: list[tuple[Any, Any, Any]] = [
    (UserId, int, 5),
    (ManagerId, int, 5),
    (Ids, list[int], [1]),
    (Where, Point, Point(1)),
    (list[UserId], list[int], [1]),
    (dict[Name, Ids], dict[str, list[int]], {"a": [1]}),
    (dict[UserId, Name], dict[int, str], {1: "a"}),
    (Optional[Name], Optional[str], None),
    (typing.Union[Name, UserId], typing.Union[str, int], 1),
    (typing.Union[int, UserId], int, 1),
    (Annotated[UserId, "words"], int, 1),
    (make_dataclass("R", [("x", Optional[UserId])]), make_dataclass("R", [("x", Optional[int])]), "record"),
]
if sys.version_info >= (3, 12):
    names: dict[str, Any] = {"Optional": Optional, "Point": Point}
    code = "type X = list[int]\ntype Y = X\ntype L[T] = list[T]\ntype J = dict[str, J] | int\ntype K = int"
    exec(f"{code}\ntype P = Point\ntype Later = Soon\ntype M = X | None\ntype B = B", names)
    X, Y, K, P, M = (names[name] for name in "XYKPM")
    ALIASES += [
        (X, list[int], [1]),
        (Y, list[int], [1]),
        (names["L"][int], list[int], [1]),
        (list[X], list[list[int]], [[1]]),
        (dict[str, Y], dict[str, list[int]], {"a": [1]}),
        (dict[K, P], dict[int, Point], {1: Point(1)}),
        (X | None, Optional[list[int]], None),
        (M, Optional[list[int]], [1]),
        (M | str, typing.Union[list[int], None, str], "a"),
        (Annotated[X, "words"], list[int], [1]),
        (make_dataclass("R", [("x", M)]), make_dataclass("R", [("x", Optional[list[int]])]), "record"),
    ]


class TypeAliasType:
    """As typing_extensions has it, for every Python."""

    def __init__(self, name: str, value: Any, *parameters: Any) -> None:
        self.__name__, self.__value__, self.__type_params__ = name, value, parameters

    def __getitem__(self, arguments: Any) -> Any:
        return types.GenericAlias(self, arguments)  # type: ignore[arg-type]


K_, V_ = typing.TypeVar("K_"), typing.TypeVar("V_")
SWAPPED = TypeAliasType("Swapped", dict[V_, K_], K_, V_)
ITSELF = TypeAliasType("Itself", V_, V_)
SECOND = TypeAliasType("Second", list[V_], K_, V_)
ENDLESS = TypeAliasType("Endless", None)
ENDLESS.__value__ = ENDLESS
ALIASES += [
    (SWAPPED[int, str], dict[str, int], {"a": 1}),  # by the alias's own parameters, whatever their order in its value
    (ITSELF[int], int, 1),
    (TypeAliasType("Constant", int, V_)[str], int, 1),
    (SECOND[int, str], list[str], ["a"]),
    (SECOND[int, SECOND[int, str]], list[list[str]], [["a"]]),
    (list[ITSELF[Point]], list[Point], [Point(1)]),
    (TypeAliasType("Maybe", Optional[V_], V_)[int], Optional[int], None),
    (TypeAliasType("Plain", list[int]), list[int], [1]),
]


def test_an_alias_without_its_arguments_or_of_itself_is_refused():
    for alias, message in (
        (SECOND, "V_ is not supported; use a type of the table in the README"),
        (ENDLESS, "Endless is an alias of itself"),
        (list[ENDLESS], "Endless is an alias of itself"),
        (set[SECOND[int, str]], "set[Second[int, str]] is not supported; use list[T]"),
    ):
        assert refusal(UnsupportedTypeError, shimlite.to_literal_type, alias) == message


@pytest.mark.parametrize(("alias", "python_type", "value"), ALIASES, ids=range(len(ALIASES)))
def test_an_alias_and_a_new_type_are_what_they_name(alias, python_type, value):
    assert shimlite.to_literal_type(alias) == shimlite.to_literal_type(python_type)
    written, value = (alias(x=None), python_type(x=None)) if value == "record" else (value, value)
    literal = shimlite.to_literal(written, alias)
    assert literal == shimlite.to_literal(value, python_type)
    assert shape(shimlite.to_python_value(literal, alias)) == shape(written)
    assert shape(shimlite.to_python_value(literal, python_type)) == shape(value)
    assert shimlite.fidelity(alias, alias).exact
    assert to_plain(written, alias) == to_plain(value, python_type)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="PEP 695")
@pytest.mark.parametrize("name", ["J", "B", "Later"])
def test_an_alias_that_names_itself_or_nothing_is_refused(name):
    for python_type in (names[name], list[names[name]], make_dataclass("R", [("x", names[name])])):
        refusal(UnsupportedTypeError, shimlite.to_literal_type, python_type)


class Alike:
    """Compares and hashes as a type that is known by now."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return hash(list[float])


NO_TYPES = [
    (list, float), [list, float], (list, (float,)), ((list,), float), (list[float],), (float,), {list: float}, (),
    (typing.Union, int, None), (typing.Literal, (str, "a")), (dict, str, int), Alike(), 5, ...,
    types.SimpleNamespace(__origin__=list, __args__=(float,)), b"float", {float}, Point(1),
]  # fmt: skip


@pytest.mark.parametrize("no_type", NO_TYPES, ids=range(len(NO_TYPES)))
def test_only_types_are_types_whatever_was_converted_before(no_type):
    def refused_by_all() -> None:
        for call in (shimlite.to_literal_type, shimlite.fidelity):
            refusal(UnsupportedTypeError, call, no_type)
        refusal(UnsupportedTypeError, shimlite.to_literal, [1.5], no_type)
        refusal(UnsupportedTypeError, shimlite.to_python_value, Literal(), no_type)
        refusal(UnsupportedTypeError, shimlite.to_literal_type, make_dataclass("R", [("x", no_type)]))

    refused_by_all()
    for value, known in (([1.5], list[float]), (1.5, float), ({"a": 1}, dict[str, int]), ("a", typing.Literal["a"])):
        assert round_trip(value, known) == value
        assert round_trip(value, Optional[known]) == value
    refused_by_all()


HUGE = 10**5000
HUGE_KEYS = [
    ({HUGE: 1}, dict, ""),
    ({"a": [{HUGE: 1}]}, dict, "['a'][0]"),
    ({HUGE: {1}}, dict, ""),
    ({-HUGE: 1}, dict[int, int], ""),
    ({HUGE: 1}, dict[typing.Union[int, str], int], ""),
    ({HUGE: 1}, dict[float, int], ""),
    ({HUGE: 1}, dict[str, int], ""),
    ([{HUGE: 1}], list[dict[str, int]], "[0]"),
    (make_dataclass("R", [("x", Any)])({HUGE: 1}), "record", ".x"),
    (make_dataclass("R", [("x", dict[int, str])])({HUGE: "a"}), "record", ".x"),
]


def one_line(call: Any, *arguments: Any) -> str:
    """The message of the error of ours that is raised; Python's own ValueError names its limit of digits."""
    with pytest.raises(ShimliteError) as caught:
        call(*arguments)
    said = str(caught.value)
    assert "\n" not in said and "digits" not in said and len(said) < 400
    return said


@pytest.mark.parametrize(("value", "python_type", "path"), HUGE_KEYS, ids=range(len(HUGE_KEYS)))
def test_a_huge_int_as_a_key_is_refused_in_one_line(value, python_type, path):
    python_type = type(value) if python_type == "record" else python_type
    for call in (shimlite.to_literal, to_plain):
        assert one_line(call, value, python_type).startswith(f"{path}[")
    if python_type is dict and path == "" and value == {HUGE: 1}:
        said = refusal(ConversionValueError, shimlite.to_literal, value, dict)
        assert said.endswith("]: expected an int that msgpack can hold, got int out of range")


def test_a_huge_int_in_a_type_is_refused_in_one_line():
    big = enum.Enum("Big", {"A": HUGE, "B": 1})
    inner = [typing.Literal[HUGE], typing.Literal["a", HUGE], typing.Literal[HUGE, 1], big]
    for choice in inner:
        for python_type in (
            choice,
            list[choice],
            Optional[choice],
            dict[choice, int],
            make_dataclass("R", [("x", choice)], namespace={"__doc__": "Python 3.10 would write the types."}),
        ):
            for call in (shimlite.to_literal_type, shimlite.fidelity, lambda one: shimlite.to_literal(None, one)):
                assert one_line(call, python_type) == refusal(UnsupportedTypeError, call, python_type)
    for default in (HUGE, {HUGE: 1}):
        record = attrs.make_class("R", {"x": attr.ib(type=Any if default is not HUGE else int, default=default)})
        refusal(UnsupportedTypeError, shimlite.to_literal_type, record)


def test_a_huge_int_where_another_value_is_wanted_is_refused_in_one_line():
    class Level(enum.IntEnum):
        LOW = 1

    kinds = (int, float, str, bool, dt.timedelta, typing.Literal[1, 2], Optional[int], typing.Union[float, str])
    for kind in (*kinds, list[int], dict, make_dataclass("R", [("x", int)])):
        for call in (shimlite.to_literal, to_plain, from_plain):
            one_line(call, HUGE, kind)
    for kind in (*kinds, Level, Any, typing.Literal[1, "a"]):
        record = make_dataclass("R", [("x", kind)])
        assert one_line(shimlite.to_literal, record(HUGE), record).startswith(".x: ")
    for key in (int, Level, dt.timedelta, Optional[int], typing.Literal[1]):
        for literal in (struct({"1" * 5000: "a"}), packed({"1" * 5000: "a"})):
            assert one_line(shimlite.to_python_value, literal, dict[key, str]).startswith("['111")
    one_line(shimlite.dict_to_literal_map, {HUGE: 1}, {})
    one_line(shimlite.dict_to_literal_map, {HUGE: 1, "x": 2}, {"x": None})
    assert shimlite.literal_map_to_kwargs(LiteralMap(), {}, {HUGE: int}) == {}
    assert refusal(ConversionValueError, shimlite.to_literal, HUGE, int) == "expected INTEGER, got int beyond int64"
    assert shimlite.to_literal(1, int) == primitive(integer=1)
