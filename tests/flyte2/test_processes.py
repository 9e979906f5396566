# SPDX-License-Identifier: Apache-2.0
"""Real processes, as pods run them: the SDK's ``a0``, then shimlite, then ``a0``; and the command ``flyte deploy``."""

import os
import pathlib
import subprocess
import sys

from shimlite.idl import LiteralMap

from . import own_tasks
from .service import DEPLOY

ROOT = pathlib.Path(__file__).parents[2]
SCRIPTS = pathlib.Path(sys.executable).parent
SHIMLITE = [sys.executable, "-m", "shimlite", "execute"]

TASKS = """
import flyte
from tests.flyte2.executors import Later

from shimlite.flyte2 import ShimTask

later = ShimTask(Later, name="later", image="ghcr.io/acme/later:1")
env = flyte.TaskEnvironment.from_task("later", later)
"""


def in_pod(template, folder: pathlib.Path, inputs: LiteralMap) -> LiteralMap:
    """The outputs of the process that the arguments of a registered task start."""
    (folder / "out").mkdir(parents=True)
    (folder / "inputs.pb").write_bytes(inputs.SerializeToString())
    values = {
        "{{.input}}": f"{folder}/inputs.pb",
        "{{.outputPrefix}}": f"{folder}/out",
        "{{.rawOutputDataPrefix}}": f"{folder}/out",
        "{{.checkpointOutputPrefix}}": f"{folder}/out/checkpoint",
        "{{.prevCheckpointPrefix}}": "",
        "{{.runName}}": "run",
        "{{.actionName}}": "a0",
        "{{.runStartTime}}": "2026-01-01T00:00:00Z",
    }
    program, *args = [values.get(one, one) for one in template.container.args]
    command = SHIMLITE if program == "shimlite-execute" else [str(SCRIPTS / program)]
    done = subprocess.run([*command, *args], cwd=folder, env=environment(folder), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert not (folder / "out" / "error.pb").exists(), (folder / "out" / "error.pb").read_bytes()
    return LiteralMap.FromString((folder / "out" / "outputs.pb").read_bytes())


def environment(folder: pathlib.Path) -> dict[str, str]:
    return {
        **os.environ,
        "ACTION_NAME": "a0",
        "RUN_NAME": "run",
        "FLYTE_INTERNAL_EXECUTION_PROJECT": "p",
        "FLYTE_INTERNAL_EXECUTION_DOMAIN": "d",
        "_U_ORG_NAME": "o",
        "_U_RUN_BASE": str(folder),
        "_U_EP_OVERRIDE": "dns:///127.0.0.1:1",
        "_U_INSECURE": "1",
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
    }


def test_the_sdks_pods_and_shimlites_read_one_another(service, tmp_path):
    registered = service.deployed(own_tasks.own)
    begun = in_pod(registered["own.begin"].task_template, tmp_path / "1", literals(n=1))
    assert begun.literals["o1"].collection.literals[0].scalar.primitive.string_value == "RED"
    inputs = LiteralMap(literals=dict(zip(("point", "colors", "file"), map(begun.literals.get, ("o0", "o1", "o2")))))
    passed = in_pod(registered["middle"].task_template, tmp_path / "2", inputs)
    assert [one.scalar.primitive.string_value for one in passed.literals["colors"].collection.literals] == [
        "RED",
        "BLUE",
    ]
    ended = in_pod(registered["own.end"].task_template, tmp_path / "3", passed)
    said = "Point(x=2, day=datetime.date(2026, 1, 2), color=<Color.BLUE: 'blue'>)"
    colors = "[<Color.RED: 'red'>, <Color.BLUE: 'blue'>]"
    assert ended.literals["o0"].scalar.primitive.string_value == f"{said} {colors} begun, passed"


def literals(n: int) -> LiteralMap:
    found = LiteralMap()
    found.literals["n"].scalar.primitive.integer = n
    return found


def test_the_command_of_the_sdk_registers_it(service, tmp_path):
    service.calls.clear()
    (tmp_path / "tasks.py").write_text(TASKS)
    command = ["--endpoint", f"dns:///127.0.0.1:{service.port}", "--insecure", "--org", "o", "deploy"]
    command += ["--project", "p", "--domain", "d", "--version", "v1", "--copy-style", "none", "tasks.py", "env"]
    done = subprocess.run(
        [str(SCRIPTS / "flyte"), *command], cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert [path for path, _ in service.calls if path == DEPLOY] == [DEPLOY]
    template = service.registered()["later"].task_template
    assert template.container.args[-1] == "tests.flyte2.executors.Later"
    assert template.container.image == "ghcr.io/acme/later:1"
