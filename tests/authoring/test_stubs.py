# SPDX-License-Identifier: Apache-2.0
"""Stubs: whole texts, and what hostile templates make of them. ``property/test_stubs`` has the types of the set."""

from __future__ import annotations

import ast
import dataclasses
import datetime as dt
import enum
from typing import Any, Literal, Optional, Union

import pytest

from shimlite import (
    ConversionTypeError,
    FlyteDirectory,
    FlyteFile,
    FlyteSchema,
    ShimTaskExecutor,
    StructuredDataset,
    TemplateError,
    dict_to_literal_map,
    literal_map_to_kwargs,
    to_literal,
    to_literal_type,
    to_python_value,
)
from shimlite._idl import LiteralMap, LiteralType, TaskTemplate
from shimlite.authoring.records import MOST_ROUNDS
from shimlite.authoring.stubs import MOST_SHOWN, stub_of

from ..build import template
from ..stripping import stripped
from ..support import record_type, refusal
from .stubbed import INTEGER, TEXTS, all_of_them, executor_of, full_of, recorded, stub_types, titled, types_of

TEXT, NUMBER, NULL = ({"type": kind} for kind in ("string", "number", "null"))
PACKAGE = ShimTaskExecutor.__module__.rpartition(".")[0]
HEAD = '# The executor that a template asks for, made by "shimlite stub" to be filled in.\n'
IN_POD = (
    "# The template is as a pod gets it: it does not tell what records are called, the defaults of their\n"
    "# fields, nor which times are dates, and some fields may be missing.\n"
)


def after_imports(made: TaskTemplate) -> str:
    """A stub without its first lines, which every one has."""
    return stub_of(made).partition(f"from {PACKAGE} import ")[2].partition("\n\n\n")[2]


def method_of(made: TaskTemplate) -> str:
    """The lines inside the executor's class, less their indentation."""
    lines = stub_of(made).partition("(ShimTaskExecutor[Any]):\n")[2].splitlines()
    return "\n".join(line.removeprefix("    ") for line in lines)


def fields_of(*required: str, **properties: Any) -> list[str]:
    """The lines of the class of a record with these properties."""
    stub = stub_of(template({"r": record_type(titled("R", required, **properties))}))
    return [line.strip() for line in stub.partition("class R:\n")[2].partition("\n\n\n")[0].splitlines()]


def test_scalars_and_descriptions():
    made = template({"at": dt.datetime, "days": int}, {"o0": list[dt.datetime]})
    made.id.name = "acme.tasks.daily_report"
    made.interface.inputs.variables["days"].description = "how many\n  days"
    made.interface.inputs.variables["at"].description = "at"
    made.interface.outputs.variables["o0"].description = "each day"
    made.custom.update({"uri": "s3://b/k", "limit": 5, "more": {"a": [1]}, "none": None})
    assert stub_of(made) == HEAD + (
        f"""from __future__ import annotations

import datetime as dt
from typing import Any

from {PACKAGE} import ShimTaskExecutor, TaskTemplate


class DailyReport(ShimTaskExecutor[Any]):
    def execute_from_model(self, tt: TaskTemplate, at: dt.datetime, days: int) -> list[dt.datetime]:
        \"\"\"Do the work of "acme.tasks.daily_report".

        Args:
            days: how many days

        Returns:
            each day
        \"\"\"
        # tt.custom["limit"] is int
        # tt.custom["more"] is dict
        # tt.custom["none"] is None
        # tt.custom["uri"] is str
        raise NotImplementedError
"""
    )


class Color(enum.Enum):
    RED = "red"
    DARK_RED = "dark red"


@dataclasses.dataclass
class Item:
    name: str
    price: float = 0.5


@dataclasses.dataclass
class Order:
    items: list[Item]
    day: dt.date
    color: Color = Color.RED
    by_size: dict[int, Item] = dataclasses.field(default_factory=dict)
    kind: Literal["a", 1] = "a"
    at: dt.datetime = dt.datetime(2024, 2, 29, 12, tzinfo=dt.timezone.utc)
    took: Optional[dt.timedelta] = None
    report: FlyteFile = dataclasses.field(default_factory=lambda: FlyteFile("s3://b/k"))
    whatever: Any = None
    data: bytes = b"a\x00"
    rest: list = dataclasses.field(default_factory=list)
    same: Optional[Item] = None


