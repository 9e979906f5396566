# SPDX-License-Identifier: Apache-2.0
"""Which store serves a URI, and what Flyte's variables make of it."""

from __future__ import annotations

import json

import pytest

from shimlite import UriError
from shimlite.container.settings import Place, place_of

KEYS = {"FLYTE_AWS_ACCESS_KEY_ID": "id", "FLYTE_AWS_SECRET_ACCESS_KEY": "secret"}
AZURE = {
    "FLYTE_AZURE_STORAGE_ACCOUNT_NAME": "name",
    "FLYTE_AZURE_STORAGE_ACCOUNT_KEY": "key",
    "FLYTE_AZURE_TENANT_ID": "tenant",
    "FLYTE_AZURE_CLIENT_ID": "client",
    "FLYTE_AZURE_CLIENT_SECRET": "secret",
}


@pytest.mark.parametrize("scheme", ["s3", "s3a"])
@pytest.mark.parametrize(
    ("environment", "config", "plain_http"),
    [
        ({}, {}, False),
        (KEYS, {"access_key_id": "id", "secret_access_key": "secret"}, False),
        ({"FLYTE_AWS_ACCESS_KEY_ID": "", "FLYTE_AWS_ENDPOINT": ""}, {}, False),
        ({"FLYTE_AWS_ENDPOINT": "http://minio:9000"}, {"endpoint": "http://minio:9000"}, True),
        ({"FLYTE_AWS_ENDPOINT": "https://minio"}, {"endpoint": "https://minio"}, False),
        ({"AWS_ENDPOINT": "http://c"}, {"endpoint": "http://c"}, True),
        ({"AWS_ENDPOINT": "http://c", "AWS_ENDPOINT_URL": "http://b"}, {"endpoint": "http://b"}, True),
        ({"AWS_ENDPOINT_URL": "http://b", "AWS_ENDPOINT_URL_S3": "https://a"}, {"endpoint": "https://a"}, False),
        ({"AWS_ENDPOINT_URL_S3": "http://a", "FLYTE_AWS_ENDPOINT": "https://f"}, {"endpoint": "https://f"}, False),
        ({"FLYTE_AWS_ENDPOINT": "", "AWS_ENDPOINT_URL": "http://b"}, {"endpoint": "http://b"}, True),
        ({"FLYTE_AWS_ADDRESSING_STYLE": "path"}, {}, False),
        ({"FLYTE_AWS_ADDRESSING_STYLE": "virtual"}, {"virtual_hosted_style_request": True}, False),
        (
            {"FLYTE_AWS_ADDRESSING_STYLE": "virtual", "FLYTE_AWS_ENDPOINT": "http://minio:9000/x"},
            {"virtual_hosted_style_request": True, "endpoint": "http://bucket.minio:9000/x"},
            True,
        ),
        ({"AWS_ACCESS_KEY_ID": "obstore reads it", "FLYTE_AZURE_CLIENT_ID": "another cloud's"}, {}, False),
    ],
)
def test_s3(scheme, environment, config, plain_http):
    place = place_of(f"{scheme}://bucket/a/b", environment)
    assert place == Place("S3Store", "bucket", tuple(config.items()), "a/b", plain_http)


@pytest.mark.parametrize(
    ("emulator", "base", "plain_http"),
    [("http://h:1", "http://h:1", True), ("https://h", "https://h", False), ("h:1", "http://h:1", True)],
)
def test_googles_emulators(emulator, base, plain_http):
    place = place_of("gs://bucket/a", {"STORAGE_EMULATOR_HOST": emulator})
    ((name, account),) = place.config
    assert place._replace(config=()) == Place("GCSStore", "bucket", (), "a", plain_http)
    assert (name, json.loads(account)) == (
        "service_account_key",
        {"gcs_base_url": base, "disable_oauth": True, "client_email": "", "private_key": "", "private_key_id": ""},
    )


@pytest.mark.parametrize("environment", [{}, {"STORAGE_EMULATOR_HOST": ""}, KEYS])
def test_google(environment):
    assert place_of("gs://bucket/a", environment) == Place("GCSStore", "bucket", (), "a")


@pytest.mark.parametrize("scheme", ["abfs", "abfss", "az"])
@pytest.mark.parametrize(
    ("root", "environment", "config", "plain_http"),
    [
        ("box", {}, {}, False),
        (
            "box",
            AZURE,
            {"account_name": "name", "account_key": "key", "tenant_id": "tenant"}
            | {"client_id": "client", "client_secret": "secret"},
            False,
        ),
        ("box", {"FLYTE_AZURE_CLIENT_ID": ""}, {}, False),
        ("box@own.dfs.core.windows.net", {}, {"account_name": "own"}, False),
        (
            "box@own.dfs.core.windows.net",
            {"FLYTE_AZURE_STORAGE_ACCOUNT_NAME": "name", "FLYTE_AZURE_STORAGE_ACCOUNT_KEY": "key"},
            {"account_name": "own", "account_key": "key"},
            False,
        ),
        ("box", {"AZURE_STORAGE_ENDPOINT": "http://azurite"}, {}, True),
        ("box", {"AZURE_ENDPOINT": "http://azurite"}, {}, True),
        ("box", {"AZURE_STORAGE_ENDPOINT": "https://a", "AZURE_ENDPOINT": "http://b"}, {}, False),
    ],
)
def test_azure(scheme, root, environment, config, plain_http):
    place = place_of(f"{scheme}://{root}/a/b", environment)
    assert place == Place("AzureStore", "box", tuple(config.items()), "a/b", plain_http)


@pytest.mark.parametrize(("uri", "plain_http"), [("http://h/a//../b?q=%2F", True), ("https://h", False)])
def test_plain_addresses_are_taken_as_they_are(uri, plain_http):
    assert place_of(uri, KEYS) == Place("HTTPStore", uri, (), "", plain_http)


@pytest.mark.parametrize(
    ("uri", "key"),
    [
        ("s3://b", ""),
        ("s3://b/", ""),
        ("s3://b/k", "k"),
        ("s3://b/k/", "k/"),
        ("s3://b/a b%20c#?*[é]", "a b%20c#?*[é]"),
        ("s3://b/..a/b..", "..a/b.."),
        ("s3://b/k://x?versionId=1", None),
        ("s3://b//k", None),
        ("s3://b/k//", None),
        ("s3://b/./k", None),
        ("s3://b/k/..", None),
        ("s3://b/../k/", None),
    ],
)
def test_keys(uri, key):
    if key is not None:
        assert place_of(uri, {}).key == key
        return
    with pytest.raises(UriError) as caught:
        place_of(uri, {})
    assert str(caught.value) == f"cannot reach {uri!r}; stores are asked for no empty or dotted part of a name"


@pytest.mark.parametrize("uri", ["abfs://@/k", "abfss://@account.dfs.core.windows.net/k"])
def test_no_container(uri):
    with pytest.raises(UriError) as caught:
        place_of(uri, {})
    assert str(caught.value) == "abfs:// without a container"


@pytest.mark.parametrize("scheme", ["s3", "s3a", "gs", "abfs", "abfss", "az"])
@pytest.mark.parametrize("rest", ["", "/k"])
def test_no_bucket(scheme, rest):
    with pytest.raises(UriError) as caught:
        place_of(f"{scheme}://{rest}", {})
    assert str(caught.value) == f"{scheme}:// without a bucket"
