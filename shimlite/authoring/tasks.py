# SPDX-License-Identifier: Apache-2.0
"""``task_template``: the ``TaskTemplate`` that flytekit registers for the same executor, and nothing more.

What flytekit or the platform refuses, and what a pod would fail on, is refused here, by the name of its argument.
Next: ``interfaces``, which asks an executor what it takes and returns; ``arguments``, which checks all the rest.
"""

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .._idl import (
    Container,
    K8sObjectMetadata,
    ResourceType,
    RuntimeMetadata,
    Secret,
    SecurityContext,
    TaskMetadata,
    TaskTemplate,
    TypedInterface,
)
from .._types.classes import signature_of
from .._version import __version__
from ..errors import ExecutorError, TemplateError, described
from ..shim import Executor, ShimTaskExecutor
from . import arguments
from .executors import TEMPLATE_PATH, is_import_path
from .interfaces import interface_of
from .resources import ResourceQuantities, resources_of
from .structs import struct_of

PROGRAM = "shimlite-execute"
RESOLVER = "flytekit.core.python_customized_container_task.default_task_template_resolver"
"""flytekit's name, so that ``pyflyte-execute`` runs the task too where an image has that instead."""
MOST_RETRIES = 2**32 - 2
"""Propeller adds one, for the first attempt, in 32 bits."""
LONGEST_TIMEOUT = dt.timedelta(microseconds=(2**63 - 1) // 1000)
"""Of Go's ``time.Duration``: some 292 years."""


def task_template(
    executor: type[Executor],
    *,
    name: str,
    container_image: str,
    task_type: str = "python-task",
    inputs: Mapping[str, Any] | None = None,
    outputs: Mapping[str, Any] | None = None,
    custom: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
    requests: ResourceQuantities | None = None,
    limits: ResourceQuantities | None = None,
    secret_requests: Sequence[Secret] | None = None,
    cache: bool = False,
    cache_serialize: bool = False,
    cache_version: str = "",
    cache_ignore_input_vars: Iterable[str] = (),
    interruptible: bool | None = None,
    deprecated: str = "",
    retries: int = 0,
    timeout: dt.timedelta | int | None = None,
    pod_template_name: str | None = None,
    labels: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None,
    task_type_version: int = 0,
) -> TaskTemplate:
    """The ``flyteidl.core.TaskTemplate`` of a task that an executor runs; arguments are named as in flytekit.

    ``executor`` is a class with ``execute_from_model``; its import path goes into the container's arguments. ``inputs``
    and ``outputs`` are Python types by name. Left out, the annotations of ``execute_from_model`` say them: one output
    is ``o0``, a tuple's are ``o0``, ``o1``, …, a NamedTuple's and a TypedDict's are its fields. Its docstring describes
    them, where docstring_parser is installed (extra ``authoring``). A parameter's default is not part of a template.

    ``container_image`` may be a placeholder such as ``"{{.image}}"``, which ``shimlite package --image`` fills in.
    ``custom`` is any JSON-like dict, ``timeout`` a timedelta or whole seconds, ``secret_requests`` are messages of
    ``shimlite.idl``. Project, domain and version stay empty: whoever registers the template says them.

    Flyte 1 reads ``timeout`` and ``interruptible`` at the nodes of a workflow. flytekit copies them there for the tasks
    that it makes itself; for a task that is registered already, a workflow's author writes ``.with_overrides``. Neither
    counts where such a task runs alone. ``task_type`` chooses the plug-in that runs the task, which is a container's
    where no plug-in claims the type.

    Raises TemplateError, ExecutorError for what the executor itself is or says, and UnsupportedTypeError for a type
    outside the set; each names the argument.
    """
    check_executor(executor)
    interface = interface_of(executor, inputs, outputs)
    template = TaskTemplate(type=arguments.text("task_type", task_type), interface=interface)
    template.id.resource_type = ResourceType.TASK
    template.id.name = arguments.task_name(name)
    template.task_type_version = arguments.whole("task_type_version", task_type_version, 2**31 - 1)
    template.metadata.CopyFrom(
        TaskMetadata(
            discoverable=arguments.flag("cache", cache),
            runtime=RuntimeMetadata(type=RuntimeMetadata.FLYTE_SDK, version=__version__, flavor="python"),
            discovery_version=arguments.optional_line("cache_version", cache_version),
            deprecated_error_message=arguments.optional_text("deprecated", deprecated),
            cache_serializable=arguments.flag("cache_serialize", cache_serialize),
            pod_template_name=arguments.pod_template(pod_template_name),
            cache_ignore_input_vars=_ignored(cache_ignore_input_vars, interface),
            metadata=K8sObjectMetadata(
                labels=arguments.pod_labels(labels), annotations=arguments.pod_annotations(annotations)
            ),
        )
    )
    template.metadata.retries.retries = arguments.whole("retries", retries, MOST_RETRIES)
    template.metadata.generates_deck.SetInParent()
    if interruptible is not None:
        template.metadata.interruptible = arguments.flag("interruptible", interruptible)
    _set_timeout(template.metadata, timeout)
    _check_cache(template.metadata)
    if custom:
        template.custom.CopyFrom(struct_of(custom, "custom"))
    template.container.CopyFrom(
        Container(
            image=arguments.image("container_image", container_image, may_be_placeholder=True),
            args=_arguments(executor),
            resources=resources_of(requests, limits),
        )
    )
    for key, value in arguments.environment(environment).items():
        template.container.env.add(key=key, value=value)
    if secret_requests:
        template.security_context.CopyFrom(SecurityContext(secrets=arguments.secrets(secret_requests)))
    return template


def check_executor(executor: Any) -> None:
    """Raises TemplateError for what is no class, and ExecutorError for a class that no pod can make an executor of."""
    if not isinstance(executor, type):
        raise TemplateError(path="executor", expected="a class", got=described(executor))
    if "<locals>" in executor.__qualname__:
        raise ExecutorError(
            f"a pod cannot import {executor.__qualname__}", path="executor", hint="define the class at a module's top"
        )
    if not is_import_path(_path(executor)):
        raise ExecutorError(f"a pod cannot import {_path(executor)}", path="executor")
    method = getattr(executor, "execute_from_model", None)
    if not callable(method):
        raise ExecutorError(f"{executor.__qualname__} has no execute_from_model", path="executor")
    if method is ShimTaskExecutor.execute_from_model or inspect.isabstract(executor):
        raise ExecutorError(f"{executor.__qualname__} does not override execute_from_model", path="executor")
    try:
        signature_of(executor).bind()
    except TypeError:
        reason = f"{executor.__qualname__} cannot be made without arguments"
        raise ExecutorError(reason, path="executor", hint="what it needs belongs into custom") from None
    except Exception:  # it has no signature, or code of its own: making it will tell
        return


def _arguments(executor: type) -> list[str]:
    """What Propeller fills in and the container's program gets; the last names the code."""
    places = ["--inputs", "{{.input}}", "--output-prefix", "{{.outputPrefix}}"]
    places += ["--raw-output-data-prefix", "{{.rawOutputDataPrefix}}"]
    return [PROGRAM, *places, "--resolver", RESOLVER, "--", TEMPLATE_PATH, _path(executor)]


def _path(executor: type) -> str:
    return f"{executor.__module__}.{executor.__qualname__}"


def _ignored(names: Any, interface: TypedInterface) -> list[str]:
    path = "cache_ignore_input_vars"
    if isinstance(names, str) or not isinstance(names, Iterable):
        raise TemplateError(path=path, expected="names of inputs", got=described(names))
    ignored = list(names)
    for name in ignored:
        if not isinstance(name, str) or name not in interface.inputs.variables:
            raise TemplateError("names something that is no input", path=path)
    return ignored


def _check_cache(metadata: TaskMetadata) -> None:
    if metadata.discoverable and not metadata.discovery_version:
        raise TemplateError("a cached task needs a version of its results", path="cache_version")
    for argument, is_set in (
        ("cache_serialize", metadata.cache_serializable),
        ("cache_ignore_input_vars", metadata.cache_ignore_input_vars),
    ):
        if is_set and not metadata.discoverable:
            raise TemplateError("means nothing without cache=True", path=argument)


def _set_timeout(metadata: TaskMetadata, timeout: Any) -> None:
    """Nothing for 0, as flytekit does: the platform's own limit then counts."""
    timeout = 0 if timeout is None else timeout
    if isinstance(timeout, bool) or not isinstance(timeout, (int, dt.timedelta)):
        raise TemplateError(path="timeout", expected="a timedelta or whole seconds", got=described(timeout))
    try:
        duration = timeout if isinstance(timeout, dt.timedelta) else dt.timedelta(seconds=timeout)
    except OverflowError:
        duration = dt.timedelta.max
    if not dt.timedelta() <= duration <= LONGEST_TIMEOUT:
        raise TemplateError("is no time between 0 and 292 years", path="timeout")
    if duration:
        metadata.timeout.FromTimedelta(duration)
