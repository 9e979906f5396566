# SPDX-License-Identifier: Apache-2.0
"""What the SDK registers of a ShimTask, field by field, beside its own task of the same interface and arguments.

A field that differs is written down here, so that a release of the SDK that changes any other breaks a test.
"""

import dataclasses
import datetime as dt
from typing import Any

import flyte
import flyte.errors
import pytest
from flyte.io import DataFrame, Dir, File
from flyteidl2.task.task_definition_pb2 import TaskSpec

from shimlite import TemplateError, UnsupportedTypeError, task_template
from shimlite.container.data_uris import content_of
from shimlite.errors import ExecutorError
from shimlite.flyte2 import ShimTask
from shimlite.idl import TaskTemplate

from . import executors
from .executors import Later, Level, Pair, Point

IMAGE = "ghcr.io/acme/later:1"
ARGS = (
    *("shimlite-execute", "--inputs", "{{.input}}", "--output-prefix", "{{.outputPrefix}}"),
    *("--raw-output-data-prefix", "{{.rawOutputDataPrefix}}", "--checkpoint-path", "{{.checkpointOutputPrefix}}"),
    *("--prev-checkpoint", "{{.prevCheckpointPrefix}}", "--"),
)
OF_THE_ENVIRONMENT = ("resources", "env_vars", "secrets", "service_account", "pod_template", "interruptible")


async def later(at: dt.datetime, days: int = 3) -> list[dt.datetime]:
    """The days from one on.

    Nobody else counts them.

    Args:
        at: the first of them
        days: how many
    """
    return [at] * days


def own_spec(service, function, name="e.later", **arguments: Any) -> TaskSpec:
    """What the SDK registers of its own task."""
    told = {key: arguments.pop(key) for key in OF_THE_ENVIRONMENT if key in arguments}
    environment = flyte.TaskEnvironment(name.partition(".")[0], image=IMAGE, **told)
    function.__name__ = name.partition(".")[2]
    environment.task(**arguments)(function)
    return service.deployed(environment)[name]


def shim_spec(service, executor, name="e.later", **arguments: Any) -> TaskSpec:
    task = ShimTask(executor, name=name, image=IMAGE, short_name=name.partition(".")[2], **arguments)
    return service.deployed(flyte.TaskEnvironment.from_task("e", task))[name]


def template_of(spec: TaskSpec) -> TaskTemplate:
    """The template in the arguments."""
    *_, uri, _ = spec.task_template.container.args
    return TaskTemplate.FromString(content_of(uri))


def without_what_differs(spec: TaskSpec) -> TaskSpec:
    found = TaskSpec()
    found.CopyFrom(spec)
    found.task_template.container.ClearField("args")
    found.task_template.metadata.ClearField("discovery_version")  # of the source, which is another
    found.task_template.metadata.ClearField("debuggable")  # nothing of VS Code is in the pod
    found.documentation.ClearField("source_code")  # of functions alone
    return found


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"retries": 3, "timeout": dt.timedelta(minutes=5), "interruptible": True},
        {"retries": flyte.RetryStrategy(count=2, backoff=flyte.Backoff(base=dt.timedelta(seconds=1)))},
        {"timeout": flyte.Timeout(max_runtime=60, max_queued_time=30, deadline=dt.timedelta(hours=1))},
        {"resources": flyte.Resources(cpu=(1, 2), memory="1Gi", gpu="T4:1", disk="10Gi", shm="auto")},
        {"env_vars": {"A": "b"}, "secrets": [flyte.Secret("key", "group"), "other"], "service_account": "robot"},
        {"pod_template": "named"},
        {"cache": flyte.Cache("override", version_override="7", serialize=True, ignored_inputs="days", max_age=60)},
        {"cache": "auto", "report": True, "entrypoint": True, "produces_artifacts": True},
    ],
)
def test_it_is_what_the_sdk_registers_of_its_own_task(service, arguments):
    ours, own = shim_spec(service, Later, **arguments), own_spec(service, later, **arguments)
    assert without_what_differs(ours) == without_what_differs(own)
    assert ours.documentation.short_description == "The days from one on."
    assert ours.task_template.interface.inputs.variables[1].value.description == "how many"
    if "cache" in arguments and arguments["cache"] != "auto":
        assert ours.task_template.metadata.discovery_version == "7"


