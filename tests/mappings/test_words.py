# SPDX-License-Identifier: Apache-2.0
"""What the words of ``Annotated`` say of a type: annotations, columns, formats, an Arrow schema; all others nothing.

flytekit and pyarrow are not needed to know their words: the classes here say that they are theirs.
"""

import collections
import dataclasses
import datetime as dt
import decimal
import enum
import typing
from typing import Annotated, Any, Optional, Union

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import shimlite
from shimlite import FlyteDirectory, FlyteError, FlyteFile, FlyteSchema, StructuredDataset, UnsupportedTypeError, idl
from shimlite.equality import same

from ..support import LiteralType, refusal, round_trip, scalar, simple, stable

CACHE_KEY = "cache-key-metadata"


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


@dataclasses.dataclass
class Point:
    x: int = 0


class TheirAnnotation:
    """As flytekit's, which compares and hashes by identity."""

    __module__, __qualname__ = "flytekit.core.annotation", "FlyteAnnotation"

    def __init__(self, data: Any):
        self._data = data

    @property
    def data(self) -> Any:
        return self._data


TheirAnnotation.__name__ = "FlyteAnnotation"


def our_annotation(data: Any) -> Any:
    return shimlite.FlyteAnnotation(data)


MAKERS = [our_annotation, TheirAnnotation, type("Own", (TheirAnnotation,), {})]
BY_MAKER = pytest.mark.parametrize("make", MAKERS, ids=["ours", "flytekit's", "a subclass of flytekit's"])


def annotated(literal_type: LiteralType, data: dict[str, Any]) -> LiteralType:
    """The type with an annotation beside whatever it says: a new message."""
    whole = LiteralType()
    whole.CopyFrom(literal_type)
    whole.annotation.annotations.SetInParent()
    whole.annotation.annotations.update(data)
    return whole


def list_type(element: LiteralType) -> LiteralType:
    return LiteralType(collection_type=element)


def map_type(value: LiteralType) -> LiteralType:
    return LiteralType(map_value_type=value)


def union_type(*variants: LiteralType) -> LiteralType:
    return LiteralType(union_type=idl.UnionType(variants=variants))


# ------------------------------------------------------------------------------------------------------- annotations

KINDS: list[Any] = [
    type(None),
    bool,
    int,
    float,
    str,
    bytes,
    dt.datetime,
    dt.date,
    dt.timedelta,
    list[int],
    dict[str, int],
    dict,
    dict[int, str],
    Point,
    Color,
    typing.Literal["a", "b"],
    Optional[int],
    int | str,
    Point | None,
    FlyteFile,
    FlyteFile["csv"],
    FlyteDirectory,
    StructuredDataset,
    Annotated[StructuredDataset, {"id": int}, "parquet"],
    FlyteSchema,
    FlyteSchema[{"id": int}],
    FlyteError,
]
DATA = {"note": "text", "nested": {"list": [1, 2.5, True, None, "x", {}], "empty": []}}


@BY_MAKER
@pytest.mark.parametrize("python_type", KINDS, ids=stable)
def test_an_annotation_stands_beside_what_the_type_says(make, python_type):
    without = shimlite.to_literal_type(python_type)
    assert shimlite.to_literal_type(Annotated[python_type, make(DATA)]) == annotated(without, DATA)


WORD, OTHER = TheirAnnotation({"n": 1}), TheirAnnotation({"n": 2})
INT, STR, NONE = simple("INTEGER"), simple("STRING"), simple("NONE", "none")
MARKED = annotated(INT, {"n": 1})