REGISTERED = """class Color(Enum):
    RED = "red"
    DARK_RED = "dark red"


@dataclass
class Item:
    name: str
    price: float = 0.5


@dataclass
class Order:
    items: list[Item]
    day: dt.date
    # It may be left out; what it is then is not known here.
    report: FlyteFile
    at: dt.datetime = dt.datetime(2024, 2, 29, 12, 0, tzinfo=dt.timezone.utc)
    # It may be left out; what it is then is not known here.
    by_size: dict[int, Item] = field(default_factory=dict)
    color: Color = Color.RED
    data: bytes = b"a\\x00"
    kind: Literal["a", 1] = "a"
    # It may be left out; what it is then is not known here.
    rest: list[Any] = field(default_factory=list)
    same: Item | None = None
    took: dt.timedelta | None = None
    whatever: Any = None


class Task(ShimTaskExecutor[Any]):
    def execute_from_model(self, tt: TaskTemplate, one: Item, order: Order) -> list[Order] | None:
        raise NotImplementedError
"""
STRIPPED = """class Color(Enum):
    RED = "red"
    DARK_RED = "dark red"


@dataclass
class One:
    name: str
    price: float


@dataclass
class Order:
    at: dt.datetime
    by_size: dict[Any, Any]
    color: Color
    data: Any
    day: dt.datetime
    items: list[One]
    report: FlyteFile
    same: dict[Any, Any] | None
    took: dt.timedelta | None
    whatever: Any


class Task(ShimTaskExecutor[Any]):
    def execute_from_model(self, tt: TaskTemplate, one: One, order: Order) -> list[Order] | None:
        raise NotImplementedError
"""


def test_records():
    made = template({"order": Order, "one": Item}, {"o0": Optional[list[Order]]})
    assert after_imports(made) == REGISTERED
    assert stub_of(made).startswith(
        HEAD
        + "from __future__ import annotations\n\nimport datetime as dt\nfrom dataclasses import dataclass, field\n"
        + "from enum import Enum\nfrom typing import Any, Literal\n\n"
        + f"from {PACKAGE} import FlyteFile, ShimTaskExecutor, TaskTemplate\n\n\nclass Color"
    )


def test_records_as_a_pod_gets_them():
    made = stripped(template({"order": Order, "one": Item}, {"o0": Optional[list[Order]]}))
    assert after_imports(made) == STRIPPED
    assert stub_of(made).startswith(f"{HEAD}{IN_POD}from __future__ import annotations\n")


def test_records_that_only_outputs_have_are_called_after_them():
    made = stripped(template({}, {"o0": Item, "o1": Order, "o01": Counted, "last": Counted}))
    stub = stub_of(made)
    assert [line for line in stub.splitlines() if line.startswith("class ")] == [
        "class Color(Enum):",
        "class Last:",
        "class Output:",
        "class Output1:",
        "class Outputs(NamedTuple):",
        "class Task(ShimTaskExecutor[Any]):",
    ]


@dataclasses.dataclass
class Counted:
    count: int


@dataclasses.dataclass
class Tree:
    value: int
    branches: list[Tree] = dataclasses.field(default_factory=list)
    left: Optional[Tree] = None


def test_a_record_that_holds_itself():
    made = template({"tree": Tree, "more": list[Tree]}, {"o0": dict[str, Tree]})
    assert after_imports(made) == (
        """@dataclass
class Tree:
    value: int
    # It may be left out; what it is then is not known here.
    branches: list[Tree] = field(default_factory=list)
    left: Tree | None = None


class Task(ShimTaskExecutor[Any]):
    def execute_from_model(self, tt: TaskTemplate, more: list[Tree], tree: Tree) -> dict[str, Tree]:
        raise NotImplementedError
"""
    )


def test_pydantics_schemas():
    order = titled("Order", ["color", "item"], item={"$ref": "#/$defs/Item"}, color={"$ref": "#/$defs/Color"})
    order["properties"]["level"] = {"allOf": [{"$ref": "#/$defs/Level"}], "$ref": "#/$defs/Level", "default": 2}
    order["$defs"] = {
        "Item": titled("Item", ["n"], n={**INTEGER, "title": "N", "description": "how many"}),
        "Color": {"enum": ["red", "blue"], "title": "Color", "type": "string"},
        "Level": {"enum": [1, 2], "title": "Level", "type": "integer"},
    }
    item, color = record_type(order["$defs"]["Item"]), LiteralType(enum_type={"values": ["red", "blue"]})
    made = template({"order": record_type(order), "item": item, "c": color})
    assert after_imports(made) == (
        """class Color(Enum):
    RED = "red"
    BLUE = "blue"


class Level(Enum):
    VALUE_0 = 1
    VALUE_1 = 2


@dataclass
class Item:
    # "how many"
    n: int


@dataclass
class Order:
    color: Color
    item: Item
    level: Level = Level.VALUE_1


class Task(ShimTaskExecutor[Any]):
    def execute_from_model(self, tt: TaskTemplate, c: Color, item: Item, order: Order) -> None:
        raise NotImplementedError
"""
    )