def test_its_arguments_hold_what_task_template_makes_with_the_interface_of_the_sdk(service):
    custom = {"rows": [1, 2.5, None], "deep": {"é": True}}
    spec = shim_spec(service, Later, custom=custom, task_type="later", task_type_version=2)
    *args, uri, path = spec.task_template.container.args
    assert (tuple(args), path) == (ARGS, "tests.flyte2.executors.Later")
    assert uri.startswith("data:application/x-protobuf;deflate;base64,")
    assert (spec.task_template.type, spec.task_template.task_type_version) == ("later", 2)
    expected = task_template(
        Later, name="e.later", container_image=IMAGE, custom=custom, task_type="later", task_type_version=2
    )
    expected.id.project, expected.id.domain, expected.id.version, expected.id.org = "p", "d", "v1", "o"
    expected.container.image = ""
    expected.container.args[:] = [*ARGS, "{{.taskTemplatePath}}", path]
    assert template_of(spec) == expected
    assert spec.task_template.custom == type(spec.task_template.custom).FromString(expected.custom.SerializeToString())


def test_a_pod_reads_the_interface_that_the_sdk_writes(service):
    def own(
        integer: int,
        number: float,
        text: str,
        flag: bool,
        time: dt.datetime,
        day: dt.date,
        span: dt.timedelta,
        nothing: None,
        numbers: list[int],
        by_name: dict[str, float],
        plain: dict,
        either: int | str | None,
        point: Point,
        points: list[Point],
        maybe: Point | None,
    ) -> tuple[list[Point], str | int]: ...

    own.__doc__ = executors.Kinds.__doc__
    ours = shim_spec(service, executors.Kinds, "e.kinds")
    assert without_what_differs(ours) == without_what_differs(own_spec(service, own, "e.kinds"))
    assert interface_without_descriptions(template_of(ours)) == types_of(ours)


def test_where_an_executor_says_shimlites_types_the_sdk_sees_its_own(service):
    def own(
        file: File,
        csv: File,
        folder: Dir,
        table: DataFrame,
        files: list[File],
        by_name: dict[str, File | None],
    ) -> None: ...

    ours = shim_spec(service, executors.Files, "e.files")
    assert without_what_differs(ours) == without_what_differs(own_spec(service, own, "e.files"))
    words = shim_spec(service, executors.Literals, "e.words").task_template.interface
    assert [one.value.type.simple for one in words.inputs.variables] == [0, 3]
    assert words.inputs.variables[0].value.type.collection_type.simple == 1


def test_the_sdks_types_and_shimlites_are_said_in_inputs_and_outputs(service):
    def own(file: File, folders: list[Dir], table: DataFrame, optional: File | None) -> File: ...

    theirs = {"file": File, "folders": list[Dir], "table": DataFrame, "optional": File | None}
    ours = shim_spec(service, executors.Anything, "e.any", inputs=theirs, outputs={"o0": File})
    assert without_what_differs(ours) == without_what_differs(own_spec(service, own, "e.any"))


def test_an_int_enum_is_registered_by_its_names_as_the_sdk_does(service):
    def own(level: Level, maybe: Level | None = Level.LOW) -> tuple[list[Level], dict[str, Level | int]]: ...

    ours = shim_spec(service, executors.Levels, "e.levels")
    assert without_what_differs(ours) == without_what_differs(own_spec(service, own, "e.levels"))
    assert interface_without_descriptions(template_of(ours)) == types_of(ours)
    task = ShimTask(executors.Levels, name="levels", image=IMAGE)
    assert task(Level.HIGH) == ([Level.HIGH, Level.LOW], {"maybe": Level.LOW, "number": 1})
    assert task(Level.HIGH, maybe=None)[1] == {"maybe": 7, "number": 1}


@dataclasses.dataclass
class OfTheSdk:
    file: File
    n: int = 1


def test_a_record_with_files_is_said_as_the_sdk_has_it(service):
    def own(x: OfTheSdk) -> str: ...

    ours = shim_spec(service, executors.SdkHeld, "e.held", inputs={"x": OfTheSdk})
    assert without_what_differs(ours) == without_what_differs(own_spec(service, own, "e.held"))


def interface_without_descriptions(template: TaskTemplate) -> dict[str, dict[str, bytes]]:
    sides = {"inputs": template.interface.inputs, "outputs": template.interface.outputs}
    return {
        side: {name: one.type.SerializeToString(deterministic=True) for name, one in variables.variables.items()}
        for side, variables in sides.items()
    }


