# SPDX-License-Identifier: Apache-2.0
"""RemoteStorage by itself: what no whole run comes upon."""

from __future__ import annotations

import os
import sys
import threading

import pytest

from shimlite import LocalFileError, MissingExtraError, NotFoundError, StorageError, UriError
from shimlite.container import remote
from shimlite.container.storage import storage_for
from shimlite.trees import Source, walk

from ..special import KINDS, make
from .pods import Pod


@pytest.fixture
def home(s3, tmp_path, monkeypatch):
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    return Pod(s3, tmp_path)


def refusal(work, *arguments) -> tuple[type[Exception], str]:
    with pytest.raises(StorageError) as caught:
        work(*arguments)
    return caught.type, str(caught.value)


def test_bytes_go_there_and_back_from_any_thread(home):
    uri = f"{home.home}/a"
    storage = storage_for(uri)
    done = []

    def work() -> None:
        storage.write(uri, b"1")
        storage.write(uri, b"22")
        done.append(storage.read(uri))
        storage.delete(uri)
        storage.delete(uri)

    work()
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [b"22", b"22"]
    assert home.cloud.names(home.home) == []
    assert refusal(storage.read, uri) == (NotFoundError, f"cannot read '{uri}': it is not there (NoSuchKey)")


def test_reading_stops_at_the_limit(home, monkeypatch):
    uri = home.put("a", b"1234")
    monkeypatch.setattr(remote, "LARGEST_MESSAGE", 3)
    message = f"cannot read '{uri}': it is larger than 2 GiB, protobuf's limit on a message"
    assert refusal(storage_for(uri).read, uri) == (UriError, message)
    monkeypatch.setattr(remote, "LARGEST_MESSAGE", 4)
    assert storage_for(uri).read(uri) == b"1234"


def test_no_name_leads_out_of_a_directory(home, tmp_path):
    """Not even over a link that was there before."""
    (tmp_path / "target").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "target" / "link").symlink_to(tmp_path / "elsewhere")
    home.put("in/link/file")
    message = "the name 'link/file' leads out of its directory"
    get_data = storage_for(home.home).get_data
    assert refusal(get_data, f"{home.home}/in", str(tmp_path / "target")) == (UriError, message)
    assert os.listdir(tmp_path / "elsewhere") == []


def test_no_name_is_that_of_a_part_of_another(home, tmp_path):
    for name, content in (("a", bytes(8 * 2**20)), ("a.partial", b"1"), ("a.partial.partial", b"2")):
        home.put(f"in/{name}", content)
    storage_for(home.home).get_data(f"{home.home}/in", str(tmp_path / "in"))
    sizes = {name: os.path.getsize(tmp_path / "in" / name) for name in os.listdir(tmp_path / "in")}
    assert sizes == {"a": 8 * 2**20, "a.partial": 1, "a.partial.partial": 1}


def test_a_directory_of_many_files(home, tmp_path):
    """More than obstore lists at a time."""
    names = sorted(f"{number:02}/{number}" for number in range(60))
    for name in names:
        home.put(f"in/{name}", name.encode())
    storage = storage_for(home.home)
    storage.get_data(f"{home.home}/in", str(tmp_path / "in"))
    assert storage.put_data(str(tmp_path / "in"), f"{home.home}/again/") == f"{home.home}/again/"
    assert [home.cloud.get(f"{home.home}/again/{name}").decode() for name in names] == names


def test_a_directory_that_has_a_mark_alone(home, tmp_path):
    """Consoles mark a directory with an empty file of the name that the directory begins with."""
    for name in ("in/", "in/empty/", "other/", "other/a"):
        home.put(name)
    get_data = storage_for(home.home).get_data
    for name in ("in/empty", "other"):
        get_data(f"{home.home}/{name}", str(tmp_path / name))
        get_data(f"{home.home}/{name}/", str(tmp_path / "again" / name))
    found = sorted(str(one.relative_to(tmp_path)) for one in tmp_path.rglob("*"))
    names = ["in", "in/empty", "other", "other/a"]
    assert found == ["again", *(f"again/{name}" for name in names), *names]


def test_what_is_not_there(home, tmp_path):
    storage = storage_for(home.home)
    for uri in (f"{home.home}/none", f"{home.home}/none/"):
        said = refusal(storage.get_data, uri, str(tmp_path / "x"))
        assert said == (NotFoundError, f"cannot read '{uri}': it is not there")
    said = refusal(storage.put_data, str(tmp_path / "none"), home.home)
    assert said == (LocalFileError, f"cannot copy '{tmp_path}/none' to '{home.home}': No such file or directory")


def test_a_download_that_cannot_be_saved_leaves_nothing(home, tmp_path):
    uri = home.put("a", b"1")
    (tmp_path / "file").touch()
    (tmp_path / "folder" / "full").mkdir(parents=True)
    get_data = storage_for(uri).get_data
    for path, reason in ((tmp_path / "file" / "a", "File exists"), (tmp_path / "folder", "Is a directory")):
        assert refusal(get_data, uri, str(path)) == (StorageError, f"cannot read '{uri}': {reason}")
    assert sorted(os.listdir(tmp_path)) == ["file", "folder"]


def test_without_the_extra(monkeypatch):
    for name in ("answers", "remote", "store_streams"):
        monkeypatch.delitem(sys.modules, f"shimlite.container.{name}", raising=False)
    monkeypatch.setitem(sys.modules, "obstore", None)
    with pytest.raises(MissingExtraError) as caught:
        storage_for("s3://b/k")
    assert str(caught.value) == "URIs of other machines need obstore; pip install 'shimlite[remote]'"


