# SPDX-License-Identifier: Apache-2.0
"""The most memory that a decode takes over the literal's own, against the size of its result; and what an encode takes.

Counted twice. By the kernel: how far the process's peak (VmHWM) rises above what it held once the literal was parsed,
which protobuf's own allocations are part of. By tracemalloc: what Python allocates at most, to the byte. The result's
size is what ``marshal.loads`` of the same value takes, counted likewise, since that makes nothing else. With
pure-Python protobuf the result takes over the literal's own ints and texts, so that a decode takes less than that.
Long lists of numbers are read through their bytes: what a decode takes beside its result is compared with those. What
an encode takes is compared with the loop's, which is the literal's own. Not measured: what parsing the bytes takes,
which is protobuf's.
"""

from __future__ import annotations

import json
import marshal
import pathlib
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Callable
from typing import Any

from benchmarks import ROOT, tell, with_protobuf
from benchmarks.cases import MANY
from shimlite import to_literal, to_python_value
from shimlite._idl import Literal

SIZES = {"compiled": 1_000_000, "python": 50_000}
"""Elements by kind of protobuf: of a million, pure Python would take minutes and gigabytes to parse."""


def measure(quick: bool) -> dict[str, Any]:
    """Bytes by kind of protobuf, case, who counted and side."""
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        for kind, size in SIZES.items():
            size = 10_000 if quick else size
            found[kind] = {"elements": size, "bytes": {case: _of(case, kind, size, folder) for case in MANY}}
    return found


def _of(case: str, kind: str, size: int, folder: str) -> dict[str, Any]:
    _, make, encode, _ = MANY[case]
    value = make(size)
    content = encode(value).SerializeToString()
    pathlib.Path(folder, "literal").write_bytes(content)
    pathlib.Path(folder, "marshal").write_bytes(marshal.dumps(value, 2))  # 2: without references, which need a table
    found: dict[str, Any] = {"kernel": {}, "traced": {}, "literal": len(content)}
    sides = ("shimlite", "by hand", "result", "encode", "encode by hand")
    for counted, of in (("kernel", sides), ("traced", ("shimlite", "result"))):
        for side in of:
            command = [sys.executable, "-m", "benchmarks.memory", case, counted, side, folder]
            found[counted][side] = json.loads(subprocess.check_output(command, cwd=ROOT, env=with_protobuf(kind)))
    return found


def _status(name: str) -> int:
    """A line of the kernel's account of this process, in bytes."""
    status = pathlib.Path("/proc/self/status").read_text()
    return int(status.partition(f"{name}:")[2].split()[0]) * 1024


def _growth(convert: Callable[[Any], Any], given: Any) -> int:
    held = _status("VmRSS")
    made = convert(given)
    peak = _status("VmHWM") - held
    del made
    return peak


def _traced(convert: Callable[[Any], Any], given: Any) -> int:
    tracemalloc.start()
    made = convert(given)
    peak = tracemalloc.get_traced_memory()[1]
    del made
    return peak


def _child(case: str, counted: str, side: str, folder: str) -> int:
    python_type, make, encode_by_hand, by_hand = MANY[case]

    def encode(value: Any) -> Literal:
        return to_literal(value, python_type)

    def decode(literal: Literal) -> Any:
        return to_python_value(literal, python_type)

    for convert in (decode, by_hand):  # what the first conversion of a type takes is not this value's
        convert(encode(make(100)))
    is_value = side in ("encode", "encode by hand")
    content = pathlib.Path(folder, "marshal" if is_value or side == "result" else "literal").read_bytes()
    # The content is kept on every side: once so much is freed, malloc maps and returns large blocks no longer.
    given = content if side == "result" else marshal.loads(content) if is_value else Literal.FromString(content)
    both = {"shimlite": decode, "by hand": by_hand, "encode": encode, "encode by hand": encode_by_hand}
    convert = {"result": marshal.loads, **both}[side]
    return (_growth if counted == "kernel" else _traced)(convert, given)


if __name__ == "__main__":
    if len(sys.argv) == 5:
        json.dump(_child(*sys.argv[1:]), sys.stdout)
    else:
        tell(measure)
