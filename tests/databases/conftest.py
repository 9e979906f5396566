# SPDX-License-Identifier: Apache-2.0
"""The servers, once a session. ``apt-get install postgresql mariadb-server`` and ``pip install 'shimlite[databases]'``.

Where there is no program of a server its tests fail if ``CI`` is set, and are left out elsewhere, and said.
"""

from __future__ import annotations

import contextlib
import os

import pytest

from . import servers

DRIVERS = {
    "postgresql+psycopg": "postgresql",
    "postgresql+psycopg2": "postgresql",
    "mariadb+pymysql": "mariadb",
}


@contextlib.contextmanager
def started(name):
    with contextlib.ExitStack() as stack:
        try:
            server = stack.enter_context(getattr(servers, name)())
        except servers.MissingServerError as error:
            (pytest.fail if os.environ.get("CI") else pytest.skip)(str(error))
        yield server


@pytest.fixture(scope="session")
def postgresql():
    with started("postgresql") as server:
        yield server


@pytest.fixture(scope="session")
def mariadb():
    with started("mariadb") as server:
        yield server


@pytest.fixture(params=DRIVERS)
def drivername(request):
    return request.param


@pytest.fixture
def server(request, drivername):
    """The one of the driver."""
    return request.getfixturevalue(DRIVERS[drivername])


@pytest.fixture
def uri(server, drivername):
    return server.uri(drivername)


@pytest.fixture(params=[name for name in DRIVERS if name.startswith("postgresql")])
def of_postgresql(request, postgresql):
    return postgresql.uri(request.param)


@pytest.fixture
def of_mariadb(mariadb):
    return mariadb.uri("mariadb+pymysql")
