# SPDX-License-Identifier: Apache-2.0
"""``task_template`` beside flytekit's ``PythonCustomizedContainerTask``: the same template, field by field."""

from __future__ import annotations

import datetime as dt
import inspect
import io
import tarfile
from collections import OrderedDict
from typing import Any

import flytekit
import pytest
from flytekit import FlyteContextManager, Resources
from flytekit.configuration import ImageConfig, SerializationSettings
from flytekit.core.base_task import TaskMetadata
from flytekit.core.docstring import Docstring
from flytekit.core.interface import Interface, extract_return_annotation, transform_interface_to_typed_interface
from flytekit.core.python_customized_container_task import PythonCustomizedContainerTask
from flytekit.core.shim_task import ExecutableTemplateShimTask
from flytekit.models.admin.task_execution import TaskExecution  # noqa: F401 - flytekit.remote needs it first
from flytekit.models.literals import LiteralMap as LiteralMapModel
from flytekit.models.security import Secret
from flytekit.models.task import TaskTemplate as TaskTemplateModel
from flytekit.remote.entities import FlyteTask
from flytekit.tools.translator import get_serializable

import shimlite
from shimlite import idl, task_template
from shimlite.authoring.packages import package

from . import authoring_executors as executors

IMAGE = "ghcr.io/acme/later:1"
SETTINGS = SerializationSettings(project="", domain="", version="", env={}, image_config=ImageConfig.auto())


class TheirTask(PythonCustomizedContainerTask):  # type: ignore[type-arg]
    def __init__(self, custom: Any, **arguments: Any) -> None:
        self._custom_dict = custom
        super().__init__(task_config=None, container_image=IMAGE, **arguments)

    def get_custom(self, settings: SerializationSettings) -> Any:
        return self._custom_dict


def theirs(executor: Any, interface: Interface, custom: Any = None, **arguments: Any) -> idl.TaskTemplate:
    task = TheirTask(custom or {}, name="acme.later", executor_type=executor, interface=interface, **arguments)
    spec = get_serializable(OrderedDict(), SETTINGS, task).to_flyte_idl()
    return idl.TaskTemplate.FromString(spec.template.SerializeToString())


def ours(executor: Any, **arguments: Any) -> idl.TaskTemplate:
    """With the two things that differ as flytekit has them: the program, and the release that made the template."""
    template = task_template(executor, name="acme.later", container_image=IMAGE, **arguments)
    assert template.container.args[0] == "shimlite-execute"
    assert template.metadata.runtime.version == shimlite.__version__
    template.container.args[0] = "pyflyte-execute"
    template.metadata.runtime.version = flytekit.__version__
    return template


OF_TEMPLATES: tuple[dict[str, Any], ...] = (
    {},
    {"task_type": "later", "task_type_version": 3},
    {"custom": {"a": 1, "l": [1.5, None, True, "x", (), {"k": {}}], "n": -(2**53)}},
    {"environment": {"B": "1", "A": "ü"}},
    {"requests": {"cpu": "1", "mem": "1Gi"}, "limits": {"gpu": "2", "ephemeral_storage": "1Gi", "cpu": "2"}},
    {"requests": {}, "limits": {"mem": "500Mi"}},
    {"secret_requests": [("g", "k", None, 0, None), ("g", None, "v", 2, "X")]},
)
OF_METADATA: tuple[dict[str, Any], ...] = (
    {"cache": True, "cache_version": "1", "cache_serialize": True, "cache_ignore_input_vars": ("a", "b")},
    {"cache_version": "1"},
    {"interruptible": True},
    {"interruptible": False, "deprecated": "use other"},
    {"retries": 3, "timeout": 90},
    {"timeout": dt.timedelta(milliseconds=1500), "pod_template_name": "big"},
    {"timeout": 0},
    {"labels": {"a": "b"}, "annotations": {"c": "d", "e": ""}},
)


def their_arguments(arguments: dict[str, Any]) -> dict[str, Any]:
    found = dict(arguments)
    for side in ("requests", "limits"):
        if side in found:
            found[side] = Resources(**found[side])
    if "secret_requests" in found:
        found["secret_requests"] = [
            Secret(group, key, version, Secret.MountType(mount), name)
            for group, key, version, mount, name in found["secret_requests"]
        ]
    return found


