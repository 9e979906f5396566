# SPDX-License-Identifier: Apache-2.0
"""Checkpoints over local files: what one attempt leaves and the next one finds."""

from __future__ import annotations

import io
import pathlib

import pytest

from shimlite import UriError
from shimlite.checkpoint import Checkpoint
from shimlite.files import LocalFiles


@pytest.fixture
def attempts(tmp_path):
    """Makes the checkpoint of attempt ``number``, whose previous one is the attempt before."""

    def attempt(number: int) -> Checkpoint:
        folder = tmp_path / f"work{number}"
        folder.mkdir(exist_ok=True)
        previous = f"{tmp_path}/cp{number - 1}/" if number else ""
        return Checkpoint(f"{tmp_path}/cp{number}/", previous, LocalFiles(), str(folder))

    return attempt


def test_bytes_are_left_and_read(attempts, tmp_path):
    first = attempts(0)
    assert (first.prev_exists(), first.read(), first.restore()) == (False, None, None)
    first.write(b"half way")
    assert (tmp_path / "cp0" / "_dst_cp").read_bytes() == b"half way"
    second = attempts(1)
    assert (second.prev_exists(), second.read()) == (True, b"half way")


def test_an_attempt_that_left_nothing(attempts):
    second = attempts(1)
    assert (second.prev_exists(), second.read(), second.restore()) == (True, None, None)


def test_a_file_a_directory_and_an_open_file(attempts, tmp_path):
    (tmp_path / "a.txt").write_text("1")
    (tmp_path / "dir" / "sub").mkdir(parents=True)
    (tmp_path / "dir" / "sub" / "b.txt").write_text("2")
    first = attempts(0)
    first.save(tmp_path / "a.txt")
    first.save(str(tmp_path / "dir"))
    first.save(io.BytesIO(b"3"))
    second = attempts(1)
    target = tmp_path / "restored"
    target.mkdir()
    assert second.restore(target) == target
    assert {str(one.relative_to(target)) for one in target.rglob("*") if one.is_file()} == {
        "a.txt", "sub/b.txt", "_dst_cp",
    }  # fmt: skip
    assert second.restore("elsewhere") == target
    with pytest.raises(ValueError, match="^the checkpoint is of 3 files; restore\\(\\) gives them all$"):
        second.read()


def test_an_empty_directory_is_nothing_to_read(attempts, tmp_path):
    (tmp_path / "cp0").mkdir()
    assert attempts(1).read() is None


def test_it_is_restored_to_a_directory_only(attempts, tmp_path):
    attempts(0).write(b"1")
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file", str(tmp_path / "none")):
        with pytest.raises(ValueError, match="^a checkpoint is restored to a directory$"):
            attempts(1).restore(path)


def test_restored_without_a_path_it_is_in_the_working_directory(attempts, tmp_path):
    attempts(0).write(b"1")
    folder = attempts(1).restore()
    assert isinstance(folder, pathlib.Path)
    assert folder.parent == tmp_path / "work1"


def test_nowhere_to_leave_one(tmp_path):
    with pytest.raises(UriError) as caught:
        Checkpoint("", "", LocalFiles(), str(tmp_path)).write(b"1")
    assert str(caught.value) == (
        "this task has nowhere to leave a checkpoint; its command needs --checkpoint-path "
        "{{.checkpointOutputPrefix}} --prev-checkpoint {{.prevCheckpointPrefix}}"
    )
