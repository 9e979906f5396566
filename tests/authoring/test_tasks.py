# SPDX-License-Identifier: Apache-2.0
"""``task_template``: the message field by field, and what it refuses. ``interop/test_authoring`` has flytekit's."""

from __future__ import annotations

import abc
import collections
import dataclasses
import datetime as dt
import enum
import importlib
import math
import sys
import types
import typing
from collections.abc import Awaitable
from typing import Any, NamedTuple, NoReturn, Optional, TypedDict

import pytest

import shimlite
from shimlite import ExecutorError, ShimTaskExecutor, TemplateError, UnsupportedTypeError, task_template
from shimlite._types.parse import spell
from shimlite.authoring.executors import executor_path
from shimlite.idl import Literal, LiteralMap, Secret, TaskTemplate

from ..support import refusal

IMAGE = "ghcr.io/acme/later:1"


class Later(ShimTaskExecutor):
    def execute_from_model(self, tt, at: dt.datetime, days: int) -> list[dt.datetime]:
        return [at + dt.timedelta(days=day) for day in range(days)]


class Outer:
    class Inner:
        def execute_from_model(self, tt) -> None: ...


class Any_:  # noqa: N801
    def execute_from_model(self, tt, **kwargs):
        return kwargs


def made(executor: Any = Later, name: str = "later", container_image: str = IMAGE, **arguments: Any) -> TaskTemplate:
    return task_template(executor, name=name, container_image=container_image, **arguments)


def refused(expected: type[BaseException] = TemplateError, *arguments: Any, **named: Any) -> str:
    return refusal(expected, lambda: made(*arguments, **named))


def executor(method: Any) -> type:
    """A class as at a module's top, with that method."""
    return type("Ex", (), {"execute_from_model": method, "__module__": __name__, "__qualname__": "Ex"})


def interface(method: Any, **arguments: Any) -> tuple[dict[str, str], dict[str, str]]:
    """The types of both sides as Python's, spelled."""
    found = made(executor(method), **arguments).interface
    inputs, outputs = (
        {name: spell(shimlite.guess_python_type(one.type)) for name, one in sorted(side.variables.items())}
        for side in (found.inputs, found.outputs)
    )
    return inputs, outputs


def returning(annotation: Any) -> Any:
    """A method whose return type is annotated so."""

    def method(self, tt): ...

    method.__annotations__["return"] = annotation
    return method


def misfit(method: Any, **arguments: Any) -> str:
    return refused(ExecutorError, executor(method), **arguments)


# ------------------------------------------------------------------------------------------------------- what it makes


def test_a_task_of_an_executor_alone():
    template = made()
    assert type(template) is TaskTemplate
    expected = shimlite._idl.from_text(
        f"""
        id {{ resource_type: TASK name: "later" }}
        type: "python-task"
        metadata {{
          runtime {{ type: FLYTE_SDK version: "{shimlite.__version__}" flavor: "python" }}
          retries {{}} generates_deck {{}} metadata {{}}
        }}
        interface {{
          inputs {{
            variables {{ key: "at" value {{ type {{ simple: DATETIME }} description: "at" }} }}
            variables {{ key: "days" value {{ type {{ simple: INTEGER }} description: "days" }} }}
          }}
          outputs {{
            variables {{ key: "o0" value {{ type {{ collection_type {{ simple: DATETIME }} }} description: "o0" }} }}
          }}
        }}
        container {{
          image: "ghcr.io/acme/later:1"
          args: "shimlite-execute" args: "--inputs" args: "{{{{.input}}}}"
          args: "--output-prefix" args: "{{{{.outputPrefix}}}}"
          args: "--raw-output-data-prefix" args: "{{{{.rawOutputDataPrefix}}}}"
          args: "--resolver" args: "flytekit.core.python_customized_container_task.default_task_template_resolver"
          args: "--" args: "{{{{.taskTemplatePath}}}}" args: "{__name__}.Later"
          resources {{}}
        }}
        """,
        TaskTemplate,
    )
    assert template == expected


