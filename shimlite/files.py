# SPDX-License-Identifier: Apache-2.0
"""How files move between where a URI says they are and this machine, and the local file system's way of it."""

from __future__ import annotations

import threading
from typing import Protocol

from .errors import NotFoundError, StorageError

__all__ = ["FileAccess", "LocalFiles"]

LONGEST_NAME = 200
"""Bytes of a file's name that are kept; file systems take 255."""


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


def scheme_of(uri: str) -> str:
    """``s3`` of ``s3://bucket/key``; ``file`` of a local path."""
    scheme, separator, _ = uri.partition("://")
    return scheme if separator else "file"


def shown(uri: str) -> str:
    """A URI without what may be a secret in it: the query of a signed one, a user and a password."""
    head, separator, rest = uri.partition("://")
    if head in ("http", "https"):
        host, slash, path = rest.partition("?")[0].partition("/")
        rest = f"{host.rpartition('@')[2]}{slash}{path}"
    return f"{head}{separator}{rest}"


def is_local(uri: str) -> bool:
    return scheme_of(uri) == "file"


def local_path(uri: str) -> str:
    """The local path that a URI names. Raises StorageError for another scheme than ``file``."""
    if not is_local(uri):
        raise StorageError(
            f"cannot reach {scheme_of(uri)}:// from here",
            hint="only local paths; give the context the file access of shimlite.container",
        )
    return uri.removeprefix("file://")


def _copy(source: str, target: str) -> None:
    import os
    import shutil

    was_there = os.path.lexists(target)
    try:
        os.makedirs(os.path.dirname(target) or ".", exist_ok=True)
        if os.path.isdir(source):
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            shutil.copyfile(source, target)
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL in it
        if not was_there:
            _remove(target)  # half a copy, which on a full disk would take the room of an error document
        raise storage_error(f"cannot copy {source!r} to {target!r}", error) from None


def _remove(path: str) -> None:
    import contextlib
    import os
    import shutil

    with contextlib.suppress(OSError, ValueError):
        shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)


def storage_error(what: str, error: Exception) -> StorageError:
    """One line of ours about a file, in the operating system's words, which hold no data."""
    kind = NotFoundError if isinstance(error, FileNotFoundError) else StorageError
    return kind(f"{what}: {getattr(error, 'strerror', None) or type(error).__name__}")


def name_of(uri: str) -> str:
    """The last part of a URI, as a name that a file here can have and that leads nowhere else."""
    if scheme_of(uri) in ("http", "https"):
        uri = uri.partition("?")[0]
    name = uri.rstrip("/").rpartition("/")[2]
    kept = "".join(letter if letter.isalnum() or letter in "._-+=@ " else "_" for letter in name)
    while len(kept.encode()) > LONGEST_NAME:  # the end is what tells the format
        kept = kept[1:]
    return kept if kept.strip(". ") else "data"


class Copies:
    """Local copies of what lies elsewhere, each made once, whichever threads ask for it."""

    def __init__(self) -> None:
        self._paths: dict[str, str] = {}
        self._locks: dict[str, threading.Lock] = {}

    def path_of(self, uri: str, files: FileAccess, directory: str) -> str:
        """Where the copy of ``uri`` is, in a folder of its own in ``directory``. Raises StorageError."""
        import tempfile

        with self._locks.setdefault(uri, threading.Lock()):
            if uri not in self._paths:
                path = f"{tempfile.mkdtemp(dir=directory, prefix='input-')}/{name_of(uri)}"
                files.get_data(uri, path)
                self._paths[uri] = path
        return self._paths[uri]
