# SPDX-License-Identifier: Apache-2.0
"""The entry point as a pod runs it: a real process, real files, and what it leaves."""

from __future__ import annotations

import datetime
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time
import types
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shimlite import FlyteFile, OutputsError, StorageError, dict_to_literal_map, to_literal, to_literal_type
from shimlite._idl import (
    ContainerError,
    EncodeError,
    ErrorDocument,
    ExecutionError,
    Literal,
    LiteralMap,
    TaskTemplate,
)
from shimlite.container import entrypoint, failures
from shimlite.container.arguments import Arguments
from shimlite.container.entrypoint import Ending, _leave, execute, fail
from shimlite.container.process import Process

from ..build import template
from ..stripping import stripped, stripped_type
from ..support import packed, union

RESOLVER = "flytekit.core.python_customized_container_task.default_task_template_resolver"
USER, SYSTEM = ExecutionError.USER, ExecutionError.SYSTEM
RECOVERABLE, NON_RECOVERABLE = ContainerError.RECOVERABLE, ContainerError.NON_RECOVERABLE

EXECUTORS = """
import sys
from shimlite import FlyteRecoverableException, IgnoreOutputs, current_context

class Double:
    def execute_from_model(self, tt, **kwargs):
        return kwargs["n"] * 2

    class Nested:
        def execute_from_model(self, tt, **kwargs):
            return kwargs["n"] * 3

class Raises:
    def execute_from_model(self, tt, **kwargs):
        try:
            {}["inner"]
        except KeyError as error:
            raise ValueError("it broke") from error

class Recoverable:
    def execute_from_model(self, tt, **kwargs):
        raise FlyteRecoverableException("again")

class Exits:
    def execute_from_model(self, tt, **kwargs):
        sys.exit(0)

class Interrupted:
    def execute_from_model(self, tt, **kwargs):
        raise KeyboardInterrupt

class Ignores:
    def execute_from_model(self, tt, **kwargs):
        raise IgnoreOutputs("worker 1")

class Wrong:
    def execute_from_model(self, tt, **kwargs):
        return "s3cr3t"

class Beyond:
    def execute_from_model(self, tt, **kwargs):
        return 2**63

class Fetches:
    def execute_from_model(self, tt, **kwargs):
        current_context().file_access.get_data("/nowhere/at/all", "x")

class Needs:
    def __init__(self, argument):
        pass

class Broken(Exception):
    def __str__(self):
        raise RuntimeError

class Unprintable:
    def execute_from_model(self, tt, **kwargs):
        raise Broken

class Surrogate:
    def execute_from_model(self, tt, **kwargs):
        raise ValueError("\\ud800")

class Long:
    def execute_from_model(self, tt, **kwargs):
        raise ValueError("<" + "x" * 3_000_000 + ">")

class Surroundings:
    def execute_from_model(self, tt, **kwargs):
        import json, os
        context = current_context()
        context.logging.warning("logged")
        return json.dumps([
            context.execution_id.project, context.execution_id.domain, context.execution_id.name,
            context.task_id.project, context.task_id.domain, context.task_id.name, context.task_id.version,
            context.raw_output_prefix, os.path.isdir(context.working_directory), context.working_directory,
        ])

class Coded(Exception):
    error_code = 42

class Codes:
    def execute_from_model(self, tt, **kwargs):
        raise Coded

class Unspeakable(Exception):
    @property
    def error_code(self):
        raise RuntimeError

class CannotSay:
    def execute_from_model(self, tt, **kwargs):
        raise Unspeakable("x")

class Memory:
    def execute_from_model(self, tt, **kwargs):
        raise MemoryError

class Stops:
    def execute_from_model(self, tt, **kwargs):
        raise GeneratorExit

class Waits:
    def execute_from_model(self, tt, **kwargs):
        import os, pathlib, signal, time
        def wait():
            pathlib.Path("waiting").write_text("")
            time.sleep(30)
        try:
            wait()
        finally:
            os.kill(os.getpid(), signal.SIGTERM)  # a second one, while cleaning up
            pathlib.Path("cleaned").write_text("")

class Awaits:
    async def execute_from_model(self, tt, **kwargs):
        import asyncio, pathlib
        pathlib.Path("waiting").write_text("")
        try:
            await asyncio.sleep(30)
        finally:
            pathlib.Path("cleaned").write_text("")

class Refuses:
    def execute_from_model(self, tt, **kwargs):
        import pathlib, time
        pathlib.Path("waiting").write_text("")
        try:
            time.sleep(30)
        except BaseException:
            return 1

class Resumes:
    def execute_from_model(self, tt, **kwargs):
        checkpoint = current_context().checkpoint
        count = int(checkpoint.read() or b"0")
        checkpoint.write(str(count + kwargs["n"]).encode())
        return count

class Tells:
    def execute_from_model(self, tt, **kwargs):
        return int(current_context().secrets.get("group", "key"))

class Threads:
    def execute_from_model(self, tt, **kwargs):
        from concurrent.futures import ThreadPoolExecutor
        with ThreadPoolExecutor(1) as pool:
            return int(pool.submit(current_context).result() is current_context())

class Reads:
    def execute_from_model(self, tt, **kwargs):
        import os, pathlib
        from shimlite import FlyteFile
        with open(kwargs["file"]) as file:
            text = file.read()
        path = pathlib.Path(current_context().working_directory, "upper.txt")
        path.write_text(text.upper())
        return FlyteFile(str(path))

not_callable = 3
"""

