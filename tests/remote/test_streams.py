# SPDX-License-Identifier: Apache-2.0
"""Files in stores that are read and written where they are, and directories that are listed there."""

from __future__ import annotations

import contextlib
import functools
import http.server
import os
import random
import re
import signal
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from shimlite import (
    Context,
    ConversionValueError,
    FlyteDirectory,
    FlyteFile,
    MissingExtraError,
    NotFoundError,
    StorageError,
    UriError,
)
from shimlite._idl import ContainerError
from shimlite.container import remote, settings, store_streams
from shimlite.container.outgoing import Outgoing
from shimlite.container.storage import Files
from shimlite.context import active

from ..build import template
from ..test_streams import Stop, content, refusal
from .endless import PIECE, Endless, endless
from .pods import Disk, Pod
from .servers import Cloud

LARGE = bytes(range(251)) * 100_000
"""25 MB, more than parts at once of an upload of 5 MB each."""
STREAMS = template({"file": FlyteFile}, {"again": FlyteFile, "size": int, "before": float, "peak": float})
GIB = 2**30
MOST = 100
"""MB that a pod may take for a file of any size."""


class Store:
    """A folder of a cloud, the context of a run that reaches it, and its uploads that are not done."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.home = f"{cloud.root}/{uuid.uuid4().hex}"
        self.context = Context(raw_output_prefix=f"{self.home}/raw", file_access=Files(cloud.environment))

    def put(self, name: str, data: bytes = b"") -> FlyteFile:
        return FlyteFile(self.cloud.put(f"{self.home}/{name}", data))

    def files(self) -> list[str]:
        return self.cloud.names(f"{self.home}/raw")

    def uploads(self) -> int:
        return self.cloud._ask("GET", "", "uploads").decode().count("<Upload>")


@contextlib.contextmanager
def store_of(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    for name, value in cloud.environment.items():
        monkeypatch.setenv(name, value)
    store = Store(cloud)
    with active(store.context):
        yield store


@pytest.fixture
def any_store(cloud, monkeypatch):
    with store_of(cloud, monkeypatch) as made:
        yield made


@pytest.fixture
def store(s3, monkeypatch):
    with store_of(s3, monkeypatch) as made:
        yield made


@pytest.fixture
def broken(s3, proxy, monkeypatch):
    """A store behind the proxy, given up soon."""
    monkeypatch.setattr(remote, "RETRIES", 1)
    with store_of(s3.at({"FLYTE_AWS_ENDPOINT": proxy.url}), monkeypatch) as made:
        yield made


def listed(directory: FlyteDirectory) -> list[tuple[str, str]]:
    start = str(directory).rstrip("/") + "/"
    return [(type(one).__name__.removeprefix("Flyte"), str(one).removeprefix(start)) for one in directory.iterdir()]


# ------------------------------------------------------------------------------------------------------------ any store


@pytest.mark.parametrize("name", ["plain", "a b%20c+#?*[é]", "..x"])
def test_what_is_written_is_read(any_store, name):
    file = FlyteFile.new_remote_file(name)
    assert file.uri.startswith(f"{any_store.home}/raw/")
    with file.open("w", encoding="utf-8") as opened:
        opened.write("é\n")
        opened.write("two")
    with file.open(encoding="utf-8") as opened:
        assert list(opened) == ["é\n", "two"]
    with file.open("rb") as opened:
        assert (opened.read(3), opened.tell(), opened.seek(-1, os.SEEK_END), opened.read()) == (
            b"\xc3\xa9\n",
            3,
            5,
            b"o",
        )
    with open(file, encoding="utf-8") as opened:
        assert opened.read() == "é\ntwo"


def test_a_file_of_many_parts(any_store):
    file = FlyteFile.new_remote_file("large")
    with file.open("wb") as opened:
        for start in range(0, len(LARGE), 3_333_333):
            opened.write(LARGE[start : start + 3_333_333])
        assert opened.tell() == len(LARGE)
        assert any_store.files() == []
    assert content(file) == LARGE
    with file.open("rb") as opened:
        opened.seek(20_000_000)
        assert opened.read() == LARGE[20_000_000:]


@pytest.mark.parametrize("size", [0, 10, len(LARGE)])
def test_a_block_that_raises_leaves_no_file(any_store, size):
    for mode, data in (("wb", LARGE[:size]), ("w", "x" * size)):
        file = FlyteFile.new_remote_file("a")
        with pytest.raises(Stop), file.open(mode) as opened:
            opened.write(data)
            raise Stop
        assert opened.closed
        opened.close()
    assert any_store.files() == []


def test_a_file_that_nobody_closes_is_not_there(any_store):
    for size in (10, len(LARGE)):
        opened = FlyteFile.new_remote_file("a").open("wb")
        opened.write(LARGE[:size])
        del opened
    assert any_store.files() == []


def test_an_empty_file(any_store):
    file = FlyteFile.new_remote_file("a")
    with file.open("wb"):
        pass
    assert content(file) == b""
    with file.open("rb") as opened:
        assert (opened.readline(), opened.seek(5), opened.read(3), list(opened)) == (b"", 5, b"", [])


def test_what_is_not_there(any_store):
    uri = f"{any_store.home}/none"
    kind, message = refusal(FlyteFile(uri).open, "rb")
    assert kind is NotFoundError
    assert message.startswith(f"cannot read '{uri}': it is not there")
    assert refusal(list, FlyteDirectory(uri).iterdir()) == (NotFoundError, f"cannot list '{uri}': it is not there")


def test_a_directory_is_listed(any_store):
    names = ["a b", "a%20b", "a+b", "é", "sub", "sub-a", "sub/1", "sub/deep/er", "sub0", "#?*", "~", "\U0010ffff"]
    for name in names:
        any_store.put(f"d/{name}", name.encode())
    any_store.put("d/empty")
    any_store.put("d2/other")
    directory = FlyteDirectory(f"{any_store.home}/d")
    files = [("File", name) for name in [*names, "empty"] if "/" not in name]
    assert sorted(listed(directory)) == sorted([("Directory", "sub/"), *files])
    assert listed(FlyteDirectory(f"{directory}/")) == listed(directory)
    read = {str(one): content(one).decode() for one in directory.iterdir() if isinstance(one, FlyteFile)}
    assert read == {f"{directory}/{name}": name if name != "empty" else "" for _, name in files}
    inside = next(one for one in directory.iterdir() if isinstance(one, FlyteDirectory))
    assert sorted(listed(inside)) == [("Directory", "deep"), ("File", "1")]
    assert os.listdir(os.path.dirname((directory / "sub/1").download())) == ["1"]


# ---------------------------------------------------------------------------------------------------------------- parts


def test_nothing_of_an_upload_is_left(store):
    before = store.uploads()
    for keeps in (True, False):
        with contextlib.suppress(RuntimeError), FlyteFile.new_remote_file("a").open("wb") as opened:
            opened.write(LARGE)
            assert store.uploads() == before + 1
            if not keeps:
                raise RuntimeError
        assert store.uploads() == before
    opened = FlyteFile.new_remote_file("a").open("wb")
    opened.write(LARGE)
    del opened
    assert store.uploads() == before
    assert [name.partition("/")[2] for name in store.files()] == ["a"]


def test_a_stream_has_no_more_parts_than_s3_takes(store, monkeypatch):
    monkeypatch.setattr(store_streams, "MOST_PARTS", 2)
    file = FlyteFile.new_remote_file("a")
    with file.open("wb") as opened:
        opened.write(bytes(2**24))
    message = f"cannot write '{file}': more than 0 GiB are not written so; write a local file and return that"
    with pytest.raises(UriError) as caught, FlyteFile(file.uri).open("wb") as opened:
        opened.write(bytes(2**24 + 1))
    assert str(caught.value) == message
    assert len(content(file)) == 2**24


def test_any_thread_reads_and_writes(store):
    done = []

    def work(number: int) -> None:
        file = FlyteFile(f"{store.home}/raw/{number}")
        with active(store.context):
            with file.open("wb") as opened:
                opened.write(LARGE[number:])
            done.append(content(file) == LARGE[number:])

    threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == [True] * 3


@pytest.mark.parametrize("seed", range(10))
def test_reading_and_seeking_is_that_of_a_local_file(store, tmp_path, monkeypatch, seed):
    """At random, over pieces of a few bytes."""
    draw = random.Random(seed)
    monkeypatch.setattr(store_streams, "CHUNK", draw.choice([1, 10, 100]))
    monkeypatch.setattr(store_streams, "BUFFER", draw.choice([1, 7, 64]))
    data = bytes(draw.choices(b"ab\n", k=draw.choice([1, 90, 1000])))
    (tmp_path / "local").write_bytes(data)
    with store.put("in", data).open("rb") as ours, open(tmp_path / "local", "rb") as theirs:
        for _ in range(40):
            how = draw.choice(["read", "read", "readline", "seek", "seek", "tell", "rest", "line", "peek"])
            if how == "seek":
                whence = draw.choice([os.SEEK_SET, os.SEEK_CUR, os.SEEK_END])
                here = {os.SEEK_SET: 0, os.SEEK_CUR: theirs.tell(), os.SEEK_END: len(data)}[whence]
                offset = draw.randint(0, len(data) + 5) - here
                assert ours.seek(offset, whence) == theirs.seek(offset, whence)
            elif how == "tell":
                assert ours.tell() == theirs.tell()
            elif how == "line":
                assert next(ours, None) == next(theirs, None)
            elif how == "peek":
                assert theirs.peek(1)[:1] == ours.peek(1)[:1]
            else:
                size = -1 if how == "rest" else draw.randint(0, 200)
                method = "readline" if how == "readline" else "read"
                assert getattr(ours, method)(size) == getattr(theirs, method)(size)


def test_places_that_no_file_has(store):
    with store.put("in", b"123").open("rb") as opened:
        for offset, whence in ((-1, os.SEEK_SET), (-4, os.SEEK_END), (0, 7)):
            kind, _ = refusal(opened.seek, offset, whence)
            assert kind is ValueError
        opened.read(1)
        assert opened.seek(-1, os.SEEK_CUR) == 0
    with pytest.raises(ValueError, match="closed file"):
        opened.read()


def test_few_requests(broken, proxy):
    """One for a whole file, and after a seek larger and larger ones: not one for each piece."""
    file = broken.put("in", bytes(20 * 2**20))
    proxy.forget()
    content(file)
    assert proxy.requests == [f"GET {file.uri.removeprefix('s3:/')}"]
    proxy.forget()
    with file.open("rb") as opened:
        opened.seek(2**20)
        opened.read()
    assert len(proxy.requests) == 1 + 5
    proxy.forget()
    with file.open("rb") as opened:
        opened.read(10)
        opened.seek(1000)
        opened.read(10)
    assert len(proxy.requests) == 1


# --------------------------------------------------------------------------------------------------------------- faults


def test_a_body_that_is_cut_off_is_taken_up_again(broken, proxy):
    file = broken.put("in", LARGE)
    proxy.fault("cut", "GET .*/in", times=2)
    assert content(file) == LARGE
    assert proxy.seen("GET .*/in") == 3


def test_a_body_that_is_always_cut_off(broken, proxy):
    file = broken.put("in", bytes(1000))
    proxy.fault("cut", "GET .*/in")
    kind, message = refusal(content, file)
    assert (kind, message) == (StorageError, f"cannot read '{file}': the connection broke")


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (403, "permission denied (AccessDenied)"),
        (401, "not authenticated (ExpiredToken)"),
        (500, "the store answers 500 Internal Server Error (InternalError)"),
        ("refuse", "the connection broke"),
    ],
)
def test_a_store_that_refuses_to_give(broken, proxy, fault, reason):
    file = broken.put("d/in", b"1")
    proxy.fault(fault)
    assert refusal(file.open, "rb") == (StorageError, f"cannot read '{file}': {reason}")
    folder = FlyteDirectory(f"{broken.home}/d")
    kind, message = refusal(list, folder.iterdir())
    assert kind is StorageError
    assert message in [f"cannot list '{folder}': {one}" for one in (reason, LISTED.get(fault))]


LISTED = {
    403: "the store answers 403 Forbidden (AccessDenied)",
    401: "the store answers 401 Unauthorized (ExpiredToken)",
}
"""obstore makes no other class of these where it lists."""


@pytest.mark.parametrize("fault", [403, 500, "refuse"])
@pytest.mark.parametrize(
    ("size", "pattern"),
    [(10, "PUT"), (len(LARGE), "PUT.*partNumber=1"), (len(LARGE), "POST.*uploads"), (len(LARGE), "POST.*uploadId")],
)
def test_a_store_that_refuses_to_take(broken, proxy, fault, size, pattern):
    before = broken.uploads()
    file = FlyteFile.new_remote_file("a")
    proxy.fault(fault, pattern)
    with pytest.raises(StorageError) as caught, file.open("wb") as opened:
        opened.write(LARGE[:size])
    reasons = {
        403: ("permission denied (AccessDenied)", "the store answers 403 Forbidden (AccessDenied)"),
        500: ("the store answers 500 Internal Server Error (InternalError)",),
        "refuse": ("the connection broke",),
    }
    assert str(caught.value) in [f"cannot write '{file}': {reason}" for reason in reasons[fault]]
    assert caught.type is StorageError
    assert opened.closed
    proxy.forget()
    assert (broken.files(), broken.uploads()) == ([], before)


def test_an_upload_whose_end_nobody_answers_is_not_waited_for(broken, proxy, monkeypatch):
    monkeypatch.setattr(store_streams, "LONGEST_DROP", 0.1)
    began = time.monotonic()
    with pytest.raises(Stop), FlyteFile.new_remote_file("a").open("wb") as opened:
        opened.write(LARGE)
        proxy.fault("silent", "DELETE")
        raise Stop
    assert time.monotonic() - began < 30
    assert opened.closed


def test_a_file_that_is_replaced_while_it_is_read(store, monkeypatch):
    monkeypatch.setattr(store_streams, "CHUNK", 10)
    file = store.put("in", LARGE)
    with file.open("rb") as opened:
        opened.read(1)
        store.put("in", LARGE[1:])
        opened.seek(10_000_000)
        assert refusal(opened.read, 1) == (
            StorageError,
            f"cannot read '{file}': it was replaced meanwhile (PreconditionFailed)",
        )
        store.cloud.delete(file.uri)
        message = f"cannot read '{file}': it is not there (NoSuchKey)"
        assert refusal(opened.read, 1) == (NotFoundError, message)


def test_an_answer_that_ends_too_early(store, monkeypatch):
    file = store.put("in", LARGE)
    with file.open("rb") as opened:
        opened.seek(1)
        monkeypatch.setattr(store_streams, "_chunks", lambda found: iter(()))
        assert refusal(opened.read, 1) == (StorageError, f"cannot read '{file}': it ends before its end")


def test_what_a_signal_interrupts_is_read_again(store, monkeypatch):
    """A chunk that came when nobody waited for it any more is not lost."""
    real = store_streams._next_of
    with store.put("in", LARGE).open("rb") as opened:
        read = opened.raw.read(2**19)

        def interrupted(*arguments: object) -> None:
            monkeypatch.setattr(store_streams, "_next_of", real)
            real(*arguments)
            raise Stop

        monkeypatch.setattr(store_streams, "_next_of", interrupted)
        with pytest.raises(Stop):
            while True:
                read += opened.raw.read(2**19)
        assert opened.raw.tell() == len(read)
        assert read + opened.raw.readall() == LARGE


def test_after_a_signal_no_more_is_written(store, monkeypatch):
    file = FlyteFile.new_remote_file("a")
    with pytest.raises(StorageError) as caught, file.open("wb") as opened:
        writer = opened.raw._writer

        class Interrupted:
            def write(self, data: bytes) -> None:
                raise Stop

            def __exit__(self, *error: object) -> None:
                writer.__exit__(*error)

        opened.raw._writer = Interrupted()
        with contextlib.suppress(Stop):
            opened.write(LARGE)
    assert str(caught.value) == f"cannot write '{file}': an earlier write to it did not succeed"
    assert store.files() == []


def test_the_store_tells_whether_a_new_file_is_there(any_store):
    """A library that got its URI may have written it."""
    outgoing = Outgoing(any_store.context.raw_output_prefix, any_store.context.file_access, any_store.context.drafts)
    for name in ("a", "a b%20c+#?*[é]"):
        file = FlyteFile.new_remote_file(name)
        message = "expected a file, got a new one that was never written; write in a with block"
        assert refusal(outgoing, file) == (ConversionValueError, message)
        any_store.cloud.put(file.uri, b"1")
        assert outgoing(file) == file.uri


def test_names_of_no_file(store):
    for uri in (f"{store.home}/d/", store.cloud.root, f"{store.cloud.root}/"):
        assert refusal(FlyteFile(uri).open, "rb") == (UriError, f"cannot read '{uri}': it names no file")
    uri = f"{store.home}/raw/"
    assert refusal(FlyteFile(uri).open, "wb") == (UriError, f"cannot write '{uri}': it names no file")
    assert refusal(FlyteFile(f"{uri}a//b").open, "wb") == (
        UriError,
        f"cannot reach '{uri}a//b'; stores are asked for no empty or dotted part of a name",
    )


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("x" * 1024, "it is longer than 1024 characters with what stands before it"),
        ("a\nb", "it has control characters"),
        ("\ud800", "it is no UTF-8"),
    ],
)
def test_names_that_a_store_would_refuse_at_the_end(store, name, fault):
    message = f"no store takes a file of this name: {fault}"
    assert refusal(FlyteFile(f"{store.home}/raw/{name}").open, "wb") == (UriError, message)


def test_without_the_extra(monkeypatch):
    for name in ("remote", "answers", "store_streams"):
        monkeypatch.delitem(sys.modules, f"{settings.__name__.rpartition('.')[0]}.{name}", raising=False)
    monkeypatch.setitem(sys.modules, "obstore", None)
    message = "URIs of other machines need obstore; pip install 'shimlite[remote]'"
    with active(Context(file_access=Files())):
        for work in (FlyteFile("s3://b/k").open, FlyteDirectory("s3://b/k").iterdir):
            assert refusal(work) == (MissingExtraError, message)


# ----------------------------------------------------------------------------------------------------------------- http


class Plain(http.server.SimpleHTTPRequestHandler):
    """Whole files, never a part; of one that is named so the second half is missing."""

    protocol_version = "HTTP/1.1"

    def copyfile(self, source: Any, outputfile: Any) -> None:
        data = source.read()
        if self.path.startswith("/half"):
            data = data[: len(data) // 2]
            self.close_connection = True
        with contextlib.suppress(ConnectionError):  # who asked has seen enough
            outputfile.write(data)

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def http_server(tmp_path):
    (tmp_path / "www").mkdir()
    for name in ("in", "half"):
        (tmp_path / "www" / name).write_bytes(LARGE)
    handler = functools.partial(Plain, directory=str(tmp_path / "www"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        with active(Context(file_access=Files({}), raw_output_prefix=f"http://127.0.0.1:{server.server_port}")):
            yield f"http://u:p@127.0.0.1:{server.server_port}", f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_http_is_read_from_beginning_to_end(http_server):
    uri, shown = http_server
    file = FlyteFile(f"{uri}/in?token=s3cr3t")
    assert content(file) == LARGE
    assert content(FlyteDirectory(f"{uri}?token=s3cr3t") / "in") == LARGE
    message = f"cannot read '{shown}/in': its server gives whole files alone, no part of one"
    with file.open("rb") as opened:
        opened.seek(3)
        assert refusal(opened.read, 1) == (StorageError, message)
        opened.seek(0)
        assert refusal(opened.read, 1) == (StorageError, message)
    said = refusal(content, FlyteFile(f"{uri}/half?token=s3cr3t"))
    assert said == (StorageError, message.replace("/in'", "/half'"))
    kind, message = refusal(FlyteFile(f"{uri}/none?token=s3cr3t").open, "rb")
    assert (kind, message) == (NotFoundError, f"cannot read '{shown}/none': it is not there")


def test_what_http_does_not_have(http_server):
    _, uri = http_server
    message = f"cannot write '{uri}/out': nothing is written over http"
    assert refusal(FlyteFile(f"{uri}/out?token=s3cr3t").open, "wb") == (UriError, message)
    message = f"cannot list '{uri}/in': http has files, and no directories"
    assert refusal(FlyteDirectory(f"{uri}/in?token=s3cr3t").iterdir) == (UriError, message)


# ------------------------------------------------------------------------------------------------------------- listings


@pytest.fixture
def shelf():
    with endless(10) as server:
        environment = {"FLYTE_AWS_ENDPOINT": server.url, "FLYTE_AWS_ACCESS_KEY_ID": "a"}
        environment["FLYTE_AWS_SECRET_ACCESS_KEY"] = "b"
        with active(Context(file_access=Files(environment))):
            yield server


def shown_of(server: Endless, keys: dict[str, int] | list[str], uri: str = "s3://b/d") -> list[tuple[str, str]]:
    server.keys = keys if isinstance(keys, dict) else dict.fromkeys(keys, 3)
    server.listed = server.asked = 0
    return listed(FlyteDirectory(uri))


def test_a_large_directory_is_listed_page_by_page(shelf):
    shelf.keys = {f"d/{number:06}": 3 for number in range(5000)}
    entries = FlyteDirectory("s3://b/d").iterdir()
    assert shelf.listed == 0
    assert [str(next(entries)) for _ in range(900)][-1] == "s3://b/d/000899"
    assert shelf.listed <= 2
    assert len(list(entries)) == 4100
    assert shelf.listed == 5


def test_what_is_in_large_folders_of_a_directory_is_passed_over(shelf):
    keys = [f"d/{folder}/{number:06}" for folder in "abc" for number in range(20_000)]
    expected = [("Directory", "a"), ("File", "b"), ("Directory", "b/"), ("File", "b0"), ("Directory", "c")]
    assert shown_of(shelf, [*keys, "d/b", "d/b0"]) == expected
    assert shelf.listed < 10


def test_where_a_store_cannot_pass_over_all_is_listed(shelf, monkeypatch):
    """Azure's begins at the beginning, whatever it is asked for."""
    entries_of = store_streams.entries_of
    monkeypatch.setattr(remote, "entries_of", lambda *arguments, skips: entries_of(*arguments, skips=False))
    keys = [f"d/{folder}/{number:06}" for folder in "abc" for number in range(2000)]
    assert shown_of(shelf, keys) == [("Directory", "a"), ("Directory", "b"), ("Directory", "c")]
    assert shelf.listed == 6


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"d/": 0}, []),
        ({"d/": 0, "d/m/": 0}, [("Directory", "m")]),
        ({"d/m/": 0, "d/m/x": 1}, [("Directory", "m")]),
        ({"d/e": 0}, [("File", "e")]),
        ({"d/e": 0, "d/e/": 0}, [("File", "e"), ("Directory", "e/")]),
        ({"d/e": 0, "d/e-": 1, "d/e/": 0, "d/e/x": 1}, [("File", "e"), ("File", "e-"), ("Directory", "e/")]),
        ({"d/e": 1, "d/e/x": 1}, [("File", "e"), ("Directory", "e/")]),
        ({"d": 1, "d/x": 1, "d-": 1}, [("File", "x")]),
        ({"d/sub/empty": 0}, [("Directory", "sub")]),
        ({"d/a//b": 1, "d/c": 1}, [("Directory", "a"), ("File", "c")]),
        ({"d/a/../b": 1, "d/c": 0, "d/": 0}, [("Directory", "a"), ("File", "c")]),
        ({"d/a//b": 1, "d/a": 1}, [("File", "a"), ("Directory", "a/")]),
    ],
)
def test_keys_of_all_kinds(shelf, keys, expected):
    assert shown_of(shelf, keys) == expected


