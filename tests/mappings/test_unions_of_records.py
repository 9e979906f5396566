# SPDX-License-Identifier: Apache-2.0
"""Unions of records: a pod is not told a STRUCT's class, so the value's class, the stored title or the fields tell.

Each test takes the type as it is registered and as a pod gets it, which must give the same.
"""

from __future__ import annotations

import enum
import typing
from collections.abc import Callable
from dataclasses import dataclass, field, make_dataclass
from typing import Any, Optional, Union

import attrs
import pytest

import shimlite
from shimlite import ConversionTypeError, ConversionValueError, FlyteFile
from shimlite._idl import LiteralMap, Variable

from ..stripping import stripped_type
from ..support import (
    Literal,
    LiteralType,
    collection,
    map_of,
    packed,
    refusal,
    shape,
    simple,
    struct,
    union,
    unpacked,
)

RECORD, DICT = "Object-Dataclass-Transformer", "Typed Dict"


@dataclass
class Cat:
    name: str
    lives: int = 9


@dataclass
class Dog:
    name: str
    lives: int = 9


@dataclass
class Eel:
    length: float
    old: Optional[bool] = None


@attrs.define
class Fox:
    name: str
    den: str = "d"


@dataclass
class Kitty:
    """Of nobody's interface."""

    name: str
    lives: int = 9


@dataclass
class Chain:
    value: int
    rest: Optional[Chain] = None


@dataclass
class Loose:
    """All of whose fields may be left out."""

    lives: int = 1
    z: int = 0


@dataclass
class Farm:
    pet: Union[Cat, Eel]
    pets: list[Union[Cat, Eel]] = field(default_factory=list)


@dataclass
class SpecialCat(Cat):
    """Has the fields of its base."""


def newer(record: type, *fields: Any) -> type:
    """Another version of a class, under its name."""
    return make_dataclass(record.__name__, fields)


def both(python_type: Any) -> list[LiteralType]:
    """A declared type as it is registered and as a pod gets it."""
    registered = shimlite.to_literal_type(python_type)
    return [registered, stripped_type(registered)]


def full(record: Any) -> LiteralType:
    """A record's own type, as a union stores it."""
    return shimlite.to_literal_type(Optional[record]).union_type.variants[0]


def untitled(tag: str = RECORD) -> LiteralType:
    """The type of a record, or of a dict, as a union of a pod stores it."""
    return stripped_type(full(dict if tag == DICT else Cat))


def titled(**schema: Any) -> LiteralType:
    variant = untitled()
    variant.metadata.update(schema)
    return variant


def outcome(call: Callable[[], Any]) -> Any:
    """A value with the exact classes in it, or the class and the words of an error."""
    try:
        return shape(call())
    except shimlite.ShimliteError as error:
        return type(error), str(error)


def alike(declared: Any, call: Callable[[LiteralType], Any]) -> Any:
    """What a conversion gives, which is the same for the registered type and for the pod's."""
    registered, in_pod = both(declared)
    assert outcome(lambda: call(registered)) == outcome(lambda: call(in_pod))
    return call(in_pod)


def written(value: Any, declared: Any, annotated: Any = None) -> Literal:
    types = {} if annotated is None else {"x": annotated}

    def write(literal_type: LiteralType) -> Literal:
        return shimlite.dict_to_literal_map({"x": value}, {"x": Variable(type=literal_type)}, types).literals["x"]

    return alike(declared, write)


def read(literal: Literal, declared: Any, annotated: Any = None) -> Any:
    types = {} if annotated is None else {"x": annotated}
    literals = LiteralMap(literals={"x": literal})
    return alike(
        declared,
        lambda literal_type: shimlite.literal_map_to_kwargs(literals, {"x": Variable(type=literal_type)}, types),
    )["x"]


CAT, EEL = {"name": "a", "lives": 1}, {"old": None, "length": 1.0}

# --- writing without an annotation ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [Cat("a"), Dog("d"), Eel(1.5), Fox("f"), Kitty("k"), Chain(1, Chain(2))],
    ids=lambda one: type(one).__name__,
)
@pytest.mark.parametrize(
    "declared",
    [Union[Cat, Eel], Union[Cat, Dog], Union[Eel, Fox, None], Optional[Cat], Union[dict, Cat], Union[Cat, dict, None],
     Union[int, Cat], Union[dict[str, int], Cat], Union[Chain, Cat]],
    ids=str,
)  # fmt: skip
def test_a_record_is_written_as_itself_whatever_records_are_declared(value, declared):
    """With its own full type beside it, so that the reader knows it (flytekit refuses what is not declared)."""
    wanted = union(shimlite.to_literal(value, type(value)), full(type(value)))
    assert written(value, declared) == wanted
    assert written([value, value], list[declared]) == collection(wanted, wanted)
    assert written({"k": [value]}, dict[str, list[declared]]) == map_of(k=collection(wanted))


@pytest.mark.parametrize(("value", "variant"), [({"a": [1]}, DICT), ({}, DICT), ({"name": "a"}, DICT)])
@pytest.mark.parametrize(
    "declared", [Union[dict, Cat], Union[Cat, dict], Union[dict, Cat, Dog], Union[dict, dict[str, int]]]
)
def test_a_bare_dict_is_the_unions_dict(value, variant, declared):
    assert written(value, declared) == union(packed(value), untitled(variant))


def test_a_bare_dict_is_the_unions_map_where_the_values_fit_that():
    int_map = shimlite.to_literal_type(Optional[dict[str, int]]).union_type.variants[0]
    for declared in (Union[dict[str, int], Cat], Union[Cat, Eel, dict[str, int]], Union[dict[str, int], None]):
        assert written({"a": 1}, declared) == union(map_of(a=shimlite.to_literal(1, int)), int_map)
        assert written({}, declared) == union(map_of(), int_map)
        if declared != Optional[dict[str, int]]:
            assert written({"a": "b"}, declared) == union(packed({"a": "b"}), untitled())


