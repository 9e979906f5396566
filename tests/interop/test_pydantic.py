# SPDX-License-Identifier: Apache-2.0
"""Models and hashes beside flytekit's plug-in: the same types, the same literals, each read by the other."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import uuid
from typing import Annotated, Any, Generic, Literal, Optional, TypeVar, Union

import msgpack
import pydantic
import pytest
from flytekit import FlyteContextManager, HashMethod
from flytekit.core.type_engine import TypeEngine
from flytekit.models.literals import Literal as FlytekitLiteral
from pydantic import BaseModel, ConfigDict, Field

import shimlite
from shimlite import to_literal, to_literal_type, to_python_value

T = TypeVar("T")
NOON = dt.datetime(2024, 2, 29, 12, tzinfo=dt.timezone.utc)


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Rank(enum.Enum):
    ONE = 1


class Inner(BaseModel):
    """A docstring is the schema's description."""

    a: int = 1


class Atoms(BaseModel):
    i: int
    f: float
    s: str
    b: bool
    y: bytes
    at: dt.datetime
    day: dt.date
    took: dt.timedelta
    none: None
    color: Color
    rank: Rank


class Containers(BaseModel):
    bare: list  # type: ignore[type-arg]
    numbers: list[int]
    untyped: dict  # type: ignore[type-arg]
    by_name: dict[str, int]
    by_number: dict[int, str]
    maybe: Optional[int]
    either: Union[int, str]
    anything: Any
    word: Literal["a", "b"]
    mixed: Literal["a", 1]
    inner: Inner
    inners: list[Inner]
    maybe_inner: Optional[Inner]


class Foreign(BaseModel):
    key: uuid.UUID
    keys: list[uuid.UUID]
    maybe: Optional[uuid.UUID]
    price: decimal.Decimal
    pair: tuple[int, str]
    tags: set[int]
    frozen: frozenset[int]
    when: dt.time


class Constrained(BaseModel):
    positive: int = Field(gt=0, description="words")
    short: Annotated[str, Field(max_length=3)] = "a"
    alias: int = Field(1, alias="A")
    serialized: int = Field(2, serialization_alias="S")
    excluded: int = Field(3, exclude=True)

    @pydantic.computed_field
    def double(self) -> int:
        return self.positive * 2


class Cat(BaseModel):
    kind: Literal["cat"] = "cat"


class Dog(BaseModel):
    kind: Literal["dog"] = "dog"


class Owner(BaseModel):
    pet: Union[Cat, Dog] = Field(discriminator="kind")


class Box(BaseModel, Generic[T]):
    content: T


class Open(BaseModel):
    model_config = ConfigDict(extra="allow", title="Other title")
    a: int


class Aliasing(BaseModel):
    model_config = ConfigDict(serialize_by_alias=True, populate_by_name=True)
    a: int = Field(alias="A")


VALUES: list[tuple[Any, Any]] = [
    (Inner, Inner(a=5)),
    (
        Atoms,
        Atoms(
            i=1, f=0.5, s="é", b=True, y=b"text", at=NOON, day=dt.date(2024, 2, 29), none=None, color=Color.RED,
            took=dt.timedelta(days=-1, microseconds=1), rank=Rank.ONE,
        ),
    ),
    (
        Containers,
        Containers(
            bare=[1, "a"], numbers=[1], untyped={"a": {"b": None}}, by_name={"z": 1, "a": 2}, by_number={1: "a"},
            maybe=None, either="a", anything={"k": [1.5]}, word="a", mixed=1, inner=Inner(), inners=[Inner(a=2)],
            maybe_inner=Inner(a=3),
        ),
    ),
    (
        Foreign,
        Foreign(
            key=uuid.UUID(int=1), keys=[uuid.UUID(int=2)], maybe=None, price=decimal.Decimal("1.50"), pair=(1, "a"),
            tags={3}, frozen=frozenset({4}), when=dt.time(12),
        ),
    ),
    (Constrained, Constrained(positive=2, A=5)),
    (Owner, Owner(pet=Dog())),
    (Box[int], Box[int](content=1)),
    (Box[list[str]], Box[list[str]](content=["a"])),
    (Open, Open(a=1, b=2)),  # type: ignore[call-arg]
    (Aliasing, Aliasing(a=1)),
    (list[Inner], [Inner(), Inner(a=2)]),
    (dict[str, Inner], {"a": Inner()}),
    (Optional[Inner], Inner(a=4)),
    (Optional[Inner], None),
    (Union[Inner, str], "a"),
]  # fmt: skip
each = pytest.mark.parametrize(("python_type", "value"), VALUES, ids=lambda one: getattr(one, "__name__", ""))


