# SPDX-License-Identifier: Apache-2.0
"""A proxy in front of a store that goes wrong when it is told to."""

from __future__ import annotations

import contextlib
import http.client
import http.server
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from urllib.parse import unquote, urlsplit

import attrs

FOREVER = 10**9


@attrs.define
class Fault:
    """What to do wrong for the requests whose ``METHOD path?query`` this pattern finds, after ``skip`` of them, for
    ``times``.

    A number is a status to answer with. "cut" closes the connection in the middle of the body, "dribble" sends it a
    little at a time, "stall" sends half of it and then nothing, "silent" sends nothing at all, "refuse" resets the
    connection. "deny" does what is asked and answers 403.
    """

    what: int | str
    pattern: str = ""
    times: int = FOREVER
    skip: int = 0

    def hits(self, line: str) -> bool:
        if not re.search(self.pattern, line):
            return False
        self.skip -= 1
        if self.skip >= 0:
            return False
        self.times -= 1
        return self.times >= 0


HOP_BY_HOP = ("host", "connection", "transfer-encoding")
CODES = {401: "ExpiredToken", 403: "AccessDenied", 404: "NoSuchKey", 500: "InternalError", 503: "SlowDown"}


class Proxy(http.server.ThreadingHTTPServer):
    """Asks ``upstream``, as ``authorization`` where that is given.

    ``requests`` are the lines of those that came; ``before`` is called with each, before it is served.
    """

    daemon_threads = True
    request_queue_size = 512

    def __init__(self, upstream: str, authorization: str = "") -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream = urlsplit(upstream).netloc
        self.authorization = authorization
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.released = threading.Event()
        self.lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """Go right from now on."""
        self.released.set()
        self.released = threading.Event()
        self.faults: list[Fault] = []
        self.requests: list[str] = []
        self.before: Callable[[str], object] = lambda line: None

    def fault(self, what: int | str, pattern: str = "", times: int = FOREVER, skip: int = 0) -> None:
        self.faults.append(Fault(what, pattern, times, skip))

    def seen(self, pattern: str) -> int:
        """How many requests this pattern finds."""
        return sum(1 for line in self.requests if re.search(pattern, line))

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that were killed are what some tests are about."""


@contextlib.contextmanager
def proxy_of(upstream: str, authorization: str = "") -> Iterator[Proxy]:
    with Proxy(upstream, authorization) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield proxy
        finally:
            proxy.forget()
            proxy.shutdown()
            thread.join()


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    server: Proxy

    def handle_any(self) -> None:
        line = f"{self.command} {unquote(self.path)}"
        with self.server.lock:
            self.server.requests.append(line)
            fault = next((one.what for one in self.server.faults if one.hits(line)), None)
        self.server.before(line)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if fault == "refuse":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
        elif fault == "silent":
            self._wait()
        elif fault == "deny":
            self._forward(body)
            self._answer(403, [], _document(403))
        elif isinstance(fault, int):
            self._answer(fault, [("Content-Type", "application/xml")], _document(fault))
        else:
            self._answer(*self._forward(body), how=fault or "")

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = handle_any  # noqa: N815 - http.server's names

    def _forward(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        upstream = http.client.HTTPConnection(self.server.upstream, timeout=60)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
        if self.server.authorization:
            headers = {name: value for name, value in headers.items() if name.lower() != "authorization"}
            headers["Authorization"] = self.server.authorization
        with contextlib.closing(upstream):
            upstream.request(self.command, self.path, body, headers)
            answer = upstream.getresponse()
            kept = [one for one in answer.getheaders() if one[0].lower() not in HOP_BY_HOP]
            return answer.status, kept, answer.read()

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes, how: str = "") -> None:
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        if not any(name.lower() == "content-length" for name, _ in headers):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        half = len(body) // 2
        if how == "cut":
            self._send(body[:half])
            self.close_connection = True
        elif how == "stall":
            self._send(body[:half])
            self._wait()
        elif how == "dribble":
            for start in range(0, len(body), max(1, len(body) // 20)):
                self._send(body[start : start + max(1, len(body) // 20)])
                time.sleep(0.1)
        else:
            self._send(body)

    def _send(self, content: bytes) -> None:
        self.wfile.write(content)
        self.wfile.flush()

    def _wait(self) -> None:
        self.server.released.wait()
        self.close_connection = True

    def log_message(self, *arguments: object) -> None:
        pass


def _document(status: int) -> bytes:
    code = CODES[status]
    return f"<Error><Code>{code}</Code><Message>{code} it is</Message><Key>s3cr3t</Key></Error>".encode()
