# SPDX-License-Identifier: Apache-2.0
"""A newcomer's day, played with the installed programs: from an empty folder to a task that ran on files and on S3.

``nox -s newcomer`` runs it in an environment that has shimlite, obstore and moto's server, and no flytekit. The code is
the README's own, and so is the change that an executor of flytekit's needs. What the programs print is compared whole.
"""

from __future__ import annotations

import datetime
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


def packaged(archive: pathlib.Path, task: str) -> TaskTemplate:
    """What Flyte would keep of an archive."""
    with tarfile.open(archive) as tar:
        specs = [TaskSpec.FromString(tar.extractfile(name).read()) for name in tar.getnames()]  # type: ignore[union-attr]
    (template,) = [spec.template for spec in specs if spec.template.id.name == task]
    return TaskTemplate.FromString(template.SerializeToString())


def command(template: TaskTemplate, place: str) -> list[str]:
    """What Flyte makes of the container's arguments: its files are at a place, which is a folder or a bucket."""
    filled = {
        "{{.input}}": f"{place}/inputs.pb",
        "{{.outputPrefix}}": f"{place}/out",
        "{{.rawOutputDataPrefix}}": f"{place}/raw",
        "{{.taskTemplatePath}}": f"{place}/task.pb",
    }
    return [filled.get(argument, argument) for argument in template.container.args]


def writes_runs_and_fails(one: Newcomer) -> None:
    one.writes("later.py", fence("python", "# later.py") + RAISES)
    run = ("shimlite", "run", "later.py:later", "--input", "at=2026-01-02")
    result = {"o0": ["2026-01-02T00:00:00+00:00", "2026-01-03T00:00:00+00:00"]}
    one.sees(*run, "--input", "days=2", out=json.dumps(result, indent=2) + "\n")
    form = "write a whole number, as in 5"
    one.sees(*run, "--input", "days=two", err=f"shimlite run: inputs.days: expected INTEGER, got str; {form}\n", code=1)
    one.sees(*run, err=f"shimlite run: inputs.days: missing; {form}\n", code=1)
    line = 1 + (one.folder / "later.py").read_text().splitlines().index('        raise ValueError("too many days")')
    one.sees(
        *("shimlite", "run", "later.py:impatient", "--input", "at=2026-01-02", "--input", "days=2"),
        err="working\nshimlite run: the executor raised ValueError: too many days "
        f"(later.py:{line}); --traceback shows more\n",
        code=1,
    )


def packages_and_reads(one: Newcomer) -> None:
    archive = ("shimlite", "package", "later.py", "-o", "later.tgz")
    reason = "tasks.impatient.container.image: is still a placeholder; say the image with --image"
    one.sees(*archive, err=f"shimlite package: {reason}\n", code=1)
    one.sees(
        *archive, "--image", "ghcr.io/acme/later:2",
        out="later.tgz: 2 tasks\n  later\n  impatient\n"
        "Register them: flytectl register files --archive later.tgz --project … --domain … --version …\n",
    )  # fmt: skip
    before = (one.folder / "later.tgz").read_bytes()
    assert one.types(*archive, "--image", "ghcr.io/acme/later:2")[0] == 0
    assert (one.folder / "later.tgz").read_bytes() == before
    code, out, err = one.types("shimlite", "inspect", "later.tgz")
    assert (code, err) == (0, "")
    assert out.splitlines()[:2] == [
        "archive of 2", "  0_later_1.pb: TaskSpec with the TaskTemplate of 'later', a task of type 'python-task'",
    ]  # fmt: skip


def runs_as_a_pod(one: Newcomer) -> None:
    """On files and on S3; the outputs are the same bytes."""
    template = packaged(one.folder / "later.tgz", "later")
    inputs = shimlite.dict_to_literal_map({"at": datetime.datetime(2026, 1, 2), "days": 2}, template.interface.inputs)
    files = {"task.pb": template.SerializeToString(), "inputs.pb": inputs.SerializeToString()}
    (one.folder / "pod").mkdir()
    for name, content in files.items():
        one.writes(f"pod/{name}", content)
    one.sees(*command(template, "pod"))
    outputs = (one.folder / "pod" / "out" / "outputs.pb").read_bytes()
    values = shimlite.literal_map_to_kwargs(LiteralMap.FromString(outputs), template.interface.outputs)
    assert [value.isoformat() for value in values["o0"]] == ["2026-01-02T00:00:00+00:00", "2026-01-03T00:00:00+00:00"]
    with servers.s3(one.folder) as cloud:
        for name, content in files.items():
            cloud.put(f"{cloud.root}/pod/{name}", content)
        there = Newcomer(one.folder, cloud.environment)
        there.sees(*command(template, f"{cloud.root}/pod"))
        assert cloud.names(f"{cloud.root}/pod/out") == ["outputs.pb"]
        assert cloud.get(f"{cloud.root}/pod/out/outputs.pb") == outputs
        cloud.put(f"{cloud.root}/pod/task.pb", packaged(one.folder / "later.tgz", "impatient").SerializeToString())
        argv = command(packaged(one.folder / "later.tgz", "impatient"), f"{cloud.root}/pod")
        assert there.types(*argv)[0] == 0
        assert cloud.names(f"{cloud.root}/pod/out") == ["error.pb"]


def migrates(one: Newcomer) -> None:
    before, after = sides(fence("diff", "execute_from_model"))
    one.writes("text.txt", "three short words\n")
    one.writes("tasks.py", COUNTS)
    run = ("shimlite", "run", "tasks.py:words", "--input", "text=text.txt")
    one.writes("words.py", before)
    code, out, err = one.types(*run)
    assert (code, out) == (1, "")
    assert "needs the package 'flytekit'" in err or "No module named 'flytekit'" in err
    one.writes("words.py", after)
    code, out, err = one.types(*run)
    assert (code, json.loads(out)) == (0, {"o0": 3})
    assert "3 words" in err


def main() -> None:
    assert importlib.util.find_spec("flytekit") is None, "a newcomer has no flytekit"
    with tempfile.TemporaryDirectory() as folder:
        one = Newcomer(pathlib.Path(folder).resolve())
        for part in (writes_runs_and_fails, packages_and_reads, runs_as_a_pod, migrates):
            print(f"--- {part.__name__}", flush=True)
            part(one)


if __name__ == "__main__":
    main()