@pytest.mark.parametrize(
    "declared", [Optional[Cat], Union[Cat, Eel], Union[Cat, Dog], Union[Chain, Cat, None], Union[int, Cat]]
)
@pytest.mark.parametrize("value", [CAT, EEL, {}, {"z": [None]}])
def test_a_bare_dict_is_the_only_struct_else_and_no_class_is_claimed(value, declared):
    """The reader tells by the fields."""
    assert written(value, declared) == union(packed(value), untitled())


def test_a_bare_dict_for_structs_of_several_kinds_is_refused_with_what_to_do():
    declared = LiteralType(union_type={"variants": [full(Cat), simple("STRUCT", "Pydantic Transformer")]})
    for literal_type in (declared, stripped_type(declared)):
        assert refusal(ConversionValueError, shimlite.to_literal, CAT, literal_type) == (
            "ambiguous: dict of 2 fits 2 members of dict; annotate the return type, or return the class of one of them"
        )
        assert shimlite.to_literal(Cat("a"), literal_type) == union(packed({"name": "a", "lives": 9}), full(Cat))


@pytest.mark.parametrize(
    ("value", "declared", "message"),
    [
        ({"a": Cat("a")}, Union[dict, Cat],
         "['a']: expected a JSON-like value, got Cat; annotate the dict, as in dict[str, Cat]"),
        ({"a": FlyteFile("u")}, Optional[Cat],
         "['a']: expected a JSON-like value, got FlyteFile; annotate the dict, as in dict[str, FlyteFile]"),
        (Cat(5), Union[Cat, Eel], ".name: expected STRING, got int"),
        (Kitty(5), Union[Cat, Eel], ".name: expected STRING, got int"),
        (None, Union[Cat, Eel], "expected dict, got None"),
        ([Cat("a")], Optional[Cat], "expected dict | None, got list of 1"),
    ],
)  # fmt: skip
def test_what_is_no_record_and_no_plain_data_is_refused(value, declared, message):
    path = message if message.startswith((".", "[")) else f": {message}"
    for literal_type in both(declared):
        assert refusal(ConversionTypeError, shimlite.to_literal, value, literal_type) == message
    for literal_type in both(list[declared]):
        assert refusal(ConversionTypeError, shimlite.to_literal, [value], literal_type) == f"[0]{path}"


def listed(record: Any, container: Any) -> LiteralType:
    """The full type of a container of records, as a union stores it."""
    return shimlite.to_literal_type(Optional[container[record]]).union_type.variants[0]


class Maps:
    """``dict[str, T]``, to be written as ``Maps[T]``."""

    def __class_getitem__(cls, record: Any) -> Any:
        return dict[str, record]


LISTS = [Optional[list[Cat]], Union[list[Cat], list[Eel]], Union[list[Cat], Cat], Union[list[Cat], list[dict]]]


@pytest.mark.parametrize("declared", LISTS, ids=str)
def test_a_list_of_one_class_has_that_class_in_its_type(declared):
    for value in ([Cat("a"), Cat("b")], [Eel(1.0)], [Kitty("k")], [Chain(1)], [Fox("f")]):
        record = type(value[0])
        wanted = union(shimlite.to_literal(value, list[record]), listed(record, list))
        assert written(value, declared) == wanted


@pytest.mark.parametrize("declared", LISTS, ids=str)
@pytest.mark.parametrize("value", [[], [Cat("a"), Eel(1.0)], [{"a": 1}], [Cat("a"), {"a": 1}]], ids=str)
def test_a_list_of_no_class_or_of_several_has_no_schema_in_its_type(declared, value):
    literal = written(value, declared)
    assert shape([unpacked(one) for one in literal.scalar.union.value.collection.literals]) == shape(
        [one if type(one) is dict else unpacked(shimlite.to_literal(one, type(one))) for one in value]
    )
    wanted = stripped_type(listed(Cat, list))
    if declared not in (Optional[list[Cat]], Union[list[Cat], Cat]):  # of several, so nothing tells the fields
        wanted.collection_type.structure.dataclass_type.clear()
    assert literal.scalar.union.type == wanted


def test_maps_and_lists_of_lists_name_their_class_too():
    value = {"k": Cat("a"), "l": Cat("b")}
    assert written(value, Optional[dict[str, Cat]]) == union(
        shimlite.to_literal(value, dict[str, Cat]), listed(Cat, Maps)
    )
    nested = shimlite.to_literal_type(Optional[list[list[Cat]]]).union_type.variants[0]
    assert written([[Cat("a")], []], Optional[list[list[Cat]]]) == union(
        shimlite.to_literal([[Cat("a")], []], list[list[Cat]]), nested
    )


def test_variants_that_are_equal_once_stripped_count_as_one():
    literal_type = LiteralType(union_type={"variants": [simple("INTEGER"), simple("INTEGER")]})
    assert shimlite.to_literal(1, literal_type) == union(shimlite.to_literal(1, int), simple("INTEGER"))
    literal = written([], Union[list[Cat], list[Eel]])
    assert shape(read(literal, Union[list[Cat], list[Eel]])) == shape([])
    assert shape(read(literal, Union[list[Cat], list[Eel]], Union[list[Cat], list[Eel]])) == shape([])


