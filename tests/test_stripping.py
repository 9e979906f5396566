# SPDX-License-Identifier: Apache-2.0
"""The model of what Propeller strips says what a running Flyte did (golden/stripped.jsonl)."""

from __future__ import annotations

import pytest

from shimlite._idl import LiteralType, Struct, TaskTemplate

from .golden.recorded import message, rows
from .stripping import CACHE_KEY, parts, stripped, stripped_type
from .support import record_type, simple

PAIRS = {row["name"]: row for row in rows("stripped.jsonl")}
each_pair = pytest.mark.parametrize("name", PAIRS)


def before(name: str) -> TaskTemplate:
    return message(TaskTemplate, PAIRS[name]["registered"])


def after(name: str) -> TaskTemplate:
    return message(TaskTemplate, PAIRS[name]["stripped"])


def types_of(template: TaskTemplate) -> list[LiteralType]:
    inputs, outputs = template.interface.inputs.variables, template.interface.outputs.variables
    return [variables[name].type for variables in (inputs, outputs) for name in sorted(variables)]


def within(literal_type: LiteralType) -> list[LiteralType]:
    """The type and all types in it."""
    return [literal_type, *(deep for part in parts(literal_type) for deep in within(part))]


# ------------------------------------------------------------------------------------------------ what Flyte 1.16.8 did


def test_every_line_is_tested():
    assert len(PAIRS) == len(rows("stripped.jsonl")) == 53


@each_pair
def test_the_model_gives_the_template_that_the_pod_got(name: str):
    """Nothing else differs, so that whole templates are compared, to the byte."""
    model = stripped(before(name))
    assert model == after(name)
    assert model.SerializeToString(deterministic=True) == after(name).SerializeToString(deterministic=True)


def strippable(literal_type: LiteralType) -> bool:
    """Whether there is something to strip directly in the type."""
    return literal_type.HasField("metadata") or (
        literal_type.HasField("annotation") and CACHE_KEY not in literal_type.annotation.annotations.fields
    )


def has_work(name: str) -> bool:
    return any(strippable(deep) for literal_type in types_of(before(name)) for deep in within(literal_type))


@each_pair
def test_types_changed_where_they_had_something_to_strip(name: str):
    assert (types_of(before(name)) != types_of(after(name))) == has_work(name)
    assert before(name) != after(name)  # a description went from each


def test_how_many_had():
    assert sum(map(has_work, PAIRS)) == 21


@each_pair
def test_nothing_is_left_to_strip(name: str):
    assert stripped(after(name)) == after(name)
    for variables in (after(name).interface.inputs, after(name).interface.outputs):
        assert all(variable.description == "" for variable in variables.variables.values())
    assert not any(strippable(deep) for literal_type in types_of(after(name)) for deep in within(literal_type))


def test_the_rest_of_a_template_stays():
    sent, got = before("everything"), after("everything")
    for template in (sent, got):
        template.ClearField("interface")
    assert sent == got
    for field in ("id", "metadata", "custom", "container", "security_context", "extended_resources"):
        assert sent.HasField(field)


def test_the_template_itself_is_not_changed():
    template = before("deep")
    stripped(template)
    assert template == before("deep")


# -------------------------------------------------------------------------------------------------------------- by hand

WORDS = Struct()
WORDS.update({"a": 1})
KEYED = Struct()
KEYED.update({CACHE_KEY: {"serialization-format": "msgpack"}, "a": 1})


def full() -> LiteralType:
    """A type with all that goes."""
    literal_type = simple("STRUCT", "tag")
    literal_type.metadata.CopyFrom(WORDS)
    literal_type.annotation.annotations.CopyFrom(WORDS)
    return literal_type


BARE = simple("STRUCT", "tag")
PLACES = {
    "alone": lambda inner: inner,
    "list": lambda inner: LiteralType(collection_type=inner),
    "map": lambda inner: LiteralType(map_value_type=inner),
    "union": lambda inner: LiteralType(union_type={"variants": [simple("NONE", "none"), inner]}),
    "column": lambda inner: LiteralType(
        structured_dataset_type={"columns": [{"name": "a", "literal_type": inner}], "format": "csv"}
    ),
    "field": lambda inner: LiteralType(simple="STRUCT", structure={"dataclass_type": {"a": inner}}),
    "field of an Enum": lambda inner: LiteralType(
        enum_type={"values": ["a"]}, structure={"tag": "t", "dataclass_type": {"a": inner}}
    ),
}


@pytest.mark.parametrize("outer", PLACES)
@pytest.mark.parametrize("inner", PLACES)
def test_all_goes_wherever_it_is(outer: str, inner: str):
    bare = PLACES[outer](PLACES[inner](BARE))
    assert stripped_type(PLACES[outer](PLACES[inner](full()))) == bare
    assert stripped_type(bare) == bare


def test_all_goes_from_the_deepest_type():
    deep, bare = full(), BARE
    for _ in range(40):
        deep, bare = LiteralType(collection_type=deep), LiteralType(collection_type=bare)
    assert stripped_type(deep) == bare


def test_the_outer_type_goes_too():
    outer = LiteralType(collection_type=full(), metadata=WORDS, annotation={"annotations": WORDS})
    assert stripped_type(outer) == LiteralType(collection_type=BARE)


def test_an_annotation_for_the_cache_stays_whole():
    literal_type = LiteralType(simple="STRUCT", metadata=WORDS, annotation={"annotations": KEYED})
    assert stripped_type(literal_type) == LiteralType(simple="STRUCT", annotation={"annotations": KEYED})


def test_an_empty_annotation_goes():
    assert stripped_type(LiteralType(simple="STRUCT", annotation={"annotations": {}})) == LiteralType(simple="STRUCT")


@pytest.mark.parametrize(
    "literal_type",
    [
        LiteralType(),
        LiteralType(simple="STRUCT", structure={}),
        LiteralType(schema={"columns": [{"name": "a", "type": "INTEGER"}]}),
        LiteralType(
            structured_dataset_type={
                "columns": [{"name": "a"}],
                "format": "csv",
                "external_schema_type": "arrow",
                "external_schema_bytes": b"a",
            }
        ),
        LiteralType(blob={"format": "csv", "dimensionality": "MULTIPART"}),
        LiteralType(union_type={}),
    ],
    ids=["nothing", "empty structure", "schema", "dataset", "blob", "empty union"],
)
def test_all_else_stays(literal_type: LiteralType):
    assert stripped_type(literal_type) == literal_type


def test_the_type_itself_is_not_changed():
    literal_type = LiteralType(collection_type=full())
    stripped_type(literal_type)
    assert literal_type == LiteralType(collection_type=full())


def test_a_record_loses_its_schema_and_keeps_its_fields_types():
    schema = {"title": "Point", "properties": {"x": {"type": "integer"}}}
    assert stripped_type(record_type(schema, x=simple("INTEGER"), p=full())).structure == (
        record_type({}, x=simple("INTEGER"), p=BARE).structure
    )


def test_a_variable_keeps_all_but_its_description():
    template = TaskTemplate()
    variable = template.interface.outputs.variables["o0"]
    variable.description = "words"
    variable.artifact_partial_id.version = "v"
    bare = TaskTemplate()
    bare.interface.outputs.variables["o0"].artifact_partial_id.version = "v"
    assert stripped(template) == bare


def test_a_template_without_an_interface_gets_none():
    assert stripped(TaskTemplate(type="shim")) == TaskTemplate(type="shim")
