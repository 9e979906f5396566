# SPDX-License-Identifier: Apache-2.0
"""What travels through Flyte as a reference and has no Python type of its own, and the words of ``Annotated`` for it.

The classes of references are frozen and compare by value. Each names data that lies elsewhere; making or comparing one
reads nothing.
``_types.references`` converts them. Next: ``_types.rows``.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from typing import IO, TYPE_CHECKING, Annotated, Any, ClassVar, NamedTuple

import attrs

from .context import current_context
from .errors import ConversionTypeError, ConversionValueError, ShimliteError, UnsupportedTypeError
from .files import below, entry_of, shown

if TYPE_CHECKING:
    from ._idl import LiteralType

__all__ = [
    "FlyteAnnotation",
    "FlyteDirectory",
    "FlyteError",
    "FlyteFile",
    "FlyteSchema",
    "HashMethod",
    "StructuredDataset",
]

PARQUET = "parquet"
"""The one format of tables that is read and written here. A table that names none has it."""


def _text(instance: Any, attribute: attrs.Attribute[str], value: object) -> None:
    """Check that an attribute is a str, as attrs does, but without showing the value."""
    if not isinstance(value, str):
        raise ConversionTypeError(
            path=f"{type(instance).__name__}.{attribute.name}", expected="str", got=type(value).__name__
        )


def _none_if_empty(metadata: Mapping[str, str] | None) -> Mapping[str, str] | None:
    """A message cannot tell no metadata from empty metadata."""
    return metadata or None


class Format(NamedTuple):
    """In ``Annotated``: the format of a file, directory or structured dataset."""

    name: str


class Columns(NamedTuple):
    """In ``Annotated``: the columns of a schema or structured dataset, names and types in order."""

    pairs: tuple[tuple[str, Any], ...]


class ExternalSchema(NamedTuple):
    """In ``Annotated``: the schema of a structured dataset as another library, such as pyarrow, writes it."""

    type: str
    data: bytes


def _format(name: Any) -> Format:
    """The format of ``FlyteFile[".csv"]``, which flytekit takes for ``FlyteFile["csv"]``."""
    return Format(name.strip().lstrip("~").lstrip(".") if isinstance(name, str) else name)


class FlyteAnnotation:
    """In ``Annotated``: JSON data that the type's ``LiteralType`` carries as its annotation, as in flytekit."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data


class HashMethod:
    """In ``Annotated``: the function that gives a value's ``Literal.hash``, by which Flyte's cache knows it.

    ``Annotated[T, HashMethod(function)]``, as in flytekit, in the return annotation of an executor or wherever a type
    is written. ``function`` takes the value and returns a str; the hash of a reference gives way to it. For a stream of
    Arrow, which is read once, it takes the StructuredDataset that was written of it.
    """

    def __init__(self, function: Callable[[Any], str]) -> None:
        self._function = function

    def calculate(self, value: Any) -> str:
        return self._function(value)


_relocation: ContextVar[Callable[[Any], str] | None] = ContextVar("shimlite.relocation", default=None)
_refusal: ContextVar[ShimliteError | None] = ContextVar("shimlite.refusal", default=None)


@contextlib.contextmanager
def relocating(relocate: Callable[[Any], str] | None) -> Iterator[None]:
    """Inside the block, write what ``relocate`` returns for a reference in place of its URI.

    It must return the same for equal references, since a union may encode a value more than once.
    """
    token = _relocation.set(relocate)
    try:
        yield
    finally:
        _relocation.reset(token)


def relocated(value: Any) -> str:
    """Where the data of a reference will be once the outputs are written."""
    relocate = _relocation.get()
    uri: str = value.uri if relocate is None else relocate(value)
    return uri


def refusal_in_model() -> ShimliteError | None:
    """The error for a reference in a model that was being written: pydantic keeps the words of an error alone."""
    refusal = _refusal.get()
    _refusal.set(None)
    return refusal


