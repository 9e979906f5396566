# SPDX-License-Identifier: Apache-2.0
"""Flyte's messages, as shimlite takes and gives them: flyteidl's own where that is installed, else of the same bytes.

flyteidl does not install on Python 3.14 and later; there these classes are shimlite's own, and so are ``Struct``,
``Timestamp`` and the like, which are not ``google.protobuf``'s. Code that imports its messages from here runs on every
Python. A message of other classes, such as an older flyteidl's, becomes one of these through its bytes:
``Literal.FromString(other.SerializeToString())``.

This file owns the public names alone; ``_idl.py`` says where the classes come from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._idl import (
    Binary,
    Blob,
    BlobMetadata,
    BlobType,
    Container,
    ContainerError,
    ContainerPort,
    DataLoadingConfig,
    DecodeError,
    Duration,
    EnumType,
    Error,
    ErrorDocument,
    ExecutionError,
    ExtendedResources,
    GPUAccelerator,
    Identifier,
    Identity,
    IOStrategy,
    K8sObjectMetadata,
    K8sPod,
    ListValue,
    Literal,
    LiteralCollection,
    LiteralMap,
    LiteralOffloadedMetadata,
    LiteralType,
    Message,
    Primitive,
    Resources,
    ResourceType,
    RetryStrategy,
    RuntimeMetadata,
    Scalar,
    Schema,
    SchemaType,
    Secret,
    SecurityContext,
    SimpleType,
    Sql,
    Struct,
    StructuredDataset,
    StructuredDatasetMetadata,
    StructuredDatasetType,
    TaskMetadata,
    TaskTemplate,
    Timestamp,
    TypeAnnotation,
    TypedInterface,
    TypeStructure,
    Union,
    UnionType,
    Value,
    Variable,
    VariableMap,
    Void,
)

if TYPE_CHECKING:
    from ._idl import TaskSpec
else:
    from ._idl import task_spec_type

    def __getattr__(name: str) -> Any:
        """``TaskSpec``, whose module in flyteidl loads half of Flyte's admin API, when it is asked for."""
        if name == "TaskSpec":
            return task_spec_type()
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
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
    "TaskSpec",
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
]
