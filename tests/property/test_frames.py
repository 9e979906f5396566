# SPDX-License-Identifier: Apache-2.0
"""Laws of tables: how their files are cut and named does not matter, and a dataframe's type is its reference's."""

from __future__ import annotations

import pathlib
import sys
import tempfile
import types
import typing
from typing import Any

import arro3.core
import arro3.io
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shimlite import (
    FlyteSchema,
    StructuredDataset,
    UnsupportedTypeError,
    guess_python_type,
    to_literal_type,
)
from shimlite._types.nodes import python_type_of
from shimlite._types.parse import parse
from shimlite.strategies import python_types
from shimlite.strategies.shapes import parts

from ..support import refusal

INT, TEXT = arro3.core.DataType.int64(), arro3.core.DataType.utf8()
VALUES = st.none() | st.integers(-(2**63), 2**63 - 1)
TEXTS = st.none() | st.text(max_size=3)
NAMES = st.text("ab0", min_size=1, max_size=3)
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)
HIDDEN = st.tuples(st.sampled_from("._"), NAMES).map("".join)


def table(rows: list[tuple[int | None, str | None]]) -> Any:
    numbers, texts = ([row[place] for row in rows] for place in (0, 1))
    columns = [arro3.core.Array(numbers, INT), arro3.core.Array(texts, TEXT)]
    return arro3.core.Table.from_arrays(columns, names=["n", "s"])


def write(folder: pathlib.Path, name: str, one: Any) -> bool:
    """Whether there is a file of the name now: a folder may have it, and a file the name of its folder."""
    try:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        arro3.io.write_parquet(one, str(folder / name))
    except OSError:
        return False
    return True


@given(
    files=st.dictionaries(PATHS, st.lists(st.tuples(VALUES, TEXTS), max_size=4), min_size=1, max_size=4),
    hidden=st.sets(HIDDEN, max_size=2),
    reference=st.sampled_from((StructuredDataset, FlyteSchema)),
)
def test_a_folder_is_its_files_in_order(files, hidden, reference):
    """Those of a folder come after its own files, as ``trees`` walks."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        there = {path: rows for path, rows in files.items() if write(folder, path, table(rows))}
        for one in hidden:
            (folder / one).write_bytes(b"other")
        read = arro3.core.Table(reference(name))
        pairs = list(zip(read["n"].to_pylist(), read["s"].to_pylist()))
        assert sorted(map(repr, pairs)) == sorted(repr(row) for rows in there.values() for row in rows)
        if all("/" not in path for path in there):
            assert pairs == [row for path in sorted(there) for row in there[path]]


@pytest.fixture(scope="module")
def frame():
    """A stand-in for polars.DataFrame."""
    cls: Any = type("DataFrame", (), {})
    module, known = types.ModuleType("polars"), sys.modules.get("polars")
    vars(module).update(DataFrame=cls)
    sys.modules["polars"] = module
    yield cls
    del sys.modules["polars"]
    if known is not None:
        sys.modules["polars"] = known


def in_place(python_type: Any, frame: Any) -> Any:
    """The type with a dataframe in the place of each StructuredDataset."""
    if python_type is StructuredDataset:
        return frame
    origin, arguments = typing.get_origin(python_type), typing.get_args(python_type)
    if not arguments or origin is typing.Literal:
        return python_type
    if hasattr(python_type, "__metadata__"):
        subscript: Any = typing.Annotated
        return subscript[(in_place(python_type.__origin__, frame), *python_type.__metadata__)]
    inside = tuple(in_place(one, frame) for one in arguments)
    return typing.Union[inside] if origin in (typing.Union, types.UnionType) else origin[inside]


def has_table(python_type: Any) -> bool:
    return any(one is StructuredDataset for one in parts(python_type))


KINDS = (int, str, None, list, dict[str, Any], StructuredDataset, FlyteSchema, typing.Union, typing.Optional)
TYPES = python_types(3, only=KINDS)
REASON = "is not supported in a record, or in a dict whose keys are no str; use StructuredDataset"


@given(python_type=TYPES)
def test_the_type_of_a_dataframe_is_that_of_its_reference(frame, python_type):
    with_frames = in_place(python_type, frame)
    assert to_literal_type(with_frames) == to_literal_type(python_type)
    assert guess_python_type(to_literal_type(with_frames)) == guess_python_type(to_literal_type(python_type))
    node = parse(with_frames)
    assert parse(python_type_of(node)) == node
    assert (node == parse(python_type)) is not has_table(python_type)


@given(python_type=TYPES)
def test_no_dataframe_stands_in_msgpack(frame, python_type):
    with_frames = in_place(python_type, frame)
    if not has_table(python_type):
        to_literal_type(dict[int, with_frames])  # type: ignore[valid-type]
    else:
        message = refusal(UnsupportedTypeError, to_literal_type, dict[int, with_frames])  # type: ignore[valid-type]
        assert message.endswith(REASON)
