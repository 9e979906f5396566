# SPDX-License-Identifier: Apache-2.0
"""The answers of flytekit and, where it differs, shimlite, one JSON object a line. Needs flytekit.

    python -m tests.flytekit_suite.record     writes answers.jsonl anew and prints what changed

``flytekit`` is its answer, ``shimlite`` another one with the reason of ``rows`` in ``why``. An error of flytekit's is
``refused``, since its text names memory and modules; shimlite's is kept whole. ``old`` asks what is read from the
literal that flytekit's older format has for a value; it is there where that is another literal.
"""

from __future__ import annotations

import json
import logging
import pathlib
from collections.abc import Iterator
from typing import Any

from .engines import OURS, Line, answer, questions, read, text_of
from .rows import ROWS

ANSWERS = pathlib.Path(__file__).parent / "answers.jsonl"


def theirs(line: Line) -> dict[str, Any]:
    """What flytekit answers to one question."""
    from .theirs import THEIRS

    return {"flytekit": shortened(answer(THEIRS, line))}


def shortened(text: str) -> str:
    return "refused" if text.startswith("refused") else text


def old_lines(line: Line, new: str) -> Iterator[tuple[Line, dict[str, Any]]]:
    """The question of the older format, where flytekit writes the value in another way then."""
    from .theirs import THEIRS, old_literal

    literal = old_literal(line)
    if text_of(literal) != new:
        told = shortened(read(THEIRS, line, literal))
        yield Line(line.row, "old", line.about), {"literal": text_of(literal), "flytekit": told}


def lines() -> Iterator[str]:
    for row in ROWS:
        for line in questions(row):
            told = theirs(line)
            yield complete(line, told)
            if line.asked == "write" and told["flytekit"] != "refused":
                yield from (complete(*old) for old in old_lines(line, told["flytekit"]))


def complete(line: Line, told: dict[str, Any]) -> str:
    """The line with shimlite's answer where it differs, and the text of its error."""
    ours = ask_ours(line, told)
    if shortened(ours) != told["flytekit"]:
        told = {**told, "shimlite": ours, "why": line.row.differs.get(line.asked, "")}
    elif ours != told["flytekit"]:
        told = {**told, "message": ours.partition(": ")[2]}
    return json.dumps({**line.label(), **told})


def ask_ours(line: Line, told: dict[str, Any]) -> str:
    from base64 import b64decode

    from shimlite._idl import Literal

    return (
        read(OURS, line, Literal.FromString(b64decode(told["literal"]))) if line.asked == "old" else answer(OURS, line)
    )


def main() -> None:
    logging.disable(logging.CRITICAL)
    before = ANSWERS.read_text("utf-8").splitlines() if ANSWERS.exists() else []
    now = list(lines())
    ANSWERS.write_text("\n".join(now) + "\n", "utf-8")
    print(f"{len(now)} lines, {len(set(now) - set(before))} of them new")
    for line in map(json.loads, now):
        if line.get("why") == "":
            print(json.dumps(line))


if __name__ == "__main__":
    main()
