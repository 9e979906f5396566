# SPDX-License-Identifier: Apache-2.0
"""shimlite answers for pydantic's models what flytekit's plug-in does, or as the table says and why."""

from __future__ import annotations

import pytest

pytest.importorskip("pydantic", minversion="2.11")  # of the options that the models have

from shimlite import FlyteDirectory, FlyteFile

from . import engines
from .answers import FOLDER, Table, label
from .checks import differences_and_reasons, our_answer, unanswered
from .engines import ask_again
from .pydantic_models import ROWS, names

TABLE = Table(ROWS, FOLDER / "pydantic_answers.jsonl", guesses=False)
ANSWERS = TABLE.answers() if TABLE.path.exists() else []
OURS = engines.OURS._replace(names={**engines.OURS.names, **names(FlyteFile, FlyteDirectory)})


@pytest.mark.parametrize("told", ANSWERS, ids=label)
def test_the_answer_is_the_one_in_the_table(told):
    assert ask_again(OURS, TABLE.line_of(told), told) == our_answer(told)


def test_every_question_has_one_answer():
    assert unanswered(TABLE) == [], "python -m tests.flytekit_suite.record"
    assert len(set(map(label, ANSWERS))) == len(ANSWERS) > 250


def test_every_difference_has_a_reason_and_every_reason_a_difference():
    told, given = differences_and_reasons(TABLE)
    assert "" not in {why for *_, why in told}
    assert sorted(given ^ told) == []
