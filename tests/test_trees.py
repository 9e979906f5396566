# SPDX-License-Identifier: Apache-2.0
"""What is listed of a local path before it is copied, and what is refused by its name: quickly, and without waiting."""

from __future__ import annotations

import os
import pathlib
import resource
import subprocess
import time

import pytest

from shimlite import LocalFileError, NotFoundError, StorageError, UriError
from shimlite.trees import DIRECTORY, FILE, MOST_AGAIN, NOTHING, Tree, kind_of, storage_error, walk

from .special import KINDS, make, without_privileges


def refusal(work, *arguments) -> tuple[type[Exception], str]:
    """The error's class and whole message, in less than five seconds."""
    began = time.process_time()
    with pytest.raises(StorageError) as caught:
        work(*arguments)
    assert caught.value.__cause__ is None
    assert time.process_time() - began < 5
    return caught.type, str(caught.value)


def listed(path: object) -> tuple[list[str], list[str]]:
    tree = walk(str(path))
    return tree.folders, tree.files


def test_a_file_is_a_tree_of_one_without_a_name(tmp_path):
    (tmp_path / "a").write_text("text")
    assert listed(tmp_path / "a") == ([], [""])
    (tmp_path / "link").symlink_to("a")
    tree = walk(str(tmp_path / "link"))
    with tree.open("") as source:
        assert (source.size, source.read(2), source.read(), source.read(), source.failure) == (
            4,
            b"te",
            b"xt",
            b"",
            None,
        )


def test_a_directory_is_listed_in_order_its_links_followed(tmp_path):
    for name in ("b/y/z", "b/x", "a/empty"):
        (tmp_path / "top" / name).mkdir(parents=True)
    for name in ("b/y/z/3", "b/2", "b/1", "c", "a.txt"):
        (tmp_path / "top" / name).write_text("")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "f").write_text("")
    (tmp_path / "top" / "d").symlink_to("../elsewhere")
    (tmp_path / "top" / "e").symlink_to("c")
    os.link(tmp_path / "top" / "c", tmp_path / "top" / "hard")
    assert listed(tmp_path / "top") == (
        ["", "a", "a/empty", "b", "b/x", "b/y", "b/y/z", "d"],
        ["a.txt", "c", "e", "hard", "b/1", "b/2", "b/y/z/3", "d/f"],
    )


def test_a_directory_may_be_there_under_two_names(tmp_path):
    (tmp_path / "run1" / "sub").mkdir(parents=True)
    (tmp_path / "run1" / "sub" / "a").write_text("")
    (tmp_path / "latest").symlink_to("run1")
    (tmp_path / "zsub").symlink_to("run1/sub")
    assert listed(tmp_path) == (
        ["", "latest", "latest/sub", "run1", "run1/sub", "zsub"],
        ["latest/sub/a", "run1/sub/a", "zsub/a"],
    )


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_file_is_named_with_what_it_is(tmp_path, kind):
    (tmp_path / "sub").mkdir()
    make(kind, tmp_path / "sub" / "it")
    assert refusal(walk, str(tmp_path)) == (LocalFileError, f"'sub/it' is {KINDS[kind]}")
    assert refusal(walk, str(tmp_path), "cannot go") == (LocalFileError, f"cannot go: 'sub/it' is {KINDS[kind]}")
    assert kind_of(str(tmp_path / "sub" / "it")) == KINDS[kind]


def test_at_the_path_itself_too(tmp_path):
    make("fifo", tmp_path / "it")
    make("broken", tmp_path / "broken")
    make("self", tmp_path / "self")
    assert refusal(walk, str(tmp_path / "it")) == (LocalFileError, "it is a FIFO")
    assert refusal(walk, str(tmp_path / "broken")) == (LocalFileError, "it cannot be read: No such file or directory")
    assert refusal(walk, str(tmp_path / "self")) == (
        LocalFileError, "it cannot be read: Too many levels of symbolic links"
    )  # fmt: skip
    assert refusal(walk, "a\0b") == (LocalFileError, "it cannot be read: ValueError")
    assert refusal(walk, "a\0b", "cannot go") == (LocalFileError, "cannot go: ValueError")
    assert refusal(walk, "/dev/zero") == (LocalFileError, "it is a character device")


def test_what_cannot_be_read_is_the_error_that_the_caller_makes(tmp_path):
    assert refusal(walk, f"{tmp_path}/no", "cannot go", storage_error) == (
        NotFoundError, "cannot go: No such file or directory",
    )  # fmt: skip
    assert refusal(walk, f"{tmp_path}/{'x' * 300}", "cannot go", storage_error) == (
        UriError, "cannot go: File name too long",
    )  # fmt: skip


