# SPDX-License-Identifier: Apache-2.0
"""The recorded answers, beside the questions that they answer."""

from __future__ import annotations

import json
import pathlib
from typing import Any

from .engines import Line
from .rows import ROWS, Row

Told = dict[str, Any]
ANSWERS = pathlib.Path(__file__).parent / "answers.jsonl"


def read_answers() -> list[Told]:
    return [json.loads(line) for line in ANSWERS.read_text("utf-8").splitlines()]


def line_of(told: Told) -> Line:
    """The question that a line of the file answers."""
    return Line(_row_of(told), told["asked"], told.get("about", ""))


def _row_of(told: Told) -> Row:
    about = told.get("about", "")
    rows = (row for row in ROWS if (row.test, row.type) == (told["test"], told["type"]))
    return next(row for row in rows if not about or about in row.values + row.literals)


def label(told: Told) -> str:
    return f"{told['test']}: {told['asked']} {told['type']} {told.get('about', '')}".rstrip()
