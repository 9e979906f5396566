# SPDX-License-Identifier: Apache-2.0
"""Dataclasses that carry settings of mashumaro, which flytekit writes them with. mashumaro is not needed to know them.

A setting that changes what flytekit declares, writes or reads is refused when the type is compiled, by its name. One
that changes nothing is no reason to refuse. The classes here look like mashumaro's; ``tests/interop/test_words.py``
says the same of mashumaro's own.
"""

import dataclasses
import datetime as dt
import enum
import types
from typing import Annotated, Any, Optional

import attrs
import pytest

import shimlite
from shimlite import UnsupportedTypeError

from ..support import packed, refusal, schema_of, stable


class Sentinel(enum.Enum):
    """What a Config or Dialect of mashumaro holds where it leaves a word open: it is true, as any member is."""

    MISSING = enum.auto()


class BaseConfig:
    """Word for word what mashumaro's says."""

    __module__ = "mashumaro.config"
    debug = False
    code_generation_options = ()
    serialization_strategy = types.MappingProxyType({})
    aliases = types.MappingProxyType({})
    serialize_by_alias = Sentinel.MISSING
    namedtuple_as_dict = Sentinel.MISSING
    allow_postponed_evaluation = True
    dialect = None
    omit_none = Sentinel.MISSING
    omit_default = Sentinel.MISSING
    orjson_options = 0
    json_schema = types.MappingProxyType({})
    discriminator = None
    lazy_compilation = False
    sort_keys = False
    allow_deserialization_not_by_alias = False
    forbid_extra_keys = False


class Dialect:
    __module__ = "mashumaro.dialect"
    serialization_strategy = types.MappingProxyType({})
    serialize_by_alias = Sentinel.MISSING
    namedtuple_as_dict = Sentinel.MISSING
    omit_none = Sentinel.MISSING
    omit_default = Sentinel.MISSING
    no_copy_collections = Sentinel.MISSING


def theirs(module: str, named: str, /, *bases: type, **names: Any) -> Any:
    """A class that says it is another library's."""
    return type(named, bases, {"__module__": module, **names})


def unused(self: Any, *arguments: Any) -> Any:
    raise AssertionError("nothing of ours calls a method of mashumaro's")


SERIALIZABLE = theirs("mashumaro.types", "SerializableType", _serialize=unused, _deserialize=classmethod(unused))
GENERIC = theirs("mashumaro.types", "GenericSerializableType", _serialize=unused, _deserialize=classmethod(unused))
HOOKS = ["__pre_serialize__", "__post_serialize__", "__pre_deserialize__", "__post_deserialize__"]
DICT_MIXIN = theirs("mashumaro.mixins.dict", "DataClassDictMixin", to_dict=unused, **dict.fromkeys(HOOKS, unused))
JSON_MIXIN = theirs("mashumaro.mixins.json", "DataClassJSONMixin", DICT_MIXIN, to_json=unused, from_json=unused)
MSGPACK_MIXIN = theirs("mashumaro.mixins.msgpack", "DataClassMessagePackMixin", DICT_MIXIN, to_msgpack=unused)
OTHER_JSON_MIXIN = theirs("dataclasses_json.api", "DataClassJsonMixin", to_json=unused, from_json=unused)


def record(*bases: type, metadata: Any = None, **names: Any) -> Any:
    """One class, ``Point``, of the fields x, at, y and z, with what is set on it and on its field y."""
    fields = [
        ("x", int),
        ("at", dt.date),
        ("y", str, dataclasses.field(default="a", metadata=metadata)),
        ("z", Optional[int], dataclasses.field(default=None)),
    ]
    return dataclasses.make_dataclass("Point", fields, bases=bases, namespace=names)


def configured(base: Any = BaseConfig, **options: Any) -> Any:
    return record(Config=type("Config", (base,), options))


def with_dialect(**options: Any) -> Any:
    return configured(dialect=type("Ours", (Dialect,), options))


PLAIN = record()


def upper(value: str) -> str:
    return value.upper()


class Parent:
    class Config(BaseConfig):
        omit_none = True


class Hooked:
    def __post_serialize__(self, values: Any) -> Any:
        return unused(self, values)


class Strategy:
    """As mashumaro's SerializationStrategy."""

    __module__ = "mashumaro.types"
    serialize, deserialize = unused, unused


DISCRIMINATED = configured(discriminator=theirs("mashumaro.types", "Discriminator", field="kind")())
OMITTING = configured(omit_none=True)

