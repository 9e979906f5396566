# SPDX-License-Identifier: Apache-2.0
"""Any ``LiteralType`` message at all, and what may stand where a record's JSON Schema should.

Nothing is promised of these: each must have a guess, or be refused.
"""

from __future__ import annotations

import math
from typing import Any

from hypothesis import strategies as st

from .._idl import LiteralType, SimpleType
from .awkward import ENUM_VALUES
from .scalars import WORDS
from .types import MAX_DEPTH

_TAGS = ("", "int", "str", "date", "Typed List", "Object-Dataclass-Transformer", "FlytePickle", "nobody's")
_SCHEMA_KEYS = (
    *("type", "title", "properties", "required", "items", "anyOf", "enum", "default", "format", "$ref", "x"),
    *("$defs", "definitions", "additionalProperties", "propertyNames", "prefixItems", "pb_type"),
)
_SCHEMA_TEXTS = (
    *("object", "array", "string", "integer", "number", "boolean", "null", "x", "FlyteFile", "os.system", ""),
    *("date-time", "date", "base64", "time-delta", "#/$defs/x", "#/definitions/x", "#/$defs/", "class"),
)


@st.composite
def hostile_json_schemas(draw: st.DrawFn, max_depth: int = MAX_DEPTH) -> dict[str, Any]:
    """What might stand where a JSON Schema should: mostly its words, each with whatever value."""
    keys = draw(st.lists(st.sampled_from(_SCHEMA_KEYS), max_size=5, unique=True))
    return {key: draw(_schema_words(max_depth, key)) for key in keys}


@st.composite
def _schema_words(draw: st.DrawFn, depth: int, key: str) -> Any:
    """The kind of value that the word should have, and now and then any other."""
    odd = draw(st.integers(0, 9)) == 9
    word = st.sampled_from(_SCHEMA_TEXTS)
    if odd or depth <= 1:
        numbers = st.sampled_from((0, 1, -1, 2**53, 0.5, math.inf, math.nan))
        return draw(st.one_of(word, st.none(), st.booleans(), numbers, st.lists(word, max_size=2)))
    if key in ("properties", "$defs", "definitions"):
        return draw(st.dictionaries(word, hostile_json_schemas(depth - 1), max_size=3))
    if key in ("items", "additionalProperties", "propertyNames"):
        return draw(hostile_json_schemas(depth - 1))
    if key in ("anyOf", "prefixItems"):
        return draw(st.lists(hostile_json_schemas(depth - 1), max_size=3))
    if key in ("required", "enum"):
        return draw(st.lists(word, max_size=3))
    if key == "default":
        return draw(st.one_of(word, st.none(), st.booleans(), st.integers(-1, 1), st.just([]), st.just({"x": 1})))
    return draw(word)


@st.composite
def hostile_literal_types(draw: st.DrawFn, max_depth: int = MAX_DEPTH) -> LiteralType:
    """Any message of flyteidl's ``LiteralType``, sensible or not, its unset and unknown kinds among them."""
    made = LiteralType()
    kinds = ["simple", "simple", "STRUCT", "STRUCT", "unset", "schema", "blob", "enum", "dataset"]
    if max_depth > 1:
        kinds += ["collection", "map", "union", "union"]
    kind = draw(st.sampled_from(kinds))
    below = hostile_literal_types(max_depth - 1)
    if kind == "simple":
        made.simple = draw(st.sampled_from((*range(10), 42)))
    elif kind == "STRUCT":
        made.simple = SimpleType.STRUCT
    elif kind == "schema":
        made.schema.SetInParent()
        for name in draw(st.lists(WORDS, max_size=2)):
            made.schema.columns.add(name=name, type=draw(st.integers(0, 6)))
    elif kind == "blob":
        made.blob.format = draw(st.sampled_from(("", "csv", "PythonPickle", "NumpyArray", "\x00")))
        made.blob.dimensionality = draw(st.sampled_from((0, 1, 7)))
    elif kind == "enum":
        made.enum_type.SetInParent()
        made.enum_type.values.extend(draw(st.lists(st.one_of(st.sampled_from(ENUM_VALUES), WORDS), max_size=4)))
    elif kind == "dataset":
        made.structured_dataset_type.SetInParent()
        made.structured_dataset_type.format = draw(st.sampled_from(("", "parquet")))
        for name in draw(st.lists(WORDS, max_size=2)):
            made.structured_dataset_type.columns.add(name=name, literal_type=draw(hostile_literal_types(1)))
    elif kind == "collection":
        made.collection_type.CopyFrom(draw(below))
    elif kind == "map":
        made.map_value_type.CopyFrom(draw(below))
    elif kind == "union":
        made.union_type.SetInParent()
        made.union_type.variants.extend(draw(st.lists(below, max_size=3)))
    if kind == "STRUCT" or draw(st.integers(0, 9)) == 9:
        made.metadata.update(draw(hostile_json_schemas()))
    if draw(st.integers(0, 9)) == 9:
        made.annotation.annotations.update(draw(hostile_json_schemas(2)))
    if draw(st.booleans()):
        made.structure.tag = draw(st.sampled_from(_TAGS))
        if max_depth > 1:
            for name in draw(st.lists(st.sampled_from(("x", "y", "class")), max_size=2, unique=True)):
                made.structure.dataclass_type[name].CopyFrom(draw(below))
    return made
