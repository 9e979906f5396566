# SPDX-License-Identifier: Apache-2.0
"""Classes that do as they like: metaclasses, names, attributes and values that lie or raise.

They are converted like any other class, or refused by an error of ours, in one line of bounded length that shows no
value.
"""

import dataclasses
import datetime as dt
import enum
import inspect
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass, field, make_dataclass
from typing import Annotated, Any, Optional, Union
from unittest.mock import MagicMock, Mock

import attr
import attrs
import pytest

import shimlite
from shimlite import (
    ConversionTypeError,
    ConversionValueError,
    FlyteDirectory,
    FlyteError,
    FlyteFile,
    FlyteSchema,
    ShimliteError,
    StructuredDataset,
    UnsupportedTypeError,
)
from shimlite.engine import from_plain, output_type, to_plain

from ..support import LiteralType, primitive, refusal, round_trip, schema_of, shape, simple, unpacked

SECRET = "hunter2"
LONGEST = 600
"""Characters of a message that names a class or two, a path and a hint."""


def said(call: Callable[..., Any], *arguments: Any) -> str:
    """The message of the error of ours that is raised: one line, bounded, and no value."""
    with pytest.raises(ShimliteError) as caught:
        call(*arguments)
    message = str(caught.value)
    assert message.isprintable() and len(message) <= LONGEST and SECRET not in message
    return message


# --- metaclasses -----------------------------------------------------------------------------------------------------


class NoHash(type):
    __hash__ = None  # type: ignore[assignment]

    def __eq__(cls, other: object) -> bool:
        return NotImplemented


class HashRaises(type):
    def __hash__(cls) -> int:
        raise ValueError(SECRET)


class EqRaises(type):
    def __eq__(cls, other: object) -> bool:
        raise ValueError(SECRET)

    __hash__ = type.__hash__


class EqualsAll(type):
    def __eq__(cls, other: object) -> bool:
        return True

    def __hash__(cls) -> int:
        return hash(int)


class ByName(type):
    """As notebooks have it, which make a class again."""

    def __eq__(cls, other: object) -> bool:
        return isinstance(other, ByName) and cls.__name__ == other.__name__

    def __hash__(cls) -> int:
        return hash(cls.__name__)


class Queries(type):
    """A class of a query language, whose | is no union."""

    def __or__(cls, other: object) -> Any:
        return "a\nquery"

    __ror__ = __or__


METACLASSES = [NoHash, HashRaises, EqRaises, EqualsAll, ByName, Queries]


def record_of(metaclass: type, make: Any = dataclass, name: str = "Point", **annotations: Any) -> Any:
    names = {
        "__annotations__": annotations or {"x": int},
        "__module__": __name__,
        "__doc__": "As Python 3.10 needs it.",
    }
    return make(metaclass(name, (), names))


@pytest.mark.parametrize("make", [dataclass, attrs.define(slots=False), attrs.frozen(slots=False, eq=False)])
@pytest.mark.parametrize("metaclass", [NoHash, HashRaises, ByName, Queries])
def test_a_record_of_any_metaclass_is_a_record(metaclass, make):
    cls = record_of(metaclass, make)
    outer = make_dataclass("Outer", [("one", cls), ("many", list[cls]), ("by_int", dict[int, cls])])
    for value, python_type in (
        (cls(1), cls),
        ([cls(1)], list[cls]),
        ({"a": cls(1)}, dict[str, cls]),
        ({1: cls(1)}, dict[int, cls]),
        (outer(cls(1), [cls(2)], {3: cls(3)}), outer),
    ):
        back = round_trip(value, python_type)
        assert repr(back) == repr(value)
        assert repr(from_plain(to_plain(value, python_type), python_type)) == repr(value)
    assert schema_of(cls)["title"] == "Point"
    assert unpacked(shimlite.to_literal(cls(1), simple("STRUCT"))) == {"x": 1}
    assert shimlite.fidelity(cls, cls).exact
    assert [one.what for one in shimlite.fidelity(cls).losses] == ["its class Point"]


