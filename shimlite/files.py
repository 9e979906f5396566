# SPDX-License-Identifier: Apache-2.0
"""How files move between where a URI says they are and this machine, and the local file system's way of it."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
import threading
from collections.abc import Iterator
from typing import IO, Protocol

from .errors import ConversionTypeError, StorageError, UriError, described
from .trees import Fails, Tree, inside, local_file_error, storage_error, walk

__all__ = ["FileAccess", "LocalFiles"]

LONGEST_NAME = 200
"""Bytes of a file's name that are kept; file systems take 255."""

REMOTE_SCHEMES = ("s3", "s3a", "gs", "abfs", "abfss", "az", "http", "https")
SCHEMES = ("file", *REMOTE_SCHEMES, "data", "inline")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+")

LONGEST_KEY = 1024
"""Characters of a key in a store. S3 and Google's count bytes, and refuse some more."""

CHUNK = 2**20
"""Bytes of a file that are copied as one."""


class FileAccess(Protocol):
    """How an executor moves files. flytekit's names, less its options."""

    def get_data(self, uri: str, path: str) -> None:
        """Copy what ``uri`` names, a file or a directory, to the local ``path``. Raises StorageError."""

    def put_data(self, path: str, uri: str) -> str:
        """Copy the local ``path``, a file or a directory, to ``uri``, and return ``uri``. Raises StorageError."""


class Streams(FileAccess, Protocol):
    """File access that also opens files where they are, and lists directories there. An executor's own may lack it."""

    def open_file(self, uri: str, mode: str) -> IO[bytes]:
        """The open file that ``uri`` names. ``mode`` is "rb" or "wb"; what is written is there once it is closed, and
        not at all where a ``with`` block raised. Raises StorageError, as the file does."""

    def list_directory(self, uri: str) -> Iterator[tuple[str, bool]]:
        """The name of each entry of the directory ``uri``, and whether that is a directory. Raises StorageError."""


class LocalFiles:
    """File access where every URI is a local path or a ``file://`` URI of one, taken as it is written.

    What cannot be read is the platform's fault where it was downloaded, and the executor's where it is uploaded.
    """

    def get_data(self, uri: str, path: str) -> None:
        _copy(local_path(uri), path, storage_error)

    def put_data(self, path: str, uri: str) -> str:
        _copy(path, local_path(uri), local_file_error)
        return uri

    def open_file(self, uri: str, mode: str) -> IO[bytes]:
        """In place of a file that is there a new one is put when it is closed, of the same mode, and of the same owner
        where this process may give it one; a hard link of it keeps what it was. Raises LocalFileError for what is no
        plain file, and StorageError."""
        from .streams import read_local, write_local

        return (write_local if mode == "wb" else read_local)(local_path(uri))

    def list_directory(self, uri: str) -> Iterator[tuple[str, bool]]:
        """In the order of names. A link is what it leads to; what is no directory counts as a file, and opening it
        tells what it is. Raises StorageError."""
        path = local_path(uri)
        try:
            names = sorted(os.listdir(path))
        except (OSError, ValueError) as error:
            raise storage_error(f"cannot list {path!r}", error, errno.ENOTDIR) from None
        return ((name, os.path.isdir(os.path.join(path, name))) for name in names)


def scheme_of(uri: str) -> str:
    """``s3`` of ``s3://bucket/key``; ``file`` of a local path."""
    scheme, separator, _ = uri.partition("://")
    return scheme if separator else "file"


def is_data(uri: str) -> bool:
    """Whether it is a ``data:`` URI, which has no slashes and may be of any length."""
    return uri[:5].lower() == "data:"


def shown(uri: str) -> str:
    """A URI without what may be a secret in it: the query of a signed one, a user and a password, its whole content."""
    if is_data(uri):
        return "data:…"
    scheme, separator, rest = uri.partition("://")
    if not separator or scheme == "file":
        return uri
    if scheme in ("abfs", "abfss", "az"):
        rest = rest.partition("?")[0]
    if scheme in ("http", "https"):
        rest = re.split("[?#]", rest, maxsplit=1)[0]
        host, slash, path = rest.partition("/")
        rest = f"{host.rpartition('@')[2]}{slash}{path}"
    return f"{scheme}://{rest}"


def is_local(uri: str) -> bool:
    return scheme_of(uri) == "file"


def local_path(uri: str) -> str:
    """The local path that a URI names. Raises UriError for another scheme than ``file``, also where its slashes lack.

    Who has a file of such a name writes ``./`` before it.
    """
    if not is_local(uri):
        raise UriError(
            f"cannot reach {scheme_of(uri)}:// from here",
            hint="only local paths; give the context the file access of shimlite.container",
        )
    path = uri.removeprefix("file://localhost" if uri.startswith("file://localhost/") else "file://")
    scheme, colon, rest = path.partition(":")
    if not path or (colon and (scheme in SCHEMES or (_SCHEME.fullmatch(scheme) and rest[:1] in ("", "/")))):
        raise UriError(f"{uri[:100]!r} is neither a path nor a URI")
    return path


