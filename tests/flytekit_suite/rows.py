# SPDX-License-Identifier: Apache-2.0
"""The table: of each of flytekit's tests about conversion the types, the values that it writes, the literals it reads.

All are text that one vocabulary gives a meaning in each library (``engines``). Of a type, its ``LiteralType`` and the
guess of that are asked; a value is written and read back; a literal is read. ``differs`` says, for what is asked
of a row, why shimlite's answer is another one; of all else both must answer the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

PICKLED = "flytekit pickles what it has no type for; shimlite refuses it before there is data"
CLASSLESS = "flytekit generates a class from the JSON Schema, which a pod does not get; here a STRUCT is a dict"
EXACT = "flytekit takes a str for a file and a dict for a record; shimlite takes what the type says"
DATA = "flytekit refuses a FlyteAnnotation on these; shimlite writes it, since it is data"
DETAILS = "flytekit's guess forgets the format and the columns that the message says"
KEYS = "to flytekit an annotated str is no str, and the dict a STRUCT; shimlite drops the word"
ZONE = "Flyte's times are in UTC, and shimlite says so; flytekit leaves a text without a zone naive"
WHOLE = "a Struct's numbers are doubles; shimlite gives whole ones as ints, as they were written"
NULLED = "flytekit cannot read a field that is annotated str and has None for default; shimlite takes it for optional"
OWN_CLASS = "to flytekit the two records are one choice too many; shimlite writes what the value's class says"
MEMBER = "in a record nothing tells an Enum's value from a str; shimlite refuses it, flytekit reads a str"
COLUMNS = "flytekit's columns are of fewer types; shimlite takes every type that has a message"
UNION_HASH = "flytekit drops the hash of a union's member; shimlite writes it outside the union, where Propeller looks"
TABLE_FORMAT = "Flyte 2's SDK looks for a table's format in a record under another key; shimlite writes both"
STRUCT_UNION = "flytekit does not read its own Struct of a union with a record or a file; shimlite does"


class Row(NamedTuple):
    test: str
    """The name of flytekit's test."""
    type: str
    values: tuple[str, ...] = ()
    literals: tuple[str, ...] = ()
    differs: Mapping[str, str] = {}


def row(test: str, type_text: str, *values: str, read: tuple[str, ...] = (), **differs: str) -> Row:
    """A row; the keywords besides ``read`` are what is asked (``reading`` for literals), each with its reason."""
    asked = {"literal_type": "literal type", "reading": "read"}
    return Row(test, type_text, values, read, {asked.get(name, name): why for name, why in differs.items()})


def of_types(test: str, *types: str, **differs: str) -> list[Row]:
    return [row(test, one, **differs) for one in types]


ROWS: list[Row] = []

# ------------------------------------------------------------------------------------------------ test_type_engine.py

