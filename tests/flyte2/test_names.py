# SPDX-License-Identifier: Apache-2.0
"""What ShimTask takes from the SDK, and the one private name among it: which release broke it is said here."""

import ast
import dataclasses
import inspect
import json
import pickle
import sys

import flyte
import flyte.extend

from shimlite import cli, flyte2
from shimlite.flyte2 import ShimTask

from .executors import Later
from .test_local import DAYS, NOON
from .test_registered import IMAGE, shim_spec

PRIVATE = "_call_as_synchronous"
"""Whether a call of the task is no coroutine: the SDK asks its own tasks' functions."""


def test_the_sdk_still_has_its_private_name():
    fields = {one.name for one in dataclasses.fields(flyte.extend.TaskTemplate)}
    assert PRIVATE in fields, f"flyte {flyte.__version__} has no {PRIVATE}: a ShimTask's call would be a coroutine"


def test_no_other_private_name_is_used():
    names = {node.attr for node in ast.walk(ast.parse(inspect.getsource(flyte2))) if isinstance(node, ast.Attribute)}
    own = {name for name in vars(ShimTask) if name.startswith("_")} | {"_template", "_content"}
    assert {name for name in names if name.startswith("_") and not name.startswith("__")} - own == {PRIVATE}
    modules = {node.module for node in ast.walk(ast.parse(inspect.getsource(flyte2))) if type(node) is ast.ImportFrom}
    assert not {module for module in modules if module and "._" in module and module.startswith("flyte")}


def test_what_it_overrides_is_there():
    theirs = flyte.extend.TaskTemplate
    hooks = ("__post_init__", "config", "container_args", "custom_config", "execute", "forward")
    missing = [name for name in hooks if not callable(getattr(theirs, name, None))]
    assert not missing, f"flyte {flyte.__version__} lacks {missing}"
    for name in hooks:
        expected = list(inspect.signature(getattr(theirs, name)).parameters)
        assert list(inspect.signature(getattr(ShimTask, name)).parameters) == expected, f"flyte {flyte.__version__}"


def test_it_is_pickled_as_the_sdks_own_tasks_are(service):
    task = ShimTask(Later, name="later", image=IMAGE, custom={"a": 1})
    flyte.TaskEnvironment.from_task("e", task)
    again = pickle.loads(pickle.dumps(task))
    assert (again.parent_env, again.custom, again(NOON)) == (None, {"a": 1}, DAYS)


def test_an_image_of_the_sdks_own_kind():
    image = flyte.Image.from_base("a/b:1")
    assert ShimTask(Later, name="later", image=image).image == image


def test_the_commands_take_what_is_registered(service, tmp_path, capsys):
    spec = shim_spec(service, Later)
    (tmp_path / "spec.pb").write_bytes(spec.SerializeToString())
    inputs = ["--input", "at=2026-01-01T12:00:00Z", "--input", "days=1"]
    for template in (str(tmp_path / "spec.pb"), spec.task_template.container.args[-2]):
        assert cli.main(["run", template, "tests.flyte2.executors.Later", *inputs]) == 0
        assert capsys.readouterr().out == '{\n  "o0": [\n    "2026-01-01T12:00:00+00:00"\n  ]\n}\n'
        assert cli.main(["inspect", template]) == 0
        assert "TaskTemplate of 'e.later', a task of type 'python'" in capsys.readouterr().out


def test_the_commands_take_a_task_by_its_name(tmp_path, capsys, monkeypatch):
    (tmp_path / "tasks_of_flyte_2.py").write_text(
        "from shimlite import task_template\n"
        "from shimlite.flyte2 import ShimTask\n"
        "from tests.flyte2.executors import Later, Says\n"
        "later = ShimTask(Later, name='later', image='a/b:1')\n"
        "says = task_template(Says, name='says', container_image='a/b:1', outputs={'o0': dict}, custom={'a': 1})\n"
        "says.container.args[-1] = 'acme.not_here.Says'\n"
        "theirs = ShimTask.from_template(says, executor=Says)\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", [*sys.path])
    inputs = ["--input", "at=2026-01-01T12:00:00Z", "--input", "days=1"]
    assert cli.main(["run", "tasks_of_flyte_2.py:later", *inputs]) == 0
    assert capsys.readouterr().out == '{\n  "o0": [\n    "2026-01-01T12:00:00+00:00"\n  ]\n}\n'
    assert cli.main(["run", "tasks_of_flyte_2.py:theirs"]) == 0
    found = json.loads(capsys.readouterr().out)["o0"]
    assert found == {"id": ["", "", "says", ""], "type": "python-task", "custom": {"a": 1}}
    assert cli.main(["inspect", "tasks_of_flyte_2.py:later"]) == 0
    assert "TaskTemplate of 'later', a task of type 'python'" in capsys.readouterr().out
    del sys.modules["tasks_of_flyte_2"]


def test_its_template_is_a_new_one_each_time():
    task = ShimTask(Later, name="later", image=IMAGE)
    task.as_template().container.args[-1] = "other"
    assert task.as_template().container.args[-1] == "tests.flyte2.executors.Later"
