# SPDX-License-Identifier: Apache-2.0
"""Templates out of files of every form."""

from __future__ import annotations

import base64
import gzip
import io
import sys
import tarfile

import pytest

from shimlite import NotFoundError, ShimliteError, TemplateError
from shimlite._idl import task_spec_type
from shimlite.commands.reading import read_template

from ..build import template
from ..golden.recorded import rows
from .test_archives import packed


def test_a_template_of_any_form(tmp_path, monkeypatch):
    made = template({"n": int})
    path = tmp_path / "x"
    path.write_bytes(made.SerializeToString())
    assert read_template(str(path)) == read_template(f"file://{path}") == made
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(made.SerializeToString())))
    assert read_template("-") == made
    for row in rows("templates.jsonl"):
        if row["template"]:
            path.write_bytes(base64.b64decode(row["content"]))
            assert read_template(str(path)).id.name


def refused(path: str, error: type[ShimliteError]) -> str:
    with pytest.raises(error) as caught:
        read_template(path)
    return str(caught.value)


def test_the_one_template_of_an_archive(tmp_path):
    path, made = tmp_path / "x", template({"n": int})
    spec = task_spec_type()(template=made).SerializeToString()
    more = [("folder", tarfile.DIRTYPE), ("fast1.tar.gz", b"code")]
    path.write_bytes(packed(("0_a_1.pb", spec), *more))
    assert read_template(str(path)) == made
    hint = "shimlite inspect shows what it holds, tar -xf unpacks it"
    path.write_bytes(packed(("0_a_1.pb", spec), ("1_a_1.pb", spec)))
    assert refused(str(path), TemplateError) == f"{path}: an archive of 2 templates, expected one; {hint}"
    path.write_bytes(packed(*more))
    assert refused(str(path), TemplateError) == f"{path}: an archive of 0 templates, expected one; {hint}"
    path.write_bytes(packed(("a\x1b.pb", b"{}")))
    expected = f"{path}/a\\x1b.pb: JSON that is no template: an object of nothing"
    assert refused(str(path), TemplateError) == expected


def test_what_is_no_template_is_named(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"hello")
    assert refused(str(path), TemplateError) == f"{path}: 5 bytes that are no TaskTemplate"
    path.write_bytes(b"{}")
    assert refused(str(path), TemplateError) == f"{path}: JSON that is no template: an object of nothing"
    path.write_bytes(gzip.compress(b"x"))
    assert refused(str(path), TemplateError) == f"{path}: no whole tar archive"
    assert refused(f"{path}.gone", NotFoundError) == f"cannot read '{path}.gone': No such file or directory"
