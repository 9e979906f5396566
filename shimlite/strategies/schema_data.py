# SPDX-License-Identifier: Apache-2.0
"""The JSON-like data of a record, by what its schema says: the class that wrote the schema reads all of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ..engine import to_plain
from ..schemas import Choice, DictOf, ListOf, Named, OneOf, Record, Schema
from .awkward import ISO_TIMES, from_pool
from .scalars import MOST_ITEMS, UTC_DATETIMES
from .values import LEVELS, field_values

MOMENTS_AS_TEXT = st.datetimes().map(dt.datetime.isoformat)
"""Of no zone, so that no two of them are one moment."""
TIMES_AS_TEXT = from_pool(ISO_TIMES, UTC_DATETIMES.map(dt.datetime.isoformat))


@st.composite
def record_data(draw: st.DrawFn, schema: Schema) -> dict[str, Any]:
    """Now and then without the fields that may be absent, and with one that the schema knows nothing of."""
    plain: dict[str, Any] = draw(data(schema.root, schema, LEVELS))
    if draw(st.booleans()):
        optional = {field.name for field in schema.record(schema.root).fields if not field.required}
        plain = {name: value for name, value in plain.items() if name not in optional}
    if draw(st.booleans()):
        plain = {"of a newer version": [1, None], **plain}
    return plain


def data(told: Any, schema: Schema, levels: int) -> SearchStrategy[Any]:
    """``levels`` bounds the data of a record that holds itself."""
    record = schema.record(told)
    if isinstance(record, Record):
        fields = {field.name: data(field.type, schema, levels - 1) for field in record.fields} if levels > 0 else {}
        return st.fixed_dictionaries(fields) if levels > 0 else st.nothing()
    if isinstance(told, ListOf):
        items = data(told.item, schema, levels - 1)
        return st.lists(items, max_size=0 if items.is_empty else MOST_ITEMS)
    if isinstance(told, DictOf):
        items = data(told.value, schema, levels - 1)
        keys = MOMENTS_AS_TEXT if told.key is dt.datetime else data(told.key, schema, levels)
        keys = keys.filter(lambda key: key == key)
        return st.dictionaries(keys, items, max_size=0 if items.is_empty else MOST_ITEMS)
    if isinstance(told, OneOf):
        return st.one_of([data(one, schema, levels) for one in sorted(told.members, key=_is_record)])
    if isinstance(told, Choice):
        return st.sampled_from(told.values)
    return TIMES_AS_TEXT if told is dt.datetime else field_values(told).map(lambda value: to_plain(value, told))


def _is_record(told: Any) -> bool:
    return isinstance(told, (Named, Record))
