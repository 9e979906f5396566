# SPDX-License-Identifier: Apache-2.0
"""Where a run's files are: one small interface, and what serves each scheme of URIs.

``local`` has local paths, ``data_uris`` what holds its content itself, ``remote`` the other schemes, behind the extra
``[remote]``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import IO, Protocol

from ..errors import UriError
from ..files import REMOTE_SCHEMES, Streams, is_data, is_local, scheme_of
from .local import LocalStorage


class Storage(Streams, Protocol):
    """Whole small files as bytes, besides what an executor may do. Errors are StorageError."""

    def ready(self, uri: str) -> None:
        """Find now what reaching ``uri`` takes, such as credentials: an executor may change the environment."""

    def read(self, uri: str) -> bytes: ...

    def write(self, uri: str, content: bytes) -> None:
        """Whole or not at all: no reader ever sees a part of ``content``."""

    def delete(self, uri: str) -> None:
        """Remove the file; that there is none is no error."""


def storage_for(uri: str, environment: Mapping[str, str] = os.environ) -> Storage:
    """What reads and writes URIs of this one's scheme; ``environment`` says where a store is, and who asks.

    Raises UriError where nothing does, and MissingExtraError where an extra would.
    """
    if is_data(uri):
        from .data_uris import DataStorage

        return DataStorage()
    if is_local(uri):
        return LocalStorage()
    if scheme_of(uri) in REMOTE_SCHEMES:
        from .remote import RemoteStorage

        return RemoteStorage(environment)
    known = ", ".join(f"{scheme}://" for scheme in ("file", *REMOTE_SCHEMES))
    raise UriError(f"cannot reach {scheme_of(uri)[:20]}://", hint=f"only local paths, {known}")


class Files:
    """File access that serves each URI as its own scheme asks."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._environment = environment

    def get_data(self, uri: str, path: str) -> None:
        storage_for(uri, self._environment).get_data(uri, path)

    def put_data(self, path: str, uri: str) -> str:
        return storage_for(uri, self._environment).put_data(path, uri)

    def open_file(self, uri: str, mode: str) -> IO[bytes]:
        return storage_for(uri, self._environment).open_file(uri, mode)

    def list_directory(self, uri: str) -> Iterator[tuple[str, bool]]:
        return storage_for(uri, self._environment).list_directory(uri)
