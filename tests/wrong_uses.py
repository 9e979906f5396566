# SPDX-License-Identifier: Apache-2.0
"""Wrong uses of what is public, each with the kind of error that strict mypy must find there.

Nobody runs this file; ``python -m tests.public_types`` compares.
"""

from __future__ import annotations

from typing import Any

from shimlite import (
    Context,
    ConversionTypeError,
    ExecutableTemplateShimTask,
    FlyteDirectory,
    FlyteFile,
    FlyteSchema,
    Loss,
    ShimTaskExecutor,
    StructuredDataset,
    current_context,
    dict_to_literal_map,
    fidelity,
    literal_map_to_kwargs,
    task_template,
    to_literal,
    to_literal_type,
    to_python_value,
)
from shimlite import TaskTemplate as Template
from shimlite._idl import LiteralMap, TaskTemplate
from shimlite.testing import check_round_trip


class ReadsOnly:
    def get_data(self, uri: str, path: str) -> None: ...


class Returns(ShimTaskExecutor[int]):
    def execute_from_model(self, tt: Template, a: int) -> int:
        return a


class Unfinished(ShimTaskExecutor[int]):
    execute_from_model: int  # assignment


class Misspelled:
    def execute_from_models(self, tt: Template) -> None: ...


class NeedsArguments:
    def __init__(self, uri: str) -> None: ...

    def execute_from_model(self, tt: Template) -> None: ...


class WrongBody(ShimTaskExecutor[int]):
    def execute_from_model(self, tt: Template, a: int) -> str:
        print(tt.no_such_thing)  # attr-defined
        return a  # return-value


to_literal(5)  # call-arg
to_literal(5, int, str)  # call-arg
to_literal_type()  # call-arg
to_python_value(as_type=int)  # call-arg
as_list: list[Any] = literal_map_to_kwargs(LiteralMap(), {})  # assignment
dict_to_literal_map({1: 2}, {})  # dict-item
dict_to_literal_map([("x", 1)], {})  # arg-type

fidelity(int).losses.append(Loss("", "", "", 0))  # attr-defined
fidelity(int).exact = True  # misc
fidelity(int, decoded=int)  # call-arg

FlyteFile(5)  # arg-type
FlyteFile("s3://b/k", "csv")  # call-arg
FlyteFile("s3://b/k", format=None)  # arg-type
FlyteFile("s3://b/k").uri = "s3://b/l"  # misc
FlyteFile("s3://b/k").open(mode=5)  # arg-type
FlyteFile("s3://b/k").open("r", "readahead", {}, "utf-8")  # call-arg
FlyteFile.new_remote_file(b"name")  # arg-type
as_text: list[str] = list(FlyteDirectory("s3://b/d").iterdir())  # arg-type
FlyteDirectory("s3://b/d") / 5  # operator
StructuredDataset("s3://b/k", columns=["id"])  # arg-type
FlyteSchema("s3://b/k", columns=(("id", "int"),))  # arg-type

Context(file_access=3)  # arg-type
Context(file_access=ReadsOnly())  # arg-type
current_context().secrets.get(5)  # arg-type
current_context().working_directory = "/tmp"  # misc
print(current_context().no_such_thing)  # attr-defined

ExecutableTemplateShimTask(TaskTemplate())  # call-arg
ExecutableTemplateShimTask(TaskTemplate(), Misspelled)  # arg-type
ExecutableTemplateShimTask(TaskTemplate(), NeedsArguments)  # arg-type
ExecutableTemplateShimTask(TaskTemplate(), Returns())  # arg-type
ExecutableTemplateShimTask(TaskTemplate(), print)  # arg-type
task_template(Misspelled, name="x", container_image="image:1")  # arg-type
task_template(Returns(), name="x", container_image="image:1")  # arg-type
task_template(Returns, name="x")  # call-arg
as_int: int = ExecutableTemplateShimTask(TaskTemplate(), Returns).name  # assignment
ExecutableTemplateShimTask(TaskTemplate(), Returns).dispatch_execute(LiteralMap())  # call-arg
ConversionTypeError(path=0)  # arg-type
check_round_trip(encode=to_literal)  # call-arg
