# SPDX-License-Identifier: Apache-2.0
"""What Flyte 1.16.8 did with pydantic models and with hashes (golden/models_and_hashes.jsonl), read and written by us.

flytekit's pod wrote the models, or ours; Propeller took fields out of one, flytectl made inputs of what a person wrote,
and Propeller's cache made a key of each node's inputs. Three runs of a workflow: with one content twice, then another.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Optional

import pytest

from shimlite import (
    ConversionValueError,
    FlyteDirectory,
    FlyteFile,
    HashMethod,
    StructuredDataset,
    dict_to_literal_map,
    to_literal,
    to_literal_type,
    to_python_value,
)
from shimlite._idl import Literal, LiteralMap, LiteralType, Variable

from .casting import accepted
from .golden.models import RESOLVED, SENT, WHOLE, WRITTEN, Either, Inner, Other, Whole
from .golden.recorded import message, rows
from .stripping import stripped_type
from .support import refusal, unpacked

FILE = "models_and_hashes.jsonl"
WROTE = {row["name"]: message(Literal, row["literal"]) for row in rows(FILE, "written")}
(TAKEN,) = rows(FILE, "resolved")
TOOK = {name: message(Literal, result) for name, result in TAKEN["results"].items()}
BY_FLYTECTL = {row["name"]: row for row in rows(FILE, "sent")}
CACHED = {row["name"]: row for row in rows(FILE, "hashed")}


def test_every_line_is_tested():
    assert (set(WROTE), set(TOOK), set(BY_FLYTECTL)) == (set(WRITTEN), set(RESOLVED), {*SENT, "either"})
    assert len(WROTE) + 1 + len(BY_FLYTECTL) + len(CACHED) == len(rows(FILE)) == 35


# --------------------------------------------------------------------------------------------------------------- models


def plain(literal: Literal) -> Any:
    """A literal as data: msgpack unpacked, so that the order of its keys does not count."""
    kind = literal.WhichOneof("value")
    if kind == "collection":
        return list(map(plain, literal.collection.literals))
    if kind == "map":
        return {key: plain(one) for key, one in literal.map.literals.items()}
    if literal.scalar.HasField("union"):
        return plain(literal.scalar.union.value), literal.scalar.union.type
    return unpacked(literal) if literal.scalar.HasField("binary") else literal


@pytest.mark.parametrize("name", WRITTEN)
def test_what_flytekit_wrote_is_what_we_write_and_read(name: str):
    python_type, value = WRITTEN[name]
    assert to_python_value(WROTE[name], python_type) == value
    assert plain(to_literal(value, python_type)) == plain(WROTE[name])
    assert accepted(WROTE[name], to_literal_type(python_type))


@pytest.mark.parametrize("name", RESOLVED)
def test_what_propeller_takes_out_is_read_as_its_own_type(name: str):
    python_type, value = RESOLVED[name]
    again = to_python_value(TOOK[name], python_type)
    assert again == value and type(again) is type(value)


def test_it_is_taken_out_of_what_we_write():
    assert to_literal(WHOLE, Whole) == message(Literal, TAKEN["literal"])


@pytest.mark.parametrize(
    ("name", "value"),
    [("when", WHOLE.when), ("span", WHOLE.span), ("day", dt.datetime(2024, 2, 29, tzinfo=dt.timezone.utc)),
     ("inner", {"a": 3, "text": "é", "xs": [1, 2]}), ("maybe", None), ("choice", 5)],
)  # fmt: skip
def test_what_is_taken_out_is_read_by_the_template_alone(name: str, value: Any):
    python_type, _ = RESOLVED[name]
    assert to_python_value(TOOK[name], stripped_type(to_literal_type(python_type))) == value


@pytest.mark.parametrize("name", SENT)
def test_what_a_person_gives_flytectl_is_read_as_the_model(name: str):
    python_type, value = SENT[name]
    row = BY_FLYTECTL[name]
    assert to_literal_type(python_type) == message(LiteralType, row["literal_type"])
    assert to_python_value(message(Literal, row["literal"]), python_type) == value
    variables = {"x": Variable(type=to_literal_type(python_type))}
    ours = dict_to_literal_map({"x": row["value"]}, variables).literals["x"]
    assert to_python_value(ours, python_type) == value


def test_flytectl_takes_the_first_record_of_a_union_whatever_is_in_the_map():
    """``{"b": 4}`` is an Other. flytectl looks at no schema: its literal says Inner, and is refused for that."""
    row = BY_FLYTECTL["either"]
    literal = message(Literal, row["literal"])
    assert to_literal_type(Either) == message(LiteralType, row["literal_type"])
    assert literal.scalar.union.type.metadata["title"] == "Inner"
    assert refusal(ConversionValueError, to_python_value, literal, Either) == "expected Inner, got a map without 'a'"
    assert to_python_value(to_literal(Other(b=4), Either), Either) == Other(b=4)


# --------------------------------------------------------------------------------------------------------------- hashes


def seen(literal: Literal) -> Literal:
    """What Flyte's cache takes for a literal: its hash alone, where it has one; into unions it does not look."""
    if literal.hash:
        return Literal(hash=literal.hash)
    copy = Literal()
    copy.CopyFrom(literal)
    for one in (*copy.collection.literals, *copy.map.literals.values()):
        one.CopyFrom(seen(one))
    return copy


