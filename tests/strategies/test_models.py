# SPDX-License-Identifier: Apache-2.0
"""Pydantic models: values of a user's own, and classes that are drawn where ``only`` names ``BaseModel``."""

from __future__ import annotations

import dataclasses
import datetime as dt
import decimal
import pathlib
import subprocess
import sys
import typing
import uuid
from collections.abc import Sequence
from typing import Annotated, Any, Generic, Literal, Optional, TypeVar, Union

import attrs
import hypothesis
import pytest
from hypothesis import strategies as st

from shimlite import FlyteError, FlyteFile, to_literal, to_literal_type, to_python_value
from shimlite.engine import to_plain
from shimlite.equality import same
from shimlite.strategies import any_values, near_values, python_types, typed_near_values, typed_values, values
from shimlite.strategies.kinds import KINDS, Chosen, Model, kinds_in
from shimlite.strategies.near import is_of, near_to, neighbours
from shimlite.strategies.records import records
from shimlite.strategies.shapes import columns_of, is_model, is_record, names_of, parts
from shimlite.strategies.unions import unions
from shimlite.strategies.values import field_values
from shimlite.testing import check_distinct, check_equal_bytes, check_round_trip

from .drawing import drawn, smallest

pydantic = pytest.importorskip("pydantic")
annotated_types = pytest.importorskip("annotated_types")
BaseModel, ConfigDict, Field = pydantic.BaseModel, pydantic.ConfigDict, pydantic.Field
T = TypeVar("T")
CSV: Any = FlyteFile["csv"]
SOME = hypothesis.settings(max_examples=30, deadline=None, database=None, derandomize=True)


class Point(BaseModel):
    x: int
    tags: list[str] = []


class Named(BaseModel):
    x: int = Field(alias="X")
    y: str = Field("d", validation_alias=pydantic.AliasChoices("a", pydantic.AliasPath("b", 0)))
    z: int = Field(serialization_alias="Z")


class Node(BaseModel):
    next: Node | None = None
    by_name: dict[str, Node] = {}
    pair: tuple[Node, ...] = ()


class Add(BaseModel):
    left: Add | Number
    right: Number | Add


class Number(BaseModel):
    n: int


class Box(BaseModel, Generic[T]):
    held: T


class Numbers(pydantic.RootModel[list[int]]):
    pass


class Cat(BaseModel):
    kind: Literal["cat"]


class Dog(BaseModel):
    kind: Literal["dog"]
    age: int


class Owner(BaseModel):
    pet: Annotated[Union[Cat, Dog], Field(discriminator="kind")]


class InOrder(BaseModel):
    low: int
    high: int

    @pydantic.model_validator(mode="after")
    def is_in_order(self) -> InOrder:
        assert self.low <= self.high
        return self


class Open(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)
    data: bytes
    file: CSV


class Foreign(BaseModel):
    key: uuid.UUID
    price: decimal.Decimal
    days: set[dt.date]
    pair: tuple[int, str]
    letters: frozenset[Any]
    numbers: Sequence[int]
    place: pathlib.Path
    link: pydantic.AnyUrl


@dataclasses.dataclass
class Holder:
    point: Point
    named: list[Named]


@dataclasses.dataclass
class Positive:
    n: int

    def __post_init__(self) -> None:
        if self.n <= 0:
            raise ValueError


Add.model_rebuild()
OWN = [
    *(Point, Named, Node, Add, Box[int], Box[Box[str]], Box, Numbers, Owner, InOrder, Open, Foreign, Holder, Positive),
    *(list[Point], dict[str, Named], dict[int, Point], Optional[Numbers], Point | Number | int, Annotated[Dog, "word"]),
]


@pytest.mark.parametrize("python_type", OWN, ids=str)
def test_every_value_is_taken(python_type):
    for value in drawn(values(python_type), 25):
        to_literal(value, python_type)
    for value in drawn(field_values(python_type), 10):
        to_plain(value, python_type)
    for first, *others in drawn(near_values(python_type), 5):
        assert not any(same(first, one) for one in others)
        for one in (first, *others):
            to_literal(one, python_type)


SMALLEST = [
    (Point, Point(x=0)),
    (Named, Named(X=0, z=0)),
    (Node, Node()),
    (Add, Add(left=Number(n=0), right=Number(n=0))),
    (Box[int], Box[int](held=0)),
    (Numbers, Numbers([])),
    (Owner, Owner(pet=Cat(kind="cat"))),
    (InOrder, InOrder(low=0, high=0)),
    (Holder, Holder(Point(x=0), [])),
    (Positive, Positive(1)),
]


@pytest.mark.parametrize(("python_type", "value"), SMALLEST, ids=str)
def test_the_smallest_value(python_type, value):
    assert same(smallest(values(python_type)), value)


