# SPDX-License-Identifier: Apache-2.0
"""The view that executors see: flytekit's attribute names, dicts for maps, None for what is absent."""

from __future__ import annotations

import datetime as dt
import pathlib

import pytest

from shimlite import TaskTemplate, TemplateError, _idl

GOLDEN = pathlib.Path(__file__).parent / "golden" / "sqlite3" / "task_template.pb"


def golden() -> TaskTemplate:
    return TaskTemplate(_idl.TaskTemplate.FromString(GOLDEN.read_bytes()))


def test_the_recorded_template():
    tt = golden()
    assert (tt.id.name, tt.id.project, tt.id.domain, tt.id.version) == ("golden.tracks", "p", "d", "v1")
    assert (tt.type, tt.task_type_version, tt.config) == ("sqlite", 0, {})
    assert list(tt.interface.inputs) == ["at_least", "limit"]
    assert tt.interface.inputs["limit"].type == _idl.LiteralType(simple=_idl.SimpleType.INTEGER)
    assert tt.interface.outputs["results"].description == "results"
    assert tt.custom["uri"] == "tracks.db"
    assert tt.custom["compressed"] is False
    assert tt.container is not None
    assert (tt.container.image, tt.container.command, tt.container.env) == ("example.invalid/slim:1", [], {"E": "1"})
    assert tt.container.args[-1] == "flytekit.extras.sqlite3.task.SQLite3TaskExecutor"
    assert (tt.container.config, tt.container.data_loading_config) == ({}, None)
    assert list(tt.container.resources.requests) == []
    assert repr(tt) == "TaskTemplate('sqlite', 'golden.tracks')"
    assert tt.to_flyte_idl() is tt.proto


def test_metadata_has_flytekits_names():
    metadata = golden().metadata
    assert (metadata.runtime.version, metadata.runtime.flavor) == ("1.16.31", "python")
    assert metadata.retries.retries == 0
    assert metadata.timeout == dt.timedelta(0)
    assert metadata.interruptible is None
    assert metadata.generates_deck is False
    assert metadata.k8s_object_metadata is not None
    assert metadata.cache_ignore_input_vars == ()
    flags = (metadata.discoverable, metadata.cache_serializable, metadata.is_eager)
    assert flags == (False, False, False)
    assert (metadata.discovery_version, metadata.deprecated_error_message, metadata.pod_template_name) == ("", "", "")


def test_what_the_template_sets_is_told_from_what_it_leaves():
    proto = _idl.TaskTemplate()
    proto.metadata.interruptible = False
    proto.metadata.timeout.seconds = 90
    proto.metadata.generates_deck.value = True
    proto.security_context.run_as.iam_role = "r"
    proto.extended_resources.gpu_accelerator.device = "g"
    proto.config["k"] = "v"
    tt = TaskTemplate(proto)
    assert tt.metadata.interruptible is False
    assert tt.metadata.timeout == dt.timedelta(seconds=90)
    assert tt.metadata.generates_deck is True
    assert tt.security_context.run_as.iam_role == "r"
    assert tt.extended_resources.gpu_accelerator.device == "g"
    assert tt.config == {"k": "v"}


def test_what_runs_instead_of_a_container():
    proto = _idl.TaskTemplate()
    proto.sql.statement = "select 1"
    tt = TaskTemplate(proto)
    assert (tt.sql.statement, tt.container, tt.k8s_pod) == ("select 1", None, None)
    proto.k8s_pod.pod_spec.update({"a": 1})
    assert TaskTemplate(proto).k8s_pod.pod_spec["a"] == 1


def test_an_empty_template_has_nothing():
    tt = TaskTemplate(_idl.TaskTemplate())
    assert (tt.container, tt.security_context, tt.k8s_pod, tt.sql, tt.extended_resources) == (None,) * 5
    assert (tt.custom, tt.config, tt.interface.inputs, tt.interface.outputs) == ({}, {}, {}, {})
    assert not tt.interface.outputs


def test_custom_is_one_dict_that_may_be_written_into():
    tt = golden()
    tt.custom["connect_args"] = {"password": "x"}
    assert tt.custom["connect_args"] == {"password": "x"}
    assert "connect_args" not in tt.proto.custom.fields


def test_the_view_cannot_be_changed():
    tt = golden()
    with pytest.raises(AttributeError):
        tt.id = tt.id  # type: ignore[misc]
    with pytest.raises(AttributeError):
        tt.metadata.timeout = dt.timedelta(1)  # type: ignore[misc]


def test_numbers_beyond_double_precision_stay_floats():
    proto = _idl.TaskTemplate()
    proto.custom.update({"exact": 2.0**53, "beyond": 2.0**60, "minus": -0.0, "part": 0.1})
    custom = TaskTemplate(proto).custom
    assert {key: (type(value), repr(value)) for key, value in custom.items()} == {
        "exact": (int, "9007199254740992"),
        "beyond": (float, "1.152921504606847e+18"),
        "minus": (float, "-0.0"),
        "part": (float, "0.1"),
    }


def test_a_broken_template_is_the_templates_fault():
    proto = _idl.TaskTemplate()
    proto.custom.fields["x"].SetInParent()
    with pytest.raises(TemplateError) as caught:
        _ = TaskTemplate(proto).custom
    assert str(caught.value) == "template.custom: a Value of the Struct is unset"
    proto.metadata.timeout.nanos = 2_000_000_000
    with pytest.raises(TemplateError) as caught:
        _ = TaskTemplate(proto).metadata
    assert str(caught.value) == (
        "template.metadata.timeout: expected DURATION, got a Duration of a second or more in nanoseconds"
    )
