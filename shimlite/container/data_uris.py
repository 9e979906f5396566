# SPDX-License-Identifier: Apache-2.0
"""``data:`` URIs (RFC 2397), which hold their content themselves: how a template travels in a pod's arguments.

They are read on every platform, in base64 and percent-encoded. Our own parameter ``deflate`` says that the content is
a zlib stream (RFC 1950), which is what HTTP calls deflate. This file knows nothing of what a content means.
"""

from __future__ import annotations

import binascii
import re
import zlib
from collections.abc import Iterator
from typing import IO, NoReturn

from .._idl import TaskTemplate
from ..errors import UriError
from ..files import shown

LONGEST_ARGUMENT = 2**17 - 1
"""Bytes of one argument of a program on Linux (``MAX_ARG_STRLEN``, less the NUL at its end)."""

LONGEST_URI = 2**25
"""Characters that are read: standard tools and tests have no limit of Linux's. The largest content fits in base64."""

LARGEST_CONTENT = 2**24
"""Bytes: no platform starts a task whose template is a twentieth of that, and 20 kB could be deflated to it."""

_LONE_PERCENT = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_BASE64 = re.compile(rb"[A-Za-z0-9+/]*={0,2}")


def data_uri(template: TaskTemplate) -> str:
    """A URI of the template, deflated where that is shorter.

    It may be longer than LONGEST_ARGUMENT. The bytes of a deflated one differ between releases of zlib.
    """
    content = template.SerializeToString(deterministic=True)
    plain = f"data:application/x-protobuf;base64,{_base64(content)}"
    deflated = f"data:application/x-protobuf;deflate;base64,{_base64(zlib.compress(content, 9))}"
    return min(plain, deflated, key=len)


def _base64(content: bytes) -> str:
    return binascii.b2a_base64(content, newline=False).decode()


def content_of(uri: str) -> bytes:
    """What a URI holds. Raises UriError, without a word of the content."""
    if len(uri) > LONGEST_URI:
        raise UriError(f"a data: URI of {len(uri)} characters; at most {LONGEST_URI} are read")
    head, comma, text = uri.partition(",")
    if not comma:
        raise UriError("a data: URI without a comma, after which its content begins")
    if not text.isascii():
        raise UriError("a data: URI whose content is not all ASCII")
    encodings = _encodings(head)
    content = _unquoted(text.encode())
    if "base64" in encodings:
        content = _from_base64(content)
    if "deflate" in encodings:
        content = _inflated(content)
    if len(content) > LARGEST_CONTENT:
        raise _too_large()
    return content


def _encodings(head: str) -> set[str]:
    """``base64`` and ``deflate``, as far as the parameters name them; those with a value say what the content means."""
    names = {one.strip().lower() for one in head.split(";")[1:] if "=" not in one}
    unknown = names - {"base64", "deflate"}
    if unknown:
        raise UriError("a data: URI with an unknown parameter", hint="base64 and deflate are known")
    return names


def _unquoted(text: bytes) -> bytes:
    """Quoted-printable is the same with another sign, and Python reads that in C: 30 million signs in a blink."""
    if _LONE_PERCENT.search(text):
        raise UriError("a data: URI with a % that two hexadecimal digits do not follow")
    return binascii.a2b_qp(text.replace(b"=", b"%3D").replace(b"%", b"=")) if b"%" in text else text


def _from_base64(text: bytes) -> bytes:
    if len(text) % 4 or not _BASE64.fullmatch(text):
        raise UriError("a data: URI whose content is no base64")
    return binascii.a2b_base64(text)


def _inflated(content: bytes) -> bytes:
    stream = zlib.decompressobj()
    try:
        inflated = stream.decompress(content, LARGEST_CONTENT + 1)
    except zlib.error:
        raise UriError("a data: URI whose content is no zlib stream") from None
    if len(inflated) > LARGEST_CONTENT:
        raise _too_large()
    if not stream.eof or stream.unused_data:
        what = "goes on after its end" if stream.eof else "ends before its end"
        raise UriError(f"a data: URI whose content is a zlib stream that {what}")
    return inflated


def _too_large() -> UriError:
    return UriError(f"a data: URI whose content is larger than {LARGEST_CONTENT} bytes")


class DataStorage:
    """Such a URI as a place that is read whole, and where nothing else can be done."""

    def read(self, uri: str) -> bytes:
        return content_of(uri)

    def ready(self, uri: str) -> None:
        self._refuse("write", uri)

    def write(self, uri: str, content: bytes) -> None:
        self._refuse("write", uri)

    def delete(self, uri: str) -> None:
        self._refuse("remove", uri)

    def get_data(self, uri: str, path: str) -> None:
        self._refuse("copy", uri)

    def put_data(self, path: str, uri: str) -> str:
        self._refuse("write", uri)

    def open_file(self, uri: str, mode: str) -> IO[bytes]:
        self._refuse("open", uri)

    def list_directory(self, uri: str) -> Iterator[tuple[str, bool]]:
        self._refuse("list", uri)

    def _refuse(self, verb: str, uri: str) -> NoReturn:
        raise UriError(f"cannot {verb} {shown(uri)!r}", hint="a data: URI is read as a template alone")
