# SPDX-License-Identifier: Apache-2.0
"""Flyte 2's own type engine beside ours, type by type: it reads what we write, and we read what it writes.

golden/flyte2_types.py and flyte2_sdk.py list the types and values, test_flyte2_literals.py reads them without the SDK.
"""

from __future__ import annotations

import dataclasses
import enum
import os
from collections.abc import Callable
from typing import Any

import pydantic
import pytest

from shimlite import literal_map_to_kwargs, to_literal
from shimlite.idl import Literal, LiteralMap, LiteralType, Variable

from ..golden.flyte2_types import PICKLES, TYPES, Color, Crossed, Mistaken, Painted
from ..golden.recorded import message, rows
from ..test_flyte2_literals import FILE

if "CI" not in os.environ:
    pytest.importorskip("flyte", reason="LEFT OUT, flyte is not installed")

from flyteidl2.core import literals_pb2
from flytekit import FlyteContextManager
from flytekit import FlyteDirectory as TheirDirectory
from flytekit import FlyteFile as TheirFile
from flytekit import StructuredDataset as TheirDataset
from flytekit.core.type_engine import TypeEngine
from flytekit.models.literals import Literal as TheirLiteral

from . import flyte2_sdk as sdk

pytestmark = pytest.mark.filterwarnings("ignore:Support for class-based:DeprecationWarning")
"""flyte's own, of pydantic."""
LINES = {line["name"]: line for line in rows(FILE)}
LOST: dict[str, tuple[str, list[Any]]] = {
    "model of a crossed enum": (
        "a value that is the name of another member is read as that name",
        [Mistaken(crossed=one) for one in (Crossed.BLUE, Crossed.BLUE, Crossed.GREEN)],
    ),
    "named file in a dataclass": (
        "a file's name is that of its path",
        [sdk.Filed(sdk.FILE, sdk.FOLDER, sdk.TABLE)],
    ),
}
"""What the SDK gets back after shimlite, where that is not what it would read of its own literal."""
CASES = [
    pytest.param(name, place, id=f"{name}-{place}")
    for name, (_, values) in TYPES.items()
    for place in range(len(values))
]
each = pytest.mark.parametrize(("name", "place"), CASES)


def shown(value: Any) -> Any:
    """A value as data that tells all classes; the order of a dict is none of its own."""
    if isinstance(value, enum.Enum) or value is None:
        return repr(value)
    if isinstance(value, pydantic.BaseModel):
        return type(value), {name: shown(getattr(value, name)) for name in type(value).model_fields}
    if dataclasses.is_dataclass(value):
        return type(value), {field.name: shown(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, (list, tuple)):
        return type(value), [shown(one) for one in value]
    if isinstance(value, dict):
        return {repr(key): shown(one) for key, one in value.items()}
    return type(value), repr(value)


def outcome(call: Callable[[], Any]) -> Any:
    """What the SDK reads, or the kind of its error: it cannot tell all members of unions apart itself."""
    try:
        return shown(call())
    except Exception as error:
        return type(error)


def theirs_again(literal: Any, name: str) -> Any:
    """What the SDK reads of one of our literals."""
    message_of_theirs = literals_pb2.Literal.FromString(literal.SerializeToString())
    return outcome(lambda: sdk.read(message_of_theirs, sdk.SDK[name][0]))


def test_the_sdk_writes_what_is_recorded():
    for line in sdk.lines():
        recorded = LINES[line["name"]]
        assert message(LiteralType, line["type"]) == message(LiteralType, recorded["type"])
        assert (line["kind"], len(line["literals"])) == (recorded["kind"], len(recorded["literals"]))
        if line["name"] not in PICKLES:  # whose bytes differ between Pythons
            for key in ("literals", "ours"):
                pairs = zip(line[key], recorded[key], strict=True)
                assert all(message(Literal, new) == message(Literal, old) for new, old in pairs), line["name"]
    assert set(LINES) == set(sdk.SDK)


@each
def test_the_sdk_reads_what_we_write(name, place):
    own = message(literals_pb2.Literal, LINES[name]["literals"][place])
    expected = outcome(lambda: sdk.read(own, sdk.SDK[name][0]))
    if name in LOST:
        expected = shown(LOST[name][1][place])
    assert theirs_again(message(Literal, LINES[name]["ours"][place]), name) == expected


@pytest.mark.parametrize("name", LOST)
def test_what_is_lost_is_lost(name):
    values = sdk.SDK[name][1]
    assert [shown(value) for value in values] != [shown(value) for value in LOST[name][1]]


def test_where_the_sdk_cannot_read_its_own():
    """It does not tell apart models whose fields fit, and forgets a field that it wrote under its name."""
    assert theirs_again(message(Literal, LINES["union of models"]["literals"][1]), "union of models") is TypeError
    model, fields = theirs_again(message(Literal, LINES["deep model"]["literals"][0]), "deep model")
    assert model is Painted and fields["renamed"] == repr(Color.RED) and fields["color"] == repr(Color.BLUE)


# ------------------------------------------------------------------------------------------------------ flytekit


@dataclasses.dataclass
class Filed:
    file: TheirFile
    folder: TheirDirectory
    table: TheirDataset


class FiledModel(pydantic.BaseModel):
    file: TheirFile
    folder: TheirDirectory
    table: TheirDataset


@pytest.mark.parametrize(("name", "cls"), [("dataclass of files", Filed), ("model of files", FiledModel)])
def test_flytekit_reads_a_record_with_the_keys_of_flyte_2(name, cls):
    own_type, (value, *_) = TYPES[name]
    literal = TheirLiteral.from_flyte_idl(to_literal(value, own_type))
    back = TypeEngine.to_python_value(FlyteContextManager.current_context(), literal, cls)
    assert (back.file.remote_source, back.folder.remote_source) == (value.file.uri, value.folder.uri)
    assert (back.table.literal.uri, back.table.file_format) == (value.table.uri, "csv")


# ----------------------------------------------------------------------------------------------- without annotations

REFUSED = ("union of models",)
"""Without an annotation a record is a dict, and a dict is none of several records."""


@each
def test_an_echo_without_annotations(name, place):
    """From the template alone: what is read is written as it was, in msgpack as in all else."""
    own = message(Literal, LINES[name]["literals"][place])
    variables = {"v": Variable(type=message(LiteralType, LINES[name]["type"]))}
    value = literal_map_to_kwargs(LiteralMap(literals={"v": own}), variables)["v"]
    try:
        again = sdk.by_shimlite(value, None, sdk.type_of(sdk.SDK[name][0]))
    except ValueError:
        assert name in REFUSED
        return
    assert name not in REFUSED
    assert theirs_again(again, name) == theirs_again(own, name)