# --- writing with an annotation ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "declared", "annotated"),
    [
        (Cat("a"), Union[Cat, Eel], Union[Cat, Eel]),
        (Cat("a"), Union[Cat, Dog], Union[Dog, Cat]),
        (Dog("a"), Union[Cat, Dog], Union[Cat, Dog]),
        (Cat("a"), Union[Cat, Eel], Cat),
        (Kitty("a"), Union[Cat, Eel], Kitty),
        (Cat("a"), Optional[Cat], Cat),
        (Fox("a"), Union[dict, Cat], Fox),
        (Chain(1), Optional[Chain], Optional[Chain]),
        (SpecialCat("a"), Optional[Cat], Optional[SpecialCat]),
    ],
    ids=str,
)
def test_annotated_it_is_written_with_its_own_full_type(value, declared, annotated):
    wanted = union(shimlite.to_literal(value, type(value)), full(type(value)))
    written_as = annotated
    if declared != annotated:
        written_as = shimlite.engine.output_type(shimlite.to_literal_type(declared), annotated)
    assert written(value, declared, written_as) == wanted


def test_annotated_with_its_base_a_class_of_the_same_fields_is_the_base():
    assert written(SpecialCat("a"), Optional[Cat], Optional[Cat]) == union(packed({"name": "a", "lives": 9}), full(Cat))


@pytest.mark.parametrize(
    ("value", "annotated", "message"),
    [
        (CAT, Optional[Cat], "x: expected Cat | None, got dict of 2"),
        (CAT, Union[Cat, Eel, None], "x: expected Cat | Eel | None, got dict of 2"),
        (Kitty("k"), Union[Cat, Eel, None], "x: expected Cat | Eel | None, got Kitty"),
    ],
)
def test_annotated_no_dict_and_no_other_class_is_taken(value, annotated, message):
    for literal_type in both(annotated):
        variables = {"x": Variable(type=literal_type)}
        assert (
            refusal(ConversionTypeError, shimlite.dict_to_literal_map, {"x": value}, variables, {"x": annotated})
            == message
        )


# --- reading ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "declared", [Union[Cat, Eel], Union[Cat, Dog, Eel], Union[dict, Cat], Optional[Cat], Union[Fox, Cat]]
)
@pytest.mark.parametrize("stored", [full(Cat), untitled(), untitled(DICT), titled(title="Nobody")])
@pytest.mark.parametrize("plain", [CAT, EEL, {}, {"z": [None, {"a": b"x"}]}])
def test_from_the_template_alone_it_is_a_dict(declared, stored, plain):
    has_dict = dict in getattr(declared, "__args__", ())
    if stored == untitled(DICT) and not has_dict:
        for literal_type in both(declared):
            refused = refusal(ConversionTypeError, shimlite.to_python_value, union(packed(plain), stored), literal_type)
            assert refused.endswith("got a union of another variant, STRUCT")
    else:
        assert shape(read(union(packed(plain), stored), declared)) == shape(plain)


NAMED = [
    (full(Cat), Union[Cat, Dog], Cat),
    (full(Dog), Union[Cat, Dog], Dog),
    (full(Dog), Union[dict, Cat, Dog], Dog),
    (full(Cat), Optional[Cat], Cat),
    (full(Cat), Union[dict, Cat], Cat),
    (titled(title="Dog"), Union[Cat, Dog, Eel], Dog),
    (titled(**{"$ref": "#/$defs/Dog"}), Union[Cat, Dog, Eel], Dog),
    (titled(**{"$ref": "#/definitions/DogSchema"}), Union[Cat, Dog, Eel], Dog),
    (titled(**{"$ref": "#/definitions/Dog"}), Union[Cat, Dog, Eel], Dog),
]


@pytest.mark.parametrize(("stored", "python_type", "record"), NAMED)
def test_the_stored_title_names_the_record(stored, python_type, record):
    assert shape(read(union(packed(CAT), stored), python_type, python_type)) == shape(record("a", 1))
    assert shape(read(union(packed({"name": "a"}), stored), python_type, python_type)) == shape(record("a", 9))
    within = collection(union(packed(CAT), stored))
    assert shape(read(within, list[python_type], list[python_type])) == shape([record("a", 1)])


@pytest.mark.parametrize(
    ("stored", "record"),
    [
        (full(Chain), Chain),
        (titled(**{"$ref": "#/definitions/ChainSchema"}), Chain),
        (titled(**{"$ref": "#/$defs/Chain", "$defs": {"Chain": {"title": "Other"}}}), Chain),
    ],
)
def test_a_class_that_holds_itself_is_named_where_its_schema_refers_to(stored, record):
    same = make_dataclass("Same", [("value", int), ("rest", Any, None)])
    python_type = Union[same, Chain]
    literal = union(packed({"value": 1, "rest": None}), stored)
    assert shape(read(literal, python_type, python_type)) == shape(Chain(1))


def test_marshmallow_names_a_class_with_one_capital():
    record = make_dataclass("HTTPRoute", [("name", str)])
    python_type = Union[record, Cat]
    for name in ("HTTPRouteSchema", "HttprouteSchema"):
        literal = union(packed({"name": "a"}), titled(**{"$ref": f"#/definitions/{name}"}))
        assert shape(read(literal, python_type, python_type)) == shape(record("a"))


def test_the_record_that_the_title_names_is_the_only_one_tried():
    """Else a class whose fields may all be left out would take its place, and the data be gone."""
    cat = newer(Cat, ("name", str), ("lives", int), ("needed", str))
    python_type = Union[cat, Loose]
    literal = union(packed(CAT), full(Cat))
    for declared in (python_type, Union[Cat, Loose], Union[Cat, Eel]):
        for literal_type in both(declared):
            arguments = LiteralMap(literals={"x": literal}), {"x": Variable(type=literal_type)}, {"x": python_type}
            assert refusal(ConversionValueError, shimlite.literal_map_to_kwargs, *arguments) == (
                "x: expected Cat, got a map without 'needed'"
            )
            lists = LiteralType(collection_type=literal_type)
            arguments = (
                LiteralMap(literals={"x": collection(literal)}),
                {"x": Variable(type=lists)},
                {"x": list[python_type]},
            )
            assert refusal(ConversionValueError, shimlite.literal_map_to_kwargs, *arguments) == (
                "x[0]: expected Cat, got a map without 'needed'"
            )