RECORDS = """
import datetime as dt
import enum
from dataclasses import dataclass, field
from typing import Any, Literal, Optional, Union

import attrs

class Color(enum.Enum):
    RED = "red"

@dataclass
class Point:
    x: int
    y: float = 0.5

@dataclass
class Place:
    name: str

@dataclass
class Deep:
    at: Point
    many: list[Point] = field(default_factory=list)
    maybe: Union[Point, Place, None] = None

@dataclass
class Node:
    value: int
    next: Optional["Node"] = None

@attrs.define
class Attrs:
    x: int
    when: dt.date

@dataclass
class Odd:
    held: object()

@dataclass
class Refuses:
    text: str

    def __post_init__(self):
        raise ValueError(self.text)

@dataclass
class Exits:
    text: str

    def __post_init__(self):
        try:
            raise ValueError(self.text)
        except ValueError:
            raise SystemExit(self.text)

@dataclass
class Interrupts:
    text: str

    def __post_init__(self):
        try:
            raise ValueError(self.text)
        except ValueError:
            raise KeyboardInterrupt(self.text)

@attrs.define
class Matches:
    text: str = attrs.field(validator=attrs.validators.matches_re("[0-9]+"))

@dataclass
class Hides:
    text: str

    def __getattribute__(self, name):
        if name == "text":
            raise ValueError(object.__getattribute__(self, name))
        return object.__getattribute__(self, name)

KINDS = {
    "Refuses": Refuses, "Exits": Exits, "Interrupts": Interrupts, "Matches": list[Matches], "Hides": Hides,
    "Point": Point, "OptionalPoint": Optional[Point], "Points": list[Point], "Named": dict[str, Point],
    "Either": Union[Point, Place], "Deep": Deep, "Node": Node, "Attrs": Attrs, "Mixed": list[Union[Point, Place, None]],
    "Word": Literal["a", "b"], "Words": list[Literal["a", "b"]], "Color": Color, "Day": dt.date, "Odd": Odd,
    "Anything": Any,
}

def echo(kind):
    class Echo:
        def execute_from_model(self, tt, x):
            if kind is not Hides:
                print(repr(x))
            return x
    Echo.execute_from_model.__annotations__.update(x=kind)
    return Echo

def both(kind):
    executor = echo(kind)
    executor.execute_from_model.__annotations__["return"] = kind
    return executor

for name, kind in KINDS.items():
    globals()["Echo" + name], globals()["Both" + name] = echo(kind), both(kind)
"""
sys.modules["records"] = types.ModuleType("records")
exec(RECORDS, sys.modules["records"].__dict__)
KINDS, Point, Place, Deep, Node, Attrs, Color = (
    getattr(sys.modules["records"], name) for name in ("KINDS", "Point", "Place", "Deep", "Node", "Attrs", "Color")
)


@pytest.fixture
def pod(tmp_path):
    (tmp_path / "executors.py").write_text(EXECUTORS)
    (tmp_path / "records.py").write_text(RECORDS)
    (tmp_path / "raises.py").write_text("1 / 0\n")
    (tmp_path / "needs.py").write_text("import no_such_package.inside\n")
    return Pod(tmp_path)


