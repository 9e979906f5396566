# SPDX-License-Identifier: Apache-2.0
"""RemoteStorage by itself: what no whole run comes upon."""

from __future__ import annotations

import os
import sys
import threading

import pytest

from shimlite import MissingExtraError, NotFoundError, StorageError
from shimlite.container import remote
from shimlite.container.storage import storage_for

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
    assert refusal(storage_for(uri).read, uri) == (StorageError, message)
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
    assert refusal(get_data, f"{home.home}/in", str(tmp_path / "target")) == (StorageError, message)
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


def test_what_is_not_there(home, tmp_path):
    storage = storage_for(home.home)
    for uri in (f"{home.home}/none", f"{home.home}/none/"):
        said = refusal(storage.get_data, uri, str(tmp_path / "x"))
        assert said == (NotFoundError, f"cannot read '{uri}': it is not there")
    said = refusal(storage.put_data, str(tmp_path / "none"), home.home)
    assert said == (StorageError, f"cannot write '{home.home}': No such file or directory")


def test_a_download_that_cannot_be_saved_leaves_nothing(home, tmp_path):
    uri = home.put("a", b"1")
    (tmp_path / "file").touch()
    (tmp_path / "folder" / "full").mkdir(parents=True)
    get_data = storage_for(uri).get_data
    for path, reason in ((tmp_path / "file" / "a", "File exists"), (tmp_path / "folder", "Is a directory")):
        assert refusal(get_data, uri, str(path)) == (StorageError, f"cannot read '{uri}': {reason}")
    assert sorted(os.listdir(tmp_path)) == ["file", "folder"]


def test_without_the_extra(monkeypatch):
    monkeypatch.delitem(sys.modules, "shimlite.container.remote")
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
    assert said == (StorageError, f"cannot write '{home.home}/ring': Too many levels of symbolic links")


def test_a_directory_that_cannot_be_listed(tmp_path):
    with pytest.raises(FileNotFoundError):
        list(remote._names_in(str(tmp_path / "none")))