def test_every_argument_has_its_field():
    template = made(
        task_type="later", inputs={"at": dt.datetime, "days": int}, outputs={"o0": list[dt.datetime]},
        custom={"l": [1, 2.5, None, True, "x", (), {"k": {}}], "n": 2**53},
        environment={"B": "1", "A": ""},
        requests={"cpu": 0.5, "mem": "1Gi", "gpu": 1, "ephemeral_storage": 1024},
        limits={"mem": "1025Mi", "cpu": None},
        secret_requests=[Secret(group="db", key="password", env_var="PASSWORD")],
        cache=True, cache_serialize=True, cache_version="1", cache_ignore_input_vars=("days",),
        interruptible=False, deprecated="use other", retries=2, timeout=90, pod_template_name="big",
        labels={"acme.com/team": "a-b"}, annotations={"note": "any text, also ünicode"}, task_type_version=3,
    )  # fmt: skip
    expected = shimlite._idl.from_text(
        """
        discoverable: true discovery_version: "1" cache_serializable: true cache_ignore_input_vars: "days"
        interruptible: false deprecated_error_message: "use other" retries { retries: 2 } timeout { seconds: 90 }
        pod_template_name: "big" generates_deck {}
        metadata {
          labels { key: "acme.com/team" value: "a-b" }
          annotations { key: "note" value: "any text, also \\303\\274nicode" }
        }
        """,
        type(template.metadata),
    )
    expected.runtime.CopyFrom(template.metadata.runtime)
    assert template.metadata == expected
    assert (template.type, template.task_type_version) == ("later", 3)
    assert shimlite.TaskTemplate(template).custom == {
        "l": [1, 2.5, None, True, "x", [], {"k": {}}], "n": 2**53,
    }  # fmt: skip
    assert [(one.key, one.value) for one in template.container.env] == [("B", "1"), ("A", "")]
    resources = template.container.resources
    names = resources.DESCRIPTOR.enum_types_by_name["ResourceName"].values_by_number
    assert [[(names[one.name].name, one.value) for one in side] for side in (resources.requests, resources.limits)] == [
        [("EPHEMERAL_STORAGE", "1024"), ("CPU", "0.5"), ("GPU", "1"), ("MEMORY", "1Gi")],
        [("MEMORY", "1025Mi")],
    ]
    (secret,) = template.security_context.secrets
    assert secret == Secret(group="db", key="password", env_var="PASSWORD")


def test_the_template_runs_at_once():
    task = shimlite.ExecutableTemplateShimTask(made(), Later)
    at = dt.datetime(2026, 1, 2, tzinfo=dt.timezone.utc)
    inputs = shimlite.dict_to_literal_map({"at": at, "days": 2}, task.task_template.interface.inputs)
    outputs = task.dispatch_execute(None, inputs)
    assert shimlite.literal_map_to_kwargs(outputs, task.task_template.interface.outputs) == {
        "o0": [at, at + dt.timedelta(days=1)]
    }


def test_an_executor_inside_a_class_is_found_by_a_pod():
    assert made(Outer.Inner).container.args[-1] == f"{__name__}.Outer.Inner"


def test_a_timeout_is_a_timedelta_or_seconds():
    assert made(timeout=dt.timedelta(milliseconds=1500)).metadata.timeout.ToJsonString() == "1.500s"
    for none in (None, 0, dt.timedelta()):
        assert not made(timeout=none).metadata.HasField("timeout")


def test_an_image_may_be_filled_in_later():
    assert made(container_image="{{.image}}").container.image == "{{.image}}"


@pytest.mark.parametrize(
    "image",
    [
        "a", "a:b", "python:3.13-slim", "localhost:5000/a/b", "ghcr.io/acme/later_2__x/y-z:V1.0_a",
        "a@sha256:" + "0" * 64, "123.dkr.ecr.eu-west-1.amazonaws.com/a:1@sha256:" + "a" * 64, "Host.io/a",
        "a@sha512:" + "0" * 128, "a@sha384:" + "0" * 96, "[::1]:5000/a:1", "a_b.io/c", "f" * 63, "f" * 64 + ":1",
        "a" * 247, "host/" + "f" * 64,
        "[::1]:5000/a",
    ],
)  # fmt: skip
def test_images_that_a_container_runtime_takes(image):
    assert made(container_image=image).container.image == image


@pytest.mark.parametrize(
    "image",
    [
        "a@sha256:" + "0" * 32, "a@sha256:" + "A" * 64, "a@sha512:" + "0" * 64, "a@md5:" + "0" * 32, "f" * 64,
        "a" * 248, "host.io/a/" + "b" * 246, "a:" + "b" * 129, "[::1]/a",
    ],
)  # fmt: skip
def test_images_that_a_kubelet_calls_invalid(image):
    assert refused(container_image=image) == "container_image: is no image such as 'ghcr.io/acme/later:1'"


# ------------------------------------------------------------------------------------------------------- the interface


class Pair(NamedTuple):
    total: int
    mean: float


class Total(NamedTuple):
    total: int


class Told(TypedDict):
    low: int
    high: Optional[str]


class Short(TypedDict):
    low: int


@dataclasses.dataclass
class Order:
    id: int


def test_returns_name_the_outputs():
    def nothing(self, tt) -> None: ...
    def pair(self, tt) -> Pair: ...
    def total(self, tt) -> Total: ...
    def told(self, tt) -> Told: ...
    def two(self, tt) -> tuple[int, str]: ...
    def typed(self, tt) -> typing.Tuple[int, str]: ...  # noqa: UP006
    async def later(self, tt) -> int: ...
    def awaited(self, tt) -> Awaitable[int]: ...
    def mapping(self, tt) -> dict[str, int]: ...

    assert [interface(one)[1] for one in (nothing, pair, total, told, two, typed, later, awaited, mapping)] == [
        {}, {"total": "int", "mean": "float"}, {"total": "int"},
        {"low": "int", "high": "str | None"}, {"o0": "int", "o1": "str"},
        {"o0": "int", "o1": "str"}, {"o0": "int"}, {"o0": "int"},
        {"o0": "dict[str, int]"},
    ]  # fmt: skip


