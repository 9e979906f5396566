# SPDX-License-Identifier: Apache-2.0
"""The servers, once a session, and a pod whose files are all in one of them.

They need obstore, moto's server and azurite, and fail without. ``pip install 'moto[server]' obstore`` and
``npm install azurite``, whose ``azurite-blob`` is looked for on PATH, or is what the variable AZURITE names.
Credentials of whoever runs the tests are not seen: ``tests/surroundings.py``.
"""

from __future__ import annotations

import pytest

from . import servers
from .faults import proxy_of
from .pods import Pod


@pytest.fixture(scope="session")
def s3(tmp_path_factory):
    with servers.s3(tmp_path_factory.mktemp("moto")) as cloud:
        yield cloud


@pytest.fixture(scope="session")
def abfs(tmp_path_factory):
    with servers.azure(tmp_path_factory.mktemp("azurite")) as cloud:
        yield cloud


@pytest.fixture(scope="session")
def gs(s3):
    with proxy_of(s3.url, servers.ANYBODY) as proxy:
        yield servers.gcs(s3, proxy.url)


@pytest.fixture(scope="session")
def az(abfs):
    return abfs.at({}, root=abfs.root.replace("abfs://", "az://"))


@pytest.fixture(params=["s3", "gs", "abfs", "az"])
def cloud(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def pod(cloud, tmp_path):
    return Pod(cloud, tmp_path)


@pytest.fixture
def s3_pod(s3, tmp_path):
    return Pod(s3, tmp_path)


@pytest.fixture(scope="session")
def session_proxy(s3):
    with proxy_of(s3.url) as proxy:
        yield proxy


@pytest.fixture
def proxy(session_proxy):
    """In front of ``s3``."""
    session_proxy.forget()
    yield session_proxy
    session_proxy.forget()


@pytest.fixture
def faulty(s3, proxy, tmp_path):
    """A pod that reaches S3 through the proxy, and does not wait long."""
    return Pod(s3.at({"FLYTE_AWS_ENDPOINT": proxy.url}), tmp_path, hasty=True)
