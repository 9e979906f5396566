# SPDX-License-Identifier: Apache-2.0
"""A ShimTask in this process: called outside a run, in the SDK's local runs, by other tasks of the SDK's, mapped."""

import asyncio
import datetime as dt
import functools
import pathlib
import tempfile

import flyte
import flyte.errors
import pytest
from flyte.io import File

from shimlite.errors import InputsError, OutputsError
from shimlite.flyte2 import ShimTask

from . import executors
from .executors import Color, Later, Pair, Point
from .test_registered import IMAGE, OfTheSdk

NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.timezone.utc)
DAYS = [NOON, NOON + dt.timedelta(days=1), NOON + dt.timedelta(days=2)]

later = ShimTask(Later, name="later", image=IMAGE)
pair = ShimTask(Pair, name="pair", image=IMAGE)
nothing = ShimTask(executors.Nothing, name="nothing", image=IMAGE)
raises = ShimTask(executors.Raises, name="raises", image=IMAGE)
wrong = ShimTask(executors.Wrong, name="wrong", image=IMAGE, retries=3)
copies = ShimTask(executors.Copies, name="copies", image=IMAGE)
echo = ShimTask(executors.Kinds, name="kinds", image=IMAGE)
shims = flyte.TaskEnvironment.from_task("shims", later, pair, nothing, raises, wrong, copies, echo)
own = flyte.TaskEnvironment("own", image=IMAGE, depends_on=[shims])


@own.task
async def parent(x: int) -> str:
    first, word = await pair.aio(x)
    second, other = await pair.aio(x=first, word="other")
    await nothing.aio()
    gathered = await asyncio.gather(*(pair.aio(number) for number in range(2)))
    mapped = [one async for one in flyte.map.aio(pair, [5, 6])]
    return repr([first, word, second, other, gathered, mapped])


@own.task
def blocking_parent(x: int) -> str:
    partly = functools.partial(pair, word="p")
    return repr([pair(x), list(flyte.map(partly, [1, 2])), pair.override(short_name="again", retries=1)(x=4)])


@own.task
async def catching_parent(x: int) -> str:
    try:
        await raises.aio(x)
    except flyte.errors.RuntimeUserError as error:
        return f"{error.code}: {error}"
    return "nothing raised"


@own.task
async def own_that_raises(x: int) -> int:
    raise ValueError(f"of {x}")


@own.task
async def file_parent(text: str, folder: str) -> str:
    path = pathlib.Path(folder, "source.txt")
    path.write_text(text)
    copy = await copies.aio(File(path=str(path)))
    again = await copies.aio(file=copy)
    async with again.open("rb") as source:
        return f"{bytes(await source.read()).decode()} at {again.path}"


def run(task, **inputs):
    outputs = flyte.with_runcontext(mode="local").run(task, **inputs).outputs()
    return outputs[0] if len(outputs) == 1 else tuple(outputs)


def test_called_outside_a_run_it_is_a_function(service):
    assert later(at=NOON) == later(NOON) == DAYS
    assert later(NOON, days=1) == [NOON]
    assert pair(1) == (2, "w")
    assert nothing() is None
    assert asyncio.run(pair.aio(1, word="v")) == (2, "v")


def test_it_runs_in_a_loop_that_is_running(service):
    async def inside():
        return pair.forward(1)

    assert asyncio.run(inside()) == (2, "w")


def test_it_is_run_alone(service):
    assert run(later, at=NOON) == DAYS
    assert run(pair, x=1, word="v") == (2, "v")
    assert run(nothing) is None


def test_the_sdks_tasks_call_it(service):
    assert run(parent, x=1) == "[2, 'w', 3, 'other', [(1, 'w'), (2, 'w')], [(6, 'w'), (7, 'w')]]"
    assert run(blocking_parent, x=1) == "[(2, 'w'), [(2, 'p'), (3, 'p')], (5, 'w')]"


def test_what_an_executor_raises_is_what_the_sdks_own_task_raises(service):
    assert run(catching_parent, x=1) == "ValueError: of 1"
    with pytest.raises(flyte.errors.RuntimeUserError) as ours:
        run(raises, x=1)
    with pytest.raises(flyte.errors.RuntimeUserError) as theirs:
        run(own_that_raises, x=1)
    assert (ours.value.code, str(ours.value)) == (theirs.value.code, str(theirs.value)) == ("ValueError", "of 1")
    with pytest.raises(flyte.errors.RuntimeUserError) as called:
        raises(x=1)
    assert type(called.value.__cause__) is ValueError


