# SPDX-License-Identifier: Apache-2.0
"""pydantic models: the third kind of record, written and read by pydantic itself, in the place of any other record."""

from __future__ import annotations

import dataclasses
import datetime as dt
import decimal
import enum
import pathlib
import subprocess
import sys
import uuid
from collections.abc import Callable
from typing import Annotated, Any, Generic, Literal, Optional, TypeVar, Union

import pydantic
import pydantic_core
import pytest
from pydantic import AliasChoices, AliasPath, BaseModel, ConfigDict, Field, RootModel

from shimlite import (
    ConversionTypeError,
    ConversionValueError,
    FlyteAnnotation,
    FlyteDirectory,
    FlyteFile,
    FlyteSchema,
    InputsError,
    LocalFileError,
    Loss,
    OutputsError,
    StructuredDataset,
    UnsupportedTypeError,
    fidelity,
    guess_python_type,
    to_literal,
    to_literal_type,
    to_python_value,
)
from shimlite._types import model_losses, witnesses
from shimlite._types.nodes import python_type_of
from shimlite._types.parse import parse
from shimlite._types.stripped import stripped
from shimlite.equality import same
from shimlite.values import relocating

from .build import dispatched, template
from .support import SimpleType, packed, refusal, struct, unpacked

T = TypeVar("T")
Csv: Any = FlyteFile["csv"]
NOON = dt.datetime(2024, 2, 29, 12, tzinfo=dt.timezone.utc)


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Rank(enum.Enum):
    ONE = 1


class Inner(BaseModel):
    a: int = 1


class User(BaseModel):
    name: str
    born: dt.datetime
    took: dt.timedelta = dt.timedelta(days=1, seconds=1, microseconds=5)
    day: Optional[dt.date] = None
    color: Color = Color.RED
    rank: Rank = Rank.ONE
    inner: Inner = Inner()
    more: list[Inner] = []
    by_number: dict[int, float] = {}
    either: Union[int, str] = 3
    key: uuid.UUID = uuid.UUID(int=7)
    price: decimal.Decimal = decimal.Decimal("1.50")
    tags: set[int] = {1}
    data: bytes = b"text"
    word: Literal["a", "b"] = "a"
    anything: Any = None
    untyped: dict = {}  # type: ignore[type-arg]


@dataclasses.dataclass
class Point:
    x: int = 1


class Chain(BaseModel):
    value: int
    rest: Optional[Chain] = None


USER = User(name="zoë", born=NOON, more=[Inner(a=2)], by_number={1: 0.5}, untyped={"k": [1, None]})
PLAIN = {
    "name": "zoë",
    "born": "2024-02-29T12:00:00Z",
    "took": "P1DT1.000005S",
    "day": None,
    "color": "red",
    "rank": 1,
    "inner": {"a": 1},
    "more": [{"a": 2}],
    "by_number": {"1": 0.5},
    "either": 3,
    "key": "00000000-0000-0000-0000-000000000007",
    "price": "1.50",
    "tags": [1],
    "data": "text",
    "word": "a",
    "anything": None,
    "untyped": {"k": [1, None]},
}


def fields(literal_type: Any) -> dict[str, Any]:
    return dict(literal_type.structure.dataclass_type)


# ------------------------------------------------------------------------------------------------------- the type


def test_the_type_is_a_struct_with_pydantics_own_schema():
    literal_type = to_literal_type(User)
    struct_of_schema = struct(User.model_json_schema()).scalar.generic
    assert literal_type.simple == SimpleType.STRUCT
    assert literal_type.metadata == struct_of_schema
    assert set(fields(literal_type)) == set(PLAIN) - {"rank"}  # which flytekit leaves out, as an Enum of ints
    assert fields(literal_type)["inner"] == to_literal_type(Inner)
    assert fields(literal_type)["key"].blob.format == "PythonPickle"
    assert guess_python_type(literal_type) is dict


def test_in_a_union_its_tag_is_that_of_flytekits_plug_in():
    variants = to_literal_type(Optional[Inner]).union_type.variants
    assert [variant.structure.tag for variant in variants] == ["Pydantic Transformer", "none"]


def test_a_tuple_has_no_literal_type_and_other_foreign_types_are_pickles():
    class Model(BaseModel):
        pair: tuple[int, str]
        maybe: Optional[uuid.UUID]
        all: list[uuid.UUID]
        odd: dict[Any, Literal[1, "a"]]

    declared = fields(to_literal_type(Model))
    assert set(declared) == {"maybe", "all", "odd"}
    assert declared["maybe"].union_type.variants[0].structure.tag == "FlytePickle"
    assert declared["all"].collection_type.blob.format == "PythonPickle"


def test_a_dataclass_that_holds_one_has_no_schema_as_flytekit_gives_it_none():
    Holder: Any = dataclasses.make_dataclass("Holder", [("inner", Inner), ("more", list[Inner])])
    literal_type = to_literal_type(Holder)
    assert not literal_type.HasField("metadata")
    assert fields(literal_type)["inner"] == to_literal_type(Inner)
    value = Holder(Inner(a=2), [Inner(a=3)])
    assert unpacked(to_literal(value, Holder)) == {"inner": {"a": 2}, "more": [{"a": 3}]}
    assert to_python_value(to_literal(value, Holder), Holder) == value


