# SPDX-License-Identifier: Apache-2.0
"""The one place that imports flyteidl and protobuf's well-known types.

Whoever vendors the protos too changes this file and nothing else.
"""

from __future__ import annotations

from typing import Any, TypeVar

from flyteidl.core.errors_pb2 import ContainerError, ErrorDocument
from flyteidl.core.execution_pb2 import ExecutionError
from flyteidl.core.identifier_pb2 import Identifier
from flyteidl.core.interface_pb2 import Variable, VariableMap
from flyteidl.core.literals_pb2 import (
    Binary,
    Literal,
    LiteralMap,
)
from flyteidl.core.tasks_pb2 import RuntimeMetadata, TaskTemplate
from flyteidl.core.types_pb2 import (
    BlobType,
    LiteralType,
    SchemaType,
    SimpleType,
    StructuredDatasetType,
    TypeAnnotation,
    TypeStructure,
    UnionType,
)
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import DecodeError, EncodeError, Message
from google.protobuf.struct_pb2 import ListValue, Struct, Value
from google.protobuf.timestamp_pb2 import Timestamp

__all__ = [
    "Binary",
    "BlobType",
    "ContainerError",
    "DecodeError",
    "Duration",
    "EncodeError",
    "ErrorDocument",
    "ExecutionError",
    "Identifier",
    "ListValue",
    "Literal",
    "LiteralMap",
    "LiteralType",
    "Message",
    "RuntimeMetadata",
    "SchemaType",
    "SimpleType",
    "Struct",
    "StructuredDatasetType",
    "TaskTemplate",
    "Timestamp",
    "TypeAnnotation",
    "TypeStructure",
    "UnionType",
    "Value",
    "Variable",
    "VariableMap",
    "from_text",
    "literal_kind",
    "task_spec_type",
    "to_json",
    "type_kind",
]


_M = TypeVar("_M", bound=Message)


def from_text(text: str, message_type: type[_M]) -> _M:
    """A message that is written here in protobuf's text format, whose parser is loaded only then."""
    from google.protobuf import text_format

    return text_format.Parse(text, message_type())


def to_json(message: Message) -> dict[str, Any]:
    """A message as protobuf's JSON, whose writer is loaded only then. Raises ValueError for what JSON cannot say."""
    from google.protobuf import json_format

    try:
        return json_format.MessageToDict(message)
    except json_format.Error:
        raise ValueError("holds what JSON cannot say") from None


def task_spec_type() -> type[Any]:
    """``flyteidl.admin.TaskSpec``, which only commands for people meet: its module loads half of Flyte's admin API."""
    from flyteidl.admin.task_pb2 import TaskSpec

    task_spec: type[Any] = TaskSpec
    return task_spec


def type_kind(literal_type: LiteralType) -> str:
    """``INTEGER`` and the like for a simple type, else the name of the oneof's field.

    An unset ``LiteralType`` counts as ``NONE``: that is what every reader that asks only for ``simple`` takes it for,
    Propeller among them. A number that this flyteidl does not name is spelled ``simple 42``.
    """
    kind = literal_type.WhichOneof("type")
    if kind is None:
        return "NONE"
    if kind != "simple":
        return str(kind)
    value = literal_type.DESCRIPTOR.fields_by_name["simple"].enum_type.values_by_number.get(literal_type.simple)
    return str(value.name) if value is not None else f"simple {literal_type.simple}"


def literal_kind(literal: Literal) -> str:
    """The innermost oneof field that is set: ``integer``, ``collection``, ``binary``; ``nothing`` where none is."""
    kind = literal.WhichOneof("value")
    if kind == "scalar":
        kind = literal.scalar.WhichOneof("value")
        if kind == "primitive":
            kind = literal.scalar.primitive.WhichOneof("value")
    return kind or "nothing"
