# SPDX-License-Identifier: Apache-2.0
"""Runs the tasks that flytekit's ``SQLite3Task`` registers: a query over a SQLite file, its rows as Parquet.

``custom`` holds ``uri`` (the database), ``query_template`` and ``compressed`` (the database is the only file in a zip
or tar archive). The output is a schema or a structured dataset.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import enum
import math
import os
import sqlite3
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any

from ..context import current_context
from ..errors import class_name, cut
from ..shim import ShimTaskExecutor
from ..templates import TaskTemplate
from .drivers import said_by
from .grammars import SQLITE
from .queries import as_declared, bound, declared_table, text_of
from .queries import interpolated as interpolate_query

__all__ = ["BoundSQLite3TaskExecutor", "SQLite3TaskExecutor", "interpolate_query"]

LARGEST_DATABASE = 16 * 2**30
"""Bytes an archive may unpack to: beyond a container's disk, and short of what a small archive can be made to hold."""

CHUNK = 1024 * 1024


class SQLite3TaskExecutor(ShimTaskExecutor[Any]):
    """Puts the inputs into the query as text, as flytekit does.

    **An input can therefore change the query.** ``{{ .inputs.name }}`` becomes ``str(value)``, unquoted: text that
    comes from elsewhere can read other tables. Use BoundSQLite3TaskExecutor for the same templates where inputs are
    only values.
    """

    def execute_from_model(self, tt: TaskTemplate, **kwargs: Any) -> Any:
        """Run the query; the rows come back as a FlyteSchema or StructuredDataset, as the template declares.

        They are written as SQLite finds them, so memory does not grow with their number. Raises ValueError for inputs
        that do not match the query's, TemplateError for what the template says, sqlite3.Error for what SQLite refuses,
        StorageError where the database cannot be read, and MissingExtraError without the extra ``[parquet]``.
        """
        declared_table(tt)
        template = text_of(tt, "query_template")
        query, parameters = self.query_of(template, kwargs)
        with (
            _values_unseen(template, kwargs),
            _database(text_of(tt, "uri"), bool(tt.custom.get("compressed"))) as path,
            contextlib.closing(sqlite3.connect(path)) as connection,
        ):
            cursor = connection.execute(query, parameters)
            return as_declared(tt, [column[0] for column in cursor.description or ()], cursor)

    def query_of(self, template: str, inputs: Mapping[str, Any]) -> tuple[str, Sequence[Any]]:
        """The SQL and its bound parameters."""
        return interpolate_query(template, inputs), ()


class BoundSQLite3TaskExecutor(SQLite3TaskExecutor):
    """Binds the inputs as parameters, so that none can change the query. They can stand only where SQL has a value.

    A datetime is bound as SQLite's own functions write it, ``YYYY-MM-DD HH:MM:SS`` in UTC, with three digits more where
    there are milliseconds and six where there are microseconds; a date as ``YYYY-MM-DD``, a timedelta as its seconds,
    a member of an Enum as its value.
    """

    def query_of(self, template: str, inputs: Mapping[str, Any]) -> tuple[str, Sequence[Any]]:
        """Raises ValueError for an input inside quotes or comments, for one joined to other text, and for a value that
        SQLite has no type for."""
        values = {name: _bindable(name, value) for name, value in inputs.items()}
        return bound(template, values, "?", SQLITE)


def _bindable(name: str, value: Any) -> Any:
    """The value as SQLite has it. What it would take for something else is refused: it makes NULL of a NaN."""
    value = value.value if isinstance(value, enum.Enum) else value
    if isinstance(value, dt.datetime):
        return _moment(name, value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return value.total_seconds()
    if not isinstance(value, (type(None), int, float, str, bytes)):
        raise ValueError(f"the input {name!r} is a {class_name(type(value))}, which SQLite has no type for")
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise ValueError(f"the input {name!r} is an int of more than 64 bits, which SQLite has no type for")
    if isinstance(value, float) and math.isnan(value):
        raise ValueError(f"the input {name!r} is NaN, which SQLite has no value for")
    return value


def _moment(name: str, value: dt.datetime) -> str:
    """As ``datetime()`` and ``CURRENT_TIMESTAMP`` write it, or as ``%f`` does: SQLite compares times as text, of which
    one that goes on is the later one."""
    try:
        utc = value if value.tzinfo is None else value.astimezone(dt.timezone.utc).replace(tzinfo=None)
    except OverflowError:
        raise ValueError(f"the input {name!r} is a datetime out of the years 1 to 9999 in UTC") from None
    digits = "seconds" if not utc.microsecond else "microseconds" if utc.microsecond % 1000 else "milliseconds"
    return utc.isoformat(" ", digits)


@contextlib.contextmanager
def _values_unseen(template: str, inputs: Mapping[str, Any]) -> Iterator[None]:
    """SQLite's messages show a text that is no UTF-8, and the word of a query that it does not know."""
    try:
        yield
    except sqlite3.Error as error:
        raise _unseen(error, template, inputs) from None


def _unseen(error: sqlite3.Error, template: str, inputs: Mapping[str, Any]) -> Exception:
    start, middle = "Could not decode to UTF-8 column ", " with text "
    if str(error).startswith(start):
        column = str(error)[len(start) :].rpartition(middle)[0]
        return ValueError(f"column {cut(column)} has a text that is no UTF-8; cast it to blob in the query")
    if not inputs:
        return error
    return type(error)(said_by(error, (), template, list(map(str, inputs.values()))))


@contextlib.contextmanager
def _database(uri: str, compressed: bool) -> Iterator[str]:
    """A local copy of the database, gone afterwards. No name from the template or the archive is used as a path."""
    with tempfile.TemporaryDirectory(dir=current_context().working_directory) as folder:
        fetched = os.path.join(folder, "fetched")
        current_context().file_access.get_data(uri, fetched)
        yield _unpacked(fetched, os.path.join(folder, "unpacked")) if compressed else fetched


def _unpacked(archive: str, target: str) -> str:
    """The only file in ``archive``, written to ``target``. Raises ValueError for any other archive."""
    left = LARGEST_DATABASE
    with open(target, "wb") as file:
        for chunk in _chunks(archive):
            left -= len(chunk)
            if left < 0:
                raise ValueError(f"the archive unpacks to more than {LARGEST_DATABASE} bytes")
            file.write(chunk)
    return target


def _chunks(archive: str) -> Iterator[bytes]:
    """What the only file in ``archive`` holds."""
    try:
        with contextlib.ExitStack() as stack:
            files = _files_in(archive, stack)
            member = next(files, None)
            if member is None or next(files, None) is not None:
                raise ValueError("the archive does not hold exactly one file")
            while chunk := member.read(CHUNK):
                yield chunk
    except ValueError:
        raise
    except Exception:  # each kind of archive and of compression has errors of its own
        raise ValueError("the archive is corrupt or encrypted") from None


def _files_in(archive: str, stack: contextlib.ExitStack) -> Iterator[IO[bytes]]:
    if zipfile.is_zipfile(archive):
        zipped = stack.enter_context(zipfile.ZipFile(archive))
        return (zipped.open(name) for name in zipped.infolist() if not name.is_dir())
    if tarfile.is_tarfile(archive):
        tarred = stack.enter_context(tarfile.open(archive))  # noqa: SIM115 - the stack closes it
        return (_opened(tarred, member) for member in tarred if not member.isdir())
    raise ValueError("the database is neither a zip nor a tar archive")


def _opened(tarred: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    file = tarred.extractfile(member) if member.isfile() else None
    if file is None:
        raise ValueError("the archive holds a link or a device")
    return file