def test_words_and_aliases_around_what_names_outputs():
    class TypeAliasType:
        """As Python 3.12 has it."""

        def __init__(self, value: Any) -> None:
            self.__name__, self.__value__, self.__type_params__ = "Alias", value, ()

        def __call__(self) -> None: ...  # what Python 3.10 takes for a type

    alias, nothing, endless = (TypeAliasType(value) for value in (Pair, None, None))
    endless.__value__ = endless
    assert refused(UnsupportedTypeError, executor(returning(endless))) == "outputs.o0: Alias is an alias of itself"
    returns = (
        typing.Annotated[Pair, "word"], typing.Annotated[Told, "word"], typing.Annotated[tuple[int, str], "word"],
        typing.Annotated[None, "word"], typing.Annotated[Awaitable[typing.Annotated[alias, "word"]], "word"], nothing,
    )  # fmt: skip
    pair = {"total": "int", "mean": "float"}
    for annotation, outputs in zip(
        returns, (pair, {"low": "int", "high": "str | None"}, {"o0": "int", "o1": "str"}, {}, pair, {})
    ):
        assert interface(returning(annotation))[1] == outputs


def test_a_typed_dict_says_which_fields_are_required_and_an_interface_does_not():
    extensions = pytest.importorskip("typing_extensions")
    some = extensions.TypedDict("some", {"a": extensions.Required[int], "b": extensions.NotRequired[str]}, total=False)
    outputs = {"a": "int", "b": "str"}
    for annotation in (some, types.GenericAlias(some, int)):
        assert interface(returning(annotation))[1] == outputs
        assert interface(returning(annotation), outputs={"a": int, "b": str})[1] == outputs


def test_fields_are_resolved_where_they_were_declared(monkeypatch):
    source = "from __future__ import annotations\nfrom typing import *\nNumber = {}\n"
    base, sub = (types.ModuleType(name) for name in ("base_of_fields", "sub_of_fields"))
    for module in (base, sub):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(
        source.format("int") + "class One(NamedTuple):\n a: Number\n b: Number\nclass Two(TypedDict):\n a: Number",
        vars(base),
    )
    exec(
        source.format("str") + "from base_of_fields import *\nNumber = str\n"
        "class More(One): ...\nclass Other(Two):\n b: Number",
        vars(sub),
    )
    assert interface(returning(sub.More))[1] == {"a": "int", "b": "int"}
    assert interface(returning(sub.Other))[1] == {"a": "int", "b": "str"}


@dataclasses.dataclass
class Row:
    _fields: typing.ClassVar[Any] = ("a",)
    a: int


def test_a_record_with_an_attribute_of_a_named_tuple_is_a_record():
    assert interface(returning(Row)) == ({}, {"o0": "dict"})
    assert interface(returning(Row), outputs={"a": Row}) == ({}, {"a": "dict"})


def test_a_field_whose_type_is_unknown():
    class Lost(NamedTuple):
        a: Missing  # noqa: F821
        b: int

    class Gone(TypedDict):
        a: Missing  # noqa: F821
        b: int

    for annotation in (Lost, Gone):
        assert misfit(returning(annotation)) == "outputs: its annotation cannot be resolved (NameError)"


def test_a_named_tuple_of_one_field_is_one_output():
    def total(self, tt) -> Total:
        return Total(5)

    template = made(executor(total))
    outputs = shimlite.ExecutableTemplateShimTask(template, executor(total)).dispatch_execute(None, LiteralMap())
    assert outputs == LiteralMap(literals={"total": shimlite.to_literal(5, int)})


def test_parameters_name_the_inputs():
    def method(self, tt, a: int, b: str = "x", *, c: Order, **others: Any) -> None: ...

    assert interface(method)[0] == {"a": "int", "b": "str", "c": "dict"}
    schema = made(executor(method)).interface.inputs.variables["c"].type.metadata
    assert schema["title"] == "Order"


def test_methods_of_any_kind():
    class Static:
        @staticmethod
        def execute_from_model(tt, a: int) -> None: ...

    class OfClass:
        @classmethod
        def execute_from_model(cls, tt, a: int) -> None: ...

    class Callable_:  # noqa: N801
        def __call__(self, tt, a: int) -> None: ...

    for cls in (Static, OfClass):
        cls.__qualname__ = "Ex"
        assert list(made(cls).interface.inputs.variables) == ["a"]
    assert interface(Callable_())[0] == {"a": "int"}


def test_given_names_come_before_annotations():
    assert interface(Any_.execute_from_model, inputs={"a": int}, outputs={"b": str}) == (
        {"a": "int"}, {"b": "str"},
    )  # fmt: skip

    def date(self, tt, day: dt.date) -> dt.date: ...

    assert interface(date, inputs={"day": dt.datetime})[0] == {"day": "datetime"}


