# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from shimlite import ExecutableTemplateShimTask, guess_python_type
from shimlite._idl import TaskTemplate
from shimlite.strategies import interfaces, task_templates

from .drawing import drawn


class Executor:
    def execute_from_model(self, tt, **kwargs):
        return None


def test_every_type_of_an_interface_has_a_guess():
    for interface in drawn(interfaces(), 30):
        assert type(interface) is type(TaskTemplate().interface)
        for side in (interface.inputs, interface.outputs):
            for variable in side.variables.values():
                guess_python_type(variable.type)


def test_a_shim_task_takes_every_template():
    for template in drawn(task_templates(), 30):
        task = ExecutableTemplateShimTask(template, Executor)
        assert task.task_template.custom.keys() == set(template.custom.fields)
        assert task.task_template.metadata.timeout.total_seconds() == template.metadata.timeout.seconds
        assert template.container.args[:2] == ["pyflyte-execute", "--inputs"]
        assert template.container.args[-2:-1] == ["{{.taskTemplatePath}}"]
        assert TaskTemplate.FromString(template.SerializeToString()) == template


FORMS = {
    "inputs and outputs": lambda one: one.interface.inputs.variables and one.interface.outputs.variables,
    "a secret": lambda one: one.security_context.secrets,
    "nested custom": lambda one: any(field.HasField("struct_value") for field in one.custom.fields.values()),
    "config": lambda one: one.config,
    "a timeout": lambda one: one.metadata.timeout.seconds,
    "not interruptible": lambda one: one.metadata.HasField("interruptible") and not one.metadata.interruptible,
    "environment and resources": lambda one: one.container.env and one.container.resources.requests,
    "a cached task": lambda one: one.metadata.discoverable,
}


def test_templates_have_all_that_an_executor_may_ask_for():
    found = drawn(task_templates(), 100)
    assert {form for form, wanted in FORMS.items() if any(map(wanted, found))} == set(FORMS)
