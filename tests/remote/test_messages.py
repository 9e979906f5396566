# SPDX-License-Identifier: Apache-2.0
"""What is shown of a URI and of obstore's exceptions, which hold whole answers of the store."""

from __future__ import annotations

import pytest
from obstore import exceptions

from shimlite.container.answers import _reason
from shimlite.files import shown


@pytest.mark.parametrize(
    ("uri", "text"),
    [
        ("s3://bucket/a b?*#é@x", "s3://bucket/a b?*#é@x"),
        ("abfs://box@account.dfs.core.windows.net/k", "abfs://box@account.dfs.core.windows.net/k"),
        ("abfs://box@account.dfs.core.windows.net/k?sig=s3cr3t", "abfs://box@account.dfs.core.windows.net/k"),
        ("https://h/a#sig=s3cr3t", "https://h/a"),
        ("/a?b#c", "/a?b#c"),
        ("https://h/a/b", "https://h/a/b"),
        ("https://h/a?sig=s3cr3t", "https://h/a"),
        ("https://h?sig=s3cr3t/x", "https://h"),
        ("https://user:s3cr3t@h:1/a@b?x=y@z", "https://h:1/a@b"),
        ("http://user:s3cr3t@h", "http://h"),
    ],
)
def test_uris(uri, text):
    assert shown(uri) == text


ANSWER = "Server returned non-2xx status code: {}: <Error><Code>{}</Code><Key>s3cr3t</Key></Error>"


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (PermissionError(13, "Permission denied"), "Permission denied"),
        (OSError(9999, ""), "OSError"),
        (FileNotFoundError("Object at location k not found"), "it is not there"),
        (FileNotFoundError(ANSWER.format("404 Not Found", "NoSuchBucket")), "it is not there (NoSuchBucket)"),
        (exceptions.PermissionDeniedError("s3cr3t"), "permission denied"),
        (exceptions.PermissionDeniedError(ANSWER.format("403", "AccessDenied")), "permission denied (AccessDenied)"),
        (exceptions.UnauthenticatedError(ANSWER.format("401", "Expired")), "not authenticated (Expired)"),
        (exceptions.GenericError(ANSWER.format("503 Slow Down", "s3 cr3t")), "the store answers 503 Slow Down"),
        (exceptions.GenericError(ANSWER.format("500", "x" * 61)), "the store answers 500"),
        (exceptions.GenericError("… kind: Connect, s3cr3t"), "no connection"),
        (exceptions.GenericError("… kind: Timeout, s3cr3t"), "no answer in time"),
        (exceptions.GenericError("… kind: Decode, s3cr3t"), "the connection broke"),
        (exceptions.GenericError("… kind: Connection s3cr3t"), "the answer makes no sense"),
        (ValueError("s3cr3t"), "a name or address is not one that can be reached"),
    ],
)
def test_reasons(error, text):
    assert _reason(error) == text
