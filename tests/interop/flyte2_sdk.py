# SPDX-License-Identifier: Apache-2.0
"""The types and values of golden/flyte2_literals.jsonl as Flyte 2's SDK has them, and what its type engine writes.

    python -m tests.interop.flyte2_sdk > tests/golden/flyte2_literals.jsonl

writes the lines again.
"""

from __future__ import annotations

import asyncio
import base64
import dataclasses
import json
import sys
import typing
import warnings
from collections.abc import Iterator
from typing import Any, Literal, Optional, Union

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of pydantic, for the SDK's own classes
    from flyte.io import DataFrame, Dir, File
    from flyte.types import TypeEngine
from flyteidl2.core import literals_pb2, types_pb2
from pydantic import BaseModel

from shimlite import dict_to_literal_map
from shimlite.idl import LiteralType, Variable

from ..golden.flyte2_types import PICKLES, TYPES, Pair


class Named(typing.NamedTuple):
    name: str
    size: int


class Keyed(typing.TypedDict):
    name: str
    size: int


@dataclasses.dataclass
class Filed:
    file: File
    folder: Dir
    table: DataFrame
    maybe: Optional[File] = None
    files: list[File] = dataclasses.field(default_factory=list)


class FiledModel(BaseModel):
    file: File
    folder: Dir
    table: DataFrame
    maybe: Optional[File] = None
    files: list[File] = []


FILE: Any = File(path="s3://bucket/data.csv", name="data.csv", format="csv", hash="é")
BARE: Any = File(path="s3://bucket/x", name="x")
NAMED: Any = FILE.model_copy(update={"name": "other.csv"})
FOLDER: Any = Dir(path="s3://bucket/folder", name="folder", format="parts", hash="h")
TABLE = DataFrame(uri="s3://bucket/table", format="csv")
FILED: dict[str, Any] = {"file": FILE, "folder": FOLDER, "table": TABLE, "files": [BARE, FILE]}
OTHERS: dict[str, tuple[Any, list[Any]]] = {
    "tuple": (tuple[int, str], [(1, "")]),
    "named tuple": (Named, [Named("é", -1)]),
    "typed dict": (Keyed, [{"name": "é", "size": -1}]),
    "file": (File, [BARE, FILE]),
    "directory": (Dir, [Dir(path="s3://bucket/x", name="x"), FOLDER]),
    "table": (DataFrame, [DataFrame(uri="s3://bucket/table", format="csv", hash="h")]),
    "optional file": (Optional[File], [FILE, None]),
    "union of references": (
        Union[File, Dir, DataFrame, None],
        [FILE, FOLDER, DataFrame(uri="s3://bucket/table", format="csv", hash="h"), None],
    ),
    "files": (list[File], [[FILE, BARE]]),
    "map of directories": (dict[str, Dir], [{"k": FOLDER}]),
    "dataclass of files": (Filed, [Filed(**FILED), Filed(FILE, FOLDER, TABLE, maybe=FILE)]),
    "model of files": (FiledModel, [FiledModel(**FILED), FiledModel(**FILED, maybe=FILE)]),
    "named file in a dataclass": (Filed, [Filed(NAMED, FOLDER, TABLE)]),
    "bytes": (bytes, [b"", b"\x00\xff"]),
    "literal": (Literal["a", "b"], ["a"]),
    "set": (set[int], [{1, 2}]),
    "any": (Any, [{"a": 1}]),
    "attrs class": (Pair, [Pair(1, "")]),
    "optional bytes": (Optional[bytes], [b"a"]),
    "list of sets": (list[set[int]], [[{1}]]),
}
"""Those that are not shimlite's own."""
SDK: dict[str, tuple[Any, list[Any]]] = {**TYPES, **OTHERS}


def type_of(python_type: Any) -> types_pb2.LiteralType:
    return TypeEngine.to_literal_type(python_type)


def written(value: Any, python_type: Any) -> literals_pb2.Literal:
    return asyncio.run(TypeEngine.to_literal(value, python_type, type_of(python_type)))


def read(literal: literals_pb2.Literal, python_type: Any) -> Any:
    return asyncio.run(TypeEngine.to_python_value(literal, python_type))


def by_shimlite(value: Any, python_type: Any, declared: types_pb2.LiteralType) -> Any:
    """What shimlite writes of its own value for an interface that the SDK has declared."""
    variable = Variable(type=LiteralType.FromString(declared.SerializeToString()))
    python_types = {} if python_type is None else {"v": python_type}
    return dict_to_literal_map({"v": value}, {"v": variable}, python_types).literals["v"]


def _encoded(message: Any) -> str:
    return base64.b64encode(message.SerializeToString(deterministic=True)).decode()


def lines() -> Iterator[dict[str, Any]]:
    for name, (python_type, values) in SDK.items():
        kind, declared = "pickled" if name in PICKLES else "written", type_of(python_type)
        line = {"kind": kind, "name": name, "type": _encoded(declared)}
        line["literals"] = [_encoded(written(value, python_type)) for value in values]
        if name in TYPES:
            own_type, own_values = TYPES[name]
            line["ours"] = [_encoded(by_shimlite(value, own_type, declared)) for value in own_values]
        yield line


if __name__ == "__main__":
    for line in lines():
        sys.stdout.write(json.dumps(line, ensure_ascii=True) + "\n")
