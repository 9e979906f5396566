# SPDX-License-Identifier: Apache-2.0
"""Targets: the code that argv names, and the templates and executors in it."""

from __future__ import annotations

import os
import sys
from typing import Any

import pytest

from shimlite._idl import TaskTemplate
from shimlite.authoring.executors import executor_path
from shimlite.commands.targets import (
    executor_at,
    executor_of,
    is_target,
    template_at,
    templates_in,
)
from shimlite.errors import ExecutorError, NotFoundError, ShimliteError, TemplateError

TASKS = """
import shimlite
from shimlite.idl import TaskTemplate

class Later:
    def execute_from_model(self, tt): ...
    class Inner:
        def execute_from_model(self, tt): ...

def made(name, executor):
    template = TaskTemplate()
    template.id.name = name
    template.container.args.extend(["--", "template", executor])
    return template

sooner = made("sooner", f"{__name__}.Later")
later = made("later", f"{__name__}.Later.Inner")
again = sooner
number = 5
class Holder:
    inside = made("inside", "no.such.Executor")
"""


@pytest.fixture(autouse=True)
def _modules(monkeypatch, tmp_path):
    """Whatever a test imports is forgotten, and the working directory is a new folder."""
    before = set(sys.modules)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.chdir(tmp_path)
    yield
    for name in set(sys.modules) - before:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


def file(name: str, text: str = TASKS) -> str:
    os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
    with open(name, "w") as opened:
        opened.write(text)
    return name


def refusal(kind: type[ShimliteError], target: str) -> str:
    with pytest.raises(kind) as caught:
        template_at(target)
    assert type(caught.value) is kind
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("later.py", True),
        ("a/later.py:later", True),
        ("a:b.py:later", True),
        ("package.module:later", True),
        ("module:", True),
        ("task.pb", False),
        ("module", False),
        ("s3://bucket/a.py", False),
        ("file:///a.py:x", False),
        ("a/b:c", False),
        ("there:x", False),
        ("-", False),
        ("data:,x", False),
        ("Data:text/plain;base64,AAAA", False),
    ],
)
def test_a_target_is_told_from_a_file(text, expected):
    file("there:x")
    assert is_target(text) is expected


def test_a_template_in_a_file():
    place = file("folder/tasks_a.py")
    assert template_at(f"{place}:later").id.name == "later"
    assert template_at(f"{place}:Holder.inside").id.name == "inside"
    assert sys.path[0] == os.path.abspath("folder")
    assert [(name, one.id.name) for name, one in templates_in(place)] == [("sooner", "sooner"), ("later", "later")]
    assert [name for name, _ in templates_in(f"{place}:later")] == ["later"]
    assert [name for name, _ in templates_in("tasks_a")] == ["sooner", "later"]


def test_a_template_in_a_module_and_the_only_one_of_a_file(monkeypatch):
    file("package_b/__init__.py", "")
    file("package_b/tasks.py")
    assert template_at("package_b.tasks:later") is template_at("package_b.tasks:later")
    only = file("only_b.py", "from package_b.tasks import later\nimport sibling_b")
    file("sibling_b.py", "")
    assert template_at(only).id.name == "later"
    assert template_at("only_b:") is template_at(only)


def test_the_executor_of_a_template():
    place = file("tasks_c.py")
    module: Any = sys.modules[executor_of(template_at(f"{place}:sooner")).__module__]
    assert executor_of(template_at(f"{place}:sooner")) is module.Later
    assert executor_of(template_at(f"{place}:later")) is module.Later.Inner


@pytest.mark.parametrize(
    "named", ["no.such.Executor", "tasks_d.number", "tasks_d.Later.Nobody", "tasks_d.made", "xml.E"]
)
def test_an_executor_that_the_target_does_not_import(named):
    place = file("tasks_d.py")
    template = template_at(f"{place}:later")
    template.container.args[-1] = named
    with pytest.raises(ExecutorError) as caught:
        executor_of(template)
    assert str(caught.value) == (
        f"executor: the template names {named}, which is no executor in a module that the target imports; "
        "give the executor after the target"
    )


