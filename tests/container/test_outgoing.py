# SPDX-License-Identifier: Apache-2.0
"""Local files among the outputs: uploaded under the raw output prefix wherever they stand, and only if all is well."""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import io
import os
import pathlib
import re
import threading
from typing import IO, Any, Optional

import pytest

from shimlite import (
    Context,
    ExecutableTemplateShimTask,
    FlyteDirectory,
    FlyteFile,
    FlyteSchema,
    NotFoundError,
    OutputsError,
    StorageError,
    StructuredDataset,
    literal_map_to_kwargs,
    to_literal,
    to_python_value,
)
from shimlite._idl import BlobType, Literal, LiteralMap
from shimlite.container.outgoing import dispatch
from shimlite.container.threads import AT_ONCE
from shimlite.streams import Target, Written
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


def run(work: Any, python_type: Any, files: Any, prefix: str) -> LiteralMap:
    """The outputs of an executor that returns what ``work`` does, a function that is called in the run."""

    class Executor:
        def execute_from_model(self, tt: Any) -> Any:
            return work()

    task = ExecutableTemplateShimTask(template(outputs={"x": python_type}), Executor)
    return dispatch(task, Context(raw_output_prefix=prefix, file_access=files), LiteralMap())


def unwritten(work: Any, python_type: Any, files: Any = None, prefix: str = "s3://b/raw") -> str:
    """The message for what it returns, of which nothing may be uploaded."""
    store = files or Shelf()
    with pytest.raises(OutputsError) as caught:
        run(work, python_type, store, prefix)
    assert store.put == {}
    return str(caught.value)


class Shelf(Store):
    """A store that opens files too."""

    def __init__(self) -> None:
        super().__init__()
        self.content: dict[str, bytes] = {}
        self.asked: list[str] = []

    def open_file(self, uri: str, mode: str) -> IO[bytes]:
        if mode == "wb":
            return Written(Kept(self, uri))
        self.asked.append(uri)
        if uri not in self.content:
            raise NotFoundError("it is not there")
        return io.BytesIO(self.content[uri])


class Kept(Target):
    """A file of that store."""

    def __init__(self, shelf: Shelf, uri: str) -> None:
        super().__init__(uri)
        self.shelf = shelf
        self.pieces: list[bytes] = []

    def _put(self, content: bytes) -> int:
        self.pieces.append(content)
        return len(content)

    def _keep(self) -> None:
        self.shelf.content[self.shown] = b"".join(self.pieces)

    def _drop(self) -> None:
        self.pieces = []


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


# --- files that the run did not write to their end --------------------------------------------------------------------

UNENDED = "expected a file, got one whose writing did not come to its end; write in a with block"
NEVER = "expected a file, got a new one that was never written; write in a with block"
left_open: list[Any] = []


def half(uri: str) -> Any:
    """Write to a file, and leave it open."""
    opened = FlyteFile(uri).open("w")
    opened.write("half")
    left_open.append(opened)
    return opened


@pytest.fixture(autouse=True)
def _end():
    yield
    while left_open:
        left_open.pop().drop()


@pytest.fixture(params=["store", "disk"])
def prefix(request, here):
    return "s3://b/raw" if request.param == "store" else f"{here}/raw"


def test_a_new_file_that_nobody_wrote_is_no_output(prefix):
    def named() -> FlyteFile:
        return FlyteFile.new_remote_file("it")

    def raised() -> FlyteFile:
        file = named()
        with contextlib.suppress(RuntimeError), file.open("w") as opened:
            opened.write("half")
            raise RuntimeError
        return file

    def gone() -> FlyteFile:
        file = named()
        file.open("w").write("half")
        gc.collect()
        return file

    for work, reason in ((named, NEVER), (raised, UNENDED), (gone, UNENDED)):
        for python_type, wrap, path in (
            (FlyteFile, lambda it: it, "x"),
            (list[FlyteFile], lambda it: [FlyteFile("s3://b/far"), it], "x[1]"),
            (dict[str, FlyteFile], lambda it: {"k": it}, "x['k']"),
            (Report, lambda it: Report(FlyteFile("s3://b/far"), [it]), "x.more[0]"),
        ):
            said = unwritten(lambda work=work, wrap=wrap: wrap(work()), python_type, prefix=prefix)
            assert said == f"outputs.{path}: {reason}"
        assert reason.partition(", got ")[2] in unwritten(work, Optional[FlyteFile], prefix=prefix)