def test_an_infinite_default_beside_a_field_called_float():
    record = titled("R", float={**NUMBER, "default": float("inf")})
    (found,) = stub_types(template({"r": record_type(record)}))[0].values()
    assert found().float == float("inf")


def test_models_that_a_field_tells_apart():
    union = {"oneOf": [{"$ref": "#/$defs/A"}, {"$ref": "#/$defs/B"}], "discriminator": {"propertyName": "kind"}}
    definitions = {one: titled(one, ["kind"], kind={"const": one, "type": "string"}) for one in ("A", "B")}
    record = {**titled("R", ["f"], f=union), "$defs": definitions}
    assert "class R:\n    f: A | B\n" in stub_of(template({"r": record_type(record)}))


def test_a_reference_beside_a_default_as_old_pydantic_writes_it():
    level = {"enum": [1, 2], "title": "Level", "type": "integer"}
    record = {**titled("R", f={"allOf": [{"$ref": "#/$defs/Level"}], "default": 2}), "$defs": {"Level": level}}
    assert "class R:\n    f: Level = Level.VALUE_1\n" in stub_of(template({"r": record_type(record)}))


def test_a_model_is_read_and_written_by_the_names_of_its_fields():
    pydantic = pytest.importorskip("pydantic")
    inner = pydantic.create_model("Inner", part=(int, pydantic.Field(alias="thePart")))
    model = pydantic.create_model(
        "Model",
        count=(int, pydantic.Field(alias="theCount")),
        one=(inner, pydantic.Field(alias="class")),
        many=(list[inner], []),
    )
    value = model.model_validate({"theCount": 3, "class": {"thePart": 1}, "many": [{"thePart": 2}]})
    made = template({"x": model}, {"x": model})
    for one in (made, stripped(made)):
        read, write = stub_types(one)
        back = to_python_value(to_literal(value, model), read["x"])
        assert (back.count, back.one.part, back.many[0].part) == (3, 1, 2)
        assert to_python_value(to_literal(back, write["x"]), model) == value


@pytest.mark.parametrize("aliased", [titled("R", ["theN"], theN=INTEGER), {"type": "object", "title": "R"}])
def test_a_record_whose_names_are_not_all_told_is_a_dict(aliased):
    """mashumaro may write an alias; flytekit leaves some types out of ``dataclass_type``."""
    if "properties" not in aliased:
        aliased = {**aliased, "properties": {"theN": INTEGER, "theT": {"type": "array", "prefixItems": [INTEGER]}}}
    made = template({"r": record_type(aliased, n=LiteralType(simple=1))})
    assert method_of(made).startswith("def execute_from_model(self, tt: TaskTemplate, r: dict[Any, Any]) -> None:\n")


@pytest.mark.parametrize("in_pod", [False, True])
def test_a_root_model_has_no_field(in_pod):
    pydantic = pytest.importorskip("pydantic")
    ints = pydantic.create_model("Ints", __base__=pydantic.RootModel[list[int]])
    by_name = pydantic.create_model("ByName", __base__=pydantic.RootModel[dict[str, int]])
    holder = pydantic.create_model("Holder", ints=(ints, ...), by_name=(by_name, ...))
    made = template({"b": by_name, "h": holder, "i": ints}, {"b": by_name, "h": holder})
    made = stripped(made) if in_pod else made
    values = {"b": by_name({"a": 1}), "h": holder(ints=[1], by_name={"a": 2})}
    read, write = stub_types(made)
    literals = {name: to_literal(value, type(value)) for name, value in values.items()}
    made.interface.inputs.variables.pop("i")
    kwargs = literal_map_to_kwargs(LiteralMap(literals=literals), made.interface.inputs, read)
    assert kwargs["b"] == {"a": 1} and kwargs["h"].ints == [1]
    assert dict_to_literal_map(kwargs, made.interface.outputs, write).literals == literals


def test_what_a_root_model_needs_is_said():
    pydantic = pytest.importorskip("pydantic")
    ints = pydantic.create_model("Ints", __base__=pydantic.RootModel[list[int]])
    with pytest.raises(ConversionTypeError, match="^expected dict, got list of 1$"):
        to_python_value(to_literal(ints([1]), ints), to_literal_type(ints))
    assert method_of(stripped(template({"i": ints}))) == (
        """def execute_from_model(self, tt: TaskTemplate, i: Any) -> None:
    # "i" is a RootModel of pydantic's: annotate it with one, unless it is a dict.
    raise NotImplementedError"""
    )


