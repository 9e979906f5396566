# SPDX-License-Identifier: Apache-2.0
"""What the tests of both tables check."""

from __future__ import annotations

import base64
import binascii

from shimlite.idl import Literal, LiteralType

from .answers import Table, Told, label

Reason = tuple[str, str, str, str]
"""A test of flytekit's, a type, what is asked of it, and why shimlite's answer differs."""


def our_answer(told: Told) -> str:
    """shimlite's own answer, with the whole text of an error."""
    if "message" in told:
        return f"refused: {told['message']}"
    answer: str = told.get("shimlite", told["flytekit"])
    return as_written_here(answer, told["asked"])


def as_written_here(answer: str, asked: str) -> str:
    """The message of an answer in this process's bytes: pure-Python protobuf orders the keys of a map otherwise."""
    message_type = {"literal type": LiteralType, "write": Literal}.get(asked)
    if message_type is None:
        return answer
    try:
        data = base64.b64decode(answer, validate=True)
    except binascii.Error:  # it is a refusal
        return answer
    return base64.b64encode(message_type.FromString(data).SerializeToString(deterministic=True)).decode()


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
