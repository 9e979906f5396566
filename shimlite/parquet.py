# SPDX-License-Identifier: Apache-2.0
"""Rows as Parquet, through the extra ``[parquet]``.

arro3 is the choice for its size and upkeep: 34 MB installed against pyarrow's 171, no dependencies on Python 3.12 and
later, wheels for glibc and musl alike, and it is the Arrow project's own Rust implementation underneath.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .errors import MissingExtraError

FILE_NAME = "00000"
"""flytekit reads a table as a folder of files with counted names."""

_MAGIC = b"PAR1"
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)
_MICROSECOND = dt.timedelta(microseconds=1)


def write_rows(
    names: Sequence[str], rows: Sequence[Sequence[Any]], folder: str, types: Mapping[str, type] | None = None
) -> None:
    """Write ``rows`` as one Parquet file into the local ``folder``, which is made.

    ``types`` gives columns their type (int, float, str, bool, datetime in UTC, timedelta; both in microseconds); the
    values of any other column must agree on one of int, float, str and bytes. None is null in every column. Raises
    ValueError, naming the column, where a value is of another type, and MissingExtraError without the extra.
    """
    core, io = _arro3()
    columns = zip(*rows) if rows else ((),) * len(names)
    table = core.Table.from_arrays(
        [_column(core, name, values, (types or {}).get(name)) for name, values in zip(names, columns)],
        names=list(names),
    )
    os.makedirs(folder, exist_ok=True)
    io.write_parquet(table, os.path.join(folder, FILE_NAME), compression="snappy")


def read_rows(folder: str) -> list[dict[str, Any]]:
    """The rows of the Parquet files in a local ``folder``, or of one file, in the order of the files' names.

    Raises ValueError for a file that is none, OSError where one cannot be read, and MissingExtraError without the
    extra.
    """
    _, io = _arro3()
    paths = [os.path.join(folder, name) for name in sorted(os.listdir(folder))] if os.path.isdir(folder) else [folder]
    rows: list[dict[str, Any]] = []
    for path in paths:
        table = _table(io, path)
        columns = [[value.as_py() for value in column] for column in table.columns]
        rows.extend(dict(zip(table.column_names, values)) for values in zip(*columns))
    return rows


def _table(io: Any, path: str) -> Any:
    with open(path, "rb") as file:
        head = file.read(len(_MAGIC))
        file.seek(max(0, os.path.getsize(path) - len(_MAGIC)))
        if head != _MAGIC or file.read() != _MAGIC:
            raise ValueError(f"{path!r} is no Parquet file")
    try:
        return io.read_parquet(path).read_all()
    except KeyboardInterrupt:
        raise
    except BaseException:  # arro3 panics at a corrupt file, which Python sees as an exception that is no Exception
        raise ValueError(f"{path!r} is a corrupt Parquet file") from None


def _arro3() -> tuple[Any, Any]:
    try:
        import arro3.core
        import arro3.io
    except ImportError:
        raise MissingExtraError("Parquet needs arro3", hint="pip install 'shimlite[parquet]'") from None
    return arro3.core, arro3.io


def _column(core: Any, name: str, values: Sequence[Any], declared: type | None) -> Any:
    wanted = declared or _common_type(name, values)
    arrow, convert = _ARROW[wanted](core.DataType)
    try:
        made = [None if value is None else convert(value) for value in values]
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"column {name!r}: a value is no {wanted.__name__}") from None
    return _array(core, made, arrow)


def _array(core: Any, values: list[Any], arrow: Any) -> Any:
    if arrow.is_timestamp(arrow) or arrow.is_duration(arrow):  # arro3 makes these from their integers only
        return core.Array(values, core.DataType.int64()).cast(arrow)
    return core.Array(values, arrow)


def _common_type(name: str, values: Sequence[Any]) -> type:
    kinds = {type(value) for value in values} - {type(None)}
    if kinds == {int, float}:
        return float
    if len(kinds) > 1:
        found = ", ".join(sorted(kind.__name__ for kind in kinds))
        raise ValueError(f"column {name!r} mixes {found}; cast it in the query")
    return kinds.pop() if kinds else str


def _whole(value: Any) -> int:
    number = int(value)
    if isinstance(value, (str, bytes)) or number != value or not -(2**63) <= number < 2**63:
        raise ValueError
    return number


def _number(value: Any) -> float:
    number = float(value)
    if isinstance(value, (str, bytes)) or (number != value and value == value):
        raise ValueError
    return number


def _flag(value: Any) -> bool:
    if value not in (0, 1):
        raise ValueError
    return bool(value)


def _moment(value: Any) -> int:
    """ISO 8601 text, as SQLite's functions give it, or a datetime; one without a zone counts as UTC."""
    moment = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(value)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.timezone.utc)
    return (moment - _EPOCH) // _MICROSECOND


def _span(value: Any) -> int:
    """A number of seconds, or a timedelta."""
    return (value if isinstance(value, dt.timedelta) else dt.timedelta(seconds=value)) // _MICROSECOND


def _exactly(wanted: type) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if not isinstance(value, wanted):
            raise TypeError
        return value

    return check


_ARROW: dict[type, Callable[[Any], tuple[Any, Callable[[Any], Any]]]] = {
    int: lambda kinds: (kinds.int64(), _whole),
    float: lambda kinds: (kinds.float64(), _number),
    str: lambda kinds: (kinds.utf8(), _exactly(str)),
    bytes: lambda kinds: (kinds.binary(), _exactly(bytes)),
    bool: lambda kinds: (kinds.bool(), _flag),
    dt.datetime: lambda kinds: (kinds.timestamp("us", tz="UTC"), _moment),
    dt.timedelta: lambda kinds: (kinds.duration("us"), _span),
}