def test_marshmallows_schemas():
    old = {"n": {"type": "number", "format": "integer"}, "maybe": {"type": ["string", "null"], "default": None}}
    definitions = {
        "OldSchema": {"type": "object", "properties": {**old, "inner": {"$ref": "#/definitions/InnerSchema"}}},
        "InnerSchema": {"type": "object", "properties": {"x": INTEGER}, "required": ["x"]},
    }
    made = template({"old": record_type({"$ref": "#/definitions/OldSchema", "definitions": definitions})})
    assert after_imports(made) == (
        """@dataclass
class InnerSchema:
    x: int


@dataclass
class OldSchema:
    # It may be left out; what it is then is not known here.
    inner: InnerSchema
    # It may be left out; what it is then is not known here.
    n: int
    maybe: str | None = None


class Task(ShimTaskExecutor[Any]):
    def execute_from_model(self, tt: TaskTemplate, old: OldSchema) -> None:
        raise NotImplementedError
"""
    )


# -------------------------------------------------------------------------------------------------------------- fields


@pytest.mark.parametrize(
    ("schema", "line"),
    [
        ({**INTEGER, "default": 5}, "f: int = 5"),
        ({**NUMBER, "default": 5}, "f: float = 5.0"),
        ({**NUMBER, "default": 0.5}, "f: float = 0.5"),
        ({**NUMBER, "default": 1e300}, "f: float = 1e300"),
        ({**NUMBER, "default": float("inf")}, 'f: float = float("inf")'),
        ({**NUMBER, "default": float("-inf")}, 'f: float = float("-inf")'),
        ({**NUMBER, "default": float("nan")}, 'f: float = float("nan")'),
        ({**TEXT, "default": 'say "x"\n'}, "f: str = 'say \"x\"\\n'"),
        ({"type": "boolean", "default": True}, "f: bool = True"),
        ({"type": "boolean", "default": None}, "f: bool | None = None"),
        ({"anyOf": [INTEGER, NULL], "default": None}, "f: int | None = None"),
        ({"anyOf": [INTEGER, NULL], "default": 5}, "f: int | None = 5"),
        ({"anyOf": [INTEGER, TEXT], "default": "a"}, "f: int | str = 'a'".replace("'", '"')),
        ({"type": "array", "items": INTEGER, "default": []}, "f: list[int] = field(default_factory=list)"),
        ({"type": "object", "default": {}}, "f: dict[Any, Any] = field(default_factory=dict)"),
        ({"enum": ["a", True, None, 1], "default": True}, 'f: Literal["a", True, None, 1] = True'),
        ({**TEXT, "format": "date", "default": "2024-02-29"}, "f: dt.date = dt.date(2024, 2, 29)"),
        ({**NUMBER, "format": "time-delta", "default": 90}, "f: dt.timedelta = dt.timedelta(seconds=90)"),
        ({**TEXT, "format": "base64", "default": "YSInYg==\n"}, 'f: bytes = b"a\\"\'b"'),
    ],
)
def test_defaults_that_a_schema_tells(schema, line):
    assert fields_of(f=schema) == [line]


@pytest.mark.parametrize(
    ("schema", "line"),
    [
        (INTEGER, "f: int"),
        ({**INTEGER, "default": "5"}, "f: int"),
        ({**INTEGER, "default": True}, "f: int"),
        ({**INTEGER, "default": 2**60}, "f: int"),
        ({**TEXT, "default": "x" * 100}, "f: str"),
        ({"anyOf": [INTEGER, NUMBER], "default": 5}, "f: int | float"),
        ({"enum": ["a", 1], "default": True}, 'f: Literal["a", 1]'),
        ({"type": "array", "items": INTEGER, "default": [1]}, "f: list[int]"),
        ({**TEXT, "format": "date", "default": "never"}, "f: dt.date"),
        ({"default": 5}, "f: Any"),
        (titled("Inner", x=INTEGER, default={"x": 5}), "f: Inner"),
    ],
)
def test_defaults_that_a_schema_does_not_tell(schema, line):
    assert fields_of(f=schema) == ["# It may be left out; what it is then is not known here.", line]


def test_fields_without_a_default_come_first():
    assert fields_of("z", "b", a={**INTEGER, "default": 1}, z=TEXT, b=TEXT, c={**INTEGER, "default": None}) == [
        *("z: str", "b: str", "a: int = 1", "c: int | None = None"),
    ]


