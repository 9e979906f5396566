# SPDX-License-Identifier: Apache-2.0
"""A real HTTP server on loopback that answers as a test says: in Flyte 2's place, and in that of worse ones."""

from __future__ import annotations

import http.server
import ssl
import threading
from collections.abc import Callable
from typing import Any, NamedTuple

PROTO = {"Content-Type": "application/proto"}


class Asked(NamedTuple):
    """A request, its headers' names in small letters."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    service: Service

    def do_POST(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", 0)))
        self.service.asked.append(Asked(self.command, self.path, headers, body))
        self.close_connection = True
        self.service.next_reply()(self)

    do_GET = do_POST  # noqa: N815

    def log_message(self, *arguments: Any) -> None:
        pass


Reply = Callable[[Handler], None]


class Service(http.server.ThreadingHTTPServer):
    """Gives one reply after the other, and the last for ever. ``asked`` are the requests so far."""

    daemon_threads = True

    def __init__(self, *replies: Reply, port: int = 0, certificate: str = "") -> None:
        super().__init__(("127.0.0.1", port), type("Handler_", (Handler,), {"service": self}))
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)
        self._replies = list(replies)
        self.asked: list[Asked] = []
        self.is_over = threading.Event()
        self.address = f"127.0.0.1:{self.server_port}"

    def next_reply(self) -> Reply:
        return self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]

    def __enter__(self) -> Service:
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self.is_over.set()
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who is answered so does not wait for all of it."""


def answers(body: bytes, headers: dict[str, str] = PROTO, status: int = 200) -> Reply:
    def reply(handler: Handler) -> None:
        handler.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return reply


def fails(status: int, code: str = "") -> Reply:
    """As the Connect protocol says it."""
    body = b'{"code":"%s","message":"s3cr3t words"}' % code.encode() if code else b"<html>s3cr3t words</html>"
    return answers(body, {"Content-Type": "application/json" if code else "text/html"}, status)


def redirects(to: str, status: int = 302) -> Reply:
    return answers(b"", {**PROTO, "Location": to}, status)


def raw(*parts: bytes, waits: bool = False, for_ever: bytes = b"", pause: float = 0.0) -> Reply:
    """These bytes, whatever HTTP says; then the connection is closed, or held, or gets the same for ever."""

    def reply(handler: Handler) -> None:
        is_over = handler.service.is_over
        for part in parts:
            handler.wfile.write(part)
        while for_ever and not is_over.wait(pause):
            handler.wfile.write(for_ever)
        if waits:
            is_over.wait()

    return reply
