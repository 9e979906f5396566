# SPDX-License-Identifier: Apache-2.0
"""What the annotations of ``execute_from_model`` say, in text (PEP 563) throughout this file."""

from __future__ import annotations

import enum
import functools
import typing
from collections.abc import Awaitable, Callable, Coroutine, Mapping  # noqa: F401 - in text below
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn, Optional, TypedDict, Union

import pytest

from shimlite import ExecutorError, ShimliteError, TemplateError
from shimlite._idl import LiteralMap, LiteralType
from shimlite._types.parse import spell
from shimlite.signatures import input_types, output_types
from shimlite.templates import TaskTemplate

from .build import template
from .stripping import stripped
from .support import refusal

if TYPE_CHECKING:
    from elsewhere import Heavy  # type: ignore[import-not-found]


class Color(enum.Enum):
    RED = "red"


class Colors(enum.Enum):
    RED = "red"
    BLUE = "blue"


@dataclass
class Point:
    x: int


@dataclass
class Needy:
    x: int
    y: int


def executor(method: Any) -> Any:
    """An executor with this method."""
    return type("Executor", (), {"execute_from_model": method})()


def returning(annotation: Any) -> Any:
    """An executor whose return type is annotated so."""

    def execute_from_model(self, tt):
        raise AssertionError

    execute_from_model.__annotations__["return"] = annotation
    return executor(execute_from_model)


def told(method: Any, **declared: Any) -> dict[str, Any]:
    """The types of inputs, which are the same for the template as it is registered and as a pod gets it."""
    made = method if hasattr(method, "execute_from_model") else executor(method)
    return alike(template(declared), lambda one: input_types(made, TaskTemplate(one).interface.inputs))


def returned(made: Any, **declared: Any) -> dict[str, Any]:
    """The types of outputs, likewise."""
    return alike(template(outputs=declared), lambda one: output_types(made, TaskTemplate(one).interface.outputs))