def test_a_value_shrinks_to_what_fails():
    assert smallest(values(Point), lambda one: "a" in one.tags) == Point(x=0, tags=["a"])
    assert smallest(values(Node), lambda one: one.next) == Node(next=Node())
    assert smallest(values(Open), lambda one: one.model_extra).model_extra == {"more": None}


def test_what_a_model_refuses_is_never_drawn():
    assert all(one.low <= one.high for one in drawn(values(InOrder), 40))
    assert all(one.n > 0 for one in drawn(values(list[Positive]), 20) for one in one)


def test_what_is_not_written_is_among_any_values_alone():
    def is_utf8(one: Any) -> bool:
        return same(one.data.decode(errors="replace").encode(), one.data)

    assert all(map(is_utf8, drawn(values(Open), 40)))
    assert not all(map(is_utf8, drawn(any_values(Open), 40)))


LIMITED = {
    "bounds": (Annotated[int, Field(gt=0, le=9)], lambda one: 0 < one <= 9),
    "a multiple": (Annotated[int, Field(ge=0, multiple_of=7)], lambda one: one % 7 == 0 <= one),
    "of an element": (list[Annotated[int, Field(gt=3)]], lambda one: all(item > 3 for item in one)),
    "of a union": (Annotated[Optional[int], Field(ge=3)], lambda one: one is None or one >= 3),
    "a text": (Annotated[str, Field(min_length=7, max_length=8)], lambda one: 7 <= len(one) <= 8),
    "a pattern": (Annotated[str, pydantic.StringConstraints(pattern="^a+$")], lambda one: set(one) == {"a"}),
    "bytes": (Annotated[bytes, Field(min_length=2)], lambda one: len(one) >= 2),
    "a list": (Annotated[list[int], Field(min_length=5)], lambda one: len(one) >= 5),
    "a dict": (Annotated[dict[str, int], Field(min_length=1, max_length=1)], lambda one: len(one) == 1),
    "a tuple": (Annotated[tuple[int, ...], Field(min_length=4)], lambda one: len(one) >= 4),
    "money": (Annotated[decimal.Decimal, Field(max_digits=4, decimal_places=2)], lambda one: abs(one) < 100),
    "places": (Annotated[decimal.Decimal, Field(decimal_places=2)], lambda one: one == round(one, 2)),
    "a time": (Annotated[dt.date, Field(gt=dt.date(2024, 2, 29))], lambda one: one > dt.date(2024, 2, 29)),
}


@pytest.mark.parametrize("what", LIMITED)
def test_limits_are_kept(what):
    python_type, is_within = LIMITED[what]
    model = pydantic.create_model("Limited", one=(python_type, ...))
    assert all(is_within(value.one) for value in drawn(values(model), 30))


def test_what_only_hypothesis_knows_is_drawn_by_it():
    class Secret:
        pass

    model = pydantic.create_model("Holder", __config__=ConfigDict(arbitrary_types_allowed=True), one=(Secret, ...))
    assert type(smallest(any_values(model)).one) is Secret


# ---------------------------------------------------------------------------------------------- questions about them


def test_questions_about_models():
    assert is_record(Point)
    assert is_model(Numbers)
    assert not is_model(BaseModel)
    assert not is_model(Holder)
    assert columns_of(Node)["pair"] == tuple[Node, ...]
    assert columns_of(pydantic.create_model("M", one=(int, Field(gt=0)))) == {
        "one": Annotated[int, annotated_types.Gt(0)]
    }
    assert names_of(Point) == ["x", "tags"]
    assert names_of(Open) == ["data", "file", "__pydantic_extra__"]
    assert [one for one in parts(list[Holder]) if is_model(one)] == [Named, Point]
    assert parts(tuple[Number, ...]) == [tuple[Number, ...], Number, int]
    assert kinds_in(list[Point | None]) == {list, typing.Optional, Model, int, str}
    assert kinds_in(Node) >= {Model, tuple}


def test_what_is_near_a_model():
    assert same(next(iter(neighbours(Point(x=1)))), Point(x=2))
    assert any(same(one, Point(x=1, tags=["a "])) for one in near_to(Point(x=1, tags=["a"]), Point))
    assert all(one.low <= one.high for one in neighbours(InOrder(low=0, high=0)))
    extra = Open(data=b"", file=FlyteFile("s3://b"), more=1)
    assert all(one.model_extra == {"more": 1} for one in neighbours(extra))
    assert is_of(Point, Point(x=1))
    assert not is_of(Point, Number(n=1))


# ------------------------------------------------------------------------------------------------------ drawn classes


