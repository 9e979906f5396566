# SPDX-License-Identifier: Apache-2.0
"""What is to be copied from a local path: a file, or the files and folders of a directory, listed before any is copied.

Links are followed: a link to a file is a file, and a link to a directory is a directory of the link's name. What would
block, never end, or be no file is refused, by its name in the directory.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Callable, Iterator
from typing import IO, TypeAlias

from .errors import LocalFileError, NotFoundError, StorageError, UriError, cut

FILE, DIRECTORY, NOTHING = "a file", "a directory", "nothing at its path"
_KINDS = {
    stat.S_IFREG: FILE,
    stat.S_IFDIR: DIRECTORY,
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a character device",
    stat.S_IFBLK: "a block device",
}

LARGEST_UNSIZED = 2**26
"""Bytes that a file may have of which the system says that it has none, as of those in /proc. Some have no end."""
MOST_AGAIN = 1000
"""Directories that a walk may enter more than once, all counted. 30 directories can have 2**30 paths."""

Fails: TypeAlias = Callable[[str, Exception], StorageError]
"""Makes the error for what cannot be read, of what it is and of the operating system's words."""
_Chain: TypeAlias = "tuple[tuple[int, int], _Chain] | None"
"""Device and number of a directory, and the same of those above it."""


def local_file_error(what: str, error: Exception) -> LocalFileError:
    return LocalFileError(f"{what}: {reason_of(error)}")


def storage_error(what: str, error: Exception, *hopeless: int) -> StorageError:
    """One line of ours about a file: UriError where it cannot be reached, as the ``hopeless`` errnos tell too."""
    number = getattr(error, "errno", None)
    kind = NotFoundError if isinstance(error, FileNotFoundError) else StorageError
    if number in (errno.ENAMETOOLONG, errno.ELOOP, *hopeless) or not isinstance(error, OSError):
        kind = UriError
    return kind(f"{what}: {reason_of(error)}")


def reason_of(error: Exception) -> str:
    """The operating system's words, which hold no data."""
    return getattr(error, "strerror", None) or type(error).__name__


def kind_of(path: str) -> str:
    """What is at a path, in words: ``FILE`` or ``DIRECTORY`` only where it can be read."""
    try:
        kind = kind_at(path)
    except (OSError, ValueError) as error:
        unread = "a file that cannot be read" if isinstance(error, PermissionError) else NOTHING
        return _kind_of_link(path, error) or unread
    try:
        if kind == FILE:
            _open(path).close()
        elif kind == DIRECTORY:
            os.scandir(path).close()
    except OSError:
        return f"{kind} that cannot be read"
    return kind


def walk(path: str, what: str = "", fails: Fails = local_file_error) -> Tree:
    """The tree at ``path``. ``what`` begins the messages of its errors.

    Raises LocalFileError for what no copy can have, and what ``fails`` makes where something cannot be read.
    """
    tree = Tree(path, what, fails)
    try:
        kind = kind_at(path)
    except (OSError, ValueError) as error:
        raise tree.unreadable("", error) from None
    if kind == DIRECTORY:
        _Walk(tree).whole()
    else:
        tree.add_file("", kind)
    return tree


class Tree:
    """``folders`` and ``files`` are names relative to ``path``, which itself has the empty name."""

    def __init__(self, path: str, what: str, fails: Fails) -> None:
        self.path = path
        self.folders: list[str] = []
        self.files: list[str] = []
        self._what = f"{what}: " if what else ""
        self._fails = fails

    def open(self, name: str) -> Source:
        """A file of the tree, to read. Raises LocalFileError where it is no file any more, and as ``walk`` does."""
        try:
            file = _open(inside(self.path, name))
        except OSError as error:
            raise self.unreadable(name, error) from None
        kind = kind_at(file.fileno())
        if kind != FILE:
            file.close()
            raise self.refusal(name, f"is {kind}")
        return Source(file, self, name)

    def add_file(self, name: str, kind: str) -> None:
        """Raises LocalFileError for another kind, and as ``walk`` does where the file cannot be opened."""
        if kind != FILE:
            raise self.refusal(name, f"is {kind}")
        self.open(name).close()
        self.files.append(name)

    def refusal(self, name: str, words: str) -> LocalFileError:
        return LocalFileError(f"{self._what}{_shown(name)} {words}")

    def unreadable(self, name: str, error: Exception) -> StorageError:
        if self._what and not name:
            return self._fails(self._what.removesuffix(": "), error)
        return self._fails(f"{self._what}{_shown(name)} cannot be read", error)


