# SPDX-License-Identifier: Apache-2.0
"""Values of a type that show what it may lose: each odd value of each part, the other parts as plain as can be."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable
from typing import Any

from shimlite import FlyteDirectory, FlyteError, FlyteFile, FlyteSchema, StructuredDataset
from shimlite._idl import LiteralType, SimpleType
from shimlite.strategies.awkward import AWKWARD

from .model import bare, fields_of, kind_of, members

MOST = 120
"""Values of one type; of what holds others, the first of each part."""
LEVELS = 6
"""Of values in values of a class that holds itself."""

NOON = dt.datetime(2024, 2, 29, 12, tzinfo=dt.timezone.utc)
URI = "s3://bucket/key"
INT_COLUMN = (("id", LiteralType(simple=SimpleType.INTEGER)),)
ODD: dict[Any, tuple[Any, ...]] = {
    dt.datetime: (
        NOON,
        NOON.replace(tzinfo=None),
        NOON.replace(fold=1),
        NOON.replace(tzinfo=dt.timezone(dt.timedelta(hours=2))),
    ),
    FlyteFile: (
        FlyteFile(URI),
        FlyteFile(URI, format="csv"),
        FlyteFile(URI, format="other"),
        FlyteFile(URI, metadata={"key": "value"}),
        FlyteFile(URI, hash="abc"),
    ),
    FlyteDirectory: (FlyteDirectory(URI), FlyteDirectory(URI, format="csv"), FlyteDirectory(URI, format="other")),
    StructuredDataset: (
        StructuredDataset(URI),
        StructuredDataset(URI, format="csv"),
        StructuredDataset(URI, format="other"),
        StructuredDataset(URI, columns=INT_COLUMN),
        StructuredDataset(URI, external_schema_type="arrow"),
        StructuredDataset(URI, external_schema_bytes=b"\x00"),
    ),
    FlyteSchema: (FlyteSchema(URI), FlyteSchema(URI, columns=(("id", int),)), FlyteSchema(URI, hash="abc")),
    FlyteError: (FlyteError("message"), FlyteError("", "n0")),
    Any: ("a", None, True, 1, -0.0, b"a", (1,), bytearray(b"a"), [], [(1,)], {}, {"a": (1,)}, {1: None}, "2024-02-29"),
}


def pool(python_type: Any) -> list[Any]:
    """Empty for a type without values. Some of the values are such as the type cannot hold after all."""
    return _pool(python_type, LEVELS)


def _pool(python_type: Any, levels: int) -> list[Any]:
    kind, arguments = kind_of(python_type), members(python_type)
    if levels == 0:
        return []
    if kind == "Union":
        return _in_turn([_pool(one, levels - 1) for one in arguments])
    if kind == "Enum":
        return list(bare(python_type)[0])
    if kind == "Literal":
        return list(arguments)
    if kind == "record":
        return _records(bare(python_type)[0], levels)
    if kind is list:
        element = arguments[0] if arguments else Any
        return [[], *([one] for one in _pool(element, levels - 1))]
    if kind is dict:
        keys, items = (_pool(one, levels - 1) for one in arguments or (Any, Any))
        keys = [one for one in keys if one.__hash__ is not None and not isinstance(one, tuple)]
        pairs = _in_turn(
            [[(key, one) for key in keys[:1] for one in items], [(key, items[0]) for key in keys if items]]
        )
        return [{}, *({key: one} for key, one in pairs)]
    return [*ODD.get(kind, ()), *AWKWARD.get(kind, ())]


def _in_turn(pools: list[list[Any]]) -> list[Any]:
    """The first of each, then the second of each."""
    missing = object()
    turns = itertools.chain.from_iterable(itertools.zip_longest(*pools, fillvalue=missing))
    return list(itertools.islice((one for one in turns if one is not missing), MOST))


def _records(cls: Any, levels: int) -> list[Any]:
    fields = fields_of(cls)
    pools = [_pool(field.type, levels - 1) for field in fields]
    if not all(values for field, values in zip(fields, pools) if field.parameter):
        return []
    plain = [values[0] if values else None for values in pools]
    return [
        _record(cls, plain),
        *_in_turn(
            [
                [_record(cls, [*plain[:place], one, *plain[place + 1 :]]) for one in values]
                for place, values in enumerate(pools)
            ]
        ),
    ]


def _record(cls: Any, values: Iterable[Any]) -> Any:
    pairs = list(zip(fields_of(cls), values))
    record = cls(**{field.parameter: one for field, one in pairs if field.parameter})
    for field, one in pairs:
        if not field.parameter:
            object.__setattr__(record, field.name, one)
    return record
