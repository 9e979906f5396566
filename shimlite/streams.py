# SPDX-License-Identifier: Apache-2.0
"""Open files, as Python's ``open`` returns them: text over any, whole files or none where they are written, local ones.

A file that is written is there once it is closed, whole. Where its ``with`` block raises, or nobody closes it, nothing
is there, and a file that was there before stays as it was. Where files are is not known here: ``files`` says it for
local ones, and comes next; ``container.store_streams`` opens those of stores.
"""

from __future__ import annotations

import abc
import contextlib
import errno
import io
import os
from collections.abc import Callable
from typing import IO, TYPE_CHECKING, Any, NoReturn, TypeVar, cast

from .errors import LocalFileError, StorageError
from .trees import DIRECTORY, FILE, kind_at, open_at_once, storage_error

LARGEST_PIECE = 2**20
"""Bytes that are written as one: what is in memory does not grow with what a caller writes at a time."""
BUFFER = 2**16
"""Bytes that are read ahead."""
MODES = {"r": "rb", "rt": "rb", "rb": "rb", "w": "wb", "wt": "wb", "wb": "wb"}
"""The modes that files open in, and what each asks of the file below."""
NEW, PRIVATE, ALL_RIGHTS = 0o666, 0o600, 0o777
"""The mode of a new file, less what the process's umask takes; that of what only its owner reads; and what of any mode
says who may do what."""
LONGEST_PART = 255
"""Bytes of a file's name on most file systems."""
NO_FILE = (errno.EISDIR, errno.ENOTDIR)
"""How reading and writing fails for a path that is no file's, whoever tries again."""

if TYPE_CHECKING:
    _File = io.IOBase
else:
    _File = object

_T = TypeVar("_T")


def open_as(
    mode: str,
    open_binary: Callable[[str], IO[bytes]],
    encoding: str | None = None,
    errors: str | None = None,
    newline: str | None = None,
) -> IO[Any]:
    """What ``open_binary`` returns for "rb" or "wb", as text where ``mode`` asks for it, as Python's ``open`` has it.

    Raises ValueError for a mode that no file here opens in, and for an encoding of what is no text; TypeError for what
    is no str; and what ``open`` raises for the name of no encoding.
    """
    asked: dict[str, object] = {"encoding": encoding, "errors": errors, "newline": newline}
    options = {name: option for name, option in asked.items() if option is not None}
    for name, option in {"mode": mode, **options}.items():
        if not isinstance(option, str):
            raise TypeError(f"the {name} of an open file is a str")
    if mode not in MODES:
        raise ValueError(f"a file here opens as {', '.join(MODES)}, and not otherwise")
    if mode.endswith("b"):
        if options:
            raise ValueError("encoding, errors and newline are for text, and this mode is for bytes")
        return open_binary(mode)
    io.TextIOWrapper(io.BytesIO(), encoding, errors, newline)  # refuses what it does not know before a file is there
    file = open_binary(MODES[mode])
    if isinstance(file, Written):
        return WrittenText(file, encoding, errors, newline)
    return io.TextIOWrapper(file, encoding, errors, newline)