def test_a_new_file_in_a_model(prefix):
    pydantic = pytest.importorskip("pydantic")
    model = pydantic.create_model("Model", file=(FlyteFile, ...), others=(list[FlyteFile], ...))

    def work() -> Any:
        with FlyteFile.new_remote_file("it").open("w"):
            pass
        return model(file=FlyteFile("s3://b/far"), others=[FlyteFile.new_remote_file("it")])

    assert unwritten(work, model, prefix=prefix).endswith(NEVER)


def test_a_new_file_in_a_literal(prefix):
    def work() -> LiteralMap:
        return LiteralMap(literals={"x": to_literal(FlyteFile.new_remote_file("it"), FlyteFile)})

    assert unwritten(work, FlyteFile, prefix=prefix) == f"outputs.x: {NEVER}"


def test_what_was_written_in_the_end_is_an_output(prefix):
    def again() -> FlyteFile:
        file = FlyteFile.new_remote_file("it")
        with contextlib.suppress(RuntimeError), file.open("w"):
            raise RuntimeError
        with file.open("w") as opened:
            opened.write("whole")
        return file

    outputs = run(again, FlyteFile, Shelf(), prefix)
    assert outputs.literals["x"].scalar.blob.uri.startswith(f"{prefix}/")

    def while_open() -> FlyteFile:
        file = FlyteFile.new_remote_file("it")
        half(file.uri)
        file.open("w").close()
        return file

    assert unwritten(while_open, FlyteFile, prefix=prefix) == f"outputs.x: {UNENDED}"


def test_a_new_file_that_something_else_wrote_is_an_output(here):
    shelf = Shelf()

    def in_store() -> list[FlyteFile]:
        file = FlyteFile.new_remote_file("it")
        shelf.content[file.uri] = b"by a library"
        return [file, file]

    def on_disk() -> FlyteFile:
        file = FlyteFile.new_remote_file("it")
        os.makedirs(os.path.dirname(file))
        pathlib.Path(file).write_text("by a library")
        return file

    run(in_store, list[FlyteFile], shelf, "s3://b/raw")
    run(on_disk, FlyteFile, shelf, f"{here}/raw")
    assert shelf.put == {}
    assert set(shelf.asked) == set(shelf.content)


@pytest.mark.parametrize("error", [None, StorageError("the store is silent"), KeyError("of another library")])
def test_where_nobody_can_tell_a_new_file_is_an_output(error):
    store = Store()
    if error:

        def open_file(uri: str, mode: str) -> IO[bytes]:
            raise error

        store.open_file = open_file
    outputs = run(FlyteFile.new_remote_file, FlyteFile, store, "s3://b/raw")
    assert outputs.literals["x"].scalar.blob.uri.startswith("s3://b/raw/")
    if error:
        error = FileNotFoundError()
        assert unwritten(FlyteFile.new_remote_file, FlyteFile, store) == f"outputs.x: {NEVER}"


@pytest.mark.parametrize("opened", ["a.csv", "./a.csv", "folder/../a.csv", "file://{here}/a.csv", "link", "way/a.csv"])
@pytest.mark.parametrize("other", ["{here}/a.csv", "a.csv", "file://localhost{here}/a.csv", "link", "way/./a.csv"])
def test_a_file_is_the_same_however_its_path_is_spelled(here, opened, other):
    (here / "link").symlink_to("a.csv")
    (here / "way").symlink_to(".")

    def work() -> FlyteFile:
        half(opened.format(here=here))
        return FlyteFile(other.format(here=here))

    assert unwritten(work, FlyteFile) == f"outputs.x: {UNENDED}"
    assert unwritten(lambda: FlyteSchema(work().uri), FlyteSchema) == f"outputs.x: {UNENDED}"
    assert (here / "a.csv").read_text() == "a.csv"


def test_a_file_is_the_same_from_another_working_directory(here):
    def work() -> FlyteFile:
        half("a.csv")
        os.chdir("folder")
        return FlyteFile("../a.csv")

    assert unwritten(work, FlyteFile) == f"outputs.x: {UNENDED}"


def unended_in(name: str) -> str:
    got = f"one in which the writing of {name!r} did not come to its end"
    return f"outputs.x: expected a directory, got {got}; write in a with block"