def test_words_of_annotated_stay_words():
    class Model(BaseModel):
        number: Annotated[int, Field(gt=0)] = 1
        file: Csv
        noted: Annotated[int, FlyteAnnotation({"a": 1})] = 1

    declared = fields(to_literal_type(Model))
    assert (declared["number"], declared["noted"]) == (to_literal_type(int), to_literal_type(int))
    assert declared["file"].blob.format == "csv"
    noted = to_literal_type(Annotated[Model, FlyteAnnotation({"a": 1})])
    assert set(noted.annotation.annotations.fields) == {"a", "cache-key-metadata"}


@pytest.mark.parametrize(
    "python_type", [User, list[Inner], Optional[Inner], dict[str, Inner], Union[Inner, User, None]]
)
def test_a_node_is_a_python_type_again(python_type):
    node = parse(python_type)
    assert parse(python_type_of(node)) == node


# ------------------------------------------------------------------------------------------------------- the value


@pytest.mark.parametrize("declared", ["own", "registered", "pod"])
def test_a_value_is_its_own_json_as_msgpack(declared):
    as_type: Any = {"own": User, "registered": to_literal_type(User), "pod": stripped(to_literal_type(User))}[declared]
    literal = to_literal(USER, as_type)
    assert unpacked(literal) == PLAIN
    assert to_python_value(literal, as_type) == (USER if declared == "own" else PLAIN)


@pytest.mark.parametrize(
    ("python_type", "value"),
    [
        (User, USER),
        (list[Inner], [Inner(a=1), Inner(a=2)]),
        (dict[str, Inner], {"k": Inner()}),
        (dict[int, Inner], {1: Inner()}),
        (Optional[Inner], Inner(a=2)),
        (Optional[Inner], None),
        (Union[Inner, User, Point, None], USER),
        (Union[Inner, User, Point, None], Inner(a=5)),
        (Union[Inner, User, Point, None], Point(5)),
        (Union[Inner, dict], Inner(a=5)),
        (Union[Inner, dict], {"a": 5}),
        (Union[list[Inner], list[Point]], [Inner()]),
        (Union[list[Inner], list[Point]], [Point()]),
        (Chain, Chain(value=1, rest=Chain(value=2))),
        (Optional[Chain], Chain(value=1, rest=Chain(value=2))),
    ],
)
def test_it_comes_back_wherever_it_stands(python_type, value):
    literal = to_literal(value, python_type)
    assert same(to_python_value(literal, python_type), value)
    declared = to_literal_type(python_type)
    if not issubclass(type(value), (list, dict)):
        assert to_literal(value, stripped(declared)) == to_literal(value, declared)


def test_nil_for_an_optional_model_is_none():
    for model in (Inner, SameForm, OfInner):
        value = OfInner(Inner()) if model is OfInner else model()
        literal = to_literal(value, Optional[model])
        literal.scalar.union.value.CopyFrom(packed(None))
        assert to_python_value(literal, Optional[model]) is None


def test_what_other_writers_send_for_it():
    assert to_python_value(packed(PLAIN), User) == USER
    assert to_python_value(struct(PLAIN), User) == USER
    assert to_python_value(struct({"a": 5.0}), Inner) == Inner(a=5)
    assert to_python_value(packed({"a": 5, "more": 1}), Inner) == Inner(a=5)  # unknown keys are ignored
    assert to_python_value(packed({}), Inner) == Inner()


def test_a_record_and_a_dict_are_read_as_a_model_and_the_reverse():
    assert to_python_value(to_literal({"a": 5}, dict), Inner) == Inner(a=5)
    One: Any = dataclasses.make_dataclass("One", [("a", int)])
    assert to_python_value(to_literal(One(5), One), Inner) == Inner(a=5)
    assert to_python_value(to_literal(Inner(a=5), Inner), One) == One(5)


class Echo:
    def execute_from_model(self, tt: Any, user: User, maybe: Optional[Inner], many: list[Inner]) -> Any:
        assert (type(user), type(maybe), [type(one) for one in many]) == (User, Inner, [Inner])
        return {"user": user, "maybe": maybe, "many": many, "plain": user.model_dump(mode="json")}


def test_an_executor_in_a_pod_gets_and_returns_models():
    types = {"user": User, "maybe": Optional[Inner], "many": list[Inner]}
    made = template(types, {**types, "plain": dict})
    written = dispatched(Echo, made, {"user": PLAIN, "maybe": Inner(a=4), "many": [{"a": 1}]}).literals
    assert unpacked(written["user"]) == unpacked(written["plain"]) == PLAIN
    assert written["maybe"] == to_literal(Inner(a=4), Optional[Inner])


def test_what_is_no_map_is_none_of_several_models():
    literal = to_literal(Inner(), Union[Inner, User])
    literal.scalar.union.type.ClearField("metadata")
    assert to_python_value(literal, Union[Inner, User]) == Inner()
    literal.scalar.union.value.CopyFrom(packed([1]))
    message = "expected Inner | User, got a record whose fields are those of no member"
    assert refusal(ConversionValueError, to_python_value, literal, Union[Inner, User]) == message


def test_a_model_takes_the_variant_of_its_kind():
    declared = stripped(to_literal_type(Union[Point, Inner]))
    for value, tag in ((Point(1), "Object-Dataclass-Transformer"), (Inner(a=1), "Pydantic Transformer")):
        stored = to_literal(value, declared).scalar.union.type
        assert (stored.structure.tag, stored.metadata["title"]) == (tag, type(value).__name__)
    for declared, value in ((Optional[Point], Inner(a=1)), (Optional[Inner], Point(1))):
        assert unpacked(to_literal(value, stripped(to_literal_type(declared))).scalar.union.value)


