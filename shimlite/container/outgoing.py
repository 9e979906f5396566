# SPDX-License-Identifier: Apache-2.0
"""Local files among the outputs: where each will be, decided while outputs are encoded, and its upload afterwards.

Nothing is uploaded unless all outputs are in order, and ``outputs.pb`` is written only when all uploads are done.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any, cast

from .._idl import LiteralMap
from ..context import Context
from ..drafts import Drafts
from ..errors import ConversionValueError, LocalFileError, NotFoundError
from ..files import FileAccess, Streams, is_local, local_path, name_of
from ..shim import ExecutableTemplateShimTask
from ..trees import DIRECTORY, FILE, Tree, inside, kind_of, walk
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
    context.outgoing = outgoing = Outgoing(context.raw_output_prefix, context.file_access, context.drafts)
    with Alone():
        outputs = task.dispatch_execute(context, inputs)
    outgoing.upload()
    return outputs


class Outgoing:
    """Gives what lies on this machine a place of its own under ``prefix``; all else keeps its URI."""

    def __init__(self, prefix: str, files: FileAccess, drafts: Drafts) -> None:
        self._prefix = prefix.rstrip("/")
        self._files = files
        self._drafts = drafts
        self._planned: dict[str, str] = {}

    def __call__(self, reference: Any) -> str:
        """The URI to write for a FlyteFile, FlyteDirectory, StructuredDataset or FlyteSchema.

        Raises ConversionValueError where its local path is not that of a file or directory that can be copied, for a
        file that this run began to write and did not close, also in a directory, and for a new one that nobody wrote.
        """
        uri: str = reference.uri
        if not uri:
            return uri
        self._check_written(reference)
        if not is_local(uri):
            return uri
        path = os.path.abspath(local_path(uri))
        _check_kind(reference, path)
        if self._is_in_place(path):
            return uri
        if path not in self._planned:
            target = f"{self._prefix}/{os.urandom(16).hex()}/{name_of(path)}"
            tree = _checked_tree(path, target)
            self._check_directory(uri, (inside(path, name) for name in tree.files))
            self._planned[path] = target
        return self._planned[path]

    def _check_written(self, reference: Any) -> None:
        uri: str = reference.uri
        if self._drafts.is_unfinished(uri):
            raise _unwritten("a file", "one whose writing did not come to its end")
        if not isinstance(reference, FlyteFile):
            self._check_directory(uri)
        elif self._drafts.is_only_named(uri) and not self._is_there(uri):
            raise _unwritten("a file", "a new one that was never written")

    def _check_directory(self, uri: str, files: Iterable[str] = ()) -> None:
        unfinished = self._drafts.unfinished_in(uri, files)
        if unfinished:
            raise _unwritten("a directory", f"one in which the writing of {unfinished!r} did not come to its end")

    def _is_there(self, uri: str) -> bool:
        """Whether something else than ``FlyteFile.open`` wrote it, such as a library that got its URI. True where
        nobody can tell."""
        if is_local(uri):
            return os.path.exists(local_path(uri))
        if not hasattr(self._files, "open_file"):
            return True
        try:
            cast(Streams, self._files).open_file(uri, "rb").close()
        except (NotFoundError, FileNotFoundError):
            return False
        except Exception:  # the file access may be the executor's own
            return True
        return True

    def _is_in_place(self, path: str) -> bool:
        return is_local(self._prefix) and path.startswith(os.path.abspath(local_path(self._prefix)) + os.sep)

    def upload(self) -> None:
        """Put everything in its place. Raises StorageError."""
        if self._planned:
            at_once(lambda planned: self._files.put_data(*planned), self._planned.items())


def _unwritten(expected: str, got: str) -> ConversionValueError:
    return ConversionValueError(expected=expected, got=got, hint="write in a with block")


def _check_kind(reference: Any, path: str) -> None:
    """Raises ConversionValueError where there is nothing, or something else, or it cannot be read."""
    wanted, kinds = {
        FlyteFile: ("a local file", (FILE,)),
        FlyteDirectory: ("a local directory", (DIRECTORY,)),
    }.get(type(reference), ("a local file or directory", (FILE, DIRECTORY)))
    there = kind_of(path)
    if there not in kinds:
        raise ConversionValueError(expected=wanted, got=there)


def _checked_tree(path: str, target: str) -> Tree:
    """Raises ConversionValueError where a file or directory in it cannot be copied to the target."""
    try:
        tree = walk(path)
        if not is_local(target):
            check_names(tree, target.partition("://")[2].partition("/")[2])
    except LocalFileError as error:
        raise ConversionValueError(error.reason) from None
    return tree