def test_a_bucket_is_a_directory(shelf):
    for uri in ("s3://b", "s3://b/"):
        assert shown_of(shelf, ["a", "b/c"], uri) == [("File", "a"), ("Directory", "b")]
        assert shown_of(shelf, {}, uri) == []


@pytest.mark.parametrize("key", ["d//a", "d/../a", "d/./a", "d/a\x7f"])
def test_keys_that_no_request_can_name(shelf, key):
    """Nor can what is beside them be listed; obstore refuses the whole answer."""
    said = refusal(shown_of, shelf, ["d/c", key])
    assert said == (UriError, "cannot list 's3://b/d': a name has an empty or dotted part")


def test_a_key_that_no_request_can_name_after_the_first_page(shelf):
    keys = [f"d/{number:06}" for number in range(1500)]
    said = refusal(shown_of, shelf, [*keys, "d/z//x"])
    assert said == (UriError, "cannot list 's3://b/d': a name has an empty or dotted part")


@pytest.mark.parametrize("seed", range(20))
def test_a_listing_is_that_of_the_model(shelf, monkeypatch, seed):
    """Random keys, small pages."""
    draw = random.Random(seed)
    shelf.page = draw.choice([1, 2, 5])
    monkeypatch.setattr(store_streams, "PAGE", draw.choice([1, 2, 5]))
    names = ["a", "b", "a-", "a b", "é", "a0", "%2F"]
    keys = {"/".join(["d", *draw.choices(names, k=draw.randint(1, 3))]): draw.choice([0, 1]) for _ in range(30)}
    marks = {f"{key}/": 0 for key in draw.sample(sorted(keys), 5)}
    files, folders = set(), set()
    for key in (*keys, *marks):
        first, slash, _ = key.removeprefix("d/").partition("/")
        (folders if slash else files).add(first)
    expected = [("File", name) for name in files]
    expected += [("Directory", f"{name}/" if name in files else name) for name in folders]
    assert sorted(shown_of(shelf, {**keys, **marks})) == sorted(expected)