def types_of(spec: TaskSpec) -> dict[str, dict[str, bytes]]:
    sides = {"inputs": spec.task_template.interface.inputs, "outputs": spec.task_template.interface.outputs}
    return {
        side: {one.key: one.value.type.SerializeToString(deterministic=True) for one in variables.variables}
        for side, variables in sides.items()
    }


def test_records_are_read_by_those_who_know_the_registered_interface_alone(service):
    """As ``flyte.remote.Task`` does: the tag says what a STRUCT is."""
    from flyte.types import guess_interface

    spec = shim_spec(service, executors.Kinds, "e.kinds")
    guessed = guess_interface(spec.task_template.interface, spec.default_inputs)
    assert guessed.inputs["point"][0].__name__ == "Point"
    assert guessed.inputs["points"][0].__args__[0].__dataclass_fields__.keys() == {"x", "day", "color"}


def test_an_environment_has_several_and_override_keeps_what_is_ours(service):
    one = ShimTask(Later, name="one", image=IMAGE, custom={"a": 1})
    two = ShimTask(Pair, name="two", image=IMAGE)
    found = service.deployed(flyte.TaskEnvironment.from_task("both", one, two))
    assert {name: spec.task_template.container.args[-1] for name, spec in found.items()} == {
        "one": "tests.flyte2.executors.Later",
        "two": "tests.flyte2.executors.Pair",
    }
    changed = one.override(retries=4, short_name="short", env_vars={"A": "b"}, cache="auto")
    assert (type(changed), changed.custom, changed.executor, changed.retries.count) == (ShimTask, {"a": 1}, Later, 4)
    assert changed.parent_env() is one.parent_env()
    assert len(changed.override().cache.policies) == len(changed.cache.policies)


# ------------------------------------------------------------------------------------------------------------ refusals


@pytest.mark.parametrize(
    ("argument", "value", "expected"),
    [
        ("short_name", 5, "expected a str, got int"),
        ("image", ["a/b:1"], "expected a str or a flyte.Image, got list of 1"),
        ("resources", {"cpu": "1"}, "expected a flyte.Resources, got dict of 1"),
        ("interruptible", "yes", "expected a bool, got str"),
        ("env_vars", [("A", "b")], "expected a dict of names to texts, got list of 1"),
        ("secrets", {"key": "group"}, "expected a flyte.Secret, a str or a list of these, got dict of 1"),
        ("timeout", "1m", "expected seconds, a timedelta or a flyte.Timeout, got str"),
        ("pod_template", {"labels": {}}, "expected a str or a flyte.PodTemplate, got dict of 1"),
        ("template", b"", "expected a TaskTemplate, got bytes"),
        ("may_ask", "no", "expected a bool, got str"),
    ],
)
def test_an_argument_of_another_type_is_refused_when_the_task_is_made(argument, value, expected):
    """The SDK fails on most of them when they are registered, in words of its own code."""
    with pytest.raises(TemplateError) as error:
        ShimTask(Later, **{"name": "later", "image": IMAGE, argument: value})
    assert str(error.value) == f"{argument}: {expected}"


@pytest.mark.parametrize(
    ("executor", "arguments", "expected"),
    [
        (Later, {"image": None}, "image: the pod needs an image with shimlite and the executor"),
        (Later, {"image": "auto"}, "image: the pod needs an image with shimlite and the executor"),
        (Later, {"image": "no image"}, "image: is no image such as 'ghcr.io/acme/later:1'"),
        (Later, {"name": "a b"}, "name: is no path of identifiers such as 'later' or 'acme.later'"),
        (Later, {"custom": {"a": object()}}, "custom['a']: expected JSON-like data, got object"),
        (Later, {"inputs": ["at"]}, "inputs: expected a dict of names to types, got list of 1"),
        (
            Later,
            {"inputs": {"at": str}},
            "inputs.at: annotated datetime, but declared str; datetime does not fit STRING",
        ),
        (
            Later,
            {"reusable": flyte.ReusePolicy(replicas=2)},
            "reusable: the pod of a template task ends with its run",
        ),
        (None, {}, "executor: expected a class, got None"),
        (int, {}, "executor: int has no execute_from_model"),
        (executors.Tuple, {}, "outputs.o0: set[int] is not supported; use list[T]"),
        (executors.Bytes, {}, "inputs.x: Flyte 2's SDK pickles bytes, and a pickle is not read"),
        (executors.Schema, {}, "inputs.x: Flyte 2's SDK pickles FlyteSchema, and a pickle is not read"),
        (
            executors.Held,
            {},
            "inputs.x: Flyte 2's SDK does not know the files inside Holder; say a class with flyte.io.File, Dir and "
            "DataFrame in their places in inputs= or outputs=",
        ),
        (
            executors.NestedHeld,
            {},
            "inputs.x: Flyte 2's SDK does not know the files inside Holder; say a class with flyte.io.File, "
            "Dir and DataFrame in their places in inputs= or outputs=",
        ),
    ],
)
def test_what_no_pod_could_run_is_refused_when_the_task_is_made(executor, arguments, expected):
    with pytest.raises((TemplateError, ExecutorError, UnsupportedTypeError)) as error:
        ShimTask(executor, **{"name": "later", "image": IMAGE, **arguments})
    assert str(error.value) == expected


