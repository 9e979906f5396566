# SPDX-License-Identifier: Apache-2.0
"""A pod: a process of its own that is told where its files are in a store, and what it leaves there."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import uuid
from typing import Any

from shimlite import dict_to_literal_map, literal_map_to_kwargs
from shimlite._idl import ContainerError, ErrorDocument, ExecutionError, LiteralMap, TaskTemplate

from .servers import ACCOUNT_KEY, Cloud

ROOT = pathlib.Path(__file__).parents[2]
RECOVERABLE, SYSTEM = ContainerError.RECOVERABLE, ExecutionError.SYSTEM
NO_PLACE = ("USER:UriError", ContainerError.NON_RECOVERABLE, ExecutionError.USER)
"""Code, kind and origin of every document about a URI that no attempt reaches."""
LOST = ("SYSTEM:StorageError", RECOVERABLE, SYSTEM)
"""Code, kind and origin of every document about storage that failed."""
SECRETS = ("a-secret-key", "an-access-key", ACCOUNT_KEY, "s3cr3t", "Signature", "Authorization")
"""What no pod may ever say."""


class Disk:
    """A folder of this machine, asked as a Cloud is."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.root = str(folder)
        self.environment: dict[str, str] = {}

    def put(self, uri: str, content: bytes = b"") -> str:
        pathlib.Path(uri).parent.mkdir(parents=True, exist_ok=True)
        pathlib.Path(uri).write_bytes(content)
        return uri

    def get(self, uri: str) -> bytes:
        return pathlib.Path(uri).read_bytes()

    def delete(self, uri: str) -> None:
        pathlib.Path(uri).unlink()

    def names(self, uri: str) -> list[str]:
        return sorted(str(one.relative_to(uri)) for one in pathlib.Path(uri).rglob("*") if one.is_file())


class Pod:
    def __init__(self, cloud: Cloud | Disk, folder: pathlib.Path, hasty: bool = False) -> None:
        self.cloud = cloud
        self.folder = folder
        self.home = f"{cloud.root}/{uuid.uuid4().hex}"
        self.raw = f"{self.home}/raw"
        self.program = [sys.executable, "-m", "tests.remote.hasty" if hasty else "shimlite"]

    def write(self, made: TaskTemplate, inputs: dict[str, Any] | LiteralMap | None = None) -> None:
        """Put template and inputs where the pod will look for them."""
        self.made = made
        if not isinstance(inputs, LiteralMap):
            inputs = dict_to_literal_map(inputs or {}, made.interface.inputs)
        self.put("task.pb", made.SerializeToString())
        self.put("inputs.pb", inputs.SerializeToString())

    def put(self, name: str, content: bytes = b"") -> str:
        return self.cloud.put(f"{self.home}/{name}", content)

    def start(
        self, executor: str, *options: str, env: dict[str, str] | None = None, measured: bool = True
    ) -> subprocess.Popen[str]:
        """``measured``: by coverage, whose files must not be left in halves, or written where none fit."""
        arguments = ["--inputs", f"{self.home}/inputs.pb", "--output-prefix", f"{self.home}/out"]
        arguments += ["--raw-output-data-prefix", self.raw, *options]
        inherited = {name: value for name, value in os.environ.items() if measured or "COVERAGE" not in name}
        return subprocess.Popen(
            [*self.program, "execute", *arguments, "--", f"{self.home}/task.pb", f"tests.remote.executors.{executor}"],
            cwd=self.folder,
            env={**inherited, "PYTHONPATH": str(ROOT), **self.cloud.environment, **(env or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(
        self, executor: str, *options: str, env: dict[str, str] | None = None, measured: bool = True
    ) -> tuple[int, str, str]:
        """Exit code, stdout and stderr."""
        with self.start(executor, *options, env=env, measured=measured) as process:
            out, err = process.communicate(timeout=60)
        assert [secret for secret in SECRETS if secret in out + err] == []
        return process.returncode, out, err

    def files(self) -> list[str]:
        return self.cloud.names(f"{self.home}/out")

    def outputs(self) -> LiteralMap:
        assert self.files() == ["outputs.pb"], self.message()
        return LiteralMap.FromString(self.cloud.get(f"{self.home}/out/outputs.pb"))

    def values(self) -> dict[str, Any]:
        return literal_map_to_kwargs(self.outputs(), self.made.interface.outputs)

    def ran(self, executor: str, *options: str, env: dict[str, str] | None = None) -> dict[str, Any]:
        """The outputs of a run that must succeed without a word."""
        assert self.run(executor, *options, env=env) == (0, "", "")
        return self.values()

    def error(self) -> ContainerError:
        assert self.files() == ["error.pb"]
        return ErrorDocument.FromString(self.cloud.get(f"{self.home}/out/error.pb")).error

    def message(self) -> str:
        return self.error().message if self.files() == ["error.pb"] else ""

    def failed(
        self, executor: str, *options: str, env: dict[str, str] | None = None, measured: bool = True
    ) -> tuple[str, int, int, str]:
        """Code, kind, origin and message of the error document that a run leaves, which must end with 0."""
        ended = self.run(executor, *options, env=env, measured=measured)
        error = self.error()
        assert ended == (0, "", error.message + "\n")
        return error.code, error.kind, error.origin, error.message
