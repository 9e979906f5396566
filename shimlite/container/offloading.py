# SPDX-License-Identifier: Apache-2.0
"""Literals in files of their own (``LiteralOffloadedMetadata``): what is too large for one message.

Inputs are put together again before they are decoded, at whatever depth; outputs beyond the platform's size are written
beside ``outputs.pb``.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from .._idl import DecodeError, Literal, LiteralMap, LiteralType, Variable, to_json
from ..errors import InputsError, OutputsError, ShimliteError
from ..files import is_local, local_path, shown
from ..trees import FILE, NOTHING, kind_of
from .storage import Storage, storage_for

LONGEST_CHAIN = 16
"""Offloaded literals inside offloaded literals: the platform makes one, and more may be a ring."""
MOST_OFFLOADED = 10_000
"""Files that the inputs of one task may be in."""

LARGEST_TOGETHER = 2**30
"""Bytes that these files may have, each counted as often as the inputs name it: as literals in memory they take some
ten times as much. The largest literal that flytekit offloads fits."""

MEGABYTE = 2**20
SMALLEST, LARGEST = 10, 1000
"""flytekit's defaults for the two variables, in megabytes."""


class Place(NamedTuple):
    """Where an offloaded literal stands in the inputs: in which variable, at which path in that."""

    name: str
    path: str
    literal: Literal


class Offloaded:
    """Puts the offloaded literals of one run's inputs in their place, each in that of the reference to it.

    A call does so for those that it finds, and says whether there were any; what they hold is looked through by the
    next call alone, so that large ones which hold none cost nothing more.
    """

    def __init__(self) -> None:
        self._contents: dict[str, bytes] = {}
        self._levels = self._count = self._size = 0

    def __call__(self, literal_map: LiteralMap) -> bool:
        """Nothing is put in place before all of it is known to be few and small enough, and each file is read once.

        Raises InputsError and StorageError, with the path of the literal.
        """
        places = list(itertools.islice(_offloaded_in(literal_map), MOST_OFFLOADED + 1 - self._count))
        self._count += len(places)
        if self._count > MOST_OFFLOADED:
            raise InputsError(f"they are in more than {MOST_OFFLOADED} files", path="inputs")
        for place in places:
            with _at(place):
                self._read(place.literal.offloaded_metadata.uri)
        for place in places:
            with _at(place):
                _fill(place.literal, self._contents)
        self._levels += 1
        return bool(places)

    def _read(self, uri: str) -> None:
        if self._levels == LONGEST_CHAIN:
            raise InputsError(f"offloaded {LONGEST_CHAIN} times over")
        if not uri:
            raise InputsError("offloaded to nowhere")
        if uri not in self._contents:
            there = kind_of(local_path(uri)) if is_local(uri) else FILE
            if there not in (FILE, NOTHING):
                raise InputsError(f"offloaded to {there}")
            self._contents[uri] = storage_for(uri).read(uri)
        self._size += len(self._contents[uri])
        if self._size > LARGEST_TOGETHER:
            raise InputsError("what is offloaded is larger than 1 GiB together")


@contextlib.contextmanager
def _at(place: Place) -> Iterator[None]:
    try:
        yield
    except ShimliteError as error:
        error.at(place.path).at_variable(place.name).blame(type(error), "inputs")


def _offloaded_in(literal_map: LiteralMap) -> Iterator[Place]:
    for name in sorted(literal_map.literals):
        for path, literal in _inside(literal_map.literals[name]):
            yield Place(name, path, literal)


def _inside(literal: Literal) -> Iterator[tuple[str, Literal]]:
    """The offloaded literals in one, itself included, and their paths."""
    if literal.HasField("offloaded_metadata"):
        yield "", literal
    for segment, part in _parts(literal):
        for path, offloaded in _inside(part):
            yield segment + path, offloaded


def _parts(literal: Literal) -> Iterator[tuple[str, Literal]]:
    kind = literal.WhichOneof("value")
    if kind == "collection":
        for place, element in enumerate(literal.collection.literals):
            yield f"[{place}]", element
    elif kind == "map":
        for key in sorted(literal.map.literals):
            yield f"[{key[:40]!r}]", literal.map.literals[key]
    elif kind == "scalar" and literal.scalar.HasField("union"):
        yield "", literal.scalar.union.value


def _fill(literal: Literal, contents: Mapping[str, bytes]) -> None:
    uri = literal.offloaded_metadata.uri
    try:
        literal.ParseFromString(contents[uri])
    except (DecodeError, RecursionError, ValueError):
        reason = f"{shown(uri)!r}, to which it is offloaded, holds {len(contents[uri])} bytes that are no Literal"
        raise InputsError(reason) from None


def offload(
    outputs: LiteralMap, declared: Mapping[str, Variable], output_prefix: str, environment: Mapping[str, str]
) -> None:
    """Where the platform asks for it, write large outputs to files of their own, and leave references to them.

    ``_F_L_MIN_SIZE_MB`` asks for it, and says from which size on; ``_F_L_MAX_SIZE_MB`` from which size on an output is
    refused. Raises OutputsError for one, and StorageError.
    """
    if "_F_L_MIN_SIZE_MB" not in environment:
        return
    smallest = _megabytes("_F_L_MIN_SIZE_MB", SMALLEST, environment)
    largest = _megabytes("_F_L_MAX_SIZE_MB", LARGEST, environment)
    import urllib.parse

    sizes = {name: outputs.literals[name].ByteSize() for name in sorted(outputs.literals)}
    for name, size in sizes.items():
        if size >= largest:
            error = OutputsError(f"{size} bytes, and the platform takes less than {largest}")
            error.at_variable(name).blame(OutputsError, "outputs")
    for name, size in sizes.items():
        if size >= smallest:
            uri = f"{output_prefix.rstrip('/')}/{urllib.parse.quote(name, safe='')}_offloaded_metadata.pb"
            try:
                _move(outputs.literals[name], storage_for(uri, environment), uri, declared[name].type)
            except OutputsError as error:
                error.at_variable(name).blame(OutputsError, "outputs")


def _megabytes(variable: str, default: int, environment: Mapping[str, str]) -> int:
    try:
        return int(environment.get(variable) or default) * MEGABYTE
    except ValueError:
        raise OutputsError(f"the platform's {variable} is no whole number of megabytes") from None


def _move(literal: Literal, storage: Storage, uri: str, literal_type: LiteralType) -> None:
    """Write the literal to ``uri``, and leave in its place a reference to that."""
    try:
        reference = Literal(hash=literal.hash or _hash(literal))
    except ValueError as error:
        raise OutputsError(f"cannot be offloaded: {error}") from None
    reference.offloaded_metadata.uri = uri
    reference.offloaded_metadata.size_bytes = literal.ByteSize()
    reference.offloaded_metadata.inferred_type.CopyFrom(literal_type)
    storage.write(uri, literal.SerializeToString(deterministic=True))
    literal.CopyFrom(reference)


def _hash(literal: Literal) -> str:
    """As flytekit's, so that a cache hits whoever wrote the literal: of its JSON, keys sorted, no white space."""
    import base64
    import hashlib
    import json

    canonical = json.dumps(to_json(literal), separators=(",", ":"), sort_keys=True)
    return base64.b64encode(hashlib.sha256(canonical.encode()).digest()).decode()
