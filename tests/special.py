# SPDX-License-Identifier: Apache-2.0
"""Files that are no files, and a user who may not read what root may."""

from __future__ import annotations

import contextlib
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
NOBODY = 65534


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


def as_nobody(work: Callable[..., object], *arguments: object) -> str:
    """What ``work`` returns, as text, in a process that has no more rights than anybody."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
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
