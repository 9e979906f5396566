# SPDX-License-Identifier: Apache-2.0
"""The answers of flytekit and, where it differs, shimlite, one JSON object a line. Needs flytekit.

    python -m tests.flytekit_suite.record     writes both files anew and prints the differences without a reason

``flytekit`` is its answer, ``shimlite`` another one with the reason of ``rows`` in ``why``. An error of flytekit's is
``refused``, since its text names memory and modules; shimlite's is kept whole, in ``message`` where both refuse.
``old`` asks what is read from the literal that flytekit's older format has for a value, where that is another literal.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

from shimlite._idl import Literal

from . import test_answers, test_pydantic
from .answers import Table, Told
from .engines import Engine, Line, answer, ask_again, read, shortened, text_of
from .theirs import THEIRS, THEIRS_WITH_MODELS, old_literal


def lines(table: Table, ours: Engine, theirs: Engine) -> Iterator[Told]:
    for line in table.questions():
        told = {"flytekit": shortened(answer(theirs, line))}
        yield complete(line, told, ours)
        if line.asked == "write" and told["flytekit"] != "refused":
            literal = _old_literal(line, theirs)
            if literal is not None and text_of(literal) != told["flytekit"]:
                old = Line(line.row, "old", line.about)
                told = {"literal": text_of(literal), "flytekit": shortened(read(theirs, old, literal))}
                yield complete(old, told, ours)


def _old_literal(line: Line, theirs: Engine) -> Literal | None:
    try:
        return old_literal(line, theirs)
    except Exception:  # a model that is no object is no Struct
        return None


def complete(line: Line, told: dict[str, Any], engine: Engine) -> Told:
    """A line of the file: the question, flytekit's answer, and shimlite's where it differs."""
    ours = ask_again(engine, line, told)
    if shortened(ours) != told["flytekit"]:
        told = {**told, "shimlite": ours, "why": line.row.differs.get(line.asked, "")}
    elif ours != told["flytekit"]:
        told = {**told, "message": ours.partition(": ")[2]}
    return {**line.label(), **told}


def record(table: Table, ours: Engine, theirs: Engine) -> None:
    before, now = table.answers() if table.path.exists() else [], [*lines(table, ours, theirs)]
    table.path.write_text("".join(json.dumps(line) + "\n" for line in now), "utf-8")
    print(f"{table.path.name}: {len(now)} lines, {sum(line not in before for line in now)} of them new")
    for line in now:
        if line.get("why") == "":
            print(json.dumps(line))


def main() -> None:
    logging.disable(logging.CRITICAL)
    record(test_answers.TABLE, test_answers.OURS, THEIRS)
    record(test_pydantic.TABLE, test_pydantic.OURS, THEIRS_WITH_MODELS)


if __name__ == "__main__":
    main()