# ---------------------------------------------------------------------------------------------- how models may be


class Aliased(BaseModel):
    number: int = Field(alias="N")
    path: int = Field(2, validation_alias=AliasPath("outer", "inner"))
    choice: int = Field(3, validation_alias=AliasChoices("one", AliasPath("two", 0)))
    written: int = Field(4, serialization_alias="W")


def test_aliases_are_read_and_names_written_as_flytekit_writes_them():
    value = Aliased(N=1)
    literal = to_literal(value, Aliased)
    assert unpacked(literal) == {"number": 1, "path": 2, "choice": 3, "written": 4}
    assert to_python_value(literal, Aliased) == value
    assert to_python_value(packed({"N": 1, "outer": {"inner": 5}, "two": [6]}), Aliased) == Aliased(
        N=1, outer={"inner": 5}, two=[6]
    )
    for plain in ({"N": 1}, {"number": 1}, {"number": 1, "two": [3]}, {"N": 1, "one": 3, "outer": {}}):
        assert type(to_python_value(packed(plain), Union[Aliased, Point])) is Aliased


def test_aliases_are_written_where_the_model_says_so():
    class Model(BaseModel):
        model_config = ConfigDict(serialize_by_alias=True)
        number: int = Field(alias="N")
        left_out: int = Field(0, exclude=True, serialization_alias="N")

        @pydantic.computed_field(alias="D")
        def double(self) -> int:
            return self.number * 2

    literal = to_literal(Model(N=1), Union[Model, Point])
    assert unpacked(literal.scalar.union.value) == {"N": 1, "D": 2}
    assert to_python_value(literal, Union[Model, Point]) == Model(N=1)


def test_a_name_is_not_taken_for_the_alias_of_another_field():
    class Swapped(BaseModel):
        a: int = Field(alias="b")
        b: int = Field(alias="a")

    class Holder(BaseModel):
        inner: Swapped

    value = Swapped(a=1, b=2)
    assert (value.a, value.b) == (2, 1)
    for python_type, whole in ((Swapped, value), (Holder, Holder(inner=value))):
        assert to_python_value(to_literal(whole, python_type), python_type) == whole


def test_two_fields_of_one_key_are_refused():
    class Twice(BaseModel):
        model_config = ConfigDict(serialize_by_alias=True)
        a: int = Field(1, serialization_alias="b")
        b: int = 2

    class Computing(BaseModel):
        model_config = ConfigDict(serialize_by_alias=True)
        a: int = 1

        @pydantic.computed_field(alias="a")
        def c(self) -> int:
            return 2

    class Unread(BaseModel):
        model_config = ConfigDict(serialize_by_alias=True)
        a: int = Field(1, serialization_alias="c")

    for model, message in (
        (Twice, "Twice cannot read the key that it writes for 'a'"),
        (Computing, "Computing writes two fields under one key"),
        (Unread, "Unread cannot read the key that it writes for 'a'"),
    ):
        assert refusal(UnsupportedTypeError, to_literal_type, model) == message


def test_names_go_before_aliases_where_one_may_be_the_other():
    class Swapped(BaseModel):
        a: int = Field(1, alias="b")
        b: int = Field(2, alias="a")

    class ByAlias(Swapped):
        model_config = ConfigDict(serialize_by_alias=True)

    class Open(Swapped):
        model_config = ConfigDict(extra="allow")

    class Pair(BaseModel):
        pair: tuple[Swapped, int]

    @pydantic.dataclasses.dataclass
    class Data:
        a: int = Field(1, alias="b")
        b: int = Field(2, alias="a")

    class Holder(BaseModel):
        data: Data

    values = [Swapped(b=5, a=6), ByAlias(b=5, a=6), Open(b=5, a=6, z=7), Pair(pair=(Swapped(b=5, a=6), 1))]  # type: ignore[call-arg]
    for value in (*values, Holder(data=Data(b=5, a=6))):
        assert to_python_value(to_literal(value, type(value)), type(value)) == value
    third = pydantic.create_model("T", first=(int, Field(0, alias="second")), second=(int, Field(0, alias="third")))
    assert to_python_value(packed({"second": 1, "third": 2}), third) == third(second=1, third=2)

    class Checked(Swapped):
        @pydantic.field_validator("a")
        @classmethod
        def not_nine(cls, value: int) -> int:
            if value == 9:
                raise ValueError
            return value

    message = ".a: Checked refused it (value_error)"
    assert refusal(ConversionValueError, to_python_value, packed({"a": 9, "b": 1}), Checked) == message
    required = pydantic.create_model("R", a=(int, Field(alias="b")), b=(int, Field(alias="c")))
    assert to_python_value(packed({"b": 1, "c": 2}), required) == required(b=1, c=2)  # which names cannot be


class Computed(BaseModel):
    model_config = ConfigDict(extra="forbid")
    side: int

    @pydantic.computed_field
    def area(self) -> int:
        return self.side**2


def test_what_a_model_computes_is_written_and_not_read():
    literal = to_literal(Computed(side=3), Computed)
    assert unpacked(literal) == {"side": 3, "area": 9}
    assert to_python_value(literal, Computed) == Computed(side=3)
    assert to_python_value(to_literal(Computed(side=3), Union[Computed, Point]), Union[Computed, Point]) == Computed(
        side=3
    )
    message = ".more: Computed refused it (extra_forbidden)"
    assert refusal(ConversionValueError, to_python_value, packed({"side": 3, "more": 1}), Computed) == message