@pytest.mark.parametrize("metaclass", [ByName, Queries])
def test_so_it_is_in_a_union_where_python_can_make_one(metaclass):
    cls = record_of(metaclass, name="InUnion")  # typing remembers unions of equal classes
    for python_type, value in (
        (Optional[cls], cls(1)),
        (Union[cls, int], cls(1)),
        (Union[int, cls, None], cls(1)),
        (list[Union[cls, str]], [cls(1), "a"]),
        (dict[str, Optional[cls]], {"a": cls(1)}),
        (make_dataclass("Holder", [("x", Union[int, cls])]), None),
    ):
        value = python_type(cls(1)) if value is None else value
        assert repr(round_trip(value, python_type)) == repr(value)


@pytest.mark.parametrize("metaclass", [EqRaises, EqualsAll])
def test_a_class_that_deceives_inspect_is_refused_where_that_raises(metaclass):
    """As it does up to Python 3.12."""
    cls = record_of(metaclass)
    try:
        inspect.signature(cls)
    except ValueError:
        for call, *arguments in ((shimlite.to_literal_type, cls), (shimlite.to_literal, [cls(1)], list[cls])):
            assert said(call, *arguments) == "Point cannot be made: it has no signature"
    else:
        assert repr(round_trip([cls(1)], list[cls])) == "[Point(x=1)]"


def test_a_metaclass_with_an_or_of_its_own_is_in_no_message_and_no_type():
    one, other = record_of(Queries), record_of(Queries, name="Place", y=int)
    python_type = Union[one, other, None]
    assert said(shimlite.to_literal, 5, python_type) == "expected Point | Place | None, got int"
    assert [one.path for one in shimlite.fidelity(python_type).losses] == ["<Point>", "<Place>"]
    for written in (one(1), other(y=2), None):
        assert repr(round_trip(written, python_type)) == repr(written)
    for as_type in (Optional[one], Union[None, one, int]):
        literal_type = shimlite.to_literal_type(as_type)
        assert set(typing.get_args(output_type(literal_type, one))) == set(typing.get_args(as_type))
        assert repr(round_trip(one(1), as_type)) == "Point(x=1)"


class Meta(enum.EnumMeta):
    def __eq__(cls, other: object) -> bool:
        return isinstance(other, Meta) and cls.__name__ == other.__name__

    def __hash__(cls) -> int:
        return hash(cls.__name__)


class EnumBase(enum.Enum, metaclass=Meta):
    pass


def test_classes_that_compare_equal_are_two_all_the_same():
    """What is compiled is found by the class itself."""
    one, other = record_of(ByName), record_of(ByName, y=str)
    colors, animals = EnumBase("Kind", {"RED": "red"}), EnumBase("Kind", {"CAT": "cat"})
    assert one == other and colors == animals
    for _ in range(2):
        for value, cls in ((one(1), one), (other(y="a"), other), (colors.RED, colors), (animals.CAT, animals)):
            for whole, python_type in ((value, cls), ([value], list[cls]), ({"a": value}, dict[str, cls])):
                assert type(round_trip(value, cls)) is cls
                assert repr(round_trip(whole, python_type)) == repr(whole)
            field_of = make_dataclass("Holder", [("x", cls)])
            assert type(round_trip(field_of(value), field_of).x) is cls
    assert [list(schema_of(cls)["properties"]) for cls in (one, other)] == [["x"], ["y"]]
    said(shimlite.to_literal, other(y="a"), one)


PLAIN_TYPES = [
    int, str, float, bool, bytes, dt.datetime, dt.date, dt.timedelta, type(None), list[int], dict[str, int], dict,
    dict[int, int], FlyteFile, StructuredDataset, FlyteSchema, FlyteError, Optional[int], Union[int, str],
    typing.Literal["a"], enum.Enum("Color", {"RED": "red"}), Union[dict[str, int], list[int]],
    Union[dict, int],
]  # fmt: skip


