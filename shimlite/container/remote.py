# SPDX-License-Identifier: Apache-2.0
"""``s3://``, ``gs://``, ``abfs://``, ``az://`` and ``http(s)://`` through obstore, the extra ``[remote]``.

obstore retries what is transient (answers of 5xx, lost connections, silence) and resumes a broken download; a put is
whole or not at all. What it cannot do is let a signal through while it waits, so it waits in a thread of its own here.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import os
from collections.abc import Iterator, Mapping
from typing import IO, Any, cast

from ..errors import NotFoundError, UriError
from ..files import LONGEST_KEY, check_name, scheme_of, shown
from ..trees import Source, inside, walk
from .answers import BaseError, GenericError, is_of_the_store, obstore, reported
from .keys import check_names
from .local import LARGEST_MESSAGE, beside, too_large
from .progress import Progress
from .settings import LONGEST_ANSWER, RETRIES, RETRY_FOR, SILENCE, place_of
from .store_streams import MOST_PARTS, PART, PARTS_AT_ONCE, STARTS, entries_of, read_store, write_store
from .threads import at_once, interruptible


class RemoteStorage:
    """Files in an object store. A directory is what its name begins; one that begins no name is not there."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._environment = environment

    def ready(self, uri: str) -> None:
        """Make the store of ``uri``, with the credentials of now. Raises UriError."""
        self._store_and_key(uri)

    @interruptible
    def read(self, uri: str) -> bytes:
        with reported("read", uri):
            store, key = self._store_and_key(uri)
            if not key and not _is_http(uri):
                raise UriError(f"cannot read {uri!r}: it names no file")
            found = obstore.get(store, key)
            if found.meta["size"] > LARGEST_MESSAGE:
                raise too_large(shown(uri))
            return bytes(found.bytes())

    @interruptible
    def write(self, uri: str, content: bytes) -> None:
        with reported("write", uri):
            store, key = self._store_and_key(uri)
            obstore.put(store, key, content)

    @interruptible
    def delete(self, uri: str) -> None:
        """Asks first, since deleting what is not there leaves a marker in a bucket that keeps versions."""
        with contextlib.suppress(NotFoundError), reported("remove", uri):
            store, key = self._store_and_key(uri)
            obstore.head(store, key)
            obstore.delete(store, key)

    @interruptible
    def get_data(self, uri: str, path: str) -> None:
        with reported("read", uri), Progress("downloaded", shown(uri)) as progress:
            store, key = self._store_and_key(uri)
            only_a_file = _is_http(uri)
            if only_a_file or (key and not key.endswith("/")):
                try:
                    _download(store, key, path, progress)
                    return
                except FileNotFoundError as error:
                    if only_a_file or not is_of_the_store(error):
                        raise
            _download_directory(store, key.rstrip("/"), path, progress)

    @interruptible
    def put_data(self, path: str, uri: str) -> str:
        with reported("write", uri), Progress("uploaded", shown(uri)) as progress:
            store, key = self._store_and_key(uri)
            tree = walk(path, f"cannot copy {path!r} to {shown(uri)!r}")
            if tree.folders:
                key = key.rstrip("/")
            check_names(tree, key)
            at_once(lambda name: _upload(store, inside(key, name), tree.open(name), progress), tree.files)
        return uri

    def open_file(self, uri: str, mode: str) -> IO[bytes]:
        verb = "write" if mode == "wb" else "read"
        with reported(verb, uri):
            store, key = self._store_and_key(uri)
            if _is_http(uri):
                if verb == "write":
                    raise UriError(f"cannot write {shown(uri)!r}: nothing is written over http")
            elif not key or key.endswith("/"):
                raise UriError(f"cannot {verb} {shown(uri)!r}: it names no file")
            elif verb == "write":
                check_name(key, LONGEST_KEY)  # the store would refuse it when all is written
            return (write_store if verb == "write" else read_store)(store, key, uri)

    def list_directory(self, uri: str) -> Iterator[tuple[str, bool]]:
        with reported("list", uri):
            if _is_http(uri):
                raise UriError(f"cannot list {shown(uri)!r}: http has files, and no directories")
            store, key = self._store_and_key(uri)
        return entries_of(store, key.rstrip("/"), uri, skips=place_of(uri, self._environment).kind != "AzureStore")

    def _store_and_key(self, uri: str) -> tuple[Any, str]:
        place = place_of(uri, self._environment)
        return _store(place.kind, place.root, place.config, place.plain_http), place.key


