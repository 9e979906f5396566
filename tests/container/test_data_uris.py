# SPDX-License-Identifier: Apache-2.0
"""``data:`` URIs: what they hold, how they are written, and which are refused without a word of what they hold."""

from __future__ import annotations

import base64
import gzip
import subprocess
import sys
import zlib

import pytest

from shimlite import TemplateError, UriError
from shimlite._idl import TaskTemplate
from shimlite.cli import main
from shimlite.container import data_uris
from shimlite.container.data_uris import LARGEST_CONTENT, LONGEST_ARGUMENT, LONGEST_URI, content_of, data_uri
from shimlite.container.loading import read_template
from shimlite.container.storage import storage_for
from shimlite.files import shown

from ..build import template
from ..test_trees import refusal

BYTES = bytes(range(256))
BASE64 = base64.b64encode(BYTES).decode()
DEFLATED = base64.b64encode(zlib.compress(BYTES)).decode()
QUOTED = "".join(f"%{one:02x}" for one in BYTES)


@pytest.mark.parametrize(
    ("uri", "content"),
    [
        ("data:,", b""),
        ("data:;base64,", b""),
        ("data:,hello", b"hello"),
        ("data:text/plain;charset=utf-8,a,b;base64,c#d?e", b"a,b;base64,c#d?e"),
        ("data:,a://b", b"a://b"),
        ("data:,%00%ff%C3+ ", b"\0\xff\xc3+ "),
        ("data:,=41=%3D=\r\n_ \t\n%20\n=", b"=41===\r\n_ \t\n \n="),
        (f"data:,{QUOTED}", BYTES),
        (f"data:,{QUOTED.upper()}", BYTES),
        (f"data:;base64,{BASE64}", BYTES),
        (f"DATA:;BASE64,{BASE64}", BYTES),
        (f"data:application/x-protobuf;base64,{BASE64}", BYTES),
        (f"data:a/b;x=y;base64;z=,{BASE64}", BYTES),
        ("data:;base64,YQ%3D%3D", b"a"),
        ("data:;base64,%59%51==", b"a"),
        (f"data:application/x-protobuf;deflate;base64,{DEFLATED}", BYTES),
        (f"data:;base64; Deflate ,{DEFLATED}", BYTES),
        (f"data:;deflate,{''.join(f'%{one:02X}' for one in zlib.compress(BYTES))}", BYTES),
        (f"data:;deflate;base64,{base64.b64encode(zlib.compress(b'')).decode()}", b""),
        ("data:base64,YQ==", b"YQ=="),  # the first is the media type
    ],
)
def test_what_a_uri_holds(uri, content):
    assert content_of(uri) == content
    assert storage_for(uri).read(uri) == content


NO_BASE64 = "a data: URI whose content is no base64"
NO_ZLIB = "a data: URI whose content is no zlib stream"
RAW = base64.b64encode(zlib.compress(BYTES)[2:-4]).decode()
GZIP = base64.b64encode(gzip.compress(BYTES)).decode()
WRONG_SUM = base64.b64encode(zlib.compress(BYTES)[:-1] + b"\0").decode()
CUT = base64.b64encode(zlib.compress(BYTES)[:-4]).decode()
MORE = base64.b64encode(zlib.compress(BYTES) + b"s3cr3t").decode()


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("data:", "a data: URI without a comma, after which its content begins"),
        ("data:s3cr3t;base64", "a data: URI without a comma, after which its content begins"),
        *(
            (f"data:;base64,{text}", NO_BASE64)
            for text in (
                *("A", "AA", "AAA", "AAAAA", "=", "==", "====", "A===", "AA=A", "AAAA=", "AA==AA==", "AA A", " AAAA"),
                *("AAAA\n", "AA-_", "s3cr3t!!", "AAAA%0A", "AAAA\0", "A" * 100_001),
            )
        ),
        ("data:,é", "a data: URI whose content is not all ASCII"),
        ("data:;base64,\udcff", "a data: URI whose content is not all ASCII"),
        *(
            (f"data:{text}", "a data: URI with a % that two hexadecimal digits do not follow")
            for text in (",%", ",%0", ",a%zz", ",%%30", ",%-1", ";base64,AAAA%", ",% 1", ",%00%0g")
        ),
        *(
            (f"data:;{name};base64,AAAA", "a data: URI with an unknown parameter; base64 and deflate are known")
            for name in ("gzip", "deflated", "s3cr3t", "", "base64url", "zstd")
        ),
        *((f"data:;deflate;base64,{text}", NO_ZLIB) for text in (BASE64, RAW, GZIP, WRONG_SUM)),
        ("data:;deflate,s3cr3t", NO_ZLIB),
        *(
            (f"data:;deflate;base64,{text}", "a data: URI whose content is a zlib stream that ends before its end")
            for text in (CUT, "", base64.b64encode(zlib.compress(BYTES)[:20]).decode())
        ),
        (f"data:;deflate;base64,{MORE}", "a data: URI whose content is a zlib stream that goes on after its end"),
    ],
)
def test_a_uri_that_holds_nothing_that_can_be_read(uri, message):
    assert refusal(content_of, uri) == (UriError, message)


