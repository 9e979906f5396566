# SPDX-License-Identifier: Apache-2.0
"""Names and copies of what lies elsewhere, and references that are opened like files."""

from __future__ import annotations

import os
import pathlib
import threading
import time

import pytest

from shimlite import Context, FlyteDirectory, FlyteFile, StorageError, UriError
from shimlite.context import active
from shimlite.files import name_of


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        ("s3://b/a/rows.csv", "rows.csv"),
        ("s3://b/a/", "a"),
        ("s3://b/a/a b=é@1+2_-", "a b=é@1+2_-"),
        ("s3://b/..", "data"),
        ("s3://b/.", "data"),
        ("s3://b/ .", "data"),
        ("s3://b", "b"),
        ("", "data"),
        ("s3://b/a\0b\\c:d*\n", "a_b_c_d__"),
        ("https://h/a.zip?token=s3cr3t/x", "a.zip"),
        ("https://h/a.zip?token=s3cr3t", "a.zip"),
        ("s3://b/a?b", "a_b"),
        ("s3://b/" + "x" * 300 + ".csv", "x" * 196 + ".csv"),
        ("s3://b/" + "é" * 300, "é" * 100),
    ],
)
def test_names_of_copies_lead_nowhere_else(uri, name):
    assert name_of(uri) == name


class Elsewhere:
    """File access that makes a file or a directory of whatever is asked for, and counts."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def get_data(self, uri: str, path: str) -> None:
        self.asked.append(uri)
        time.sleep(0.05)
        if uri == "s3://b/broken":
            raise StorageError("broken")
        if uri.endswith("/"):
            os.mkdir(path)
            path += "/a"
        with open(path, "w") as file:
            file.write(uri)

    def put_data(self, path: str, uri: str) -> str:
        return uri


@pytest.fixture
def context():
    with active(Context(file_access=Elsewhere())) as made:
        yield made


def test_a_remote_file_is_opened_as_a_copy_made_once(context):
    file = FlyteFile("s3://b/rows.csv", format="csv")
    with open(file) as opened:
        assert opened.read() == "s3://b/rows.csv"
    assert os.fspath(file) == file.download() == os.fspath(FlyteFile("s3://b/rows.csv"))
    assert os.path.basename(file) == "rows.csv"
    assert os.path.dirname(os.path.dirname(file)) == context.working_directory
    assert context.file_access.asked == ["s3://b/rows.csv"]


def test_copies_of_one_name_do_not_meet(context):
    for uri in ("s3://b/1/x", "s3://b/2/x"):
        assert pathlib.Path(FlyteFile(uri)).read_text() == uri


def test_a_remote_directory_is_listed_as_a_copy(context):
    assert os.listdir(FlyteDirectory("s3://b/folder/")) == ["a"]
    assert os.path.basename(FlyteDirectory("s3://b/folder/")) == "folder"


def test_threads_that_ask_at_once_get_the_same_copy(context):
    paths = []
    threads = [threading.Thread(target=lambda: paths.append(context.local_copy("s3://b/x"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(paths) == 8
    assert len(set(paths)) == 1
    assert context.file_access.asked == ["s3://b/x"]


def test_what_failed_is_tried_again(context):
    for _ in range(2):
        with pytest.raises(StorageError):
            FlyteFile("s3://b/broken").download()
    assert context.file_access.asked == ["s3://b/broken"] * 2


def test_a_local_file_is_its_own_copy(tmp_path, context):
    (tmp_path / "a").write_text("1")
    assert FlyteFile(f"{tmp_path}/a").download() == f"{tmp_path}/a"
    assert pathlib.Path(FlyteFile(f"file://{tmp_path}/a")).read_text() == "1"
    assert os.listdir(FlyteDirectory(f"{tmp_path}")) == ["a"]
    assert context.file_access.asked == []


def test_without_file_access_the_reader_is_told_how_to_get_some():
    with active(Context()), pytest.raises(UriError) as caught:
        FlyteFile("s3://b/x").download()
    assert str(caught.value) == (
        "cannot reach s3:// from here; only local paths; give the context the file access of shimlite.container"
    )
