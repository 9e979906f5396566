# SPDX-License-Identifier: Apache-2.0
"""What is in an archive of registrable tasks, as ``flytectl register files --archive`` takes it.

An archive is told by its content: a tar, or one under gzip. Nothing is unpacked to disk, and what is unpacked in memory
is bounded. The warnings are what flytectl 1.16.8 was seen to do. Next: ``descriptions``.
"""

from __future__ import annotations

import gzip
import io
import re
import tarfile
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from ..errors import TemplateError

LARGEST_ARCHIVE = 2**26
"""Bytes of an archive once it is unpacked: some thousand tasks, and little enough for a gzip that expands a lot."""

MOST_ENTRIES = 1000
"""Entries that are listed."""

_GZIP = b"\x1f\x8b"
_TAR = b"ustar"
_TAR_AT = 257
"""Where every tar of this century has that word."""

_BROKEN = "no whole tar archive"

_CODE = re.compile(r"(.*/)?fast[^/]*\.tar\.gz")
"""The name under which pyflyte adds the code of a project."""


class Entry(NamedTuple):
    """One entry of an archive."""

    name: str
    content: bytes | None
    """None where the entry is no file."""
    warnings: list[str]


def is_archive(content: bytes) -> bool:
    return content.startswith(_GZIP) or content[_TAR_AT : _TAR_AT + len(_TAR)] == _TAR


def entries_of(content: bytes) -> list[Entry]:
    """The entries in their order. Raises TemplateError for what is no whole archive, or a too large one."""
    data = _unpacked(content)
    if len(data) > LARGEST_ARCHIVE:
        raise TemplateError(f"an archive of more than {LARGEST_ARCHIVE} bytes once it is unpacked")
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
            entries = list(_entries(archive))
            is_whole = not any(data[archive.offset : archive.offset + tarfile.BLOCKSIZE])
    except TemplateError:
        raise
    except Exception:  # a hostile header raises whatever Python's tarfile comes upon
        raise TemplateError(_BROKEN) from None
    if not is_whole:  # Python takes a header that it cannot read for the end
        raise TemplateError(_BROKEN)
    return entries


def _unpacked(content: bytes) -> bytes:
    if not content.startswith(_GZIP):
        return content
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
            return file.read(LARGEST_ARCHIVE + 1)
    except (OSError, EOFError, zlib.error):
        raise TemplateError("no whole gzip file") from None


def _entries(archive: tarfile.TarFile) -> Iterator[Entry]:
    names: set[str] = set()
    for count, member in enumerate(archive):
        if count == MOST_ENTRIES:
            raise TemplateError(f"an archive of more than {MOST_ENTRIES} entries")
        is_file = member.isreg() and member.sparse is None  # a sparse one may be of any size
        file = archive.extractfile(member) if is_file else None
        content = file.read() if file is not None else None
        yield Entry(member.name, content, list(_warnings(member, content is not None, names)))
        names.add(_plain(member.name))


def _warnings(member: tarfile.TarInfo, is_file: bool, names: set[str]) -> Iterator[str]:
    """What flytectl does with the entry; ``names`` are those of the entries before it."""
    name = _plain(member.name)
    folder = name.rpartition("/")[0]
    if name.startswith("/") or ".." in name.split("/"):
        yield "its name leads out of the archive"
    if member.isdir():
        return
    if not is_file:
        yield "is no plain file, and flytectl leaves it out"
        return
    if folder and folder not in names:
        yield "is in a folder that is no entry before it, and flytectl then registers nothing"
    if not name.endswith(".pb") and not _CODE.fullmatch(name):
        yield "is not named .pb, and flytectl then registers nothing"
    if name in names:
        yield "is here twice, and flytectl registers the last one twice"


def _plain(name: str) -> str:
    return name.removeprefix("./").rstrip("/")


def what_else(name: str) -> str:
    """What an entry without a template is, by its name."""
    if _CODE.fullmatch(_plain(name)):
        return "code that pyflyte adds, no task"
    kinds = {"_2.pb": "a workflow, by its name: no task", "_3.pb": "a launch plan, by its name: no task"}
    return kinds.get(name[-len("_2.pb") :], "no template")
