# SPDX-License-Identifier: Apache-2.0
"""Objects that export Arrow where a table is declared: what they must be, and the reference that stands for them.

``context`` writes them, and ``references`` has the references. Next: ``members``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from .._idl import Literal, LiteralType, literal_kind, type_kind
from ..context import current_context
from ..errors import (
    ConversionError,
    ConversionTypeError,
    ConversionValueError,
    MissingExtraError,
    TableError,
    UnsupportedTypeError,
    class_name,
    described,
    raised,
    unlike,
)
from ..values import PARQUET
from .frames import Frame, frame_of, read_frame
from .nodes import ANY_STRUCT, Node, Reference, holds
from .parse import spell
from .references import BY_NAME, DATASET, REFERENCES, SCHEMA, dataset_columns, schema_columns
from .rows import Codec, Convert, Packed, ReferenceRow

TABLES = {row.kind: row for row in (DATASET, SCHEMA)}
"""The rows of tables, by the kind of their ``LiteralType``."""


class Table(NamedTuple):
    """What is declared of a table."""

    formats: frozenset[str]
    """None is empty, and several are no single format."""
    columns: Mapping[str, type | None]
    """One of the six types of columns by the column's name; None for any other type, which is not checked."""


def table_of(node: Reference, literal_type: LiteralType | None = None) -> Table:
    """What a type says of its tables, and the ``LiteralType`` that it is declared as."""
    columns = {name: BY_NAME.get(getattr(column, "simple", "")) for name, column in node.columns}
    if literal_type is None or type_kind(literal_type) not in TABLES:
        return Table(frozenset({node.format} - {""}), columns)
    declared = _columns_of(literal_type)
    formats = {node.format, literal_type.structured_dataset_type.format} - {""}
    return Table(frozenset(formats), {**columns, **{name: cls or columns.get(name) for name, cls in declared.items()}})


def _columns_of(literal_type: LiteralType) -> dict[str, type | None]:
    if type_kind(literal_type) == "schema":
        return dict(schema_columns(literal_type.schema))
    columns = dataset_columns(literal_type.structured_dataset_type)
    return {name: BY_NAME.get(type_kind(column)) for name, column in columns}


def is_table(node: object) -> bool:
    """Whether the values of a type are tables."""
    return isinstance(node, Reference) and node.row.kind in TABLES


def may_hold_tables(node: Node) -> bool:
    """Whether tables may stand in the values of a type: also in a record where its template says STRUCT alone."""
    return holds(node, lambda part: is_table(part) or part == ANY_STRUCT)


def exports_table(value: Any) -> bool:
    """Whether a value exports Arrow and is no reference of ours, which names a table that is written already."""
    from ..arrow import exports_arrow

    return exports_arrow(value) and not issubclass(type(value), tuple(row.cls for row in REFERENCES))


def unlike_all(expected: str, value: Any, among: Iterable[Node]) -> ConversionTypeError:
    """The error for a value that no member of a union takes, where these were asked."""
    refused = exports_table(value) and any(map(is_table, among))
    return unlike(expected, value, "its columns are those of no member" if refused else "")


def referring(row: ReferenceRow, table: Table) -> Convert:
    """Makes the reference of a value: one of the row's class is itself, and a table that exports Arrow is written.

    It raises ConversionError for any other value, and TableError for what the value's own code raises.
    """
    others = table.formats - {PARQUET}

    def reference(value: Any) -> Any:
        if issubclass(type(value), row.cls):
            return value
        if row.kind not in TABLES or not exports_table(value):
            raise unlike(row.cls, value, _instead(row, value))
        if others:
            wanted = f"{row.cls.__name__} of format {min(others)!r}"
            raise ConversionValueError(expected=wanted, got=described(value), hint="a table is written as Parquet only")
        return reference_to(row, written(value, table))

    return reference


def _instead(row: ReferenceRow, value: Any) -> str:
    """A hint for a value that is no reference and exports no Arrow: a lazy frame, among others."""
    if issubclass(type(value), str):
        return row.of_text
    is_frame = row.kind in TABLES and frame_of(type(value)) is not None
    return f"annotate what is returned as {class_name(type(value))}" if is_frame else ""


def reference_to(row: ReferenceRow, folder: str) -> Any:
    """The reference to a folder of Parquet files."""
    return row.cls(folder, format=PARQUET) if "format" in row.says else row.cls(folder)


def written(value: Any, table: Table) -> str:
    """The folder in which the context wrote a table."""
    try:
        return current_context().write_table(value, table.columns)
    except (ConversionError, MissingExtraError, TableError):
        raise
    except BaseException as error:
        refusal = raised(error, f"{described(value)} cannot be written")
        if isinstance(refusal, ConversionError):
            refusal = TableError(refusal.reason)
            refusal.__cause__ = error
    raise refusal


def readable(value: Any) -> Any:
    """A value that was encoded, as a HashMethod can read it: of a stream, whose batches are gone, the written table."""
    if exports_table(value) and hasattr(type(value), "read_next_batch"):
        return reference_to(DATASET, current_context().write_table(value))
    return value


# ------------------------------------------------------------------------------------------------------- dataframes


def frame_codec(node: Reference, frame: Frame, literal_type: LiteralType, reference: Codec) -> Codec:
    """The codec of a class of another library. ``reference`` is that of the references to its tables.

    Raises UnsupportedTypeError where another format than Parquet is declared.
    """
    others = table_of(node, literal_type).formats - {PARQUET}
    if others:
        reason = f"{spell(node)} travels as Parquet, and {min(others)!r} is declared"
        raise UnsupportedTypeError(reason, hint=f"use {TABLES[type_kind(literal_type)].cls.__name__}")
    exported, read = _of_frame(node, frame)

    def encode(value: Any, literal: Literal) -> None:
        reference.encode(exported(value), literal)

    def decode(literal: Literal) -> Any:
        """A schema that is declared names not all columns of a dataset that is sent for it."""
        refer = DATASET.readers.get(literal_kind(literal), reference.decode)
        return read(refer(literal))

    return Codec(encode, decode)


def pack_frame(node: Reference, frame: Frame, reference: Packed) -> Packed:
    """The same of msgpack, which only a literal of a whole type may be: no record has a dataframe."""
    exported, read = _of_frame(node, frame)
    return Packed(
        lambda value: reference.pack(exported(value)), lambda packed: read(reference.unpack(packed)), reference.wire
    )


def _of_frame(node: Reference, frame: Frame) -> tuple[Convert, Convert]:
    """What makes a table that exports Arrow of a dataframe, and a dataframe of a reference.

    The columns that are read are those of the type, else those that the reference names, as flytekit has it.
    """
    columns = [name for name, _ in node.columns]

    def exported(value: Any) -> Any:
        if not issubclass(type(value), frame.cls):
            raise unlike(frame.cls, value)
        return frame.exported(value)

    def read(table: Any) -> Any:
        return read_frame(frame, table, columns or [name for name, _ in table.columns])

    return exported, read