def test_kinds(tmp_path):
    (tmp_path / "a").write_text("")
    assert [kind_of(str(path)) for path in (tmp_path, tmp_path / "a")] == [DIRECTORY, FILE]
    for nothing in ("none", "a/b", "a\0b", "x" * 300, "\ud800"):
        assert kind_of(f"{tmp_path}/{nothing}") == NOTHING
    (tmp_path / "through").symlink_to("a/b")
    assert kind_of(f"{tmp_path}/through") == "a link that names nothing"
    reading, writing = os.pipe()
    assert kind_of(f"/proc/self/fd/{reading}") == "a FIFO"
    os.close(reading)
    os.close(writing)
    events = os.eventfd(0)
    assert kind_of(f"/proc/self/fd/{events}") == "a special file"
    os.close(events)


@pytest.mark.parametrize("target", [".", "..", "../..", "/", "{tmp}/top/sub", "{tmp}/top/sub/deep"])
def test_a_link_to_a_directory_above_it(tmp_path, target):
    (tmp_path / "top" / "sub" / "deep").mkdir(parents=True)
    for number in range(3):
        (tmp_path / "top" / "sub" / "deep" / f"l{number}").symlink_to(target.format(tmp=tmp_path))
    message = "'sub/deep/l0' is a link that leads back to a directory above it"
    assert refusal(walk, str(tmp_path / "top")) == (LocalFileError, message)
    (tmp_path / "way").symlink_to("top")
    assert refusal(walk, str(tmp_path / "way")) == (LocalFileError, message)


def test_a_ring_of_links_outside(tmp_path):
    for name in ("out", "p", "q"):
        (tmp_path / name).mkdir()
    (tmp_path / "out" / "p").symlink_to("../p")
    (tmp_path / "p" / "q").symlink_to("../q")
    (tmp_path / "q" / "p").symlink_to("../p")
    assert refusal(walk, str(tmp_path / "out")) == (
        LocalFileError, "'p/q/p' is a link that leads back to a directory above it",
    )  # fmt: skip


@pytest.mark.parametrize("target", ["/", "/proc"])
def test_a_link_to_the_whole_machine(tmp_path, target):
    (tmp_path / "a").symlink_to(target)
    kind, message = refusal(walk, str(tmp_path))
    assert kind is LocalFileError
    assert message.startswith("'a")


def test_more_paths_than_anybody_can_walk(tmp_path):
    for number in range(30):
        (tmp_path / f"{number}").mkdir()
        for name in "ab":
            (tmp_path / f"{number}" / name).symlink_to(f"../{number + 1}")
    (tmp_path / "30").mkdir()
    kind, message = refusal(walk, str(tmp_path / "0"))
    assert kind is LocalFileError
    assert message.endswith(f"' is reached again through links, after {MOST_AGAIN} other directories")


@pytest.mark.parametrize("more", [0, 1])
def test_the_bound_is_exact(tmp_path, monkeypatch, more):
    monkeypatch.setattr("shimlite.trees.MOST_AGAIN", 3)
    (tmp_path / "run").mkdir()
    for number in range(3 + more):
        (tmp_path / f"z{number}").symlink_to("run")
    if more:
        message = "'z3' is reached again through links, after 3 other directories"
        assert refusal(walk, str(tmp_path)) == (LocalFileError, message)
    else:
        assert listed(tmp_path) == (["", "run", "z0", "z1", "z2"], [])


def deep(folder: pathlib.Path, depth: int) -> None:
    """Directories in each other, deeper than a path may be long."""
    descriptor = os.open(folder, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=descriptor)
        below = os.open("d", os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = below
    os.close(descriptor)


def test_deep_trees_are_walked_and_too_deep_ones_refused(tmp_path):
    deep(tmp_path / ".", 1500)
    try:
        folders, files = listed(tmp_path)
        assert (len(folders), folders[-1], files) == (1501, "/".join("d" * 1500), [])
        path = tmp_path / "wide"
        path.mkdir()
        deep(path, 3000)
        kind, message = refusal(walk, str(path))
        assert (kind, message) == (LocalFileError, f"'{'d/' * 50}…' cannot be read: File name too long")
    finally:
        subprocess.run(["rm", "-rf", tmp_path / "d", tmp_path / "wide"], check=True)


def test_many_files(tmp_path):
    for number in range(20_000):
        (tmp_path / f"{number:05}").touch()
    began = time.process_time()
    assert len(walk(str(tmp_path)).files) == 20_000
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a\n\x1b[2Jb", r"'a\n\x1b[2Jb'"),
        ("\udcff", r"'\udcff'"),
        ("\u202egpj", r"'\u202egpj'"),
        ("é'", '"é\'"'),
        ("x" * 200, f"'{'x' * 100}…'"),
    ],
)
def test_names_are_shown_short_and_in_escapes(tmp_path, name, shown):
    make("fifo", tmp_path / name)
    assert refusal(walk, str(tmp_path)) == (LocalFileError, f"{shown} is a FIFO")


