# SPDX-License-Identifier: Apache-2.0
"""Templates as flytekit and the SDK of Flyte 2 make them, found in their bytes and in their JSON."""

from __future__ import annotations

import os
import pathlib
from collections import OrderedDict
from typing import Any

import flytekit
import pytest
from flyteidl.admin import task_pb2 as admin
from flytekit.configuration import ImageConfig, SerializationSettings
from flytekit.tools.translator import get_serializable
from google.protobuf import json_format

if "CI" not in os.environ:
    pytest.importorskip("flyte", reason="LEFT OUT, flyte is not installed")
import flyte
from flyte._internal.runtime.task_serde import translate_task_to_wire
from flyte.models import CodeBundle, SerializationContext
from flyteidl2.core.tasks_pb2 import TaskTemplate as TaskTemplate2
from flyteidl2.task import common_pb2, task_definition_pb2

from shimlite._idl import TaskTemplate
from shimlite.commands.descriptions import describe
from shimlite.commands.messages import find_template

environment = flyte.TaskEnvironment(
    name="messages",
    image="example.invalid/x:1",
    resources=flyte.Resources(cpu=1, memory="1Gi", gpu="A100:1"),
    reusable=flyte.ReusePolicy(replicas=2),
    secrets=[flyte.Secret(key="k", group="g")],
)


@environment.task(retries=2, cache="auto")
async def later(days: int, name: str = "a") -> list[str]:
    """Says so.

    Args:
        days: how many
    """
    return [name] * days


def spec_of_flyte_2() -> Any:
    bundle = CodeBundle(computed_version="v", tgz="s3://b/code.tgz")
    context = SerializationContext(
        version="v1", project="p", domain="d", org="o", root_dir=pathlib.Path(__file__).parent, code_bundle=bundle
    )
    spec = translate_task_to_wire(later, context)
    spec.default_inputs.append(common_pb2.NamedParameter(name="name"))
    spec.default_inputs[0].parameter.var.type.simple = 3
    return spec


def test_flyte_2():
    spec = spec_of_flyte_2()
    template = spec.task_template.SerializeToString()
    details = task_definition_pb2.TaskDetails(spec=spec)
    written = {
        "TaskTemplate": template,
        "TaskSpec": spec.SerializeToString(),
        "TaskTemplate in JSON": json_format.MessageToJson(spec.task_template).encode(),
        "TaskSpec in JSON": json_format.MessageToJson(spec).encode(),
        "TaskDetails in JSON": json_format.MessageToJson(details, preserving_proto_field_name=True).encode(),
    }
    for source, content in written.items():
        found = find_template(content)
        assert found is not None
        assert found.source == source
        wanted = TaskTemplate.FromString(template)
        if source.endswith("JSON"):
            wanted.DiscardUnknownFields()
        else:
            again = TaskTemplate2.FromString(found.template.SerializeToString())
            again.interface.inputs.variables.sort(key=lambda one: one.key)  # a list there, and a map here
            assert again == spec.task_template
        assert found.template == wanted
    described = describe(written["TaskSpec"])
    assert (described["name"], described["metadata"]["retries"]) == ("messages.later", 2)
    told = {one.key: one.value.description for one in spec.task_template.interface.inputs.variables}
    assert {one["name"]: one["description"] for one in described["inputs"]} == told
    assert list(told) == ["days", "name"]


def test_flytekit():
    @flytekit.task(container_image="example.invalid/x:1", cache=True, cache_version="1")
    def double(a: int) -> int:
        return 2 * a

    @flytekit.workflow
    def twice(a: int = 3) -> int:
        return double(a=double(a=a))

    plan = flytekit.LaunchPlan.get_or_create(twice, "plan", default_inputs={"a": 5})
    settings = SerializationSettings(ImageConfig.auto(img_name="example.invalid/x:1"), project="p", domain="d")
    task, workflow, launch_plan = (
        get_serializable(OrderedDict(), settings, one).to_flyte_idl() for one in (double, twice, plan)
    )
    closure = admin.Task(closure={"compiled_task": {"template": task.template}})
    written = {
        "TaskTemplate": task.template.SerializeToString(),
        "TaskSpec": task.SerializeToString(),
        "TaskSpec in JSON": json_format.MessageToJson(task).encode(),
        "Task in JSON": json_format.MessageToJson(closure, always_print_fields_with_no_presence=True).encode(),
    }
    for source, content in written.items():
        assert find_template(content) == (source, task.template)
    for other in (workflow, launch_plan, launch_plan.spec, workflow.template):
        assert find_template(other.SerializeToString()) is None
