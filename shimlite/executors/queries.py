# SPDX-License-Identifier: Apache-2.0
"""What the SQL executors share: the inputs in a query, and the rows of its result as the declared table.

Knows no database: ``sqlite3`` and ``sqlalchemy`` connect, run the query and hand its rows over. Next: ``sqlite3``.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .._idl import LiteralType, type_kind
from .._types.references import column_types
from ..errors import TemplateError, described
from ..parquet import row_stream
from ..tables import write_table
from ..templates import TaskTemplate
from .grammars import Grammar

__all__ = ["as_declared", "bound", "declared_table", "interpolated", "text_of"]

# As flytekit reads it, whose dots match any character: registered templates say `$inputs` too, or `{{ inputs.x }}`.
_INPUT = re.compile(r"\{\{\s*.inputs.(\w+)\s*\}\}", re.IGNORECASE)

# Beside one of these a parameter would be part of a word, of a name or of a literal: servers take all that is not ASCII
# for letters, `@'x'` is a variable of MySQL's, and `U&'x'` a text of PostgreSQL's that has escapes.
_JOINED_BEFORE = re.compile(r"""(?:[\w$."'`\]}]|[^\0-\x7f]|(?<!<)@|(?<!\w)[uU]&)\Z""")
_JOINED_AFTER = re.compile(r"""[\w$."'`{]|[^\0-\x7f]""")
_LONGEST_BEFORE = 3


def text_of(tt: TaskTemplate, name: str) -> str:
    """What ``custom`` says of ``name``. Raises TemplateError where it is no text."""
    text = tt.custom.get(name)
    if not isinstance(text, str):
        raise TemplateError(path=f"template.custom.{name}", expected="str", got=described(text))
    return text


def interpolated(template: str, inputs: Mapping[str, Any]) -> str:
    """``template`` with each ``{{ .inputs.name }}`` replaced by ``str`` of that input, unquoted.

    What an input holds is not looked at again, where flytekit would replace a placeholder inside it. Raises ValueError
    for a name without input, and for an input without a place.
    """
    _refuse_unmatched(template, inputs)
    return _INPUT.sub(lambda match: str(inputs[match[1]]), template)


def bound(template: str, inputs: Mapping[str, Any], placeholder: str, grammar: Grammar) -> tuple[str, list[Any]]:
    """The query with ``placeholder`` for each input's place, and the inputs in the order of the places.

    ``{}`` in ``placeholder`` is the number of the place, from 1. Raises ValueError as ``interpolated``, for a place
    where no parameter can stand, which is one inside quotes or comments or joined to other text, and for a parameter
    that the template itself has, which would take the value of another.
    """
    _refuse_unmatched(template, inputs)
    _refuse_unbindable(template, grammar)
    numbers = itertools.count(1)
    query = _INPUT.sub(lambda _: placeholder.format(next(numbers)), template)
    return query, [inputs[name] for name in _INPUT.findall(template)]


def _refuse_unmatched(template: str, inputs: Mapping[str, Any]) -> None:
    wanted = set(_INPUT.findall(template))
    for name in sorted(wanted - set(inputs)):
        raise ValueError(f"the query asks for the input {name!r}, which the task does not have")
    for name in sorted(set(inputs) - wanted):
        raise ValueError(f"the query has no place for the input {name!r}")


def _refuse_unbindable(template: str, grammar: Grammar) -> None:
    """Read the text once, from its start: what looks like a quote inside a comment is none, nor the other way round."""
    tokens = f"(?P<place>(?i:{_INPUT.pattern}))|(?P<quoted>{grammar.quoted})|(?P<parameter>{grammar.parameter})"
    for token in re.finditer(tokens, template):
        hidden = _INPUT.search(token["quoted"] or "")
        if hidden:
            raise ValueError(f"the input {hidden[1]!r} stands inside quotes or a comment, where it cannot be bound")
        if token["place"] and _is_joined(template, token):
            raise ValueError(f"the input {token[2]!r} is joined to other text, where it cannot be bound")
        if token["parameter"]:
            raise ValueError(f"the query has a parameter of its own, {token['parameter']!r}, which nothing is bound to")


def _is_joined(template: str, place: re.Match[str]) -> bool:
    before = template[max(0, place.start() - _LONGEST_BEFORE) : place.start()]
    return bool(_JOINED_BEFORE.search(before) or _JOINED_AFTER.match(template, place.end()))


def declared_table(tt: TaskTemplate) -> LiteralType | None:
    """The type of the only output; None where the interface has no outputs.

    Raises TemplateError for several outputs, and for one that is neither a schema nor a structured dataset.
    """
    outputs = tt.interface.outputs
    if not outputs:
        return None
    declared = next(iter(outputs.values())).type
    if len(outputs) > 1 or type_kind(declared) not in ("schema", "structured_dataset_type"):
        raise TemplateError("expected one output, a schema or a structured dataset", path="outputs")
    return declared


def as_declared(tt: TaskTemplate, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> Any:
    """The FlyteSchema or StructuredDataset of a query's ``rows``, which are written as they come; None without outputs.

    Declared columns have their declared types, others the type of their values. Raises TemplateError as
    ``declared_table``, ValueError for columns and rows that are not as declared (see ``parquet.write_rows``), and what
    ``rows`` raises.
    """
    declared = declared_table(tt)
    if declared is None:
        return None
    if not names:
        raise ValueError("the query gives no columns, which the task's output needs")
    types = column_types(declared)
    missing = sorted(set(types) - set(names))
    if missing:
        raise ValueError(f"the query gives no column {missing[0]!r}, which the task declares")
    return write_table(row_stream(names, rows, types), declared=declared)
