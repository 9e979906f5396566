# SPDX-License-Identifier: Apache-2.0
"""Packages: an archive of templates, as ``flytectl register files --archive`` takes it.

flytectl registers each file at the top of the archive, whatever its name, and refuses folders and everything that is no
``.pb``. Project, domain and version are its command's, so the files leave them empty.
"""

from __future__ import annotations

import io
import tarfile
import zlib
from collections.abc import Iterable, Mapping

from .._idl import ResourceType, TaskTemplate, task_spec_type
from ..errors import ExecutorError, ShimliteError, TemplateError
from .arguments import PLACEHOLDER, image, task_name, text
from .executors import executor_path, imported_executor
from .interfaces import check_fit

LONGEST_FILE_NAME = 200
"""Characters of a task's name in the name of its file: file systems take 255 bytes."""
GZIP = 31
"""What zlib calls a window of 32 kB with gzip's header, in which it writes no time and no name."""


def package(templates: Iterable[TaskTemplate], container_image: str = "", *, compressed: bool = True) -> bytes:
    """A tar archive of the templates, each as an ``admin.TaskSpec``: the same templates give the same bytes.

    ``container_image`` stands in for images that are placeholders. Raises TemplateError and ExecutorError for what the
    platform refuses, and for what it lets through and a pod then fails on: two tasks of one name, a name that is no
    path of identifiers, no container, no image, an executor that a pod cannot import.
    """
    specs: dict[str, bytes] = {}
    for template in templates:
        name = template.id.name
        if name in specs:
            raise TemplateError("two tasks have this name").at_variable(name).blamed(TemplateError, "tasks")
        try:
            spec = task_spec_type()(template=_ready(template, container_image))
        except ShimliteError as error:
            error.at_variable(name).blame(type(error), "tasks")
        specs[name] = spec.SerializeToString(deterministic=True)
    if not specs:
        raise TemplateError("there is no template to package")
    content = _tar({f"{place}_{name[:LONGEST_FILE_NAME]}_1.pb": specs[name] for place, name in enumerate(specs)})
    compressor = zlib.compressobj(9, zlib.DEFLATED, GZIP)
    return compressor.compress(content) + compressor.flush() if compressed else content


def _tar(files: Mapping[str, bytes]) -> bytes:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)  # of no time and no owner
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return archive.getvalue()


def _ready(template: TaskTemplate, container_image: str) -> TaskTemplate:
    """A copy as it is registered."""
    ready = TaskTemplate()
    ready.CopyFrom(template)
    task_name(ready.id.name)
    ready.id.resource_type = ResourceType.TASK
    ready.id.project = ready.id.domain = ready.id.version = ""
    text("type", ready.type)
    for field in ("metadata", "interface", "container"):
        if not ready.HasField(field):
            raise TemplateError("is missing", path=field, hint="make the template with task_template")
    if ready.metadata.HasField("runtime"):
        text("metadata.runtime.version", ready.metadata.runtime.version)
    if PLACEHOLDER in ready.container.image:
        if not container_image:
            raise TemplateError("is still a placeholder", path="container.image", hint="say the image with --image")
        ready.container.image = container_image
    image("container.image", ready.container.image, may_be_placeholder=False)
    check_importable(ready)
    return ready


def check_importable(template: TaskTemplate) -> None:
    """Raises ExecutorError where no pod can import the executor that a template names.

    What is not imported here is not looked for: somebody else may have made the template.
    """
    path = executor_path(template)
    executor, is_imported = imported_executor(path)
    if path.partition(".")[0] == "__main__" or (is_imported and executor is None):
        hint = "define the class at the top of a module that the image has"
        raise ExecutorError(f"a pod cannot import {path}", path="executor", hint=hint)
    if executor is not None:  # another class may have its name by now
        check_fit(executor, template.interface)
