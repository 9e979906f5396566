# SPDX-License-Identifier: Apache-2.0
"""A store of S3's kind that holds nothing: it makes up what is read, counts what is written, and lists what it is told.

It speaks as much of S3 as large files and long listings need: files of 2 GiB cost no memory and no disk, and a key may
be any text, also such as S3 takes and moto does not.
"""

from __future__ import annotations

import contextlib
import http.server
import re
import threading
import time
from collections.abc import Iterator
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

PIECE = bytes(range(256)) * 2**12
"""1 MiB that repeats itself: what lies at an offset is known."""
DATE = "Thu, 01 Jan 2026 00:00:00 GMT"
CHANGED = "<LastModified>2026-01-01T00:00:00Z</LastModified>"


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
        self.keys: dict[str, int] = {}
        """What is listed, and its size."""
        self.listed = self.asked = 0
        """Requests for a listing, and for one file's head."""
        self.page = 1000
        self.delay = 0.0
        """Seconds for a part that is written."""
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

    def do_HEAD(self) -> None:
        self.server.asked += 1
        key = unquote(self._asked()[0]).split("/", 2)[2]
        self.send_response(200 if key in self.server.keys else 404)
        for name, value in (("ETag", '"one"'), ("Last-Modified", DATE), ("Content-Length", "0")):
            self.send_header(name, value)
        self.end_headers()

    def do_GET(self) -> None:
        _, query = self._asked()
        if "list-type" in query:
            self._list({name: values[0] for name, values in query.items()})
        else:
            self._give()

    def _list(self, query: dict[str, str]) -> None:
        """In the order of UTF-8, a page at a time, as S3 does."""
        self.server.listed += 1
        prefix, after = query.get("prefix", ""), query.get("continuation-token", query.get("start-after", ""))
        found: dict[str, str] = {}
        rest = "<IsTruncated>false</IsTruncated>"
        last = ""
        for key in sorted(self.server.keys, key=str.encode):
            if not key.startswith(prefix) or key.encode() <= after.encode():
                continue
            first, slash, _ = key.removeprefix(prefix).partition("/")
            is_folder = "delimiter" in query and bool(slash)
            name = f"{prefix}{first}/" if is_folder else key
            if name not in found and len(found) == self.server.page:
                rest = f"<IsTruncated>true</IsTruncated><NextContinuationToken>{escape(last)}</NextContinuationToken>"
                break
            shown = escape(name)
            found[name] = (
                f"<CommonPrefixes><Prefix>{shown}</Prefix></CommonPrefixes>"
                if is_folder
                else f"<Contents><Key>{shown}</Key><Size>{self.server.keys[key]}</Size>{CHANGED}</Contents>"
            )
            last = key
        self._answer(f"<ListBucketResult>{rest}{''.join(found.values())}</ListBucketResult>")

    def _give(self) -> None:
        first, until = 0, self.server.size
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if asked:
            first, until = int(asked[1]), min(int(asked[2] or until) + 1, until)
        self.send_response(206 if asked else 200)
        self.send_header("Content-Length", str(until - first))
        self.send_header("ETag", '"one"')
        self.send_header("Last-Modified", DATE)
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
        time.sleep(self.server.delay)
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
        content = text.encode()
        self.send_response(200)
        for name, value in (*headers, ("Content-Length", str(len(content)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments: object) -> None:
        pass
