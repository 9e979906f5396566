# SPDX-License-Identifier: Apache-2.0
"""Every literal that shimlite writes is one that Flyte's cache and launch plans take for its declared type.

Both infer a type from the literal alone and ask whether that casts to the declared one. ``tests/casting.py`` is a model
of it, checked against what the platform answered.
"""

from __future__ import annotations

import re

from hypothesis import assume, given

from shimlite import ConversionError, to_literal, to_literal_type
from shimlite._idl import Literal, LiteralType
from shimlite.strategies import typed_values

from ..casting import accepted, inferred
from ..stripping import stripped_type

NESTED = ("collection_type", "map_value_type", "blob", "schema", "structured_dataset_type")


@given(typed_values())
def test_every_literal_is_accepted_for_its_declared_type(typed):
    python_type, value = typed
    declared = to_literal_type(python_type)
    assume(not has_infinite_default(declared))
    for literal_type in (declared, stripped_type(declared)):
        assert_accepted(to_literal(value, python_type), literal_type)
        try:
            literal = to_literal(value, literal_type)  # as an executor without annotations returns it
        except ConversionError:
            continue
        assert_accepted(literal, literal_type)


def assert_accepted(literal: Literal, literal_type: LiteralType) -> None:
    assert accepted(literal, literal_type) or mixes(literal, literal_type) or contradicts(literal, literal_type)


def mixes(literal: Literal, declared: LiteralType) -> bool:
    """Whether a list or dict holds lists, dicts, blobs or tables of which the platform infers several types: it casts
    no union to one of these. flytekit's literals fare alike."""
    kind = declared.WhichOneof("type")
    if kind == "union_type":
        variants = declared.union_type.variants
        return any(mixes(literal.scalar.union.value, variant) for variant in variants)
    if kind not in ("collection_type", "map_value_type"):
        return False
    inner = getattr(declared, kind)
    parts = list(literal.collection.literals) or list(literal.map.literals.values())
    types = {inferred(part).SerializeToString(deterministic=True) for part in parts}
    return (len(types) > 1 and inner.WhichOneof("type") in NESTED) or any(mixes(part, inner) for part in parts)


def contradicts(literal: Literal, declared: LiteralType) -> bool:
    """Whether a table in it says other columns than its type does: its author's own contradiction."""
    kind = declared.WhichOneof("type")
    if kind == "union_type":
        return any(contradicts(literal.scalar.union.value, variant) for variant in declared.union_type.variants)
    if kind in ("collection_type", "map_value_type"):
        parts = list(literal.collection.literals) or list(literal.map.literals.values())
        return any(contradicts(part, getattr(declared, kind)) for part in parts)
    wanted = declared.schema.columns or declared.structured_dataset_type.columns
    table = literal.scalar.structured_dataset.metadata.structured_dataset_type
    columns = literal.scalar.schema.type.columns or table.columns
    return bool(wanted) and list(wanted) != list(columns)


def has_infinite_default(literal_type: LiteralType) -> bool:
    """Go writes no JSON of such a schema, and then casts a type not even to itself."""
    return re.search("number_value: (-?inf|nan)", str(literal_type)) is not None
