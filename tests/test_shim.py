# SPDX-License-Identifier: Apache-2.0
"""The pair. Begins with the differences that tests/interop/README.md lists, a test a row."""

from __future__ import annotations

import asyncio
import collections
import contextlib
import dataclasses
import datetime as dt
import enum
import inspect
import threading
import typing
from typing import Any

import attrs
import msgpack
import pytest

import shimlite
from shimlite import (
    ExecutableTemplateShimTask,
    ExecutorError,
    FlyteFile,
    InputsError,
    OutputsError,
    ShimTaskExecutor,
    TemplateError,
    current_context,
    dict_to_literal_map,
    to_literal,
    to_literal_type,
)
from shimlite._idl import Literal, LiteralMap, LiteralType, TaskTemplate
from shimlite.context import Context

from .build import dispatched, executor, run, template
from .stripping import stripped_type
from .support import collection, map_of, packed, raw, shape, union, unpacked

UTC = dt.timezone.utc


def outputs(returned: Any, **declared: Any) -> LiteralMap:
    return run(lambda tt: returned, template(outputs=declared))


def output(returned: Any, declared: Any) -> Literal:
    return outputs(returned, x=declared).literals["x"]


def refused(returned: Any, **declared: Any) -> str:
    with pytest.raises(OutputsError) as caught:
        outputs(returned, **declared)
    return str(caught.value)


def arrived(kinds: dict[str, Any], literals: dict[str, Literal], **annotated: Any) -> Any:
    """The inputs as an executor sees them whose parameters are annotated so, with their exact classes (see ``shape``).

    They are the same for the template as it is registered and as a pod gets it.
    """
    seen = []

    def execute_from_model(self: Any, tt: Any, **inputs: Any) -> None:
        seen.append(shape(inputs))

    names = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind) for name, kind in annotated.items()
    ]
    own = list(inspect.signature(execute_from_model).parameters.values())
    execute_from_model.__signature__ = inspect.Signature([*own[:2], *names, own[2].replace(annotation=Any)])
    kind = type("Executor", (), {"execute_from_model": execute_from_model})
    dispatched(kind, template(kinds), LiteralMap(literals=literals))
    registered, in_pod = seen
    assert registered == in_pod
    return in_pod


# --- the table -------------------------------------------------------------------------------------------------------


def test_lists_and_maps_are_encoded_as_declared():
    assert output([1, 2], list[int]) == to_literal([1, 2], list[int])
    assert output([], list[int]) == Literal(collection={})
    assert output({"a": 1}, dict[str, int]) == to_literal({"a": 1}, dict[str, int])


@pytest.mark.parametrize(("returned", "got"), [("x", "str"), (True, "bool"), (None, "None")])
def test_another_type_than_declared_is_refused(returned, got):
    assert refused(returned, count=int) == f"outputs.count: expected INTEGER, got {got}"


def test_an_int_for_float_is_written_as_the_float_while_that_is_exact():
    assert output(3, float) == Literal(scalar={"primitive": {"float_value": 3.0}})
    assert refused(2**53 + 1, x=float) == "outputs.x: expected FLOAT, got int that no float holds exactly"


def test_several_outputs_go_by_name():
    declared = {"first": int, "second": int, "third": int}
    wanted = dict_to_literal_map({"first": 1, "second": 2, "third": 3}, template(outputs=declared).interface.outputs)
    Named = collections.namedtuple("Named", "third first second")
    assert outputs({"third": 3, "first": 1, "second": 2}, **declared) == wanted
    assert outputs(Named(third=3, first=1, second=2), **declared) == wanted
    assert refused((1, 2, 3), **declared) == (
        "outputs: expected a dict of 'first', 'second', 'third', got tuple of 3;"
        " an interface has no order, so return names"
    )


def test_several_outputs_go_by_position_where_the_names_count():
    declared = {f"o{place}": int for place in range(11)}
    made = outputs(tuple(range(11)), **declared)
    assert {name: made.literals[name].scalar.primitive.integer for name in declared} == {
        f"o{place}": place for place in range(11)
    }


def test_a_tuple_of_another_length_is_refused():
    assert refused((1,), o0=int, o1=int) == "outputs.o1: missing"
    assert refused((1, 2, 3), o0=int, o1=int) == "outputs.o2: not in the interface"
    assert refused({"o0": 1}, o0=int, o1=int) == "outputs.o1: missing"


def test_an_optional_or_union_output_is_wrapped_with_its_type():
    assert output(3, typing.Optional[int]).scalar.union.value == to_literal(3, int)
    assert output(3, typing.Optional[int]).scalar.union.type.structure.tag == "int"
    assert output(None, typing.Optional[int]).scalar.union.type.structure.tag == "none"
    assert output("a", typing.Union[int, str]).scalar.union.type.structure.tag == "str"


def test_a_float_that_is_not_integral_is_no_int():
    literals = LiteralMap(literals={"n": to_literal(1.5, float)})
    with pytest.raises(InputsError) as caught:
        run(lambda tt, n: None, template({"n": int}), literals)
    assert str(caught.value) == "inputs.n: expected INTEGER, got a float that is not integral"


