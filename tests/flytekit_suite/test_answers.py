# SPDX-License-Identifier: Apache-2.0
"""shimlite answers every question of the table as flytekit does, or as the table says and why. Needs no flytekit."""

from __future__ import annotations

import collections

import pytest

from .answers import FOLDER, Table, label
from .checks import differences_and_reasons, our_answer, unanswered
from .engines import OURS, ask_again
from .rows import ROWS

TABLE = Table(ROWS, FOLDER / "answers.jsonl")
ANSWERS = TABLE.answers()


@pytest.mark.parametrize("told", ANSWERS, ids=label)
def test_the_answer_is_the_one_in_the_table(told):
    assert ask_again(OURS, TABLE.line_of(told), told) == our_answer(told)


def test_every_question_has_one_answer():
    assert unanswered(TABLE) == [], "python -m tests.flytekit_suite.record"
    assert len(set(map(label, ANSWERS))) == len(ANSWERS) > 800


def test_every_difference_has_a_reason_and_every_reason_a_difference():
    told, given = differences_and_reasons(TABLE)
    assert "" not in {why for *_, why in told}
    assert sorted(given ^ told) == []


def test_the_table_says_most_of_flytekits_tests_of_its_type_engine():
    assert len({row.test for row in ROWS}) > 80
    asked = collections.Counter(one["asked"] for one in ANSWERS)
    assert min(asked[one] for one in ("literal type", "guess", "write", "back", "old", "read")) > 30
