# SPDX-License-Identifier: Apache-2.0
"""``shimlite inspect`` of archives. What flytectl does with each was seen with flytectl 1.16.8 (``--dryRun``)."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
import pathlib
import tarfile
from typing import Any

import pytest

from shimlite import TemplateError
from shimlite._idl import task_spec_type
from shimlite.cli import main
from shimlite.commands import archives
from shimlite.commands.archives import entries_of, is_archive

from ..build import template


def spec(**inputs: Any) -> bytes:
    return bytes(task_spec_type()(template=template(inputs)).SerializeToString())


def packed(*entries: tuple[str, Any], mode: str = "w:gz", form: int = tarfile.PAX_FORMAT) -> bytes:
    """An archive: an entry's content is bytes, or the type of another kind of entry."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode, format=form) as archive:  # type: ignore[call-overload]
        for name, content in entries:
            info = tarfile.TarInfo(name)
            if isinstance(content, bytes) and len(content) != 1:
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
            else:
                info.type, info.linkname = content, "/etc/passwd"
                archive.addfile(info)
    return file.getvalue()


def inspected(capsys, path: pathlib.Path, content: bytes, *options: str) -> tuple[int, str, str]:
    path.write_bytes(content)
    code = main(["inspect", str(path), *options])
    out, err = capsys.readouterr()
    return code, out, err


TASK = """\
  {name}: TaskSpec with the TaskTemplate of 'tests.task', a task of type 'test'
{warning}\
      project '', domain '', version ''
      registered by an unnamed SDK
    inputs:
      n: INTEGER, in Python int
        --input takes a whole number, as in 5
    outputs: none
"""


def task(name: str, *warnings: str) -> str:
    return TASK.format(name=name, warning="".join(f"    warning: {line}\n" for line in warnings))


@pytest.mark.parametrize("mode", ["w:gz", "w"])
@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT])
def test_an_archive_of_tasks_whatever_its_name(tmp_path, capsys, mode, form):
    content = packed(("0_a_1.pb", spec(n=int)), ("./1_b_1.pb", spec(n=int)), mode=mode, form=form)
    assert inspected(capsys, tmp_path / "tasks.pb", content) == (
        0,
        "archive of 2\n" + task("0_a_1.pb") + task("./1_b_1.pb"),
        "",
    )


REFUSES = "and flytectl then registers nothing"
ENTRIES = [
    ([("README.md", b"hello")], f"  README.md: 5 bytes: no template\n    warning: is not named .pb, {REFUSES}\n"),
    ([("a.PB", spec(n=int))], task("a.PB", f"is not named .pb, {REFUSES}")),
    ([("d/a.pb", spec(n=int))], task("d/a.pb", f"is in a folder that is no entry before it, {REFUSES}")),
    ([("d", tarfile.DIRTYPE), ("d/a.pb", spec(n=int))], "  d: no file\n" + task("d/a.pb")),
    ([("./", tarfile.DIRTYPE), ("./a.pb", spec(n=int))], "  .: no file\n" + task("./a.pb")),
    ([("a.pb", spec(n=int)), ("./a.pb", spec(n=int))], task("a.pb") + task(
        "./a.pb", "is here twice, and flytectl registers the last one twice"
    )),
    ([("1_w_2.pb", b"\x0a\x00")], "  1_w_2.pb: 2 bytes: a workflow, by its name: no task\n"),
    ([("1_w_3.pb", b"\x0a\x00")], "  1_w_3.pb: 2 bytes: a launch plan, by its name: no task\n"),
    ([("fast0a1b.tar.gz", b"\x1f\x8b")], "  fast0a1b.tar.gz: 2 bytes: code that pyflyte adds, no task\n"),
    ([("a.pb", tarfile.SYMTYPE)], "  a.pb: no file\n    warning: is no plain file, and flytectl leaves it out\n"),
    ([("a.pb", tarfile.LNKTYPE)], "  a.pb: no file\n    warning: is no plain file, and flytectl leaves it out\n"),
    ([("a.pb", tarfile.FIFOTYPE)], "  a.pb: no file\n    warning: is no plain file, and flytectl leaves it out\n"),
    ([("a.pb", b"")], "  a.pb: 0 bytes: no template\n"),
    ([("a.pb", template({"n": int}).SerializeToString())], task(
        "a.pb", "is a TaskTemplate, and flytectl registers a TaskSpec"
    ).replace("TaskSpec with the TaskTemplate of", "TaskTemplate of")),
    ([("a\x1b[2J\n\u202e.pb", b"")], "  a\\x1b[2J\\n\\u202e.pb: 0 bytes: no template\n"),
]  # fmt: skip


@pytest.mark.parametrize(("entries", "lines"), ENTRIES)
def test_what_flytectl_does_with_an_entry(tmp_path, capsys, entries, lines):
    head = f"archive of {len(entries)}\n"
    assert inspected(capsys, tmp_path / "x", packed(*entries)) == (0, head + lines, "")


@pytest.mark.parametrize("name", ["../a.pb", "/a.pb", "d/../../a.pb"])
def test_names_that_lead_out_are_said_and_nothing_is_unpacked(tmp_path, capsys, name):
    code, out, err = inspected(capsys, tmp_path / "x", packed((name, spec(n=int))))
    assert (code, err) == (0, "")
    assert out.splitlines()[2] == "    warning: its name leads out of the archive"
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_one_bad_entry_does_not_hide_the_others(tmp_path, capsys):
    content = packed(("a.pb", b'{"a": 1}'), ("b.pb", spec(n=int)))
    code, out, err = inspected(capsys, tmp_path / "x", content)
    assert (code, err) == (
        1,
        f"shimlite inspect: {tmp_path}/x: a.pb: JSON that is no template: an object of 'a'\n",
    )
    assert out == "archive of 2\n  a.pb: JSON that is no template: an object of 'a'\n" + task("b.pb")