REFUSED = {
    "omit_none": (OMITTING, "omit_none"),
    "omit_none that is no bool": (configured(omit_none=1), "omit_none"),
    "omit_default": (configured(omit_default=True), "omit_default"),
    "a Config of no base": (configured(object, omit_none=True), "omit_none"),
    "a Config of a base that omits": (configured(Parent.Config), "omit_none"),
    "the Config of a base that is no dataclass": (record(Parent), "omit_none"),
    "the Config of a base that is a dataclass": (record(OMITTING), "omit_none"),
    "a dialect that omits None": (with_dialect(omit_none=True), "omit_none"),
    "a dialect that omits defaults": (with_dialect(omit_default=True), "omit_default"),
    "a strategy": (configured(serialization_strategy={str: Strategy()}), "serialization_strategy"),
    "a strategy of functions": (
        configured(serialization_strategy={str: {"serialize": upper}}),
        "serialization_strategy",
    ),
    "a dialect with a strategy": (with_dialect(serialization_strategy={str: Strategy()}), "serialization_strategy"),
    "an alias": (configured(aliases={"x": "X"}), "alias"),
    "an alias that is written": (configured(aliases={"x": "X"}, serialize_by_alias=True), "alias"),
    "an alias beside the name": (configured(aliases={"x": "X"}, allow_deserialization_not_by_alias=True), "alias"),
    "several aliases": (configured(aliases={"x": ["X", "x"]}), "alias"),
    "a discriminator": (DISCRIMINATED, "discriminator"),
    "a discriminator of the parent's Config": (
        record(DISCRIMINATED, Config=type("Config", (DISCRIMINATED.Config,), {})),
        "discriminator",
    ),
    "more properties": (configured(json_schema={"additionalProperties": True}), "json_schema"),
    "a property's schema": (configured(json_schema={"properties": {"x": {"type": "string"}}}), "json_schema"),
    "no other keys": (configured(forbid_extra_keys=True), "forbid_extra_keys"),
    "serialize of a field": (record(metadata={"serialize": upper}), "serialize"),
    "a field that is left out": (record(metadata={"serialize": "omit"}), "serialize"),
    "deserialize of a field": (record(metadata={"deserialize": upper}), "deserialize"),
    "strategy of a field": (record(metadata={"serialization_strategy": Strategy()}), "serialization_strategy"),
    "alias of a field": (record(metadata={"alias": "Y"}), "alias"),
    "aliases of a field": (record(metadata={"alias": ["Y", "y"]}), "alias"),
    "a description that is no text": (record(metadata={"description": 5}), "description of field 'y'"),
    **{hook: (record(**{hook: unused}), hook) for hook in HOOKS},
    "a hook of a base": (record(Hooked), "__post_serialize__"),
    "a hook before the mixin": (record(Hooked, DICT_MIXIN), "__post_serialize__"),
    "SerializableType": (record(SERIALIZABLE), "SerializableType"),
    "a base of it": (record(type("Base", (SERIALIZABLE,), {})), "SerializableType"),
    "GenericSerializableType": (record(GENERIC), "GenericSerializableType"),
    "to_json over the mixin's": (record(JSON_MIXIN, to_json=unused), "to_json"),
    "from_json over the mixin's": (record(JSON_MIXIN, from_json=classmethod(unused)), "from_json"),
    "another library's to_json first": (record(OTHER_JSON_MIXIN, JSON_MIXIN), "to_json"),
}

ALL_OF_FIELD_OPTIONS = {"serialize": None, "deserialize": None, "serialization_strategy": None, "alias": None}

