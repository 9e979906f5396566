# SPDX-License-Identifier: Apache-2.0
"""``shimlite package``: from modules to an archive, as a user types it."""

from __future__ import annotations

import io
import os
import pathlib
import sys
import tarfile

import pytest

from shimlite.cli import main
from shimlite.idl import TaskSpec

SOURCE = """
import shimlite


class Ex(shimlite.ShimTaskExecutor):
    def execute_from_model(self, tt, n: int) -> int:
        return n


first = shimlite.task_template(Ex, name="{stem}.first", container_image="{image}")
again = first
second = shimlite.task_template(Ex, name="{stem}.second", container_image="ghcr.io/acme/a:1")
several = [second]
"""


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    """Files are imported under their stems, which are this test's alone."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if name.startswith("pack_"):
            del sys.modules[name]


def write(stem: str, source: str = SOURCE, image: str = "{{.image}}") -> str:
    pathlib.Path(f"{stem}.py").write_text(source.replace("{stem}", stem).replace("{image}", image))
    return f"{stem}.py"


def specs(archive: str) -> dict[str, str]:
    """The files of an archive, and the image of each one's task."""
    with tarfile.open(archive) as tar:
        return {
            name: TaskSpec.FromString(tar.extractfile(name).read()).template.container.image for name in tar.getnames()
        }


def test_the_templates_of_files_and_modules(capsys):
    write("pack_b")
    assert main(["package", write("pack_a"), "pack_b", "-o", "t.tgz", "--image", "ghcr.io/acme/b:2"]) == 0
    assert specs("t.tgz") == {
        "0_pack_a.first_1.pb": "ghcr.io/acme/b:2",
        "1_pack_a.second_1.pb": "ghcr.io/acme/a:1",
        "2_pack_b.first_1.pb": "ghcr.io/acme/b:2",
        "3_pack_b.second_1.pb": "ghcr.io/acme/a:1",
    }
    assert capsys.readouterr().out == (
        "t.tgz: 4 tasks\n  pack_a.first\n  pack_a.second\n  pack_b.first\n  pack_b.second\n"
        "Register them: flytectl register files --archive t.tgz --project … --domain … --version …\n"
    )


def test_one_template_of_a_file(capsys):
    place = write("pack_c", image="a:1")
    assert main(["package", f"{place}:first", "--output", "one.tar"]) == 0
    assert list(specs("one.tar")) == ["0_pack_c.first_1.pb"]
    content = pathlib.Path("one.tar").read_bytes()
    assert content[:2] != b"\x1f\x8b"
    assert capsys.readouterr().out.splitlines()[0] == "one.tar: 1 task"
    assert main(["package", f"{place}:first", place, f"{place}:again", "-o", "all.tar.gz"]) == 0
    assert list(specs("all.tar.gz")) == ["0_pack_c.first_1.pb", "1_pack_c.second_1.pb"]
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        assert [entry.isreg() for entry in tar] == [True]


def test_an_archive_is_replaced_whole_or_not_at_all(capsys):
    place = write("pack_d", image="a:1")
    for _ in range(2):
        assert main(["package", place, "-o", "t.tgz"]) == 0
    before = pathlib.Path("t.tgz").read_bytes()
    assert main(["package", write("pack_e"), "-o", "t.tgz"]) == 1
    assert pathlib.Path("t.tgz").read_bytes() == before
    assert sorted(path.name for path in pathlib.Path().iterdir() if path.is_file()) == [
        "pack_d.py", "pack_e.py", "t.tgz",
    ]  # fmt: skip
    assert capsys.readouterr().err == (
        "shimlite package: tasks['pack_e.first'].container.image: is still a placeholder; say the image with --image\n"
    )


def test_a_module_that_goes_elsewhere(tmp_path, capsys):
    place = write("pack_i", "import os\nos.chdir('/')\n" + SOURCE, image="a:1")
    assert main(["package", place, "-o", "t.tgz"]) == 0
    assert list(specs(f"{tmp_path}/t.tgz")) == ["0_pack_i.first_1.pb", "1_pack_i.second_1.pb"]


def test_what_is_refused(capsys):
    place = write("pack_f", image="a:1")
    empty = write("pack_g", "x = 5\n")
    taken = write("pack_h", SOURCE.replace('"{stem}.second"', '"{stem}.first"'), image="a:1")
    for arguments, message in (
        ([empty, "-o", "t.tgz"], "there is no template to package"),
        ([taken, "-o", "t.tgz"], "tasks['pack_h.first']: two tasks have this name"),
        ([place, "-o", "t.tgz", "--image", "No Image"], "--image: is no image such as 'ghcr.io/acme/later:1'"),
        ([place, "-o", "pack_f.py/t.tgz"], f"cannot write '{os.getcwd()}/pack_f.py/t.tgz': File exists"),
        (
            [place, "-o", "t.tgz", "--image", "a:2"],
            "--image: no template's image is a placeholder such as '{{.image}}'",
        ),
        ([empty, "-o", "t.tgz", "--image", "a:2"], "there is no template to package"),
        (["gone.py", "-o", "t.tgz"], "there is no file 'gone.py'"),
    ):
        assert main(["package", *arguments]) == 1
        assert capsys.readouterr().err == f"shimlite package: {message}\n"
    assert not pathlib.Path("t.tgz").exists()
    with pytest.raises(SystemExit) as ended:
        main(["package", place, "-o", "t.zip"])
    assert ended.value.code == 2
    assert capsys.readouterr().err.splitlines()[-1] == (
        "shimlite package: error: flytectl takes an archive called .tgz or .tar.gz or .tar"
    )
