# SPDX-License-Identifier: Apache-2.0
"""shimlite answers every question of the table as flytekit does, or as the table says and why. Needs no flytekit."""

from __future__ import annotations

import collections

import pytest

from .answers import label, line_of, read_answers
from .engines import OURS, ask_again, questions
from .rows import ROWS

ANSWERS = read_answers()


def expected(told):
    """shimlite's own answer, with the whole text of an error."""
    if "message" in told:
        return f"refused: {told['message']}"
    return told.get("shimlite", told["flytekit"])


@pytest.mark.parametrize("told", ANSWERS, ids=label)
def test_the_answer_is_the_one_in_the_table(told):
    assert ask_again(OURS, line_of(told), told) == expected(told)


def test_every_question_has_one_answer():
    """Those about flytekit's older format are asked where it writes another literal, which only flytekit tells."""
    asked = [label(line.label()) for line in questions(ROWS)]
    answered = [label(told) for told in ANSWERS if told["asked"] != "old"]
    assert asked == answered, "python -m tests.flytekit_suite.record"
    assert len(set(map(label, ANSWERS))) == len(ANSWERS) > 800


def test_every_difference_has_a_reason_and_every_reason_a_difference():
    told = {(one["test"], one["type"], one["asked"], one["why"]) for one in ANSWERS if "shimlite" in one}
    given = {(row.test, row.type, asked, why) for row in ROWS for asked, why in row.differs.items()}
    assert "" not in {why for *_, why in told}
    assert sorted(given ^ told) == []


def test_the_table_says_most_of_flytekits_tests_of_its_type_engine():
    tests = collections.Counter(row.test for row in ROWS)
    assert len(tests) > 80
    asked = collections.Counter(one["asked"] for one in ANSWERS)
    assert min(asked[one] for one in ("literal type", "guess", "write", "back", "old", "read")) > 30