ROWS += of_types("test_type_engine", "int", "Dict[str, List[Dict[str, timedelta]]]")
ROWS += of_types(
    "test_type_resolution",
    *("List[int]", "Dict[str, int]", "Dict", "dict", "date"),
)
ROWS += of_types("test_type_resolution", "List", "list")
ROWS += of_types(
    "test_file_formats_getting_literal_type", "FlyteFile", "FlyteFile['txt']", "FlyteFile['jpg']", "FlyteFile['.png']"
)
ROWS += [
    row("test_file_format_getting_python_value", "FlyteFile['txt']", read=("blob('s3://b/file.txt', 'txt')",)),
    row(
        "test_list_of_dict_getting_python_value",
        "List[Dict[str, int]]",
        read=("collection(map_of(foo=primitive(integer=1)))",),
    ),
    row(
        "test_list_of_single_dataclass",
        "List[WithLists]",
        "[WithLists(a=['abc', 'def'], b=Lists(v=[1, 2, 99], w=[3.1415, 2.7182]))]",
        read=("collection(struct({'a': ['abc', 'def'], 'b': {'v': [1, 2, 99], 'w': [3.1415, 2.7182]}}))",),
        guess=CLASSLESS,
    ),
    row(
        "test_list_of_dataclass_getting_python_value",
        "List[WithSeveral]",
        "[WithSeveral(u=5, v=None, w=1, x=[1], y={'hello': '10'}, z=Several(v=3, w=None, x=1.0, "
        "y='hello', z={'world': False}))]",
        guess=CLASSLESS,
    ),
    row("test_file_no_downloader_default", "FlyteFile", read=("blob('s3://b/file.txt')",)),
    row("test_dir_no_downloader_default", "FlyteDirectory", read=("blob('s3://b/dir', dimensionality=1)",)),
]
ROWS += of_types(
    "test_dict_transformer",
    *("Dict[int, int]", "Dict[str, str]", "Dict[str, datetime]", "Dict[str, timedelta]", "Dict[str, date]"),
    *("Dict[str, dict]", "Dict[str, Dict[str, str]]", "Dict[str, Dict[int, str]]"),
    *("Dict[str, Dict[str, Dict[str, str]]]", "Dict[str, Dict[str, Dict[str, dict]]]"),
    "Dict[str, Dict[str, Dict[int, dict]]]",
)
ROWS += [
    row(
        "test_dict_transformer",
        "dict",
        *("{}", "{'x': 'hello'}"),
        read=("primitive(integer=10)", "Message()", "map_of(x=Message())"),
    ),
    row("test_dict_transformer", "dict", "{'x': datetime(2024, 5, 5)}"),
    row("test_dict_transformer", "Dict[int, str]", read=("map_of(x=Message())",)),
    row("test_dict_transformer", "Dict[str, str]", read=("map_of()",)),
    row("test_dict_transformer", "Dict[str, int]", read=("map_of(x=primitive(integer=1))",)),
    row(
        "test_dict_transformer (allow_pickle)",
        "dict",
        read=("with_metadata(struct({'pickle_file': 's3://b/1'}), format='pickle')",),
    ),
    row(
        "test_list_transformer", "List[int]", "[3, 4]", read=("collection(primitive(integer=3), primitive(integer=4))",)
    ),
]
ROWS += of_types("test_guessing_basic", "bool", "int", "str", "timedelta", "datetime", "float", "type(None)")
ROWS += of_types("test_guessing_containers", "List[bool]", "Dict[str, timedelta]")
ROWS += [row("test_zero_floats", "float", read=("primitive(integer=0)", "primitive(float_value=0.0)"))]
ROWS += of_types("test_dataclass_transformer", "TextMap", "IntKeys", "IntMap", "ListMap", guess=CLASSLESS)
ROWS += of_types("test_dataclass_transformer", "WithPlain", literal_type=PICKLED, guess=PICKLED)
ROWS += [
    row("test_dataclass_int_preserving", "Inner", "Inner(a=5, b=None, c=[1, 2, 3])", guess=CLASSLESS),
    row(
        "test_dataclass_int_preserving",
        "IntKeys",
        "IntKeys(s=Inner(a=5, b=None, c=[1, 2, 3]), m={5: 'b'}, n=[[1, 2, 3], [4, 5, 6]], o={1: {2: 3}, 4: {5: 6}})",
        guess=CLASSLESS,
    ),
    row(
        "test_dataclass_int_preserving",
        "IntMap",
        "IntMap(s=Inner(a=5, b=None, c=[1, 2, 3]), m={'a': 5})",
        guess=CLASSLESS,
    ),
    row(
        "test_dataclass_int_preserving",
        "ListMap",
        "ListMap(s=Inner(a=5, b=None, c=[1, 2, 3]), m={'a': [5]})",
        guess=CLASSLESS,
    ),
    row(
        "test_dataclass_with_postponed_annotation",
        "Postponed",
        "Postponed(a=1, f=FlyteFile('s3://tmp/file'))",
        guess=CLASSLESS,
    ),
    row(
        "test_optional_flytefile_in_dataclass",
        "OptionalFiles",
        "OptionalFiles(a=FlyteFile('s3://tmp/file'), b=FlyteFile('s3://tmp/file'), "
        "c=FlyteFile('s3://tmp/file'), d=[FlyteFile('s3://tmp/file')], e=[FlyteFile('s3://tmp/file'), "
        "None], f={'a': FlyteFile('s3://tmp/file')}, g={'a': None}, h=FlyteFile('s3://tmp/file'), "
        "i=One(a=42))",
        "OptionalFiles(a=FlyteFile('s3://tmp/file'), b=None, c=None, d=[], e=[None], f={}, g={})",
        guess=CLASSLESS,
        old=STRUCT_UNION,
    ),
    row(
        "test_optional_flytefile_in_dataclass",
        "TextOrFile",
        "TextOrFile(j=0)",
        "TextOrFile(j='s3://tmp/file')",
        guess=CLASSLESS,
        write=EXACT,
        back=EXACT,
    ),
    row(
        "test_flyte_file_in_dataclass",
        "OuterFiles",
        "OuterFiles(a=FlyteFile('s3://tmp/file'), b=InnerFiles(a=Jpeg('s3://tmp/file.jpeg'), "
        "b=[FlyteFile('s3://tmp/file')], c={'hello': FlyteFile('s3://tmp/file')}))",
        guess=CLASSLESS,
    ),
    row(
        "test_flyte_directory_in_dataclass",
        "OuterDirectories",
        "OuterDirectories(a=FlyteDirectory('s3://tmp/file'), "
        "b=InnerDirectories(a=Logs('s3://tensorboard'), b=[FlyteDirectory('s3://tmp/d')], "
        "c={'hello': FlyteDirectory('s3://tmp/d')}))",
        guess=CLASSLESS,
    ),
    row(
        "test_structured_dataset_in_dataclass",
        "OuterDatasets",
        "OuterDatasets(a=dataset('s3://b/p', format='parquet'), b=InnerDatasets(a=dataset('s3://b/p', "
        "format='parquet'), b=[dataset('s3://b/p', format='parquet')], c={'hello': dataset('s3://b/p', "
        "format='parquet')}))",
        guess=CLASSLESS,
        write=TABLE_FORMAT,
    ),
]
ROWS += of_types(
    "test_structured_dataset_type",
    *("Annotated[StructuredDataset, {'Name': str, 'Age': int}, 'parquet']", "Annotated[StructuredDataset, 'parquet']"),
    "Annotated[StructuredDataset, {'Name': str}, 'parquet']",
    guess=DETAILS,
)
ROWS += [
    row(
        "test_enum_type",
        "Color",
        "Color.RED",
        read=("primitive(string_value='Color.RED')", "primitive(string_value='bad')"),
    ),
    row("test_enum_type", "str", read=("primitive(string_value='red')",)),
    row("test_enum_type", "Number"),
    row("test_multi_inheritance_enum_type", "Hue", "Hue.RED"),
    row("test_union_type", "Union[str, int]", "3", "'hello'"),
    row("test_union_type", "str | int", "3", "'hello'"),
    row("test_assert_dataclass_type", "MaybeArguments", "MaybeArguments(x=Arguments(x=3, y='hello'))", guess=CLASSLESS),
    row("test_assert_dataclass_type", "MaybeArguments", "MaybeArguments(x=Base(a=3))", guess=CLASSLESS),
    row(
        "test_to_literal_dict",
        "Arguments",
        "{'x': 3, 'y': 'hello'}",
        "'not a record'",
        guess=CLASSLESS,
        write=EXACT,
        back=EXACT,
    ),
    row(
        "test_union_type_with_annotated",
        "Union[Annotated[str, FlyteAnnotation({'hello': 'world'})], Annotated[int, FlyteAnnotation({'test': 123})]]",
        *("3", "'hello'"),
    ),
    row("test_annotated_union_type", "Annotated[Union[str, int], FlyteAnnotation({'hello': 'world'})]", "3", "'hello'"),
    row(
        "test_union_containers",
        "Union[List[Dict[str, List[int]]], Dict[str, List[int]], int]",
        "[{'first_a': [42], 'first_b': [42, 2]}, {'second_c': [33], 'second_d': [9, 99]}]",
        "{'one': [1, 23, 3], 'two': [4, 5, 6]}",
    ),
    row("test_optional_type", "Optional[int]", "3", "None"),
    row("test_optional_type", "int | None", "3", "None"),
    row("test_union_from_unambiguous_literal", "Union[str, int]", read=("primitive(integer=3)",)),
    row(
        "test_union_from_unambiguous_literal",
        "Union[FlyteFile, FlyteDirectory]",
        read=("blob('s3://b/f')", "blob('s3://b/d', dimensionality=1)"),
    ),
    row("test_union_of_lists", "Union[List[int], List[str]]", "['hello', 'world']", "[1, 3]"),
    row("test_list_of_unions", "List[Union[str, int]]", "['hello', 123, 'world']"),
    row("test_list_of_unions", "List[str | int]", "['hello', 123, 'world']"),
    row("test_pickle_type", "Plain", literal_type=PICKLED, guess=PICKLED),
    row("test_enum_in_dataclass", "Datum", "Datum(x=5, y=Color.RED)", guess=CLASSLESS),
    row("test_dict_to_literal_map", "List[int]", "[1, 2, 3]"),
    row("test_dict_to_literal_map", "Dict[str, str]", "{'k1': 'v1', 'k2': '2'}"),
    row(
        "test_dict_to_literal_map",
        "Jpeg",
        "Jpeg('s3://tmp/file.jpeg')",
        "'s3://tmp/file.jpeg'",
        write=EXACT,
        back=EXACT,
    ),
    row(
        "test_dict_to_literal_map_with_dataclass",
        "ListMap",
        "ListMap(s=Inner(a=5, b=None, c=[1, 2, 3]), m={'a': [5]})",
        guess=CLASSLESS,
    ),
    row("test_dict_to_literal_map_with_wrong_input_type", "str", "1"),
    row("test_nested_annotated", "Annotated[Annotated[int, 'inner-annotation'], 'outer-annotation']", "42"),
]
ROWS += [
    row("test_literal_hash_int_can_be_set", "Annotated[int, HashMethod(str)]", "42"),
    row("test_literal_hash_int_can_be_set", "List[Annotated[int, HashMethod(str)]]", "[1, 2]"),
    row("test_literal_hash_int_can_be_set", "Dict[str, Annotated[int, HashMethod(str)]]", "{'a': 1}"),
    row("test_literal_hash_int_can_be_set", "Annotated[List[int], HashMethod(str)]", "[1, 2]"),
    row("test_literal_hash_int_can_be_set", "Annotated[Optional[int], HashMethod(str)]", "1", "None"),
    row("test_literal_hash_int_can_be_set", "Optional[Annotated[int, HashMethod(str)]]", "1", "None", write=UNION_HASH),
]
ROWS += of_types(
    "test_annotated_simple_types",
    "Annotated[int, FlyteAnnotation({'foo': 'bar'})]",
    "Annotated[int, FlyteAnnotation({'d': {'test': 'data'}, 'l': ['nested', ['list']]})]",
)
ROWS += of_types("test_annotated_simple_types", "Annotated[int, FlyteAnnotation(['foo', 'bar'])]")
ROWS += of_types(
    "test_annotated_list",
    "Annotated[List[int], FlyteAnnotation({'foo': 'bar'})]",
    "List[Annotated[int, FlyteAnnotation({'foo': 'bar'})]]",
)
ROWS += of_types("test_type_alias", "Annotated[Annotated[int, FlyteAnnotation('foo')], FlyteAnnotation('bar')]")
ROWS += of_types(
    "test_multiple_annotations", "Annotated[int, FlyteAnnotation({'foo': 'bar'}), FlyteAnnotation({'anotha': 'one'})]"
)
ROWS += of_types(
    "test_unsupported_complex_literals",
    *("Annotated[dict, FlyteAnnotation({'foo': 'bar'})]", "Annotated[dict[int, str], FlyteAnnotation({'foo': 'bar'})]"),
    *(
        "Annotated[dict[str, str], FlyteAnnotation({'foo': 'bar'})]",
        "Annotated[Color, FlyteAnnotation({'foo': 'bar'})]",
    ),
    "Annotated[Results, FlyteAnnotation({'foo': 'bar'})]",
    literal_type=DATA,
    guess=DATA,
)
ROWS += of_types(
    "test_annotated",
    *("dict", "Annotated[dict, 'a-tag']", "Dict[int, str]", "Dict[str, int]", "Dict[str, str]", "Dict[str, List[int]]"),
    *("Dict[int, List[int]]", "Dict[int, Dict[int, int]]", "Dict[str, Dict[int, int]]", "Dict[str, Dict[str, int]]"),
    "Annotated[int, FlyteAnnotation({'some-annotation': 'a value'})]",
)
ROWS += of_types(
    "test_annotated",
    "Pair",
    "Annotated[Pair, 'another-tag']",
    "Annotated[AnnotatedPair, 'another-tag']",
    guess=CLASSLESS,
)
ROWS += [
    row(
        "test_schema_in_dataclass",
        "Results",
        "Results(result=Result(number=1, schema=schema('s3://b/s')), schema=schema('s3://b/s'))",
        guess=CLASSLESS,
    ),
    row(
        "test_union_in_dataclass",
        "Union[Results, Result]",
        "Results(result=Result(number=1, schema=schema('s3://b/s')), schema=schema('s3://b/s'))",
        "Result(number=1, schema=schema('s3://b/s'))",
        guess=CLASSLESS,
    ),
    row("test_guess_of_dataclass", "Greeting", "Greeting(x=1, y='hello', z={'world': 3})", guess=CLASSLESS),
    row(
        "test_flyte_dir_in_union",
        "Union[str, FlyteDirectory, FlyteFile]",
        "FlyteDirectory('s3://b/d')",
        "FlyteFile('s3://bucket/key')",
        "'hello'",
    ),
    row("test_file_ext_with_flyte_file_new_file", "FlyteFile['tar.gz']"),
    row("test_dict_get", "Dict[Annotated[str, 'a-tag'], int]", literal_type=KEYS, guess=KEYS),
    row("test_DataclassTransformer_get_literal_type", "TextMap", guess=CLASSLESS),
    row("test_DataclassTransformer_to_literal", "One", "One(a=5)", read=("struct({'a': 5})",), guess=CLASSLESS),
    row(
        "test_DataclassTransformer_with_sub_dataclasses",
        "Base",
        "Base(a=10)",
        "Child(a=10, b=12)",
        read=("packed({'a': 10, 'b': 12})",),
        guess=CLASSLESS,
    ),
    row(
        "test_DataclassTransformer_with_sub_dataclasses",
        "Child",
        "Child(a=10, b=12)",
        "Base(a=10)",
        read=("packed({'a': 10})",),
        guess=CLASSLESS,
    ),
    row(
        "test_DataclassTransformer_guess_python_type",
        "TextOrFloat",
        "TextOrFloat(data='s3://my-file')",
        "TextOrFloat(data='0.123')",
        "TextOrFloat(data=0.5)",
        guess=CLASSLESS,
    ),
    row(
        "test_DataclassTransformer_guess_python_type",
        "TimedDatum",
        "TimedDatum(x=5, y=Color.RED, z=datetime(2024, 9, 18, 1, 2, 3, 4))",
        guess=CLASSLESS,
    ),
    row(
        "test_union_file_directory",
        "Union[FlyteFile, FlyteDirectory]",
        "FlyteFile('s3://my-file')",
        "FlyteDirectory('s3://my-dir')",
    ),
]
ROWS += [
    row("test_offloaded_literal", one, *values)
    for one, *values in (
        *(("bool", "True", "False"), ("int", "42"), ("str", "'hello'"), ("Annotated[int, 'tag']", "42")),
        *(("List[int]", "[1, 2, 3]"), ("List[str]", "['a', 'b', 'c']"), ("List[Color]", "[Color.RED, Color.GREEN]")),
        *(("List[Annotated[int, 'tag']]", "[1, 2, 3]"), ("Dict[int, str]", "{1: 'a', 2: 'b', 3: 'c'}")),
        *(("Dict[str, int]", "{'a': 1, 'b': 2}"), ("Dict[str, List[int]]", "{'a': [1, 2, 3], 'b': [4, 5, 6]}")),
        ("Dict[str, Dict[int, str]]", "{'a': {1: 'a', 2: 'b'}, 'b': {4: 'd'}}"),
        *(("Union[int, str]", "42", "'hello'"), ("Union[List[int], List[str]]", "[1, 2, 3]", "['a', 'b']")),
        ("Union[List[int], str]", "[1, 2, 3]", "'hello'"),
    )
]
ROWS += [row("test_offloaded_literal", "Union[dict, str]", "{'a': 1, 'b': 2}", "'hello'", old=WHOLE)]
ROWS += [
    row(
        "test_offloaded_literal_dataclass",
        "NestedDatum",
        "NestedDatum(inner=InnerDatum(x=1, y='1'), x=1, y='1', z={1: 1}, w=[1, 1, 1, 1])",
        guess=CLASSLESS,
    ),
    row(
        "test_dataclass_none_output_input_deserialization",
        "MaybeFloat",
        "MaybeFloat(value=1.0)",
        "MaybeFloat(value=None)",
        read=("packed({})",),
        guess=CLASSLESS,
    ),
    row("test_option_list_with_pipe", "list[int] | None", "[1, 2, 3]", "None", "[1, 2, '3']"),
    row(
        "test_option_list_with_pipe_2",
        "list[list[dict[str, str]] | None] | None",
        "[[{'a': 'one'}], None, [{'b': 'two'}]]",
        "[[{'a': 'one'}], None, [{'b': 3}]]",
    ),
    row("test_generic_errors_and_empty", "dict[str, str]", "{}", "{'a': 'b'}", "{'a': 3}", "{3: 'a'}"),
    row("test_generic_errors_and_empty", "list[str]", "[]", "['a']", "{'a': 3}", "[3]"),
]
ROWS += of_types(
    "test_type_engine_get_transformer_comprehensive",
    *("Annotated[int, 'tag']", "Annotated[float, 'tag']", "Annotated[bool, 'tag']", "Annotated[List[str], 'tag']"),
    *("Annotated[Dict[str, str], 'tag']", "Annotated[Annotated[Annotated[int, 'tag'], 'tag2'], 'tag3']"),
    *("List[Annotated[int, 'tag']]", "Dict[str, Annotated[str, 'tag']]"),
    *("Annotated[Union[int, str], 'tag']", "Annotated[Optional[int], 'tag']", "Annotated[People, 'tag']"),
)
ROWS += of_types(
    "test_type_engine_get_transformer_comprehensive",
    *("Callable[[int, str], int]", "List[Callable[[int, str], int]]", "Any", "List[Annotated[Any, 'tag']]"),
    *("Iterable[int]", "Sequence[int]"),
    literal_type=PICKLED,
    guess=PICKLED,
)
ROWS += of_types(
    "test_type_engine_get_transformer_comprehensive",
    *("People", "List[Named]", "List[List[Named]]", "Dict[str, Named]"),
    guess=DETAILS,
)
ROWS += of_types("test_union_type_comprehensive_604", "int | float", "int | float | None", "int | float | str")
ROWS += of_types("test_union_comprehensive", "Union[str, None]")
ROWS += [
    row(
        "test_structured_dataset_collection",
        "List[List[Annotated[StructuredDataset, {'alcohol': float, 'malic_acid': float}]]]",
        "[[dataset('s3://b/p', format='parquet')]]",
        guess=DETAILS,
    ),
    row(
        "test_dict_transformer_annotated_type",
        "Dict[str, Annotated[Dict[str, int], 'inner_metadata']]",
        "{'outer': {'inner': 42}}",
    ),
    row("test_literal_transformer_string_type", "Literal['outcome', 'income']", "'outcome'"),
    row("test_literal_transformer_int_type", "Literal[1, 2, 3]", "1"),
    row("test_literal_transformer_mixed_base_types", "Literal['a', 1]"),
    row(
        "test_error_message_improvements_literal_map_to_kwargs",
        "int",
        read=("primitive(string_value='not_a_number')",),
    ),
    row(
        "test_error_message_improvements_union_transformer",
        "Union[int, str]",
        read=("map_of(nested=primitive(integer=42))",),
    ),
]

