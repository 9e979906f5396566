# SPDX-License-Identifier: Apache-2.0
"""A place in a query is refused where SQLite itself, which is asked how many parameters it sees, sees none."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

from hypothesis import given
from hypothesis import strategies as st

from shimlite.executors.grammars import SQLITE
from shimlite.executors.queries import bound

PLACE = "{{.inputs.a}}"
JUNK = st.lists(st.sampled_from([*"'\"`[]-/*\n ?:@$#x\\;", "--", "/*", PLACE, PLACE]), max_size=5).map("".join)
ITEMS = st.one_of(
    st.just(PLACE),
    st.just(f"({PLACE})"),
    JUNK.map(lambda junk: "'" + junk.replace("'", "''") + "'"),
    JUNK.map(lambda junk: '1 as "x' + junk.replace('"', '""') + '"'),
    JUNK.map(lambda junk: "1 as `x" + junk.replace("`", "``") + "`"),
    JUNK.map(lambda junk: "1 as [x" + junk.replace("]", "") + "]"),
    JUNK.map(lambda junk: "1 /*" + junk.replace("*/", "") + "*/"),
    JUNK.map(lambda junk: "1 --" + junk.replace("\n", "") + "\n"),
)


def parameters(query: str) -> int:
    """How many SQLite counts in a query."""
    with closing(sqlite3.connect(":memory:")) as connection:
        try:
            connection.execute(query)
        except sqlite3.ProgrammingError as error:
            match = re.search(r"The current statement uses (\d+), ", str(error))
            assert match is not None, str(error)
            return int(match[1])
    return 0


@given(st.lists(ITEMS, min_size=1, max_size=4))
def test_a_place_is_bound_where_sqlite_sees_a_parameter(items):
    template = "select " + ", ".join(items)
    count = parameters(template.replace(PLACE, "?"))
    try:
        query, values = bound(template, {"a": 1} if PLACE in template else {}, "?", SQLITE)
    except ValueError as error:
        assert "stands inside quotes or a comment" in str(error)
        assert count < template.count(PLACE)
    else:
        assert (query, len(values), count) == (template.replace(PLACE, "?"), count, template.count(PLACE))
