# SPDX-License-Identifier: Apache-2.0
"""Files and directories on this machine: any sequence of writes and reads gives what Python's own files give."""

from __future__ import annotations

import os
import pathlib
import tempfile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shimlite import FlyteDirectory, FlyteFile

TEXT = st.text(st.characters(codec="utf-8") | st.sampled_from("a\n\r\té\u2028\U0001f600"), max_size=20)
OPTIONS = st.fixed_dictionaries(
    {
        "encoding": st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32-be", "ascii", "latin-1", "cp1252", None]),
        "errors": st.sampled_from([None, "strict", "replace", "xmlcharrefreplace", "ignore"]),
        "newline": st.sampled_from([None, "", "\n", "\r", "\r\n"]),
    }
)
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=5).filter(
    lambda name: name not in (".", "..")
)


@pytest.fixture(scope="module")
def folder():
    with tempfile.TemporaryDirectory() as name:
        yield pathlib.Path(name)


def written(opened: Any, pieces: list[Any]) -> list[Any]:
    """What each write returns or raises."""
    done = []
    with opened:
        for piece in pieces:
            try:
                done.append(opened.write(piece))
            except UnicodeEncodeError as error:
                done.append(str(error))
    return done


def read(opened: Any) -> Any:
    try:
        with opened:
            return opened.readlines()
    except UnicodeError as error:  # UTF-16 without its mark too
        return str(error)


@given(st.lists(TEXT, max_size=5), OPTIONS, OPTIONS)
def test_text_is_what_python_writes_and_reads(folder, pieces, options, others):
    ours, theirs = folder / "ours", folder / "theirs"
    done = written(FlyteFile(str(ours)).open("w", **options), pieces)
    assert done == written(open(theirs, "w", **options), pieces)  # noqa: SIM115 - closed there
    assert ours.read_bytes() == theirs.read_bytes()
    reading = {**others, "errors": "replace" if others["errors"] == "xmlcharrefreplace" else others["errors"]}
    assert read(FlyteFile(str(ours)).open(**reading)) == read(open(theirs, **reading))  # noqa: SIM115


@given(st.lists(st.binary(max_size=30) | st.integers(0, 3 * 2**20).map(bytes), max_size=4), st.booleans())
def test_bytes_are_all_there_or_none(folder, pieces, raises):
    path = folder / "bytes"
    path.write_bytes(b"before")
    try:
        with FlyteFile(str(path)).open("wb") as opened:
            for piece in pieces:
                assert opened.write(piece) == len(piece)
            if raises:
                raise LookupError
    except LookupError:
        pass
    assert path.read_bytes() == (b"before" if raises else b"".join(pieces))


@given(st.dictionaries(NAMES, st.booleans(), max_size=8))
def test_a_directory_lists_what_is_in_it(names):
    with tempfile.TemporaryDirectory() as name:
        for one, is_folder in names.items():
            path = os.path.join(name, one)
            os.mkdir(path) if is_folder else pathlib.Path(path).write_text(one, encoding="utf-8")
        entries = list(FlyteDirectory(name).iterdir())
        found = {str(one).removeprefix(f"{name}/"): isinstance(one, FlyteDirectory) for one in entries}
        assert found == names
        assert list(found) == sorted(names)
        for one in entries:
            if isinstance(one, FlyteFile):
                assert one == FlyteDirectory(name) / str(one).removeprefix(f"{name}/")
                with one.open(encoding="utf-8", newline="") as opened:
                    assert opened.read() == str(one).removeprefix(f"{name}/")