@pytest.mark.parametrize("metaclass", METACLASSES)
@pytest.mark.parametrize("python_type", PLAIN_TYPES, ids=str)
def test_a_value_of_any_metaclass_is_refused_where_it_is_none(metaclass, python_type):
    value = metaclass("Odd", (), {"__module__": __name__})()
    for whole, as_type in (
        (value, python_type),
        ([value], list[python_type]),
        ({"a": value}, dict[str, python_type]),
        ({1: value}, dict[int, python_type]),
        (value, shimlite.to_literal_type(python_type)),
        (make_dataclass("Holder", [("x", python_type)])(value), None),
    ):
        assert "Odd" in said(shimlite.to_literal, whole, as_type or type(whole))
    said(to_plain, value, python_type)


@pytest.mark.parametrize("metaclass", [NoHash, HashRaises, ByName, Queries])
@pytest.mark.parametrize("key_type", [Any, str, int, Optional[int], typing.Literal["a"], Union[str, int]], ids=str)
def test_so_it_is_as_a_key(metaclass, key_type):
    key = metaclass("Odd", (), {"__module__": __name__})()
    python_type = dict if key_type is Any else dict[key_type, int]
    assert said(shimlite.to_literal, {key: 1}, python_type).startswith("[Odd]: expected ")


@pytest.mark.parametrize("metaclass", [ByName, Queries])
def test_a_class_of_any_metaclass_is_refused_where_it_is_no_type_of_the_set(metaclass):
    cls = metaclass("Odd", (), {"__module__": __name__})
    for python_type in (cls, list[cls], dict[str, list[cls]], make_dataclass("Holder", [("x", cls)])):
        for call in (shimlite.to_literal_type, shimlite.fidelity, lambda one: shimlite.to_literal(None, one)):
            assert refusal(UnsupportedTypeError, call, python_type) == said(call, python_type)
            assert "Odd is not supported; use a dataclass or attrs class" in said(call, python_type)


# --- names -----------------------------------------------------------------------------------------------------------

MODULES = [None, 5, "", "a\nb", "m" * 100_000, ("m",)]
NAMES = ["A\nB", "A\x1b[2J", "A" * 100_000, "\udcff", "", "a b"]


def named_so(name: str, module: Any, bases: tuple[type, ...] = (), **members: Any) -> Any:
    return type(name, bases, {"__module__": module, **members})


@pytest.mark.parametrize("python_type", PLAIN_TYPES, ids=str)
@pytest.mark.parametrize(("name", "module"), [*(("Odd", one) for one in MODULES), *((one, __name__) for one in NAMES)])
def test_a_class_of_any_name_and_module_is_named_in_one_line(name, module, python_type):
    if name == "\udcff":  # which type() refuses
        name = "\u202e"
    cls = named_so(name, module)
    for whole, as_type in ((cls(), python_type), ({"k": cls()}, dict[str, python_type]), ({"k": cls()}, dict)):
        said(shimlite.to_literal, whole, as_type)
    for odd in (cls, list[cls], Optional[cls], dict[str, cls], dict[cls, int], set[cls]):
        said(shimlite.to_literal_type, odd)
    told_apart = named_so("int", module)
    said(shimlite.to_literal, told_apart(), int)


