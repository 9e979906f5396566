# SPDX-License-Identifier: Apache-2.0
"""What is known of the drivers of databases: their packages, their arguments, and what their errors mean.

Imports none of them, nor SQLAlchemy: errors are told apart by PEP 249's names, by SQLSTATE and by MySQL's numbers. An
error's words are shown without what may be a value. Next: ``sqlalchemy``, which connects and runs queries.
"""

from __future__ import annotations

import contextlib
import difflib
import inspect
import re
from collections.abc import Iterable, Sequence
from typing import Any

from ..errors import class_name

PACKAGES = {"MySQLdb": "mysqlclient", "psycopg": "psycopg[binary]", "psycopg2": "psycopg2-binary"}
"""Of the modules of drivers whose package has another name."""

DRIVERS = {"mariadb": ("mysqldb", "pymysql"), "mysql": ("mysqldb", "pymysql"), "postgresql": ("psycopg", "psycopg2")}
"""For a URI that names no driver: SQLAlchemy 2.1 takes the first alone, and 2.0 the second for PostgreSQL."""

OF_LIBPQ = ("host", "port", "dbname", "user", "password", "connect_timeout", "sslmode", "sslrootcert", "options")
"""Arguments that libpq takes, the library below both psycopgs."""

ARGUMENTS_SHOWN = 9
CANCEL_SECONDS = 5.0
"""How long a server that does not answer may keep a pod that is to end, which has 30 s by default."""
LEAST_ALIKE = 0.65
"""``username`` is as like ``user`` as 0.67, ``options`` as like ``collation`` as 0.62."""
LONGEST_WORDS = 300
LONGEST_READ = 4000
SHORTEST_PIECE = 40
SHORTEST_WORD = 4
"""Of a secret: a shorter one is looked for as a word alone, or what is left of others would tell it (``port 4…32``)."""

_OF_THE_CALLER = {"DataError", "IntegrityError", "NotSupportedError", "ProgrammingError"}
_OF_THE_SERVER = {"DatabaseError", "InterfaceError", "InternalError", "OperationalError"}
"""PEP 249's errors. Those of the caller are a DatabaseError too."""

_REFUSED_STATES = ("28", "3D", "42501")
_REFUSED_NUMBERS = {1044, 1045, 1049, 1115, 1130, 1193, 1231, 1251, 1698, 2054, 2058, 2059, 2061}
_REFUSED_WORDS = re.compile(
    r"authentication failed|no pg_hba\.conf entry|no password supplied|permission denied for database"
    r"|(?:role|database) .* does not exist|not permitted to log in|invalid .* value|invalid port number"
    r"|invalid value for parameter|unrecognized configuration parameter|invalid command-line argument"
)
"""Of a server that does not let this user in, or of arguments that cannot be used. Neither psycopg has a SQLSTATE for a
connection that fails."""

_PASSING_STATES = ("08", "40", "53", "57P")
_PASSING_NUMBERS = {1040, 1203, 1205, 1213}
_PASSING_WORDS = "database is locked"
"""Of a connection that is lost, of a transaction that another one stood in the way of, and of a server that is busy."""

_NO_CURSOR_STATES = ("42601", "0A000", "25P01")
"""What PostgreSQL says of a statement that it has no cursor for, before it runs any of it."""

_TEXTS = re.compile(r"""'[^']*'|"[^"]*"|`[^`]*`|/\*[^*]*\*/|--[^\n\r]*""")
"""Where a semicolon ends no statement, as all servers read it where there is no backslash."""

_QUOTED = re.compile(r"""(?<!\w)"(.*?)"(?!\w)|(?<!\w)'(.*?)'(?!\w)|(?<!\w)["'](.*)$|(?<=: )(\S+)$""")
_PLACES = ("select", "clause", "field", "list", "on", "order", "group", "where", "having", "statement")
"""Words of MySQL's own in quotation marks, as in ``Unknown column 'a' in 'where clause'``."""
_MARK = re.compile(r"""(?<!\w)["']|["'](?!\w)""")
"""What SQLite says after a colon is a name or a value too; an apostrophe inside a word is no mark."""


def package_of(module: str) -> str:
    """What to install for a module of a driver."""
    return PACKAGES.get(module, module)


def takes(connect: Any, driver: str, name: str) -> str:
    """A hint: what arguments the function ``connect`` of a driver takes in place of ``name``; empty if nobody knows."""
    names: Sequence[str] = OF_LIBPQ
    if not driver.startswith("psycopg"):
        try:
            parameters = inspect.signature(connect).parameters.values()
        except (TypeError, ValueError):  # of a function in C
            return ""
        names = [one.name for one in parameters if one.kind not in (one.VAR_KEYWORD, one.VAR_POSITIONAL)]
    alike = difflib.get_close_matches(name, names, 1, LEAST_ALIKE)
    others = f"{', '.join(names[:ARGUMENTS_SHOWN])}{', …' if len(names) > ARGUMENTS_SHOWN else ''}"
    return f"did you mean {alike[0]!r}? It takes {others}" if alike else f"it takes {others}"


def wrong_argument(error: BaseException, names: Iterable[str]) -> str:
    """Which of the ``names`` of arguments a driver says that it does not know; empty where it says none."""
    told = re.search(r"invalid (?:connection option|keyword argument)|unexpected keyword argument", str(error))
    return next((name for name in names if told and re.search(f"[\"']{re.escape(name)}[\"']", str(error))), "")


def cancel(connection: Any) -> None:
    """Ask the server to stop the query of a driver's connection, where the driver can do so: otherwise it may compute
    for hours for nobody."""
    with contextlib.suppress(Exception):
        if hasattr(connection, "cancel_safe"):  # psycopg 3.2
            connection.cancel_safe(timeout=CANCEL_SECONDS)
        elif hasattr(connection, "cancel"):
            connection.cancel()