# ------------------------------------------------------------------------------------- test_type_engine_binary_idl.py

ROWS += [
    row("test_simple_type_transformer", "int", read=("packed(1)", "packed(-1)", "packed(1.5)")),
    row("test_simple_type_transformer", "float", read=("packed(2024.0918)", "packed(5.0)", "packed(-5.0)")),
    row("test_simple_type_transformer", "bool", read=("packed(True)", "packed(False)")),
    row("test_simple_type_transformer", "str", read=("packed('hello')",)),
    row(
        "test_simple_type_transformer",
        "datetime",
        read=("packed('2024-09-18T01:01:01.000001')", "packed('2024-09-18T00:00:00')"),
        reading=ZONE,
    ),
    row("test_simple_type_transformer", "date", read=("packed('2024-09-18')",)),
    row(
        "test_simple_type_transformer",
        "timedelta",
        read=("packed(86400.0)", "packed(694861.001001)", "packed(-694861.001001)"),
    ),
    row(
        "test_untyped_dict",
        "dict",
        read=(
            "packed({1: 'a', 'key': 2.5, 3.14: 100})",
            "packed({'a': 1, -2: 'b', 3.5: True, False: 3.1415})",
            "packed({1: [-1, 'a', 2.5, False], 'key_list': ['str', 3.14, True, 42]})",
            "packed({'nested_dict': {-1: 2, 'key': 'value', True: 3.14, False: 'string'}, "
            "3.14: {'pi': 3.14, 42: True}})",
            "packed({'list_in_dict': [{'inner': [1, -2.5, 'a']}, [1, -2, 3, {'nested': [False, 'test']}]]})",
            "packed({'complex': {1: {'nested': {True: [-1, 'a', 2.5]}}, 'text': {False: {-3.14: {'deep': [1]}}}}})",
        ),
    ),
    row("test_list_transformer", "List[int]", read=("packed([1, -2, 3])",)),
    row("test_list_transformer", "List[float]", read=("packed([1.0, -2.0, 3.0])",)),
    row("test_list_transformer", "List[bool]", read=("packed([True, False, True])",)),
    row("test_list_transformer", "List[List[str]]", read=("packed([['a', 'b'], ['c', 'd']])",)),
    row("test_list_transformer", "List[Dict[str, int]]", read=("packed([{'key1': -1, 'key2': 2}])",)),
    row("test_list_transformer", "List[Dict[str, float]]", read=("packed([{'key1': 1.0, 'key2': -2.0}])",)),
    row(
        "test_list_transformer",
        "List[Dict[int, Everything]]",
        "[{1: Everything(), -1: Everything(), 0: Everything()}]",
    ),
    row(
        "test_list_transformer",
        "List[List[MoreThanEverything]]",
        "[[MoreThanEverything(), MoreThanEverything()]]",
        guess=CLASSLESS,
    ),
    row("test_dict_transformer", "Dict[str, int]", read=("packed({'key1': 1, 'key2': -2})",)),
    row(
        "test_dict_transformer",
        "Dict[str, Dict[str, List[int]]]",
        read=("packed({'key1': {'subkey1': [1, -2], 'subkey2': [-3, 4]}})",),
    ),
    row(
        "test_dict_transformer",
        "Dict[str, List[Dict[str, int]]]",
        read=("packed({'key1': [{'subkey1': -1}, {'subkey2': 2}]})",),
    ),
    row("test_dict_transformer", "dict", read=("packed({1: 'a', -2: 'b'})",)),
    row("test_dict_transformer", "Dict[int, Dict[int, List[int]]]", "{1: {-2: [1, -2]}, -3: {4: [-3, 4]}}"),
    row(
        "test_dict_transformer",
        "Dict[int, MoreThanEverything]",
        "{1: MoreThanEverything(), -2: MoreThanEverything()}",
    ),
    row("test_all_types_in_dataclass_wf", "MoreThanEverything", "MoreThanEverything()", guess=CLASSLESS),
    row(
        "test_backward_compatible_with_untyped_dict_in_protobuf_struct",
        "dict",
        read=(
            "with_metadata(struct({'a': 1.0, 'b': 'str', 'c': False, 'd': True, 'e': [1.0, 2.0, -1.0, 0.5], "
            "'f': {'a': {'b': [1.0, -1.0]}}}), format='json')",
        ),
        reading=WHOLE,
    ),
    row(
        "test_flyte_console_input_with_typed_dict_with_flyte_types_in_dataclass_in_protobuf_struct",
        "Everything",
        read=(
            "struct({'a': -1, 'b': 2.1, 'c': 'Hello', 'd': False, 'e': [0, 1, 2], 'f': [[0], [1]], "
            "'g': [{'0': False}, {'-1': True}], 'h': {'0': False, '-1': True}, 'i': {'0': [0, -1]}, "
            "'j': {'1': {'-1': 0}}, 'k': {'key': 'value'}, 'status': 'pending'})",
        ),
        guess=CLASSLESS,
    ),
    row(
        "test_all_types_with_optional_and_none_in_dataclass_wf",
        "Nothing",
        "Nothing()",
        "Nothing(a=1, b=2.5, e=[1], g=[{0: False}], j={0: FlyteFile('s3://b/f')}, "
        "n=FlyteFile('s3://b/f'), o=FlyteDirectory('s3://b/d'), inner=Everything(), "
        "status=Status.PENDING)",
        guess=CLASSLESS,
    ),
    row(
        "test_union_in_dataclass_wf",
        "Numbers",
        "Numbers(a=1, b=2)",
        "Numbers(a=True, b=False)",
        "Numbers(a='hello', b='world')",
        "Numbers(a=1.0, b=2.0)",
        guess=CLASSLESS,
        old=WHOLE,
    ),
]

