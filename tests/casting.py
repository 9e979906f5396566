# SPDX-License-Identifier: Apache-2.0
"""Which type the platform infers from a literal, and what it connects: an independent reading of CONTRACT I, "Types".

Propeller's compiler asks ``castable`` of an output's type and an input's. The cache and launch plans have a literal
only, so they ask ``accepted``. Where Go has no type at all (nil), here is a ``LiteralType`` in which nothing is set.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Iterator
from typing import Any

from google.protobuf import json_format, text_format

from shimlite._idl import Literal, LiteralType, SchemaType, SimpleType, Struct

# ------------------------------------------------------------------------------------------------ the type of a literal

PRIMITIVES = {
    None: SimpleType.NONE,
    "integer": SimpleType.INTEGER,
    "float_value": SimpleType.FLOAT,
    "string_value": SimpleType.STRING,
    "boolean": SimpleType.BOOLEAN,
    "datetime": SimpleType.DATETIME,
    "duration": SimpleType.DURATION,
}
SIMPLE = {"none_type": SimpleType.NONE, "error": SimpleType.ERROR, "generic": SimpleType.STRUCT}


def inferred(literal: Literal) -> LiteralType:
    kind = literal.WhichOneof("value")
    if kind == "collection":
        return LiteralType(collection_type=_of_all(literal.collection.literals))
    if kind == "map":
        return LiteralType(map_value_type=_of_all(literal.map.literals.values()))
    if kind == "offloaded_metadata":
        return literal.offloaded_metadata.inferred_type
    return _of_scalar(literal.scalar)


def _of_scalar(scalar: Any) -> LiteralType:
    kind = scalar.WhichOneof("value")
    if kind in SIMPLE:
        return LiteralType(simple=SIMPLE[kind])
    if kind == "primitive":
        return LiteralType(simple=PRIMITIVES[scalar.primitive.WhichOneof("value")])
    if kind == "binary":
        return LiteralType(simple=SimpleType.STRUCT if scalar.binary.tag == "msgpack" else SimpleType.BINARY)
    if kind == "union":
        return LiteralType(union_type={"variants": [scalar.union.type]})
    if kind == "blob" and scalar.blob.metadata.HasField("type"):
        return LiteralType(blob=scalar.blob.metadata.type)
    if kind == "schema" and scalar.schema.HasField("type"):
        return LiteralType(schema=scalar.schema.type)
    if kind == "structured_dataset" and scalar.structured_dataset.metadata.HasField("structured_dataset_type"):
        return LiteralType(structured_dataset_type=scalar.structured_dataset.metadata.structured_dataset_type)
    return LiteralType()


def _of_all(literals: Iterable[Literal]) -> LiteralType:
    """One type for all elements: theirs where they agree, else a union. An empty list counts if there is no other."""
    types: dict[str, LiteralType] = {}
    empty = None
    for literal in literals:
        element = inferred(literal)
        if literal.HasField("collection") and not literal.collection.literals:
            empty = element
        else:
            types[_text(element)] = element
    if not types:
        return empty or LiteralType(simple=SimpleType.NONE)
    if len(types) == 1:
        return next(iter(types.values()))
    return _either([types[text] for text in sorted(types)])


def _text(literal_type: LiteralType) -> str:
    """Go sorts by a text that is nearly this one. The order changes the bytes, and never what casts."""
    return text_format.MessageToString(literal_type, as_one_line=True)


def _either(types: list[LiteralType]) -> LiteralType:
    """A union of the types; of lists of unions a list, whose union has all their variants.

    So are lists within lists put together, one level deep: other mixtures of lists or maps stay a union of lists.
    """
    variants, nested = [], False
    for one in types:
        if one.collection_type.HasField("union_type"):
            variants += one.collection_type.union_type.variants
            nested = True
        else:
            variants.append(one)
    union = LiteralType(union_type={"variants": variants})
    return LiteralType(collection_type=union) if nested else union


# ---------------------------------------------------------------------------------------------------- what is connected


def accepted(literal: Literal, declared: LiteralType) -> bool:
    """Whether a literal is of the declared type, as the cache and launch plans ask it."""
    literal_type = inferred(literal)
    return _known(literal_type) and castable(literal_type, declared)


def _known(literal_type: LiteralType) -> bool:
    """A union of nothing known passes; then nothing takes it."""
    kind = literal_type.WhichOneof("type")
    if kind in ("collection_type", "map_value_type"):
        return _known(getattr(literal_type, kind))
    return kind is not None


def castable(upstream: LiteralType, downstream: LiteralType) -> bool:
    """Whether an output of one type may feed an input of the other. A union of one variant may pass for that."""
    variants = upstream.union_type.variants
    return (len(variants) == 1 and _casts(variants[0], downstream)) or _casts(upstream, downstream)


def _casts(upstream: LiteralType, downstream: LiteralType) -> bool:
    """Inside lists and maps the platform asks this, so that a union of one variant passes for nothing else there."""
    kind = downstream.WhichOneof("type")
    if kind in ("collection_type", "map_value_type"):
        return upstream.HasField(kind) and (
            _is_none(getattr(upstream, kind)) or _casts(getattr(upstream, kind), getattr(downstream, kind))
        )
    if kind == "union_type":
        return _casts_to_union(upstream, downstream.union_type.variants)
    if kind == "blob":
        formats = {upstream.blob.format, downstream.blob.format}
        return upstream.HasField("blob") and ("" in formats or len(formats) == 1)
    if kind in ("schema", "structured_dataset_type"):
        return _casts_to_table(upstream, downstream)
    return _is_none(upstream) if _is_none(downstream) else _casts_plainly(upstream, downstream)


def _is_none(literal_type: LiteralType) -> bool:
    return literal_type.HasField("simple") and literal_type.simple == SimpleType.NONE


def _casts_to_union(upstream: LiteralType, variants: Any) -> bool:
    if upstream.HasField("union_type"):
        return all(any(castable(one, variant) for variant in variants) for one in upstream.union_type.variants)
    return sum(_casts(upstream, variant) for variant in variants) == 1


def _casts_plainly(upstream: LiteralType, downstream: LiteralType) -> bool:
    """An Enum and a text go together. A tag of the output's must be the input's too; only here are tags looked at."""
    if upstream.HasField("enum_type") and downstream.simple == SimpleType.STRING:
        return True
    if upstream.simple == SimpleType.STRING and downstream.HasField("enum_type"):
        return True
    if upstream.structure.tag not in ("", downstream.structure.tag):
        return False
    if upstream.simple == downstream.simple == SimpleType.STRUCT:
        both = upstream.HasField("metadata") and downstream.HasField("metadata")
        return not both or _schema_casts(upstream.metadata, downstream.metadata)
    kind = downstream.WhichOneof("type")
    same_kind = upstream.WhichOneof("type") == kind
    return same_kind and (kind is None or getattr(upstream, kind) == getattr(downstream, kind))


# --------------------------------------------------------------------------------------------------------------- tables


def _casts_to_table(upstream: LiteralType, downstream: LiteralType) -> bool:
    """A table without columns goes with every other; else those of the input must be among those of the output."""
    if _is_none(upstream):
        return downstream.HasField("structured_dataset_type")
    if upstream.WhichOneof("type") not in ("schema", "structured_dataset_type"):
        return False
    if len({_format(upstream), _format(downstream), ""}) > 2:
        return False
    theirs, ours = _columns(upstream), _columns(downstream)
    return not theirs or all(name in theirs and _column_casts(theirs[name], ours[name]) for name in ours)


def _format(table: LiteralType) -> str:
    return "parquet" if table.HasField("schema") else table.structured_dataset_type.format.lower()


def _columns(table: LiteralType) -> dict[str, Any]:
    """By name; a schema's column is an int, a dataset's a type."""
    if table.HasField("schema"):
        return {column.name: column.type for column in table.schema.columns}
    return {column.name: column.literal_type for column in table.structured_dataset_type.columns}


def _column_casts(upstream: Any, downstream: Any) -> bool:
    if isinstance(upstream, LiteralType) and isinstance(downstream, LiteralType):
        return _casts(upstream, downstream)
    return _column_name(upstream) == _column_name(downstream)


def _column_name(column: Any) -> str:
    """Of what both kinds of columns can be, the names are the same."""
    if isinstance(column, LiteralType):
        return SimpleType.Name(column.simple)
    return SchemaType.SchemaColumn.SchemaColumnType.Name(column)


# -------------------------------------------------------------------------------------------------------------- schemas


def _schema_casts(upstream: Struct, downstream: Struct) -> bool:
    """The schemas are equal, or the output's has all that the input's asks for.

    JSON has no NaN and no infinity: a record with such a default goes with none that has a schema, itself included.
    Where a format is unknown, as those of durations, bytes and files are, only an equal schema will do. Of two records
    that contain themselves and differ, neither the platform's comparison nor this one comes to an end.
    """
    try:
        theirs, ours = json_format.MessageToDict(upstream), json_format.MessageToDict(downstream)
    except ValueError:
        return False
    if json.dumps(theirs, sort_keys=True) == json.dumps(ours, sort_keys=True):
        return True
    if not theirs or not ours or not FORMATS.issuperset([*_formats(theirs), *_formats(ours)]):
        return False
    return set(_complaints(Node(ours, ours), Node(theirs, theirs))) <= {NOT_COMPARED}


NOT_COMPARED = "not compared"
SILENT = {"$defs", "$schema", "default", "definitions", "description", "prefixItems", "propertyNames", "title"}
"""Keywords that the comparison does not look at."""
LOUD = {"additionalProperties", "allOf", "anyOf", "const", "enum", "format", "items", "maxItems", "minItems", "oneOf"}
LOUD |= {"properties", "required", "type", "uniqueItems"}
FORMATS = {"date", "date-time", "email", "format", "hostname", "ip-address", "ipv4", "ipv6", "iri", "iri-reference"}
FORMATS |= {"json-pointer", "regex", "relative-json-pointer", "time", "uri", "uri-reference", "uri-template", "uriref"}
FORMATS |= {"encoding", "mediatype"}


def _formats(schema: Any) -> Iterator[str]:
    """All formats of a schema, and of the schemas in it."""
    if isinstance(schema, bool):
        return
    if "format" in schema:
        yield schema["format"]
    inside = [schema[keyword] for keyword in ("additionalProperties", "items", "propertyNames") if keyword in schema]
    for keyword in ("$defs", "definitions", "properties"):
        inside += schema.get(keyword, {}).values()
    for keyword in ("allOf", "anyOf", "oneOf"):
        inside += schema.get(keyword, [])
    for part in inside:
        yield from _formats(part)


@dataclasses.dataclass(frozen=True)
class Node:
    """A part of a JSON Schema, and the whole of it, into which references lead."""

    schema: Any
    root: dict[str, Any]

    def follow(self) -> Node:
        """The part itself, or what it refers to."""
        schema = self.schema
        while "$ref" in schema:
            target: Any = self.root
            for name in schema["$ref"].removeprefix("#/").split("/"):
                target = target[name]
            schema = target
        unknown = set(schema) - SILENT - LOUD
        if unknown:
            raise NotImplementedError(f"no model of {sorted(unknown)}")
        return Node(schema, self.root)

    def get(self, keyword: str, default: Any = None) -> Any:
        return self.schema.get(keyword, default)

    def parts(self, keyword: str) -> list[Node]:
        return [Node(part, self.root) for part in self.get(keyword, [])]

    def types(self) -> set[str]:
        types = self.get("type", [])
        return {types} if isinstance(types, str) else set(types)


def _complaints(subset: Node, superset: Node) -> Iterator[str]:
    """What the subset (the input's schema) asks for and the superset lacks."""
    subset, superset = subset.follow(), superset.follow()
    types, others = subset.types(), superset.types()
    if types - others or (others - types if types else others - {"object"}):
        yield "type"
    if "string" in types:
        yield from _text_complaints(subset, superset)
    if "array" in types:
        yield from _array_complaints(subset, superset)
    if "object" in types or not types:
        yield from _object_complaints(subset, superset)
    for keyword in ("allOf", "anyOf", "oneOf"):
        yield from _member_complaints(keyword, subset.parts(keyword), superset.parts(keyword))
    if "const" in subset.schema and subset.get("const") != superset.get("const", NotImplemented):
        yield "const"


def _text_complaints(subset: Node, superset: Node) -> Iterator[str]:
    """An Enum without a type, as flytekit writes it, never comes here: all Enums go together."""
    if subset.get("format") != superset.get("format"):
        yield "format"
    if "enum" in subset.schema and not {"", *subset.get("enum")}.issuperset(superset.get("enum", [])):
        yield "enum"


def _array_complaints(subset: Node, superset: Node) -> Iterator[str]:
    if superset.get("minItems", -1) < subset.get("minItems", -1):
        yield "minItems"
    if "maxItems" in subset.schema and not 0 <= superset.get("maxItems", -1) <= subset.get("maxItems"):
        yield "maxItems"
    if subset.get("uniqueItems") and not superset.get("uniqueItems"):
        yield "uniqueItems"
    if "items" in subset.schema:
        if "items" not in superset.schema:
            yield "items"
        else:
            yield from _complaints(Node(subset.get("items"), subset.root), Node(superset.get("items"), superset.root))


def _object_complaints(subset: Node, superset: Node) -> Iterator[str]:
    if any(one.get("additionalProperties", True) is not True for one in (subset, superset)):
        yield NOT_COMPARED  # so that the values of dicts in records do not count
    if not set(subset.get("required", [])).issubset(superset.get("required", [])):
        yield "required"
    others = superset.get("properties", {})
    for name, field in subset.get("properties", {}).items():
        if name not in others:
            yield "properties"
        else:
            yield from _complaints(Node(field, subset.root), Node(others[name], superset.root))


def _member_complaints(keyword: str, members: list[Node], others: list[Node]) -> Iterator[str]:
    """Each of the superset's members must be in the subset, and here what is not compared counts as a complaint."""
    present = (any(not list(_complaints(one, other)) for one in members) for other in others)
    if bool(members) != bool(others) or not all(present):
        yield keyword
