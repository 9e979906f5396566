# SPDX-License-Identifier: Apache-2.0
"""What a pod sees of a ``LiteralType``.

Propeller strips JSON Schemas, annotations and descriptions from a template before a pod gets it. A type is compiled as
the pod sees it, wherever it comes from, so that a registered template and a pod's give the same values and bytes.
Literals are not stripped: the type that a union stores names the class of a record. Next: ``literal_codec``.
"""

from __future__ import annotations

from collections.abc import Iterator

from .._idl import LiteralType, Message, SimpleType, UnionType

KEPT_ANNOTATION = "cache-key-metadata"
"""Propeller leaves an annotation with this key whole, since the keys of its cache are computed by it."""
STRUCT = SimpleType.STRUCT
MOST_LEVELS = 101
"""Messages around one another, the outermost included, that protobuf reads: it refuses the 101st inside one."""


def stripped(literal_type: LiteralType) -> LiteralType:
    """A copy of the type as Propeller hands it to a pod: without ``metadata``, and with few annotations."""
    copy = LiteralType()
    copy.CopyFrom(literal_type)
    for part in parts_of(copy):
        part.ClearField("metadata")
        if KEPT_ANNOTATION not in part.annotation.annotations.fields:
            part.ClearField("annotation")
    return copy


def without_fields(literal_type: LiteralType) -> LiteralType:
    """A stripped copy that does not say which fields its records have, which ``stripped`` leaves."""
    copy = stripped(literal_type)
    for part in parts_of(copy):
        if part.HasField("structure"):
            part.structure.dataclass_type.clear()
    return copy


def essence(literal_type: LiteralType) -> bytes:
    """The part of a type that decides how its literals are read. Two types of one essence are one to a union.

    The tag of the type itself is not part of it, and that of an element is not, which Flyte 2's SDK writes for records
    alone; those of the variants inside it are.
    """
    copy = stripped(literal_type)
    for part in parts_of(copy):
        kind = part.WhichOneof("type")
        if kind in ("collection_type", "map_value_type"):
            getattr(part, kind).ClearField("structure")
        tag = "" if part is copy else part.structure.tag
        part.ClearField("annotation")
        part.ClearField("structure")
        if tag:
            part.structure.tag = tag
    return _wire(_without_repeated_variants(copy))


def _without_repeated_variants(literal_type: LiteralType) -> LiteralType:
    """The same message, in which no union has two equal variants."""
    for part in reversed(list(parts_of(literal_type))):
        if part.WhichOneof("type") == "union_type":
            distinct = {_wire(variant): variant for variant in part.union_type.variants}
            if len(distinct) < len(part.union_type.variants):
                part.union_type.CopyFrom(UnionType(variants=distinct.values()))
    return literal_type


def _wire(literal_type: LiteralType) -> bytes:
    return bytes(literal_type.SerializeToString(deterministic=True))


def parts_of(literal_type: LiteralType) -> Iterator[LiteralType]:
    """The type and all types in it, each before those inside it."""
    yield literal_type
    kind = literal_type.WhichOneof("type")
    if kind in ("collection_type", "map_value_type"):
        yield from parts_of(getattr(literal_type, kind))
    elif kind == "union_type":
        for variant in literal_type.union_type.variants:
            yield from parts_of(variant)
    elif kind == "structured_dataset_type":
        for column in literal_type.structured_dataset_type.columns:
            if column.HasField("literal_type"):
                yield from parts_of(column.literal_type)
    if literal_type.HasField("structure"):
        for field in literal_type.structure.dataclass_type.values():
            yield from parts_of(field)


def structs(literal_type: LiteralType) -> Iterator[LiteralType]:
    """The STRUCTs that a literal of the type is made of, in order; those inside msgpack are not looked for."""
    kind = literal_type.WhichOneof("type")
    if kind in ("collection_type", "map_value_type"):
        yield from structs(getattr(literal_type, kind))
    elif kind == "union_type":
        for variant in literal_type.union_type.variants:
            yield from structs(variant)
    elif kind == "simple" and literal_type.simple == STRUCT:
        yield literal_type


def titles(literal_type: LiteralType) -> tuple[str, ...]:
    """What the schemas of its STRUCTs call their classes, in order; an empty text where there is no schema."""
    return tuple(map(_title, structs(literal_type)))


def _title(struct: LiteralType) -> str:
    """The title that pydantic's and flytekit's schemas have. A recursive schema's name is in its ``$ref``, and so is
    that of every schema of an old flytekit, under ``definitions``."""
    fields = struct.metadata.fields
    if "title" in fields:
        return str(fields["title"].string_value)
    return str(fields["$ref"].string_value).removeprefix("#/$defs/") if "$ref" in fields else ""


def is_title_of(title: str, name: str) -> bool:
    """Whether a class of that name wrote the title. marshmallow added ``Schema``, to a name with one capital."""
    place, _, schema = title.rpartition("/")
    return title == name or (
        place == "#/definitions" and schema in (name, f"{name}Schema", f"{name.capitalize()}Schema")
    )


def levels_of(message: Message) -> int:
    """How many messages stand around one another in a message, itself included; a map's entry counts as one."""
    deepest = 0
    for _, value in message.ListFields():
        if isinstance(value, Message):
            deepest = max(deepest, levels_of(value))
        elif not isinstance(value, (str, bytes, int, float)):
            is_map = hasattr(value, "values")
            parts = [one for one in (value.values() if is_map else value) if isinstance(one, Message)]
            deepest = max(deepest, is_map + max(map(levels_of, parts), default=0))
    return 1 + deepest
