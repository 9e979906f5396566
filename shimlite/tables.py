# SPDX-License-Identifier: Apache-2.0
"""Tables that an executor writes itself, where their source is gone once it returns: a cursor in a ``with`` block, say.

What exports Arrow and outlives the executor may be returned as it is. ``arrow`` writes both, as Parquet.
"""

from __future__ import annotations

from typing import Any

import attrs

from . import arrow
from ._idl import LiteralType, Variable
from ._types.arrow_tables import Table, is_table, referring, table_of
from ._types.literal_types import literal_type_of, node_of
from ._types.nodes import Node, Reference, members, unworded
from ._types.parse import parse, spell
from ._types.references import dataset_columns, schema_columns
from .engine import bounded_type
from .errors import TableError, UnsupportedTypeError, unlike
from .parquet_files import read_parquet
from .values import FlyteSchema, StructuredDataset, parquet_of

__all__ = ["write_table"]


def write_table(table_or_batches: Any, *, declared: Any = None) -> StructuredDataset | FlyteSchema:
    """Write a table as Parquet, and return the reference to it: a local one, which is uploaded where it is an output.

    ``table_or_batches`` is whatever exports Arrow (``__arrow_c_stream__``, or ``__arrow_c_array__`` of one batch), or
    an iterable of such; it is read batch by batch. ``declared`` is what it is to be: a ``LiteralType``, a ``Variable``
    of an interface, or a Python type, of which a union has one table; None is a StructuredDataset. The declared columns
    must be there, which is seen before anything is written; other columns stay.

    Raises ConversionError for what is no table or lacks a column, UnsupportedTypeError where none is declared,
    StorageError, MissingExtraError without the extra ``[parquet]``, and what the code of the table raises.
    """
    node, literal_type = _declared(StructuredDataset if declared is None else declared)
    table = table_of(node, literal_type)
    try:
        reference = referring(node.row, table)(_stream(table_or_batches, table))
    except TableError as error:
        raised = error.__cause__ or error
    else:
        return _saying(reference, literal_type)
    raise raised


def _declared(declared: Any) -> tuple[Reference, LiteralType]:
    with bounded_type():
        if isinstance(declared, Variable):
            declared = declared.type
        is_literal_type = isinstance(declared, LiteralType)
        node: Node = unworded(node_of(declared) if is_literal_type else parse(declared))
        tables = [one for one in members(node) if is_table(one)]
        if len(tables) != 1 or not isinstance(tables[0], Reference):
            raise UnsupportedTypeError(f"{spell(node)} is not one table", hint="declare the table that is written")
        return tables[0], literal_type_of(tables[0])


def _stream(table_or_batches: Any, table: Table) -> Any:
    if isinstance(table_or_batches, (StructuredDataset, FlyteSchema)):  # whose errors arro3 would make text of
        return read_parquet(parquet_of(table_or_batches))
    if arrow.exports_arrow(table_or_batches):
        return arrow.stream_of(table_or_batches)
    if hasattr(type(table_or_batches), "__iter__") and not isinstance(table_or_batches, (str, bytes, dict)):
        return arrow.stream_of_tables(table_or_batches, table.columns)
    raise unlike("a table or an iterable of batches", table_or_batches)


def _saying(reference: Any, literal_type: LiteralType) -> StructuredDataset | FlyteSchema:
    """The reference with all that its type says."""
    if isinstance(reference, FlyteSchema):
        return attrs.evolve(reference, columns=schema_columns(literal_type.schema))
    dataset = literal_type.structured_dataset_type
    return StructuredDataset(
        reference.uri,
        format=reference.format,
        columns=dataset_columns(dataset),
        external_schema_type=dataset.external_schema_type,
        external_schema_bytes=dataset.external_schema_bytes,
    )
