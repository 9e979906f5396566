# SPDX-License-Identifier: Apache-2.0
"""The local file system as a run's storage. A file is written whole or not at all."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

from ..errors import UriError
from ..files import LocalFiles, local_path
from ..streams import NO_FILE, partial_of
from ..trees import storage_error

LARGEST_MESSAGE = 2**31 - 1
"""protobuf's own limit on a message, 2 GiB. Reading stops there instead of filling the memory."""


class LocalStorage(LocalFiles):
    def ready(self, uri: str) -> None:
        """Nothing is needed."""

    def read(self, uri: str) -> bytes:
        path = local_path(uri)
        try:
            with open(path, "rb") as file:
                content = file.read(LARGEST_MESSAGE + 1)
        except (OSError, ValueError) as error:
            raise storage_error(f"cannot read {path!r}", error, *NO_FILE) from None
        if len(content) > LARGEST_MESSAGE:
            raise too_large(path)
        return content

    def write(self, uri: str, content: bytes) -> None:
        path = local_path(uri)
        try:
            _write_whole(path, content)
        except (OSError, ValueError) as error:
            raise storage_error(f"cannot write {path!r}", error, *NO_FILE) from None

    def delete(self, uri: str) -> None:
        path = local_path(uri)
        try:
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                os.unlink(path)
        except (OSError, ValueError) as error:
            raise storage_error(f"cannot remove {path!r}", error, *NO_FILE) from None


def too_large(shown: str) -> UriError:
    return UriError(f"cannot read {shown!r}: it is larger than 2 GiB, protobuf's limit on a message")


def _write_whole(path: str, content: bytes) -> None:
    with beside(path) as partial, open(partial, "xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


@contextlib.contextmanager
def beside(path: str) -> Iterator[str]:
    """A name that no file has, to write to; renamed to ``path`` at the end of the block, and removed where that fails.

    On one file system that is atomic, and what was synchronized before survives a crash.
    """
    partial = partial_of(path)
    try:
        yield partial
        os.replace(partial, path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(partial)