# ------------------------------------------------------------ test_unions.py, test_dataclass.py, test_enum_type.py

ROWS += [
    row(
        "test_asserting",
        "Union[OneText, OtherText, str]",
        "OneText(a='a')",
        "OtherText(b='bb')",
        "'hello'",
        "ThirdText(c='cc')",
        "3",
        guess=CLASSLESS,
        back=NULLED,
        old=NULLED,
    ),
    row("test_asserting_enum", "Color", "'red'"),
    row(
        "test_union_in_dataclass",
        "Unions",
        "Unions(a=One(a=1), b=FlyteFile('s3://my-bucket'), c={'a': 'value'})",
        "Unions(a=None, b=2.5, c=[1, 2])",
        guess=CLASSLESS,
        old=STRUCT_UNION,
    ),
    row(
        "test_ambiguous_union_transformer_to_literal",
        "Union[One, Alike]",
        "One(a=1)",
        guess=CLASSLESS,
        write=OWN_CLASS,
        back=OWN_CLASS,
    ),
    row(
        "test_ret_unions",
        "Union[OneText, MaybeFloat]",
        "OneText(a='hello')",
        "MaybeFloat(value=3.14)",
        guess=CLASSLESS,
        back=NULLED,
        old=NULLED,
    ),
    row("test_get_literal_type_data_class_json_fail_but_mashumaro_works", "NestedReferences", guess=CLASSLESS),
    row(
        "test_pure_dataclasses_with_flyte_types",
        "References",
        "References(file=FlyteFile('s3://b/f'), directory=FlyteDirectory('s3://b/d'), "
        "dataset=dataset('s3://b/p', format='parquet'), schema=schema('s3://b/s'))",
        guess=CLASSLESS,
        write=TABLE_FORMAT,
    ),
    row(
        "test_dataclass_union_primitive_types_and_enum",
        "Grid",
        "Grid(grid={'all_types': [None, 'sqrt', Status.PENDING, 1, -1, 0, -1.0, True, False]})",
        guess=CLASSLESS,
        write=MEMBER,
        back=MEMBER,
        old=STRUCT_UNION,
    ),
    row("test_frozen_dataclass", "Frozen", "Frozen()", "Frozen(a=2, b=0.5, c=False, d='')", guess=CLASSLESS),
    row(
        "test_numpy_import_issue_from_flyte_schema_in_dataclass",
        "list[OneFile | None]",
        "[OneFile(file=FlyteFile('s3://b/f'))]",
        "[None]",
        guess=CLASSLESS,
    ),
    row("test_dynamic_local", "Color", "Color.BLUE"),
]
ROWS += of_types("test_get_variable_descriptions", "Annotated[int, FlyteAnnotation({'foo': {'bar': 1}})]")