@pytest.mark.parametrize(
    ("python_type", "literal_type"),
    [
        (Annotated[Annotated[int, WORD], "text"], MARKED),
        (Annotated[int, "text", WORD, 5], MARKED),
        (list[Annotated[int, WORD]], list_type(MARKED)),
        (list[list[Annotated[int, WORD]]], list_type(list_type(MARKED))),
        (Annotated[list[int], WORD], annotated(list_type(INT), {"n": 1})),
        (Annotated[list[Annotated[int, OTHER]], WORD], annotated(list_type(annotated(INT, {"n": 2})), {"n": 1})),
        (dict[str, Annotated[int, WORD]], map_type(MARKED)),
        (Optional[Annotated[int, WORD]], union_type(annotated(simple("INTEGER", "int"), {"n": 1}), NONE)),
        (Annotated[Optional[int], WORD], annotated(union_type(simple("INTEGER", "int"), NONE), {"n": 1})),
        (
            Union[Annotated[int, WORD], Annotated[str, OTHER]],
            union_type(annotated(simple("INTEGER", "int"), {"n": 1}), annotated(simple("STRING", "str"), {"n": 2})),
        ),
    ],
    ids=stable,
)
def test_an_annotation_stands_where_its_annotated_stands(python_type, literal_type):
    assert shimlite.to_literal_type(python_type) == literal_type


@BY_MAKER
@pytest.mark.parametrize("data", [{}, {"": 1}, {"a": {CACHE_KEY: 1}}, collections.OrderedDict(b=1, a=None), {"a": ""}])
def test_any_json_object_is_written(make, data):
    whole = shimlite.to_literal_type(Annotated[int, make(data)])
    assert whole == annotated(INT, data)
    assert whole.HasField("annotation")


@BY_MAKER
def test_a_tuple_is_a_list_as_in_json(make):
    assert shimlite.to_literal_type(Annotated[int, make({"a": (1, (2,))})]) == annotated(INT, {"a": [1, [2]]})


def endless() -> dict[str, Any]:
    data: dict[str, Any] = {}
    data["a"] = [data]
    return data


def deep(levels: int) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for _ in range(levels):
        data = {"a": [data]}
    return data


NOT_JSON = {
    "a set": {"a": {1, 2}},
    "bytes": {"a": b"x"},
    "a bytearray": {"a": [bytearray()]},
    "an object": {"a": object()},
    "a class": {"a": int},
    "a member": {"a": Color.RED},
    "a date": {"a": dt.date(2024, 2, 29)},
    "a complex number": {"a": 1j},
    "a message": {"a": idl.Struct()},
    "NaN": {"a": float("nan")},
    "infinity": {"a": {"b": [float("-inf")]}},
    "an int beyond floats": {"a": 10**400},
    "half a surrogate pair": {"a": "\ud800"},
    "half a surrogate pair as a key": {"\ud800": 1},
    "a cycle": endless(),
    "more levels than protobuf parses": deep(50),
    "more levels than Python's stack": deep(50_000),
    "a list": [1],
    "text": "text",
    "a number": 5,
}


@BY_MAKER
@pytest.mark.parametrize("data", NOT_JSON.values(), ids=NOT_JSON)
def test_an_annotation_that_is_no_json_object_is_refused(make, data):
    message = refusal(UnsupportedTypeError, lambda: shimlite.to_literal_type(Annotated[int, make(data)]))
    assert "FlyteAnnotation" in message
    assert "\n" not in message


@BY_MAKER
@pytest.mark.parametrize("python_type", KINDS, ids=stable)
def test_two_annotations_of_one_type_are_refused(make, python_type):
    for words in ((make({"a": 1}), make({"b": 1})), (make({"a": 1}), "text", make({"a": 1}))):
        message = refusal(UnsupportedTypeError, shimlite.to_literal_type, Annotated[(python_type, *words)])
        assert "FlyteAnnotation" in message


@BY_MAKER
@pytest.mark.parametrize("python_type", KINDS, ids=stable)
def test_the_platforms_own_key_is_refused(make, python_type):
    word = make({CACHE_KEY: {"serialization-format": "json"}})
    assert CACHE_KEY in refusal(UnsupportedTypeError, shimlite.to_literal_type, Annotated[python_type, word])


def test_data_that_python_takes_for_equal_is_told_apart():
    """Types that differ in nothing but this must not share what is kept of one of them."""
    for data in ([True, 1], [1, True], [False, 0.0], [0, False]):
        for one in data:
            word = our_annotation({"a": [one]})
            assert shimlite.to_literal_type(list[Annotated[int, word]]) == list_type(annotated(INT, {"a": [one]}))


