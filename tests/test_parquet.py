# SPDX-License-Identifier: Apache-2.0
"""Rows as Parquet, and back."""

from __future__ import annotations

import datetime as dt
import sys

import pytest

from shimlite import MissingExtraError
from shimlite.parquet import read_rows, write_rows

UTC = dt.timezone.utc


def test_every_type_comes_back(tmp_path):
    types = {"i": int, "x": float, "s": str, "b": bool, "at": dt.datetime, "took": dt.timedelta, "raw": bytes}
    row = (-(2**63), -0.0, "é\x00", True, dt.datetime(1, 1, 1, tzinfo=UTC), dt.timedelta(microseconds=-1), b"\x00")
    none = (None,) * len(types)
    write_rows(list(types), [row, none], str(tmp_path), types)
    first, second = read_rows(str(tmp_path))
    assert first == dict(zip(types, row))
    assert {name: type(value) for name, value in first.items()} == types
    assert second == dict.fromkeys(types)
    assert repr(first["x"]) == "-0.0"


def test_rows_of_several_files_come_in_the_order_of_names(tmp_path):
    for name, value in (("b", 2), ("a", 1)):
        write_rows(["n"], [(value,)], str(tmp_path / name))
        (tmp_path / name / "00000").rename(tmp_path / f"{name}.parquet")
        (tmp_path / name).rmdir()
    assert read_rows(str(tmp_path)) == [{"n": 1}, {"n": 2}]
    assert read_rows(str(tmp_path / "b.parquet")) == [{"n": 2}]


def test_times_without_a_zone_count_as_utc(tmp_path):
    given = [("2026-01-02T03:04:05.678901",), ("2026-01-02T03:04:05+01:00",), (dt.datetime(2026, 1, 2),)]
    write_rows(["at"], given, str(tmp_path), {"at": dt.datetime})
    assert [row["at"].isoformat() for row in read_rows(str(tmp_path))] == [
        "2026-01-02T03:04:05.678901+00:00",
        "2026-01-02T02:04:05+00:00",
        "2026-01-02T00:00:00+00:00",
    ]


@pytest.mark.parametrize(
    ("value", "declared"),
    [("1", int), (1.5, int), (2**63, int), ("1", float), (2**53 + 1, float), (float("nan"), int), (1, bytes)],
)
def test_a_value_of_another_type_is_refused_without_being_shown(tmp_path, value, declared):
    with pytest.raises(ValueError, match=".") as caught:
        write_rows(["c"], [(value,)], str(tmp_path), {"c": declared})
    assert str(caught.value) == f"column 'c': a value is no {declared.__name__}"


def test_ints_among_floats_are_floats_while_exact(tmp_path):
    write_rows(["x"], [(1,), (0.5,), (None,)], str(tmp_path / "ok"))
    assert [repr(row["x"]) for row in read_rows(str(tmp_path / "ok"))] == ["1.0", "0.5", "None"]
    with pytest.raises(ValueError, match=r"^column 'x': a value is no float$"):
        write_rows(["x"], [(2**53 + 1,), (0.5,)], str(tmp_path / "no"))


def test_a_nan_is_a_float(tmp_path):
    write_rows(["x"], [(float("nan"),)], str(tmp_path), {"x": float})
    ((value,),) = [row.values() for row in read_rows(str(tmp_path))]
    assert repr(value) == "nan"


def test_what_is_no_parquet_is_refused(tmp_path, capfd):
    path = tmp_path / "x"
    for content in (b"", b"PAR1", b"no parquet", b"PAR1 no parquet"):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=".") as caught:
            read_rows(str(path))
        assert str(caught.value) == f"{str(path)!r} is {'a corrupt' if content == b'PAR1' else 'no'} Parquet file"
    path.write_bytes(b"PAR1" + b"\xff" * 50 + b"PAR1")
    with pytest.raises(ValueError, match=".") as caught:
        read_rows(str(path))
    assert str(caught.value) == f"{str(path)!r} is a corrupt Parquet file"


def test_an_interrupt_stays_one(tmp_path, monkeypatch):
    write_rows(["x"], [(1,)], str(tmp_path))

    def interrupted(path):
        raise KeyboardInterrupt

    monkeypatch.setattr("arro3.io.read_parquet", interrupted)
    with pytest.raises(KeyboardInterrupt):
        read_rows(str(tmp_path))


def test_without_the_extra_it_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "arro3.core", None)
    with pytest.raises(MissingExtraError) as caught:
        read_rows(str(tmp_path))
    assert str(caught.value) == "Parquet needs arro3; pip install 'shimlite[parquet]'"
