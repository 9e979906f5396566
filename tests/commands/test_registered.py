# SPDX-License-Identifier: Apache-2.0
"""What became of our own packages on Flyte 1.16.8: flytectl prints what was packaged, and pods get it without schemas.

``golden/registered.jsonl`` was recorded with the tasks of ``golden/registered_tasks.py``, all of which succeeded there.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from shimlite._idl import TaskTemplate
from shimlite._version import __version__
from shimlite.authoring.packages import package
from shimlite.cli import main
from shimlite.commands.messages import find_template
from shimlite.shim import ExecutableTemplateShimTask
from shimlite.signatures import input_types

from ..authoring.stubbed import executor_of
from ..golden import registered_tasks
from ..golden.recorded import message, rows
from ..stripping import stripped

TASKS = {row["name"]: row for row in rows("registered.jsonl")}
each_task = pytest.mark.parametrize("name", TASKS)


def packaged(name: str) -> TaskTemplate:
    return message(TaskTemplate, TASKS[name]["packaged"])


def in_pod(name: str) -> TaskTemplate:
    return message(TaskTemplate, TASKS[name]["in_pod"])


def registered(name: str) -> TaskTemplate:
    template = packaged(name)
    template.id.project, template.id.domain, template.id.version = "demo", "development", "v1"
    return template


def printed(name: str, tmp_path: Any) -> str:
    """A file of what flytectl printed."""
    path = tmp_path / f"{name}.json"
    path.write_text(TASKS[name]["printed"], "utf-8")
    return str(path)


def executor_of_task(name: str) -> Any:
    found: Any = registered_tasks
    for part in packaged(name).container.args[-1].split(".")[1:]:
        found = getattr(found, part)
    return found


def test_every_task_is_recorded():
    templates = {name: one for name, one in vars(registered_tasks).items() if isinstance(one, TaskTemplate)}
    assert list(templates) == list(TASKS)
    package(templates.values())  # none is refused


@each_task
def test_task_template_makes_what_was_packaged(name: str):
    made, recorded = getattr(registered_tasks, name), packaged(name)
    assert recorded.container.args[-1] == f"registered_tasks.{executor_of_task(name).__qualname__}"
    recorded.container.args[-1] = f"{registered_tasks.__name__}.{executor_of_task(name).__qualname__}"
    recorded.metadata.runtime.version = __version__
    assert made == recorded


@each_task
def test_flytectl_prints_what_was_packaged(name: str):
    found = find_template(TASKS[name]["printed"].encode())
    assert found == ("Task in JSON", registered(name))


@each_task
def test_the_pod_got_it_without_schemas(name: str):
    assert in_pod(name) == stripped(registered(name))


@each_task
def test_the_executor_fits_what_flytectl_prints_and_what_a_pod_gets(name: str, tmp_path, capsys):
    executor, interface = executor_of_task(name), packaged(name).interface
    (tmp_path / "task.pb").write_bytes(in_pod(name).SerializeToString())
    for file in (printed(name, tmp_path), str(tmp_path / "task.pb")):
        assert main(["inspect", file, "--executor", f"{executor.__module__}.{executor.__qualname__}"]) == 0
        shown = capsys.readouterr().out
        assert "warning" not in shown
        assert shown.count(", annotated ") == len(interface.inputs.variables) + len(interface.outputs.variables)


@each_task
def test_stubs_of_what_flytectl_prints_and_of_what_a_pod_gets_fit_both(name: str, tmp_path, capsys):
    (tmp_path / "task.pb").write_bytes(in_pod(name).SerializeToString())
    for file in (printed(name, tmp_path), str(tmp_path / "task.pb")):
        assert main(["stub", file]) == 0
        stub = executor_of(capsys.readouterr().out)
        ExecutableTemplateShimTask(registered(name), stub)
        ExecutableTemplateShimTask(in_pod(name), stub)


def test_a_stub_of_what_flytectl_prints_is_the_executor(tmp_path, capsys):
    """Which takes and returns the same types as the executor that the template was made from, fields and all."""
    assert main(["stub", printed("draw", tmp_path)]) == 0
    stub = executor_of(capsys.readouterr().out)
    assert stub.__name__ == "Draw"
    made = ExecutableTemplateShimTask(registered("draw"), stub)
    inputs = input_types(made.executor, made.task_template.interface.inputs)
    assert set(inputs["shape"].__dataclass_fields__) == {"name", "points", "color", "when", "extra"}
    assert inputs["shapes"].__args__ == (inputs["shape"],)


def test_what_flytectl_prints_runs(tmp_path, capsys):
    arguments = ["--input", "at=2026-09-01T08:00:00Z", "--input", "days=2"]
    assert main(["run", printed("later", tmp_path), f"{registered_tasks.__name__}.Later", *arguments]) == 0
    assert json.loads(capsys.readouterr().out) == {"o0": ["2026-09-01T08:00:00+00:00", "2026-09-02T08:00:00+00:00"]}
