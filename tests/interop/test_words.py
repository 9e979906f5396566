# SPDX-License-Identifier: Apache-2.0
"""Settings of mashumaro and words of ``Annotated``, with the real flytekit, mashumaro and pyarrow.

A dataclass with a setting is either refused by us or declared, written and read as flytekit does it; one for which
flytekit does as for a plain class is not refused.
"""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import typing
from typing import Annotated, Any

import mashumaro
import pyarrow
import pytest
from flytekit import BatchSize, HashMethod
from flytekit.core.annotation import FlyteAnnotation
from flytekit.core.type_engine import TypeTransformer
from flytekit.types.file import FileExt
from flytekit.types.structured import StructuredDataset as TheirDataset
from hypothesis import assume, given
from hypothesis import strategies as st
from mashumaro.config import ADD_DIALECT_SUPPORT, TO_DICT_ADD_BY_ALIAS_FLAG, TO_DICT_ADD_OMIT_NONE_FLAG, BaseConfig
from mashumaro.dialect import Dialect
from mashumaro.jsonschema.annotations import MinLength
from mashumaro.mixins.dict import DataClassDictMixin
from mashumaro.mixins.json import DataClassJSONMixin
from mashumaro.mixins.msgpack import DataClassMessagePackMixin
from mashumaro.types import Alias, Discriminator, GenericSerializableType, SerializableType, SerializationStrategy

import shimlite
from shimlite import FlyteDirectory, FlyteFile, FlyteSchema, StructuredDataset, UnsupportedTypeError, to_literal_type

from ..mappings import test_configured_records, test_words
from ..support import packed
from .translate import findable, in_order, their_literal, their_literal_type, their_reading, their_type

# The older spelling is another object than int | None, and people still write it.
Maybe = typing.Optional

# ---------------------------------------------------------------------------------------- dataclasses, mashumaro


class Upper(SerializationStrategy):
    def serialize(self, value: str) -> str:
        return value.upper()

    def deserialize(self, value: str) -> str:
        return value.lower()


class Strategies(Dialect):
    serialization_strategy = {str: Upper()}


class OmitsNone(Dialect):
    omit_none = True


class KeepsNone(Dialect):
    omit_none = False


class CopiesLess(Dialect):
    no_copy_collections = (list, dict)


class Constant(SerializableType):
    def _serialize(self) -> Any:
        return {"constant": 1}

    @classmethod
    def _deserialize(cls, value: Any) -> Any:
        return cls(x=9, at=dt.date(2000, 1, 1))


class Generic(GenericSerializableType):
    def _serialize(self, types: Any) -> Any:
        return {"constant": 1}

    @classmethod
    def _deserialize(cls, value: Any, types: Any) -> Any:
        return cls(x=9, at=dt.date(2000, 1, 1))


class Hooked:
    def __post_serialize__(self, values: Any) -> Any:
        return {**values, "more": 1}


def fill(cls: Any, values: Any) -> Any:
    return {**values, "y": "filled"}


def refill(cls: Any, value: Any) -> Any:
    return dataclasses.replace(value, y="filled")


def upper(value: str) -> str:
    return value.upper()


def before(self: Any) -> Any:
    return dataclasses.replace(self, y="before")


def record(*bases: type, y: Any = str, metadata: Any = None, **names: Any) -> Any:
    fields = [
        ("x", int),
        ("at", dt.date),
        ("y", y, dataclasses.field(default="a", metadata=metadata)),
        ("z", Maybe[int], dataclasses.field(default=None)),
    ]
    return findable(dataclasses.make_dataclass("Point", fields, bases=bases, namespace=names))


def configured(**options: Any) -> Any:
    return record(Config=type("Config", (BaseConfig,), options))


PLAIN = record()
DISCRIMINATED = configured(discriminator=Discriminator(field="kind", include_subtypes=True))
BY_FIELD = mashumaro.field_options