# -------------------- test_flyte_file.py, test_error.py, test_schema_types.py, test_structured_dataset.py

ROWS += [
    row("test_metadata", "FlyteFile", "FlyteFile('s3://b/f', metadata={'length': '11'})"),
    row(
        "test_metadata_with_dataclass",
        "OneFile",
        "OneFile(file=FlyteFile('s3://b/f', metadata={'HELLO': 'WORLD'}))",
        guess=CLASSLESS,
    ),
    row("test_error_transformer", "FlyteError", "FlyteError('err', 'fn0')"),
]
ROWS += of_types(
    "test_schema_back_and_forth",
    *("FlyteSchema[{'TrackId': int, 'Name': str}]", "FlyteSchema[{'x': int, 'y': float}]", "FlyteSchema"),
    "FlyteSchema[{'my_dt': datetime, 'my_td': timedelta, 'my_b': bool}]",
)
ROWS += of_types("test_types_sd", "StructuredDataset")
ROWS += of_types(
    "test_types_annotated", "Annotated[StructuredDataset, {'a': None}]", literal_type=COLUMNS, guess=COLUMNS
)
ROWS += of_types(
    "test_types_sd",
    *(
        f"Annotated[StructuredDataset, {{'w': Dict[str, Dict[str, int]], 'x': List[List[int]], 'y': int}}{one}]"
        for one in ("", ", 'csv'")
    ),
    *("Annotated[StructuredDataset, {}, 'csv']",),
    guess=DETAILS,
)
ROWS += [
    row("test_optional_sd_with_serde", "Optional[StructuredDataset]", "dataset('s3://b/p', format='parquet')", "None"),
    row(
        "test_format_correct",
        "Annotated[StructuredDataset, 'avro', {'name': str, 'age': int}]",
        "dataset('s3://b/p', format='avro')",
        guess=DETAILS,
    ),
    row("test_default_args_task", "Annotated[StructuredDataset, 'parquet']", "dataset('s3://b/p')", guess=DETAILS),
]
