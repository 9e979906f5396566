# SPDX-License-Identifier: Apache-2.0
"""A database driver that answers as a test says, as PEP 249 has it, and its dialect: ``standin://ann@host/shop``."""

from __future__ import annotations

import types
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy.dialects import registry
from sqlalchemy.engine.default import DefaultDialect, DefaultExecutionContext


class Error(Exception):
    pass


class InterfaceError(Error):
    pass


class DatabaseError(Error):
    pass


class OperationalError(DatabaseError):
    pass


class InternalError(DatabaseError):
    pass


class ProgrammingError(DatabaseError):
    pass


class DataError(DatabaseError):
    pass


class Answer:
    """What a cursor says to a statement: its columns with their types' codes, and rows, or an error among them."""

    def __init__(self, columns: Sequence[tuple[str, Any]] = (), rows: Sequence[Any] = (), error: Any = None) -> None:
        self.columns = columns
        self.rows = rows
        self.error = error


class Cursor:
    arraysize = 1
    rowcount = -1
    lastrowid = None

    def __init__(self, driver: Driver, kind: str) -> None:
        self._driver = driver
        self._kind = kind
        self._rows: list[Any] = []
        self.description: Any = None

    def execute(self, statement: str, *parameters: Any) -> None:
        self._driver.asked.append((self._kind, statement, *parameters))
        answer = self._driver.answers.pop(0)
        if answer.error is not None:
            raise answer.error
        self.description = [(*column, *[None] * 5) for column in answer.columns] or None
        self._rows = list(answer.rows)

    def fetchmany(self, size: int = 1) -> list[Any]:
        found = []
        while self._rows and len(found) < size:
            row = self._rows.pop(0)
            if isinstance(row, BaseException):
                raise row
            found.append(row)
        return found

    def fetchone(self) -> Any:
        return next(iter(self.fetchmany()), None)

    def fetchall(self) -> list[Any]:
        return self.fetchmany(2**60)

    def close(self) -> None:
        pass


class Driver(types.SimpleNamespace):
    """The module of the driver. ``asked`` is what its cursors were asked, ``did`` what became of its transactions."""

    Error, DatabaseError, OperationalError = Error, DatabaseError, OperationalError
    paramstyle = "qmark"
    apilevel, threadsafety = "2.0", 1
    DATETIME = 12

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[Answer] = []
        self.asked: list[Any] = []
        self.did: list[str] = []
        self.arguments: dict[str, Any] = {}
        self.refuses: Callable[[], None] = lambda: None
        self.fails_to_commit: Any = None

    def connect(self, user: str = "", host: str = "", database: str = "", **others: Any) -> Driver:
        self.arguments = others
        self.refuses()
        return self

    def cursor(self, kind: str = "of the client") -> Cursor:
        return Cursor(self, kind)

    def commit(self) -> None:
        if self.fails_to_commit is not None:
            raise self.fails_to_commit
        self.did.append("commit")

    def rollback(self) -> None:
        self.did.append("rollback")

    def cancel(self) -> None:
        self.did.append("cancel")

    def close(self) -> None:
        self.did.append("close")


class Execution(DefaultExecutionContext):
    def create_server_side_cursor(self) -> Any:
        return self._dbapi_connection.cursor("of the server")


class Dialect(DefaultDialect):
    name = driver = "standin"
    execution_ctx_cls = Execution
    supports_statement_cache = True
    supports_server_side_cursors = True
    module: Driver

    @classmethod
    def import_dbapi(cls) -> Any:
        return cls.module

    def create_connect_args(self, url: Any) -> Any:
        return [], url.translate_connect_args(username="user")

    def initialize(self, connection: Any) -> None:
        pass

    def is_disconnect(self, error: Any, connection: Any, cursor: Any) -> bool:
        return "gone" in str(error)


def registered() -> Driver:
    """A new driver, which the dialect connects with from now on."""
    driver = Dialect.module = Driver()
    registry.register("standin", __name__, "Dialect")
    return driver