def test_other_keys_stay_where_a_model_allows_them():
    class Open(BaseModel):
        model_config = ConfigDict(extra="allow")
        a: int

    value = Open(a=1, b=[2])  # type: ignore[call-arg]
    literal = to_literal(value, Optional[Open])
    assert same(to_python_value(literal, Optional[Open]), value)
    assert not same(value, Open(a=1)) and same(Open(a=1), Open(a=1))
    assert to_python_value(packed({"a": 1, "z": 2}), Union[Open, Point]).model_extra == {"z": 2}


def test_discriminated_unions_generics_and_inheritance():
    class Cat(BaseModel):
        kind: Literal["cat"] = "cat"
        lives: int

    class Dog(BaseModel):
        kind: Literal["dog"] = "dog"
        lives: int

    class Box(BaseModel, Generic[T]):
        content: T

    class Owner(BaseModel):
        pet: Union[Cat, Dog] = Field(discriminator="kind")

    owner = Owner(pet=Dog(lives=1))
    assert to_python_value(to_literal(owner, Owner), Owner) == owner
    message = ".pet.dog.lives: Owner refused it (int_parsing)"
    plain = {"pet": {"kind": "dog", "lives": "secret"}}
    assert refusal(ConversionValueError, to_python_value, packed(plain), Owner) == message
    box = Box[int](content=3)
    literal = to_literal(box, Union[Box[int], Box[str]])
    assert literal.scalar.union.type.metadata["title"] == "Box[int]"
    assert to_python_value(literal, Union[Box[int], Box[str]]) == box
    assert to_python_value(to_literal(Cat(lives=1), Union[Cat, Dog]), Union[Cat, Dog]) == Cat(lives=1)


class OfInner(RootModel[Inner]):
    pass


class OfNone(RootModel[Optional[int]]):
    pass


class SameForm(BaseModel):
    a: int = 1

    @pydantic.model_serializer
    def form(self) -> dict[str, int]:
        return {"a": self.a}


@pytest.mark.parametrize(
    ("value", "python_type"),
    [
        (OfInner(Inner()), Union[OfInner, Inner]),
        (Inner(), Union[OfInner, Inner]),
        (SameForm(), Union[SameForm, Inner]),
        (Inner(), Union[SameForm, Inner]),
        (OfNone(None), Optional[OfNone]),
        (None, Optional[OfNone]),
        (None, Optional[SameForm]),
    ],
)
def test_a_union_tells_models_of_one_form_by_their_titles(value, python_type):
    assert same(to_python_value(to_literal(value, python_type), python_type), value)


def test_equal_sets_are_equal_bytes():
    Data: Any = dataclasses.make_dataclass("Data", [("s", set[int])])

    class Sets(BaseModel):
        s: set[int]
        nested: list[dict[str, Optional[frozenset[int]]]] = []
        either: Union[list[int], set[int]] = []
        data: Optional[Data] = None  # type: ignore[valid-type]
        numbers: list[int] = [3, 1]
        more: Optional[Sets] = None

    first, second = {0, 8}, {8, 0}
    assert list(first) != list(second)
    one, other = (
        Sets(s=each, nested=[{"a": frozenset(each)}, {"b": None}], data=Data(each), more=Sets(s=each))
        for each in (first, second)
    )
    assert to_literal(one, Sets) == to_literal(other, Sets)
    assert unpacked(to_literal(one, Sets))["numbers"] == [3, 1]


class Numbers(RootModel[list[int]]):
    pass


class AsText(BaseModel):
    a: int

    @pydantic.model_serializer
    def as_text(self) -> str:
        return str(self.a)

    @pydantic.model_validator(mode="before")
    @classmethod
    def of_text(cls, value: Any) -> Any:
        return {"a": int(value)} if isinstance(value, str) else value


@pytest.mark.parametrize(("value", "plain"), [(Numbers([1, 2]), [1, 2]), (AsText(a=3), "3")])
def test_a_models_json_need_not_be_a_map(value, plain):
    model = type(value)
    Holder: Any = dataclasses.make_dataclass("Holder", [("x", model)])
    for python_type, whole in (
        (model, value),
        (Optional[model], value),
        (list[model], [value]),
        (Holder, Holder(value)),
    ):
        assert to_python_value(to_literal(whole, python_type), python_type) == whole
    assert unpacked(to_literal(value, model)) == plain
    assert fidelity(model, model).exact
    message = f"not every {model.__name__} can be read as dict"
    assert refusal(UnsupportedTypeError, fidelity, model) == message


def test_a_model_with_its_own_model_dump_json():
    class Own(BaseModel):
        a: Optional[int] = None

        def model_dump_json(self) -> str:  # type: ignore[override]
            return super().model_dump_json(exclude_none=True)

        @classmethod
        def model_validate_json(cls, json_data: Any, *, strict: Any = None, context: Any = None) -> Any:  # type: ignore[override]
            return super().model_validate_json(json_data, strict=strict)

    assert unpacked(to_literal(Own(), Own)) == {}
    assert to_python_value(to_literal(Own(), Own), Own) == Own()


# ------------------------------------------------------------------------------------------------------- refusals


