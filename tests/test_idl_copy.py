# SPDX-License-Identifier: Apache-2.0
"""shimlite's own copy of flyteidl's descriptors: the same messages, to the last byte, where there is no flyteidl.

Where flyteidl is installed, the copy is compared with it, and the corpus runs on the copy too, in a process to which
flyteidl is hidden. Elsewhere every test runs on the copy.
"""

from __future__ import annotations

import importlib.util
import os
import pathlib
import subprocess
import sys
from typing import Any

import pytest

import shimlite
from shimlite import _idl, _idl_copy, _idl_files, idl
from shimlite._idl import Message, from_text, literal_kind, to_json, type_kind

from .support import refusal

ROOT = pathlib.Path(shimlite.__file__).parents[len(shimlite.__name__.split("."))]
TESTS = pathlib.Path(__file__).parents[1]
NAME = shimlite.__name__
with_flyteidl = pytest.mark.skipif(importlib.util.find_spec("flyteidl") is None, reason="flyteidl installs up to 3.13")
HIDDEN = "import sys; sys.modules['flyteidl'] = None\n"
COPY = _idl_copy.NAMES
MESSAGES = [name for name in idl.__all__ if isinstance(COPY.get(name), type)]
ENUMS = ("ResourceType", "SimpleType")


def python(program: str, *paths: pathlib.Path) -> str:
    """What a process prints that finds what lies in ``paths`` first."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (*paths, ROOT)))}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False, env=environment
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    return done.stdout


# ------------------------------------------------------------------------------------------------- what the copy holds


@with_flyteidl
def test_the_copy_is_what_the_script_writes_of_the_installed_flyteidl():
    """Releases from 1.16.0 to 1.16.8 have the same descriptors; a newer one's changes are copied by the script."""
    from . import idl_copy

    assert list(idl_copy.files().values()) == list(_idl_files.FILES), "python -m tests.idl_copy"
    written, now = (
        text.split('"""', 2)[2] for text in (pathlib.Path(_idl_files.__file__).read_text(), idl_copy.source())
    )
    assert written == now


@with_flyteidl
def test_only_what_a_task_spec_needs_is_copied_of_the_admin_api():
    from google.protobuf.descriptor_pb2 import FileDescriptorProto

    files = [FileDescriptorProto.FromString(file) for file in _idl_files.FILES]
    kept = {file.name: [one.name for one in file.message_type] for file in files if "/admin/" in file.name}
    assert kept == {
        "flyteidl/admin/description_entity.proto": ["DescriptionEntity", "Description", "SourceCode"],
        "flyteidl/admin/task.proto": ["TaskSpec"],
    }
    names = {file.name for file in files}
    needed = {name for file in files for name in file.dependency}
    assert {name for name in needed if name.startswith("flyteidl/")} <= names


def fields(descriptor: Any) -> list[tuple[Any, ...]]:
    return [
        (one.name, one.number, one.type, one.message_type and one.message_type.full_name, one.json_name)
        for one in descriptor.fields
    ]


@pytest.mark.parametrize("name", MESSAGES)
def test_each_public_message_is_of_the_same_name_and_fields(name):
    theirs, ours = getattr(idl, name), COPY[name]
    assert theirs.DESCRIPTOR.full_name == ours.DESCRIPTOR.full_name
    assert fields(theirs.DESCRIPTOR) == fields(ours.DESCRIPTOR)
    assert (ours.__module__, ours.__name__) == (f"{NAME}.idl", name)
    assert ours() == ours.FromString(b"")


@pytest.mark.parametrize("name", ENUMS)
def test_each_public_enum_has_the_same_values(name):
    theirs, ours = getattr(idl, name), COPY[name]
    assert theirs.items() == ours.items()
    assert [ours.Name(number) for number in ours.values()] == ours.keys()
    assert {getattr(ours, key) for key in ours.keys()} == set(ours.values())  # noqa: SIM118


def test_messages_and_enums_inside_messages_are_their_attributes():
    column = COPY["StructuredDatasetType"].DatasetColumn(name="a")
    assert COPY["StructuredDatasetType"](columns=[column]).columns[0] == column
    assert type(COPY["StructuredDatasetType"](columns=[column]).columns[0]) is type(column)
    assert COPY["SchemaType"].SchemaColumn.SchemaColumnType.Value("STRING") == 2
    assert (COPY["BlobType"].MULTIPART, COPY["BlobType"].BlobDimensionality.Name(1)) == (1, "MULTIPART")
    assert COPY["ExecutionError"].ErrorKind.Value("USER") == COPY["ExecutionError"].USER == 1


