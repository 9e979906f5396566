# SPDX-License-Identifier: Apache-2.0
"""The answers of flytekit and, where it differs, shimlite, one JSON object a line. Needs flytekit.

    python -m tests.flytekit_suite.record     writes answers.jsonl anew and prints the differences without a reason

``flytekit`` is its answer, ``shimlite`` another one with the reason of ``rows`` in ``why``. An error of flytekit's is
``refused``, since its text names memory and modules; shimlite's is kept whole, in ``message`` where both refuse.
``old`` asks what is read from the literal that flytekit's older format has for a value, where that is another literal.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

from .answers import ANSWERS, Told, read_answers
from .engines import OURS, Line, answer, ask_again, questions, read, shortened, text_of
from .rows import ROWS
from .theirs import THEIRS, old_literal


def lines() -> Iterator[Told]:
    for line in questions(ROWS):
        told = {"flytekit": shortened(answer(THEIRS, line))}
        yield complete(line, told)
        if line.asked == "write" and told["flytekit"] != "refused":
            literal = old_literal(line)
            if text_of(literal) != told["flytekit"]:
                old = Line(line.row, "old", line.about)
                yield complete(old, {"literal": text_of(literal), "flytekit": shortened(read(THEIRS, old, literal))})


def complete(line: Line, told: dict[str, Any]) -> Told:
    """A line of the file: the question, flytekit's answer, and shimlite's where it differs."""
    ours = ask_again(OURS, line, told)
    if shortened(ours) != told["flytekit"]:
        told = {**told, "shimlite": ours, "why": line.row.differs.get(line.asked, "")}
    elif ours != told["flytekit"]:
        told = {**told, "message": ours.partition(": ")[2]}
    return {**line.label(), **told}


def main() -> None:
    logging.disable(logging.CRITICAL)
    before, now = read_answers() if ANSWERS.exists() else [], [*lines()]
    ANSWERS.write_text("".join(json.dumps(line) + "\n" for line in now), "utf-8")
    print(f"{len(now)} lines, {sum(line not in before for line in now)} of them new")
    for line in now:
        if line.get("why") == "":
            print(json.dumps(line))


if __name__ == "__main__":
    main()