def test_a_dict_in_another_order_gives_the_same_bytes():
    one = output({"b": {"y": 1, "x": 2}, "a": 3}, dict)
    other = output({"a": 3, "b": {"x": 2, "y": 1}}, dict)
    assert one.SerializeToString() == other.SerializeToString()


def test_bytes_are_binary_and_a_set_is_refused():
    assert output(b"\x00\xff", bytes) == raw(b"\x00\xff", "bytes")
    assert refused({1}, x=list[int]) == "outputs.x: expected list[int], got set"


def test_a_pickle_among_the_inputs_stays_a_file():
    pickled = LiteralType(blob={"format": "PythonPickle"})
    pickled.metadata.update({"python_class_name": "os.system"})
    literal = Literal(scalar={"blob": {"uri": "s3://b/evil", "metadata": {"type": {"format": "PythonPickle"}}}})
    seen = []
    run(lambda tt, p: seen.append(p), template({"p": pickled}), LiteralMap(literals={"p": literal}))
    assert seen == [FlyteFile("s3://b/evil", format="PythonPickle")] * 2


def test_what_no_message_can_hold_is_the_executors_fault():
    assert refused(2**63, x=int) == "outputs.x: expected INTEGER, got int beyond int64"
    assert refused("\ud800", x=str) == "outputs.x: expected STRING, got str with a lone surrogate"


@dataclasses.dataclass
class Loose:
    anything: Any


@dataclasses.dataclass
class Empty:
    pass


@dataclasses.dataclass
class Node:
    value: int
    next: typing.Optional[Node] = None


@dataclasses.dataclass
class WithFile:
    file: FlyteFile


@pytest.mark.parametrize(
    ("kind", "value", "plain"),
    [
        (typing.Optional[dt.date], dt.date(2026, 1, 2), dt.date(2026, 1, 2)),
        (typing.Union[dt.date, dt.datetime], dt.date(2026, 1, 2), dt.date(2026, 1, 2)),
        (Loose, Loose({"a": [1, None]}), {"anything": {"a": [1, None]}}),
        (Empty, Empty(), {}),
        (Node, Node(1, Node(2)), {"value": 1, "next": {"value": 2, "next": None}}),
        (WithFile, WithFile(FlyteFile("s3://b/a")), {"file": {"path": "s3://b/a"}}),
    ],
)
def test_types_that_flytekit_cannot_guess_are_decoded(kind, value, plain):
    """As plain data, and as what the executor annotates."""
    assert arrived({"x": kind}, {"x": to_literal(value, kind)}) == shape({"x": plain})
    assert arrived({"x": kind}, {"x": to_literal(value, kind)}, x=kind) == shape({"x": value})


def test_missing_and_extra_inputs_are_refused_by_name():
    made = template({"a": int, "b": int, "c": int})
    with pytest.raises(InputsError) as missing:
        run(lambda tt, **inputs: None, made, LiteralMap(literals={"b": to_literal(1, int)}))
    assert str(missing.value) == "inputs.a: missing; and 1 more"
    with pytest.raises(InputsError) as extra:
        run(lambda tt, **inputs: None, template(), LiteralMap(literals={"z": to_literal(1, int)}))
    assert str(extra.value) == "inputs.z: not in the interface"


def test_integral_numbers_in_custom_are_ints():
    made = template(outputs={"x": dict})
    made.custom.update({"limit": 10, "share": 0.5, "nested": {"n": [1, 2.0]}, "no": None, "yes": True})
    (literal,) = run(lambda tt: tt.custom, made).literals.values()
    assert msgpack.unpackb(literal.scalar.binary.value) == {
        "limit": 10, "share": 0.5, "nested": {"n": [1, 2]}, "no": None, "yes": True,
    }  # fmt: skip
    assert literal.scalar.binary.value.count(msgpack.packb(10)) == 1


@pytest.mark.parametrize("name", ["tt", "self"])
def test_an_input_with_the_name_of_a_parameter_is_refused(name):
    made = template({name: int})
    literals = LiteralMap(literals={name: to_literal(1, int)})
    with pytest.raises(TemplateError) as caught:
        run(lambda tt, **inputs: None, made, literals)
    assert str(caught.value) == (
        f"inputs.{name}: {name!r} is already a parameter of execute_from_model; rename the input"
    )


# --- the pair --------------------------------------------------------------------------------------------------------


def test_inputs_arrive_as_values_of_their_guessed_types():
    kinds = {"n": int, "x": float, "b": bool, "s": str, "xs": list[int], "at": dt.datetime}
    given = {"n": 1, "x": 2.0, "b": True, "s": "", "xs": [3], "at": dt.datetime(2026, 1, 2, tzinfo=UTC)}
    assert arrived(kinds, {name: to_literal(given[name], kind) for name, kind in kinds.items()}) == shape(given)


def test_nothing_is_returned_for_no_outputs():
    assert outputs(None) == LiteralMap()
    assert refused(3) == "outputs: expected nothing, got int; the interface has no outputs"


def test_one_output_is_the_value_itself():
    assert output({"x": 1}, dict[str, int]) == to_literal({"x": 1}, dict[str, int])


def test_a_list_is_no_set_of_outputs():
    assert refused([1, 2], o0=int, o1=int) == (
        "outputs: expected a dict of 'o0', 'o1', got list of 2; an interface has no order, so return names"
    )