class Checked(BaseModel):
    secret: str = Field(max_length=3)
    scores: dict[str, int] = {}
    counts: dict[int, int] = {}
    pair: tuple[int, int] = (1, 2)

    @pydantic.field_validator("secret")
    @classmethod
    def check(cls, value: str) -> str:
        if value == "bad":
            raise ValueError(f"{value} is bad")
        if value == "own":
            raise pydantic_core.PydanticCustomError(f"kind_{value}", "words of {value}", {"value": value})  # type: ignore[arg-type]
        if value == "odd":
            raise KeyError(value)
        if value == "off":
            raise KeyboardInterrupt(value)
        return value


@pytest.mark.parametrize(
    ("plain", "message"),
    [
        ({}, "expected Checked, got a map without 'secret'"),
        ({"secret": "hunter2"}, ".secret: Checked refused it (string_too_long)"),
        ({"secret": 5}, ".secret: Checked refused it (string_type)"),
        ({"secret": "bad"}, ".secret: Checked refused it (value_error)"),
        ({"secret": "own"}, ".secret: Checked refused it (an error of its own)"),
        ({"secret": "odd"}, "Checked refused its fields (KeyError)"),
        ({"secret": "a", "scores": {"k y": "x"}}, ".scores['k y']: Checked refused it (int_parsing)"),
        ({"secret": "a", "counts": {"one": 1}}, ".counts.one: Checked refused it (int_parsing)"),
        ({"secret": "a", "pair": [1, "x"]}, ".pair[1]: Checked refused it (int_parsing)"),
        ({"secret": "hunter2", "pair": ["x", "y"]}, ".secret: Checked refused it (string_too_long); and 2 more"),
        ([], "expected Checked, got list of 0"),
        (None, "expected Checked, got None"),
        ({"secret": b"a"}, "expected Checked, got msgpack that JSON cannot hold"),
        ({b"secret": "a"}, "expected Checked, got msgpack that JSON cannot hold"),
    ],
)
def test_what_it_refuses_is_one_line_without_the_value(plain, message):
    kind = ConversionTypeError if "got" in message and "without" not in message else ConversionValueError
    assert refusal(kind, to_python_value, packed(plain), Checked) == message


def test_a_value_with_very_many_errors_is_refused_without_a_list_of_them():
    plain = {"secret": "a", "scores": dict.fromkeys(map(str, range(2000)), "x")}
    message = "Checked refused 2000 parts of it"
    assert refusal(ConversionValueError, to_python_value, packed(plain), Checked) == message


def test_no_error_is_chained_to_pydantics():
    with pytest.raises(ConversionValueError) as caught:
        to_python_value(packed({"secret": "hunter2"}), Checked)
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
    with pytest.raises(KeyboardInterrupt) as stopped:
        to_python_value(packed({"secret": "off"}), Checked)
    assert stopped.value.args == ()


def test_the_path_starts_with_the_variable():
    class Takes:
        def execute_from_model(self, tt: Any, users: list[Checked]) -> None: ...

    made = template({"users": list[dict]})
    message = "inputs.users[0].secret: Checked refused it (string_too_long)"
    assert refusal(InputsError, dispatched, Takes, made, {"users": [{"secret": "hunter2"}]}) == message

    class Gives:
        def execute_from_model(self, tt: Any) -> Checked:
            return Checked.model_construct(secret=5)

    message = "outputs.o0: Checked cannot be written as JSON (PydanticSerializationError)"
    assert refusal(OutputsError, dispatched, Gives, template({}, {"o0": Checked}), {}) == message


def test_a_value_that_is_not_of_its_type_is_refused_without_a_warning_that_shows_it(recwarn):
    message = "Inner cannot be written as JSON (PydanticSerializationError)"
    assert refusal(ConversionValueError, to_literal, Inner.model_construct(a="secret"), Inner) == message
    assert refusal(ConversionTypeError, to_literal, {"a": 1}, Inner) == "expected Inner, got dict of 1"
    assert refusal(ConversionTypeError, to_literal, Point(), Inner) == "expected Inner, got Point"
    assert not recwarn.list

    class More(Inner):
        b: int = 2

    class Same(Inner):
        pass

    assert refusal(ConversionTypeError, to_literal, More(), Inner) == "expected Inner, got a More with more fields"
    assert to_literal(Same(a=4), Inner) == to_literal(Inner(a=4), Inner)


def test_a_dump_with_python_objects_is_told_to_be_the_model():
    hint = "write text; if a model's model_dump() gave it, return the model"
    message = f"['born']: expected a JSON-like value, got datetime; {hint}"
    assert refusal(ConversionTypeError, to_literal, USER.model_dump(include={"born"}), dict) == message
    message = "['m']: expected a JSON-like value, got Inner; annotate the dict, as in dict[str, Inner]"
    assert refusal(ConversionTypeError, to_literal, {"m": Inner()}, dict) == message
    assert unpacked(to_literal(USER.model_dump(mode="json"), dict)) == PLAIN


def test_numbers_that_msgpack_cannot_hold_have_a_path():
    class Big(BaseModel):
        number: Any

    message = "['number']: expected an int that msgpack can hold, got int out of range"
    assert refusal(ConversionValueError, to_literal, Big(number=2**64), Big) == message


def test_two_keys_that_json_makes_one_are_refused():
    class Model(BaseModel):
        a: Any

    for keys in ({1: 1, "1": 2}, {None: 1, "null": 2}, {True: 1, "true": 2}, {1.5: 1, "1.5": 2}):
        message = "expected JSON, got dict in which two keys become one"
        assert refusal(ConversionValueError, to_python_value, packed({"a": [keys]}), Model) == message
    assert to_python_value(packed({"a": {2: 1, None: 2, True: 3}}), Model).a == {"2": 1, "null": 2, "true": 3}


