# SPDX-License-Identifier: Apache-2.0
"""Copies on the local file system: whole, as ``shutil`` makes them, or not there; and whose fault it is."""

from __future__ import annotations

import errno
import os
import pathlib
import shutil
import subprocess
from typing import Any

import pytest

from shimlite import LocalFileError, NotFoundError, StorageError, UriError
from shimlite.files import LocalFiles

from .special import KINDS, make, without_privileges
from .test_trees import deep, refusal

get_data, put_data = LocalFiles().get_data, LocalFiles().put_data


def state(folder: pathlib.Path) -> dict[str, Any]:
    """Everything below a folder: kind, mode, time and content."""
    found = {}
    for path in sorted([folder, *folder.rglob("*")]):
        there = path.lstat()
        content = path.read_bytes() if path.is_file() else None
        found[str(path.relative_to(folder))] = (there.st_mode, there.st_mtime_ns, content)
    return found


def ordinary(folder: pathlib.Path) -> None:
    (folder / "empty").mkdir(parents=True)
    (folder / "sub" / "deep").mkdir(parents=True)
    for number, name in enumerate(("a", "sub/b", "sub/deep/c", "sub/deep/é\n")):
        (folder / name).write_bytes(name.encode() * 1000)
        os.chmod(folder / name, 0o640 + number)
        os.utime(folder / name, ns=(1, 10**18 + number))
    (folder / "link").symlink_to("sub/b")
    (folder / "folder").symlink_to("sub/deep")
    os.link(folder / "a", folder / "hard")
    with open(folder / "sparse", "wb") as file:
        file.truncate(3 * 2**20)
    os.chmod(folder / "sub" / "deep", 0o555)
    os.utime(folder / "sub", ns=(1, 10**18))


@pytest.mark.parametrize("copy", [get_data, put_data])
@pytest.mark.parametrize("is_there", [False, True])
def test_a_directory_is_copied_as_shutil_does(tmp_path, copy, is_there):
    ordinary(tmp_path / "from")
    for target in ("ours", "shutils"):
        if is_there:
            (tmp_path / target / "sub").mkdir(parents=True)
            (tmp_path / target / "sub" / "b").write_text("old" * 9999)
            (tmp_path / target / "sub" / "other").write_text("other")
            os.utime(tmp_path / target / "sub" / "other", ns=(1, 1))
    copy(str(tmp_path / "from"), str(tmp_path / "ours"))
    shutil.copytree(tmp_path / "from", tmp_path / "shutils", dirs_exist_ok=True)
    assert state(tmp_path / "ours") == state(tmp_path / "shutils")
    assert len(state(tmp_path / "ours")) == 14 + is_there


def test_a_file_is_copied_with_the_mode_of_a_new_one(tmp_path):
    (tmp_path / "a").write_bytes(b"1" * (2**20 + 1))
    os.chmod(tmp_path / "a", 0o600)
    before = os.umask(0o022)
    put_data(str(tmp_path / "a"), str(tmp_path / "new" / "b"))
    os.umask(before)
    assert (tmp_path / "new" / "b").stat().st_mode == 0o100644
    assert (tmp_path / "new" / "b").read_bytes() == b"1" * (2**20 + 1)
    (tmp_path / "old").write_text("a longer text")
    (tmp_path / "short").write_text("short")
    get_data(str(tmp_path / "short"), str(tmp_path / "old"))
    assert (tmp_path / "old").read_text() == "short"
    put_data(str(tmp_path / "short"), "/dev/null")


@pytest.mark.parametrize("copy", [get_data, put_data])
@pytest.mark.parametrize("kind", KINDS)
def test_a_directory_that_no_copy_can_have_leaves_nothing(tmp_path, copy, kind):
    (tmp_path / "from" / "sub").mkdir(parents=True)
    (tmp_path / "from" / "a").write_text("a")
    make(kind, tmp_path / "from" / "sub" / "it")
    source, target = str(tmp_path / "from"), str(tmp_path / "to")
    message = f"cannot copy '{source}' to '{target}': 'sub/it' is {KINDS[kind]}"
    assert refusal(copy, source, target) == (LocalFileError, message)
    assert os.listdir(tmp_path) == ["from"]


