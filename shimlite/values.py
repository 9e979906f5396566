# SPDX-License-Identifier: Apache-2.0
"""What travels through Flyte as a reference and has no Python type of its own. A leaf: it imports nothing of ours.

Each class is frozen and compares by value. It names data that lies elsewhere; making or comparing one reads nothing.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from ._idl import LiteralType

__all__ = ["FlyteDirectory", "FlyteError", "FlyteFile", "FlyteSchema", "StructuredDataset"]


@attrs.frozen
class FlyteFile:
    """One file, as ``Blob`` of dimensionality SINGLE refers to it.

    ``FlyteFile["csv"]`` is the type of files of that format, as in flytekit.
    """

    uri: str = attrs.field(validator=attrs.validators.instance_of(str))
    format: str = attrs.field(default="", kw_only=True)
    metadata: Mapping[str, str] | None = attrs.field(default=None, kw_only=True, hash=False)
    """``Literal.metadata``, which flytekit fills from ``FlyteFile.metadata``; None where there is none."""

    def __class_getitem__(cls, file_format: str) -> Any:
        return types.GenericAlias(cls, (file_format,))


@attrs.frozen
class FlyteDirectory:
    """A directory, as ``Blob`` of dimensionality MULTIPART refers to it. ``FlyteDirectory["csv"]`` as for files."""

    uri: str = attrs.field(validator=attrs.validators.instance_of(str))
    format: str = attrs.field(default="", kw_only=True)

    def __class_getitem__(cls, file_format: str) -> Any:
        return types.GenericAlias(cls, (file_format,))


@attrs.frozen
class StructuredDataset:
    """A table, as ``flyteidl.core.StructuredDataset`` refers to it; the data stays where it is.

    ``Annotated[StructuredDataset, {"name": str}, "parquet"]`` is the type of tables with those columns and that
    format, as in flytekit.
    """

    uri: str = attrs.field(validator=attrs.validators.instance_of(str))
    format: str = attrs.field(default="", kw_only=True)
    columns: tuple[tuple[str, LiteralType], ...] = attrs.field(default=(), kw_only=True, hash=False)
    """Names and their ``LiteralType`` messages, in order."""
    external_schema_type: str = attrs.field(default="", kw_only=True)
    external_schema_bytes: bytes = attrs.field(default=b"", kw_only=True, repr=False)


@attrs.frozen
class FlyteSchema:
    """A table, as the older ``flyteidl.core.Schema`` refers to it; the data stays where it is.

    ``FlyteSchema[{"id": int, "name": str}]`` is the type of tables with those columns, as in flytekit.
    """

    uri: str = attrs.field(validator=attrs.validators.instance_of(str))
    columns: tuple[tuple[str, type], ...] = attrs.field(default=(), kw_only=True)
    """Names and their types (int, float, str, bool, datetime or timedelta), in order."""

    def __class_getitem__(cls, columns: Mapping[str, type]) -> Any:
        return types.GenericAlias(cls, tuple(columns.items()))


@attrs.frozen
class FlyteError:
    """What a failed node left for its failure handler (``flyteidl.core.Error``)."""

    message: str = attrs.field(validator=attrs.validators.instance_of(str))
    failed_node_id: str = attrs.field(default="", validator=attrs.validators.instance_of(str))