class Pod:
    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self.out = folder / "out"
        self.write(template({"n": int}, {"x": int}), {"n": 21})

    def write(self, made: TaskTemplate, inputs: object) -> None:
        if isinstance(inputs, dict):
            inputs = dict_to_literal_map(inputs, made.interface.inputs)
        (self.folder / "task.pb").write_bytes(made.SerializeToString())
        (self.folder / "inputs.pb").write_bytes(inputs.SerializeToString())  # type: ignore[attr-defined]

    def run(self, executor: str, *options: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        arguments = ["--inputs", "inputs.pb", "--output-prefix", "out", "--raw-output-data-prefix", "raw"]
        arguments += ["--resolver", RESOLVER, *options, "--", "task.pb", executor]
        return self.shimlite("execute", *arguments, env=env)

    def shimlite(self, *arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        root = str(pathlib.Path(__file__).parents[2])
        return subprocess.run(
            [sys.executable, "-m", "shimlite", *arguments],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": root, **(env or {})},
            capture_output=True,
            text=True,
            timeout=60,
        )

    def files(self) -> list[str]:
        return sorted(path.name for path in self.out.iterdir()) if self.out.exists() else []

    def outputs(self) -> LiteralMap:
        assert self.files() == ["outputs.pb"]
        return LiteralMap.FromString((self.out / "outputs.pb").read_bytes())

    def error(self) -> ContainerError:
        assert self.files() == ["error.pb"]
        return ErrorDocument.FromString((self.out / "error.pb").read_bytes()).error

    def interrupted(self, executor: str, number: int = signal.SIGTERM) -> subprocess.CompletedProcess[str]:
        """Runs until the executor waits, then gets the signal."""
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(self.run, executor)
            for _ in range(1000):
                if (self.folder / "waiting").exists():
                    break
                time.sleep(0.02)
            time.sleep(0.1)
            for child in pathlib.Path("/proc/self/task").glob("*/children"):
                for process in child.read_text().split():
                    if executor.encode() in pathlib.Path(f"/proc/{process}/cmdline").read_bytes():
                        os.kill(int(process), number)
            return running.result()

    def failed(self, executor: str, *options: str) -> tuple[str, int, int, str]:
        """Code, kind, origin and message of the error document that a run leaves, which must end with 0."""
        ended = self.run(executor, *options)
        error = self.error()
        assert (ended.returncode, ended.stderr, ended.stdout) == (0, error.message + "\n", "")
        return error.code, error.kind, error.origin, error.message


def test_a_run_leaves_outputs_and_nothing_else(pod):
    ended = pod.run("executors.Double")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    assert pod.outputs() == LiteralMap(literals={"x": to_literal(42, int)})
    folders = {path.name for path in pod.folder.iterdir() if path.is_dir()}
    assert folders - {"__pycache__"} == {"out"}


def test_a_nested_executor_is_found(pod):
    pod.run("executors.Double.Nested")
    assert pod.outputs() == LiteralMap(literals={"x": to_literal(63, int)})


def test_outputs_may_be_none(pod):
    pod.write(template(), {})
    (pod.folder / "executors.py").write_text("class E:\n    def execute_from_model(self, tt): pass\n")
    (pod.folder / "inputs.pb").write_bytes(b"")
    assert pod.run("executors.E").returncode == 0
    assert (pod.out / "outputs.pb").read_bytes() == b""


def test_what_an_executor_raises_is_the_users_and_final(pod):
    code, kind, origin, message = pod.failed("executors.Raises")
    assert (code, kind, origin) == ("USER:RuntimeError", NON_RECOVERABLE, USER)
    path = pod.folder / "executors.py"
    assert message == (
        "Trace:\n\n"
        "    Traceback (most recent call last):\n"
        f'      File "{path}", line 16, in execute_from_model\n'
        '        {}["inner"]\n'
        + ("        ~~^^^^^^^^^\n" if sys.version_info >= (3, 11) else "")
        + "    KeyError: 'inner'\n"
        "    \n"
        "    The above exception was the direct cause of the following exception:\n"
        "    \n"
        "    Traceback (most recent call last):\n"
        f'      File "{path}", line 18, in execute_from_model\n'
        '        raise ValueError("it broke") from error\n'
        "    ValueError: it broke\n"
        "\nMessage:\n\n"
        "    ValueError: it broke\n"
    )
    assert pod.error().timestamp.seconds > 1_700_000_000


def test_a_recoverable_exception_may_be_tried_again(pod):
    code, kind, origin, message = pod.failed("executors.Recoverable")
    assert (code, kind, origin) == ("USER:Recoverable", RECOVERABLE, USER)
    assert message.endswith("\nMessage:\n\n    FlyteRecoverableException: again\n")


def test_sys_exit_leaves_an_error_document(pod):
    code, kind, origin, message = pod.failed("executors.Exits")
    assert (code, kind, origin) == ("USER:RuntimeError", NON_RECOVERABLE, USER)
    assert message.endswith("\nMessage:\n\n    SystemExit: 0\n")


def test_an_interrupt_is_the_platforms(pod):
    code, kind, origin, _ = pod.failed("executors.Interrupted")
    assert (code, kind, origin) == ("SYSTEM:Interrupted", RECOVERABLE, SYSTEM)


def test_ignored_outputs_leave_nothing(pod):
    ended = pod.run("executors.Ignores")
    assert (ended.returncode, ended.stderr, pod.files()) == (0, "", [])


def test_a_wrong_output_is_named_and_not_shown(pod):
    assert pod.failed("executors.Wrong") == (
        "USER:OutputsError", NON_RECOVERABLE, USER, "outputs.x: expected INTEGER, got str",
    )  # fmt: skip


def test_what_no_message_can_hold_leaves_an_error_document(pod):
    assert pod.failed("executors.Beyond") == (
        "USER:OutputsError", NON_RECOVERABLE, USER, "outputs.x: expected INTEGER, got int beyond int64",
    )  # fmt: skip


def test_storage_that_fails_is_the_platforms(pod):
    message = "cannot copy '/nowhere/at/all' to 'x': No such file or directory"
    assert pod.failed("executors.Fetches") == ("SYSTEM:StorageError", RECOVERABLE, SYSTEM, message)


@pytest.mark.parametrize(
    ("executor", "message"),
    [
        ("executors.Nobody", "executor: executors has no 'Nobody'"),
        ("executors.Double.Nobody", "executor: executors has no 'Double.Nobody'"),
        ("executors.not_callable", "executor: executors.not_callable cannot be called"),
        ("nowhere.at.All", "executor: there is no module 'nowhere'; wanted for nowhere.at.All"),
        ("executors.Broken", "Broken has no execute_from_model"),
        ("dotless", "executor: 'dotless' is no import path; give package.module.Class"),
        ("a..b", "executor: 'a..b' is no import path; give package.module.Class"),
    ],
)
def test_an_executor_that_cannot_be_found(pod, executor, message):
    assert pod.failed(executor) == ("USER:ExecutorError", NON_RECOVERABLE, USER, message)


@pytest.mark.parametrize(
    ("executor", "message", "cause"),
    [
        ("raises.E", "executor: importing raises raised ZeroDivisionError", "ZeroDivisionError: division by zero"),
        ("needs.E", "executor: needs needs the package 'no_such_package'", "No module named 'no_such_package'"),
        ("executors.Needs", "executor: making Needs raised TypeError", "missing 1 required positional argument"),
    ],
)
def test_an_executor_that_breaks_shows_why(pod, executor, message, cause):
    code, kind, origin, shown = pod.failed(executor)
    assert (code, kind, origin) == ("USER:ExecutorError", NON_RECOVERABLE, USER)
    assert shown.endswith(f"\nMessage:\n\n    ExecutorError: {message}\n")
    assert cause in shown
    assert "shimlite/container" not in shown


def test_an_exception_that_cannot_be_printed(pod):
    _, _, _, message = pod.failed("executors.Unprintable")
    assert message.endswith("\nMessage:\n\n    Broken: <its text cannot be made: RuntimeError>\n")


def test_a_lone_surrogate_in_a_message_is_escaped(pod):
    _, _, _, message = pod.failed("executors.Surrogate")
    assert message.endswith("\nMessage:\n\n    ValueError: \\ud800\n")


def test_a_long_message_keeps_head_and_tail(pod):
    _, _, _, message = pod.failed("executors.Long")
    assert 31_900 < len(message.encode()) <= 32_000
    assert message.startswith("Trace:\n\n    Traceback (most recent call last):\n")
    assert " bytes left out …\n" in message
    assert message.endswith("x>\n")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\xff\xff", "holds 2 bytes that are no flyteidl.core.TaskTemplate"),
    ],
)
def test_a_broken_template(pod, content, message):
    (pod.folder / "task.pb").write_bytes(content)
    assert pod.failed("executors.Double") == (
        "USER:TemplateError", NON_RECOVERABLE, USER, f"template: '{pod.folder}/task.pb' {message}",
    )  # fmt: skip


