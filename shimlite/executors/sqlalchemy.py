# SPDX-License-Identifier: Apache-2.0
"""Runs the tasks that flytekit's ``SQLAlchemyTask`` registers: a query on a server, its rows as Parquet.

``custom`` holds ``uri`` (SQLAlchemy's URL of the database), ``query_template``, ``connect_args`` (what the driver is
told beside the URL) and ``secret_connect_args`` (the same, by the group and key of secrets). The output is a schema or
a structured dataset, or there is none. SQLAlchemy is imported when a query runs; drivers are the image's own.
``drivers`` knows what their errors mean.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import enum
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from ..context import current_context
from ..errors import (
    DatabaseError,
    DatabaseUnreachableError,
    MissingExtraError,
    TemplateError,
    class_name,
    cut,
    described,
)
from ..parquet import size_of
from ..shim import ShimTaskExecutor
from ..templates import TaskTemplate
from . import drivers
from .grammars import grammar_of, placeholder_of
from .queries import as_declared, bound, declared_table, interpolated, text_of

__all__ = ["BoundSQLAlchemyTaskExecutor", "SQLAlchemyTaskExecutor"]

ROWS_AT_ONCE = 4096
BYTES_AT_ONCE = 8 * 2**20
"""What is asked of the server at once, and is in memory: fewer rows than that of those that are long."""

ROWS_AT_FIRST = 16
ROWS_WEIGHED = 16
"""Rows whose size tells how many to ask for next."""

_PATHS = tuple(f"template.custom.{name}" for name in ("uri", "connect_args", "secret_connect_args"))
_URI = _PATHS[0]
_URL_HINT = "write it as postgresql://user@host/database"

_HIDDEN = re.compile("pass|pwd|secret|token|key|credential", re.IGNORECASE)
"""Names of arguments that no message shows, wherever they are told."""

_COLON = re.compile(r"\\(:[\w$]*)(?![\w$:])")
"""How SQLAlchemy's ``text``, through which flytekit runs a query, writes a colon that begins no parameter."""

Parameters: TypeAlias = "Sequence[Any] | Mapping[str, Any]"


class SQLAlchemyTaskExecutor(ShimTaskExecutor[Any]):
    """Puts the inputs into the query as text, as flytekit does.

    **An input can therefore change the query.** ``{{ .inputs.name }}`` becomes ``str(value)``, unquoted: text that
    comes from elsewhere can read other tables. Use BoundSQLAlchemyTaskExecutor for the same templates where inputs are
    only values.
    """

    def execute_from_model(self, tt: TaskTemplate, **kwargs: Any) -> Any:
        """Run the query in a transaction; the rows come back as a FlyteSchema or StructuredDataset, as the template
        declares, and None where it declares no output.

        Rows are written as the server sends them, so memory does not grow with their number, save those of a statement
        that the server has no cursor for. Raises DatabaseUnreachableError, which is recoverable, where the server is
        not reached or lost, DatabaseError where it refuses the user or the query, TemplateError for what the template
        says, SecretError, ValueError for inputs and rows that do not fit, and MissingExtraError without the extra
        ``[sql]`` or without the driver.
        """
        declared_table(tt)
        database = _Database(tt, kwargs)
        query, parameters = self.query_of(text_of(tt, "query_template"), kwargs, database.engine.dialect)
        with database.connected() as connection:
            result = database.run(connection, query, parameters, streamed=bool(tt.interface.outputs))
            names = list(result.keys()) if result.returns_rows else []
            table = as_declared(tt, names, database.rows(result))
            result.close()
            return table

    def query_of(self, template: str, inputs: Mapping[str, Any], dialect: Any) -> tuple[str, Parameters]:
        """The SQL and its bound parameters, as the driver of SQLAlchemy's ``dialect`` takes them."""
        return interpolated(_COLON.sub(r"\1", template), inputs), ()


class BoundSQLAlchemyTaskExecutor(SQLAlchemyTaskExecutor):
    """Binds the inputs as parameters, so that none can change the query. They can stand only where SQL has a value.

    The driver makes of them what it makes of Python's values: a datetime is one in UTC, a timedelta an interval; a
    member of an Enum is its value. SQLite gets what BoundSQLite3TaskExecutor gives it.
    """

    def query_of(self, template: str, inputs: Mapping[str, Any], dialect: Any) -> tuple[str, Parameters]:
        """Raises ValueError for an input inside quotes or comments, for one joined to other text, for a value that
        cannot be bound, and for a driver whose parameters are of another kind."""
        if not inputs:
            return super().query_of(template, inputs, dialect)
        template = _COLON.sub(r"\1", template)
        if dialect.name == "sqlite":
            from .sqlite3 import BoundSQLite3TaskExecutor

            query, places = BoundSQLite3TaskExecutor().query_of(template, inputs)
            return query, tuple(places)
        placeholder = placeholder_of(dialect.paramstyle)
        if not placeholder:
            raise ValueError(f"the driver {dialect.driver} has parameters in the style {dialect.paramstyle!r}")
        grammar = grammar_of(dialect.name, dialect.paramstyle)
        values = {name: _bindable(name, value) for name, value in inputs.items()}
        text = template.replace("%", "%%") if "%" in placeholder else template
        query, places = bound(text, values, placeholder, grammar)
        if dialect.paramstyle != "named":
            return query, tuple(places)
        return query, {f"p{place}": value for place, value in enumerate(places, 1)}


