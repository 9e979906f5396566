# SPDX-License-Identifier: Apache-2.0
"""A store of S3's kind that holds nothing: it makes up what is read, and counts what is written.

It speaks as much of S3 as large files need, so that two of 2 GiB cost no memory and no disk.
"""

from __future__ import annotations

import contextlib
import http.server
import re
import threading
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

PIECE = bytes(range(256)) * 2**12
"""1 MiB that repeats itself: what lies at an offset is known."""


class Endless(http.server.ThreadingHTTPServer):
    """Every key is that of a file of ``size`` bytes. ``uploads`` has how many came to each; None where aborted."""

    daemon_threads = True

    def __init__(self, size: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.size = size
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.uploads: dict[str, int | None] = {}
        self.parts: dict[str, int] = {}
        self.most_at_once = self.at_once = 0
        self.lock = threading.Lock()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client may leave in the middle of what it asked for."""


@contextlib.contextmanager
def endless(size: int) -> Iterator[Endless]:
    with Endless(size) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Endless

    def do_GET(self) -> None:
        first, until = 0, self.server.size
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if asked:
            first, until = int(asked[1]), min(int(asked[2] or until) + 1, until)
        self.send_response(206 if asked else 200)
        self.send_header("Content-Length", str(until - first))
        self.send_header("ETag", '"one"')
        self.send_header("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")
        if asked:
            self.send_header("Content-Range", f"bytes {first}-{until - 1}/{self.server.size}")
        self.end_headers()
        while first < until:
            start = first % len(PIECE)
            count = min(until - first, len(PIECE) - start)
            self.wfile.write(memoryview(PIECE)[start : start + count])
            first += count

    def do_PUT(self) -> None:
        with self.server.lock:
            self.server.at_once += 1
            self.server.most_at_once = max(self.server.most_at_once, self.server.at_once)
        left = size = int(self.headers["Content-Length"])
        while left:
            left -= len(self.rfile.read(min(left, len(PIECE))))
        with self.server.lock:
            self.server.at_once -= 1
            key, query = self._asked()
            if "uploadId" in query:
                self.server.parts[key] = self.server.parts.get(key, 0) + size
            else:
                self.server.uploads[key] = size
        self._answer("", ("ETag", '"part"'))

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        key, query = self._asked()
        if "uploadId" in query:
            self.server.uploads[key] = self.server.parts.pop(key, 0)
            self._answer("<CompleteMultipartUploadResult><ETag>one</ETag></CompleteMultipartUploadResult>")
        else:
            self._answer(f"<R><UploadId>{len(self.server.uploads)}</UploadId></R>")

    def do_DELETE(self) -> None:
        key, _ = self._asked()
        self.server.parts.pop(key, 0)
        self.server.uploads[key] = None
        self._answer("")

    def _asked(self) -> tuple[str, dict[str, list[str]]]:
        parts = urlsplit(self.path)
        return parts.path, parse_qs(parts.query, keep_blank_values=True)

    def _answer(self, text: str, *headers: tuple[str, str]) -> None:
        self.send_response(200)
        for name, value in (*headers, ("Content-Length", str(len(text)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *arguments: object) -> None:
        pass
