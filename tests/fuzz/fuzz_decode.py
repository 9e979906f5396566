# SPDX-License-Identifier: Apache-2.0
"""Looks for bytes that break the invariant, guided by the branches they reach: ``python -m tests.fuzz.fuzz_decode``.

Whatever bytes arrive as a template's LiteralType and as a Literal: decoding gives a value or raises ShimliteError,
nothing else, within named bounds of time, depth and memory; what decodes can be written again or is refused; what was
written decodes to the same. The same of templates and of ``shimlite inspect``. invariant.py says it in code.

Needs the extra ``fuzz``. What it finds belongs into test_findings.py, which needs nothing.
"""

from __future__ import annotations

import argparse
import faulthandler
import hashlib
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator

from google.protobuf.internal.decoder import _DecodeVarint
from google.protobuf.internal.encoder import _VarintBytes
from google.protobuf.message import DecodeError

SECONDS_EACH = 10
"""For one input, instrumented: a hundred times what the slowest that should be taken at all needs here."""
MOST_MEGABYTES = 1024
"""Of the whole process, which itself takes 150 and a corpus in memory: what a small container has."""
MOST_BYTES = 4096
"""Of one input. Each bug that more bytes show shows in fewer, and a small corpus is a fast one."""
MUTATED_WHOLE = 0.25
"""How often a message is changed as it stands, lengths and all, and not inside one of its fields."""

OTHER_CHECK = 0.05
"""How often an input is handed to another check, or for another type, as it is."""
HEAD = 2
"""The bytes that choose those."""

WORDS = (
    *("type", "object", "title", "properties", "required", "items", "anyOf", "enum", "const", "default", "format"),
    *("$ref", "$defs", "definitions", "#/$defs/", "additionalProperties", "propertyNames", "prefixItems"),
    *("array", "string", "integer", "number", "boolean", "null", "date-time", "date", "base64", "time-delta"),
    *("FlyteFile", "FlyteDirectory", "StructuredDataset", "FlyteSchema", "FlyteError", "path", "uri", "msgpack"),
)
"""What a schema is made of, so that it need not be guessed letter by letter."""


def main() -> int:
    parser = argparse.ArgumentParser(description="Looks for bytes that break the invariant of tests/fuzz/invariant.py.")
    parser.add_argument("--seconds", type=int, default=60, help="how long to look (default: 60)")
    parser.add_argument("--seed", type=int, default=1, help="of libFuzzer's random numbers (default: 1)")
    parser.add_argument("--corpus", type=pathlib.Path, help="a folder to keep what was reached in (default: a new one)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        return run(options, pathlib.Path(temporary))


def run(options: argparse.Namespace, folder: pathlib.Path) -> int:
    """libFuzzer ends its process, so it has one of its own; what it found is then shown, and tried once more here."""
    corpus = options.corpus or folder / "corpus"
    write_corpus(corpus)
    (folder / "words").write_text("".join(f"{json.dumps(word)}\n" for word in WORDS))
    limits = [f"-timeout={SECONDS_EACH}", f"-rss_limit_mb={MOST_MEGABYTES}", f"-max_len={MOST_BYTES}"]
    limits += [f"-max_total_time={options.seconds}", f"-seed={options.seed}", f"-dict={folder / 'words'}"]
    command = [sys.executable, "-c", f"from {__spec__.name} import fuzz; fuzz()", str(corpus), *limits]
    command += [f"-artifact_prefix={folder}/found-", "-print_final_stats=1", "-reload=0", "-verbosity=1"]
    log = folder / "log"
    with log.open("wb") as stream:
        code = subprocess.run(command, stderr=stream, stdout=stream).returncode
    told = log.read_text(errors="replace")
    print(summary(told))
    found = sorted(folder.glob("found-*"))
    if code and not found:
        print(told[-5000:])
    for path in found:
        show(path)
    return code or len(found)


def write_corpus(corpus: pathlib.Path) -> None:
    from .seeds import seeds

    corpus.mkdir(parents=True, exist_ok=True)
    for seed in seeds():
        (corpus / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)


def summary(told: str) -> str:
    """Executions and coverage, out of what libFuzzer says last."""
    executions = re.findall(r"number_of_executed_units: *(\d+)", told) or ["no"]
    reached = re.findall(r"cov: (\d+) ft: (\d+) corp: (\d+)", told) or [("no",) * 3]
    return "{} executions, {} edges of shimlite reached, {} features, {} inputs kept".format(
        executions[-1], *reached[-1]
    )


def show(path: pathlib.Path) -> None:
    """The input as Python writes it, and the traceback that it gives without the fuzzer."""
    from .invariant import holds

    data = path.read_bytes()
    print(f"{path.name.split('-')[1]}: {data!r}", flush=True)
    faulthandler.dump_traceback_later(SECONDS_EACH, exit=True)
    holds(data)


def inside(data: bytes, change: Callable[[bytes], bytes], numbers: random.Random) -> bytes:
    """The message with one part changed, repeated or left out, at any depth, its length and those around it put right.

    Bytes changed blindly are mostly lengths that no longer fit, which protobuf refuses before we see anything.
    """
    fields = list(spans(data))
    if not fields or numbers.random() < MUTATED_WHOLE:
        return change(data)
    begin, length, start, end = numbers.choice(fields)
    if numbers.random() < MUTATED_WHOLE:
        return data[:begin] + data[begin:end] * numbers.choice((0, 2, 9)) + data[end:]
    changed = inside(data[start:end], change, numbers)
    return data[:length] + _VarintBytes(len(changed)) + changed + data[end:]


def spans(data: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Of each field with a length: where its tag, its length and its content begin, and its end."""
    end = 0
    while end < len(data):
        begin = end
        try:
            tag, length = _DecodeVarint(data, begin)
            value, start = _DecodeVarint(data, length)
        except (IndexError, DecodeError):
            return
        kind = tag & 7
        end = {0: start, 1: length + 8, 2: start + value, 5: length + 4}.get(kind, len(data) + 1)
        if kind == 2 and end <= len(data):
            yield begin, length, start, end


def fuzz() -> None:
    """The fuzzer itself, in a process of its own; its arguments are libFuzzer's."""
    import atheris

    with atheris.instrument_imports(include=["shimlite"]):
        from .invariant import holds

    def mutated(data: bytes, most: int, seed: int) -> bytes:
        def change(part: bytes) -> bytes:
            return bytes(atheris.Mutate(part, len(part) + most - len(data)))

        numbers = random.Random(seed)
        if numbers.random() < OTHER_CHECK:
            return change(data[:HEAD]) + data[HEAD:]
        made = data[:HEAD] + inside(data[HEAD:], change, numbers)
        return made if len(made) <= most else data

    atheris.Setup(sys.argv, holds, custom_mutator=mutated)
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
