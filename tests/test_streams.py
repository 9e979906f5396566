# SPDX-License-Identifier: Apache-2.0
"""Files that are opened where they are, and directories that are listed there: on this machine."""

from __future__ import annotations

import copy
import enum
import errno
import gc
import io
import os
import pathlib
import pickle
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import IO, Any

import pytest

from shimlite import (
    Context,
    ConversionTypeError,
    FlyteDirectory,
    FlyteFile,
    LocalFileError,
    NotFoundError,
    StorageError,
    UriError,
    current_context,
)
from shimlite.context import active
from shimlite.files import LocalFiles
from shimlite.streams import Target, Written, open_as

from .special import KINDS, make, without_privileges

NOWHERE = "no store takes a file of this name"
DOTTED = "a name in a directory has no empty or dotted part; write 'a.csv' or 'folder/a.csv'"


def refusal(work: Any, *arguments: Any, **options: Any) -> tuple[type[Exception], str]:
    with pytest.raises(Exception) as caught:  # noqa: PT011 - its class is compared
        work(*arguments, **options)
    return caught.type, str(caught.value)


def content(file: FlyteFile) -> bytes:
    with file.open("rb") as opened:
        read: bytes = opened.read()
        return read


def text(file: FlyteFile) -> str:
    with file.open() as opened:
        read: str = opened.read()
        return read


@pytest.fixture
def context(tmp_path):
    (tmp_path / "raw").mkdir()
    with active(Context(raw_output_prefix=f"{tmp_path}/raw")) as made:
        yield made


@pytest.fixture
def new(context):
    return FlyteFile.new_remote_file("it")


def beside(file: FlyteFile) -> list[str]:
    """What is in the folder of a file, half ones too."""
    return sorted(os.listdir(os.path.dirname(file.uri)))


# -------------------------------------------------------------------------------------------------------------- as text


def test_the_text_of_a_reference_is_its_path_or_uri():
    assert f"wc -l {FlyteFile('data.csv')}" == "wc -l data.csv"
    assert str(FlyteDirectory("s3://b/d", format="csv")) == "s3://b/d"
    assert repr(FlyteFile("data.csv")) == "FlyteFile(uri='data.csv', format='', metadata=None, hash='')"


# ------------------------------------------------------------------------------------------------------------ new files


def test_a_new_file_has_a_folder_of_its_own_under_the_runs_prefix(context, tmp_path):
    one, two = FlyteFile.new_remote_file("a b.csv"), FlyteFile.new_remote_file("a b.csv")
    assert one != two
    for file in (one, two):
        prefix, folder, name = file.uri.rsplit("/", 2)
        assert (prefix, len(folder), name) == (f"{tmp_path}/raw", 32, "a b.csv")
    assert FlyteFile.new_remote_file().uri.endswith("/data")
    assert type(FlyteFile["csv"].new_remote_file("x")) is FlyteFile
    assert os.listdir(tmp_path / "raw") == []


def test_a_new_file_without_a_run_is_in_the_working_directory():
    with active(Context()) as context:
        file = FlyteFile.new_remote_file("a")
        assert file.uri.startswith(f"{context.working_directory}/raw/")
        with file.open("w") as opened:
            opened.write("text")
        assert pathlib.Path(file).read_text() == "text"


def test_a_new_file_under_a_store_or_a_file_uri():
    for prefix in ("s3://b/raw", "file:///tmp/raw"):
        with active(Context(raw_output_prefix=f"{prefix}/")):
            assert FlyteFile.new_remote_file("a").uri.startswith(f"{prefix}/")
            assert "//" not in FlyteFile.new_remote_file("a").uri.removeprefix(prefix)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("a/b", "the name of a new file is no path"),
        ("/a", "the name of a new file is no path"),
        ("../a", "the name of a new file is no path"),
        ("..", DOTTED),
        (".", DOTTED),
        ("", DOTTED),
        ("a\nb", f"{NOWHERE}: it has control characters"),
        ("\udcff", f"{NOWHERE}: it is no UTF-8"),
        (
            "x" * 2000,
            "no store takes a file of this name: it is longer than 1024 characters with what stands before it",
        ),
    ],
)
def test_names_that_a_new_file_cannot_have(context, name, message):
    assert refusal(FlyteFile.new_remote_file, name) == (UriError, message)


# ----------------------------------------------------------------------------------------------------- reading, writing


