# SPDX-License-Identifier: Apache-2.0
"""What Propeller takes out of a template before a pod reads it: an independent reading of CONTRACT J.

Out of every ``LiteralType`` of the interface, at every depth, go ``metadata`` and ``annotation``, and out of every
variable its description. An annotation with the key ``cache-key-metadata`` stays whole. All else stays.
"""

from __future__ import annotations

from collections.abc import Iterator

from shimlite._idl import LiteralType, TaskTemplate

CACHE_KEY = "cache-key-metadata"


def stripped(template: TaskTemplate) -> TaskTemplate:
    """The template as a pod gets it: a new message."""
    bare = TaskTemplate()
    bare.CopyFrom(template)
    for variables in (bare.interface.inputs.variables, bare.interface.outputs.variables):
        for variable in variables.values():
            variable.ClearField("description")
            if variable.HasField("type"):
                _strip(variable.type)
    return bare


def stripped_type(literal_type: LiteralType) -> LiteralType:
    """The type as a pod gets it: a new message."""
    bare = LiteralType()
    bare.CopyFrom(literal_type)
    _strip(bare)
    return bare


def _strip(literal_type: LiteralType) -> None:
    literal_type.ClearField("metadata")
    if CACHE_KEY not in literal_type.annotation.annotations.fields:
        literal_type.ClearField("annotation")
    for part in parts(literal_type):
        _strip(part)


def parts(literal_type: LiteralType) -> Iterator[LiteralType]:
    """The types directly inside a type, in place."""
    yield from literal_type.structure.dataclass_type.values()
    kind = literal_type.WhichOneof("type")
    if kind in ("collection_type", "map_value_type"):
        yield getattr(literal_type, kind)
    elif kind == "union_type":
        yield from literal_type.union_type.variants
    elif kind == "structured_dataset_type":
        for column in literal_type.structured_dataset_type.columns:
            if column.HasField("literal_type"):
                yield column.literal_type