@pytest.mark.parametrize("name", ["folder/new", "folder/old", "folder/sub/new", "a.csv"])
@pytest.mark.parametrize("spelled", ["folder", "./folder/", "file://{here}/folder", "way"])
def test_a_directory_with_an_open_file_in_it_is_no_output(here, name, spelled):
    """Also where that is in it through a link."""
    (here / "way").symlink_to("folder")
    (here / "folder" / "old").write_text("old")
    (here / "folder" / "link").symlink_to("../a.csv")

    def work() -> FlyteDirectory:
        half(name)
        return FlyteDirectory(spelled.format(here=here))

    assert unwritten(work, FlyteDirectory) == unended_in(name)
    assert unwritten(lambda: StructuredDataset(work().uri), StructuredDataset) == unended_in(name)


def test_a_link_to_a_directory_in_which_a_file_is_open(here):
    (here / "in").mkdir()
    (here / "in" / "way").symlink_to("../folder")

    def work() -> FlyteDirectory:
        half("folder/new")
        return FlyteDirectory("in")

    assert unwritten(work, FlyteDirectory) == unended_in("folder/new")


def test_a_directory_in_its_place_with_an_open_file_in_it(prefix):
    def work() -> FlyteDirectory:
        folder = FlyteDirectory(f"{prefix}/folder")
        (folder / "a").open("w").close()
        half(f"{prefix}/folder/b")
        return folder

    assert unwritten(work, FlyteDirectory, prefix=prefix) == unended_in(f"{prefix}/folder/b")


@pytest.mark.parametrize("ends", ["nobody closes it", "generator"])
def test_a_directory_with_a_file_that_nobody_closed(prefix, ends):
    def lines(file: FlyteFile) -> Any:
        with file.open("w") as opened:
            yield
            opened.write("the end")

    def work() -> FlyteDirectory:
        folder = FlyteDirectory(f"{prefix}/folder")
        (folder / "a").open("w").close()
        if ends == "generator":
            next(lines(folder / "b"))
        else:
            (folder / "b").open("w").write("x")
        gc.collect()
        return folder

    assert unwritten(work, FlyteDirectory, prefix=prefix) == unended_in(f"{prefix}/folder/b")


def test_a_directory_whose_executor_knows_what_is_missing(prefix):
    shelf = Shelf()

    def work() -> FlyteDirectory:
        folder = FlyteDirectory(f"{prefix}/folder")
        (folder / "a").open("w").close()
        with contextlib.suppress(RuntimeError), (folder / "b").open("w"):
            raise RuntimeError
        half(f"{prefix}/folder2/b")
        return folder

    outputs = run(work, FlyteDirectory, shelf, prefix)
    assert outputs.literals["x"].scalar.blob.uri == f"{prefix}/folder"


def test_a_directory_whose_file_was_written_again(prefix):
    def work() -> FlyteDirectory:
        file = FlyteDirectory(f"{prefix}/folder") / "a"
        file.open("w").write("nobody closes it")
        gc.collect()
        file.open("w").close()
        return FlyteDirectory(f"{prefix}/folder")

    run(work, FlyteDirectory, Shelf(), prefix)


def test_a_directory_beside_which_a_file_is_open_is_uploaded(here):
    (here / "folder" / "old").write_text("old")

    def work() -> FlyteDirectory:
        half("a.csv")
        return FlyteDirectory("folder")

    shelf = Shelf()
    run(work, FlyteDirectory, shelf, "s3://b/raw")
    assert list(shelf.put.values()) == [f"{here}/folder"]


@pytest.mark.parametrize("uri", ["a\0b", "\ud800"])
def test_what_can_be_no_path_beside_an_open_file(here, uri):
    def work() -> FlyteFile:
        half("a.csv")
        return FlyteFile(uri)

    assert unwritten(work, FlyteFile).startswith("outputs.x: expected a local file, got ")


def test_what_is_gone_from_its_place_is_no_output(here):
    def work() -> FlyteFile:
        file = FlyteFile.new_remote_file("it")
        file.open("w").close()
        os.unlink(file)
        return file

    said = unwritten(work, FlyteFile, prefix=f"{here}/raw")
    assert said == "outputs.x: expected a local file, got nothing at its path"


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