@pytest.mark.parametrize(
    ("plain", "message"),
    [
        ({"name": 5, "lives": 1}, "x.name: expected STRING, got int"),
        ({"name": "a", "lives": None}, "x.lives: expected INTEGER, got None"),
        ([1], "x: expected Cat, got list of 1"),
    ],
)
def test_what_the_named_record_does_not_take_is_an_error_with_its_path(plain, message):
    for python_type in (Union[Cat, Eel], Union[Cat, Dog], Optional[Cat]):
        for literal_type in both(python_type):
            arguments = {"x": Variable(type=literal_type)}, {"x": python_type}
            literals = LiteralMap(literals={"x": union(packed(plain), full(Cat))})
            assert refusal(ConversionTypeError, shimlite.literal_map_to_kwargs, literals, *arguments) == message


def test_keys_that_the_named_record_has_no_field_for_are_not_looked_at():
    python_type = Union[Cat, Eel]
    assert shape(read(union(packed({**CAT, "z": 1}), full(Cat)), python_type, python_type)) == shape(Cat("a", 1))


UNTITLED = [
    (CAT, Union[Cat, Eel], Cat("a", 1)),
    (EEL, Union[Cat, Eel], Eel(1.0)),
    (CAT, Union[Fox, Cat], Cat("a", 1)),
    ({"name": "a", "den": "x"}, Union[Fox, Cat], Fox("a", "x")),
    ({"name": "a"}, Union[Cat, Eel], Cat("a")),  # who writes by hand may leave out what has a default
    ({"length": 2}, Union[Cat, Eel], Eel(2.0)),
    ({"lives": 2, "z": 3}, Union[Cat, Loose], Loose(2, 3)),
    ({}, Union[Cat, Loose], Loose()),
    ({"value": 1, "rest": {"value": 2, "rest": None}}, Union[Chain, Cat], Chain(1, Chain(2))),
    (CAT, Union[int, Cat, Eel, None], Cat("a", 1)),
    (CAT, Union[dict[str, int], Cat, Eel], Cat("a", 1)),
]


@pytest.mark.parametrize(("plain", "python_type", "value"), UNTITLED)
@pytest.mark.parametrize("stored", [untitled(), simple("STRUCT")], ids=["tagged", "without a tag"])
def test_without_a_title_the_fields_tell_the_record(stored, plain, python_type, value):
    assert shape(read(union(packed(plain), stored), python_type, python_type)) == shape(value)
    assert shape(read(packed(plain), python_type, python_type)) == shape(value)
    within = map_of(k=union(packed(plain), stored))
    assert shape(read(within, dict[str, python_type], dict[str, python_type])) == shape({"k": value})


@pytest.mark.parametrize("stored", [untitled(), simple("STRUCT"), None])
def test_exact_fields_come_before_fields_in_part(stored):
    """``Loose`` has more than the keys, ``Exact`` just these."""
    exact = make_dataclass("Exact", [("lives", int)])
    python_type = Union[Loose, exact]
    literal = packed({"lives": 3}) if stored is None else union(packed({"lives": 3}), stored)
    assert shape(read(literal, python_type, python_type)) == shape(exact(3))


FIELDS_OF_NO_MEMBER = "expected {}, got a record whose fields are those of no member"


@pytest.mark.parametrize(
    ("plain", "python_type", "kind", "message"),
    [
        ({**CAT, "z": 1}, Union[Cat, Eel], ConversionValueError, FIELDS_OF_NO_MEMBER.format("Cat | Eel")),
        ({"lives": 1}, Union[Cat, Eel], ConversionValueError, FIELDS_OF_NO_MEMBER.format("Cat | Eel")),
        ({}, Union[Cat, Eel], ConversionValueError, FIELDS_OF_NO_MEMBER.format("Cat | Eel")),
        (CAT, Union[Cat, Dog], ConversionValueError, "ambiguous: binary fits 2 members of Cat | Dog"),
        ({"name": "a"}, Union[Cat, Fox], ConversionValueError, "ambiguous: binary fits 2 members of Cat | Fox"),
        ({"name": 1, "lives": 2}, Union[Cat, Eel], ConversionTypeError, ".name: expected STRING, got int"),
        ({"length": "1"}, Union[Cat, Eel], ConversionTypeError, ".length: expected FLOAT, got str"),
    ],
)
def test_without_a_title_fields_of_none_or_of_several_are_refused(plain, python_type, kind, message):
    for literal_type in both(python_type):
        literals = LiteralMap(literals={"x": union(packed(plain), untitled())})
        arguments = {"x": Variable(type=literal_type)}, {"x": python_type}
        path = f"x{message}" if message.startswith(".") else f"x: {message}"
        assert refusal(kind, shimlite.literal_map_to_kwargs, literals, *arguments) == path


def test_of_two_records_of_the_same_fields_the_one_is_read_that_takes_the_values():
    numbers, words = make_dataclass("Numbers", [("held", int)]), make_dataclass("Words", [("held", str)])
    python_type = Union[numbers, words]
    for plain, value in (({"held": 1}, numbers(1)), ({"held": "a"}, words("a"))):
        for literal in (union(packed(plain), untitled()), packed(plain)):
            assert shape(read(literal, python_type, python_type)) == shape(value)