def test_an_executor_annotated_with_the_sdks_types_is_refused_since_the_pod_has_no_sdk():
    class OfTheSdk:
        def execute_from_model(self, tt, x: File) -> None: ...

    OfTheSdk.__qualname__ = "OfTheSdk"
    with pytest.raises(ExecutorError) as error:
        ShimTask(OfTheSdk, name="later", image=IMAGE)
    assert str(error.value).startswith("inputs.x: annotated File, but declared FlyteFile; ")


def test_an_executor_that_no_pod_can_import_is_refused_where_it_is_registered_and_not_before(service):
    of_the_program = type("Later", (Later,), {"__module__": "__main__"})
    task = ShimTask(of_the_program, name="later", image=IMAGE)
    assert len(task(at=dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc))) == 3
    with pytest.raises(flyte.errors.DeploymentError) as error:
        service.deployed(flyte.TaskEnvironment.from_task("e", task))
    expected = (
        "executor: a pod cannot import __main__.Later; define the class at the top of a module that the image has"
    )
    assert str(error.value.__cause__) == expected
    assert service.calls == []


NOISE = "".join(map(chr, range(0x4E00, 0x9FA0)))
"""Text that does not deflate well."""


def test_a_template_too_long_for_an_argument_is_asked_for(service):
    spec = shim_spec(service, Later, custom={"noise": NOISE * 3})
    assert spec.task_template.container.args[-2] == "{{.taskTemplatePath}}"
    assert spec.task_template.custom["noise"] == NOISE * 3


def test_a_template_too_long_for_an_argument_is_refused_with_its_length_where_nobody_may_ask(service):
    with pytest.raises(flyte.errors.DeploymentError) as error:
        shim_spec(service, Later, custom={"noise": NOISE * 3}, may_ask=False)
    reason = str(error.value.__cause__)
    assert reason.startswith("template: is ")
    assert reason.endswith(" bytes long as an argument, and 131071 fit; with may_ask=True the pod asks for it")
    assert int(reason.split()[2]) > 131_071


def test_one_that_just_fits_stays_in_its_argument(service):
    """The limit is Linux's own: ``MAX_ARG_STRLEN`` counts the NUL at the end."""
    spec = shim_spec(service, Later, custom={"noise": NOISE}, may_ask=False)
    assert 50_000 < len(spec.task_template.container.args[-2]) <= 131_071


# ------------------------------------------------------------------------------------------------------------ the cache


def version(service, executor=Later, name="e.later", **arguments: Any) -> str:
    spec = shim_spec(service, executor, name, **{"cache": "auto", **arguments})
    return spec.task_template.metadata.discovery_version


def test_an_automatic_version_is_of_the_template_the_source_and_the_image(service, monkeypatch):
    first = version(service)
    assert version(service) == first
    assert version(service, retries=3) == first
    assert version(service, cache=flyte.Cache("auto", salt="other")) != first
    assert version(service, custom={"a": 1}) != first
    monkeypatch.setattr("inspect.getsource", lambda cls: "other source")
    assert version(service) != first
    for error in (OSError("could not find class definition"), TypeError("is a built-in class"), SyntaxError()):
        monkeypatch.setattr("inspect.getsource", raising(error))
        assert version(service) not in ("", first)


def raising(error):
    def getsource(cls):
        raise error

    return getsource


def test_the_version_of_another_image_is_another(service):
    def of(image):
        task = ShimTask(Later, name="later", image=image, cache="auto")
        return service.deployed(flyte.TaskEnvironment.from_task("e", task))["later"].task_template.metadata

    assert of("a/b:1").discovery_version != of("a/b:2").discovery_version
