# SPDX-License-Identifier: Apache-2.0
"""What argv names as a file, read: its content, and the template in it. A file is a path, a URI, or ``-`` for standard
input. Next: ``messages``."""

from __future__ import annotations

import sys

from .._idl import TaskTemplate
from ..container.storage import storage_for
from ..errors import StorageError, TemplateError
from ..files import shown
from .archives import entries_of, is_archive
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
    """The template in a file, of whatever form ``messages`` knows, or in an archive of one. Raises StorageError and
    TemplateError."""
    return template_of(read_file(name), shown(name))


def template_of(content: bytes, path: str) -> TaskTemplate:
    """As ``read_template``, of what was read at ``path``."""
    template = _alone(content, path) if is_archive(content) else template_in(content, path)
    if template is None:
        raise TemplateError(f"{len(content)} bytes that are no TaskTemplate", path=path)
    return template


def _alone(content: bytes, path: str) -> TaskTemplate:
    """The one template of an archive."""
    try:
        entries = entries_of(content)
    except TemplateError as error:
        raise error.at(path)
    found = [template_in(one.content, f"{path}/{shown(one.name)}") for one in entries if one.content is not None]
    templates = [one for one in found if one is not None]
    if len(templates) != 1:
        hint = "shimlite inspect shows what it holds, tar -xf unpacks it"
        raise TemplateError(f"an archive of {len(templates)} templates, expected one", path=path, hint=hint)
    return templates[0]
