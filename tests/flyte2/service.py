# SPDX-License-Identifier: Apache-2.0
"""A service on loopback that takes what the SDK registers: unary calls of the Connect protocol, over HTTP/1.1."""

from __future__ import annotations

import gzip
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

DEPLOY = "/flyteidl2.task.TaskService/DeployTask"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Any

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        self.server.calls.append((self.path, body))
        self.send_response(200)
        self.send_header("Content-Type", self.headers["Content-Type"])
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
        """Nothing."""


class Service:
    def __enter__(self) -> Service:
        self._server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.calls = []
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def calls(self) -> list[tuple[str, bytes]]:
        """The method and the request of each call, from the first on."""
        return self._server.calls

    def deployed(self, *environments: Any) -> dict[str, Any]:
        """What the SDK registers of its environments: a ``flyteidl2.task.TaskSpec`` by the task's name."""
        import flyte

        self.calls.clear()
        flyte.deploy(*environments, version="v1", copy_style="none")
        return self.registered()

    def registered(self) -> dict[str, Any]:
        from flyteidl2.task.task_service_pb2 import DeployTaskRequest

        assert {path for path, _ in self.calls} == {DEPLOY}
        requests = [DeployTaskRequest.FromString(body) for _, body in self.calls]
        return {request.task_id.name: request.spec for request in requests}