@pytest.mark.parametrize(
    ("schema", "line"),
    [
        ({"enum": [1.5, 1]}, "f: Any"),
        ({"enum": []}, "f: Any"),
        ({"anyOf": [INTEGER, {}]}, "f: Any"),
        ({"anyOf": []}, "f: Any"),
        ({"anyOf": [{"anyOf": [INTEGER, NULL]}, INTEGER]}, "f: int | None"),
        ({"type": "object", "additionalProperties": INTEGER, "propertyNames": {}}, "f: dict[Any, Any]"),
        (
            {"type": "object", "additionalProperties": INTEGER, "propertyNames": {"enum": ["a"]}},
            'f: dict[Literal["a"], int]',
        ),
        (
            {"type": "object", "additionalProperties": {}, "propertyNames": {"anyOf": [INTEGER, NULL]}},
            "f: dict[int | None, Any]",
        ),
        ({"type": "object", "additionalProperties": INTEGER, "propertyNames": {"type": "array"}}, "f: dict[Any, Any]"),
        ({"type": "array", "prefixItems": [INTEGER]}, "f: list[Any]"),
    ],
)
def test_types_of_fields(schema, line):
    assert fields_of("f", f=schema) == [line]


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (titled("R", **{"class": INTEGER}), 'no field can be named "class"'),
        (titled("R", **{"a b": INTEGER, "x": INTEGER}), 'no field can be named "a b"'),
        (titled("R", __x=INTEGER), 'no field can be named "__x"'),
        ({**titled("R"), "properties": {"\ufb01": INTEGER}}, 'no field can be named "ﬁ"'),
        (titled("R", **{"\u202e": INTEGER}), 'no field can be named "\\u202e"'),
        ({**titled("R", x=INTEGER), "additionalProperties": True}, "it may have fields that are not told"),
    ],
)
def test_a_record_that_cannot_be_a_class_is_a_dict(record, why):
    made = template({"r": record_type(titled("Holder", ["f"], f=record))})
    assert after_imports(made) == (
        f"""# A dict stands for the record "R": {why}.


@dataclass
class Holder:
    f: dict[Any, Any]


class Task(ShimTaskExecutor[Any]):
    def execute_from_model(self, tt: TaskTemplate, r: Holder) -> None:
        raise NotImplementedError
"""
    )
    assert stub_types(made)


def test_a_schema_that_is_not_known_is_said():
    made = template({"r": record_type({"pb_type": "a.b.C"}), "s": record_type({"x": 1}, f=LiteralType(simple=1))})
    made.interface.inputs.variables["plain"].type.CopyFrom(record_type({}))
    assert method_of(made) == (
        """def execute_from_model(self, tt: TaskTemplate, plain: dict[Any, Any], r: dict[Any, Any], s: S) -> None:
    # "r" has a JSON Schema of a form that is not known here.
    # "s" has a JSON Schema of a form that is not known here.
    raise NotImplementedError"""
    )


def test_an_empty_record_is_a_class():
    assert "@dataclass\nclass Empty:\n    pass\n" in stub_of(template({"r": record_type(titled("Empty"))}))


def test_one_class_for_records_of_one_title_and_the_same_fields_alone():
    a, b = titled("R", ["x"], x=INTEGER), titled("R", ["x"], x=TEXT)
    made = template({"a": record_type(a), "b": record_type(b), "c": record_type(a), "d": record_type(titled("R1"))})
    assert method_of(made) == (
        "def execute_from_model(self, tt: TaskTemplate, a: R1_, b: R2, c: R1_, d: R1) -> None:\n"
        "    raise NotImplementedError"
    )


def test_an_enum_of_the_same_values_is_one_class():
    made = template({"a": Color, "b": list[Color], "c": enum.Enum("Other", {"X": "x"})}, {"o0": dict[str, Color]})
    assert after_imports(made) == (
        """class A(Enum):
    RED = "red"
    DARK_RED = "dark red"


class C(Enum):
    X = "x"


class Task(ShimTaskExecutor[Any]):
    def execute_from_model(self, tt: TaskTemplate, a: A, b: list[A], c: C) -> dict[str, A]:
        raise NotImplementedError
"""
    )


def test_the_names_of_an_enums_members():
    values = ["red", "RED", "a b", "a_b", "", "1", "_x", "mro", "class", "é", "VALUE_9", "\n", "value_12", '"', "__"]
    made = template({"e": LiteralType(enum_type={"values": [*values, "red"]})})
    (found,) = stub_types(made)[0].values()
    assert {one.name: one.value for one in found} == {
        "RED": "red",
        "VALUE_1": "RED",
        "A_B": "a b",
        "VALUE_3": "a_b",
        "VALUE_4": "",
        "VALUE_5": "1",
        "X": "_x",
        "MRO": "mro",
        "VALUE_8": "class",
        "É": "é",
        "VALUE_9": "VALUE_9",
        "VALUE_11": "\n",
        "VALUE_12": "value_12",
        "VALUE_13": '"',
        "VALUE_14": "__",
    }


