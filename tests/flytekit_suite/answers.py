# SPDX-License-Identifier: Apache-2.0
"""The recorded answers, beside the questions that they answer: of the rows, and of pydantic's models."""

from __future__ import annotations

import json
import pathlib
from typing import Any, NamedTuple

from .engines import Line, questions
from .rows import Row

Told = dict[str, Any]
"""One line of a file of answers."""
FOLDER = pathlib.Path(__file__).parent


class Table(NamedTuple):
    rows: list[Row]
    path: pathlib.Path
    guesses: bool = True
    """Whether types are guessed: of a model that holds others flytekit's guess takes minutes, ours is a dict."""

    def questions(self) -> list[Line]:
        return [*questions(self.rows, self.guesses)]

    def answers(self) -> list[Told]:
        return [json.loads(line) for line in self.path.read_text("utf-8").splitlines()]

    def line_of(self, told: Told) -> Line:
        """The question that a line of the file answers."""
        about = told.get("about", "")
        rows = (row for row in self.rows if (row.test, row.type) == (told["test"], told["type"]))
        row = next(row for row in rows if not about or about in row.values + row.literals)
        return Line(row, told["asked"], about)


def label(told: Told) -> str:
    return f"{told['test']}: {told['asked']} {told['type']} {told.get('about', '')}".rstrip()
