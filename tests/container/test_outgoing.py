# SPDX-License-Identifier: Apache-2.0
"""Local files among the outputs: uploaded under the raw output prefix wherever they stand, and only if all is well."""

from __future__ import annotations

import dataclasses
import os
import re
import threading
from typing import Any, Optional

import pytest

from shimlite import (
    Context,
    ExecutableTemplateShimTask,
    FlyteDirectory,
    FlyteFile,
    FlyteSchema,
    OutputsError,
    StructuredDataset,
    literal_map_to_kwargs,
    to_literal,
    to_python_value,
)
from shimlite._idl import BlobType, Literal, LiteralMap
from shimlite.container.outgoing import dispatch
from shimlite.container.threads import AT_ONCE
from shimlite.trees import walk

from ..build import template
from ..special import KINDS, make, without_privileges
from ..support import collection, map_of, packed, struct


class Store:
    """Remembers what is uploaded where."""

    def __init__(self) -> None:
        self.put: dict[str, str] = {}
        self.now = self.most = 0
        self.lock = threading.Lock()

    def get_data(self, uri: str, path: str) -> None:
        raise NotImplementedError

    def put_data(self, path: str, uri: str) -> str:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        threading.Event().wait(0.02)
        with self.lock:
            self.now -= 1
            self.put[uri] = path
        return uri


@dataclasses.dataclass
class Report:
    summary: FlyteFile
    more: list[FlyteFile]
    table: Optional[FlyteSchema] = None


def written(value: Any, python_type: Any, store: Store, prefix: str = "s3://b/raw/", annotation: Any = Any) -> Any:
    """The outputs that are written where an executor returns ``value``."""

    class Executor:
        def execute_from_model(self, tt: Any) -> Any:
            return value

    Executor.execute_from_model.__annotations__["return"] = annotation
    task = ExecutableTemplateShimTask(template(outputs={"x": python_type}), Executor)
    return dispatch(task, Context(raw_output_prefix=prefix, file_access=store), LiteralMap())


def returned(value: Any, python_type: Any, store: Store, prefix: str = "s3://b/raw/") -> Any:
    """What the next task reads where an executor returns ``value``."""
    outputs = written(value, python_type, store, prefix)
    return literal_map_to_kwargs(outputs, template(outputs={"x": python_type}).interface.outputs, {"x": python_type})[
        "x"
    ]


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("a.csv", "b.csv", "c.csv"):
        (tmp_path / name).write_text(name)
    (tmp_path / "folder").mkdir()
    return tmp_path


def refused(value: Any, python_type: Any) -> str:
    """The message for a value of which nothing may be uploaded."""
    store = Store()
    with pytest.raises(OutputsError) as caught:
        returned(value, python_type, store)
    assert store.put == {}
    return str(caught.value)


PLACE = re.compile(r"s3://b/raw/[0-9a-f]{32}/([^/]*)")


def test_a_local_file_is_uploaded(here):
    store = Store()
    file = returned(FlyteFile("a.csv", format="csv", metadata={"k": "v"}), FlyteFile["csv"], store)
    assert (PLACE.fullmatch(file.uri)[1], file.format, file.metadata) == ("a.csv", "csv", {"k": "v"})
    assert store.put == {file.uri: f"{here}/a.csv"}


def test_wherever_it_stands(here):
    store = Store()
    a, b, c = (FlyteFile(f"file://{here}/{name}.csv") for name in "abc")
    report = Report(a, [b, FlyteFile("s3://b/far")], FlyteSchema(f"{here}/folder"))
    back = returned({"r": [report], "s": [report]}, dict[str, list[Report]], store)
    (one,), (other,) = back["r"], back["s"]
    assert one == other
    assert one.more[1].uri == "s3://b/far"
    assert store.put == {
        one.summary.uri: f"{here}/a.csv",
        one.more[0].uri: f"{here}/b.csv",
        one.table.uri: f"{here}/folder",
    }
    assert all(map(PLACE.fullmatch, store.put))
    store = Store()
    file = returned(c, Optional[FlyteFile], store)
    assert store.put == {file.uri: f"{here}/c.csv"}
    directory = returned(FlyteDirectory("folder"), FlyteDirectory, store)
    table = returned(StructuredDataset("a.csv", format="csv"), StructuredDataset, store)
    assert (store.put[directory.uri], store.put[table.uri]) == (f"{here}/folder", f"{here}/a.csv")


