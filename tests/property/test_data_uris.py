# SPDX-License-Identifier: Apache-2.0
"""``data:`` URIs of any content, as we and others write them, and any text that begins like one."""

from __future__ import annotations

import base64
import contextlib
import urllib.parse
import urllib.request
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shimlite import UriError
from shimlite._idl import TaskTemplate
from shimlite.container.data_uris import LARGEST_CONTENT, content_of, data_uri
from shimlite.strategies import interfaces

CONTENTS = st.one_of(st.binary(max_size=300), st.binary(min_size=1, max_size=4).map(lambda part: part * 500))


@given(interfaces(), st.binary(max_size=200).map(bytes.hex))
def test_what_is_written_of_a_template_is_read(interface, text):
    template = TaskTemplate(type="t", interface=interface)
    template.config["x"] = text
    content = content_of(data_uri(template))
    assert content == template.SerializeToString(deterministic=True)
    assert TaskTemplate.FromString(content) == template
    assert len(data_uri(template)) <= len(base64.b64encode(content)) + len("data:application/x-protobuf;base64,")


@given(CONTENTS, st.booleans(), st.sampled_from(["", "text/plain", "a/b;charset=utf-8"]))
def test_others_read_what_we_read(content, in_base64, media_type):
    text = base64.b64encode(content).decode() if in_base64 else urllib.parse.quote_from_bytes(content)
    uri = f"data:{media_type}{';base64' if in_base64 else ''},{text}"
    with urllib.request.urlopen(uri) as opened:
        assert opened.read() == content_of(uri) == content


@given(CONTENTS, st.integers(0, 9))
def test_a_zlib_stream_of_any_level(content, level):
    stream = zlib.compress(content, level)
    assert content_of(f"data:;deflate;base64,{base64.b64encode(stream).decode()}") == content
    assert content_of(f"data:;deflate,{urllib.parse.quote_from_bytes(stream)}") == content


@given(st.text(alphabet="aA0+/=%;, \n\0é\udcff", max_size=60), st.sampled_from(["", ";base64", ";deflate;base64"]))
def test_any_text_is_read_or_refused(text, parameters):
    for uri in (f"data:{text}", f"data:{parameters},{text}"):
        try:
            assert len(content_of(uri)) <= LARGEST_CONTENT
        except UriError as error:
            assert str(error).startswith("a data: URI")


@given(CONTENTS, st.data())
def test_a_stream_that_was_changed_is_never_something_else(content, data):
    stream = bytearray(zlib.compress(content))
    stream[data.draw(st.integers(0, len(stream) - 1))] ^= data.draw(st.integers(1, 255))
    with contextlib.suppress(UriError):
        assert content_of(f"data:;deflate;base64,{base64.b64encode(stream).decode()}") == content


def test_the_strategies_reach_both_forms():
    assert ";deflate" in data_uri(TaskTemplate(type="t" * 100))
    with pytest.raises(UriError):
        content_of("data:")
