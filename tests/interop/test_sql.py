# SPDX-License-Identifier: Apache-2.0
"""flytekit's SQL tasks on SQLite, run by both programs: the same table, as pandas and flytekit's reader see it.

A difference that sql_table.py does not list fails, and so does one that it lists and that is gone. The cases run in one
process of each program; a few run in processes of their own too, which leave the same.
"""

from __future__ import annotations

import pytest

from ..databases import sql_table as on_servers
from ..differences import SCHEMA, SQL
from .sql import FLYTEKIT, SHIMLITE, as_listed, folders, outcome, outcomes
from .sql_table import CASES, WHOLE


@pytest.fixture(scope="module")
def ran(request):
    with outcomes(request) as futures:
        yield futures


@pytest.mark.parametrize("case", CASES, ids=str)
def test_both_programs(case, ran):
    as_listed(case, *ran[case].result())


@pytest.mark.parametrize("case", WHOLE, ids=str)
def test_processes_of_their_own_leave_the_same(case, ran):
    with folders() as (theirs, ours):
        assert (outcome(case, FLYTEKIT, theirs), outcome(case, SHIMLITE, ours)) == ran[case].result()


def test_every_difference_has_a_case():
    reasons = {one.reason for case in (*CASES, *on_servers.CASES) for one in case.differences}
    assert reasons | {SCHEMA} == set(SQL)