@pytest.mark.parametrize("uri", ["s3://b/far", "gs://b/k", "https://h/x?q", "unknown://x"])
def test_remote_ones_pass_untouched(here, uri):
    store = Store()
    assert returned(FlyteFile(uri), FlyteFile, store).uri == uri
    assert returned(FlyteSchema(""), FlyteSchema, store).uri == ""
    assert store.put == {}


def test_what_is_in_its_place_already_stays_there(here):
    store = Store()
    (here / "raw").mkdir()
    (here / "raw" / "mine").write_text("")
    (here / "raw2").write_text("")
    assert returned(FlyteFile(f"{here}/raw/mine"), FlyteFile, store, f"{here}/raw").uri == f"{here}/raw/mine"
    assert store.put == {}
    moved = returned(FlyteFile(f"{here}/raw2"), FlyteFile, store, f"{here}/raw").uri
    assert store.put == {moved: f"{here}/raw2"}


def test_several_at_once_but_not_all(here):
    store = Store()
    for number in range(20):
        (here / f"{number}").write_text("")
    files = returned([FlyteFile(f"{number}") for number in range(20)], list[FlyteFile], store)
    assert store.put == {file.uri: f"{here}/{number}" for number, file in enumerate(files)}
    assert 1 < store.most <= AT_ONCE


