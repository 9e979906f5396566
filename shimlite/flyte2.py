# SPDX-License-Identifier: Apache-2.0
"""``ShimTask``: a template task as Flyte 2's SDK registers, runs and calls it. It needs the SDK, ``pip install flyte``.

This is for the person who writes a workflow, and the only file that imports ``flyte``; nothing of it runs in the pod of
the task, whose image has shimlite and the executor's module and need not have the SDK. An executor's own annotations
are therefore Python's and shimlite's (``FlyteFile``, ``StructuredDataset``). Who calls the task sees the SDK's types in
their places (``flyte.io.File``, ``DataFrame``); ``inputs=`` and ``outputs=`` take both.

All names of the SDK's that are used here are public, but ``_call_as_synchronous``.
Next: ``authoring.tasks``, which makes the template; ``container.data_uris``, in which it travels.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import enum
import hashlib
import inspect
import os
import pathlib
import re
import tempfile
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ._idl import LiteralMap, LiteralType, Message, Resources, Secret, TaskMetadata, TaskTemplate, Variable, type_kind
from ._types.classes import fields_of_class, is_record_class
from ._types.frames import frame_of
from ._types.parse import parts, spell
from .authoring.arguments import image as checked_image
from .authoring.arguments import text as checked_text
from .authoring.executors import TEMPLATE_PATH, executor_path, imported_executor
from .authoring.interfaces import check_fit, defaults_of, docstring_of, types_of
from .authoring.packages import check_importable
from .authoring.tasks import LONGEST_TIMEOUT, PROGRAM, check_executor, task_template
from .awaiting import awaited
from .container.data_uris import LONGEST_ARGUMENT, data_uri
from .container.failures import ignores_outputs
from .container.loading import ALIASES, load_executor, make_task
from .container.outgoing import dispatch
from .container.platforms import FLYTE_2_ONLY, platform_of
from .container.storage import Files
from .context import Context
from .errors import (
    ExecutorError,
    MissingExtraError,
    ShimliteError,
    TemplateError,
    UnsupportedTypeError,
    described,
    no_message,
)
from .templates import TaskTemplate as View
from .values import FlyteDirectory, FlyteFile, FlyteSchema, StructuredDataset

try:
    import flyte
    import flyte.errors
    from flyte.extend import TaskTemplate as SdkTask
    from flyte.io import DataFrame, Dir, File
    from flyte.models import NativeInterface, SerializationContext
    from flyte.types import TypeEngine
except ImportError as _error:
    if isinstance(_error, ModuleNotFoundError) and _error.name == "flyte":
        raise MissingExtraError("a ShimTask needs Flyte 2's SDK", hint="pip install flyte") from None
    _reason = "this release of Flyte 2's SDK lacks what a ShimTask needs"
    raise MissingExtraError(_reason, hint="pip install --upgrade flyte") from _error

__all__ = ["ShimTask"]

RECORD = "Object-Dataclass-Transformer"
"""What the SDK calls a dataclass's type: without it, it takes no STRUCT for a record."""
PICKLE = "PythonPickle"
"""The format of a blob that the SDK makes of whatever its types do not cover."""
_THEIRS = {FlyteFile: File, FlyteDirectory: Dir, StructuredDataset: DataFrame}
_OURS = {theirs: ours for ours, theirs in _THEIRS.items()}
_REFERENCES = (FlyteDirectory, FlyteFile, FlyteSchema, StructuredDataset)
_UNIONS = (typing.Union, types.UnionType)
_PLACEHOLDER = "{{.image}}"
_CLASSES: dict[str, tuple[Any, str]] = {
    "short_name": (str, "a str"),
    "image": ((str, flyte.Image), "a str or a flyte.Image"),
    "resources": (flyte.Resources, "a flyte.Resources"),
    "interruptible": (bool, "a bool"),
    "env_vars": (Mapping, "a dict of names to texts"),
    "secrets": ((str, flyte.Secret, list, tuple), "a flyte.Secret, a str or a list of these"),
    "timeout": ((int, dt.timedelta, flyte.Timeout), "seconds, a timedelta or a flyte.Timeout"),
    "pod_template": ((str, flyte.PodTemplate), "a str or a flyte.PodTemplate"),
    "template": (TaskTemplate, "a TaskTemplate"),
    "may_ask": (bool, "a bool"),
}
"""What the SDK checks of its own tasks' environments, and else fails on when a task is registered."""