def as_seen(literal: Literal) -> bytes:
    return seen(literal).SerializeToString(deterministic=True)


def inputs_of(name: str) -> list[Literal]:
    return [message(LiteralMap, text).literals["v"] for text in CACHED[name]["literals"]]


@pytest.mark.parametrize("name", CACHED)
def test_an_equal_hash_hit_the_cache_and_another_did_not(name: str):
    first, again, other = CACHED[name]["hash"]
    literals = inputs_of(name)
    assert literals[0] != literals[1]  # at another URI at least
    assert (first == again, first == other) == (name != "unhashed", False)
    assert CACHED[name]["statuses"] == ["POPULATED", "HIT" if first == again else "POPULATED", "POPULATED"]


def test_the_keys_are_those_of_what_the_model_of_the_cache_sees():
    pairs = {
        (key, as_seen(literal))
        for name, row in CACHED.items()
        for key, literal in zip(row["hash"], inputs_of(name), strict=True)
    }
    assert len(pairs) == len({key for key, _ in pairs}) == len({one for _, one in pairs}) > 20


def test_flytekits_files_and_ours_have_one_key():
    for ours, theirs in (("file", "kitfile"), ("files", "kitfiles"), ("echo", "file"), ("plainecho", "file")):
        assert CACHED[ours]["hash"] == CACHED[theirs]["hash"]
    assert CACHED["kitecho"]["hash"] == CACHED["kitfile"]["hash"] == CACHED["maybe"]["hash"]


TYPES: dict[str, Any] = {
    **dict.fromkeys(("file", "unhashed", "own", "echo", "plainecho", "kitfile", "kitecho"), FlyteFile),
    **dict.fromkeys(("files", "kitfiles"), list[FlyteFile]),
    "filesby": dict[str, FlyteFile],
    "maybe": Optional[FlyteFile],
    "optfiles": list[Optional[FlyteFile]],
    "folder": FlyteDirectory,
    "table": StructuredDataset,
}


@pytest.mark.parametrize("name", TYPES)
def test_a_reference_that_passes_through_keeps_its_key(name: str):
    for literal in inputs_of(name):
        for read_as in (TYPES[name], stripped_type(to_literal_type(TYPES[name]))):
            again = to_literal(to_python_value(literal, read_as), TYPES[name])
            assert as_seen(again) == as_seen(literal)


def test_the_hash_of_another_value_stays_behind():
    """The hashes of ``whole`` are those of a list and of the files in it; a list has none of its own."""
    for literal in inputs_of("whole"):
        again = to_literal(to_python_value(literal, list[FlyteFile]), list[FlyteFile])
        assert (again.hash, again.collection.literals[0].hash) == ("", literal.collection.literals[0].hash)


def test_our_union_has_its_hash_where_the_cache_looks():
    first, _, other = inputs_of("number")
    method = HashMethod(lambda inner: f"h{inner.a % 10}")
    for python_type in (Annotated[Inner, method], Optional[Annotated[Inner, method]]):
        assert as_seen(to_literal(Inner(a=101), python_type)) == as_seen(first)
        assert as_seen(to_literal(Inner(a=102), python_type)) == as_seen(other)