@pytest.mark.parametrize("name", NAMES[:3])
@pytest.mark.parametrize("make", [dataclass, attrs.define])
def test_a_record_of_any_name_is_named_in_one_line(make, name):
    if make is attrs.define and attr.__version_info__ < (23, 1):
        make = dataclass  # older attrs write the name in code
    cls = make(type(name, (), {"__annotations__": {"x": int}, "__module__": __name__}))
    twin = make(type(name, (), {"__annotations__": {"x": int}, "__module__": "another"}))
    bad = make(type(name, (), {"__annotations__": {"x": int, "y": set}, "__module__": __name__}))
    unknown = make(type(name, (), {"__annotations__": {"x": "Nowhere"}, "__module__": __name__}))
    own = make(type(name, (), {"__annotations__": {"x": int}, "__init__": lambda self, x, z: None}))
    choice = enum.Enum(name, {"A": [1]})
    for call, *arguments in (
        (shimlite.to_literal, 5, cls),
        (shimlite.to_literal, "a", Optional[cls]),
        (shimlite.to_literal, cls("a"), cls),
        (shimlite.to_literal, twin(1), cls),
        (shimlite.to_literal, [twin(1)], list[cls]),
        (shimlite.to_python_value, primitive(integer=5), cls),
        (shimlite.to_python_value, primitive(integer=5), Optional[cls]),
        (from_plain, {}, cls),
        (from_plain, 5, cls),
        (shimlite.to_literal_type, bad),
        (shimlite.to_literal_type, make_dataclass("Holder", [("x", bad)])),
        (shimlite.to_literal_type, unknown),
        (shimlite.to_literal_type, own),
        (shimlite.fidelity, cls, twin),
        (shimlite.to_literal_type, make_dataclass("Holder", [("x", choice)])),
        (shimlite.to_literal_type, choice),
    ):
        if call is not shimlite.fidelity:
            said(call, *arguments)
    assert shape(round_trip(cls(1), cls)) == shape(cls(1))
    assert all(len(loss.what) < 200 for loss in shimlite.fidelity(cls, twin).losses)


@pytest.mark.parametrize(
    ("python_type", "message"),
    [
        (FlyteFile[5], "a format is no text: expected STRING, got int"),
        (FlyteFile[["a"]], "a format is no text: expected STRING, got list of 1"),
        (FlyteFile["\ud800"], "a format is no text: expected STRING, got str with a lone surrogate"),
        (FlyteDirectory["\ud800"], "a format is no text: expected STRING, got str with a lone surrogate"),
        (
            FlyteSchema[{"\ud800": int}],
            "the name of a column is no text: expected STRING, got str with a lone surrogate",
        ),
        (FlyteSchema[{5: int}], "the name of a column is no text: expected STRING, got int"),
        (FlyteSchema[{"a": 5}], "column 'a': a int is not supported; use a type of the table in the README"),
        (
            Annotated[StructuredDataset, {"\ud800": int}],
            "the name of a column is no text: expected STRING, got str with a lone surrogate",
        ),
        (Annotated[StructuredDataset, "\ud800"], "a format is no text: expected STRING, got str with a lone surrogate"),
    ],
    ids=range(9),
)
def test_texts_in_a_type_that_protobuf_cannot_hold_are_refused(python_type, message):
    assert refusal(UnsupportedTypeError, shimlite.to_literal_type, python_type) == message
    for whole in (list[python_type], make_dataclass("Holder", [("x", python_type)])):
        assert message in refusal(UnsupportedTypeError, shimlite.to_literal_type, whole)
    said(shimlite.to_literal, None, python_type)


def test_columns_that_are_no_dict_are_refused_where_they_are_written():
    assert said(lambda: FlyteSchema[5]) == "the columns of a FlyteSchema are no dict; write FlyteSchema[{'id': int}]"


@pytest.mark.parametrize("columns", [{"x" * 100_000: set}, {"x\ny": set}, {"info": {"a": set}}])
def test_a_long_or_odd_name_of_a_column_is_shown_in_one_line(columns):
    said(shimlite.to_literal_type, Annotated[StructuredDataset, columns])


# --- what is no type --------------------------------------------------------------------------------------------------


class Inst:
    def __repr__(self) -> str:
        return f"{SECRET}\n{SECRET}"

    __str__ = __repr__


class Reprless:
    def __repr__(self) -> str:
        raise KeyError(SECRET)


@dataclass(frozen=True)
class Login:
    password: str = SECRET


