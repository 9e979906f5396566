# SPDX-License-Identifier: Apache-2.0
"""Copies of shimlite under other names: beside each other, without what is optional, and with protos of their own.

``tests/vendored.py`` runs all of our tests on such a copy; here is what only copies can get wrong.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import pathlib
import pickle
import re
import shutil
import subprocess
import sys

import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto

import shimlite

from .property import corpus
from .support import refusal
from .vendored import OPTIONAL, PACKAGE, renamed, vendor

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PAGE = (PACKAGE / "README.md").read_text()
VENDORING = PAGE.split("## Vendoring\n")[1]
BLOCKED = "import sys; sys.modules['shimlite'] = None\n"  # any import of it fails
BACK_ENDS = ["upb", "python"]
HAS_FLYTEIDL = importlib.util.find_spec("flyteidl") is not None
WITHOUT_FLYTEIDL = f"{BLOCKED}sys.modules['flyteidl'] = None\n"


def python(folder: pathlib.Path, *arguments: str, **environment: str) -> str:
    """What a process prints that finds what lies in ``folder`` before anything else."""
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, timeout=60, check=False, cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(PACKAGE.parent)]), **environment},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.fixture(scope="module")
def copies(tmp_path_factory):
    folder = tmp_path_factory.mktemp("copies")
    vendor(folder, "one._vendor")
    vendor(folder, "other._vendor", leave_out=OPTIONAL)
    return folder


@pytest.fixture
def packages(copies, monkeypatch):
    """The installed one and two copies in this process."""
    monkeypatch.syspath_prepend(str(copies))
    return [shimlite, *(importlib.import_module(f"{holder}._vendor.shimlite") for holder in ("one", "other"))]


def test_tests_are_renamed_wherever_they_mean_the_package():
    before = """
import shimlite
from shimlite import x
    from shimlite._idl import y
program = "import sys; from shimlite import z"
run(["-m", "shimlite", "execute"], f"shimlite.{module}", "shimlite.container.remote")
logging.getLogger("shimlite.executor"), "shimlite.executors.sqlite3", "shimlite.container is …"
"""
    assert (
        renamed(before, "a._vendor")
        == """
from a._vendor import shimlite
from a._vendor.shimlite import x
    from a._vendor.shimlite._idl import y
program = "import sys; from a._vendor.shimlite import z"
run(["-m", "a._vendor.shimlite", "execute"], f"a._vendor.shimlite.{module}", "a._vendor.shimlite.container.remote")
logging.getLogger("shimlite.executor"), "a._vendor.shimlite.executors.sqlite3", "shimlite.container is …"
"""
    )


def test_every_module_of_a_copy_is_imported_without_the_name_shimlite(copies):
    program = f"""{BLOCKED}
import importlib, pkgutil, one._vendor.shimlite as copy
for module in pkgutil.walk_packages(copy.__path__, "one._vendor.shimlite."):
    if not module.name.endswith(".__main__"):
        try:
            importlib.import_module(module.name)
        except copy.MissingExtraError as error:
            names = ("answers", "flyte2", "remote", "store_streams", "strategies", "testing")
            assert module.name.endswith(names), error
print(*[name for name, module in sys.modules.items() if name.split(".")[0] == "shimlite" and module])
"""
    assert python(copies, "-c", program) == "\n"


def test_a_copys_program_runs(copies):
    program = f"{BLOCKED}import runpy; sys.argv[1:] = ['types']; runpy.run_module('one._vendor.shimlite')"
    assert python(copies, "-c", program).splitlines()[0] == "None: NONE"
    assert python(copies, "-m", "one._vendor.shimlite", "types").splitlines()[0] == "None: NONE"


def test_a_copy_without_what_is_optional_converts_and_runs_the_pair(copies):
    """``python -m tests.vendored --stripped`` runs the tests of what is left."""
    assert sorted(path.name for path in (copies / "other" / "_vendor" / "shimlite").iterdir() if path.suffix) == sorted(
        {path.name for path in PACKAGE.iterdir() if path.suffix} - set(OPTIONAL)
    )
    program = f"""{BLOCKED}