def test_all_outputs_are_checked_before_any_is_handed_on():
    assert refused({"a": 1, "b": "x"}, a=int, b=int) == "outputs.b: expected INTEGER, got str"


def test_a_literal_map_passes_through_after_a_check():
    literals = LiteralMap(literals={"x": to_literal(1, int)})
    passed = outputs(literals, x=int)
    assert passed == literals and passed is not literals
    with pytest.raises(OutputsError, match=r"^outputs\.x: expected STRING, got integer$"):
        outputs(literals, x=str)
    with pytest.raises(OutputsError, match=r"^outputs\.y: missing$"):
        outputs(literals, x=int, y=int)


class Color(enum.Enum):
    RED = "red"


@dataclasses.dataclass
class Own:
    color: Color
    at: dt.datetime


def test_an_executors_own_classes_are_written_as_they_are():
    value = Own(Color.RED, dt.datetime(2026, 1, 2, tzinfo=UTC))
    assert output(value, to_literal_type(Own)) == to_literal(value, Own)
    assert output({"color": "red", "at": "2026-01-02T00:00:00+00:00"}, Own) == to_literal(value, Own)
    assert output(Color.RED, to_literal_type(Color)) == to_literal(Color.RED, Color)
    hint = "write text; if a model's model_dump() gave it, return the model"
    message = f"outputs.x['color']: expected a JSON-like value, got Color; {hint}"
    assert refused(dataclasses.asdict(value), x=Own) == message


def test_an_input_passed_through_gives_the_same_literal():
    made = template({"x": Own}, {"x": Own})
    literals = LiteralMap(literals={"x": to_literal(Own(Color.RED, dt.datetime(2026, 1, 2)), Own)})
    assert run(lambda tt, x: x, made, literals) == literals


def test_an_async_executor_is_awaited():
    class Async(ShimTaskExecutor[Any]):
        async def execute_from_model(self, tt, **kwargs):
            await asyncio.sleep(0)
            return kwargs["n"] + 1

    task = ExecutableTemplateShimTask(template({"n": int}, {"m": int}), Async)
    literals = LiteralMap(literals={"n": to_literal(1, int)})
    wanted = LiteralMap(literals={"m": to_literal(2, int)})
    assert task.dispatch_execute(None, literals) == wanted

    async def inside_a_loop():
        return task.dispatch_execute(None, literals)

    assert asyncio.run(inside_a_loop()) == wanted


def test_an_async_executor_sees_its_context_inside_another_loop():
    class Async:
        async def execute_from_model(self, tt):
            return current_context().raw_output_prefix

    task = ExecutableTemplateShimTask(template(outputs={"prefix": str}), Async)

    async def inside_a_loop():
        return task.dispatch_execute(Context(raw_output_prefix="s3://here"), LiteralMap())

    assert asyncio.run(inside_a_loop()).literals["prefix"] == to_literal("s3://here", str)


def test_the_hooks_run_in_flytekits_order():
    calls = []

    class Hooked(ExecutableTemplateShimTask):
        def pre_execute(self, user_params):
            calls.append(("pre", user_params))
            return Context(raw_output_prefix="changed")

        def execute(self, **kwargs):
            calls.append(("execute", kwargs, current_context().raw_output_prefix))
            return super().execute(**kwargs)

        def post_execute(self, user_params, rval):
            calls.append(("post", user_params.raw_output_prefix, rval))
            return rval * 2

    context = Context()
    task = Hooked(template({"n": int}, {"m": int}), executor(lambda tt, n: n + 1))
    made = task.dispatch_execute(context, LiteralMap(literals={"n": to_literal(1, int)}))
    assert calls == [("pre", context), ("execute", {"n": 1}, "changed"), ("post", "changed", 2)]
    assert made.literals["m"] == to_literal(4, int)


def test_pre_execute_may_return_nothing():
    class Silent(ExecutableTemplateShimTask):
        def pre_execute(self, user_params):
            return None

    task = Silent(template(outputs={"p": str}), executor(lambda tt: current_context().raw_output_prefix))
    made = task.dispatch_execute(Context(raw_output_prefix="given"), LiteralMap())
    assert made.literals["p"] == to_literal("given", str)


def test_what_the_executor_raises_passes_unchanged():
    error = shimlite.FlyteRecoverableException("again")

    def work(tt):
        raise error

    with pytest.raises(shimlite.FlyteRecoverableException) as caught:
        run(work, template())
    assert caught.value is error


def test_attributes_are_flytekits():
    made = template()
    kind = executor(lambda tt: None)
    task = ExecutableTemplateShimTask(made, kind)
    assert task.name == "tests.task"
    assert task.executor_type is kind
    assert type(task.executor) is kind
    assert task.task_template.proto is made
    view = shimlite.TaskTemplate(made)
    assert ExecutableTemplateShimTask(view, kind).task_template is view


def test_an_executor_changes_only_its_own_copy_of_the_template():
    made = template(outputs={"x": int})
    made.custom.update({"connect_args": {}})
    kept = TaskTemplate()
    kept.CopyFrom(made)

    def work(tt):
        assert tt.custom == {"connect_args": {}}
        tt.custom["connect_args"]["password"] = "secret"
        tt.interface.outputs["x"].type.simple = 3
        tt.id.name = "other"
        return 1

    task = ExecutableTemplateShimTask(made, executor(work))
    for _ in range(2):
        assert task.dispatch_execute(None, LiteralMap()).literals["x"] == to_literal(1, int)
    assert made == kept


