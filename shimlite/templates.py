# SPDX-License-Identifier: Apache-2.0
"""``TaskTemplate`` as executors know it: flytekit's attribute names over ``flyteidl.core.TaskTemplate``.

Where flytekit's model and the message agree on names and absence, the message itself is handed out; the classes here
stand where they differ: maps are dicts, what is absent is None, durations are ``timedelta``.
"""

from __future__ import annotations

import datetime as dt
import functools
from typing import Any, NamedTuple

from . import _idl
from ._idl import Identifier, Message, Variable
from ._types.plain_data import read_struct
from ._types.times import read_duration
from .errors import ShimliteError, TemplateError, no_message

__all__ = ["Container", "TaskMetadata", "TaskTemplate", "TypedInterface"]


class TypedInterface(NamedTuple):
    """``TypedInterface``: each side a dict of names to ``Variable`` messages, in order of name."""

    inputs: dict[str, Variable]
    outputs: dict[str, Variable]


class TaskMetadata(NamedTuple):
    """``TaskMetadata``. ``interruptible`` is None where the template leaves it to the platform."""

    discoverable: bool
    runtime: _idl.RuntimeMetadata
    timeout: dt.timedelta
    retries: Any
    interruptible: bool | None
    discovery_version: str
    deprecated_error_message: str
    cache_serializable: bool
    pod_template_name: str
    cache_ignore_input_vars: tuple[str, ...]
    is_eager: bool
    generates_deck: bool
    k8s_object_metadata: Message | None


class Container(NamedTuple):
    """``Container``: ``args`` still hold Flyte's unrendered variables."""

    image: str
    command: list[str]
    args: list[str]
    env: dict[str, str]
    config: dict[str, str]
    resources: Any
    data_loading_config: Message | None


class TaskTemplate:
    """A read-only view of a ``flyteidl.core.TaskTemplate``, which is ``proto``.

    ``custom`` is a dict of its own that an executor may write into. Raises TemplateError for what is no template.
    """

    def __init__(self, proto: _idl.TaskTemplate) -> None:
        if not isinstance(proto, _idl.TaskTemplate):
            error = no_message(_idl.TaskTemplate, proto)
            raise TemplateError(expected=error.expected, got=error.got, hint=error.hint)
        self._proto = proto

    @property
    def proto(self) -> _idl.TaskTemplate:
        return self._proto

    def to_flyte_idl(self) -> _idl.TaskTemplate:
        """The message, under flytekit's name for it."""
        return self._proto

    @property
    def id(self) -> Identifier:
        return self._proto.id

    @property
    def type(self) -> str:
        return str(self._proto.type)

    @property
    def task_type_version(self) -> int:
        return int(self._proto.task_type_version)

    @functools.cached_property
    def metadata(self) -> TaskMetadata:
        held = self._proto.metadata
        try:
            seconds = read_duration(held.timeout)
        except ShimliteError as error:
            error.blame(TemplateError, "template.metadata.timeout")
        return TaskMetadata(
            discoverable=held.discoverable,
            runtime=held.runtime,
            timeout=seconds,
            retries=held.retries,
            interruptible=held.interruptible if held.HasField("interruptible") else None,
            discovery_version=held.discovery_version,
            deprecated_error_message=held.deprecated_error_message,
            cache_serializable=held.cache_serializable,
            pod_template_name=held.pod_template_name,
            cache_ignore_input_vars=tuple(held.cache_ignore_input_vars),
            is_eager=held.is_eager,
            generates_deck=held.generates_deck.value,
            k8s_object_metadata=_present(held, "metadata"),
        )

    @functools.cached_property
    def interface(self) -> TypedInterface:
        sides = self._proto.interface.inputs.variables, self._proto.interface.outputs.variables
        return TypedInterface(*({name: side[name] for name in sorted(side)} for side in sides))

    @functools.cached_property
    def custom(self) -> dict[str, Any]:
        """The Struct as plain Python; its integral numbers are ``int``, so that ``LIMIT 10`` stays that."""
        try:
            return read_struct(self._proto.custom)
        except ShimliteError as error:
            error.blame(TemplateError, "template.custom")

    @functools.cached_property
    def container(self) -> Container | None:
        if not self._proto.HasField("container"):
            return None
        held = self._proto.container
        return Container(
            image=held.image,
            command=list(held.command),
            args=list(held.args),
            env={pair.key: pair.value for pair in held.env},
            config={pair.key: pair.value for pair in held.config},
            resources=held.resources,
            data_loading_config=_present(held, "data_config"),
        )

    @functools.cached_property
    def config(self) -> dict[str, str]:
        return dict(self._proto.config)

    @property
    def security_context(self) -> Any:
        return _present(self._proto, "security_context")

    @property
    def k8s_pod(self) -> Any:
        return _present(self._proto, "k8s_pod")

    @property
    def sql(self) -> Any:
        return _present(self._proto, "sql")

    @property
    def extended_resources(self) -> Any:
        return _present(self._proto, "extended_resources")

    def __repr__(self) -> str:
        return f"TaskTemplate({self.type!r}, {self.id.name!r})"


def _present(message: Message, field: str) -> Any:
    return getattr(message, field) if message.HasField(field) else None
