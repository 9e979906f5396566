# SPDX-License-Identifier: Apache-2.0
"""Stubs of what flytekit serializes: their types read what flytekit writes, and flytekit reads what they write."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
from collections import OrderedDict
from typing import Any, Optional

import pytest
from flytekit import FlyteContextManager
from flytekit.configuration import ImageConfig, SerializationSettings
from flytekit.core.interface import Interface
from flytekit.core.python_customized_container_task import PythonCustomizedContainerTask
from flytekit.core.shim_task import ShimTaskExecutor
from flytekit.core.type_engine import TypeEngine
from flytekit.extras.sqlite3.task import SQLite3Config, SQLite3Task
from flytekit.models.literals import Literal as FlytekitLiteral
from flytekit.tools.translator import get_serializable
from flytekit.types.file import FlyteFile
from flytekit.types.schema import FlyteSchema
from pydantic import BaseModel

from shimlite import dict_to_literal_map, literal_map_to_kwargs
from shimlite._idl import Literal, LiteralMap, TaskTemplate
from shimlite.authoring.stubs import stub_of

from ..authoring.stubbed import stub_types
from ..stripping import stripped

IMAGE = "ghcr.io/acme/later:1"
SETTINGS = SerializationSettings(project="p", domain="d", version="v", env={}, image_config=ImageConfig.auto())
NOON = dt.datetime(2024, 2, 29, 12, tzinfo=dt.timezone.utc)


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


@dataclasses.dataclass
class Item:
    name: str
    price: float = 0.5


@dataclasses.dataclass
class Order:
    items: list[Item]
    at: dt.datetime
    color: Color = Color.RED
    by_name: dict[str, Item] = dataclasses.field(default_factory=dict)
    took: Optional[dt.timedelta] = None
    same: Optional[Item] = None
    note: Optional[str] = "none"


class Line(BaseModel):
    name: str
    count: int = 1


class Bill(BaseModel):
    lines: list[Line]
    day: dt.date
    color: Color = Color.BLUE
    first: Optional[Line] = None


class Executor(ShimTaskExecutor[Any]):
    def execute_from_model(self, tt: Any, **kwargs: Any) -> Any:
        raise NotImplementedError


class Task(PythonCustomizedContainerTask):  # type: ignore[type-arg]
    def get_custom(self, settings: SerializationSettings) -> dict[str, Any]:
        return {}


def serialized(task: Any) -> TaskTemplate:
    spec = get_serializable(OrderedDict(), SETTINGS, task).to_flyte_idl()
    return TaskTemplate.FromString(spec.template.SerializeToString())


def theirs(python_type: Any) -> TaskTemplate:
    interface = Interface({"x": python_type}, {"o0": python_type})
    task = Task(name="acme.echo", task_config=None, container_image=IMAGE, executor_type=Executor, interface=interface)
    return serialized(task)


VALUES: list[tuple[Any, Any]] = [
    (int, 5),
    (dt.datetime, NOON),
    (Color, Color.BLUE),
    (Optional[list[str]], ["a"]),
    (Item, Item("a")),
    (Order, Order([Item("a", 1.0)], NOON)),
    (Order, Order([], NOON, Color.BLUE, {"k": Item("b")}, dt.timedelta(seconds=1), Item("c"), None)),
    (list[Item], [Item("a"), Item("b", 1.0)]),
    (dict[str, Item], {"k": Item("a")}),
    (Optional[Item], Item("a")),
    (Optional[Item], None),
    (Line, Line(name="a")),
    (Bill, Bill(lines=[Line(name="a", count=2)], day=dt.date(2024, 2, 29))),
    (list[Bill], [Bill(lines=[], day=dt.date(2024, 2, 29), color=Color.RED, first=Line(name="b"))]),
]


@pytest.mark.parametrize(("python_type", "value"), VALUES)
def test_stubs_read_what_flytekit_writes_and_flytekit_reads_what_they_write(python_type, value):
    context = FlyteContextManager.current_context()
    made = theirs(python_type)
    read, write = stub_types(made)
    written = TypeEngine.to_literal(context, value, python_type, TypeEngine.to_literal_type(python_type))
    literal = Literal.FromString(written.to_flyte_idl().SerializeToString())
    back = literal_map_to_kwargs(LiteralMap(literals={"x": literal}), made.interface.inputs, read)["x"]
    again = dict_to_literal_map({"o0": back}, made.interface.outputs, write).literals["o0"]
    assert TypeEngine.to_python_value(context, FlytekitLiteral.from_flyte_idl(again), python_type) == value
    in_pod, _ = stub_types(stripped(made))
    literal_map_to_kwargs(LiteralMap(literals={"x": literal}), made.interface.inputs, in_pod)


def test_the_classes_of_a_stub_are_the_ones_that_were_registered():
    def classes(python_type: Any) -> str:
        return stub_of(theirs(python_type)).partition("TaskTemplate\n\n\n")[2].partition("\n\n\nclass Executor(")[0]

    assert classes(Order) == (
        """class Color(Enum):
    RED = "red"
    BLUE = "blue"


@dataclass
class Item:
    name: str
    price: float = 0.5


@dataclass
class Order:
    items: list[Item]
    at: dt.datetime
    # It may be left out; what it is then is not known here.
    by_name: dict[str, Item] = field(default_factory=dict)
    color: Color = Color.RED
    note: str | None = "none"
    same: Item | None = None
    took: dt.timedelta | None = None"""
    )
    assert classes(Bill) == (
        """class Color(Enum):
    RED = "red"
    BLUE = "blue"


@dataclass
class Line:
    name: str
    count: int = 1


@dataclass
class Bill:
    lines: list[Line]
    day: dt.date
    color: Color = Color.BLUE
    first: Line | None = None"""
    )


def test_the_sqlite_task():
    task = SQLite3Task(
        name="acme.tracks",
        query_template="select * from tracks limit {{ .inputs.limit }}",
        inputs={"limit": int},
        output_schema_type=FlyteSchema,
        task_config=SQLite3Config(uri="https://example.invalid/tracks.zip", compressed=True),
        container_image=IMAGE,
    )
    assert stub_of(serialized(task)).partition("\n\n\n")[2] == (
        """class SQLite3TaskExecutor(ShimTaskExecutor[Any]):
    def execute_from_model(self, tt: TaskTemplate, limit: int) -> FlyteSchema:
        # tt.custom["compressed"] is bool
        # tt.custom["query_template"] is str
        # tt.custom["uri"] is str
        raise NotImplementedError
"""
    )


def test_a_file():
    assert "(self, tt: TaskTemplate, x: FlyteFile) -> FlyteFile:\n" in stub_of(theirs(FlyteFile))
