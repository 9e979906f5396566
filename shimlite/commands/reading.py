# SPDX-License-Identifier: Apache-2.0
"""The content of a file that argv names: a path, a URI, or ``-`` for standard input. Next: ``messages``."""

from __future__ import annotations

import sys

from ..container.storage import storage_for
from ..errors import StorageError

LARGEST_INPUT = 2**28
"""Bytes of standard input: it has no size of its own, and the largest files of Flyte's are of some 10 MB."""


def read_file(name: str) -> bytes:
    """The bytes. Raises StorageError, which names the file."""
    if name != "-":
        return storage_for(name).read(name)
    try:
        content: bytes = sys.stdin.buffer.read(LARGEST_INPUT + 1)
    except (AttributeError, OSError, ValueError):  # there is none, or it was closed
        raise StorageError("cannot read standard input") from None
    if len(content) > LARGEST_INPUT:
        raise StorageError(f"more than {LARGEST_INPUT} bytes on standard input")
    return content
