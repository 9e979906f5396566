# SPDX-License-Identifier: Apache-2.0
"""The answers that ``tests/flytekit_suite`` has of flytekit are still those of the flytekit that is installed."""

from __future__ import annotations

import pytest

from ..flytekit_suite.answers import label, line_of, read_answers
from ..flytekit_suite.engines import ask_again, shortened, text_of
from ..flytekit_suite.theirs import THEIRS, old_literal

ANSWERS = read_answers()


@pytest.mark.parametrize("told", ANSWERS, ids=label)
def test_flytekit_answers_what_the_table_says(told):
    line = line_of(told)
    assert shortened(ask_again(THEIRS, line, told)) == told["flytekit"]
    if told["asked"] == "old":
        assert text_of(old_literal(line)) == told["literal"]