CHANGED = {
    "omit_none": configured(omit_none=True),
    "omit_default": configured(omit_default=True),
    "a Config of no base": record(Config=type("Config", (), {"omit_none": True})),
    "inherited": record(configured(omit_none=True)),
    "dialect that omits": configured(dialect=OmitsNone),
    "strategy": configured(serialization_strategy={str: Upper()}),
    "dialect with a strategy": configured(dialect=Strategies),
    "alias": configured(aliases={"x": "X"}),
    "alias that is written": configured(aliases={"x": "X"}, serialize_by_alias=True),
    "alias beside the name": configured(aliases={"x": "X"}, allow_deserialization_not_by_alias=True),
    "discriminator": DISCRIMINATED,
    "discriminator of the parent's Config": record(DISCRIMINATED, Config=type("Config", (DISCRIMINATED.Config,), {})),
    "more properties": configured(json_schema={"additionalProperties": True}),
    "a property's schema": configured(json_schema={"properties": {"x": {"type": "string"}}}),
    "forbid_extra_keys": configured(forbid_extra_keys=True),
    "serialize": record(metadata=BY_FIELD(serialize=upper)),
    "omit": record(metadata=BY_FIELD(serialize="omit")),
    "deserialize": record(metadata=BY_FIELD(deserialize=upper)),
    "strategy of a field": record(metadata=BY_FIELD(serialization_strategy=Upper())),
    "alias of a field": record(metadata=BY_FIELD(alias="Y")),
    "aliases of a field": record(metadata=BY_FIELD(alias=["Y", "y"])),
    "Alias": record(y=Annotated[str, Alias("Y")]),
    "before writing": record(__pre_serialize__=before),
    "after writing": record(Hooked),
    "before reading": record(__pre_deserialize__=classmethod(fill)),
    "after reading": record(__post_deserialize__=classmethod(refill)),
    "SerializableType": record(Constant),
    "GenericSerializableType": record(Generic),
    "to_json": record(DataClassJSONMixin, to_json=lambda self: '{"own": 1}'),
    "from_json": record(DataClassJSONMixin, from_json=classmethod(lambda cls, *_: cls(x=9, at=dt.date(2000, 1, 1)))),
    "a schema's words": record(y=Annotated[str, MinLength(1)]),
}
UNCHANGED = {
    "an empty Config": configured(),
    "generation of code": configured(code_generation_options=[TO_DICT_ADD_OMIT_NONE_FLAG, TO_DICT_ADD_BY_ALIAS_FLAG]),
    "dialects": configured(code_generation_options=[ADD_DIALECT_SUPPORT]),
    "by alias, without one": configured(serialize_by_alias=True),
    "not by alias, without one": configured(allow_deserialization_not_by_alias=True),
    "an alias of no field": configured(aliases={"w": "W"}),
    "an alias that is the name": configured(aliases={"x": "x"}),
    "an alias that the field takes back": record(
        metadata={"alias": "y"}, Config=type("Config", (BaseConfig,), {"aliases": {"y": "Y"}})
    ),
    "a dialect that takes omit_none back": configured(omit_none=True, dialect=KeepsNone),
    "a dialect that copies less": configured(dialect=CopiesLess),
    "a child of a class with a discriminator": record(DISCRIMINATED),
    "a child with a Config of its own": record(configured(omit_none=True), Config=type("Config", (BaseConfig,), {})),
    "the schema as it is": configured(json_schema={"additionalProperties": False, "other": 1}),
    "a property of no field": configured(json_schema={"properties": {"w": {"type": "string"}}}),
    "keys in order": configured(sort_keys=True),
    "compiled late": configured(lazy_compilation=True),
    "the mixin for dicts": record(DataClassDictMixin),
    "the mixin for JSON": record(DataClassJSONMixin),
    "the mixin for msgpack": record(DataClassMessagePackMixin),
    "to_dict of its own": record(DataClassJSONMixin, to_dict=lambda self: {"own": 1}),
    "a hook behind the mixin": record(DataClassDictMixin, Hooked),
    "a hook that is None": record(__pre_serialize__=None),
    "_serialize without the base": record(_serialize=before, _deserialize=classmethod(fill)),
    "options left open": record(metadata=BY_FIELD()),
    "own words": record(metadata={"mine": 1, "examples": ["a"], "title": "T", "description": ""}),
    "a word": record(y=Annotated[str, "text"]),
    "a strategy as a word": record(y=Annotated[str, Upper()]),
    "an annotation": record(y=Annotated[str, FlyteAnnotation({"a": 1})]),
}
READINGS = [
    packed({"x": 1, "at": "2024-02-29", "y": "b", "z": 5}),
    packed({"x": 1, "at": "2024-02-29"}),
    packed({"x": 1, "at": "2024-02-29", "more": 1}),
]


