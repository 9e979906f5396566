# SPDX-License-Identifier: Apache-2.0
"""``shimlite types``: the fixed set, and what each type and each literal loses. Next: ``words``."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from .._types.classes import is_record_class
from .._types.parse import spell
from ..fidelity import Loss, fidelity
from ..normal import LITERAL_LOSSES
from ..values import FlyteSchema
from .words import EXAMPLES, FRAME, MODEL, Words, words_of


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=sorted(_FORMATS), default="text", help="how to print it (default: text)")


def main(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    for line in _FORMATS[options.format]():
        print(line)
    return 0


def _text() -> Iterator[str]:
    for row, _ in _rows():
        yield f"{row.python}: {row.literal}"
        yield f"  lost: {row.lost}"
        if row.returns != "itself":
            yield f"  from the template alone: {row.returns}; lost then too: {row.unsaid}"
        if row.note:
            yield f"  {row.note}"
    yield ""
    yield "A literal, read and written again:"
    for loss in LITERAL_LOSSES:
        yield f"  {loss.what}: {loss.becomes}"


def _markdown() -> Iterator[str]:
    cells = [(f"`{row.python}`", row.literal, row.lost, row.returns, row.unsaid, row.note) for row, _ in _rows()]
    yield from _table(("Python", "LiteralType", "lost", "from the template alone", "lost then too", ""), cells)
    yield ""
    yield from _table(("in a `Literal`", "read and written again"), [(one.what, one.becomes) for one in LITERAL_LOSSES])


def _table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    for cells in (names, ["---"] * len(names), *rows):
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _json() -> Iterator[str]:
    literals = [{"what": loss.what, "becomes": loss.becomes} for loss in LITERAL_LOSSES]
    yield json.dumps({"types": [_row(*row) for row in _rows()], "literals": literals}, indent=2)


def _rows() -> Iterator[tuple[Words, Any]]:
    """What there is to say of each type, and an example; none of what a library has that is not imported here."""
    for example in EXAMPLES:
        words = words_of(example)
        yield words, example
        if is_record_class(example):
            yield MODEL, None
        if words.python == FlyteSchema.__name__:
            yield FRAME, None


def _row(row: Words, example: Any) -> dict[str, Any]:
    return {
        "python": row.python,
        "literal_type": row.literal,
        "lost": row.lost,
        "from_the_template_alone": row.returns,
        "lost_then": row.unsaid,
        "note": row.note,
        "example": None if row in (MODEL, FRAME) else _example(example),
    }


def _example(example: Any) -> dict[str, Any]:
    return {
        "type": spell(example),
        "losses": [_loss(loss) for loss in fidelity(example, example).losses],
        "losses_from_the_template_alone": [_loss(loss) for loss in fidelity(example).losses],
    }


def _loss(loss: Loss) -> dict[str, str]:
    return {"path": loss.path, "what": loss.what, "why": loss.why, "witness": repr(loss.witness)}


_FORMATS: dict[str, Callable[[], Iterator[str]]] = {"text": _text, "markdown": _markdown, "json": _json}
