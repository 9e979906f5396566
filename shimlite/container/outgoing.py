# SPDX-License-Identifier: Apache-2.0
"""Local files among the outputs: where each will be, decided while outputs are encoded, and its upload afterwards.

Nothing is uploaded unless all outputs are in order, and ``outputs.pb`` is written only when all uploads are done.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from .._idl import LiteralMap
from ..context import Context
from ..errors import ConversionValueError, LocalFileError
from ..files import FileAccess, is_local, local_path, name_of
from ..shim import ExecutableTemplateShimTask
from ..streams import Target
from ..trees import DIRECTORY, FILE, kind_of, walk
from ..values import FlyteDirectory, FlyteFile
from .keys import check_names
from .offloading import Offloaded
from .process import Alone
from .threads import at_once


def dispatch(task: ExecutableTemplateShimTask, context: Context, inputs: LiteralMap) -> LiteralMap:
    """Run the pair on inputs that may be offloaded, and upload the local files among its outputs.

    Raises what ``dispatch_execute`` does, and StorageError.
    """
    context.incoming = Offloaded()
    context.outgoing = outgoing = Outgoing(context.raw_output_prefix, context.file_access, context.begun)
    with Alone():
        outputs = task.dispatch_execute(context, inputs)
    outgoing.upload()
    return outputs


class Outgoing:
    """Gives what lies on this machine a place of its own under ``prefix``; all else keeps its URI."""

    def __init__(self, prefix: str, files: FileAccess, begun: Mapping[str, Target]) -> None:
        self._prefix = prefix.rstrip("/")
        self._files = files
        self._begun = begun
        self._planned: dict[str, str] = {}

    def __call__(self, reference: Any) -> str:
        """The URI to write for a FlyteFile, FlyteDirectory, StructuredDataset or FlyteSchema.

        Raises ConversionValueError where its local path is not that of a file or directory that can be copied, and for
        a file that this run began to write and did not close.
        """
        uri: str = reference.uri
        if uri in self._begun and not self._begun[uri].is_kept:
            raise ConversionValueError(
                expected="a file", got="one whose writing did not come to its end", hint="write in a with block"
            )
        if not uri or not is_local(uri) or self._is_in_place(uri):
            return uri
        path = os.path.abspath(local_path(uri))
        _check_kind(reference, path)
        if path not in self._planned:
            target = f"{self._prefix}/{os.urandom(16).hex()}/{name_of(path)}"
            _check_tree(path, target)
            self._planned[path] = target
        return self._planned[path]

    def _is_in_place(self, uri: str) -> bool:
        if not is_local(self._prefix):
            return False
        place, path = (os.path.abspath(local_path(one)) for one in (self._prefix, uri))
        return path.startswith(place + os.sep)

    def upload(self) -> None:
        """Put everything in its place. Raises StorageError."""
        if self._planned:
            at_once(lambda planned: self._files.put_data(*planned), self._planned.items())


def _check_kind(reference: Any, path: str) -> None:
    """Raises ConversionValueError where there is nothing, or something else, or it cannot be read."""
    wanted, kinds = {
        FlyteFile: ("a local file", (FILE,)),
        FlyteDirectory: ("a local directory", (DIRECTORY,)),
    }.get(type(reference), ("a local file or directory", (FILE, DIRECTORY)))
    there = kind_of(path)
    if there not in kinds:
        raise ConversionValueError(expected=wanted, got=there)


def _check_tree(path: str, target: str) -> None:
    """Raises ConversionValueError where a file or directory in it cannot be copied to the target."""
    try:
        tree = walk(path)
        if not is_local(target):
            check_names(tree, target.partition("://")[2].partition("/")[2])
    except LocalFileError as error:
        raise ConversionValueError(error.reason) from None