def value_of(cls: Any) -> Any:
    return cls(x=1, at=dt.date(2024, 2, 29))


def observed(cls: Any) -> list[Any]:
    """What flytekit says, writes and reads of a class: all that a setting may change."""
    calls = [lambda: their_literal_type(cls), lambda: in_order(their_literal(cls, value_of(cls)))]
    calls += [lambda literal=literal: dataclasses.asdict(their_reading(literal, cls)) for literal in READINGS]
    return [_outcome(call) for call in calls]


def _outcome(call: Any) -> Any:
    try:
        return call()
    except Exception as error:
        return type(error)


AS_PLAIN = observed(PLAIN)


@pytest.mark.parametrize("cls", CHANGED.values(), ids=CHANGED)
def test_a_setting_that_changes_what_flytekit_does_is_refused(cls):
    assert observed(cls) != AS_PLAIN
    for python_type in (cls, list[cls], Maybe[cls]):
        with pytest.raises(UnsupportedTypeError):
            to_literal_type(python_type)


@pytest.mark.parametrize("cls", UNCHANGED.values(), ids=UNCHANGED)
def test_a_setting_that_changes_nothing_is_not_refused(cls):
    assert observed(cls) == AS_PLAIN
    assert to_literal_type(cls) == their_literal_type(cls)
    literal = shimlite.to_literal(value_of(cls), cls)
    assert literal == in_order(their_literal(cls, value_of(cls)))
    assert their_reading(literal, cls) == shimlite.to_python_value(literal, cls) == value_of(cls)


options = st.fixed_dictionaries(
    {},
    optional={
        "omit_none": st.booleans(),
        "omit_default": st.booleans(),
        "aliases": st.dictionaries(st.sampled_from("xyzw"), st.sampled_from("xyzwXY"), max_size=2),
        "serialize_by_alias": st.booleans(),
        "allow_deserialization_not_by_alias": st.booleans(),
        "forbid_extra_keys": st.booleans(),
        "sort_keys": st.booleans(),
        "lazy_compilation": st.booleans(),
        "namedtuple_as_dict": st.booleans(),
        "dialect": st.sampled_from([None, Strategies, OmitsNone, KeepsNone, CopiesLess]),
        "json_schema": st.sampled_from([{}, {"additionalProperties": True}, {"other": 1}]),
        "serialization_strategy": st.sampled_from([{}, {str: Upper()}]),
    },
)


@given(options, st.sampled_from([(), (DataClassDictMixin,), (DataClassMessagePackMixin,)]))
def test_what_is_not_refused_is_as_flytekit_does_it(config, bases):
    try:
        cls = record(*bases, Config=type("Config", (BaseConfig,), config))
    except Exception:  # mashumaro's mixins compile at once
        assume(False)
    theirs = observed(cls)
    try:
        ours = to_literal_type(cls)
    except UnsupportedTypeError:
        assert theirs != AS_PLAIN
        return
    assert theirs == AS_PLAIN
    assert [ours, shimlite.to_literal(value_of(cls), cls)] == theirs[:2]
    assert [dataclasses.asdict(shimlite.to_python_value(literal, cls)) for literal in READINGS] == theirs[2:]


def test_the_look_alike_of_a_config_says_what_mashumaros_says():
    """So that the tests without mashumaro test what they claim."""
    for theirs, ours in ((BaseConfig, test_configured_records.BaseConfig), (Dialect, test_configured_records.Dialect)):
        names = {name for name in vars(theirs) if not name.startswith("_")} - {"merge"}
        assert names == {name for name in vars(ours) if not name.startswith("_")}
        for name in names:
            said, copied = getattr(theirs, name), getattr(ours, name)
            assert said == copied or str(said) == str(copied) == "Sentinel.MISSING"


