# SPDX-License-Identifier: Apache-2.0
"""Fixed types and values whose bytes must be the same in every process. Run as a program it prints their digests.

No key of a Flyte map begins another here: of such two, protobuf's compiled and its pure back end write different ones
first, and each is deterministic for itself alone.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import hashlib
from typing import Any

import attrs

from shimlite import FlyteFile, FlyteSchema, StructuredDataset, to_literal, to_literal_type

NAIVE = dt.datetime(2021, 10, 31, 2, 30, fold=1)
ZONED = dt.datetime(2024, 2, 29, 1, 2, 3, 4, tzinfo=dt.timezone(dt.timedelta(hours=5, minutes=45)))
KEYS = ["zoë", "a", "A", "b" * 40, "\U0001f600", "0", "10", "9"]


class Color(enum.Enum):
    RED = "red"
    GREEN = "green"


@attrs.define
class Inner:
    b: dict[str, int]
    a: dict[int, str] | None = None


@dataclasses.dataclass
class Outer:
    z: Inner
    at: dt.datetime
    color: Color
    either: int | str | None
    any_dict: dict
    inners: list[Inner] = dataclasses.field(default_factory=list)


def keyed(keys: list[Any]) -> dict[Any, int]:
    return {key: place for place, key in enumerate(keys)}


METADATA = dict.fromkeys(KEYS, "v")
TEXTS = keyed(sorted(KEYS))
INNER = Inner(b=TEXTS, a={2: "two", -1: "minus", 10: "ten"})
CORPUS: list[tuple[Any, Any]] = [
    (dt.datetime, NAIVE),
    (dt.datetime, ZONED),
    (dt.date, dt.date(2024, 2, 29)),
    (dict[str, int], TEXTS),
    (dict, {**TEXTS, "": 0, 1: {True: [], b"x": {}}, None: {2.5: 1, -3: 2}}),
    (dict[int, dict[str, int]], {3: TEXTS, -3: {}}),
    (dict[str, dict[str, FlyteFile]], {key: {key: FlyteFile("s3://b", metadata=METADATA)} for key in KEYS}),
    (Outer, Outer(INNER, NAIVE, Color.GREEN, "x", {"b": 1, "a": 2}, [INNER])),
    (Outer | None, Outer(INNER, ZONED, Color.RED, None, {})),
    (int | str | list[Color], [Color.RED]),
    (StructuredDataset, StructuredDataset("s3://b", format="parquet")),
    (FlyteSchema[{"id": int, "name": str}], FlyteSchema("s3://b")),
]


def digests() -> list[str]:
    made = []
    for python_type, value in CORPUS:
        for message in (to_literal_type(python_type), to_literal(value, python_type)):
            made.append(hashlib.sha256(message.SerializeToString(deterministic=True)).hexdigest())
    return made


if __name__ == "__main__":
    print("\n".join(digests()))