from other._vendor import shimlite
from other._vendor.shimlite.idl import TaskTemplate
made = TaskTemplate()
for side in (made.interface.inputs, made.interface.outputs):
    side.variables["x"].type.CopyFrom(shimlite.to_literal_type(dict[str, list[int]]))
class Executor:
    def execute_from_model(self, tt, x): return {{key: [one + 1 for one in value] for key, value in x.items()}}
inputs = shimlite.dict_to_literal_map({{"x": {{"a": [1, 2]}}}}, made.interface.inputs)
outputs = shimlite.ExecutableTemplateShimTask(made, Executor).dispatch_execute(None, inputs)
print(shimlite.literal_map_to_kwargs(outputs, made.interface.outputs))
"""
    assert python(copies, "-c", program) == "{'x': {'a': [2, 3]}}\n"


def test_an_installed_one_and_two_copies_share_flyteidls_messages_and_nothing_else(packages):
    assert len({package.FlyteFile for package in packages}) == 3
    assert len({package.ShimliteError for package in packages}) == 3
    for writer in packages:
        literal = writer.to_literal({"a": [writer.FlyteFile("s3://b/k")]}, dict[str, list[writer.FlyteFile]])
        assert (type(literal) is shimlite._idl.Literal) is (HAS_FLYTEIDL or writer is shimlite)
        for reader in packages:
            python_type = dict[str, list[reader.FlyteFile]]
            here = reader._idl.Literal.FromString(literal.SerializeToString())
            assert (type(here) is type(literal)) is (HAS_FLYTEIDL or writer is reader)
            assert reader.to_python_value(here, python_type) == {"a": [reader.FlyteFile("s3://b/k")]}
    assert {package.to_literal_type(corpus.Outer).SerializeToString(deterministic=True) for package in packages} == {
        shimlite.to_literal_type(corpus.Outer).SerializeToString(deterministic=True)
    }


def test_a_value_of_another_copy_is_refused_saying_why(packages):
    one, other, _ = packages
    copies = [package.FlyteFile.__module__ for package in (one, other)]
    assert refusal(one.ConversionTypeError, one.to_literal, other.FlyteFile("s3://b/k"), one.FlyteFile) == (
        f"expected {copies[0]}.FlyteFile, got {copies[1]}.FlyteFile; another class of that name"
    )


def test_each_copy_has_its_own_context_and_all_have_one_logger(packages):
    before = [package.current_context() for package in packages]
    assert len({id(context) for context in before}) == 3
    assert len({package.Context().logging for package in packages}) == 1


def values_and_errors(package):
    columns = (("n", package.to_literal_type(int)),)
    return [
        package.FlyteFile("s3://b/f", format="csv", metadata={"k": "v"}),
        package.FlyteDirectory("s3://b/d", format="csv"),
        package.StructuredDataset("s3://b/t", columns=columns, external_schema_type="arrow"),
        package.FlyteSchema("s3://b/s", columns=(("id", int),)),
        package.FlyteError("it broke", failed_node_id="n0"),
        package.ExecutionId(project="p", domain="d", name="n"),
        package.FlyteRecoverableException("again"),
        package.ConversionTypeError(path="x[0]", expected="INTEGER", got="str", hint="round it").at("inputs."),
        package.OutputsError("why", path="outputs.o0"),
    ]


def told(value):
    return (type(value), str(value), vars(value)) if isinstance(value, Exception) else value


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_values_and_errors_of_a_copy_survive_pickling(packages, protocol):
    for package in packages:
        for value in values_and_errors(package):
            again = pickle.loads(pickle.dumps(value, protocol))
            assert told(again) == told(value) and type(again) is type(value)


def test_pickles_of_a_copy_are_read_where_the_copy_is_and_shimlite_is_not(packages, copies):
    (copies / "pickled").write_bytes(pickle.dumps(values_and_errors(packages[1])))
    program = f"""{BLOCKED}
import pickle
print(*[str(one) for one in pickle.load(open("pickled", "rb"))], sep="\\n")
"""
    assert python(copies, "-c", program).splitlines() == [
        line for value in values_and_errors(shimlite) for line in str(value).splitlines()
    ]


# --------------------------------------------------------------------------------------------------- without flyteidl


@pytest.mark.parametrize("back_end", BACK_ENDS)
def test_copies_without_flyteidl_have_messages_of_their_own(copies, back_end):
    program = f"""{WITHOUT_FLYTEIDL}