NO_TYPES: list[tuple[Any, str]] = [
    (Inst(), "a Inst"),
    (Reprless(), "a Reprless"),
    (Login(), "a Login"),
    (Mock(), "a Mock"),
    (Mock(spec=int), "a Mock"),
    (SECRET, "a str"),
    (list[Inst()], "a Inst"),
    (dict[str, Login()], "a Login"),
    (typing.Callable[[typing.Literal[10**5000]], int], "Callable[[Literal[int]], int]"),
    (set[typing.Literal[10**5000]], "set[Literal[int]]"),
    (types.SimpleNamespace(a=SECRET), "SimpleNamespace"),
    (lambda: None, "<lambda>"),
    (typing.Optional, "Optional"),
]


@pytest.mark.parametrize(("no_type", "name"), NO_TYPES, ids=range(len(NO_TYPES)))
def test_what_is_no_type_is_told_by_its_class(no_type, name):
    for call, *arguments in (
        (shimlite.to_literal_type, no_type),
        (shimlite.to_literal, 1, no_type),
        (shimlite.fidelity, no_type),
        (shimlite.to_literal_type, dict[str, list[no_type]]),
    ):
        assert name in said(call, *arguments)


def test_arguments_that_were_swapped_show_no_value():
    assert said(shimlite.to_literal, Login, Login()) == (
        "a Login is not supported; use a type of the table in the README"
    )
    assert said(shimlite.guess_python_type, Login()) == "expected a LiteralType, got Login"
    assert said(shimlite.to_python_value, Login(), Login) == "expected a Literal, got Login"


@pytest.mark.parametrize("form", [typing.Union, types.UnionType, typing.Literal, typing.Optional, typing.ClassVar])
def test_a_bare_form_of_typing_is_refused(form):
    for python_type in (form, list[form], dict[str, form]):
        said(shimlite.to_literal_type, python_type)


# --- values that lie --------------------------------------------------------------------------------------------------


class Proxy:
    """As lazy and local proxies do: isinstance says what they stand for."""

    def __init__(self, cls: type) -> None:
        vars(self)["cls"] = cls

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return vars(self)["cls"]

    def __len__(self) -> int:
        raise KeyError(SECRET)

    __iter__ = __bool__ = __int__ = __float__ = __str__ = __len__  # type: ignore[assignment]


LIES = [
    (int, int), (int, float), (str, str), (float, float), (bool, bool), (bytes, bytes), (dt.datetime, dt.datetime),
    (dt.date, dt.date), (dt.datetime, dt.date), (dt.timedelta, dt.timedelta), (list, list[int]), (dict, dict),
    (dict, dict[str, int]), (dict, dict[int, int]), (FlyteFile, FlyteFile), (FlyteDirectory, FlyteDirectory),
    (StructuredDataset, StructuredDataset), (FlyteSchema, FlyteSchema), (FlyteError, FlyteError), (Login, Login),
    (str, Optional[str]), (int, Union[int, str]), (int, typing.Literal[1]), (str, typing.Literal["a"]),
    (list, Union[list[int], int]), (Login, Optional[Login]), (dict, Union[dict, Login]),
]  # fmt: skip


@pytest.mark.parametrize("make", [Proxy, lambda cls: Mock(spec=cls), lambda cls: MagicMock(spec=cls)])
@pytest.mark.parametrize(("cls", "python_type"), LIES, ids=str)
def test_a_value_that_lies_about_its_class_is_refused_by_its_true_one(cls, python_type, make):
    value = make(cls)
    assert isinstance(value, cls)
    name = type(value).__name__
    for whole, as_type in (
        (value, python_type),
        ([value], list[python_type]),
        ({"a": value}, dict[str, python_type]),
        ({1: value}, dict[int, python_type]),
        ({"a": value}, dict),
        (make_dataclass("Holder", [("x", python_type)])(value), None),
    ):
        assert f"got {name}" in said(shimlite.to_literal, whole, as_type or type(whole))
        assert f"got {name}" in said(to_plain, whole, as_type or type(whole))


class HashRaisesToo:
    def __hash__(self) -> int:
        raise ValueError(SECRET)

    def __eq__(self, other: object) -> bool:
        raise ValueError(SECRET)


