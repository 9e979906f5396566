# SPDX-License-Identifier: Apache-2.0
"""Any tree of directories, files, links and special files: listed as a slower and simpler walk lists it, or refused."""

from __future__ import annotations

import os
import pathlib
import tempfile

from hypothesis import event, given
from hypothesis import strategies as st

from shimlite import LocalFileError
from shimlite.files import LocalFiles
from shimlite.trees import walk

from ..special import KINDS, make

NAMES = ("a", "b", "c")
PATHS = st.lists(st.sampled_from(NAMES), min_size=1, max_size=4).map("/".join)
TARGETS = st.one_of(PATHS.map("{{top}}/{}".format), PATHS, st.sampled_from([".", "..", "../a", "/", "{top}", "none"]))
PLAIN = st.tuples(st.sampled_from(["folder", "file"]), PATHS)
LINKS = st.tuples(st.just("link"), PATHS, TARGETS)
SPECIAL = st.tuples(st.sampled_from(sorted(KINDS)), PATHS)
ENTRIES = st.one_of(*[st.lists(st.one_of(*kinds), max_size=12) for kinds in ([PLAIN, LINKS], [PLAIN, LINKS, SPECIAL])])


def build(top: pathlib.Path, entries: list[tuple[str, ...]]) -> None:
    """Makes what it can: an entry below a file, or where there is one already, is left out."""
    for kind, name, *target in entries:
        path = top / name
        try:
            if not path.parent.resolve().is_relative_to(top):
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            if os.path.lexists(path):
                continue
            if kind == "link":
                path.symlink_to(target[0].format(top=top))
            elif kind == "folder":
                path.mkdir()
            elif kind == "file":
                path.write_text(name)
            else:
                make(kind, path)
        except (OSError, RuntimeError):  # a name in the middle is a file, or a link in a circle
            continue


class Refused(Exception):
    pass


def model(path: str, above: tuple[str, ...], name: str = "") -> tuple[set[str], set[str]]:
    """Folders and files, by recursion and real paths. ``above``: the real paths that lead back."""
    real = os.path.realpath(path)
    if real in above:
        raise Refused
    folders, files = {name}, set()
    for one in os.listdir(path):
        below, inside = f"{path}/{one}", f"{name}/{one}" if name else one
        if os.path.isdir(below):
            more, others = model(below, (*above, real), inside)
            folders |= more
            files |= others
        elif os.path.isfile(below):
            files.add(inside)
        else:
            raise Refused
    return folders, files


@given(ENTRIES)
def test_every_tree_is_listed_as_the_model_does_or_refused(entries):
    with tempfile.TemporaryDirectory() as name:
        top = pathlib.Path(name).resolve() / "top"
        top.mkdir()
        build(top, entries)
        before = sorted(os.walk(top))
        try:
            expected = model(str(top), tuple(map(str, top.parents)))
        except Refused:
            event("refused")
            expected = None
        try:
            tree = walk(str(top))
            listed = set(tree.folders), set(tree.files)
            assert (len(tree.folders), len(tree.files)) == tuple(map(len, listed))
            copied(top)
        except LocalFileError as error:
            assert str(error).isprintable()
            listed = None
        assert listed == expected
        assert sorted(os.walk(top)) == before


def copied(top: pathlib.Path) -> None:
    """A copy has no links, and the content of what they lead to."""
    target = top.parent / "copy"
    LocalFiles().put_data(str(top), str(target))
    folders, files = model(str(target), ())
    assert (folders, files) == model(str(top), ())
    assert not any((target / name).is_symlink() for name in folders | files)
    assert all((target / name).read_bytes() == (top / name).read_bytes() for name in files)