class Target(io.RawIOBase):
    """Where the bytes of a file go that is there as a whole or not at all: ``keep`` makes it be there.

    Closing one that was not kept drops it. After a write that failed or was interrupted nobody knows what arrived, so
    that drops it too, and what is written then is refused. ``shown`` names the file in messages. It is not copied:
    the end of a copy would drop the file.
    """

    is_kept: bool = False
    is_dropped: bool = True
    """Until it is open: Python closes also what could not be."""
    is_given_up: bool = False
    """It was dropped where an error told so, or who wrote it wanted that: not because nobody closed it."""
    is_seekable: bool = False
    paths: tuple[str, ...] = ()
    """The local files that it writes or replaces."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self._size = 0
        self._pid = os.getpid()
        self.is_dropped = False

    @abc.abstractmethod
    def _put(self, content: bytes) -> int:
        """Write some of it. Raises StorageError."""

    @abc.abstractmethod
    def _keep(self) -> None:
        """Make the file be there. Raises StorageError."""

    @abc.abstractmethod
    def _drop(self) -> None:
        """Remove what was written. Raises nothing."""

    def __reduce__(self) -> NoReturn:
        raise TypeError("an open file is neither copied nor pickled")

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self.is_seekable

    def tell(self) -> int:
        return self._size

    def write(self, content: Any) -> int:
        """Write the beginning of it, and return how many bytes that was. Raises StorageError."""
        self._check()
        with memoryview(content) as whole:
            count = self._or_dropped(lambda: self._put(bytes(whole[:LARGEST_PIECE])))
        self._size += count
        return count

    def keep(self) -> None:
        """All is written. Raises StorageError where the file cannot be kept, or was dropped before."""
        if not self.is_kept:
            self._check()
            self._or_dropped(self._keep)
            self.is_kept = True

    def drop(self, is_wanted: bool = True) -> None:
        """Leave no file, where it is not kept yet."""
        if not (self.is_kept or self.is_dropped):
            self.is_dropped, self.is_given_up = True, is_wanted
            if self._pid == os.getpid():  # a child that was forked has no part in it
                self._drop()

    def close(self) -> None:
        if not self.closed:
            self.drop(is_wanted=False)
        super().close()

    def _check(self) -> None:
        if self._pid != os.getpid():
            raise StorageError(f"cannot write {self.shown!r}: another process opened it")
        if self.is_dropped:
            raise StorageError(f"cannot write {self.shown!r}: an earlier write to it did not succeed")

    def _or_dropped(self, work: Callable[[], _T]) -> _T:
        try:
            return work()
        except BaseException:
            self.drop()
            raise


class Whole(_File):
    """What ends a file that is written, as bytes or as text, and so keeps it or drops it."""

    @abc.abstractmethod
    def _target(self) -> Target:
        """Where it is written to."""

    def close(self) -> None:
        """Keep the file. Raises StorageError where it cannot be kept, and then there is none."""
        if self.closed:
            return
        try:
            self.flush()
            self._target().keep()
        except BaseException:
            self.drop()
            raise
        super().close()

    def drop(self, is_wanted: bool = True) -> None:
        """Close without a file."""
        self._target().drop(is_wanted)
        with contextlib.suppress(StorageError):  # of what was not written yet
            super().close()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.close()
        else:
            self.drop(is_wanted=issubclass(kind, Exception))  # a generator that nobody ends tells nobody

    def __del__(self) -> None:
        with contextlib.suppress(Exception):  # it was detached, or could not be opened
            self.drop(is_wanted=False)


class Written(Whole, io.BufferedWriter):
    """An open binary file that is there once it is closed."""

    raw: Target

    def __init__(self, target: Target) -> None:
        super().__init__(target, LARGEST_PIECE)

    def _target(self) -> Target:
        return self.raw


class WrittenText(Whole, io.TextIOWrapper):
    """An open text file that is there once it is closed."""

    def __init__(self, file: Written, encoding: str | None, errors: str | None, newline: str | None) -> None:
        file.raw.is_seekable = True  # else TextIOWrapper writes UTF-16 without its mark
        try:
            super().__init__(file, encoding, errors, newline)
        finally:
            file.raw.is_seekable = False

    def _target(self) -> Target:
        return cast(Written, self.buffer).raw


def read_local(path: str) -> IO[bytes]:
    """The local file, open to be read. Raises StorageError, as reading from it does."""
    return io.BufferedReader(_LocalSource(path), BUFFER)


def write_local(path: str) -> IO[bytes]:
    """A new local file, which takes its place when it is closed. Raises StorageError, as writing to it does."""
    return Written(_LocalTarget(path))


class _LocalSource(io.FileIO):
    def __init__(self, path: str) -> None:
        self._what = f"cannot read {path!r}"
        with _reported(self._what):
            super().__init__(path, opener=open_at_once)
            try:
                _check_kind(self._what, self.fileno())
            except StorageError:
                self.close()
                raise

    def readinto(self, buffer: Any) -> int | None:
        with _reported(self._what):
            return super().readinto(buffer)

    def readall(self) -> bytes:
        with _reported(self._what):
            return super().readall()


class _LocalTarget(Target):
    """Written beside the file, under a name that no other has, and renamed.

    Who may read and write the file is what it was before; what is not kept is another name (a hard link) of it.
    """

    def __init__(self, path: str) -> None:
        self._what = f"cannot write {path!r}"
        with _reported(self._what):
            self._path = _path_of_file(path)
            self._before = _file_at(self._what, self._path)
            if self._before is not None:
                os.close(open_at_once(self._path, os.O_WRONLY))  # refused where this process may not write to it
            self._partial = partial_of(self._path)
            mode = PRIVATE if self._before else NEW  # for those who could read what was there, once it is whole
            self._file = open(  # noqa: SIM115 - closed with the target
                self._partial, "xb", buffering=0, opener=lambda name, flags: os.open(name, flags, mode)
            )
            self.paths = self._path, self._partial
        super().__init__(path)

    def _put(self, content: bytes) -> int:
        with _reported(self._what):
            return self._file.write(content)

    def _keep(self) -> None:
        with _reported(self._what):
            before = _file_at(self._what, self._path) or self._before
            if before is not None:
                _let_in_the_same(self._file.fileno(), before)
            self._file.close()
            os.replace(self._partial, self._path)

    def _drop(self) -> None:
        with contextlib.suppress(OSError):
            self._file.close()
        with contextlib.suppress(OSError):
            os.unlink(self._partial)


def _path_of_file(path: str) -> str:
    """A link stays, and what it leads to is written. Raises OSError for a path that only a directory can have."""
    if os.path.basename(path) in ("", os.curdir, os.pardir):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if any(len(os.fsencode(part)) > LONGEST_PART for part in path.split("/")):
        raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG))  # before a folder is made for it
    return os.path.realpath(path)


def _file_at(what: str, path: str) -> os.stat_result | None:
    """What the system says of the file at this path, if one is. Raises OSError, and LocalFileError for what is none."""
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return None
    _check_kind(what, path)
    return found


def _let_in_the_same(descriptor: int, file: os.stat_result) -> None:
    """Give an open file the group, the owner and the mode of another, as far as this process and the file system can.

    A program that ran as its owner does so no more, as after any write.
    """
    for user, group in ((-1, file.st_gid), (file.st_uid, -1)):
        with contextlib.suppress(OSError, AttributeError):  # not every system has owners
            os.chown(descriptor, user, group)
    with contextlib.suppress(OSError):
        os.chmod(descriptor, file.st_mode & ALL_RIGHTS)


def partial_of(path: str) -> str:
    """A name that no file has, in the folder of ``path``, which is made where it is not there. Raises OSError."""
    folder = os.path.dirname(path) or "."
    os.makedirs(folder, exist_ok=True)
    return os.path.join(folder, f".partial-{os.urandom(16).hex()}")


def _check_kind(what: str, path: str | int) -> None:
    """Raises LocalFileError where something else than a file is there, and OSError."""
    kind = kind_at(path)
    if kind == DIRECTORY:
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if kind != FILE:
        raise LocalFileError(f"{what}: it is {kind}")


class _reported:  # noqa: N801 - used as a function
    """Turns what the operating system says into one line of ours."""

    def __init__(self, what: str) -> None:
        self._what = what

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, (OSError, ValueError)) and not isinstance(error, StorageError):
            raise storage_error(self._what, error, *NO_FILE) from None