@pytest.mark.parametrize(
    ("method", "message"),
    [
        (
            lambda self, tt, a: None,
            "inputs.a: execute_from_model does not say its type; annotate it, or give inputs={…}",
        ),
        (
            lambda self, tt, **kwargs: None,
            "inputs: execute_from_model takes any inputs; give inputs={…}, {} for none",
        ),
        (
            lambda self, tt: None,
            "outputs: execute_from_model does not say what it returns; annotate what it returns, or give outputs={…}",
        ),
    ],
)
def test_what_no_annotation_says_is_asked_for(method, message):
    assert misfit(method) == message


def test_returns_that_tell_no_outputs():
    def many(self, tt) -> tuple[int, ...]: ...
    def one(self, tt) -> tuple[int]: ...
    def empty(self, tt) -> tuple[()]: ...
    def bare(self, tt) -> tuple: ...
    def never(self, tt) -> NoReturn: ...
    def anything(self, tt) -> Any: ...
    def literals(self, tt) -> LiteralMap: ...
    def part(self, tt) -> tuple[int, Any]: ...
    def short(self, tt) -> Short: ...
    def untyped(self, tt) -> collections.namedtuple("Untyped", "a b"): ...

    for method in (many, one, empty, bare, never, anything, literals, part, short, untyped):
        assert misfit(method) == (
            "outputs: execute_from_model does not say what it returns; annotate what it returns, or give outputs={…}"
        ), method


def test_an_executor_that_cannot_be_called_so():
    def two(self, tt, a: int, b: int) -> None: ...
    def positional(self, tt, a: int, /) -> None: ...
    def other(self, tt, a: str) -> None: ...
    def returns(self, tt) -> int: ...

    assert misfit(two, inputs={"a": int}) == "inputs: execute_from_model asks for 'b', which is no input"
    assert misfit(positional, inputs={"a": int}) == "inputs: execute_from_model asks for 'a', which is no input"
    assert misfit(two, inputs={"a": int, "b": int, "c": int}) == (
        "inputs.c: execute_from_model takes no input 'c'; add **kwargs"
    )
    assert misfit(other, inputs={"a": int}) == "inputs.a: annotated str, but declared int; str does not fit INTEGER"
    assert misfit(returns, outputs={"x": str}) == (
        "outputs.x: annotated int, but declared str; int does not fit STRING"
    )
    assert refused(TemplateError, Any_, inputs={"tt": int}, outputs={}) == (
        "inputs.tt: 'tt' is already a parameter of execute_from_model; rename the input"
    )


def test_an_executor_that_does_not_take_the_template():
    def bare(self) -> None: ...
    def nothing() -> None: ...
    def named(self, *, tt: int) -> None: ...
    def any_(*own) -> None: ...
    def most(self, *rest) -> None: ...

    for method in (bare, nothing, named):
        assert misfit(method, inputs={}, outputs={}) == (
            "execute_from_model does not take the template; write execute_from_model(self, tt, …)"
        )
    for method in (any_, most):
        assert interface(method) == ({}, {})


def test_an_executor_that_yields():
    def some(self, tt) -> list[int]:
        yield 1

    async def later(self, tt) -> list[int]:
        yield 1

    for method in (some, later):
        assert misfit(method) == "outputs: execute_from_model yields, so that it returns no outputs"


def test_a_template_that_is_annotated_as_an_input():
    def forgot(self, n: int) -> None: ...
    def hidden(self, tt: Hidden, n: int) -> None: ...  # noqa: F821
    def anything(self, tt: Any, n: int) -> None: ...
    def view(self, tt: shimlite.TaskTemplate, n: int) -> None: ...

    assert misfit(forgot) == (
        "execute_from_model takes the template first, and 'n' is annotated as an input; "
        "write execute_from_model(self, tt, …)"
    )
    assert [interface(method)[0] for method in (hidden, anything, view)] == [{"n": "int"}] * 3


@dataclasses.dataclass
class Impossible:
    n: complex


def test_types_outside_the_set():
    assert refused(UnsupportedTypeError, Any_, inputs={"a": Impossible}, outputs={}) == (
        "inputs.a: Impossible.n: complex is not supported; use list[float]"
    )

    def sets(self, tt, a: set[int]) -> None: ...
    def missing(self, tt, a: Missing) -> None: ...  # noqa: F821

    assert refused(UnsupportedTypeError, executor(sets)) == ("inputs.a: set[int] is not supported; use list[T]")
    assert refused(UnsupportedTypeError, Any_, inputs={}, outputs={"b": set}).startswith("outputs.b: set is not")
    assert misfit(missing) == "inputs.a: its annotation cannot be resolved (NameError)"
    lost = dataclasses.make_dataclass("Lost", [("b", "Missing")])
    assert refused(UnsupportedTypeError, Any_, inputs={"a": lost}, outputs={}) == (
        "inputs.a: Lost.b: its annotation cannot be resolved (NameError)"
    )


