# SPDX-License-Identifier: Apache-2.0
"""What a pod knows of Flyte 2 by name and number, beside the SDK and the messages that it has them from."""

from __future__ import annotations

import inspect

import flyte._initialize
import flyte.errors
from flyteidl2.common import identifier_pb2
from flyteidl2.workflow import run_service_pb2

from shimlite.container import on_flyte2
from shimlite.secrets import FLYTE_2_ONLY


def test_the_exception_that_is_not_tried_again():
    cls = flyte.errors.NonRecoverableError
    assert f"{cls.__module__}.{cls.__qualname__}" == on_flyte2._NON_RECOVERABLE


def test_the_question_and_the_place_of_the_template():
    environment = {
        "_U_EP_OVERRIDE": "h",
        "FLYTE_INTERNAL_EXECUTION_PROJECT": "p",
        "FLYTE_INTERNAL_EXECUTION_DOMAIN": "d",
        "RUN_NAME": "r",
        "ACTION_NAME": "a",
    }
    run = identifier_pb2.RunIdentifier(project="p", domain="d", name="r")
    action = identifier_pb2.ActionIdentifier(run=run, name="a")
    asked = run_service_pb2.GetActionDetailsRequest(action_id=action)
    question = on_flyte2._question(environment)
    assert question.body == asked.SerializeToString()
    answer = run_service_pb2.GetActionDetailsResponse()
    answer.details.task.task_template.type = "t"
    assert on_flyte2._template_in(answer.SerializeToString(), question) == b"\x12\x01t"
    service = run_service_pb2.DESCRIPTOR.services_by_name["RunService"]
    method = service.methods_by_name["GetActionDetails"]
    assert f"/{service.full_name}/{method.name}" == on_flyte2.METHOD
    assert (method.input_type.name, method.output_type.name) == (
        type(asked).DESCRIPTOR.name,
        type(answer).DESCRIPTOR.name,
    )


def test_the_variables_that_the_sdk_reads_in_a_pod():
    source = inspect.getsource(flyte._initialize.init_in_cluster)
    for name in (on_flyte2.ADDRESS, on_flyte2.INSECURE, "FLYTE_INTERNAL_EXECUTION_PROJECT"):
        assert f'"{name}"' in source
    assert FLYTE_2_ONLY == "ACTION_NAME"
