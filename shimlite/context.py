# SPDX-License-Identifier: Apache-2.0
"""What an executor takes from the air: where it runs, as what, and its files. flytekit's ``current_context()``.

The context of a run is a context variable, so runs in several threads or tasks do not see each other's.
"""

from __future__ import annotations

import contextvars
import functools
import os
import weakref
from collections.abc import Callable, Iterator, Mapping
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from .drafts import Drafts
from .errors import ConversionError, TableError, UriError
from .files import (
    LONGEST_KEY,
    Copies,
    FileAccess,
    LocalFiles,
    below,
    check_name,
    is_local,
    local_path,
    shown,
    text_of,
)
from .trees import storage_error

if TYPE_CHECKING:
    import logging

    from .checkpoint import Checkpoint
    from .secrets import Secrets

__all__ = ["Context", "ExecutionId", "TaskId", "current_context"]


class ExecutionId(NamedTuple):
    """``WorkflowExecutionIdentifier``; empty strings outside an execution."""

    project: str = ""
    domain: str = ""
    name: str = ""


class TaskId(NamedTuple):
    """``Identifier`` of a task; empty strings outside an execution."""

    project: str = ""
    domain: str = ""
    name: str = ""
    version: str = ""


class Context:
    """What one run of an executor knows of its surroundings.

    A context made without a working directory gets one of its own when it is first asked for, removed with it; one made
    without file access reaches local files. ``incoming`` is given inputs that cannot be read; it puts in place what of
    them lies in files of its own, and says whether there was any. ``outgoing`` is given every FlyteFile,
    FlyteDirectory, StructuredDataset and FlyteSchema of the outputs, wherever it stands in them, and returns the URI
    that is written for it. The two checkpoints are URIs, empty where there is none; None stands for a folder of the
    working directory. ``logger`` makes the logger when it is first asked for.
    """

    def __init__(
        self,
        *,
        execution_id: ExecutionId | None = None,
        task_id: TaskId | None = None,
        working_directory: str = "",
        raw_output_prefix: str = "",
        file_access: FileAccess | None = None,
        incoming: Callable[[Any], bool] | None = None,
        outgoing: Callable[[Any], str] | None = None,
        checkpoint_path: str | None = None,
        prev_checkpoint: str = "",
        logger: Callable[[], logging.Logger] | None = None,
    ) -> None:
        self.execution_id: ExecutionId = execution_id or ExecutionId()
        self.task_id: TaskId = task_id or TaskId()
        self._working_directory = working_directory
        self._is_own_directory = not working_directory
        self._raw_output_prefix = raw_output_prefix
        self.file_access: FileAccess = file_access or LocalFiles()
        self.incoming = incoming
        self.outgoing = outgoing
        self._checkpoints = checkpoint_path, prev_checkpoint
        self._logger = logger
        self._copies = Copies()
        self.drafts: Drafts = Drafts()
        """The files that the run has yet to write."""

    @property
    def working_directory(self) -> str:
        """A local directory that the run may fill; it is gone afterwards."""
        if not self._working_directory:
            import tempfile

            self._working_directory = tempfile.mkdtemp(prefix="shimlite-")
            weakref.finalize(self, _remove, self._working_directory, os.getpid())
        return self._working_directory

    @property
    def raw_output_prefix(self) -> str:
        """The URI under which outputs that are files belong; locally, a folder of the working directory."""
        return self._raw_output_prefix or f"{self.working_directory}/raw"

    @functools.cached_property
    def secrets(self) -> Secrets:
        """The task's secrets: ``secrets.get(group, key)``."""
        from .secrets import Secrets

        return Secrets(in_pod=bool(self.execution_id.name))

    @functools.cached_property
    def checkpoint(self) -> Checkpoint:
        """What an earlier attempt left, and where this one leaves its own."""
        from .checkpoint import Checkpoint

        path, previous = self._checkpoints
        folder = self.working_directory
        return Checkpoint(f"{folder}/checkpoint" if path is None else path, previous, self.file_access, folder)

    @functools.cached_property
    def logging(self) -> logging.Logger:
        """The logger ``shimlite.executor``. In a pod it writes lines of JSON to stderr; elsewhere it has no handlers of
        ours, since whoever runs the process configures it."""
        if self._logger is not None:
            return self._logger()
        import logging

        return logging.getLogger("shimlite.executor")

    def local_copy(self, uri: str) -> str:
        """The local path of the file or directory at ``uri``: its own, or that of a copy in the working directory.

        A copy is made once, under the last part of the URI's name. Raises StorageError.
        """
        if is_local(uri):
            return local_path(uri)
        return self._copies.path_of(uri, self.file_access, self.working_directory)

    def new_uri(self, name: str) -> str:
        """A URI that nothing else has, for an output of this name: it is under ``raw_output_prefix``, in a new folder.

        Raises UriError for a name that is a path, or that no store takes, and ConversionTypeError for what is no str.
        """
        name = text_of(name)
        folder = f"{self.raw_output_prefix.rstrip('/')}/{os.urandom(16).hex()}"
        if "/" in name:
            raise UriError("the name of a new file is no path")
        check_name(name, LONGEST_KEY - len(folder))  # also where this run is local: the next may not be
        uri = below(folder, name)
        self.drafts.name(uri)
        return uri

    def write_table(self, table: Any, columns: Mapping[str, type | None] | None = None) -> str:
        """The path of a new local folder with one Parquet file: a table that exports Arrow, or a stream of batches.

        It is written batch by batch, in the working directory. ``columns`` are those that it must have, as
        ``arrow.check_columns`` takes them, which is called before anything is written. Inside ``writing_once`` an
        object is written at the first call, and later calls return the same folder.

        Raises ConversionError where the object is no table, or not of these columns; TableError for one that was
        written halfway before; StorageError; MissingExtraError without the extra ``[parquet]``; and what the object's
        own code raises.
        """
        written = _tables.get()
        known = None if written is None else written.get(id(table))
        if known is None:
            known = _Table(table)
            if written is not None:
                written[id(table)] = known
        return known.folder(columns or {}, self)

    def _new_folder(self) -> str:
        """A new path below a directory that lives as long as the run, or as the process where nothing takes outputs
        elsewhere."""
        import tempfile

        owner = _of_the_process() if self.outgoing is None and self._is_own_directory else self
        try:
            return f"{tempfile.mkdtemp(dir=owner.working_directory, prefix='output-')}/table"
        except OSError as error:
            raise storage_error("cannot make a folder for a table", error) from None

    def open_file(self, uri: str, mode: str) -> IO[bytes]:
        """The file at ``uri``, open to be read ("rb") or written ("wb"); what is written is there once it is closed.

        Local files are written anywhere, in a store only under ``raw_output_prefix``: what lies elsewhere may be
        another task's output, which never changes. Raises StorageError.
        """
        verb = "write" if mode == "wb" else "read"
        if verb == "write" and not is_local(uri) and not uri.startswith(f"{self._raw_output_prefix.rstrip('/')}/"):
            raise UriError(
                f"cannot write {shown(uri)!r}: it is not under the run's raw output prefix",
                hint="write to FlyteFile.new_remote_file(name)",
            )
        opened: IO[bytes] = self._asked("open_file", verb, uri)(uri, mode)
        if verb == "write":
            from .streams import Written

            if isinstance(opened, Written):
                self.drafts.begin(uri, opened.raw)
        return opened

    def entries(self, uri: str) -> Iterator[tuple[str, bool]]:
        """The name of each entry of the directory ``uri``, and whether it is a directory. Raises StorageError."""
        entries: Iterator[tuple[str, bool]] = self._asked("list_directory", "list", uri)(uri)
        return entries

    def _asked(self, method: str, verb: str, uri: str) -> Any:
        """A method of whoever reaches ``uri``. Raises UriError where the executor's own file access lacks it."""
        files = LocalFiles() if is_local(uri) else self.file_access
        if not hasattr(files, method):
            raise UriError(
                f"cannot {verb} {shown(uri)!r} where it is: the context's file access has no {method}",
                hint="return a local file, which is copied" if verb == "write" else "download() copies it",
            )
        return getattr(files, method)


