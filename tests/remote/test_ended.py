# SPDX-License-Identifier: Apache-2.0
"""Runs that are ended at any moment, and disks that are full: whole outputs, an error document or neither."""

from __future__ import annotations

import collections
import contextlib
import os
import random
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from shimlite import FlyteDirectory, FlyteFile
from shimlite._idl import ErrorDocument, Literal, LiteralMap
from shimlite.engine import literal_map_to_kwargs

from ..build import template
from .pods import LOST, Disk, Pod

SIZE, FILES = 1000, 3
LARGE = template({"kilobytes": int, "files": int}, {"files": list[FlyteFile], "number": int, "folder": FlyteDirectory})
OFFLOADED = {"_F_L_MIN_SIZE_MB": "0"}
NAMES = ["files", "folder", "number"]


@pytest.fixture(params=["s3", "disk"])
def where(request, tmp_path):
    return request.getfixturevalue("s3") if request.param == "s3" else Disk(tmp_path / "disk")


def large(where, tmp_path) -> Pod:
    pod = Pod(where, tmp_path)
    pod.write(LARGE, {"kilobytes": SIZE, "files": FILES})
    return pod


def left(pod: Pod) -> str:
    """What a run left, if that is whole, and one thing."""
    names = [name for name in pod.files() if not name.startswith(".partial-")]
    if "error.pb" in names:
        assert "outputs.pb" not in names
        return ErrorDocument.FromString(pod.cloud.get(f"{pod.home}/out/error.pb")).error.code
    if "outputs.pb" not in names:
        return "nothing"
    outputs = LiteralMap.FromString(pod.cloud.get(f"{pod.home}/out/outputs.pb"))
    for name, literal in outputs.literals.items():
        uri = literal.offloaded_metadata.uri
        assert uri == f"{pod.home}/out/{name}_offloaded_metadata.pb"
        literal.CopyFrom(Literal.FromString(pod.cloud.get(uri)))
    values = literal_map_to_kwargs(outputs, LARGE.interface.outputs)
    assert sorted(values) == NAMES
    assert [pod.cloud.get(one.uri) for one in values["files"]] == [
        str(at).encode() * SIZE * 1000 for at in range(FILES)
    ]
    assert pod.cloud.names(values["folder"].uri) == ["a", "b/c", "b/d e%20#?*[é]", "empty"]
    return "outputs"


class Moments:
    """Random ones around that at which outputs come to be there, wherever the load of this machine puts that."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.middle = 0.5

    def next(self) -> float:
        return self.middle * self.draw.uniform(0.3, 1.7)

    def was(self, early: bool) -> None:
        self.middle *= 1.1 if early else 0.92


def ended_at_any_moment(where, tmp_path, number: int, count: int) -> dict[tuple[int, str], int]:
    """How often runs that are sent this signal ended with which exit code, and left what."""
    moments = Moments(number)

    def end(pod: Pod) -> tuple[int, str]:
        scratch = {"TMPDIR": str(pod.folder)}  # what the killed leave there goes with the test
        with pod.start("Large", env={**OFFLOADED, **scratch}, measured=False) as process:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(moments.next())
            process.send_signal(number)
            _, err = process.communicate(timeout=60)
        assert process.returncode != 1, err
        found = left(pod)
        moments.was(early=found != "outputs")
        return process.returncode, found

    pods = [large(where, tmp_path) for _ in range(count)]
    with ThreadPoolExecutor(max_workers=2) as pool:
        ended = collections.Counter(pool.map(end, pods))
    print(dict(ended))
    return ended


def test_killed_at_any_moment(where, tmp_path):
    ended = ended_at_any_moment(where, tmp_path, signal.SIGKILL, 50)
    assert set(ended) <= {(-9, "nothing"), (-9, "outputs"), (0, "outputs")}
    assert len(ended) > 1


def test_terminated_at_any_moment(where, tmp_path):
    """Before its handler is there, SIGTERM ends a process as it does any."""
    ended = ended_at_any_moment(where, tmp_path, signal.SIGTERM, 25)
    assert set(ended) <= {(-15, "nothing"), (0, "SYSTEM:Interrupted"), (0, "outputs")}
    assert (0, "SYSTEM:Interrupted") in ended


@pytest.fixture
def small_disk(tmp_path):
    """1 MB, as a file system of its own; where nobody may mount one, there is no such test."""
    folder = tmp_path / "small"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True).returncode != 0:
        pytest.skip("mounting is refused here; test_files_may_not_grow does the same with a limit")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


FULL = "No space left on device"


def test_the_disk_of_the_outputs_is_full(small_disk, tmp_path):
    """The error document still fits."""
    pod = large(Disk(small_disk), tmp_path)
    code, kind, origin, message = pod.failed("Large")
    assert (code, kind, origin) == LOST
    assert message.startswith("cannot copy '")
    assert message.endswith(f": {FULL}")


def test_the_disk_of_the_outputs_takes_not_even_an_error_document(small_disk, tmp_path):
    pod = large(Disk(small_disk), tmp_path)
    with contextlib.suppress(OSError), open(small_disk / "filler", "wb", buffering=0) as filler:
        while True:
            filler.write(bytes(4096))
    code, out, err = pod.run("Large")
    assert (code, out, pod.files()) == (1, "", [])
    assert [line.rpartition(": ")[2] for line in err.splitlines()] == [FULL, FULL]


def test_the_disk_for_downloads_is_full(small_disk, s3, tmp_path):
    """Which no other attempt on this machine would mend, but one on another may."""
    pod = Pod(s3, tmp_path)
    uri = pod.put("in/data", bytes(3 * 2**20))
    made = template({"file": FlyteFile}, {"size": int, "before": float, "down": float, "up": float})
    pod.write(made, {"file": FlyteFile(uri)})
    code, kind, origin, message = pod.failed("Copies", env={"TMPDIR": str(small_disk)})
    assert ((code, kind, origin), message) == (LOST, f"cannot read '{uri}': {FULL}")
    assert os.listdir(small_disk) == []


SMALL_FILES = """
import resource, signal, sys
from shimlite.cli import main
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
sys.exit(main())
"""


def test_files_may_not_grow(tmp_path):
    """Without a file system: more than 100 kB of a file are refused, where the executor writes it and where we do."""
    pod = Pod(Disk(tmp_path / "disk"), tmp_path)
    pod.program = [sys.executable, "-c", SMALL_FILES]
    uri = pod.put("in/data", bytes(300_000))
    made = template({"file": FlyteFile}, {"size": int, "before": float, "down": float, "up": float})
    pod.write(made, {"file": FlyteFile(uri)})
    code, kind, origin, message = pod.failed("Copies", measured=False)
    assert (code, kind, origin) == LOST
    assert message == f"cannot copy '{uri}' to '{pod.raw}/again': File too large"