@pytest.mark.parametrize(
    "args", [[], ["a.B"], ["--", "dotless"], ["--", "a b.c"], ["--", "{{.input}}"], ["--", "a..b"]]
)
def test_a_template_that_names_no_executor(args):
    template = TaskTemplate()
    template.container.args.extend(args)
    assert executor_path(template) == ""
    with pytest.raises(ExecutorError) as caught:
        executor_of(template)
    assert str(caught.value) == "executor: the template names no executor; give one: package.module.Class"


def test_nothing_that_a_template_names_is_imported_or_asked():
    place = file("asked_e.py", "from shimlite.idl import TaskTemplate\nt = TaskTemplate()\ndef __getattr__(name): 1/0")
    file("never_e.py", "1/0")
    template = template_at(place)
    for named in ("asked_e.Executor", "never_e.Executor"):
        template.container.args[:] = ["--", "task.pb", named]
        with pytest.raises(ExecutorError):
            executor_of(template)
    assert "never_e" not in sys.modules


def test_an_executor_that_argv_names():
    place = file("tasks_f.py")
    later = executor_at(f"{place}:Later")
    assert executor_at("tasks_f.Later") is executor_at("tasks_f:Later") is later
    assert executor_at("flytekit.extras.sqlite3.task.SQLite3TaskExecutor").__name__ == "SQLite3TaskExecutor"
    with pytest.raises(ExecutorError, match="^executor: 'tasks_f.py' has no 'Nobody'$"):
        executor_at(f"{place}:Nobody")
    with pytest.raises(ExecutorError, match="^executor: './tasks_f.py' names no class; write ./tasks_f.py:CLASS$"):
        executor_at("./tasks_f.py")
    with pytest.raises(ExecutorError, match="^executor: tasks_f.py:later cannot be called$"):
        executor_at("tasks_f.py:later")


def test_names_that_are_no_template():
    place = file("tasks_g.py")
    assert refusal(TemplateError, f"{place}:x") == ("'tasks_g.py' has no 'x'; its templates are 'sooner', 'later'")
    assert refusal(TemplateError, f"{place}:Later.x.y").startswith("'tasks_g.py' has no 'Later.x.y'; ")
    assert refusal(TemplateError, f"{place}:number") == "tasks_g.py:number: expected a TaskTemplate, got int"
    assert refusal(TemplateError, f"{place}:Later.Inner") == (
        "'tasks_g.py:Later.Inner' is an executor, no template; "
        "make one: NAME = task_template(Later.Inner, name=…, container_image=…)"
    )
    assert refusal(TemplateError, place) == ("'tasks_g.py' has the templates 'sooner', 'later'; write tasks_g.py:NAME")
    empty = file("empty_g.py", "")
    assert refusal(TemplateError, f"{empty}:x") == "'empty_g.py' has no 'x'; it has no template"
    assert refusal(TemplateError, empty) == (
        "'empty_g.py' has no template; make one: NAME = task_template(Executor, name=…, container_image=…)"
    )


def test_files_and_modules_that_are_not_there():
    assert refusal(NotFoundError, "none.py:x") == "there is no file 'none.py'"
    os.mkdir("folder.py")
    assert refusal(NotFoundError, "folder.py:x") == "there is no file 'folder.py'"
    assert refusal(ExecutorError, "no_such.module:x") == (
        "there is no module 'no_such.module'; a file is named with its .py"
    )
    with pytest.raises(ExecutorError, match=r"^there is no module '\.\./tasks'"):
        templates_in("../tasks")


def test_files_that_a_pod_would_not_find_under_their_stem():
    for name in ("my-tasks.py", "class.py", "1.py", ".py"):
        stem = name[:-3]
        assert refusal(ExecutorError, file(name)) == (
            f"{name!r} cannot be imported: {stem!r} is no name of a module; rename the file"
        )


def test_files_whose_stem_is_another_module(monkeypatch):
    assert refusal(ExecutorError, file("json.py")) == (
        f"in a pod, `import json` finds {sys.modules['json'].__file__!r} and not 'json.py'; rename the file"
    )
    for name in ("sys.py", "faulthandler.py"):
        monkeypatch.delitem(sys.modules, "faulthandler", raising=False)
        assert refusal(ExecutorError, file(name)) == (
            f"in a pod, `import {name[:-3]}` finds another module and not {name!r}; rename the file"
        )
    assert "antigravity" not in sys.modules
    assert refusal(ExecutorError, file("antigravity.py")) == (
        f"in a pod, `import antigravity` finds {os.path.join(os.path.dirname(os.__file__), 'antigravity.py')!r} "
        "and not 'antigravity.py'; rename the file"
    )
    file("beside_h/__init__.py", "")
    assert refusal(ExecutorError, file("beside_h.py")) == (
        f"in a pod, `import beside_h` finds {os.path.abspath('beside_h/__init__.py')!r} and not 'beside_h.py'; "
        "rename the file"
    )
    assert os.getcwd() not in sys.path