def _remove(folder: str, maker: int) -> None:
    """Not in a process that was forked, whose end is not its maker's."""
    if os.getpid() == maker:
        import shutil

        shutil.rmtree(folder, ignore_errors=True)


class _Table:
    """A table that may be written several times, and is once: a stream can be read no more often."""

    def __init__(self, table: Any) -> None:
        from .arrow import stream_of

        self._table = table  # so that no other takes its id
        self._stream = stream_of(table)
        self._schema = self._stream.schema
        self._folder = ""
        self._failure: ConversionError | None = None

    def folder(self, columns: Mapping[str, type | None], context: Context) -> str:
        """Raises TableError where writing failed before: a second member of a union would write what is left of it."""
        from .arrow import check_columns, write_parquet

        check_columns(self._schema, columns)
        if self._failure is not None:
            raise self._failure.blamed(TableError, "")
        if not self._folder:
            folder = context._new_folder()
            try:
                write_parquet(self._stream, folder)
            except ConversionError as error:
                self._failure = error
                raise
            self._folder = folder
        return self._folder

    def forget(self) -> None:
        """Let go of the stream: its source may allow one at a time, and an error may keep this object."""
        self._table = self._stream = None


_tables: contextvars.ContextVar[dict[int, _Table] | None] = contextvars.ContextVar("shimlite.tables", default=None)
_current: contextvars.ContextVar[Context] = contextvars.ContextVar("shimlite.context")
_of_process: list[Context] = []


def current_context() -> Context:
    """The context of the run that this code is part of; outside of any, the process's own, which is local.

    In a pod, which has one run, that run's context is the process's: threads that an executor starts have it too.
    """
    found = _current.get(None)
    return _of_the_process() if found is None else found


def _of_the_process() -> Context:
    if not _of_process:
        _of_process.append(Context())
    return _of_process[0]


class active:  # noqa: N801 - used as a function
    """Make ``context`` the current one for the length of a ``with`` block.

    No generator: ``contextlib`` asks the class of an exception, which is the executor's, and sets its attributes.
    """

    def __init__(self, context: Context) -> None:
        self._context = context

    def __enter__(self) -> Context:
        self._token = _current.set(self._context)
        return self._context

    def __exit__(self, *error: object) -> None:
        _current.reset(self._token)


class writing_once:  # noqa: N801
    """Write each table once, for the length of the outermost ``with`` block: a union tries its members, and an executor
    may return one object in several places."""

    def __enter__(self) -> None:
        self._token = _tables.set({}) if _tables.get() is None else None

    def __exit__(self, *error: object) -> None:
        if self._token is not None:
            for table in (_tables.get() or {}).values():
                table.forget()
            _tables.reset(self._token)


class of_process(active):  # noqa: N801
    """Make ``context`` the one of every thread that has no other, for the length of a ``with`` block."""

    def __enter__(self) -> Context:
        _of_process.insert(0, self._context)
        return self._context

    def __exit__(self, *error: object) -> None:
        _of_process.remove(self._context)