HARMLESS = {
    "an empty Config": configured(),
    "an empty Config of no base": configured(object),
    "a Config of another library": configured(object, extra="forbid", frozen=True),
    "words of another meaning": configured(object, aliases=None, json_schema="text"),
    "a Config that is no class": record(Config=5),
    "debug": configured(debug=True),
    "generation of code": configured(code_generation_options=["TO_DICT_ADD_OMIT_NONE_FLAG"]),
    "no strategy": configured(serialization_strategy={}),
    "no alias": configured(aliases={}),
    "an alias of no field": configured(aliases={"w": "W"}),
    "an alias that is the name": configured(aliases={"x": "x"}),
    "an alias that the field takes back": record(
        metadata={"alias": "y"}, Config=type("Config", (BaseConfig,), {"aliases": {"y": "Y"}})
    ),
    "by alias, without one": configured(serialize_by_alias=True),
    "not by alias, without one": configured(allow_deserialization_not_by_alias=True),
    "named tuples": configured(namedtuple_as_dict=True),
    "no postponed evaluation": configured(allow_postponed_evaluation=False),
    "nothing omitted": configured(omit_none=False, omit_default=False),
    "an empty dialect": with_dialect(),
    "a dialect that copies less": with_dialect(no_copy_collections=(list, dict)),
    "a dialect that takes omit_none back": configured(
        omit_none=True, dialect=type("D", (Dialect,), {"omit_none": False})
    ),
    "orjson": configured(orjson_options=4),
    "the schema as it is": configured(json_schema={"additionalProperties": False, "other": 1}),
    "a property of no field": configured(json_schema={"properties": {"w": {"type": "string"}}}),
    "compiled late": configured(lazy_compilation=True),
    "keys in order": configured(sort_keys=True),
    "a child of a class with a discriminator": record(DISCRIMINATED),
    "a child with a Config of its own": record(OMITTING, Config=type("Config", (BaseConfig,), {})),
    "the mixin for dicts": record(DICT_MIXIN),
    "the mixin for JSON": record(JSON_MIXIN),
    "the mixin for msgpack": record(MSGPACK_MIXIN),
    "the mixin of another library": record(OTHER_JSON_MIXIN),
    "to_dict of its own": record(DICT_MIXIN, to_dict=unused, from_dict=classmethod(unused)),
    "to_json of its own, without the mixin": record(to_json=unused, from_json=classmethod(unused)),
    "a hook behind the mixin": record(DICT_MIXIN, Hooked),
    "a hook that is None": record(__pre_serialize__=None),
    "_serialize without the base": record(_serialize=unused, _deserialize=classmethod(unused)),
    "all options of a field left open": record(metadata=ALL_OF_FIELD_OPTIONS),
    "a field's alias that is its name": record(metadata={"alias": "y"}),
    "a field's empty list of aliases": record(metadata={"alias": []}),
    "a field's own words": record(metadata={"mine": 1, "examples": ["a"], "title": "T", "description": ""}),
    "dataclasses_json's words": record(metadata={"dataclasses_json": {"field_name": "Y", "encoder": upper}}),
}


def around(cls: Any) -> list[Any]:
    """A class where it may stand: alone, in containers, in a union, in another record."""
    outer = dataclasses.make_dataclass("Outer", [("inner", cls)])
    lists = dataclasses.make_dataclass("Outer", [("inner", dict[str, list[Optional[cls]]])])
    return [cls, list[cls], dict[str, cls], dict[int, cls], Optional[cls], outer, lists, list[outer]]


