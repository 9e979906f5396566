# SPDX-License-Identifier: Apache-2.0
"""Values, types and literals for a person to read. The commands that print them were asked to, so values are shown."""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Iterator, Sequence
from typing import IO, Any

from .._idl import Duration, LiteralType, Timestamp, type_kind
from .._types.parse import spell
from .._types.references import column_types
from ..errors import ShimliteError, printable
from ..schemas import read_schema, spelled

MOST_ITEMS = 20
LONGEST_TEXT = 200
_OBEYED = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""What JSON leaves as it is and a terminal obeys: controls, and what turns the direction of text."""


def as_json(plain: Any) -> Any:
    """JSON-like data (see ``engine.to_plain``) as JSON proper: bytes in base64, every key text, no bare NaN.

    A dict of keys that would be one text, such as 1 and ``"1"``, is a list of pairs.
    """
    if isinstance(plain, dict):
        pairs = [(key, as_json(value)) for key, value in plain.items()]
        named = {key if isinstance(key, str) else json.dumps(as_json(key)): value for key, value in pairs}
        return named if len(named) == len(pairs) else [[as_json(key), value] for key, value in pairs]
    if isinstance(plain, list):
        return [as_json(value) for value in plain]
    if isinstance(plain, bytes):
        return base64.b64encode(plain).decode()
    if isinstance(plain, float) and not math.isfinite(plain):
        return "NaN" if math.isnan(plain) else "Infinity" if plain > 0 else "-Infinity"  # as protobuf's own JSON
    return plain


def json_text(plain: Any, stream: IO[str]) -> str:
    """JSON that ``stream`` can be written to: JSON's own escapes for what its encoding lacks, or a terminal obeys."""
    text = json.dumps(plain, indent=2, ensure_ascii=False, default=str)
    text = _OBEYED.sub(lambda match: json.dumps(match[0])[1:-1], text)
    try:
        text.encode(getattr(stream, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return json.dumps(plain, indent=2, default=str)
    return text


def table(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Rows under their columns' names, numbers to the right; the first MOST_ITEMS of them."""
    if not rows:
        yield "(no rows)"
        return
    names = list(rows[0])
    heads = list(map(_cell, names))
    cells = [[_cell(row[name]) for name in names] for row in rows[:MOST_ITEMS]]
    widths = [max(map(len, column)) for column in zip(heads, *cells)]
    numeric = [isinstance(rows[0][name], (int, float)) for name in names]
    for line in (heads, ["-" * width for width in widths], *cells):
        aligned = (c.rjust(w) if n else c.ljust(w) for c, w, n in zip(line, widths, numeric))
        yield "  ".join(aligned).rstrip()
    if len(rows) > MOST_ITEMS:
        yield f"… {len(rows) - MOST_ITEMS} more rows"


def _cell(value: Any) -> str:
    return "" if value is None else shortened(printable(str(value)), 40)


def shortened(text: str, longest: int = LONGEST_TEXT) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def type_in_words(literal_type: LiteralType) -> str:
    """``list of INTEGER``, ``enum of 'red', 'green'``, ``dataclass Order``."""
    kind = type_kind(literal_type)
    if kind == "collection_type":
        return f"list of {type_in_words(literal_type.collection_type)}"
    if kind == "map_value_type":
        return f"map of STRING to {type_in_words(literal_type.map_value_type)}"
    if kind == "union_type":
        return " or ".join(map(type_in_words, literal_type.union_type.variants)) or "union of nothing"
    if kind == "enum_type":
        return f"enum of {shortened(', '.join(map(repr, literal_type.enum_type.values)))}"
    if kind == "blob":
        what = "directory" if literal_type.blob.dimensionality else "file"
        return f"{what} of format {literal_type.blob.format!r}" if literal_type.blob.format else what
    if kind in ("schema", "structured_dataset_type"):
        return _table_in_words(kind, literal_type)
    schema = read_schema(literal_type)
    if schema is None or not schema.record(schema.root).title:
        return kind
    return f"STRUCT, dataclass {spelled(schema.record(schema.root))}"


def _table_in_words(kind: str, literal_type: LiteralType) -> str:
    name = "schema" if kind == "schema" else "structured dataset"
    try:
        columns = [f"{column} {spell(held)}" for column, held in column_types(literal_type).items()]
    except ShimliteError:
        return name
    return f"{name} of {shortened(', '.join(columns))}" if columns else name


def moment_in_words(message: Timestamp | Duration) -> str:
    """As protobuf's JSON has it; of one that is out of range, its fields."""
    try:
        return message.ToJsonString()
    except (OverflowError, ValueError):  # the one of protobuf 4
        return f"out of range: {message.seconds} s, {message.nanos} ns"
