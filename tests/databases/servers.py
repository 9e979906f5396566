# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL and MariaDB from Debian's packages, on loopback: each in a folder of its own, on a free port.

Neither runs as root, so where root runs the tests they run as ``nobody``. What they hold is gone afterwards.
"""

from __future__ import annotations

import contextlib
import glob
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import attrs

from ..remote.servers import free_port, running

PASSWORD = "s3cr3t @:/% word"
"""Of the user ``ann`` of each server, with what a URI must escape."""


class MissingServerError(Exception):
    """There is no program of this server."""


@attrs.frozen
class Server:
    """A server that runs, and how it is reached. ``process`` is its own, so that a test can stop it."""

    process: subprocess.Popen[bytes]
    port: int
    database: str

    def uri(self, drivername: str, *, user: str = "ann", password: str = PASSWORD, database: str = "") -> str:
        where = f"127.0.0.1:{self.port}/{database or self.database}"
        return f"{drivername}://{user}:{quote(password, safe='')}@{where}"

    def stop(self) -> None:
        """At once, as a machine that is switched off does."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def program(name: str, *folders: str) -> str:
    """The newest in ``folders``, where Debian has those that are not on PATH, or the one on PATH."""
    found = [path for folder in folders for path in sorted(glob.glob(f"{folder}/{name}")) if os.access(path, os.X_OK)]
    on_path = shutil.which(name)
    if not found and on_path is None:
        raise MissingServerError(f"no {name}; apt-get install postgresql mariadb-server")
    return found[-1] if found else str(on_path)


@contextlib.contextmanager
def postgresql() -> Iterator[Server]:
    initdb, postgres = (program(name, "/usr/lib/postgresql/*/bin") for name in ("initdb", "postgres"))
    with _folder() as folder:
        data, word = folder / "data", folder / "password"
        word.write_text(PASSWORD)
        options = ("--auth=scram-sha-256", f"--pwfile={word}", "--username=ann", "--encoding=UTF8", "--no-sync")
        _run([initdb, *options, "--no-locale", "-D", str(data)], folder)
        port = free_port()
        settings = {"port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off"}
        arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with running(
            [postgres, "-D", str(data), *arguments], port, folder / "log", env=_environment(folder), **_user()
        ) as process:
            yield Server(process, port, "postgres")


@contextlib.contextmanager
def mariadb() -> Iterator[Server]:
    install, daemon = program("mariadb-install-db"), program("mariadbd", "/usr/sbin")
    with _folder() as folder:
        data, start = folder / "data", folder / "start.sql"
        own = ["--no-defaults", f"--datadir={data}", f"--tmpdir={folder}"]  # another one would clear a shared /tmp
        _run(
            [install, *own, "--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve"], folder
        )
        start.write_text(
            "create database if not exists shop character set utf8mb4;\n"
            f"create user if not exists ann@'%' identified by '{PASSWORD}';\n"
            "grant all on shop.* to ann@'%';\n"
        )
        port = free_port()
        files = [f"--socket={folder}/socket", f"--pid-file={folder}/pid", f"--init-file={start}"]
        small = ["--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=64M", "--innodb-log-file-size=16M"]
        names = ["--skip-name-resolve", "--character-set-server=utf8mb4", "--bind-address=127.0.0.1", f"--port={port}"]
        with running(
            [daemon, *own, *files, *small, *names], port, folder / "log", env=_environment(folder), **_user()
        ) as process:
            yield Server(process, port, "shop")


def _user() -> dict[str, Any]:
    """Who runs the server: whoever runs the tests, unless that is root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


@contextlib.contextmanager
def _folder() -> Iterator[pathlib.Path]:
    """One that the server's user can reach, which pytest's own folders are not, with short names for its sockets."""
    with tempfile.TemporaryDirectory(prefix="shimlite-", ignore_cleanup_errors=True) as name:
        user = _user()
        if user:
            os.chown(name, user["user"], user["group"])
        yield pathlib.Path(name)


def _environment(folder: pathlib.Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C"}


def _run(command: list[str], folder: pathlib.Path) -> None:
    done = subprocess.run(
        command, cwd=folder, env=_environment(folder), capture_output=True, text=True, check=False, **_user()
    )
    if done.returncode:
        raise RuntimeError(f"{command} ended with {done.returncode}: {(done.stdout + done.stderr)[-2000:]}")