def test_a_validator_that_gives_something_else_is_refused():
    class Odd(BaseModel):
        @pydantic.model_validator(mode="wrap")
        @classmethod
        def other(cls, value: Any, handler: Any) -> Any:
            return 5

    assert refusal(ConversionTypeError, to_python_value, packed({}), Odd) == "expected Odd, got int"


def test_a_schema_that_warns_or_is_no_text_or_too_large(recwarn):
    class Warns(BaseModel):
        model_config = ConfigDict(arbitrary_types_allowed=True)
        number: int = Field(default=object(), validate_default=False)  # type: ignore[assignment]

    class Odd(BaseModel):
        number: int = Field(1, description="\ud800")

    assert to_literal_type(Warns)
    assert not recwarn.list
    message = "Odd has no JSON Schema (UnicodeEncodeError)"
    assert refusal(UnsupportedTypeError, to_literal_type, Odd) == message
    model: Any = pydantic.create_model("Leaf", **{f"field_{number}": (int, 1) for number in range(100)})
    for _ in range(9):
        model = pydantic.create_model("Model", a=(model, ...), b=(model, ...))
    assert refusal(UnsupportedTypeError, to_literal_type, model) == "holds more than 20000 types"


def test_deep_json_is_refused():
    class Deep(BaseModel):
        a: Any

    deep: Any = 1
    for _ in range(300):
        deep = [deep]
    assert refusal(ConversionValueError, to_python_value, packed({"a": deep}), Deep) == "nested too deeply"
    chain = {"value": 1}
    for _ in range(30):
        chain = {"value": 1, "rest": chain}  # type: ignore[dict-item]
    bad: Any = chain
    while "rest" in bad:
        bad = bad["rest"]
    bad["value"] = "secret"
    message = refusal(ConversionValueError, to_python_value, packed(chain), Chain)
    assert message == f"{'.rest' * 20}…: Chain refused it (int_parsing)"


class Unmade(BaseModel):
    later: Optional[Missing] = None  # type: ignore[name-defined]  # noqa: F821


class WithoutSchema(BaseModel):
    model_config = ConfigDict(arbitrary_types_allowed=True)
    thing: dt.tzinfo


@pytest.mark.parametrize(
    ("python_type", "message"),
    [
        (BaseModel, "BaseModel is not supported; use a model of your own"),
        (Unmade, "Unmade is not fully defined; call its model_rebuild()"),
        (WithoutSchema, "WithoutSchema has no JSON Schema (PydanticInvalidForJsonSchema)"),
    ],
)
def test_models_outside_the_set(python_type, message):
    assert refusal(UnsupportedTypeError, to_literal_type, python_type) == message


def test_who_stops_the_process_while_a_type_is_asked_stops_it():
    def stop(*arguments: Any) -> Any:
        raise KeyboardInterrupt

    class Schema(BaseModel):
        model_config = ConfigDict(json_schema_extra=stop)

    class Default(BaseModel):
        a: int = Field(default_factory=stop)

    class Leaving(BaseModel):
        a: int = Field(default_factory=sys.exit)

    for model, asked in ((Schema, to_literal_type), (Default, fidelity)):
        with pytest.raises(KeyboardInterrupt):
            asked(model)  # type: ignore[operator]
    assert fidelity(Leaving, Leaving).losses[0].why == "no example of it could be made"


def test_a_class_that_is_named_later_is_found_then():
    class Early(BaseModel):
        later: Optional[Later] = None  # noqa: F821

    globals()["Later"] = Inner
    try:
        assert to_literal_type(Early)
    finally:
        del globals()["Later"]