def test_links_are_followed_and_a_ring_of_them_is_an_error(home, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a").write_text("text")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "link").symlink_to(tmp_path / "elsewhere")
    storage = storage_for(home.home)
    storage.put_data(str(tmp_path / "out"), f"{home.home}/out")
    assert home.cloud.get(f"{home.home}/out/link/a") == b"text"
    (tmp_path / "out" / "ring").symlink_to(tmp_path / "out")
    said = refusal(storage.put_data, str(tmp_path / "out"), f"{home.home}/ring")
    what = f"cannot copy '{tmp_path}/out' to '{home.home}/ring'"
    assert said == (LocalFileError, f"{what}: 'ring' is a link that leads back to a directory above it")


@pytest.mark.parametrize("kind", KINDS)
def test_special_files_are_the_executors_and_nothing_is_uploaded(home, tmp_path, kind):
    (tmp_path / "out" / "sub").mkdir(parents=True)
    (tmp_path / "out" / "a").write_text("text")
    make(kind, tmp_path / "out" / "sub" / "it")
    put_data = storage_for(home.home).put_data
    what = f"cannot copy '{tmp_path}/out' to '{home.home}/out'"
    said = refusal(put_data, str(tmp_path / "out"), f"{home.home}/out")
    assert said == (LocalFileError, f"{what}: 'sub/it' is {KINDS[kind]}")
    assert home.cloud.names(home.home) == []


def test_names_that_no_store_takes_are_the_executors(home, tmp_path):
    put_data = storage_for(home.home).put_data
    for number, (name, fault) in enumerate((("a\nb", "it has control characters"), ("\udcff", "it is no UTF-8"))):
        folder = tmp_path / f"{number}"
        folder.mkdir()
        (folder / "a").write_text("")
        (folder / name).write_text("")
        said = refusal(put_data, str(folder), f"{home.home}/out/")
        what = f"cannot copy '{folder}' to '{home.home}/out/'"
        assert said == (LocalFileError, f"{what}: {name!r} has a name that no store takes: {fault}")
    assert home.cloud.names(home.home) == []


def test_a_file_that_breaks_while_it_is_read_is_the_executors(home, tmp_path):
    """obstore looks for its end first, which this one does not have."""
    put_data = storage_for(home.home).put_data
    what = f"cannot copy '/proc/self/mem' to '{home.home}/out'"
    assert refusal(put_data, "/proc/self/mem", f"{home.home}/out") == (LocalFileError, f"{what}: Invalid argument")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mem").symlink_to("/proc/self/mem")
    what = f"cannot copy '{tmp_path}/out' to '{home.home}/out'"
    said = refusal(put_data, str(tmp_path / "out"), f"{home.home}/out")
    assert said == (LocalFileError, f"{what}: 'mem' cannot be read: Invalid argument")
    assert home.cloud.names(home.home) == []


class Breaking(Source):
    """A file of 40 MB whose second half cannot be read."""

    def read(self, size: int = -1) -> bytes:
        if self.tell() > 20 * 2**20:
            self._file.close()
            self._file = open("/proc/self/mem", "rb", buffering=0)  # noqa: SIM115 - closed with the source
            self.close = self._file.close
        return super().read(size)


def test_a_file_that_breaks_in_its_middle(home, tmp_path, monkeypatch):
    monkeypatch.setattr("shimlite.trees.Source", Breaking)
    with open(tmp_path / "large", "wb") as file:
        file.truncate(40 * 2**20)
    what = f"cannot copy '{tmp_path}/large' to '{home.home}/out'"
    said = refusal(storage_for(home.home).put_data, str(tmp_path / "large"), f"{home.home}/out")
    assert said == (LocalFileError, f"{what}: Input/output error")
    assert home.cloud.names(home.home) == []


def test_a_fifo_that_appears_after_the_walk(home, tmp_path, monkeypatch):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a").write_text("text")

    def late(path: str, what: str) -> object:
        tree = walk(path, what)
        os.unlink(tmp_path / "out" / "a")
        os.mkfifo(tmp_path / "out" / "a")
        return tree

    monkeypatch.setattr(remote, "walk", late)
    said = refusal(storage_for(home.home).put_data, str(tmp_path / "out"), f"{home.home}/out")
    assert said == (LocalFileError, f"cannot copy '{tmp_path}/out' to '{home.home}/out': 'a' is a FIFO")


@pytest.mark.parametrize("key", ["a\nb", "\udcff", "a\x7f"])
def test_uris_that_no_store_takes(home, tmp_path, key):
    uri = f"{home.home}/{key}"
    (tmp_path / "a").write_text("")
    storage = storage_for(uri)
    for work, *arguments in (
        (storage.read, uri), (storage.write, uri, b""), (storage.delete, uri),
        (storage.get_data, uri, str(tmp_path / "to")), (storage.put_data, str(tmp_path / "a"), uri),
    ):  # fmt: skip
        kind, message = refusal(work, *arguments)
        assert kind is UriError
        assert message.startswith("cannot ")
        assert len(message.splitlines()) == 1


def test_addresses_that_are_none(tmp_path):
    kind, message = refusal(storage_for("https://h").get_data, "https://exa%mple/k", str(tmp_path / "a"))
    assert (kind, message) == (
        UriError, "cannot read 'https://exa%mple/k': a name or address is not one that can be reached",
    )  # fmt: skip
