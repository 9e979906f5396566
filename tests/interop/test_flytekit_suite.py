# SPDX-License-Identifier: Apache-2.0
"""The answers that ``tests/flytekit_suite`` has of flytekit are still those of the flytekit that is installed."""

from __future__ import annotations

import pytest

from ..flytekit_suite import test_answers, test_pydantic
from ..flytekit_suite.answers import label
from ..flytekit_suite.engines import ask_again, shortened, text_of
from ..flytekit_suite.theirs import THEIRS, THEIRS_WITH_MODELS, old_literal

LINES = [
    *((THEIRS, test_answers.TABLE, told) for told in test_answers.TABLE.answers()),
    *((THEIRS_WITH_MODELS, test_pydantic.TABLE, told) for told in test_pydantic.TABLE.answers()),
]


@pytest.mark.parametrize(("theirs", "table", "told"), LINES, ids=[label(told) for *_, told in LINES])
def test_flytekit_answers_what_the_table_says(theirs, table, told):
    line = table.line_of(told)
    assert shortened(ask_again(theirs, line, told)) == told["flytekit"]
    if told["asked"] == "old":
        assert text_of(old_literal(line, theirs)) == told["literal"]
