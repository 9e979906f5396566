# SPDX-License-Identifier: Apache-2.0
"""What the tests of both tables check."""

from __future__ import annotations

from .answers import Table, Told, label

Reason = tuple[str, str, str, str]
"""A test of flytekit's, a type, what is asked of it, and why shimlite's answer differs."""


def our_answer(told: Told) -> str:
    """shimlite's own answer, with the whole text of an error."""
    if "message" in told:
        return f"refused: {told['message']}"
    answer: str = told.get("shimlite", told["flytekit"])
    return answer


def unanswered(table: Table) -> list[str]:
    """Questions without an answer, and answers to no question.

    Those about flytekit's older format are asked where it writes another literal, which only flytekit tells.
    """
    asked = [label(line.label()) for line in table.questions()]
    answered = [label(told) for told in table.answers() if told["asked"] != "old"]
    return sorted({*asked} ^ {*answered})


def differences_and_reasons(table: Table) -> tuple[set[Reason], set[Reason]]:
    told = {(one["test"], one["type"], one["asked"], one["why"]) for one in table.answers() if "shimlite" in one}
    return told, {(row.test, row.type, asked, why) for row in table.rows for asked, why in row.differs.items()}