def test_an_executor_without_the_method_is_refused():
    class Nothing:
        pass

    with pytest.raises(ExecutorError) as caught:
        ExecutableTemplateShimTask(template(), Nothing)
    assert str(caught.value).endswith("Nothing has no execute_from_model")


def test_the_base_class_does_nothing_by_itself():
    task = ExecutableTemplateShimTask(template(), ShimTaskExecutor)
    with pytest.raises(NotImplementedError, match=r"^ShimTaskExecutor does not override execute_from_model$"):
        task.dispatch_execute(None, LiteralMap())


def test_what_is_no_template_is_refused():
    with pytest.raises(TemplateError) as caught:
        ExecutableTemplateShimTask(LiteralMap(), executor(lambda tt: None))  # type: ignore[arg-type]
    assert str(caught.value) == "expected a TaskTemplate, got LiteralMap"


def test_inputs_that_the_method_does_not_take_are_refused_before_it_runs():
    class Narrow:
        def execute_from_model(self, template, a):
            raise AssertionError

    literals = LiteralMap(literals={"a": to_literal(1, int), "b": to_literal(1, int)})
    with pytest.raises(ExecutorError) as caught:
        ExecutableTemplateShimTask(template({"a": int, "b": int}), Narrow).dispatch_execute(None, literals)
    assert str(caught.value) == "inputs.b: execute_from_model takes no input 'b'; add **kwargs"


def test_positional_only_parameters_leave_their_names_free():
    class Free:
        def execute_from_model(self, tt, /, **kwargs):
            return kwargs["tt"] + kwargs["self"]

    made = template({"tt": int, "self": int}, {"x": int})
    literals = dict_to_literal_map({"tt": 1, "self": 2}, made.interface.inputs)
    assert ExecutableTemplateShimTask(made, Free).dispatch_execute(None, literals).literals["x"] == to_literal(3, int)


def test_a_static_method_and_a_builtin_will_do():
    class Static:
        @staticmethod
        def execute_from_model(tt, **kwargs):
            return kwargs["self"]

    made = template({"self": int}, {"x": int})
    literals = dict_to_literal_map({"self": 2}, made.interface.inputs)
    assert ExecutableTemplateShimTask(made, Static).dispatch_execute(None, literals).literals["x"] == to_literal(2, int)

    class BuiltIn:
        execute_from_model = type  # no signature to look at

    with pytest.raises(OutputsError, match=r"^outputs\.x: expected INTEGER, got type$"):
        ExecutableTemplateShimTask(template(outputs={"x": int}), BuiltIn).dispatch_execute(None, LiteralMap())


def test_an_interface_of_unknown_types_is_the_templates_fault():
    made = template(outputs={"x": int})
    made.interface.outputs.variables["x"].type.simple = 42
    with pytest.raises(TemplateError) as caught:
        run(lambda tt: 1, made)
    assert str(caught.value) == "outputs.x: the LiteralType simple 42 is not known to this shimlite"
    made = template({"y": int})
    made.interface.inputs.variables["y"].type.simple = 42
    with pytest.raises(TemplateError) as caught:
        run(lambda tt, y: 1, made, LiteralMap(literals={"y": to_literal(1, int)}))
    assert str(caught.value) == "inputs.y: the LiteralType simple 42 is not known to this shimlite"


