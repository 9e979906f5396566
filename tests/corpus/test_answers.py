# SPDX-License-Identifier: Apache-2.0
"""The same types and values are the same bytes, and the same bytes the same values, whoever asks where and when."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import typing

import pytest
from google.protobuf.internal import api_implementation

import shimlite

from . import record
from .cases import FOREIGN, cases, type_of

BACK_END = "PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION"


def label(line: str) -> str:
    """What a line is about, without its answers."""
    answers = json.loads(line)
    return " ".join(
        f"{name} {answers[name]}" for name in ("type", "value", "read as", "data", "variable") if name in answers
    )


def difference(before: str, now: str) -> str:
    """One line of a test's output for each answer that changed."""
    one, other = json.loads(before), json.loads(now)
    names = [name for name in {**one, **other} if one.get(name) != other.get(name)]
    changes = (f"    {name}: {one.get(name)!r} is now {other.get(name)!r}" for name in names)
    return "\n".join([label(now), *changes])


@pytest.fixture(scope="module")
def here():
    return record.lines()


def test_every_answer_is_the_one_in_the_file(here):
    before, now = record.read_answers(), here
    assert [label(line) for line in now] == [label(line) for line in before], "python -m tests.corpus.record"
    changes = [difference(*pair) for pair in zip(before, now) if pair[0] != pair[1]]
    assert not changes, "\n".join([f"{len(changes)} answers differ", *changes])


def test_a_second_process_that_asks_in_reverse_with_other_hashes_and_another_protobuf_says_the_same(here):
    """Types of one process lie elsewhere in memory in the next, and so do the keys of its dicts and maps."""
    seed = "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"
    back_end = "python" if api_implementation.Type() == "upb" else "upb"
    folders = [
        pathlib.Path(shimlite.__file__).parents[len(shimlite.__name__.split("."))],
        pathlib.Path(record.__file__).parents[len(record.__name__.split(".")) - 1],
    ]
    environment = {"PYTHONHASHSEED": seed, BACK_END: back_end, "PYTHONPATH": os.pathsep.join(map(str, folders))}
    done = subprocess.run(
        [sys.executable, "-m", record.__name__, "--digests", "--backwards"],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    pairs = zip(here, done.stdout.split(), strict=True)
    assert [label(line) for line, there in pairs if record.digest(line) != there] == []


def test_protobuf_is_the_one_that_the_session_asks_for():
    assert api_implementation.Type() == os.environ.get(BACK_END, api_implementation.Type())


def test_no_error_is_anybody_elses():
    """Of a type or a value that somebody may give: each refusal is one of ours."""
    assert [label(line) for line in record.read_answers() if "not ours: " in line] == []


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("Literal['a', 1] | None", ("a", 1)),
        ("Literal[1, 'a'] | None", (1, "a")),
        ("List[Union[int, str]]", (int, str)),
        ("List[Union[str, int]]", (str, int)),
    ],
)
def test_a_type_is_new_each_time(text, order):
    """typing answers ``Literal[1, "a"] | None`` with the ``Literal["a", 1] | None`` of another test."""
    assert typing.get_args(typing.get_args(type_of(text))[0]) == order


def test_there_are_hundreds_of_cases_and_each_is_one():
    labels = [label(line) for line in record.read_answers()]
    assert len(labels) == len(set(labels)) > 2000
    assert len(cases()) > 200
    assert len(FOREIGN) > 20