def test_an_archive_in_json(tmp_path, capsys):
    code, out, err = inspected(capsys, tmp_path / "x", packed(("a.pb", spec(n=int)), ("b.txt", b"")), "--json")
    assert (code, err) == (0, "")
    read = json.loads(out)
    assert (read["file"], read["kind"]) == (f"{tmp_path}/x", "archive")
    first, second = read["entries"]
    assert (first["name"], first["warnings"], first["template"]["name"]) == ("a.pb", [], "tests.task")
    assert second == {
        "name": "b.txt",
        "warnings": ["is not named .pb, and flytectl then registers nothing"],
        "holds": "0 bytes: no template",
    }


class Day:
    def execute_from_model(self, tt, n: str):
        raise AssertionError


def test_strict_and_an_executor_are_for_the_templates_inside(tmp_path, capsys):
    content = packed(("a.pb", spec(n=int)), ("b.pb", spec(d=dt.timedelta)), ("c.pb", spec(d=dt.date)))
    code, _, err = inspected(capsys, tmp_path / "x", content, "--strict")
    assert (code, err) == (1, f"shimlite inspect: {tmp_path}/x: tests.task may lose something in inputs.d\n")
    code, out, err = inspected(capsys, tmp_path / "x", packed(("a.pb", spec(n=int))), "--executor", f"{__name__}.Day")
    misfit = "a.pb: inputs.n: annotated str, but declared int; str does not fit INTEGER"
    assert (code, out) == (1, f"archive of 1\n  {misfit}\n")
    assert err == f"shimlite inspect: {tmp_path}/x: {misfit}\n"
    code, _, err = inspected(capsys, tmp_path / "x", packed(("a.txt", b"")), "--strict")
    assert (code, err) == (1, f"shimlite inspect: {tmp_path}/x: --strict is for templates\n")


# --- hostile archives ------------------------------------------------------------------------------------------------


def refused(content: bytes) -> str:
    assert is_archive(content)
    with pytest.raises(TemplateError) as caught:
        entries_of(content)
    return str(caught.value)


WHOLE = packed(("a.pb", spec(n=int) * 50), ("b.pb", spec(n=int)), mode="w")


def test_broken_archives():
    squeezed = gzip.compress(WHOLE)
    assert refused(squeezed[:-9]) == "no whole gzip file"
    assert refused(squeezed[:20]) == "no whole gzip file"
    assert refused(squeezed[:12] + b"\xff" * 20) == "no whole gzip file"
    assert refused(gzip.compress(b"hello" * 200)) == "no whole tar archive"
    assert refused(WHOLE[:700]) == "no whole tar archive"
    assert refused(WHOLE[:148] + b"12345678" + WHOLE[156:]) == "no whole tar archive"
    second = WHOLE.index(b"b.pb")
    assert refused(WHOLE[:second] + b"c" + WHOLE[second + 1 :]) == "no whole tar archive"
    assert [entry.name for entry in entries_of(WHOLE[:second])] == ["a.pb"]
    assert entries_of(gzip.compress(packed(mode="w"))) == []


def test_a_gzip_that_expands_without_end(monkeypatch):
    monkeypatch.setattr(archives, "LARGEST_ARCHIVE", 10_000)
    said = "an archive of more than 10000 bytes once it is unpacked"
    assert refused(gzip.compress(bytes(10_001))) == said
    assert refused(packed(("a.pb", bytes(20_000)), mode="w")) == said


def test_too_many_entries(monkeypatch):
    monkeypatch.setattr(archives, "MOST_ENTRIES", 2)
    assert len(entries_of(packed(("a", b""), ("b", b"")))) == 2
    assert refused(packed(("a", b""), ("b", b""), ("c", b""))) == "an archive of more than 2 entries"


def test_a_sparse_entry_of_a_terabyte_is_not_read():
    header = tarfile.TarInfo("a.pb")
    header.pax_headers = {"GNU.sparse.major": "0", "GNU.sparse.size": str(2**40), "GNU.sparse.map": f"{2**40 - 1},1"}
    header.size = 1
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(header, io.BytesIO(b"x"))
    (entry,) = entries_of(file.getvalue())
    assert entry == ("a.pb", None, ["is no plain file, and flytectl leaves it out"])


def test_what_begins_as_an_archive_may_be_said_to_be_one(tmp_path, capsys):
    code, out, err = inspected(capsys, tmp_path / "x", spec(n=int), "--as", "archive")
    assert (code, out, err) == (1, "", f"shimlite inspect: {tmp_path}/x: no whole tar archive\n")


def test_an_archive_is_no_other_kind(capsys, tmp_path):
    code, out, err = inspected(capsys, tmp_path / "x", packed(("0_a_1.pb", spec(n=int))), "--as", "literal")
    assert (code, out, err) == (1, "", f"shimlite inspect: {tmp_path}/x: an archive, no literal; leave out --as\n")


def test_a_template_in_code_is_no_other_kind(capsys):
    assert main(["inspect", "no_such_module:task", "--as", "literal"]) == 1
    expected = "shimlite inspect: no_such_module:task: a template in code, no literal; leave out --as\n"
    assert capsys.readouterr() == ("", expected)