@pytest.mark.parametrize("kind", ["fifo", "socket", "null", "block"])
@pytest.mark.parametrize("copy", [get_data, put_data])
def test_a_special_file_itself(tmp_path, copy, kind):
    make(kind, tmp_path / "it")
    message = f"cannot copy '{tmp_path}/it' to '{tmp_path}/to': it is {KINDS[kind]}"
    assert refusal(copy, f"{tmp_path}/it", f"{tmp_path}/to") == (LocalFileError, message)


def test_links_to_itself(tmp_path):
    for name in "ab":
        (tmp_path / name).symlink_to(".")
    message = f"cannot copy '{tmp_path}' to 'x': 'a' is a link that leads back to a directory above it"
    for copy in (get_data, put_data):
        assert refusal(copy, str(tmp_path), "x") == (LocalFileError, message)


@pytest.mark.parametrize(
    ("source", "reason", "got", "put"),
    [
        ("none", "No such file or directory", NotFoundError, LocalFileError),
        ("broken", "No such file or directory", NotFoundError, LocalFileError),
        ("file/a", "Not a directory", StorageError, LocalFileError),
        ("self", "Too many levels of symbolic links", UriError, LocalFileError),
        ("x" * 300, "File name too long", UriError, LocalFileError),
        ("a\0b", "ValueError", UriError, LocalFileError),
        ("\ud800", "UnicodeEncodeError", UriError, LocalFileError),
    ],
)  # fmt: skip
def test_a_source_that_is_not_there(tmp_path, source, reason, got, put):
    make("broken", tmp_path / "broken")
    make("self", tmp_path / "self")
    (tmp_path / "file").write_text("")
    path = f"{tmp_path}/{source}"
    for copy, kind in ((get_data, got), (put_data, put)):
        caught, message = refusal(copy, path, f"{tmp_path}/to")
        assert (caught, message.rpartition(": ")[2]) == (kind, reason)
        assert message.startswith(f"cannot copy '{tmp_path}/")
    assert not (tmp_path / "to").exists()


@pytest.mark.parametrize("copy", [get_data, put_data])
@pytest.mark.parametrize(
    ("target", "reason", "kind"),
    [
        ("file/a", "File exists", StorageError),
        ("file/a/b", "Not a directory", StorageError),
        ("folder", "Is a directory", StorageError),
        ("x" * 300, "File name too long", UriError),
        ("a\0b", "ValueError", UriError),
        ("\ud800", "UnicodeEncodeError", UriError),
        ("self/a", "File exists", StorageError),
        ("self", "Too many levels of symbolic links", UriError),
    ],
)
def test_a_target_that_is_none(tmp_path, copy, target, reason, kind):
    make("self", tmp_path / "self")
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    caught, message = refusal(copy, f"{tmp_path}/file", f"{tmp_path}/{target}")
    assert (caught, message.rpartition(": ")[2]) == (kind, reason)
    assert sorted(os.listdir(tmp_path)) == ["file", "folder", "self"]


def test_what_may_not_be_read_or_written(tmp_path):
    (tmp_path / "from").mkdir()
    (tmp_path / "from" / "secret").write_text("")
    (tmp_path / "from" / "secret").chmod(0)
    (tmp_path / "readable").write_text("")
    (tmp_path / "readable").chmod(0o644)
    (tmp_path / "shut").mkdir(mode=0o555)
    for copy, kind in ((get_data, "StorageError"), (put_data, "LocalFileError")):
        for path, reason in (("from", "'secret' cannot be read: "), ("from/secret", "")):
            source, target = f"{tmp_path}/{path}", f"{tmp_path}/to"
            message = f"{kind}: cannot copy '{source}' to '{target}': {reason}Permission denied"
            assert without_privileges(copy, source, target) == message
        source, target = f"{tmp_path}/readable", f"{tmp_path}/shut/to"
        message = f"StorageError: cannot copy '{source}' to '{target}': Permission denied"
        assert without_privileges(copy, source, target) == message