def test_errors_of_shimlites_are_not_tried_again(service):
    executors.Wrong.calls = 0
    with pytest.raises(flyte.errors.RuntimeUserError) as error:
        run(wrong, x=1)
    assert (error.value.code, str(error.value)) == ("OutputsError", "outputs.o0: expected INTEGER, got str")
    assert executors.Wrong.calls == 1
    with pytest.raises(flyte.errors.NonRecoverableError) as called:
        wrong(x=1)
    assert type(called.value.__cause__) is OutputsError


def test_an_executor_that_exits_or_keeps_its_outputs_ends_as_it_does_in_a_pod(service):
    """An exit would end the loop in which the SDK runs its tasks: with one of its own it waits for ever."""
    leaves = ShimTask(executors.Leaves, name="leaves", image=IMAGE)
    with pytest.raises(flyte.errors.RuntimeUserError) as exited:
        leaves(silently=False)
    assert (exited.value.code, str(exited.value)) == ("SystemExit", "the executor raised SystemExit")
    assert type(exited.value.__cause__) is SystemExit
    with pytest.raises(flyte.errors.NonRecoverableError) as silent:
        leaves(silently=True)
    assert silent.value.code == "OutputsError"
    assert str(silent.value) == (
        "outputs: the executor raised IgnoreOutputs, and on Flyte 2 nobody else writes them; return them"
    )


@pytest.mark.parametrize(
    ("inputs", "expected"), [({}, "inputs.at: missing"), ({"at": NOON, "z": 1}, "inputs.z: not in the interface")]
)
def test_inputs_that_are_not_the_interfaces(service, inputs, expected):
    with pytest.raises(flyte.errors.NonRecoverableError) as error:
        later(**inputs)
    assert str(error.value) == expected
    assert type(error.value.__cause__) is InputsError


def test_values_go_through_literals_both_ways(service):
    point = Point(1, dt.date(2026, 1, 2), Color.BLUE)
    inputs = {
        "integer": 1,
        "number": 1.5,
        "text": "é",
        "flag": True,
        "time": NOON,
        "day": dt.date(2026, 1, 2),
        "span": dt.timedelta(hours=36),
        "nothing": None,
        "numbers": [1, 2],
        "by_name": {"a": 0.5},
        "plain": {"a": [1, {"b": None}]},
        "either": None,
        "point": point,
        "points": [point],
        "maybe": None,
    }
    assert run(echo, **inputs) == echo(**inputs) == ([point, point], 0)
    assert echo(**{**inputs, "either": "e", "maybe": point}) == ([point, point], "e")


def test_files_lie_where_the_run_says(service, tmp_path):
    said = run(file_parent, text="text", folder=str(tmp_path))
    content, _, path = said.partition(" at ")
    assert content == "a copy of a copy of text"
    assert path.startswith("/tmp/flyte/raw_data/")


def test_a_file_of_a_call_outside_a_run_outlives_it_and_no_folder_does(service, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "source.txt").write_text("text")
    copy = copies(File(path=str(tmp_path / "source.txt")))
    assert pathlib.Path(copy.path).read_text() == "a copy of text"
    assert pathlib.Path(copy.path).parts[-3].startswith("shimlite-run-")
    pathlib.Path(copy.path).unlink()
    before = sorted(path.name for path in tmp_path.iterdir())
    pair(1)
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_an_executor_reads_a_file_inside_a_record_of_the_sdk(service, tmp_path):
    (tmp_path / "a.txt").write_text("text")
    held = ShimTask(executors.SdkHeld, name="held", image=IMAGE, inputs={"x": OfTheSdk})
    assert held(x=OfTheSdk(File(path=str(tmp_path / "a.txt")), 3)) == "text 3"


def test_an_enum_is_read_by_its_name(service):
    class Colors:
        def execute_from_model(self, tt, x: Color) -> list[Color]:
            assert x is Color.RED
            return [x, Color.BLUE]

    Colors.__qualname__ = "Colors"
    colors = ShimTask(Colors, name="colors", image=IMAGE)
    assert colors(Color.RED) == [Color.RED, Color.BLUE]
