# SPDX-License-Identifier: Apache-2.0
"""The model of the platform's types says what Flyte's own code did (golden/platform.jsonl), and what follows from it.

All examples by hand were put to Flyte 1.16.8 too.
"""

from __future__ import annotations

import math
from typing import Any

import pytest

from shimlite._idl import Literal, LiteralMap, LiteralType, SimpleType

from .casting import accepted, castable, inferred
from .golden.recorded import message, rows
from .support import collection, map_of, packed, primitive, raw, record_type, scalar, simple, struct, union

INFERRED = rows("platform.jsonl", "inferred")
SENT = rows("platform.jsonl", "sent")
(TYPES,) = rows("platform.jsonl", "types")
(CASTABLE,) = rows("platform.jsonl", "castable")


def name_of(row: dict[str, Any]) -> str:
    return f"{row.get('by', '')}{row['type']}={row['python']}"[:60]


def literal_of(row: dict[str, Any]) -> Literal:
    return message(Literal, row["literal"])


def literal_type_of(row: dict[str, Any]) -> LiteralType:
    return message(LiteralType, row["literal_type"])


# ------------------------------------------------------------------------------------------------ what Flyte 1.16.8 did


def test_every_line_is_tested():
    assert (len(INFERRED), len(SENT), len(TYPES["types"])) == (28, 105, 44)
    assert len(CASTABLE["pairs"]) == 145


@pytest.mark.parametrize("row", INFERRED, ids=name_of)
def test_the_type_that_the_platform_inferred(row: dict[str, Any]):
    assert inferred(literal_of(row)) == message(LiteralType, row["inferred"])


@pytest.mark.parametrize("row", INFERRED, ids=name_of)
def test_what_the_platform_accepted(row: dict[str, Any]):
    assert accepted(literal_of(row), literal_type_of(row)) is row["accepted"]


@pytest.mark.parametrize("row", SENT, ids=name_of)
def test_flyteadmin_accepted_all_that_was_sent(row: dict[str, Any]):
    assert accepted(literal_of(row), literal_type_of(row))


@pytest.mark.parametrize("upstream", TYPES["types"])
def test_what_the_platform_connected(upstream: str):
    types = [message(LiteralType, text) for text in TYPES["literal_types"]]
    place = TYPES["types"].index(upstream)
    model = [[place, other] for other, downstream in enumerate(types) if castable(types[place], downstream)]
    assert model == [pair for pair in CASTABLE["pairs"] if pair[0] == place]
