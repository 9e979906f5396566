# SPDX-License-Identifier: Apache-2.0
"""Values of FlyteFile and its kind. They name data that lies nowhere: nothing here reads or writes any."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ..engine import to_literal_type
from ..values import FlyteDirectory, FlyteError, FlyteFile, FlyteSchema, Format, StructuredDataset
from .awkward import FORMATS, URIS, from_pool, text
from .scalars import WORDS
from .shapes import words
from .types import columns

LOCATIONS = from_pool(URIS, text(4).map(lambda text: f"s3://b/{text}"))
HASHES = st.sampled_from(("",) * 7 + ("hash",))
METADATA = st.dictionaries(WORDS, WORDS, max_size=2)
EXTERNAL = st.sampled_from((("", b""), ("arrow", b"\x00\xff")))
"""A dataset's external schema: what it is, and its bytes."""


def reference_values(cls: Any, python_type: Any) -> SearchStrategy[Any]:
    """Values of ``cls``, of the format that ``python_type`` says where it says one."""
    said = [word for word in words(python_type) if isinstance(word, Format)]
    if cls is StructuredDataset:  # flytekit's spelling
        said += [Format(word) for word in words(python_type) if isinstance(word, str)]
    formats = st.sampled_from(("", said[0].name) if said else ("", *FORMATS))
    if cls is FlyteFile:
        return st.builds(FlyteFile, LOCATIONS, format=formats, metadata=st.none() | METADATA, hash=HASHES)
    if cls is FlyteDirectory:
        return st.builds(FlyteDirectory, LOCATIONS, format=formats, hash=HASHES)
    if cls is FlyteSchema:
        pairs = columns().map(lambda drawn: tuple(drawn.items()))
        return st.builds(FlyteSchema, LOCATIONS, columns=pairs, hash=HASHES)
    if cls is FlyteError:
        return st.builds(FlyteError, WORDS, failed_node_id=WORDS)
    return _datasets(formats)


@st.composite
def _datasets(draw: st.DrawFn, formats: SearchStrategy[str]) -> StructuredDataset:
    described_as, described = draw(EXTERNAL)
    return StructuredDataset(
        draw(LOCATIONS),
        format=draw(formats),
        columns=tuple((name, to_literal_type(column)) for name, column in draw(columns()).items()),
        external_schema_type=described_as,
        external_schema_bytes=described,
        hash=draw(HASHES),
    )