@pytest.mark.parametrize(
    ("with_word", "without"),
    [
        (Annotated[int, WORD], int),
        (list[Annotated[int, WORD]], list[int]),
        (Annotated[list[int], WORD], list[int]),
        (Optional[Annotated[int, WORD]], Optional[int]),
        (dict[str, dict[int, Annotated[int, WORD]]], dict[str, dict[int, int]]),
        (Annotated[Point, WORD], Point),
        (Annotated[FlyteFile, WORD], FlyteFile),
    ],
    ids=stable,
)
def test_the_fields_of_a_record_and_other_dicts_forget_annotations_as_flytekit_does(with_word, without):
    one, two = (dataclasses.make_dataclass("Outer", [("x", field_type)]) for field_type in (with_word, without))
    assert shimlite.to_literal_type(one) == shimlite.to_literal_type(two)
    assert shimlite.to_literal_type(dict[int, with_word]) == shimlite.to_literal_type(dict[int, without])


@BY_MAKER
@pytest.mark.parametrize(
    ("python_type", "value"),
    [
        (int, 5),
        (list[int], [1]),
        (Optional[str], "a"),
        (Point, Point(1)),
        (Color, Color.RED),
        (FlyteFile, FlyteFile("u")),
    ],
    ids=stable,
)
def test_values_and_guesses_do_not_know_of_annotations(make, python_type, value):
    """Propeller strips them, so nothing of ours reads them."""
    with_word = Annotated[python_type, make(DATA)]
    declared = shimlite.to_literal_type(with_word)
    assert shimlite.to_literal(value, with_word) == shimlite.to_literal(value, python_type)
    assert round_trip(value, with_word) == value
    assert shimlite.fidelity(with_word).exact == shimlite.fidelity(python_type).exact
    assert shimlite.guess_python_type(declared) == shimlite.guess_python_type(shimlite.to_literal_type(python_type))


json_values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.text(),
    lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside),
    max_leaves=12,
)
json_objects = st.dictionaries(st.text().filter(lambda key: key != CACHE_KEY), json_values)


@settings(max_examples=min(30, settings().max_examples))
@given(st.sampled_from(KINDS), json_objects, st.sampled_from(MAKERS))
def test_every_json_object_is_written_and_can_be_parsed(python_type, data, make):
    data.pop("literal_values", None)  # a Literal's own
    try:
        whole = annotated(shimlite.to_literal_type(python_type), data)
        LiteralType.FromString(whole.SerializeToString())
    except Exception:  # an int beyond floats, too many levels
        refusal(UnsupportedTypeError, shimlite.to_literal_type, Annotated[python_type, make(data)])
        return
    assert shimlite.to_literal_type(Annotated[python_type, make(data)]) == whole


# ------------------------------------------------------------------------------------------------------ other words


class HashMethod:
    __module__ = "flytekit.core.hash"

    def __init__(self, function: Any):
        self._function = function

    def calculate(self, value: Any) -> str:
        return self._function(value)


class TypeTransformer:
    __module__ = "flytekit.core.type_engine"


class BatchSize:
    __module__ = "flytekit.core.type_engine"


NOTHING = [HashMethod(str), BatchSize(), 5, None, b"text", (), object(), int, str.upper, len]


@pytest.mark.parametrize("word", NOTHING, ids=stable)
@pytest.mark.parametrize("python_type", KINDS, ids=stable)
def test_other_words_say_nothing(python_type, word):
    without = shimlite.to_literal_type(python_type)
    assert shimlite.to_literal_type(Annotated[python_type, word]) == without
    assert shimlite.to_literal_type(list[Annotated[python_type, word]]) == list_type(without)


@pytest.mark.parametrize("python_type", KINDS, ids=stable)
def test_a_transformer_of_flytekits_is_refused_since_it_decides_the_type(python_type):
    word = type("MyTransformer", (TypeTransformer,), {})()
    for whole in (Annotated[python_type, word], list[Annotated[python_type, word]]):
        assert "MyTransformer" in refusal(UnsupportedTypeError, shimlite.to_literal_type, whole)