class _Reference:
    """What the four references are to pydantic, where they are fields of a model."""

    __slots__ = ()
    IN_RECORD: ClassVar[Mapping[str, str]] = {}
    """The key of each attribute in a record, in flytekit's spelling. The first is always there."""
    BESIDE: ClassVar[Mapping[str, str]] = {}
    """Likewise, in the spelling of Flyte 2's SDK: what flytekit does not say there, written where the value has it."""

    def _as_map(self) -> dict[str, Any]:
        try:
            uri = relocated(self)
        except ShimliteError as error:
            _refusal.set(error)
            raise
        others = {key: getattr(self, name) for name, key in self.IN_RECORD.items() if name != "uri"}
        if others.get("metadata", "") is None:
            del others["metadata"]
        beside = {key: getattr(self, name) for name, key in self.BESIDE.items() if getattr(self, name)}
        return {self.IN_RECORD["uri"]: uri, **others, **beside}

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        from .model_fields import core_schema_of

        return core_schema_of(cls, (*cls.IN_RECORD.items(), *cls.BESIDE.items()), cls._as_map)

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: Any) -> dict[str, Any]:
        from .model_fields import json_schema_of

        return json_schema_of(cls, cls.IN_RECORD)


class _OnDemand(_Reference):
    """A path for ``open``, ``os.listdir`` and all that takes paths; data in a store is copied at first use."""

    __slots__ = ()
    uri: str

    def download(self) -> str:
        """The local path of the data: its own, or that of a copy in the working directory of the run, made once.

        Raises StorageError, and MissingExtraError where the URI's scheme needs an extra.
        """
        return current_context().local_copy(self.uri)

    def __fspath__(self) -> str:
        return self.download()

    def __str__(self) -> str:
        return self.uri


@attrs.frozen
class FlyteFile(_OnDemand):
    """One file, as ``Blob`` of dimensionality SINGLE refers to it: ``open(file)`` reads it, wherever it lies.

    ``FlyteFile["csv"]`` is the type of files of that format, as in flytekit.
    """

    IN_RECORD: ClassVar[Mapping[str, str]] = {"uri": "path", "metadata": "metadata"}
    BESIDE: ClassVar[Mapping[str, str]] = {"format": "format", "hash": "hash"}

    uri: str = attrs.field(validator=_text)
    format: str = attrs.field(default="", kw_only=True, validator=_text)
    metadata: Mapping[str, str] | None = attrs.field(default=None, kw_only=True, hash=False, converter=_none_if_empty)
    """``Literal.metadata``, which flytekit fills from ``FlyteFile.metadata``; None where there is none."""
    hash: str = attrs.field(default="", kw_only=True, validator=_text)
    """``Literal.hash``: what Flyte's cache takes for the data. Empty where it is to look at the reference itself."""

    @classmethod
    def new_remote_file(cls, name: str | None = None) -> FlyteFile:
        """A file that is not there yet, to be written with ``open("wb")`` and returned: it is not uploaded again.

        Its URI is under the run's ``raw_output_prefix``, in a folder that nothing else has. Raises UriError for a name
        that is a path, or that no store takes, and ConversionTypeError for one that is no str.
        """
        return cls(current_context().new_uri("data" if name is None else name))

    def open(
        self,
        mode: str = "r",
        cache_type: object = None,
        cache_options: object = None,
        *,
        encoding: str | None = None,
        errors: str | None = None,
        newline: str | None = None,
    ) -> IO[Any]:
        """The open file, read from where it lies, or written to there, without a copy of the whole on this machine.

        ``mode`` is r, rb, w or wb; what it and ``encoding`` to ``newline`` mean is what they mean to Python's
        ``open``. ``cache_type`` and ``cache_options`` are flytekit's, and change nothing. A file that is read has
        ``seek``. One that is written is there once it is closed; where its ``with`` block raises, or nobody closes it,
        there is none. In a store only what is under the run's ``raw_output_prefix`` is written.

        Raises ValueError for another mode, TypeError for one that is no str, StorageError (also while it is read or
        written), and MissingExtraError where the URI's scheme needs an extra.
        """
        from .streams import open_as

        context = current_context()
        return open_as(mode, lambda binary: context.open_file(self.uri, binary), encoding, errors, newline)

    def __class_getitem__(cls, file_format: str) -> Any:
        return Annotated[cls, _format(file_format)]