def test_sides_are_dicts_of_names():
    assert refused(inputs=[int]) == "inputs: expected a dict of names to types, got list of 1"
    assert refused(outputs={"a b": int}) == "outputs: has a name that is no identifier of ASCII letters"
    assert refused(inputs={1: int}) == "inputs: has a name that is no identifier of ASCII letters"


def test_types_too_deep_for_any_literal():
    deep: Any = int
    for _ in range(49):
        deep = list[deep]
    message = "nested too deeply: its literals need more than 100 messages"
    assert refused(UnsupportedTypeError, Any_, inputs={"a": deep}, outputs={}) == f"inputs.a: {message}"
    assert refused(UnsupportedTypeError, Any_, inputs={}, outputs={"a": deep}) == f"outputs.a: {message}"


def test_names_that_flyteadmin_cannot_bind():
    def size(self, tt, größe: int) -> int: ...

    assert refused(TemplateError, executor(size)) == "inputs: has a name that is no identifier of ASCII letters"
    assert refused(outputs={"größe": int}) == "outputs: has a name that is no identifier of ASCII letters"


# -------------------------------------------------------------------------------------------------------- descriptions


def test_a_docstring_describes():
    def google(self, tt, a: int, b: int) -> Pair:
        """Add.

        Args:
            a: the first
                of both
            tt: ignored

        Returns:
            what is left
        """

    def sphinx(self, tt, a: int) -> Pair:
        """Add.

        :param a: the first
        :returns total: the sum
        """

    def numpy(self, tt, a: int) -> Pair:
        """Add.

        Parameters
        ----------
        a : int
            the first

        Returns
        -------
        total : int
            the sum
        mean : float
            the mean
        """

    def described(method: Any) -> dict[str, str]:
        found = made(executor(method)).interface
        return {name: one.description for side in (found.inputs, found.outputs) for name, one in side.variables.items()}

    assert described(google) == {
        "a": "the first\nof both", "b": "b", "total": "what is left", "mean": "what is left",
    }  # fmt: skip
    assert described(numpy) == {"a": "the first", "total": "the sum", "mean": "the mean"}
    assert described(sphinx)["a"] == "the first"


def test_the_class_describes_where_the_method_does_not():
    class Doc:
        """Add.

        Args:
            a: the first
        """

        def execute_from_model(self, tt, a: int) -> None: ...

    Doc.__qualname__ = "Ex"
    assert made(Doc).interface.inputs.variables["a"].description == "the first"


def test_a_docstring_that_the_parser_or_protobuf_does_not_take():
    def unread(self, tt, a: int) -> None:
        """a
        : : x"""

    def surrogate(self, tt, a: int) -> None: ...

    surrogate.__doc__ = "Add.\n\nArgs:\n    a: the \ud800"
    with pytest.raises(IndexError):
        importlib.import_module("docstring_parser").parse(unread.__doc__)
    descriptions = [made(executor(one)).interface.inputs.variables["a"].description for one in (unread, surrogate)]
    assert descriptions == ["a", "the \\ud800"]


def test_without_the_parser_names_describe(monkeypatch):
    monkeypatch.setitem(sys.modules, "docstring_parser", None)

    def google(self, tt, a: int) -> None:
        """Add.

        Args:
            a: the first
        """

    assert made(executor(google)).interface.inputs.variables["a"].description == "a"


# -------------------------------------------------------------------------------------------------------- the executor


class Abstract(abc.ABC):
    @abc.abstractmethod
    def execute_from_model(self, tt): ...


class Hungry:
    def __init__(self, what):
        raise AssertionError

    def execute_from_model(self, tt) -> None: ...


class Signed(type):
    @property
    def __signature__(cls):
        raise RuntimeError("of its own")


class OfSigned(metaclass=Signed):
    def execute_from_model(self, tt) -> None: ...


def test_an_executor_is_a_class_that_a_pod_can_import():
    class Local:
        def execute_from_model(self, tt) -> None: ...

    assert refused(TemplateError, Later()) == "executor: expected a class, got Later"
    assert refused(TemplateError, "later.Later") == "executor: expected a class, got str"
    assert refused(ExecutorError, Local) == (
        "executor: a pod cannot import test_an_executor_is_a_class_that_a_pod_can_import.<locals>.Local; "
        "define the class at a module's top"
    )
    assert refused(ExecutorError, Order) == "executor: Order has no execute_from_model"
    assert refused(ExecutorError, ShimTaskExecutor) == "executor: ShimTaskExecutor does not override execute_from_model"
    assert refused(ExecutorError, Abstract) == "executor: Abstract does not override execute_from_model"
    assert refused(ExecutorError, Hungry) == (
        "executor: Hungry cannot be made without arguments; what it needs belongs into custom"
    )
    assert made(OfSigned).container.args[-1] == f"{__name__}.OfSigned"