from one._vendor import shimlite as one
from other._vendor import shimlite as other
from one._vendor.shimlite import idl
from google.protobuf import struct_pb2
literal = one.to_literal({{"a": [1]}}, dict[str, list[int]])
print(type(literal) is idl.Literal, idl.Literal.__module__, idl.Struct is struct_pb2.Struct)
print(other.to_python_value(other._idl.Literal.FromString(literal.SerializeToString()), dict[str, list[int]]))
try:
    other.to_python_value(literal, dict[str, list[int]])
except TypeError as error:
    print(error)
"""
    assert python(copies, "-c", program, PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION=back_end).splitlines() == [
        "True one._vendor.shimlite.idl False",
        "{'a': [1]}",
        "expected other._vendor.shimlite.idl.Literal, got one._vendor.shimlite.idl.Literal;"
        " write Literal.FromString(x.SerializeToString())",
    ]


@pytest.mark.parametrize("back_end", BACK_ENDS)
def test_a_copy_without_flyteidl_gives_the_answers_of_the_installed_one(copies, back_end):
    source = renamed(pathlib.Path(corpus.__file__).read_text(), "one._vendor")
    (copies / "corpus_of_one.py").write_text(
        f"{WITHOUT_FLYTEIDL}{source.replace('from __future__ import annotations', '')}"
    )
    printed = python(copies, "corpus_of_one.py", PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION=back_end)
    assert printed.split() == corpus.digests()


# -------------------------------------------------------------------------------------------------- protos of its own


@pytest.fixture
def with_protos(tmp_path):
    """Makes a copy with a flyteidl of its own, as the ``vendoring`` tool does, maybe of another release."""

    flyteidl = pytest.importorskip("flyteidl", reason="flyteidl installs up to 3.13")

    def make(*, own_pool: bool, other_release: bool = False) -> pathlib.Path:
        folder = vendor(tmp_path).parent
        ignored = shutil.ignore_patterns("__pycache__", "*_grpc.py", "*.pyi")
        shutil.copytree(pathlib.Path(flyteidl.__file__).parent, folder / "flyteidl", ignore=ignored)
        if other_release:
            _add_a_field(folder / "flyteidl" / "core" / "literals_pb2.py")
        (rules,) = re.findall(r"^```toml\n(.*?)^```$", VENDORING.split("### Protos")[1], re.DOTALL | re.MULTILINE)
        (well_known,) = re.findall(r"^```python\n(.*?)^```$", VENDORING, re.DOTALL | re.MULTILINE)
        if own_pool:
            (folder / "well_known.py").write_text(well_known)
        for path in [folder / "shimlite" / "_idl.py", *(folder / "flyteidl").rglob("*.py")]:
            text = re.sub(r"\bfrom flyteidl\b", "from holder._vendor.flyteidl", path.read_text())
            for rule in tomllib.loads(rules)["tool"]["vendoring"]["transformations"]["substitute"] if own_pool else ():
                text = re.sub(rule["match"], rule["replace"], text)
            path.write_text(text)
        return tmp_path

    return make


def _add_a_field(path: pathlib.Path) -> None:
    """To ``Literal``, in a generated module; what follows its descriptor is for a pure-Python protobuf of old."""
    source = path.read_text()
    found = re.search(r"AddSerializedFile\((b'(?:[^'\\]|\\.)*')\)", source)
    file = FileDescriptorProto.FromString(eval(found[1]))
    (literal,) = (message for message in file.message_type if message.name == "Literal")
    literal.field.add(name="novel", number=99, label="LABEL_OPTIONAL", type="TYPE_STRING", json_name="novel")
    rest = source[found.end(1) :].split("if _descriptor._USE_C_DESCRIPTORS")[0]
    path.write_text(source[: found.start(1)] + repr(file.SerializeToString()) + rest)


USED = """
import datetime, sys
from holder._vendor import shimlite as copy
from holder._vendor.flyteidl.core.literals_pb2 import Literal
kind, value = dict[str, list[datetime.date]], {"a": [datetime.date(2026, 1, 2)]}
print(copy.to_python_value(copy.to_literal(value, kind), kind) == value)
print(type(copy.to_literal(value, kind)) is Literal)
"""


@pytest.mark.parametrize("back_end", BACK_ENDS)
def test_a_copied_flyteidl_of_the_same_release_gives_the_installed_ones_classes(with_protos, back_end):
    program = f"""{USED}
