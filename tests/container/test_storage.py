# SPDX-License-Identifier: Apache-2.0
"""Local storage: whole files or none."""

from __future__ import annotations

import os
import sys

import pytest

from shimlite import MissingExtraError, NotFoundError, StorageError, UriError
from shimlite.container import local
from shimlite.container.storage import Files, LocalStorage, storage_for

from ..test_trees import refusal


@pytest.mark.parametrize("form", ["{}", "file://{}"])
def test_what_is_written_is_read(tmp_path, form):
    uri = form.format(tmp_path / "a" / "b.pb")
    store = storage_for(uri)
    store.write(uri, b"1")
    store.write(uri, b"22")
    assert store.read(uri) == b"22"
    assert os.listdir(tmp_path / "a") == ["b.pb"]


def test_a_write_that_fails_leaves_the_old_content(tmp_path, monkeypatch):
    uri = str(tmp_path / "b.pb")
    LocalStorage().write(uri, b"old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(local.os, "fsync", full)
    with pytest.raises(StorageError) as caught:
        LocalStorage().write(uri, b"new")
    assert str(caught.value) == f"cannot write '{uri}': No space left on device"
    assert os.listdir(tmp_path) == ["b.pb"]
    assert LocalStorage().read(uri) == b"old"


def test_reading_stops_at_the_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(local, "LARGEST_MESSAGE", 3)
    (tmp_path / "a").write_bytes(b"1234")
    message = f"cannot read '{tmp_path}/a': it is larger than 2 GiB, protobuf's limit on a message"
    assert refusal(LocalStorage().read, str(tmp_path / "a")) == (UriError, message)
    (tmp_path / "a").write_bytes(b"123")
    assert LocalStorage().read(str(tmp_path / "a")) == b"123"


@pytest.mark.parametrize(
    ("name", "reason", "kind"),
    [
        ("none", "No such file or directory", NotFoundError),
        ("", "Is a directory", UriError),
        ("file/a", "Not a directory", UriError),
        ("x" * 300, "File name too long", UriError),
        ("self", "Too many levels of symbolic links", UriError),
        ("a\0b", "ValueError", UriError),
        ("\ud800", "UnicodeEncodeError", UriError),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path, name, reason, kind):
    (tmp_path / "file").write_bytes(b"1")
    (tmp_path / "self").symlink_to("self")
    uri = f"{tmp_path}/{name}"
    assert refusal(storage_for(uri).read, uri) == (kind, str(kind(f"cannot read {uri!r}: {reason}")))


@pytest.mark.parametrize(
    ("name", "reason", "kind"),
    [
        ("folder", "Is a directory", UriError),
        ("file/a/b", "Not a directory", UriError),
        ("x" * 300, "File name too long", UriError),
        ("self/a/b", "Too many levels of symbolic links", UriError),
        ("a\0b", "ValueError", UriError),
        ("file/a", "File exists", StorageError),
    ],
)
def test_what_cannot_be_written_is_named(tmp_path, name, reason, kind):
    (tmp_path / "file").write_bytes(b"1")
    (tmp_path / "self").symlink_to("self")
    (tmp_path / "folder").mkdir()
    uri = f"{tmp_path}/{name}"
    assert refusal(storage_for(uri).write, uri, b"1") == (kind, str(kind(f"cannot write {uri!r}: {reason}")))
    assert sorted(os.listdir(tmp_path)) == ["file", "folder", "self"]


def test_other_schemes_are_named():
    message = (
        "cannot reach ftp://; only local paths, "
        "file://, s3://, s3a://, gs://, abfs://, abfss://, az://, http://, https://"
    )
    assert refusal(storage_for, "ftp://b/k") == (UriError, message)


def test_without_obstore_the_extra_is_named(monkeypatch):
    for name in ("answers", "remote", "store_streams"):
        monkeypatch.delitem(sys.modules, f"shimlite.container.{name}", raising=False)
    monkeypatch.setitem(sys.modules, "obstore", None)
    with pytest.raises(MissingExtraError) as caught:
        storage_for("s3://b/k")
    assert str(caught.value) == "URIs of other machines need obstore; pip install 'shimlite[remote]'"


def test_a_file_that_is_not_there_is_deleted_without_a_word(tmp_path):
    (tmp_path / "a").write_bytes(b"1")
    for name in ("a", "a", "a/b", "b/c"):
        storage_for(f"{tmp_path}/{name}").delete(f"{tmp_path}/{name}")
    assert os.listdir(tmp_path) == []
    for name, reason in (("", "Is a directory"), ("a\0b", "ValueError"), ("x" * 300, "File name too long")):
        uri = f"{tmp_path}/{name}"
        assert refusal(LocalStorage().delete, uri) == (UriError, str(UriError(f"cannot remove {uri!r}: {reason}")))


def test_each_uri_is_served_as_its_scheme_asks(tmp_path):
    (tmp_path / "a").write_bytes(b"1")
    files = Files()
    files.get_data(f"file://{tmp_path}/a", f"{tmp_path}/b")
    assert files.put_data(f"{tmp_path}/b", f"{tmp_path}/c") == f"{tmp_path}/c"
    assert (tmp_path / "c").read_bytes() == b"1"
    with pytest.raises(UriError):
        files.get_data("ftp://b/k", f"{tmp_path}/d")