def our_arguments(arguments: dict[str, Any]) -> dict[str, Any]:
    found = dict(arguments)
    if "secret_requests" in found:
        found["secret_requests"] = [
            idl.Secret(group=group, key=key, group_version=version, mount_requirement=mount, env_var=name)
            for group, key, version, mount, name in found["secret_requests"]
        ]
    return found


@pytest.mark.parametrize("arguments", [*OF_TEMPLATES, *({"metadata": one} for one in OF_METADATA)], ids=str)
def test_each_argument_is_written_as_flytekit_writes_it(arguments):
    types = {"a": int, "b": str}
    metadata = arguments.get("metadata", {})
    their_own = their_arguments({name: value for name, value in arguments.items() if name != "metadata"})
    our_own = our_arguments({name: value for name, value in arguments.items() if name != "metadata"})
    expected = theirs(
        executors.Anything, Interface(types, {"o0": bool}), metadata=TaskMetadata(**metadata), **their_own
    )
    assert ours(executors.Anything, inputs=types, outputs={"o0": bool}, **our_own, **metadata) == expected


@pytest.mark.parametrize(
    "executor",
    [
        executors.Scalars, executors.Named, executors.NamedAlone, executors.Two, executors.Records, executors.Nothing,
    ],
)  # fmt: skip
def test_annotations_and_docstrings_are_read_as_flytekit_reads_a_tasks(executor):
    method = executor.execute_from_model
    hints = {name: one.annotation for name, one in inspect.signature(method, eval_str=True).parameters.items()}
    inputs = {name: (hint, None) for name, hint in hints.items() if name not in ("self", "tt")}
    outputs = extract_return_annotation(inspect.signature(method, eval_str=True).return_annotation)
    interface = Interface(inputs, outputs, docstring=Docstring(callable_=method))
    found = task_template(executor, name="a", container_image=IMAGE).interface
    assert found == transform_interface_to_typed_interface(interface).to_flyte_idl()


def packaged(executor: Any) -> idl.TaskTemplate:
    archive = package([task_template(executor, name="acme.later", container_image=IMAGE, custom={"limit": 5})])
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        (name,) = tar.getnames()
        spec = idl.TaskSpec.FromString(tar.extractfile(name).read())
    return spec.template


def test_flytekit_loads_what_is_packaged():
    template = packaged(executors.Scalars)
    task = FlyteTask.promote_from_model(TaskTemplateModel.from_flyte_idl(template))
    assert (task.id.name, task.type, task.custom) == ("acme.later", "python-task", {"limit": 5.0})
    assert task.container.args[0] == "shimlite-execute"
    assert {name: one.description for name, one in task.interface.inputs.items()} == {
        "a": "the first,\nan int", "b": "the second", "c": "c", "d": "d",
    }  # fmt: skip
    assert task.to_flyte_idl().template == template


@pytest.mark.parametrize(
    ("executor", "inputs"),
    [
        (executors.Scalars, {"a": 1, "b": "x", "c": 2.5, "d": True}),
        (executors.Nothing, {}),
        (executors.Named, {"values": [1, 2]}),
        (executors.Two, {"a": 5}),
    ],
)
def test_flytekit_runs_what_is_packaged_to_the_same_outputs(executor, inputs):
    template = packaged(executor)
    literals = shimlite.dict_to_literal_map(inputs, template.interface.inputs)
    found = shimlite.ExecutableTemplateShimTask(template, executor).dispatch_execute(None, literals)
    task = ExecutableTemplateShimTask(TaskTemplateModel.from_flyte_idl(template), executor)
    model = task.dispatch_execute(FlyteContextManager.current_context(), LiteralMapModel.from_flyte_idl(literals))
    expected = model.to_flyte_idl()
    if len(template.interface.outputs.variables) > 1:  # it names several in the order of its process's hashes
        assert sorted(map(str, expected.literals.values())) == sorted(map(str, found.literals.values()))
    else:
        assert found == expected
