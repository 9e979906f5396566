# SPDX-License-Identifier: Apache-2.0
"""What the pods of these tests run."""

from __future__ import annotations

import atexit
import contextlib
import dataclasses
import os
import pathlib
import time
from typing import Any, Optional

from shimlite import FlyteDirectory, FlyteFile, current_context


@dataclasses.dataclass
class Record:
    name: str
    file: FlyteFile
    folder: FlyteDirectory


class Plain:
    def execute_from_model(self, tt: Any, **kwargs: Any) -> Any:
        return {"n": kwargs["n"] * 2, "s": kwargs["s"].upper()}


class Same:
    def execute_from_model(self, tt: Any, **kwargs: Any) -> Any:
        return kwargs["x"]


class Reads:
    """A file, by ``open`` and by two downloads."""

    def execute_from_model(self, tt: Any, file: FlyteFile) -> Any:
        with open(file, encoding="utf-8") as opened:
            text = opened.read()
        one, two = file.download(), file.download()
        inside = one.startswith(current_context().working_directory)
        return {"text": text, "name": os.path.basename(one), "once": one == two and inside}


class Lists:
    """A directory: what is in each of its files."""

    def execute_from_model(self, tt: Any, folder: FlyteDirectory) -> Any:
        return contents(folder)


class Fetches:
    """What it is told to, to where it is told to."""

    def execute_from_model(self, tt: Any, uri: str) -> Any:
        target = os.path.join(current_context().working_directory, "deep", "er")
        current_context().file_access.get_data(uri, target)
        return contents(target)


class Puts:
    """A file of its own to where it is told to."""

    def execute_from_model(self, tt: Any, uri: str) -> Any:
        return current_context().file_access.put_data(written("a", "put"), uri)


class Writes:
    """Files and directories, at every depth of its outputs."""

    def execute_from_model(self, tt: Any) -> Any:
        same = FlyteFile(written("same", "same"))
        return {
            "file": FlyteFile(written("one/data.txt", "one")),
            "folder": FlyteDirectory(folder("tree")),
            "files": [FlyteFile(written("two/data.txt", "two")), same, same],
            "by_name": {"a": FlyteFile(written("a b%20c#?*[é]", "odd"))},
            "maybe": FlyteFile(written("file.csv", "csv"), format="csv"),
            "nothing": None,
            "record": Record("r", FlyteFile(written("three/data.txt", "three")), FlyteDirectory(folder("other"))),
        }


WRITES: dict[str, Any] = {
    "file": FlyteFile,
    "folder": FlyteDirectory,
    "files": list[FlyteFile],
    "by_name": dict[str, FlyteFile],
    "maybe": Optional[FlyteFile["csv"]],  # noqa: F821 - a format
    "nothing": Optional[FlyteFile],
    "record": Record,
}
"""The types of what Writes returns."""


class Checkpoints:
    """Adds one to what the attempt before left."""

    def execute_from_model(self, tt: Any) -> Any:
        checkpoint = current_context().checkpoint
        before = checkpoint.read()
        checkpoint.write((before or b"") + b"+")
        return {"before": (before or b"").decode(), "was": checkpoint.prev_exists()}


class Copies:
    """A large file: down and up again, and what that took at most of memory, in MB."""

    def execute_from_model(self, tt: Any, file: FlyteFile) -> Any:
        before = peak()
        path = file.download()
        down = peak()
        current_context().file_access.put_data(path, f"{current_context().raw_output_prefix}/again")
        return {"size": os.path.getsize(path), "before": before, "down": down, "up": peak()}


class Streams:
    """A large file: from the store and to it again, a piece at a time, and what that took at most of memory, in MB."""

    def execute_from_model(self, tt: Any, file: FlyteFile) -> Any:
        before, size = peak(), 0
        again = FlyteFile.new_remote_file("again")
        with file.open("rb") as source, again.open("wb") as target:
            while piece := source.read(2**20):
                size += target.write(piece)
        return {"again": again, "size": size, "before": before, "peak": peak()}


class Unclosed:
    """A new file, as one that is not closed and as one whose block raised."""

    def execute_from_model(self, tt: Any, swallows: bool) -> Any:
        file = FlyteFile.new_remote_file("a")
        if swallows:
            with contextlib.suppress(RuntimeError), file.open("wb") as opened:
                opened.write(b"x" * 2**24)
                raise RuntimeError
        else:
            kept.append(file.open("w"))
            kept[0].write("x" * 2**24)
        return file


kept: list[Any] = []


class Browses:
    """The entries of a directory, and the content of the file of it that has this name."""

    def execute_from_model(self, tt: Any, folder: FlyteDirectory, name: str) -> Any:
        entries = [f"{type(one).__name__} {str(one).removeprefix(str(folder))}" for one in folder.iterdir()]
        with (folder / name).open(encoding="utf-8") as opened:
            return {
                "entries": entries,
                "text": opened.read(),
                "copied": os.listdir(current_context().working_directory),
            }


class Large:
    """Some files of this many kilobytes each, and a number."""

    def execute_from_model(self, tt: Any, kilobytes: int, files: int) -> Any:
        size = kilobytes * 1000
        made = [FlyteFile(written(f"{at}/file", str(at) * size)) for at in range(files)]
        return {"files": made, "number": 7, "folder": FlyteDirectory(folder("tree"))}


class Gathers:
    """Says in a folder that it is there, waits until all are, and says at its very end what it took of memory."""

    def execute_from_model(self, tt: Any, file: FlyteFile, gate: str) -> Any:
        with open(file, encoding="utf-8") as opened:
            text = opened.read()
        mine = pathlib.Path(gate, str(os.getpid()))
        mine.touch()
        atexit.register(lambda: mine.write_text(str(peak())))
        while not pathlib.Path(gate, "open").exists():
            time.sleep(0.1)
        return FlyteFile(written("text", text[::-1]))


def written(name: str, text: str) -> str:
    path = pathlib.Path(current_context().working_directory, "made", name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return str(path)


def folder(name: str) -> str:
    for one in ("a", "b/c", "b/d e%20#?*[é]", "empty"):
        written(f"{name}/{one}", "" if one == "empty" else f"{name}/{one}")
    return str(pathlib.Path(current_context().working_directory, "made", name))


def contents(directory: Any) -> dict[str, str]:
    """A file has one part, whose name is empty."""
    top = pathlib.Path(directory)
    files = [top] if top.is_file() else [one for one in top.rglob("*") if one.is_file()]
    return {"" if one == top else str(one.relative_to(top)): one.read_text(encoding="utf-8") for one in files}


def peak() -> float:
    """MB that this process held at most so far."""
    lines = pathlib.Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmHWM:"))) / 1000
