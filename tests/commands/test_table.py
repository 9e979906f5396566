# SPDX-License-Identifier: Apache-2.0
"""The table of ``shimlite types`` says of each kind what an example of it shows."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shimlite import fidelity
from shimlite.cli import main
from shimlite.commands.words import FRAME, MODEL
from shimlite.equality import same

from ..kinds import KINDS
from ..test_fidelity import sent

MERELY_HELD = {"List", "Map", "Struct", "Record"}
"""What they lose is what a type loses that they hold, and their example holds one that loses nothing."""


@pytest.fixture
def table(capsys: Any) -> dict[str, Any]:
    """What ``shimlite types`` says of each kind."""
    assert main(["types", "--format", "json"]) == 0
    return {row["python"]: row for row in json.loads(capsys.readouterr().out)["types"]}


def test_the_table_lists_every_kind(table):
    of_libraries = MODEL.python, FRAME.python  # which have tests of their own, in test_models and test_frames
    assert [title for title in table if title not in of_libraries] == [kind.title for kind in KINDS]
    assert set(of_libraries) <= set(table)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_table_says_what_an_example_shows(kind, table):
    row = table[kind.title]
    own = fidelity(kind.example, kind.example)
    alone = fidelity(kind.example)
    if kind.name not in MERELY_HELD:
        assert (row["lost"] == "nothing") is own.exact
    if kind.name != "Union":
        assert (row["lost_then"] == "nothing") is same(alone.losses, own.losses)
    for found in (own, alone):
        for loss in found.losses:
            assert not same(found.project(loss.witness), loss.witness)
            assert same(sent(loss.witness, found.python_type, found.decoded_as), found.project(loss.witness))