def test_one_file_of_two_of_one_stem():
    first, second = file("one/tasks_i.py"), file("two/tasks_i.py")
    assert template_at(f"{first}:later") is template_at(f"{os.path.abspath(first)}:later")
    assert refusal(ExecutorError, f"{second}:later") == (
        f"in a pod, `import tasks_i` finds {os.path.abspath(first)!r} and not 'two/tasks_i.py'; rename the file"
    )


def test_a_file_in_the_working_directory_hides_none_in_another_folder(monkeypatch):
    file("tasks_j.py", "1/0")
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    assert template_at(file("folder/tasks_j.py") + ":later").id.name == "later"


def test_a_link_is_imported_under_its_own_name():
    os.symlink(file("real_k.py"), "linked_k.py")
    assert executor_of(template_at("linked_k.py:later")).__module__ == "linked_k"


def test_a_file_in_a_package():
    file("package_l/__init__.py", "")
    file("package_l/inner/__init__.py", "")
    file("package_l/inner/other.py")
    place = file("package_l/inner/tasks_l.py", "from .other import later")
    assert refusal(ExecutorError, place) == (
        "importing tasks_l raised ImportError; "
        f"the file is in a package: write package_l.inner.tasks_l:NAME in {os.getcwd()}"
    )
    assert refusal(ExecutorError, "package_l/inner/__init__.py") == (
        "'package_l/inner/__init__.py' is a package; write package_l.inner:NAME"
    )


def cause(target: str, reason: str) -> BaseException | None:
    with pytest.raises(ExecutorError) as caught:
        template_at(target)
    assert str(caught.value) == reason
    return caught.value.__cause__


def test_code_that_cannot_be_imported():
    class_name = "Own"
    for name, text, reason in (
        ("a", "1/0", "raised ZeroDivisionError"),
        ("b", "x = = 1", "raised SyntaxError"),
        ("c", "raise SystemExit(3)", "called sys.exit"),
        ("d", f"class {class_name}(BaseException): pass\nraise {class_name}", "raised Own"),
        ("e", "import shimlite\nraise shimlite.TemplateError('own')", "raised TemplateError"),
    ):
        place = file(f"broken_{name}.py", text)
        assert cause(place, f"importing broken_{name} {reason}") is not None
    assert cause(file("needs_m.py", "import no_such_package"), "needs_m needs the package 'no_such_package'")
    place = file("lazy_m.py", "def __getattr__(name): 1/0")
    assert type(cause(f"{place}:x", "asking for x raised ZeroDivisionError")) is ZeroDivisionError


def test_an_interruption_passes():
    with pytest.raises(KeyboardInterrupt):
        template_at(file("interrupted_n.py", "raise KeyboardInterrupt"))


def test_what_is_below_the_test_for_the_name_of_the_program_does_not_run():
    place = file("main_o.py", f"{TASKS}\nif __name__ == '__main__':\n    1/0")
    assert template_at(f"{place}:later").id.name == "later"


def test_a_list_of_templates_is_cut():
    place = file("tasks_many.py", TASKS + 'for n in range(100): globals()[f"t{n}"] = made(f"t{n}", "a.B")\n')
    names = ", ".join(map(repr, ["sooner", "later", *(f"t{number}" for number in range(100))]))[:199] + "…"
    assert refusal(TemplateError, place) == f"{place!r} has the templates {names}; write {place}:NAME"
    assert refusal(TemplateError, f"{place}:x") == f"{place!r} has no 'x'; its templates are {names}"


def test_a_module_that_puts_something_else_in_its_place(monkeypatch):
    for value in ("None", "5"):
        place = file(f"place_{value}.py", f"import sys\nsys.modules[__name__] = {value}\n")
        monkeypatch.setitem(sys.modules, f"place_{value}", None)
        monkeypatch.delitem(sys.modules, f"place_{value}")
        assert templates_in(place) == []
