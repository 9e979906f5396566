# SPDX-License-Identifier: Apache-2.0
"""Where a run's files are: one small interface, and the local file system behind it.

A scheme of its own (``s3://``, …) is another class with these methods; ``storage_for`` is where it is chosen.
"""

from __future__ import annotations

import os
import tempfile
from typing import Protocol

from ..context import FileAccess, LocalFiles, local_path, storage_error

LARGEST_MESSAGE = 2**31 - 1
"""protobuf's own limit on a message, 2 GiB. Reading stops there instead of filling the memory."""


class Storage(FileAccess, Protocol):
    """Whole small files as bytes, besides what an executor may do. Errors are StorageError."""

    def read(self, uri: str) -> bytes: ...

    def write(self, uri: str, content: bytes) -> None:
        """Whole or not at all: no reader ever sees a part of ``content``."""


class LocalStorage(LocalFiles):
    def read(self, uri: str) -> bytes:
        path = local_path(uri)
        try:
            with open(path, "rb") as file:
                content = file.read(LARGEST_MESSAGE + 1)
        except (OSError, ValueError) as error:
            raise storage_error(f"cannot read {path!r}", error) from None
        if len(content) > LARGEST_MESSAGE:
            raise storage_error(f"cannot read {path!r}", OverflowError())
        return content

    def write(self, uri: str, content: bytes) -> None:
        path = local_path(uri)
        try:
            _write_whole(path, content)
        except (OSError, ValueError) as error:
            raise storage_error(f"cannot write {path!r}", error) from None


def _write_whole(path: str, content: bytes) -> None:
    """Write beside ``path`` and rename: on one file system that is atomic, and after fsync it survives a crash."""
    folder = os.path.dirname(path) or "."
    os.makedirs(folder, exist_ok=True)
    descriptor, partial = tempfile.mkstemp(dir=folder, prefix=".partial-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(partial, 0o666 & ~_umask())
        os.replace(partial, path)
    except BaseException:
        os.unlink(partial)
        raise


def _umask() -> int:
    """mkstemp makes files that only their owner reads; these are for others, as far as the process allows."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def storage_for(uri: str) -> Storage:
    """What reads and writes URIs of this one's scheme. Raises StorageError where nothing does."""
    local_path(uri)
    return LocalStorage()