def test_what_is_written_is_read(new):
    with new.open("wb") as opened:
        assert opened.write(b"one\ntwo\n") == 8
        assert opened.tell() == 8
        opened.write(memoryview(b"three"))
    with new.open("rb") as opened:
        assert opened.read(2) == b"on"
        assert opened.readline() == b"e\n"
        assert list(opened) == [b"two\n", b"three"]
        assert opened.seek(-3, os.SEEK_END) == 10
        assert (opened.read(), opened.read()) == (b"ree", b"")
        assert os.fstat(opened.fileno()).st_size == 13
    assert opened.closed
    with pytest.raises(ValueError, match="closed file"):
        opened.read()


def test_text_is_pythons(new):
    with new.open("w", encoding="utf-16", newline="\r\n") as opened:
        opened.write("é\n")
    assert content(new) == "é\r\n".encode("utf-16")
    with new.open(encoding="utf-16") as opened:
        assert opened.read() == "é\n"
    with new.open("rt", encoding="ascii", errors="replace", newline="") as opened:
        assert opened.read().endswith("\r\0\n\0")
    with pytest.raises(UnicodeDecodeError), new.open("r", encoding="ascii") as opened:
        opened.read()
    with new.open("wt", encoding="ascii") as opened, pytest.raises(UnicodeEncodeError):
        opened.write("é")
    assert content(new) == b""


def test_the_mode_is_to_read_text_and_flytekits_cache_is_taken(new):
    with new.open("w", cache_type="readahead", cache_options={"x": 1}) as opened:
        opened.write("text")
    with new.open() as opened:
        assert opened.read() == "text"
    with new.open("rb", "readahead", {}) as opened:
        assert opened.read() == b"text"


@pytest.mark.parametrize("mode", ["a", "r+", "x", "w+", "rw", "br", "U", "", "b"])
def test_modes_that_no_file_opens_in(new, mode):
    message = "a file here opens as r, rt, rb, w, wt, wb, and not otherwise"
    assert refusal(new.open, mode) == (ValueError, message)
    assert not os.path.exists(os.path.dirname(new.uri))


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"mode": None}, TypeError, "the mode of an open file is a str"),
        ({"mode": ["w"]}, TypeError, "the mode of an open file is a str"),
        ({"mode": b"w"}, TypeError, "the mode of an open file is a str"),
        ({"encoding": 5}, TypeError, "the encoding of an open file is a str"),
        ({"errors": 5}, TypeError, "the errors of an open file is a str"),
        ({"newline": b"\n"}, TypeError, "the newline of an open file is a str"),
        ({"encoding": "none"}, LookupError, "unknown encoding: none"),
        ({"newline": "x"}, ValueError, "illegal newline value: x"),
    ],
)
def test_options_that_are_none_leave_nothing(new, options, kind, message):
    assert refusal(new.open, **{"mode": "w", **options}) == (kind, message)
    assert not os.path.exists(os.path.dirname(new.uri))


@pytest.mark.parametrize("option", ["encoding", "errors", "newline"])
def test_bytes_have_no_encoding(new, option):
    message = "encoding, errors and newline are for text, and this mode is for bytes"
    for mode in ("rb", "wb"):
        assert refusal(new.open, mode, **{option: ""}) == (ValueError, message)


def test_an_empty_file(new):
    with new.open("wb"):
        pass
    with new.open("rb") as opened:
        assert (opened.read(), opened.readline(), list(opened)) == (b"", b"", [])
    assert text(new) == ""


def test_what_is_written_cannot_be_read_or_sought(new):
    with new.open("wb") as opened:
        for work in (opened.read, lambda: opened.seek(0), lambda: opened.truncate(0), opened.fileno):
            with pytest.raises(io.UnsupportedOperation):
                work()
        assert (opened.writable(), opened.seekable(), opened.readable()) == (True, False, False)
    with new.open("rb") as opened, pytest.raises(io.UnsupportedOperation):
        opened.write(b"")