class Schema:
    """As pyarrow's: it has the length of its fields, and text that tells all of it."""

    __module__ = "pyarrow.lib"

    def __init__(self, *fields: str):
        self.fields = fields

    def __len__(self) -> int:
        return len(self.fields)

    def to_string(self) -> str:
        return "\n".join(self.fields)


ARROW, EMPTY = Schema("a: int64", "b: list<item: é>"), Schema()
TABLE_WORDS = [{"a": int}, "csv", ARROW]
OTHERS = [kind for kind in KINDS if StructuredDataset not in (kind, *typing.get_args(kind))]


@pytest.mark.parametrize("word", TABLE_WORDS, ids=["columns", "format", "Arrow schema"])
@pytest.mark.parametrize("python_type", OTHERS, ids=stable)
def test_words_for_a_dataset_say_nothing_of_other_types(python_type, word):
    assert shimlite.to_literal_type(Annotated[python_type, word]) == shimlite.to_literal_type(python_type)


def dataset_type(columns: dict[str, LiteralType] | None = None, **fields: Any) -> LiteralType:
    column = idl.StructuredDatasetType.DatasetColumn
    listed = [column(name=name, literal_type=kind) for name, kind in (columns or {}).items()]
    return LiteralType(structured_dataset_type=idl.StructuredDatasetType(columns=listed, **fields))


EXTERNAL = {"external_schema_type": "arrow", "external_schema_bytes": "a: int64\nb: list<item: é>".encode()}


@pytest.mark.parametrize(
    ("words", "literal_type"),
    [
        ((ARROW,), dataset_type(**EXTERNAL)),
        ((EMPTY,), dataset_type()),
        ((ARROW, "csv"), dataset_type(format="csv", **EXTERNAL)),
        (("csv", ARROW, {"a": int}), dataset_type({"a": INT}, format="csv", **EXTERNAL)),
        (({"a": int}, "", "csv"), dataset_type({"a": INT}, format="csv")),
        ((ARROW, WORD), annotated(dataset_type(**EXTERNAL), {"n": 1})),
        (({"a": int}, {"b": str}), dataset_type({"b": STR})),
        (({},), dataset_type()),
    ],
    ids=stable,
)
def test_the_words_of_a_dataset_in_any_order(words, literal_type):
    python_type = Annotated[(StructuredDataset, *words)]
    assert shimlite.to_literal_type(python_type) == literal_type
    assert shimlite.to_literal_type(dict[str, python_type]) == map_type(literal_type)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("csv", "parquet"), "format"),
        (("csv", "csv"), "format"),
        ((ARROW, ARROW), "schema"),
        ((ARROW, Schema("other: int8")), "schema"),
    ],
    ids=["formats", "one format twice", "one schema twice", "schemas"],
)
def test_two_words_of_one_kind_are_refused(words, named):
    message = refusal(UnsupportedTypeError, shimlite.to_literal_type, Annotated[(StructuredDataset, *words)])
    assert named in message


def test_a_dataset_is_written_with_the_schema_that_its_type_says():
    python_type = Annotated[StructuredDataset, {"a": int}, "csv", ARROW]
    kind = shimlite.to_literal_type(python_type).structured_dataset_type
    literal = scalar(structured_dataset={"uri": "s3://b/k", "metadata": {"structured_dataset_type": kind}})
    value = StructuredDataset(
        "s3://b/k",
        format="csv",
        columns=(("a", INT),),
        **EXTERNAL,  # type: ignore[arg-type]
    )
    assert shimlite.to_literal(StructuredDataset("s3://b/k"), python_type) == literal
    assert shimlite.to_python_value(literal, python_type) == value
    assert shimlite.to_literal(value, StructuredDataset) == literal


