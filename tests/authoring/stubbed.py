# SPDX-License-Identifier: Apache-2.0
"""Templates that are hard to make stubs of, and the executors that stubs define."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from typing import Any

from shimlite import ExecutableTemplateShimTask, ShimTaskExecutor
from shimlite._idl import TaskTemplate
from shimlite.authoring.stubs import stub_of
from shimlite.signatures import input_types, output_types

from ..build import template
from ..golden.recorded import message, rows
from ..stripping import stripped
from ..support import record_type

TAKEN = ("list", "int", "str", "dict", "Any", "dt", "datetime", "field", "dataclass", "Enum", "Literal", "object")
OURS = ("ShimTaskExecutor", "TaskTemplate", "FlyteFile", "Outputs", "LongType", "Record", "Executor", "TypedDict")
RESERVED = ("class", "None", "True", "match", "type", "_", "__", "_x", "__x", "__init__", "__class__", "__debug__")
MEANT = ("self", "tt", "template", "others", "execute_from_model", "name", "value", "mro", "count", "index", "_fields")
SPELLED = ("1a", "a b", "é", "ﬁ", "ſ", "𝐱", "x" * 300, "", " ", "red", "RED", "Red")
CODE = ('a"b', "a'b", "\"'", "\\", "a\\", '"""', "'''", "{}", "%s", "a\nb", "a\n\nraise SystemExit(1)\n#", "x; raise")
UNSEEN = ("\x00", "\x1b[0m", "\u2028", "\u202eabc", "\ufeff", "\r", "\x0c")
DIRECTIVES = ("coding: utf-7", "# type: ignore", "type: ignore", "mypy: ignore-errors", "# noqa", "fmt: off")
TEXTS = (*TAKEN, *OURS, *RESERVED, *MEANT, *SPELLED, *CODE, *UNSEEN, *DIRECTIVES)
"""Names, titles, values and descriptions that are no plain words."""
INTEGER = {"type": "integer"}


def titled(title: str, required: Any = None, **properties: Any) -> dict[str, Any]:
    schema = {"type": "object", "title": title, "properties": properties, "additionalProperties": False}
    return schema if required is None else {**schema, "required": required}


def full_of(text: str) -> TaskTemplate:
    """A template that says ``text`` wherever it says anything."""
    record = record_type(titled(text, ["f"], f=INTEGER, g=titled(text, h=INTEGER)))
    described = {
        text: {**INTEGER, "description": text},
        "default": {"type": "string", "default": text},
        "choice": {"enum": [text, "q"], "default": text},
    }
    holder = record_type(titled("R", [text], **described))
    made = template({text: int, "x": record, "r": holder}, {text: record, "p": int})
    inputs = made.interface.inputs.variables
    inputs["enum"].type.enum_type.values.extend([text, text.upper(), "x y", "x_y", text])
    inputs["literal"].type.simple = 3
    inputs["literal"].type.annotation.annotations.update({"literal_values": [text]})
    inputs["file"].type.blob.format = text
    inputs["table"].type.schema.columns.add(name=text)
    for variable in (*inputs.values(), *made.interface.outputs.variables.values()):
        variable.description = text
    made.id.name = f"m.{text}"
    made.custom.update({text: text})
    made.container.args.extend(["{{.taskTemplatePath}}", f"m.{text}"])
    return made


def full_of_names() -> TaskTemplate:
    """A template whose variables, and whose record's fields, have all the names at once."""
    fields = {
        name: {"type": "array", "items": {"anyOf": [INTEGER, {"type": "string", "format": "date"}]}}
        for name in (*TAKEN, *OURS, *MEANT)
    }
    inputs: dict[str, Any] = dict.fromkeys(TEXTS, int)
    return template({**inputs, "record": record_type(titled("R", **fields))}, dict.fromkeys(TEXTS, str))


def recorded() -> Iterator[tuple[str, TaskTemplate, TaskTemplate]]:
    """Pairs of the platform's: as registered, and as a pod got it."""
    for row in rows("stripped.jsonl"):
        yield row["name"], *(message(TaskTemplate, row[kind]) for kind in ("registered", "stripped"))


def all_of_them() -> Iterator[TaskTemplate]:
    for _, registered, in_pod in recorded():
        yield from (registered, in_pod)
    for made in (*map(full_of, TEXTS), full_of_names()):
        yield from (made, stripped(made))


def executor_of(text: str) -> Any:
    """The executor that a stub defines, run as a module of its own that nothing else can import."""
    module = types.ModuleType("a_stub")
    sys.modules[module.__name__] = module  # where annotations are resolved
    exec(compile(text.encode(), module.__name__, "exec", dont_inherit=True), vars(module))
    (found,) = (one for one in vars(module).values() if _is_own(one, module.__name__))
    return found


def _is_own(value: Any, module: str) -> bool:
    return isinstance(value, type) and value.__module__ == module and issubclass(value, ShimTaskExecutor)


def types_of(made: TaskTemplate, executor: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """What an executor's annotations say of each side. Raises where they do not fit."""
    task = ExecutableTemplateShimTask(made, executor)
    interface = task.task_template.interface
    return input_types(task.executor, interface.inputs), output_types(task.executor, interface.outputs)


def stub_types(made: TaskTemplate) -> tuple[dict[str, Any], dict[str, Any]]:
    """The same of the stub of a template, which fits what was registered and what a pod gets."""
    executor = executor_of(stub_of(made))
    assert types_of(made, executor) == types_of(stripped(made), executor)
    return types_of(made, executor)