def test_a_source_that_breaks_while_it_is_read(tmp_path):
    (tmp_path / "from").mkdir()
    (tmp_path / "from" / "a").write_text("")
    (tmp_path / "from" / "mem").symlink_to("/proc/self/mem")
    for copy, kind in ((get_data, StorageError), (put_data, LocalFileError)):
        for path, reason in (("from", "'mem' cannot be read: "), ("from/mem", "")):
            source, target = f"{tmp_path}/{path}", f"{tmp_path}/to"
            message = f"cannot copy '{source}' to '{target}': {reason}Input/output error"
            assert refusal(copy, source, target) == (kind, message)
    assert os.listdir(tmp_path) == ["from"]


def broken_off(source: Any, file: Any, size: int) -> None:
    file.write(b"half")
    raise OSError(errno.ENOSPC, "No space left on device")


def test_half_a_copy_is_removed_and_what_was_there_is_not(tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.copyfileobj", broken_off)
    (tmp_path / "x").write_text("")
    (tmp_path / "old").write_text("old")
    for name in ("new", "old"):
        message = f"cannot copy '{tmp_path}/x' to '{tmp_path}/{name}': No space left on device"
        assert refusal(put_data, f"{tmp_path}/x", f"{tmp_path}/{name}") == (StorageError, message)
    assert sorted(os.listdir(tmp_path)) == ["old", "x"]


def test_half_a_directory_is_removed_however_deep(tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.copyfileobj", broken_off)
    (tmp_path / "from" / "d").mkdir(parents=True)
    (tmp_path / "from" / "a").write_text("")
    deep(tmp_path / "from" / "d", 1500)
    message = f"cannot copy '{tmp_path}/from' to '{tmp_path}/new': No space left on device"
    try:
        assert refusal(put_data, f"{tmp_path}/from", f"{tmp_path}/new") == (StorageError, message)
        assert os.listdir(tmp_path) == ["from"]
    finally:
        subprocess.run(["rm", "-rf", tmp_path / "from"], check=True)


@pytest.mark.parametrize("inside", ["raw/x", "a/../raw", "sub"])
def test_a_target_inside_its_source_is_copied_as_it_was_before(tmp_path, inside):
    (tmp_path / "a").mkdir()
    (tmp_path / "sub").mkdir()
    (tmp_path / "a" / "b").write_text("text")
    put_data(str(tmp_path), f"{tmp_path}/{inside}")
    target = pathlib.Path(os.path.normpath(f"{tmp_path}/{inside}"))
    assert sorted(str(path.relative_to(target)) for path in target.rglob("*")) == ["a", "a/b", "sub"]


def test_a_target_that_is_its_source(tmp_path):
    (tmp_path / "from").mkdir()
    (tmp_path / "from" / "a").write_text("text")
    (tmp_path / "way").symlink_to("from")
    os.link(tmp_path / "from" / "a", tmp_path / "hard")
    for source, target, it in (
        ("from", "from", "'a'"),
        ("from", "way", "'a'"),
        ("from/a", "hard", "it"),
        ("from/a", "way/a", "it"),
    ):
        source, target = f"{tmp_path}/{source}", f"{tmp_path}/{target}"
        message = f"cannot copy '{source}' to '{target}': {it} would be copied onto itself"
        assert refusal(put_data, source, target) == (LocalFileError, message)
    assert (tmp_path / "from" / "a").read_text() == "text"


def test_a_target_that_is_a_fifo(tmp_path):
    (tmp_path / "a").write_text("text")
    make("fifo", tmp_path / "to")
    message = f"cannot copy '{tmp_path}/a' to '{tmp_path}/to': it would be copied to a FIFO"
    assert refusal(put_data, f"{tmp_path}/a", f"{tmp_path}/to") == (LocalFileError, message)
    assert (tmp_path / "to").is_fifo()