def test_the_code_of_an_annotation_may_raise(monkeypatch):
    class Odd(BaseModel):
        a: Optional[Never] = None  # noqa: F821

    def rebuild(*arguments: Any, **keywords: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(Odd, "model_rebuild", rebuild)
    assert refusal(UnsupportedTypeError, to_literal_type, Odd) == "Odd is not fully defined (ZeroDivisionError)"


def test_an_old_pydantic_is_refused(monkeypatch):
    monkeypatch.setattr(pydantic, "VERSION", "2.10.6")
    assert refusal(UnsupportedTypeError, to_literal_type, Inner) == "Inner is of pydantic 2.10.6; use 2.11 or later"


# ----------------------------------------------------------------------------------------------------- references


class Links(BaseModel):
    file: FlyteFile
    folder: FlyteDirectory
    table: StructuredDataset
    old: FlyteSchema
    maybe: Optional[FlyteFile] = None


LINKS = Links(
    file=FlyteFile("s3://b/f", metadata={"k": "v"}),
    folder=FlyteDirectory("s3://b/d"),
    table=StructuredDataset("s3://b/t", format="parquet"),
    old=FlyteSchema("s3://b/s"),
)
LINKS_PLAIN = {
    "file": {"path": "s3://b/f", "metadata": {"k": "v"}},
    "folder": {"path": "s3://b/d"},
    "table": {"uri": "s3://b/t", "file_format": "parquet", "format": "parquet"},
    "old": {"remote_path": "s3://b/s"},
    "maybe": None,
}


def test_references_are_fields_of_models():
    literal = to_literal(LINKS, Links)
    assert unpacked(literal) == LINKS_PLAIN
    assert to_python_value(literal, Links) == LINKS
    assert LINKS.model_dump() == {name: getattr(LINKS, name) for name in Links.model_fields}
    assert Links.model_validate(LINKS_PLAIN) == LINKS
    schema = Links.model_json_schema()
    assert schema["properties"]["maybe"]["anyOf"] == [{"$ref": "#/$defs/FlyteFile"}, {"type": "null"}]
    message = ".file: Links refused it (dict_type); and 3 more"
    assert refusal(ConversionValueError, to_python_value, packed({"file": "s3://b"}), Links) == message


def test_what_only_flyte_2_has_a_key_for_is_read_and_written():
    more = Links(
        file=FlyteFile("s3://b/f", format="csv", hash="é"),
        folder=FlyteDirectory("s3://b/d", format="parts", hash="h"),
        table=StructuredDataset("s3://b/t", format="csv", hash="h"),
        old=FlyteSchema("s3://b/s", hash="h"),
        maybe=FlyteFile("s3://b/f"),
    )
    written = {
        "file": {"path": "s3://b/f", "format": "csv", "hash": "é"},
        "folder": {"path": "s3://b/d", "format": "parts", "hash": "h"},
        "table": {"uri": "s3://b/t", "file_format": "csv", "format": "csv", "hash": "h"},
        "old": {"remote_path": "s3://b/s"},
        "maybe": {"path": "s3://b/f"},
    }
    literal = to_literal(more, Links)
    assert unpacked(literal) == written
    back = more.model_copy(update={"old": FlyteSchema("s3://b/s")})
    assert to_python_value(literal, Links) == back
    named = {"name": "n", "format": "csv", "hash": None}
    of_flyte2 = written | {"table": {"uri": "s3://b/t", "format": "csv"}, "maybe": {"path": "s3://b/f", **named}}
    table, maybe = StructuredDataset("s3://b/t", format="csv"), FlyteFile("s3://b/f", format="csv")
    assert to_python_value(packed(of_flyte2), Links) == back.model_copy(update={"table": table, "maybe": maybe})
    message = ".file.hash: Links refused it (string_type)"
    wrong = written | {"file": {"path": "s3://b/f", "hash": 5}}
    assert refusal(ConversionValueError, to_python_value, packed(wrong), Links) == message


def test_they_are_uploaded():
    with relocating(lambda value: f"up/{value.uri}"):
        assert unpacked(to_literal(LINKS, Links))["maybe"] is None
        assert unpacked(to_literal(LINKS, Links))["file"]["path"] == "up/s3://b/f"


def test_what_cannot_be_uploaded_is_told_by_our_own_error():
    message = "it cannot be read: No such file or directory"
    with relocating(lambda value: open_nothing()):
        assert refusal(LocalFileError, to_literal, LINKS, Links) == message


def open_nothing() -> str:
    from shimlite.trees import walk

    walk("nothing")
    return ""


# --------------------------------------------------------------------------------------------------------- losses


def listed(written: Any, read: Any = None) -> list[tuple[str, str, str]]:
    return [loss[:3] for loss in fidelity(written, read).losses]


DICT = ("", "its class Inner", "JSON-like data has a dict for it")


class Lossy(BaseModel):
    maybe: Optional[float] = None
    either: Union[str, dt.date] = "a"
    moment: list[dt.datetime] = []
    left_out: int = Field(0, exclude=True)
    secret: pydantic.SecretStr = pydantic.SecretStr("a")
    pairs: dict[int, Inner] = {}
    color: Color = Color.RED


def test_the_losses_of_a_model_are_what_its_own_json_does_not_keep():
    assert listed(Inner, Inner) == []
    assert listed(Inner) == [DICT]
    assert listed(Lossy, Lossy) == [
        (".maybe", "NaN and infinity", "JSON has no such numbers"),
        (".either<date>", "that it was a date", "JSON-like data has no such type"),
        (".moment[i]", "the seconds of its offset", "JSON has hours and minutes"),
        (".moment[i]", "fold", "neither a moment in UTC nor an offset has it"),
        (".left_out", "what it held", "its model leaves it out"),
        (".secret", "what its JSON does not keep", "a SecretStr writes it so"),
    ]
    assert listed(Lossy)[1:] == [
        (".maybe", "NaN and infinity", "JSON has no such numbers"),
        (".either<date>", "that it was a date", "JSON-like data has no such type"),
        (".moment[i]", "that it was a datetime", "JSON-like data has no such type"),
        (".left_out", "what it held", "its model leaves it out"),
        (".secret", "that it was a SecretStr", "JSON-like data has no such type"),
        (".pairs(key)", "that it was a int", "JSON-like data has no such type"),
        (".pairs[key]", "its class Inner", "JSON-like data has a dict for it"),
        (".color", "its class Color", "its value travels, its class does not"),
    ]
    mistaken = "such text is read as another member of its union"
    Texts = pydantic.create_model("Texts", a=(Union[dt.date, str], ...), b=(Union[uuid.UUID, str], ...), c=(str, ...))
    assert listed(Texts, Texts) == [(f".{name}<str>", "that it was a str", mistaken) for name in "ab"]
    for loss in fidelity(Lossy, Lossy).losses:
        projected = fidelity(Lossy, Lossy).project(loss.witness)
        assert isinstance(loss, Loss) and not same(projected, loss.witness)


def test_losses_where_a_model_holds_itself_or_says_its_keys_or_forgets_values():
    class Model(BaseModel):
        model_config = ConfigDict(serialize_by_alias=True)
        number: int = Field(1, alias="N")
        days: list[dt.date] = []

        @pydantic.field_validator("days")
        @classmethod
        def none(cls, days: list[dt.date]) -> list[dt.date]:
            return days if len(days) > 1 else days * 2

        @pydantic.field_serializer("days")
        def none_written(self, days: list[dt.date]) -> list[str]:
            return []

    assert listed(Chain, Chain) == []
    assert listed(Chain) == [
        ("", "its class Chain", "JSON-like data has a dict for it"),
        (".rest", "its class Chain", "JSON-like data has a dict for it"),
    ]
    assert listed(Model)[1:] == [(".days[i]", "that it was a date", "JSON-like data has no such type")]
    assert listed(Model, Model) == [(".days[i]", "that it was a date", "JSON-like data has no such type")]


def test_one_class_is_read_as_another():
    One: Any = dataclasses.make_dataclass("One", [("a", int)])
    Data: Any = dataclasses.make_dataclass("Data", [("b", bytes)])

    class Bytes(BaseModel):
        b: bytes

    class Key(BaseModel):
        k: uuid.UUID

    class KeyToo(BaseModel):
        k: uuid.UUID

    class Text(BaseModel):
        a: str

    class Picky(BaseModel):
        a: int = Field(gt=5)

    assert listed(Inner, One) == [("", "its class Inner", "it is read as another class")]
    assert listed(One, Inner) == [("", "its class One", "it is read as another class")]
    assert listed(Key, KeyToo) == [("", "its class Key", "it is read as another class")]
    assert listed(Inner, dict[str, int]) == [DICT]
    assert listed(User, Inner)[1:] == [(f".{name}", "what it held", "Inner has no such field") for name in PLAIN]
    for written, read in ((Inner, User), (Data, Bytes), (Bytes, Data), (Numbers, One), (Inner, Picky)):
        message = f"not every {written.__name__} can be read as {read.__name__}"
        assert refusal(UnsupportedTypeError, fidelity, written, read) == message
    assert refusal(UnsupportedTypeError, fidelity, Inner, Text) == "not every int can be read as str"
    Foreign: Any = dataclasses.make_dataclass("Foreign", [("k", str)])
    assert refusal(UnsupportedTypeError, fidelity, Key, Foreign) == "not every Key can be read as Foreign"


def test_what_a_model_holds_besides_its_fields_and_where_anything_goes():
    class Model(BaseModel, Generic[T]):
        model_config = ConfigDict(extra="allow")
        anything: Any = None
        thing: object = None
        of_t: T
        _own: int = 1

    class Holder(BaseModel):
        model: Model[int]

    own = [("", "its private attributes", "its JSON has none of them")]
    own += [("", "the types of fields that it does not declare", "JSON-like data has no such type")]
    open_ = ("types that JSON has not", "JSON-like data has no such type")
    assert listed(Model, Model) == [
        *own,
        *((f".{name}", *open_) for name in ("anything", "thing", "of_t")),
    ]
    assert listed(Holder, Holder)[:2] == [(".model", *one[1:]) for one in own]


@pytest.mark.skipif(not hasattr(Field(), "exclude_if"), reason="pydantic has it from 2.12 on")
def test_a_field_that_a_model_leaves_out_for_some_values():
    class Model(BaseModel):
        hidden: Optional[int] = Field(None, exclude_if=lambda value: value == 1)

    assert listed(Model, Model) == [(".hidden", "what it held", "its model leaves it out")]


CUT = ("", "what its JSON does not keep", "its values are too many to try each")


def test_parts_that_are_too_many_to_try_are_said(monkeypatch):
    monkeypatch.setattr(model_losses, "MOST_LOSSES", 20)
    many: Any = pydantic.create_model("Many", **{f"f{place}": (Optional[float], None) for place in range(20)})
    Holder = pydantic.create_model("Holder", many=(many, many()))
    assert listed(Holder, Holder)[-1] == CUT


def test_values_that_are_too_many_to_try_are_said(monkeypatch):
    monkeypatch.setattr(witnesses, "MOST_AGAIN", 500)
    model: Any = pydantic.create_model("Leaf", a=(Optional[float], None))
    for number in range(4):
        model = pydantic.create_model(f"Model{number}", a=(model, ...), b=(model, ...))
    assert listed(model, model)[-1] == CUT


def test_where_no_example_can_be_made_that_is_said():
    class Picky(BaseModel):
        model_config = ConfigDict(arbitrary_types_allowed=True)
        word: str = Field(pattern="^zzz$")
        number: Optional[float] = None

    class Odd(BaseModel):
        model_config = ConfigDict(arbitrary_types_allowed=True)
        thing: Annotated[complex, pydantic.WithJsonSchema({})]
        other: Annotated[dt.tzinfo, pydantic.WithJsonSchema({})]

    class Calling(BaseModel):
        call: Annotated[Callable[[], int], pydantic.WithJsonSchema({})]

    unknown = ("", "what its JSON does not keep", "no example of it could be made")
    assert listed(Picky, Picky) == [unknown]
    assert listed(Odd, Odd) == [unknown, (".other", *unknown[1:])]
    assert listed(Calling, Calling) == [unknown, (".call", *unknown[1:])]
    assert listed(Picky)[:2] == [("", "its class Picky", "JSON-like data has a dict for it"), unknown]


# ------------------------------------------------------------------------------------------------------ no pydantic


def test_nothing_imports_pydantic():
    program = """
from shimlite import container, testing
import sys
print('pydantic' in sys.modules)
"""
    root = pathlib.Path(__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