@dataclass(kw_only=True)
class ShimTask(SdkTask[..., Any, Any]):
    """A task of Flyte 2's SDK that an executor runs; arguments are named as those of the SDK's own tasks.

    ``executor`` is a class with ``execute_from_model`` that the ``image`` holds, beside shimlite. ``inputs`` and
    ``outputs`` are Python types by name, the SDK's or shimlite's; left out, the annotations of ``execute_from_model``
    say them, as ``task_template`` reads them. A parameter's default is the input's. ``custom`` is any JSON-like dict.

    The template travels in the arguments of the container. One that does not fit there is asked for by the pod, which
    needs an operator who lets pods know the service; with ``may_ask`` False it is refused when it is registered.

    ``cache="auto"`` makes the version of the image's name, the template and the executor's source. Called outside a
    run, and in local runs, the executor runs in this process on the values that a pod would read. Raises what
    ``task_template`` does, and UnsupportedTypeError for a type that the SDK pickles.
    """

    executor: Any = field(kw_only=False)
    interface: Any = field(init=False, repr=False)
    """The SDK's ``NativeInterface``."""
    cache: Any = "disable"
    inputs: Mapping[str, Any] | None = None
    outputs: Mapping[str, Any] | None = None
    custom: Mapping[str, Any] | None = None
    template: TaskTemplate | None = field(default=None, repr=False)
    """What ``from_template`` was given."""
    may_ask: bool = True

    def __post_init__(self) -> None:
        self._check_own_arguments()
        super().__post_init__()
        self._call_as_synchronous = True
        self._template = self._copied_template() if self.template is not None else self._new_template()
        if self.cache.is_enabled():
            version = _Version(self._template, self.executor)
            others = [policy for policy in self.cache.policies or () if not isinstance(policy, _Version)]
            self.cache = replace(self.cache, policies=[*others, version])

    def _check_own_arguments(self) -> None:
        for name, (classes, expected) in _CLASSES.items():
            value = getattr(self, name)
            if value is not None and not isinstance(value, classes):
                raise TemplateError(path=name, expected=expected, got=described(value))
        if self.image in (None, "", "auto"):
            raise TemplateError("the pod needs an image with shimlite and the executor", path="image")
        if isinstance(self.image, str):
            checked_image("image", self.image, may_be_placeholder=False)
        if self.reusable is not None:
            raise TemplateError("the pod of a template task ends with its run", path="reusable")

    def _new_template(self) -> TaskTemplate:
        check_executor(self.executor)
        inputs, outputs = types_of(self.executor, self.inputs, self.outputs)
        template = task_template(
            self.executor,
            name=self.name,
            container_image=_PLACEHOLDER,
            inputs=_ours(inputs),
            outputs=_ours(outputs),
            custom=self.custom,
            task_type=self.task_type,
            task_type_version=self.task_type_version,
        )
        template.container.image = ""
        self._set_interface(template, inputs, outputs)
        return template

    def _copied_template(self) -> TaskTemplate:
        if self.executor is not None:
            check_executor(self.executor)
        template = TaskTemplate()
        template.CopyFrom(self.template)
        template.id.name = checked_text("name", self.name)
        interface = template.interface
        inputs = _types_of_side("inputs", interface.inputs.variables, self.inputs)
        outputs = _types_of_side("outputs", interface.outputs.variables, self.outputs)
        self._set_interface(template, inputs, outputs)
        return template

    def _set_interface(self, template: TaskTemplate, inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> None:
        """The same interface for the SDK and in the template, so that a pod reads what the SDK writes."""
        theirs = {}
        for side, python_types in (("inputs", inputs), ("outputs", outputs)):
            variables = getattr(template.interface, side).variables
            theirs[side] = {name: _theirs(python_type) for name, python_type in python_types.items()}
            for name, python_type in theirs[side].items():
                path = f"{side}.{name}"
                _refuse_references(path, python_types[name])
                variables[name].type.CopyFrom(_literal_type(path, python_type))
        defaults: Mapping[str, Any] = {}
        docstring = None
        if self.executor is not None:
            check_fit(self.executor, template.interface)
            defaults, docstring = defaults_of(self.executor), _docstring(docstring_of(self.executor))
        empty = inspect.Parameter.empty
        self.interface = NativeInterface(
            inputs={name: (one, defaults.get(name, empty)) for name, one in theirs["inputs"].items()},
            outputs=theirs["outputs"],
            docstring=docstring,
        )

    @classmethod
    def from_template(
        cls, template: TaskTemplate, *, executor: Any = None, image: Any = None, **arguments: Any
    ) -> ShimTask:
        """A task of a template that flytekit or ``task_template`` made; the pod runs ``shimlite-execute``.

        ``image`` None stands for the template's own. ``executor`` is the class that the template names; without it, the
        pod finds it by that name, and this process where its module is imported. The other arguments are the class's;
        what they do not say the template does: name, environment, resources, retries, timeout, cache, secrets, labels.
        A schema in the interface becomes a structured dataset, which the SDK can read. Raises TemplateError for what is
        no such template, and what the class does.
        """
        if not isinstance(template, TaskTemplate):
            raise no_message(TaskTemplate, template).blamed(TemplateError, "template")
        if not template.HasField("container"):
            raise TemplateError("has no container", path="template")
        if executor is None and not executor_path(template):
            raise TemplateError("names no executor", path="template", hint="give executor=")
        arguments = {"image": image or template.container.image, **_arguments_of(template, arguments), **arguments}
        return cls(executor, template=template, **arguments)

    # ---------------------------------------------------------------------------------------------- as it is registered

    def as_template(self) -> TaskTemplate:
        """A new ``TaskTemplate`` as the pod gets it, but for what is known when it is registered: image and version.

        Its container's last argument is the import path of the executor.
        """
        template = TaskTemplate()
        template.CopyFrom(self._template)
        template.container.args[-1:] = [self._executor_path()]
        return template

    def container_args(self, serialize_context: SerializationContext) -> list[str]:
        """The arguments of the container, among them the template. Raises ExecutorError, and TemplateError."""
        context, path = serialize_context, self._executor_path()
        args = ["--inputs", context.input_path, "--output-prefix", context.output_path]
        args += ["--raw-output-data-prefix", "{{.rawOutputDataPrefix}}"]
        args += ["--checkpoint-path", "{{.checkpointOutputPrefix}}", "--prev-checkpoint", "{{.prevCheckpointPrefix}}"]
        template = self.as_template()
        template.container.ClearField("command")
        template.container.args[:] = [PROGRAM, *args, "--", TEMPLATE_PATH, path]
        template.id.project, template.id.domain = context.project or "", context.domain or ""
        template.id.version, template.id.org = context.version, context.org or ""
        check_importable(template)
        return [PROGRAM, *args, "--", self._place_of(template), path]

    def custom_config(self, sctx: SerializationContext) -> dict[str, Any]:
        """The template's ``custom``, as plain data."""
        custom: dict[str, Any] = View(self._template).custom
        return custom

    def config(self, sctx: SerializationContext) -> dict[str, str]:
        """The settings of the container, of which only somebody else's template has any."""
        return {pair.key: pair.value for pair in self._template.container.config}

    def _executor_path(self) -> str:
        if self.executor is not None:
            return f"{self.executor.__module__}.{self.executor.__qualname__}"
        return executor_path(self._template)

    def _place_of(self, template: TaskTemplate) -> str:
        uri = data_uri(template)
        if len(uri) <= LONGEST_ARGUMENT:
            return uri
        if self.may_ask:
            return TEMPLATE_PATH
        reason = f"is {len(uri)} bytes long as an argument, and {LONGEST_ARGUMENT} fit"
        raise TemplateError(reason, path="template", hint="with may_ask=True the pod asks for it")

    # ---------------------------------------------------------------------------------------------- run in this process

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """The outputs, where the task is called outside a run."""
        return awaited(self.execute(*args, **kwargs))

    async def execute(self, *args: Any, **kwargs: Any) -> Any:
        """The outputs as the SDK's values: one alone, several as a tuple in the order of the interface.

        Values become literals and back on both sides of the pair, so that a pod gives the same. Raises what the
        executor does, and the SDK's NonRecoverableError for errors of shimlite's, which no retry mends in a pod either.
        """
        inputs, outputs = self.interface.inputs, self.interface.outputs
        defaults = {name: one for name, (_, one) in inputs.items() if one is not inspect.Parameter.empty}
        values = {**defaults, **self.interface.convert_to_kwargs(*args, **kwargs)}
        theirs = await TypeEngine.dict_to_literal_map(values, self.interface.get_input_types())
        try:
            literals = await asyncio.to_thread(self._run, _as(LiteralMap, theirs))
        except ShimliteError as error:
            raise flyte.errors.NonRecoverableError(str(error), type(error).__name__) from error
        by_name = await TypeEngine.literal_map_to_kwargs(_as(type(theirs), literals), outputs)
        results = tuple(by_name[name] for name in outputs)
        return results if len(results) > 1 else results[0] if results else None

    def _run(self, inputs: LiteralMap) -> LiteralMap:
        """Run the pair here. There is no earlier attempt's checkpoint: the SDK's local mode keeps none of a folder."""
        task, run = make_task(self._template, self._executor_class()), flyte.ctx()
        folder = run.raw_data_path.path if run else tempfile.mkdtemp(prefix="shimlite-run-")
        try:
            return dispatch(task, Context(raw_output_prefix=folder, file_access=Files()), inputs)
        except BaseException as error:
            refused = platform_of({FLYTE_2_ONLY: ""}).refused_silence() if ignores_outputs(error) else None
            if refused is not None:
                raise refused from None
            if isinstance(error, Exception):
                raise
            kind = type(error).__name__  # which would end the loop that the SDK runs tasks in, and it waits for ever
            raise flyte.errors.RuntimeUserError(kind, f"the executor raised {kind}") from error
        finally:
            if not run:
                with contextlib.suppress(OSError):  # there are files in it
                    os.rmdir(folder)

    def _executor_class(self) -> Any:
        if self.executor is not None:
            return self.executor
        path = executor_path(self._template)
        if path in ALIASES:
            return load_executor(path)
        executor, _ = imported_executor(path)
        if executor is None:
            raise ExecutorError(f"{path} is not imported here", path="executor", hint="import it, or give executor=")
        return executor


class _Version:
    """A ``flyte.CachePolicy``: the SDK's own makes a version of a function, which a ShimTask has none of."""

    def __init__(self, template: TaskTemplate, executor: Any) -> None:
        try:
            source = inspect.getsource(executor) if executor is not None else ""
        except Exception:  # it has none, or none that Python reads
            source = ""
        self._content = template.SerializeToString(deterministic=True) + source.encode()

    def get_version(self, salt: str, params: Any) -> str:
        """Of the image's name too, whose code may be another."""
        return hashlib.sha256(b"\0".join((salt.encode(), params.image.uri.encode(), self._content))).hexdigest()


# ---------------------------------------------------------------------------------------------------------------- types


def _ours(python_types: Mapping[str, Any]) -> dict[str, Any]:
    """Types by name as ``task_template`` knows them."""
    return {name: _with_leaves(one, {**_OURS, **_named(one)}) for name, one in python_types.items()}


def _named(python_type: Any) -> dict[Any, Any]:
    """An Enum of its names for each IntEnum in a type: the SDK writes its names, and Flyte 1 has nothing for it."""
    classes = [one for one in _leaves(python_type) if isinstance(one, type) and issubclass(one, enum.IntEnum)]
    return {one: enum.Enum(one.__name__, {name: name for name in one.__members__}) for one in classes}


def _theirs(python_type: Any) -> Any:
    """The type that the SDK's own tasks have in the place of one of ours, and of a dataframe that it does not know."""
    return _with_leaves(python_type, {**_THEIRS, **dict.fromkeys(_frames_it_pickles(python_type), DataFrame)})


def _frames_it_pickles(python_type: Any) -> list[Any]:
    """Those of a type. polars' is one, unless the SDK's plug-in for it is installed."""
    frames = [leaf for leaf in _leaves(python_type) if frame_of(leaf) is not None]
    if frames:
        TypeEngine.lazy_import_transformers()
    return [one for one in frames if one not in TypeEngine.get_available_transformers()]


def _with_leaves(python_type: Any, leaves: Mapping[Any, Any]) -> Any:
    """A type with others in the places of some; ``Literal`` is the scalar that it constrains."""
    origin, arguments = parts(python_type)
    if origin is typing.Literal:
        return type(arguments[0])
    if origin is typing.Annotated:
        inner = _with_leaves(arguments[0], leaves)
        if inner is arguments[0]:
            return python_type
        words = (inner, *(word for word in arguments[1:] if inner is DataFrame and isinstance(word, dict)))
        annotated: Any = typing.Annotated
        return annotated[words] if words[1:] else inner
    if not arguments:
        return next((leaf for one, leaf in leaves.items() if one is python_type), python_type)
    inside = tuple(_with_leaves(one, leaves) for one in arguments)
    if all(new is old for new, old in zip(inside, arguments)):
        return python_type
    subscript: Any = typing.Union if origin in _UNIONS else origin
    return subscript[inside]


def _literal_type(path: str, python_type: Any) -> LiteralType:
    """What the SDK says of a type. Raises UnsupportedTypeError where that is nothing, or a pickle."""
    try:
        literal_type: LiteralType = _as(LiteralType, TypeEngine.to_literal_type(python_type))
    except Exception as error:
        raise UnsupportedTypeError(f"Flyte 2's SDK cannot write {spell(python_type)}", path=path) from error
    if any(one.blob.format == PICKLE for one in _inside(literal_type)):
        raise UnsupportedTypeError(f"Flyte 2's SDK pickles {spell(python_type)}, and a pickle is not read", path=path)
    return literal_type


def _refuse_references(path: str, python_type: Any) -> None:
    """Raises UnsupportedTypeError for a record that has a file of ours: the SDK writes only its own in a record."""
    records = [one for one in _leaves(python_type) if _is_record(one)]
    for record in records:  # it grows while the loop runs
        inside = [leaf for one in fields_of_class(record) for leaf in _leaves(one.annotation)]
        if any(leaf is one for leaf in inside for one in _REFERENCES):
            reason = f"Flyte 2's SDK does not know the files inside {spell(record)}"
            hint = "say a class with flyte.io.File, Dir and DataFrame in their places in inputs= or outputs="
            raise UnsupportedTypeError(reason, path=path, hint=hint)
        records += [leaf for leaf in inside if _is_record(leaf) and not any(leaf is one for one in records)]


def _is_record(python_type: Any) -> bool:
    return is_record_class(python_type) and not any(python_type is one for one in _OURS)


def _leaves(python_type: Any) -> list[Any]:
    """The types that a type is made of."""
    origin, arguments = parts(python_type)
    inside = arguments[:1] if origin is typing.Annotated else arguments
    return [leaf for one in inside for leaf in _leaves(one)] if inside else [python_type]


def _types_of_side(side: str, variables: Mapping[str, Variable], told: Any) -> dict[str, Any]:
    """The Python types of a template's inputs or outputs, as far as the author does not say them guessed."""
    told = {} if told is None else told
    if not isinstance(told, Mapping):
        raise TemplateError(path=side, expected="a dict of names to types", got=described(told))
    if not told.keys() <= variables.keys():
        raise TemplateError("has a name that the template does not have", path=side)
    return {
        name: told[name] if name in told else _type_of(f"{side}.{name}", variables[name].type)
        for name in sorted(variables)
    }


def _type_of(path: str, literal_type: LiteralType) -> Any:
    """The SDK's Python type for a type of which only the message is known. Raises UnsupportedTypeError."""
    tagged = LiteralType()
    tagged.CopyFrom(literal_type)
    for one in _inside(tagged):
        if type_kind(one) == "schema":
            one.structured_dataset_type.SetInParent()
        if one.HasField("metadata") and not one.structure.tag:
            one.structure.tag = RECORD
    try:
        return TypeEngine.guess_python_type(_as(type(TypeEngine.to_literal_type(int)), tagged))
    except Exception:  # of a schema that is none, too
        hint = "say it in inputs= or outputs="
        raise UnsupportedTypeError("Flyte 2's SDK knows no Python type for this one", path=path, hint=hint) from None


def _inside(literal_type: LiteralType) -> list[LiteralType]:
    """A type and all inside it but the fields of records, the outer ones first."""
    every = [literal_type]
    for one in every:  # it grows while the loop runs
        kind = type_kind(one)
        if kind in ("collection_type", "map_value_type"):
            every.append(getattr(one, kind))
        if kind == "union_type":
            every.extend(one.union_type.variants)
    return every


def _as(message_class: Callable[[], Any], message: Any) -> Any:
    """The message in the other package's class: the messages of one name are the same bytes."""
    other: Message = message_class()
    other.ParseFromString(message.SerializeToString())
    return other


def _docstring(text: str) -> Any:
    """What the SDK keeps of a docstring; it makes it only of a function."""

    def documented() -> None: ...

    documented.__doc__ = text
    return NativeInterface.from_callable(documented).docstring


# ----------------------------------------------------------------------------------------------- a template's arguments


def _arguments_of(template: TaskTemplate, others: Mapping[str, Any]) -> dict[str, Any]:
    """What a template says that the SDK's tasks say too, under the SDK's names. ``others`` are said already."""
    metadata = template.metadata
    arguments: dict[str, Any] = {
        "name": template.id.name,
        "task_type": template.type,
        "task_type_version": template.task_type_version,
        "env_vars": {pair.key: pair.value for pair in template.container.env} or None,
        "resources": None if "resources" in others else _resources(template.container.resources),
        "retries": metadata.retries.retries,
        "timeout": None if "timeout" in others else _timeout(metadata),
        "interruptible": metadata.interruptible,
        "pod_template": None if "pod_template" in others else _pod_template(metadata),
        "secrets": None if "secrets" in others else [*map(_secret, template.security_context.secrets)] or None,
        "service_account": template.security_context.run_as.k8s_service_account or None,
    }
    if metadata.discoverable:
        arguments["cache"] = flyte.Cache(
            "override",
            version_override=metadata.discovery_version,
            serialize=metadata.cache_serializable,
            ignored_inputs=tuple(metadata.cache_ignore_input_vars),
        )
    return arguments


def _resources(resources: Resources) -> Any:
    """The SDK's ``Resources``; None where nothing is asked for. Raises TemplateError for a part of a GPU."""
    requests, limits = ({one.name: one.value for one in side} for side in (resources.requests, resources.limits))
    either, arguments = {**limits, **requests}, dict[str, Any]()
    for argument, name in (("cpu", Resources.CPU), ("memory", Resources.MEMORY)):
        if name in either:
            arguments[argument] = (either[name], limits[name]) if name in limits else either[name]
    if Resources.GPU in either:
        if not re.fullmatch("[0-9]{1,9}", either[Resources.GPU]):
            raise TemplateError("asks for GPUs by what is no whole number", path="template", hint="give resources=")
        arguments["gpu"] = int(either[Resources.GPU])
    if Resources.EPHEMERAL_STORAGE in either:
        arguments["disk"] = either[Resources.EPHEMERAL_STORAGE]
    return flyte.Resources(**arguments) if arguments else None


def _timeout(metadata: TaskMetadata) -> dt.timedelta | None:
    """Raises TemplateError for one that Go has no duration for."""
    if not 0 <= metadata.timeout.seconds <= LONGEST_TIMEOUT.total_seconds():
        raise TemplateError("has a timeout that is no time between 0 and 292 years", path="template")
    return metadata.timeout.ToTimedelta() or None


def _pod_template(metadata: TaskMetadata) -> Any:
    """The name of a pod template, or one with the labels and annotations. Raises TemplateError where both are there."""
    labels, annotations = dict(metadata.metadata.labels), dict(metadata.metadata.annotations)
    if not labels and not annotations:
        return metadata.pod_template_name or None
    if metadata.pod_template_name:
        reason = "has a pod template's name and labels, and the SDK takes one of them"
        raise TemplateError(reason, path="template", hint="give pod_template=")
    return flyte.PodTemplate(labels=labels, annotations=annotations)


def _secret(secret: Secret) -> Any:
    """The SDK's ``Secret``, in its only folder, or in the variable that the SDK or the template names.

    Raises TemplateError for a name that the SDK does not take.
    """
    key, group = (secret.key, secret.group) if secret.key else (secret.group, None)
    folder = pathlib.Path("/etc/flyte/secrets") if secret.mount_requirement == Secret.FILE else None
    try:
        return flyte.Secret(key, group or None, mount=folder, as_env_var=secret.env_var or None)
    except ValueError:
        reason = "has a secret of a name that Flyte 2's SDK does not take"
        raise TemplateError(reason, path="template", hint="give secrets=") from None