def test_a_stream_with_a_dictionary_of_somebodys():
    stream = zlib.compressobj(zdict=b"s3cr3t")
    content = base64.b64encode(stream.compress(BYTES) + stream.flush()).decode()
    assert refusal(content_of, f"data:;deflate;base64,{content}") == (UriError, NO_ZLIB)


def bomb(size: int) -> str:
    stream = zlib.compressobj(9)
    parts = [stream.compress(bytes(min(2**20, size - start))) for start in range(0, size, 2**20)]
    return f"data:;deflate;base64,{base64.b64encode(b''.join(parts) + stream.flush()).decode()}"


def test_what_is_held_is_bounded():
    message = f"a data: URI whose content is larger than {LARGEST_CONTENT} bytes"
    assert len(content_of(bomb(LARGEST_CONTENT))) == LARGEST_CONTENT
    for size in (LARGEST_CONTENT + 1, 3 * LARGEST_CONTENT):
        uri = bomb(size)
        assert len(uri) <= LONGEST_ARGUMENT
        assert refusal(content_of, uri) == (UriError, message)


def test_what_is_read_is_bounded(monkeypatch):
    monkeypatch.setattr(data_uris, "LONGEST_URI", 20)
    monkeypatch.setattr(data_uris, "LARGEST_CONTENT", 10)
    assert content_of("data:,".ljust(16, "x")) == b"x" * 10
    assert content_of("data:;base64,YQ==") == b"a"
    assert refusal(content_of, "data:,".ljust(17, "x"))[1] == "a data: URI whose content is larger than 10 bytes"
    message = "a data: URI of 21 characters; at most 20 are read"
    assert refusal(content_of, "data:,".ljust(21, "x")) == (UriError, message)
    assert LONGEST_URI == 2**25 > LARGEST_CONTENT * 4 / 3


# ------------------------------------------------------------------------------------------------------------ templates


def test_a_template_is_deflated_where_that_is_shorter():
    small, large = TaskTemplate(type="t"), template({f"x{number}": int for number in range(100)}, {"o0": int})
    assert data_uri(small) == "data:application/x-protobuf;base64,EgF0"
    assert data_uri(TaskTemplate()) == "data:application/x-protobuf;base64,"
    assert data_uri(large).startswith("data:application/x-protobuf;deflate;base64,")
    assert len(data_uri(large)) < len(large.SerializeToString()) / 2
    for one in (small, large):
        assert read_template(data_uri(one)) == one
    assert data_uri(large) == data_uri(TaskTemplate.FromString(large.SerializeToString()))


def test_what_is_no_template():
    for uri, message in (
        ("data:,", "template: 'data:…' is empty"),
        ("data:,s3cr3t", "template: 'data:…' holds 6 bytes that are no flyteidl.core.TaskTemplate"),
    ):
        with pytest.raises(TemplateError) as caught:
            read_template(uri)
        assert str(caught.value) == message


def test_an_argument_may_have_131071_bytes():
    """Linux's own limit, asked of Linux."""
    assert LONGEST_ARGUMENT == 131_071
    subprocess.run([sys.executable, "-c", "", "x" * LONGEST_ARGUMENT], check=True)
    if sys.platform == "linux":
        with pytest.raises(OSError, match="Argument list too long"):
            subprocess.run([sys.executable, "-c", "", "x" * (LONGEST_ARGUMENT + 1)], check=True)


# --------------------------------------------------------------------------------------------------------- all the rest


@pytest.mark.parametrize(
    ("verb", "do"),
    [
        ("write", lambda storage, uri: storage.ready(uri)),
        ("write", lambda storage, uri: storage.write(uri, b"")),
        ("remove", lambda storage, uri: storage.delete(uri)),
        ("copy", lambda storage, uri: storage.get_data(uri, "x")),
        ("write", lambda storage, uri: storage.put_data("x", uri)),
        ("open", lambda storage, uri: storage.open_file(uri, "rb")),
        ("list", lambda storage, uri: storage.list_directory(uri)),
    ],
)
def test_nothing_else_can_be_done_with_one(verb, do):
    uri = "data:,s3cr3t"
    message = f"cannot {verb} 'data:…'; a data: URI is read as a template alone"
    assert refusal(do, storage_for(uri), uri) == (UriError, message)


def test_what_it_holds_is_not_shown():
    assert shown("data:text/plain;s3cr3t,s3cr3t://x") == shown("DATA:") == "data:…"
    assert shown("data") == "data" and shown("./data:,x") == "./data:,x"


def test_inspect_reads_one(capsys):
    assert main(["inspect", data_uri(template({"n": int}, {"o0": int}))]) == 0
    assert "n" in capsys.readouterr().out
    assert main(["inspect", "data:;base64,s3cr3t"]) == 1
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", f"shimlite inspect: {NO_BASE64}\n")


class Adds:
    def execute_from_model(self, tt: TaskTemplate, n: int) -> int:
        return n + 1


def test_run_reads_one(capsys):
    assert main(["run", data_uri(template({"n": int}, {"o0": int})), f"{__name__}.Adds", "--input", "n=2"]) == 0
    assert '"o0": 3' in capsys.readouterr().out
