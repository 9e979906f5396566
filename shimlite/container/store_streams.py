# SPDX-License-Identifier: Apache-2.0
"""Files in a store that are read and written where they are, and directories that are listed there.

Each request waits as ``threads`` has it, so that a signal gets through; what a request asked of an open file is taken
up only when it comes back, so that whoever catches what a signal raised can go on reading. Next: ``remote``.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any

from ..errors import StorageError, UriError
from ..files import shown
from ..streams import BUFFER, Target, Written
from .answers import GenericError, InvalidPathError, obstore, reported
from .threads import at_once, briefly, interruptible

PART = 8 * 2**20
"""Bytes of a large upload that are sent as one: AT_ONCE files of PARTS_AT_ONCE parts are all that is held in memory; of
a stream PARTS_OF_STREAM, and the one that is being filled."""
PARTS_AT_ONCE, PARTS_OF_STREAM = 4, 3
MOST_PARTS = 10_000
"""Parts that S3 puts together. Larger files get larger parts; a stream's size is not known when its first is sent."""
STARTS = 3
"""How often a download whose body breaks off is begun, where obstore cannot resume it."""
CHUNK = 2**20
"""Bytes that are taken from a store at a time, and at first after a ``seek``."""
PAGE = 1000
"""Keys that S3 lists at a time."""
LAST = "\U0010ffff"
"""The character that comes after all others."""
LONGEST_DROP = 5.0
"""Seconds that the end of an upload which nobody wants is waited for: a pod that is stopped has 30."""


def read_store(store: Any, key: str, uri: str) -> IO[bytes]:
    """The file, open to be read. Raises StorageError, as reading from it does."""
    return io.BufferedReader(_Source(store, key, uri), BUFFER)


def write_store(store: Any, key: str, uri: str) -> IO[bytes]:
    """A new file. Nothing is asked of the store before there is a part to send, or the file is closed."""
    return Written(_Target(store, key, uri))