def test_an_executor_whose_name_no_import_finds():
    spaced = type("A b", (), {"execute_from_model": Later.execute_from_model, "__module__": "later"})
    assert refused(ExecutorError, spaced) == "executor: a pod cannot import later.A b"
    nowhere = type("A", (), {"execute_from_model": Later.execute_from_model, "__module__": ""})
    assert refused(ExecutorError, nowhere) == "executor: a pod cannot import .A"


def test_identifiers_of_every_script_are_executors():
    später = type("Später", (), {"execute_from_model": Later.execute_from_model, "__module__": "später"})
    template = made(später)
    assert template.container.args[-1] == executor_path(template) == "später.Später"


def test_subclasses_of_str_and_int_are_written_as_the_values_they_are():
    class Text(str, enum.Enum):
        IMAGE, NAME, CPU = "a:1", "later", "500m"

    class Number(enum.IntEnum):
        THREE = 3

    class Half(float):
        __repr__ = __str__ = lambda self: "half"

    asked = {"cpu": Text.CPU, "mem": Number.THREE, "ephemeral_storage": Half(1.5)}
    template = made(name=Text.NAME, container_image=Text.IMAGE, requests=asked)
    assert (template.id.name, template.container.image) == ("later", "a:1")
    assert [one.value for one in template.container.resources.requests] == ["1.5", "500m", "3"]


def test_an_executor_of_a_script_may_be_tried():
    script = types.ModuleType("__main__")
    exec("class Ex:\n def execute_from_model(self, tt) -> None: ...", vars(script))
    assert made(script.Ex).container.args[-1] == "__main__.Ex"


