# SPDX-License-Identifier: Apache-2.0
"""What one attempt of a task leaves for the next. flytekit's ``Checkpoint``, file by file."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import IO

from .errors import NotFoundError, UriError
from .files import FileAccess

__all__ = ["Checkpoint"]

FILE_NAME = "_dst_cp"
"""What ``write`` calls its file, in flytekit too."""


class Checkpoint:
    """A folder for this attempt to write to, and the one that the attempt before wrote to.

    ``destination`` and ``previous`` are URIs, empty where there is none. ``folder`` is a local directory of the run.
    """

    def __init__(self, destination: str, previous: str, files: FileAccess, folder: str) -> None:
        self._destination = destination.rstrip("/")
        self._previous = previous
        self._files = files
        self._folder = folder
        self._restored: Path | None = None

    def prev_exists(self) -> bool:
        """Whether there was an attempt before, which may have left something."""
        return bool(self._previous)

    def restore(self, path: Path | str | None = None) -> Path | None:
        """Copy what the attempt before left into the directory ``path`` (default: one of its own), and return that.

        None where it left nothing. Later calls return the first one's directory. Raises ValueError where ``path`` is no
        directory, and StorageError.
        """
        if self._previous and self._restored is None:
            target = Path(path) if path is not None else Path(tempfile.mkdtemp(dir=self._folder, prefix="checkpoint-"))
            if not target.is_dir():
                raise ValueError("a checkpoint is restored to a directory")
            try:
                self._files.get_data(f"{self._previous.rstrip('/')}/", str(target))
            except NotFoundError:
                return None
            self._restored = target
        return self._restored

    def read(self) -> bytes | None:
        """The content of the only file that the attempt before left; None where it left nothing.

        Raises ValueError where it left more than one, and StorageError.
        """
        folder = self.restore()
        found = sorted(folder.iterdir()) if folder else []
        if len(found) > 1:
            raise ValueError(f"the checkpoint is of {len(found)} files; restore() gives them all")
        return found[0].read_bytes() if found else None

    def save(self, cp: Path | str | IO[bytes]) -> None:
        """Leave a file, the files of a directory, or what an open binary file holds. Raises StorageError."""
        if not self._destination:
            raise UriError(
                "this task has nowhere to leave a checkpoint",
                hint="its command needs --checkpoint-path {{.checkpointOutputPrefix}} --prev-checkpoint "
                "{{.prevCheckpointPrefix}}",
            )
        if isinstance(cp, (str, Path)):
            name = "" if os.path.isdir(cp) else f"/{Path(cp).name}"
            self._files.put_data(str(cp), f"{self._destination}{name}")
            return
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            path = os.path.join(folder, FILE_NAME)
            with open(path, "wb") as file:
                shutil.copyfileobj(cp, file)
            self._files.put_data(path, f"{self._destination}/{FILE_NAME}")

    def write(self, b: bytes) -> None:
        """Leave these bytes, for ``read`` of the next attempt. Raises StorageError."""
        import io

        self.save(io.BytesIO(b))