@attrs.frozen
class FlyteDirectory(_OnDemand):
    """A directory, as ``Blob`` of dimensionality MULTIPART refers to it: ``iterdir`` lists it where it lies.

    ``FlyteDirectory["csv"]`` is the type of directories of that format.
    """

    IN_RECORD: ClassVar[Mapping[str, str]] = {"uri": "path"}
    BESIDE: ClassVar[Mapping[str, str]] = {"format": "format", "hash": "hash"}

    uri: str = attrs.field(validator=_text)
    format: str = attrs.field(default="", kw_only=True, validator=_text)
    hash: str = attrs.field(default="", kw_only=True, validator=_text)
    """As of a FlyteFile."""

    def iterdir(self) -> Iterator[FlyteFile | FlyteDirectory]:
        """What is in the directory, listed where it lies: nothing is copied until an entry is asked for its content.

        The entries come in the order of their names where the store lists so, and page by page. Raises StorageError,
        also between two of them, and MissingExtraError where the URI's scheme needs an extra.
        """
        found = current_context().entries(self.uri)
        return ((FlyteDirectory if folder else FlyteFile)(entry_of(self.uri, name)) for name, folder in found)

    def __truediv__(self, name: str) -> FlyteFile:
        """The file of this name, whether it is there or not; ``"folder/file.csv"`` is one of a folder of its.

        Raises UriError for a name that leads elsewhere, and where this directory has no URI; ConversionTypeError for a
        name that is no str.
        """
        return FlyteFile(below(self.uri, name))

    def __class_getitem__(cls, file_format: str) -> Any:
        return Annotated[cls, _format(file_format)]


class _Table(_OnDemand):
    """A table of Parquet: a path, and what all that takes Arrow's tables takes, as ``polars.DataFrame`` does."""

    __slots__ = ()

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """A stream of the table's rows, of which few are in memory at a time. arro3 reads them, extra ``[parquet]``.

        It has the table's own schema. ``requested_schema`` is a wish, as Arrow has it: arro3 would fulfil it in silence
        with nulls for values that do not fit, and with other names for columns.
        Raises ConversionValueError for what is no Parquet, or no one table, StorageError, and MissingExtraError.
        """
        from .arrow import arro3
        from .parquet_files import exported_parquet

        arro3()  # before anything is copied
        return exported_parquet(parquet_of(self), shown(self.uri)).__arrow_c_stream__()


@attrs.frozen
class StructuredDataset(_Table):
    """A table, as ``flyteidl.core.StructuredDataset`` refers to it; its data is read where it is asked for.

    ``Annotated[StructuredDataset, {"name": str}, "parquet"]`` is the type of tables with those columns and that
    format, as in flytekit.
    """

    IN_RECORD: ClassVar[Mapping[str, str]] = {"uri": "uri", "format": "file_format"}
    BESIDE: ClassVar[Mapping[str, str]] = {"format": "format", "hash": "hash"}

    uri: str = attrs.field(validator=_text)
    format: str = attrs.field(default="", kw_only=True, validator=_text)
    columns: tuple[tuple[str, LiteralType], ...] = attrs.field(default=(), kw_only=True, hash=False)
    """Names and their ``LiteralType`` messages, in order."""
    external_schema_type: str = attrs.field(default="", kw_only=True)
    external_schema_bytes: bytes = attrs.field(default=b"", kw_only=True, repr=False)
    hash: str = attrs.field(default="", kw_only=True, validator=_text)
    """As of a FlyteFile."""


@attrs.frozen
class FlyteSchema(_Table):
    """A table, as the older ``flyteidl.core.Schema`` refers to it; its data is read where it is asked for.

    ``FlyteSchema[{"id": int, "name": str}]`` is the type of tables with those columns, as in flytekit.
    """

    IN_RECORD: ClassVar[Mapping[str, str]] = {"uri": "remote_path"}

    uri: str = attrs.field(validator=_text)
    columns: tuple[tuple[str, type], ...] = attrs.field(default=(), kw_only=True)
    """Names and their types (int, float, str, bool, datetime or timedelta), in order."""
    hash: str = attrs.field(default="", kw_only=True, validator=_text)
    """As of a FlyteFile."""

    def __class_getitem__(cls, columns: Mapping[str, type]) -> Any:
        if not isinstance(columns, Mapping):
            raise UnsupportedTypeError(
                "the columns of a FlyteSchema are no dict", hint="write FlyteSchema[{'id': int}]"
            )
        return Annotated[cls, Columns(tuple(columns.items()))]


def parquet_of(table: _Table) -> str:
    """The local path of a table's Parquet. Raises ConversionValueError for another format, and as ``download`` does."""
    file_format = getattr(table, "format", PARQUET)
    if file_format not in ("", PARQUET):
        raise ConversionValueError(
            expected=f"a table of format {PARQUET!r}", got=f"format {file_format!r}", hint="download() copies its files"
        )
    return table.download()


@attrs.frozen
class FlyteError:
    """What a failed node left for its failure handler (``flyteidl.core.Error``)."""

    message: str = attrs.field(validator=_text)
    failed_node_id: str = attrs.field(default="", validator=_text)