def with_models(*kinds: Any) -> tuple[Any, ...]:
    return (*kinds, BaseModel)


ALL = tuple(BaseModel if kind is Model else kind for kind in KINDS)


def test_models_are_drawn_where_they_are_named_alone():
    assert not any(Model in kinds_in(one) for one in drawn(python_types(), 100))
    named = drawn(python_types(only=with_models(int, str, list)), 60)
    assert all(kinds_in(one) <= {int, str, list, Model} for one in named)
    assert sum(Model in kinds_in(one) for one in named) > 10
    assert set(drawn(python_types(2, only=with_models(int), without=(BaseModel,)), 5)) == {int}


def test_drawn_models_have_a_literal_type():
    for python_type in drawn(python_types(only=ALL), 60):
        to_literal_type(python_type)


def test_what_pydantic_does_not_take_is_in_no_model():
    @attrs.define
    class Own:
        x: int

    for python_type in drawn(python_types(2, only=with_models(attrs.define, FlyteError, int, Own, Point)), 60):
        for model in filter(is_model, parts(python_type)):
            assert {int, Point} >= set(columns_of(model).values()) - {list[str]}


def test_models_have_aliases_settings_and_defaults():
    made = [one for one in drawn(python_types(3, only=with_models(int, list)), 120) if is_model(one)]
    fields = [field for one in made for field in one.model_fields.values()]
    assert {True, False} == {field.is_required() for field in fields}
    assert any(field.default_factory is list for field in fields)
    assert any(field.validation_alias for field in fields)
    assert any(field.serialization_alias for field in fields)
    assert {one.model_config.get("extra") for one in made} == {None, "allow", "forbid"}


def test_what_pydantic_refuses_is_left_out():
    """A lambda is no default of a schema's, and an attrs class no field of a model's."""

    @attrs.define
    class Own:
        x: int

    only = python_types(only=(BaseModel,))
    assert smallest(only).model_fields == {}
    made = drawn(records(st.sampled_from((int, Own)), Chosen(frozenset([Model]))), 30)
    assert {hint for one in made for hint in columns_of(one).values()} == {int}


def test_it_shrinks_to_a_model_without_fields():
    found = smallest(python_types(only=ALL), is_model)
    assert (found.model_fields, found.model_config) == ({}, {})
    typed = typed_values(only=with_models(int)).filter(lambda one: is_model(one[0]))
    python_type, value = smallest(typed, lambda one: vars(one[1]))
    assert (list(columns_of(python_type).values()), list(vars(value).values())) == ([int], [0])


LAWS = {
    "round trip": (check_round_trip, (to_literal, to_python_value), typed_values),
    "equal bytes": (check_equal_bytes, (to_literal,), typed_values),
    "distinct": (check_distinct, (to_literal,), typed_near_values),
}


@pytest.mark.parametrize("law", LAWS)
def test_the_laws_hold_of_models(law):
    check, converters, cases = LAWS[law]
    check(*converters, cases=cases(only=with_models(int, str, list, dict)), settings=SOME)


def test_a_loss_in_a_model_is_found():
    def decode(literal: Any, python_type: Any) -> Any:
        value = to_python_value(literal, python_type)
        return value.model_copy(update={"x": True}) if is_model(python_type) and getattr(value, "x", 0) == 1 else value

    cases = typed_values(2, only=with_models(int))
    with pytest.raises(AssertionError) as caught:
        check_round_trip(to_literal, decode, cases, settings=hypothesis.settings(SOME, max_examples=500))
    lines = str(caught.value).split("\n")
    assert lines[0] == "what comes back is not what is expected"
    assert lines[2].startswith("  fields of ")
    assert "x: int" in lines[2]


def test_the_order_of_keys_in_a_model_is_found():
    value = pydantic.create_model("M", __config__=ConfigDict(extra="allow"), x=(dict[str, int], ...))
    case = value(x={"a": 1, "b": 2}, c=1, d=2)
    with pytest.raises(AssertionError) as caught:
        check_equal_bytes(lambda one, as_type: repr(one).encode(), st.just((value, case)), settings=SOME)
    assert str(caught.value).split("\n")[-1] == '''  other: b"M(x={'b': 2, 'a': 1}, d=2, c=1)"'''


def test_models_of_one_name_are_one_to_a_union():
    named = [pydantic.create_model("M", x=(int, ...)), pydantic.create_model("M", y=(int, ...)), Point]
    for union in drawn(unions(st.sampled_from(named)), 30):
        to_literal_type(union)


def test_pydantic_is_not_imported():
    program = """
from shimlite import strategies, testing
import sys
sys.exit('pydantic' in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", program], cwd=pathlib.Path(__file__).parents[2]).returncode == 0