@pytest.mark.parametrize("stored", [full(Kitty), titled(title="Nobody"), titled(**{"$ref": "#/$defs/Gone"})])
def test_a_title_that_names_none_leaves_exact_fields_alone(stored):
    """So a class that was renamed is read, and nothing is guessed."""
    python_type = Union[Cat, Eel, Loose]
    assert shape(read(union(packed(CAT), stored), python_type, python_type)) == shape(Cat("a", 1))
    assert shape(read(union(packed(EEL), stored), python_type, python_type)) == shape(Eel(1.0))
    for plain in ({"name": "a"}, {}, {"lives": 1}, {**CAT, "z": 1}):
        for literal_type in both(python_type):
            literals = LiteralMap(literals={"x": union(packed(plain), stored)})
            arguments = {"x": Variable(type=literal_type)}, {"x": python_type}
            assert refusal(ConversionValueError, shimlite.literal_map_to_kwargs, literals, *arguments) == (
                "x: " + FIELDS_OF_NO_MEMBER.format("Cat | Eel | Loose")
            )


def test_of_two_classes_of_one_title_the_fields_tell():
    other = newer(Cat, ("length", float))
    python_type = Union[Cat, other, Loose]
    assert shape(read(union(packed(CAT), full(Cat)), python_type, python_type)) == shape(Cat("a", 1))
    assert shape(read(union(packed({"length": 2.0}), full(other)), python_type, python_type)) == shape(other(2.0))
    assert shape(read(union(packed({"name": "a"}), full(Cat)), python_type, python_type)) == shape(Cat("a"))
    literals = LiteralMap(literals={"x": union(packed({"lives": 1, "z": 2}), full(Cat))})
    for literal_type in both(python_type):
        arguments = {"x": Variable(type=literal_type)}, {"x": python_type}
        refused = refusal(ConversionValueError, shimlite.literal_map_to_kwargs, literals, *arguments)
        assert refused == "x: " + FIELDS_OF_NO_MEMBER.format("Cat | Cat | Loose")


@pytest.mark.parametrize("python_type", [Union[dict, Cat], Union[Cat, dict], Union[dict, Cat, Eel]])
def test_a_dict_is_read_where_its_own_tag_is_stored(python_type):
    for plain in (CAT, {}, {"z": 1}):
        assert shape(read(union(packed(plain), untitled(DICT)), python_type, python_type)) == shape(plain)
    assert shape(read(union(packed(CAT), untitled()), python_type, python_type)) == shape(Cat("a", 1))
    assert shape(read(union(packed(CAT), full(Cat)), python_type, python_type)) == shape(Cat("a", 1))


@pytest.mark.parametrize("python_type", [Union[dict, Cat], Union[Cat, dict]])
def test_a_variant_of_a_model_is_read_as_the_record(python_type):
    models, dicts = simple("STRUCT", "Pydantic Transformer"), simple("STRUCT", DICT)
    variables = {"x": Variable(type=LiteralType(union_type={"variants": [models, dicts]}))}
    for variant, value in ((models, Cat("a", 1)), (dicts, CAT)):
        literals = LiteralMap(literals={"x": union(packed(CAT), variant)})
        assert shape(shimlite.literal_map_to_kwargs(literals, variables, {"x": python_type})) == shape({"x": value})


@pytest.mark.parametrize("python_type", [Union[dict, Cat], Union[Cat, dict], Union[dict, Cat, Eel]])
@pytest.mark.parametrize("plain", [CAT, {}, {"z": 1}])
def test_without_a_union_it_is_the_dict_where_there_is_one(python_type, plain):
    for literal in (packed(plain), struct(plain)):
        assert shape(read(literal, python_type, python_type)) == shape(plain)
        assert shape(read(literal, python_type)) == shape(plain)


def test_without_a_union_a_struct_of_the_console_is_read_by_its_fields():
    python_type = Union[Cat, Eel]
    assert shape(read(struct(CAT), python_type, python_type)) == shape(Cat("a", 1))
    assert shape(read(struct({"length": 1}), python_type, python_type)) == shape(Eel(1.0))


# --- annotations that are narrower or wider than the declared union ---------------------------------------------------


def test_annotated_with_one_record_of_several_the_others_are_refused():
    for declared in (Union[Cat, Eel], Union[Cat, Eel, None]):
        annotated = Cat if declared == Union[Cat, Eel] else Optional[Cat]
        assert shape(read(union(packed(CAT), full(Cat)), declared, annotated)) == shape(Cat("a", 1))
        assert shape(read(union(packed(CAT), untitled()), declared, annotated)) == shape(Cat("a", 1))
        assert shape(read(union(packed({"name": "a"}), untitled()), declared, annotated)) == shape(Cat("a"))


def test_annotated_with_one_record_a_union_still_tells_what_is_none():
    """Two records are one variant in a pod, so the title of the other, or its fields, must not be taken for the one."""
    declared, annotated = Union[Cat, Eel], Loose
    expected = FIELDS_OF_NO_MEMBER.format("Loose")
    for literal in (union(packed(EEL), full(Eel)), union(packed(EEL), untitled()), union(packed(CAT), full(Cat))):
        for literal_type in both(declared):
            literals = LiteralMap(literals={"x": literal})
            arguments = {"x": Variable(type=literal_type)}, {"x": annotated}
            assert (
                refusal(ConversionValueError, shimlite.literal_map_to_kwargs, literals, *arguments) == f"x: {expected}"
            )


def test_annotated_with_more_records_than_declared_their_titles_tell_too():
    python_type = Union[Cat, Dog, Eel]
    for stored, value in ((full(Dog), Dog("a", 1)), (full(Cat), Cat("a", 1))):
        assert shape(read(union(packed(CAT), stored), Optional[Cat], Optional[python_type])) == shape(value)
        assert shape(read(union(packed(CAT), stored), Union[Cat, Eel], python_type)) == shape(value)