def _bindable(name: str, value: Any) -> Any:
    value = value.value if isinstance(value, enum.Enum) else value
    if value is None or isinstance(value, (bool, int, float, str, bytes, dt.date, dt.timedelta)):  # datetime is a date
        return value
    raise ValueError(f"the input {name!r} is a {class_name(type(value))}, which cannot be bound")


class _Database:
    """The database of a template, and the errors of its driver in our words, which show no value."""

    def __init__(self, tt: TaskTemplate, inputs: Mapping[str, Any]) -> None:
        self.sqlalchemy = _sqlalchemy()
        self.url = _url(self.sqlalchemy, text_of(tt, "uri"))
        sources = (dict(self.url.query), _arguments(tt, "connect_args"), _secrets(tt))
        self.engine = _engine(self.sqlalchemy, self.url, {**sources[1], **sources[2]})
        self.sqlalchemy.event.listen(self.engine, "handle_error", _stop_query)
        self._cursor: Any = None
        self._places = {name: path for path, side in zip(_PATHS, sources) for name in side}
        told = [one for side in sources[:2] for one in _leaves(side)]
        shown = [one for one in told if not _HIDDEN.search(one[0])]
        hidden = [*(value for name, value in told if _HIDDEN.search(name)), *sources[2].values()]
        self._secrets = [str(value) for value in (self.url.password, *hidden) if value]
        self._inputs = [str(value) for value in inputs.values()]
        url = self.url
        self._known = f"{text_of(tt, 'query_template')} {url.username} {url.host} {url.database} {shown}"

    @contextlib.contextmanager
    def connected(self) -> Iterator[Any]:
        """A connection, whose transaction is committed at the end.

        After an error it is cut off, and the server rolls back: some drivers read all rows that are left before they
        roll back, and SQLAlchemy logs what a driver says where that fails.
        """
        connection = self._connect()
        try:
            yield connection
            self._commit(connection)
        except BaseException:
            connection.invalidate()
            drivers.abandon(self._cursor)
            raise
        finally:
            connection.close()

    def run(self, connection: Any, query: str, parameters: Parameters, streamed: bool) -> Any:
        """The result of a query, through a cursor of the server's where ``streamed`` and where it has one."""
        streamed = streamed and drivers.may_stream(query)
        options = {"no_parameters": True, "stream_results": streamed}
        try:
            result = connection.exec_driver_sql(query, parameters or None, execution_options=options)
            self._cursor = result.cursor
            return result
        except self.sqlalchemy.exc.DBAPIError as error:
            if not streamed or not drivers.has_no_cursor(error.orig):
                raise self._failed(error) from None
        except Exception as error:
            raise self._failed(error) from None
        connection.rollback()
        return self.run(connection, query, parameters, streamed=False)

    def rows(self, result: Any) -> Iterator[Any]:
        """The rows of a result, of which a few are in memory at once: how many, the size of the last ones tells."""
        count = ROWS_AT_FIRST
        while True:
            try:
                part = result.fetchmany(count)
            except Exception as error:
                raise self._failed(error) from None
            if not part:
                return
            size = max(size_of(tuple(row)) for row in part[:: -(-len(part) // ROWS_WEIGHED)])
            count = max(1, min(4 * count, ROWS_AT_ONCE, BYTES_AT_ONCE // size))
            yield from part
            del part

    def _connect(self) -> Any:
        try:
            return self.engine.connect()
        except Exception as error:
            raise self._not_connected(getattr(error, "orig", None) or error) from None

    def _not_connected(self, error: BaseException) -> BaseException:
        dialect = self.engine.dialect
        name = drivers.wrong_argument(error, self._places)
        if name:
            hint, reason = drivers.takes(dialect.dbapi.connect, dialect.driver, name), "takes no argument"
            return TemplateError(f"the driver {dialect.driver} {reason} {name!r}", path=self._places[name], hint=hint)
        reason = f"no connection to the database: {drivers.words_of(error, self._secrets)}"
        is_refused = dialect.name == "sqlite" or drivers.is_refused(error)
        return DatabaseError(reason) if is_refused else DatabaseUnreachableError(reason)

    def _commit(self, connection: Any) -> None:
        try:
            connection.commit()
        except Exception as error:
            raise self._failed(error) from None

    def _failed(self, error: Any) -> BaseException:
        if isinstance(error, MemoryError):
            return error
        said = getattr(error, "orig", None) or error
        words = drivers.words_of(said, self._secrets, self._known, self._inputs)
        if getattr(error, "connection_invalidated", False) or drivers.passes(said):
            return DatabaseUnreachableError(f"the query was cut off: {words}")
        if drivers.is_of_value(said):
            hint = "cast dates before the year 1 or after 9999, and times of 24:00, to text in the query"
            return DatabaseError(f"the driver cannot take a value: {re.sub('[0-9]+', '…', words)}", hint=hint)
        return DatabaseError(f"the query failed: {words}")


def _stop_query(context: Any) -> None:
    """Where the run is aborted, the server is asked to stop the query, while the connection is open."""
    if not isinstance(context.original_exception, Exception):
        drivers.cancel(getattr(getattr(context.connection, "connection", None), "driver_connection", None))


def _leaves(arguments: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in arguments.items():
        yield from _leaves(value) if isinstance(value, dict) and not _HIDDEN.search(name) else ((name, value),)


def _sqlalchemy() -> Any:
    try:
        import sqlalchemy
    except ImportError:
        raise MissingExtraError("the query needs SQLAlchemy", hint="pip install 'shimlite[sql]'") from None
    return sqlalchemy


def _arguments(tt: TaskTemplate, name: str) -> dict[str, Any]:
    """flytekit leaves them out as an empty Struct or as null."""
    arguments = tt.custom.get(name) or {}
    if not isinstance(arguments, dict):
        raise TemplateError(path=f"template.custom.{name}", expected="dict", got=described(arguments))
    return arguments


def _secrets(tt: TaskTemplate) -> dict[str, Any]:
    """The arguments that are secrets. flytekit looks them up without their version, which no pod is told."""
    arguments = {}
    for name, where in _arguments(tt, "secret_connect_args").items():
        if not isinstance(where, dict):
            path = f"template.custom.secret_connect_args.{name}"
            raise TemplateError(path=path, expected="a group and a key", got=described(where))
        arguments[name] = current_context().secrets.get(where.get("group"), where.get("key"))
    return arguments


def _url(sqlalchemy: Any, uri: str) -> Any:
    try:
        url = sqlalchemy.make_url(uri)
    except (ValueError, sqlalchemy.exc.ArgumentError):
        raise TemplateError("it is no URL of a database", path=_URI, hint=_URL_HINT) from None
    if "plugin" in url.query:  # code that a template would name
        raise TemplateError("a URL cannot name plug-ins of SQLAlchemy", path=_URI)
    return url


def _engine(sqlalchemy: Any, url: Any, arguments: Mapping[str, Any]) -> Any:
    """What connects. A URL that names no driver gets SQLAlchemy's own choice, or else another one that is there."""
    absent = []
    for name in (url.drivername, *(f"{url.drivername}+{one}" for one in drivers.DRIVERS.get(url.drivername, ()))):
        try:
            return _engine_of(sqlalchemy, url.set(drivername=name), arguments)
        except ImportError as error:
            absent.append(drivers.package_of(error.name or name.rpartition("+")[2]))
    packages = " or ".join(f"pip install '{package}'" for package in sorted(set(absent)))
    raise MissingExtraError(f"the driver of {cut(url.drivername)} is not installed", hint=packages)


def _undecoded(text: str | bytes) -> str:
    return text if isinstance(text, str) else text.decode()


def _engine_of(sqlalchemy: Any, url: Any, arguments: Mapping[str, Any]) -> Any:
    options: dict[str, Any] = {"poolclass": sqlalchemy.NullPool, "pool_reset_on_return": None, "hide_parameters": True}
    if url.get_backend_name() == "postgresql":  # whose drivers would read a number of JSON as a float, and null as NULL
        options["json_deserializer"] = _undecoded
    try:
        engine = sqlalchemy.create_engine(url, connect_args=dict(arguments), **options)
    except sqlalchemy.exc.NoSuchModuleError:
        hint = f"is its package installed? {_URL_HINT}"
        raise TemplateError(f"SQLAlchemy knows no dialect {cut(url.drivername)!r}", path=_URI, hint=hint) from None
    except (TypeError, ValueError, sqlalchemy.exc.ArgumentError):
        raise TemplateError("it is no URL of a database", path=_URI, hint=_URL_HINT) from None
    if engine.dialect.is_async:
        raise TemplateError(f"the driver {engine.dialect.driver} is asynchronous", path=_URI, hint="name another one")
    return engine