def test_an_enum_member_that_another_value_is_called_like():
    (found,) = stub_types(template({"e": LiteralType(enum_type={"values": ["value_1", "1"]})}))[0].values()
    assert {one.name: one.value for one in found} == {"VALUE_1": "value_1", "VALUE_1_": "1"}


def test_records_that_hold_one_another_often_are_classes_of_their_own():
    count = MOST_ROUNDS + 5
    definitions = {f"R{place}": titled("R", ["x"], x={"$ref": f"#/$defs/R{place + 1}"}) for place in range(count)}
    definitions[f"R{count}"] = titled("R", ["x"], x=INTEGER)
    chain = record_type({"$ref": "#/$defs/R0", "$defs": definitions})
    made = template({"a": chain, "b": chain})
    assert stub_of(made).count("@dataclass\n") == 2 * (count + 1)
    assert stub_types(made)


# ----------------------------------------------------------------------------------------------------------- variables


@pytest.mark.parametrize(
    ("outputs", "returned"),
    [
        ({}, "None"),
        ({"anything": int}, "int"),
        ({"o0": int, "o1": Optional[str]}, "tuple[int, str | None]"),
        ({"o1": int, "o2": str}, "Outputs\n\nclass Outputs(NamedTuple):\n    o1: int\n    o2: str"),
        ({"b": int, "a": str}, "Outputs\n\nclass Outputs(NamedTuple):\n    a: str\n    b: int"),
        ({"_a": int, "b": int}, "Outputs\n\nclass Outputs(TypedDict):\n    _a: int\n    b: int"),
        ({"count": int, "b": int}, "Outputs\n\nclass Outputs(TypedDict):\n    b: int\n    count: int"),
        ({"class": int, "b": int}, 'Outputs\n\nOutputs = TypedDict("Outputs", {"b": int, "class": int})'),
        (
            {"class": int, "x" * 80: int},
            'Outputs\n\nOutputs = TypedDict(\n    "Outputs",\n    {\n        "class": int,\n'
            f'        "{"x" * 80}": int,\n    }},\n)',
        ),
        (
            {f"o{place}": dict[str, list[dt.datetime]] for place in range(3)},
            "Outputs\n\nclass Outputs(NamedTuple):\n"
            + "\n".join(f"    o{place}: dict[str, list[dt.datetime]]" for place in range(3)),
        ),
    ],
)
def test_outputs(outputs, returned):
    made = template({}, outputs)
    wanted, _, definition = returned.partition("\n\n")
    assert method_of(made).startswith(f"def execute_from_model(self, tt: TaskTemplate) -> {wanted}:\n")
    assert not definition or after_imports(made).startswith(f"{definition}\n\n\nclass Task")
    assert set(stub_types(made)[1]) == set(outputs)


def test_inputs_that_cannot_be_parameters():
    made = template({"class": int, "a b": Item, "x": int, "others": int})
    assert method_of(made) == (
        """def execute_from_model(self, tt: TaskTemplate, others: int, x: int, **others_: Any) -> None:
    # Input "a b" cannot be a parameter. Its type is Item.
    # Input "class" cannot be a parameter. Its type is int.
    raise NotImplementedError"""
    )
    assert set(stub_types(made)[0]) == {"x", "others"}


def test_inputs_that_are_called_like_the_methods_own_parameters():
    made = template({"self": int, "tt": int, "template": int})
    made.custom.update({"uri": "x"})
    assert method_of(made) == (
        """def execute_from_model(self_, template_: TaskTemplate, self: int, template: int, tt: int) -> None:
    # template_.custom["uri"] is str
    raise NotImplementedError"""
    )
    assert set(stub_types(made)[0]) == {"self", "tt", "template"}
    assert "(self, template: TaskTemplate, tt: int)" in stub_of(template({"tt": int}))


