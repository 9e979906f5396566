# SPDX-License-Identifier: Apache-2.0
"""Local files among the outputs: where each will be, decided while outputs are encoded, and its upload afterwards.

Nothing is uploaded unless all outputs are in order, and ``outputs.pb`` is written only when all uploads are done.
"""

from __future__ import annotations

import os
from typing import Any

from .._idl import LiteralMap
from ..context import Context
from ..errors import ConversionValueError
from ..files import FileAccess, is_local, local_path, name_of
from ..shim import ExecutableTemplateShimTask
from ..values import FlyteDirectory, FlyteFile
from .offloading import put_together
from .process import alone
from .threads import at_once


def dispatch(task: ExecutableTemplateShimTask, context: Context, inputs: LiteralMap) -> LiteralMap:
    """Run the pair on inputs that may be offloaded, and upload the local files among its outputs.

    Raises what ``dispatch_execute`` does, and StorageError.
    """
    context.incoming = put_together
    context.outgoing = outgoing = Outgoing(context.raw_output_prefix, context.file_access)
    with alone():
        outputs = task.dispatch_execute(context, inputs)
    outgoing.upload()
    return outputs


class Outgoing:
    """Gives what lies on this machine a place of its own under ``prefix``; all else keeps its URI."""

    def __init__(self, prefix: str, files: FileAccess) -> None:
        self._prefix = prefix.rstrip("/")
        self._files = files
        self._planned: dict[str, str] = {}

    def __call__(self, reference: Any) -> str:
        """The URI to write for a FlyteFile, FlyteDirectory, StructuredDataset or FlyteSchema.

        Raises ConversionValueError where there is nothing, or something else, at its local path.
        """
        uri: str = reference.uri
        if not uri or not is_local(uri) or self._is_in_place(uri):
            return uri
        path = os.path.abspath(local_path(uri))
        _check(reference, path)
        return self._planned.setdefault(path, f"{self._prefix}/{os.urandom(16).hex()}/{name_of(path)}")

    def _is_in_place(self, uri: str) -> bool:
        if not is_local(self._prefix):
            return False
        place, path = (os.path.abspath(local_path(one)) for one in (self._prefix, uri))
        return path.startswith(place + os.sep)

    def upload(self) -> None:
        """Put everything in its place. Raises StorageError."""
        if self._planned:
            at_once(lambda planned: self._files.put_data(*planned), self._planned.items())


def _check(reference: Any, path: str) -> None:
    wanted, there = {
        FlyteFile: ("a local file", os.path.isfile),
        FlyteDirectory: ("a local directory", os.path.isdir),
    }.get(type(reference), ("a local file or directory", os.path.exists))
    if not there(path):
        found = "a directory" if os.path.isdir(path) else "a file" if os.path.exists(path) else "nothing at its path"
        raise ConversionValueError(expected=wanted, got=found)
