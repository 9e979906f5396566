# SPDX-License-Identifier: Apache-2.0
"""Interfaces and whole templates, as flytekit registers them for a shim task."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from .._idl import Identifier, RuntimeMetadata, TaskTemplate, VariableMap
from .awkward import TEXTS, from_pool
from .literal_types import literal_types
from .scalars import MOST_ITEMS, WORDS

LEVELS = 2
"""Of types in types: what is deeper is a test of types, not of interfaces."""
NAMES = ("x", "y", "o0", "o1", "rows", "class", "größe", "self_", "_")
"""``tt`` and ``self`` are not among them: those are parameters of an executor's own."""
EXECUTORS = ("flytekit.extras.sqlite3.task.SQLite3TaskExecutor", "package.module.Executor")
ARGUMENTS = (
    "pyflyte-execute",
    *("--inputs", "{{.input}}"),
    *("--output-prefix", "{{.outputPrefix}}"),
    *("--raw-output-data-prefix", "{{.rawOutputDataPrefix}}"),
    *("--resolver", "flytekit.core.python_customized_container_task.default_task_template_resolver"),
    *("--", "{{.taskTemplatePath}}"),
)
"""What flytekit registers, the executor's import path after it."""


@st.composite
def interfaces(draw: st.DrawFn) -> Any:
    """A ``TypedInterface``: inputs and outputs by name, each of a type that makes sense."""
    interface = TaskTemplate().interface
    draw(_filled(interface.inputs))
    draw(_filled(interface.outputs))
    return interface


@st.composite
def _filled(draw: st.DrawFn, side: VariableMap) -> None:
    side.SetInParent()
    for name in draw(st.lists(st.sampled_from(NAMES), max_size=MOST_ITEMS, unique=True)):
        side.variables[name].type.CopyFrom(draw(literal_types(LEVELS)))
        side.variables[name].description = draw(st.sampled_from((name, "")))


@st.composite
def task_templates(draw: st.DrawFn) -> TaskTemplate:
    """A ``TaskTemplate`` of a shim task: ``custom`` is any JSON object, the container's last argument an executor."""
    template = TaskTemplate(type=draw(st.sampled_from(("python-task", "sqlite", "größer"))))
    names = {part: draw(st.sampled_from(TEXTS[1:4])) for part in ("project", "domain", "name", "version")}
    template.id.CopyFrom(Identifier(resource_type="TASK", **names))
    template.task_type_version = draw(st.integers(0, 3))
    template.interface.CopyFrom(draw(interfaces()))
    template.custom.update(draw(st.dictionaries(WORDS, _json(), max_size=MOST_ITEMS)))
    draw(_described(template.metadata))
    draw(_contained(template.container))
    if draw(st.booleans()):
        secrets = template.security_context.secrets
        secrets.add(group=draw(WORDS), key=draw(WORDS), mount_requirement=draw(st.integers(0, 2)))
    template.config.update(draw(st.dictionaries(WORDS, WORDS, max_size=1)))
    return template


@st.composite
def _described(draw: st.DrawFn, metadata: Any) -> None:
    metadata.runtime.CopyFrom(RuntimeMetadata(type="FLYTE_SDK", version="1.16.31", flavor="python"))
    metadata.discoverable, metadata.discovery_version = draw(st.sampled_from(((False, ""), (True, "1"))))
    metadata.retries.retries = draw(st.integers(0, 3))
    metadata.generates_deck.value = draw(st.booleans())
    if draw(st.booleans()):
        metadata.timeout.seconds = draw(st.integers(1, 86_400))
    if draw(st.booleans()):
        metadata.interruptible = draw(st.booleans())


@st.composite
def _contained(draw: st.DrawFn, container: Any) -> None:
    container.image = draw(st.sampled_from(("example.invalid/slim:1", "localhost:30000/image@sha256:0")))
    container.args.extend((*ARGUMENTS, draw(st.sampled_from(EXECUTORS))))
    for key, value in draw(st.dictionaries(WORDS, WORDS, max_size=2)).items():
        container.env.add(key=key, value=value)
    if draw(st.booleans()):
        container.resources.requests.add(name=1, value=draw(st.sampled_from(("1", "500m"))))


def _json() -> SearchStrategy[Any]:
    """What a ``Struct`` registered from JSON holds: finite numbers, all of them doubles."""
    numbers = from_pool((0, 1, 2**53), st.floats(allow_nan=False, allow_infinity=False))
    atoms = st.one_of(st.none(), st.booleans(), numbers, WORDS)
    return st.recursive(
        atoms,
        lambda below: st.lists(below, max_size=2) | st.dictionaries(WORDS, below, max_size=2),
        max_leaves=MOST_ITEMS,
    )