def test_no_message_has_the_name_of_something_else_that_the_module_of_protos_has():
    """They become its globals where there is no flyteidl."""
    others = {name for name, one in vars(_idl).items() if not is_of_protos(one)}
    assert {"Any", "Message", "TypeVar", "to_json", "type_kind"} <= others
    assert others & set(COPY) == set()


def is_of_protos(one: Any) -> bool:
    return hasattr(one, "DESCRIPTOR") and one is not Message


def test_well_known_types_have_their_methods():
    template = COPY["TaskTemplate"]()
    template.custom.update({"a": [1, {"b": None}]})
    assert type(template.custom) is COPY["Struct"] and to_json(template) == {"custom": {"a": [1.0, {"b": None}]}}
    assert COPY["Timestamp"](seconds=1).ToSeconds() == 1
    assert COPY["Duration"](seconds=90).ToTimedelta().total_seconds() == 90
    assert from_text("scalar { primitive { integer: 3 } }", COPY["Literal"]).scalar.primitive.integer == 3
    assert isinstance(template, Message)


def test_both_have_one_reading_of_kinds():
    assert type_kind(COPY["LiteralType"](simple=1)) == type_kind(idl.LiteralType(simple=1)) == "INTEGER"
    assert type_kind(COPY["LiteralType"](simple=42)) == "simple 42"
    assert literal_kind(COPY["Literal"](scalar={"primitive": {"integer": 1}})) == "integer"


# ---------------------------------------------------------------------------------------------------- what is public


def test_all_that_is_public_is_there_once():
    assert len(set(idl.__all__)) == len(idl.__all__)
    assert {name for name in idl.__all__ if not hasattr(idl, name)} == set()
    assert {*MESSAGES, *ENUMS, "DecodeError", "Message"} == {*idl.__all__}
    with pytest.raises(AttributeError) as caught:
        idl.Nothing  # noqa: B018
    assert str(caught.value) == f"module '{NAME}.idl' has no attribute 'Nothing'"


@with_flyteidl
def test_with_flyteidl_they_are_its_own():
    from flyteidl.admin.task_pb2 import TaskSpec
    from flyteidl.core.literals_pb2 import Literal
    from google.protobuf.struct_pb2 import Struct

    assert (idl.Literal, idl.Struct, idl.TaskSpec) == (Literal, Struct, TaskSpec)


def test_the_admin_api_is_loaded_for_a_task_spec_alone():
    printed = python(f"""
import sys
from {NAME} import idl
print("flyteidl.admin.task_pb2" in sys.modules, idl.TaskSpec(template=idl.TaskTemplate(type="t")).template.type)
""")
    assert printed == "False t\n"


def test_importing_the_package_does_not_import_the_public_module():
    assert python(f"import sys, {NAME}; print('{NAME}.idl' in sys.modules)") == "False\n"


def test_messages_of_the_copy_are_pickled():
    printed = python(f"""{HIDDEN}
import pickle
from {NAME} import idl
for name in {MESSAGES}:
    message = getattr(idl, name)()
    assert type(pickle.loads(pickle.dumps(message))) is getattr(idl, name), name
print(pickle.loads(pickle.dumps(idl.Literal(hash="a"))).hash)
""")
    assert printed == "a\n"


# ------------------------------------------------------------------------------------------------ which of them is used

FLYTEIDLS = {
    "none": {},
    "one that is no package of protos": {"flyteidl/__init__.py": ""},
    "one of 2023": {
        "flyteidl/core/tasks_pb2.py": "class TaskMetadata:\n class DESCRIPTOR:\n  fields_by_name = {'runtime': 1}"
    },
    "one that this protobuf does not take": {
        "flyteidl/core/tasks_pb2.py": "raise TypeError('Descriptors cannot be created directly.')"
    },
}


@pytest.mark.parametrize("which", FLYTEIDLS)
def test_the_copy_stands_in_for_a_flyteidl_that_does_not_serve(which, tmp_path):
    for name, source in FLYTEIDLS[which].items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        for folder in (tmp_path / "flyteidl", path.parent):
            (folder / "__init__.py").touch()
        path.write_text(source)
    program = f"""{"" if FLYTEIDLS[which] else HIDDEN}
import {NAME}
from {NAME} import idl
print(idl.Literal.__module__, type({NAME}.to_literal(1, int)) is idl.Literal, idl.Struct.__module__)
"""
    assert python(program, tmp_path) == f"{NAME}.idl True {NAME}.idl\n"


