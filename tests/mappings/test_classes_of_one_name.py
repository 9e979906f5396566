# SPDX-License-Identifier: Apache-2.0
"""Two classes of one name in one record's schema, and fields whose default is None though their type is another."""

import dataclasses
import datetime as dt
import enum
import sys
import types
import typing
from dataclasses import dataclass, field, make_dataclass
from typing import Any, Optional

import attr
import attrs
import pytest

import shimlite
from shimlite import ConversionError, ConversionValueError, FlyteFile, StructuredDataset, UnsupportedTypeError
from shimlite._idl import LiteralMap, Variable
from shimlite.engine import from_plain, to_plain
from shimlite.equality import same

from ..support import packed, refusal, round_trip, schema_of, shape, simple, struct, unpacked

DATACLASS, ATTRS = "dataclasses.dataclass", "attrs.define"


def module(name: str, decorator: str, fields: str, class_name: str = "Node") -> Any:
    """A class of a module of its own, which names itself."""
    made = types.ModuleType(f"one_name_{name}")
    sys.modules[made.__name__] = made  # annotations that are text are looked up there
    code = f"import attrs, dataclasses\nfrom typing import Optional\n@{decorator}\nclass {class_name}:\n    {fields}"
    exec(code, vars(made))
    return getattr(made, class_name)


DEEP_A = module("a", DATACLASS, "a: int; rest: 'Optional[Node]' = None")
DEEP_B = module("b", DATACLASS, "b: str; rest: 'Optional[Node]' = None")
DEEP_C = module("c", ATTRS, "c: str; rest: 'Optional[list[Node]]' = None")
FLAT_D = module("d", DATACLASS, "d: int = 4")
FLAT_E = module("e", ATTRS, "e: str = 'e'")
TWINS = [(DEEP_A, DEEP_B), (DEEP_B, DEEP_A), (DEEP_A, DEEP_C), (DEEP_C, DEEP_A)]

HOLDERS = [
    lambda one, other: make_dataclass("Both", [("x", one), ("y", other)]),
    lambda one, other: attrs.make_class("Both", {"x": attr.ib(type=one), "y": attr.ib(type=other)}),
    lambda one, other: make_dataclass("Both", [("x", Optional[one]), ("y", list[dict[str, other]])]),
    lambda one, other: make_dataclass("Both", [("x", typing.Union[one, other])]),
    lambda one, other: make_dataclass("Both", [("x", make_dataclass("In", [("x", one)])), ("y", dict[int, other])]),
]
AROUND = [lambda record: record, lambda record: list[record], lambda record: dict[str, Optional[record]]]


@pytest.mark.parametrize("holder", HOLDERS)
@pytest.mark.parametrize(("one", "other"), TWINS)
def test_two_classes_that_hold_themselves_and_share_a_name_are_refused(one, other, holder):
    """Both would stand under ``$defs``, which has one place for a name."""
    record = holder(one, other)
    for python_type in [around(record) for around in AROUND]:
        for call in (shimlite.to_literal_type, lambda one: shimlite.to_literal(None, one), shimlite.fidelity):
            message = refusal(UnsupportedTypeError, call, python_type)
            assert "Node" in message and "\n" not in message


def test_each_of_them_alone_and_beside_a_variant_of_a_union_is_kept():
    for cls, value in ((DEEP_A, DEEP_A(1, DEEP_A(2))), (DEEP_C, DEEP_C("c", [DEEP_C("d")]))):
        record = make_dataclass("Both", [("x", cls), ("y", Optional[cls])])
        assert list(schema_of(record)["$defs"]) == ["Node"]
        assert shape(round_trip(record(value, value), record)) == shape(record(value, value))


@pytest.mark.parametrize("holder", HOLDERS[:2])
@pytest.mark.parametrize(("one", "other"), [(FLAT_D, FLAT_E), (DEEP_A, FLAT_D), (FLAT_E, DEEP_B), (DEEP_C, FLAT_D)])
def test_classes_that_are_spelled_in_place_are_both_kept(one, other, holder):
    record = holder(one, other)
    schema = schema_of(record)
    said = [one if "$ref" not in one else schema["$defs"]["Node"] for one in map(schema["properties"].get, "xy")]
    names = [[field.name for field in (dataclasses.fields if dataclasses.is_dataclass(cls) else attrs.fields)(cls)]
             for cls in (one, other)]  # fmt: skip
    assert [sorted(one["properties"]) for one in said] == list(map(sorted, names))
    value = record(*(cls(**{names[0]: 1 if names[0] in "ad" else "t"}) for cls, names in zip((one, other), names)))
    back = round_trip(value, record)
    assert same(back, value) and (type(back.x), type(back.y)) == (one, other)


class Color(enum.Enum):
    RED = "red"


@dataclass
class Point:
    x: int
    y: int = 0