# ----------------------------------------------------------------------------------------------------------------- pods


def test_what_was_streamed_is_an_output_and_not_uploaded_again(s3, proxy, tmp_path):
    pod = Pod(s3.at({"FLYTE_AWS_ENDPOINT": proxy.url}), tmp_path)
    pod.write(STREAMS, {"file": FlyteFile(pod.put("in", LARGE))})
    again = pod.ran("Streams")["again"]
    assert again.uri.startswith(f"{pod.raw}/")
    assert pod.cloud.get(again.uri) == LARGE
    assert len(pod.cloud.names(pod.raw)) == 1
    assert proxy.seen("PUT .*/raw/") == proxy.seen("PUT .*/raw/.*partNumber=")
    assert proxy.seen("PUT .*/raw/") == -(-len(LARGE) // store_streams.PART)
    assert proxy.seen("GET .*/in$") == 1


def test_local_prefixes_too(tmp_path):
    pod = Pod(Disk(tmp_path / "disk"), tmp_path)
    pod.write(STREAMS, {"file": FlyteFile(pod.put("in", LARGE))})
    again = pod.ran("Streams")["again"]
    assert again.uri.startswith(f"{pod.raw}/")
    assert pod.cloud.get(again.uri) == LARGE
    assert len(pod.cloud.names(pod.raw)) == 1


@pytest.mark.parametrize("swallows", [True, False])
@pytest.mark.parametrize("where", ["store", "disk"])
def test_an_output_that_was_not_written_to_its_end_is_refused(s3, tmp_path, where, swallows):
    pod = Pod(s3 if where == "store" else Disk(tmp_path / "disk"), tmp_path)
    pod.write(template({"swallows": bool}, {"o": FlyteFile}), {"swallows": swallows})
    code, kind, _, message = pod.failed("Unclosed")
    assert (code, kind) == ("USER:OutputsError", ContainerError.NON_RECOVERABLE)
    reason = "expected a file, got one whose writing did not come to its end; write in a with block"
    assert message == f"outputs.o: {reason}"
    assert pod.cloud.names(pod.home) == ["inputs.pb", "out/error.pb", "task.pb"]


def test_a_directory_is_browsed_without_a_copy(pod):
    for name in ("a", "é b", "sub/c"):
        uri = pod.put(f"in/{name}", name.encode())
    made = template({"folder": FlyteDirectory, "name": str}, {"entries": list[str], "text": str, "copied": list[str]})
    pod.write(made, {"folder": FlyteDirectory(uri.removesuffix("/sub/c")), "name": "é b"})
    entries = ["FlyteFile /a", "FlyteDirectory /sub", "FlyteFile /é b"]
    assert pod.ran("Browses") == {"entries": entries, "text": "é b", "copied": []}


@pytest.mark.parametrize("pattern", ["GET .*/in$", "PUT .*/raw/", "POST .*uploadId"])
def test_sigterm_gets_through_while_a_stream_waits(s3, proxy, tmp_path, pattern):
    pod = Pod(s3.at({"FLYTE_AWS_ENDPOINT": proxy.url}), tmp_path)
    pod.write(STREAMS, {"file": FlyteFile(pod.put("in", LARGE))})
    arrived = threading.Event()
    proxy.before = lambda line: arrived.set() if re.search(pattern, line) else None
    proxy.fault("silent", pattern)
    with pod.start("Streams") as process:
        assert arrived.wait(60)
        time.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
    assert process.returncode == 0
    assert pod.error().code == "SYSTEM:Interrupted"
    proxy.forget()
    assert pod.cloud.names(pod.raw) == []


@pytest.mark.parametrize("delay", [0, 0.05])
def test_2_gib_take_less_than_100_mb(tmp_path, delay, monkeypatch):
    """Read and written at the same time, by a whole pod; where the store is slow, 256 MiB of them."""
    size = 2 * GIB if not delay else GIB // 4
    with endless(size) as server:
        server.delay = delay
        environment = {"FLYTE_AWS_ENDPOINT": server.url, "FLYTE_AWS_ACCESS_KEY_ID": "a"}
        environment["FLYTE_AWS_SECRET_ACCESS_KEY"] = "b"
        pod = Pod(Disk(tmp_path / "disk"), tmp_path)
        pod.raw = "s3://b/raw"
        pod.write(STREAMS, {"file": FlyteFile("s3://b/in")})
        done = pod.ran("Streams", env=environment)
        print({name: done[name] for name in ("before", "peak")})
        assert done["size"] == size
        assert server.uploads == {done["again"].uri.removeprefix("s3:/"): size}
        assert server.parts == {}
        assert done["peak"] < MOST


def test_the_made_up_store_gives_what_it_says():
    with endless(3 * len(PIECE)) as server:
        environment = {"FLYTE_AWS_ENDPOINT": server.url, "FLYTE_AWS_ACCESS_KEY_ID": "a"}
        environment["FLYTE_AWS_SECRET_ACCESS_KEY"] = "b"
        with active(Context(file_access=Files(environment))), FlyteFile("s3://b/in").open("rb") as opened:
            opened.seek(len(PIECE) - 1)
            assert opened.read(2) == b"\xff\0"
            assert opened.seek(0, os.SEEK_END) == 3 * len(PIECE)