@pytest.mark.parametrize("python_type", PLAIN_TYPES, ids=str)
def test_a_value_whose_hash_raises_is_refused(python_type):
    for whole, as_type in (
        (HashRaisesToo(), python_type),
        ([HashRaisesToo()], list[python_type]),
        (make_dataclass("Holder", [("x", python_type)], eq=False)(HashRaisesToo()), None),
    ):
        assert "got HashRaisesToo" in said(shimlite.to_literal, whole, as_type or type(whole))


# --- records with code of their own ---------------------------------------------------------------------------------


@dataclass(init=False)
class FromDict(dict):  # type: ignore[type-arg]
    """Python 3.10 asks a class without a docstring for its signature."""

    x: int = 0


@dataclass(init=False)
class FromError(Exception):
    """Likewise."""

    x: int = 0


@dataclass
class Signed:
    """Likewise."""

    x: int
    __signature__ = "signed"


@pytest.mark.parametrize("cls", [FromDict, FromError, Signed])
def test_a_class_without_a_signature_cannot_be_made(cls):
    value = cls(x=1) if cls is Signed else cls()
    message = f"{cls.__name__} cannot be made: it has no signature"
    for call, *arguments in (
        (shimlite.to_literal_type, cls),
        (shimlite.to_literal, value, cls),
        (shimlite.fidelity, cls),
    ):
        assert refusal(UnsupportedTypeError, call, *arguments) == message
    assert refusal(ConversionTypeError, shimlite.to_literal, value, simple("STRUCT")) == (
        f"a {cls.__name__} cannot be written: {message}"
    )


def test_a_dict_that_is_a_dataclass_too_is_a_dict_where_one_is_asked_for():
    value = FromDict()
    value["a"] = 1
    assert unpacked(shimlite.to_literal(value, dict)) == {"a": 1}
    assert unpacked(shimlite.to_literal({"k": value}, dict)) == {"k": {"a": 1}}


@dataclass
class Secretive:
    x: int

    def __getattribute__(self, name: str) -> Any:
        if name == "x":
            raise KeyError(SECRET)
        return object.__getattribute__(self, name)


@attrs.define
class HalfMade:
    x: int
    y: int = attrs.field(default=0)


def test_a_class_that_does_not_tell_its_fields_is_refused():
    message = "Secretive does not tell it (KeyError)"
    value = Secretive(1)
    assert refusal(ConversionValueError, shimlite.to_literal, value, Secretive) == f".x: {message}"
    assert refusal(ConversionValueError, shimlite.to_literal, value, simple("STRUCT")) == f".x: {message}"
    assert refusal(ConversionValueError, shimlite.to_literal, [value], list[Secretive]) == f"[0].x: {message}"
    assert refusal(ConversionValueError, shimlite.to_literal, {1: value}, dict[int, Secretive]) == f"[1].x: {message}"
    half = HalfMade(1)
    del half.y
    assert said(shimlite.to_literal, half, HalfMade) == "expected HalfMade, got a map without 'y'"


class Untold(enum.Enum):
    A = "a"

    @property
    def value(self) -> str:
        raise KeyError(SECRET)


def test_an_enum_that_tells_no_value_is_refused_in_a_record():
    record = make_dataclass("Holder", [("x", Untold)])
    message = "Holder.x: Untold has a member that tells no value"
    for call, *arguments in ((shimlite.to_literal_type, record), (shimlite.to_literal, record(Untold.A), record)):
        assert refusal(UnsupportedTypeError, call, *arguments) == message


# --- what other libraries write into a class ----------------------------------------------------------------------

OTHERS = [5, object(), 5.5, {"a": 1}, b"x", lambda: None]


@pytest.mark.parametrize("other", OTHERS, ids=range(len(OTHERS)))
def test_an_alias_of_another_library_is_none_of_mashumaros(other):
    cls = make_dataclass("Holder", [("x", int, field(metadata={"alias": other}))])
    config = make_dataclass("Holder", [("x", int)], namespace={"Config": type("Config", (), {"aliases": {"x": other}})})
    for one in (cls, config):
        assert shape(round_trip(one(1), one)) == shape(one(1))