def test_threads_write_to_one_file(new):
    with new.open("wb") as opened:
        threads = [threading.Thread(target=lambda: [opened.write(b"x" * 999) for _ in range(999)]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert content(new) == b"x" * 999 * 999 * 4


def test_a_large_piece_is_written_in_small_ones(new):
    large = os.urandom(3 * 2**20 + 7)
    with new.open("wb") as opened:
        assert opened.write(large) == len(large)
    assert content(new) == large


# -------------------------------------------------------------------------------------------------- whole, or not there


@pytest.mark.parametrize("mode", ["w", "wb"])
def test_a_file_is_there_once_it_is_closed(new, mode):
    opened = new.open(mode)
    opened.write("text" if mode == "w" else b"text")
    opened.flush()
    assert beside(new) != ["it"]
    opened.close()
    opened.close()
    assert beside(new) == ["it"]
    assert text(new) == "text"
    with new.open(mode) as again:
        again.close()
    assert text(new) == ""


class Stop(BaseException):
    """As SIGTERM's."""


@pytest.mark.parametrize("mode", ["w", "wb"])
@pytest.mark.parametrize("size", [1, 5 * 2**20])
@pytest.mark.parametrize("is_there", [False, True])
def test_a_block_that_raises_leaves_what_was_there(new, mode, size, is_there):
    if is_there:
        with new.open("w") as opened:
            opened.write("before")
    with pytest.raises(Stop), new.open(mode) as opened:
        opened.write("x" * size if mode == "w" else b"x" * size)
        raise Stop
    assert opened.closed
    opened.close()
    assert beside(new) == ["it"] * is_there
    if is_there:
        assert text(new) == "before"


@pytest.mark.parametrize("mode", ["w", "wb"])
def test_a_file_that_nobody_closes_is_not_there(new, mode):
    opened = new.open(mode)
    opened.write("x" * 9 if mode == "w" else b"x" * 9)
    del opened
    gc.collect()
    assert beside(new) == []


@pytest.mark.parametrize("mode", ["w", "wb"])
def test_a_detached_file_is_not_there(new, mode):
    opened = new.open(mode)
    opened.write("x" if mode == "w" else b"x")
    below = opened.detach()
    del opened
    gc.collect()
    assert beside(new) != ["it"]
    below.close()
    assert beside(new) == ["it"] * (mode == "w")  # a binary file is what keeps it
    assert getattr(below, "is_given_up", False) is False


def test_a_child_that_was_forked_has_no_part_in_it(new):
    opened = new.open("wb")
    opened.write(b"parent")
    child = os.fork()
    if child == 0:
        said = ""
        try:
            opened.write(b"x" * 2**21)
        except BaseException as error:
            said = f"{type(error).__name__}: {error}"
        try:
            opened.close()
        except BaseException as error:
            said += f"; {type(error).__name__}: {error}"
        expected = f"StorageError: cannot write '{new.uri}': another process opened it"
        os._exit(0 if said == f"{expected}; {expected}" else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    opened.close()
    assert content(new) == b"parent"


def test_what_another_process_does_with_it(new):
    """As above, where it can be looked at."""
    opened = new.open("wb")
    opened.write(b"parent")
    opened.raw._pid += 1
    message = f"cannot write '{new.uri}': another process opened it"
    assert refusal(opened.flush) == refusal(opened.close) == (StorageError, message)
    assert opened.closed
    assert len(beside(new)) == 1  # which that process still writes to
    opened.raw._file.close()


@pytest.mark.parametrize("mode", ["w", "wb"])
def test_an_open_file_has_no_copy(new, mode):
    opened = new.open(mode)
    raw = opened.buffer.raw if mode == "w" else opened.raw
    for work in (copy.copy, copy.deepcopy, pickle.dumps):
        assert refusal(work, raw) == (TypeError, "an open file is neither copied nor pickled")
        assert refusal(work, opened)[0] is TypeError
    opened.close()
    assert text(new) == ""


def test_of_two_writers_the_last_to_end_wins_and_each_is_whole(new):
    one, two = new.open("w"), new.open("w")
    one.write("one")
    two.write("two, which is longer")
    two.close()
    assert text(new) == "two, which is longer"
    one.close()
    assert text(new) == "one"
    assert beside(new) == ["it"]


@pytest.mark.parametrize(
    ("kind", "refused", "reason"),
    [("fifo", LocalFileError, "it is a FIFO"), ("folder", UriError, "Is a directory")],
)
def test_what_takes_the_place_of_a_file_meanwhile_stays(new, kind, refused, reason):
    opened = new.open("wb")
    pathlib.Path(new.uri).mkdir() if kind == "folder" else make(kind, pathlib.Path(new.uri))
    before = os.stat(new.uri)
    assert refusal(opened.close) == (refused, f"cannot write '{new.uri}': {reason}")
    assert beside(new) == ["it"]
    assert os.stat(new.uri).st_ino == before.st_ino


class Full(Target):
    """A place that takes this many pieces, and in the end maybe no file."""

    def __init__(self, pieces: int, keeps: bool = True) -> None:
        super().__init__("it")
        self.left = pieces
        self.keeps = keeps
        self.done: list[str] = []

    def _put(self, content: bytes) -> int:
        self.left -= 1
        if self.left < 0:
            raise StorageError("it is full")
        return len(content)

    def _keep(self) -> None:
        if not self.keeps:
            raise StorageError("it is not kept")
        self.done.append("kept")

    def _drop(self) -> None:
        self.done.append("dropped")


LATER = "cannot write 'it': an earlier write to it did not succeed"


def test_after_a_write_that_failed_all_is_refused():
    target = Full(1)
    opened = Written(target)
    opened.write(b"x" * 2**20)
    assert refusal(opened.write, b"x" * 2**21) == (StorageError, "it is full")
    assert refusal(opened.write, b"x" * 2**21) == (StorageError, LATER)
    assert refusal(opened.close) == (StorageError, LATER)
    assert opened.closed
    opened.close()
    assert target.done == ["dropped"]


@pytest.mark.parametrize("mode", ["w", "wb"])
def test_what_fails_when_a_file_is_closed(mode):
    for target, message in ((Full(0), "it is full"), (Full(9, keeps=False), "it is not kept")):
        opened = open_as(mode, lambda _, it=target: Written(it))
        opened.write("x" if mode == "w" else b"x")
        assert refusal(opened.close) == (StorageError, message)
        assert opened.closed
        assert target.done == ["dropped"]
        assert not target.is_kept


def test_a_swallowed_failure_comes_back_at_the_end_of_the_block():
    target = Full(0)
    with pytest.raises(StorageError, match="an earlier write"), Written(target) as opened:
        refusal(opened.write, b"x" * 2**21)
    assert target.done == ["dropped"]


def test_a_target_is_kept_or_dropped_once():
    target = Full(9)
    opened = Written(target)
    opened.close()
    target.keep()
    target.drop()
    target.close()
    assert (target.done, target.is_kept) == (["kept"], True)


def test_a_full_disk(new, monkeypatch):
    opened = new.open("wb")

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    file = opened.raw._file
    opened.raw._file = type("Full", (), {"write": full, "close": file.close})()
    message = f"cannot write '{new.uri}': No space left on device"
    assert refusal(opened.write, b"x" * 2**21) == (StorageError, message)
    assert beside(new) == []


def test_a_folder_that_goes_away(new):
    opened = new.open("wb")
    for one in pathlib.Path(new.uri).parent.iterdir():
        one.unlink()
    pathlib.Path(new.uri).parent.rmdir()
    message = f"cannot write '{new.uri}': No such file or directory"
    assert refusal(opened.close) == (NotFoundError, message)
    assert opened.closed


def test_another_kind_of_open_file_is_text_too(tmp_path):
    with open_as("w", lambda mode: open(tmp_path / "a", mode), encoding="utf-8") as opened:
        opened.write("é")
    assert type(opened) is io.TextIOWrapper
    assert (tmp_path / "a").read_bytes() == "é".encode()


# ------------------------------------------------------------------------------------------------- what is no such file


@pytest.mark.parametrize(
    ("path", "read", "write"),
    [
        ("none", (NotFoundError, "No such file or directory"), None),
        ("folder", (UriError, "Is a directory"), (UriError, "Is a directory")),
        ("file/a", (UriError, "Not a directory"), (UriError, "Not a directory")),
        ("file/a/b", (UriError, "Not a directory"), (UriError, "Not a directory")),
        ("file/", (UriError, "Not a directory"), (UriError, "Is a directory")),
        ("new/", (NotFoundError, "No such file or directory"), (UriError, "Is a directory")),
        ("new/.", (NotFoundError, "No such file or directory"), (UriError, "Is a directory")),
        ("folder/..", (UriError, "Is a directory"), (UriError, "Is a directory")),
        ("self/a", (UriError, "Too many levels of symbolic links"), (UriError, "Too many levels of symbolic links")),
        ("self", (UriError, "Too many levels of symbolic links"), (UriError, "Too many levels of symbolic links")),
        ("x" * 256, (UriError, "File name too long"), (UriError, "File name too long")),
        ("é" * 128, (UriError, "File name too long"), (UriError, "File name too long")),
        (f"new/{'x' * 256}", (NotFoundError, "No such file or directory"), (UriError, "File name too long")),
        (f"{'x' * 256}/new", (UriError, "File name too long"), (UriError, "File name too long")),
        ("x/" * 2100 + "x", (UriError, "File name too long"), (UriError, "File name too long")),
        ("a\0b", (UriError, "ValueError"), (UriError, "ValueError")),
        ("\ud800", (UriError, "UnicodeEncodeError"), (UriError, "UnicodeEncodeError")),
    ],
)  # fmt: skip
def test_paths_of_no_file(tmp_path, path, read, write):
    make("self", tmp_path / "self")
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()

    for mode, expected in (("rb", read), ("wb", write)):
        if expected:
            kind, message = refusal(FlyteFile(f"{tmp_path}/{path}").open, mode)
            verb = "read" if mode == "rb" else "write"
            assert (kind, message.rpartition(": ")[2]) == expected
            assert message.startswith(f"cannot {verb} '{tmp_path}/")
            assert len(message.splitlines()) == 1
    assert sorted(os.listdir(tmp_path)) == ["file", "folder", "self"]


@pytest.mark.parametrize("uri", ["", "file://", "file://localhost/", "s3:/b/k"])
def test_uris_of_no_file(uri):
    message = "cannot write '/': Is a directory" if "localhost" in uri else f"'{uri}' is neither a path nor a URI"
    assert refusal(FlyteFile(uri).open, "wb") == (UriError, message)


@pytest.mark.parametrize("mode", ["rb", "wb"])
def test_the_longest_name(tmp_path, mode):
    (tmp_path / ("x" * 255)).write_text("")
    FlyteFile(f"{tmp_path}/{'x' * 255}").open(mode).close()


@pytest.mark.parametrize("kind", ["fifo", "socket", "null", "block"])
def test_special_files_are_neither_read_nor_written(tmp_path, kind):
    make(kind, tmp_path / "it")
    before = os.stat(tmp_path / "it")
    file = FlyteFile(f"{tmp_path}/it")
    refused = refusal(file.open, "rb")
    if kind == "socket":
        assert refused == (StorageError, f"cannot read '{file}': No such device or address")
    else:
        assert refused == (LocalFileError, f"cannot read '{file}': it is {KINDS[kind]}")
    assert refusal(file.open, "wb") == (LocalFileError, f"cannot write '{file}': it is {KINDS[kind]}")
    assert os.stat(tmp_path / "it") == before


def test_a_link_stays_and_what_it_leads_to_is_written(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to("elsewhere/file")
    (tmp_path / "folder").symlink_to("elsewhere")
    for path in ("link", "folder/file"):
        with FlyteFile(f"{tmp_path}/{path}").open("w") as opened:
            opened.write(path)
        assert (tmp_path / "elsewhere" / "file").read_text() == path
    assert os.readlink(tmp_path / "link") == "elsewhere/file"


@pytest.mark.parametrize("mode", [0o600, 0o664, 0o755, 0o4711])
def test_who_may_read_a_file_stays(tmp_path, mode):
    path = tmp_path / "it"
    path.write_text("before")
    path.chmod(mode)
    with FlyteFile(f"{path}").open("w") as opened:
        opened.write("after")
        (partial,) = (one for one in tmp_path.iterdir() if one != path)
        assert stat.S_IMODE(partial.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.stat().st_mode) == mode & 0o777
    assert path.read_text() == "after"


def test_a_new_file_has_the_mode_of_one(new):
    before = os.umask(0o027)
    new.open("w").close()
    os.umask(before)
    assert stat.S_IMODE(os.stat(new.uri).st_mode) == 0o640


def test_what_changes_while_a_file_is_written_counts(tmp_path):
    for change, expected in (("chmod", 0o640), ("unlink", 0o604)):
        path = tmp_path / change
        path.write_text("")
        path.chmod(0o604)
        with FlyteFile(f"{path}").open("w"):
            path.chmod(0o640) if change == "chmod" else path.unlink()
        assert stat.S_IMODE(path.stat().st_mode) == expected


def test_the_owner_stays_where_that_can_be(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(os, "chown", lambda descriptor, *ids: asked.append(ids))
    (tmp_path / "it").write_text("")
    (tmp_path / "it").chmod(0o606)
    FlyteFile(f"{tmp_path}/it").open("w").close()
    there = os.stat(tmp_path / "it")
    assert asked == [(-1, there.st_gid), (there.st_uid, -1)]
    for cannot in (OSError(errno.EPERM, "not permitted"), AttributeError("a system without owners")):
        monkeypatch.setattr(os, "chown", lambda *_, error=cannot: (_ for _ in ()).throw(error))
        FlyteFile(f"{tmp_path}/it").open("w").close()
        assert stat.S_IMODE(os.stat(tmp_path / "it").st_mode) == 0o606
    monkeypatch.setattr(os, "chmod", lambda *_: (_ for _ in ()).throw(OSError(errno.EPERM, "not permitted")))
    FlyteFile(f"{tmp_path}/it").open("w").close()
    assert stat.S_IMODE(os.stat(tmp_path / "it").st_mode) == 0o600


def test_another_name_of_a_file_keeps_what_it_was(tmp_path):
    (tmp_path / "it").write_text("before")
    os.link(tmp_path / "it", tmp_path / "other")
    with FlyteFile(f"{tmp_path}/it").open("w") as opened:
        opened.write("after")
    assert ((tmp_path / "it").read_text(), (tmp_path / "other").read_text()) == ("after", "before")


def test_what_may_not_be_read_or_written(tmp_path):
    (tmp_path / "kept").write_text("kept")
    (tmp_path / "kept").chmod(0o444)
    said = without_privileges(FlyteFile(f"{tmp_path}/kept").open, "wb")
    assert said == f"StorageError: cannot write '{tmp_path}/kept': Permission denied"
    (tmp_path / "secret").write_text("")
    (tmp_path / "secret").chmod(0)
    (tmp_path / "shut").mkdir(mode=0o555)
    (tmp_path / "closed").mkdir(mode=0)
    said = without_privileges(FlyteFile(f"{tmp_path}/secret").open, "rb")
    assert said == f"StorageError: cannot read '{tmp_path}/secret': Permission denied"
    said = without_privileges(FlyteFile(f"{tmp_path}/shut/a").open, "wb")
    assert said == f"StorageError: cannot write '{tmp_path}/shut/a': Permission denied"
    said = without_privileges(FlyteDirectory(f"{tmp_path}/closed").iterdir)
    assert said == f"StorageError: cannot list '{tmp_path}/closed': Permission denied"


def test_a_file_that_breaks_while_it_is_read():
    file = FlyteFile("/proc/self/mem")
    for work in (lambda opened: opened.read(1), lambda opened: opened.read()):
        with file.open("rb") as opened:
            assert refusal(work, opened) == (StorageError, "cannot read '/proc/self/mem': Input/output error")


def test_stores_are_not_reached_from_a_plain_process():
    away = "cannot reach {}:// from here; only local paths; give the context the file access of shimlite.container"
    with active(Context()):
        for scheme in ("s3", "https"):
            uri = f"{scheme}://b/k"
            assert refusal(FlyteFile(uri).open) == (UriError, away.format(scheme))
            assert refusal(FlyteDirectory(uri).iterdir) == (UriError, away.format(scheme))


# ---------------------------------------------------------------------------------------------------------- who reaches


class Copies:
    """File access as an executor's own may be: it copies, and that is all."""

    def get_data(self, uri: str, path: str) -> None:
        pathlib.Path(path).write_text(uri)

    def put_data(self, path: str, uri: str) -> str:
        return uri


class Opens(Copies):
    """File access of another store, whose files say where they are."""

    def open_file(self, uri: str, mode: str) -> IO[bytes]:
        return io.BytesIO(f"{uri} {mode}".encode())

    def list_directory(self, uri: str) -> Iterator[tuple[str, bool]]:
        return iter([("a", False), ("b", True)])


def test_file_access_that_only_copies_still_does(tmp_path):
    (tmp_path / "a").write_text("local")
    with active(Context(file_access=Copies(), raw_output_prefix="s3://b/raw")):
        assert pathlib.Path(FlyteFile("s3://b/k")).read_text() == "s3://b/k"
        assert text(FlyteFile(f"{tmp_path}/a")) == "local"
        assert [str(one) for one in FlyteDirectory(f"{tmp_path}").iterdir()] == [f"{tmp_path}/a"]
        new = FlyteFile.new_remote_file("x")
        for work, verb, uri, lacks in (
            (FlyteFile("https://u:p@h/k?sig=s3cr3t").open, "read", "https://h/k", "open_file"),
            (lambda: new.open("wb"), "write", new.uri, "open_file"),
            (FlyteDirectory("s3://b/d").iterdir, "list", "s3://b/d", "list_directory"),
        ):
            message = f"cannot {verb} '{uri}' where it is: the context's file access has no {lacks}"
            hint = "return a local file, which is copied" if verb == "write" else "download() copies it"
            assert refusal(work) == (UriError, f"{message}; {hint}")


def test_file_access_of_another_store():
    with active(Context(file_access=Opens(), raw_output_prefix="s3://b/raw")) as context:
        assert content(FlyteFile("s3://b/k")) == b"s3://b/k rb"
        assert FlyteFile("s3://b/raw/k").open("wb").read() == b"s3://b/raw/k wb"
        assert list(FlyteDirectory("s3://b/d/").iterdir()) == [FlyteFile("s3://b/d/a"), FlyteDirectory("s3://b/d/b")]
        assert not context.drafts.is_unfinished("s3://b/raw/k")


@pytest.mark.parametrize("prefix", ["s3://b/raw", ""])
@pytest.mark.parametrize("uri", ["s3://b/in/k", "s3://b/raw", "s3://b/rawer/k", "https://u:p@b/raw/k?sig=s3cr3t"])
def test_what_lies_elsewhere_in_a_store_is_not_written(prefix, uri):
    with active(Context(file_access=Opens(), raw_output_prefix=prefix)):
        shown = "https://b/raw/k" if "s3cr3t" in uri else uri
        message = f"cannot write '{shown}': it is not under the run's raw output prefix"
        expected = (UriError, f"{message}; write to FlyteFile.new_remote_file(name)")
        assert refusal(FlyteFile(uri).open, "wb") == refusal(FlyteFile(uri).open, "w") == expected


def test_a_local_file_is_written_anywhere(tmp_path):
    with FlyteFile(f"file://{tmp_path}/new/folder/a").open("w") as opened:
        opened.write("text")
    assert (tmp_path / "new" / "folder" / "a").read_text() == "text"
    assert not current_context().drafts.is_unfinished(f"{tmp_path}/new/folder/a")


# ---------------------------------------------------------------------------------------------------------- directories


def test_a_directory_is_listed_in_order_and_read_entry_by_entry(tmp_path):
    names = ["b", "a b", "a%20b", "é", "a+b", ".hidden", "new\nline", "#?*"]
    for name in names:
        (tmp_path / name).write_text(name)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "inside").write_text("inside")
    (tmp_path / "empty").mkdir()
    for uri in (f"{tmp_path}", f"{tmp_path}/", f"file://{tmp_path}"):
        entries = list(FlyteDirectory(uri, format="csv").iterdir())
        found = [(type(one), one.uri.removeprefix(f"{uri.rstrip('/')}/"), one.format) for one in entries]
        expected = [(FlyteFile, name, "") for name in names]
        expected += [(FlyteDirectory, "empty", ""), (FlyteDirectory, "folder", "")]
        assert found == sorted(expected, key=lambda one: one[1])
        files = [one for one in entries if isinstance(one, FlyteFile)]
        assert [text(one) for one in files] == sorted(names)
    assert list(FlyteDirectory(f"{tmp_path}/empty").iterdir()) == []


def test_a_directory_is_listed_from_where_the_process_is(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data:,x").write_text("odd")
    (entry,) = FlyteDirectory(".").iterdir()
    assert (str(entry), text(entry)) == ("./data:,x", "odd")
    assert str(FlyteDirectory("/") / "a") == "/a"


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_directory_counts_as_a_file_and_opening_it_tells(tmp_path, kind):
    make(kind, tmp_path / "it")
    (entry,) = FlyteDirectory(f"{tmp_path}").iterdir()
    assert type(entry) is FlyteFile
    assert refusal(entry.open, "rb")[1].startswith(f"cannot read '{tmp_path}/it': ")


def test_links_are_what_they_lead_to(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "file").write_text("out")
    for name, target in (("file", "../file"), ("folder", ".."), ("ring", ".")):
        (tmp_path / "in" / name).symlink_to(target)
    entries = list(FlyteDirectory(f"{tmp_path}/in").iterdir())
    assert [type(one).__name__ for one in entries] == ["FlyteFile", "FlyteDirectory", "FlyteDirectory"]
    assert text(entries[0]) == "out"


@pytest.mark.parametrize(
    ("path", "kind", "reason"),
    [
        ("none", NotFoundError, "No such file or directory"),
        ("file", UriError, "Not a directory"),
        ("file/a", UriError, "Not a directory"),
        ("fifo", UriError, "Not a directory"),
        ("self", UriError, "Too many levels of symbolic links"),
        ("x" * 300, UriError, "File name too long"),
        ("a\0b", UriError, "ValueError"),
    ],
)
def test_what_cannot_be_listed(tmp_path, path, kind, reason):
    make("fifo", tmp_path / "fifo")
    make("self", tmp_path / "self")
    (tmp_path / "file").write_text("")
    refused, message = refusal(FlyteDirectory(f"{tmp_path}/{path}").iterdir)
    assert (refused, message.rpartition(": ")[2]) == (kind, reason)
    assert message.startswith(f"cannot list '{tmp_path}/")


def test_a_name_is_joined():
    for uri in ("s3://b/d", "s3://b/d/"):
        assert FlyteDirectory(uri, format="csv") / "a b%+é?#.csv" == FlyteFile("s3://b/d/a b%+é?#.csv")
        assert FlyteDirectory(uri) / "sub/a" == FlyteFile("s3://b/d/sub/a")
    assert FlyteDirectory("d") / "a\nb" == FlyteFile("d/a\nb")
    assert FlyteDirectory("https://h/d?sig=1") / "a b/?" == FlyteFile("https://h/d/a%20b/%3F?sig=1")
    assert FlyteDirectory("https://h/d") / "a" == FlyteFile("https://h/d/a")


@pytest.mark.parametrize("name", ["..", ".", "", "/a", "a/", "a//b", "a/../b", "./a"])
def test_names_that_lead_elsewhere(name):
    for uri in ("d", "s3://b/d", "https://h/d"):
        assert refusal(lambda at: FlyteDirectory(at) / name, uri) == (UriError, DOTTED)


@pytest.mark.parametrize(
    ("name", "kind"),
    [(5, "int"), (None, "None"), (b"a", "bytes"), (["a"], "list of 1"), (pathlib.Path("a"), "PosixPath")],
)
def test_names_that_are_no_text(context, name, kind):
    expected = (ConversionTypeError, f"name: expected str, got {kind}")
    for uri in ("d", "s3://b/d", "https://h/d"):
        assert refusal(lambda at: FlyteDirectory(at) / name, uri) == expected
    if name is not None:
        assert refusal(FlyteFile.new_remote_file, name) == expected


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("", "'' is neither a path nor a URI"),
        ("file://", "'file://' is neither a path nor a URI"),
        ("s3:/b", "'s3:/b' is neither a path nor a URI"),
        ("s3://", "'s3://' is no directory"),
        ("https:///", "'https:///' is no directory"),
    ],
)
def test_a_directory_that_is_nowhere_has_no_files(uri, message):
    assert refusal(lambda at: FlyteDirectory(at) / "x", uri) == (UriError, message)


def test_a_name_may_be_of_an_enum(context):
    kind = enum.Enum("Kind", {"A": "a.csv"}, type=str)
    assert FlyteDirectory("d") / kind.A == FlyteFile("d/a.csv")
    assert FlyteDirectory("s3://b") / kind.A == FlyteFile("s3://b/a.csv")
    assert FlyteFile.new_remote_file(kind.A).uri.endswith("/a.csv")


def test_the_root_is_a_directory():
    for uri in ("/", "file:///"):
        (entry,) = (one for one in FlyteDirectory(uri).iterdir() if str(one) == f"{uri}tmp")
        assert entry == FlyteDirectory(f"{uri}tmp")
        assert FlyteDirectory(uri) / "a" == FlyteFile(f"{uri}a")


def test_names_that_no_store_takes():
    for name, fault in (("a\nb", "it has control characters"), ("\ud800", "it is no UTF-8")):
        message = f"{NOWHERE}: {fault}"
        assert refusal(lambda at: FlyteDirectory("s3://b/d") / at, name) == (UriError, message)
    assert len((FlyteDirectory("s3://b") / ("x" * 1018)).uri) == 1025
    assert refusal(lambda at: FlyteDirectory("s3://b") / at, "x" * 1019)[0] is UriError


def test_a_listing_is_of_the_run_that_asked(tmp_path):
    """Also where another one's goes through it."""
    with active(Context(file_access=Opens())):
        entries = FlyteDirectory("s3://b/d").iterdir()
    assert [str(one) for one in entries] == ["s3://b/d/a", "s3://b/d/b"]


def test_local_files_have_what_streams_ask(tmp_path):
    files = LocalFiles()
    with files.open_file(f"file://{tmp_path}/a", "wb") as opened:
        opened.write(b"1")
    with files.open_file(f"{tmp_path}/a", "rb") as opened:
        assert opened.read() == b"1"
    assert list(files.list_directory(f"{tmp_path}")) == [("a", False)]


def test_a_process_that_ends_leaves_nothing_half(tmp_path):
    program = f"import shimlite; opened = shimlite.FlyteFile({str(tmp_path / 'a')!r}).open('w'); opened.write('x')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr, os.listdir(tmp_path)) == (0, "", [])
