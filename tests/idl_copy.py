# SPDX-License-Identifier: Apache-2.0
"""Writes shimlite's own copy of flyteidl's descriptors, ``shimlite/_idl_files.py``, from the installed flyteidl.

    python -m tests.idl_copy

A file of flyteidl's is copied as it is, but for the two that ``TRIMMED`` names: their messages need most of Flyte's
admin API, of which shimlite reads a ``TaskSpec`` alone. ``tests/test_idl_copy.py`` compares the copy with flyteidl.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import pathlib
from collections.abc import Iterator

from google.protobuf.descriptor_pb2 import FileDescriptorProto

ROOT = pathlib.Path(__file__).parents[1]
COPY = ROOT / "shimlite" / "_idl_files.py"
TRIMMED = {
    "flyteidl/admin/description_entity.proto": ("DescriptionEntity", "Description", "SourceCode", "DescriptionFormat"),
    "flyteidl/admin/task.proto": ("TaskSpec",),
}
"""The messages and enums that are copied out of a file, where that is not all of them."""
ROOTS = (*(f"flyteidl/core/{name}.proto" for name in ("errors", "execution", "tasks")), *TRIMMED)
WIDTH = 112

HEAD = '''# SPDX-License-Identifier: Apache-2.0
# fmt: off
"""Descriptors of flyteidl {release}, written by ``python -m tests.idl_copy``, which says how; not edited by hand.

It owns the bytes alone: ``_idl_copy.py`` makes messages of them. Of flyteidl's licence, Apache-2.0, comes this notice:

    flyteidl
    Copyright 2019 Lyft Inc.

    This product includes software developed at Lyft Inc.
"""

FILES: tuple[bytes, ...] = (
'''


def module_of(name: str) -> str:
    return name.removesuffix(".proto").replace("/", ".") + "_pb2"


def trimmed(file: FileDescriptorProto) -> FileDescriptorProto:
    """What ``TRIMMED`` names of a file, and the imports that this needs."""
    kept = TRIMMED.get(file.name)
    if kept is None:
        return file
    bare = FileDescriptorProto()
    bare.CopyFrom(file)
    for part in ("message_type", "enum_type", "service", "dependency"):
        bare.ClearField(part)
    bare.message_type.extend(one for one in file.message_type if one.name in kept)
    bare.enum_type.extend(one for one in file.enum_type if one.name in kept)
    used = {field.type_name for message in bare.message_type for field in message.field}
    bare.dependency.extend(name for name in file.dependency if used & set(types_of(name)))
    return bare


def types_of(name: str) -> Iterator[str]:
    """The messages and enums of a file, as another file's fields name them."""
    descriptor = importlib.import_module(module_of(name)).DESCRIPTOR
    for one in (*descriptor.message_types_by_name.values(), *descriptor.enum_types_by_name.values()):
        yield f".{one.full_name}"


def files() -> dict[str, bytes]:
    """All that is copied, by name, each file after those that it imports; protobuf's own are left out."""
    copied: dict[str, bytes] = {}

    def copy(name: str) -> None:
        if name in copied or not name.startswith("flyteidl/"):
            return
        serialized = importlib.import_module(module_of(name)).DESCRIPTOR.serialized_pb
        file = FileDescriptorProto.FromString(serialized)
        bare = trimmed(file)
        for dependency in bare.dependency:
            copy(dependency)
        copied[name] = serialized if bare is file else bare.SerializeToString(deterministic=True)

    for root in ROOTS:
        copy(root)
    return copied


def lines_of(serialized: bytes) -> Iterator[str]:
    """Literals of bytes, each as long as a line takes."""
    start = 0
    while start < len(serialized):
        end = len(serialized)
        while len(repr(serialized[start:end])) > WIDTH:
            end = start + (end - start) * WIDTH // len(repr(serialized[start:end]))
        yield repr(serialized[start:end])
        start = end


def source() -> str:
    """The text of the module."""
    text = HEAD.format(release=importlib.metadata.version("flyteidl"))
    for name, serialized in files().items():
        lines = "\n".join(f"        {line}" for line in lines_of(serialized))
        text += f"    (  # {name}\n{lines}\n    ),\n"
    return text + ")\n"


if __name__ == "__main__":
    COPY.write_text(source())
    print(f"{COPY}: {len(files())} files, {sum(map(len, files().values()))} bytes")