@pytest.mark.parametrize(
    ("args", "name", "expected"),
    [
        (["{{.taskTemplatePath}}", "a.b.SomeExecutor"], "x", "SomeExecutor"),
        (["{{.taskTemplatePath}}", "SomeExecutor"], "x", "X"),
        (["{{.taskTemplatePath}}", "a.class"], "x", "X"),
        (["{{.taskTemplatePath}}", "a.b c.D"], "x", "X"),
        (["{{.taskTemplatePath}}", "a.list"], "x", "list_"),
        (["{{.taskTemplatePath}}"], "x", "X"),
        ([], "acme.daily-report 2", "DailyReport2"),
        ([], "", "Executor"),
        ([], "a.2", "Executor"),
        ([], "item", "Item_"),
    ],
)
def test_the_name_of_the_executor(args, name, expected):
    made = template({"item": Item})
    made.id.name = name
    made.container.args.extend(args)
    assert executor_of(stub_of(made)).__name__ == expected


CSV, JSON = FlyteFile["csv"], FlyteFile["json"]


def test_files_and_tables():
    made = template(
        {
            "f": CSV,
            "d": Optional[FlyteDirectory],
            "s": FlyteSchema[{"id": int, "a\n": str}],
            "t": StructuredDataset,
            "either": Union[CSV, JSON],
            "lists": Union[list[CSV], list[Union[JSON, FlyteDirectory]], None],
            "maps": Union[dict[str, CSV], dict[str, int]],
            "mixed": Union[list[Union[int, JSON]], list[str]],
        }
    )
    assert method_of(made) == (
        """def execute_from_model(
    self,
    tt: TaskTemplate,
    d: FlyteDirectory | None,
    either: Any,
    f: FlyteFile,
    lists: Any,
    maps: Any,
    mixed: Any,
    s: FlyteSchema,
    t: StructuredDataset,
) -> None:
    # "either" has the format "csv".
    # "either" has the format "json".
    # "f" has the format "csv".
    # "lists" has the format "csv".
    # "lists" has the format "json".
    # "maps" has the format "csv".
    # "mixed" has the format "json".
    # "s" has the columns "id", "a\\n".
    raise NotImplementedError"""
    )
    assert set(stub_types(made)[0]) == {"d", "f", "s", "t"}


@pytest.mark.parametrize(
    ("simple", "values", "expected"),
    [
        (3, ["a", "b", "a"], 'Literal["a", "b"]'),
        (1, [1, -2], "Literal[1, -2]"),
        (4, [True], "Literal[True]"),
        (1, [2**53], "int"),
        (1, [1.5], "int"),
        (3, ["a", 1], "str"),
        (3, [], "str"),
        (3, "a", "str"),
        (2, [1], "float"),
    ],
)
def test_literals(simple, values, expected):
    literal_type = LiteralType(simple=simple)
    literal_type.annotation.annotations.update({"literal_values": values})
    assert f"x: {expected}) -> None" in method_of(template({"x": literal_type}))
    assert f"x: list[{expected}]) -> None" in method_of(template({"x": LiteralType(collection_type=literal_type)}))


def test_a_literal_without_values_that_can_be_read():
    literal_type = LiteralType(simple=3)
    literal_type.annotation.annotations.fields["literal_values"].SetInParent()
    assert "x: str) -> None" in method_of(template({"x": literal_type}))


def test_unions_and_enums_that_have_nothing_in_them():
    empty_union, empty_enum = LiteralType(), LiteralType()
    empty_union.union_type.SetInParent()
    empty_enum.enum_type.SetInParent()
    made = template(
        {"u": empty_union, "e": LiteralType(collection_type=empty_enum), "m": LiteralType(map_value_type=empty_union)}
    )
    assert "(self, tt: TaskTemplate, e: Any, m: Any, u: Any) -> None" in method_of(made)
    assert stub_types(made) == ({}, {})


def test_a_type_that_is_not_known_is_an_error():
    message = "outputs.x: the LiteralType simple 42 is not known to this shimlite"
    assert refusal(TemplateError, lambda: stub_of(template({}, {"x": LiteralType(simple=42)}))) == message


def test_a_name_of_custom_is_cut_and_so_are_many():
    made = template()
    made.custom.update({f"key{place:03}": 1 for place in range(MOST_SHOWN + 2)})
    made.custom.update({"a" * 100: 1})
    lines = method_of(made).splitlines()[1:]
    assert lines[0] == f'    # tt.custom["{"a" * 60}…"] is int'
    assert lines[-2:] == ["    # tt.custom has 3 more keys", "    raise NotImplementedError"]
    assert len(lines) == MOST_SHOWN + 2


# ---------------------------------------------------------------------------------------------------------- long lines


def test_a_long_signature_has_a_line_for_each_parameter():
    made = template({f"a_rather_long_name_{place}": int for place in range(4)}, {"o0": int})
    assert method_of(made) == (
        """def execute_from_model(
    self,
    tt: TaskTemplate,
    a_rather_long_name_0: int,
    a_rather_long_name_1: int,
    a_rather_long_name_2: int,
    a_rather_long_name_3: int,
) -> int:
    raise NotImplementedError"""
    )