def test_names_that_are_no_text_are_walked(tmp_path):
    for name in (b"\xff", b"a\nb", b" "):
        (pathlib.Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))).write_text("")
    assert listed(tmp_path) == ([""], [" ", "a\nb", "\udcff"])


def test_what_may_not_be_read(tmp_path):
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "secret").write_text("")
    (tmp_path / "files" / "secret").chmod(0)
    (tmp_path / "folders" / "closed" / "in").mkdir(parents=True)
    (tmp_path / "folders" / "closed").chmod(0)
    (tmp_path / "searched").mkdir()
    (tmp_path / "searched" / "a").symlink_to("../folders/closed/in")
    denied = "cannot be read: Permission denied"
    for path, message in (
        ("files", f"LocalFileError: 'secret' {denied}"),
        ("folders", f"LocalFileError: 'closed' {denied}"),
        ("searched", f"LocalFileError: 'a' {denied}"),
        ("files/secret", f"LocalFileError: it {denied}"),
        ("folders/closed", f"LocalFileError: it {denied}"),
    ):
        assert without_privileges(walk, str(tmp_path / path)) == message
    assert without_privileges(kind_of, f"{tmp_path}/files/secret") == "a file that cannot be read"
    assert without_privileges(kind_of, f"{tmp_path}/folders/closed") == "a directory that cannot be read"
    assert without_privileges(kind_of, f"{tmp_path}/folders/closed/in") == "a file that cannot be read"


def test_where_no_more_files_can_be_opened(tmp_path):
    (tmp_path / "a").write_text("")
    (tmp_path / "sub").mkdir()
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, limits[1]))
    try:
        kinds = [kind_of(f"{tmp_path}/{name}") for name in ("a", "sub")]
        ended = [refusal(walk, f"{tmp_path}/{name}") for name in ("a", "sub")]
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert kinds == ["a file that cannot be read", "a directory that cannot be read"]
    assert ended == [(LocalFileError, "it cannot be read: Too many open files")] * 2


def test_an_entry_that_vanishes_during_the_walk(tmp_path, monkeypatch):
    (tmp_path / "a").write_text("")
    listdir = os.listdir
    monkeypatch.setattr(os, "listdir", lambda path: [*listdir(path), "gone"])
    message = "'gone' cannot be read: No such file or directory"
    assert refusal(walk, str(tmp_path)) == (LocalFileError, message)


@pytest.mark.parametrize(
    ("kind", "message"),
    [("fifo", "'a' is a FIFO"), ("null", "'a' is a character device"),
     ("socket", "'a' cannot be read: No such device or address"),
     ("broken", "'a' cannot be read: No such file or directory")],
)  # fmt: skip
def test_a_file_that_becomes_another_after_the_walk(tmp_path, kind, message):
    (tmp_path / "a").write_text("")
    tree = walk(str(tmp_path))
    os.unlink(tmp_path / "a")
    make(kind, tmp_path / "a")
    assert refusal(tree.open, "a") == (LocalFileError, message)
    os.unlink(tmp_path / "a")
    os.mkdir(tmp_path / "a")
    assert refusal(tree.open, "a") == (LocalFileError, "'a' cannot be read: Is a directory")


def test_a_file_that_breaks_while_it_is_read(tmp_path):
    (tmp_path / "a").symlink_to("/proc/self/mem")  # whose first page nobody has
    with walk(str(tmp_path)).open("a") as source:
        error = refusal(source.read, 4)
        assert error == (LocalFileError, "'a' cannot be read: Input/output error")
        assert (type(source.failure), str(source.failure)) == error
        assert refusal(source.seek, 0, os.SEEK_END) == (LocalFileError, "'a' cannot be read: Invalid argument")
        assert source.seek(4096) == source.tell() == 4096


def test_a_file_that_has_nothing_to_read_yet(tmp_path):
    """As /proc/kmsg, which is a regular file by its mode."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    (tmp_path / "a").write_text("")
    with walk(str(tmp_path)).open("a") as source:
        os.dup2(reading, source._file.fileno())
        message = "'a' cannot be read: Resource temporarily unavailable"
        assert refusal(source.read, 4) == (LocalFileError, message)
    os.close(reading)
    os.close(writing)


def test_the_names_of_a_tree_are_below_its_path():
    tree = Tree("/a", "cannot go", storage_error)
    assert str(tree.refusal("", "is odd")) == "cannot go: it is odd"
    assert str(tree.refusal("b/c", "is odd")) == "cannot go: 'b/c' is odd"


def test_a_file_without_a_size_may_have_an_end(monkeypatch):
    """As those in /proc, of which some have none."""
    with walk("/proc/self/comm").open("") as source:
        assert source.size == 0
        assert source.read()
    monkeypatch.setattr("shimlite.trees.LARGEST_UNSIZED", 10)
    with walk("/proc/self/maps").open("") as source, pytest.raises(LocalFileError) as caught:
        source.read(20)
    assert str(caught.value) == "it cannot be read: it has no end"
