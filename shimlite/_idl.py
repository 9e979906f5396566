# SPDX-License-Identifier: Apache-2.0
"""The one place that imports flyteidl and protobuf's well-known types, or takes shimlite's own copy of them.

flyteidl's messages are used wherever a flyteidl is installed that has all that shimlite needs, so that users' own
messages are of the same classes; else those of ``_idl_copy.py``. ``idl.py`` has the public ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.internal import api_implementation
from google.protobuf.message import DecodeError, EncodeError, Message
from google.protobuf.message_factory import GetMessageClass

COMPILED = api_implementation.Type() == "upb"
"""Whether protobuf is its compiled one, and not pure Python."""


def _flyteidl_serves() -> bool:
    """Whether a flyteidl is installed that knows all that shimlite reads: Python 3.14 gets one of 2023 from pip.

    ``metadata`` is the newest field that shimlite reads, and of 1.16.0.
    """
    try:
        from flyteidl.core.tasks_pb2 import TaskMetadata
    except (ImportError, TypeError):  # protobuf raises TypeError for what a much older one has generated
        return False
    return "metadata" in TaskMetadata.DESCRIPTOR.fields_by_name


if TYPE_CHECKING or _flyteidl_serves():
    from flyteidl.core.errors_pb2 import (
        ContainerError,
        ErrorDocument,
    )
    from flyteidl.core.execution_pb2 import (
        ExecutionError,
    )
    from flyteidl.core.identifier_pb2 import (
        Identifier,
        ResourceType,
    )
    from flyteidl.core.interface_pb2 import (
        TypedInterface,
        Variable,
        VariableMap,
    )
    from flyteidl.core.literals_pb2 import (
        Binary,
        Blob,
        BlobMetadata,
        Literal,
        LiteralCollection,
        LiteralMap,
        LiteralOffloadedMetadata,
        Primitive,
        RetryStrategy,
        Scalar,
        Schema,
        StructuredDataset,
        StructuredDatasetMetadata,
        Union,
        Void,
    )
    from flyteidl.core.security_pb2 import (
        Identity,
        Secret,
        SecurityContext,
    )
    from flyteidl.core.tasks_pb2 import (
        Container,
        ContainerPort,
        DataLoadingConfig,
        ExtendedResources,
        GPUAccelerator,
        IOStrategy,
        K8sObjectMetadata,
        K8sPod,
        Resources,
        RuntimeMetadata,
        Sql,
        TaskMetadata,
        TaskTemplate,
    )
    from flyteidl.core.types_pb2 import (
        BlobType,
        EnumType,
        Error,
        LiteralType,
        SchemaType,
        SimpleType,
        StructuredDatasetType,
        TypeAnnotation,
        TypeStructure,
        UnionType,
    )
    from google.protobuf.duration_pb2 import Duration
    from google.protobuf.struct_pb2 import ListValue, Struct, Value
    from google.protobuf.timestamp_pb2 import Timestamp

    if TYPE_CHECKING:
        from flyteidl.admin.task_pb2 import TaskSpec as TaskSpec

    def task_spec_type() -> type[Any]:
        """``TaskSpec``, which only commands for people meet: its module loads half of Flyte's admin API."""
        from flyteidl.admin.task_pb2 import TaskSpec

        task_spec: type[Any] = TaskSpec
        return task_spec

else:
    from ._idl_copy import NAMES

    globals().update(NAMES)

    def task_spec_type():
        """As above; the copy's is at hand."""
        return NAMES["TaskSpec"]


__all__ = [
    "COMPILED",
    "Binary",
    "Blob",
    "BlobMetadata",
    "BlobType",
    "Container",
    "ContainerError",
    "ContainerPort",
    "DataLoadingConfig",
    "DecodeError",
    "Duration",
    "EncodeError",
    "EnumType",
    "Error",
    "ErrorDocument",
    "ExecutionError",
    "ExtendedResources",
    "GPUAccelerator",
    "IOStrategy",
    "Identifier",
    "Identity",
    "K8sObjectMetadata",
    "K8sPod",
    "ListValue",
    "Literal",
    "LiteralCollection",
    "LiteralMap",
    "LiteralOffloadedMetadata",
    "LiteralType",
    "Message",
    "Primitive",
    "ResourceType",
    "Resources",
    "RetryStrategy",
    "RuntimeMetadata",
    "Scalar",
    "Schema",
    "SchemaType",
    "Secret",
    "SecurityContext",
    "SimpleType",
    "Sql",
    "Struct",
    "StructuredDataset",
    "StructuredDatasetMetadata",
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
    "Void",
    "from_json",
    "from_text",
    "literal_kind",
    "message_of_file",
    "task_spec_type",
    "to_json",
    "type_kind",
    "unknown_fields",
]


_M = TypeVar("_M", bound=Message)


def message_of_file(serialized: bytes) -> type[Message]:
    """The class of the first message of a file of descriptors, which is in a pool of its own."""
    file: Any = DescriptorPool().AddSerializedFile(serialized)
    return GetMessageClass(next(iter(file.message_types_by_name.values())))


def from_text(text: str, message_type: type[_M]) -> _M:
    """A message that is written here in protobuf's text format, whose parser is loaded only then."""
    from google.protobuf import text_format

    return text_format.Parse(text, message_type())


def from_json(plain: Any, message_type: type[_M]) -> _M:
    """A message of protobuf's JSON, whose parser is loaded only then. Raises ValueError for any other JSON."""
    from google.protobuf import json_format

    try:
        return json_format.ParseDict(plain, message_type())
    except Exception:  # protobuf raises whatever it meets in JSON of an odd shape, with values in its message
        raise ValueError(f"no JSON of a {message_type.DESCRIPTOR.name}") from None


def to_json(message: Message) -> dict[str, Any]:
    """A message as protobuf's JSON, whose writer is loaded only then. Raises ValueError for what JSON cannot say."""
    from google.protobuf import json_format

    try:
        return json_format.MessageToDict(message)
    except json_format.Error:
        raise ValueError("holds what JSON cannot say") from None


def unknown_fields(message: Message) -> list[tuple[int, int, Any]]:
    """Number, wire type and content of the fields that are in a message, and not in its class."""
    from google.protobuf.unknown_fields import UnknownFieldSet

    fields: Any = UnknownFieldSet(message)  # types-protobuf does not say that it can be iterated
    return [(field.field_number, field.wire_type, field.data) for field in fields]


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