def test_broken_inputs(pod):
    (pod.folder / "inputs.pb").write_bytes(b"\xff\xff")
    assert pod.failed("executors.Double") == (
        "USER:InputsError", NON_RECOVERABLE, USER,
        f"inputs: '{pod.folder}/inputs.pb' holds 2 bytes that are no flyteidl.core.LiteralMap",
    )  # fmt: skip


@pytest.mark.parametrize("name", ["task.pb", "inputs.pb"])
def test_a_missing_file_is_the_platforms(pod, name):
    (pod.folder / name).unlink()
    assert pod.failed("executors.Double") == (
        "SYSTEM:StorageError", RECOVERABLE, SYSTEM, f"cannot read '{pod.folder}/{name}': No such file or directory",
    )  # fmt: skip


def test_another_resolver_is_refused(pod):
    assert pod.failed("executors.Double", "--resolver", "my.resolver") == (
        "USER:TemplateError", NON_RECOVERABLE, USER, f"resolver: this resolver is not supported; only {RESOLVER} is",
    )  # fmt: skip


def test_where_nothing_can_be_written_the_exit_code_says_so(pod):
    pod.out.write_text("a file, where the folder should be")
    ended = pod.run("executors.Double")
    assert ended.returncode == 1
    assert ended.stderr == "".join(
        f"cannot write '{pod.out}/{name}': File exists\n" for name in ("outputs.pb", "error.pb")
    )


def test_inputs_are_never_logged(pod):
    secret = "s3cr3t-token"
    pod.write(template({"n": str}, {"x": int}), {"n": secret})
    for executor in ("executors.Wrong", "executors.Raises"):
        ended = pod.run(executor, env={"FLYTE_SDK_LOGGING_LEVEL": "10"})
        assert secret not in ended.stdout + ended.stderr
        assert secret.encode() not in (pod.out / "error.pb").read_bytes()


def test_inputs_of_the_wrong_type_are_not_shown(pod):
    pod.write(template({"n": int}, {"x": int}), LiteralMap(literals={"n": to_literal("s3cr3t", str)}))
    assert pod.failed("executors.Double") == (
        "USER:InputsError", NON_RECOVERABLE, USER, "inputs.n: expected INTEGER, got string_value",
    )  # fmt: skip


