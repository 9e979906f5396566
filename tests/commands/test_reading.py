# SPDX-License-Identifier: Apache-2.0
"""Templates out of files of every form."""

from __future__ import annotations

import base64
import gzip
import io
import sys

import pytest

from shimlite import NotFoundError, ShimliteError, TemplateError
from shimlite.commands.reading import read_template

from ..build import template
from ..golden.recorded import rows


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


def test_what_is_no_template_is_named(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"hello")
    assert refused(str(path), TemplateError) == f"{path}: 5 bytes that are no TaskTemplate"
    path.write_bytes(b"{}")
    assert refused(str(path), TemplateError) == f"{path}: JSON that is no template: an object of nothing"
    path.write_bytes(gzip.compress(b""))
    assert refused(str(path), TemplateError) == f"{path}: an archive, expected a template; unpack it: tar -xf"
    assert refused(f"{path}.gone", NotFoundError) == f"cannot read '{path}.gone': No such file or directory"