def test_an_alias_that_names_several_is_refused():
    for alias in (["x", "y"], ("y",), {"y"}, ["x", [1]]):
        cls = make_dataclass("Holder", [("x", int, field(metadata={"alias": alias}))])
        message = "Holder has alias of field 'x', which is not supported"
        assert refusal(UnsupportedTypeError, shimlite.to_literal_type, cls) == message


class Boolless:
    def __bool__(self) -> bool:
        raise ValueError(SECRET)


@pytest.mark.parametrize("description", ["\ud800", 5, object(), Boolless(), ["a"]])
def test_a_description_that_is_no_text_is_refused(description):
    cls = make_dataclass("Holder", [("x", int, field(metadata={"description": description}))])
    message = "Holder has description of field 'x', which is not supported"
    assert refusal(UnsupportedTypeError, shimlite.to_literal_type, cls) == message


@pytest.mark.parametrize(
    "config",
    [
        {"json_schema": {"properties": 5}},
        {"json_schema": 5},
        {"aliases": 5},
        {"omit_none": Boolless()},
        {"dialect": 5},
        {"serialization_strategy": Boolless()},
    ],
    ids=range(6),
)
def test_a_config_of_another_library_changes_nothing(config):
    cls = make_dataclass("Holder", [("x", int)], namespace={"Config": type("Config", (), config)})
    assert shape(round_trip(cls(1), cls)) == shape(cls(1))
    assert schema_of(cls) == schema_of(make_dataclass("Holder", [("x", int)]))


# --- times that say what they like --------------------------------------------------------------------------------


class Days(dt.timedelta):
    @property
    def days(self) -> int:  # type: ignore[override]
        raise KeyError(SECRET)


class OtherDays(dt.timedelta):
    days = 5  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = dt.timedelta.__hash__


class Incomparable(dt.timedelta):
    def __eq__(self, other: object) -> bool:
        raise KeyError(SECRET)

    __hash__ = dt.timedelta.__hash__


class IncomparableMoment(dt.datetime):
    __eq__ = Incomparable.__eq__
    __hash__ = dt.datetime.__hash__


@pytest.mark.parametrize(
    ("value", "cls"), [(Incomparable(1), dt.timedelta), (IncomparableMoment(2024, 1, 1), dt.datetime)], ids=str
)
def test_a_time_that_cannot_be_compared_is_refused(value, cls):
    message = f"expected {cls.__name__}, got {type(value).__name__} that microseconds do not hold exactly"
    for whole, python_type, path in (
        (value, cls, ""),
        ([value], list[cls], "[0]: "),
        ({1: value}, dict[int, cls], "[1]: "),
    ):
        assert refusal(ConversionValueError, shimlite.to_literal, whole, python_type) == path + message


@pytest.mark.parametrize("cls", [Days, OtherDays])
def test_a_duration_is_what_its_built_in_part_holds(cls):
    day = dt.timedelta(1)
    for value, python_type, exact in (
        (cls(1), dt.timedelta, day),
        ([cls(1)], list[dt.timedelta], [day]),
        ({1: cls(1)}, dict[int, dt.timedelta], {1: day}),
    ):
        assert shape(round_trip(value, python_type)) == shape(exact)


class Offset(dt.tzinfo):
    """Says its offset once."""

    asked = 0

    def utcoffset(self, moment: dt.datetime | None) -> dt.timedelta:
        self.asked += 1
        if self.asked > 1:
            raise KeyError(SECRET)
        return dt.timedelta(hours=2)


class Offsetless(dt.datetime):
    def utcoffset(self) -> dt.timedelta:
        raise KeyError(SECRET)


def test_a_zone_is_asked_once_and_may_refuse():
    moment = dt.datetime(2024, 1, 1, 12, tzinfo=Offset())
    assert round_trip(moment, dt.datetime) == dt.datetime(2024, 1, 1, 10, tzinfo=dt.timezone.utc)
    assert said(shimlite.to_literal, Offsetless(2024, 1, 1), dt.datetime) == (
        "expected DATETIME, got a time whose zone gives no offset (KeyError)"
    )