def test_a_long_type_has_a_name():
    words = Literal[tuple(f"a rather long word {place}" for place in range(5))]
    records = [dataclasses.make_dataclass(f"ARecordOfARatherLongName{place}", [("x", int)]) for place in range(5)]
    once = Union[list[dt.datetime], list[dt.timedelta], list[FlyteFile], list[str], dict[str, FlyteFile]]
    made = template({"w": list[words], "r": Union[tuple(records)], "again": Union[tuple(records)], "once": once})
    assert after_imports(made).partition("LongType: ")[2].partition("class Task")[0] == (
        """TypeAlias = (
    ARecordOfARatherLongName0
    | ARecordOfARatherLongName1
    | ARecordOfARatherLongName2
    | ARecordOfARatherLongName3
    | ARecordOfARatherLongName4
)


LongType_: TypeAlias = list[dt.datetime] | list[dt.timedelta] | list[FlyteFile] | list[str] | dict[str, FlyteFile]


LongType_2: TypeAlias = Literal[
    "a rather long word 0",
    "a rather long word 1",
    "a rather long word 2",
    "a rather long word 3",
    "a rather long word 4",
]


"""
    )
    assert method_of(made).startswith(
        """def execute_from_model(
    self,
    tt: TaskTemplate,
    again: LongType,
    once: LongType_,
    r: LongType,
    w: list[LongType_2],
) -> None:
"""
    )
    assert set(stub_types(made)[0]) == {"w", "r", "again", "once"}


def test_descriptions_of_outputs_alone():
    made = template({"x": int}, {"total": int})
    made.interface.inputs.variables["x"].description = " x "
    made.interface.outputs.variables["total"].description = "of all"
    assert method_of(made).splitlines()[1:-1] == [
        *('    """Do the work of "tests.task".', "", "    Returns:", "        of all", '    """'),
    ]


def test_long_descriptions_are_wrapped_and_cut():
    made = template({"x": int}, {"a": int, "b": str})
    made.interface.inputs.variables["x"].description = "word " * 300
    made.interface.outputs.variables["b"].description = 'of "b" \\ """\x00'
    method = method_of(made)
    assert method.splitlines()[1:5] == [
        '    r"""Do the work of "tests.task".',
        "",
        "    Args:",
        "        x: " + " ".join(["word"] * 21),
    ]
    assert method.splitlines()[5].startswith("            word word")
    assert 'wo…\n\n    Returns:\n        b: of "b" \\ \'\'\'\\x00\n    """\n    raise' in method
    assert max(map(len, stub_of(made).splitlines())) <= 120


# -------------------------------------------------------------------------------------------------------------- hostile


CALLS = {"dataclass", "field", "TypedDict"}


@pytest.mark.parametrize("text", TEXTS)
def test_whatever_a_template_says_is_a_name_or_a_literal(text):
    made = full_of(text)
    for one in (made, stripped(made)):
        stub = stub_of(one)
        first, second = stub.splitlines()[:2]
        assert first + "\n" == HEAD
        assert second in ("from __future__ import annotations", IN_POD.splitlines()[0])
        assert {ast.unparse(call.func).strip("_") for call in calls_in(stub)} <= CALLS
        assert all(line.isprintable() for line in stub.splitlines())
        assert_comments_start_with_our_words(stub)
        assert stub_types(one)


def calls_in(stub: str) -> list[ast.Call]:
    return [node for node in ast.walk(ast.parse(stub)) if isinstance(node, ast.Call)]


OURS = (
    *("The executor", "The template", "fields, nor", "A dict stands", "It may be", "Input ", '"', "'"),
    *("tt.custom", "template.custom", "template_.custom"),
)


def assert_comments_start_with_our_words(stub: str) -> None:
    """So that none of them is a directive to a checker, a formatter or Python itself."""
    for line in stub.splitlines():
        if line.strip().startswith("# "):
            words = line.strip().removeprefix("# ")
            assert words.startswith(OURS), line


def test_the_stubs_of_all_templates_run_and_fit():
    for made in all_of_them():
        types_of(made, executor_of(stub_of(made)))


@pytest.mark.parametrize(("name", "registered", "in_pod"), list(recorded()))
def test_what_the_platform_made_of_templates(name, registered, in_pod):
    for one in (registered, in_pod):
        executor = executor_of(stub_of(one))
        assert executor.__name__ == "Show"
        assert types_of(registered, executor) == types_of(in_pod, executor)