@with_flyteidl
def test_the_corpus_and_what_flytekit_wrote_are_the_same_on_the_copy():
    """They are recorded with flyteidl."""
    program = f"""{HIDDEN}
import pytest
from {NAME} import idl
assert idl.Literal.__module__ == "{NAME}.idl"
chosen = ["-k", "not a_second_process", "tests/corpus", "tests/test_golden.py"]
sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", "-p", "no:xdist", *chosen]))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=600, check=False, cwd=TESTS
    )
    assert done.returncode == 0, done.stdout + done.stderr


@with_flyteidl
def test_flyteidl_may_be_imported_beside_the_copy_before_and_after():
    program = """
import flyteidl.core.literals_pb2 as theirs
from {name}._idl_copy import NAMES
import flyteidl.core.tasks_pb2
literal = NAMES["Literal"](hash="a")
print(theirs.Literal is type(literal), theirs.Literal.FromString(literal.SerializeToString()).hash)
"""
    first, *others = program.format(name=NAME).strip().splitlines()
    assert python("\n".join([first, *others])) == python("\n".join([others[0], first, *others[1:]])) == "False a\n"


# ---------------------------------------------------------------------------------------------- messages of two pools

FOREIGN = {
    name: COPY[name] for name in ("Literal", "LiteralMap", "LiteralType", "TaskTemplate", "Variable", "VariableMap")
}
if idl.Literal is COPY["Literal"]:  # where there is no flyteidl, another copy's
    FOREIGN = {name: one for name, one in _idl_copy._names().items() if name in FOREIGN}


def said(name: str) -> str:
    ours, theirs = getattr(idl, name), FOREIGN[name]
    hint = f"write {name}.FromString(x.SerializeToString())"
    return f"expected {ours.__module__}.{name}, got {theirs.__module__}.{name}; {hint}"


INTEGER = FOREIGN["LiteralType"](simple=1)
MINE = {"x": idl.Variable(type=idl.LiteralType(simple=1))}
THEIRS = {"x": FOREIGN["Variable"](type=INTEGER)}


class Executor:
    def execute_from_model(self, tt, **kwargs):
        return FOREIGN["LiteralMap"](literals={"x": FOREIGN["Literal"]()})


def template() -> Any:
    made = idl.TaskTemplate(type="t")
    made.interface.outputs.variables["x"].CopyFrom(MINE["x"])
    return made


def dispatch(inputs: Any) -> Any:
    return shimlite.ExecutableTemplateShimTask(template(), Executor).dispatch_execute(None, inputs)


@pytest.mark.parametrize(
    ("call", "path", "name"),
    [
        (lambda: shimlite.to_python_value(FOREIGN["Literal"](), int), "", "Literal"),
        (lambda: shimlite.normal(FOREIGN["Literal"](), int), "", "Literal"),
        (lambda: shimlite.guess_python_type(INTEGER), "", "LiteralType"),
        (lambda: shimlite.literal_map_to_kwargs(FOREIGN["LiteralMap"](), MINE), "", "LiteralMap"),
        (lambda: shimlite.literal_map_to_kwargs(idl.LiteralMap(), THEIRS), "x: ", "Variable"),
        (lambda: shimlite.dict_to_literal_map({"x": 1}, THEIRS), "x: ", "Variable"),
        (lambda: shimlite.dict_to_literal_map({}, FOREIGN["VariableMap"]()), "", "VariableMap"),
        (lambda: shimlite.TaskTemplate(FOREIGN["TaskTemplate"]()), "", "TaskTemplate"),
        (lambda: dispatch(FOREIGN["LiteralMap"]()), "inputs: ", "LiteralMap"),
        (lambda: dispatch(idl.LiteralMap()), "outputs: ", "LiteralMap"),
    ],
)
def test_a_message_of_another_pool_is_refused_saying_what_to_write(call, path, name):
    with pytest.raises(shimlite.ShimliteError) as caught:
        call()
    assert str(caught.value) == f"{path}{said(name)}"


@pytest.mark.parametrize(
    "call",
    [
        lambda: shimlite.to_literal(1, INTEGER),
        lambda: shimlite.fidelity(INTEGER),
        lambda: shimlite.to_literal_type(INTEGER),
    ],
)
def test_a_literal_type_of_another_pool_is_no_type(call):
    assert refusal(shimlite.UnsupportedTypeError, call) == (
        "a LiteralType is not supported; use LiteralType.FromString(x.SerializeToString()), of shimlite.idl"
    )


def test_what_goes_between_pools_is_bytes():
    literal = shimlite.to_literal({"a": [1]}, dict[str, list[int]])
    there = FOREIGN["Literal"].FromString(literal.SerializeToString(deterministic=True))
    assert to_json(there) == to_json(literal)
    again = idl.Literal.FromString(there.SerializeToString(deterministic=True))
    assert shimlite.to_python_value(again, dict[str, list[int]]) == {"a": [1]}
