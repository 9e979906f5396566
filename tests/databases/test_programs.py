# SPDX-License-Identifier: Apache-2.0
"""Whole programs: a template as it is registered, its secret in a file, its server stopped half way, much data."""

from __future__ import annotations

import subprocess
import time

import pytest

from shimlite._idl import ContainerError, ExecutionError
from shimlite.parquet_files import read_parquet

from . import servers
from .conftest import DRIVERS, started
from .tasks import Pod, run, task

SECRET = {"group": "shop", "key": "Password", "group_version": None, "mount_requirement": "FILE"}


def numbers(uri: str, count: int) -> str:
    """Rows of an int, a float, a text and a time."""
    if uri.startswith("mariadb"):
        return f"select seq as i, seq * 1.5e0 as x, concat('name ', seq) as s, now() as t from seq_1_to_{count}"
    return f"select i, i * 1.5::float8 as x, 'name ' || i as s, now() as t from generate_series(1, {count}) i"


def endless(uri: str) -> str:
    if uri.startswith("mariadb"):
        return "select seq as i, concat('name ', seq) as s from seq_1_to_2000000000"
    return "select i, 'name ' || j as s from generate_series(1, 50000) i, generate_series(1, 50000) j"


def test_a_secret_from_a_file(server, drivername, tmp_path):
    """As Flyte's webhook mounts it."""
    (tmp_path / "secrets" / "shop").mkdir(parents=True)
    (tmp_path / "secrets" / "shop" / "password").write_text(f"{servers.PASSWORD}\n")
    uri = server.uri(drivername).replace(servers.quote(servers.PASSWORD, safe=""), "hunter2")
    made = task(uri, "select {{ .inputs.n }} as n", inputs={"n": 3}, secret_connect_args={"password": SECRET})
    told = {"FLYTE_SECRETS_DEFAULT_DIR": str(tmp_path / "secrets"), "FLYTE_SECRETS_FILE_PREFIX": ""}
    pod = Pod(tmp_path, made, {"n": 3}).run(**told)
    assert pod.rows() == [{"n": 3}]
    assert pod.log == ""


def test_the_document_of_a_wrong_password(server, drivername, tmp_path):
    made = task(server.uri(drivername, password="hunter2"), "select 1")
    error = Pod(tmp_path, made).run().error()
    assert (error.code, error.kind, error.origin) == (
        "USER:DatabaseError", ContainerError.NON_RECOVERABLE, ExecutionError.USER,
    )  # fmt: skip
    assert error.message.startswith("no connection to the database: OperationalError: ")
    assert "hunter2" not in error.message
    assert "\n" not in error.message


@pytest.mark.parametrize("drivername", DRIVERS)
def test_a_server_that_is_stopped_half_way(drivername, tmp_path):
    """The task ends with what another attempt may mend."""
    with started(DRIVERS[drivername]) as server:
        uri = server.uri(drivername)
        pod = Pod(tmp_path, task(uri, endless(uri)))
        process = subprocess.Popen(
            pod.command(), cwd=tmp_path, env=pod.environment(TMPDIR=str(tmp_path)), stderr=subprocess.PIPE, text=True
        )
        end = time.monotonic() + 60
        while not any(path.stat().st_size > 2**20 for path in tmp_path.rglob("00000")):
            assert process.poll() is None and time.monotonic() < end
            time.sleep(0.05)
        server.stop()
        assert process.communicate(timeout=60)[1].count("\n") <= 1
    error = pod.error()
    assert (process.returncode, error.code, error.kind) == (
        0, "USER:DatabaseUnreachableError", ContainerError.RECOVERABLE,
    )  # fmt: skip
    assert error.message.startswith(
        ("the query was cut off: OperationalError: ", "the query was cut off: AdminShutdown: ")
    )
    assert not (tmp_path / "out" / "outputs.pb").exists()
    assert not any(tmp_path.rglob("00000"))


def test_a_query_ends_with_its_run(server, drivername, tmp_path):
    """PostgreSQL does not look whether anybody waits for what it computes."""
    if drivername != "postgresql+psycopg":
        pytest.skip("psycopg2 lets no signal through while it waits, and PyMySQL cannot ask for it")
    uri = server.uri(drivername)
    pod = Pod(tmp_path, task(f"{uri}?application_name=ends", "select pg_sleep(100)::text as slept"))
    process = subprocess.Popen(pod.command(), cwd=tmp_path, env=pod.environment(), stderr=subprocess.DEVNULL)
    running = "select count(*) as n from pg_stat_activity where application_name = 'ends' and state = 'active'"
    for count in (1, 0):
        end = time.monotonic() + 60
        while run(uri, running).rows != [{"n": count}]:
            assert time.monotonic() < end
            time.sleep(0.1)
        process.terminate()
    assert process.wait(60) == 0


MEASURED = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)
"""
SPARE = 24 * 2**10
"""KiB that a process with ten times the rows may take beside one with fewer, whose batches and row group of Parquet are
not full. The further rows are some 300 MiB."""


def peak(uri: str, count: int, folder) -> int:
    folder.mkdir()
    pod = Pod(folder, task(uri, numbers(uri, count)))
    command = [pod.command()[0], "-c", MEASURED, *pod.command()]
    done = subprocess.run(command, cwd=folder, env=pod.environment(), capture_output=True, text=True, check=True)
    (path,) = folder.rglob("00000")
    assert sum(batch.num_rows for batch in read_parquet(str(path))) == count
    return int(done.stdout)


def test_memory_does_not_grow_with_the_rows(uri, tmp_path):
    few, many = (peak(uri, count, tmp_path / str(count)) for count in (100_000, 1_000_000))
    assert many < few + SPARE