@pytest.mark.parametrize(
    ("value", "python_type", "message"),
    [
        (FlyteFile("none"), FlyteFile, "outputs.x: expected a local file, got nothing at its path"),
        (FlyteFile("folder"), FlyteFile, "outputs.x: expected a local file, got a directory"),
        (FlyteDirectory("a.csv"), FlyteDirectory, "outputs.x: expected a local directory, got a file"),
        ([FlyteFile("a.csv"), FlyteFile("none")], list[FlyteFile], "outputs.x[1]: expected a local file, got nothing"
         " at its path"),
        (FlyteSchema("none"), FlyteSchema, "outputs.x: expected a local file or directory, got nothing at its path"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_refused_before_anything_is_uploaded(here, value, python_type, message):
    store = Store()
    with pytest.raises(OutputsError) as caught:
        returned(value, python_type, store)
    assert str(caught.value) == message
    assert store.put == {}


def test_names_on_the_way_are_plain(here):
    store = Store()
    os.rename("a.csv", "a?b#c%.csv")
    assert PLACE.fullmatch(returned(FlyteFile("a?b#c%.csv"), FlyteFile, store).uri)[1] == "a_b_c_.csv"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("cls", "wanted"),
    [
        (FlyteFile, "a local file"),
        (FlyteDirectory, "a local directory"),
        (StructuredDataset, "a local file or directory"),
        (FlyteSchema, "a local file or directory"),
    ],
)
def test_special_files_are_refused_by_what_they_are(here, kind, cls, wanted):
    make(kind, here / "it")
    message = f"outputs.x[1]: expected {wanted}, got {KINDS[kind]}"
    assert refused([cls("a.csv" if cls is not FlyteDirectory else "folder"), cls("it")], list[cls]) == message


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cls", [FlyteDirectory, StructuredDataset, FlyteSchema])
def test_a_directory_is_refused_for_what_is_in_it(here, kind, cls):
    (here / "folder" / "sub").mkdir()
    make(kind, here / "folder" / "sub" / "pipe")
    assert refused(cls("folder"), cls) == f"outputs.x: 'sub/pipe' is {KINDS[kind]}"


def test_a_directory_with_links_to_itself(here):
    for name in "ab":
        (here / "folder" / name).symlink_to(".")
    message = "outputs.x: 'a' is a link that leads back to a directory above it"
    assert refused(FlyteDirectory("folder"), FlyteDirectory) == message


@pytest.mark.parametrize("path", ["/dev/stdin", "/proc/self/fd/0"])
def test_standard_input_is_no_file(path):
    reading, writing = os.pipe()
    before = os.dup(0)
    os.dup2(reading, 0)
    try:
        assert refused(FlyteFile(path), FlyteFile) == "outputs.x: expected a local file, got a FIFO"
    finally:
        os.dup2(before, 0)
        for one in (reading, writing, before):
            os.close(one)
    assert refused(FlyteFile("/dev/zero"), FlyteFile) == "outputs.x: expected a local file, got a character device"


def test_what_may_not_be_read_is_refused(here):
    (here / "a.csv").chmod(0)
    (here / "folder" / "secret").write_text("")
    (here / "folder" / "secret").chmod(0)
    (here / "shut").mkdir(mode=0)
    for value, message in (
        (FlyteFile("a.csv"), "expected a local file, got a file that cannot be read"),
        (FlyteDirectory("shut"), "expected a local directory, got a directory that cannot be read"),
        (FlyteFile("shut/a"), "expected a local file, got a file that cannot be read"),
        (FlyteDirectory("folder"), "'secret' cannot be read: Permission denied"),
    ):
        assert without_privileges(refused, value, type(value)) == f"outputs.x: {message}"


@pytest.mark.parametrize(
    ("name", "shown", "fault"),
    [
        ("a\nb", r"'a\nb'", "it has control characters"),
        ("\x7f", r"'\x7f'", "it has control characters"),
        ("\udcff", r"'\udcff'", "it is no UTF-8"),
        ("/".join(["x" * 200] * 5), f"'{'x' * 100}…'", "it is longer than 1024 characters with what stands before it"),
    ],
)
def test_names_that_no_store_takes(here, name, shown, fault):
    (here / "folder" / name).parent.mkdir(parents=True, exist_ok=True)
    (here / "folder" / name).write_text("")
    message = f"outputs.x: {shown} has a name that no store takes: {fault}"
    assert refused(FlyteDirectory("folder"), FlyteDirectory) == message
    store = Store()
    directory = returned(FlyteDirectory("folder"), FlyteDirectory, store, f"{here}/raw")
    assert store.put == {directory.uri: f"{here}/folder"}


def test_the_longest_name_that_a_store_takes(here):
    name = "/".join(["x" * 200] * 4) + "/"
    before = len(f"raw/{'0' * 32}/folder/{name}")
    (here / "folder" / name).mkdir(parents=True)
    (here / "folder" / name / ("y" * (1024 - before))).write_text("")
    store = Store()
    returned(FlyteDirectory("folder"), FlyteDirectory, store)
    assert len(store.put) == 1
    (here / "folder" / name / ("z" * (1025 - before))).write_text("")
    assert refused(FlyteDirectory("folder"), FlyteDirectory).endswith("with what stands before it")


def test_a_directory_that_stands_twice_among_the_outputs_is_walked_once(here, monkeypatch):
    walked = []
    monkeypatch.setattr("shimlite.container.outgoing.walk", lambda path: walked.append(path) or walk(path))
    store = Store()
    one, other = returned([FlyteDirectory("folder"), FlyteDirectory("./folder")], list[FlyteDirectory], store)
    assert one == other
    assert walked == [f"{here}/folder"]


# --- a LiteralMap that is returned -----------------------------------------------------------------------------------


def as_returned(literal: Literal, python_type: Any, store: Store, annotation: Any = Any) -> Literal:
    """The literal that is written where an executor returns this one, which stays what it was."""
    given = LiteralMap(literals={"x": literal})
    before = given.SerializeToString(deterministic=True)
    outputs = written(given, python_type, store, annotation=annotation)
    assert given.SerializeToString(deterministic=True) == before
    assert list(outputs.literals) == ["x"]
    return outputs.literals["x"]


@pytest.mark.parametrize(
    ("value", "python_type", "name"),
    [
        (FlyteFile("a.csv", format="csv", metadata={"k": "v"}), FlyteFile["csv"], "a.csv"),
        (FlyteDirectory("folder"), FlyteDirectory, "folder"),
        (StructuredDataset("a.csv", format="csv"), StructuredDataset, "a.csv"),
        (FlyteSchema("folder", columns=(("id", int),)), FlyteSchema, "folder"),
        ([FlyteFile("s3://b/far"), FlyteFile("b.csv")], list[FlyteFile], "b.csv"),
        ({"k": FlyteFile("c.csv")}, dict[str, FlyteFile], "c.csv"),
        (FlyteFile("c.csv"), Optional[FlyteFile], "c.csv"),
        ([{"k": FlyteFile("c.csv")}], list[dict[str, Optional[FlyteFile]]], "c.csv"),
    ],
)
def test_a_file_in_a_returned_literal_map_is_uploaded(here, value, python_type, name):
    store = Store()
    literal = to_literal(value, python_type)
    literal.hash = "h"
    literal.metadata["of"] = "mine"
    written_literal = as_returned(literal, python_type, store)
    ((uri, path),) = store.put.items()
    assert (PLACE.fullmatch(uri)[1], path) == (name, f"{here}/{name}")
    assert str(written_literal).replace(uri, name) == str(literal)


PACKED = [
    (packed({"path": "a.csv"}), FlyteFile),
    (struct({"path": "a.csv"}), FlyteFile),
    (packed([{"path": "a.csv"}]), list[FlyteFile]),
    (packed({"k": {"path": "a.csv"}}), dict[str, FlyteFile]),
    (collection(packed({"path": "a.csv"})), list[FlyteFile]),
    (map_of(k=packed({"path": "a.csv"})), dict[str, FlyteFile]),
    (packed({"path": "a.csv"}), Optional[FlyteFile]),
]


@pytest.mark.parametrize(("literal", "python_type"), PACKED)
def test_in_the_form_of_msgpack_too(here, literal, python_type):
    store = Store()
    literal.hash = "h"
    written_literal = as_returned(literal, python_type, store)
    ((uri, path),) = store.put.items()
    assert path == f"{here}/a.csv" and uri in str(written_literal)
    assert written_literal.hash == "h"
    assert uri in repr(to_python_value(written_literal, python_type))


@pytest.mark.parametrize("annotation", [Any, Report])
def test_an_annotation_says_what_is_a_file_in_a_record(here, annotation):
    store = Store()
    value = Report(FlyteFile("a.csv"), [FlyteFile("b.csv"), FlyteFile("a.csv")])
    literal = to_literal(value, Report)
    literal.hash = "h"
    written_literal = as_returned(literal, Report, store, annotation)
    if annotation is Any:
        assert written_literal == literal and store.put == {}
    else:
        report = to_python_value(written_literal, Report)
        assert written_literal.hash == "h"
        assert store.put == {report.summary.uri: f"{here}/a.csv", report.more[0].uri: f"{here}/b.csv"}
        assert report.more[1] == report.summary


@dataclasses.dataclass
class Left:
    x: int


@dataclasses.dataclass
class Right:
    x: int


def hashed(literal: Literal) -> Literal:
    literal.hash = "h"
    literal.metadata["k"] = "v"
    return literal


@pytest.mark.parametrize("annotated", [False, True])
@pytest.mark.parametrize(
    ("literal", "python_type"),
    [
        (hashed(to_literal(1, int)), int),
        (hashed(to_literal(float("nan"), float)), float),
        (hashed(to_literal(Right(1), Left | Right)), Left | Right),
        (hashed(packed({"b": 1, "a": 2})), dict),
        (hashed(packed([1])), list[int]),
        (hashed(to_literal(None, Optional[FlyteFile])), Optional[FlyteFile]),
        (hashed(to_literal(None, type(None))), Optional[FlyteFile]),
        (hashed(to_literal(FlyteFile("s3://b/k"), FlyteFile)), FlyteFile),
        (hashed(packed({"path": "s3://b/k"})), FlyteFile),
        (hashed(to_literal([], list[FlyteFile])), list[FlyteFile]),
    ],
)
def test_a_returned_literal_without_local_files_stays_as_it_is(here, literal, python_type, annotated):
    store = Store()
    there = as_returned(literal, python_type, store, python_type if annotated else Any)
    assert there.SerializeToString(deterministic=True) == literal.SerializeToString(deterministic=True)
    assert store.put == {}


@pytest.mark.parametrize(
    ("literal", "python_type", "message"),
    [
        (to_literal(FlyteFile("none"), FlyteFile), FlyteFile, ": expected a local file, got nothing at its path"),
        (to_literal([FlyteFile("a.csv"), FlyteFile("none")], list[FlyteFile]), list[FlyteFile],
         "[1]: expected a local file, got nothing at its path"),
        (to_literal({"k": FlyteFile("folder")}, dict[str, FlyteFile]), dict[str, FlyteFile],
         "['k']: expected a local file, got a directory"),
        (packed({"path": "none"}), FlyteFile, ": expected a local file, got nothing at its path"),
        (to_literal("a.csv", str), FlyteFile, ": expected FlyteFile, got string_value"),
        (Literal(offloaded_metadata={"uri": "s3://b/k"}), int,
         ": expected INTEGER, got offloaded_metadata; return the literal itself, which is offloaded where it is large"),
        (collection(Literal(offloaded_metadata={"uri": "s3://b/k"})), list[int],
         "[0]: expected INTEGER, got offloaded_metadata; return the literal itself, which is offloaded where it is"
         " large"),
    ],
)  # fmt: skip
def test_a_returned_literal_may_be_refused(here, literal, python_type, message):
    store = Store()
    with pytest.raises(OutputsError) as caught:
        as_returned(literal, python_type, store)
    assert str(caught.value) == f"outputs.x{message}"
    assert store.put == {}


def test_outgoing_is_asked_once_for_each_local_reference(here):
    asked = []

    class Executor:
        def execute_from_model(self, tt: Any) -> Any:
            return LiteralMap(literals={"x": to_literal([FlyteFile("a.csv"), FlyteFile("b.csv")], list[FlyteFile])})

    context = Context()

    def place(reference: Any) -> str:
        if reference.uri.startswith("s3://"):
            return reference.uri
        asked.append(reference.uri)
        return f"s3://b/{reference.uri}"

    context.outgoing = place
    for annotation in (Any, list[FlyteFile]):
        asked.clear()
        Executor.execute_from_model.__annotations__["return"] = annotation
        task = ExecutableTemplateShimTask(template(outputs={"x": list[FlyteFile]}), Executor)
        outputs = task.dispatch_execute(context, LiteralMap())
        assert asked == ["a.csv", "b.csv"]
        assert outputs.literals["x"].collection.literals[1].scalar.blob.uri == "s3://b/b.csv"
        assert outputs.literals["x"].collection.literals[1].scalar.blob.metadata.type.dimensionality == BlobType.SINGLE


@pytest.mark.parametrize("annotation", [Any, list[Optional[FlyteFile]]])
def test_what_stands_beside_a_local_file_stays_as_it_is(here, annotation):
    """Hashes, and the types that unions store: somebody returns literals for them."""
    store, python_type = Store(), list[Optional[FlyteFile]]
    literal = to_literal([FlyteFile("a.csv"), FlyteFile("s3://b/far"), None], python_type)
    for place, item in enumerate(literal.collection.literals):
        item.hash = f"h{place}"
        item.scalar.union.type.structure.dataclass_type["of"].simple = 1
    written_literal = as_returned(literal, python_type, store, annotation)
    ((uri, path),) = store.put.items()
    assert path == f"{here}/a.csv"
    assert str(written_literal).replace(uri, "a.csv") == str(literal)