@pytest.mark.parametrize(
    "names",
    [
        ("FLYTE_INTERNAL_EXECUTION_PROJECT", "FLYTE_INTERNAL_EXECUTION_DOMAIN", "FLYTE_INTERNAL_EXECUTION_ID",
         "FLYTE_INTERNAL_TASK_PROJECT", "FLYTE_INTERNAL_TASK_DOMAIN", "FLYTE_INTERNAL_TASK_NAME",
         "FLYTE_INTERNAL_TASK_VERSION"),
        ("_F_PRJ", "_F_DM", "_F_NM", "_F_TK_PRJ", "_F_TK_DM", "_F_TK_NM", "_F_TK_V"),
    ],
)  # fmt: skip
def test_the_executor_knows_where_it_runs(pod, names):
    pod.write(template(outputs={"x": str}), {})
    ended = pod.run("executors.Surroundings", env=dict(zip(names, "abcdefg")))
    *told, is_folder, folder = json.loads(pod.outputs().literals["x"].scalar.primitive.string_value)
    assert told == [*"abcdefg", f"{pod.folder}/raw"]
    assert is_folder is True
    assert not os.path.exists(folder)
    said = json.loads(ended.stderr)
    assert (said["name"], said["levelname"], said["message"]) == ("shimlite.executor", "WARNING", "logged")


def test_unfilled_variables_count_as_absent(pod):
    pod.write(template(outputs={"x": str}), {})
    pod.run("executors.Surroundings", "--raw-output-data-prefix", "{{.rawOutputDataPrefix}}")
    assert f'"{pod.out}/raw"' in pod.outputs().literals["x"].scalar.primitive.string_value


def test_outputs_have_the_same_bytes_in_every_process(pod):
    names = {f"o{place}": int for place in range(20)}
    pod.write(template(outputs=names), {})
    (pod.folder / "executors.py").write_text(
        "class E:\n    def execute_from_model(self, tt): return tuple(range(20))\n"
    )
    seen = set()
    for seed in ("0", "1", "2"):
        pod.run("executors.E", env={"PYTHONHASHSEED": seed})
        seen.add((pod.out / "outputs.pb").read_bytes())
    assert len(seen) == 1


def test_the_files_are_readable_for_others(pod):
    pod.run("executors.Double")
    umask = os.umask(0)
    os.umask(umask)
    assert (pod.out / "outputs.pb").stat().st_mode & 0o777 == 0o666 & ~umask


def test_test_does_nothing(pod):
    assert pod.run("executors.Raises", "--test").returncode == 0
    assert pod.files() == []


@pytest.mark.parametrize(
    ("executor", "code", "kind", "end"),
    [
        ("executors.Codes", "42", NON_RECOVERABLE, "Coded: "),
        ("executors.CannotSay", "USER:RuntimeError", NON_RECOVERABLE, "Unspeakable: x"),
        ("executors.Memory", "USER:MemoryError", RECOVERABLE, "MemoryError: "),
        ("executors.Stops", "USER:RuntimeError", NON_RECOVERABLE, "GeneratorExit: "),
    ],
)
def test_what_an_executor_raises_may_say_more(pod, executor, code, kind, end):
    *found, message = pod.failed(executor)
    assert found == [code, kind, USER]
    assert message.endswith(f"\nMessage:\n\n    {end}\n")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--nonsense"], "arguments: unrecognized arguments: --nonsense"),
        (["--inputs"], "arguments: argument --inputs: expected one argument"),
    ],
)
def test_wrong_arguments_leave_an_error_document_where_they_say_its_place(pod, options, message):
    ended = pod.run("executors.Double", *options)
    assert ended.returncode == 0
    assert ended.stderr.startswith("usage: shimlite-execute ")
    assert ended.stderr.endswith(f"\n{message}\n")
    error = pod.error()
    assert (error.code, error.kind, error.origin, error.message) == (
        "USER:ArgumentsError", NON_RECOVERABLE, USER, message,
    )  # fmt: skip


@pytest.mark.parametrize(("value", "code"), [("true", 1), ("T", 1), ("1", 1), ("yes", 0), ("", 0)])
def test_the_environment_may_ask_for_another_exit_code(pod, value, code):
    assert pod.run("executors.Raises", env={"FLYTE_FAIL_ON_ERROR": value}).returncode == code
    assert pod.error().code == "USER:RuntimeError"


@pytest.mark.parametrize("names", [("FLYTE_INTERNAL_DIST_ERROR_STRATEGY", "FLYTE_INTERNAL_WORKER_NAME"),
                                   ("_F_DES", "_F_WN")])  # fmt: skip
def test_each_of_many_workers_leaves_a_document_of_its_own(pod, names):
    for worker in ("worker-1", "worker-2"):
        assert pod.run("executors.Raises", env=dict(zip(names, ("Earliest", worker)))).returncode == 0
    assert all(re.fullmatch(r"error-[0-9a-f]{32}\.pb", name) for name in pod.files())
    errors = [ErrorDocument.FromString(path.read_bytes()).error for path in pod.out.iterdir()]
    assert sorted(error.worker for error in errors) == ["worker-1", "worker-2"]


def test_without_a_strategy_a_worker_has_no_name(pod):
    pod.run("executors.Raises", env={"_F_WN": "worker-1"})
    assert pod.error().worker == ""


def test_there_is_never_more_than_one_of_the_two_files(pod):
    pod.failed("executors.Raises")
    assert pod.run("executors.Double").returncode == 0
    assert pod.files() == ["outputs.pb"]
    pod.failed("executors.Raises")
    assert pod.files() == ["error.pb"]


