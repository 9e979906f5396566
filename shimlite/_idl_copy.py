# SPDX-License-Identifier: Apache-2.0
"""Flyte's messages without flyteidl, made of shimlite's own copy of its descriptors, which ``_idl_files.py`` holds.

``_idl.py`` takes them where flyteidl is not installed, or too old. They are in a pool of descriptors of their own, so
that any flyteidl, another copy of shimlite's and this one can be in one process; for that the pool has well-known types
of its own as well. What goes between pools is bytes.
"""

from __future__ import annotations

from typing import Any

from google.protobuf import duration_pb2, struct_pb2, timestamp_pb2, wrappers_pb2
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper
from google.protobuf.message_factory import GetMessageClass

from ._idl_files import FILES

__all__ = ["NAMES"]

_PUBLIC = f"{__package__}.idl"
"""The module that the classes say they are of, in which a pickle finds them."""


def _message(descriptor: Any) -> Any:
    """The class of a message, which has the classes of the messages inside as attributes on every protobuf."""
    message = GetMessageClass(descriptor)
    message.__module__ = _PUBLIC
    for name, nested in descriptor.nested_types_by_name.items():
        setattr(message, name, _message(nested))
    return message


def _names() -> dict[str, Any]:
    """Every message and enum of the pool, by name."""
    pool = DescriptorPool()
    names: dict[str, Any] = {}
    well_known = (module.DESCRIPTOR.serialized_pb for module in (duration_pb2, struct_pb2, timestamp_pb2, wrappers_pb2))
    for serialized in (*well_known, *FILES):
        file: Any = pool.AddSerializedFile(serialized)
        names |= {name: _message(one) for name, one in file.message_types_by_name.items()}
        names |= {name: EnumTypeWrapper(one) for name, one in file.enum_types_by_name.items()}
    return names


NAMES = _names()