def test_a_field_forgets_the_schema_of_a_dataset_as_flytekit_does():
    one, two = (
        dataclasses.make_dataclass("Outer", [("x", field_type)])
        for field_type in (Annotated[StructuredDataset, {"a": {"b": int}}, ARROW], StructuredDataset)
    )
    assert shimlite.to_literal_type(one) == shimlite.to_literal_type(two)


# ---------------------------------------------------------------------------------------------------------- columns


@dataclasses.dataclass
class Info:
    a: int
    b: list[str]


@dataclasses.dataclass
class Wider:
    info: Info
    ok: bool


SIX = {
    int: "INTEGER",
    float: "FLOAT",
    str: "STRING",
    bool: "BOOLEAN",
    dt.datetime: "DATETIME",
    dt.timedelta: "DURATION",
}
INFO = {"info.a": INT, "info.b": list_type(STR)}


@pytest.mark.parametrize(
    ("columns", "flat"),
    [
        ({"info": {"a": int}}, {"info.a": INT}),
        (
            {"x": str, "info": {"b": {"c": int, "a": str}}, "y": str},
            {"x": STR, "info.b.c": INT, "info.b.a": STR, "y": STR},
        ),
        ({"info": {}}, {}),
        ({"info": {"a": {}}, "x": int}, {"x": INT}),
        ({"info": collections.OrderedDict(a=int)}, {"info.a": INT}),
        ({"a.b": int}, {"a.b": INT}),
        ({"info": Info}, INFO),
        (Info, {"a": INT, "b": list_type(STR)}),
        (Wider, {**INFO, "ok": simple("BOOLEAN")}),
        ({"w": Wider}, {f"w.{name}": kind for name, kind in {**INFO, "ok": simple("BOOLEAN")}.items()}),
        ({"a": list[int]}, {"a": list_type(INT)}),
        ({"a": list[list[str]]}, {"a": list_type(list_type(STR))}),
        ({"a": dict[str, int]}, {"a": map_type(INT)}),
        ({"a": list[dict[str, str]]}, {"a": list_type(map_type(STR))}),
        ({kind.__name__: kind for kind in SIX}, {kind.__name__: simple(name) for kind, name in SIX.items()}),
        ({"": int}, {"": INT}),
        ({"": {"a": int}}, {"a": INT}),
        ({"a": {"": int}}, {"a.": INT}),
    ],
    ids=stable,
)
def test_columns_inside_columns_are_named_by_their_path(columns, flat):
    assert shimlite.to_literal_type(Annotated[StructuredDataset, columns]) == dataset_type(flat)


NUMPY = {
    **dict.fromkeys(("int32", "int64", "uint32", "uint64"), INT),
    **dict.fromkeys(("float32", "float64"), simple("FLOAT")),
    **dict.fromkeys(("bool", "bool_"), simple("BOOLEAN")),
    **dict.fromkeys(("str_", "bytes_", "object_"), STR),
    "datetime64": simple("DATETIME"),
    "timedelta64": simple("DURATION"),
}


def test_columns_of_numpys_types_are_what_flytekit_takes_them_for():
    columns = {name: type(name, (), {"__module__": "numpy"}) for name in NUMPY}
    assert shimlite.to_literal_type(Annotated[StructuredDataset, columns]) == dataset_type(NUMPY)
    nobodys = Annotated[StructuredDataset, {"a": type("int64", (), {})}]
    message = "column 'a': int64 is not supported; use a dataclass or attrs class"
    assert refusal(UnsupportedTypeError, shimlite.to_literal_type, nobodys) == message


