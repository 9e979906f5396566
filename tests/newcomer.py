# SPDX-License-Identifier: Apache-2.0
"""A newcomer's day, played with the installed programs: from an empty folder to a task that ran on files and on S3.

``nox -s newcomer`` runs it in an environment that has shimlite, obstore and moto's server, and no flytekit. The code is
the README's own, and so is the change that an executor of flytekit's needs. What the programs print is compared whole.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile

import shimlite
from shimlite.idl import LiteralMap, TaskSpec, TaskTemplate
from tests.remote import servers

ROOT = pathlib.Path(__file__).parents[1]
PROGRAMS = pathlib.Path(sys.executable).parent
README = (ROOT / "README.md").read_text()
RAISES = '''
class Impatient(Later):
    """Tried at once, and wrong."""

    def execute_from_model(self, tt, at: datetime, days: int) -> list[datetime]:
        print("working")
        raise ValueError("too many days")


impatient = shimlite.task_template(Impatient, name="impatient", container_image="{{.image}}")
'''
COUNTS = """
import shimlite
from words import CountWords

words = shimlite.task_template(
    CountWords, name="words", container_image="acme/words:1", inputs={"text": shimlite.FlyteFile}, outputs={"o0": int}
)
"""


def fence(language: str, holding: str) -> str:
    """The block of the README that has these words."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    (block,) = [one for one in blocks if holding in one]
    return block


def sides(diff: str) -> tuple[str, str]:
    """A file before and after a diff of all its lines."""
    lines = diff.splitlines()
    before, after = ([line[1:] for line in lines if line[:1] in marks] for marks in ("- ", "+ "))
    return "\n".join(before) + "\n", "\n".join(after) + "\n"


class Newcomer:
    """In a folder, at a prompt."""

    def __init__(self, folder: pathlib.Path, environment: dict[str, str] | None = None) -> None:
        self.folder = folder
        self.environment = {"PATH": f"{PROGRAMS}:{os.environ['PATH']}", "HOME": str(folder), **(environment or {})}

    def types(self, *command: str) -> tuple[int, str, str]:
        """The exit code, and what is printed to both streams."""
        print("$", *command, flush=True)
        ended = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False, timeout=120
        )
        print(ended.stdout + ended.stderr, end="", flush=True)
        return ended.returncode, ended.stdout, ended.stderr

    def sees(self, *command: str, out: str = "", err: str = "", code: int = 0) -> None:
        assert self.types(*command) == (code, out, err), f"expected {(code, out, err)}"

    def writes(self, name: str, content: str | bytes) -> None:
        (self.folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())


def pod_files(template: TaskTemplate) -> dict[str, bytes]:
    """What Flyte makes of an execution."""
    inputs = shimlite.dict_to_literal_map({"at": "2026-01-02", "days": 2} and _inputs(), template.interface.inputs)
    return {
        "task.pb": template.SerializeToString(deterministic=True),
        "inputs.pb": inputs.SerializeToString(deterministic=True),
    }
