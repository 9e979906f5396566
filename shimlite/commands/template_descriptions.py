# SPDX-License-Identifier: Apache-2.0
"""A template as plain data: what ``inspect --json`` prints and ``prose`` puts in words.

Of each variable: its type in words and in Python, what it may lose, how ``shimlite run`` takes it, and where an
executor's annotation disagrees with it. Next: ``prose``.
"""

from __future__ import annotations

from typing import Any

from .._idl import LiteralType, TaskTemplate, Variable
from .._types.parse import spell
from ..engine import guess_python_type
from ..errors import ShimliteError
from ..templates import TaskTemplate as View
from .disagreements import Annotated, disagreements
from .forms import form_of
from .losses import losses_of
from .show import as_json, moment_in_words, type_in_words


def template_description(template: TaskTemplate, annotated: Annotated) -> dict[str, Any]:
    """The template; ``annotated`` is what an executor says of its variables. Raises TemplateError for a custom dict
    that cannot be read."""
    view = View(template)
    runtime = template.metadata.runtime
    secrets = template.security_context.secrets
    return {
        "kind": "template",
        **{field: getattr(template.id, field) for field in ("name", "project", "domain", "version")},
        "type": template.type,
        "registered_by": f"{runtime.flavor or 'an unnamed SDK'} {runtime.version}".rstrip(),
        "metadata": _metadata(template),
        "inputs": [_input(name, one, annotated) for name, one in view.interface.inputs.items()],
        "outputs": [_variable(name, one, "outputs", annotated) for name, one in view.interface.outputs.items()],
        "custom": {key: as_json(view.custom[key]) for key in sorted(view.custom)},
        "config": dict(sorted(view.config.items())),
        "container": _container(view),
        "secrets": [{field: getattr(one, field) for field in ("group", "key", "env_var")} for one in secrets],
        "others": [field for field in ("k8s_pod", "sql", "extended_resources") if template.HasField(field)],
    }


def _metadata(template: TaskTemplate) -> dict[str, Any]:
    """What is set of the metadata that matters, under the names of flytekit's ``TaskMetadata``."""
    metadata = template.metadata
    told = {
        "cache": metadata.discoverable,
        "cache_version": metadata.discovery_version,
        "cache_serialize": metadata.cache_serializable,
        "cache_ignore_input_vars": list(metadata.cache_ignore_input_vars),
        "retries": metadata.retries.retries,
        "timeout": moment_in_words(metadata.timeout) if metadata.HasField("timeout") else "",
        "interruptible": metadata.interruptible,
        "deprecated": metadata.deprecated_error_message,
        "pod_template_name": metadata.pod_template_name,
    }
    is_said = metadata.HasField("interruptible")
    return {name: said for name, said in told.items() if said or (name == "interruptible" and is_said)}


def _container(view: View) -> dict[str, Any] | None:
    container = view.container
    if container is None:
        return None
    resources = {
        side: {_resource(entry): entry.value for entry in getattr(container.resources, side)}
        for side in ("requests", "limits")
    }
    return {
        "image": container.image,
        "command": container.command,
        "args": container.args,
        "env": dict(sorted(container.env.items())),
        **resources,
    }


def _resource(entry: Any) -> str:
    """``cpu``, ``memory``; a number where this IDL has no name for it."""
    named = entry.DESCRIPTOR.fields_by_name["name"].enum_type.values_by_number.get(entry.name)
    return named.name.lower() if named is not None else f"number {entry.name}"


def _input(name: str, variable: Variable, annotated: Annotated) -> dict[str, Any]:
    """An input, with what ``shimlite run --input`` takes for it."""
    described = _variable(name, variable, "inputs", annotated)
    return {**described, "form": None if "unreadable" in described else form_of(variable.type)}


def _variable(name: str, variable: Variable, side: str, annotated: Annotated) -> dict[str, Any]:
    path = f"{side}.{name}"
    if path in annotated:
        python_type = annotated[path]
        warnings = list(disagreements(variable.type, python_type))
        read = {"python": spell(python_type), "annotated": True, "losses": [], "warnings": warnings}
    else:
        read = _read_alone(variable.type)
    return {
        "name": name,
        "type": type_in_words(variable.type),
        **read,
        "description": variable.description,
    }


def _read_alone(literal_type: LiteralType) -> dict[str, Any]:
    """What a reader gets who knows the template alone."""
    read: dict[str, Any] = {"python": None, "annotated": False, "losses": [], "warnings": []}
    try:
        python, losses = spell(guess_python_type(literal_type)), losses_of(literal_type)
        read["python"] = python
        read["losses"] = [{"path": loss.path, "what": loss.what, "why": loss.why} for loss in losses]
    except ShimliteError as error:
        read["unreadable"] = str(error)
    return read
