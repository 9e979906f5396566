# SPDX-License-Identifier: Apache-2.0
"""What argv names as a file, read: its content, and the template in it. A file is a path, a URI, or ``-`` for standard
input. Next: ``messages``."""

from __future__ import annotations

import sys

from .._idl import TaskTemplate
from ..container.storage import storage_for
from ..errors import StorageError, TemplateError
from ..files import shown
from .archives import is_archive
from .messages import template_in

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


def read_template(name: str) -> TaskTemplate:
    """The template in a file, of whatever form ``messages`` knows. Raises StorageError and TemplateError."""
    content, path = read_file(name), shown(name)
    if is_archive(content):
        raise TemplateError("an archive, expected a template", path=path, hint="unpack it: tar -xf")
    template = template_in(content, path)
    if template is None:
        raise TemplateError(f"{len(content)} bytes that are no TaskTemplate", path=path)
    return template
