# SPDX-License-Identifier: Apache-2.0
"""Object stores on this machine: real servers in processes of their own, and a plain HTTP client that is not obstore.

S3 is moto's server, Azure is azurite. Google's XML interface, which is what obstore speaks, is S3's dialect with
another ``Authorization``, so moto serves it too, behind a proxy that changes that header. gcp-storage-emulator cannot
stand in for it: it has only Google's JSON interface, and answers ``HEAD object``, ``DELETE object``, ``POST
object?uploads`` and ``GET bucket?list-type=2`` with 501, ``PUT`` without an ETag and ``GET`` without a Last-Modified.
"""

from __future__ import annotations

import base64
import contextlib
import ctypes
import hashlib
import hmac
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import xml.etree.ElementTree
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import attrs

START = 60
"""Seconds that a server may take to start: moto imports for some two."""
BUCKET = "remotetests"
ANYBODY = "AWS4-HMAC-SHA256 Credential=a/20200101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=b"
"""moto reads the name and checks no signature."""
ACCOUNT = "devstoreaccount1"
ACCOUNT_KEY = (
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="  # azurite's own
)


@attrs.frozen
class Cloud:
    """A bucket: its URI, what a pod must be told to reach it, and its own address."""

    root: str
    environment: dict[str, str]
    url: str
    query: str = ""
    listing: str = "list-type=2"
    tag: str = "Key"

    def at(self, environment: dict[str, str], root: str = "") -> Cloud:
        """The same bucket by another way."""
        return attrs.evolve(self, environment={**self.environment, **environment}, root=root or self.root)

    def put(self, uri: str, content: bytes = b"") -> str:
        self._ask("PUT", self._key(uri), body=content)
        return uri

    def get(self, uri: str) -> bytes:
        return self._ask("GET", self._key(uri))

    def delete(self, uri: str) -> None:
        self._ask("DELETE", self._key(uri))

    def names(self, uri: str) -> list[str]:
        """What lies below a URI, as names relative to it."""
        prefix = f"{self._key(uri)}/"
        answer = self._ask("GET", "", f"{self.listing}&{urlencode({'prefix': prefix})}")
        found = xml.etree.ElementTree.fromstring(answer.removeprefix(b"\xef\xbb\xbf")).iter()
        names = [one.text or "" for one in found if one.tag.rpartition("}")[2] == self.tag]
        return sorted(name.removeprefix(prefix) for name in names if name.startswith(prefix))

    def make(self, query: str = "") -> None:
        self._ask("PUT", "", query)

    def _key(self, uri: str) -> str:
        assert uri.startswith(f"{self.root}/")
        return uri.removeprefix(f"{self.root}/")

    def _ask(self, method: str, key: str, query: str = "", body: bytes | None = None) -> bytes:
        query = "&".join(part for part in (query, self.query) if part)
        url = f"{self.url}/{quote(key)}".rstrip("/" if not key else "") + (f"?{query}" if query else "")
        request = urllib.request.Request(url, data=body, method=method, headers={"x-ms-blob-type": "BlockBlob"})
        request.add_header("Content-Type", "application/octet-stream")
        if not self.query:
            request.add_header("Authorization", ANYBODY)
        if body is None:
            request.add_header("Content-Length", "0")
        with urllib.request.urlopen(request, timeout=60) as answer:
            content: bytes = answer.read()
            return content


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@contextlib.contextmanager
def s3(folder: pathlib.Path) -> Iterator[Cloud]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with running([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], port, folder / "moto.log"):
        environment = {
            "FLYTE_AWS_ENDPOINT": url,
            "FLYTE_AWS_ACCESS_KEY_ID": "an-access-key",
            "FLYTE_AWS_SECRET_ACCESS_KEY": "a-secret-key",
        }
        cloud = Cloud(f"s3://{BUCKET}", environment, f"{url}/{BUCKET}")
        cloud.make()
        yield cloud


def gcs(moto: Cloud, proxy: str) -> Cloud:
    """moto's bucket once more, through a proxy that asks as ANYBODY."""
    return Cloud(f"gs://{BUCKET}", {"STORAGE_EMULATOR_HOST": proxy}, moto.url)


@contextlib.contextmanager
def azure(folder: pathlib.Path) -> Iterator[Cloud]:
    port = free_port()
    url = f"http://127.0.0.1:{port}/{ACCOUNT}"
    options = ["--inMemoryPersistence", "--silent", "--skipApiVersionCheck", "--disableTelemetry"]
    with running([_azurite(), "--blobPort", str(port), *options], port, folder / "azurite.log"):
        environment = {
            "AZURE_STORAGE_ENDPOINT": url,
            "FLYTE_AZURE_STORAGE_ACCOUNT_NAME": ACCOUNT,
            "FLYTE_AZURE_STORAGE_ACCOUNT_KEY": ACCOUNT_KEY,
        }
        listing = "restype=container&comp=list"
        cloud = Cloud(f"abfs://{BUCKET}", environment, f"{url}/{BUCKET}", _signature(), listing, "Name")
        cloud.make("restype=container")
        yield cloud


def _azurite() -> str:
    found = os.environ.get("AZURITE") or shutil.which("azurite-blob")
    if found is None or not os.path.exists(found):
        raise FileNotFoundError("no azurite-blob on PATH nor in AZURITE; npm install azurite")
    return found


def _signature() -> str:
    """The query that lets its bearer do anything in azurite's account, for a day."""
    version, expiry = "2020-10-02", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86400))
    signed = "\n".join([ACCOUNT, "rwdlac", "b", "sco", "", expiry, "", "https,http", version, ""])
    digest = hmac.digest(base64.b64decode(ACCOUNT_KEY), signed.encode(), "sha256")
    return urlencode(
        {"sv": version, "ss": "b", "srt": "sco", "sp": "rwdlac", "se": expiry, "spr": "https,http"}
        | {"sig": base64.b64encode(digest).decode()}
    )


@contextlib.contextmanager
def running(command: list[str], port: int, log: pathlib.Path, **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A server in a process group of its own, from when it takes connections on; it ends with us, however we do.

    ``options`` are those of ``Popen`` beside these.
    """
    with open(log, "wb") as output:
        process = subprocess.Popen(
            command,
            cwd=log.parent,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_end_with_parent,
            **options,
        )
    try:
        _wait_for(process, port, log)
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _end_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def _wait_for(process: subprocess.Popen[bytes], port: int, log: pathlib.Path) -> None:
    end = time.monotonic() + START
    while process.poll() is None and time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"{process.args} does not answer: {log.read_text(errors='replace')[-2000:]}")


def md5(content: bytes) -> str:
    """The fingerprint by which tests compare what is too large to show."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