def _is_http(uri: str) -> bool:
    return scheme_of(uri) in ("http", "https")


@functools.lru_cache(maxsize=32)
def _store(kind: str, root: str, config: tuple[tuple[str, Any], ...], plain_http: bool) -> Any:
    """A store keeps its connections, and the credentials that it got."""
    import datetime as dt

    return getattr(obstore.store, kind)(
        root,
        **dict(config),
        client_options={"allow_http": plain_http, "timeout": LONGEST_ANSWER, "read_timeout": SILENCE},
        retry_config={
            "max_retries": RETRIES,
            "retry_timeout": RETRY_FOR,
            "backoff": {"init_backoff": dt.timedelta(seconds=0.2)},
        },
    )


def _download(store: Any, key: str, path: str, progress: Progress) -> None:
    """To a file of a name that no object has first, so that nobody takes a part for the whole."""
    with beside(path) as partial:
        _save(store, key, partial, progress)


def _save(store: Any, key: str, path: str, progress: Progress) -> None:
    starts = 0
    while True:
        starts += 1
        found = obstore.get(store, key)
        size, done = found.meta["size"], 0
        progress.expect(size)
        try:
            with open(path, "wb") as file:
                for chunk in found.stream(min_chunk_size=2**20):
                    file.write(chunk)
                    done += len(chunk)
                    progress.moved(len(chunk))
            return
        except GenericError:
            progress.expect(-size)
            progress.moved(-done)
            if starts == STARTS:
                raise


def _download_directory(store: Any, key: str, path: str, progress: Progress) -> None:
    prefix = f"{key}/" if key else ""
    found = (one for page in obstore.list(store, prefix) for one in page)
    first = next(found, None)
    if first is None:
        raise FileNotFoundError

    def fetch(one: Any) -> None:
        if one["path"] == key:  # the mark of the directory itself, which may have nothing else
            return
        try:
            _download(store, one["path"], _inside(path, one["path"].removeprefix(prefix)), progress)
        except FileNotFoundError as error:
            if one["size"] or not is_of_the_store(error):
                raise  # else it is the empty file "name/" with which consoles mark a directory, listed as "name"

    os.makedirs(path, exist_ok=True)
    at_once(fetch, itertools.chain([first], found))


def _inside(folder: str, name: str) -> str:
    path = os.path.realpath(os.path.join(folder, name))
    if not path.startswith(os.path.realpath(folder) + os.sep):
        raise UriError(f"the name {name[:100]!r} leads out of its directory")
    return path


def _upload(store: Any, key: str, source: Source, progress: Progress) -> None:
    """Raises LocalFileError where the source cannot be read to its end."""
    progress.expect(source.size)
    with source:
        try:
            obstore.put(
                store,
                key,
                cast(IO[bytes], _Counted(source, progress)),
                chunk_size=max(PART, -(-source.size // MOST_PARTS)),
                max_concurrency=PARTS_AT_ONCE,
            )
        except (BaseError, OSError) as error:
            raise (source.failure or error) from None


class _Counted:
    """An open file that tells how much of it has been read."""

    def __init__(self, file: Source, progress: Progress) -> None:
        self._file = file
        self._progress = progress
        self.seek, self.tell, self.close = file.seek, file.tell, file.close

    def read(self, size: int = -1) -> bytes:
        content = self._file.read(size)
        self._progress.moved(len(content))
        return content
