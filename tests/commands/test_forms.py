# SPDX-License-Identifier: Apache-2.0
"""How people write inputs: every form on the command line and in JSON, and what is said of other text."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import math
import typing
from typing import Any

import pytest

from shimlite import FlyteDirectory, FlyteError, FlyteFile, FlyteSchema, StructuredDataset, to_literal_type
from shimlite._idl import LiteralType
from shimlite.commands.forms import doubt, form_lines, form_of, value_of
from shimlite.errors import ConversionError


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


@dataclasses.dataclass
class Point:
    x: int


UTC = dt.timezone.utc
WHOLE = "write a whole number, as in 5"
TIME = "write 2026-01-02, 2026-01-02T10:00 (in UTC) or 2026-01-02T10:00:30.5+02:00"
SPAN = "write 90s, 1h30m, 2d, P1DT12H or 5400 (seconds)"


def typed(kind: Any, text: str) -> Any:
    return value_of(text, to_literal_type(kind), typed=True)


def hours(number: float) -> dt.timezone:
    return dt.timezone(dt.timedelta(hours=number))


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (type(None), "null", None),
        (type(None), "None", None),
        (bool, "true", True),
        (bool, "True", True),
        (bool, "FALSE", False),
        (int, "-5", -5),
        (int, "+5", 5),
        (int, "007", 7),
        (int, "1e3", 1000),
        (int, str(2**63 - 1), 2**63 - 1),
        (float, "5", 5.0),
        (float, "1e-3", 0.001),
        (float, "inf", math.inf),
        (float, "-Infinity", -math.inf),
        (str, "", ""),
        (str, "null", "null"),
        (str, "None", "None"),
        (str, '"a"', '"a"'),
        (bytes, "AP8=", b"\0\xff"),
        (bytes, '"AP8="', b"\0\xff"),
        (bytes, "1234", b"\xd7m\xf8"),
        (bytes, "", b""),
        (dt.datetime, "2026-01-02", dt.datetime(2026, 1, 2, tzinfo=UTC)),
        (dt.date, "2026-01-02", dt.datetime(2026, 1, 2, tzinfo=UTC)),
        (dt.datetime, "2026-01-02T10:00", dt.datetime(2026, 1, 2, 10)),
        (dt.datetime, "2026-01-02 10:00:05", dt.datetime(2026, 1, 2, 10, 0, 5)),
        (dt.datetime, "2026-01-02T10:00Z", dt.datetime(2026, 1, 2, 10, tzinfo=UTC)),
        (dt.datetime, "2026-01-02T10:00:00.25z", dt.datetime(2026, 1, 2, 10, 0, 0, 250_000, tzinfo=UTC)),
        (dt.datetime, "2026-01-02T10:00+0530", dt.datetime(2026, 1, 2, 10, tzinfo=hours(5.5))),
        (dt.datetime, "2026-01-02T10:00-02", dt.datetime(2026, 1, 2, 10, tzinfo=hours(-2))),
        (dt.timedelta, "90s", dt.timedelta(seconds=90)),
        (dt.timedelta, "1h", dt.timedelta(hours=1)),
        (dt.timedelta, "1h30m", dt.timedelta(minutes=90)),
        (dt.timedelta, "1w 2d 3h 4m 5.5s", dt.timedelta(9, 5.5, 0, 0, 4, 3)),
        (dt.timedelta, "-0.5h", -dt.timedelta(minutes=30)),
        (dt.timedelta, "+2d", dt.timedelta(2)),
        (dt.timedelta, "PT1H30M", dt.timedelta(minutes=90)),
        (dt.timedelta, "P1D", dt.timedelta(1)),
        (dt.timedelta, "-P2W", -dt.timedelta(14)),
        (dt.timedelta, "PT0,5H", dt.timedelta(minutes=30)),
        (dt.timedelta, "P1Y", dt.timedelta(365)),
        (dt.timedelta, "0.000001s", dt.timedelta(microseconds=1)),
        (dt.timedelta, "5400", dt.timedelta(minutes=90)),
        (dt.timedelta, "-1.5", -dt.timedelta(seconds=1.5)),
        (list[int], "[1, 2]", [1, 2]),
        (list[FlyteFile], '["a.csv", "b.csv"]', [FlyteFile("a.csv"), FlyteFile("b.csv")]),
        (list[dt.date], '["2026-01-02"]', [dt.datetime(2026, 1, 2, tzinfo=UTC)]),
        (list[list[dt.timedelta]], '[["1h", 5]]', [[dt.timedelta(hours=1), dt.timedelta(seconds=5)]]),
        (dict[str, dt.timedelta], '{"a": "1h"}', {"a": dt.timedelta(hours=1)}),
        (dict, '{"a": [1, null]}', {"a": [1, None]}),
        (Point, '{"x": 1}', {"x": 1}),
        (FlyteError, '{"message": "m", "failed_node_id": "n"}', FlyteError("m", "n")),
        (FlyteFile, "a=b c.csv", FlyteFile("a=b c.csv")),
        (FlyteDirectory, "s3://b/d", FlyteDirectory("s3://b/d")),
        (StructuredDataset, "s3://b/t", StructuredDataset("s3://b/t")),
        (FlyteSchema, "s3://b/t", FlyteSchema("s3://b/t")),
        (typing.Optional[int], "null", None),
        (typing.Optional[int], "None", None),
        (typing.Optional[int], "5", 5),
        (typing.Optional[str], "null", None),
        (typing.Optional[str], "None", "None"),
        (typing.Optional[str], "", ""),
        (typing.Optional[list[typing.Optional[dt.date]]], '[null, "2026-01-02"]', [None, dt.date(2026, 1, 2)]),
        (typing.Union[int, float], "5.0", 5.0),
        (typing.Union[float, int], "5", 5),
        (typing.Union[str, int], "5", 5),
        (typing.Union[str, bool, int], "true", True),
        (typing.Union[str, dt.timedelta], "1h", dt.timedelta(hours=1)),
        (typing.Union[str, dt.timedelta], "an hour", "an hour"),
        (typing.Union[str, dt.datetime], "2026-01-02", dt.datetime(2026, 1, 2, tzinfo=UTC)),
        (typing.Union[str, FlyteFile], "a.csv", FlyteFile("a.csv")),
        (typing.Union[FlyteFile, dict], '{"a": 1}', FlyteFile('{"a": 1}')),
    ],
)  # fmt: skip
def test_text_of_a_command_line(kind, text, expected):
    value = typed(kind, text)
    assert (value, type(value)) == (expected, type(expected))


def test_nan_and_members_of_an_enum():
    assert math.isnan(typed(float, "nan"))
    assert [typed(kind, "red").value for kind in (Color, typing.Optional[Color], typing.Union[str, Color])] == [
        "red"
    ] * 3


def test_a_home_folder_is_found_since_no_shell_does_it_after_an_equals_sign(monkeypatch):
    monkeypatch.setenv("HOME", "/home/ann")
    assert typed(FlyteFile, "~/a.csv") == FlyteFile("/home/ann/a.csv")
    assert typed(list[FlyteFile], '["~/a.csv"]') == [FlyteFile("/home/ann/a.csv")]


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        (type(None), "x", "expected NONE, got str; write null"),
        (bool, "yes", "expected BOOLEAN, got str; write true or false"),
        (bool, "1", "expected BOOLEAN, got str; write true or false"),
        (int, "five", f"expected INTEGER, got str; {WHOLE}"),
        (int, "", f"expected INTEGER, got str; {WHOLE}"),
        (int, "9" * 5000, f"expected INTEGER, got str; {WHOLE}"),
        (int, "9" * 50, f"expected INTEGER, got int beyond int64; {WHOLE}"),
        (int, "1.5", f"expected INTEGER, got a float that is not integral; {WHOLE}"),
        (float, "x", "expected FLOAT, got str; write a number, as in 1.5, 1e-3, nan or inf"),
        (float, "1e999", "expected FLOAT, got str; write a number, as in 1.5, 1e-3, nan or inf"),
        (float, "9" * 5000, "expected FLOAT, got str; write a number, as in 1.5, 1e-3, nan or inf"),
        (FlyteFile, "", "expected FlyteFile, got str; write the path or URI of a file"),
        (bytes, "x", "expected BINARY, got str that is not base64; write base64, as in AP8="),
        (dt.datetime, "2026-13-02", f"expected date, got str that is no ISO 8601 date; {TIME}"),
        (dt.datetime, "today", f"expected DATETIME, got str that is no ISO 8601 time; {TIME}"),
        (dt.datetime, "2026-01-02T25:00", f"expected DATETIME, got str that is no ISO 8601 time; {TIME}"),
        *(
            (dt.timedelta, text, f"expected timedelta, got str that is no ISO 8601 duration; {SPAN}")
            for text in ("", " ", "-", "h", "P", "PT", "1M", "1h 5", "0.0000001s", "1h1h", "x")
        ),
        (dt.timedelta, "999999999999w", f"expected timedelta, got str that is no ISO 8601 duration; {SPAN}"),
        (dt.timedelta, "true", f"expected timedelta, got bool; {SPAN}"),
        (Color, "RED", "expected DynamicEnum, got str that is not one of its values; write one of red, blue"),
        (list[int], "1,2", "expected list[int], got str; write [5, …]"),
        (list[int], "[" * 100_000, "expected list[int], got str; write [5, …]"),
        (list[int], '["1"]', f"[0]: expected INTEGER, got str; {WHOLE}"),
        (dict[str, bool], '{"a": [1]}', "['a']: expected BOOLEAN, got list of 1; write true or false"),
        (dict[str, Color], "red", 'expected dict[str, DynamicEnum], got str; write {"key": "red", …}'),
        (dict, "[1]", 'expected dict, got list of 1; write JSON, as in {"key": 1}'),
        (typing.Optional[int], "x", "expected INTEGER, got str; write null or a whole number, as in 5"),
        (
            typing.Union[Color, bool],
            "x",
            "expected enum of 'red', 'blue' or BOOLEAN, got str; write true or false or one of red, blue",
        ),
    ],
)  # fmt: skip
def test_other_text(kind, text, said):
    with pytest.raises(ConversionError) as caught:
        typed(kind, text)
    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("kind", "plain", "expected"),
    [
        (dt.datetime, "2026-01-02T10:00", dt.datetime(2026, 1, 2, 10)),
        (dt.timedelta, "1h", dt.timedelta(hours=1)),
        (dt.timedelta, 5, dt.timedelta(seconds=5)),
        (float, "-Infinity", -math.inf),
        (float, 5, 5.0),
        (bytes, "AP8=", b"\0\xff"),
        (FlyteFile, "a.csv", FlyteFile("a.csv")),
        (FlyteFile, {"path": "a.csv"}, FlyteFile("a.csv")),
        (typing.Optional[FlyteFile], "a.csv", FlyteFile("a.csv")),
        (typing.Optional[FlyteFile], None, None),
        (typing.Optional[str], "null", "null"),
        (typing.Optional[str], None, None),
        (typing.Optional[int], None, None),
        (typing.Union[int, float], 5.0, 5.0),
        (typing.Union[dt.datetime, str], "2026-01-02", "2026-01-02"),
        (typing.Union[FlyteFile, str], "a.csv", "a.csv"),
        (list[dict[str, dt.date]], [{"a": "2026-01-02"}], [{"a": dt.datetime(2026, 1, 2, tzinfo=UTC)}]),
    ],
)
def test_json(kind, plain, expected):
    value = value_of(plain, to_literal_type(kind))
    assert (value, type(value)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("kind", "plain", "said"),
    [
        (int, "5", f"expected INTEGER, got str; {WHOLE}"),
        (bool, "true", "expected BOOLEAN, got str; write true or false"),
        (float, "1.5", "expected FLOAT, got str; write a number, as in 1.5, 1e-3, nan or inf"),
        (dt.timedelta, "5", f"expected timedelta, got str that is no ISO 8601 duration; {SPAN}"),
        (type(None), "null", "expected NONE, got str; write null"),
        (list[int], "[1]", "expected list[int], got str; write [5, …]"),
        (typing.Optional[int], "null", "expected INTEGER, got str; write null or a whole number, as in 5"),
    ],
)
def test_texts_that_json_has_a_type_for(kind, plain, said):
    with pytest.raises(ConversionError) as caught:
        value_of(plain, to_literal_type(kind))
    assert str(caught.value) == said


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        (int, "a whole number, as in 5"),
        (Color, "one of red, blue"),
        (list[Color], '["red", …]'),
        (dict[str, list[dt.date]], '{"key": ["2026-01-02T10:00", …], …}'),
        (typing.Union[str, int, None], "null or a whole number, as in 5 or text"),
        (list[typing.Optional[int]], "[5, …]"),
        (FlyteDirectory, "the path or URI of a folder"),
        (Point, 'JSON, as in {"key": 1}'),
    ],
)
def test_the_form_of_a_type(kind, form):
    assert form_of(to_literal_type(kind)) == form


def test_the_forms_of_types_that_nothing_is_of():
    empty, of_union = LiteralType(), LiteralType()
    empty.enum_type.SetInParent()
    of_union.union_type.SetInParent()
    assert (form_of(empty), form_of(LiteralType(collection_type=empty))) == ("one of ", '["", …]')
    assert (form_of(of_union), form_of(LiteralType(map_value_type=of_union))) == ("nothing", '{"key": nothing, …}')
    with pytest.raises(ConversionError, match="^expected union of nothing, got str; write nothing$"):
        value_of("x", of_union, typed=True)


def test_a_long_enum_is_cut():
    literal_type = LiteralType()
    literal_type.enum_type.values.extend(f"value-{number}" for number in range(100))
    assert len(form_of(literal_type)) == 200


def test_a_doubt_about_none():
    assert doubt("None", to_literal_type(typing.Optional[str])) == "'None' is taken as text; for None write null"
    for kind, text in ((typing.Optional[str], "null"), (typing.Optional[int], "None"), (str, "None")):
        assert doubt(text, to_literal_type(kind)) == ""


def test_the_table():
    lines = list(form_lines())
    assert lines[:3] == [
        "  None               null",
        "  bool               true or false",
        "  int                a whole number, as in 5",
    ]
    assert len(lines) == 17