@pytest.mark.parametrize("executor", ["executors.Waits", "executors.Awaits"])
def test_sigterm_lets_the_executor_clean_up_and_leaves_an_error_document(pod, executor):
    began = time.monotonic()
    ended = pod.interrupted(executor)
    assert time.monotonic() - began < 20
    assert ended.returncode == 0
    assert (pod.folder / "cleaned").exists()
    error = pod.error()
    assert (error.code, error.kind, error.origin) == ("SYSTEM:Interrupted", RECOVERABLE, SYSTEM)
    assert error.message.endswith("\nMessage:\n\n    Terminated: SIGTERM\n")


def test_an_executor_that_goes_on_after_sigterm_ends_as_it_likes(pod):
    assert pod.interrupted("executors.Refuses").returncode == 0
    assert pod.outputs() == LiteralMap(literals={"x": to_literal(1, int)})


def test_a_checkpoint_is_read_by_the_next_attempt(pod):
    options = ["--checkpoint-path", "cp1"]
    pod.run("executors.Resumes", *options)
    assert pod.outputs() == LiteralMap(literals={"x": to_literal(0, int)})
    pod.run("executors.Resumes", "--checkpoint-path", "cp2", "--prev-checkpoint", "cp1")
    assert pod.outputs() == LiteralMap(literals={"x": to_literal(21, int)})
    assert (pod.folder / "cp2" / "_dst_cp").read_bytes() == b"42"


def test_without_a_place_for_a_checkpoint_the_command_is_told(pod):
    code, kind, _, message = pod.failed("executors.Resumes", "--checkpoint-path", "{{.checkpointOutputPrefix}}")
    assert (code, kind) == ("USER:UriError", NON_RECOVERABLE)
    assert message.startswith("this task has nowhere to leave a checkpoint; its command needs --checkpoint-path ")


def test_secrets_are_found(pod):
    pod.run("executors.Tells", env={"_FSEC_GROUP_KEY": "7"})
    assert pod.outputs() == LiteralMap(literals={"x": to_literal(7, int)})
    code, kind, origin, message = pod.failed("executors.Tells")
    assert (code, kind, origin) == ("USER:SecretError", NON_RECOVERABLE, USER)
    assert message.startswith("secrets.group.key: neither the variable ")


def test_threads_of_the_executor_have_its_context(pod):
    pod.run("executors.Threads")
    assert pod.outputs() == LiteralMap(literals={"x": to_literal(1, int)})


def test_files_are_read_and_uploaded(pod):
    (pod.folder / "in.txt").write_text("text")
    made = template({"file": FlyteFile}, {"x": FlyteFile})
    pod.write(made, {"file": FlyteFile(f"{pod.folder}/in.txt")})
    pod.run("executors.Reads")
    blob = pod.outputs().literals["x"].scalar.blob
    assert re.fullmatch(re.escape(f"{pod.folder}/raw/") + r"[0-9a-f]{32}/upper\.txt", blob.uri)
    assert pathlib.Path(blob.uri).read_text() == "TEXT"


def test_offloaded_inputs_and_outputs(pod):
    (pod.folder / "n.pb").write_bytes(to_literal(21, int).SerializeToString())
    inputs = LiteralMap(literals={"n": Literal(offloaded_metadata={"uri": f"{pod.folder}/n.pb"})})
    (pod.folder / "inputs.pb").write_bytes(inputs.SerializeToString())
    assert pod.run("executors.Double", env={"_F_L_MIN_SIZE_MB": "0"}).returncode == 0
    assert pod.files() == ["outputs.pb", "x_offloaded_metadata.pb"]
    assert Literal.FromString((pod.out / "x_offloaded_metadata.pb").read_bytes()) == to_literal(42, int)
    written = LiteralMap.FromString((pod.out / "outputs.pb").read_bytes())
    assert written.literals["x"].offloaded_metadata.uri == f"{pod.out}/x_offloaded_metadata.pb"


def test_an_import_that_exits_leaves_an_error_document(pod):
    (pod.folder / "exits.py").write_text("import sys\nsys.exit(3)\n")
    code, kind, origin, message = pod.failed("exits.E")
    assert (code, kind, origin) == ("USER:RuntimeError", NON_RECOVERABLE, USER)
    assert message.endswith("\nMessage:\n\n    SystemExit: 3\n")


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Python 3.10 has no groups of exceptions")
def test_a_group_of_exceptions_shows_each_without_our_frames(pod):
    (pod.folder / "groups.py").write_text(
        "import asyncio\nclass E:\n    async def execute_from_model(self, tt, **kwargs):\n"
        "        async with asyncio.TaskGroup() as group:\n            group.create_task(self.fail())\n"
        "    async def fail(self):\n        raise ValueError('inner')\n"
    )
    _, _, _, message = pod.failed("groups.E")
    assert "ValueError: inner" in message
    assert "shimlite/shim.py" not in message


