# SPDX-License-Identifier: Apache-2.0
"""The one place that imports flyteidl and protobuf's well-known types.

Whoever vendors the protos too changes this file and nothing else.
"""

from __future__ import annotations

from typing import Any

from flyteidl.core.errors_pb2 import ContainerError, ErrorDocument
from flyteidl.core.execution_pb2 import ExecutionError
from flyteidl.core.identifier_pb2 import Identifier, ResourceType, WorkflowExecutionIdentifier
from flyteidl.core.interface_pb2 import TypedInterface, Variable, VariableMap
from flyteidl.core.literals_pb2 import (
    Binary,
    Blob,
    Literal,
    LiteralCollection,
    LiteralMap,
    Primitive,
    Scalar,
    Schema,
    Union,
)
from flyteidl.core.literals_pb2 import StructuredDataset as StructuredDatasetLiteral
from flyteidl.core.security_pb2 import SecurityContext
from flyteidl.core.tasks_pb2 import Container, RuntimeMetadata, TaskMetadata, TaskTemplate
from flyteidl.core.types_pb2 import (
    BlobType,
    EnumType,
    LiteralType,
    SchemaType,
    SimpleType,
    StructuredDatasetType,
    TypeAnnotation,
    TypeStructure,
    UnionType,
)
from flyteidl.core.types_pb2 import Error as ErrorLiteral
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import DecodeError, Message
from google.protobuf.struct_pb2 import ListValue, NullValue, Struct, Value
from google.protobuf.timestamp_pb2 import Timestamp

__all__ = [
    "Binary",
    "Blob",
    "BlobType",
    "Container",
    "ContainerError",
    "DecodeError",
    "Duration",
    "EnumType",
    "ErrorDocument",
    "ErrorLiteral",
    "ExecutionError",
    "Identifier",
    "ListValue",
    "Literal",
    "LiteralCollection",
    "LiteralMap",
    "LiteralType",
    "Message",
    "NullValue",
    "Primitive",
    "ResourceType",
    "RuntimeMetadata",
    "Scalar",
    "Schema",
    "SchemaType",
    "SecurityContext",
    "SimpleType",
    "Struct",
    "StructuredDatasetLiteral",
    "StructuredDatasetType",
    "TaskMetadata",
    "TaskTemplate",
    "Timestamp",
    "TypeAnnotation",
    "TypeStructure",
    "TypedInterface",
    "Union",
    "UnionType",
    "Value",
    "Variable",
    "VariableMap",
    "WorkflowExecutionIdentifier",
    "task_spec_type",
]


def task_spec_type() -> type[Any]:
    """``flyteidl.admin.TaskSpec``, which only commands for people meet: its module loads half of Flyte's admin API."""
    from flyteidl.admin.task_pb2 import TaskSpec

    task_spec: type[Any] = TaskSpec
    return task_spec