# ------------------------------------------------------------------------------------------------------- bad arguments


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": ""}, "name: is empty, or holds what cannot be printed"),
        ({"name": None}, "name: is empty, or holds what cannot be printed"),
        ({"name": 5}, "name: expected a str, got int"),
        ({"name": "a b"}, "name: is no path of identifiers such as 'later' or 'acme.later'"),
        ({"name": "a..b"}, "name: is no path of identifiers such as 'later' or 'acme.later'"),
        ({"name": "später"}, "name: is no path of identifiers such as 'later' or 'acme.later'"),
        ({"name": "_"}, "name: ends in underscores alone, of which flyteadmin can make no node"),
        ({"name": "a." + "_" * 63}, "name: ends in underscores alone, of which flyteadmin can make no node"),
        ({"name": "a\n"}, "name: is empty, or holds what cannot be printed"),
        ({"name": "a\udc80"}, "name: holds a lone surrogate, which protobuf cannot write"),
        ({"task_type": ""}, "task_type: is empty, or holds what cannot be printed"),
        ({"container_image": ""}, "container_image: is empty, or holds what cannot be printed"),
        ({"container_image": None}, "container_image: is empty, or holds what cannot be printed"),
        ({"container_image": "Acme/later"}, "container_image: is no image such as 'ghcr.io/acme/later:1'"),
        ({"container_image": "a:"}, "container_image: is no image such as 'ghcr.io/acme/later:1'"),
        ({"container_image": "https://a/b"}, "container_image: is no image such as 'ghcr.io/acme/later:1'"),
        ({"container_image": "a@sha256:" + "0" * 63}, "container_image: is no image such as 'ghcr.io/acme/later:1'"),
        ({"container_image": "a/" + "b" * 254}, "container_image: is no image such as 'ghcr.io/acme/later:1'"),
        ({"container_image": "a b"}, "container_image: is no image such as 'ghcr.io/acme/later:1'"),
        ({"environment": ["A"]}, "environment: expected a dict, got list of 1"),
        ({"environment": {"A": 1}}, "environment['A']: expected a str, got int"),
        ({"environment": {"A": None}}, "environment['A']: expected a str, got None"),
        ({"environment": {None: "x"}}, "environment[None]: expected a str, got None"),
        ({"environment": {"A=B": "x"}}, "environment: has a name that Kubernetes takes for no variable"),
        ({"environment": {".": "x"}}, "environment: has a name that Kubernetes takes for no variable"),
        ({"environment": {"..a": "x"}}, "environment: has a name that Kubernetes takes for no variable"),
        ({"environment": {"": "x"}}, "environment: has a name that Kubernetes takes for no variable"),
        ({"environment": {"A": "secret\0"}}, "environment['A']: holds NUL, which no variable can"),
        ({"environment": {"..A": "x"}}, "environment: has a name that Kubernetes takes for no variable"),
        ({"environment": {"A": "é" * 65535}}, "environment['A']: is longer than Linux takes for a variable"),
        ({"environment": {"A": "\ud800"}}, "environment['A']: holds a lone surrogate, which protobuf cannot write"),
        ({"labels": {"a b": "x"}}, "labels: has a key that Kubernetes does not take"),
        ({"labels": {"a": "x y"}}, "labels['a']: is no value that a label may have"),
        ({"labels": {"a": "x" * 64}}, "labels['a']: is no value that a label may have"),
        ({"labels": {"a..b/c": "x"}}, "labels: has a key that Kubernetes does not take"),
        ({"labels": {"a.-b/c": "x"}}, "labels: has a key that Kubernetes does not take"),
        ({"labels": {"a" * 254 + "/c": "x"}}, "labels: has a key that Kubernetes does not take"),
        ({"annotations": {"a/b/c": "x"}}, "annotations: has a key that Kubernetes does not take"),
        ({"labels": {"A/c": "x"}}, "labels: has a key that Kubernetes does not take"),
        ({"annotations": {"a.-b/c": "x"}}, "annotations: has a key that Kubernetes does not take"),
        ({"annotations": {"\u017f/c": "x"}}, "annotations: has a key that Kubernetes does not take"),
        (
            {"annotations": {"primary_container_name": "x"}},
            "annotations['primary_container_name']: is the platform's own",
        ),
        ({"annotations": {"a": "é" * 125_000}}, "annotations: holds more than 250000 bytes"),
        ({"retries": -1}, "retries: is no int from 0 to 4294967294"),
        ({"retries": 2**32 - 1}, "retries: is no int from 0 to 4294967294"),
        ({"retries": True}, "retries: expected an int, got bool"),
        ({"retries": 1.0}, "retries: expected an int, got float"),
        ({"task_type_version": 2**31}, "task_type_version: is no int from 0 to 2147483647"),
        ({"interruptible": 1}, "interruptible: expected a bool, got int"),
        ({"deprecated": 1}, "deprecated: expected a str, got int"),
        ({"timeout": "90s"}, "timeout: expected a timedelta or whole seconds, got str"),
        ({"timeout": True}, "timeout: expected a timedelta or whole seconds, got bool"),
        ({"timeout": 1.5}, "timeout: expected a timedelta or whole seconds, got float"),
        ({"timeout": -1}, "timeout: is no time between 0 and 292 years"),
        ({"timeout": 10**30}, "timeout: is no time between 0 and 292 years"),
        ({"timeout": dt.timedelta(days=300 * 365)}, "timeout: is no time between 0 and 292 years"),
        ({"cache": "yes"}, "cache: expected a bool, got str"),
        ({"cache": True, "cache_version": "\0"}, "cache_version: holds what cannot be printed"),
        ({"cache": True}, "cache_version: a cached task needs a version of its results"),
        ({"cache_serialize": True}, "cache_serialize: means nothing without cache=True"),
        ({"cache_ignore_input_vars": ["at"]}, "cache_ignore_input_vars: means nothing without cache=True"),
        ({"cache_ignore_input_vars": "at"}, "cache_ignore_input_vars: expected names of inputs, got str"),
        ({"cache_ignore_input_vars": 5}, "cache_ignore_input_vars: expected names of inputs, got int"),
        ({"cache_ignore_input_vars": ["x"]}, "cache_ignore_input_vars: names something that is no input"),
        ({"cache_ignore_input_vars": [1]}, "cache_ignore_input_vars: names something that is no input"),
        ({"secret_requests": "db"}, "secret_requests: expected a list of Secret, got str"),
        ({"secret_requests": ["db"]}, "secret_requests[0]: expected a Secret, got str"),
        ({"secret_requests": [Literal()]}, "secret_requests[0]: expected a Secret, got Literal"),
        ({"secret_requests": [Secret(key="k")]}, "secret_requests[0]: has no group"),
        (
            {"secret_requests": [Secret(group="g", env_var="a b")]},
            "secret_requests[0].env_var: is no name of a variable",
        ),
        ({"pod_template_name": "Big_Pods"}, "pod_template_name: is no name of a PodTemplate such as 'big-pods'"),
        ({"pod_template_name": "x" * 254}, "pod_template_name: is no name of a PodTemplate such as 'big-pods'"),
    ],
)
def test_a_bad_argument_is_named(arguments, message):
    assert refused(**arguments) == message


@pytest.mark.parametrize("quantity", ["1", "0", "0.5", ".5", "1.", "100m", "1.5Gi", "12e6", "1E3", "+1", "5k", "1E"])
def test_quantities_of_kubernetes(quantity):
    assert made(requests={"cpu": quantity}).container.resources.requests[0].value == quantity