@pytest.mark.parametrize("field_type", [int, Maybe[int], list[str], test_words.Point], ids=repr)
def test_a_description_is_written_as_mashumaro_writes_it(field_type):
    field = dataclasses.field(metadata={"description": "how many"})
    cls = findable(dataclasses.make_dataclass("Point", [("x", field_type, field)]))
    assert to_literal_type(cls) == their_literal_type(cls)


@pytest.mark.parametrize("bases", [(), (DataClassDictMixin,), (DataClassMessagePackMixin,), (DataClassJSONMixin,)])
def test_bytes_are_base64_for_flytekit_in_the_json_mixin_alone(bases):
    cls = findable(dataclasses.make_dataclass("Point", [("x", bytes)], bases=bases))
    if DataClassJSONMixin in bases:
        assert their_literal(cls, cls(b"a")) == packed({"x": "YQ==\n"})
        with pytest.raises(UnsupportedTypeError):
            to_literal_type(cls)
    else:
        assert their_literal(cls, cls(b"a")) == packed({"x": b"a"}) == shimlite.to_literal(cls(b"a"), cls)


# ---------------------------------------------------------------------------------------- words of Annotated

TYPES = [
    type(None),
    bool,
    int,
    float,
    str,
    dt.datetime,
    dt.date,
    dt.timedelta,
    list[int],
    list[list[str]],
    Maybe[int],
    int | str,
    FlyteFile,
    FlyteFile["csv"],
    FlyteDirectory,
    StructuredDataset,
    FlyteSchema,
    FlyteSchema[{"id": int}],
]
REFUSED_BY_FLYTEKIT = [dict, dict[str, int], dict[int, str], test_words.Point, test_words.Color, typing.Literal["a"]]


def both(python_type: Any, *words: Any) -> tuple[Any, Any]:
    return Annotated[(python_type, *words)], Annotated[(their_type(python_type), *words)]


@given(st.sampled_from(TYPES), test_words.json_objects)
def test_an_annotation_is_written_as_flytekit_writes_it(python_type, data):
    ours, theirs = both(python_type, FlyteAnnotation(data))
    wanted = their_literal_type(theirs)
    assert to_literal_type(ours) == wanted
    assert to_literal_type(Annotated[python_type, shimlite.FlyteAnnotation(data)]) == wanted
    assert to_literal_type(list[ours]) == their_literal_type(list[theirs])
    assert to_literal_type(dict[str, ours]) == their_literal_type(dict[str, theirs])
    if typing.get_origin(their_type(python_type)) is not typing.Union and python_type is not type(None):
        assert to_literal_type(Maybe[ours]) == their_literal_type(Maybe[theirs])


@pytest.mark.parametrize("python_type", REFUSED_BY_FLYTEKIT, ids=repr)
def test_flytekit_refuses_an_annotation_of_what_it_writes_as_a_struct_or_choice(python_type):
    """We write it beside what is there: nobody else has written it, so nobody reads it otherwise."""
    ours, theirs = both(python_type, FlyteAnnotation({"a": 1}))
    with pytest.raises(Exception, match="FlyteAnnotations applied to|must be of the same type"):
        their_literal_type(theirs)
    assert to_literal_type(ours).annotation.annotations["a"] == 1


@pytest.mark.parametrize("data", test_words.NOT_JSON.values(), ids=test_words.NOT_JSON)
def test_what_we_refuse_in_an_annotation_flytekit_cannot_write(data):
    def through_flytekit() -> Any:
        literal_type = their_literal_type(Annotated[int, FlyteAnnotation(data)])
        literal_type.annotation.annotations["a"]
        assert type(literal_type).FromString(literal_type.SerializeToString()) == literal_type
        from google.protobuf import json_format

        json_format.MessageToDict(literal_type)

    with pytest.raises(BaseException):  # noqa: B017, PT011
        through_flytekit()
    with pytest.raises(UnsupportedTypeError):
        to_literal_type(Annotated[int, FlyteAnnotation(data)])