def alike(made: Any, call: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    registered, in_pod = (ended(call, one) for one in (made, stripped(made)))
    if isinstance(in_pod, Exception):
        assert (type(in_pod), str(in_pod)) == (type(registered), str(registered))
        raise in_pod
    assert str(in_pod) == str(registered)  # a generated Enum is one of its own
    return in_pod


def ended(call: Callable[[Any], Any], made: Any) -> Any:
    try:
        return call(made)
    except ShimliteError as error:
        return error


def refused(call: Callable[..., Any], made: Any, kind: type[Exception] = ExecutorError, **declared: Any) -> str:
    return refusal(kind, lambda: call(made, **declared))


# --- inputs ----------------------------------------------------------------------------------------------------------


def test_annotations_in_text_are_resolved_where_the_function_was_defined():
    def execute_from_model(self, tt: Heavy, day: date, days: list[date], point: Point, n, *, color: Colors | None):
        raise AssertionError

    kinds = {"day": date, "days": list[date], "point": Point, "n": int, "color": Optional[Colors]}
    assert told(execute_from_model, **kinds) == {
        "day": date, "days": list[date], "point": Point, "color": Colors | None,
    }  # fmt: skip
    assert told(execute_from_model, day=date) == {"day": date}
    assert told(execute_from_model) == {}


def test_only_the_annotations_of_inputs_are_resolved():
    def execute_from_model(self, tt: Heavy, day: date, other: Heavy = None) -> Heavy:
        raise AssertionError

    assert told(execute_from_model, day=date) == {"day": date}
    assert refused(told, execute_from_model, other=date) == (
        "inputs.other: its annotation cannot be resolved (NameError)"
    )
    assert refused(returned, executor(execute_from_model), x=date) == (
        "outputs: its annotation cannot be resolved (NameError)"
    )


class Unreadable:
    @property
    def __signature__(self):
        raise RuntimeError("of its own")

    def __call__(self, tt, day):
        raise AssertionError


def test_a_signature_that_cannot_be_read_is_the_executors_fault():
    assert refused(told, Unreadable(), day=date) == "its signature cannot be read (RuntimeError)"


def test_any_and_object_say_nothing():
    def execute_from_model(self, tt, a: Any, b: object, c: NoReturn, d: LiteralMap, **others: Any):
        raise AssertionError

    assert told(execute_from_model, a=int, b=date, c=dict, d=str, e=Point) == {}


def test_annotated_keyword_arguments_are_every_other_inputs():
    def execute_from_model(self, tt, day: date, **others: int):
        raise AssertionError

    assert told(execute_from_model, day=date, a=int, others=int) == {"day": date, "a": int, "others": int}
    assert refused(told, execute_from_model, a=str) == (
        "inputs.a: annotated int, but declared str; int does not fit STRING"
    )


def test_annotated_words_are_left_to_the_engine():
    def execute_from_model(self, tt, n: Annotated[int, "words"]):
        raise AssertionError

    assert told(execute_from_model, n=int) == {"n": Annotated[int, "words"]}


def test_a_wider_annotation_than_declared_will_do():
    def execute_from_model(self, tt, a: Optional[int], b: Union[str, int], c: dict, d: str):
        raise AssertionError

    assert told(execute_from_model, a=int, b=int, c=Point, d=Literal["x"]) == {
        "a": Optional[int], "b": Union[str, int], "c": dict, "d": str,
    }  # fmt: skip


class Misfits:
    def execute_from_model(
        self,
        tt,
        n: int,
        one: Literal["a"],
        point: Needy,
        many_points: list[Point],
        places: dict[str, Needy],
        either: Point | Needy,
        color: Color,
        many: tuple[int, ...],
    ):
        raise AssertionError


MISFITS: list[tuple[str, Any, str]] = [
    ("n", str, "annotated int, but declared str; int does not fit STRING"),
    ("n", float, "annotated int, but declared float; int does not fit FLOAT"),
    ("n", Optional[int], "annotated int, but declared int | None; int does not fit NONE"),
    ("one", int, "annotated Literal['a'], but declared int; str does not fit INTEGER"),
    ("one", Literal[1], "annotated Literal['a'], but declared int; str does not fit INTEGER"),
    ("point", str, "annotated Needy, but declared str; Needy does not fit STRING"),
    ("point", list[Needy], "annotated Needy, but declared list[dict]; Needy does not fit collection_type"),
    ("point", dict[str, int], "annotated Needy, but declared dict[str, int]; Needy does not fit map_value_type"),
    ("point", Optional[Needy], "annotated Needy, but declared dict | None; Needy does not fit NONE"),
    ("many_points", list[int], "annotated list[Point], but declared list[int]; Point does not fit INTEGER"),
    ("places", dict[str, str], "annotated dict[str, Needy], but declared dict[str, str]; Needy does not fit STRING"),
    ("either", int, "annotated Point | Needy, but declared int; Point | Needy does not fit INTEGER"),
    ("color", Colors, "annotated Color, but declared DynamicEnum; Color lacks 1 of the enum's values"),
    ("many", list[int], "annotated tuple[int, ...], but declared list[int]; tuple[int, ...] is not"
                        " supported; use list[T]"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "declared", "message"), MISFITS)
def test_a_misfit_is_the_executors_fault(name, declared, message):
    assert refused(told, Misfits(), **{name: declared}) == f"inputs.{name}: {message}"


class Fits:
    """All of which a pod knows as STRUCT, or as the scalar of a Literal."""

    def execute_from_model(
        self,
        tt,
        one: Literal["a"],
        point: Needy,
        points: list[Point],
        places: dict[str, Needy],
        either: Point | Needy,
        maybe: Optional[Point],
        mapped: dict[str, int],
        numbered: dict[int, Point],
        untyped: dict,
    ):
        raise AssertionError


@pytest.mark.parametrize(
    ("name", "declared"),
    [
        ("one", str),
        ("one", Literal["a"]),
        ("one", Literal["b", "c"]),
        ("point", Needy),
        ("point", Point),
        ("point", dict),
        ("point", Union[Point, Needy]),
        ("points", list[Point]),
        ("points", list[Needy]),
        ("points", list[dict]),
        ("places", dict[str, Point]),
        ("places", dict[str, dict]),
        ("places", Point),
        ("either", Union[Point, Needy]),
        ("either", Union[Needy, Point]),
        ("either", Point),
        ("maybe", Optional[Needy]),
        ("maybe", Optional[dict]),
        ("mapped", dict[str, int]),
        ("mapped", Point),
        ("mapped", dict),
        ("numbered", dict[int, Needy]),
        ("numbered", Point),
        ("untyped", Point),
        ("untyped", dict[int, str]),
    ],
)
def test_any_record_and_dict_fits_what_a_pod_knows_as_a_struct(name, declared):
    """And a Literal its scalar: whether a value is one is found when it is read."""
    annotation = typing.get_type_hints(Fits.execute_from_model)[name]
    assert told(Fits(), **{name: declared}) == {name: annotation}


def test_a_misfit_says_what_was_expected_and_what_was_found():
    try:
        told(Misfits(), n=str)
    except ExecutorError as error:
        assert (error.path, error.expected, error.got) == ("inputs.n", "str", "int")
        assert error.hint == "int does not fit STRING"
        assert error.__cause__ is None
        assert error.__suppress_context__
    else:
        raise AssertionError


def test_an_unknown_type_is_the_templates_fault():
    unknown = LiteralType(simple=42)
    message = "the LiteralType simple 42 is not known to this shimlite"

    def execute_from_model(self, tt, n: int, m) -> int:
        raise AssertionError

    assert refused(told, execute_from_model, TemplateError, n=unknown) == f"inputs.n: {message}"
    assert told(execute_from_model, m=unknown) == {}
    assert refused(returned, executor(execute_from_model), TemplateError, x=unknown) == f"outputs.x: {message}"


def test_names_that_are_parameters_already():
    def execute_from_model(self, tt, n):
        raise AssertionError

    def positional(self, tt, /, n, **others: int):
        raise AssertionError

    for name in ("self", "tt"):
        assert refused(told, execute_from_model, TemplateError, **{name: int}) == (
            f"inputs.{name}: {name!r} is already a parameter of execute_from_model; rename the input"
        )
        assert told(positional, **{name: int}) == {name: int}
    assert refused(told, execute_from_model, m=int) == ("inputs.m: execute_from_model takes no input 'm'; add **kwargs")


def test_a_positional_parameter_cannot_be_given_by_name():
    def execute_from_model(self, tt, n, /):
        raise AssertionError

    assert refused(told, execute_from_model, n=int) == "inputs.n: execute_from_model takes no input 'n'; add **kwargs"


def traced(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return wrapper


def test_a_decorated_method_is_looked_through():
    @traced
    @traced
    def execute_from_model(self, tt, day: date) -> date:
        raise AssertionError

    assert told(execute_from_model, day=date) == {"day": date}
    assert returned(executor(execute_from_model), x=date) == {"x": date}
    assert refused(told, execute_from_model, n=int) == "inputs.n: execute_from_model takes no input 'n'; add **kwargs"


def test_a_decorator_of_another_module_is_looked_through():
    elsewhere: dict[str, Any] = {"functools": functools}
    exec("def traced(f): return functools.wraps(f)(lambda *args, **kwargs: f(*args, **kwargs))", elsewhere)

    @elsewhere["traced"]
    def execute_from_model(self, tt, day: date) -> date:
        raise AssertionError

    assert told(execute_from_model, day=date) == {"day": date}
    assert returned(executor(execute_from_model), x=date) == {"x": date}


def test_a_decorator_that_hides_the_method_leaves_any_input():
    def hiding(*args, **kwargs):
        raise AssertionError

    assert told(hiding, day=date) == {}
    assert returned(executor(hiding), x=date) == {}


def test_static_and_class_methods_and_builtins():
    class Static:
        @staticmethod
        def execute_from_model(tt, day: date) -> date:
            raise AssertionError

    class Class:
        @classmethod
        def execute_from_model(cls, tt, day: date) -> date:
            raise AssertionError

    class BuiltIn:
        execute_from_model = type

    for kind in (Static, Class):
        assert told(kind(), day=date) == {"day": date}
        assert returned(kind(), x=date) == {"x": date}
        assert refused(told, kind(), TemplateError, tt=int) == (
            "inputs.tt: 'tt' is already a parameter of execute_from_model; rename the input"
        )
    assert told(BuiltIn(), anything=date) == {}
    assert returned(BuiltIn(), x=date) == {}


def test_a_builtin_that_has_a_signature():
    class Sorts:
        execute_from_model = sorted

    assert refused(told, Sorts(), day=date) == "inputs.day: execute_from_model takes no input 'day'; add **kwargs"


# --- outputs ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("annotation", ["Any", "object", "NoReturn", "LiteralMap", Any, object, LiteralMap])
def test_some_return_types_say_nothing(annotation):
    for declared in ({}, {"x": date}, {"x": date, "y": int}):
        assert returned(returning(annotation), **declared) == {}
        assert returned(executor(lambda self, tt: None), **declared) == {}


@pytest.mark.parametrize(
    "annotation",
    [
        "date",
        "Awaitable[date]",
        "typing.Awaitable[date]",
        "typing.Coroutine[Any, Any, date]",
        "Coroutine[Any, Any, date]",
    ],
)
def test_what_is_awaited_counts(annotation):
    assert returned(returning(annotation), x=date) == {"x": date}
    assert returned(returning(annotation.replace("date", "Any")), x=date) == {}
    assert refused(returned, returning(annotation), x=int) == (
        "outputs.x: annotated date, but declared int; date does not fit INTEGER"
    )


def test_an_async_method():
    async def execute_from_model(self, tt) -> date:
        raise AssertionError

    assert returned(executor(execute_from_model), x=date) == {"x": date}


def test_nothing_for_no_outputs():
    assert returned(returning(None)) == {}
    assert returned(returning("None")) == {}
    assert returned(returning("typing.Awaitable[None]")) == {}
    assert returned(returning("None"), x=type(None)) == {"x": type(None)}
    assert refused(returned, returning("None"), x=int) == (
        "outputs.x: annotated None, but declared int; None does not fit INTEGER"
    )
    for annotation, spelled in (("int", "int"), ("dict[str, int]", "dict[str, int]"), ("tuple[int]", "tuple[int]")):
        assert refused(returned, returning(annotation)) == f"outputs: annotated {spelled}, but declared nothing"


class Dated(TypedDict):
    a: date
    b: int


class More(Dated):
    c: int


# In text, a NamedTuple's annotations lose where they were written.
NAMED = typing.NamedTuple("NAMED", [("a", date), ("b", int)])  # noqa: UP014
OPEN = typing.NamedTuple("OPEN", [("a", Any), ("b", int)])  # noqa: UP014
AB = {"a": date, "b": int}

SEVERAL: list[tuple[Any, dict[str, Any], dict[str, Any]]] = [
    ("dict", AB, {}),
    ("dict[str, Any]", AB, {}),
    ("Mapping", AB, {}),
    ("typing.Mapping", AB, {}),
    ("typing.Dict", AB, {}),
    ("dict[str, date]", {"a": date, "b": date}, {"a": date, "b": date}),
    ("Mapping[str, date]", {"a": date, "b": date}, {"a": date, "b": date}),
    ("typing.MutableMapping[str, date]", {"a": date, "b": Optional[date]}, {"a": date, "b": Optional[date]}),
    ("Awaitable[dict[str, date]]", {"a": date, "b": date}, {"a": date, "b": date}),
    ("tuple", {"o0": date, "o1": int}, {}),
    ("tuple[date, int]", {"o0": date, "o1": int}, {"o0": date, "o1": int}),
    ("tuple[Any, int]", {"o0": date, "o1": int}, {"o1": int}),
    ("typing.Tuple[date, int]", {"o0": date, "o1": int}, {"o0": date, "o1": int}),
    ("tuple[date, ...]", {"o0": date, "o1": date}, {"o0": date, "o1": date}),
    ("Dated", AB, AB),
    ("More", {**AB, "c": int}, {**AB, "c": int}),
    (NAMED, AB, AB),
    ("NAMED", AB, AB),
    (OPEN, AB, {"b": int}),
]


@pytest.mark.parametrize(("annotation", "declared", "found"), SEVERAL)
def test_several_outputs(annotation, declared, found):
    assert returned(returning(annotation), **declared) == found


def test_eleven_outputs_by_place():
    declared = {f"o{place}": date if place == 10 else int for place in range(11)}
    annotation = f"tuple[{'int, ' * 10}date]"
    assert returned(returning(annotation), **declared) == declared


SEVERAL_REFUSED: list[tuple[Any, dict[str, Any], str]] = [
    ("date", AB, "outputs: annotated date, but declared 'a', 'b'"),
    ("None", AB, "outputs: annotated None, but declared 'a', 'b'"),
    ("list[date]", AB, "outputs: annotated list[date], but declared 'a', 'b'"),
    ("Optional[dict[str, date]]", AB, "outputs: annotated dict[str, date] | None, but declared 'a', 'b'"),
    ("Point", AB, "outputs: annotated Point, but declared 'a', 'b'"),
    ("dict[str, date]", AB, "outputs.b: annotated date, but declared int; date does not fit INTEGER"),
    ("tuple[date]", {"o0": date, "o1": int}, "outputs: annotated tuple[date], but declared 'o0', 'o1'"),
    (
        "tuple[date, date]", {"o0": date, "o1": int},
        "outputs.o1: annotated date, but declared int; date does not fit INTEGER",
    ),
    ("Dated", {"a": date, "c": int}, "outputs: annotated Dated, but declared 'a', 'c'"),
    ("More", AB, "outputs: annotated More, but declared 'a', 'b'"),
    (NAMED, {**AB, "c": int}, "outputs: annotated NAMED, but declared 'a', 'b', 'c'"),
    ("NAMED", {"a": date, "b": str}, "outputs.b: annotated int, but declared str; int does not fit STRING"),
]  # fmt: skip


@pytest.mark.parametrize(("annotation", "declared", "message"), SEVERAL_REFUSED)
def test_several_outputs_that_do_not_fit(annotation, declared, message):
    assert refused(returned, returning(annotation), **declared) == message


def test_a_wrong_number_says_what_was_expected():
    try:
        returned(returning("date"), **AB)
    except ExecutorError as error:
        assert (error.path, error.expected, error.got) == ("outputs", "'a', 'b'", "date")
    else:
        raise AssertionError


NARROWER: list[tuple[Any, Any, Any]] = [
    # annotated, declared, written as
    (date, date, date),
    (date, datetime, date),
    (date, Optional[date], Optional[date]),
    (Literal[1, 2], int, Literal[1, 2]),
    (Literal["a"], Literal["a", "b"], Literal["a"]),
    (Color, Color, Color),
    (int, Optional[int], Optional[int]),
    (list[int], list[Optional[int]], list[Optional[int]]),
    (Point, Point, Point),
    (Point, dict, Point),
    (Needy, Point, Needy),
    (Point, Needy, Point),
    (dict, Point, dict),
    (dict[str, int], Point, dict[str, int]),
    (dict[date, int], dict, dict[date, int]),
    (list[Needy], list[Point], list[Needy]),
    (dict[str, Needy], dict[str, Point], dict[str, Needy]),
    (Needy, Optional[Point], Optional[Needy]),
    (list[Needy], Optional[list[Point]], Optional[list[Needy]]),
    (list[Needy], list[Optional[Point]], list[Optional[Needy]]),
    (Point, Union[Point, Needy], Point),
    (Literal["a"], Optional[str], Optional[Literal["a"]]),
    (dict[date, int], Optional[dict[date, int]], Optional[dict[date, int]]),
]


@pytest.mark.parametrize(("annotation", "declared", "written"), NARROWER)
def test_a_narrower_return_type_will_do(annotation, declared, written):
    (found,) = returned(returning(annotation), x=declared).values()
    assert found == written


def test_an_enum_with_fewer_values_is_written_as_the_declared_one():
    (found,) = returned(returning(Color), x=Colors).values()
    assert [member.value for member in found] == ["red", "blue"]
    (found,) = returned(returning(list[Color]), x=list[Optional[Colors]]).values()
    member, none = typing.get_args(typing.get_args(found)[0])
    assert ([one.value for one in member], none) == (["red", "blue"], type(None))


WIDER: list[tuple[Any, Any, str]] = [
    (Optional[date], date, "annotated date | None, but declared datetime; None does not fit DATETIME"),
    (int, float, "annotated int, but declared float; int does not fit FLOAT"),
    (str, int, "annotated str, but declared int; str does not fit INTEGER"),
    (Colors, Color, "annotated Colors, but declared DynamicEnum; DynamicEnum lacks 1 of the enum's values"),
    (Point, int, "annotated Point, but declared int; Point does not fit INTEGER"),
    (Point, Optional[int], "annotated Point, but declared int | None; Point does not fit union_type"),
    (Optional[Point], Point, "annotated Point | None, but declared dict; None does not fit STRUCT"),
    (list[Point], list[int], "annotated list[Point], but declared list[int]; Point does not fit INTEGER"),
    (
        dict[int, str],
        dict[str, str],
        "annotated dict[int, str], but declared dict[str, str]; dict[int, str] does not fit map_value_type",
    ),
    (dict, dict[str, int], "annotated dict, but declared dict[str, int]; dict does not fit map_value_type"),
    (set[int], list[int], "annotated set[int], but declared list[int]; set[int] is not supported; use list[T]"),
]


@pytest.mark.parametrize(("annotation", "declared", "message"), WIDER)
def test_a_wider_return_type_will_not(annotation, declared, message):
    assert refused(returned, returning(annotation), x=declared) == f"outputs.x: {message}"
    assert refused(returned, returning(Awaitable[annotation]), x=declared) == f"outputs.x: {message}"


def test_generic_names_are_no_types():
    T = typing.TypeVar("T")

    def execute_from_model(self, tt, n):
        raise AssertionError

    execute_from_model.__annotations__["n"] = T
    assert refused(told, execute_from_model, n=int) == (
        "inputs.n: annotated T, but declared int; T is not supported; use a type of the table in the README"
    )
    assert refused(returned, returning(Mapping[str, T]), **AB) == (
        "outputs.a: annotated T, but declared datetime; T is not supported; use a type of the table in the README"
    )


def test_a_member_is_written_as_the_variant_that_it_is_and_not_as_one_that_it_may_become():
    declared = Union[None, list[Optional[Color]], list[None]]
    assert spell(returned(returning(declared), x=declared)["x"]) == "None | list[Color | None] | list[None]"