print([name for name in sys.modules if name.split(".")[0] == "flyteidl"])
from flyteidl.core import literals_pb2
print(literals_pb2.Literal is Literal)
"""
    folder = with_protos(own_pool=False)
    printed = python(folder, "-c", program, PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION=back_end)
    assert printed == "True\nTrue\n[]\nTrue\n"


def test_another_release_is_refused_in_protobufs_one_pool_or_taken_for_the_first(with_protos):
    """shimlite itself then takes its own copy, or the first."""
    program = """
import flyteidl.core.literals_pb2
from google.protobuf.internal import api_implementation
try:
    from holder._vendor.flyteidl.core.literals_pb2 import Literal
    print(api_implementation.Type(), "novel" in Literal.DESCRIPTOR.fields_by_name)
except TypeError as error:
    print(api_implementation.Type(), "TypeError")
"""
    folder = with_protos(own_pool=False, other_release=True)
    printed = {python(folder, "-c", program, PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION=back_end) for back_end in BACK_ENDS}
    assert printed <= {"upb TypeError\n", "python False\n"}  # some protobufs have the one only


@pytest.mark.parametrize("back_end", BACK_ENDS)
def test_another_release_lives_beside_the_installed_one_in_a_pool_of_its_own(with_protos, back_end):
    program = f"""
from flyteidl.core import literals_pb2
{USED}
import pickle, shimlite
print(literals_pb2.Literal is Literal, Literal(novel="x").novel)
print(copy._idl.to_json(copy._idl.task_spec_type()(template=copy._idl.TaskTemplate(type="t"))))
table = copy.StructuredDataset("s3://b/t", columns=(("n", copy.to_literal_type(int)),))
print(pickle.loads(pickle.dumps(table)) == table)
try:
    shimlite.to_python_value(copy.to_literal(5, int), int)
except shimlite.ConversionTypeError as error:
    print(error)
"""
    folder = with_protos(own_pool=True, other_release=True)
    printed = python(folder, "-c", program, PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION=back_end).splitlines()
    assert printed == [
        "True", "True", "False x", "{'template': {'type': 't'}}", "True",
        "expected flyteidl.core.literals_pb2.Literal, got holder._vendor.flyteidl.core.literals_pb2.Literal;"
        " write Literal.FromString(x.SerializeToString())",
    ]  # fmt: skip
    (folder / "corpus.py").write_text(renamed(pathlib.Path(corpus.__file__).read_text()))
    digests = python(folder, "corpus.py", PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION=back_end)
    assert digests.split() == corpus.digests()


@pytest.mark.parametrize("back_end", BACK_ENDS)
def test_a_pool_of_its_own_needs_the_installed_one_first_in_pure_python_only(with_protos, back_end):
    program = f"""{USED}
from flyteidl.core import literals_pb2
from google.protobuf.internal import api_implementation
print(api_implementation.Type(), literals_pb2.Literal is Literal)
"""
    folder = with_protos(own_pool=True, other_release=True)
    printed = python(folder, "-c", program, PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION=back_end).splitlines()
    assert printed in (["True", "True", "upb False"], ["True", "True", "python True"])


def test_the_packages_page_links_to_nothing_that_a_copy_may_leave_out():
    links = re.findall(r"\]\((?!https:)([^)#]+)", PAGE)
    assert links and not {link.split("/")[0] for link in links} & set(OPTIONAL)


def test_the_recipe_leaves_out_what_is_optional():
    first, _ = re.findall(r"^```toml\n(.*?)^```$", VENDORING, re.DOTALL | re.MULTILINE)
    dropped = tomllib.loads(first)["tool"]["vendoring"]["transformations"]["drop"]
    ours = {path.removeprefix("shimlite/").rstrip("/") for path in dropped if path.startswith("shimlite/")}
    assert ours == set(OPTIONAL)
