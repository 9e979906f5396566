# SPDX-License-Identifier: Apache-2.0
"""How each dialect of SQL writes literals, names and comments, in which no parameter can stand.

Where servers do not agree, the rest of the query counts as quoted: an input that could change the query is refused,
and with it some that could not. Next: ``queries``, which looks for the inputs.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["SQLITE", "Grammar", "grammar_of", "placeholder_of"]


class Grammar(NamedTuple):
    """What of a dialect's text decides where a parameter can stand.

    ``quoted`` matches a whole literal, quoted name or comment, up to the end of the query where it does not end;
    ``parameter`` matches what the dialect itself takes for a parameter.
    """

    quoted: str
    parameter: str


SQLITE = Grammar(
    quoted=r"""'[^']*(?:'|\Z)|"[^"]*(?:"|\Z)|`[^`]*(?:`|\Z)|\[[^\]]*(?:\]|\Z)|--[^\n]*|/\*(?s:.*?)(?:\*/|\Z)""",
    parameter=r"\?\d*|(?<![\w$\x80-\U0010ffff])[:@$][\w$:\x80-\U0010ffff]+",
)
"""``''`` inside quotes reads as two literals, which hide the same places as one."""

_REST = "(?s:.*)"
_TEXT, _NAME, _BACKTICKS = (
    rf"{mark}(?:[^{mark}\\]|\\[^{mark}])*(?:{mark}|\\{mark}{_REST}|\\?\Z)" for mark in ("'", '"', "`")
)
"""A backslash takes a quotation mark's meaning for some servers, and by some of their settings."""

_COMMENT = rf"/\*(?:(?!\*/|/\*)(?s:.))*(?:\*/|/\*{_REST}|\Z)"
"""It can hold another comment for some servers."""

_WORD = r"[\w\x80-\U0010ffff]"
_OF_POSTGRESQL = rf"--[^\n\r]*|(?<!{_WORD})(?<!\$)\$(?P<tag>(?!\d){_WORD}*)\$(?s:.*?)(?:\$(?P=tag)\$|\Z)"

_RUN_COMMENT = rf"""/\*(?:M?!|\+)(?:(?!\*/|/\*)[^'"`#-])*(?:\*/|{_REST})"""
"""MySQL runs what is in ``/*! … */`` and reads what is in ``/*+ … */``, where a quotation mark is one."""
_OF_MYSQL = rf"{_RUN_COMMENT}|{_COMMENT}|--(?=[\x00-\x20\x7f]|\Z)[^\n]*|#[^\n]*"

_OF_SOME = rf"""'''{_REST}|\"\"\"{_REST}|(?<!\w)[nN]?[qQ]'{_REST}|\$\w*\${_REST}|\[[^\]]*(?:\]|\Z)"""
"""BigQuery's long texts, Oracle's with marks of their own, texts between dollars, and T-SQL's names."""
_LINE_COMMENT = rf"""--[ \t][^\n\r]*|(?:--|\#|//)(?:[^\n\r'"`$\[/{{]*(?![^\n\r])|{_REST})"""
"""Of ``--x``, ``#`` and ``//``, which begin a comment for some, it matters only where the line holds another mark."""

_QUOTED = {
    "mariadb": f"{_TEXT}|{_NAME}|{_BACKTICKS}|{_OF_MYSQL}",
    "mysql": f"{_TEXT}|{_NAME}|{_BACKTICKS}|{_OF_MYSQL}",
    "postgresql": f"{_TEXT}|{_NAME}|{_COMMENT}|{_OF_POSTGRESQL}",
}
_OF_ANY = f"{_OF_SOME}|{_TEXT}|{_NAME}|{_BACKTICKS}|{_RUN_COMMENT}|{_COMMENT}|{_LINE_COMMENT}"

_STYLES = {
    "format": ("%s", r"(?!)"),
    "named": (":p{}", r"(?<![\w$:]):\w+"),
    "numeric": (":{}", r"(?<![\w$:]):\d+"),
    "numeric_dollar": ("${}", r"(?<![\w$])\$\d+"),
    "pyformat": ("%s", r"(?!)"),
    "qmark": ("?", r"\?"),
}
"""By ``paramstyle``, PEP 249's and SQLAlchemy's: a parameter, and what in the template would be one more."""


def placeholder_of(paramstyle: str) -> str:
    """A parameter in this style, with ``{}`` for its number; empty for a style that is not known."""
    return _STYLES[paramstyle][0] if paramstyle in _STYLES else ""


def grammar_of(dialect: str, paramstyle: str) -> Grammar:
    """Of a dialect by SQLAlchemy's name of it; of one that is not known here, what is quoted for any server."""
    return Grammar(_QUOTED.get(dialect, _OF_ANY), _STYLES[paramstyle][1])
