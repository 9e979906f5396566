# SPDX-License-Identifier: Apache-2.0
"""flytekit's side of the table. Needs flytekit, as ``record`` and ``tests/interop`` do."""

from __future__ import annotations

import dataclasses
import os
import typing
from typing import Any

from flytekit.core.annotation import FlyteAnnotation as TheirAnnotation
from flytekit.core.hash import HashMethod as TheirHashMethod
from flytekit.types.directory import FlyteDirectory as TheirDirectory
from flytekit.types.error import FlyteError as TheirError
from flytekit.types.file import FlyteFile as TheirFile
from flytekit.types.schema import FlyteSchema as TheirSchema
from flytekit.types.schema import SchemaOpenMode
from flytekit.types.structured import StructuredDataset as TheirDataset

from shimlite._idl import Literal

from ..interop.translate import (
    engine,
    findable,
    in_order,
    their_guess,
    their_literal,
    their_literal_type,
    their_reading,
    their_type,
    twin,
    uri_of,
)
from . import classes, pydantic_models
from .engines import WORDS, Engine, Line, meaning, said, said_type

OLD_FORMAT = "FLYTE_USE_OLD_DC_FORMAT"


def _dataset(uri: str, **words: str) -> Any:
    return TheirDataset(uri=uri, file_format=words.get("format", ""))


def _schema(uri: str) -> Any:
    return TheirSchema(remote_path=uri, supported_mode=SchemaOpenMode.READ)


def _twins() -> dict[str, Any]:
    twins = {}
    for name, cls in vars(classes).items():
        if dataclasses.is_dataclass(cls) and cls is not classes.WithPlain:
            twins[name] = twin(cls)
        elif name in ("Jpeg", "Logs", "Texts", "People", "Parquet", "Named"):
            twins[name] = their_type(cls)
        elif isinstance(cls, type) and cls.__module__ == classes.__name__:
            twins[name] = findable(cls)
    return twins


def _reference(value: Any) -> str:
    if isinstance(value, TheirError):
        return f"FlyteError({value.message!r}, {value.failed_node_id!r})"
    for name, cls in (("FlyteFile", TheirFile), ("FlyteDirectory", TheirDirectory)):
        if isinstance(value, cls):
            return said(name, uri_of(value), value.extension(), getattr(value, "metadata", None))
    if isinstance(value, TheirDataset):
        return said("StructuredDataset", uri_of(value), value.file_format or "", None)
    return said("FlyteSchema", uri_of(value), "", None) if isinstance(value, TheirSchema) else ""


def _reference_type(python_type: Any) -> str:
    words = typing.get_args(python_type)[1:] if typing.get_origin(python_type) is typing.Annotated else ()
    cls = typing.get_args(python_type)[0] if words else python_type
    if not isinstance(cls, type):
        return ""
    columns = [pair for word in words if isinstance(word, dict) for pair in word.items()]
    if issubclass(cls, (TheirFile, TheirDirectory)):
        return said_type("FlyteFile" if issubclass(cls, TheirFile) else "FlyteDirectory", cls.extension(), [])
    if issubclass(cls, TheirSchema):
        return said_type("FlyteSchema", "", list(cls.columns().items()))
    if issubclass(cls, TheirDataset):
        return said_type("StructuredDataset", "".join(word for word in words if isinstance(word, str)), columns)
    return "FlyteError" if cls is TheirError else ""


THEIRS = Engine(
    names={
        **WORDS,
        **vars(classes),
        **_twins(),
        "FlyteAnnotation": TheirAnnotation,
        "FlyteDirectory": TheirDirectory,
        "FlyteError": TheirError,
        "FlyteFile": TheirFile,
        "FlyteSchema": TheirSchema,
        "HashMethod": TheirHashMethod,
        "StructuredDataset": TheirDataset,
        "dataset": _dataset,
        "schema": _schema,
    },
    literal_type=their_literal_type,
    guess=their_guess,
    write=lambda value, python_type: in_order(their_literal(python_type, value)),
    read=their_reading,
    reference=_reference,
    reference_type=_reference_type,
)


THEIRS_WITH_MODELS = THEIRS._replace(names={**THEIRS.names, **pydantic_models.names(TheirFile, TheirDirectory)})


def old_literal(line: Line, theirs: Engine) -> Literal:
    """What flytekit writes where its older format is asked for: records and dicts as a Struct."""
    cache = engine()._LITERAL_CACHE  # of both formats
    cache.clear()
    os.environ[OLD_FORMAT] = "true"
    try:
        python_type = meaning(line.row.type, theirs.names)
        return their_literal(python_type, meaning(line.about, theirs.names))
    finally:
        del os.environ[OLD_FORMAT]
        cache.clear()
