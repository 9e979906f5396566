# SPDX-License-Identifier: Apache-2.0
"""``ShimTask.from_template``: what the SDK registers and runs of a template that somebody else made."""

import dataclasses
import datetime as dt
import sys
from typing import Any

import flyte
import pytest
from flyte.io import DataFrame, File

import shimlite
from shimlite import FlyteDirectory, FlyteFile, StructuredDataset, TemplateError, UnsupportedTypeError, task_template
from shimlite.errors import ExecutorError
from shimlite.flyte2 import ShimTask
from shimlite.idl import LiteralType, Secret, TaskTemplate

from . import executors
from .executors import Color, Later, Point
from .test_local import NOON
from .test_registered import ARGS, IMAGE, template_of

SQLITE = "flytekit.extras.sqlite3.task.SQLite3TaskExecutor"
"""What flytekit registers, and a pod takes for shimlite's own."""


def registered(service, template: TaskTemplate, **arguments: Any):
    task = ShimTask.from_template(template, **arguments)
    (spec,) = service.deployed(flyte.TaskEnvironment.from_task("e", task)).values()
    return spec


def test_what_a_template_says_the_sdk_registers(service):
    template = task_template(
        Later,
        name="acme.later",
        container_image=IMAGE,
        task_type="later",
        task_type_version=3,
        custom={"rows": 2},
        environment={"A": "b"},
        requests={"cpu": "500m", "mem": "1Gi", "ephemeral_storage": "2Gi"},
        limits={"cpu": "1", "gpu": "2"},
        secret_requests=[
            Secret(group="g", key="my-key", mount_requirement=Secret.ENV_VAR),
            Secret(group="alone", env_var="MINE"),
            Secret(group="g", key="file", mount_requirement=Secret.FILE),
        ],
        cache=True,
        cache_version="7",
        cache_serialize=True,
        cache_ignore_input_vars=["days"],
        interruptible=True,
        retries=4,
        timeout=60,
        pod_template_name="named",
    )
    template.security_context.run_as.k8s_service_account = "robot"
    template.container.config.add(key="c", value="d")
    template.container.command.append("python")
    found = registered(service, template).task_template
    assert (found.id.name, found.type, found.task_type_version) == ("acme.later", "later", 3)
    assert {one.key: one.value for one in found.container.env}["A"] == "b"
    names = {1: "cpu", 2: "gpu", 3: "mem", 5: "disk"}
    resources = found.container.resources
    assert {names[one.name]: one.value for one in resources.requests} == {
        "cpu": "500m",
        "mem": "1Gi",
        "gpu": "2",
        "disk": "2Gi",
    }
    assert {names[one.name]: one.value for one in resources.limits} == {"cpu": "1"}
    secrets = [(one.group, one.key, one.env_var, one.mount_requirement) for one in found.security_context.secrets]
    assert secrets == [
        ("g", "my-key", "G_MY_KEY", Secret.ENV_VAR),
        ("", "alone", "MINE", Secret.ENV_VAR),
        ("g", "file", "", Secret.FILE),
    ]
    assert found.security_context.run_as.k8s_service_account == "robot"
    metadata = found.metadata
    assert (metadata.discoverable, metadata.discovery_version, metadata.cache_serializable) == (True, "7", True)
    assert list(metadata.cache_ignore_input_vars) == ["days"]
    assert (metadata.interruptible, metadata.retries.retries, metadata.timeout.seconds) == (True, 4, 60)
    assert (metadata.pod_template_name, found.container.image) == ("named", IMAGE)
    assert [(one.key, one.value) for one in found.container.config] == [("c", "d")]


def test_a_template_that_says_little_asks_for_nothing(service):
    found = registered(service, task_template(Later, name="later", container_image=IMAGE)).task_template
    assert not found.HasField("security_context")
    assert not found.container.HasField("resources")
    assert not found.metadata.HasField("timeout")
    assert not found.metadata.discoverable


def test_what_arguments_say_counts_more(service):
    template = task_template(Later, name="later", container_image=IMAGE, requests={"cpu": "1"}, cache=False)
    template.container.resources.limits.add(name=2, value="0.5")
    found = registered(service, template, resources=flyte.Resources(gpu=1), env_vars={"B": "c"}, task_type="other")
    requests = found.task_template.container.resources.requests
    assert [(one.name, one.value) for one in requests] == [(2, "1")]
    assert (found.task_template.type, found.task_template.container.env[0].value) == ("other", "c")


def test_the_pod_gets_the_template_itself_with_the_arguments_of_shimlite(service):
    template = task_template(Later, name="later", container_image="{{.image}}", custom={"a": 1}, retries=2)
    template.container.args[0] = "pyflyte-execute"
    template.container.command.append("python")
    spec = registered(service, template, image=IMAGE, name="other", retries=3)
    assert list(spec.task_template.container.args[:-2]) == list(ARGS)
    expected = TaskTemplate()
    expected.CopyFrom(template)
    expected.id.project, expected.id.domain, expected.id.org = "p", "d", "o"
    expected.id.name, expected.id.version = "other", "v1"
    expected.container.ClearField("command")
    expected.container.args[:] = [*ARGS, "{{.taskTemplatePath}}", "tests.flyte2.executors.Later"]
    assert template_of(spec) == expected
    assert (spec.task_template.container.image, spec.task_template.metadata.retries.retries) == (IMAGE, 3)
    assert template.container.args[0] == "pyflyte-execute"  # it is somebody else's, and as it was


