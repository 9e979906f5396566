# SPDX-License-Identifier: Apache-2.0
"""Templates that flytekit made, registered and run with Flyte 2's SDK. What needs no flytekit is in tests/flyte2."""

import sqlite3
from collections import OrderedDict
from typing import get_type_hints

import flyte
import flytekit
import pytest
from flyte.io import DataFrame
from flytekit import kwtypes
from flytekit.configuration import Image, ImageConfig, SerializationSettings
from flytekit.core.interface import Interface
from flytekit.extras.sqlite3.task import SQLite3Config, SQLite3Task, SQLite3TaskExecutor
from flytekit.tools.translator import get_serializable
from flytekit.types.schema import FlyteSchema

from shimlite.flyte2 import ShimTask
from shimlite.idl import TaskTemplate
from shimlite.parquet import read_rows
from tests.flyte2.service import Service
from tests.flyte2.test_registered import ARGS, template_of

from .authoring_executors import Records
from .test_authoring import ours, theirs

IMAGE = "ghcr.io/acme/later:1"


def template_by_flytekit(task) -> TaskTemplate:
    settings = SerializationSettings(
        project="old", domain="old", version="old", image_config=ImageConfig(default_image=Image("x", "ghcr.io/x", "1"))
    )
    return get_serializable(OrderedDict(), settings, task).template.to_flyte_idl()


@pytest.fixture(scope="module")
def service():
    with Service() as running:
        flyte.init(endpoint=f"dns:///127.0.0.1:{running.port}", insecure=True, project="p", domain="d", org="o")
        yield running


@pytest.fixture
def sqlite_template(tmp_path):
    connection = sqlite3.connect(tmp_path / "t.db")
    with connection:
        connection.execute("create table t (a int)")
        connection.executemany("insert into t values (?)", [(1,), (2,), (3,)])
    connection.close()
    task = SQLite3Task(
        name="rows",
        query_template="select a from t limit {{ .inputs.n }}",
        inputs=kwtypes(n=int),
        output_schema_type=FlyteSchema[kwtypes(a=int)],
        task_config=SQLite3Config(uri=f"{tmp_path}/t.db"),
    )
    return template_by_flytekit(task)


def test_flytekits_sqlite_task_runs_in_a_pod_of_shimlite(service, sqlite_template):
    task = ShimTask.from_template(sqlite_template, image=IMAGE)
    spec = service.deployed(flyte.TaskEnvironment.from_task("e", task))["rows"]
    path = f"{SQLite3TaskExecutor.__module__}.{SQLite3TaskExecutor.__qualname__}"
    assert (list(spec.task_template.container.args[:-2]), spec.task_template.container.args[-1]) == (list(ARGS), path)
    assert (spec.task_template.type, spec.task_template.container.image) == ("sqlite", IMAGE)
    assert spec.task_template.interface.outputs.variables[0].value.type.HasField("structured_dataset_type")
    in_pod = template_of(spec)
    assert in_pod.custom == sqlite_template.custom
    assert (in_pod.id.project, in_pod.id.version, in_pod.metadata.runtime.version) == ("p", "v1", flytekit.__version__)


def test_flytekits_sqlite_task_runs_here(service, sqlite_template):
    table = ShimTask.from_template(sqlite_template, image=IMAGE)(n=2)
    assert type(table) is DataFrame
    assert read_rows(table.uri) == [{"a": 1}, {"a": 2}]


def interface_by_flytekit(executor) -> Interface:
    hints = get_type_hints(executor.execute_from_model)
    returned = hints.pop("return")
    return Interface({name: (hint, None) for name, hint in hints.items() if name != "tt"}, {"o0": returned})


def test_what_flytekit_makes_of_an_executor_is_registered_as_what_task_template_makes_of_it(service):
    found = []
    for template in (theirs(Records, interface_by_flytekit(Records)), ours(Records)):
        task = ShimTask.from_template(template)
        spec = service.deployed(flyte.TaskEnvironment.from_task("e", task))["acme.later"]
        assert spec.task_template.container.args[-1] == f"{Records.__module__}.Records"
        spec.task_template.container.ClearField("args")
        found.append(spec)
    assert found[0] == found[1]