def test_threads_do_not_see_each_others_context():
    barrier = threading.Barrier(4)
    made = template(outputs={"p": str})

    def work(tt):
        barrier.wait(10)
        return current_context().raw_output_prefix

    task = ExecutableTemplateShimTask(made, executor(work))
    seen: dict[str, str] = {}

    def dispatch(name: str) -> None:
        literals = task.dispatch_execute(Context(raw_output_prefix=name), LiteralMap())
        seen[name] = literals.literals["p"].scalar.primitive.string_value

    threads = [threading.Thread(target=dispatch, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {name: name for name in "abcd"}


# --- annotated executors ---------------------------------------------------------------------------------------------


def ran(method: Any, inputs: dict[str, Any], outputs: dict[str, Any], **values: Any) -> LiteralMap:
    """What an executor with this method, annotations and all, makes of values of the declared Python types."""
    literals = LiteralMap(literals={name: to_literal(value, inputs[name]) for name, value in values.items()})
    return dispatched(type("Annotated", (), {"execute_from_model": method}), template(inputs, outputs), literals)


def test_inputs_arrive_as_they_are_annotated():
    seen: dict[str, Any] = {}

    def execute_from_model(self, tt, day: dt.date, own: Own, colors: list[Color], word: str, **others: dt.datetime):
        seen.update(day=day, own=own, colors=colors, word=word, **others)

    given = {
        "day": dt.date(2026, 1, 2),
        "own": Own(Color.RED, dt.datetime(2026, 1, 2, tzinfo=UTC)),
        "colors": [Color.RED],
        "word": "a",
        "at": dt.datetime(2026, 1, 2, tzinfo=UTC),
    }
    kinds = {"day": dt.date, "own": Own, "colors": list[Color], "word": typing.Literal["a"], "at": dt.datetime}
    assert ran(execute_from_model, kinds, {}, **given) == LiteralMap()
    assert shape(dict(sorted(seen.items()))) == shape(dict(sorted(given.items())))
    assert seen["colors"][0] is Color.RED


def test_a_literal_that_the_annotation_refuses_is_the_inputs_fault():
    def execute_from_model(self, tt, color: Color):
        raise AssertionError

    literals = LiteralMap(literals={"color": to_literal("blue", str)})
    kind = type("Annotated", (), {"execute_from_model": execute_from_model})
    with pytest.raises(InputsError) as caught:
        dispatched(kind, template({"color": Color}), literals)
    assert str(caught.value) == "inputs.color: expected Color, got str that is not one of its values"


def test_outputs_are_written_as_they_are_annotated():
    def a_day(self, tt) -> dt.date:
        return dt.date(2026, 1, 2)

    (literal,) = ran(a_day, {}, {"x": dt.date}).literals.values()
    assert literal == to_literal(dt.date(2026, 1, 2), dt.date)

    def a_time(self, tt) -> dt.date:
        return dt.datetime(2026, 1, 2)

    with pytest.raises(OutputsError) as caught:
        ran(a_time, {}, {"x": dt.date})
    assert str(caught.value) == "outputs.x: expected DATETIME, got datetime"


def test_a_literal_return_type_is_checked():
    def execute_from_model(self, tt, n: int) -> typing.Literal[1, 2]:
        return n

    (literal,) = ran(execute_from_model, {"n": int}, {"x": int}, n=2).literals.values()
    assert literal == to_literal(2, int)
    with pytest.raises(OutputsError) as caught:
        ran(execute_from_model, {"n": int}, {"x": int}, n=3)
    assert str(caught.value) == "outputs.x: expected Literal[1, 2], got int that is not one of its values"


def test_a_narrower_return_type_is_written_as_declared():
    def maybe(self, tt) -> dt.date:
        return dt.date(2026, 1, 2)

    (literal,) = ran(maybe, {}, {"x": typing.Optional[dt.date]}).literals.values()
    assert literal == to_literal(dt.date(2026, 1, 2), typing.Optional[dt.date])

    class Colors(enum.Enum):
        RED = "red"
        BLUE = "blue"

    def members(self, tt) -> list[Color]:
        return [Color.RED]

    (literal,) = ran(members, {}, {"x": list[typing.Optional[Colors]]}).literals.values()
    assert literal == to_literal([Colors.RED], list[typing.Optional[Colors]])


@dataclasses.dataclass
class WiderOwn:
    color: Color
    at: dt.datetime
    note: str = "more"


def test_a_record_with_another_schema_is_written_as_annotated():
    def execute_from_model(self, tt, own: Own) -> WiderOwn:
        return WiderOwn(own.color, own.at)

    own = Own(Color.RED, dt.datetime(2026, 1, 2, tzinfo=UTC))
    (literal,) = ran(execute_from_model, {"own": Own}, {"x": Own}, own=own).literals.values()
    assert literal == to_literal(WiderOwn(own.color, own.at), WiderOwn)
    assert shimlite.to_python_value(literal, Own) == own


def test_several_outputs_are_written_as_annotated():
    def by_name(self, tt) -> dict[str, Any]:
        return {"a": dt.date(2026, 1, 2), "b": 1}

    def by_place(self, tt) -> tuple[dt.date, typing.Literal[1]]:
        return dt.date(2026, 1, 2), 1

    day = dt.date(2026, 1, 2)
    made = ran(by_name, {}, {"a": dt.date, "b": int})
    assert made == LiteralMap(literals={"a": to_literal(day, dt.date), "b": to_literal(1, int)})
    made = ran(by_place, {}, {"o0": dt.date, "o1": int})
    assert made == LiteralMap(literals={"o0": to_literal(day, dt.date), "o1": to_literal(1, int)})


def test_an_annotated_literal_map_passes_through():
    literals = LiteralMap(literals={"x": to_literal(1, int)})

    def execute_from_model(self, tt) -> LiteralMap:
        return literals

    assert ran(execute_from_model, {}, {"x": int}) == literals


class Named(typing.NamedTuple):
    a: Any
    b: Any


LITERALS = LiteralMap(literals={"x": to_literal(1, int)})


@pytest.mark.parametrize(
    ("value", "got"),
    [
        ((LITERALS,), "tuple of 1 with a LiteralMap in it"),
        ({"x": LITERALS}, "dict of 1 with a LiteralMap in it"),
        ({"a": 1, "b": LITERALS}, "dict of 2 with a LiteralMap in it"),
        ([1, LITERALS], "list of 2 with a LiteralMap in it"),
        (Named(1, to_literal(1, int)), "Named of 2 with a Literal in it"),
        (collections.OrderedDict(x=LITERALS), "OrderedDict of 1 with a LiteralMap in it"),
    ],
)
def test_a_literal_map_is_returned_alone(value, got):
    for declared in ({"x": int}, {"a": int, "b": int}):
        assert refused(value, **declared) == f"outputs: expected values, or one LiteralMap alone, got {got}"


def test_other_wrong_outputs_keep_their_own_words():
    assert refused((1, 2), x=int) == "outputs.x: expected INTEGER, got tuple of 2"
    assert refused({"a": 1}, x=int) == "outputs.x: expected INTEGER, got dict of 1"
    assert refused(to_literal(1, int), x=int) == "outputs.x: expected INTEGER, got Literal"


def test_flytekits_literal_map_is_refused_by_its_full_name():
    theirs = type("LiteralMap", (), {"__module__": "flytekit.models.literals"})
    assert refused(theirs(), x=int) == (
        f"outputs: expected {LiteralMap.__module__}.LiteralMap, got flytekit.models.literals.LiteralMap;"
        " write x.to_flyte_idl()"
    )
    mine = type("LiteralMap", (), {"__module__": "mine"})
    assert refused(mine(), x=int) == "outputs.x: expected INTEGER, got LiteralMap"


def test_an_annotated_async_executor():
    class Async:
        async def execute_from_model(self, tt, day: dt.date) -> dt.date:
            await asyncio.sleep(0)
            return day + dt.timedelta(days=1)

    made = template({"day": dt.date}, {"next": dt.date})
    literals = dict_to_literal_map({"day": dt.date(2026, 1, 2)}, made.interface.inputs)
    (literal,) = ExecutableTemplateShimTask(made, Async).dispatch_execute(None, literals).literals.values()
    assert literal == to_literal(dt.date(2026, 1, 3), dt.date)


@pytest.mark.parametrize(
    ("inputs", "outputs", "message"),
    [
        ({"n": str}, {"x": int}, "inputs.n: annotated int, but declared str; int does not fit STRING"),
        ({"n": int}, {"x": str}, "outputs.x: annotated int, but declared str; int does not fit STRING"),
        ({"n": int}, {"x": int, "y": int}, "outputs: annotated int, but declared 'x', 'y'"),
        ({"n": int}, {}, "outputs: annotated int, but declared nothing"),
        ({"m": int}, {"x": int}, "inputs.m: execute_from_model takes no input 'm'; add **kwargs"),
    ],
)
def test_a_misfit_is_found_before_the_executor_runs(inputs, outputs, message):
    def execute_from_model(self, tt, n: int) -> int:
        raise AssertionError

    with pytest.raises(ExecutorError) as caught:
        ran(execute_from_model, inputs, outputs, **{name: "a" if kind is str else 1 for name, kind in inputs.items()})
    assert str(caught.value) == message


def test_a_return_type_says_nothing_where_post_execute_makes_something_else():
    class Executor:
        def execute_from_model(self, tt, n: int) -> int:
            return n

    class Shown(ExecutableTemplateShimTask):
        def post_execute(self, user_params, rval):
            return f"{rval}!"

    made = template({"n": int}, {"x": str})
    literals = dict_to_literal_map({"n": 1}, made.interface.inputs)
    assert Shown(made, Executor).dispatch_execute(None, literals).literals["x"] == to_literal("1!", str)
    with pytest.raises(ExecutorError) as caught:
        dispatched(Executor, made, literals)
    assert str(caught.value) == "outputs.x: annotated int, but declared str; int does not fit STRING"


def test_unknown_types_stay_the_templates_fault_where_they_are_annotated():
    def execute_from_model(self, tt, n: int) -> int:
        raise AssertionError

    kind = type("Annotated", (), {"execute_from_model": execute_from_model})
    made = template({"n": int}, {"x": LiteralType(simple=42)})
    literals = dict_to_literal_map({"n": 1}, made.interface.inputs)
    with pytest.raises(TemplateError) as caught:
        ExecutableTemplateShimTask(made, kind).dispatch_execute(None, literals)
    assert str(caught.value) == "outputs.x: the LiteralType simple 42 is not known to this shimlite"
    made = template({"n": LiteralType(simple=42)}, {"x": int})
    with pytest.raises(TemplateError) as caught:
        ExecutableTemplateShimTask(made, kind).dispatch_execute(None, literals)
    assert str(caught.value) == "inputs.n: the LiteralType simple 42 is not known to this shimlite"


# --- what a pod sees: each test runs with the registered template and with the pod's ----------------------------------


@dataclasses.dataclass
class Point:
    x: int
    y: float = 0.5


@dataclasses.dataclass
class Place:
    name: str


@dataclasses.dataclass
class Deep:
    at: Point
    many: list[Point] = dataclasses.field(default_factory=list)
    maybe: typing.Union[Point, Place, None] = None


@attrs.define
class Attrs:
    x: int
    when: dt.date


@dataclasses.dataclass
class Sum:
    """Of no interface."""

    total: float


ANNOTATED = [
    (Point, Point(1)),
    (typing.Optional[Point], Point(1)),
    (typing.Optional[Point], None),
    (list[Point], [Point(1), Point(2, 3.0)]),
    (list[Point], []),
    (dict[str, Point], {"a": Point(1)}),
    (dict[int, Point], {1: Point(1)}),
    (Deep, Deep(Point(1), [Point(2)], Place("p"))),
    (typing.Union[Point, Deep], Point(1)),
    (typing.Union[Point, Deep], Deep(Point(1))),
    (list[typing.Union[Point, Place, None]], [Point(1), Place("a"), None]),
    (dict[str, list[typing.Optional[Deep]]], {"a": [Deep(Point(1)), None]}),
    (Attrs, Attrs(1, dt.date(2026, 1, 2))),
    (typing.Union[Attrs, Point], Attrs(1, dt.date(2026, 1, 2))),
    (Node, Node(1, Node(2))),
    (typing.Union[Node, Point], Node(1, Node(2))),
    (typing.Literal["a", "b"], "a"),
    (typing.Optional[typing.Literal["a", "b"]], "b"),
    (list[typing.Literal[1, 2]], [1, 2]),
    (Color, Color.RED),
    (typing.Optional[Color], Color.RED),
]


@pytest.mark.parametrize(("kind", "value"), ANNOTATED, ids=str)
def test_an_annotated_parameter_reads_what_was_registered_as_that(kind, value):
    assert arrived({"x": kind}, {"x": to_literal(value, kind)}, x=kind) == shape({"x": value})


@pytest.mark.parametrize(("kind", "value"), ANNOTATED, ids=str)
def test_an_annotated_return_writes_what_was_registered_as_that(kind, value):
    def execute_from_model(self, tt):
        return value

    execute_from_model.__annotations__["return"] = kind
    assert ran(execute_from_model, {}, {"x": kind}).literals["x"] == to_literal(value, kind)


@pytest.mark.parametrize(("kind", "value"), [one for one in ANNOTATED if one[0] != dict[int, Point]], ids=str)
def test_a_record_that_is_returned_without_an_annotation_is_written_as_itself(kind, value):
    wanted = to_literal(value, kind)
    if kind == typing.Optional[typing.Literal["a", "b"]]:  # the words are an annotation, which a pod does not get
        wanted.scalar.union.type.CopyFrom(stripped_type(wanted.scalar.union.type))
    assert output(value, kind) == wanted


def test_a_record_in_a_dict_of_the_template_is_refused_with_what_to_do():
    assert refused({1: Point(1)}, x=dict[int, Point]) == (
        "outputs.x[1]: expected a JSON-like value, got Point; annotate the dict, as in dict[str, Point]"
    )
    assert refused({"a": [Point(1)]}, x=dict) == (
        "outputs.x['a'][0]: expected a JSON-like value, got Point; annotate the dict, as in dict[str, Point]"
    )


@pytest.mark.parametrize(
    ("kind", "literal", "message"),
    [
        (Point, packed({"x": "1"}), "inputs.x.x: expected INTEGER, got str"),
        (Point, packed({}), "inputs.x: expected Point, got a map without 'x'"),
        (list[Point], collection(packed({"x": 1}), packed({"x": None})), "inputs.x[1].x: expected INTEGER, got None"),
        (dict[str, Point], map_of(a=packed({"x": []})), "inputs.x['a'].x: expected INTEGER, got list of 0"),
        (Deep, packed({"at": {"x": 1}, "many": [{"x": "a"}]}), "inputs.x.many[0].x: expected INTEGER, got str"),
        (typing.Literal["a", "b"], to_literal("c", str),
         "inputs.x: expected Literal['a', 'b'], got str that is not one of its values"),
        (list[typing.Literal[1, 2]], to_literal([1, 3], list[int]),
         "inputs.x[1]: expected Literal[1, 2], got int that is not one of its values"),
        (typing.Union[Point, Place], packed({"z": 1}),
         "inputs.x: expected Point | Place, got dict of 1"),
    ],
)  # fmt: skip
def test_what_the_annotation_does_not_take_is_an_error_with_its_path(kind, literal, message):
    with pytest.raises(InputsError) as caught:
        arrived({"x": kind}, {"x": literal}, x=kind)
    assert str(caught.value) == message


def test_an_optional_record_stores_the_schema_of_its_class_where_that_is_known():
    full = to_literal_type(typing.Optional[Point]).union_type.variants[0]
    wanted = union(packed({"x": 1, "y": 0.5}), full)
    assert full.metadata["title"] == "Point"

    def execute_from_model(self, tt) -> typing.Optional[Point]:
        return Point(1)

    assert ran(execute_from_model, {}, {"x": typing.Optional[Point]}).literals["x"] == wanted
    assert output(Point(1), typing.Optional[Point]) == wanted
    assert output({"x": 1, "y": 0.5}, typing.Optional[Point]) == union(packed({"x": 1, "y": 0.5}), stripped_type(full))


class Unconvertible:
    pass


@dataclasses.dataclass
class Odd:
    held: Unconvertible


def test_a_class_whose_fields_no_type_fits_is_the_executors_fault():
    def takes(self, tt, x: Odd):
        raise AssertionError

    def gives(self, tt) -> Odd:
        raise AssertionError

    hint = "Odd.held: Unconvertible is not supported; use a dataclass or attrs class"
    for method, inputs, declared, path in (
        (takes, {"x": Point}, {}, "inputs.x"),
        (gives, {}, {"x": Point}, "outputs.x"),
    ):
        with pytest.raises(ExecutorError) as caught:
            dispatched(
                type("Annotated", (), {"execute_from_model": method}),
                template(inputs, declared),
                LiteralMap(literals={name: packed({"x": 1}) for name in inputs}),
            )
        assert str(caught.value) == f"{path}: annotated Odd, but declared dict; {hint}"
    assert refused(Odd(Unconvertible()), x=Point) == f"outputs.x: a Odd cannot be written: {hint}"


def test_a_union_of_records_without_annotations_is_a_dict_each_and_its_echo_is_read_by_its_fields():
    kind = typing.Union[Point, Place]
    for value, plain in ((Point(1), {"x": 1, "y": 0.5}), (Place("a"), {"name": "a"})):
        literal = to_literal(value, kind)
        assert arrived({"x": kind}, {"x": literal}) == shape({"x": plain})
        echoed = run(lambda tt, x: x, template({"x": kind}, {"x": kind}), LiteralMap(literals={"x": literal})).literals[
            "x"
        ]
        assert unpacked(echoed.scalar.union.value) == plain
        assert not echoed.scalar.union.type.HasField("metadata")
        assert arrived({"x": kind}, {"x": echoed}, x=kind) == shape({"x": value})


def test_a_record_that_nobody_declared_is_written_as_itself():
    assert output(Sum(1.5), Point) == packed({"total": 1.5})
    assert output(Sum(1.5), typing.Union[Point, Place]) == union(
        packed({"total": 1.5}), to_literal_type(typing.Optional[Sum]).union_type.variants[0]
    )

    def execute_from_model(self, tt) -> Sum:
        return Sum(1.5)

    assert ran(execute_from_model, {}, {"x": Point}).literals["x"] == packed({"total": 1.5})
    assert ran(execute_from_model, {}, {"x": typing.Union[Point, Place]}).literals["x"] == output(
        Sum(1.5), typing.Union[Point, Place]
    )


@pytest.mark.parametrize("kind", [dict, dict[str, typing.Any], dict[str, typing.Union[int, float]], Point])
def test_a_record_may_be_annotated_as_any_dict(kind):
    value = Point(1) if kind is Point else {"x": 1, "y": 0.5}
    assert arrived({"x": Point}, {"x": to_literal(Point(1), Point)}, x=kind) == shape({"x": value})
    assert arrived({"x": list[Point]}, {"x": to_literal([Point(1)], list[Point])}, x=list[kind]) == shape(
        {"x": [value]}
    )


def test_bytes_go_through_as_bytes():
    for value in (b"", b"\x80\x04.", b"\xff"):
        literal = raw(value, "bytes")
        assert arrived({"x": bytes}, {"x": literal}) == shape({"x": value})
        assert run(
            lambda tt, x: x, template({"x": bytes}, {"x": bytes}), LiteralMap(literals={"x": literal})
        ).literals == {"x": literal}


def test_flytectls_null_for_an_optional_record_is_none():
    kind = typing.Optional[Point]
    literal = union(packed(None), to_literal_type(kind).union_type.variants[0])
    assert arrived({"x": kind}, {"x": literal}) == arrived({"x": kind}, {"x": literal}, x=kind) == shape({"x": None})


def test_a_date_that_propeller_took_out_of_a_record_is_a_datetime_and_annotated_a_date():
    day = dt.date(2024, 2, 29)
    kinds, literals = {"x": dt.datetime}, {"x": packed("2024-02-29")}
    assert arrived(kinds, literals) == shape({"x": dt.datetime(2024, 2, 29, tzinfo=UTC)})
    assert arrived(kinds, literals, x=dt.date) == shape({"x": day})
    either = typing.Union[dt.datetime, dt.date]
    assert arrived({"x": either}, literals) == arrived({"x": either}, literals, x=either) == shape({"x": day})


def test_what_annotations_say_of_a_template_does_not_change_what_another_executor_sees():
    made, literals = template({"x": Point}), {"x": to_literal(Point(1), Point)}
    assert arrived({"x": Point}, literals, x=Point) == shape({"x": Point(1)})
    assert arrived({"x": Point}, literals) == shape({"x": {"x": 1, "y": 0.5}})
    assert made == template({"x": Point})


# --- what a coroutine leaves behind -----------------------------------------------------------------------------------


def test_a_coroutine_leaves_what_does_not_end(monkeypatch):
    """asyncio.run would wait for a task that swallows its cancellation, and for a thread of the loop's pool."""
    monkeypatch.setattr("shimlite.awaiting.FOR_TASKS", 0.1)
    release = threading.Event()
    ended = []

    async def stubborn():
        while not release.is_set():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(0.01)

    async def cleans_up():
        try:
            await asyncio.sleep(60)
        finally:
            ended.append("task")

    async def generator():
        try:
            yield 1
        finally:
            ended.append("generator")

    class Leaves:
        async def execute_from_model(self, tt, **kwargs):
            self.tasks = [asyncio.create_task(stubborn()), asyncio.create_task(cleans_up())]
            asyncio.get_running_loop().run_in_executor(None, release.wait)
            self.generator = generator()
            await self.generator.__anext__()
            return 1

    outputs = ExecutableTemplateShimTask(template(outputs={"x": int}), Leaves).dispatch_execute(None, LiteralMap())
    release.set()
    assert outputs == LiteralMap(literals={"x": to_literal(1, int)})
    assert sorted(ended) == ["generator", "task"]
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()