def test_outside_a_union_unknown_keys_are_not_looked_at():
    assert shape(read(packed({**CAT, "z": 1}), Cat, Cat)) == shape(Cat("a", 1))
    assert shape(read(collection(packed({**CAT, "z": 1})), list[Cat], list[Cat])) == shape([Cat("a", 1)])


def test_a_union_for_a_struct_that_is_none_is_read_by_the_same_rules():
    python_type = Union[Cat, Eel]
    for declared in (Cat, dict, Eel):
        assert shape(read(packed(CAT), declared, python_type)) == shape(Cat("a", 1))
        assert shape(read(packed(EEL), declared, python_type)) == shape(Eel(1.0))
        assert shape(read(packed(CAT), declared, Union[Cat, dict])) == shape(CAT)
        assert shape(unpacked(written(Eel(1.0), declared, python_type))) == shape(EEL)


# --- lists, dicts and records inside ----------------------------------------------------------------------------------


CATS, EELS = [Cat("a", 1), Cat("b", 2)], [Eel(1.0)]


@pytest.mark.parametrize(
    ("value", "python_type"),
    [
        (CATS, Union[list[Cat], list[Eel]]),
        (EELS, Union[list[Cat], list[Eel]]),
        (CATS, Union[list[Cat], list[Dog]]),
        ([Dog("a")], Union[list[Cat], list[Dog]]),
        ({"k": Cat("a")}, Union[dict[str, Cat], dict[str, Eel]]),
        ({"k": Eel(1.0)}, Union[dict[str, Cat], dict[str, Eel]]),
        ([[Eel(1.0)], []], Union[list[list[Cat]], list[list[Eel]]]),
        ([Cat("a"), Eel(1.0), None], list[Union[Cat, Eel, None]]),
        ({"k": [Cat("a"), Dog("d")]}, dict[str, list[Union[Cat, Dog]]]),
        (Farm(Cat("a"), [Eel(1.0), Cat("b")]), Optional[Farm]),
        (Farm(Eel(1.0)), Union[Farm, Cat]),
        (Chain(1, Chain(2, Chain(3))), Union[Chain, Cat]),
        ([Fox("f")], Optional[list[Fox]]),
    ],
    ids=str,
)
def test_round_trips_inside_lists_dicts_and_records(value, python_type):
    literal = written(value, python_type, python_type)
    assert shape(read(literal, python_type, python_type)) == shape(value)
    echoed = written(read(literal, python_type), python_type)
    if Dog not in map(type, value if isinstance(value, list) else ()) and "Dog" not in str(python_type):
        assert shape(read(echoed, python_type, python_type)) == shape(value)


def test_an_echo_without_annotations_makes_dicts_of_records_beside_a_dict():
    """A loss that the table states."""
    python_type = Union[dict, Cat]
    literal = written(Cat("a"), python_type, python_type)
    assert shape(read(literal, python_type, python_type)) == shape(Cat("a"))
    echoed = written(read(literal, python_type), python_type)
    assert echoed == union(packed({"name": "a", "lives": 9}), untitled(DICT))
    assert shape(read(echoed, python_type, python_type)) == shape({"name": "a", "lives": 9})


def test_an_echo_of_records_of_the_same_fields_is_refused_rather_than_guessed():
    python_type = Union[Cat, Dog]
    echoed = written(read(written(Dog("d"), python_type, python_type), python_type), python_type)
    for literal_type in both(python_type):
        literals, variables = LiteralMap(literals={"x": echoed}), {"x": Variable(type=literal_type)}
        message = refusal(ConversionValueError, shimlite.literal_map_to_kwargs, literals, variables, {"x": python_type})
        assert message == "x: ambiguous: binary fits 2 members of Cat | Dog"


@pytest.mark.parametrize(
    ("plain", "value"),
    [
        ({"pet": CAT, "pets": [EEL, CAT]}, Farm(Cat("a", 1), [Eel(1.0), Cat("a", 1)])),
        ({"pet": {"name": "a"}}, Farm(Cat("a"))),
        ({"pet": {"length": 1}}, Farm(Eel(1.0))),
    ],
)
def test_in_a_record_the_fields_tell_too(plain, value):
    assert shape(read(packed(plain), Farm, Farm)) == shape(value)


@pytest.mark.parametrize("pet", [{**CAT, "z": 1}, {}, {"lives": 1}, 5])
def test_in_a_record_what_has_the_fields_of_none_is_refused(pet):
    for literal_type in both(Farm):
        literals, variables = LiteralMap(literals={"x": packed({"pet": pet})}), {"x": Variable(type=literal_type)}
        got = "int" if pet == 5 else f"dict of {len(pet)}"
        assert refusal(ConversionTypeError, shimlite.literal_map_to_kwargs, literals, variables, {"x": Farm}) == (
            f"x.pet: expected Cat | Eel, got {got}"
        )


@pytest.mark.parametrize(
    ("plain", "message"),
    [
        ({"pet": {"name": 5, "lives": 1}}, "x.pet.name: expected STRING, got int"),
        ({"pet": {"length": "x"}}, "x.pet.length: expected FLOAT, got str"),
        ({"pet": CAT, "pets": [EEL, {"name": "a", "lives": "b"}]}, "x.pets[1].lives: expected INTEGER, got str"),
    ],
)
def test_in_a_record_what_the_told_record_does_not_take_is_an_error_with_its_path(plain, message):
    for literal_type in both(Farm):
        literals, variables = LiteralMap(literals={"x": packed(plain)}), {"x": Variable(type=literal_type)}
        refused = refusal(ConversionTypeError, shimlite.literal_map_to_kwargs, literals, variables, {"x": Farm})
        assert refused == message


