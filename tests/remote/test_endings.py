# SPDX-License-Identifier: Apache-2.0
"""What an executor leaves behind, with its files in a store; and two such things at once, on the disk.

The situations are those of ``tests.container.test_endings``, where each is tried alone on the disk.
"""

from __future__ import annotations

import random
import textwrap
import uuid

import pytest

from shimlite import to_literal
from shimlite._idl import ErrorDocument, LiteralMap

from ..container.endings import FILES, Row, Runner
from ..container.test_endings import EITHER, LEFT, raising, returning

AT_ONCE = 4
RIGHT = LiteralMap(literals={"x": to_literal(1, int)})

LONE = {name: row for name, row in LEFT.items() if row.exits == 0 and row.files is not None and name not in EITHER}


def ends(name: str, row: Row, number: int) -> Row:
    """Every other row raises."""
    return raising(name, row) if number % 2 else returning(name, row)


STORED = {name: ends(name, row, number) for number, (name, row) in enumerate(LONE.items())}


def both(one: Row, other: Row) -> Row:
    streams = {name: getattr(one if getattr(other, name) == "file" else other, name) for name in ("stdout", "stderr")}
    environment = {**one.environment, **other.environment}
    return one._replace(
        does="\n".join(textwrap.dedent(row.does).strip() for row in (one, other)),
        module=f"{one.module}\n{other.module}",
        is_async=one.is_async or other.is_async,
        environment=environment,
        **streams,
    )


def pairs(count: int) -> dict[str, Row]:
    """Not of streams that another thread holds: who flushes them, as multiprocessing does, is stuck before it ends."""
    draw = random.Random(14)
    plain = [name for name in LONE if not LONE[name].is_async and "stuck-in-another-thread" not in name]
    drawn = [draw.sample(plain, 2) for _ in range(count)]
    return {
        f"{one}-and-{other}": ends("", both(LONE[one], LONE[other]), number)
        for number, (one, other) in enumerate(drawn)
    }


PAIRS = pairs(120)


@pytest.fixture(scope="module")
def runner():
    with Runner(AT_ONCE) as runner:
        yield runner


@pytest.fixture(scope="module")
def stored(runner, s3, tmp_path_factory):
    folder = tmp_path_factory.mktemp("stored")
    running = {}
    for name, row in STORED.items():
        home = f"{s3.root}/{uuid.uuid4().hex}"
        options = {"output-prefix": f"{home}/out", "raw-output-data-prefix": f"{home}/raw"}
        on_s3 = row._replace(options=options, environment={**row.environment, **s3.environment}, is_forked=False)
        running[name] = home, runner.submit(on_s3, folder / name)
    return running


@pytest.fixture(scope="module")
def paired(runner, tmp_path_factory):
    folder = tmp_path_factory.mktemp("paired")
    return {name: runner.submit(row, folder / str(number)) for number, (name, row) in enumerate(PAIRS.items())}


@pytest.mark.parametrize("name", STORED)
def test_in_a_store(stored, s3, name):
    home, running = stored[name]
    outcome, files = running.result(), tuple(s3.names(f"{home}/out"))
    assert (files, outcome.code) == (STORED[name].files, 0), outcome.stderr
    content = s3.get(f"{home}/out/{files[0]}")
    if files == ("outputs.pb",):
        assert LiteralMap.FromString(content) == RIGHT
    else:
        error = ErrorDocument.FromString(content).error
        assert error.code == "USER:RuntimeError"
        assert error.message.endswith(STORED[name].end)


@pytest.mark.parametrize("name", PAIRS)
def test_two_at_once(paired, name):
    outcome = paired[name].result()
    assert (len(outcome.files), outcome.code) == (1, 0), outcome.stderr
    assert outcome.files[0] in FILES
    assert outcome.seconds < 10