CALLS = {
    "to_literal_type": lambda python_type: shimlite.to_literal_type(python_type),
    "to_literal": lambda python_type: shimlite.to_literal(None, python_type),
    "to_python_value": lambda python_type: shimlite.to_python_value(packed({}), python_type),
    "fidelity": lambda python_type: shimlite.fidelity(python_type),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize(("cls", "setting"), REFUSED.values(), ids=REFUSED)
def test_a_setting_that_changes_something_is_refused_by_name(cls, setting, call):
    for python_type in around(cls):
        message = refusal(UnsupportedTypeError, call, python_type)
        assert setting in message
        assert "Point" in message


@pytest.mark.parametrize("cls", HARMLESS.values(), ids=HARMLESS)
def test_a_setting_that_changes_nothing_is_no_reason_to_refuse(cls):
    arguments = {"x": 1, "at": dt.date(2024, 2, 29), "y": "b"}
    value, plain = cls(**arguments), PLAIN(**arguments)
    for configured_type, plain_type in zip(around(cls)[:2], around(PLAIN)[:2], strict=True):
        assert shimlite.to_literal_type(configured_type) == shimlite.to_literal_type(plain_type)
    literal = shimlite.to_literal(value, cls)
    assert literal == shimlite.to_literal(plain, PLAIN)
    assert shimlite.to_python_value(literal, cls) == value


@pytest.mark.parametrize("name", ["omit_none", "omit_default", "forbid_extra_keys"])
def test_attrs_classes_have_no_settings_since_mashumaro_knows_none(name):
    @attrs.define
    class Point:
        x: int

        class Config(BaseConfig):
            pass

    setattr(Point.Config, name, True)
    assert shimlite.to_literal(Point(1), Point) == packed({"x": 1})


def test_one_class_with_a_setting_does_not_spoil_another_of_the_same_name():
    message = refusal(UnsupportedTypeError, shimlite.to_literal_type, OMITTING)
    assert shimlite.to_literal_type(PLAIN) == shimlite.to_literal_type(record())
    assert refusal(UnsupportedTypeError, shimlite.to_literal_type, OMITTING) == message


@pytest.mark.parametrize(
    ("field_type", "schema"),
    [
        (int, {"type": "integer"}),
        (Optional[int], {"anyOf": [{"type": "integer"}, {"type": "null"}]}),
        (list[str], {"type": "array", "items": {"type": "string"}}),
    ],
)
def test_the_description_of_a_field_is_written_into_the_schema(field_type, schema):
    metadata = {"description": "how many"}
    described = dataclasses.make_dataclass("Point", [("x", field_type, dataclasses.field(metadata=metadata))])
    assert schema_of(described)["properties"] == {"x": {**schema, "description": "how many"}}


def bytes_within(*bases: type) -> list[Any]:
    inner = dataclasses.make_dataclass("Inner", [("data", bytes)])
    kinds = [
        bytes,
        list[bytes],
        Optional[bytes],
        dict[str, bytes],
        dict[int, bytes],
        dict[bytes, int],
        inner,
        list[inner],
    ]
    return [dataclasses.make_dataclass("Point", [("x", kind)], bases=bases) for kind in kinds]


@pytest.mark.parametrize("cls", bytes_within(JSON_MIXIN), ids=stable)
def test_a_record_that_flytekit_writes_as_json_cannot_hold_bytes(cls):
    """flytekit writes them as base64 text there, and reads nothing else."""
    assert "DataClassJSONMixin" in refusal(UnsupportedTypeError, shimlite.to_literal_type, cls)


@pytest.mark.parametrize("cls", [*bytes_within(), *bytes_within(DICT_MIXIN), *bytes_within(MSGPACK_MIXIN)], ids=stable)
def test_other_records_hold_bytes(cls):
    assert shimlite.to_literal_type(cls).structure.dataclass_type["x"].ByteSize()


# ---------------------------------------------------------------------------------------- words of a field's Annotated

WORDS = [
    theirs("mashumaro.types", "Alias", name="X")(),
    theirs("mashumaro.types", "Discriminator", field="kind", include_subtypes=True)(),
    theirs("mashumaro.jsonschema.annotations", "Minimum", value=1)(),
    theirs("mashumaro.jsonschema.annotations", "Pattern", value="a")(),
    theirs("mashumaro.jsonschema.models", "JSONSchema", title="T")(),
]


@pytest.mark.parametrize("word", WORDS, ids=lambda word: type(word).__name__)
def test_a_word_of_mashumaro_in_a_record_is_refused_by_name(word):
    for field_type in (Annotated[int, word], list[Annotated[int, word]], Optional[Annotated[int, word]]):
        cls = dataclasses.make_dataclass("Point", [("x", field_type)])
        for python_type in around(cls):
            assert type(word).__name__ in refusal(UnsupportedTypeError, shimlite.to_literal_type, python_type)


def test_an_enum_that_writes_itself_is_refused_in_a_record():
    class Color(SERIALIZABLE, enum.Enum):
        RED = "red"

    message = "Point.x: has SerializableType in its annotation, which is not supported"
    for field_type in (Color, list[Color], Optional[Color], dict[str, Color]):
        cls = dataclasses.make_dataclass("Point", [("x", field_type)])
        assert refusal(UnsupportedTypeError, shimlite.to_literal_type, cls) == message
    assert shimlite.to_python_value(shimlite.to_literal(Color.RED, Color), Color) is Color.RED


@pytest.mark.parametrize("word", WORDS, ids=lambda word: type(word).__name__)
def test_a_word_of_mashumaro_outside_of_records_means_nothing(word):
    assert shimlite.to_literal_type(Annotated[int, word]) == shimlite.to_literal_type(int)
    assert shimlite.to_literal_type(list[Annotated[str, word]]) == shimlite.to_literal_type(list[str])
    assert shimlite.to_literal_type(Annotated[PLAIN, word]) == shimlite.to_literal_type(PLAIN)


@pytest.mark.parametrize(
    "word", ["text", 5, {"serialize": upper}, Strategy(), theirs("elsewhere", "Alias")()], ids=stable
)
def test_other_words_in_a_record_mean_nothing(word):
    with_word = dataclasses.make_dataclass("Point", [("x", Annotated[int, word])])
    without = dataclasses.make_dataclass("Point", [("x", int)])
    assert shimlite.to_literal_type(with_word) == shimlite.to_literal_type(without)
    assert shimlite.to_literal(with_word(1), with_word) == packed({"x": 1})