VALUES = [
    (str, "a"), (int, 5), (float, 1.5), (bool, True), (bytes, b"a"), (dt.datetime, dt.datetime(2026, 1, 2)),
    (dt.date, dt.date(2026, 1, 2)), (dt.timedelta, dt.timedelta(1)), (list[int], [1]), (dict[str, int], {"a": 1}),
    (dict[int, str], {1: "a"}), (dict, {"a": [None]}), (Color, Color.RED), (typing.Literal["a", "b"], "b"),
    (Point, Point(1)), (list[Point], [Point(1)]), (typing.Union[int, str], "a"), (Any, {"a": 1}),
    (Optional[int], 5), (FlyteFile, FlyteFile("s3://a")), (StructuredDataset, StructuredDataset("s3://a")),
]  # fmt: skip


def dataclass_of(python_type: Any) -> Any:
    return make_dataclass("Record", [("x", python_type, None)])


def attrs_of(python_type: Any) -> Any:
    return attrs.make_class("Record", {"x": attr.ib(type=python_type, default=None)})


def kw_only_of(python_type: Any) -> Any:
    return make_dataclass("Record", [("x", python_type, field(default=None, kw_only=True))], frozen=True, slots=True)


@pytest.mark.parametrize("record_of", [dataclass_of, attrs_of, kw_only_of])
@pytest.mark.parametrize(("python_type", "value"), VALUES, ids=str)
def test_a_field_takes_its_own_default(python_type, value, record_of):
    record = record_of(python_type)
    empty, full = record(), record(x=value)
    literal = shimlite.to_literal(empty, record)
    assert shape(unpacked(literal)) == shape({"x": None})
    for sent in (literal, packed({"x": None}), packed({}), struct({"x": None}), struct({})):
        assert same(shimlite.to_python_value(sent, record), empty)
    assert same(round_trip(full, record), full)
    for whole, as_type in (
        ([empty, full], list[record]),
        ({"k": empty}, dict[str, record]),
        ({1: [empty]}, dict[int, list[record]]),
        (empty, Optional[record]),
        (empty, typing.Union[record, int]),
        (make_dataclass("Outer", [("x", record)])(empty), None),
    ):
        assert same(round_trip(whole, as_type or type(whole)), whole)
    assert same(from_plain(to_plain(empty, record), record), empty)
    literals, declared = LiteralMap(literals={"x": literal}), {"x": Variable(type=simple("STRUCT"))}
    assert same(shimlite.literal_map_to_kwargs(literals, declared, {"x": record}), {"x": empty})
    assert same(shimlite.literal_map_to_kwargs(literals, declared), {"x": {"x": None}})
    assert shimlite.fidelity(record, record).project(empty) == empty


@pytest.mark.parametrize("record_of", [dataclass_of, attrs_of])
def test_its_types_stay_what_flytekit_writes(record_of):
    literal_type = shimlite.to_literal_type(record_of(str))
    assert literal_type.structure.dataclass_type["x"] == simple("STRING")
    assert schema_of(record_of(str)) == {
        "type": "object",
        "title": "Record",
        "additionalProperties": False,
        "properties": {"x": {"type": "string", "default": None}},
    }
    assert schema_of(record_of(list[int]))["properties"]["x"] == {
        "type": "array",
        "items": {"type": "integer"},
        "default": None,
    }


@pytest.mark.parametrize("record_of", [dataclass_of, attrs_of])
def test_what_is_neither_none_nor_of_its_type_is_refused(record_of):
    for python_type, plain in ((str, 5), (int, "5"), (list[int], [None]), (Color, "green"), (Point, {"x": None})):
        record = record_of(python_type)
        for call, value in ((shimlite.to_python_value, packed({"x": plain})), (shimlite.to_literal, record(plain))):
            with pytest.raises(ConversionError, match=r"^\.x"):
                call(value, record)


def test_another_default_makes_nothing_optional():
    for record in (
        make_dataclass("Record", [("x", str, "a")]),
        make_dataclass("Record", [("x", str, field(default_factory=lambda: None))]),
        attrs.make_class("Record", {"x": attr.ib(type=str, default=attrs.Factory(lambda: None))}),
        make_dataclass("Record", [("x", str)]),
    ):
        for call, value in ((shimlite.to_python_value, packed({"x": None})), (shimlite.to_literal, record(x=None))):
            with pytest.raises(ConversionError, match=r"^\.x: expected STRING, got None$"):
                call(value, record)


AMBIGUOUS = [
    (typing.Union[dt.date, str], "2024-01-01", "word"),
    (typing.Union[dt.datetime, str], "2024-01-01T00:00:00Z", "2024"),
    (typing.Union[dt.datetime, dt.date, str], "2024-01-01", "2024-1-1"),
    (typing.Union[dt.timedelta, float], 5.0, None),
    (Optional[typing.Union[dt.date, str]], "2024-01-01", "2024-13-01"),
    (typing.Union[list[dt.date], list[str]], ["2024-01-01"], ["a"]),
]


@pytest.mark.parametrize(("python_type", "value", "other"), AMBIGUOUS)
def test_what_a_record_would_read_back_as_another_member_is_refused_when_written(python_type, value, other):
    record = make_dataclass("Record", [("x", python_type)])
    message = refusal(ConversionValueError, shimlite.to_literal, record(value), record)
    assert message.startswith(".x: ambiguous: a record would read it back as another member of ")
    if other is not None:
        assert shape(round_trip(record(other), record)) == shape(record(other))
    assert shape(round_trip(value, python_type)) == shape(value)  # a literal says which member it is
