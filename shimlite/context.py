# SPDX-License-Identifier: Apache-2.0
"""What an executor takes from the air: where it runs, as what, and its files. flytekit's ``current_context()``.

The context of a run is a context variable, so runs in several threads or tasks do not see each other's.
"""

from __future__ import annotations

import contextlib
import contextvars
import weakref
from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

import attrs

from .errors import StorageError

if TYPE_CHECKING:
    import logging

__all__ = ["Context", "ExecutionId", "FileAccess", "TaskId", "current_context"]


@attrs.frozen
class ExecutionId:
    """``WorkflowExecutionIdentifier``; empty strings outside an execution."""

    project: str = ""
    domain: str = ""
    name: str = ""


@attrs.frozen
class TaskId:
    """``Identifier`` of a task; empty strings outside an execution."""

    project: str = ""
    domain: str = ""
    name: str = ""
    version: str = ""


class FileAccess(Protocol):
    """How an executor moves files. flytekit's names, less its options."""

    def get_data(self, uri: str, path: str) -> None:
        """Copy what ``uri`` names, a file or a directory, to the local ``path``. Raises StorageError."""

    def put_data(self, path: str, uri: str) -> str:
        """Copy the local ``path``, a file or a directory, to ``uri``, and return ``uri``. Raises StorageError."""


class LocalFiles:
    """File access where every URI is a local path or a ``file://`` URI of one, taken as it is written."""

    def get_data(self, uri: str, path: str) -> None:
        _copy(local_path(uri), path)

    def put_data(self, path: str, uri: str) -> str:
        _copy(path, local_path(uri))
        return uri


def local_path(uri: str) -> str:
    """The local path that a URI names. Raises StorageError for another scheme than ``file``."""
    scheme, separator, path = uri.partition("://")
    if not separator:
        return uri
    if scheme != "file":
        raise StorageError(f"cannot reach {scheme}://", hint="this version of shimlite reads and writes local paths")
    return path


def _copy(source: str, target: str) -> None:
    import os
    import shutil

    try:
        os.makedirs(os.path.dirname(target) or ".", exist_ok=True)
        if os.path.isdir(source):
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            shutil.copyfile(source, target)
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL in it
        raise storage_error(f"cannot copy {source!r} to {target!r}", error) from None


def storage_error(what: str, error: Exception) -> StorageError:
    """One line of ours about a file, in the operating system's words, which hold no data."""
    return StorageError(f"{what}: {getattr(error, 'strerror', None) or type(error).__name__}")


class Context:
    """What one run of an executor knows of its surroundings.

    A context made without a working directory gets one of its own when it is first asked for, removed with it; one made
    without file access reaches local files.
    """

    def __init__(
        self,
        *,
        execution_id: ExecutionId | None = None,
        task_id: TaskId | None = None,
        working_directory: str = "",
        raw_output_prefix: str = "",
        file_access: FileAccess | None = None,
    ) -> None:
        self.execution_id = execution_id or ExecutionId()
        self.task_id = task_id or TaskId()
        self._working_directory = working_directory
        self._raw_output_prefix = raw_output_prefix
        self.file_access = file_access or LocalFiles()

    @property
    def working_directory(self) -> str:
        """A local directory that the run may fill; it is gone afterwards."""
        if not self._working_directory:
            import shutil
            import tempfile

            self._working_directory = tempfile.mkdtemp(prefix="shimlite-")
            weakref.finalize(self, shutil.rmtree, self._working_directory, ignore_errors=True)
        return self._working_directory

    @property
    def raw_output_prefix(self) -> str:
        """The URI under which outputs that are files belong; locally, a folder of the working directory."""
        return self._raw_output_prefix or f"{self.working_directory}/raw"

    @property
    def logging(self) -> logging.Logger:
        """The logger ``shimlite.executor``, without handlers of ours: whoever runs the process configures it."""
        import logging

        return logging.getLogger("shimlite.executor")


_current: contextvars.ContextVar[Context] = contextvars.ContextVar("shimlite.context")


def current_context() -> Context:
    """The context of the run that this code is part of; outside of any, a new local one."""
    return _current.get(None) or Context()


@contextlib.contextmanager
def active(context: Context) -> Iterator[Context]:
    """Make ``context`` the current one for the length of a ``with`` block."""
    token = _current.set(context)
    try:
        yield context
    finally:
        _current.reset(token)
