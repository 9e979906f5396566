# SPDX-License-Identifier: Apache-2.0
"""Which obstore store serves a URI, as Flyte's environment configures it; what that leaves out is the cloud's own.

Flyte's variables are those that flytekit reads. obstore looks for the clouds' by itself: ``AWS_*``, ``GOOGLE_*``,
``AZURE_*``, instance metadata, workload identity.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from ..errors import UriError
from ..files import scheme_of, shown

SILENCE = dt.timedelta(seconds=60)
"""How long a store may send nothing in the middle of an answer. An answer as a whole may take any time."""
LONGEST_ANSWER = dt.timedelta(days=7)
RETRIES = 6
"""With pauses that double from 0.2 s: some 13 s of a store that answers with errors, besides the answers' own time."""
RETRY_FOR = dt.timedelta(seconds=120)


class Place(NamedTuple):
    """A store of obstore's, how to make it, and the key in it."""

    kind: str
    root: str
    config: tuple[tuple[str, Any], ...]
    key: str
    plain_http: bool = False


def place_of(uri: str, environment: Mapping[str, str]) -> Place:
    """Where ``uri`` lies. Raises UriError where it names nothing."""
    scheme = scheme_of(uri)
    if scheme in ("http", "https"):
        return Place("HTTPStore", uri, (), "", scheme == "http")
    root, _, key = uri.partition("://")[2].partition("/")
    if not root:
        raise UriError(f"{scheme}:// without a bucket")
    if any(part in ("", ".", "..") for part in key.removesuffix("/").split("/") if key):
        raise UriError(f"cannot reach {shown(uri)!r}", hint="stores are asked for no empty or dotted part of a name")
    if scheme in ("s3", "s3a"):
        return _s3(root, key, environment)
    if scheme == "gs":
        return _gcs(root, key, environment)
    return _azure(root, key, environment)


def _s3(bucket: str, key: str, environment: Mapping[str, str]) -> Place:
    own = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
    endpoint = _first(environment, "FLYTE_AWS_ENDPOINT", *own)
    config = _given(
        environment, access_key_id="FLYTE_AWS_ACCESS_KEY_ID", secret_access_key="FLYTE_AWS_SECRET_ACCESS_KEY"
    )
    if environment.get("FLYTE_AWS_ADDRESSING_STYLE") == "virtual":
        config["virtual_hosted_style_request"] = True
        if endpoint:  # which obstore then takes for the bucket's own
            parts = urlsplit(endpoint)
            endpoint = parts._replace(netloc=f"{bucket}.{parts.netloc}").geturl()
    if endpoint:
        config["endpoint"] = endpoint
    return Place("S3Store", bucket, tuple(config.items()), key, endpoint.startswith("http://"))


def _gcs(bucket: str, key: str, environment: Mapping[str, str]) -> Place:
    emulator = environment.get("STORAGE_EMULATOR_HOST", "")
    if not emulator:
        return Place("GCSStore", bucket, (), key)
    base = emulator if "://" in emulator else f"http://{emulator}"
    # skip_signature would not do: what is written asks for a token all the same.
    account = {"gcs_base_url": base, "disable_oauth": True, "client_email": "", "private_key": "", "private_key_id": ""}
    return Place("GCSStore", bucket, (("service_account_key", json.dumps(account)),), key, base.startswith("http://"))


def _azure(root: str, key: str, environment: Mapping[str, str]) -> Place:
    """``abfs://container/key`` with the account from the environment, or ``abfs://container@account.dfs…/key``."""
    container, _, host = root.partition("@")
    if not container:
        raise UriError("abfs:// without a container")
    config = _given(
        environment,
        account_name="FLYTE_AZURE_STORAGE_ACCOUNT_NAME",
        account_key="FLYTE_AZURE_STORAGE_ACCOUNT_KEY",
        tenant_id="FLYTE_AZURE_TENANT_ID",
        client_id="FLYTE_AZURE_CLIENT_ID",
        client_secret="FLYTE_AZURE_CLIENT_SECRET",
    )
    if host:
        config["account_name"] = host.partition(".")[0]
    endpoint = _first(environment, "AZURE_STORAGE_ENDPOINT", "AZURE_ENDPOINT")
    return Place("AzureStore", container, tuple(config.items()), key, endpoint.startswith("http://"))


def _first(environment: Mapping[str, str], *names: str) -> str:
    return next((environment[name] for name in names if environment.get(name)), "")


def _given(environment: Mapping[str, str], **names: str) -> dict[str, Any]:
    return {option: environment[name] for option, name in names.items() if environment.get(name)}