class Source:
    """An open file of a tree. ``failure`` is what it raised, if it did: a library may raise another in its place.

    ``size`` is what the file's directory says.
    """

    def __init__(self, file: IO[bytes], tree: Tree, name: str) -> None:
        self._file = file
        self._tree = tree
        self._name = name
        self.stat: os.stat_result = os.fstat(file.fileno())
        self.size: int = self.stat.st_size
        self.failure: StorageError | None = None
        self.tell: Callable[[], int] = file.tell
        self.close: Callable[[], None] = file.close

    def __enter__(self) -> Source:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(self, size: int = -1) -> bytes:
        """Raises as ``walk`` does where the file cannot be read, or has nothing to read yet."""
        with self._noted():
            content: bytes | None = self._file.read(size)
            if content is None:
                raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
            if not self.size and self._file.tell() > LARGEST_UNSIZED:
                raise OSError(errno.EFBIG, "it has no end")
            return content

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Raises as ``walk`` does where the file has no such place."""
        with self._noted():
            return self._file.seek(offset, whence)

    @contextlib.contextmanager
    def _noted(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self.failure = self._tree.unreadable(self._name, error)
            raise self.failure from None


class _Walk:
    """One walk over a directory. It does not recurse, since a tree may be deeper than Python's stack."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._seen: set[tuple[int, int]] = set()
        self._again = 0

    def whole(self) -> None:
        above: _Chain = None
        for folder in _real_parents(self._tree.path):
            above = (_identity(folder), above)
            self._seen.add(above[0])
        left: list[tuple[str, _Chain]] = [("", above)]
        while left:
            name, above = left.pop()
            try:
                here = self._entered(name, above)
                names = sorted(os.listdir(inside(self._tree.path, name)))
            except OSError as error:
                raise self._tree.unreadable(name, error) from None
            folders = list(self._folders(inside(name, one) if name else one for one in names))
            left.extend((one, here) for one in reversed(folders))

    def _entered(self, name: str, above: _Chain) -> _Chain:
        """Raises LocalFileError where a walk that goes on here would not end."""
        identity = _identity(inside(self._tree.path, name))
        if identity in self._seen:
            if _is_in(identity, above):
                raise self._tree.refusal(name, "is a link that leads back to a directory above it")
            self._again += 1
            if self._again > MOST_AGAIN:
                raise self._tree.refusal(name, f"is reached again through links, after {MOST_AGAIN} other directories")
        self._seen.add(identity)
        self._tree.folders.append(name)
        return identity, above

    def _folders(self, names: Iterator[str]) -> Iterator[str]:
        """The directories among the names; the files are added to the tree."""
        for name in names:
            path = inside(self._tree.path, name)
            try:
                kind = kind_at(path)
            except OSError as error:
                link = _kind_of_link(path, error)
                raise (self._tree.refusal(name, f"is {link}") if link else self._tree.unreadable(name, error)) from None
            if kind == DIRECTORY:
                yield name
            else:
                self._tree.add_file(name, kind)


def inside(path: str, name: str) -> str:
    return f"{path}/{name}" if name else path


def _shown(name: str) -> str:
    return repr(cut(name)) if name else "it"


def kind_at(path: str | int) -> str:
    """In words: ``FILE``, ``DIRECTORY`` or another. Raises OSError, and ValueError for what cannot be a path."""
    return _KINDS.get(stat.S_IFMT(os.stat(path).st_mode), "a special file")


def _kind_of_link(path: str, error: Exception) -> str:
    """What a link is that leads nowhere; empty for all else."""
    number = getattr(error, "errno", None)
    if number == errno.ELOOP:
        return "a link that leads to itself"
    return "a link that names nothing" if number in (errno.ENOENT, errno.ENOTDIR) and os.path.islink(path) else ""


def _open(path: str) -> IO[bytes]:
    """Raises OSError."""
    return open(path, "rb", buffering=0, opener=open_at_once)


def open_at_once(path: str, flags: int) -> int:
    """An ``opener``: it does not wait for somebody who writes to a FIFO."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0))


def _identity(path: str) -> tuple[int, int]:
    found = os.stat(path)
    return found.st_dev, found.st_ino


def _real_parents(path: str) -> Iterator[str]:
    """The directories that ``path`` is in, links followed."""
    real = os.path.realpath(path)
    while os.path.dirname(real) != real:
        real = os.path.dirname(real)
        yield real


def _is_in(identity: tuple[int, int], chain: _Chain) -> bool:
    while chain is not None:
        if chain[0] == identity:
            return True
        chain = chain[1]
    return False