def test_outputs_that_no_message_can_hold_leave_an_error_document(tmp_path):
    class Outputs:
        def SerializeToString(self, deterministic: bool) -> bytes:  # noqa: N802 - protobuf's name
            raise EncodeError("Failed to serialize proto")

    with pytest.raises(OutputsError) as caught:
        _leave(str(tmp_path), "outputs.pb", Outputs(), {})
    assert str(caught.value) == "outputs: together they are larger than 2 GiB, protobuf's limit"
    assert list(tmp_path.iterdir()) == []


def test_an_output_prefix_that_nothing_reaches_is_told_before_the_run():
    arguments = Arguments("/t", "m.E", "/i", "data2://x")
    ending = execute(arguments)
    assert ending.code == 1
    assert ending.words.startswith("cannot reach data2://; only local paths, ")
    assert execute(arguments._replace(test=True)) == Ending(0)


@pytest.mark.parametrize(
    ("prefix", "errors", "ending"),
    [
        ("/o", [MemoryError()], Ending(0, "ValueError: text")),
        ("/o", [StorageError("one"), MemoryError()], Ending(0, "ValueError was raised, and cannot be shown")),
        ("/o", [StorageError("one")] * 6, Ending(1, "Trace:")),
        ("/o", [MemoryError()] * 6, Ending(1, "no error document could be written")),
        ("s3://b/o", [StorageError("one")], Ending(1, "Trace:")),
    ],
)
def test_plainer_documents_are_written_where_the_whole_one_cannot_be(monkeypatch, prefix, errors, ending):
    left = list(errors)

    def write(*arguments: object) -> None:
        if left:
            raise left.pop(0)

    monkeypatch.setattr(entrypoint, "_leave", write)
    ended = fail(prefix, ValueError("text"), Process())
    assert (ended.code, left) == (ending.code, [])
    assert ended.words.startswith(ending.words)
    assert ended.words.endswith("\none") == (ended.code == 1 and "one" in map(str, errors))


def test_a_document_that_cannot_be_made_is_followed_by_a_plainer_one(tmp_path, monkeypatch):
    def broken(error: BaseException) -> str:
        raise MemoryError

    monkeypatch.setattr(failures, "message_of", broken)
    assert fail(str(tmp_path), ValueError("text"), Process()) == Ending(0, "ValueError: text")


def test_an_exception_that_the_caller_handles_is_not_of_the_run(pod, monkeypatch):
    """It belongs to another program, whose frames keep what they hold, too."""
    monkeypatch.chdir(pod.folder)
    monkeypatch.syspath_prepend(pod.folder)

    def other() -> None:
        kept = "local"
        raise KeyError(kept)

    arguments = Arguments("task.pb", "executors.Raises", "inputs.pb", str(pod.out))
    try:
        other()
    except KeyError as error:
        assert execute(arguments).code == 0
        assert error.__traceback__.tb_next.tb_frame.f_locals == {"kept": "local"}
    message = pod.error().message
    assert message.endswith("\nMessage:\n\n    ValueError: it broke\n")
    assert "KeyError: 'inner'" in message
    assert "local" not in message


# --- what a pod sees --------------------------------------------------------------------------------------------------

VALUES = {
    "Point": Point(1),
    "OptionalPoint": Point(1),
    "Points": [Point(1), Point(2, 3.0)],
    "Named": {"a": Point(1)},
    "Either": Place("p"),
    "Deep": Deep(Point(1), [Point(2)], Place("p")),
    "Node": Node(1, Node(2)),
    "Attrs": Attrs(1, datetime.date(2026, 1, 2)),
    "Mixed": [Point(1), Place("p"), None],
    "Word": "a",
    "Words": ["b", "a"],
    "Color": Color.RED,
    "Day": datetime.date(2026, 1, 2),
}


def ended_alike(pod: Pod, executor: str, declared: Any, literal: Literal) -> tuple[str, Any]:
    """What an echo prints, and its output or its error's message.

    They are the same for the template as it is registered and as a pod gets it, and under ``shimlite run``.
    """
    registered = template({"x": declared}, {"x": declared})
    endings = []
    for made in (registered, stripped(registered)):
        shutil.rmtree(pod.out, ignore_errors=True)
        pod.write(made, LiteralMap(literals={"x": literal}))
        printed, failed = pod.run(f"records.{executor}").stdout, pod.files() == ["error.pb"]
        endings.append((printed, pod.error().message if failed else pod.outputs().literals["x"]))
        here = pod.shimlite("run", "--inputs", "inputs.pb", "task.pb", f"records.{executor}")
        assert (here.returncode != 0) is failed
        assert (pod.error().message if failed else printed) in here.stdout + here.stderr
    assert endings[0] == endings[1]
    return endings[1]


@pytest.mark.parametrize("name", VALUES)
def test_an_annotated_executor_reads_and_writes_what_was_registered_as_that(pod, name):
    literal = to_literal(VALUES[name], KINDS[name])
    printed, output = ended_alike(pod, f"Both{name}", KINDS[name], literal)
    assert printed == f"{VALUES[name]!r}\n"
    assert output == literal