def test_two_annotations_and_the_platforms_key_are_refused_alike():
    for words in (
        (FlyteAnnotation({"a": 1}), FlyteAnnotation({"a": 1})),
        (FlyteAnnotation({"cache-key-metadata": {}}),),
    ):
        ours, theirs = both(int, *words)
        with pytest.raises((ValueError, AssertionError)):
            their_literal_type(theirs)
        with pytest.raises(UnsupportedTypeError):
            to_literal_type(ours)


class Always(TypeTransformer):
    def __init__(self) -> None:
        super().__init__("always", int)

    def get_literal_type(self, t: Any) -> Any:
        from flytekit.models.types import LiteralType, SimpleType

        return LiteralType(simple=SimpleType.STRING)

    def to_literal(self, *_: Any) -> Any: ...

    def to_python_value(self, *_: Any) -> Any: ...


ARROW = pyarrow.schema(
    [pyarrow.field("a", pyarrow.int8(), nullable=False, metadata={"k": "v"}), ("b", pyarrow.list_(pyarrow.string()))],
    metadata={"m": "n" * 200},
)
WORDS = {
    "hash": HashMethod(str),
    "batches": BatchSize(3),
    "extension": FileExt("csv"),
    "text": "csv",
    "empty text": "",
    "number": 5,
    "columns": {"a": int},
    "ordered columns": collections.OrderedDict(a=int, b=str),
    "nested columns": {"info": {"a": int, "b": {"c": str}}, "x": list[int]},
    "no columns": {},
    "a dataclass": test_words.Info,
    "an Arrow schema": ARROW,
    "an empty Arrow schema": pyarrow.schema([]),
}


@pytest.mark.parametrize("word", WORDS.values(), ids=WORDS)
@pytest.mark.parametrize("python_type", TYPES, ids=repr)
def test_a_word_says_what_it_says_to_flytekit(python_type, word):
    ours, theirs = both(python_type, word)
    assert to_literal_type(ours) == their_literal_type(theirs)
    assert to_literal_type(list[ours]) == their_literal_type(list[theirs])


@pytest.mark.parametrize("python_type", [int, list[int], FlyteFile, StructuredDataset], ids=repr)
def test_a_transformer_as_a_word_decides_the_type_and_is_refused(python_type):
    ours, theirs = both(python_type, Always())
    assert their_literal_type(theirs) == their_literal_type(str)
    with pytest.raises(UnsupportedTypeError):
        to_literal_type(ours)


@pytest.mark.parametrize(
    "words", [("csv", "parquet"), ("csv", "csv"), (ARROW, ARROW)], ids=["formats", "one twice", "schemas"]
)
def test_two_words_of_one_kind_are_refused_alike(words):
    ours, theirs = both(StructuredDataset, *words)
    with pytest.raises(ValueError, match="already"):
        their_literal_type(theirs)
    with pytest.raises(UnsupportedTypeError):
        to_literal_type(ours)


@st.composite
def dataset_words(draw: Any) -> list[Any]:
    names = draw(st.lists(st.sampled_from(["columns", "format", "schema", "annotation", "word"]), unique=True))
    schema = st.lists(st.sampled_from("abc"), max_size=3, unique=True).map(
        lambda fields: pyarrow.schema([(name, pyarrow.int64()) for name in fields])
    )
    choices = {
        "columns": test_words.nested_columns,
        "format": test_words.formats,
        "schema": schema,
        "annotation": test_words.json_objects.map(FlyteAnnotation),
        "word": st.sampled_from([5, None, HashMethod(str)]),
    }
    return [draw(choices[name]) for name in names]


@given(dataset_words())
def test_all_the_words_of_a_dataset_are_written_as_flytekit_writes_them(words):
    assume(words)
    assert to_literal_type(Annotated[(StructuredDataset, *words)]) == (
        their_literal_type(Annotated[(TheirDataset, *words)])
    )