def abandon(cursor: Any) -> None:
    """Close the cursor of a connection that is cut off, which asks nothing of the server.

    PyMySQL would read the rest of the result, from a connection that is closed too.
    """
    with contextlib.suppress(AttributeError):
        cursor._result.unbuffered_active = False
    with contextlib.suppress(Exception):
        cursor.close()


def is_refused(error: BaseException) -> bool:
    """Whether a connection failed for a reason that another attempt meets again."""
    if isinstance(error, OSError):
        return isinstance(error, (FileNotFoundError, PermissionError))
    kinds = _kinds(error)
    if kinds & _OF_THE_CALLER or not kinds & _OF_THE_SERVER:
        return True
    is_told = _state(error).startswith(_REFUSED_STATES) or _number(error) in _REFUSED_NUMBERS
    return is_told or _REFUSED_WORDS.search(str(error)) is not None


def passes(error: BaseException) -> bool:
    """Whether a query failed for a reason that passes."""
    if isinstance(error, (ConnectionError, TimeoutError)):
        return True
    is_told = _state(error).startswith(_PASSING_STATES) or _number(error) in _PASSING_NUMBERS
    return is_told or str(error) == _PASSING_WORDS


def has_no_cursor(error: BaseException) -> bool:
    """Whether PostgreSQL has no cursor for a statement, which it may still run."""
    return _state(error) in _NO_CURSOR_STATES


def may_stream(query: str) -> bool:
    """Whether a cursor of the server's can be asked for: psycopg2 would open it for the first of several statements,
    and PyMySQL cannot read the further results of a procedure through it."""
    words = (query if "\\" in query else _TEXTS.sub(" ", query)).rstrip("; \t\r\n")
    return ";" not in words and not re.match(r"\s*call\b", words, re.IGNORECASE)


def is_of_value(error: BaseException) -> bool:
    """Whether a driver could not read a value of the server's, or write one of Python's: what the server itself says
    has a state or a number."""
    kinds = _kinds(error)
    is_kind = kinds & {"DataError", "OverflowError", "ValueError"} and "UnicodeError" not in kinds
    return bool(is_kind) and not _state(error) and _number(error) is None


def hidden(text: str, secrets: Sequence[str], inputs: Iterable[str] = ()) -> str:
    """``text`` without ``inputs``, and without ``secrets`` and the words in them, which a driver may show alone."""
    whole = {one for secret in secrets for one in (secret, repr(secret)[1:-1]) if len(secret) >= SHORTEST_WORD}
    words = {word for secret in secrets for word in (secret, *re.findall(rf"\w{{{SHORTEST_WORD},}}", secret))}
    for secret in sorted(whole, key=len, reverse=True):
        text = text.replace(secret, "…")
    for value in sorted(filter(None, {*inputs, *words}), key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", "…", text)
    return text


def words_of(error: BaseException, secrets: Sequence[str], known: str | None = None, inputs: Sequence[str] = ()) -> str:
    """The kind of error, and what ``said_by`` gives."""
    text = said_by(error, secrets, known, inputs)
    return f"{class_name(type(error))}: {text}" if text else class_name(type(error))


def said_by(error: BaseException, secrets: Sequence[str], known: str | None = None, inputs: Sequence[str] = ()) -> str:
    """The first line of what a driver says, without ``secrets`` and ``inputs``.

    With ``known``, what the template itself says, what stands in quotes and is not known is left out, up to the last
    quotation mark: it may be a value, and hold such marks, as in ``Duplicate entry 'it's' for key 'name'``.
    """
    said = (hidden(_decoded(part)[:LONGEST_READ], secrets, inputs) for part in reversed(error.args))
    lines = (line.strip() for part in said for line in part.splitlines())
    text = next(filter(None, lines), "")
    text = text if known is None else _without_values(text, known)
    return text if len(text) <= LONGEST_WORDS else f"{text[:LONGEST_WORDS]}…"


def _without_values(text: str, known: str) -> str:
    words = {*re.findall(r"\w+", known.lower()), *_PLACES}
    for match in _QUOTED.finditer(text):
        part = match[match.lastindex or 0]
        if not set(re.findall(r"\w+", part.lower())) <= words and not _is_piece(part, known):
            marks = [one.end() for pattern in (_QUOTED, _MARK) for one in pattern.finditer(text)]
            return f"{text[: match.start()]}…{text[max(marks) :]}"
    return text


def _decoded(part: Any) -> str:
    return part.decode(errors="replace") if isinstance(part, bytes) else str(part)


def _is_piece(part: str, known: str) -> bool:
    """MySQL shows the next 80 characters of a query that it cannot read, up to the middle of a word."""
    return len(part) > SHORTEST_PIECE and part in known


def _kinds(error: BaseException) -> set[str]:
    """PEP 249 says what the classes of errors are called, and each driver has its own."""
    return {cls.__name__ for cls in type(error).__mro__}


def _state(error: BaseException) -> str:
    """SQLSTATE as psycopg, psycopg2 and pyodbc keep it; empty where there is none."""
    first = error.args[0] if error.args else ""
    for state in (getattr(error, "sqlstate", None), getattr(error, "pgcode", None), first):
        if isinstance(state, str) and re.fullmatch("[0-9A-Z]{5}", state):
            return state
    return ""


def _number(error: BaseException) -> int | None:
    """MySQL's, which its drivers keep before the words."""
    return error.args[0] if len(error.args) > 1 and isinstance(error.args[0], int) else None
