# SPDX-License-Identifier: Apache-2.0
"""Packages for flytectl: what is in them, byte for byte, and what is refused before a pod fails on it."""

from __future__ import annotations

import gzip
import io
import sys
import tarfile
import types
from typing import Any

import pytest

from shimlite import ExecutorError, TemplateError, task_template
from shimlite.authoring.packages import package
from shimlite.idl import TaskSpec, TaskTemplate

from ..support import refusal


class Nothing:
    def execute_from_model(self, tt) -> None: ...


def template(name: str = "acme.nothing", image: str = "ghcr.io/acme/a:1", **arguments: Any) -> TaskTemplate:
    return task_template(Nothing, name=name, container_image=image, **arguments)


def by_hand(args: list[str] | None = None, **fields: Any) -> TaskTemplate:
    """A template that is right, without what ``fields`` sets to None, and with what it sets."""
    found = template()
    if args is not None:
        del found.container.args[:]
        found.container.args.extend(args)
    for field, value in fields.items():
        if value is None:
            found.ClearField(field)
        else:
            setattr(found, field, value)
    return found


def names(archive: bytes) -> list[str]:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        return tar.getnames()


def specs(archive: bytes) -> list[Any]:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        return [TaskSpec.FromString(tar.extractfile(name).read()) for name in tar.getnames()]


def refused(kind: type[Exception], *templates: TaskTemplate, **more: Any) -> str:
    return refusal(kind, lambda: package(templates, **more))


def test_each_template_is_a_file_at_the_top():
    archive = package([template("b"), template("acme.a", cache=True, cache_version="1")])
    assert names(archive) == ["0_b_1.pb", "1_acme.a_1.pb"]
    first, second = specs(archive)
    assert first == TaskSpec(template=template("b"))
    assert second.template.metadata.discoverable is True
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for entry in tar:
            assert (entry.mtime, entry.uid, entry.gid, entry.uname, entry.gname) == (0, 0, 0, "", "")
            assert (entry.mode, entry.isreg()) == (0o644, True)


def test_the_same_templates_are_the_same_bytes():
    templates = [template("b"), template("a", environment={"B": "1", "A": "2"}, custom={"z": 1, "a": 2})]
    archive = package(templates)
    assert package([TaskTemplate.FromString(one.SerializeToString()) for one in templates]) == archive
    assert archive[4:9] == b"\0\0\0\0\x02"  # no time
    assert gzip.decompress(archive) == package(templates, compressed=False)


def test_who_registers_says_project_domain_and_version():
    registered = template()
    registered.id.project, registered.id.domain, registered.id.version = "p", "d", "v"
    registered.id.resource_type = 0
    before = TaskTemplate.FromString(registered.SerializeToString())
    assert specs(package([registered]))[0].template == template()
    assert registered == before


def test_an_image_that_is_a_placeholder_is_filled_in():
    open_one, other = template("a", image="{{.image}}"), template("b")
    found = specs(package([open_one, other], "ghcr.io/acme/c:2"))
    assert [one.template.container.image for one in found] == ["ghcr.io/acme/c:2", "ghcr.io/acme/a:1"]
    assert refused(TemplateError, open_one) == (
        "tasks.a.container.image: is still a placeholder; say the image with --image"
    )
    assert refused(TemplateError, open_one, container_image="no image") == (
        "tasks.a.container.image: is no image such as 'ghcr.io/acme/later:1'"
    )


def test_a_long_name_is_no_long_file():
    (name,) = names(package([template("a" * 300)]))
    assert name == f"0_{'a' * 200}_1.pb"


def test_what_a_pod_would_fail_on():
    assert refused(TemplateError) == "there is no template to package"
    assert refused(TemplateError, template("a"), template("a")) == "tasks.a: two tasks have this name"
    unnamed, spaced, no_image = template(), template(), template()
    unnamed.id.name, spaced.id.name, no_image.container.image = "", "a b", ""
    assert refused(TemplateError, unnamed) == "tasks[''].name: is empty, or holds what cannot be printed"
    assert refused(TemplateError, spaced) == (
        "tasks['a b'].name: is no path of identifiers such as 'later' or 'acme.later'"
    )
    assert refused(TemplateError, no_image) == (
        "tasks['acme.nothing'].container.image: is empty, or holds what cannot be printed"
    )
    for field in ("metadata", "interface", "container"):
        assert refused(TemplateError, by_hand(**{field: None})) == (
            f"tasks['acme.nothing'].{field}: is missing; make the template with task_template"
        )
    assert refused(TemplateError, by_hand(type="")) == (
        "tasks['acme.nothing'].type: is empty, or holds what cannot be printed"
    )
    unversioned = template()
    unversioned.metadata.runtime.version = ""
    assert refused(TemplateError, unversioned) == (
        "tasks['acme.nothing'].metadata.runtime.version: is empty, or holds what cannot be printed"
    )
    unversioned.metadata.ClearField("runtime")
    package([unversioned])


def test_an_executor_that_no_pod_can_import(monkeypatch):
    def reason(path: str) -> str:
        return (
            f"tasks['acme.nothing'].executor: a pod cannot import {path}; "
            "define the class at the top of a module that the image has"
        )

    def naming(path: str) -> TaskTemplate:
        return by_hand(["shimlite-execute", "--", "{{.taskTemplatePath}}", path])

    module, inner = types.ModuleType("acme_tasks"), types.ModuleType("acme_tasks.inner")
    module.Nothing, module.number, module.Outer = Nothing, 5, type("Outer", (), {"Nothing": Nothing})
    monkeypatch.setitem(sys.modules, "acme_tasks", module)
    unknown = ("acme_tasks.Gone", "acme_tasks.number", "acme_tasks.Outer")
    for path in ("__main__.Nothing", *unknown):
        assert refused(ExecutorError, naming(path)) == reason(path)
    for path in (
        "acme_tasks.Nothing", "acme_tasks.Outer.Nothing", "flytekit.extras.sqlite3.task.SQLite3TaskExecutor",
        "acme_tasks.inner.Nothing", "alone", "",
    ):  # fmt: skip
        package([naming(path)])
    monkeypatch.setitem(sys.modules, "acme_tasks.inner", inner)
    assert refused(ExecutorError, naming("acme_tasks.inner.Nothing")) == reason("acme_tasks.inner.Nothing")
    package([by_hand(["python", "main.py"])])
    package([by_hand(["{{.taskTemplatePath}}"])])


def test_an_executor_in_whose_place_is_another(monkeypatch):
    class Nothing:
        def execute_from_model(self, tt, n: int) -> None: ...

    made = template()
    package([made])
    monkeypatch.setattr(sys.modules[__name__], "Nothing", Nothing)
    assert refused(ExecutorError, made) == (
        "tasks['acme.nothing'].inputs: execute_from_model asks for 'n', which is no input"
    )


def test_looking_for_an_executor_runs_no_code(monkeypatch):
    module = types.ModuleType("acme_lazy")

    def ask(name: str) -> Any:
        raise AssertionError("asked")

    module.__getattr__ = ask
    monkeypatch.setitem(sys.modules, "acme_lazy", module)
    named = by_hand(["{{.taskTemplatePath}}", "acme_lazy.Nothing"])
    with pytest.raises(ExecutorError):
        package([named])