# --- flytectl's null, and text ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "python_type",
    [Optional[Cat], Optional[dict], Union[Cat, Eel, None], Union[Cat, Dog, None], Union[dict, Cat, None],
     Optional[Chain], Optional[dict[int, str]]],
)  # fmt: skip
def test_flytectl_sends_null_for_an_optional_record_or_dict(python_type):
    """A nil of msgpack under the STRUCT, which it takes for the variant that it found first."""
    variants = shimlite.to_literal_type(python_type).union_type.variants
    for stored in (one for one in variants if one.structure.tag != "none"):
        for variant in (stored, stripped_type(stored)):
            assert read(union(packed(None), variant), python_type, python_type) is None
            assert read(union(packed(None), variant), python_type) is None
            assert read(collection(union(packed(None), variant)), list[python_type], list[python_type]) == [None]
    assert read(packed(None), python_type, python_type) is None


@pytest.mark.parametrize(
    ("python_type", "stored", "message"),
    [
        (Union[Cat, Eel], full(Cat), "expected Cat, got None"),
        (Union[Cat, dict], untitled(DICT), "expected dict, got None"),
        (Union[Cat, int], full(Cat), "expected Cat, got None"),
    ],
)
def test_null_is_none_only_where_the_union_has_it(python_type, stored, message):
    for literal_type in both(python_type):
        literals, variables = (
            LiteralMap(literals={"x": union(packed(None), stored)}),
            {"x": Variable(type=literal_type)},
        )
        assert refusal(
            ConversionTypeError, shimlite.literal_map_to_kwargs, literals, variables, {"x": python_type}
        ) == (f"x: {message}")


def test_null_under_a_variant_that_is_no_struct_is_refused():
    stored = simple("INTEGER", "int")
    for literal_type in both(Optional[int]):
        assert refusal(ConversionTypeError, shimlite.to_python_value, union(packed(None), stored), literal_type) == (
            "expected INTEGER, got None"
        )


class Color(enum.Enum):
    RED = "red"


TEXT, COLOR = (shimlite.to_literal_type(Optional[one]).union_type.variants[0] for one in (str, Color))


@pytest.mark.parametrize("stored", [TEXT, COLOR, simple("STRING"), shimlite.to_literal_type(Color)])
def test_an_optional_str_and_an_optional_enum_read_each_other(stored):
    """The platform connects them."""
    literal = union(shimlite.to_literal("red", str), stored)
    assert shape(read(literal, Optional[str], Optional[str])) == shape("red")
    assert read(literal, Optional[Color], Optional[Color]) is Color.RED
    assert shape(read(collection(literal), list[Optional[str]])) == shape(["red"])
    assert read(map_of(k=literal), dict[str, Optional[Color]], dict[str, Optional[Color]]) == {"k": Color.RED}
    assert read(literal, Optional[Color]).value == "red"


def test_a_text_that_is_no_value_of_the_enum_is_refused():
    for stored in (TEXT, COLOR):
        literal = union(shimlite.to_literal("blue", str), stored)
        assert refusal(ConversionValueError, shimlite.to_python_value, literal, Optional[Color]) == (
            "expected Color, got str that is not one of its values"
        )


def test_where_a_union_has_both_each_is_read_as_what_was_stored():
    python_type = Union[Color, str]
    assert read(union(shimlite.to_literal("red", str), COLOR), python_type, python_type) is Color.RED
    assert shape(read(union(shimlite.to_literal("red", str), TEXT), python_type, python_type)) == shape("red")


# --- what an attack on these rules found -----------------------------------------------------------------------------


@dataclass
class Plum:
    n: int


@dataclass
class Pear:
    n: int
    age: int = 0


def alone(value: Any, python_type: Any) -> Literal:
    """What an executor without annotations writes in a pod."""
    return shimlite.to_literal(value, stripped_type(shimlite.to_literal_type(python_type)))


def test_records_in_a_union_in_a_union_are_looked_at_too():
    """A schema that names one class for records of two would lose a field."""
    python_type = Union[list[Union[Plum, list[Plum]]], list[Union[Pear, list[Pear]]]]
    literal = alone([Plum(1), [Pear(2, 5)]], python_type)
    assert "title" not in str(literal.scalar.union.type)
    whole = alone([Pear(1), [Pear(2, 5)]], python_type)
    assert shimlite.to_python_value(whole, python_type) == [Pear(1), [Pear(2, 5)]]
    nested = Optional[list[Optional[list[Plum]]]]
    assert alone([[Plum(1)], None], nested) == shimlite.to_literal([[Plum(1)], None], nested)


def test_lists_of_unions_that_a_pod_sees_as_one_variant_twice_stay_apart():
    python_type = Union[list[Union[Plum, Pear]], list[Union[typing.Literal["a"], typing.Literal["b"]]]]
    for value in ([Plum(1), Pear(2, 5)], ["a", "b"]):
        assert shape(read(alone(value, python_type), python_type, python_type)) == shape(value)


TWO_LITERALS = Union[list[str], list[typing.Literal["a", "b"]]]


@pytest.mark.parametrize(
    ("python_type", "value"),
    [
        (TWO_LITERALS, ["a"]),
        (TWO_LITERALS, []),
        (Union[typing.Literal["a", "b"], typing.Literal["a", "c"]], "a"),
        (Union[dict[str, str], dict[str, typing.Literal["a"]]], {"k": "a"}),
    ],
)
def test_what_two_members_of_one_variant_write_alike_is_read(python_type, value):
    assert shimlite.to_python_value(shimlite.to_literal(value, python_type), python_type) == value


