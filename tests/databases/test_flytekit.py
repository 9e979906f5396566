# SPDX-License-Identifier: Apache-2.0
"""Tasks of flytekit's ``SQLAlchemyTask`` on real servers, run by both programs: see tests/interop/test_sql.py.

Without flytekit they are left out on a desk, and fail in CI.
"""

from __future__ import annotations

import os

import attrs
import pytest

if "CI" not in os.environ:
    pytest.importorskip("flytekitplugins.sqlalchemy")

from ..interop.sql import as_listed, outcomes
from .servers import PASSWORD
from .sql_table import CASES


@pytest.fixture(scope="module")
def ran(request):
    names = {item.callspec.params["case"].on for item in request.session.items if item.path == request.path}
    uris = {name: request.getfixturevalue(name.partition("+")[0]).uri(name) for name in names}

    def placed(case):
        files = {
            name: PASSWORD.encode() if content == b"PASSWORD\n" else content for name, content in case.files.items()
        }
        return attrs.evolve(case, on=uris[case.on], files=files)

    with outcomes(request, placed) as futures:
        yield futures


@pytest.mark.parametrize("case", CASES, ids=str)
def test_both_programs(case, ran):
    as_listed(case, *ran[case].result())