class Ordered(int):
    def __le__(self, other: object) -> bool:
        return True

    __lt__ = __ge__ = __gt__ = __le__  # type: ignore[assignment]

    def __int__(self) -> int:
        return 7

    def __eq__(self, other: object) -> bool:
        return False

    __hash__ = int.__hash__


def test_an_int_is_compared_as_a_built_in():
    assert unpacked(shimlite.to_literal({"a": Ordered(3)}, dict)) == {"a": 3}
    for value, python_type in (({"a": Ordered(2**70)}, dict), (Ordered(2**70), int), ({Ordered(2**70): 1}, dict)):
        said(shimlite.to_literal, value, python_type)
    assert shimlite.to_literal(Ordered(1), typing.Literal[1]) == primitive(integer=1)


def test_a_guessed_type_takes_them_no_more_than_a_class_does():
    """By the ``LiteralType`` alone."""
    for literal_type in (simple("STRUCT"), LiteralType(collection_type=simple("INTEGER")), simple("STRING")):
        for value in (Proxy(dict), Mock(spec=list), Proxy(str), record_of(NoHash), HashRaisesToo()):
            said(shimlite.to_literal, value, literal_type)


def test_the_field_of_a_record_may_be_any_of_them():
    values = [Proxy(int), Mock(spec=str), HashRaisesToo(), NoHash("Odd", (), {})(), Reprless(), Inst()]
    for value in values:
        for python_type in (int, Union[int, str], Any, list[Any], typing.Literal["a"]):
            record = make_dataclass("Holder", [("x", python_type)], eq=False)
            assert said(shimlite.to_literal, record([value] if python_type == list[Any] else value), record)[:2] == ".x"
    assert dataclasses.is_dataclass(Login)


def test_a_member_that_tells_no_value_is_refused_where_another_enum_is_expected():
    class Silent(enum.Enum):
        RED = "red"

        @property
        def value(self) -> Any:
            raise KeyError("hunter2")

    class Color(enum.Enum):
        RED = "red"

    message = "expected Color, got Silent that tells no value (KeyError)"
    assert refusal(ConversionValueError, shimlite.to_literal, Silent.RED, Color) == message
    message = "Silent has a member that tells no value"
    assert refusal(UnsupportedTypeError, shimlite.to_literal_type, Silent) == message


class Once(dt.tzinfo):
    """A zone that gives its offset once."""

    def __init__(self) -> None:
        self.asked = 0

    def utcoffset(self, moment: Any) -> dt.timedelta:
        self.asked += 1
        if self.asked > 1:
            raise KeyError("hunter2")
        return dt.timedelta()


def test_in_a_record_a_zone_is_asked_twice_and_may_refuse():
    record = make_dataclass("Record", [("at", dt.datetime)])
    value = record(dt.datetime(2024, 2, 29, tzinfo=Once()))
    message = ".at: expected DATETIME, got a time whose zone gives no offset (KeyError)"
    assert refusal(ConversionValueError, shimlite.to_literal, value, record) == message


class Hashless(type):
    def __eq__(cls, other: object) -> bool:
        return False


def test_a_class_outside_the_set_that_has_no_hash_is_refused_by_name():
    cls = Hashless("Odd", (), {"__module__": __name__})
    message = "Odd is not supported; use a dataclass or attrs class"
    assert refusal(UnsupportedTypeError, shimlite.to_literal_type, cls) == message


def test_an_alias_of_nothing_is_refused():
    class TypeAliasType:
        """As ``type Later = Soon`` makes one on Python 3.12."""

        __name__ = "Later"

        @property
        def __value__(self) -> Any:
            raise NameError("Soon")

    message = "the alias Later cannot be resolved (NameError)"
    assert refusal(UnsupportedTypeError, shimlite.to_literal_type, TypeAliasType()) == message