@pytest.mark.parametrize(
    ("python_type", "value"),
    [
        (Union[list[Union[Plum, bytes]], list[Union[Eel, bytes]]], [Plum(1), b"x"]),
        (Union[list[Union[Plum, dict[str, int]]], list[Union[Eel, dict[str, int]]]], [Plum(1), {"a": 1}]),
        (Union[list[Optional[Plum]], list[Optional[Pear]]], [None, Plum(1)]),
        (Union[list[Union[Plum, int]], list[Union[Pear, int]]], [5, Plum(1)]),
    ],
)
def test_what_is_no_record_says_nothing_against_one(python_type, value):
    """Of a list that only its fields tell: it is written by the template alone."""
    assert shimlite.to_python_value(alone(value, python_type), python_type) == value


def test_a_bare_map_is_the_dict_only_where_that_is_one_of_any_data():
    assert shimlite.to_python_value(packed({"n": 1}), Union[dict[int, str], Plum]) == Plum(1)
    assert shimlite.to_python_value(packed({1: "a"}), Union[dict[int, str], Plum]) == {1: "a"}
    assert shimlite.to_python_value(packed({"n": 1}), Union[dict, Plum]) == {"n": 1}


def test_a_map_takes_a_record_that_the_dict_beside_it_refuses():
    python_type = Union[dict[str, Plum], dict]
    literal = alone({"k": Plum(1)}, python_type)
    assert shimlite.to_python_value(literal, python_type) == {"k": Plum(1)}


@dataclass
class Unfit:
    n: int = "a"  # type: ignore[assignment]


def test_a_class_that_no_schema_describes_is_written_without_one():
    """Its default is none of its type, so that flytekit would not describe it either."""
    literal = alone(Unfit(1), Optional[Plum])
    assert "title" not in str(literal.scalar.union.type)
    assert shimlite.to_python_value(literal, Optional[Plum]) == Plum(1)


def test_many_classes_are_told_by_their_values():
    """More than are remembered."""
    classes = [make_dataclass(f"Kind{place}", [("x", int)]) for place in range(70)]
    for _ in range(2):
        for cls in classes:
            assert shimlite.to_literal(cls(1), simple("STRUCT")) == packed({"x": 1})


def test_elements_that_are_no_maps_are_no_records():
    either = Union[list[Plum], list[Eel]]
    message = "expected list[Plum] | list[Eel], got a record whose fields are those of no member"
    assert refusal(ConversionValueError, shimlite.to_python_value, collection(packed(5)), either) == message
    nested = Union[list[list[Plum]], list[list[Eel]]]
    message = "expected list[list[Plum]] | list[list[Eel]], got a record whose fields are those of no member"
    assert refusal(ConversionValueError, shimlite.to_python_value, collection(packed({"n": 1})), nested) == message


def test_a_dict_of_other_keys_that_cannot_be_read_leaves_the_records():
    either = Union[list[dict[int, str]], list[Plum]]
    assert shimlite.to_python_value(collection(packed({"n": 1})), either) == [Plum(1)]
    assert shimlite.to_python_value(collection(packed({1: "a"})), either) == [{1: "a"}]


def test_many_stored_types_are_told_apart():
    """More than are remembered, and one too long to be."""
    either = Union[list[Plum], list[Eel]]
    literal = shimlite.to_literal([Plum(1)], either)
    for place in range(300):
        other = Literal.FromString(literal.SerializeToString())
        title = other.scalar.union.type.collection_type.metadata.fields["title"]
        title.string_value = f"Renamed{place}" * (3000 if place == 0 else 1)
        assert shimlite.to_python_value(other, either) == [Plum(1)]
    assert shimlite.to_python_value(literal, either) == [Plum(1)]


def test_a_union_of_lists_for_a_list_is_written_without_a_union():
    either = Union[list[Plum], list[Eel]]
    assert written([Plum(1)], list[Plum], either) == collection(packed({"n": 1}))
    assert written([], list[Plum], either) == collection()


def test_a_record_in_an_optional_dict_has_no_schema_in_the_type():
    literal = alone([Plum(1), None], Optional[list[Optional[dict]]])
    assert "title" not in str(literal.scalar.union.type)


def test_a_dict_that_nothing_takes_says_where():
    message = refusal(ConversionTypeError, alone, {"a": {1, 2}}, Union[Plum, dict[str, int]])
    assert message == "['a']: expected a JSON-like value, got set"


def test_lists_of_unions_of_records_are_one_variant():
    either = Union[list[Union[Plum, Eel]], list[Union[Plum, Cat]]]
    literal = alone([Plum(1)], either)
    assert shimlite.to_python_value(literal, either) == [Plum(1)]


def test_a_column_without_a_type_stays_so():
    literal_type = LiteralType()
    literal_type.structured_dataset_type.columns.add(name="x")
    union_type = LiteralType(union_type={"variants": [literal_type, simple("NONE")]})
    literal = shimlite.to_literal(shimlite.StructuredDataset("s3://b"), union_type)
    assert literal.scalar.union.type == literal_type


def test_titles_name_a_list_of_unions_whatever_their_order():
    """A pod that has no annotation stores one class for all the records of a list."""
    declared = Union[list[Union[Plum, Eel]], list[Union[Pear, Cat]]]
    newer = make_dataclass("Pear", [("n", int), ("age", int, field(default=0)), ("sort", str, field(default=""))])
    literal = alone([Pear(1)], declared)
    assert shimlite.to_python_value(literal, declared) == [Pear(1)]
    back = shimlite.to_python_value(literal, Union[list[Union[Plum, Eel]], list[Union[Cat, newer]]])
    assert back == [newer(1)]
    registered = shimlite.to_literal([Plum(1)], declared)
    for reader in (Union[list[Union[Eel, Plum]], list[Union[Cat, Pear]]], declared):
        assert shimlite.to_python_value(registered, reader) == [Plum(1)]