def theirs(value: Any, python_type: Any) -> shimlite._idl.Literal:
    context = FlyteContextManager.current_context()
    written = TypeEngine.to_literal(context, value, python_type, TypeEngine.to_literal_type(python_type))
    return written.to_flyte_idl()


def read_by_flytekit(literal: Any, python_type: Any) -> Any:
    context = FlyteContextManager.current_context()
    return TypeEngine.to_python_value(context, FlytekitLiteral.from_flyte_idl(literal), python_type)


def in_one_order(literal: Any) -> Any:
    """A copy whose msgpack has its keys sorted, which flytekit leaves in the order of the fields."""
    copy = type(literal)()
    copy.CopyFrom(literal)
    if copy.scalar.HasField("binary"):
        copy.scalar.binary.value = msgpack.packb(
            _sorted(msgpack.unpackb(copy.scalar.binary.value, strict_map_key=False))
        )
    if copy.scalar.HasField("union"):
        copy.scalar.union.value.CopyFrom(in_one_order(copy.scalar.union.value))
    for part in copy.collection.literals:
        part.CopyFrom(in_one_order(part))
    for part in copy.map.literals.values():
        part.CopyFrom(in_one_order(part))
    return copy


def _sorted(plain: Any) -> Any:
    if isinstance(plain, dict):
        return {key: _sorted(plain[key]) for key in sorted(plain, key=repr)}
    return list(map(_sorted, plain)) if isinstance(plain, list) else plain


@each
def test_the_types_are_equal(python_type, value):
    assert to_literal_type(python_type) == TypeEngine.to_literal_type(python_type).to_flyte_idl()


@each
def test_the_literals_are_equal(python_type, value):
    assert in_one_order(to_literal(value, python_type)) == in_one_order(theirs(value, python_type))


@each
def test_each_reads_the_others(python_type, value):
    assert to_python_value(theirs(value, python_type), python_type) == value
    if python_type is not Constrained:  # whose alias flytekit writes by name and reads by alias
        assert read_by_flytekit(to_literal(value, python_type), python_type) == value


def test_flytekit_does_not_find_what_it_wrote_of_an_alias():
    literal = theirs(Constrained(positive=2, A=5), Constrained)
    assert (read_by_flytekit(literal, Constrained).alias, to_python_value(literal, Constrained).alias) == (1, 5)


# ----------------------------------------------------------------------------------------------------------- hashes

counted = HashMethod(lambda value: f"hash of {value!r}")
HASHES: list[tuple[Any, Any]] = [
    (Annotated[int, counted], 3),
    (Annotated[int, "word", counted, HashMethod(lambda value: "second")], 3),
    (list[Annotated[int, counted]], [1, 2]),
    (Annotated[list[int], counted], [1]),
    (Annotated[list[Annotated[str, counted]], counted], ["a"]),
    (dict[str, Annotated[int, counted]], {"a": 1}),
    (Annotated[dict[str, int], counted], {"a": 1}),
    (Annotated[Inner, counted], Inner()),
    (Annotated[dt.datetime, counted], NOON),
    (Annotated[Optional[int], counted], 3),
    (Annotated[Optional[int], counted], None),
]


@pytest.mark.parametrize(("python_type", "value"), HASHES, ids=lambda one: "")
def test_flytekits_hash_method_gives_the_same_literal(python_type, value):
    assert to_literal_type(python_type) == TypeEngine.to_literal_type(python_type).to_flyte_idl()
    assert to_literal(value, python_type) == theirs(value, python_type)


def test_in_a_union_flytekit_writes_none():
    python_type = Optional[Annotated[int, counted]]
    ours, flytekits = to_literal(3, python_type), theirs(3, python_type)
    assert (ours.hash, flytekits.hash, flytekits.scalar.union.value.hash) == ("hash of 3", "", "")
    ours.hash = ""
    assert ours == flytekits