class _Source(io.RawIOBase):
    """A file as it was when it was opened: read on with one request for all, elsewhere with ever larger ones."""

    def __init__(self, store: Any, key: str, uri: str) -> None:
        self._store, self._key, self._uri = store, key, uri
        found = self._first()
        self._size: int = found.meta["size"]
        tag = found.meta["e_tag"]
        self._same = {} if not tag or tag.startswith("W/") else {"if_match": tag}  # no weak one ever matches
        self._at = 0
        self._chunk = memoryview(b"")
        self._stream: Any = _chunks(found)
        self._ahead = self._size

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Raises ValueError for a place before the file, and for an unknown ``whence``."""
        starts = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}
        if whence not in starts or starts[whence] + offset < 0:
            raise ValueError("no place in a file")
        step = starts[whence] + offset - self._at
        self._at += step
        if 0 <= step <= len(self._chunk):
            self._chunk = self._chunk[step:]
        else:
            self._chunk, self._stream, self._ahead = memoryview(b""), None, CHUNK
        return self._at

    def readinto(self, buffer: Any) -> int:
        if not self._chunk and self._at < self._size:
            with reported("read", self._uri):
                self._chunk = memoryview(self._next_chunk())
        count = min(len(buffer), len(self._chunk))
        buffer[:count] = self._chunk[:count]
        self._chunk = self._chunk[count:]
        self._at += count
        return count

    def close(self) -> None:
        self._chunk, self._stream = memoryview(b""), None
        super().close()

    def _next_chunk(self) -> Any:
        failures = 0
        while True:
            stream, self._stream = self._stream, None
            is_new = stream is None
            try:
                chunk, stream = _next_of(stream, self._part)
            except GenericError:
                failures += 1
                if failures == STARTS:
                    raise
                continue
            if is_new:
                self._ahead *= 2
            if chunk:
                self._stream = stream
                return chunk
            if is_new:
                raise StorageError(f"cannot read {shown(self._uri)!r}: it ends before its end")

    def _part(self) -> Any:
        """What comes next, as far as it is asked for at once."""
        until = min(self._size, self._at + self._ahead)
        options: Any = dict(self._same)
        if (self._at, until) != (0, self._size):  # all of a file is given by servers that give no part of one too
            options["range"] = self._at, until
        return _chunks(obstore.get(self._store, self._key, options=options))

    @interruptible
    def _first(self) -> Any:
        return obstore.get(self._store, self._key)


def _chunks(found: Any) -> Iterator[Any]:
    return iter(found.stream(min_chunk_size=CHUNK))


@interruptible
def _next_of(stream: Any, begin: Callable[[], Any]) -> tuple[Any, Any]:
    """The next chunk, empty at the end, and the stream that it came from."""
    if stream is None:
        stream = begin()
    return next(stream, b""), stream


class _Target(Target):
    """Sent in parts, which become a file when it is kept."""

    def __init__(self, store: Any, key: str, uri: str) -> None:
        self._uri = uri
        self._writer: Any = obstore.open_writer(store, key, buffer_size=PART, max_concurrency=PARTS_OF_STREAM)
        super().__init__(shown(uri))

    def _put(self, content: bytes) -> int:
        if self.tell() + len(content) > PART * MOST_PARTS:
            raise UriError(
                f"cannot write {self.shown!r}: more than {PART * MOST_PARTS // 2**30} GiB are not written so",
                hint="write a local file and return that",
            )
        with reported("write", self._uri):
            interruptible(self._writer.write)(content)
        return len(content)

    def _keep(self) -> None:
        with reported("write", self._uri):
            interruptible(self._writer.close)()

    def _drop(self) -> None:
        """The parts are removed too, as far as the store answers: nobody sees them, and they cost what files do."""
        briefly(lambda: self._writer.__exit__(StorageError, None, None), LONGEST_DROP)


def entries_of(store: Any, key: str, uri: str, skips: bool) -> Iterator[tuple[str, bool]]:
    """The name of each entry of a directory, and whether it is one. A directory that begins no key is not there.

    The keys below are listed page by page; those of a large directory in it are passed over where the store ``skips``.
    """
    with reported("list", uri):
        yield from _Listing(store, f"{key}/" if key else "", skips).entries()


class _Listing:
    """One listing of the keys that a prefix begins. Not all stores list in order, so what was seen is remembered."""

    def __init__(self, store: Any, prefix: str, skips: bool) -> None:
        self._store = store
        self._prefix = prefix
        self._skips = skips
        self._folders: set[str] = set()
        self._files_above: list[str] = []
        """Those that the name which is looked at begins with."""

    def entries(self) -> Iterator[tuple[str, bool]]:
        pages, count, passed = self._pages(None), 0, ""
        while True:
            try:
                page = _next_page(pages)
            except InvalidPathError:  # of a key that no request could name, perhaps further below
                if count:
                    raise
                page = self._level()
                pages = iter(())
            if not page:
                break
            count += len(page)
            sizes = [(one["path"].removeprefix(self._prefix), one["size"]) for one in page if not self._is_own(one)]
            names = [name for name, _ in sizes]
            yield from self._new(names, self._marks(name for name, size in sizes if not size and "/" not in name))
            folder = _folder_of_all(names)
            if folder not in ("", passed) and self._skips:
                pages, passed = self._pages(f"{self._prefix}{folder}/{LAST}"), folder
        if not count and self._prefix:
            raise FileNotFoundError

    def _pages(self, after: str | None) -> Iterator[Any]:
        return iter(obstore.list(self._store, self._prefix, offset=after, chunk_size=PAGE))

    def _level(self) -> list[Any]:
        """The entries all at once, each directory as the key of something in it."""
        found = _one_level(self._store, self._prefix)
        inside = [{"path": f"{folder}/.", "size": 1} for folder in found["common_prefixes"]]
        return sorted([*found["objects"], *inside], key=lambda one: str(one["path"]))

    def _new(self, names: list[str], marks: set[str]) -> Iterator[tuple[str, bool]]:
        for name in names:
            self._files_above = [file for file in self._files_above if name.startswith(file)]
            first, slash, _ = name.partition("/")
            if not slash and name not in marks and name not in self._files_above:
                self._files_above.append(name)
                yield name, False
            elif first not in self._folders:
                self._folders.add(first)
                yield f"{first}/" if first in self._files_above else first, True

    def _marks(self, names: Iterable[str]) -> set[str]:
        """Those of some empty files that are none: ``name/`` is the key of one by which consoles mark a directory, and
        it is listed as ``name``."""
        marks = set()

        def ask(name: str) -> None:
            try:
                obstore.head(self._store, f"{self._prefix}{name}")
            except FileNotFoundError:
                marks.add(name)

        at_once(ask, names)
        return marks

    def _is_own(self, one: Any) -> bool:
        """Whether a key marks the listed directory itself."""
        return f"{one['path']}/" == self._prefix


def _folder_of_all(names: list[str]) -> str:
    """The directory that all are in; empty where there are several, or fewer names than fill a page."""
    folders = {name.partition("/")[0] if "/" in name else "" for name in names}
    return folders.pop() if len(folders) == 1 and len(names) >= PAGE else ""


@interruptible
def _next_page(pages: Iterator[Any]) -> Any:
    return next(pages, [])


@interruptible
def _one_level(store: Any, prefix: str) -> Any:
    return obstore.list_with_delimiter(store, prefix)
