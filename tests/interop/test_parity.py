# SPDX-License-Identifier: Apache-2.0
"""``pyflyte-execute`` and ``shimlite-execute`` run the same task from the same files: every field of what each leaves.

A difference that the table does not list fails, and so does one that it lists and that is gone.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import attrs
import pytest

from .parity import FLYTEKIT, SHIMLITE, run, shortened
from .parity_table import SECTIONS

ROWS = [
    pytest.param(row, id=f"{section} {row}", marks=[pytest.mark.xfail(reason=row.bug, strict=True)] if row.bug else [])
    for section, rows in SECTIONS.items()
    for row in rows
]


@pytest.fixture(scope="module")
def outcomes(request, tmp_path_factory):
    """What both programs left, by row, of the rows that this session tests: as many at once as there are cores."""
    rows = [item.callspec.params["row"] for item in request.session.items if item.path == request.path]
    with ThreadPoolExecutor((os.cpu_count() or 1) + 1) as pool:
        yield {
            row: [pool.submit(run, program, row, tmp_path_factory.mktemp(program)) for program in (FLYTEKIT, SHIMLITE)]
            for row in rows
        }
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("row", ROWS)
def test_parity(row, outcomes):
    theirs, ours = (future.result() for future in outcomes[row])
    assert shortened(theirs, row.gives) == row.gives
    wanted = attrs.evolve(theirs, **row.changes)
    assert shortened(ours, wanted) == wanted
    assert [name for name, value in row.changes.items() if getattr(theirs, name) == value] == []
    assert all(difference.reason.endswith(".") for difference in row.differences)