def test_records_have_the_tag_by_which_the_sdk_knows_them_and_schemas_become_datasets(service):
    types = {
        "point": Point,
        "points": list[Point],
        "by_name": dict[str, Point],
        "maybe": Point | None,
        "color": Color,
        "file": FlyteFile["csv"],
        "folder": FlyteDirectory,
        "table": StructuredDataset,
        "schema": shimlite.FlyteSchema,
        "plain": dict,
    }
    template = task_template(executors.Anything, name="any", container_image=IMAGE, inputs=types, outputs={"o0": int})
    inputs = {one.key: one.value.type for one in registered(service, template).task_template.interface.inputs.variables}
    record = "Object-Dataclass-Transformer"
    assert inputs["point"].structure.tag == record
    assert inputs["point"].metadata["title"] == "Point"
    assert inputs["points"].collection_type.structure.tag == record
    assert inputs["by_name"].map_value_type.structure.tag == record
    assert [one.structure.tag for one in inputs["maybe"].union_type.variants] == [record, "none"]
    assert list(inputs["color"].enum_type.values) == ["red", "blue"]
    assert inputs["schema"].HasField("structured_dataset_type")
    assert inputs["table"].HasField("structured_dataset_type")
    assert (inputs["file"].blob.dimensionality, inputs["folder"].blob.dimensionality) == (0, 1)
    assert not inputs["plain"].structure.tag


def test_it_runs_here_by_the_class_that_the_template_names_or_is_said(service):
    template = task_template(Later, name="later", container_image=IMAGE)
    for task in (ShimTask.from_template(template), ShimTask.from_template(template, executor=Later)):
        assert task(at=NOON, days=1) == [NOON]
    assert ShimTask.from_template(template, executor=Later)(NOON) == [NOON + dt.timedelta(days=day) for day in range(3)]
    changed = ShimTask.from_template(template).override(retries=2)
    assert changed(NOON, days=1) == [NOON]


def test_a_record_is_written_by_the_class_that_the_sdk_makes_of_its_schema_or_is_said(service):
    template = task_template(executors.Kinds, name="kinds", container_image=IMAGE)
    for name in list(template.interface.inputs.variables):
        if name != "point":
            del template.interface.inputs.variables[name]
    template.container.args[-1] = "tests.flyte2.executors.Anything"
    del template.interface.outputs.variables["o1"]
    template.interface.outputs.variables["o0"].CopyFrom(template.interface.inputs.variables["point"])
    guessed = ShimTask.from_template(template)
    assert dataclasses.asdict(guessed(point={"x": 1, "day": "2026-01-02", "color": "blue"}))["color"] == "blue"
    said = ShimTask.from_template(template, inputs={"point": Point}, outputs={"o0": Point})
    assert said(Point(1, dt.date(2026, 1, 2))) == Point(1, dt.date(2026, 1, 2))


def test_a_sqlite_task_gives_a_table(service, tmp_path):
    import sqlite3

    connection = sqlite3.connect(tmp_path / "t.db")
    with connection:
        connection.execute("create table t (a int)")
        connection.executemany("insert into t values (?)", [(1,), (2,)])
    connection.close()
    custom = {"uri": f"{tmp_path}/t.db", "compressed": False, "query_template": "select a from t limit {{ .inputs.n }}"}
    template = task_template(
        executors.Anything,
        name="rows",
        container_image=IMAGE,
        task_type="sqlite",
        inputs={"n": int},
        outputs={"results": shimlite.FlyteSchema},
        custom=custom,
    )
    template.container.args[-1] = SQLITE
    task = ShimTask.from_template(template)
    spec = service.deployed(flyte.TaskEnvironment.from_task("e", task))["rows"]
    assert spec.task_template.container.args[-1] == SQLITE
    table = task(n=1)
    assert type(table) is DataFrame
    from shimlite.parquet import read_rows

    assert read_rows(table.uri) == [{"a": 1}]


# ------------------------------------------------------------------------------------------------------------ refusals


