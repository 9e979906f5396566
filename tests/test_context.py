# SPDX-License-Identifier: Apache-2.0
"""What an executor takes from the air."""

from __future__ import annotations

import logging
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from shimlite import Context, ExecutionId, NotFoundError, SecretError, StorageError, TaskId, UriError, current_context
from shimlite.context import active, of_process
from shimlite.files import LocalFiles, local_path


def test_outside_a_run_the_context_is_local_and_empty():
    context = current_context()
    assert context.execution_id == ExecutionId("", "", "")
    assert context.task_id == TaskId("", "", "", "")
    assert context.raw_output_prefix == f"{context.working_directory}/raw"
    assert type(context.file_access) is LocalFiles


def test_a_process_that_did_not_make_the_folder_leaves_it(monkeypatch):
    """A child that was forked, and ends before its parent."""
    context = Context()
    folder = context.working_directory
    monkeypatch.setattr(os, "getpid", lambda: -1)
    del context
    assert os.path.isdir(folder)
    os.rmdir(folder)


def test_a_context_without_a_working_directory_makes_one_and_takes_it_along():
    context = Context()
    folder = context.working_directory
    assert os.path.isdir(folder)
    assert context.working_directory == folder
    del context
    assert not os.path.exists(folder)


def test_what_is_given_is_kept():
    files = LocalFiles()
    context = Context(
        execution_id=ExecutionId("p", "d", "n"),
        task_id=TaskId("p", "d", "n", "v"),
        working_directory="/w",
        raw_output_prefix="s3://b/r",
        file_access=files,
    )
    with active(context):
        assert current_context() is context
    assert current_context() is not context
    assert (context.working_directory, context.raw_output_prefix, context.file_access) == ("/w", "s3://b/r", files)
    assert (context.execution_id.name, context.task_id.version) == ("n", "v")


def test_the_logger_has_no_handlers_of_ours():
    assert Context().logging is logging.getLogger("shimlite.executor")
    assert Context().logging.handlers == []


def test_local_files_are_copied_whole(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x").write_bytes(b"1")
    files = LocalFiles()
    assert files.put_data(str(tmp_path / "a"), f"file://{tmp_path}/b/c") == f"file://{tmp_path}/b/c"
    files.get_data(f"{tmp_path}/b/c/x", str(tmp_path / "d" / "y"))
    assert (tmp_path / "b" / "c" / "x").read_bytes() == b"1"
    assert (tmp_path / "d" / "y").read_bytes() == b"1"


def test_names_are_taken_as_they_are_written(tmp_path):
    odd = tmp_path / "a b%20[c]*?.txt"
    odd.write_bytes(b"1")
    LocalFiles().get_data(f"file://{odd}", str(tmp_path / "out"))
    assert (tmp_path / "out").read_bytes() == b"1"


def test_a_file_that_cannot_be_copied_is_named(tmp_path):
    with pytest.raises(StorageError) as caught:
        LocalFiles().get_data(f"{tmp_path}/none", f"{tmp_path}/out")
    assert str(caught.value) == f"cannot copy '{tmp_path}/none' to '{tmp_path}/out': No such file or directory"
    with pytest.raises(UriError) as caught:
        LocalFiles().get_data("a\0b", f"{tmp_path}/out")
    assert str(caught.value) == f"cannot copy 'a\\x00b' to '{tmp_path}/out': ValueError"


def test_another_scheme_is_refused():
    with pytest.raises(UriError) as caught:
        local_path("s3://b/k")
    assert str(caught.value) == (
        "cannot reach s3:// from here; only local paths; give the context the file access of shimlite.container"
    )


def test_a_file_that_is_not_there_is_told_apart(tmp_path):
    with pytest.raises(NotFoundError):
        LocalFiles().get_data(f"{tmp_path}/none", f"{tmp_path}/out")


def test_outside_a_run_there_is_one_context_a_process():
    assert current_context() is current_context()
    context = Context()
    with of_process(context):
        assert current_context() is context
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(current_context).result() is context
        with active(Context()) as inner:
            assert current_context() is inner
    assert current_context() is not context


def test_secrets_and_checkpoints_are_made_when_asked_for(tmp_path, monkeypatch):
    monkeypatch.setenv("G_K", "bare")
    assert Context().secrets.get("G", "K") == "bare"
    with pytest.raises(SecretError):
        Context(execution_id=ExecutionId("p", "d", "n")).secrets.get("G", "K")
    local = Context(working_directory=str(tmp_path))
    local.checkpoint.write(b"1")
    assert (tmp_path / "checkpoint" / "_dst_cp").read_bytes() == b"1"
    assert local.checkpoint is local.checkpoint
    with pytest.raises(UriError):
        Context(checkpoint_path="").checkpoint.write(b"1")


def test_the_logger_may_be_given():
    logger = logging.getLogger("another")
    assert Context(logger=lambda: logger).logging is logger
