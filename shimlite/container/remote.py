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
import re
from collections.abc import Iterator, Mapping
from typing import IO, Any, cast

from ..errors import MissingExtraError, NotFoundError, StorageError, UriError
from ..files import scheme_of, shown
from ..trees import Source, inside, walk
from .keys import check_names
from .local import LARGEST_MESSAGE, beside, too_large
from .progress import Progress
from .settings import LONGEST_ANSWER, RETRIES, RETRY_FOR, SILENCE, place_of
from .threads import at_once, interruptible

try:
    import obstore
    from obstore.exceptions import (
        BaseError,
        GenericError,
        InvalidPathError,
        PermissionDeniedError,
        UnauthenticatedError,
    )
except ImportError:
    raise MissingExtraError("URIs of other machines need obstore", hint="pip install 'shimlite[remote]'") from None

PART = 8 * 2**20
"""Bytes of a large upload that are sent as one: AT_ONCE files of PARTS_AT_ONCE parts are all that is held in memory."""
PARTS_AT_ONCE = 4
MOST_PARTS = 10_000
"""Parts that S3 puts together. Larger files get larger parts."""
STARTS = 3
"""How often a download whose body breaks off is begun, where obstore cannot resume it."""


class RemoteStorage:
    """Files in an object store. A directory is what its name begins; one without files cannot be told from none."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._environment = environment

    def ready(self, uri: str) -> None:
        """Make the store of ``uri``, with the credentials of now. Raises UriError."""
        self._store_and_key(uri)

    @interruptible
    def read(self, uri: str) -> bytes:
        with _reported("read", uri):
            store, key = self._store_and_key(uri)
            if not key and scheme_of(uri) not in ("http", "https"):
                raise UriError(f"cannot read {uri!r}: it names no file")
            found = obstore.get(store, key)
            if found.meta["size"] > LARGEST_MESSAGE:
                raise too_large(shown(uri))
            return bytes(found.bytes())

    @interruptible
    def write(self, uri: str, content: bytes) -> None:
        with _reported("write", uri):
            store, key = self._store_and_key(uri)
            obstore.put(store, key, content)

    @interruptible
    def delete(self, uri: str) -> None:
        """Asks first, since deleting what is not there leaves a marker in a bucket that keeps versions."""
        with contextlib.suppress(NotFoundError), _reported("remove", uri):
            store, key = self._store_and_key(uri)
            obstore.head(store, key)
            obstore.delete(store, key)

    @interruptible
    def get_data(self, uri: str, path: str) -> None:
        with _reported("read", uri), Progress("downloaded", shown(uri)) as progress:
            store, key = self._store_and_key(uri)
            only_a_file = scheme_of(uri) in ("http", "https")
            if only_a_file or (key and not key.endswith("/")):
                try:
                    _download(store, key, path, progress)
                    return
                except FileNotFoundError as error:
                    if only_a_file or not _is_of_the_store(error):
                        raise
            _download_directory(store, key.rstrip("/"), path, progress)

    @interruptible
    def put_data(self, path: str, uri: str) -> str:
        with _reported("write", uri), Progress("uploaded", shown(uri)) as progress:
            store, key = self._store_and_key(uri)
            tree = walk(path, f"cannot copy {path!r} to {shown(uri)!r}")
            if tree.folders:
                key = key.rstrip("/")
            check_names(tree, key)
            at_once(lambda name: _upload(store, inside(key, name), tree.open(name), progress), tree.files)
        return uri

    def _store_and_key(self, uri: str) -> tuple[Any, str]:
        place = place_of(uri, self._environment)
        return _store(place.kind, place.root, place.config, place.plain_http), place.key


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
    found = (one for page in obstore.list(store, prefix) for one in page if one["path"] != key)
    first = next(found, None)
    if first is None:
        raise FileNotFoundError

    def fetch(one: Any) -> None:
        try:
            _download(store, one["path"], _inside(path, one["path"].removeprefix(prefix)), progress)
        except FileNotFoundError as error:
            if one["size"] or not _is_of_the_store(error):
                raise  # else it is the empty file "name/" with which consoles mark a directory, listed as "name"

    os.makedirs(path, exist_ok=True)
    at_once(fetch, itertools.chain([first], found))


def _is_of_the_store(error: FileNotFoundError) -> bool:
    """And not of the local disk."""
    return error.errno is None


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


@contextlib.contextmanager
def _reported(verb: str, uri: str) -> Iterator[None]:
    """Turns what obstore and the local disk raise into one line of ours."""
    try:
        yield
    except (BaseError, OSError, ValueError) as error:
        if isinstance(error, StorageError):
            raise
        raise _kind(error)(f"cannot {verb} {shown(uri)!r}: {_reason(error)}") from None


def _kind(error: Exception) -> type[StorageError]:
    if isinstance(error, FileNotFoundError) and _is_of_the_store(error):
        return NotFoundError
    return UriError if isinstance(error, (InvalidPathError, ValueError)) else StorageError


_STATUS = re.compile(r"status code: (\d{3}(?: [A-Z][A-Za-z]*)*)")
_CODE = re.compile(r"<Code>(\w{1,60})</Code>")
_KIND = re.compile(r"kind: (Connect|Timeout|Request|Decode|Interrupted)\b")
_KINDS = {"Connect": "no connection", "Timeout": "no answer in time"}
_OTHERS = {
    GenericError: "the answer makes no sense",
    InvalidPathError: "a name has an empty or dotted part",
    UnicodeEncodeError: "a name is no UTF-8",
    ValueError: "a name or address is not one that can be reached",
}


def _reason(error: Exception) -> str:
    """In few words; obstore's own are many, and hold the answer of the store."""
    if isinstance(error, OSError) and error.errno is not None:
        return error.strerror or type(error).__name__
    text = str(error)
    status, code, kind = (pattern.search(text) for pattern in (_STATUS, _CODE, _KIND))
    if isinstance(error, FileNotFoundError):
        said = "it is not there"
    elif isinstance(error, PermissionDeniedError):
        said = "permission denied"
    elif isinstance(error, UnauthenticatedError):
        said = "not authenticated"
    elif status:
        said = f"the store answers {status[1]}"
    else:
        said = _KINDS.get(kind[1], "the connection broke") if kind else _OTHERS.get(type(error), type(error).__name__)
    return f"{said} ({code[1]})" if code else said
