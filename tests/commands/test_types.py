# SPDX-License-Identifier: Apache-2.0
"""``shimlite types``: the rows, in three formats."""

from __future__ import annotations

import json
import sys
import types
from typing import Any

import pytest

from shimlite import Loss, fidelity
from shimlite._types.parse import spell
from shimlite.cli import main
from shimlite.commands.words import EXAMPLES, FRAME, MODEL, words_of
from shimlite.normal import LITERAL_LOSSES

ROWS: list[Any] = [(words_of(example), example) for example in EXAMPLES]
ROWS.insert([row.python for row, _ in ROWS].index("dataclass, attrs class") + 1, (MODEL, None))
ROWS.insert([row.python for row, _ in ROWS].index("FlyteSchema") + 1, (FRAME, None))


def printed(capsys: Any, *options: str) -> str:
    assert main(["types", *options]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return str(out)


TEXTS = {
    "a row that loses nothing": "bool: BOOLEAN\n  lost: nothing\nint: INTEGER\n",
    "one with a note": """\
float: FLOAT
  lost: nothing
  an int is taken while a float holds it exactly; of a subclass the value is kept; every NaN is one
""",
    "one that loses something at once": """\
datetime: DATETIME
  lost: the zone, that it was naive (which counts as UTC), fold; in a record only fold
  of a zone only its offset is compared; before the year 1 or after 9999 in UTC: refused; of a subclass, \
what is finer than microseconds too
""",
    "one that the template does not tell": """\
date: DATETIME
  lost: nothing
  from the template alone: a datetime at midnight UTC; itself in a union, which says so; \
lost then too: that it was a date
timedelta: DURATION
""",
    "one of each": """\
Enum with str values: enum
  lost: nothing
  from the template alone: a member of a generated Enum with the same values; \
lost then too: its class, and the member's name
  read and written by its members' names where the interface lists these, as Flyte 2's SDK does: then an alias \
is its member; in a record its values may be any scalars
""",
    "literals": """\

A literal, read and written again:
  `hash`, save a reference's: gone
  `metadata`, save a file's: gone
""",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_text(capsys, text):
    assert f"\n{text}" in printed(capsys)


def test_a_dataframe_has_the_row_of_all_dataframes(monkeypatch):
    library = types.ModuleType("polars")
    vars(library).update(DataFrame=type("DataFrame", (), {}))
    monkeypatch.setitem(sys.modules, "polars", library)
    assert words_of(vars(library)["DataFrame"]) is FRAME


def test_every_row_and_every_literal_is_in_each_format(capsys):
    text, markdown = printed(capsys), printed(capsys, "--format", "markdown")
    lines, cells = text.splitlines(), markdown.splitlines()
    assert printed(capsys, "--format", "text") == text
    assert [line for line in lines[: lines.index("")] if not line.startswith(" ")] == [
        f"{row.python}: {row.literal}" for row, _ in ROWS
    ]
    assert lines[lines.index("") + 2 :] == [f"  {loss.what}: {loss.becomes}" for loss in LITERAL_LOSSES]
    assert [line.split(" | ")[0] for line in cells[2 : cells.index("")]] == [
        f"| `{row.python}`".replace("T | U", "T \\| U") for row, _ in ROWS
    ]
    assert cells[cells.index("") + 3 :] == [f"| {loss.what} | {loss.becomes} |" for loss in LITERAL_LOSSES]


def test_markdown(capsys):
    lines = printed(capsys, "--format", "markdown").splitlines()
    assert lines[:4] == [
        "| Python | LiteralType | lost | from the template alone | lost then too |  |",
        "| --- | --- | --- | --- | --- | --- |",
        "| `None` | NONE | nothing | itself | nothing |  |",
        "| `bool` | BOOLEAN | nothing | itself | nothing |  |",
    ]
    assert (
        "| `Optional[T], Union[T, U], T \\| U` | union | what its member loses | what its member gives"
        " | what its member loses then; echoed, a record is for good a dict or map beside it that takes"
        " its fields"
        " | records: told apart by the stored schema's title, else by their fields; a value that fits several members,"
        " or would be read back as another (in a record, a str that spells a date of `date \\| str`): refused |"
    ) in lines
    assert lines[lines.index("") + 1 :][:3] == [
        "| in a `Literal` | read and written again |",
        "| --- | --- |",
        "| `hash`, save a reference's | gone |",
    ]


def as_json(losses: tuple[Loss, ...]) -> list[dict[str, str]]:
    return [{"path": one.path, "what": one.what, "why": one.why, "witness": repr(one.witness)} for one in losses]


def test_json(capsys):
    told = json.loads(printed(capsys, "--format", "json"))
    assert list(told) == ["types", "literals"]
    assert told["literals"] == [{"what": loss.what, "becomes": loss.becomes} for loss in LITERAL_LOSSES]
    assert len(told["types"]) == len(ROWS)
    for made, (row, example) in zip(told["types"], ROWS):
        assert made == {
            "python": row.python,
            "literal_type": row.literal,
            "lost": row.lost,
            "from_the_template_alone": row.returns,
            "lost_then": row.unsaid,
            "note": row.note,
            "example": None if example is None and row in (MODEL, FRAME) else shown(example),
        }


def shown(example: Any) -> dict[str, Any]:
    return {
        "type": spell(example),
        "losses": as_json(fidelity(example, example).losses),
        "losses_from_the_template_alone": as_json(fidelity(example).losses),
    }


def test_one_row_in_json(capsys):
    (date,) = (one for one in json.loads(printed(capsys, "--format", "json"))["types"] if one["python"] == "date")
    assert date == {
        "python": "date",
        "literal_type": "DATETIME",
        "lost": "nothing",
        "from_the_template_alone": "a datetime at midnight UTC; itself in a union, which says so",
        "lost_then": "that it was a date",
        "note": "",
        "example": {
            "type": "date",
            "losses": [],
            "losses_from_the_template_alone": [
                {
                    "path": "",
                    "what": "that it was a date",
                    "why": "Flyte has one type for both, DATETIME",
                    "witness": "datetime.date(2024, 2, 29)",
                }
            ],
        },
    }


def test_another_format_is_wrong_usage(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["types", "--format", "html"])
    assert caught.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[0] == "usage: shimlite types [-h] [--format {json,markdown,text}]"
    assert err.splitlines()[-1].startswith("shimlite types: error: argument --format: invalid choice: 'html'")
