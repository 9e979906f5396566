# SPDX-License-Identifier: Apache-2.0
"""The README's change of an executor from flytekit: the side before runs under flytekit, the side after here."""

from __future__ import annotations

from typing import Any

from flytekit import FlyteContextManager
from flytekit.core import shim_task
from flytekit.models.literals import LiteralMap as LiteralMapModel
from flytekit.models.task import TaskTemplate as TaskTemplateModel

from shimlite import ExecutableTemplateShimTask, FlyteFile, dict_to_literal_map, to_literal

from ..build import template
from ..pages import README, fences, sides


def executor_of(source: str) -> Any:
    names: dict[str, Any] = {}
    exec(compile(source, str(README), "exec"), names)
    return names["CountWords"]


def test_it_gives_the_same_on_both_sides_of_the_change(tmp_path):
    (tmp_path / "text").write_text("one two\nthree")
    of_text = template({"text": FlyteFile}, {"o0": int})
    inputs = dict_to_literal_map({"text": FlyteFile(str(tmp_path / "text"))}, of_text.interface.inputs)
    before, after = map(executor_of, sides(*fences("diff")))
    assert (before.__base__.__module__, after.__base__.__module__) == ("flytekit.core.shim_task", "shimlite.shim")
    theirs = shim_task.ExecutableTemplateShimTask(TaskTemplateModel.from_flyte_idl(of_text), before)
    written = theirs.dispatch_execute(FlyteContextManager.current_context(), LiteralMapModel.from_flyte_idl(inputs))
    assert {name: literal.to_flyte_idl() for name, literal in written.literals.items()} == {"o0": to_literal(3, int)}
    assert dict(ExecutableTemplateShimTask(of_text, after).dispatch_execute(None, inputs).literals) == {
        "o0": to_literal(3, int)
    }