@pytest.mark.parametrize("name", ["Point", "Points", "Named", "Either", "Deep", "Mixed", "OptionalPoint"])
def test_records_that_are_returned_without_an_annotation_are_written_as_themselves(pod, name):
    literal = to_literal(VALUES[name], KINDS[name])
    assert ended_alike(pod, f"Echo{name}", KINDS[name], literal) == (f"{VALUES[name]!r}\n", literal)


def test_a_union_of_records_without_annotations_is_a_dict_each_and_so_is_its_echo(pod):
    printed, output = ended_alike(pod, "EchoAnything", KINDS["Either"], to_literal(Place("p"), KINDS["Either"]))
    assert printed == "{'name': 'p'}\n"
    variant = to_literal_type(KINDS["Either"]).union_type.variants[0]
    assert output == union(packed({"name": "p"}), stripped_type(variant))
    assert ended_alike(pod, "BothEither", KINDS["Either"], output) == (
        "Place(name='p')\n",
        to_literal(Place("p"), KINDS["Either"]),
    )


def test_flytectls_null_and_a_date_that_propeller_took_out_of_a_record(pod):
    declared = KINDS["OptionalPoint"]
    null = union(packed(None), to_literal_type(declared).union_type.variants[0])
    assert ended_alike(pod, "BothOptionalPoint", declared, null) == ("None\n", to_literal(None, declared))
    midnight = datetime.datetime(2024, 2, 29, tzinfo=datetime.timezone.utc)
    for executor, value in (("EchoAnything", midnight), ("BothDay", datetime.date(2024, 2, 29))):
        printed, output = ended_alike(pod, executor, datetime.datetime, packed("2024-02-29"))
        assert printed == f"{value!r}\n"
        assert output == to_literal(midnight, datetime.datetime)


@pytest.mark.parametrize("value", [b"", b"x", b"\x80\x04."])
def test_bytes_are_written_so_that_a_cache_takes_them(pod, value):
    literal = Literal(scalar={"binary": {"value": value, "tag": "bytes"}})
    assert to_literal(value, bytes) == literal
    assert ended_alike(pod, "EchoAnything", bytes, literal) == (f"{value!r}\n", literal)


@pytest.mark.parametrize(
    ("executor", "declared", "literal", "message"),
    [
        ("BothPoint", Point, packed({"x": "1"}), "inputs.x.x: expected INTEGER, got str"),
        ("BothPoint", Point, packed({}), "inputs.x: expected Point, got a map without 'x'"),
        ("BothDeep", Deep, packed({"at": {"x": 1}, "many": [{"x": None}]}),
         "inputs.x.many[0].x: expected INTEGER, got None"),
        ("BothWord", KINDS["Word"], to_literal("c", str),
         "inputs.x: expected Literal['a', 'b'], got str that is not one of its values"),
        ("BothPoint", int, to_literal(1, int),
         "outputs.x: annotated Point, but declared int; Point does not fit INTEGER"),
        ("EchoAnything", bytes, Literal(scalar={"binary": {"value": b"\x80\x04N."}}),
         "inputs.x: expected BINARY, got a Python pickle (Flyte 2's bytes, set, Any, Literal)"),
        ("BothPoint", Point, Literal(scalar={"binary": {"value": b"\x80\x04N."}}),
         "inputs.x: expected Point, got a Python pickle (Flyte 2's bytes, set, Any, Literal)"),
    ],
)  # fmt: skip
def test_what_an_annotation_does_not_take_is_an_error_with_its_path(pod, executor, declared, literal, message):
    assert ended_alike(pod, executor, declared, literal) == ("", message)


def test_a_class_whose_fields_no_type_fits_is_the_executors_fault(pod):
    printed, message = ended_alike(pod, "BothOdd", Point, packed({"x": 1}))
    assert printed == ""
    assert message.startswith("outputs.x: annotated Odd, but declared dict; Odd.held: ")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Refuses", "inputs.x: Refuses refused its fields (ValueError)"),
        ("Exits", "inputs.x: Exits refused its fields (SystemExit)"),
        ("Matches", "inputs.x[0].text: Matches refused it (ValueError)"),
        ("Hides", "outputs.x.text: Hides does not tell it (ValueError)"),
    ],
)
def test_what_the_code_of_a_class_says_of_a_value_is_in_no_file_and_no_log(pod, name, message):
    literal = packed([{"text": "s3cr3t"}] if name == "Matches" else {"text": "s3cr3t"})
    made = template({"x": KINDS[name]}, {"x": KINDS[name]})
    pod.write(made, LiteralMap(literals={"x": literal}))
    code = "USER:OutputsError" if name == "Hides" else "USER:InputsError"
    assert pod.failed(f"records.Both{name}") == (code, NON_RECOVERABLE, USER, message)
    assert b"s3cr3t" not in (pod.out / "error.pb").read_bytes()


def test_an_interrupt_in_the_code_of_a_class_shows_no_value(pod):
    pod.write(template({"x": KINDS["Interrupts"]}), LiteralMap(literals={"x": packed({"text": "s3cr3t"})}))
    ended = pod.run("records.EchoInterrupts")
    assert pod.error().code == "SYSTEM:Interrupted"
    assert "s3cr3t" not in f"{ended.stdout}{ended.stderr}{pod.error()}"