@pytest.mark.parametrize(
    "quantity",
    ["", " 1", "1 ", "1GB", "1gi", "one", "-1", "1e", "1ee3", ".", "1.2.3", "0x10", "١", "1e999", "1_0", "m", "1Ki3"],
)
def test_what_is_no_quantity(quantity):
    assert refused(requests={"cpu": quantity}) == (
        "requests['cpu']: is no quantity of Kubernetes' such as '500m' or '2Gi'"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"requests": "1"}, "requests: expected a dict such as {'cpu': '500m', 'mem': '1Gi'}, got str"),
        ({"limits": {"memory": "1"}}, "limits: may have cpu, ephemeral_storage, gpu, mem, and nothing else"),
        ({"limits": {1: "1"}}, "limits: may have cpu, ephemeral_storage, gpu, mem, and nothing else"),
        ({"requests": {"cpu": True}}, "requests['cpu']: expected a number or a quantity such as '500m', got bool"),
        ({"requests": {"cpu": [1]}}, "requests['cpu']: expected a number or a quantity such as '500m', got list of 1"),
        ({"requests": {"cpu": math.nan}}, "requests['cpu']: is no quantity of Kubernetes' such as '500m' or '2Gi'"),
        ({"requests": {"cpu": 10**5000}}, "requests['cpu']: is no quantity of Kubernetes' such as '500m' or '2Gi'"),
        ({"requests": {"cpu": -1}}, "requests['cpu']: is no quantity of Kubernetes' such as '500m' or '2Gi'"),
        ({"requests": {"gpu": "500m"}}, "requests['gpu']: is no whole number"),
        ({"limits": {"gpu": 0.5}}, "limits['gpu']: is no whole number"),
        ({"limits": {"mem": "512m"}}, "limits['mem']: is less than a byte; a mebibyte is written 1Mi"),
        ({"requests": {"mem": "0.5"}}, "requests['mem']: is less than a byte; a mebibyte is written 1Mi"),
        (
            {"requests": {"ephemeral_storage": "512m"}},
            "requests['ephemeral_storage']: is less than a byte; a mebibyte is written 1Mi",
        ),
        (
            {"requests": {"gpu": 1}, "limits": {"gpu": 2}},
            "requests['gpu']: is not its limit, which Kubernetes wants of a GPU",
        ),
        ({"requests": {"mem": "1Gi"}, "limits": {"mem": "1G"}}, "requests['mem']: is above its limit"),
        ({"requests": {"cpu": 1}, "limits": {"cpu": "999m"}}, "requests['cpu']: is above its limit"),
        ({"requests": {"cpu": "1e3"}, "limits": {"cpu": "0.9k"}}, "requests['cpu']: is above its limit"),
    ],
)
def test_bad_resources(arguments, message):
    assert refused(**arguments) == message


def test_resources_at_their_limit():
    made(requests={"cpu": "1000m", "mem": "1024Ki", "gpu": "2000m"}, limits={"cpu": 1, "mem": "1Mi", "gpu": 2})
    made(requests={"mem": 0, "ephemeral_storage": 1}, limits={"ephemeral_storage": "1000m"})
    made(requests={"gpu": 0}, limits={"gpu": 2})  # the platform fills in the limit


def test_the_longest_that_kubernetes_takes():
    key = "a" * 253 + "/" + "b" * 63
    metadata = made(labels={key: "x" * 63}, annotations={key.upper(): "x" * 249_000}, retries=2**32 - 2).metadata
    assert list(metadata.metadata.labels) == [key] and list(metadata.metadata.annotations) == [key.upper()]
    assert metadata.retries.retries == 2**32 - 2
    assert made(name="_" * 62 + "1").id.name == "_" * 62 + "1"


HOLDS_ITSELF: dict[str, Any] = {}
HOLDS_ITSELF["a"] = [HOLDS_ITSELF]


@pytest.mark.parametrize(
    ("custom", "message"),
    [
        ([1], "custom: expected a dict, got list of 1"),
        ("x", "custom: expected a dict, got str"),
        ({"a": {1: 2}}, "custom['a']: expected keys that are str, got int"),
        ({None: 2}, "custom: expected keys that are str, got None"),
        ({"a": [b"x"]}, "custom['a'][0]: expected JSON-like data, got bytes"),
        ({"a": {"b": dt.date(2026, 1, 1)}}, "custom['a']['b']: expected JSON-like data, got date"),
        ({"a": {1, 2}}, "custom['a']: expected JSON-like data, got set"),
        ({"a": math.inf}, "custom['a']: is no finite number"),
        (
            {"a": 2**53 + 1},
            "custom['a']: is an int beyond 2**53, which a Struct does not hold exactly; write it as a str",
        ),
        ({"a": "\ud800"}, "custom['a']: holds a lone surrogate, which protobuf cannot write"),
    ],
)
def test_custom_is_json(custom, message):
    assert refused(custom=custom) == message


def test_custom_is_as_deep_as_protobuf_reads():
    def nested(levels: int) -> Any:
        return {"a": nested(levels - 1)} if levels else {}

    deepest = made(custom=nested(30))
    assert TaskTemplate.FromString(deepest.SerializeToString()) == deepest
    made(custom={"a": [[[]]]})
    assert refused(custom=nested(31)).endswith("nests deeper than protobuf reads")
    assert refused(custom=HOLDS_ITSELF).endswith("nests deeper than protobuf reads")


def test_no_value_is_shown():
    for name in ("environment", "custom", "labels"):
        assert "hunter2" not in refused(**{name: {"password": b"hunter2"}})


def test_a_name_that_this_module_has_not():
    assert refusal(AttributeError, lambda: shimlite.task_templates) == (
        f"module {shimlite.__name__!r} has no attribute 'task_templates'"
    )