def test_what_is_no_such_template_is_refused(service):
    template = task_template(Later, name="later", container_image=IMAGE)
    cases: list[tuple[Any, dict[str, Any], str]] = [
        (None, {}, "template: expected a TaskTemplate, got None"),
        (TaskTemplate(), {}, "template: has no container"),
        (changed(template, lambda one: one.container.ClearField("args")), {}, "template: names no executor; give "),
        (
            changed(template, lambda one: one.metadata.metadata.labels.update(a="b"), pod_template_name="named"),
            {},
            "template: has a pod template's name and labels, and the SDK takes one of them; give pod_template=",
        ),
        (
            changed(template, lambda one: one.container.resources.limits.add(name=2, value="0.5")),
            {},
            "template: asks for GPUs by what is no whole number; give resources=",
        ),
        *(
            (
                changed(template, lambda one, size=size: one.container.resources.limits.add(name=2, value="9" * size)),
                {},
                "template: asks for GPUs by what is no whole number; give resources=",
            )
            for size in (10, 5000)
        ),
        *(
            (
                changed(template, lambda one, seconds=seconds: one.metadata.timeout.FromSeconds(seconds)),
                {},
                "template: has a timeout that is no time between 0 and 292 years",
            )
            for seconds in (-1, 2**35)
        ),
        *(
            (
                changed(template, lambda one, secret=secret: one.security_context.secrets.add().CopyFrom(secret)),
                {},
                "template: has a secret of a name that Flyte 2's SDK does not take; give secrets=",
            )
            for secret in (Secret(), Secret(key="k", env_var="1 x"))
        ),
        (template, {"name": ""}, "name: is empty, or holds what cannot be printed"),
        (template, {"inputs": [int]}, "inputs: expected a dict of names to types, got list of 1"),
        (template, {"outputs": {"x": int}}, "outputs: has a name that the template does not have"),
        (template, {"image": "no image"}, "image: is no image such as 'ghcr.io/acme/later:1'"),
        (changed(template, lambda one: None), {"executor": int}, "executor: int has no execute_from_model"),
    ]
    for given, arguments, expected in cases:
        with pytest.raises((TemplateError, ExecutorError)) as error:
            ShimTask.from_template(given, **arguments)
        assert str(error.value).startswith(expected)


def changed(template: TaskTemplate, change, pod_template_name: str = "") -> TaskTemplate:
    found = TaskTemplate()
    found.CopyFrom(template)
    found.metadata.pod_template_name = pod_template_name
    change(found)
    return found


def test_labels_become_a_pod_template_of_the_sdk():
    template = task_template(Later, name="later", container_image=IMAGE, labels={"a": "b"}, annotations={"c": "d"})
    task = ShimTask.from_template(template)
    named = changed(template, lambda one: None, pod_template_name="named")
    assert ShimTask.from_template(named, pod_template="other").pod_template == "other"
    assert task.pod_template == flyte.PodTemplate(labels={"a": "b"}, annotations={"c": "d"})


def of_a_schema_that_is_none() -> LiteralType:
    literal_type = LiteralType(simple=9)
    literal_type.metadata.update({"title": 3, "properties": 5})
    return literal_type


def deeper_than_any_reader_goes() -> LiteralType:
    literal_type = inner = LiteralType()
    for _ in range(500):
        inner = inner.collection_type
    inner.simple = 1
    return literal_type


@pytest.mark.parametrize(
    ("literal_type", "expected"),
    [
        (LiteralType(simple=7), "inputs.days: Flyte 2's SDK pickles FlytePickle, and a pickle is not read"),
        (
            LiteralType(simple=8),
            "inputs.days: Flyte 2's SDK knows no Python type for this one; say it in inputs= or outputs=",
        ),
        *(
            (one, "inputs.days: Flyte 2's SDK knows no Python type for this one; say it in inputs= or outputs=")
            for one in (of_a_schema_that_is_none(), deeper_than_any_reader_goes())
        ),
        (LiteralType(enum_type={}), "inputs.days: Flyte 2's SDK cannot write DynamicEnum"),
    ],
)
def test_a_type_that_the_sdk_does_not_know_is_refused(literal_type, expected):
    template = task_template(Later, name="later", container_image=IMAGE)
    template.interface.inputs.variables["days"].type.CopyFrom(literal_type)
    with pytest.raises(UnsupportedTypeError) as error:
        ShimTask.from_template(template)
    assert str(error.value) == expected


def test_an_executor_that_is_not_imported_here_is_for_the_pod_alone(service, monkeypatch):
    template = task_template(Later, name="later", container_image=IMAGE)
    template.container.args[-1] = "acme.not_here.Later"
    task = ShimTask.from_template(template)
    spec = service.deployed(flyte.TaskEnvironment.from_task("e", task))["later"]
    assert spec.task_template.container.args[-1] == "acme.not_here.Later"
    assert "acme" not in sys.modules
    with pytest.raises(flyte.errors.NonRecoverableError) as error:
        task(at=NOON, days=1)
    assert str(error.value) == "executor: acme.not_here.Later is not imported here; import it, or give executor="


def test_an_automatic_version_is_of_what_is_known(service):
    template = task_template(Later, name="later", container_image=IMAGE)
    versions = {
        registered(service, template, cache="auto", **more).task_template.metadata.discovery_version
        for more in ({}, {"executor": Later}, {"retries": 2})
    }
    assert len(versions) == 2


def test_files_are_said_by_the_sdks_types(service, tmp_path):
    template = task_template(executors.Copies, name="copies", container_image=IMAGE)
    (tmp_path / "a.txt").write_text("text")
    copy = ShimTask.from_template(template)(file=File(path=str(tmp_path / "a.txt")))
    assert type(copy) is File
    with open(copy.path) as found:
        assert found.read() == "a copy of text"
