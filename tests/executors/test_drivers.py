# SPDX-License-Identifier: Apache-2.0
"""What errors of drivers mean, in the words that real drivers say; tests/databases has them say it."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from shimlite.executors import drivers

from . import standin


def told(kind: type[Exception], *args: Any, **attributes: Any) -> Exception:
    error = type(kind.__name__, (kind,), attributes)(*args)
    error.args = args  # what OSError makes of them aside
    return error


OPERATIONAL, PROGRAMMING = standin.OperationalError, standin.ProgrammingError
AT = 'connection to server at "127.0.0.1", port 5432 failed: '


@pytest.mark.parametrize(
    "error",
    [
        told(OPERATIONAL, f'connection failed: {AT}FATAL:  password authentication failed for user "ann"'),
        told(OPERATIONAL, f'{AT}FATAL:  role "bob" does not exist\n'),
        told(OPERATIONAL, f'{AT}FATAL:  database "nodb" does not exist\n'),
        told(OPERATIONAL, f"{AT}fe_sendauth: no password supplied\n"),
        told(OPERATIONAL, f'{AT}FATAL:  no pg_hba.conf entry for host "10.0.0.1", user "ann", database "shop"\n'),
        told(OPERATIONAL, f'{AT}FATAL:  permission denied for database "shop"'),
        told(OPERATIONAL, f'{AT}FATAL:  role "ann" is not permitted to log in'),
        told(OPERATIONAL, 'invalid sslmode value: "x"\n'),
        told(OPERATIONAL, 'connection is bad: invalid integer value "x" for connection option "port"'),
        told(OPERATIONAL, f"{AT}FATAL:  invalid command-line argument for server process: {{'a':"),
        told(OPERATIONAL, f'{AT}FATAL:  unrecognized configuration parameter "x"'),
        told(OPERATIONAL, f'{AT}FATAL:  invalid value for parameter "client_encoding": "x"'),
        told(OPERATIONAL, 1193, "Unknown system variable 'x'"),
        told(OPERATIONAL, 1045, "Access denied for user 'ann'@'127.0.0.1' (using password: YES)"),
        told(OPERATIONAL, 1049, "Unknown database 'nodb'"),
        told(OPERATIONAL, "refused", sqlstate="28P01"),
        told(OPERATIONAL, "refused", pgcode="3D000"),
        told(OPERATIONAL, "28000", "[28000] Login failed"),
        told(PROGRAMMING, "bad value for connect_timeout: 'abc'"),
        told(TypeError, "must be real number, not str"),
        told(PermissionError, 13, "Permission denied"),
    ],
)
def test_a_connection_that_is_refused(error):
    assert drivers.is_refused(error)


@pytest.mark.parametrize(
    "error",
    [
        told(OPERATIONAL, f"{AT}Connection refused\n\tIs the server running on that host?"),
        told(OPERATIONAL, "failed to resolve host 'x': [Errno -2] Name or service not known"),
        told(OPERATIONAL, f"{AT}FATAL:  the database system is starting up"),
        told(OPERATIONAL, f"{AT}FATAL:  sorry, too many clients already"),
        told(OPERATIONAL, f"{AT}received invalid response to SSL negotiation: d"),
        told(OPERATIONAL, 1040, "Too many connections"),
        told(OPERATIONAL, 2003, "Can't connect to MySQL server on '127.0.0.1' ([Errno 111] Connection refused)"),
        told(standin.InterfaceError, "connection timed out"),
        told(TimeoutError, "timed out"),
    ],
)
def test_a_connection_that_may_succeed_next_time(error):
    assert not drivers.is_refused(error)


@pytest.mark.parametrize(
    ("error", "passes", "no_cursor", "of_value"),
    [
        (told(OPERATIONAL, "x", sqlstate="57P01"), True, False, False),
        (told(OPERATIONAL, "x", pgcode="40P01"), True, False, False),
        (told(OPERATIONAL, 1213, "Deadlock found"), True, False, False),
        (told(OPERATIONAL, "database is locked"), True, False, False),
        (told(ConnectionResetError, "x"), True, False, False),
        (told(PROGRAMMING, "x", sqlstate="42601"), False, True, False),
        (told(PROGRAMMING, "x", sqlstate=None, pgcode="0A000"), False, True, False),
        (told(OPERATIONAL, "x", sqlstate="57014"), False, False, False),
        (told(standin.DataError, "date too small"), False, False, True),
        (told(ValueError), False, False, True),
        (told(standin.DataError, 3), False, False, True),
        (told(standin.DataError, 1264, "Out of range"), False, False, False),
        (told(standin.DataError, "x", sqlstate="22003"), False, False, False),
        (told(TypeError), False, False, False),
        (told(UnicodeDecodeError, "utf-8", b"x", 0, 1, "no"), False, False, False),
    ],
)
def test_a_query_that_fails(error, passes, no_cursor, of_value):
    assert drivers.passes(error) is passes
    assert drivers.has_no_cursor(error) is no_cursor
    assert drivers.is_of_value(error) is of_value


KNOWN = "select name, id, height from shop.users where Kind = 'a b' ann {'sslmode': 'x'}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('relation "users" does not exist', 'relation "users" does not exist'),
        ('relation "other" does not exist', "relation … does not exist"),
        ("Table 'shop.users' doesn't exist", "Table 'shop.users' doesn't exist"),
        ("Unknown column 'kind' in 'WHERE'", "Unknown column 'kind' in 'WHERE'"),
        ("Unknown column 'kund' in 'where clause'", "Unknown column …"),
        ("Duplicate entry 'it's 'ann' x' for key 'k'", "Duplicate entry …"),
        ("near 'a b'", "near 'a b'"),
        (
            "Could not decode to UTF-8 column 'name' with text 'hunter2'",
            "Could not decode to UTF-8 column 'name' with text …",
        ),
        ("column 'name', value 'x' of 'hunter2' and 'name' again", "column 'name', value 'x' of … again"),
        (f"near '{KNOWN[1:42]}'", f"near '{KNOWN[1:42]}'"),
        (f"near '{KNOWN[1:41]}'", "near …"),
        ("near 'select 'hunter2''", "near …"),
        ("nothing near 'x", "nothing near 'x"),
        ("Incorrect value: 'hunter2 of which no more was said", "Incorrect value: …"),
        (b"Invalid column name 'name'.", "Invalid column name 'name'."),
        ("no such column: hunter2", "no such column: …"),
        ("no such column: name", "no such column: name"),
        ("UNIQUE constraint failed: t.id", "UNIQUE constraint failed: …"),
        ('near "hunter2": syntax error', "near …: syntax error"),
        ("division by zero", "division by zero"),
    ],
)
def test_what_stands_in_quotes_is_shown_where_the_template_says_it_too(text, shown):
    assert drivers.words_of(told(PROGRAMMING, text), (), KNOWN) == f"ProgrammingError: {shown}"


@pytest.mark.parametrize("text", ["'a ", " 'a", "'a'", '"', "near '", "hunter2 ", "'" + "hunter2 " * 9])
def test_long_messages_are_cut_and_show_no_more(text):
    """In little time, too: the marks could be searched for from each other mark on."""
    said = drivers.words_of(told(PROGRAMMING, text * 100_000), ["hunter2"], KNOWN)
    assert len(said) <= len("ProgrammingError: ") + drivers.LONGEST_WORDS + 1
    assert "hunter" not in said


def test_secrets_and_inputs_are_never_shown():
    error = told(PROGRAMMING, "\n a word, words, pa/ss(1) and 7 of 17 \nmore")
    assert (
        drivers.words_of(error, ["pa/ss(1)"], KNOWN, ["word", "7", ""]) == "ProgrammingError: a …, words, … and … of 17"
    )
    assert drivers.words_of(told(PROGRAMMING), ["x"]) == "ProgrammingError"
    short = told(PROGRAMMING, "port 5432, user 5, no 54")
    assert drivers.words_of(short, ["5", ""]) == "ProgrammingError: port 5432, user …, no 54"


def test_what_arguments_a_driver_takes():
    def connect(*words: str, user: str, port: int, **others: str) -> None: ...

    assert drivers.takes(connect, "x", "username") == "did you mean 'user'? It takes user, port"
    assert drivers.takes(connect, "x", "part") == "did you mean 'port'? It takes user, port"
    assert drivers.takes(connect, "x", "sure") == "it takes user, port"
    of_libpq = "host, port, dbname, user, password, connect_timeout, sslmode, sslrootcert, options"
    assert drivers.takes(connect, "psycopg2", "hostname") == f"did you mean 'host'? It takes {of_libpq}"
    parameters = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in "abcdefghij"]
    connect.__signature__ = inspect.Signature(parameters)
    assert drivers.takes(connect, "x", "username") == "it takes a, b, c, d, e, f, g, h, i, …"
    connect.__signature__ = "of a function in C"
    assert drivers.takes(connect, "x", "username") == ""


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("connect() got an unexpected keyword argument 'username'", "username"),
        ("'username' is an invalid keyword argument for Connection()", "username"),
        ('invalid connection option "username"\n', "username"),
        ('invalid connection option "user"\n', ""),
        ("port 'username' should be of type int", ""),
    ],
)
def test_the_wrong_argument(text, name):
    assert drivers.wrong_argument(told(TypeError, text), ["port", "username"]) == name


def test_a_query_is_cancelled_by_drivers_that_can():
    asked = []

    class Old:
        def cancel(self) -> None:
            asked.append("old")
            raise standin.OperationalError("the server is gone")

    class New(Old):
        def cancel_safe(self, *, timeout: float) -> None:
            asked.append(f"within {timeout} s")

    for connection in (Old(), New(), object(), None):
        drivers.cancel(connection)
    assert asked == ["old", "within 5.0 s"]


def test_a_result_of_pymysql_is_not_read_to_its_end():
    cursor = standin.Cursor(standin.Driver(), "x")
    drivers.abandon(None)
    cursor._result = standin.Driver()
    cursor._result.unbuffered_active = True
    drivers.abandon(cursor)
    assert cursor._result.unbuffered_active is False


@pytest.mark.parametrize(
    ("query", "streams"),
    [
        ("select 1", True), (" select 1 ; \n", True), ("select called()", True), ("select 1; select 2", False),
        ("select ';', \";\" /* ; */ -- ;\n; -- x", True),
        (r"select '\'; select '", False), (" CALL three()", False), ("/* x */ call\tthree()", False),
    ],
)  # fmt: skip
def test_queries_for_which_a_cursor_is_asked(query, streams):
    assert drivers.may_stream(query) is streams


def test_packages():
    assert [drivers.package_of(name) for name in ("psycopg", "pymysql")] == ["psycopg[binary]", "pymysql"]