def test_columns_of_lists_and_dicts_are_what_flytekit_takes_them_for():
    """A dict is a map whatever its keys are, and inside both numpy's types are Python's."""
    number = type("int64", (), {"__module__": "numpy"})
    whole = simple("INTEGER")
    listed, mapped = LiteralType(collection_type=whole), LiteralType(map_value_type=whole)
    columns: dict[str, Any] = {
        "a": list[number],  # type: ignore[valid-type]
        "b": dict[int, int],
        "c": dict[str, number],  # type: ignore[valid-type]
        "d": list[dict[dt.date, list[int]]],
    }
    nested = LiteralType(collection_type=LiteralType(map_value_type=listed))
    types = {"a": listed, "b": mapped, "c": mapped, "d": nested}
    assert shimlite.to_literal_type(Annotated[StructuredDataset, columns]) == dataset_type(types)
    message = "column 'a': Decimal is not supported; use float, or str to keep every digit"
    of_a_list = Annotated[StructuredDataset, {"a": list[decimal.Decimal]}]
    assert refusal(UnsupportedTypeError, shimlite.to_literal_type, of_a_list) == message


def test_a_schema_takes_numpys_types_too():
    number = type("float32", (), {"__module__": "numpy"})
    assert shimlite.to_literal_type(FlyteSchema[{"a": number}]) == shimlite.to_literal_type(FlyteSchema[{"a": float}])


@pytest.mark.parametrize(
    "columns",
    [
        {"a": {"b": int}, "a.b": str},
        {"a.b": int, "a": {"b": int}},
        {"a": 5},
        {"a": {"b": "s3cr3t"}},
        {"a": set[int]},
        {"a": {"b": tuple[int, str]}},
        {5: int},
        {"a": {5: int}},
        {None: {"a": int}},
    ],
    ids=stable,
)
def test_columns_that_no_dataset_can_have_are_refused(columns):
    message = refusal(UnsupportedTypeError, shimlite.to_literal_type, Annotated[StructuredDataset, columns])
    assert "column" in message
    assert "s3cr3t" not in message


def test_columns_without_end_are_refused():
    columns: dict[str, Any] = {}
    columns["a"] = columns
    refusal(UnsupportedTypeError, shimlite.to_literal_type, Annotated[StructuredDataset, columns])


def function(a: int) -> str:
    return str(a)


@pytest.mark.parametrize("word", [function, Info(1, []), Info], ids=["function", "instance", "class"])
def test_a_word_whose_annotations_flytekit_takes_for_columns(word):
    """It takes those of anything. We take a dataclass, and refuse what is likelier to be a mistake."""
    python_type = Annotated[StructuredDataset, word]
    if word is Info:
        assert shimlite.to_literal_type(python_type) == dataset_type({"a": INT, "b": list_type(STR)})
    else:
        refusal(UnsupportedTypeError, shimlite.to_literal_type, python_type)


@pytest.mark.parametrize("columns", [{"a": {"b": int}}, {"a": Info}, {"a": {}}, {5: int}], ids=stable)
def test_the_columns_of_a_schema_cannot_nest(columns):
    message = refusal(UnsupportedTypeError, lambda: shimlite.to_literal_type(FlyteSchema[columns]))
    assert "column" in message


# ----------------------------------------------------------------------------------------------- guess, and guess again

names = st.text(st.characters(codec="utf-8", exclude_characters="."), max_size=6)
six = st.sampled_from(list(SIX))
column_types = st.recursive(
    six, lambda inside: inside.map(lambda one: list[one]) | inside.map(lambda one: dict[str, one]), max_leaves=3
)
nested_columns = st.recursive(
    st.dictionaries(names, column_types, max_size=3),
    lambda inside: st.dictionaries(names.filter(bool), column_types | inside, max_size=3),
    max_leaves=4,
)
formats = st.text(st.characters(codec="utf-8"), min_size=1, max_size=6)


@st.composite
def datasets(draw: Any) -> Any:
    words = draw(st.lists(st.sampled_from(["columns", "format", "schema"]), unique=True))
    choices = {
        "columns": nested_columns,
        "format": formats,
        "schema": st.lists(formats, max_size=3).map(lambda fields: Schema(*fields)),
    }
    drawn = [draw(choices[word]) for word in words]
    return Annotated[(StructuredDataset, *drawn)] if drawn else StructuredDataset


references = st.one_of(
    st.sampled_from([FlyteFile, FlyteDirectory, StructuredDataset, FlyteSchema, FlyteError]),
    formats.map(lambda name: FlyteFile[name]),
    formats.map(lambda name: FlyteDirectory[name]),
    st.dictionaries(names, six, max_size=4).map(lambda columns: FlyteSchema[columns]),
    datasets(),
)


