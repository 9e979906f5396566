# SPDX-License-Identifier: Apache-2.0
"""Files that are no files, and a process that may not read what root may."""

from __future__ import annotations

import contextlib
import ctypes
import os
import pathlib
import socket
from collections.abc import Callable
from typing import Any

KINDS = {
    "fifo": "a FIFO",
    "socket": "a socket",
    "broken": "a link that names nothing",
    "self": "a link that leads to itself",
    "null": "a character device",
    "block": "a block device",
}
"""What ``make`` makes, and the words for it."""
CAPABILITY_VERSION_3 = 0x20080522
"""``_LINUX_CAPABILITY_VERSION_3`` of ``capset(2)``."""


def make(kind: str, path: pathlib.Path) -> None:
    """A special file. Without root's rights a block device is a link to one of the system's."""
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as made, _in_folder(path.parent):
            made.bind(path.name)
    elif kind == "block":
        try:
            os.mknod(path, 0o60600, os.makedev(7, 0))
        except PermissionError:
            path.symlink_to(next(one for one in pathlib.Path("/dev").iterdir() if one.is_block_device()))
    else:
        path.symlink_to({"broken": "none", "self": path.name, "null": "/dev/null"}[kind])


@contextlib.contextmanager
def _in_folder(folder: pathlib.Path) -> Any:
    """A socket's name may be of 107 bytes."""
    before = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def without_privileges(work: Callable[..., object], *arguments: object) -> str:
    """What ``work`` returns, as text, in a process that a file's mode binds, even where root runs the tests."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            _drop_capabilities()
            os.write(writing, str(work(*arguments)).encode())
        except BaseException as error:
            os.write(writing, f"{type(error).__name__}: {error}".encode())
        finally:
            os._exit(0)
    os.close(writing)
    with open(reading, "rb") as file:
        text = file.read().decode()
    os.waitpid(child, 0)
    return text


def _drop_capabilities() -> None:
    """The user stays, so that what the tests' own folders allow does not matter."""
    header, none = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0), (ctypes.c_uint32 * 6)()
    if ctypes.CDLL(None, use_errno=True).capset(header, none):
        raise OSError(ctypes.get_errno(), "capset")