def _copy(source: str, target: str, fails: Fails) -> None:
    """``fails`` makes the error for a source that cannot be read."""
    what = f"cannot copy {source!r} to {target!r}"
    tree = walk(source, what, fails)
    was_there = os.path.lexists(target)
    try:
        _copy_tree(tree, target)
    except (OSError, ValueError) as error:
        if not was_there:
            _remove(tree, target)  # half a copy, which on a full disk would take the room of an error document
        raise (error if isinstance(error, StorageError) else storage_error(what, error)) from None


def _copy_tree(tree: Tree, target: str) -> None:
    """Modes and times are those of the source for what is in a directory, and for that itself."""
    from shutil import copystat

    os.makedirs(os.path.dirname(target) or ".", exist_ok=True)
    for name in tree.folders:
        os.makedirs(inside(target, name), exist_ok=True)
    for name in tree.files:
        _copy_file(tree, name, inside(target, name))
    for name in (*filter(None, tree.files), *reversed(tree.folders)):
        copystat(inside(tree.path, name), inside(target, name))


def _copy_file(tree: Tree, name: str, target: str) -> None:
    from shutil import copyfileobj

    with tree.open(name) as source:
        with contextlib.suppress(FileNotFoundError):
            there = os.stat(target)
            if stat.S_ISFIFO(there.st_mode):
                raise tree.refusal(name, "would be copied to a FIFO")
            if os.path.samestat(there, source.stat):
                raise tree.refusal(name, "would be copied onto itself")
        with open(target, "wb") as file:
            copyfileobj(source, file, CHUNK)


def _remove(tree: Tree, target: str) -> None:
    """Remove what was copied of a tree; the target may hold what others put there meanwhile."""
    for name in tree.files:
        with contextlib.suppress(OSError, ValueError):
            os.unlink(inside(target, name))
    for name in reversed(tree.folders):
        with contextlib.suppress(OSError, ValueError):
            os.rmdir(inside(target, name))


def name_of(uri: str) -> str:
    """The last part of a URI, as a name that a file here can have and that leads nowhere else."""
    if scheme_of(uri) in ("http", "https"):
        uri = uri.partition("?")[0]
    name = uri.rstrip("/").rpartition("/")[2]
    kept = "".join(letter if letter.isalnum() or letter in "._-+=@ " else "_" for letter in name)
    while len(kept.encode()) > LONGEST_NAME:  # the end is what tells the format
        kept = kept[1:]
    return kept if kept.strip(". ") else "data"


def fault_of_name(name: str, room: int) -> str:
    """Why no store takes a file of this name, of which ``room`` characters fit into a key; empty where one does."""
    if len(name) > room:
        return f"it is longer than {LONGEST_KEY} characters with what stands before it"
    if any(letter < " " or letter == "\x7f" for letter in name):
        return "it has control characters"
    try:
        name.encode()
    except UnicodeEncodeError:
        return "it is no UTF-8"
    return ""


def below(uri: str, name: str) -> str:
    """The URI of what has this name in the directory ``uri``; ``a/b`` is ``b`` in its folder ``a``.

    The query of a signed http URI stays at its end. Raises UriError for a name that leads elsewhere, for one that the
    directory's store takes no file of, and for a URI of nothing; ConversionTypeError for a name that is no str.
    """
    name = text_of(name)
    if any(part in ("", ".", "..") for part in name.split("/")):
        raise UriError("a name in a directory has no empty or dotted part", hint="write 'a.csv' or 'folder/a.csv'")
    if is_local(uri):
        local_path(uri)  # refuses what is none
        return entry_of(uri, name)
    if not uri.partition("://")[2].strip("/"):
        raise UriError(f"{uri[:100]!r} is no directory")
    check_name(name, LONGEST_KEY - len(uri))
    directory, mark, query = uri, "", ""
    if scheme_of(uri) in ("http", "https"):
        from urllib.parse import quote

        directory, mark, query = uri.partition("?")
        name = quote(name)
    return f"{entry_of(directory, name)}{mark}{query}"


def text_of(name: object) -> str:
    """A name as a str of Python's own. Raises ConversionTypeError for what is no str."""
    if not isinstance(name, str):
        raise ConversionTypeError(path="name", expected="str", got=described(name))
    return str.__str__(name)  # a member of an enum would be formatted as its name


def check_name(name: str, room: int) -> None:
    """Raises UriError for a name that no store takes; ``room`` characters of it fit into a key."""
    fault = fault_of_name(name, room)
    if fault:
        raise UriError(f"no store takes a file of this name: {fault}")


def entry_of(directory: str, name: str) -> str:
    """The URI of what is listed under this name in a directory."""
    start = directory.find("://") + len("://") if "://" in directory else 0
    return f"{directory[:start]}{directory[start:].rstrip('/')}/{name}"


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