def is_hashable(python_type):
    """``Union`` asks for the hash of its members, and a dict among the words of one has none."""
    try:
        hash(python_type)
    except TypeError:
        return False
    return True


types_of_references = st.recursive(
    references,
    lambda inside: st.one_of(
        inside.map(lambda one: list[one]),
        inside.map(lambda one: dict[str, one]),
        inside.filter(is_hashable).map(lambda one: Union[None, one]),
    ),
    max_leaves=3,
)


def flat(columns: dict[str, Any], path: str = "") -> dict[str, Any]:
    """The rule again, in other words than the code's."""
    whole: dict[str, Any] = {}
    for name, kind in columns.items():
        place = f"{path}.{name}" if path else name
        whole.update(flat(kind, place) if isinstance(kind, dict) else {place: kind})
    return whole


def column_type(kind: Any) -> LiteralType:
    if kind in SIX:
        return simple(SIX[kind])
    inside = column_type(typing.get_args(kind)[-1])
    return list_type(inside) if typing.get_origin(kind) is list else map_type(inside)


@given(nested_columns)
def test_any_columns_are_written_flat(columns):
    wanted = {name: column_type(kind) for name, kind in flat(columns).items()}
    assert shimlite.to_literal_type(Annotated[StructuredDataset, columns]) == dataset_type(wanted)


@given(types_of_references)
def test_a_guess_says_what_the_type_said(python_type):
    declared = shimlite.to_literal_type(python_type)
    guess = shimlite.guess_python_type(declared)
    assert shimlite.to_literal_type(guess) == declared
    again = shimlite.guess_python_type(shimlite.to_literal_type(guess))
    assert shimlite.to_literal_type(again) == declared


external = st.fixed_dictionaries(
    {},
    optional={
        "format": formats,
        "external_schema_type": st.sampled_from(["arrow", "avro", ""]) | formats,
        "external_schema_bytes": st.binary(max_size=8),
    },
)


@given(st.dictionaries(names, column_types.map(column_type), max_size=3), external)
def test_a_guess_says_what_any_message_said(columns, fields):
    """Whoever wrote the schema, in whatever language."""
    declared = dataset_type(columns, **fields)
    assert shimlite.to_literal_type(shimlite.guess_python_type(declared)) == declared


@given(st.dictionaries(names, six, max_size=3), formats)
def test_values_that_leave_all_open_come_back_as_the_guess_says(columns, name):
    for python_type, value in [
        (FlyteFile[name], FlyteFile("s3://b/k")),
        (FlyteDirectory[name], FlyteDirectory("s3://b/k")),
        (FlyteSchema[columns], FlyteSchema("s3://b/k")),
        (Annotated[StructuredDataset, columns, name, ARROW], StructuredDataset("s3://b/k")),
    ]:
        guess = shimlite.guess_python_type(shimlite.to_literal_type(python_type))
        literal = shimlite.to_literal(value, guess)
        assert literal == shimlite.to_literal(value, python_type)
        assert same(shimlite.to_python_value(literal, guess), shimlite.to_python_value(literal, python_type))


def test_a_guess_of_columns_by_name():
    """The example: both tables keep their columns, the file its format."""
    guess = shimlite.guess_python_type(shimlite.to_literal_type(FlyteSchema[{"id": int, "name": str}]))
    assert guess == FlyteSchema[{"id": int, "name": str}]
    assert shimlite.guess_python_type(LiteralType(blob={"format": "csv"})) == FlyteFile["csv"]


def test_two_tables_of_a_union_are_told_apart_by_their_columns_alone():
    one, two = FlyteSchema[{"id": int}], FlyteSchema[{"name": str}]
    declared = shimlite.to_literal_type(Union[one, two])
    assert shimlite.to_literal_type(shimlite.guess_python_type(declared)) == declared
    assert len(declared.union_type.variants) == 2
